//! Texts as memory keeps them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::adf;
use super::shapes::{Text, shaped};

/// A text with lines ended by a line feed alone, and without control characters: they are replaced
/// by U+FFFD, but for NUL, which says nothing and goes.
pub(super) fn clean(text: Cow<'_, str>) -> String {
    let Some(first) = text.bytes().position(|it| it < b' ' && it != b'\n' && it != b'\t') else {
        return text.into_owned();
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.bytes().position(|it| it < b' ' && it != b'\n' && it != b'\t') {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'\r' => {
                if rest.as_bytes().get(at + 1) != Some(&b'\n') {
                    out.push('\n');
                }
            }
            0 => {}
            _ => out.push('\u{fffd}'),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out
}

/// A body: wiki markup as it is (Server), a document as people see it (Cloud).
pub(super) fn body(json: &RawValue) -> String {
    match json.get().as_bytes().first() {
        Some(b'{') => clean(adf::text(json).into()),
        _ => clean(shaped::<Text>(json).0),
    }
}
