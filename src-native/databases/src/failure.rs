//! Why something failed, for whoever has to act on it.

/// What this crate's functions return.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// What kind of failure: what a caller can act on. Nobody matches on text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// What was asked for makes no sense: no such connection, a parameter without a value.
    Usage,
    /// We did not send it: it would write where only reading is allowed.
    Refused,
    /// We did not send it: it destroys, and nobody said yes to that.
    Unconfirmed,
    /// The server cannot be reached, does not let us in, or is not who it should be. Nothing was sent.
    Connection,
    /// The server said no to the statement.
    Server,
    /// The connection was lost while the statement ran: it may or may not have been done.
    Lost,
    /// It took longer than allowed, and was stopped at the server.
    TimedOut,
    /// The caller stopped it.
    Cancelled,
    /// The engine, or this build, cannot do that.
    Unsupported,
    /// A file of this machine cannot be read or written.
    File,
}

/// A place in a statement, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The character in the line.
    pub column: u32,
    /// Characters from the statement's beginning, from 0.
    pub offset: u32,
}

impl Place {
    /// The place that stands so many characters after the beginning of `text`, counted from 0.
    pub fn of_offset(text: &str, offset: usize) -> Place {
        let (mut line, mut column) = (1, 1);
        for letter in text.chars().take(offset) {
            if letter == '\n' {
                (line, column) = (line + 1, 1);
            } else {
                column += 1;
            }
        }
        Place { line, column, offset: u32::try_from(offset).unwrap_or(u32::MAX) }
    }
}

/// A failure: one plain sentence about what failed on what, and the way out where there is one. It
/// holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What kind.
    pub reason: Reason,
    /// What failed, on what and why; the server's own words where it said no.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// The server's further words.
    pub detail: Option<String>,
    /// The server's code: a SQLSTATE, a number, a word.
    pub code: Option<String>,
    /// Where in the statement.
    pub place: Option<Place>,
}

impl Failure {
    /// A failure of a kind, told in a sentence.
    pub fn new(reason: Reason, message: impl Into<String>) -> Failure {
        let message = message.into();
        Failure { reason, message, hint: None, detail: None, code: None, place: None }
    }

    /// The same failure with a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// How the kind is written where a program reads it.
    pub fn kind(&self) -> &'static str {
        match self.reason {
            Reason::Usage => "usage",
            Reason::Refused => "refused",
            Reason::Unconfirmed => "unconfirmed",
            Reason::Connection => "connection",
            Reason::Server => "server",
            Reason::Lost => "lost",
            Reason::TimedOut => "timedOut",
            Reason::Cancelled => "cancelled",
            Reason::Unsupported => "unsupported",
            Reason::File => "file",
        }
    }

    /// The same failure with the server's code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Failure {
        self.code = Some(code.into());
        self
    }

    /// The caller stopped it.
    pub fn cancelled() -> Failure {
        Failure::new(Reason::Cancelled, "the statement was cancelled")
    }
}
