//! Answers with a `now` in the past: on the whole history they are what they are on a history that ends there.

use crate::memory::{figures, follow};
use crate::support::{Backstory, git};
use model::*;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::OnceLock;
use store::writes::{Accounts, TrackerKind};
use store::{Store, Viewer};

/// 2026-02-01T00:00:00Z
const FEBRUARY: i64 = 1_769_904_000;
/// Days with a commit.
const DAYS: i64 = 12;

/// An hour of a day in February 2026.
fn at(day: i64, hour: i64) -> Timestamp {
    Timestamp(FEBRUARY + (day - 1) * DAY + hour * 3_600)
}

/// The same as parameters have it.
fn written(at: Timestamp) -> String {
    let (day, hour) = ((at.0 - FEBRUARY) / DAY + 1, (at.0 - FEBRUARY) / 3_600 % 24);
    format!("2026-02-{day:02}T{hour:02}:00:00Z")
}

const ADA: (&str, &str) = ("Ada Lind", "ada@example.org");
const BO: (&str, &str) = ("Bo Berg", "bo@example.org");
const CYD: (&str, &str) = ("Cyd Alm", "cyd@example.org");
const DEE: (&str, &str) = ("Dee Ek", "dee@example.org");

fn account((display, mail): (&str, &str)) -> Option<Account> {
    let login = mail.split('@').next().unwrap_or_default().to_owned();
    Some(Account {
        id: login.clone(),
        login,
        display: display.into(),
        mail: mail.into(),
        active: true,
        ..Account::default()
    })
}

/// One line of history from the first of February, a commit a day at nine, up to and with `last`.
/// Returns the object ids.
fn build(folder: &Path, last: i64) -> Vec<String> {
    std::fs::create_dir_all(folder).unwrap();
    git(folder, &["init", "-q", "-b", "main"], &[]);
    let write = |path: &str, lines: &[&str]| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, lines.join("\n") + "\n").unwrap();
    };
    let body = ["fn one() {}", "fn two() {}", "fn three() {}", "fn four() {}", "fn five() {}"];
    let with = |more: &[&str]| -> Vec<String> {
        body.iter().chain(more).map(|it| (*it).to_owned()).collect()
    };
    let write_with = |path: &str, more: &[&str]| {
        let lines = with(more);
        write(path, &lines.iter().map(String::as_str).collect::<Vec<_>>());
    };
    let mut ids: Vec<String> = Vec::new();
    for day in 1..=last {
        let mut undo = String::new();
        let (who, message) = match day {
            1 => {
                write("README.md", &["# Pay"]);
                write_with("src/auth/token.rs", &["// tokens"]);
                write("src/auth/token_test.rs", &["fn test() {}"]);
                (ADA, "PAY-1 Take tokens (#1)")
            }
            2 => {
                write_with("src/pay/pay.rs", &["// pay"]);
                write("docs/guide.md", &["# Guide"]);
                (BO, "PAY-2 Pay (#2)\n\nReviewed-by: Cyd Alm <cyd@example.org>")
            }
            3 => {
                write_with("src/auth/token.rs", &["fn lock() {}"]);
                (CYD, "PAY-3 Fix a race in tokens (#3)")
            }
            4 => {
                git(folder, &["mv", "src/pay/pay.rs", "src/pay/charge.rs"], &[]);
                (ADA, "Give paying a better name")
            }
            5 => {
                write_with("src/auth/token.rs", &["fn lock() {}", "fn unlock() {}"]);
                write("src/auth/session.rs", &["fn session() {}"]);
                (BO, "PAY-3 Fix the race again (#5)\n\nReviewed-by: Ada Lind <ada@example.org>")
            }
            6 => {
                std::fs::remove_file(folder.join("docs/guide.md")).unwrap();
                (ADA, "Drop the guide")
            }
            7 => {
                write_with("src/pay/charge.rs", &["fn refund() {}"]);
                write("src/pay/refund.rs", &["fn refund() {}"]);
                (DEE, "PAY-4 Refunds (#7)")
            }
            8 => {
                write_with("src/pay/charge.rs", &["// pay"]);
                std::fs::remove_file(folder.join("src/pay/refund.rs")).unwrap();
                undo = format!("Revert \"PAY-4 Refunds\"\n\nThis reverts commit {}.", ids[6]);
                (DEE, "")
            }
            9 => {
                write_with("src/auth/token.rs", &["fn lock() {}", "fn unlock(now: bool) {}"]);
                (CYD, "PAY-5 Fix tokens once more\n\nCo-authored-by: Bo Berg <bo@example.org>")
            }
            10 => {
                git(folder, &["mv", "src/auth/token.rs", "src/auth/tokens.rs"], &[]);
                (BO, "PAY-6 Many tokens need a name of many")
            }
            11 => {
                write("docs/guide.md", &["# Guide", "", "Again."]);
                write_with("src/pay/charge.rs", &["fn refund() {}", "fn again() {}"]);
                (ADA, "PAY-4 Refunds after all")
            }
            _ => {
                write("infra/deploy.sh", &["deploy"]);
                write_with("src/auth/tokens.rs", &["fn lock() {}", "// a race in tokens"]);
                (DEE, "PAY-7 Fix the deployment (#12)")
            }
        };
        let when = format!("2026-02-{day:02}T09:00:00Z");
        let env = [
            ("GIT_AUTHOR_NAME", who.0),
            ("GIT_AUTHOR_EMAIL", who.1),
            ("GIT_AUTHOR_DATE", &when),
            ("GIT_COMMITTER_NAME", who.0),
            ("GIT_COMMITTER_EMAIL", who.1),
            ("GIT_COMMITTER_DATE", &when),
        ];
        git(folder, &["add", "-A"], &env);
        let message = if undo.is_empty() { message } else { &undo };
        git(folder, &["commit", "-q", "-m", message], &env);
        if [3, 8].contains(&day) {
            git(folder, &["tag", &format!("v{day}")], &env);
        }
        ids.push(git(folder, &["rev-parse", "HEAD"], &[]));
    }
    ids
}

