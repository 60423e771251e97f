//! Expressions of MongoDB's shell as the commands that they mean.

use super::chain::chain;
use super::literal::Reader;
use super::parts::{copy, index_name, join, renamed, with_options};
use super::{Answer, Command, Statement};
use crate::bson::{Bson, Build, Doc, Owned, kind};
use crate::{Failure, Result};

/// What was given to a method, and where it stands.
pub(super) struct Call {
    pub(super) name: String,
    pub(super) at: usize,
    pub(super) given: Vec<Owned>,
}

/// Reads a statement.
pub(super) fn statement(reader: &mut Reader<'_>) -> Result<Statement> {
    reader.skip()?;
    let start = reader.at;
    if reader.peek() == Some('{') {
        let body = reader.value()?;
        finish(reader)?;
        let doc = body.doc().ok_or_else(|| reader.wrong(start, "this is no command"))?;
        return command_of(reader, start, None, doc);
    }
    match reader.name() {
        Some("db") => expression(reader),
        Some("use") => {
            reader.skip()?;
            let rest = reader.text[reader.at..]
                .trim_end_matches(|it: char| it == ';' || it.is_whitespace());
            if rest.is_empty() || rest.contains(['/', '\\', ' ', '"', '$', '\n', '\0', '\'', '(']) {
                return Err(reader.unexpected("a database's name"));
            }
            reader.at = reader.text.len();
            Ok(Statement::Use(rest.to_owned()))
        }
        Some("show") => {
            reader.skip()?;
            let what = reader.name().unwrap_or("");
            let statement = match what {
                "dbs" | "databases" => {
                    let body = Build::new().int("listDatabases", 1);
                    Statement::Command(Command::new(Some("admin"), body, Answer::List("databases")))
                }
                "collections" | "tables" => collections(None),
                "users" => Statement::Command(Command::new(
                    None,
                    Build::new().int("usersInfo", 1),
                    Answer::List("users"),
                )),
                "roles" => Statement::Command(Command::new(
                    None,
                    Build::new().int("rolesInfo", 1),
                    Answer::List("roles"),
                )),
                _ => {
                    return Err(
                        reader.wrong(start, "`show` shows dbs, collections, users or roles")
                    );
                }
            };
            finish(reader)?;
            Ok(statement)
        }
        _ => {
            let failure = reader.wrong(start, "this is no statement of MongoDB");
            Err(failure.hint(
                "as db.users.find({age: {$gt: 30}}), show collections, use shop, or {find: \"users\"}",
            ))
        }
    }
}

fn finish(reader: &mut Reader<'_>) -> Result<()> {
    reader.take(';')?;
    reader.skip()?;
    match reader.peek() {
        None => Ok(()),
        Some(letter) => {
            Err(reader
                .wrong(reader.at, format!("after the statement comes nothing, not `{letter}`")))
        }
    }
}

fn collections(database: Option<&str>) -> Statement {
    let body = Build::new().int("listCollections", 1).bool("nameOnly", true);
    Statement::Command(Command::new(database, body, Answer::Cursor))
}

fn expression(reader: &mut Reader<'_>) -> Result<Statement> {
    let start = reader.at;
    let mut database: Option<String> = None;
    let mut collection: Option<String> = None;
    let mut calls: Vec<Call> = Vec::new();
    loop {
        reader.skip()?;
        let at = reader.at;
        if reader.take('[')? {
            reader.skip()?;
            let name = match reader.peek() {
                Some('"' | '\'' | '`') => reader.string()?,
                _ => return Err(reader.unexpected("a collection's name in quotes")),
            };
            reader.expect(']')?;
            extend(reader, at, &mut collection, &calls, &name)?;
        } else if reader.take('.')? {
            reader.skip()?;
            let at = reader.at;
            let Some(name) = reader.name() else { return Err(reader.unexpected("a name")) };
            if !reader.take('(')? {
                extend(reader, at, &mut collection, &calls, name)?;
                continue;
            }
            let given = arguments(reader)?;
            let text = |it: &Owned| match it.value() {
                Some(Bson::String(it)) => Some(String::from_utf8_lossy(it).into_owned()),
                _ => None,
            };
            let first = given.first().and_then(text);
            match (name, first) {
                ("getSiblingDB", Some(name)) if collection.is_none() && calls.is_empty() => {
                    database = Some(name);
                }
                ("getCollection", Some(name)) if collection.is_none() && calls.is_empty() => {
                    collection = Some(name);
                }
                (name, _) => calls.push(Call { name: name.to_owned(), at, given }),
            }
        } else {
            break;
        }
    }
    finish(reader)?;
    let database = database.as_deref();
    let mut calls = calls.into_iter();
    match (&collection, calls.next()) {
        (Some(name), Some(first)) => {
            let mut more: Vec<Call> = calls.collect();
            let mut first = first;
            let mut explain = None;
            if first.name == "explain" && !more.is_empty() {
                explain = Some(verbosity(&first));
                first = more.remove(0);
            }
            on_collection(reader, database, name, first, more, explain)
        }
        (None, Some(first)) => {
            let more: Vec<Call> = calls.collect();
            on_database(reader, database, first, more)
        }
        (Some(name), None) => {
            let failure = reader.wrong(start, format!("what of `{name}`?"));
            Err(failure.hint(format!("as db.{name}.find()")))
        }
        (None, None) => Err(reader.wrong(start, "what of `db`?").hint("as db.users.find()")),
    }
}

