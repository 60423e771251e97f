//! A block seen by another definition: other visits over the same events.

use super::build::marks;
use super::{Col, Column, Damage, NEW, View, kind_of};
use crate::visits::{Definition, Seen, Visit, cut};
use std::sync::Arc;

/// Columns of visits that follow from the definition and from nothing but times, kinds and pages.
const DERIVED: [Col; 12] = [
    Col::VISITOR,
    Col::PERSON,
    Col::START,
    Col::COUNT,
    Col::VERDICT,
    Col::DURATION,
    Col::VIEWS,
    Col::EVENTS,
    Col::MARKS,
    Col::ENTRY,
    Col::EXIT,
    Col::ENGAGED,
];

/// Columns of a block that are needed to see `wanted` by a definition.
pub(crate) fn needed(definition: Definition, wanted: &[Col]) -> Vec<Col> {
    let mut needed = wanted.to_vec();
    if definition != Definition::Backstory {
        needed.extend(DERIVED);
        needed.extend([Col::GAP, Col::WHAT, Col::PATH, Col::TOLD]);
        if !definition.has_runs() {
            if wanted.iter().any(|it| it.touch_place().is_some()) {
                needed.extend([Col::OTHER_TOUCH, Col::TOUCHES]);
            }
            if wanted.iter().any(|it| it.client_place().is_some()) {
                needed.extend([Col::OTHER_CLIENT, Col::CLIENTS]);
            }
        }
    }
    needed.sort_unstable();
    needed.dedup();
    needed
}

/// Visits of another definition, over a block's events.
struct Shape {
    /// Place of each visit's first event.
    first: Vec<usize>,
    /// The block's own visit in which that event lies.
    within: Vec<usize>,
}

/// The view by another definition than ours; `base` has what [`needed`] names.
pub(crate) fn shape(definition: Definition, base: &View) -> Result<View, Damage> {
    let mut made: Vec<Vec<i64>> = vec![Vec::new(); DERIVED.len()];
    let mut shape = Shape { first: Vec::new(), within: Vec::new() };
    let (mut visit, mut event) = (0, 0);
    let mut seen: Vec<Seen> = Vec::new();
    let mut gaps = Vec::with_capacity(base.head.events);
    let mut of_visit: Vec<usize> = Vec::new();
    let mut visitor_is_new = true;
    while visit < base.head.visits {
        seen.clear();
        of_visit.clear();
        let begins = visit;
        let first_event = event;
        while visit < base.head.visits {
            let is_new = base.get(Col::MARKS).get(visit) & NEW > 0;
            let same = base.get(Col::VERDICT).get(visit) == base.get(Col::VERDICT).get(begins);
            if visit > begins && (is_new || !same) {
                break;
            }
            visitor_is_new |= is_new;
            let mut at = base.get(Col::START).get(visit);
            for _ in 0..base.get(Col::COUNT).get(visit) {
                if event >= base.head.events {
                    return Err(Damage("has visits that do not hold its events"));
                }
                at = at.wrapping_add(base.get(Col::GAP).get(event));
                let what = base.get(Col::WHAT).get(event) as u64;
                seen.push(Seen {
                    at,
                    kind: kind_of(what & 7).ok_or(Damage("has an event of no kind"))?,
                    interactive: what & 8 > 0,
                    page: base.get(Col::PATH).word(event),
                    engaged: base.get(Col::TOLD).get(event) as u32,
                });
                of_visit.push(visit);
                event += 1;
            }
            visit += 1;
        }
        let mut take = |it: Visit| {
            let values = [
                base.get(Col::VISITOR).get(begins),
                base.get(Col::PERSON).get(begins),
                it.start,
                it.count as i64,
                base.get(Col::VERDICT).get(begins),
                it.duration,
                i64::from(it.views),
                i64::from(it.events),
                marks(&it, std::mem::take(&mut visitor_is_new)),
                i64::from(it.entry),
                i64::from(it.exit),
                it.engaged as i64,
            ];
            for (column, value) in made.iter_mut().zip(values) {
                column.push(value);
            }
            for place in it.first..it.first + it.count {
                let before = if place == it.first { place } else { place - 1 };
                gaps.push(seen[place].at - seen[before].at);
            }
            shape.first.push(first_event + it.first);
            shape.within.push(of_visit[it.first]);
        };
        if definition.has_runs() {
            // The same runs, also where one was cut for its length.
            let mut from = 0;
            for run in of_visit.chunk_by(|a, b| a == b) {
                take(crate::visits::sum(definition, from, &seen[from..from + run.len()]));
                from += run.len();
            }
        } else {
            cut(definition, &seen, take);
        }
    }
    let mut head = base.head;
    head.visits = shape.first.len();
    head.first = made[2].iter().min().copied().unwrap_or(0);
    head.last = made[2].iter().max().copied().unwrap_or(0);
    let mut view = View::new(head);
    for (col, numbers) in DERIVED.into_iter().zip(&made) {
        let column = if [Col::ENTRY, Col::EXIT].contains(&col) {
            Column::words(&numbers.iter().map(|it| *it as u32).collect::<Vec<_>>())
        } else {
            Column::numbers(numbers)
        };
        view.put(col, Arc::new(column));
    }
    if !definition.has_runs() {
        view.put(Col::GAP, Arc::new(Column::numbers(&gaps)));
    }
    for col in Col::all().filter(|it| base.has(*it)) {
        if view.has(col) {
            continue;
        }
        let Some(column) = base.shared(col) else { continue };
        let column = match (col.touch_place(), col.client_place()) {
            _ if definition.has_runs() => column,
            (Some(place), _) => {
                shape.of(base, &column, (Col::OTHER_TOUCH, Col::TOUCHES, 11, place))?
            }
            (_, Some(place)) => {
                shape.of(base, &column, (Col::OTHER_CLIENT, Col::CLIENTS, 10, place))?
            }
            _ => column,
        };
        view.put(col, column);
    }
    Ok(view)
}

impl Shape {
    /// A column of visits for these visits: its value is that of their first event.
    fn of(
        &self,
        base: &View,
        column: &Column,
        (other, list, each, place): (Col, Col, usize, usize),
    ) -> Result<Arc<Column>, Damage> {
        let mut words = Vec::with_capacity(self.first.len());
        for (first, within) in self.first.iter().zip(&self.within) {
            words.push(match (base.get(other).get(*first) as usize).checked_sub(1) {
                None => column.word(*within),
                Some(row) if row * each + place < base.get(list).len() => {
                    base.get(list).get(row * each + place) as u32
                }
                Some(_) => return Err(Damage("names a word that it does not list")),
            });
        }
        Ok(Arc::new(Column::words(&words)))
    }
}
