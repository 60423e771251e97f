//! Answers of GraphQL, and what `gh` prints.

use serde_json::{Value, json};

use super::pulls::{
    comment, commit, event, file, issue, line_comment, memory, pull, review, sha, user, with,
};

fn who(login: &str, id: u64) -> Value {
    json!({ "__typename": "User", "login": login, "databaseId": id })
}

/// The pull request of the REST tests, by the query that the module shows.
pub(super) fn node() -> Value {
    let own = json!({
        "number": 382, "title": "Refund twice 🎉", "body": "First line\r\nSecond\u{1b}[31m", "state": "OPEN", "isDraft": false,
        "url": "https://github.com/acme/shop/pull/382", "createdAt": "2026-03-01T08:00:00Z", "updatedAt": "2026-03-02T09:00:00Z",
        "closedAt": null, "mergedAt": null, "mergeCommit": null, "mergedBy": null, "author": who("Maya", 11), "additions": 30, "deletions": 4,
        "headRefName": "refund", "headRefOid": sha('b'), "headRepositoryOwner": { "login": "Maya" }, "baseRefName": "main", "baseRefOid": sha('0'),
        "labels": { "nodes": [{ "name": "bug" }, { "name": "payments" }] },
        "assignees": { "nodes": [who("Noor", 12)] },
        "reviewRequests": { "nodes": [
            { "requestedReviewer": who("Bo", 14) }, { "requestedReviewer": who("Ilse", 13) }, { "requestedReviewer": { "__typename": "Team" } },
        ] },
    });
    let within = json!({
        "comments": { "edges": [{ "node": {
            "databaseId": 900, "author": who("Noor", 12), "body": "I see", "createdAt": "2026-03-01T10:00:00Z", "updatedAt": "2026-03-01T10:00:00Z",
        } }] },
        "reviews": { "nodes": [
            { "databaseId": 71, "author": who("Ilse", 13), "state": "APPROVED", "body": "", "submittedAt": "2026-03-01T12:00:00Z", "commit": { "oid": sha('b') } },
            { "databaseId": 72, "author": who("Ilse", 13), "state": "PENDING", "body": "", "submittedAt": null },
        ] },
        "reviewThreads": { "nodes": [{ "diffSide": "RIGHT", "startDiffSide": null, "comments": { "nodes": [{
            "databaseId": 5, "author": who("Ilse", 13), "body": "```suggestion\r\nbetter\r\n```", "createdAt": "2026-03-01T12:00:00Z", "updatedAt": "2026-03-01T12:00:00Z",
            "path": "src/pay.rs", "diffHunk": "@@ -3,2 +3,3 @@ fn pay()\n same\n-old\n+new\n+newer", "outdated": false, "line": 5, "originalLine": 5,
            "originalStartLine": null, "originalCommit": { "oid": sha('b') }, "replyTo": null, "pullRequestReview": { "databaseId": 71 },
        }] } }] },
        "commits": { "nodes": [{ "commit": {
            "oid": sha('b'), "message": "Step b\n\nWhy", "authoredDate": "2026-03-01T02:00:00Z", "committedDate": "2026-03-01T02:00:00Z",
            "author": { "name": "Maya Lind", "email": "maya@acme.example", "date": "2026-03-01T02:00:00Z", "user": who("Maya", 11) },
            "parents": { "nodes": [{ "oid": sha('0') }] },
        } }] },
        "files": { "nodes": [{ "path": "src/pay.rs", "additions": 3, "deletions": 1, "changeType": "MODIFIED" }] },
        "timelineItems": { "nodes": [
            { "__typename": "ConvertToDraftEvent", "id": "E1", "createdAt": "2026-03-01T09:00:00Z", "actor": who("Noor", 12) },
            { "__typename": "ReviewRequestedEvent", "id": "E2", "createdAt": "2026-03-01T09:00:01Z", "actor": who("Noor", 12), "requestedReviewer": who("Bo", 14) },
            { "__typename": "MentionedEvent", "id": "E3", "createdAt": "2026-03-01T09:00:02Z" },
            {}, null,
        ] },
    });
    with(own, within)
}

pub(super) fn answer(pull: Value) -> Value {
    json!({ "data": { "repository": { "pullRequests": { "nodes": [pull], "pageInfo": { "hasNextPage": false } } } } })
}

