//! The story as Jira Server's REST interface tells it, version 2.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Error;
use super::clock::Moment;
use super::files::Files;
use super::history::History;
use super::people::{Deed, People};

pub(super) const FOLDER: &str = "jira";
/// An address that belongs to nobody.
const API: &str = "https://jira.example.com/rest/api/2";
const PROJECT: &str = "PROJ";
/// The Monday on which the first sprint began, in seconds since 1970; a sprint lasts two weeks.
const FIRST_SPRINT: i64 = 1_762_128_000;
const SPRINT: i64 = 14 * 86_400;
/// Custom fields, as a usual Jira Software has them.
const SPRINT_FIELD: &str = "customfield_10100";
const EPIC_FIELD: &str = "customfield_10101";
const EPIC_NAME_FIELD: &str = "customfield_10102";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    issue: Vec<Issue>,
    /// Issues on GitHub, of people from outside.
    pub(super) github: Vec<Stranger>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Issue {
    number: u64,
    kind: String,
    summary: String,
    text: String,
    reporter: String,
    assignee: Option<String>,
    created: String,
    #[serde(default = "medium")]
    priority: String,
    #[serde(default)]
    components: Vec<String>,
    #[serde(default)]
    labels: Vec<String>,
    epic: Option<u64>,
    parent: Option<u64>,
    affects: Option<String>,
    fix: Option<String>,
    #[serde(default)]
    planned: bool,
    #[serde(default)]
    links: Vec<String>,
    #[serde(default)]
    moves: Vec<String>,
    #[serde(default)]
    said: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stranger {
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) by: String,
    pub(super) created: String,
    pub(super) text: String,
    pub(super) closed: Option<String>,
    #[serde(default)]
    pub(super) said: Vec<String>,
}

fn medium() -> String {
    "Medium".to_owned()
}

pub(super) fn read() -> Result<Written, Error> {
    toml::from_str(include_str!("issues.toml"))
        .map_err(|it| Error::story("issues.toml", it.to_string()))
}

pub(super) fn add(people: &People, history: &History, files: &mut Files) -> Result<(), Error> {
    let told = read()?.issue;
    let last = history.main.last().map(|&it| history.commits[it].at);
    let now = last.ok_or_else(|| Error::story("history.txt", "main is empty"))?;
    let telling = Telling { people, issues: &told, now };
    for issue in &told {
        files.json(format!("{FOLDER}/{}.json", key(issue.number)), &telling.issue(issue)?);
    }
    let released = |name: &String| history.tags.iter().find(|it| it.name[1..] == **name);
    let names: BTreeSet<&String> =
        told.iter().flat_map(|it| it.fix.iter().chain(&it.affects)).collect();
    let versions = names.into_iter().map(|name| {
        let mut version = version(name);
        let tag = released(name);
        version["archived"] = false.into();
        version["released"] = tag.is_some().into();
        if let Some(tag) = tag {
            version["releaseDate"] = tag.at.github()[..10].into();
        }
        version
    });
    let components: BTreeSet<&String> = told.iter().flat_map(|it| &it.components).collect();
    let project = json!({
        "expand": "description,lead,url,projectKeys",
        "self": format!("{API}/project/10000"),
        "id": "10000",
        "key": PROJECT,
        "name": "Checkout",
        "description": "Signs people in and takes their money.",
        "lead": user(people, "mehmet")?,
        "components": components.into_iter().map(|it| component(it)).collect::<Vec<_>>(),
        "versions": versions.collect::<Vec<_>>(),
        "issueTypes": KINDS.iter().map(|it| kind(it)).collect::<Vec<_>>(),
        "projectTypeKey": "software",
    });
    files.json(format!("{FOLDER}/project.json"), &project);
    Ok(())
}

fn key(number: u64) -> String {
    format!("{PROJECT}-{number}")
}

/// Jira counts issues apart from their keys.
fn id(number: u64) -> String {
    (10_000 + number).to_string()
}

