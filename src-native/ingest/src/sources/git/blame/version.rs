//! A file as it once was, split into numbered lines.

use std::rc::Rc;

use crate::sources::git::interner::Interner;
use crate::sources::git::lines::numbered::Numbered;

/// One version of a file.
pub(super) struct Version {
    pub(super) data: Rc<Vec<u8>>,
    starts: Vec<u32>,
    tokens: Vec<u32>,
}

impl Version {
    /// Splits a file into lines. What it shares with `near` at the front and at the back is taken
    /// over from there without looking at it again.
    pub(super) fn new(
        data: Rc<Vec<u8>>,
        near: Option<&Version>,
        interner: &mut Interner,
    ) -> Version {
        let (mut starts, mut tokens) = (Vec::new(), Vec::new());
        let Some(near) = near else {
            interner.split(&data, 0, &mut starts, &mut tokens);
            return Version { data, starts, tokens };
        };
        let (old, new) = (&near.data[..], &data[..]);
        // Up to the last newline both have, the lines are the same.
        let shared = common_prefix(old, new);
        let head = old[..shared].iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
        let head_lines = near.starts.partition_point(|it| (*it as usize) < head);
        // From the first newline both have after that, as seen from the end.
        let shared = common_suffix(&old[head..], &new[head..]);
        let first = old[old.len() - shared..].iter().position(|it| *it == b'\n');
        let tail = first.map_or(0, |it| shared - it - 1);
        let tail_lines = near.starts.partition_point(|it| (*it as usize) < old.len() - tail);

        starts.extend_from_slice(&near.starts[..head_lines]);
        tokens.extend_from_slice(&near.tokens[..head_lines]);
        let middle = &new[head..new.len() - tail];
        interner.split(middle, head as u32, &mut starts, &mut tokens);
        let shift = (new.len() as u32).wrapping_sub(old.len() as u32);
        starts.extend(near.starts[tail_lines..].iter().map(|it| it.wrapping_add(shift)));
        tokens.extend_from_slice(&near.tokens[tail_lines..]);
        Version { data, starts, tokens }
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The bytes of a line with its newline; empty when there is no such line.
    pub(super) fn line(&self, line: u32) -> &[u8] {
        let Some(start) = self.starts.get(line as usize) else { return &[] };
        let end = self.starts.get(line as usize + 1).map_or(self.data.len(), |it| *it as usize);
        &self.data[*start as usize..end]
    }

    /// The same, to be compared.
    pub(super) fn numbered(&self) -> Numbered<'_> {
        Numbered { text: &self.data, starts: &self.starts, tokens: &self.tokens }
    }
}

/// How many bytes two files share at the front.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 512;
    let blocks = a.chunks_exact(STEP).zip(b.chunks_exact(STEP));
    let whole = blocks.take_while(|(a, b)| a == b).count() * STEP;
    whole + a[whole..].iter().zip(&b[whole..]).take_while(|(a, b)| a == b).count()
}

/// How many bytes two files share at the back.
fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 512;
    let blocks = a.rchunks_exact(STEP).zip(b.rchunks_exact(STEP));
    let whole = blocks.take_while(|(a, b)| a == b).count() * STEP;
    let (a, b) = (&a[..a.len() - whole], &b[..b.len() - whole]);
    whole + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_split_beside_another_equals_one_split_alone() {
        let texts: [&[u8]; 14] = [
            b"",
            b"a",
            b"a\n",
            b"a\nb\n",
            b"a\nb",
            b"b\na\nb\n",
            b"a\n\n\nb\n",
            b"\n",
            b"\n\n",
            b"xa\nb\n",
            b"a\nxb\n",
            b"a\nc\na\nb\n",
            b"a\r\nb\r\n",
            b"a\nb\r\n",
        ];
        for near in texts {
            for text in texts {
                let mut interner = Interner::default();
                let near = Version::new(Rc::new(near.to_vec()), None, &mut interner);
                let data = Rc::new(text.to_vec());
                let alone = Version::new(Rc::clone(&data), None, &mut interner);
                let beside = Version::new(data, Some(&near), &mut interner);
                assert_eq!(alone.starts, beside.starts, "{text:?} beside {:?}", near.data);
                assert_eq!(alone.tokens, beside.tokens, "{text:?} beside {:?}", near.data);
            }
        }
    }

    #[test]
    fn a_line_is_told_with_its_newline_and_one_that_is_not_there_is_empty() {
        let data = Rc::new(b"one\ntwo".to_vec());
        let version = Version::new(data, None, &mut Interner::default());
        assert_eq!(version.len(), 2);
        assert_eq!(version.line(0), b"one\n");
        assert_eq!(version.line(1), b"two");
        assert_eq!(version.line(2), b"");
    }
}
