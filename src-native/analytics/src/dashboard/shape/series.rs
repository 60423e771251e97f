//! Lines, bars and areas: numbers along an axis, parted into series.

use super::axis::{Axis, Step, place};
use super::{Around, Body, Data, Marked, SERIES_MOST, choose, name};
use crate::charts::words::Unit;
use crate::dashboard::{Compare, Direction, Panel};
use crate::table::{Cell, Table};
use jiff::Timestamp;
use std::collections::HashMap;

/// How numbers along an axis are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As lines.
    Line,
    /// As bars beside each other.
    Bar,
    /// As bars on each other.
    Stacked,
    /// As areas on each other.
    Area,
}

/// Numbers along an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// How they are drawn.
    pub form: Form,
    /// The axis.
    pub axis: Axis,
    /// What the axis is called: the name of its column.
    pub axis_name: String,
    /// For each place of the axis the first row of the table that stands there.
    pub places: Vec<Option<usize>>,
    /// The series, the first on top of the legend.
    pub lines: Vec<Line>,
    /// Unit of the numbers.
    pub unit: Unit,
    /// What is aimed at.
    pub target: Option<f64>,
    /// Which way is better.
    pub good: Option<Direction>,
    /// Place on the axis from which on numbers are not complete, for their time is not over.
    pub open: Option<usize>,
    /// What happened meanwhile, in order.
    pub marks: Vec<Marked>,
}

/// One series.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// Its number for each place of the axis; none where there is none.
    pub values: Vec<Option<f64>>,
    /// For series of the period before: the series it belongs to.
    pub before: Option<usize>,
    /// Whether it is several that were put together.
    pub other: bool,
    /// The row of the table that each number was read from; none for several.
    pub rows: Vec<Option<usize>>,
}

/// Sums by series and place.
struct Sums {
    names: Vec<String>,
    found: HashMap<String, usize>,
    values: Vec<Vec<Option<f64>>>,
    rows: Vec<Vec<Option<usize>>>,
    double: bool,
}

impl Sums {
    fn of(
        table: &Table,
        places: &[Option<usize>],
        width: usize,
        y: &[usize],
        by: Option<usize>,
    ) -> Sums {
        let mut sums = Sums {
            names: Vec::new(),
            found: HashMap::new(),
            values: Vec::new(),
            rows: Vec::new(),
            double: false,
        };
        if by.is_none() {
            for column in y {
                sums.at(&table.columns[*column].name, width);
            }
        }
        for (number, row) in table.rows.iter().enumerate() {
            let Some(place) = places.get(number).copied().flatten() else { continue };
            for (index, column) in y.iter().enumerate() {
                let at = match by {
                    Some(by) => sums.at(&name(row.get(by).unwrap_or(&Cell::Null)), width),
                    None => index,
                };
                let Some(value) = row.get(*column).and_then(Cell::number) else { continue };
                let (Some(slot), Some(from)) = (
                    sums.values.get_mut(at).and_then(|it| it.get_mut(place)),
                    sums.rows.get_mut(at).and_then(|it| it.get_mut(place)),
                ) else {
                    continue;
                };
                sums.double |= slot.is_some();
                *from = if slot.is_some() { None } else { Some(number) };
                *slot = Some(slot.unwrap_or(0.0) + value);
            }
        }
        sums
    }

    fn at(&mut self, name: &str, width: usize) -> usize {
        if let Some(at) = self.found.get(name) {
            return *at;
        }
        let at = self.names.len();
        self.names.push(name.to_owned());
        self.found.insert(name.to_owned(), at);
        self.values.push(vec![None; width]);
        self.rows.push(vec![None; width]);
        at
    }

    fn weight(&self, at: usize) -> f64 {
        self.values[at].iter().flatten().map(|it| it.abs()).sum()
    }
}

pub(super) fn shape(
    panel: &Panel,
    form: Form,
    data: Data<'_>,
    around: Around<'_>,
    notes: &mut Vec<String>,
) -> Result<Body, Vec<String>> {
    let table = data.table;
    let chosen = choose(panel, table, false)?;
    if chosen.by.is_some() && chosen.y.len() > 1 {
        let names: Vec<&str> = chosen.y.iter().map(|it| table.columns[*it].name.as_str()).collect();
        return Err(vec![format!(
            "with `by` there is one column of numbers, and there are {}: name one in `y`",
            names.join(", ")
        )]);
    }
    let before = data.before.filter(|it| it.columns.len() == table.columns.len());
    let shift = match (around.period, panel.compare) {
        (Some(period), Some(compare)) => period.shift(compare),
        _ => 0,
    };
    let drawn = matches!(form, Form::Line | Form::Area);
    let placed = place(table, chosen.x, before.map(|it| (it, shift)), around, drawn);
    let lost = placed.places.iter().filter(|it| it.is_none()).count();
    if lost > 0 {
        let column = &table.columns[chosen.x].name;
        notes.push(format!(
            "{} without a `{column}` {} left out",
            rows(lost),
            if lost == 1 { "is" } else { "are" }
        ));
    }
    let width = placed.axis.len();
    let sums = Sums::of(table, &placed.places, width, &chosen.y, chosen.by);
    if sums.double {
        notes.push(format!("rows of the same `{}` are added up", table.columns[chosen.x].name));
    }
    let open = open_from(&placed.axis, around);
    let (mut lines, order) = gather(&sums, width, chosen.by.is_some(), notes);
    if let Some(before) = before {
        let then = Sums::of(before, &placed.other, width, &chosen.y, chosen.by);
        compare(&mut lines, &order, &then, panel, notes);
    }
    if lines.iter().all(|it| it.values.iter().all(Option::is_none)) {
        return Ok(Body::Empty("No number is known of these rows".to_owned()));
    }
    if open.is_some() {
        let grain = match &placed.axis {
            Axis::Time { step: Step::Grain(grain), .. } => grain.name(),
            _ => "stretch",
        };
        notes.push(format!("the last {grain} is not over yet"));
    }
    let marks = match &placed.axis {
        Axis::Time { at, step, zone } => marks_within(around.marks, at, *step, zone),
        _ => Vec::new(),
    };
    let mut places = vec![None; width];
    for (row, place) in placed.places.iter().enumerate() {
        if let Some(first) = place.and_then(|it| places.get_mut(it)) {
            first.get_or_insert(row);
        }
    }
    Ok(Body::Series(Series {
        form,
        axis: placed.axis,
        places,
        axis_name: table.columns[chosen.x].name.clone(),
        lines,
        unit: Unit::of(panel.unit.as_deref()),
        target: panel.target,
        good: panel.good,
        open,
        marks,
    }))
}

