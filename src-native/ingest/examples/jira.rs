//! Reads Jira's JSON from files and projects every issue, on one thread, and tells how fast.
//! Usage: `jira [--split|--read|--hash] PATH…`; the first two stop after that step, the last hashes
//! every record as the store does.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::PathBuf;
use std::time::Instant;

use ingest::Error;
use ingest::sources::document::Document;
use ingest::sources::files::{self, Found};
use ingest::sources::jira;
use ingest::sources::record::{Record, Refused, Sink};

/// Projects the records of a document when its last one has come.
#[derive(Default)]
struct Count {
    mode: String,
    waiting: Vec<Record>,
    records: u64,
    issues: u64,
    comments: u64,
    links: u64,
    fields: u64,
    refused: u64,
    hashed: u8,
}

impl Sink for Count {
    fn take(&mut self, record: Record) -> Result<(), Error> {
        self.records += 1;
        if self.mode == "--hash" {
            self.hashed ^= record.hash()[0];
        }
        self.waiting.push(record);
        Ok(())
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused += 1;
        eprintln!("{}: {}", refused.place, refused.reason);
    }
}

impl Count {
    fn document(&mut self, document: &Document<'_>) -> Result<(), Error> {
        if self.mode == "--split" {
            return Ok(());
        }
        if !jira::read(document, self)? {
            self.refuse(document.unknown());
        }
        let records = std::mem::take(&mut self.waiting);
        if self.mode != "--read"
            && let Some(first) = records.first()
            && let Some(issue) = jira::project(&first.subject, &records).issue
        {
            self.issues += 1;
            self.comments += issue.comments.len() as u64;
            self.links += issue.links.len() as u64;
            self.fields += issue.fields.len() as u64;
        }
        self.waiting = records;
        self.waiting.clear();
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut count = Count::default();
    if arguments.first().is_some_and(|it| it.starts_with("--")) {
        count.mode = arguments.remove(0);
    }
    let paths: Vec<PathBuf> = arguments.into_iter().map(PathBuf::from).collect();
    let start = Instant::now();
    let summary = files::each(&paths, &mut |found| match found {
        Found::Document(document) => count.document(&document),
        Found::Refused(refused) => {
            count.refuse(refused);
            Ok(())
        }
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = summary.bytes as f64 / 1e6;
    println!(
        "{} files, {} documents, {} records ({} refused): {} issues, {} comments, {} links, {} fields",
        summary.files,
        summary.documents,
        count.records,
        count.refused,
        count.issues,
        count.comments,
        count.links,
        count.fields
    );
    println!(
        "{megabytes:.1} MB of JSON in {seconds:.2} s: {:.0} MB/s {}",
        megabytes / seconds,
        count.hashed
    );
    // Time on the core alone, where the system tells it: others may want the machine too.
    let spent = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = spent.and_then(|it| it.split(' ').next()?.parse::<f64>().ok());
    if let Some(seconds) = nanos.map(|it| it / 1e9) {
        println!("{seconds:.2} s of them on the core: {:.0} MB/s", megabytes / seconds);
    }
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        for line in status.lines().filter(|it| it.starts_with("VmHWM")) {
            println!("{line}");
        }
    }
    Ok(())
}
