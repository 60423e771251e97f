//! What a newcomer should know of a file.

use super::issues::IssueRef;
use super::pulls::{PullRef, Thread};
use super::{Asked, question};
use crate::Result;
use crate::wire::*;

request! {
    /// Tell what a newcomer should know of a file: who knows it, its last pull requests and issues, those that are
    /// open, and what was discussed most.
    pub struct FileContext {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// How many of each kind to list (10 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }
}

reply! {
    /// What a newcomer should know of a file.
    pub struct FileContextReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its path.
        pub path: String,
        /// Whether it is in the tree of HEAD.
        pub alive: bool,
        /// Its component.
        pub component: Option<String>,
        /// The answer in sentences.
        pub sentences: Vec<Sentence>,
        /// Who knows it, highest score first.
        pub experts: Vec<super::expertise::Expert>,
        /// Its last pull requests, newest first.
        pub pull_requests: Vec<PullRequestOfFile>,
        /// Pull requests that are open and change it, newest first.
        pub open_pull_requests: Vec<PullRef>,
        /// How many there are.
        pub open_pull_requests_total: Figure,
        /// The last issues its commits are linked to, newest commit first.
        pub issues: Vec<IssueOfFile>,
        /// Those of all linked issues that are not done, newest first.
        pub open_issues: Vec<IssueRef>,
        /// How many there are.
        pub open_issues_total: Figure,
        /// Pull requests and issues it was discussed in most: most comments first.
        pub discussed: Vec<Discussed>,
        /// The last discussions on its lines, newest first.
        pub threads: Vec<ThreadOfFile>,
    }

    /// A pull request of a file.
    pub struct PullRequestOfFile {
        /// The pull request.
        pub pull_request: PullRef,
        /// Its commits in the history that touch the file.
        pub commits: Figure,
        /// How many comments stand beneath it and on its lines.
        pub comments: u32,
    }

    /// An issue of a file.
    pub struct IssueOfFile {
        /// The issue.
        pub issue: IssueRef,
        /// Its commits that touch the file.
        pub commits: Figure,
    }

    /// A record that was talked about.
    pub struct Discussed {
        /// The issue or the pull request.
        pub record: Record,
        /// The comments of people on it.
        pub comments: Figure,
        /// When the last of them was written.
        pub last_at: String,
    }

    /// A discussion on lines of a file.
    pub struct ThreadOfFile {
        /// The pull request.
        pub pull_request: PullRef,
        /// The discussion.
        pub thread: Thread,
    }
}

question!(
    FileContext,
    "memory.fileContext",
    FileContextReply,
    r#"{ "path": "src/pay.rs" }"#,
    file_context
);

fn file_context(_: FileContext, _: &Asked<'_>) -> Result<FileContextReply> {
    Err(crate::Error::not_found("no file"))
}