fn extend(
    reader: &Reader<'_>,
    at: usize,
    collection: &mut Option<String>,
    calls: &[Call],
    name: &str,
) -> Result<()> {
    if !calls.is_empty() {
        return Err(reader.wrong(at, format!("after a method comes another one, not `{name}`")));
    }
    *collection = Some(match collection.take() {
        Some(before) => format!("{before}.{name}"),
        None => name.to_owned(),
    });
    Ok(())
}

fn arguments(reader: &mut Reader<'_>) -> Result<Vec<Owned>> {
    let mut given = Vec::new();
    while !reader.take(')')? {
        given.push(reader.value()?);
        if !reader.take(',')? {
            reader.expect(')')?;
            break;
        }
    }
    Ok(given)
}

pub(super) fn verbosity(call: &Call) -> String {
    match call.given.first().and_then(Owned::value) {
        Some(Bson::String(it)) => String::from_utf8_lossy(it).into_owned(),
        Some(Bson::Bool(true)) => "allPlansExecution".to_owned(),
        _ => "queryPlanner".to_owned(),
    }
}

impl Call {
    fn doc(&self, reader: &Reader<'_>, at: usize) -> Result<Owned> {
        match self.given.get(at) {
            Some(it) if it.kind == kind::DOCUMENT => Ok(it.clone()),
            None => Ok(Owned::new(kind::DOCUMENT, Build::new().done())),
            Some(it) if it.kind == kind::NULL || it.kind == kind::UNDEFINED => {
                Ok(Owned::new(kind::DOCUMENT, Build::new().done()))
            }
            Some(_) => Err(self.takes(reader, "a document in braces")),
        }
    }

    pub(super) fn given_doc(&self, reader: &Reader<'_>, at: usize, what: &str) -> Result<Owned> {
        match self.given.get(at) {
            Some(it) if it.kind == kind::DOCUMENT => Ok(it.clone()),
            _ => Err(self.takes(reader, what)),
        }
    }

    fn text(&self, reader: &Reader<'_>, at: usize, what: &str) -> Result<String> {
        match self.given.get(at).and_then(Owned::value) {
            Some(Bson::String(it)) => Ok(String::from_utf8_lossy(it).into_owned()),
            _ => Err(self.takes(reader, what)),
        }
    }

    pub(super) fn takes(&self, reader: &Reader<'_>, what: &str) -> Failure {
        reader.wrong(self.at, format!("`{}` takes {what}", self.name))
    }

    /// An update: a document, or a pipeline.
    fn update(&self, reader: &Reader<'_>, at: usize) -> Result<Owned> {
        match self.given.get(at) {
            Some(it) if it.kind == kind::DOCUMENT || it.kind == kind::ARRAY => Ok(it.clone()),
            _ => Err(self.takes(reader, "a filter and what to change")),
        }
    }
}

pub(super) fn unknown(reader: &Reader<'_>, call: &Call) -> Failure {
    let hint = match call.name.as_str() {
        "forEach" | "map" | "mapReduce" | "group" => {
            "no JavaScript is run here: use aggregate".to_owned()
        }
        "save" | "insert" => "insertOne and insertMany insert".to_owned(),
        "update" => "updateOne and updateMany change".to_owned(),
        "remove" => "deleteOne and deleteMany remove".to_owned(),
        _ => "db.runCommand({…}) sends any command".to_owned(),
    };
    reader.wrong(call.at, format!("`{}` is not known here", call.name)).hint(hint)
}

