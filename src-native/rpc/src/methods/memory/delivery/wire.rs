//! What is asked about delivery and what is answered.

use crate::wire::{Basis, Figure, RuleText, reply, request};
use agents::delivery::{Good, Measure, Proxy, Unit, Value};

/// A measure of delivery; docs/delivery.md has the definition of each.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryName {
    /// Deployment days per week.
    DeploymentFrequency,
    /// Lead time for changes.
    LeadTime,
    /// Change fail rate.
    ChangeFailRate,
    /// Failed deployment recovery time.
    RecoveryTime,
    /// Deployment rework rate.
    ReworkRate,
    /// Pull request cycle time.
    CycleTime,
    /// Time to first review.
    TimeToFirstReview,
    /// Time to merge.
    TimeToMerge,
    /// Time to close unmerged.
    TimeToClose,
    /// Review comments per merged pull request.
    ReviewDepth,
    /// Merged without review.
    UnreviewedMerges,
    /// Merged by their author.
    SelfMerges,
    /// Concentration of reviews.
    ReviewLoad,
    /// Pull request size.
    PullRequestSize,
    /// Merged pull requests per week.
    ThroughputPullRequests,
    /// Done issues per week.
    ThroughputIssues,
    /// Work in progress.
    Wip,
    /// Flow efficiency.
    FlowEfficiency,
    /// Issue lead time.
    IssueLeadTime,
    /// Issue cycle time.
    IssueCycleTime,
    /// Little's law.
    LittlesLaw,
    /// Lines changed.
    Churn,
    /// Lines changed again, at most.
    Rework,
    /// Time to first response.
    TimeToFirstResponse,
    /// Closed per opened.
    ClosureRatio,
    /// Coding days.
    CodingDays,
    /// Merged work on defects.
    InvestmentBalance,
    /// Merged without an issue.
    UnlinkedWork,
    /// Open and untouched.
    StaleWork,
    /// First commit to tenth merge.
    OnboardingTime,
    /// Contributor absence factor.
    ContributorAbsence,
}

/// What stands for a deployment, where nothing tells of deployments themselves.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryProxy {
    /// Release tags.
    Tags,
    /// Releases on GitHub.
    Releases,
    /// Merges into the main branch.
    Merges,
}

/// How a trend is cut; hours and days are those of UTC, weeks begin on Monday.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryGrain {
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
}

/// What a period is compared with.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryCompare {
    /// As long a stretch before it, earlier by whole weeks.
    Before,
    /// The same stretch 52 weeks earlier.
    Year,
    /// Nothing.
    None,
}

/// How figures are broken down. People are no way to.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryBy {
    /// By component; what touches several counts in each.
    Component,
    /// By what it was for: a defect, something new, the rest, or nothing that an issue tells.
    Kind,
}

/// What a number counts.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryUnit {
    /// Seconds.
    Seconds,
    /// A part of a whole, 0 to 1.
    Share,
    /// A number of things.
    Count,
    /// Things in seven days.
    PerWeek,
    /// Days in seven days.
    DaysPerWeek,
    /// Lines.
    Lines,
    /// One number by another.
    Ratio,
}

/// Which way is better.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryGood {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither is.
    Neither,
}

request! {
    /// Measure how work flows: deployments, pull requests, issues and commits of a period, compared with the one before, as a trend, with the records behind each figure.
    pub struct Delivery {
        /// Which measures; all of them unless given.
        pub measures: Option<Vec<DeliveryName>>,
        /// Count what happened at or after this time: RFC 3339, a day, or `2026-05-20 10:11:12` in UTC; 90 days before `to` unless given.
        pub from: Option<String>,
        /// Count what happened before this time, written likewise; up to the newest record unless given.
        pub to: Option<String>,
        /// How to cut the trend: by the length of the period unless told.
        pub grain: Option<DeliveryGrain>,
        /// Break the figures down.
        pub by: Option<DeliveryBy>,
        /// Tell the trend of parts as well (no unless told otherwise).
        pub part_series: Option<bool>,
        /// Only what touches this component.
        pub component: Option<String>,
        /// What to compare with (`before` unless told otherwise).
        pub compare: Option<DeliveryCompare>,
        /// What stands for a deployment; as backstory.toml says (`[delivery] deployments`), else releases on GitHub, else release tags, else merges.
        pub deployments: Option<DeliveryProxy>,
        /// As memory was at this time, RFC 3339: what came later is not known. As it is unless given.
        pub now: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }
}

