//! Trees, and what differs between two of them. Folders with the same id are not entered.

use std::cmp::Ordering;
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::Kind;

use super::objects::{Absent, Objects};

/// Deeper folders are not entered: no real tree has them, a hostile one might.
const MAX_DEPTH: usize = 2048;

/// What an entry of a tree is, folders aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// A file.
    File,
    /// A file that can be executed.
    Executable,
    /// A symbolic link; its content is its target.
    Symlink,
    /// A commit of another repository.
    Submodule,
}

impl EntryKind {
    /// Whether it is a file, executable or not.
    pub fn is_file(self) -> bool {
        matches!(self, EntryKind::File | EntryKind::Executable)
    }
}

/// One side of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Side {
    pub(super) kind: EntryKind,
    pub(super) id: ObjectId,
}

/// A tree's entry as it stands in the tree.
#[derive(Clone, Copy)]
struct Entry<'a> {
    name: &'a [u8],
    /// `None` for a folder.
    kind: Option<EntryKind>,
    id: &'a gix::oid,
}

/// The entries of a tree's content; ends at the first that is broken.
struct Entries<'a> {
    rest: &'a [u8],
    id_len: usize,
    broken: bool,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.read();
        self.broken = entry.is_none();
        entry
    }
}

impl<'a> Entries<'a> {
    fn new(content: &'a [u8], id_len: usize) -> Entries<'a> {
        Entries { rest: content, id_len, broken: false }
    }

    fn read(&mut self) -> Option<Entry<'a>> {
        let mut mode = 0u32;
        let mut at = 0;
        loop {
            match *self.rest.get(at)? {
                digit @ b'0'..=b'7' if at < 8 => mode = mode << 3 | u32::from(digit - b'0'),
                b' ' if at > 0 => break,
                _ => return None,
            }
            at += 1;
        }
        let rest = &self.rest[at + 1..];
        let end = rest.iter().position(|&it| it == 0)?;
        let (id, after) = rest[end + 1..].split_at_checked(self.id_len)?;
        self.rest = after;
        let kind = match mode & 0o170_000 {
            0o040_000 => None,
            0o100_000 if mode & 0o100 != 0 => Some(EntryKind::Executable),
            0o100_000 => Some(EntryKind::File),
            0o120_000 => Some(EntryKind::Symlink),
            _ => Some(EntryKind::Submodule),
        };
        Some(Entry { name: &rest[..end], kind, id: gix::oid::try_from_bytes(id).ok()? })
    }
}

/// Git's order of entries: by name, a folder's name ending in a slash.
fn order(a: &Entry, b: &Entry) -> Ordering {
    let common = a.name.len().min(b.name.len());
    let next = |entry: &Entry| match entry.name.get(common) {
        Some(&byte) => byte,
        None if entry.kind.is_none() => b'/',
        None => 0,
    };
    a.name[..common].cmp(&b.name[..common]).then_with(|| next(a).cmp(&next(b)))
}

/// Is told a path and its two sides.
type Found<'a> = &'a mut dyn FnMut(&[u8], Option<Side>, Option<Side>);

/// Tells `found` every path whose entry differs between two trees, in Git's order. A tree that is
/// not there counts as empty; the reader keeps note of it.
pub(super) fn diff(
    objects: &mut Objects,
    before: Option<&ObjectId>,
    after: Option<&ObjectId>,
    found: Found,
) -> Result<(), Absent> {
    let mut path = Vec::new();
    diff_at(objects, before.map(|it| &**it), after.map(|it| &**it), &mut path, 0, found)
}

