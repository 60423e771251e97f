//! DuckDB, in this process, by a library that the user has. Read-only is held by how the database is
//! opened: it takes no writes, sees no other file, no network, and lets no setting be changed.

#[expect(
    unsafe_code,
    reason = "a C library that is loaded at run time can be called in no other way"
)]
mod api;
mod catalogue;
mod find;
mod json;
mod open;
mod plan;
#[cfg(test)]
mod tests;
mod text;
mod vector;

use super::rows::Rows;
use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::plan::Plan;
use crate::value::PAGE_BYTES_MAX;
use crate::{
    Ask, Cancel, Column, Done, Engine, Failure, Flow, Kind, Notice, Page, Place, Reason, Result,
    Server, Session, Sink, Step, Target, Value,
};
use api::{Answer, Bound, Connection, Gives, Prepared};
use json::Json;
use open::Lease;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use vector::Type;

/// A page that is not full is handed over after so long.
const IMPATIENCE: Duration = Duration::from_millis(50);
/// Kinds of statements, as the C interface counts them.
const SELECT: i32 = 1;
const TRANSACTION: i32 = 10;

/// A connection to a database that is open in this process.
pub(super) struct Duckdb {
    // Before the database that it belongs to, so that it is dropped before.
    connection: Arc<Connection>,
    canceller: Arc<Canceller>,
    _lease: Lease,
    server: Server,
    transaction: bool,
}

struct Canceller {
    connection: Mutex<Option<Arc<Connection>>>,
    running: AtomicBool,
    asked: AtomicBool,
}

