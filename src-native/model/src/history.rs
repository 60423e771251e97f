//! What a source tells of a history, as facts. A source yields these; it never writes.

use crate::{Bytes, CommitId, DeveloperId, Oid, Timestamp};

/// A name and a mail as written, either of which may be empty or nonsense.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature {
    /// The name, as bytes.
    pub name: Bytes,
    /// The mail address, as bytes, without angle brackets.
    pub mail: Bytes,
}

/// When somebody says they did something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// The moment.
    pub at: Timestamp,
    /// The writer's offset from UTC, in minutes.
    pub offset_minutes: i32,
}

/// A commit as Git has it.
#[derive(Clone, Debug)]
pub struct CommitFacts {
    /// Its object id.
    pub id: Oid,
    /// The ids of its parents, in order; more than one makes it a merge.
    pub parents: Vec<Oid>,
    /// Who wrote it.
    pub author: Signature,
    /// When it was written.
    pub authored: Stamp,
    /// Who committed it.
    pub committer: Signature,
    /// When it was committed.
    pub committed: Stamp,
    /// The whole message.
    pub message: Bytes,
}

/// What happened to a path in a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The path was not there before.
    Added,
    /// The path was there before and has other content or another mode.
    Modified,
    /// The path is gone.
    Deleted,
    /// The path was moved from another one, by Git's rename rule at 50 % similarity.
    Renamed,
}

/// How many lines changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Counted as `git log --numstat` counts.
    Counted {
        /// Lines that are new.
        added: u32,
        /// Lines that are gone.
        deleted: u32,
    },
    /// Git takes the content for binary.
    Binary,
    /// The content is not there (partial clone) or too large to count.
    Unknown,
}

/// One path in one commit that is not a merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path after the commit (before it, where it was deleted).
    pub path: Bytes,
    /// The path it had before, where it was renamed.
    pub from: Option<Bytes>,
    /// What happened.
    pub kind: ChangeKind,
    /// How much changed.
    pub lines: Lines,
}

/// A tag, taken as a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The tag's name without `refs/tags/`.
    pub name: Bytes,
    /// The commit it names, after peeling.
    pub commit: Oid,
    /// When: the tagger's time, or the commit's own for a light tag.
    pub at: Timestamp,
}

/// What somebody did for a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonRole {
    /// Wrote it: Git's author, or an `Author:` line where the history came from elsewhere.
    Author,
    /// Committed it.
    Committer,
    /// Named by `Co-authored-by`.
    CoAuthor,
    /// Named by `Reviewed-by`, `Reviewers` or `Acked-by`.
    Reviewer,
}

/// A commit as the store has it, for rules to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its row.
    pub row: CommitId,
    /// Its object id.
    pub id: Oid,
    /// The developer who wrote it.
    pub author: DeveloperId,
    /// When it was written.
    pub authored: Timestamp,
    /// The first line of its message.
    pub subject: String,
    /// Whether it has more than one parent.
    pub merge: bool,
    /// Whether its subject speaks of fixing a defect.
    pub fixes: bool,
    /// Whether it undoes another commit.
    pub reverts: bool,
}
