//! What memory answers of issues, pull requests and what was said, asked over the shop with its trackers.

use crate::memory::{figures, follow};
use crate::tracked::{HOSTILE, built, tracked};
use serde_json::{Value, json};
use std::path::Path;

/// Questions whose answers are kept as golden files, by the file's name.
fn asked() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("issueContext", "memory.issueContext", json!({ "key": "pay-4" })),
        ("issueContext-open", "memory.issueContext", json!({ "key": "PAY-6" })),
        ("issueContext-named", "memory.issueContext", json!({ "key": "PAY-3" })),
        ("issues", "memory.issues", json!({})),
        ("pullRequest", "memory.pullRequest", json!({ "number": 7 })),
        ("pullRequests", "memory.pullRequests", json!({})),
        ("comments", "memory.comments", json!({ "issues": ["PAY-4"], "pullRequests": [7] })),
        ("reviews", "memory.reviews", json!({ "pullRequest": 7 })),
        ("fileContext", "memory.fileContext", json!({ "path": "src/pay.rs" })),
        ("why", "memory.why", json!({ "path": "src/pay.rs", "line": 2 })),
        ("why-lines", "memory.why", json!({ "path": "src/pay.rs", "line": 1, "endLine": 7 })),
        ("experts", "memory.experts", json!({ "path": "src/pay.rs" })),
        ("risk", "memory.risk", json!({ "path": "src/pay.rs" })),
        ("search", "memory.search", json!({ "text": "race" })),
        ("search-key", "memory.search", json!({ "text": "pay-4" })),
        ("graph-issue", "memory.graph", json!({ "kind": "issue", "id": "PAY-4" })),
        ("graph-pull", "memory.graph", json!({ "kind": "pullRequest", "id": "7" })),
        ("graph-review", "memory.graph", json!({ "kind": "review", "id": "7/501" })),
        ("graph-comment", "memory.graph", json!({ "kind": "comment", "id": "7/601" })),
        ("person", "memory.person", json!({ "person": "bo.berg@example.org" })),
        ("complete", "memory.complete", json!({ "kind": "issue", "text": "pay" })),
        ("resolve", "memory.resolve", json!({ "words": ["PAY-4", "#7", "src/pay.rs", "PAY-3"] })),
    ]
}

#[test]
fn every_answer_is_as_written_down_in_whatever_order_its_rows_came() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tracked");
    std::fs::create_dir_all(&folder).unwrap();
    let other = built(true);
    let mut stale = Vec::new();
    for (name, method, params) in asked() {
        let reply = tracked().ask(method, params.clone());
        assert_eq!(reply, other.ask(method, params.clone()), "{name}: another order of rows");
        let text = serde_json::to_string_pretty(&reply).unwrap() + "\n";
        let path = folder.join(format!("{name}.json"));
        if std::fs::read_to_string(&path).unwrap_or_default() != text {
            std::fs::write(&path, text).unwrap();
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "stale and rewritten, look at them: {stale:?}");
}

#[test]
fn every_number_over_trackers_can_be_followed_to_exactly_that_many_records() {
    let mut calls: Vec<(&str, Value)> =
        asked().into_iter().map(|(_, method, params)| (method, params)).collect();
    for path in ["", "src", "src/auth", "src/auth/token.rs", "src/payment.rs"] {
        calls.push(("memory.experts", json!({ "path": path })));
    }
    for component in ["src", "src/auth"] {
        calls.push(("memory.experts", json!({ "component": component })));
        calls.push(("memory.componentChanges", json!({ "component": component })));
    }
    for person in ["ada@example.org", "cyd@example.org", HOSTILE] {
        calls.push(("memory.person", json!({ "person": person })));
    }
    for path in ["src/auth/token.rs", "README.md", "docs/refunds.md", "src/payment.rs"] {
        calls.push(("memory.fileContext", json!({ "path": path })));
    }
    calls.push(("memory.issueContext", json!({ "key": "PAY-5" })));
    calls.push(("memory.risk", json!({ "path": "src/auth/token.rs" })));
    let mut followed = 0;
    for (method, params) in calls {
        let reply = tracked().ask(method, params.clone());
        let mut found = Vec::new();
        figures(&reply, &format!("{method} {params}"), &mut found);
        found.iter().for_each(|(at, figure)| follow(tracked(), at, figure));
        followed += found.len();
    }
    assert!(followed > 200, "there are numbers to follow: {followed}");
}

#[test]
fn an_issue_is_found_by_any_writing_of_its_key_and_by_keys_it_had() {
    for key in ["PAY-4", " pay-4 ", "https://jira.example/browse/PAY-4", "PAY-0004"] {
        let reply = tracked().ask("memory.issueContext", json!({ "key": key }));
        assert_eq!((&reply["key"], &reply["pastKey"]), (&json!("PAY-4"), &Value::Null), "{key}");
    }
    let moved = tracked().ask("memory.issueContext", json!({ "key": "old-40" }));
    assert_eq!((&moved["key"], &moved["pastKey"]), (&json!("PAY-4"), &json!("OLD-40")));
}

