//! SQLite, in this process. Read-only is held by how the file is opened and, where that leaves holes
//! (`VACUUM INTO`, temporary tables, settings), by SQLite's own authorizer with a list of what is allowed.

mod catalogue;
mod plan;
#[cfg(test)]
mod tests;

use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::plan::Plan;
use crate::session::unsupported;
use crate::{
    Address, Ask, Cancel, Column, Done, Engine, Failure, Kind, Origin, Page, Place, Reason, Result,
    Server, Session, Sink, Step, Target, Value,
};
use rusqlite::ffi::ErrorCode;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, InterruptHandle, OpenFlags, Statement, ToSql};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a statement waits for another writer, in all.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// How long before it looks whether it was cancelled.
const LOCK_STEP: Duration = Duration::from_millis(50);
/// A page that is not full is handed over after so long.
const IMPATIENCE: Duration = Duration::from_millis(50);
/// Rows after which the clock is looked at.
const ROWS_A_LOOK: usize = 64;

/// What may be asked with `PRAGMA` where only reading is allowed; with a value, only those about a table.
const PRAGMAS: &[&str] = &[
    "application_id",
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "encoding",
    "foreign_key_list",
    "foreign_keys",
    "freelist_count",
    "function_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "journal_mode",
    "module_list",
    "page_count",
    "page_size",
    "pragma_list",
    "quick_check",
    "schema_version",
    "table_info",
    "table_list",
    "table_xinfo",
    "user_version",
];
/// Those of them that take the name of a table or an index.
const PRAGMAS_OF: &[&str] = &[
    "foreign_key_list",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "quick_check",
    "table_info",
    "table_list",
    "table_xinfo",
];

/// A file that is open.
pub(super) struct Sqlite {
    connection: Connection,
    server: Server,
    canceller: Arc<Canceller>,
}

struct Canceller {
    handle: InterruptHandle,
    asked: AtomicBool,
}

impl Cancel for Canceller {
    fn cancel(&self) -> Result<()> {
        self.asked.store(true, Ordering::SeqCst);
        self.handle.interrupt();
        Ok(())
    }

    fn cut(&self) {
        let _ = self.cancel(); // cannot fail
    }
}

/// Opens a file.
pub(super) fn connect(target: &Target) -> Result<Box<dyn Session>> {
    let Address::File(path) = &target.address else {
        let text = format!("SQLite has files, not servers: {}", target.shown());
        return Err(Failure::new(Reason::Usage, text).hint("name one as `file = \"…\"`"));
    };
    Ok(over(open(path, target.read_only)?))
}

/// Opens a file of our own for reading alone, after something was done to how it is read.
pub(super) fn reading(
    path: &Path,
    with: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<Box<dyn Session>> {
    let connection = open(path, true)?;
    with(&connection).map_err(|it| failure(&it, ""))?;
    Ok(over(connection))
}

fn over(connection: Connection) -> Box<dyn Session> {
    let canceller =
        Canceller { handle: connection.get_interrupt_handle(), asked: AtomicBool::new(false) };
    let server = Server {
        product: "SQLite".into(),
        version: rusqlite::version().into(),
        encrypted: true, // it never leaves this machine
        warnings: Vec::new(),
    };
    Box::new(Sqlite { connection, server, canceller: Arc::new(canceller) })
}

fn open(path: &Path, read_only: bool) -> Result<Connection> {
    let shown = path.display();
    let in_memory = path == Path::new(":memory:");
    if !in_memory && !path.exists() && read_only {
        let text = format!("there is no file {shown}");
        return Err(Failure::new(Reason::Connection, text)
            .hint("check its path; a connection that may write makes it"));
    }
    let access = if read_only && !in_memory {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
    };
    let cannot = |error: rusqlite::Error| {
        let text = format!("{shown} cannot be opened: {}", words(&error));
        let hint = match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => "it is no SQLite database, or it is encrypted",
            Some(ErrorCode::DatabaseBusy) => "another program has it locked",
            _ => "check its path and who may read it",
        };
        Failure::new(Reason::Connection, text).hint(hint)
    };
    let mut connection =
        Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(cannot)?;
    connection.busy_timeout(LOCK_STEP).map_err(cannot)?;
    // Reads the head of the file and nothing more.
    let check = || connection.pragma_query_value(None, "schema_version", |_| Ok(()));
    retried(&AtomicBool::new(false), check).map_err(cannot)?;
    let hook = move |it: AuthContext<'_>| allow(&it, read_only);
    connection.authorizer(Some(hook)).map_err(cannot)?;
    Ok(connection)
}

