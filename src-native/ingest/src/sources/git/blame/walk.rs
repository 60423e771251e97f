//! Passes the blame for lines from commits to their parents until nobody before had them.
//!
//! A line of a version goes to the first parent, in order, whose version has it too by Git's
//! diff. So where a line ends does not depend on the order in which commits are looked at; they
//! are taken newest first because then most of them are looked at only once.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use model::{Bytes, Gap, Oid};

use super::past::{Past, Place, Stop, Unread};
use super::version::Version;
use super::{Error, Span};
use crate::sources::git::interner::Interner;
use crate::sources::git::lines::numbered::Comparison;
use crate::sources::git::lines::{Hunk, is_binary};
use crate::sources::git::open::{Clone, from_gix};
use crate::sources::git::trees::EntryKind;

/// What one blame, or one chain of them, has read so far.
pub(super) struct Walk<'c> {
    past: Past,
    lines: Interner,
    comparison: Comparison,
    cancel: &'c AtomicBool,
    nodes: Vec<Node>,
    rows: HashMap<ObjectId, u32>,
    queue: BinaryHeap<(i64, Reverse<u64>, u32)>,
    queued: u64,
    spans: Vec<Span>,
}

/// A commit on the way.
struct Node {
    id: ObjectId,
    /// `None` until it is read; then whether that worked.
    read: Option<Result<Facts, Unread>>,
    suspects: Vec<Suspect>,
}

#[derive(Clone)]
struct Facts {
    tree: ObjectId,
    parents: Rc<[u32]>,
    at: i64,
    cut: bool,
}

/// A file in a commit that may have brought lines of the file asked about.
struct Suspect {
    file: Rc<File>,
    pieces: Vec<Piece>,
}

/// A file at a path in a commit.
pub(super) struct File {
    commit: u32,
    path: u32,
    place: Place,
    /// Its lines, once they were needed.
    version: std::cell::OnceCell<Option<Rc<Version>>>,
}

/// Lines of the file asked about, and where they stand in a suspect.
#[derive(Clone, Copy)]
struct Piece {
    /// The first line in the suspect.
    here: u32,
    /// The first line in the file asked about.
    there: u32,
    lines: u32,
}

impl<'c> Walk<'c> {
    pub(super) fn new(clone: &Clone, cancel: &'c AtomicBool) -> Walk<'c> {
        Walk {
            past: Past::new(clone),
            lines: Interner::default(),
            comparison: Comparison::default(),
            cancel,
            nodes: Vec::new(),
            rows: HashMap::new(),
            queue: BinaryHeap::new(),
            queued: 0,
            spans: Vec::new(),
        }
    }

    /// What could not be read on the way.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        self.past.gaps()
    }

    /// Finds a file to ask about. Here everything must be readable.
    pub(super) fn open(&mut self, commit: Oid, path: &[u8]) -> Result<Rc<File>, Error> {
        let file = self.find(commit, path)?;
        let named = || Bytes(path.to_vec());
        let what = match file.place.kind {
            Some(EntryKind::File | EntryKind::Executable) => None,
            Some(EntryKind::Symlink) => Some("a symbolic link"),
            Some(EntryKind::Submodule) => Some("a submodule"),
            None => Some("a folder"),
        };
        if let Some(what) = what {
            return Err(Error::NotAFile { path: named(), what });
        }
        let blob = file.place.id;
        if let Ok(size) = self.past.size(blob)
            && size > super::LARGEST_FILE
        {
            return Err(Error::TooLarge { path: named(), size });
        }
        let Some(version) = self.version(&file, None) else {
            return Err(self.past.unreadable("file", blob));
        };
        if is_binary(&version.data) { Err(Error::Binary { path: named() }) } else { Ok(file) }
    }

    /// Finds what stands at a path of a commit.
    pub(super) fn find(&mut self, commit: Oid, path: &[u8]) -> Result<Rc<File>, Error> {
        self.check()?;
        let commit = self.past.id(commit).ok_or(Error::Missing { what: "commit", oid: commit })?;
        let row = self.row(commit);
        let Ok(facts) = self.facts(row) else {
            return Err(self.past.unreadable("commit", commit));
        };
        let path_row = self.past.path_row(path);
        let place = match self.past.place(facts.tree, path_row, None) {
            Ok(Some(place)) => place,
            Ok(None) => {
                return Err(Error::NoPath {
                    path: Bytes(path.to_vec()),
                    commit: from_gix(&commit),
                });
            }
            Err(Unread) => return Err(self.past.unreadable("folder", facts.tree)),
        };
        Ok(Rc::new(File { commit: row, path: path_row, place, version: Default::default() }))
    }

