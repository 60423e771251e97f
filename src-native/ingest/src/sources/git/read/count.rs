//! Lines of changed paths: in which order they cost least to count, and counting them.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use gix::objs::Kind;
use model::Lines;

use super::super::lines::{self, Counter};
use super::super::objects::{Absent, Objects, Place};
use super::compare::Row;

/// Contents one thread compares at a stretch, at least.
const BATCH: usize = 128;

/// Stretches of jobs that never part the versions of one path.
pub(super) fn batches(jobs: &[u32], rows: &[Row]) -> Vec<Range<usize>> {
    let mut batches = Vec::new();
    let mut start = 0;
    for end in 1..=jobs.len() {
        let path = |at: usize| jobs.get(at).map(|&it| rows[it as usize].path);
        if path(end) != path(end - 1) && (end - start >= BATCH || end == jobs.len()) {
            batches.push(start..end);
            start = end;
        }
    }
    batches
}

/// The jobs of a batch in an order in which one version of a path leads to the next: where a
/// history has branches, jobs next to each other in time are often far apart in content.
pub(super) fn in_chains(batch: &[u32], rows: &[Row]) -> Vec<u32> {
    let mut ordered = Vec::with_capacity(batch.len());
    for jobs in batch.chunk_by(|&a, &b| rows[a as usize].path == rows[b as usize].path) {
        let row = |at: usize| &rows[jobs[at] as usize];
        if (1..jobs.len()).all(|it| row(it).new == row(it - 1).old) {
            ordered.extend_from_slice(jobs);
            continue;
        }
        let mut by_new: HashMap<Place, VecDeque<usize>> = HashMap::new();
        let mut by_old: HashMap<Place, VecDeque<usize>> = HashMap::new();
        for at in 0..jobs.len() {
            by_new.entry(row(at).new).or_default().push_back(at);
            by_old.entry(row(at).old).or_default().push_back(at);
        }
        let mut taken = vec![false; jobs.len()];
        let mut version = Place::NONE;
        let mut first = 0;
        for _ in 0..jobs.len() {
            let next = |by: &mut HashMap<Place, VecDeque<usize>>, taken: &[bool]| {
                let waiting = by.get_mut(&version).filter(|_| version != Place::NONE)?;
                while let Some(at) = waiting.pop_front() {
                    if !taken[at] {
                        return Some(at);
                    }
                }
                None
            };
            let back = next(&mut by_new, &taken);
            let ahead = if back.is_none() { next(&mut by_old, &taken) } else { None };
            let at = match back.or(ahead) {
                Some(at) => at,
                None => {
                    while taken.get(first) == Some(&true) {
                        first += 1;
                    }
                    if first == jobs.len() {
                        break;
                    }
                    first
                }
            };
            taken[at] = true;
            ordered.push(jobs[at]);
            version = if ahead.is_some() { row(at).new } else { row(at).old };
        }
    }
    ordered
}

/// Counts the lines of one row as Git does.
pub(super) fn count(
    objects: &mut Objects,
    counter: &mut Counter,
    row: &Row,
    cancel: &AtomicBool,
) -> Lines {
    let mut content = |place: Place, submodule: bool| {
        if place == Place::NONE {
            return Ok(None);
        }
        if submodule {
            let id = objects.noted(place).ok_or(Absent::Corrupt)?;
            return Ok(Some(Rc::new(format!("Subproject commit {id}\n").into_bytes())));
        }
        objects.at(place, Kind::Blob).map(Some)
    };
    let new = content(row.new, row.new_submodule);
    let old = if row.same { Ok(None) } else { content(row.old, row.old_submodule) };
    let (Ok(old), Ok(new)) = (old, new) else { return Lines::Unknown };
    if [&old, &new].into_iter().flatten().any(|it| lines::is_binary(it)) {
        return Lines::Binary;
    }
    let (added, deleted) = match (old, new) {
        _ if row.same => (0, 0),
        (Some(old), Some(new)) => counter.count(&old, &new, cancel),
        (old, new) => {
            let lines = |it: Option<Rc<Vec<u8>>>| it.map_or(0, |it| lines::line_count(&it));
            (lines(new), lines(old))
        }
    };
    Lines::Counted { added, deleted }
}
