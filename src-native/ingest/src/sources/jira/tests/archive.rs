//! Real data that nobody here wrote, where it is at hand: archives of a Server, rows of a Cloud.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use model::{IssueFacts, StatusCategory, Timestamp};

use super::Kept;
use super::splits::read_all;
use crate::Error;
use crate::sources::files::{self, Found};
use crate::sources::jira;
use crate::sources::record::{Record, Refused, Sink};
use crate::sources::time::millis;

/// A part of the real data; says so where it is not there.
fn data(part: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("BACKSTORY_DATA").map(PathBuf::from);
    let path = data.unwrap_or_else(|| root.join("../shared/data")).join(part);
    if path.exists() {
        return Some(path);
    }
    #[expect(clippy::print_stderr, reason = "whoever runs the test should know that it did not")]
    {
        eprintln!("left out: there is no {part} in the folder that BACKSTORY_DATA names");
    }
    None
}

/// Projects each issue as it comes, and keeps none of them.
struct Each<'f> {
    waiting: Vec<Record>,
    refused: Vec<Refused>,
    issue: &'f mut dyn FnMut(IssueFacts),
}

impl Sink for Each<'_> {
    fn take(&mut self, record: Record) -> Result<(), Error> {
        self.waiting.push(record);
        Ok(())
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused.push(refused);
    }
}

fn each(paths: &[PathBuf], issue: &mut dyn FnMut(IssueFacts)) -> Vec<Refused> {
    let mut sink = Each { waiting: Vec::new(), refused: Vec::new(), issue };
    let mut take = |found: Found<'_>| {
        match found {
            Found::Refused(refused) => sink.refuse(refused),
            Found::Document(document) => {
                assert!(jira::read(&document, &mut sink)?, "{}", document.place);
                let records = std::mem::take(&mut sink.waiting);
                let facts = jira::project(&records[0].subject, &records);
                (sink.issue)(facts.issue.unwrap());
            }
        }
        Ok(())
    };
    files::each(paths, &mut take).unwrap();
    sink.refused
}

#[test]
fn every_issue_of_the_archive_comes_in_and_counts_as_its_manifest_says() {
    let Some(folder) = data("jira/tidev-jira-ndjson") else { return };
    let mut keys = BTreeSet::new();
    let mut projects: BTreeMap<String, usize> = BTreeMap::new();
    let mut accounts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut links = Vec::new();
    let (mut comments, mut most, mut longest, mut closed) = (0, 0, 0, 0);
    let (mut nobody_reported, mut nobody_does, mut bodiless, mut authorless) = (0, 0, 0, 0);
    let (mut untitled, mut inactive) = (Vec::new(), 0);
    let refused = each(&[folder], &mut |issue| {
        assert!(keys.insert(issue.key.clone()), "{} came twice", issue.key);
        *projects.entry(issue.project.clone()).or_default() += 1;
        comments += issue.comments.len();
        most = most.max(issue.comments.len());
        longest = longest.max(issue.body.chars().count());
        nobody_reported += usize::from(issue.reporter.is_none());
        nobody_does += usize::from(issue.assignee.is_none());
        inactive += usize::from(issue.assignee.as_ref().is_some_and(|it| !it.active));
        bodiless += usize::from(issue.comments.iter().any(|it| it.body.is_empty()));
        authorless += usize::from(issue.comments.iter().any(|it| it.author.is_none()));
        closed +=
            usize::from(issue.category == StatusCategory::Done && issue.resolution.is_empty());
        if issue.summary.is_empty() {
            untitled.push(issue.key.clone());
        }
        let people = [&issue.reporter, &issue.assignee].into_iter();
        for it in people.chain(issue.comments.iter().map(|it| &it.author)).flatten() {
            accounts.entry(it.display.clone()).or_default().insert(it.id.clone());
        }
        assert_ne!(issue.created, Timestamp(0), "{}", issue.key);
        assert_ne!(issue.updated, Timestamp(0), "{}", issue.key);
        assert_ne!(issue.category, StatusCategory::Unknown, "{}", issue.key);
        let kept = |it: char| !it.is_control() || matches!(it, '\n' | '\t' | '\u{7f}'..='\u{9f}');
        let texts = issue.comments.iter().map(|it| &it.body).chain([&issue.body, &issue.summary]);
        assert!(texts.flat_map(|it| it.chars()).all(kept), "{}", issue.key);
        let others = issue.links.iter().filter(|it| it.kind != "Parent" && it.kind != "Epic");
        links.extend(others.map(|it| (issue.key.clone(), it.clone())));
    });
    assert_eq!(refused, []);
    let projects: Vec<(&str, usize)> = projects.iter().map(|(it, count)| (&**it, *count)).collect();
    assert_eq!(
        projects,
        [("AC", 4503), ("ALOY", 1499), ("DAEMON", 317), ("MOD", 367), ("TIMOB", 22_371)]
    );
    assert_eq!((keys.len(), comments, most), (29_057, 104_730, 224));
    untitled.sort();
    assert_eq!(untitled, ["AC-2241", "AC-523"]);
    assert_eq!((nobody_reported, nobody_does, inactive), (1, 2553, 5538));
    assert_eq!((bodiless, authorless, closed), (1797, 28, 61));
    // The longest description holds 1,108,247 characters, some of them of line ends that are one now.
    assert!((1_000_000..=1_108_247).contains(&longest), "{longest}");
    let shared = accounts.values().filter(|it| it.len() > 1).count();
    // 190 with those who only made the issue or attached a file, which are no facts.
    assert_eq!(shared, 187, "display names of two or more accounts");
    // One link of 15,678 ends stands there twice.
    assert_eq!(links.len(), 15_676);
    let outside = links.iter().filter(|(_, it)| !keys.contains(&it.to)).count();
    assert_eq!(outside, 2168);
    let outward: BTreeSet<_> = (links.iter().filter(|(_, it)| it.outward))
        .map(|(from, it)| (from.as_str(), it.to.as_str(), it.kind.as_str()))
        .collect();
    let inward = || links.iter().filter(|(_, it)| !it.outward && keys.contains(&it.to));
    let mirrored = inward().filter(|(to, it)| outward.contains(&(&*it.to, &**to, &*it.kind)));
    assert_eq!((inward().count(), mirrored.count()), (6754, 6754));
}

