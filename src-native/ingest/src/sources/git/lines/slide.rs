//! Where a group of changed lines is shown when it could stand in several places: Git's choice
//! (alignment with the other side first, then the indentation around the group).

use super::Hunk;

/// What a cut costs; the weights are Git's.
const START_OF_FILE: i32 = 1;
const END_OF_FILE: i32 = 21;
const TOTAL_BLANK: i32 = -30;
const POST_BLANK: i32 = 6;
const INDENT_MORE: i32 = -4;
const INDENT_MORE_AFTER_BLANK: i32 = 10;
const OUTDENT: i32 = 24;
const OUTDENT_AFTER_BLANK: i32 = 17;
const DEDENT: i32 = 23;
const DEDENT_AFTER_BLANK: i32 = 17;
const INDENT_WEIGHT: i32 = 60;
/// No group is looked at farther down than this many places.
const MAX_SLIDING: usize = 100;
/// Blank lines and columns beyond these make no difference.
const MAX_BLANKS: i32 = 20;
const MAX_INDENT: i32 = 200;

/// One of the two texts with its changed lines.
pub(super) struct Text<'a> {
    text: &'a [u8],
    starts: Vec<u32>,
    tokens: Vec<u32>,
    /// Whether line `i` changed stands at `i + 1`; both ends are guarded by unchanged lines.
    changed: Vec<bool>,
}

impl<'a> Text<'a> {
    pub(super) fn new(text: &'a [u8], tokens: &[u32], starts: &[u32]) -> Text<'a> {
        let changed = vec![false; tokens.len() + 2];
        Text { text, starts: starts.to_vec(), tokens: tokens.to_vec(), changed }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Takes over what is known of the lines from `first` on.
    pub(super) fn mark(&mut self, first: usize, changed: &[bool]) {
        self.changed[first + 1..first + 1 + changed.len()].copy_from_slice(changed);
    }

    fn is_changed(&self, line: usize) -> bool {
        self.changed[line + 1]
    }

    /// Whether the line before `line` changed; false at the beginning of the text.
    fn is_changed_before(&self, line: usize) -> bool {
        self.changed[line]
    }

    fn set(&mut self, line: usize, changed: bool) {
        self.changed[line + 1] = changed;
    }

    /// The column a line's text starts at; `None` for a blank line.
    fn indent(&self, line: usize) -> Option<i32> {
        let mut column = 0;
        for &byte in &self.text[self.starts[line] as usize..] {
            match byte {
                b' ' => column += 1,
                b'\t' => column += 8 - column % 8,
                b'\n' => return None,
                b'\r' => {}
                _ => return Some(column),
            }
            if column >= MAX_INDENT {
                return Some(MAX_INDENT);
            }
        }
        None
    }
}

/// A run of changed lines, possibly empty, between two unchanged ones.
#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
}

impl Group {
    fn first(text: &Text) -> Group {
        let mut group = Group { start: 0, end: 0 };
        group.extend(text);
        group
    }

    fn extend(&mut self, text: &Text) {
        while text.is_changed(self.end) {
            self.end += 1;
        }
    }

    fn is_empty(self) -> bool {
        self.start == self.end
    }

    fn next(&mut self, text: &Text) -> bool {
        if self.end == text.len() {
            return false;
        }
        self.start = self.end + 1;
        self.end = self.start;
        self.extend(text);
        true
    }

    fn previous(&mut self, text: &Text) {
        if self.start == 0 {
            return;
        }
        self.end = self.start - 1;
        self.start = self.end;
        while text.is_changed_before(self.start) {
            self.start -= 1;
        }
    }

    /// One line down, swallowing a group it meets.
    fn slide_down(&mut self, text: &mut Text) -> bool {
        if self.end == text.len() || text.tokens[self.start] != text.tokens[self.end] {
            return false;
        }
        text.set(self.start, false);
        text.set(self.end, true);
        self.start += 1;
        self.end += 1;
        self.extend(text);
        true
    }

