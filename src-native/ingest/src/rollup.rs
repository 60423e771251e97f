//! From a history's rows to what is kept ready for questions: a pure function, the same bytes
//! whatever order the rows came in.
//!
//! Rules, for whoever shows the records behind a number:
//! - Time is the committer's time. A commit counts for its author and co-authors, once for each.
//!   Merges count in `weeks.commits` and `developer_totals.merges` only.
//! - Bots are in `developer_weeks` and `developer_totals`, and nowhere else.
//! - What touches a living file is told by [`touches_of`]; a folder or component is touched by what
//!   touches a living file below it, each changed path once.
//! - A review counts once for each pull request (the lowest number of the commit; the commit itself
//!   where it has none). Nobody reviews a commit they are author or co-author of.
//! - Comments are those beneath issues that a subject's commits, or pull requests of these, are
//!   linked to, each once.
//! - `first_at` and `last_at` span the commits and reviews that the row counts.
//! - Degree of authorship is [`model::authorship`]; bots' changes are nobody's.

mod credits;

use credits::{Credits, Lists, Said};
use model::FileId;
use model::authorship::{Deeds, degree, is_author};
use std::collections::HashMap;
use store::writes::{
    DeveloperWeek, FileTotals, History, Knowledge, Rollups, Totals, Week, WhoIsWho,
};

/// Makes the rollups of a history.
pub fn rollups(history: &History, people: &WhoIsWho) -> Rollups {
    let credits = Credits::of(history, people);
    let mut subjects = Subjects::default();
    let mut rollups = Rollups::default();
    let said = Said::of(history, people, &credits);
    let owners = read_files(history, &credits, &said, &mut subjects, &mut rollups.files);
    read_places(history, &credits, &said, &owners, &mut subjects);
    rollups.knowledge = subjects.rows(history, &credits);
    read_time(history, &credits, &mut rollups);
    rollups
}

/// The touches of a living file under any of its names, as ascending indexes into
/// `history.touches`.
///
/// These are the touches at its path and, for each rename `Q → path` in a commit `c` among them,
/// the touches at `Q` in commits of a lower generation than `c`'s, and so on. Generations fall
/// strictly along the way, so cycles of names end; a path that comes back keeps all that happened
/// at it. In SQL: a recursive table `(file, before)` that starts with the file and no limit and
/// adds `(from_file, generation)` of each rename at a known file below its limit; the touches are
/// those at a known file with `generation < before`.
pub fn touches_of(history: &History, by_file: &ByFile, file: u32, found: &mut Vec<u32>) {
    found.clear();
    let renamed = |it: &u32| history.touches[*it as usize].from.is_some();
    if !by_file.of(file).iter().any(renamed) {
        found.extend_from_slice(by_file.of(file)); // most files were never renamed
        return;
    }
    let generation =
        |touch: u32| history.commits[history.touches[touch as usize].commit as usize].generation;
    let mut limits: HashMap<u32, u32> = HashMap::new();
    let mut open = vec![(file, u32::MAX)];
    while let Some((path, before)) = open.pop() {
        let known = limits.entry(path).or_insert(0);
        if *known >= before {
            continue;
        }
        let seen = std::mem::replace(known, before);
        for touch in by_file.of(path).iter().copied().filter(|it| renamed(it)) {
            let at = generation(touch);
            if at < before
                && at >= seen
                && let Some(from) = history.touches[touch as usize].from
            {
                open.push((from, at));
            }
        }
    }
    for (path, before) in limits {
        found.extend(by_file.of(path).iter().filter(|it| generation(**it) < before));
    }
    found.sort_unstable();
}

/// Touches by file: lists in one array.
pub struct ByFile {
    starts: Vec<u32>,
    touches: Vec<u32>,
}

impl ByFile {
    /// Sorts a history's touches by file; within a file they stay in order.
    pub fn of_history(history: &History) -> ByFile {
        let (starts, touches) =
            group(history.files.len(), history.touches.iter().map(|it| it.file as usize));
        ByFile { starts, touches }
    }

