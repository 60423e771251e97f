//! Answers of GraphQL, and what `gh … --json` prints, which has the same words.
//!
//! Nodes are known by their own fields, so that aliases and any nesting of queries will do. Nodes
//! within a pull request or issue become records of their own. The query that tells all that REST
//! does, and the links that only the sidebar knows, in one answer for each pull request (a hundred
//! of each at most; further ones by cursor, each answer with `number`, `title`, `url`, `updatedAt`
//! and `headRefOid` again):
//!
//! ```graphql
//! query($owner: String!, $name: String!, $number: Int!) {
//!   repository(owner: $owner, name: $name) { pullRequest(number: $number) {
//!     number title body state isDraft url createdAt updatedAt closedAt mergedAt
//!     author { ...who } mergedBy { ...who } mergeCommit { oid } additions deletions
//!     headRefName headRefOid headRepositoryOwner { login } baseRefName baseRefOid
//!     labels(first: 100) { nodes { name } }
//!     assignees(first: 20) { nodes { ...who } }
//!     reviewRequests(first: 50) { nodes { requestedReviewer { ...who } } }
//!     closingIssuesReferences(first: 50) { nodes { number repository { nameWithOwner } } }
//!     comments(first: 100) { nodes { databaseId author { ...who } body createdAt updatedAt } }
//!     reviews(first: 100) { nodes { databaseId author { ...who } state body submittedAt updatedAt commit { oid } } }
//!     reviewThreads(first: 100) { nodes { diffSide startDiffSide comments(first: 100) { nodes {
//!       databaseId author { ...who } body createdAt updatedAt path diffHunk outdated line
//!       originalLine originalStartLine originalCommit { oid } replyTo { databaseId }
//!       pullRequestReview { databaseId } } } } }
//!     commits(first: 100) { nodes { commit { oid message authoredDate committedDate
//!       author { name email date user { ...who } } parents(first: 9) { nodes { oid } } } } }
//!     files(first: 100) { nodes { path additions deletions changeType } }
//!     timelineItems(first: 100) { nodes { __typename … on ReviewRequestedEvent { id createdAt
//!       actor { ...who } requestedReviewer { ...who } } … } }
//!   } }
//! }
//! fragment who on Actor { __typename login … on User { databaseId name email } … on Bot { databaseId } }
//! ```

use serde_json::value::RawValue;

use super::Reading;
use super::address;
use super::fields::{Fields, Reason, cut, list, version};
use crate::Error;
use crate::sources::record::Record;

/// Connections of a pull request or issue whose nodes are records of their own.
const WITHIN: [&str; 9] = [
    "comments",
    "commits",
    "files",
    "latestOpinionatedReviews",
    "latestReviews",
    "reviewThreads",
    "reviews",
    "timeline",
    "timelineItems",
];

/// Whether this is a pull request, issue or release in GraphQL's words.
pub(super) fn is(fields: &Fields<'_>) -> bool {
    let other = |it: String| it.contains("/milestone/") || it.contains("/discussions/");
    fields.has("tagName")
        || fields.has("number")
            && fields.tells("title")
            && ["createdAt", "updatedAt", "headRefName", "headRefOid", "isDraft", "closedAt"]
                .iter()
                .any(|it| fields.tells(it))
            && !fields.tells("dueOn")
            && !fields.text("url").is_some_and(other)
}

fn is_pull(fields: &Fields<'_>) -> bool {
    fields.text("__typename").is_some_and(|it| it == "PullRequest")
        || fields.text("url").is_some_and(|it| it.contains("/pull/"))
        || ["headRefName", "headRefOid", "baseRefName", "isDraft", "mergedAt", "merged"]
            .iter()
            .any(|it| fields.tells(it))
}

/// An answer with `data`, and `errors` where something went wrong.
pub(super) fn answer(
    reading: &mut Reading<'_>,
    fields: &Fields<'_>,
    data: &RawValue,
) -> Result<(), Error> {
    walk(reading, data, 0)?;
    for error in fields.list("errors").unwrap_or_default() {
        let message = Fields::of(error).and_then(|it| it.text("message")).unwrap_or_default();
        if reading.known {
            reading.refuse(&format!("GitHub answered in part: “{}”", cut(&message)));
        }
    }
    Ok(())
}

/// Looks for nodes in an answer, wherever they are.
fn walk(reading: &mut Reading<'_>, raw: &RawValue, depth: u8) -> Result<(), Error> {
    if depth == 12 {
        return Ok(());
    }
    for part in list(raw).unwrap_or_default() {
        walk(reading, part, depth + 1)?;
    }
    let Some(fields) = Fields::of(raw) else { return Ok(()) };
    if is(&fields) {
        reading.known = true;
        return read(reading, &fields);
    }
    for (name, part) in fields.all() {
        if !["discussions", "milestones", "projects", "projectsV2"].contains(&name) {
            walk(reading, part, depth + 1)?;
        }
    }
    Ok(())
}