#[test]
fn a_key_that_only_commits_name_is_answered_with_them_and_a_gap() {
    let reply = tracked().ask("memory.issueContext", json!({ "key": "PAY-3" }));
    assert_eq!(reply["issue"], Value::Null);
    assert_eq!(reply["changes"][0]["commit"]["subject"], "PAY-3 Charge a payment once (#3)");
    let gaps = reply["basis"]["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|it| it["kind"] == "noRecord"), "{gaps:?}");
}

#[test]
fn what_is_not_there_is_said_with_a_way_out() {
    let shop = tracked();
    let refuse = |method: &str, params: Value| shop.refuse(method, params);
    let (kind, text, hint) = refuse("memory.issueContext", json!({ "key": "PAY-44" }));
    assert_eq!(kind, "notFound");
    assert_eq!(text, "neither a tracker nor a commit tells of `PAY-44`");
    assert_eq!(hint, "did you mean `PAY-4`?");
    let (kind, ..) = refuse("memory.issueContext", json!({ "key": " " }));
    assert_eq!(kind, "invalidParams");
    let (_, _, hint) = refuse("memory.issueContext", json!({ "key": "#7" }));
    assert_eq!(hint, "#7 is a pull request: `memory.pullRequest` tells about it");
    let (kind, text, _) = refuse("memory.pullRequest", json!({ "number": 999 }));
    assert_eq!((kind.as_str(), text.as_str()), ("notFound", "nothing tells of pull request #999"));
    assert_eq!(refuse("memory.comments", json!({})).0, "invalidParams");
    assert_eq!(refuse("memory.reviews", json!({})).0, "invalidParams");
    for method in ["memory.issues", "memory.pullRequests"] {
        assert_eq!(refuse(method, json!({ "cursor": "x" })).0, "invalidParams", "{method}");
    }
    for (kind, id) in [("review", "7"), ("review", "7/9"), ("comment", "x"), ("comment", "PAY-4/9")]
    {
        let (told, ..) = refuse("memory.graph", json!({ "kind": kind, "id": id }));
        assert_eq!(told, "notFound", "{kind} {id}");
    }
    let (told, ..) = refuse("memory.complete", json!({ "kind": "review", "text": "" }));
    assert_eq!(told, "invalidParams");
    let ends = json!({ "path": "src/pay.rs", "line": 3, "endLine": 2 });
    assert_eq!(refuse("memory.why", ends).0, "invalidParams");
}

#[test]
fn words_of_a_text_are_the_records_they_name_and_no_others() {
    let shop = tracked();
    let head = shop.ask("memory.overview", json!({}))["basis"]["head"].as_str().unwrap().to_owned();
    let told = |words: &[&str]| -> Vec<(String, String, String)> {
        let reply = shop.ask("memory.resolve", json!({ "words": words }));
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let found = reply["found"].as_array().unwrap().iter();
        found
            .map(|it| (text(&it["word"]), text(&it["record"]["kind"]), text(&it["record"]["id"])))
            .collect()
    };
    let is = |word: &str, kind: &str, id: &str| (word.to_owned(), kind.to_owned(), id.to_owned());
    assert_eq!(
        told(&["#7", "PAY-4", &head[..8], "src/pay.rs", "#7"]),
        [
            is("#7", "pullRequest", "7"),
            is("PAY-4", "issue", "PAY-4"),
            is(&head[..8], "commit", &head),
            is("src/pay.rs", "file", "src/pay.rs"),
        ],
        "in the order of the words, each once"
    );
    assert_eq!(told(&["PAY-3"]), [is("PAY-3", "issue", "PAY-3")], "named by commits alone");
    let short = &head[..6];
    let nothing = [
        "#999",
        "#",
        "#0x7",
        "#99999999999999999999",
        "PAY-444",
        "UTF-8",
        "0000000",
        short,
        "src",
        "src/",
        "no/such.rs",
        "7",
        "",
        "' or 1=1 --",
        "%",
        HOSTILE,
    ];
    assert_eq!(told(&nothing), []);
    let many: Vec<String> = (0..101).map(|it| format!("#{it}")).collect();
    assert_eq!(shop.refuse("memory.resolve", json!({ "words": many })).0, "invalidParams");
    assert!(shop.ask("memory.resolve", json!({ "words": many[..100] }))["found"].is_array());
    let long = "a".repeat(201);
    let (kind, text, _) = shop.refuse("memory.resolve", json!({ "words": [long] }));
    assert_eq!(kind, "invalidParams");
    assert_eq!(text, "a word has at most 200 letters: one begins with \"aaaaaaaaaaaaaaaaaaaa\"");
    assert_eq!(told(&[&"é".repeat(200)]), []);
}

#[test]
fn a_comment_is_named_by_the_id_of_what_it_stands_beneath() {
    let shop = tracked();
    let graph = |id: &str| shop.ask("memory.graph", json!({ "kind": "comment", "id": id }));
    assert_eq!(graph("7/601")["nodes"][0]["id"], "7/601");
    assert_eq!(graph("#7/601")["nodes"][0]["id"], "7/601", "as it was written before");
    let all = json!({ "issues": ["PAY-4"], "pullRequests": [7] });
    let reply = shop.ask("memory.comments", all);
    for it in reply["comments"].as_array().unwrap() {
        let id = it["comment"]["record"]["id"].as_str().unwrap();
        assert!(id.starts_with("PAY-4/") || id.starts_with("7/"), "{id}");
    }
}

#[test]
fn names_and_texts_from_outside_are_data() {
    let shop = tracked();
    let reply = shop.ask("memory.issueContext", json!({ "key": "PAY-4" }));
    let names: Vec<&str> = reply["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["person"]["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&HOSTILE), "{names:?}");
    for text in [HOSTILE, "' or 1=1 --", "\"", "%", "*"] {
        for kind in ["person", "file", "folder", "component", "issue", "pullRequest"] {
            shop.ask("memory.complete", json!({ "kind": kind, "text": text }));
        }
        shop.ask("memory.search", json!({ "text": text }));
        shop.ask("memory.issues", json!({ "text": text, "label": text }));
        shop.ask("memory.pullRequests", json!({ "text": text, "label": text, "path": text }));
    }
    assert_eq!(shop.ask("memory.issues", json!({}))["issues"].as_array().unwrap().len(), 3);
}

