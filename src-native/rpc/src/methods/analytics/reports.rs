//! Reports: what visits of a range come to, by what, and what became of them.

mod replies;

pub use replies::*;

use super::found::{Found, about};
use super::told;
use super::wire::*;
use crate::wire::request;
use crate::{Access, Context, Error, Method, Result, Topic};
use analytics::kept::Kept;
use analytics::reports::{self as of, Dimension, Grain, Order, Query, Step};
use analytics::site::Site;
use jiff::Timestamp;

/// Rows of a list unless told otherwise, and at most.
const ROWS: u32 = 20;
const ROWS_MAX: u32 = 1_000;
/// Goals where none are given.
const GOALS: usize = 10;
/// Minutes between two steps of a funnel unless told otherwise.
const WINDOW: f64 = 60.0;

report_request! {
    /// Count visitors, visits and page views of a range, and what came before it.
    #[schemars(rename = "WebTotals")]
    #[ts(rename = "WebTotals")]
    pub struct Totals {}

    /// Count them hour by hour, day by day, week by week or month by month.
    #[schemars(rename = "WebSeries")]
    #[ts(rename = "WebSeries")]
    pub struct Series {
        /// How finely (by the length of the range unless given).
        pub grain: Option<ReportGrain>,
    }

    /// Count them by the values of a dimension: pages, sources, countries, browsers, events and so on.
    #[schemars(rename = "WebBreakdown")]
    #[ts(rename = "WebBreakdown")]
    pub struct Breakdown {
        /// `page`, `entry`, `exit`, `source`, `channel`, `referrer`, `country`, `browser`, `os`, `device`, `screen`, `language`, `event`, `property:NAME` and so on.
        pub dimension: String,
        /// By what rows are ordered (visitors unless given).
        pub order: Option<ReportOrder>,
        /// Rows to pass over.
        pub offset: Option<u32>,
        /// Rows to tell (20 unless given, 1,000 at most).
        pub limit: Option<u32>,
        /// Whether to count how far pages were scrolled too.
        pub scroll: Option<bool>,
    }

    /// Count all that a first look wants in one go: totals, their course and the longest lists.
    #[schemars(rename = "WebOverview")]
    #[ts(rename = "WebOverview")]
    pub struct Overview {
        /// How finely its course is cut (by the length of the range unless given).
        pub grain: Option<ReportGrain>,
        /// Dimensions of its lists (page, source, country, browser, device unless given).
        pub lists: Option<Vec<String>>,
        /// Rows of each list (10 unless given).
        pub limit: Option<u32>,
    }

    /// Count what became of goals: unique and total conversions, their rate, and revenue.
    #[schemars(rename = "WebGoals")]
    #[ts(rename = "WebGoals")]
    pub struct Goals {
        /// The goals (the site's own events that most visitors reached unless given).
        pub goals: Option<Vec<ReportStep>>,
    }

    /// Count how far visitors came on a way of several steps, in order.
    #[schemars(rename = "WebFunnel")]
    #[ts(rename = "WebFunnel")]
    pub struct Funnel {
        /// The steps, in order.
        pub steps: Vec<ReportStep>,
        /// Within a visit; else of a visitor on one day.
        pub per_visit: Option<bool>,
        /// Longest time between two steps, in minutes (60 unless given).
        pub window: Option<f64>,
    }

    /// Count who comes back: visitors by the week or month they were first seen in. Only of sites whose ids last longer than a day.
    #[schemars(rename = "WebRetention")]
    #[ts(rename = "WebRetention")]
    pub struct Retention {
        /// `day`, `week` or `month` (week unless given).
        pub grain: Option<ReportGrain>,
    }

    /// Tell the ways that visits took most.
    #[schemars(rename = "WebJourneys")]
    #[ts(rename = "WebJourneys")]
    pub struct Journeys {
        /// Steps, 2 to 7 (4 unless given).
        pub length: Option<u32>,
        /// Whether custom events are steps too.
        pub events: Option<bool>,
        /// The page to begin from.
        pub begin: Option<String>,
        /// Ways to tell (20 unless given).
        pub limit: Option<u32>,
    }

    /// Tell who is there now: visitors of the last 5 minutes, and the last 30 minutes one by one.
    #[schemars(rename = "WebLive")]
    #[ts(rename = "WebLive")]
    pub struct Live {
        /// Rows of each list (10 unless given).
        pub limit: Option<u32>,
    }
}

