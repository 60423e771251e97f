//! What commands of MongoDB do, by their names, stages and operators. What is not known is no reading.

use super::{Command, Statement, read};
use crate::bson::{Bson, Doc};
use crate::statement::{Effect, Judgement, Loss};

/// Commands that only read, whatever they say.
const READS: &[&str] = &[
    "buildInfo",
    "collStats",
    "connectionStatus",
    "count",
    "currentOp",
    "dataSize",
    "dbHash",
    "dbStats",
    "distinct",
    "find",
    "hello",
    "hostInfo",
    "isMaster",
    "ismaster",
    "listCollections",
    "listCommands",
    "listDatabases",
    "listIndexes",
    "ping",
    "replSetGetStatus",
    "serverStatus",
    "top",
    "whatsmyuri",
];

/// Stages that only read.
const STAGES: &[&str] = &[
    "$addFields",
    "$bucket",
    "$bucketAuto",
    "$changeStream",
    "$collStats",
    "$count",
    "$currentOp",
    "$densify",
    "$documents",
    "$facet",
    "$fill",
    "$geoNear",
    "$graphLookup",
    "$group",
    "$indexStats",
    "$limit",
    "$listLocalSessions",
    "$listSearchIndexes",
    "$listSessions",
    "$lookup",
    "$match",
    "$planCacheStats",
    "$project",
    "$querySettings",
    "$queryStats",
    "$rankFusion",
    "$redact",
    "$replaceRoot",
    "$replaceWith",
    "$sample",
    "$score",
    "$scoreFusion",
    "$search",
    "$searchMeta",
    "$set",
    "$setWindowFields",
    "$skip",
    "$sort",
    "$sortByCount",
    "$unionWith",
    "$unset",
    "$unwind",
    "$vectorSearch",
];

/// What runs JavaScript on the server.
const SCRIPTS: &[&str] = &["$where", "$function", "$accumulator"];

/// What a statement does.
pub(crate) fn judge(text: &str) -> Judgement {
    match read(text) {
        Ok(Statement::Use(_)) => Judgement { effect: Effect::Reads, reads: Ok(()) },
        Ok(Statement::Command(command)) => {
            let reads = match command.doc() {
                Some(doc) => reads(command.name(), doc),
                None => Err("the command cannot be read".to_owned()),
            };
            let effect = match destroys(&command) {
                Some(what) => Effect::Destroys(vec![Loss { words: what }]),
                None if reads.is_ok() => Effect::Reads,
                None => Effect::Writes,
            };
            Judgement { effect, reads }
        }
        Err(failure) => Judgement::unread(failure.message),
    }
}

fn reads(name: &str, doc: Doc<'_>) -> Result<(), String> {
    if let Some(script) = SCRIPTS.iter().find(|it| holds(doc, it, 0)) {
        return Err(format!("{script} runs JavaScript on the server"));
    }
    match name {
        "aggregate" => match doc.get("pipeline") {
            Some(Bson::Array(stages)) => pipeline(stages, 0),
            _ => Err("an aggregation has a pipeline".to_owned()),
        },
        "explain" => match doc.get("explain") {
            Some(Bson::Document(inner)) => {
                let first = inner.elements().next().and_then(Result::ok);
                let name = first.map_or("", |it| std::str::from_utf8(it.name).unwrap_or(""));
                if name == "explain" {
                    Err("explain of explain".to_owned())
                } else {
                    reads(name, inner)
                }
            }
            _ => Err("explain takes a command".to_owned()),
        },
        name if READS.contains(&name) => Ok(()),
        _ => Err(format!("`{name}` is not known to only read")),
    }
}

fn pipeline(stages: Doc<'_>, depth: usize) -> Result<(), String> {
    if depth > 20 {
        return Err("the pipeline is nested too deeply".to_owned());
    }
    for stage in stages.elements() {
        let Ok(Bson::Document(stage)) = stage.map(|it| it.value) else {
            return Err("a stage is a document".to_owned());
        };
        for part in stage.elements() {
            let Ok(part) = part else { return Err("a stage cannot be read".to_owned()) };
            let name = String::from_utf8_lossy(part.name);
            if !STAGES.contains(&&*name) {
                return Err(match &*name {
                    "$out" | "$merge" => format!("{name} writes into a collection"),
                    _ => format!("the stage {name} is not known to only read"),
                });
            }
            let Bson::Document(body) = part.value else { continue };
            if name == "$facet" {
                for each in body.elements() {
                    if let Ok(Bson::Array(stages)) = each.map(|it| it.value) {
                        pipeline(stages, depth + 1)?;
                    }
                }
            } else if let Some(Bson::Array(stages)) = body.get("pipeline") {
                pipeline(stages, depth + 1)?;
            }
        }
    }
    Ok(())
}

/// Whether a field of that name stands anywhere in it.
fn holds(doc: Doc<'_>, name: &str, depth: usize) -> bool {
    depth > 200
        || doc.elements().any(|it| match it {
            Err(_) => true,
            Ok(it) if it.name == name.as_bytes() => true,
            Ok(it) => match it.value {
                Bson::Document(inner) | Bson::Array(inner) => holds(inner, name, depth + 1),
                _ => false,
            },
        })
}

/// Whether a filter lets every document pass, as far as can be seen; what JavaScript says is not seen.
fn is_empty(value: Option<Bson<'_>>) -> bool {
    match value {
        Some(Bson::Document(it)) => lets_all_pass(it, 0),
        None => true,
        _ => false,
    }
}

