//! One key of a body of TOML, changed in place.

use super::{Refused, Setting};
use crate::dashboard::Span;
use toml_edit::{Array, Document, Item, TableLike, Value};

/// A value as TOML writes it.
pub(super) fn written(value: &Setting) -> String {
    let value: Value = match value {
        Setting::Text(it) => it.as_str().into(),
        Setting::Integer(it) => (*it).into(),
        Setting::Real(it) => (*it).into(),
        Setting::Bool(it) => (*it).into(),
        Setting::List(list) => list.iter().map(String::as_str).collect::<Array>().into(),
    };
    value.to_string().trim().to_owned()
}

fn unwritable(key: &str) -> Refused {
    Refused::Unwritable(format!("`{key}` is written in a way that only a hand can change"))
}

/// Sets a key of the table at a path within a body, or takes it out.
pub(super) fn set(
    text: &str,
    body: Span,
    path: &[&str],
    key: &str,
    value: Option<&Setting>,
    end: &str,
) -> Result<String, Refused> {
    let inner = &text[body.start..body.end];
    let parsed = Document::parse(inner.to_owned());
    let document = parsed.map_err(|it| Refused::Unwritable(it.message().to_owned()))?;
    let mut table: &dyn TableLike = document.as_table();
    let mut header = 0;
    for name in path {
        let item =
            table.get(name).ok_or_else(|| Refused::Missing(format!("there is no `{name}`")))?;
        table = item.as_table_like().ok_or_else(|| unwritable(name))?;
        header = match item {
            Item::Table(table) if !table.is_dotted() => table.span().map_or(header, |it| it.end),
            _ => header,
        };
        let inline = matches!(item, Item::Value(_));
        if inline && table.get(key).is_none() && value.is_some() {
            return Err(unwritable(name));
        }
    }
    let changed = match (table.get(key), value) {
        (Some(item), Some(value)) => {
            let span = item.span().ok_or_else(|| unwritable(key))?;
            if item.as_value().is_none() {
                return Err(unwritable(key));
            }
            format!("{}{}{}", &inner[..span.start], written(value), &inner[span.end..])
        }
        (Some(item), None) => {
            let (Some(value), Some(name)) = (item.span(), table.key(key).and_then(|it| it.span()))
            else {
                return Err(unwritable(key));
            };
            if item.as_value().is_none() {
                return Err(unwritable(key));
            }
            let start = inner[..name.start].rfind('\n').map_or(0, |it| it + 1);
            let stop = inner[value.end..].find('\n').map_or(inner.len(), |it| value.end + it + 1);
            let rest = inner[value.end..stop].trim();
            // The line has to be its own.
            if !inner[start..name.start].trim().is_empty()
                || !(rest.is_empty() || rest.starts_with('#'))
            {
                return Err(unwritable(key));
            }
            format!("{}{}", &inner[..start], &inner[stop..])
        }
        (None, None) => inner.to_owned(),
        (None, Some(value)) => {
            // Behind the last value of the table itself; else behind its header, or on top.
            let own = table.iter().filter(|it| it.1.is_value()).filter_map(|it| it.1.span());
            let last = own.map(|it| it.end).max().unwrap_or(header);
            let at = match last {
                0 => 0,
                _ => inner[last..].find('\n').map_or(inner.len(), |it| last + it + 1),
            };
            let gap = if at > 0 && !inner[..at].ends_with('\n') { end } else { "" };
            format!("{}{gap}{key} = {}{end}{}", &inner[..at], written(value), &inner[at..])
        }
    };
    Ok(format!("{}{changed}{}", &text[..body.start], &text[body.end..]))
}

/// Gives a key of a body another name; its value stays.
pub(super) fn rename(text: &str, body: Span, from: &str, to: &str) -> Result<String, Refused> {
    let inner = &text[body.start..body.end];
    let parsed = Document::parse(inner.to_owned());
    let document = parsed.map_err(|it| Refused::Unwritable(it.message().to_owned()))?;
    let span =
        document.as_table().key(from).and_then(|it| it.span()).ok_or_else(|| unwritable(from))?;
    let (start, stop) = (body.start + span.start, body.start + span.end);
    Ok(format!("{}{to}{}", &text[..start], &text[stop..]))
}
