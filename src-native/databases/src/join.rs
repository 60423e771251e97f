//! One query over several databases: what each table's own server can hold back it holds back, the rest
//! comes into a SQLite file of this machine, and SQLite joins it.
//!
//! Pushed down to each side: the columns that the statement names, and of the outermost WHERE those
//! conditions that compare a column of one table with values, as far as every engine answers them alike:
//! whole numbers and decimals by any comparison, texts by `=` and `IN`. SQLite tests everything once more.
//! Where one table is read alone and needs no order, its server counts LIMIT, too.

mod side;
#[cfg(test)]
mod tests;
mod values;

use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::plan::{Node, Plan};
use crate::pool::Lent;
use crate::statement::join::{Joined, Side, joined};
use crate::{Ask, Cancel, Engine, Failure, Notice, Reason, Result, Server, Session, Sink, Step};
use rusqlite::Connection;
use side::{Found, Select};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use values::{Into, Tables};

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

    fn lend(&self, connection: &str) -> Result<Lent> {
        let session = (self.lend)(connection).map_err(|it| at(connection, it))?;
        self.canceller.at(Some(session.canceller()));
        self.check()?;
        Ok(session)
    }

    /// What is asked of each table's server. A table that stands there twice is asked for once, and whole:
    /// what one of the two leaves out the other may want.
    fn asked<'a>(&self, found: &'a Joined) -> Result<Vec<(&'a Side, Engine, String)>> {
        let names = (!found.all_columns).then_some(found.names.as_slice());
        let mut all: Vec<(&Side, Engine, String)> = Vec::new();
        for side in &found.sides {
            if all.iter().any(|it| it.0.local == side.local) {
                continue;
            }
            let twice = found.sides.iter().filter(|it| it.local == side.local).count() > 1;
            let mut session = self.lend(&side.connection)?;
            let engine = session.engine();
            let described = side::find(&mut session, side);
            self.canceller.at(None);
            let statement = match described.map_err(|it| at(&side.connection, it))? {
                Found::Browse(statement) => statement,
                Found::Table(schema, fields) => {
                    let conditions = if twice { &[] } else { side.conditions.as_slice() };
                    let enough = found.enough.filter(|_| !twice);
                    Select { engine, schema: &schema, side, names, fields: &fields }
                        .text(conditions, enough)
                }
            };
            all.push((side, engine, statement));
        }
        Ok(all)
    }

    /// Fetches what a statement needs, and gives the local statement and the file it is to be run on.
    fn gather(
        &self,
        ask: &Ask<'_>,
        out: &mut dyn Sink,
    ) -> Result<(String, Tables, tempfile::TempDir)> {
        let is_connection = |name: &str| self.names.iter().any(|it| it == name);
        let found = joined(ask.text, ask.values, &is_connection)?;
        // Every table is looked for before the first is fetched.
        let asked = self.asked(&found)?;
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
        values::collations(&local).map_err(kept)?;
        let mut tables = Tables::default();
        let mut bytes = 0;
        for (side, engine, statement) in asked {
            let mut session = self.lend(&side.connection)?;
            let transaction = local.transaction().map_err(kept)?;
            let mut into = Into::new(&transaction, side, engine, &mut tables, &mut bytes);
            let ran = session.run(&Ask::new(&statement), &mut into);
            let (rows, failure) = into.ended();
            self.canceller.at(None);
            if let Some(failure) = failure.or(ran.err()) {
                session.spoil();
                return Err(at(&side.connection, failure));
            }
            transaction.commit().map_err(kept)?;
            out.notice(&Notice {
                severity: "JOIN".into(),
                message: format!("{rows} rows of {} by {statement}", side.local),
            });
        }
        tables.level(&local).map_err(kept)?;
        let text = found.text(&|of, name| tables.compared(&found.sides, of, name));
        Ok((text, tables, folder))
    }
}

/// Says whose failure it is; its place is one in another statement.
fn at(connection: &str, mut failure: Failure) -> Failure {
    failure.message = format!("{connection}: {}", failure.message);
    failure.place = None;
    failure
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
        let (text, tables, folder) = self.gather(ask, out)?;
        let mut local =
            crate::engines::reading(&folder.path().join("join.db"), values::collations)?;
        self.canceller.at(Some(local.canceller()));
        let ran = self.check().and_then(|()| {
            let mut out = tables.shown(out);
            local.run(&Ask { text: &text, origins: false, ..*ask }, &mut out).map_err(
                |mut failure| {
                    failure.place = None; // it is one in another text
                    failure
                },
            )
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
        let child = |(side, engine, statement): (&Side, Engine, String)| Node {
            title: format!("{} fetches {}", engine.title(), side.local),
            facts: vec![("statement".into(), statement)],
            ..Node::default()
        };
        let children = self.asked(&found)?.into_iter().map(child).collect();
        let root = Node { title: "SQLite joins here".into(), children, ..Node::default() };
        Ok(Plan { roots: vec![root], text: found.text(&|_, _| None), ..Plan::default() })
    }
}

/// The schema that a connection finds its tables in first.
fn current(session: &mut Lent) -> Result<String> {
    let found = session.schemas()?.into_iter().find(|it| it.current);
    found.map(|it| it.name).ok_or_else(|| {
        Failure::new(Reason::Usage, "the connection has no schema of its own to look in")
    })
}
