//! Prints a history as `git log --numstat -M -z` would, so that the two can be compared; with
//! `--quiet` it only reads and tells the time. Usage: `numstat REPOSITORY [--quiet|--raw]`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::Write;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use ingest::sources::git::{Clone, Phase, Progress, Sink, SinkError};
use model::{Change, ChangeKind, CommitFacts, Lines, Oid};

struct Print<W> {
    out: W,
    quiet: bool,
    raw: bool,
    commits: u64,
}

impl<W: Write> Sink for Print<W> {
    fn commit(&mut self, commit: CommitFacts, _generation: u32) -> Result<(), SinkError> {
        self.commits += u64::from(!commit.message.0.is_empty());
        Ok(())
    }

    fn changes(&mut self, commit: &Oid, changes: Vec<Change>) -> Result<(), SinkError> {
        if self.quiet {
            return Ok(());
        }
        for change in changes {
            let out = &mut self.out;
            write!(out, "{commit} ")?;
            if self.raw {
                let kind = match change.kind {
                    ChangeKind::Added => "A",
                    ChangeKind::Deleted => "D",
                    ChangeKind::Modified => "M",
                    ChangeKind::Renamed => "R",
                };
                write!(out, "{kind}")?;
            } else {
                match change.lines {
                    Lines::Counted { added, deleted } => write!(out, "{added}\t{deleted}")?,
                    Lines::Binary => write!(out, "-\t-")?,
                    Lines::Unknown => write!(out, "?\t?")?,
                }
            }
            if let Some(from) = &change.from {
                out.write_all(b"\t")?;
                out.write_all(&from.0)?;
            }
            out.write_all(b"\t")?;
            out.write_all(&change.path.0)?;
            out.write_all(b"\0\n")?;
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: numstat REPOSITORY [--quiet|--raw]")?;
    let mode = arguments.next().unwrap_or_default();
    let start = Instant::now();
    let clone = Clone::open(Path::new(&path))?;
    let refs = clone.refs()?;
    let head = refs.head.ok_or("the repository has no commit yet")?;
    eprintln!("{:8.3} s refs", start.elapsed().as_secs_f64());

    let phase = std::cell::Cell::new(None::<Phase>);
    let report = |now: Phase, _, _| {
        if phase.replace(Some(now)) != Some(now) {
            eprintln!("{:8.3} s {now:?}", start.elapsed().as_secs_f64());
        }
    };
    let cancel = AtomicBool::new(false);
    let progress = Progress { cancel: &cancel, report: &report };
    let out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut print = Print { out, quiet: mode == "--quiet", raw: mode == "--raw", commits: 0 };
    let summary = clone.read(head.oid, &|_| None, &mut print, &progress)?;
    print.out.flush()?;
    eprintln!("{:8.3} s done: {summary:?}", start.elapsed().as_secs_f64());
    Ok(())
}
