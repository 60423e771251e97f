//! Pull requests, issues and releases of REST, in every shape they come in.

use model::{ChangeKind, PullState, StatusCategory, Timestamp, Verdict};
use serde_json::{Value, json};

use super::{Memory, shuffle};
use crate::sources::document::Document;
use crate::sources::github::repository;

pub(super) const API: &str = "https://api.github.com/repos/acme/shop";

pub(super) fn user(login: &str, id: u64) -> Value {
    json!({ "login": login, "id": id, "node_id": "U", "type": "User", "site_admin": false })
}

/// A commit id made of one digit.
pub(super) fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn oid(digit: char) -> Option<model::Oid> {
    model::Oid::from_hex(&sha(digit))
}

pub(super) fn time(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_second())
}

/// A value with some of its fields replaced.
pub(super) fn with(mut value: Value, changes: Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        value[name] = change.clone();
    }
    value
}

fn without(mut value: Value, names: &[&str]) -> Value {
    names.iter().for_each(|it| {
        value.as_object_mut().unwrap().remove(*it);
    });
    value
}

/// As its own address tells it: open, two commits, at commit `b`.
pub(super) fn pull() -> Value {
    json!({
        "url": format!("{API}/pulls/382"), "id": 9_007_199_254_740_993_u64, "node_id": "PR_x",
        "html_url": "https://github.com/acme/shop/pull/382", "issue_url": format!("{API}/issues/382"),
        "number": 382, "state": "open", "locked": false, "title": "Refund twice 🎉", "draft": false,
        "user": user("Maya", 11), "body": "First line\r\nSecond\u{1b}[31m", "labels": [{ "name": "payments" }, { "name": "bug" }],
        "created_at": "2026-03-01T08:00:00Z", "updated_at": "2026-03-02T09:00:00Z",
        "closed_at": null, "merged_at": null, "merge_commit_sha": sha('e'),
        "assignees": [user("Noor", 12)], "requested_reviewers": [user("Ilse", 13), user("Bo", 14)],
        "requested_teams": [{ "name": "Core", "slug": "core" }],
        "head": { "ref": "refund", "sha": sha('b'), "user": user("Maya", 11), "repo": { "owner": user("Maya", 11), "full_name": "Maya/shop" } },
        "base": { "ref": "main", "sha": sha('0'), "repo": { "full_name": "acme/shop" } },
        "merged": false, "merged_by": null, "additions": 30, "deletions": 4, "changed_files": 2, "commits": 2,
    })
}

pub(super) fn listed() -> Value {
    without(pull(), &["merged", "merged_by", "additions", "deletions", "changed_files", "commits"])
}

pub(super) fn commit(digit: char, parents: &[char], at: &str) -> Value {
    let signed = json!({ "name": "Maya Lind", "email": "maya@acme.example", "date": at });
    json!({
        "sha": sha(digit), "node_id": "C", "url": format!("{API}/commits/{}", sha(digit)),
        "commit": { "author": signed, "committer": signed, "message": format!("Step {digit}\r\n\r\nWhy") },
        "author": user("Maya", 11), "committer": user("web-flow", 19_864_447),
        "parents": parents.iter().map(|it| json!({ "sha": sha(*it) })).collect::<Vec<_>>(),
    })
}

pub(super) fn file(path: &str, status: &str, at: char) -> Value {
    json!({
        "sha": sha('9'), "filename": path, "status": status, "additions": 3, "deletions": 1, "changes": 4,
        "contents_url": format!("{API}/contents/{path}?ref={}", sha(at)), "patch": "@@ -1 +1 @@\n-a\n+b",
    })
}

pub(super) fn review(id: u64, state: &str, body: Value) -> Value {
    json!({
        "id": id, "node_id": "R", "user": user("Ilse", 13), "body": body, "state": state,
        "html_url": format!("https://github.com/acme/shop/pull/382#pullrequestreview-{id}"),
        "pull_request_url": format!("{API}/pulls/382"), "submitted_at": "2026-03-01T12:00:00Z", "commit_id": sha('b'),
    })
}

