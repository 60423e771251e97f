//! Against `git blame` on histories made here.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use model::{Bytes, GapKind, Oid};

use super::{Blame, Chain, End, Error, blame, chain};
use crate::sources::git::Clone;

/// A repository in a folder of its own, out of reach of anybody's configuration.
struct History {
    folder: tempfile::TempDir,
    clock: u64,
}

/// A line's commit, path and number there, and whether history ends at it.
type Origin = (String, Vec<u8>, u32, bool);

impl History {
    fn new() -> History {
        let history = History { folder: tempfile::tempdir().unwrap(), clock: 1_600_000_000 };
        history.git(&["init", "-q", "-b", "main", "."]);
        history
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join("work").join(path)
    }

    fn command(&self, args: &[&str]) -> Command {
        let home = self.folder.path();
        std::fs::create_dir_all(home.join("work")).unwrap();
        let mut command = Command::new("git");
        command.args(args).current_dir(home.join("work")).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", home).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_NO_LAZY_FETCH", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ada");
            command.env(format!("GIT_{who}_EMAIL"), "ada@example.org");
            command.env(format!("GIT_{who}_DATE"), format!("{} +0000", self.clock));
        }
        command
    }

    fn git(&self, args: &[&str]) -> Vec<u8> {
        let output = self.command(args).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "git {args:?}: {told}");
        output.stdout
    }

    fn line(&self, args: &[&str]) -> String {
        String::from_utf8(self.git(args)).unwrap().trim_end().to_owned()
    }

    /// Writes files and commits them; a file without content is deleted.
    fn commit(&mut self, files: &[(&str, &[u8])]) -> Oid {
        for (path, content) in files {
            std::fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
            if content.is_empty() {
                std::fs::remove_file(self.at(path)).unwrap();
            } else {
                std::fs::write(self.at(path), content).unwrap();
            }
        }
        self.clock += 60;
        self.git(&["-c", "core.autocrlf=false", "add", "-A", "."]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "a change"]);
        self.oid("HEAD")
    }

    fn oid(&self, name: &str) -> Oid {
        Oid::from_hex(&self.line(&["rev-parse", name])).unwrap()
    }

    fn open(&self) -> Clone {
        Clone::open(&self.at("")).unwrap()
    }

    fn blame(&self, commit: Oid, path: &str) -> Result<Blame, Error> {
        blame(&self.open(), commit, path.as_bytes(), &AtomicBool::new(false))
    }

    fn chain(&self, path: &str, line: u32, steps: usize) -> Result<Chain, Error> {
        let (clone, head) = (self.open(), self.oid("HEAD"));
        let (path, go) = (path.as_bytes(), AtomicBool::new(false));
        let told = chain(&clone, head, path, line, steps, None, &go);
        // Known blame is a way to be quicker, never another answer.
        if let Ok(known) = blame(&clone, head, path, &go)
            && known.gaps.is_empty()
        {
            assert_eq!(chain(&clone, head, path, line, steps, Some(&known), &go), told);
        }
        told
    }

    fn git_blame(&self, commit: Oid, path: &str) -> Vec<Origin> {
        let out = self.git(&["blame", "--line-porcelain", &commit.to_string(), "--", path]);
        let mut origins: Vec<Origin> = Vec::new();
        let mut header = true;
        for line in out.split(|byte| *byte == b'\n') {
            if line.starts_with(b"\t") {
                header = true;
            } else if header && !line.is_empty() {
                let words = String::from_utf8_lossy(line).into_owned();
                let mut words = words.split(' ');
                let commit = words.next().unwrap().to_owned();
                let number = words.next().unwrap().parse().unwrap();
                origins.push((commit, Vec::new(), number, false));
                header = false;
            } else if let Some(origin) = origins.last_mut() {
                if let Some(path) = line.strip_prefix(b"filename ") {
                    origin.1 = path.to_vec();
                }
                origin.3 |= line == b"boundary";
            }
        }
        origins
    }

    /// Fails unless we blame as Git does, on every line of the file.
    fn assert_equal(&self, commit: Oid, path: &str) {
        let found = self.blame(commit, path).unwrap();
        assert_eq!(origins(&found), self.git_blame(commit, path), "{path} at {commit}");
        let mut next = 0;
        for span in &found.spans {
            assert_eq!(span.first, next, "spans follow one another");
            next += span.lines;
        }
    }

    fn assert_head_equal(&self, path: &str) {
        self.assert_equal(self.oid("HEAD"), path);
    }
}

