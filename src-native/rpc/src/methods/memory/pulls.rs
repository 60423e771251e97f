//! Pull requests: one with all that belongs to it, and lists of them.

use super::ask::moment;
use super::changes::no_cursor;
use super::commits::{PullRequestReply, pull_request};
use super::issues::IssueRef;
use super::records::{cut, newest_first};
use super::said::{CommentText, ReviewText};
use super::tell::kind;
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use model::Timestamp;
use std::collections::{HashMap, HashSet};
use store::reads::{Beneath, LineCommentRow, PullFilter, SaidRow};

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
        /// Only those linked to this issue, and those that its commits came through.
        pub issue: Option<String>,
        /// Words of its title or description.
        pub text: Option<String>,
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
    pull_requests,
    now
);

fn pull_requests(ask: PullRequests, at: &Asked<'_>) -> Result<PullRequestsReply> {
    let most = limit(ask.limit, 50, 1_000)?;
    let filter = at.pull_filter(&ask)?;
    let after = ask.cursor.as_deref().map(|text| {
        let (time, number) = text.split_once(' ').ok_or_else(no_cursor)?;
        let time = time.parse().map_err(|_| no_cursor())?;
        Ok::<_, Error>((Timestamp(time), number.parse().map_err(|_| no_cursor())?))
    });
    let mut rows = at.reader.pulls_where(at.of, &filter, after.transpose()?, most + 1)?;
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|it| format!("{} {}", it.created.0, it.number));
    let mut pull_requests = Vec::with_capacity(rows.len());
    for it in &rows {
        let (reviews, comments) = at.reader.pull_counts(at.of, it.id)?;
        let links = at.reader.issues_of_pull(at.of, it.id)?;
        let mut issues = Vec::new();
        for link in links {
            issues.extend(at.reader.issue_of(at.of, link.issue)?.map(|it| it.key));
        }
        pull_requests.push(PullRow {
            pull_request: at.pull_ref_of(it)?,
            updated: time(it.updated),
            closed: it.closed.map(time),
            added: it.added,
            deleted: it.deleted,
            files: at.reader.pull_files(at.of, it.id, 0)?.1,
            reviews,
            comments,
            issues,
            requested: at.pull_people(it.id, 1)?,
        });
    }
    Ok(PullRequestsReply { basis: at.basis(None, &[])?, pull_requests, next })
}

