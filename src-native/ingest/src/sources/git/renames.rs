//! Finds renames as Git does with `-M`: first equal contents, then equal base names that are
//! similar enough, then the most similar of all pairs, unless there are too many of them.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use gix::ObjectId;
use gix::objs::Kind;

use super::lines::is_binary;
use super::objects::{Objects, Place};
use super::trees::Side;

/// Similarity is measured in these parts.
const WHOLE: u64 = 60_000;
/// A rename keeps half of the content.
const ENOUGH: u64 = WHOLE / 2;
/// Under the same base name it must be three quarters before other names are looked at.
const ENOUGH_BY_NAME: u64 = ENOUGH + (WHOLE - ENOUGH) / 2;
/// Not more than the square of this many pairs are compared.
const LIMIT: usize = 1000;
/// Equal contents are compared by name this often before any of them will do.
const MAX_EQUALS: usize = 100;
/// So many of the best origins are kept in mind for a file.
const CANDIDATES: usize = 4;

/// A path that is gone or new.
pub(super) struct Candidate<'a> {
    pub(super) path: &'a [u8],
    pub(super) side: Side,
}

impl Candidate<'_> {
    fn base(&self) -> &[u8] {
        let start = self.path.iter().rposition(|&it| it == b'/').map_or(0, |it| it + 1);
        &self.path[start..]
    }
}

/// For every new path, the gone one it was renamed from. Both lists stand in Git's order. Once
/// `cancel` is set it returns soon, with a result that is not to be used.
pub(super) fn detect(
    objects: &mut Objects,
    gone: &[Candidate],
    new: &[Candidate],
    cancel: &AtomicBool,
) -> Vec<Option<usize>> {
    let mut search = Search {
        gone,
        new,
        origin: vec![None; new.len()],
        used: vec![false; gone.len()],
        old: vec![Profile::default(); gone.len()],
        now: vec![Profile::default(); new.len()],
    };
    if gone.is_empty() || new.is_empty() {
        return search.origin;
    }
    search.by_content();
    search.by_base_name(objects);
    search.by_similarity(objects, cancel);
    search.origin
}

struct Search<'a> {
    gone: &'a [Candidate<'a>],
    new: &'a [Candidate<'a>],
    origin: Vec<Option<usize>>,
    used: Vec<bool>,
    old: Vec<Profile>,
    now: Vec<Profile>,
}

/// What is known of a candidate's content.
#[derive(Clone, Default)]
struct Profile {
    place: Option<Place>,
    size: Option<Option<u64>>,
    spans: Option<Option<Rc<Spans>>>,
}

impl Search<'_> {
    fn pair(&mut self, gone: usize, new: usize) {
        self.used[gone] = true;
        self.origin[new] = Some(gone);
    }

    /// Equal contents; an equal base name decides between several, then the order.
    fn by_content(&mut self) {
        let mut by_id: HashMap<ObjectId, Vec<usize>> = HashMap::new();
        for (i, gone) in self.gone.iter().enumerate() {
            by_id.entry(gone.side.id).or_default().push(i);
        }
        for new in 0..self.new.len() {
            let target = &self.new[new];
            let Some(equals) = by_id.get(&target.side.id) else { continue };
            let mut best: Option<(usize, bool)> = None;
            let mut looked_at = 0;
            for &gone in equals {
                let source = &self.gone[gone];
                let files = source.side.kind.is_file() && target.side.kind.is_file();
                if self.used[gone] || !(files || source.side.kind == target.side.kind) {
                    continue;
                }
                let same_name = source.base() == target.base();
                if best.is_none_or(|(_, named)| same_name && !named) {
                    best = Some((gone, same_name));
                }
                looked_at += 1;
                if same_name || looked_at == MAX_EQUALS {
                    break;
                }
            }
            if let Some((gone, _)) = best {
                self.pair(gone, new);
            }
        }
    }

    /// A base name that only one of the gone and one of the new paths has.
    fn by_base_name(&mut self, objects: &mut Objects) {
        let mut sources: HashMap<&[u8], Option<usize>> = HashMap::new();
        for (i, gone) in self.gone.iter().enumerate().filter(|&(i, _)| !self.used[i]) {
            sources.entry(gone.base()).and_modify(|it| *it = None).or_insert(Some(i));
        }
        let mut targets: HashMap<&[u8], Option<usize>> = HashMap::new();
        for (i, new) in self.new.iter().enumerate().filter(|&(i, _)| self.origin[i].is_none()) {
            targets.entry(new.base()).and_modify(|it| *it = None).or_insert(Some(i));
        }
        for gone in 0..self.gone.len() {
            let base = self.gone[gone].base();
            let alone = sources.get(base).copied().flatten() == Some(gone);
            let Some(new) = targets.get(base).copied().flatten().filter(|_| alone) else {
                continue;
            };
            if self.similarity(objects, gone, new, ENOUGH_BY_NAME) >= ENOUGH_BY_NAME {
                self.pair(gone, new);
            }
        }
    }

    /// The best of all remaining pairs first.
    fn by_similarity(&mut self, objects: &mut Objects, cancel: &AtomicBool) {
        let sources: Vec<usize> = (0..self.gone.len()).filter(|&it| !self.used[it]).collect();
        let targets: Vec<usize> =
            (0..self.new.len()).filter(|&it| self.origin[it].is_none()).collect();
        if sources.is_empty() || targets.is_empty() {
            return;
        }
        if sources.len().saturating_mul(targets.len()) > LIMIT * LIMIT {
            return;
        }
        let mut scores: Vec<Score> = Vec::new();
        for &new in &targets {
            let mut best: Vec<Score> = Vec::with_capacity(CANDIDATES);
            for &gone in &sources {
                if cancel.load(Ordering::Relaxed) {
                    return;
                }
                let same_name = self.gone[gone].base() == self.new[new].base();
                let value = self.similarity(objects, gone, new, ENOUGH);
                keep_better(&mut best, Score { value, same_name, gone, new });
            }
            self.now[new].spans = None;
            scores.extend(best);
        }
        // A stable sort: among equals the order of the lists holds.
        scores.sort_by_key(|it| std::cmp::Reverse(it.rank()));
        for score in scores {
            if score.value >= ENOUGH && self.origin[score.new].is_none() && !self.used[score.gone] {
                self.pair(score.gone, score.new);
            }
        }
    }

    /// How much of the larger content is the same in both; 0 where it cannot be `enough`.
    fn similarity(&mut self, objects: &mut Objects, gone: usize, new: usize, enough: u64) -> u64 {
        let (source, target) = (self.gone[gone].side, self.new[new].side);
        if !source.kind.is_file() || !target.kind.is_file() {
            return 0;
        }
        let Some(old_size) = self.old[gone].size(objects, &source) else { return 0 };
        let Some(new_size) = self.now[new].size(objects, &target) else { return 0 };
        let (small, large) = (old_size.min(new_size), old_size.max(new_size));
        if large.saturating_mul(WHOLE - enough) < (large - small).saturating_mul(WHOLE) {
            return 0;
        }
        let Some(old) = self.old[gone].spans(objects, &source) else { return 0 };
        let Some(now) = self.now[new].spans(objects, &target) else { return 0 };
        if new_size == 0 { 0 } else { old.common(&now) * WHOLE / large }
    }
}

