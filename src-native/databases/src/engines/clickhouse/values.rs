//! Values for the open places of a statement: `{name:Type}`, in the order in which names come first.

use super::http;
use super::types::{escape, matter, nullable};
use crate::{Failure, Reason, Result, Value};

/// Beyond so many bytes values stand in the statement and not in the address, which servers bound.
const ADDRESS_MAX: usize = 8 << 10;

/// An open place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Open<'a> {
    start: usize,
    end: usize,
    name: &'a str,
    type_name: &'a str,
}

/// The statement as it is sent, and what is added to the address.
///
/// # Errors
/// [`Reason::Usage`] where the values are not as many as the names.
pub(super) fn bind(text: &str, values: &[Value], by_server: bool) -> Result<(String, String)> {
    let open = if values.is_empty() { Vec::new() } else { open(text) };
    let mut names: Vec<&Open<'_>> = Vec::new();
    for it in &open {
        if !names.iter().any(|known| known.name == it.name) {
            names.push(it);
        }
    }
    if names.len() != values.len() {
        let text = format!(
            "the statement leaves {} places open, and {} values are given",
            names.len(),
            values.len()
        );
        return Err(Failure::new(Reason::Usage, text).hint("a place is written `{name:Type}`"));
    }
    let size: usize = values.iter().map(|it| written(it, "").len()).sum();
    // Bytes that are no text pass a proxy as a part of the statement, where they are written in letters.
    let bare = |it: &Value| matches!(it, Value::Bytes(it) if std::str::from_utf8(it).is_err());
    if by_server && size <= ADDRESS_MAX && !values.iter().any(bare) {
        let mut address = String::new();
        for (open, value) in names.iter().zip(values) {
            let value = match value {
                Value::Null => b"\\N".to_vec(),
                // As results have them: lists and tuples in their own notation.
                value if matter(open.type_name).escaped => escape(&written(value, open.type_name)),
                value => written(value, open.type_name),
            };
            address.push_str(&format!("&param_{}={}", open.name, http::escaped(&value)));
        }
        return Ok((text.to_owned(), address));
    }
    let mut out = String::with_capacity(text.len() + size);
    let mut from = 0;
    for it in &open {
        out.push_str(&text[from..it.start]);
        let at = names.iter().position(|known| known.name == it.name).unwrap_or_default();
        literal(&values[at], it.type_name, &mut out);
        from = it.end;
    }
    out.push_str(&text[from..]);
    Ok((out, String::new()))
}

/// A value as its type reads it.
fn written(value: &Value, type_name: &str) -> Vec<u8> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(it) if type_name.contains("Bool") => it.to_string().into_bytes(),
        Value::Bool(it) => u8::from(*it).to_string().into_bytes(),
        Value::Number(it) | Value::Text(it) => it.clone().into_bytes(),
        Value::Bytes(it) => it.clone(),
    }
}

/// A value as a part of the statement.
fn literal(value: &Value, type_name: &str, out: &mut String) {
    if *value == Value::Null {
        let type_name = if nullable(type_name) {
            type_name.to_owned()
        } else {
            format!("Nullable({type_name})")
        };
        return out.push_str(&format!("CAST(NULL AS {type_name})"));
    }
    if type_name == "Identifier" {
        return out
            .push_str(&super::quoted::name(&String::from_utf8_lossy(&written(value, type_name))));
    }
    out.push_str("CAST(");
    super::quoted::quote(&written(value, type_name), out);
    out.push_str(&format!(" AS {type_name})"));
}

/// The open places of a statement, past texts, names and comments.
fn open(text: &str) -> Vec<Open<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = match (bytes[at], bytes.get(at + 1)) {
            (quote @ (b'\'' | b'"' | b'`'), _) => after_quote(bytes, at + 1, quote),
            (b'-', Some(b'-')) | (b'#', Some(b' ' | b'!')) => after(text, at, "\n"),
            (b'/', Some(b'*')) => after(text, at + 2, "*/"),
            (b'{', _) => match place(text, at) {
                Some(open) => {
                    at = open.end;
                    found.push(open);
                    continue;
                }
                None => at + 1,
            },
            _ => at + 1,
        };
    }
    found
}

fn after(text: &str, from: usize, end: &str) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.find(end).map_or(text.len(), |it| from + it + end.len())
}

fn after_quote(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    while let Some(letter) = bytes.get(at) {
        match *letter {
            b'\\' => at += 2,
            it if it == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn place(text: &str, start: usize) -> Option<Open<'_>> {
    let inner = &text[start + 1..];
    let (name, rest) = inner.split_once(':')?;
    let (type_name, _) = rest.split_once('}')?;
    let end = start + 1 + name.len() + 1 + type_name.len() + 1;
    let name = name.trim();
    let is_name =
        !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    let is_type = type_name.trim().starts_with(|it: char| it.is_ascii_alphabetic());
    (is_name && is_type).then_some(Open { start, end, name, type_name: type_name.trim() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_past_texts_and_comments() {
        let text = "select {a:UInt8}, '{b:String}', \"{c:String}\" -- {d:String}\n, /* {e:String} */ {f: Array(String)}, {a:UInt8}, {'k': 1}";
        let found: Vec<_> = open(text).iter().map(|it| (it.name, it.type_name)).collect();
        assert_eq!(found, [("a", "UInt8"), ("f", "Array(String)"), ("a", "UInt8")]);
        for broken in
            ["{", "{a", "{a:", "{a:b", "'", "'\\", "/*", "--", "{:}", "{é:String}", "'é{a:b}"]
        {
            assert!(open(broken).len() < 2, "{broken}");
        }
    }

    #[test]
    fn values_go_by_the_address_or_stand_in_the_statement() {
        let values = [Value::Text("it's\t\\".into()), Value::Null];
        let text = "select {a:String}, {b:UInt8}, {a:String}";
        let (sent, address) = bind(text, &values, true).expect("values");
        assert_eq!(
            (sent.as_str(), address.as_str()),
            (text, "&param_a=it%27s%5Ct%5C%5C&param_b=%5CN")
        );
        let (sent, address) = bind(text, &values, false).expect("values");
        let a = "CAST('it\\'s\t\\\\' AS String)";
        assert_eq!(sent, format!("select {a}, CAST(NULL AS Nullable(UInt8)), {a}"));
        assert_eq!(address, "");
        assert_eq!(bind(text, &values[..1], true).map_err(|it| it.reason), Err(Reason::Usage));
    }
}
