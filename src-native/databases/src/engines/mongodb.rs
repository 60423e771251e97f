//! MongoDB, by a client of our own: documents pass through as the bytes they are.

mod catalogue;
mod documents;
mod explain;
mod login;
mod rights;
mod scram;
mod stop;
#[cfg(test)]
mod tests;
mod wire;

use super::pages::{Pages, column};
use super::turns::Turns;
use crate::bson::json::hex;
use crate::bson::{Bson, Build, Doc, type_name};
use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::plan::Plan;
use crate::session::unsupported;
use crate::statement::mongodb::{self as shell, Answer, Command, Statement};
use crate::{
    Ask, Cancel, Done, Engine, Failure, Kind, Reason, Result, Server, Session, Sink, Step, Target,
};
use documents::{Documents, cell};
use std::io::ErrorKind;
use std::sync::Arc;
use stop::{Known, Stop};
use wire::{Link, Reply};

/// Documents of a batch, where the statement does not say.
const BATCH: i64 = 1000;

pub(super) fn connect(target: &Target) -> Result<Box<dyn Session>> {
    let (link, hello) = login::open(target)?;
    let mut server = hello.server;
    server.encrypted = link.wire().encrypted();
    let known = Known { connection: hello.connection, comment: None };
    let turns = Turns::new(known, link.wire().plain());
    let stop = Arc::new(Stop { target: target.clone(), turns });
    let mut random = [0; 12];
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut random); // then zeros
    Ok(Box::new(Mongodb {
        link: Some(link),
        server,
        stop,
        database: target
            .database
            .clone()
            .filter(|it| !it.is_empty())
            .unwrap_or_else(|| "test".into()),
        secondary: hello.secondary,
        takes_comments: hello.takes_comments,
        mark: format!("backstory-{}", hex(&random)),
        asked: 0,
    }))
}

/// A session: one connection, made again where it was lost.
struct Mongodb {
    link: Option<Link>,
    server: Server,
    stop: Arc<Stop>,
    database: String,
    /// Whether the server follows another one: then it has to be told that reading it is meant.
    secondary: bool,
    /// Whether every command may have a comment: by it an operation is found at the server.
    takes_comments: bool,
    /// What comments begin with, and how many there were.
    mark: String,
    asked: u64,
}

impl Drop for Mongodb {
    fn drop(&mut self) {
        self.stop.turns.cut(); // whoever may stop the session holds the connection, too
    }
}

/// Whether the server said yes.
///
/// # Errors
/// Its no.
fn server_said(reply: Doc<'_>) -> Result<()> {
    if reply.get("ok").is_some_and(Bson::is_true) {
        return Ok(());
    }
    Err(failure_of(reply, reply.text("errmsg").unwrap_or("the server said no without a word")))
}

fn failure_of(said: Doc<'_>, message: &str) -> Failure {
    let number = said.whole_number("code");
    let name = said.text("codeName").map(str::to_owned);
    let mut failure = Failure::new(Reason::Server, message);
    failure.code = name.or_else(|| number.map(|it| it.to_string()));
    if number == Some(50) {
        failure.reason = Reason::TimedOut;
    }
    failure.hint = match number {
        Some(13) => Some("ask for a role that allows it"),
        Some(10107 | 13435 | 11602) => {
            Some("this server is no primary: connect to the one that is")
        }
        Some(121) => Some("the collection has rules for its documents: its description tells them"),
        _ => None,
    }
    .map(str::to_owned);
    failure
}

impl Mongodb {
    fn link(&mut self) -> Result<&mut Link> {
        if self.link.is_none() {
            let (link, hello) = login::open(&self.stop.target)?;
            let known = Known { connection: hello.connection, comment: None };
            self.stop.turns.connected(known, link.wire().plain());
            self.secondary = hello.secondary;
            self.takes_comments = hello.takes_comments;
            self.link = Some(link);
        }
        self.link.as_mut().ok_or_else(Failure::cancelled)
    }

    fn lost(&mut self, error: &std::io::Error) -> Failure {
        if error.kind() == ErrorKind::InvalidInput {
            return Failure::new(Reason::Usage, error.to_string());
        }
        self.stop.turns.cut();
        self.link = None;
        if self.stop.turns.cancelled() {
            return Failure::cancelled();
        }
        let why = match error.kind() {
            ErrorKind::UnexpectedEof => "the server ended it".to_owned(),
            _ => error.to_string(),
        };
        let text = format!("the connection to {} was lost: {why}", self.stop.target.shown());
        Failure::new(Reason::Lost, text).hint("the command may or may not have been done")
    }