    fn of(&self, file: u32) -> &[u32] {
        let file = file as usize;
        &self.touches[self.starts[file] as usize..self.starts[file + 1] as usize]
    }
}

/// Indexes of `keys` grouped by key: where each group starts, and the indexes.
fn group(groups: usize, keys: impl Iterator<Item = usize> + Clone) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; groups + 1];
    keys.clone().for_each(|key| starts[key + 1] += 1);
    for i in 0..groups {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut sorted = vec![0u32; starts[groups] as usize];
    for (i, key) in keys.enumerate() {
        sorted[next[key] as usize] = i as u32;
        next[key] += 1;
    }
    (starts, sorted)
}

/// What is being counted for one developer on one subject.
#[derive(Clone, Copy)]
struct Count {
    commits: u32,
    reviews: u32,
    comments: u32,
    added: u64,
    deleted: u64,
    first_at: i64,
    last_at: i64,
    created: bool,
    changes: u32,
    authors: u32,
}

impl Count {
    const NONE: Count = Count {
        commits: 0,
        reviews: 0,
        comments: 0,
        added: 0,
        deleted: 0,
        first_at: i64::MAX,
        last_at: i64::MIN,
        created: false,
        changes: 0,
        authors: 0,
    };

    fn at(&mut self, at: i64) {
        self.first_at = self.first_at.min(at);
        self.last_at = self.last_at.max(at);
    }
}

/// Counts by subject and developer; subjects are indexes into the history's arrays.
#[derive(Default)]
struct Subjects {
    files: Vec<(u32, u32, Count)>,
    folders: HashMap<(u32, u32), Count>,
    components: HashMap<(u32, u32), Count>,
}

impl Subjects {
    fn rows(self, history: &History, credits: &Credits) -> Vec<Knowledge> {
        let row = |kind: u8, subject: i64, developer: u32, count: &Count| Knowledge {
            kind,
            subject,
            developer: credits.developers[developer as usize].0,
            commits: count.commits,
            reviews: count.reviews,
            comments: count.comments,
            added: count.added,
            deleted: count.deleted,
            // Who only commented has done nothing else at any time.
            first_at: if count.first_at == i64::MAX { 0 } else { count.first_at },
            last_at: if count.last_at == i64::MIN { 0 } else { count.last_at },
            created: count.created,
            authors: count.authors,
        };
        let folders = self.folders.iter();
        let components = self.components.iter();
        let mut rows: Vec<Knowledge> = self
            .files
            .iter()
            .map(|(file, who, count)| row(0, history.files[*file as usize].id.0, *who, count))
            .chain(folders.map(|((folder, who), count)| {
                row(1, history.folders[*folder as usize].id, *who, count)
            }))
            .chain(components.map(|((component, who), count)| {
                row(2, history.components[*component as usize], *who, count)
            }))
            .collect();
        rows.sort_unstable_by_key(|it| (it.kind, it.subject, it.developer));
        rows
    }
}

/// What a review is of: the pull request, or the commit where none is known.
fn reviewed_thing(history: &History, commit: usize) -> u64 {
    history.commits[commit].pull.unwrap_or(1 << 63 | commit as u64)
}

