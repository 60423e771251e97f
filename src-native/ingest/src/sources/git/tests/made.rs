//! Histories made for tests, and what Git says of them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use model::{Change, ChangeKind, CommitFacts, Lines, Oid};

use crate::sources::git::{Clone, Error, Progress, Sink, SinkError, Summary};

/// A repository in a folder of its own, out of reach of anybody's configuration.
pub(super) struct Made {
    home: tempfile::TempDir,
}

impl Made {
    pub(super) fn bare() -> Made {
        Made::with(&["--bare"])
    }

    pub(super) fn with(options: &[&str]) -> Made {
        let made = Made { home: tempfile::tempdir().unwrap() };
        std::fs::create_dir(made.path()).unwrap();
        made.git(&[&["init", "-q", "-b", "main"], options].concat());
        made
    }

    /// The repository, or its worktree.
    pub(super) fn path(&self) -> PathBuf {
        self.home.path().join("it")
    }

    /// A folder beside the repository.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(super) fn command_at(&self, folder: &Path, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(args).current_dir(folder).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.home.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_NO_LAZY_FETCH", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ada");
            command.env(format!("GIT_{who}_EMAIL"), "ada@example.org");
            command.env(format!("GIT_{who}_DATE"), "1600000000 +0000");
        }
        command
    }

    pub(super) fn git(&self, args: &[&str]) -> Vec<u8> {
        self.fed(args, b"")
    }

    /// Runs Git with something to read; it must succeed.
    pub(super) fn fed(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = self.command_at(&self.path(), args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let feeding = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "git {args:?}: {told}");
        feeding.join().unwrap().unwrap();
        output.stdout
    }

    pub(super) fn line(&self, args: &[&str]) -> String {
        String::from_utf8(self.git(args)).unwrap().trim_end().to_owned()
    }

    pub(super) fn oid(&self, name: &str) -> Oid {
        Oid::from_hex(&self.line(&["rev-parse", name])).unwrap()
    }

    /// Stores an object as it is given, however broken.
    pub(super) fn object(&self, kind: &str, content: &[u8]) -> Oid {
        let args = ["hash-object", "-w", "--literally", "-t", kind, "--stdin"];
        let id = String::from_utf8(self.fed(&args, content)).unwrap();
        Oid::from_hex(id.trim_end()).unwrap()
    }

    pub(super) fn import(&self, stream: &Stream) {
        self.fed(&["fast-import", "--quiet", "--force", "--done"], &stream.done());
    }

    pub(super) fn open(&self) -> Clone {
        Clone::open(&self.path()).unwrap()
    }

    /// Reads all that HEAD reaches.
    pub(super) fn read(&self) -> Read {
        let clone = self.open();
        let head = clone.refs().unwrap().head.unwrap().oid;
        read(&clone, head, &|_| None).unwrap()
    }

    /// What Git tells of every commit that is not a merge, its rows in Git's order.
    pub(super) fn numstat(&self) -> Vec<(String, Vec<Vec<u8>>)> {
        let format = "--format=%x01%H";
        let log = |what: &str| self.git(&["log", "--no-merges", what, "-M", "-z", format]);
        let (numbers, kinds) = (log("--numstat"), log("--raw"));
        let commits = numbers.split(|&it| it == 1).zip(kinds.split(|&it| it == 1));
        let mut all: Vec<_> =
            commits.skip(1).map(|(numbers, kinds)| told(numbers, kinds)).collect();
        all.sort();
        all
    }

    /// The same of what was read here.
    pub(super) fn assert_like_git(&self) -> Read {
        let read = self.read();
        let mut own: Vec<_> = read
            .changes
            .iter()
            .map(|(id, changes)| (id.to_string(), changes.iter().map(row).collect::<Vec<_>>()))
            .collect();
        own.sort();
        let git = self.numstat();
        for (git, own) in git.iter().zip(&own) {
            let text = |it: &(String, Vec<Vec<u8>>)| {
                let rows: Vec<_> = it.1.iter().map(|it| String::from_utf8_lossy(it)).collect();
                format!("{}\n{}", it.0, rows.join("\n"))
            };
            assert_eq!(text(own), text(git));
        }
        assert_eq!(own, git);
        read
    }
}

/// The rows of one commit, from `--numstat -z` and `--raw -z`: kind, added, deleted, paths.
fn told(numbers: &[u8], kinds: &[u8]) -> (String, Vec<Vec<u8>>) {
    let mut numbers = numbers.split(|&it| it == 0);
    let mut kinds = kinds.split(|&it| it == 0).skip(1);
    let id = String::from_utf8(numbers.next().unwrap().to_vec()).unwrap();
    let mut rows = Vec::new();
    while let Some(number) = numbers.next() {
        let number = number.strip_prefix(b"\n").unwrap_or(number);
        if number.is_empty() {
            continue;
        }
        let kind = kinds.next().unwrap();
        let kind = kind[kind.iter().rposition(|&it| it == b' ').unwrap() + 1];
        // A change of type is a modification here.
        let mut row = vec![if kind == b'T' { b'M' } else { kind }, b'\t'];
        row.extend_from_slice(number);
        kinds.next();
        if kind == b'R' {
            kinds.next();
            row.extend_from_slice(numbers.next().unwrap());
            row.push(b'\t');
            row.extend_from_slice(numbers.next().unwrap());
        }
        rows.push(row);
    }
    (id, rows)
}

