//! Values of JSON as trackers send them.

use crate::event::Prop;
use serde_json::{Map, Value};

/// A text under the first of these names that is there.
pub(crate) fn text<'a>(of: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|it| of.get(*it)).and_then(Value::as_str)
}

/// A number, also where it is written as a text.
pub(crate) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(it) => it.as_f64(),
        Value::String(it) => it.trim().parse().ok(),
        _ => None,
    };
    number.filter(|it: &f64| it.is_finite())
}

/// A property; none for what is none: lists, objects, null, the empty text.
pub(crate) fn prop(value: &Value) -> Option<Prop> {
    match value {
        Value::String(it) if it.is_empty() => None,
        Value::String(it) => Some(Prop::Text(it.as_str().into())),
        Value::Number(it) => it.as_f64().filter(|it| it.is_finite()).map(Prop::Number),
        Value::Bool(it) => Some(Prop::Bool(*it)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Properties of an object of scalars; what is none is left out.
pub(crate) fn flat(of: &Map<String, Value>) -> Vec<(String, Prop)> {
    of.iter().filter_map(|(name, it)| Some((name.clone(), prop(it)?))).collect()
}

/// Properties of an object of anything: names of what lies within others are joined by a dot, and lists
/// become their text.
pub(crate) fn deep(of: &Map<String, Value>) -> Vec<(String, Prop)> {
    fn walk(before: &str, of: &Map<String, Value>, found: &mut Vec<(String, Prop)>) {
        for (name, it) in of {
            if found.len() >= 100 {
                return;
            }
            let name = if before.is_empty() { name.clone() } else { format!("{before}.{name}") };
            match it {
                Value::Object(inner) => walk(&name, inner, found),
                Value::Array(_) => found.push((name, Prop::Text(it.to_string().into()))),
                _ => found.extend(prop(it).map(|it| (name, it))),
            }
        }
    }
    let mut found = Vec::new();
    walk("", of, &mut found);
    found
}
