//! Answers about the shop, asked as every caller asks: what they say, and that every number of
//! theirs can be followed to exactly that many records.

use crate::support::{Backstory, build_shop, feed, git, shop};
use rpc::{Access, methods};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Methods whose example is answered from the fixture and kept as a golden file. Those of databases are
/// asked in `databases.rs`; what dashboards and page views answer tells when it was asked, and is asked in
/// `boards_others.rs`, `collect.rs` and `migrating.rs`.
fn told() -> impl Iterator<Item = &'static rpc::Entry> {
    let elsewhere = ["app.", "databases.", "dashboards.", "analytics."];
    let told = move |it: &&rpc::Entry| !elsewhere.iter().any(|space| it.name.starts_with(space));
    methods::ALL.iter().filter(|it| it.access == Access::Read).filter(told)
}

/// What differs from machine to machine or from run to run is taken out.
fn redacted(method: &str, mut reply: Value, folder: &Path) -> Value {
    fn walk(value: &mut Value, folder: &str) {
        match value {
            Value::String(text) => *text = text.replace(folder, "/fixture"),
            Value::Array(all) => all.iter_mut().for_each(|it| walk(it, folder)),
            Value::Object(all) => all.values_mut().for_each(|it| walk(it, folder)),
            _ => {}
        }
    }
    let real = folder.canonicalize().unwrap();
    walk(&mut reply, real.to_str().unwrap());
    walk(&mut reply, folder.to_str().unwrap());
    if method == "events.since" {
        reply["events"] = json!([]); // how often progress is told depends on the machine
        reply["seq"] = json!(0);
    }
    if method == "store.audit" {
        // Other tests ask for changes too, and when they do is nobody's promise.
        reply["lines"] = json!([]);
        reply["next"] = json!(null);
    }
    reply
}

#[test]
fn every_example_answers_on_the_fixture_as_written_down() {
    let shop = shop();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut stale = Vec::new();
    for entry in told() {
        let params: Value = serde_json::from_str(entry.example).unwrap();
        let reply = redacted(entry.name, shop.ask(entry.name, params), shop.folder());
        if entry.name == "rpc.discover" {
            let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("ipc-schema/openrpc.json");
            let kept: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
            assert!(reply == kept, "rpc.discover is the generated document: build again");
            continue;
        }
        let text = serde_json::to_string_pretty(&reply).unwrap() + "\n";
        let path = folder.join(format!("{}.json", entry.name));
        if std::fs::read_to_string(&path).unwrap_or_default() != text {
            std::fs::write(&path, text).unwrap();
            stale.push(entry.name);
        }
    }
    assert!(
        stale.is_empty(),
        "these answers were stale and have been rewritten, look at them: {stale:?}"
    );
}

/// Every figure in a reply: where it stands, and itself.
pub(crate) fn figures(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(all) => {
            if all.contains_key("value") && all.contains_key("records") && all.contains_key("all") {
                found.push((at.to_owned(), value.clone()));
            }
            all.iter().for_each(|(name, it)| figures(it, &format!("{at}.{name}"), found));
        }
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(i, it)| figures(it, &format!("{at}[{i}]"), found));
        }
        _ => {}
    }
}

/// Follows a figure to its records; panics where they are not exactly as many as it says.
pub(crate) fn follow(backstory: &Backstory, at: &str, figure: &Value) {
    let value = figure["value"].as_f64().unwrap() as usize;
    let records = figure["records"].as_array().unwrap();
    assert!(records.len() <= 5 && records.len() <= value, "{at}: {figure}");
    if figure["all"].is_null() {
        assert_eq!(records.len(), value, "{at} shows all of its records: {figure}");
        return;
    }
    let method = figure["all"]["method"].as_str().unwrap();
    let rows = match method {
        "memory.commits" => "commits",
        "memory.people" => "people",
        "memory.files" => "files",
        "memory.componentCommits" => "commits",
        "memory.hygieneRecords" | "memory.deliveryRecords" => "records",
        "memory.reviewsOf" => "reviews",
        "memory.comments" => "comments",
        "memory.reviews" => "reviews",
        "memory.issues" => "issues",
        "memory.pullRequests" => "pullRequests",
        other => panic!("{at}: nothing is known of lists by {other}"),
    };
    let mut params = figure["all"]["params"].clone();
    params["limit"] = json!(3); // several pages
    let listed = backstory.pages(method, params, rows);
    assert_eq!(listed.len(), value, "{at}: {figure}");
    let ids: BTreeSet<String> = listed
        .iter()
        .map(|it| match rows {
            "commits" => it["commit"]["id"].as_str().unwrap().to_owned(),
            "people" => it["person"]["key"].as_str().unwrap().to_owned(),
            "records" | "reviews" => it["record"]["id"].as_str().unwrap().to_owned(),
            "comments" => it["comment"]["record"]["id"].as_str().unwrap().to_owned(),
            "issues" => it["issue"]["key"].as_str().unwrap().to_owned(),
            "pullRequests" => it["pullRequest"]["number"].to_string(),
            _ => it["path"].as_str().unwrap().to_owned(),
        })
        .collect();
    assert_eq!(ids.len(), value, "{at}: no record twice");
    for record in records {
        assert!(ids.contains(record["id"].as_str().unwrap()), "{at}: {record} is among them");
    }
    if rows == "commits" {
        let newest: Vec<&Value> = listed.iter().take(5).map(|it| &it["commit"]["id"]).collect();
        let shown: Vec<&Value> = records.iter().map(|it| &it["id"]).collect();
        assert_eq!(shown, newest, "{at}: the newest are shown");
    }
}

