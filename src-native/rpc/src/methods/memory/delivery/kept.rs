//! Facts about delivery, kept while memory does not change: many measures are asked one after the other.

use super::super::Asked;
use super::{About, DeliveryBy, settings, words};
use crate::Result;
use agents::delivery::{Book, Items, Measure, Of, REWORK_DAYS, Settings, Span};
use model::delivery::{Commit, Facts, FileLines, Release, Work};
use model::{CommitId, Oid, RepositoryId, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// How many repositories, or times of one, are kept.
const KEPT_MAX: usize = 3;
/// How many commits beside the history are looked at: some hundred releases of old branches.
const BESIDE_MAX: usize = 50_000;

/// What facts were read for: of the same key they are the same.
#[derive(Clone, PartialEq)]
struct Key {
    version: i64,
    repository: RepositoryId,
    now: Timestamp,
    past: Option<Timestamp>,
    settings: Settings,
}

/// How long after the newest record a release may be dated and is believed, in seconds.
const RELEASE_AFTER: i64 = 31 * model::DAY;

/// Components of commits, by commit.
type Parts = HashMap<CommitId, Vec<u32>>;

struct Entry {
    key: Key,
    book: Arc<Book>,
    lines: Option<(Span, Arc<Vec<FileLines>>)>,
    parts: Option<Arc<Parts>>,
}

/// Facts that were read last, newest first. Whoever asks while they are read waits, and does not read them too.
#[derive(Default)]
pub(crate) struct Kept {
    entries: Mutex<Vec<Entry>>,
}

/// The facts of a repository, as a question has them.
pub(super) struct Opened<'a> {
    at: &'a Asked<'a>,
    pub(super) about: &'a About,
    key: Key,
    pub(super) book: Arc<Book>,
    /// The component that is asked about, as its place among the facts.
    pub(super) component: Option<u32>,
}