/// What a statement may do. Asked by SQLite for each step, while it prepares the statement.
fn allow(what: &AuthContext<'_>, read_only: bool) -> Authorization {
    let allowed = match what.action {
        AuthAction::Function { function_name }
            if function_name.eq_ignore_ascii_case("load_extension") =>
        {
            false
        }
        _ if !read_only => true,
        AuthAction::Select | AuthAction::Recursive | AuthAction::Read { .. } => true,
        AuthAction::Function { .. } | AuthAction::Transaction { .. } => true,
        AuthAction::Savepoint { .. } => true,
        AuthAction::Pragma { pragma_name, pragma_value } => {
            let is = |list: &[&str]| list.iter().any(|it| it.eq_ignore_ascii_case(pragma_name));
            if pragma_value.is_some() { is(PRAGMAS_OF) } else { is(PRAGMAS) }
        }
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

/// Does it again while another writer is at work, for a while and unless it is cancelled.
fn retried<T>(
    asked: &AtomicBool,
    mut work: impl FnMut() -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let until = Instant::now() + LOCK_WAIT;
    loop {
        match work() {
            Err(error)
                if is_busy(&error) && Instant::now() < until && !asked.load(Ordering::SeqCst) => {}
            done => return done,
        }
    }
}

impl Sqlite {
    /// Runs work that can be cancelled.
    fn cancellable<T>(
        &mut self,
        work: impl FnOnce(&Connection, &AtomicBool) -> Result<T>,
    ) -> Result<T> {
        self.canceller.asked.store(false, Ordering::SeqCst);
        work(&self.connection, &self.canceller.asked)
    }

    fn ask(&self, statement: &str, values: &[&dyn ToSql]) -> Result<Vec<Vec<Option<String>>>> {
        let failed = |it: rusqlite::Error| failure(&it, statement);
        let mut prepared = self.connection.prepare(statement).map_err(failed)?;
        let count = prepared.column_count();
        let rows = prepared
            .query_map(values, |row| {
                (0..count)
                    .map(|at| {
                        let mut cell = Vec::new();
                        let kind = write_cell(row.get_ref(at)?, &mut cell);
                        let text = String::from_utf8_lossy(&cell).into_owned();
                        Ok((kind != Kind::Null).then_some(text))
                    })
                    .collect::<rusqlite::Result<Vec<_>>>()
            })
            .map_err(failed)?;
        rows.collect::<rusqlite::Result<_>>().map_err(failed)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Bool(it) => ValueRef::Integer(i64::from(*it)),
            Value::Number(it) => match (it.parse(), it.parse()) {
                (Ok(whole), _) => ValueRef::Integer(whole),
                // What a float cannot hold stays text; SQLite has no decimals.
                (_, Ok(float)) if real(float) == *it || format!("{float}") == *it => {
                    ValueRef::Real(float)
                }
                _ => ValueRef::Text(it.as_bytes()),
            },
            Value::Text(it) => ValueRef::Text(it.as_bytes()),
            Value::Bytes(it) => ValueRef::Blob(it),
        }))
    }
}

impl Session for Sqlite {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn ping(&mut self) -> Result<()> {
        self.ask("select 1", &[]).map(|_| ())
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        self.cancellable(|connection, asked| {
            let before = connection.total_changes();
            let failed = |it: rusqlite::Error| failure(&it, ask.text);
            let mut statement = retried(asked, || connection.prepare(ask.text)).map_err(failed)?;
            let wanted = statement.parameter_count();
            if wanted != ask.values.len() {
                let text = format!(
                    "the statement leaves {wanted} places open, and {} values are given",
                    ask.values.len()
                );
                return Err(Failure::new(Reason::Usage, text));
            }
            let writes = !statement.readonly();
            for (at, value) in ask.values.iter().enumerate() {
                statement.raw_bind_parameter(at + 1, value).map_err(failed)?;
            }
            let mut columns = columns(&statement, ask.origins);
            let mut kinds: Vec<Kind> = columns.iter().map(|it| it.kind).collect();
            let count = columns.len();
            let mut page = Page::new(count);
            let (mut begun, mut handed) = (false, Instant::now());
            let until = Instant::now() + LOCK_WAIT;
            'run: loop {
                let mut rows = statement.raw_query();
                loop {
                    let row = match rows.next() {
                        Ok(row) => row,
                        Err(_) if asked.load(Ordering::SeqCst) => return Err(Failure::cancelled()),
                        // A statement that met a lock has done nothing yet, and begins anew.
                        Err(error) if !begun && is_busy(&error) && Instant::now() < until => {
                            continue 'run;
                        }
                        Err(error) => return Err(failed(error)),
                    };
                    if !begun && count > 0 {
                        // An expression has no declared type; what comes first tells what it is.
                        for (at, column) in columns.iter_mut().enumerate() {
                            if let Some(row) = &row
                                && column.type_name.is_empty()
                            {
                                column.kind = is_kind(row.get_ref(at).map_err(failed)?);
                                kinds[at] = column.kind;
                            }
                        }
                        if out.begin(&columns).is_break() {
                            return Err(Failure::cancelled());
                        }
                    }
                    begun = true;
                    let Some(row) = row else { break 'run };
                    for (at, kind) in kinds.iter().enumerate() {
                        push_cell(&mut page, row.get_ref(at).map_err(failed)?, *kind);
                    }
                    let full = page.rows() >= ask.page.rows || page.bytes() >= ask.page.bytes;
                    let is_late = || {
                        page.rows().is_multiple_of(ROWS_A_LOOK) && handed.elapsed() >= IMPATIENCE
                    };
                    if full || is_late() {
                        if out.page(&page).is_break() {
                            return Err(Failure::cancelled());
                        }
                        page.clear(count);
                        handed = Instant::now();
                    }
                }
            }
            if !page.is_empty() && out.page(&page).is_break() {
                return Err(Failure::cancelled());
            }
            let affected = writes.then(|| connection.total_changes() - before);
            let done =
                Done { affected: affected.filter(|_| changes_rows(ask.text)), tag: tag(ask.text) };
            let _ = out.end(&done); // all has come
            Ok(())
        })
    }