#[test]
fn every_number_can_be_followed_to_exactly_that_many_records() {
    let shop = shop();
    let mut calls: Vec<(String, Value)> = told()
        .filter(|it| it.name.starts_with("memory."))
        .map(|it| (it.name.to_owned(), serde_json::from_str(it.example).unwrap()))
        .collect();
    for path in ["", "src", "src/auth", "src/pay.rs", "src/auth/token.rs", "src/payment.rs", "docs"]
    {
        calls.push(("memory.experts".into(), json!({ "path": path })));
    }
    for path in
        ["src/pay.rs", "src/auth/token.rs", "src/payment.rs", "README.md", "docs/refunds.md"]
    {
        calls.push(("memory.file".into(), json!({ "path": path })));
        calls.push(("memory.coupling".into(), json!({ "path": path, "togetherMin": 1 })));
    }
    for path in ["src/pay.rs", "src/auth/token.rs", "README.md", "Cargo.toml"] {
        calls.push(("memory.risk".into(), json!({ "path": path })));
        calls.push((
            "memory.risk".into(),
            json!({ "path": path, "windowDays": 3, "now": "2026-01-09" }),
        ));
    }
    for component in ["src", "src/auth", "docs", "tests"] {
        calls.push(("memory.experts".into(), json!({ "component": component })));
        calls.push(("memory.componentChanges".into(), json!({ "component": component })));
        calls.push((
            "memory.componentChanges".into(),
            json!({ "component": component, "windowDays": 5 }),
        ));
    }
    for person in ["ada@example.org", "Bo Berg", "cyd@example.org", "陳大文", "dependabot[bot]"]
    {
        calls.push(("memory.person".into(), json!({ "person": person })));
    }
    let mut followed = 0;
    for (method, params) in calls {
        let reply = shop.ask(&method, params.clone());
        let mut found = Vec::new();
        figures(&reply, &format!("{method} {params}"), &mut found);
        found.iter().for_each(|(at, figure)| follow(shop, at, figure));
        followed += found.len();
    }
    assert!(followed > 150, "there are numbers to follow: {followed}");
}

#[test]
fn a_file_is_told_under_all_its_names() {
    let reply = shop().ask("memory.file", json!({ "path": "src/pay.rs" }));
    // 1 made, 3 changed, 4 moved, 6 fixed, 9 refunded, 10 undone, 11 fixed.
    assert_eq!(reply["commits"]["value"], 7.0);
    assert_eq!(reply["people"]["value"], 3.0);
    assert_eq!(
        reply["most"],
        json!({ "person": { "key": "ada@example.org", "name": "Ada Lind", "bot": false }, "commits": 4 })
    );
    assert_eq!(reply["pastNames"][0]["path"], "src/payment.rs");
    assert_eq!(reply["pastNames"][0]["until"]["subject"], "Give payments a shorter name");
    assert_eq!(reply["first"]["subject"], "PAY-1 Take payments");
    assert_eq!(reply["last"]["subject"], "PAY-6 Fix endless retries");
    assert_eq!(reply["component"], "src");
    let kinds: Vec<&str> = reply["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["modified", "modified", "modified", "modified", "renamed", "modified", "added"]
    );
    let gone = shop().ask("memory.file", json!({ "path": "src/payment.rs" }));
    assert_eq!((&gone["alive"], &gone["commits"]["value"]), (&json!(false), &json!(2.0)));
}

#[test]
fn numbers_of_a_file_are_those_of_git() {
    let shop = shop();
    let folder = shop.folder().join("shop");
    for path in
        ["src/pay.rs", "src/auth/token.rs", "README.md", "docs/支払い.md", "tests/pay_test.rs"]
    {
        let log = git(
            &folder,
            &["log", "--follow", "--no-merges", "--numstat", "--format=#%H", "--", path],
            &[],
        );
        let commits = log.lines().filter(|it| it.starts_with('#')).count();
        let sum = |column: usize| -> u64 {
            let lines = log.lines().filter(|it| it.contains('\t'));
            lines.map(|it| it.split('\t').nth(column).unwrap().parse::<u64>().unwrap()).sum()
        };
        let reply = shop.ask("memory.file", json!({ "path": path }));
        assert_eq!(reply["commits"]["value"], commits as f64, "{path}");
        assert_eq!(
            (&reply["added"], &reply["deleted"]),
            (&json!(sum(0)), &json!(sum(1))),
            "{path}"
        );
    }
}

