//! DevLake's raw rows of one repository in, and what comes out beside the tables it makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use model::{Account, PullFacts, PullState, Timestamp, TrackerFacts, Verdict};

use super::{Memory, data, read, rows};
use crate::sources::files::{Found, each};
use crate::sources::record::Sink;

pub(super) type Row = BTreeMap<String, String>;
/// Rows by key, of which each has values by column.
type Table = BTreeMap<String, BTreeMap<&'static str, String>>;

const RAW: [&str; 7] = [
    "issues",
    "pull_requests",
    "comments",
    "pull_request_reviews",
    "pull_request_review_comments",
    "pull_request_commits",
    "events",
];

pub(super) fn raw(name: &str) -> Option<Vec<Row>> {
    let path = data(&format!("devlake/github/_raw_github_api_{name}.csv"))?;
    Some(rows(&fs::read_to_string(path).unwrap()))
}

fn expected(name: &str) -> Vec<Row> {
    let path = data(&format!("devlake/github_expected/{name}.csv")).unwrap();
    rows(&fs::read_to_string(path).unwrap())
}

/// The raw tables as they were exported.
fn exported() -> Option<Memory> {
    let mut memory = Memory::default();
    for name in RAW {
        let path = data(&format!("devlake/github/_raw_github_api_{name}.csv"))?;
        each(&[path], &mut |found| {
            match found {
                Found::Document(document) => assert!(read(&document, &mut memory)?),
                Found::Refused(refused) => memory.refuse(refused),
            }
            Ok(())
        })
        .unwrap();
    }
    Some(memory)
}

/// Each raw row as a document: the answer together with the address that was asked.
pub(super) fn envelopes() -> Option<Vec<String>> {
    let mut all = Vec::new();
    for name in RAW {
        for row in raw(name)? {
            all.push(format!(
                "{{\"url\":{},\"data\":{},\"input\":{}}}",
                serde_json::Value::from(row["url"].as_str()),
                row["data"],
                row["input"]
            ));
        }
    }
    Some(all)
}

/// A cell of DevLake's: texts that hold line ends are written as JSON.
fn cell(text: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::String(it)) => it,
        _ => text.to_owned(),
    }
}

fn at(time: Timestamp) -> String {
    let time = jiff::Timestamp::from_second(time.0).unwrap();
    format!("{}.000+00:00", time.strftime("%Y-%m-%dT%H:%M:%S"))
}

fn maybe(time: Option<Timestamp>) -> String {
    time.map(at).unwrap_or_default()
}

fn login(account: &Option<Account>) -> String {
    account.as_ref().map(|it| it.login.clone()).unwrap_or_default()
}

fn oid(oid: Option<model::Oid>) -> String {
    oid.map(|it| it.to_string()).unwrap_or_default()
}

/// What we make of the rows, in DevLake's columns.
fn ours(facts: &BTreeMap<String, TrackerFacts>) -> BTreeMap<&'static str, Table> {
    let mut tables: BTreeMap<&'static str, Table> = BTreeMap::new();
    let mut put = |table: &'static str, key: String, columns: Vec<(&'static str, String)>| {
        tables.entry(table).or_default().insert(key, columns.into_iter().collect());
    };
    for facts in facts.values() {
        if let Some(pull) = &facts.pull {
            pull_rows(pull, &mut put);
        }
        let Some(issue) = &facts.issue else { continue };
        let number = issue.id.clone();
        put(
            "issues",
            number.clone(),
            vec![
                ("title", issue.summary.clone()),
                ("description", issue.body.clone()),
                ("status", if issue.resolved.is_some() { "DONE" } else { "TODO" }.to_owned()),
                ("creator_name", login(&issue.reporter)),
                ("assignee_name", login(&issue.assignee)),
                ("created_date", at(issue.created)),
                ("updated_date", at(issue.updated)),
                ("resolution_date", maybe(issue.resolved)),
                ("url", issue.url.clone()),
            ],
        );
        for label in &issue.labels {
            put("issue_labels", format!("{number} {label}"), vec![]);
        }
        for comment in &issue.comments {
            put(
                "issue_comments",
                comment.id.clone(),
                vec![
                    ("issue", number.clone()),
                    ("body", comment.body.clone()),
                    ("account", login(&comment.author)),
                    ("created_date", at(comment.at)),
                ],
            );
        }
        for change in &issue.changes {
            put(
                "issue_events",
                change.id.clone(),
                vec![
                    ("issue", number.clone()),
                    ("type", if change.to == "closed" { "closed" } else { "" }.to_owned()),
                    ("author", login(&change.author)),
                    ("created_date", at(change.at)),
                ],
            );
        }
    }
    tables
}

