//! What can go wrong between this machine and a server, in sentences that say what to do.

use std::time::Duration;

/// Why something could not be fetched. No text of it ever holds a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The caller stopped it.
    #[error("stopped")]
    Cancelled,
    /// An address that is not used.
    #[error("`{address}` is not used as an address: {reason}")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A token that cannot be one.
    #[error(
        "the token for {name} holds a line break or another sign that no token has; set it again"
    )]
    BadToken {
        /// Whose.
        name: &'static str,
    },
    /// 401.
    #[error(
        "{name} does not know the token (401 for {place}): it is wrong, expired or revoked; set a \
         new one{said}"
    )]
    Token {
        /// Who answered.
        name: &'static str,
        /// What was asked for.
        place: String,
        /// What it said, after a colon; empty where nothing.
        said: String,
    },
    /// 401 where no token was sent.
    #[error("{name} wants a token for {place} (401), and none is set; set one{said}")]
    NoToken {
        /// Who answered.
        name: &'static str,
        /// What was asked for.
        place: String,
        /// What it said, after a colon; empty where nothing.
        said: String,
    },
    /// 403 that is no limit.
    #[error(
        "{name} forbids {place} (403): the token may not read it; give it a scope that may{said}"
    )]
    Forbidden {
        /// Who answered.
        name: &'static str,
        /// What was asked for.
        place: String,
        /// What it said, after a colon; empty where nothing.
        said: String,
    },
    /// 404 or 410.
    #[error(
        "{name} has no {place} ({status}): it was renamed or removed, or the token may not see it; \
         check the name and the token{said}"
    )]
    Absent {
        /// Who answered.
        name: &'static str,
        /// What was asked for.
        place: String,
        /// 404 or 410.
        status: u16,
        /// What it said, after a colon; empty where nothing.
        said: String,
    },
    /// Another answer that asking again will not change.
    #[error("{name} refuses {place} ({status}){said}")]
    Refused {
        /// Who answered.
        name: &'static str,
        /// What was asked for.
        place: String,
        /// The status.
        status: u16,
        /// What it said, after a colon; empty where nothing.
        said: String,
    },
    /// A limit that lasts longer than we wait.
    #[error(
        "{name} takes no more requests for {} minutes; what came until now is kept, sync again \
         then", .wait.as_secs().div_ceil(60)
    )]
    Limited {
        /// Who answered.
        name: &'static str,
        /// How long it lasts.
        wait: Duration,
    },
    /// No answer that could be used, after all tries.
    #[error("{name} does not answer {place}: {reason}, {tries} times; try again later")]
    Down {
        /// Who should have answered.
        name: &'static str,
        /// What was asked for.
        place: String,
        /// What happened the last time.
        reason: String,
        /// How often it was tried.
        tries: u32,
    },
    /// The certificate is not one that this machine trusts.
    #[error(
        "the certificate of {host} cannot be verified: {reason}; if your company issues its own \
         certificates, add its root to this system's"
    )]
    Certificate {
        /// The host.
        host: String,
        /// What the verifier says.
        reason: String,
    },
    /// An answer that is no JSON.
    #[error("{place} answered with {what}, not with data: {hint}")]
    NotJson {
        /// What was asked for.
        place: String,
        /// `a web page, “Sign in”`, `text`.
        what: String,
        /// What to do.
        hint: &'static str,
    },
    /// A redirection that is not followed.
    #[error(
        "{place} sends us on to {to}, which is not the same server; the token was not sent there. \
         If that is right, give the new address"
    )]
    Elsewhere {
        /// What was asked for.
        place: String,
        /// Scheme, host and port of where it sends us.
        to: String,
    },
    /// More than is taken.
    #[error("{place} is larger than {} MB, more than is taken", .bytes / 1_000_000)]
    TooLarge {
        /// What was asked for.
        place: String,
        /// The limit, in bytes.
        bytes: u64,
    },
    /// Pages or redirections that do not end.
    #[error("{place} goes round in circles: {reason}; nothing of what came is lost")]
    Endless {
        /// What was asked for.
        place: String,
        /// Where it does so.
        reason: &'static str,
    },
}
