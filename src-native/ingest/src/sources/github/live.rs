//! GitHub as it is now: what has changed since the last time, page by page.
//!
//! Issues are asked for by time of change, and GitHub lists pull requests among them; each that
//! changed is then read with its commits, files and reviews. Comments of both kinds are lists of
//! the whole repository by time of change. Where a repository has its issues turned off, the list
//! of pull requests takes their place.

#[cfg(test)]
mod tests;

use crate::sources::record::Refused;
use crate::sources::web::address::{escaped, shown};
use crate::sources::web::page::{Listed, OVERLAP, Track, millis, of_another_kind, rfc3339};
use crate::sources::web::{
    Answer, Authorization, Base, Failure, Fetched, Going, Pace, Request, Step, Web,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Where GitHub itself answers.
pub const API: &str = "https://api.github.com";

/// What of a pull request is read, beside the lists of the whole repository.
const PARTS: [&str; 4] = ["", "/commits", "/files", "/reviews"];
/// Pages of one part of a pull request; GitHub shows 30 of files and 3 of commits.
const PART_PAGES_MAX: u32 = 200;
/// Pages of releases whose ETag is remembered.
const ETAGS_MAX: usize = 50;

/// A repository of GitHub, or of a server of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where its interface is: [`API`], or `https://HOST/api/v3`.
    pub api: Base,
    /// Whose it is.
    pub owner: String,
    /// What it is called.
    pub name: String,
}

impl Place {
    /// Its path below the interface.
    pub(crate) fn path(&self) -> String {
        format!("/repos/{}/{}", escaped(&self.owner), escaped(&self.name))
    }
}

/// Where a walk is. The caller keeps its text beside what the walk brought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cursor {
    phase: Phase,
    /// The server's own etag of the repository.
    etag: Option<String>,
    issues: Track,
    /// Where issues are turned off.
    pulls: Pulls,
    comments: Track,
    review_comments: Track,
    /// Pull requests that changed and are not read to their end.
    pending: VecDeque<Pending>,
    /// The page of releases that comes next.
    releases: Option<String>,
    release_etags: BTreeMap<String, String>,
    release_pages: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Phase {
    #[default]
    Repository,
    Issues,
    Pulls,
    Comments,
    ReviewComments,
    Releases,
}

