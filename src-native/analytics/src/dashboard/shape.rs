//! From what a query gave to what a panel shows. Sentences where it does not fit; the same rows give the
//! same picture in whatever order they came, except where the order is the query's to say (words on an
//! axis, steps of a funnel, rows of a table).

mod axis;
mod flows;
mod grid;
mod series;
mod single;

pub use axis::{Axis, Step, moment_of};
pub use flows::{Flow, Flows, Funnel, Group, Leaf, Node, Reached, Tree};
pub use grid::Grid;
pub use series::{Form, Line, Series};
pub use single::{Gauge, Judged, Number};

use super::period::Resolved;
use super::{Mark, Panel, PanelKind};
use crate::charts::words::Unit;
use crate::table::{Cell, Column, ColumnKind, Table};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Series that have a colour of their own; what is more goes into one that is called other.
pub const SERIES_MOST: usize = 8;

/// What a panel's query gave.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// For the period of the run.
    pub table: &'a Table,
    /// For the period it is compared with, where the panel compares.
    pub before: Option<&'a Table>,
}

/// What is around a panel.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The moment of the run: what has begun and is not over by then is drawn as not complete.
    pub now: Timestamp,
    /// Zone of its days.
    pub zone: &'a TimeZone,
    /// The period of the run.
    pub period: Option<&'a Resolved>,
    /// The period it is compared with.
    pub before: Option<&'a Resolved>,
    /// What is marked on axes of time.
    pub marks: &'a [Marked],
}

/// Something that happened, marked on axes of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What kind of thing.
    pub kind: Mark,
    /// What it is called.
    pub label: String,
    /// Where it leads.
    pub link: Option<String>,
}

/// What a panel shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// It.
    pub body: Body,
    /// What a reader has to know of it: what was left out, put together or is not complete.
    pub notes: Vec<String>,
}

/// What a panel shows, by its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// There is nothing to show: why.
    Empty(String),
    /// One number.
    Number(Number),
    /// One number against a target.
    Gauge(Gauge),
    /// Lines, bars and areas.
    Series(Series),
    /// Heatmaps and cohorts.
    Grid(Grid),
    /// Steps.
    Funnel(Funnel),
    /// Rectangles.
    Tree(Tree),
    /// Flows.
    Flows(Flows),
    /// Rows.
    Rows(Rows),
}

/// The rows of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// Unit of its numbers.
    pub unit: Unit,
    /// Whether there were more rows than were kept.
    pub cut: bool,
}

/// Shapes what a query gave for a panel.
///
/// # Errors
/// Sentences about what does not fit.
pub fn shape(panel: &Panel, data: Data<'_>, around: Around<'_>) -> Result<Shown, Vec<String>> {
    let troubles = check(panel, data.table);
    if !troubles.is_empty() {
        return Err(troubles);
    }
    let mut notes = Vec::new();
    if data.table.cut {
        notes.push(format!("only the first {} rows are shown", data.table.rows.len()));
    }
    if data.table.rows.is_empty() && panel.kind != PanelKind::Table {
        let text = match around.period {
            Some(period) => format!("There are no rows for {}", period.say()),
            None => "There are no rows".to_owned(),
        };
        return Ok(Shown { body: Body::Empty(text), notes });
    }
    let body = match panel.kind {
        PanelKind::Number => single::number(panel, data, around)?,
        PanelKind::Gauge => single::gauge(panel, data.table)?,
        PanelKind::Line => series::shape(panel, Form::Line, data, around, &mut notes)?,
        PanelKind::Bar => series::shape(panel, Form::Bar, data, around, &mut notes)?,
        PanelKind::Stacked => series::shape(panel, Form::Stacked, data, around, &mut notes)?,
        PanelKind::Area => series::shape(panel, Form::Area, data, around, &mut notes)?,
        PanelKind::Heatmap => grid::heatmap(panel, data.table, around, &mut notes)?,
        PanelKind::Cohort => grid::cohort(panel, data.table, around, &mut notes)?,
        PanelKind::Funnel => flows::funnel(panel, data, &mut notes)?,
        PanelKind::Treemap => flows::tree(panel, data.table, &mut notes)?,
        PanelKind::Sankey => flows::sankey(panel, data.table, &mut notes)?,
        PanelKind::Table => rows(panel, data.table),
    };
    Ok(Shown { body, notes })
}

