//! Documents taken apart and put together again, field by field.

use crate::bson::{Bson, Build, Doc, Owned};

/// A field of a document, copied.
pub(super) fn owned_of(doc: Option<Doc<'_>>, name: &[u8]) -> Option<Owned> {
    let doc = doc?;
    // Where the value stands is found by what comes before it.
    let mut at = 4;
    for element in doc.elements().flatten() {
        let start = at + 1 + element.name.len() + 1;
        let rest = doc.bytes().get(start..)?;
        let (_, after) = Bson::first(element.kind, rest).ok()?;
        let end = doc.bytes().len() - after.len();
        if element.name == name {
            return Some(Owned::new(element.kind, doc.bytes().get(start..end)?));
        }
        at = end;
    }
    None
}

pub(super) fn copy(mut into: Build, from: &Owned, name: &[u8]) -> Build {
    if let Some(value) = owned_of(from.doc(), name) {
        into.add(name, value.kind, &value.bytes);
    }
    into
}

pub(super) fn join(build: Build, document: &[u8]) -> Build {
    match Doc::whole(document) {
        Ok(doc) => build.all_of(doc),
        Err(_) => build,
    }
}

/// Options of a method: those of the command, and those of its one operation.
pub(super) fn with_options(body: Build, options: &Owned, for_op: &[&str]) -> (Build, Build) {
    let (mut body, mut op) = (body, Build::new());
    for element in options.doc().into_iter().flat_map(Doc::elements).flatten() {
        let of_op = for_op.iter().any(|it| it.as_bytes() == element.name);
        if let Some(value) = owned_of(options.doc(), element.name) {
            let into = if of_op { &mut op } else { &mut body };
            into.add(element.name, value.kind, &value.bytes);
        }
    }
    (body, op)
}

/// Options of `findOneAnd…`, as the command calls them.
pub(super) fn renamed(options: &Owned) -> Vec<u8> {
    let mut body = Build::new();
    for element in options.doc().into_iter().flat_map(Doc::elements).flatten() {
        let Some(value) = owned_of(options.doc(), element.name) else { continue };
        match (element.name, element.value) {
            (b"returnDocument", Bson::String(it)) => {
                body = body.bool("new", it == b"after");
            }
            (b"returnNewDocument", it) => body = body.bool("new", it.is_true()),
            (b"projection", _) => body.add(b"fields", value.kind, &value.bytes),
            (name, _) => body.add(name, value.kind, &value.bytes),
        }
    }
    body.done()
}

/// The name that an index gets where none is given: `age_1_name_-1`.
pub(super) fn index_name(key: &Owned) -> String {
    let mut parts = Vec::new();
    for element in key.doc().into_iter().flat_map(Doc::elements).flatten() {
        let direction = match element.value {
            Bson::String(it) => String::from_utf8_lossy(it).into_owned(),
            it => it.number().map_or_else(String::new, |it| it.to_string()),
        };
        parts.push(format!("{}_{direction}", String::from_utf8_lossy(element.name)));
    }
    parts.join("_")
}
