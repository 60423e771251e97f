//! What was said: comments and reviews, listed newest first.

use super::ask::moment;
use super::changes::no_cursor;
use super::records::{Issue, newest_first, verdict};
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use model::DeveloperId;
use std::collections::BTreeSet;
use store::reads::{Beneath, ReviewRow, SaidRow, Scope};

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
        /// As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
        pub now: Option<String>,
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
        /// As memory was at this time, RFC 3339: what came later is neither listed nor counted. As it is unless given.
        pub now: Option<String>,
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

question!(Comments, "memory.comments", CommentsReply, r#"{ "issues": ["PAY-4"] }"#, comments, now);
question!(Reviews, "memory.reviews", ReviewsReply, r#"{ "pullRequest": 7 }"#, reviews, now);

/// Longest page of either list.
const PAGE_MAX: u32 = 500;

fn comments(ask: Comments, at: &Asked<'_>) -> Result<CommentsReply> {
    let most = limit(ask.limit, 50, PAGE_MAX)?;
    let mut said = found(&ask, at)?;
    newest_first(&mut said);
    let begin = match ask.cursor.as_deref() {
        None => 0,
        Some(cursor) => {
            let last = said.iter().position(|it| place(it) == cursor).ok_or_else(no_cursor)?;
            last + 1
        }
    };
    let next = (said.len() > begin + most).then(|| place(&said[begin + most - 1]));
    let page = said.iter().skip(begin).take(most);
    let comments = page.map(|it| comment_row(at, it)).collect::<Result<_>>()?;
    Ok(CommentsReply { basis: at.basis(None, &[])?, comments, next })
}

/// Where a comment stands, as a cursor.
fn place(it: &SaidRow) -> String {
    let kind = match it.beneath {
        Beneath::Lines(_) => "lines",
        _ => "said",
    };
    format!("{kind}/{}/{}", it.name, it.comment)
}

fn comment_row(at: &Asked<'_>, it: &SaidRow) -> Result<CommentRow> {
    let text = at.reader.said_text(at.of, it)?;
    let (on, about) = match it.beneath {
        Beneath::Issue(id) => {
            let row = at.reader.issue_of(at.of, id)?;
            let id = it.name.clone();
            let title = row.map_or_else(|| id.clone(), |it| it.summary);
            (CommentOn::Issue, Record { kind: RecordKind::Issue, id, title })
        }
        Beneath::Pull(id) | Beneath::Lines(id) => {
            let on = match it.beneath {
                Beneath::Lines(_) => CommentOn::Lines,
                _ => CommentOn::PullRequest,
            };
            let row = at.reader.pull_record_of(at.of, id)?;
            let title = row.map_or_else(|| it.name.clone(), |it| it.title);
            let id = it.name.trim_start_matches('#').to_owned();
            (on, Record { kind: RecordKind::PullRequest, id, title })
        }
    };
    let comment = at.comment_text(it, text.body)?;
    Ok(CommentRow { comment, about, on, path: text.path, line: text.line })
}

/// The comments that fit, in no order.
fn found(ask: &Comments, at: &Asked<'_>) -> Result<Vec<SaidRow>> {
    let person = ask.person.as_deref().map(|it| at.person(it)).transpose()?;
    let wanted = |on: CommentOn| ask.on.is_none_or(|it| it == on);
    let kinds = [CommentOn::Issue, CommentOn::PullRequest, CommentOn::Lines].map(wanted);
    let placed = ask.path.is_some() || ask.component.is_some();
    let listed = ask.issues.is_some() || ask.pull_requests.is_some();
    if placed && listed {
        return Err(Error::invalid(
            "give `issues` and `pullRequests`, or `path` or `component`, not both",
        ));
    }
    let mut said = if listed {
        let mut beneath = Vec::new();
        for key in ask.issues.iter().flatten() {
            if let Issue::Known(it) = at.issue(key)? {
                beneath.push(Beneath::Issue(it.id));
            }
        }
        for number in ask.pull_requests.iter().flatten() {
            let id = at.pull(*number)?.id;
            beneath.extend([Beneath::Pull(id), Beneath::Lines(id)]);
        }
        beneath.sort_unstable();
        beneath.dedup();
        at.reader.said_beneath(at.of, &beneath)?
    } else if placed {
        let target = at.target(ask.path.as_deref(), ask.component.as_deref())?;
        let scope = at.scope(&target)?;
        let path = match &target {
            super::ask::Target::File(it) => Some(it.path.as_str()),
            _ => None,
        };
        match &person {
            Some(person) => by_within(at, person.id, kinds, &scope, path)?,
            None => within(at, kinds, &scope, path)?,
        }
    } else if let Some(person) = &person {
        at.reader.said_by(at.of, person.id, kinds)?
    } else {
        return Err(Error::invalid("whose comments, or beneath what?")
            .hint("give `issues`, `pullRequests`, `path`, `component` or `person`"));
    };
    let since = ask.since.as_deref().map(|it| moment("since", it, false)).transpose()?;
    let until = ask.until.as_deref().map(|it| moment("until", it, true)).transpose()?;
    let bots = ask.bots.unwrap_or(person.is_some());
    said.retain(|it| {
        let on = match it.beneath {
            Beneath::Issue(_) => CommentOn::Issue,
            Beneath::Pull(_) => CommentOn::PullRequest,
            Beneath::Lines(_) => CommentOn::Lines,
        };
        wanted(on)
            && person.as_ref().is_none_or(|person| it.author == Some(person.id))
            && since.is_none_or(|since| it.at >= since)
            && until.is_none_or(|until| it.at <= until)
            && (bots || !it.bot)
    });
    Ok(said)
}

/// Comments that belong to what a scope holds.
fn within(
    at: &Asked<'_>,
    [issues, pulls, lines]: [bool; 3],
    scope: &Scope,
    path: Option<&str>,
) -> Result<Vec<SaidRow>> {
    let mut beneath = Vec::new();
    if issues {
        beneath.extend(at.reader.issues_touching(at.of, scope)?.into_iter().map(Beneath::Issue));
    }
    if pulls {
        beneath
            .extend(at.reader.pulls_touching(at.of, scope, path)?.into_iter().map(Beneath::Pull));
    }
    let mut said = at.reader.said_beneath(at.of, &beneath)?;
    if let Some(path) = path.filter(|_| lines) {
        said.extend(at.reader.said_on_path(at.of, path)?);
    }
    Ok(said)
}

/// The same of one person alone: from what they wrote, which is mostly less.
fn by_within(
    at: &Asked<'_>,
    who: DeveloperId,
    kinds: [bool; 3],
    scope: &Scope,
    path: Option<&str>,
) -> Result<Vec<SaidRow>> {
    if kinds == [true, false, false] {
        return said_on_issues(at, who, scope);
    }
    let mut said = within(at, kinds, scope, path)?;
    said.retain(|it| it.author == Some(who));
    Ok(said)
}

/// What a person wrote beneath issues that what a scope holds belongs to, in no order: the comments
/// that expertise counts.
pub(super) fn said_on_issues(
    at: &Asked<'_>,
    who: DeveloperId,
    scope: &Scope,
) -> Result<Vec<SaidRow>> {
    let mut said = at.reader.said_by(at.of, who, [true, false, false])?;
    let issue = |it: &SaidRow| match it.beneath {
        Beneath::Issue(id) => Some(id),
        _ => None,
    };
    let issues: BTreeSet<_> = said.iter().filter_map(issue).collect();
    let within = at.reader.issues_within(at.of, &issues, scope)?;
    said.retain(|it| issue(it).is_some_and(|it| within.contains(&it)));
    Ok(said)
}

/// What was said beneath the issues of what a scope holds, ready to be asked by person.
pub(super) struct OnIssues<'a> {
    scope: &'a Scope,
    /// All of it, newest first: few paths have few commits. Of many it is looked for by person.
    all: Option<Vec<SaidRow>>,
}

impl<'a> OnIssues<'a> {
    pub(super) fn of(at: &Asked<'_>, scope: &'a Scope) -> Result<OnIssues<'a>> {
        if scope.len() > PATHS_FEW {
            return Ok(OnIssues { scope, all: None });
        }
        let issues = at.reader.issues_touching(at.of, scope)?;
        let beneath: Vec<Beneath> = issues.into_iter().map(Beneath::Issue).collect();
        let mut all = at.reader.said_beneath(at.of, &beneath)?;
        newest_first(&mut all);
        Ok(OnIssues { scope, all: Some(all) })
    }

    /// The newest that a person wrote.
    pub(super) fn newest_by(
        &self,
        at: &Asked<'_>,
        who: DeveloperId,
        most: usize,
    ) -> Result<Vec<SaidRow>> {
        if let Some(all) = &self.all {
            let theirs = all.iter().filter(|it| it.author == Some(who));
            return Ok(theirs.take(most).cloned().collect());
        }
        let mut said = at.reader.said_by(at.of, who, [true, false, false])?;
        newest_first(&mut said);
        let mut newest = Vec::new();
        for it in said {
            let Beneath::Issue(id) = it.beneath else { continue };
            let one = BTreeSet::from([id]);
            if !at.reader.issues_within(at.of, &one, self.scope)?.is_empty() {
                newest.push(it);
            }
            if newest.len() == most {
                break;
            }
        }
        Ok(newest)
    }
}

