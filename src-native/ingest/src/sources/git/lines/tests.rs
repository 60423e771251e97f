//! Against `git diff`, on texts made here.

use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use super::{Counter, Hunk, hunks, is_binary, line_count};

fn git_diff(folder: &Path, options: &[&str]) -> String {
    let output = Command::new("git")
        .args(["diff", "--no-index", "--no-color", "--no-ext-diff"])
        .args(options)
        .args(["a", "b"])
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", folder)
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The hunks Git finds without context, from their `@@ -first,count +first,count @@`.
fn git_hunks(folder: &Path) -> Vec<Hunk> {
    let range = |text: &str| {
        let (first, count) = text[1..].split_once(',').unwrap_or((&text[1..], "1"));
        let (first, count): (u32, u32) = (first.parse().unwrap(), count.parse().unwrap());
        // An empty range is told by the line before it.
        let first = if count == 0 { first } else { first - 1 };
        first..first + count
    };
    git_diff(folder, &["-U0"])
        .lines()
        .filter(|it| it.starts_with("@@ "))
        .map(|it| {
            let words: Vec<&str> = it.split(' ').collect();
            Hunk { before: range(words[1]), after: range(words[2]) }
        })
        .collect()
}

fn chance(state: &mut u64, limit: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    ((*state >> 33) as usize) % limit
}

fn pair(seed: u64) -> (String, String) {
    let mut state = seed;
    let variety = [3, 10, 60, 4000][chance(&mut state, 4)];
    let size = [8, 40, 300, 2500][chance(&mut state, 4)];
    let line = |state: &mut u64| match chance(state, 4) {
        0 => "\n".to_owned(),
        1 => format!("{}}}\n", " ".repeat(4 * chance(state, 3))),
        _ => format!("{}do {}\n", "\t".repeat(chance(state, 3)), chance(state, variety)),
    };
    let before: Vec<String> = (0..size).map(|_| line(&mut state)).collect();
    let mut after = before.clone();
    for _ in 0..1 + chance(&mut state, size / 3 + 2) {
        let at = chance(&mut state, after.len() + 1);
        match chance(&mut state, 3) {
            0 => after.insert(at, line(&mut state)),
            1 if at < after.len() => drop(after.remove(at)),
            _ => {
                let end = after.len().min(at + chance(&mut state, 5));
                let again = after[at..end].to_vec();
                after.splice(at..at, again);
            }
        }
    }
    let (mut before, mut after) = (before.concat(), after.concat());
    if chance(&mut state, 4) == 0 {
        before.pop();
    }
    if chance(&mut state, 4) == 0 {
        after.pop();
    }
    (before, after)
}

#[test]
fn hunks_and_counts_are_gits() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 1..=250 {
        let (before, after) = pair(seed);
        std::fs::write(folder.path().join("a"), &before).unwrap();
        std::fs::write(folder.path().join("b"), &after).unwrap();
        assert_eq!(hunks(before.as_bytes(), after.as_bytes()), git_hunks(folder.path()), "{seed}");

        let numbers = git_diff(folder.path(), &["--numstat"]);
        let wanted: Vec<u32> =
            numbers.split('\t').take(2).filter_map(|it| it.parse().ok()).collect();
        let texts = [before, after].map(|it| Rc::new(it.into_bytes()));
        let (added, deleted) = Counter::default().count(&texts[0], &texts[1], &false.into());
        let wanted = if wanted.is_empty() { vec![0, 0] } else { wanted };
        assert_eq!(vec![added, deleted], wanted, "{seed}");
    }
}

#[test]
fn counts_do_not_depend_on_what_was_counted_before() {
    let versions: Vec<Rc<Vec<u8>>> = (1..=12)
        .flat_map(|seed| [pair(seed).0, pair(seed).1])
        .map(|it| Rc::new(it.into_bytes()))
        .collect();
    let never = AtomicBool::new(false);
    let mut counter = Counter::default();
    let mut state = 5;
    for _ in 0..400 {
        let before = &versions[chance(&mut state, versions.len())];
        let after = &versions[chance(&mut state, versions.len())];
        let alone = Counter::default().count(before, after, &never);
        assert_eq!(counter.count(before, after, &never), alone);
    }
}

#[test]
fn a_cancelled_count_returns() {
    let (before, after) = (Rc::new(b"a\nb\nc\n".repeat(3000)), Rc::new(b"c\nd\na\n".repeat(3000)));
    Counter::default().count(&before, &after, &AtomicBool::new(true));
}

#[test]
fn lines_are_counted_to_the_last() {
    for (text, count) in [("", 0), ("a", 1), ("a\n", 1), ("\n\n", 2), ("a\nb", 2)] {
        assert_eq!(line_count(text.as_bytes()), count, "{text:?}");
    }
    assert_eq!(line_count(&b"\n".repeat(100_000)), 100_000);
}

#[test]
fn binary_is_what_has_a_nul_early() {
    let text = |at: usize| [&b"x".repeat(at)[..], b"\0"].concat();
    assert!(is_binary(&text(0)) && is_binary(&text(7999)));
    assert!(!is_binary(&text(8000)) && !is_binary(b""));
}
