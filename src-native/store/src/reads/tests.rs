//! Reads against the plain definition, on histories made at random: names that come back, renames
//! in
//! circles, equal times, people with several spellings.

use super::*;
use crate::{Allowed, Store, Viewer, Writer};
use model::{CommitId, DeveloperId, FileId, Oid, Timestamp};
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

const COMMITS: i64 = 120;
const FILES: i64 = 10;

/// A history as plainly as it can be written down, and a store that holds it.
struct Past {
    store: Store,
    commits: Vec<Commit>,
    _folder: tempfile::TempDir,
}

struct Commit {
    oid: Oid,
    at: i64,
    generation: u32,
    merge: bool,
    fixes: bool,
    parents: Vec<usize>,
    /// Identity and role.
    people: Vec<(i64, u8)>,
    /// File and where it was renamed from.
    touches: Vec<(i64, Option<i64>)>,
    pulls: Vec<u64>,
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

impl Past {
    /// The same seed gives the same history; `turn` decides in which rows it lands.
    fn new(seed: u64, turn: usize) -> Past {
        let mut dice = Dice(seed);
        let mut commits: Vec<Commit> = Vec::new();
        for i in 0..COMMITS as usize {
            let mut parents = BTreeSet::new();
            if i > 0 {
                parents.insert(i - 1 - dice.roll(i.min(3) as u64) as usize);
                if dice.roll(6) == 0 {
                    parents.insert(i - 1);
                }
            }
            let generation =
                1 + parents.iter().map(|it| commits[*it].generation).max().unwrap_or(0);
            let merge = parents.len() > 1;
            let mut touches = BTreeMap::new();
            for _ in 0..if merge { 0 } else { 1 + dice.roll(3) } {
                let file = 1 + dice.roll(FILES as u64) as i64;
                let from = 1 + dice.roll(FILES as u64) as i64;
                touches.insert(file, (dice.roll(3) == 0 && from != file).then_some(from));
            }
            let mut people = BTreeSet::from([(1 + dice.roll(5) as i64, 0)]);
            people.insert((1 + dice.roll(5) as i64, 1 + dice.roll(2) as u8));
            let mut raw = [i as u8; 20];
            raw[0] = (i as u8).wrapping_mul(77);
            let pulls = (0..dice.roll(3)).map(|_| 1 + dice.roll(9)).collect::<BTreeSet<_>>();
            commits.push(Commit {
                oid: Oid::from_bytes(&raw).unwrap(),
                at: 1_000_000 + (i as i64 / 4) * 86_400 - dice.roll(3) as i64 * 50_000,
                generation,
                merge,
                fixes: dice.roll(4) == 0,
                parents: parents.into_iter().collect(),
                people: people.into_iter().collect(),
                touches: touches.into_iter().collect(),
                pulls: pulls.into_iter().collect(),
            });
        }
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("memory.db")).unwrap();
        store.write(|writer| fill(writer, &commits, turn)).unwrap();
        Past { store, commits, _folder: folder }
    }

