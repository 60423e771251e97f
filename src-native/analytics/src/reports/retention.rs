//! Retention: of those who came for the first time in a week, how many came again in later ones.

use super::plan::Plan;
use super::scan::{Look, Part, ask, scan};
use super::series::edges;
use super::{Grain, Query, Reply, Way};
use crate::block::Col;
use crate::kept::{Error, Kept, Result};

/// Cohorts of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How long a period is.
    pub grain: Grain,
    /// For each period of the range, in order, those who came for the first time in it.
    pub cohorts: Vec<Cohort>,
}

/// Persons whose first visit ever lies in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// When the period begins, in milliseconds.
    pub at: i64,
    /// How many of them have a visit that the query selects.
    pub size: u64,
    /// How many were active in the same period, the next, and so on.
    pub cells: Vec<Cell>,
}

/// Persons of a cohort that were active in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// How many.
    pub active: u64,
    /// Whether the period lies in the range whole; one that does not may still grow.
    pub whole: bool,
}

/// Retention over the range of a query, which is widened to whole periods at its beginning. Nobody is seen to
/// come again on a site whose visitors have another id each day: it has no cohorts.
///
/// # Errors
/// [`Error::Question`] where it is asked for hour by hour.
pub fn retention(kept: &Kept, query: &Query, grain: Grain) -> Result<Reply<Retention>> {
    if grain == Grain::Hour {
        return Err(Error::Question("retention is by days, weeks or months; choose one".into()));
    }
    ask(kept, query, |snapshot, plan| {
        if !plan.site.identified {
            return Ok((Retention { grain, cohorts: Vec::new() }, Default::default(), Way::Scan));
        }
        let edges = edges(plan, grain)?;
        let Some(first) = edges.first() else {
            return Ok((Retention { grain, cohorts: Vec::new() }, Default::default(), Way::Scan));
        };
        let ever = Query { from: 0, filters: Vec::new(), ..query.clone() };
        let ever = Plan::new(snapshot, &ever)?;
        let (firsts, before) = scan(snapshot, &ever, &[Col::PERSON], || Firsts(Vec::new()))?;
        let wide = Plan::new(snapshot, &query.over(*first, query.to))?;
        let make = || Active { edges: &edges, pairs: Vec::new() };
        let (active, mut passed) = scan(snapshot, &wide, &[Col::PERSON], make)?;
        passed.rows += before.rows;
        Ok((cohorts(&edges, grain, query.to, &firsts.0, active.pairs), passed, Way::Scan))
    })
}

fn cohorts(edges: &[i64], grain: Grain, to: i64, firsts: &[i64], mut pairs: Vec<u64>) -> Retention {
    pairs.sort_unstable();
    pairs.dedup();
    let mut cohorts: Vec<Cohort> = edges
        .iter()
        .enumerate()
        .map(|(place, at)| Cohort {
            at: *at,
            size: 0,
            cells: (place..edges.len())
                .map(|it| Cell { active: 0, whole: edges.get(it + 1).is_some_and(|it| *it <= to) })
                .collect(),
        })
        .collect();
    for person in pairs.chunk_by(|a, b| a >> 32 == b >> 32) {
        let first = firsts.get((person[0] >> 32) as usize).copied().unwrap_or(i64::MAX);
        let Some(cohort) = edges.partition_point(|it| *it <= first).checked_sub(1) else {
            continue;
        };
        cohorts[cohort].size += 1;
        for period in person.iter().map(|it| (*it & u64::from(u32::MAX)) as usize) {
            if let Some(cell) =
                period.checked_sub(cohort).and_then(|it| cohorts[cohort].cells.get_mut(it))
            {
                cell.active += 1;
            }
        }
    }
    Retention { grain, cohorts }
}

/// Start of the first visit of each person.
struct Firsts(Vec<i64>);

impl Part for Firsts {
    fn look(&mut self, look: &Look<'_>) {
        let (person, start) = (look.view.get(Col::PERSON), look.view.get(Col::START));
        for chosen in look.picked.visits.iter().filter(|it| it.is_visit) {
            let visit = chosen.visit as usize;
            let person = person.get(visit) as usize;
            if person >= self.0.len() {
                self.0.resize(person + 1, i64::MAX);
            }
            self.0[person] = start.get(visit).min(self.0[person]);
        }
    }

    fn join(&mut self, other: Self) {
        if other.0.len() > self.0.len() {
            self.0.resize(other.0.len(), i64::MAX);
        }
        for (own, other) in self.0.iter_mut().zip(other.0) {
            *own = other.min(*own);
        }
    }
}

/// Person (high half) and period (low half) of visits.
struct Active<'a> {
    edges: &'a [i64],
    pairs: Vec<u64>,
}

impl Part for Active<'_> {
    fn look(&mut self, look: &Look<'_>) {
        let (person, start) = (look.view.get(Col::PERSON), look.view.get(Col::START));
        for chosen in look.picked.visits.iter().filter(|it| it.is_visit) {
            let visit = chosen.visit as usize;
            let at = start.get(visit);
            if let Some(period) = self.edges.partition_point(|it| *it <= at).checked_sub(1) {
                self.pairs.push((person.get(visit) as u64) << 32 | period as u64);
            }
        }
    }

    fn join(&mut self, other: Self) {
        self.pairs.extend(other.pairs);
    }
}
