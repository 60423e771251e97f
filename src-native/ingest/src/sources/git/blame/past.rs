//! Reads commits, tree entries and files for one blame, and remembers what could not be read.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use gix::objs::Kind;
use model::{Gap, GapKind, Oid};

use super::{Error, LARGEST_FILE};
use crate::sources::git::objects::{Absent, Objects};
use crate::sources::git::open::{Clone, from_gix};
use crate::sources::git::renames::{self, Candidate};
use crate::sources::git::trees::{self, EntryKind, Side};
use crate::sources::git::walk;

/// How many bytes of decoded trees and files are kept.
const CACHE: usize = 24 << 20;
/// The part of a commit that holds tree, parents and committer, nearly always.
const HEADER: usize = 384;

/// The objects of one repository, with the memory of one blame.
pub(super) struct Past {
    objects: Objects,
    hash: gix::hash::Kind,
    shallow: Vec<ObjectId>,
    paths: Vec<Path>,
    path_rows: HashMap<Vec<u8>, u32>,
    /// What folders below the root held, by path, depth and tree: the root differs in nearly every
    /// commit and is not worth remembering.
    folders: HashMap<(u32, u32, ObjectId), Option<Entry>>,
    large: BTreeSet<ObjectId>,
    cut: bool,
}

/// Why an object was not read. The object is already noted for [`Past::gaps`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unread;

/// A commit, as far as blame needs it.
pub(super) struct Commit {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// The committer's time: it orders the walk and decides nothing.
    pub(super) at: i64,
    /// Whether its parents are left out because the clone ends here.
    pub(super) cut: bool,
}

/// A tree entry without its name.
#[derive(Clone, Copy)]
struct Entry {
    /// `None` for a folder.
    kind: Option<EntryKind>,
    id: ObjectId,
}

/// Where a path led from a root tree.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// What stands there; `None` for a folder.
    pub(super) kind: Option<EntryKind>,
    /// The id of what stands there.
    pub(super) id: ObjectId,
    /// The ids of the folders on the way.
    folders: Vec<ObjectId>,
}

struct Path {
    bytes: Vec<u8>,
    parts: Vec<Vec<u8>>,
}

impl Past {
    /// Prepares to read. Nothing is fetched, nothing is run.
    pub(super) fn new(clone: &Clone) -> Past {
        Past {
            objects: clone.objects(CACHE),
            hash: clone.local().object_hash(),
            shallow: clone.shallow(),
            paths: Vec::new(),
            path_rows: HashMap::new(),
            folders: HashMap::new(),
            large: BTreeSet::new(),
            cut: false,
        }
    }

    /// Git's id for ours; `None` where it is of another hash than the repository's.
    pub(super) fn id(&self, oid: Oid) -> Option<ObjectId> {
        let id = ObjectId::try_from(oid.as_bytes()).ok()?;
        (id.kind() == self.hash).then_some(id)
    }

    /// The number that stands for `path` from now on.
    pub(super) fn path_row(&mut self, path: &[u8]) -> u32 {
        if let Some(row) = self.path_rows.get(path) {
            return *row;
        }
        let row = self.paths.len() as u32;
        let parts = path.split(|byte| *byte == b'/').map(<[u8]>::to_vec).collect();
        self.paths.push(Path { bytes: path.to_vec(), parts });
        self.path_rows.insert(path.to_vec(), row);
        row
    }

    /// The path behind a number.
    pub(super) fn path(&self, row: u32) -> &[u8] {
        &self.paths[row as usize].bytes
    }

    /// Reads a commit. One at a shallow boundary has no parents, whatever it says.
    pub(super) fn commit(&mut self, id: ObjectId) -> Result<Commit, Unread> {
        let place = self.objects.locate(&id);
        let mut start = [0; HEADER];
        let len = self.objects.start_at(place, Kind::Commit, &mut start).map_err(unread)?;
        let mut commit = parse_commit(&start[..len], len < HEADER);
        if commit.is_none() {
            let content = self.objects.at(place, Kind::Commit).map_err(unread)?;
            commit = parse_commit(&content, true);
        }
        let Some(mut commit) = commit else {
            self.objects.absent.insert(place, Absent::Corrupt);
            return Err(Unread);
        };
        if !commit.parents.is_empty() && self.shallow.binary_search(&id).is_ok() {
            commit.parents.clear();
            commit.cut = true;
            self.cut = true;
        }
        Ok(commit)
    }

    /// Follows a path from a root tree. `near` is where the same path led in a tree that is
    /// probably alike: as soon as both agree on a folder the rest is known without reading it.
    pub(super) fn place(
        &mut self,
        root: ObjectId,
        path: u32,
        near: Option<&Place>,
    ) -> Result<Option<Place>, Unread> {
        let depth = self.paths[path as usize].parts.len();
        let mut folders = Vec::with_capacity(depth - 1);
        let mut tree = root;
        for part in 0..depth {
            let Some(Entry { kind, id }) = self.entry(tree, path, part)? else {
                return Ok(None);
            };
            if part + 1 == depth {
                return Ok(Some(Place { kind, id, folders }));
            }
            if kind.is_some() {
                return Ok(None);
            }
            if let Some(near) = near
                && near.folders.get(part) == Some(&id)
            {
                folders.extend_from_slice(&near.folders[part..]);
                return Ok(Some(Place { kind: near.kind, id: near.id, folders }));
            }
            folders.push(id);
            tree = id;
        }
        Ok(None)
    }

