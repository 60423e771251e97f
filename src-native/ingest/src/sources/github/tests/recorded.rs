//! Payloads that GitHub once sent and others recorded.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Memory, data, json};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "json") {
                all.push(path);
            }
        }
    }
    all.sort();
    all
}

#[test]
fn every_webhook_is_taken_or_passed_over_and_those_of_our_kinds_give_records() {
    let Some(folder) = data("github/octokit-webhooks/payload-examples") else { return };
    let mut kinds: BTreeMap<String, BTreeMap<(&str, bool), usize>> = BTreeMap::new();
    let all = files(&folder);
    for path in &all {
        let event = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let mut memory = Memory::default();
        let known = memory.read("", 0, &fs::read_to_string(path).unwrap());
        if !known {
            eprintln!("unknown {path:?}");
        }
        if !memory.refused.is_empty() {
            eprintln!("{path:?} {:?}", memory.refused);
        }
        for (kind, _, gone) in memory.kinds() {
            *kinds.entry(event.clone()).or_default().entry((kind, gone)).or_default() += 1;
        }
    }
    eprintln!("{} {kinds:#?}", all.len());
}

#[test]
fn fixtures() {
    let Some(folder) = data("github/octokit-fixtures/scenarios") else { return };
    for path in files(&folder) {
        for pair in json(&fs::read_to_string(&path).unwrap()).as_array().unwrap() {
            let mut memory = Memory::default();
            let address =
                format!("{}{}", pair["scope"].as_str().unwrap(), pair["path"].as_str().unwrap());
            let known = memory.read(&address, 0, &pair["response"].to_string());
            eprintln!("{known} {address} {:?} {:?}", memory.kinds(), memory.refused);
        }
    }
}
