//! From records to facts.

use model::{
    Comment, FieldChange, IssueFacts, PullMoment, ReleaseFacts, StatusCategory, TrackerFacts,
};
use serde_json::Value;

use super::pull;
use super::tell::{Telling, Told, clean, find, tellings};
use crate::sources::record::Record;

/// What the records of one subject come to. A pull request is an issue to GitHub, and here a pull
/// request alone. What was said beneath something of which there is no record itself waits.
pub(super) fn project(subject: &str, records: &[Record]) -> TrackerFacts {
    let all = tellings(records);
    if subject.starts_with("release/") {
        return TrackerFacts { release: release(&all), ..TrackerFacts::default() };
    }
    let Ok(number) = subject.parse() else { return TrackerFacts::default() };
    let pulls = Told::of(&all, &["pull", "pullListed", "pullNode"]);
    let issues = Told::of(&all, &["issue", "issueNode"]);
    let of_pull = issues.find(&["pull_request"]).is_some_and(|it| !it.is_null())
        || issues.line(&["html_url"]).contains("/pull/");
    if !pulls.is_empty() || of_pull {
        return TrackerFacts { pull: Some(pull::facts(number, &all)), ..TrackerFacts::default() };
    }
    let issue = (!issues.is_empty()).then(|| issue(number, &issues, &all));
    TrackerFacts { issue, ..TrackerFacts::default() }
}

fn issue(number: u64, told: &Told<'_>, all: &[Telling<'_>]) -> IssueFacts {
    let closed = told.line(&["state"]).eq_ignore_ascii_case("closed");
    let assignees: Vec<_> =
        told.nodes(&["assignees"]).into_iter().filter_map(super::tell::account).collect();
    let names: Vec<&str> = assignees.iter().map(|it| it.login.as_str()).collect();
    let fields = match names.len() {
        0 | 1 => Vec::new(),
        _ => vec![("assignees".to_owned(), names.join(", "))],
    };
    let milestone = told.line(&["milestone.title"]);
    let created = told.time(&["created_at", "createdAt"]).unwrap_or_default();
    let mut changes: Vec<FieldChange> = moments(all).iter().filter_map(change).collect();
    changes.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    let resolution = told.line(&["state_reason", "stateReason"]).to_lowercase();
    IssueFacts {
        id: number.to_string(),
        key: format!("#{number}"),
        past_keys: past_keys(all),
        summary: told.line(&["title"]),
        body: told.text(&["body"]),
        kind: told.line(&["type.name", "issueType.name"]),
        status: if closed { "closed" } else { "open" }.to_owned(),
        category: if closed { StatusCategory::Done } else { StatusCategory::ToDo },
        resolution: if closed { resolution } else { String::new() },
        reporter: told.account(&["user", "author"]),
        assignee: assignees.into_iter().next().or_else(|| told.account(&["assignee"])),
        created,
        updated: told.time(&["updated_at", "updatedAt"]).unwrap_or(created),
        resolved: told.time(&["closed_at", "closedAt"]).filter(|_| closed),
        url: told.line(&["html_url", "url"]),
        labels: told.labels(),
        fix_versions: Some(milestone).into_iter().filter(|it| !it.is_empty()).collect(),
        fields,
        comments: comments(all),
        changes,
        ..IssueFacts::default()
    }
}