fn pull_rows(
    pull: &PullFacts,
    put: &mut impl FnMut(&'static str, String, Vec<(&'static str, String)>),
) {
    let number = pull.number.to_string();
    let status = match pull.state {
        PullState::Open => "OPEN",
        PullState::Closed => "CLOSED",
        PullState::Merged => "MERGED",
    };
    put(
        "pull_requests",
        number.clone(),
        vec![
            ("status", status.to_owned()),
            ("title", pull.title.clone()),
            ("description", pull.body.clone()),
            ("url", pull.url.clone()),
            ("author_name", login(&pull.author)),
            ("created_date", at(pull.created)),
            ("merged_date", maybe(pull.merged)),
            ("closed_date", maybe(pull.closed)),
            ("merge_commit_sha", oid(pull.merge_commit)),
            ("head_ref", pull.branch.clone()),
            ("base_ref", pull.base.clone()),
            ("head_commit_sha", oid(pull.head)),
            ("additions", pull.added.map(|it| it.to_string()).unwrap_or_default()),
            ("is_draft", u8::from(pull.draft).to_string()),
        ],
    );
    for label in &pull.labels {
        put("pull_request_labels", format!("{number} {label}"), vec![]);
    }
    for commit in &pull.commits {
        put(
            "pull_request_commits",
            format!("{number} {}", commit.id),
            vec![
                ("commit_author_name", commit.author_name.clone()),
                ("commit_author_email", commit.author_mail.clone()),
                ("commit_authored_date", at(commit.authored)),
            ],
        );
    }
    for review in &pull.reviews {
        let verdict = match review.verdict {
            Verdict::Commented => "COMMENTED",
            Verdict::Approved => "APPROVED",
            Verdict::ChangesRequested => "CHANGES_REQUESTED",
            Verdict::Dismissed => "DISMISSED",
        };
        put(
            "pull_request_reviews",
            review.id.clone(),
            vec![
                ("pull", number.clone()),
                ("body", review.body.clone()),
                ("author_username", login(&review.reviewer)),
                ("github_submit_at", at(review.at)),
                ("commit_sha", oid(review.commit)),
                ("state", verdict.to_owned()),
            ],
        );
        put("reviewers", format!("{number} {}", login(&review.reviewer)), vec![]);
    }
    for comment in &pull.review_comments {
        put(
            "pull_request_comments",
            comment.id.clone(),
            vec![
                ("pull", number.clone()),
                ("body", comment.body.clone()),
                ("author_username", login(&comment.author)),
                ("commit_sha", oid(comment.original_commit)),
                ("github_created_at", at(comment.at)),
                ("review_id", comment.review.clone()),
                ("type", "DIFF".to_owned()),
            ],
        );
    }
    for comment in &pull.comments {
        put(
            "pull_request_comments",
            comment.id.clone(),
            vec![
                ("pull", number.clone()),
                ("body", comment.body.clone()),
                ("author_username", login(&comment.author)),
                ("commit_sha", String::new()),
                ("github_created_at", at(comment.at)),
                ("review_id", String::new()),
                ("type", "NORMAL".to_owned()),
            ],
        );
    }
    for moment in &pull.moments {
        put(
            "issue_events",
            moment.id.clone(),
            vec![
                ("issue", number.clone()),
                ("type", moment.kind.clone()),
                ("author", login(&moment.actor)),
                ("created_date", at(moment.at)),
            ],
        );
    }
}

