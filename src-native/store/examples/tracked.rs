//! Fills a store that holds one repository with issues and pull requests made up by number, each with
//! comments, reviews and links, so that questions can be measured on them.
//!
//! `cargo run --release -p store --example tracked -- STORE [HOW_MANY]`; 10000 of each unless told otherwise.
//! Rollups and people lag behind until they are settled, as the example `latency` of `rpc` does.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use model::{
    Account, ChangeKind, Comment, IssueFacts, PullFacts, PullFile, PullState, RepositoryId,
    ReviewCommentFacts, ReviewFacts, StatusCategory, Timestamp, Verdict,
};
use std::time::Instant;
use store::writes::{Accounts, TrackerKind};

fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.next().expect("a store");
    let many: i64 = args.next().and_then(|it| it.parse().ok()).unwrap_or(10_000);
    let sql = rusqlite::Connection::open(&path).unwrap();
    let repository = sql.query_row("select min(id) from repositories", [], |row| row.get(0));
    let repository = RepositoryId(repository.unwrap());
    let column = |text: &str| -> Vec<String> {
        let mut all = sql.prepare(text).unwrap();
        all.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let files = column("select path from files where alive = 1 order by path");
    let mails = column("select distinct mail from identities where kind = 0 order by mail");
    let who = |i: i64| {
        let mail = &mails[(i * i + 7 * i) as usize % mails.len().min(200)];
        Account {
            id: mail.clone(),
            login: mail.clone(),
            display: mail.clone(),
            mail: mail.clone(),
            active: true,
            ..Account::default()
        }
    };
    let at = |i: i64| Timestamp(1_500_000_000 + i * 20_000);
    let words = ["token", "refresh", "race", "panic", "slow", "window", "branch", "merge", "cache"];
    let text = |i: i64| -> String {
        let word = |j: i64| words[((i * 31 + j * j * 17) % words.len() as i64) as usize];
        (0..40).map(word).collect::<Vec<_>>().join(" ")
    };
    let comment = |i: i64, j: i64| Comment {
        id: format!("{i}{j:02}"),
        author: Some(who(i + j)),
        body: text(i + j),
        at: Timestamp(at(i).0 + j * 600),
    };
    let begun = Instant::now();
    let store = store::Store::open(path.as_ref()).unwrap();
    let write = store.write(|writer| {
        let jira = writer.add_tracker("jira", TrackerKind::Jira, "jira.example", "{}")?;
        let github = writer.add_tracker("hub", TrackerKind::GitHub, "github.com", "{}")?;
        writer.attach(jira, repository)?;
        writer.attach(github, repository)?;
        let mut accounts = Accounts::new(writer, "jira.example")?;
        for i in 1..=many {
            let done = i % 5 > 0;
            let facts = IssueFacts {
                id: i.to_string(),
                key: format!("MADE-{i}"),
                project: "MADE".into(),
                summary: text(i)[..30].to_owned(),
                body: text(i).repeat(5),
                kind: if i % 3 == 0 { "Bug" } else { "Story" }.into(),
                status: if done { "Done" } else { "Open" }.into(),
                category: if done { StatusCategory::Done } else { StatusCategory::ToDo },
                reporter: Some(who(i)),
                assignee: Some(who(i + 3)),
                created: at(i),
                updated: at(i + 2),
                resolved: done.then(|| at(i + 2)),
                comments: (0..i % 9).map(|j| comment(i, j)).collect(),
                ..IssueFacts::default()
            };
            let id = i.to_string();
            writer.put_issue((jira, repository, &id), Some(&facts), i % 3 == 0, &mut accounts)?;
        }
        let mut accounts = Accounts::new(writer, "github.com")?;
        for i in 1..=many {
            let open = i % 40 == 0;
            let path = |j: i64| files[((i * 13 + j * 7) % files.len() as i64) as usize].clone();
            let on_line = |j: i64| ReviewCommentFacts {
                id: format!("{i}{j}"),
                review: format!("{i}1"),
                author: Some(who(i + j)),
                body: text(j),
                at: at(i),
                path: path(0),
                line: Some(3),
                original_line: Some(3),
                hunk: "@@ -1,3 +1,3 @@\n a\n-b\n+c".into(),
                ..ReviewCommentFacts::default()
            };
            let facts = PullFacts {
                number: i as u64,
                title: text(i + 1)[..30].to_owned(),
                body: text(i + 1).repeat(3),
                state: if open { PullState::Open } else { PullState::Merged },
                author: Some(who(i + 1)),
                created: at(i),
                updated: at(i + 1),
                merged: (!open).then(|| at(i + 1)),
                closed: (!open).then(|| at(i + 1)),
                requested: if open { vec![who(i + 5)] } else { Vec::new() },
                files: (0..1 + i % 4)
                    .map(|j| PullFile {
                        path: format!("{}{}", path(j), if j > 0 { "~" } else { "" }),
                        from: None,
                        kind: ChangeKind::Modified,
                        added: 4,
                        deleted: 1,
                    })
                    .collect(),
                reviews: (1..=1 + i % 2)
                    .map(|j| ReviewFacts {
                        id: format!("{i}{j}"),
                        reviewer: Some(who(i + 1 + j)),
                        verdict: Verdict::Approved,
                        at: Timestamp(at(i).0 + j),
                        ..ReviewFacts::default()
                    })
                    .collect(),
                review_comments: (0..i % 4).map(on_line).collect(),
                comments: (0..i % 6).map(|j| comment(i, j)).collect(),
                ..PullFacts::default()
            };
            writer.put_pull((github, repository, i as u64), Some(&facts), &mut accounts)?;
        }
        writer.set_settled(jira, false)?;
        writer.set_settled(github, false)?;
        Ok::<_, store::Error>(())
    });
    write.unwrap();
    // Two commits for each issue and one of them for each pull request.
    let links = format!(
        "insert or ignore into commit_issues select c.id, i.id, i.key || ' in the subject', 1
         from commits c join issues i on i.number = 1 + (c.generation * 7919) % {many}
         where c.merge = 0;
         insert or ignore into pr_commits select p.id, c.id, '(#' || p.number || ')', 0
         from commits c join pull_requests p on p.number = 1 + (c.generation * 7919) % {many};
         insert or ignore into pr_issues select p.id, i.id, i.key || ' in the title', 1
         from pull_requests p join issues i on i.number = p.number;"
    );
    sql.execute_batch(&links).unwrap();
    println!("{many} issues and pull requests in {:.1} s", begun.elapsed().as_secs_f64());
}