pub(super) fn line_comment(id: u64) -> Value {
    json!({
        "url": format!("{API}/pulls/comments/{id}"), "id": id, "pull_request_review_id": 71, "node_id": "L",
        "diff_hunk": "@@ -3,2 +3,3 @@ fn pay()\n same\n-old\n+new\n+newer", "path": "src/pay.rs",
        "position": 4, "original_position": 4, "commit_id": sha('b'), "original_commit_id": sha('b'),
        "user": user("Ilse", 13), "body": "```suggestion\r\nbetter\r\n```", "created_at": "2026-03-01T12:00:00Z", "updated_at": "2026-03-01T12:00:00Z",
        "html_url": format!("https://github.com/acme/shop/pull/382#discussion_r{id}"), "pull_request_url": format!("{API}/pulls/382"),
        "start_line": null, "original_start_line": null, "start_side": null, "line": 5, "original_line": 5, "side": "RIGHT",
    })
}

pub(super) fn comment(id: u64, number: u64) -> Value {
    json!({
        "url": format!("{API}/issues/comments/{id}"), "id": id, "node_id": "IC", "user": user("Noor", 12),
        "html_url": format!("https://github.com/acme/shop/issues/{number}#issuecomment-{id}"), "issue_url": format!("{API}/issues/{number}"),
        "created_at": "2026-03-01T10:00:00Z", "updated_at": "2026-03-01T10:00:00Z", "body": "I see",
    })
}

pub(super) fn issue(number: u64) -> Value {
    json!({
        "url": format!("{API}/issues/{number}"), "repository_url": API, "html_url": format!("https://github.com/acme/shop/issues/{number}"),
        "id": 55, "node_id": "I", "number": number, "title": "Card is charged twice", "user": user("Noor", 12),
        "labels": [{ "name": "bug" }], "state": "closed", "state_reason": "not_planned", "locked": false,
        "assignee": user("Maya", 11), "assignees": [user("Maya", 11), user("Bo", 14)],
        "milestone": { "title": "2.1", "number": 3, "open_issues": 1 }, "comments": 1, "type": { "name": "Bug" },
        "created_at": "2026-02-01T08:00:00Z", "updated_at": "2026-02-05T08:00:00Z", "closed_at": "2026-02-04T08:00:00Z", "body": null,
    })
}

pub(super) fn event(id: u64, number: u64, word: &str, more: Value) -> Value {
    let own = json!({
        "id": id, "node_id": "E", "url": format!("{API}/issues/events/{id}"), "actor": user("Noor", 12),
        "event": word, "commit_id": null, "created_at": "2026-03-01T09:00:00Z",
        "issue": { "number": number, "url": format!("{API}/issues/{number}") },
    });
    with(own, more)
}

/// Documents by address; the reading of them in one go.
pub(super) fn memory(documents: &[(&str, Value)]) -> Memory {
    let texts: Vec<(&str, String)> = documents.iter().map(|it| (it.0, it.1.to_string())).collect();
    Memory::of(texts.iter().map(|it| (it.0, it.1.as_str())))
}

#[test]
fn a_pull_request_comes_through_whole() {
    let pull = memory(&[("", pull())]).pull(382);
    assert_eq!(
        (pull.title.as_str(), pull.body.as_str()),
        ("Refund twice 🎉", "First line\nSecond\u{fffd}[31m")
    );
    assert_eq!(pull.state, PullState::Open);
    let author = pull.author.unwrap();
    assert_eq!((author.id.as_str(), author.login.as_str(), author.number), ("maya", "Maya", 11));
    assert!(author.active && !author.bot);
    assert_eq!((pull.added, pull.deleted), (Some(30), Some(4)));
    assert_eq!(
        (pull.branch.as_str(), pull.branch_owner.as_str(), pull.base.as_str()),
        ("refund", "Maya", "main")
    );
    assert_eq!(pull.labels, ["bug", "payments"]);
    assert_eq!(pull.requested.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["bo", "ilse"]);
    assert_eq!(
        (pull.created, pull.updated),
        (time("2026-03-01T08:00:00Z"), time("2026-03-02T09:00:00Z"))
    );
    assert_eq!(pull.url, "https://github.com/acme/shop/pull/382");
    assert_eq!(pull.head, oid('b'));
}