    fn ask<T>(&self, question: impl FnOnce(&crate::Reader<'_>, &Allowed) -> T) -> T {
        self.store
            .read(|reader| {
                let of = reader.allow(&Viewer::Owner, None)?;
                Ok::<_, crate::Error>(question(reader, &of))
            })
            .unwrap()
    }

    /// The definition: touches at the path, and of each rename to it those before at the path
    /// before.
    fn touched(&self, file: i64, before: u32, found: &mut BTreeSet<usize>) {
        for (i, commit) in self.commits.iter().enumerate() {
            for (touched, from) in &commit.touches {
                if *touched == file && commit.generation < before {
                    found.insert(i);
                    if let Some(from) = from {
                        self.touched(*from, commit.generation, found);
                    }
                }
            }
        }
    }

    /// Newest first: by time, then generation, then id.
    fn sorted(&self, found: impl IntoIterator<Item = usize>) -> Vec<Oid> {
        let mut found: Vec<&Commit> = found.into_iter().map(|it| &self.commits[it]).collect();
        found.sort_by_key(|it| std::cmp::Reverse((it.at, it.generation, it.oid)));
        found.into_iter().map(|it| it.oid).collect()
    }
}

fn fill(writer: &Writer<'_>, commits: &[Commit], turn: usize) -> crate::Result<()> {
    let sql = writer.sql();
    sql.execute_batch(
        "insert into repositories (id, name, location) values (7, 'a/b', x'2f');
         insert into developers (id, key, name, bot) values (1, 'k1', 'One', 0),
           (2, 'k2', 'Two', 0), (3, 'k3', 'Robot', 1);
         insert into identities (id, kind, name, mail, developer) values (1, 0, 'One', 'one@x', 1),
           (2, 0, 'One', 'uno@x', 1), (3, 0, 'Two', 'two@x', 2), (4, 0, 'Two', 'zwei@x', 2),
           (5, 0, 'Robot', 'bot@x', 3);
         insert into folders (id, repository, path) values (1, 7, '');
         insert into project_keys values (7, 'AB', 'AB', 'configured');",
    )?;
    let row = |i: usize| 1 + ((i + turn * 31) % commits.len()) as i64;
    for file in 1..=FILES {
        let path = if file <= 4 { format!("in/f{file}") } else { format!("out/f{file}") };
        let alive = file % 3 != 0;
        sql.execute(
            "insert into files (id, repository, path, folder, alive) values (?1, 7, ?2, 1, ?3)",
            params![file, path, alive],
        )?;
        if alive {
            sql.execute(
                "insert into file_words (rowid, path) values (?1, ?2)",
                params![file, path],
            )?;
        }
    }
    for pull in 1..=9 {
        sql.execute(
            "insert into pull_requests (id, repository, number) values (?1, 7, ?2)",
            params![20 - pull, pull],
        )?;
    }
    for (i, commit) in commits.iter().enumerate() {
        let parents: Vec<u8> =
            commit.parents.iter().flat_map(|it| commits[*it].oid.as_bytes().to_vec()).collect();
        let id = row(i);
        sql.execute(
            "insert into commits (id, repository, oid, generation, parents, author, authored,
             authored_offset, committer, committed, committed_offset, message, merge, fixes, hash)
             values (?1, 7, ?2, ?3, ?4, ?5, ?6, 0, ?5, ?6, 0, ?7, ?8, ?9, x'')",
            params![
                id,
                commit.oid.as_bytes(),
                commit.generation,
                parents,
                commit.people[0].0,
                commit.at,
                format!("change {i} of {}", if i % 10 == 0 { "tokens" } else { "things" }),
                commit.merge,
                commit.fixes
            ],
        )?;
        for (identity, role) in &commit.people {
            sql.execute(
                "insert into commit_people values (?1, ?2, ?3, ?4, 0)",
                params![id, identity, role, commit.at],
            )?;
        }
        for (file, from) in &commit.touches {
            let kind = if from.is_some() { 3 } else { 1 };
            sql.execute(
                "insert into commit_files values (?1, ?2, ?3, 2, 1, 0, ?4, ?5)",
                params![id, file, kind, from, commit.at],
            )?;
        }
        for pull in &commit.pulls {
            let pull = 20 - *pull as i64;
            sql.execute("insert into pr_commits values (?1, ?2, '(#1)', 0)", params![pull, id])?;
        }
        let number = (i % 5) as u32;
        let prefix = if i % 2 == 0 { "AB" } else { "UTF" };
        sql.execute(
            "insert into issue_mentions values (?1, ?2, ?3, 0)",
            params![id, prefix, number],
        )?;
    }
    sql.execute_batch("insert into commit_words (rowid, message) select id, message from commits")?;
    let weeks = "insert into weeks values (7, 1, ?1, 1, 0, 0, 0)";
    sql.execute(weeks, [commits.len()])?;
    Ok(())
}

fn oids(found: &[Found]) -> Vec<Oid> {
    found.iter().map(|it| it.place.oid).collect()
}

#[test]
fn past_names_are_followed_as_defined_whatever_the_renames() {
    for seed in 0..20 {
        let past = Past::new(seed, 0);
        for file in 1..=FILES {
            let mut wanted = BTreeSet::new();
            past.touched(file, u32::MAX, &mut wanted);
            let oldest = past.sorted(wanted.iter().copied()).last().copied();
            let found = past.ask(|reader, of| {
                let scope = Rc::new(reader.scope_of_file(of, FileId(file)).unwrap());
                let first = reader.oldest_touching(of, &scope).unwrap();
                assert_eq!(first.map(|it| it.place.oid), oldest);
                let select = Select { scope: Some(scope), ..Select::default() };
                reader.select(of, &select, None, usize::MAX).unwrap()
            });
            assert_eq!(oids(&found), past.sorted(wanted), "seed {seed}, file {file}");
        }
    }
}

