//! One query over several databases: what each table's own server can hold back it holds back, the rest
//! comes into a SQLite file of this machine, and SQLite joins it.
//!
//! Pushed down to each side: the columns that the statement names, and of the outermost WHERE those
//! conditions that compare a column of one table with values, as far as every engine answers them alike:
//! whole numbers and decimals by any comparison, texts by `=` and `IN`. SQLite tests everything once more,
//! days and times too, which are texts to it.

use crate::catalogue::{Description, Field, Object, Objects, Reference, Schema, Table};
use crate::plan::{Node, Plan};
use crate::pool::Lent;
use crate::statement::join::{Condition, Literal, Side, joined};
use crate::{
    Address, Ask, Cancel, Column, Done, Engine, Failure, Flow, Kind, Notice, Page, Reason, Result,
    Server, Session, Sink, Step, Target, Tls, TlsMode, connect, quoted,
};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Rows that are fetched of one table.
const ROWS_MAX: u64 = 10_000_000;
/// Bytes that are fetched of all tables together.
const BYTES_MAX: u64 = 8 << 30;

/// Lends a session of a connection by its name.
pub type Lend = dyn Fn(&str) -> Result<Lent> + Send + Sync;

/// Several databases as one.
pub struct Join {
    names: Vec<String>,
    lend: Arc<Lend>,
    folder: PathBuf,
    server: Server,
    canceller: Arc<Canceller>,
}

#[derive(Default)]
struct Canceller {
    asked: AtomicBool,
    now: Mutex<Option<Arc<dyn Cancel>>>,
}

impl Canceller {
    fn at(&self, cancel: Option<Arc<dyn Cancel>>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = cancel;
    }

    fn now(&self) -> Option<Arc<dyn Cancel>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Cancel for Canceller {
    fn cancel(&self) -> Result<()> {
        self.asked.store(true, Ordering::SeqCst);
        self.now().map_or(Ok(()), |it| it.cancel())
    }

    fn cut(&self) {
        self.asked.store(true, Ordering::SeqCst);
        if let Some(now) = self.now() {
            now.cut();
        }
    }
}

impl Join {
    /// Over connections of these names. What comes of them is kept in `folder` while a statement runs.
    pub fn over(names: Vec<String>, lend: Arc<Lend>, folder: PathBuf) -> Join {
        let server = Server {
            product: "SQLite over connections".into(),
            version: rusqlite::version().into(),
            encrypted: true,
            warnings: Vec::new(),
        };
        Join { names, lend, folder, server, canceller: Arc::default() }
    }

    fn check(&self) -> Result<()> {
        if self.canceller.asked.load(Ordering::SeqCst) { Err(Failure::cancelled()) } else { Ok(()) }
    }

