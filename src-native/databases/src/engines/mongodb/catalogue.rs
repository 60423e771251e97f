//! Databases, collections, and what their documents are made of, from a sample.

use super::Mongodb;
use crate::bson::json::Json;
use crate::bson::{Bson, Build, Doc, kind, type_name};
use crate::catalogue::{
    Description, Field, Index, Key, Object, ObjectKind, Objects, Schema, Table,
};
use crate::{Failure, Reason, Result};
use std::collections::HashMap;

/// Documents from which fields are told.
const SAMPLE: i64 = 100;
/// Documents from which fields are told for completion, of each of so many collections.
const SMALL_SAMPLE: i64 = 20;
const COLLECTIONS_MAX: usize = 200;
/// Fields that are told, at most.
const FIELDS_MAX: usize = 500;
/// How deep documents within documents are looked into.
const DEPTH_MAX: usize = 4;

pub(super) fn schemas(session: &mut Mongodb) -> Result<Vec<Schema>> {
    let body = Build::new().int("listDatabases", 1).bool("nameOnly", true);
    let reply = session.ask("admin", body.bool("authorizedDatabases", true))?;
    let doc = reply.doc().map_err(|it| session.lost(&it))?;
    let databases = super::docs_of(doc.doc("databases"));
    let mut names: Vec<String> =
        databases.iter().filter_map(|it| it.text("name").map(str::to_owned)).collect();
    if !names.contains(&session.database) {
        names.push(session.database.clone());
    }
    names.sort_unstable();
    let current = &session.database;
    let schema = |name: String| Schema {
        current: name == *current,
        system: matches!(name.as_str(), "admin" | "config" | "local"),
        name,
    };
    Ok(names.into_iter().map(schema).collect())
}

pub(super) fn objects(session: &mut Mongodb, of: &Objects<'_>) -> Result<Vec<Object>> {
    let body = Build::new().int("listCollections", 1);
    let mut objects: Vec<Object> = session
        .all(of.schema, body, usize::MAX)?
        .iter()
        .filter_map(|it| object(Doc::whole(it).ok()?))
        .collect();
    let wanted = of.pattern.map(str::to_lowercase);
    objects.retain(|it| wanted.as_ref().is_none_or(|part| it.name.to_lowercase().contains(part)));
    objects.sort_by(|a, b| a.name.cmp(&b.name));
    objects.retain(|it| of.after.is_none_or(|after| it.name.as_str() > after));
    objects.truncate(of.limit);
    for object in objects.iter_mut().take(COLLECTIONS_MAX) {
        // Counting a view means running it; a collection knows.
        if object.kind == ObjectKind::Collection {
            object.rows = count(session, of.schema, &object.name);
        }
    }
    Ok(objects)
}

fn object(about: Doc<'_>) -> Option<Object> {
    let of_type = about.text("type").unwrap_or("collection");
    let kind = if of_type == "view" { ObjectKind::View } else { ObjectKind::Collection };
    let detail = match of_type {
        "view" => {
            about.doc("options").and_then(|it| it.text("viewOn")).map(|it| format!("of {it}"))
        }
        "timeseries" => Some("time series".to_owned()),
        _ => None,
    };
    Some(Object { kind, name: about.text("name")?.to_owned(), detail, comment: None, rows: None })
}

fn count(session: &mut Mongodb, schema: &str, name: &str) -> Option<u64> {
    let reply = session.ask(schema, Build::new().text("count", name)).ok()?;
    let count = reply.doc().ok()?.whole_number("n")?;
    u64::try_from(count).ok()
}

fn sample(session: &mut Mongodb, schema: &str, object: &Object, size: i64) -> Result<Vec<Vec<u8>>> {
    let body = if object.kind == ObjectKind::View {
        Build::new().text("find", &object.name).int("limit", size)
    } else {
        let stage = Build::new().doc("$sample", Build::new().int("size", size));
        let body = Build::new().text("aggregate", &object.name).docs("pipeline", vec![stage]);
        body.doc("cursor", Build::new())
    };
    session.all(schema, body, usize::try_from(size).unwrap_or(0))
}

/// A field as the sample has it.
#[derive(Default)]
struct Seen {
    documents: usize,
    /// Types and how often they came, in the order in which they appeared.
    kinds: Vec<(String, usize)>,
}

/// What fields documents have: paths, in the order in which they appear.
#[derive(Default)]
struct Fields {
    order: Vec<String>,
    seen: HashMap<String, Seen>,
}

impl Fields {
    fn add(&mut self, doc: Doc<'_>, within: &str, depth: usize) {
        for element in doc.elements().flatten() {
            let path = format!("{within}{}", String::from_utf8_lossy(element.name));
            if !self.seen.contains_key(&path) {
                if self.order.len() >= FIELDS_MAX {
                    continue;
                }
                self.order.push(path.clone());
            }
            let seen = self.seen.entry(path.clone()).or_default();
            seen.documents += 1;
            let name = match element.value {
                Bson::Array(inner) => array_name(inner),
                _ => type_name(element.kind).to_owned(),
            };
            match seen.kinds.iter_mut().find(|it| it.0 == name) {
                Some(found) => found.1 += 1,
                None => seen.kinds.push((name, 1)),
            }
            if let Bson::Document(inner) = element.value
                && depth < DEPTH_MAX
            {
                self.add(inner, &format!("{path}."), depth + 1);
            }
        }
    }

