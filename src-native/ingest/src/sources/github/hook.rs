//! Bodies of webhooks. Which event it was stands in a header; the body's own fields say it too.

use super::Reading;
use super::fields::Fields;
use super::rest::{Thing, take};
use crate::Error;
use crate::sources::record::Record;

/// Whether this is the body of a webhook: it says who set it off, and no object of REST does.
pub(super) fn is(fields: &Fields<'_>) -> bool {
    fields.object("sender").is_some_and(|it| it.has("login"))
        || fields.has("action")
            && ["repository", "organization", "installation", "security_advisory"]
                .iter()
                .any(|it| fields.has(it))
}

/// Takes what a delivery tells of; one about something else gives nothing.
pub(super) fn read(reading: &mut Reading<'_>, fields: &Fields<'_>) -> Result<(), Error> {
    if let Some(name) = fields.object("repository").and_then(|it| it.text("full_name")) {
        reading.repository.get_or_insert(name);
    }
    let action = fields.text("action").unwrap_or_default();
    let deleted = action == "deleted";
    if let (Some(raw), Some(pull)) = (fields.raw("pull_request"), fields.object("pull_request"))
        && pull.has("head")
    {
        let number = pull.number("number");
        take(reading, Thing::Pull, raw, &pull, number, false)?;
        for (name, thing) in [("review", Thing::Review), ("comment", Thing::ReviewComment)] {
            if let (Some(raw), Some(it)) = (fields.raw(name), fields.object(name)) {
                take(reading, thing, raw, &it, number, deleted)?;
            }
        }
        let thread = fields.object("thread");
        for raw in thread.and_then(|it| it.list("comments")).unwrap_or_default() {
            if let Some(it) = Fields::of(raw) {
                take(reading, Thing::ReviewComment, raw, &it, number, false)?;
            }
        }
    } else if let (Some(raw), Some(issue)) = (fields.raw("issue"), fields.object("issue")) {
        let number = issue.number("number");
        let comment = fields.raw("comment").and_then(|raw| Some((raw, Fields::of(raw)?)));
        let leaves = (deleted || action == "transferred") && comment.is_none();
        take(reading, Thing::Issue, raw, &issue, number, leaves)?;
        if let Some((raw, it)) = comment {
            take(reading, Thing::Comment, raw, &it, number, deleted)?;
        }
        origin(reading, fields, number)?;
    } else if let (Some(raw), Some(release)) = (fields.raw("release"), fields.object("release")) {
        take(reading, Thing::Release, raw, &release, None, deleted)?;
    }
    Ok(())
}

/// Where an issue was transferred from: only its first delivery says so.
fn origin(
    reading: &mut Reading<'_>,
    fields: &Fields<'_>,
    number: Option<u64>,
) -> Result<(), Error> {
    let changes = fields.object("changes");
    let (Some(number), Some(old)) = (number, changes.and_then(|it| it.object("old_issue"))) else {
        return Ok(());
    };
    let id = number.to_string();
    let body = old.body(&["body", "user", "labels", "assignees", "assignee", "reactions"], &[]);
    reading.take(Record { kind: "origin", subject: id.clone(), id, version: 0, gone: false, body })
}