request! {
    /// An event that is waited for: a page that is seen, or a custom event.
    pub struct ReportStep {
        /// What it is called; its page or event unless given.
        pub name: Option<String>,
        /// Path of the page; `*` stands for anything.
        pub page: Option<String>,
        /// Name of the custom event.
        pub event: Option<String>,
        /// What must hold of it besides; dimensions of events.
        pub filters: Option<Vec<ReportFilter>>,
    }
}

/// Finds the site and asks its page views.
async fn ask<T: Send + 'static>(
    cx: &Context,
    scope: Scope,
    work: impl Fn(&Kept, &Found, Query) -> Result<T> + Send + 'static,
) -> Result<T> {
    about(cx, scope.site.clone(), move |kept, site| {
        let query = scope.query(site)?;
        work(kept, site, query)
    })
    .await
}

/// How finely a range of that length is cut.
fn usual(query: &Query) -> ReportGrain {
    match (query.to - query.from) / (model::DAY * 1000) {
        ..3 => ReportGrain::Hour,
        3..93 => ReportGrain::Day,
        93..=400 => ReportGrain::Week,
        _ => ReportGrain::Month,
    }
}

fn totals_of(of: &of::Totals) -> ReportTotals {
    let counts = ReportCounts::from(&of.counts);
    ReportTotals {
        visitors: counts.visitors,
        visits: counts.visits,
        views: counts.views,
        events: counts.events,
        bounces: counts.bounces,
        bounced_of: counts.bounced_of,
        bounce_rate: counts.bounce_rate,
        views_per_visit: counts.views_per_visit,
        duration: counts.duration,
        median_duration: of.median_duration.map(|it| it as f64 / 1000.0),
        still: of.still_share(),
        engaged: counts.engaged,
    }
}

fn points(site: &Site, of: &of::Series) -> Vec<ReportPoint> {
    let zone = zone_of(site);
    let point = |it: &of::Point| ReportPoint {
        at: at(it.at),
        day: day_in(it.at, &zone),
        counts: ReportCounts::from(&it.counts),
    };
    of.points.iter().map(point).collect()
}

fn day_in(millis: i64, zone: &jiff::tz::TimeZone) -> String {
    Timestamp::from_millisecond(millis)
        .map(|it| it.to_zoned(zone.clone()).date().to_string())
        .unwrap_or_default()
}

fn rows(of: &[of::BreakdownRow]) -> Vec<ReportRow> {
    let row = |it: &of::BreakdownRow| ReportRow {
        value: it.value.to_string(),
        counts: ReportCounts::from(&it.counts),
    };
    of.iter().map(row).collect()
}

fn step(of: &ReportStep) -> Result<Step> {
    let mut step = match (&of.page, &of.event) {
        (Some(page), None) => Step::page(page),
        (None, Some(event)) => Step::event(event),
        (None, None) if of.filters.is_some() => Step { name: String::new(), filters: Vec::new() },
        _ => {
            return Err(Error::invalid("a step waits for a page or an event")
                .hint("give `page` or `event`, and not both"));
        }
    };
    step.filters.extend(filters(of.filters.as_deref().unwrap_or_default())?);
    if let Some(name) = &of.name {
        step.name.clone_from(name);
    }
    Ok(step)
}

macro_rules! report_method {
    ($request:ident, $name:literal, $example:literal, $reply:ident, |$self:ident, $kept:ident, $site:ident, $query:ident| $work:block) => {
        impl Method for $request {
            const NAME: &'static str = $name;
            const ACCESS: Access = Access::Read;
            const TOPICS: &'static [Topic] = &[Topic::Analytics];
            const EXAMPLE: &'static str = $example;
            type Reply = $reply;

            async fn call(self, cx: Context) -> Result<$reply> {
                let scope = self.scope();
                let asked = self;
                ask(&cx, scope, move |$kept, $site, $query| {
                    // What is not here is fetched, and all is asked again.
                    let $self = asked.clone();
                    $work
                })
                .await
            }
        }
    };
}

report_method!(
    Totals,
    "analytics.totals",
    r#"{"site":"example.org"}"#,
    TotalsReply,
    |_it, kept, site, query| {
        let reply = of::totals(kept, &query).map_err(told)?;
        Ok(TotalsReply { basis: basis(site, &reply), totals: totals_of(&reply.value) })
    }
);