impl Canceller {
    fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Cancel for Canceller {
    fn cancel(&self) -> Result<()> {
        if self.running.load(Ordering::SeqCst) {
            self.asked.store(true, Ordering::SeqCst);
            let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(connection) = connection.as_ref() {
                connection.interrupt();
            }
        }
        Ok(())
    }

    fn cut(&self) {
        let _ = self.cancel(); // there is no connection to cut: it runs in this process
    }
}

impl Drop for Duckdb {
    fn drop(&mut self) {
        // Whoever still holds the canceller must not keep the file open.
        *self.canceller.connection.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Opens a file, or a database in memory.
pub(super) fn connect(target: &Target) -> Result<Box<dyn Session>> {
    let (lease, connection, version) = open::open(target)?;
    let connection = Arc::new(connection);
    let canceller = Arc::new(Canceller {
        connection: Mutex::new(Some(connection.clone())),
        running: AtomicBool::new(false),
        asked: AtomicBool::new(false),
    });
    let mut server = Server {
        product: "DuckDB".to_owned(),
        version: version.trim_start_matches('v').to_owned(),
        encrypted: true, // it never leaves this machine
        warnings: Vec::new(),
    };
    if !target.read_only {
        let text = "statements may read and write any file that this user may";
        server.warnings.push(text.to_owned());
    }
    let mut session = Duckdb { connection, canceller, _lease: lease, server, transaction: false };
    if let Some(schema) = &target.database {
        session.ask(&format!("USE {}", catalogue::quoted(schema)), &[])?;
    }
    Ok(Box::new(session))
}

impl Duckdb {
    /// Asks for a few rows, as text.
    fn ask(&mut self, text: &str, values: &[&str]) -> Result<Vec<Vec<Option<String>>>> {
        let values: Vec<_> = values.iter().map(|it| Value::Text((*it).to_owned())).collect();
        let mut rows = Rows::default();
        self.run(&Ask { values: &values, ..Ask::new(text) }, &mut rows)?;
        Ok(rows.0)
    }

    fn run_all(&self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        let failed = |error: String| failure(ask.text, 0, &error);
        let parsed = self.connection.parse(ask.text).map_err(failed)?;
        match parsed.count() {
            0 => return Err(Failure::new(Reason::Usage, "there is no statement in this text")),
            1 => {}
            // What is written as one becomes several here, each of which is to be run.
            _ if ["import", "pragma", "pivot", "unpivot"]
                .contains(&first_word(ask.text).as_str()) => {}
            count => {
                let text = format!("these are {count} statements; one is run at a time");
                return Err(Failure::new(Reason::Usage, text));
            }
        }
        for at in 0..parsed.count() {
            if self.canceller.is_asked() {
                return Err(Failure::cancelled());
            }
            let prepared = parsed.prepare(at).map_err(failed)?;
            bind(&prepared, ask)?;
            let mut parts = Parts { last: at + 1 == parsed.count(), out };
            let out: &mut dyn Sink = &mut parts;
            let types = prepared.types();
            let rewritten = match &types {
                Some(types) if parsed.count() == 1 => self.rewritten(ask, &prepared, types)?,
                _ => None,
            };
            match rewritten {
                None => self.run_one(ask, &prepared, None, 0, out)?,
                Some((text, skip)) => {
                    let shown = prepared
                        .names()
                        .unwrap_or_default()
                        .into_iter()
                        .zip(types.unwrap_or_default());
                    let shown: Vec<_> = shown.collect();
                    let failed = |error: String| failure(ask.text, skip, &error);
                    let prepared = self
                        .connection
                        .parse(&text)
                        .and_then(|it| it.prepare(0))
                        .map_err(failed)?;
                    bind(&prepared, ask)?;
                    self.run_one(ask, &prepared, Some(&shown), skip, out)?;
                }
            }
        }
        Ok(())
    }

    /// A query of whose columns some can be written as text by the engine alone (shapes, variants, large
    /// numbers, moments in the session's time zone): the same query, with these as text; and how many
    /// bytes stand before it there.
    fn rewritten(
        &self,
        ask: &Ask<'_>,
        prepared: &Prepared<'_>,
        types: &[Type],
    ) -> Result<Option<(String, usize)>> {
        let foreign = types.iter().any(Type::is_foreign);
        let zoned = types.iter().any(Type::is_zoned);
        let moments = zoned && prepared.kind() == SELECT && !self.is_utc();
        if !foreign && !moments {
            return Ok(None);
        }
        let columns: Vec<_> = types
            .iter()
            .enumerate()
            .map(|(at, of)| match of.is_foreign() || of.is_zoned() {
                true => format!("CAST(c{at} AS VARCHAR) AS c{at}"),
                false => format!("c{at}"),
            })
            .collect();
        let names: Vec<_> = (0..types.len()).map(|at| format!("c{at}")).collect();
        let before = format!("SELECT {} FROM (\n", columns.join(", "));
        let query = ask.text.trim_end().trim_end_matches(';');
        let text = format!("{before}{query}\n) AS q({})", names.join(", "));
        let works = prepared.kind() == SELECT
            && self
                .connection
                .parse(&text)
                .is_ok_and(|it| it.count() == 1 && it.prepare(0).is_ok());
        match types.iter().position(Type::is_foreign) {
            _ if works => Ok(Some((text, before.len()))),
            Some(at) => {
                let name = types[at].name();
                let text = format!("column {} is a {name}, which only a query can show", at + 1);
                Err(Failure::new(Reason::Unsupported, text).hint("cast it to VARCHAR"))
            }
            None => Ok(None),
        }
    }

    /// Whether moments are shown in UTC; so they are where the library has no time zones.
    fn is_utc(&self) -> bool {
        let mut rows = Rows::default();
        let ask = Ask::new("SELECT current_setting('TimeZone')");
        let found = self.connection.parse(ask.text).and_then(|it| it.prepare(0));
        match found {
            Ok(prepared) if self.run_one(&ask, &prepared, None, 0, &mut rows).is_ok() => {
                let zone = rows.0.first().map(|it| super::rows::text(it, 0)).unwrap_or_default();
                matches!(zone.as_str(), "UTC" | "Etc/UTC" | "Etc/UCT" | "UCT" | "Zulu" | "")
            }
            _ => true,
        }
    }

    fn run_one(
        &self,
        ask: &Ask<'_>,
        prepared: &Prepared<'_>,
        shown: Option<&[(String, Type)]>,
        skip: usize,
        out: &mut dyn Sink,
    ) -> Result<()> {
        let failed = |error: String| match self.canceller.is_asked() {
            true => Failure::cancelled(),
            false => failure(ask.text, skip, &error),
        };
        // An interruption that came before the engine had begun would have been forgotten by it.
        let begun = || {
            if self.canceller.is_asked() {
                self.connection.interrupt();
            }
        };
        let mut answer = prepared.run(begun).map_err(failed)?;
        let tag = tag(prepared.kind()).to_owned();
        match answer.gives() {
            Gives::Rows => self.deliver(ask, &mut answer, shown, &tag, out, &failed),
            gives => {
                let mut affected = (gives == Gives::Changes).then_some(0);
                while let Some(chunk) = answer.next().map_err(failed)? {
                    for row in 0..chunk.rows() {
                        let mut page = Page::new(1);
                        if let Some(vector) =
                            chunk.column(0, &Type::Int64).filter(|_| affected.is_some())
                        {
                            text::push(&mut page, &Type::Int64, Kind::Integer, &vector, row);
                            let count =
                                page.cell(0, 0).text().and_then(|it| it.parse::<u64>().ok());
                            affected = affected.map(|it| it + count.unwrap_or(0));
                        }
                    }
                }
                match out.end(&Done { affected, tag }) {
                    std::ops::ControlFlow::Continue(()) => Ok(()),
                    std::ops::ControlFlow::Break(()) => Err(Failure::cancelled()),
                }
            }
        }
    }

    fn deliver(
        &self,
        ask: &Ask<'_>,
        answer: &mut Answer<'_>,
        shown: Option<&[(String, Type)]>,
        tag: &str,
        out: &mut dyn Sink,
        failed: &dyn Fn(String) -> Failure,
    ) -> Result<()> {
        let given = answer.columns();
        let types: Vec<_> = given.iter().map(|(_, of)| of.clone()).collect();
        if let Some(at) = types.iter().position(Type::is_foreign) {
            let text = format!("column {} is a {}", at + 1, types[at].name());
            return Err(Failure::new(Reason::Unsupported, text).hint("cast it to VARCHAR"));
        }
        let mut columns: Vec<_> = given
            .into_iter()
            .map(|(name, of)| Column { name, type_name: of.name(), kind: of.kind(), origin: None })
            .collect();
        if let Some(shown) = shown {
            for (column, (name, of)) in columns.iter_mut().zip(shown) {
                column.name.clone_from(name);
                (column.type_name, column.kind) = (of.name(), of.kind());
            }
        }
        if out.begin(&columns).is_break() {
            return Err(Failure::cancelled());
        }
        let mut page = Page::new(columns.len());
        let mut rows = 0;
        let mut handed = Instant::now();
        while let Some(chunk) = answer.next().map_err(failed)? {
            if self.canceller.is_asked() {
                return Err(Failure::cancelled());
            }
            let vectors: Vec<_> =
                types.iter().enumerate().filter_map(|(at, of)| chunk.column(at, of)).collect();
            for row in 0..chunk.rows() {
                for ((of, column), vector) in types.iter().zip(&columns).zip(&vectors) {
                    text::push(&mut page, of, column.kind, vector, row);
                }
                rows += 1;
                if page.bytes() > PAGE_BYTES_MAX {
                    let text = "a row of this result is larger than 4 GiB";
                    return Err(Failure::new(Reason::Unsupported, text));
                }
                let late = row + 1 == chunk.rows() && handed.elapsed() >= IMPATIENCE;
                if rows >= ask.page.rows || page.bytes() >= ask.page.bytes || late {
                    if out.page(&page).is_break() {
                        return Err(Failure::cancelled());
                    }
                    page.clear(columns.len());
                    (rows, handed) = (0, Instant::now());
                }
            }
        }
        let done = Done { affected: None, tag: tag.to_owned() };
        if (!page.is_empty() && out.page(&page).is_break()) || out.end(&done).is_break() {
            return Err(Failure::cancelled());
        }
        Ok(())
    }

    /// Notes whether a transaction is open after a statement that was done.
    fn note(&mut self, text: &str) {
        match first_word(text).as_str() {
            "begin" | "start" => self.transaction = true,
            "commit" | "end" | "rollback" | "abort" => self.transaction = false,
            _ => {}
        }
    }
}

impl Session for Duckdb {
    fn engine(&self) -> Engine {
        Engine::Duckdb
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn ping(&mut self) -> Result<()> {
        self.ask("SELECT 1", &[]).map(|_| ())
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        self.canceller.asked.store(false, Ordering::SeqCst);
        self.canceller.running.store(true, Ordering::SeqCst);
        let result = self.run_all(ask, out);
        self.canceller.running.store(false, Ordering::SeqCst);
        if result.is_ok() {
            self.note(ask.text);
        }
        result
    }

    fn canceller(&self) -> Arc<dyn Cancel> {
        self.canceller.clone()
    }

    fn transaction(&mut self, step: Step) -> Result<()> {
        let text = match step {
            Step::Begin => "BEGIN",
            Step::Commit => "COMMIT",
            Step::Rollback => "ROLLBACK",
        };
        self.ask(text, &[]).map(|_| ())
    }

    fn in_transaction(&self) -> bool {
        self.transaction
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

    fn references(&mut self, schema: &str) -> Result<Vec<Reference>> {
        catalogue::references(self, schema)
    }

    fn explain(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
        plan::explain(self, ask, measured)
    }
}

/// One of the statements that a text became: only the last says that it ended, unless it has rows.
struct Parts<'a> {
    last: bool,
    out: &'a mut dyn Sink,
}

impl Sink for Parts<'_> {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        self.last = true;
        self.out.begin(columns)
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.out.page(page)
    }

    fn end(&mut self, done: &Done) -> Flow {
        if self.last { self.out.end(done) } else { Flow::Continue(()) }
    }

    fn notice(&mut self, notice: &Notice) {
        self.out.notice(notice);
    }
}

/// Puts the values into the open places.
fn bind(prepared: &Prepared<'_>, ask: &Ask<'_>) -> Result<()> {
    if prepared.places() != ask.values.len() as u64 {
        let (places, values) = (prepared.places(), ask.values.len());
        let text =
            format!("the statement has {places} open places, and {values} values were given");
        return Err(Failure::new(Reason::Usage, text));
    }
    for (at, value) in (1..).zip(ask.values) {
        let bound = match value {
            Value::Null => Bound::Null,
            Value::Bool(it) => Bound::Bool(*it),
            Value::Number(it) => number(it)?,
            Value::Text(it) => Bound::Text(it),
            Value::Bytes(it) => Bound::Bytes(it),
        };
        prepared.bind(at, &bound).map_err(|it| failure(ask.text, 0, &it))?;
    }
    Ok(())
}

/// A number as DuckDB itself would read it in a statement: whole, decimal up to 38 digits, or floating.
fn number(text: &str) -> Result<Bound<'static>> {
    if let Ok(it) = text.parse() {
        return Ok(Bound::Int(it));
    }
    if let Ok(it) = text.parse() {
        return Ok(Bound::Huge(it));
    }
    if let Ok(it) = text.parse() {
        return Ok(Bound::Unsigned(it));
    }
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let before = whole.trim_start_matches(['-', '+']).trim_start_matches('0').len();
    let width = before.max(1) + rest.len();
    if let (Ok(digits), 1..=38, true) =
        (format!("{whole}{rest}").parse(), width, rest.bytes().all(|it| it.is_ascii_digit()))
    {
        let small = |it: usize| u8::try_from(it).unwrap_or(38);
        return Ok(Bound::Decimal(digits, small(width), small(rest.len())));
    }
    match text.parse() {
        Ok(it) => Ok(Bound::Double(it)),
        Err(_) => Err(Failure::new(Reason::Usage, format!("`{text}` is no number"))),
    }
}

/// The first word of a statement in small letters, after space and comments.
fn first_word(text: &str) -> String {
    let mut rest = text.trim_start();
    loop {
        let after = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |it| it.1)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |it| it.1)
        } else {
            let end = rest.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(rest.len());
            return rest[..end].to_ascii_lowercase();
        };
        rest = after.trim_start();
    }
}