    /// Finds out where `lines` of a file come from.
    pub(super) fn blame(&mut self, file: &Rc<File>, lines: Range<u32>) -> Result<Vec<Span>, Error> {
        self.spans.clear();
        let count = lines.end.saturating_sub(lines.start);
        if count > 0 {
            let whole = Piece { here: lines.start, there: lines.start, lines: count };
            self.suspect(file.clone(), vec![whole]);
        }
        while let Some((_, _, row)) = self.queue.pop() {
            self.check()?;
            while let Some(suspect) = self.nodes[row as usize].suspects.pop() {
                if let Err(error) = self.pass(suspect) {
                    // What is left belongs to this question and not to the next.
                    self.queue.clear();
                    self.nodes.iter_mut().for_each(|node| node.suspects.clear());
                    return Err(error);
                }
            }
        }
        let mut spans = std::mem::take(&mut self.spans);
        spans.sort_unstable_by_key(|span| span.first);
        spans.dedup_by(|next, span| {
            let joined = span.first + span.lines == next.first
                && span.original_first + span.lines == next.original_first
                && span.commit == next.commit
                && span.original_path == next.original_path;
            if joined {
                span.lines += next.lines;
            }
            joined
        });
        Ok(spans)
    }

    /// Passes on what a suspect is blamed for, and blames it for the rest.
    fn pass(&mut self, suspect: Suspect) -> Result<(), Error> {
        let Suspect { file, mut pieces } = suspect;
        let (mut parents, mut boundary) = self.parents(&file)?;
        if let Some(parent) = parents.pop_if(|it| it.same) {
            self.suspect(parent.file, pieces);
            return Ok(());
        }
        for parent in parents {
            if pieces.is_empty() {
                break;
            }
            let Some(hunks) = self.hunks(&parent.file, &file)? else {
                boundary = true;
                continue;
            };
            let (passed, kept) = split(&pieces, &hunks);
            pieces = kept;
            if !passed.is_empty() {
                self.suspect(parent.file, passed);
            }
        }
        let commit = from_gix(&self.nodes[file.commit as usize].id);
        for piece in pieces {
            self.spans.push(Span {
                first: piece.there,
                lines: piece.lines,
                commit,
                original_path: Bytes(self.past.path(file.path).to_vec()),
                original_first: piece.here,
                boundary,
            });
        }
        Ok(())
    }

    /// The files that a file may have been made from, one a parent at most, in the order of the
    /// parents; alone, if one is the same file. The second value tells whether history ends here.
    pub(super) fn parents(&mut self, file: &Rc<File>) -> Result<(Vec<Parent>, bool), Error> {
        let Ok(facts) = self.facts(file.commit) else { return Ok((Vec::new(), true)) };
        let blob = file.place.id;
        let mut boundary = facts.parents.is_empty();
        let mut found: Vec<Option<Parent>> = Vec::with_capacity(facts.parents.len());
        let mut without = Vec::new();
        for (nth, row) in facts.parents.iter().enumerate() {
            found.push(None);
            let place = self
                .facts(*row)
                .and_then(|parent| self.past.place(parent.tree, file.path, Some(&file.place)));
            let place = match place {
                Ok(Some(place)) if is_alike(place.kind, file.place.kind) => place,
                Ok(Some(Place { kind: None, .. }) | None) => {
                    without.push(nth);
                    continue;
                }
                // A link that became a file, or the like: Git sees no relation.
                Ok(Some(_)) => continue,
                Err(Unread) => {
                    boundary = true;
                    continue;
                }
            };
            let same = place.id == blob;
            let parent = self.parent(*row, file.path, place, file, same);
            if same {
                return Ok((vec![parent], false));
            }
            if !found.iter().flatten().any(|it| it.file.place.id == parent.file.place.id) {
                found[nth] = Some(parent);
            }
        }
        for nth in without {
            let row = facts.parents[nth];
            let Ok(parent) = self.facts(row) else { continue };
            let (path, place) =
                match self.past.source(parent.tree, facts.tree, file.path, self.cancel) {
                    Ok(Some(source)) => source,
                    Ok(None) => continue,
                    Err(Stop::Cancelled) => return Err(Error::Cancelled),
                    Err(Stop::Unread) => {
                        boundary = true;
                        continue;
                    }
                };
            let same = place.id == blob;
            let parent = self.parent(row, path, place, file, same);
            if same {
                return Ok((vec![parent], false));
            }
            let earlier = found[..nth].iter().flatten();
            if !earlier.map(|it| it.file.place.id).any(|id| id == parent.file.place.id) {
                found[nth] = Some(parent);
            }
        }
        Ok((found.into_iter().flatten().collect(), boundary))
    }

    fn parent(&self, commit: u32, path: u32, place: Place, of: &File, same: bool) -> Parent {
        let version = match of.version.get() {
            Some(version) if same => std::cell::OnceCell::from(version.clone()),
            _ => Default::default(),
        };
        Parent { file: Rc::new(File { commit, path, place, version }), same }
    }

