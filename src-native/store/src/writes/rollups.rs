//! Rollups in: only rows that differ from what is there.

use super::{History, reconcile};
use crate::{Result, Writer};
use model::{DeveloperId, FileId, RepositoryId};
use rusqlite::{Connection, params};
use std::collections::HashSet;

/// Everything that is made again from rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollups {
    /// In order of kind, subject, developer.
    pub knowledge: Vec<Knowledge>,
    /// In order of file.
    pub files: Vec<FileTotals>,
    /// In order of week.
    pub weeks: Vec<Week>,
    /// In order of developer, week.
    pub developer_weeks: Vec<DeveloperWeek>,
    /// In order of developer.
    pub totals: Vec<Totals>,
}

/// What one developer knows of one subject; columns as in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Knowledge {
    pub kind: u8,
    pub subject: i64,
    pub developer: DeveloperId,
    pub commits: u32,
    pub reviews: u32,
    pub comments: u32,
    pub added: u64,
    pub deleted: u64,
    pub first_at: i64,
    pub last_at: i64,
    pub created: bool,
    pub authors: u32,
}

/// What touched a path, living or gone; columns as in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct FileTotals {
    pub file: FileId,
    pub commits: u32,
    pub added: u64,
    pub deleted: u64,
}

/// One week of a repository; columns as in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Week {
    pub week: i64,
    pub commits: u32,
    pub people: u32,
    pub added: u64,
    pub deleted: u64,
    pub fixes: u32,
}

/// One week of a developer; columns as in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct DeveloperWeek {
    pub developer: DeveloperId,
    pub week: i64,
    pub commits: u32,
    pub added: u64,
    pub deleted: u64,
    pub fixes: u32,
}

/// All of a developer's work in a repository; columns as in the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Totals {
    pub developer: DeveloperId,
    pub commits: u32,
    pub merges: u32,
    pub reviews: u32,
    pub fixes: u32,
    pub added: u64,
    pub deleted: u64,
    pub files: u32,
    pub first_at: i64,
    pub last_at: i64,
}

