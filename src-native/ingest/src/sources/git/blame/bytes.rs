//! A blame as bytes, to be kept beside the history it was made from.
//!
//! Numbers are in base 128, lowest digits first, with the high bit on all bytes but the last. First
//! come the commits and the paths that are named, each once; spans name them by place.

use std::collections::HashMap;
use std::hash::Hash;

use model::{Bytes, Oid};

use super::{Blame, Span};

/// The first byte; raised whenever the same bytes would mean another blame.
const FORM: u8 = 1;

impl Blame {
    /// The spans as bytes; gaps are not among them, since what is missing today may be there tomorrow.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (mut commits, mut paths) = (Table::default(), Table::default());
        let mut rows = Vec::new();
        for span in &self.spans {
            put(&mut rows, commits.place(&span.commit));
            put(&mut rows, paths.place(&span.original_path));
            put(&mut rows, span.lines);
            put(&mut rows, span.original_first);
            rows.push(u8::from(span.boundary));
        }
        let mut out = vec![FORM];
        put(&mut out, commits.all.len() as u32);
        for commit in commits.all {
            put(&mut out, commit.as_bytes().len() as u32);
            out.extend_from_slice(commit.as_bytes());
        }
        put(&mut out, paths.all.len() as u32);
        for path in paths.all {
            put(&mut out, path.0.len() as u32);
            out.extend_from_slice(&path.0);
        }
        put(&mut out, self.spans.len() as u32);
        out.extend_from_slice(&rows);
        out
    }

    /// What [`Blame::to_bytes`] gave; `None` for anything else, which then has to be worked out again.
    pub fn from_bytes(mut bytes: &[u8]) -> Option<Blame> {
        let from = &mut bytes;
        if byte(from)? != FORM {
            return None;
        }
        let commits: Vec<Oid> =
            (0..take(from)?).map(|_| Oid::from_bytes(text(from)?)).collect::<Option<_>>()?;
        let paths: Vec<Bytes> =
            (0..take(from)?).map(|_| Some(text(from)?.into())).collect::<Option<_>>()?;
        let mut first = 0u32;
        let spans = (0..take(from)?)
            .map(|_| {
                let span = Span {
                    first,
                    commit: *commits.get(take(from)? as usize)?,
                    original_path: paths.get(take(from)? as usize)?.clone(),
                    lines: take(from)?,
                    original_first: take(from)?,
                    boundary: byte(from)? == 1,
                };
                first = first.checked_add(span.lines)?;
                Some(span)
            })
            .collect::<Option<_>>()?;
        from.is_empty().then_some(Blame { spans, gaps: Vec::new() })
    }
}

/// What is named again and again, each once.
struct Table<'a, T> {
    all: Vec<&'a T>,
    places: HashMap<&'a T, u32>,
}

impl<T> Default for Table<'_, T> {
    fn default() -> Self {
        Table { all: Vec::new(), places: HashMap::new() }
    }
}

impl<'a, T: Eq + Hash> Table<'a, T> {
    fn place(&mut self, it: &'a T) -> u32 {
        let next = self.all.len() as u32;
        let place = *self.places.entry(it).or_insert(next);
        if place == next {
            self.all.push(it);
        }
        place
    }
}

fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn byte(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

fn take(from: &mut &[u8]) -> Option<u32> {
    let mut number = 0u64;
    for digit in 0..5 {
        let next = byte(from)?;
        number |= u64::from(next & 0x7f) << (7 * digit);
        if next & 0x80 == 0 {
            return u32::try_from(number).ok();
        }
    }
    None
}

fn text<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = take(from)? as usize;
    let (text, rest) = from.split_at_checked(len)?;
    *from = rest;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blame() -> Blame {
        let span = |first, lines, commit: u8, path: &str, original_first, boundary| Span {
            first,
            lines,
            commit: Oid::from_bytes(&[commit; 20]).unwrap(),
            original_path: path.into(),
            original_first,
            boundary,
        };
        let spans = vec![
            span(0, 300, 1, "a", 70_000, false),
            span(300, 1, 2, "b/\u{65e5}", 0, true),
            span(301, 128, 1, "a", u32::MAX, false),
        ];
        Blame { spans, gaps: Vec::new() }
    }

    #[test]
    fn a_blame_comes_back_from_its_bytes() {
        for blame in [blame(), Blame { spans: Vec::new(), gaps: Vec::new() }] {
            assert_eq!(Blame::from_bytes(&blame.to_bytes()), Some(blame));
        }
    }

    #[test]
    fn bytes_that_are_cut_longer_or_of_another_form_give_no_blame() {
        let bytes = blame().to_bytes();
        for end in 0..bytes.len() {
            assert_eq!(Blame::from_bytes(&bytes[..end]), None, "{end}");
        }
        assert_eq!(Blame::from_bytes(&[bytes.as_slice(), &[0]].concat()), None);
        let mut other = bytes;
        other[0] = FORM + 1;
        assert_eq!(Blame::from_bytes(&other), None);
        assert_eq!(Blame::from_bytes(&[FORM, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