    /// A command with a comment by which it is found at the server, where it has none of its own.
    fn marked(&mut self, command: Doc<'_>) -> Build {
        let build = Build::after(command);
        let free = self.link().is_ok() && self.takes_comments && command.get("comment").is_none();
        self.asked += 1;
        let comment = free.then(|| format!("{}-{}", self.mark, self.asked));
        let build = match &comment {
            Some(comment) => build.text("comment", comment),
            None => build,
        };
        self.stop.turns.note(|it| it.comment = comment);
        build
    }

    /// Sends a command to a database and reads its reply, whatever it says.
    fn exchange(&mut self, database: &str, body: Doc<'_>) -> Result<Reply> {
        let mut command = Build::after(body).text("$db", database);
        if self.secondary && body.get("$readPreference").is_none() {
            command = command.doc("$readPreference", Build::new().text("mode", "primaryPreferred"));
        }
        let command = command.done();
        let answer = self.link()?.ask(&command).and_then(|it| {
            it.doc()?;
            Ok(it)
        });
        answer.map_err(|error| self.lost(&error))
    }

    /// Sends a command for the session itself.
    ///
    /// # Errors
    /// The server's.
    fn ask(&mut self, database: &str, body: Build) -> Result<Reply> {
        let body = body.done();
        let doc = Doc::whole(&body).map_err(|_| unreadable())?;
        let reply = self.exchange(database, doc)?;
        server_said(reply.doc().map_err(|it| self.lost(&it))?)?;
        Ok(reply)
    }

    /// All documents of a cursor that the session itself needs; at most so many.
    fn all(&mut self, database: &str, body: Build, most: usize) -> Result<Vec<Vec<u8>>> {
        let mut found = Vec::new();
        let mut reply = self.ask(database, body)?;
        loop {
            let doc = reply.doc().map_err(|it| self.lost(&it))?;
            let cursor = Cursor::of(doc).ok_or_else(unreadable)?;
            found.extend(cursor.batch.iter().map(|it| it.bytes().to_vec()));
            let (id, collection) = (cursor.id, cursor.collection.to_owned());
            if id == 0 || found.len() >= most {
                if id != 0 {
                    self.forget(database, &collection, id);
                }
                found.truncate(most);
                return Ok(found);
            }
            reply = self
                .ask(database, Build::new().long("getMore", id).text("collection", &collection))?;
        }
    }

    /// Tells the server that nobody wants the rest.
    fn forget(&mut self, database: &str, collection: &str, id: i64) {
        let mut cursors = Build::new();
        cursors.add(b"0", crate::bson::kind::INT64, &id.to_le_bytes());
        let body = Build::new().text("killCursors", collection);
        let body = body.raw(b"cursors", crate::bson::kind::ARRAY, &cursors.done());
        let _ = self.ask(database, body); // it forgets it by itself after ten minutes
    }

    fn run_command(&mut self, command: &Command, rows: &mut Pages<'_>) -> Result<()> {
        let doc = command.doc().ok_or_else(unreadable)?;
        if self.stop.target.read_only {
            rights::check(doc)?;
        }
        let mut database = command.database.clone().unwrap_or_else(|| self.database.clone());
        let sent = prepared(command.name(), doc, &mut database);
        let doc = Doc::whole(&sent).map_err(|_| unreadable())?;
        let sent = self.marked(doc).done();
        let doc = Doc::whole(&sent).map_err(|_| unreadable())?;
        let reply = self.exchange(&database, doc)?;
        let said = reply.doc().map_err(|it| self.lost(&it))?;
        if let Err(failure) = server_said(said) {
            let interrupted = failure.code.as_deref() == Some("Interrupted");
            return Err(if interrupted && self.stop.turns.cancelled() {
                Failure::cancelled()
            } else {
                failure
            });
        }
        let done = |affected: Option<u64>| Done { affected, tag: command.name().to_owned() };
        match command.answer {
            Answer::Count => {
                let cursor = Cursor::of(said).ok_or_else(unreadable)?;
                let count = cursor.batch.first().and_then(|it| it.get("n"));
                one_value(rows, "n", count.unwrap_or(Bson::Int32(0)));
                rows.end(&done(None));
            }
            Answer::Field(name) => {
                one_value(rows, name, said.get(name).unwrap_or(Bson::Null));
                rows.end(&done(None));
            }
            Answer::Document(name) => {
                let found: Vec<Doc<'_>> = said.doc(name).into_iter().collect();
                let changed = said.doc("lastErrorObject").and_then(|it| it.whole_number("n"));
                documents_only(&found, rows);
                rows.end(&done(changed.and_then(|it| u64::try_from(it).ok())));
            }
            Answer::List(name) => {
                documents_only(&docs_of(said.doc(name)), rows);
                rows.end(&done(None));
            }
            Answer::Values(name) => {
                values(said.doc(name), rows);
                rows.end(&done(None));
            }
            Answer::Changed(name) => {
                let changed = changed(said, name, rows)?;
                rows.end(&done(Some(changed)));
            }
            Answer::Cursor | Answer::Reply => match Cursor::of(said) {
                Some(_) => return self.pages(&database, doc, reply, rows, &done(None)),
                None => {
                    documents_only(&[said], rows);
                    rows.end(&done(None));
                }
            },
        }
        if rows.stopped { Err(Failure::cancelled()) } else { Ok(()) }
    }