/// What the engine says of an error, in its JSON or in words, as a failure. `skip` bytes stand before
/// the statement in what the engine was given.
fn failure(statement: &str, skip: usize, error: &str) -> Failure {
    let json = error.find('{').and_then(|it| Json::read(&error[it..]));
    let member = |name: &str| json.as_ref()?.get(name)?.text();
    let told = member("exception_message").unwrap_or(error);
    let (words, picture) = told.split_once("\nLINE ").unwrap_or((told, ""));
    let (kind, words) = match member("exception_type") {
        Some(kind) => (Some(kind), words),
        None => words.split_once(" Error: ").map_or((None, words), |it| (Some(it.0), it.1)),
    };
    if kind.is_some_and(|it| it.eq_ignore_ascii_case("interrupt")) {
        return Failure::cancelled();
    }
    let (message, more) = words.trim_end().split_once('\n').unwrap_or((words.trim_end(), ""));
    let mut failure = Failure::new(Reason::Server, message.trim_end());
    failure.code = kind.map(str::to_owned);
    match more.trim() {
        "" => {}
        it if it.starts_with("Did you mean") || it.starts_with("Candidate") => {
            failure.hint = Some(it.to_owned());
        }
        it => failure.detail = Some(it.to_owned()),
    }
    let offset = match member("position") {
        Some(it) => it.parse::<usize>().ok().and_then(|it| it.checked_sub(skip)),
        None => pictured(statement, picture, skip > 0),
    };
    failure.place = offset
        .and_then(|it| statement.get(..it))
        .map(|before| Place::of_offset(statement, before.chars().count()));
    failure
}

