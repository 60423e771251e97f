//! A question made ready: words of its filters as numbers, and which visits and events of a day they select.

use super::clock::Clock;
use super::dimension::Place;
use super::{Dimension, Filter, LeftOut, Op, Query, Verdicts};
use crate::block::{COUNTED, Col, Lexicon, PROP_BOOL, PROP_TEXT, VERDICTS, View};
use crate::event::Kind;
use crate::kept::{Error, Result, Snapshot, every_word, site, word_number, zone};
use crate::site::Site;
use crate::visits::{ENGAGED_MAX, day_of};
use jiff::tz::TimeZone;
use std::collections::HashSet;

/// A question made ready.
pub(crate) struct Plan {
    pub(super) query: Query,
    pub(super) site: Site,
    pub(super) zone: TimeZone,
    /// By number of verdict: whether it is counted.
    verdicts: [bool; 8],
    visits: Vec<Ready>,
    events: Vec<Ready>,
}

/// A filter with its words as numbers.
pub(super) struct Ready {
    filter: Filter,
    place: Place,
    numbers: HashSet<u32>,
    /// Word of the property's key.
    key: Option<u32>,
    negated: bool,
}

/// Which visits and events of a day are selected.
pub(super) struct Picked {
    /// Of each visit: [`NOT`], [`PINGS`] or [`VISIT`].
    pub(super) visits: Vec<u8>,
    /// Of each event; where it is none, all events of the visits are.
    pub(super) events: Option<PickedEvents>,
    pub(super) left_out: [(u64, u64); 8],
}

/// What selected events come to, for each visit.
pub(super) struct PickedEvents {
    pub(super) picked: Vec<bool>,
    pub(super) views: Vec<u32>,
    pub(super) events: Vec<u32>,
    pub(super) engaged: Vec<u64>,
}

/// Not selected.
pub(super) const NOT: u8 = 0;
/// Selected, and no visit by the definition: what it tells of engaged time counts, and its other events.
pub(super) const PINGS: u8 = 1;
/// Selected.
pub(super) const VISIT: u8 = 2;

impl Plan {
    pub(crate) fn new(snapshot: &Snapshot<'_>, query: &Query) -> Result<Plan> {
        let site = site(snapshot.connection, query.site)?;
        let zone = zone(&site.zone)?;
        let mut verdicts = [false; 8];
        match &query.verdicts {
            Verdicts::Persons => verdicts[0] = true,
            Verdicts::All => verdicts = [true; 8],
            Verdicts::Only(only) => only.iter().for_each(|it| verdicts[*it as usize] = true),
        }
        let mut plan = Plan {
            query: query.clone(),
            site,
            zone,
            verdicts,
            visits: Vec::new(),
            events: Vec::new(),
        };
        for filter in &query.filters {
            let ready = Ready::new(snapshot, filter)?;
            if filter.dimension.is_of_events() {
                plan.events.push(ready);
            } else {
                plan.visits.push(ready);
            }
        }
        Ok(plan)
    }

    /// First and last day whose block can have visits of the range. A visit can have begun on the day after
    /// that of its block where its first events were lost.
    pub(crate) fn days(&self) -> (i32, i32) {
        let first = day_of(&self.zone, self.query.from).saturating_sub(1);
        (first, day_of(&self.zone, self.query.to.saturating_sub(1)))
    }

    /// Whether only some events of a visit may be selected.
    pub(super) fn is_of_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Columns that are needed to select events one by one.
    pub(crate) fn event_columns(&self) -> Vec<Col> {
        let mut columns = self.columns();
        columns.extend([Col::COUNT, Col::WHAT, Col::PATH, Col::TOLD]);
        columns
    }

