//! The generated face of the boundary: OpenRPC, TypeScript and the manual's list of methods. Pure: text out, no files.

use crate::{Access, Code, Method, methods};
use schemars::{Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use std::any::TypeId;
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

/// What the generators ask of a method's types.
pub struct Types {
    params: fn(&mut SchemaGenerator) -> Schema,
    reply: fn(&mut SchemaGenerator) -> Schema,
    ts: fn(&mut Declarations),
    names: fn(&Config) -> (String, String),
}

impl Types {
    pub(crate) const fn of<M: Method>() -> Types {
        Types {
            params: |it| it.subschema_for::<M>(),
            reply: |it| it.subschema_for::<M::Reply>(),
            ts: |it| {
                it.visit::<M>();
                it.visit::<M::Reply>();
            },
            names: |it| (M::name(it), <M::Reply as TS>::name(it)),
        }
    }
}

/// Every generated file as (name within `ipc-schema/`, contents).
pub fn files() -> Vec<(&'static str, String)> {
    let document = openrpc();
    vec![
        ("METHODS.md", manual(&document)),
        ("methods.ts", methods_ts()),
        ("openrpc.json", format!("{:#}\n", document)),
        ("types.ts", types_ts()),
    ]
}

/// The OpenRPC document.
pub fn openrpc() -> Value {
    let mut schemas = Map::new();
    let mut list = Vec::new();
    for entry in methods::ALL {
        let settings = || {
            SchemaSettings::draft2020_12()
                .with(|it| it.definitions_path = "/components/schemas".into())
        };
        let mut asked = settings().for_deserialize().into_generator();
        let mut answered = settings().for_serialize().into_generator();
        let params = (entry.types.params)(&mut asked);
        let reply = (entry.types.reply)(&mut answered);
        for generator in [&mut asked, &mut answered] {
            for (name, schema) in generator.take_definitions(true) {
                add(&mut schemas, name, schema);
            }
        }
        let request = named(&schemas, &params);
        let required: Vec<&str> = request["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let fields = request["properties"].as_object().cloned().unwrap_or_default();
        let params: Vec<Value> = fields
            .into_iter()
            .map(|(name, schema)| {
                let needed = required.contains(&name.as_str());
                json!({ "name": name, "required": needed, "description": schema["description"], "schema": schema })
            })
            .collect();
        let description = request["description"].as_str().unwrap_or_default().to_owned();
        list.push(json!({
            "name": entry.name,
            "summary": description.split(['\n', ':']).next(),
            "description": description,
            "paramStructure": "by-name",
            "params": params,
            "result": { "name": "result", "schema": reply },
            "examples": [{ "name": "example", "params": example(entry.example) }],
            "x-access": entry.access,
            "x-topics": entry.topics,
            "x-timeout-seconds": entry.limits.timeout.as_secs(),
            "x-request-bytes-max": entry.limits.in_bytes_max,
            "x-reply-bytes-max": entry.limits.out_bytes_max,
        }));
    }
    // Request types are spelt out as parameters; only what replies refer to stays.
    let text = serde_json::to_string(&list).unwrap_or_default();
    let mut kept: Map<String, Value> = Map::new();
    let mut wanted: Vec<String> = references(&text);
    while let Some(name) = wanted.pop() {
        if let Some(schema) = schemas.get(&name)
            && !kept.contains_key(&name)
        {
            wanted.extend(references(&schema.to_string()));
            kept.insert(name, schema.clone());
        }
    }
    kept.sort_keys();
    let errors: Vec<Value> = Code::table()
        .iter()
        .map(|(code, number, exit)| json!({ "kind": code, "code": number, "exit": exit }))
        .collect();
    json!({
        "openrpc": "1.3.2",
        "info": {
            "title": "Backstory",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Why is this code like this, who knows it, what is risky: answered from Git, with evidence.",
        },
        "methods": list,
        "components": { "schemas": kept },
        "x-errors": errors,
        "x-notifications": {
            "$/cancelRequest": "To Backstory: stop the call whose `id` is given.",
            "$/progress": "From Backstory: how far the call whose id is `token` has come (`phase`, `done`, `total`).",
            "$/changed": "From Backstory: answers made of these `topics` are stale, of one `repository` or of all. Numbered by `seq`.",
            "$/reading": "From Backstory: how far the reading of a `repository` has come. Numbered by `seq`.",
        },
    })
}

fn example(text: &str) -> Value {
    let params: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    params.into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

fn add(schemas: &mut Map<String, Value>, name: String, schema: Value) {
    if let Some(there) = schemas.get(&name) {
        assert_eq!(there, &schema, "two wire types are called `{name}`");
    }
    schemas.insert(name, schema);
}

fn named(schemas: &Map<String, Value>, schema: &Schema) -> Value {
    let reference = schema.as_value()["$ref"].as_str().unwrap_or_default();
    let name = reference.rsplit('/').next().unwrap_or_default();
    schemas.get(name).cloned().unwrap_or_else(|| schema.as_value().clone())
}

fn references(text: &str) -> Vec<String> {
    const PREFIX: &str = "\"#/components/schemas/";
    text.match_indices(PREFIX)
        .filter_map(|(at, _)| text[at + PREFIX.len()..].split('"').next())
        .map(str::to_owned)
        .collect()
}

/// TypeScript declarations by name.
#[derive(Default)]
struct Declarations {
    seen: std::collections::HashSet<TypeId>,
    by_name: BTreeMap<String, String>,
}

fn config() -> Config {
    Config::new().with_large_int("number")
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        let config = config();
        T::visit_dependencies(self);
        T::visit_generics(self);
        if T::output_path().is_none() {
            return; // a primitive or a container
        }
        let docs = T::docs().unwrap_or_default();
        let text = format!("{docs}export {}\n", T::decl(&config));
        let name = T::ident(&config);
        if let Some(there) = self.by_name.insert(name.clone(), text.clone()) {
            assert_eq!(there, text, "two wire types are called `{name}`");
        }
    }
}

const HEADER: &str = "// Generated from src-native/rpc by its tests. Do not edit.\n\n";

fn types_ts() -> String {
    let mut declarations = Declarations::default();
    methods::ALL.iter().for_each(|it| (it.types.ts)(&mut declarations));
    declarations.visit::<crate::Topic>();
    let all: Vec<String> = declarations.by_name.into_values().collect();
    // One of our own is called `Record`, so what TypeScript calls that is spelt out.
    let text = all
        .join("\n")
        .replace("Record<symbol, never>", "{ [key: string]: never }")
        .replace("Record<string, unknown>", "{ [key: string]: unknown }");
    format!("{HEADER}{text}")
}

fn methods_ts() -> String {
    let config = config();
    let mut text =
        format!("{HEADER}import type * as t from \"./types\";\n\nexport interface Methods {{\n");
    for entry in methods::ALL {
        let (params, reply) = (entry.types.names)(&config);
        text += &format!("  \"{}\": {{ params: t.{params}; reply: t.{reply} }};\n", entry.name);
    }
    text += "}\n\nexport type Topic = t.Topic;\n\n";
    text += "export const methods: { [M in keyof Methods]: { access: \"read\" | \"write\" | \"secret\" | \"exec\"; topics: readonly t.Topic[] } } = {\n";
    for entry in methods::ALL {
        text += &format!(
            "  \"{}\": {{ access: {}, topics: {} }},\n",
            entry.name,
            json!(entry.access),
            json!(entry.topics)
        );
    }
    text += "};\n\nexport type Code =\n";
    for (code, _, _) in Code::table() {
        text += &format!("  | {}\n", json!(code));
    }
    text += ";\n";
    text
}

fn manual(document: &Value) -> String {
    let mut text = String::from(
        "# Methods\n\nGenerated from src-native/rpc by its tests. Do not edit.\n\
         Every method is called the same way from the page, the socket, stdio and the terminal.\n",
    );
    let mut space = "";
    for method in document["methods"].as_array().into_iter().flatten() {
        let name = method["name"].as_str().unwrap_or_default();
        let (namespace, _) = name.split_once('.').unwrap_or_default();
        if namespace != space {
            text += &format!("\n## {namespace}\n");
            space = namespace;
        }
        let described = method["description"].as_str().unwrap_or_default();
        text += &format!("\n### {name}\n\n{described}\n");
        if method["x-access"] != json!(Access::Read) {
            text += &format!("\nAccess: {}.\n", method["x-access"].as_str().unwrap_or_default());
        }
        let params = method["params"].as_array().cloned().unwrap_or_default();
        if !params.is_empty() {
            text += "\n| parameter | needed | meaning |\n| --- | --- | --- |\n";
        }
        for param in params {
            let needed = if param["required"] == json!(true) { "yes" } else { "" };
            let meaning = param["description"].as_str().unwrap_or_default().replace('\n', " ");
            let name = param["name"].as_str().unwrap_or_default();
            text += &format!("| `{name}` | {needed} | {} |\n", meaning.replace('|', "\\|"));
        }
        let reply = method["result"]["schema"]["$ref"].as_str().unwrap_or_default();
        let reply = reply.rsplit('/').next().unwrap_or_default();
        let example: Vec<String> = method["examples"][0]["params"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| {
                format!(" {}='{}'", it["name"].as_str().unwrap_or_default(), plain(&it["value"]))
            })
            .collect();
        text += &format!("\n`backstory call {name}{}` answers `{reply}`.\n", example.concat());
    }
    text
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
