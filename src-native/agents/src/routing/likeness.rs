//! How like the paths of one change are to those of another.

use std::collections::HashMap;

/// The paths of a question as a tree of their folders, so that another change is compared with all
/// of them in one walk over its own.
pub(super) struct Likeness<'a> {
    nodes: Vec<Node<'a>>,
    /// Where the paths end, and how many parts each has.
    ends: Vec<(u32, u32)>,
}

struct Node<'a> {
    parent: u32,
    depth: u32,
    below: HashMap<&'a str, u32>,
}

/// Room to compare in: for each node the fewest parts of the other change's paths at or below it. The
/// best likeness at a node is that of its shortest path, and all above it are looked at too.
pub(super) struct Room {
    fewest: Vec<u32>,
    seen: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl<'a> Likeness<'a> {
    /// The tree of some paths.
    pub(super) fn of(paths: &[&'a str]) -> Likeness<'a> {
        let mut nodes = vec![Node { parent: NONE, depth: 0, below: HashMap::new() }];
        let mut ends = Vec::with_capacity(paths.len());
        for path in paths {
            let (mut at, mut parts) = (0usize, 0);
            for part in path.split('/') {
                parts += 1;
                let next = nodes.len() as u32;
                let child = *nodes[at].below.entry(part).or_insert(next);
                if child == next {
                    nodes.push(Node { parent: at as u32, depth: parts, below: HashMap::new() });
                }
                at = child as usize;
            }
            ends.push((at as u32, parts));
        }
        Likeness { nodes, ends }
    }

    /// Room for comparing with it.
    pub(super) fn room(&self) -> Room {
        Room { fewest: vec![NONE; self.nodes.len()], seen: Vec::new() }
    }

    /// The mean over the question's paths of the best `common leading parts / parts of the longer`
    /// with any of `others`: from 0 to 1.
    pub(super) fn to<'b>(&self, others: impl Iterator<Item = &'b str>, room: &mut Room) -> f64 {
        for other in others {
            let mut at = 0usize;
            let mut walk = other.split('/');
            let mut parts = 0;
            for part in walk.by_ref() {
                parts += 1;
                match self.nodes[at].below.get(part) {
                    Some(child) => at = *child as usize,
                    None => break,
                }
            }
            parts += walk.count() as u32;
            while at != 0 {
                let fewest = &mut room.fewest[at];
                if *fewest == NONE {
                    room.seen.push(at as u32);
                }
                *fewest = parts.min(*fewest);
                at = self.nodes[at].parent as usize;
            }
        }
        if room.seen.is_empty() {
            return 0.0;
        }
        let mut sum = 0.0;
        for (end, parts) in &self.ends {
            let (mut at, mut best) = (*end as usize, 0.0f64);
            while at != 0 {
                let fewest = room.fewest[at];
                if fewest != NONE {
                    let node = &self.nodes[at];
                    best = best.max(f64::from(node.depth) / f64::from(fewest.max(*parts)));
                }
                at = self.nodes[at].parent as usize;
            }
            sum += best;
        }
        for at in room.seen.drain(..) {
            room.fewest[at as usize] = NONE;
        }
        sum / self.ends.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition itself: every path with every path.
    fn plainly(ours: &[&str], theirs: &[&str]) -> f64 {
        let best = |a: &&str| {
            let like = |b: &&str| {
                let (a, b): (Vec<_>, Vec<_>) = (a.split('/').collect(), b.split('/').collect());
                let common = a.iter().zip(&b).take_while(|it| it.0 == it.1).count();
                common as f64 / a.len().max(b.len()) as f64
            };
            theirs.iter().map(like).fold(0.0, f64::max)
        };
        ours.iter().map(best).sum::<f64>() / ours.len() as f64
    }

    #[test]
    fn the_walk_equals_the_definition() {
        let mut seed = 3u32;
        let mut next = |most: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % most
        };
        let mut path = || {
            let parts: Vec<&str> =
                (0..=next(5)).map(|_| ["a", "b", "c"][next(3) as usize]).collect();
            parts.join("/")
        };
        for _ in 0..200 {
            let (ours, theirs): (Vec<String>, Vec<String>) =
                ((0..4).map(|_| path()).collect(), (0..5).map(|_| path()).collect());
            let (ours, theirs): (Vec<&str>, Vec<&str>) = (
                ours.iter().map(String::as_str).collect(),
                theirs.iter().map(String::as_str).collect(),
            );
            let likeness = Likeness::of(&ours);
            let mut room = likeness.room();
            for theirs in [&theirs[..], &theirs[..1], &[]] {
                let quick = likeness.to(theirs.iter().copied(), &mut room);
                assert!((quick - plainly(&ours, theirs)).abs() < 1e-12, "{ours:?} {theirs:?}");
            }
        }
    }

    #[test]
    fn no_paths_are_like_nothing() {
        let likeness = Likeness::of(&[]);
        assert_eq!(likeness.to(["a"].into_iter(), &mut likeness.room()), 0.0);
    }
}
