//! Answers that need issues, pull requests and reviews: on the shop, with what Jira and GitHub might
//! tell of it.

use crate::memory::{figures, follow};
use crate::support::{Backstory, build_shop};
use model::*;
use serde_json::{Value, json};
use std::sync::OnceLock;
use store::writes::{Accounts, TrackerKind};
use store::{Store, Viewer};

const HOSTILE: &str = "<img src=x onerror=alert(1)> '; drop table issues; -- \u{202e}%0A::error::";
/// 2026-01-01T00:00:00Z
const NEW_YEAR: i64 = 1_767_225_600;

fn day(number: i64) -> Timestamp {
    Timestamp(NEW_YEAR + (number - 1) * DAY + 9 * 3_600)
}

fn account(login: &str, display: &str) -> Option<Account> {
    let (id, login) = (login.to_lowercase(), login.to_owned());
    Some(Account { id, login, display: display.into(), active: true, ..Account::default() })
}

fn ada() -> Option<Account> {
    account("ada", "Ada Lind").map(|it| Account { mail: "ada@example.org".into(), ..it })
}

fn bo() -> Option<Account> {
    account("bo", "Bo Berg").map(|it| Account { mail: "bo.berg@example.org".into(), ..it })
}

fn cyd() -> Option<Account> {
    account("cyd", "Cyd Alm").map(|it| Account { mail: "cyd@example.org".into(), ..it })
}

fn issue(number: i64, summary: &str, kind: &str, done: Option<(i64, &str)>) -> IssueFacts {
    let key = format!("PAY-{number}");
    IssueFacts {
        id: (10_000 + number).to_string(),
        key,
        project: "PAY".into(),
        summary: summary.into(),
        kind: kind.into(),
        status: if done.is_some() { "Done" } else { "Open" }.into(),
        category: if done.is_some() { StatusCategory::Done } else { StatusCategory::ToDo },
        resolution: done.map_or("", |it| it.1).into(),
        resolved: done.map(|it| day(it.0)),
        reporter: cyd(),
        created: day(1),
        updated: day(12),
        ..IssueFacts::default()
    }
}

fn issues() -> Vec<IssueFacts> {
    let comment = |id: i64, author| Comment {
        id: id.to_string(),
        author,
        body: "It charges twice where the network is slow.".into(),
        at: day(6),
    };
    vec![
        IssueFacts {
            components: vec!["payments".into()],
            ..issue(1, "Take payments", "Story", Some((1, "Done")))
        },
        issue(3, "A payment is charged twice", "Bug", Some((3, "Fixed"))),
        IssueFacts {
            body: "Race in retries:\n  at Payment.chargeWithRetry(pay.rs:12)".into(),
            comments: vec![comment(1, ada()), comment(2, bo()), comment(3, cyd())],
            changes: vec![FieldChange {
                id: "1".into(),
                at: day(9),
                field: "status".into(),
                from: "Done".into(),
                to: "Reopened".into(),
                ..FieldChange::default()
            }],
            ..issue(
                4,
                "Race condition charges a payment twice in retries",
                "Bug",
                Some((7, "Fixed")),
            )
        },
        IssueFacts {
            links: vec![IssueLink {
                kind: "Duplicate".into(),
                words: "duplicates".into(),
                outward: true,
                to: "PAY-4".into(),
            }],
            ..issue(8, "Retries charge a payment twice", "Bug", Some((10, "Duplicate")))
        },
        issue(9, HOSTILE, "Task", Some((11, "Done"))),
        issue(10, "Refunds in another currency", "Story", None),
    ]
}

fn pull(number: u64, title: &str, author: Option<Account>, made: i64) -> PullFacts {
    PullFacts {
        number,
        title: title.into(),
        author,
        created: day(made),
        updated: day(made),
        ..PullFacts::default()
    }
}

fn merged(of: PullFacts, at: i64) -> PullFacts {
    PullFacts { state: PullState::Merged, merged: Some(day(at)), closed: Some(day(at)), ..of }
}

fn review(id: u64, reviewer: Option<Account>, verdict: Verdict, at: i64) -> ReviewFacts {
    ReviewFacts { id: id.to_string(), reviewer, verdict, at: day(at), ..ReviewFacts::default() }
}

