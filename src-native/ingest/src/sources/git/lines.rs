//! Lines as Git counts them: which lines of a text changed, and how many, exactly as its own diff
//! (Myers with its shortcuts) has it. `git log --numstat` and `git blame` follow from this.

mod myers;
pub(super) mod numbered;
mod slide;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use super::interner::Interner;
use myers::{Scratch, Side};

/// How many bytes at the beginning of a content decide whether it is binary.
const BINARY_WINDOW: usize = 8000;
/// Copied lines may take this many bytes before they are dropped and collected anew.
const ARENA_LIMIT: usize = 16 << 20;

/// A stretch of lines of the old text that became a stretch of the new one; counted from 0, and
/// either of them may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Lines of the old text.
    pub before: Range<u32>,
    /// Lines of the new text.
    pub after: Range<u32>,
}

/// Whether Git takes a content for binary: a NUL among its first 8000 bytes.
pub fn is_binary(content: &[u8]) -> bool {
    content[..content.len().min(BINARY_WINDOW)].contains(&0)
}

/// How many lines a text has; a last line without a newline is one too.
pub fn line_count(text: &[u8]) -> u32 {
    let newlines: usize = text
        .chunks(192)
        .map(|it| it.iter().map(|&byte| u8::from(byte == b'\n')).sum::<u8>() as usize)
        .sum();
    let rest = usize::from(text.last().is_some_and(|&byte| byte != b'\n'));
    u32::try_from(newlines + rest).unwrap_or(u32::MAX)
}

/// The lines of a text, each with its newline.
pub fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n')
}

/// The changed stretches between two texts, in order, placed where `git blame` and `git diff` of
/// the default configuration place them.
pub fn hunks(before: &[u8], after: &[u8]) -> Vec<Hunk> {
    let tail = common_tail(before, after);
    let before = &before[..before.len() - tail];
    let after = &after[..after.len() - tail];

    let mut counter = Counter::default();
    counter.load(Rc::new(before.to_vec()));
    let mut old = slide::Text::new(before, &counter.tokens, &counter.starts);
    let head = counter.advance(Rc::new(after.to_vec()), common_ends(before, after));
    let mut new = slide::Text::new(after, &counter.tokens, &counter.starts);
    counter.mark(true, old.len(), new.len(), &AtomicBool::new(false));
    old.mark(head, &counter.gone_changed);
    new.mark(head, &counter.come_changed);
    slide::compact(&mut old, &mut new);
    slide::compact(&mut new, &mut old);
    slide::script(&old, &new)
}

/// Counts added and deleted lines over the versions of one path. A version shares most lines with
/// the one before it, so only what lies between the common beginning and the common end of the
/// two is taken apart; the rest is carried over.
#[derive(Default)]
pub struct Counter {
    interner: Interner,
    /// The version the fields below describe.
    text: Option<Rc<Vec<u8>>>,
    /// Where each of its lines starts.
    starts: Vec<u32>,
    /// What each of its lines is, as a number.
    tokens: Vec<u32>,
    /// How often each token occurs in it.
    occurrences: Vec<u32>,
    /// Lines only the version before the last step has between the common ends.
    gone: Vec<u32>,
    /// Lines only the version after it has there.
    come: Vec<u32>,
    /// How often the lines of `gone` occur in the whole version after the step.
    gone_matches: Vec<u32>,
    /// How often the lines of `come` occur in the whole version before it.
    come_matches: Vec<u32>,
    gone_changed: Vec<bool>,
    come_changed: Vec<bool>,
    come_starts: Vec<u32>,
    scratch: Scratch,
}

impl Counter {
    /// Forgets all versions: the next text belongs to another path.
    pub fn reset(&mut self) {
        self.interner.clear();
        self.text = None;
        self.starts.clear();
        self.tokens.clear();
        self.occurrences.clear();
    }

    /// Lines added and deleted from `before` to `after`. When `cancel` is set meanwhile, it
    /// returns soon, with a count that is not to be used.
    pub fn count(
        &mut self,
        before: &Rc<Vec<u8>>,
        after: &Rc<Vec<u8>>,
        cancel: &AtomicBool,
    ) -> (u32, u32) {
        let (head, tail) = common_ends(before, after);
        let old = &before[head..before.len() - tail];
        let new = &after[head..after.len() - tail];
        if old.is_empty() || new.is_empty() {
            return (line_count(new), line_count(old));
        }
        let at = |it: &Rc<Vec<u8>>| self.text.as_ref().is_some_and(|text| Rc::ptr_eq(text, it));
        // Histories are read from the newest version back, so that is the way to go.
        let forward = at(before) && !at(after);
        if !forward && !at(after) {
            self.go_to(after);
        }
        let lines = self.tokens.len();
        self.advance(Rc::clone(if forward { after } else { before }), (head, tail));
        let next_lines = self.tokens.len();
        self.mark(forward, lines, next_lines, cancel);
        let gone = self.gone_changed.iter().filter(|&&it| it).count() as u32;
        let come = self.come_changed.iter().filter(|&&it| it).count() as u32;
        if forward { (come, gone) } else { (gone, come) }
    }

