//! The way off another tracker: what calls it in a code base, and how far its counts are from ours.

use super::found::asked;
use super::importing::path_of;
use super::told;
use super::wire::{moment, zone_of};
use crate::context::blocking;
use crate::server::Shared;
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Limits, Method, Result, Topic};
use analytics::counts::{self, Counts};
use analytics::import::file::{self, Watch};
use analytics::inventory::{self as of, Asked, Target};
use analytics::kept::Kept;
use analytics::reports::{self, Grain, Query};
use analytics::site::Site;
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use ts_rs::TS;

/// Calls that are told unless asked otherwise, and at most.
const CALLS: u32 = 1_000;
const CALLS_MAX: u32 = 20_000;

/// Whose calls take the place of Google's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum InventoryTarget {
    /// Our tracker's.
    Backstory,
    /// Umami's.
    Umami,
    /// Plausible's.
    Plausible,
}

/// What of a site is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum CompareWhat {
    /// Page views.
    Views,
    /// Visits.
    Visits,
    /// Visitors.
    Visitors,
}

request! {
    /// List every call of Google Analytics in a code base, with the line that takes its place. Nothing is changed. What others wrote (`node_modules`, `vendor`), what git ignores, and what is packed into few lines is passed over.
    pub struct Inventory {
        /// The folder.
        pub folder: String,
        /// Whose calls take the place (ours unless given).
        pub target: Option<InventoryTarget>,
        /// Where the collector answers, as browsers reach it (`https://stats.example.org` unless given).
        pub collector: Option<String>,
        /// The site's name there (the page's host unless given).
        pub site: Option<String>,
        /// Whether to list calls of Umami and Plausible too.
        pub others: Option<bool>,
        /// Calls to tell (1,000 unless given, 20,000 at most).
        pub limit: Option<u32>,
    }

    /// Put the daily counts of two trackers side by side and say how far they drift apart. Each is a file (an export of Google Analytics, Plausible, Umami or GoatCounter, or any comma-separated days and counts) or a site.
    #[schemars(rename = "CompareViews")]
    #[ts(rename = "CompareViews")]
    pub struct Compare {
        /// The first: a file, or a site.
        pub a: String,
        /// The second.
        pub b: String,
        /// Column of the first that holds the counts, where it is a file (views unless given).
        pub column_a: Option<String>,
        /// The same of the second.
        pub column_b: Option<String>,
        /// What of a site is compared (views unless given).
        pub what: Option<CompareWhat>,
        /// From this day on.
        pub from: Option<String>,
        /// To before this day.
        pub to: Option<String>,
    }
}

reply! {
    /// What was found in a code base.
    pub struct InventoryReply {
        /// The folder.
        pub folder: String,
        /// Calls, by file and place.
        pub calls: Vec<InventoryCall>,
        /// How many calls there are.
        pub total: f64,
        /// How many of each kind.
        pub kinds: Vec<InventoryKind>,
        /// Files that were read.
        pub files: f64,
        /// Files that have calls.
        pub files_with_calls: f64,
        /// Files that were too large, packed into few lines, or no text.
        pub passed_over: f64,
        /// What a person has to look at.
        pub by_hand: Vec<InventoryTask>,
        /// Whether there was more to read than is read.
        pub cut: bool,
    }

    /// A call.
    pub struct InventoryCall {
        /// Its file, from the folder.
        pub file: String,
        /// Its first line.
        pub line: u32,
        /// Its first column.
        pub column: u32,
        /// Its last line.
        pub until: u32,
        /// What it is: `tag`, `setup`, `view`, `event`, `consent`, `tag manager`, `package`, `id`, `policy`, `other`.
        pub what: String,
        /// Its words.
        pub text: String,
        /// What takes its place; empty where it can go, none where a person has to decide.
        pub replacement: Option<String>,
        /// What a person has to look at; empty where nothing.
        pub note: String,
    }

    /// How many calls are of a kind.
    pub struct InventoryKind {
        /// The kind.
        pub what: String,
        /// How many.
        pub count: f64,
    }

    /// Something to do by hand.
    pub struct InventoryTask {
        /// What, in a sentence.
        pub text: String,
        /// For how many calls.
        pub calls: f64,
    }

    /// Two trackers side by side.
    #[schemars(rename = "CompareViewsReply")]
    #[ts(rename = "CompareViewsReply")]
    pub struct CompareReply {
        /// How far they drift apart, in a sentence or three.
        pub text: String,
        /// What the first counts.
        pub a: CompareSide,
        /// What the second counts.
        pub b: CompareSide,
        /// All days that either has.
        pub days: Vec<CompareDay>,
        /// Days that both have.
        pub both: f64,
        /// The ratio in the middle: the second divided by the first.
        pub median: Option<f64>,
        /// The usual distance from it: the middle of all distances.
        pub usual: Option<f64>,
    }

    /// A side of a comparison.
    pub struct CompareSide {
        /// Its name.
        pub name: String,
        /// What is counted.
        pub what: String,
        /// Its sum over the days that both have.
        pub sum: f64,
        /// Days that only it has.
        pub only: f64,
        /// Lines that hold no day or no count.
        pub passed: f64,
    }

    /// A day as two have it.
    pub struct CompareDay {
        /// The day.
        pub day: String,
        /// What the first counted.
        pub a: Option<f64>,
        /// What the second counted.
        pub b: Option<f64>,
        /// The second less the first.
        pub difference: Option<f64>,
        /// The second divided by the first.
        pub ratio: Option<f64>,
        /// Whether it is more than three usual distances off.
        pub far: bool,
    }
}

