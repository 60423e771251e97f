//! DevLake's raw rows of Jira, through files, records and facts, beside the tables it makes of them.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use ingest::Error;
use ingest::sources::document::Document;
use ingest::sources::files::{Found, each};
use ingest::sources::jira;
use ingest::sources::record::{Record, Refused, Sink};
use model::{Account, IssueFacts, StatusCategory, Timestamp};

type Row = BTreeMap<String, String>;
/// Rows by key, of which each has values by column.
type Table = BTreeMap<String, BTreeMap<&'static str, String>>;
/// Where two tables differ: table, what differs, and the keys of the rows that do.
type Differences = BTreeMap<(String, String), BTreeSet<String>>;

/// Real payloads, where they are.
#[allow(clippy::print_stderr)]
fn data(path: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("BACKSTORY_DATA") {
        Some(root) => PathBuf::from(root),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
    };
    let path = root.join("devlake").join(path);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// Rows of a CSV file by the names of its columns; empty lines are none.
fn rows(path: PathBuf) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap();
    let mut records = vec![Vec::new()];
    let (mut cell, mut quoted) = (String::new(), false);
    let mut rest = text.trim_start_matches(['\u{feff}', '\n']).chars().peekable();
    while let Some(it) = rest.next() {
        match it {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => records.last_mut().unwrap().push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                records.last_mut().unwrap().push(std::mem::take(&mut cell));
                records.push(Vec::new());
            }
            '\r' if !quoted => {}
            it => cell.push(it),
        }
    }
    records.last_mut().unwrap().push(cell);
    let names = records.remove(0);
    let whole = records.into_iter().filter(|it| it.len() == names.len());
    whole.map(|it| names.iter().cloned().zip(it).collect()).collect()
}

fn expected(name: &str) -> Vec<Row> {
    rows(data(&format!("jira_expected/{name}.csv")).unwrap())
}

/// Records as the store keeps them: by kind and id, the greatest version is the current.
#[derive(Default)]
struct Memory {
    current: BTreeMap<(&'static str, String), Record>,
    refused: Vec<Refused>,
}

impl Sink for Memory {
    fn take(&mut self, record: Record) -> Result<(), Error> {
        let key = (record.kind, record.id.clone());
        let rank = |it: &Record| (it.version, it.gone, it.hash());
        let at = self.current.entry(key).or_insert_with(|| record.clone());
        if rank(&record) > rank(at) {
            *at = record;
        }
        Ok(())
    }

