//! What can go wrong on disk.

use rusqlite::ErrorCode;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

thread_local! {
    /// The store that this thread is at work on, for failures to name: SQLite's do not.
    static AT: RefCell<Option<Arc<Path>>> = const { RefCell::new(None) };
}

/// Says which store this thread is at work on from here on.
pub(crate) fn work_on(path: &Arc<Path>) {
    AT.set(Some(path.clone()));
}

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
    /// The file is ours, and not as it was written.
    #[error(
        "the store `{path}` is damaged; move it aside, with the `-wal` and `-shm` beside it, and add its repositories again"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error(
        "there is no room for the store `{path}`; make room on its disk and try again, memory is as it was before"
    )]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another process writes.
    #[error("another Backstory is writing to the store; try again in a moment")]
    Busy,
    /// No permission, broken disk.
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
        let path = || AT.with_borrow(|it| it.as_deref().unwrap_or(Path::new("")).to_owned());
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy,
            Some(ErrorCode::OperationInterrupted) => Error::Cancelled,
            Some(ErrorCode::DiskFull) => Error::Full { path: path() },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Error::Damaged { path: path() }
            }
            Some(ErrorCode::SystemIoFailure) => Error::Unwritable {
                path: path(),
                reason: format!("{error}; see whether its disk has room and is sound"),
            },
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Error::Unwritable { path: path(), reason: error.to_string() }
            }
            _ => Error::Sqlite(error),
        }
    }
}
