//! What statements and methods give, as the tables that panels are made of.

use analytics::table::{Cell, Column, ColumnKind, Table};
use databases::{Done, Failure, Flow, Kind, Notice, Page, Reason, Sink, When, when};
use serde_json::Value as Json;
use std::ops::ControlFlow;

/// Rows that are kept of one query. Panels are for looking at.
pub(super) const ROWS_MAX: usize = 50_000;
/// Bytes of text that are kept of one query.
const BYTES_MAX: usize = 16 << 20;

/// Takes rows of a statement, as many as a panel can be made of.
#[derive(Default)]
pub(super) struct Taking {
    table: Table,
    kinds: Vec<Kind>,
    bytes: usize,
    results: usize,
}

impl Taking {
    /// The table, where the statement gave one; that rows were left out is no failure.
    pub(super) fn table(self, ran: databases::Result<()>) -> databases::Result<Table> {
        match ran {
            Err(failure) if !(self.table.cut && failure.reason == Reason::Cancelled) => {
                return Err(failure);
            }
            _ => {}
        }
        if self.results == 0 {
            return Err(Failure::new(Reason::Usage, "the statement gives no rows"));
        }
        let mut table = self.table;
        for (at, kind) in self.kinds.iter().enumerate() {
            table.columns[at].kind = match kind {
                Kind::Bool => ColumnKind::Bool,
                kind if kind.is_number() => ColumnKind::Number,
                Kind::Date => ColumnKind::Day,
                Kind::Timestamp => ColumnKind::Time,
                _ => ColumnKind::Text,
            };
        }
        settle(&mut table);
        Ok(table)
    }
}