report_method!(
    Series,
    "analytics.series",
    r#"{"site":"example.org","grain":"day"}"#,
    SeriesReply,
    |it, kept, site, query| {
        let grain = it.grain.unwrap_or_else(|| usual(&query));
        let reply = of::series(kept, &query, grain.into()).map_err(told)?;
        Ok(SeriesReply { basis: basis(site, &reply), grain, points: points(site, &reply.value) })
    }
);

report_method!(
    Breakdown,
    "analytics.breakdown",
    r#"{"site":"example.org","dimension":"page"}"#,
    BreakdownReply,
    |it, kept, site, query| {
        let dimension = dimension(&it.dimension)?;
        let order = it.order.map_or(Order::Visitors, Order::from);
        let offset = it.offset.unwrap_or(0) as usize;
        let limit = it.limit.unwrap_or(ROWS).clamp(1, ROWS_MAX) as usize;
        let scroll = it.scroll == Some(true);
        let reply =
            of::breakdown(kept, &query, &dimension, order, offset, limit, scroll).map_err(told)?;
        Ok(BreakdownReply {
            basis: basis(site, &reply),
            dimension: dimension.name(),
            rows: rows(&reply.value.rows),
            total: reply.value.of as f64,
        })
    }
);

report_method!(
    Overview,
    "analytics.overview",
    r#"{"site":"example.org"}"#,
    OverviewReply,
    |it, kept, site, query| {
        let grain = it.grain.unwrap_or_else(|| usual(&query));
        let names = it.lists.unwrap_or_else(|| {
            ["page", "source", "country", "browser", "device"].map(str::to_owned).to_vec()
        });
        let lists = names.iter().map(|it| Ok((dimension(it)?, Order::Visitors)));
        let lists: Vec<(Dimension, Order)> = lists.collect::<Result<_>>()?;
        let limit = it.limit.unwrap_or(10).clamp(1, ROWS_MAX) as usize;
        let what = of::Ask { grain: grain.into(), lists, limit };
        let reply = of::overview(kept, &query, &what).map_err(told)?;
        // As many whole weeks back as cover the range: Monday beside Monday.
        let week = model::WEEK * 1000;
        let back = ((query.to - query.from) + week - 1) / week * week;
        let earlier = query.over(query.from - back, query.to - back);
        let course = of::Ask { grain: grain.into(), lists: Vec::new(), limit };
        let before = of::overview(kept, &earlier, &course).map_err(told)?;
        let list = |it: &of::Breakdown| ReportList {
            dimension: it.dimension.name(),
            rows: rows(&it.rows),
            total: it.of as f64,
        };
        Ok(OverviewReply {
            basis: basis(site, &reply),
            totals: totals_of(&reply.value.totals),
            before: totals_of(&before.value.totals),
            before_from: at(earlier.from),
            grain,
            points: points(site, &reply.value.series),
            points_before: points(site, &before.value.series),
            lists: reply.value.lists.iter().map(list).collect(),
        })
    }
);

report_method!(
    Goals,
    "analytics.goals",
    r#"{"site":"example.org","goals":[{"event":"signup"}]}"#,
    GoalsReply,
    |it, kept, site, query| {
        let goals: Vec<Step> = match &it.goals {
            Some(goals) => goals.iter().map(step).collect::<Result<_>>()?,
            None => {
                let events = of::breakdown(
                    kept,
                    &query,
                    &Dimension::Event,
                    Order::Visitors,
                    0,
                    GOALS,
                    false,
                );
                let rows = events.map_err(told)?.value.rows;
                let named = rows.iter().filter(|it| !it.value.is_empty());
                named.map(|it| Step::event(&it.value)).collect()
            }
        };
        let reply = of::goals(kept, &query, &goals).map_err(told)?;
        let revenue = |it: &of::Revenue| ReportRevenue {
            currency: it.currency.to_string(),
            amount: it.amount as f64,
            events: it.events as f64,
        };
        let goal = |it: &of::GoalReport| ReportGoal {
            name: it.name.clone(),
            visitors: it.visitors as f64,
            of: it.of as f64,
            rate: it.rate(),
            visits: it.visits as f64,
            events: it.events as f64,
            revenue: it.revenue.iter().map(revenue).collect(),
        };
        Ok(GoalsReply { basis: basis(site, &reply), goals: reply.value.iter().map(goal).collect() })
    }
);