    /// Makes `text` the current version.
    fn go_to(&mut self, text: &Rc<Vec<u8>>) {
        if self.text.is_none() || self.interner.bytes() > ARENA_LIMIT.max(4 * text.len()) {
            self.load(Rc::clone(text));
        } else {
            let ends = self.text.as_ref().map_or((0, 0), |it| common_ends(it, text));
            self.advance(Rc::clone(text), ends);
        }
    }

    /// Starts from `text`, with nothing carried over.
    fn load(&mut self, text: Rc<Vec<u8>>) {
        self.reset();
        self.interner.split(&text, 0, &mut self.starts, &mut self.tokens);
        self.occurrences.resize(self.interner.len(), 0);
        for &token in &self.tokens {
            self.occurrences[token as usize] += 1;
        }
        self.text = Some(text);
    }

    /// Goes from the current version to `next`, noting what differs between the common ends.
    /// Returns how many lines both begin with. `head` and `tail` are their [`common_ends`].
    fn advance(&mut self, next: Rc<Vec<u8>>, (head, tail): (usize, usize)) -> usize {
        let Some(text) = self.text.take() else {
            self.load(next);
            return 0;
        };
        let first = self.starts.partition_point(|&it| (it as usize) < head);
        let last = self.starts.partition_point(|&it| (it as usize) < text.len() - tail);

        self.gone.clear();
        self.gone.extend_from_slice(&self.tokens[first..last]);
        self.come.clear();
        self.come_starts.clear();
        self.take_apart(&text, &next, head..next.len() - tail, first..last);
        self.occurrences.resize(self.interner.len(), 0);

        let occurrences = &mut self.occurrences;
        self.come_matches.clear();
        self.come_matches.extend(self.come.iter().map(|&it| occurrences[it as usize]));
        for &token in &self.gone {
            occurrences[token as usize] -= 1;
        }
        for &token in &self.come {
            occurrences[token as usize] += 1;
        }
        self.gone_matches.clear();
        self.gone_matches.extend(self.gone.iter().map(|&it| occurrences[it as usize]));

        let shift = (next.len() as u32).wrapping_sub(text.len() as u32);
        for start in &mut self.starts[last..] {
            *start = start.wrapping_add(shift);
        }
        self.starts.splice(first..last, self.come_starts.iter().copied());
        self.tokens.splice(first..last, self.come.iter().copied());
        self.text = Some(next);
        first
    }

    /// Fills `come` with the lines of `next` in `middle`. They are looked for among `lines` of the
    /// current `text` first: most stand there, in the same order, and comparing is much cheaper
    /// than recognizing.
    fn take_apart(&mut self, text: &[u8], next: &[u8], middle: Range<usize>, lines: Range<usize>) {
        self.come.clear();
        self.come_starts.clear();
        let mut at = middle.start;
        let mut line = lines.start;
        while at < middle.end {
            let taken = self.take_same(text, &next[..middle.end], at, line..lines.end);
            if taken > 0 {
                line += taken;
                let end = self.starts.get(line).map_or(text.len(), |&it| it as usize);
                at += end - self.starts[line - taken] as usize;
                continue;
            }
            let (len, token) = self.interner.first_line(&next[at..middle.end]);
            self.come.push(token);
            self.come_starts.push(at as u32);
            at += len;
            line = self.resume(token, line, &lines);
        }
    }

    /// Takes over the lines that stand at `at` in `next` and from the first of `lines` in `text`
    /// alike; returns how many.
    fn take_same(&mut self, text: &[u8], next: &[u8], at: usize, lines: Range<usize>) -> usize {
        if lines.is_empty() {
            return 0;
        }
        let start = self.starts[lines.start] as usize;
        let stop = self.starts.get(lines.end).map_or(text.len(), |&it| it as usize);
        let same = common_prefix(&text[start..stop], &next[at..]);
        // Only whole lines: one that goes on in `next` is another line.
        let end = match text[start..start + same].iter().rposition(|&it| it == b'\n') {
            Some(newline) => start + newline + 1,
            None => return 0,
        };
        let inside = &self.starts[lines.start..lines.end];
        let taken = inside.partition_point(|&it| (it as usize) < end);
        let shift = (at as u32).wrapping_sub(start as u32);
        self.come_starts.extend(inside[..taken].iter().map(|&it| it.wrapping_add(shift)));
        self.come.extend_from_slice(&self.tokens[lines.start..lines.start + taken]);
        taken
    }

