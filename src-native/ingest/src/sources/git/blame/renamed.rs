//! Where one file was moved from, by the rule `git blame` goes by: every file that a commit took
//! away is a candidate, and the file asked about is the only place it can have gone to.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;

use super::Error;
use super::objects::{Entry, EntryKind, Objects, Place, Unread};
use crate::sources::git::lines::is_binary;

/// What a likeness of 100 % is.
const WHOLE: u64 = 60_000;
/// The least likeness that makes a rename.
const LEAST: u64 = WHOLE / 2;
/// The least likeness that makes one when the names alone suggest it.
const LEAST_BY_NAME: u64 = LEAST + (WHOLE - LEAST) / 2;
/// Above this many candidates Git compares no contents (`diff.renameLimit` squared).
const MOST_CANDIDATES: usize = 1_000_000;
/// Identical candidates looked at before one is taken.
const MOST_IDENTICAL: usize = 100;
/// How many candidates Git keeps while it looks for the best; it decides which of equals wins.
const KEPT: usize = 4;

/// The file another one was moved from.
pub(super) struct Source {
    pub(super) path: u32,
    pub(super) place: Place,
}

struct Candidate {
    path: Vec<u8>,
    entry: Entry,
    same_name: bool,
}

/// Finds what the file at a path of the tree `new` was called in the tree `old`, which has
/// nothing, or a folder, at that path. `content` is the file's own, where it could be read.
pub(super) fn find(
    objects: &mut Objects,
    (old, new): (ObjectId, ObjectId),
    (path, place): (u32, &Place),
    content: Option<&[u8]>,
    cancel: &AtomicBool,
) -> Result<Result<Option<Source>, Unread>, Error> {
    let mut gone = Gone { objects, cancel, found: Vec::new(), path: Vec::new() };
    if let Err(stop) = gone.between(old, new) {
        return stop.map(Err);
    }
    let mut candidates = gone.found;
    let wanted = objects.path(path).to_vec();
    for candidate in &mut candidates {
        candidate.same_name = name(&candidate.path) == name(&wanted);
    }
    let picked = match identical(&candidates, place.id()) {
        Some(picked) => Some(picked),
        None => match content {
            Some(content) => match alike(objects, &candidates, content, &wanted, cancel)? {
                Ok(picked) => picked,
                Err(Unread) => return Ok(Err(Unread)),
            },
            None => return Ok(Err(Unread)),
        },
    };
    let Some(picked) = picked else { return Ok(Ok(None)) };
    let row = objects.path_row(&candidates[picked].path);
    let found = objects.place(old, row, None);
    Ok(found.map(|place| place.map(|place| Source { path: row, place })))
}

/// Of the candidates with the same content: the first with the same name, else the first.
fn identical(candidates: &[Candidate], id: ObjectId) -> Option<usize> {
    let same = |(_, it): &(usize, &Candidate)| it.entry.id == id && it.entry.kind == EntryKind::File;
    let mut same = candidates.iter().enumerate().filter(same).take(MOST_IDENTICAL).peekable();
    let first = same.peek().map(|(nth, _)| *nth);
    same.find(|(_, it)| it.same_name).map(|(nth, _)| nth).or(first)
}

/// The candidate most like the content: one with the same name is taken at 75 % without looking
/// at others, if it is the only one of that name; else the best of all from 50 % on.
fn alike(
    objects: &mut Objects,
    candidates: &[Candidate],
    content: &[u8],
    wanted: &[u8],
    cancel: &AtomicBool,
) -> Result<Result<Option<usize>, Unread>, Error> {
    let mut print = Fingerprint::of(content);
    let mut named = candidates.iter().enumerate().filter(|(_, it)| it.same_name);
    if let (Some((nth, only)), None) = (named.next(), named.next()) {
        let score = print.likeness(objects, &only.entry, LEAST_BY_NAME);
        if score >= LEAST_BY_NAME {
            return Ok(Ok(Some(nth)));
        }
    }
    if candidates.len() > MOST_CANDIDATES {
        return Ok(Ok(None));
    }
    // Git holds a few places and puts a better candidate where the worst one sits, then takes the
    // best from the front; among equals that is not always the first one met.
    let mut kept: Vec<(u64, bool, usize)> = Vec::with_capacity(KEPT);
    for (nth, candidate) in candidates.iter().enumerate() {
        if cancel.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let score = print.likeness(objects, &candidate.entry, LEAST);
        let rival = (score, ends_alike(&candidate.path, wanted), nth);
        if kept.len() < KEPT {
            kept.push(rival);
            continue;
        }
        let rank = |it: &(u64, bool, usize)| (it.0, it.1);
        let mut worst = 0;
        for place in 1..KEPT {
            if rank(&kept[place]) < rank(&kept[worst]) {
                worst = place;
            }
        }
        if rank(&rival) > rank(&kept[worst]) {
            kept[worst] = rival;
        }
    }
    let mut best: Option<(u64, bool, usize)> = None;
    for rival in kept {
        if best.is_none_or(|best| (rival.0, rival.1) > (best.0, best.1)) {
            best = Some(rival);
        }
    }
    Ok(Ok(best.filter(|it| it.0 >= LEAST).map(|it| it.2)))
}

/// The part of a path after its last slash.
fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

