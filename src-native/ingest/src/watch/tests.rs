//! A moved ref is noticed.

use super::*;
use std::process::Command;
use std::sync::mpsc::Receiver;

const PATIENCE: Duration = Duration::from_secs(20);

fn git(at: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=Ann", "-c", "user.email=ann@example.org"])
        .args(arguments)
        .current_dir(at)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn commit(at: &Path) {
    git(at, &["commit", "-q", "--allow-empty", "-m", "x"]);
}

fn watched(at: &Path) -> (Watch, Receiver<Instant>) {
    let (sender, told) = channel();
    let tell = move || {
        let _ = sender.send(Instant::now());
    };
    let watch = watch(at, tell).unwrap();
    (watch, told)
}

/// Does something until the watch tells of it: a watch that has just begun may miss the first time.
fn told_of(told: &Receiver<Instant>, mut action: impl FnMut()) -> bool {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        action();
        if told.recv_timeout(Duration::from_secs(1)).is_ok() {
            return true;
        }
    }
    false
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    commit(folder.path());
    folder
}

#[test]
fn a_commit_is_told() {
    let folder = repository();
    let (_watch, told) = watched(folder.path());
    assert!(told_of(&told, || commit(folder.path())));
}

#[test]
fn a_commit_in_a_linked_worktree_and_a_change_of_rules_are_told() {
    let folder = repository();
    let linked = tempfile::tempdir().unwrap();
    let at = linked.path().join("tree");
    git(folder.path(), &["worktree", "add", "-q", "-b", "other", at.to_str().unwrap()]);
    let (_watch, told) = watched(&at);
    assert!(told_of(&told, || commit(&at)));
    while told.recv_timeout(Duration::from_millis(500)).is_ok() {}
    let mut number = 0;
    assert!(told_of(&told, || {
        number += 1;
        std::fs::write(at.join("backstory.toml"), format!("# {number}")).unwrap();
    }));
}

#[test]
fn a_folder_that_goes_and_comes_back_is_watched_again() {
    let folder = repository();
    let at = folder.path().join("repo");
    std::fs::create_dir(&at).unwrap();
    git(&at, &["init", "-q", "-b", "main"]);
    commit(&at);
    let (_watch, told) = watched(&at);
    assert!(told_of(&told, || commit(&at)));
    std::fs::rename(&at, folder.path().join("away")).unwrap();
    std::fs::create_dir(&at).unwrap();
    git(&at, &["init", "-q", "-b", "main"]);
    assert!(told_of(&told, || commit(&at)), "another repository stands there now");
}

#[test]
fn without_a_watch_looking_finds_what_changed() {
    let folder = repository();
    let clone = Clone::open(folder.path()).unwrap();
    let places =
        Places { git_dir: clone.git_dir(), common_dir: clone.common_dir(), work_tree: None };
    let before = places.stamp();
    assert_eq!(places.stamp(), before);
    commit(folder.path());
    assert_ne!(places.stamp(), before);
}

#[test]
fn there_must_be_a_repository() {
    let folder = tempfile::tempdir().unwrap();
    assert!(watch(folder.path(), || {}).is_err());
}

#[test]
fn a_dropped_watch_tells_nothing_more() {
    let folder = repository();
    let (watch, told) = watched(folder.path());
    assert!(told_of(&told, || commit(folder.path())));
    drop(watch);
    // The thread lets go of its end of the channel.
    let until = Instant::now() + PATIENCE;
    loop {
        match told.recv_timeout(Duration::from_millis(100)) {
            Err(RecvTimeoutError::Disconnected) => break,
            _ => assert!(Instant::now() < until, "the watch went on"),
        }
    }
}
