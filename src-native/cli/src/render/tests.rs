//! What a person reads of a reply.

use super::*;
use serde_json::json;

fn rendered(method: &str, reply: &Value) -> String {
    let mut terminal = Terminal::find(false, false);
    (terminal.color, terminal.width) = (false, None);
    render(method, reply, &terminal)
}

fn person(name: &str) -> Value {
    json!({ "key": format!("{name}@example.org"), "name": name, "bot": false })
}

fn basis() -> Value {
    json!({
        "repository": "acme/shop", "head": "0123456789abcdef0123456789abcdef01234567",
        "now": "2024-03-01T12:00:00Z", "rules": [{ "name": "risk", "version": 2, "text": "a rule" }],
        "gaps": [{ "kind": "shallowClone", "text": "the clone is shallow" }],
    })
}

#[test]
fn any_reply_reads_as_pairs_and_tables() {
    let figure = json!({ "value": 12.0, "records": [], "all": null });
    let reply = json!({
        "basis": basis(), "path": "src/pay.rs", "alive": true, "commits": figure,
        "most": { "person": person("Ada"), "commits": 7 },
        "people": [{ "person": person("Ada"), "commits": 7 }, { "person": person("Grace"), "commits": 5 }],
        "rows": [{ "path": "a", "share": 0.256, "lines": 3 }, { "path": "bb", "share": 1.0, "lines": 12345 }],
        "next": "c2",
    });
    let text = rendered("memory.anything", &reply);
    let wanted = "\
path     src/pay.rs
alive    yes
commits  12
most     Ada (7)
people   Ada (7), Grace (5)

rows
PATH  SHARE  LINES
a      0.26      3
bb        1  12345

acme/shop at 0123456789, as of ";
    assert!(text.starts_with(wanted), "{text}");
    assert!(text.contains("not known: the clone is shallow\n"), "{text}");
    assert!(!text.contains("a rule"), "rules come with -v: {text}");
    assert!(text.ends_with("there is more: --cursor c2\n"), "{text}");
}

#[test]
fn experts_show_the_whole_sum() {
    let reply = json!({
        "basis": basis(), "subject": { "kind": "file", "id": "src/pay.rs" }, "total": 1,
        "experts": [{
            "person": person("Ada"), "score": 56.5,
            "terms": [
                { "name": "commits", "count": 4.0, "weight": 10.0, "points": 40.0 },
                { "name": "reviews", "count": 0.0, "weight": 8.0, "points": 0.0 },
                { "name": "churn", "count": 130.0, "weight": 0.05, "points": 6.5 },
                { "name": "recency", "count": 90.0, "weight": 20.0, "points": 10.0 },
            ],
            "commits": { "value": 4.0, "records": [], "all": null }, "churn": 130,
        }],
    });
    let text = rendered("memory.experts", &reply);
    assert!(text.contains("who knows the file src/pay.rs"), "{text}");
    assert!(text.contains("56.50  4 commits × 10 + 130 churn × 0.05 + recency 10"), "{text}");
}

#[test]
fn a_commit_in_a_list_takes_columns_and_its_subject_the_last() {
    let commit = json!({
        "id": "0123456789abcdef0123456789abcdef01234567", "subject": "Fix \u{1b}[31mit",
        "author": person("Ada"), "at": "2024-03-01T12:00:00Z", "merge": false, "fixes": true, "reverts": false,
    });
    let text =
        rendered("memory.commits", &json!({ "commits": [{ "commit": commit, "files": 3 }] }));
    let head = text.lines().nth(1).unwrap().split_whitespace().collect::<Vec<_>>();
    assert_eq!(head, ["COMMIT", "AT", "AUTHOR", "MARKS", "FILES", "SUBJECT"], "{text}");
    assert!(text.contains("0123456789") && text.contains("Fix \\u{1b}[31mit"), "{text}");
}

#[test]
fn the_same_page_stands_whatever_is_missing() {
    for method in
        ["memory.overview", "memory.experts", "memory.risk", "memory.why", "memory.commit", ""]
    {
        for reply in
            [json!({}), json!([]), json!(null), json!({ "basis": {}, "weeks": [{}], "files": 3 })]
        {
            assert!(rendered(method, &reply).ends_with('\n'), "{method}");
        }
    }
}

#[test]
fn two_people_of_one_name_are_told_apart() {
    let row = |key: &str, name: &str| json!({ "person": { "key": key, "name": name, "bot": false }, "n": 1 });
    let reply = json!({ "rows": [row("a@x", "Ada"), row("b@x", "Ada"), row("g@x", "Grace")] });
    let text = rendered("memory.people", &reply);
    assert!(text.contains("Ada <a@x>") && text.contains("Ada <b@x>"), "{text}");
    assert!(!text.contains("g@x"), "{text}");
}

#[test]
fn an_answer_that_holds_nothing_says_so() {
    let text = rendered("trackers.cancel", &json!({ "cancelled": false }));
    assert_eq!(text, "nothing was under way\n");
    assert_eq!(rendered("trackers.cancel", &json!({ "cancelled": true })), "cancelled  yes\n");
    let text = rendered("trackers.sync", &json!({ "tookIn": [] }));
    assert_eq!(
        text,
        "no tracker can be asked: `backstory trackers add` names one with its address\n"
    );
    let text = rendered("memory.issues", &json!({ "basis": basis(), "issues": [], "next": null }));
    assert!(text.starts_with("nothing\n\nacme/shop at "), "{text}");
}

#[test]
fn who_only_commented_has_no_empty_time() {
    let mut terminal = Terminal::find(false, false);
    (terminal.color, terminal.width) = (false, None);
    let figure = |value: f64| json!({ "value": value, "records": [], "all": null });
    let expert = |last: Value| {
        json!({
            "person": person("Ada"), "score": 4.0, "commits": figure(0.0), "reviews": figure(0.0),
            "terms": [{ "name": "comments", "count": 2.0, "weight": 2.0, "points": 4.0 }],
            "churn": 0, "lastAt": last,
        })
    };
    let reply = json!({
        "basis": basis(), "subject": { "kind": "file", "id": "a" }, "total": 2,
        "experts": [expert(Value::Null), expert(json!("2024-02-01T12:00:00Z"))],
    });
    let text = short("file-experts", "memory.experts", &reply, &terminal);
    assert!(text.contains("comments: 2, churn: 0, comments only\n"), "{text}");
    assert!(text.contains("churn: 0, last activity: 2024-02-01\n"), "{text}");
}