impl Sink for Taking {
    fn begin(&mut self, columns: &[databases::Column]) -> Flow {
        self.results += 1;
        let column =
            |it: &databases::Column| Column { name: it.name.clone(), kind: ColumnKind::Text };
        self.table = Table { columns: columns.iter().map(column).collect(), ..Table::default() };
        self.kinds = columns.iter().map(|it| it.kind).collect();
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        for row in 0..page.rows() {
            if self.table.rows.len() == ROWS_MAX || self.bytes > BYTES_MAX {
                self.table.cut = true;
                return ControlFlow::Break(());
            }
            let row = page.row(row).map(|it| {
                self.bytes += it.bytes.len();
                cell(it)
            });
            self.table.rows.push(row.collect());
        }
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

fn cell(of: databases::Cell<'_>) -> Cell {
    let text = || String::from_utf8_lossy(of.bytes).into_owned();
    match of.kind {
        Kind::Null => Cell::Null,
        Kind::Bool => of.bool().map_or_else(|| Cell::Text(text()), Cell::Bool),
        Kind::Integer => text().parse().map_or_else(|_| Cell::Text(text()), Cell::Integer),
        Kind::Float => float(text()),
        Kind::Decimal => number(&text()),
        Kind::Date | Kind::Timestamp => moment(text()),
        Kind::Bytes => Cell::Text(format!("{} bytes", of.bytes.len())),
        _ => Cell::Text(text()),
    }
}

/// A number that was a float before it was text: of however many digits, it is the same again.
fn float(text: String) -> Cell {
    match text.parse::<f64>() {
        Ok(it) if it.is_finite() => Cell::Real(it),
        _ => Cell::Text(text),
    }
}

/// A number as a panel draws it; what a float does not hold to the digit stays text.
fn number(text: &str) -> Cell {
    match text.parse::<f64>() {
        Ok(it) if it.is_finite() && digits(text) <= 15 => Cell::Real(it),
        _ => Cell::Text(text.to_owned()),
    }
}

/// Digits that count: without the zeros before and after them.
fn digits(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    if text.contains('.') { digits.trim_end_matches('0').len() } else { digits.len() }
}

fn moment(text: String) -> Cell {
    match when(&text) {
        Some(When::Day(it)) => Cell::Day(it),
        Some(When::Moment(it)) => Cell::Time(it),
        None => Cell::Text(text),
    }
}

/// Columns of texts that all tell days, moments or numbers are columns of these: SQLite has no days, and
/// JSON has neither. Columns of a kind that their cells are not are of what most cells are.
fn settle(table: &mut Table) {
    for at in 0..table.columns.len() {
        let cells = || table.rows.iter().map(|row| &row[at]).filter(|it| **it != Cell::Null);
        let texts = cells().all(|it| matches!(it, Cell::Text(_))) && cells().next().is_some();
        if texts {
            let told: Vec<Option<When>> =
                cells().map(|it| if let Cell::Text(it) = it { when(it) } else { None }).collect();
            let days = told.iter().all(|it| matches!(it, Some(When::Day(_))));
            let moments = told.iter().all(|it| matches!(it, Some(When::Moment(_))));
            if days || moments {
                for row in &mut table.rows {
                    if let Cell::Text(text) = &row[at] {
                        row[at] = moment(text.clone());
                    }
                }
                table.columns[at].kind = if days { ColumnKind::Day } else { ColumnKind::Time };
                continue;
            }
        }
        let of = |cell: &Cell| match cell {
            Cell::Integer(_) | Cell::Real(_) => Some(ColumnKind::Number),
            Cell::Bool(_) => Some(ColumnKind::Bool),
            Cell::Time(_) => Some(ColumnKind::Time),
            Cell::Day(_) => Some(ColumnKind::Day),
            Cell::Text(_) if table.columns[at].kind == ColumnKind::Number => {
                cell.number().map(|_| ColumnKind::Number)
            }
            Cell::Text(_) | Cell::Null => None,
        };
        let first = cells().next().and_then(of);
        if cells().next().is_some() {
            table.columns[at].kind = match first {
                Some(kind) if cells().all(|it| of(it) == Some(kind)) => kind,
                _ => ColumnKind::Text,
            };
        }
    }
}

/// The rows of a reply: the list at `path` (`people`, `page.rows`), or the reply itself as one row where
/// there is none. Objects within objects are columns `a.b`; lists within are JSON text.
///
/// # Errors
/// A sentence where there is no list at that path.
pub(super) fn of_reply(reply: &Json, path: Option<&str>) -> Result<Table, String> {
    let mut found = reply;
    for part in path.into_iter().flat_map(|it| it.split('.')) {
        found = match (found, part.parse::<usize>()) {
            (Json::Array(list), Ok(at)) => list.get(at),
            _ => found.get(part),
        }
        .ok_or_else(|| format!("the reply has no `{part}`: it has {}", names(found)))?;
    }
    let one = std::slice::from_ref(found);
    let list = match found {
        Json::Array(list) => list.as_slice(),
        Json::Null => &[],
        _ => one,
    };
    let mut table = Table { cut: list.len() > ROWS_MAX, ..Table::default() };
    for item in list.iter().take(ROWS_MAX) {
        let mut row = vec![Cell::Null; table.columns.len()];
        flatten(&mut table.columns, &mut row, "", item);
        table.rows.push(row);
    }
    let width = table.columns.len();
    table.rows.iter_mut().for_each(|it| it.resize(width, Cell::Null));
    settle(&mut table);
    Ok(table)
}

fn names(of: &Json) -> String {
    match of {
        Json::Object(fields) => {
            let names: Vec<String> = fields.keys().take(20).map(|it| format!("`{it}`")).collect();
            if names.is_empty() { "nothing".into() } else { names.join(", ") }
        }
        Json::Array(list) => format!("a list of {}", list.len()),
        _ => "a single value".into(),
    }
}

fn flatten(columns: &mut Vec<Column>, row: &mut Vec<Cell>, name: &str, value: &Json) {
    if let Json::Object(fields) = value {
        for (field, value) in fields {
            let name = if name.is_empty() { field.clone() } else { format!("{name}.{field}") };
            flatten(columns, row, &name, value);
        }
        return;
    }
    let name = if name.is_empty() { "value" } else { name };
    let at = columns.iter().position(|it| it.name == name).unwrap_or_else(|| {
        columns.push(Column { name: name.to_owned(), kind: ColumnKind::Text });
        columns.len() - 1
    });
    if row.len() <= at {
        row.resize(at + 1, Cell::Null);
    }
    row[at] = match value {
        Json::Null => Cell::Null,
        Json::Bool(it) => Cell::Bool(*it),
        Json::Number(it) => match (it.as_i64(), it.as_f64()) {
            (Some(whole), _) => Cell::Integer(whole),
            (_, Some(real)) if real.is_finite() => Cell::Real(real),
            _ => Cell::Text(it.to_string()),
        },
        Json::String(it) => Cell::Text(it.clone()),
        Json::Array(_) | Json::Object(_) => Cell::Text(value.to_string()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reply_becomes_rows_with_days_moments_and_what_is_within() {
        let reply = json!({ "page": { "rows": [
            { "day": "2026-01-01", "at": "2026-01-01T10:00:00Z", "by": { "name": "Ada" }, "n": 1 },
            { "day": null, "at": "2026-01-02T10:00:00+01:00", "more": [1], "n": 2.5 },
        ] } });
        let table = of_reply(&reply, Some("page.rows")).unwrap();
        let names: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["day", "at", "by.name", "n", "more"]);
        let kinds: Vec<ColumnKind> = table.columns.iter().map(|it| it.kind).collect();
        use ColumnKind::{Day, Number, Text, Time};
        assert_eq!(kinds, [Day, Time, Text, Number, Text]);
        assert_eq!(table.rows[0][0], Cell::Day(20_454));
        assert_eq!(table.rows[1][1], Cell::Time(1_767_344_400_000));
        assert_eq!(table.rows[1][2], Cell::Null);
        assert_eq!(table.rows[1][4], Cell::Text("[1]".into()));
    }

    #[test]
    fn a_path_that_leads_nowhere_is_told_with_what_there_is() {
        let error = of_reply(&json!({ "people": [] }), Some("persons")).unwrap_err();
        assert_eq!(error, "the reply has no `persons`: it has `people`");
        assert_eq!(of_reply(&json!({ "people": [] }), Some("people")).unwrap().rows.len(), 0);
        assert_eq!(of_reply(&json!({ "n": 1 }), None).unwrap().rows, [[Cell::Integer(1)]]);
    }

    #[test]
    fn what_a_float_does_not_hold_stays_text() {
        assert_eq!(number("12.50"), Cell::Real(12.5));
        assert_eq!(number("0.000000000000001"), Cell::Real(1e-15));
        assert_eq!(number("12345678901234567.89"), Cell::Text("12345678901234567.89".into()));
        assert_eq!(number("NaN"), Cell::Text("NaN".into()));
        assert_eq!(float("49.53703703703704".into()), Cell::Real(49.53703703703704));
        assert_eq!(float("NaN".into()), Cell::Text("NaN".into()));
    }
}
