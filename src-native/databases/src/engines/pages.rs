//! Rows on their way into a sink: pages that are handed over when they are full.

use crate::{Column, Done, Flow, Notice, Page, PageSize, Sink};
use std::ops::ControlFlow;

/// One result that is being written. Once the sink broke off, nothing is handed over any more.
pub(super) struct Pages<'a> {
    out: &'a mut dyn Sink,
    page: Page,
    size: PageSize,
    columns: usize,
    /// Whether the sink wants no more.
    pub(super) stopped: bool,
}

impl<'a> Pages<'a> {
    pub(super) fn new(out: &'a mut dyn Sink, size: PageSize) -> Pages<'a> {
        Pages { out, page: Page::new(0), size, columns: 0, stopped: false }
    }

    /// A result with these columns begins.
    pub(super) fn begin(&mut self, columns: &[Column]) {
        self.columns = columns.len();
        self.page.clear(columns.len());
        let flow = self.out.begin(columns);
        self.note(flow);
    }

    /// The page that the next cells go to. After each row comes [`Pages::row_done`].
    pub(super) fn page(&mut self) -> &mut Page {
        &mut self.page
    }

    /// Hands the page over where it is full. Whether to go on.
    pub(super) fn row_done(&mut self) -> Flow {
        if self.page.rows() >= self.size.rows || self.page.bytes() >= self.size.bytes {
            self.flush();
        }
        self.flow()
    }

    /// Hands over what there is.
    pub(super) fn flush(&mut self) {
        if !self.page.is_empty() && !self.stopped {
            let flow = self.out.page(&self.page);
            self.note(flow);
        }
        self.page.clear(self.columns);
    }

    /// The result ended.
    pub(super) fn end(&mut self, done: &Done) {
        self.flush();
        if !self.stopped {
            let flow = self.out.end(done);
            self.note(flow);
        }
    }

    /// The server says something.
    pub(super) fn notice(&mut self, severity: &str, message: String) {
        self.out.notice(&Notice { severity: severity.to_owned(), message });
    }

    /// Whether to go on.
    pub(super) fn flow(&self) -> Flow {
        if self.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn note(&mut self, flow: Flow) {
        self.stopped |= flow.is_break();
    }
}

/// A column by name, type and kind, which comes from no table.
#[allow(dead_code, reason = "an engine that needs it may be left out")]
pub(super) fn column(name: &str, type_name: &str, kind: crate::Kind) -> Column {
    Column { name: name.to_owned(), type_name: type_name.to_owned(), kind, origin: None }
}
