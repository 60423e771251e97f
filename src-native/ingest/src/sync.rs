//! Brings memory up to date with a repository: one transaction, whole or not at all.
//!
//! Memory holds the history that HEAD reaches, and natural keys decide every row, so what a sync
//! leaves is what a fresh import would leave, whatever happened before: new commits are added,
//! commits that HEAD no longer reaches are removed, rollups follow.

mod graph;
mod intake;
mod pulls;
mod rules;

use crate::components::Components;
use crate::sources::git::{self, Clone, Refs};
use crate::{Error, people, relations};
use graph::Graph;
use intake::Intake;
use model::{CommitId, FileId, GapKind, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime};
use store::writes::{Checkpoint, FileRow, Source, Tree};
use store::{Store, Viewer, Writer};

/// A clock may be so many seconds ahead of this one without its commits being of the future.
const AHEAD: i64 = 24 * 60 * 60;

/// What a sync is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Reading commits; how many there are is not known before the end.
    Commits,
    /// Comparing folders.
    Trees,
    /// Counting lines.
    Lines,
    /// Writing what changed.
    Writing,
    /// Telling people apart and counting who knows what.
    Counting,
}

/// Is told what a sync is busy with, how much of it is done, and how much there is (0: unknown).
/// Called from two threads.
pub type Progress<'a> = dyn Fn(Phase, u64, u64) + Sync + 'a;

/// What a sync did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Commits that are new in memory.
    pub commits_added: u64,
    /// Commits that HEAD no longer reaches.
    pub commits_removed: u64,
    /// Living files after it; 0 where nothing was new.
    pub files: u64,
    /// What is not known, in sentences.
    pub gaps: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

/// Reads what is new in the repository called `name` (or whose path it is) into the store. Where
/// nothing is new that costs a few milliseconds and writes nothing.
///
/// # Errors
/// Nothing was changed then. [`Error::Cancelled`] where `cancel` was set.
pub fn sync(
    store: &Store,
    name: &str,
    progress: &Progress<'_>,
    cancel: &AtomicBool,
) -> Result<Report, Error> {
    let start = Instant::now();
    let (source, absent) = store.read(|reader| {
        let allowed = reader.allow(&Viewer::Owner, Some(name))?;
        Ok::<_, store::Error>((reader.source(&allowed)?, reader.absent_objects(&allowed)?))
    })?;
    let clone = Clone::open(&source.location)?;
    // Where it lost what makes it one, the search goes on above it and may find another.
    if clone.git_dir().canonicalize().is_ok_and(|it| it != source.location) {
        return Err(git::Error::NotARepository(source.location).into());
    }
    // Objects that lacked may come without any ref moving, as a partial clone fetches them.
    let came = clone.has_any(&absent);
    if !came && source.read.refs.as_deref() == Some(&clone.fingerprint()?[..]) {
        let rules = rules::read(&source, &clone, source.read.head);
        if rules.hash == source.read.config {
            return Ok(Report { seconds: start.elapsed().as_secs_f64(), ..Report::default() });
        }
    }
    let mut report = store.write(|writer| {
        // Read again: another process may have written in between.
        let source = writer.source(source.id)?.ok_or(Error::Removed)?;
        let refs = clone.refs()?;
        let horizon = horizon();
        let (source, clone, refs) = (&source, &clone, &refs);
        let job = Job { writer, source, clone, refs, came, horizon, progress, cancel };
        let report = job.run();
        writer.give_back()?;
        report
    })?;
    report.seconds = start.elapsed().as_secs_f64();
    Ok(report)
}

struct Job<'a> {
    writer: &'a Writer<'a>,
    source: &'a Source,
    clone: &'a Clone,
    refs: &'a Refs,
    /// Objects have come that lacked when the history was read.
    came: bool,
    /// Commits dated after it are of the future.
    horizon: Timestamp,
    progress: &'a Progress<'a>,
    cancel: &'a AtomicBool,
}