report_method!(
    Funnel,
    "analytics.funnel",
    r#"{"site":"example.org","steps":[{"page":"/"},{"page":"/pricing"},{"event":"signup"}]}"#,
    FunnelReply,
    |it, kept, site, query| {
        let steps: Vec<Step> = it.steps.iter().map(step).collect::<Result<_>>()?;
        let window = it.window.unwrap_or(WINDOW);
        if !(window > 0.0 && window <= 525_600.0) {
            return Err(
                Error::invalid(format!("{window} is no time in minutes")).hint("a year at most")
            );
        }
        let per_visit = it.per_visit == Some(true);
        let per = if per_visit { of::Per::Visit } else { of::Per::VisitorDay };
        let funnel = of::Funnel { steps, per, window: (window * 60_000.0) as i64 };
        let reply = of::funnel(kept, &query, &funnel).map_err(told)?;
        let step = |it: &of::FunnelStep| ReportFunnelStep {
            name: it.name.clone(),
            reached: it.reached as f64,
            dropped: it.dropped as f64,
            median: it.median.map(|it| it as f64 / 1000.0),
        };
        Ok(FunnelReply {
            basis: basis(site, &reply),
            per: if per_visit { "visit" } else { "visitor" }.to_owned(),
            window,
            of: reply.value.of as f64,
            steps: reply.value.steps.iter().map(step).collect(),
        })
    }
);

report_method!(
    Retention,
    "analytics.retention",
    r#"{"site":"example.org","grain":"week"}"#,
    RetentionReply,
    |it, kept, site, query| {
        let grain = it.grain.unwrap_or(ReportGrain::Week);
        let reply = of::retention(kept, &query, Grain::from(grain)).map_err(told)?;
        let zone = zone_of(site);
        let mut cells = Vec::new();
        for cohort in &reply.value.cohorts {
            for (after, cell) in (0..).zip(&cohort.cells) {
                cells.push(ReportCohortCell {
                    cohort: day_in(cohort.at, &zone),
                    after,
                    size: cohort.size as f64,
                    active: cell.active as f64,
                    share: if cohort.size > 0 {
                        cell.active as f64 / cohort.size as f64
                    } else {
                        0.0
                    },
                    whole: cell.whole,
                });
            }
        }
        let nothing = (!site.identified).then(|| {
            format!(
                "visitors of `{}` have another id each day, so none of them can be seen to come again; retention needs a site whose ids last",
                site.name
            )
        });
        Ok(RetentionReply { basis: basis(site, &reply), grain, cells, nothing })
    }
);

report_method!(
    Journeys,
    "analytics.journeys",
    r#"{"site":"example.org","length":3}"#,
    JourneysReply,
    |it, kept, site, query| {
        let length = it.length.unwrap_or(4) as usize;
        let limit = it.limit.unwrap_or(ROWS).clamp(1, ROWS_MAX) as usize;
        let events = it.events == Some(true);
        let reply = of::journeys(kept, &query, length, events, it.begin.as_deref(), limit);
        let reply = reply.map_err(told)?;
        let journey = |it: &of::Journey| ReportJourney {
            steps: it.steps.iter().map(ToString::to_string).collect(),
            way: it.steps.join(" → "),
            visits: it.visits as f64,
        };
        let edge = |it: &of::Edge| ReportEdge {
            place: u32::from(it.place),
            from: it.from.to_string(),
            to: it.to.to_string(),
            visits: it.visits as f64,
        };
        Ok(JourneysReply {
            basis: basis(site, &reply),
            of: reply.value.of as f64,
            ways: reply.value.ways as f64,
            journeys: reply.value.journeys.iter().map(journey).collect(),
            edges: reply.value.edges.iter().map(edge).collect(),
        })
    }
);

report_method!(
    Live,
    "analytics.live",
    r#"{"site":"example.org"}"#,
    LiveReply,
    |it, kept, site, query| {
        let limit = it.limit.unwrap_or(10).clamp(1, ROWS_MAX) as usize;
        let reply = of::live(kept, &query, query.to, limit).map_err(told)?;
        let row = |it: &(std::sync::Arc<str>, u64)| ReportLiveRow {
            value: it.0.to_string(),
            visitors: it.1 as f64,
        };
        let minute = |it: &of::Minute| ReportMinute {
            at: at(it.at),
            visitors: it.visitors as f64,
            views: it.views as f64,
        };
        Ok(LiveReply {
            basis: basis(site, &reply),
            visitors: reply.value.visitors as f64,
            minutes: reply.value.minutes.iter().map(minute).collect(),
            pages: reply.value.pages.iter().map(row).collect(),
            sources: reply.value.sources.iter().map(row).collect(),
            countries: reply.value.countries.iter().map(row).collect(),
        })
    }
);