#[test]
fn the_merge_that_github_only_tries_is_no_merge_commit() {
    assert_eq!(memory(&[("", pull())]).pull(382).merge_commit, None);
    let closed = with(pull(), json!({ "state": "closed", "closed_at": "2026-03-03T00:00:00Z" }));
    let closed = memory(&[("", closed)]).pull(382);
    assert_eq!((closed.state, closed.merge_commit), (PullState::Closed, None));
    let merged = with(
        pull(),
        json!({ "state": "closed", "closed_at": "2026-03-03T00:00:00Z", "merged_at": "2026-03-03T00:00:00Z", "merged": true, "merged_by": user("Ilse", 13) }),
    );
    let merged = memory(&[("", merged)]).pull(382);
    assert_eq!((merged.state, merged.merge_commit), (PullState::Merged, oid('e')));
    assert_eq!(merged.merged_by.unwrap().id, "ilse");
    assert_eq!(merged.closed, merged.merged);
}

#[test]
fn a_newer_list_takes_nothing_that_only_the_own_address_tells() {
    let newer = with(
        listed(),
        json!({ "updated_at": "2026-03-04T00:00:00Z", "title": "Refund once", "labels": [], "head": { "ref": "refund", "sha": sha('c'), "repo": null } }),
    );
    for order in [[pull(), listed(), newer.clone()], [newer, listed(), pull()]] {
        let page = memory(&[("", json!(order))]).pull(382);
        assert_eq!(
            (page.title.as_str(), page.labels.len(), page.head),
            ("Refund once", 0, oid('c'))
        );
        assert_eq!((page.added, page.deleted), (Some(30), Some(4)));
        assert_eq!(page.branch_owner, "", "the fork is gone");
    }
}

#[test]
fn an_issue_that_is_a_pull_request_is_the_same_pull_request() {
    let as_issue = with(
        issue(382),
        json!({
            "html_url": "https://github.com/acme/shop/pull/382", "title": "Refund once", "updated_at": "2026-03-05T00:00:00Z",
            "pull_request": { "url": format!("{API}/pulls/382"), "merged_at": "2026-03-04T00:00:00Z" },
        }),
    );
    let memory_of_both = memory(&[("", listed()), ("", as_issue.clone())]);
    let facts = memory_of_both.facts().remove("382").unwrap();
    assert!(facts.issue.is_none());
    let both = facts.pull.unwrap();
    assert_eq!((both.title.as_str(), both.state), ("Refund once", PullState::Merged));
    assert_eq!(
        (both.branch.as_str(), both.merge_commit),
        ("refund", None),
        "the list is from before"
    );
    let alone = memory(&[("", as_issue)]).pull(382);
    assert_eq!((alone.state, alone.author.unwrap().id), (PullState::Merged, "noor".to_owned()));
}

#[test]
fn an_issue_comes_through_whole() {
    let events = json!([
        event(1, 7, "labeled", json!({ "label": { "name": "bug" } })),
        event(
            2,
            7,
            "renamed",
            json!({ "rename": { "from": "Charged", "to": "Card is charged twice" } })
        ),
        event(
            3,
            7,
            "assigned",
            json!({ "actor": user("Maya", 11), "assignee": user("Maya", 11), "assigner": user("Noor", 12) })
        ),
        event(4, 7, "closed", json!({ "created_at": "2026-03-02T09:00:00Z" })),
        event(5, 7, "subscribed", json!({})),
    ]);
    let memory = memory(&[("", json!([issue(7), comment(900, 7)])), ("", events)]);
    let issue = memory.issue(7);
    assert_eq!((issue.id.as_str(), issue.key.as_str()), ("7", "#7"));
    assert_eq!((issue.status.as_str(), issue.category), ("closed", StatusCategory::Done));
    assert_eq!((issue.resolution.as_str(), issue.kind.as_str()), ("not_planned", "Bug"));
    assert_eq!(issue.resolved, Some(time("2026-02-04T08:00:00Z")));
    assert_eq!(issue.fix_versions, ["2.1"]);
    assert_eq!(issue.assignee.unwrap().id, "maya");
    assert_eq!(issue.fields, [("assignees".to_owned(), "Maya, Bo".to_owned())]);
    assert_eq!(issue.body, "");
    assert_eq!(issue.comments.len(), 1);
    let changes: Vec<_> = issue
        .changes
        .iter()
        .map(|it| {
            (
                it.field.as_str(),
                it.from.as_str(),
                it.to.as_str(),
                it.author.as_ref().unwrap().id.as_str(),
            )
        })
        .collect();
    assert_eq!(
        changes,
        [
            ("labels", "", "bug", "noor"),
            ("summary", "Charged", "Card is charged twice", "noor"),
            ("assignee", "", "Maya", "noor"),
            ("status", "open", "closed", "noor"),
        ]
    );
    assert!(memory.facts()["7"].pull.is_none());
}

