//! Issues: what their records come to.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::{Comment, FieldChange, IssueFacts, StatusCategory, Timestamp};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess};
use serde_json::value::RawValue;

use super::account::{User, account};
use super::fields::{self, Names};
use super::links::{self, Other};
use super::place;
use super::shapes::{self, List, Maybe, Members, Object, Text, recorded, shaped};
use super::text::{body, clean};
use crate::sources::record::Record;
use crate::sources::time::millis;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Issue<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow, rename = "self")]
    address: Text<'a>,
    #[serde(borrow)]
    fields: Fields<'a>,
    #[serde(borrow)]
    names: Members<'a>,
}

/// An issue's fields. Most of it is comments, so these are read at once.
#[derive(Default)]
struct Fields<'a> {
    comment: Option<Page<'a>>,
    others: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'de> Object<'de> for Fields<'de> {
    fn member<M: MapAccess<'de>>(
        &mut self,
        name: Cow<'de, str>,
        map: &mut M,
    ) -> Result<(), M::Error> {
        if name == "comment" {
            self.comment = map.next_value::<Maybe<Page>>()?.0;
        } else {
            self.others.push((name, map.next_value()?));
        }
        Ok(())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Fields<'a>, D::Error> {
        shapes::object(json)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    filename: Text<'a>,
    #[serde(borrow, rename = "statusCategory")]
    category: Maybe<Category<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Category<'a> {
    #[serde(borrow)]
    key: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page<'a> {
    #[serde(borrow)]
    comments: List<Said<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    author: Maybe<User<'a>>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    #[serde(borrow)]
    created: Text<'a>,
    #[serde(borrow)]
    updated: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct History<'a> {
    #[serde(borrow)]
    author: Maybe<User<'a>>,
    #[serde(borrow)]
    created: Text<'a>,
    #[serde(borrow)]
    items: List<Item<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item<'a> {
    #[serde(borrow)]
    field: Text<'a>,
    #[serde(borrow, rename = "fieldId")]
    id: Text<'a>,
    #[serde(borrow)]
    from: Text<'a>,
    #[serde(borrow, rename = "fromString")]
    from_text: Text<'a>,
    #[serde(borrow)]
    to: Text<'a>,
    #[serde(borrow, rename = "toString")]
    to_text: Text<'a>,
}

/// A moment in seconds.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    millis(text).map(|it| Timestamp(it.div_euclid(1000)))
}

/// What the records of an issue say; none where none of them tells of the issue itself.
pub(super) fn facts(records: &[Record]) -> Option<IssueFacts> {
    let mut told: Vec<(&Record, Issue)> = (records.iter())
        .filter(|it| matches!(it.kind, "issue" | "outline"))
        .filter_map(|it| Some((it, recorded(&it.body)?)))
        .collect();
    told.sort_by_key(|(it, _)| (Reverse(it.version), it.kind, &it.body));
    let mut told = told.into_iter();
    let (record, mut issue) = told.next()?;
    for (_, older) in told {
        let told = &mut issue.fields.others;
        for field in older.fields.others {
            if !told.iter().any(|(it, _)| *it == field.0) {
                told.push(field);
            }
        }
        issue.fields.comment = issue.fields.comment.or(older.fields.comment);
        issue.names.0.extend(older.names.0);
        if issue.address.is_empty() {
            issue.address = older.address;
        }
    }
    let (changes, changed) = changes(records);
    let names = Names { told: issue.names, changed };
    let mut facts = IssueFacts {
        id: record.id.clone(),
        url: place::browse(&issue.address, &issue.key),
        key: clean(issue.key.0),
        past_keys: past_keys(&changes),
        changes,
        ..IssueFacts::default()
    };
    facts.past_keys.retain(|it| *it != facts.key);
    for (name, json) in issue.fields.others {
        field(&name, json, &names, &mut facts);
    }
    if facts.project.is_empty() {
        facts.project = facts.key.rsplit_once('-').map_or("", |(it, _)| it).to_owned();
    }
    let mut comments = comments(issue.fields.comment, records);
    for record in records.iter().filter(|it| it.kind == "deleted") {
        comments.remove(record.id.as_str());
    }
    facts.comments = comments.into_values().map(|(_, it)| it).collect();
    facts.comments.sort_by(|one, other| {
        (one.at, one.id.len(), &one.id).cmp(&(other.at, other.id.len(), &other.id))
    });
    elsewhere(records, &mut facts.fields);
    if let Some(reporter) = facts.reporter.clone().map(shown) {
        facts.fields.retain(|(name, value)| name != "creator" || *value != reporter);
    }
    let parents: Vec<String> = (facts.links.iter())
        .filter(|it| it.kind == "Parent" && !it.outward)
        .map(|it| it.to.clone())
        .collect();
    facts.links.retain(|it| it.kind != "Epic" || !parents.contains(&it.to));
    facts.fields.sort();
    facts.fields.dedup();
    facts.links.sort();
    facts.links.dedup();
    Some(facts)
}