    /// Fetches what a statement needs, and gives the local statement and the file it is to be run on.
    fn gather(&self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<(String, tempfile::TempDir)> {
        let is_connection = |name: &str| self.names.iter().any(|it| it == name);
        let found = joined(ask.text, ask.values, &is_connection)?;
        let folder = crate::leftovers::folder_in(&self.folder).map_err(|error| {
            let text = format!("{} cannot be written: {error}", self.folder.display());
            Failure::new(Reason::File, text)
        })?;
        let mut local = Connection::open(folder.path().join("join.db")).map_err(kept)?;
        // It is thrown away in any case: nothing of it needs to survive.
        local
            .execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 8192",
            )
            .map_err(kept)?;
        let mut done: Vec<&Side> = Vec::new();
        let mut bytes = 0;
        for side in &found.sides {
            if done.iter().any(|it| it.local == side.local) {
                continue;
            }
            // One table that stands there twice is fetched once: only what both want of it is left out.
            let twice = found.sides.iter().filter(|it| it.local == side.local).count() > 1;
            let conditions = if twice { &[] } else { side.conditions.as_slice() };
            let names = (!found.all_columns).then_some(found.names.as_slice());
            let mut session = (self.lend)(&side.connection)?;
            self.canceller.at(Some(session.canceller()));
            self.check()?;
            let fetched = fetch(&mut session, side, conditions, names, &mut local, &mut bytes);
            self.canceller.at(None);
            if fetched.is_err() {
                session.spoil();
            }
            let (rows, asked) = fetched.map_err(|mut failure| {
                failure.message = format!("{}: {}", side.connection, failure.message);
                failure.place = None; // it is one in another statement
                failure
            })?;
            out.notice(&Notice {
                severity: "JOIN".into(),
                message: format!("{rows} rows of {} by {asked}", side.local),
            });
            done.push(side);
        }
        Ok((found.text, folder))
    }
}

/// Fetches one table; how many rows came, and by which statement.
fn fetch(
    session: &mut Lent,
    side: &Side,
    conditions: &[Condition],
    names: Option<&[String]>,
    local: &mut Connection,
    bytes: &mut u64,
) -> Result<(u64, String)> {
    let engine = session.engine();
    let described = find(session, side)?;
    let statement = match &described {
        Found::Table(schema, fields) => select(engine, schema, side, conditions, names, fields),
        Found::Browse(statement) => statement.clone(),
    };
    let transaction = local.transaction().map_err(kept)?;
    let mut into = Into {
        local: &transaction,
        table: &side.local,
        insert: None,
        rows: 0,
        bytes,
        failure: None,
    };
    let ran = session.run(&Ask::new(&statement), &mut into);
    let (rows, failure) = (into.rows, into.failure.take());
    match (failure, ran) {
        (Some(failure), _) | (None, Err(failure)) => return Err(failure),
        (None, Ok(())) => {}
    }
    transaction.commit().map_err(kept)?;
    Ok((rows, statement))
}

enum Found {
    /// A table with its columns, and the schema it stands in.
    Table(String, Vec<Field>),
    /// What has a statement of its own to be read by.
    Browse(String),
}

/// Finds a table: in its schema, or where the connection finds its tables.
fn find(session: &mut Lent, side: &Side) -> Result<Found> {
    let schemas = match &side.schema {
        Some(schema) => vec![schema.clone()],
        None => {
            let all = session.schemas()?;
            all.into_iter().filter(|it| it.current).map(|it| it.name).collect()
        }
    };
    let mut last = None;
    for schema in schemas {
        match session.describe(&schema, &side.table) {
            Ok(found) => {
                let browse = found.facts.iter().find(|it| it.0 == "browse").map(|it| it.1.clone());
                return Ok(match browse {
                    Some(statement) => Found::Browse(statement),
                    None => Found::Table(schema, found.columns),
                });
            }
            Err(failure) if failure.reason == Reason::Usage => last = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    Err(last.unwrap_or_else(|| {
        Failure::new(Reason::Usage, format!("there is no table `{}`", side.table))
            .hint("name its schema: `connection.schema.table`")
    }))
}

fn select(
    engine: Engine,
    schema: &str,
    side: &Side,
    conditions: &[Condition],
    names: Option<&[String]>,
    fields: &[Field],
) -> String {
    let wanted: Vec<String> = fields
        .iter()
        .filter(|it| names.is_none_or(|names| names.contains(&it.name.to_lowercase())))
        .map(|it| quoted(engine, &[&it.name]))
        .collect();
    let columns = match wanted.is_empty() {
        // Counted alone: some column has to come.
        true => fields.first().map_or("*".to_owned(), |it| quoted(engine, &[&it.name])),
        false => wanted.join(", "),
    };
    let schema = if engine == Engine::Sqlite && schema == "main" { "" } else { schema };
    let mut text = format!("SELECT {columns} FROM {}", quoted(engine, &[schema, &side.table]));
    let pushed: Vec<String> = conditions
        .iter()
        .filter_map(|it| {
            let field = fields.iter().find(|field| field.name.eq_ignore_ascii_case(&it.column))?;
            pushed(engine, field, it)
        })
        .collect();
    if !pushed.is_empty() {
        text += &format!(" WHERE {}", pushed.join(" AND "));
    }
    text
}

/// A condition in the words of an engine; none where it might keep back a row that SQLite would let pass.
fn pushed(engine: Engine, field: &Field, condition: &Condition) -> Option<String> {
    let name = quoted(engine, &[&field.name]);
    if condition.test == "is not null" {
        return Some(format!("{name} IS NOT NULL"));
    }
    let is_number = holds_numbers(&field.type_name);
    let is_text = holds_text(&field.type_name);
    let values: Option<Vec<String>> = condition
        .values
        .iter()
        .map(|it| match it {
            Literal::Number(number) if is_number => Some(number.clone()),
            // Texts are equal or not in every engine alike, or in more cases than in SQLite; their order
            // is each engine's own.
            Literal::Text(text)
                if is_text
                    && matches!(condition.test.as_str(), "=" | "in")
                    && !text.contains(['\\', '\0']) =>
            {
                Some(format!("'{}'", text.replace('\'', "''")))
            }
            _ => None,
        })
        .collect();
    let values = values?;
    Some(match condition.test.as_str() {
        "in" => format!("{name} IN ({})", values.join(", ")),
        "between" => format!("{name} BETWEEN {} AND {}", values.first()?, values.get(1)?),
        test => format!("{name} {test} {}", values.first()?),
    })
}

/// Whole numbers and decimals: what every engine compares exactly. Floats are left to SQLite.
fn holds_numbers(type_name: &str) -> bool {
    let name = type_name.to_ascii_lowercase();
    let word: String = name.chars().take_while(char::is_ascii_alphabetic).collect();
    matches!(
        word.as_str(),
        "int"
            | "integer"
            | "bigint"
            | "smallint"
            | "tinyint"
            | "mediumint"
            | "hugeint"
            | "uint"
            | "ubigint"
            | "uinteger"
            | "usmallint"
            | "utinyint"
            | "int8"
            | "int4"
            | "int2"
            | "serial"
            | "numeric"
            | "decimal"
    ) || name.starts_with("int") && name[3..].bytes().all(|it| it.is_ascii_digit())
        || name.starts_with("uint") && name[4..].bytes().all(|it| it.is_ascii_digit())
}

fn holds_text(type_name: &str) -> bool {
    let name = type_name.to_ascii_lowercase();
    ["char", "text", "string", "clob"].iter().any(|it| name.contains(it))
}

/// Puts rows into a local table.
struct Into<'a> {
    local: &'a Connection,
    table: &'a str,
    insert: Option<String>,
    rows: u64,
    bytes: &'a mut u64,
    failure: Option<Failure>,
}

impl Into<'_> {
    fn fail(&mut self, failure: Failure) -> Flow {
        self.failure = Some(failure);
        ControlFlow::Break(())
    }

    fn put(&mut self, page: &Page) -> Result<()> {
        let Some(insert) = &self.insert else { return Ok(()) };
        let mut statement = self.local.prepare_cached(insert).map_err(kept)?;
        for row in 0..page.rows() {
            for (at, cell) in page.row(row).enumerate() {
                statement.raw_bind_parameter(at + 1, Local(cell)).map_err(kept)?;
            }
            statement.raw_execute().map_err(kept)?;
        }
        Ok(())
    }
}

impl Sink for Into<'_> {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        let mut taken: Vec<String> = Vec::new();
        let names = columns.iter().map(|it| {
            let mut name = it.name.clone();
            let mut number = 2;
            while taken.iter().any(|it| it.eq_ignore_ascii_case(&name)) {
                name = format!("{}_{number}", it.name);
                number += 1;
            }
            taken.push(name.clone());
            format!("{} {}", quoted(Engine::Sqlite, &[&name]), affinity(it.kind))
        });
        let names = names.collect::<Vec<_>>().join(", ");
        let table = quoted(Engine::Sqlite, &[self.table]);
        if let Err(error) = self.local.execute_batch(&format!("CREATE TABLE {table} ({names})")) {
            return self.fail(kept(error));
        }
        let marks = vec!["?"; columns.len()].join(", ");
        self.insert = Some(format!("INSERT INTO {table} VALUES ({marks})"));
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.rows += page.rows() as u64;
        *self.bytes += page.bytes() as u64;
        if self.rows > ROWS_MAX || *self.bytes > BYTES_MAX {
            let text = format!(
                "more than {ROWS_MAX} rows or {} GB would have to be fetched of `{}` to join them here",
                BYTES_MAX >> 30,
                self.table
            );
            return self.fail(Failure::new(Reason::Usage, text).hint(
                "hold rows back with conditions such as `alias.column = value`, which the table's own server tests",
            ));
        }
        match self.put(page) {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => self.fail(failure),
        }
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

/// How SQLite compares a column. Decimals are numbers where a number is exactly that, and texts else.
fn affinity(kind: Kind) -> &'static str {
    match kind {
        Kind::Bool | Kind::Integer => "INTEGER",
        Kind::Decimal => "NUMERIC",
        Kind::Float => "REAL",
        Kind::Bytes => "BLOB",
        _ => "TEXT",
    }
}

