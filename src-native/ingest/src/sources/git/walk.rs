//! Walks from a commit to what it came from, and reads commits, however broken they are.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use gix::ObjectId;
use gix::objs::Kind;
use model::{Bytes, CommitFacts, Oid, Signature, Stamp, Timestamp};

use super::objects::Objects;
use super::open::from_gix;

/// Contents of commits are kept between the two passes up to this many bytes.
const KEEP: usize = 64 << 20;

/// The commits reachable from a head that were not known, parents before children.
pub(super) struct Walk {
    pub(super) commits: Vec<Node>,
    /// Commits that can be read and name no tree; those that cannot be read the reader notes.
    pub(super) corrupt: u64,
    /// The first commit that was named and could not be read.
    pub(super) lost: Option<ObjectId>,
    /// Whether the clone is shallow within what was walked.
    pub(super) shallow: bool,
}

/// A commit of the walk.
pub(super) struct Node {
    pub(super) id: ObjectId,
    pub(super) tree: Option<ObjectId>,
    pub(super) parent: Parent,
    /// One more than the greatest generation of its parents; 1 for a root.
    pub(super) generation: u32,
    time: i64,
    parents: Vec<ObjectId>,
    content: Option<Box<[u8]>>,
}

/// What a commit is compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parent {
    /// Nothing: it is a root.
    Root,
    /// Its only parent.
    One(ObjectId),
    /// Its only parent cannot be read: the history is cut here.
    Cut,
    /// It is a merge and compared with nothing.
    Merge,
}

impl Walk {
    /// Walks from `head`. `known` tells the generation of a commit that is known already, which
    /// ends the walk there. `step` is called for every commit found and stops the walk by `false`.
    pub(super) fn from(
        objects: &mut Objects,
        head: ObjectId,
        shallow: &[ObjectId],
        known: &dyn Fn(&Oid) -> Option<u32>,
        step: &mut dyn FnMut(u64) -> bool,
    ) -> Option<Walk> {
        let mut walk = Walk { commits: Vec::new(), corrupt: 0, lost: None, shallow: false };
        let mut found: Vec<Node> = Vec::new();
        let mut places: HashMap<ObjectId, Found> = HashMap::new();
        let mut pending = vec![head];
        let mut kept = 0;
        while let Some(id) = pending.pop() {
            if places.contains_key(&id) {
                continue;
            }
            if let Some(generation) = known(&from_gix(&id)) {
                places.insert(id, Found::Known(generation));
                continue;
            }
            if !step(found.len() as u64) {
                return None;
            }
            let Ok(content) = objects.get(&id, Kind::Commit) else {
                walk.lost.get_or_insert(id);
                places.insert(id, Found::Absent);
                continue;
            };
            let header = Header::read(&content);
            if header.tree.is_none() {
                walk.corrupt += 1;
                walk.lost.get_or_insert(id);
                places.insert(id, Found::Absent);
                continue;
            }
            places.insert(id, Found::Here(found.len()));
            let cut = shallow.binary_search(&id).is_ok();
            walk.shallow |= cut;
            let parent = match header.parents[..] {
                [] => Parent::Root,
                _ if cut => Parent::Cut,
                [parent] => Parent::One(parent),
                _ => Parent::Merge,
            };
            let parents = if cut { Vec::new() } else { header.parents };
            pending.extend(parents.iter().rev());
            kept += content.len();
            found.push(Node {
                id,
                tree: header.tree,
                parent,
                generation: 0,
                time: stamp(header.committer).at.0,
                parents,
                content: (kept <= KEEP).then(|| content.as_slice().into()),
            });
        }
        walk.order(found, &places);
        Some(walk)
    }