    /// The line of the current version to go on comparing with, after a line that did not stand at
    /// `line`. Any answer is right; a good one saves work.
    fn resume(&self, token: u32, line: usize, lines: &Range<usize>) -> usize {
        const NEAR: usize = 16;
        const FAR: usize = 4096;
        let near = &self.tokens[line..lines.end.min(line + NEAR)];
        if let Some(ahead) = near.iter().position(|&it| it == token) {
            return line + ahead + 1;
        }
        // A line that stands in one place only tells where we are.
        if self.occurrences.get(token as usize) != Some(&1) {
            return line;
        }
        let from = lines.start.max(line.saturating_sub(FAR));
        let far = &self.tokens[from..lines.end.min(line + FAR)];
        far.iter().position(|&it| it == token).map_or(line, |it| from + it + 1)
    }

    /// Decides which of the lines of the last step changed. `forward`: the step went from the old
    /// text to the new one; `lines` and `next_lines` are the line counts before and after it.
    fn mark(&mut self, forward: bool, lines: usize, next_lines: usize, cancel: &AtomicBool) {
        self.gone_changed.clear();
        self.gone_changed.resize(self.gone.len(), false);
        self.come_changed.clear();
        self.come_changed.resize(self.come.len(), false);
        let gone = Side {
            tokens: &self.gone,
            matches: &self.gone_matches,
            lines,
            changed: &mut self.gone_changed,
        };
        let come = Side {
            tokens: &self.come,
            matches: &self.come_matches,
            lines: next_lines,
            changed: &mut self.come_changed,
        };
        let (before, after) = if forward { (gone, come) } else { (come, gone) };
        self.scratch.diff(before, after, cancel);
    }
}

/// How many bytes of whole lines two texts begin with, and end with after those.
fn common_ends(before: &[u8], after: &[u8]) -> (usize, usize) {
    let same = common_prefix(before, after);
    let head = if same == before.len() && same == after.len() {
        same
    } else {
        before[..same].iter().rposition(|&it| it == b'\n').map_or(0, |it| it + 1)
    };
    let (before, after) = (&before[head..], &after[head..]);
    let same = common_suffix(before, after);
    // The common end must begin where a line begins in both.
    let starts = |text: &[u8]| text.len() == same || text[text.len() - same - 1] == b'\n';
    if same == 0 || (starts(before) && starts(after)) {
        return (head, same);
    }
    let tail = &before[before.len() - same..];
    let cut = tail.iter().position(|&it| it == b'\n').map_or(same, |it| it + 1);
    (head, same - cut)
}

fn common_prefix(before: &[u8], after: &[u8]) -> usize {
    let (before_words, after_words) = (before.as_chunks::<32>().0, after.as_chunks::<32>().0);
    let words = before_words.iter().zip(after_words);
    let same = words.take_while(|(a, b)| a == b).count() * 32;
    let rest = before[same..].iter().zip(&after[same..]);
    same + rest.take_while(|(a, b)| a == b).count()
}

fn common_suffix(before: &[u8], after: &[u8]) -> usize {
    let (before_words, after_words) = (before.as_rchunks::<32>().1, after.as_rchunks::<32>().1);
    let words = before_words.iter().rev().zip(after_words.iter().rev());
    let same = words.take_while(|(a, b)| a == b).count() * 32;
    let (before, after) = (&before[..before.len() - same], &after[..after.len() - same]);
    let rest = before.iter().rev().zip(after.iter().rev());
    same + rest.take_while(|(a, b)| a == b).count()
}

/// The bytes Git drops from the end of both texts before it looks for hunks without context: equal
/// blocks of a kibibyte, less the line they cut through.
fn common_tail(before: &[u8], after: &[u8]) -> usize {
    const BLOCK: usize = 1024;
    let blocks = before.rchunks_exact(BLOCK).zip(after.rchunks_exact(BLOCK));
    let tail = blocks.take_while(|(a, b)| a == b).count() * BLOCK;
    let cut = before[before.len() - tail..].iter().position(|&it| it == b'\n');
    tail - cut.map_or(tail, |it| it + 1)
}
