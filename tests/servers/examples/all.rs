//! Every server that can be had here, with the sample databases in those that take them: they are there until
//! standard input ends. To try the program by hand.
//!
//! `cargo run -p servers --example all -- FOLDER > connections.toml`; SQLite's table of a million rows is made in
//! FOLDER.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::io::{Read, Write, stdout};
use std::path::Path;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder for SQLite's files");
    let folder = Path::new(&folder);
    let big = folder.join("big.db");
    if !big.exists() {
        servers::big_sqlite(&big, 1_000_000).unwrap();
    }
    file("big-file", &big);
    if let Some(original) = servers::samples::chinook_sqlite() {
        let copy = folder.join("chinook.db");
        std::fs::copy(original, &copy).unwrap();
        file("chinook-file", &copy);
    }
    if let Some(server) = servers::postgres() {
        entry("big", server, &servers::big(server, 1_000_000).unwrap());
        let samples = [
            ("chinook", servers::samples::chinook(server)),
            ("northwind", servers::samples::northwind(server)),
            ("sakila", servers::samples::sakila(server)),
        ];
        for (name, database) in samples {
            database.into_iter().for_each(|it| entry(name, server, it));
        }
    }
    if let Some(server) = servers::mariadb() {
        let database = servers::samples::sakila(server);
        entry("films", server, database.unwrap_or("mysql"));
    }
    servers::redis().into_iter().for_each(|it| entry("cache", it, "0"));
    servers::mongodb().into_iter().for_each(|it| entry("documents", it, "test"));
    servers::clickhouse().into_iter().for_each(|it| entry("events", it, "default"));
    stdout().flush().unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn file(name: &str, path: &Path) {
    println!("[{name}]\nengine = \"sqlite\"\nfile = {path:?}\n");
}

fn entry(name: &str, server: &servers::Running, database: &str) {
    let engine = match server.kind {
        servers::Kind::Postgres => "postgres",
        servers::Kind::Redis => "redis",
        servers::Kind::MongoDb => "mongodb",
        servers::Kind::ClickHouse => "clickhouse",
        _ => "mysql",
    };
    println!("[{name}]\nengine = \"{engine}\"\nhost = \"{}\"\nport = {}", server.host, server.port);
    if !server.user.is_empty() {
        println!("user = \"{}\"", server.user);
    }
    println!("database = \"{database}\"\ntls = \"off\"\n");
}
