//! Pull requests, as far as they are more than commits.

use serde::Deserialize;
use std::collections::BTreeMap;

use super::Error;
use super::clock::Moment;
use super::people::{Deed, People};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    pull: Vec<Told>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    number: u64,
    title: String,
    branch: String,
    body: String,
    opened: Option<String>,
    closed: Option<String>,
    #[serde(default)]
    draft: bool,
    #[serde(default)]
    said: Vec<String>,
    #[serde(default)]
    line: Vec<ToldLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToldLine {
    by: String,
    at: String,
    path: String,
    from: String,
    to: Option<String>,
    text: String,
}

/// A pull request.
pub(super) struct Pull {
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) branch: String,
    pub(super) body: String,
    /// On the clock of its author; none where it follows from its commits.
    pub(super) opened: Option<String>,
    /// Closed without having been merged.
    pub(super) closed: Option<Deed>,
    pub(super) draft: bool,
    pub(super) said: Vec<Said>,
    pub(super) lines: Vec<Line>,
}

/// What somebody said about it.
pub(super) struct Said {
    pub(super) by: String,
    pub(super) at: Moment,
    pub(super) what: What,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Approved,
    ChangesRequested,
    Commented,
    /// Not a review: in the conversation.
    Says,
}

/// A comment on lines, by what stands in the first and the last of them.
pub(super) struct Line {
    pub(super) by: String,
    pub(super) at: Moment,
    pub(super) path: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) text: String,
}

pub(super) fn read(text: &str, people: &People) -> Result<BTreeMap<u64, Pull>, Error> {
    let written: Written =
        toml::from_str(text).map_err(|it| Error::story("pulls.toml", it.to_string()))?;
    let pulls = written.pull.into_iter().map(|it| Ok((it.number, pull(it, people)?)));
    pulls.collect()
}

fn pull(told: Told, people: &People) -> Result<Pull, Error> {
    let said: Result<_, Error> = told.said.iter().map(|it| said(it, people)).collect();
    let lines: Result<_, Error> = told
        .line
        .into_iter()
        .map(|it| {
            Ok(Line {
                at: people.at(&it.by, &it.at)?,
                to: it.to.unwrap_or_else(|| it.from.clone()),
                by: it.by,
                path: it.path,
                from: it.from,
                text: it.text,
            })
        })
        .collect();
    Ok(Pull {
        number: told.number,
        title: told.title,
        branch: told.branch,
        body: told.body,
        opened: told.opened,
        closed: told.closed.map(|it| people.deed(&it)).transpose()?,
        draft: told.draft,
        said: said?,
        lines: lines?,
    })
}

fn said(text: &str, people: &People) -> Result<Said, Error> {
    let Deed { by, at, what } = people.deed(text)?;
    let (what, words) = what.split_once(':').unwrap_or((&what, ""));
    let what = match what {
        "approved" => What::Approved,
        "changes requested" => What::ChangesRequested,
        "commented" => What::Commented,
        "says" => What::Says,
        other => return Err(Error::story("pulls.toml", format!("nobody can `{other}`"))),
    };
    Ok(Said { by, at, what, text: words.trim().to_owned() })
}
