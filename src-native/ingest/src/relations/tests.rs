//! What belongs to what, from words alone and in a real store.

mod titles;

use super::refs::{Reading, Ref, refs};
use super::*;
use crate::{repositories, trackers};
use model::{Account, Comment, IssueFacts, Oid, PullCommit, PullFacts, PullState, ReviewFacts};
use model::{ReviewCommentFacts, Timestamp, Verdict};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use store::fingerprint::{Part, dump};
use store::writes::{Accounts, TrackerKind};
use store::{Store, Viewer};

fn told(text: &str, reading: Reading) -> Vec<String> {
    let known = |it: &str| ["PROJ", "KAFKA", "MY_APP"].contains(&it);
    refs(text, reading, &known)
        .into_iter()
        .map(|it| {
            let what = match it.what {
                Ref::Key { prefix, number } => format!("{prefix}-{number}"),
                Ref::Number { at, number } => format!("{}#{number}", at.unwrap_or_default()),
                Ref::Pull { at, number } => format!("{at}!{number}"),
                Ref::Commit { hex } => format!("@{hex}"),
            };
            let signs = [(it.leads, " leads"), (it.closes, " closes"), (it.closed_by, " by")];
            let signs = signs.iter().filter(|it| it.0).map(|it| it.1);
            signs.fold(what, |text, sign| text + sign)
        })
        .collect()
}

fn prose(text: &str) -> Vec<String> {
    told(text, Reading::Prose)
}

#[test]
fn keys_are_found_as_people_write_them() {
    assert_eq!(prose("PROJ-12: mend it"), ["PROJ-12 leads"]);
    assert_eq!(prose("[PROJ-1] & [PROJ-2] both"), ["PROJ-1 leads", "PROJ-2 leads"]);
    assert_eq!(prose("fix(ios): PROJ-3 mend"), ["PROJ-3 leads"]);
    assert_eq!(prose("mend what PROJ-4 broke"), ["PROJ-4"]);
    assert_eq!(prose("proj-5: mend"), ["proj-5 leads"]);
    assert_eq!(prose("Proj 6 mend"), ["Proj-6 leads"]);
    assert_eq!(prose("mend [proj 7]"), ["proj-7"]);
    assert_eq!(prose("Mend. Fixes proj-8"), ["proj-8 closes"]);
    assert_eq!(prose("MY_APP-9"), ["MY_APP-9 leads"]);
    assert_eq!(prose("[PROJ-1] Fix PROJ-2's tests"), ["PROJ-1 leads", "PROJ-2 closes"]);
}

