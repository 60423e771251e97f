//! Reads a history in the order that costs least: all commits, then all trees with their renames,
//! then all contents, path by path from the newest version back, since versions of one path are
//! stored as differences from newer ones.

mod compare;
mod count;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use gix::ObjectId;
use gix::objs::Kind;
use model::{Bytes, Change, CommitFacts, Lines, Oid};

use compare::{Comparison, Row};
use count::{batches, count, in_chains};

use super::interner::Interner;
use super::lines::Counter;
use super::objects::{Absent, Lack, Objects, Packs, Place};
use super::open::{Clone, Error, from_gix, to_gix};
use super::walk::{Parent, Walk};

/// How many bytes of decoded trees and contents each thread keeps.
const CACHE: usize = 12 << 20;
/// Threads that compare trees and contents; reading is bound by them, not by the disk.
const THREADS: usize = 2;
/// Commits whose trees one thread compares at a stretch.
const STRETCH: usize = 512;
/// How often progress is told: once in so many steps.
const TELL_EVERY: u64 = 64;

/// Who receives the facts of a history.
pub trait Sink {
    /// Takes a commit with its generation: one more than the greatest of its parents', 1 for a
    /// root. All commits come first, parents before children, in an order that depends on nothing
    /// but the history.
    fn commit(&mut self, commit: CommitFacts, generation: u32) -> Result<(), SinkError>;
    /// Takes what a commit changed. This comes afterwards, in the same order, for every commit
    /// that is not a merge and whose parent could be read.
    fn changes(&mut self, commit: &Oid, changes: Vec<Change>) -> Result<(), SinkError>;
}

/// Why a sink could not take a fact.
pub type SinkError = Box<dyn std::error::Error + Send + Sync>;

/// What is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Commits; how many there will be is not known.
    Commits,
    /// The trees of commits.
    Trees,
    /// The lines of files.
    Lines,
    /// Everything is read, and the changes are handed over.
    Changes,
}

/// How a reading is watched and stopped.
pub struct Progress<'a> {
    /// Set it to stop the reading.
    pub cancel: &'a AtomicBool,
    /// Is told the phase, how many are done and how many there are (0: not known), on the thread
    /// that reads.
    pub report: &'a dyn Fn(Phase, u64, u64),
}

/// What was read, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Commits read.
    pub commits: u64,
    /// Changed paths told of.
    pub changes: u64,
    /// Objects that are not there.
    pub missing_objects: u64,
    /// Objects too large to read.
    pub too_large: u64,
    /// Objects that are damaged.
    pub corrupt: u64,
    /// Those that are missing or damaged, by their ids, sorted: they may come.
    pub lacks: Vec<Lack>,
    /// Whether the clone is shallow: the history ends at commits that have parents elsewhere.
    pub shallow: bool,
    /// Commits whose parent is not there; what they changed cannot be told.
    pub cut: u64,
    /// A commit that another names and that cannot be read: what came before it is not known.
    pub lost: Option<Oid>,
}

/// What the trees of a stretch of commits gave.
struct Stretch {
    commits: Range<usize>,
    rows: Vec<Row>,
    /// How many of them each commit has.
    counts: Vec<u32>,
    /// Whose numbers the paths are.
    thread: usize,
}

