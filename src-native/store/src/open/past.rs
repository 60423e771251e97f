//! Looking back: the store as it was at a moment.
//!
//! A connection of its own has, for every table that questions with a `now` read, a temporary view of
//! the same name that leaves out what came later (`past.sql`). So a question is asked of the past in
//! the very words in which it is asked of the present, and nothing that came later can slip in.
//! Rollups cannot be looked at as they were: their tables are empty here until they are counted anew.

use super::{OPERATIONS_PER_LOOK, Reader, Store, lock};
use crate::writes::Rollups;
use crate::{Allowed, Error, Result};
use model::Timestamp;
use rusqlite::{CachedStatement, Connection};
use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const VIEWS: &str = include_str!("past.sql");
/// Tables that are counted from others.
const ROLLUPS: [&str; 6] = [
    "knowledge",
    "knowledge_totals",
    "file_totals",
    "weeks",
    "developer_weeks",
    "developer_totals",
];

/// A connection for reading.
#[derive(Clone, Copy)]
pub(crate) struct Sql<'a> {
    pub(super) connection: &'a Connection,
    pub(super) past: bool,
}

impl<'a> Sql<'a> {
    /// Of the present.
    pub(crate) fn of(connection: &'a Connection) -> Sql<'a> {
        Sql { connection, past: false }
    }

    /// As [`Connection::prepare_cached`].
    pub(crate) fn prepare_cached(&self, text: &str) -> rusqlite::Result<CachedStatement<'a>> {
        match self.past {
            true => self.connection.prepare_cached(&without_hints(text)),
            false => self.connection.prepare_cached(text),
        }
    }
}

impl Deref for Sql<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

/// A statement without `indexed by NAME`: views have no indexes.
fn without_hints(text: &str) -> Cow<'_, str> {
    const HINT: &str = "indexed by";
    if !text.contains(HINT) {
        return text.into();
    }
    let mut parts = text.split(HINT);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let part = part.trim_start();
        let end = part.find(|it: char| it != '_' && !it.is_alphanumeric()).unwrap_or(part.len());
        kept.push_str(&part[end..]);
    }
    kept.into()
}

impl Store {
    /// The same as [`Store::read_until`], on the store as it was at `at`. What cannot be known of
    /// that time is as it is now: who is who, the rules of the team, and what of issues and pull
    /// requests changed without their telling of it.
    pub fn read_past<T, E: From<Error>>(
        &self,
        at: Timestamp,
        cancel: Arc<AtomicBool>,
        question: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        crate::error::work_on(&self.shared.path);
        let kept = lock(&self.shared.past).take();
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.new_past()?,
        };
        let stop = move || cancel.load(Ordering::Relaxed);
        connection.progress_handler(OPERATIONS_PER_LOOK, Some(stop)).map_err(Error::from)?;
        let answer = {
            let transaction = connection.transaction().map_err(Error::from)?;
            let reader = Reader { transaction, past: Some(at) };
            reader.look_back(at)?;
            let answer = question(&reader);
            if answer.is_ok() {
                // Nothing but the temporary database was written: rollups stay for the next question.
                reader.transaction.commit().map_err(Error::from)?;
            }
            answer
        };
        *lock(&self.shared.past) = Some(connection);
        answer
    }

    fn new_past(&self) -> Result<Connection> {
        let connection = self.new_reader()?;
        connection.pragma_update(None, "query_only", false)?;
        connection.execute_batch(VIEWS)?;
        let mut tables = String::new();
        let mut all = connection.prepare(
            "select sql from main.sqlite_schema where tbl_name = ?1 and sql is not null
             order by type = 'index'",
        )?;
        for table in ROLLUPS {
            let mut rows = all.query([table])?;
            while let Some(row) = rows.next()? {
                let text: String = row.get(0)?;
                let text = text.replacen("CREATE TABLE ", "create temp table ", 1).replacen(
                    "CREATE INDEX ",
                    "create index temp.",
                    1,
                );
                tables.push_str(&text);
                tables.push_str(";\n");
            }
        }
        drop(all);
        connection.execute_batch(&tables)?;
        Ok(connection)
    }
}

