//! From a tracker's records to relations in the store: kept raw first, then projected, a few
//! thousand at a time and each time whole. Killed between two of them, the next run goes on: what is
//! kept is known by its content, and what lags behind says so (`trackers.settled`).

use crate::config::Config;
mod attach;
mod deliveries;
mod live;
mod settings;

pub use attach::{attach, remove};
pub use deliveries::take_deliveries;
pub use live::{check, remove_token, set_token, sync};
pub use settings::Settings;

use crate::sources::document::Document;
use crate::sources::files::{self, Found};
use crate::sources::record::{Project, Record, Refused, Sink};
use crate::sources::{github, jira};
use crate::sync::{horizon, now};
use crate::{Error, people, relations};
use model::{IssueFacts, RepositoryId, Timestamp, TrackerFacts};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use store::writes::{Accounts, Event, Tracker, TrackerKind};
use store::{Store, Viewer, Writer};

/// Records that are written at once, at most.
const BATCH_RECORDS: usize = 2_000;
/// Bytes of records that are written at once, about.
const BATCH_BYTES: usize = 8 << 20;
/// So much of what could not be taken is told one by one.
pub const REFUSED_MAX: usize = 100;
/// Letters of a place or a reason that are kept.
const REFUSED_LETTERS_MAX: usize = 400;
/// Subjects that are projected at once when memory is made again.
const BATCH_SUBJECTS: usize = 500;

/// What was taken in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Records that were read.
    pub records: u64,
    /// Records that are new, or newer than memory knew.
    pub new: u64,
    /// Issues, pull requests, releases and projects that came out otherwise than before.
    pub changed: u64,
    /// What could not be taken, and why: the first [`REFUSED_MAX`] in the order they were met.
    pub refused: Vec<Refused>,
    /// How much could not be taken.
    pub refused_total: u64,
    /// Bytes of records read.
    pub bytes: u64,
}

/// How documents of a kind of tracker become records.
pub fn read(
    kind: TrackerKind,
    document: &Document<'_>,
    sink: &mut dyn Sink,
) -> Result<bool, Error> {
    // JSON is UTF-8; where it is not, what cannot be read becomes U+FFFD and nothing is lost.
    let readable = match std::str::from_utf8(document.json) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(document.json),
    };
    let document = &Document { json: readable.as_bytes(), ..*document };
    match kind {
        TrackerKind::Jira => jira::read(document, sink),
        TrackerKind::GitHub => github::read(document, sink),
    }
}

fn project(kind: TrackerKind) -> Project {
    match kind {
        TrackerKind::Jira => jira::project,
        TrackerKind::GitHub => github::project,
    }
}

/// Takes records into a tracker, batch by batch.
pub struct Intake<'a> {
    store: &'a Store,
    tracker: String,
    cancel: &'a AtomicBool,
    progress: &'a dyn Fn(&Taken),
    open: Vec<Record>,
    open_bytes: usize,
    taken: Taken,
}

impl<'a> Intake<'a> {
    /// Begins to take records into the tracker of that name. `progress` is told after each batch.
    pub fn new(
        store: &'a Store,
        tracker: &str,
        cancel: &'a AtomicBool,
        progress: &'a dyn Fn(&Taken),
    ) -> Intake<'a> {
        Intake {
            store,
            tracker: tracker.to_owned(),
            cancel,
            progress,
            open: Vec::new(),
            open_bytes: 0,
            taken: Taken::default(),
        }
    }

    /// Writes what is open, and with it, where there is one, how far the source has been walked.
    ///
    /// # Errors
    /// What was written before stays; the next run goes on from there.
    pub fn flush(&mut self, cursor: Option<&str>) -> Result<(), Error> {
        if self.open.is_empty() && cursor.is_none() {
            return Ok(());
        }
        let records = std::mem::take(&mut self.open);
        self.open_bytes = 0;
        let (new, changed) = self.store.write(|writer| {
            writer.take_room()?;
            let tracker = writer
                .tracker(&self.tracker)?
                .ok_or_else(|| Error::NoTracker(self.tracker.clone()))?;
            let done = take(writer, &tracker, records)?;
            if let Some(cursor) = cursor {
                writer.set_cursor(tracker.id, cursor)?;
            }
            Ok::<_, Error>(done)
        })?;
        self.taken.new += new;
        self.taken.changed += changed;
        (self.progress)(&self.taken);
        Ok(())
    }

    /// Writes what is open and says what was taken. Links and people are still to be settled.
    ///
    /// # Errors
    /// As [`Intake::flush`].
    pub fn finish(mut self) -> Result<Taken, Error> {
        self.flush(None)?;
        Ok(self.taken)
    }
}

