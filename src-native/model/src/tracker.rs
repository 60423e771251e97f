//! What Jira and GitHub tell, as facts. A source yields these; it never writes.

use crate::{ChangeKind, Oid, Timestamp};

/// Somebody as a tracker knows them. Everything but `id` may change or be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// What never changes: Jira Cloud's `accountId`, Jira Server's `key`; GitHub's login in small letters.
    pub id: String,
    /// Jira Server's user name, GitHub's login as written.
    pub login: String,
    /// The name they gave themselves.
    pub display: String,
    /// Their mail address, where the tracker tells it.
    pub mail: String,
    /// The account number at GitHub, which survives a change of login; 0 where unknown.
    pub number: u64,
    /// False where the tracker says the account is closed.
    pub active: bool,
    /// The tracker says it is a program: GitHub's type `Bot`, Jira's `app`.
    pub bot: bool,
}

/// How far an issue is, whatever its status is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusCategory {
    /// The tracker does not say.
    #[default]
    Unknown,
    /// Not begun: Jira's `new`, an open issue of GitHub's.
    ToDo,
    /// Jira's `indeterminate`.
    InProgress,
    /// Jira's `done`, a closed issue of GitHub's.
    Done,
}

/// A text that somebody wrote beneath an issue or a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Comment {
    /// The tracker's own id.
    pub id: String,
    /// Who wrote it; none where the tracker does not say or the account is gone.
    pub author: Option<Account>,
    /// Plain text: documents and markup are read as people see them. Empty where it is hidden.
    pub body: String,
    /// When it was written.
    pub at: Timestamp,
}

/// One field of an issue changing its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldChange {
    /// The tracker's own id of the change; several fields may change under one.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who; none where the tracker does not say.
    pub author: Option<Account>,
    /// The field's name in small letters: `status`, `assignee`, `key`, …
    pub field: String,
    /// As people read it; empty for nothing.
    pub from: String,
    /// As people read it; empty for nothing.
    pub to: String,
}

/// A relation to another issue, told from this one's side.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssueLink {
    /// The relation's name: `Duplicate`, `Blocks`, `Parent`.
    pub kind: String,
    /// In this direction: `duplicates`, `is blocked by`.
    pub words: String,
    /// Whether this issue is its subject: `A duplicates B` is outward in A and inward in B.
    pub outward: bool,
    /// Key of the other issue, which need not be in memory.
    pub to: String,
}

/// An issue of Jira's or GitHub's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct IssueFacts {
    /// The tracker's own id.
    pub id: String,
    /// `PROJ-1247`; `#12` for an issue of GitHub's.
    pub key: String,
    /// Keys it had before, where it was moved.
    pub past_keys: Vec<String>,
    /// `PROJ`; empty for an issue of GitHub's.
    pub project: String,
    /// Its title.
    pub summary: String,
    /// Its description, as plain text.
    pub body: String,
    /// `Bug`, `Story`, …; empty where unknown.
    pub kind: String,
    /// As the tracker calls it: `In Progress`, `open`.
    pub status: String,
    /// How far that is.
    pub category: StatusCategory,
    /// `High`, …; empty where unknown.
    pub priority: String,
    /// `Fixed`, `Duplicate`, …; empty while there is none.
    pub resolution: String,
    /// Who reported it.
    pub reporter: Option<Account>,
    /// Who is to do it.
    pub assignee: Option<Account>,
    /// When it was made.
    pub created: Timestamp,
    /// When anything of it last changed.
    pub updated: Timestamp,
    /// When it was resolved or closed.
    pub resolved: Option<Timestamp>,
    /// Where people read it; empty where unknown.
    pub url: String,
    /// Names of components.
    pub components: Vec<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// Names of versions it is fixed in.
    pub fix_versions: Vec<String>,
    /// Names of versions it was seen in.
    pub affects_versions: Vec<String>,
    /// Names of sprints.
    pub sprints: Vec<String>,
    /// Every other field that has a value: its name and the value as text.
    pub fields: Vec<(String, String)>,
    /// Relations to other issues, parent and subtasks among them.
    pub links: Vec<IssueLink>,
    /// What was said beneath it.
    pub comments: Vec<Comment>,
    /// What changed, in the order of time.
    pub changes: Vec<FieldChange>,
}

/// How a pull request stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PullState {
    /// Under way.
    #[default]
    Open,
    /// Closed without having been merged.
    Closed,
    /// Merged.
    Merged,
}

/// What a review said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Neither yes nor no.
    #[default]
    Commented,
    /// Yes.
    Approved,
    /// No.
    ChangesRequested,
    /// Taken back.
    Dismissed,
}

/// A review of a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReviewFacts {
    /// GitHub's own id.
    pub id: String,
    /// Who reviewed; none where the account is gone.
    pub reviewer: Option<Account>,
    /// What they said.
    pub verdict: Verdict,
    /// In words; mostly empty.
    pub body: String,
    /// When it was sent.
    pub at: Timestamp,
    /// The commit it was about.
    pub commit: Option<Oid>,
}