/// Takes a pull request, issue or release with all that is within.
pub(super) fn read(reading: &mut Reading<'_>, fields: &Fields<'_>) -> Result<(), Error> {
    if !reading.is_ours(fields) {
        return Ok(());
    }
    let taken =
        if fields.has("tagName") { release(fields, reading.version) } else { whole(fields) };
    let number = match take(reading, "a node", taken)? {
        Some(number) => number,
        None => return Ok(()),
    };
    if fields.has("tagName") {
        return Ok(());
    }
    let head = fields.text("headRefOid").unwrap_or_default();
    let within = Within { number, head, version: reading.version };
    for name in ["comments", "reviews", "latestReviews", "latestOpinionatedReviews"] {
        for raw in nodes(fields, name) {
            within.item(
                reading,
                raw,
                if name == "comments" { "IssueComment" } else { "PullRequestReview" },
            )?;
        }
    }
    for raw in nodes(fields, "reviewThreads") {
        let Some(thread) = Fields::of(raw) else { continue };
        let told = thread.body(&["comments"], &[]);
        let told = String::from_utf8(told).unwrap_or_default();
        for raw in nodes(&thread, "comments") {
            let Some(comment) = Fields::of(raw) else { continue };
            let record = within.review_comment(&comment, ("thread", &told));
            take(reading, "a comment on lines", record)?;
        }
    }
    for (name, typename) in [("commits", "PullRequestCommit"), ("files", "PullRequestChangedFile")]
    {
        for raw in nodes(fields, name) {
            within.item(reading, raw, typename)?;
        }
    }
    for raw in nodes(fields, "timelineItems").into_iter().chain(nodes(fields, "timeline")) {
        let typename = Fields::of(raw).and_then(|it| it.text("__typename")).unwrap_or_default();
        within.item(reading, raw, &typename)?;
    }
    Ok(())
}

/// Hands a record on, or says why not; returns its subject.
fn take(
    reading: &mut Reading<'_>,
    what: &str,
    record: Result<Record, Reason>,
) -> Result<Option<String>, Error> {
    match record {
        Ok(record) => {
            let subject = record.subject.clone();
            reading.take(record)?;
            Ok(Some(subject))
        }
        Err(reason) => {
            reading.refuse(&format!("{what} {reason}"));
            Ok(None)
        }
    }
}

fn whole(fields: &Fields<'_>) -> Result<Record, Reason> {
    let number = fields.own_number().ok_or("has no number that GitHub gives")?;
    let at = fields.newest(&["createdAt", "updatedAt"])?.unwrap_or(0);
    let kind = if is_pull(fields) { "pullNode" } else { "issueNode" };
    let body = fields.body(&WITHIN, &[]);
    Ok(node(kind, number.to_string(), &number.to_string(), version(at, fields.len(), false), body))
}

fn release(fields: &Fields<'_>, as_new_as: i64) -> Result<Record, Reason> {
    let tag = fields.text("tagName").ok_or("has no tag")?;
    let at = fields.newest(&["createdAt", "publishedAt", "updatedAt"])?.max(Some(as_new_as));
    let id = fields.id("databaseId").unwrap_or_else(|| tag.clone());
    let version = version(at.unwrap_or(0), fields.len(), false);
    Ok(node("releaseNode", id, &format!("release/{tag}"), version, fields.body(&[], &[])))
}

/// What the records within one pull request or issue have in common.
struct Within {
    number: String,
    head: String,
    version: i64,
}

impl Within {
    /// Takes a node by the name of its type.
    fn item(&self, reading: &mut Reading<'_>, raw: &RawValue, typename: &str) -> Result<(), Error> {
        let Some(fields) = Fields::of(raw) else { return Ok(()) };
        let (what, record) = match typename {
            "IssueComment" => ("a comment", self.comment(&fields)),
            "PullRequestReview" => {
                if fields.text("state").is_some_and(|it| it == "PENDING") {
                    return Ok(());
                }
                let record = self.review(&fields);
                if let Ok(review) = &record {
                    let id = serde_json::json!({ "databaseId": review.id }).to_string();
                    for raw in nodes(&fields, "comments") {
                        let Some(comment) = Fields::of(raw) else { continue };
                        let record = self.review_comment(&comment, ("pullRequestReview", &id));
                        take(reading, "a comment on lines", record)?;
                    }
                }
                ("a review", record)
            }
            "PullRequestCommit" => ("a commit", self.commit(&fields)),
            "PullRequestChangedFile" => ("a changed file", self.file(&fields)),
            name if name.ends_with("Event") && !IGNORED.contains(&name) => {
                ("an event", self.moment(&fields))
            }
            _ => return Ok(()),
        };
        take(reading, what, record).map(drop)
    }

