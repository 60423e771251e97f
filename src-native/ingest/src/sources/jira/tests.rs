//! What Jira tells, in all the shapes it tells it in.

use std::collections::BTreeMap;

use model::IssueFacts;

use crate::Error;
use crate::sources::document::Document;
use crate::sources::record::{Record, Refused, Sink};

mod archive;
mod documents;
mod facts;
mod reading;
mod splits;

/// Keeps what comes.
#[derive(Debug, Default)]
struct Kept {
    records: Vec<Record>,
    refused: Vec<Refused>,
}

impl Sink for Kept {
    fn take(&mut self, record: Record) -> Result<(), Error> {
        self.records.push(record);
        Ok(())
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused.push(refused);
    }
}

impl Kept {
    fn read(&mut self, address: &str, json: &str) -> bool {
        let document = Document { place: "here", address, version: 0, json: json.as_bytes() };
        super::read(&document, self).unwrap()
    }

    /// Kind, id, subject, version of each record.
    fn names(&self) -> Vec<(&str, &str, &str, i64)> {
        (self.records.iter()).map(|it| (it.kind, &*it.id, &*it.subject, it.version)).collect()
    }

    fn reasons(&self) -> Vec<&str> {
        self.refused.iter().map(|it| &*it.reason).collect()
    }

    /// The current versions, by subject, in order of kind and id.
    fn current(&self) -> BTreeMap<String, Vec<Record>> {
        let mut newest: BTreeMap<(&str, &str), &Record> = BTreeMap::new();
        for record in &self.records {
            let order = |it: &Record| (it.version, it.gone, it.hash());
            let kept = newest.entry((record.kind, &record.id)).or_insert(record);
            if order(record) > order(kept) {
                *kept = record;
            }
        }
        let mut subjects: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for record in newest.into_values().filter(|it| !it.gone) {
            subjects.entry(record.subject.clone()).or_default().push(record.clone());
        }
        subjects
    }

    fn issues(&self) -> Vec<IssueFacts> {
        let subjects = self.current();
        subjects.iter().filter_map(|(it, records)| super::project(it, records).issue).collect()
    }
}

fn kept(address: &str, json: &str) -> Kept {
    let mut kept = Kept::default();
    assert!(kept.read(address, json), "not taken for Jira's: {json}");
    kept
}

fn issue(json: &str) -> IssueFacts {
    let kept = kept("", json);
    assert_eq!(kept.refused, []);
    kept.issues().pop().unwrap()
}

/// An issue with these fields, as JSON.
fn with(fields: &str) -> String {
    format!("{{\"id\":\"10001\",\"key\":\"SHOP-7\",\"fields\":{{{fields}}}}}")
}
