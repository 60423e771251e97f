//! As much of a script's grammar as calls are made of: texts, comments and brackets.

use std::ops::Range;

/// Longest call that is read, in bytes.
pub(super) const CALL_MAX: usize = 20_000;

/// The parts between commas of what a bracket opens, and where it ends.
pub(super) struct Parts {
    /// Each without the spaces around it; empty ones are left out.
    pub(super) parts: Vec<Range<usize>>,
    /// Behind the closing bracket.
    pub(super) end: usize,
}

/// Reads what the bracket at `open` opens; none where it has no end.
pub(super) fn parts(text: &str, open: usize) -> Option<Parts> {
    let bytes = text.as_bytes();
    let mut stack = vec![closing(*bytes.get(open)?)?];
    let mut parts = Vec::new();
    let mut begins = open + 1;
    let mut at = open + 1;
    let most = bytes.len().min(open + CALL_MAX);
    while at < most {
        let byte = bytes[at];
        match byte {
            b'"' | b'\'' | b'`' => {
                at = quoted(bytes, at, most)?;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = memchr::memchr(b'\n', &bytes[at..most]).map(|it| at + it)?;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = text.get(at..most)?.find("*/").map(|it| at + it + 2)?;
                continue;
            }
            b'(' | b'[' | b'{' => stack.push(closing(byte)?),
            b')' | b']' | b'}' => {
                if stack.pop() != Some(byte) {
                    return None;
                }
                if stack.is_empty() {
                    push(text, begins..at, &mut parts);
                    return Some(Parts { parts, end: at + 1 });
                }
            }
            b',' if stack.len() == 1 => {
                push(text, begins..at, &mut parts);
                begins = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn push(text: &str, range: Range<usize>, parts: &mut Vec<Range<usize>>) {
    let part = &text[range.clone()];
    let begins = range.start + part.len() - part.trim_start().len();
    let ends = begins + part.trim().len();
    if begins < ends {
        parts.push(begins..ends);
    }
}

fn closing(open: u8) -> Option<u8> {
    match open {
        b'(' => Some(b')'),
        b'[' => Some(b']'),
        b'{' => Some(b'}'),
        _ => None,
    }
}

/// Behind the end of a text that begins at `at`.
fn quoted(bytes: &[u8], at: usize, most: usize) -> Option<usize> {
    let quote = bytes[at];
    let mut place = at + 1;
    while place < most {
        match bytes[place] {
            b'\\' => place += 1,
            b'\n' if quote != b'`' => return None,
            byte if byte == quote => return Some(place + 1),
            _ => {}
        }
        place += 1;
    }
    None
}

/// The words of a text that is written out; none where it is something else.
pub(super) fn words(text: &str) -> Option<&str> {
    let text = text.trim();
    let quote = text.chars().next().filter(|it| "'\"`".contains(*it))?;
    let inner = text.get(1..)?.strip_suffix(quote)?;
    (!inner.contains([quote, '\\']) && !inner.contains("${")).then_some(inner)
}

/// Names and values of an object that is written out; none where it is something else, or has parts that
/// are no name and value.
pub(super) fn properties(text: &str) -> Option<Vec<(&str, &str)>> {
    if !text.starts_with('{') {
        return None;
    }
    let Parts { parts, end } = parts(text, 0)?;
    if end != text.len() {
        return None;
    }
    parts.into_iter().map(|part| property(text[part].trim())).collect()
}

fn property(text: &str) -> Option<(&str, &str)> {
    // A comment may stand before it.
    let text = text.rsplit_once("*/").map_or(text, |it| it.1).trim_start();
    let text = match text.strip_prefix("//").and_then(|it| it.split_once('\n')) {
        Some((_, after)) => after.trim_start(),
        None => text,
    };
    let is_name = |it: &str| {
        !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || "_$-. ".contains(it))
    };
    match text.split_once(':') {
        Some((name, value)) => {
            let name = words(name).unwrap_or(name.trim());
            is_name(name).then_some((name, value.trim()))
        }
        // `{ plan }` is `{ plan: plan }`.
        None => is_name(text).then_some((text, text)),
    }
}

/// The value of a property.
pub(super) fn value<'a>(of: &[(&str, &'a str)], names: &[&str]) -> Option<&'a str> {
    of.iter().find(|it| names.contains(&it.0)).map(|it| it.1)
}

/// Whether a sign may stand in a name.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 128
}
