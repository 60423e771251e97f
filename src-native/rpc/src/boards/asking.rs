//! Asking one query of a dashboard.

use super::tables::{Taking, of_reply};
use crate::connected::{MEMORY, Wish, told};
use crate::context::blocking;
use crate::methods::databases::wire;
use crate::{Access, Code, Context, Error, Result, methods};
use analytics::table::{Cell, Table};
use databases::local::{self, LocalTable};
use databases::stream::stoppable_within;
use databases::{Address, Engine, Failure, Reason, Value, guard, statement};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// How long a session is waited for; other panels may have them all.
const LEND: Duration = Duration::from_secs(30);
/// Longest time of a statement where its connection says none.
const TIME: Duration = Duration::from_secs(60);
/// How long what a server answered holds, where nothing tells whether its data moved on.
const HOLDS: Duration = Duration::from_secs(60);

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A statement on a connection, with values for its places.
    Statement { connection: String, text: String, params: Map<String, Json> },
    /// A method that reads, and the list in its reply.
    Call { method: String, params: Map<String, Json>, rows: Option<String> },
    /// A statement over answers to other queries, each a table of that name.
    Results { text: String, params: Map<String, Json>, of: Vec<(String, Arc<Given>)> },
}

/// A query that is to be answered.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// Folder of the project, for its connections.
    pub(crate) project: Option<String>,
    /// What is asked.
    pub(crate) source: Source,
    /// Whether an answer that is kept will not do.
    pub(crate) fresh: bool,
    /// How long an answer holds where nothing tells whether data moved on; a minute unless given.
    pub(crate) holds: Option<Duration>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Given {
    /// Its rows.
    pub(crate) table: Table,
    /// What was asked: the connection, the method, or `results`.
    pub(crate) on: String,
    /// What answered: `PostgreSQL 15.8`, `Backstory`.
    pub(crate) engine: String,
    /// The statement, or the parameters of the call.
    pub(crate) text: String,
    /// What stood in the open places.
    pub(crate) params: Map<String, Json>,
    /// How long it took.
    pub(crate) took: Duration,
    /// When it was given, in milliseconds since 1970.
    pub(crate) at: i64,
    /// Bytes that its rows take, about.
    pub(super) bytes: usize,
    number: u64,
    version: Option<String>,
    since: Instant,
}

/// Answers a query: with what is kept, where the data are as they were. Says whether it was kept.
///
/// # Errors
/// What the connection, the method or the statement says.
pub(crate) async fn answer(cx: &Context, ask: Ask) -> Result<(Arc<Given>, bool)> {
    let version = version(cx, &ask)?;
    let place = cx.shared.boards.place(&key(&ask));
    let mut given = place.given.lock().await;
    let holds = ask.holds.unwrap_or(HOLDS);
    let stands = |it: &&Arc<Given>| match (&version, &it.version) {
        (Some(now), Some(then)) => now == then,
        _ => it.since.elapsed() < holds,
    };
    if let Some(kept) = given.as_ref().filter(stands).filter(|_| !ask.fresh) {
        return Ok((kept.clone(), true));
    }
    let made = Arc::new(make(cx, ask, version).await?);
    *given = Some(made.clone());
    Ok((made, false))
}

fn key(ask: &Ask) -> String {
    let project = ask.project.as_deref().unwrap_or_default();
    let json = |params: &Map<String, Json>| serde_json::to_string(params).unwrap_or_default();
    match &ask.source {
        Source::Statement { connection, text, params } => {
            format!("s\0{project}\0{connection}\0{text}\0{}", json(params))
        }
        Source::Call { method, params, rows } => {
            format!("c\0{method}\0{}\0{}", json(params), rows.as_deref().unwrap_or_default())
        }
        Source::Results { text, params, of } => {
            let of: Vec<String> = of.iter().map(|it| format!("{}={}", it.0, it.1.number)).collect();
            format!("r\0{text}\0{}\0{}", json(params), of.join("\0"))
        }
    }
}

/// The version of the data, where something tells it: files tell it by their time and length.
fn version(cx: &Context, ask: &Ask) -> Result<Option<String>> {
    Ok(match &ask.source {
        Source::Statement { text, .. } | Source::Results { text, .. } if tells_time(text) => None,
        Source::Statement { connection, .. } => {
            let entry = cx.shared.connected.entry(ask.project.as_deref(), connection)?;
            file_of(&entry.addresses).and_then(file_version)
        }
        // Page views have a file of their own, and what others tell of theirs nothing here knows.
        Source::Call { method, .. } if method == "analytics.live" => None, // visitors leave unseen
        Source::Call { method, .. } if method.starts_with("analytics.") => {
            let file = crate::collect::file(cx.shared.store.path());
            if crate::team::followed(&cx.shared).is_empty() { file_version(&file) } else { None }
        }
        Source::Call { method, .. } if method.starts_with("memory.") => {
            let memory = cx.shared.connected.entry(None, MEMORY)?;
            file_of(&memory.addresses).and_then(file_version)
        }
        // Connections and the like are elsewhere.
        Source::Call { .. } => None,
        Source::Results { .. } => Some(String::new()), // their numbers are in the key
    })
}