#[test]
fn the_whole_sum_of_expertise_is_shown() {
    let reply = shop().ask("memory.experts", json!({ "path": "src/pay.rs" }));
    let ada = &reply["experts"][0];
    assert_eq!(ada["person"]["name"], "Ada Lind");
    let terms: Vec<(&str, f64, f64)> = ada["terms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["name"].as_str().unwrap(),
                it["count"].as_f64().unwrap(),
                it["points"].as_f64().unwrap(),
            )
        })
        .collect();
    // Her last commit is one day before the newest of all.
    assert_eq!(
        terms[..4],
        [
            ("commits", 4.0, 40.0),
            ("reviews", 0.0, 0.0),
            ("comments", 0.0, 0.0),
            ("churn", 17.0, 0.85)
        ]
    );
    assert_eq!((terms[4].0, terms[4].1, terms[4].2), ("recency", 1.0, 19.85));
    assert_eq!(ada["score"], 60.7);
    let cyd =
        reply["experts"].as_array().unwrap().iter().find(|it| it["person"]["name"] == "Cyd Alm");
    assert_eq!(cyd.unwrap()["reviews"]["value"], 1.0);
    let rules: Vec<&Value> =
        reply["basis"]["rules"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(rules, ["expertise"]);
    let gaps: Vec<&Value> =
        reply["basis"]["gaps"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!(gaps, ["noIssues", "noPullRequests"]);
}

#[test]
fn risk_is_told_in_true_sentences() {
    let reply = shop().ask("memory.risk", json!({ "path": "src/auth/token.rs" }));
    let texts: Vec<&str> = reply["files"][0]["sentences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        texts,
        [
            "`src/auth/token.rs` changed 3 times in the last 90 days",
            "2 of those changes fixed a defect",
            "2 people touched it",
            "3 of those changes named PAY-2, PAY-4 and PAY-6",
            "1 of those changes came through #7",
            "tests moved along in 2 of 3 changes",
        ]
    );
    assert_eq!(reply["files"][0]["score"], 7.0 + 200.0 + 50.0 + 15.0);
    let quiet = shop().ask("memory.risk", json!({ "path": "README.md", "windowDays": 1 }));
    assert_eq!((&quiet["files"], &quiet["total"]), (&json!([]), &json!(0)));
}

#[test]
fn a_line_is_followed_back_across_the_rename() {
    let reply = shop().ask("memory.why", json!({ "path": "src/pay.rs", "line": 2 }));
    assert_eq!(reply["text"], "    charge_with_retry(3);");
    let told: Vec<&str> = reply["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["sentence"].as_str().unwrap())
        .collect();
    assert_eq!(
        told,
        [
            "Ada Lind changed this line on 2026-01-11 in fixing a defect, for PAY-6",
            "Bo Berg changed this line on 2026-01-06 in fixing a defect, for PAY-4, through #7",
            "Ada Lind changed this line on 2026-01-03, for PAY-3, through #3, reviewed by Cyd Alm, when the file was `src/payment.rs`",
            "Ada Lind added this line on 2026-01-01, for PAY-1",
        ]
    );
    assert_eq!(reply["complete"], true);
    assert_eq!(reply["steps"][0]["before"], json!(["    charge_with_retry();"]));
}

#[test]
fn blame_spans_cover_every_line_once() {
    let reply = shop().ask("memory.text", json!({ "path": "src/pay.rs", "blame": true }));
    let mut next = 1;
    for span in reply["spans"].as_array().unwrap() {
        assert_eq!(span["line"], next);
        next += span["lines"].as_u64().unwrap();
        assert!(
            (span["commit"].as_u64().unwrap() as usize)
                < reply["commits"].as_array().unwrap().len()
        );
    }
    assert_eq!(reply["linesTotal"], next - 1);
    assert_eq!(reply["lines"][0], "pub fn pay() {");
}

#[test]
fn a_commit_is_told_with_everything_around_it() {
    let shop = shop();
    let find = |text: &str| {
        let hits = shop.ask("memory.search", json!({ "text": text, "kinds": ["commit"] }));
        hits["hits"][0]["record"]["id"].as_str().unwrap().to_owned()
    };
    let refund =
        shop.ask("memory.commit", json!({ "commit": find("\"same currency\" PAY-5 reviewed") }));
    assert_eq!(refund["commit"]["subject"], "PAY-5 Refund in the same currency (#12)");
    assert_eq!(
        refund["revertedBy"][0]["title"],
        "Revert \"PAY-5 Refund in the same currency (#12)\""
    );
    assert_eq!(refund["pullRequests"], json!([{ "number": 12, "toldBy": "(#12)", "title": null }]));
    assert_eq!(refund["issues"][0]["id"], "PAY-5");
    assert_eq!(refund["release"]["id"], "v1.1");
    let roles: Vec<&str> = refund["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["author", "reviewer", "committer"]);
    let id = refund["commit"]["id"].as_str().unwrap();
    let undo = shop.ask("memory.commit", json!({ "commit": refund["revertedBy"][0]["id"] }));
    assert_eq!(undo["reverts"]["id"], id);
    assert_eq!(undo["parents"][0]["id"], id);
    assert_eq!(refund["children"][0]["id"], undo["commit"]["id"]);
    let short = shop.ask("memory.commit", json!({ "commit": &id[..8] }));
    assert_eq!(short["commit"]["id"], id);
    let head = shop.ask("memory.commit", json!({ "commit": "HEAD" }));
    assert_eq!(head["commit"]["subject"], "PAY-7 支払いを説明する");
    assert_eq!((&head["release"], &head["children"]), (&Value::Null, &json!([])));
}

#[test]
fn a_pull_request_is_told_as_far_as_git_knows_it() {
    let reply = shop().ask("memory.pullRequest", json!({ "number": 7 }));
    assert_eq!((&reply["login"], &reply["branch"]), (&json!("bo"), &json!("retry")));
    let subjects: Vec<&Value> =
        reply["commits"].as_array().unwrap().iter().map(|it| &it["commit"]["subject"]).collect();
    assert_eq!(
        subjects,
        [
            "PAY-4 Fix a race condition in retries",
            "PAY-4 Test the retries",
            "Merge pull request #7 from bo/retry"
        ]
    );
    assert_eq!(reply["issues"][0]["id"], "PAY-4");
    let authors: Vec<&Value> =
        reply["authors"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    assert_eq!(authors, ["Ada Lind", "Bo Berg"]);
}

#[test]
fn a_person_is_one_under_both_mails_and_a_bot_counts_for_no_one() {
    let shop = shop();
    for called in [
        "bo.berg@example.org",
        "bo.berg@home.example",
        "Bo Berg",
        "bo  BERG",
        "Bo Berg <bo.berg@home.example>",
    ] {
        let reply = shop.ask("memory.person", json!({ "person": called }));
        assert_eq!(reply["commits"]["value"], 3.0, "{called}");
        assert!(reply["identities"].as_array().unwrap().len() >= 2, "{called}");
        assert_eq!(reply["reviews"]["value"], 1.0, "{called}");
    }
    let chen = shop.ask("memory.person", json!({ "person": "陳大文" }));
    assert_eq!(chen["person"]["key"], "chen@example.org");
    let names = |params: Value| -> Vec<String> {
        let all = shop.pages("memory.people", params, "people");
        all.iter().map(|it| it["person"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(json!({ "limit": 1 })), ["Ada Lind", "Bo Berg", "Cyd Alm", "陳大文"]);
    assert!(names(json!({ "bots": true })).contains(&"dependabot[bot]".to_owned()));
    assert_eq!(names(json!({ "path": "src/pay.rs" })), ["Ada Lind", "Cyd Alm", "Bo Berg"]);
    assert_eq!(names(json!({ "query": "ber" })), ["Bo Berg"]);
    let experts = shop.ask("memory.experts", json!({ "path": "Cargo.toml" }));
    assert_eq!((&experts["experts"], &experts["total"]), (&json!([]), &json!(0)));
}

#[test]
fn the_bus_factor_names_who_would_have_to_leave() {
    let reply = shop().ask("memory.busFactor", json!({ "each": "folders" }));
    let rows: Vec<(&str, u64, u64)> = reply["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["subject"]["id"].as_str().unwrap(),
                it["factor"].as_u64().unwrap(),
                it["files"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(rows[0].0, "");
    assert_eq!(rows[0].2, 7);
    assert!(rows.contains(&("src/auth", 2, 2)), "{rows:?}");
    assert!(rows[1..].is_sorted_by_key(|it| (it.1, u64::MAX - it.2, it.0)), "{rows:?}");
    let components = shop().ask("memory.busFactor", json!({ "component": "docs" }));
    assert_eq!(components["rows"][0]["people"][0]["person"]["name"], "陳大文");
}

#[test]
fn a_folder_lists_folders_first_with_owner_risk_and_size() {
    let reply = shop().ask("memory.folder", json!({ "path": "src/" }));
    let entries: Vec<(&str, &str)> = reply["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(entries, [("auth", "folder"), ("pay.rs", "file")]);
    assert_eq!(reply["entries"][0]["files"], 2);
    assert_eq!(reply["entries"][0]["changes"], 3);
    assert_eq!(reply["entries"][1]["owner"]["name"], "Ada Lind");
    let risk = shop().ask("memory.risk", json!({ "path": "src/pay.rs" }));
    assert_eq!(reply["entries"][1]["risk"], risk["files"][0]["score"]);
}

#[test]
fn search_finds_ids_paths_people_and_messages_and_takes_no_orders() {
    let shop = shop();
    let found = |text: &str| -> Vec<(String, String)> {
        let reply = shop.ask("memory.search", json!({ "text": text }));
        let hit = |it: &Value| {
            let text = |it: &Value| it.as_str().unwrap().to_owned();
            (text(&it["record"]["kind"]), text(&it["record"]["title"]))
        };
        reply["hits"].as_array().unwrap().iter().map(hit).collect()
    };
    let has = |text: &str, kind: &str, title: &str| {
        let found = found(text);
        assert!(found.contains(&(kind.into(), title.into())), "{text}: {found:?}");
    };
    has("retri", "commit", "PAY-4 Test the retries");
    has("\"race condition\"", "commit", "PAY-4 Fix a race condition in retries");
    has("token", "file", "src/auth/token.rs");
    has("pa", "file", "src/pay.rs");
    has("支払い", "file", "docs/支払い.md");
    has("Berg", "person", "Bo Berg");
    has("#7", "pullRequest", "#7");
    has("pay-4", "issue", "PAY-4");
    has("v1.0", "release", "v1.0");
    has("src/auth", "component", "src/auth");
    assert_eq!(found("src/pay.rs")[0], ("file".into(), "src/pay.rs".into()));
    for text in [
        "\"",
        "*",
        "a OR (",
        "NEAR(",
        "-",
        "'; drop table commits; --",
        "^x",
        "col:y",
        "\0",
        "%",
        "_",
        "",
    ] {
        found(text); // answers, whatever it finds
    }
    assert_eq!(found("' OR 1=1"), []);
    let hit = &shop.ask("memory.search", json!({ "text": "race", "kinds": ["commit"] }))["hits"][0];
    let marked: Vec<&str> = hit["snippet"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["found"] == true)
        .map(|it| it["text"].as_str().unwrap())
        .collect();
    assert_eq!(marked, ["race"]);
}

#[test]
fn pages_of_any_size_are_one_list() {
    let shop = shop();
    for (method, rows, params) in [
        ("memory.commits", "commits", json!({})),
        ("memory.commits", "commits", json!({ "path": "src" })),
        ("memory.commits", "commits", json!({ "person": "ada@example.org" })),
        ("memory.files", "files", json!({})),
        ("memory.people", "people", json!({})),
    ] {
        let whole = shop.ask(method, params.clone());
        assert_eq!(whole["next"], Value::Null);
        for size in 1..5 {
            let mut params = params.clone();
            params["limit"] = json!(size);
            let pages = shop.pages(method, params, rows);
            assert_eq!(&pages, whole[rows].as_array().unwrap(), "{method} by {size}");
        }
    }
    let commits = shop.ask("memory.commits", json!({}));
    let listed: Vec<&str> = commits["commits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["commit"]["id"].as_str().unwrap())
        .collect();
    let log = git(&shop.folder().join("shop"), &["log", "--format=%H"], &[]);
    assert_eq!(listed, log.lines().collect::<Vec<_>>());
}

#[test]
fn changes_of_pages_of_any_size_are_those_of_git() {
    let shop = shop();
    let pull = |limit: u32| {
        let (mut all, mut params) = (Vec::new(), json!({ "limit": limit }));
        loop {
            let page = shop.ask("memory.changes", params.clone());
            let place = |it: &Value| it.as_u64().unwrap() as usize;
            for row in page["rows"].as_array().unwrap() {
                let commit = page["commits"][place(&row[0])].clone();
                all.push(json!([commit, page["paths"][place(&row[1])], row[2], row[3], row[4]]));
            }
            match &page["next"] {
                Value::Null => return all,
                next => params["cursor"] = next.clone(),
            }
        }
    };
    let whole = pull(20_000);
    for size in 1..5 {
        assert_eq!(pull(size), whole, "by {size}");
    }
    let mut told: Vec<String> = whole
        .iter()
        .map(|it| format!("{} {}", it[0][0].as_str().unwrap(), it[1].as_str().unwrap()))
        .collect();
    told.sort();
    let arguments = [
        "-c",
        "core.quotepath=false",
        "log",
        "--no-merges",
        "--name-only",
        "-M",
        "--format=%x01%H",
    ];
    let log = git(&shop.folder().join("shop"), &arguments, &[]);
    let mut wanted: Vec<String> = log
        .split('\u{1}')
        .flat_map(|it| {
            let (id, paths) = it.split_once('\n').unwrap_or((it, ""));
            paths.lines().filter(|it| !it.is_empty()).map(move |path| format!("{id} {path}"))
        })
        .collect();
    wanted.sort();
    assert_eq!(told, wanted);
}

#[test]
fn of_a_file_with_very_many_commits_the_newest_tell_what_changes_with_it() {
    let backstory = Backstory::new();
    let folder = backstory.folder().join("long");
    let mut stream = String::new();
    for i in 0..621 {
        // Three commits a second, so that the last one looked at shares its second with others.
        let at = 1_700_000_000 + i / 3;
        let ada = format!("Ada Lind <ada@example.org> {at} +0000");
        stream += &format!("commit refs/heads/main\ncommitter {ada}\ndata 4\nmore\n");
        stream += &format!("M 644 inline hot\ndata <<E\n{i}\nE\n");
        if i % 2 == 0 {
            stream += &format!("M 644 inline beside\ndata <<E\n{i}\nE\n");
        }
    }
    std::fs::create_dir_all(&folder).unwrap();
    git(&folder, &["init", "-q", "-b", "main"], &[]);
    std::fs::write(folder.join("stream"), stream).unwrap();
    let output = std::process::Command::new("sh")
        .current_dir(&folder)
        .args(["-c", "git fast-import --quiet < stream"])
        .output()
        .unwrap();
    assert!(output.status.success());
    backstory.ask("sources.add", json!({ "path": folder, "name": "acme/long" }));
    assert_eq!(backstory.ask("memory.file", json!({ "path": "hot" }))["commits"]["value"], 621.0);
    let told = backstory.ask("memory.coupling", json!({ "path": "hot" }));
    // Commit 121, counted from 0, is the 500th newest, and 120 is of the same second.
    assert_eq!(told["since"], "2023-11-14T22:14:00Z");
    assert_eq!(told["commits"], 501);
    let together = &told["files"][0]["together"];
    assert_eq!((&told["files"][0]["path"], &together["value"]), (&json!("beside"), &json!(251.0)));
    let mut params = together["all"]["params"].clone();
    params["limit"] = json!(1_000);
    let all = backstory.ask("memory.commits", params);
    assert_eq!(all["commits"].as_array().unwrap().len(), 251);
    let few = backstory.ask("memory.coupling", json!({ "path": "beside" }));
    assert_eq!((&few["since"], &few["commits"]), (&Value::Null, &json!(311)));
}

#[test]
fn every_filter_of_commits_holds() {
    let shop = shop();
    let count =
        |params: Value| shop.ask("memory.commits", params)["commits"].as_array().unwrap().len();
    for (params, wanted) in [
        (json!({}), 12),
        (json!({ "merges": false }), 11),
        (json!({ "path": "src/pay.rs" }), 7),
        (json!({ "path": "src/pay.rs", "with": "src/auth/token.rs" }), 2),
        (json!({ "path": "src/pay.rs", "fixes": true }), 2),
        (json!({ "path": "src/pay.rs", "reverts": true }), 1),
        (json!({ "path": "src/pay.rs", "inPullRequest": true }), 3),
        (json!({ "path": "src/auth/token.rs", "withTests": true }), 2),
        (json!({ "path": "src/pay.rs", "filesMax": 1 }), 2),
        (json!({ "component": "src/auth" }), 3),
        (json!({ "person": "Bo Berg", "role": "author" }), 3),
        (json!({ "person": "Ada Lind" }), 5),
        (json!({ "person": "Cyd Alm", "role": "reviewer" }), 1),
        (json!({ "issue": "PAY-4" }), 2),
        (json!({ "pullRequest": 7, "merges": true }), 3),
        (json!({ "since": "2026-01-04", "until": "2026-01-05" }), 2),
        (json!({ "since": "2026-01-04T09:00:00Z", "until": "2026-01-04T09:00:00Z" }), 1),
        (json!({ "reverts": true }), 1),
        (json!({ "namesIssue": true }), 9),
    ] {
        assert_eq!(count(params.clone()), wanted, "{params}");
    }
}

#[test]
fn what_is_not_there_is_said_with_a_way_out() {
    let shop = shop();
    let refuse = |method: &str, params: Value| shop.refuse(method, params);
    let near = refuse("memory.file", json!({ "path": "src/pay.r" }));
    assert_eq!((near.0.as_str(), near.2.as_str()), ("notFound", "did you mean `src/pay.rs`?"));
    let moved = refuse("memory.file", json!({ "path": "pay.rs" }));
    assert_eq!(moved.2, "did you mean `src/pay.rs`?");
    assert_eq!(refuse("memory.file", json!({ "path": "src" })).0, "invalidParams");
    assert_eq!(refuse("memory.folder", json!({ "path": "src/pay.rs" })).0, "invalidParams");
    assert_eq!(refuse("memory.text", json!({ "path": "src/payment.rs" })).0, "notFound");
    assert_eq!(refuse("memory.why", json!({ "path": "src/pay.rs", "line": 99 })).0, "notFound");
    assert_eq!(refuse("memory.why", json!({ "path": "src/pay.rs", "line": 0 })).0, "invalidParams");
    let nobody = refuse("memory.person", json!({ "person": "ada" }));
    assert_eq!(
        (nobody.0.as_str(), nobody.2.as_str()),
        ("notFound", "did you mean `ada@example.org`?")
    );
    assert_eq!(refuse("memory.commit", json!({ "commit": "xyz" })).0, "invalidParams");
    assert_eq!(refuse("memory.commit", json!({ "commit": "0000000" })).0, "notFound");
    let absent = "0".repeat(40);
    assert_eq!(refuse("memory.commit", json!({ "commit": absent })).0, "notFound");
    assert_eq!(refuse("memory.pullRequest", json!({ "number": 99 })).0, "notFound");
    let component = refuse("memory.componentChanges", json!({ "component": "auth" }));
    assert_eq!(component.2, "did you mean `src/auth`?");
    assert_eq!(
        refuse("memory.experts", json!({ "path": "src", "component": "src" })).0,
        "invalidParams"
    );
    assert_eq!(refuse("memory.commits", json!({ "cursor": "zz" })).0, "invalidParams");
    assert_eq!(refuse("memory.commits", json!({ "limit": 0 })).0, "invalidParams");
    assert_eq!(refuse("memory.commits", json!({ "since": "yesterday" })).0, "invalidParams");
    assert_eq!(refuse("memory.commits", json!({ "issue": "NOPE-1" })).0, "notFound");
    assert_eq!(refuse("memory.risk", json!({ "windowDays": 0 })).0, "invalidParams");
    assert_eq!(refuse("memory.overview", json!({ "repository": "acme/none" })).0, "notFound");
    assert_eq!(refuse("memory.graph", json!({ "kind": "release", "id": "v9" })).0, "notFound");
}

#[test]
fn an_ambiguous_beginning_of_an_id_names_the_candidates() {
    let backstory = Backstory::new();
    let folder = backstory.folder().join("many");
    std::fs::create_dir_all(&folder).unwrap();
    git(&folder, &["init", "-q", "-b", "main"], &[]);
    // With 400 commits some two share four digits: 400² / 2 / 16⁴ is above one. The ids are fixed.
    let mut stream = String::new();
    for i in 0..700 {
        stream.push_str(&format!(
            "commit refs/heads/main\nmark :{}\ncommitter A <a@b.c> {} +0000\ndata 1\nx\n",
            i + 1,
            1_700_000_000 + i
        ));
    }
    std::fs::write(folder.join("stream"), stream).unwrap();
    let script = "git fast-import --quiet < stream";
    let output = std::process::Command::new("sh")
        .current_dir(&folder)
        .args(["-c", script])
        .output()
        .unwrap();
    assert!(output.status.success());
    backstory.ask("sources.add", json!({ "path": folder }));
    let ids = git(&folder, &["log", "--format=%H"], &[]);
    let mut ids: Vec<&str> = ids.lines().collect();
    ids.sort_unstable();
    let pair = ids.windows(2).find(|it| it[0][..4] == it[1][..4]).expect("two ids begin alike");
    let (kind, _, hint) = backstory.refuse("memory.commit", json!({ "commit": &pair[0][..4] }));
    assert_eq!(kind, "invalidParams");
    assert!(hint.contains(&pair[0][..12]) && hint.contains(&pair[1][..12]), "{hint}");
}

#[test]
fn an_empty_repository_and_an_empty_store_answer_plainly() {
    let backstory = Backstory::new();
    let (kind, message, _) = backstory.refuse("memory.overview", json!({}));
    assert_eq!((kind.as_str(), message.as_str()), ("notFound", "memory holds no repository yet"));
    let folder = backstory.folder().join("empty");
    std::fs::create_dir_all(&folder).unwrap();
    git(&folder, &["init", "-q", "-b", "main"], &[]);
    backstory.ask("sources.add", json!({ "path": folder }));
    let overview = backstory.ask("memory.overview", json!({}));
    assert_eq!(overview["totals"]["commits"], json!({ "value": 0.0, "records": [], "all": null }));
    assert_eq!((&overview["weeks"], &overview["basis"]["now"]), (&json!([]), &Value::Null));
    for (method, params) in [
        ("memory.folder", json!({})),
        ("memory.files", json!({})),
        ("memory.experts", json!({})),
        ("memory.risk", json!({})),
        ("memory.busFactor", json!({ "each": "folders" })),
        ("memory.components", json!({})),
        ("memory.commits", json!({})),
        ("memory.people", json!({})),
        ("memory.search", json!({ "text": "anything" })),
        ("memory.changes", json!({})),
        ("memory.fingerprint", json!({})),
    ] {
        backstory.ask(method, params);
    }
    assert_eq!(backstory.refuse("memory.file", json!({ "path": "a" })).0, "notFound");
    assert_eq!(backstory.refuse("memory.commit", json!({ "commit": "HEAD" })).0, "notFound");
}

#[test]
fn the_same_history_gives_the_same_answers_however_it_was_read() {
    let backstory = Backstory::new();
    let folder = backstory.folder().join("shop");
    build_shop(&folder);
    let tip = git(&folder, &["rev-parse", "main"], &[]);
    // Read up to an early commit first, then as far as the tip: rows land in another order.
    let early = git(&folder, &["rev-list", "--first-parent", "main"], &[]);
    let early = early.lines().nth(6).unwrap();
    git(&folder, &["update-ref", "refs/heads/main", early], &[]);
    git(&folder, &["tag", "-d", "v1.1"], &[]);
    backstory.ask("sources.add", json!({ "path": folder, "name": "acme/shop" }));
    git(&folder, &["update-ref", "refs/heads/main", &tip], &[]);
    let tagged = git(&folder, &["rev-parse", "main~1"], &[]);
    git(&folder, &["tag", "v1.1", &tagged], &[]);
    backstory.ask("sources.sync", json!({}));
    for entry in told().filter(|it| it.name.starts_with("memory.") && it.name != "memory.changes") {
        let params: Value = serde_json::from_str(entry.example).unwrap();
        let here =
            redacted(entry.name, backstory.ask(entry.name, params.clone()), backstory.folder());
        let there = redacted(entry.name, shop().ask(entry.name, params), shop().folder());
        assert_eq!(here, there, "{}", entry.name);
    }
}

#[test]
fn the_now_of_an_answer_is_given_or_the_newest_commits() {
    let shop = shop();
    let reply = shop.ask("memory.risk", json!({}));
    assert_eq!(reply["basis"]["now"], "2026-01-12T09:00:00Z");
    assert_eq!(reply["since"], "2025-10-14T09:00:00Z");
    let early = shop.ask("memory.risk", json!({ "now": "2026-01-02T23:00:00Z", "windowDays": 1 }));
    let paths: Vec<&Value> =
        early["files"].as_array().unwrap().iter().map(|it| &it["path"]).collect();
    assert_eq!(paths, ["src/auth/token.rs", "src/auth/token_test.rs"]);
    let once = shop.ask("memory.overview", json!({}));
    assert_eq!(once, shop.ask("memory.overview", json!({})));
}

#[test]
fn a_team_weighs_as_its_rules_say_and_the_answer_says_so() {
    let backstory = Backstory::new();
    let folder = backstory.folder().join("shop");
    build_shop(&folder);
    let rules = "[expertise]\ncommits = 100\n[risk]\nbugs = 1\nwindow_days = 2\n";
    std::fs::write(folder.join("backstory.toml"), rules).unwrap();
    backstory.ask("sources.add", json!({ "path": folder, "name": "acme/shop" }));
    let experts = backstory.ask("memory.experts", json!({ "path": "src/pay.rs" }));
    assert_eq!(experts["experts"][0]["terms"][0]["points"], 400.0);
    let rule = experts["basis"]["rules"][0]["text"].as_str().unwrap();
    assert!(rule.ends_with("; weighed by backstory.toml: commits 100"), "{rule}");
    let risk = backstory.ask("memory.risk", json!({}));
    assert_eq!(risk["windowDays"], 2);
    assert_eq!(risk["files"][0]["terms"][1]["weight"], 1.0);
}

#[test]
fn whose_a_line_is_gets_worked_out_once_and_is_the_same_from_then_on() {
    let backstory = Backstory::new();
    let repository = backstory.folder().join("shop");
    build_shop(&repository);
    backstory.ask("sources.add", json!({ "path": repository }));
    let text = || backstory.ask("memory.text", json!({ "path": "src/pay.rs", "blame": true }));
    let why =
        || backstory.ask("memory.why", json!({ "path": "src/pay.rs", "line": 2, "limit": 1 }));
    let (told, story) = (text(), why());
    assert!(!told["spans"].as_array().unwrap().is_empty());

    // Without its first commit, nobody can work it out again.
    let root = git(&repository, &["rev-list", "--max-parents=0", "HEAD"], &[]);
    let object = repository.join(".git/objects").join(&root[..2]).join(&root[2..]);
    std::fs::remove_file(object).unwrap();
    assert_eq!(text(), told);
    assert_eq!(why()["steps"][0]["commit"], story["steps"][0]["commit"]);
    let other = backstory.ask("memory.text", json!({ "path": "README.md", "blame": true }));
    let gaps = other["basis"]["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|it| it["kind"] == "missingObjects"), "{gaps:?}");
    // What was worked out with a gap is not kept: the object may come back.
    let again = backstory.ask("memory.text", json!({ "path": "README.md", "blame": true }));
    assert_eq!(again, other);
}

#[test]
fn a_time_that_ends_before_it_begins_is_refused_with_both_ends() {
    let ask = |since: &str, until: &str| {
        shop().receive("memory.commits", &json!({ "since": since, "until": until }))
    };
    let error = ask("2026-01-09", "2026-01-02")["error"].clone();
    assert_eq!(error["data"]["kind"], "invalidParams");
    assert_eq!(error["message"], "`since` (2026-01-09) is after `until` (2026-01-02)");
    let one_day = ask("2026-01-02", "2026-01-02");
    assert_eq!(one_day["result"]["commits"].as_array().unwrap().len(), 1, "a day holds itself");
}

#[cfg(target_os = "linux")]
#[test]
fn of_paths_that_read_alike_none_is_taken_for_the_other() {
    use std::os::unix::ffi::OsStrExt;
    let backstory = Backstory::new();
    let repository = backstory.folder().join("alike");
    std::fs::create_dir_all(&repository).unwrap();
    git(&repository, &["init", "-q", "-b", "main"], &[]);
    let who = [
        ("GIT_AUTHOR_NAME", "Ada"),
        ("GIT_AUTHOR_EMAIL", "ada@example.org"),
        ("GIT_COMMITTER_NAME", "Ada"),
        ("GIT_COMMITTER_EMAIL", "ada@example.org"),
    ];
    for (name, text) in [(&b"caf\xe8"[..], "one\n"), (b"caf\xe9", "two\n"), (b"ni\xf1o", "three\n")]
    {
        std::fs::write(repository.join(std::ffi::OsStr::from_bytes(name)), text).unwrap();
        git(&repository, &["add", "-A"], &[]);
        git(&repository, &["commit", "-q", "-m", text.trim()], &who);
    }
    backstory.ask("sources.add", json!({ "path": repository }));
    let listed = backstory.ask("memory.files", json!({}));
    let paths: Vec<&str> =
        listed["files"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["caf\u{fffd}", "caf\u{fffd}", "ni\u{fffd}o"]);

    for method in ["memory.file", "memory.experts", "memory.text", "memory.commits"] {
        let (kind, message, hint) = backstory.refuse(method, json!({ "path": "caf\u{fffd}" }));
        assert_eq!(kind, "invalidParams");
        assert_eq!(message, "2 paths read as `caf\u{fffd}`: their bytes differ");
        assert_eq!(hint, r#"name one as Git quotes it: "caf\350" or "caf\351""#);
    }
    // What the hint names is the way out, and every figure leads back to the same file.
    for (name, text) in [(r#""caf\350""#, "one"), (r#""caf\351""#, "two"), ("ni\u{fffd}o", "three")]
    {
        let told = backstory.ask("memory.text", json!({ "path": name }));
        assert_eq!(told["lines"], json!([text]));
        let file = backstory.ask("memory.file", json!({ "path": name }));
        assert_eq!(file["last"]["subject"], text);
        let mut found = Vec::new();
        figures(&file, name, &mut found);
        found.iter().for_each(|(at, figure)| follow(&backstory, at, figure));
    }
    let (kind, ..) = backstory.refuse("memory.file", json!({ "path": r#""caf\352""# }));
    assert_eq!(kind, "notFound");
}

#[test]
fn a_release_that_is_too_far_away_to_be_found_is_said_to_be_unknown() {
    let backstory = Backstory::new();
    let repository = backstory.folder().join("long");
    std::fs::create_dir_all(&repository).unwrap();
    git(&repository, &["init", "-q", "-b", "main"], &[]);
    let history: String = (1..=2_010)
        .map(|n| {
            let at = 1_600_000_000 + n * 60;
            format!(
                "commit refs/heads/main\nmark :{n}\ncommitter Ada <ada@example.org> {at} +0000\n\
                 data 1\nx\nM 644 inline f\ndata <<E\n{n}\nE\n\n"
            )
        })
        .collect();
    feed(&repository, &["fast-import", "--quiet"], &history);
    git(&repository, &["tag", "v1"], &[]);
    backstory.ask("sources.add", json!({ "path": repository }));
    let release = |commit: &str| {
        let commit = git(&repository, &["rev-parse", commit], &[]);
        let reply = backstory.ask("memory.commit", json!({ "commit": commit }));
        let gaps = reply["basis"]["gaps"].as_array().unwrap().clone();
        let unknown = gaps.iter().any(|it| it["kind"] == "unknownRelease");
        (reply["release"]["id"].as_str().map(str::to_owned), unknown)
    };
    assert_eq!(release("main"), (Some("v1".into()), false));
    assert_eq!(release("main~1990"), (Some("v1".into()), false));
    assert_eq!(release("main~2009"), (None, true));
    git(&repository, &["tag", "-d", "v1"], &[]);
    backstory.ask("sources.sync", json!({}));
    assert_eq!(release("main~2009"), (None, false), "without a tag nothing is released");
}

#[test]
fn a_repository_that_was_moved_is_followed_and_another_one_is_not() {
    let backstory = Backstory::new();
    let (old, new) = (backstory.folder().join("old"), backstory.folder().join("new"));
    build_shop(&old);
    backstory.ask("sources.add", json!({ "path": old, "name": "acme/shop" }));
    // Beside it, a copy is a repository of its own.
    let copy = backstory.folder().join("copy");
    git(backstory.folder(), &["clone", "-q", "old", "copy"], &[]);
    let added = backstory.ask("sources.add", json!({ "path": copy, "sync": false }));
    assert_eq!((&added["repository"], &added["movedFrom"]), (&json!("copy"), &Value::Null));
    backstory.ask("sources.remove", json!({ "repository": "copy" }));

    std::fs::rename(&old, &new).unwrap();
    let other = backstory.folder().join("other");
    std::fs::create_dir_all(&other).unwrap();
    git(&other, &["init", "-q", "-b", "main"], &[]);
    let added = backstory.ask("sources.add", json!({ "path": other }));
    assert_eq!((&added["repository"], &added["movedFrom"]), (&json!("other"), &Value::Null));

    let added = backstory.ask("sources.add", json!({ "path": new.join("src") }));
    assert_eq!(added["repository"], "acme/shop");
    let was = std::fs::canonicalize(backstory.folder()).unwrap().join("old/.git");
    assert_eq!(added["movedFrom"], was.to_str().unwrap());
    assert_eq!(added["synced"]["commitsAdded"], 0, "nothing is read twice");
    let listed = backstory.ask("sources.list", json!({}));
    let all: Vec<(&Value, &Value)> = listed["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["repository"], &it["workTree"]))
        .collect();
    let at = |it: &str| json!(std::fs::canonicalize(backstory.folder().join(it)).unwrap());
    assert_eq!(all, [(&json!("acme/shop"), &at("new")), (&json!("other"), &at("other"))]);
    let why = json!({ "repository": "acme/shop", "path": "src/pay.rs", "line": 2 });
    assert!(backstory.ask("memory.why", why)["complete"].as_bool().unwrap());
    let (_, message, _) = backstory.refuse("sources.add", json!({ "path": new }));
    assert!(message.contains("in memory already"), "{message}");
}

#[test]
fn a_repository_that_cannot_be_read_is_not_left_in_memory() {
    let backstory = Backstory::new();
    let folder = backstory.folder().join("broken");
    build_shop(&folder);
    let head = git(&folder, &["rev-parse", "HEAD"], &[]);
    git(&folder, &["repack", "-adq"], &[]);
    let packs = folder.join(".git/objects/pack");
    std::fs::rename(&packs, backstory.folder().join("packs")).unwrap();
    for _ in 0..2 {
        let (_, message, _) = backstory.refuse("sources.add", json!({ "path": folder }));
        assert!(message.contains(&head), "{message}");
        assert_eq!(backstory.ask("sources.list", json!({}))["sources"], json!([]));
    }
    std::fs::rename(backstory.folder().join("packs"), &packs).unwrap();
    let added = backstory.ask("sources.add", json!({ "path": folder }));
    assert!(added["synced"]["commits"].as_u64().unwrap() > 0);
}

#[test]
fn a_path_that_a_gap_may_hide_is_not_said_never_to_have_been() {
    let backstory = Backstory::new();
    let shop = backstory.folder().join("shop");
    build_shop(&shop);
    git(&shop, &["config", "uploadpack.allowFilter", "true"], &[]);
    let from = format!("file://{}", shop.display());
    let clone = ["clone", "-q", "--no-checkout", "--filter=tree:0", &from, "treeless"];
    git(backstory.folder(), &clone, &[]);
    let treeless = backstory.folder().join("treeless");
    backstory.ask("sources.add", json!({ "path": treeless }));
    let (_, message, _) = backstory.refuse("memory.file", json!({ "path": "src/pay.rs" }));
    assert!(message.contains("not in this clone") && !message.contains("never"), "{message}");
    // Git fetches what it needs to tell the history, and no ref moves.
    git(&treeless, &["log", "--stat", "--oneline"], &[]);
    assert!(backstory.ask("sources.sync", json!({}))["synced"][0]["failure"].is_null());
    assert_eq!(backstory.ask("memory.file", json!({ "path": "src/pay.rs" }))["path"], "src/pay.rs");
}

#[test]
fn a_split_makes_two_people_of_two_however_they_were_one_and_can_be_taken_back() {
    let backstory = Backstory::new();
    let shop = backstory.folder().join("shop");
    build_shop(&shop);
    backstory.ask("sources.add", json!({ "path": shop }));
    let all = || backstory.ask("identities.list", json!({}));
    let whose = |identity: &str| {
        let listed = all();
        let people = listed["people"].as_array().unwrap().clone();
        let has =
            |it: &Value| it["identities"].as_array().unwrap().iter().any(|it| it["id"] == identity);
        people.into_iter().find(has).unwrap()["person"]["key"].clone()
    };
    let (ada, bo, third) = (
        "git:Ada Lind <ada@example.org>",
        "git:dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "login:bo",
    );
    for (a, b) in [(ada, third), (third, bo), (bo, ada)] {
        let merge = json!({ "identity": a, "with": b });
        match whose(a) == whose(b) {
            false => _ = backstory.ask("identities.merge", merge),
            true => _ = backstory.refuse("identities.merge", merge),
        }
    }
    let joined = all();
    for from in [json!(ada), whose(ada), Value::Null] {
        let split = backstory.ask("identities.split", json!({ "identity": bo, "from": from }));
        assert_ne!(whose(bo), whose(ada), "from {from}");
        assert_ne!(whose(bo), whose(third), "from {from}");
        assert_eq!(split["person"]["key"], whose(bo));
        backstory.refuse("identities.split", json!({ "identity": bo, "from": ada }));
        backstory.refuse("identities.split", json!({ "identity": bo }));
        backstory.ask("identities.undo", json!({ "edit": split["edit"] }));
        assert_eq!(all(), joined, "from {from}");
    }
}

#[test]
fn a_commit_of_a_wrong_clock_does_not_own_the_chart() {
    let backstory = Backstory::new();
    let folder = backstory.folder().join("clock");
    std::fs::create_dir(&folder).unwrap();
    git(&folder, &["init", "-q", "-b", "main"], &[]);
    for at in ["1600000000 +0000", "4092595200 +0000"] {
        let env = [
            ("GIT_AUTHOR_NAME", "Ada"),
            ("GIT_AUTHOR_EMAIL", "ada@example.org"),
            ("GIT_AUTHOR_DATE", at),
            ("GIT_COMMITTER_NAME", "Ada"),
            ("GIT_COMMITTER_EMAIL", "ada@example.org"),
            ("GIT_COMMITTER_DATE", at),
        ];
        git(&folder, &["commit", "-q", "--allow-empty", "-m", "Change"], &env);
    }
    backstory.ask("sources.add", json!({ "path": folder }));
    let overview = backstory.ask("memory.overview", json!({}));
    let weeks = overview["weeks"].as_array().unwrap();
    assert_eq!(weeks.len(), 1, "{overview}");
    assert!(overview["basis"]["now"].as_str().unwrap().starts_with("2020-09-13"), "{overview}");
    assert_eq!(overview["totals"]["commits"]["value"], 2.0);
}