#[test]
fn an_issue_opened_again_has_neither_resolution_nor_end() {
    let again = with(
        issue(7),
        json!({ "state": "open", "state_reason": "reopened", "updated_at": "2026-02-06T00:00:00Z" }),
    );
    let issue = memory(&[("", json!([again, issue(7)]))]).issue(7);
    assert_eq!((issue.status.as_str(), issue.category), ("open", StatusCategory::ToDo));
    assert_eq!((issue.resolution.as_str(), issue.resolved), ("", None));
}

#[test]
fn commits_that_a_push_replaced_are_gone_whatever_was_read_first() {
    let old = json!([
        commit('1', &['0'], "2026-03-01T01:00:00Z"),
        commit('2', &['1'], "2026-03-01T02:00:00Z"),
        commit('3', &['2'], "2026-03-01T03:00:00Z")
    ]);
    let new = json!([
        commit('1', &['0'], "2026-03-01T01:00:00Z"),
        commit('b', &['1'], "2026-03-01T00:30:00Z")
    ]);
    let at = "pulls/382/commits.json";
    for documents in [
        [("", listed()), (at, old.clone()), (at, new.clone())],
        [(at, new.clone()), (at, old.clone()), ("", listed())],
    ] {
        let pull = memory(&documents).pull(382);
        let ids: Vec<_> = pull.commits.iter().map(|it| Some(it.id)).collect();
        assert_eq!(ids, [oid('1'), oid('b')], "parents first, though the child is dated earlier");
        assert_eq!(pull.commits[1].message, "Step b\n\nWhy");
        assert_eq!(pull.commits[1].author.as_ref().unwrap().id, "maya");
    }
    // A list older than the pull request: what leads to its newest end.
    let pull = memory(&[("", listed()), (at, old)]).pull(382);
    assert_eq!(pull.commits.len(), 3);
}

#[test]
fn commits_beneath_the_base_are_not_of_the_pull_request() {
    let stacked = with(listed(), json!({ "base": { "ref": "first", "sha": sha('1') } }));
    let list = json!([
        commit('1', &['0'], "2026-03-01T01:00:00Z"),
        commit('b', &['1'], "2026-03-01T02:00:00Z")
    ]);
    let pull = memory(&[("", stacked), ("pulls/382/commits.json", list)]).pull(382);
    assert_eq!(pull.commits.iter().map(|it| Some(it.id)).collect::<Vec<_>>(), [oid('b')]);
}

#[test]
fn a_page_of_several_gives_what_it_has() {
    let second = json!([commit('b', &['a'], "2026-03-01T02:00:00Z")]);
    let pull =
        memory(&[(&format!("{API}/pulls/382/commits?page=2"), second), ("", listed())]).pull(382);
    assert_eq!(pull.commits.len(), 1);
}

#[test]
fn commits_without_account_keep_their_names() {
    let strange = with(commit('b', &['0'], "2026-03-01T02:00:00Z"), json!({ "author": null }));
    let pull = memory(&[("pulls/382/commits.json", json!([strange])), ("", listed())]).pull(382);
    assert_eq!(pull.commits[0].author, None);
    assert_eq!(pull.commits[0].author_mail, "maya@acme.example");
}