    fn refuse(&mut self, refused: Refused) {
        self.refused.push(refused);
    }
}

/// Raw tables as they were exported.
fn read(names: &[&str]) -> Option<Memory> {
    let mut memory = Memory::default();
    for name in names {
        each(&[data(&format!("jira/{name}.csv"))?], &mut |found| {
            match found {
                Found::Document(document) => assert!(jira::read(&document, &mut memory)?),
                Found::Refused(refused) => memory.refuse(refused),
            }
            Ok(())
        })
        .unwrap();
    }
    Some(memory)
}

impl Memory {
    fn issues(&self) -> Vec<IssueFacts> {
        let mut subjects: BTreeMap<&str, Vec<Record>> = BTreeMap::new();
        for record in self.current.values().filter(|it| !it.gone) {
            subjects.entry(&record.subject).or_default().push(record.clone());
        }
        let project = |(subject, records): (&str, Vec<Record>)| jira::project(subject, &records);
        subjects.into_iter().filter_map(|it| project(it).issue).collect()
    }
}

fn at(time: Timestamp) -> String {
    let time = jiff::Timestamp::from_second(time.0).unwrap();
    time.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// DevLake's time, to the second.
fn second(text: &str) -> String {
    text.split('.').next().unwrap_or_default().to_owned()
}

fn id(account: &Option<Account>) -> String {
    account.as_ref().map(|it| it.id.clone()).unwrap_or_default()
}

fn name(account: &Option<Account>) -> String {
    account.as_ref().map(|it| it.display.clone()).unwrap_or_default()
}

fn category(category: StatusCategory) -> &'static str {
    match category {
        StatusCategory::ToDo => "new",
        StatusCategory::InProgress => "indeterminate",
        StatusCategory::Done => "done",
        StatusCategory::Unknown => "",
    }
}

/// What we make of the rows, in DevLake's columns.
fn ours(issues: &[IssueFacts]) -> BTreeMap<&'static str, Table> {
    let mut tables: BTreeMap<&'static str, Table> = BTreeMap::new();
    let mut put = |table: &'static str, key: String, columns: Vec<(&'static str, String)>| {
        let table = tables.entry(table).or_default();
        // DevLake keeps the last of several with one key.
        if let Some(earlier) = table.insert(key.clone(), columns.into_iter().collect()) {
            table.insert(format!("{key}, again {}", table.len()), earlier);
        }
    };
    for it in issues {
        put(
            "issues",
            it.key.clone(),
            vec![
                ("issue_id", it.id.clone()),
                ("summary", it.summary.clone()),
                ("description", it.body.clone()),
                ("type", it.kind.clone()),
                ("status_name", it.status.clone()),
                ("status_key", category(it.category).to_owned()),
                ("priority_name", it.priority.clone()),
                ("creator_display_name", name(&it.reporter)),
                ("assignee_display_name", name(&it.assignee)),
                ("assignee_account_id", id(&it.assignee)),
                ("resolution_date", it.resolved.map(at).unwrap_or_default()),
                ("created", at(it.created)),
                ("updated", at(it.updated)),
            ],
        );
        for label in &it.labels {
            put("issue_labels", format!("{} {label}", it.id), vec![]);
        }
        for sprint in &it.sprints {
            put("sprint_issues", format!("{} {sprint}", it.id), vec![]);
        }
        for version in &it.fix_versions {
            put("fix_versions", format!("{} {version}", it.key), vec![]);
        }
        for link in &it.links {
            put(
                "issue_relationships",
                format!("{} {} {} {}", it.key, link.kind, link.words, link.to),
                vec![],
            );
        }
        for change in &it.changes {
            put(
                "issue_changelog_items",
                format!("{} {}", change.id, change.field),
                vec![
                    ("issue_id", it.id.clone()),
                    ("author_account_id", id(&change.author)),
                    ("created", at(change.at)),
                    ("from_string", change.from.clone()),
                    ("to_string", change.to.clone()),
                ],
            );
        }
    }
    tables
}

/// Rows of one of DevLake's tables: keys as `key` makes them, values of some of its columns.
fn table(rows: &[Row], key: impl Fn(&Row) -> String, columns: &[&'static str]) -> Table {
    let value = |row: &Row, it: &'static str| {
        let is_time = ["created", "updated", "resolution_date"].contains(&it);
        (it, if is_time { second(&row[it]) } else { row[it].clone() })
    };
    let of = |row: &Row| (key(row), columns.iter().map(|it| value(row, it)).collect());
    rows.iter().map(of).collect()
}

/// Entries of change logs, each with what its log says.
fn items(items: &str, logs: &str) -> Table {
    let logs = expected(logs);
    let logs: BTreeMap<&str, &Row> =
        logs.iter().map(|it| (it["changelog_id"].as_str(), it)).collect();
    let whole: Vec<Row> = expected(items)
        .into_iter()
        .map(|mut row| {
            for column in ["issue_id", "author_account_id", "created"] {
                let told = logs[row["changelog_id"].as_str()][column].clone();
                row.insert(column.to_owned(), told);
            }
            row
        })
        .collect();
    let key = |it: &Row| format!("{} {}", it["changelog_id"], it["field"].to_lowercase());
    let columns = ["issue_id", "author_account_id", "created", "from_string", "to_string"];
    table(&whole, key, &columns)
}

fn theirs() -> BTreeMap<&'static str, Table> {
    let sprints: BTreeMap<String, String> = rows(data("jira/_raw_jira_api_sprints.csv").unwrap())
        .iter()
        .map(|it| serde_json::from_str::<serde_json::Value>(&it["data"]).unwrap())
        .map(|it| (it["id"].to_string(), it["name"].as_str().unwrap().to_owned()))
        .collect();
    let mut issues = expected("_tool_jira_issues");
    issues.extend(expected("_tool_jira_issues_for_external_epics"));
    let versions: Vec<Row> = expected("issues")
        .into_iter()
        .filter(|it| !it["fix_versions"].is_empty())
        .flat_map(|row| {
            let of = |it: &str| {
                Row::from([
                    ("key".to_owned(), row["issue_key"].clone()),
                    ("version".to_owned(), it.to_owned()),
                ])
            };
            row["fix_versions"].split(',').map(of).collect::<Vec<_>>()
        })
        .collect();
    BTreeMap::from([
        (
            "issues",
            table(
                &issues,
                |it| it["issue_key"].clone(),
                &[
                    "issue_id",
                    "summary",
                    "description",
                    "type",
                    "status_name",
                    "status_key",
                    "priority_name",
                    "creator_display_name",
                    "assignee_display_name",
                    "assignee_account_id",
                    "resolution_date",
                    "created",
                    "updated",
                ],
            ),
        ),
        (
            "issue_labels",
            table(
                &expected("_tool_jira_issue_labels"),
                |it| format!("{} {}", it["issue_id"], it["label_name"]),
                &[],
            ),
        ),
        (
            "sprint_issues",
            table(
                &expected("_tool_jira_sprint_issues"),
                |it| format!("{} {}", it["issue_id"], sprints[&it["sprint_id"]]),
                &[],
            ),
        ),
        ("fix_versions", table(&versions, |it| format!("{} {}", it["key"], it["version"]), &[])),
        (
            "issue_changelog_items",
            items("_tool_jira_issue_changelog_items", "_tool_jira_issue_changelogs"),
        ),
    ])
}

