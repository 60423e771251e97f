//! From what was typed to the parameters of a call.

use crate::command::{may_be_in_path, named};
use crate::document::{Kind, Method, Param};
use crate::here::Here;
use clap::ArgMatches;
use rpc::{Error, Result};
use serde_json::{Map, Value};

/// The parameters of `method` as typed, with paths as the method wants them.
///
/// # Errors
/// Where a parameter that the method needs is missing.
pub(crate) fn params(
    method: &Method,
    matches: &ArgMatches,
    here: &Here,
) -> Result<Map<String, Value>> {
    let mut params = Map::new();
    let positionals: Vec<&str> = method.positionals().map(|it| it.name.as_str()).collect();
    for param in &method.params {
        let id = named(&param.name);
        let value = match positionals.contains(&param.name.as_str()) {
            true => typed(&param.kind, matches, &param.name)
                .or_else(|| typed(&param.kind, matches, &id)),
            false => typed(&param.kind, matches, &param.name),
        };
        if let Some(value) = value {
            are_objects(param, &value)?;
            params.insert(param.name.clone(), value);
        }
    }
    for param in method.params.iter().filter(|it| it.required) {
        if !params.contains_key(&param.name) {
            from_path(method, param, &mut params)?;
        }
    }
    place(method, &mut params, here);
    Ok(params)
}

fn typed(kind: &Kind, matches: &ArgMatches, id: &str) -> Option<Value> {
    Some(match kind {
        Kind::Integer => Value::from(*matches.get_one::<i64>(id)?),
        Kind::Number => Value::from(*matches.get_one::<f64>(id)?),
        Kind::Flag => Value::from(*matches.get_one::<bool>(id)?),
        Kind::Text | Kind::Choice(_) => Value::from(matches.get_one::<String>(id)?.clone()),
        Kind::Json => json_or_text(matches.get_one::<String>(id)?),
        Kind::List(of) => {
            let items: Vec<Value> = match **of {
                Kind::Integer => matches.get_many::<i64>(id)?.copied().map(Value::from).collect(),
                Kind::Number => matches.get_many::<f64>(id)?.copied().map(Value::from).collect(),
                // Each is an object, or a list of them.
                Kind::Json => matches
                    .get_many::<String>(id)?
                    .flat_map(|it| match json_or_text(it) {
                        Value::Array(items) => items,
                        one => vec![one],
                    })
                    .collect(),
                _ => matches.get_many::<String>(id)?.cloned().map(Value::from).collect(),
            };
            Value::Array(items)
        }
    })
}

/// What has parts is no word: said here, in the words of who types it.
fn are_objects(param: &Param, value: &Value) -> Result<()> {
    let is_of_objects = matches!(&param.kind, Kind::List(of) if **of == Kind::Json);
    let text = value.as_array().into_iter().flatten().find_map(Value::as_str);
    match text.filter(|_| is_of_objects) {
        None => Ok(()),
        Some(text) => {
            Err(Error::invalid(format!("`{text}` is no object of JSON, as `{}` takes", param.name))
                .hint(
                    "write each as '{\"name\":\"value\"}', with the names that \
                     `backstory call rpc.discover` lists",
                ))
        }
    }
}

/// The line in `src/pay.rs:12`.
fn from_path(method: &Method, param: &Param, params: &mut Map<String, Value>) -> Result<()> {
    let path = params.get("path").and_then(Value::as_str).unwrap_or_default();
    if may_be_in_path(method, param)
        && let Some((path, line)) = path.rsplit_once(':')
        && let Ok(line) = line.parse::<u32>()
    {
        let (path, line) = (Value::from(path), Value::from(line));
        params.insert("path".into(), path);
        params.insert(param.name.clone(), line);
        return Ok(());
    }
    let text = format!("`{}` needs `{}`: {}", method.name, param.name, param.description);
    Err(Error::invalid(text)
        .hint(format!("as in `{}:12`, or as an argument of its own", "src/pay.rs")))
}

/// Paths of the terminal become paths of the repository, or of the machine where the method knows
/// no repository.
fn place(method: &Method, params: &mut Map<String, Value>, here: &Here) {
    let of_history = method.has("repository");
    let elsewhere = params.contains_key("repository");
    for (name, value) in params.iter_mut() {
        let Value::String(text) = value else { continue };
        let placed = match name.as_str() {
            "repository" => here.repository_named(text),
            "path" if !of_history => here.on_the_machine(text),
            "path" | "with" if of_history && !elsewhere => here.in_the_repository(text),
            _ => continue,
        };
        *text = placed;
    }
}

/// The parameters of `backstory call`: `key=value` as the schema says, `key:=json`, or one object.
///
/// # Errors
/// Where a word is none of these.
pub(crate) fn loose(method: Option<&Method>, words: &[String]) -> Result<Map<String, Value>> {
    if let [one] = words
        && one.trim_start().starts_with('{')
    {
        return object(one);
    }
    let mut params = Map::new();
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            return Err(Error::invalid(format!("`{word}` is no parameter"))
                .hint("write KEY=VALUE, KEY:=JSON, or one JSON object"));
        };
        let (key, value) = match key.strip_suffix(':') {
            Some(key) => {
                let json = serde_json::from_str(value);
                (key, json.map_err(|it| Error::invalid(format!("`{key}` is not JSON: {it}")))?)
            }
            None => {
                let kind = method.and_then(|it| it.params.iter().find(|it| it.name == key));
                (key, value_of(kind.map(|it| &it.kind), value))
            }
        };
        params.insert(key.to_owned(), value);
    }
    Ok(params)
}

/// One JSON object.
///
/// # Errors
/// Where the text is something else.
pub(crate) fn object(text: &str) -> Result<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(params)) => Ok(params),
        Ok(_) => Err(Error::invalid("parameters are one JSON object")),
        Err(error) => Err(Error::invalid(format!("the parameters are not JSON: {error}"))),
    }
}

/// A value as its kind says; what does not fit stays text, and the method says what it wants.
fn value_of(kind: Option<&Kind>, text: &str) -> Value {
    let fits = match kind {
        Some(Kind::Integer) => text.parse::<i64>().ok().map(Value::from),
        Some(Kind::Number) => text.parse::<f64>().ok().map(Value::from),
        Some(Kind::Flag) => text.parse::<bool>().ok().map(Value::from),
        Some(Kind::List(of)) if **of == Kind::Json => Some(json_or_text(text)),
        Some(Kind::List(of)) => {
            Some(text.split(',').map(|it| value_of(Some(of), it)).collect::<Vec<_>>().into())
        }
        Some(Kind::Json) => Some(json_or_text(text)),
        _ => None,
    };
    fits.unwrap_or_else(|| text.into())
}

fn json_or_text(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

#[cfg(test)]
mod tests;
