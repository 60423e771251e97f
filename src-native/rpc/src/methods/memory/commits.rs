//! One commit, one pull request.

use super::files::Touch;
use super::{Asked, question};
use crate::wire::*;
use crate::Result;

request! {
    /// Tell everything about a commit: who, what, for which issue, through which pull request.
    pub struct Commit {
        /// Object id, or at least the first four digits of one.
        pub commit: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }

    /// Tell what Git knows of a pull request: its commits, files, issues and reviewers.
    pub struct PullRequest {
        /// Its number.
        pub number: u64,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// A commit.
    pub struct CommitReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The commit.
        pub commit: CommitRef,
        /// Its whole message.
        pub message: String,
        /// When it was committed, where that differs from when it was written.
        pub committed_at: String,
        /// The writer's offset from UTC, in minutes.
        pub offset_minutes: i32,
        /// Everybody credited.
        pub people: Vec<Credit>,
        /// Its parents.
        pub parents: Vec<Record>,
        /// Commits that have it as a parent.
        pub children: Vec<Record>,
        /// Files, by path; at most 1000.
        pub files: Vec<Touch>,
        /// How many files there are.
        pub files_total: u32,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// Issues its message names.
        pub issues: Vec<Record>,
        /// Pull requests it came through.
        pub pull_requests: Vec<PullRequestLink>,
        /// The commit it undoes.
        pub reverts: Option<Record>,
        /// Commits that undo it.
        pub reverted_by: Vec<Record>,
        /// The first release that holds it, by time; none where it is unreleased.
        pub release: Option<Record>,
    }

    /// A person and what they did for a commit.
    pub struct Credit {
        /// Who.
        pub person: PersonRef,
        /// `author`, `committer`, `coAuthor` or `reviewer`.
        pub role: String,
        /// The name and mail as written.
        pub written: String,
    }

    /// A pull request and the words that say so.
    pub struct PullRequestLink {
        /// Its number.
        pub number: u64,
        /// The words in Git: `(#12)`, `Merge pull request #12`, `refs/pull/12/head`.
        pub told_by: String,
    }

    /// What Git knows of a pull request.
    pub struct PullRequestReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its number.
        pub number: u64,
        /// The author's login, where a message tells.
        pub login: Option<String>,
        /// Its branch, where a message tells.
        pub branch: Option<String>,
        /// The commit at its tip, where the clone has `refs/pull`.
        pub head: Option<String>,
        /// Whether its commits are in the history of HEAD.
        pub merged: bool,
        /// Its commits in the history of HEAD, oldest first, each with the words that say so.
        pub commits: Vec<CommitOfPullRequest>,
        /// Files it changed, by path; at most 1000.
        pub files: Vec<Record>,
        /// Issues its commits name.
        pub issues: Vec<Record>,
        /// Who wrote it.
        pub authors: Vec<PersonRef>,
        /// Who reviewed it.
        pub reviewers: Vec<PersonRef>,
    }

    /// A commit of a pull request.
    pub struct CommitOfPullRequest {
        /// The commit.
        pub commit: CommitRef,
        /// The words that say so.
        pub told_by: String,
    }
}

question!(Commit, "memory.commit", CommitReply, r#"{ "commit": "HEAD" }"#, commit);

fn commit(_ask: Commit, _at: &Asked<'_>) -> Result<CommitReply> {
    Err(super::unwritten())
}

question!(PullRequest, "memory.pullRequest", PullRequestReply, r#"{ "number": 7 }"#, pull_request);

fn pull_request(_ask: PullRequest, _at: &Asked<'_>) -> Result<PullRequestReply> {
    Err(super::unwritten())
}
