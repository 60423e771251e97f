//! Totals of whole days, where they are all that is asked for, or all that is left.

use super::Verdicts;
use super::counts::{Bits, Counts};
use super::plan::Plan;
use crate::block::Col;
use crate::kept::{DayTotals, Result, Snapshot};
use crate::visits::{Definition, day_of, start_of};
use std::collections::BTreeMap;

impl Plan {
    /// Whether nothing is asked but what is noted of each day.
    fn is_plain(&self) -> bool {
        self.query.filters.is_empty()
            && self.query.verdicts == Verdicts::Persons
            && self.query.definition == Definition::Backstory
    }

    /// Days that lie in the range whole: the first, and the one after the last.
    fn whole_days(&self) -> (i32, i32) {
        let first = day_of(&self.zone, self.query.from);
        let first = first + i32::from(start_of(&self.zone, first) < self.query.from);
        (first, day_of(&self.zone, self.query.to))
    }
}

impl DayTotals {
    fn counts(&self) -> Counts {
        Counts {
            visitors: self.visitors,
            visits: self.visits,
            views: self.views,
            events: self.events,
            bounces: self.bounces,
            bounced_of: self.bounced_of,
            duration: self.duration.max(0) as u64,
            engaged: self.engaged,
            scroll: 0,
            scroll_of: 0,
        }
    }
}

/// What a day comes to.
pub(super) struct Day {
    /// When it begins.
    pub(super) at: i64,
    pub(super) counts: Counts,
    pub(super) still: u64,
    totals: DayTotals,
}

impl Day {
    fn new(plan: &Plan, day: i32, totals: DayTotals) -> Day {
        let at = start_of(&plan.zone, day);
        Day { at, counts: totals.counts(), still: totals.still, totals }
    }

    /// Gives its visitors, on a site where those last.
    pub(super) fn each_person(&self, mut each: impl FnMut(u32)) {
        if let Some(people) = &self.totals.people {
            (0..people.len()).for_each(|it| each(people.get(it) as u32));
        }
    }

    /// Adds its visitors, on a site where those last.
    pub(super) fn people(&self, to: &mut Bits) {
        self.each_person(|it| to.put(it));
    }
}

/// The days of a range, if they are all that is asked for: the range is of whole days, nothing is filtered, and
/// every visit lies in the day of its block.
pub(super) fn days(snapshot: &Snapshot<'_>, plan: &Plan) -> Result<Option<Vec<Day>>> {
    let (first, end) = plan.whole_days();
    let whole = first < end
        && start_of(&plan.zone, first) == plan.query.from
        && start_of(&plan.zone, end) == plan.query.to;
    if !plan.is_plain() || !whole {
        return Ok(None);
    }
    let mut totals = snapshot.day_totals(plan.query.site, first, end - 1)?;
    let found = snapshot.days(plan.query.site, first.saturating_sub(1), end - 1)?;
    let open: Vec<_> = found.iter().copied().filter(|it| it.hot > 0).collect();
    snapshot.are_here(&open)?;
    for day in found {
        let head = match day.block {
            Some((_, head)) if day.hot == 0 => head,
            _ => {
                let built = snapshot.open_day(&day)?;
                totals.insert(day.day, DayTotals::of(&built.view()));
                built.head
            }
        };
        let begins = start_of(&plan.zone, day.day);
        let ends = start_of(&plan.zone, day.day.saturating_add(1));
        if head.visits > 0 && (head.first < begins || head.last >= ends) {
            return Ok(None);
        }
    }
    let days = totals.into_iter().filter(|it| it.0 >= first);
    Ok(Some(days.map(|(day, totals)| Day::new(plan, day, totals)).collect()))
}

/// Days of a range whose events are gone, if they can be counted: nothing is filtered, and they lie in it whole.
pub(super) fn gone(snapshot: &Snapshot<'_>, plan: &Plan) -> Result<Vec<Day>> {
    let (first, end) = plan.whole_days();
    if !plan.is_plain() || first >= end {
        return Ok(Vec::new());
    }
    if snapshot.only_totals(plan.query.site, first, end - 1)? == 0 {
        return Ok(Vec::new());
    }
    let mut totals: BTreeMap<i32, DayTotals> =
        snapshot.day_totals(plan.query.site, first, end - 1)?;
    for day in snapshot.days(plan.query.site, first, end - 1)? {
        totals.remove(&day.day);
    }
    Ok(totals.into_iter().map(|(day, totals)| Day::new(plan, day, totals)).collect())
}

/// Columns that are needed to count visitors.
pub(super) fn people_columns(plan: &Plan) -> Vec<Col> {
    if plan.site.identified { vec![Col::PERSON] } else { Vec::new() }
}
