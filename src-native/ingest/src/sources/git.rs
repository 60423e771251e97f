//! Git: opens a repository, reads its history and tells it as facts. It never writes, never runs
//! anything and never looks at a worktree.

pub mod blame;
mod interner;
pub mod lines;
mod objects;
mod open;
mod read;
mod refs;
mod renames;
#[cfg(test)]
mod tests;
mod trees;
mod walk;

pub use objects::Lack;
pub use open::{Clone, Error, TreeFile};
pub use read::{Phase, Progress, Sink, SinkError, Summary};
pub use refs::{Head, PullHead, Refs};
pub use trees::EntryKind;