reply! {
    /// How work flows.
    pub struct DeliveryReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The beginning of the period.
        pub from: String,
        /// The first moment after it; where memory ends, where that is earlier than what was asked for.
        pub to: String,
        /// The beginning of what it is compared with; none where it is not.
        pub before_from: Option<String>,
        /// The first moment after that.
        pub before_to: Option<String>,
        /// How the trend is cut.
        pub grain: DeliveryGrain,
        /// What stands for a deployment here.
        pub deployments: DeliveryProxy,
        /// A row for each measure, in the order of the manual.
        pub measures: Vec<DeliveryMeasure>,
        /// A row for each part of a measure: the stages of a cycle time, pull requests and issues of what counts both.
        pub parts: Vec<DeliveryPart>,
        /// A row for each measure and stretch of the trend, oldest first within a measure.
        pub series: Vec<DeliveryPoint>,
        /// A row for each part and stretch of the trend; empty unless asked for.
        pub part_series: Vec<DeliveryPartPoint>,
        /// A row for each measure and group; empty unless a breakdown was asked for.
        pub groups: Vec<DeliveryGroup>,
    }

    /// A measure.
    pub struct DeliveryMeasure {
        /// Which.
        pub measure: DeliveryName,
        /// Its figure.
        #[serde(flatten)]
        pub figure: DeliveryValue,
        /// Its title.
        pub title: String,
        /// What its number counts.
        pub unit: DeliveryUnit,
        /// Which way is better.
        pub good: DeliveryGood,
        /// Its rule: what is counted, by which date, and what stands for what is not known.
        pub rule: RuleText,
        /// Why it cannot be judged; none where it is. What is not judged is not nothing.
        pub not_judged: Option<String>,
        /// The beginning of what it looks at: the period's, but for deployment days, which are of thirteen weeks.
        pub from: String,
        /// The first moment after that.
        pub to: String,
        /// The figure of what the period is compared with.
        pub before: Option<DeliveryValue>,
        /// What of the period was left out, with how many.
        pub left_out: Vec<DeliveryLeftOut>,
        /// How many items it is made of, and the records behind them.
        pub items: Figure,
    }

    /// A figure. What does not apply is none, and so is what would divide by nothing.
    pub struct DeliveryValue {
        /// The number to show first.
        pub value: Option<f64>,
        /// How many items it is made of.
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
        /// Where the median is not known because too much has not ended: it is more than this.
        pub beyond: Option<f64>,
        /// Of a ratio: what is divided.
        pub numerator: Option<f64>,
        /// Of a ratio: by what.
        pub denominator: Option<f64>,
    }

    /// Records that a measure left out.
    pub struct DeliveryLeftOut {
        /// Which, as people say it: `still open`.
        pub what: String,
        /// How many.
        pub count: u32,
    }

    /// A part of a measure.
    pub struct DeliveryPart {
        /// The measure.
        pub measure: DeliveryName,
        /// Its name: `coding`, `issues`.
        pub part: String,
        /// Its figure.
        #[serde(flatten)]
        pub figure: DeliveryValue,
        /// What its number counts.
        pub unit: DeliveryUnit,
        /// The figure of what the period is compared with.
        pub before: Option<DeliveryValue>,
    }

    /// A measure in a stretch of the trend.
    pub struct DeliveryPoint {
        /// The measure.
        pub measure: DeliveryName,
        /// The beginning of the stretch in the calendar, as a day; as RFC 3339 where it is an hour.
        pub start: String,
        /// The figure.
        #[serde(flatten)]
        pub figure: DeliveryValue,
        /// From when on it is counted.
        pub from: String,
        /// The first moment after it that is not.
        pub to: String,
        /// Only part of the stretch lies in the period, or in what memory knows.
        pub partial: bool,
        /// Something that is counted has not ended yet: the figure may still change.
        pub open: bool,
    }

    /// A part of a measure in a stretch of the trend.
    pub struct DeliveryPartPoint {
        /// The measure.
        pub measure: DeliveryName,
        /// The part.
        pub part: String,
        /// The beginning of the stretch in the calendar, as for `series`.
        pub start: String,
        /// The figure.
        #[serde(flatten)]
        pub figure: DeliveryValue,
        /// Only part of the stretch lies in the period, or in what memory knows.
        pub partial: bool,
    }

    /// A measure of one group.
    pub struct DeliveryGroup {
        /// The measure.
        pub measure: DeliveryName,
        /// The component, or `bug`, `feature`, `chore`, `unlinked`.
        pub group: String,
        /// Its figure.
        #[serde(flatten)]
        pub figure: DeliveryValue,
        /// The figure of what the period is compared with.
        pub before: Option<DeliveryValue>,
    }
}

