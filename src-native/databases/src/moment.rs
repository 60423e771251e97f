//! Days, moments and lengths of time read from a server's text: to sort by, to draw and to write where a
//! file's format knows no text. What cannot be read stays text.

/// A moment: seconds since 1970 and a part of a second; in UTC where the text names its distance to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    pub(crate) seconds: i64,
    pub(crate) nanos: u32,
    pub(crate) zoned: bool,
}

/// Days of 1970-01-01 that a day of the Gregorian calendar lies after; none where there is no such day.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    const LENGTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = LENGTHS.get(usize::try_from(month - 1).ok()?)?;
    if day < 1 || day > length + i64::from(leap && month == 2) {
        return None;
    }
    // Years begin in March here, so that the odd day stands at their end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * month + 2) / 5 + day - 1;
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(365 * year + leaps + of_year - 719_468)
}

/// A day or a moment that a text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A day, in days since 1970-01-01.
    Day(i32),
    /// A moment, in milliseconds since 1970-01-01T00:00:00Z; UTC where the text names no distance to it.
    Moment(i64),
}

/// The day or moment that a text tells: `2026-01-31`, `2026-01-31 12:00:00`, `2026-01-31T12:00:00.5+01:00`.
pub fn when(text: &str) -> Option<When> {
    if let Some(day) = day(text.as_bytes()) {
        return i32::try_from(day).ok().map(When::Day);
    }
    let moment = moment(text.as_bytes())?;
    let millis = moment.seconds.checked_mul(1000)?.checked_add(i64::from(moment.nanos / 1_000_000));
    millis.map(When::Moment)
}

struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn take(&mut self, byte: u8) -> bool {
        let found = self.0.first() == Some(&byte);
        self.0 = &self.0[usize::from(found)..];
        found
    }

    /// A number of so many digits; others after them are left.
    fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let many = self.0.iter().take(most).take_while(|it| it.is_ascii_digit()).count();
        if many < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(many);
        self.0 = rest;
        Some(digits.iter().fold(0, |sum, it| sum * 10 + i64::from(it - b'0')))
    }

    /// Year, month and day; `BC` stands at the text's end and is looked for first.
    fn date(&mut self) -> Option<i64> {
        let mut before = false;
        for ending in [" BC", " (BC)"] {
            if let Some(rest) = self.0.strip_suffix(ending.as_bytes()) {
                (self.0, before) = (rest, true);
            }
        }
        let negative = self.take(b'-');
        let year = self.number(4, 7)?;
        let month = self.take(b'-').then(|| self.number(2, 2))??;
        let day = self.take(b'-').then(|| self.number(2, 2))??;
        let year = match (before, negative) {
            (true, true) => return None,
            (true, false) => 1 - year,
            (false, true) => -year,
            (false, false) => year,
        };
        days(year, month, day)
    }

    /// Hours, minutes and seconds, as seconds and nanoseconds.
    fn clock(&mut self, hours_most: usize) -> Option<(i64, u32)> {
        let hours = self.number(2, hours_most)?;
        let minutes = self.take(b':').then(|| self.number(2, 2))??;
        let seconds = if self.take(b':') { self.number(2, 2)? } else { 0 };
        let mut nanos = 0;
        if self.take(b'.') {
            let many = self.0.iter().take_while(|it| it.is_ascii_digit()).count();
            if many == 0 || many > 9 {
                return None;
            }
            let part = self.number(1, 9)?;
            nanos = u32::try_from(part * 10_i64.pow(u32::try_from(9 - many).ok()?)).ok()?;
        }
        (minutes < 60 && seconds < 60).then_some((hours * 3600 + minutes * 60 + seconds, nanos))
    }

    /// Distance from UTC in seconds; none where none stands.
    fn zone(&mut self) -> Option<Option<i64>> {
        self.take(b' ');
        if self.0.is_empty() {
            return Some(None);
        }
        if self.0 == b"Z" || self.0 == b"UTC" {
            self.0 = &[];
            return Some(Some(0));
        }
        let west = match self.0.first()? {
            b'-' => true,
            b'+' => false,
            _ => return None,
        };
        self.0 = &self.0[1..];
        let mut distance = self.number(2, 2)? * 3600;
        for unit in [60, 1] {
            let colon = self.take(b':');
            if colon || !self.0.is_empty() {
                distance += self.number(2, 2)? * unit;
            }
        }
        self.0.is_empty().then_some(Some(if west { -distance } else { distance }))
    }
}

/// A day as days since 1970.
pub(crate) fn day(text: &[u8]) -> Option<i64> {
    let mut text = Text(text);
    let day = text.date()?;
    text.0.is_empty().then_some(day)
}