fn changed(paths: &[&str]) -> Vec<PullFile> {
    let file = |it: &&str| PullFile {
        path: (*it).into(),
        from: None,
        kind: ChangeKind::Modified,
        added: 3,
        deleted: 1,
    };
    paths.iter().map(file).collect()
}

fn pulls() -> Vec<PullFacts> {
    let robot = account("renovate[bot]", "renovate[bot]").map(|it| Account { bot: true, ..it });
    vec![
        PullFacts {
            body: "## What\n<!-- say what -->\n- [ ] tests".into(),
            files: changed(&["src/payment.rs"]),
            reviews: vec![review(1, cyd(), Verdict::Approved, 3)],
            ..merged(pull(3, "PAY-3 Charge a payment once", ada(), 3), 3)
        },
        PullFacts {
            body: "Fixes PAY-4 by counting.".into(),
            files: changed(&["src/pay.rs", "src/auth/token.rs"]),
            reviews: vec![
                review(2, ada(), Verdict::Commented, 7),
                review(3, robot.clone(), Verdict::Approved, 7),
                review(4, bo(), Verdict::Approved, 7),
            ],
            ..merged(pull(7, "Retry", bo(), 6), 8)
        },
        PullFacts {
            body: "Refunds.".into(),
            files: changed(&["src/pay.rs", "docs/refunds.md"]),
            ..merged(pull(12, &format!("Twelve: {HOSTILE}"), ada(), 9), 9)
        },
        PullFacts {
            body: "Bumps.".into(),
            files: changed(&["Cargo.toml"]),
            ..merged(pull(15, "Bump serde", robot, 9), 10)
        },
        PullFacts {
            body: "Counts again.".into(),
            files: changed(&["src/pay.rs", "src/auth/token.rs"]),
            requested: ada().into_iter().collect(),
            ..pull(20, "Count retries", cyd(), 11)
        },
    ]
}

/// The shop with all of it; in another order where `turned`.
fn team(turned: bool, rules: &str) -> Backstory {
    let backstory = Backstory::new();
    let repository = backstory.folder().join("shop");
    build_shop(&repository);
    std::fs::write(repository.join("backstory.toml"), rules).unwrap();
    backstory.ask("sources.add", json!({ "path": repository, "name": "acme/shop" }));
    let store = Store::open(&backstory.folder().join("memory.db")).unwrap();
    let of = store.read(|it| it.allow(&Viewer::Owner, None)).unwrap();
    let attach = |name, kind, site| {
        ingest::trackers::attach(&store, name, kind, site, "{}", of.id).unwrap();
    };
    attach("jira", TrackerKind::Jira, "jira.example");
    attach("github.com/acme/shop", TrackerKind::GitHub, "github.com");
    let (mut issues, mut pulls) = (issues(), pulls());
    if turned {
        issues.reverse();
        pulls.rotate_left(2);
    }
    store
        .write(|writer| {
            let jira = writer.tracker("jira")?.unwrap();
            let github = writer.tracker("github.com/acme/shop")?.unwrap();
            let mut accounts = Accounts::new(writer, &jira.site)?;
            for it in &issues {
                writer.put_issue(
                    (jira.id, of.id, &it.id),
                    Some(it),
                    it.kind == "Bug",
                    &mut accounts,
                )?;
            }
            let mut accounts = Accounts::new(writer, &github.site)?;
            for it in &pulls {
                writer.put_pull((github.id, of.id, it.number), Some(it), &mut accounts)?;
            }
            writer.set_settled(jira.id, false)?;
            writer.set_settled(github.id, false)
        })
        .unwrap();
    ingest::trackers::settle(&store).unwrap();
    backstory
}

fn shop() -> &'static Backstory {
    static SHOP: OnceLock<Backstory> = OnceLock::new();
    SHOP.get_or_init(|| team(false, ""))
}

fn report(reply: &Value, name: &str) -> Value {
    let reports = reply["reports"].as_array().unwrap();
    reports.iter().find(|it| it["report"] == name).unwrap().clone()
}

