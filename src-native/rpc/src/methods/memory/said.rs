//! What was said: comments and reviews, listed newest first.

use super::Asked;
use super::question;
use crate::Result;
use crate::wire::*;

/// Where a comment stands.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum CommentOn {
    /// Beneath an issue.
    Issue,
    /// Beneath a pull request.
    PullRequest,
    /// On lines of a pull request.
    Lines,
}

/// What a review said.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Neither yes nor no.
    Commented,
    /// Yes.
    Approved,
    /// No.
    ChangesRequested,
    /// Taken back.
    Dismissed,
}

request! {
    /// List comments on issues and pull requests, newest first, that fit every filter given.
    pub struct Comments {
        /// Beneath these issues, by key; with `pullRequests` as well, beneath any of both.
        pub issues: Option<Vec<String>>,
        /// Beneath these pull requests or on their lines.
        pub pull_requests: Option<Vec<u64>>,
        /// Beneath issues and pull requests that commits to this file (past names followed) or folder are
        /// linked to; on lines, those of this very path.
        pub path: Option<String>,
        /// The same for a component.
        pub component: Option<String>,
        /// Written by this person: key, mail, name or login.
        pub person: Option<String>,
        /// Only those that stand there; anywhere unless given.
        pub on: Option<CommentOn>,
        /// At or after this time, RFC 3339.
        pub since: Option<String>,
        /// At or before this time, RFC 3339.
        pub until: Option<String>,
        /// Programs' too (left out unless asked for, except where `person` is given).
        pub bots: Option<bool>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 500.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }

    /// List reviews of pull requests, newest first, that fit every filter given.
    pub struct Reviews {
        /// Of this pull request.
        pub pull_request: Option<u64>,
        /// Of pull requests linked to this issue.
        pub issue: Option<String>,
        /// By this person: key, mail, name or login.
        pub person: Option<String>,
        /// Only those that said so.
        pub verdict: Option<Verdict>,
        /// At or after this time, RFC 3339.
        pub since: Option<String>,
        /// At or before this time, RFC 3339.
        pub until: Option<String>,
        /// Only of pull requests that others made: what people call a review (both unless given).
        pub of_others: Option<bool>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 500.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

reply! {
    /// A page of comments.
    pub struct CommentsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Newest first.
        pub comments: Vec<CommentRow>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A comment in a list.
    pub struct CommentRow {
        /// The comment.
        pub comment: CommentText,
        /// The issue or the pull request it stands beneath.
        pub about: Record,
        /// Where it stands.
        pub on: CommentOn,
        /// The file, where it is on lines.
        pub path: Option<String>,
        /// The first of these lines as they were when it was written, from 1.
        pub line: Option<u32>,
    }

    /// A comment.
    pub struct CommentText {
        /// The comment as a record: `PROJ-1247/10001`, `#382/771`.
        pub record: Record,
        /// Who wrote it; none where the tracker does not say or the account is gone.
        pub author: Option<PersonRef>,
        /// When, RFC 3339 in UTC.
        pub at: String,
        /// What was said, as plain text; at most 20000 bytes of it.
        pub text: String,
        /// Whether there is more of the text than is shown.
        pub cut: bool,
    }

    /// A page of reviews.
    pub struct ReviewsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Newest first.
        pub reviews: Vec<ReviewText>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A review.
    pub struct ReviewText {
        /// The review as a record: `382/4711`.
        pub record: Record,
        /// The pull request it is of.
        pub pull_request: u64,
        /// Who; none where the account is gone.
        pub reviewer: Option<PersonRef>,
        /// What it said.
        pub verdict: Verdict,
        /// When, RFC 3339 in UTC.
        pub at: String,
        /// The commit it was about.
        pub commit: Option<String>,
        /// What it said in words; mostly empty.
        pub text: String,
        /// How many comments on lines came with it.
        pub comments: u32,
        /// Whether the reviewer made the pull request: an answer, not a review.
        pub own: bool,
    }
}

question!(Comments, "memory.comments", CommentsReply, r#"{ "issues": ["PAY-4"] }"#, comments);
question!(Reviews, "memory.reviews", ReviewsReply, r#"{ "pullRequest": 7 }"#, reviews);

fn comments(_: Comments, _: &Asked<'_>) -> Result<CommentsReply> {
    Err(crate::Error::not_found("nothing was said"))
}

fn reviews(_: Reviews, _: &Asked<'_>) -> Result<ReviewsReply> {
    Err(crate::Error::not_found("nothing was reviewed"))
}