    fn comment(&self, fields: &Fields<'_>) -> Result<Record, Reason> {
        let at = fields.newest(&["createdAt", "updatedAt"])?.unwrap_or(self.version);
        let version = version(at, fields.len(), false);
        Ok(node("commentNode", id(fields)?, &self.number, version, fields.body(&[], &[])))
    }

    fn review(&self, fields: &Fields<'_>) -> Result<Record, Reason> {
        let times = ["createdAt", "submittedAt", "updatedAt"];
        let at = fields.newest(&times)?.unwrap_or(0).max(self.version);
        let dismissed = fields.text("state").is_some_and(|it| it == "DISMISSED");
        let version = version(at, fields.len(), dismissed);
        Ok(node("reviewNode", id(fields)?, &self.number, version, fields.body(&["comments"], &[])))
    }

    /// `told` is what stands around the comment: its thread, or its review.
    fn review_comment(&self, fields: &Fields<'_>, told: (&str, &str)) -> Result<Record, Reason> {
        let at = fields.newest(&["createdAt", "updatedAt"])?.unwrap_or(0).max(self.version);
        let version = version(at, fields.len(), fields.flag("outdated"));
        let body = fields.body(&[], &[told]);
        Ok(node("reviewCommentNode", id(fields)?, &self.number, version, body))
    }

    fn commit(&self, fields: &Fields<'_>) -> Result<Record, Reason> {
        let inner = fields.object("commit");
        let commit = inner.as_ref().unwrap_or(fields);
        let oid = commit.text("oid").filter(|it| model::Oid::from_hex(it).is_some());
        let id = format!("{}/{}", self.number, oid.ok_or("has no commit id")?);
        let version = version(self.version, commit.len(), false);
        Ok(node("commitNode", id, &self.number, version, commit.body(&[], &[])))
    }

    fn file(&self, fields: &Fields<'_>) -> Result<Record, Reason> {
        let path = fields.text("path").ok_or("has no path")?;
        let id = format!("{}/{}/{path}", self.number, self.head);
        let version = version(self.version, fields.len(), false);
        Ok(node("fileNode", id, &self.number, version, fields.body(&[], &[])))
    }

    fn moment(&self, fields: &Fields<'_>) -> Result<Record, Reason> {
        let at = fields.time("createdAt")?.ok_or("has no time in `createdAt`")?;
        let version = version(at, fields.len(), false);
        let body = fields.body(&[], &[]);
        let id = match fields.id("id") {
            Some(id) => id,
            None => format!("{at}/{}", fields.text("__typename").unwrap_or_default()),
        };
        Ok(node("momentNode", id, &self.number, version, body))
    }
}

/// Events that tell nothing of how things went, or that tell again what is a record of its own.
const IGNORED: [&str; 4] =
    ["SubscribedEvent", "UnsubscribedEvent", "MentionedEvent", "CrossReferencedEvent"];

/// REST's id of a node, from wherever it stands; GraphQL's own where it stands nowhere.
fn id(fields: &Fields<'_>) -> Result<String, Reason> {
    let in_url = || Some(address::fragment_id(&fields.text("url")?)?.to_owned());
    ["fullDatabaseId", "databaseId"]
        .iter()
        .find_map(|it| fields.id(it))
        .or_else(in_url)
        .or_else(|| fields.id("id"))
        .ok_or_else(|| "has neither databaseId nor url nor id".to_owned())
}

/// Nodes of a connection, however it was asked for.
fn nodes<'a>(fields: &Fields<'a>, name: &str) -> Vec<&'a RawValue> {
    let Some(raw) = fields.raw(name) else { return Vec::new() };
    let Some(connection) = Fields::of(raw) else { return list(raw).unwrap_or_default() };
    let edges = connection.list("edges").unwrap_or_default();
    let edges = edges.into_iter().filter_map(|it| Fields::of(it)?.raw("node"));
    connection.list("nodes").unwrap_or_default().into_iter().chain(edges).collect()
}

fn node(kind: &'static str, id: String, number: &str, version: i64, body: Vec<u8>) -> Record {
    Record { kind, id, subject: number.to_owned(), version, gone: false, body }
}