fn on_collection(
    reader: &Reader<'_>,
    database: Option<&str>,
    name: &str,
    call: Call,
    more: Vec<Call>,
    explain: Option<String>,
) -> Result<Statement> {
    let one = |it: Owned| {
        let mut array = Build::new();
        array.add(b"0", it.kind, &it.bytes);
        Owned::new(kind::ARRAY, array.done())
    };
    let mut chained = false;
    let (body, answer) = match call.name.as_str() {
        "find" | "findOne" => {
            chained = call.name == "find";
            let mut body = Build::new().text("find", name).value("filter", &call.doc(reader, 0)?);
            let projection = call.doc(reader, 1)?;
            if projection.bytes.len() > 5 {
                body = body.value("projection", &projection);
            }
            if let Some(options) = call.doc(reader, 2)?.doc() {
                body = body.all_of(options);
            }
            if chained {
                (body, Answer::Cursor)
            } else {
                (body.int("limit", 1).bool("singleBatch", true), Answer::Cursor)
            }
        }
        "aggregate" => {
            chained = true;
            (aggregate(reader, &call, Build::new().text("aggregate", name))?, Answer::Cursor)
        }
        "countDocuments" => {
            let options = call.doc(reader, 1)?;
            let mut stages = vec![Build::new().value("$match", &call.doc(reader, 0)?)];
            let mut body = Build::new().text("aggregate", name);
            let mut rest = Build::new();
            for element in options.doc().into_iter().flat_map(Doc::elements).flatten() {
                match (element.name, element.value.number()) {
                    (b"skip", Some(it)) => stages.push(Build::new().long("$skip", it as i64)),
                    (b"limit", Some(it)) => stages.push(Build::new().long("$limit", it as i64)),
                    _ => rest = copy(rest, &options, element.name),
                }
            }
            let sum = Build::new().int("_id", 1).doc("n", Build::new().int("$sum", 1));
            stages.push(Build::new().doc("$group", sum));
            body = body.docs("pipeline", stages).doc("cursor", Build::new());
            let rest = rest.done();
            if let Ok(rest) = Doc::whole(&rest) {
                body = body.all_of(rest);
            }
            (body, Answer::Count)
        }
        "estimatedDocumentCount" => (Build::new().text("count", name), Answer::Field("n")),
        "count" => {
            let body = Build::new().text("count", name).value("query", &call.doc(reader, 0)?);
            let options = call.doc(reader, 1)?;
            (options.doc().map_or(body.clone(), |it| body.all_of(it)), Answer::Field("n"))
        }
        "distinct" => {
            let field = call.text(reader, 0, "a field's name in quotes")?;
            let body = Build::new().text("distinct", name).text("key", &field);
            let body = body.value("query", &call.doc(reader, 1)?);
            let options = call.doc(reader, 2)?;
            (options.doc().map_or(body.clone(), |it| body.all_of(it)), Answer::Values("values"))
        }
        "insertOne" => {
            let document = call.given_doc(reader, 0, "a document")?;
            let body = Build::new().text("insert", name);
            let body = with_options(body, &call.doc(reader, 1)?, &[]).0;
            (body.value("documents", &one(document)), Answer::Changed("n"))
        }
        "insertMany" => {
            let documents = match call.given.first() {
                Some(it) if it.kind == kind::ARRAY => it.clone(),
                _ => return Err(call.takes(reader, "an array of documents")),
            };
            let body = Build::new().text("insert", name);
            let body = with_options(body, &call.doc(reader, 1)?, &[]).0;
            (body.value("documents", &documents), Answer::Changed("n"))
        }
        "updateOne" | "updateMany" | "replaceOne" => {
            let filter = call.given_doc(reader, 0, "a filter and what to change")?;
            let update = call.update(reader, 1)?;
            let operators = match update.doc() {
                Some(doc) => {
                    doc.elements().flatten().next().is_some_and(|it| it.name.starts_with(b"$"))
                }
                None => true,
            };
            if operators == (call.name == "replaceOne") {
                let what =
                    if operators { "a document without operators" } else { "operators as $set" };
                return Err(call.takes(reader, what));
            }
            let op = Build::new().value("q", &filter).value("u", &update);
            let op = op.bool("multi", call.name == "updateMany");
            let options = call.doc(reader, 2)?;
            let (rest, for_op) = with_options(
                Build::new(),
                &options,
                &["upsert", "arrayFilters", "collation", "hint", "sort"],
            );
            let op = join(op, &for_op.done());
            let body = Build::new().text("update", name).docs("updates", vec![op]);
            (join(body, &rest.done()), Answer::Changed("nModified"))
        }
        "deleteOne" | "deleteMany" => {
            let filter = call.given_doc(reader, 0, "a filter: {} for all")?;
            let limit = i64::from(call.name == "deleteOne");
            let op = Build::new().value("q", &filter).int("limit", limit);
            let options = call.doc(reader, 1)?;
            let (rest, for_op) = with_options(Build::new(), &options, &["collation", "hint"]);
            let op = join(op, &for_op.done());
            let body = Build::new().text("delete", name).docs("deletes", vec![op]);
            (join(body, &rest.done()), Answer::Changed("n"))
        }
        "findOneAndUpdate" | "findOneAndReplace" | "findOneAndDelete" => {
            let body = Build::new().text("findAndModify", name);
            let body = body.value("query", &call.given_doc(reader, 0, "a filter")?);
            if call.name == "findOneAndDelete" {
                let body = body.bool("remove", true);
                (join(body, &call.doc(reader, 1)?.bytes), Answer::Document("value"))
            } else {
                let body = body.value("update", &call.update(reader, 1)?);
                let options = renamed(&call.doc(reader, 2)?);
                (join(body, &options), Answer::Document("value"))
            }
        }
        "getIndexes" | "indexes" => (Build::new().text("listIndexes", name), Answer::Cursor),
        "createIndex" | "createIndexes" => {
            let keys: Vec<Owned> = match call.given.first() {
                Some(it) if it.kind == kind::DOCUMENT => vec![it.clone()],
                Some(it) if it.kind == kind::ARRAY => Doc::whole(&it.bytes)
                    .map(|array| {
                        let docs = array.elements().flatten();
                        let docs = docs.filter_map(|it| match it.value {
                            Bson::Document(it) => Some(Owned::new(kind::DOCUMENT, it.bytes())),
                            _ => None,
                        });
                        docs.collect()
                    })
                    .unwrap_or_default(),
                _ => return Err(call.takes(reader, "fields and directions, as {age: 1}")),
            };
            let options = call.doc(reader, 1)?;
            let indexes = keys
                .iter()
                .map(|key| {
                    let index = Build::new().value("key", key);
                    let named = options.doc().is_some_and(|it| it.get("name").is_some());
                    let index = if named { index } else { index.text("name", &index_name(key)) };
                    join(index, &options.bytes)
                })
                .collect();
            (Build::new().text("createIndexes", name).docs("indexes", indexes), Answer::Reply)
        }
        "dropIndex" | "dropIndexes" => {
            let which = match call.given.first() {
                Some(it) => it.clone(),
                None => Owned::string(kind::STRING, "*"),
            };
            (Build::new().text("dropIndexes", name).value("index", &which), Answer::Reply)
        }
        "drop" => (Build::new().text("drop", name), Answer::Reply),
        "stats" => (Build::new().text("collStats", name), Answer::Reply),
        "validate" => (Build::new().text("validate", name), Answer::Reply),
        "renameCollection" => {
            let to = call.text(reader, 0, "a new name")?;
            let from = database.map(str::to_owned);
            return Ok(Statement::Command(Command::renaming(from, name, &to)));
        }
        "explain" => return Err(call.takes(reader, "a method after it, as .explain().find({…})")),
        _ => return Err(unknown(reader, &call)),
    };
    if !chained
        && let Some(next) =
            more.first().filter(|it| !matches!(it.name.as_str(), "toArray" | "pretty" | "explain"))
    {
        return Err(unknown(reader, next));
    }
    chain(reader, Command::new(database, body, answer), &more, explain)
}