    /// The changed stretches between two files; `None` when one cannot be read.
    pub(super) fn hunks(
        &mut self,
        old: &Rc<File>,
        new: &Rc<File>,
    ) -> Result<Option<Vec<Hunk>>, Error> {
        self.check()?;
        let Some(after) = self.version(new, None) else { return Ok(None) };
        let Some(before) = self.version(old, Some(&after)) else { return Ok(None) };
        let (before, after) = (before.numbered(), after.numbered());
        let hunks = self.comparison.hunks(before, after, self.lines.len(), self.cancel);
        self.check()?;
        Ok(Some(hunks))
    }

    /// The lines of a file, split once.
    pub(super) fn version(
        &mut self,
        file: &Rc<File>,
        near: Option<&Version>,
    ) -> Option<Rc<Version>> {
        if let Some(version) = file.version.get() {
            return version.clone();
        }
        let data = self.past.file(file.place.id);
        let version = data.ok().map(|data| Rc::new(Version::new(data, near, &mut self.lines)));
        file.version.get_or_init(|| version).clone()
    }

    /// Adds lines to what a file in a commit is suspected of.
    fn suspect(&mut self, file: Rc<File>, pieces: Vec<Piece>) {
        let row = file.commit;
        let at = self.facts(row).map(|facts| facts.at).unwrap_or(0);
        let suspects = &mut self.nodes[row as usize].suspects;
        if suspects.is_empty() {
            self.queued += 1;
            self.queue.push((at, Reverse(self.queued), row));
        }
        match suspects.iter_mut().find(|it| it.file.path == file.path) {
            Some(known) => {
                known.pieces.extend(pieces);
                known.pieces.sort_by_key(|it| (it.here, it.there));
            }
            None => suspects.push(Suspect { file, pieces }),
        }
    }

    fn row(&mut self, id: ObjectId) -> u32 {
        let next = self.nodes.len() as u32;
        let row = *self.rows.entry(id).or_insert(next);
        if row == next {
            self.nodes.push(Node { id, read: None, suspects: Vec::new() });
        }
        row
    }

    fn facts(&mut self, row: u32) -> Result<Facts, Unread> {
        if let Some(read) = &self.nodes[row as usize].read {
            return read.clone();
        }
        let read = self.past.commit(self.nodes[row as usize].id).map(|commit| Facts {
            tree: commit.tree,
            parents: commit.parents.iter().map(|id| self.row(*id)).collect(),
            at: commit.at,
            cut: commit.cut,
        });
        self.nodes[row as usize].read = Some(read.clone());
        read
    }

    /// The commit and the path of a file.
    pub(super) fn name(&self, file: &File) -> (ObjectId, &[u8]) {
        (self.nodes[file.commit as usize].id, self.past.path(file.path))
    }

    /// Whether the commit of a file is one that nothing came before.
    pub(super) fn is_root(&self, file: &File) -> bool {
        match &self.nodes[file.commit as usize].read {
            Some(Ok(facts)) => facts.parents.is_empty() && !facts.cut,
            _ => false,
        }
    }

    fn check(&self) -> Result<(), Error> {
        if self.cancel.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) }
    }
}

/// A file of a parent that a file may have been made from.
pub(super) struct Parent {
    pub(super) file: Rc<File>,
    /// Whether its content is the same.
    pub(super) same: bool,
}

/// Whether Git takes two entries for versions of one another.
fn is_alike(a: Option<EntryKind>, b: Option<EntryKind>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || (a.is_file() && b.is_file()),
        _ => false,
    }
}

/// Divides what a file is suspected of into what its parent had already, at the parent's lines,
/// and what it changed. Both `pieces` and the result are in the order of lines.
fn split(pieces: &[Piece], hunks: &[Hunk]) -> (Vec<Piece>, Vec<Piece>) {
    let (mut passed, mut kept) = (Vec::with_capacity(pieces.len()), Vec::new());
    let mut first = 0;
    for piece in pieces {
        let end = piece.here + piece.lines;
        // Pieces may overlap but never start before the one before them.
        while first < hunks.len() && hunks[first].after.end <= piece.here {
            first += 1;
        }
        let mut at = piece.here;
        let mut next = first;
        let cut = |from: u32, to: u32, here: u32| Piece {
            here,
            there: piece.there + (from - piece.here),
            lines: to - from,
        };
        while at < end {
            let before = next.checked_sub(1).and_then(|it| hunks.get(it));
            // How the lines after the hunk before are numbered in the parent.
            let (old, new) = before.map_or((0, 0), |it| (it.before.end, it.after.end));
            match hunks.get(next) {
                Some(hunk) if hunk.after.start <= at => {
                    let to = end.min(hunk.after.end);
                    if to > at {
                        kept.push(cut(at, to, at));
                        at = to;
                    }
                    next += 1;
                }
                hunk => {
                    let to = hunk.map_or(end, |it| end.min(it.after.start));
                    passed.push(cut(at, to, old + (at - new)));
                    at = to;
                }
            }
        }
    }
    // Where pieces overlap, the end of one may stand after the start of the next.
    for pieces in [&mut passed, &mut kept] {
        pieces.sort_by_key(|it| (it.here, it.there));
    }
    (passed, kept)
}
