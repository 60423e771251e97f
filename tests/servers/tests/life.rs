//! Every server that can be had is started, asked, stopped, and leaves nothing.

use servers::{KINDS, Kind, Running};
use std::time::Instant;

fn version(server: &Running) -> String {
    match server.kind {
        Kind::Redis => server.sql("", "info server").unwrap(),
        Kind::MongoDb | Kind::Ssh => String::new(),
        _ => server.sql("", "select version()").unwrap(),
    }
}

#[test]
fn each_server_starts_and_tells_its_version() {
    for kind in KINDS {
        let started = Instant::now();
        let Some(server) = servers::shared(kind, None) else { continue };
        let took = started.elapsed();
        let told = version(server);
        eprintln!(
            "{}: {took:?}: {}",
            kind.name(),
            told.lines().take(2).collect::<Vec<_>>().join(" ")
        );
    }
}