impl Asked<'_> {
    fn pull_filter(&self, ask: &PullRequests) -> Result<PullFilter> {
        let person = |called: &Option<String>| {
            called.as_deref().map(|it| self.person(it).map(|it| it.id)).transpose()
        };
        let among = match &ask.issue {
            Some(key) => {
                let mut ids = Vec::new();
                for it in self.pulls_of(&self.issue(key)?)? {
                    ids.push(self.pull(it.number)?.id);
                }
                Some(ids)
            }
            None => None,
        };
        let path = ask.path.as_deref().map(|it| self.path(it));
        let folder = match &path {
            Some(path) => self.reader.folder(self.of, path)?.is_some(),
            None => false,
        };
        let (path, below) = if folder { (None, path) } else { (path, None) };
        Ok(PullFilter {
            state: ask.state.map(|it| match it {
                PullState::Open => model::PullState::Open,
                PullState::Closed => model::PullState::Closed,
                PullState::Merged => model::PullState::Merged,
            }),
            draft: ask.draft,
            author: person(&ask.author)?,
            reviewer: person(&ask.reviewer)?,
            requested: person(&ask.requested)?,
            path,
            below,
            label: ask.label.clone(),
            reviewed: ask.reviewed,
            among,
            text: ask.text.clone(),
            since: ask.since.as_deref().map(|it| moment("since", it, false)).transpose()?,
            until: ask.until.as_deref().map(|it| moment("until", it, true)).transpose()?,
        })
    }

    /// People of a pull request by what they are to do: 0 do it, 1 review it.
    fn pull_people(&self, id: i64, role: u8) -> Result<Vec<PersonRef>> {
        let people = self.reader.pull_people(self.of, id)?;
        let mut people = people
            .into_iter()
            .filter(|it| it.0 == role)
            .map(|it| self.person_ref(it.1))
            .collect::<Result<Vec<_>>>()?;
        people.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
        Ok(people)
    }

    /// What GitHub tells of a pull request and what belongs to it; none where only Git tells of it.
    pub(super) fn pull_told(&self, number: u64) -> Result<Option<PullRecord>> {
        let Some(row) = self.reader.pull_record(self.of, number)? else { return Ok(None) };
        let id = row.id;
        let text = PullText {
            pull_request: self.pull_ref_of(&row)?,
            text: cut(self.reader.pull_body(self.of, id)?).0,
            merged_by: self.somebody(row.merged_by)?,
            branch: row.branch,
            branch_owner: row.branch_owner,
            base: row.base,
            created: time(row.created),
            updated: time(row.updated),
            closed: row.closed.map(time),
            merged: row.merged.map(time),
            merge_commit: row.merge_commit.map(|it| it.to_string()),
            url: row.url,
            added: row.added,
            deleted: row.deleted,
            labels: self.reader.pull_labels(self.of, id)?,
            assignees: self.pull_people(id, 0)?,
            requested: self.pull_people(id, 1)?,
            tracker: row.tracker,
        };
        let mut reviews = self.reader.reviews_where(self.of, Some(&[id]), None, usize::MAX)?;
        reviews.reverse();
        let reviews = reviews.iter().map(|it| self.review_text(it)).collect::<Result<_>>()?;
        let lines = self.reader.line_comments(self.of, id)?;
        let threads = self.threads(lines)?.into_iter().take(SAID_MAX).collect();
        let mut said = self.reader.said_beneath(self.of, &[Beneath::Pull(id)])?;
        newest_first(&mut said);
        let commits = self.reader.pull_listed(self.of, id)?;
        let commits = commits
            .into_iter()
            .map(|it| {
                Ok(ListedCommit {
                    id: it.oid.to_string(),
                    subject: it.message.lines().next().unwrap_or_default().to_owned(),
                    author: self.somebody(it.author)?,
                    written: it.written,
                    at: time(it.at),
                    in_history: it.in_history,
                })
            })
            .collect::<Result<_>>()?;
        let (files, files_total) = self.reader.pull_files(self.of, id, 1_000)?;
        let files = files.into_iter().map(|it| PullFileText {
            path: it.path,
            from: it.from,
            kind: kind(it.kind).into(),
            added: it.added,
            deleted: it.deleted,
            alive: it.alive,
        });
        let moments = self.reader.pull_moments(self.of, id)?;
        let moments = moments
            .into_iter()
            .map(|it| {
                Ok(MomentText {
                    at: time(it.at),
                    kind: it.kind,
                    person: self.somebody(it.actor)?,
                    about: self.somebody(it.about)?,
                })
            })
            .collect::<Result<_>>()?;
        Ok(Some(PullRecord {
            text,
            reviews,
            threads,
            comments: self.in_order(&said)?,
            commits,
            files: files.collect(),
            files_total,
            moments,
        }))
    }

    /// The first comments of what is given newest first.
    pub(super) fn in_order(&self, newest: &[SaidRow]) -> Result<Vec<CommentText>> {
        let oldest = newest.iter().rev().take(SAID_MAX);
        oldest.map(|it| self.comment_text(it, self.reader.said_text(self.of, it)?.body)).collect()
    }

    /// Comments on lines, each with its answers: by path, line and time as they are given.
    pub(super) fn threads(&self, lines: Vec<LineCommentRow>) -> Result<Vec<Thread>> {
        let mut threads: Vec<Thread> = Vec::new();
        let ids: HashSet<String> = lines.iter().map(|it| it.said.comment.clone()).collect();
        // An answer may answer an answer: all of them go to where the thread began.
        let first: HashMap<String, String> = lines
            .iter()
            .filter(|it| ids.contains(&it.answers))
            .map(|it| (it.said.comment.clone(), it.answers.clone()))
            .collect();
        let root = |comment: &str| {
            let mut at = comment;
            for _ in 0..first.len() {
                match first.get(at) {
                    Some(before) => at = before,
                    None => break,
                }
            }
            at.to_owned()
        };
        let mut number: HashMap<String, usize> = HashMap::new();
        let (roots, answers): (Vec<_>, Vec<_>) =
            lines.into_iter().partition(|it| root(&it.said.comment) == it.said.comment);
        for it in roots {
            number.insert(it.said.comment.clone(), threads.len());
            let end = it.original_end.filter(|end| Some(*end) != it.original_line);
            threads.push(Thread {
                path: it.path,
                line: it.original_line,
                end_line: end,
                on_old: it.on_old,
                line_now: it.line,
                outdated: it.line.is_none() && it.original_line.is_some(),
                commit: it.original.map(|it| it.to_string()),
                hunk: it.hunk,
                comments: vec![self.comment_text(&it.said, it.body)?],
            });
        }
        let mut answers = answers;
        answers.sort_by(|a, b| {
            let key = |it: &LineCommentRow| (it.said.at, it.said.comment.len());
            key(a).cmp(&key(b)).then_with(|| a.said.comment.cmp(&b.said.comment))
        });
        for it in answers {
            let thread = number.get(&root(&it.said.comment)).copied();
            if let Some(thread) = thread.and_then(|it| threads.get_mut(it)) {
                thread.comments.push(self.comment_text(&it.said, it.body)?);
            }
        }
        Ok(threads)
    }
}

/// Comments shown beneath one thing.
pub(super) const SAID_MAX: usize = 500;