fn row(change: &Change) -> Vec<u8> {
    let kind = match change.kind {
        ChangeKind::Added => "A",
        ChangeKind::Deleted => "D",
        ChangeKind::Modified => "M",
        ChangeKind::Renamed => "R",
    };
    let mut row = match change.lines {
        Lines::Counted { added, deleted } => format!("{kind}\t{added}\t{deleted}\t"),
        Lines::Binary => format!("{kind}\t-\t-\t"),
        Lines::Unknown => format!("{kind}\t?\t?\t"),
    }
    .into_bytes();
    if let Some(from) = &change.from {
        row.extend_from_slice(&from.0);
        row.push(b'\t');
    }
    row.extend_from_slice(&change.path.0);
    row
}

/// All that a reading told.
#[derive(Default)]
pub(super) struct Read {
    pub(super) commits: Vec<(CommitFacts, u32)>,
    pub(super) changes: Vec<(Oid, Vec<Change>)>,
    pub(super) summary: Summary,
}

impl Sink for Read {
    fn commit(&mut self, commit: CommitFacts, generation: u32) -> Result<(), SinkError> {
        assert!(self.changes.is_empty(), "commits come first");
        self.commits.push((commit, generation));
        Ok(())
    }

    fn changes(&mut self, commit: &Oid, changes: Vec<Change>) -> Result<(), SinkError> {
        self.changes.push((*commit, changes));
        Ok(())
    }
}

impl Read {
    /// The changes of one commit.
    pub(super) fn of(&self, commit: Oid) -> &[Change] {
        &self.changes.iter().find(|it| it.0 == commit).unwrap().1
    }

    pub(super) fn ids(&self) -> Vec<Oid> {
        self.commits.iter().map(|it| it.0.id).collect()
    }
}

pub(super) fn read(
    clone: &Clone,
    head: Oid,
    known: &dyn Fn(&Oid) -> Option<u32>,
) -> Result<Read, Error> {
    let cancel = AtomicBool::new(false);
    let mut read = Read::default();
    let progress = Progress { cancel: &cancel, report: &|_, _, _| {} };
    let summary = clone.read(head, known, &mut read, &progress)?;
    Ok(Read { summary, ..read })
}

/// A stream for `git fast-import`.
#[derive(Default)]
pub(super) struct Stream {
    bytes: Vec<u8>,
    marks: usize,
}

impl Stream {
    /// Begins a commit on `branch`, `parents` being marks of commits; returns its own mark. What
    /// follows are its files.
    pub(super) fn commit(&mut self, branch: &str, parents: &[usize]) -> usize {
        self.marks += 1;
        let mark = self.marks;
        let time = 1_600_000_000 + 60 * mark;
        self.text(&format!("commit refs/heads/{branch}\nmark :{mark}\n"));
        self.text(&format!("committer Ada <ada@example.org> {time} +0000\n"));
        self.text(&format!("data <<END\ncommit {mark}\nEND\n"));
        for (i, parent) in parents.iter().enumerate() {
            let word = if i == 0 { "from" } else { "merge" };
            self.text(&format!("{word} :{parent}\n"));
        }
        mark
    }

    pub(super) fn file(&mut self, mode: &str, path: &[u8], content: &[u8]) {
        self.text(&format!("M {mode} inline "));
        self.path(path);
        self.text(&format!("\ndata {}\n", content.len()));
        self.bytes.extend_from_slice(content);
        self.text("\n");
    }

    pub(super) fn submodule(&mut self, path: &[u8], commit: &str) {
        self.text(&format!("M 160000 {commit} "));
        self.path(path);
        self.text("\n");
    }

    pub(super) fn delete(&mut self, path: &[u8]) {
        self.text("D ");
        self.path(path);
        self.text("\n");
    }

    pub(super) fn rename(&mut self, from: &[u8], to: &[u8]) {
        self.text("R ");
        self.path(from);
        self.text(" ");
        self.path(to);
        self.text("\n");
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn path(&mut self, path: &[u8]) {
        self.text("\"");
        for &byte in path {
            self.text(&format!("\\{byte:03o}"));
        }
        self.text("\"");
    }

    fn done(&self) -> Vec<u8> {
        [&self.bytes[..], b"done\n"].concat()
    }
}

/// Numbers that look random and are the same every time.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((self.0 >> 33) as usize) % limit
    }

    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}
