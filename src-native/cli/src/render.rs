//! A reply as text for people: tables, sentences and figures, whatever the method.

mod cells;
mod page;
mod pages;
mod reports;

use crate::terminal::Terminal;
use crate::wording::{as_commands, nothing};
use cells::Cell;
use page::Page;
pub(crate) use page::plain;
use serde_json::{Map, Value};

/// The reply of `method` as text that ends with a newline.
pub(crate) fn render(method: &str, reply: &Value, terminal: &Terminal) -> String {
    let mut page = Page::new(terminal);
    let Value::Object(fields) = reply else {
        page.line(&cells::cell("", reply).text);
        return page.finish();
    };
    match pages::of(method) {
        Some(special) => special(&mut page, reply),
        None => object(&mut page, fields),
    }
    if page.is_empty() {
        page.line(nothing(method));
    }
    if let Some(basis) = fields.get("basis") {
        foot(&mut page, basis);
    }
    if let Some(next) = fields.get("next").and_then(Value::as_str) {
        page.gap();
        page.note(&format!("there is more: --cursor {next}"));
    }
    page.finish()
}

/// The reply of a short command as the report that it is named after.
pub(crate) fn short(verb: &str, method: &str, reply: &Value, terminal: &Terminal) -> String {
    let Some(report) = reports::of(verb) else { return render(method, reply, terminal) };
    let mut page = Page::new(terminal);
    report(&mut page, reply);
    if let Some(basis) = reply.get("basis") {
        foot(&mut page, basis);
    }
    page.finish()
}

/// Any object: its plain values as a list, then its lists as tables, in the order of the reply.
fn object(page: &mut Page, fields: &Map<String, Value>) {
    let fields = || fields.iter().filter(|it| !matches!(it.0.as_str(), "basis" | "next"));
    let pairs: Vec<(String, String)> = fields()
        .filter(|(_, value)| !is_section(value))
        .map(|(name, value)| (cells::words(name), cells::cell(name, value).text))
        .filter(|it| !it.1.is_empty())
        .collect();
    page.pairs(&pairs);
    for (name, value) in fields().filter(|(_, value)| is_section(value)) {
        section(page, &cells::words(name), name, value);
    }
}

/// Whether a value needs more than a line.
fn is_section(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.first().is_some_and(|it| match it {
            Value::Object(_) => cells::inline(it).is_none() || cells::is_sentence(it),
            Value::Array(_) => true,
            _ => false,
        }),
        Value::Object(_) => cells::inline(value).is_none(),
        Value::String(text) => text.trim_end().contains('\n'),
        _ => false,
    }
}

/// A value under its title: a table, sentences, weeks, or an object again.
fn section(page: &mut Page, title: &str, name: &str, value: &Value) {
    page.gap();
    match value {
        Value::Array(items) if items.first().is_some_and(cells::is_week) => {
            page.title(title);
            weeks(page, items);
        }
        Value::Array(items) if items.first().is_some_and(cells::is_sentence) => {
            page.title(title);
            items.iter().for_each(|it| page.line(&cells::text(&it["text"])));
        }
        Value::Array(items) => {
            page.title(title);
            table(page, items, &[]);
        }
        Value::Object(fields) => {
            page.title(title);
            object(page, fields);
        }
        Value::String(text) => {
            page.title(title);
            text.trim_end().lines().for_each(|it| page.line(it));
        }
        other => page.line(&cells::cell(name, other).text),
    }
}

/// Rows as a table, without the columns named in `hidden` and those that say nothing.
fn table(page: &mut Page, rows: &[Value], hidden: &[&str]) {
    let mut heads: Vec<String> = Vec::new();
    let mut lines: Vec<Vec<(String, Cell)>> = Vec::new();
    for row in rows {
        let line = cells::row(row);
        for (head, _) in &line {
            if !heads.contains(head) && !hidden.contains(&head.as_str()) {
                heads.push(head.clone());
            }
        }
        lines.push(line);
    }
    // A commit's subject or an issue's title is long and comes last, wherever it stands.
    heads.sort_by_key(|it| it == "subject" || it == "title");
    let mut rows: Vec<Vec<Cell>> = lines
        .iter()
        .map(|line| {
            let cell = |head: &String| line.iter().find(|it| it.0 == *head).map(|it| it.1.clone());
            heads.iter().map(|head| cell(head).unwrap_or_default()).collect()
        })
        .collect();
    (0..heads.len()).for_each(|column| tell_apart(&mut rows, column));
    let heads: Vec<String> = heads.iter().map(|it| cells::words(it)).collect();
    page.table(&heads, &rows);
}

/// Two people of one name are shown with what tells them apart.
fn tell_apart(rows: &mut [Vec<Cell>], column: usize) {
    let same = |a: &Cell, b: &Cell| a.text == b.text && a.apart != b.apart;
    let twins: Vec<bool> =
        rows.iter().map(|row| rows.iter().any(|it| same(&it[column], &row[column]))).collect();
    for (row, _) in rows.iter_mut().zip(twins).filter(|it| it.1) {
        let cell = &mut row[column];
        cell.text = format!("{} <{}>", cell.text, cell.apart);
    }
}

/// Weeks as a line of bars, at most as many as the page is wide.
fn weeks(page: &mut Page, weeks: &[Value]) {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most_wide = page.width().min(104);
    let shown = &weeks[weeks.len().saturating_sub(most_wide)..];
    let commits = |it: &Value| it["commits"].as_u64().unwrap_or(0);
    let most = shown.iter().map(commits).max().unwrap_or(0).max(1);
    let bar = |it: &Value| match commits(it) {
        0 => ' ',
        some => BARS[usize::try_from((some * 7).div_ceil(most)).unwrap_or(7).min(7)],
    };
    page.line(&shown.iter().map(bar).collect::<String>());
    let start = |it: Option<&Value>| it.map(|it| cells::text(&it["start"])).unwrap_or_default();
    page.note(&format!(
        "commits a week, {} to {}, at most {most}",
        start(shown.first()),
        start(shown.last())
    ));
}

/// What an answer stands on.
fn foot(page: &mut Page, basis: &Value) {
    page.gap();
    let repository = cells::text(&basis["repository"]);
    let head = cells::short_id(basis["head"].as_str().unwrap_or("nothing read yet"));
    let now = match basis["now"].as_str() {
        Some(now) => format!(", as of {}", cells::time(now)),
        None => String::new(),
    };
    page.note(&format!("{repository} at {head}{now}"));
    for gap in basis["gaps"].as_array().into_iter().flatten() {
        page.note(&format!("not known: {}", as_commands(&cells::text(&gap["text"]))));
    }
    if page.verbose() {
        for rule in basis["rules"].as_array().into_iter().flatten() {
            let (name, text) = (cells::text(&rule["name"]), cells::text(&rule["text"]));
            page.note(&format!("rule {name} {}: {text}", rule["version"]));
        }
    }
}

#[cfg(test)]
mod tests;
