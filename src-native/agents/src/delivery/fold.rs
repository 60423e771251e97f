//! From items to a figure.

use super::statistics::{censored_quantile, gini, quantile};
use super::{Fold, Item, Pick, Span};
use model::{DAY, DeveloperId, Timestamp, WEEK};
use std::collections::{BTreeMap, BTreeSet};

/// A figure. What does not apply is none, and so is what would divide by nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Value {
    /// The number to show first.
    pub value: Option<f64>,
    /// How many items are counted.
    pub n: u32,
    /// How many of them have not ended yet.
    pub censored: u32,
    /// Half takes at most this.
    pub median: Option<f64>,
    /// 85 of 100 take at most this.
    pub p85: Option<f64>,
    /// 90 of 100 take at most this.
    pub p90: Option<f64>,
    /// The arithmetic mean; none where something has not ended.
    pub mean: Option<f64>,
    /// Where the median is not known because too much is open: it is more than this.
    pub beyond: Option<f64>,
    /// Of a ratio: what is divided.
    pub numerator: Option<f64>,
    /// Of a ratio: by what.
    pub denominator: Option<f64>,
}

/// How many stretches of seven days deployments are looked at.
pub(super) const WEEKS: i64 = 13;

/// Folds items into a figure.
pub(super) fn value(fold: Fold, pick: Pick, items: &[&Item], span: Span) -> Value {
    let mut picked: Vec<Item> = Vec::with_capacity(items.len());
    for it in items {
        picked.extend(pick.of(it));
    }
    let n = picked.len() as u32;
    let censored = picked.iter().filter(|it| it.open).count() as u32;
    let told = Value { n, censored, ..Value::default() };
    let sum = |of: fn(&Item) -> f64| {
        let mut all: Vec<f64> = picked.iter().map(of).collect();
        // In order, so that the same items have the same sum in whatever order they came.
        all.sort_by(f64::total_cmp);
        all.iter().fold(0.0, |sum, it| sum + it)
    };
    let ratio = |numerator: f64, denominator: f64| Value {
        value: (denominator > 0.0).then(|| numerator / denominator),
        numerator: Some(numerator),
        denominator: Some(denominator),
        ..told.clone()
    };
    match fold {
        Fold::Times => times(&picked, told),
        Fold::Ratio => ratio(sum(|it| it.value), sum(|it| it.over)),
        Fold::ShareOfAll => ratio(f64::from(n), items.len() as f64),
        Fold::Sum => Value { value: Some(sum(|it| it.value)), ..told },
        Fold::PerWeek => {
            let weeks = per_stretch(&picked, span, (span.weeks() as i64).min(5_200));
            let counts = ascending(weeks.iter().map(|it| it.len() as f64));
            let rate = ratio(f64::from(n), span.weeks());
            Value { median: quantile(&counts, 0.5), p85: quantile(&counts, 0.85), ..rate }
        }
        Fold::DaysPerWeek => days_per_week(&picked, span, told),
        Fold::Level => {
            let ages = ascending(picked.iter().map(|it| age(it, span.to)));
            Value {
                value: Some(f64::from(n)),
                censored: n,
                median: quantile(&ages, 0.5),
                p85: quantile(&ages, 0.85),
                mean: mean(&ages),
                ..told
            }
        }
        Fold::LevelShare => {
            let stale = picked.iter().filter(|it| is_stale(it, span.to)).count();
            ratio(stale as f64, f64::from(n))
        }
        Fold::Gini => Value { value: gini(&by_person(&picked)), ..told },
        Fold::TopShare => {
            let counts = by_person(&picked);
            ratio(counts.last().copied().unwrap_or(0) as f64, counts.iter().sum::<u64>() as f64)
        }
        Fold::PerPersonWeek => ratio(f64::from(n), by_person(&picked).len() as f64 * span.weeks()),
        Fold::HalfOfAll => {
            let mut counts = by_person(&picked);
            let all: u64 = counts.iter().sum();
            let (mut people, mut done) = (0_u32, 0);
            while done * 2 < all {
                done += counts.pop().unwrap_or(all);
                people += 1;
            }
            Value { value: (all > 0).then_some(f64::from(people)), ..told }
        }
        Fold::CodingDays => {
            let days: BTreeSet<(i64, Option<DeveloperId>)> =
                picked.iter().map(|it| (it.value as i64, it.who)).collect();
            let people: BTreeSet<Option<DeveloperId>> = picked.iter().map(|it| it.who).collect();
            ratio(days.len() as f64, people.len() as f64 * weekdays(span))
        }
        Fold::Closure => {
            let count =
                |of: fn(&Item) -> Timestamp| picked.iter().filter(|it| span.holds(of(it))).count();
            ratio(count(|it| it.until) as f64, count(|it| it.at) as f64)
        }
        Fold::LittlesLaw => littles_law(&picked, span, told),
    }
}

