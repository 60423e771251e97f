//! Reads commits, tree entries and files for one blame, and remembers what could not be read.

use std::collections::{BTreeSet, HashMap};

use gix::ObjectId;
use gix::objs::{Find, Kind};
use model::{Gap, GapKind};

use super::{Error, LARGEST_FILE};

/// The objects of one repository, with the memory of one blame.
pub(super) struct Objects {
    odb: gix::OdbHandle,
    shallow: Option<gix::shallow::Commits>,
    id_len: usize,
    buffer: Vec<u8>,
    paths: Vec<Path>,
    path_rows: HashMap<Vec<u8>, u32>,
    /// What folders below the root held, by path, depth and tree: the root differs in nearly every
    /// commit and is not worth remembering.
    folders: HashMap<(u32, u32, ObjectId), Option<Entry>>,
    missing: BTreeSet<ObjectId>,
    corrupt: BTreeSet<ObjectId>,
    large: BTreeSet<ObjectId>,
    cut: bool,
}

/// Why an object was not read. The object is already noted for [`Objects::gaps`].
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

/// What a tree entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Link,
    Folder,
    Submodule,
}

/// A tree entry without its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) kind: EntryKind,
    pub(super) id: ObjectId,
}

/// Where a path led from a root tree.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) kind: EntryKind,
    /// The id of the entry at every component of the path; the last one is the file's own.
    pub(super) ids: Vec<ObjectId>,
}

impl Place {
    /// The id of what stands at the path.
    pub(super) fn id(&self) -> ObjectId {
        self.ids.last().copied().unwrap_or(ObjectId::null(gix::hash::Kind::Sha1))
    }
}

struct Path {
    bytes: Vec<u8>,
    parts: Vec<Vec<u8>>,
}