fn rows(count: usize) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

/// Series in their order, those beyond the most put together. Of columns the order is the panel's; of values
/// the largest come first. Also tells into which line each of the sums went.
fn gather(
    sums: &Sums,
    width: usize,
    parted: bool,
    notes: &mut Vec<String>,
) -> (Vec<Line>, HashMap<String, usize>) {
    let mut order: Vec<usize> = (0..sums.names.len()).collect();
    if parted {
        order.sort_by(|a, b| {
            let heavier = sums.weight(*b).total_cmp(&sums.weight(*a));
            heavier.then_with(|| sums.names[*a].cmp(&sums.names[*b]))
        });
    }
    let own = if order.len() > SERIES_MOST { SERIES_MOST - 1 } else { order.len() };
    let mut lines: Vec<Line> = order[..own]
        .iter()
        .map(|it| Line {
            name: sums.names[*it].clone(),
            values: sums.values[*it].clone(),
            before: None,
            other: false,
            rows: sums.rows[*it].clone(),
        })
        .collect();
    let mut found: HashMap<String, usize> =
        order.iter().enumerate().map(|(at, it)| (sums.names[*it].clone(), at.min(own))).collect();
    let rest = &order[own..];
    if !rest.is_empty() {
        let mut values = vec![None; width];
        for it in rest {
            add(&mut values, &sums.values[*it]);
        }
        let rows = vec![None; width];
        let name = format!("other ({})", rest.len());
        lines.push(Line { name, values, before: None, other: true, rows });
        notes.push(format!("{} smaller series are drawn together as other", rest.len()));
    } else {
        found.retain(|_, at| *at < own);
    }
    (lines, found)
}

fn add(to: &mut [Option<f64>], values: &[Option<f64>]) {
    for (to, value) in to.iter_mut().zip(values) {
        if let Some(value) = value {
            *to = Some(to.unwrap_or(0.0) + value);
        }
    }
}

/// Adds the series of the period before to those they belong to.
fn compare(
    lines: &mut Vec<Line>,
    order: &HashMap<String, usize>,
    then: &Sums,
    panel: &Panel,
    notes: &mut Vec<String>,
) {
    let when = match panel.compare {
        Some(Compare::Year) => "a year before",
        _ => "before",
    };
    if lines.len() > 3 {
        notes.push(format!(
            "what it was {when} is drawn for at most three series, and there are {}",
            lines.len()
        ));
        return;
    }
    let own = lines.len();
    let mut found: Vec<Option<Vec<Option<f64>>>> = vec![None; own];
    for (name, values) in then.names.iter().zip(&then.values) {
        let Some(at) = order.get(name).copied().filter(|it| *it < own) else { continue };
        match &mut found[at] {
            Some(sum) => add(sum, values),
            none => *none = Some(values.clone()),
        }
    }
    for (at, values) in found.into_iter().enumerate() {
        let Some(values) = values else { continue };
        let rows = vec![None; values.len()];
        let name = if own == 1 { when.to_owned() } else { format!("{}, {when}", lines[at].name) };
        lines.push(Line { name, values, before: Some(at), other: false, rows });
    }
}

/// The place on an axis from which on time is not over.
fn open_from(axis: &Axis, around: Around<'_>) -> Option<usize> {
    let Axis::Time { at, step: Step::Grain(grain), zone } = axis else { return None };
    let now = around.now.as_millisecond();
    let place = at.partition_point(|it| *it <= now).checked_sub(1)?;
    let begun = Timestamp::from_millisecond(at[place]).ok()?;
    (grain.next(begun, zone).as_millisecond() > now).then_some(place)
}

/// What happened within an axis, in order.
fn marks_within(
    marks: &[Marked],
    at: &[i64],
    step: Step,
    zone: &jiff::tz::TimeZone,
) -> Vec<Marked> {
    let (Some(first), Some(last)) = (at.first(), at.last()) else { return Vec::new() };
    let end = match (step, Timestamp::from_millisecond(*last)) {
        (Step::Grain(grain), Ok(last)) => grain.next(last, zone).as_millisecond() - 1,
        _ => *last,
    };
    let mut within: Vec<Marked> =
        marks.iter().filter(|it| (*first..=end).contains(&it.at)).cloned().collect();
    within.sort_by(|a, b| (a.at, a.kind, &a.label).cmp(&(b.at, b.kind, &b.label)));
    within
}
