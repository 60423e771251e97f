//! Whether a bug occurred before.

use super::{Asked, question};
use crate::Result;
use crate::wire::*;

request! {
    /// Tell whether a bug has occurred before: past issues and fixes ranked by words, files and stack frames, and how they were resolved.
    pub struct Similar {
        /// What happens, in words; a stack trace may stand in it.
        pub text: Option<String>,
        /// Issue key, instead of words: issues like this one.
        pub issue: Option<String>,
        /// Commit, instead of words: issues and fixes like this one.
        pub commit: Option<String>,
        /// Paths that are concerned, from the repository's root.
        pub paths: Option<Vec<String>>,
        /// A stack trace.
        pub stack: Option<String>,
        /// Only what was there before this time, RFC 3339; everything unless given.
        pub now: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (10 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }
}

reply! {
    /// What occurred before.
    pub struct SimilarReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The record that was asked about, where one was.
        pub of: Option<Record>,
        /// The words that were looked for, rarest first; at most 32.
        pub words: Vec<String>,
        /// The stack frames that were looked for, as read from the words; at most 32.
        pub frames: Vec<String>,
        /// The paths that were looked for.
        pub paths: Vec<String>,
        /// Most alike first, then newest first.
        pub hits: Vec<SimilarHit>,
        /// Issues and commits that were compared.
        pub compared: u32,
    }

    /// A past issue, or a past fix that names no issue.
    pub struct SimilarHit {
        /// The issue or the commit.
        pub record: Record,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand: words, frames, files.
        pub terms: Vec<TermText>,
        /// The words that both have, those that weigh most first; at most 12.
        pub words: Vec<String>,
        /// The stack frames that both have; at most 12.
        pub frames: Vec<String>,
        /// The paths that both have; at most 12.
        pub paths: Vec<String>,
        /// When it was reported or committed.
        pub at: String,
        /// When it was resolved.
        pub resolved_at: Option<String>,
        /// The issue's status; empty for a commit.
        pub status: String,
        /// How it was resolved, as the tracker calls it; empty where it was not.
        pub resolution: String,
        /// Commits and pull requests that resolved it, newest first; at most 5.
        pub resolved_by: Vec<Record>,
        /// Issues that are said to be the same, and stand here for none of their own.
        pub duplicates: Vec<Record>,
        /// In a sentence.
        pub reason: String,
    }
}

question!(
    Similar,
    "memory.similar",
    SimilarReply,
    r#"{ "text": "pay twice", "limit": 3 }"#,
    similar
);

fn similar(_ask: Similar, _at: &Asked<'_>) -> Result<SimilarReply> {
    Err(crate::Error::new(crate::Code::Internal, "not answered yet"))
}
