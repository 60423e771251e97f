//! What reports of page views look like on the wire.

use super::found::Found;
use crate::wire::{reply, request, time};
use crate::{Error, Result};
use analytics::event::Verdict;
use analytics::reports::{
    Counts, Dimension, Filter, Grain, Op, Order, Query, Reply, Verdicts, Way, verdict_name,
};
use analytics::site::Site;
use analytics::visits::Definition;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Days that a report goes back where nobody says from when.
const DAYS: i64 = 30;

/// What a visit, a bounce and a duration are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum ReportDefinition {
    /// Ours: pauses of at most 30 minutes; a bounce has one page view and nothing that was done.
    Backstory,
    /// Plausible's: the same visits; a bounce has one event.
    Plausible,
    /// Umami's: a visit ends with the hour of the clock; a bounce has one page view, whatever was done.
    Umami,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum ReportTest {
    /// Is one of them.
    Is,
    /// Is none of them.
    IsNot,
    /// Has one of them in it.
    Contains,
    /// Has none of them in it.
    ContainsNot,
    /// Is one of these patterns, in which `*` stands for anything.
    Matches,
    /// Is none of these patterns.
    MatchesNot,
}

/// How finely a range is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum ReportGrain {
    /// Hours of the clock.
    Hour,
    /// Days.
    Day,
    /// Weeks, from Monday.
    Week,
    /// Months.
    Month,
}

impl From<ReportGrain> for Grain {
    fn from(of: ReportGrain) -> Grain {
        match of {
            ReportGrain::Hour => Grain::Hour,
            ReportGrain::Day => Grain::Day,
            ReportGrain::Week => Grain::Week,
            ReportGrain::Month => Grain::Month,
        }
    }
}

/// By what rows are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum ReportOrder {
    /// Visitors, most first.
    Visitors,
    /// Visits, most first.
    Visits,
    /// Page views, most first.
    Views,
    /// Events, most first.
    Events,
    /// Time that was looked at them, longest first.
    Engaged,
    /// The value itself, smallest first.
    Value,
}

impl From<ReportOrder> for Order {
    fn from(of: ReportOrder) -> Order {
        match of {
            ReportOrder::Visitors => Order::Visitors,
            ReportOrder::Visits => Order::Visits,
            ReportOrder::Views => Order::Views,
            ReportOrder::Events => Order::Events,
            ReportOrder::Engaged => Order::Engaged,
            ReportOrder::Value => Order::Value,
        }
    }
}

request! {
    /// A condition on visits or events.
    pub struct ReportFilter {
        /// What is looked at: `page`, `entry`, `source`, `country`, `browser`, `event`, `property:plan` and so on.
        pub dimension: String,
        /// How it is compared (is unless given).
        pub test: Option<ReportTest>,
        /// With what; one of these is enough. Without any, the filter lets everything through.
        pub values: Option<Vec<String>>,
    }
}

reply! {
    /// What an answer rests on.
    pub struct ReportBasis {
        /// The site.
        pub site: String,
        /// Its first moment.
        pub from: String,
        /// The moment after its last.
        pub to: String,
        /// Zone of its days.
        pub zone: String,
        /// What a visit is in it.
        pub definition: ReportDefinition,
        /// What its visitors are, in a sentence.
        pub visitors: String,
        /// Whether visitors are counted once for the range; else they are visitor-days.
        pub identified: bool,
        /// `rollup`: from totals of days; `scan`: from the visits and events themselves.
        pub way: String,
        /// Visits and events that were looked at.
        pub rows: f64,
        /// Visits of the range that were left out, by why.
        pub left_out: Vec<ReportLeftOut>,
        /// Days of the range of which only totals are known any more.
        pub only_totals: u32,
        /// When what was looked at was told, on a site that is followed over a connection; else none, for it is as it is now.
        pub as_of: Option<String>,
        /// Why nothing newer was looked at, where the connection cannot be reached.
        pub trouble: Option<String>,
    }

    /// Visits that were left out.
    pub struct ReportLeftOut {
        /// Why: `crawler`, `driven` and so on.
        pub verdict: String,
        /// How many.
        pub visits: f64,
        /// Page views in them.
        pub views: f64,
    }

    /// What some visits come to.
    #[derive(Default)]
    pub struct ReportCounts {
        /// Visitors: visitor-days, or persons on a site whose ids last.
        pub visitors: f64,
        /// Visits.
        pub visits: f64,
        /// Page views.
        pub views: f64,
        /// Custom events, and links that were followed.
        pub events: f64,
        /// Visits that are bounces.
        pub bounces: f64,
        /// Visits that could be one.
        pub bounced_of: f64,
        /// Share of visits that are bounces, from 0 to 1; none where no visit could be one.
        pub bounce_rate: Option<f64>,
        /// Page views for each visit.
        pub views_per_visit: Option<f64>,
        /// Average time from first to last event of a visit, in seconds.
        pub duration: Option<f64>,
        /// Average time that a visit's pages were looked at, in seconds.
        pub engaged: Option<f64>,
        /// Average of how far visitors scrolled pages, in percent; none where it was not asked for.
        pub scroll: Option<f64>,
    }
}

