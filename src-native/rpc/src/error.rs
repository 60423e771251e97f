//! The closed list of what a caller can act on, and the one place where failures below become one of them.

use serde::Serialize;
use serde_json::{Value, json};

/// What this crate's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed, as far as a caller can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Code {
    /// The frame is not JSON.
    ParseError,
    /// The frame is JSON, but not a JSON-RPC 2.0 request.
    InvalidRequest,
    /// There is no such method.
    MethodNotFound,
    /// The parameters do not fit; the message names the field.
    InvalidParams,
    /// The thing does not exist or may not be seen: the same answer, on purpose.
    NotFound,
    /// This caller may not do that.
    Denied,
    /// It changed since it was read, or is there already.
    Conflict,
    /// Another writer is at work, or too many calls are outstanding; try again.
    Busy,
    /// A source said no: a repository that cannot be read, a disk that is full.
    Upstream,
    /// The caller stopped it.
    Cancelled,
    /// It took longer than the method may.
    TimedOut,
    /// The message or the answer is larger than allowed.
    TooLarge,
    /// A bug of ours; the details are in the log under the id that the message gives.
    Internal,
}

/// One row for each code: JSON-RPC number and exit code of the terminal (sysexits where one fits).
const TABLE: &[(Code, i64, u8)] = &[
    (Code::ParseError, -32700, 65),
    (Code::InvalidRequest, -32600, 64),
    (Code::MethodNotFound, -32601, 64),
    (Code::InvalidParams, -32602, 64),
    (Code::Internal, -32603, 70),
    (Code::NotFound, -32001, 66),
    (Code::Denied, -32002, 77),
    (Code::Conflict, -32003, 65),
    (Code::Busy, -32004, 75),
    (Code::Upstream, -32006, 69),
    (Code::TooLarge, -32008, 65),
    (Code::TimedOut, -32009, 124),
    (Code::Cancelled, -32800, 130),
];

impl Code {
    /// Every code, with its JSON-RPC number and its exit code.
    pub fn table() -> &'static [(Code, i64, u8)] {
        TABLE
    }

    /// The number that JSON-RPC carries.
    pub fn number(self) -> i64 {
        TABLE.iter().find(|it| it.0 == self).map_or(-32603, |it| it.1)
    }

    /// The exit code of the terminal.
    pub fn exit(self) -> u8 {
        TABLE.iter().find(|it| it.0 == self).map_or(70, |it| it.2)
    }

    /// The code that a JSON-RPC number stands for; `Internal` for one we do not know.
    pub fn of_number(number: i64) -> Code {
        TABLE.iter().find(|it| it.1 == number).map_or(Code::Internal, |it| it.0)
    }
}

/// Longer messages are cut, in characters.
const MESSAGE_MAX: usize = 2_000;

/// A failed call: one plain sentence, and what to do about it where that is known.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What kind of failure.
    pub code: Code,
    /// What failed, on what, and why: one sentence, lower case, no full stop.
    pub message: String,
    /// What the reader can do.
    pub hint: Option<String>,
}

impl Error {
    /// A failure of a kind, told in a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Error {
        let mut message = message.into();
        // What was asked for is told again, and may be of any length.
        if let Some((end, _)) = message.char_indices().nth(MESSAGE_MAX) {
            message.truncate(end);
            message.push('…');
        }
        Error { code, message, hint: None }
    }

    /// The same failure with a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hint = Some(hint.into());
        self
    }

    /// Something that is not there.
    pub fn not_found(message: impl Into<String>) -> Error {
        Error::new(Code::NotFound, message)
    }

    /// A parameter that does not fit.
    pub fn invalid(message: impl Into<String>) -> Error {
        Error::new(Code::InvalidParams, message)
    }

    /// The error object of JSON-RPC.
    pub fn to_json(&self) -> Value {
        json!({
            "code": self.code.number(),
            "message": self.message,
            "data": { "kind": self.code, "hint": self.hint },
        })
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        let message = error.to_string();
        match error {
            store::Error::NoRepository(name) if name == "(none)" => {
                Error::not_found("memory holds no repository yet").hint("add one: `sources.add`")
            }
            store::Error::NoRepository(_) => Error::not_found(message)
                .hint("`sources.list` names those that are; `sources.add` adds one"),
            store::Error::WhichRepository(names) => Error::invalid(format!(
                "memory holds {} repositories: name one as `repository`",
                names.len()
            ))
            .hint(names.join(", ")),
            store::Error::Busy => Error::new(Code::Busy, message),
            store::Error::Cancelled => Error::new(Code::Cancelled, message),
            store::Error::Newer { .. }
            | store::Error::Older { .. }
            | store::Error::Foreign { .. } => Error::new(Code::Conflict, message),
            store::Error::Unwritable { .. }
            | store::Error::Full { .. }
            | store::Error::Damaged { .. } => Error::new(Code::Upstream, message),
            store::Error::Sqlite(_) => Error::new(Code::Internal, message),
        }
    }
}

impl From<ingest::Error> for Error {
    fn from(error: ingest::Error) -> Error {
        let message = error.to_string();
        match error {
            ingest::Error::Store(error) => error.into(),
            ingest::Error::Git(error) => error.into(),
            ingest::Error::Cancelled | ingest::Error::Stopped => {
                Error::new(Code::Cancelled, message)
            }
            ingest::Error::AlreadyThere { .. }
            | ingest::Error::NameTaken(_)
            | ingest::Error::OtherGitHub { .. }
            | ingest::Error::SecondGitHub { .. }
            | ingest::Error::TrackerKind(_) => Error::new(Code::Conflict, message),
            ingest::Error::BadName(_)
            | ingest::Error::NoAddress(_)
            | ingest::Error::NoGitHub(_) => Error::invalid(message),
            ingest::Error::Removed
            | ingest::Error::NoEdit(_)
            | ingest::Error::NoTracker(_)
            | ingest::Error::NoIdentity(_) => Error::not_found(message),
            ingest::Error::Secret(_)
            | ingest::Error::Web(ingest::sources::web::Failure::Address { .. }) => {
                Error::invalid(message)
            }
            ingest::Error::Demo(_) | ingest::Error::Watch { .. } | ingest::Error::Web(_) => {
                Error::new(Code::Upstream, message)
            }
        }
    }
}

impl From<ingest::sources::git::Error> for Error {
    fn from(error: ingest::sources::git::Error) -> Error {
        use ingest::sources::git::Error as Git;
        let message = error.to_string();
        let code = match error {
            Git::NotFound(_) | Git::NotARepository(_) | Git::NoCommit(_) => Code::NotFound,
            Git::Cancelled => Code::Cancelled,
            _ => Code::Upstream,
        };
        Error::new(code, message)
    }
}