impl Clone {
    /// Reads what `head` reaches and is not `known`, which tells the generation of a commit that
    /// needs no reading again, nor anything before it. Objects that are missing or damaged leave
    /// gaps that the summary counts; they never end the reading.
    pub fn read(
        &self,
        head: Oid,
        known: &dyn Fn(&Oid) -> Option<u32>,
        sink: &mut dyn Sink,
        progress: &Progress,
    ) -> Result<Summary, Error> {
        let repo = self.local();
        let head = to_gix(&head, &repo)?;
        let shallow = self.shallow();
        let packs = Arc::new(Packs::open(&repo));
        let mut objects = Objects::new(Arc::clone(&packs), repo, CACHE);
        if objects.get(&head, Kind::Commit).is_err() && known(&from_gix(&head)).is_none() {
            return Err(Error::NoCommit(from_gix(&head)));
        }

        let walk = Walk::from(&mut objects, head, &shallow, known, &mut |done| {
            if done.is_multiple_of(TELL_EVERY) {
                (progress.report)(Phase::Commits, done, 0);
            }
            !progress.cancel.load(Ordering::Relaxed)
        });
        let mut walk = walk.ok_or(Error::Cancelled)?;
        let mut absent = Gaps::default();
        for node in &mut walk.commits {
            let generation = node.generation;
            if let Some(facts) = node.facts(&mut objects) {
                sink.commit(facts, generation)?;
            }
            if progress.cancel.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
        }
        absent.add(&objects);

        let reading = Reading { clone: self, packs, walk: &walk, progress };
        let (history, gaps) = reading.trees()?;
        absent.join(gaps);
        let (lines, gaps) = reading.lines(&history)?;
        absent.join(gaps);

        let mut summary = Summary {
            commits: walk.commits.len() as u64,
            shallow: walk.shallow,
            lost: walk.lost.map(|it| from_gix(&it)),
            cut: walk.commits.iter().filter(|it| it.parent == Parent::Cut).count() as u64,
            ..Summary::default()
        };
        let mut rows = history.rows.iter().zip(&lines);
        for (i, node) in walk.commits.iter().enumerate() {
            if i.is_multiple_of(TELL_EVERY as usize) {
                (progress.report)(Phase::Changes, i as u64, walk.commits.len() as u64);
            }
            if progress.cancel.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            let count = history.counts[i] as usize;
            let changes: Vec<Change> =
                rows.by_ref().take(count).map(|(row, &lines)| history.change(row, lines)).collect();
            summary.changes += changes.len() as u64;
            if matches!(node.parent, Parent::Root | Parent::One(_)) {
                sink.changes(&from_gix(&node.id), changes)?;
            }
        }
        summary.corrupt = walk.corrupt;
        absent.sum_up(&mut summary);
        summary.lacks = objects.lacks(&absent.0);
        Ok(summary)
    }
}

/// Everything that changed, in the order of the commits.
struct History {
    paths: Interner,
    rows: Vec<Row>,
    counts: Vec<u32>,
}

impl History {
    fn change(&self, row: &Row, lines: Lines) -> Change {
        Change {
            path: Bytes::from(self.paths.string(row.path)),
            from: (row.from != row.path).then(|| Bytes::from(self.paths.string(row.from))),
            kind: row.kind,
            lines,
        }
    }
}

/// Objects that could not be read, each once.
#[derive(Default)]
struct Gaps(HashMap<Place, Absent>);

impl Gaps {
    fn add(&mut self, objects: &Objects) {
        self.0.extend(objects.absent.iter().map(|(&place, &absent)| (place, absent)));
    }

    fn join(&mut self, other: Gaps) {
        self.0.extend(other.0);
    }

    fn sum_up(&self, summary: &mut Summary) {
        for absent in self.0.values() {
            match absent {
                Absent::Missing => summary.missing_objects += 1,
                Absent::Corrupt => summary.corrupt += 1,
                Absent::TooLarge => summary.too_large += 1,
            }
        }
    }
}

/// What the threads of a reading share.
struct Reading<'a> {
    clone: &'a Clone,
    packs: Arc<Packs>,
    walk: &'a Walk,
    progress: &'a Progress<'a>,
}