fn past_keys(all: &[Telling<'_>]) -> Vec<String> {
    let key = |(_, told): (&str, Told<'_>)| {
        let number = told.number(&["number"])?;
        let of = super::address::repository(&told.line(&["repository_url", "url"]));
        Some(format!("{}#{number}", of.unwrap_or_default()))
    };
    Told::each(all, &["origin"]).into_iter().filter_map(key).collect()
}

pub(super) fn comments(all: &[Telling<'_>]) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Told::each(all, &["comment", "commentNode"])
        .into_iter()
        .map(|(id, told)| Comment {
            id: id.to_owned(),
            author: told.account(&["user", "author"]),
            body: told.text(&["body"]),
            at: told.time(&["created_at", "createdAt"]).unwrap_or_default(),
        })
        .collect();
    comments.sort_by(|a, b| (a.at, by_id(&a.id)).cmp(&(b.at, by_id(&b.id))));
    comments
}

/// Orders ids as numbers where they are such.
pub(super) fn by_id(id: &str) -> (usize, &str) {
    (id.len(), id)
}

/// Something that happened, and the whole of what is told of it.
pub(super) struct Moment<'a> {
    pub(super) facts: PullMoment,
    pub(super) told: Told<'a>,
}

/// What happened, in the order of time; once, if both REST and GraphQL tell it.
pub(super) fn moments<'a>(all: &'a [Telling<'a>]) -> Vec<Moment<'a>> {
    let moment = |(id, told): (&str, Told<'a>)| {
        let word = told.line(&["event"]);
        let kind = if word.is_empty() { word_of(&told.line(&["__typename"])) } else { word };
        let facts = PullMoment {
            id: id.to_owned(),
            at: told.time(&["created_at", "createdAt"]).unwrap_or_default(),
            kind,
            // Of `assigned`, REST calls the one who was assigned `actor` too.
            actor: told.account(&["assigner", "review_requester", "actor"]),
            about: told.account(&["requested_reviewer", "requestedReviewer", "assignee"]),
        };
        Moment { facts, told }
    };
    let mut moments: Vec<Moment<'a>> =
        Told::each(all, &["moment"]).into_iter().map(moment).collect();
    let same = |a: &PullMoment, b: &PullMoment| {
        let who = |it: &PullMoment| {
            (it.actor.as_ref().map(|it| it.id.clone()), it.about.as_ref().map(|it| it.id.clone()))
        };
        (a.at, &a.kind) == (b.at, &b.kind) && who(a) == who(b)
    };
    let first = moments.len();
    for (id, told) in Told::each(all, &["momentNode"]) {
        let node = moment((id, told));
        if !moments[..first].iter().any(|it| same(&it.facts, &node.facts)) {
            moments.push(node);
        }
    }
    moments.sort_by(|a, b| {
        (a.facts.at, by_id(&a.facts.id), &a.facts.kind).cmp(&(
            b.facts.at,
            by_id(&b.facts.id),
            &b.facts.kind,
        ))
    });
    moments
}

/// REST's word for an event, from the name of GraphQL's type.
fn word_of(typename: &str) -> String {
    match typename {
        "ConvertToDraftEvent" => return "converted_to_draft".to_owned(),
        "RenamedTitleEvent" => return "renamed".to_owned(),
        _ => {}
    }
    let name = typename.strip_suffix("Event").unwrap_or(typename);
    let mut word = String::new();
    for it in name.chars() {
        if it.is_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.extend(it.to_lowercase());
    }
    word
}

/// An issue's event as a change of a field, in Jira's names for fields.
fn change(moment: &Moment<'_>) -> Option<FieldChange> {
    let told = &moment.told;
    let about = || moment.facts.about.as_ref().map(|it| it.login.clone()).unwrap_or_default();
    let milestone = || told.line(&["milestone.title", "milestoneTitle"]);
    let label = || told.line(&["label.name"]);
    let nothing = String::new;
    let (field, from, to) = match moment.facts.kind.as_str() {
        "closed" => ("status", "open".to_owned(), "closed".to_owned()),
        "reopened" => ("status", "closed".to_owned(), "open".to_owned()),
        "labeled" => ("labels", nothing(), label()),
        "unlabeled" => ("labels", label(), nothing()),
        "assigned" => ("assignee", nothing(), about()),
        "unassigned" => ("assignee", about(), nothing()),
        "milestoned" => ("fix version", nothing(), milestone()),
        "demilestoned" => ("fix version", milestone(), nothing()),
        "renamed" => (
            "summary",
            told.line(&["rename.from", "previousTitle"]),
            told.line(&["rename.to", "currentTitle"]),
        ),
        _ => return None,
    };
    let PullMoment { id, at, actor, .. } = moment.facts.clone();
    Some(FieldChange { id, at, author: actor, field: field.to_owned(), from, to })
}

/// A tag may have drafts beside the release that was published.
fn release(all: &[Telling<'_>]) -> Option<ReleaseFacts> {
    let is_draft = |it: &Value| {
        ["draft", "isDraft"]
            .iter()
            .any(|name| find(it, name).and_then(Value::as_bool) == Some(true))
    };
    let drafts_only = all.iter().all(|it| is_draft(&it.value));
    let kept: Vec<Telling<'_>> = all
        .iter()
        .filter(|it| drafts_only || !is_draft(&it.value))
        .map(|it| Telling { record: it.record, value: it.value.clone() })
        .collect();
    let told = Told::of(&kept, &["release", "releaseNode"]);
    if told.is_empty() {
        return None;
    }
    Some(ReleaseFacts {
        tag: clean(told.find(&["tag_name", "tagName"])?.as_str()?),
        title: told.line(&["name"]),
        body: told.text(&["body", "description"]),
        published: told.time(&["published_at", "publishedAt"]).filter(|_| !drafts_only),
        prerelease: told.flag(&["prerelease", "isPrerelease"]),
        author: told.account(&["author"]),
    })
}
