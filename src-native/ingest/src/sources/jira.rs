//! Jira: Server and Data Center (version 2, text) and Cloud (version 3, documents).

pub mod live;

use super::document::Document;
use super::record::{Record, Sink};
use crate::Error;
use model::TrackerFacts;

/// Hands on the records of a document. Returns whether it was one of Jira's at all.
///
/// # Errors
/// Those of the sink.
pub fn read(_document: &Document<'_>, _sink: &mut dyn Sink) -> Result<bool, Error> {
    Ok(false)
}

/// What the records of one issue or project come to.
pub fn project(_subject: &str, _records: &[Record]) -> TrackerFacts {
    TrackerFacts::default()
}
