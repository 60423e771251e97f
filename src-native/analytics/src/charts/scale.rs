//! From numbers and moments to places, and round ones of them to label.

use super::words::{self, Unit};
use crate::dashboard::period::Grain;
use crate::dashboard::shape::{Axis, Step};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

/// A scale of numbers: from the least to the most, and how far they are apart on the picture.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    pub(super) least: f64,
    pub(super) most: f64,
    /// Where the least stands.
    pub(super) from: f64,
    /// Where the most stands.
    pub(super) to: f64,
    pub(super) ticks: Vec<f64>,
}

impl Scale {
    /// A scale that holds all numbers and ends on round ones, with about `count` of them. It begins at
    /// nothing, unless `free` and the numbers are all far from it. What is round depends on the unit: for
    /// times it is what clocks and calendars go by.
    pub(super) fn of(
        values: impl Iterator<Item = f64>,
        free: bool,
        count: usize,
        unit: &Unit,
    ) -> Scale {
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|it| it.is_finite()) {
            (least, most) = (least.min(value), most.max(value));
        }
        if least > most {
            (least, most) = (0.0, 1.0);
        }
        let apart = most - least;
        let far = free && apart > 0.0 && apart < 0.2 * least.abs().max(most.abs());
        if !far {
            (least, most) = (least.min(0.0), most.max(0.0));
        }
        if least == most {
            most = least + 1.0;
        }
        let length = (most / 2.0 - least / 2.0) * 2.0;
        let step = match unit {
            Unit::Seconds => step_of_time(length, count),
            Unit::Milliseconds => step_of_time(length / 1000.0, count) * 1000.0,
            _ => round_step(length, count),
        };
        let first = (least / step).floor();
        let last = (most / step).ceil();
        let steps = (last - first).clamp(1.0, 100.0) as usize;
        let ticks: Vec<f64> = (0..=steps).map(|it| (first + it as f64) * step).collect();
        let (least, most) = (ticks[0].min(least), ticks[steps].max(most));
        Scale { least, most, from: 0.0, to: 1.0, ticks }
    }

    /// Between two places of the picture.
    pub(super) fn between(mut self, from: f64, to: f64) -> Scale {
        (self.from, self.to) = (from, to);
        self
    }

    /// The place of a number.
    pub(super) fn at(&self, value: f64) -> f64 {
        // Halves, so that the difference of huge numbers is finite.
        let whole = self.most / 2.0 - self.least / 2.0;
        let share = (value / 2.0 - self.least / 2.0) / whole;
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// What the ticks are called.
    pub(super) fn labels(&self, unit: &Unit) -> Vec<String> {
        let mut labels: Vec<String> = self.ticks.iter().map(|it| words::short(*it, unit)).collect();
        // Where few letters make two ticks the same, all letters are said.
        if labels.windows(2).any(|it| it[0] == it[1]) {
            labels = self.ticks.iter().map(|it| words::number(*it, unit)).collect();
        }
        labels
    }
}

/// 1, 2, 2.5 or 5 times a power of ten, so that about `count` of them make up a length.
fn round_step(length: f64, count: usize) -> f64 {
    let length = if length.is_finite() { length } else { f64::MAX / 4.0 };
    let rough = length / count.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    if power <= 0.0 || !power.is_finite() {
        return rough.max(f64::MIN_POSITIVE);
    }
    let unit = rough / power;
    let step = match unit {
        ..=1.0 => 1.0,
        ..=2.0 => 2.0,
        ..=2.5 => 2.5,
        ..=5.0 => 5.0,
        _ => 10.0,
    };
    step * power
}

/// Seconds, minutes, hours or days that are round on a clock, so that about `count` of them make up a length in
/// seconds.
fn step_of_time(length: f64, count: usize) -> f64 {
    const DAY: f64 = 86_400.0;
    const ROUND: [f64; 17] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0,
        7_200.0, 10_800.0, 21_600.0, 43_200.0,
    ];
    let rough = length / count.max(1) as f64;
    if rough <= 1.0 {
        return round_step(length, count);
    }
    ROUND.into_iter().find(|it| rough <= *it).unwrap_or_else(|| {
        // Half a day and the like are no round numbers of days.
        (round_step(length / DAY, count).ceil() * DAY).max(DAY)
    })
}

/// A label on an axis: where, and what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    /// Its place, as a share of the axis for lines, as the number of a place for bars.
    pub(super) at: f64,
    pub(super) label: String,
}