impl Objects {
    /// Prepares to read from `repo`. Nothing is fetched, nothing is run.
    pub(super) fn new(repo: &gix::Repository) -> Objects {
        let mut odb = repo.objects.clone();
        odb.refresh_never();
        odb.set_pack_cache(|| Box::new(super::bases::Bases::default()));
        Objects {
            odb,
            shallow: repo.shallow_commits().ok().flatten(),
            id_len: repo.object_hash().len_in_bytes(),
            buffer: Vec::new(),
            paths: Vec::new(),
            path_rows: HashMap::new(),
            folders: HashMap::new(),
            missing: BTreeSet::new(),
            corrupt: BTreeSet::new(),
            large: BTreeSet::new(),
            cut: false,
        }
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
        self.read(id, Kind::Commit)?;
        let Some(mut commit) = parse_commit(&self.buffer, self.id_len * 2) else {
            self.corrupt.insert(id);
            return Err(Unread);
        };
        if let Some(shallow) = &self.shallow
            && !commit.parents.is_empty()
            && shallow.iter().any(|it| *it == id)
        {
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
        let mut ids = Vec::with_capacity(depth);
        let mut tree = root;
        for part in 0..depth {
            let Some(entry) = self.entry(tree, path, part)? else { return Ok(None) };
            ids.push(entry.id);
            if part + 1 == depth {
                return Ok(Some(Place { kind: entry.kind, ids }));
            }
            if entry.kind != EntryKind::Folder {
                return Ok(None);
            }
            if let Some(near) = near
                && near.ids.get(part) == Some(&entry.id)
            {
                ids.extend_from_slice(&near.ids[part + 1..]);
                return Ok(Some(Place { kind: near.kind, ids }));
            }
            tree = entry.id;
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
        self.read(tree, Kind::Tree)?;
        let name = &self.paths[path as usize].parts[part];
        let found = match find_entry(&self.buffer, self.id_len, name) {
            Ok(found) => found,
            Err(Unread) => {
                self.corrupt.insert(tree);
                return Err(Unread);
            }
        };
        if part > 0 {
            self.folders.insert(key, found);
        }
        Ok(found)
    }

    /// All entries of a tree, in its order.
    pub(super) fn tree(&mut self, id: ObjectId) -> Result<Vec<(Vec<u8>, Entry)>, Unread> {
        self.read(id, Kind::Tree)?;
        let mut entries = Vec::new();
        let mut rest = &self.buffer[..];
        while !rest.is_empty() {
            let Some((name, entry, after)) = next_entry(rest, self.id_len) else {
                self.corrupt.insert(id);
                return Err(Unread);
            };
            entries.push((name.to_vec(), entry));
            rest = after;
        }
        Ok(entries)
    }

    /// The content of a file. One larger than [`LARGEST_FILE`] is not read.
    pub(super) fn file(&mut self, id: ObjectId) -> Result<Vec<u8>, Unread> {
        if self.size(id)? > LARGEST_FILE {
            self.large.insert(id);
            return Err(Unread);
        }
        self.read(id, Kind::Blob)?;
        Ok(self.buffer.clone())
    }

    /// The size of an object's content in bytes.
    pub(super) fn size(&mut self, id: ObjectId) -> Result<u64, Unread> {
        match gix::objs::FindHeader::try_header(&self.odb, &id) {
            Ok(Some(header)) => Ok(header.size),
            Ok(None) => {
                self.missing.insert(id);
                Err(Unread)
            }
            Err(_) => {
                self.corrupt.insert(id);
                Err(Unread)
            }
        }
    }

    /// Whether the object was found to be absent, and not merely damaged.
    pub(super) fn is_missing(&self, id: ObjectId) -> bool {
        self.missing.contains(&id)
    }

    fn read(&mut self, id: ObjectId, kind: Kind) -> Result<(), Unread> {
        match self.odb.try_find(&id, &mut self.buffer) {
            Ok(Some(found)) if found.kind == kind => {
                let len = found.data.len();
                self.buffer.truncate(len);
                Ok(())
            }
            Ok(None) => {
                self.missing.insert(id);
                Err(Unread)
            }
            Ok(Some(_)) | Err(_) => {
                self.corrupt.insert(id);
                Err(Unread)
            }
        }
    }

    /// What was met and could not be read, in sentences.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let gap = |kind, text: String| Gap { kind, text };
        let objects = |n: usize| if n == 1 { "1 object".into() } else { format!("{n} objects") };
        let mut gaps = Vec::new();
        if self.cut {
            gaps.push(gap(
                GapKind::ShallowClone,
                "The clone is shallow: lines older than its oldest commit are shown at that \
                 commit. Fetch the whole history to see further."
                    .into(),
            ));
        }
        if !self.missing.is_empty() {
            gaps.push(gap(
                GapKind::MissingObjects,
                format!(
                    "{} of this file's history not in the clone: lines are shown at the last \
                     commit that could be compared. Fetch them to see further.",
                    objects(self.missing.len())
                ),
            ));
        }
        if !self.corrupt.is_empty() {
            gaps.push(gap(
                GapKind::CorruptObjects,
                format!(
                    "{} of this file's history damaged: lines are shown at the last commit that \
                     could be compared. Run `git fsck` on the repository.",
                    objects(self.corrupt.len())
                ),
            ));
        }
        if !self.large.is_empty() {
            gaps.push(gap(
                GapKind::TooLarge,
                format!(
                    "{} of this file's history larger than {} MiB and not compared: lines are \
                     shown at the commit after.",
                    objects(self.large.len()),
                    LARGEST_FILE >> 20
                ),
            ));
        }
        gaps
    }
}

/// What to tell of an object without which there is no answer at all.
pub(super) fn unreadable(objects: &Objects, what: &'static str, id: ObjectId) -> Error {
    let oid = super::oid(id);
    if objects.is_missing(id) { Error::Missing { what, oid } } else { Error::Damaged { what, oid } }
}

/// Reads the header of a commit. The lines come in a fixed order: tree, parents, author, committer.
fn parse_commit(raw: &[u8], hex_len: usize) -> Option<Commit> {
    let id = |line: &[u8]| ObjectId::from_hex(line.get(..hex_len)?).ok();
    let mut lines = raw.split(|byte| *byte == b'\n');
    let tree = id(lines.next()?.strip_prefix(b"tree ")?)?;
    let mut parents = Vec::new();
    let mut at = 0;
    for line in lines {
        if let Some(hex) = line.strip_prefix(b"parent ") {
            parents.push(id(hex)?);
        } else if let Some(committer) = line.strip_prefix(b"committer ") {
            at = parse_time(committer).unwrap_or(0);
            break;
        } else if line.is_empty() {
            break;
        }
    }
    Some(Commit { tree, parents, at, cut: false })
}

/// The seconds in `Name <mail> seconds zone`.
fn parse_time(signature: &[u8]) -> Option<i64> {
    let after = signature.iter().rposition(|byte| *byte == b'>')? + 1;
    let digits = signature[after..].trim_ascii_start();
    let end = digits.iter().position(|byte| *byte == b' ').unwrap_or(digits.len());
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}

fn find_entry(tree: &[u8], id_len: usize, name: &[u8]) -> Result<Option<Entry>, Unread> {
    let mut rest = tree;
    while !rest.is_empty() {
        let (found, entry, after) = next_entry(rest, id_len).ok_or(Unread)?;
        if found == name {
            return Ok(Some(entry));
        }
        rest = after;
    }
    Ok(None)
}

/// Splits `mode name NUL id` off the front of a tree's content.
fn next_entry(tree: &[u8], id_len: usize) -> Option<(&[u8], Entry, &[u8])> {
    let space = tree.iter().take(8).position(|byte| *byte == b' ')?;
    let kind = match &tree[..space] {
        b"40000" | b"040000" => EntryKind::Folder,
        b"120000" => EntryKind::Link,
        b"160000" => EntryKind::Submodule,
        _ => EntryKind::File,
    };
    let named = &tree[space + 1..];
    let end = named.iter().position(|byte| *byte == 0)?;
    let id = named.get(end + 1..end + 1 + id_len)?;
    let id = ObjectId::try_from(id).ok()?;
    Some((&named[..end], Entry { kind, id }, &named[end + 1 + id_len..]))
}