#[test]
fn raw_files_with_their_project_and_their_picture_come_in() {
    let Some(edge) = data("jira/tidev-jira-edge") else { return };
    let Some(projects) = data("jira/tidev-jira-projects") else { return };
    let told = read_all(&edge);
    assert_eq!((told.refused.len(), told.issues().len()), (0, 28));
    let told = read_all(&projects);
    let refused: Vec<&str> =
        told.refused.iter().filter_map(|it| it.place.rsplit('/').next()).collect();
    assert_eq!(refused, ["LICENSE:1", "missing.txt:1"]);
    let facts: Vec<_> = told.current().into_iter().collect();
    assert_eq!(facts.len(), 5);
    for (subject, records) in facts {
        let project = jira::project(&subject, &records).project.unwrap();
        assert_eq!(format!("project/{}", project.key), subject);
    }
}

#[test]
fn issues_of_the_cloud_come_in_as_documents_and_from_a_log() {
    let Some(folder) = data("jira/jira-cloud-adf") else { return };
    let told = read_all(&folder.join("jongschneider_jira_issue_raw.md"));
    assert_eq!(told.refused.len(), 1, "the words before the JSON: {:?}", told.refused);
    let issue = told.issues().pop().unwrap();
    assert_eq!((&*issue.key, &*issue.body), ("INGSVC-4929", "More Details in the Epic"));
    assert_eq!(issue.sprints, ["Zombie - Sprint 59", "Arrival - Sprint 60"]);
    assert_eq!(issue.links[0].to, "EPIC-2327");
    assert!(issue.comments[0].body.starts_with("Verified this on dev1"));
    assert!(issue.url.ends_with("/browse/INGSVC-4929"));
    let told = read_all(&folder.join("jira-cli_search.json"));
    assert_eq!((told.issues().len(), told.refused.len()), (3, 0));
    // One document that holds each of 23 kinds of nodes and marks.
    let document = fs::read_to_string(folder.join("jira-cli_adf_md.json")).unwrap();
    let issue = super::issue(&super::with(&format!("\"description\":{document}")));
    for part in ["@Person A", " | ", "- ", "1. ", "> ", "hello-world", "https://ankit.pl"] {
        assert!(issue.body.contains(part), "{part} in {}", issue.body);
    }
}

/// Rows of a table, by their columns' names.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(path).unwrap();
    let (mut lines, mut line, mut cell, mut quoted) =
        (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(it) = chars.next() {
        match it {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                line.push(std::mem::take(&mut cell).trim_end_matches('\r').to_owned());
                lines.push(std::mem::take(&mut line));
            }
            it => cell.push(it),
        }
    }
    if !cell.is_empty() || !line.is_empty() {
        line.push(cell);
        lines.push(line);
    }
    let mut lines = lines.into_iter();
    let names = lines.next().unwrap();
    lines.map(|line| names.iter().cloned().zip(line).collect()).collect()
}