/// Labels of an axis of moments; `room` is how many fit. Their places are milliseconds.
pub(super) fn moments(at: &[i64], step: Step, zone: &TimeZone, room: usize) -> Vec<(i64, String)> {
    let (Some(first), Some(last)) = (at.first(), at.last()) else { return Vec::new() };
    if first == last {
        return vec![(*first, words::moment(*first, step, zone))];
    }
    let room = room.max(2);
    let finest = match step {
        Step::Grain(Grain::Month) => 9,
        Step::Grain(Grain::Week) => 6,
        Step::Grain(Grain::Day) => 5,
        _ => 0,
    };
    for (number, every) in EVERY.iter().enumerate().skip(finest) {
        if let Some(found) = every.between(*first, *last, zone, room) {
            let weeks = number == 6 && step == Step::Grain(Grain::Week);
            let found = if weeks { thinned(at, room) } else { found };
            return named(found, every, zone);
        }
    }
    let every = &EVERY[EVERY.len() - 1];
    named(thinned(at, room), every, zone)
}

/// Every so manieth of moments.
fn thinned(at: &[i64], room: usize) -> Vec<i64> {
    let every = at.len().div_ceil(room).max(1);
    at.iter().step_by(every).copied().collect()
}

/// How far labels are apart.
struct Every {
    unit: Of,
    count: i64,
}

#[derive(Clone, Copy, PartialEq)]
enum Of {
    Minute,
    Hour,
    Day,
    Month,
    Year,
}

const EVERY: [Every; 18] = [
    Every { unit: Of::Minute, count: 5 },
    Every { unit: Of::Minute, count: 30 },
    Every { unit: Of::Hour, count: 1 },
    Every { unit: Of::Hour, count: 3 },
    Every { unit: Of::Hour, count: 12 },
    Every { unit: Of::Day, count: 1 },
    Every { unit: Of::Day, count: 7 },
    Every { unit: Of::Day, count: 14 },
    Every { unit: Of::Day, count: 15 },
    Every { unit: Of::Month, count: 1 },
    Every { unit: Of::Month, count: 3 },
    Every { unit: Of::Month, count: 6 },
    Every { unit: Of::Year, count: 1 },
    Every { unit: Of::Year, count: 2 },
    Every { unit: Of::Year, count: 5 },
    Every { unit: Of::Year, count: 10 },
    Every { unit: Of::Year, count: 50 },
    Every { unit: Of::Year, count: 500 },
];

impl Every {
    fn span(&self) -> Span {
        match self.unit {
            Of::Minute => self.count.minutes(),
            Of::Hour => self.count.hours(),
            Of::Day => self.count.days(),
            Of::Month => self.count.months(),
            Of::Year => self.count.years(),
        }
    }

    fn seconds(&self) -> i64 {
        let unit = match self.unit {
            Of::Minute => 60,
            Of::Hour => 3_600,
            Of::Day => 86_400,
            Of::Month => 2_629_746,
            Of::Year => 31_556_952,
        };
        unit * self.count
    }

    /// Round moments between two; none where there are more than fit.
    fn between(&self, first: i64, last: i64, zone: &TimeZone, room: usize) -> Option<Vec<i64>> {
        let length = last.checked_sub(first)? / 1000;
        if length / self.seconds() > room as i64 {
            return None;
        }
        let here = Timestamp::from_millisecond(first).ok()?.to_zoned(zone.clone());
        let local = here.datetime();
        let midnight = DateTime::from_parts(local.date(), jiff::civil::Time::midnight());
        let mut next = match self.unit {
            Of::Minute => {
                let minute = i64::from(local.minute()) / self.count * self.count;
                local.with().minute(minute as i8).second(0).subsec_nanosecond(0).build().ok()?
            }
            Of::Hour => {
                let hour = i64::from(local.hour()) / self.count * self.count;
                midnight.with().hour(hour as i8).build().ok()?
            }
            Of::Day if self.count == 7 || self.count == 14 => {
                let past = i64::from(local.weekday().to_monday_zero_offset());
                midnight.checked_sub(past.days()).ok()?
            }
            Of::Day => midnight,
            Of::Month => {
                let month = i64::from(local.month() - 1) / self.count * self.count + 1;
                midnight.with().day(1).month(month as i8).build().ok()?
            }
            Of::Year => {
                let year = i64::from(local.year()).div_euclid(self.count) * self.count;
                midnight.with().day(1).month(1).year(year.max(1) as i16).build().ok()?
            }
        };
        let mut found = Vec::new();
        for _ in 0..room * 4 + 40 {
            let at = next.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond();
            if at > last {
                break;
            }
            if at >= first {
                found.push(at);
            }
            next = next.checked_add(self.span()).ok()?;
        }
        (found.len() <= room && found.len() >= 2).then_some(found)
    }
}

