//! Rows taken into memory: for what a driver itself asks of the catalogue.

use crate::{Column, Done, Flow, Notice, Page, Sink};
use std::ops::ControlFlow;

/// Takes all rows of a small result, as text.
#[allow(dead_code, reason = "an engine that needs it may be left out")]
#[derive(Default)]
pub(super) struct Rows(pub(super) Vec<Vec<Option<String>>>);

impl Sink for Rows {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.0.extend((0..page.rows()).map(|row| {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            page.row(row).map(|it| (!it.is_null()).then(|| text(it.bytes))).collect()
        }));
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

/// The text of a cell; empty where there is none.
#[allow(dead_code, reason = "an engine that needs it may be left out")]
pub(super) fn text(row: &[Option<String>], at: usize) -> String {
    row.get(at).cloned().flatten().unwrap_or_default()
}
