//! Values as cells: a figure is a number, a person a name, a commit its short id and subject, a
//! time local and short.

use serde_json::Value;

/// One value of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) number: bool,
    /// What tells it from another of the same text: the key of a person.
    pub(super) apart: String,
}

impl Cell {
    fn text(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    fn number(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), number: true, ..Cell::default() }
    }
}

/// A value called `name`, on one line. What has no such form is counted or left empty.
pub(super) fn cell(name: &str, value: &Value) -> Cell {
    match value {
        Value::Null => Cell::default(),
        Value::Bool(true) => Cell::text("yes"),
        Value::Bool(false) => Cell::default(),
        Value::Number(number) => Cell::number(figure(number.as_f64().unwrap_or(0.0))),
        Value::String(text) if is_time(name) => Cell::text(time(text)),
        Value::String(text) if matches!(name, "head" | "commit") => Cell::text(short_id(text)),
        Value::String(text) => Cell::text(text.trim_end()),
        Value::Array(items) => list(items),
        Value::Object(_) => inline(value).unwrap_or_default(),
    }
}

/// An object that has a form on one line.
pub(super) fn inline(value: &Value) -> Option<Cell> {
    let has = |names: &[&str]| names.iter().all(|it| value.get(it).is_some());
    if has(&["value", "records"]) {
        return Some(cell("", &value["value"]));
    }
    if has(&["key", "name", "bot"]) {
        let bot = if value["bot"] == true { " (bot)" } else { "" };
        let (text, apart) = (text(&value["name"]) + bot, text(&value["key"]));
        return Some(Cell { text, apart, number: false });
    }
    if is_commit(value) {
        let (id, subject) = (short_id(&text(&value["id"])), text(&value["subject"]));
        return Some(Cell::text(format!("{id} {subject}")));
    }
    if has(&["kind", "id", "title"]) {
        return Some(Cell::text(record(value)));
    }
    if has(&["kind", "id"]) {
        let id = text(&value["id"]);
        return Some(Cell::text(if id.is_empty() { "(all)".to_owned() } else { id }));
    }
    if has(&["name", "count", "weight", "points"]) {
        return Some(Cell::text(term(value)));
    }
    if has(&["number", "toldBy"]) {
        return Some(Cell::text(format!("#{}", value["number"])));
    }
    if has(&["person", "commits"]) && value.as_object().is_some_and(|it| it.len() == 2) {
        let person = cell("", &value["person"]).text;
        return Some(Cell::text(format!("{person} ({})", cell("", &value["commits"]).text)));
    }
    if has(&["person", "files"]) && value.as_object().is_some_and(|it| it.len() == 2) {
        let person = cell("", &value["person"]).text;
        return Some(Cell::text(format!("{person} ({})", cell("", &value["files"]).text)));
    }
    if is_sentence(value) {
        return Some(Cell::text(text(&value["text"])));
    }
    if has(&["phase", "done", "total"]) {
        let (done, total) = (&value["done"], &value["total"]);
        return Some(Cell::text(format!("{} {done} of {total}", text(&value["phase"]))));
    }
    has(&["method", "params"]).then(Cell::default)
}

/// A row's cells by the names of their columns. A commit takes four of them.
pub(super) fn row(value: &Value) -> Vec<(String, Cell)> {
    match value {
        Value::Object(_) if is_commit(value) => commit(value),
        Value::Object(_) if inline(value).is_some() => vec![(String::new(), cell("", value))],
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match name.as_str() {
                _ if is_commit(value) => commit(value),
                "issue" if value.is_object() => columns(value, "", &["key", "status", "kind"]),
                "pullRequest" if value.is_object() => {
                    columns(value, "#", &["number", "state", "author"])
                }
                _ => vec![(name.clone(), cell(name, value))],
            })
            .collect(),
        Value::Array(items) => {
            let column = |(i, it): (usize, &Value)| (i.to_string(), cell("", it));
            items.iter().enumerate().map(column).collect()
        }
        other => vec![(String::new(), cell("", other))],
    }
}

