//! What can go wrong with the file of page views.

use crate::block::Damage;
use rusqlite::ErrorCode;
use std::path::PathBuf;

/// A failure, in a sentence for people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file belongs to a newer Backstory.
    #[error(
        "the page views in `{path}` were written by a newer Backstory (schema {found}, this one knows {known}); update Backstory"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The file is something else.
    #[error("`{0}` holds no page views of Backstory; name another file")]
    Foreign(PathBuf),
    /// The file, or what it holds, is not as it was written.
    #[error("{0}")]
    Damaged(String),
    /// A day's block is not as it was written.
    #[error(
        "column {column} of day {day} of site {site} {what}; restore `analytics.db` from a backup, or remove that day"
    )]
    Block {
        /// The site.
        site: u32,
        /// The day, as `2026-11-20`.
        day: String,
        /// Number of the column, or of the batch of events.
        column: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The disk is full.
    #[error("there is no room for page views on the disk; make room and try again")]
    Full,
    /// Another process writes.
    #[error("another Backstory is writing page views; try again in a moment")]
    Busy,
    /// No permission, broken disk.
    #[error("cannot write page views to `{0}`: {1}")]
    Unwritable(PathBuf, String),
    /// No such site.
    #[error("there is no site `{0}`; add it first")]
    NoSite(String),
    /// Another site has that name.
    #[error("a site is called `{0}` already; choose another name")]
    Taken(String),
    /// What cannot be changed any more.
    #[error("{0}")]
    Refused(String),
    /// What a question needs is not here yet: the objects that have it.
    #[error("days that were asked about are not on this machine yet")]
    Absent(Vec<String>),
    /// A question that has no answer.
    #[error("{0}")]
    Question(String),
    /// Anything else of SQLite.
    #[error("page views cannot be read or written: {0}")]
    Other(rusqlite::Error),
    /// The file that an import keeps what it has read in.
    #[error("what is imported cannot be put aside: {0}")]
    Aside(std::io::Error),
}

/// What this module answers with.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy,
            Some(ErrorCode::DiskFull) => Error::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Damaged(
                "the file of page views is damaged; restore `analytics.db` from a backup".into(),
            ),
            _ => Error::Other(error),
        }
    }
}

/// Names the block and the column that damage was found in.
pub(crate) fn damaged(site: u32, day: i32, column: &str, damage: Damage) -> Error {
    Error::Block { site, day: day_name(day), column: column.into(), what: damage.0 }
}

/// A day as `2026-11-20`.
pub(crate) fn day_name(day: i32) -> String {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(i64::from(day));
    span.and_then(|it| epoch.checked_add(it)).map_or_else(|_| day.to_string(), |it| it.to_string())
}