    fn columns(self, documents: usize) -> Vec<Field> {
        let mut columns = Vec::with_capacity(self.order.len());
        for name in self.order {
            let Some(seen) = self.seen.get(&name) else { continue };
            let null = seen.kinds.iter().any(|it| it.0 == type_name(kind::NULL));
            let mut kinds = seen.kinds.clone();
            kinds.sort_by_key(|it| std::cmp::Reverse(it.1)); // equal ones stay as they appeared
            let share = |count: usize| 100.0 * count as f64 / seen.documents as f64;
            let type_name = match kinds.as_slice() {
                [only] => only.0.clone(),
                all => {
                    let parts = all.iter().map(|it| format!("{} {:.0} %", it.0, share(it.1)));
                    parts.collect::<Vec<_>>().join(", ")
                }
            };
            columns.push(Field {
                type_name,
                nullable: Some(null || seen.documents < documents),
                default: None,
                generated: false,
                comment: Some(format!(
                    "in {} of {documents} documents that were looked at",
                    seen.documents
                )),
                name,
            });
        }
        columns
    }
}

/// A list by what it holds: `array of string`.
fn array_name(array: Doc<'_>) -> String {
    let mut kinds: Vec<u8> = array.elements().flatten().map(|it| it.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    match kinds.as_slice() {
        [] => "empty array".to_owned(),
        [only] => format!("array of {}", type_name(*only)),
        _ => "array".to_owned(),
    }
}

pub(super) fn describe(session: &mut Mongodb, schema: &str, name: &str) -> Result<Description> {
    let filter = Build::new().text("name", name);
    let found =
        session.all(schema, Build::new().int("listCollections", 1).doc("filter", filter), 1)?;
    let about = found.first().and_then(|it| Doc::whole(it).ok());
    let Some((about, mut object)) = about.and_then(|it| Some((it, object(it)?))) else {
        let text = format!("there is no collection `{name}` in `{schema}`");
        return Err(Failure::new(Reason::Usage, text));
    };
    if object.kind == ObjectKind::Collection {
        object.rows = count(session, schema, name);
    }
    let documents = sample(session, schema, &object, SAMPLE)?;
    let mut fields = Fields::default();
    for document in &documents {
        if let Ok(doc) = Doc::whole(document) {
            fields.add(doc, "", 0);
        }
    }
    let mut description = Description::of(object);
    description.columns = fields.columns(documents.len());
    if description.object.kind == ObjectKind::Collection {
        let indexes = session.all(schema, Build::new().text("listIndexes", name), usize::MAX)?;
        description.indexes = indexes.iter().filter_map(|it| index(Doc::whole(it).ok()?)).collect();
    }
    for index in &description.indexes {
        if index.unique {
            description.keys.push(Key {
                name: index.name.clone(),
                primary: index.name == "_id_",
                columns: index.columns.clone(),
            });
        }
    }
    description.keys.sort_by_key(|it| !it.primary);
    if let Some(options) = about.doc("options").filter(|it| it.elements().next().is_some()) {
        let name = Json::of(Bson::String(name.as_bytes())).text;
        let options = Json::of_doc(options).text;
        description.definition = Some(format!("db.createCollection({name}, {options})"));
    }
    let mut fact = |name: &str, text: String| description.facts.push((name.to_owned(), text));
    fact("sampled", format!("{} documents", documents.len()));
    if let Ok(reply) = session.ask(schema, Build::new().text("collStats", name))
        && let Ok(stats) = reply.doc()
    {
        for (field, shown) in [
            ("size", "size of documents"),
            ("storageSize", "size on disk"),
            ("totalIndexSize", "size of indexes"),
            ("avgObjSize", "size of a document"),
        ] {
            if let Some(bytes) = stats.number(field) {
                fact(shown, format!("{bytes:.0} bytes"));
            }
        }
    }
    let quoted = |it: &str| Json::of(Bson::String(it.as_bytes())).text;
    // A statement is asked of the connection's own database unless it names another.
    let of = match schema == session.database {
        true => String::new(),
        false => format!(".getSiblingDB({})", quoted(schema)),
    };
    fact("browse", format!("db{of}.getCollection({}).find({{}})", quoted(name)));
    Ok(description)
}

fn index(about: Doc<'_>) -> Option<Index> {
    let name = about.text("name")?;
    let mut columns = Vec::new();
    for element in about.doc("key")?.elements().flatten() {
        let field = String::from_utf8_lossy(element.name);
        columns.push(match element.value {
            Bson::String(it) => format!("{field} {}", String::from_utf8_lossy(it)),
            it if it.number().is_some_and(|it| it < 0.0) => format!("{field} descending"),
            _ => field.into_owned(),
        });
    }
    Some(Index {
        name: name.to_owned(),
        unique: name == "_id_" || about.get("unique").is_some_and(Bson::is_true),
        columns,
        detail: Json::of_doc(about).text,
    })
}

pub(super) fn tables(session: &mut Mongodb, schema: &str) -> Result<Vec<Table>> {
    let of = Objects { schema, pattern: None, after: None, limit: COLLECTIONS_MAX };
    let mut tables = Vec::new();
    for object in objects(session, &of)? {
        // A view that cannot be run has no fields, and the others have theirs all the same.
        let documents = match sample(session, schema, &object, SMALL_SAMPLE) {
            Ok(documents) => documents,
            Err(failure) if failure.reason == Reason::Server => Vec::new(),
            Err(failure) => return Err(failure),
        };
        let mut fields = Fields::default();
        for document in &documents {
            if let Ok(doc) = Doc::whole(document) {
                fields.add(doc, "", 0);
            }
        }
        let columns = fields.columns(documents.len()).into_iter();
        tables.push(Table {
            columns: columns.map(|it| (it.name, it.type_name)).collect(),
            primary: match object.kind {
                ObjectKind::View => Vec::new(),
                _ => vec!["_id".to_owned()],
            },
            name: object.name,
        });
    }
    Ok(tables)
}