/// One field of an issue.
fn field(name: &str, json: &RawValue, names: &Names<'_>, facts: &mut IssueFacts) {
    if json.get() == "null" {
        return;
    }
    let text = || clean(shaped::<Text>(json).0);
    let called = || clean(shaped::<Maybe<Named>>(json).0.unwrap_or_default().name.0);
    let all = || shaped::<List<Named>>(json).0.into_iter().map(|it| clean(it.name.0)).collect();
    let person = || shaped::<Maybe<User>>(json).0.and_then(account);
    let other = || shaped::<Maybe<Other>>(json).0.unwrap_or_default();
    match name {
        "summary" => facts.summary = text(),
        "description" => facts.body = body(json),
        "issuetype" => facts.kind = called(),
        "status" => {
            let status = shaped::<Maybe<Named>>(json).0.unwrap_or_default();
            facts.status = clean(status.name.0);
            match category(&status.category.0.unwrap_or_default().key) {
                StatusCategory::Unknown => {}
                known => facts.category = known,
            }
        }
        "statusCategory" if facts.category == StatusCategory::Unknown => {
            let told = shaped::<Maybe<Category>>(json).0.unwrap_or_default();
            facts.category = category(&told.key);
        }
        "priority" => facts.priority = called(),
        "resolution" => facts.resolution = called(),
        "reporter" => facts.reporter = person(),
        "assignee" => facts.assignee = person(),
        "creator" => {
            if let Some(creator) = person() {
                facts.fields.push(("creator".to_owned(), shown(creator)));
            }
        }
        "created" => facts.created = moment(&text()).unwrap_or_default(),
        "updated" => facts.updated = moment(&text()).unwrap_or_default(),
        "resolutiondate" => facts.resolved = moment(&text()),
        "project" => {
            facts.project = clean(shaped::<Maybe<Named>>(json).0.unwrap_or_default().key.0);
        }
        "components" => facts.components = all(),
        "fixVersions" => facts.fix_versions = all(),
        "versions" => facts.affects_versions = all(),
        "labels" => {
            let labels = shaped::<Vec<Text>>(json).into_iter().map(|it| clean(it.0));
            facts.labels = labels.filter(|it| !it.is_empty()).collect();
        }
        "issuelinks" => links::linked(shaped(json), &mut facts.links),
        "subtasks" => links::subtasks(shaped(json), &mut facts.links),
        "parent" => links::above("Parent", "is child of", other(), &mut facts.links),
        "epic" => links::above("Epic", "belongs to epic", other(), &mut facts.links),
        "attachment" => {
            let files = shaped::<List<Named>>(json).0.into_iter().map(|it| clean(it.filename.0));
            let files = files.filter(|it| !it.is_empty()).collect::<Vec<_>>();
            if !files.is_empty() {
                facts.fields.push(("attachment".to_owned(), files.join(", ")));
            }
        }
        _ if fields::is_kept(name) => {
            if let Some(sprints) = fields::sprints(name, json) {
                for sprint in sprints {
                    if !facts.sprints.contains(&sprint) {
                        facts.sprints.push(sprint);
                    }
                }
                return;
            }
            let name = names.of(name);
            let value = fields::value(json);
            if name == "Epic Link" && place::is_key(&value) {
                let epic = Other::called(Text(value.into()));
                links::above("Epic", "belongs to epic", epic, &mut facts.links);
            } else if !value.is_empty() {
                facts.fields.push((name.into_owned(), value));
            }
        }
        _ => {}
    }
}

/// How far a status is, by Jira's key for its category.
fn category(key: &str) -> StatusCategory {
    match key {
        "new" => StatusCategory::ToDo,
        "indeterminate" => StatusCategory::InProgress,
        "done" => StatusCategory::Done,
        _ => StatusCategory::Unknown,
    }
}

/// How people call somebody.
fn shown(account: model::Account) -> String {
    if account.display.is_empty() { account.id } else { account.display }
}

/// Comments by id, with the time that orders versions of one.
type Comments = BTreeMap<String, (i64, Comment)>;