/// Counts every file, who did what to the living ones, and returns each touch's living files.
fn read_files(
    history: &History,
    credits: &Credits,
    said: &Said,
    subjects: &mut Subjects,
    totals: &mut Vec<FileTotals>,
) -> Lists {
    let by_file = ByFile::of_history(history);
    let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(history.touches.len());
    let mut found = Vec::new();
    let mut counts: Vec<(u32, Count, u32)> = Vec::new();
    let mut reviews: Vec<(u32, u64)> = Vec::new();
    let mut issues: Vec<u32> = Vec::new();
    for (file, row) in history.files.iter().enumerate() {
        let file = file as u32;
        touches_of(history, &by_file, file, &mut found);
        totals.push(file_totals(history, row.id, &found));
        if !row.alive {
            continue;
        }
        counts.clear();
        reviews.clear();
        let mut changes = 0;
        let mut last_change = u32::MAX;
        for &index in &found {
            pairs.push((index, file));
            let touch = &history.touches[index as usize];
            let commit = &history.commits[touch.commit as usize];
            let changed = matches!(touch.kind, 1 | 3);
            for who in credits.humans(touch.commit as usize) {
                let count = count_of(&mut counts, who);
                if count.2 != touch.commit {
                    count.1.commits += 1;
                    count.1.at(commit.at);
                }
                if changed && last_change != touch.commit {
                    count.1.changes += 1;
                }
                count.2 = touch.commit;
                count.1.added += u64::from(touch.added);
                count.1.deleted += u64::from(touch.deleted);
                count.1.created |= touch.kind == 0;
            }
            if changed && last_change != touch.commit {
                changes += u32::from(credits.humans(touch.commit as usize).next().is_some());
                last_change = touch.commit;
            }
            for &who in credits.reviewed.of(touch.commit as usize) {
                reviews.push((who, reviewed_thing(history, touch.commit as usize)));
                count_of(&mut counts, who).1.at(commit.at);
            }
        }
        reviews.sort_unstable();
        reviews.dedup();
        reviews.iter().for_each(|(who, _)| count_of(&mut counts, *who).1.reviews += 1);
        name_authors(&mut counts, changes);
        issues.clear();
        let commits = found.iter().map(|it| history.touches[*it as usize].commit);
        commits.for_each(|it| issues.extend(said.issues.of(it as usize)));
        said.count(&mut issues, |who, comments| {
            count_of(&mut counts, who).1.comments += comments;
        });
        for (who, count, _) in &counts {
            subjects.files.push((file, *who, *count));
            if count.authors == 1 {
                let mut folder = Some(row.folder);
                while let Some(at) = folder {
                    subjects.folders.entry((at, *who)).or_insert(Count::NONE).authors += 1;
                    folder = history.folders[at as usize].parent;
                }
                if let Some(component) = row.component {
                    let key = (component, *who);
                    subjects.components.entry(key).or_insert(Count::NONE).authors += 1;
                }
            }
        }
    }
    let (starts, order) =
        group(history.touches.len(), pairs.iter().map(|(touch, _)| *touch as usize));
    Lists { starts, items: order.into_iter().map(|it| pairs[it as usize].1).collect() }
}

/// What some touches, in order of commit, come to.
fn file_totals(history: &History, file: FileId, touches: &[u32]) -> FileTotals {
    let mut totals = FileTotals { file, commits: 0, added: 0, deleted: 0 };
    let mut last = u32::MAX;
    for touch in touches.iter().map(|it| &history.touches[*it as usize]) {
        totals.commits += u32::from(touch.commit != last);
        totals.added += u64::from(touch.added);
        totals.deleted += u64::from(touch.deleted);
        last = touch.commit;
    }
    totals
}

fn count_of(counts: &mut Vec<(u32, Count, u32)>, who: u32) -> &mut (u32, Count, u32) {
    let at = match counts.iter().position(|it| it.0 == who) {
        Some(at) => at,
        None => {
            counts.push((who, Count::NONE, u32::MAX));
            counts.len() - 1
        }
    };
    &mut counts[at]
}

/// Marks the authors of a file by degree of authorship. Who only reviewed it has no degree.
fn name_authors(counts: &mut [(u32, Count, u32)], changes: u32) {
    let degree_of = |count: &Count| {
        degree(Deeds {
            created: count.created,
            changes: count.changes,
            others: changes - count.changes,
        })
    };
    let wrote = |count: &Count| count.created || count.changes > 0;
    let best = counts
        .iter()
        .filter(|it| wrote(&it.1))
        .map(|it| degree_of(&it.1))
        .fold(f64::NEG_INFINITY, f64::max);
    for (_, count, _) in counts.iter_mut() {
        count.authors = u32::from(wrote(count) && is_author(degree_of(count), best));
    }
}

