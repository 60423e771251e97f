//! What GitHub sends becomes records, and records become facts.

mod devlake;
mod history;
mod hooks;
mod nodes;
mod pulls;
mod recorded;

use std::collections::BTreeMap;
use std::path::PathBuf;

use model::TrackerFacts;
use serde_json::Value;

use super::{KINDS, project, read};
use crate::Error;
use crate::sources::document::Document;
use crate::sources::record::{Record, Refused, Sink};

/// Records as the store keeps them: by kind, id and content; the greatest version is the current.
#[derive(Default)]
struct Memory {
    events: BTreeMap<(&'static str, String, [u8; 16]), Record>,
    refused: Vec<String>,
}

impl Sink for Memory {
    fn take(&mut self, record: Record) -> Result<(), Error> {
        assert!(KINDS.contains(&record.kind), "{} is not among the kinds", record.kind);
        let key = (record.kind, record.id.clone(), record.hash());
        let event = self.events.entry(key).or_insert_with(|| record.clone());
        event.version = event.version.max(record.version);
        Ok(())
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused.push(refused.reason);
    }
}

impl Memory {
    /// Reads documents given as address and text.
    fn of<'a>(documents: impl IntoIterator<Item = (&'a str, &'a str)>) -> Memory {
        let mut memory = Memory::default();
        for (address, json) in documents {
            memory.read(address, 0, json);
        }
        memory
    }

    fn read(&mut self, address: &str, version: i64, json: &str) -> bool {
        let document = Document { place: "here", address, version, json: json.as_bytes() };
        read(&document, self).unwrap()
    }

    fn current(&self) -> Vec<Record> {
        let mut current: BTreeMap<(&str, &str), &Record> = BTreeMap::new();
        for record in self.events.values() {
            let at = current.entry((record.kind, &record.id)).or_insert(record);
            if (record.version, record.gone, record.hash()) > (at.version, at.gone, at.hash()) {
                *at = record;
            }
        }
        current.into_values().filter(|it| !it.gone).cloned().collect()
    }

    fn facts(&self) -> BTreeMap<String, TrackerFacts> {
        let mut subjects: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for record in self.current() {
            subjects.entry(record.subject.clone()).or_default().push(record);
        }
        subjects
            .into_iter()
            .map(|(subject, all)| (subject.clone(), project(&subject, &all)))
            .collect()
    }

    fn pull(&self, number: u64) -> model::PullFacts {
        self.facts().remove(&number.to_string()).and_then(|it| it.pull).expect("a pull request")
    }

    fn issue(&self, number: u64) -> model::IssueFacts {
        self.facts().remove(&number.to_string()).and_then(|it| it.issue).expect("an issue")
    }

    fn kinds(&self) -> Vec<(&'static str, String, bool)> {
        self.events.values().map(|it| (it.kind, it.id.clone(), it.gone)).collect()
    }
}

/// Real payloads, where they are.
fn data(path: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("BACKSTORY_DATA") {
        Some(root) => PathBuf::from(root),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
    };
    let path = root.join(path);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!("{} is not there", path.display()));
    None
}

#[allow(clippy::print_stderr)]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// Rows of a CSV file by the names of its columns.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut records = vec![Vec::new()];
    let mut cell = String::new();
    let mut quoted = false;
    let mut rest = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(it) = rest.next() {
        match it {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => records.last_mut().unwrap().push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                let row = records.last_mut().unwrap();
                row.push(std::mem::take(&mut cell));
                records.push(Vec::new());
            }
            '\r' if !quoted => {}
            it => cell.push(it),
        }
    }
    records.last_mut().unwrap().push(cell);
    let mut records = records.into_iter();
    let names = records.next().unwrap();
    records
        .filter(|it| it.len() == names.len())
        .map(|it| names.iter().cloned().zip(it).collect())
        .collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Another order, the same for the same seed.
fn shuffle<T>(all: &mut [T], seed: &mut u64) {
    for i in (1..all.len()).rev() {
        *seed ^= *seed << 13;
        *seed ^= *seed >> 7;
        *seed ^= *seed << 17;
        all.swap(i, (*seed % (i as u64 + 1)) as usize);
    }
}
