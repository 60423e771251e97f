//! The difference of two sequences of tokens by Myers' linear-space algorithm (1986), with the
//! shortcuts Git takes: lines without a counterpart are set aside first, and so are very common
//! lines in their midst; a search that becomes costly settles for a good split instead of the
//! best. The shortcuts decide which lines count as changed, so they must be exactly Git's.

use std::sync::atomic::{AtomicBool, Ordering};

/// A run of equal lines longer than this is a good place to split at.
const SNAKE: i32 = 20;
/// From this cost on, good splits are looked for.
const SEEK_COST: i32 = 256;
/// The search never gives up below this cost.
const MIN_GIVE_UP_COST: i32 = 256;
/// A good split has gone this much farther than the cost.
const REACH: i32 = 4;
/// No line is called common that occurs less often than this, however long the text.
const MAX_COMMON: u32 = 1024;
/// How far around a common line is looked for lines without a counterpart.
const WINDOW: usize = 100;

/// One of the two texts, without the lines both begin or end with.
pub(super) struct Side<'a> {
    pub(super) tokens: &'a [u32],
    /// How often each of them occurs in the other text as a whole.
    pub(super) matches: &'a [u32],
    /// How many lines the whole text has.
    pub(super) lines: usize,
    /// What is to be found out: which of them changed.
    pub(super) changed: &'a mut [bool],
}

/// The room the algorithm works in, kept from one call to the next.
#[derive(Default)]
pub(super) struct Scratch {
    before: Kept,
    after: Kept,
    forward: Vec<i32>,
    backward: Vec<i32>,
    boxes: Vec<Rect>,
    ranks: Vec<Rank>,
}

/// The lines of a side that were not set aside.
#[derive(Default)]
struct Kept {
    tokens: Vec<u32>,
    /// Their places among the side's lines.
    places: Vec<u32>,
}

#[derive(Clone, Copy, PartialEq)]
enum Rank {
    /// Does not occur in the other text.
    Unmatched,
    Plain,
    Common,
}

/// What is left to compare: `before[x..x_end]` with `after[y..y_end]`.
#[derive(Clone, Copy)]
struct Rect {
    x: i32,
    x_end: i32,
    y: i32,
    y_end: i32,
    /// Take no shortcut.
    minimal: bool,
}

/// Where to cut a rectangle in two.
struct Split {
    x: i32,
    y: i32,
    minimal_low: bool,
    minimal_high: bool,
}

impl Scratch {
    /// Marks the lines of both sides that changed. Stops half-way once `cancel` is set.
    pub(super) fn diff(&mut self, mut before: Side, mut after: Side, cancel: &AtomicBool) {
        self.before.keep(&mut before, &mut self.ranks);
        self.after.keep(&mut after, &mut self.ranks);
        let (n, m) = (self.before.tokens.len() as i32, self.after.tokens.len() as i32);
        let diagonals = (n + m + 3) as usize;
        let give_up = (root(diagonals) as i32).max(MIN_GIVE_UP_COST);

        self.boxes.clear();
        self.boxes.push(Rect { x: 0, x_end: n, y: 0, y_end: m, minimal: false });
        while let Some(rect) = self.boxes.pop() {
            let rect = self.shrink(rect);
            let (xs, ys) =
                (rect.x as usize..rect.x_end as usize, rect.y as usize..rect.y_end as usize);
            if xs.is_empty() {
                self.after.places[ys].iter().for_each(|&it| after.changed[it as usize] = true);
            } else if ys.is_empty() {
                self.before.places[xs].iter().for_each(|&it| before.changed[it as usize] = true);
            } else {
                if cancel.load(Ordering::Relaxed) {
                    return;
                }
                if self.forward.len() < diagonals {
                    self.forward.resize(diagonals, 0);
                    self.backward.resize(diagonals, 0);
                }
                let split = self.split(rect, give_up, cancel);
                let Split { x, y, .. } = split;
                self.boxes.push(Rect { x_end: x, y_end: y, minimal: split.minimal_low, ..rect });
                self.boxes.push(Rect { x, y, minimal: split.minimal_high, ..rect });
            }
        }
    }

    /// Cuts equal lines off both ends.
    fn shrink(&self, mut rect: Rect) -> Rect {
        let (a, b) = (&self.before.tokens, &self.after.tokens);
        while rect.x < rect.x_end && rect.y < rect.y_end && a[rect.x as usize] == b[rect.y as usize]
        {
            rect.x += 1;
            rect.y += 1;
        }
        while rect.x < rect.x_end
            && rect.y < rect.y_end
            && a[rect.x_end as usize - 1] == b[rect.y_end as usize - 1]
        {
            rect.x_end -= 1;
            rect.y_end -= 1;
        }
        rect
    }

