//! Pulls 100,000 file changes page by page over a socket that `backstory serve` listens on, as a
//! script would, and tells how long that took: until the last byte was there, and with every row
//! taken apart.
//!
//! `cargo run --release -p rpc --example pull -- SOCKET [ROWS_A_PAGE]`
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::Instant;

type Row = (u32, u32, String, Option<u32>, Option<u32>);
type Commit = (String, i64, String);

#[derive(Deserialize)]
struct Answer {
    result: Option<Page>,
}

#[derive(Deserialize)]
struct Page {
    rows: Vec<Row>,
    commits: Vec<Commit>,
    paths: Vec<String>,
    next: Option<String>,
}

fn main() {
    let mut args = std::env::args().skip(1);
    let socket = UnixStream::connect(args.next().expect("a socket")).unwrap();
    let most: u32 = args.next().map_or(20_000, |it| it.parse().unwrap());
    let mut answers = BufReader::with_capacity(1 << 16, socket.try_clone().unwrap());
    let mut socket = socket;
    let mut line = String::new();
    for turn in 0..5 {
        let (begun, mut waited, mut bytes) = (Instant::now(), 0.0, 0);
        let (mut rows, mut lines, mut cursor) = (0, 0u64, None);
        while rows < 100_000 {
            let mut params = json!({ "limit": most });
            if let Some(cursor) = &cursor {
                params["cursor"] = json!(cursor);
            }
            let ask = json!({ "jsonrpc": "2.0", "id": rows, "method": "memory.changes",
                "params": params });
            let asked = Instant::now();
            socket.write_all(format!("{ask}\n").as_bytes()).unwrap();
            line.clear();
            answers.read_line(&mut line).unwrap();
            waited += asked.elapsed().as_secs_f64() * 1e3;
            bytes += line.len();
            let page = serde_json::from_str::<Answer>(&line).unwrap().result.unwrap();
            for (commit, path, _, added, _) in &page.rows {
                let known = !page.commits[*commit as usize].0.is_empty();
                assert!(known && (*path as usize) < page.paths.len());
                lines += u64::from(added.unwrap_or(0));
            }
            rows += page.rows.len();
            match page.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        let took = begun.elapsed().as_secs_f64() * 1e3;
        println!(
            "{turn}: {rows} rows, {bytes} bytes, {lines} lines added: {waited:.0} ms, {took:.0} ms with rows taken apart"
        );
    }
}
