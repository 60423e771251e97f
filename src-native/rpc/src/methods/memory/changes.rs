//! Long lists, pulled page by page: the records behind every number.

use super::files::Touch;
use super::{Asked, question};
use crate::wire::*;
use crate::Result;

/// What somebody did for a commit.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Wrote it or helped to.
    Author,
    /// Reviewed it.
    Reviewer,
}

request! {
    /// List commits, newest first, that fit every filter given.
    pub struct Commits {
        /// File (past names followed) or folder from the repository's root.
        pub path: Option<String>,
        /// A second file: only commits that touch both.
        pub with: Option<String>,
        /// Component.
        pub component: Option<String>,
        /// Person, by key, mail, name or login.
        pub person: Option<String>,
        /// What the person did (`author` unless told otherwise).
        pub role: Option<Role>,
        /// Issue key.
        pub issue: Option<String>,
        /// Pull request.
        pub pull_request: Option<u64>,
        /// At or after this time, RFC 3339.
        pub since: Option<String>,
        /// At or before this time, RFC 3339.
        pub until: Option<String>,
        /// Only those that fix a defect.
        pub fixes: Option<bool>,
        /// Only those that undo another.
        pub reverts: Option<bool>,
        /// Merges too (left out unless asked for, except where no other filter is given).
        pub merges: Option<bool>,
        /// Only commits of at most this many files.
        pub files_max: Option<u32>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }

    /// Pull every file change of the history as columns and rows, for scripts and exports.
    pub struct Changes {
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many rows to answer with (5000 unless told otherwise), at most 20000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }

    /// Tell the fingerprint of a repository's memory: equal for equal histories, however they were read.
    pub struct Fingerprint {
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// A page of commits.
    pub struct CommitsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Newest first.
        pub commits: Vec<CommitRow>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A commit in a list.
    pub struct CommitRow {
        /// The commit.
        pub commit: CommitRef,
        /// How many files it touches.
        pub files: u32,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// What it did to the file asked about, where one was.
        pub touch: Option<Touch>,
    }

    /// A page of file changes.
    pub struct ChangesReply {
        /// Names of the columns: commit, at (seconds since 1970 UTC), author, path, kind, added, deleted.
        pub columns: Vec<String>,
        /// Rows in the order of the columns; lines are null where the content is binary or unknown.
        #[ts(type = "Array<[string, number, string, string, string, number | null, number | null]>")]
        pub rows: Vec<ChangeRow>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A fingerprint.
    pub struct FingerprintReply {
        /// The repository.
        pub repository: String,
        /// The commit that memory has been read up to.
        pub head: Option<String>,
        /// SHA-256 over a canonical dump, in hexadecimal digits.
        pub sha256: String,
    }
}

/// Commit, seconds since 1970 UTC, author's key, path, kind, lines added, lines deleted.
pub type ChangeRow = (String, i64, String, String, String, Option<u32>, Option<u32>);

question!(Commits, "memory.commits", CommitsReply, r#"{ "path": "src/pay.rs", "limit": 5 }"#, commits);

fn commits(_ask: Commits, _at: &Asked<'_>) -> Result<CommitsReply> {
    Err(super::unwritten())
}

question!(Changes, "memory.changes", ChangesReply, r#"{ "limit": 5 }"#, changes);

fn changes(_ask: Changes, _at: &Asked<'_>) -> Result<ChangesReply> {
    Err(super::unwritten())
}

question!(Fingerprint, "memory.fingerprint", FingerprintReply, r#"{}"#, fingerprint);

fn fingerprint(_ask: Fingerprint, _at: &Asked<'_>) -> Result<FingerprintReply> {
    Err(super::unwritten())
}
