//! What a range comes to.

use super::counts::{Bits, Counts, ratio};
use super::plan::{NOT, Plan, VISIT};
use super::scan::{Look, Part, ask, scan};
use super::{Query, Reply, Way};
use crate::block::{BOUNCE, Col, NEW};
use crate::kept::{Kept, Result};
use crate::visits::Definition;

/// What a range comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Its numbers.
    pub counts: Counts,
    /// Median time of a visit, in milliseconds: the smaller of the middle two. None where there is no visit.
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
        let (part, passed) = scan(snapshot, plan, &columns, || TotalsPart::new(plan))?;
        Ok((part.finish(), passed, Way::Scan))
    })
}

pub(super) struct TotalsPart {
    counts: Counts,
    still: u64,
    durations: Vec<u32>,
    people: Option<Bits>,
}

impl TotalsPart {
    pub(super) fn columns(plan: &Plan) -> Vec<Col> {
        let mut columns = vec![Col::DURATION, Col::EVENTS, Col::ENGAGED];
        if plan.site.identified {
            columns.push(Col::PERSON);
        }
        columns
    }

    pub(super) fn new(plan: &Plan) -> TotalsPart {
        TotalsPart {
            counts: Counts::default(),
            still: 0,
            durations: Vec::new(),
            people: plan.site.identified.then(Bits::default),
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
            _ if visits == 0 => None,
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
        let view = look.view;
        let (marks, duration) = (view.get(Col::MARKS), view.get(Col::DURATION));
        let (views, events) = (view.get(Col::VIEWS), view.get(Col::EVENTS));
        let engaged = view.get(Col::ENGAGED);
        let picked = look.picked.events.as_ref();
        let (mut visitor, mut last) = (0u32, 0u32);
        let counts = &mut self.counts;
        for (visit, state) in look.picked.visits.iter().enumerate() {
            let mark = marks.get(visit);
            visitor += u32::from(mark & NEW > 0);
            if *state == NOT {
                continue;
            }
            let (views, events, engaged) = match picked {
                None => {
                    (views.get(visit) as u64, events.get(visit) as u64, engaged.get(visit) as u64)
                }
                Some(it) => {
                    (u64::from(it.views[visit]), u64::from(it.events[visit]), it.engaged[visit])
                }
            };
            counts.events += events;
            counts.engaged += engaged;
            if *state != VISIT {
                continue;
            }
            if visitor != last {
                last = visitor;
                counts.visitors += 1;
                if let Some(people) = &mut self.people {
                    people.put(view.get(Col::PERSON).get(visit) as u32);
                }
            }
            counts.visits += 1;
            counts.views += views;
            counts.bounces += u64::from(mark & BOUNCE > 0);
            counts.bounced_of += u64::from(can_bounce(look.plan.query.definition, views));
            let duration = duration.get(visit) as u64;
            counts.duration += duration;
            match u32::try_from(duration) {
                Ok(0) => self.still += 1,
                Ok(some) => self.durations.push(some),
                Err(_) => self.durations.push(u32::MAX),
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

/// Whether a visit with so many page views is one that a bounce rate is over.
pub(super) fn can_bounce(definition: Definition, views: u64) -> bool {
    definition != Definition::Backstory || views > 0
}
