//! Jira as it is now: what has changed since the last time, page by page.
//!
//! Times in a query are milliseconds since 1970 without quotes: those are moments, while a quoted
//! time is meant in the time zone that the token's owner has set, and happens twice in autumn.

#[cfg(test)]
mod tests;

use crate::sources::record::Refused;
use crate::sources::web::address::{escaped, shown};
use crate::sources::web::page::{Listed, Track, millis, of_another_kind};
use crate::sources::web::{
    Answer, Authorization, Base, Failure, Fetched, Going, Pace, Request, Step, Web,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// Issues of one page; Jira may give fewer.
const PAGE: u32 = 100;
/// Jira finds times of change by the second; where it rounds them further, [`Track`] sees that it does
/// not come on and goes on by number.
const GRAIN: i64 = 1000;
/// How often one moment is begun anew before that is an error.
const AGAIN_MAX: u32 = 3;
/// Pages of comments of one issue, and of changes of one page of issues.
const PART_PAGES_MAX: u32 = 1000;

/// Which Jira it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Atlassian's: version 3, documents.
    Cloud,
    /// One's own, Server or Data Center: version 2, text.
    Server,
}

/// What is read of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Projects, by their keys.
    Projects(Vec<String>),
    /// Whatever this query finds.
    Jql(String),
}

/// A site of Jira.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its address, with the path where it is not at the top.
    pub base: Base,
    /// Which one it is.
    pub kind: Kind,
    /// What is read of it.
    pub scope: Scope,
}

