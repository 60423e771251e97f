//! Reads a repository into a store, as `backstory sources add` and a sync do: for measuring and for
//! the test that kills it. `sync STORE REPOSITORY` prints what was done.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(store), Some(path)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: sync STORE REPOSITORY");
        return ExitCode::from(2);
    };
    match run(Path::new(&store), Path::new(&path)) {
        Ok(report) => {
            println!("{report:?}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(store: &Path, path: &Path) -> Result<ingest::Report, ingest::Error> {
    let store = store::Store::open(store)?;
    let name = match ingest::repositories::add(&store, path, None) {
        Ok(name) => name,
        Err(ingest::Error::AlreadyThere { name, .. }) => name,
        Err(error) => return Err(error),
    };
    ingest::sync(&store, &name, &|_, _, _| {}, &AtomicBool::new(false))
}
