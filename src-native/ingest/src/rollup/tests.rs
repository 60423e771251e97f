//! Rollups against their definitions, whatever order the rows came in.

use super::*;
use model::DeveloperId;
use model::{CommitId, FileId, IdentityId};
use store::writes::{Folder, HistoryCommit, HistoryFile, HistoryPerson, Touch};

const ANN: IdentityId = IdentityId(1);
const BOB: IdentityId = IdentityId(2);
const BOT: IdentityId = IdentityId(3);

fn people() -> WhoIsWho {
    [(ANN, 10, false), (BOB, 20, false), (BOT, 30, true)]
        .map(|(id, developer, bot)| (id, (DeveloperId(developer), bot)))
        .into()
}

/// A history with the root folder (0) and `sub` (1) below it.
#[derive(Default)]
struct Made(History);

impl Made {
    fn new(files: &[(u32, bool)]) -> Made {
        let mut history = History {
            folders: vec![Folder { id: 100, parent: None }, Folder { id: 101, parent: Some(0) }],
            components: vec![200],
            ..History::default()
        };
        for (i, (folder, alive)) in files.iter().enumerate() {
            let component = (*folder == 1).then_some(0);
            let id = FileId(1 + i as i64);
            history.files.push(HistoryFile { id, folder: *folder, component, alive: *alive });
        }
        Made(history)
    }

    fn commit(
        &mut self,
        by: &[(IdentityId, u8)],
        pull: Option<u64>,
        touches: &[(u32, u8, Option<u32>)],
    ) {
        let commit = self.0.commits.len() as u32;
        self.0.commits.push(HistoryCommit {
            id: CommitId(i64::from(commit) + 1),
            generation: commit + 1,
            at: 1_000_000 + i64::from(commit),
            author: by[0].0,
            merge: false,
            fixes: false,
            pull,
        });
        let named = |(identity, role): &(IdentityId, u8)| HistoryPerson {
            commit,
            identity: *identity,
            role: *role,
        };
        self.0.people.extend(by.iter().map(named));
        for (file, kind, from) in touches {
            let (file, kind, from) = (*file, *kind, *from);
            self.0.touches.push(Touch { commit, file, from, kind, added: 10, deleted: 1 });
        }
    }

    fn knowledge(&self, kind: u8, subject: i64, developer: i64) -> Option<Knowledge> {
        let rollups = rollups(&self.0, &people());
        let of =
            |it: &&Knowledge| (it.kind, it.subject, it.developer.0) == (kind, subject, developer);
        rollups.knowledge.iter().find(of).copied()
    }
}

#[test]
fn a_file_is_followed_through_its_past_names_and_no_further() {
    // 0 is renamed to 1 in the third commit; then a new file appears at the path of 0.
    let mut it = Made::new(&[(0, true), (1, true)]);
    it.commit(&[(ANN, 0)], None, &[(0, 0, None)]);
    it.commit(&[(BOB, 0)], None, &[(0, 1, None)]);
    it.commit(&[(ANN, 0)], None, &[(1, 3, Some(0))]);
    it.commit(&[(BOB, 0)], None, &[(0, 0, None)]);
    let moved = it.knowledge(0, 2, 10).unwrap();
    assert_eq!((moved.commits, moved.added, moved.created), (2, 20, true));
    assert_eq!(it.knowledge(0, 2, 20).unwrap().commits, 1, "what came back is another file");
    assert_eq!(it.knowledge(0, 1, 20).unwrap().commits, 2, "a path keeps what happened at it");
    let totals = rollups(&it.0, &people()).files;
    let totals: Vec<_> = totals.iter().map(|it| (it.file.0, it.commits, it.added)).collect();
    assert_eq!(totals, [(1, 3, 30), (2, 3, 30)]);
}

#[test]
fn names_that_go_in_a_circle_end() {
    let mut it = Made::new(&[(0, true), (0, false)]);
    it.commit(&[(ANN, 0)], None, &[(0, 0, None)]);
    it.commit(&[(ANN, 0)], None, &[(1, 3, Some(0))]);
    it.commit(&[(BOB, 0)], None, &[(0, 3, Some(1))]);
    it.commit(&[(ANN, 0)], None, &[(1, 3, Some(0))]);
    it.commit(&[(ANN, 0)], None, &[(0, 3, Some(1))]);
    assert_eq!(it.knowledge(0, 1, 10).unwrap().commits, 4);
    assert_eq!(it.knowledge(0, 1, 20).unwrap().commits, 1);
    assert_eq!(it.knowledge(0, 2, 10), None, "a gone file is known by nobody");
    let totals = rollups(&it.0, &people()).files;
    assert_eq!((totals[0].commits, totals[1].commits), (5, 4), "and has totals all the same");
}

