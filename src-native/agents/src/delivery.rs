//! How work flows: measures over pull requests, issues, commits and releases. Each measure is a list of
//! items, each with the record it stands for and the one date by which it is counted, and a way to fold
//! items into a figure. So a figure, its trend, its parts and the records behind it cannot differ.
//! Work is described here; people are never ranked.

mod book;
mod deployments;
mod flow;
mod fold;
mod issues;
mod measures;
mod pulls;
pub mod statistics;
#[cfg(test)]
mod tests;
mod work;

pub use book::{Book, Proxy, Settings};
pub use fold::Value;
pub use measures::{Fold, Good, Measure, Needs, Part, Pick, Unit};
pub use work::REWORK_DAYS;

use model::delivery::FileLines;
use model::{DeveloperId, Timestamp};
use std::collections::BTreeMap;

/// A stretch of time: from a moment on, and before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub to: Timestamp,
}

impl Span {
    /// Whether a moment is in it.
    pub fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// Its length in weeks.
    pub fn weeks(self) -> f64 {
        (self.to.0 - self.from.0).max(0) as f64 / model::WEEK as f64
    }

    /// The stretch that is compared with it: of the same length, earlier by whole weeks, so that the same
    /// days of the week are compared.
    pub fn before(self, weeks: i64) -> Span {
        let by = weeks.saturating_mul(model::WEEK);
        Span {
            from: Timestamp(self.from.0.saturating_sub(by)),
            to: Timestamp(self.to.0.saturating_sub(by)),
        }
    }
}

/// The record that an item stands for, by its place among the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// A pull request.
    Pull(u32),
    /// An issue.
    Issue(u32),
    /// A commit.
    Commit(u32),
    /// A release.
    Release(u32),
    /// What was said on a pull request: the pull request, and the place of what was said.
    Said(u32, u32),
}

/// How many further numbers an item has at most.
pub const NUMBERS: usize = 4;

/// Something that a measure counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// The record.
    pub of: Of,
    /// The date it is counted by; where it is counted while it lasts, its beginning.
    pub at: Timestamp,
    /// The end of what lasts.
    pub until: Timestamp,
    /// What is measured of it.
    pub value: f64,
    /// What that is a part of.
    pub over: f64,
    /// It has not ended yet: it takes longer than `value`.
    pub open: bool,
    /// Which kind of item it is, where a measure has several.
    pub class: u8,
    /// Whose it is, where that is counted.
    pub who: Option<DeveloperId>,
    /// Further numbers, as [`Measure::numbers`] names them; NaN for none.
    pub numbers: [f64; NUMBERS],
    /// Which of these have not ended yet, by bits.
    pub open_numbers: u8,
}

/// What lasts until it is known to have ended.
pub const EVER: Timestamp = Timestamp(i64::MAX);

impl Item {
    fn new(of: Of, at: Timestamp) -> Item {
        Item {
            of,
            at,
            until: EVER,
            value: 0.0,
            over: 1.0,
            open: false,
            class: 0,
            who: None,
            numbers: [f64::NAN; NUMBERS],
            open_numbers: 0,
        }
    }

    /// One that took from `at` to `end`, or takes that long already where there is no end yet.
    fn timed(of: Of, at: Timestamp, end: Option<Timestamp>, now: Timestamp) -> Item {
        let value = seconds(at, end.unwrap_or(now));
        Item { value, open: end.is_none(), ..Item::new(of, at) }
    }

    /// One that is counted, and is one of those looked for or not.
    fn hit(of: Of, at: Timestamp, hit: bool) -> Item {
        Item { value: f64::from(u8::from(hit)), ..Item::new(of, at) }
    }

    /// Of which kind: pull requests 0, issues 1.
    fn class(self, class: u8) -> Item {
        Item { class, ..self }
    }
}

/// Seconds from one moment to another, never less than none.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.0.saturating_sub(from.0).max(0) as f64
}