/// A moment.
pub(crate) fn moment(text: &[u8]) -> Option<Moment> {
    let mut text = Text(text);
    let day = text.date()?;
    if text.0.is_empty() {
        return Some(Moment { seconds: day * 86_400, nanos: 0, zoned: false });
    }
    if !text.take(b' ') && !text.take(b'T') {
        return None;
    }
    let (clock, nanos) = text.clock(2)?;
    let zone = text.zone()?;
    let seconds = day * 86_400 + clock - zone.unwrap_or(0);
    (clock < 86_400).then_some(Moment { seconds, nanos, zoned: zone.is_some() })
}

/// A time of day, or hours beyond one as MySQL has them, in nanoseconds; in UTC where a zone stands.
pub(crate) fn time(text: &[u8]) -> Option<i64> {
    let mut text = Text(text);
    let negative = text.take(b'-');
    let (seconds, nanos) = text.clock(3)?;
    let zone = text.zone()?.unwrap_or(0);
    let all = seconds * 1_000_000_000 + i64::from(nanos);
    Some(if negative { -all } else { all } - zone * 1_000_000_000)
}

/// A length of time as PostgreSQL and DuckDB write it (`1 year 2 mons -3 days +04:05:06.7`), in
/// nanoseconds; a month has 30 days, as PostgreSQL sorts it.
pub(crate) fn interval(text: &[u8]) -> Option<i128> {
    const DAY: i128 = 86_400_000_000_000;
    let text = std::str::from_utf8(text).ok()?;
    let mut words = text.split_ascii_whitespace().peekable();
    words.peek()?;
    let mut all = 0_i128;
    while let Some(word) = words.next() {
        if word.contains(':') {
            let (sign, clock) = match word.as_bytes() {
                [b'-', rest @ ..] => (-1, rest),
                [b'+', rest @ ..] => (1, rest),
                rest => (1, rest),
            };
            let mut clock = Text(clock);
            let (seconds, nanos) = clock.clock(12)?;
            if !clock.0.is_empty() {
                return None;
            }
            all += sign * (i128::from(seconds) * 1_000_000_000 + i128::from(nanos));
        } else {
            let many: i64 = word.parse().ok()?;
            let unit = match words.next()?.trim_end_matches('s') {
                "year" => 360 * DAY,
                "mon" | "month" => 30 * DAY,
                "day" => DAY,
                _ => return None,
            };
            all += i128::from(many) * unit;
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar_and_no_others() {
        assert_eq!(day(b"1970-01-01"), Some(0));
        assert_eq!(day(b"2000-02-29"), Some(11_016));
        assert_eq!(day(b"0001-01-01"), Some(-719_162));
        assert_eq!(day(b"0001-12-31 BC"), Some(-719_163));
        assert_eq!(day(b"0044-03-15 (BC)"), day(b"-0043-03-15"));
        assert_eq!(day(b"294276-12-31"), Some(106_762_939));
        for wrong in ["0000-00-00", "1900-02-29", "infinity", "2024-13-01", "2024-1-1", "", "-"] {
            assert_eq!(day(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_told_in_utc_where_its_text_names_a_zone() {
        let at = |text: &str| moment(text.as_bytes()).map(|it| (it.seconds, it.nanos, it.zoned));
        assert_eq!(at("1970-01-01 00:00:01.5"), Some((1, 500_000_000, false)));
        assert_eq!(at("1970-01-01T01:00:00+01:00"), Some((0, 0, true)));
        assert_eq!(at("1969-12-31 23:30:00-00:30:00"), Some((0, 0, true)));
        assert_eq!(at("1970-01-01 05:30:00+0530"), Some((0, 0, true)));
        assert_eq!(at("1970-01-01 00:00:00.123456789Z"), Some((0, 123_456_789, true)));
        assert_eq!(at("0044-03-15 10:00:00+00 BC"), at("-0043-03-15 10:00:00Z"));
        for wrong in ["24:00:00", "2024-01-01 24:00:00", "2024-01-01 10:61", "infinity", "epoch"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_and_lengths_sort_as_the_server_sorts_them() {
        assert_eq!(time(b"838:59:59"), Some(3_020_399_000_000_000));
        assert_eq!(time(b"-01:00:00.5"), Some(-3_600_500_000_000));
        assert_eq!(time(b"12:34:00+02"), time(b"10:34"));
        assert!(time(b"24:00:00") > time(b"23:59:59.999999"));
        assert_eq!(interval(b"1 mon"), interval(b"30 days"));
        assert_eq!(interval(b"1 year 2 mons -3 days"), interval(b"417 days"));
        assert_eq!(interval(b"-1 days +02:03:00"), interval(b"-21:57:00"));
        assert!(interval(b"P1D").is_none() && interval(b"").is_none());
    }
}