impl DeliveryName {
    /// The measure of that name.
    pub(super) fn measure(self) -> Measure {
        match self {
            DeliveryName::DeploymentFrequency => Measure::DeploymentFrequency,
            DeliveryName::LeadTime => Measure::LeadTime,
            DeliveryName::ChangeFailRate => Measure::ChangeFailRate,
            DeliveryName::RecoveryTime => Measure::RecoveryTime,
            DeliveryName::ReworkRate => Measure::ReworkRate,
            DeliveryName::CycleTime => Measure::CycleTime,
            DeliveryName::TimeToFirstReview => Measure::TimeToFirstReview,
            DeliveryName::TimeToMerge => Measure::TimeToMerge,
            DeliveryName::TimeToClose => Measure::TimeToClose,
            DeliveryName::ReviewDepth => Measure::ReviewDepth,
            DeliveryName::UnreviewedMerges => Measure::UnreviewedMerges,
            DeliveryName::SelfMerges => Measure::SelfMerges,
            DeliveryName::ReviewLoad => Measure::ReviewLoad,
            DeliveryName::PullRequestSize => Measure::PullRequestSize,
            DeliveryName::ThroughputPullRequests => Measure::ThroughputPullRequests,
            DeliveryName::ThroughputIssues => Measure::ThroughputIssues,
            DeliveryName::Wip => Measure::Wip,
            DeliveryName::FlowEfficiency => Measure::FlowEfficiency,
            DeliveryName::IssueLeadTime => Measure::IssueLeadTime,
            DeliveryName::IssueCycleTime => Measure::IssueCycleTime,
            DeliveryName::LittlesLaw => Measure::LittlesLaw,
            DeliveryName::Churn => Measure::Churn,
            DeliveryName::Rework => Measure::Rework,
            DeliveryName::TimeToFirstResponse => Measure::TimeToFirstResponse,
            DeliveryName::ClosureRatio => Measure::ClosureRatio,
            DeliveryName::CodingDays => Measure::CodingDays,
            DeliveryName::InvestmentBalance => Measure::InvestmentBalance,
            DeliveryName::UnlinkedWork => Measure::UnlinkedWork,
            DeliveryName::StaleWork => Measure::StaleWork,
            DeliveryName::OnboardingTime => Measure::OnboardingTime,
            DeliveryName::ContributorAbsence => Measure::ContributorAbsence,
        }
    }

