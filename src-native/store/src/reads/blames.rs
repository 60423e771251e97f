//! Whose every line is, as it was worked out before.

use crate::{Allowed, Reader, Result};
use model::Oid;
use rusqlite::OptionalExtension;

impl Reader<'_> {
    /// What [`Writer::keep_blame`](crate::Writer::keep_blame) was given for a file of a commit,
    /// unless it has been dropped since.
    pub fn kept_blame(&self, of: &Allowed, commit: Oid, path: &[u8]) -> Result<Option<Vec<u8>>> {
        let mut one = self.sql().prepare_cached(
            "select spans from blames where repository = ?1 and head = ?2 and path = ?3",
        )?;
        Ok(one.query_row((of.id.0, commit.as_bytes(), path), |row| row.get(0)).optional()?)
    }
}
