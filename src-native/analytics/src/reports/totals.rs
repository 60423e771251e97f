//! What a range comes to.

use super::counts::{Bits, Counts, ratio};
use super::plan::Plan;
use super::rollup::{Day, days, gone, people_columns};
use super::scan::{Look, Part, Passed, ask, scan};
use super::{Query, Reply, Way};
use crate::block::Col;
use crate::kept::{Kept, Result};

/// What a range comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Its numbers.
    pub counts: Counts,
    /// Median time of a visit, in milliseconds: the smaller of the middle two. None where there is no visit, and
    /// where the range has days of which only totals are left.
    pub median_duration: Option<u64>,
    /// Visits that took no time: of one event, mostly.
    pub still: u64,
}

impl Totals {
    /// Share of visits that took no time.
    pub fn still_share(&self) -> Option<f64> {
        ratio(self.still, self.counts.visits)
    }
}

/// What the range of a query comes to.
pub fn totals(kept: &Kept, query: &Query) -> Result<Reply<Totals>> {
    ask(kept, query, |snapshot, plan| {
        let columns = TotalsPart::columns(plan);
        let (mut part, passed) = scan(snapshot, plan, &columns, || TotalsPart::new(plan))?;
        part.add_gone(&gone(snapshot, plan)?);
        Ok((part.finish(), passed, Way::Scan))
    })
}

/// Visitors of a query's range: visitor-days, or persons on a site whose ids last. From totals of days where that
/// is the same.
pub fn visitors(kept: &Kept, query: &Query) -> Result<Reply<u64>> {
    ask(kept, query, |snapshot, plan| {
        if let Some(days) = days(snapshot, plan)? {
            let mut people = Bits::default();
            days.iter().for_each(|it| it.people(&mut people));
            let passed = Passed { rows: days.len() as u64, ..Passed::default() };
            let visitors = match plan.site.identified {
                true => people.count(),
                false => days.iter().map(|it| it.counts.visitors).sum(),
            };
            return Ok((visitors, passed, Way::Rollup));
        }
        let columns = TotalsPart::columns(plan);
        let (mut part, passed) = scan(snapshot, plan, &columns, || TotalsPart::new(plan))?;
        part.add_gone(&gone(snapshot, plan)?);
        Ok((part.finish().counts.visitors, passed, Way::Scan))
    })
}

pub(super) struct TotalsPart {
    counts: Counts,
    still: u64,
    durations: Vec<u32>,
    people: Option<Bits>,
    /// Whether the times of some visits are not known one by one.
    summed: bool,
}

impl TotalsPart {
    pub(super) fn columns(plan: &Plan) -> Vec<Col> {
        people_columns(plan)
    }

    pub(super) fn new(plan: &Plan) -> TotalsPart {
        TotalsPart {
            counts: Counts::default(),
            still: 0,
            durations: Vec::new(),
            people: plan.site.identified.then(Bits::default),
            summed: false,
        }
    }

    /// Adds days whose events are gone.
    pub(super) fn add_gone(&mut self, days: &[Day]) {
        for day in days {
            self.counts.add(&day.counts);
            self.still += day.still;
            self.summed = true;
            if let Some(people) = &mut self.people {
                day.people(people);
            }
        }
    }

    pub(super) fn finish(mut self) -> Totals {
        if let Some(people) = &self.people {
            self.counts.visitors = people.count();
        }
        let visits = self.counts.visits;
        // Those that took no time come first, and were not kept.
        let middle = visits.saturating_sub(1) / 2;
        let median_duration = match middle.checked_sub(self.still) {
            _ if visits == 0 || self.summed => None,
            None => Some(0),
            Some(place) => {
                let (_, median, _) = self.durations.select_nth_unstable(place as usize);
                Some(u64::from(*median))
            }
        };
        Totals { counts: self.counts, median_duration, still: self.still }
    }
}

impl Part for TotalsPart {
    fn look(&mut self, look: &Look<'_>) {
        let mut last = 0u32;
        let counts = &mut self.counts;
        for chosen in &look.picked.visits {
            counts.events += u64::from(chosen.events);
            counts.engaged += chosen.engaged;
            if !chosen.is_visit {
                continue;
            }
            if chosen.visitor != last {
                last = chosen.visitor;
                counts.visitors += 1;
                if let Some(people) = &mut self.people {
                    people.put(look.view.get(Col::PERSON).get(chosen.visit as usize) as u32);
                }
            }
            counts.visits += 1;
            counts.views += u64::from(chosen.views);
            counts.bounces += u64::from(chosen.bounce);
            counts.bounced_of += u64::from(chosen.can_bounce);
            counts.duration += u64::from(chosen.duration);
            match chosen.duration {
                0 => self.still += 1,
                some => self.durations.push(some),
            }
        }
    }

    fn join(&mut self, other: Self) {
        self.counts.add(&other.counts);
        self.still += other.still;
        self.durations.extend(other.durations);
        if let (Some(people), Some(others)) = (&mut self.people, &other.people) {
            people.join(others);
        }
    }
}
