//! How many people may leave: the greedy heuristic over degrees of authorship.
//!
//! G. Avelino, L. Passos, A. Hora, M. T. Valente, "A Novel Approach for Estimating Truck Factors"
//! (ICPC 2016). Who counts as author of a file is said by [`model::authorship`].

use model::Rule;

/// The rule, as printed with every answer.
pub const RULE: Rule = Rule {
    name: "bus factor",
    version: 1,
    text: "take away the person who is author of most files, again and again, until fewer than \
           half of the files that have an author keep one (Avelino et al., 2016); author is who has \
           a degree of authorship of at least 3.293 and more than 0.75 of the file's greatest: \
           3.293 + 1.098·created + 0.164·own changes − 0.321·ln(1 + changes of others); living \
           files, bots left out",
};

/// Somebody is author of a file. Developers are numbered from 0 in the order of their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Authorship {
    /// The file: any number that is distinct.
    pub file: u32,
    /// The developer's number.
    pub developer: u32,
}

/// How many may leave, and who.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factor {
    /// Files with at least one author.
    pub authored: u32,
    /// Who is taken away, in that order, each with the files they are author of.
    pub people: Vec<(u32, u32)>,
}

impl Factor {
    /// How many people would have to leave; 0 where no file has an author.
    pub fn value(&self) -> u32 {
        self.people.len() as u32
    }
}

/// Room to count in, kept between folders.
#[derive(Default)]
pub struct Room {
    files_of: Vec<u32>,
    place_of: Vec<u32>,
    seen: Vec<u32>,
    last: Vec<u32>,
}

/// The factor of some files, given all their authorships with those of one file side by side.
pub fn factor(authorships: &[Authorship], room: &mut Room) -> Factor {
    room.seen.clear();
    for row in authorships {
        let developer = row.developer as usize;
        if room.files_of.len() <= developer {
            room.files_of.resize(developer + 1, 0);
            room.place_of.resize(developer + 1, 0);
        }
        if room.files_of[developer] == 0 {
            room.seen.push(row.developer);
        }
        room.files_of[developer] += 1;
    }
    let files_of = &room.files_of;
    room.seen.sort_unstable_by_key(|it| (u32::MAX - files_of[*it as usize], *it));
    for (place, developer) in room.seen.iter().enumerate() {
        room.place_of[*developer as usize] = place as u32;
    }
    // A file keeps an author until the last of its authors is gone: count files by that place.
    room.last.clear();
    room.last.resize(room.seen.len(), 0);
    let mut authored = 0u32;
    for of_file in authorships.chunk_by(|a, b| a.file == b.file) {
        let last = of_file.iter().map(|it| room.place_of[it.developer as usize]).max();
        room.last[last.unwrap_or(0) as usize] += 1;
        authored += 1;
    }
    let mut kept = authored;
    let mut people = Vec::new();
    for (developer, lost) in room.seen.iter().zip(&room.last) {
        if 2 * kept < authored || authored == 0 {
            break;
        }
        people.push((*developer, room.files_of[*developer as usize]));
        kept -= lost;
    }
    for developer in &room.seen {
        room.files_of[*developer as usize] = 0;
    }
    Factor { authored, people }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rows: &[(u32, u32)]) -> Factor {
        let mut rows: Vec<_> =
            rows.iter().map(|&(file, developer)| Authorship { file, developer }).collect();
        rows.sort_by_key(|it| it.file);
        factor(&rows, &mut Room::default())
    }

    #[test]
    fn one_author_of_everything_is_a_factor_of_one() {
        assert_eq!(of(&[(1, 0), (2, 0), (3, 0)]), Factor { authored: 3, people: vec![(0, 3)] });
    }

    #[test]
    fn no_author_is_a_factor_of_zero() {
        assert_eq!(of(&[]).value(), 0);
    }

    #[test]
    fn exactly_half_is_not_fewer_than_half() {
        // 0 has two of four files: two keep an author, which is half: one more must go.
        assert_eq!(of(&[(1, 0), (2, 0), (3, 1), (4, 2)]).people, [(0, 2), (1, 1)]);
    }

    #[test]
    fn a_file_of_two_authors_is_kept_until_both_are_gone() {
        let rows = [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0)];
        assert_eq!(of(&rows).people, [(0, 3), (1, 2)]);
    }

    #[test]
    fn ties_go_by_number_and_room_is_left_clean() {
        let rows: Vec<_> = [(1, 5), (2, 3), (3, 4)]
            .map(|(file, developer)| Authorship { file, developer })
            .to_vec();
        let mut room = Room::default();
        let first = factor(&rows, &mut room);
        assert_eq!(first.people, [(3, 1), (4, 1)]);
        assert_eq!(factor(&rows, &mut room), first);
    }

    #[test]
    fn any_order_of_files_and_authors_gives_the_same_factor() {
        let rows: Vec<(u32, u32)> =
            (0..200).flat_map(|it| [(it, it % 7), (it, 7 + (it * it) % 5)]).collect();
        let once = of(&rows);
        for turn in 1..50 {
            let mut other = rows.clone();
            other.rotate_left(turn * 2);
            other.reverse();
            assert_eq!(of(&other), once);
        }
        assert!(once.value() > 1);
    }

    /// The definition itself, step by step, as the reference for the quick way.
    fn plainly(rows: &[(u32, u32)]) -> Vec<(u32, u32)> {
        use std::collections::{BTreeMap, BTreeSet};
        let mut authors: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        rows.iter().for_each(|(file, who)| {
            authors.entry(*who).or_default().insert(*file);
        });
        let covered = |it: &BTreeMap<u32, BTreeSet<u32>>| {
            it.values().flatten().collect::<BTreeSet<_>>().len()
        };
        let (all, mut gone) = (covered(&authors), Vec::new());
        while all > 0 && 2 * covered(&authors) >= all {
            let top = authors.iter().max_by_key(|it| (it.1.len(), u32::MAX - it.0)).unwrap();
            let top = (*top.0, top.1.len() as u32);
            authors.remove(&top.0);
            gone.push(top);
        }
        gone
    }

    #[test]
    fn the_quick_way_equals_the_definition() {
        let mut seed = 7u32;
        let mut next = |most: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % most
        };
        for _ in 0..300 {
            let files = 1 + next(30);
            let mut rows = Vec::new();
            for file in 0..files {
                for developer in 0..8 {
                    if next(5) == 0 {
                        rows.push((file, developer));
                    }
                }
            }
            assert_eq!(of(&rows).people, plainly(&rows), "{rows:?}");
        }
    }
}