impl From<&Counts> for ReportCounts {
    fn from(of: &Counts) -> ReportCounts {
        let share = |of: u64, over: u64| (over > 0).then(|| of as f64 / over as f64);
        ReportCounts {
            visitors: of.visitors as f64,
            visits: of.visits as f64,
            views: of.views as f64,
            events: of.events as f64,
            bounces: of.bounces as f64,
            bounced_of: of.bounced_of as f64,
            bounce_rate: of.bounce_rate(),
            views_per_visit: of.views_per_visit(),
            duration: of.average_duration().map(|it| it / 1000.0),
            engaged: share(of.engaged, of.visits).map(|it| it / 1000.0),
            scroll: share(of.scroll, of.scroll_of),
        }
    }
}

/// What every report is asked about.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) site: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) filters: Option<Vec<ReportFilter>>,
    pub(super) definition: Option<ReportDefinition>,
    pub(super) bots: Option<bool>,
}

/// Declares requests that are about a site and a range: what they have in common stands here once.
macro_rules! report_request {
    ($(
        $(#[$about:meta])*
        pub struct $name:ident { $($(#[$field_about:meta])* pub $field:ident: $kind:ty,)* }
    )*) => {$(
        request! {
            $(#[$about])*
            pub struct $name {
                /// The site, by its name or what a tracker calls it; the first by name unless given.
                pub site: Option<String>,
                /// Its first day or moment; 30 days before the end unless given.
                pub from: Option<String>,
                /// The day or moment before which it ends; now unless given.
                pub to: Option<String>,
                $($(#[$field_about])* pub $field: $kind,)*
                /// Conditions, all of which must hold.
                pub filters: Option<Vec<ReportFilter>>,
                /// What a visit is (backstory unless given).
                pub definition: Option<ReportDefinition>,
                /// Whether bots and whatever else is no person count too.
                pub bots: Option<bool>,
            }
        }
        impl $name {
            fn scope(&self) -> Scope {
                Scope {
                    site: self.site.clone(),
                    from: self.from.clone(),
                    to: self.to.clone(),
                    filters: self.filters.clone(),
                    definition: self.definition,
                    bots: self.bots,
                }
            }
        }
    )*};
}
pub(super) use report_request;

/// A day of the site's zone, or a moment, in milliseconds.
pub(super) fn moment(text: &str, zone: &TimeZone) -> Result<i64> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment.as_millisecond());
    }
    // As statements of dashboards have it: UTC, without saying so.
    let at = match text.parse::<civil::Date>() {
        Ok(day) => day.to_zoned(zone.clone()).map(|it| it.timestamp()),
        Err(_) => text
            .parse::<civil::DateTime>()
            .and_then(|it| it.to_zoned(TimeZone::UTC))
            .map(|it| it.timestamp()),
    };
    at.map(Timestamp::as_millisecond).map_err(|_| {
        Error::invalid(format!("`{text}` is neither a day nor a moment"))
            .hint("as in 2026-11-01 or 2026-11-01T12:00:00Z")
    })
}

pub(super) fn zone_of(site: &Site) -> TimeZone {
    TimeZone::get(&site.zone).unwrap_or(TimeZone::UTC)
}

impl Scope {
    /// The question that is asked of a site's page views.
    pub(super) fn query(&self, site: &Site) -> Result<Query> {
        let zone = zone_of(site);
        let to = match &self.to {
            Some(to) => moment(to, &zone)?,
            None => Timestamp::now().as_millisecond(),
        };
        let from = match &self.from {
            Some(from) => moment(from, &zone)?,
            None => to.saturating_sub(DAYS * model::DAY * 1000),
        };
        if from > to {
            return Err(Error::invalid("the range ends before it begins"));
        }
        let mut query = Query::new(site.id, from, to);
        query.definition = definition(self.definition);
        if self.bots == Some(true) {
            query.verdicts = Verdicts::All;
        }
        query.filters = filters(self.filters.as_deref().unwrap_or_default())?;
        Ok(query)
    }
}

pub(super) fn definition(of: Option<ReportDefinition>) -> Definition {
    match of {
        None | Some(ReportDefinition::Backstory) => Definition::Backstory,
        Some(ReportDefinition::Plausible) => Definition::Plausible,
        Some(ReportDefinition::Umami) => Definition::Umami,
    }
}

/// Filters that were given, those without values left out.
pub(super) fn filters(of: &[ReportFilter]) -> Result<Vec<Filter>> {
    let given = of.iter().filter(|it| it.values.as_ref().is_some_and(|it| !it.is_empty()));
    given
        .map(|it| {
            Ok(Filter {
                dimension: dimension(&it.dimension)?,
                op: match it.test.unwrap_or(ReportTest::Is) {
                    ReportTest::Is => Op::Is,
                    ReportTest::IsNot => Op::IsNot,
                    ReportTest::Contains => Op::Contains,
                    ReportTest::ContainsNot => Op::ContainsNot,
                    ReportTest::Matches => Op::Matches,
                    ReportTest::MatchesNot => Op::MatchesNot,
                },
                values: it.values.clone().unwrap_or_default(),
            })
        })
        .collect()
}

pub(super) fn dimension(name: &str) -> Result<Dimension> {
    Dimension::parse(name).ok_or_else(|| {
        let names: Vec<String> = Dimension::all().map(|it| it.name()).collect();
        Error::invalid(format!("there is no dimension `{name}`"))
            .hint(format!("one of {}, or property:NAME", names.join(", ")))
    })
}

/// A moment of milliseconds for the wire.
pub(super) fn at(millis: i64) -> String {
    time(model::Timestamp(millis.div_euclid(1000)))
}

/// What an answer rests on.
pub(super) fn basis<T>(site: &Found, of: &Reply<T>) -> ReportBasis {
    let days = (of.to - of.from) / (model::DAY * 1000);
    let visitors = match (of.identified, days) {
        (true, _) => "Visitors by ids that last: each is counted once in the range".to_owned(),
        (false, 0..=1) => "Visitors of the day".to_owned(),
        (false, _) => "Visitor-days: who comes on two days is counted on each, for yesterday's ids are destroyed".to_owned(),
    };
    ReportBasis {
        site: site.name.clone(),
        from: at(of.from),
        to: at(of.to),
        zone: of.zone.clone(),
        definition: match of.definition {
            Definition::Backstory => ReportDefinition::Backstory,
            Definition::Plausible => ReportDefinition::Plausible,
            Definition::Umami => ReportDefinition::Umami,
        },
        visitors,
        identified: of.identified,
        way: match of.way {
            Way::Rollup => "rollup",
            Way::Scan => "scan",
        }
        .to_owned(),
        rows: of.rows as f64,
        left_out: of
            .left_out
            .iter()
            .map(|it| ReportLeftOut {
                verdict: verdict_name(it.verdict).to_owned(),
                visits: it.visits as f64,
                views: it.views as f64,
            })
            .collect(),
        only_totals: of.only_totals,
        as_of: site.of.as_ref().map(|it| at(it.at)),
        trouble: site.of.as_ref().and_then(|it| it.trouble.clone()),
    }
}

/// A verdict by its name.
pub(super) fn verdict(name: &str) -> Result<Verdict> {
    let all = [
        Verdict::Person,
        Verdict::CrawlerAgent,
        Verdict::NoBrowser,
        Verdict::Driven,
        Verdict::Prefetch,
        Verdict::SpamReferrer,
        Verdict::Internal,
        Verdict::ByHand,
    ];
    all.into_iter().find(|it| verdict_name(*it) == name).ok_or_else(|| {
        let names: Vec<&str> = all.into_iter().map(verdict_name).collect();
        Error::invalid(format!("there is no verdict `{name}`"))
            .hint(format!("one of {}", names.join(", ")))
    })
}