/// What of a panel's columns does not fit a table, as sentences.
pub fn check(panel: &Panel, table: &Table) -> Vec<String> {
    let mut troubles = Vec::new();
    if table.columns.is_empty() {
        return troubles;
    }
    let names: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
    let mut named: Vec<&String> = panel.x.iter().chain(&panel.y).chain(&panel.by).collect();
    named.dedup();
    for name in named {
        if table.column(name).is_none() {
            troubles.push(format!("column `{name}` is not among {}", names.join(", ")));
        }
    }
    if panel.kind != PanelKind::Table {
        for name in &panel.y {
            if let Some(at) = table.column(name).filter(|it| !is_number(table, *it)) {
                troubles
                    .push(format!("column `{name}` holds {}, and no numbers", holds(table, at)));
            }
        }
    }
    let place = |column: usize| format!("{{{}}}", names[column]);
    if let Some(link) = &panel.link {
        for wanted in wanted(link) {
            if !(0..names.len()).any(|it| place(it) == format!("{{{wanted}}}")) {
                troubles.push(format!(
                    "column `{wanted}` of the link is not among {}",
                    names.join(", ")
                ));
            }
        }
    }
    troubles
}

/// Names between braces.
fn wanted(link: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = link;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        found.push(name);
        rest = after;
    }
    found
}

/// Where a click on a row leads: the values of its columns in the place of their names, percent-encoded.
pub fn link(link: &str, table: &Table, row: usize) -> Option<String> {
    let row = table.rows.get(row)?;
    let mut text = String::new();
    let mut rest = link;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        text.push_str(before);
        let cell = row.get(table.column(name)?)?;
        for byte in crate::charts::words::cell(cell, &Unit::Plain).bytes() {
            match byte {
                b'-' | b'_' | b'.' | b'~' => text.push(char::from(byte)),
                it if it.is_ascii_alphanumeric() => text.push(char::from(it)),
                it => text.push_str(&format!("%{it:02X}")),
            }
        }
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

fn rows(panel: &Panel, table: &Table) -> Body {
    let unit = Unit::of(panel.unit.as_deref());
    let places: Vec<usize> = match panel.y.is_empty() {
        true => (0..table.columns.len()).collect(),
        false => panel.y.iter().filter_map(|it| table.column(it)).collect(),
    };
    let pick = |row: &Vec<Cell>| -> Vec<Cell> {
        places.iter().map(|it| row.get(*it).cloned().unwrap_or(Cell::Null)).collect()
    };
    Body::Rows(Rows {
        columns: places.iter().map(|it| headed(table, *it)).collect(),
        rows: table.rows.iter().map(pick).collect(),
        unit,
        cut: table.cut,
    })
}

/// A column as a table heads it. What methods nest as the value or the text of something is called after that,
/// and their names are words.
fn headed(table: &Table, column: usize) -> Column {
    let own = &table.columns[column];
    let of = own.name.strip_suffix(".value").or_else(|| own.name.strip_suffix(".text"));
    let mut others = table.columns.iter().enumerate().filter(|it| it.0 != column);
    let name = match of {
        Some(of) if !others.any(|it| shown_as(it.1, of)) => of,
        _ => own.name.as_str(),
    };
    Column { name: in_words(name), kind: own.kind }
}

/// `notJudged` as `not judged`; any other name as it is.
fn in_words(name: &str) -> String {
    let camel = name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.bytes().all(|it| it.is_ascii_alphabetic());
    if !camel {
        return name.to_owned();
    }
    let letters = name.chars().map(|it| match it.is_ascii_uppercase() {
        true => format!(" {}", it.to_ascii_lowercase()),
        false => it.to_string(),
    });
    letters.collect()
}

/// Whether a column would be called that, too.
fn shown_as(column: &Column, name: &str) -> bool {
    let nested = [".value", ".text"].iter().any(|it| column.name == format!("{name}{it}"));
    column.name == name || nested
}

/// The cells of a column.
fn cells(table: &Table, column: usize) -> impl Iterator<Item = &Cell> {
    table.rows.iter().map(move |row| row.get(column).unwrap_or(&Cell::Null))
}

/// Whether a column can be drawn as numbers.
fn is_number(table: &Table, column: usize) -> bool {
    match table.columns[column].kind {
        ColumnKind::Number => true,
        ColumnKind::Time | ColumnKind::Day => false,
        ColumnKind::Bool => true,
        ColumnKind::Text => {
            let mut any = false;
            cells(table, column).filter(|it| **it != Cell::Null).all(|it| {
                any = true;
                it.number().is_some()
            }) && (any || table.rows.is_empty() || cells(table, column).all(|it| *it == Cell::Null))
        }
    }
}

fn holds(table: &Table, column: usize) -> &'static str {
    match table.columns[column].kind {
        ColumnKind::Text => "words",
        ColumnKind::Number => "numbers",
        ColumnKind::Time => "moments",
        ColumnKind::Day => "days",
        ColumnKind::Bool => "yes and no",
    }
}