fn compare(name: &str, ours: &Table, theirs: &Table, found: &mut Differences) {
    for key in ours.keys().chain(theirs.keys()).collect::<BTreeSet<_>>() {
        let mut differ = |what: &str| {
            found.entry((name.to_owned(), what.to_owned())).or_default().insert(key.clone());
        };
        match (ours.get(key), theirs.get(key)) {
            (Some(_), None) => differ("only here"),
            (None, _) => differ("only there"),
            (Some(a), Some(b)) => {
                b.iter().filter(|it| a[it.0] != *it.1).for_each(|it| differ(it.0));
            }
        }
    }
}

/// The differences that the documentation lists.
fn listed() -> BTreeMap<(String, String), usize> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/devlake.md");
    let page = fs::read_to_string(page).unwrap();
    let section = page.split("\n## ").find(|it| it.starts_with("Jira")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let count = cells.get(2)?.parse().ok()?;
        Some(((cells[0].to_owned(), cells[1].to_owned()), count))
    };
    section.lines().filter_map(row).collect()
}

/// An issue of which nothing but its number is known, so that its change log has somebody to tell.
fn bare(id: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"key\":\"X-{id}\",\"fields\":{{\"summary\":\"x\",\"issuetype\":{{\"name\":\"x\"}}}}}}"
    )
}

#[test]
fn our_facts_are_devlakes_tables_but_for_the_differences_listed() {
    let issues = read(&["_raw_jira_api_issues"]);
    let linked = read(&["_raw_jira_api_issue_relationships"]);
    let changes = read(&["_raw_jira_api_issue_changelogs"]);
    let (Some(issues), Some(linked), Some(mut changes)) = (issues, linked, changes) else { return };
    assert!([&issues, &linked, &changes].iter().all(|it| it.refused.is_empty()));
    let mut found = Differences::new();

    let ours_of_issues = ours(&issues.issues());
    for (name, theirs) in &theirs() {
        compare(name, &ours_of_issues[name], theirs, &mut found);
    }

    let theirs = table(
        &expected("_tool_jira_issue_relationships"),
        |it| {
            let inward = it["outward_issue_key"].is_empty();
            let (words, to) = if inward {
                ("inward", "inward_issue_key")
            } else {
                ("outward", "outward_issue_key")
            };
            format!("{} {} {} {}", it["issue_key"], it["type_name"], it[words], it[to])
        },
        &[],
    );
    compare(
        "issue_relationships",
        &ours(&linked.issues())["issue_relationships"],
        &theirs,
        &mut found,
    );

    let subjects: BTreeSet<String> =
        changes.current.values().map(|it| it.subject.clone()).collect();
    for subject in subjects {
        let json = bare(&subject);
        let document = Document { place: "", address: "", version: 0, json: json.as_bytes() };
        assert!(jira::read(&document, &mut changes).unwrap());
    }
    let theirs = items(
        "_tool_jira_issue_changelog_items_extractor",
        "_tool_jira_issue_changelogs_extractor",
    );
    let ours = &ours(&changes.issues())["issue_changelog_items"];
    compare("issue_changelog_items of version 3", ours, &theirs, &mut found);

    let counts: BTreeMap<_, _> =
        found.iter().map(|(what, rows)| (what.clone(), rows.len())).collect();
    assert_eq!(counts, listed(), "docs/devlake.md lists other differences: {found:#?}");
}
