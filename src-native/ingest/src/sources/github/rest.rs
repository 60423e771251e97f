//! Objects of the REST interface, also as webhooks carry them.

use serde_json::value::RawValue;

use super::Reading;
use super::address;
use super::fields::{Fields, Reason, version};
use crate::Error;
use crate::sources::record::Record;

/// The version of what was deleted, the end of year 9999: GitHub gives no number or id twice, so
/// nothing told of it, be the document ever so new, brings it back.
const GONE: i64 = 253_402_300_799_999;

/// What memory keeps of GitHub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Pull,
    Issue,
    Comment,
    Review,
    ReviewComment,
    Moment,
    Release,
    Commit,
    File,
}

impl Thing {
    /// As a sentence about it begins.
    fn words(self) -> &'static str {
        match self {
            Thing::Pull => "a pull request",
            Thing::Issue => "an issue",
            Thing::Comment => "a comment",
            Thing::Review => "a review",
            Thing::ReviewComment => "a comment on lines",
            Thing::Moment => "an event",
            Thing::Release => "a release",
            Thing::Commit => "a commit",
            Thing::File => "a changed file",
        }
    }
}

/// Takes an object, if it is something that memory keeps.
pub(super) fn read(
    reading: &mut Reading<'_>,
    raw: &RawValue,
    fields: &Fields<'_>,
) -> Result<(), Error> {
    reading.known |= is_githubs(fields);
    let Some(thing) = thing(fields) else { return Ok(()) };
    let number = reading.number;
    if number.is_none()
        && matches!(thing, Thing::Commit | Thing::File)
        && reading.address.contains("://")
    {
        // Of the repository, or of a commit: Git tells these.
        return Ok(());
    }
    if thing == Thing::Moment && fields.text("event").is_some_and(|it| is_no_moment(&it)) {
        return Ok(());
    }
    reading.known = true;
    if !reading.is_ours(fields) {
        return Ok(());
    }
    take(reading, thing, raw, fields, number, false)
}

/// Takes an object that is known to be a `thing`.
pub(super) fn take(
    reading: &mut Reading<'_>,
    thing: Thing,
    raw: &RawValue,
    fields: &Fields<'_>,
    number: Option<u64>,
    gone: bool,
) -> Result<(), Error> {
    if thing == Thing::Review && is_unsent(fields) {
        return Ok(());
    }
    match record(thing, raw, fields, number, reading.version, gone) {
        Ok(record) => {
            if gone {
                // What GraphQL told of it is gone too.
                let kind = node_kind(record.kind);
                reading.take(Record { kind, ..record.clone() })?;
            }
            reading.take(record)
        }
        Err(reason) => {
            reading.refuse(&format!("{} {reason}", thing.words()));
            Ok(())
        }
    }
}

/// The kind under which GraphQL tells of the same.
pub(super) fn node_kind(kind: &str) -> &'static str {
    match kind {
        "comment" => "commentNode",
        "reviewComment" => "reviewCommentNode",
        "review" => "reviewNode",
        "release" => "releaseNode",
        "issue" => "issueNode",
        "commit" => "commitNode",
        "file" => "fileNode",
        "moment" => "momentNode",
        _ => "pullNode",
    }
}

/// A review that was begun and not sent yet; only its author sees it.
fn is_unsent(fields: &Fields<'_>) -> bool {
    fields.text("state").is_some_and(|it| it.eq_ignore_ascii_case("pending"))
}

fn is_githubs(fields: &Fields<'_>) -> bool {
    fields.has("node_id")
        || fields.text("url").is_some_and(|it| address::is_api(&it))
        || fields.text("html_url").is_some_and(|it| it.starts_with("https://github.com/"))
}

/// What an object is, by its own fields.
fn thing(fields: &Fields<'_>) -> Option<Thing> {
    let within = |name: &str, part: &str| fields.text(name).is_some_and(|it| it.contains(part));
    let numbered = fields.has("number") && fields.tells("title");
    Some(if fields.has("tag_name") {
        Thing::Release
    } else if numbered && fields.has("head") && fields.has("base") {
        Thing::Pull
    } else if fields.has("diff_hunk") || within("url", "/pulls/comments/") {
        Thing::ReviewComment
    } else if within("html_url", "#pullrequestreview-")
        || fields.has("submitted_at")
        || is_unsent(fields)
    {
        Thing::Review
    } else if within("html_url", "#issuecomment-") || within("url", "/issues/comments/") {
        Thing::Comment
    } else if fields.has("event")
        && fields.has("created_at")
        && fields.tells("actor")
        && !fields.has("workflow_id")
    {
        Thing::Moment
    } else if numbered
        && fields.tells("state")
        && !fields.tells("open_issues")
        && !within("html_url", "/discussions/")
    {
        Thing::Issue
    } else if fields.has("sha") && fields.has("commit") {
        Thing::Commit
    } else if fields.has("filename") && fields.has("status") {
        Thing::File
    } else {
        return None;
    })
}