/// Counts every folder and component that a commit touches.
fn read_places(
    history: &History,
    credits: &Credits,
    said: &Said,
    owners: &Lists,
    subjects: &mut Subjects,
) {
    let mut folders = Places::new(history.folders.len());
    let mut components = Places::new(history.components.len());
    let mut folder_reviews: Vec<(u32, u32, u64)> = Vec::new();
    let mut component_reviews = Vec::new();
    let mut folder_issues: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut component_issues: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut touch = 0;
    for (commit, row) in history.commits.iter().enumerate() {
        folders.touched.clear();
        components.touched.clear();
        while touch < history.touches.len() && history.touches[touch].commit as usize == commit {
            let lines = &history.touches[touch];
            for &owner in owners.of(touch) {
                let file = &history.files[owner as usize];
                let mut folder = Some(file.folder);
                while let Some(at) = folder {
                    if !folders.touch(at, touch, commit, lines.added, lines.deleted) {
                        break; // and so have all above it
                    }
                    folder = history.folders[at as usize].parent;
                }
                if let Some(at) = file.component {
                    components.touch(at, touch, commit, lines.added, lines.deleted);
                }
            }
            touch += 1;
        }
        let both = [
            (&folders, &mut subjects.folders, &mut folder_reviews, &mut folder_issues),
            (&components, &mut subjects.components, &mut component_reviews, &mut component_issues),
        ];
        for (places, counts, reviews, issues) in both {
            for &at in &places.touched {
                if !said.issues.of(commit).is_empty() {
                    issues.entry(at).or_default().extend(said.issues.of(commit));
                }
                let (added, deleted) = places.lines[at as usize];
                for who in credits.humans(commit) {
                    let count = counts.entry((at, who)).or_insert(Count::NONE);
                    count.commits += 1;
                    count.added += added;
                    count.deleted += deleted;
                    count.at(row.at);
                }
                for &who in credits.reviewed.of(commit) {
                    reviews.push((at, who, reviewed_thing(history, commit)));
                    counts.entry((at, who)).or_insert(Count::NONE).at(row.at);
                }
            }
        }
    }
    let both = [
        (&mut folder_reviews, &mut subjects.folders),
        (&mut component_reviews, &mut subjects.components),
    ];
    for (reviews, counts) in both {
        reviews.sort_unstable();
        reviews.dedup();
        for (at, who, _) in reviews {
            counts.entry((*at, *who)).or_insert(Count::NONE).reviews += 1;
        }
    }
    let both =
        [(folder_issues, &mut subjects.folders), (component_issues, &mut subjects.components)];
    for (issues, counts) in both {
        for (at, mut issues) in issues {
            said.count(&mut issues, |who, comments| {
                counts.entry((at, who)).or_insert(Count::NONE).comments += comments;
            });
        }
    }
}

/// What one commit touches among folders or components.
struct Places {
    by_touch: Vec<usize>,
    by_commit: Vec<usize>,
    lines: Vec<(u64, u64)>,
    touched: Vec<u32>,
}

impl Places {
    fn new(len: usize) -> Places {
        Places {
            by_touch: vec![usize::MAX; len],
            by_commit: vec![usize::MAX; len],
            lines: vec![(0, 0); len],
            touched: Vec::new(),
        }
    }

    /// Adds a touch's lines to a place; false where that was done before.
    fn touch(&mut self, at: u32, touch: usize, commit: usize, added: u32, deleted: u32) -> bool {
        let i = at as usize;
        if self.by_touch[i] == touch {
            return false;
        }
        self.by_touch[i] = touch;
        if self.by_commit[i] != commit {
            self.by_commit[i] = commit;
            self.lines[i] = (0, 0);
            self.touched.push(at);
        }
        self.lines[i].0 += u64::from(added);
        self.lines[i].1 += u64::from(deleted);
        true
    }
}