fn kinds(told: &Kept) -> BTreeMap<&'static str, usize> {
    let mut kinds = BTreeMap::new();
    let ids: BTreeSet<_> = told.records.iter().map(|it| (it.kind, &it.id)).collect();
    for (kind, _) in ids {
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

#[test]
fn recorded_rows_come_in_and_count_as_their_manifest_says() {
    let Some(folder) = data("devlake") else { return };
    // Of the 151 rows of remote links 130 are distinct, and of the 7 of types 6.
    for (table, expected) in [
        ("jira/_raw_jira_api_issues", vec![("changes", 522), ("issue", 33)]),
        ("jira/_raw_jira_api_issue_relationships", vec![("changes", 18), ("issue", 22)]),
        ("jira/_raw_jira_external_epics", vec![("changes", 5), ("issue", 3)]),
        ("customize/_raw_jira_api_issues", vec![("changes", 517), ("issue", 30)]),
        ("jira/_raw_jira_api_issue_changelogs", vec![("changes", 279)]),
        ("jira/_raw_jira_api_remotelinks", vec![("remotelink", 130)]),
        ("jira/_raw_jira_api_worklogs", vec![("worklog", 30)]),
        ("jira/_raw_jira_api_development_panels", vec![("development", 91)]),
        ("jira/_raw_jira_api_sprints", vec![("sprint", 30)]),
        ("jira/_raw_jira_api_status", vec![("status", 53)]),
        ("jira/_raw_jira_api_projects", vec![("project", 12)]),
        ("jira/_raw_jira_api_users", vec![("user", 30)]),
        ("jira/_raw_jira_api_issue_types", vec![("type", 6)]),
    ] {
        let told = read_all(&folder.join(table).with_extension("csv"));
        assert_eq!(told.refused, [], "{table}");
        assert_eq!(kinds(&told).into_iter().collect::<Vec<_>>(), expected, "{table}");
        for record in &told.records {
            let of_issue = record.subject.bytes().all(|it| it.is_ascii_digit());
            assert!(of_issue || record.subject.contains('/'), "{table}: {}", record.subject);
        }
    }
}

#[test]
fn changes_of_the_cloud_are_those_that_another_reader_found() {
    let Some(folder) = data("devlake") else { return };
    let told = read_all(&folder.join("jira/_raw_jira_api_issue_changelogs.csv"));
    let expected =
        rows(&folder.join("jira_expected/_tool_jira_issue_changelog_items_extractor.csv"));
    let mut items: BTreeSet<(String, String, String)> = BTreeSet::new();
    for mut records in told.current().into_values() {
        // Changes alone are of no issue that is known, so one is put beside them.
        let id = records[0].subject.clone();
        let body = format!("{{\"id\":\"{id}\",\"key\":\"A-1\",\"fields\":{{}}}}").into_bytes();
        let (kind, subject) = ("outline", id.clone());
        records.push(Record { kind, id, subject, version: 0, gone: false, body });
        let facts = jira::project(&records[0].subject, &records).issue.unwrap();
        items.extend(facts.changes.into_iter().map(|it| (it.id, it.field, it.to)));
    }
    let clean = |text: &str| text.replace("\r\n", "\n");
    let mut missing = Vec::new();
    for row in &expected {
        let to = [&row["to_string"], &row["to_value"]].into_iter().find(|it| !it.is_empty());
        let field = row["field"].to_lowercase();
        let told = (row["changelog_id"].clone(), field, clean(to.map_or("", |it| it)));
        if !items.contains(&told) {
            missing.push(told);
        }
    }
    assert_eq!(missing, []);
    assert!(expected.len() >= 279, "{}", expected.len());
}

#[test]
fn issues_of_the_cloud_are_those_that_another_reader_found() {
    let Some(folder) = data("devlake") else { return };
    let issues = read_all(&folder.join("jira/_raw_jira_api_issues.csv")).issues();
    let issues: BTreeMap<&str, &IssueFacts> = issues.iter().map(|it| (&*it.id, it)).collect();
    let expected = rows(&folder.join("jira_expected/_tool_jira_issues.csv"));
    assert!(expected.len() >= 30, "{}", expected.len());
    let mut differ = Vec::new();
    for row in &expected {
        let facts = issues[&*row["issue_id"]];
        let of = |at: Timestamp| at.0.to_string();
        let when = |name: &str| {
            millis(&row[name]).map(|it| (it.div_euclid(1000)).to_string()).unwrap_or_default()
        };
        let parents = facts.links.iter().find(|it| it.kind == "Parent" && !it.outward);
        for (name, told, expected) in [
            ("issue_key", facts.key.clone(), row["issue_key"].clone()),
            ("summary", facts.summary.clone(), row["summary"].clone()),
            ("type", facts.kind.clone(), row["type"].clone()),
            ("status_name", facts.status.clone(), row["status_name"].clone()),
            ("priority_name", facts.priority.clone(), row["priority_name"].clone()),
            ("comment_total", facts.comments.len().to_string(), row["comment_total"].clone()),
            ("created", of(facts.created), when("created")),
            ("updated", of(facts.updated), when("updated")),
            (
                "resolution_date",
                facts.resolved.map(of).unwrap_or_default(),
                when("resolution_date"),
            ),
            (
                "assignee",
                facts.assignee.as_ref().map(|it| it.id.clone()).unwrap_or_default(),
                row["assignee_account_id"].clone(),
            ),
            (
                "parent",
                parents.map(|it| it.to.clone()).unwrap_or_default(),
                row["parent_key"].clone(),
            ),
        ] {
            if told != expected {
                differ.push(format!("{} {name}: {told:?} and not {expected:?}", facts.key));
            }
        }
    }
    assert_eq!(differ, Vec::<String>::new());
}
