//! A statement over tables that are here already: results of other statements, asked as if each were a
//! table. They go to a SQLite file of their own, which is read and gone.

use crate::engines;
use crate::guard::{self, Access};
use crate::stream::stoppable_within;
use crate::{Ask, Engine, Failure, Reason, Result, Sink, Value, quoted};
use rusqlite::Connection;
use rusqlite::types::Value as Held;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// A table that is here.
#[derive(Clone, Debug)]
pub struct LocalTable<'a> {
    /// Its name in statements.
    pub name: &'a str,
    /// Names of its columns; of two that are alike the later one is left out.
    pub columns: Vec<&'a str>,
    /// Its rows, with a value for each column.
    pub rows: Vec<Vec<Value>>,
}

/// Runs a reading statement of SQLite over the tables and pushes what it gives. The file lies in a folder
/// below `scratch` meanwhile.
///
/// # Errors
/// [`Reason::Usage`] and [`Reason::Refused`] as for every statement, SQLite's own, [`Reason::TimedOut`],
/// [`Reason::Cancelled`]; [`Reason::File`] where there is no room.
pub fn ask(
    tables: &[LocalTable<'_>],
    text: &str,
    values: &[(String, Value)],
    scratch: &Path,
    time: Duration,
    cancel: &AtomicBool,
    out: &mut dyn Sink,
) -> Result<()> {
    let statements = guard::prepare(Engine::Sqlite, text, values, Access::Read)?;
    let [statement] = statements.as_slice() else {
        return Err(Failure::new(Reason::Usage, "there is more than one statement")
            .hint("results of others are asked by one at a time"));
    };
    let folder = tempfile::Builder::new().prefix("tables-").tempdir_in(scratch).map_err(|it| {
        Failure::new(Reason::File, format!("{} cannot be written: {it}", scratch.display()))
    })?;
    let file = folder.path().join("tables.db");
    fill(&file, tables).map_err(|it| {
        Failure::new(Reason::File, format!("the results cannot be kept: {it}"))
            .hint("make room in the folder for temporary files")
    })?;
    let mut session = engines::reading(&file, |_| Ok(()))?;
    let stop = session.canceller();
    let ask = Ask { values: &statement.values, ..Ask::new(&statement.text) };
    stoppable_within(time, cancel, &*stop, || session.run(&ask, out))
}

fn fill(file: &Path, tables: &[LocalTable<'_>]) -> rusqlite::Result<()> {
    let mut connection = Connection::open(file)?;
    // It is gone with its folder: nothing of it has to outlive anything.
    connection.execute_batch("pragma journal_mode = off; pragma synchronous = off")?;
    let transaction = connection.transaction()?;
    for table in tables {
        let mut places: Vec<(usize, &str)> = Vec::new();
        for (at, name) in table.columns.iter().enumerate() {
            // SQLite's names are alike in any case of ASCII letters.
            if !places.iter().any(|it| it.1.eq_ignore_ascii_case(name)) {
                places.push((at, name));
            }
        }
        if places.is_empty() {
            continue;
        }
        let name = quoted(Engine::Sqlite, &[table.name]);
        let columns: Vec<String> =
            places.iter().map(|it| quoted(Engine::Sqlite, &[it.1])).collect();
        transaction.execute_batch(&format!("create table {name} ({})", columns.join(", ")))?;
        let marks = vec!["?"; places.len()].join(", ");
        let mut insert = transaction.prepare(&format!("insert into {name} values ({marks})"))?;
        for row in &table.rows {
            let held = places.iter().map(|it| row.get(it.0).map_or(Held::Null, held));
            insert.execute(rusqlite::params_from_iter(held))?;
        }
    }
    transaction.commit()
}

fn held(value: &Value) -> Held {
    match value {
        Value::Null => Held::Null,
        Value::Bool(it) => Held::Integer(i64::from(*it)),
        Value::Number(text) => match (text.parse(), text.parse()) {
            (Ok(whole), _) => Held::Integer(whole),
            (_, Ok(real)) => Held::Real(real),
            _ => Held::Text(text.clone()),
        },
        Value::Text(it) => Held::Text(it.clone()),
        Value::Bytes(it) => Held::Blob(it.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, Done, Flow, Notice, Page};
    use std::ops::ControlFlow;

    #[derive(Default)]
    struct Texts(Vec<String>);

    impl Sink for Texts {
        fn begin(&mut self, columns: &[Column]) -> Flow {
            self.0.push(columns.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join("|"));
            ControlFlow::Continue(())
        }
        fn page(&mut self, page: &Page) -> Flow {
            for row in 0..page.rows() {
                let cells = page.row(row).map(|it| it.text().unwrap_or("∅").to_owned());
                self.0.push(cells.collect::<Vec<_>>().join("|"));
            }
            ControlFlow::Continue(())
        }
        fn end(&mut self, _: &Done) -> Flow {
            ControlFlow::Continue(())
        }
        fn notice(&mut self, _: &Notice) {}
    }

    fn asked(text: &str) -> Result<Vec<String>> {
        let number = |it: &str| Value::Number(it.into());
        let days = LocalTable {
            name: "days",
            columns: vec!["day", "n", "N"],
            rows: vec![
                vec![Value::Text("2026-01-01".into()), number("9007199254740993"), Value::Null],
                vec![Value::Text("2026-01-02".into()), number("0.5"), Value::Null],
            ],
        };
        let names =
            LocalTable { name: "na me", columns: vec!["day"], rows: vec![vec![Value::Null]] };
        let scratch = tempfile::tempdir().unwrap();
        let mut out = Texts::default();
        let never = AtomicBool::new(false);
        let time = Duration::from_secs(1);
        let values = [("from".to_owned(), Value::Text("2026-01-01".into()))];
        let used = if text.contains(":from") { &values[..] } else { &[] };
        ask(&[days, names], text, used, scratch.path(), time, &never, &mut out)?;
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0, "a file was left behind");
        Ok(out.0)
    }

    #[test]
    fn results_are_tables_with_their_values_as_they_were() {
        let rows = asked(
            "select day, n from days where day > :from union all select day, 1 from \"na me\" union all select day, n from days where n > 1",
        );
        assert_eq!(
            rows.unwrap(),
            ["day|n", "2026-01-02|0.5", "∅|1", "2026-01-01|9007199254740993"]
        );
    }

    #[test]
    fn what_would_write_or_reach_elsewhere_is_refused() {
        for text in ["delete from days", "attach 'x.db' as x", "select load_extension('x')"] {
            assert_eq!(asked(text).unwrap_err().reason, Reason::Refused, "{text}");
        }
        assert_eq!(asked("select 1; select 2").unwrap_err().reason, Reason::Usage);
    }

    #[test]
    fn a_statement_without_end_is_stopped() {
        let endless =
            "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n";
        assert_eq!(asked(endless).unwrap_err().reason, Reason::TimedOut);
    }
}
