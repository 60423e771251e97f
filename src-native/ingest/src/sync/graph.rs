//! The commits of a repository as a graph in memory.

use model::{CommitId, Oid};
use std::collections::{BinaryHeap, HashMap, HashSet};
use store::writes::GraphRow;

/// Commits with their parents; which may lie outside, where a clone is shallow.
pub(super) struct Graph {
    pub(super) rows: Vec<GraphRow>,
    pub(super) index: HashMap<Oid, u32>,
}

impl Graph {
    pub(super) fn new(rows: Vec<GraphRow>) -> Graph {
        let index = rows.iter().enumerate().map(|(i, it)| (it.oid, i as u32)).collect();
        Graph { rows, index }
    }

    pub(super) fn with(mut self, more: Vec<GraphRow>) -> Graph {
        let first = self.rows.len();
        let new = more.iter().enumerate().map(|(i, it)| (it.oid, (first + i) as u32));
        self.index.extend(new);
        self.rows.extend(more);
        self
    }

    /// The graph without some commits.
    pub(super) fn without(self, removed: &[CommitId]) -> Graph {
        if removed.is_empty() {
            return self;
        }
        let removed = super::set_of(removed);
        Graph::new(self.rows.into_iter().filter(|it| !removed.contains(&it.id)).collect())
    }

    /// The commits that `head` does not reach.
    pub(super) fn not_reached_from(&self, head: &Oid) -> Vec<CommitId> {
        let mut reached = vec![false; self.rows.len()];
        let mut open: Vec<u32> = self.index.get(head).copied().into_iter().collect();
        while let Some(at) = open.pop() {
            if std::mem::replace(&mut reached[at as usize], true) {
                continue;
            }
            open.extend(self.parents(at));
        }
        let rows = self.rows.iter().zip(reached);
        rows.filter(|(_, reached)| !reached).map(|(row, _)| row.id).collect()
    }

    /// How many commits have a parent that is not here.
    pub(super) fn cut(&self) -> usize {
        let absent = |oid: &Oid| !self.index.contains_key(oid);
        self.rows.iter().filter(|it| it.parents.iter().any(absent)).count()
    }

    /// What a merge brought in: reached from its other parents and not from its first.
    pub(super) fn brought_in(&self, merge: u32) -> Vec<u32> {
        const THEIRS: u8 = 1;
        const OURS: u8 = 2;
        let mut marks: HashMap<u32, u8> = HashMap::new();
        // By falling generation, so that a commit is looked at when all its children have been.
        let mut open: BinaryHeap<(u32, u32)> = BinaryHeap::new();
        let mut theirs_open = 0usize;
        let mut found: HashSet<u32> = HashSet::new();
        let mut mark = |at: u32, with: u8, open: &mut BinaryHeap<(u32, u32)>, n: &mut usize| {
            let known = marks.entry(at).or_insert(0);
            let before = *known;
            *known |= with;
            if before == 0 {
                open.push((self.rows[at as usize].generation, at));
            }
            // Count what is open and theirs alone: when none is left, all is known.
            *n += usize::from(before == 0 && with == THEIRS);
            *n -= usize::from(before == THEIRS && with == OURS);
            *known
        };
        for (i, parent) in self.rows[merge as usize].parents.iter().enumerate() {
            if let Some(&parent) = self.index.get(parent) {
                mark(parent, if i == 0 { OURS } else { THEIRS }, &mut open, &mut theirs_open);
            }
        }
        while theirs_open > 0
            && let Some((_, at)) = open.pop()
        {
            let side = mark(at, 0, &mut open, &mut theirs_open);
            if side == THEIRS {
                theirs_open -= 1;
                found.insert(at);
            }
            let with = if side & OURS != 0 { OURS } else { THEIRS };
            for parent in self.parents(at) {
                mark(parent, with, &mut open, &mut theirs_open);
            }
        }
        let mut found: Vec<u32> = found.into_iter().collect();
        found.sort_unstable();
        found
    }

    fn parents(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        self.rows[at as usize].parents.iter().filter_map(|it| self.index.get(it).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph of commits named by numbers: each with its parents.
    fn graph(commits: &[(u8, &[u8])]) -> Graph {
        let oid = |it: u8| Oid::from_bytes(&[it; 20]).unwrap();
        let mut generations: HashMap<u8, u32> = HashMap::new();
        let mut rows = Vec::new();
        for (name, parents) in commits {
            let above = parents.iter().filter_map(|it| generations.get(it)).max();
            let generation = 1 + above.copied().unwrap_or(0);
            generations.insert(*name, generation);
            rows.push(GraphRow {
                id: CommitId(i64::from(*name)),
                oid: oid(*name),
                generation,
                parents: parents.iter().map(|it| oid(*it)).collect(),
            });
        }
        Graph::new(rows)
    }

    fn brought(graph: &Graph, merge: u8) -> Vec<i64> {
        let at = graph.index[&Oid::from_bytes(&[merge; 20]).unwrap()];
        graph.brought_in(at).into_iter().map(|it| graph.rows[it as usize].id.0).collect()
    }

    #[test]
    fn a_merge_brings_in_its_branch_and_nothing_older() {
        let it = graph(&[(1, &[]), (2, &[1]), (3, &[1]), (4, &[3]), (5, &[2, 4]), (6, &[5])]);
        assert_eq!(brought(&it, 5), [3, 4]);
    }

    #[test]
    fn what_the_branch_had_merged_from_the_trunk_is_not_its_own() {
        let it = graph(&[
            (1, &[]),
            (2, &[1]),
            (3, &[1]),
            (4, &[3, 2]),
            (5, &[4]),
            (6, &[2]),
            (7, &[6, 5]),
        ]);
        assert_eq!(brought(&it, 7), [3, 4, 5]);
    }

    #[test]
    fn an_old_merge_far_down_both_sides_is_found() {
        let it = graph(&[
            (1, &[]),
            (2, &[1]),
            (3, &[2]),
            (4, &[3]),
            (5, &[4]),
            (6, &[1]),
            (7, &[5, 6]),
            (8, &[7, 1]),
        ]);
        assert_eq!(brought(&it, 7), [6]);
        assert_eq!(brought(&it, 8), Vec::<i64>::new());
    }

    #[test]
    fn what_a_head_does_not_reach_is_told() {
        let it = graph(&[(1, &[]), (2, &[1]), (3, &[1])]);
        let head = Oid::from_bytes(&[3; 20]).unwrap();
        assert_eq!(it.not_reached_from(&head), [CommitId(2)]);
        assert_eq!(it.cut(), 0);
        assert_eq!(graph(&[(3, &[9])]).cut(), 1);
    }
}
