//! Stretches of time as people write them (`90d`, `this month`, `2026-01-01..2026-02-01`), what they are at
//! a given moment in a given zone, and the stretch that each is compared with.

use super::Compare;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, Zoned};
use std::fmt;

/// A stretch of time, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// So many hours, days, weeks, months or years, up to and with the present one.
    Last(u16, Unit),
    /// From one day to another, which is not part of it.
    Between(Date, Date),
    /// The present day, week (from Monday), month or year.
    This(Unit),
    /// The one before.
    Previous(Unit),
    /// Since 1970.
    All,
}

/// What a period is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks, from Monday.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

impl Unit {
    fn letter(self) -> char {
        match self {
            Unit::Hour => 'h',
            Unit::Day => 'd',
            Unit::Week => 'w',
            Unit::Month => 'm',
            Unit::Year => 'y',
        }
    }

    fn name(self) -> &'static str {
        match self {
            Unit::Hour => "hour",
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Year => "year",
        }
    }

    fn span(self, count: u16) -> Span {
        let count = i64::from(count.min(COUNT_MOST));
        match self {
            Unit::Hour => count.hours(),
            Unit::Day => count.days(),
            Unit::Week => (count * 7).days(),
            Unit::Month => count.months(),
            Unit::Year => count.years(),
        }
    }
}

/// Most of a unit that a period has: the calendar ends at the year 9999.
const COUNT_MOST: u16 = 9_999;

/// What a period may be written as, for hints.
pub const FORMS: &str = "write `90d`, `12w`, `6m`, `1y`, `24h`, `today`, `yesterday`, `this week`, \
                         `last month`, `all`, or two days such as `2026-01-01..2026-02-01`";

impl fmt::Display for Period {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Last(count, unit) => write!(to, "{count}{}", unit.letter()),
            Period::Between(from, until) => write!(to, "{from}..{until}"),
            Period::This(Unit::Day) => to.write_str("today"),
            Period::Previous(Unit::Day) => to.write_str("yesterday"),
            Period::This(unit) => write!(to, "this {}", unit.name()),
            Period::Previous(unit) => write!(to, "last {}", unit.name()),
            Period::All => to.write_str("all"),
        }
    }
}

impl Period {
    /// Reads a period.
    ///
    /// # Errors
    /// A sentence, where the text is none.
    pub fn parse(text: &str) -> Result<Period, String> {
        let text = text.trim();
        let none = || format!("`{text}` is no period");
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (day(from)?, day(to)?);
            if from >= to {
                return Err(format!(
                    "the period `{text}` ends before it begins; the last day is not part of it"
                ));
            }
            return Ok(Period::Between(from, to));
        }
        let unit = |word: &str| match word {
            "week" => Ok(Unit::Week),
            "month" => Ok(Unit::Month),
            "year" => Ok(Unit::Year),
            "day" => Ok(Unit::Day),
            _ => Err(none()),
        };
        match text {
            "today" => return Ok(Period::This(Unit::Day)),
            "yesterday" => return Ok(Period::Previous(Unit::Day)),
            "all" => return Ok(Period::All),
            _ => {}
        }
        if let Some(word) = text.strip_prefix("this ") {
            return Ok(Period::This(unit(word.trim())?));
        }
        if let Some(word) = text.strip_prefix("last ") {
            return Ok(Period::Previous(unit(word.trim())?));
        }
        let mut letters = text.chars();
        let unit = match letters.next_back() {
            Some('h') => Unit::Hour,
            Some('d') => Unit::Day,
            Some('w') => Unit::Week,
            Some('m') => Unit::Month,
            Some('y') => Unit::Year,
            _ => return Err(none()),
        };
        match letters.as_str().trim().parse::<u16>() {
            Ok(count) if (1..=COUNT_MOST).contains(&count) => Ok(Period::Last(count, unit)),
            _ => Err(none()),
        }
    }

    /// What it is at a moment, in a zone.
    ///
    /// # Errors
    /// A sentence, where the calendar does not reach that far.
    pub fn resolve(self, now: Timestamp, zone: &TimeZone) -> Result<Resolved, String> {
        self.bounds(now, zone)
            .ok_or_else(|| format!("the calendar does not reach as far as `{self}`"))
    }

    fn bounds(self, now: Timestamp, zone: &TimeZone) -> Option<Resolved> {
        // The midnight that ends a day belongs to it: what is asked at its end is about it.
        let here = now.checked_sub(1.nanosecond()).ok()?.to_zoned(zone.clone());
        let today = here.date();
        let (first, after) = match self {
            Period::Last(count, Unit::Hour) => {
                let hour = here.with().minute(0).second(0).subsec_nanosecond(0).build().ok()?;
                let to = hour.checked_add(1.hour()).ok()?;
                let from = to.checked_sub(Unit::Hour.span(count)).ok()?;
                return Resolved::of(from.timestamp(), to.timestamp(), now, zone);
            }
            Period::Last(count, unit) => {
                let after = today.tomorrow().ok()?;
                (after.checked_sub(unit.span(count)).ok()?, after)
            }
            Period::Between(from, to) => (from, to),
            Period::This(unit) => {
                let first = begin(today, unit)?;
                (first, first.checked_add(unit.span(1)).ok()?)
            }
            Period::Previous(unit) => {
                let after = begin(today, unit)?;
                (after.checked_sub(unit.span(1)).ok()?, after)
            }
            Period::All => (Date::new(1970, 1, 1).ok()?, today.tomorrow().ok()?),
        };
        Resolved::days(first, after, now, zone)
    }
}