#[test]
fn every_filter_gives_what_its_words_say_by_either_way_of_looking() {
    for seed in 0..6 {
        let past = Past::new(seed, seed as usize);
        let developer_of = |identity: i64| (identity + 1) / 2;
        for number in 0..40u64 {
            let mut dice = Dice(seed * 1_000 + number);
            let person = (dice.roll(2) == 0).then(|| {
                let wrote = if dice.roll(2) == 0 { Wrote::Author } else { Wrote::Reviewer };
                (DeveloperId(1 + dice.roll(2) as i64), wrote)
            });
            let file = (dice.roll(2) == 0).then(|| 1 + dice.roll(FILES as u64) as i64);
            let folder = (file.is_none() && dice.roll(2) == 0).then_some("in");
            let fixes = (dice.roll(3) == 0).then_some(true);
            let merge = (dice.roll(3) == 0).then_some(false);
            let issue = (dice.roll(4) == 0).then(|| (vec!["AB".to_owned()], dice.roll(5) as u32));
            let pull = (dice.roll(4) == 0).then(|| 1 + dice.roll(9));
            let (any_issue, any_pull) = (dice.roll(4) == 0, dice.roll(4) == 0);
            let files_max = (dice.roll(4) == 0).then_some(1);
            let since = Timestamp(if dice.roll(3) == 0 { 1_800_000 } else { i64::MIN });
            let once = dice.roll(4) == 0;
            let scope_files: Option<Vec<i64>> = match (file, folder) {
                (Some(file), _) => Some(vec![file]),
                (None, Some(_)) => Some((1..=4).filter(|it| it % 3 != 0).collect()),
                (None, None) => None,
            };
            let in_scope = scope_files.map(|files| {
                let mut found = BTreeSet::new();
                files.iter().for_each(|it| past.touched(*it, u32::MAX, &mut found));
                found
            });
            let fits = |i: usize, it: &Commit| {
                let has = |wanted: i64, roles: &[u8]| {
                    it.people
                        .iter()
                        .any(|(who, role)| developer_of(*who) == wanted && roles.contains(role))
                };
                person.is_none_or(|(who, wrote)| match wrote {
                    Wrote::Author => has(who.0, &[0, 1]),
                    Wrote::Reviewer => has(who.0, &[2]) && !has(who.0, &[0, 1]),
                }) && in_scope.as_ref().is_none_or(|them| them.contains(&i))
                    && fixes.is_none_or(|wanted| it.fixes == wanted)
                    && merge.is_none_or(|wanted| it.merge == wanted)
                    && issue
                        .as_ref()
                        .is_none_or(|(_, number)| i.is_multiple_of(2) && i as u32 % 5 == *number)
                    && (!any_issue || i.is_multiple_of(2))
                    && pull.is_none_or(|wanted| it.pulls.contains(&wanted))
                    && (!any_pull || !it.pulls.is_empty())
                    && files_max.is_none_or(|most| it.touches.len() <= most as usize)
                    && it.at >= since.0
            };
            let wanted =
                past.commits.iter().enumerate().filter(|(i, it)| fits(*i, it)).map(|it| it.0);
            let mut wanted = past.sorted(wanted);
            if once {
                let mut seen = BTreeSet::new();
                wanted.retain(|oid| {
                    let commit = past.commits.iter().find(|it| it.oid == *oid).unwrap();
                    commit.pulls.first().is_none_or(|pull| seen.insert(*pull))
                });
            }
            past.ask(|reader, of| {
                let scope = match (file, folder) {
                    (Some(file), _) => Some(reader.scope_of_file(of, FileId(file)).unwrap()),
                    (None, Some(folder)) => Some(reader.scope_of_folder(of, folder).unwrap()),
                    (None, None) => None,
                };
                for expected in [0, 1_000_000] {
                    let select = Select {
                        scope: scope.clone().map(Rc::new),
                        person,
                        issue: issue
                            .clone()
                            .map(|(prefixes, number)| IssueAsked::Named(prefixes, number)),
                        any_issue,
                        pull_request: pull,
                        any_pull_request: any_pull,
                        since,
                        fixes,
                        merge,
                        files_max,
                        once_per_pull_request: once,
                        expected,
                        ..Select::default()
                    };
                    let whole = reader.select(of, &select, None, usize::MAX).unwrap();
                    assert_eq!(oids(&whole), wanted, "seed {seed}, number {number}: {select:?}");
                    let mut pages = Vec::new();
                    loop {
                        let after = pages.last().map(|it: &Found| it.place);
                        let page = reader.select(of, &select, after, 3).unwrap();
                        if page.is_empty() {
                            break;
                        }
                        pages.extend(page);
                    }
                    assert_eq!(pages, whole, "seed {seed}, number {number}, page by page");
                }
            });
        }
    }
}