    /// Parents before children, the oldest first among those that could be next.
    fn order(&mut self, found: Vec<Node>, places: &HashMap<ObjectId, Found>) {
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); found.len()];
        let mut waits = vec![0u32; found.len()];
        for (i, node) in found.iter().enumerate() {
            for parent in &node.parents {
                if let Some(&Found::Here(parent)) = places.get(parent) {
                    children[parent].push(i as u32);
                    waits[i] += 1;
                }
            }
        }
        let key = |nodes: &[Option<Node>], i: usize| {
            nodes[i].as_ref().map(|it| Reverse((it.time, it.id, i)))
        };
        let mut found: Vec<Option<Node>> = found.into_iter().map(Some).collect();
        let mut generations = vec![0; found.len()];
        let mut ready: BinaryHeap<_> =
            (0..found.len()).filter(|&i| waits[i] == 0).filter_map(|i| key(&found, i)).collect();
        while let Some(Reverse((_, _, i))) = ready.pop() {
            let Some(mut node) = found[i].take() else { continue };
            let above = node.parents.iter().map(|it| match places.get(it) {
                Some(&Found::Here(parent)) => generations[parent],
                Some(&Found::Known(generation)) => generation,
                _ => 0,
            });
            node.generation = above.max().unwrap_or(0) + 1;
            generations[i] = node.generation;
            if let Parent::One(parent) = node.parent
                && matches!(places.get(&parent), Some(Found::Absent))
            {
                node.parent = Parent::Cut;
            }
            self.commits.push(node);
            for &child in &children[i] {
                waits[child as usize] -= 1;
                if waits[child as usize] == 0 {
                    ready.extend(key(&found, child as usize));
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Found {
    Here(usize),
    Known(u32),
    Absent,
}

impl Node {
    /// The commit as facts; what the walk has kept of it is dropped.
    pub(super) fn facts(&mut self, objects: &mut Objects) -> Option<CommitFacts> {
        let id = from_gix(&self.id);
        match self.content.take() {
            Some(content) => facts(id, &content),
            None => facts(id, &objects.get(&self.id, Kind::Commit).ok()?),
        }
    }
}

/// The lines of a commit that matter, and its message.
struct Header<'a> {
    tree: Option<ObjectId>,
    parents: Vec<ObjectId>,
    author: &'a [u8],
    committer: &'a [u8],
    encoding: &'a [u8],
    message: &'a [u8],
}

impl<'a> Header<'a> {
    fn read(content: &'a [u8]) -> Header<'a> {
        let mut header = Header {
            tree: None,
            parents: Vec::new(),
            author: &[],
            committer: &[],
            encoding: &[],
            message: &[],
        };
        let mut rest = content;
        while !rest.is_empty() {
            let (line, after) = match rest.iter().position(|&it| it == b'\n') {
                Some(end) => (&rest[..end], &rest[end + 1..]),
                None => (rest, &rest[rest.len()..]),
            };
            rest = after;
            if line.is_empty() {
                header.message = rest;
                break;
            }
            // The first of each counts; lines that begin with a space continue another.
            if let Some(id) = line.strip_prefix(b"tree ") {
                header.tree = header.tree.or_else(|| ObjectId::from_hex(id).ok());
            } else if let Some(id) = line.strip_prefix(b"parent ") {
                header.parents.extend(ObjectId::from_hex(id).ok());
            } else if let Some(who) = line.strip_prefix(b"author ") {
                set_once(&mut header.author, who);
            } else if let Some(who) = line.strip_prefix(b"committer ") {
                set_once(&mut header.committer, who);
            } else if let Some(name) = line.strip_prefix(b"encoding ") {
                set_once(&mut header.encoding, name);
            }
        }
        header
    }

    /// Text that is declared as Latin-1, and is no UTF-8 all the same, is turned into UTF-8.
    fn text(&self, raw: &[u8]) -> Bytes {
        let latin = [&b"iso-8859-1"[..], b"iso8859-1", b"latin-1", b"latin1"];
        if latin.iter().any(|it| self.encoding.eq_ignore_ascii_case(it)) && !raw.is_ascii() {
            return Bytes(raw.iter().map(|&it| char::from(it)).collect::<String>().into_bytes());
        }
        Bytes::from(raw)
    }

    fn signature(&self, line: &[u8]) -> Signature {
        let (name, mail) = name_and_mail(line);
        Signature { name: self.text(name), mail: self.text(mail) }
    }
}

fn set_once<'a>(field: &mut &'a [u8], value: &'a [u8]) {
    if field.is_empty() {
        *field = value;
    }
}

/// The tree a commit's content names.
pub(super) fn tree_of(content: &[u8]) -> Option<ObjectId> {
    Header::read(content).tree
}

/// When a commit was committed, from its content.
pub(super) fn committed(content: &[u8]) -> Timestamp {
    stamp(Header::read(content).committer).at
}

/// A commit's content as facts; `None` if it names no tree and so is no commit.
pub(super) fn facts(id: Oid, content: &[u8]) -> Option<CommitFacts> {
    let header = Header::read(content);
    header.tree?;
    Some(CommitFacts {
        id,
        parents: header.parents.iter().map(|it| from_gix(it)).collect(),
        author: header.signature(header.author),
        authored: stamp(header.author),
        committer: header.signature(header.committer),
        committed: stamp(header.committer),
        message: header.text(header.message),
    })
}

/// Name and mail of an author line; what is between the first `<` and the next `>` is the mail.
pub(super) fn name_and_mail(line: &[u8]) -> (&[u8], &[u8]) {
    let Some(open) = line.iter().position(|&it| it == b'<') else {
        return (line.trim_ascii(), &[]);
    };
    let mail = &line[open + 1..];
    let end = mail.iter().position(|&it| it == b'>').unwrap_or(mail.len());
    (line[..open].trim_ascii(), mail[..end].trim_ascii())
}

/// The time of an author line, after its last `>`; the epoch where there is none.
pub(super) fn stamp(line: &[u8]) -> Stamp {
    let start = line.iter().rposition(|&it| it == b'>').map_or(0, |it| it + 1);
    let mut words = line[start..].split(u8::is_ascii_whitespace).filter(|it| !it.is_empty());
    let number = |word: &[u8]| str::from_utf8(word).ok()?.parse::<i64>().ok();
    let Some(at) = words.next().and_then(number) else { return Stamp::default() };
    let offset = words.next().and_then(|it| {
        let (sign, digits) = match it.split_first()? {
            (b'+', digits) => (1, digits),
            (b'-', digits) => (-1, digits),
            _ => return None,
        };
        let number = number(digits).filter(|it| (0..10_000).contains(it))? as i32;
        Some(sign * (number / 100 * 60 + number % 100))
    });
    Stamp { at: Timestamp(at), offset_minutes: offset.unwrap_or(0) }
}