/// The items of a measure, by date, and what was left out, by reason.
#[derive(Clone, Debug, Default)]
pub struct Items {
    /// What is counted.
    pub items: Vec<Item>,
    /// What is not, when and why.
    pub left_out: Vec<(Timestamp, &'static str)>,
}

impl Items {
    fn leave_out(&mut self, at: Timestamp, why: &'static str) {
        self.left_out.push((at, why));
    }

    /// Keeps the items that a question is about.
    pub fn keep(&mut self, keep: impl Fn(&Item) -> bool) {
        self.items.retain(keep);
    }

    /// The items that a figure of a span counts, in their order.
    pub fn within(&self, measure: Measure, span: Span) -> impl Iterator<Item = &Item> {
        // By date: a trend of many stretches looks at each item once and not once a stretch.
        let end = self.items.partition_point(|it| it.at < span.to);
        let begin = match measure.lasts() {
            true => 0,
            false => self.items.partition_point(|it| it.at < span.from).min(end),
        };
        self.items[begin..end].iter().filter(move |it| measure.counts(it, span))
    }

    /// What was left out of a span, by reason.
    pub fn left_out(&self, span: Span) -> BTreeMap<&'static str, u32> {
        let mut reasons = BTreeMap::new();
        for (_, why) in self.left_out.iter().filter(|it| span.holds(it.0)) {
            *reasons.entry(*why).or_default() += 1;
        }
        reasons
    }

    /// The figure of a span.
    pub fn value(&self, measure: Measure, span: Span) -> Value {
        let items: Vec<&Item> = self.within(measure, span).collect();
        fold::value(measure.fold(), Pick::Whole, &items, span)
    }

    /// A part of the figure of a span.
    pub fn part(&self, measure: Measure, part: &Part, span: Span) -> Value {
        let items: Vec<&Item> = self.within(measure, span).collect();
        fold::value(part.fold, part.pick, &items, span)
    }
}

/// The items of a measure. `lines` are those of [`REWORK_DAYS`] before the time that is asked about and of that
/// time, oldest first, where [`Measure::needs_lines`]; none else.
pub fn items(measure: Measure, book: &Book, lines: &[FileLines]) -> Items {
    use Measure as M;
    let mut items = match measure {
        M::DeploymentFrequency => deployments::frequency(book),
        M::LeadTime => deployments::lead_time(book),
        M::ChangeFailRate => deployments::fail_rate(book),
        M::RecoveryTime => deployments::recovery(book),
        M::ReworkRate => deployments::rework_rate(book),
        M::CycleTime => pulls::cycle_time(book),
        M::TimeToFirstReview => pulls::first_review(book),
        M::TimeToMerge => pulls::ends(book, true),
        M::TimeToClose => pulls::ends(book, false),
        M::ReviewDepth => pulls::depth(book),
        M::UnreviewedMerges => pulls::merged_as(book, pulls::is_unreviewed),
        M::SelfMerges => pulls::self_merged(book),
        M::ReviewLoad => pulls::load(book),
        M::PullRequestSize => pulls::size(book),
        M::ThroughputPullRequests => pulls::merged_as(book, |_| true),
        M::UnlinkedWork => pulls::merged_as(book, |it| !it.linked),
        M::InvestmentBalance => pulls::balance(book),
        M::ThroughputIssues => issues::throughput(book),
        M::IssueLeadTime => issues::lead_time(book),
        M::IssueCycleTime => issues::cycle_time(book),
        M::FlowEfficiency => issues::flow_efficiency(book),
        M::Wip => flow::wip(book),
        M::StaleWork => flow::stale(book),
        M::LittlesLaw => flow::littles_law(book),
        M::TimeToFirstResponse => flow::first_response(book),
        M::ClosureRatio => flow::closure(book),
        M::Churn => work::churn(book, lines),
        M::Rework => work::rework(book, lines),
        M::CodingDays => work::commits(book),
        M::ContributorAbsence => work::commits(book),
        M::OnboardingTime => work::onboarding(book),
    };
    items.items.sort_by_key(|it| (it.at, it.of, it.until, it.class));
    items
}