#[test]
fn files_are_those_of_the_head() {
    let old = json!([file("src/pay.rs", "modified", 'a'), file("src/gone_again.rs", "added", 'a')]);
    let renamed =
        with(file("src/new.rs", "renamed", 'b'), json!({ "previous_filename": "src/old.rs" }));
    let new = json!([
        file("src/pay.rs", "modified", 'b'),
        renamed,
        file("dead.rs", "removed", '0'),
        file("still.rs", "unchanged", 'b')
    ]);
    for documents in [
        [
            ("", listed()),
            ("pulls/382/files.json", old.clone()),
            ("pulls/382/files.json", new.clone()),
        ],
        [("pulls/382/files-2.json", new), ("pulls/382/files.json", old), ("", listed())],
    ] {
        let files = memory(&documents).pull(382).files;
        let told: Vec<_> =
            files.iter().map(|it| (it.path.as_str(), it.kind, it.from.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("dead.rs", ChangeKind::Deleted, None),
                ("src/new.rs", ChangeKind::Renamed, Some("src/old.rs")),
                ("src/pay.rs", ChangeKind::Modified, None),
            ]
        );
        assert_eq!((files[0].added, files[0].deleted), (3, 1));
    }
}

#[test]
fn the_lines_of_a_changed_file_are_left_to_git() {
    let memory = memory(&[("pulls/382/files.json", json!([file("a.rs", "added", 'b')]))]);
    let record = memory.current().remove(0);
    assert_eq!(record.id, format!("382/{}/a.rs", sha('b')));
    assert!(!String::from_utf8(record.body).unwrap().contains("patch"));
}

#[test]
fn a_review_taken_back_stays_so_and_one_not_sent_is_nobodys() {
    let (yes, back) = (review(71, "APPROVED", json!("")), review(71, "DISMISSED", json!("")));
    let draft = with(review(72, "PENDING", json!("not yet")), json!({ "submitted_at": null }));
    for order in [json!([yes, back, draft]), json!([back, draft, yes])] {
        let reviews = memory(&[("", order), ("", listed())]).pull(382).reviews;
        assert_eq!(reviews.len(), 1);
        assert_eq!((reviews[0].verdict, reviews[0].body.as_str()), (Verdict::Dismissed, ""));
        assert_eq!(reviews[0].commit, oid('b'));
    }
    let event =
        event(9, 382, "review_dismissed", json!({ "dismissed_review": { "review_id": 71 } }));
    let reviews = memory(&[("", json!([yes, event])), ("", listed())]).pull(382).reviews;
    assert_eq!(reviews[0].verdict, Verdict::Dismissed);
}

#[test]
fn of_two_tellings_of_a_review_the_newer_document_counts() {
    let mut memory = memory(&[("", listed())]);
    memory.read("", 1_900_000_000_000, &review(71, "COMMENTED", json!("now longer")).to_string());
    memory.read("", 1_800_000_000_000, &review(71, "COMMENTED", json!("now")).to_string());
    assert_eq!(memory.pull(382).reviews[0].body, "now longer");
}

#[test]
fn comments_on_lines_know_their_lines_old_and_new() {
    let of = |changes: Value| {
        let page = json!([with(line_comment(5), changes)]);
        memory(&[("", listed()), ("", page)]).pull(382).review_comments.remove(0)
    };
    let plain = of(json!({}));
    assert_eq!(
        (plain.review.as_str(), plain.answers.as_str(), plain.path.as_str()),
        ("71", "", "src/pay.rs")
    );
    assert_eq!(
        (plain.line, plain.original_line, plain.original_end, plain.on_old),
        (Some(5), Some(5), None, false)
    );
    assert_eq!(plain.body, "```suggestion\nbetter\n```");
    let several =
        of(json!({ "original_start_line": 3, "start_side": "LEFT", "in_reply_to_id": 4 }));
    assert_eq!(
        (several.original_line, several.original_end, several.on_old),
        (Some(3), Some(5), true)
    );
    assert_eq!(several.answers, "4");
    let outdated = of(json!({ "position": null, "line": null, "side": "LEFT" }));
    assert_eq!((outdated.line, outdated.original_line, outdated.on_old), (None, Some(5), true));
    let whole_file = of(json!({ "subject_type": "file", "line": null, "original_line": null }));
    assert_eq!((whole_file.line, whole_file.original_line), (None, None));
}