    /// One line up, swallowing a group it meets.
    fn slide_up(&mut self, text: &mut Text) -> bool {
        if self.start == 0 || text.tokens[self.start - 1] != text.tokens[self.end - 1] {
            return false;
        }
        self.start -= 1;
        self.end -= 1;
        text.set(self.start, true);
        text.set(self.end, false);
        while text.is_changed_before(self.start) {
            self.start -= 1;
        }
        true
    }
}

/// Moves every group of `text` to the place Git shows it at. `other` follows along.
pub(super) fn compact(text: &mut Text, other: &mut Text) {
    let mut group = Group::first(text);
    let mut partner = Group::first(other);
    loop {
        if !group.is_empty() {
            settle(text, other, &mut group, &mut partner);
        }
        if !group.next(text) {
            return;
        }
        partner.next(other);
    }
}

fn settle(text: &mut Text, other: &Text, group: &mut Group, partner: &mut Group) {
    let (size, earliest, aligned) = loop {
        let size = group.end - group.start;
        while group.slide_up(text) {
            partner.previous(other);
        }
        let earliest = group.end;
        let mut aligned = !partner.is_empty();
        while group.slide_down(text) {
            partner.next(other);
            aligned |= !partner.is_empty();
        }
        if size == group.end - group.start {
            break (size, earliest, aligned);
        }
    };
    if group.end == earliest {
        return;
    }
    if aligned {
        while partner.is_empty() && group.slide_up(text) {
            partner.previous(other);
        }
        return;
    }
    let from = earliest
        .max((group.end - size).saturating_sub(1))
        .max(group.end.saturating_sub(MAX_SLIDING));
    let mut best = (group.end, Badness { indent: i32::MAX / INDENT_WEIGHT, penalty: 0 });
    for end in from..=group.end {
        let mut badness = Badness { indent: 0, penalty: 0 };
        badness.add(text, end);
        badness.add(text, end - size);
        if end == from || !best.1.is_less(&badness) {
            best = (end, badness);
        }
    }
    while group.end > best.0 && group.slide_up(text) {
        partner.previous(other);
    }
}

/// How bad it looks to cut the text in two places.
struct Badness {
    indent: i32,
    penalty: i32,
}

impl Badness {
    /// Adds what a cut before line `at` costs.
    fn add(&mut self, text: &Text, at: usize) {
        let end_of_file = at >= text.len();
        let own = if end_of_file { None } else { text.indent(at) };
        let (blanks_before, before) = neighbour(text, (0..at).rev());
        let (blanks_after, after) = neighbour(text, at + 1..text.len());

        if before.is_none() && blanks_before == 0 {
            self.penalty += START_OF_FILE;
        }
        if end_of_file {
            self.penalty += END_OF_FILE;
        }
        let blanks_after = if own.is_none() { 1 + blanks_after } else { 0 };
        let blanks = blanks_before + blanks_after;
        self.penalty += TOTAL_BLANK * blanks + POST_BLANK * blanks_after;

        let indent = own.or(after);
        self.indent += indent.unwrap_or(-1);
        let (Some(indent), Some(before)) = (indent, before) else { return };
        let by_blanks = |with: i32, without: i32| if blanks != 0 { with } else { without };
        self.penalty += if indent > before {
            by_blanks(INDENT_MORE_AFTER_BLANK, INDENT_MORE)
        } else if indent == before {
            0
        } else if after.is_some_and(|it| it > indent) {
            by_blanks(OUTDENT_AFTER_BLANK, OUTDENT)
        } else {
            by_blanks(DEDENT_AFTER_BLANK, DEDENT)
        };
    }

    fn is_less(&self, than: &Badness) -> bool {
        let indents = (self.indent > than.indent) as i32 - (self.indent < than.indent) as i32;
        INDENT_WEIGHT * indents + (self.penalty - than.penalty) < 0
    }
}

/// How many blank lines come first, and the indentation of the line after them.
fn neighbour(text: &Text, lines: impl Iterator<Item = usize>) -> (i32, Option<i32>) {
    let mut blanks = 0;
    for line in lines {
        if let Some(indent) = text.indent(line) {
            return (blanks, Some(indent));
        }
        blanks += 1;
        if blanks == MAX_BLANKS {
            return (blanks, Some(0));
        }
    }
    (blanks, None)
}

/// The groups of both texts side by side.
pub(super) fn script(old: &Text, new: &Text) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    let mut before = Group::first(old);
    let mut after = Group::first(new);
    loop {
        if !before.is_empty() || !after.is_empty() {
            hunks.push(Hunk {
                before: before.start as u32..before.end as u32,
                after: after.start as u32..after.end as u32,
            });
        }
        if !before.next(old) || !after.next(new) {
            return hunks;
        }
    }
}
