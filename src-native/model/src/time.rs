//! Time: seconds since 1970-01-01 UTC, always passed in, never read from a clock.

/// Seconds in a day.
pub const DAY: i64 = 86_400;
/// Seconds in a week.
pub const WEEK: i64 = 7 * DAY;

/// A moment, in seconds since 1970-01-01T00:00:00Z. May be negative or far in the future: histories hold both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `days` days earlier.
    pub fn days_before(self, days: u32) -> Timestamp {
        Timestamp(self.0.saturating_sub(i64::from(days) * DAY))
    }

    /// Days from `earlier` to `self`; zero where `earlier` is later.
    pub fn days_since(self, earlier: Timestamp) -> f64 {
        (self.0.saturating_sub(earlier.0)).max(0) as f64 / DAY as f64
    }

    /// The number of the week that holds this moment; weeks begin on Monday, week 0 on 1969-12-29.
    pub fn week(self) -> i64 {
        (self.0 + 3 * DAY).div_euclid(WEEK)
    }

    /// The first moment of a week as numbered by [`Timestamp::week`].
    pub fn of_week(week: i64) -> Timestamp {
        Timestamp(week * WEEK - 3 * DAY)
    }
}
