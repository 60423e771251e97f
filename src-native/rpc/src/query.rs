//! Statements from a terminal, straight to the database and straight into its output: no socket between,
//! nothing kept, memory flat. The same judgement, limits and history as `databases.run`.

mod held;
mod plans;

use crate::connected::{Connected, Folders, JOIN, MEMORY, Way, Wish, untold};
use crate::methods::databases::wire;
use databases::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use databases::connections::Source;
use databases::export::{Export, Options, Written};
use databases::run::Prepared;
use databases::stream::{self, stoppable, stream};
use databases::{Lent, Secret, guard};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

pub use databases::export::{Format, Over, to_file};
pub use databases::leftovers::clear as clear_leftovers;
pub use databases::{
    Engine, Failure, Place, Reason, Session, Step, Watch, catalogue, plan, quoted,
};
pub use held::{Held, OF_PROJECT, Saved, is_whole, places, write_rows};
pub use plans::plan_json;

/// How long a session is waited for; there is nobody else here.
const LEND: Duration = Duration::from_secs(30);
/// Time of statements that may take as long as they like.
pub const FOREVER: Duration = Duration::MAX;
/// Statements that are told one by one where a later one failed.
const DONE_TOLD: usize = 10;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    /// Connection, by name, as a URL or as a file.
    pub connection: &'a str,
    /// Folder of the project, for its connections.
    pub project: Option<&'a str>,
    /// The statements.
    pub script: &'a str,
    /// Values for places written as `:name`.
    pub params: &'a serde_json::Map<String, serde_json::Value>,
    /// Longest time; the connection's own, which is 30 s unless its entry says otherwise.
    pub timeout: Option<Duration>,
    /// Only read, whatever the entry says.
    pub read_only: bool,
    /// Write, although the entry is none: a URL typed by hand.
    pub write: bool,
    /// Yes to what will go.
    pub confirmed: bool,
    /// All in one transaction that is undone at the end.
    pub rolled_back: bool,
}

/// How rows are written.
#[derive(Clone, Debug)]
pub struct Output {
    /// The format.
    pub format: Format,
    /// Whether names of columns come first.
    pub header: bool,
    /// The word for NULL.
    pub null: Option<String>,
    /// Table to name in INSERT statements.
    pub table: Option<String>,
    /// Whether a terminal's styles may be used.
    pub styled: bool,
    /// Widest a text may be in a table for people.
    pub widest: usize,
    /// Whether every column of Parquet is text.
    pub text: bool,
}

/// What was done.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// Rows that were written.
    pub rows: u64,
    /// Whether any statement gave a result with columns.
    pub results: u64,
    /// Bytes that were written.
    pub bytes: u64,
    /// What each statement did.
    pub done: Vec<Did>,
    /// What was written otherwise than it is.
    pub notes: Vec<String>,
    /// From the beginning to the end, connecting included.
    pub took: Duration,
}

/// What a statement did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Did {
    /// What the server calls it.
    pub tag: String,
    /// Rows it touched; none for what only reads.
    pub affected: Option<u64>,
    /// How long it took.
    pub took: Duration,
}

/// Databases, asked from this process.
#[derive(Clone)]
pub struct Direct {
    connected: Arc<Connected>,
}

impl Direct {
    /// With the user's folders; `memory` is the store that the connection `memory` means.
    pub fn new(folders: Folders, memory: &Path) -> Direct {
        Direct { connected: Connected::new(memory.to_owned(), Some(folders)) }
    }

    /// Keeps a password that somebody typed, for the connection that asked for it.
    ///
    /// # Errors
    /// Where there is no such connection.
    pub fn give_password(
        &self,
        project: Option<&str>,
        connection: &str,
        password: String,
    ) -> Result<(), Failure> {
        let entry = self.connected.entry(project, connection).map_err(untold)?;
        self.connected.keep_password(&entry, Secret::new(password));
        self.connected.forget_way(&entry.name);
        Ok(())
    }

    /// Keeps that somebody trusts the project's file of connections as it is now. Tells the file.
    ///
    /// # Errors
    /// Where there is none, or that cannot be kept.
    pub fn trust(&self, project: Option<&str>) -> Result<std::path::PathBuf, Failure> {
        let Some(found) = self.connected.known(project).project else {
            let text = "there is no .backstory/connections.toml here, nor in a folder above";
            return Err(Failure::new(Reason::Usage, text).hint("name its folder with `--project`"));
        };
        self.connected.trust(&found.hash).map_err(untold)?;
        Ok(found.file)
    }