/// An issue or pull request as columns: its name with a mark before it, the fields named, and its
/// title, which is long and comes last.
fn columns(value: &Value, mark: &str, fields: &[&str]) -> Vec<(String, Cell)> {
    let mut columns: Vec<(String, Cell)> = Vec::new();
    for (place, field) in fields.iter().enumerate() {
        let cell = match (place, cell(field, &value[field])) {
            (0, cell) => Cell::text(format!("{mark}{}", cell.text)),
            (_, cell) => cell,
        };
        columns.push(((*field).to_owned(), cell));
    }
    columns.push(("title".into(), Cell::text(text(&value["title"]))));
    columns
}

fn commit(value: &Value) -> Vec<(String, Cell)> {
    let marks = [("merge", "merge"), ("fixes", "fix"), ("reverts", "revert")];
    let marks: Vec<&str> = marks.iter().filter(|it| value[it.0] == true).map(|it| it.1).collect();
    vec![
        ("commit".into(), Cell::text(short_id(&text(&value["id"])))),
        ("at".into(), Cell::text(time(&text(&value["at"])))),
        ("author".into(), cell("", &value["author"])),
        ("marks".into(), Cell::text(marks.join(" "))),
        ("subject".into(), Cell::text(text(&value["subject"]))),
    ]
}

fn list(items: &[Value]) -> Cell {
    let short = |it: &Value| match it {
        Value::Object(_) if it.get("title").is_some() => text(&it["id"]),
        Value::Object(_) if is_commit(it) => short_id(&text(&it["id"])),
        other => cell("", other).text,
    };
    let terms = items.first().is_some_and(|it| it.get("points").is_some());
    if items.first().is_some_and(|it| it.is_object() && inline(it).is_none()) {
        return Cell::number(items.len().to_string());
    }
    let adds = |it: &&Value| !terms || it["points"] != 0.0;
    let parts: Vec<String> =
        items.iter().filter(adds).map(short).filter(|it| !it.is_empty()).collect();
    Cell::text(parts.join(if terms { " + " } else { ", " }))
}

/// `12 commits × 10`, or `recency 9.32` where the points follow from another rule.
fn term(value: &Value) -> String {
    let number = |name: &str| value[name].as_f64().unwrap_or(0.0);
    let (count, weight, points) = (number("count"), number("weight"), number("points"));
    if (count * weight - points).abs() > 0.05 {
        return format!("{} {}", text(&value["name"]), figure(points));
    }
    format!("{} {} × {}", figure(count), text(&value["name"]), figure(weight))
}

pub(super) fn record(value: &Value) -> String {
    let (kind, id, title) = (text(&value["kind"]), text(&value["id"]), text(&value["title"]));
    let id = if kind == "commit" { short_id(&id) } else { id };
    match kind.as_str() {
        "person" => title,
        _ if title == id || title.is_empty() || id.starts_with(&title) => id,
        _ => format!("{id} {title}"),
    }
}

pub(super) fn is_commit(value: &Value) -> bool {
    ["id", "subject", "author", "at"].iter().all(|it| value.get(it).is_some())
}

pub(super) fn is_sentence(value: &Value) -> bool {
    value.get("text").is_some() && value.get("figure").is_some()
}

pub(super) fn is_week(value: &Value) -> bool {
    ["start", "commits", "people"].iter().all(|it| value.get(it).is_some())
}

/// A text value, empty where it is none.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The first ten digits of an object id; anything else as it is.
pub(super) fn short_id(id: &str) -> String {
    let digits = id.len() >= 40 && id.bytes().all(|it| it.is_ascii_hexdigit());
    if digits { id[..10].to_owned() } else { id.to_owned() }
}

/// A number as one reads it: whole, or with two places.
pub(super) fn figure(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    format!("{number:.2}")
}

fn is_time(name: &str) -> bool {
    name == "at"
        || name == "now"
        || name == "since"
        || name == "until"
        || name.ends_with("At")
        || name == "asOf"
}

/// A time of the reader's zone, to the minute.
pub(super) fn time(text: &str) -> String {
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => {
            let zone = jiff::tz::TimeZone::system();
            time.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
        }
        Err(_) => text.to_owned(),
    }
}

/// `windowDays` as `window days`, `lastAt` as `last`.
pub(super) fn words(name: &str) -> String {
    let name = name.strip_suffix("At").unwrap_or(name);
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}
