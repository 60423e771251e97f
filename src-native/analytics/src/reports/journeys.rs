//! Journeys: in which order pages are seen.

use super::counts::QuickMap;
use super::plan::kind;
use super::scan::{Look, Part, ask, scan};
use super::{Query, Reply, Way};
use crate::block::{Col, Lexicon};
use crate::event::Kind;
use crate::kept::{Error, Kept, Result, Snapshot, word_number};
use std::collections::HashMap;
use std::sync::Arc;

/// Most steps of a journey.
const STEPS_MAX: usize = 7;

/// What people did one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journeys {
    /// Visits that were looked at: those that have a step.
    pub of: u64,
    /// How many different ways there are.
    pub ways: u64,
    /// The most common ways, most common first.
    pub journeys: Vec<Journey>,
    /// The most common steps from one to the next, at each place; what a river of visits is drawn from.
    pub edges: Vec<Edge>,
}

/// Visits that went the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey {
    /// Pages, and names of events, in order; what came several times in a row stands once.
    pub steps: Vec<Arc<str>>,
    /// How many visits.
    pub visits: u64,
}

/// Visits that went from one step to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Place of the step it leaves, from 0.
    pub place: u8,
    /// What it leaves.
    pub from: Arc<str>,
    /// Where it leads.
    pub to: Arc<str>,
    /// How many visits.
    pub visits: u64,
}

/// Journeys in the visits of a query, of at most `length` steps (2 to 7), as many as `limit`. With `events` also
/// custom events are steps. Where a page to begin from is given, each begins where that page is first seen, and
/// visits without it are left out.
pub fn journeys(
    kept: &Kept,
    query: &Query,
    length: usize,
    events: bool,
    begin: Option<&str>,
    limit: usize,
) -> Result<Reply<Journeys>> {
    if !(2..=STEPS_MAX).contains(&length) {
        return Err(Error::Question(format!("a journey has 2 to {STEPS_MAX} steps; not {length}")));
    }
    ask(kept, query, |snapshot, plan| {
        let begin = match begin {
            Some(page) => {
                let word = word_number(snapshot.connection, Lexicon::Path, page)?;
                Some(word.unwrap_or(END))
            }
            None => None,
        };
        let columns = [Col::COUNT, Col::WHAT, Col::PATH, Col::NAME];
        let make = || JourneysPart {
            length,
            events,
            begin,
            of: 0,
            ways: QuickMap::default(),
            edges: QuickMap::default(),
        };
        let (part, passed) = scan(snapshot, plan, &columns, make)?;
        Ok((part.finish(snapshot, limit)?, passed, Way::Scan))
    })
}

/// Steps: the word of a path, or that of a name with the highest bit set; after the last [`END`].
type Steps = [u32; STEPS_MAX];

const END: u32 = u32::MAX;
const NAMED: u32 = 1 << 31;

struct JourneysPart {
    length: usize,
    events: bool,
    begin: Option<u32>,
    of: u64,
    ways: QuickMap<Steps, u64>,
    edges: QuickMap<(u8, u32, u32), u64>,
}

impl JourneysPart {
    fn finish(self, snapshot: &Snapshot<'_>, limit: usize) -> Result<Journeys> {
        let mut words: HashMap<u32, Arc<str>> = HashMap::new();
        let mut word = |step: u32| -> Result<Arc<str>> {
            if let Some(known) = words.get(&step) {
                return Ok(known.clone());
            }
            let lexicon = if step & NAMED > 0 { Lexicon::Name } else { Lexicon::Path };
            let word = snapshot.kept.word(snapshot.connection, lexicon, step & !NAMED)?;
            words.insert(step, word.clone());
            Ok(word)
        };
        let ways = self.ways.len() as u64;
        let mut journeys = Vec::new();
        for (way, visits) in most(self.ways, limit) {
            let steps = way.iter().take_while(|it| **it != END);
            let steps = steps.map(|it| word(*it)).collect::<Result<_>>()?;
            journeys.push(Journey { steps, visits });
        }
        journeys.sort_by(|a, b| b.visits.cmp(&a.visits).then_with(|| a.steps.cmp(&b.steps)));
        journeys.truncate(limit);
        let mut edges = Vec::new();
        let edges_max = limit.saturating_mul(self.length - 1);
        for ((place, from, to), visits) in most(self.edges, edges_max) {
            edges.push(Edge { place, from: word(from)?, to: word(to)?, visits });
        }
        edges.sort_by(|a, b| {
            let by_name = || (a.place, &a.from, &a.to).cmp(&(b.place, &b.from, &b.to));
            b.visits.cmp(&a.visits).then_with(by_name)
        });
        edges.truncate(edges_max);
        Ok(Journeys { of: self.of, ways, journeys, edges })
    }
}

/// The most common, and all that are as common as the last of them.
fn most<K>(all: QuickMap<K, u64>, limit: usize) -> Vec<(K, u64)> {
    let mut all: Vec<(K, u64)> = all.into_iter().collect();
    if limit == 0 || limit >= all.len() {
        all.truncate(if limit == 0 { 0 } else { usize::MAX });
        return all;
    }
    all.select_nth_unstable_by(limit - 1, |a, b| b.1.cmp(&a.1));
    let least = all[limit - 1].1;
    all.retain(|it| it.1 >= least);
    all
}

impl Part for JourneysPart {
    fn look(&mut self, look: &Look<'_>) {
        let view = look.view;
        let what = view.get(Col::WHAT);
        let (path, name) = (view.get(Col::PATH), view.get(Col::NAME));
        for chosen in look.picked.visits.iter().filter(|it| it.is_visit) {
            let mut way = [END; STEPS_MAX];
            let mut steps = 0;
            for event in chosen.range() {
                let step = match kind(what.get(event)) {
                    Kind::Page => path.word(event),
                    Kind::Custom if self.events => name.word(event) | NAMED,
                    _ => continue,
                };
                if steps == 0 && self.begin.is_some_and(|it| it != step)
                    || steps > 0 && way[steps - 1] == step
                {
                    continue;
                }
                way[steps] = step;
                steps += 1;
                if steps == self.length {
                    break;
                }
            }
            if steps == 0 {
                continue;
            }
            self.of += 1;
            *self.ways.entry(way).or_default() += 1;
            for (place, pair) in way[..steps].windows(2).enumerate() {
                *self.edges.entry((place as u8, pair[0], pair[1])).or_default() += 1;
            }
        }
    }

    fn join(&mut self, other: Self) {
        self.of += other.of;
        for (way, visits) in other.ways {
            *self.ways.entry(way).or_default() += visits;
        }
        for (edge, visits) in other.edges {
            *self.edges.entry(edge).or_default() += visits;
        }
    }
}