    /// Hands over all batches of a cursor.
    fn pages(
        &mut self,
        database: &str,
        command: Doc<'_>,
        first: Reply,
        rows: &mut Pages<'_>,
        done: &Done,
    ) -> Result<()> {
        let asked = command.whole_number("batchSize").filter(|it| *it > 0);
        let size = asked.unwrap_or(BATCH);
        let stop = Arc::clone(&self.stop);
        let mut documents = Documents::default();
        let mut reply = first;
        let mut database = database.to_owned();
        loop {
            let said = reply.doc().map_err(|it| self.lost(&it))?;
            let cursor = Cursor::of(said).ok_or_else(unreadable)?;
            let stopped = documents.batch(&cursor.batch, rows, &|| stop.turns.cancelled());
            let (id, collection) = (cursor.id, cursor.collection.to_owned());
            if let Some(name) = cursor.database {
                database = name.to_owned();
            }
            let stopped = stopped || (id != 0 && stop.turns.cancelled());
            if stopped {
                if id != 0 {
                    self.forget(&database, &collection, id);
                }
                return Err(Failure::cancelled());
            }
            if id == 0 {
                break;
            }
            let more = Build::new().long("getMore", id).text("collection", &collection);
            let more = more.int("batchSize", size).done();
            let more = self.marked(Doc::whole(&more).map_err(|_| unreadable())?).done();
            let more = Doc::whole(&more).map_err(|_| unreadable())?;
            reply = self.exchange(&database, more)?;
            let said = reply.doc().map_err(|it| self.lost(&it))?;
            if let Err(failure) = server_said(said) {
                return Err(if stop.turns.cancelled() { Failure::cancelled() } else { failure });
            }
        }
        if documents.inexact {
            rows.notice("WARNING", INEXACT.to_owned());
        }
        rows.end(done);
        if rows.stopped { Err(Failure::cancelled()) } else { Ok(()) }
    }
}

const INEXACT: &str =
    "something in these documents has no text: not UTF-8, or a NaN with bits of its own";

fn unreadable() -> Failure {
    Failure::new(Reason::Server, "the server's answer is not shaped as it should be")
}

/// The command as it is sent: with batches of a size, and renaming where it belongs.
fn prepared(name: &str, doc: Doc<'_>, database: &mut String) -> Vec<u8> {
    match name {
        "find" if doc.get("batchSize").is_none() => {
            Build::after(doc).int("batchSize", BATCH).done()
        }
        "renameCollection" => {
            let mut build = Build::new();
            for element in doc.elements().flatten() {
                match (element.name, element.value) {
                    (b"renameCollection" | b"to", Bson::String(it)) if !it.contains(&b'.') => {
                        let full = format!("{database}.{}", String::from_utf8_lossy(it));
                        build = build.text(&String::from_utf8_lossy(element.name), &full);
                    }
                    (b"renameCollection" | b"to", Bson::String(it)) => {
                        let name = String::from_utf8_lossy(it);
                        build = build.text(&String::from_utf8_lossy(element.name), &name);
                    }
                    (name, it) if it.is_true() => {
                        build = build.bool(&String::from_utf8_lossy(name), true);
                    }
                    _ => {}
                }
            }
            "admin".clone_into(database);
            build.done()
        }
        _ => doc.bytes().to_vec(),
    }
}

/// A cursor, as a reply has it.
struct Cursor<'a> {
    id: i64,
    database: Option<&'a str>,
    collection: &'a str,
    batch: Vec<Doc<'a>>,
}