fn rest() -> Vec<(&'static str, Value)> {
    vec![
        ("", pull()),
        ("", json!([comment(900, 382), review(71, "APPROVED", json!("")), line_comment(5)])),
        ("pulls/382/commits.json", json!([commit('b', &['0'], "2026-03-01T02:00:00Z")])),
        ("pulls/382/files.json", json!([file("src/pay.rs", "modified", 'b')])),
        (
            "",
            json!([
                event(1, 382, "converted_to_draft", json!({})),
                event(
                    2,
                    382,
                    "review_requested",
                    json!({ "created_at": "2026-03-01T09:00:01Z", "requested_reviewer": user("Bo", 14) })
                ),
            ]),
        ),
    ]
}

#[test]
fn graphql_and_rest_tell_the_same_pull_request() {
    let by_rest = memory(&rest()).pull(382);
    let by_node = memory(&[("", answer(node()))]);
    assert_eq!(by_node.refused, [""; 0]);
    let mut by_node = by_node.pull(382);
    assert_eq!(
        by_node.moments.iter().map(|it| it.kind.as_str()).collect::<Vec<_>>(),
        ["converted_to_draft", "review_requested"]
    );
    // Only the ids of events differ: GraphQL tells no number of theirs.
    for (a, b) in by_node.moments.iter_mut().zip(&by_rest.moments) {
        a.id.clone_from(&b.id);
    }
    assert_eq!(by_node, by_rest);
}

#[test]
fn told_by_both_it_is_told_once() {
    let mut documents = rest();
    documents.push(("", answer(node())));
    assert_eq!(memory(&documents).pull(382), memory(&rest()).pull(382));
    documents.reverse();
    assert_eq!(memory(&documents).pull(382), memory(&rest()).pull(382));
}

#[test]
fn what_a_query_did_not_ask_is_kept_from_another() {
    let short = json!({ "number": 382, "title": "Refund once", "updatedAt": "2026-03-09T00:00:00Z", "isDraft": true, "url": "https://github.com/acme/shop/pull/382" });
    let same_time = with(
        short.clone(),
        json!({ "title": "Refund twice 🎉", "updatedAt": "2026-03-02T09:00:00Z" }),
    );
    for documents in [
        [("", answer(node())), ("", answer(same_time.clone()))],
        [("", answer(same_time)), ("", answer(node()))],
    ] {
        let pull = memory(&documents).pull(382);
        assert_eq!((pull.added, pull.branch.as_str()), (Some(30), "refund"));
    }
    let pull = memory(&[("", answer(short)), ("", pull())]).pull(382);
    assert_eq!((pull.title.as_str(), pull.draft, pull.added), ("Refund once", true, Some(30)));
}

#[test]
fn issues_that_the_sidebar_links_are_known() {
    let closes = json!({ "nodes": [
        { "number": 12, "repository": { "nameWithOwner": "Acme/Shop" } },
        { "number": 3, "url": "https://github.com/acme/other/issues/3" }, { "number": 7 },
    ] });
    let pull = memory(&[("", answer(with(node(), json!({ "closingIssuesReferences": closes }))))])
        .pull(382);
    assert_eq!(pull.closes, ["#12", "#7", "acme/other#3"]);
}

#[test]
fn nodes_are_found_under_any_alias() {
    let own = json!({ "data": { "a": { "first": node(), "b": { "edges": [{ "node": {
        "number": 7, "title": "Card is charged twice", "state": "CLOSED", "stateReason": "NOT_PLANNED", "createdAt": "2026-02-01T08:00:00Z",
        "closedAt": "2026-02-04T08:00:00Z", "url": "https://github.com/acme/shop/issues/7", "milestone": { "title": "2.1", "number": 3 },
        "issueType": { "name": "Bug" }, "labels": { "nodes": [{ "name": "bug" }] }, "assignees": { "nodes": [who("Maya", 11), who("Bo", 14)] },
        "author": who("Noor", 12), "body": "", "updatedAt": "2026-02-05T08:00:00Z",
    } }] } }, "releases": { "nodes": [{
        "tagName": "v2.1", "name": "Two one", "description": "Notes", "isDraft": false, "isPrerelease": false,
        "createdAt": "2026-03-01T00:00:00Z", "publishedAt": "2026-03-02T00:00:00Z", "author": who("Maya", 11),
    }] }, "milestones": { "nodes": [{ "number": 3, "title": "2.1", "createdAt": "2026-03-01T00:00:00Z" }] } } });
    let of_both = memory(&[("", own)]);
    assert_eq!(of_both.facts().len(), 3);
    assert_eq!(of_both.issue(7), memory(&[("", issue(7))]).issue(7));
    assert_eq!(of_both.facts()["release/v2.1"].release.as_ref().unwrap().title, "Two one");
    assert_eq!(of_both.pull(382).reviews.len(), 1);
}