fn diff_at(
    objects: &mut Objects,
    before: Option<&gix::oid>,
    after: Option<&gix::oid>,
    path: &mut Vec<u8>,
    depth: usize,
    found: Found,
) -> Result<(), Absent> {
    if depth > MAX_DEPTH {
        return Err(Absent::Corrupt);
    }
    // Both are read before anything is told: half a comparison would be a false one.
    let before = before.map(|it| content(objects, it)).transpose();
    let after = after.map(|it| content(objects, it)).transpose();
    let (before, after) = (before?, after?);
    let mut old = entries(&before);
    let mut new = entries(&after);
    let (mut a, mut b) = (old.next(), new.next());
    let mut absent = Ok(());
    loop {
        let (left, right) = match (a, b) {
            (None, None) => break,
            (Some(left), None) => (Some(left), None),
            (None, Some(right)) => (None, Some(right)),
            (Some(left), Some(right)) => match order(&left, &right) {
                Ordering::Less => (Some(left), None),
                Ordering::Greater => (None, Some(right)),
                Ordering::Equal => (Some(left), Some(right)),
            },
        };
        if left.is_some() {
            a = old.next();
        }
        if right.is_some() {
            b = new.next();
        }
        if let (Some(left), Some(right)) = (left, right)
            && left.id == right.id
            && left.kind == right.kind
        {
            continue;
        }
        let Some(entry) = left.or(right) else { break };
        let len = path.len();
        path.extend_from_slice(entry.name);
        if entry.kind.is_none() {
            path.push(b'/');
            let ids = (left.map(|it| it.id), right.map(|it| it.id));
            if let Err(error) = diff_at(objects, ids.0, ids.1, path, depth + 1, found) {
                absent = Err(error);
            }
        } else {
            let side = |it: Entry| Some(Side { kind: it.kind?, id: it.id.to_owned() });
            found(path, left.and_then(side), right.and_then(side));
        }
        path.truncate(len);
    }
    if old.broken || new.broken { Err(Absent::Corrupt) } else { absent }
}

/// Tells `found` every file below a tree, in Git's order.
pub(super) fn files(
    objects: &mut Objects,
    tree: &ObjectId,
    mut found: impl FnMut(&mut Objects, &[u8], EntryKind, ObjectId),
) {
    let mut all: Vec<(Vec<u8>, Side)> = Vec::new();
    // Absent folders are noted by the reader; the files of the others are still files.
    let _ = diff(objects, None, Some(tree), &mut |path, _, side| {
        all.extend(side.map(|it| (path.to_vec(), it)));
    });
    for (path, side) in all {
        found(objects, &path, side.kind, side.id);
    }
}

/// What stands at a path below a tree; `None` where nothing does, or a folder.
pub(super) fn entry_at(
    objects: &mut Objects,
    tree: &ObjectId,
    path: &[u8],
) -> Result<Option<(ObjectId, EntryKind)>, Absent> {
    let mut folder = *tree;
    let mut names = path.split(|&it| it == b'/').peekable();
    while let Some(name) = names.next() {
        let content = Some(content(objects, &folder)?);
        let Some(entry) = entries(&content).find(|it| it.name == name) else {
            return Ok(None);
        };
        match (entry.kind, names.peek()) {
            (Some(kind), None) => return Ok(Some((entry.id.to_owned(), kind))),
            (None, Some(_)) => folder = entry.id.to_owned(),
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// What a tree has under a name: its kind, `None` for a folder, and its id.
pub(super) fn find(
    content: &[u8],
    id_len: usize,
    name: &[u8],
) -> Result<Option<(Option<EntryKind>, ObjectId)>, Absent> {
    let mut entries = Entries::new(content, id_len);
    match entries.find(|it| it.name == name) {
        Some(entry) => Ok(Some((entry.kind, entry.id.to_owned()))),
        None if entries.broken => Err(Absent::Corrupt),
        None => Ok(None),
    }
}

/// A tree's content and the length of the ids in it.
type Content = (Rc<Vec<u8>>, usize);

fn content(objects: &mut Objects, tree: &gix::oid) -> Result<Content, Absent> {
    let len = tree.as_bytes().len();
    if tree == ObjectId::empty_tree(tree.kind()) {
        return Ok((Rc::default(), len));
    }
    Ok((objects.get(tree, Kind::Tree)?, len))
}

fn entries(content: &Option<Content>) -> Entries<'_> {
    match content {
        Some((content, len)) => Entries::new(content, *len),
        None => Entries::new(&[], 0),
    }
}