    /// Where a connection leads, without any secret.
    ///
    /// # Errors
    /// Where there is no such connection.
    pub fn shown(&self, project: Option<&str>, connection: &str) -> Result<String, Failure> {
        Ok(self.connected.entry(project, connection).map_err(untold)?.shown())
    }

    /// Names of all connections there are.
    pub fn names(&self, project: Option<&str>) -> Vec<String> {
        self.connected.known(project).entries.into_iter().map(|it| it.name).collect()
    }

    fn way(
        &self,
        project: Option<&str>,
        connection: &str,
        wish: Wish,
    ) -> Result<Arc<Way>, Failure> {
        self.connected.way_for(project, connection, wish).map_err(untold)
    }

    fn way_of(&self, query: &Query<'_>) -> Result<Arc<Way>, Failure> {
        let wish = match Wish::of(query.read_only, query.write) {
            Wish::Read => Wish::ReadAlone,
            wish => wish,
        };
        self.way(query.project, query.connection, wish)
    }

    /// The engine of a connection, without connecting.
    ///
    /// # Errors
    /// Where there is no such connection.
    pub fn engine(&self, project: Option<&str>, connection: &str) -> Result<Engine, Failure> {
        Ok(self.way(project, connection, Wish::AsWritten)?.entry.engine)
    }

    /// Runs statements and writes what they give. `hear` is told what the server says on the side,
    /// `watch` follows and stops it.
    ///
    /// # Errors
    /// The first failure, with its place in the script.
    pub fn run(
        &self,
        query: &Query<'_>,
        output: &Output,
        to: &mut dyn Write,
        watch: Watch<'_>,
        hear: &mut dyn FnMut(&str, &str),
    ) -> Result<Ran, Failure> {
        let way = self.way_of(query)?;
        let options = options(&way, output)?;
        let mut export = Export::new(output.format, &options, to)?.watched(watch);
        let ran = self.fill(query, output, &way, None, &mut export, watch.cancel, hear);
        finished(export, ran)
    }

    /// The same into a file, which is written beside its place and put there when it is whole.
    ///
    /// # Errors
    /// As [`Direct::run`]; then nothing was left behind.
    pub fn run_to_file(
        &self,
        query: &Query<'_>,
        output: &Output,
        path: &Path,
        over: Over,
        watch: Watch<'_>,
        hear: &mut dyn FnMut(&str, &str),
    ) -> Result<Ran, Failure> {
        let way = self.way_of(query)?;
        let options = options(&way, output)?;
        let mut ran = Ran::default();
        let written = to_file(path, over, output.format, &options, watch, |export| {
            ran = self.fill(query, output, &way, None, export, watch.cancel, hear)?;
            Ok(())
        })?;
        Ok(ran.written(written))
    }

    /// Runs them in a session that is `held`, else in one that is lent for them.
    #[allow(clippy::too_many_arguments, reason = "each is used once, here")]
    fn fill(
        &self,
        query: &Query<'_>,
        output: &Output,
        way: &Arc<Way>,
        held: Option<&mut Lent>,
        export: &mut Export<'_>,
        cancel: &AtomicBool,
        hear: &mut dyn FnMut(&str, &str),
    ) -> Result<Ran, Failure> {
        let begun = Instant::now();
        let values = wire::values(Some(query.params)).map_err(untold)?;
        let access = match (way.entry.read_only || query.read_only, query.confirmed) {
            (true, _) => guard::Access::Read,
            (false, true) => guard::Access::Destroy,
            (false, false) => guard::Access::Write,
        };
        let statements = guard::prepare(way.entry.engine, query.script, &values, access)
            .map_err(|it| only_reads(it, way, query))?;
        if query.rolled_back {
            guard::can_be_undone(&statements)?;
        }
        fits(&statements, output, way.entry.engine)?;
        let noted = crate::methods::databases::Note::new(&self.connected, way, query.script);
        let is_held = held.is_some();
        let mut fresh;
        let lent = match held {
            Some(held) => held,
            None => {
                fresh = way.statements.lend(LEND)?;
                &mut fresh
            }
        };
        guard::keeps_what_is_open(&statements, is_held && lent.in_transaction(), access)?;
        let limits = stream::Limits {
            held: is_held,
            timeout: query.timeout.or(way.entry.limits.timeout).unwrap_or(FOREVER),
            cancel,
            rolled_back: query.rolled_back,
            csv_header: (output.format == Format::Csv
                && output.null.is_none()
                && statements.len() == 1)
                .then_some(output.header),
        };
        let mut say = |it: &databases::Notice| hear(&it.severity, &it.message);
        let mut said = stream::Said::default();
        let ran = stream(lent, &statements, limits, export, &mut say, &mut said);
        let failure = ran.as_ref().err().map(|it| it.1.message.clone());
        noted.write_as(begun.elapsed(), export.rows(), failure);
        ran.map_err(|(at, it)| {
            let stays = !query.rolled_back;
            let failure = located(*it, statements.get(at));
            if stays { before_it(failure, &said, &statements) } else { failure }
        })?;
        let done = said.done.into_iter();
        let done = done.map(|(it, took)| Did { tag: it.tag, affected: it.affected, took });
        Ok(Ran { done: done.collect(), took: begun.elapsed(), ..Ran::default() })
    }

