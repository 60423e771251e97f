//! GitHub: REST objects and pages, GraphQL answers and webhook bodies.
//!
//! A record is what GitHub sent, in GitHub's words. One thing may be told in several shapes: a pull
//! request on a page of a list knows less than the same at its own address, and GraphQL tells what
//! its query asked for. Each shape is a kind of its own, so that none replaces another, and
//! [`project`] takes every field from the newest record that has it.

mod address;
mod fields;
mod hook;
pub mod live;
mod node;
mod project;
mod pull;
mod rest;
mod tell;
#[cfg(test)]
mod tests;

use serde_json::value::RawValue;

use super::document::Document;
use super::record::{Record, Refused, Sink, compact};
use crate::Error;
use fields::{Fields, list};
use model::TrackerFacts;

/// Every kind of record that [`read`] hands on.
/// Those in `Node` are GraphQL's; `pullListed` is a pull request without what only its own address
/// tells; `origin` says where an issue was transferred from.
pub const KINDS: &[&str] = &[
    "comment",
    "commentNode",
    "commit",
    "commitNode",
    "file",
    "fileNode",
    "issue",
    "issueNode",
    "moment",
    "momentNode",
    "origin",
    "pull",
    "pullListed",
    "pullNode",
    "release",
    "releaseNode",
    "review",
    "reviewComment",
    "reviewCommentNode",
    "reviewNode",
];

/// Hands on the records of a document. Returns whether it was one of GitHub's at all: what is
/// GitHub's and nothing memory keeps (labels, checks, stars) gives no record.
///
/// A record's version is the time that GitHub tells, in milliseconds. GitHub counts whole seconds:
/// the last three digits rank what is told of one second, the fuller above the shorter, and what
/// cannot be undone (a review dismissed, a comment outdated) above all. What was deleted stays so.
/// Reviews, comments on lines and releases change without a new time: a newer document tells them
/// better. Commits and files need no version: their ids and parents say to which state of the pull
/// request they belong.
///
/// # Errors
/// Those of the sink.
pub fn read(document: &Document<'_>, sink: &mut dyn Sink) -> Result<bool, Error> {
    let json = compact(document.json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document.json));
    let mut reading = Reading {
        place: document.place,
        address: document.address,
        version: document.version,
        repository: None,
        number: address::number(document.address),
        known: address::is_api(document.address),
        sink,
    };
    let text = std::str::from_utf8(&json).ok();
    let Some(root) = text.and_then(|it| serde_json::from_str::<&RawValue>(it).ok()) else {
        if reading.known {
            reading.refuse("it is no JSON, though it comes from GitHub's address");
        }
        return Ok(reading.known);
    };
    reading.document(root)?;
    Ok(reading.known)
}

/// What the records of one issue, pull request or release come to.
pub fn project(subject: &str, records: &[Record]) -> TrackerFacts {
    project::project(subject, records)
}

/// The repository that a document is about, `owner/name` as written there; none where it does not
/// say. One document tells of one repository: what it has of others is refused.
pub fn repository(document: &Document<'_>) -> Option<String> {
    struct Nobody;
    impl Sink for Nobody {
        fn take(&mut self, _: Record) -> Result<(), Error> {
            Ok(())
        }
        fn refuse(&mut self, _: Refused) {}
    }
    let json = compact(document.json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document.json));
    let mut reading = Reading {
        place: "",
        address: document.address,
        version: 0,
        repository: None,
        number: None,
        known: false,
        sink: &mut Nobody,
    };
    let root = serde_json::from_str::<&RawValue>(std::str::from_utf8(&json).ok()?).ok()?;
    reading.document(root).ok()?;
    reading.repository.or_else(|| address::repository(document.address))
}

/// A document being read.
struct Reading<'a> {
    place: &'a str,
    address: &'a str,
    version: i64,
    /// The repository of the first record that said one.
    repository: Option<String>,
    /// Number of the pull request or issue that the address names.
    number: Option<u64>,
    /// Whether anything in it showed that it is GitHub's.
    known: bool,
    sink: &'a mut dyn Sink,
}

impl Reading<'_> {
    fn document(&mut self, root: &RawValue) -> Result<(), Error> {
        for part in list(root).unwrap_or_else(|| vec![root]) {
            if let Some(fields) = Fields::of(part) {
                self.part(part, &fields)?;
            }
        }
        Ok(())
    }

    /// The document's object, or one of its array's.
    fn part(&mut self, raw: &RawValue, fields: &Fields<'_>) -> Result<(), Error> {
        if let Some(data) = fields.raw("data") {
            return match fields.text("url") {
                Some(url) => self.envelope(&url, fields, data),
                None => node::answer(self, fields, data),
            };
        }
        if hook::is(fields) {
            self.known = true;
            return hook::read(self, fields);
        }
        if let Some(items) = fields.list("items")
            && fields.has("total_count")
        {
            self.known = true;
            return items.into_iter().try_for_each(|it| self.object(it));
        }
        if fields.has("documentation_url")
            && let Some(message) = fields.text("message")
        {
            self.known = true;
            self.refuse(&format!("GitHub answered “{}” instead of records", fields::cut(&message)));
            return Ok(());
        }
        if node::is(fields) {
            self.known = true;
            return node::read(self, fields);
        }
        rest::read(self, raw, fields)
    }

    fn object(&mut self, raw: &RawValue) -> Result<(), Error> {
        match Fields::of(raw) {
            Some(fields) => rest::read(self, raw, &fields),
            None => Ok(()),
        }
    }

    /// An answer kept together with the address that was asked and the time when.
    fn envelope(&mut self, url: &str, fields: &Fields<'_>, data: &RawValue) -> Result<(), Error> {
        let mut inner = Reading {
            place: self.place,
            address: url,
            version: fields.time("created_at").ok().flatten().unwrap_or(self.version),
            repository: self.repository.take(),
            number: address::number(url),
            known: self.known || address::is_api(url),
            sink: self.sink,
        };
        let done = inner.document(data);
        (self.repository, self.known) = (inner.repository, inner.known);
        done
    }

    fn refuse(&mut self, reason: &str) {
        self.sink.refuse(Refused { place: self.place.to_owned(), reason: reason.to_owned() });
    }

    /// Whether what names these addresses belongs to the document's repository.
    fn is_ours(&mut self, fields: &Fields<'_>) -> bool {
        let Some(told) = fields.repository() else { return true };
        let ours = self.repository.get_or_insert_with(|| told.clone());
        if ours.eq_ignore_ascii_case(&told) {
            return true;
        }
        let reason = format!("it belongs to {told}, the rest of the document to {ours}");
        self.refuse(&reason);
        false
    }

    /// Hands a record on, unless it is broken within.
    fn take(&mut self, record: Record) -> Result<(), Error> {
        if let Err(error) = serde_json::from_slice::<serde_json::Value>(&record.body) {
            self.refuse(&format!("{} {} cannot be read: {error}", record.kind, record.id));
            return Ok(());
        }
        self.sink.take(record)
    }
}
