//! Texts as memory keeps them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::adf;
use super::shapes::{Text, shaped};

/// A text with lines ended by a line feed alone, and without control characters: they are replaced
/// by U+FFFD, but for NUL, which says nothing and goes.
pub(super) fn clean(text: Cow<'_, str>) -> String {
    let Some(mut at) = control(text.as_bytes()) else { return text.into_owned() };
    let mut out = String::with_capacity(text.len());
    let mut rest = &*text;
    loop {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'\r' if rest.as_bytes().get(at + 1) == Some(&b'\n') => {}
            b'\r' => out.push('\n'),
            0 => {}
            _ => out.push('\u{fffd}'),
        }
        rest = &rest[at + 1..];
        match control(rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(rest);
    out
}

/// Where the first control character is that does not stay.
fn control(bytes: &[u8]) -> Option<usize> {
    let is = |it: &u8| *it < b' ' && *it != b'\n' && *it != b'\t';
    // Within one piece there is no way out in the middle, so that it is looked at all at once.
    let mut pieces = bytes.chunks_exact(32);
    let mut at = 0;
    for piece in &mut pieces {
        if piece.iter().fold(false, |any, it| any | is(it)) {
            return piece.iter().position(is).map(|it| at + it);
        }
        at += piece.len();
    }
    pieces.remainder().iter().position(is).map(|it| at + it)
}

/// A body: wiki markup as it is (Server), a document as people see it (Cloud).
pub(super) fn body(json: &RawValue) -> String {
    match json.get().as_bytes().first() {
        Some(b'{') => clean(adf::text(json).into()),
        _ => clean(shaped::<Text>(json).0),
    }
}