impl Sink for Intake<'_> {
    fn take(&mut self, record: Record) -> Result<(), Error> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        self.taken.records += 1;
        self.taken.bytes += record.body.len() as u64;
        self.open_bytes += record.body.len();
        self.open.push(record);
        match self.open.len() >= BATCH_RECORDS || self.open_bytes >= BATCH_BYTES {
            true => self.flush(None),
            false => Ok(()),
        }
    }

    fn refuse(&mut self, refused: Refused) {
        self.taken.refused_total += 1;
        if self.taken.refused.len() < REFUSED_MAX {
            let Refused { place, reason } = refused;
            self.taken.refused.push(Refused { place: short(place), reason: short(reason) });
        }
    }
}

fn short(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(REFUSED_LETTERS_MAX) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// Keeps records and projects what they belong to. Returns how many are new and how many things
/// came out otherwise than before.
fn take(writer: &Writer<'_>, tracker: &Tracker, records: Vec<Record>) -> Result<(u64, u64), Error> {
    // By subject: what belongs together mostly came together.
    let mut by_subject: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in records {
        by_subject.entry(record.subject.clone()).or_default().push(record);
    }
    let mut accounts = Accounts::new(writer, &tracker.site)?;
    let (mut new, mut changed) = (0, 0);
    for (subject, mut records) in by_subject {
        let before = writer.count_events(tracker.id, &subject)?;
        let mut fresh = 0;
        for record in &records {
            let event = Event {
                subject: &subject,
                kind: record.kind,
                key: &record.id,
                version: record.version,
                gone: record.gone,
                hash: record.hash(),
                body: &record.body,
            };
            fresh += u64::from(writer.put_event(tracker.id, &event)?);
        }
        if fresh == 0 {
            continue; // nothing that memory does not know
        }
        new += fresh;
        // Read back what is kept, unless all of it is at hand and each record is there once.
        records.sort();
        let distinct =
            records.windows(2).all(|it| (it[0].kind, &it[0].id) != (it[1].kind, &it[1].id));
        let facts = if before == 0 && distinct {
            records.retain(|it| !it.gone);
            let facts = project(tracker.kind)(&subject, &records);
            with_keyed(writer, tracker, &subject, facts)?
        } else {
            facts_of(writer, tracker, &subject)?
        };
        changed += u64::from(put(writer, tracker, &subject, &facts, &mut accounts)?);
        // What was told of an issue by its key alone belongs to the issue.
        for known in writer.subjects_keyed(tracker.id, &subject)? {
            let facts = facts_of(writer, tracker, &known)?;
            changed += u64::from(put(writer, tracker, &known, &facts, &mut accounts)?);
        }
    }
    if new > 0 {
        writer.set_settled(tracker.id, false)?;
    }
    Ok((new, changed))
}

/// What the current records of a subject come to.
fn facts_of(writer: &Writer<'_>, tracker: &Tracker, subject: &str) -> Result<TrackerFacts, Error> {
    let records = records_of(writer, tracker, subject)?;
    let facts = project(tracker.kind)(subject, &records);
    with_keyed(writer, tracker, subject, facts)
}

/// The same facts, with what was told of the issue by one of its keys alone.
fn with_keyed(
    writer: &Writer<'_>,
    tracker: &Tracker,
    subject: &str,
    facts: TrackerFacts,
) -> Result<TrackerFacts, Error> {
    let Some(issue) = facts.issue.as_ref().filter(|_| tracker.kind == TrackerKind::Jira) else {
        return Ok(facts);
    };
    let mut more = Vec::new();
    for key in std::iter::once(&issue.key).chain(&issue.past_keys).filter(|it| *it != subject) {
        more.extend(records_of(writer, tracker, key)?);
    }
    if more.is_empty() {
        return Ok(facts);
    }
    let own = records_of(writer, tracker, subject)?;
    // The issue's own record of a thing goes before one of the same that was told by key.
    more.retain(|it| !own.iter().any(|own| (own.kind, &own.id) == (it.kind, &it.id)));
    more.extend(own);
    more.sort();
    Ok(project(tracker.kind)(subject, &more))
}

fn records_of(writer: &Writer<'_>, tracker: &Tracker, subject: &str) -> Result<Vec<Record>, Error> {
    let kept = writer.events_of(tracker.id, subject)?;
    let records = kept
        .into_iter()
        .filter_map(|it| {
            // A kind that this version does not know is left where it is.
            let kind = jira::KINDS.iter().chain(github::KINDS).find(|kind| **kind == it.kind)?;
            Some(Record {
                kind,
                id: it.key,
                subject: subject.to_owned(),
                version: it.version,
                gone: false,
                body: it.body,
            })
        })
        .collect();
    Ok(records)
}

/// Writes what a subject comes to, for every repository that its tracker tells about.
fn put(
    writer: &Writer<'_>,
    tracker: &Tracker,
    subject: &str,
    facts: &TrackerFacts,
    accounts: &mut Accounts,
) -> Result<bool, Error> {
    let mut changed = false;
    for &repository in &tracker.repositories {
        changed |= put_for(writer, tracker, repository, subject, facts, accounts)?;
    }
    Ok(changed)
}

fn put_for(
    writer: &Writer<'_>,
    tracker: &Tracker,
    repository: RepositoryId,
    subject: &str,
    facts: &TrackerFacts,
    accounts: &mut Accounts,
) -> Result<bool, Error> {
    if let Some(tag) = subject.strip_prefix("release/") {
        let of = (tracker.id, repository, tag);
        writer.put_release(of, facts.release.as_ref(), accounts)?;
        return Ok(true);
    }
    if let Some(key) = subject.strip_prefix("project/") {
        let of = (tracker.id, repository, key);
        writer.put_project(of, facts.project.as_ref(), accounts)?;
        return Ok(true);
    }
    let bug = facts.issue.as_ref().is_some_and(is_bug);
    let of = (tracker.id, repository, subject);
    let mut changed = writer.put_issue(of, facts.issue.as_ref(), bug, accounts)?;
    // Beyond it is no number that GitHub gives.
    if let Ok(number) = subject.parse::<u32>().map(u64::from)
        && tracker.kind == TrackerKind::GitHub
    {
        let of = (tracker.id, repository, number);
        changed |= writer.put_pull(of, facts.pull.as_ref(), accounts)?;
    }
    Ok(changed)
}

/// The rule behind `bug`, in words that a reply can quote.
pub const BUG_RULE: &str = "\
    an issue is a bug when its type, or one of its labels, has the word bug, defect, regression, \
    crash or incident";

/// Whether an issue is a defect, by [`BUG_RULE`].
fn is_bug(issue: &IssueFacts) -> bool {
    const WORDS: [&str; 5] = ["bug", "defect", "regression", "crash", "incident"];
    let says = |text: &str| {
        text.split(|it: char| !it.is_alphanumeric())
            .any(|word| WORDS.iter().any(|it| word.eq_ignore_ascii_case(it)))
    };
    says(&issue.kind) || issue.labels.iter().any(|it| says(it))
}

/// What the first document of these files that is known belongs to; none where none is.
///
/// # Errors
/// Where a file cannot be found.
pub fn kind_of(paths: &[PathBuf]) -> Result<Option<TrackerKind>, Error> {
    let mut found = None;
    let mut looked = Collected::default();
    files::each(paths, &mut |entry| {
        let Found::Document(document) = entry else { return Ok(()) };
        for kind in [TrackerKind::Jira, TrackerKind::GitHub] {
            if read(kind, &document, &mut looked)? {
                found = Some(kind);
                return Err(Error::Stopped); // enough was seen
            }
        }
        Ok(())
    })
    .map(|_| found)
    .or_else(|error| match error {
        Error::Stopped => Ok(found),
        error => Err(error),
    })
}

/// Reads files and folders into a tracker.
///
/// # Errors
/// Those of the store, and [`Error::Stopped`]; what is wrong with a file is refused with its place
/// and the others go on.
pub fn import(kind: TrackerKind, paths: &[PathBuf], intake: &mut Intake<'_>) -> Result<(), Error> {
    let tracker = intake.store.read(|it| it.tracker(&Viewer::Owner, &intake.tracker))?;
    let settings = tracker.map(|it| Settings::read(&it.settings)).unwrap_or_default();
    files::each(paths, &mut |found| match found {
        Found::Document(document) => {
            if let Some(told) = settings.other_than(kind, &document) {
                let reason = format!("it tells of another repository, {told}");
                intake.refuse(Refused { place: document.place.to_owned(), reason });
            } else if !read(kind, &document, intake)? {
                let reason = format!("nothing of {} is known in it", kind.called());
                intake.refuse(Refused { place: document.place.to_owned(), reason });
            }
            Ok(())
        }
        Found::Refused(refused) => {
            intake.refuse(refused);
            Ok(())
        }
    })?;
    Ok(())
}

fn settle_repository(writer: &Writer<'_>, repository: RepositoryId) -> Result<(), Error> {
    let source = writer.source(repository)?.ok_or(Error::Removed)?;
    let config = Config::parse(&source.read.rules).unwrap_or_default();
    relations::settle(writer, repository, &config.issues)?;
    writer.set_as_of(repository, horizon())?;
    Ok(())
}

/// Makes links and people again where they lag behind records. Returns the repositories that were
/// settled.
///
/// # Errors
/// Nothing was changed then, and the next run does it.
pub fn settle(store: &Store) -> Result<Vec<RepositoryId>, Error> {
    let lags =
        store.write(|writer| Ok::<_, Error>(writer.trackers()?.iter().any(|it| !it.settled)))?;
    if !lags {
        store.write(|writer| writer.give_back())?;
        return Ok(Vec::new());
    }
    store.write(|writer| {
        let trackers = writer.trackers()?;
        let mut repositories: Vec<RepositoryId> = trackers
            .iter()
            .filter(|it| !it.settled)
            .flat_map(|it| it.repositories.iter().copied())
            .collect();
        repositories.sort_unstable();
        repositories.dedup();
        for &repository in &repositories {
            settle_repository(writer, repository)?;
        }
        writer.drop_unnamed_identities()?;
        // Comments count too, so that rollups may be others although no link is.
        let read: Vec<_> = repositories.iter().map(|it| (*it, false)).collect();
        people::settle(writer, &read)?;
        for tracker in trackers.iter().filter(|it| !it.settled) {
            writer.set_settled(tracker.id, true)?;
        }
        writer.give_back()?;
        Ok(repositories)
    })
}

/// Projects all of memory again from the records that are kept.
///
/// # Errors
/// [`Error::Stopped`] where `cancel` was set: what lags behind then says so, and the next run does
/// it all.
pub fn rebuild(store: &Store, cancel: &AtomicBool, progress: &dyn Fn(u64)) -> Result<u64, Error> {
    let trackers = store.write(|writer| {
        let trackers = writer.trackers()?;
        for tracker in &trackers {
            writer.forget_projection(tracker.id, None)?;
            writer.set_settled(tracker.id, false)?;
        }
        writer.audit(now(), "user", "rebuild", "all trackers")?;
        Ok::<_, Error>(trackers)
    })?;
    let mut subjects = 0;
    for tracker in &trackers {
        let mut last = String::new();
        loop {
            if cancel.load(Ordering::Relaxed) {
                return Err(Error::Stopped);
            }
            let batch = store.write(|writer| {
                let mut accounts = Accounts::new(writer, &tracker.site)?;
                let batch = writer.subjects(tracker.id, &last, BATCH_SUBJECTS)?;
                for subject in &batch {
                    let facts = facts_of(writer, tracker, subject)?;
                    put(writer, tracker, subject, &facts, &mut accounts)?;
                }
                Ok::<_, Error>(batch)
            })?;
            let Some(end) = batch.last() else { break };
            subjects += batch.len() as u64;
            progress(subjects);
            last = end.clone();
        }
    }
    settle(store)?;
    Ok(subjects)
}

/// Records of one document.
#[derive(Default)]
struct Collected {
    records: Vec<Record>,
    refused: Vec<Refused>,
}

impl Sink for Collected {
    fn take(&mut self, record: Record) -> Result<(), Error> {
        self.records.push(record);
        Ok(())
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused.push(refused);
    }
}

/// Says in the store how a sync or import of a tracker ended and what could not be taken, and writes
/// the audit line. `taken` is what came before a failure, too.
///
/// # Errors
/// The store's.
pub fn ended(
    store: &Store,
    tracker: &str,
    taken: Option<&Taken>,
    failure: Option<&Error>,
) -> Result<(), Error> {
    let at: Timestamp = now();
    store.write(|writer| {
        let Some(tracker) = writer.tracker(tracker)? else { return Ok(()) };
        if let Some(taken) = taken {
            let first: Vec<_> =
                taken.refused.iter().map(|it| (it.place.clone(), it.reason.clone())).collect();
            writer.set_refused(tracker.id, taken.refused_total, &first)?;
        }
        match (taken, failure) {
            (_, Some(Error::Stopped | Error::Cancelled)) | (None, None) => {}
            (_, Some(error)) => writer.set_synced(tracker.id, at, Some(&error.to_string()))?,
            (Some(taken), None) => {
                writer.set_synced(tracker.id, at, None)?;
                let Taken { records, new, refused_total, .. } = taken;
                let detail = format!(
                    "{}: {records} records read, {new} new, {refused_total} refused",
                    tracker.name
                );
                writer.audit(at, "user", "take in", &detail)?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests;
