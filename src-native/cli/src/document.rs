//! What the generated document says about every method: the one source of the terminal's commands.

use serde_json::Value;

/// A method as a person calls it.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    /// `memory.busFactor`
    pub(crate) name: String,
    /// Its documentation.
    pub(crate) description: String,
    /// `read`, `write`, `secret` or `exec`.
    pub(crate) access: String,
    /// In the order of declaration.
    pub(crate) params: Vec<Param>,
    /// A parameter that may stand without its name although it need not be given.
    pub(crate) first: Option<String>,
    /// Parameters that show how it is called.
    pub(crate) example: Vec<(String, Value)>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    /// `windowDays`
    pub(crate) name: String,
    /// Its documentation.
    pub(crate) description: String,
    /// Whether a call without it fails.
    pub(crate) required: bool,
    /// What may be given.
    pub(crate) kind: Kind,
}

/// What a parameter takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Number,
    Flag,
    Choice(Vec<String>),
    List(Box<Kind>),
    /// Anything else, given as JSON.
    Json,
}

/// Every method, in the order of the manual.
pub(crate) fn methods() -> Vec<Method> {
    read(rpc::methods::rpc::DOCUMENT)
}

fn read(text: &str) -> Vec<Method> {
    let document: Value = serde_json::from_str(text).unwrap_or_default();
    let schemas = &document["components"]["schemas"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let param = |param: &Value| Param {
        name: text(&param["name"]),
        description: text(&param["description"]),
        required: param["required"] == true,
        kind: kind(&param["schema"], schemas),
    };
    let method = |method: &Value| Method {
        name: text(&method["name"]),
        description: text(&method["description"]),
        access: text(&method["x-access"]),
        first: None,
        params: method["params"].as_array().into_iter().flatten().map(param).collect(),
        example: method["examples"][0]["params"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| (text(&it["name"]), it["value"].clone()))
            .collect(),
    };
    document["methods"].as_array().into_iter().flatten().map(method).collect()
}

fn kind(schema: &Value, schemas: &Value) -> Kind {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return kind(&schemas[name], schemas);
    }
    // An optional parameter is this or null.
    let cases = [&schema["anyOf"], &schema["oneOf"]].into_iter().find_map(Value::as_array);
    if let Some(cases) = cases {
        let mut kinds = cases.iter().filter(|it| it["type"] != "null").map(|it| kind(it, schemas));
        return match (kinds.next(), kinds.next()) {
            (Some(only), None) => only,
            (Some(Kind::Choice(first)), Some(second)) => choices(first, second, kinds),
            _ => Kind::Json,
        };
    }
    if let Some(constant) = schema["const"].as_str() {
        return Kind::Choice(vec![constant.to_owned()]);
    }
    if let Some(words) = schema["enum"].as_array() {
        return Kind::Choice(words.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    let named = match &schema["type"] {
        Value::Array(types) => types.iter().find(|it| *it != "null").and_then(Value::as_str),
        one => one.as_str(),
    };
    match named {
        Some("string") => Kind::Text,
        Some("integer") => Kind::Integer,
        Some("number") => Kind::Number,
        Some("boolean") => Kind::Flag,
        Some("array") => Kind::List(Box::new(kind(&schema["items"], schemas))),
        _ => Kind::Json,
    }
}

/// Documented choices stand as one case each.
fn choices(mut words: Vec<String>, second: Kind, rest: impl Iterator<Item = Kind>) -> Kind {
    for kind in std::iter::once(second).chain(rest) {
        match kind {
            Kind::Choice(more) => words.extend(more),
            _ => return Kind::Json,
        }
    }
    Kind::Choice(words)
}

impl Method {
    /// `memory` and `busFactor`.
    pub(crate) fn split(&self) -> (&str, &str) {
        self.name.split_once('.').unwrap_or(("", &self.name))
    }

    /// Whether a terminal may call it: a program is started by the window alone.
    pub(crate) fn callable(&self) -> bool {
        matches!(self.access.as_str(), "read" | "write")
    }

    /// The parameters that may stand without their names: those a call needs, or the first where it
    /// needs none.
    pub(crate) fn positionals(&self) -> impl Iterator<Item = &Param> {
        let none_needed = !self.params.iter().any(|it| it.required);
        self.params.iter().enumerate().filter_map(move |(i, it)| {
            let first_text = none_needed && i == 0 && it.kind == Kind::Text;
            let chosen = self.first.as_ref().map(|first| *first == it.name);
            (it.required || chosen.unwrap_or(first_text)).then_some(it)
        })
    }

    pub(crate) fn has(&self, param: &str) -> bool {
        self.params.iter().any(|it| it.name == param)
    }
}

/// `busFactor` as `bus-factor`.
pub(crate) fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(name: &str) -> Method {
        methods().into_iter().find(|it| it.name == name).unwrap()
    }

    fn kind_of(name: &str, param: &str) -> Kind {
        method(name).params.into_iter().find(|it| it.name == param).unwrap().kind
    }

    #[test]
    fn every_method_of_the_boundary_is_here_with_a_kind_for_each_parameter() {
        let names: Vec<_> = methods().into_iter().map(|it| it.name).collect();
        let all: Vec<_> = rpc::methods::ALL.iter().map(|it| it.name).collect();
        assert_eq!(names, all);
        let mut json = Vec::new();
        for method in methods() {
            assert!(!method.description.is_empty(), "{}", method.name);
            for param in &method.params {
                if matches!(&param.kind, Kind::Json) {
                    json.push(format!("{} {}", method.name, param.name));
                }
            }
        }
        // A thing with parts of its own has no other form in a terminal.
        let written = [
            "databases.tryEntry entry",
            "databases.save entry",
            "databases.run params",
            "databases.explain params",
            "databases.export params",
            "dashboards.open params",
            "dashboards.panel params",
            "dashboards.rows params",
            "dashboards.rows x",
            "dashboards.rows by",
            "dashboards.assertions params",
            "dashboards.render params",
            "dashboards.export params",
            "dashboards.diff params",
            "dashboards.edit change",
        ];
        assert_eq!(json, written);
    }

    #[test]
    fn kinds_are_seen_through_null_and_references() {
        assert_eq!(kind_of("memory.file", "path"), Kind::Text);
        assert_eq!(kind_of("memory.file", "limit"), Kind::Integer);
        assert_eq!(kind_of("memory.text", "blame"), Kind::Flag);
        let each = Kind::Choice(vec!["folders".into(), "components".into()]);
        assert_eq!(kind_of("memory.busFactor", "each"), each);
        assert!(
            matches!(kind_of("memory.search", "kinds"), Kind::List(it) if matches!(*it, Kind::Choice(_)))
        );
    }

    #[test]
    fn documented_choices_are_read_too() {
        let schema = serde_json::json!({ "oneOf": [
            { "type": "string", "const": "a", "description": "One." },
            { "type": "string", "enum": ["b", "c"] },
        ]});
        assert_eq!(
            kind(&schema, &Value::Null),
            Kind::Choice(vec!["a".into(), "b".into(), "c".into()])
        );
    }

    #[test]
    fn what_a_call_needs_stands_without_its_name() {
        let names = |name: &str| -> Vec<String> {
            method(name).positionals().map(|it| it.name.clone()).collect()
        };
        assert_eq!(names("memory.why"), ["path", "line"]);
        assert_eq!(names("memory.experts"), ["path"]);
        assert_eq!(names("identities.merge"), ["identity", "with"]);
        assert!(names("identities.suggestions").is_empty());
    }

    #[test]
    fn names_are_spelt_with_dashes() {
        assert_eq!(kebab("busFactor"), "bus-factor");
        assert_eq!(kebab("overview"), "overview");
    }
}
