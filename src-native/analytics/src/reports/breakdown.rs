//! A range by the values of a dimension: exact, in whatever order, page by page.

mod events;

use super::clock::Clock;
use super::counts::Counts;
use super::dimension::Place;
use super::plan::{PROPS, Plan, kind, prop_text};
use super::scan::{Look, Part, ask, scan};
use super::{Dimension, Query, Reply, Way};
use crate::block::{Col, Lexicon, PROP_TEXT};
use crate::event::Kind;
use crate::kept::{Kept, Result, Snapshot, word_number};
use crate::visits::Definition;
use events::{Codes, NONE, Several, Single, count, spent};
use std::collections::HashMap;
use std::sync::Arc;

/// A range by the values of a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakdown {
    /// The dimension.
    pub dimension: Dimension,
    /// The rows asked for, in order.
    pub rows: Vec<BreakdownRow>,
    /// How many there are in all.
    pub of: u64,
}

/// A value of a dimension, and what its visits come to.
///
/// For a dimension of visits these are the numbers that [`super::totals`] gives with a filter on this value.
/// For one of events they are too, but for [`Dimension::Page`]: its bounces are those of visits that began
/// there. An event may have several properties, so their rows do not add up to the total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakdownRow {
    /// The value; empty where there is none.
    pub value: Arc<str>,
    /// Its numbers.
    pub counts: Counts,
}

/// By what rows are ordered, largest first; equal ones by value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Visitors.
    #[default]
    Visitors,
    /// Visits.
    Visits,
    /// Page views.
    Views,
    /// Custom events and links that were followed.
    Events,
    /// Time that pages were looked at.
    Engaged,
    /// By value, smallest first.
    Value,
}

/// The range of a query by the values of a dimension: `limit` rows after the first `offset`. With `depth`, how
/// far pages were scrolled is counted too.
pub fn breakdown(
    kept: &Kept,
    query: &Query,
    dimension: &Dimension,
    order: Order,
    offset: usize,
    limit: usize,
    depth: bool,
) -> Result<Reply<Breakdown>> {
    ask(kept, query, |snapshot, plan| {
        let spec = Spec::new(snapshot, dimension, depth)?;
        let columns = spec.columns(plan);
        let (part, passed) = scan(snapshot, plan, &columns, || BreakdownPart::new(plan, &spec))?;
        Ok((part.finish(snapshot, order, offset, limit)?, passed, Way::Scan))
    })
}

/// A dimension made ready.
pub(super) struct Spec {
    dimension: Dimension,
    place: Place,
    key: Option<u32>,
    depth: bool,
}

impl Spec {
    pub(super) fn new(snapshot: &Snapshot<'_>, dimension: &Dimension, depth: bool) -> Result<Spec> {
        let key = match dimension {
            Dimension::PropertyOf(key) => {
                let known = word_number(snapshot.connection, Lexicon::Key, key)?;
                Some(known.unwrap_or(u32::MAX))
            }
            _ => None,
        };
        Ok(Spec { dimension: dimension.clone(), place: dimension.place(), key, depth })
    }

    pub(super) fn columns(&self, plan: &Plan) -> Vec<Col> {
        let mut columns = Vec::new();
        if plan.site.identified {
            columns.push(Col::PERSON);
        }
        match self.place {
            Place::Visit(col, _) | Place::VisitNumber(col) => {
                columns.push(col);
            }
            Place::Time => {}
            Place::Event(col, _) | Place::EventNumber(col) => {
                columns.extend([col, Col::COUNT, Col::WHAT, Col::TOLD, Col::PATH]);
            }
            Place::Props => {
                columns.extend(PROPS);
                columns.extend([Col::COUNT, Col::WHAT, Col::TOLD, Col::PATH]);
            }
        }
        if self.depth && self.place == Place::Event(Col::PATH, Lexicon::Path) {
            columns.push(Col::SCROLL);
        }
        if self.dimension == Dimension::Page {
            columns.push(Col::ENTRY);
        }
        columns
    }

    fn has_depth(&self) -> bool {
        self.depth && self.dimension == Dimension::Page
    }
}

/// Numbers by key.
#[derive(Default)]
struct Cells {
    /// Place in `rows` of small keys, from 1.
    places: Vec<u32>,
    others: HashMap<u32, u32>,
    rows: Vec<(u32, Counts)>,
}

/// Keys below this are found by their place.
const DENSE_MAX: u32 = 1 << 20;

