//! A question made ready: words of its filters as numbers, and which visits and events of a day they select.

use super::clock::Clock;
use super::dimension::Place;
use super::pick::NOT;
use super::{Dimension, Filter, LeftOut, Op, Query, Verdicts};
use crate::block::{Col, Lexicon, PROP_BOOL, PROP_TEXT, VERDICTS, View};
use crate::event::Kind;
use crate::kept::{Error, Result, Snapshot, site, word_number, zone};
use crate::site::Site;
use crate::visits::day_of;
use jiff::tz::TimeZone;
use std::collections::HashSet;

/// A question made ready.
pub(crate) struct Plan {
    pub(super) query: Query,
    pub(super) site: Site,
    pub(super) zone: TimeZone,
    /// By number of verdict: whether it is counted.
    pub(super) verdicts: [bool; 8],
    pub(super) visits: Vec<Ready>,
    pub(super) events: Vec<Ready>,
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

    /// Columns that are needed to select.
    pub(super) fn columns(&self) -> Vec<Col> {
        let mut columns = vec![
            Col::START,
            Col::VERDICT,
            Col::MARKS,
            Col::VIEWS,
            Col::EVENTS,
            Col::DURATION,
            Col::ENGAGED,
        ];
        columns.extend(self.visits.iter().chain(&self.events).flat_map(Ready::columns));
        if self.is_of_events() {
            columns.extend([Col::COUNT, Col::WHAT, Col::PATH, Col::TOLD]);
        }
        columns
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
            snapshot.kept.every_word(snapshot.connection, lexicon, |number, word| {
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

    /// Strikes out the visits of which it does not hold.
    pub(super) fn visits(&self, view: &View, zone: &TimeZone, state: &mut [u8]) {
        let mut strike = |holds: &dyn Fn(usize) -> bool| {
            for (visit, state) in state.iter_mut().enumerate().filter(|it| *it.1 != NOT) {
                if !holds(visit) {
                    *state = NOT;
                }
            }
        };
        match self.place {
            Place::Visit(col, _) | Place::VisitNumber(col) if view.get(col).words.is_some() => {
                let column = view.get(col);
                let holds: Vec<bool> = column.list().iter().map(|it| self.holds(*it)).collect();
                let places = column.places();
                strike(&|visit| holds[places[visit] as usize]);
            }
            Place::Visit(col, _) | Place::VisitNumber(col) => {
                strike(&|visit| self.holds(view.get(col).word(visit)));
            }
            _ => {
                let clock = Clock::new(zone, view.head.first, view.head.last);
                let start = view.get(Col::START);
                let by_hour = self.filter.dimension == Dimension::Hour;
                strike(&|visit| {
                    let at = start.get(visit);
                    self.holds(if by_hour { clock.hour(at) } else { clock.weekday(at) })
                });
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
                for ((event, picked), place) in picked.iter_mut().enumerate().zip(column.places()) {
                    let found = found.get(place as usize).copied().unwrap_or(false)
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
