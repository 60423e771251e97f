//! DevLake's raw rows of one repository in, and what comes out beside the tables it makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use model::{Account, PullFacts, PullState, Timestamp, TrackerFacts, Verdict};

use super::{Memory, data, rows};

type Row = BTreeMap<String, String>;
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

fn raw(name: &str) -> Option<Vec<Row>> {
    let path = data(&format!("devlake/github/_raw_github_api_{name}.csv"))?;
    Some(rows(&fs::read_to_string(path).unwrap()))
}

fn expected(name: &str) -> Vec<Row> {
    let path = data(&format!("devlake/github_expected/{name}.csv")).unwrap();
    rows(&fs::read_to_string(path).unwrap())
}

/// Each raw row as a document: the answer together with the address that was asked.
fn envelopes() -> Option<Vec<String>> {
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
            ("author", "author_username"),
            ("created_date", "github_created_at"),
        ],
    );
    tables
}

#[test]
fn our_facts_are_devlakes_tables_but_for_the_differences_listed() {
    let Some(envelopes) = envelopes() else { return };
    let memory = Memory::of(envelopes.iter().map(|it| ("", it.as_str())));
    eprintln!("{:?}", memory.refused);
    let (ours, theirs) = (ours(&memory.facts()), theirs());
    let mut found: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (name, theirs) in &theirs {
        let ours = &ours[name];
        eprintln!("{name}: ours {} theirs {}", ours.len(), theirs.len());
        let keys: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        for key in keys {
            let mut differ = |column: &str, what: String| {
                found.entry(((*name).to_owned(), column.to_owned())).or_default().push(what);
            };
            match (ours.get(key), theirs.get(key)) {
                (Some(_), None) => differ("row only here", key.clone()),
                (None, _) => differ("row only there", key.clone()),
                (Some(a), Some(b)) => {
                    for (column, b) in b {
                        let a = &a[column];
                        if a == b {
                            continue;
                        }
                        if *a == b.replace("\r\n", "\n").replace('\r', "\n") {
                            differ(&format!("{column}: line ends"), key.clone());
                        } else {
                            differ(
                                column,
                                format!(
                                    "{key}: {:?} / {:?}",
                                    a.chars().take(90).collect::<String>(),
                                    b.chars().take(90).collect::<String>()
                                ),
                            );
                        }
                    }
                }
            }
        }
    }
    for (k, v) in found {
        eprintln!("{k:?} {} {:#?}", v.len(), v.iter().take(4).collect::<Vec<_>>());
    }
}
