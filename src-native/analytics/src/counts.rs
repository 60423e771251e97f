//! Two trackers side by side: what each counted on each day, and how far they are apart.

#[cfg(test)]
mod tests;

use crate::import::{Records, moment, read_day, separator};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::io::{BufRead, Read};

/// Largest file of counts, in bytes.
const FILE_MAX: u64 = 64 << 20;
/// How many usual differences a day may be off before it is told.
const FAR: f64 = 3.0;
/// Turns the middle of differences into what a spread of chance would be.
const SPREAD: f64 = 1.4826;

/// Counts of days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// What is counted, by the file's own name for it.
    pub what: String,
    /// The days that are told, with a count each.
    pub days: BTreeMap<Date, f64>,
    /// Lines that have no day or no count, the sum below the days among them.
    pub passed: u64,
}

/// A day as two have it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Day {
    /// The day.
    pub day: Date,
    /// What the first counted; none where it says nothing.
    pub a: Option<f64>,
    /// What the second counted.
    pub b: Option<f64>,
    /// The second divided by the first; none where one is missing or the first is nothing.
    pub ratio: Option<f64>,
    /// Whether the ratio is further off than three usual differences.
    pub is_far: bool,
}

/// Two side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// All days of either, in order.
    pub days: Vec<Day>,
    /// Sum of the first over the days that both have.
    pub a: f64,
    /// Sum of the second over these.
    pub b: f64,
    /// Days that both have.
    pub both: usize,
    /// Days that only the first has.
    pub only_a: usize,
    /// Days that only the second has.
    pub only_b: usize,
    /// The ratio in the middle; none where no day has one.
    pub median: Option<f64>,
    /// The usual distance from it: the middle of all distances.
    pub usual: Option<f64>,
}

impl Comparison {
    /// How far they are apart, in a sentence or three.
    pub fn said(&self, a: &str, b: &str) -> String {
        let Some((median, usual)) = self.median.zip(self.usual) else {
            return match self.both {
                0 => format!("{a} and {b} have no day in common."),
                _ => format!("{a} counted nothing on the days that both have."),
            };
        };
        let mut said = format!(
            "On a day in the middle {b} counts {} % of what {a} counts ({} of {} over {}); days usually differ from that by {} points.",
            tenth(median * 100.0),
            whole(self.b),
            whole(self.a),
            days(self.both),
            tenth(usual * 100.0)
        );
        let far: Vec<String> =
            self.days.iter().filter(|it| it.is_far).map(|it| it.day.to_string()).collect();
        match far.as_slice() {
            [] if self.both < 7 => said.push_str(" A week or more would say more."),
            [] => said.push_str(" No day is far off: they drift apart evenly."),
            far if far.len() <= 5 => {
                said.push_str(&format!(
                    " Far off: {}; look at what happened there.",
                    far.join(", ")
                ));
            }
            far => said.push_str(&format!(
                " {} are far off; look at the first, {}.",
                days(far.len()),
                far[0]
            )),
        }
        for (count, name) in [(self.only_b, a), (self.only_a, b)] {
            if count > 0 {
                said.push_str(&format!(" {name} says nothing about {}.", days(count)));
            }
        }
        said
    }
}

fn days(count: usize) -> String {
    if count == 1 { "1 day".into() } else { format!("{count} days") }
}

fn tenth(number: f64) -> String {
    format!("{number:.1}")
}

fn whole(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.1}") }
}

/// Puts two side by side.
pub fn compare(a: &BTreeMap<Date, f64>, b: &BTreeMap<Date, f64>) -> Comparison {
    let mut all: Vec<Date> = a.keys().chain(b.keys()).copied().collect();
    all.sort();
    all.dedup();
    let day = |day: Date| {
        let (a, b) = (a.get(&day).copied(), b.get(&day).copied());
        let ratio = a.zip(b).filter(|it| it.0 != 0.0).map(|it| it.1 / it.0);
        Day { day, a, b, ratio, is_far: false }
    };
    let mut days: Vec<Day> = all.into_iter().map(day).collect();
    let ratios: Vec<f64> = days.iter().filter_map(|it| it.ratio).collect();
    let median = middle(ratios.clone());
    let usual =
        median.and_then(|median| middle(ratios.iter().map(|it| (it - median).abs()).collect()));
    if let Some((median, usual)) = median.zip(usual) {
        // Where most days are alike to the last view, any rounding would be far off: a percent is nothing.
        let most = FAR * (SPREAD * usual).max(0.01 * median.abs()).max(f64::EPSILON);
        for day in &mut days {
            day.is_far = day.ratio.is_some_and(|it| (it - median).abs() > most)
                // One of them was still, and the other was not.
                || day.a.zip(day.b).is_some_and(|it| it.0 == 0.0 && it.1 > 0.0);
        }
    }
    let both = || days.iter().filter_map(|it| it.a.zip(it.b));
    let only = |is_a: bool| {
        days.iter().filter(|it| it.a.is_some() != it.b.is_some() && it.a.is_some() == is_a).count()
    };
    Comparison {
        a: both().map(|it| it.0).sum(),
        b: both().map(|it| it.1).sum(),
        both: both().count(),
        only_a: only(true),
        only_b: only(false),
        median,
        usual,
        days,
    }
}