/// Moments with their names: of a day its hour, of a month its days, each beginning named in full.
fn named(found: Vec<i64>, every: &Every, zone: &TimeZone) -> Vec<(i64, String)> {
    let mut named: Vec<(i64, String)> = Vec::new();
    let mut before: Option<DateTime> = None;
    for at in found {
        let Some(local) = words::local(at, zone) else { continue };
        let date = local.date();
        let new_year = before.is_none_or(|it| it.year() != local.year());
        let new_day = before.is_none_or(|it| it.date() != date);
        let day = || format!("{} {}", date.day(), words::month(date.month()));
        let label = match every.unit {
            Of::Minute | Of::Hour if new_day && before.is_none() && local.hour() > 0 => {
                format!("{} {:02}:{:02}", day(), local.hour(), local.minute())
            }
            Of::Minute | Of::Hour if new_day => day(),
            Of::Minute | Of::Hour => format!("{:02}:{:02}", local.hour(), local.minute()),
            Of::Day if new_year => words::day(date),
            Of::Day => day(),
            Of::Month if new_year => format!("{} {}", words::month(date.month()), date.year()),
            Of::Month => words::month(date.month()).to_owned(),
            Of::Year => date.year().to_string(),
        };
        named.push((at, label));
        before = Some(local);
    }
    named
}

/// What a place of an axis is called, in full.
pub(crate) fn place(axis: &Axis, index: usize) -> String {
    match axis {
        Axis::Time { at, step, zone } => {
            at.get(index).map(|it| words::moment(*it, *step, zone)).unwrap_or_default()
        }
        Axis::Numbers(at) => {
            at.get(index).map(|it| words::number(*it, &Unit::Plain)).unwrap_or_default()
        }
        Axis::Words(words) => words.get(index).cloned().unwrap_or_default(),
    }
}

/// Labels of an axis whose places stand beside each other: their place, from 0.
pub(super) fn slots(axis: &Axis, slot: f64, width: f64) -> Vec<Tick> {
    match axis {
        Axis::Time { at, step, zone } => {
            let ticks = moments(at, *step, zone, (width / 74.0) as usize);
            let place = |it: i64| at.partition_point(|other| *other < it).min(at.len() - 1) as f64;
            ticks.into_iter().map(|(it, label)| Tick { at: place(it), label }).collect()
        }
        _ => {
            let names: Vec<String> = (0..axis.len()).map(|it| place(axis, it)).collect();
            let longest =
                names.iter().map(|it| super::widths::width(it, super::SMALL)).fold(0.0, f64::max);
            // As many as have room to say something.
            let every = ((longest.min(90.0) + 8.0) / slot.max(0.01)).ceil().max(1.0) as usize;
            let room = slot * every as f64 - 6.0;
            let labels = names.iter().enumerate().step_by(every);
            labels
                .map(|(at, it)| Tick {
                    at: at as f64,
                    label: super::widths::cut(it, super::SMALL, room),
                })
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(most: f64, unit: &Unit) -> Vec<String> {
        let labels = Scale::of([most].into_iter(), false, 4, unit).labels(unit);
        labels.into_iter().map(|it| it.replace('\u{202f}', " ")).collect()
    }

    #[test]
    fn times_have_ticks_that_clocks_and_calendars_go_by() {
        assert_eq!(labels(7_000_000.0, &Unit::Seconds), ["0 s", "25 d", "50 d", "75 d", "100 d"]);
        assert_eq!(labels(200_000.0, &Unit::Seconds), ["0 s", "1 d", "2 d", "3 d"]);
        assert_eq!(labels(10_000.0, &Unit::Seconds), ["0 s", "1 h", "2 h", "3 h"]);
        assert_eq!(labels(100.0, &Unit::Seconds), ["0 s", "30 s", "1 min", "1 min 30 s", "2 min"]);
        assert_eq!(labels(90_000.0, &Unit::Milliseconds), ["0 s", "30 s", "1 min", "1 min 30 s"]);
        assert_eq!(labels(90.0, &Unit::Plain), ["0", "25", "50", "75", "100"]);
    }
}