/// The columns a panel draws from.
struct Chosen {
    x: usize,
    y: Vec<usize>,
    by: Option<usize>,
}

/// Which columns a panel draws from: those it names; else along the axis the first that holds no numbers, and
/// as numbers all others that hold some. `parted` asks for a second column of words where none is named.
fn choose(panel: &Panel, table: &Table, parted: bool) -> Result<Chosen, Vec<String>> {
    let at = |name: &Option<String>| name.as_ref().and_then(|it| table.column(it));
    let named_y: Vec<usize> = panel.y.iter().filter_map(|it| table.column(it)).collect();
    let all = 0..table.columns.len();
    let free = |column: &usize| {
        !named_y.contains(column) && Some(*column) != at(&panel.by) && Some(*column) != at(&panel.x)
    };
    let words = |it: &usize| free(it) && !plain_number(table, *it);
    let x = at(&panel.x).or_else(|| all.clone().find(words)).or_else(|| all.clone().find(free));
    let Some(x) = x else {
        return Err(vec!["there is no column for the axis".to_owned()]);
    };
    let by = match at(&panel.by) {
        Some(by) => Some(by),
        None if parted => all.clone().filter(words).find(|it| *it != x),
        None => None,
    };
    if parted && by.is_none() {
        let names: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
        return Err(vec![format!(
            "a {} needs two columns of words and one of numbers, and there are {}",
            panel.kind.name(),
            names.join(", ")
        )]);
    }
    let y = match named_y.is_empty() {
        false => named_y,
        true => all.filter(|it| *it != x && Some(*it) != by && plain_number(table, *it)).collect(),
    };
    if y.is_empty() {
        let names: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
        return Err(vec![format!("there is no column of numbers among {}", names.join(", "))]);
    }
    Ok(Chosen { x, y, by })
}

/// Whether a column holds numbers and is no axis of time written as text.
fn plain_number(table: &Table, column: usize) -> bool {
    is_number(table, column) && table.columns[column].kind != ColumnKind::Bool
}

/// A cell as the name of something.
fn name(cell: &Cell) -> String {
    match cell {
        Cell::Null => "(none)".to_owned(),
        Cell::Text(it) if it.is_empty() => "(empty)".to_owned(),
        other => crate::charts::words::cell(other, &Unit::Plain),
    }
}
