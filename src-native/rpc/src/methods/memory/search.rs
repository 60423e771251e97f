//! Finding things by words.

use super::{Asked, question};
use crate::wire::*;
use crate::Result;

request! {
    /// Find commits by the words of their messages, files by any part of their path, and people by name or mail.
    pub struct Search {
        /// Words; `"a phrase"` as one. The last word may be unfinished.
        pub text: String,
        /// Kinds to look for; all unless told otherwise.
        pub kinds: Option<Vec<RecordKind>>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many of each kind (20 unless told otherwise), at most 200.
        pub limit: Option<u32>,
    }
}

reply! {
    /// What was found.
    pub struct SearchReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Best first within each kind: an exact id, then files, people, pull requests, issues, commits.
        pub hits: Vec<Hit>,
        /// Whether there are more of some kind.
        pub more: bool,
    }

    /// A record that was found.
    pub struct Hit {
        /// The record.
        pub record: Record,
        /// The text around the match, in parts.
        pub snippet: Vec<Part>,
        /// Its rank within its kind; higher is better.
        pub score: f64,
        /// When it happened, for a commit.
        pub at: Option<String>,
        /// Who wrote it, for a commit.
        pub author: Option<PersonRef>,
    }

    /// A part of a text.
    pub struct Part {
        /// The text.
        pub text: String,
        /// Whether it is what was looked for.
        pub found: bool,
    }
}

question!(Search, "memory.search", SearchReply, r#"{ "text": "retry" }"#, search);

fn search(_ask: Search, _at: &Asked<'_>) -> Result<SearchReply> {
    Err(super::unwritten())
}
