//! Whose every line of a file is, as `git blame` has it, and the chain of commits that made one
//! line what it is. Reads objects only: nothing is run, nothing is fetched.

mod bytes;
mod chain;
mod past;
#[cfg(test)]
mod tests;
mod version;
mod walk;

use std::sync::atomic::AtomicBool;

use model::{Bytes, Gap, Oid};

use super::open::Clone;
pub use chain::{Chain, End, Step, Stood, chain};
use walk::Walk;

/// Files above this many bytes are not compared; most of them are generated.
pub const LARGEST_FILE: u64 = 8 << 20;

/// A file with the commit that every line comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blame {
    /// The lines in order: each of the file's lines is in exactly one span.
    pub spans: Vec<Span>,
    /// What of the history could not be read, if anything.
    pub gaps: Vec<Gap>,
}

/// Neighbouring lines that one commit brought, and that stood beside each other in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first line in the file asked about, counted from 0.
    pub first: u32,
    /// How many lines, at least 1.
    pub lines: u32,
    /// The commit that brought them.
    pub commit: Oid,
    /// The path of the file in that commit.
    pub original_path: Bytes,
    /// The first line in that commit's version, counted from 0.
    pub original_first: u32,
    /// Whether history ends here: the commit has no parents, the clone is shallow, or what comes
    /// before could not be read. Only the last two are [`Blame::gaps`].
    pub boundary: bool,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The path leads nowhere in that commit.
    #[error("There is no {} in commit {commit}: check the spelling and the commit.", path.text())]
    NoPath {
        /// The path asked for.
        path: Bytes,
        /// The commit asked for.
        commit: Oid,
    },
    /// The path leads to something without lines.
    #[error("{} is {what}, which has no lines to explain.", path.text())]
    NotAFile {
        /// The path asked for.
        path: Bytes,
        /// What it is, in words: `a folder`, `a submodule`, `a symbolic link`.
        what: &'static str,
    },
    /// The content is binary: a NUL stands among its first 8000 bytes.
    #[error("{} is binary, so it has no lines to explain.", path.text())]
    Binary {
        /// The path asked for.
        path: Bytes,
    },
    /// The file is larger than [`LARGEST_FILE`].
    #[error("{} has {size} bytes; only files up to {LARGEST_FILE} are explained.", path.text())]
    TooLarge {
        /// The path asked for.
        path: Bytes,
        /// Its size in bytes.
        size: u64,
    },
    /// The file has fewer lines.
    #[error("{} has {lines} lines, so there is no line {}.", path.text(), line + 1)]
    NoLine {
        /// The path asked for.
        path: Bytes,
        /// The line asked for, counted from 0.
        line: u32,
        /// How many lines there are.
        lines: u32,
    },
    /// An object without which there is no answer is not in the repository.
    #[error("The {what} {oid} is not in this clone: fetch it and ask again.")]
    Missing {
        /// What it is: `commit`, `folder`, `file`.
        what: &'static str,
        /// Its id.
        oid: Oid,
    },
    /// An object without which there is no answer cannot be read, or is of another kind.
    #[error("The {what} {oid} cannot be read: run `git fsck` on the repository.")]
    Damaged {
        /// What it should be: `commit`, `folder`, `file`.
        what: &'static str,
        /// Its id.
        oid: Oid,
    },
    /// The caller gave up.
    #[error("Stopped, as asked.")]
    Cancelled,
}

/// Blames a whole file as it stands in a commit, as `git blame --porcelain <commit> -- <path>`
/// does with Git's own defaults: renames are followed, copies are not, no revision is ignored.
///
/// History that is not there ends in a boundary and a gap, never in an error. `cancel` is looked
/// at every few milliseconds.
pub fn blame(clone: &Clone, commit: Oid, path: &[u8], cancel: &AtomicBool) -> Result<Blame, Error> {
    let mut walk = Walk::new(clone, cancel);
    let file = walk.open(commit, path)?;
    let lines = walk.version(&file, None).map_or(0, |it| it.len());
    let spans = walk.blame(&file, 0..lines)?;
    Ok(Blame { spans, gaps: walk.gaps() })
}