fn ids(records: &Value) -> Vec<String> {
    let record = |it: &Value| it["id"].as_str().unwrap().to_owned();
    records.as_array().unwrap().iter().map(record).collect()
}

#[test]
fn what_memory_lacks_is_found_and_what_is_not_fair_is_left_out() {
    let reply = shop().ask("memory.hygiene", json!({}));
    let found = |name| {
        let it = report(&reply, name);
        assert!(it["notJudged"].is_null(), "{it}");
        (ids(&it["found"]["records"]), it["judged"]["value"].as_f64().unwrap())
    };
    // Renamed without a key; the merge and the bot are left out, the revert names PAY-5.
    let (commits, judged) = found("commitsWithoutIssue");
    assert_eq!((commits.len(), judged), (1, 10.0));
    // The commit of 12 names PAY-5, which no tracker tells of.
    assert_eq!(found("pullRequestsWithoutIssue").0, ["20", "12"]);
    assert_eq!(found("emptyDescriptions").0, ["3"]);
    // A duplicate has no change to make.
    assert_eq!(found("doneWithoutChange").0, ["PAY-9"]);
    // Bo approved his own, and a program is nobody.
    assert_eq!(found("mergedWithoutReview").0, ["7"], "a line of Git's tells of a review of 12");
    assert_eq!(found("mergedWithoutApproval").0, ["7"]);
    assert_eq!(found("keysWithoutRecord").0, ["PAY-7", "PAY-6", "PAY-5", "PAY-2"]);
    assert_eq!(found("issuesWithoutComponent").0.len(), 5);
    let left = report(&reply, "pullRequestsWithoutIssue")["leftOut"].clone();
    assert_eq!(left, json!([{ "what": "bots", "count": 1 }]));
    let trend = report(&reply, "commitsWithoutIssue")["trend"].clone();
    assert_eq!(trend.as_array().unwrap().len(), 12);
    assert_eq!(trend[11]["start"], "2026-01-01");
    assert_eq!((trend[11]["found"].as_u64(), trend[11]["judged"].as_u64()), (Some(1), Some(10)));
}

#[test]
fn a_threshold_of_the_team_is_passed_or_not_and_what_cannot_be_judged_is_neither() {
    let rules = "[hygiene.commits_without_issue]\nshare_max = 0.05\n\
                 [hygiene.empty_descriptions]\ncount_max = 1\n";
    let reply = team(false, rules).ask("memory.hygiene", json!({}));
    assert_eq!((reply["over"].as_u64(), reply["notJudged"].as_u64()), (Some(1), Some(0)));
    let over = |name| report(&reply, name)["threshold"]["over"].clone();
    assert_eq!(
        (over("commitsWithoutIssue"), over("emptyDescriptions")),
        (json!(true), json!(false))
    );
    let alone = crate::support::shop().ask("memory.hygiene", json!({}));
    let it = report(&alone, "doneWithoutChange");
    assert!(it["notJudged"].as_str().unwrap().contains("no issues are imported"), "{it}");
    assert_eq!((it["share"].clone(), it["judged"]["value"].as_f64()), (Value::Null, Some(0.0)));
}

#[test]
fn reviewers_are_never_the_author_nor_who_is_away() {
    let reply = shop().ask("memory.reviewers", json!({ "pullRequest": 20 }));
    let name = |it: &Value| it["person"]["name"].as_str().unwrap().to_owned();
    let list = |of: &Value| of.as_array().unwrap().iter().map(name).collect::<Vec<_>>();
    let (asked, not) = (list(&reply["suggestions"]), list(&reply["leftOut"]));
    assert!(asked.contains(&"Ada Lind".into()) && asked.contains(&"Bo Berg".into()), "{reply:#}");
    assert!(!asked.contains(&"Cyd Alm".into()) && not.contains(&"Cyd Alm".into()), "{reply:#}");
    assert!(!asked.iter().any(|it| it.contains("bot")), "{reply:#}");
    let first = &reply["suggestions"][0];
    let sum: f64 =
        first["terms"].as_array().unwrap().iter().map(|it| it["points"].as_f64().unwrap()).sum();
    assert!((sum - first["score"].as_f64().unwrap()).abs() < 0.051, "the whole sum: {first}");
    let ada = reply["suggestions"].as_array().unwrap().iter().find(|it| name(it) == "Ada Lind");
    assert_eq!(ids(&ada.unwrap()["waiting"]["records"]), ["20"]);
    assert!(ids(&ada.unwrap()["past"]["records"]).contains(&"7".into()), "{ada:?}");

    let rules = "[[absent]]\nperson = 'ada@example.org'\nuntil = 2026-02-01\n";
    let away = team(false, rules).ask("memory.reviewers", json!({ "pullRequest": 20 }));
    assert!(!list(&away["suggestions"]).contains(&"Ada Lind".into()));
    let ada = away["leftOut"].as_array().unwrap().iter().find(|it| name(it) == "Ada Lind").unwrap();
    assert_eq!(ada["because"], "absent");
    assert!(ada["text"].as_str().unwrap().contains("until 2026-02-01"), "{ada}");
}