#[test]
fn folders_count_a_commit_and_a_path_once() {
    let mut it = Made::new(&[(0, true), (1, true), (1, true)]);
    it.commit(&[(ANN, 0), (BOB, 1)], None, &[(0, 0, None), (1, 0, None), (2, 0, None)]);
    it.commit(&[(ANN, 0)], None, &[(1, 1, None)]);
    let root = it.knowledge(1, 100, 10).unwrap();
    assert_eq!((root.commits, root.added, root.deleted), (2, 40, 4));
    let sub = it.knowledge(1, 101, 20).unwrap();
    assert_eq!((sub.commits, sub.added), (1, 20));
    let component = it.knowledge(2, 200, 10).unwrap();
    assert_eq!((component.commits, component.added), (2, 30));
}

#[test]
fn one_past_that_two_living_files_share_counts_once_in_their_folder() {
    let mut it = Made::new(&[(0, true), (0, true)]);
    it.commit(&[(ANN, 0)], None, &[(0, 0, None)]);
    it.commit(&[(ANN, 0)], None, &[(1, 3, Some(0))]);
    it.commit(&[(BOB, 0)], None, &[(0, 0, None)]);
    assert_eq!(it.knowledge(1, 100, 10).unwrap().added, 20);
}

#[test]
fn reviews_are_distinct_pull_requests_of_others() {
    let mut it = Made::new(&[(1, true)]);
    it.commit(&[(ANN, 0), (BOB, 2)], Some(7), &[(0, 0, None)]);
    it.commit(&[(ANN, 0), (BOB, 2)], Some(7), &[(0, 1, None)]);
    it.commit(&[(ANN, 0), (BOB, 2), (ANN, 2)], None, &[(0, 1, None)]);
    for (kind, subject) in [(0, 1), (1, 100), (1, 101), (2, 200)] {
        let bob = it.knowledge(kind, subject, 20).unwrap();
        assert_eq!((bob.commits, bob.reviews), (0, 2), "{kind}");
        assert_eq!((bob.first_at, bob.last_at), (1_000_000, 1_000_002));
        assert_eq!(it.knowledge(kind, subject, 10).unwrap().reviews, 0, "not of one's own");
    }
    assert_eq!(it.knowledge(0, 1, 20).unwrap().authors, 0, "a reviewer is no author");
}

#[test]
fn authors_are_told_by_degree_and_bots_are_nobody() {
    let mut it = Made::new(&[(1, true)]);
    it.commit(&[(ANN, 0)], None, &[(0, 0, None)]);
    for _ in 0..40 {
        it.commit(&[(BOT, 0)], None, &[(0, 1, None)]);
    }
    it.commit(&[(BOB, 0)], None, &[(0, 1, None)]);
    // Ann made it and one other change followed; Bob made that one change.
    let (ann, bob) = (3.293 + 1.098 - 0.321 * 2f64.ln(), 3.293 + 0.164);
    assert!(bob / ann > 0.75);
    assert_eq!(it.knowledge(0, 1, 10).unwrap().authors, 1);
    assert_eq!(it.knowledge(0, 1, 20).unwrap().authors, 1);
    assert_eq!(it.knowledge(0, 1, 30), None);
    assert_eq!(it.knowledge(1, 100, 10).unwrap().authors, 1);
    assert_eq!(it.knowledge(2, 200, 20).unwrap().authors, 1);
    let rollups = rollups(&it.0, &people());
    let bot = rollups.totals.iter().find(|it| it.developer.0 == 30).unwrap();
    assert_eq!((bot.commits, bot.files), (40, 1));
    assert_eq!(rollups.weeks[0].people, 2, "bots are not people");
    assert_eq!(rollups.weeks[0].commits, 42);
}

#[test]
fn numbers_of_rows_mean_nothing() {
    let build = |offset: i64| {
        let mut it = Made::new(&[(0, true), (1, true)]);
        it.commit(&[(ANN, 0)], None, &[(0, 0, None)]);
        it.commit(&[(BOB, 0), (ANN, 2)], Some(3), &[(1, 3, Some(0))]);
        it.0.commits.iter_mut().for_each(|it| it.id.0 += offset);
        rollups(&it.0, &people())
    };
    assert_eq!(build(0), build(500));
}

#[test]
fn comments_count_once_however_many_commits_their_issue_has() {
    let mut it = Made::new(&[(0, true), (1, true)]);
    it.commit(&[(ANN, 0)], None, &[(0, 0, None), (1, 0, None)]);
    it.commit(&[(ANN, 0)], None, &[(1, 1, None)]);
    // The first issue belongs to both commits, the second to the first alone.
    it.0.issues = vec![(0, 0), (0, 1), (1, 0)];
    it.0.said = vec![vec![(BOB, 2), (BOT, 5)], vec![(ANN, 1), (BOB, 1)]];
    for (kind, subject) in [(0, 1), (0, 2), (1, 100), (1, 101), (2, 200)] {
        let bob = it.knowledge(kind, subject, 20).unwrap();
        assert_eq!((bob.comments, bob.commits, bob.last_at), (3, 0, 0), "{kind} {subject}");
        assert_eq!(it.knowledge(kind, subject, 10).unwrap().comments, 1, "{kind} {subject}");
        assert_eq!(it.knowledge(kind, subject, 30), None, "bots know nothing");
    }
}
