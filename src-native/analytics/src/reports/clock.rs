//! Hours and days of a zone, found quickly for many moments that lie close together.

use crate::visits::{offset, start_of};
use jiff::tz::TimeZone;

/// No zone changes its clocks but at a quarter of an hour.
const SLOT: i64 = 15 * 60_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Longest span that is prepared for: three days.
const SLOTS_MAX: i64 = 3 * 96;

/// Offsets of a zone around one day.
pub(super) struct Clock<'a> {
    zone: &'a TimeZone,
    begins: i64,
    offsets: Vec<i64>,
}

impl<'a> Clock<'a> {
    /// For moments from one to another.
    pub(super) fn new(zone: &'a TimeZone, first: i64, last: i64) -> Clock<'a> {
        let begins = first.div_euclid(SLOT);
        let slots = (last.div_euclid(SLOT) - begins + 1).clamp(0, SLOTS_MAX);
        let offsets = (begins..begins + slots).map(|it| offset(zone, it * SLOT)).collect();
        Clock { zone, begins, offsets }
    }

    fn local(&self, at: i64) -> i64 {
        let place = usize::try_from(at.div_euclid(SLOT) - self.begins).ok();
        match place.and_then(|it| self.offsets.get(it)) {
            Some(offset) => at + offset,
            None => at + offset(self.zone, at),
        }
    }

    /// Hour of the day.
    pub(super) fn hour(&self, at: i64) -> u32 {
        (self.local(at).rem_euclid(DAY) / HOUR) as u32
    }

    /// Day of the week, 1 for Monday to 7.
    pub(super) fn weekday(&self, at: i64) -> u32 {
        // 1970-01-01 was a Thursday.
        (self.local(at).div_euclid(DAY) + 3).rem_euclid(7) as u32 + 1
    }

    /// When the hour of the clock began, as a moment.
    pub(super) fn hour_start(&self, at: i64) -> i64 {
        at - self.local(at).rem_euclid(HOUR)
    }
}

/// Day numbers of calendars.
pub(super) fn date_of(day: i32) -> jiff::civil::Date {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(i64::from(day));
    span.and_then(|it| epoch.checked_add(it)).unwrap_or(epoch)
}

/// The number of a date.
pub(super) fn day_of_date(date: jiff::civil::Date) -> i32 {
    let span = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1)));
    span.map_or(0, |it| it.get_days())
}

/// When a day begins in a zone.
pub(super) fn begins(zone: &TimeZone, day: i32) -> i64 {
    start_of(zone, day)
}