impl Cells {
    fn at(&mut self, key: u32) -> &mut Counts {
        let place = if key < DENSE_MAX {
            if key as usize >= self.places.len() {
                self.places.resize(key as usize + 1, 0);
            }
            &mut self.places[key as usize]
        } else {
            self.others.entry(key).or_insert(0)
        };
        if *place == 0 {
            self.rows.push((key, Counts::default()));
            *place = self.rows.len() as u32;
        }
        &mut self.rows[*place as usize - 1].1
    }
}

/// A value within one day: its numbers, and the last visitor, visit, and visit with a page view that were
/// counted for it.
#[derive(Clone, Copy, Default)]
struct Local {
    visitors: u32,
    visits: u32,
    views: u32,
    events: u32,
    bounces: u32,
    can_bounce: u32,
    duration: u64,
    engaged: u64,
    visitor: u32,
    visit: u32,
    viewed: u32,
    scroll_of: u32,
    scroll: u64,
}

impl Local {
    fn is_empty(&self) -> bool {
        self.visits + self.events + self.scroll_of == 0 && self.engaged == 0
    }

    fn counts(&self) -> Counts {
        Counts {
            visitors: u64::from(self.visitors),
            visits: u64::from(self.visits),
            views: u64::from(self.views),
            events: u64::from(self.events),
            bounces: u64::from(self.bounces),
            bounced_of: u64::from(self.can_bounce),
            duration: self.duration,
            engaged: self.engaged,
            scroll: self.scroll,
            scroll_of: u64::from(self.scroll_of),
        }
    }
}

pub(super) struct BreakdownPart<'a> {
    spec: &'a Spec,
    cells: Cells,
    /// Keys of values of properties, which are words, numbers, or yes and no.
    values: HashMap<(u8, u64), u32>,
    /// Whether a value is listed, and has a visit, for its page views alone: Umami's pages.
    only_views: bool,
    /// On sites whose ids last, key (high half) and person (low half) of every visit.
    people: Option<Vec<u64>>,
}

