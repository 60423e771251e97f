//! Moments and days, as logs and tools write them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// `10/Oct/2000:13:55:36 -0700`, in milliseconds since 1970.
pub(super) fn common(text: &str) -> Option<i64> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    let (stamp, zone) = text.split_once(' ').unwrap_or((text, "+0000"));
    let (day, rest) = stamp.split_once('/')?;
    let (name, rest) = rest.split_once('/')?;
    const NAMES: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
    let found = NAMES.find(&name.to_ascii_lowercase()).filter(|it| it % 3 == 0 && name.len() == 3);
    let month = i8::try_from(found? / 3 + 1).ok()?;
    let mut rest = rest.split(':');
    let year = rest.next()?.parse().ok()?;
    let mut next = || rest.next()?.parse::<i8>().ok();
    let (hour, minute, second) = (next()?, next()?, next()?);
    let day = day.parse().ok()?;
    // A second that was put in is the one before.
    let local = DateTime::new(year, month, day, hour, minute, second.min(59), 0).ok()?;
    let digits = zone.trim_start_matches(['+', '-']);
    if digits.len() != 4 || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let minutes = digits[..2].parse::<i64>().ok()? * 60 + digits[2..].parse::<i64>().ok()?;
    let ahead = if zone.starts_with('-') { -minutes } else { minutes };
    Some(of(local)? - ahead * 60_000)
}

fn of(local: DateTime) -> Option<i64> {
    Some(TimeZone::fixed(Offset::UTC).to_timestamp(local).ok()?.as_millisecond())
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970: whichever is a time of our days.
pub(super) fn unix(number: f64) -> Option<i64> {
    let scale = match number.abs() {
        it if !it.is_finite() => return None,
        it if it < 1e11 => 1000.0,
        it if it < 1e14 => 1.0,
        it if it < 1e17 => 1e-3,
        _ => 1e-6,
    };
    let at = number * scale;
    (at.abs() < 1e15).then_some(at.floor() as i64)
}

/// A moment in any of the ways that logs and databases write one; without a zone it is UTC.
pub(crate) fn moment(text: &str) -> Option<i64> {
    let text = text.trim().trim_matches('"');
    if let Ok(number) = text.parse::<f64>() {
        // A year, or a day without signs, is no number of seconds.
        return if text.len() >= 9 { unix(number) } else { None };
    }
    if text.contains('/') && text.contains(':') && text.bytes().any(|it| it.is_ascii_alphabetic()) {
        return common(text);
    }
    let text = text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" utc")).unwrap_or(text);
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_millisecond());
    }
    let plain = text.replace('/', "-");
    if let Some((stamp, zone)) = offset(&plain) {
        return Some(of(stamp.parse::<DateTime>().ok()?)? - zone);
    }
    of(plain.parse::<DateTime>().ok()?)
}

/// `2026-11-20 12:00:00 +02`, `+0200`, `+02:00`: the part before, and how far it is ahead in milliseconds.
fn offset(text: &str) -> Option<(&str, i64)> {
    let at = text.get(11..)?.find(['+', '-'])? + 11;
    let (stamp, zone) = text.split_at(at);
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    let ahead = (hours * 60 + minutes) * 60_000;
    Some((stamp.trim_end(), if zone.starts_with('-') { -ahead } else { ahead }))
}

/// `2026-11-20`, `20261120`, or the day of a moment that is written so.
pub(crate) fn day(text: &str) -> Option<Date> {
    let text = text.trim().trim_matches('"');
    if text.len() == 8 && text.bytes().all(|it| it.is_ascii_digit()) {
        let part = |it: std::ops::Range<usize>| text[it].parse::<i16>().ok();
        let two = |it| i8::try_from(part(it)?).ok();
        return Date::new(part(0..4)?, two(4..6)?, two(6..8)?).ok();
    }
    let first = text.get(..10)?;
    let is_sign = |at: usize| matches!(first.as_bytes().get(at), Some(b'-' | b'/'));
    if !is_sign(4) || !is_sign(7) {
        return None;
    }
    first.replace('/', "-").parse().ok()
}