fn said(said: Said<'_>, id: String, comments: &mut Comments) {
    let version = millis(&said.updated).or_else(|| millis(&said.created)).unwrap_or(0);
    let comment = Comment {
        author: said.author.0.and_then(account),
        body: said.body.map(body).unwrap_or_default(),
        at: moment(&said.created).or_else(|| moment(&said.updated)).unwrap_or_default(),
        id: id.clone(),
    };
    let told = (version, comment);
    match comments.entry(id) {
        std::collections::btree_map::Entry::Vacant(it) => {
            it.insert(told);
        }
        std::collections::btree_map::Entry::Occupied(mut it) => {
            if *it.get() < told {
                it.insert(told);
            }
        }
    }
}

/// Comments that the issue tells itself, and those that are records of their own.
fn comments(within: Option<Page<'_>>, records: &[Record]) -> Comments {
    let mut comments = Comments::new();
    for it in within.map(|it| it.comments.0).unwrap_or_default() {
        // Without an id it is told apart by when it was written.
        let id = if it.id.is_empty() { &it.created } else { &it.id };
        let id = clean(id.0.clone());
        said(it, id, &mut comments);
    }
    for record in records.iter().filter(|it| it.kind == "comment") {
        if let Some(it) = recorded::<Said>(&record.body) {
            said(it, record.id.clone(), &mut comments);
        }
    }
    comments
}

/// Changes in the order of time, and what they call custom fields.
fn changes(records: &[Record]) -> (Vec<FieldChange>, Vec<(String, String)>) {
    let mut entries: Vec<(Timestamp, &Record, History)> = (records.iter())
        .filter(|it| it.kind == "changes")
        .filter_map(|it| Some((it, recorded::<History>(&it.body)?)))
        .map(|(record, it)| (moment(&it.created).unwrap_or_default(), record, it))
        .collect();
    entries.sort_by(|(at, one, _), (other_at, other, _)| {
        (at, one.id.len(), &one.id).cmp(&(other_at, other.id.len(), &other.id))
    });
    let mut changes = Vec::new();
    let mut names = Vec::new();
    for (at, record, entry) in entries {
        let author = entry.author.0.and_then(account);
        for item in entry.items.0 {
            if item.id.starts_with("customfield_") {
                names.push((item.id.0.into_owned(), clean(item.field.0.clone())));
            }
            let read =
                |text: Text<'_>, id: Text<'_>| clean(if text.is_empty() { id.0 } else { text.0 });
            changes.push(FieldChange {
                id: record.id.clone(),
                at,
                author: author.clone(),
                field: clean(item.field.0).to_lowercase(),
                from: read(item.from_text, item.from),
                to: read(item.to_text, item.to),
            });
        }
    }
    // The newest name comes first.
    names.reverse();
    (changes, names)
}

/// Keys that the issue had before it was moved, the oldest first.
fn past_keys(changes: &[FieldChange]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for change in changes.iter().filter(|it| it.field == "key" && place::is_key(&it.from)) {
        if !keys.contains(&change.from) {
            keys.push(change.from.clone());
        }
    }
    keys
}

/// A page elsewhere that the issue is linked with.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Remote<'a> {
    #[serde(borrow)]
    object: Shown<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Shown<'a> {
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    title: Text<'a>,
}

/// What Jira knows of an issue's code.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Development<'a> {
    #[serde(borrow)]
    detail: List<Detail<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Detail<'a> {
    #[serde(borrow)]
    pull_requests: List<Shown<'a>>,
    #[serde(borrow)]
    repositories: List<Commits<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Commits<'a> {
    #[serde(borrow)]
    commits: List<Shown<'a>>,
}

/// Addresses of pages, pull requests and commits that Jira keeps beside the issue.
fn elsewhere(records: &[Record], fields: &mut Vec<(String, String)>) {
    let mut push = |name: &str, shown: Shown<'_>| {
        if !shown.url.is_empty() {
            let (url, title) = (clean(shown.url.0), clean(shown.title.0));
            let value = if title.is_empty() { url } else { format!("{url} {title}") };
            fields.push((name.to_owned(), value));
        }
    };
    for record in records {
        match record.kind {
            "remotelink" => {
                if let Some(it) = recorded::<Remote>(&record.body) {
                    push("remote link", it.object);
                }
            }
            "development" => {
                let told = recorded::<Development>(&record.body).unwrap_or_default();
                for detail in told.detail.0 {
                    for it in detail.pull_requests.0 {
                        push("pull request", it);
                    }
                    for it in detail.repositories.0.into_iter().flat_map(|it| it.commits.0) {
                        push("commit", it);
                    }
                }
            }
            _ => {}
        }
    }
}
