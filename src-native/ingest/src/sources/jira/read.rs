//! From documents to records.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::place;
use super::shapes::{Maybe, Members, Text, shaped};
use super::webhook;
use crate::Error;
use crate::sources::document::Document;
use crate::sources::record::{Record, Sink, compact};
use crate::sources::time::millis;

/// A document, as far as it tells what it is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Shape<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(borrow, rename = "self")]
    pub(super) address: Text<'a>,
    #[serde(borrow)]
    pub(super) created: Text<'a>,
    #[serde(borrow)]
    pub(super) updated: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    fields: Maybe<Fields<'a>>,
    #[serde(borrow)]
    pub(super) changelog: Option<&'a RawValue>,
    #[serde(borrow)]
    names: Option<&'a RawValue>,
    // Pages.
    #[serde(borrow)]
    issues: Option<&'a RawValue>,
    #[serde(borrow, rename = "issueChangeLogs")]
    change_logs: Option<&'a RawValue>,
    #[serde(borrow)]
    comments: Option<&'a RawValue>,
    #[serde(borrow)]
    histories: Option<&'a RawValue>,
    #[serde(borrow, rename = "changeHistories")]
    change_histories: Option<&'a RawValue>,
    #[serde(borrow)]
    values: Option<&'a RawValue>,
    #[serde(borrow)]
    worklogs: Option<&'a RawValue>,
    #[serde(borrow)]
    statuses: Option<&'a RawValue>,
    #[serde(borrow, rename = "issueId")]
    issue_id: Text<'a>,
    // What belongs to an issue.
    #[serde(borrow)]
    items: Option<&'a RawValue>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    #[serde(borrow)]
    object: Maybe<Shown<'a>>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow, rename = "timeSpentSeconds")]
    time_spent: Text<'a>,
    // What belongs to a project or a site.
    #[serde(borrow, rename = "projectTypeKey")]
    project_type: Text<'a>,
    #[serde(borrow)]
    lead: Option<&'a RawValue>,
    #[serde(borrow)]
    components: Option<&'a RawValue>,
    #[serde(borrow)]
    versions: Option<&'a RawValue>,
    #[serde(borrow, rename = "issueTypes")]
    types: Option<&'a RawValue>,
    #[serde(borrow, rename = "statusCategory")]
    category: Option<&'a RawValue>,
    #[serde(borrow, rename = "statusColor")]
    color: Text<'a>,
    #[serde(borrow)]
    subtask: Text<'a>,
    #[serde(borrow)]
    schema: Option<&'a RawValue>,
    #[serde(borrow)]
    custom: Text<'a>,
    #[serde(borrow, rename = "accountId")]
    account: Text<'a>,
    #[serde(borrow, rename = "displayName")]
    display: Text<'a>,
    #[serde(borrow)]
    state: Text<'a>,
    #[serde(borrow, rename = "originBoardId")]
    board: Text<'a>,
    // Deliveries and errors.
    #[serde(borrow, rename = "webhookEvent")]
    pub(super) event: Text<'a>,
    #[serde(borrow)]
    pub(super) timestamp: Text<'a>,
    #[serde(borrow)]
    pub(super) issue: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) comment: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) user: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) project: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) worklog: Option<&'a RawValue>,
    #[serde(borrow, rename = "errorMessages")]
    errors: Option<&'a RawValue>,
}

/// What is looked at of an issue's fields.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields<'a> {
    #[serde(borrow)]
    updated: Text<'a>,
    #[serde(borrow)]
    comment: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown<'a> {
    #[serde(borrow)]
    url: Text<'a>,
}

/// What is known about a piece of a document from around it.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) address: &'a str,
    /// How new it is where it does not say.
    pub(super) version: i64,
    /// What its page calls the fields.
    pub(super) names: Option<&'a RawValue>,
    /// Whether its page is one of comments.
    pub(super) comments: bool,
}

pub(super) fn document(document: &Document<'_>, sink: &mut dyn Sink) -> Result<bool, Error> {
    let (address, version) = (document.address, document.version);
    let around = Around { document, address, version, names: None, comments: false };
    match document.json.iter().find(|it| !it.is_ascii_whitespace()) {
        Some(b'[') => match serde_json::from_slice::<Vec<&RawValue>>(document.json) {
            Ok(pieces) => list(&pieces, &around, sink),
            Err(_) => Ok(false),
        },
        Some(b'{') => match serde_json::from_slice::<Shape>(document.json) {
            Ok(shape) => piece(document.json, &shape, &around, sink),
            Err(_) => Ok(false),
        },
        _ => Ok(false),
    }
}

