//! What Jira delivers when something happens.

use super::place;
use super::read::{Around, Shape, beside, changes, comment, issue, shape};
use super::shapes::shaped;
use crate::Error;
use crate::sources::record::{Record, Sink};
use crate::sources::time::millis;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Hands on what an event tells. What memory has no use for is Jira's all the same.
pub(super) fn event(
    delivery: &Shape<'_>,
    around: &Around<'_>,
    sink: &mut dyn Sink,
) -> Result<bool, Error> {
    let at = millis(&delivery.timestamp).unwrap_or(around.version);
    let around = &Around { version: at, ..*around };
    let name = delivery.event.strip_prefix("jira:").unwrap_or(&delivery.event);
    if let Some(project) = delivery.project.filter(|_| name.starts_with("project_")) {
        return about_project(project, name.ends_with("_deleted"), around, sink);
    }
    let Some((json, told)) = delivery.issue.and_then(|it| Some((it, shape(it)?))) else {
        return Ok(true);
    };
    let subject = if told.id.is_empty() { &*told.key } else { &*told.id };
    if subject.is_empty() {
        sink.refuse(around.document.refused("it tells of an issue without id and key"));
        return Ok(true);
    }
    if name == "issue_deleted" {
        for kind in ["issue", "outline"] {
            let (id, subject, body) = (subject.to_owned(), subject.to_owned(), b"{}".to_vec());
            sink.take(Record { kind, id, subject, version: at, gone: true, body })?;
        }
        return Ok(true);
    }
    if place::is_key(&told.key) {
        issue(json.get().as_bytes(), &told, around, sink)?;
    }
    if let Some(json) = delivery.comment {
        comment(json, subject, name == "comment_deleted", around, sink)?;
    }
    if let Some(log) = delivery.changelog {
        history(log, delivery, subject, around, sink)?;
    }
    if let Some(worklog) = delivery.worklog.filter(|_| !name.ends_with("_deleted")) {
        beside(worklog, around, sink)?;
    }
    Ok(true)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Log<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    items: Option<&'a RawValue>,
}

/// What changed, told as an entry of the change log: who and when stand beside it.
fn history(
    log: &RawValue,
    delivery: &Shape<'_>,
    subject: &str,
    around: &Around<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let Log { id: Some(id), items: Some(items) } = shaped(log) else { return Ok(()) };
    let author = delivery.user.map_or("null", RawValue::get);
    let entry = format!(
        "[{{\"id\":{id},\"author\":{author},\"created\":{},\"items\":{items}}}]",
        around.version
    );
    match RawValue::from_string(entry) {
        Ok(list) => changes(&list, subject, around, sink),
        Err(_) => Ok(()),
    }
}

fn about_project(
    json: &RawValue,
    gone: bool,
    around: &Around<'_>,
    sink: &mut dyn Sink,
) -> Result<bool, Error> {
    let Some(key) = shape(json).map(|it| it.key.to_string()).filter(|it| !it.is_empty()) else {
        sink.refuse(around.document.refused("it tells of a project without a key"));
        return Ok(true);
    };
    // What an event tells of a project is less than memory may have: only its end is taken.
    if gone {
        let (subject, body) = (format!("project/{key}"), b"{}".to_vec());
        sink.take(Record {
            kind: "project",
            id: key,
            subject,
            version: around.version,
            gone,
            body,
        })?;
    }
    Ok(true)
}