    /// Finds a point that a shortest path through the rectangle passes, or at least a good one.
    /// Paths run from both corners at once; on diagonal `d = x - y`, the farthest `x` reached is
    /// kept in `forward` and `backward`.
    fn split(&mut self, rect: Rect, give_up: i32, cancel: &AtomicBool) -> Split {
        let (a, b) = (&self.before.tokens[..], &self.after.tokens[..]);
        let offset = b.len() as i32 + 1;
        let at = |diagonal: i32| (diagonal + offset) as usize;
        let (forward, backward) = (&mut self.forward[..], &mut self.backward[..]);
        let Rect { x: x0, x_end: x1, y: y0, y_end: y1, minimal } = rect;

        let (lowest, highest) = (x0 - y1, x1 - y0);
        let (start, end) = (x0 - y0, x1 - y1);
        let odd = (start - end) & 1 != 0;
        let (mut fmin, mut fmax) = (start, start);
        let (mut bmin, mut bmax) = (end, end);
        forward[at(start)] = x0;
        backward[at(end)] = x1;

        let mut cost = 0;
        loop {
            cost += 1;
            let mut snake = false;

            if fmin > lowest {
                fmin -= 1;
                forward[at(fmin - 1)] = -1;
            } else {
                fmin += 1;
            }
            if fmax < highest {
                fmax += 1;
                forward[at(fmax + 1)] = -1;
            } else {
                fmax -= 1;
            }
            let mut d = fmax;
            while d >= fmin {
                let (left, right) = (forward[at(d - 1)], forward[at(d + 1)]);
                let from = if left >= right { left + 1 } else { right };
                let run = run_after(a, b, from, from - d, x1, y1);
                let x = from + run;
                snake |= run > SNAKE;
                forward[at(d)] = x;
                if odd && bmin <= d && d <= bmax && backward[at(d)] <= x {
                    return Split { x, y: x - d, minimal_low: true, minimal_high: true };
                }
                d -= 2;
            }

            if bmin > lowest {
                bmin -= 1;
                backward[at(bmin - 1)] = i32::MAX;
            } else {
                bmin += 1;
            }
            if bmax < highest {
                bmax += 1;
                backward[at(bmax + 1)] = i32::MAX;
            } else {
                bmax -= 1;
            }
            let mut d = bmax;
            while d >= bmin {
                let (left, right) = (backward[at(d - 1)], backward[at(d + 1)]);
                let from = if left < right { left } else { right - 1 };
                let run = run_before(a, b, from, from - d, x0, y0);
                let x = from - run;
                snake |= run > SNAKE;
                backward[at(d)] = x;
                if !odd && fmin <= d && d <= fmax && x <= forward[at(d)] {
                    return Split { x, y: x - d, minimal_low: true, minimal_high: true };
                }
                d -= 2;
            }

            if minimal {
                if cost & 63 == 0 && cancel.load(Ordering::Relaxed) {
                    return Split { x: x1, y: y0, minimal_low: true, minimal_high: true };
                }
                continue;
            }

            if snake && cost > SEEK_COST {
                let found = best(fmin, fmax, |d| {
                    let x = forward[at(d)];
                    let y = x - d;
                    let gone = (x - x0) + (y - y0) - (d - start).abs();
                    let inside = x0 + SNAKE <= x && x < x1 && y0 + SNAKE <= y && y < y1;
                    (gone > REACH * cost
                        && inside
                        && run_before(a, b, x, y, x - SNAKE, y - SNAKE) == SNAKE)
                        .then_some((gone, x, y))
                });
                if let Some((x, y)) = found {
                    return Split { x, y, minimal_low: true, minimal_high: false };
                }
                let found = best(bmin, bmax, |d| {
                    let x = backward[at(d)];
                    let y = x.wrapping_sub(d);
                    let inside = x0 < x && x <= x1 - SNAKE && y0 < y && y <= y1 - SNAKE;
                    if !inside {
                        return None;
                    }
                    let gone = (x1 - x) + (y1 - y) - (d - end).abs();
                    (gone > REACH * cost && run_after(a, b, x, y, x + SNAKE, y + SNAKE) == SNAKE)
                        .then_some((gone, x, y))
                });
                if let Some((x, y)) = found {
                    return Split { x, y, minimal_low: false, minimal_high: true };
                }
            }

            if cost >= give_up {
                return farthest(
                    rect,
                    (fmin, fmax),
                    (bmin, bmax),
                    |d| forward[at(d)],
                    |d| backward[at(d)],
                );
            }
        }
    }
}

