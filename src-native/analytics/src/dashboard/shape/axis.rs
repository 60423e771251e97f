//! Along an axis: moments, numbers or words.

use super::{Around, cells};
use crate::dashboard::period::Grain;
use crate::table::{Cell, ColumnKind, Table};
use jiff::civil::{Date, DateTime, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// What stands along an axis, from its beginning to its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Axis {
    /// Moments, in milliseconds since 1970, rising.
    Time {
        /// Beginnings of hours, days, weeks or months; or moments.
        at: Vec<i64>,
        /// How far they are apart.
        step: Step,
        /// The zone of their days.
        zone: TimeZone,
    },
    /// Numbers, rising.
    Numbers(Vec<f64>),
    /// Words, in the order of the rows.
    Words(Vec<String>),
}

/// How far the moments of an axis are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One to the next of a grain.
    Grain(Grain),
    /// As it comes.
    Moments,
}

impl Axis {
    /// How many places it has.
    pub fn len(&self) -> usize {
        match self {
            Axis::Time { at, .. } => at.len(),
            Axis::Numbers(at) => at.len(),
            Axis::Words(words) => words.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Most places that are filled in where rows are missing.
const FILLED_MOST: usize = 4_000;

/// The moment a cell is, in milliseconds: also of words that are written as a day, a month, a week or a
/// moment. What has no zone is in `zone`, unless it has a time of day: that is UTC, as queries give it.
pub fn moment_of(cell: &Cell, zone: &TimeZone) -> Option<i64> {
    let begin =
        |day: Date| day.to_zoned(zone.clone()).ok().map(|it| it.timestamp().as_millisecond());
    match cell {
        Cell::Time(at) => Timestamp::from_millisecond(*at).ok().map(|it| it.as_millisecond()),
        Cell::Day(days) => {
            let first = Date::new(1970, 1, 1).ok()?;
            begin(first.checked_add(i64::from(*days).days()).ok()?)
        }
        Cell::Text(text) => {
            let text = text.trim();
            let digits = text.get(..4)?.bytes().all(|it| it.is_ascii_digit());
            if !digits || text.len() > 40 {
                return None;
            }
            match text.len() {
                7 => begin(format!("{text}-01").parse().ok()?),
                8 => {
                    let (year, week) = text.split_once("-W")?;
                    let week =
                        ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday);
                    begin(Date::from_iso_week_date(week.ok()?))
                }
                10 => begin(text.parse().ok()?),
                16.. => {
                    if let Ok(at) = text.parse::<Timestamp>() {
                        return Some(at.as_millisecond());
                    }
                    let at: DateTime = text.parse().ok()?;
                    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The places of rows along an axis.
pub(super) struct Placed {
    pub(super) axis: Axis,
    /// The place of each row; none where its cell is no place.
    pub(super) places: Vec<Option<usize>>,
    /// Days that the other table was moved by to lie on this axis.
    pub(super) other: Vec<Option<usize>>,
}

/// Lays the rows of a table along an axis, and those of another, moved by `shift` days. `drawn` tells whether
/// numbers may be an axis of their own: bars stand beside each other as words do.
pub(super) fn place(
    table: &Table,
    column: usize,
    other: Option<(&Table, i64)>,
    around: Around<'_>,
    drawn: bool,
) -> Placed {
    let zone = around.zone;
    if is_time(table, column, zone) {
        let own: Vec<Option<i64>> = cells(table, column).map(|it| moment_of(it, zone)).collect();
        let moved: Vec<Option<i64>> = other.map_or_else(Vec::new, |(table, shift)| {
            cells(table, column).map(|it| shifted(moment_of(it, zone)?, shift, zone)).collect()
        });
        let mut at: Vec<i64> = own.iter().chain(&moved).filter_map(|it| *it).collect();
        at.sort_unstable();
        at.dedup();
        let step = step_of(&at, around);
        if let Step::Grain(grain) = step {
            at = filled(at, grain, zone);
        }
        let find = |it: &Option<i64>| it.and_then(|it| at.binary_search(&it).ok());
        let (places, other) = (own.iter().map(find).collect(), moved.iter().map(find).collect());
        return Placed { axis: Axis::Time { at, step, zone: zone.clone() }, places, other };
    }
    if drawn && super::is_number(table, column) {
        let read = |table: &Table| -> Vec<Option<f64>> {
            cells(table, column).map(Cell::number).collect()
        };
        let (own, more) = (read(table), other.map_or_else(Vec::new, |it| read(it.0)));
        let mut at: Vec<f64> = own.iter().chain(&more).filter_map(|it| *it).collect();
        at.sort_by(f64::total_cmp);
        at.dedup();
        let find = |it: &Option<f64>| {
            it.and_then(|it| at.binary_search_by(|other| other.total_cmp(&it)).ok())
        };
        let (places, other) = (own.iter().map(find).collect(), more.iter().map(find).collect());
        return Placed { axis: Axis::Numbers(at), places, other };
    }
    let mut words: Vec<String> = Vec::new();
    let mut seen = std::collections::HashMap::new();
    let mut find = |cell: &Cell| {
        let word = super::name(cell);
        let next = seen.len();
        let at = *seen.entry(word.clone()).or_insert(next);
        if at == next {
            words.push(word);
        }
        Some(at)
    };
    let places = cells(table, column).map(&mut find).collect();
    let more = other.map_or_else(Vec::new, |it| cells(it.0, column).map(&mut find).collect());
    Placed { axis: Axis::Words(words), places, other: more }
}

/// Whether a column holds moments, as such or as words.
pub(super) fn is_time(table: &Table, column: usize, zone: &TimeZone) -> bool {
    match table.columns[column].kind {
        ColumnKind::Time | ColumnKind::Day => true,
        ColumnKind::Number | ColumnKind::Bool => false,
        ColumnKind::Text => {
            let mut any = false;
            let all = cells(table, column).filter(|it| **it != Cell::Null).all(|it| {
                any = true;
                moment_of(it, zone).is_some()
            });
            all && any
        }
    }
}

/// A moment so many days later on the calendar of a zone.
fn shifted(at: i64, days: i64, zone: &TimeZone) -> Option<i64> {
    let here = Timestamp::from_millisecond(at).ok()?.to_zoned(zone.clone());
    Some(here.checked_add(days.days()).ok()?.timestamp().as_millisecond())
}

/// How far moments are apart. Of one or two alone the grain of the period decides where it is finer.
fn step_of(at: &[i64], around: Around<'_>) -> Step {
    let zone = around.zone;
    let local = |it: &i64| {
        Timestamp::from_millisecond(*it).ok().map(|it| it.to_zoned(zone.clone()).datetime())
    };
    let Some(local) = at.iter().map(local).collect::<Option<Vec<DateTime>>>() else {
        return Step::Moments;
    };
    let asked = around.period.map(|it| it.grain);
    let midnight = |it: &DateTime| it.hour() == 0 && it.minute() == 0 && it.second() == 0;
    let found = if local.iter().all(midnight) {
        let weekday = local.first().map(|it| it.weekday());
        if local.iter().all(|it| it.day() == 1) {
            Grain::Month
        } else if local.iter().all(|it| Some(it.weekday()) == weekday) && at.len() > 1 {
            Grain::Week
        } else {
            Grain::Day
        }
    } else if local.iter().all(|it| it.minute() == 0 && it.second() == 0) {
        // Bucketed in UTC, days begin at another hour here.
        let hour = local.first().map(|it| it.hour());
        match at.len() > 1 && local.iter().all(|it| Some(it.hour()) == hour) {
            true => return Step::Moments,
            false => Grain::Hour,
        }
    } else {
        return Step::Moments;
    };
    match asked {
        Some(asked) if at.len() < 3 && (asked < found || at.len() < 2 && found != Grain::Hour) => {
            Step::Grain(asked)
        }
        _ => Step::Grain(found),
    }
}

/// Moments with those that are missing between them, so that a gap is seen as one.
fn filled(at: Vec<i64>, grain: Grain, zone: &TimeZone) -> Vec<i64> {
    let (Some(first), Some(last)) = (at.first(), at.last()) else { return at };
    let mut all = Vec::new();
    let mut next = *first;
    while next <= *last {
        all.push(next);
        if all.len() > FILLED_MOST {
            return at;
        }
        let Ok(here) = Timestamp::from_millisecond(next) else { return at };
        let after = grain.next(here, zone).as_millisecond();
        if after <= next {
            return at;
        }
        next = after;
    }
    all.extend(at);
    all.sort_unstable();
    all.dedup();
    all
}
