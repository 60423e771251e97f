//! PostgreSQL alone, with nothing in it, until standard input ends. Prints its URL, or nothing where it cannot be
//! had.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::io::Read;

fn main() {
    let Some(server) = servers::postgres() else { return };
    println!("postgres://{}@{}:{}/postgres", server.user, server.host, server.port);
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}
