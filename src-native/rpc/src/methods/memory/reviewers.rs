//! Who should review a change, and the reviews behind each suggestion.

use super::{Asked, question};
use crate::Result;
use crate::wire::*;

request! {
    /// Suggest reviewers for a pull request or for a set of paths, with the whole sum of each score and who was left out.
    pub struct Reviewers {
        /// Number of a pull request that GitHub or Git tells of.
        pub pull_request: Option<u64>,
        /// Paths from the repository's root, instead of a pull request; at most 2000.
        pub paths: Option<Vec<String>>,
        /// Who made the change, by key, mail, name or login; never suggested. A pull request tells itself.
        pub author: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest record unless given, or of the pull request where it is closed.
        pub now: Option<String>,
        /// How many people to suggest (5 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }

    /// List the reviews behind a suggestion: past ones, those most like the change first, or those still asked of somebody.
    pub struct ReviewsOf {
        /// Who, by key, mail, name or login.
        pub person: String,
        /// The pull request that was asked about.
        pub pull_request: Option<u64>,
        /// The paths that were asked about, instead of a pull request.
        pub paths: Option<Vec<String>>,
        /// Open pull requests that wait for a review of theirs, instead of past reviews.
        pub waiting: Option<bool>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; as for `memory.reviewers`.
        pub now: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

/// Why somebody is not suggested.
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
pub enum NotSuggestedBecause {
    /// Made the change or had a part in it.
    Author,
    /// A program.
    Bot,
    /// Named absent in backstory.toml.
    Absent,
    /// Every account of theirs at the tracker is closed.
    Closed,
    /// Nothing of theirs is known for longer than the rules allow.
    Inactive,
}

reply! {
    /// Who should review.
    pub struct ReviewersReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The pull request asked about.
        pub pull_request: Option<Record>,
        /// The paths that were judged, by name.
        pub paths: Vec<String>,
        /// Who made the change.
        pub authors: Vec<PersonRef>,
        /// Highest score first, then by name.
        pub suggestions: Vec<SuggestedReviewer>,
        /// How many people could be suggested in all.
        pub total: u32,
        /// People that would have stood among the suggestions, and why they do not; best first.
        pub left_out: Vec<NotSuggested>,
        /// Past reviews that were looked at.
        pub reviews: u32,
    }

    /// A person who could review.
    pub struct SuggestedReviewer {
        /// Who.
        pub person: PersonRef,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
        /// Why, in a sentence.
        pub reason: String,
        /// Past reviews of theirs that count for this change, those most like it first.
        pub past: Figure,
        /// Open pull requests that wait for a review of theirs.
        pub waiting: Figure,
        /// Time of the last thing known of them.
        pub last_at: Option<String>,
    }

    /// Somebody who is not suggested.
    pub struct NotSuggested {
        /// Who.
        pub person: PersonRef,
        /// Why, as a word.
        pub because: NotSuggestedBecause,
        /// Why, in a sentence.
        pub text: String,
    }

    /// A page of reviews.
    pub struct ReviewsOfReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Whose reviews they are.
        pub person: PersonRef,
        /// Those most like the change first, then newest first.
        pub reviews: Vec<PastReview>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A review, of a pull request or, where Git alone tells of it, of a commit.
    pub struct PastReview {
        /// What was reviewed.
        pub record: Record,
        /// When it was reviewed, or was made where the review is still asked.
        pub at: String,
        /// How like its paths are to those of the change, 0 to 1; none where the review is still asked.
        pub likeness: Option<f64>,
        /// The paths of it that are most like those of the change, at most 3.
        pub paths: Vec<String>,
        /// Points it adds.
        pub points: Option<f64>,
    }
}

question!(
    Reviewers,
    "memory.reviewers",
    ReviewersReply,
    r#"{ "paths": ["src/pay.rs"], "limit": 3 }"#,
    reviewers
);

fn reviewers(_ask: Reviewers, _at: &Asked<'_>) -> Result<ReviewersReply> {
    Err(crate::Error::new(crate::Code::Internal, "not answered yet"))
}

question!(
    ReviewsOf,
    "memory.reviewsOf",
    ReviewsOfReply,
    r#"{ "person": "ada@example.org", "paths": ["src/pay.rs"], "limit": 3 }"#,
    reviews_of
);

fn reviews_of(_ask: ReviewsOf, _at: &Asked<'_>) -> Result<ReviewsOfReply> {
    Err(crate::Error::new(crate::Code::Internal, "not answered yet"))
}
