//! RevFinder (P. Thongtanunam et al., SANER 2015), the baseline: every path with every path of every
//! earlier review, four ways, and a Borda count over the four rankings.

use crate::reviews::Review;
use std::collections::{BTreeMap, HashMap};

/// Rankings for each review: from all that were asked for earlier, as published, and from those only
/// whose reviews had been given by then.
pub(crate) struct Rankings {
    pub(crate) published: Vec<Vec<i64>>,
    pub(crate) strict: Vec<Vec<i64>>,
}

type Sums = BTreeMap<i64, [f64; 4]>;

pub(crate) fn rankings(reviews: &[Review]) -> Rankings {
    let mut names: HashMap<&str, u32> = HashMap::new();
    let paths: Vec<Vec<Vec<u32>>> = reviews
        .iter()
        .map(|it| {
            let parts = |path| {
                let mut number = |part| {
                    let next = names.len() as u32;
                    *names.entry(part).or_insert(next)
                };
                str::split(path, '/').map(&mut number).collect()
            };
            it.paths.iter().map(String::as_str).map(parts).collect()
        })
        .collect();
    let (mut published, mut strict) = (Vec::new(), Vec::new());
    for (at, review) in reviews.iter().enumerate() {
        let (mut all, mut known) = (Sums::new(), Sums::new());
        for (before, past) in reviews[..at].iter().enumerate() {
            let like = likeness(&paths[at], &paths[before]);
            let add = |to: &mut Sums| {
                for who in &past.reviewers {
                    let sums = to.entry(*who).or_default();
                    sums.iter_mut().zip(like).for_each(|(sum, it)| *sum += it);
                }
            };
            add(&mut all);
            if past.known < review.asked {
                add(&mut known);
            }
        }
        published.push(borda(all, review.author));
        strict.push(borda(known, review.author));
    }
    Rankings { published, strict }
}

fn borda(mut sums: Sums, author: Option<i64>) -> Vec<i64> {
    author.map(|it| sums.remove(&it));
    let mut points: BTreeMap<i64, usize> = BTreeMap::new();
    for way in 0..4 {
        let mut ranked: Vec<(f64, i64)> = sums.iter().map(|(who, it)| (it[way], *who)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (rank, (_, who)) in ranked.iter().enumerate() {
            *points.entry(*who).or_default() += sums.len() - rank;
        }
    }
    let mut ranked: Vec<(usize, i64)> = points.into_iter().map(|(who, it)| (it, who)).collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().map(|it| it.1).collect()
}

/// Means over all pairs of paths: common prefix, suffix, substring and subsequence of their parts,
/// each over the parts of the longer.
fn likeness(ours: &[Vec<u32>], theirs: &[Vec<u32>]) -> [f64; 4] {
    let mut sums = [0.0; 4];
    for a in ours {
        for b in theirs {
            let longer = a.len().max(b.len()) as f64;
            let common = [
                a.iter().zip(b).take_while(|it| it.0 == it.1).count(),
                a.iter().rev().zip(b.iter().rev()).take_while(|it| it.0 == it.1).count(),
            ];
            let (string, sequence) = longest(a, b);
            let common = [common[0], common[1], string, sequence];
            sums.iter_mut().zip(common).for_each(|(sum, it)| *sum += it as f64 / longer);
        }
    }
    sums.map(|it| it / (ours.len() * theirs.len()) as f64)
}

/// Lengths of the longest common substring and subsequence; paths of more than 63 parts are cut.
fn longest(a: &[u32], b: &[u32]) -> (usize, usize) {
    if !a.iter().any(|it| b.contains(it)) {
        return (0, 0);
    }
    let b = &b[..b.len().min(63)];
    let (mut runs, mut sequences, mut best) = ([0u8; 64], [0u8; 64], 0u8);
    for x in a.iter().take(63) {
        let (mut run, mut sequence) = (0, 0);
        for (at, y) in b.iter().enumerate() {
            let (above_run, above) = (runs[at + 1], sequences[at + 1]);
            runs[at + 1] = if x == y { run + 1 } else { 0 };
            best = best.max(runs[at + 1]);
            sequences[at + 1] = if x == y { sequence + 1 } else { above.max(sequences[at]) };
            (run, sequence) = (above_run, above);
        }
    }
    (best.into(), sequences[b.len()].into())
}
