//! What can go wrong between a source and the store.

use crate::secrets;
use crate::sources::{git, web};
use std::path::PathBuf;

/// A failure of reading or writing; each is one sentence for people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The repository cannot be read.
    #[error(transparent)]
    Git(git::Error),
    /// The demo cannot be written.
    #[error(transparent)]
    Demo(#[from] crate::demo::Error),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(store::Error),
    /// A server could not be asked.
    #[error(transparent)]
    Web(web::Failure),
    /// A token could not be had.
    #[error(transparent)]
    Secret(#[from] secrets::Failure),
    /// The caller stopped it; nothing was changed.
    #[error("stopped; memory is as it was before")]
    Cancelled,
    /// The caller stopped it half-way.
    #[error("stopped; what was taken in before stays, and the next run goes on from there")]
    Stopped,
    /// There is no such tracker.
    #[error("there is no tracker `{0}`")]
    NoTracker(String),
    /// An address that is no repository of GitHub's.
    #[error(
        "`{0}` is no repository of GitHub's; write its address with owner and name, as in \
         https://github.com/owner/name"
    )]
    NoGitHub(String),
    /// A tracker that came from files.
    #[error(
        "`{0}` came from files and cannot be asked; import them again, or add it by its address"
    )]
    NoAddress(String),
    /// Another kind of tracker has that name.
    #[error("`{0}` is a tracker of another kind; choose another name")]
    TrackerKind(String),
    /// Another repository of GitHub's tells about that one.
    #[error(
        "`{first}` tells of the pull requests of `{repository}` already, and their numbers mean one \
         thing there; if `{second}` is the same on GitHub, give it the name `{first}`, otherwise \
         take `{first}` out first (`backstory trackers remove {first}`)"
    )]
    SecondGitHub {
        /// The repository in memory.
        repository: String,
        /// The tracker that tells about it.
        first: String,
        /// The one that would, too.
        second: String,
    },
    /// A tracker that is of another repository of GitHub's.
    #[error(
        "`{name}` is {was} on GitHub, and {now} is another; give that a name of its own, for a \
         repository that was renamed there is followed by the next sync"
    )]
    OtherGitHub {
        /// The tracker.
        name: String,
        /// Owner and name of the one it is of.
        was: String,
        /// Owner and name of the other.
        now: String,
    },
    /// The repository is in memory already.
    #[error("`{path}` is in memory already, as `{name}`")]
    AlreadyThere {
        /// Its Git directory.
        path: PathBuf,
        /// Its name.
        name: String,
    },
    /// Another repository has that name.
    #[error("another repository is called `{0}`; choose another name")]
    NameTaken(String),
    /// A name that cannot be one.
    #[error(
        "`{}` cannot be a name; use up to 200 letters, digits, spaces and - _ . /, not \
         beginning with /",
        cut(.0)
    )]
    BadName(String),
    /// The repository was removed while it was being read.
    #[error("the repository was removed from memory while it was being read")]
    Removed,
    /// There is no such decision about identities, or it is undone already.
    #[error("there is no decision number {0} to undo")]
    NoEdit(i64),
    /// There is no such identity.
    #[error("there is no identity number {0}")]
    NoIdentity(i64),
    /// Changes of the repository cannot be watched.
    #[error("cannot watch `{path}`: {reason}")]
    Watch {
        /// The folder.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
}

/// Enough of a text to be known by.
fn cut(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl From<git::Error> for Error {
    fn from(error: git::Error) -> Error {
        match error {
            git::Error::Cancelled => Error::Cancelled,
            error => Error::Git(error),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        match error {
            store::Error::Cancelled => Error::Cancelled,
            error => Error::Store(error),
        }
    }
}

impl From<web::Failure> for Error {
    fn from(error: web::Failure) -> Error {
        match error {
            web::Failure::Cancelled => Error::Stopped,
            error => Error::Web(error),
        }
    }
}
