//! Periods: from when to when, what they are compared with, and the stretches of a trend.

use super::{DeliveryCompare, DeliveryGrain, moment};
use crate::wire::time;
use crate::{Error, Result};
use agents::delivery::Span;
use model::{DAY, Timestamp, WEEK};

/// Days of a period unless told otherwise.
const DAYS: u32 = 90;
/// Stretches of a trend at most.
const BUCKETS_MAX: usize = 1_000;

/// What a question is about: what of it memory knows.
pub(super) struct Period {
    /// From when to when, cut where memory ends.
    pub(super) span: Span,
    /// How many seconds were asked for.
    length: i64,
    /// The end that was asked for, where it lies after the newest record.
    pub(super) after_memory: Option<Timestamp>,
}

/// A stretch of a trend.
pub(super) struct Bucket {
    start: Timestamp,
    /// What of it lies within the period.
    pub(super) span: Span,
    /// Whether that is not all of it.
    pub(super) partial: bool,
}

impl Bucket {
    /// Its first moment, as a day where it is the beginning of one.
    pub(super) fn day(&self) -> String {
        let text = time(self.start);
        match text.strip_suffix("T00:00:00Z") {
            Some(day) => day.to_owned(),
            None => text,
        }
    }
}

impl Period {
    pub(super) fn of(from: Option<&str>, to: Option<&str>, now: Timestamp) -> Result<Period> {
        let end = Timestamp(now.0.saturating_add(1));
        let asked = to.map(|it| moment("to", it)).transpose()?.unwrap_or(end);
        let begin = from.map(|it| moment("from", it)).transpose()?;
        let begin = begin.unwrap_or_else(|| asked.days_before(DAYS));
        if begin >= asked {
            let text = format!("`from` ({}) is not before `to` ({})", time(begin), time(asked));
            return Err(Error::invalid(text).hint("the earlier time goes into `from`"));
        }
        let to = asked.min(end).max(begin);
        let after_memory = (asked > end && asked.0 - end.0 >= DAY).then_some(asked);
        Ok(Period {
            span: Span { from: begin, to },
            length: asked.0.saturating_sub(begin.0),
            after_memory,
        })
    }

    /// Weeks for a season, days for less than six weeks, months from a year on.
    pub(super) fn usual_grain(&self) -> DeliveryGrain {
        match self.length {
            it if it <= 42 * DAY => DeliveryGrain::Day,
            it if it < 360 * DAY => DeliveryGrain::Week,
            _ => DeliveryGrain::Month,
        }
    }

    /// What it is compared with: as long, on the same days of the week.
    pub(super) fn before(&self, compare: DeliveryCompare) -> Option<Span> {
        let weeks = match compare {
            DeliveryCompare::None => return None,
            DeliveryCompare::Year => 52,
            DeliveryCompare::Before => (self.length + WEEK - 1).div_euclid(WEEK),
        };
        Some(self.span.before(weeks))
    }

    /// The stretches of its trend: whole ones of the calendar, cut by the period.
    pub(super) fn buckets(&self, grain: DeliveryGrain) -> Result<Vec<Bucket>> {
        let Span { from, to } = self.span;
        let (mut start, mut buckets) = (first(grain, from), Vec::new());
        while start < to {
            if buckets.len() == BUCKETS_MAX {
                let text = format!("the trend has more than {BUCKETS_MAX} stretches");
                return Err(
                    Error::invalid(text).hint("ask for a shorter period or a larger `grain`")
                );
            }
            let end = next(grain, start);
            let span = Span { from: start.max(from), to: end.min(to) };
            buckets.push(Bucket { start, span, partial: span != Span { from: start, to: end } });
            start = end;
        }
        Ok(buckets)
    }
}

/// The beginning of the stretch that holds a moment.
pub(super) fn first(grain: DeliveryGrain, at: Timestamp) -> Timestamp {
    let floor = |size: i64| Timestamp(at.0.div_euclid(size).saturating_mul(size));
    match grain {
        DeliveryGrain::Hour => floor(3_600),
        DeliveryGrain::Day => floor(DAY),
        DeliveryGrain::Week => Timestamp::of_week(at.week()),
        DeliveryGrain::Month => month(at).0,
    }
}