/// DevLake's tables, with numbers in place of its own ids.
fn theirs() -> BTreeMap<&'static str, Table> {
    let mut numbers: BTreeMap<String, String> = BTreeMap::new();
    let pulls = expected("_tool_github_pull_requests");
    let issues = expected("_tool_github_issues");
    for row in pulls.iter().chain(&issues) {
        numbers.insert(row["github_id"].clone(), row["number"].clone());
    }
    for name in ["issues", "pull_requests"] {
        for row in raw(name).unwrap() {
            let it: serde_json::Value = serde_json::from_str(&row["data"]).unwrap();
            numbers.insert(it["id"].to_string(), it["number"].to_string());
        }
    }
    for row in raw("events").unwrap() {
        let it: serde_json::Value = serde_json::from_str(&row["data"]).unwrap();
        numbers.insert(it["issue"]["id"].to_string(), it["issue"]["number"].to_string());
    }
    let number = |id: &str| numbers.get(id).cloned().unwrap_or_else(|| format!("id {id}"));
    let mut tables: BTreeMap<&'static str, Table> = BTreeMap::new();
    let mut table = |name: &'static str,
                     rows: Vec<Row>,
                     key: &dyn Fn(&Row) -> String,
                     columns: &[(&'static str, &str)]| {
        let of = |row: &Row| {
            let value = |(ours, theirs): &(&'static str, &str)| {
                let text = cell(&row[*theirs]);
                let is_id = ["issue", "pull"].contains(ours);
                (*ours, if is_id { number(&text) } else { text })
            };
            (key(row), columns.iter().map(value).collect())
        };
        tables.insert(name, rows.iter().map(of).collect());
    };
    let same = |names: &[&'static str]| names.iter().map(|&it| (it, it)).collect::<Vec<_>>();
    table(
        "pull_requests",
        expected("pull_requests"),
        &|it| it["pull_request_key"].clone(),
        &same(&[
            "status",
            "title",
            "description",
            "url",
            "author_name",
            "created_date",
            "merged_date",
            "closed_date",
            "merge_commit_sha",
            "head_ref",
            "base_ref",
            "head_commit_sha",
            "additions",
            "is_draft",
        ]),
    );
    table(
        "pull_request_labels",
        expected("_tool_github_pull_request_labels"),
        &|it| format!("{} {}", number(&it["pull_id"]), it["label_name"]),
        &[],
    );
    table(
        "pull_request_commits",
        expected("_tool_github_pull_request_commits"),
        &|it| format!("{} {}", number(&it["pull_request_id"]), it["commit_sha"]),
        &same(&["commit_author_name", "commit_author_email", "commit_authored_date"]),
    );
    table(
        "pull_request_reviews",
        expected("_tool_github_pull_request_reviews"),
        &|it| it["github_id"].clone(),
        &[
            ("pull", "pull_request_id"),
            ("body", "body"),
            ("author_username", "author_username"),
            ("github_submit_at", "github_submit_at"),
            ("commit_sha", "commit_sha"),
            ("state", "state"),
        ],
    );
    table(
        "reviewers",
        expected("_tool_github_reviewers"),
        &|it| format!("{} {}", number(&it["pull_request_id"]), it["username"]),
        &[],
    );
    table(
        "pull_request_comments",
        expected("_tool_github_pull_request_comments"),
        &|it| it["github_id"].clone(),
        &[
            ("pull", "pull_request_id"),
            ("body", "body"),
            ("author_username", "author_username"),
            ("commit_sha", "commit_sha"),
            ("github_created_at", "github_created_at"),
            ("review_id", "review_id"),
            ("type", "type"),
        ],
    );
    table(
        "issues",
        expected("issues"),
        &|it| it["issue_key"].clone(),
        &same(&[
            "title",
            "description",
            "status",
            "creator_name",
            "assignee_name",
            "created_date",
            "updated_date",
            "resolution_date",
            "url",
        ]),
    );
    table(
        "issue_labels",
        expected("_tool_github_issue_labels"),
        &|it| format!("{} {}", number(&it["issue_id"]), it["label_name"]),
        &[],
    );
    table(
        "issue_comments",
        expected("_tool_github_issue_comments"),
        &|it| it["github_id"].clone(),
        &[
            ("issue", "issue_id"),
            ("body", "body"),
            ("account", "author_username"),
            ("created_date", "github_created_at"),
        ],
    );
    table(
        "issue_events",
        expected("_tool_github_issue_events"),
        &|it| it["github_id"].clone(),
        &[
            ("issue", "issue_id"),
            ("type", "type"),
            ("author", "author_username"),
            ("created_date", "github_created_at"),
        ],
    );
    tables
}

/// Everybody named in the facts, as login and account number.
fn accounts(facts: &BTreeMap<String, TrackerFacts>) -> Table {
    let mut all: Vec<&Option<Account>> = Vec::new();
    let mut several: Vec<&Account> = Vec::new();
    for it in facts.values() {
        if let Some(pull) = &it.pull {
            all.extend([&pull.author, &pull.merged_by]);
            several.extend(pull.assignees.iter().chain(&pull.requested));
            all.extend(pull.commits.iter().map(|it| &it.author));
            all.extend(pull.reviews.iter().map(|it| &it.reviewer));
            all.extend(pull.review_comments.iter().map(|it| &it.author));
            all.extend(pull.comments.iter().map(|it| &it.author));
            all.extend(pull.moments.iter().flat_map(|it| [&it.actor, &it.about]));
        }
        if let Some(issue) = &it.issue {
            all.extend([&issue.reporter, &issue.assignee]);
            all.extend(issue.comments.iter().map(|it| &it.author));
            all.extend(issue.changes.iter().map(|it| &it.author));
        }
    }
    let all = all.into_iter().flatten().chain(several);
    all.map(|it| (format!("{} {}", it.login, it.number), BTreeMap::new())).collect()
}

/// Where two tables differ: table, what differs, and the keys of the rows that do.
type Differences = BTreeMap<(String, String), BTreeSet<String>>;

fn compare(name: &str, ours: &Table, theirs: &Table, found: &mut Differences) {
    let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for key in keys {
        let mut differ = |what: &str| {
            found.entry((name.to_owned(), what.to_owned())).or_default().insert(key.clone());
        };
        let (a, b) = match (ours.get(key), theirs.get(key)) {
            (Some(_), None) => {
                differ("only here");
                continue;
            }
            (None, _) => {
                differ("only there");
                continue;
            }
            (Some(a), Some(b)) => (a, b),
        };
        for (column, b) in b {
            let a = &a[column];
            if *a == b.replace("\r\n", "\n") && a != b {
                differ(&format!("{column}: line ends"));
            } else if a.is_empty() && b == "0" {
                differ(&format!("{column}: none is 0"));
            } else if a != b {
                differ(column);
            }
        }
    }
}

/// The differences that the documentation lists.
fn listed() -> BTreeMap<(String, String), usize> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/devlake.md");
    let page = fs::read_to_string(page).unwrap();
    let section = page.split("\n## ").find(|it| it.starts_with("GitHub")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let count = cells.get(2)?.parse().ok()?;
        Some(((cells[0].to_owned(), cells[1].to_owned()), count))
    };
    section.lines().filter_map(row).collect()
}