fn lets_all_pass(filter: Doc<'_>, depth: usize) -> bool {
    let documents = |list: Doc<'_>, every: bool| {
        let mut each = list.elements().map(|it| match it.map(|it| it.value) {
            Ok(Bson::Document(it)) => lets_all_pass(it, depth + 1),
            _ => true,
        });
        if every { each.all(|it| it) } else { each.any(|it| it) }
    };
    depth > 50
        || filter.elements().all(|it| {
            let Ok(it) = it else { return true };
            match (it.name, it.value) {
                (b"$comment" | b"$where", _) => true,
                (b"$and", Bson::Array(list)) => documents(list, true),
                (b"$or", Bson::Array(list)) => documents(list, false),
                (b"$expr", Bson::Document(of)) => !names_a_field(of, 0),
                (b"$expr", Bson::String(of)) => !of.starts_with(b"$"),
                (b"$expr", value) => value.is_true(),
                (b"$jsonSchema", Bson::Document(of)) => of.elements().next().is_none(),
                // Every document has one.
                (b"_id", Bson::Document(of)) => of.elements().all(|it| {
                    it.is_ok_and(|it| match (it.name, it.value) {
                        (b"$exists", value) => value.is_true(),
                        (b"$ne", Bson::Null) => true,
                        (b"$nin", Bson::Array(list)) => list.elements().next().is_none(),
                        (b"$gt" | b"$gte", Bson::MinKey) | (b"$lt" | b"$lte", Bson::MaxKey) => true,
                        _ => false,
                    })
                }),
                _ => false,
            }
        })
}

/// Whether an expression asks about any field: `$name`.
fn names_a_field(of: Doc<'_>, depth: usize) -> bool {
    depth < 50
        && of.elements().flatten().any(|it| match it.value {
            Bson::String(text) => text.starts_with(b"$"),
            Bson::Document(of) | Bson::Array(of) => names_a_field(of, depth + 1),
            _ => false,
        })
}

fn destroys(command: &Command) -> Option<String> {
    let doc = command.doc()?;
    let of = command.collection().unwrap_or("");
    let operations = |name: &str| -> Vec<Doc<'_>> {
        let list = doc.doc(name).into_iter().flat_map(Doc::elements).flatten();
        list.filter_map(|it| if let Bson::Document(it) = it.value { Some(it) } else { None })
            .collect()
    };
    Some(match command.name() {
        "drop" => format!("removes the collection `{of}` with all its documents and indexes"),
        "dropDatabase" => match &command.database {
            Some(name) => format!("removes the database `{name}` with all its collections"),
            None => "removes the current database with all its collections".to_owned(),
        },
        "dropIndexes" | "deleteIndexes" => match doc.get("index") {
            Some(Bson::String(b"*")) | None => format!("removes all indexes of `{of}`"),
            _ => format!("removes an index of `{of}`"),
        },
        "delete" => {
            let all = |it: &Doc<'_>| is_empty(it.get("q")) && it.number("limit") != Some(1.0);
            if !operations("deletes").iter().any(all) {
                return None;
            }
            format!("removes every document of `{of}`")
        }
        "update" => {
            let all =
                |it: &Doc<'_>| is_empty(it.get("q")) && it.get("multi").is_some_and(Bson::is_true);
            if !operations("updates").iter().any(all) {
                return None;
            }
            format!("changes every document of `{of}`")
        }
        "aggregate" if holds(doc, "$out", 0) => {
            "replaces the collection that $out names by what the pipeline gives".to_owned()
        }
        "bulkWrite" => {
            let all = |it: &Doc<'_>| {
                let changes = it.get("delete").or(it.get("update")).is_some();
                changes && is_empty(it.get("filter")) && it.get("multi").is_some_and(Bson::is_true)
            };
            if !operations("ops").iter().any(all) {
                return None;
            }
            "removes or changes every document of a collection".to_owned()
        }
        "mapReduce" | "mapreduce"
            if matches!(doc.get("out"), Some(Bson::String(_)))
                || doc.doc("out").is_some_and(|it| it.get("replace").is_some()) =>
        {
            "replaces the collection that `out` names".to_owned()
        }
        "killOp" | "killSessions" | "killAllSessions" | "killAllSessionsByPattern" => {
            "ends what others do now".to_owned()
        }
        "eval" | "$eval" => "cannot be told: it runs JavaScript on the server".to_owned(),
        "dropSearchIndex" => format!("removes an index of `{of}`"),
        "removeShard" | "movePrimary" | "resync" => "changes which server holds what".to_owned(),
        "renameCollection" if doc.get("dropTarget").is_some_and(Bson::is_true) => {
            "removes the collection that has the new name".to_owned()
        }
        "convertToCapped" => format!("keeps only the newest documents of `{of}`"),
        "dropUser" => format!("removes the user `{of}`"),
        "dropRole" => format!("removes the role `{of}`"),
        "dropAllUsersFromDatabase" => "removes all users of the database".to_owned(),
        "dropAllRolesFromDatabase" => "removes all roles of the database".to_owned(),
        "shutdown" => "stops the server".to_owned(),
        "setParameter" => "changes a setting of the server, for everybody".to_owned(),
        "replSetReconfig" | "replSetStepDown" => "changes which server is written to".to_owned(),
        "applyOps" => "changes data past all checks".to_owned(),
        _ => return None,
    })
}
