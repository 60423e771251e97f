//! Hunks between texts whose lines are numbered already: blame compares each version many times.

use std::sync::atomic::AtomicBool;

use super::myers::{Scratch, Side};
use super::{Hunk, common_tail, slide};

/// A text and its lines.
#[derive(Clone, Copy)]
pub(in crate::sources::git) struct Numbered<'a> {
    pub(in crate::sources::git) text: &'a [u8],
    /// Where each line starts.
    pub(in crate::sources::git) starts: &'a [u32],
    /// Which line it is; equal lines of all texts have equal numbers.
    pub(in crate::sources::git) tokens: &'a [u32],
}

impl<'a> Numbered<'a> {
    /// The lines that begin before `bytes`.
    fn cut(self, bytes: usize) -> Numbered<'a> {
        let lines = self.starts.partition_point(|&it| (it as usize) < bytes);
        Numbered {
            text: &self.text[..bytes],
            starts: &self.starts[..lines],
            tokens: &self.tokens[..lines],
        }
    }
}

/// Compares texts, keeping its room from one to the next.
#[derive(Default)]
pub(in crate::sources::git) struct Comparison {
    scratch: Scratch,
    /// How often each line occurs in a text; all zero in between.
    occurrences: Vec<u32>,
    old: Middle,
    new: Middle,
}

/// The lines of a text between the common beginning and the common end.
#[derive(Default)]
struct Middle {
    /// How often each of them occurs in the whole other text.
    matches: Vec<u32>,
    changed: Vec<bool>,
}

impl Comparison {
    /// The changed stretches between two texts, as [`super::hunks`] has them. `distinct` is more
    /// than any token. Once `cancel` is set it returns soon, with hunks that are not to be used.
    pub(in crate::sources::git) fn hunks(
        &mut self,
        before: Numbered,
        after: Numbered,
        distinct: usize,
        cancel: &AtomicBool,
    ) -> Vec<Hunk> {
        let tail = common_tail(before.text, after.text);
        let before = before.cut(before.text.len() - tail);
        let after = after.cut(after.text.len() - tail);
        let (a, b) = (before.tokens, after.tokens);
        let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let ends = a[head..].iter().rev().zip(b[head..].iter().rev());
        let end = ends.take_while(|(a, b)| a == b).count();
        let (gone, come) = (&a[head..a.len() - end], &b[head..b.len() - end]);

        self.old.changed.clear();
        self.new.changed.clear();
        // Where one side has nothing in the middle, all of the other changed.
        let one_sided = gone.is_empty() || come.is_empty();
        self.old.changed.resize(gone.len(), one_sided);
        self.new.changed.resize(come.len(), one_sided);
        if !one_sided {
            self.occurrences.resize(distinct.max(self.occurrences.len()), 0);
            self.count(b, gone, true);
            self.count(a, come, false);
            let (old, new) = (&mut self.old, &mut self.new);
            let old = Side {
                tokens: gone,
                matches: &old.matches,
                lines: a.len(),
                changed: &mut old.changed,
            };
            let new = Side {
                tokens: come,
                matches: &new.matches,
                lines: b.len(),
                changed: &mut new.changed,
            };
            self.scratch.diff(old, new, cancel);
        }
        let mut old = slide::Text::new(before.text, before.tokens, before.starts);
        let mut new = slide::Text::new(after.text, after.tokens, after.starts);
        old.mark(head, &self.old.changed);
        new.mark(head, &self.new.changed);
        slide::compact(&mut old, &mut new);
        slide::compact(&mut new, &mut old);
        slide::script(&old, &new)
    }

    /// Notes how often the lines of a middle occur in the other text.
    fn count(&mut self, other: &[u32], middle: &[u32], old: bool) {
        let occurrences = &mut self.occurrences;
        other.iter().for_each(|&it| occurrences[it as usize] += 1);
        let matches = if old { &mut self.old.matches } else { &mut self.new.matches };
        matches.clear();
        matches.extend(middle.iter().map(|&it| occurrences[it as usize]));
        other.iter().for_each(|&it| occurrences[it as usize] = 0);
    }
}
