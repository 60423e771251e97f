//! What reports answer.

use super::super::wire::*;
use crate::wire::reply;

reply! {
    /// What a range comes to.
    #[schemars(rename = "WebTotalsReply")]
    #[ts(rename = "WebTotalsReply")]
    pub struct TotalsReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// Its numbers.
        pub totals: ReportTotals,
    }

    /// What a range comes to.
    pub struct ReportTotals {
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
        /// Average time of a visit, in seconds.
        pub duration: Option<f64>,
        /// Median time of a visit, in seconds.
        pub median_duration: Option<f64>,
        /// Share of visits without any time between first and last event, from 0 to 1.
        pub still: Option<f64>,
        /// Average time that a visit's pages were looked at, in seconds.
        pub engaged: Option<f64>,
    }

    /// A range, part by part.
    #[schemars(rename = "WebSeriesReply")]
    #[ts(rename = "WebSeriesReply")]
    pub struct SeriesReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// How finely it is cut.
        pub grain: ReportGrain,
        /// Its parts, in order.
        pub points: Vec<ReportPoint>,
    }

    /// A part of a range.
    pub struct ReportPoint {
        /// When it begins.
        pub at: String,
        /// Its day in the site's zone.
        pub day: String,
        /// What of the range lies in it.
        #[serde(flatten)]
        #[ts(flatten)]
        pub counts: ReportCounts,
    }

    /// A range by the values of a dimension.
    #[schemars(rename = "WebBreakdownReply")]
    #[ts(rename = "WebBreakdownReply")]
    pub struct BreakdownReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// The dimension.
        pub dimension: String,
        /// Its values, in order.
        pub rows: Vec<ReportRow>,
        /// How many there are in all.
        pub total: f64,
    }

    /// A value of a dimension.
    pub struct ReportRow {
        /// The value; empty where there is none.
        pub value: String,
        /// What its visits come to.
        #[serde(flatten)]
        #[ts(flatten)]
        pub counts: ReportCounts,
    }

    /// A first look.
    #[schemars(rename = "WebOverviewReply")]
    #[ts(rename = "WebOverviewReply")]
    pub struct OverviewReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// What the range comes to.
        pub totals: ReportTotals,
        /// The range of the same length before, aligned to the day of the week.
        pub before: ReportTotals,
        /// Where that begins.
        pub before_from: String,
        /// How finely its course is cut.
        pub grain: ReportGrain,
        /// Its course.
        pub points: Vec<ReportPoint>,
        /// The course before.
        pub points_before: Vec<ReportPoint>,
        /// Its lists.
        pub lists: Vec<ReportList>,
    }

    /// A list of a first look.
    pub struct ReportList {
        /// The dimension.
        pub dimension: String,
        /// Its values, most visitors first.
        pub rows: Vec<ReportRow>,
        /// How many there are in all.
        pub total: f64,
    }

    /// What became of goals.
    #[schemars(rename = "WebGoalsReply")]
    #[ts(rename = "WebGoalsReply")]
    pub struct GoalsReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// The goals, as they were given.
        pub goals: Vec<ReportGoal>,
    }

    /// What became of a goal.
    pub struct ReportGoal {
        /// What it is called.
        pub name: String,
        /// Unique conversions: visitors that reached it.
        pub visitors: f64,
        /// Visitors under the same filters: what the rate is over.
        pub of: f64,
        /// Share of visitors that reached it, from 0 to 1.
        pub rate: Option<f64>,
        /// Visits that reached it.
        pub visits: f64,
        /// Total conversions: events.
        pub events: f64,
        /// Money, by currency; never added up over currencies.
        pub revenue: Vec<ReportRevenue>,
    }

    /// Money in a currency.
    pub struct ReportRevenue {
        /// The currency (ISO 4217).
        pub currency: String,
        /// In its smallest unit.
        pub amount: f64,
        /// Events that brought it.
        pub events: f64,
    }

    /// What became of a way of several steps.
    #[schemars(rename = "WebFunnelReply")]
    #[ts(rename = "WebFunnelReply")]
    pub struct FunnelReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// `visit` or `visitor`: what is counted.
        pub per: String,
        /// Longest time between two steps, in minutes.
        pub window: f64,
        /// Visits or visitors that the filters select.
        pub of: f64,
        /// The steps.
        pub steps: Vec<ReportFunnelStep>,
    }

    /// What became of a step.
    pub struct ReportFunnelStep {
        /// What it is called.
        pub name: String,
        /// How many reached it.
        pub reached: f64,
        /// How many reached the step before and not this one.
        pub dropped: f64,
        /// Median time from the step before, in seconds.
        pub median: Option<f64>,
    }

    /// Who came back.
    #[schemars(rename = "WebRetentionReply")]
    #[ts(rename = "WebRetentionReply")]
    pub struct RetentionReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// How finely.
        pub grain: ReportGrain,
        /// A row for each group and each time after: what a cohort panel takes.
        pub cells: Vec<ReportCohortCell>,
        /// Why nobody can be seen to come back, where the site's ids do not last.
        pub nothing: Option<String>,
    }

    /// A group at a time after.
    pub struct ReportCohortCell {
        /// Day on which the week or month began that its visitors were first seen in.
        pub cohort: String,
        /// Weeks or months after.
        pub after: u32,
        /// Visitors of the group.
        pub size: f64,
        /// Those that were seen.
        pub active: f64,
        /// Their share, from 0 to 1.
        pub share: f64,
        /// Whether that time is over.
        pub whole: bool,
    }

    /// The ways that visits took.
    #[schemars(rename = "WebJourneysReply")]
    #[ts(rename = "WebJourneysReply")]
    pub struct JourneysReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// Visits that took any.
        pub of: f64,
        /// Different ways there are.
        pub ways: f64,
        /// The ways, most visits first.
        pub journeys: Vec<ReportJourney>,
        /// What leads where, for a picture of flows.
        pub edges: Vec<ReportEdge>,
    }

    /// A way.
    pub struct ReportJourney {
        /// Its steps.
        pub steps: Vec<String>,
        /// The same in a line.
        pub way: String,
        /// Visits that took it.
        pub visits: f64,
    }

    /// A step to the next.
    pub struct ReportEdge {
        /// Place of the step it leaves, from 0.
        pub place: u32,
        /// What it leaves.
        pub from: String,
        /// Where it leads.
        pub to: String,
        /// Visits that took it.
        pub visits: f64,
    }

    /// Who is there now.
    #[schemars(rename = "WebLiveReply")]
    #[ts(rename = "WebLiveReply")]
    pub struct LiveReply {
        /// What it rests on.
        pub basis: ReportBasis,
        /// Visitors of the last 5 minutes.
        pub visitors: f64,
        /// The last 30 minutes.
        pub minutes: Vec<ReportMinute>,
        /// Pages they saw last.
        pub pages: Vec<ReportLiveRow>,
        /// Where they came from.
        pub sources: Vec<ReportLiveRow>,
        /// Their countries.
        pub countries: Vec<ReportLiveRow>,
    }

    /// A minute.
    pub struct ReportMinute {
        /// When it began.
        pub at: String,
        /// Visitors that did something in it.
        pub visitors: f64,
        /// Page views.
        pub views: f64,
    }

    /// Something of those who are there.
    pub struct ReportLiveRow {
        /// What.
        pub value: String,
        /// How many of them.
        pub visitors: f64,
    }
}
