//! Against real servers: MariaDB, and Oracle's MySQL. Both have a user `root` without a password.
#![expect(clippy::print_stdout, reason = "what was measured, and what was skipped")]

mod entering;
mod failing;
mod looking;
mod reading;
mod stopping;
mod types;

use super::connect;
use crate::{
    Address, Ask, Column, Done, Engine, Failure, Flow, Kind, Notice, Page, Result, Secret, Session,
    Sink, Target, Tls, TlsMode, Value,
};
use std::ops::ControlFlow;
use std::time::Duration;

/// Servers to be tested against, by name.
fn servers() -> Vec<(&'static str, Target)> {
    let all = [("MariaDB", ::servers::mariadb()), ("MySQL", ::servers::mysql())];
    all.iter().filter_map(|(name, server)| Some((*name, at(*server)?))).collect()
}

fn at(server: Option<&'static ::servers::Running>) -> Option<Target> {
    server.map(at_server)
}

fn at_server(server: &::servers::Running) -> Target {
    let (host, port) = (server.host, server.port);
    Target {
        engine: Engine::Mysql,
        address: Address::Host { host: host.into(), port },
        database: None,
        user: Some("root".into()),
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

/// A target with a user and a password.
fn as_user(target: &Target, user: &str, password: &str) -> Target {
    let password = Some(Secret::new(password));
    Target { user: Some(user.into()), password, ..target.clone() }
}

/// A session in an empty database of that name.
fn fresh(target: &Target, database: &str) -> Box<dyn Session> {
    let mut session = connect(target).expect("a connection");
    run(&mut *session, &format!("DROP DATABASE IF EXISTS {database}"));
    run(&mut *session, &format!("CREATE DATABASE {database} CHARACTER SET utf8mb4"));
    run(&mut *session, &format!("USE {database}"));
    session
}

/// All that a statement gave.
#[derive(Default)]
struct Taken {
    columns: Vec<Vec<Column>>,
    rows: Vec<Vec<(Kind, Vec<u8>)>>,
    done: Vec<Done>,
    notices: Vec<Notice>,
    pages: usize,
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
        self.columns.push(columns.to_vec());
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.pages += 1;
        for row in 0..page.rows() {
            self.rows.push(page.row(row).map(|it| (it.kind, it.bytes.to_vec())).collect());
        }
        ControlFlow::Continue(())
    }

    fn end(&mut self, done: &Done) -> Flow {
        self.done.push(done.clone());
        ControlFlow::Continue(())
    }

    fn notice(&mut self, notice: &Notice) {
        self.notices.push(notice.clone());
    }
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
