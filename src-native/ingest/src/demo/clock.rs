//! Times as the story has them, and as Git, Jira and GitHub write them.

use super::Error;

/// A moment on somebody's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// Seconds since 1970, UTC.
    pub(super) seconds: i64,
    /// How far their clock is from UTC, in minutes.
    pub(super) zone: i64,
}

const DAY: i64 = 86_400;

impl Moment {
    /// Reads `2026-05-18 10:12` on a clock that is `zone` minutes before UTC.
    pub(super) fn read(text: &str, zone: i64) -> Result<Moment, Error> {
        let wrong = || Error::story(format!("`{text}`"), "it is no time such as 2026-05-18 10:12");
        let part = |from: usize, to: usize| {
            text.get(from..to).and_then(|it| it.parse::<i64>().ok()).ok_or_else(wrong)
        };
        let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
        let (hour, minute) = (part(11, 13)?, part(14, 16)?);
        let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
        if text.len() != 16 || !fits || hour > 23 || minute > 59 {
            return Err(wrong());
        }
        let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 - zone * 60;
        Ok(Moment { seconds, zone })
    }

    pub(super) fn plus_minutes(self, minutes: i64) -> Moment {
        Moment { seconds: self.seconds + minutes * 60, ..self }
    }

    /// As Git writes it in a commit: `1779088320 +0300`.
    pub(super) fn git(self) -> String {
        format!("{} {}", self.seconds, self.offset())
    }

    /// As GitHub writes it: `2026-05-18T07:12:00Z`.
    pub(super) fn github(self) -> String {
        format!("{}Z", written(self.seconds))
    }

    /// As Jira writes it: `2026-05-18T10:12:00.000+0300`.
    pub(super) fn jira(self) -> String {
        format!("{}.000{}", written(self.seconds + self.zone * 60), self.offset())
    }

    fn offset(self) -> String {
        let sign = if self.zone < 0 { '-' } else { '+' };
        format!("{sign}{:02}{:02}", self.zone.abs() / 60, self.zone.abs() % 60)
    }
}

/// Minutes in `+05:30`.
pub(super) fn zone(text: &str) -> Option<i64> {
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    match text.as_bytes().first()? {
        b'+' => Some(minutes),
        b'-' => Some(-minutes),
        _ => None,
    }
}

/// Days from 1970 to a date of the Gregorian calendar: whole years, then a year that begins in
/// March, so that its odd day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let since_march = (month + 9) % 12;
    365 * year + year / 4 - year / 100 + year / 400 + (153 * since_march + 2) / 5 + day - 719_469
}

fn written(seconds: i64) -> String {
    let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let mut year = 1970 + day.div_euclid(366);
    while days(year + 1, 1, 1) <= day {
        year += 1;
    }
    let month = (1..=12).rev().find(|&it| days(year, it, 1) <= day).unwrap_or(1);
    let date = day - days(year, month, 1) + 1;
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{year:04}-{month:02}-{date:02}T{hour:02}:{minute:02}:{:02}", second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_each_of_them_does() {
        let moment = Moment::read("2026-01-01 02:30", zone("+05:30").unwrap()).unwrap();
        assert_eq!(moment.seconds, 1_767_214_800);
        assert_eq!(moment.git(), "1767214800 +0530");
        assert_eq!(moment.github(), "2025-12-31T21:00:00Z");
        assert_eq!(moment.jira(), "2026-01-01T02:30:00.000+0530");
        let leap = Moment::read("2024-02-29 23:59", zone("-03:00").unwrap()).unwrap();
        assert_eq!(leap.github(), "2024-03-01T02:59:00Z");
        assert_eq!(leap.jira(), "2024-02-29T23:59:00.000-0300");
        assert!(Moment::read("2026-13-01 00:00", 0).is_err());
        assert!(Moment::read("2026-1-1 0:00", 0).is_err());
    }
}
