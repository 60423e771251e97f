//! Numbers, days and moments for people.

use crate::dashboard::period::Grain;
use crate::dashboard::shape::Step;
use crate::table::Cell;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// The unit of numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// None.
    #[default]
    Plain,
    /// Parts of one, shown as percent.
    Share,
    /// Seconds, shown as what they are counted in.
    Seconds,
    /// Thousandths of a second, likewise.
    Milliseconds,
    /// Bytes, likewise.
    Bytes,
    /// Any other, which stands behind its number.
    Named(String),
}

impl Unit {
    /// The unit of a name.
    pub fn of(name: Option<&str>) -> Unit {
        match name.map(str::trim) {
            None | Some("") => Unit::Plain,
            Some("share") => Unit::Share,
            Some("seconds") => Unit::Seconds,
            Some("milliseconds") => Unit::Milliseconds,
            Some("bytes") => Unit::Bytes,
            Some(other) => Unit::Named(clean(other)),
        }
    }
}

/// Between a number and its unit.
const THIN: char = '\u{202f}';

/// A number in full: `12,345.6`, `42.1 %`, `1 h 5 min`.
pub fn number(value: f64, unit: &Unit) -> String {
    match unit {
        Unit::Plain => plain(value),
        Unit::Share => format!("{}{THIN}%", fixed(value * 100.0, 1)),
        Unit::Seconds => duration(value),
        Unit::Milliseconds => duration(value / 1000.0),
        Unit::Bytes => bytes(value),
        Unit::Named(name) if is_currency(name) && value.abs() < 1e12 => {
            format!("{}{THIN}{name}", fixed(value, 2))
        }
        Unit::Named(name) => format!("{}{THIN}{name}", plain(value)),
    }
}

/// Whether a unit is written as currencies are (`EUR`): those have two digits behind the point, or none.
fn is_currency(name: &str) -> bool {
    name.len() == 3 && name.bytes().all(|it| it.is_ascii_uppercase())
}

/// A number in few letters, for axes: `12.3k`, `1.2M`, `40 %`.
pub fn short(value: f64, unit: &Unit) -> String {
    match unit {
        Unit::Plain | Unit::Named(_) => compact(value),
        Unit::Share => {
            let digits = if value.abs() >= 0.01 { 1 } else { 2 };
            format!("{}{THIN}%", trimmed(value * 100.0, digits))
        }
        _ => number(value, unit),
    }
}

fn compact(value: f64) -> String {
    let size = value.abs();
    for (from, by, letter) in
        [(1e15, 1e15, ""), (1e12, 1e12, "T"), (1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "k")]
    {
        // What would be rounded up to the next letter has it.
        if size >= from * 0.999_95 {
            if letter.is_empty() {
                return minus(format!("{value:.2e}"));
            }
            return format!(
                "{}{letter}",
                trimmed(value / by, if size / by >= 100.0 { 1 } else { 2 })
            );
        }
    }
    plain(value)
}

/// A change, as a share of what was: `+12.3 %`, `−4 %`, `×31`.
pub fn change(share: f64) -> String {
    if share >= 9.995 {
        return format!("×{}", trimmed(share + 1.0, 1));
    }
    let digits = if share.abs() < 0.0995 { 1 } else { 0 };
    let text = fixed(share * 100.0, digits);
    let sign =
        if share > 0.0 && text.bytes().any(|it| (b'1'..=b'9').contains(&it)) { "+" } else { "" };
    format!("{sign}{text}{THIN}%")
}

fn plain(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 {
        return minus(format!("{value:.3e}"));
    }
    if value.fract() == 0.0 {
        return fixed(value, 0);
    }
    match size {
        100.0.. => fixed(value, 1),
        1.0.. => trimmed(value, 2),
        _ => {
            // Three figures that say something.
            let digits = (2 - size.log10().floor() as i32).clamp(2, 12) as usize;
            match size < 1e-12 {
                true => minus(format!("{value:.2e}")),
                false => trimmed(value, digits),
            }
        }
    }
}

/// With so many digits behind the point at most, thousands parted; zeros at the end left out.
fn trimmed(value: f64, digits: usize) -> String {
    let text = fixed(value, digits);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// With exactly so many digits behind the point, unless all are zeros; thousands parted.
fn fixed(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let mut parted = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    if part.bytes().any(|it| it != b'0') {
        parted.push('.');
        parted.push_str(part);
    }
    let nothing = parted.bytes().all(|it| matches!(it, b'0' | b'.' | b','));
    if value < 0.0 && !nothing { format!("−{parted}") } else { parted }
}

fn minus(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) => format!("−{rest}"),
        None => text,
    }
}

/// `350 ms`, `12.5 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`.
fn duration(seconds: f64) -> String {
    let size = seconds.abs();
    let sign = if seconds < 0.0 { "−" } else { "" };
    let two = |most: f64, large: &str, small: &str| {
        let (first, second) = ((size / most).floor(), 0.0_f64);
        let unit = match small {
            "s" => 1.0,
            "min" => 60.0,
            _ => 3600.0,
        };
        let rest = ((size - first * most) / unit).round() + second;
        let (first, rest) = if rest * unit >= most { (first + 1.0, 0.0) } else { (first, rest) };
        match rest > 0.0 && first < 100.0 {
            true => format!("{sign}{}{THIN}{large} {rest}{THIN}{small}", fixed(first, 0)),
            false => format!("{sign}{}{THIN}{large}", fixed(first, 0)),
        }
    };
    match size {
        0.0 => format!("0{THIN}s"),
        ..0.001 => format!("{sign}{}{THIN}ms", trimmed(size * 1000.0, 3)),
        ..1.0 => format!("{sign}{}{THIN}ms", fixed(size * 1000.0, 0)),
        ..60.0 => format!("{sign}{}{THIN}s", trimmed(size, 1)),
        ..3600.0 => two(60.0, "min", "s"),
        ..86_400.0 => two(3600.0, "h", "min"),
        _ => two(86_400.0, "d", "h"),
    }
}