/// What happened to an issue, and when.
enum Event {
    Said((&'static str, &'static str), &'static str),
    /// Field, from, to.
    Changed(&'static str, &'static str, &'static str),
}
use Event::{Changed, Said};

/// An issue as it was told of at `now`; none where it was not made yet.
fn issue(
    now: Timestamp,
    (number, summary, kind): (i64, &str, &str),
    created: Timestamp,
    events: &[(Timestamp, Event)],
) -> Option<IssueFacts> {
    let mut it = IssueFacts {
        id: (10_000 + number).to_string(),
        key: format!("PAY-{number}"),
        project: "PAY".into(),
        summary: summary.into(),
        body: format!("It is about {summary}."),
        kind: kind.into(),
        status: "Open".into(),
        priority: "High".into(),
        category: StatusCategory::ToDo,
        reporter: account(CYD),
        components: vec!["auth".into()],
        created,
        updated: created,
        ..IssueFacts::default()
    };
    for (place, (at, event)) in events.iter().enumerate().filter(|it| it.1.0 <= now) {
        it.updated = *at;
        match event {
            Said(who, body) => it.comments.push(Comment {
                id: (number * 100 + place as i64).to_string(),
                author: account(*who),
                body: (*body).into(),
                at: *at,
            }),
            Changed(field, from, to) => {
                it.changes.push(FieldChange {
                    id: (number * 100 + place as i64).to_string(),
                    at: *at,
                    author: account(CYD),
                    field: (*field).into(),
                    from: (*from).into(),
                    to: (*to).into(),
                });
                match *field {
                    "status" => {
                        it.status = (*to).into();
                        it.category = match *to {
                            "Done" => StatusCategory::Done,
                            "In Progress" => StatusCategory::InProgress,
                            _ => StatusCategory::ToDo,
                        };
                    }
                    "resolution" => {
                        it.resolution = (*to).into();
                        it.resolved = (!to.is_empty()).then_some(*at);
                    }
                    "priority" => it.priority = (*to).into(),
                    "summary" => it.summary = (*to).into(),
                    _ => {
                        it.assignee =
                            [ADA, BO, CYD, DEE].into_iter().find(|it| it.0 == *to).and_then(account)
                    }
                }
            }
        }
    }
    (created <= now).then_some(it)
}

/// Every issue as it was told of at `now`. `commit` is named by one of them on the last day.
fn issues(now: Timestamp, commit: &str) -> Vec<IssueFacts> {
    let done = |day: i64| {
        vec![
            (at(day, 10), Changed("status", "Open", "Done")),
            (at(day, 10), Changed("resolution", "", "Fixed")),
        ]
    };
    let names: &'static str = Box::leak(format!("Done by commit {commit}").into_boxed_str());
    let all = [
        issue(now, (1, "Tokens", "Story"), at(1, 1), &done(1)),
        issue(now, (2, "Paying", "Story"), at(1, 2), &done(2)),
        issue(
            now,
            (3, "Race in tokens", "Bug"),
            at(2, 12),
            &[
                (at(2, 13), Said(BO, "The lock is missing, tokens race.")),
                (at(2, 20), Changed("assignee", "", "Cyd Alm")),
                (at(3, 8), Changed("status", "Open", "In Progress")),
                (at(3, 12), Changed("priority", "High", "Low")),
                (at(4, 12), Said(CYD, "It came back under load.")),
                (at(5, 10), Changed("status", "In Progress", "Done")),
                (at(5, 10), Changed("resolution", "", "Fixed")),
                (at(6, 12), Said(DEE, "Seen again in production.")),
                (at(8, 12), Changed("status", "Done", "Open")),
                (at(8, 12), Changed("resolution", "Fixed", "")),
                (at(8, 13), Changed("assignee", "Cyd Alm", "Bo Berg")),
                (at(9, 10), Changed("status", "Open", "Done")),
                (at(9, 10), Changed("resolution", "", "Fixed")),
                (at(9, 11), Said(ADA, "The unlocking was late.")),
                (at(10, 9), Changed("summary", "Race in tokens", "Races in tokens")),
            ],
        ),
        issue(now, (4, "Refunds", "Story"), at(6, 11), &done(7)),
        issue(
            now,
            (5, "Tokens race when unlocked", "Bug"),
            at(8, 10),
            &[
                (at(8, 15), Said(ADA, "The same lock as before.")),
                (at(9, 12), Changed("status", "Open", "Done")),
                (at(9, 12), Changed("resolution", "", "Duplicate")),
            ],
        )
        .map(|it| IssueFacts {
            links: vec![IssueLink {
                kind: "Duplicate".into(),
                words: "duplicates".into(),
                outward: true,
                to: "PAY-3".into(),
            }],
            ..it
        }),
        issue(now, (6, "Names of many", "Task"), at(9, 20), &[(at(12, 10), Said(BO, names))]),
        issue(
            now,
            (7, "The deployment fails", "Bug"),
            at(11, 10),
            &[(at(11, 11), Changed("status", "Open", "In Progress"))],
        ),
    ];
    all.into_iter().flatten().collect()
}

/// A pull request without what happened later: its reviews, comments and moments are cut at `now`.
fn until(now: Timestamp, mut it: PullFacts) -> Option<PullFacts> {
    it.reviews.retain(|it| it.at <= now);
    it.review_comments.retain(|it| it.at <= now);
    it.comments.retain(|it| it.at <= now);
    it.moments.retain(|it| it.at <= now);
    if it.merged.is_some_and(|it| it > now) {
        (it.merged, it.merged_by, it.merge_commit) = (None, None, None);
    }
    it.closed = it.closed.filter(|it| *it <= now);
    it.state = match (it.merged, it.closed) {
        (Some(_), _) => PullState::Merged,
        (None, Some(_)) => PullState::Closed,
        _ => PullState::Open,
    };
    // Asked and neither taken back nor answered.
    let mut asked: Vec<Account> = Vec::new();
    for moment in &it.moments {
        let about = moment.about.clone().unwrap();
        asked.retain(|it| *it != about);
        let answered = |it: &ReviewFacts| {
            it.at >= moment.at && it.reviewer.as_ref().is_some_and(|it| *it == about)
        };
        if moment.kind == "review_requested" && !it.reviews.iter().any(answered) {
            asked.push(about);
        }
    }
    it.requested = asked;
    let times = [it.created].into_iter().chain(it.reviews.iter().map(|it| it.at));
    let times = times.chain(it.review_comments.iter().map(|it| it.at));
    let times = times.chain(it.comments.iter().map(|it| it.at));
    let times = times.chain(it.moments.iter().map(|it| it.at)).chain(it.closed);
    it.updated = times.max().unwrap();
    (it.created <= now).then_some(it)
}

fn pulls(now: Timestamp, ids: &[String]) -> Vec<PullFacts> {
    let review = |id: u64, who, verdict, body: &str, at| ReviewFacts {
        id: id.to_string(),
        reviewer: account(who),
        verdict,
        body: body.into(),
        at,
        ..ReviewFacts::default()
    };
    let pull = |number: u64, title: &str, who, made, paths: &[&str]| PullFacts {
        number,
        title: title.into(),
        body: format!("What {title} says."),
        author: account(who),
        created: made,
        files: paths
            .iter()
            .map(|it| PullFile {
                path: (*it).into(),
                from: None,
                kind: ChangeKind::Modified,
                added: 2,
                deleted: 1,
            })
            .collect(),
        ..PullFacts::default()
    };
    let merged = |it: PullFacts, day: usize| PullFacts {
        merged: Some(at(day as i64, 9)),
        closed: Some(at(day as i64, 9)),
        merged_by: account(ADA),
        merge_commit: ids.get(day - 1).and_then(|it| Oid::from_hex(it)),
        ..it
    };
    let moment = |id: u64, kind: &str, at, about| PullMoment {
        id: id.to_string(),
        at,
        kind: kind.into(),
        actor: account(ADA),
        about: account(about),
    };
    let comment = |id: u64, who, body: &str, at| Comment {
        id: id.to_string(),
        author: account(who),
        body: body.into(),
        at,
    };
    let all = [
        merged(pull(1, "Tokens", ADA, at(1, 3), &["src/auth/token.rs"]), 1),
        PullFacts {
            reviews: vec![review(20, CYD, Verdict::Approved, "", at(2, 8))],
            ..merged(pull(2, "Paying", BO, at(1, 20), &["src/pay/pay.rs", "docs/guide.md"]), 2)
        },
        PullFacts {
            body: "Fixes PAY-3.".into(),
            reviews: vec![
                review(30, ADA, Verdict::Commented, "Why not a queue?", at(3, 7)),
                review(31, BO, Verdict::Approved, "", at(3, 8)),
                review(32, DEE, Verdict::ChangesRequested, "Too late?", at(4, 8)),
            ],
            review_comments: vec![ReviewCommentFacts {
                id: "3001".into(),
                review: "30".into(),
                author: account(ADA),
                body: "Which lock?".into(),
                at: at(3, 7),
                path: "src/auth/token.rs".into(),
                original_line: Some(6),
                hunk: "@@ -1,6 +1,6 @@\n+fn lock() {}".into(),
                ..ReviewCommentFacts::default()
            }],
            comments: vec![comment(301, BO, "Merged too early.", at(6, 10))],
            ..merged(pull(3, "PAY-3 Lock tokens", CYD, at(2, 14), &["src/auth/token.rs"]), 3)
        },
        PullFacts {
            reviews: vec![review(50, ADA, Verdict::Approved, "", at(5, 8))],
            ..merged(
                pull(
                    5,
                    "PAY-3 Unlock tokens",
                    BO,
                    at(4, 14),
                    &["src/auth/token.rs", "src/auth/session.rs"],
                ),
                5,
            )
        },
        PullFacts {
            moments: vec![moment(70, "review_requested", at(6, 15), BO)],
            reviews: vec![review(71, BO, Verdict::Approved, "", at(7, 8))],
            comments: vec![comment(701, CYD, "This had to be undone.", at(8, 20))],
            ..merged(
                pull(
                    7,
                    "PAY-4 Refunds",
                    DEE,
                    at(6, 14),
                    &["src/pay/charge.rs", "src/pay/refund.rs"],
                ),
                7,
            )
        },
        PullFacts {
            moments: vec![moment(90, "review_requested", at(8, 12), BO)],
            reviews: vec![review(91, BO, Verdict::ChangesRequested, "No.", at(9, 12))],
            closed: Some(at(10, 15)),
            ..pull(9, "PAY-5 Another lock", ADA, at(8, 12), &["src/auth/token.rs"])
        },
        PullFacts {
            moments: vec![
                moment(110, "review_requested", at(9, 14), CYD),
                moment(111, "review_request_removed", at(10, 14), CYD),
                moment(112, "review_requested", at(10, 16), DEE),
            ],
            comments: vec![comment(1101, ADA, "Should this not be PAY-6?", at(11, 15))],
            ..pull(11, "Names", BO, at(9, 13), &["src/auth/token.rs", "src/auth/session.rs"])
        },
        merged(pull(12, "Deploy", DEE, at(11, 12), &["infra/deploy.sh"]), 12),
    ];
    all.into_iter().filter_map(|it| until(now, it)).collect()
}

/// A Backstory that was told of everything up to `now` and of nothing else.
fn told_until(now: Timestamp) -> Backstory {
    let backstory = Backstory::new();
    let repository = backstory.folder().join("pay");
    let last = (1..=DAYS).rev().find(|day| at(*day, 9) <= now).unwrap();
    let ids = build(&repository, last);
    backstory.ask("sources.add", json!({ "path": repository, "name": "acme/pay" }));
    let store = Store::open(&backstory.folder().join("memory.db")).unwrap();
    let of = store.read(|it| it.allow(&Viewer::Owner, None)).unwrap();
    for (name, kind, site) in [
        ("jira", TrackerKind::Jira, "jira.example"),
        ("github.com/acme/pay", TrackerKind::GitHub, "github.com"),
    ] {
        ingest::trackers::attach(&store, name, kind, site, "{}", of.id).unwrap();
    }
    let tenth = ids.get(9).map_or("", |it| &it[..12]);
    store
        .write(|writer| {
            let jira = writer.tracker("jira")?.unwrap();
            let mut accounts = Accounts::new(writer, &jira.site)?;
            for it in issues(now, tenth) {
                let bug = it.kind == "Bug";
                writer.put_issue((jira.id, of.id, &it.id), Some(&it), bug, &mut accounts)?;
            }
            writer.set_settled(jira.id, false)?;
            let github = writer.tracker("github.com/acme/pay")?.unwrap();
            let mut accounts = Accounts::new(writer, &github.site)?;
            for it in pulls(now, &ids) {
                writer.put_pull((github.id, of.id, it.number), Some(&it), &mut accounts)?;
            }
            writer.set_settled(github.id, false)
        })
        .unwrap();
    ingest::trackers::settle(&store).unwrap();
    backstory
}

fn whole() -> &'static Backstory {
    static WHOLE: OnceLock<Backstory> = OnceLock::new();
    WHOLE.get_or_init(|| told_until(at(13, 0)))
}

/// The moments that are gone back to; none is that of a commit.
fn moments() -> [Timestamp; 8] {
    [at(2, 10), at(3, 20), at(5, 23), at(7, 12), at(8, 23), at(9, 23), at(10, 15), at(11, 20)]
}

const PATHS: [&str; 10] = [
    "",
    "src",
    "src/auth",
    "src/auth/token.rs",
    "src/auth/tokens.rs",
    "src/pay/pay.rs",
    "src/pay/charge.rs",
    "docs/guide.md",
    "infra",
    "infra/deploy.sh",
];
const COMPONENTS: [&str; 4] = ["src/auth", "src/pay", "docs", "infra"];

/// Every call that takes a `now`, or, for hygiene, an end, with something to ask about.
fn calls() -> Vec<(&'static str, Value)> {
    let mut calls = vec![
        ("memory.overview", json!({})),
        ("memory.components", json!({})),
        ("memory.hygiene", json!({})),
        ("memory.people", json!({})),
        ("memory.people", json!({ "path": "src/auth" })),
        ("memory.files", json!({})),
        ("memory.commits", json!({})),
        ("memory.commits", json!({ "namesIssue": true })),
        ("memory.issues", json!({})),
        ("memory.issues", json!({ "open": true })),
        ("memory.pullRequests", json!({})),
        ("memory.pullRequests", json!({ "state": "open" })),
        ("memory.similar", json!({ "text": "tokens race and the lock is missing" })),
        ("memory.similar", json!({ "issue": "PAY-5" })),
        (
            "memory.similar",
            json!({ "text": "came back under load", "paths": ["src/auth/token.rs"] }),
        ),
    ];
    for path in PATHS {
        calls.push(("memory.experts", json!({ "path": path })));
        calls.push(("memory.fileContext", json!({ "path": path })));
        calls.push(("memory.risk", json!({ "path": path, "windowDays": 5 })));
        calls.push(("memory.onboarding", json!({ "path": path })));
        calls.push(("memory.folder", json!({ "path": path })));
        calls.push(("memory.commits", json!({ "path": path })));
        calls.push(("memory.comments", json!({ "path": path })));
        calls.push(("memory.reviewers", json!({ "paths": [path] })));
    }
    for component in COMPONENTS {
        calls.push(("memory.experts", json!({ "component": component })));
        calls.push(("memory.risk", json!({ "component": component })));
        calls.push(("memory.onboarding", json!({ "component": component })));
        calls.push(("memory.componentChanges", json!({ "component": component, "windowDays": 4 })));
        calls.push(("memory.componentCommits", json!({ "component": component })));
    }
    for number in 1..=8 {
        let key = format!("PAY-{number}");
        calls.push(("memory.issueContext", json!({ "key": key })));
        calls.push(("memory.reviews", json!({ "issue": key })));
        calls.push(("memory.comments", json!({ "issues": [key] })));
    }
    for number in [1, 2, 3, 5, 7, 9, 11, 12] {
        calls.push(("memory.reviewers", json!({ "pullRequest": number })));
        for who in [ADA, BO, CYD] {
            calls.push(("memory.reviewsOf", json!({ "pullRequest": number, "person": who.1 })));
        }
    }
    for report in [
        "commitsWithoutIssue",
        "pullRequestsWithoutIssue",
        "emptyDescriptions",
        "doneWithoutChange",
        "filesWithoutComponent",
        "mergedWithoutReview",
        "mergedWithoutApproval",
        "keysWithoutRecord",
        "issuesWithoutComponent",
        "doubtfulPeople",
    ] {
        calls.push(("memory.hygieneRecords", json!({ "report": report, "judged": true })));
    }
    calls.push(("memory.hygieneTrend", json!({ "by": "week" })));
    calls.push((
        "memory.delivery",
        json!({ "from": "2026-01-01", "by": "kind", "partSeries": true }),
    ));
    calls.push(("memory.delivery", json!({ "from": "2026-02-03", "grain": "day" })));
    for component in COMPONENTS {
        calls.push(("memory.delivery", json!({ "from": "2026-01-01", "component": component })));
    }
    for measure in ["cycleTime", "wip", "issueCycleTime", "leadTime", "changeFailRate", "rework"] {
        calls.push(("memory.deliveryRecords", json!({ "measure": measure, "from": "2026-01-01" })));
    }
    calls
}

fn ask_at(backstory: &Backstory, method: &str, params: &Value, now: Timestamp) -> Value {
    let mut params = params.clone();
    let end = if method.starts_with("memory.hygiene") { "until" } else { "now" };
    params[end] = written(now).into();
    backstory.receive(method, &params)
}

/// Without what is said to be as it is today: HEAD, gaps, sizes; and without the `now` that calls of
/// the past carry.
fn comparable(value: &mut Value) {
    match value {
        Value::Object(all) => {
            for name in ["head", "gaps", "sizeBytes", "hint"] {
                all.remove(name);
            }
            if let Some(Value::Object(params)) = all.get_mut("params") {
                params.remove("now");
            }
            all.values_mut().for_each(comparable);
        }
        Value::Array(all) => all.iter_mut().for_each(comparable),
        _ => {}
    }
}

/// Where two answers first differ.
fn difference(path: &str, a: &Value, b: &Value) -> Option<String> {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) => x
            .keys()
            .chain(y.keys())
            .find_map(|it| difference(&format!("{path}.{it}"), &a[it], &b[it])),
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => x
            .iter()
            .zip(y)
            .enumerate()
            .find_map(|(i, it)| difference(&format!("{path}[{i}]"), it.0, it.1)),
        _ if a == b => None,
        _ => Some(format!("{path}\n  on all:  {a}\n  cut off: {b}")),
    }
}

