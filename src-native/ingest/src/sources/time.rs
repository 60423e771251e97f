//! Moments as trackers write them.

/// Milliseconds since 1970 of `2012-05-16T07:56:13.000+0000`, of what RFC 3339 allows (a space for
/// the `T` too), of a bare date, and of a number of milliseconds or, below 10¹¹, of seconds.
pub(super) fn millis(text: &str) -> Option<i64> {
    let text = text.trim().as_bytes();
    if text.get(4) != Some(&b'-') {
        let number = std::str::from_utf8(text).ok()?.parse::<i64>().ok()?;
        // As milliseconds these would all lie before 1973-03-03, when no tracker was.
        return Some(if number.abs() < 100_000_000_000 { number * 1000 } else { number });
    }
    let year = digits(text, 0, 4)?;
    let month = digits(text, 5, 2).filter(|it| (1..=12).contains(it))?;
    let day = digits(text, 8, 2).filter(|it| (1..=31).contains(it))?;
    if text.get(7) != Some(&b'-') {
        return None;
    }
    let midnight = days(year, month, day) * 86_400_000;
    if text.len() == 10 {
        return Some(midnight);
    }
    if !matches!(text[10], b'T' | b't' | b' ') || text.get(13) != Some(&b':') {
        return None;
    }
    let hour = digits(text, 11, 2).filter(|it| *it < 24)?;
    let minute = digits(text, 14, 2).filter(|it| *it < 60)?;
    let mut at = 16;
    let mut second = 0;
    if text.get(at) == Some(&b':') {
        second = digits(text, 17, 2).filter(|it| *it <= 60)?;
        at = 19;
    }
    let mut milli = 0;
    if matches!(text.get(at), Some(b'.' | b',')) {
        at += 1;
        let mut scale = 100;
        while let Some(digit) = text.get(at).filter(|it| it.is_ascii_digit()) {
            milli += i64::from(digit - b'0') * scale;
            scale /= 10;
            at += 1;
        }
    }
    let ahead = zone(&text[at..])?;
    Some(midnight + ((hour * 60 + minute - ahead) * 60 + second) * 1000 + milli)
}

/// Minutes that a zone is ahead of UTC; a moment without one is taken for UTC.
fn zone(text: &[u8]) -> Option<i64> {
    let sign = match text {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let minutes = match text.len() {
        3 => 0,
        5 => digits(text, 3, 2)?,
        6 if text[3] == b':' => digits(text, 4, 2)?,
        _ => return None,
    };
    Some(sign * (digits(text, 1, 2)? * 60 + minutes))
}

fn digits(text: &[u8], at: usize, count: usize) -> Option<i64> {
    text.get(at..at + count)?
        .iter()
        .try_fold(0, |sum, it| it.is_ascii_digit().then(|| sum * 10 + i64::from(it - b'0')))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar: years are counted from March, so that
/// the leap day is their last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

/// The year, month and day that milliseconds since 1970 fall on, in UTC.
pub(super) fn day(millis: i64) -> (i64, i64, i64) {
    // From 0000-03-01, in spans of 400 years, of which each is as long as the other.
    let days = millis.div_euclid(86_400_000) + 719_468;
    let (span, of_span) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_span - of_span / 1460 + of_span / 36_524 - of_span / 146_096) / 365;
    let of_year = of_span - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = span * 400 + year + i64::from(month >= 10);
    (year, if month < 10 { month + 3 } else { month - 9 }, day)
}

#[cfg(test)]
mod tests {
    use super::{day, millis};

    #[test]
    fn a_day_read_is_the_day_written() {
        for at in (-800_000..800_000).map(|it| it * 86_400_000) {
            let (year, month, day) = day(at);
            if (0..=9999).contains(&year) {
                assert_eq!(millis(&format!("{year:04}-{month:02}-{day:02}")), Some(at));
            }
        }
    }

    #[test]
    fn each_way_to_write_a_moment_is_read() {
        for (text, expected) in [
            ("1970-01-01T00:00:00.000+0000", 0),
            ("2012-05-16T07:56:13.000+0000", 1_337_154_973_000),
            ("2012-05-16T07:56:13Z", 1_337_154_973_000),
            ("2012-05-16 07:56:13.25", 1_337_154_973_250),
            ("2012-05-16T09:56:13.5+02:00", 1_337_154_973_500),
            ("2012-05-15T23:56:13-0800", 1_337_154_973_000),
            ("2012-05-16T13:26+0530", 1_337_154_960_000),
            ("2012-05-16T07:56:13.123456789Z", 1_337_154_973_123),
            ("2000-02-29", 951_782_400_000),
            ("1969-12-31", -86_400_000),
            ("1337154973000", 1_337_154_973_000),
            ("1337154973", 1_337_154_973_000),
        ] {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "soon",
            "2012",
            "2012-",
            "2012-13-01",
            "2012-05-32",
            "2012-05-16T",
            "2012-05-16T25:00",
            "2012-05-16T07:56:13+",
            "2012-05-16T07:56:13 UTC",
            "2012/05/16",
            "99999999999999999999",
            "2012-05-16x07:56",
            "ab-c-ef-gh",
        ] {
            assert_eq!(millis(text).filter(|_| text != "2012"), None, "{text}");
        }
    }
}
