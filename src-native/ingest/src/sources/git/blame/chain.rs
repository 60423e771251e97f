//! Why a line is there: the commit that last changed it, what it replaced, and so on to its origin.

use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use model::{Bytes, Gap, Oid};

use super::walk::{File, Walk};
use super::{Blame, Error, Span};
use crate::sources::git::lines::Hunk;
use crate::sources::git::open::{Clone, from_gix};

/// How many bytes of a line are told.
const LONGEST_TEXT: usize = 500;
/// How many of the lines that stood in a place are compared with the one that stands there.
const MOST_COMPARED: u32 = 400;
/// How many of the likest are tried before none is taken.
const MOST_TRIED: usize = 8;
/// From this likeness on, a line that stood there is an earlier form of the one that does.
const LIKE: f64 = 0.4;

/// The commits that made a line what it is, the last one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// What each of them did to it; at least one.
    pub steps: Vec<Step>,
    /// Why there is no further step.
    pub end: End,
    /// What of the history could not be read, if anything.
    pub gaps: Vec<Gap>,
}

/// What one commit did to a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The commit.
    pub commit: Oid,
    /// The file's path in it.
    pub path: Bytes,
    /// The line in its version of the file, counted from 0.
    pub line: u32,
    /// The line as the commit left it, without its line end, cut after 500 bytes.
    pub text: Bytes,
    /// What stood there before; `None` when the commit added the line.
    pub before: Option<Stood>,
}

/// A line that another one replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stood {
    /// The parent that had it.
    pub commit: Oid,
    /// The file's path in it.
    pub path: Bytes,
    /// The line in its version of the file, counted from 0.
    pub line: u32,
    /// The line without its line end, cut after 500 bytes.
    pub text: Bytes,
}

/// Why a chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The last step added the line: nothing like it stood there before.
    Origin,
    /// History is not there beyond the last step; the gaps say why.
    Boundary,
    /// The chain is as long as was asked for, and goes on.
    Bound,
}

/// Tells how `line` (counted from 0) of a file as it stands in a commit came to be, in at most
/// `steps` steps.
///
/// A step is the commit that blame names for the line. What stood there before is looked for among
/// the lines that the commit replaced there: the one most like it, when Dice's measure over pairs of
/// neighbouring bytes gives at least 0.4 and no other line that came is more like it; else the line
/// in the same place, when as many lines went as came and it went nowhere else; else there is none,
/// and the line is new. Where the blame of the whole file is `known` already, the first step is taken
/// from it.
pub fn chain(
    clone: &Clone,
    commit: Oid,
    path: &[u8],
    line: u32,
    steps: usize,
    known: Option<&Blame>,
    cancel: &AtomicBool,
) -> Result<Chain, Error> {
    let mut walk = Walk::new(clone, cancel);
    let mut file = walk.open(commit, path)?;
    let lines = walk.version(&file, None).map_or(0, |it| it.len());
    if line >= lines {
        return Err(Error::NoLine { path: Bytes(path.to_vec()), line, lines });
    }
    let mut line = line;
    let mut told = Vec::new();
    let mut known = known.and_then(|it| span_of(it, line));
    loop {
        let span = match known.take() {
            Some(span) => Some(span),
            None => walk.blame(&file, line..line + 1)?.into_iter().next(),
        };
        let Some(span) = span else { break };
        line = span.original_first;
        file = walk.find(span.commit, &span.original_path.0)?;
        let mut step = Step {
            commit: span.commit,
            path: span.original_path.clone(),
            line,
            text: text(&mut walk, &file, line),
            before: None,
        };
        let replaced = stood(&mut walk, &file, line)?;
        let Some((before, at)) = replaced.line else {
            told.push(step);
            let end = if replaced.compared { End::Origin } else { End::Boundary };
            return Ok(Chain { steps: told, end, gaps: walk.gaps() });
        };
        let (parent, path) = walk.name(&before);
        step.before = Some(Stood {
            commit: from_gix(&parent),
            path: Bytes(path.to_vec()),
            line: at,
            text: text(&mut walk, &before, at),
        });
        told.push(step);
        (file, line) = (before, at);
        if told.len() >= steps {
            break;
        }
    }
    Ok(Chain { steps: told, end: End::Bound, gaps: walk.gaps() })
}