fn aggregate(reader: &Reader<'_>, call: &Call, body: Build) -> Result<Build> {
    let (pipeline, options) = match call.given.as_slice() {
        [] => (Owned::new(kind::ARRAY, Build::new().done()), None),
        [pipeline] if pipeline.kind == kind::ARRAY => (pipeline.clone(), None),
        [pipeline, options] if pipeline.kind == kind::ARRAY && options.kind == kind::DOCUMENT => {
            (pipeline.clone(), Some(options))
        }
        stages if stages.iter().all(|it| it.kind == kind::DOCUMENT) => {
            let mut array = Build::new();
            for (at, stage) in stages.iter().enumerate() {
                array.add(at.to_string().as_bytes(), stage.kind, &stage.bytes);
            }
            (Owned::new(kind::ARRAY, array.done()), None)
        }
        _ => return Err(call.takes(reader, "an array of stages")),
    };
    let body = body.value("pipeline", &pipeline);
    let cursor = options.and_then(Owned::doc).is_some_and(|it| it.get("cursor").is_some());
    let body = if cursor { body } else { body.doc("cursor", Build::new()) };
    Ok(options.and_then(Owned::doc).map_or(body.clone(), |it| body.all_of(it)))
}

fn on_database(
    reader: &Reader<'_>,
    database: Option<&str>,
    call: Call,
    more: Vec<Call>,
) -> Result<Statement> {
    let plain = |body: Build, answer: Answer| Command::new(database, body, answer);
    let command = match call.name.as_str() {
        "runCommand" | "adminCommand" => {
            let database = if call.name == "adminCommand" { Some("admin") } else { database };
            return match call.given.first() {
                Some(it) if it.kind == kind::STRING => {
                    let name = call.text(reader, 0, "a command")?;
                    let body = Build::new().int(&name, 1).done();
                    match Doc::whole(&body) {
                        Ok(doc) => command_of(reader, call.at, database, doc),
                        Err(_) => Err(call.takes(reader, "a command")),
                    }
                }
                Some(it) => match it.doc() {
                    Some(doc) => command_of(reader, call.at, database, doc),
                    None => Err(call.takes(reader, "a command in braces")),
                },
                None => Err(call.takes(reader, "a command in braces")),
            };
        }
        "aggregate" => {
            let command =
                plain(aggregate(reader, &call, Build::new().int("aggregate", 1))?, Answer::Cursor);
            return chain(reader, command, &more, None);
        }
        "getCollectionNames" | "getCollectionInfos" => return Ok(collections(database)),
        "stats" => plain(Build::new().int("dbStats", 1), Answer::Reply),
        "dropDatabase" => plain(Build::new().int("dropDatabase", 1), Answer::Reply),
        "createCollection" => {
            let name = call.text(reader, 0, "a name")?;
            plain(
                join(Build::new().text("create", &name), &call.doc(reader, 1)?.bytes),
                Answer::Reply,
            )
        }
        "createView" => {
            let name = call.text(reader, 0, "a name, a collection and a pipeline")?;
            let on = call.text(reader, 1, "a name, a collection and a pipeline")?;
            let pipeline = match call.given.get(2) {
                Some(it) if it.kind == kind::ARRAY => it.clone(),
                _ => return Err(call.takes(reader, "a name, a collection and a pipeline")),
            };
            let body = Build::new().text("create", &name).text("viewOn", &on);
            plain(body.value("pipeline", &pipeline), Answer::Reply)
        }
        "version" => plain(Build::new().int("buildInfo", 1), Answer::Field("version")),
        "serverBuildInfo" => plain(Build::new().int("buildInfo", 1), Answer::Reply),
        "serverStatus" => plain(Build::new().int("serverStatus", 1), Answer::Reply),
        "hello" => plain(Build::new().int("hello", 1), Answer::Reply),
        "hostInfo" => Command::new(Some("admin"), Build::new().int("hostInfo", 1), Answer::Reply),
        "currentOp" => {
            let stage = Build::new().doc("$currentOp", Build::new());
            let body = Build::new().int("aggregate", 1).docs("pipeline", vec![stage]);
            Command::new(Some("admin"), body.doc("cursor", Build::new()), Answer::Cursor)
        }
        "killOp" => {
            let Some(op) = call.given.first() else {
                return Err(call.takes(reader, "an operation's number"));
            };
            Command::new(
                Some("admin"),
                Build::new().int("killOp", 1).value("op", op),
                Answer::Reply,
            )
        }
        "getUsers" => plain(Build::new().int("usersInfo", 1), Answer::List("users")),
        _ => return Err(unknown(reader, &call)),
    };
    if let Some(next) = more.first() {
        return Err(unknown(reader, next));
    }
    Ok(Statement::Command(command))
}

/// A command that was written as the server takes it.
fn command_of(
    reader: &Reader<'_>,
    at: usize,
    database: Option<&str>,
    doc: Doc<'_>,
) -> Result<Statement> {
    let Some(Ok(first)) = doc.elements().next() else {
        return Err(reader.wrong(at, "an empty document is no command"));
    };
    if doc.get("$db").is_some() {
        let failure = reader.wrong(at, "a command does not say its database by `$db`");
        return Err(failure.hint("as db.getSiblingDB(\"shop\").runCommand({…})"));
    }
    let answer = match first.name {
        b"insert" | b"delete" => Answer::Changed("n"),
        b"update" => Answer::Changed("nModified"),
        _ => Answer::Reply,
    };
    Ok(Statement::Command(Command {
        database: database.map(str::to_owned),
        body: doc.bytes().to_vec(),
        answer,
    }))
}
