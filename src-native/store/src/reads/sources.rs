//! What is shown of a repository in a list of repositories.

use crate::{Allowed, Reader, Result};

/// How much of a repository is in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// Commits, merges included.
    pub commits: u32,
    /// Living files.
    pub files: u32,
}

impl Reader<'_> {
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
