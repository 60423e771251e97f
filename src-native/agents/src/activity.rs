//! A window of history, counted by file and by place.

use crate::risk::Counts;
use model::{DeveloperId, FileId};
use std::collections::HashMap;

/// A touch of a living file within the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// Number of the commit, from 0.
    pub commit: u32,
    /// The file.
    pub file: FileId,
    /// Lines added and deleted.
    pub churn: u64,
}

/// What happened to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileActivity {
    /// The file.
    pub file: FileId,
    /// Numbers of its commits, ascending.
    pub commits: Vec<u32>,
    /// What risk is made of.
    pub counts: Counts,
}

/// The people of each commit, each once: lists in one array.
pub struct People {
    starts: Vec<u32>,
    items: Vec<DeveloperId>,
}

impl People {
    /// From rows of commit and person, in any order, for so many commits.
    pub fn of(commits: usize, rows: &[(u32, DeveloperId)]) -> People {
        let mut rows = rows.to_vec();
        rows.sort_unstable();
        rows.dedup();
        let mut starts = vec![0u32; commits + 1];
        rows.iter().for_each(|(commit, _)| starts[*commit as usize + 1] += 1);
        for i in 0..commits {
            starts[i + 1] += starts[i];
        }
        People { starts, items: rows.into_iter().map(|it| it.1).collect() }
    }

    /// The people of one commit, in order of row.
    pub fn of_commit(&self, commit: u32) -> &[DeveloperId] {
        let commit = commit as usize;
        &self.items[self.starts[commit] as usize..self.starts[commit + 1] as usize]
    }

    /// The people of some commits, each once, in order of row.
    pub fn of_commits(&self, commits: &[u32]) -> Vec<DeveloperId> {
        let mut all: Vec<DeveloperId> =
            commits.iter().flat_map(|it| self.of_commit(*it)).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Counts each file; `fixes` says of each commit whether it fixes a defect. In order of row.
pub fn by_file(mut touches: Vec<Touch>, fixes: &[bool], people: &People) -> Vec<FileActivity> {
    touches.sort_unstable_by_key(|it| (it.file, it.commit, it.churn));
    let mut files = Vec::new();
    for rows in touches.chunk_by(|a, b| a.file == b.file) {
        let mut commits: Vec<u32> = rows.iter().map(|it| it.commit).collect();
        commits.dedup();
        let counts = Counts {
            churn: rows.iter().map(|it| it.churn).sum(),
            bugs: commits.iter().filter(|it| fixes[**it as usize]).count() as u32,
            contributors: people.of_commits(&commits).len() as u32,
            commits: commits.len() as u32,
        };
        files.push(FileActivity { file: rows[0].file, commits, counts });
    }
    files
}

/// How many commits touch each place, where a touch may be in several places at once.
pub fn by_place<P: Eq + std::hash::Hash + Copy>(
    touches: &[Touch],
    places: impl Fn(FileId) -> Vec<P>,
) -> HashMap<P, u32> {
    let mut rows: Vec<(u32, FileId)> = touches.iter().map(|it| (it.commit, it.file)).collect();
    rows.sort_unstable();
    rows.dedup();
    let mut counts: HashMap<P, (u32, u32)> = HashMap::new();
    for (commit, file) in rows {
        for place in places(file) {
            // The last commit counted is kept beside the count, so that each counts once.
            let (count, last) = counts.entry(place).or_insert((0, u32::MAX));
            *count += u32::from(*last != commit);
            *last = commit;
        }
    }
    counts.into_iter().map(|(place, (count, _))| (place, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> (Vec<Touch>, Vec<bool>, Vec<(u32, DeveloperId)>) {
        let touch = |commit, file, churn| Touch { commit, file: FileId(file), churn };
        let touches = (0..30)
            .flat_map(|it| [touch(it, i64::from(it % 3), 2), touch(it, 3, 5), touch(it, 3, 1)])
            .collect();
        let fixes = (0..30).map(|it| it % 5 == 0).collect();
        let people = (0..30).map(|it| (it, DeveloperId(i64::from(it % 4)))).collect();
        (touches, fixes, people)
    }

    #[test]
    fn a_commit_that_touches_a_file_under_two_names_counts_once_with_all_its_lines() {
        let (touches, fixes, people) = rows();
        let counted = by_file(touches, &fixes, &People::of(30, &people));
        assert_eq!(counted.len(), 4);
        let counts = counted[3].counts;
        assert_eq!(counts, Counts { churn: 180, bugs: 6, contributors: 4, commits: 30 });
        assert_eq!(counted[0].counts.commits, 10);
    }

    #[test]
    fn any_order_of_rows_gives_the_same_counts() {
        let (touches, fixes, people) = rows();
        let once = by_file(touches.clone(), &fixes, &People::of(30, &people));
        let places = |file: FileId| vec![0, file.0 % 2];
        let placed = by_place(&touches, places);
        assert_eq!((placed[&0], placed[&1]), (30, 30));
        for turn in 1..30 {
            let (mut other, mut people) = (touches.clone(), people.clone());
            other.rotate_left(turn);
            other.reverse();
            people.rotate_left(turn);
            assert_eq!(by_place(&other, places), placed);
            assert_eq!(by_file(other, &fixes, &People::of(30, &people)), once);
        }
    }
}