#[test]
fn lists_keep_to_every_filter_and_go_on_page_by_page() {
    let keys = |params: Value| -> Vec<String> {
        let rows = tracked().pages("memory.issues", params, "issues");
        rows.iter().map(|it| it["issue"]["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(keys(json!({ "limit": 1 })), ["PAY-6", "PAY-5", "PAY-4"]);
    assert_eq!(keys(json!({ "open": true })), ["PAY-6"]);
    assert_eq!(keys(json!({ "category": "done", "bug": true })), ["PAY-4"]);
    assert_eq!(keys(json!({ "openAt": "2026-01-08" })), ["PAY-5", "PAY-4"]);
    assert_eq!(keys(json!({ "label": "RACE", "component": "payments" })), ["PAY-4"]);
    assert_eq!(keys(json!({ "reporter": "Ada Lind" })), ["PAY-5"]);
    assert_eq!(keys(json!({ "text": "lock around" })), ["PAY-4"], "the discussion is looked at");
    assert_eq!(keys(json!({ "path": "src/auth", "open": false })), ["PAY-4"]);
    assert_eq!(keys(json!({ "pullRequest": 20 })), ["PAY-6"]);
    let numbers = |params: Value| -> Vec<u64> {
        let rows = tracked().pages("memory.pullRequests", params, "pullRequests");
        rows.iter().map(|it| it["pullRequest"]["number"].as_u64().unwrap()).collect()
    };
    assert_eq!(numbers(json!({ "limit": 1 })), [20, 7]);
    assert_eq!(numbers(json!({ "reviewed": false })), [20]);
    assert_eq!(numbers(json!({ "reviewer": "cyd@example.org" })), [7]);
    assert_eq!(numbers(json!({ "requested": "ada@example.org", "state": "open" })), [20]);
    assert_eq!(numbers(json!({ "path": "src/auth" })), [7]);
    assert_eq!(numbers(json!({ "issue": "PAY-4" })), [7]);
}

#[test]
fn the_story_of_a_line_reaches_what_was_said_on_it() {
    let reply = tracked().ask("memory.why", json!({ "path": "src/pay.rs", "line": 2 }));
    let steps = reply["steps"].as_array().unwrap();
    let story = |subject: &str| -> Vec<String> {
        let step = steps.iter().find(|it| it["commit"]["subject"] == subject).unwrap();
        let parts = step["story"].as_array().unwrap().iter();
        parts.map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        story("PAY-4 Fix a race condition in retries"),
        [
            "line",
            "commit",
            "pullRequest",
            "review",
            "lineComment",
            "lineComment",
            "lineComment",
            "comment",
            "issue",
            "comment",
            "comment",
            "comment",
            "comment"
        ]
    );
    let step =
        steps.iter().find(|it| it["commit"]["subject"] == "PAY-4 Fix a race condition in retries");
    let near: Vec<&Value> = step.unwrap()["story"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|it| it["kind"] == "lineComment")
        .map(|it| &it["near"]["onLine"])
        .collect();
    assert_eq!(near, [&json!(true); 3], "by number, and by text where the commit is gone");
}