impl Reading<'_> {
    /// Compares the tree of every commit with its parent's, from the newest back.
    fn trees(&self) -> Result<(History, Gaps), Error> {
        let commits = &self.walk.commits;
        let stretches = commits.len().div_ceil(STRETCH);
        let known: HashMap<ObjectId, Option<ObjectId>> =
            commits.iter().map(|it| (it.id, it.tree)).collect();
        let next = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let cancel = self.progress.cancel;
        let reader = self.reader();

        let work = |thread: usize, tell: &dyn Fn()| {
            let mut trees = reader();
            let mut contents = reader();
            let mut paths = Interner::default();
            let mut found = Vec::new();
            loop {
                let stretch = next.fetch_add(1, Ordering::Relaxed);
                if stretch >= stretches {
                    break;
                }
                let stretch = stretches - 1 - stretch;
                let range = stretch * STRETCH..((stretch + 1) * STRETCH).min(commits.len());
                let mut rows = Vec::new();
                let mut counts = Vec::new();
                for commit in range.clone().rev() {
                    if cancel.load(Ordering::Relaxed) {
                        break;
                    }
                    let mut of_commit = Comparison {
                        trees: &mut trees,
                        contents: &mut contents,
                        paths: &mut paths,
                        cancel,
                    };
                    let node = &commits[commit];
                    let mut changes = of_commit.rows(node, &known);
                    counts.push(changes.len() as u32);
                    // Newest first here; turned around as a whole below.
                    changes.reverse();
                    rows.append(&mut changes);
                    done.fetch_add(1, Ordering::Relaxed);
                    tell();
                }
                rows.reverse();
                counts.reverse();
                found.push(Stretch { commits: range, rows, counts, thread });
            }
            let mut gaps = Gaps::default();
            gaps.add(&trees);
            gaps.add(&contents);
            (found, paths, gaps)
        };
        let report = || {
            let done = done.load(Ordering::Relaxed) as u64;
            if done.is_multiple_of(TELL_EVERY) {
                (self.progress.report)(Phase::Trees, done, commits.len() as u64);
            }
        };
        let results = in_threads(stretches, &work, &report);
        self.check()?;

        let mut paths = Interner::default();
        let mut gaps = Gaps::default();
        let mut numbers = Vec::new();
        let mut stretches = Vec::new();
        for (found, own, of_thread) in results {
            numbers.push(
                (0..own.len() as u32).map(|it| paths.number(own.string(it))).collect::<Vec<_>>(),
            );
            stretches.extend(found);
            gaps.join(of_thread);
        }
        stretches.sort_by_key(|it: &Stretch| it.commits.start);
        let mut history = History { paths, rows: Vec::new(), counts: Vec::new() };
        for mut stretch in stretches {
            let numbers = &numbers[stretch.thread];
            for row in &mut stretch.rows {
                row.path = numbers[row.path as usize];
                row.from = numbers[row.from as usize];
            }
            history.rows.append(&mut stretch.rows);
            history.counts.append(&mut stretch.counts);
        }
        Ok((history, gaps))
    }

    /// Counts the lines of every row.
    fn lines(&self, history: &History) -> Result<(Vec<Lines>, Gaps), Error> {
        let rows = &history.rows;
        // Versions of one path together, the newest first.
        let mut jobs: Vec<u32> = (0..rows.len() as u32).rev().collect();
        jobs.sort_by_key(|&it| rows[it as usize].path);
        let batches = batches(&jobs, rows);
        let next = AtomicUsize::new(0);
        let done = AtomicUsize::new(0);
        let cancel = self.progress.cancel;
        let reader = self.reader();

        let work = |_: usize, tell: &dyn Fn()| {
            let mut objects = reader();
            let mut counter = Counter::default();
            let mut counted = Vec::new();
            let mut path = u32::MAX;
            while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                for job in in_chains(&jobs[batch.clone()], rows) {
                    if cancel.load(Ordering::Relaxed) {
                        break;
                    }
                    let row = &rows[job as usize];
                    if row.path != path {
                        counter.reset();
                        path = row.path;
                    }
                    counted.push((job, count(&mut objects, &mut counter, row, cancel)));
                    done.fetch_add(1, Ordering::Relaxed);
                    tell();
                }
            }
            let mut gaps = Gaps::default();
            gaps.add(&objects);
            (counted, gaps)
        };
        let report = || {
            let done = done.load(Ordering::Relaxed) as u64;
            if done.is_multiple_of(TELL_EVERY) {
                (self.progress.report)(Phase::Lines, done, rows.len() as u64);
            }
        };
        let results = in_threads(batches.len(), &work, &report);
        self.check()?;

        let mut lines = vec![Lines::Unknown; rows.len()];
        let mut gaps = Gaps::default();
        for (counted, of_thread) in results {
            for (job, found) in counted {
                lines[job as usize] = found;
            }
            gaps.join(of_thread);
        }
        Ok((lines, gaps))
    }

    /// Makes a reader of objects on whatever thread it is called.
    fn reader(&self) -> impl Fn() -> Objects + Sync + use<'_> {
        let (clone, packs) = (self.clone, &self.packs);
        move || Objects::new(Arc::clone(packs), clone.local(), CACHE)
    }

    fn check(&self) -> Result<(), Error> {
        match self.progress.cancel.load(Ordering::Relaxed) {
            true => Err(Error::Cancelled),
            false => Ok(()),
        }
    }
}

/// Runs `work` on this thread, which reports, and on others as far as there is work for them.
fn in_threads<T: Send>(
    pieces: usize,
    work: &(dyn Fn(usize, &dyn Fn()) -> T + Sync),
    report: &dyn Fn(),
) -> Vec<T> {
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..THREADS.min(pieces))
            .filter_map(|thread| {
                let work = move || work(thread, &|| {});
                std::thread::Builder::new().spawn_scoped(scope, work).ok()
            })
            .collect();
        let mut results = vec![work(0, report)];
        for other in others {
            match other.join() {
                Ok(result) => results.push(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    })
}