/// Counts weeks, developers' weeks and developers' totals.
fn read_time(history: &History, credits: &Credits, rollups: &mut Rollups) {
    let count = credits.developers.len();
    let developer = |who: u32| credits.developers[who as usize].0;
    let none = |who: usize| Totals {
        developer: credits.developers[who].0,
        commits: 0,
        merges: 0,
        reviews: 0,
        fixes: 0,
        added: 0,
        deleted: 0,
        files: 0,
        first_at: i64::MAX,
        last_at: i64::MIN,
    };
    let mut totals: Vec<Totals> = (0..count).map(none).collect();
    let mut weeks: HashMap<i64, Week> = HashMap::new();
    let mut people: Vec<(i64, u32)> = Vec::new();
    let mut theirs: HashMap<(u32, i64), DeveloperWeek> = HashMap::new();
    let mut files: Vec<(u32, u32)> = Vec::new();
    let mut reviews: Vec<(u32, u64)> = Vec::new();
    let mut touch = 0;
    for (commit, row) in history.commits.iter().enumerate() {
        let first = touch;
        while touch < history.touches.len() && history.touches[touch].commit as usize == commit {
            touch += 1;
        }
        let touches = &history.touches[first..touch];
        let added = touches.iter().map(|it| u64::from(it.added)).sum::<u64>();
        let deleted = touches.iter().map(|it| u64::from(it.deleted)).sum::<u64>();
        let number = model::Timestamp(row.at).week();
        let empty = Week { week: number, commits: 0, people: 0, added: 0, deleted: 0, fixes: 0 };
        let week = weeks.entry(number).or_insert(empty);
        week.commits += 1;
        week.added += added;
        week.deleted += deleted;
        week.fixes += u32::from(row.fixes);
        let authors = credits.authored.of(commit).iter().copied();
        people.extend(authors.filter(|it| !credits.is_bot(*it)).map(|it| (number, it)));
        let seen = |who: u32, totals: &mut Vec<Totals>| {
            let total = &mut totals[who as usize];
            total.first_at = total.first_at.min(row.at);
            total.last_at = total.last_at.max(row.at);
        };
        for &who in credits.reviewed.of(commit) {
            reviews.push((who, reviewed_thing(history, commit)));
            seen(who, &mut totals);
        }
        if row.merge {
            for &who in credits.authored.of(commit) {
                totals[who as usize].merges += 1;
                seen(who, &mut totals);
            }
            continue;
        }
        for &who in credits.wrote.of(commit) {
            seen(who, &mut totals);
            let total = &mut totals[who as usize];
            total.commits += 1;
            total.fixes += u32::from(row.fixes);
            total.added += added;
            total.deleted += deleted;
            let empty = DeveloperWeek {
                developer: developer(who),
                week: number,
                commits: 0,
                added: 0,
                deleted: 0,
                fixes: 0,
            };
            let week = theirs.entry((who, number)).or_insert(empty);
            week.commits += 1;
            week.fixes += u32::from(row.fixes);
            week.added += added;
            week.deleted += deleted;
            files.extend(touches.iter().map(|it| (who, it.file)));
        }
    }
    files.sort_unstable();
    files.dedup();
    files.iter().for_each(|(who, _)| totals[*who as usize].files += 1);
    reviews.sort_unstable();
    reviews.dedup();
    reviews.iter().for_each(|(who, _)| totals[*who as usize].reviews += 1);
    people.sort_unstable();
    people.dedup();
    for (week, _) in people {
        if let Some(week) = weeks.get_mut(&week) {
            week.people += 1;
        }
    }
    rollups.weeks = weeks.into_values().collect();
    rollups.weeks.sort_unstable_by_key(|it| it.week);
    rollups.developer_weeks = theirs.into_values().collect();
    rollups.developer_weeks.sort_unstable_by_key(|it| (it.developer, it.week));
    // Somebody who has only co-authored a merge has nothing that counts.
    totals.retain(|it| it.first_at <= it.last_at);
    rollups.totals = totals;
}

#[cfg(test)]
mod tests;
