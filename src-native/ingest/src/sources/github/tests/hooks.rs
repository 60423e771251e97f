//! Bodies of webhooks.

use model::Verdict;
use serde_json::{Value, json};

use super::Memory;
use super::pulls::{API, comment, issue, line_comment, listed, memory, pull, review, user, with};

fn delivery(action: &str, more: Value) -> Value {
    let own = json!({
        "action": action, "sender": user("Noor", 12),
        "repository": { "full_name": "acme/shop", "url": API },
    });
    with(own, more)
}

#[test]
fn a_delivery_about_a_pull_request_gives_it_and_what_else_it_carries() {
    let of = |action: &str, more: Value| memory(&[("", delivery(action, more))]);
    let opened = of("opened", json!({ "number": 382, "pull_request": pull() }));
    assert_eq!(opened.kinds(), [("pull", "382".to_owned(), false)]);
    let submitted = of(
        "submitted",
        json!({ "review": review(71, "approved", json!(null)), "pull_request": listed() }),
    );
    assert_eq!(submitted.pull(382).reviews[0].verdict, Verdict::Approved);
    let commented = of("created", json!({ "comment": line_comment(5), "pull_request": listed() }));
    assert_eq!(commented.pull(382).review_comments.len(), 1);
    let thread = json!({ "node_id": "T", "comments": [line_comment(5), line_comment(6)] });
    let resolved = of("resolved", json!({ "thread": thread, "pull_request": listed() }));
    assert_eq!(resolved.pull(382).review_comments.len(), 2);
}

#[test]
fn what_was_deleted_is_gone_whatever_comes_after() {
    let deleted = delivery("deleted", json!({ "issue": issue(7), "comment": comment(900, 7) }));
    for documents in [
        [("", issue(7)), ("", comment(900, 7)), ("", deleted.clone())],
        [("", deleted), ("", comment(900, 7)), ("", issue(7))],
    ] {
        assert!(memory(&documents).issue(7).comments.is_empty());
    }
    let deleted =
        delivery("deleted", json!({ "pull_request": listed(), "comment": line_comment(5) }));
    let mut late = memory(&[("", deleted)]);
    late.read("", 2_000_000_000_000, &line_comment(5).to_string());
    assert!(late.pull(382).review_comments.is_empty());
    for action in ["deleted", "transferred"] {
        let left = delivery(action, json!({ "issue": issue(7) }));
        let memory = memory(&[("", left), ("", json!([issue(7), comment(900, 7)]))]);
        assert!(memory.facts().values().all(|it| it.issue.is_none()));
    }
}

#[test]
fn what_graphql_told_of_a_deleted_comment_is_gone_too() {
    let node = json!({ "data": { "repository": { "issue": {
        "number": 7, "title": "x", "createdAt": "2026-02-01T00:00:00Z", "url": "https://github.com/acme/shop/issues/7",
        "comments": { "nodes": [{ "databaseId": 900, "body": "I see", "createdAt": "2026-03-01T10:00:00Z", "updatedAt": "2026-03-01T10:00:00Z", "author": null }] },
    } } } });
    assert_eq!(memory(&[("", node.clone())]).issue(7).comments.len(), 1);
    let deleted = delivery("deleted", json!({ "issue": issue(7), "comment": comment(900, 7) }));
    assert!(memory(&[("", node), ("", deleted)]).issue(7).comments.is_empty());
}

#[test]
fn an_issue_that_came_from_elsewhere_knows_its_old_name() {
    let old = json!({ "number": 40, "repository_url": "https://api.github.com/repos/acme/old", "title": "Card is charged twice" });
    let changes = json!({ "old_issue": old, "old_repository": { "full_name": "acme/old" } });
    let opened = delivery("opened", json!({ "issue": issue(7), "changes": changes }));
    assert_eq!(memory(&[("", opened)]).issue(7).past_keys, ["acme/old#40"]);
}

#[test]
fn deliveries_about_other_things_give_nothing_and_are_githubs() {
    for body in [
        delivery("", json!({ "ref": "refs/heads/main", "commits": [], "head_commit": null })),
        delivery(
            "renamed",
            json!({ "changes": { "repository": { "name": { "from": "store" } } } }),
        ),
        delivery(
            "created",
            json!({ "comment": { "id": 1, "commit_id": "x", "body": "on a commit" } }),
        ),
        delivery(
            "created",
            json!({ "discussion": { "number": 4, "title": "x" }, "comment": { "id": 1 } }),
        ),
        delivery("completed", json!({ "check_run": { "pull_requests": [{ "number": 382 }] } })),
        delivery("opened", json!({ "pull_request": 5, "issue": "text", "release": [] })),
        json!({ "zen": "Keep it", "hook_id": 1, "sender": user("Noor", 12) }),
    ] {
        let mut memory = Memory::default();
        assert!(memory.read("", 0, &body.to_string()), "{body}");
        assert!(memory.events.is_empty() && memory.refused.is_empty(), "{body}");
    }
}