fn ends_alike(a: &[u8], b: &[u8]) -> bool {
    name(a) == name(b)
}

/// Collects what one tree has and another has not.
struct Gone<'a> {
    objects: &'a mut Objects,
    cancel: &'a AtomicBool,
    found: Vec<Candidate>,
    path: Vec<u8>,
}

/// Why collecting stopped: a tree could not be read, or the caller gave up.
type Stop = Result<Unread, Error>;

impl Gone<'_> {
    fn between(&mut self, old: ObjectId, new: ObjectId) -> Result<(), Stop> {
        let (before, after) = (self.tree(old)?, self.tree(new)?);
        let after: HashMap<&[u8], Entry> = after.iter().map(|(n, e)| (&n[..], *e)).collect();
        for (name, entry) in &before {
            let now = after.get(&name[..]);
            match (entry.kind, now.map(|it| it.kind)) {
                (EntryKind::Folder, Some(EntryKind::Folder)) => {
                    if let Some(now) = now
                        && now.id != entry.id
                    {
                        self.below(name, |it| it.between(entry.id, now.id))?;
                    }
                }
                (EntryKind::Folder, _) => self.below(name, |it| it.all(entry.id))?,
                (_, None | Some(EntryKind::Folder)) => self.take(name, *entry),
                _ => {}
            }
        }
        Ok(())
    }

    fn all(&mut self, tree: ObjectId) -> Result<(), Stop> {
        for (name, entry) in self.tree(tree)? {
            match entry.kind {
                EntryKind::Folder => self.below(&name, |it| it.all(entry.id))?,
                _ => self.take(&name, entry),
            }
        }
        Ok(())
    }

    fn tree(&mut self, id: ObjectId) -> Result<Vec<(Vec<u8>, Entry)>, Stop> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Err(Error::Cancelled));
        }
        self.objects.tree(id).map_err(Ok)
    }

    fn below(
        &mut self,
        name: &[u8],
        walk: impl FnOnce(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let len = self.path.len();
        self.path.extend_from_slice(name);
        self.path.push(b'/');
        let done = walk(self);
        self.path.truncate(len);
        done
    }

    fn take(&mut self, name: &[u8], entry: Entry) {
        let path = [&self.path[..], name].concat();
        self.found.push(Candidate { path, entry, same_name: false });
    }
}

/// How many bytes of a content fall to each of Git's 107,927 buckets of chunks; a chunk is a line
/// or 64 bytes, whichever is shorter.
struct Fingerprint {
    size: u64,
    buckets: Vec<u32>,
    /// The same for the candidate at hand; all zero in between.
    other: Vec<u32>,
    touched: Vec<u32>,
}

const BUCKETS: u32 = 107_927;

impl Fingerprint {
    fn of(content: &[u8]) -> Fingerprint {
        let mut buckets = vec![0; BUCKETS as usize];
        chunks(content, |bucket, bytes| buckets[bucket as usize] += bytes);
        let other = vec![0; BUCKETS as usize];
        Fingerprint { size: content.len() as u64, buckets, other, touched: Vec::new() }
    }

    /// The share of the larger content that both have, of [`WHOLE`]; 0 when it cannot reach
    /// `least` by size alone, or when the candidate is no file or cannot be read.
    fn likeness(&mut self, objects: &mut Objects, entry: &Entry, least: u64) -> u64 {
        if entry.kind != EntryKind::File {
            return 0;
        }
        let Ok(size) = objects.size(entry.id) else { return 0 };
        let (larger, smaller) = (size.max(self.size), size.min(self.size));
        if larger * (WHOLE - least) < (larger - smaller) * WHOLE || self.size == 0 {
            return 0;
        }
        let Ok(content) = objects.file(entry.id) else { return 0 };
        let (other, touched) = (&mut self.other, &mut self.touched);
        chunks(&content, |bucket, bytes| {
            if other[bucket as usize] == 0 {
                touched.push(bucket);
            }
            other[bucket as usize] += bytes;
        });
        let mut shared = 0;
        for bucket in touched.drain(..) {
            let bytes = std::mem::take(&mut other[bucket as usize]);
            shared += u64::from(bytes.min(self.buckets[bucket as usize]));
        }
        shared * WHOLE / larger
    }
}

/// Calls `each` with the bucket and the length of every chunk. In text the CR of a CRLF is left
/// out, so a change of line ends is no change of content.
fn chunks(content: &[u8], mut each: impl FnMut(u32, u32)) {
    let text = !is_binary(content);
    let (mut low, mut high, mut len) = (0u32, 0u32, 0u32);
    let bucket = |low: u32, high: u32| low.wrapping_add(high.wrapping_mul(0x61)) % BUCKETS;
    for (at, byte) in content.iter().enumerate() {
        if text && *byte == b'\r' && content.get(at + 1) == Some(&b'\n') {
            continue;
        }
        (low, high) = ((low << 7) ^ (high >> 25), (high << 7) ^ (low >> 25));
        low = low.wrapping_add(u32::from(*byte));
        len += 1;
        if len == 64 || *byte == b'\n' {
            each(bucket(low, high), len);
            (low, high, len) = (0, 0, 0);
        }
    }
    if len > 0 {
        each(bucket(low, high), len);
    }
}
