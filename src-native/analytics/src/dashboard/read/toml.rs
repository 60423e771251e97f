//! Values of TOML, judged by the table of keys.

use super::Reading;
use crate::dashboard::Span;
use crate::dashboard::keys::{Key, Takes};
use crate::dashboard::near;
use toml_edit::{Document, Item, TableLike, Value};

impl Reading<'_> {
    /// Reads a body of TOML; a fault in its grammar is a trouble.
    pub(super) fn toml(&mut self, body: Span) -> Option<Document<String>> {
        let text = &self.text[body.start..body.end];
        match Document::parse(text.to_owned()) {
            Ok(document) => Some(document),
            Err(fault) => {
                let span = match fault.span() {
                    Some(it) => Span::new(body.start + it.start, body.start + it.end),
                    None => body,
                };
                let message = fault.message().lines().next().unwrap_or("it is no TOML");
                self.trouble(span, format!("this is no TOML: {message}"), None);
                None
            }
        }
    }

    /// Where a key stands.
    pub(super) fn key_span(&self, table: &dyn TableLike, key: &str, body: Span) -> Span {
        let span = table.key(key).and_then(|it| it.span()).or_else(|| table.get(key)?.span());
        span.map_or(body, |it| Span::new(body.start + it.start, body.start + it.end))
    }

    /// Where a value stands.
    pub(super) fn item_span(&self, item: &Item, body: Span) -> Span {
        item.span().map_or(body, |it| Span::new(body.start + it.start, body.start + it.end))
    }

    /// Judges the value of a key; true where it is what the key takes.
    pub(super) fn judge(&mut self, key: &Key, item: &Item, body: Span) -> bool {
        let span = self.item_span(item, body);
        let name = key.name;
        let mut wrong = |message: String, hint: Option<String>| {
            self.trouble(span, message, hint);
            false
        };
        match key.takes {
            Takes::Text | Takes::Query | Takes::Length => match item.as_str() {
                Some(it) if it.trim().is_empty() => wrong(format!("`{name}` is empty"), None),
                Some(_) => true,
                None => {
                    wrong(format!("`{name}` takes a text"), Some(format!("write `{name} = \"…\"`")))
                }
            },
            Takes::Columns => match (item.as_str(), item.as_array()) {
                (Some(_), _) => true,
                (_, Some(list)) if !list.is_empty() && list.iter().all(Value::is_str) => true,
                _ => wrong(
                    format!("`{name}` takes a column or a list of columns"),
                    Some(format!("write `{name} = \"…\"` or `{name} = [\"…\", \"…\"]`")),
                ),
            },
            Takes::Number => match number(item) {
                Some(it) if it.is_finite() => true,
                _ => wrong(format!("`{name}` takes a number"), None),
            },
            Takes::Whole(least, most) => match item.as_integer() {
                Some(it) if (least..=most).contains(&it) => true,
                _ => wrong(format!("`{name}` takes a whole number from {least} to {most}"), None),
            },
            Takes::Flag => match item.as_bool() {
                Some(_) => true,
                None => wrong(format!("`{name}` takes `true` or `false`"), None),
            },
            Takes::OneOf(words) => match item.as_str() {
                Some(it) if words.contains(&it) => true,
                Some(it) => wrong(
                    format!("`{name}` cannot be `{it}`"),
                    near::hint(it, words.iter().copied()),
                ),
                None => {
                    wrong(format!("`{name}` takes a word"), near::hint("", words.iter().copied()))
                }
            },
            Takes::SomeOf(words) => {
                let Some(list) = item.as_array() else {
                    return wrong(
                        format!("`{name}` takes a list"),
                        near::hint("", words.iter().copied()),
                    );
                };
                for it in list {
                    match it.as_str() {
                        Some(it) if words.contains(&it) => {}
                        other => {
                            let it = other.unwrap_or_default();
                            return wrong(
                                format!("`{name}` knows no `{it}`"),
                                near::hint(it, words.iter().copied()),
                            );
                        }
                    }
                }
                true
            }
            Takes::Options => match (item.as_str(), item.as_array()) {
                (Some(_), _) => true,
                (_, Some(list)) if !list.is_empty() => true,
                _ => wrong(format!("`{name}` takes a list of values or the name of a query"), None),
            },
            Takes::Params => match item.as_table_like() {
                Some(_) => true,
                None => wrong(
                    format!("`{name}` takes tables"),
                    Some("write `[params.NAME]`".to_owned()),
                ),
            },
            Takes::Value => true,
        }
    }

    /// A key that is none.
    pub(super) fn unknown(&mut self, what: &str, key: &str, span: Span, known: &[&str]) {
        self.trouble(
            span,
            format!("{what} has no key `{key}`"),
            near::hint(key, known.iter().copied()),
        );
    }
}

/// A number, whole or not.
pub(super) fn number(item: &Item) -> Option<f64> {
    item.as_float().or_else(|| item.as_integer().map(|it| it as f64))
}