    /// Asks the catalogue.
    fn ask<T>(
        &self,
        project: Option<&str>,
        connection: &str,
        cancel: &AtomicBool,
        work: impl FnOnce(&mut Lent) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let way = self.way(project, connection, Wish::AsWritten)?;
        let mut lent = way.catalogue.lend(LEND)?;
        let stop = lent.canceller();
        let asked = stoppable(cancel, &*stop, || work(&mut lent));
        if asked.is_err() {
            lent.spoil();
        }
        asked
    }

    /// Product and version of the server.
    ///
    /// # Errors
    /// Where it cannot be reached.
    pub fn server(
        &self,
        project: Option<&str>,
        connection: &str,
        cancel: &AtomicBool,
    ) -> Result<databases::Server, Failure> {
        self.ask(project, connection, cancel, |it| Ok(it.server().clone()))
    }

    /// The schemas.
    ///
    /// # Errors
    /// The server's.
    pub fn schemas(
        &self,
        project: Option<&str>,
        connection: &str,
        cancel: &AtomicBool,
    ) -> Result<Vec<Schema>, Failure> {
        self.ask(project, connection, cancel, |it| it.schemas())
    }

    /// What stands in a schema.
    ///
    /// # Errors
    /// The server's.
    pub fn objects(
        &self,
        project: Option<&str>,
        connection: &str,
        of: &Objects<'_>,
        cancel: &AtomicBool,
    ) -> Result<Vec<Object>, Failure> {
        self.ask(project, connection, cancel, |it| it.objects(of))
    }

    /// All about one thing.
    ///
    /// # Errors
    /// The server's.
    pub fn describe(
        &self,
        project: Option<&str>,
        connection: &str,
        schema: &str,
        object: &str,
        cancel: &AtomicBool,
    ) -> Result<Description, Failure> {
        self.ask(project, connection, cancel, |it| it.describe(schema, object))
    }

    /// Tables and their columns, for completion.
    ///
    /// # Errors
    /// The server's.
    pub fn tables(
        &self,
        project: Option<&str>,
        connection: &str,
        schema: &str,
        cancel: &AtomicBool,
    ) -> Result<Vec<Table>, Failure> {
        self.ask(project, connection, cancel, |it| it.tables(schema))
    }

    /// Foreign keys of a schema.
    ///
    /// # Errors
    /// The server's.
    pub fn references(
        &self,
        project: Option<&str>,
        connection: &str,
        schema: &str,
        cancel: &AtomicBool,
    ) -> Result<Vec<Reference>, Failure> {
        self.ask(project, connection, cancel, |it| it.references(schema))
    }
}

/// A failure that says what was done before it, where that was more than reading.
fn before_it(mut failure: Failure, said: &stream::Said, statements: &[Prepared]) -> Failure {
    let done = statements.get(..said.statements).unwrap_or_default();
    if done.iter().all(|it| it.reads) || failure.message.starts_with("the transaction was left") {
        return failure;
    }
    let did = |(it, _): &(databases::Done, Duration)| {
        let tag = if it.tag.is_empty() { "done" } else { &it.tag };
        it.affected.map_or(tag.to_owned(), |rows| format!("{tag} ({rows})"))
    };
    let did: Vec<String> = said.done.iter().take(DONE_TOLD).map(did).collect();
    let (count, did) = (done.len(), did.join(", "));
    let more = if said.done.len() > DONE_TOLD { ", …" } else { "" };
    let are = if count == 1 { "statement before it was" } else { "statements before it were" };
    let text = format!("{count} {are} done: {did}{more}");
    failure.detail = Some(match failure.detail {
        Some(detail) => format!("{detail}; {text}"),
        None => text,
    });
    failure
}

impl Ran {
    fn written(mut self, written: Written) -> Ran {
        self.rows = written.rows;
        self.results = written.results;
        self.bytes = written.bytes;
        self.notes = written.notes;
        self
    }
}

