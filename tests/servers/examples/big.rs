//! PostgreSQL and a file of SQLite, each with the table `big` of as many rows as asked for: they are there
//! until standard input ends. `tests/bench/run databases` measures on them.
//!
//! `cargo run --release -p servers --example big -- FILE [ROWS]`; the file is made where it is missing; a
//! million rows unless told otherwise. Prints a line of JSON: where both are.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::io::Read;
use std::path::Path;

fn main() {
    let mut args = std::env::args().skip(1);
    let file = args.next().expect("a file for SQLite");
    let rows = args.next().map_or(1_000_000, |it| it.parse().unwrap());
    if !Path::new(&file).exists() {
        servers::big_sqlite(file.as_ref(), rows).unwrap();
    }
    let Some(server) = servers::postgres() else {
        println!(r#"{{"file":"{file}"}}"#);
        return;
    };
    let database = servers::big(server, rows).unwrap();
    let (host, port, user) = (server.host, server.port, &server.user);
    println!(r#"{{"file":"{file}","url":"postgres://{user}@{host}:{port}/{database}"}}"#);
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