/// A list's pieces. It is Jira's when one of them is, and the others are refused then.
fn list(pieces: &[&RawValue], around: &Around<'_>, sink: &mut dyn Sink) -> Result<bool, Error> {
    let mut taken = false;
    let mut others = 0_usize;
    for json in pieces {
        if one(json, around, sink)? {
            taken = true;
        } else {
            others += 1;
        }
    }
    if taken && others > 0 {
        let reason = format!("{others} of {} in its list are nothing of Jira's", pieces.len());
        sink.refuse(around.document.refused(reason));
    }
    Ok(taken)
}

fn one(json: &RawValue, around: &Around<'_>, sink: &mut dyn Sink) -> Result<bool, Error> {
    match serde_json::from_str::<Maybe<Shape>>(json.get()) {
        Ok(Maybe(Some(shape))) => piece(json.get().as_bytes(), &shape, around, sink),
        _ => Ok(false),
    }
}

/// All pieces of a page that is Jira's.
fn page(json: &RawValue, around: &Around<'_>, sink: &mut dyn Sink) -> Result<bool, Error> {
    let pieces = shaped::<Vec<&RawValue>>(json);
    if !pieces.is_empty() && !list(&pieces, around, sink)? {
        sink.refuse(around.document.refused("its list holds nothing of Jira's that is known"));
    }
    Ok(true)
}

fn is_list(json: Option<&RawValue>) -> Option<&RawValue> {
    json.filter(|it| it.get().starts_with('['))
}

fn piece(
    json: &[u8],
    shape: &Shape<'_>,
    around: &Around<'_>,
    sink: &mut dyn Sink,
) -> Result<bool, Error> {
    if !shape.event.is_empty() {
        return webhook::event(shape, around, sink);
    }
    if shape.fields.0.is_some() {
        return issue(json, shape, around, sink);
    }
    let issue_id = Some(&*shape.issue_id).filter(|it| !it.is_empty());
    if let Some(histories) = is_list(shape.change_histories)
        && let Some(issue) = issue_id
    {
        return changes(histories, issue, around, sink).map(|()| true);
    }
    if let Some(list) = is_list(shape.histories) {
        let Some(issue) = place::issue_of(around.address) else {
            return nameless("changes", around, sink);
        };
        return changes(list, issue, around, sink).map(|()| true);
    }
    let address = if place::resource(around.address).is_some() || shape.address.is_empty() {
        around.address
    } else {
        &*shape.address
    };
    let comments = shape.comments.is_some();
    let within = Around { address, names: shape.names, comments, ..*around };
    let is_page = shape.key.is_empty() && shape.id.is_empty();
    for list in [shape.issues, shape.change_logs, shape.comments, shape.values, shape.worklogs] {
        if let Some(list) = is_list(list).filter(|_| is_page) {
            return page_of(list, &within, sink);
        }
    }
    if let Some(list) = is_list(shape.statuses) {
        return page_of(list, &within, sink);
    }
    belonging(json, shape, issue_id, around, sink)
}

/// A page whose pieces may be another tracker's, unless its address says that it is Jira's.
fn page_of(json: &RawValue, around: &Around<'_>, sink: &mut dyn Sink) -> Result<bool, Error> {
    if place::resource(around.address).is_some() {
        return page(json, around, sink);
    }
    let pieces = shaped::<Vec<&RawValue>>(json);
    Ok(list(&pieces, around, sink)? || pieces.is_empty())
}