#[test]
fn a_comment_told_without_lines_has_them_from_its_hunk() {
    let gone = ["line", "original_line", "side", "start_line", "original_start_line", "start_side"];
    let old = without(line_comment(5), &gone);
    let of = |comment: Value| {
        memory(&[("", listed()), ("", comment)]).pull(382).review_comments.remove(0)
    };
    let added = of(old.clone());
    assert_eq!((added.line, added.original_line, added.on_old), (Some(5), Some(5), false));
    let removed = of(with(
        old.clone(),
        json!({ "diff_hunk": "@@ -3,2 +3 @@\n same\n-old\n\\ No newline at end of file" }),
    ));
    assert_eq!((removed.original_line, removed.on_old), (Some(4), true));
    let moved = of(with(old.clone(), json!({ "commit_id": sha('c') })));
    assert_eq!((moved.line, moved.original_line), (None, Some(5)));
    let broken = of(with(old, json!({ "diff_hunk": "@@ -x +y @@\n+a" })));
    assert_eq!((broken.line, broken.original_line), (None, None));
}

#[test]
fn a_comment_that_a_push_outdated_stays_outdated() {
    let outdated = with(line_comment(5), json!({ "position": null, "line": null }));
    for order in [json!([outdated, line_comment(5)]), json!([line_comment(5), outdated])] {
        assert_eq!(memory(&[("", order), ("", listed())]).pull(382).review_comments[0].line, None);
    }
}

#[test]
fn ghosts_and_the_merge_button_are_nobody_and_programs_are_marked() {
    let of = |user: Value| memory(&[("", with(pull(), json!({ "user": user })))]).pull(382).author;
    assert_eq!(of(Value::Null), None);
    assert_eq!(of(user("ghost", 10_137)), None);
    assert_eq!(of(user("web-flow", 19_864_447)), None);
    assert!(of(json!({ "login": "renovate[bot]", "id": 1 })).unwrap().bot);
    assert!(of(json!({ "login": "Copilot", "id": 2, "type": "Bot" })).unwrap().bot);
    let (a, b) = (of(user("MAYA", 11)).unwrap(), of(user("maya", 11)).unwrap());
    assert_eq!((a.id.as_str(), a.login.as_str()), (b.id.as_str(), "MAYA"));
}