fn middle(mut of: Vec<f64>) -> Option<f64> {
    of.sort_by(f64::total_cmp);
    let half = of.len() / 2;
    match of.len() {
        0 => None,
        it if it % 2 == 1 => of.get(half).copied(),
        _ => Some((of[half - 1] + of[half]) / 2.0),
    }
}

/// Reads counts of days from an export of any tool: comma-separated values with a column of days and one of
/// counts, before them comments as Google Analytics writes them; rows of GoatCounter, which are counted; and
/// its answer of counts as JSON. `column` names the counts where there are several.
///
/// # Errors
/// A sentence, where no such columns are there.
pub fn read(input: impl BufRead, column: Option<&str>) -> Result<Counts, String> {
    let mut text = Vec::new();
    input.take(FILE_MAX + 1).read_to_end(&mut text).map_err(|it| it.to_string())?;
    if text.len() as u64 > FILE_MAX {
        return Err(format!("it is larger than {} MB; counts of days are not", FILE_MAX >> 20));
    }
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().starts_with(['{', '[']) {
        true => of_json(text),
        false => of_csv(text, column),
    }
}

/// Names of columns of days, in lower case.
const DAYS: &[&str] = &[
    "date",
    "day",
    "time",
    "day index",
    "nth day",
    "date/time",
    "timestamp",
    "created_at",
    "x",
    "t",
    "datum",
    "period",
    "hour index",
    "date + hour",
];
/// Names of columns of counts, those of views before those of visits and visitors.
const COUNTS: &[&str] = &[
    "pageviews",
    "page views",
    "page_views",
    "views",
    "screen views",
    "total pageviews",
    "hits",
    "visits",
    "sessions",
    "visitors",
    "unique visitors",
    "unique_visitors",
    "users",
    "active users",
    "total users",
    "uniques",
    "count",
    "events",
    "event count",
    "y",
    "value",
    "total",
];

fn of_csv(text: &str, column: Option<&str>) -> Result<Counts, String> {
    // `# Start date: 20261101` belongs to days that are only numbered.
    let begins = text.lines().take(60).filter(|it| it.starts_with('#')).find_map(|it| {
        let (name, value) = it.trim_start_matches(['#', ' ']).split_once(':')?;
        name.trim().eq_ignore_ascii_case("start date").then(|| read_day(value)).flatten()
    });
    let is_said = |it: &&str| !it.trim().is_empty() && !it.trim_start().starts_with('#');
    let body: String = text.lines().filter(is_said).flat_map(|it| [it, "\n"]).collect();
    let sign = separator(body.lines().next().unwrap_or_default());
    let mut records = Records::new(body.as_bytes(), sign);
    let mut next = || records.next().map_err(|it| it.to_string());
    let Some((_, Ok(head))) = next()? else { return Err("it is empty".into()) };
    let lower: Vec<String> = head.iter().map(|it| it.trim().to_lowercase()).collect();
    let is_rows = lower.iter().any(|it| it == "firstvisit");
    let day = DAYS.iter().find_map(|name| lower.iter().position(|it| it == name));
    let day = day.ok_or_else(|| missing("days", "date", &head))?;
    let chosen = match column {
        Some(name) => {
            let found = lower.iter().position(|it| *it == name.trim().to_lowercase());
            Some(found.ok_or_else(|| {
                format!("there is no column `{name}`; there are {}", head.join(", "))
            })?)
        }
        None if is_rows => None,
        None => {
            let known = COUNTS.iter().find_map(|name| lower.iter().position(|it| it == name));
            // Of two columns the other one.
            let other = (head.len() == 2).then_some(1 - day.min(1));
            Some(
                known
                    .filter(|it| *it != day)
                    .or(other)
                    .ok_or_else(|| missing("counts", "pageviews", &head))?,
            )
        }
    };
    let mut counts =
        Counts { what: chosen.map_or("rows".into(), |it| head[it].clone()), ..Counts::default() };
    let mut rows: Vec<(String, f64)> = Vec::new();
    while let Some((_, record)) = next()? {
        let Ok(record) = record else {
            counts.passed += 1;
            continue;
        };
        // A second table begins, or another head: what follows is something else.
        if record.len() != head.len() && !rows.is_empty() {
            break;
        }
        let count = chosen.map_or(Some(1.0), |it| number(record.get(it)?));
        match (record.get(day).map(|it| it.trim()), count) {
            (Some(day), Some(count)) if !day.is_empty() => rows.push((day.to_owned(), count)),
            _ => counts.passed += 1,
        }
    }
    let is_numbered = lower[day].starts_with("nth");
    let order = slashed(&rows);
    for (text, count) in rows {
        let found = match begins.filter(|_| is_numbered) {
            Some(first) => text
                .parse::<i32>()
                .ok()
                .and_then(|it| first.checked_add(jiff::Span::new().try_days(it).ok()?).ok()),
            None => day_of(&text, order),
        };
        match found {
            Some(found) => *counts.days.entry(found).or_default() += count,
            None => counts.passed += 1,
        }
    }
    if counts.days.is_empty() {
        return Err(format!(
            "no line has a day in `{}` and a count in `{}`",
            head[day], counts.what
        ));
    }
    Ok(counts)
}

