//! Documents of MongoDB in formats that have columns: their fields, without the whole document once more.

use super::{counted, json};
use crate::engines::WHOLE_DOCUMENT;
use crate::{Column, Kind, Page};
use std::collections::HashSet;

/// Names of fields without a column that are told.
const TOLD: usize = 5;

/// Whether a result has whole documents in its last column.
pub(super) fn ends_whole(columns: &[Column]) -> bool {
    columns.last().is_some_and(|it| it.type_name == WHOLE_DOCUMENT && it.kind == Kind::Json)
}

/// Takes the whole document off each row, and counts what only it had: columns are those of the first
/// documents, and others may have more.
#[derive(Default)]
pub(super) struct ByFields {
    /// Columns that are left, where there is a whole document behind them.
    left: Option<usize>,
    names: HashSet<String>,
    page: Option<Page>,
    documents: u64,
    missing: Vec<String>,
}

impl ByFields {
    /// The columns that are written. A result that has nothing but documents keeps them.
    pub(super) fn begin<'a>(&mut self, columns: &'a [Column]) -> &'a [Column] {
        self.left = (ends_whole(columns) && columns.len() > 1).then(|| columns.len() - 1);
        let columns = &columns[..self.left.unwrap_or(columns.len())];
        self.names = columns.iter().map(|it| it.name.clone()).collect();
        self.page = Some(Page::new(columns.len()));
        columns
    }

    /// The cells of a page that are written.
    pub(super) fn of<'a>(&'a mut self, page: &'a Page) -> &'a Page {
        let (Some(left), Some(narrow)) = (self.left, &mut self.page) else { return page };
        narrow.clear(left);
        for row in 0..page.rows() {
            for at in 0..left {
                let cell = page.cell(row, at);
                narrow.push_known(cell.kind, cell.bytes);
            }
            let mut whole = true;
            json::fields(page.cell(row, left).bytes, |name| {
                let Ok(name) = serde_json::from_slice::<String>(name) else { return };
                if self.names.contains(&name) {
                    return;
                }
                whole = false;
                if self.missing.len() <= TOLD && !self.missing.contains(&name) {
                    self.missing.push(name);
                }
            });
            self.documents += u64::from(!whole);
        }
        narrow
    }

    /// What is not there, in a sentence.
    pub(super) fn note(&self) -> Option<String> {
        if self.documents == 0 {
            return None;
        }
        let documents = counted(self.documents, "document has", "documents have");
        let mut names = self.missing[..self.missing.len().min(TOLD)].join(", ");
        if self.missing.len() > TOLD {
            names.push_str(" and more");
        }
        Some(format!(
            "{documents} fields that no column shows ({names}); json and ndjson have them"
        ))
    }
}