#[test]
fn a_window_counts_for_each_living_file_what_its_list_of_commits_holds() {
    for seed in 0..10 {
        let past = Past::new(seed, 3);
        past.ask(|reader, of| {
            for (since, until, folder) in
                [(i64::MIN, i64::MAX, ""), (1_500_000, 2_200_000, ""), (1_200_000, 2_900_000, "in")]
            {
                let (since, until) = (Timestamp(since), Timestamp(until));
                let activity = reader.activity(of, since, until, folder).unwrap();
                for file in reader.tree(of, folder).unwrap() {
                    let scope = Rc::new(reader.scope_of_file(of, file.id).unwrap());
                    let select = Select {
                        scope: Some(scope.clone()),
                        since,
                        until,
                        merge: Some(false),
                        ..Select::default()
                    };
                    let listed: BTreeSet<CommitId> = reader
                        .select(of, &select, None, usize::MAX)
                        .unwrap()
                        .into_iter()
                        .map(|it| it.id)
                        .collect();
                    let counted: BTreeSet<CommitId> = activity
                        .touches
                        .iter()
                        .filter(|it| it.file == file.id)
                        .map(|it| activity.commits[it.commit as usize].id)
                        .collect();
                    assert_eq!(counted, listed, "seed {seed}, {}", file.path);
                    let alone = reader.activity_of(of, file.id, &scope, since, until).unwrap();
                    let churn = |it: &Activity| -> u64 {
                        it.touches.iter().filter(|it| it.file == file.id).map(|it| it.churn).sum()
                    };
                    assert_eq!(churn(&alone), churn(&activity), "seed {seed}, {}", file.path);
                }
                let bots = activity.people.iter().filter(|it| it.1 == DeveloperId(3)).count();
                assert_eq!(bots, 0, "bots count for no one");
            }
        });
    }
}

#[test]
fn what_is_read_does_not_depend_on_the_rows_it_landed_in() {
    for seed in 0..5 {
        let told = |turn: usize| {
            Past::new(seed, turn).ask(|reader, of| {
                let all = reader.select(of, &Select::default(), None, usize::MAX).unwrap();
                let rows = reader.commits(of, &all).unwrap();
                let subjects: Vec<String> = rows.iter().map(|it| it.subject.clone()).collect();
                let scope = Rc::new(reader.scope_of_file(of, FileId(1)).unwrap());
                let mut known = reader.knowledge_of(of, &scope).unwrap();
                known.sort_by_key(|it| it.developer);
                let hits = reader.search_commits(of, "tokens", 50).unwrap();
                let hits: Vec<(Oid, String)> =
                    hits.into_iter().map(|it| (it.found.place.oid, it.snippet)).collect();
                let children: Vec<Vec<Oid>> = rows
                    .iter()
                    .map(|it| {
                        let rows = reader.children(of, it, 99).unwrap();
                        rows.into_iter().map(|it| it.place.oid).collect()
                    })
                    .collect();
                (oids(&all), subjects, known, hits, children)
            })
        };
        let once = told(0);
        assert_eq!(once.3.len(), 12);
        assert_eq!(told(1), once);
        assert_eq!(told(2), once);
    }
}

#[test]
fn children_are_those_who_name_it_as_parent() {
    let past = Past::new(3, 1);
    past.ask(|reader, of| {
        for (i, commit) in past.commits.iter().enumerate() {
            let row = reader.commit_of(of, commit.oid).unwrap().unwrap();
            let found: BTreeSet<Oid> =
                reader.children(of, &row, 99).unwrap().iter().map(|it| it.place.oid).collect();
            let wanted: BTreeSet<Oid> =
                past.commits.iter().filter(|it| it.parents.contains(&i)).map(|it| it.oid).collect();
            assert_eq!(found, wanted);
        }
    });
}