#[test]
fn moments_tell_how_a_pull_request_went() {
    let events = json!([
        event(
            3,
            382,
            "merged",
            json!({ "commit_id": sha('f'), "created_at": "2026-03-03T00:00:00Z", "actor": user("Ilse", 13) })
        ),
        event(
            1,
            382,
            "review_requested",
            json!({ "requested_reviewer": user("Bo", 14), "review_requester": user("Maya", 11) })
        ),
        event(2, 382, "head_ref_force_pushed", json!({ "actor": null })),
    ]);
    let pull = memory(&[("", events), ("", listed())]).pull(382);
    let told: Vec<_> = pull
        .moments
        .iter()
        .map(|it| {
            (
                it.kind.as_str(),
                it.actor.as_ref().map(|it| it.id.as_str()),
                it.about.as_ref().map(|it| it.id.as_str()),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("review_requested", Some("maya"), Some("bo")),
            ("head_ref_force_pushed", None, None),
            ("merged", Some("ilse"), None)
        ]
    );
    assert_eq!(
        (pull.merge_commit, pull.state),
        (oid('f'), PullState::Merged),
        "the list is from before"
    );
}

#[test]
fn a_timeline_gives_its_comments_and_reviews_too() {
    let timeline = json!([
        with(comment(900, 382), json!({ "event": "commented", "actor": user("Noor", 12) })),
        with(review(71, "approved", json!("fine")), json!({ "event": "reviewed" })),
        without(event(1, 382, "labeled", json!({ "label": { "name": "bug" } })), &["issue"]),
        { "event": "cross-referenced", "actor": user("Noor", 12), "created_at": "2026-03-01T09:00:00Z" },
        { "event": "committed", "sha": sha('b'), "message": "x" },
    ]);
    let memory = memory(&[(&format!("{API}/issues/382/timeline"), timeline), ("", listed())]);
    assert_eq!(memory.refused, [""; 0]);
    let pull = memory.pull(382);
    assert_eq!((pull.comments.len(), pull.reviews.len(), pull.moments.len()), (1, 1, 1));
    assert_eq!(pull.reviews[0].verdict, Verdict::Approved);
}

#[test]
fn releases_are_known_by_tag_and_drafts_give_way() {
    let release = json!({
        "url": format!("{API}/releases/1"), "id": 1, "tag_name": "v2.1", "target_commitish": "main", "name": "Two one", "draft": false,
        "prerelease": true, "author": user("Maya", 11), "created_at": "2026-03-01T00:00:00Z", "published_at": "2026-03-02T00:00:00Z", "body": "Notes\r\n",
    });
    let draft = with(
        release.clone(),
        json!({ "id": 2, "draft": true, "published_at": null, "name": "Draft", "created_at": "2026-03-09T00:00:00Z" }),
    );
    let facts =
        memory(&[("", json!([release, draft.clone()]))]).facts().remove("release/v2.1").unwrap();
    let told = facts.release.unwrap();
    assert_eq!(
        (told.title.as_str(), told.body.as_str(), told.prerelease),
        ("Two one", "Notes\n", true)
    );
    assert_eq!(told.published, Some(time("2026-03-02T00:00:00Z")));
    let facts = memory(&[("", draft)]).facts().remove("release/v2.1").unwrap();
    assert_eq!(facts.release.unwrap().published, None);
}

#[test]
fn what_is_said_of_the_unknown_waits() {
    let memory = memory(&[("", json!([comment(900, 7), review(71, "APPROVED", json!(""))]))]);
    assert!(memory.facts().values().all(|it| *it == model::TrackerFacts::default()));
    assert_eq!(memory.current().len(), 2);
}

#[test]
fn what_is_broken_is_refused_with_a_reason_and_the_rest_goes_on() {
    let page = json!([
        with(comment(1, 7), json!({ "id": null })),
        with(listed(), json!({ "number": "12" })),
        with(issue(8), json!({ "updated_at": "yesterday" })),
        without(review(3, "APPROVED", json!("")), &["pull_request_url", "html_url"]),
        with(commit('b', &[], "2026-03-01T00:00:00Z"), json!({ "sha": "xyz" })),
        5,
        null,
        "text",
        issue(7),
    ]);
    let memory = memory(&[("export/all.json", page)]);
    assert_eq!(
        memory.refused,
        [
            "a comment has no id",
            "a pull request has no number that GitHub gives",
            "an issue has no time in `updated_at` but \"yesterday\"",
            "a review does not say which pull request or issue it belongs to; put it in a folder such as pulls/12 or issues/12",
            "a commit does not say which pull request or issue it belongs to; put it in a folder such as pulls/12 or issues/12",
        ]
    );
    assert_eq!(memory.issue(7).key, "#7");
}

#[test]
fn a_document_tells_of_one_repository() {
    let other = with(
        issue(9),
        json!({ "url": "https://api.github.com/repos/acme/other/issues/9", "repository_url": "https://api.github.com/repos/acme/other" }),
    );
    let found =
        json!({ "total_count": 2, "incomplete_results": false, "items": [issue(7), other] });
    let text = found.to_string();
    let memory = memory(&[("", found)]);
    assert_eq!(memory.kinds().len(), 1);
    assert_eq!(memory.refused, ["it belongs to acme/other, the rest of the document to acme/shop"]);
    let document = Document { place: "", address: "", version: 0, json: text.as_bytes() };
    assert_eq!(repository(&document).as_deref(), Some("acme/shop"));
}

#[test]
fn what_is_not_githubs_is_left_to_others() {
    let mut memory = Memory::default();
    for text in [
        "",
        "[]",
        "{}",
        "[1,2]",
        "null",
        "{\"key\":\"PROJ-1\",\"fields\":{}}",
        "<html>",
        "{\"data\":5}",
        "{\"a\":",
        "\u{feff}{}",
        "{\"data\":{\"customer\":{\"number\":1}}}",
    ] {
        assert!(!memory.read("", 0, text), "{text}");
    }
    assert!(memory.refused.is_empty() && memory.events.is_empty());
    for text in [
        "{\"login\":\"maya\",\"node_id\":\"U\",\"id\":1}",
        "[{\"name\":\"bug\",\"url\":\"https://api.github.com/repos/a/b/labels/bug\"}]",
    ] {
        assert!(memory.read("", 0, text), "{text}");
    }
    assert!(memory.refused.is_empty() && memory.events.is_empty());
}

#[test]
fn an_answer_that_is_no_record_is_refused_in_its_own_words() {
    let mut memory = Memory::default();
    assert!(memory.read(&format!("{API}/pulls/1"), 0, "<!DOCTYPE html><title>Unicorn</title>"));
    assert!(memory.read(
        "",
        0,
        "{\"message\":\"Not Found\",\"documentation_url\":\"https://docs.github.com/rest\"}"
    ));
    assert_eq!(
        memory.refused,
        [
            "it is no JSON, though it comes from GitHub's address",
            "GitHub answered “Not Found” instead of records"
        ]
    );
}

#[test]
fn the_same_facts_come_of_any_order_and_any_split() {
    let address = format!("{API}/pulls/382/x");
    let parts = [
        listed(),
        pull(),
        with(listed(), json!({ "updated_at": "2026-03-04T00:00:00Z" })),
        commit('1', &['0'], "2026-03-01T01:00:00Z"),
        commit('b', &['1'], "2026-03-01T02:00:00Z"),
        commit('2', &['1'], "2026-03-01T02:00:00Z"),
        file("a.rs", "added", 'b'),
        file("b.rs", "removed", '0'),
        file("c.rs", "added", 'a'),
        review(71, "APPROVED", json!("")),
        review(71, "DISMISSED", json!("")),
        line_comment(5),
        line_comment(6),
        with(line_comment(5), json!({ "position": null, "line": null })),
        comment(900, 382),
        comment(901, 382),
        with(comment(901, 382), json!({ "updated_at": "2026-03-01T11:00:00Z", "body": "I saw" })),
        event(1, 382, "reopened", json!({})),
        event(2, 382, "closed", json!({})),
        issue(7),
        comment(902, 7),
    ];
    let mut parts: Vec<String> = parts.iter().map(Value::to_string).collect();
    let whole = Memory::of([(address.as_str(), format!("[{}]", parts.join(" ,\n")).as_str())]);
    assert_eq!(whole.refused, [""; 0]);
    let facts = whole.facts();
    let mut seed = 382;
    for round in 0..100 {
        shuffle(&mut parts, &mut seed);
        let mut memory = Memory::default();
        for page in parts.chunks(1 + round % 7) {
            memory.read(&address, 0, &format!("[{}]", page.join(",")));
            memory.read(&address, 0, &format!(" [ {} ]", page.join("\n, ")));
        }
        assert_eq!(memory.events, whole.events);
        assert!(memory.facts() == facts);
    }
}

/// Every place in a value, as a way to it.
fn places(value: &Value, way: &str, out: &mut Vec<String>) {
    out.push(way.to_owned());
    match value {
        Value::Object(all) => {
            all.iter().for_each(|(name, it)| places(it, &format!("{way}/{name}"), out));
        }
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(i, it)| places(it, &format!("{way}/{i}"), out));
        }
        _ => {}
    }
}

#[test]
fn no_odd_value_in_any_place_stops_the_reading() {
    let odd =
        [json!(null), json!(-1), json!(u64::MAX), json!("\u{0}\u{202e}x"), json!(["a"]), json!({})];
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let hook = json!({ "action": "deleted", "sender": user("a", 1), "issue": issue(7), "comment": comment(1, 7) });
    for document in [
        pull(),
        review(71, "APPROVED", json!("")),
        line_comment(5),
        commit('b', &['0'], "2026-03-01T01:00:00Z"),
        file("a", "added", 'b'),
        event(1, 382, "assigned", json!({})),
        hook,
        super::nodes::answer(super::nodes::node()),
    ] {
        let mut all = Vec::new();
        places(&document, "", &mut all);
        for place in all {
            for odd in &odd {
                let mut document = document.clone();
                *document.pointer_mut(&place).unwrap() = odd.clone();
                memory(&[("pulls/382/x.json", document), ("", pull()), ("", issue(7))]).facts();
            }
        }
        let text = document.to_string();
        for end in (0..text.len()).step_by(31) {
            Memory::of([("", text.get(..end).unwrap_or_default())]).facts();
        }
        Memory::of([("", text.replace("true", &deep).as_str())]).facts();
    }
}
