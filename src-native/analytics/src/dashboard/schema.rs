//! The schema of front matter, parameters and panels, for editors: made from the table of keys.

use super::keys::{FRONT, Key, PANEL, PANELS, PARAM, Takes};
use serde_json::{Map, Value, json};

/// The schema, as JSON Schema. The root is the front matter; `#/$defs/panel` is the body of a panel.
pub fn schema() -> Value {
    let kinds: Vec<Value> = PANELS.iter().map(|it| json!({ "required": [it.name] })).collect();
    let all: Vec<Key> = PANELS.iter().chain(PANEL).copied().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A dashboard of Backstory: its front matter",
        "type": "object",
        "additionalProperties": false,
        "properties": properties(FRONT),
        "$defs": {
            "param": {
                "title": "A parameter: [params.NAME]",
                "type": "object",
                "additionalProperties": false,
                "properties": properties(PARAM),
            },
            "panel": {
                "title": "A panel: the body of a block `toml panel`",
                "type": "object",
                "additionalProperties": false,
                "properties": properties(&all),
                "oneOf": kinds,
            },
        },
    })
}

/// As it is committed.
pub fn text() -> String {
    let text = serde_json::to_string_pretty(&schema()).unwrap_or_default();
    format!("{text}\n")
}

fn properties(keys: &[Key]) -> Value {
    let all = keys.iter().map(|key| {
        let mut one = takes(key.takes);
        one.insert("description".to_owned(), key.about.into());
        (key.name.to_owned(), Value::Object(one))
    });
    Value::Object(all.collect())
}

fn takes(takes: Takes) -> Map<String, Value> {
    let it = match takes {
        Takes::Text => json!({ "type": "string", "minLength": 1 }),
        Takes::Query => json!({ "type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" }),
        Takes::Columns => json!({ "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" }, "minItems": 1 },
        ] }),
        Takes::Number => json!({ "type": "number" }),
        Takes::Whole(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Takes::Flag => json!({ "type": "boolean" }),
        Takes::Length => json!({ "type": "string", "pattern": "^[0-9]+[smh]$" }),
        Takes::OneOf(words) => json!({ "enum": words }),
        Takes::SomeOf(words) => json!({ "type": "array", "items": { "enum": words } }),
        Takes::Options => json!({ "anyOf": [
            { "type": "array", "minItems": 1 },
            { "type": "string" },
        ] }),
        Takes::Value => json!({}),
        Takes::Params => json!({
            "type": "object",
            "additionalProperties": { "$ref": "#/$defs/param" },
            "propertyNames": { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$" },
        }),
    };
    match it {
        Value::Object(it) => it,
        _ => Map::new(),
    }
}