impl<'a> Cursor<'a> {
    fn of(reply: Doc<'a>) -> Option<Cursor<'a>> {
        let cursor = match reply.get("cursor")? {
            Bson::Document(it) => it,
            _ => return None,
        };
        let batch = cursor.doc("firstBatch").or_else(|| cursor.doc("nextBatch"))?;
        let (database, collection) = cursor.text("ns").and_then(|it| it.split_once('.')).unzip();
        let id = cursor.whole_number("id")?;
        let collection = collection.unwrap_or("");
        Some(Cursor { id, database, collection, batch: docs_of(Some(batch)) })
    }
}

fn docs_of(array: Option<Doc<'_>>) -> Vec<Doc<'_>> {
    let all = array.into_iter().flat_map(Doc::elements).flatten();
    all.filter_map(|it| if let Bson::Document(it) = it.value { Some(it) } else { None }).collect()
}

fn documents_only(docs: &[Doc<'_>], rows: &mut Pages<'_>) {
    let mut documents = Documents::default();
    documents.batch(docs, rows, &|| false);
    if documents.inexact {
        rows.notice("WARNING", INEXACT.to_owned());
    }
}

fn kind_name(value: Bson<'_>) -> (&'static str, Kind) {
    let byte = match value {
        Bson::Int32(_) => crate::bson::kind::INT32,
        Bson::Int64(_) => crate::bson::kind::INT64,
        Bson::Double(_) => crate::bson::kind::DOUBLE,
        Bson::String(_) => crate::bson::kind::STRING,
        _ => return ("", Kind::Other),
    };
    (type_name(byte), documents::kind_of(byte))
}

fn one_value(rows: &mut Pages<'_>, name: &str, value: Bson<'_>) {
    let (type_name, kind) = kind_name(value);
    rows.begin(&[column(name, type_name, kind)]);
    cell(rows.page(), value);
}

/// The values of an array, a row each.
fn values(array: Option<Doc<'_>>, rows: &mut Pages<'_>) {
    let all: Vec<_> = array.into_iter().flat_map(Doc::elements).flatten().collect();
    let first = all.first().map(|it| it.kind);
    let same = all.iter().all(|it| Some(it.kind) == first);
    let (type_name, kind) = match first {
        Some(it) if same => (type_name(it), documents::kind_of(it)),
        _ => ("mixed", Kind::Other),
    };
    rows.begin(&[column("value", type_name, kind)]);
    for element in all {
        cell(rows.page(), element.value);
        if rows.row_done().is_break() {
            return;
        }
    }
}

/// How much was changed.
///
/// # Errors
/// Where the server could not do all of it.
fn changed(said: Doc<'_>, name: &str, rows: &mut Pages<'_>) -> Result<u64> {
    let upserted = docs_of(said.doc("upserted")).len() as i64;
    let count =
        said.whole_number(name).unwrap_or(0) + if name == "nModified" { upserted } else { 0 };
    let errors = docs_of(said.doc("writeErrors"));
    if let Some(first) = errors.first() {
        let mut failure =
            failure_of(*first, first.text("errmsg").unwrap_or("a document was refused"));
        failure.detail = Some(format!("{count} done, {} refused", errors.len()));
        return Err(failure);
    }
    if let Some(concern) = said.doc("writeConcernError") {
        let words =
            concern.text("errmsg").unwrap_or("not confirmed by as many servers as asked for");
        rows.notice("WARNING", words.to_owned());
    }
    Ok(u64::try_from(count).unwrap_or(0))
}

impl Session for Mongodb {
    fn engine(&self) -> Engine {
        Engine::Mongodb
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn ping(&mut self) -> Result<()> {
        self.ask("admin", Build::new().int("ping", 1)).map(|_| ())
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        let mut rows = Pages::new(out, ask.page);
        match read(ask)? {
            Statement::Use(name) => {
                rows.end(&Done { affected: None, tag: format!("use {name}") });
                self.database = name;
                Ok(())
            }
            Statement::Command(command) => {
                self.stop.turns.begin();
                let done = self.run_command(&command, &mut rows);
                self.stop.turns.end();
                done
            }
        }
    }

    fn canceller(&self) -> Arc<dyn Cancel> {
        Arc::clone(&self.stop) as Arc<dyn Cancel>
    }

    fn transaction(&mut self, _: Step) -> Result<()> {
        Err(unsupported(Engine::Mongodb, "transactions over a connection as it is used here"))
    }

    fn in_transaction(&self) -> bool {
        false
    }

    fn schemas(&mut self) -> Result<Vec<Schema>> {
        catalogue::schemas(self)
    }

    fn objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>> {
        catalogue::objects(self, of)
    }

    fn describe(&mut self, schema: &str, object: &str) -> Result<Description> {
        catalogue::describe(self, schema, object)
    }

    fn tables(&mut self, schema: &str) -> Result<Vec<Table>> {
        catalogue::tables(self, schema)
    }

    fn references(&mut self, _: &str) -> Result<Vec<Reference>> {
        Ok(Vec::new())
    }

    fn explain(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
        let command = match read(ask)? {
            Statement::Command(it) if it.name() == "explain" => it,
            Statement::Command(it) => {
                it.explained(if measured { "executionStats" } else { "queryPlanner" })
            }
            Statement::Use(_) => return Err(Failure::new(Reason::Usage, "`use` has no plan")),
        };
        self.stop.turns.begin();
        let plan = explain::plan(self, &command);
        self.stop.turns.end();
        plan
    }
}

fn read(ask: &Ask<'_>) -> Result<Statement> {
    if !ask.values.is_empty() {
        let text = "statements of MongoDB have no marks for open places";
        return Err(Failure::new(Reason::Usage, text).hint("write values as literals"));
    }
    shell::read(ask.text)
}
