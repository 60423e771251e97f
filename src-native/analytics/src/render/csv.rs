//! The rows behind each panel, as CSV (RFC 4180).

use super::Run;
use crate::charts::words;
use crate::table::{Cell, Table};

/// The rows of each panel that has some: a name fit for a file, and the text. Panels with the same name are
/// told apart by their number.
pub fn csv(run: &Run) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for panel in &run.panels {
        let (Some(about), Ok(answer)) = (run.panel(panel.part), &panel.result) else { continue };
        let name = file_name(&about.name());
        let taken =
            files.iter().filter(|it| it.0 == name || it.0.starts_with(&format!("{name}-"))).count();
        let name = if taken > 0 { format!("{name}-{}", taken + 1) } else { name };
        files.push((name, table(&answer.table)));
    }
    files
}

/// Letters, digits and `-` of a name.
fn file_name(name: &str) -> String {
    let mut file = String::new();
    for letter in name.to_lowercase().chars() {
        if letter.is_alphanumeric() {
            file.push(letter);
        } else if !file.ends_with('-') && !file.is_empty() {
            file.push('-');
        }
    }
    let file: String = file.trim_end_matches('-').chars().take(60).collect();
    if file.is_empty() { "panel".to_owned() } else { file }
}

/// A table as CSV, its head first.
pub fn table(table: &Table) -> String {
    let mut text = String::new();
    let head: Vec<String> = table.columns.iter().map(|it| quoted(&it.name)).collect();
    text.push_str(&head.join(","));
    text.push_str("\r\n");
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|it| quoted(&guarded(it))).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// The same, where a text that a spreadsheet would reckon with stays one: pages and campaigns are strangers'
/// words.
fn guarded(cell: &Cell) -> String {
    match cell {
        Cell::Text(it)
            if it.starts_with(['=', '+', '-', '@', '\t', '\r']) && it.parse::<f64>().is_err() =>
        {
            format!("'{it}")
        }
        cell => plain(cell),
    }
}

/// A cell as programs read it.
pub(super) fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(it) => it.to_string(),
        Cell::Real(it) => words::raw(*it),
        Cell::Text(it) => it.clone(),
        Cell::Bool(it) => it.to_string(),
        Cell::Day(it) => words::iso_day(*it),
        Cell::Time(at) => moment(*at),
    }
}

/// A moment as RFC 3339 in UTC.
pub(super) fn moment(at: i64) -> String {
    match jiff::Timestamp::from_millisecond(at) {
        Ok(it) => it.to_string(),
        Err(_) => at.to_string(),
    }
}

fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_reckon_with_stays_text() {
        let said = |it: &str| guarded(&Cell::Text(it.to_owned()));
        assert_eq!(said("=cmd|' /c calc'!A0"), "'=cmd|' /c calc'!A0");
        assert_eq!(said("@home"), "'@home");
        assert_eq!(said("-12345678901234567890"), "-12345678901234567890");
        assert_eq!(said("/pricing"), "/pricing");
        assert_eq!(guarded(&Cell::Integer(-3)), "-3");
    }
}