/// The part of a blame that speaks of one line.
fn span_of(known: &Blame, line: u32) -> Option<Span> {
    let at = known.spans.partition_point(|it| it.first <= line).checked_sub(1)?;
    let span = &known.spans[at];
    let into = line - span.first;
    (into < span.lines).then(|| Span {
        first: line,
        lines: 1,
        original_first: span.original_first + into,
        ..span.clone()
    })
}

/// What stood where a line stands now.
struct Replaced {
    /// The file of the parent, and the line in it.
    line: Option<(Rc<File>, u32)>,
    /// Whether all parents could be compared.
    compared: bool,
}

/// The line that stood where a line stands that this commit brought, in the parent where one is
/// most like it.
fn stood(walk: &mut Walk, file: &Rc<File>, line: u32) -> Result<Replaced, Error> {
    let (parents, boundary) = walk.parents(file)?;
    let mut compared = !boundary || walk.is_root(file);
    let mut best: Option<(f64, Rc<File>, u32)> = None;
    for parent in parents {
        let (Some(after), Some(hunks)) =
            (walk.version(file, None), walk.hunks(&parent.file, file)?)
        else {
            compared = false;
            continue;
        };
        let Some(before) = walk.version(&parent.file, None) else { continue };
        let Some(hunk) = hunks.iter().find(|it| it.after.contains(&line)) else { continue };
        let found = earlier(hunk, line, |old, new| likeness(before.line(old), after.line(new)));
        if let Some((likeness, old)) = found
            && best.as_ref().is_none_or(|(best, ..)| likeness > *best)
        {
            best = Some((likeness, parent.file, old));
        }
    }
    Ok(Replaced { line: best.map(|(_, file, line)| (file, line)), compared })
}

/// Which of the lines that went is the earlier form of one that came, and how like it is. A line
/// that went is the earlier form of one line only: the one that is most like it.
fn earlier(hunk: &Hunk, line: u32, like: impl Fn(u32, u32) -> f64) -> Option<(f64, u32)> {
    let (gone, come) = (&hunk.before, &hunk.after);
    if gone.is_empty() {
        return None;
    }
    // The place among the lines that went that is level with the line's among those that came.
    let share = u64::from(line - come.start) * gone.len() as u64 / come.len() as u64;
    let level = gone.start + share as u32;
    let near = |lines: &Range<u32>, at: u32| {
        at.saturating_sub(MOST_COMPARED / 2).max(lines.start)
            ..at.saturating_add(MOST_COMPARED / 2).min(lines.end)
    };
    let is_taken = |old: u32, least: f64| {
        near(come, line).any(|other| other != line && like(old, other) > least)
    };
    let mut alike: Vec<(f64, u32)> =
        near(gone, level).map(|old| (like(old, line), old)).filter(|it| it.0 >= LIKE).collect();
    alike.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then(a.1.abs_diff(level).cmp(&b.1.abs_diff(level))).then(a.1.cmp(&b.1))
    });
    let own = alike.into_iter().take(MOST_TRIED).find(|it| !is_taken(it.1, it.0));
    let even = gone.len() == come.len() && !is_taken(level, LIKE);
    own.or_else(|| even.then(|| (like(level, line), level)))
}

/// Dice's measure over pairs of neighbouring bytes: twice the common pairs by all pairs. White
/// space at both ends does not count.
fn likeness(a: &[u8], b: &[u8]) -> f64 {
    let cut = |line: &[u8]| {
        let line = line.trim_ascii();
        line[..line.len().min(LONGEST_TEXT)].to_vec()
    };
    let (a, b) = (cut(a), cut(b));
    if a == b {
        return 1.0;
    }
    let pairs = |line: &[u8]| {
        let mut pairs: Vec<[u8; 2]> = line.windows(2).map(|it| [it[0], it[1]]).collect();
        pairs.sort_unstable();
        pairs
    };
    let (a, b) = (pairs(&a), pairs(&b));
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, common) = (i + 1, j + 1, common + 1),
        }
    }
    let all = a.len() + b.len();
    if all == 0 { 0.0 } else { f64::from(2 * common) / all as f64 }
}

fn text(walk: &mut Walk, file: &Rc<File>, line: u32) -> Bytes {
    let Some(version) = walk.version(file, None) else { return Bytes::default() };
    let line = version.line(line);
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Bytes(line[..line.len().min(LONGEST_TEXT)].to_vec())
}