impl Writer<'_> {
    /// Makes the rollups of a repository into `new`. `history` says which subjects are its own;
    /// `fresh` that it has none yet, so that nothing need be compared.
    pub fn set_rollups(
        &self,
        repository: RepositoryId,
        history: &History,
        new: &Rollups,
        fresh: bool,
    ) -> Result<()> {
        let old = if fresh { Rollups::default() } else { self.rollups(repository, history)? };
        put_rollups(self.sql(), repository, &old, new)
    }

    /// The rollups of a repository as they stand. Knowledge of subjects that are no more is of no
    /// repository; the sync that removes a subject calls [`Writer::drop_orphan_knowledge`].
    fn rollups(&self, repository: RepositoryId, history: &History) -> Result<Rollups> {
        let sql = self.sql();
        let mut rollups = Rollups::default();
        let subjects: [HashSet<i64>; 3] = [
            history.files.iter().map(|it| it.id.0).collect(),
            history.folders.iter().map(|it| it.id).collect(),
            history.components.iter().copied().collect(),
        ];
        let mut all = sql.prepare_cached(
            "select kind, subject, developer, commits, reviews, comments, added, deleted, first_at,
             last_at, created, authors from knowledge where kind = ?1 and subject between ?2 and ?3
             order by kind, subject, developer",
        )?;
        for (kind, subjects) in subjects.iter().enumerate() {
            let (Some(low), Some(high)) = (subjects.iter().min(), subjects.iter().max()) else {
                continue;
            };
            let mut rows = all.query(params![kind, low, high])?;
            while let Some(row) = rows.next()? {
                let subject = row.get(1)?;
                if !subjects.contains(&subject) {
                    continue;
                }
                rollups.knowledge.push(Knowledge {
                    kind: row.get(0)?,
                    subject,
                    developer: DeveloperId(row.get(2)?),
                    commits: row.get(3)?,
                    reviews: row.get(4)?,
                    comments: row.get(5)?,
                    added: row.get(6)?,
                    deleted: row.get(7)?,
                    first_at: row.get(8)?,
                    last_at: row.get(9)?,
                    created: row.get(10)?,
                    authors: row.get(11)?,
                });
            }
        }
        let mut all = sql.prepare_cached(
            "select t.file, t.commits, t.added, t.deleted from file_totals t
             where t.file between ?1 and ?2 order by t.file",
        )?;
        if let (Some(low), Some(high)) = (history.files.first(), history.files.last()) {
            let mut rows = all.query([low.id.0, high.id.0])?;
            while let Some(row) = rows.next()? {
                let file = FileId(row.get(0)?);
                if !subjects[0].contains(&file.0) {
                    continue;
                }
                rollups.files.push(FileTotals {
                    file,
                    commits: row.get(1)?,
                    added: row.get(2)?,
                    deleted: row.get(3)?,
                });
            }
        }
        let mut all = sql.prepare_cached(
            "select week, commits, people, added, deleted, fixes from weeks
             where repository = ?1 order by week",
        )?;
        rollups.weeks = all
            .query_map([repository.0], |row| {
                Ok(Week {
                    week: row.get(0)?,
                    commits: row.get(1)?,
                    people: row.get(2)?,
                    added: row.get(3)?,
                    deleted: row.get(4)?,
                    fixes: row.get(5)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut all = sql.prepare_cached(
            "select developer, week, commits, added, deleted, fixes from developer_weeks
             where repository = ?1 order by developer, week",
        )?;
        rollups.developer_weeks = all
            .query_map([repository.0], |row| {
                Ok(DeveloperWeek {
                    developer: DeveloperId(row.get(0)?),
                    week: row.get(1)?,
                    commits: row.get(2)?,
                    added: row.get(3)?,
                    deleted: row.get(4)?,
                    fixes: row.get(5)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut all = sql.prepare_cached(
            "select developer, commits, merges, reviews, fixes, added, deleted, files, first_at,
             last_at from developer_totals where repository = ?1 order by developer",
        )?;
        rollups.totals = all
            .query_map([repository.0], |row| {
                Ok(Totals {
                    developer: DeveloperId(row.get(0)?),
                    commits: row.get(1)?,
                    merges: row.get(2)?,
                    reviews: row.get(3)?,
                    fixes: row.get(4)?,
                    added: row.get(5)?,
                    deleted: row.get(6)?,
                    files: row.get(7)?,
                    first_at: row.get(8)?,
                    last_at: row.get(9)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rollups)
    }

    /// Drops what is known of files, folders and components that are no more.
    pub fn drop_orphan_knowledge(&self) -> Result<()> {
        for (kind, table) in [(0, "files"), (1, "folders"), (2, "components")] {
            for rollup in ["knowledge", "knowledge_totals"] {
                self.sql().execute(
                    &format!(
                        "delete from {rollup} where kind = {kind}
                         and subject not in (select id from {table})"
                    ),
                    [],
                )?;
            }
        }
        self.sql()
            .execute("delete from file_totals where file not in (select id from files)", [])?;
        Ok(())
    }
}

/// Makes the rollups of a repository from `old` into `new`.
pub(crate) fn put_rollups(
    sql: &Connection,
    repository: RepositoryId,
    old: &Rollups,
    new: &Rollups,
) -> Result<()> {
    let mut put = sql.prepare_cached(
        "insert or replace into knowledge values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
         ?11, ?12)",
    )?;
    let mut drop = sql.prepare_cached(
        "delete from knowledge where kind = ?1 and subject = ?2 and developer = ?3",
    )?;
    reconcile(
        &old.knowledge,
        &new.knowledge,
        |it| (it.kind, it.subject, it.developer),
        |it| {
            drop.execute(params![it.kind, it.subject, it.developer.0])?;
            Ok(())
        },
        |it| {
            put.execute(params![
                it.kind,
                it.subject,
                it.developer.0,
                it.commits,
                it.reviews,
                it.comments,
                it.added,
                it.deleted,
                it.first_at,
                it.last_at,
                it.created,
                it.authors
            ])?;
            Ok(())
        },
    )?;
    let mut put =
        sql.prepare_cached("insert or replace into knowledge_totals values (?1, ?2, ?3)")?;
    let mut drop =
        sql.prepare_cached("delete from knowledge_totals where kind = ?1 and subject = ?2")?;
    reconcile(
        &credits(&old.knowledge),
        &credits(&new.knowledge),
        |it| (it.0, it.1),
        |it| {
            drop.execute(params![it.0, it.1])?;
            Ok(())
        },
        |it| {
            put.execute(params![it.0, it.1, it.2])?;
            Ok(())
        },
    )?;
    let mut put =
        sql.prepare_cached("insert or replace into file_totals values (?1, ?2, ?3, ?4)")?;
    let mut drop = sql.prepare_cached("delete from file_totals where file = ?1")?;
    reconcile(
        &old.files,
        &new.files,
        |it| it.file,
        |it| {
            drop.execute([it.file.0])?;
            Ok(())
        },
        |it| {
            put.execute(params![it.file.0, it.commits, it.added, it.deleted])?;
            Ok(())
        },
    )?;
    let mut put =
        sql.prepare_cached("insert or replace into weeks values (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    let mut drop = sql.prepare_cached("delete from weeks where repository = ?1 and week = ?2")?;
    reconcile(
        &old.weeks,
        &new.weeks,
        |it| it.week,
        |it| {
            drop.execute(params![repository.0, it.week])?;
            Ok(())
        },
        |it| {
            put.execute(params![
                repository.0,
                it.week,
                it.commits,
                it.people,
                it.added,
                it.deleted,
                it.fixes
            ])?;
            Ok(())
        },
    )?;
    let mut put = sql.prepare_cached(
        "insert or replace into developer_weeks values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut drop = sql.prepare_cached(
        "delete from developer_weeks where repository = ?1 and developer = ?2 and week = ?3",
    )?;
    reconcile(
        &old.developer_weeks,
        &new.developer_weeks,
        |it| (it.developer, it.week),
        |it| {
            drop.execute(params![repository.0, it.developer.0, it.week])?;
            Ok(())
        },
        |it| {
            put.execute(params![
                repository.0,
                it.developer.0,
                it.week,
                it.commits,
                it.added,
                it.deleted,
                it.fixes
            ])?;
            Ok(())
        },
    )?;
    let mut put = sql.prepare_cached(
        "insert or replace into developer_totals values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \
         ?10, ?11)",
    )?;
    let mut drop = sql
        .prepare_cached("delete from developer_totals where repository = ?1 and developer = ?2")?;
    reconcile(
        &old.totals,
        &new.totals,
        |it| it.developer,
        |it| {
            drop.execute(params![repository.0, it.developer.0])?;
            Ok(())
        },
        |it| {
            put.execute(params![
                repository.0,
                it.developer.0,
                it.commits,
                it.merges,
                it.reviews,
                it.fixes,
                it.added,
                it.deleted,
                it.files,
                it.first_at,
                it.last_at
            ])?;
            Ok(())
        },
    )?;
    Ok(())
}

/// Of each subject the commits credited to anybody: kind, subject, sum.
fn credits(knowledge: &[Knowledge]) -> Vec<(u8, i64, u64)> {
    let of_one = knowledge.chunk_by(|a, b| (a.kind, a.subject) == (b.kind, b.subject));
    of_one
        .map(|rows| {
            let sum = rows.iter().map(|it| u64::from(it.commits)).sum();
            (rows[0].kind, rows[0].subject, sum)
        })
        .collect()
}
