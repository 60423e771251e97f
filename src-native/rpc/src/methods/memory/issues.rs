//! Lists of issues.

use super::ask::moment;
use super::changes::no_cursor;
use super::records::issue_ref;
use super::{Asked, question};
use crate::Result;
use crate::wire::*;
use model::{IssueId, StatusCategory, Timestamp};
use store::reads::{IssueFilter, IssuePlace};

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
        /// Words of its title, description and discussion.
        pub text: Option<String>,
        /// Only those with (or only those without) a commit or a pull request that is linked to them.
        pub linked: Option<bool>,
        /// Only those linked to commits that touch this file (past names followed) or folder.
        pub path: Option<String>,
        /// Only those linked to this pull request or to its commits.
        pub pull_request: Option<u64>,
        /// Made at or after this time, RFC 3339.
        pub since: Option<String>,
        /// Made at or before this time, RFC 3339.
        pub until: Option<String>,
        /// As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
        pub now: Option<String>,
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
}

question!(Issues, "memory.issues", IssuesReply, r#"{ "open": true }"#, issues, now);

fn issues(ask: Issues, at: &Asked<'_>) -> Result<IssuesReply> {
    let most = limit(ask.limit, 50, 1_000)?;
    let filter = at.issue_filter(&ask)?;
    let after = ask.cursor.as_deref().map(place).transpose()?;
    let mut rows = at.reader.issues_where(at.of, &filter, after.as_ref(), most + 1)?;
    let more = rows.len() > most;
    rows.truncate(most);
    let last = rows.last().filter(|_| more);
    let next = last.map(|it| format!("{} {} {}", it.created.0, it.key, it.tracker));
    let mut issues = Vec::with_capacity(rows.len());
    for it in &rows {
        let (comments, commits, pull_requests) = at.reader.issue_counts(at.of, it.id)?;
        issues.push(IssueRow {
            issue: issue_ref(it),
            priority: it.priority.clone(),
            reporter: at.somebody(it.reporter)?,
            assignee: at.somebody(it.assignee)?,
            updated: time(it.updated),
            resolved: it.resolved.map(time),
            comments,
            commits,
            pull_requests,
        });
    }
    Ok(IssuesReply { basis: at.basis(None, &[])?, issues, next })
}

/// Where a page ended.
fn place(cursor: &str) -> Result<IssuePlace> {
    let mut parts = cursor.splitn(3, ' ');
    let at = parts.next().and_then(|it| it.parse().ok());
    match (at, parts.next(), parts.next()) {
        (Some(at), Some(key), Some(tracker)) => Ok((Timestamp(at), key.into(), tracker.into())),
        _ => Err(no_cursor()),
    }
}

impl Asked<'_> {
    fn issue_filter(&self, ask: &Issues) -> Result<IssueFilter> {
        let person = |called: &Option<String>| {
            called.as_deref().map(|it| self.person(it).map(|it| it.id)).transpose()
        };
        let moment = |field: &str, text: &Option<String>, end: bool| {
            text.as_deref().map(|it| moment(field, it, end)).transpose()
        };
        let mut among: Option<Vec<IssueId>> = None;
        if let Some(path) = &ask.path {
            let target = self.target(Some(path), None)?;
            among = Some(self.reader.issues_touching(self.of, &self.scope(&target)?)?);
        }
        if let Some(number) = ask.pull_request {
            let pull = self.pull(number)?;
            let links = self.reader.issues_of_pull(self.of, pull.id)?;
            let mut linked: Vec<IssueId> = links.into_iter().map(|it| it.issue).collect();
            for (commit, _) in self.reader.pull_commits(self.of, &pull)? {
                let names = self.reader.issues_of(self.of, commit.id)?;
                linked.extend(names.into_iter().filter_map(|it| it.id));
            }
            among = Some(match among {
                Some(own) => own.into_iter().filter(|it| linked.contains(it)).collect(),
                None => linked,
            });
        }
        Ok(IssueFilter {
            category: ask.category.map(|it| match it {
                Category::Unknown => StatusCategory::Unknown,
                Category::ToDo => StatusCategory::ToDo,
                Category::InProgress => StatusCategory::InProgress,
                Category::Done => StatusCategory::Done,
            }),
            open: ask.open,
            open_at: moment("openAt", &ask.open_at, true)?,
            kind: ask.kind.clone(),
            bug: ask.bug,
            component: ask.component.clone(),
            label: ask.label.clone(),
            reporter: person(&ask.reporter)?,
            assignee: person(&ask.assignee)?,
            text: ask.text.clone(),
            linked: ask.linked,
            among,
            since: moment("since", &ask.since, false)?,
            until: moment("until", &ask.until, true)?,
        })
    }
}
