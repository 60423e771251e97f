//! The front matter: what a dashboard is called, and its parameters.

use super::Reading;
use super::toml::number;
use crate::dashboard::keys::{FRONT, Key, PARAM};
use crate::dashboard::params::{Options, Param, ParamKind, Value};
use crate::dashboard::period::FORMS;
use crate::dashboard::{Dashboard, Mark, Span};
use jiff::tz::TimeZone;
use toml_edit::{Item, TableLike};

/// Names of all keys of a table.
pub(super) fn names(keys: &[Key]) -> Vec<&'static str> {
    keys.iter().map(|it| it.name).collect()
}

impl Reading<'_> {
    pub(super) fn front(&mut self, body: Span, dashboard: &mut Dashboard) {
        let Some(document) = self.toml(body) else { return };
        let table: &dyn TableLike = document.as_table();
        for (name, item) in table.iter() {
            let Some(key) = FRONT.iter().find(|it| it.name == name) else {
                let span = self.key_span(table, name, body);
                self.unknown("the front matter", name, span, &names(FRONT));
                continue;
            };
            if !self.judge(key, item, body) {
                continue;
            }
            let span = self.item_span(item, body);
            let text = item.as_str().map(str::trim).unwrap_or_default();
            match name {
                "title" => dashboard.title = text.to_owned(),
                "about" => dashboard.about = Some(text.to_owned()),
                "zone" => match TimeZone::get(text) {
                    Ok(_) => dashboard.zone = Some(text.to_owned()),
                    Err(_) => {
                        let hint = Some("write one such as `Europe/Berlin` or `UTC`".to_owned());
                        self.trouble(span, format!("`{text}` is no time zone"), hint);
                    }
                },
                "refresh" => match seconds(text) {
                    Some(it) => dashboard.refresh = Some(it),
                    None => {
                        let hint = Some(
                            "write `30s`, `5m` or `1h`; at least 5 seconds and at most a day"
                                .to_owned(),
                        );
                        self.trouble(span, format!("`{text}` is no such length of time"), hint);
                    }
                },
                "annotate" => {
                    let words = item.as_array().into_iter().flatten().filter_map(|it| it.as_str());
                    let marks =
                        words.filter_map(|it| Mark::ALL.into_iter().find(|mark| mark.name() == it));
                    dashboard.annotate = marks.collect();
                    dashboard.annotate.sort();
                    dashboard.annotate.dedup();
                }
                "params" => {
                    let Some(params) = item.as_table_like() else { continue };
                    for (name, item) in params.iter() {
                        let span = self.key_span(params, name, body);
                        if let Some(param) = self.param(name, item, span, body) {
                            dashboard.params.push(param);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn param(&mut self, name: &str, item: &Item, span: Span, body: Span) -> Option<Param> {
        if !is_name(name) {
            let hint = Some("use letters, digits and `_`, and begin with a letter".to_owned());
            self.trouble(span, format!("`{name}` cannot be the name of a parameter"), hint);
            return None;
        }
        let Some(table) = item.as_table_like() else {
            self.trouble(
                span,
                format!("the parameter `{name}` is no table"),
                Some(format!("write `[params.{name}]`")),
            );
            return None;
        };
        let mut good = true;
        for (key, item) in table.iter() {
            match PARAM.iter().find(|it| it.name == key) {
                Some(known) => good &= self.judge(known, item, body),
                None => {
                    let span = self.key_span(table, key, body);
                    self.unknown(&format!("the parameter `{name}`"), key, span, &names(PARAM));
                }
            }
        }
        let text = |key: &str| table.get(key).and_then(Item::as_str);
        let kind = match (text("kind").and_then(ParamKind::of), table.contains_key("kind")) {
            (Some(kind), _) => kind,
            (None, true) => return None,
            (None, false) if name == "period" => ParamKind::Period,
            (None, false) if table.contains_key("options") => ParamKind::Choice,
            (None, false) => {
                let hint = Some("write `kind = \"text\"`, `\"number\"`, `\"bool\"`, `\"day\"`, `\"period\"` or `\"choice\"`".to_owned());
                self.trouble(span, format!("the parameter `{name}` says no kind"), hint);
                return None;
            }
        };
        if !good {
            return None;
        }
        let options = self.options(name, kind, table, span, body)?;
        let many = table.get("many").and_then(Item::as_bool).unwrap_or_default();
        if many && matches!(kind, ParamKind::Period | ParamKind::Bool) {
            let span = self.key_span(table, "many", body);
            self.trouble(
                span,
                format!("a parameter of the kind {} takes one value", kind.name()),
                None,
            );
        }
        let required = table.get("required").and_then(Item::as_bool).unwrap_or_default();
        if required && (kind != ParamKind::Choice || many) {
            let span = self.key_span(table, "required", body);
            let hint = Some("give it a `default` instead".to_owned());
            self.trouble(span, "only a choice of one can be required", hint);
        }
        let default = self.default(name, kind, table, &options, many, body);
        let label =
            text("label").map_or_else(|| crate::dashboard::panel::sentence(name), str::to_owned);
        Some(Param { name: name.to_owned(), span, kind, label, default, options, many, required })
    }

    fn options(
        &mut self,
        name: &str,
        kind: ParamKind,
        table: &dyn TableLike,
        span: Span,
        body: Span,
    ) -> Option<Options> {
        let Some(item) = table.get("options") else {
            if kind == ParamKind::Choice {
                let hint =
                    Some("write `options = [\"…\", \"…\"]` or the name of a query".to_owned());
                self.trouble(
                    span,
                    format!("the parameter `{name}` has nothing to choose from"),
                    hint,
                );
            }
            return (kind != ParamKind::Choice).then_some(Options::Any);
        };
        if let Some(query) = item.as_str() {
            return Some(Options::Query(query.to_owned()));
        }
        let mut listed = Vec::new();
        for value in item.as_array().into_iter().flatten() {
            let item = Item::Value(value.clone());
            match value_of(kind, &item) {
                Ok(it) => listed.push(it),
                Err(text) => {
                    let span = value
                        .span()
                        .map_or(span, |it| Span::new(body.start + it.start, body.start + it.end));
                    self.trouble(span, format!("an option of `{name}`: {text}"), None);
                }
            }
        }
        Some(Options::Listed(listed))
    }

    fn default(
        &mut self,
        name: &str,
        kind: ParamKind,
        table: &dyn TableLike,
        options: &Options,
        many: bool,
        body: Span,
    ) -> Vec<Value> {
        let Some(item) = table.get("default") else {
            return match kind {
                ParamKind::Period => Value::parse(kind, "90d").into_iter().collect(),
                _ => Vec::new(),
            };
        };
        let span = self.item_span(item, body);
        let items: Vec<Item> = match item.as_array() {
            Some(list) if many => list.iter().map(|it| Item::Value(it.clone())).collect(),
            _ => vec![item.clone()],
        };
        let mut values = Vec::new();
        for item in &items {
            let value = match value_of(kind, item) {
                Ok(value) => value,
                Err(text) => {
                    let hint = (kind == ParamKind::Period).then(|| FORMS.to_owned());
                    self.trouble(span, format!("the default of `{name}`: {text}"), hint);
                    continue;
                }
            };
            match options {
                Options::Listed(listed) if !listed.contains(&value) => {
                    let text = format!(
                        "the default of `{name}`, `{}`, is none of its options",
                        value.text()
                    );
                    self.trouble(span, text, None);
                }
                _ => values.push(value),
            }
        }
        values
    }
}

/// A value of a kind from TOML: written as TOML has it, or as text.
fn value_of(kind: ParamKind, item: &Item) -> Result<Value, String> {
    if let Some(text) = item.as_str() {
        return Value::parse(kind, text);
    }
    let value = match kind {
        ParamKind::Number => match item.as_integer() {
            Some(it) => Some(Value::Integer(it)),
            None => number(item).filter(|it| it.is_finite()).map(Value::Real),
        },
        ParamKind::Bool => item.as_bool().map(Value::Bool),
        ParamKind::Day => {
            let date = item.as_datetime().and_then(|it| it.date);
            date.and_then(|it| Value::parse(kind, &it.to_string()).ok())
        }
        ParamKind::Choice => {
            let whole = item.as_integer().map(Value::Integer);
            whole
                .or_else(|| item.as_bool().map(Value::Bool))
                .or_else(|| number(item).map(Value::Real))
        }
        ParamKind::Text | ParamKind::Period => None,
    };
    value.ok_or_else(|| format!("it is no {}", kind.name()))
}

/// Seconds of `30s`, `5m`, `1h`; none below 5 seconds and above a day.
fn seconds(text: &str) -> Option<u32> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        _ => return None,
    };
    let count: u32 = text[..text.len() - 1].parse().ok()?;
    count.checked_mul(unit).filter(|it| (5..=86_400).contains(it))
}

/// Whether a text can be the name of a query or a parameter.
pub(super) fn is_name(text: &str) -> bool {
    let starts = text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
    starts && text.len() <= 64 && text.bytes().all(|it| it == b'_' || it.is_ascii_alphanumeric())
}
