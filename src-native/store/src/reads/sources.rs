//! What is shown of a repository in a list of repositories.

use crate::{Allowed, Reader, Result, Viewer};
use model::Timestamp;

/// How much of a repository is in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// Commits, merges included.
    pub commits: u32,
    /// Living files.
    pub files: u32,
}

/// Who did what, by the wall clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its row: later lines have higher ones.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What they did.
    pub action: String,
    /// To what.
    pub detail: String,
}

impl Reader<'_> {
    /// The audit's lines before row `before`, newest first, at most `most`.
    pub fn audit_lines(&self, viewer: &Viewer, before: i64, most: usize) -> Result<Vec<AuditRow>> {
        let Viewer::Owner = viewer;
        let mut all = self.sql().prepare_cached(
            "select id, at, actor, action, detail from audit where id < ?1
             order by id desc limit ?2",
        )?;
        let rows = all.query_map([before, most as i64], |row| {
            Ok(AuditRow {
                id: row.get(0)?,
                at: Timestamp(row.get(1)?),
                actor: row.get(2)?,
                action: row.get(3)?,
                detail: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How much of a repository is in memory.
    pub fn source_counts(&self, of: &Allowed) -> Result<SourceCounts> {
        let mut one = self.sql().prepare_cached(
            "select (select ifnull(sum(commits), 0) from weeks where repository = ?1),
                    (select count(*) from files where repository = ?1 and alive = 1)",
        )?;
        let counts = one.query_row([of.id.0], |row| {
            Ok(SourceCounts { commits: row.get(0)?, files: row.get(1)? })
        });
        Ok(counts?)
    }
}
