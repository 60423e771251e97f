//! How long each question takes, asked through a session as every caller asks: p50, p99 and the
//! longest in milliseconds of the clock, the same of the processor (which a busy machine leaves
//! alone), and what the dearest was about with the bytes of its answer.
//!
//! `cargo run --release -p rpc --example latency -- STORE [REPOSITORY]`; a repository given is added
//! and read first. `LATENCY_ONLY=memory.person` measures that method alone.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use rpc::{Caller, Server, Session};
use serde_json::{Value, json};
use std::time::Instant;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.next().expect("a store");
    let store = store::Store::open(path.as_ref()).unwrap();
    ingest::trackers::settle(&store).unwrap();
    let server = Server::new(store, |line| println!("{line}"));
    let session = server.session(Caller::Script, |_| {});
    if let Some(repository) = args.next() {
        let begun = Instant::now();
        let reply = ask(&session, "sources.add", &json!({ "path": repository })).await;
        println!("{} in {:.1} s", reply, begun.elapsed().as_secs_f64());
    }
    let name = ask(&session, "sources.list", &json!({})).await["sources"][0]["repository"].clone();

    let pages = |method: &'static str, key: &'static str| {
        let (session, name) = (&session, name.clone());
        async move {
            let mut all = Vec::new();
            let mut params = json!({ "repository": name, "limit": 1000 });
            loop {
                let reply = ask(session, method, &params).await;
                all.extend(reply[key].as_array().unwrap().iter().cloned());
                match &reply["next"] {
                    Value::Null => return all,
                    next => params["cursor"] = next.clone(),
                }
            }
        }
    };
    let files: Vec<Value> = strided(pages("memory.files", "files").await, "path");
    let people = pages("memory.people", "people").await;
    let people: Vec<Value> = people.iter().map(|it| it["person"]["key"].clone()).collect();
    let mut commits = Vec::new();
    let mut params = json!({ "repository": name, "limit": 1000 });
    for _ in 0..30 {
        let reply = ask(&session, "memory.commits", &params).await;
        commits.extend(
            reply["commits"].as_array().unwrap().iter().map(|it| it["commit"]["id"].clone()),
        );
        match &reply["next"] {
            Value::Null => break,
            next => params["cursor"] = next.clone(),
        }
    }
    let commits: Vec<Value> =
        strided(commits.into_iter().map(|id| json!({ "id": id })).collect(), "id");
    let words =
        ["fix", "retry", "token refresh", "merge branch", "error", "sr", "a", "update dep", "zzzz"];
    println!(
        "{} files, {} people, {} commits asked about",
        files.len(),
        people.len(),
        commits.len()
    );

    let issues = pages("memory.issues", "issues").await;
    let issues: Vec<Value> = strided(issues.iter().map(|it| it["issue"].clone()).collect(), "key");
    let pulls = pages("memory.pullRequests", "pullRequests").await;
    let pulls: Vec<Value> =
        strided(pulls.iter().map(|it| it["pullRequest"].clone()).collect(), "number");
    println!("{} issues, {} pull requests asked about", issues.len(), pulls.len());

    let about = |key: &'static str, values: &[Value]| -> Vec<Value> {
        values.iter().map(|it| json!({ "repository": name, key: it })).collect()
    };
    let plain = |value: Value| vec![value; 20];
    let mut lines: Vec<Value> = about("path", &files);
    lines.iter_mut().for_each(|it| it["line"] = 1.into());
    let sets: Vec<(&str, &str, Vec<Value>)> = vec![
        ("memory.file", "each file", about("path", &files)),
        ("memory.experts", "each file", about("path", &files)),
        ("memory.risk", "each file", about("path", &files)),
        ("memory.coupling", "each file", about("path", &files)),
        ("memory.commits", "each file", about("path", &files)),
        ("memory.commit", "each commit", about("commit", &commits)),
        ("memory.person", "each person", about("person", &people)),
        ("memory.commits", "each person", about("person", &people)),
        (
            "memory.search",
            "words",
            words
                .iter()
                .flat_map(|it| vec![json!({ "repository": name, "text": it }); 5])
                .collect(),
        ),
        ("memory.issueContext", "each issue", about("key", &issues)),
        ("memory.pullRequest", "each pull request", about("number", &pulls)),
        ("memory.fileContext", "each file", about("path", &files)),
        ("memory.issues", "all", plain(json!({ "repository": name }))),
        ("memory.issues", "each assignee", about("assignee", &people)),
        ("memory.issues", "each file", about("path", &files)),
        ("memory.pullRequests", "all", plain(json!({ "repository": name }))),
        ("memory.pullRequests", "each reviewer", about("reviewer", &people)),
        ("memory.comments", "each person", about("person", &people)),
        ("memory.comments", "each file", about("path", &files)),
        ("memory.reviews", "each person", about("person", &people)),
        (
            "memory.complete",
            "issues by words",
            words
                .iter()
                .map(|it| json!({ "repository": name, "kind": "issue", "text": it }))
                .collect(),
        ),
        (
            "memory.graph",
            "each issue",
            issues
                .iter()
                .map(|it| json!({ "repository": name, "kind": "issue", "id": it }))
                .collect(),
        ),
        ("memory.overview", "all", plain(json!({ "repository": name }))),
        ("memory.risk", "all files", plain(json!({ "repository": name }))),
        (
            "memory.busFactor",
            "each folder",
            plain(json!({ "repository": name, "each": "folders" })),
        ),
        (
            "memory.busFactor",
            "each component",
            plain(json!({ "repository": name, "each": "components" })),
        ),
        ("memory.components", "all", plain(json!({ "repository": name }))),
        ("memory.folder", "root", plain(json!({ "repository": name }))),
        ("memory.experts", "root", plain(json!({ "repository": name, "path": "" }))),
        ("memory.people", "all", plain(json!({ "repository": name }))),
        ("memory.commits", "all", plain(json!({ "repository": name }))),
        (
            "memory.graph",
            "each file",
            files
                .iter()
                .map(|it| json!({ "repository": name, "kind": "file", "id": it }))
                .collect(),
        ),
        (
            "memory.graph",
            "each person",
            people
                .iter()
                .map(|it| json!({ "repository": name, "kind": "person", "id": it }))
                .collect(),
        ),
        ("memory.why", "line 1 of some files", lines.iter().step_by(40).cloned().collect()),
    ];
    println!("| question | asked | p50 | p99 | longest | work p50 | p99 | longest | of | bytes |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let only = std::env::var("LATENCY_ONLY").unwrap_or_default();
    for (method, what, asked) in sets.into_iter().filter(|it| it.0.starts_with(&only)) {
        measure(&session, method, what, &asked).await;
    }
    let (mut rows, mut pages, mut clock, mut work) = (0, 0, 0.0, 0.0);
    let mut params = json!({ "repository": name, "limit": 20_000 });
    while rows < 100_000 {
        let (begun, worked) = (Instant::now(), processor());
        let bytes = raw(&session, "memory.changes", &params).await;
        clock += begun.elapsed().as_secs_f64() * 1e3;
        work += processor() - worked;
        let reply: Value = serde_json::from_slice(&bytes).unwrap();
        rows += reply["result"]["rows"].as_array().unwrap().len();
        pages += 1;
        match &reply["result"]["next"] {
            Value::Null => break,
            next => params["cursor"] = next.clone(),
        }
    }
    println!("{rows} changes in {pages} pages: {clock:.0} ms, {work:.0} ms of work");
}