    /// The name of a measure.
    pub(super) fn of(measure: Measure) -> DeliveryName {
        match measure {
            Measure::DeploymentFrequency => DeliveryName::DeploymentFrequency,
            Measure::LeadTime => DeliveryName::LeadTime,
            Measure::ChangeFailRate => DeliveryName::ChangeFailRate,
            Measure::RecoveryTime => DeliveryName::RecoveryTime,
            Measure::ReworkRate => DeliveryName::ReworkRate,
            Measure::CycleTime => DeliveryName::CycleTime,
            Measure::TimeToFirstReview => DeliveryName::TimeToFirstReview,
            Measure::TimeToMerge => DeliveryName::TimeToMerge,
            Measure::TimeToClose => DeliveryName::TimeToClose,
            Measure::ReviewDepth => DeliveryName::ReviewDepth,
            Measure::UnreviewedMerges => DeliveryName::UnreviewedMerges,
            Measure::SelfMerges => DeliveryName::SelfMerges,
            Measure::ReviewLoad => DeliveryName::ReviewLoad,
            Measure::PullRequestSize => DeliveryName::PullRequestSize,
            Measure::ThroughputPullRequests => DeliveryName::ThroughputPullRequests,
            Measure::ThroughputIssues => DeliveryName::ThroughputIssues,
            Measure::Wip => DeliveryName::Wip,
            Measure::FlowEfficiency => DeliveryName::FlowEfficiency,
            Measure::IssueLeadTime => DeliveryName::IssueLeadTime,
            Measure::IssueCycleTime => DeliveryName::IssueCycleTime,
            Measure::LittlesLaw => DeliveryName::LittlesLaw,
            Measure::Churn => DeliveryName::Churn,
            Measure::Rework => DeliveryName::Rework,
            Measure::TimeToFirstResponse => DeliveryName::TimeToFirstResponse,
            Measure::ClosureRatio => DeliveryName::ClosureRatio,
            Measure::CodingDays => DeliveryName::CodingDays,
            Measure::InvestmentBalance => DeliveryName::InvestmentBalance,
            Measure::UnlinkedWork => DeliveryName::UnlinkedWork,
            Measure::StaleWork => DeliveryName::StaleWork,
            Measure::OnboardingTime => DeliveryName::OnboardingTime,
            Measure::ContributorAbsence => DeliveryName::ContributorAbsence,
        }
    }
}

impl DeliveryProxy {
    pub(super) fn proxy(self) -> Proxy {
        match self {
            DeliveryProxy::Tags => Proxy::Tags,
            DeliveryProxy::Releases => Proxy::Releases,
            DeliveryProxy::Merges => Proxy::Merges,
        }
    }

    pub(super) fn of(proxy: Proxy) -> DeliveryProxy {
        match proxy {
            Proxy::Tags => DeliveryProxy::Tags,
            Proxy::Releases => DeliveryProxy::Releases,
            Proxy::Merges => DeliveryProxy::Merges,
        }
    }
}

impl From<Unit> for DeliveryUnit {
    fn from(unit: Unit) -> DeliveryUnit {
        match unit {
            Unit::Seconds => DeliveryUnit::Seconds,
            Unit::Share => DeliveryUnit::Share,
            Unit::Count => DeliveryUnit::Count,
            Unit::PerWeek => DeliveryUnit::PerWeek,
            Unit::DaysPerWeek => DeliveryUnit::DaysPerWeek,
            Unit::Lines => DeliveryUnit::Lines,
            Unit::Ratio => DeliveryUnit::Ratio,
        }
    }
}

impl From<Good> for DeliveryGood {
    fn from(good: Good) -> DeliveryGood {
        match good {
            Good::Up => DeliveryGood::Up,
            Good::Down => DeliveryGood::Down,
            Good::Neither => DeliveryGood::Neither,
        }
    }
}

impl From<Value> for DeliveryValue {
    fn from(it: Value) -> DeliveryValue {
        DeliveryValue {
            value: it.value,
            n: it.n,
            censored: it.censored,
            median: it.median,
            p85: it.p85,
            p90: it.p90,
            mean: it.mean,
            beyond: it.beyond,
            numerator: it.numerator,
            denominator: it.denominator,
        }
    }
}
