//! Payloads that GitHub once sent and others recorded.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Memory, data, json, rows};

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
    let mut kinds: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let all = files(&folder);
    for path in &all {
        let event = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let mut memory = Memory::default();
        assert!(memory.read("", 0, &fs::read_to_string(path).unwrap()), "{}", path.display());
        assert_eq!(memory.refused, [""; 0], "{}", path.display());
        for (kind, _, gone) in memory.kinds() {
            let words = if gone { format!("{kind} gone") } else { kind.to_owned() };
            *kinds.entry(event.clone()).or_default().entry(words).or_default() += 1;
        }
        memory.facts();
    }
    assert_eq!(all.len(), 273);
    let told: Vec<String> = kinds.iter().map(|(event, all)| format!("{event} {all:?}")).collect();
    assert_eq!(
        told,
        [
            r#"issue_comment {"comment": 6, "comment gone": 2, "commentNode gone": 2, "issue": 8}"#,
            r#"issues {"issue": 26, "issue gone": 2, "issueNode gone": 2, "origin": 1}"#,
            r#"pull_request {"pull": 28}"#,
            r#"pull_request_review {"pullListed": 3, "review": 3}"#,
            r#"pull_request_review_comment {"pullListed": 4, "reviewComment": 3, "reviewComment gone": 1, "reviewCommentNode gone": 1}"#,
            r#"pull_request_review_thread {"pullListed": 2, "reviewComment": 2}"#,
            r#"release {"release": 10, "release gone": 2, "releaseNode gone": 2}"#,
        ]
    );
}

/// Recorded pairs of a scenario, in the order they were recorded: address and answer.
fn pairs(scenario: &str) -> Option<Vec<(String, String)>> {
    let file = format!("github/octokit-fixtures/scenarios/api.github.com/{scenario}");
    let text = fs::read_to_string(data(&file)?).unwrap();
    let pair = |it: &serde_json::Value| {
        let (scope, path) = (it["scope"].as_str().unwrap(), it["path"].as_str().unwrap());
        (format!("{scope}{path}"), it["response"].to_string())
    };
    Some(json(&text).as_array().unwrap().iter().map(pair).collect())
}

#[test]
fn every_recorded_answer_is_taken_passed_over_or_refused_in_githubs_words() {
    let Some(folder) = data("github/octokit-fixtures/scenarios/api.github.com") else { return };
    let (mut count, mut said) = (0, BTreeMap::new());
    for path in files(&folder) {
        let path = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
        for (address, answer) in pairs(&path).unwrap() {
            let mut memory = Memory::default();
            memory.read(&address, 0, &answer);
            memory.facts();
            count += 1;
            for reason in memory.refused {
                *said.entry(reason).or_insert(0) += 1;
            }
        }
    }
    let said: Vec<String> = said.into_iter().map(|(why, count)| format!("{why} {count}")).collect();
    assert_eq!(
        (count, said.iter().map(String::as_str).collect::<Vec<_>>()),
        (
            203,
            vec![
                "GitHub answered “Branch not protected” instead of records 2",
                "GitHub answered “Moved Permanently” instead of records 4",
                "GitHub answered “Validation Failed” instead of records 4",
            ]
        )
    );
}

#[test]
fn pages_give_every_issue_once_also_under_the_repositorys_number() {
    for (scenario, pages) in [("normalized-fixture.json", 0), ("raw-fixture.json", 14)] {
        let Some(pairs) = pairs(&format!("paginate-issues/{scenario}")) else { return };
        let pages = &pairs[pages..pages + 5];
        let read = |pages: &mut dyn Iterator<Item = &(String, String)>| {
            Memory::of(pages.map(|it| (it.0.as_str(), it.1.as_str())))
        };
        let facts = read(&mut pages.iter()).facts();
        assert_eq!(facts.values().filter(|it| it.issue.is_some()).count(), 13);
        assert!(facts == read(&mut pages.iter().rev().chain(pages)).facts());
    }
}

#[test]
fn a_run_of_a_workflow_is_no_event_of_an_issue() {
    let run = r#"{"id":29,"node_id":"WFR_1","event":"schedule","run_number":158,"workflow_id":7,
        "url":"https://api.github.com/repos/o/r/actions/runs/29","created_at":"2026-01-02T03:04:05Z",
        "actor":{"login":"ada","id":1}}"#;
    let memory = Memory::of([("https://api.github.com/repos/o/r/actions/runs?page=1", run)]);
    assert!(memory.events.is_empty() && memory.refused.is_empty(), "{:?}", memory.refused);
}

#[test]
fn rows_of_deployments_are_passed_over() {
    let Some(path) = data("devlake/github_graphql/_raw_github_graphql_deployment.csv") else {
        return;
    };
    let rows = rows(&fs::read_to_string(path).unwrap());
    assert_eq!(rows.len(), 7);
    let mut memory = Memory::default();
    for row in rows {
        memory.read("https://api.github.com/graphql", 0, &row["data"]);
    }
    assert!(memory.events.is_empty() && memory.refused.is_empty());
}