fn origins(found: &Blame) -> Vec<Origin> {
    let lines = found.spans.iter().flat_map(|span| {
        (0..span.lines).map(move |line| {
            let number = span.original_first + line + 1;
            (span.commit.to_string(), span.original_path.0.clone(), number, span.boundary)
        })
    });
    lines.collect()
}

#[test]
fn lines_are_followed_through_a_chain_of_renames() {
    let mut history = History::new();
    let text = b"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";
    history.commit(&[("a", text), ("other", b"x\n")]);
    history.git(&["mv", "a", "b"]);
    history.commit(&[("other", b"y\n")]);
    history.git(&["mv", "b", "c"]);
    history.commit(&[("c", b"one\n2\nthree\nfour\nfive\nsix\nseven\neight\n")]);
    std::fs::create_dir(history.at("deep")).unwrap();
    history.git(&["mv", "c", "deep/d"]);
    let last = b"one\n2\nthree\n4\nfive\nsix\nseven\neight\nnine\n";
    history.commit(&[("deep/d", last)]);
    history.assert_head_equal("deep/d");
    let paths: Vec<String> = history
        .blame(history.oid("HEAD"), "deep/d")
        .unwrap()
        .spans
        .iter()
        .map(|it| it.original_path.text().into_owned())
        .collect();
    assert_eq!(paths, ["a", "c", "a", "deep/d", "a", "deep/d"]);
}

#[test]
fn a_rename_is_found_by_name_by_likeness_and_not_below_half() {
    let mut history = History::new();
    let text = |from: u32, to: u32| -> Vec<u8> {
        (from..to).flat_map(|it| format!("the line number {it}\n").into_bytes()).collect()
    };
    history.commit(&[
        ("src/x.rs", &text(0, 40)),
        ("src/y.rs", &text(5, 45)),
        ("z", &text(100, 120)),
        ("w", &text(200, 220)),
    ]);
    for path in ["src/x.rs", "src/y.rs", "z", "w"] {
        std::fs::remove_file(history.at(path)).unwrap();
    }
    history.commit(&[
        ("lib/x.rs", &text(8, 48)),
        ("new", &text(0, 38)),
        ("half", &[text(100, 112), text(300, 308)].concat()),
        ("less", &[text(200, 207), text(300, 313)].concat()),
    ]);
    for path in ["lib/x.rs", "new", "half", "less"] {
        history.assert_head_equal(path);
    }
}

#[test]
fn a_merge_passes_lines_to_the_side_that_has_them() {
    let mut history = History::new();
    history.commit(&[("f", b"1\n2\n3\n4\n5\n6\n7\n8\n9\n")]);
    history.git(&["checkout", "-q", "-b", "side"]);
    history.commit(&[("f", b"1\n2\n3\n4\n5\n6\n7\n8\nside\n")]);
    history.git(&["checkout", "-q", "main"]);
    history.commit(&[("f", b"main\n2\n3\n4\n5\n6\n7\n8\n9\n")]);
    history.clock += 60;
    history.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    history.assert_head_equal("f");
    assert_eq!(history.blame(history.oid("HEAD"), "f").unwrap().spans.len(), 3);
}

#[test]
fn an_evil_merge_is_blamed_for_what_neither_side_has() {
    let mut history = History::new();
    history.commit(&[("f", b"1\n2\n3\n4\n5\n")]);
    history.git(&["checkout", "-q", "-b", "side"]);
    history.commit(&[("f", b"1\n2\n3\n4\nside\n")]);
    history.git(&["checkout", "-q", "main"]);
    history.commit(&[("f", b"main\n2\n3\n4\n5\n")]);
    history.clock += 60;
    history.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    let merge = history.commit(&[("f", b"main\n2\nevil\n4\nside\n")]);
    history.assert_head_equal("f");
    let found = history.blame(merge, "f").unwrap();
    assert!(found.spans.iter().any(|it| it.commit == merge && it.first == 2 && it.lines == 1));
}

