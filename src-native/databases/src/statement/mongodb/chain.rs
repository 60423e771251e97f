//! What follows `find` and `aggregate`, as `.sort({…}).limit(10)`.

use super::literal::Reader;
use super::parts::owned_of;
use super::shell::{Call, unknown, verbosity};
use super::{Answer, Command, Statement};
use crate::Result;
use crate::bson::{Bson, Build, Doc};

/// What follows `find` and `aggregate`: `.sort({…}).limit(10)`.
pub(super) fn chain(
    reader: &Reader<'_>,
    command: Command,
    more: &[Call],
    explain: Option<String>,
) -> Result<Statement> {
    let mut command = command;
    let mut explain = explain;
    let finds = command.doc().is_some_and(|it| it.get("find").is_some());
    for call in more {
        let doc = command.doc().map(Build::after).unwrap_or_else(Build::new);
        let value = |what: &str| call.given.first().ok_or_else(|| call.takes(reader, what));
        let number = || match value("a number")?.value() {
            Some(Bson::Int32(it)) => Ok(i64::from(it)),
            Some(Bson::Int64(it)) => Ok(it),
            // A place that is left open.
            Some(Bson::Null) => Ok(0),
            _ => Err(call.takes(reader, "a whole number")),
        };
        let body = match call.name.as_str() {
            "toArray" | "pretty" | "next" | "tryNext" if call.given.is_empty() => continue,
            "explain" => {
                explain = Some(verbosity(call));
                continue;
            }
            "sort" | "projection" | "project" | "min" | "max" | "collation" if finds => {
                let name = if call.name == "project" { "projection" } else { &call.name };
                doc.value(name, &call.given_doc(reader, 0, "a document in braces")?)
            }
            "limit" if finds => match number()? {
                0 => continue,
                it if it < 0 => doc.int("limit", -it).bool("singleBatch", true),
                it => doc.int("limit", it),
            },
            "skip" if finds => doc.int("skip", number()?),
            "batchSize" => {
                let size = number()?;
                if finds {
                    doc.int("batchSize", size)
                } else {
                    let kept = without(&command, "cursor");
                    kept.doc("cursor", Build::new().int("batchSize", size))
                }
            }
            "maxTimeMS" => doc.int("maxTimeMS", number()?),
            "comment" => doc.value("comment", value("a text")?),
            "hint" => doc.value("hint", value("an index")?),
            "allowDiskUse" => doc.bool("allowDiskUse", true),
            "returnKey" | "showRecordId" | "noCursorTimeout" if finds => doc.bool(&call.name, true),
            "count" | "size" if finds => {
                let keep_limit = call.name == "size";
                command = counting(&command, keep_limit);
                continue;
            }
            _ => return Err(unknown(reader, call)),
        };
        command.body = body.done();
    }
    Ok(Statement::Command(match explain {
        Some(verbosity) => command.explained(&verbosity),
        None => command,
    }))
}

fn counting(command: &Command, keep_limit: bool) -> Command {
    let mut body = Build::new();
    for element in command.doc().into_iter().flat_map(Doc::elements).flatten() {
        let name: &[u8] = match element.name {
            b"find" => b"count",
            b"filter" => b"query",
            b"limit" | b"skip" if keep_limit => element.name,
            b"hint" | b"maxTimeMS" | b"collation" | b"comment" => element.name,
            _ => continue,
        };
        if let Some(value) = owned_of(command.doc(), element.name) {
            body.add(name, value.kind, &value.bytes);
        }
    }
    Command { body: body.done(), answer: Answer::Field("n"), ..command.clone() }
}

fn without(command: &Command, name: &str) -> Build {
    let mut body = Build::new();
    for element in command.doc().into_iter().flat_map(Doc::elements).flatten() {
        if element.name != name.as_bytes()
            && let Some(value) = owned_of(command.doc(), element.name)
        {
            body.add(element.name, value.kind, &value.bytes);
        }
    }
    body
}