/// The beginning of the stretch after the one that begins there.
pub(super) fn next(grain: DeliveryGrain, start: Timestamp) -> Timestamp {
    match grain {
        DeliveryGrain::Hour => Timestamp(start.0.saturating_add(3_600)),
        DeliveryGrain::Day => Timestamp(start.0.saturating_add(DAY)),
        DeliveryGrain::Week => Timestamp(start.0.saturating_add(WEEK)),
        DeliveryGrain::Month => month(start).1,
    }
}

/// The beginning of a month and that of the next, by counting days in eras of 400 years.
fn month(at: Timestamp) -> (Timestamp, Timestamp) {
    let text = time(at);
    let number =
        |range: std::ops::Range<usize>| text.get(range).and_then(|it| it.parse::<i64>().ok());
    let (year, month) = (number(0..4).unwrap_or(1970), number(5..7).unwrap_or(1));
    let begin = |year: i64, month: i64| {
        let year = year - i64::from(month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468;
        Timestamp(days * DAY)
    };
    let after = if month == 12 { begin(year + 1, 1) } else { begin(year, month + 1) };
    (begin(year, month), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        moment("at", text).unwrap()
    }

    #[test]
    fn a_period_is_compared_with_the_same_days_of_the_week() {
        let period = Period::of(Some("2026-05-01"), Some("2026-05-31"), at("2027-01-01")).unwrap();
        let before = period.before(DeliveryCompare::Before).unwrap();
        assert_eq!(
            (time(before.from), time(before.to)),
            ("2026-03-27T00:00:00Z".into(), "2026-04-26T00:00:00Z".into())
        );
        let year = period.before(DeliveryCompare::Year).unwrap();
        assert_eq!(time(year.from), "2025-05-02T00:00:00Z");
        assert!(period.before(DeliveryCompare::None).is_none());
    }

    #[test]
    fn a_period_that_is_not_over_is_compared_with_as_much_of_the_one_before() {
        let period = Period::of(Some("2026-05-01"), Some("2026-05-31"), at("2026-05-10")).unwrap();
        let before = period.before(DeliveryCompare::Before).unwrap();
        assert_eq!(before.to.0 - before.from.0, 9 * DAY + 1);
        assert_eq!(before.from, at("2026-03-27"));
        assert!(period.after_memory.is_some());
    }

    #[test]
    fn a_trend_is_cut_by_the_calendar_and_its_ends_say_so() {
        let period = Period::of(Some("2024-01-15"), Some("2024-03-10"), at("2025-01-01")).unwrap();
        let told = |grain| -> Vec<(String, bool)> {
            let buckets = period.buckets(grain).unwrap();
            buckets.iter().map(|it| (it.day(), it.partial)).collect()
        };
        let months = [("2024-01-01", true), ("2024-02-01", false), ("2024-03-01", true)];
        assert_eq!(told(DeliveryGrain::Month), months.map(|it| (it.0.to_owned(), it.1)));
        let weeks = told(DeliveryGrain::Week);
        assert_eq!(
            (weeks.len(), &weeks[0], &weeks[7]),
            (8, &("2024-01-15".into(), false), &("2024-03-04".into(), true))
        );
        let all = Period::of(Some("1990-01-01"), Some("2024-01-01"), at("2025-01-01")).unwrap();
        assert!(
            all.buckets(DeliveryGrain::Day).is_err() && all.buckets(DeliveryGrain::Month).is_ok()
        );
    }

    #[test]
    fn moments_are_read_as_statements_write_them() {
        assert_eq!(at("2026-05-20 10:11:12"), at("2026-05-20T10:11:12Z"));
        assert!(moment("from", "2026-05-20 noon").is_err());
        assert!(Period::of(Some("2026-05-20"), Some("2026-05-20"), at("2027-01-01")).is_err());
    }
}