/// Where a walk is. The caller keeps its text beside what the walk brought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cursor {
    phase: Phase,
    issues: Track,
    /// How many issues of the present moment were passed (Server).
    offset: u32,
    /// The page that comes next within the present moment (Cloud).
    token: Option<String>,
    /// How often the present moment was begun anew, its token being known no more.
    again: u32,
    /// How many issues are asked for at once, where Jira sent too much for [`PAGE`]; 0: that many.
    size: u32,
    /// Projects to be read, and those that were in this walk.
    projects: VecDeque<String>,
    known: BTreeSet<String>,
    /// Issues whose changes are to be read (Cloud), all at once.
    changes: Option<Changes>,
    /// Issues with more comments than came along.
    comments: VecDeque<Comments>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Phase {
    #[default]
    Start,
    Statuses,
    Priorities,
    Types,
    Issues,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Changes {
    ids: Vec<String>,
    updated: i64,
    token: Option<String>,
    pages: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Comments {
    id: String,
    updated: i64,
    start: u32,
    pages: u32,
}

impl Cursor {
    /// From its text. What is no cursor is the beginning: that brings everything again, and a record
    /// that is here already is not kept twice.
    pub fn read(text: &str) -> Cursor {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As text.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    issues: Vec<Issue>,
    total: Option<u32>,
    next_page_token: Option<String>,
    is_last: Option<bool>,
}

#[derive(Deserialize)]
struct Issue {
    id: String,
    key: String,
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    updated: Option<String>,
    comment: Option<CommentPage>,
}

#[derive(Deserialize)]
struct CommentPage {
    total: Option<u32>,
    #[serde(default)]
    comments: Vec<serde::de::IgnoredAny>,
}

/// Asks one site.
pub struct Walk {
    web: Web,
    site: Site,
}

impl Walk {
    /// A walk over a site; without a token for what is public.
    ///
    /// # Errors
    /// [`Failure::BadToken`].
    pub fn new(site: Site, authorization: &Authorization, pace: Pace) -> Result<Walk, Failure> {
        let web = Web::new("Jira", site.base.clone(), authorization, &[], pace)?;
        Ok(Walk { web, site })
    }

    #[cfg(test)]
    fn with(site: Site, web: Web) -> Walk {
        Walk { web, site }
    }

    /// Asks for the next page. What it brings and the cursor after it belong into one transaction;
    /// where it fails the cursor is as before, and asking again goes on there.
    ///
    /// # Errors
    /// What a person has to know or do.
    pub fn step(&self, cursor: &mut Cursor, going: &Going<'_>) -> Result<Step, Failure> {
        let mut after = cursor.clone();
        let mut step = Step::default();
        if after.changes.is_some() {
            self.changes(&mut after, &mut step, going)?;
        } else if !after.comments.is_empty() {
            self.comments(&mut after, &mut step, going)?;
        } else if let Some(key) = after.projects.pop_front() {
            self.project(&key, &mut step, going)?;
        } else {
            after.phase = match after.phase {
                Phase::Start => self.start(&mut after, going)?,
                Phase::Statuses => {
                    self.list("/status", &mut step, going)?;
                    Phase::Priorities
                }
                Phase::Priorities => {
                    self.list("/priority", &mut step, going)?;
                    Phase::Types
                }
                Phase::Types => {
                    self.list("/issuetype", &mut step, going)?;
                    Phase::Issues
                }
                Phase::Issues => self.issues(&mut after, &mut step, going)?,
            };
        }
        step.done = after.phase == Phase::Start
            && after.changes.is_none()
            && after.comments.is_empty()
            && after.projects.is_empty();
        *cursor = after;
        Ok(step)
    }

    fn path(&self, rest: &str) -> String {
        let version = if self.site.kind == Kind::Cloud { 3 } else { 2 };
        format!("/rest/api/{version}{rest}")
    }

    fn get(&self, rest: &str, going: &Going<'_>) -> Result<Answer, Failure> {
        self.web.fetch(&Request::get(self.path(rest)), going)
    }

    /// Tries the token: with a wrong one Jira may answer as if to a stranger, and show less.
    fn start(&self, cursor: &mut Cursor, going: &Going<'_>) -> Result<Phase, Failure> {
        if self.web.has_token() {
            self.get("/myself", going)?;
        }
        cursor.known.clear();
        if let Scope::Projects(keys) = &self.site.scope {
            cursor.known.extend(keys.iter().cloned());
            cursor.projects.extend(keys.iter().cloned());
        }
        Ok(Phase::Statuses)
    }

    fn project(&self, key: &str, step: &mut Step, going: &Going<'_>) -> Result<(), Failure> {
        match self.get(&format!("/project/{}", escaped(key)), going) {
            Ok(answer) => step.documents.push(fetched(answer, 0)),
            // One that was asked for by name has to be there.
            Err(error @ (Failure::Absent { .. } | Failure::Forbidden { .. })) if !matches!(&self.site.scope, Scope::Projects(keys) if keys.iter().any(|it| it == key)) =>
            {
                step.refused
                    .push(Refused { place: format!("project {key}"), reason: error.to_string() });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn list(&self, rest: &str, step: &mut Step, going: &Going<'_>) -> Result<(), Failure> {
        match self.get(rest, going) {
            Ok(answer) => step.documents.push(fetched(answer, 0)),
            Err(error @ (Failure::Absent { .. } | Failure::Forbidden { .. })) => {
                step.refused.push(Refused { place: self.path(rest), reason: error.to_string() });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn jql(&self, from: i64) -> String {
        let scope = match &self.site.scope {
            Scope::Projects(keys) => {
                let keys: Vec<String> = keys.iter().map(|it| quoted(it)).collect();
                format!("project in ({})", keys.join(", "))
            }
            Scope::Jql(query) => format!("({})", without_order(query)),
        };
        let since = if from > 0 { format!(" AND updated >= {from}") } else { String::new() };
        format!("{scope}{since} ORDER BY updated ASC, key ASC")
    }

    /// One page of issues. Its place is told by the time at which the page before ended; among
    /// issues of one moment by number, and then some of those before are asked for once more, since
    /// all move up when one of them changes. Cloud gives a token instead of a number.
    fn issues(
        &self,
        cursor: &mut Cursor,
        step: &mut Step,
        going: &Going<'_>,
    ) -> Result<Phase, Failure> {
        cursor.issues.begin();
        let size = if cursor.size == 0 { PAGE } else { cursor.size };
        let jql = escaped(&self.jql(cursor.issues.from));
        let place = match self.site.kind {
            Kind::Server => format!(
                "/search?jql={jql}&startAt={}&maxResults={size}&fields=*all&expand=changelog,names",
                cursor.offset
            ),
            Kind::Cloud => {
                let token = cursor.token.as_deref().map(escaped);
                let token = token.map_or(String::new(), |it| format!("&nextPageToken={it}"));
                format!("/search/jql?jql={jql}&maxResults={size}&fields=*all&expand=names{token}")
            }
        };
        let answer = match self.get(&place, going) {
            Err(Failure::TooLarge { .. }) if size > 1 => {
                cursor.size = size / 2;
                return Ok(Phase::Issues);
            }
            // A token of a walk that was left for long is known no more; its moment begins again.
            Err(Failure::Refused { status: 400, .. })
                if cursor.token.is_some() && cursor.again < AGAIN_MAX =>
            {
                cursor.token = None;
                cursor.again += 1;
                cursor.issues.again();
                return Ok(Phase::Issues);
            }
            other => other?,
        };
        let page: Page =
            serde_json::from_slice(&answer.body).map_err(|_| of_another_kind(&answer.address))?;
        let count = u32::try_from(page.issues.len()).unwrap_or(u32::MAX);
        let more = match self.site.kind {
            Kind::Cloud => page.next_page_token.is_some() && page.is_last != Some(true),
            Kind::Server => {
                let passed = cursor.offset.saturating_add(count);
                count > 0 && page.total.map_or(count >= size, |it| passed < it)
            }
        };
        let listed: Vec<Listed> = page.issues.iter().map(listed).collect();
        cursor.issues.passed(&answer.address, None, &answer.body, &listed, more, GRAIN)?;
        if cursor.issues.page == 0 {
            cursor.again = 0;
        }
        (cursor.offset, cursor.token) = match more && cursor.issues.page > 0 {
            true => (
                cursor.offset + count.saturating_sub((count / 5).max(1)).max(1),
                page.next_page_token,
            ),
            false => (0, None),
        };
        let mut changed = Vec::new();
        for (issue, listed) in page.issues.iter().zip(&listed) {
            if !cursor.issues.is_new(listed) {
                continue;
            }
            changed.push(issue.id.clone());
            // The total counts comments that nobody is shown, too: it is a reason to ask, once.
            let comments = issue.fields.comment.as_ref();
            let came = comments.map_or(0, |it| it.comments.len());
            if comments.and_then(|it| it.total).is_some_and(|it| it as usize > came) {
                let (id, updated) = (issue.id.clone(), listed.updated);
                cursor.comments.push_back(Comments { id, updated, start: 0, pages: 0 });
            }
            let project = issue.key.rsplit_once('-').map_or("", |it| it.0);
            if !project.is_empty() && cursor.known.insert(project.to_owned()) {
                cursor.projects.push_back(project.to_owned());
            }
        }
        if self.site.kind == Kind::Cloud && !changed.is_empty() {
            let updated = listed.iter().map(|it| it.updated).max().unwrap_or(0);
            cursor.changes = Some(Changes { ids: changed, updated, token: None, pages: 0 });
        }
        if count > 0 {
            step.documents.push(fetched(answer, 0));
        }
        Ok(if cursor.issues.is_walking() { Phase::Issues } else { Phase::Start })
    }

    /// One page of what changed in the issues of a page.
    fn changes(
        &self,
        cursor: &mut Cursor,
        step: &mut Step,
        going: &Going<'_>,
    ) -> Result<(), Failure> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wanted<'a> {
            issue_ids_or_keys: &'a [String],
            max_results: u32,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_page_token: Option<&'a str>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Came {
            next_page_token: Option<String>,
        }
        let Some(mut changes) = cursor.changes.take() else { return Ok(()) };
        let token = changes.token.as_deref();
        let wanted =
            Wanted { issue_ids_or_keys: &changes.ids, max_results: 1000, next_page_token: token };
        let request = Request {
            place: self.path("/changelog/bulkfetch"),
            post: serde_json::to_vec(&wanted).ok(),
            etag: None,
        };
        match self.web.fetch(&request, going) {
            Ok(answer) => {
                let came: Came = serde_json::from_slice(&answer.body)
                    .map_err(|_| of_another_kind(&answer.address))?;
                changes.pages += 1;
                let is_new =
                    came.next_page_token.is_some() && came.next_page_token != changes.token;
                step.documents.push(fetched(answer, changes.updated));
                if is_new && changes.pages < PART_PAGES_MAX {
                    changes.token = came.next_page_token;
                    cursor.changes = Some(changes);
                }
            }
            Err(Failure::Refused { status: 400, .. }) if changes.token.is_some() => {
                changes.token = None;
                cursor.changes = Some(changes);
            }
            Err(
                error @ (Failure::Absent { .. }
                | Failure::Forbidden { .. }
                | Failure::Refused { .. }),
            ) => step.refused.push(Refused {
                place: format!("changes of {} issues", changes.ids.len()),
                reason: error.to_string(),
            }),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// One page of an issue's comments.
    fn comments(
        &self,
        cursor: &mut Cursor,
        step: &mut Step,
        going: &Going<'_>,
    ) -> Result<(), Failure> {
        let Some(mut wanted) = cursor.comments.pop_front() else { return Ok(()) };
        let place = format!(
            "/issue/{}/comment?startAt={}&maxResults=100",
            escaped(&wanted.id),
            wanted.start
        );
        match self.get(&place, going) {
            Ok(answer) => {
                let page: CommentPage = serde_json::from_slice(&answer.body)
                    .map_err(|_| of_another_kind(&answer.address))?;
                let count = u32::try_from(page.comments.len()).unwrap_or(u32::MAX);
                wanted.start = wanted.start.saturating_add(count);
                wanted.pages += 1;
                let more = count > 0 && page.total.is_some_and(|it| wanted.start < it);
                step.documents.push(fetched(answer, wanted.updated));
                if more && wanted.pages < PART_PAGES_MAX {
                    cursor.comments.push_front(wanted);
                }
            }
            Err(
                error @ (Failure::Absent { .. }
                | Failure::Forbidden { .. }
                | Failure::Refused { .. }
                | Failure::TooLarge { .. }),
            ) => step.refused.push(Refused { place: shown(&place), reason: error.to_string() }),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn fetched(answer: Answer, version: i64) -> Fetched {
    Fetched { address: answer.address, version, json: answer.body }
}

fn listed(issue: &Issue) -> Listed {
    Listed {
        id: issue.id.parse().unwrap_or(0),
        updated: issue.fields.updated.as_deref().map_or(0, millis),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A query without the order that it asks for: ours is put behind it.
fn without_order(query: &str) -> &str {
    let lower = query.to_ascii_lowercase();
    let mut quote = None;
    let mut escaped = false;
    for (at, letter) in lower.char_indices() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, 'o') => {
                let mut words = lower[at..].split_whitespace();
                let starts = lower[..at].chars().next_back().is_none_or(char::is_whitespace);
                if starts && words.next() == Some("order") && words.next() == Some("by") {
                    return query[..at].trim();
                }
            }
            _ => {}
        }
    }
    query.trim()
}