/// A cell as SQLite keeps it.
struct Local<'a>(crate::Cell<'a>);

impl ToSql for Local<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let cell = self.0;
        Ok(ToSqlOutput::Borrowed(match cell.kind {
            Kind::Null => ValueRef::Null,
            Kind::Bytes => ValueRef::Blob(cell.bytes),
            Kind::Bool => match cell.bool() {
                Some(is) => ValueRef::Integer(i64::from(is)),
                None => ValueRef::Text(cell.bytes),
            },
            Kind::Integer => match cell.text().and_then(|it| it.parse().ok()) {
                Some(whole) => ValueRef::Integer(whole),
                None => ValueRef::Text(cell.bytes), // larger than SQLite counts: kept word for word
            },
            _ => ValueRef::Text(cell.bytes),
        }))
    }
}

fn kept(error: rusqlite::Error) -> Failure {
    Failure::new(Reason::File, format!("what was fetched cannot be kept: {error}"))
        .hint("make room in the folder for temporary files")
}

impl Session for Join {
    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn server(&self) -> &Server {
        &self.server
    }

    fn ping(&mut self) -> Result<()> {
        Ok(())
    }

    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()> {
        self.canceller.asked.store(false, Ordering::SeqCst);
        let (text, folder) = self.gather(ask, out)?;
        let target = Target {
            engine: Engine::Sqlite,
            address: Address::File(folder.path().join("join.db")),
            database: None,
            user: None,
            password: None,
            tls: Tls {
                mode: TlsMode::Off,
                authority: None,
                certificate: None,
                key: None,
                server_name: None,
            },
            read_only: true,
            connect_timeout: Duration::from_secs(10),
            options: Vec::new(),
        };
        let mut local = connect(&target)?;
        self.canceller.at(Some(local.canceller()));
        let ran = self.check().and_then(|()| {
            local.run(&Ask { text: &text, origins: false, ..*ask }, out).map_err(|mut failure| {
                failure.place = None; // it is one in another text
                failure
            })
        });
        self.canceller.at(None);
        ran
    }