#[test]
fn a_moved_line_belongs_to_the_commit_that_moved_it() {
    let mut history = History::new();
    history.commit(&[("f", b"a\nb\nc\nd\ne\nf\n")]);
    history.commit(&[("f", b"b\nc\nd\na\ne\nf\n")]);
    history.commit(&[("f", b"f\nb\nc\nd\na\ne\n")]);
    history.assert_head_equal("f");
}

#[test]
fn a_file_that_came_back_is_blamed_from_its_return() {
    let mut history = History::new();
    history.commit(&[("f", b"a\nb\n"), ("keep", b"k\n")]);
    history.commit(&[("f", b"")]);
    let back = history.commit(&[("f", b"a\nb\nc\n")]);
    history.assert_head_equal("f");
    assert_eq!(history.blame(back, "f").unwrap().spans[0].commit, back);
}

#[test]
fn line_ends_are_part_of_lines() {
    let mut history = History::new();
    history.commit(&[("crlf", b"a\r\nb\r\nc\r\n"), ("cut", b"a\nb\nc")]);
    history.commit(&[("crlf", b"a\nb\r\nc\r\n"), ("cut", b"a\nb\nc\n")]);
    history.commit(&[("crlf", b"a\nb\r\nc\r\nd\r"), ("cut", b"a\nb\nc\nd")]);
    history.assert_head_equal("crlf");
    history.assert_head_equal("cut");
}

#[test]
fn bytes_that_are_no_text_and_paths_that_need_quotes_are_blamed_like_others() {
    let mut history = History::new();
    let odd = "odd \"name\"\n\u{e9}";
    history.commit(&[(odd, b"\xff\xfe\n\xc3\n\0x\n"), ("g", b"\x80\n\x81\nplain\n")]);
    history.commit(&[("g", b"\x80\n\x82\nplain\n")]);
    history.assert_head_equal("g");
    std::fs::write(history.at(odd), b"\xff\xfe\n\xc4\n").unwrap();
    let head = history.commit(&[]);
    let found = history.blame(head, odd).unwrap();
    assert_eq!(found.spans.len(), 2);
    assert_eq!(found.spans[0].original_path, Bytes::from(odd));
}

#[test]
fn a_file_with_nothing_in_it_has_no_spans() {
    let mut history = History::new();
    std::fs::write(history.at("empty"), b"").unwrap();
    let head = history.commit(&[]);
    assert_eq!(history.blame(head, "empty").unwrap().spans, []);
    assert!(matches!(history.chain("empty", 0, 20), Err(Error::NoLine { lines: 0, .. })));
}

#[test]
fn what_has_no_lines_is_an_error_that_says_so() {
    let mut history = History::new();
    std::os::unix::fs::symlink("f", history.at("link")).unwrap();
    let first = history.commit(&[("f", b"a\n"), ("folder/g", b"a\n"), ("bin", b"a\0b\n")]);
    let module = format!("160000,{first},module");
    history.git(&["update-index", "--add", "--cacheinfo", &module]);
    history.git(&["commit", "-q", "-m", "module"]);
    let head = history.oid("HEAD");
    let failure = |path| history.blame(head, path).unwrap_err();
    let is = |path, what: &str| match failure(path) {
        Error::NotAFile { what: told, .. } => assert_eq!(told, what),
        other => panic!("{other}"),
    };
    is("link", "a symbolic link");
    is("folder", "a folder");
    is("module", "a submodule");
    assert!(matches!(failure("bin"), Error::Binary { .. }));
    assert!(matches!(failure("nowhere"), Error::NoPath { .. }));
    assert!(matches!(failure("f/below"), Error::NoPath { .. }));
    assert!(matches!(failure(""), Error::NoPath { .. }));
    let nobody = Oid::from_bytes(&[7; 20]).unwrap();
    assert!(matches!(history.blame(nobody, "f"), Err(Error::Missing { what: "commit", .. })));
    let tree = history.oid("HEAD^{tree}");
    assert!(matches!(history.blame(tree, "f"), Err(Error::Damaged { what: "commit", .. })));
    let long = Oid::from_bytes(&[7; 32]).unwrap();
    assert!(history.blame(long, "f").is_err());
}

