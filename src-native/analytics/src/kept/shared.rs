//! Page views of one machine for a team: one machine collects and *shares*, any number of others *follow*.
//!
//! What is shared lies in a place that needs to keep objects and nothing more: no transactions, no locks, no
//! order but the one they were written in. An object is what its name says for ever, and is never written over:
//!
//! - a *block*: a day of a site in columns, byte for byte;
//! - a *bundle*: batches of a day that is in no block yet;
//! - a *month* of a site: its blocks, and what each of its days comes to;
//! - *words*: some that were given numbers.
//!
//! The last write of a round is a [`Manifest`], which names all that is there. So whoever reads sees one round or
//! another and nothing between, whenever whoever writes was killed. What no manifest names any more is removed:
//! after an hour or two, and at once where something was erased.
//!
//! Who follows has a file like the collector's own, and asks it with the same code. In it are, of the last manifest
//! that was read, sites and words, and of everything else what some question needed: the rest is *absent*, a
//! question that comes upon it is not answered but says what it needs, and is asked again when that is here.
//!
//! Salts, the table by which visitors that last are numbered, what is only counted, and networks that the owner
//! calls internal stay where they are.

mod follow;
mod manifest;
mod objects;
mod tell;

pub(in crate::kept) use manifest::block_name;
pub use manifest::{Bundle, Chunk, Manifest, SharedSite};
pub(in crate::kept) use tell::ERASED;
pub use tell::Told;

use super::{Error, Kept, Result};
use rusqlite::{OptionalExtension, params};

/// The form of what is shared that this program writes, and the newest it reads.
pub const FORMAT: u32 = 1;

/// A place that keeps objects. What a call has written is there for every call after it, whoever makes that.
pub trait Place {
    /// What can go wrong there.
    type Trouble;

    /// Makes it ready to be written to.
    fn ready(&mut self) -> Result<(), Self::Trouble>;

    /// The manifest with the largest number.
    fn manifest(&mut self) -> Result<Option<Vec<u8>>, Self::Trouble>;

    /// Adds a manifest. It is there whole, or not at all.
    fn put_manifest(&mut self, of: &Manifest, bytes: &[u8]) -> Result<(), Self::Trouble>;

    /// Adds objects, each of which is there whole or not at all. One that is there already stays.
    fn put(&mut self, owner: &str, objects: &[Object]) -> Result<(), Self::Trouble>;

    /// Those of these objects that are there, in any order.
    fn get(&mut self, owner: &str, names: &[String]) -> Result<Vec<Object>, Self::Trouble>;

    /// Those of these names that are there.
    fn known(&mut self, owner: &str, names: &[String]) -> Result<Vec<String>, Self::Trouble>;

    /// The names of all objects.
    fn names(&mut self, owner: &str) -> Result<Vec<String>, Self::Trouble>;

    /// Removes objects for good.
    fn remove(&mut self, owner: &str, names: &[String]) -> Result<(), Self::Trouble>;

    /// Removes manifests with a smaller number, and all that other owners have there.
    fn remove_before(&mut self, owner: &str, version: u64) -> Result<(), Self::Trouble>;

    /// For people who look with SQL: from now on the days of a site from the first to the last are these.
    fn put_days(&mut self, days: &Days<'_>) -> Result<(), Self::Trouble>;

    /// For people too: there are no days of this site any more, or of none.
    fn remove_days(&mut self, site: Option<u32>) -> Result<(), Self::Trouble>;
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its name: small letters, digits and points.
    pub name: String,
    /// What it is.
    pub bytes: Vec<u8>,
}

/// Days of a site, for people to read.
#[derive(Clone, Debug)]
pub struct Days<'a> {
    /// Number of the site.
    pub site: u32,
    /// Its name.
    pub name: &'a str,
    /// The round they belong to; a later one has a larger number.
    pub version: u64,
    /// First day of the stretch, in days since 1970-01-01.
    pub first: i32,
    /// Its last.
    pub last: i32,
    /// Those days of it that have any visit.
    pub days: Vec<Day>,
}

/// What a day comes to, by our own definition and without what is no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day, as `2026-11-20`.
    pub day: String,
    /// In the order of [`DAY_COLUMNS`].
    pub counts: [i64; 9],
}

/// What is told of each day: counts, and times in milliseconds.
pub const DAY_COLUMNS: [&str; 9] = [
    "visitors",
    "visits",
    "views",
    "events",
    "bounces",
    "bounced_of",
    "duration_ms",
    "still",
    "engaged_ms",
];

/// Why nothing was shared or followed.
#[derive(Debug)]
pub enum Trouble<E> {
    /// The file here.
    Kept(Error),
    /// The place.
    Place(E),
    /// What lies there is not for us.
    Said(Said),
}

/// What lies in a place and is not for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It was shared by a newer program, in this form.
    Newer(u32),
    /// Another collector shares there, or another with a copy of this file; it last did at that time, in
    /// milliseconds.
    Another(i64),
    /// Nobody has shared anything there.
    Nothing,
    /// What the manifest names goes as fast as it is asked for, or was never there.
    Gone,
    /// It is not as it was written; the words end a sentence.
    Damaged(String),
}

impl<E> From<Error> for Trouble<E> {
    fn from(error: Error) -> Trouble<E> {
        Trouble::Kept(error)
    }
}

impl<E> From<rusqlite::Error> for Trouble<E> {
    fn from(error: rusqlite::Error) -> Trouble<E> {
        Trouble::Kept(error.into())
    }
}

/// The manifest that lies in a place, if one does.
///
/// # Errors
/// Where it is of a newer form, or none.
pub fn manifest_of<P: Place>(place: &mut P) -> Result<Option<Manifest>, Trouble<P::Trouble>> {
    match place.manifest().map_err(Trouble::Place)? {
        Some(bytes) => Manifest::read(&bytes).map(Some).map_err(Trouble::Said),
        None => Ok(None),
    }
}

impl Kept {
    /// What was noted under a name.
    fn noted(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.read(|it| {
            Ok(it
                .prepare_cached("SELECT value FROM sharing WHERE name = ?1")?
                .query_row([name], |row| row.get(0))
                .optional()?)
        })
    }

    /// Notes it. No report comes to something else by it.
    fn note(&self, name: &str, value: &[u8]) -> Result<()> {
        let writing = super::lock(&self.shared.writer);
        writing
            .connection
            .prepare_cached("INSERT OR REPLACE INTO sharing VALUES (?1, ?2)")?
            .execute(params![name, value])?;
        Ok(())
    }

    fn noted_number(&self, name: &str) -> Result<u64> {
        let bytes = self.noted(name)?;
        let text = bytes.as_deref().and_then(|it| std::str::from_utf8(it).ok());
        Ok(text.and_then(|it| it.parse().ok()).unwrap_or(0))
    }

    fn note_number(&self, name: &str, value: u64) -> Result<()> {
        self.note(name, value.to_string().as_bytes())
    }
}