    fn canceller(&self) -> Arc<dyn Cancel> {
        self.canceller.clone()
    }

    fn transaction(&mut self, _: Step) -> Result<()> {
        Ok(()) // it only reads
    }

    fn in_transaction(&self) -> bool {
        false
    }

    fn schemas(&mut self) -> Result<Vec<Schema>> {
        let schema = |name: &String| Schema { name: name.clone(), current: true, system: false };
        Ok(self.names.iter().map(schema).collect())
    }

    fn objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>> {
        let mut session = (self.lend)(of.schema)?;
        let schema = current(&mut session)?;
        session.objects(&Objects { schema: &schema, ..*of })
    }

    fn describe(&mut self, schema: &str, object: &str) -> Result<Description> {
        let mut session = (self.lend)(schema)?;
        let schema = current(&mut session)?;
        session.describe(&schema, object)
    }

    fn tables(&mut self, schema: &str) -> Result<Vec<Table>> {
        let mut session = (self.lend)(schema)?;
        let schema = current(&mut session)?;
        session.tables(&schema)
    }

    fn references(&mut self, _: &str) -> Result<Vec<Reference>> {
        Ok(Vec::new())
    }

    fn explain(&mut self, ask: &Ask<'_>, _: bool) -> Result<Plan> {
        let is_connection = |name: &str| self.names.iter().any(|it| it == name);
        let found = joined(ask.text, ask.values, &is_connection)?;
        let names = (!found.all_columns).then_some(found.names.as_slice());
        let mut children = Vec::new();
        for side in &found.sides {
            let mut session = (self.lend)(&side.connection)?;
            let engine = session.engine();
            let statement = match find(&mut session, side)? {
                Found::Table(schema, fields) => {
                    select(engine, &schema, side, &side.conditions, names, &fields)
                }
                Found::Browse(statement) => statement,
            };
            children.push(Node {
                title: format!("{} fetches {}", engine.title(), side.local),
                facts: vec![("statement".into(), statement)],
                ..Node::default()
            });
        }
        let root = Node { title: "SQLite joins here".into(), children, ..Node::default() };
        Ok(Plan { roots: vec![root], text: found.text, ..Plan::default() })
    }
}

/// The schema that a connection finds its tables in first.
fn current(session: &mut Lent) -> Result<String> {
    let found = session.schemas()?.into_iter().find(|it| it.current);
    found.map(|it| it.name).ok_or_else(|| {
        Failure::new(Reason::Usage, "the connection has no schema of its own to look in")
    })
}
