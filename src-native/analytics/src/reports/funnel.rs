//! Funnels: how many go from step to step, in order and in time.

use super::scan::{Look, Part, ask, scan};
use super::steps::{ReadyStep, Step};
use super::{Query, Reply, Way};
use crate::block::Col;
use crate::kept::{Error, Kept, Result};

/// Most steps of a funnel.
const STEPS_MAX: usize = 16;

/// A funnel.
///
/// A step is reached by an event that comes after one that reached the step before, at most `window` later; the
/// same event never reaches two steps. Other events may lie between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Funnel {
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Who goes through it.
    pub per: Per,
    /// Longest time from one step to the next, in milliseconds.
    pub window: i64,
}

/// Who goes through a funnel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Per {
    /// A visit.
    Visit,
    /// A visitor on one day: steps may lie in several visits.
    #[default]
    VisitorDay,
}

/// What became of a funnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunnelReport {
    /// Visits or visitor-days that the query selects.
    pub of: u64,
    /// Its steps.
    pub steps: Vec<FunnelStep>,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunnelStep {
    /// What it is called.
    pub name: String,
    /// How many reached it.
    pub reached: u64,
    /// How many reached the step before and not this one.
    pub dropped: u64,
    /// Median time from the step before, in milliseconds: from its latest event before this step was first
    /// reached. None for the first step, and where nobody reached it.
    pub median: Option<u64>,
}

/// What became of a funnel in the visits of a query. Filters choose visits; all events of those are looked at.
pub fn funnel(kept: &Kept, query: &Query, funnel: &Funnel) -> Result<Reply<FunnelReport>> {
    if funnel.steps.is_empty() || funnel.steps.len() > STEPS_MAX {
        return Err(Error::Question(format!("a funnel has 1 to {STEPS_MAX} steps; change them")));
    }
    ask(kept, query, |snapshot, plan| {
        let steps: Vec<ReadyStep> =
            funnel.steps.iter().map(|it| ReadyStep::new(snapshot, it)).collect::<Result<_>>()?;
        let columns: Vec<Col> = steps.iter().flat_map(ReadyStep::columns).collect();
        let make =
            || FunnelPart { steps: &steps, funnel, of: 0, reached: vec![Vec::new(); steps.len()] };
        let (part, passed) = scan(snapshot, plan, &columns, make)?;
        Ok((part.finish(), passed, Way::Scan))
    })
}

struct FunnelPart<'a> {
    steps: &'a [ReadyStep],
    funnel: &'a Funnel,
    of: u64,
    /// Of each step, the time it took from the step before, for each that reached it.
    reached: Vec<Vec<u32>>,
}

/// One on the way through a funnel.
struct Walk {
    /// When each step was last reached; what is not reached is [`i64::MIN`].
    last: [i64; STEPS_MAX],
    /// How many steps were reached.
    done: usize,
}

impl FunnelPart<'_> {
    fn step(&mut self, walk: &mut Walk, at: i64, steps: u32) {
        // From the last step down, so that an event does not follow on itself.
        for step in (0..self.steps.len()).rev().filter(|it| steps >> it & 1 > 0) {
            let took = match step.checked_sub(1) {
                None => 0,
                Some(before) if walk.last[before] == i64::MIN => continue,
                Some(before) => at - walk.last[before],
            };
            if took > self.funnel.window {
                continue;
            }
            walk.last[step] = at;
            if step == walk.done {
                walk.done += 1;
                self.reached[step].push(u32::try_from(took).unwrap_or(u32::MAX));
            }
        }
    }

    fn finish(self) -> FunnelReport {
        let mut steps = Vec::new();
        let mut before = None;
        for (step, mut took) in self.funnel.steps.iter().zip(self.reached) {
            let reached = took.len() as u64;
            let middle = took.len().saturating_sub(1) / 2;
            let median = match before {
                Some(_) if reached > 0 => Some(u64::from(*took.select_nth_unstable(middle).1)),
                _ => None,
            };
            let dropped = before.unwrap_or(self.of) - reached;
            steps.push(FunnelStep { name: step.name.clone(), reached, dropped, median });
            before = Some(reached);
        }
        FunnelReport { of: self.of, steps }
    }
}

impl Part for FunnelPart<'_> {
    fn look(&mut self, look: &Look<'_>) {
        let view = look.view;
        let (start, gap) = (view.get(Col::START), view.get(Col::GAP));
        let mut steps = vec![0u32; view.head.events];
        for (number, ready) in self.steps.iter().enumerate() {
            for (steps, is) in steps.iter_mut().zip(ready.marks(view)) {
                *steps |= u32::from(is) << number;
            }
        }
        // Events of the visitor under way that reach a step. They come in order but where visits of several
        // verdicts are counted.
        let mut found: Vec<(i64, u32)> = Vec::new();
        let walk = |part: &mut Self, found: &mut Vec<(i64, u32)>| {
            if !found.is_empty() {
                found.sort_by_key(|it| it.0);
                let mut walk = Walk { last: [i64::MIN; STEPS_MAX], done: 0 };
                for (at, steps) in found.drain(..) {
                    part.step(&mut walk, at, steps);
                }
            }
        };
        let mut visitor = 0;
        for chosen in look.picked.visits.iter().filter(|it| it.is_visit) {
            if self.funnel.per == Per::Visit || chosen.visitor != visitor {
                visitor = chosen.visitor;
                self.of += 1;
                walk(self, &mut found);
            }
            let range = chosen.range();
            if steps[range.clone()].iter().all(|it| *it == 0) {
                continue;
            }
            let mut at = start.get(chosen.visit as usize);
            for event in range {
                at += gap.get(event);
                if steps[event] > 0 {
                    found.push((at, steps[event]));
                }
            }
        }
        walk(self, &mut found);
    }

    fn join(&mut self, other: Self) {
        self.of += other.of;
        for (own, other) in self.reached.iter_mut().zip(other.reached) {
            own.extend(other);
        }
    }
}