#[test]
fn a_file_above_the_limit_is_refused_and_in_the_past_it_is_a_gap() {
    let mut history = History::new();
    let large = b"0123456789abcde\n".repeat(super::LARGEST_FILE as usize / 16 + 1);
    let was = history.commit(&[("f", &large)]);
    let now = history.commit(&[("f", b"0123456789abcde\nsmall\n")]);
    assert!(matches!(history.blame(was, "f"), Err(Error::TooLarge { .. })));
    let found = history.blame(now, "f").unwrap();
    assert!(found.spans.iter().all(|it| it.commit == now && it.boundary));
    assert_eq!(found.gaps[0].kind, GapKind::TooLarge);
}

#[test]
fn history_that_is_missing_ends_in_a_boundary_and_a_gap() {
    let mut history = History::new();
    history.commit(&[("f", b"1\n2\n3\n")]);
    let second = history.commit(&[("f", b"1\n2\nthree\n")]);
    let third = history.commit(&[("f", b"1\ntwo\nthree\n")]);
    let loose = |history: &History, name: &str| {
        let id = history.oid(name).to_string();
        history.at(".git/objects").join(&id[..2]).join(&id[2..])
    };
    // Without the oldest content, the second commit keeps what it cannot pass on.
    std::fs::remove_file(loose(&history, "HEAD~2:f")).unwrap();
    let found = history.blame(third, "f").unwrap();
    let commits: Vec<Oid> = found.spans.iter().map(|it| it.commit).collect();
    assert_eq!(commits, [second, third, second]);
    assert!(found.spans[0].boundary && !found.spans[1].boundary);
    assert_eq!(found.gaps.len(), 1);
    assert_eq!(found.gaps[0].kind, GapKind::MissingObjects);
    let told = history.chain("f", 2, 20).unwrap();
    assert_eq!(told.end, End::Boundary);

    // A damaged tree, an absent commit: the same.
    let tree = loose(&history, "HEAD~1^{tree}");
    let mut permissions = std::fs::metadata(&tree).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false)]
    permissions.set_readonly(false);
    std::fs::set_permissions(&tree, permissions).unwrap();
    std::fs::write(&tree, b"nonsense").unwrap();
    let found = history.blame(third, "f").unwrap();
    assert!(found.spans.iter().all(|it| it.commit == third && it.boundary));
    assert_eq!(found.gaps[0].kind, GapKind::CorruptObjects);
    std::fs::remove_file(loose(&history, "HEAD~1")).unwrap();
    let found = history.blame(third, "f").unwrap();
    assert!(found.spans.iter().all(|it| it.commit == third && it.boundary));
    assert_eq!(found.gaps[0].kind, GapKind::MissingObjects);
    std::fs::remove_file(loose(&history, "HEAD:f")).unwrap();
    assert!(matches!(history.blame(third, "f"), Err(Error::Missing { what: "file", .. })));
}

#[test]
fn a_shallow_clone_ends_where_it_was_cut_and_says_so() {
    let mut history = History::new();
    for number in 0..6 {
        let text: Vec<u8> = (0..=number).flat_map(|it| format!("{it}\n").into_bytes()).collect();
        history.commit(&[("f", &text)]);
    }
    let third = history.oid("HEAD~2");
    std::fs::write(history.at(".git/shallow"), format!("{third}\n")).unwrap();
    history.assert_head_equal("f");
    let found = history.blame(history.oid("HEAD"), "f").unwrap();
    assert_eq!((found.spans[0].commit, found.spans[0].lines), (third, 4));
    assert!(found.spans[0].boundary);
    assert_eq!(found.gaps[0].kind, GapKind::ShallowClone);
    assert_eq!(history.chain("f", 0, 20).unwrap().end, End::Boundary);
}

#[test]
fn a_root_is_a_boundary_and_no_gap() {
    let mut history = History::new();
    let root = history.commit(&[("f", b"a\n")]);
    let found = history.blame(root, "f").unwrap();
    assert!(found.spans[0].boundary);
    assert!(found.gaps.is_empty());
}

#[test]
fn a_blame_that_is_no_longer_wanted_stops() {
    let mut history = History::new();
    let head = history.commit(&[("f", b"a\n")]);
    let clone = history.open();
    let cancel = AtomicBool::new(true);
    assert_eq!(blame(&clone, head, b"f", &cancel), Err(Error::Cancelled));
    assert_eq!(chain(&clone, head, b"f", 0, 20, None, &cancel), Err(Error::Cancelled));
}

