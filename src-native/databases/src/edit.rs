//! Changes of rows as statements: each touches exactly one row, the one that was looked at, or none.

use crate::session::unsupported;
use crate::{
    Ask, Column, Done, Engine, Failure, Flow, Notice, Page, Reason, Result, Session, Sink,
};
use crate::{Step, Value, quoted};
use std::ops::ControlFlow;

/// A column with a value as text; none is NULL.
pub type Cell = (String, Option<String>);

/// A change of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Other values for a row.
    Update {
        /// What tells the row apart, as it was read.
        key: Vec<Cell>,
        /// What else it held when it was read.
        was: Vec<Cell>,
        /// What it shall hold.
        set: Vec<Cell>,
    },
    /// A new row.
    Insert {
        /// What it shall hold.
        set: Vec<Cell>,
    },
    /// A row that goes.
    Delete {
        /// What tells the row apart, as it was read.
        key: Vec<Cell>,
        /// What else it held when it was read.
        was: Vec<Cell>,
    },
}

/// A change as it is sent, and as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The statement with the engine's marks for open places.
    pub text: String,
    /// What stands in them.
    pub values: Vec<Value>,
    /// The statement with its values in place, for people.
    pub shown: String,
}

/// Puts a statement together, once with marks and once with the values themselves.
struct Builder {
    engine: Engine,
    sent: Sent,
}

impl Builder {
    fn new(engine: Engine) -> Builder {
        Builder {
            engine,
            sent: Sent { text: String::new(), values: Vec::new(), shown: String::new() },
        }
    }

    fn put(&mut self, text: &str) {
        self.sent.text += text;
        self.sent.shown += text;
    }

    /// A value: a mark where it is sent, itself where it is shown.
    fn value(&mut self, value: &Option<String>, bytes: bool) {
        let Some(text) = value else { return self.put("NULL") };
        let value = match hexadecimal(text).filter(|_| bytes && self.engine != Engine::Postgres) {
            Some(bytes) => Value::Bytes(bytes),
            None => Value::Text(text.clone()),
        };
        self.mark(value);
    }

    /// A mark where it is sent, the value itself in the engine's own writing where it is shown.
    fn mark(&mut self, value: Value) {
        self.sent.shown += &crate::export::literal(self.engine, &value);
        self.sent.values.push(value);
        let at = self.sent.values.len();
        self.sent.text += &match self.engine {
            Engine::Postgres | Engine::Duckdb => format!("${at}"),
            Engine::Sqlserver => format!("@p{at}"),
            _ => "?".to_owned(),
        };
    }

    fn name(&self, column: &str) -> String {
        quoted(self.engine, &[column])
    }

    fn is(&mut self, cell: &Cell, binary: &[String]) {
        let name = self.name(&cell.0);
        if cell.1.is_none() {
            return self.put(&format!("{name} IS NULL"));
        }
        self.put(&format!("{name} = "));
        self.value(&cell.1, binary.contains(&cell.0));
    }

    /// Whether a column still has the text that was read. Types differ in whether they can be compared
    /// at all (`json`), and floats in whether they equal their own text: so texts are compared where the
    /// engine makes the same text again.
    fn still(&mut self, cell: &Cell, binary: &[String]) {
        let name = self.name(&cell.0);
        let Some(text) = &cell.1 else { return self.put(&format!("{name} IS NULL")) };
        if binary.contains(&cell.0) {
            return self.is(cell, binary);
        }
        match self.engine {
            Engine::Sqlite => {
                self.put(&format!("({name} IS "));
                let number = text.parse::<f64>().is_ok_and(f64::is_finite);
                self.mark(if number {
                    Value::Number(text.clone())
                } else {
                    Value::Text(text.clone())
                });
                self.put(&format!(" OR CAST({name} AS TEXT) IS "));
                self.mark(Value::Text(text.clone()));
                self.put(")");
                return;
            }
            Engine::Postgres => self.put(&format!("{name}::text = ")),
            Engine::Mysql => self.put(&format!("CAST({name} AS CHAR) = ")),
            Engine::Duckdb => self.put(&format!("CAST({name} AS VARCHAR) = ")),
            _ => self.put(&format!("{name} = ")),
        }
        self.mark(Value::Text(text.clone()));
    }

