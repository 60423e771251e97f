//! Milliseconds since 1970 as ISO 8601 and back, in the calendar that has always been Gregorian.

const DAY: i64 = 86_400_000;

/// The moment as text, where its year has four digits.
pub(crate) fn text(milliseconds: i64) -> Option<String> {
    let days = milliseconds.div_euclid(DAY);
    let rest = milliseconds.rem_euclid(DAY);
    let (year, month, day) = date(days);
    if !(0..=9999).contains(&year) {
        return None;
    }
    let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
    let (seconds, fraction) = (rest / 1000 % 60, rest % 1000);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}Z"
    ))
}

/// Whether other readers of relaxed extended JSON take it as text: from 1970 to 9999.
pub(crate) fn is_relaxed(milliseconds: i64) -> bool {
    (0..253_402_300_800_000).contains(&milliseconds)
}

/// The moment that a text says: a date, with a time and a zone or without.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = bytes.get(from..to)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digits.iter().fold(0, |sum, it| sum * 10 + i64::from(it - b'0')))
    };
    let is = |at: usize, letters: &[u8]| bytes.get(at).is_some_and(|it| letters.contains(it));
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    if !is(4, b"-") || !is(7, b"-") || !(1..=12).contains(&month) {
        return None;
    }
    let days = days(year, month, day);
    if date(days) != (year, month, day) {
        return None;
    }
    let mut at = 10;
    let mut time = 0;
    if at < bytes.len() {
        let (hours, minutes) = (number(at + 1, at + 3)?, number(at + 4, at + 6)?);
        if !is(at, b"T ") || !is(at + 3, b":") || hours > 23 || minutes > 59 {
            return None;
        }
        time = hours * 3_600_000 + minutes * 60_000;
        at += 6;
        if is(at, b":") {
            let seconds = number(at + 1, at + 3)?;
            if seconds > 59 {
                return None;
            }
            time += seconds * 1000;
            at += 3;
            if is(at, b".") {
                let digits = bytes[at + 1..].iter().take_while(|it| it.is_ascii_digit()).count();
                // What is finer than a millisecond has no room: it is refused, not cut off.
                let kept = digits.min(3);
                let finer = bytes.get(at + 1 + kept..).unwrap_or_default();
                if digits == 0 || finer.iter().take(digits - kept).any(|it| *it != b'0') {
                    return None;
                }
                let scale = [0, 100, 10, 1][kept];
                time += number(at + 1, at + 1 + kept)? * scale;
                at += 1 + digits;
            }
        }
        match bytes.get(at) {
            None => {}
            Some(b'Z') if at + 1 == bytes.len() => {}
            Some(sign @ (b'+' | b'-')) => {
                let hours = number(at + 1, at + 3)?;
                let rest = bytes.len() - at - 3;
                let minutes = match rest {
                    0 => 0,
                    2 => number(at + 3, at + 5)?,
                    3 if is(at + 3, b":") => number(at + 4, at + 6)?,
                    _ => return None,
                };
                let offset = hours * 3_600_000 + minutes * 60_000;
                time += if *sign == b'+' { -offset } else { offset };
            }
            Some(_) => return None,
        }
    }
    days.checked_mul(DAY)?.checked_add(time)
}

/// Days since 1970 of a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their odd day at the end.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date that many days since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_and_read_back() {
        for (milliseconds, shown) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(text(milliseconds).as_deref(), Some(shown));
            assert_eq!(parse(shown), Some(milliseconds));
        }
        for beyond in [253_402_300_800_000, -62_167_219_200_001, i64::MAX, i64::MIN] {
            assert_eq!(text(beyond), None);
        }
        for day in (-800_000..3_000_000).step_by(13) {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month, of_month), day);
        }
    }

    #[test]
    fn a_moment_is_read_with_its_zone_or_not_at_all() {
        assert_eq!(parse("2024-01-02"), parse("2024-01-02T00:00:00Z"));
        assert_eq!(parse("2024-01-02T03:04"), parse("2024-01-02 03:04:00.000"));
        assert_eq!(parse("2024-01-02T03:04:05+02:00"), parse("2024-01-02T01:04:05.0Z"));
        assert_eq!(parse("2024-01-02T03:04:05-0130"), parse("2024-01-02T04:34:05Z"));
        for wrong in [
            "2024-02-30",
            "2024-13-01",
            "2024-1-1",
            "2024-01-01T24:00",
            "2024-01-01T00:00:00.0001Z",
            "2024-01-01Z",
            "",
            "now",
            "2024-01-01T00:00Zx",
            "2024-01-01T00:00:61Z",
            "2024-01-01T0",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