#[test]
fn a_bug_that_occurred_before_is_found_with_its_resolution_and_its_duplicates_within_it() {
    let ask = json!({ "text": "payment charged twice\n  at Payment.chargeWithRetry(pay.rs:40)" });
    let reply = shop().ask("memory.similar", ask);
    let first = &reply["hits"][0];
    assert_eq!(first["record"]["id"], "PAY-4", "{reply:#}");
    assert!(first["frames"].as_array().unwrap().contains(&json!("Payment.chargeWithRetry")));
    assert_eq!(first["resolution"], "Fixed");
    assert!(ids(&first["resolvedBy"]).contains(&"7".into()), "{first:#}");
    assert_eq!(ids(&first["duplicates"]), ["PAY-8"]);
    let hits = reply["hits"].as_array().unwrap();
    assert!(!hits.iter().any(|it| it["record"]["id"] == "PAY-8"), "it stands within PAY-4");
    let named = shop().ask("memory.similar", json!({ "text": " pay-8 " }));
    assert_eq!(
        (ids(&json!([named["of"]])), named["words"].is_null()),
        (vec!["PAY-8".into()], false)
    );
    let of = shop().ask("memory.similar", json!({ "issue": "pay-8" }));
    assert_eq!(named, of, "a key alone is the issue");
    let pull = shop().ask("memory.similar", json!({ "text": "#7" }));
    assert_eq!(
        (pull["of"]["kind"].clone(), pull["of"]["id"].clone()),
        (json!("pullRequest"), json!("7"))
    );
    assert_eq!(pull["paths"], json!(["src/auth/token.rs", "src/pay.rs"]));
    assert!(
        pull["hits"].as_array().unwrap().iter().all(|it| it["record"]["id"] != "PAY-4"),
        "it is for PAY-4"
    );
    let words = shop().ask("memory.similar", json!({ "text": "#4711 is no number here" }));
    assert!(words["of"].is_null());
    assert!(of["hits"].as_array().unwrap().iter().all(|it| it["record"]["id"] != "PAY-8"));
}