    fn entry(&mut self, tree: ObjectId, path: u32, part: usize) -> Result<Option<Entry>, Unread> {
        let key = (path, part as u32, tree);
        if part > 0
            && let Some(known) = self.folders.get(&key)
        {
            return Ok(*known);
        }
        let place = self.objects.locate(&tree);
        let content = self.objects.at(place, Kind::Tree).map_err(unread)?;
        let name = &self.paths[path as usize].parts[part];
        let Ok(found) = trees::find(&content, tree.kind().len_in_bytes(), name) else {
            self.objects.absent.insert(place, Absent::Corrupt);
            return Err(Unread);
        };
        let found = found.map(|(kind, id)| Entry { kind, id });
        if part > 0 {
            self.folders.insert(key, found);
        }
        Ok(found)
    }

    /// The content of a file. One larger than [`LARGEST_FILE`] is not read.
    pub(super) fn file(&mut self, id: ObjectId) -> Result<Rc<Vec<u8>>, Unread> {
        let place = self.objects.locate(&id);
        if self.objects.size_at(place).map_err(unread)? > LARGEST_FILE {
            self.large.insert(id);
            return Err(Unread);
        }
        self.objects.at(place, Kind::Blob).map_err(unread)
    }

    /// The size of an object's content in bytes.
    pub(super) fn size(&mut self, id: ObjectId) -> Result<u64, Unread> {
        let place = self.objects.locate(&id);
        self.objects.size_at(place).map_err(unread)
    }

    /// What a file of the tree `new` was called in the tree `old`, which has nothing, or a folder,
    /// at its path: Git's rule for renames, with the file as the only place that others can have
    /// gone to.
    pub(super) fn source(
        &mut self,
        old: ObjectId,
        new: ObjectId,
        path: u32,
        cancel: &AtomicBool,
    ) -> Result<Option<(u32, Place)>, Stop> {
        let mut gone: Vec<(Vec<u8>, Side)> = Vec::new();
        let mut come = None;
        let wanted = &self.paths[path as usize].bytes;
        let absent = self.objects.absent.len();
        let read =
            trees::diff(&mut self.objects, Some(&old), Some(&new), &mut |at, from, to| match (
                from, to,
            ) {
                (Some(from), None) => gone.push((at.to_vec(), from)),
                (None, Some(to)) if at == &wanted[..] => come = Some(to),
                _ => {}
            });
        let Some(come) = come else { return read.map(|()| None).map_err(|_| Stop::Unread) };
        let candidates: Vec<Candidate> =
            gone.iter().map(|(path, side)| Candidate { path, side: *side }).collect();
        let come = [Candidate { path: wanted, side: come }];
        let found = renames::detect(&mut self.objects, &candidates, &come, cancel);
        if cancel.load(Ordering::Relaxed) {
            return Err(Stop::Cancelled);
        }
        let Some(found) = found.first().copied().flatten() else {
            // What could not be compared might have been it.
            let all = self.objects.absent.len() == absent;
            return if all { Ok(None) } else { Err(Stop::Unread) };
        };
        let row = self.path_row(&gone[found].0);
        let place = self.place(old, row, None).map_err(|Unread| Stop::Unread)?;
        Ok(place.map(|place| (row, place)))
    }

    /// What to tell of an object without which there is no answer at all.
    pub(super) fn unreadable(&mut self, what: &'static str, id: ObjectId) -> Error {
        let place = self.objects.locate(&id);
        let oid = from_gix(&id);
        match self.objects.absent.get(&place) {
            Some(Absent::Missing) | None => Error::Missing { what, oid },
            Some(_) => Error::Damaged { what, oid },
        }
    }

    /// What was met and could not be read, in sentences.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let count = |absent| self.objects.absent.values().filter(|it| **it == absent).count();
        let mut gaps = Vec::new();
        let mut tell = |kind, count: usize, rest: &str| {
            if count > 0 {
                let objects = if count == 1 { "object" } else { "objects" };
                let text = format!("{count} {objects} of this file's history {rest}");
                gaps.push(Gap { kind, text });
            }
        };
        tell(
            GapKind::MissingObjects,
            count(Absent::Missing),
            "not in the clone: lines are shown at the last commit that could be compared. Fetch \
             what is missing to see further.",
        );
        tell(
            GapKind::CorruptObjects,
            count(Absent::Corrupt),
            "damaged: lines are shown at the last commit that could be compared. Run `git fsck` \
             on the repository.",
        );
        tell(
            GapKind::TooLarge,
            self.large.len() + count(Absent::TooLarge),
            "too large to compare: lines are shown at the commit after it.",
        );
        if self.cut {
            let text = "The clone is shallow: lines older than its oldest commit are shown at \
                        that commit. Fetch the whole history to see further.";
            gaps.insert(0, Gap { kind: GapKind::ShallowClone, text: text.to_owned() });
        }
        gaps
    }
}

/// Why a search ended without a result.
pub(super) enum Stop {
    Unread,
    Cancelled,
}

/// The reader has noted what it was.
fn unread(_: Absent) -> Unread {
    Unread
}

/// Reads the header of a commit, whose lines come in a fixed order: tree, parents, author,
/// committer. `None` when it is damaged or, unless `whole`, not all there.
fn parse_commit(raw: &[u8], whole: bool) -> Option<Commit> {
    let mut lines = raw.split(|byte| *byte == b'\n').peekable();
    let tree = ObjectId::from_hex(lines.next()?.strip_prefix(b"tree ")?).ok()?;
    let mut commit = Commit { tree, parents: Vec::new(), at: 0, cut: false };
    while let Some(line) = lines.next() {
        if lines.peek().is_none() && !whole {
            return None;
        }
        if let Some(hex) = line.strip_prefix(b"parent ") {
            commit.parents.push(ObjectId::from_hex(hex).ok()?);
        } else if let Some(committer) = line.strip_prefix(b"committer ") {
            commit.at = walk::stamp(committer).at.0;
            break;
        } else if line.is_empty() {
            break;
        }
    }
    Some(commit)
}