impl Profile {
    fn place(&mut self, objects: &mut Objects, side: &Side) -> Place {
        *self.place.get_or_insert_with(|| objects.locate(&side.id))
    }

    fn size(&mut self, objects: &mut Objects, side: &Side) -> Option<u64> {
        let place = self.place(objects, side);
        *self.size.get_or_insert_with(|| objects.size_at(place).ok())
    }

    fn spans(&mut self, objects: &mut Objects, side: &Side) -> Option<Rc<Spans>> {
        let place = self.place(objects, side);
        let read = || objects.at(place, Kind::Blob).ok().map(|it| Rc::new(Spans::of(&it)));
        self.spans.get_or_insert_with(read).clone()
    }
}

/// One pair and how similar it is.
#[derive(Clone, Copy)]
struct Score {
    value: u64,
    same_name: bool,
    gone: usize,
    new: usize,
}

impl Score {
    fn rank(&self) -> (u64, bool) {
        (self.value, self.same_name)
    }
}

/// Keeps the best few: a better one takes the place of the first of the worst.
fn keep_better(best: &mut Vec<Score>, score: Score) {
    if best.len() < CANDIDATES {
        best.push(score);
        return;
    }
    let mut worst = 0;
    for i in 1..best.len() {
        if best[i].rank() < best[worst].rank() {
            worst = i;
        }
    }
    if best[worst].rank() < score.rank() {
        best[worst] = score;
    }
}

/// A content as a bag of spans: lines, or 64 bytes where a line is longer, each by its hash and
/// with the number of bytes in spans of that hash.
struct Spans(Vec<(u32, u32)>);

impl Spans {
    const LONGEST: u32 = 64;
    const HASHES: u32 = 107_927;

    fn of(content: &[u8]) -> Spans {
        let text = !is_binary(content);
        let mut spans: Vec<(u32, u32)> = Vec::with_capacity(content.len() / 24);
        let (mut low, mut high, mut len) = (0u32, 0u32, 0u32);
        let mut bytes = content.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            if text && byte == b'\r' && bytes.peek() == Some(&b'\n') {
                continue;
            }
            let carried = low;
            low = (low << 7) ^ (high >> 25);
            high = (high << 7) ^ (carried >> 25);
            low = low.wrapping_add(u32::from(byte));
            len += 1;
            if len < Self::LONGEST && byte != b'\n' {
                continue;
            }
            spans.push((Self::hash(low, high), len));
            (low, high, len) = (0, 0, 0);
        }
        if len > 0 {
            spans.push((Self::hash(low, high), len));
        }
        spans.sort_unstable_by_key(|it| it.0);
        spans.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        Spans(spans)
    }

    fn hash(low: u32, high: u32) -> u32 {
        low.wrapping_add(high.wrapping_mul(0x61)) % Self::HASHES
    }

    /// How many bytes of spans both have.
    fn common(&self, other: &Spans) -> u64 {
        let mut common = 0;
        let mut theirs = other.0.iter().peekable();
        for &(hash, len) in &self.0 {
            while theirs.next_if(|it| it.0 < hash).is_some() {}
            if let Some(it) = theirs.next_if(|it| it.0 == hash) {
                common += u64::from(len.min(it.1));
            }
        }
        common
    }
}