fn user(people: &People, id: &str) -> Result<Value, Error> {
    let jira = people.get(id)?.jira.as_ref();
    let jira = jira.ok_or_else(|| Error::story("people.toml", format!("{id} is not in Jira")))?;
    Ok(json!({
        "self": format!("{API}/user?username={}", jira.login),
        "name": jira.login,
        "key": jira.key,
        "emailAddress": jira.mail,
        "displayName": jira.name,
        "active": jira.active,
        "timeZone": "Europe/Istanbul",
    }))
}

/// Something with a name, and an id that follows from its place in a list.
fn named(path: &str, first: usize, names: &[&str], name: &str) -> Value {
    let id = first + names.iter().position(|it| *it == name).unwrap_or(names.len());
    json!({ "self": format!("{API}/{path}/{id}"), "id": id.to_string(), "name": name })
}

const KINDS: [&str; 5] = ["Bug", "Story", "Task", "Sub-task", "Epic"];

fn kind(name: &str) -> Value {
    let mut kind = named("issuetype", 10_001, &KINDS, name);
    kind["subtask"] = (name == "Sub-task").into();
    kind
}

fn component(name: &str) -> Value {
    named("component", 10_200, &["auth", "payment", "infra"], name)
}

fn version(name: &str) -> Value {
    named("version", 10_300, &["0.9.0", "1.0.0", "1.1.0", "1.2.0", "1.3.0"], name)
}

fn priority(name: &str) -> Value {
    named("priority", 1, &["Highest", "High", "Medium", "Low", "Lowest"], name)
}

fn resolution(name: &str) -> Value {
    named("resolution", 10_000, &["Done", "Fixed", "Duplicate"], name)
}

const STATUSES: [(&str, &str, u32, &str); 5] = [
    ("To Do", "new", 2, "blue-gray"),
    ("In Progress", "indeterminate", 4, "yellow"),
    ("Done", "done", 3, "green"),
    ("Reopened", "new", 2, "blue-gray"),
    ("Closed", "done", 3, "green"),
];

fn status(name: &str) -> Value {
    let mut status = named("status", 10_100, &STATUSES.map(|it| it.0), name);
    if let Some((_, key, id, color)) = STATUSES.iter().find(|it| it.0 == name) {
        let name = match *key {
            "new" => "To Do",
            "done" => "Done",
            _ => "In Progress",
        };
        status["statusCategory"] = json!({
            "self": format!("{API}/statuscategory/{id}"),
            "id": id,
            "key": key,
            "colorName": color,
            "name": name,
        });
    }
    status
}

/// A kind of link: its name, and its words from the one side and from the other.
const LINKS: [(&str, &str, &str); 3] = [
    ("Duplicate", "duplicates", "is duplicated by"),
    ("Relates", "relates to", "relates to"),
    ("Problem/Incident", "causes", "is caused by"),
];

/// A step of an issue's way.
struct Move {
    deed: Deed,
    status: String,
    resolution: Option<String>,
}

struct Telling<'a> {
    people: &'a People,
    issues: &'a [Issue],
    now: Moment,
}