impl Method for Inventory {
    const NAME: &'static str = "analytics.inventory";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"folder":"."}"#;
    const LIMITS: Limits =
        Limits { timeout: std::time::Duration::from_secs(600), ..Limits::QUESTION };
    type Reply = InventoryReply;

    async fn call(self, cx: Context) -> Result<InventoryReply> {
        let limit = crate::wire::limit(self.limit, CALLS, CALLS_MAX)?;
        let mut asked = Asked {
            target: match self.target {
                None | Some(InventoryTarget::Backstory) => Target::Backstory,
                Some(InventoryTarget::Umami) => Target::Umami,
                Some(InventoryTarget::Plausible) => Target::Plausible,
            },
            site: self.site.unwrap_or_default(),
            others: self.others == Some(true),
            ..Asked::default()
        };
        asked.collector = self.collector.unwrap_or(asked.collector);
        let words = [&asked.collector, &asked.site];
        if words.iter().any(|it| it.contains(['"', '<', '>', '\n'])) {
            return Err(Error::invalid("an address or a name holds a quote or a bracket")
                .hint("as in https://stats.example.org and example.org"));
        }
        blocking(move || {
            let folder = path_of(&self.folder);
            let goes_on = |files: u64| {
                if files.is_multiple_of(500) {
                    cx.progress("reading", files, 0);
                }
                !cx.cancelled()
            };
            let found = of::inventory(&folder, &asked, goes_on).map_err(|it| match it.kind() {
                io::ErrorKind::Interrupted => {
                    Error::new(Code::Cancelled, "the inventory was stopped")
                }
                _ => Error::invalid(format!("`{}` cannot be read: {it}", self.folder))
                    .hint("name a folder of code"),
            })?;
            let by_hand = found.by_hand();
            let task =
                |it: (&str, u64)| InventoryTask { text: it.0.to_owned(), calls: it.1 as f64 };
            Ok(InventoryReply {
                folder: folder.display().to_string(),
                total: found.calls.len() as f64,
                kinds: found
                    .kinds
                    .iter()
                    .map(|it| InventoryKind { what: it.0.name().to_owned(), count: *it.1 as f64 })
                    .collect(),
                files: found.files as f64,
                files_with_calls: found.files_with_calls as f64,
                passed_over: found.passed_over as f64,
                by_hand: by_hand.into_iter().map(task).collect(),
                cut: found.cut,
                calls: found.calls.into_iter().take(limit).map(call).collect(),
            })
        })
        .await
    }
}

fn call(of: of::Call) -> InventoryCall {
    InventoryCall {
        file: of.file,
        line: of.line,
        column: of.column,
        until: of.until,
        what: of.what.name().to_owned(),
        text: of.text,
        replacement: of.replacement,
        note: of.note.to_owned(),
    }
}

impl Method for Compare {
    const NAME: &'static str = "analytics.compare";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Analytics];
    const EXAMPLE: &'static str = r#"{"a":"google.csv","b":"example.org"}"#;
    type Reply = CompareReply;

