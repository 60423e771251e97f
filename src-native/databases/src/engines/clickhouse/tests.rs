//! Against real servers: an old one (18.16), and the engine of today behind a small front. The front keeps
//! no sessions, so that what needs those is tested against the old one alone.

#![expect(clippy::print_stdout, reason = "what was measured, and what was skipped")]

mod failing;
mod looking;
mod reading;
mod stopping;
mod types;

use super::connect;
use crate::{
    Address, Ask, Column, Done, Engine, Failure, Flow, Kind, Notice, Page, Reason, Result, Secret,
    Session, Sink, Target, Tls, TlsMode, Value,
};
use std::ops::ControlFlow;
use std::time::Duration;

/// Whether a server is the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    Old,
    New,
}

fn servers() -> Vec<(Age, Target)> {
    let all = [(Age::Old, ::servers::clickhouse_old()), (Age::New, ::servers::clickhouse())];
    all.iter().filter_map(|(age, it)| it.map(|it| (*age, at_port(it.host, it.port)))).collect()
}

fn old() -> Vec<Target> {
    servers().into_iter().filter(|it| it.0 == Age::Old).map(|it| it.1).collect()
}

fn at_port(host: &str, port: u16) -> Target {
    Target {
        engine: Engine::Clickhouse,
        address: Address::Host { host: host.into(), port },
        database: None,
        user: None,
        password: None,
        tls: Tls {
            mode: TlsMode::Off,
            authority: None,
            certificate: None,
            key: None,
            server_name: None,
        },
        read_only: false,
        connect_timeout: Duration::from_secs(10),
        options: Vec::new(),
    }
}

/// A session, and an empty database of that name.
fn fresh(target: &Target, database: &str) -> Box<dyn Session> {
    let mut session = connect(target).expect("a connection");
    run(&mut *session, &format!("DROP DATABASE IF EXISTS {database}"));
    run(&mut *session, &format!("CREATE DATABASE {database}"));
    session
}

/// All that a statement gave.
#[derive(Default)]
struct Taken {
    columns: Vec<Column>,
    rows: Vec<Vec<(Kind, Vec<u8>)>>,
    done: Vec<Done>,
}

impl Taken {
    /// The cells as text; NULL for none, and hexadecimal digits for bytes.
    fn texts(&self) -> Vec<Vec<String>> {
        let text = |(kind, bytes): &(Kind, Vec<u8>)| match kind {
            Kind::Null => "NULL".into(),
            Kind::Bytes => bytes.iter().map(|it| format!("{it:02x}")).collect(),
            _ => String::from_utf8(bytes.clone()).expect("text"),
        };
        self.rows.iter().map(|row| row.iter().map(text).collect()).collect()
    }

    fn only(&self) -> String {
        self.texts()[0][0].clone()
    }
}

impl Sink for Taken {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        self.columns = columns.to_vec();
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        for row in 0..page.rows() {
            self.rows.push(page.row(row).map(|it| (it.kind, it.bytes.to_vec())).collect());
        }
        ControlFlow::Continue(())
    }

    fn end(&mut self, done: &Done) -> Flow {
        self.done.push(done.clone());
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

/// Counts, and looks at the memory of this process now and then.
#[derive(Default)]
struct Counter {
    rows: usize,
    bytes: usize,
    pages: usize,
    memory: usize,
    /// Pages after which to break off.
    until: Option<usize>,
}

impl Sink for Counter {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.rows += page.rows();
        self.bytes += page.bytes();
        if self.pages.is_multiple_of(100) {
            self.memory = self.memory.max(memory());
        }
        self.pages += 1;
        if self.until == Some(self.pages) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

/// Memory of this process in KiB.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap_or(0)
}

fn ask(session: &mut dyn Session, text: &str, values: &[Value]) -> Result<Taken> {
    let mut taken = Taken::default();
    session.run(&Ask { values, ..Ask::new(text) }, &mut taken)?;
    Ok(taken)
}

fn run(session: &mut dyn Session, text: &str) -> Taken {
    ask(session, text, &[]).unwrap_or_else(|it| panic!("{it:?}: {text}"))
}

fn refused(session: &mut dyn Session, text: &str) -> Failure {
    match ask(session, text, &[]) {
        Ok(_) => panic!("{text} was done"),
        Err(failure) => failure,
    }
}

fn one(session: &mut dyn Session, text: &str) -> String {
    run(session, text).only()
}
