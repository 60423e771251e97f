//! Relations of an issue to others, told from its own side.

use model::IssueLink;
use serde::Deserialize;

use super::shapes::{List, Maybe, Text};
use super::text::clean;

/// An entry of `issuelinks`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Link<'a> {
    #[serde(borrow, rename = "type")]
    kind: Maybe<Kind<'a>>,
    #[serde(borrow)]
    inward_issue: Maybe<Other<'a>>,
    #[serde(borrow)]
    outward_issue: Maybe<Other<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Kind<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    inward: Text<'a>,
    #[serde(borrow)]
    outward: Text<'a>,
}

/// Another issue, by as much as is told of it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Other<'a> {
    #[serde(borrow)]
    key: Text<'a>,
}

/// Each end that names an issue.
pub(super) fn linked(List(links): List<Link<'_>>, out: &mut Vec<IssueLink>) {
    for link in links {
        let kind = link.kind.0.unwrap_or_default();
        for (outward, other, words) in [
            (false, link.inward_issue.0, &kind.inward),
            (true, link.outward_issue.0, &kind.outward),
        ] {
            let Some(other) = other.filter(|it| !it.key.is_empty()) else { continue };
            out.push(IssueLink {
                kind: clean(kind.name.0.clone()),
                words: clean(words.0.clone()),
                outward,
                to: clean(other.key.0),
            });
        }
    }
}

/// A parent is a parent of its subtasks, outward; so is an epic of its issues.
pub(super) fn above(kind: &str, words: &str, other: Other<'_>, out: &mut Vec<IssueLink>) {
    let to = clean(other.key.0);
    if !to.is_empty() {
        out.push(IssueLink { kind: kind.to_owned(), words: words.to_owned(), outward: false, to });
    }
}

/// The issues below this one.
pub(super) fn subtasks(List(others): List<Other<'_>>, out: &mut Vec<IssueLink>) {
    for other in others.into_iter().filter(|it| !it.key.is_empty()) {
        out.push(IssueLink {
            kind: "Parent".to_owned(),
            words: "is parent of".to_owned(),
            outward: true,
            to: clean(other.key.0),
        });
    }
}

impl<'a> Other<'a> {
    pub(super) fn called(key: Text<'a>) -> Other<'a> {
        Other { key }
    }
}
