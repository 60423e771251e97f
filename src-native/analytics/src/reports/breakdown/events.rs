//! Lists over events: which values an event has, and what its visits come to for each.

use super::super::plan::kind;
use super::super::scan::Look;
use super::Local;
use crate::block::Col;
use crate::event::Kind;
use crate::visits::{Definition, ENGAGED_MAX};
use std::collections::HashMap;

/// What is no code: an event that a dimension says nothing of.
pub(super) const NONE: u32 = u32::MAX;

/// Codes of events, each asked for in order.
pub(super) trait Codes {
    /// Begins again.
    fn restart(&mut self);

    /// Gives those of an event.
    fn each(&mut self, event: usize, add: impl FnMut(u32));
}

/// One for each event, or [`NONE`].
pub(super) struct Single(Vec<u32>);

impl Single {
    pub(super) fn new(codes: Vec<u32>) -> Single {
        Single(codes)
    }
}

impl Codes for Single {
    fn restart(&mut self) {}

    #[inline]
    fn each(&mut self, event: usize, mut add: impl FnMut(u32)) {
        let code = self.0[event];
        if code != NONE {
            add(code);
        }
    }
}

/// Several, beside their events.
pub(super) struct Several {
    pairs: Vec<(usize, u32)>,
    next: usize,
}

impl Several {
    /// Codes beside their events, which come in order.
    pub(super) fn new(pairs: Vec<(usize, u32)>) -> Several {
        Several { pairs, next: 0 }
    }
}

impl Codes for Several {
    fn restart(&mut self) {
        self.next = 0;
    }

    fn each(&mut self, event: usize, mut add: impl FnMut(u32)) {
        let Several { pairs, next } = self;
        while *next < pairs.len() && pairs[*next].0 < event {
            *next += 1;
        }
        let first = *next;
        while *next < pairs.len() && pairs[*next].0 == event {
            // A key or a value that an event names twice counts once.
            if !pairs[first..*next].iter().any(|it| it.1 == pairs[*next].1) {
                add(pairs[*next].1);
            }
            *next += 1;
        }
    }
}

/// Counts visitors, visits, views and events of each code, and gives the first visit of each visitor to `people`.
/// With `only_views` a visit is one of a code's where it has a page view of it, whatever else it did there.
pub(super) fn count(
    look: &Look<'_>,
    codes: &mut impl Codes,
    locals: &mut [Local],
    people: &mut Option<Vec<(u32, u32)>>,
    only_views: bool,
) {
    let what = look.view.get(Col::WHAT).small();
    let picked = look.picked.events.as_deref();
    let always = u32::from(look.plan.query.definition != Definition::Backstory);
    for chosen in &look.picked.visits {
        let this = chosen.visit + 1;
        for event in chosen.range() {
            if picked.is_some_and(|it| !it[event]) {
                continue;
            }
            codes.each(event, |code| {
                let kind = kind(i64::from(what[event]));
                if kind == Kind::Engagement {
                    return;
                }
                let Some(local) = locals.get_mut(code as usize) else { return };
                local.events += u32::from(kind != Kind::Page);
                if !chosen.is_visit || only_views && kind != Kind::Page {
                    return;
                }
                if local.visit != this {
                    local.visit = this;
                    local.visits += 1;
                    local.duration += u64::from(chosen.duration);
                    local.bounces += chosen.bounce;
                    local.can_bounce += always;
                    if local.visitor != chosen.visitor {
                        local.visitor = chosen.visitor;
                        local.visitors += 1;
                        if let Some(people) = people {
                            people.push((code, chosen.visit));
                        }
                    }
                }
                if kind == Kind::Page {
                    local.views += 1;
                    if local.viewed != this {
                        local.viewed = this;
                        local.can_bounce += 1 - always;
                    }
                }
            });
        }
    }
}

/// Adds the time that was spent, and how far was scrolled, to each code.
pub(super) fn spent(
    look: &Look<'_>,
    codes: &mut impl Codes,
    locals: &mut [Local],
    with_depth: bool,
) {
    let told = look.view.get(Col::TOLD);
    let scroll = with_depth.then(|| look.view.get(Col::SCROLL).small());
    if told.is_zero() && scroll.is_none() {
        return;
    }
    codes.restart();
    let told = told.small();
    let path = look.view.get(Col::PATH);
    let picked = look.picked.events.as_deref();
    // Of the visitor under way: deepest scroll by code. Of the visit under way: code, page, engaged time.
    let mut depths: HashMap<u32, u32> = HashMap::new();
    let mut timed: Vec<(u32, u64, u64)> = Vec::new();
    let mut visitor = 0;
    for chosen in &look.picked.visits {
        if chosen.visitor != visitor {
            visitor = chosen.visitor;
            settle(locals, &mut depths);
        }
        for event in chosen.range() {
            let engaged = u64::from(told[event]);
            let depth = scroll.as_ref().map(|it| it[event]).filter(|it| *it <= 100);
            if engaged == 0 && depth.is_none() || picked.is_some_and(|it| !it[event]) {
                continue;
            }
            codes.each(event, |code| {
                if engaged > 0 {
                    let page = path.values.get(event);
                    match timed.iter_mut().find(|it| it.0 == code && it.1 == page) {
                        Some(timed) => timed.2 += engaged,
                        None => timed.push((code, page, engaged)),
                    }
                }
                if let Some(depth) = depth {
                    let deepest = depths.entry(code).or_default();
                    *deepest = depth.max(*deepest);
                }
            });
        }
        // To empty what is empty costs more than to look.
        if !timed.is_empty() {
            for (code, _, engaged) in timed.drain(..) {
                if let Some(local) = locals.get_mut(code as usize) {
                    local.engaged += engaged.min(ENGAGED_MAX);
                }
            }
        }
    }
    settle(locals, &mut depths);
}

/// Adds what the visitor under way scrolled.
fn settle(locals: &mut [Local], depths: &mut HashMap<u32, u32>) {
    if depths.is_empty() {
        return;
    }
    for (code, depth) in depths.drain() {
        if let Some(local) = locals.get_mut(code as usize) {
            local.scroll += u64::from(depth);
            local.scroll_of += 1;
        }
    }
}