/// What belongs to an issue, to a project, to a site.
fn belonging(
    json: &[u8],
    shape: &Shape<'_>,
    issue_id: Option<&str>,
    around: &Around<'_>,
    sink: &mut dyn Sink,
) -> Result<bool, Error> {
    let own = Some(&*shape.address).filter(|it| !it.is_empty());
    let issue = issue_id
        .or_else(|| place::better(place::issue_of(around.address), own.and_then(place::issue_of)));
    let resource = own.and_then(place::resource).or_else(|| place::resource(around.address));
    let is_jira = resource.is_some();
    let has_id = !shape.id.is_empty();
    let created = millis(&shape.created);
    let updated = millis(&shape.updated).or(created).unwrap_or(around.version);
    let (kind, version) = if is_list(shape.items).is_some() && has_id && created.is_some() {
        ("changes", created.unwrap_or(around.version))
    } else if !shape.time_spent.is_empty() && has_id {
        ("worklog", updated)
    } else if shape.object.0.as_ref().is_some_and(|it| !it.url.is_empty()) && has_id {
        ("remotelink", around.version)
    } else if is_list(shape.detail).is_some() && around.address.contains("/dev-status/") {
        ("development", around.version)
    } else if has_id && created.is_some() && (shape.body.is_some() || says_comment(own, around)) {
        ("comment", updated)
    } else if let Some((kind, id)) = vocabulary(shape, resource) {
        let subject = format!("{kind}/{id}");
        let (id, body) = (id.to_owned(), compact(json));
        let version = around.version;
        sink.take(Record { kind, id, subject, version, gone: false, body })?;
        return Ok(true);
    } else if let Some(errors) = is_list(shape.errors) {
        let errors = shaped::<Vec<Text>>(errors);
        let words = errors.iter().map(|it| &*it.0).collect::<Vec<_>>().join(" ");
        sink.refuse(around.document.refused(format!("Jira answered with an error: {words}")));
        return Ok(true);
    } else {
        if is_jira {
            sink.refuse(around.document.refused(match resource {
                Some("issue") => "it tells of an issue without its fields; ask for them",
                _ => "it is an answer of Jira's that memory has no use for",
            }));
        }
        return Ok(is_jira);
    };
    let Some(issue) = issue else { return nameless(kind, around, sink) };
    let id = match kind {
        "development" => around.address.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => shape.id.to_string(),
    };
    let (subject, body) = (issue.to_owned(), compact(json));
    sink.take(Record { kind, id, subject, version, gone: false, body })?;
    Ok(true)
}

fn says_comment(own: Option<&str>, around: &Around<'_>) -> bool {
    let mut parts = own.unwrap_or(around.address).split(['/', '\\', '?']);
    around.comments || parts.any(|it| it.starts_with("comment"))
}

/// The kind and the id of what belongs to no issue.
fn vocabulary<'s>(shape: &'s Shape<'_>, resource: Option<&str>) -> Option<(&'static str, &'s str)> {
    let id = Some(&*shape.id).filter(|it| !it.is_empty());
    let whole = !shape.project_type.is_empty()
        || [shape.lead, shape.components, shape.versions, shape.types].iter().any(Option::is_some);
    if place::is_project_key(&shape.key) && (resource == Some("project") || whole) {
        return Some(("project", &shape.key));
    }
    let person = if shape.account.is_empty() { &shape.key } else { &shape.account };
    if !shape.display.is_empty() && !person.is_empty() {
        return Some(("user", person));
    }
    if shape.name.is_empty() {
        return None;
    }
    let kind = match resource {
        Some("status" | "statuses") => "status",
        Some("priority") => "priority",
        Some("issuetype") => "type",
        Some("resolution") => "resolution",
        Some("field") => "field",
        Some("sprint") => "sprint",
        _ if shape.category.is_some() => "status",
        _ if !shape.subtask.is_empty() => "type",
        _ if !shape.color.is_empty() => "priority",
        _ if !shape.custom.is_empty() && shape.schema.is_some() => "field",
        _ if !shape.state.is_empty() && !shape.board.is_empty() => "sprint",
        Some("board") => "board",
        _ => return None,
    };
    id.map(|id| (kind, id))
}

fn nameless(kind: &str, around: &Around<'_>, sink: &mut dyn Sink) -> Result<bool, Error> {
    let reason = format!(
        "nothing tells which issue the {kind} belong to; keep the address beside it: \
         {{\"url\": …, \"data\": …}}"
    );
    sink.refuse(around.document.refused(reason));
    Ok(true)
}

/// An issue, and its histories by themselves.
pub(super) fn issue(
    json: &[u8],
    shape: &Shape<'_>,
    around: &Around<'_>,
    sink: &mut dyn Sink,
) -> Result<bool, Error> {
    if !place::is_key(&shape.key) {
        let is_jira = place::resource(&shape.address).or(place::resource(around.address)).is_some();
        if is_jira || !shape.key.is_empty() {
            sink.refuse(around.document.refused(format!(
                "it is an issue without a key that can be one: `{}`",
                shape.key.chars().take(80).collect::<String>()
            )));
        }
        return Ok(is_jira || !shape.key.is_empty());
    }
    let subject = if shape.id.is_empty() { &*shape.key } else { &*shape.id };
    if let Some(log) = shape.changelog
        && let Some(histories) = is_list(shaped::<Histories>(log).histories)
    {
        changes(histories, subject, around, sink)?;
    }
    let fields = shape.fields.0.as_ref();
    let updated = fields.and_then(|it| millis(&it.updated));
    let body = if shape.changelog.is_some() || shape.names.is_some() || around.names.is_some() {
        rewritten(json, shape, around)
    } else {
        compact(json)
    };
    let whole = fields.is_some_and(|it| it.comment.is_some());
    sink.take(Record {
        kind: if whole { "issue" } else { "outline" },
        id: subject.to_owned(),
        subject: subject.to_owned(),
        version: updated.unwrap_or(around.version),
        gone: false,
        body,
    })?;
    Ok(true)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Histories<'a> {
    #[serde(borrow)]
    histories: Option<&'a RawValue>,
}

