//! Grids: heatmaps, and cohorts.

use super::axis::{Axis, Step, moment_of};
use super::{Around, Body, choose, name};
use crate::charts::words::{self, Unit};
use crate::dashboard::Panel;
use crate::table::{Cell, Table};
use std::collections::HashMap;

/// Cells in rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// What its columns are called, from the left.
    pub columns: Vec<String>,
    /// What its rows are called, from the top.
    pub rows: Vec<String>,
    /// Its numbers, row by row; none where there is none.
    pub cells: Vec<Vec<Option<f64>>>,
    /// The row of the table each was read from.
    pub sources: Vec<Vec<Option<usize>>>,
    /// For cohorts: from which column on each row is not complete, for its time is not over.
    pub open: Vec<Option<usize>>,
    /// Whether it is a cohort: its numbers stand in its cells.
    pub cohort: bool,
    /// What its columns and its rows are.
    pub names: (String, String),
    /// Unit of its numbers.
    pub unit: Unit,
}

/// Most rows and columns that are drawn.
const MOST: usize = 400;

pub(super) fn heatmap(
    panel: &Panel,
    table: &Table,
    around: Around<'_>,
    notes: &mut Vec<String>,
) -> Result<Body, Vec<String>> {
    grid(panel, table, around, false, notes)
}

pub(super) fn cohort(
    panel: &Panel,
    table: &Table,
    around: Around<'_>,
    notes: &mut Vec<String>,
) -> Result<Body, Vec<String>> {
    grid(panel, table, around, true, notes)
}

/// The columns of a grid: named ones, else of a cohort the first two and the last, else two of words and one
/// of numbers; numbers may be columns and rows too.
fn columns(
    panel: &Panel,
    table: &Table,
    cohort: bool,
) -> Result<(usize, usize, usize), Vec<String>> {
    let at = |name: &Option<String>| name.as_ref().and_then(|it| table.column(it));
    let (x, by) = (at(&panel.x), at(&panel.by));
    let y = panel.y.first().and_then(|it| table.column(it));
    if let (Some(x), Some(by), Some(y)) = (x, by, y) {
        return Ok((x, by, y));
    }
    if table.columns.len() == 3 || cohort && table.columns.len() >= 3 {
        // As they stand: of a cohort its group comes first, of a heatmap its column.
        let mut free = (0..table.columns.len())
            .filter(|it| Some(*it) != x && Some(*it) != by && Some(*it) != y);
        let (x, by) = match cohort {
            true => {
                let by = by.or_else(|| free.next());
                (x.or_else(|| free.next()), by)
            }
            false => {
                let x = x.or_else(|| free.next());
                (x, by.or_else(|| free.next()))
            }
        };
        let y = y.or_else(|| free.next_back());
        if let (Some(x), Some(by), Some(y)) = (x, by, y)
            && super::is_number(table, y)
        {
            return Ok((x, by, y));
        }
    }
    let chosen = choose(panel, table, true)?;
    Ok((chosen.x, chosen.by.unwrap_or(chosen.x), chosen.y[0]))
}

fn grid(
    panel: &Panel,
    table: &Table,
    around: Around<'_>,
    cohort: bool,
    notes: &mut Vec<String>,
) -> Result<Body, Vec<String>> {
    let (x, by, y) = columns(panel, table, cohort)?;
    let (across, columns) = labels(table, x, around);
    let (down, rows) = labels(table, by, around);
    let (width, height) = (columns.len().min(MOST), rows.len().min(MOST));
    if width < columns.len() || height < rows.len() {
        notes.push(format!(
            "a grid of {} by {} is too large to draw: the first {width} by {height} are shown",
            columns.len(),
            rows.len()
        ));
    }
    let mut cells = vec![vec![None; width]; height];
    let mut sources = vec![vec![None; width]; height];
    let mut double = false;
    for (number, row) in table.rows.iter().enumerate() {
        let (column, line) = (across[number], down[number]);
        let Some(value) = row.get(y).and_then(Cell::number) else { continue };
        if column >= width || line >= height {
            continue;
        }
        let slot: &mut Option<f64> = &mut cells[line][column];
        double |= slot.is_some();
        sources[line][column] = if slot.is_some() { None } else { Some(number) };
        *slot = Some(slot.unwrap_or(0.0) + value);
    }
    if double {
        notes.push("rows of the same cell are added up".to_owned());
    }
    if cells.iter().flatten().all(Option::is_none) {
        return Ok(Body::Empty("There are rows, and no numbers in them".to_owned()));
    }
    let open = match cohort {
        true => open_from(table, by, &down, height, &columns, around),
        false => vec![None; height],
    };
    if open.iter().any(Option::is_some) {
        notes.push("steps that are not over yet are drawn lighter".to_owned());
    }
    Ok(Body::Grid(Grid {
        columns: columns.into_iter().take(width).collect(),
        rows: rows.into_iter().take(height).collect(),
        cells,
        sources,
        open,
        cohort,
        names: (table.columns[x].name.clone(), table.columns[by].name.clone()),
        unit: Unit::of(panel.unit.as_deref()),
    }))
}

/// The place of each row by a column, and what the places are called: time and numbers rise, words keep the
/// order of the rows.
fn labels(table: &Table, column: usize, around: Around<'_>) -> (Vec<usize>, Vec<String>) {
    let placed = super::axis::place(table, column, None, around, true);
    let mut names: Vec<String> = match &placed.axis {
        Axis::Time { at, step, zone } => {
            at.iter().map(|it| words::moment(*it, *step, zone)).collect()
        }
        Axis::Numbers(at) => at.iter().map(|it| words::number(*it, &Unit::Plain)).collect(),
        Axis::Words(words) => words.clone(),
    };
    let mut places = Vec::new();
    let mut none: HashMap<String, usize> = HashMap::new();
    for (number, place) in placed.places.iter().enumerate() {
        let at = place.unwrap_or_else(|| {
            let word = name(table.rows[number].get(column).unwrap_or(&Cell::Null));
            *none.entry(word.clone()).or_insert_with(|| {
                names.push(word);
                names.len() - 1
            })
        });
        places.push(at);
    }
    (places, names)
}

/// From which column on each row of a cohort is not complete: where its group is a moment with a step, and
/// its columns count such steps.
fn open_from(
    table: &Table,
    by: usize,
    down: &[usize],
    height: usize,
    columns: &[String],
    around: Around<'_>,
) -> Vec<Option<usize>> {
    let mut open = vec![None; height];
    let placed = super::axis::place(table, by, None, around, false);
    let Axis::Time { step: Step::Grain(grain), zone, .. } = &placed.axis else { return open };
    let counts: Option<Vec<u32>> = columns.iter().map(|it| it.parse().ok()).collect();
    let Some(counts) = counts else { return open };
    let now = around.now;
    for (number, line) in down.iter().enumerate() {
        let cell = table.rows[number].get(by).unwrap_or(&Cell::Null);
        let Some(begun) = moment_of(cell, around.zone) else { continue };
        let Some(slot) = open.get_mut(*line).filter(|it| it.is_none()) else { continue };
        let Ok(begun) = jiff::Timestamp::from_millisecond(begun) else { continue };
        // The step that holds now, counted from the group's own.
        let (mut at, mut steps) = (begun, 0_u32);
        while grain.next(at, zone) <= now && steps < 10_000 {
            at = grain.next(at, zone);
            steps += 1;
        }
        let first = counts.first().copied().unwrap_or(0).min(1);
        *slot = counts.iter().position(|it| it.saturating_sub(first) >= steps);
    }
    open
}