fn times(items: &[Item], told: Value) -> Value {
    let mut times: Vec<(f64, bool)> = items.iter().map(|it| (it.value, it.open)).collect();
    let median = censored_quantile(&mut times, 0.5);
    let p85 = censored_quantile(&mut times, 0.85);
    let p90 = censored_quantile(&mut times, 0.9);
    let values: Vec<f64> = times.iter().map(|it| it.0).collect();
    Value {
        value: median,
        median,
        p85,
        p90,
        mean: mean(&values).filter(|_| told.censored == 0),
        beyond: values.last().copied().filter(|_| median.is_none()),
        ..told
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn ascending(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all
}

/// The items of so many stretches of seven days, the last of which ends with the span.
fn per_stretch(items: &[Item], span: Span, stretches: i64) -> Vec<Vec<&Item>> {
    let mut found = vec![Vec::new(); usize::try_from(stretches).unwrap_or(0)];
    for it in items {
        let back = (span.to.0 - 1).saturating_sub(it.at.0).div_euclid(WEEK);
        if let Some(stretch) = usize::try_from(back).ok().and_then(|back| found.get_mut(back)) {
            stretch.push(it);
        }
    }
    found
}

fn days_per_week(items: &[Item], span: Span, told: Value) -> Value {
    let days = |items: &[&Item]| -> f64 {
        items.iter().map(|it| it.at.0.div_euclid(DAY)).collect::<BTreeSet<_>>().len() as f64
    };
    let weeks = (span.weeks().floor() as i64).min(WEEKS);
    if weeks < 1 {
        // Shorter than a week: at the pace of these days.
        let all: Vec<&Item> = items.iter().collect();
        let value = (span.weeks() > 0.0).then(|| (days(&all) / span.weeks()).min(7.0));
        return Value { value, ..told };
    }
    let counts = ascending(per_stretch(items, span, weeks).iter().map(|it| days(it)));
    let median = quantile(&counts, 0.5);
    Value { value: median, median, p85: quantile(&counts, 0.85), mean: mean(&counts), ..told }
}

/// How old something under way is.
pub(super) fn age(it: &Item, at: Timestamp) -> f64 {
    match it.numbers[0].is_nan() {
        true => super::seconds(it.at, at),
        false => (at.0 as f64 - it.numbers[0]).max(0.0),
    }
}

/// Whether nothing has happened to something under way for too long.
pub(super) fn is_stale(it: &Item, at: Timestamp) -> bool {
    it.value <= at.0 as f64
}

/// How many items each has, ascending: who they are does not matter.
fn by_person(items: &[Item]) -> Vec<u64> {
    let mut counts: BTreeMap<Option<DeveloperId>, u64> = BTreeMap::new();
    for it in items {
        *counts.entry(it.who).or_default() += 1;
    }
    let mut counts: Vec<u64> = counts.into_values().collect();
    counts.sort_unstable();
    counts
}

/// How many days of a span are no Saturday and no Sunday, the last one in part where it is a part.
fn weekdays(span: Span) -> f64 {
    let (first, last) = (span.from.0.div_euclid(DAY), (span.to.0 - 1).div_euclid(DAY));
    // 1970-01-01 was a Thursday: day 2 was a Saturday.
    let upto = |day: i64| {
        let days = day + 4;
        days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
    };
    (upto(last) - upto(first - 1)).max(0) as f64
}

/// What is under way on average, by what ends in a day, in the time that ends took: 1 where the three agree.
fn littles_law(items: &[Item], span: Span, told: Value) -> Value {
    let length = super::seconds(span.from, span.to);
    let (mut present, mut took) = (Vec::new(), Vec::new());
    for it in items {
        present.push(super::seconds(it.at.max(span.from), it.until.min(span.to)));
        if span.holds(it.until) {
            took.push(super::seconds(it.at, it.until));
        }
    }
    let (present, took) = (ascending(present.into_iter()), ascending(took.into_iter()));
    let under_way = present.iter().sum::<f64>() / length;
    let throughput = took.len() as f64 / length;
    let expected = (throughput > 0.0).then(|| under_way / throughput);
    let observed = mean(&took);
    Value {
        value: expected.zip(observed).filter(|it| it.1 > 0.0).map(|it| it.0 / it.1),
        numerator: expected,
        denominator: observed,
        ..told
    }
}