impl Reader<'_> {
    /// The moment that it looks back to; none where everything is seen.
    pub fn past(&self) -> Option<Timestamp> {
        self.past
    }

    /// Whether memory of a repository has a newer record than that.
    pub fn is_past(&self, of: &Allowed, now: Timestamp) -> bool {
        of.as_of > Some(now)
    }

    /// Sets the moment; rollups of another one, or of a store that has changed since, are dropped.
    fn look_back(&self, at: Timestamp) -> Result<()> {
        let sql = &self.transaction;
        // Fixes the view of the store, so that its version is the version that is seen.
        sql.query_row("select count(*) from main.repositories", [], |row| row.get::<_, i64>(0))?;
        let version: i64 =
            sql.pragma_query_value(Some("main"), "data_version", |row| row.get(0))?;
        let same = sql.query_row(
            "select at = ?1 and version = ?2 from temp.moment",
            [at.0, version],
            |row| row.get::<_, bool>(0),
        )?;
        if !same {
            sql.execute("update temp.moment set at = ?1, version = ?2", [at.0, version])?;
            for table in ROLLUPS {
                sql.execute(&format!("delete from temp.{table}"), [])?;
            }
        }
        Ok(())
    }

    /// Whether the rollups of a repository are there: in the past only once they are counted.
    pub fn is_rolled_up(&self, of: &Allowed) -> Result<bool> {
        if self.past.is_none() {
            return Ok(true);
        }
        let mut one = self
            .sql()
            .prepare_cached("select exists (select 1 from weeks where repository = ?1)")?;
        Ok(one.query_row([of.id.0], |row| row.get(0))?)
    }

    /// Keeps the rollups of a repository as they were counted for the past.
    pub fn keep_rollups(&self, of: &Allowed, rollups: &Rollups) -> Result<()> {
        debug_assert!(self.past.is_some(), "of the present there are rollups");
        crate::writes::put_rollups(&self.transaction, of.id, &Rollups::default(), rollups)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_left_out_and_nothing_else() {
        assert_eq!(without_hints("select 1 from a where b = 1"), "select 1 from a where b = 1");
        assert_eq!(
            without_hints(
                "select 1 from a indexed by a_b where b = 1 and c in (select d from e indexed by e_d)"
            ),
            "select 1 from a  where b = 1 and c in (select d from e )"
        );
    }

    #[test]
    fn every_view_has_the_columns_of_its_table() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("memory.db")).unwrap();
        let connection = store.new_past().unwrap();
        let columns = |schema: &str, table: &str| -> Vec<String> {
            let text = format!("select name from pragma_table_info(?1, '{schema}') order by cid");
            let mut all = connection.prepare(&text).unwrap();
            let names = all.query_map([table], |row| row.get(0)).unwrap();
            names.collect::<rusqlite::Result<_>>().unwrap()
        };
        let mut all = connection
            .prepare("select name from temp.sqlite_schema where type in ('view', 'table') and name <> 'moment'")
            .unwrap();
        let names = all.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let names: Vec<String> = names.collect::<rusqlite::Result<_>>().unwrap();
        assert!(names.len() > 30, "{names:?}");
        for name in names {
            assert_eq!(columns("temp", &name), columns("main", &name), "{name}");
        }
    }

    #[test]
    fn no_view_looks_through_a_whole_table_for_each_of_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("memory.db")).unwrap();
        let connection = store.new_past().unwrap();
        let mut all =
            connection.prepare("select name from temp.sqlite_schema where type = 'view'").unwrap();
        let names = all.query_map([], |row| row.get::<_, String>(0)).unwrap();
        for name in names.map(Result::unwrap) {
            let mut plan =
                connection.prepare(&format!("explain query plan select * from {name}")).unwrap();
            let steps: Vec<(i64, i64, String)> = plan
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(3)?)))
                .unwrap()
                .collect::<rusqlite::Result<_>>()
                .unwrap();
            if name == "issues" {
                for index in [
                    "issues_status (tracker=? AND status=?)",
                    "identities_login (site=? AND login=?)",
                ] {
                    assert!(steps.iter().any(|it| it.2.contains(index)), "{index}: {steps:?}");
                }
            }
            let within = |mut step: i64| {
                while let Some((_, parent, text)) = steps.iter().find(|it| it.0 == step) {
                    if text.starts_with("CORRELATED") {
                        return true;
                    }
                    step = *parent;
                }
                false
            };
            for (_, parent, text) in &steps {
                let Some(of) = text.strip_prefix("SCAN ") else { continue };
                let made = format!("CO-ROUTINE {of}");
                let small =
                    ["moment", "CONSTANT ROW"].contains(&of) || steps.iter().any(|it| it.2 == made);
                assert!(small || !within(*parent), "{name}: {text}: {steps:?}");
            }
        }
    }

    #[test]
    fn a_link_by_a_comment_is_there_once_its_words_are_and_not_by_chance() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("memory.db")).unwrap();
        let connection = store.new_past().unwrap();
        connection
            .execute_batch(
                "insert into main.repositories (id, name, location) values (1, 'shop', x'2f');
                 insert into main.trackers (id, name, kind, site) values (1, 'jira', 'jira', 'x');
                 insert into main.issues values (1, 1, 1, '1', 'PAY-1', 'PAY', 1, '', '', 0, '', 0, '', '',
                   null, null, 0, 0, null, '', x'', '');
                 insert into main.pull_requests (id, repository, number) values (5, 1, 5), (38, 1, 38);
                 insert into main.pull_records (pull_request, tracker, title, state, draft, created, updated,
                   branch, branch_owner, base, url, hash, body)
                   values (5, 1, '', 0, 0, 0, 0, '', '', '', '', x'', ''),
                          (38, 1, '', 0, 0, 0, 0, '', '', '', '', x'', '');
                 insert into main.comments (issue, pull_request, comment, at, body)
                   values (1, null, 'a', 10, 'step 3 of 38 fails'),
                          (1, null, 'b', 20, 'see https://github.com/acme/shop/pull/38'),
                          (null, 5, 'c', 10, 'like PAY-12'), (null, 5, 'd', 30, 'undoes pay-1');
                 insert into main.pr_issues values (5, 1, 'reverts #3; PAY-1 in a comment on it', 0),
                   (38, 1, 'reverts #3; a comment of PAY-1 gives its address', 0);",
            )
            .unwrap();
        let linked = |at: i64| -> Vec<i64> {
            connection.execute("update temp.moment set at = ?1", [at]).unwrap();
            let mut all =
                connection.prepare("select pull_request from pr_issues order by 1").unwrap();
            let rows = all.query_map([], |row| row.get(0)).unwrap();
            rows.collect::<rusqlite::Result<_>>().unwrap()
        };
        assert_eq!([linked(15), linked(25), linked(35)], [vec![], vec![38], vec![5, 38]]);
    }
}
