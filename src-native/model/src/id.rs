//! Identifiers. Row ids are local to one store and mean nothing outside it; an [`Oid`] is Git's own.

use std::fmt;

macro_rules! row_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
    )*};
}

row_ids! {
    /// A repository's row.
    RepositoryId;
    /// A commit's row.
    CommitId;
    /// A file's row: one path in one repository, living or gone.
    FileId;
    /// An identity's row: one spelling of a name and a mail.
    IdentityId;
    /// A tracker's row: a Jira site or a GitHub repository.
    TrackerId;
    /// An issue's row.
    IssueId;
    /// A pull request's row.
    PullRequestId;
    /// A developer's row: one person, with every identity that is theirs.
    DeveloperId;
}

/// The number of a pull request within its repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PullRequestNumber(pub u64);

/// The id of a Git object: 20 bytes of SHA-1 or 32 bytes of SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oid {
    bytes: [u8; 32],
    len: u8,
}

impl Oid {
    /// Takes the raw bytes; `None` unless there are 20 or 32 of them.
    pub fn from_bytes(raw: &[u8]) -> Option<Oid> {
        if raw.len() != 20 && raw.len() != 32 {
            return None;
        }
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(Oid { bytes, len: raw.len() as u8 })
    }

    /// Reads 40 or 64 hexadecimal digits of either case.
    pub fn from_hex(hex: &str) -> Option<Oid> {
        if !hex.is_ascii() || (hex.len() != 40 && hex.len() != 64) {
            return None;
        }
        let mut raw = [0; 32];
        for (i, byte) in raw.iter_mut().enumerate().take(hex.len() / 2) {
            *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()?;
        }
        Oid::from_bytes(&raw[..hex.len() / 2])
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
