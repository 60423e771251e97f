//! Objects in tables of PostgreSQL or ClickHouse: `backstory_objects` and `backstory_manifests` for programs,
//! `backstory_days` for people.

mod clickhouse;
mod postgres;

use crate::connected::Way;
use analytics::kept::shared::{Days, Manifest, Object, Place};
use databases::stream::stoppable_within;
use databases::{
    Ask, Column, Done, Engine, Failure, Flow, Lent, Notice, Page, Reason, Result, Sink, Value,
};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How long a session is waited for.
const LEND: Duration = Duration::from_secs(30);
/// Longest time of a statement where its connection says none.
const TIME: Duration = Duration::from_secs(120);

/// The place at the end of a way.
pub(super) struct Tables {
    lent: Lent,
    time: Duration,
    cancel: Arc<AtomicBool>,
}

/// Takes all rows of a result.
#[derive(Default)]
struct Rows(Vec<Vec<Vec<u8>>>);

impl Sink for Rows {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        let row = |row| page.row(row).map(|it| it.bytes.to_vec()).collect();
        self.0.extend((0..page.rows()).map(row));
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

impl Tables {
    pub(super) fn open(way: &Way, cancel: Arc<AtomicBool>) -> Result<Tables> {
        let time = way.entry.limits.timeout.unwrap_or(TIME);
        Ok(Tables { lent: way.statements.lend(LEND)?, time, cancel })
    }

    fn ask(&mut self, text: &str, values: &[Value]) -> Result<Vec<Vec<Vec<u8>>>> {
        let stop = self.lent.canceller();
        let ask = Ask { values, ..Ask::new(text) };
        let mut rows = Rows::default();
        let lent = &mut self.lent;
        let ran = stoppable_within(self.time, &self.cancel, &*stop, || lent.run(&ask, &mut rows));
        let lost = |it: &Failure| matches!(it.reason, Reason::Lost | Reason::Connection);
        if ran.as_ref().is_err_and(lost) {
            self.lent.spoil();
        }
        ran.map(|()| rows.0)
    }

    /// Whether the tables are there.
    fn are_there(&mut self) -> Result<bool> {
        let ask = if self.is_clickhouse() { clickhouse::THERE } else { postgres::THERE };
        let found = texts(self.ask(ask, &[])?);
        Ok(found.first().is_some_and(|it| it == "1"))
    }

    fn is_clickhouse(&self) -> bool {
        self.lent.engine() == Engine::Clickhouse
    }
}

fn texts(rows: Vec<Vec<Vec<u8>>>) -> Vec<String> {
    let text = |row: Vec<Vec<u8>>| row.into_iter().next().unwrap_or_default();
    rows.into_iter().map(|it| String::from_utf8_lossy(&text(it)).into_owned()).collect()
}

fn objects(rows: Vec<Vec<Vec<u8>>>) -> Vec<Object> {
    let object = |row: Vec<Vec<u8>>| {
        let mut cells = row.into_iter();
        let name = String::from_utf8(cells.next()?).ok()?;
        Some(Object { name, bytes: cells.next()? })
    };
    rows.into_iter().filter_map(object).collect()
}

/// Names one after the other. They are told by a server, so what could mean something in a statement is none.
fn listed(names: &[String], quote: &str) -> Result<String> {
    let plain = |it: u8| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    match names.iter().find(|it| it.is_empty() || !it.bytes().all(plain)) {
        Some(name) => {
            Err(Failure::new(Reason::Server, format!("`{name}` is no name of what is shared")))
        }
        None => {
            let quoted: Vec<String> =
                names.iter().map(|it| format!("{quote}{it}{quote}")).collect();
            Ok(quoted.join(","))
        }
    }
}

/// Runs what the dialect of the server says.
macro_rules! by_engine {
    ($self:ident.$method:ident($($value:expr),*)) => {
        if $self.is_clickhouse() {
            clickhouse::$method($self, $($value),*)
        } else {
            postgres::$method($self, $($value),*)
        }
    };
}

impl Place for Tables {
    type Trouble = Failure;

    fn ready(&mut self) -> Result<()> {
        if self.are_there()? {
            return Ok(());
        }
        let make = if self.is_clickhouse() { clickhouse::MAKE } else { postgres::MAKE };
        make.iter().try_for_each(|it| self.ask(it, &[]).map(drop))
    }

    fn manifest(&mut self) -> Result<Option<Vec<u8>>> {
        let last = if self.is_clickhouse() { clickhouse::LAST } else { postgres::LAST };
        match self.ask(last, &[]) {
            Err(failure) if failure.reason == Reason::Server && !self.are_there()? => Ok(None),
            found => Ok(found?.into_iter().next().and_then(|it| it.into_iter().next())),
        }
    }

    fn put_manifest(&mut self, of: &Manifest, bytes: &[u8]) -> Result<()> {
        by_engine!(self.put_manifest(of, bytes))
    }

    fn put(&mut self, owner: &str, objects: &[Object]) -> Result<()> {
        by_engine!(self.put(owner, objects))
    }

    fn get(&mut self, owner: &str, names: &[String]) -> Result<Vec<Object>> {
        by_engine!(self.named("name, data", owner, names)).map(objects)
    }

    fn known(&mut self, owner: &str, names: &[String]) -> Result<Vec<String>> {
        by_engine!(self.named("name", owner, names)).map(texts)
    }

    fn names(&mut self, owner: &str) -> Result<Vec<String>> {
        by_engine!(self.names(owner)).map(texts)
    }

    fn remove(&mut self, owner: &str, names: &[String]) -> Result<()> {
        by_engine!(self.remove(owner, names))
    }

    fn remove_before(&mut self, owner: &str, version: u64) -> Result<()> {
        by_engine!(self.remove_before(owner, version))
    }

    fn put_days(&mut self, days: &Days<'_>) -> Result<()> {
        by_engine!(self.put_days(days))
    }

    fn remove_days(&mut self, site: Option<u32>) -> Result<()> {
        by_engine!(self.remove_days(site))
    }
}
