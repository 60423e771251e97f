//! Takes files of a tracker into a store, as `backstory trackers import` does: for measuring and for
//! the test that kills it. `import STORE REPOSITORY jira|github FILE…` prints what was done.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use ingest::trackers::{self, Intake, Taken};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use store::writes::TrackerKind;
use store::{Store, Viewer, fingerprint};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(store), Some(path), Some(kind)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        eprintln!("usage: import STORE REPOSITORY jira|github FILE…");
        return ExitCode::from(2);
    };
    let kind = if kind == "jira" { TrackerKind::Jira } else { TrackerKind::GitHub };
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    match run(Path::new(&store), Path::new(&path), kind, &paths) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(
    store: &Path,
    path: &Path,
    kind: TrackerKind,
    paths: &[PathBuf],
) -> Result<(), ingest::Error> {
    let store = Store::open(store)?;
    let name = match ingest::repositories::add(&store, path, None) {
        Ok(name) => name,
        Err(ingest::Error::AlreadyThere { name, .. }) => name,
        Err(error) => return Err(error),
    };
    let allowed = store.read(|it| it.allow(&Viewer::Owner, Some(&name)))?;
    let start = Instant::now();
    trackers::attach(&store, kind.name(), kind, kind.name(), "{}", allowed.id)?;
    let (cancel, progress) = (AtomicBool::new(false), |_: &Taken| {});
    let mut intake = Intake::new(&store, kind.name(), &cancel, &progress);
    trackers::import(kind, paths, &mut intake)?;
    let taken = intake.finish()?;
    let read = start.elapsed().as_secs_f64();
    trackers::settle(&store)?;
    let all = start.elapsed().as_secs_f64();
    for refused in &taken.refused {
        println!("refused {}: {}", refused.place, refused.reason);
    }
    let megabytes = taken.bytes as f64 / 1e6;
    println!(
        "{} records, {} new, {} changed, {} refused; {megabytes:.1} MB: read {read:.2} s, \
         settled {all:.2} s, {:.1} MB/s",
        taken.records,
        taken.new,
        taken.changed,
        taken.refused_total,
        megabytes / all
    );
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = memory.lines().find(|it| it.starts_with("VmHWM")).unwrap_or("no VmHWM");
    println!("{peak}"); // before the fingerprint, which maps the whole store
    let print = store.read(|it| fingerprint(it, &it.allow(&Viewer::Owner, Some(&name))?))?;
    println!("{}", print.iter().map(|it| format!("{it:02x}")).collect::<String>());
    Ok(())
}
