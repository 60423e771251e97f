//! Rows in, inside one transaction. What a rule needs to read back while it writes is here too.

mod accounts;
mod blames;
mod commits;
mod files;
mod history;
mod issues;
mod links;
mod people;
mod pull_records;
mod pulls;
mod relations;
mod rollups;
mod sources;
mod trackers;

pub use accounts::Accounts;
pub(crate) use commits::kind_number;
pub use commits::{CommitRows, GraphRow, MentionCount, NewCommit};
pub use files::{FileRow, Tree};
pub use history::{Folder, History, HistoryCommit, HistoryFile, HistoryPerson, Touch};
pub use people::{
    Developer, Edge, Edit, EditAction, Identity, IdentityKind, LoginEvidence, Resolved, SharedWork,
    WhoIsWho,
};
pub use pulls::{Pull, PullLink};
pub use relations::{
    CommitIssue, CommitMention, Naming, PullCommitLink, PullIssue, RelatedIssue, RelatedPull,
    Reviewing, TextPlace,
};
pub(crate) use rollups::put_rollups;
pub use rollups::{DeveloperWeek, FileTotals, Knowledge, Rollups, Totals, Week};
pub use sources::{Checkpoint, Source};
pub(crate) use trackers::trackers;
pub use trackers::{Delivery, Event, Kept, Tracker, TrackerKind};

use crate::{Result, Writer};
use model::Bytes;
use std::cmp::Ordering;

/// Pages the writer may keep while it loads, in KiB; given back afterwards.
const LOADING_CACHE_KIB: i64 = 48 * 1_024;
/// Pages the writer keeps at rest, in KiB.
const RESTING_CACHE_KIB: i64 = 2_048;

/// Indexes that a first import makes after its rows: one sort each instead of a search per row.
const LATE_INDEXES: [(&str, &str); 9] = [
    ("commits_time", "commits (repository, committed, id)"),
    ("commits_parent", "commits (substr(parents, 1, 8))"),
    ("commits_reverts", "commits (reverts) where reverts is not null"),
    ("commit_people_identity", "commit_people (identity, role, at, commit_id)"),
    ("commit_files_file", "commit_files (file, at, commit_id, added, deleted)"),
    ("commit_files_from", "commit_files (from_file, commit_id) where from_file is not null"),
    ("issue_mentions_commit", "issue_mentions (commit_id)"),
    ("knowledge_developer", "knowledge (developer, kind, commits)"),
    ("knowledge_authors", "knowledge (subject) where kind = 0 and authors = 1"),
];

impl Writer<'_> {
    /// Makes ready for many rows; where the store holds no commit yet its indexes are taken down.
    /// Returns whether they were: [`Writer::end_load`] must be told.
    pub fn begin_load(&self) -> Result<bool> {
        self.sql().pragma_update(None, "cache_size", -LOADING_CACHE_KIB)?;
        let empty: bool =
            self.sql()
                .query_row("select not exists (select 1 from commits)", [], |it| it.get(0))?;
        if empty {
            for (name, _) in LATE_INDEXES {
                self.sql().execute_batch(&format!("drop index if exists {name}"))?;
            }
        }
        Ok(empty)
    }

    /// Lets many pages be kept until the memory is given back: one that is changed again and again
    /// is then written once.
    pub fn take_room(&self) -> Result<()> {
        Ok(self.sql().pragma_update(None, "cache_size", -LOADING_CACHE_KIB)?)
    }

    /// Gives back the memory that loading was allowed to keep.
    pub fn give_back(&self) -> Result<()> {
        self.sql().pragma_update(None, "cache_size", -RESTING_CACHE_KIB)?;
        self.sql().execute_batch("pragma shrink_memory")?;
        Ok(())
    }

    /// Makes the indexes again that [`Writer::begin_load`] took down.
    pub fn end_load(&self, taken_down: bool) -> Result<()> {
        if taken_down {
            for (name, columns) in LATE_INDEXES {
                self.sql().execute_batch(&format!("create index {name} on {columns}"))?;
            }
        }
        Ok(())
    }
}

/// Text for a column and, where the bytes are not that text, the bytes for the one beside it.
pub(crate) fn text_and_raw(bytes: &Bytes) -> (std::borrow::Cow<'_, str>, Option<&[u8]>) {
    (bytes.text(), (!bytes.is_text()).then_some(bytes.0.as_slice()))
}

/// The bytes that [`text_and_raw`] was given.
pub(crate) fn bytes_of(text: String, raw: Option<Vec<u8>>) -> Bytes {
    Bytes(raw.unwrap_or_else(|| text.into_bytes()))
}

/// Makes `old` into `new`, both in ascending order of a key that is distinct: rows that are equal
/// are left alone.
pub(crate) fn reconcile<T: PartialEq, K: Ord>(
    old: &[T],
    new: &[T],
    key: impl Fn(&T) -> K,
    mut drop: impl FnMut(&T) -> Result<()>,
    mut put: impl FnMut(&T) -> Result<()>,
) -> Result<usize> {
    let (mut a, mut b, mut changed) = (0, 0, 0usize);
    loop {
        let order = match (old.get(a), new.get(b)) {
            (None, None) => return Ok(changed),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(x), Some(y)) => key(x).cmp(&key(y)),
        };
        match order {
            Ordering::Equal if old[a] == new[b] => {}
            Ordering::Less => drop(&old[a])?,
            Ordering::Equal | Ordering::Greater => put(&new[b])?,
        }
        changed += usize::from(order != Ordering::Equal || old[a] != new[b]);
        a += usize::from(order != Ordering::Greater);
        b += usize::from(order != Ordering::Less);
    }
}