/// Whether a statement may tell the time or make up numbers: another moment gives another answer, though the
/// data are as they were. A word that only looks like it costs no more than asking again.
fn tells_time(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["now", "current", "today", "random", "localtime"].iter().any(|it| text.contains(it))
}

/// The one file that a connection is; `join` has none of its own.
fn file_of(addresses: &[Address]) -> Option<&Path> {
    match addresses {
        [Address::File(file)] if !file.as_os_str().is_empty() => Some(file),
        _ => None,
    }
}

fn file_version(file: &Path) -> Option<String> {
    let of = |path: &Path| {
        let found = std::fs::metadata(path).ok()?;
        let time = found.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(format!("{}:{}", time.as_nanos(), found.len()))
    };
    // What was written last may stand beside the file until it is taken in.
    let mut beside = file.as_os_str().to_owned();
    beside.push("-wal");
    Some(format!("{} {}", of(file)?, of(&PathBuf::from(beside)).unwrap_or_default()))
}

async fn make(cx: &Context, ask: Ask, version: Option<String>) -> Result<Given> {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let begun = Instant::now();
    let (on, text, params) = match &ask.source {
        Source::Statement { connection, text, params } => {
            (connection.clone(), text.clone(), params.clone())
        }
        Source::Call { method, params, .. } => (method.clone(), String::new(), params.clone()),
        Source::Results { text, params, .. } => {
            ("results".to_owned(), text.clone(), params.clone())
        }
    };
    let (table, engine) = match ask.source {
        Source::Statement { connection, text, params } => {
            let of = connection.clone();
            let named = |it: Error| Error { message: format!("{of}: {}", it.message), ..it };
            statement_on(cx, ask.project, connection, text, params).await.map_err(named)?
        }
        Source::Call { method, params, rows } => {
            (call(cx, &method, &params, rows.as_deref()).await?, "Backstory".to_owned())
        }
        Source::Results { text, params, of } => over(cx, text, params, of).await?,
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Ok(Given {
        bytes: bytes(&table),
        table,
        on,
        engine,
        text,
        params,
        took: begun.elapsed(),
        at: i64::try_from(now.as_millis()).unwrap_or(i64::MAX),
        number: NUMBER.fetch_add(1, Ordering::Relaxed),
        version,
        since: begun,
    })
}

/// Bytes that a table takes, about.
fn bytes(table: &Table) -> usize {
    let cell = |it: &Cell| match it {
        Cell::Text(it) => size_of::<Cell>() + it.len(),
        _ => size_of::<Cell>(),
    };
    table.rows.iter().map(|row| row.iter().map(cell).sum::<usize>()).sum()
}

/// Values for those places that a statement leaves open.
fn used(engine: Engine, text: &str, params: &Map<String, Json>) -> Result<Vec<(String, Value)>> {
    let places = statement::places(engine, text);
    let mut values = wire::values(Some(params))?;
    values.retain(|it| places.contains(&it.0));
    Ok(values)
}

async fn statement_on(
    cx: &Context,
    project: Option<String>,
    connection: String,
    text: String,
    params: Map<String, Json>,
) -> Result<(Table, String)> {
    let (shared, cancel) = (cx.shared.clone(), cx.cancel.clone());
    blocking(move || {
        let way = shared.connected.way_for(project.as_deref(), &connection, Wish::Read)?;
        let values = used(way.entry.engine, &text, &params)?;
        let statements =
            guard::prepare(way.entry.engine, &text, &values, guard::Access::Read).map_err(told)?;
        let [statement] = statements.as_slice() else {
            return Err(Error::invalid("the query has more than one statement")
                .hint("give each a block of its own"));
        };
        let mut lent = way.statements.lend(LEND).map_err(told)?;
        let server = lent.server();
        let engine = format!("{} {}", server.product, server.version).trim().to_owned();
        let stop = lent.canceller();
        let ask =
            databases::Ask { values: &statement.values, ..databases::Ask::new(&statement.text) };
        let mut taking = Taking::default();
        let time = way.entry.limits.timeout.unwrap_or(TIME);
        let ran = stoppable_within(time, &cancel, &*stop, || lent.run(&ask, &mut taking));
        let lost = |it: &Failure| matches!(it.reason, Reason::Lost | Reason::Connection);
        if statement.leaves || ran.as_ref().is_err_and(lost) {
            lent.spoil();
        }
        Ok((taking.table(ran).map_err(told)?, engine))
    })
    .await
}

async fn call(
    cx: &Context,
    method: &str,
    params: &Map<String, Json>,
    rows: Option<&str>,
) -> Result<Table> {
    let entry = methods::find(method)?;
    let within = ["dashboards.", "app.", "rpc.", "events."];
    if entry.access != Access::Read || within.iter().any(|it| method.starts_with(it)) {
        let text = format!("a dashboard cannot call `{method}`");
        return Err(Error::new(Code::Denied, text)
            .hint("it may call methods that read memory, databases or page views"));
    }
    let params = RawValue::from_string(Json::Object(params.clone()).to_string())
        .map_err(|it| Error::new(Code::Internal, it.to_string()))?;
    let late = || {
        let text = format!("`{method}` took longer than {} s", entry.limits.timeout.as_secs());
        Error::new(Code::TimedOut, text)
    };
    let reply =
        tokio::time::timeout(entry.limits.timeout.min(TIME), (entry.call)(cx.clone(), &params));
    let reply = reply.await.map_err(|_| late())??;
    let reply: Json =
        serde_json::from_str(&reply).map_err(|it| Error::new(Code::Internal, it.to_string()))?;
    of_reply(&reply, rows).map_err(|it| {
        Error::invalid(format!("`{method}` gave no rows: {it}")).hint("say another `rows=`")
    })
}

async fn over(
    cx: &Context,
    text: String,
    params: Map<String, Json>,
    of: Vec<(String, Arc<Given>)>,
) -> Result<(Table, String)> {
    let (shared, cancel) = (cx.shared.clone(), cx.cancel.clone());
    blocking(move || {
        let tables: Vec<LocalTable<'_>> =
            of.iter().map(|it| local_table(&it.0, &it.1.table)).collect();
        let values = used(Engine::Sqlite, &text, &params)?;
        let mut taking = Taking::default();
        let scratch = shared.connected.scratch()?;
        let ran = local::ask(&tables, &text, &values, &scratch, TIME, &cancel, &mut taking);
        let engine = "SQLite, over results".to_owned();
        // A method that has nothing to tell does not tell its columns either, so they cannot be asked for.
        let nothing = |it: &LocalTable<'_>| it.columns.is_empty() && it.rows.is_empty();
        if ran.is_err() && tables.iter().any(nothing) {
            return Ok((Table::default(), engine));
        }
        Ok((taking.table(ran).map_err(told)?, engine))
    })
    .await
}

fn local_table<'a>(name: &'a str, table: &'a Table) -> LocalTable<'a> {
    let row = |row: &Vec<Cell>| row.iter().map(value).collect();
    LocalTable {
        name,
        columns: table.columns.iter().map(|it| it.name.as_str()).collect(),
        rows: table.rows.iter().map(row).collect(),
    }
}

/// A value as SQLite's own functions read it: days and moments as text.
fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Bool(it) => Value::Bool(*it),
        Cell::Integer(it) => Value::Number(it.to_string()),
        Cell::Real(it) => Value::Number(format!("{it:?}")),
        Cell::Text(it) => Value::Text(it.clone()),
        Cell::Day(it) => Value::Text(day(*it)),
        Cell::Time(it) => Value::Text(moment(*it)),
    }
}

/// `2026-01-31`.
pub(crate) fn day(days: i32) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().days(days.clamp(-700_000, 2_900_000));
    epoch.checked_add(span).map_or_else(|_| days.to_string(), |it| it.to_string())
}

/// `2026-01-31 12:00:00`, with milliseconds where there are some, in UTC.
pub(crate) fn moment(millis: i64) -> String {
    match jiff::Timestamp::from_millisecond(millis) {
        Ok(it) if millis % 1000 == 0 => it.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        Ok(it) => it.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string(),
        Err(_) => millis.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_tells_the_time_is_asked_again() {
        for text in ["select datetime('NOW')", "select current_date", "select random()"] {
            assert!(tells_time(text), "{text}");
        }
        assert!(!tells_time("select date(placed) as day, count(*) from orders group by 1"));
    }

    #[test]
    fn long_texts_weigh_what_they_take() {
        let row = vec![Cell::Text("x".repeat(1_000)), Cell::Integer(1)];
        let table = Table { rows: vec![row; 10], ..Table::default() };
        assert!((10_000..12_000).contains(&bytes(&table)), "{}", bytes(&table));
    }
}