/// A walk over pull requests, newest change first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Pulls {
    /// The newest change that a whole walk has seen.
    high: i64,
    /// The newest that this one has seen.
    top: i64,
    next: Option<String>,
    pages: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pending {
    number: u64,
    updated: i64,
    /// Which of its parts comes next.
    part: usize,
    /// The page of it that comes next.
    next: Option<String>,
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
struct Item {
    id: u64,
    number: Option<u64>,
    updated_at: Option<String>,
    pull_request: Option<serde::de::IgnoredAny>,
}

/// Asks one repository.
pub struct Walk {
    web: Web,
    place: Place,
}

impl Walk {
    /// A walk over a repository; without a token for what is public.
    ///
    /// # Errors
    /// [`Failure::BadToken`].
    pub fn new(place: Place, authorization: &Authorization, pace: Pace) -> Result<Walk, Failure> {
        let headers =
            [("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")];
        let web = Web::new("GitHub", place.api.clone(), authorization, &headers, pace)?;
        Ok(Walk { web, place })
    }

    #[cfg(test)]
    fn with(place: Place, web: Web) -> Walk {
        Walk { web, place }
    }

    /// Asks for the next page. What it brings and the cursor after it belong into one transaction;
    /// where it fails the cursor is as before, and asking again goes on there.
    ///
    /// # Errors
    /// What a person has to know or do.
    pub fn step(&self, cursor: &mut Cursor, going: &Going<'_>) -> Result<Step, Failure> {
        let mut after = cursor.clone();
        let mut step = Step::default();
        if after.pending.is_empty() {
            match after.phase {
                Phase::Repository => self.repository(&mut after, &mut step, going)?,
                Phase::Issues => self.issues(&mut after, &mut step, going)?,
                Phase::Pulls => self.pulls(&mut after, &mut step, going)?,
                Phase::Comments => {
                    let track = &mut after.comments;
                    if self.comments(track, "/issues/comments", &mut step, going)? {
                        after.phase = Phase::ReviewComments;
                    }
                }
                Phase::ReviewComments => {
                    let track = &mut after.review_comments;
                    if self.comments(track, "/pulls/comments", &mut step, going)? {
                        after.phase = Phase::Releases;
                    }
                }
                Phase::Releases => self.releases(&mut after, &mut step, going)?,
            }
        } else {
            self.part(&mut after, &mut step, going)?;
        }
        *cursor = after;
        Ok(step)
    }

    fn fetch(&self, request: &Request, going: &Going<'_>) -> Result<Answer, Failure> {
        self.web.fetch(request, going)
    }

    /// Whether it is there, and what it is called now.
    fn repository(
        &self,
        cursor: &mut Cursor,
        step: &mut Step,
        going: &Going<'_>,
    ) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Repository {
            full_name: String,
        }
        let request = Request { etag: cursor.etag.take(), ..Request::get(self.place.path()) };
        let answer = self.fetch(&request, going)?;
        cursor.etag = answer.etag;
        if !answer.unchanged {
            let found: Repository = serde_json::from_slice(&answer.body)
                .map_err(|_| of_another_kind(&answer.address))?;
            let called = format!("{}/{}", self.place.owner, self.place.name);
            if !found.full_name.eq_ignore_ascii_case(&called) {
                step.renamed = Some(found.full_name);
                // So that the next sync says it again.
                cursor.etag = None;
            }
        }
        cursor.phase = Phase::Issues;
        Ok(())
    }

    /// One page of a list by time of change; nothing where nothing has changed.
    fn page(
        &self,
        track: &mut Track,
        path: &str,
        step: &mut Step,
        going: &Going<'_>,
    ) -> Result<Vec<Item>, Failure> {
        track.begin();
        let mut place = format!(
            "{}{path}?sort=updated&direction=asc&per_page=100{}",
            self.place.path(),
            if path == "/issues" { "&state=all" } else { "" },
        );
        if track.from > 0 {
            place.push_str(&format!("&since={}", rfc3339(track.from)));
        }
        if track.page > 0 {
            place.push_str(&format!("&page={}", track.page + 1));
        }
        let request = Request { etag: track.etag(&place), ..Request::get(place.clone()) };
        let answer = self.fetch(&request, going)?;
        if answer.unchanged {
            track.unchanged();
            return Ok(Vec::new());
        }
        let items: Vec<Item> =
            serde_json::from_slice(&answer.body).map_err(|_| of_another_kind(&answer.address))?;
        let listed: Vec<Listed> = items.iter().map(listed).collect();
        let (body, more) = (&answer.body, answer.next.is_some());
        track.passed(&place, answer.etag, body, &listed, more, 1000)?;
        if !items.is_empty() {
            step.documents.push(Fetched { address: answer.address, version: 0, json: answer.body });
        }
        Ok(items)
    }

    fn issues(
        &self,
        cursor: &mut Cursor,
        step: &mut Step,
        going: &Going<'_>,
    ) -> Result<(), Failure> {
        let items = match self.page(&mut cursor.issues, "/issues", step, going) {
            // The repository answered a moment ago: it has no issues, or the token may not read them.
            Err(Failure::Absent { .. } | Failure::Forbidden { .. }) => {
                cursor.issues = Track::default();
                cursor.phase = Phase::Pulls;
                return Ok(());
            }
            other => other?,
        };
        for item in items.iter().filter(|it| it.pull_request.is_some()) {
            let listed = listed(item);
            if let Some(number) = item.number.filter(|_| cursor.issues.is_new(&listed)) {
                cursor.pending.push_back(pending(number, listed.updated));
            }
        }
        if !cursor.issues.is_walking() {
            cursor.phase = Phase::Comments;
        }
        Ok(())
    }

    /// Newest change first: what changes meanwhile pushes others on to pages that are still to come,
    /// and is itself newer than all that this walk will say it has seen.
    fn pulls(
        &self,
        cursor: &mut Cursor,
        step: &mut Step,
        going: &Going<'_>,
    ) -> Result<(), Failure> {
        let walk = &mut cursor.pulls;
        let place = walk.next.take().unwrap_or_else(|| {
            let sorted = "state=all&sort=updated&direction=desc&per_page=100";
            format!("{}/pulls?{sorted}", self.place.path())
        });
        let answer = self.fetch(&Request::get(place.clone()), going)?;
        let items: Vec<Item> =
            serde_json::from_slice(&answer.body).map_err(|_| of_another_kind(&answer.address))?;
        walk.pages += 1;
        if answer.next.as_ref() == Some(&place) || walk.pages > 10_000 {
            let reason = "its pages do not end";
            return Err(Failure::Endless { place: shown(&place), reason });
        }
        let until = walk.high - OVERLAP;
        let listed: Vec<Listed> = items.iter().map(listed).collect();
        walk.top = listed.iter().map(|it| it.updated).max().unwrap_or(0).max(walk.top);
        let passed = listed.iter().any(|it| it.updated < until);
        walk.next = answer.next.filter(|_| !passed);
        if walk.next.is_none() {
            *walk = Pulls { high: walk.top.max(walk.high), ..Pulls::default() };
            cursor.phase = Phase::Comments;
        }
        for (item, listed) in items.iter().zip(&listed) {
            if let Some(number) = item.number.filter(|_| listed.updated >= until) {
                cursor.pending.push_back(pending(number, listed.updated));
            }
        }
        step.documents.push(Fetched { address: answer.address, version: 0, json: answer.body });
        Ok(())
    }

    /// One page of one part of a pull request that changed.
    fn part(&self, cursor: &mut Cursor, step: &mut Step, going: &Going<'_>) -> Result<(), Failure> {
        let Some(pull) = cursor.pending.front_mut() else { return Ok(()) };
        let whole = format!("{}/pulls/{}", self.place.path(), pull.number);
        let place = pull.next.take().unwrap_or_else(|| match PARTS[pull.part.min(3)] {
            "" => whole.clone(),
            part => format!("{whole}{part}?per_page=100"),
        });
        let mut skip = |reason: String| {
            step.refused.push(Refused { place: format!("pull request {}", pull.number), reason });
        };
        let mut lost = false;
        match self.fetch(&Request::get(place.clone()), going) {
            Ok(answer) => {
                if pull.part == 0 {
                    // It may have changed since it was listed; what follows is as new as this.
                    let found = serde_json::from_slice::<Item>(&answer.body).ok();
                    pull.updated = found.map_or(pull.updated, |it| listed(&it).updated);
                }
                pull.pages += 1;
                pull.next = answer.next.clone().filter(|it| *it != place);
                if pull.pages > PART_PAGES_MAX {
                    pull.next = None;
                    skip(format!("{} goes on for ever", shown(&place)));
                }
                step.documents.push(Fetched {
                    address: answer.address,
                    version: pull.updated,
                    json: answer.body,
                });
            }
            // One that is gone, or too large to be shown, keeps none of the others away.
            Err(
                error @ (Failure::Absent { .. }
                | Failure::Refused { .. }
                | Failure::TooLarge { .. }),
            ) => {
                lost = pull.part == 0;
                skip(error.to_string());
            }
            // GitHub breaks on some large ones for ever. Where it answers otherwise, it is that.
            Err(error @ Failure::Down { .. }) => {
                self.fetch(&Request::get(self.place.path()), going).map_err(|it| match it {
                    Failure::Cancelled => it,
                    _ => error.clone(),
                })?;
                skip(error.to_string());
            }
            Err(error) => return Err(error),
        }
        if pull.next.is_none() {
            (pull.part, pull.pages) = (pull.part + 1, 0);
        }
        if lost || pull.part >= PARTS.len() {
            cursor.pending.pop_front();
        }
        Ok(())
    }

    /// One page of comments. Returns whether it was the last.
    fn comments(
        &self,
        track: &mut Track,
        path: &str,
        step: &mut Step,
        going: &Going<'_>,
    ) -> Result<bool, Failure> {
        match self.page(track, path, step, going) {
            Ok(_) => Ok(!track.is_walking()),
            Err(error @ (Failure::Absent { .. } | Failure::Forbidden { .. })) => {
                *track = Track::default();
                let place = format!("{}{path}", self.place.path());
                step.refused.push(Refused { place, reason: error.to_string() });
                Ok(true)
            }
            Err(error) => Err(error),
        }
    }

    /// One page of releases: they have no time of change, so each page is asked for, by its ETag.
    fn releases(
        &self,
        cursor: &mut Cursor,
        step: &mut Step,
        going: &Going<'_>,
    ) -> Result<(), Failure> {
        let first = || format!("{}/releases?per_page=100", self.place.path());
        let place = cursor.releases.take().unwrap_or_else(first);
        let etag = cursor.release_etags.get(&place).cloned();
        cursor.release_pages += 1;
        if cursor.release_pages > 1000 {
            let reason = "its pages do not end";
            return Err(Failure::Endless { place: shown(&place), reason });
        }
        match self.fetch(&Request { etag, ..Request::get(place.clone()) }, going) {
            Ok(answer) => {
                // Unchanged pages may come without the link to the next one; a first that is so ends
                // the walk, since new releases come first.
                cursor.releases = answer.next.filter(|it| *it != place && !answer.unchanged);
                let has_room = cursor.release_etags.len() < ETAGS_MAX;
                if let Some(etag) = answer.etag.filter(|_| has_room) {
                    cursor.release_etags.insert(place, etag);
                }
                if !answer.unchanged {
                    step.documents.push(Fetched {
                        address: answer.address,
                        version: 0,
                        json: answer.body,
                    });
                }
            }
            Err(error @ (Failure::Absent { .. } | Failure::Forbidden { .. })) => {
                step.refused.push(Refused { place: shown(&place), reason: error.to_string() });
            }
            Err(error) => return Err(error),
        }
        if cursor.releases.is_none() {
            (cursor.phase, cursor.release_pages) = (Phase::Repository, 0);
            step.done = true;
        }
        Ok(())
    }
}

fn pending(number: u64, updated: i64) -> Pending {
    Pending { number, updated, part: 0, next: None, pages: 0 }
}

fn listed(item: &Item) -> Listed {
    Listed { id: item.id, updated: item.updated_at.as_deref().map_or(0, millis) }
}