fn missing(what: &str, name: &str, head: &[String]) -> String {
    format!(
        "no column of {what} is known by its name; call one `{name}`, or name it: there are {}",
        head.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(", ")
    )
}

/// `1,234`, `1 234`, `1234.5`; no text and no share.
fn number(text: &str) -> Option<f64> {
    let plain: String = text
        .trim()
        .chars()
        .filter(|it| !matches!(it, ' ' | '\u{a0}' | '\'' | '\u{202f}'))
        .collect();
    let groups: Vec<&str> = plain.split(',').collect();
    let is_grouped = groups.len() > 1
        && groups[1..].iter().all(|it| it.split('.').next().is_some_and(|it| it.len() == 3));
    let plain = if is_grouped { groups.concat() } else { plain };
    plain.parse().ok().filter(|it: &f64| it.is_finite())
}

/// Which part of `1/2/2026` is the month.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    MonthFirst,
    DayFirst,
}

/// The order that makes most of these days follow each other; Google's own, where both do.
fn slashed(rows: &[(String, f64)]) -> Order {
    let steps = |order: Order| {
        let days: Vec<Date> = rows.iter().filter_map(|it| slash_day(&it.0, order)).collect();
        let near =
            days.windows(2).filter(|it| it[0].tomorrow().ok() == Some(it[1]) || it[0] == it[1]);
        (days.len(), near.count())
    };
    if steps(Order::DayFirst) > steps(Order::MonthFirst) {
        Order::DayFirst
    } else {
        Order::MonthFirst
    }
}

fn slash_day(text: &str, order: Order) -> Option<Date> {
    let text = text.split_whitespace().next()?;
    let parts: Vec<i16> =
        text.split(['/', '.']).map(|it| it.parse().ok()).collect::<Option<Vec<i16>>>()?;
    let [first, second, year] = parts[..] else { return None };
    let year = if year < 100 { year + 2000 } else { year };
    let (day, month) = if order == Order::DayFirst { (first, second) } else { (second, first) };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn day_of(text: &str, order: Order) -> Option<Date> {
    // `2026112013`: a day and an hour of it.
    if text.len() == 10 && text.bytes().all(|it| it.is_ascii_digit()) && text.starts_with("20") {
        return read_day(&text[..8]);
    }
    read_day(text).or_else(|| slash_day(text, order)).or_else(|| {
        let at = jiff::Timestamp::from_millisecond(moment(text)?).ok()?;
        Some(at.to_zoned(jiff::tz::TimeZone::UTC).date())
    })
}

/// Counts of GoatCounter's and Plausible's answers, of Umami's, and of lists of days and counts.
fn of_json(text: &str) -> Result<Counts, String> {
    use serde_json::Value;
    let value: Value = serde_json::from_str(text).map_err(|it| format!("it is no JSON: {it}"))?;
    let mut counts = Counts { what: "count".into(), ..Counts::default() };
    let mut add = |object: &Value, name: &str, passed: &mut u64| {
        let day = DAYS.iter().find_map(|it| object.get(it)?.as_str());
        let day = day.and_then(|it| day_of(it, Order::MonthFirst));
        let found = object.get(name).and_then(Value::as_f64);
        match day.zip(found) {
            Some((day, count)) => *counts.days.entry(day).or_default() += count,
            None => *passed += 1,
        }
    };
    let mut passed = 0;
    let hits = value.get("hits").and_then(Value::as_array);
    let list = ["results", "pageviews", "rows", "stats"]
        .iter()
        .find_map(|it| value.get(it)?.as_array())
        .or_else(|| value.as_array());
    if let Some(hits) = hits {
        let days = hits.iter().filter_map(|it| it.get("stats")?.as_array()).flatten();
        days.for_each(|it| add(it, "daily", &mut passed));
    } else if let Some(list) = list {
        let known = |it: &&&str| {
            list.first().is_some_and(|first| first.get(**it).is_some_and(Value::is_number))
        };
        let name = COUNTS
            .iter()
            .find(known)
            .ok_or("no count is known by its name; write `date` and `pageviews`")?;
        list.iter().for_each(|it| add(it, name, &mut passed));
        counts.what = (*name).to_owned();
    }
    counts.passed = passed;
    match counts.days.is_empty() {
        true => Err("no list of days and counts is in it".into()),
        false => Ok(counts),
    }
}
