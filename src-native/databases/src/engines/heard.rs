//! For tests: a sink that keeps all it is handed, and what else tests of several engines need.

use crate::{Address, Ask, Column, Done, Engine, Flow, Kind, Notice, Page, PageSize, Result};
use crate::{Session, Sink, Target, Tls, TlsMode};
use std::ops::ControlFlow;
use std::time::Duration;

/// All that a statement gave.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<(Kind, Vec<u8>)>>,
    pub(super) done: Vec<Done>,
    pub(super) notices: Vec<Notice>,
    pub(super) pages: usize,
}

impl Sink for Heard {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        self.columns = columns.to_vec();
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

impl Heard {
    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|it| it.name.as_str()).collect()
    }

    /// Every row as text: NULL as `∅`, bytes in hexadecimal.
    pub(super) fn texts(&self) -> Vec<Vec<String>> {
        let cell = |(kind, bytes): &(Kind, Vec<u8>)| match kind {
            Kind::Null => "∅".to_owned(),
            Kind::Bytes => bytes.iter().map(|it| format!("{it:02x}")).collect(),
            _ => String::from_utf8(bytes.clone()).unwrap(),
        };
        self.rows.iter().map(|row| row.iter().map(cell).collect()).collect()
    }

    /// The only cell.
    pub(super) fn one(&self) -> String {
        let texts = self.texts();
        assert_eq!((texts.len(), texts[0].len()), (1, 1), "{texts:?}");
        texts[0][0].clone()
    }
}

/// Counts rows and bytes, and keeps none.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) rows: usize,
    pub(super) bytes: usize,
    pub(super) largest_page: usize,
    /// Breaks off once so many rows came.
    pub(super) enough: Option<usize>,
}

impl Sink for Counted {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.rows += page.rows();
        self.bytes += page.bytes();
        self.largest_page = self.largest_page.max(page.bytes());
        match self.enough {
            Some(enough) if self.rows >= enough => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

/// The address of a server that runs for tests.
pub(super) fn address(server: Option<&::servers::Running>) -> Option<Address> {
    server.map(|it| Address::Host { host: it.host.into(), port: it.port })
}

/// A target without TLS and password.
pub(super) fn target(engine: Engine, address: Address) -> Target {
    let tls = Tls {
        mode: TlsMode::Off,
        authority: None,
        certificate: None,
        key: None,
        server_name: None,
    };
    Target {
        engine,
        address,
        database: None,
        user: None,
        password: None,
        tls,
        read_only: false,
        connect_timeout: Duration::from_secs(5),
        options: Vec::new(),
    }
}

/// Runs a statement and keeps all it gives.
pub(super) fn run(session: &mut dyn Session, text: &str) -> Result<Heard> {
    let mut heard = Heard::default();
    session.run(&Ask::new(text), &mut heard)?;
    Ok(heard)
}

/// The only cell of what a statement gives.
pub(super) fn one_of(session: &mut dyn Session, text: &str) -> String {
    run(session, text).unwrap_or_else(|it| panic!("{text}: {it:?}")).one()
}

/// The same by pages of few rows.
pub(super) fn run_by(session: &mut dyn Session, text: &str, rows: usize) -> Result<Heard> {
    let mut heard = Heard::default();
    let page = PageSize { rows, bytes: 1 << 20 };
    session.run(&Ask { page, ..Ask::new(text) }, &mut heard)?;
    Ok(heard)
}

/// The most memory this process ever had, in bytes; none where the system does not say.
pub(super) fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok().map(|it| it * 1024)
}
