//! Pages of a walk: what came, and where the walk is.

use super::Failure;
use crate::sources::document::Document;
use crate::sources::record::Refused;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How far before the newest record a sync begins, in milliseconds: servers find what has just
/// changed a moment later, and not in order.
pub(crate) const OVERLAP: i64 = 5 * 60 * 1000;
/// As many pages of records of one moment are walked; more is a server that never ends.
const PAGES_MAX: u32 = 1000;

/// One step of a walk. What it brought and the cursor after it belong into one transaction.
#[derive(Debug, Default)]
pub struct Step {
    /// What came, in order.
    pub documents: Vec<Fetched>,
    /// What did not, and is not waited for.
    pub refused: Vec<Refused>,
    /// What the source is called now, where it was renamed.
    pub renamed: Option<String>,
    /// Whether all that is new has come. The cursor then stands where the next sync begins.
    pub done: bool,
}

/// A document with what its reader wants to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Where it came from.
    pub address: String,
    /// When the whole that it belongs to last changed, in milliseconds since 1970; 0 where unknown.
    pub version: i64,
    /// JSON.
    pub json: Vec<u8>,
}

impl Fetched {
    /// For the reader of its source.
    pub fn document(&self) -> Document<'_> {
        Document {
            place: &self.address,
            address: &self.address,
            version: self.version,
            json: &self.json,
        }
    }
}

/// How far a list that is sorted by time of change was read, oldest first.
///
/// A page by its number would lose what moves while the list is walked: a record that changes goes
/// to the end, and all behind it move up by one. So each page is asked for by the time at which the
/// one before it ended, and by number only among records of one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Track {
    /// The newest change that was seen; 0 before any.
    pub(crate) high: i64,
    /// The present page holds what changed at this time or later; 0: all.
    pub(crate) from: i64,
    /// How many records at that time were passed already, in pages.
    pub(crate) page: u32,
    walking: bool,
    /// The last page's address and ETag, so that a walk over nothing new costs nothing.
    etag: Option<(String, String)>,
    /// What the page before was, so that a server that repeats itself is noticed.
    hash: u64,
    /// What changed of late and was read with all its parts: id and time of change.
    recent: BTreeMap<u64, i64>,
}

/// What a list tells of one of its records.
pub(crate) struct Listed {
    pub(crate) id: u64,
    pub(crate) updated: i64,
}

impl Track {
    /// Begins a walk where none is under way.
    pub(crate) fn begin(&mut self) {
        if !self.walking {
            self.walking = true;
            self.page = 0;
            self.hash = 0;
            self.from = (self.high - OVERLAP).max(0);
        }
    }

    pub(crate) fn etag(&self, address: &str) -> Option<String> {
        self.etag.as_ref().filter(|it| it.0 == address).map(|it| it.1.clone())
    }

    /// Notes that nothing has changed.
    pub(crate) fn unchanged(&mut self) {
        self.walking = false;
    }

    /// Notes a page. `more` tells whether there is one after it, `grain` to what its times are
    /// rounded when they are asked for, in milliseconds.
    ///
    /// # Errors
    /// [`Failure::Endless`].
    pub(crate) fn passed(
        &mut self,
        address: &str,
        etag: Option<String>,
        body: &[u8],
        listed: &[Listed],
        more: bool,
        grain: i64,
    ) -> Result<(), Failure> {
        let newest = listed.iter().map(|it| it.updated).max().unwrap_or(0);
        self.high = self.high.max(newest);
        let horizon = self.high - 2 * OVERLAP;
        self.recent.retain(|_, updated| *updated >= horizon);
        if !more {
            self.walking = false;
            self.etag = etag.map(|it| (address.to_owned(), it));
            return Ok(());
        }
        let hash = {
            let mut hasher = DefaultHasher::new();
            body.hash(&mut hasher);
            hasher.finish()
        };
        let from = newest - newest.rem_euclid(grain);
        if from > self.from {
            (self.from, self.page, self.hash) = (from, 0, 0);
            return Ok(());
        }
        if hash == self.hash {
            let reason = "one page is like the other";
            return Err(Failure::Endless { place: super::address::shown(address), reason });
        }
        if self.page >= PAGES_MAX {
            let reason = "its pages do not end";
            return Err(Failure::Endless { place: super::address::shown(address), reason });
        }
        self.page += 1;
        self.hash = hash;
        Ok(())
    }

    /// Begins once more with the records of the present moment.
    pub(crate) fn again(&mut self) {
        (self.page, self.hash) = (0, 0);
    }

    /// Whether a record has to be read with all its parts; from then on it is known to be.
    pub(crate) fn is_new(&mut self, listed: &Listed) -> bool {
        self.recent.insert(listed.id, listed.updated) != Some(listed.updated)
    }

    pub(crate) fn is_walking(&self) -> bool {
        self.walking
    }
}

/// What a list could not be read as.
pub(crate) fn of_another_kind(address: &str) -> Failure {
    Failure::NotJson {
        place: super::address::shown(address),
        what: "JSON of another kind".to_owned(),
        hint: "check the address",
    }
}

/// Milliseconds since 1970 of `2021-03-04T05:06:07Z` and `2021-03-04T05:06:07.000+0000`; 0 for what
/// is neither.
pub(crate) fn millis(text: &str) -> i64 {
    let found = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok());
    found.map_or(0, Timestamp::as_millisecond)
}

/// `2021-03-04T05:06:07Z`.
pub(crate) fn rfc3339(millis: i64) -> String {
    let whole = millis - millis.rem_euclid(1000);
    Timestamp::from_millisecond(whole).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(test)]
mod tests {
    use super::{millis, rfc3339};

    #[test]
    fn times_of_both_are_read() {
        assert_eq!(millis("2023-11-14T22:13:20Z"), 1_700_000_000_000);
        assert_eq!(millis("2023-11-14T23:13:20.123+0100"), 1_700_000_000_123);
        assert_eq!(millis("yesterday"), 0);
        assert_eq!(rfc3339(1_700_000_000_999), "2023-11-14T22:13:20Z");
        assert_eq!(rfc3339(i64::MAX), "1970-01-01T00:00:00Z");
    }
}