    /// The row that was read, as it was read.
    fn as_read(&mut self, key: &[Cell], was: &[Cell], binary: &[String]) {
        self.put(" WHERE ");
        self.list(key, " AND ", |it, cell| it.is(cell, binary));
        if !was.is_empty() {
            self.put(" AND ");
            self.list(was, " AND ", |it, cell| it.still(cell, binary));
        }
    }

    fn list(&mut self, cells: &[Cell], between: &str, mut each: impl FnMut(&mut Builder, &Cell)) {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.put(between);
            }
            each(self, cell);
        }
    }
}

/// Reads `\x…`, the text of bytes.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?.as_bytes();
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    if digits.len() % 2 == 1 {
        return None;
    }
    digits.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// The statement of each change. `binary` are the table's columns that hold bytes.
///
/// # Errors
/// [`Reason::Unsupported`] where the engine has no such statements; [`Reason::Usage`] where a row is not
/// told apart.
pub fn statements(
    engine: Engine,
    table: (&str, &str),
    changes: &[Change],
    binary: &[String],
) -> Result<Vec<Sent>> {
    if matches!(engine, Engine::Redis | Engine::Mongodb | Engine::Clickhouse) {
        return Err(unsupported(engine, "statements that change one row in place"));
    }
    let name = quoted(engine, &[table.0, table.1]);
    changes.iter().map(|it| statement(engine, &name, it, binary)).collect()
}

fn statement(engine: Engine, table: &str, change: &Change, binary: &[String]) -> Result<Sent> {
    let mut it = Builder::new(engine);
    let apart = |key: &[Cell]| {
        if key.is_empty() {
            return Err(Failure::new(Reason::Usage, "nothing tells this row from others")
                .hint("a table is edited by its primary key"));
        }
        Ok(())
    };
    match change {
        Change::Update { key, was, set } => {
            apart(key)?;
            it.put(&format!("UPDATE {table} SET "));
            it.list(set, ", ", |it, cell| {
                let name = it.name(&cell.0);
                it.put(&format!("{name} = "));
                it.value(&cell.1, binary.contains(&cell.0));
            });
            it.as_read(key, was, binary);
        }
        Change::Insert { set } if set.is_empty() => match engine {
            Engine::Mysql => it.put(&format!("INSERT INTO {table} () VALUES ()")),
            _ => it.put(&format!("INSERT INTO {table} DEFAULT VALUES")),
        },
        Change::Insert { set } => {
            it.put(&format!("INSERT INTO {table} ("));
            it.list(set, ", ", |it, cell| {
                let name = it.name(&cell.0);
                it.put(&name);
            });
            it.put(") VALUES (");
            it.list(set, ", ", |it, cell| it.value(&cell.1, binary.contains(&cell.0)));
            it.put(")");
        }
        Change::Delete { key, was } => {
            apart(key)?;
            it.put(&format!("DELETE FROM {table}"));
            it.as_read(key, was, binary);
        }
    }
    Ok(it.sent)
}

/// Sends changes: all in one transaction, each held to touch exactly one row, or nothing at all.
///
/// # Errors
/// Which of them failed, and why; then nothing was kept.
pub fn apply(session: &mut dyn Session, statements: &[Sent]) -> Result<(), (usize, Box<Failure>)> {
    session.transaction(Step::Begin).map_err(|it| (0, it.into()))?;
    for (at, it) in statements.iter().enumerate() {
        let mut counted = Counted(None);
        let ask = Ask { values: &it.values, ..Ask::new(&it.text) };
        let ran = session.run(&ask, &mut counted).and_then(|()| match counted.0 {
            Some(1) => Ok(()),
            Some(0) => Err(Failure::new(Reason::Server, "the row is no longer as it was read")
                .hint("read it again, and look at what has changed")),
            Some(rows) => {
                Err(Failure::new(Reason::Server, format!("this would touch {rows} rows"))
                    .hint("what tells the row apart is not enough"))
            }
            None => Err(Failure::new(Reason::Server, "the server does not say what it did")),
        });
        if let Err(failure) = ran {
            let _ = session.transaction(Step::Rollback); // closed, the server undoes it too
            return Err((at, failure.into()));
        }
    }
    let last = statements.len().saturating_sub(1);
    session.transaction(Step::Commit).map_err(|it| (last, it.into()))
}

/// How many rows a statement touched.
struct Counted(Option<u64>);

impl Sink for Counted {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, _: &Page) -> Flow {
        ControlFlow::Continue(())
    }

    fn end(&mut self, done: &Done) -> Flow {
        self.0 = self.0.or(done.affected);
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}