fn bytes(value: f64) -> String {
    let mut size = value.abs();
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB", "PB"] {
        if size < 999.95 {
            break;
        }
        (size, unit) = (size / 1000.0, next);
    }
    let sign = if value < 0.0 { "−" } else { "" };
    format!("{sign}{}{THIN}{unit}", if unit == "B" { fixed(size, 0) } else { trimmed(size, 1) })
}

/// A number as programs read it: no thousands parted, all digits that matter.
pub fn raw(value: f64) -> String {
    match value.fract() == 0.0 && value.abs() < 1e15 {
        true => format!("{value:.0}"),
        false => format!("{value}"),
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Mar`.
pub(super) fn month(number: i8) -> &'static str {
    MONTHS.get(usize::try_from(number - 1).unwrap_or(0)).copied().unwrap_or("")
}

/// `3 Mar 2026`.
pub fn day(day: Date) -> String {
    format!("{} {} {}", day.day(), month(day.month()), day.year())
}

/// From one day to another, which is part of it: `1 – 30 Nov 2026`, `28 Dec 2025 – 3 Jan 2026`.
pub fn days(first: Date, last: Date) -> String {
    if first >= last {
        return day(first);
    }
    let begin = match (first.year() == last.year(), first.month() == last.month()) {
        (true, true) => first.day().to_string(),
        (true, false) => format!("{} {}", first.day(), month(first.month())),
        _ => day(first),
    };
    format!("{begin} – {}", day(last))
}

/// A moment in a zone; none where the calendar does not reach it.
pub(super) fn local(at: i64, zone: &TimeZone) -> Option<DateTime> {
    let at = Timestamp::from_millisecond(at).ok()?;
    Some(at.to_zoned(zone.clone()).datetime())
}

/// A place on an axis of time, with all that its step tells of it.
pub fn moment(at: i64, step: Step, zone: &TimeZone) -> String {
    let Some(local) = local(at, zone) else { return at.to_string() };
    let date = local.date();
    match step {
        Step::Grain(Grain::Month) => format!("{} {}", month(date.month()), date.year()),
        Step::Grain(Grain::Week) => format!("week of {}", day(date)),
        Step::Grain(Grain::Day) => day(date),
        Step::Grain(Grain::Hour) | Step::Moments => {
            format!("{}, {:02}:{:02}", day(date), local.hour(), local.minute())
        }
    }
}

/// A cell for people; moments in UTC.
pub fn cell(cell: &Cell, unit: &Unit) -> String {
    said(cell, unit, &TimeZone::UTC)
}

/// A cell for people; moments in a zone.
pub fn said(cell: &Cell, unit: &Unit, zone: &TimeZone) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(it) if *unit == Unit::Plain => whole(*it),
        Cell::Integer(it) => number(*it as f64, unit),
        Cell::Real(it) => number(*it, unit),
        Cell::Text(it) => clean(it),
        Cell::Bool(it) => (if *it { "yes" } else { "no" }).to_owned(),
        Cell::Time(at) => match local(*at, zone) {
            Some(it) => it.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            None => at.to_string(),
        },
        Cell::Day(days) => iso_day(*days),
    }
}

/// A whole number with its thousands parted, exactly.
fn whole(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut parted = String::from(if value < 0 { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

/// Days since 1970 as `2026-03-01`.
pub fn iso_day(days: i32) -> String {
    let at = i64::from(days).checked_mul(86_400).and_then(|it| Timestamp::from_second(it).ok());
    match at {
        Some(at) => at.strftime("%Y-%m-%d").to_string(),
        None => days.to_string(),
    }
}

/// Text without what would move a cursor, break a line or turn the direction of what follows.
pub fn clean(text: &str) -> String {
    let odd = |it: char| {
        it.is_control()
            || matches!(it, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    if !text.contains(odd) {
        return text.to_owned();
    }
    text.chars()
        .filter_map(|it| match it {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
            it if odd(it) => None,
            it => Some(it),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let plain = |it| number(it, &Unit::Plain);
        assert_eq!(plain(1_234_567.0), "1,234,567");
        assert_eq!(plain(-0.04), "−0.04");
        assert_eq!(plain(0.000_123_45), "0.000123");
        assert_eq!(plain(1234.56), "1,234.6");
        assert_eq!(short(12_345.0, &Unit::Plain), "12.35k");
        assert_eq!(short(999_999.0, &Unit::Plain), "1M");
        assert_eq!(short(2.5e18, &Unit::Plain), "2.50e18");
        assert_eq!(number(0.4217, &Unit::Share), "42.2\u{202f}%");
        assert_eq!(number(3_725.0, &Unit::Seconds), "1\u{202f}h 2\u{202f}min");
        assert_eq!(number(119.7, &Unit::Seconds), "2\u{202f}min");
        assert_eq!(number(1_234_567.0, &Unit::Bytes), "1.2\u{202f}MB");
        assert_eq!(change(0.123), "+12\u{202f}%");
        assert_eq!(change(-0.0004), "0\u{202f}%");
        assert_eq!(whole(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn text_cannot_move_the_cursor_or_turn_the_line() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c\nd"), "a[31mbc d");
    }
}