    fn canceller(&self) -> Arc<dyn Cancel> {
        self.canceller.clone()
    }

    fn transaction(&mut self, step: Step) -> Result<()> {
        let statement = match step {
            Step::Begin => "BEGIN",
            Step::Commit => "COMMIT",
            Step::Rollback => "ROLLBACK",
        };
        self.cancellable(|connection, asked| {
            retried(asked, || connection.execute_batch(statement))
                .map_err(|it| failure(&it, statement))
        })
    }

    fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn schemas(&mut self) -> Result<Vec<Schema>> {
        self.list_schemas()
    }

    fn objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>> {
        self.list_objects(of)
    }

    fn describe(&mut self, schema: &str, object: &str) -> Result<Description> {
        self.describe_object(schema, object)
    }

    fn tables(&mut self, schema: &str) -> Result<Vec<Table>> {
        self.list_tables(schema)
    }

    fn references(&mut self, schema: &str) -> Result<Vec<Reference>> {
        self.list_references(schema)
    }

    fn explain(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
        if measured {
            return Err(unsupported(Engine::Sqlite, "measured plans"));
        }
        let statement = format!("EXPLAIN QUERY PLAN {}", ask.text);
        let values: Vec<&dyn ToSql> = ask.values.iter().map(|it| it as &dyn ToSql).collect();
        Ok(plan::tree(&self.ask(&statement, &values)?))
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn columns(statement: &Statement<'_>, origins: bool) -> Vec<Column> {
    let of = statement.columns();
    let from = statement.columns_with_metadata();
    of.into_iter()
        .zip(from)
        .map(|(column, from)| {
            let type_name = column.decl_type().unwrap_or_default().to_owned();
            let origin =
                match (origins, from.database_name(), from.table_name(), from.origin_name()) {
                    (true, Some(schema), Some(table), Some(column)) => Some(Origin {
                        schema: schema.to_owned(),
                        table: table.to_owned(),
                        column: column.to_owned(),
                    }),
                    _ => None,
                };
            let kind = kind_of(&type_name);
            Column { name: column.name().to_owned(), type_name, kind, origin }
        })
        .collect()
}

/// What the declared type says; each cell of SQLite says for itself what it is.
fn kind_of(declared: &str) -> Kind {
    let word = declared.split(['(', ' ']).next().unwrap_or_default().to_ascii_uppercase();
    match word.as_str() {
        "DATE" => Kind::Date,
        "TIME" => Kind::Time,
        "DATETIME" | "TIMESTAMP" | "TIMESTAMPTZ" => Kind::Timestamp,
        "JSON" | "JSONB" => Kind::Json,
        "UUID" => Kind::Uuid,
        "BLOB" => Kind::Bytes,
        "REAL" | "DOUBLE" | "FLOAT" => Kind::Float,
        "DECIMAL" | "NUMERIC" => Kind::Decimal,
        it if it.contains("INT") => Kind::Integer,
        _ => Kind::Text,
    }
}

/// What a value is; text where there is none.
fn is_kind(value: ValueRef<'_>) -> Kind {
    match value {
        ValueRef::Integer(_) => Kind::Integer,
        ValueRef::Real(_) => Kind::Float,
        ValueRef::Blob(_) => Kind::Bytes,
        ValueRef::Text(_) | ValueRef::Null => Kind::Text,
    }
}

/// A cell is what its value is; the declared type only tells texts apart.
fn push_cell(page: &mut Page, value: ValueRef<'_>, declared: Kind) {
    match value {
        ValueRef::Null => page.push_null(),
        ValueRef::Blob(bytes) => page.push_known(Kind::Bytes, bytes),
        ValueRef::Text(bytes) => {
            let kind = match declared {
                Kind::Date | Kind::Time | Kind::Timestamp | Kind::Json | Kind::Uuid => declared,
                _ => Kind::Text,
            };
            page.push(kind, bytes);
        }
        ValueRef::Integer(_) => page.push_with(Kind::Integer, |into| {
            write_cell(value, into);
        }),
        ValueRef::Real(_) => page.push_with(Kind::Float, |into| {
            write_cell(value, into);
        }),
    }
}

fn write_cell(value: ValueRef<'_>, into: &mut Vec<u8>) -> Kind {
    match value {
        ValueRef::Null => Kind::Null,
        ValueRef::Integer(it) => {
            let _ = write!(into, "{it}"); // writing to memory does not fail
            Kind::Integer
        }
        ValueRef::Real(it) => {
            into.extend_from_slice(real(it).as_bytes());
            Kind::Float
        }
        ValueRef::Text(it) => {
            into.extend_from_slice(it);
            Kind::Text
        }
        ValueRef::Blob(it) => {
            into.extend_from_slice(it);
            Kind::Bytes
        }
    }
}

/// The shortest text that gives a float back, laid out as SQLite does: always with a point, with an
/// exponent from 1e15 on and below 1e-4. SQLite keeps no NaN.
fn real(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "Inf".into() } else { "-Inf".into() };
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let point = if digits.contains('.') { "" } else { ".0" };
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(rest) => ('-', rest),
            None => ('+', exponent),
        };
        return format!("{digits}{point}e{sign}{exponent:0>2}");
    }
    let text = format!("{value}");
    if text.contains('.') { text } else { format!("{text}.0") }
}