/// Paths up to which all issues of their commits are listed.
const PATHS_FEW: usize = 64;

fn reviews(ask: Reviews, at: &Asked<'_>) -> Result<ReviewsReply> {
    let most = limit(ask.limit, 50, PAGE_MAX)?;
    let person = ask.person.as_deref().map(|it| at.person(it)).transpose()?;
    let mut pulls: Option<Vec<i64>> = None;
    if let Some(number) = ask.pull_request {
        pulls = Some(vec![at.pull(number)?.id]);
    }
    if let Some(key) = &ask.issue {
        let of_issue = at.pulls_of(&at.issue(key)?)?;
        let mut ids = Vec::new();
        for it in of_issue {
            ids.push(at.pull(it.number)?.id);
        }
        pulls = Some(match pulls {
            Some(own) => own.into_iter().filter(|it| ids.contains(it)).collect(),
            None => ids,
        });
    }
    if pulls.is_none() && person.is_none() {
        return Err(Error::invalid("whose reviews, or of what?")
            .hint("give `pullRequest`, `issue` or `person`"));
    }
    let since = ask.since.as_deref().map(|it| moment("since", it, false)).transpose()?;
    let until = ask.until.as_deref().map(|it| moment("until", it, true)).transpose()?;
    let who = person.map(|it| it.id);
    let mut rows = at.reader.reviews_where(at.of, pulls.as_deref(), who, usize::MAX)?;
    rows.retain(|it| {
        ask.verdict.is_none_or(|wanted| wanted == verdict(it.verdict))
            && (ask.of_others != Some(true) || !it.own)
            && since.is_none_or(|since| it.at >= since)
            && until.is_none_or(|until| it.at <= until)
    });
    let place = |it: &ReviewRow| format!("{}/{}", it.number, it.review);
    let begin = match ask.cursor.as_deref() {
        None => 0,
        Some(cursor) => rows.iter().position(|it| place(it) == cursor).ok_or_else(no_cursor)? + 1,
    };
    let next = (rows.len() > begin + most).then(|| place(&rows[begin + most - 1]));
    let page = rows.iter().skip(begin).take(most);
    let reviews = page.map(|it| at.review_text(it)).collect::<Result<_>>()?;
    Ok(ReviewsReply { basis: at.basis(None, &[])?, reviews, next })
}
