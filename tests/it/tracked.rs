//! The shop with what a Jira site and GitHub tell of it: issues, pull requests, reviews, comments. Facts
//! are written as a projection would; the links are what rules make of these texts.

use crate::support::{Backstory, build_shop};
use model::{
    Account, ChangeKind, Comment, FieldChange, IssueFacts, IssueLink, Oid, PullCommit, PullFacts,
    PullFile, PullState, ReviewCommentFacts, ReviewFacts, StatusCategory, Timestamp, Verdict,
};
use serde_json::json;
use std::path::Path;
use std::sync::OnceLock;
use store::writes::{Accounts, TrackerKind};

/// A name that would be markup and syntax, were it ever taken for either.
pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(1)> '; drop table issues; --";

/// The shop with its trackers, read once for all tests.
pub(crate) fn tracked() -> &'static Backstory {
    static TRACKED: OnceLock<Backstory> = OnceLock::new();
    TRACKED.get_or_init(|| built(false))
}

/// A new one; its facts written from the last to the first where `reversed`.
pub(crate) fn built(reversed: bool) -> Backstory {
    let backstory = Backstory::new();
    let repository = backstory.folder().join("shop");
    build_shop(&repository);
    backstory.ask("sources.add", json!({ "path": repository, "name": "acme/shop" }));
    fill(&backstory.folder().join("memory.db"), reversed);
    backstory
}

/// Noon of a day of January 2026.
fn day(day: i64) -> Timestamp {
    Timestamp(1_767_225_600 + (day - 1) * 86_400 + 43_200)
}

fn person(id: &str, display: &str, mail: &str) -> Account {
    Account {
        id: id.into(),
        login: id.into(),
        display: display.into(),
        mail: mail.into(),
        number: 0,
        active: true,
        bot: false,
    }
}

fn ada() -> Account {
    person("ada", "Ada Lind", "ada@example.org")
}
fn bo() -> Account {
    person("bo", "Bo Berg", "bo.berg@example.org")
}
fn cyd() -> Account {
    person("cyd", "Cyd Alm", "cyd@example.org")
}
fn mallory() -> Account {
    person("mallory", HOSTILE, "")
}

fn comment(id: u32, author: Account, at: Timestamp, body: &str) -> Comment {
    Comment { id: id.to_string(), author: Some(author), body: body.into(), at }
}

fn issues() -> Vec<IssueFacts> {
    let status = |id: &str, at, author, from: &str, to: &str| FieldChange {
        id: id.into(),
        at,
        author: Some(author),
        field: "status".into(),
        from: from.into(),
        to: to.into(),
    };
    let base = |id: &str, key: &str, summary: &str| IssueFacts {
        id: id.into(),
        key: key.into(),
        project: "PAY".into(),
        summary: summary.into(),
        url: format!("https://jira.example/browse/{key}"),
        ..IssueFacts::default()
    };
    vec![
        IssueFacts {
            past_keys: vec!["OLD-40".into()],
            body: "Two retries charge twice.\n\nSee `charge_with_retry`.".into(),
            kind: "Bug".into(),
            status: "Done".into(),
            category: StatusCategory::Done,
            priority: "High".into(),
            resolution: "Fixed".into(),
            reporter: Some(cyd()),
            assignee: Some(bo()),
            created: day(4),
            updated: day(9),
            resolved: Some(day(9)),
            components: vec!["Payments".into()],
            labels: vec!["race".into()],
            fix_versions: vec!["1.1".into()],
            sprints: vec!["Sprint 2".into()],
            fields: vec![("severity".into(), HOSTILE.into())],
            links: vec![
                IssueLink {
                    kind: "Duplicate".into(),
                    words: "duplicates".into(),
                    outward: true,
                    to: "PAY-900".into(),
                },
                IssueLink {
                    kind: "Blocks".into(),
                    words: "is blocked by".into(),
                    outward: false,
                    to: "PAY-6".into(),
                },
            ],
            comments: vec![
                comment(100, cyd(), day(4), "It happens when the network is slow."),
                comment(101, bo(), day(5), "A lock around the charge would do."),
                comment(102, mallory(), day(5), "<script>alert('paid')</script>"),
                comment(103, bo(), day(6), "Done in #7."),
            ],
            changes: vec![
                status("c1", day(5), bo(), "Open", "In Progress"),
                status("c2", day(9), ada(), "In Progress", "Done"),
            ],
            ..base("10004", "PAY-4", "Retries race with each other")
        },
        IssueFacts {
            kind: "Story".into(),
            status: "Won't do".into(),
            category: StatusCategory::Done,
            reporter: Some(ada()),
            created: day(8),
            updated: day(10),
            comments: vec![comment(110, cyd(), day(10), "Refunds in another currency come later.")],
            ..base("10005", "PAY-5", "Refund a payment")
        },
        IssueFacts {
            kind: "Bug".into(),
            status: "In Progress".into(),
            category: StatusCategory::InProgress,
            reporter: Some(mallory()),
            assignee: Some(ada()),
            created: day(10),
            updated: day(11),
            labels: vec!["race".into()],
            ..base("10006", "PAY-6", "Retries never end")
        },
    ]
}

