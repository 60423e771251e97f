//! JSON documents, wherever they come from: files, answers of a server, deliveries of a webhook.

use super::record::Refused;

/// One JSON document, or one element of a long list in it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Where it stands, for people: a file with its line, an address.
    pub place: &'a str,
    /// The address it was fetched from, or the path of its file, where that may tell what the
    /// document itself does not: `…/pulls/382/commits?page=2`, `pulls/382/commits.json`. Empty where
    /// unknown.
    pub address: &'a str,
    /// Milliseconds since 1970 that records without a time of their own are as new as; 0 where unknown.
    pub version: i64,
    /// The document.
    pub json: &'a [u8],
}

impl Document<'_> {
    /// Says why it is not taken.
    pub fn refused(&self, reason: impl Into<String>) -> Refused {
        Refused { place: self.place.to_owned(), reason: reason.into() }
    }

    /// Why no source took it: it is no JSON after all, or nothing that any of them tells.
    pub fn unknown(&self) -> Refused {
        self.refused(match serde_json::from_slice::<serde::de::IgnoredAny>(self.json) {
            Ok(_) => "it is nothing of Jira's or GitHub's that Backstory knows".to_owned(),
            Err(error) => format!("it is no JSON that can be read: {error}"),
        })
    }
}