/// How far two texts agree from `x` and `y` on.
#[inline]
fn run_after(a: &[u32], b: &[u32], x: i32, y: i32, x_end: i32, y_end: i32) -> i32 {
    if x >= x_end || y >= y_end {
        return 0;
    }
    let (a, b) = (&a[x as usize..x_end as usize], &b[y as usize..y_end as usize]);
    a.iter().zip(b).take_while(|(a, b)| a == b).count() as i32
}

/// How far two texts agree before `x` and `y`.
#[inline]
fn run_before(a: &[u32], b: &[u32], x: i32, y: i32, x_start: i32, y_start: i32) -> i32 {
    if x <= x_start || y <= y_start {
        return 0;
    }
    let (a, b) = (&a[x_start as usize..x as usize], &b[y_start as usize..y as usize]);
    a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count() as i32
}

/// The first point of the greatest gain, from the highest diagonal down.
fn best(min: i32, max: i32, point: impl Fn(i32) -> Option<(i32, i32, i32)>) -> Option<(i32, i32)> {
    let mut best = None;
    let mut most = 0;
    let mut d = max;
    while d >= min {
        if let Some((gone, x, y)) = point(d)
            && gone > most
        {
            most = gone;
            best = Some((x, y));
        }
        d -= 2;
    }
    best
}

/// The farthest point any path has reached, from either corner.
fn farthest(
    rect: Rect,
    (fmin, fmax): (i32, i32),
    (bmin, bmax): (i32, i32),
    forward: impl Fn(i32) -> i32,
    backward: impl Fn(i32) -> i32,
) -> Split {
    let (mut ahead, mut ahead_x) = (-1i64, -1);
    let mut d = fmax;
    while d >= fmin {
        let mut x = forward(d).min(rect.x_end);
        let mut y = x - d;
        if rect.y_end < y {
            (x, y) = (rect.y_end + d, rect.y_end);
        }
        if ahead < i64::from(x) + i64::from(y) {
            (ahead, ahead_x) = (i64::from(x) + i64::from(y), x);
        }
        d -= 2;
    }
    let (mut back, mut back_x) = (i64::MAX, i32::MAX);
    let mut d = bmax;
    while d >= bmin {
        let mut x = backward(d).max(rect.x);
        let mut y = x.wrapping_sub(d);
        if y < rect.y {
            (x, y) = (rect.y + d, rect.y);
        }
        if i64::from(x) + i64::from(y) < back {
            (back, back_x) = (i64::from(x) + i64::from(y), x);
        }
        d -= 2;
    }
    let whole = i64::from(rect.x_end) + i64::from(rect.y_end);
    if whole - back < ahead - (i64::from(rect.x) + i64::from(rect.y)) {
        let y = (ahead - i64::from(ahead_x)) as i32;
        Split { x: ahead_x, y, minimal_low: true, minimal_high: false }
    } else {
        let y = (back - i64::from(back_x)) as i32;
        Split { x: back_x, y, minimal_low: false, minimal_high: true }
    }
}

impl Kept {
    /// Sets lines aside that cannot match or are too common to guide; they count as changed.
    fn keep(&mut self, side: &mut Side, ranks: &mut Vec<Rank>) {
        let common = root(side.lines).min(MAX_COMMON);
        ranks.clear();
        ranks.extend(side.matches.iter().map(|&matches| match matches {
            0 => Rank::Unmatched,
            it if it >= common => Rank::Common,
            _ => Rank::Plain,
        }));
        self.tokens.clear();
        self.places.clear();
        for (i, &token) in side.tokens.iter().enumerate() {
            let keep = match ranks[i] {
                Rank::Plain => true,
                Rank::Unmatched => false,
                Rank::Common => !amid_unmatched(ranks, i),
            };
            if keep {
                self.tokens.push(token);
                self.places.push(i as u32);
            } else {
                side.changed[i] = true;
            }
        }
    }
}

/// Whether a common line stands in a run of lines that are mostly without a counterpart, with some
/// of them on either side.
fn amid_unmatched(ranks: &[Rank], at: usize) -> bool {
    let run = |ranks: &mut dyn Iterator<Item = &Rank>| {
        let (mut unmatched, mut common) = (0, 0);
        for rank in ranks.take(WINDOW) {
            match rank {
                Rank::Unmatched => unmatched += 1,
                Rank::Common => common += 1,
                Rank::Plain => break,
            }
        }
        (unmatched, common)
    };
    let (before, common_before) = run(&mut ranks[..at].iter().rev());
    if before == 0 {
        return false;
    }
    let (after, common_after) = run(&mut ranks[at + 1..].iter());
    if after == 0 {
        return false;
    }
    // The line itself is counted once on either side.
    let common = common_before + common_after + 2;
    common * 4 < common + before + after
}

/// About the square root: the power of two with half as many digits.
fn root(n: usize) -> u32 {
    let digits = usize::BITS - n.leading_zeros();
    1 << digits.div_ceil(2)
}