fn pulls(commit: &dyn Fn(&str) -> Oid) -> Vec<PullFacts> {
    let retry = commit("PAY-4 Fix a race condition in retries");
    let gone = Oid::from_bytes(&[7; 20]).unwrap();
    let listed = |id: Oid, message: &str| PullCommit {
        id,
        message: message.into(),
        author: Some(bo()),
        author_name: "Bo Berg".into(),
        author_mail: "bo.berg@home.example".into(),
        authored: day(5),
    };
    let file = |path: &str, added, deleted| PullFile {
        path: path.into(),
        from: None,
        kind: ChangeKind::Modified,
        added,
        deleted,
    };
    let review = |id: u32, who: Account, verdict, at, body: &str| ReviewFacts {
        id: id.to_string(),
        reviewer: Some(who),
        verdict,
        body: body.into(),
        at,
        commit: Some(retry),
    };
    let on_line =
        |id: u32, who: Account, at, body: &str, oid: Oid, line: Option<u32>| ReviewCommentFacts {
            id: id.to_string(),
            review: "501".into(),
            answers: String::new(),
            author: Some(who),
            body: body.into(),
            at,
            path: "src/pay.rs".into(),
            line,
            original_line: Some(2),
            original_end: None,
            original_commit: Some(oid),
            hunk:
                "@@ -1,4 +1,4 @@\n pub fn pay() {\n-    charge_once();\n+    charge_with_retry();"
                    .into(),
            on_old: false,
        };
    vec![
        PullFacts {
            number: 7,
            title: "Retry without a race".into(),
            body: "Fixes PAY-4: one charge at a time.".into(),
            state: PullState::Merged,
            author: Some(bo()),
            merged_by: Some(ada()),
            created: day(6),
            updated: day(8),
            closed: Some(day(8)),
            merged: Some(day(8)),
            branch: "retry".into(),
            branch_owner: "bo".into(),
            base: "main".into(),
            url: "https://github.com/acme/shop/pull/7".into(),
            labels: vec!["bug".into()],
            assignees: vec![bo()],
            added: Some(8),
            deleted: Some(3),
            commits: vec![
                listed(retry, "PAY-4 Fix a race condition in retries"),
                listed(gone, "squash me\n\nlater"),
            ],
            files: vec![file("src/auth/token.rs", 1, 1), file("src/pay.rs", 2, 2)],
            reviews: vec![
                review(501, cyd(), Verdict::ChangesRequested, day(6), "Is `charge` idempotent?"),
                review(502, cyd(), Verdict::Approved, day(7), ""),
                review(503, bo(), Verdict::Commented, day(7), "It is now."),
            ],
            review_comments: vec![
                on_line(601, cyd(), day(6), "What if the charge times out here?", retry, Some(2)),
                ReviewCommentFacts {
                    answers: "601".into(),
                    ..on_line(602, bo(), day(7), "Then it is tried again.", retry, Some(2))
                },
                on_line(603, mallory(), day(7), "nit: </script>", gone, None),
            ],
            comments: vec![comment(700, ada(), day(7), "Shipped with 1.1.")],
            ..PullFacts::default()
        },
        PullFacts {
            number: 20,
            title: "Count retries".into(),
            body: "For PAY-6.".into(),
            author: Some(cyd()),
            created: day(11),
            updated: day(11),
            branch: "count".into(),
            branch_owner: "cyd".into(),
            base: "main".into(),
            draft: true,
            requested: vec![ada()],
            files: vec![file("src/pay.rs", 5, 0)],
            ..PullFacts::default()
        },
    ]
}

fn fill(path: &Path, reversed: bool) {
    let sql = rusqlite::Connection::open(path).unwrap();
    sql.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let commit = |subject: &str| -> Oid {
        let oid: Vec<u8> = sql
            .query_row("select oid from commits where instr(message, ?1) = 1", [subject], |row| {
                row.get(0)
            })
            .unwrap();
        Oid::from_bytes(&oid).unwrap()
    };
    let repository = sql.query_row("select id from repositories", [], |row| row.get(0)).unwrap();
    let repository = model::RepositoryId(repository);
    let (mut issues, mut pulls) = (issues(), pulls(&commit));
    if reversed {
        issues.reverse();
        pulls.reverse();
    }
    let store = store::Store::open(path).unwrap();
    store
        .write(|writer| {
            let jira = writer.add_tracker("jira", TrackerKind::Jira, "jira.example", "{}")?;
            let github = writer.add_tracker(
                "github.com/acme/shop",
                TrackerKind::GitHub,
                "github.com",
                "{}",
            )?;
            writer.attach(jira, repository)?;
            writer.attach(github, repository)?;
            let mut accounts = Accounts::new(writer, "jira.example")?;
            for it in &issues {
                let place = (jira, repository, it.id.as_str());
                writer.put_issue(place, Some(it), it.kind == "Bug", &mut accounts)?;
            }
            let mut accounts = Accounts::new(writer, "github.com")?;
            for it in &pulls {
                writer.put_pull((github, repository, it.number), Some(it), &mut accounts)?;
            }
            writer.set_settled(jira, false)?;
            writer.set_settled(github, false)?;
            Ok::<_, store::Error>(())
        })
        .unwrap();
    let links = "
        insert or ignore into commit_issues
            select m.commit_id, i.id, i.key || ' in the subject', 1 from issue_mentions m
            join issues i on i.project = m.prefix and i.number = m.number where m.place < 2;
        insert or ignore into pr_issues
            select p.id, i.id, 'Fixes PAY-4 in its description', 1
            from pull_requests p, issues i where p.number = 7 and i.key = 'PAY-4';
        insert or ignore into pr_issues
            select p.id, i.id, 'PAY-6 in its description', 0
            from pull_requests p, issues i where p.number = 20 and i.key = 'PAY-6';";
    sql.execute_batch(links).unwrap();
    ingest::trackers::settle(&store).unwrap();
}