#[test]
fn with_a_now_in_the_past_an_answer_is_that_of_a_history_which_ends_there() {
    let mut wrong = Vec::new();
    let mut answered = 0;
    for now in moments() {
        let cut = told_until(now);
        for (method, params) in calls() {
            let (mut a, mut b) =
                (ask_at(whole(), method, &params, now), ask_at(&cut, method, &params, now));
            comparable(&mut a);
            comparable(&mut b);
            answered += usize::from(!b["result"].is_null());
            if let Some(it) = difference("", &a, &b) {
                wrong.push(format!("{method} {params} at {}: {it}", written(now)));
            }
        }
    }
    assert!(answered > 500, "only {answered} of the calls have an answer");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn reviewers_of_a_closed_pull_request_are_those_of_the_day_it_was_closed() {
    for (number, closed) in [(3, at(3, 9)), (5, at(5, 9)), (7, at(7, 9)), (9, at(10, 15))] {
        let params = json!({ "pullRequest": number });
        let mut a = whole().ask("memory.reviewers", params.clone());
        let mut b = told_until(closed).ask("memory.reviewers", params);
        comparable(&mut a);
        comparable(&mut b);
        assert_eq!(difference("", &a, &b), None, "#{number}");
    }
}

#[test]
fn the_time_that_answers_have_by_themselves_gives_the_same_answers() {
    for (method, params) in calls() {
        let (mut a, mut b) =
            (whole().receive(method, &params), ask_at(whole(), method, &params, at(12, 10)));
        if params["pullRequest"].is_null() {
            comparable(&mut a);
            comparable(&mut b);
            assert_eq!(difference("", &a, &b), None, "{method} {params}");
        }
    }
}

#[test]
fn every_number_of_the_past_can_be_followed_to_its_records() {
    for now in [at(5, 23), at(9, 23)] {
        for (method, params) in calls() {
            let reply = ask_at(whole(), method, &params, now);
            let mut found = Vec::new();
            figures(&reply, method, &mut found);
            found.iter().for_each(|(place, figure)| follow(whole(), place, figure));
        }
    }
}

#[test]
fn an_answer_of_the_past_says_what_it_cannot_know() {
    let kinds = |now| -> Vec<String> {
        let reply = ask_at(whole(), "memory.experts", &json!({}), now);
        let gaps = reply["result"]["basis"]["gaps"].as_array().unwrap().iter();
        gaps.map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert!(kinds(at(9, 23)).contains(&"past".to_owned()));
    assert!(!kinds(at(13, 0)).contains(&"past".to_owned()));
    assert!(!kinds(at(12, 10)).contains(&"past".to_owned()));
    let far = whole().ask("memory.experts", json!({ "now": "9999-12-31T23:59:59Z" }));
    assert_eq!(far["basis"]["now"], "9999-12-31T23:59:59Z");
}