#[test]
fn what_is_no_key_is_not_taken_for_one() {
    for text in [
        "CVE-2025-1234",
        "UTF-8",
        "SHA3-256",
        "PROJ-2025-1",
        "PROJ-1.2",
        "XPROJ-1",
        "a-PROJ-1",
        "PROJ-1a",
        "PROJ-0",
        "PROJ-1234567890",
        "three kafka 3 brokers",
        "on kafka-1 and kafka-2",
        "PROJ-",
        "PROJ",
        "-1",
        "é-1 ünï-2",
    ] {
        assert_eq!(prose(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn branches_name_keys_glued_to_other_words() {
    let branch = |it| told(it, Reading::Branch);
    assert_eq!(branch("users/PROJ-12-mend"), ["PROJ-12"]);
    assert_eq!(branch("mine_proj-12b"), ["proj-12"]);
    assert_eq!(branch("revert-5-PROJ_12"), ["PROJ-12"]);
    assert_eq!(branch("update-3"), Vec::<String>::new());
}

#[test]
fn numbers_addresses_and_ids_are_found_with_the_words_before_them() {
    assert_eq!(prose("Fixes #12, closes: o/n#3"), ["#12 leads closes", "o/n#3 closes"]);
    assert_eq!(prose("see #7 (C#8, &#39;, a/b/c#9)"), ["#7"]);
    assert_eq!(
        prose("PR: https://github.com/o/n/pull/5/files"),
        ["o/n!5"],
        "an address is the whole of it"
    );
    assert_eq!(prose("Resolves https://github.com/o/n/issues/5"), ["o/n#5 closes"]);
    assert_eq!(prose("it was fixed in #44"), ["#44 by"]);
    let id = "0123456789abcdef0123456789abcdef01234567";
    assert_eq!(prose(&format!("in {id}")), [format!("@{id}")]);
    assert_eq!(prose("https://github.com/o/n/commit/0123456789"), ["@0123456789"]);
    assert_eq!(prose("commit abcdef12 and deadbeef"), ["@abcdef12"]);
    for text in ["#", "##", "/pull/", "/pull/1", "o/n/pull/", "é#1é/pull/2", "/commit/é"] {
        prose(text); // no text makes it fail
    }
}

#[test]
fn a_slip_of_the_hand_is_one_letter() {
    for typo in ["KAKFA", "KAFAK", "KAFA", "KAFKAA", "LAFKA"] {
        assert!(keys::one_slip(typo, "KAFKA"), "{typo}");
    }
    for other in ["KAFKA", "KFAAK", "KAF", "SPARK", ""] {
        assert!(!keys::one_slip(other, "KAFKA"), "{other}");
    }
}

/// A repository, and a store with what trackers tell of it.
struct World {
    folder: tempfile::TempDir,
    store: Store,
    issues: Vec<IssueFacts>,
    pulls: Vec<PullFacts>,
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let it = World { folder, store, issues: Vec::new(), pulls: Vec::new() };
        std::fs::create_dir(it.repo()).unwrap();
        it.git(&["init", "-q", "-b", "main"]);
        it
    }

    fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=Ann Ames", "-c", "user.email=ann@example.org"])
            .args(arguments)
            .current_dir(self.repo())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("HOME", self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn issue(&mut self, key: &str, bug: bool) -> &mut IssueFacts {
        let id = (self.issues.len() + 1).to_string();
        let project = key.split_once('-').map_or("", |it| it.0).to_owned();
        let kind = if bug { "Bug" } else { "Story" }.to_owned();
        let key = key.to_owned();
        let updated = Timestamp(5);
        self.issues.push(IssueFacts { id, key, project, kind, updated, ..IssueFacts::default() });
        self.issues.last_mut().unwrap()
    }

    fn pull(&mut self, number: u64, title: &str) -> &mut PullFacts {
        let title = title.to_owned();
        let author = Some(account("maker"));
        let state = PullState::Merged;
        self.pulls.push(PullFacts { number, title, author, state, ..PullFacts::default() });
        self.pulls.last_mut().unwrap()
    }

    fn read(&self, store: &Store, path: &Path) {
        let name = match repositories::add(store, path, None) {
            Ok(name) => name,
            Err(Error::AlreadyThere { name, .. }) => name,
            Err(error) => panic!("{error}"),
        };
        crate::sync(store, &name, &|_, _, _| {}, &AtomicBool::new(false)).unwrap();
    }

    /// Takes in what trackers tell, in this order or the other way round, and settles.
    fn tell(&self, store: &Store, backwards: bool) {
        let id =
            store.read(|it| Ok::<_, store::Error>(it.allow(&Viewer::Owner, None)?.id)).unwrap();
        trackers::attach(store, "jira", TrackerKind::Jira, "jira.example", "{}", id).unwrap();
        let name = "github.com/org/repo";
        trackers::attach(store, name, TrackerKind::GitHub, "github.com", "{}", id).unwrap();
        store
            .write(|writer| {
                let jira = writer.tracker("jira")?.unwrap().id;
                let github = writer.tracker(name)?.unwrap().id;
                let mut at_jira = Accounts::new(writer, "jira.example")?;
                let mut at_github = Accounts::new(writer, "github.com")?;
                let mut issues: Vec<_> = self.issues.iter().collect();
                let mut pulls: Vec<_> = self.pulls.iter().collect();
                if backwards {
                    issues.reverse();
                    pulls.reverse();
                }
                for it in issues {
                    let (tracker, accounts) = match it.key.starts_with('#') {
                        true => (github, &mut at_github),
                        false => (jira, &mut at_jira),
                    };
                    let bug = it.kind == "Bug";
                    writer.put_issue((tracker, id, &it.id), Some(it), bug, accounts)?;
                }
                for it in pulls {
                    writer.put_pull((github, id, it.number), Some(it), &mut at_github)?;
                }
                writer.set_settled(jira, false)?;
                Ok::<_, Error>(())
            })
            .unwrap();
        trackers::settle(store).unwrap();
    }

    fn settle(&self) {
        self.read(&self.store, &self.repo());
        self.tell(&self.store, false);
    }

    /// Links of commits and pull requests: `subject or #number > key: words`, direct or closing
    /// with a star.
    fn links(&self) -> Vec<String> {
        let mut found: Vec<String> = lines(&self.store, Part::Facts)
            .into_iter()
            .filter_map(|it| it.strip_prefix("26\t").map(str::to_owned))
            .map(|it| {
                let cells: Vec<&str> = it.split('\t').collect();
                let from = match cells[0] {
                    "-" => format!("#{}", cells[1]),
                    oid => self.git(&["log", "-1", "--format=%s", oid]),
                };
                let star = if cells[4] == "1" { "*" } else { "" };
                let (key, words) = (cells[2].trim_matches('"'), cells[3].trim_matches('"'));
                format!("{from} > {key}{star}: {words}")
            })
            .collect();
        found.sort();
        found
    }

    fn link(&self, from: &str, key: &str) -> Option<String> {
        let starts = [format!("{from} > {key}: "), format!("{from} > {key}*: ")];
        let links = self.links();
        let found = links.into_iter().find(|it| starts.iter().any(|at| it.starts_with(at)));
        found.map(|it| it[from.len() + 3..].to_owned())
    }

    /// Subjects of commits that fix a bug.
    fn fixing(&self) -> Vec<String> {
        let mut found: Vec<String> = lines(&self.store, Part::Facts)
            .into_iter()
            .filter_map(|it| it.strip_prefix("1\t").map(str::to_owned))
            .filter(|it| {
                let cells: Vec<&str> = it.split('\t').collect();
                cells[cells.len() - 3].parse::<i64>().unwrap() & 2 == 2
            })
            .map(|it| self.git(&["log", "-1", "--format=%s", it.split('\t').next().unwrap()]))
            .collect();
        found.sort();
        found
    }
}

fn account(login: &str) -> Account {
    Account { id: login.into(), login: login.into(), active: true, ..Account::default() }
}

fn lines(store: &Store, part: Part) -> Vec<String> {
    let mut text = String::new();
    store
        .read(|reader| dump(reader, &reader.allow(&Viewer::Owner, None)?, part, &mut text))
        .unwrap();
    text.lines().map(str::to_owned).collect()
}

fn oid(hex: &str) -> Oid {
    Oid::from_hex(hex).unwrap()
}

fn listed(hex: &str) -> PullCommit {
    PullCommit {
        id: oid(hex),
        message: String::new(),
        author: None,
        author_name: "Ann Ames".into(),
        author_mail: "ann@example.org".into(),
        authored: Timestamp(1),
    }
}

fn review(id: &str, login: &str, verdict: Verdict, body: &str) -> ReviewFacts {
    let (id, body) = (id.to_owned(), body.to_owned());
    let reviewer = Some(account(login));
    ReviewFacts { id, reviewer, verdict, body, at: Timestamp(3), commit: None }
}

#[test]
fn each_link_is_told_by_its_strongest_words() {
    let mut it = World::new();
    it.commit("PROJ-1: begin");
    it.commit("mend PROJ-1 again");
    it.commit("mend\n\nabout PROJ-1");
    it.commit("PROJ-2: redo what PROJ-1 did");
    it.commit("mend\n\nFixes #9");
    let named = it.commit("no words");
    it.issue("PROJ-1", false).body = format!("done in {named}");
    it.issue("PROJ-2", false);
    it.issue("#9", false);
    it.settle();
    let link = |from, key| it.link(from, key);
    assert_eq!(link("PROJ-1: begin", "PROJ-1").unwrap(), "PROJ-1*: the subject begins with PROJ-1");
    assert_eq!(link("mend PROJ-1 again", "PROJ-1").unwrap(), "PROJ-1*: PROJ-1 in the subject");
    assert!(link("mend", "PROJ-1").unwrap().ends_with("PROJ-1 in the message below the subject"));
    assert!(link("mend", "#9").unwrap().ends_with("says that it fixes #9"));
    let aside = link("PROJ-2: redo what PROJ-1 did", "PROJ-1").unwrap();
    assert!(aside.ends_with("which begins with another key"), "{aside}");
    assert_eq!(
        link("no words", "PROJ-1").unwrap(),
        "PROJ-1*: the description of PROJ-1 gives its id"
    );
    assert_eq!(it.links().len(), 7);
}

#[test]
fn a_pull_request_brings_its_commits_to_the_issues_it_names() {
    let mut it = World::new();
    let one = it.commit("one");
    let two = it.commit("two");
    it.issue("PROJ-1", true);
    it.issue("PROJ-2", true);
    it.issue("PROJ-3", true);
    it.issue("#8", true);
    let pull = it.pull(5, "PROJ-1: mend");
    pull.branch = "fix/proj-2-mend".into();
    pull.body = "Resolves #8, see PROJ-3".into();
    pull.commits = vec![listed(&one)];
    pull.merge_commit = Some(oid(&two));
    it.settle();
    assert!(it.link("#5", "PROJ-1").unwrap().ends_with("its title begins with PROJ-1"));
    assert!(it.link("#5", "PROJ-2").unwrap().contains("its branch fix/proj-2-mend"));
    assert_eq!(it.link("#5", "PROJ-3").unwrap(), "PROJ-3: PROJ-3 in its description");
    assert!(it.link("#5", "#8").unwrap().starts_with("#8*: "), "it closes");
    assert_eq!(it.link("one", "PROJ-1").unwrap(), "PROJ-1: #5: its title begins with PROJ-1");
    assert!(it.link("two", "#8").is_some());
    assert_eq!(it.fixing(), ["one", "two"]);
    let told: Vec<_> =
        lines(&it.store, Part::Facts).into_iter().filter(|it| it.starts_with("9\t5")).collect();
    assert!(told.iter().any(|it| it.contains("\"GitHub lists it\"\t1")), "{told:?}");
    assert!(told.iter().any(|it| it.contains("\"GitHub names it as the merge\"\t1")), "{told:?}");
}

#[test]
fn an_issue_names_pull_requests_of_this_repository_and_of_no_other() {
    let mut it = World::new();
    let one = it.commit("one");
    it.pull(5, "mend").commits = vec![listed(&one)];
    it.issue("PROJ-1", false).comments = vec![Comment {
        id: "1".into(),
        body: "see https://github.com/ORG/repo/pull/5".into(),
        ..Comment::default()
    }];
    it.issue("PROJ-2", false).body = "https://github.com/other/repo/pull/5".into();
    it.settle();
    assert!(it.link("#5", "PROJ-1").unwrap().ends_with("a comment of PROJ-1 gives its address"));
    assert!(it.link("one", "PROJ-1").is_some());
    assert_eq!(it.link("#5", "PROJ-2"), None);
}

#[test]
fn a_former_name_of_the_repository_is_learnt_from_what_agrees() {
    let mut it = World::new();
    for n in 1..=6 {
        let title = if n < 6 { format!("PROJ-{n}: mend") } else { "mend".to_owned() };
        it.pull(n, &title);
        it.issue(&format!("PROJ-{n}"), false).body =
            format!("https://github.com/former/repo/pull/{n} https://github.com/fork/x/pull/{n}");
    }
    it.commit("begin");
    it.settle();
    assert!(it.link("#6", "PROJ-6").unwrap().ends_with("gives its address"));
}

#[test]
fn reverts_and_picked_commits_say_so_and_fix_nothing_anew() {
    let mut it = World::new();
    let fix = it.commit("PROJ-1: mend");
    it.commit(&format!("Revert \"PROJ-1: mend\"\n\nThis reverts commit {fix}."));
    it.commit(&format!("PROJ-1: mend\n\n(cherry picked from commit {fix})"));
    it.issue("PROJ-1", true);
    it.settle();
    let links = it.links();
    assert_eq!(links.len(), 3);
    assert_eq!(
        links.iter().filter(|it| it.contains(&format!(": {REVERTS}"))).count(),
        1,
        "{links:?}"
    );
    assert_eq!(
        links.iter().filter(|it| it.contains(&format!(": {PICKED}"))).count(),
        1,
        "{links:?}"
    );
    assert_eq!(it.fixing(), ["PROJ-1: mend"]);
}

#[test]
fn keys_that_no_record_answers_to_are_a_gap() {
    let mut it = World::new();
    it.commit("PROJ-1: one");
    it.commit("PROJ-7: seven");
    it.commit("CVE-2025: a standard");
    it.issue("PROJ-1", false);
    it.settle();
    let gaps = |it: &World| -> Vec<String> {
        lines(&it.store, Part::Facts)
            .into_iter()
            .filter(|it| it.contains("keysWithoutRecord"))
            .collect()
    };
    assert!(gaps(&it)[0].contains("1 of 2, such as PROJ-7"), "{:?}", gaps(&it));
    it.commit("more");
    it.read(&it.store, &it.repo());
    assert_eq!(gaps(&it).len(), 1, "what a sync says of gaps leaves it");
    it.issue("PROJ-7", false);
    it.settle();
    assert_eq!(gaps(&it), Vec::<String>::new());
}

#[test]
fn reviewers_are_those_who_said_something_of_somebody_elses_work() {
    let mut it = World::new();
    let one = it.commit("one");
    let pull = it.pull(5, "mend");
    pull.commits = vec![listed(&one)];
    pull.reviews = vec![
        review("1", "yes", Verdict::Approved, ""),
        review("2", "no", Verdict::ChangesRequested, ""),
        review("3", "silent", Verdict::Commented, ""),
        review("4", "speaks", Verdict::Commented, "why?"),
        review("5", "lines", Verdict::Commented, ""),
        review("6", "back", Verdict::Dismissed, "no"),
        review("7", "maker", Verdict::Commented, "my own"),
        review("8", "codecov[bot]", Verdict::Commented, "covered"),
    ];
    pull.review_comments = vec![ReviewCommentFacts {
        id: "1".into(),
        review: "5".into(),
        author: Some(account("lines")),
        body: "here".into(),
        ..ReviewCommentFacts::default()
    }];
    it.settle();
    let who = |it: &World| -> Vec<String> {
        let of_two = |it: &String| it.starts_with("2\t") && it.split('\t').nth(2) == Some("2");
        let name = |it: String| it.split('\t').nth(8).unwrap().trim_matches('"').to_owned();
        lines(&it.store, Part::Facts).into_iter().filter(of_two).map(name).collect()
    };
    assert_eq!(who(&it), ["lines", "no", "speaks", "yes"]);
    let counted = |it: &World| {
        lines(&it.store, Part::Made)
            .iter()
            .filter(|it| it.starts_with("5\t\"@yes\"\t0\t0\t1"))
            .count()
    };
    assert_eq!(
        counted(&it),
        1,
        "a review on GitHub counts in rollups: {:?}",
        lines(&it.store, Part::Made)
    );
    it.pulls[0].reviews.retain(|it| it.id == "2");
    it.pulls[0].review_comments.clear();
    it.settle();
    assert_eq!(who(&it), ["no"]);
    assert_eq!(counted(&it), 0);
}

#[test]
fn order_and_repetition_change_nothing() {
    let mut it = World::new();
    it.commit("PROJ-1: one");
    let two = it.commit("two");
    it.commit("proj-2: three (#6)");
    it.issue("PROJ-1", true);
    it.issue("PROJ-2", true).past_keys = vec!["OLD-3".into()];
    it.issue("#9", true).body = format!("fixed by #5, {two}");
    it.pull(5, "OLD-3 and more").commits = vec![listed(&two)];
    it.pull(6, "three").reviews = vec![review("1", "yes", Verdict::Approved, "")];
    it.settle();
    let whole = |store: &Store| [lines(store, Part::Facts), lines(store, Part::Made)];
    let first = whole(&it.store);
    assert!(it.link("#5", "PROJ-2").unwrap().contains("begins with PROJ-2"), "a past key");
    assert!(it.link("#5", "#9").unwrap().starts_with("#9*"), "the issue says what fixed it");
    it.tell(&it.store, false);
    assert_eq!(whole(&it.store), first);
    // Issues first, history after, everything the other way round.
    let other = Store::open(&it.folder.path().join("other")).unwrap();
    let name = repositories::add(&other, &it.repo(), None).unwrap();
    it.tell(&other, true);
    crate::sync(&other, &name, &|_, _, _| {}, &AtomicBool::new(false)).unwrap();
    assert_eq!(whole(&other), first);
}

#[test]
fn what_was_cut_short_is_made_up_for_and_then_nothing_is_left_to_do() {
    let mut it = World::new();
    let one = it.commit("PROJ-1: one");
    it.issue("PROJ-1", true);
    let pull = it.pull(5, "mend");
    pull.commits = vec![listed(&one)];
    pull.reviews = vec![review("1", "yes", Verdict::Approved, "")];
    it.settle();
    let whole = [lines(&it.store, Part::Facts), lines(&it.store, Part::Made)];
    let again = |store: &Store| -> bool {
        let settled = store.write(|writer| {
            let id = writer.sources()?[0].id;
            settle(writer, id, &Issues::default())
        });
        settled.unwrap()
    };
    assert!(!again(&it.store), "nothing is new");
    // Killed in the middle of settling: its transaction is not there, and the tracker says so.
    let killed: Result<(), Error> = it.store.write(|writer| {
        for tracker in writer.trackers()? {
            writer.forget_projection(tracker.id, None)?;
        }
        let id = writer.sources()?[0].id;
        assert!(settle(writer, id, &Issues::default())?, "reviewers and fixes went");
        Err(Error::Stopped)
    });
    assert!(matches!(killed, Err(Error::Stopped)));
    assert_eq!([lines(&it.store, Part::Facts), lines(&it.store, Part::Made)], whole);
    it.tell(&it.store, true);
    assert_eq!([lines(&it.store, Part::Facts), lines(&it.store, Part::Made)], whole);
}

#[test]
fn a_tracker_that_goes_takes_what_it_told_along() {
    let mut it = World::new();
    let one = it.commit("PROJ-1: one");
    it.read(&it.store, &it.repo());
    let before = [lines(&it.store, Part::Facts), lines(&it.store, Part::Made)];
    it.issue("PROJ-1", true);
    let pull = it.pull(5, "mend");
    pull.commits = vec![listed(&one)];
    pull.reviews = vec![review("1", "yes", Verdict::Approved, "")];
    it.settle();
    assert_eq!(it.fixing(), ["PROJ-1: one"]);
    it.store
        .write(|writer| {
            for tracker in writer.trackers()? {
                writer.remove_tracker(tracker.id)?;
            }
            let id = writer.sources()?[0].id;
            settle(writer, id, &Issues::default())?;
            writer.drop_unnamed_identities()?;
            crate::people::settle(writer, &[(id, false)])
        })
        .unwrap();
    assert_eq!([lines(&it.store, Part::Facts), lines(&it.store, Part::Made)], before);
}