impl Telling<'_> {
    fn moves(&self, issue: &Issue) -> Result<Vec<Move>, Error> {
        let read = |text: &String| {
            let deed = self.people.deed(text)?;
            let (status, resolution) = match deed.what.split_once(", ") {
                Some((status, resolution)) => (status.to_owned(), Some(resolution.to_owned())),
                None => (deed.what.clone(), None),
            };
            Ok(Move { deed, status, resolution })
        };
        issue.moves.iter().map(read).collect()
    }

    fn issue(&self, issue: &Issue) -> Result<Value, Error> {
        let moves = self.moves(issue)?;
        let created = self.people.at(&issue.reporter, &issue.created)?;
        let said: Result<Vec<Deed>, Error> =
            issue.said.iter().map(|it| self.people.deed(it)).collect();
        let said = said?;
        let times = moves.iter().map(|it| it.deed.at).chain(said.iter().map(|it| it.at));
        let updated = times.max_by_key(|it| it.seconds).unwrap_or(created);
        let last = moves.last();
        let resolved = last.filter(|it| it.resolution.is_some());
        let reporter = user(self.people, &issue.reporter)?;
        let assignee = issue.assignee.as_ref().map(|it| user(self.people, it)).transpose()?;
        let comments: Result<Vec<Value>, Error> =
            said.iter().enumerate().map(|(nth, it)| self.comment(issue, nth, it)).collect();
        let comments = comments?;
        let status_name = last.map_or("To Do", |it| it.status.as_str());
        let mut fields = json!({
            "summary": issue.summary,
            "description": issue.text,
            "issuetype": kind(&issue.kind),
            "project": {
                "self": format!("{API}/project/10000"),
                "id": "10000",
                "key": PROJECT,
                "name": "Checkout",
                "projectTypeKey": "software",
            },
            "status": status(status_name),
            "priority": priority(&issue.priority),
            "resolution": resolved.and_then(|it| it.resolution.as_deref()).map(resolution),
            "resolutiondate": resolved.map(|it| it.deed.at.jira()),
            "created": created.jira(),
            "updated": updated.jira(),
            "creator": reporter,
            "reporter": reporter,
            "assignee": assignee,
            "components": issue.components.iter().map(|it| component(it)).collect::<Vec<_>>(),
            "labels": issue.labels,
            "versions": issue.affects.iter().map(|it| version(it)).collect::<Vec<_>>(),
            "fixVersions": issue.fix.iter().map(|it| version(it)).collect::<Vec<_>>(),
            "issuelinks": self.links(issue)?,
            "subtasks": self.issues.iter().filter(|it| it.parent == Some(issue.number))
                .map(|it| self.brief(it)).collect::<Result<Vec<_>, _>>()?,
            "comment": {
                "comments": comments,
                "maxResults": comments.len(),
                "total": comments.len(),
                "startAt": 0,
            },
            "attachment": [],
            "votes": { "votes": 0, "hasVoted": false },
            "watches": { "watchCount": 1, "isWatching": false },
        });
        let begun = moves.first().map(|it| it.deed.at).filter(|_| issue.planned);
        fields[SPRINT_FIELD] = begun.map(|it| json!([self.sprint(it)])).unwrap_or_default();
        fields[EPIC_FIELD] = issue.epic.map(key).into();
        if issue.kind == "Epic" {
            fields[EPIC_NAME_FIELD] = issue.summary.as_str().into();
        }
        if let Some(parent) = issue.parent {
            fields["parent"] = self.brief(self.find(parent)?)?;
        }
        let histories = self.histories(issue, &moves)?;
        Ok(json!({
            "expand": "names,changelog",
            "id": id(issue.number),
            "self": format!("{API}/issue/{}", id(issue.number)),
            "key": key(issue.number),
            "fields": fields,
            "names": {
                SPRINT_FIELD: "Sprint",
                EPIC_FIELD: "Epic Link",
                EPIC_NAME_FIELD: "Epic Name",
            },
            "changelog": {
                "startAt": 0,
                "maxResults": histories.len(),
                "total": histories.len(),
                "histories": histories,
            },
        }))
    }

    fn find(&self, number: u64) -> Result<&Issue, Error> {
        let found = self.issues.iter().find(|it| it.number == number);
        found.ok_or_else(|| Error::story("issues.toml", format!("{} is told of", key(number))))
    }

    fn comment(&self, issue: &Issue, nth: usize, said: &Deed) -> Result<Value, Error> {
        let number = 40_000 + issue.number * 10 + nth as u64;
        let by = user(self.people, &said.by)?;
        Ok(json!({
            "self": format!("{API}/issue/{}/comment/{number}", id(issue.number)),
            "id": number.to_string(),
            "author": by,
            "body": said.what,
            "updateAuthor": by,
            "created": said.at.jira(),
            "updated": said.at.jira(),
        }))
    }

    /// As other issues show it.
    fn brief(&self, issue: &Issue) -> Result<Value, Error> {
        let moves = self.moves(issue)?;
        Ok(json!({
            "id": id(issue.number),
            "key": key(issue.number),
            "self": format!("{API}/issue/{}", id(issue.number)),
            "fields": {
                "summary": issue.summary,
                "status": status(moves.last().map_or("To Do", |it| &it.status)),
                "priority": priority(&issue.priority),
                "issuetype": kind(&issue.kind),
            },
        }))
    }

    /// Links from both sides, as Jira shows them.
    fn links(&self, issue: &Issue) -> Result<Vec<Value>, Error> {
        let mut found = Vec::new();
        let told = self.issues.iter().flat_map(|it| it.links.iter().map(move |link| (it, link)));
        for (nth, (from, link)) in told.enumerate() {
            let wrong = || Error::story("issues.toml", format!("`{link}` is no link"));
            let (words, to) = link.rsplit_once(&format!(" {PROJECT}-")).ok_or_else(wrong)?;
            let to = self.find(to.parse().map_err(|_| wrong())?)?;
            let (at, kind) = LINKS
                .iter()
                .enumerate()
                .find(|(_, it)| it.1 == words || it.2 == words)
                .ok_or_else(wrong)?;
            let (subject, object) = if kind.1 == words { (from, to) } else { (to, from) };
            let mut link = json!({
                "id": (50_000 + nth).to_string(),
                "type": {
                    "id": (10_000 + at).to_string(),
                    "name": kind.0,
                    "inward": kind.2,
                    "outward": kind.1,
                },
            });
            if subject.number == issue.number {
                link["outwardIssue"] = self.brief(object)?;
            } else if object.number == issue.number {
                link["inwardIssue"] = self.brief(subject)?;
            } else {
                continue;
            }
            found.push(link);
        }
        Ok(found)
    }

    /// A sprint in the words in which Jira Server has it.
    fn sprint(&self, begun: Moment) -> String {
        let nth = (begun.seconds - FIRST_SPRINT).div_euclid(SPRINT);
        let at = |nth: i64| Moment { seconds: FIRST_SPRINT + nth * SPRINT, zone: 0 }.jira();
        let ended = self.now.seconds >= FIRST_SPRINT + (nth + 1) * SPRINT;
        let state = if ended { "CLOSED" } else { "ACTIVE" };
        format!(
            "com.atlassian.greenhopper.service.sprint.Sprint@{:x}[id={},rapidViewId=1,state={state},\
             name=Sprint {},startDate={},endDate={},completeDate={},sequence={}]",
            0x1f00 + nth,
            nth + 1,
            nth + 1,
            at(nth),
            at(nth + 1),
            if ended { at(nth + 1) } else { "<null>".to_owned() },
            nth + 1,
        )
    }

    fn histories(&self, issue: &Issue, moves: &[Move]) -> Result<Vec<Value>, Error> {
        let mut found = Vec::new();
        let mut status_name = "To Do";
        let mut resolved: Option<&str> = None;
        for (nth, step) in moves.iter().enumerate() {
            let mut items = vec![changed("status", &status(status_name), &status(&step.status))];
            let now = step.resolution.as_deref();
            if now != resolved {
                let shown = |it: Option<&str>| it.map(resolution).unwrap_or_default();
                items.push(changed("resolution", &shown(resolved), &shown(now)));
            }
            found.push(json!({
                "id": (60_000 + issue.number * 10 + nth as u64).to_string(),
                "author": user(self.people, &step.deed.by)?,
                "created": step.deed.at.jira(),
                "items": items,
            }));
            (status_name, resolved) = (&step.status, now);
        }
        Ok(found)
    }
}

/// One field's change from one named thing to another; null is none.
fn changed(field: &str, from: &Value, to: &Value) -> Value {
    let mut item = Map::new();
    item.insert("field".to_owned(), field.into());
    item.insert("fieldtype".to_owned(), "jira".into());
    item.insert("from".to_owned(), from["id"].clone());
    item.insert("fromString".to_owned(), from["name"].clone());
    item.insert("to".to_owned(), to["id"].clone());
    item.insert("toString".to_owned(), to["name"].clone());
    item.into()
}