#[test]
fn programs_have_one_name_by_rest_graphql_and_gh() {
    let of = |author: Value| {
        memory(&[("", answer(with(node(), json!({ "author": author }))))]).pull(382).author.unwrap()
    };
    let by_node = of(json!({ "__typename": "Bot", "login": "dependabot", "databaseId": 4 }));
    let by_gh = of(json!({ "is_bot": true, "login": "app/dependabot" }));
    assert_eq!((by_node.id.as_str(), by_node.bot, by_node.number), ("dependabot[bot]", true, 4));
    assert_eq!((by_gh.id.as_str(), by_gh.bot), ("dependabot[bot]", true));
    let gone = memory(&[("", answer(with(node(), json!({ "author": null }))))]);
    assert_eq!(gone.pull(382).author, None);
}

#[test]
fn what_gh_prints_is_read_as_it_is() {
    let printed = json!([{
        "number": 382, "title": "Refund", "state": "MERGED", "isDraft": false, "createdAt": "2026-03-01T08:00:00Z", "updatedAt": "2026-03-02T08:00:00Z",
        "mergedAt": "2026-03-02T08:00:00Z", "mergedBy": { "login": "ilse" }, "mergeCommit": { "oid": sha('e') }, "url": "https://github.com/acme/shop/pull/382",
        "author": { "id": "U_1", "is_bot": false, "login": "Maya", "name": "Maya Lind" }, "headRefName": "refund", "headRefOid": sha('b'), "labels": [{ "name": "bug" }],
        "comments": [{ "id": "IC_1", "url": "https://github.com/acme/shop/pull/382#issuecomment-900", "author": { "login": "noor" }, "body": "I see", "createdAt": "2026-03-01T10:00:00Z" }],
        "reviews": [{ "id": "PRR_1", "author": { "login": "ilse" }, "state": "APPROVED", "body": "", "submittedAt": "2026-03-01T12:00:00Z", "commit": { "oid": sha('b') } }],
        "commits": [{ "oid": sha('b'), "messageHeadline": "Step b", "messageBody": "Why", "authoredDate": "2026-03-01T02:00:00Z", "committedDate": "2026-03-01T02:00:00Z",
            "authors": [{ "login": "Maya", "name": "Maya Lind", "email": "maya@acme.example", "id": "" }] }],
        "files": [{ "path": "src/pay.rs", "additions": 3, "deletions": 1 }],
    }]);
    let pull = memory(&[("", printed)]).pull(382);
    assert_eq!(pull.merge_commit.map(|it| it.to_string()), Some(sha('e')));
    assert_eq!((pull.comments[0].id.as_str(), pull.reviews.len(), pull.files.len()), ("900", 1, 1));
    assert_eq!(pull.commits[0].message, "Step b\n\nWhy");
    assert_eq!(pull.commits[0].author.as_ref().unwrap().id, "maya");
    assert_eq!(
        (pull.commits[0].author_mail.as_str(), pull.author.unwrap().display.as_str()),
        ("maya@acme.example", "Maya Lind")
    );
}

#[test]
fn an_answer_in_part_gives_its_part_and_says_so() {
    let mut part = answer(node());
    part["data"]["repository"]["pullRequests"]["nodes"].as_array_mut().unwrap().push(Value::Null);
    part["errors"] = json!([{ "message": "Something timed out" }]);
    let memory = memory(&[("", part)]);
    assert_eq!(memory.pull(382).reviews.len(), 1);
    assert_eq!(memory.refused, ["GitHub answered in part: “Something timed out”"]);
}

#[test]
fn a_broken_node_is_refused_and_the_rest_goes_on() {
    let comments = json!({ "nodes": [
        { "body": "no id", "createdAt": "2026-03-01T10:00:00Z" }, { "databaseId": 2, "createdAt": "then" }, { "databaseId": 3, "body": "fine", "createdAt": "2026-03-01T10:00:00Z" },
    ] });
    let memory = memory(&[("", answer(with(node(), json!({ "comments": comments }))))]);
    assert_eq!(memory.pull(382).comments.len(), 1);
    assert_eq!(
        memory.refused,
        [
            "a comment has neither databaseId nor url nor id",
            "a comment has no time in `createdAt` but \"then\""
        ]
    );
}
