//! What can go wrong on the way to a server.

use std::io;
use std::path::PathBuf;

/// What this crate's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the road, never of a call.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Someone serves there already.
    #[error("a Backstory already serves `{}`", .socket.display())]
    AlreadyRunning {
        /// Where.
        socket: PathBuf,
    },
    /// Nobody serves there.
    #[error("no Backstory serves `{}`", .socket.display())]
    NotRunning {
        /// Where.
        socket: PathBuf,
    },
    /// A socket or its folder is somebody else's, open to others, or no socket at all.
    #[error("`{}` is not used: {reason}", .path.display())]
    Unsafe {
        /// The socket or its folder.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// The system takes no socket of so long a name.
    #[error(
        "`{}` is too long for a socket, which takes {} bytes: name a shorter path",
        .socket.display(), crate::places::SOCKET_BYTES_MAX
    )]
    TooLong {
        /// The name.
        socket: PathBuf,
    },
    /// The user has no home folder to keep anything in.
    #[error("there is no home folder: set HOME, or BACKSTORY_HOME to a folder of your own")]
    NoHome,
    /// The system said no.
    #[error("cannot {doing} `{}`: {source}", .path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl From<Error> for rpc::Error {
    fn from(error: Error) -> rpc::Error {
        let message = error.to_string();
        match error {
            Error::AlreadyRunning { .. } => rpc::Error::new(rpc::Code::Busy, message)
                .hint("ask it instead, or serve another store with --store"),
            Error::NotRunning { .. } => rpc::Error::new(rpc::Code::Upstream, message)
                .hint("start one with `backstory serve`, or leave --socket out"),
            Error::Unsafe { .. } => rpc::Error::new(rpc::Code::Denied, message),
            Error::TooLong { .. } | Error::NoHome => rpc::Error::invalid(message),
            Error::Io { .. } => rpc::Error::new(rpc::Code::Upstream, message),
        }
    }
}