/// At most 2000 of them, evenly.
fn strided(all: Vec<Value>, key: &str) -> Vec<Value> {
    let step = all.len().div_ceil(2_000).max(1);
    all.iter().step_by(step).map(|it| it[key].clone()).collect()
}

async fn measure(session: &Session, method: &str, what: &str, asked: &[Value]) {
    let mut times = Vec::new();
    for params in asked {
        let (begun, worked) = (Instant::now(), processor());
        let bytes = raw(session, method, params).await;
        let (clock, work) = (begun.elapsed().as_secs_f64() * 1e3, processor() - worked);
        if let Some(error) = serde_json::from_slice::<Value>(&bytes).unwrap().get("error")
            && (method != "memory.why" || times.is_empty())
        {
            println!("{method} {params}: {error}");
        }
        times.push((work, clock, bytes.len(), params));
    }
    let mut clock: Vec<f64> = times.iter().map(|it| it.1).collect();
    clock.sort_by(f64::total_cmp);
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some(last) = times.last() else { return };
    let place = |part: f64| ((times.len() - 1) as f64 * part) as usize;
    let of = last.3.as_object().unwrap().iter().filter(|it| it.0 != "repository");
    let of: Vec<String> = of.map(|it| it.1.to_string()).collect();
    println!(
        "| {method} | {what} ({}) | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {} | {} |",
        times.len(),
        clock[place(0.5)],
        clock[place(0.99)],
        clock[times.len() - 1],
        times[place(0.5)].0,
        times[place(0.99)].0,
        last.0,
        of.join(" "),
        last.2
    );
}

/// Milliseconds that all threads of this process have worked; 0 where the system does not tell.
fn processor() -> f64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0.0 };
    let worked = threads.flatten().filter_map(|it| {
        let text = std::fs::read_to_string(it.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    worked.sum::<f64>() / 1e6
}

async fn raw(session: &Session, method: &str, params: &Value) -> Vec<u8> {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    session.receive(call.to_string().into_bytes()).await.unwrap()
}

async fn ask(session: &Session, method: &str, params: &Value) -> Value {
    let bytes = raw(session, method, params).await;
    let mut reply: Value = serde_json::from_slice(&bytes).unwrap();
    assert!(reply.get("error").is_none(), "{method} {params}: {reply}");
    reply["result"].take()
}
