//! Which commands may run where only reading is allowed. MongoDB has no read-only session: this is held here,
//! and a user with the role `read` holds it at the server.

use crate::bson::{Bson, Doc};
use crate::{Failure, Reason, Result};

/// What may be sent. A server of any version takes each of them as reading.
const MAY: [&str; 22] = [
    "find",
    "aggregate",
    "count",
    "distinct",
    "listDatabases",
    "listCollections",
    "listIndexes",
    "explain",
    "ping",
    "hello",
    "isMaster",
    "ismaster",
    "buildInfo",
    "serverStatus",
    "dbStats",
    "collStats",
    "connectionStatus",
    "hostInfo",
    "dataSize",
    "top",
    "whatsmyuri",
    "replSetGetStatus",
];

/// What no reading command may hold, wherever it stands.
const NEVER: [&[u8]; 9] = [
    b"$out",
    b"$merge",
    b"$where",
    b"$function",
    b"$accumulator",
    b"mapReduce",
    b"mapreduce",
    b"$_internalApplyOplogUpdate",
    b"writeConcern",
];

/// Whether a command may be sent where only reading is allowed.
pub(super) fn check(command: Doc<'_>) -> Result<()> {
    let name = first_name(command);
    if !MAY.contains(&name) {
        return refuse(&format!("`{name}` is not known to only read"));
    }
    if name == "explain" {
        match command.get("explain") {
            Some(Bson::Document(inner)) if first_name(inner) != "explain" => check(inner)?,
            _ => return refuse("explain takes a reading command"),
        }
    }
    match forbidden(command, 0) {
        Some(name) => refuse(&format!("it holds {name}, which may write or run JavaScript")),
        None => Ok(()),
    }
}

fn first_name(doc: Doc<'_>) -> &str {
    let first = doc.elements().next().and_then(|it| it.ok());
    first.and_then(|it| std::str::from_utf8(it.name).ok()).unwrap_or("")
}

fn forbidden(doc: Doc<'_>, depth: usize) -> Option<String> {
    if depth > 200 {
        return Some("more levels than can be looked through".to_owned());
    }
    for element in doc.elements() {
        let Ok(element) = element else { return Some("what cannot be read".to_owned()) };
        if NEVER.contains(&element.name) {
            return Some(format!("`{}`", String::from_utf8_lossy(element.name)));
        }
        if let Bson::Document(inner) | Bson::Array(inner) = element.value
            && let Some(found) = forbidden(inner, depth + 1)
        {
            return Some(found);
        }
    }
    None
}

fn refuse(why: &str) -> Result<()> {
    let text = format!("the command was not sent, as this connection is read-only: {why}");
    Err(Failure::new(Reason::Refused, text))
}
