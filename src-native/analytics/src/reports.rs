//! Questions about page views, and their answers. A question is a [`Query`] and a function of this module over
//! a [`Kept`](crate::kept::Kept); the answer is a [`Reply`] that says by which definition, over what range and
//! by which way it was found.
//!
//! What is counted: **visits that began in the range**, of the verdicts that are included, which have a selected
//! event. Filters on what a visit was seen with (country, source, entry page) select all of its events; filters
//! on events (page, name, property) select those events alone. An event belongs to the day and hour in which
//! its visit began, so days add up to their weeks. Visitors are counted for each day, by the ids of that day,
//! and added up; on sites whose ids last they are counted once for the range.

mod breakdown;
mod clock;
mod counts;
mod dimension;
mod funnel;
mod goals;
mod journeys;
mod listing;
mod live;
mod overview;
mod pick;
mod plan;
mod retention;
mod rollup;
mod scan;
mod series;
mod steps;
mod totals;

pub use breakdown::{Breakdown, BreakdownRow, Order, breakdown};
pub use counts::Counts;
pub use dimension::{Dimension, door_name, verdict_name};
pub use funnel::{Funnel, FunnelReport, FunnelStep, Per, funnel};
pub use goals::{GoalReport, Revenue, goals};
pub use journeys::{Edge, Journey, Journeys, journeys};
pub use listing::{VisitId, VisitLine, VisitList, events_of, visits};
pub use live::{Live, Minute, live};
pub(crate) use plan::Plan;
pub use retention::{Cell, Cohort, Retention, retention};
pub use steps::Step;

pub use overview::{Ask, Overview, overview};
pub use series::{Grain, Point, Series, series};
pub use totals::{Totals, totals, visitors};

use crate::event::Verdict;
use crate::visits::Definition;

/// A question: which visits, and by which definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The site.
    pub site: u32,
    /// From this moment, in milliseconds.
    pub from: i64,
    /// To before this one.
    pub to: i64,
    /// All of which must hold.
    pub filters: Vec<Filter>,
    /// What a visit is.
    pub definition: Definition,
    /// Whose visits.
    pub verdicts: Verdicts,
}

impl Query {
    /// All visits of persons in a range, by our own definition.
    pub fn new(site: u32, from: i64, to: i64) -> Query {
        Query {
            site,
            from,
            to,
            filters: Vec::new(),
            definition: Definition::Backstory,
            verdicts: Verdicts::Persons,
        }
    }

    /// The same over another range.
    pub fn over(&self, from: i64, to: i64) -> Query {
        Query { from, to, ..self.clone() }
    }

    /// The same with one more filter.
    pub fn with(&self, filter: Filter) -> Query {
        let mut query = self.clone();
        query.filters.push(filter);
        query
    }
}

/// Whose visits are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verdicts {
    /// Those of persons, as far as can be told.
    #[default]
    Persons,
    /// Everybody's.
    All,
    /// Those of these verdicts.
    Only(Vec<Verdict>),
}

/// A condition on visits or events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What is looked at.
    pub dimension: Dimension,
    /// How it is compared.
    pub op: Op,
    /// With what; one of these is enough.
    pub values: Vec<String>,
}

impl Filter {
    /// What is exactly this.
    pub fn is(dimension: Dimension, value: &str) -> Filter {
        Filter { dimension, op: Op::Is, values: vec![value.to_owned()] }
    }
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Is one of them, to the letter.
    Is,
    /// Is none of them.
    IsNot,
    /// Has one of them in it, large and small letters alike.
    Contains,
    /// Has none of them in it.
    ContainsNot,
    /// Is one of these patterns, in which `*` stands for anything.
    Matches,
    /// Is none of these patterns.
    MatchesNot,
}

/// An answer, and how it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply<T> {
    /// The answer.
    pub value: T,
    /// What a visit is in it.
    pub definition: Definition,
    /// From this moment, in milliseconds.
    pub from: i64,
    /// To before this one.
    pub to: i64,
    /// Zone of its days.
    pub zone: String,
    /// Whether visitors are counted once for the range; else they are visitor-days.
    pub identified: bool,
    /// The way it was found.
    pub way: Way,
    /// Visits and events that were looked at.
    pub rows: u64,
    /// Visits in the range that were left out for their verdict.
    pub left_out: Vec<LeftOut>,
    /// Days of the range whose events are gone: of these only totals are known, and no filter, list or funnel
    /// sees them.
    pub only_totals: u32,
}

/// The way an answer was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From totals of days.
    Rollup,
    /// From the visits and events themselves.
    Scan,
}

/// Visits that were left out of an answer for their verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The verdict.
    pub verdict: Verdict,
    /// Visits in the range.
    pub visits: u64,
    /// Page views in them.
    pub views: u64,
}

impl<T> Reply<T> {
    /// The same answer with something else made of it.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Reply<U> {
        Reply {
            value: make(self.value),
            definition: self.definition,
            from: self.from,
            to: self.to,
            zone: self.zone,
            identified: self.identified,
            way: self.way,
            rows: self.rows,
            left_out: self.left_out,
            only_totals: self.only_totals,
        }
    }
}
