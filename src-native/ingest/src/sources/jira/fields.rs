//! Values of fields as text.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::adf;
use super::shapes::{Maybe, Members, Text, shaped};
use super::text::clean;

/// Fields that are counters, shown elsewhere, or different for each reader.
const LEFT_OUT: [&str; 15] = [
    "votes",
    "watches",
    "worklog",
    "progress",
    "aggregateprogress",
    "timetracking",
    "workratio",
    "lastViewed",
    "thumbnail",
    "statusCategory",
    "statuscategorychangedate",
    "aggregatetimeestimate",
    "aggregatetimeoriginalestimate",
    "aggregatetimespent",
    "issuerestriction",
];

/// What people read in a field that is an object.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Choice<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
    #[serde(borrow, rename = "displayName")]
    display: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    child: Maybe<Within<'a>>,
}

/// The second step of a choice in two steps.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Within<'a> {
    #[serde(borrow)]
    value: Text<'a>,
}

/// Whether a field says something about its issue that the facts have no place for.
pub(super) fn is_kept(name: &str) -> bool {
    !LEFT_OUT.contains(&name)
}

/// A field's value as text; empty for none. A flag that is not raised is none.
pub(super) fn value(json: &RawValue) -> String {
    let text = json.get();
    match text.as_bytes().first() {
        // An empty object is written as text where nothing is known of an issue's code.
        Some(b'"') if text == "\"{}\"" => String::new(),
        Some(b'"') => clean(shaped::<Text>(json).0),
        Some(b'{') => object(json),
        Some(b'[') => {
            let values = shaped::<Vec<&RawValue>>(json).into_iter().map(value);
            values.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ")
        }
        _ if matches!(text, "null" | "false") => String::new(),
        _ => text.to_owned(),
    }
}

fn object(json: &RawValue) -> String {
    let choice = shaped::<Choice>(json);
    if &*choice.kind == "doc" {
        return clean(adf::text(json).into());
    }
    if !choice.value.is_empty() {
        let value = clean(choice.value.0);
        return match choice.child.0.filter(|it| !it.value.is_empty()) {
            Some(child) => format!("{value} - {}", clean(child.value.0)),
            None => value,
        };
    }
    if !choice.display.is_empty() {
        return clean(choice.display.0);
    }
    if !choice.name.is_empty() {
        return clean(choice.name.0);
    }
    if json.get() == "{}" { String::new() } else { clean(json.get().into()) }
}

/// The names of sprints, where a field holds sprints.
pub(super) fn sprints(name: &str, json: &RawValue) -> Option<Vec<String>> {
    let text = json.get();
    let known = matches!(name, "sprint" | "closedSprints");
    let listed = text.starts_with('[');
    let found = known || (listed && is_sprint(text));
    if !found {
        return None;
    }
    let pieces = if listed { shaped::<Vec<&RawValue>>(json) } else { vec![json] };
    let names = pieces.into_iter().map(|it| match it.get().as_bytes().first() {
        Some(b'{') => clean(shaped::<Choice>(it).name.0),
        _ => clean(written_name(&shaped::<Text>(it)).to_owned().into()),
    });
    Some(names.filter(|it| !it.is_empty()).collect())
}

fn is_sprint(json: &str) -> bool {
    json.contains("greenhopper.service.sprint.Sprint@")
        || (json.contains("\"state\":")
            && json.contains("\"name\":")
            && (json.contains("\"boardId\":") || json.contains("\"originBoardId\":")))
}

/// The name in `com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,…,name=Sprint 7,…]`. It may
/// hold commas itself, so it ends where another attribute begins.
fn written_name(text: &str) -> &str {
    const ATTRIBUTES: [&str; 12] = [
        "id=",
        "rapidViewId=",
        "state=",
        "startDate=",
        "endDate=",
        "completeDate=",
        "activatedDate=",
        "sequence=",
        "goal=",
        "autoStartStop=",
        "synced=",
        "incompleteIssuesDestinationId=",
    ];
    let Some(from) =
        text.find(",name=").map(|it| it + 6).or_else(|| text.find("[name=").map(|it| it + 6))
    else {
        return "";
    };
    let rest = &text[from..];
    let ends = rest.match_indices(',').map(|(at, _)| at);
    let end = ends
        .into_iter()
        .find(|at| ATTRIBUTES.iter().any(|it| rest[at + 1..].starts_with(it)))
        .unwrap_or_else(|| rest.strip_suffix(']').map_or(rest.len(), str::len));
    &rest[..end]
}

/// Custom fields by what people call them: as the issue says itself, or as its changes do.
pub(super) struct Names<'a> {
    pub(super) told: Members<'a>,
    pub(super) changed: Vec<(String, String)>,
}

impl Names<'_> {
    pub(super) fn of<'n>(&self, id: &'n str) -> Cow<'n, str> {
        if let Some((_, name)) = self.told.0.iter().find(|(it, _)| it == id) {
            let name = clean(shaped::<Text>(name).0);
            if !name.is_empty() {
                return name.into();
            }
        }
        match self.changed.iter().find(|(it, _)| it == id) {
            Some((_, name)) => name.clone().into(),
            None => id.into(),
        }
    }
}
