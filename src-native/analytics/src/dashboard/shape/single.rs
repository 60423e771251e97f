//! One number: with its change, or against a target.

use super::{Around, Body, Data, axis, cells, plain_number};
use crate::charts::words::Unit;
use crate::dashboard::{Compare, Direction, Panel};
use crate::table::{Cell, Table};

/// One number.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// It; none where the query gives none.
    pub value: Option<f64>,
    /// Its words, where the column holds words and no number.
    pub words: Option<String>,
    /// What it was in the period it is compared with.
    pub before: Option<f64>,
    /// The stretch of time it is compared with, for people.
    pub against: Option<String>,
    /// By how much it changed, as a share of what it was; none where it was nothing.
    pub change: Option<f64>,
    /// Whether that, or missing the target, is good.
    pub judged: Judged,
    /// All numbers of the query, where it gives several rows; the last of them is the number.
    pub course: Vec<Option<f64>>,
    /// What is aimed at.
    pub target: Option<f64>,
    /// Its unit.
    pub unit: Unit,
}

/// What is to be thought of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The better.
    Good,
    /// The worse.
    Bad,
    /// Neither, or nobody said what is better.
    Neither,
}

/// One number against a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Gauge {
    /// It; none where the query gives none.
    pub value: Option<f64>,
    /// What is aimed at.
    pub target: f64,
    /// Whether it is reached, as far as somebody said which way is better.
    pub judged: Judged,
    /// Its unit.
    pub unit: Unit,
}

impl Judged {
    fn of(good: Option<Direction>, difference: f64) -> Judged {
        match good {
            Some(Direction::Up) if difference > 0.0 => Judged::Good,
            Some(Direction::Up) if difference < 0.0 => Judged::Bad,
            Some(Direction::Down) if difference < 0.0 => Judged::Good,
            Some(Direction::Down) if difference > 0.0 => Judged::Bad,
            _ => Judged::Neither,
        }
    }
}

/// The column that holds the number: the one named, else the last of numbers, else the first.
fn column(panel: &Panel, table: &Table) -> usize {
    let named = panel.y.first().and_then(|it| table.column(it));
    let mut all = (0..table.columns.len()).rev();
    named.or_else(|| all.find(|it| plain_number(table, *it))).unwrap_or(0)
}

/// Rows in the order of the axis, where there is one of time.
fn course(panel: &Panel, table: &Table, column: usize, around: Around<'_>) -> Vec<Option<f64>> {
    let zone = around.zone;
    let x = panel.x.as_ref().and_then(|it| table.column(it)).or_else(|| {
        (0..table.columns.len()).find(|it| *it != column && axis::is_time(table, *it, zone))
    });
    let mut rows: Vec<(Option<i64>, Option<f64>)> = cells(table, column)
        .enumerate()
        .map(|(row, cell)| {
            let at = x.and_then(|x| axis::moment_of(table.rows[row].get(x)?, zone));
            (at, cell.number())
        })
        .collect();
    if rows.iter().all(|it| it.0.is_some()) {
        rows.sort_by_key(|it| it.0);
    }
    rows.into_iter().map(|it| it.1).collect()
}

pub(super) fn number(
    panel: &Panel,
    data: Data<'_>,
    around: Around<'_>,
) -> Result<Body, Vec<String>> {
    let table = data.table;
    if table.columns.is_empty() {
        return Err(vec!["the query gives no columns".to_owned()]);
    }
    let at = column(panel, table);
    let all = course(panel, table, at, around);
    let value = all.last().copied().flatten();
    let words = match table.rows.last().and_then(|it| it.get(at)) {
        Some(Cell::Text(text)) if value.is_none() => Some(text.clone()),
        Some(cell @ (Cell::Day(_) | Cell::Time(_))) => {
            Some(crate::charts::words::cell(cell, &Unit::Plain))
        }
        _ => None,
    };
    let before = data.before.filter(|it| it.columns.len() == table.columns.len());
    let before = before.and_then(|it| course(panel, it, at, around).last().copied().flatten());
    let change = match (value, before) {
        (Some(value), Some(before)) if before != 0.0 => Some((value - before) / before.abs()),
        _ => None,
    };
    let judged = match (value, before, panel.target) {
        (Some(value), Some(before), _) => Judged::of(panel.good, value - before),
        (Some(value), None, Some(target)) => reached(panel.good, value, target),
        _ => Judged::Neither,
    };
    // Where nothing is known there is nothing to compare. A period that is not over yet is compared with as
    // much of the other.
    let open = if around.period.is_some_and(|it| it.open) { ", so far" } else { "" };
    let other = around.before.filter(|_| value.is_some() || before.is_some());
    let against = match (other, panel.compare) {
        (Some(period), Some(Compare::Before)) => Some(format!("{}{open}", period.say())),
        (Some(period), Some(Compare::Year)) => {
            Some(format!("{}, 52 weeks earlier{open}", period.say()))
        }
        _ => None,
    };
    Ok(Body::Number(Number {
        value,
        words,
        before,
        against,
        change,
        judged,
        course: if all.len() > 1 { all } else { Vec::new() },
        target: panel.target,
        unit: Unit::of(panel.unit.as_deref()),
    }))
}

/// Whether a target is reached.
fn reached(good: Option<Direction>, value: f64, target: f64) -> Judged {
    match good {
        None => Judged::Neither,
        Some(_) if value == target => Judged::Good,
        _ => Judged::of(good, value - target),
    }
}

pub(super) fn gauge(panel: &Panel, table: &Table) -> Result<Body, Vec<String>> {
    let Some(target) = panel.target else {
        return Err(vec!["a gauge needs a target".to_owned()]);
    };
    if table.columns.is_empty() {
        return Err(vec!["the query gives no columns".to_owned()]);
    }
    let at = column(panel, table);
    let value = table.rows.last().and_then(|it| it.get(at)).and_then(Cell::number);
    let judged = value.map_or(Judged::Neither, |it| reached(panel.good, it, target));
    Ok(Body::Gauge(Gauge { value, target, judged, unit: Unit::of(panel.unit.as_deref()) }))
}