/// First day of the unit that a day is in.
fn begin(day: Date, unit: Unit) -> Option<Date> {
    match unit {
        Unit::Hour | Unit::Day => Some(day),
        Unit::Week => day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok(),
        Unit::Month => Some(day.first_of_month()),
        Unit::Year => Some(day.first_of_year()),
    }
}

/// Reads a day.
///
/// # Errors
/// A sentence, where the text is none.
pub fn day(text: &str) -> Result<Date, String> {
    let text = text.trim();
    let shaped = text.len() == 10 && text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    match text.parse() {
        Ok(day) if shaped => Ok(day),
        _ => Err(format!("`{text}` is no day; write it as `2026-01-31`")),
    }
}

/// How finely a period is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grain {
    /// By the hour.
    Hour,
    /// By the day.
    Day,
    /// By the week, from Monday.
    Week,
    /// By the month.
    Month,
}

impl Grain {
    /// Its name, as statements get it.
    pub fn name(self) -> &'static str {
        match self {
            Grain::Hour => "hour",
            Grain::Day => "day",
            Grain::Week => "week",
            Grain::Month => "month",
        }
    }

    /// The moment at which the grain after the one that begins at `at` begins.
    pub fn next(self, at: Timestamp, zone: &TimeZone) -> Timestamp {
        let here = at.to_zoned(zone.clone());
        let span = match self {
            Grain::Hour => 1.hour(),
            Grain::Day => 1.day(),
            Grain::Week => 7.days(),
            Grain::Month => 1.month(),
        };
        here.saturating_add(span).timestamp()
    }
}

/// A period at a moment: half open, `from` is in it and `to` is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// When it begins.
    pub from: Timestamp,
    /// When it is over.
    pub to: Timestamp,
    /// Its first day.
    pub from_day: Date,
    /// The day after its last.
    pub to_day: Date,
    /// How finely it is looked at.
    pub grain: Grain,
    /// Whether it is not over yet: `now` lies in it.
    pub open: bool,
}

impl Resolved {
    fn days(first: Date, after: Date, now: Timestamp, zone: &TimeZone) -> Option<Resolved> {
        let from = start(first, zone)?;
        let to = start(after, zone)?;
        let mut it = Resolved::of(from, to, now, zone)?;
        (it.from_day, it.to_day) = (first, after);
        Some(it)
    }

    fn of(from: Timestamp, to: Timestamp, now: Timestamp, zone: &TimeZone) -> Option<Resolved> {
        let last = to.checked_sub(1.nanosecond()).ok()?;
        let days = (to.as_second() - from.as_second()) / 86_400;
        let grain = match days {
            ..=2 => Grain::Hour,
            3..=92 => Grain::Day,
            93..=731 => Grain::Week,
            _ => Grain::Month,
        };
        let from_day = from.to_zoned(zone.clone()).date();
        if from_day.year() < 1 {
            return None;
        }
        let to_day = last.to_zoned(zone.clone()).date().tomorrow().ok()?;
        Some(Resolved { from, to, from_day, to_day, grain, open: from <= now && now < to })
    }

    /// The period it is compared with: as long, and beginning on the same day of the week. Where this one is
    /// not over yet, as much of the other as has passed of this. None where the calendar ends before it.
    pub fn before(&self, compare: Compare, now: Timestamp, zone: &TimeZone) -> Option<Resolved> {
        let back = self.shift(compare);
        let until = if self.open { now } else { self.to };
        let shifted = |at: Timestamp| -> Option<Zoned> {
            at.to_zoned(zone.clone()).checked_sub(back.days()).ok()
        };
        let from = shifted(self.from)?.timestamp();
        let to = shifted(until)?.timestamp();
        if from >= to {
            return None;
        }
        let mut it = Resolved::of(from, to, now, zone)?;
        (it.grain, it.open) = (self.grain, false);
        Some(it)
    }

    /// Days between this period and the one it is compared with: whole weeks.
    pub fn shift(&self, compare: Compare) -> i64 {
        let days = (self.to.as_second() - self.from.as_second() + 86_399) / 86_400;
        match compare {
            // An hour more or less, where clocks change, is no day.
            Compare::Before => {
                let days = (self.to.as_second() - self.from.as_second() + 43_200) / 86_400;
                (days + 6).div_euclid(7).max(1) * 7
            }
            Compare::Year => (days + 365).div_euclid(366).max(1) * 364,
        }
    }

    /// Its days as people say them: `1 Sep – 29 Nov 2026`.
    pub fn say(&self) -> String {
        let last = self.to_day.yesterday().unwrap_or(self.to_day);
        crate::charts::words::days(self.from_day, last)
    }
}

/// The moment at which a day begins.
fn start(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}
