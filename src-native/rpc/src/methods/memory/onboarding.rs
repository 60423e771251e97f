//! What to read, and whom to ask, to learn a part of a project.

use super::{Asked, question};
use crate::Result;
use crate::wire::*;

request! {
    /// List what a newcomer should read to learn a component, in order, each with its reason; the files to begin with, and whom to ask.
    pub struct Onboarding {
        /// Path of a file or a folder from the repository's root; the whole repository unless given.
        pub path: Option<String>,
        /// Component, instead of a path.
        pub component: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// How many issues and pull requests to list (12 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }
}

/// Why something is worth reading.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum WorthReadingKind {
    /// It began here.
    Beginning,
    /// A large change that is still there.
    Largest,
    /// Much was said about it.
    Discussed,
    /// A bug that came back, or a change that was undone.
    CameBack,
    /// Among the latest decisions.
    Latest,
}

reply! {
    /// What to read and whom to ask.
    pub struct OnboardingReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// What was asked about.
        pub subject: Subject,
        /// Issues and pull requests, in the order to read them.
        pub read: Vec<WorthReading>,
        /// How many issues and pull requests there are in all.
        pub total: u32,
        /// Files to begin with, most central first; at most 10.
        pub files: Vec<FileToRead>,
        /// Whom to ask, at most 5.
        pub people: Vec<PersonToAsk>,
    }

    /// An issue or a pull request that is worth reading.
    pub struct WorthReading {
        /// The issue, or the pull request.
        pub record: Record,
        /// Its pull request, or the issue it is about, where both are one story.
        pub beside: Vec<Record>,
        /// Where people read it.
        pub url: Option<String>,
        /// Why, as a word.
        pub kind: WorthReadingKind,
        /// Why, in a sentence.
        pub reason: String,
        /// When it was made.
        pub at: Option<String>,
        /// Its commits that touch what was asked about.
        pub commits: Figure,
        /// Every summand of its place among those of its kind.
        pub terms: Vec<TermText>,
    }

    /// A file to begin with.
    pub struct FileToRead {
        /// Its path.
        pub path: String,
        /// Why, in a sentence.
        pub reason: String,
        /// Its commits.
        pub commits: Figure,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
    }

    /// Somebody to ask.
    pub struct PersonToAsk {
        /// Who.
        pub person: PersonRef,
        /// Why, in a sentence.
        pub reason: String,
        /// The sum of their expertise.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
        /// Time of their last commit to it or review of it.
        pub last_at: Option<String>,
    }
}

question!(
    Onboarding,
    "memory.onboarding",
    OnboardingReply,
    r#"{ "component": "src", "limit": 5 }"#,
    onboarding
);

fn onboarding(_ask: Onboarding, _at: &Asked<'_>) -> Result<OnboardingReply> {
    Err(crate::Error::new(crate::Code::Internal, "not answered yet"))
}