impl<'a> Opened<'a> {
    pub(super) fn new(at: &'a Asked<'a>, version: i64, about: &'a About) -> Result<Opened<'a>> {
        let rules = at.rules()?.delivery;
        let settings = settings(&rules, about.deployments, at.of.head_ref.as_deref());
        let key = Key {
            version,
            repository: at.of.id,
            now: at.now(about.now.as_deref())?,
            past: at.reader.past(),
            settings: settings.clone(),
        };
        let mut entries = at.cx.shared.delivery.lock();
        let book = match entries.iter().position(|it| it.key == key) {
            Some(place) => {
                let entry = entries.remove(place);
                let book = entry.book.clone();
                entries.insert(0, entry);
                book
            }
            None => {
                let book = Arc::new(Book::new(facts(at, &rules, key.now)?, settings));
                // What is of an older version is never asked for again.
                entries.retain(|it| it.key.version == version);
                entries.truncate(KEPT_MAX - 1);
                let entry =
                    Entry { key: key.clone(), book: book.clone(), lines: None, parts: None };
                entries.insert(0, entry);
                book
            }
        };
        drop(entries);
        let component = match &about.component {
            Some(name) => {
                let name = at.component(name)?.name;
                book.facts.components.iter().position(|it| *it == name).map(|it| it as u32)
            }
            None => None,
        };
        Ok(Opened { at, about, key, book, component })
    }

    /// The end of what is known: the newest record, or a release that was cut from it in the month after, for a tag
    /// moves no `now`.
    pub(super) fn end(&self) -> Timestamp {
        let now = self.key.now;
        if self.about.now.is_some() {
            return now;
        }
        let last = Timestamp(now.0.saturating_add(RELEASE_AFTER));
        let releases = self.book.facts.releases.iter().rev().map(|it| it.at);
        releases.filter(|at| *at <= last).max().map_or(now, |at| at.max(now))
    }

    /// The items of a measure, for figures of a span.
    pub(super) fn items(&self, measure: Measure, span: Span) -> Result<Items> {
        let lines = match measure.needs_lines() {
            true => self.lines(span)?,
            false => Arc::default(),
        };
        let mut items = agents::delivery::items(measure, &self.book, &lines);
        if measure.lasts() {
            // What ended before is in none of the figures.
            items.keep(|it| it.until >= span.from);
        }
        Ok(items)
    }

    fn lines(&self, span: Span) -> Result<Arc<Vec<FileLines>>> {
        let since = span.from.days_before(REWORK_DAYS as u32);
        let wanted = Span { from: since, to: span.to };
        let mut entries = self.at.cx.shared.delivery.lock();
        let entry = entries.iter_mut().find(|it| it.key == self.key);
        if let Some((kept, lines)) = entry.as_ref().and_then(|it| it.lines.as_ref())
            && *kept == wanted
        {
            return Ok(lines.clone());
        }
        let lines = Arc::new(self.at.reader.delivery_lines(self.at.of, wanted.from, wanted.to)?);
        if let Some(entry) = entry {
            entry.lines = Some((wanted, lines.clone()));
        }
        Ok(lines)
    }

    fn parts(&self) -> Result<Arc<Parts>> {
        let mut entries = self.at.cx.shared.delivery.lock();
        let entry = entries.iter_mut().find(|it| it.key == self.key);
        if let Some(parts) = entry.as_ref().and_then(|it| it.parts.as_ref()) {
            return Ok(parts.clone());
        }
        let parts = Arc::new(self.at.reader.delivery_parts(self.at.of)?);
        if let Some(entry) = entry {
            entry.parts = Some(parts.clone());
        }
        Ok(parts)
    }

    /// Drops the items of other components than the one asked about. A deployment is of all of them.
    pub(super) fn keep(&self, items: &mut Items) -> Result<()> {
        let Some(component) = self.component else { return Ok(()) };
        let facts = &self.book.facts;
        let parts = match items.items.iter().any(|it| matches!(it.of, Of::Commit(_))) {
            true => self.parts()?,
            false => Arc::default(),
        };
        items.keep(|it| match it.of {
            Of::Pull(it) | Of::Said(it, _) => {
                facts.pulls[it as usize].components.contains(&component)
            }
            Of::Issue(it) => facts.issues[it as usize].components.contains(&component),
            Of::Commit(it) => {
                parts.get(&facts.commits[it as usize].id).is_some_and(|it| it.contains(&component))
            }
            Of::Release(_) => true,
        });
        items.left_out.clear();
        Ok(())
    }

    /// The groups that a record belongs to.
    pub(super) fn groups_of(&self, by: DeliveryBy, of: Of) -> Result<Vec<String>> {
        const NO_COMPONENT: &str = "(no component)";
        let facts = &self.book.facts;
        let named = |places: &[u32]| -> Vec<String> {
            let names = places.iter().filter_map(|it| facts.components.get(*it as usize));
            let names: Vec<String> = names.cloned().collect();
            if names.is_empty() { vec![NO_COMPONENT.to_owned()] } else { names }
        };
        let kind = |it: Work| vec![it.name().to_owned()];
        Ok(match (by, of) {
            (DeliveryBy::Component, Of::Pull(it) | Of::Said(it, _)) => {
                named(&facts.pulls[it as usize].components)
            }
            (DeliveryBy::Component, Of::Issue(it)) => named(&facts.issues[it as usize].components),
            (DeliveryBy::Component, Of::Commit(it)) => {
                let parts = self.parts()?;
                named(parts.get(&facts.commits[it as usize].id).map_or(&[], Vec::as_slice))
            }
            (DeliveryBy::Kind, Of::Pull(it) | Of::Said(it, _)) => {
                kind(facts.pulls[it as usize].work)
            }
            (DeliveryBy::Kind, Of::Issue(it)) => kind(facts.issues[it as usize].work),
            (_, Of::Release(_)) | (DeliveryBy::Kind, Of::Commit(_)) => Vec::new(),
        })
    }
}

impl Kept {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads what all measures are made of.
fn facts(at: &Asked<'_>, rules: &ingest::config::Delivery, now: Timestamp) -> Result<Facts> {
    let generated = |path: &str| model::delivery::is_generated(path) || rules.is_generated(path);
    let (commits, parents) = at.reader.delivery_commits(at.of)?;
    let releases = at.reader.delivery_releases(at.of)?;
    let (beside, beside_whole) = beside(at, &commits, &releases);
    Ok(Facts {
        now,
        pulls: at.reader.delivery_pulls(at.of, &generated)?,
        issues: at.reader.delivery_issues(at.of, &words(rules))?,
        commits,
        parents,
        beside,
        beside_unknown: !beside_whole,
        releases,
        components: at.reader.delivery_components(at.of)?,
    })
}

/// Commits of releases that are cut from branches which the history of HEAD lacks, and whether these are all.
fn beside(
    at: &Asked<'_>,
    commits: &[Commit],
    releases: &[Release],
) -> (Vec<(Oid, Vec<Oid>)>, bool) {
    let known: HashSet<Oid> = commits.iter().map(|it| it.oid).collect();
    let mut from =
        releases.iter().filter_map(|it| it.oid).filter(|it| !known.contains(it)).peekable();
    if from.peek().is_none() {
        return (Vec::new(), true);
    }
    match ingest::sources::git::Clone::open(&at.of.location) {
        Ok(clone) => clone.unknown_before(from, |it| known.contains(&it), BESIDE_MAX),
        Err(_) => (Vec::new(), false),
    }
}