#[test]
fn a_chain_tells_every_form_a_line_has_had_across_renames() {
    let mut history = History::new();
    let text = |line: &str| format!("head\n{line}\n\n# a\n# b\n# c\n# d\n# e\ntail\n").into_bytes();
    let first = history.commit(&[("a.rs", &text("let limit = 10;"))]);
    let second = history.commit(&[("a.rs", &text("let limit = 20;"))]);
    history.git(&["mv", "a.rs", "b.rs"]);
    let moved = history.commit(&[("b.rs", &text("let limit = 20; // items"))]);
    history.commit(&[("b.rs", &[&b"new\n"[..], &text("let limit = 20; // items")].concat())]);
    let told = history.chain("b.rs", 2, 20).unwrap();
    let steps: Vec<_> = told
        .steps
        .iter()
        .map(|it| (it.commit, it.path.text().into_owned(), it.line, it.text.text().into_owned()))
        .collect();
    let step = |commit, path: &str, text: &str| (commit, path.to_owned(), 1, text.to_owned());
    assert_eq!(
        steps,
        [
            step(moved, "b.rs", "let limit = 20; // items"),
            step(second, "a.rs", "let limit = 20;"),
            step(first, "a.rs", "let limit = 10;"),
        ]
    );
    let before = told.steps[0].before.as_ref().unwrap();
    assert_eq!((before.commit, before.path.text().as_ref(), before.line), (second, "a.rs", 1));
    assert_eq!(before.text, Bytes::from("let limit = 20;"));
    assert_eq!(told.steps[2].before, None);
    assert_eq!(told.end, End::Origin);

    let short = history.chain("b.rs", 2, 2).unwrap();
    assert_eq!(short.steps[..], told.steps[..2]);
    assert_eq!(short.end, End::Bound);
    let beyond = history.chain("b.rs", 10, 20);
    assert!(matches!(beyond, Err(Error::NoLine { line: 10, lines: 10, .. })));
}

#[test]
fn a_line_is_followed_to_the_one_most_like_it_and_a_new_one_to_none() {
    let mut history = History::new();
    history.commit(&[("f", b"top\nalpha(one, two)\nbeta(three)\nend\n")]);
    let rewrite = history.commit(&[("f", b"top\n// why\nbeta(3)\nalpha(one, 2)\nnew\nend\n")]);
    let told = history.chain("f", 3, 20).unwrap();
    assert_eq!(told.steps[0].before.as_ref().map(|it| it.line), Some(1));
    assert_eq!(told.steps.len(), 2);
    let told = history.chain("f", 1, 20).unwrap();
    assert_eq!((told.steps.len(), told.steps[0].commit), (1, rewrite));
    assert_eq!(told.steps[0].before, None);
    assert_eq!(told.end, End::Origin);
}

#[test]
fn a_line_that_went_is_the_earlier_form_of_one_line_only() {
    let mut history = History::new();
    history.commit(&[("f", b"top\n\"chart.js\": \"^2.9.4\",\nend\n")]);
    let now = b"top\n\"chart.js\": \"^4.0.0\",\n\"chartjs-adapter\": \"^3.0.0\",\nend\n";
    history.commit(&[("f", now)]);
    assert_eq!(history.chain("f", 1, 20).unwrap().steps.len(), 2);
    assert_eq!(history.chain("f", 2, 20).unwrap().steps.len(), 1);
}

#[test]
fn the_text_of_a_step_is_cut_at_500_bytes() {
    let mut history = History::new();
    history.commit(&[("f", &b"x".repeat(10_000))]);
    let told = history.chain("f", 0, 20).unwrap();
    assert_eq!(told.steps[0].text.0.len(), 500);
}

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    fn line(&mut self) -> Vec<u8> {
        const LINES: [&str; 12] =
            ["}", "", "{", "    if x {", "    }", "return;", "\tx", "\u{c}", "a", "  ", "b\r", "#"];
        match self.roll(3) {
            0 => format!("unique {}\n", self.roll(100_000)).into_bytes(),
            _ => format!("{}\n", LINES[self.roll(LINES.len())]).into_bytes(),
        }
    }

    fn edit(&mut self, text: &mut Vec<Vec<u8>>) {
        for _ in 0..1 + self.roll(4) {
            let at = self.roll(text.len() + 1);
            let len = self.roll(5).min(text.len() - at);
            match self.roll(4) {
                0 => drop(text.drain(at..at + len)),
                1 => {
                    let block: Vec<_> = text.drain(at..at + len).collect();
                    let to = self.roll(text.len() + 1);
                    text.splice(to..to, block);
                }
                2 => {
                    let block = text[at..at + len].to_vec();
                    text.splice(at..at, block);
                }
                _ => {
                    let block: Vec<_> = (0..1 + self.roll(4)).map(|_| self.line()).collect();
                    text.splice(at..at + len, block);
                }
            }
        }
    }
}

