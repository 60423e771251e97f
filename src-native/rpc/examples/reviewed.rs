//! Makes a history with many reviews: the commits of a real repository stand for pull requests, each
//! with its files, reviewed by one or two of 120 people. `tests/bench/run trackers` asks about it.
//!
//! `cargo run --release -p rpc --example reviewed -- STORE REPOSITORY [HOW_MANY]`; the store must be
//! new; 10000 unless told otherwise.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use model::{Account, PullFacts, PullFile, PullState, ReviewFacts, Timestamp, Verdict};
use rpc::{Caller, Server, Session};
use serde_json::{Value, json};
use store::writes::{Accounts, TrackerKind};
use store::{Store, Viewer};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.next().expect("a store");
    let repository = args.next().expect("a repository");
    let many = args.next().map_or(10_000, |it| it.parse().unwrap());
    let store = Store::open(path.as_ref()).unwrap();
    let server = Server::new(store, |line| println!("{line}"));
    let session = server.session(Caller::Script, |_| {});
    ask(&session, "sources.add", &json!({ "path": repository })).await;
    let files = paths_of_commits(&session).await;
    fill(&Store::open(path.as_ref()).unwrap(), &files, many);
    println!("{many} reviewed pull requests");
}

async fn ask(session: &Session, method: &str, params: &Value) -> Value {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let reply = session.receive(call.to_string().into_bytes()).await.unwrap();
    let mut reply: Value = serde_json::from_slice(&reply).unwrap();
    assert!(reply.get("error").is_none(), "{method} {params}: {}", reply["error"]);
    reply["result"].take()
}

/// The files of commits, oldest first.
async fn paths_of_commits(session: &Session) -> Vec<Vec<String>> {
    let (mut all, mut params) = (Vec::new(), json!({ "limit": 20_000 }));
    loop {
        let reply = ask(session, "memory.changes", &params).await;
        let mut last = None;
        for row in reply["rows"].as_array().unwrap() {
            if last != Some(row[0].clone()) {
                last = Some(row[0].clone());
                all.push(Vec::new());
            }
            let path = &reply["paths"][row[1].as_u64().unwrap() as usize];
            all.last_mut().unwrap().push(path.as_str().unwrap().to_owned());
        }
        match &reply["next"] {
            Value::Null => break,
            next => params["cursor"] = next.clone(),
        }
    }
    all.iter_mut().for_each(|it| it.truncate(100));
    all
}

fn fill(store: &Store, files: &[Vec<String>], many: usize) {
    let of = store.read(|it| it.allow(&Viewer::Owner, None)).unwrap();
    let newest = of.as_of.unwrap().0;
    let site = ("github.com", "github.com/some/body");
    ingest::trackers::attach(store, site.1, TrackerKind::GitHub, site.0, "{}", of.id).unwrap();
    let account = |number: usize| {
        let login = format!("person{}", number % 120);
        Some(Account { id: login.clone(), login, active: true, ..Account::default() })
    };
    let file = |path: &String| PullFile {
        path: path.clone(),
        from: None,
        kind: model::ChangeKind::Modified,
        added: 1,
        deleted: 1,
    };
    store
        .write(|writer| {
            let tracker = writer.tracker(site.1)?.unwrap();
            let mut accounts = Accounts::new(writer, site.0)?;
            for number in 1..=many {
                let at = Timestamp(newest - (many - number) as i64 * 3_600);
                let review = |id: usize, who: usize| ReviewFacts {
                    id: id.to_string(),
                    reviewer: account(who),
                    verdict: Verdict::Approved,
                    at,
                    ..ReviewFacts::default()
                };
                let facts = PullFacts {
                    number: number as u64 + 1_000_000,
                    state: PullState::Merged,
                    title: format!("Change {number}"),
                    author: account(number * 13),
                    created: at,
                    updated: at,
                    merged: Some(at),
                    closed: Some(at),
                    files: files[number % files.len()].iter().map(file).collect(),
                    reviews: vec![
                        review(number * 2, number * 7 + 1),
                        review(number * 2 + 1, number / 3),
                    ],
                    ..PullFacts::default()
                };
                writer.put_pull((tracker.id, of.id, facts.number), Some(&facts), &mut accounts)?;
            }
            writer.set_settled(tracker.id, false)
        })
        .unwrap();
    ingest::trackers::settle(store).unwrap();
}