/// Events that tell nothing of how things went, or that tell again what is a record of its own.
fn is_no_moment(event: &str) -> bool {
    matches!(
        event,
        "subscribed"
            | "unsubscribed"
            | "mentioned"
            | "committed"
            | "cross-referenced"
            | "line-commented"
            | "commit-commented"
    )
}

fn record(
    thing: Thing,
    raw: &RawValue,
    fields: &Fields<'_>,
    number: Option<u64>,
    as_new_as: i64,
    gone: bool,
) -> Result<Record, Reason> {
    let own_id = || fields.id("id").ok_or_else(|| "has no id".to_owned());
    let of_pull = |names: &[&str]| {
        fields.number_in(names).or(number).map(|it| it.to_string()).ok_or_else(|| {
            "does not say which pull request or issue it belongs to; put it in a folder such as \
             pulls/12 or issues/12"
                .to_owned()
        })
    };
    let changed = || fields.newest(&["created_at", "updated_at"]);
    let body = || raw.get().as_bytes().to_vec();
    let mut settled = false;
    let (kind, id, subject, at, body) = match thing {
        Thing::Pull | Thing::Issue => {
            let number = fields.own_number().ok_or("has no number that GitHub gives")?;
            let kind = match thing {
                Thing::Issue => "issue",
                _ if fields.tells("additions") => "pull",
                _ => "pullListed",
            };
            (kind, number.to_string(), number.to_string(), changed()?, body())
        }
        Thing::Comment => {
            ("comment", own_id()?, of_pull(&["issue_url", "html_url"])?, changed()?, body())
        }
        Thing::Review => {
            settled |= fields.text("state").is_some_and(|it| it.eq_ignore_ascii_case("dismissed"));
            let at = fields.newest(&["submitted_at", "updated_at"])?.max(Some(as_new_as));
            ("review", own_id()?, of_pull(&["pull_request_url", "html_url"])?, at, body())
        }
        Thing::ReviewComment => {
            // A push that outdates a comment takes its position and does not touch its time.
            settled |= fields.tells("position") && !fields.has("position");
            let subject = of_pull(&["pull_request_url", "html_url"])?;
            ("reviewComment", own_id()?, subject, changed()?.max(Some(as_new_as)), body())
        }
        Thing::Moment => {
            let number = fields.object("issue").and_then(|it| it.number("number"));
            let subject = match number {
                Some(number) => number.to_string(),
                None => of_pull(&[])?,
            };
            ("moment", own_id()?, subject, changed()?, fields.body(&["issue"], &[]))
        }
        Thing::Release => {
            let subject = format!("release/{}", fields.text("tag_name").ok_or("has no tag")?);
            let at = fields.newest(&["created_at", "published_at", "updated_at"])?;
            ("release", own_id()?, subject, at.max(Some(as_new_as)), body())
        }
        Thing::Commit => {
            let subject = of_pull(&[])?;
            let sha = fields.text("sha").filter(|it| model::Oid::from_hex(it).is_some());
            let id = format!("{subject}/{}", sha.ok_or("has no commit id")?);
            ("commit", id, subject, None, body())
        }
        Thing::File => {
            let subject = of_pull(&[])?;
            let contents = fields.text("contents_url").unwrap_or_default();
            let path = fields.text("filename").ok_or("has no name")?;
            let id = format!("{subject}/{}/{path}", address::commit_of(&contents));
            // The lines themselves are Git's to tell.
            ("file", id, subject, None, fields.body(&["patch"], &[]))
        }
    };
    let at = at.unwrap_or(as_new_as);
    let version = if gone { GONE } else { version(at, fields.len(), settled) };
    Ok(Record { kind, id, subject, version, gone, body })
}