type Tree = BTreeMap<String, Vec<Vec<u8>>>;

/// A history with branches, merges of mixed content, renames, deletions, returns and clocks that
/// go wrong, as a stream for `git fast-import`.
fn random_history(dice: &mut Dice, commits: usize) -> Vec<u8> {
    let mut trees: Vec<Tree> = Vec::new();
    let mut stream = Vec::new();
    for number in 0..commits {
        let back = |dice: &mut Dice| number - 1 - dice.roll(4.min(number));
        let mut parents = if number == 0 { Vec::new() } else { vec![back(dice)] };
        if number > 2 && dice.roll(4) == 0 {
            let other = back(dice);
            if !parents.contains(&other) {
                parents.push(other);
            }
        }
        let mut tree = parents.first().map(|it| trees[*it].clone()).unwrap_or_default();
        if let Some(other) = parents.get(1) {
            for (path, theirs) in &trees[*other] {
                match tree.get_mut(path) {
                    None => drop(tree.insert(path.clone(), theirs.clone())),
                    Some(ours) => {
                        let cut = dice.roll(ours.len().min(theirs.len()) + 1);
                        ours.truncate(cut);
                        ours.extend_from_slice(&theirs[cut..]);
                    }
                }
            }
        }
        let paths: Vec<String> = tree.keys().cloned().collect();
        for path in paths {
            match dice.roll(12) {
                0..=4 => dice.edit(tree.get_mut(&path).unwrap()),
                5 => {
                    let text = tree.remove(&path).unwrap();
                    tree.insert(format!("dir{}/{}", dice.roll(2), dice.roll(9)), text);
                }
                6 if tree.len() > 2 => drop(tree.remove(&path)),
                _ => {}
            }
        }
        if tree.len() < 2 || dice.roll(8) == 0 {
            let text = (0..10 + dice.roll(60)).map(|_| dice.line()).collect();
            tree.insert(format!("dir{}/{}", dice.roll(2), dice.roll(9)), text);
        }
        let at = 1_600_000_000 + number * 100 - dice.roll(300);
        let mut tell = |text: String| stream.extend_from_slice(text.as_bytes());
        tell(format!("commit refs/heads/c{number}\nmark :{}\n", number + 1));
        tell(format!("committer Ada <ada@example.org> {at} +0000\ndata 1\nx\n"));
        for (nth, parent) in parents.iter().enumerate() {
            tell(format!("{} :{}\n", if nth == 0 { "from" } else { "merge" }, parent + 1));
        }
        tell("deleteall\n".to_owned());
        for (path, text) in &tree {
            let text = text.concat();
            stream.extend_from_slice(
                format!("M 100644 inline {path}\ndata {}\n", text.len()).as_bytes(),
            );
            stream.extend_from_slice(&text);
            stream.push(b'\n');
        }
        trees.push(tree);
    }
    stream
}

#[test]
fn random_histories_are_blamed_as_git_blames_them() {
    const COMMITS: usize = 40;
    let mut compared = 0;
    for seed in 1..=8 {
        let history = History::new();
        let mut dice = Dice(seed * 0x9e37_79b9);
        let stream = random_history(&mut dice, COMMITS);
        let mut import = history.command(&["fast-import", "--quiet"]);
        let mut import = import.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        import.stdin.take().unwrap().write_all(&stream).unwrap();
        assert!(import.wait().unwrap().success());
        for number in [COMMITS - 1, COMMITS - 2, COMMITS - 5] {
            let commit = history.oid(&format!("c{number}"));
            let listing = history.line(&["ls-tree", "-r", "-l", &commit.to_string()]);
            for entry in listing.lines().filter(|it| !it.contains(" 0\t")) {
                let path = entry.split('\t').nth(1).unwrap();
                history.assert_equal(commit, path);
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "only {compared} files compared");
}
