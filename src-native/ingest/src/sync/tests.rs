//! Real repositories, made by Git itself, read into real stores.

use super::*;
use crate::{people, repositories};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use store::fingerprint::{Part, dump};

/// A folder with a repository and stores beside it.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> World {
        let it = World { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(it.repo()).unwrap();
        it.git(&["init", "-q", "-b", "main"]);
        it
    }

    fn repo(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.git_with(arguments, b"")
    }

    fn git_with(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut child = Command::new("git")
            .args(arguments)
            .current_dir(self.repo())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.folder.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Ann Ames")
            .env("GIT_AUTHOR_EMAIL", "ann@example.org")
            .env("GIT_COMMITTER_NAME", "Ann Ames")
            .env("GIT_COMMITTER_EMAIL", "ann@example.org")
            .env("GIT_AUTHOR_DATE", "1700000000 +0100")
            .env("GIT_COMMITTER_DATE", "1700000000 +0100")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.repo().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn commit(&self, path: &str, text: &str, message: &str) -> String {
        self.write(path, text);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn store(&self, name: &str) -> Memory {
        Memory { store: Store::open(&self.folder.path().join(name)).unwrap(), repo: self.repo() }
    }
}

struct Memory {
    store: Store,
    repo: PathBuf,
}

impl Memory {
    fn sync(&self) -> Report {
        match repositories::add(&self.store, &self.repo, None) {
            Ok(_) | Err(Error::AlreadyThere { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        self.sync_again().unwrap()
    }

    fn sync_again(&self) -> Result<Report, Error> {
        let name = self.repo.join(".git").canonicalize().unwrap();
        sync(&self.store, name.to_str().unwrap(), &|_, _, _| {}, &AtomicBool::new(false))
    }

    /// Everything by natural keys, as text.
    fn dump(&self) -> String {
        let mut text = String::new();
        self.store
            .read(|reader| {
                for allowed in reader.allow_all(&Viewer::Owner)? {
                    dump(reader, &allowed, Part::Facts, &mut text)?;
                    dump(reader, &allowed, Part::Made, &mut text)?;
                }
                Ok::<_, store::Error>(())
            })
            .unwrap();
        text
    }

    fn lines(&self, needle: &str) -> Vec<String> {
        self.dump().lines().filter(|it| it.contains(needle)).map(str::to_owned).collect()
    }

    fn damaged(&self) -> usize {
        self.store
            .read(|reader| {
                let allowed = reader.allow(&Viewer::Owner, None)?;
                store::verify(reader, &allowed)
            })
            .unwrap()
            .len()
    }
}

#[track_caller]
fn assert_same(a: &Memory, b: &Memory, about: &str) {
    let (a, b) = (a.dump(), b.dump());
    if a != b {
        let only = |x: &str, y: &str| {
            let y: std::collections::HashSet<&str> = y.lines().collect();
            x.lines().filter(|it| !y.contains(it)).take(12).collect::<Vec<_>>().join("\n")
        };
        panic!(
            "{about}\nonly in the first:\n{}\nonly in the second:\n{}",
            only(&a, &b),
            only(&b, &a)
        );
    }
}

#[test]
fn a_history_is_read_with_all_it_tells() {
    let world = World::new();
    world.commit("src/auth/login.rs", "a\nb\n", "ABC-1: Add login (#3)");
    world.git(&["mv", "src/auth/login.rs", "src/auth/enter.rs"]);
    let moved = world.commit(
        "docs/x.md",
        "x\n",
        "ABC-2: Move it\n\nCo-authored-by: Bob Berg <bob@example.org>\nReviewers: Cy Coe \
         <cy@example.org>, dilogin",
    );
    world.commit("docs/x.md", "y\n", &format!("Revert \"it\"\n\nThis reverts commit {moved}."));
    world.git(&["tag", "v1"]);
    world.git(&["update-ref", "refs/pull/9/head", &moved]);
    let memory = world.store("a.db");
    let report = memory.sync();
    assert_eq!((report.commits_added, report.commits_removed, report.files), (3, 0, 2));
    assert_eq!(report.gaps, Vec::<String>::new());
    let has = |text: &str| assert!(!memory.lines(text).is_empty(), "{text}\n{}", memory.dump());
    has("\t3\t0\t0\t0\t\"src/auth/login.rs\"");
    has("\"(#3)\"");
    has("\"refs/pull/9/head\"");
    has("\"v1\"");
    has(&format!("\t0\t{moved}\t"));
    has("\"bob@example.org\"");
    has("\t1\t\"dilogin\"");
    assert_eq!(memory.damaged(), 0);
    assert_eq!(memory.sync().commits_added, 0);
}

#[test]
fn nothing_new_writes_nothing() {
    let world = World::new();
    world.commit("a", "1", "one");
    let memory = world.store("a.db");
    memory.sync();
    let before = std::fs::read(world.folder.path().join("a.db-wal")).unwrap();
    let report = memory.sync();
    assert_eq!((report.commits_added, report.files), (0, 0));
    assert_eq!(std::fs::read(world.folder.path().join("a.db-wal")).unwrap(), before);
}

/// Where the object of a name lies loose.
fn loose(world: &World, name: &str) -> PathBuf {
    let id = world.git(&["rev-parse", name]);
    world.repo().join(".git/objects").join(&id[..2]).join(&id[2..])
}

#[test]
fn a_head_that_cannot_be_read_is_a_failure_and_memory_stays() {
    let world = World::new();
    for i in 0..6 {
        world.commit("a", &format!("{i}\n"), "more");
    }
    let memory = world.store("a.db");
    memory.sync();
    let before = memory.dump();
    world.commit("a", "new\n", "new");
    let head = world.git(&["rev-parse", "HEAD"]);
    let object = loose(&world, "HEAD");
    let content = std::fs::read(&object).unwrap();
    for damaged in [None, Some(&b"garbage"[..])] {
        std::fs::remove_file(&object).unwrap();
        if let Some(damaged) = damaged {
            std::fs::write(&object, damaged).unwrap();
        }
        let said = memory.sync_again().unwrap_err().to_string();
        assert!(said.contains(&head) && said.contains("memory stays"), "{said}");
        assert_eq!(memory.dump(), before);
        let unread = world.store(&format!("first-{}.db", damaged.is_some()));
        repositories::add(&unread.store, &unread.repo, None).unwrap();
        assert!(unread.sync_again().unwrap_err().to_string().contains(&head));
        std::fs::write(&object, &content).unwrap_or_else(|_| {
            std::fs::remove_file(&object).unwrap();
            std::fs::write(&object, &content).unwrap();
        });
    }
    // Without its packs there is no object at all.
    world.git(&["repack", "-adq"]);
    let packs = world.repo().join(".git/objects/pack");
    std::fs::rename(&packs, world.folder.path().join("packs")).unwrap();
    assert!(memory.sync_again().unwrap_err().to_string().contains(&head));
    assert_eq!(memory.dump(), before);
    std::fs::rename(world.folder.path().join("packs"), &packs).unwrap();
    assert_eq!(memory.sync_again().unwrap().commits_added, 1);
}

#[test]
fn a_lost_commit_takes_nothing_out_of_memory() {
    let world = World::new();
    world.commit("a", "1\n", "one");
    world.commit("a", "2\n", "two");
    let memory = world.store("a.db");
    memory.sync();
    let before = memory.dump();
    let lost = world.commit("a", "3\n", "three");
    world.commit("a", "4\n", "four");
    let object = loose(&world, &lost);
    let aside = world.folder.path().join("aside");
    std::fs::rename(&object, &aside).unwrap();
    let said = memory.sync_again().unwrap_err().to_string();
    assert!(said.contains(&lost), "{said}");
    assert_eq!(memory.dump(), before);
    std::fs::rename(&aside, &object).unwrap();
    assert_eq!(memory.sync_again().unwrap().commits_added, 2);
    let fresh = world.store("b.db");
    fresh.sync();
    assert_same(&memory, &fresh, "after the commit came back");
}

#[test]
fn what_lacked_is_read_when_it_has_come() {
    let world = World::new();
    world.commit("a", "1\n", "one");
    world.commit("src/b", "2\n", "two");
    world.commit("a", "3\n", "three");
    let fresh = world.store("whole.db");
    assert_eq!(fresh.sync().gaps, Vec::<String>::new());
    // A file's content, a folder, a commit; away or damaged; no ref moves when it comes back.
    for (object, name) in
        ["HEAD~2:a", "HEAD~1:src", "HEAD~2"].iter().zip(["blob", "tree", "commit"])
    {
        for damaged in [false, true] {
            let path = loose(&world, object);
            let content = std::fs::read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            if damaged {
                std::fs::write(&path, "garbage").unwrap();
            }
            let memory = world.store(&format!("{name}-{damaged}.db"));
            let gaps = memory.sync().gaps;
            let text =
                if damaged { "Damaged objects in this clone: 1" } else { "not in this clone" };
            assert!(gaps.len() == 1 && gaps[0].contains(text), "{object}: {gaps:?}");
            assert!(!gaps[0].contains(" 0 changed paths"), "{gaps:?}");
            assert_ne!(memory.dump(), fresh.dump(), "{object}");
            let again = memory.sync();
            assert_eq!((again.commits_added, again.commits_removed), (0, 0), "nothing has come");
            if damaged {
                std::fs::remove_file(&path).unwrap();
            }
            std::fs::write(&path, content).unwrap();
            assert_eq!(memory.sync().gaps, Vec::<String>::new(), "{object}");
            assert_same(&memory, &fresh, object);
            assert_eq!(memory.damaged(), 0);
            let known = memory.store.read(|reader| {
                let of = reader.allow(&Viewer::Owner, None)?;
                Ok::<_, store::Error>((reader.gaps(&of)?, reader.absent_objects(&of)?))
            });
            assert_eq!(known.unwrap(), (vec![], vec![]));
        }
    }
}

#[test]
fn a_commit_of_the_future_is_not_now_and_that_is_said() {
    let world = World::new();
    world.commit("a", "1\n", "one");
    let memory = world.store("a.db");
    assert_eq!(memory.sync().gaps, Vec::<String>::new());
    let as_of = || {
        let of = memory.store.read(|it| it.allow(&Viewer::Owner, None)).unwrap();
        of.as_of.unwrap().0
    };
    let now = as_of();
    let tree = world.git(&["rev-parse", "HEAD^{tree}"]);
    let head = world.git(&["rev-parse", "HEAD"]);
    let who = "Ann Ames <ann@example.org> 4092595200 +0000";
    let text = format!("tree {tree}\nparent {head}\nauthor {who}\ncommitter {who}\n\n2099\n");
    let args = ["hash-object", "-w", "-t", "commit", "--stdin"];
    let future = world.git_with(&args, text.as_bytes());
    world.git(&["update-ref", "refs/heads/main", &future]);
    let gaps = memory.sync().gaps;
    assert!(gaps.len() == 1 && gaps[0].contains(&future), "{gaps:?}");
    assert_eq!(as_of(), now);
    let fresh = world.store("b.db");
    fresh.sync();
    assert_same(&memory, &fresh, "with a commit of 2099");
    world.git(&["update-ref", "refs/heads/main", &head]);
    assert_eq!(memory.sync().gaps, Vec::<String>::new());
}

#[test]
fn what_is_replaced_is_read_so_and_said_and_grafts_are_said_not_to_be_followed() {
    let world = World::new();
    let first = world.commit("a", "1\n", "one");
    world.commit("a", "2\n", "two");
    let third = world.commit("a", "3\n", "three");
    let memory = world.store("a.db");
    assert_eq!(memory.sync().gaps, Vec::<String>::new());
    let before = memory.dump();
    world.git(&["replace", "--graft", &third, &first]);
    let gaps = memory.sync().gaps;
    assert!(gaps.len() == 1 && gaps[0].contains(&third), "{gaps:?}");
    let fresh = world.store("b.db");
    fresh.sync();
    assert_same(&memory, &fresh, "after a replacement");
    assert_ne!(memory.dump(), before);
    world.git(&["replace", "-d", &third]);
    world.write(".git/info/grafts", &format!("{third} {first}\n"));
    let gaps = memory.sync().gaps;
    assert!(gaps.len() == 1 && gaps[0].contains("info/grafts"), "{gaps:?}");
    std::fs::remove_file(world.repo().join(".git/info/grafts")).unwrap();
    assert_eq!(memory.sync().gaps, Vec::<String>::new());
    assert_eq!(memory.dump(), before);
}

#[test]
fn a_repository_above_is_not_taken_for_one_that_is_damaged() {
    let world = World::new();
    world.commit("a", "1\n", "one");
    let below = world.repo().join("below");
    std::fs::create_dir(&below).unwrap();
    world.git(&["init", "-q", "-b", "main", "below"]);
    world.git(&["-C", "below", "commit", "-q", "--allow-empty", "-m", "below"]);
    let memory = Memory { repo: below.clone(), ..world.store("a.db") };
    memory.sync();
    let before = memory.dump();
    std::fs::remove_file(below.join(".git/HEAD")).unwrap();
    memory.sync_again().unwrap_err();
    assert_eq!(memory.dump(), before);
}

#[test]
fn an_amended_commit_replaces_what_it_was() {
    let world = World::new();
    world.commit("a", "1", "one");
    world.commit("b", "2", "Two (#5)\n\nReviewed-by: Old <old@example.org>");
    let memory = world.store("a.db");
    memory.sync();
    world.write("c", "3");
    world.git(&["rm", "-q", "b"]);
    world.git(&["add", "-A"]);
    world.git(&["commit", "-q", "--amend", "-m", "Three"]);
    let report = memory.sync();
    assert_eq!((report.commits_added, report.commits_removed), (1, 1));
    let fresh = world.store("b.db");
    fresh.sync();
    assert_same(&memory, &fresh, "after --amend");
    assert!(memory.lines("old@example.org").is_empty(), "nobody is left behind");
}

#[test]
fn a_rebased_branch_replaces_what_it_was() {
    let world = World::new();
    world.commit("a", "1", "one");
    world.git(&["checkout", "-q", "-b", "side"]);
    world.commit("b", "2", "two");
    world.commit("c", "3", "three");
    world.git(&["checkout", "-q", "main"]);
    world.commit("d", "4", "four");
    world.git(&["checkout", "-q", "side"]);
    let memory = world.store("a.db");
    assert_eq!(memory.sync().commits_added, 3);
    world.git(&["rebase", "-q", "main"]);
    let report = memory.sync();
    assert_eq!((report.commits_added, report.commits_removed), (3, 2));
    let fresh = world.store("b.db");
    fresh.sync();
    assert_same(&memory, &fresh, "after a rebase");
}

#[test]
fn a_tag_that_moves_is_taken_and_nothing_else_changes() {
    let world = World::new();
    world.commit("a", "1", "one");
    world.commit("a", "2", "two");
    let memory = world.store("a.db");
    memory.sync();
    world.git(&["tag", "v1", "HEAD~1"]);
    assert_eq!(memory.sync().commits_added, 0);
    assert_eq!(memory.lines("\"v1\"").len(), 1);
    world.git(&["tag", "-f", "v1", "HEAD"]);
    memory.sync();
    let fresh = world.store("b.db");
    fresh.sync();
    assert_same(&memory, &fresh, "after a tag moved");
}

#[test]
fn what_a_merged_pull_request_brought_in_is_its_own() {
    let world = World::new();
    world.commit("a", "1", "one");
    world.git(&["checkout", "-q", "-b", "side"]);
    let two = world.commit("b", "2", "two");
    world.git(&["checkout", "-q", "main"]);
    let three = world.commit("c", "3", "three");
    let message = "Merge pull request #8 from ann-a/side";
    world.git(&["merge", "-q", "--no-ff", "-m", message, "side"]);
    let memory = world.store("a.db");
    memory.sync();
    let links = memory.lines("\"ann-a\"\t\"side\"");
    assert_eq!(links.len(), 2, "{links:?}");
    assert!(links.iter().any(|it| it.contains(&two) && it.contains("merged by #8")));
    assert!(!links.iter().any(|it| it.contains(&three)));
}

#[test]
fn bare_repositories_worktrees_and_submodules_are_read_alike() {
    let world = World::new();
    world.commit("a", "1", "one");
    let bare = World { folder: tempfile::tempdir().unwrap() };
    let to = bare.repo();
    world.git(&["clone", "-q", "--bare", ".", to.to_str().unwrap()]);
    let linked = world.folder.path().join("linked");
    world.git(&["worktree", "add", "-q", "-b", "other", linked.to_str().unwrap()]);
    std::fs::write(linked.join("b"), "2").unwrap();
    world.git(&["-C", linked.to_str().unwrap(), "add", "-A"]);
    world.git(&["-C", linked.to_str().unwrap(), "commit", "-q", "-m", "two"]);
    let outer = World::new();
    let inner = world.repo();
    let allow = "protocol.file.allow=always";
    outer.git(&["-c", allow, "submodule", "add", "-q", inner.to_str().unwrap(), "sub"]);
    outer.commit("x", "1", "outer");

    let store = Store::open(&world.folder.path().join("s.db")).unwrap();
    let read = |path: &Path| {
        let name = repositories::add(&store, path, None).unwrap();
        sync(&store, &name, &|_, _, _| {}, &AtomicBool::new(false)).unwrap()
    };
    assert_eq!(read(&bare.repo()).commits_added, 1);
    assert_eq!(read(&linked).commits_added, 2);
    assert_eq!(read(&outer.repo()).commits_added, 1);
    assert_eq!(read(&outer.repo().join("sub")).commits_added, 1);
    let sources = store.write(|writer| writer.sources()).unwrap();
    let linked = linked.canonicalize().unwrap();
    assert!(sources.iter().any(|it| it.work_tree.as_ref() == Some(&linked)));
    assert!(sources.iter().any(|it| it.work_tree.is_none()));
}

#[test]
fn reading_a_repository_runs_nothing_of_it() {
    let world = World::new();
    world.commit("a", "1\n", "one");
    let ran = world.folder.path().join("ran");
    let run = format!("touch {}", ran.display());
    for key in ["core.fsmonitor", "diff.external", "core.sshCommand", "filter.x.smudge"] {
        world.git(&["config", key, &run]);
    }
    let included = world.folder.path().join("included");
    std::fs::write(&included, "[remote \"origin\"]\n\turl = https://x.org/evil/name\n").unwrap();
    world.git(&["config", "include.path", included.to_str().unwrap()]);
    std::fs::write(world.repo().join(".git/hooks/post-index-change"), format!("#!/bin/sh\n{run}"))
        .unwrap();
    let memory = world.store("a.db");
    assert_eq!(memory.sync().commits_added, 1);
    assert!(!ran.exists());
    let names = memory.store.write(|writer| writer.sources()).unwrap();
    assert_eq!(names[0].name, "repo", "an included file names nothing");
}

#[test]
fn an_empty_repository_is_known_and_empty() {
    let world = World::new();
    let memory = world.store("a.db");
    let report = memory.sync();
    assert_eq!(report, Report { seconds: report.seconds, ..Report::default() });
    world.commit("a", "1", "one");
    assert_eq!(memory.sync().commits_added, 1);
    world.git(&["checkout", "-q", "--orphan", "other"]);
    assert_eq!(memory.sync().commits_removed, 1, "an unborn branch reaches nothing");
    let fresh = world.store("b.db");
    fresh.sync();
    assert_same(&memory, &fresh, "unborn");
}

#[test]
fn a_branch_and_a_tag_of_one_name_are_two_things() {
    let world = World::new();
    world.commit("a", "1", "one");
    let first = world.git(&["rev-parse", "HEAD"]);
    world.git(&["checkout", "-q", "-b", "branch-3.0"]);
    world.commit("a", "2", "two");
    world.git(&["tag", "branch-3.0", &first]);
    let memory = world.store("a.db");
    assert_eq!(memory.sync().commits_added, 2);
    assert_eq!(memory.lines("refs/heads/branch-3.0").len(), 1);
    assert!(memory.lines("\"branch-3.0\"").iter().any(|it| it.contains(&first)));
}

#[test]
fn a_shallow_clone_says_so_and_heals() {
    let world = World::new();
    world.commit("a", "1\n", "one");
    world.commit("a", "2\n", "two");
    world.commit("a", "3\n", "three");
    let shallow = World { folder: tempfile::tempdir().unwrap() };
    let (from, to) = (world.repo(), shallow.repo());
    let url = format!("file://{}", from.display());
    world.git(&["clone", "-q", "--depth", "2", &url, to.to_str().unwrap()]);
    let memory = shallow.store("a.db");
    let report = memory.sync();
    assert_eq!(report.commits_added, 2);
    assert!(report.gaps[0].contains("shallow"), "{:?}", report.gaps);
    shallow.git(&["fetch", "-q", "--unshallow"]);
    let report = memory.sync();
    assert_eq!(report.gaps, Vec::<String>::new());
    let fresh = shallow.store("b.db");
    fresh.sync();
    assert_same(&memory, &fresh, "after --unshallow");
}

#[test]
fn a_partial_clone_is_read_and_its_gap_said() {
    let world = World::new();
    world.commit("a", "1\n", "one");
    world.commit("a", "1\n2\n", "two");
    let blob = world.git(&["rev-parse", "HEAD~1:a"]);
    std::fs::remove_file(world.repo().join(".git/objects").join(&blob[..2]).join(&blob[2..]))
        .unwrap();
    let memory = world.store("a.db");
    let report = memory.sync();
    assert_eq!(report.commits_added, 2);
    assert!(report.gaps.iter().any(|it| it.contains("partial clone")), "{:?}", report.gaps);
    world.commit("b", "3\n", "three");
    let report = memory.sync();
    assert_eq!(report.commits_added, 1);
    assert!(report.gaps.iter().any(|it| it.contains("partial clone")), "a gap stays");
}

#[test]
fn wrong_rules_are_named_and_the_last_right_ones_stay() {
    let world = World::new();
    world.write("backstory.toml", "[components]\nauth = \"src/auth/**\"\n");
    world.commit("src/auth/x", "1", "one");
    let memory = world.store("a.db");
    memory.sync();
    assert_eq!(memory.lines("\"auth\"\t\"src/auth/**\"").len(), 1);
    world.write("backstory.toml", "[components]\nauth = \"src/auth/**\"\nwat = 3\n");
    let report = memory.sync();
    assert!(report.gaps[0].starts_with("backstory.toml, line 3, column "), "{:?}", report.gaps);
    assert_eq!(memory.lines("\"auth\"\t\"src/auth/**\"").len(), 1);
    world.write("backstory.toml", "[components]\nlogin = \"src/auth/**\"\n");
    assert_eq!(memory.sync().gaps, Vec::<String>::new());
    assert_eq!(memory.lines("\"login\"\t\"src/auth/**\"").len(), 1);
    assert_eq!(memory.lines("\"auth\"\t\"src/auth/**\"").len(), 0);
}

#[test]
fn a_mailmap_takes_effect_without_a_commit() {
    let world = World::new();
    world.commit("a", "1", "one");
    world.git(&[
        "-c",
        "user.name=A",
        "commit",
        "-q",
        "--allow-empty",
        "--author",
        "A <a@old.org>",
        "-m",
        "two",
    ]);
    let memory = world.store("a.db");
    memory.sync();
    assert_eq!(memory.lines("\"mailmap\"").len(), 0);
    world.write(".mailmap", "Ann Ames <ann@example.org> <a@old.org>\n");
    memory.sync();
    assert_eq!(memory.lines("\"mailmap\"").len(), 1);
}

#[test]
fn people_are_joined_and_parted_by_hand_and_that_is_undone() {
    let world = World::new();
    world.commit("a", "1", "one");
    world.git(&["commit", "-q", "--allow-empty", "--author", "Zoe <zoe@example.org>", "-m", "two"]);
    let memory = world.store("a.db");
    memory.sync();
    let before = memory.dump();
    let ids = memory.store.write(|writer| writer.identities()).unwrap();
    let id = |mail: &str| ids.iter().find(|it| it.1.mail == mail.into()).unwrap().0;
    let edit = people::merge(&memory.store, id("ann@example.org"), id("zoe@example.org")).unwrap();
    assert_ne!(memory.dump(), before);
    assert_eq!(memory.lines("\"by hand\"").len(), 1);
    people::undo(&memory.store, edit).unwrap();
    assert_eq!(memory.dump(), before);
    assert!(matches!(people::undo(&memory.store, edit), Err(Error::NoEdit(_))));
    assert!(matches!(
        people::merge(&memory.store, id("ann@example.org"), model::IdentityId(99)),
        Err(Error::NoIdentity(99))
    ));
}

#[test]
fn removing_a_repository_leaves_the_other_as_if_alone() {
    let (one, two) = (World::new(), World::new());
    one.commit("a", "1", "ABC-1: one");
    two.commit("b", "1", "two\n\nReviewed-by: Old <old@example.org>");
    let memory = one.store("a.db");
    memory.sync();
    let other = Memory { store: memory.store.clone(), repo: two.repo() };
    other.sync();
    let allowed = memory.store.read(|reader| {
        reader.allow(&Viewer::Owner, Some(two.repo().canonicalize().unwrap().to_str().unwrap()))
    });
    repositories::remove(&memory.store, &allowed.unwrap().name).unwrap();
    let fresh = one.store("b.db");
    fresh.sync();
    assert_same(&memory, &fresh, "after removing");
}

#[test]
fn cancelling_leaves_memory_as_it_was() {
    let world = World::new();
    world.commit("a", "1", "one");
    let memory = world.store("a.db");
    memory.sync();
    let before = memory.dump();
    world.commit("a", "2", "two");
    let name = world.repo().join(".git").canonicalize().unwrap();
    let cancel = AtomicBool::new(false);
    let stop_late = |phase: Phase, _: u64, _: u64| {
        if phase == Phase::Counting {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let stopped = sync(&memory.store, name.to_str().unwrap(), &stop_late, &cancel);
    assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
    assert_eq!(memory.dump(), before);
    assert_eq!(memory.sync().commits_added, 1);
}

#[test]
fn names_of_repositories_are_told_by_origin_and_distinct() {
    let world = World::new();
    let store = Store::open(&world.folder.path().join("s.db")).unwrap();
    world.git(&["config", "remote.origin.url", "git@github.com:apache/zookeeper.git"]);
    assert_eq!(repositories::add(&store, &world.repo(), None).unwrap(), "apache/zookeeper");
    let again = repositories::add(&store, &world.repo(), None);
    assert!(matches!(again, Err(Error::AlreadyThere { .. })));
    let other = World::new();
    other.git(&["config", "remote.origin.url", "https://x.org/apache/zookeeper"]);
    assert_eq!(repositories::add(&store, &other.repo(), None).unwrap(), "apache/zookeeper (2)");
    let third = World::new();
    assert!(matches!(
        repositories::add(&store, &third.repo(), Some("apache/zookeeper")),
        Err(Error::NameTaken(_))
    ));
    assert!(matches!(repositories::add(&store, &third.repo(), Some("/x")), Err(Error::BadName(_))));
    assert_eq!(repositories::add(&store, &third.repo(), None).unwrap(), "repo");
    let nowhere = repositories::add(&store, Path::new("/nonexistent"), None);
    assert!(matches!(nowhere, Err(Error::Git(_))));
}

/// A small generator of numbers, so that the tests need no clock and no crate.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
}

/// A random history of `count` commits, each on its own ref; returns their ids. Parents are any
/// commits before, so it forks and merges freely; trees are whole, so paths move, go and come back.
fn random_history(world: &World, dice: &mut Dice, count: usize) -> Vec<String> {
    let people: [&[u8]; 9] = [
        b"Ann Ames <ann@example.org>",
        b"Ann Ames <ann@other.org>",
        b"Bob Berg <bob@example.org>",
        b" <>",
        b"x <>",
        b" <only@mail.org>",
        b"B\xe9a <bea@example.org>",
        b"dependabot[bot] <1+dependabot[bot]@users.noreply.github.com>",
        b"Bob <7+bobby@users.noreply.github.com>",
    ];
    let messages: [&[u8]; 14] = [
        b"ABC-1: one",
        b"ABC-2 fix the crash (#2)",
        b"ABC-3 (#3)",
        b"ABC-4",
        b"ABC-5: \xff\xfe",
        b"",
        b"Merge pull request #4 from bobby/branch",
        b"ABC-6\n\nCloses #5 from ann-a/x",
        b"UTF-8",
        b"Fix\n\nReviewed-by: Bob Berg <bob@example.org>\nCo-authored-by: Cy Coe <cy@example.org>",
        b"Revert \"ABC-1: one\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.",
        b"x (Cy Coe via bob)",
        b"Closes #6 from ann-a/y",
        b"Merge pull request #7 from ann-a/z",
    ];
    let paths: [&[u8]; 10] = [
        b"a",
        b"b/c",
        b"b/d e",
        b"\"b/\\\"q\\nn\"",
        b"src/one/x.rs",
        b"src/two/y.rs",
        b"\"\\351\"",
        b"backstory",
        b"deep/er/and/er/f",
        b"b/g",
    ];
    let mut trees: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut input: Vec<u8> = Vec::new();
    for number in 0..count {
        let mut parents = Vec::new();
        if number > 0 {
            parents.push(number - 1 - dice.roll(number.min(4)));
            if dice.roll(4) == 0 {
                let other = dice.roll(number);
                if other != parents[0] {
                    parents.push(other);
                }
            }
        }
        let mut tree: Vec<(usize, usize)> =
            parents.first().map(|it| trees[*it].clone()).unwrap_or_default();
        for _ in 0..dice.roll(4) {
            let path = dice.roll(paths.len());
            match dice.roll(4) {
                0 => tree.retain(|it| it.0 != path),
                1 if !tree.is_empty() => {
                    let from = dice.roll(tree.len());
                    let (_, content) = tree.remove(from);
                    tree.retain(|it| it.0 != path);
                    tree.push((path, content));
                }
                _ => {
                    tree.retain(|it| it.0 != path);
                    tree.push((path, dice.roll(40)));
                }
            }
        }
        let at = 1_600_000_000 + dice.roll(40) * 300_000;
        let _ = write!(input, "commit refs/c/{number}\nmark :{}\n", number + 1);
        for role in ["author", "committer"] {
            input.extend_from_slice(role.as_bytes());
            input.push(b' ');
            input.extend_from_slice(dice.pick(&people));
            let _ = writeln!(input, " {at} +0100");
        }
        let message = dice.pick(&messages);
        let _ = writeln!(input, "data {}", message.len());
        input.extend_from_slice(message);
        input.push(b'\n');
        for (i, parent) in parents.iter().enumerate() {
            let word = if i == 0 { "from" } else { "merge" };
            let _ = writeln!(input, "{word} :{}", parent + 1);
        }
        input.extend_from_slice(b"deleteall\n");
        for (path, content) in &tree {
            input.extend_from_slice(b"M 100644 inline ");
            input.extend_from_slice(paths[*path]);
            let mut text = String::new();
            for line in 0..content % 17 {
                let _ = writeln!(text, "line {line} of {}", content / 3);
            }
            if content % 13 == 0 {
                text.push('\0');
            }
            let _ = write!(input, "\ndata {}\n{text}\n", text.len());
        }
        trees.push(tree);
    }
    world.git_with(&["fast-import", "--quiet", "--force"], &input);
    let all = world.git(&["for-each-ref", "--format=%(refname) %(objectname)", "refs/c"]);
    let mut ids = vec![String::new(); count];
    for line in all.lines() {
        let (name, id) = line.split_once(' ').unwrap();
        ids[name.rsplit('/').next().unwrap().parse::<usize>().unwrap()] = id.to_owned();
    }
    ids
}

#[test]
fn whatever_way_a_head_takes_memory_is_that_of_a_fresh_import() {
    for seed in 0..6 {
        let mut dice = Dice(seed);
        let world = World::new();
        let ids = random_history(&world, &mut dice, 60);
        let memory = world.store("walked.db");
        for step in 0..8 {
            // Forward, back, sideways: any commit may be the next head.
            let to =
                if step % 2 == 0 { ids.len() - 1 - dice.roll(10) } else { dice.roll(ids.len()) };
            world.git(&["update-ref", "refs/heads/main", &ids[to]]);
            if dice.roll(2) == 0 {
                let number = dice.roll(9).to_string();
                let head = dice.roll(ids.len());
                world.git(&["update-ref", &format!("refs/pull/{number}/head"), &ids[head]]);
            }
            memory.sync();
            let fresh = world.store(&format!("fresh-{step}.db"));
            fresh.sync();
            assert_same(&memory, &fresh, &format!("seed {seed}, step {step}"));
            assert_eq!(memory.damaged(), 0);
        }
    }
}

#[test]
fn a_damaged_row_is_noticed() {
    let world = World::new();
    world.commit("a", "1\n", "like nothing else on disk");
    let memory = world.store("a.db");
    memory.sync();
    assert_eq!(memory.damaged(), 0);
    drop(memory);
    let path = world.folder.path().join("a.db");
    let mut raw = std::fs::read(&path).unwrap();
    let subject = raw
        .windows(26)
        .position(|it| it == b"like nothing else on disk\n")
        .expect("the message is on disk");
    raw[subject] ^= 1;
    std::fs::write(&path, raw).unwrap();
    assert_eq!(world.store("a.db").damaged(), 1);
}

/// The child that the test below kills; it does what the sync of a whole program does.
#[test]
#[ignore = "run by the test below"]
fn child_that_is_killed() {
    let store = std::env::var_os("BACKSTORY_KILL_STORE").unwrap();
    let repo = std::env::var_os("BACKSTORY_KILL_REPO").unwrap();
    Memory { store: Store::open(Path::new(&store)).unwrap(), repo: repo.into() }.sync();
}

#[cfg(unix)]
#[test]
fn killed_at_any_instant_and_run_again_nothing_is_lost_and_nothing_double() {
    let world = World::new();
    let ids = random_history(&world, &mut Dice(7), 400);
    world.git(&["update-ref", "refs/heads/main", &ids[200]]);
    let undisturbed = world.store("undisturbed.db");
    undisturbed.sync();
    let half = undisturbed.dump();
    world.git(&["update-ref", "refs/heads/main", &ids[399]]);
    let start = Instant::now();
    undisturbed.sync();
    let whole = start.elapsed();
    let done = undisturbed.dump();

    let mut killed = 0;
    for attempt in 0..12u32 {
        let name = format!("killed-{attempt}.db");
        world.git(&["update-ref", "refs/heads/main", &ids[200]]);
        let memory = world.store(&name);
        memory.sync();
        drop(memory);
        world.git(&["update-ref", "refs/heads/main", &ids[399]]);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sync::tests::child_that_is_killed", "--ignored"])
            .env("BACKSTORY_KILL_STORE", world.folder.path().join(&name))
            .env("BACKSTORY_KILL_REPO", world.repo())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over the run and a little beyond: the child also has to start.
        let patience = whole * attempt / 8 + Duration::from_millis(5);
        let until = Instant::now() + patience;
        while Instant::now() < until && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        killed += u32::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
        let memory = world.store(&name);
        let left = memory.dump();
        assert!(left == half || left == done, "attempt {attempt} left something between");
        memory.sync();
        assert_same(&memory, &undisturbed, &format!("attempt {attempt}"));
        assert_eq!(memory.damaged(), 0);
    }
    assert!(killed >= 3, "only {killed} of 12 were killed while they ran");
}
