//! The change that is to be reviewed: a pull request, or paths.

use super::super::Asked;
use super::super::ask::moment;
use crate::wire::*;
use crate::{Error, Result};
use model::{DeveloperId, Timestamp};

/// Paths of one change that are judged, at most.
const PATHS_MAX: usize = 2_000;

/// The change that is to be reviewed.
pub(super) struct Change {
    pub(super) record: Option<Record>,
    pub(super) number: Option<u64>,
    pub(super) paths: Vec<String>,
    pub(super) authors: Vec<DeveloperId>,
    pub(super) now: Timestamp,
}

/// The `now` of a question: given, else when the pull request was closed, else the newest record's.
pub(super) fn now(at: &Asked<'_>, number: Option<u64>, given: Option<&str>) -> Result<Timestamp> {
    if let Some(given) = given {
        return moment("now", given, true);
    }
    if let Some(number) = number {
        let brief = at.reader.pull_brief(at.of, number)?.ok_or_else(|| missing(number))?;
        if let Some(closed) = at.reader.pull_closed(at.of, brief.id)? {
            return Ok(closed);
        }
    }
    Ok(at.of.as_of.max(at.reader.newest_pull(at.of)?).unwrap_or_default())
}

fn missing(number: u64) -> Error {
    Error::not_found(format!("there is no pull request #{number} in memory"))
        .hint("ask by its paths instead: `paths`")
}

impl Change {
    pub(super) fn of(
        at: &Asked<'_>,
        number: Option<u64>,
        paths: Option<&[String]>,
        author: Option<&str>,
        now: Timestamp,
    ) -> Result<Change> {
        let mut change = match (number, paths) {
            (Some(number), None) => {
                let brief = at.reader.pull_brief(at.of, number)?;
                let brief = brief.ok_or_else(|| missing(number))?;
                let (paths, authors) = at.reader.pull_change(at.of, brief.id)?;
                if paths.is_empty() {
                    let text = format!("memory does not know which files #{number} changes");
                    return Err(Error::not_found(text).hint("ask by its paths instead: `paths`"));
                }
                let mut record = super::super::tell::numbered(number);
                if !brief.title.is_empty() {
                    record.title = brief.title;
                }
                Change { record: Some(record), number: Some(number), paths, authors, now }
            }
            (None, Some(paths)) if (1..=PATHS_MAX).contains(&paths.len()) => {
                let mut paths: Vec<String> = paths.iter().map(|it| at.path(it)).collect();
                paths.sort_unstable();
                paths.dedup();
                Change { record: None, number: None, paths, authors: Vec::new(), now }
            }
            (None, Some(paths)) => {
                let text = format!("`paths` is 1 to {PATHS_MAX} paths, not {}", paths.len());
                return Err(Error::invalid(text));
            }
            _ => return Err(Error::invalid("give either `pullRequest` or `paths`")),
        };
        if let Some(author) = author {
            change.authors.push(at.person(author)?.id);
        }
        change.authors.sort_unstable();
        change.authors.dedup();
        change.paths.truncate(PATHS_MAX);
        Ok(change)
    }

    /// The parameters that name it.
    pub(super) fn params(&self) -> [(&'static str, serde_json::Value); 2] {
        let now = ("now", time(self.now).into());
        match self.number {
            Some(number) => [("pullRequest", number.into()), now],
            None => [("paths", self.paths.clone().into()), now],
        }
    }
}
