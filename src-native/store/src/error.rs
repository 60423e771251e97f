//! What can go wrong on disk.

use std::path::PathBuf;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file belongs to a newer Backstory.
    #[error(
        "the store `{path}` was written by a newer Backstory (schema {found}, this one knows {known}); update Backstory, or name another file with --store"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The file was laid out by an older Backstory.
    #[error(
        "the store `{path}` was written by an older Backstory (schema {found}, this one writes {known}); move it away and add its repositories again, or name another file with --store"
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The file is something else.
    #[error("`{path}` is not a Backstory store; name another file with --store")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Another process writes.
    #[error("another Backstory is writing to the store; try again in a moment")]
    Busy,
    /// No space, no permission, broken disk.
    #[error("cannot write the store `{path}`: {reason}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// Asked for a repository that is not there, or that the viewer may not see: the same answer, on purpose.
    #[error("no repository `{0}` in memory")]
    NoRepository(String),
    /// More than one repository and none named.
    #[error("memory holds several repositories; name one of {}", .0.join(", "))]
    WhichRepository(Vec<String>),
    /// The caller stopped it.
    #[error("cancelled")]
    Cancelled,
    /// Everything else SQLite can say.
    #[error("the store failed: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Error::Busy
            }
            Some(rusqlite::ErrorCode::OperationInterrupted) => Error::Cancelled,
            _ => Error::Sqlite(error),
        }
    }
}