impl Job<'_> {
    fn run(&self) -> Result<Report, Error> {
        let (writer, id) = (self.writer, self.source.id);
        let head = self.refs.head.as_ref().map(|it| it.oid);
        let rules = rules::read(self.source, self.clone, head);
        let taken_down = writer.begin_load()?;
        // Where a shallow clone ends may have changed: what was the first commit may now have
        // parents.
        let was_shallow = writer.has_gap(id, GapKind::ShallowClone.name())?;
        let mut report = Report::default();
        let Some(head) = head else {
            let graph = writer.graph(id)?;
            report.commits_removed = graph.len() as u64;
            writer.forget(id)?;
            relations::settle(writer, id, &rules.config.issues)?;
            writer.end_load(taken_down)?;
            self.finish(&report, &rules, true)?;
            return Ok(report);
        };
        let replaced = self.clone.replaced();
        let replaced_otherwise = match &replaced {
            Some(text) => !writer.has_gap_text(id, GapKind::ReplacedObjects.name(), text)?,
            None => writer.has_gap(id, GapKind::ReplacedObjects.name())?,
        };
        // What an object would have told may be anywhere in the history: it is read again as a
        // whole.
        if self.came || replaced_otherwise || was_shallow || !self.refs.shallow.is_empty() {
            writer.forget(id)?;
        }

        let old = Graph::new(writer.graph(id)?);
        let fresh = old.rows.is_empty();
        let (old_files, next_file) = writer.files(id)?;
        let mut intake = Intake::new(writer, id, &old_files, next_file)?;
        let summary = self.read(head, &old, &mut intake)?;
        let added = intake.finish()?;
        self.lack(&summary.lacks)?;
        report.commits_added = added.commits.len() as u64;

        let graph = old.with(added.commits);
        let removed = graph.not_reached_from(&head);
        if let (Some(lost), false) = (summary.lost, removed.is_empty()) {
            // They may be reached through the commit that cannot be read: nobody took them out.
            return Err(git::Error::NoCommit(lost).into());
        }
        report.commits_removed = removed.len() as u64;
        let before = writer.pulls(id)?;
        writer.remove_commits(&removed)?;
        let graph = graph.without(&removed);
        let pulls =
            pulls::settle(writer, id, &graph, &self.refs.pulls, before, &added.words, &removed)?;
        let mut logins = added.logins;
        logins.settle(writer)?;
        writer.set_releases(id, &self.refs.tags)?;
        if report.commits_added + report.commits_removed + pulls as u64 == 0
            && rules.hash == self.source.read.config
        {
            // A tag or another branch moved: nothing that anything is counted from.
            report.gaps = self.settle_gaps(&summary, &graph, &rules)?;
            self.checkpoint(&rules)?;
            return Ok(report);
        }

        report.files =
            self.settle_files(head, &old_files, added.files, &rules, !removed.is_empty())?;
        relations::settle(writer, id, &rules.config.issues)?;
        report.gaps = self.settle_gaps(&summary, &graph, &rules)?;
        self.finish(&report, &rules, fresh)?;
        writer.end_load(taken_down)?;
        Ok(report)
    }

    /// Reads new commits on other threads while this one writes them.
    fn read(
        &self,
        head: model::Oid,
        old: &Graph,
        intake: &mut Intake<'_>,
    ) -> Result<git::Summary, Error> {
        if old.index.contains_key(&head) {
            return Ok(git::Summary::default());
        }
        let (clone, progress, cancel) = (self.clone, self.progress, self.cancel);
        std::thread::scope(|scope| {
            let (sender, receiver) = std::sync::mpsc::sync_channel(64);
            let reading = scope.spawn(move || {
                let mut sink = intake::Channel::new(sender.clone());
                let commits_over = std::cell::Cell::new(false);
                let report = |phase, done, total| {
                    if phase == git::Phase::Trees && !commits_over.replace(true) {
                        let _ = sender.send(vec![intake::Fact::CommitsOver]);
                    }
                    let phase = match phase {
                        git::Phase::Commits => Phase::Commits,
                        git::Phase::Trees => Phase::Trees,
                        git::Phase::Lines => Phase::Lines,
                        git::Phase::Changes => Phase::Writing,
                    };
                    progress(phase, done, total);
                };
                let known = |oid: &model::Oid| {
                    old.index.get(oid).map(|it| old.rows[*it as usize].generation)
                };
                let progress = git::Progress { cancel, report: &report };
                let summary = clone.read(head, &known, &mut sink, &progress)?;
                sink.flush()?;
                Ok::<_, git::Error>(summary)
            });
            let mut taken = Ok(());
            for facts in receiver {
                taken = intake.take(facts);
                if taken.is_err() {
                    break; // the receiver goes, and so the reading ends
                }
            }
            let read = match reading.join() {
                Ok(read) => read,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            taken?;
            Ok(read?)
        })
    }

    /// Files, folders and components as HEAD's tree has them. Returns how many files live.
    fn settle_files(
        &self,
        head: model::Oid,
        old: &[FileRow],
        mut files: intake::Files,
        rules: &rules::Rules,
        removed: bool,
    ) -> Result<u64, Error> {
        let mut trees: HashMap<FileId, Tree> = HashMap::new();
        let (tree, lacks) = self.clone.tree_files(head)?;
        self.lack(&lacks)?;
        for file in tree {
            let tree = Tree {
                blob: file.blob.as_bytes().to_vec(),
                size: file.size,
                mode: match file.kind {
                    git::EntryKind::File => 0,
                    git::EntryKind::Executable => 1,
                    git::EntryKind::Symlink => 2,
                    git::EntryKind::Submodule => 3,
                },
            };
            trees.insert(files.of(file.path), tree);
        }
        let alive = trees.len() as u64;
        let mut rows: Vec<FileRow> = files.into_rows();
        for row in &mut rows {
            row.tree = trees.remove(&row.id);
        }
        let died = |it: &&FileRow| it.tree.is_some();
        let lived: HashSet<FileId> = old.iter().filter(died).map(|it| it.id).collect();
        if removed || rows.iter().any(|it| it.tree.is_none() && lived.contains(&it.id)) {
            // A path that no commit touches is there only as long as the tree has it.
            let touched = self.writer.touched_files(&rows)?;
            rows.retain(|it| it.tree.is_some() || touched.contains(&it.id));
        }
        let components = Components::new(&rules.config.components);
        let texts: Vec<_> = rows.iter().map(|it| (it.path.text(), it.tree.is_some())).collect();
        let (names, all) = components.of_all(texts.iter().map(|(path, lives)| (&**path, *lives)));
        drop(texts);
        for (row, name) in rows.iter_mut().zip(names) {
            row.component = name;
        }
        if self.writer.set_files(self.source.id, old, &rows, &all)? {
            self.writer.drop_orphan_knowledge()?;
        }
        Ok(alive)
    }

    /// Keeps in mind which objects lack, to look for them again.
    fn lack(&self, lacks: &[git::Lack]) -> Result<(), Error> {
        let rows = lacks.iter().map(|it| (it.id, it.damaged));
        Ok(self.writer.add_absent_objects(self.source.id, rows)?)
    }

    fn settle_gaps(
        &self,
        summary: &git::Summary,
        graph: &Graph,
        rules: &rules::Rules,
    ) -> Result<Vec<String>, Error> {
        let (writer, id) = (self.writer, self.source.id);
        let without_lines = match writer.unknown_changes(id)? {
            0 => String::new(),
            1 => " 1 changed path has no line counts.".to_owned(),
            unknown => format!(" {unknown} changed paths have no line counts."),
        };
        let (missing, damaged) = writer.count_absent_objects(id)?;
        let had = |kind: GapKind| writer.has_gap(id, kind.name());
        let mut gaps: Vec<(GapKind, String)> = Vec::new();
        let cut = graph.cut();
        if summary.shallow || !self.refs.shallow.is_empty() {
            gaps.push((
                GapKind::ShallowClone,
                format!(
                    "The clone is shallow: {cut} commits have parents that are not here; \
                     `git fetch --unshallow` brings them."
                ),
            ));
        }
        if missing > 0 {
            gaps.push((
                GapKind::MissingObjects,
                format!(
                    "Objects that are not in this clone, as in a partial clone: {missing}. The \
                     paths, changes and lines they tell of are not known.{without_lines} When Git \
                     has fetched them, the next sync reads them."
                ),
            ));
        }
        // A commit that is whole and names no tree lacks nothing that could come.
        if damaged > 0 || summary.corrupt > 0 || had(GapKind::CorruptObjects)? {
            gaps.push((
                GapKind::CorruptObjects,
                format!(
                    "Damaged objects in this clone: {}; `git fsck` names them. What they tell of \
                     is not known.{without_lines} When they are mended, the next sync reads them.",
                    damaged.max(1)
                ),
            ));
        }
        if summary.too_large > 0 || had(GapKind::TooLarge)? {
            gaps.push((
                GapKind::TooLarge,
                format!("Some contents are too large to compare.{without_lines}"),
            ));
        }
        gaps.extend(rules.wrong.iter().map(|it| (GapKind::Rules, it.clone())));
        if let Some((count, newest)) = writer.commits_after(id, self.horizon)? {
            gaps.push((
                GapKind::FutureDates,
                format!(
                    "Commits dated after the moment they were read: {count}, the newest is \
                     {newest}. `now` is the time of the newest other commit, and what counts \
                     recent days leaves them out."
                ),
            ));
        }
        let not_followed = rules.not_followed.iter().cloned();
        gaps.extend(not_followed.map(|it| (GapKind::NotFollowed, it)));
        gaps.extend(self.clone.replaced().map(|it| (GapKind::ReplacedObjects, it)));
        let rows: Vec<_> = gaps.iter().map(|(kind, text)| (kind.name(), &**text)).collect();
        writer.set_gaps(id, &GapKind::OF_READING.map(GapKind::name), &rows)?;
        Ok(gaps.into_iter().map(|it| it.1).collect())
    }

    /// Says how far memory has been read.
    fn checkpoint(&self, rules: &rules::Rules) -> Result<(), Error> {
        let head = self.refs.head.as_ref();
        let checkpoint = Checkpoint {
            head_ref: head.and_then(|it| it.name.as_ref()).map(|it| it.text().into_owned()),
            head: head.map(|it| it.oid),
            refs: Some(self.refs.fingerprint.to_vec()),
            config: rules.hash.clone(),
            rules: rules.text.clone(),
            mailmap: rules.mailmap.clone(),
            as_of: self.writer.newest_record(self.source.id, self.horizon)?,
        };
        Ok(self.writer.checkpoint(self.source.id, &checkpoint)?)
    }

    /// What follows from new rows: the checkpoint, people, rollups, and the audit line.
    fn finish(&self, report: &Report, rules: &rules::Rules, fresh: bool) -> Result<(), Error> {
        let (writer, id) = (self.writer, self.source.id);
        let stopped = || match self.cancel.load(Ordering::Relaxed) {
            true => Err(Error::Cancelled),
            false => Ok(()),
        };
        stopped()?;
        (self.progress)(Phase::Counting, 0, 0);
        self.checkpoint(rules)?;
        if report.commits_removed > 0 {
            writer.drop_unnamed_identities()?;
        }
        people::settle(writer, &[(id, fresh)])?;
        if report.commits_added + report.commits_removed > 0 {
            let detail = format!(
                "{}: {} commits added, {} removed",
                self.source.name, report.commits_added, report.commits_removed
            );
            writer.audit(now(), "sync", "sync", &detail)?;
        }
        stopped()
    }
}

/// What is dated after it is of the future.
pub(crate) fn horizon() -> Timestamp {
    Timestamp(now().0.saturating_add(AHEAD))
}

/// The wall clock: for the audit, and to tell commits that are dated in the future.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp(since.map_or(0, |it| it.as_secs().try_into().unwrap_or(i64::MAX)))
}

/// The commits of a list, to be looked up.
fn set_of(commits: &[CommitId]) -> HashSet<CommitId> {
    commits.iter().copied().collect()
}

#[cfg(test)]
mod tests;
