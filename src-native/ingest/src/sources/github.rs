//! GitHub: REST pages, GraphQL answers and webhook bodies.

use super::document::Document;
use super::record::{Record, Sink};
use crate::Error;
use model::TrackerFacts;

/// Every kind of record.
pub const KINDS: &[&str] = &[
    "pull",
    "issue",
    "commits",
    "files",
    "review",
    "reviewComment",
    "comment",
    "moment",
    "release",
];

/// Hands on the records of a document. Returns whether it was one of GitHub's at all.
///
/// # Errors
/// Those of the sink.
pub fn read(_document: &Document<'_>, _sink: &mut dyn Sink) -> Result<bool, Error> {
    Ok(false)
}

/// What the records of one issue, pull request or release come to.
pub fn project(_subject: &str, _records: &[Record]) -> TrackerFacts {
    TrackerFacts::default()
}