impl<'a> BreakdownPart<'a> {
    pub(super) fn new(plan: &Plan, spec: &'a Spec) -> BreakdownPart<'a> {
        BreakdownPart {
            spec,
            cells: Cells::default(),
            values: HashMap::new(),
            only_views: spec.dimension == Dimension::Page
                && plan.query.definition == Definition::Umami,
            people: plan.site.identified.then(Vec::new),
        }
    }

    pub(super) fn finish(
        mut self,
        snapshot: &Snapshot<'_>,
        order: Order,
        offset: usize,
        limit: usize,
    ) -> Result<Breakdown> {
        if let Some(mut people) = self.people.take() {
            people.sort_unstable();
            people.dedup();
            for (_, counts) in &mut self.cells.rows {
                counts.visitors = 0;
            }
            for pair in people {
                self.cells.at((pair >> 32) as u32).visitors += 1;
            }
        }
        let of_key: HashMap<u32, (u8, u64)> = self.values.iter().map(|it| (*it.1, *it.0)).collect();
        let word = |key: u32| -> Result<Arc<str>> {
            let words = |lexicon, key| snapshot.kept.word(snapshot.connection, lexicon, key);
            match (self.spec.place, self.spec.key) {
                (Place::Visit(_, lexicon) | Place::Event(_, lexicon), _) => words(lexicon, key),
                (Place::Props, None) => words(Lexicon::Key, key),
                (Place::Props, Some(_)) => match of_key.get(&key) {
                    Some((PROP_TEXT, number)) => words(Lexicon::Value, *number as u32),
                    Some((kind, bits)) => Ok(prop_text(*kind, *bits).into()),
                    None => Ok("".into()),
                },
                _ => Ok(self.spec.dimension.label(key).into()),
            }
        };
        // A page that only engaged time was told of was seen by nobody in the range.
        let seen = |it: &&(u32, Counts)| match self.only_views {
            true => it.1.views > 0,
            false => it.1.visits + it.1.events > 0,
        };
        let mut rows: Vec<(u32, Counts)> = self.cells.rows.iter().filter(seen).copied().collect();
        let of = rows.len() as u64;
        let measure = |it: &Counts| match order {
            Order::Visitors => it.visitors,
            Order::Visits => it.visits,
            Order::Views => it.views,
            Order::Events => it.events,
            Order::Engaged => it.engaged,
            Order::Value => 0,
        };
        let end = offset.saturating_add(limit).min(rows.len());
        // Words are only found for rows that can be on the page: those that beat, or equal, its last.
        if end > 0 && end < rows.len() && order != Order::Value {
            let by = |a: &(u32, Counts), b: &(u32, Counts)| measure(&b.1).cmp(&measure(&a.1));
            rows.select_nth_unstable_by(end - 1, by);
            let least = measure(&rows[end - 1].1);
            rows.retain(|it| measure(&it.1) >= least);
        }
        let mut named = Vec::with_capacity(rows.len());
        for (key, counts) in rows.into_iter().take(if end == 0 { 0 } else { usize::MAX }) {
            named.push(BreakdownRow { value: word(key)?, counts });
        }
        named.sort_by(|a, b| {
            measure(&b.counts).cmp(&measure(&a.counts)).then_with(|| a.value.cmp(&b.value))
        });
        let rows = named.drain(offset.min(end)..end).collect();
        Ok(Breakdown { dimension: self.spec.dimension.clone(), rows, of })
    }

    /// Numbers by a code of each visit.
    fn visits(look: &Look<'_>, size: usize, code: impl Fn(usize) -> u32) -> Vec<Local> {
        let mut locals = vec![Local::default(); size];
        for chosen in &look.picked.visits {
            let Some(local) = locals.get_mut(code(chosen.visit as usize) as usize) else {
                continue;
            };
            local.events += chosen.events;
            local.engaged += chosen.engaged;
            if !chosen.is_visit {
                continue;
            }
            local.visitors += u32::from(local.visitor != chosen.visitor);
            local.visitor = chosen.visitor;
            local.visits += 1;
            local.views += chosen.views;
            local.bounces += chosen.bounce;
            local.can_bounce += chosen.can_bounce;
            local.duration += u64::from(chosen.duration);
        }
        locals
    }

    fn gather(&mut self, locals: &[Local], key: impl Fn(usize) -> u32) {
        for (code, local) in locals.iter().enumerate() {
            if !local.is_empty() {
                self.cells.at(key(code)).add(&local.counts());
            }
        }
    }

    /// Persons by a key of each visit.
    fn people(&mut self, look: &Look<'_>, key: impl Fn(usize) -> u32) {
        let Some(people) = &mut self.people else { return };
        let person = look.view.get(Col::PERSON);
        for chosen in look.picked.visits.iter().filter(|it| it.is_visit) {
            let visit = chosen.visit as usize;
            people.push(u64::from(key(visit)) << 32 | person.get(visit) as u64);
        }
    }

    fn look_visits(&mut self, look: &Look<'_>, col: Col) {
        let column = look.view.get(col);
        let places = column.places();
        if let Some(list) = &column.words {
            let locals = Self::visits(look, list.len(), |visit| places[visit]);
            self.gather(&locals, |code| list[code]);
            self.people(look, |visit| column.word(visit));
        } else {
            let code = |visit: usize| column.get(visit) as u32;
            let locals = Self::visits(look, 256, code);
            self.gather(&locals, |code| code as u32);
            self.people(look, code);
        }
    }

    fn look_time(&mut self, look: &Look<'_>) {
        let view = look.view;
        let clock = Clock::new(&look.plan.zone, view.head.first, view.head.last);
        let start = view.get(Col::START);
        let by_hour = self.spec.dimension == Dimension::Hour;
        let code = |visit: usize| match by_hour {
            true => clock.hour(start.get(visit)),
            false => clock.weekday(start.get(visit)),
        };
        let locals = Self::visits(look, 24, code);
        self.gather(&locals, |code| code as u32);
        self.people(look, code);
    }

    /// Numbers by the codes of each event; all codes are below `size`.
    fn events(
        &mut self,
        look: &Look<'_>,
        size: usize,
        mut codes: impl Codes,
        word: impl Fn(usize) -> u32,
    ) {
        let mut locals = vec![Local::default(); size];
        let mut people = self.people.as_ref().map(|_| Vec::new());
        count(look, &mut codes, &mut locals, &mut people, self.only_views);
        spent(look, &mut codes, &mut locals, self.spec.has_depth());
        if let (Some(own), Some(people)) = (&mut self.people, people) {
            let person = look.view.get(Col::PERSON);
            own.extend(people.into_iter().map(|(code, visit)| {
                u64::from(word(code as usize)) << 32 | person.get(visit as usize) as u64
            }));
        }
        let by_page = self.spec.dimension == Dimension::Page;
        if by_page {
            // Bounces of a page are those of visits that began there.
            for local in &mut locals {
                (local.bounces, local.can_bounce) = (0, 0);
            }
        }
        self.gather(&locals, word);
        if by_page {
            self.entries(look);
        }
    }

    /// Bounces of visits that began on a page.
    fn entries(&mut self, look: &Look<'_>) {
        let entry = look.view.get(Col::ENTRY);
        let places = entry.places();
        let mut locals = vec![(0u32, 0u32); entry.list().len()];
        for chosen in look.picked.visits.iter().filter(|it| it.is_visit) {
            let local = &mut locals[places[chosen.visit as usize] as usize];
            local.0 += chosen.bounce;
            local.1 += 1;
        }
        for (local, page) in locals.iter().zip(entry.list()) {
            if local.1 > 0 && *page != 0 {
                let counts = self.cells.at(*page);
                counts.bounces += u64::from(local.0);
                counts.bounced_of += u64::from(local.1);
            }
        }
    }

    fn look_events(&mut self, look: &Look<'_>, col: Col) {
        let column = look.view.get(col);
        let what = look.view.get(Col::WHAT);
        let mut places = column.places();
        let only = match self.spec.dimension {
            Dimension::Event => Some(Kind::Custom),
            Dimension::Outbound => Some(Kind::Outbound),
            _ => None,
        };
        if let Some(only) = only {
            for (event, place) in places.iter_mut().enumerate() {
                if kind(what.get(event)) != only {
                    *place = NONE;
                }
            }
        }
        match &column.words {
            Some(list) => self.events(look, list.len(), Single::new(places), |code| list[code]),
            None => {
                let codes = (0..column.len()).map(|event| column.get(event) as u32).collect();
                self.events(look, 256, Single::new(codes), |code| code as u32);
            }
        }
    }

    fn look_props(&mut self, look: &Look<'_>) {
        let view = look.view;
        let events = view.get(Col::PROP_EVENT);
        let mut keys = Vec::with_capacity(events.len());
        let mut pairs: Vec<(usize, u32)> = Vec::new();
        let mut places: HashMap<u32, usize> = HashMap::new();
        for prop in 0..events.len() {
            let own = view.get(Col::PROP_KEY).word(prop);
            let key = match self.spec.key {
                None => own,
                Some(key) if key != own => continue,
                Some(_) => {
                    let kind = view.get(Col::PROP_KIND).get(prop) as u8;
                    let value = match kind {
                        PROP_TEXT => u64::from(view.get(Col::PROP_TEXT).word(prop)),
                        _ => view.get(Col::PROP_BITS).get(prop) as u64,
                    };
                    let next = self.values.len() as u32;
                    *self.values.entry((kind, value)).or_insert(next)
                }
            };
            let code = *places.entry(key).or_insert_with(|| {
                keys.push(key);
                keys.len() - 1
            });
            pairs.push((events.get(prop) as usize, code as u32));
        }
        self.events(look, keys.len(), Several::new(pairs), |code| keys[code]);
    }
}

impl Part for BreakdownPart<'_> {
    fn look(&mut self, look: &Look<'_>) {
        match self.spec.place {
            Place::Visit(col, _) | Place::VisitNumber(col) => self.look_visits(look, col),
            Place::Time => self.look_time(look),
            Place::Event(col, _) | Place::EventNumber(col) => self.look_events(look, col),
            Place::Props => self.look_props(look),
        }
    }

    fn join(&mut self, other: Self) {
        // Another thread gave values of properties keys of its own.
        let of_key: HashMap<u32, (u8, u64)> =
            other.values.iter().map(|it| (*it.1, *it.0)).collect();
        let mut own = |key: u32| match of_key.get(&key) {
            Some(value) => {
                let next = self.values.len() as u32;
                *self.values.entry(*value).or_insert(next)
            }
            None => key,
        };
        for (key, counts) in &other.cells.rows {
            let key = own(*key);
            self.cells.at(key).add(counts);
        }
        if let (Some(people), Some(others)) = (&mut self.people, other.people) {
            people.extend(
                others
                    .into_iter()
                    .map(|it| u64::from(own((it >> 32) as u32)) << 32 | (it & u64::from(u32::MAX))),
            );
        }
    }
}
