//! Who is there now.

use super::plan::kind;
use super::scan::{Look, Part, ask, scan};
use super::{Query, Reply, Way};
use crate::block::{Col, Lexicon};
use crate::event::Kind;
use crate::kept::{Kept, Result};
use crate::visits::{Definition, LENGTH_MAX};
use std::collections::HashMap;
use std::sync::Arc;

/// How long somebody is there after an event, in milliseconds: 5 minutes.
const THERE: i64 = 5 * 60_000;
/// Minutes that are shown.
const MINUTES: usize = 30;

/// Who is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Visitors that had an event within the last 5 minutes.
    pub visitors: u64,
    /// The last 30 minutes of the clock, the one under way last.
    pub minutes: Vec<Minute>,
    /// Pages that visitors who are there saw last, with how many of them; most first.
    pub pages: Vec<(Arc<str>, u64)>,
    /// Where they came from.
    pub sources: Vec<(Arc<str>, u64)>,
    /// Their countries.
    pub countries: Vec<(Arc<str>, u64)>,
}

/// A minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Minute {
    /// When it began, in milliseconds.
    pub at: i64,
    /// Visitors that had an event in it.
    pub visitors: u64,
    /// Page views.
    pub views: u64,
}

/// Who is on a site at `now`, by the filters and verdicts of a query; its range does not matter. Events count at
/// their own time here.
pub fn live(kept: &Kept, query: &Query, now: i64, limit: usize) -> Result<Reply<Live>> {
    let query = query.over(now.saturating_sub(LENGTH_MAX), now.saturating_add(1));
    ask(kept, &query, |snapshot, plan| {
        let columns = [
            Col::DURATION,
            Col::COUNT,
            Col::GAP,
            Col::WHAT,
            Col::PATH,
            Col::touch(7),
            Col::client(0),
        ];
        let make = || LivePart::new(now);
        let (part, passed) = scan(snapshot, plan, &columns, make)?;
        let named = |all: HashMap<u32, u64>, lexicon: Lexicon| -> Result<Vec<(Arc<str>, u64)>> {
            let mut named = Vec::new();
            for (number, count) in all {
                named.push((snapshot.kept.word(snapshot.connection, lexicon, number)?, count));
            }
            named.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            named.truncate(limit);
            Ok(named)
        };
        let live = Live {
            visitors: part.visitors,
            minutes: part.minutes,
            pages: named(part.pages, Lexicon::Path)?,
            sources: named(part.sources, Lexicon::Source)?,
            countries: named(part.countries, Lexicon::Country)?,
        };
        Ok((live, passed, Way::Scan))
    })
}

struct LivePart {
    now: i64,
    visitors: u64,
    minutes: Vec<Minute>,
    pages: HashMap<u32, u64>,
    sources: HashMap<u32, u64>,
    countries: HashMap<u32, u64>,
}

/// A visitor under way.
#[derive(Default)]
struct Seen {
    /// Minutes in which there was an event, as bits.
    minutes: u32,
    /// Time of the last event, its source and its country.
    last: Option<(i64, u32, u32)>,
    /// Time of the last page, and the page.
    page: Option<(i64, u32)>,
}

impl LivePart {
    fn new(now: i64) -> LivePart {
        let first = now.div_euclid(60_000) - MINUTES as i64 + 1;
        let minute = |it| Minute { at: (first + it as i64) * 60_000, ..Minute::default() };
        LivePart {
            now,
            visitors: 0,
            minutes: (0..MINUTES).map(minute).collect(),
            pages: HashMap::new(),
            sources: HashMap::new(),
            countries: HashMap::new(),
        }
    }

    fn settle(&mut self, seen: Seen) {
        for (place, minute) in self.minutes.iter_mut().enumerate() {
            minute.visitors += u64::from(seen.minutes >> place & 1);
        }
        if let Some((last, source, country)) = seen.last
            && last > self.now - THERE
        {
            self.visitors += 1;
            *self.sources.entry(source).or_default() += 1;
            *self.countries.entry(country).or_default() += 1;
            if let Some((_, page)) = seen.page {
                *self.pages.entry(page).or_default() += 1;
            }
        }
    }
}

impl Part for LivePart {
    fn look(&mut self, look: &Look<'_>) {
        let view = look.view;
        let (start, duration) = (view.get(Col::START), view.get(Col::DURATION));
        let (gap, what) = (view.get(Col::GAP), view.get(Col::WHAT));
        let picked = look.picked.events.as_ref();
        let first = self.minutes[0].at;
        // By other definitions a visit's time ends before its last event.
        let is_own = look.plan.query.definition == Definition::Backstory;
        let longest = |visit| if is_own { duration.get(visit) } else { LENGTH_MAX };
        let mut seen = Seen::default();
        let mut visitor = 0;
        for chosen in &look.picked.visits {
            let visit = chosen.visit as usize;
            if chosen.visitor != visitor {
                visitor = chosen.visitor;
                self.settle(std::mem::take(&mut seen));
            }
            if start.get(visit) + longest(visit) < first {
                continue;
            }
            let mut at = start.get(visit);
            for event in chosen.range() {
                at += gap.get(event);
                if at < first || at > self.now || picked.is_some_and(|it| !it[event]) {
                    continue;
                }
                let minute = ((at - first) / 60_000) as usize;
                seen.minutes |= 1 << minute;
                if seen.last.is_none_or(|it| it.0 <= at) {
                    let source = view.get(Col::touch(7)).word(visit);
                    seen.last = Some((at, source, view.get(Col::client(0)).word(visit)));
                }
                if kind(what.get(event)) == Kind::Page {
                    if let Some(minute) = self.minutes.get_mut(minute) {
                        minute.views += 1;
                    }
                    if seen.page.is_none_or(|it| it.0 <= at) {
                        seen.page = Some((at, view.get(Col::PATH).word(event)));
                    }
                }
            }
        }
        self.settle(seen);
    }

    fn join(&mut self, other: Self) {
        self.visitors += other.visitors;
        for (own, other) in self.minutes.iter_mut().zip(other.minutes) {
            own.visitors += other.visitors;
            own.views += other.views;
        }
        let pairs = [
            (&mut self.pages, other.pages),
            (&mut self.sources, other.sources),
            (&mut self.countries, other.countries),
        ];
        for (own, other) in pairs {
            for (key, count) in other {
                *own.entry(key).or_default() += count;
            }
        }
    }
}
