//! Issues: one with all that belongs to it, and lists of them.

use super::pulls::PullRef;
use super::said::CommentText;
use super::{Asked, question};
use crate::Result;
use crate::wire::*;

/// How far an issue is, whatever its status is called.
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
pub enum Category {
    /// The tracker does not say.
    Unknown,
    /// Not begun, or an open issue of GitHub's.
    ToDo,
    /// Begun.
    InProgress,
    /// Resolved or closed.
    Done,
}

request! {
    /// Tell all that belongs to an issue: what it says, what was discussed, which pull requests and commits
    /// resolved it, what they changed, who did what, and what touched the same files since.
    pub struct IssueContext {
        /// Key, in any writing: `PROJ-1247`, `proj-1247`, `#12`, `12` where issues are GitHub's. A key that an issue
        /// had before it was moved leads to that issue.
        pub key: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
    }

    /// List issues, newest first, that fit every filter given.
    pub struct Issues {
        /// How far they are.
        pub category: Option<Category>,
        /// Only those that are not done, or only those that are.
        pub open: Option<bool>,
        /// Only those that were open at this time: made at or before it and not resolved by then, RFC 3339.
        pub open_at: Option<String>,
        /// `Bug`, `Story`, …, case aside.
        pub kind: Option<String>,
        /// Only those that tell of a defect by their kind or a label.
        pub bug: Option<bool>,
        /// A component as the tracker names it, case aside.
        pub component: Option<String>,
        /// A label, case aside.
        pub label: Option<String>,
        /// A person who reported it: key, mail, name or login.
        pub reporter: Option<String>,
        /// A person who is to do it, or did.
        pub assignee: Option<String>,
        /// Words of its key, title or description.
        pub text: Option<String>,
        /// Only those with (or only those without) a commit or a pull request that is linked to them.
        pub linked: Option<bool>,
        /// Only those linked to commits that touch this file (past names followed) or folder.
        pub path: Option<String>,
        /// Only those linked to this pull request.
        pub pull_request: Option<u64>,
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
    /// An issue, as shown in a list.
    #[derive(PartialEq, Eq)]
    pub struct IssueRef {
        /// Its key: `PROJ-1247`, `#12`.
        pub key: String,
        /// Its title; the key again where no record answers to it.
        pub title: String,
        /// `Bug`, `Story`, …; empty where unknown.
        pub kind: String,
        /// Whether its kind or a label says that it is a defect.
        pub bug: bool,
        /// Its status, as the tracker calls it; empty where unknown.
        pub status: String,
        /// How far that is.
        pub category: Category,
        /// When it was made, RFC 3339 in UTC; none where no record answers to the key.
        pub at: Option<String>,
    }

    /// A page of issues.
    pub struct IssuesReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Newest first.
        pub issues: Vec<IssueRow>,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// An issue in a list.
    pub struct IssueRow {
        /// The issue.
        pub issue: IssueRef,
        /// Its priority; empty where unknown.
        pub priority: String,
        /// Who reported it.
        pub reporter: Option<PersonRef>,
        /// Who is to do it, or did.
        pub assignee: Option<PersonRef>,
        /// When anything of it last changed.
        pub updated: String,
        /// When it was resolved or closed.
        pub resolved: Option<String>,
        /// How many comments stand beneath it.
        pub comments: u32,
        /// How many commits are linked to it.
        pub commits: u32,
        /// How many pull requests are linked to it.
        pub pull_requests: u32,
    }

    /// An issue with all that belongs to it.
    pub struct IssueContextReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its key.
        pub key: String,
        /// The key that was asked for, where the issue has another now.
        pub past_key: Option<String>,
        /// What the tracker tells; none where only commits name the key.
        pub issue: Option<IssueText>,
        /// The answer in sentences.
        pub sentences: Vec<Sentence>,
        /// What was said beneath it, in order; the first 500.
        pub comments: Vec<CommentText>,
        /// How many comments there are.
        pub comments_total: u32,
        /// How its status changed, in order.
        pub history: Vec<StatusChange>,
        /// Pull requests linked to it, oldest first.
        pub pull_requests: Vec<PullRequestOfIssue>,
        /// Changes made for it, oldest first, each counted once however often it was carried to other branches; the first 200.
        pub changes: Vec<ChangeOfIssue>,
        /// How many changes there are.
        pub changes_total: u32,
        /// Commits linked to it: every change, and every time it was carried over.
        pub commits: Figure,
        /// Files its changes touched: most commits first, then by path; the first 200.
        pub files: Vec<FileOfIssue>,
        /// How many files there are.
        pub files_total: u32,
        /// Everybody in it, most deeds first, then by name.
        pub people: Vec<PersonInContext>,
        /// Relations to other issues, by words and key.
        pub links: Vec<LinkOfIssue>,
        /// Commits that touched the same files after its last change, for no linked reason of this issue: newest first, at most 20.
        pub since: Vec<TouchSince>,
        /// How many such commits there are.
        pub since_total: u32,
    }

    /// What a tracker tells of an issue.
    pub struct IssueText {
        /// The issue as shown in a list.
        pub issue: IssueRef,
        /// Its description, as plain text.
        pub text: String,
        /// Its priority; empty where unknown.
        pub priority: String,
        /// `Fixed`, `Duplicate`, …; empty while there is none.
        pub resolution: String,
        /// Names of components, as the tracker has them.
        pub components: Vec<String>,
        /// Labels.
        pub labels: Vec<String>,
        /// Versions it is fixed in.
        pub fix_versions: Vec<String>,
        /// Versions it was seen in.
        pub affects_versions: Vec<String>,
        /// Sprints.
        pub sprints: Vec<String>,
        /// Who reported it.
        pub reporter: Option<PersonRef>,
        /// Who is to do it, or did.
        pub assignee: Option<PersonRef>,
        /// When it was made.
        pub created: String,
        /// When anything of it last changed.
        pub updated: String,
        /// When it was resolved or closed.
        pub resolved: Option<String>,
        /// Where people read it; empty where unknown.
        pub url: String,
        /// Keys it had before.
        pub past_keys: Vec<String>,
        /// Every other field that has a value, by name.
        pub fields: Vec<FieldText>,
        /// The tracker it is from: `jira`, `github.com/owner/name`.
        pub tracker: String,
    }

    /// A field and its value.
    pub struct FieldText {
        /// The field's name.
        pub name: String,
        /// Its value, as text.
        pub value: String,
    }

    /// A change of an issue's status, resolution or assignee.
    pub struct StatusChange {
        /// When.
        pub at: String,
        /// Who.
        pub person: Option<PersonRef>,
        /// `status`, `resolution` or `assignee`.
        pub field: String,
        /// What it was; empty for nothing.
        pub from: String,
        /// What it became; empty for nothing.
        pub to: String,
    }

    /// A pull request of an issue.
    pub struct PullRequestOfIssue {
        /// The pull request.
        pub pull_request: PullRef,
        /// The words that say so.
        pub told_by: String,
        /// Whether it says that it closes, fixes or resolves the issue.
        pub closes: bool,
    }

    /// A change made for an issue.
    pub struct ChangeOfIssue {
        /// The commit: the first of those that carry the change.
        pub commit: CommitRef,
        /// The words that say so.
        pub told_by: String,
        /// Whether the commit or the issue says so itself; else a pull request stands between.
        pub direct: bool,
        /// Pull requests the commit came through.
        pub pull_requests: Vec<u64>,
        /// Commits that carry the same change elsewhere: cherry-picked from it, or by the same author at the same moment under the same subject.
        pub backports: Vec<CommitRef>,
    }

    /// A file changed for an issue.
    pub struct FileOfIssue {
        /// Its path.
        pub path: String,
        /// Whether it is in the tree of HEAD.
        pub alive: bool,
        /// The issue's commits that touched it.
        pub commits: Figure,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
    }

    /// Somebody and what they did.
    pub struct PersonInContext {
        /// Who.
        pub person: PersonRef,
        /// What they did.
        pub deeds: Vec<DeedText>,
    }

    /// Something somebody did.
    pub struct DeedText {
        /// `reported`, `assigned`, `resolved`, `opened` (a pull request), `wrote`, `reviewed` or `commented`.
        pub deed: String,
        /// How often, with the records.
        pub figure: Figure,
        /// When it was last done.
        pub last_at: Option<String>,
    }

    /// A relation to another issue.
    pub struct LinkOfIssue {
        /// In this issue's direction: `duplicates`, `is blocked by`.
        pub words: String,
        /// The other issue; its title is its key where no record of it is in memory.
        pub issue: IssueRef,
        /// Whether a record of it is in memory.
        pub known: bool,
    }

    /// A later commit to the same files.
    pub struct TouchSince {
        /// The commit.
        pub commit: CommitRef,
        /// Which of the issue's files it touched, by path; at most 10.
        pub files: Vec<String>,
        /// Keys of the issues it is linked to.
        pub issues: Vec<String>,
        /// Pull requests it came through.
        pub pull_requests: Vec<u64>,
    }
}

question!(
    IssueContext,
    "memory.issueContext",
    IssueContextReply,
    r#"{ "key": "PAY-4" }"#,
    issue_context
);
question!(Issues, "memory.issues", IssuesReply, r#"{ "open": true }"#, issues);

fn issue_context(_: IssueContext, _: &Asked<'_>) -> Result<IssueContextReply> {
    Err(crate::Error::not_found("no issue"))
}

fn issues(_: Issues, _: &Asked<'_>) -> Result<IssuesReply> {
    Err(crate::Error::not_found("no issue"))
}