#[test]
fn a_newcomer_is_told_stories_files_and_people_and_a_component_its_kinds_of_change() {
    let reply = shop().ask("memory.onboarding", json!({ "path": "src" }));
    let read = reply["read"].as_array().unwrap();
    let of = |kind: &str| -> Vec<&str> {
        let those = read.iter().filter(|it| it["kind"] == kind);
        those.map(|it| it["record"]["id"].as_str().unwrap()).collect()
    };
    assert!(of("cameBack").contains(&"PAY-4") || of("discussed").contains(&"PAY-4"), "{reply:#}");
    assert_eq!(of("beginning")[0], "PAY-1");
    assert_eq!(reply["files"][0]["path"], "src/pay.rs");
    assert!(!reply["people"].as_array().unwrap().is_empty());
    let reply = shop().ask("memory.componentChanges", json!({ "component": "src" }));
    let kinds: Vec<_> = reply["kinds"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds[..2], ["revert", "bug"], "{reply:#}");
    let sum: f64 = reply["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["commits"]["value"].as_f64().unwrap())
        .sum();
    assert_eq!(Some(sum), reply["changes"]["value"].as_f64(), "each change is of one kind");
}

fn calls() -> Vec<(&'static str, Value)> {
    vec![
        ("memory.hygiene", json!({})),
        ("memory.hygiene", json!({ "since": "2026-01-05", "until": "2026-01-10", "by": "week" })),
        ("memory.hygieneRecords", json!({ "report": "doubtfulPeople", "judged": true })),
        ("memory.hygieneRecords", json!({ "report": "filesWithoutComponent", "judged": true })),
        ("memory.reviewers", json!({ "pullRequest": 20 })),
        ("memory.reviewers", json!({ "pullRequest": 7 })),
        (
            "memory.reviewers",
            json!({ "paths": ["src/auth/token.rs"], "author": "ada@example.org" }),
        ),
        ("memory.reviewsOf", json!({ "person": "cyd@example.org", "paths": ["src/pay.rs"] })),
        ("memory.onboarding", json!({})),
        ("memory.onboarding", json!({ "component": "src/auth", "limit": 3 })),
        ("memory.similar", json!({ "issue": "PAY-8" })),
        ("memory.similar", json!({ "text": "retries", "paths": ["src/pay.rs"] })),
        ("memory.similar", json!({ "commit": "HEAD" })),
        ("memory.componentChanges", json!({ "component": "src" })),
        ("memory.componentChanges", json!({ "component": "src", "windowDays": 5 })),
        ("memory.componentCommits", json!({ "path": "src/pay.rs", "kind": "bug" })),
    ]
}

#[test]
fn every_figure_of_the_team_opens_exactly_its_records() {
    let mut followed = 0;
    for (method, params) in calls() {
        let reply = shop().ask(method, params.clone());
        let mut found = Vec::new();
        figures(&reply, &format!("{method} {params}"), &mut found);
        found.iter().for_each(|(at, figure)| follow(shop(), at, figure));
        followed += found.len();
    }
    assert!(followed > 90, "there are figures to follow: {followed}");
}

#[test]
fn what_came_in_another_order_gives_the_same_bytes() {
    let turned = team(true, "");
    for (method, params) in calls() {
        let (one, other) = (shop().ask(method, params.clone()), turned.ask(method, params.clone()));
        assert_eq!(one.to_string(), other.to_string(), "{method} {params}");
    }
}

#[test]
fn bad_questions_are_refused_with_a_way_out() {
    for (method, params, kind) in [
        ("memory.reviewers", json!({}), "invalidParams"),
        ("memory.reviewers", json!({ "pullRequest": 7, "paths": ["a"] }), "invalidParams"),
        ("memory.reviewers", json!({ "paths": [] }), "invalidParams"),
        ("memory.reviewers", json!({ "pullRequest": 4711 }), "notFound"),
        ("memory.reviewers", json!({ "paths": ["a"], "limit": 0 }), "invalidParams"),
        ("memory.reviewsOf", json!({ "person": "nobody", "paths": ["a"] }), "notFound"),
        ("memory.similar", json!({}), "invalidParams"),
        ("memory.similar", json!({ "issue": "PAY-4711" }), "notFound"),
        ("memory.similar", json!({ "issue": "PAY-4", "commit": "HEAD" }), "invalidParams"),
        (
            "memory.hygiene",
            json!({ "since": "2026-02-01", "until": "2026-01-01" }),
            "invalidParams",
        ),
        ("memory.hygiene", json!({ "report": "noSuchReport" }), "invalidParams"),
        (
            "memory.hygieneRecords",
            json!({ "report": "doneWithoutChange", "cursor": "x" }),
            "invalidParams",
        ),
        ("memory.componentCommits", json!({ "component": "no such" }), "notFound"),
        ("memory.onboarding", json!({ "path": "no/such/path" }), "notFound"),
    ] {
        assert_eq!(shop().refuse(method, params.clone()).0, kind, "{method} {params}");
    }
    for text in ["\"", "NEAR(", "a\u{0}b", "*", "AND OR NOT", "{summary} :", HOSTILE] {
        shop().ask("memory.similar", json!({ "text": text }));
    }
}