#[test]
fn our_facts_are_devlakes_tables_but_for_the_differences_listed() {
    let Some(memory) = exported() else { return };
    assert_eq!(memory.refused, [""; 0]);
    let facts = memory.facts();
    let (mut ours, mut theirs) = (ours(&facts), theirs());
    ours.insert("accounts", accounts(&facts));
    theirs.insert("accounts", their_accounts());
    let mut found = Differences::new();
    for (name, theirs) in &theirs {
        compare(name, &ours[name], theirs, &mut found);
    }
    let counts: BTreeMap<_, _> =
        found.iter().map(|(what, rows)| (what.clone(), rows.len())).collect();
    assert_eq!(counts, listed(), "docs/devlake.md lists other differences");

    // Their reasons, where the data can show them.
    let rows = |table: &str, what: &str| found[&(table.to_owned(), what.to_owned())].clone();
    let unmerged: BTreeSet<String> = facts
        .iter()
        .filter(|it| it.1.pull.as_ref().is_some_and(|it| it.state != PullState::Merged))
        .map(|it| it.0.clone())
        .collect();
    for number in rows("pull_requests", "merge_commit_sha") {
        assert!(unmerged.contains(&number), "{number}");
    }
    let absent = rows("issue_events", "only there");
    for row in raw("events").unwrap() {
        let it = super::json(&row["data"]);
        if absent.contains(&it["id"].to_string()) {
            let subject = it["issue"]["number"].to_string();
            let idle = ["mentioned", "subscribed"].contains(&it["event"].as_str().unwrap());
            assert!(
                idle || !facts.contains_key(&subject) || facts[&subject] == TrackerFacts::default()
            );
        }
    }
    let actors: BTreeSet<String> = raw("events")
        .unwrap()
        .iter()
        .map(|it| super::json(&it["data"])["actor"].clone())
        .map(|it| format!("{} {}", it["login"].as_str().unwrap(), it["id"]))
        .collect();
    assert!(rows("accounts", "only there").is_subset(&actors));
    let moved: BTreeMap<String, String> = raw("pull_request_review_comments")
        .unwrap()
        .iter()
        .map(|row| super::json(&row["data"]))
        .map(|it| (it["id"].to_string(), it["commit_id"].as_str().unwrap().to_owned()))
        .collect();
    for id in rows("pull_request_comments", "commit_sha") {
        assert_eq!(theirs["pull_request_comments"][&id]["commit_sha"], moved[&id]);
    }
}

fn their_accounts() -> Table {
    let sources = ["comment", "event", "issue", "pr", "review"];
    let of = |it: &&str| expected(&format!("_tool_github_accounts_in_{it}"));
    let key = |row: Row| (format!("{} {}", row["login"], row["account_id"]), BTreeMap::new());
    sources.iter().flat_map(of).map(key).collect()
}

#[test]
fn devlakes_rows_give_the_same_facts_in_any_order_and_twice() {
    let Some(mut envelopes) = envelopes() else { return };
    let once = Memory::of(envelopes.iter().map(|it| ("", it.as_str()))).facts();
    let twice = envelopes.iter().chain(&envelopes).map(|it| ("", it.as_str()));
    assert!(Memory::of(twice).facts() == once);
    let mut seed = 20_261_121_u64;
    for _ in 0..5 {
        super::shuffle(&mut envelopes, &mut seed);
        assert!(Memory::of(envelopes.iter().map(|it| ("", it.as_str()))).facts() == once);
    }
}