#[test]
fn the_first_release_is_the_earliest_tag_among_the_descendants() {
    let past = Past::new(5, 0);
    let tags = [(30usize, "v1"), (70, "v2"), (110, "v3"), (71, "v2.1")];
    past.store
        .write(|writer| {
            for (i, name) in tags {
                let commit = &past.commits[i];
                writer.sql().execute(
                    "insert into releases (repository, name, oid, at) values (7, ?1, ?2, ?3)",
                    params![name, commit.oid.as_bytes(), commit.at],
                )?;
            }
            Ok::<_, crate::Error>(())
        })
        .unwrap();
    let descends = |of: usize, from: usize| {
        let (mut open, mut seen) = (vec![of], BTreeSet::new());
        while let Some(it) = open.pop() {
            if it == from {
                return true;
            }
            if seen.insert(it) {
                open.extend(&past.commits[it].parents);
            }
        }
        false
    };
    past.ask(|reader, of| {
        let (mut released, mut given_up) = (0, 0);
        for (i, commit) in past.commits.iter().enumerate() {
            let wanted = tags
                .iter()
                .filter(|(tagged, _)| descends(*tagged, i))
                .min_by_key(|(tagged, name)| (past.commits[*tagged].at, *name))
                .map(|it| it.1.to_owned());
            let row = reader.commit_of(of, commit.oid).unwrap().unwrap();
            let found = match reader.first_release(of, &row, 10_000).unwrap() {
                FirstRelease::Known(it) => Some(it.name),
                FirstRelease::None => None,
                FirstRelease::Unknown => panic!("there are {COMMITS} commits in all"),
            };
            released += usize::from(found.is_some());
            assert_eq!(found, wanted, "commit {i}");
            // Looking at fewer commits gives the same answer or none, never another.
            let (whole, short) = (
                reader.first_release(of, &row, 10_000).unwrap(),
                reader.first_release(of, &row, 5).unwrap(),
            );
            assert!(short == whole || short == FirstRelease::Unknown, "commit {i}: {short:?}");
            given_up += usize::from(short != whole);
        }
        assert!(released > 60 && given_up > 20, "{released}, {given_up}");
    });
}

#[test]
fn what_is_found_depends_on_the_history_and_not_on_its_rows() {
    let told = |seed: u64, turn: usize, many: u32, most: u32| {
        Past::new(seed, turn).ask(|reader, of| {
            let hits = reader.search_commits_ranked_up_to(many, of, "change of", most).unwrap();
            hits.into_iter().map(|it| (it.found.place, it.snippet, it.score.to_bits())).collect()
        })
    };
    for seed in 1..4 {
        let past = Past::new(seed, 0);
        let mut newest: Vec<Place> = past
            .commits
            .iter()
            .map(|it| Place { at: Timestamp(it.at), generation: it.generation, oid: it.oid })
            .collect();
        newest.sort();
        // All messages hold the words: by newest alone, and by a rank in which many are equal.
        for (many, most) in [(9, 1), (9, 7), (9, 119), (9, 500), (900, 7), (900, 500)] {
            let found: Vec<(Place, String, u64)> = told(seed, 0, many, most);
            for turn in 1..4 {
                assert_eq!(told(seed, turn, many, most), found, "{seed} {turn} {many} {most}");
            }
            if many == 9 {
                let places: Vec<Place> = found.iter().map(|it| it.0).collect();
                assert_eq!(places, newest[..newest.len().min(most as usize)], "{seed} {most}");
            }
        }
    }
}

#[test]
fn a_path_that_is_not_there_is_told_what_it_may_have_meant() {
    let past = Past::new(1, 0);
    past.ask(|reader, of| {
        let near = |path: &str| reader.near(of, path).unwrap().map(|it| it.path);
        assert_eq!(near("elsewhere/in/f2").as_deref(), None); // `f2` is too short to look for
        let hits = reader.search_paths(of, "f1", 9).unwrap();
        let paths: Vec<&str> = hits.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["in/f1", "out/f10"]);
        let hits = reader.search_paths(of, "out/ F10", 9).unwrap();
        assert_eq!(hits.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["out/f10"]);
        assert!(reader.search_paths(of, "%", 9).unwrap().is_empty());
    });
}

#[test]
fn people_are_found_by_key_mail_name_and_as_written() {
    let past = Past::new(1, 0);
    past.ask(|reader, of| {
        for called in ["k1", "one@x", "UNO@x", "One", " one ", "One <uno@x>"] {
            let found = reader.persons_called(of, called).unwrap();
            assert_eq!(
                found.iter().map(|it| it.id).collect::<Vec<_>>(),
                [DeveloperId(1)],
                "{called}"
            );
        }
        assert!(reader.persons_called(of, "uno").unwrap().is_empty());
    });
}
