//! What changes together with a file.

use model::{CommitId, FileId, Rule};
use std::collections::HashMap;

/// So many of a file's newest commits are looked at, and those of the same second as the last of
/// them: what changed along with it long ago tells little of how the code hangs together now.
pub const COMMITS_MAX: usize = 500;

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "coupling",
    version: 2,
    text: "files touched by the same commits as the file under any of its past names, since the \
           file's 500th newest commit; commits of more than `filesMax` files are left out, as mass \
           moves tell nothing; degree is the part of the file's own such commits",
};

/// A file that changes together with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupled {
    /// The file.
    pub file: FileId,
    /// Its path.
    pub path: String,
    /// The commits that touch both.
    pub commits: Vec<CommitId>,
}

/// Ranks by number of common commits, then by path; at least `together_min` of them.
/// Each row is a commit of the asked file and another file it touches, with that file's path.
pub fn rank<'a>(
    rows: impl IntoIterator<Item = (CommitId, FileId, &'a str)>,
    together_min: u32,
) -> Vec<Coupled> {
    let mut by_file: HashMap<FileId, Coupled> = HashMap::new();
    for (commit, file, path) in rows {
        by_file
            .entry(file)
            .or_insert_with(|| Coupled { file, path: path.to_owned(), commits: Vec::new() })
            .commits
            .push(commit);
    }
    let mut ranked: Vec<Coupled> = by_file
        .into_values()
        .map(|mut it| {
            it.commits.sort_unstable();
            it.commits.dedup();
            it
        })
        .filter(|it| it.commits.len() >= together_min as usize)
        .collect();
    ranked.sort_by(|a, b| {
        b.commits
            .len()
            .cmp(&a.commits.len())
            .then_with(|| a.path.cmp(&b.path))
            .then(a.file.cmp(&b.file))
    });
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_order_of_rows_gives_the_same_ranking_most_common_first() {
        let paths = ["a", "b", "c", "d"];
        let rows: Vec<(CommitId, FileId, &str)> = (0..60)
            .flat_map(|it| {
                paths
                    .iter()
                    .enumerate()
                    .filter(move |(file, _)| it % (file + 1) == 0)
                    .map(move |(file, path)| (CommitId(it as i64), FileId(file as i64), *path))
            })
            .collect();
        let once = rank(rows.clone(), 2);
        let told: Vec<_> = once.iter().map(|it| (it.path.as_str(), it.commits.len())).collect();
        assert_eq!(told, [("a", 60), ("b", 30), ("c", 20), ("d", 15)]);
        for turn in 0..rows.len() {
            let mut other = rows.clone();
            other.rotate_left(turn);
            other.swap(0, turn);
            assert_eq!(rank(other, 2), once);
        }
        assert_eq!(rank(rows, 21).len(), 2);
    }
}