    /// Whether each event of a day is selected, also those that only tell engaged time.
    pub(crate) fn pick_each(&self, view: &View) -> Vec<bool> {
        let state = self.pick_visits(view, &mut [(0, 0); 8]);
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

    /// Columns that are needed to select.
    pub(super) fn columns(&self) -> Vec<Col> {
        let mut columns = vec![Col::START, Col::VERDICT, Col::MARKS, Col::VIEWS];
        columns.extend(self.visits.iter().chain(&self.events).flat_map(Ready::columns));
        if self.is_of_events() {
            columns.extend([Col::COUNT, Col::WHAT, Col::PATH, Col::TOLD]);
        }
        columns
    }

    /// Selects visits and events of a day.
    pub(super) fn pick(&self, view: &View) -> Picked {
        let mut left_out = [(0, 0); 8];
        let visits = self.pick_visits(view, &mut left_out);
        let mut picked = Picked { visits, events: None, left_out };
        if self.is_of_events() {
            self.pick_events(view, &mut picked);
        }
        picked
    }

    fn pick_visits(&self, view: &View, left_out: &mut [(u64, u64); 8]) -> Vec<u8> {
        let visits = view.head.visits;
        let (start, verdict) = (view.get(Col::START), view.get(Col::VERDICT));
        let (marks, views) = (view.get(Col::MARKS), view.get(Col::VIEWS));
        let inside = view.head.first >= self.query.from && view.head.last < self.query.to;
        let mut state = Vec::with_capacity(visits);
        for visit in 0..visits {
            let at = start.get(visit);
            if !inside && (at < self.query.from || at >= self.query.to) {
                state.push(NOT);
                continue;
            }
            let who = verdict.get(visit) as usize & 7;
            let counted = marks.get(visit) & COUNTED > 0;
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
        let visits = view.head.visits;
        let mut of = PickedEvents {
            picked: events,
            views: vec![0; visits],
            events: vec![0; visits],
            engaged: vec![0; visits],
        };
        let (count, what) = (view.get(Col::COUNT), view.get(Col::WHAT));
        let (told, path) = (view.get(Col::TOLD), view.get(Col::PATH));
        let mut begins = 0;
        let mut pages: Vec<(u64, u64)> = Vec::new();
        for visit in 0..visits {
            let ends = begins + count.get(visit) as usize;
            let range = begins..ends.min(view.head.events);
            begins = ends;
            if picked.visits[visit] == NOT {
                of.picked[range].fill(false);
                continue;
            }
            let mut any = false;
            pages.clear();
            for event in range.clone().filter(|it| of.picked[*it]) {
                match kind(what.get(event)) {
                    Kind::Page => of.views[visit] += 1,
                    Kind::Custom | Kind::Outbound => of.events[visit] += 1,
                    Kind::Engagement => {}
                }
                any |= kind(what.get(event)) != Kind::Engagement;
                let engaged = told.get(event) as u64;
                if engaged > 0 {
                    let page = path.values.get(event);
                    match pages.iter_mut().find(|it| it.0 == page) {
                        Some(page) => page.1 += engaged,
                        None => pages.push((page, engaged)),
                    }
                }
            }
            of.engaged[visit] = pages.iter().map(|it| it.1.min(ENGAGED_MAX)).sum();
            if !any && picked.visits[visit] == VISIT {
                picked.visits[visit] = if pages.is_empty() { NOT } else { PINGS };
            }
        }
        picked.events = Some(of);
    }

    /// What was left out, of all days.
    pub(super) fn left_out(counts: &[(u64, u64); 8]) -> Vec<LeftOut> {
        VERDICTS
            .into_iter()
            .zip(counts)
            .filter(|it| it.1.0 + it.1.1 > 0)
            .map(|(verdict, (visits, views))| LeftOut { verdict, visits: *visits, views: *views })
            .collect()
    }
}

/// Columns of properties.
pub(super) const PROPS: [Col; 5] =
    [Col::PROP_EVENT, Col::PROP_KEY, Col::PROP_KIND, Col::PROP_TEXT, Col::PROP_BITS];

/// The kind of an event, of its number in [`Col::WHAT`].
pub(super) fn kind(what: i64) -> Kind {
    match what & 7 {
        1 => Kind::Page,
        2 => Kind::Custom,
        4 => Kind::Outbound,
        _ => Kind::Engagement,
    }
}

/// A property's number, or whether it is so, in words.
pub(super) fn prop_text(kind: u8, bits: u64) -> String {
    if kind == PROP_BOOL { (bits != 0).to_string() } else { f64::from_bits(bits).to_string() }
}

impl Ready {
    pub(super) fn columns(&self) -> Vec<Col> {
        match self.place {
            Place::Visit(col, _) | Place::VisitNumber(col) => vec![col],
            Place::Event(col, _) | Place::EventNumber(col) => vec![col],
            Place::Props => PROPS.to_vec(),
            Place::Time => Vec::new(),
        }
    }

    pub(super) fn new(snapshot: &Snapshot<'_>, filter: &Filter) -> Result<Ready> {
        if filter.values.is_empty() {
            return Err(Error::Question(format!(
                "the filter on {} names no value; give one",
                filter.dimension.name()
            )));
        }
        let place = filter.dimension.place();
        let negated = matches!(filter.op, Op::IsNot | Op::ContainsNot | Op::MatchesNot);
        let mut numbers = HashSet::new();
        let mut words = |lexicon: Lexicon| -> Result<()> {
            if matches!(filter.op, Op::Is | Op::IsNot) {
                for value in &filter.values {
                    numbers.extend(word_number(snapshot.connection, lexicon, value)?);
                }
                return Ok(());
            }
            if test(filter, "") {
                numbers.insert(0);
            }
            every_word(snapshot.connection, lexicon, |number, word| {
                if test(filter, word) {
                    numbers.insert(number);
                }
            })
        };
        let mut key = None;
        match (&place, &filter.dimension) {
            (Place::Visit(_, lexicon) | Place::Event(_, lexicon), _) => words(*lexicon)?,
            (Place::Props, Dimension::PropertyOf(name)) => {
                words(Lexicon::Value)?;
                key =
                    Some(word_number(snapshot.connection, Lexicon::Key, name)?.unwrap_or(u32::MAX));
            }
            (Place::Props, _) => words(Lexicon::Key)?,
            (_, dimension) => {
                numbers
                    .extend(dimension.numbers().filter(|it| test(filter, &dimension.label(*it))));
            }
        }
        Ok(Ready { filter: filter.clone(), place, numbers, key, negated })
    }

    fn holds(&self, number: u32) -> bool {
        self.numbers.contains(&number) != self.negated
    }

    fn visits(&self, view: &View, zone: &TimeZone, state: &mut [u8]) {
        match self.place {
            Place::Visit(col, _) => {
                let column = view.get(col);
                let holds: Vec<bool> = column.list().iter().map(|it| self.holds(*it)).collect();
                for (visit, state) in state.iter_mut().enumerate() {
                    if !holds.get(column.values.get(visit) as usize).copied().unwrap_or(false) {
                        *state = NOT;
                    }
                }
            }
            Place::VisitNumber(col) => {
                let column = view.get(col);
                for (visit, state) in state.iter_mut().enumerate() {
                    if !self.holds(column.word(visit)) {
                        *state = NOT;
                    }
                }
            }
            _ => {
                let clock = Clock::new(zone, view.head.first, view.head.last);
                let start = view.get(Col::START);
                for (visit, state) in state.iter_mut().enumerate() {
                    let at = start.get(visit);
                    let number = match self.filter.dimension {
                        Dimension::Hour => clock.hour(at),
                        _ => clock.weekday(at),
                    };
                    if !self.holds(number) {
                        *state = NOT;
                    }
                }
            }
        }
    }

    /// Strikes out the events of which it does not hold.
    pub(super) fn events(&self, view: &View, picked: &mut [bool]) {
        match self.place {
            Place::Event(col, _) => {
                let column = view.get(col);
                let found: Vec<bool> =
                    column.list().iter().map(|it| self.numbers.contains(it)).collect();
                // A name is that of a custom event, or of a link: the other kind has none to compare.
                let only = match self.filter.dimension {
                    Dimension::Event => Some(Kind::Custom),
                    Dimension::Outbound => Some(Kind::Outbound),
                    _ => None,
                };
                let what = view.get(Col::WHAT);
                for (event, picked) in picked.iter_mut().enumerate() {
                    let place = column.values.get(event) as usize;
                    let found = found.get(place).copied().unwrap_or(false)
                        && only.is_none_or(|it| it == kind(what.get(event)));
                    *picked &= found != self.negated;
                }
            }
            Place::EventNumber(col) => {
                let column = view.get(col);
                for (event, picked) in picked.iter_mut().enumerate() {
                    *picked &= self.holds(column.get(event) as u32);
                }
            }
            _ => {
                let mut found = vec![false; picked.len()];
                let events = view.get(Col::PROP_EVENT);
                for prop in 0..events.len() {
                    let Some(found) = found.get_mut(events.get(prop) as usize) else { continue };
                    let key = view.get(Col::PROP_KEY).word(prop);
                    *found |= match self.key {
                        None => self.numbers.contains(&key),
                        Some(own) if own != key => false,
                        Some(_) => match view.get(Col::PROP_KIND).get(prop) as u8 {
                            PROP_TEXT => {
                                self.numbers.contains(&view.get(Col::PROP_TEXT).word(prop))
                            }
                            kind => {
                                let bits = view.get(Col::PROP_BITS).get(prop) as u64;
                                test(&self.filter, &prop_text(kind, bits))
                            }
                        },
                    };
                }
                for (picked, found) in picked.iter_mut().zip(found) {
                    *picked &= found != self.negated;
                }
            }
        }
    }
}

/// Whether a word is one of a filter's values, or like one; not turned round where the filter is negated.
fn test(filter: &Filter, word: &str) -> bool {
    filter.values.iter().any(|value| match filter.op {
        Op::Is | Op::IsNot => word == value,
        Op::Contains | Op::ContainsNot => word.to_lowercase().contains(&value.to_lowercase()),
        Op::Matches | Op::MatchesNot => matches(value, word),
    })
}

/// Whether a word is like a pattern, in which `*` stands for anything.
pub(super) fn matches(pattern: &str, word: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = word.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
