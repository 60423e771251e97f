//! Which visits and events of a day a question selects, and what of them every report needs.

use super::plan::{Plan, kind};
use crate::block::{BOUNCE, COUNTED, Col, NEW, View};
use crate::event::Kind;
use crate::visits::{Definition, ENGAGED_MAX};

/// Not selected.
pub(super) const NOT: u8 = 0;
/// Selected, and no visit by the definition: what it tells of engaged time counts, and its other events.
pub(super) const PINGS: u8 = 1;
/// Selected.
pub(super) const VISIT: u8 = 2;

/// What is selected of a day.
pub(super) struct Picked {
    /// Visits, in the order of the block: those of a visitor stand together.
    pub(super) visits: Vec<Chosen>,
    /// Of each event of the block whether it is selected; where there is none, all events of the visits are.
    pub(super) events: Option<Vec<bool>>,
    /// Visits that were left out, and their page views, by verdict.
    pub(super) left_out: [(u64, u64); 8],
}

/// A visit that is selected, and what its selected events come to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chosen {
    /// Its place in the block.
    pub(super) visit: u32,
    /// Its visitor: a number within the day, from 1.
    pub(super) visitor: u32,
    /// Places of its events; only where a question needs events.
    pub(super) begins: u32,
    pub(super) ends: u32,
    pub(super) views: u32,
    pub(super) events: u32,
    pub(super) duration: u32,
    /// 1 for a bounce.
    pub(super) bounce: u32,
    /// 1 where it could be one.
    pub(super) can_bounce: u32,
    /// Whether it is a visit, and not [`PINGS`].
    pub(super) is_visit: bool,
    pub(super) engaged: u64,
}

impl Chosen {
    /// Places of its events.
    pub(super) fn range(&self) -> std::ops::Range<usize> {
        self.begins as usize..self.ends as usize
    }
}

impl Plan {
    /// Selects visits and events of a day.
    pub(super) fn pick(&self, view: &View) -> Picked {
        let mut left_out = [(0, 0); 8];
        let state = self.states(view, &mut left_out);
        let marks = view.get(Col::MARKS).small();
        let (views, events) = (view.get(Col::VIEWS).small(), view.get(Col::EVENTS).small());
        let duration = view.get(Col::DURATION).small();
        let engaged = Some(view.get(Col::ENGAGED)).filter(|it| !it.is_zero());
        let counts = view.has(Col::COUNT).then(|| view.get(Col::COUNT).small());
        let end = view.head.events as u32;
        let mut chosen = Vec::with_capacity(state.len());
        let (mut visitor, mut begins) = (0u32, 0u32);
        for (visit, state) in state.iter().enumerate() {
            visitor += u32::from(i64::from(marks[visit]) & NEW > 0);
            let before = begins;
            if let Some(counts) = &counts {
                begins = begins.saturating_add(counts[visit]).min(end);
            }
            if *state == NOT {
                continue;
            }
            chosen.push(Chosen {
                visit: visit as u32,
                visitor,
                begins: before,
                ends: begins,
                views: views[visit],
                events: events[visit],
                duration: duration[visit],
                bounce: u32::from(i64::from(marks[visit]) & BOUNCE > 0),
                can_bounce: self.can_bounce(views[visit]),
                is_visit: *state == VISIT,
                engaged: engaged.map_or(0, |it| it.get(visit) as u64),
            });
        }
        let mut picked = Picked { visits: chosen, events: None, left_out };
        if self.is_of_events() {
            self.pick_events(view, &mut picked);
        }
        picked
    }

    /// Whether a visit with so many page views is one that a bounce rate is over.
    fn can_bounce(&self, views: u32) -> u32 {
        u32::from(self.query.definition != Definition::Backstory || views > 0)
    }

    fn states(&self, view: &View, left_out: &mut [(u64, u64); 8]) -> Vec<u8> {
        let visits = view.head.visits;
        let start = view.get(Col::START);
        let (verdict, marks) = (view.get(Col::VERDICT).small(), view.get(Col::MARKS).small());
        let views = view.get(Col::VIEWS);
        let inside = view.head.first >= self.query.from && view.head.last < self.query.to;
        let mut state = Vec::with_capacity(visits);
        for (visit, (verdict, marks)) in verdict.into_iter().zip(marks).enumerate() {
            if !inside {
                let at = start.get(visit);
                if at < self.query.from || at >= self.query.to {
                    state.push(NOT);
                    continue;
                }
            }
            let who = verdict as usize & 7;
            let counted = i64::from(marks) & COUNTED > 0;
            if !self.verdicts[who] {
                left_out[who].0 += u64::from(counted);
                left_out[who].1 += views.get(visit) as u64;
                state.push(NOT);
            } else {
                state.push(if counted { VISIT } else { PINGS });
            }
        }
        for ready in &self.visits {
            ready.visits(view, &self.zone, &mut state);
        }
        state
    }

    fn pick_events(&self, view: &View, picked: &mut Picked) {
        let mut events = vec![true; view.head.events];
        for ready in &self.events {
            ready.events(view, &mut events);
        }
        let (what, told) = (view.get(Col::WHAT), view.get(Col::TOLD));
        let path = view.get(Col::PATH);
        let mut pages: Vec<(u64, u64)> = Vec::new();
        picked.visits.retain_mut(|chosen| {
            (chosen.views, chosen.events) = (0, 0);
            pages.clear();
            for event in chosen.range().filter(|it| events[*it]) {
                match kind(what.get(event)) {
                    Kind::Page => chosen.views += 1,
                    Kind::Custom | Kind::Outbound => chosen.events += 1,
                    Kind::Engagement => {}
                }
                let engaged = told.get(event) as u64;
                if engaged > 0 {
                    let page = path.values.get(event);
                    match pages.iter_mut().find(|it| it.0 == page) {
                        Some(page) => page.1 += engaged,
                        None => pages.push((page, engaged)),
                    }
                }
            }
            chosen.engaged = pages.iter().map(|it| it.1.min(ENGAGED_MAX)).sum();
            chosen.can_bounce = self.can_bounce(chosen.views);
            chosen.is_visit &= chosen.views + chosen.events > 0;
            chosen.is_visit || chosen.events > 0 || chosen.range().any(|it| events[it])
        });
        picked.events = Some(events);
    }

    /// Whether each event of a day is selected, also those that only tell engaged time.
    pub(crate) fn pick_each(&self, view: &View) -> Vec<bool> {
        let state = self.states(view, &mut [(0, 0); 8]);
        let mut picked = Vec::with_capacity(view.head.events);
        for (visit, state) in state.into_iter().enumerate() {
            let count = view.get(Col::COUNT).get(visit) as usize;
            picked.extend(std::iter::repeat_n(state != NOT, count));
        }
        picked.resize(view.head.events, false);
        for ready in &self.events {
            ready.events(view, &mut picked);
        }
        picked
    }
}