/// The byte that a picture points at: `2: …FROM nowhere` and a `^` beneath. A line that was put before the
/// statement is not counted.
fn pictured(statement: &str, picture: &str, line_before: bool) -> Option<usize> {
    let (line, arrow) = picture.split_once('\n')?;
    let (number, shown) = line.split_once(": ")?;
    let number = number.parse::<usize>().ok()?.checked_sub(1 + usize::from(line_before))?;
    let arrow = arrow.chars().position(|it| it == '^')?;
    // The arrow is counted from the beginning of the line, on which `LINE ` stands too.
    let mut column = arrow.checked_sub("LINE ".len() + line.len() - shown.len())?;
    let mut shown = shown;
    if let Some(rest) = shown.strip_prefix("...") {
        (shown, column) = (rest, column.checked_sub(3)?);
    }
    let start: usize = statement.split_inclusive('\n').take(number).map(str::len).sum();
    let within = statement.get(start..)?.lines().next()?.find(shown.trim_end_matches("..."))?;
    let before: usize = shown.chars().take(column).map(char::len_utf8).sum();
    Some(start + within + before)
}

/// What a kind of statement is called.
fn tag(kind: i32) -> &'static str {
    match kind {
        SELECT => "SELECT",
        2 => "INSERT",
        3 => "UPDATE",
        4 => "EXPLAIN",
        5 => "DELETE",
        6 => "PREPARE",
        7 => "CREATE",
        8 => "EXECUTE",
        9 => "ALTER",
        TRANSACTION => "TRANSACTION",
        11 => "COPY",
        12 => "ANALYZE",
        13 | 20 => "SET",
        14 => "CREATE FUNCTION",
        15 => "DROP",
        16 => "EXPORT",
        17 => "PRAGMA",
        18 => "VACUUM",
        19 => "CALL",
        21 => "LOAD",
        25 => "ATTACH",
        26 => "DETACH",
        28 => "COPY DATABASE",
        29 => "UPDATE EXTENSIONS",
        30 => "MERGE",
        _ => "",
    }
}
