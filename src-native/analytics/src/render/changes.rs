//! What changed between two runs of a dashboard, panel by panel.

use super::{Answer, PanelRun, Run};
use crate::charts::words::{self, Unit, clean};
use crate::dashboard::compare::{Changes, Moved, compare};
use crate::dashboard::{Panel, PanelKind};
use crate::table::{Cell, ColumnKind, Table};
use serde_json::{Value, json};

/// What changed in a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelChanges {
    /// What stands above it.
    pub title: String,
    /// Its query.
    pub query: String,
    /// Unit of its numbers.
    pub unit: Unit,
    /// What changed; or why that cannot be told.
    pub changes: Result<Changes, String>,
}

/// What changed from one run to a later one. Panels are the same where kind, query and title are; the later
/// run's come in its order, then those that only the earlier one has.
pub fn changes(was: &Run, is: &Run) -> Vec<PanelChanges> {
    let key = |run: &Run, it: &PanelRun| {
        run.panel(it.part).map(|panel| (panel.kind, panel.query.clone(), panel.name()))
    };
    let mut met = vec![false; was.panels.len()];
    let mut found = Vec::new();
    for it in &is.panels {
        let (Some(own), Some(panel)) = (key(is, it), is.panel(it.part)) else { continue };
        let old = was
            .panels
            .iter()
            .enumerate()
            .position(|(at, old)| !met[at] && key(was, old).as_ref() == Some(&own));
        let changes = match old {
            None => Err("the earlier run has no such panel".to_owned()),
            Some(at) => {
                met[at] = true;
                both(panel, &was.panels[at].result, &it.result)
            }
        };
        let unit = Unit::of(panel.unit.as_deref());
        found.push(PanelChanges { title: panel.name(), query: panel.query.clone(), unit, changes });
    }
    for (it, met) in was.panels.iter().zip(met) {
        if let Some(panel) = was.panel(it.part).filter(|_| !met) {
            let changes = Err("the later run has no such panel".to_owned());
            let unit = Unit::of(panel.unit.as_deref());
            found.push(PanelChanges {
                title: panel.name(),
                query: panel.query.clone(),
                unit,
                changes,
            });
        }
    }
    found
}

fn both(
    panel: &Panel,
    was: &Result<Answer, String>,
    is: &Result<Answer, String>,
) -> Result<Changes, String> {
    match (was, is) {
        (Ok(was), Ok(is)) => Ok(compare(&seen(panel, &was.table), &seen(panel, &is.table))),
        (Err(why), Ok(_)) => Err(format!("the earlier run failed: {why}")),
        (Ok(_), Err(why)) => Err(format!("the later run failed: {why}")),
        (Err(_), Err(why)) => Err(format!("both runs failed: {why}")),
    }
}

/// What of a table a panel shows: what it leaves out moves unseen, and other panels may show that.
fn seen(panel: &Panel, table: &Table) -> Table {
    let single = matches!(panel.kind, PanelKind::Number | PanelKind::Gauge);
    let from = if single { table.rows.len().saturating_sub(1) } else { 0 };
    let named = |name: &str| {
        let is = |it: &String| it == name;
        panel.y.iter().any(is) || panel.x.iter().any(is) || panel.by.iter().any(is)
    };
    let places: Vec<usize> = (0..table.columns.len())
        .filter(|at| {
            let column = &table.columns[*at];
            // Rows of a table or of an axis that was found are known again by their words.
            let known = !single && panel.x.is_none() && column.kind != ColumnKind::Number;
            panel.y.is_empty() || named(&column.name) || known
        })
        .collect();
    let pick = |row: &Vec<Cell>| {
        places.iter().map(|it| row.get(*it).cloned().unwrap_or(Cell::Null)).collect()
    };
    Table {
        columns: places.iter().map(|it| table.columns[*it].clone()).collect(),
        rows: table.rows.iter().skip(from).map(pick).collect(),
        cut: table.cut,
    }
}

/// Lines for each panel; more are counted.
const LINES_MOST: usize = 40;

/// For the terminal: only what changed.
pub fn text(all: &[PanelChanges]) -> String {
    let mut text = String::new();
    let mut same = 0;
    for panel in all {
        let changes = match &panel.changes {
            Ok(it) if it.is_empty() => {
                same += 1;
                continue;
            }
            Ok(it) => it,
            Err(why) => {
                text.push_str(&format!("{}\n  {}\n\n", clean(&panel.title), clean(why)));
                continue;
            }
        };
        text.push_str(&format!("{}\n", clean(&panel.title)));
        let mut lines: Vec<String> = Vec::new();
        lines.extend(changes.new_columns.iter().map(|it| format!("+ column {it}")));
        lines.extend(changes.lost_columns.iter().map(|it| format!("- column {it}")));
        lines.extend(changes.moved.iter().map(|it| moved(it, &panel.unit)));
        let row = |sign: &str, row: &Vec<Cell>| {
            let cells: Vec<String> = row.iter().map(|it| words::cell(it, &Unit::Plain)).collect();
            format!("{sign} {}", cells.join(", "))
        };
        lines.extend(changes.went.iter().map(|it| row("-", it)));
        lines.extend(changes.came.iter().map(|it| row("+", it)));
        for line in lines.iter().take(LINES_MOST) {
            text.push_str(&format!("  {}\n", clean(line)));
        }
        if lines.len() > LINES_MOST {
            text.push_str(&format!("  and {} more\n", lines.len() - LINES_MOST));
        }
        text.push('\n');
    }
    let panels = if same == 1 { "1 panel is" } else { &format!("{same} panels are") };
    if same > 0 {
        text.push_str(&format!("{panels} as before\n"));
    }
    text
}

fn moved(it: &Moved, unit: &Unit) -> String {
    let key: Vec<String> = it.key.iter().map(|it| words::cell(it, &Unit::Plain)).collect();
    let place = if key.is_empty() {
        it.column.clone()
    } else {
        format!("{}, {}", key.join(", "), it.column)
    };
    let said = |it: &Cell| match it {
        Cell::Null => "nothing".to_owned(),
        it => words::cell(it, unit),
    };
    let change = it.change().map(|it| format!(" ({})", words::change(it))).unwrap_or_default();
    format!("{place}: {} → {}{change}", said(&it.was), said(&it.is))
}

/// As JSON.
pub fn json(all: &[PanelChanges]) -> Value {
    let rows = |rows: &[Vec<Cell>]| -> Vec<Value> {
        rows.iter().map(|row| row.iter().map(super::json::cell).collect()).collect()
    };
    let panels = all.iter().map(|panel| match &panel.changes {
        Err(why) => json!({ "title": panel.title, "query": panel.query, "error": why }),
        Ok(it) => {
            let moved = it.moved.iter().map(|it| {
                let key: Vec<Value> = it.key.iter().map(super::json::cell).collect();
                let (was, is) = (super::json::cell(&it.was), super::json::cell(&it.is));
                json!({ "key": key, "column": it.column, "was": was, "is": is, "change": it.change() })
            });
            json!({
                "title": panel.title,
                "query": panel.query,
                "keys": it.keys,
                "moved": moved.collect::<Vec<_>>(),
                "came": rows(&it.came),
                "went": rows(&it.went),
                "newColumns": it.new_columns,
                "lostColumns": it.lost_columns,
                "same": it.same,
            })
        }
    });
    json!({ "panels": panels.collect::<Vec<_>>() })
}