/// Whether what writing statements give can be written in the format: what was sent is not taken back where
/// that turns out later.
fn fits(statements: &[Prepared], output: &Output, engine: Engine) -> Result<(), Failure> {
    let writes = |it: &&Prepared| !it.reads && it.transaction.is_none();
    let giving: Vec<&Prepared> = statements.iter().filter(|it| it.rows).collect();
    if !statements.iter().any(|it| writes(&it)) {
        return Ok(());
    }
    let name = output.format.name();
    let (text, hint) = if giving.len() > 1 && !output.format.holds_several() {
        (format!("{name} holds one result, and several statements give one"), "run them one by one")
    } else if output.format == Format::Insert && output.table.is_none() && !giving.is_empty() {
        let text =
            "the statements write, and it is not known into which table rows should be inserted";
        (text.to_owned(), "name the table with --table")
    } else if output.format == Format::InList
        && engine == Engine::Sqlserver
        && giving.iter().any(writes)
    {
        let text = "the statements write, and SQL Server knows no rows behind IN".to_owned();
        (text, "write what they give in another format")
    } else {
        return Ok(());
    };
    Err(Failure::new(Reason::Usage, text).hint(format!("{hint}; nothing was sent")))
}

/// The end of a run and of what it wrote.
fn finished(export: Export<'_>, ran: Result<Ran, Failure>) -> Result<Ran, Failure> {
    match (export.failure().cloned(), ran) {
        (Some(failure), _) | (None, Err(failure)) => Err(failure),
        (None, Ok(ran)) => Ok(ran.written(export.finish()?)),
    }
}

/// A refusal to write, with the way out that there is: what was typed has no entry.
fn only_reads(failure: Failure, way: &Way, query: &Query<'_>) -> Failure {
    if failure.reason != Reason::Refused || !way.entry.read_only && !query.read_only {
        return failure;
    }
    match &way.entry.source {
        _ if way.entry.name == MEMORY || way.entry.name == JOIN => {
            Failure { hint: None, ..failure }
        }
        _ if query.read_only => failure.hint("leave out `--read-only` to write"),
        Source::Given => failure.hint("allow it with `--write`"),
        Source::Found(place) => {
            let text = format!("add `read_only=false` to the URL of {place}, or give it an entry");
            failure.hint(text)
        }
        Source::User { .. } | Source::Project { .. } => failure,
    }
}

/// Writes a text to a file as rows are written to one: beside its place first.
///
/// # Errors
/// Where it cannot be written, or something is there already.
pub fn write_text(path: &Path, over: Over, text: &str) -> Result<(), Failure> {
    databases::export::place(path, over, |file| {
        file.write_all(text.as_bytes()).map_err(|error| {
            let text = format!("{} cannot be written: {error}", path.display());
            Failure::new(Reason::File, text)
        })
    })
}

/// A table as it is named: `table`, `schema.table`, with quotes around what has a dot in it.
fn table(name: &str) -> Result<(String, String), Failure> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for letter in name.chars() {
        match (letter, parts.last_mut()) {
            ('"', _) => quoted = !quoted,
            ('.', _) if !quoted => parts.push(String::new()),
            (letter, Some(last)) => last.push(letter),
            (_, None) => {}
        }
    }
    let wrong = || {
        Failure::new(Reason::Usage, format!("`{name}` is no name of a table"))
            .hint("as in `--table orders` or `--table sales.orders`, with \"…\" around a name that has a dot")
    };
    if quoted || parts.iter().any(String::is_empty) {
        return Err(wrong());
    }
    match parts.as_mut_slice() {
        [table] => Ok((String::new(), std::mem::take(table))),
        [schema, table] => Ok((std::mem::take(schema), std::mem::take(table))),
        _ => Err(wrong()),
    }
}

fn options(way: &Way, output: &Output) -> Result<Options, Failure> {
    Ok(Options {
        header: output.header,
        null: output.null.clone(),
        engine: way.entry.engine,
        dialect: way.entry.engine,
        table: output.table.as_deref().map(table).transpose()?,
        widest: output.widest,
        styled: output.styled,
        text: output.text,
        ..Options::default()
    })
}

/// A failure whose place is one in the script, not in the statement.
fn located(mut failure: Failure, statement: Option<&Prepared>) -> Failure {
    let told = wire::failure(&failure, statement);
    failure.place = match (told.line, told.column, told.offset) {
        (Some(line), Some(column), Some(offset)) => Some(Place { line, column, offset }),
        (Some(line), _, _) => Some(Place { line, column: 0, offset: 0 }),
        _ => None,
    };
    failure
}
