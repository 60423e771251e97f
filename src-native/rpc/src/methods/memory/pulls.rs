//! Pull requests: one with all that belongs to it, and lists of them.

use super::commits::{PullRequestReply, pull_request};
use super::issues::IssueRef;
use super::said::{CommentText, ReviewText};
use super::{Asked, question};
use crate::Result;
use crate::wire::*;

/// How a pull request stands.
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
pub enum PullState {
    /// Under way.
    Open,
    /// Closed without having been merged.
    Closed,
    /// Merged.
    Merged,
}

request! {
    /// Tell everything about a pull request: what it says, who made and reviewed it, what was discussed on which lines,
    /// its commits, files and issues. Where only Git tells of it, what Git knows.
    pub struct PullRequest {
        /// Its number.
        pub number: u64,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }

    /// List pull requests, newest first, that fit every filter given: those GitHub tells of.
    pub struct PullRequests {
        /// How they stand.
        pub state: Option<PullState>,
        /// Only drafts, or only those that are none.
        pub draft: Option<bool>,
        /// Who made it: key, mail, name or login.
        pub author: Option<String>,
        /// Who sent a review of it.
        pub reviewer: Option<String>,
        /// Who was asked to review it and has not yet.
        pub requested: Option<String>,
        /// Only those that change this very file, or one below this folder.
        pub path: Option<String>,
        /// A label, case aside.
        pub label: Option<String>,
        /// Only those with (or only those without) a review by somebody who did not make it.
        pub reviewed: Option<bool>,
        /// Only those linked to this issue.
        pub issue: Option<String>,
        /// Words of its title or description.
        pub text: Option<String>,
        /// Made at or after this time, RFC 3339.
        pub since: Option<String>,
        /// Made at or before this time, RFC 3339.
        pub until: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

reply! {
    /// A pull request, as shown in a list.
    #[derive(PartialEq, Eq)]
    pub struct PullRef {
        /// Its number.
        pub number: u64,
        /// Its title; `#12` where only Git tells of it.
        pub title: String,
        /// How it stands; none where only Git tells of it.
        pub state: Option<PullState>,
        /// Whether it is a draft.
        pub draft: bool,
        /// Who made it; none where the account is gone or only Git tells of it.
        pub author: Option<PersonRef>,
        /// When it was made, RFC 3339 in UTC; none where only Git tells of it.
        pub at: Option<String>,
    }

    /// A page of pull requests.
    pub struct PullRequestsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Newest first.
        pub pull_requests: Vec<PullRow>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A pull request in a list.
    pub struct PullRow {
        /// The pull request.
        pub pull_request: PullRef,
        /// When anything of it last changed.
        pub updated: String,
        /// When it was merged or closed.
        pub closed: Option<String>,
        /// Lines added, where GitHub tells.
        #[ts(type = "number | null")]
        pub added: Option<u64>,
        /// Lines deleted, where GitHub tells.
        #[ts(type = "number | null")]
        pub deleted: Option<u64>,
        /// How many files it changes, as far as they are imported.
        pub files: u32,
        /// How many reviews others sent.
        pub reviews: u32,
        /// How many comments stand beneath it and on its lines.
        pub comments: u32,
        /// Keys of the issues linked to it.
        pub issues: Vec<String>,
        /// Who was asked to review it and has not yet.
        pub requested: Vec<PersonRef>,
    }

    /// What GitHub tells of a pull request.
    pub struct PullText {
        /// The pull request as shown in a list.
        pub pull_request: PullRef,
        /// Its description.
        pub text: String,
        /// Who merged it.
        pub merged_by: Option<PersonRef>,
        /// The branch it is from.
        pub branch: String,
        /// Whose branch that is: `owner` of `owner:branch`.
        pub branch_owner: String,
        /// The branch it is for.
        pub base: String,
        /// When it was made.
        pub created: String,
        /// When anything of it last changed.
        pub updated: String,
        /// When it was closed or merged.
        pub closed: Option<String>,
        /// When it was merged.
        pub merged: Option<String>,
        /// Object id of the commit that GitHub names as the merge.
        pub merge_commit: Option<String>,
        /// Where people read it; empty where unknown.
        pub url: String,
        /// Lines added, where GitHub tells.
        #[ts(type = "number | null")]
        pub added: Option<u64>,
        /// Lines deleted, where GitHub tells.
        #[ts(type = "number | null")]
        pub deleted: Option<u64>,
        /// Labels.
        pub labels: Vec<String>,
        /// Who is to do it.
        pub assignees: Vec<PersonRef>,
        /// Who was asked to review it and has not yet.
        pub requested: Vec<PersonRef>,
        /// The tracker it is from: `github.com/owner/name`.
        pub tracker: String,
    }

    /// A commit that GitHub lists for a pull request.
    pub struct ListedCommit {
        /// Its object id.
        pub id: String,
        /// The first line of its message.
        pub subject: String,
        /// Who wrote it, as far as memory knows them.
        pub author: Option<PersonRef>,
        /// The name in the commit.
        pub written: String,
        /// When it was written.
        pub at: String,
        /// Whether it is in the history of HEAD; false where it was squashed, rebased or never merged.
        pub in_history: bool,
    }

    /// A file that a pull request changes.
    pub struct PullFileText {
        /// Its path.
        pub path: String,
        /// The path it had before, where it was renamed.
        pub from: Option<String>,
        /// `added`, `modified`, `deleted` or `renamed`.
        pub kind: String,
        /// Lines added.
        pub added: u32,
        /// Lines deleted.
        pub deleted: u32,
        /// Whether memory has the file in the tree of HEAD.
        pub alive: bool,
    }

    /// A discussion on lines of a pull request: a comment and its answers.
    pub struct Thread {
        /// The file.
        pub path: String,
        /// The first of its lines as they were when it began, from 1; none for the file as a whole.
        pub line: Option<u32>,
        /// The last of these lines, where they are several.
        pub end_line: Option<u32>,
        /// Whether these count lines of the old side: it is about lines that were taken away.
        pub on_old: bool,
        /// The line in the newest version of the pull request; none where the thread is outdated.
        pub line_now: Option<u32>,
        /// Whether the lines have changed since.
        pub outdated: bool,
        /// The commit it was written about.
        pub commit: Option<String>,
        /// The lines around, as a patch shows them.
        pub hunk: String,
        /// The comment and its answers, in order.
        pub comments: Vec<CommentText>,
    }

    /// An issue of a pull request.
    pub struct IssueOfPullRequest {
        /// The issue.
        pub issue: IssueRef,
        /// The words that say so.
        pub told_by: String,
        /// Whether the pull request says that it closes, fixes or resolves the issue.
        pub closes: bool,
    }

    /// Something that happened to a pull request.
    pub struct MomentText {
        /// When.
        pub at: String,
        /// What: `review_requested`, `ready_for_review`, …
        pub kind: String,
        /// Who did it.
        pub person: Option<PersonRef>,
        /// Whom it is about.
        pub about: Option<PersonRef>,
    }

    /// What GitHub tells of a pull request and what belongs to it.
    pub struct PullRecord {
        /// What it says and how it stands.
        pub text: PullText,
        /// Its reviews, in order.
        pub reviews: Vec<ReviewText>,
        /// Discussions on lines, by path, line and time; the first 500.
        pub threads: Vec<Thread>,
        /// What was said beneath it, in order; the first 500.
        pub comments: Vec<CommentText>,
        /// The commits that GitHub lists, in order.
        pub commits: Vec<ListedCommit>,
        /// The files it changes, by path; the first 1000.
        pub files: Vec<PullFileText>,
        /// How many files it changes, as far as they are imported.
        pub files_total: u32,
        /// What happened to it, in order.
        pub moments: Vec<MomentText>,
    }
}

question!(PullRequest, "memory.pullRequest", PullRequestReply, r#"{ "number": 7 }"#, pull_request);
question!(
    PullRequests,
    "memory.pullRequests",
    PullRequestsReply,
    r#"{ "state": "open" }"#,
    pull_requests
);

fn pull_requests(_: PullRequests, _: &Asked<'_>) -> Result<PullRequestsReply> {
    Err(crate::Error::not_found("no pull request"))
}