/// A comment on lines of a pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReviewCommentFacts {
    /// GitHub's own id.
    pub id: String,
    /// The review it came with; empty where unknown.
    pub review: String,
    /// The comment it answers; empty for none.
    pub answers: String,
    /// Who wrote it; none where the account is gone.
    pub author: Option<Account>,
    /// What.
    pub body: String,
    /// When.
    pub at: Timestamp,
    /// The file.
    pub path: String,
    /// The line in the newest version of the pull request; none where it is outdated.
    pub line: Option<u32>,
    /// The line in the version it was written about, first of several.
    pub original_line: Option<u32>,
    /// The last of these lines, where they are several.
    pub original_end: Option<u32>,
    /// The version it was written about.
    pub original_commit: Option<Oid>,
    /// The lines around, as a patch shows them.
    pub hunk: String,
    /// Whether `original_line` counts lines of the old side.
    pub on_old: bool,
}

/// A file that a pull request changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PullFile {
    /// Its path.
    pub path: String,
    /// The path it had before, where it was renamed.
    pub from: Option<String>,
    /// What happens to it.
    pub kind: ChangeKind,
    /// Lines added.
    pub added: u32,
    /// Lines deleted.
    pub deleted: u32,
}

/// A commit of a pull request, as GitHub lists it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PullCommit {
    /// Its object id.
    pub id: Oid,
    /// Its message.
    pub message: String,
    /// The account that GitHub takes for its author, and the name and mail the commit has: what tells
    /// people apart.
    pub author: Option<Account>,
    /// The name in the commit.
    pub author_name: String,
    /// The mail in the commit.
    pub author_mail: String,
    /// When it was written.
    pub authored: Timestamp,
}

/// A pull request of GitHub's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PullFacts {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its description.
    pub body: String,
    /// How it stands.
    pub state: PullState,
    /// Whether it is a draft.
    pub draft: bool,
    /// Who made it; none where the account is gone.
    pub author: Option<Account>,
    /// Who merged it.
    pub merged_by: Option<Account>,
    /// When it was made.
    pub created: Timestamp,
    /// When anything of it last changed.
    pub updated: Timestamp,
    /// When it was closed, merged or not.
    pub closed: Option<Timestamp>,
    /// When it was merged.
    pub merged: Option<Timestamp>,
    /// Its newest commit.
    pub head: Option<Oid>,
    /// Its branch.
    pub branch: String,
    /// Whose repository that branch is in; empty where that is gone.
    pub branch_owner: String,
    /// The branch it goes into.
    pub base: String,
    /// The commit that came of it: merge, squash or last of a rebase.
    pub merge_commit: Option<Oid>,
    /// Where people read it; empty where unknown.
    pub url: String,
    /// Labels.
    pub labels: Vec<String>,
    /// Who is to do it.
    pub assignees: Vec<Account>,
    /// Who was asked to review and has not yet.
    pub requested: Vec<Account>,
    /// Lines added, by GitHub's count; none where it is not told.
    pub added: Option<u32>,
    /// Lines deleted, by GitHub's count; none where it is not told.
    pub deleted: Option<u32>,
    /// Keys of the issues that GitHub itself says it closes, where it was asked: `#12`, and
    /// `owner/name#12` in another repository.
    pub closes: Vec<String>,
    /// Its commits, where they were read.
    pub commits: Vec<PullCommit>,
    /// The files it changes, where they were read.
    pub files: Vec<PullFile>,
    /// Its reviews.
    pub reviews: Vec<ReviewFacts>,
    /// Comments on its lines.
    pub review_comments: Vec<ReviewCommentFacts>,
    /// What was said beneath it.
    pub comments: Vec<Comment>,
    /// Moments that tell how it went: `review_requested`, `ready_for_review`, `converted_to_draft`,
    /// `reopened`, `head_ref_force_pushed`, … in the order of time.
    pub moments: Vec<PullMoment>,
}

/// Something that happened to a pull request or issue, by GitHub's name for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PullMoment {
    /// GitHub's own id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// GitHub's word.
    pub kind: String,
    /// Who did it.
    pub actor: Option<Account>,
    /// Whom it is about: the reviewer who was asked.
    pub about: Option<Account>,
}

/// A release as GitHub publishes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReleaseFacts {
    /// Its tag.
    pub tag: String,
    /// Its title.
    pub title: String,
    /// Its notes.
    pub body: String,
    /// When it was published; none for a draft.
    pub published: Option<Timestamp>,
    /// Whether it is meant for trying only.
    pub prerelease: bool,
    /// Who published it.
    pub author: Option<Account>,
}

/// A project of Jira's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProjectFacts {
    /// `PROJ`.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Who leads it.
    pub lead: Option<Account>,
    /// Its components: name and description.
    pub components: Vec<(String, String)>,
    /// Its versions: name, and when they were released.
    pub versions: Vec<(String, Option<Timestamp>)>,
}

/// What one thing of a tracker's comes to, once all records of it are read together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TrackerFacts {
    /// An issue.
    pub issue: Option<IssueFacts>,
    /// A pull request.
    pub pull: Option<PullFacts>,
    /// A release.
    pub release: Option<ReleaseFacts>,
    /// A project.
    pub project: Option<ProjectFacts>,
}
