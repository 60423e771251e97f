//! The visits behind a number, and the events of a visit.

use super::dimension::Place;
use super::scan::{Look, Part, ask, scan};
use super::{Dimension, Query, Reply, Way};
use crate::block::{BOUNCE, Col, VERDICTS, View};
use crate::event::{Event, Verdict};
use crate::kept::{Kept, Result, Snapshot, Unpack};
use crate::visits::{Definition, Seen, cut};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a visit is found by again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VisitId {
    /// Day of its visitor's id, in days since 1970-01-01.
    pub day: i32,
    /// Its visitor.
    pub visitor: u64,
    /// What is said of its visitor.
    pub verdict: Verdict,
    /// When it began, in milliseconds.
    pub start: i64,
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitLine {
    /// What it is found by again.
    pub id: VisitId,
    /// How long it took, in milliseconds.
    pub duration: u64,
    /// Page views.
    pub views: u64,
    /// Custom events, and links that were followed.
    pub events: u64,
    /// Time that its pages were looked at, in milliseconds.
    pub engaged: u64,
    /// Whether it is a bounce.
    pub bounce: bool,
    /// Its first page; empty where it has none.
    pub entry: Arc<str>,
    /// Its last page.
    pub exit: Arc<str>,
    /// Name of its source.
    pub source: Arc<str>,
    /// Host of its referrer.
    pub referrer: Arc<str>,
    /// Its campaign.
    pub campaign: Arc<str>,
    /// Its country.
    pub country: Arc<str>,
    /// Its browser.
    pub browser: Arc<str>,
    /// Its operating system.
    pub os: Arc<str>,
    /// Its device.
    pub device: Arc<str>,
    /// Its language.
    pub language: Arc<str>,
}

/// Some visits of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitList {
    /// How many there are in all: the number of visits that [`super::totals`] gives.
    pub of: u64,
    /// Those asked for, latest first.
    pub visits: Vec<VisitLine>,
}

/// The visits of a query, latest first: `limit` after the first `offset`.
pub fn visits(kept: &Kept, query: &Query, offset: usize, limit: usize) -> Result<Reply<VisitList>> {
    ask(kept, query, |snapshot, plan| {
        let most = offset.saturating_add(limit);
        let make = || Latest { most, of: 0, found: Vec::new() };
        let (mut part, passed) = scan(snapshot, plan, &[Col::VISITOR], make)?;
        part.cut();
        part.found.sort_unstable();
        let wanted = part.found.get(offset..).unwrap_or_default();
        let mut days: BTreeMap<i32, Vec<(usize, usize)>> = BTreeMap::new();
        for (place, (_, _, day, visit)) in wanted.iter().enumerate() {
            days.entry(*day).or_default().push((place, *visit));
        }
        let mut lines = BTreeMap::new();
        for (day, of_day) in days {
            for found in snapshot.days(query.site, day, day)? {
                let view = snapshot.fetch(&found, query.definition, &LINE)?.view()?;
                for (place, visit) in &of_day {
                    lines.insert(*place, line(snapshot, &view, *visit)?);
                }
            }
        }
        let visits = lines.into_values().collect();
        Ok((VisitList { of: part.of, visits }, passed, Way::Scan))
    })
}

/// The events of a visit, in order; none where it is not there any more.
pub fn events_of(
    kept: &Kept,
    site: u32,
    definition: Definition,
    visit: &VisitId,
) -> Result<Vec<Event>> {
    kept.snapshot(|snapshot| {
        let mut events = Vec::new();
        for day in snapshot.days(site, visit.day, visit.day)? {
            let rows = snapshot.rows(&day)?;
            let stream: Vec<_> = rows
                .rows
                .iter()
                .filter(|it| it.visitor == visit.visitor && it.verdict == visit.verdict)
                .collect();
            let seen: Vec<Seen> = stream
                .iter()
                .map(|it| Seen {
                    at: it.at,
                    kind: it.kind,
                    interactive: it.interactive,
                    page: it.path,
                    engaged: it.engaged,
                })
                .collect();
            let mut range = 0..0;
            cut(definition, &seen, |it| {
                if it.start == visit.start {
                    range = it.first..it.first + it.count;
                }
            });
            let mut unpack = Unpack::new(snapshot, &rows, day.day);
            for row in &stream[range] {
                events.push(unpack.event(row)?);
            }
        }
        Ok(events)
    })
}

/// Columns that a line is made of.
const LINE: [Col; 19] = [
    Col::VISITOR,
    Col::VERDICT,
    Col::START,
    Col::MARKS,
    Col::DURATION,
    Col::VIEWS,
    Col::EVENTS,
    Col::ENGAGED,
    Col::ENTRY,
    Col::EXIT,
    Col::touch(0),
    Col::touch(4),
    Col::touch(7),
    Col::client(0),
    Col::client(3),
    Col::client(5),
    Col::client(7),
    Col::client(9),
    Col::COUNT,
];

fn line(snapshot: &Snapshot<'_>, view: &View, visit: usize) -> Result<VisitLine> {
    let number = |col: Col| view.get(col).get(visit);
    let word = |dimension: Dimension| match dimension.place() {
        Place::Visit(col, lexicon) => {
            snapshot.kept.word(snapshot.connection, lexicon, view.get(col).word(visit))
        }
        _ => Ok("".into()),
    };
    let verdict = VERDICTS.get(number(Col::VERDICT) as usize).copied();
    Ok(VisitLine {
        id: VisitId {
            day: view.head.day,
            visitor: number(Col::VISITOR) as u64,
            verdict: verdict.unwrap_or(Verdict::Person),
            start: number(Col::START),
        },
        duration: number(Col::DURATION) as u64,
        views: number(Col::VIEWS) as u64,
        events: number(Col::EVENTS) as u64,
        engaged: number(Col::ENGAGED) as u64,
        bounce: number(Col::MARKS) & BOUNCE > 0,
        entry: word(Dimension::Entry)?,
        exit: word(Dimension::Exit)?,
        source: word(Dimension::Source)?,
        referrer: word(Dimension::Referrer)?,
        campaign: word(Dimension::UtmCampaign)?,
        country: word(Dimension::Country)?,
        browser: word(Dimension::Browser)?,
        os: word(Dimension::Os)?,
        device: word(Dimension::Device)?,
        language: word(Dimension::Language)?,
    })
}

/// The latest visits: their start, visitor, day, and place in it.
struct Latest {
    most: usize,
    of: u64,
    found: Vec<(Reverse<i64>, u64, i32, usize)>,
}

impl Latest {
    fn cut(&mut self) {
        if self.found.len() > self.most {
            if self.most > 0 {
                self.found.select_nth_unstable(self.most - 1);
            }
            self.found.truncate(self.most);
        }
    }
}

impl Part for Latest {
    fn look(&mut self, look: &Look<'_>) {
        let (start, visitor) = (look.view.get(Col::START), look.view.get(Col::VISITOR));
        for chosen in look.picked.visits.iter().filter(|it| it.is_visit) {
            let visit = chosen.visit as usize;
            self.of += 1;
            let who = visitor.get(visit) as u64;
            self.found.push((Reverse(start.get(visit)), who, look.view.head.day, visit));
        }
        self.cut();
    }

    fn join(&mut self, other: Self) {
        self.of += other.of;
        self.found.extend(other.found);
    }
}
