//! Jira: Server and Data Center (version 2, text) and Cloud (version 3, documents).
//!
//! Records are of these kinds; a subject is an issue's id (its key where it has none) unless another
//! is named:
//!
//! - `issue`: an issue with its comments, without the histories, which are records of their own;
//!   `outline`: an issue as told without its comments, by a webhook or a search for few fields. What
//!   an outline leaves out, the `issue` still tells, and the newer of the two wins.
//! - `comment`, `changes` (an entry of the change log), `remotelink`, `worklog`, `development` (what
//!   Jira knows of commits and pull requests), by themselves.
//! - `deleted`: that a comment was, for comments stand in the issue's own record too. Its id is the
//!   comment's.
//! - `project` (`project/KEY`), and the vocabulary: `status`, `priority`, `type`, `resolution`,
//!   `field`, `user`, `sprint`, `board` (`status/10001`, …).

pub mod live;

use super::document::Document;
use super::record::{Record, Sink};
use crate::Error;
use model::TrackerFacts;

mod account;
mod adf;
mod fields;
mod issue;
mod links;
mod place;
mod project;
mod read;
mod shapes;
#[cfg(test)]
mod tests;
mod text;
mod webhook;

/// Every kind of record that [`read`] hands on.
pub const KINDS: &[&str] = &[
    "board",
    "changes",
    "comment",
    "deleted",
    "development",
    "field",
    "issue",
    "outline",
    "priority",
    "project",
    "remotelink",
    "resolution",
    "sprint",
    "status",
    "type",
    "user",
    "worklog",
];

/// Hands on the records of a document. Returns whether it was one of Jira's at all.
///
/// An issue that is told by its key alone (changes whose address names `PROJ-1`) has that key for a
/// subject; whoever knows its id may project both together.
///
/// # Errors
/// Those of the sink.
pub fn read(document: &Document<'_>, sink: &mut dyn Sink) -> Result<bool, Error> {
    read::document(document, sink)
}

/// What the records of one issue or project come to.
pub fn project(subject: &str, records: &[Record]) -> TrackerFacts {
    if subject.starts_with("project/") {
        return TrackerFacts { project: project::facts(records), ..TrackerFacts::default() };
    }
    TrackerFacts { issue: issue::facts(records), ..TrackerFacts::default() }
}