/// The issue without its histories, and with the names of those of its own fields that have a value:
/// the same whether the names came with it or with its page.
fn rewritten(json: &[u8], shape: &Shape<'_>, around: &Around<'_>) -> Vec<u8> {
    let Ok(Members(members)) = serde_json::from_slice(json) else { return compact(json) };
    let mut out = Vec::with_capacity(json.len());
    let mut names = Vec::new();
    if let Some(known) = shape.names.or(around.names)
        && let Some((_, fields)) = members.iter().find(|(name, _)| name == "fields")
    {
        let Members(known) = shaped(known);
        let Members(fields) = shaped(fields);
        let custom = |id: &str| id.starts_with("customfield_");
        let valued = |id: &str| fields.iter().any(|(it, json)| it == id && json.get() != "null");
        names = known;
        names.retain(|(id, _)| custom(id) && valued(id));
        names.sort_by(|one, other| one.0.cmp(&other.0));
        names.dedup_by(|one, other| one.0 == other.0);
    }
    out.push(b'{');
    for (name, value) in members.iter().filter(|(it, _)| it != "changelog" && it != "names") {
        member(&mut out, name, value);
    }
    if !names.is_empty() {
        let mut inner = vec![b'{'];
        for (name, value) in &names {
            member(&mut inner, name, value);
        }
        if out.len() > 1 {
            out.push(b',');
        }
        out.extend_from_slice(b"\"names\":");
        out.append(&mut inner);
        out.push(b'}');
    }
    out.push(b'}');
    out
}

fn member(out: &mut Vec<u8>, name: &str, value: &RawValue) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    // Writing a text as JSON to memory does not fail.
    out.extend_from_slice(serde_json::to_string(name).unwrap_or_default().as_bytes());
    out.push(b':');
    out.extend_from_slice(&compact(value.get().as_bytes()));
}

/// Histories of an issue.
pub(super) fn changes(
    list: &RawValue,
    issue: &str,
    around: &Around<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    for json in shaped::<Vec<&RawValue>>(list) {
        let shape = shaped::<Shape>(json);
        let at = millis(&shape.created);
        let id = match (shape.id.is_empty(), at) {
            (false, _) => shape.id.to_string(),
            (true, Some(at)) => format!("{issue}/{at}"),
            (true, None) => {
                let reason = "a change of it has neither an id nor a time";
                sink.refuse(around.document.refused(reason));
                continue;
            }
        };
        sink.take(Record {
            kind: "changes",
            id,
            subject: issue.to_owned(),
            version: at.unwrap_or(around.version),
            gone: false,
            body: compact(json.get().as_bytes()),
        })?;
    }
    Ok(())
}

/// A comment of an issue that is known.
pub(super) fn comment(
    json: &RawValue,
    issue: &str,
    gone: bool,
    around: &Around<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let shape = shaped::<Shape>(json);
    let updated = millis(&shape.updated).or(millis(&shape.created)).filter(|_| !gone);
    let record = Record {
        kind: "comment",
        id: shape.id.to_string(),
        subject: issue.to_owned(),
        version: updated.unwrap_or(around.version),
        gone,
        body: compact(json.get().as_bytes()),
    };
    if record.id.is_empty() {
        sink.refuse(around.document.refused("its comment has no id"));
        return Ok(());
    }
    if gone {
        let body = b"{}".to_vec();
        sink.take(Record { kind: "deleted", gone: false, body, ..record.clone() })?;
    }
    sink.take(record)
}

/// Whatever else a webhook tells beside its issue.
pub(super) fn beside(
    json: &RawValue,
    around: &Around<'_>,
    sink: &mut dyn Sink,
) -> Result<bool, Error> {
    one(json, around, sink)
}

/// An object as a shape.
pub(super) fn shape<'a>(json: &'a RawValue) -> Option<Shape<'a>> {
    serde_json::from_str::<Maybe<Shape>>(json.get()).ok().and_then(|it| it.0)
}