/// What a statement does, by its first word.
fn tag(statement: &str) -> String {
    words_of(statement).next().unwrap_or_default().to_ascii_uppercase()
}

/// Whether the statement is of those that change rows, rather than tables.
fn changes_rows(statement: &str) -> bool {
    let word = tag(statement);
    matches!(word.as_str(), "INSERT" | "UPDATE" | "DELETE" | "REPLACE")
        || word == "WITH"
            && words_of(statement).any(|it| {
                ["INSERT", "UPDATE", "DELETE", "REPLACE"]
                    .iter()
                    .any(|verb| it.eq_ignore_ascii_case(verb))
            })
}

/// The words of a statement, without the comments it begins with.
fn words_of(statement: &str) -> impl Iterator<Item = &str> {
    let mut rest = statement.trim_start();
    loop {
        let after = if let Some(line) = rest.strip_prefix("--") {
            line.split_once('\n').map(|it| it.1)
        } else if let Some(block) = rest.strip_prefix("/*") {
            block.split_once("*/").map(|it| it.1)
        } else {
            break;
        };
        rest = after.unwrap_or_default().trim_start();
    }
    rest.split(|it: char| !it.is_alphanumeric() && it != '_').filter(|it| !it.is_empty())
}

fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

/// SQLite's own words, with the place it names.
fn failure(error: &rusqlite::Error, statement: &str) -> Failure {
    if matches!(error, rusqlite::Error::MultipleStatement) {
        return Failure::new(Reason::Usage, "this is more than one statement")
            .hint("one is run at a time");
    }
    let reason = match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => Reason::Cancelled,
        Some(ErrorCode::AuthorizationForStatementDenied) => Reason::Refused,
        _ => Reason::Server,
    };
    let mut failure = Failure::new(reason, words(error));
    match reason {
        Reason::Cancelled => return Failure::cancelled(),
        Reason::Refused => {
            failure.message = "SQLite refused it: the connection only reads".to_owned();
            failure.hint = Some("say `read_only = false` in its entry to write".into());
        }
        _ => {}
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            failure.hint = Some("another program is writing; try again when it is done".into());
        }
        Some(ErrorCode::ReadOnly) => {
            failure.hint = Some("say `read_only = false` in its entry to write".into());
        }
        _ => {}
    }
    if let rusqlite::Error::SqlInputError { offset, .. } = error
        && let Ok(offset) = usize::try_from(*offset)
        && let Some(before) = statement.get(..offset)
    {
        failure.place = Some(Place::of_offset(statement, before.chars().count()));
    }
    failure.code = error.sqlite_error().map(|it| it.extended_code.to_string());
    failure
}