    async fn call(self, cx: Context) -> Result<CompareReply> {
        let (shared, cancel) = (cx.shared.clone(), cx.cancel.clone());
        blocking(move || {
            let range = Range { from: day(&self.from)?, to: day(&self.to)? };
            let what = self.what.unwrap_or(CompareWhat::Views);
            let is_file = |it: &str| path_of(it).is_file();
            // The days of a file say over which days a site is asked.
            let read = |it: &str, column: &Option<String>| {
                is_file(it).then(|| file_counts(it, column.as_deref(), range)).transpose()
            };
            let files = (read(&self.a, &self.column_a)?, read(&self.b, &self.column_b)?);
            let side = |own: Option<Counts>, other: Option<&Counts>, name: &str| match own {
                Some(counts) => Ok(counts),
                None => site_counts(&shared, &cancel, name, what, range.over(other)),
            };
            let a = side(files.0.clone(), files.1.as_ref(), &self.a)?;
            let b = side(files.1, files.0.as_ref(), &self.b)?;
            let found = counts::compare(&a.days, &b.days);
            let (name_a, name_b) = (short(&self.a), short(&self.b));
            Ok(CompareReply {
                text: found.said(&name_a, &name_b),
                a: CompareSide {
                    name: name_a,
                    what: a.what,
                    sum: found.a,
                    only: found.only_a as f64,
                    passed: a.passed as f64,
                },
                b: CompareSide {
                    name: name_b,
                    what: b.what,
                    sum: found.b,
                    only: found.only_b as f64,
                    passed: b.passed as f64,
                },
                both: found.both as f64,
                median: found.median,
                usual: found.usual,
                days: found
                    .days
                    .iter()
                    .map(|it| CompareDay {
                        day: it.day.to_string(),
                        a: it.a,
                        b: it.b,
                        difference: it.a.zip(it.b).map(|it| it.1 - it.0),
                        ratio: it.ratio,
                        far: it.is_far,
                    })
                    .collect(),
            })
        })
        .await
    }
}

/// Days that are compared, the last one left out.
#[derive(Clone, Copy)]
struct Range {
    from: Option<Date>,
    to: Option<Date>,
}

impl Range {
    fn holds(&self, day: Date) -> bool {
        self.from.is_none_or(|it| day >= it) && self.to.is_none_or(|it| day < it)
    }

    /// The same, where nothing is said the days that the other side has.
    fn over(&self, other: Option<&Counts>) -> Range {
        let first = other.and_then(|it| it.days.keys().next().copied());
        let last = other.and_then(|it| it.days.keys().next_back()?.tomorrow().ok());
        Range { from: self.from.or(first), to: self.to.or(last) }
    }
}

fn day(text: &Option<String>) -> Result<Option<Date>> {
    let read = |it: &str| {
        it.parse().map_err(|_| Error::invalid(format!("`{it}` is no day")).hint("as in 2026-11-01"))
    };
    text.as_deref().map(read).transpose()
}

/// The last part of a path: enough to tell two files apart in a sentence.
fn short(name: &str) -> String {
    name.rsplit(['/', '\\']).next().filter(|it| !it.is_empty()).unwrap_or(name).to_owned()
}

fn file_counts(name: &str, column: Option<&str>, range: Range) -> Result<Counts> {
    let input = file::open(&path_of(name), &Watch::default()).map_err(|it| Error::invalid(it.0))?;
    let mut counts = counts::read(input, column)
        .map_err(|it| Error::invalid(format!("`{name}` holds no counts of days: {it}")))?;
    counts.days.retain(|day, _| range.holds(*day));
    Ok(counts)
}

fn site_counts(
    shared: &Shared,
    cancel: &Arc<AtomicBool>,
    name: &str,
    what: CompareWhat,
    range: Range,
) -> Result<Counts> {
    let counts = asked(shared, cancel, Some(name), |kept, site| counted(kept, site, what, range));
    counts.map_err(|it| {
        if it.code == Code::NotFound {
            Error::not_found(format!("`{name}` is neither a file nor a site"))
        } else {
            it
        }
    })
}

fn counted(kept: &Kept, site: &Site, what: CompareWhat, range: Range) -> Result<Counts> {
    let zone = zone_of(site);
    let now = Timestamp::now();
    let from = match range.from {
        Some(day) => moment(&day.to_string(), &zone)?,
        None => now.as_millisecond().saturating_sub(90 * model::DAY * 1000),
    };
    let to = match range.to {
        Some(day) => moment(&day.to_string(), &zone)?,
        None => now.as_millisecond(),
    };
    if to <= from {
        return Err(Error::invalid("the range ends before it begins"));
    }
    let series = reports::series(kept, &Query::new(site.id, from, to), Grain::Day).map_err(told)?;
    let mut days = BTreeMap::new();
    for point in &series.value.points {
        let count = match what {
            CompareWhat::Views => point.counts.views,
            CompareWhat::Visits => point.counts.visits,
            CompareWhat::Visitors => point.counts.visitors,
        };
        let at = Timestamp::from_millisecond(point.at).unwrap_or(Timestamp::UNIX_EPOCH);
        days.insert(at.to_zoned(zone.clone()).date(), count as f64);
    }
    // Before its first view a site counted nothing because it was not there.
    while let Some(first) = days.first_entry().filter(|it| *it.get() == 0.0) {
        first.remove();
    }
    let what = match what {
        CompareWhat::Views => "views",
        CompareWhat::Visits => "visits",
        CompareWhat::Visitors => "visitors",
    };
    Ok(Counts { what: what.into(), days, passed: 0 })
}
