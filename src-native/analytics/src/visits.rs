//! Visits: what a visitor's events are made into, by a definition that is chosen when a question is asked.
//!
//! A *stream* is the events of one visitor of one day with one [`Verdict`](crate::event::Verdict), sorted by
//! time and then by arrival. Streams never mix: a prefetch or an event called spam neither joins two visits of
//! a person nor ends a bounce.

use crate::event::Kind;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::HashMap;

/// Longest pause within a visit, in milliseconds: 30 minutes.
pub const PAUSE_MAX: i64 = 30 * 60_000;
/// Longest visit, in milliseconds: 24 hours.
pub const LENGTH_MAX: i64 = 24 * 3_600_000;
/// Most events of a visit.
pub const EVENTS_MAX: usize = 10_000;
/// Most time that is counted as spent on one page of one visit, in milliseconds: 30 minutes.
pub const ENGAGED_MAX: u64 = 30 * 60_000;

const HOUR: i64 = 3_600_000;

/// What a visit is, and which visit is a bounce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Definition {
    /// Ours. A visit is a run of events with pauses of at most 30 minutes, at most 24 hours and 10,000 events
    /// long. Bounce: exactly one page view and no interactive event; its rate is over visits with a page view.
    /// Duration: last event, also one that only tells engaged time, less the first. A run of nothing but such
    /// events is no visit; its time counts for its pages.
    #[default]
    Backstory,
    /// Plausible's. The same runs. Bounce: at most one page view and no interactive event; its rate is over all
    /// visits. Duration: last event less the first, those that only tell engaged time left out.
    Plausible,
    /// Umami's, on a site whose pages are loaded one by one. A visit is what a visitor does within one hour of
    /// the clock (UTC) and has a page view. Bounce: exactly one page view, whatever else happened; its rate is
    /// over all visits. Duration: last page view less the first.
    Umami,
}

impl Definition {
    /// All of them.
    pub const ALL: [Definition; 3] =
        [Definition::Backstory, Definition::Plausible, Definition::Umami];

    /// Its name, as it is written in questions and said in answers.
    pub fn name(self) -> &'static str {
        match self {
            Definition::Backstory => "backstory",
            Definition::Plausible => "plausible",
            Definition::Umami => "umami",
        }
    }

    /// Its version: one more whenever the same events would give other numbers.
    pub fn version(self) -> u8 {
        1
    }

    /// Whether visits are the runs that blocks are cut by.
    pub(crate) fn has_runs(self) -> bool {
        self != Definition::Umami
    }
}

/// What of an event decides about visits.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// When, in milliseconds.
    pub at: i64,
    /// What happened.
    pub kind: Kind,
    /// Whether it shows that somebody did something.
    pub interactive: bool,
    /// Its page, by a number that tells pages apart; 0 is none.
    pub page: u32,
    /// Engaged time that it tells, in milliseconds.
    pub engaged: u32,
}

/// A visit: some events of a stream that follow each other, and what they come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Place of its first event in the stream. Its source, and what it was seen with, are those of this event.
    pub first: usize,
    /// How many events it has, those that only tell engaged time included.
    pub count: usize,
    /// When it began.
    pub start: i64,
    /// How long it took, in milliseconds.
    pub duration: i64,
    /// Page views.
    pub views: u32,
    /// Other events: with a name of their own, and links that were followed.
    pub events: u32,
    /// Whether it is a bounce.
    pub bounce: bool,
    /// Whether it is counted as a visit; see [`Definition`].
    pub counted: bool,
    /// Page of its first view; 0 where it has none.
    pub entry: u32,
    /// Page of its last view; 0 where it has none.
    pub exit: u32,
    /// Time spent on its pages, each at most 30 minutes, in milliseconds.
    pub engaged: u64,
}

/// Cuts a stream into visits, and gives each to `take` in order.
pub fn cut(definition: Definition, stream: &[Seen], mut take: impl FnMut(Visit)) {
    let mut first = 0;
    for place in 1..=stream.len() {
        let ends = match stream.get(place) {
            None => true,
            Some(next) if definition.has_runs() => {
                next.at - stream[place - 1].at > PAUSE_MAX
                    || next.at - stream[first].at > LENGTH_MAX
                    || place - first >= EVENTS_MAX
            }
            Some(next) => next.at.div_euclid(HOUR) != stream[first].at.div_euclid(HOUR),
        };
        if ends {
            take(sum(definition, first, &stream[first..place]));
            first = place;
        }
    }
}

/// What some events come to, taken as one visit.
pub(crate) fn sum(definition: Definition, first: usize, events: &[Seen]) -> Visit {
    let start = events.first().map_or(0, |it| it.at);
    let mut visit = Visit {
        first,
        count: events.len(),
        start,
        duration: events.last().map_or(0, |it| it.at) - start,
        views: 0,
        events: 0,
        bounce: false,
        counted: false,
        entry: 0,
        exit: 0,
        engaged: engaged(events),
    };
    let mut acted = 0;
    let mut happened: Option<(i64, i64)> = None;
    let (mut first_view, mut last_view) = (None, start);
    for event in events {
        match event.kind {
            Kind::Page => {
                if first_view.is_none() {
                    first_view = Some(event.at);
                    visit.entry = event.page;
                }
                last_view = event.at;
                visit.exit = event.page;
                visit.views += 1;
            }
            Kind::Custom | Kind::Outbound => {
                visit.events += 1;
                acted += u32::from(event.interactive);
            }
            Kind::Engagement => continue,
        }
        happened = Some((happened.map_or(event.at, |it| it.0), event.at));
    }
    match definition {
        Definition::Backstory => {
            visit.counted = visit.views + visit.events > 0;
            visit.bounce = visit.views == 1 && acted == 0;
        }
        Definition::Plausible => {
            visit.counted = visit.views + visit.events > 0;
            visit.bounce = visit.counted && visit.views <= 1 && acted == 0;
            visit.duration = happened.map_or(0, |it| it.1 - it.0);
        }
        Definition::Umami => {
            visit.counted = visit.views > 0;
            visit.bounce = visit.views == 1;
            visit.duration = first_view.map_or(0, |it| last_view - it);
        }
    }
    visit
}

fn engaged(events: &[Seen]) -> u64 {
    let mut pages: Vec<(u32, u64)> = Vec::new();
    for event in events.iter().filter(|it| it.engaged > 0) {
        match pages.iter_mut().find(|it| it.0 == event.page) {
            Some(page) => page.1 += u64::from(event.engaged),
            None => pages.push((event.page, u64::from(event.engaged))),
        }
    }
    pages.iter().map(|it| it.1.min(ENGAGED_MAX)).sum()
}

/// Days of events as they come in, by their time: a visit that goes on after midnight stays with the day it
/// began. For sources whose events are told no day by a salt: logs, exports, sites with lasting ids.
pub struct Days {
    zone: TimeZone,
    /// Of each visitor: day, first and last time of the visit under way.
    open: HashMap<u64, (i32, i64, i64)>,
    /// When the list was last rid of visits that are over.
    swept: i64,
}

impl Days {
    /// Days of a zone.
    pub fn new(zone: TimeZone) -> Days {
        Days { zone, open: HashMap::new(), swept: i64::MIN }
    }

    /// Day of an event of this visitor at this time. Events of a visitor come in order of time.
    pub fn day(&mut self, visitor: u64, at: i64) -> i32 {
        if at.saturating_sub(self.swept) > PAUSE_MAX {
            self.open.retain(|_, it| at - it.2 <= PAUSE_MAX);
            self.swept = at;
        }
        match self.open.get_mut(&visitor) {
            Some((day, first, last)) if at - *last <= PAUSE_MAX && at - *first <= LENGTH_MAX => {
                *last = (*last).max(at);
                *day
            }
            _ => {
                let day = day_of(&self.zone, at);
                self.open.insert(visitor, (day, at, at));
                day
            }
        }
    }
}

/// The day of a moment in a zone, in days since 1970-01-01.
pub fn day_of(zone: &TimeZone, at: i64) -> i32 {
    let local = at.saturating_add(offset(zone, at));
    local.div_euclid(86_400_000).clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

/// The moment a day begins in a zone, in milliseconds: the first whose day it is.
pub fn start_of(zone: &TimeZone, day: i32) -> i64 {
    let utc = i64::from(day) * 86_400_000;
    // A zone is at most 26 hours off; a day that a change of clocks begins late begins at that change.
    let date = jiff::civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().days(i64::from(day).clamp(-700_000, 2_900_000)));
    let begins = date.and_then(|it| zone.to_ambiguous_zoned(it.at(0, 0, 0, 0)).compatible());
    begins.map_or(utc, |it| it.timestamp().as_millisecond())
}

/// How far a zone is ahead of UTC at a moment, in milliseconds.
pub(crate) fn offset(zone: &TimeZone, at: i64) -> i64 {
    let moment = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    i64::from(zone.to_offset(moment).seconds()) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn seen(at: i64, kind: Kind, page: u32) -> Seen {
        Seen { at, kind, interactive: kind == Kind::Custom, page, engaged: 0 }
    }

    fn visits(definition: Definition, stream: &[Seen]) -> Vec<Visit> {
        let mut all = Vec::new();
        cut(definition, stream, |it| all.push(it));
        all
    }

    #[test]
    fn the_same_events_are_other_visits_and_bounces_by_each_definition() {
        // A page at 10:50, a custom event at 10:55, a page at 11:05.
        let at = |minute: i64| (10 * 60 + minute) * MINUTE;
        let stream = [
            seen(at(50), Kind::Page, 1),
            seen(at(55), Kind::Custom, 1),
            seen(at(65), Kind::Page, 2),
        ];
        let facts = |definition| -> Vec<_> {
            let visits = visits(definition, &stream);
            visits.iter().map(|it| (it.views, it.bounce, it.duration, it.exit)).collect()
        };
        assert_eq!(facts(Definition::Backstory), [(2, false, 15 * MINUTE, 2)]);
        assert_eq!(facts(Definition::Plausible), [(2, false, 15 * MINUTE, 2)]);
        assert_eq!(facts(Definition::Umami), [(1, true, 0, 1), (1, true, 0, 2)]);
        let first = &stream[..2];
        assert!(!visits(Definition::Backstory, first)[0].bounce, "somebody acted");
        assert!(visits(Definition::Umami, first)[0].bounce, "custom events do not matter");
        let only = [stream[1]];
        assert!(!visits(Definition::Backstory, &only)[0].bounce, "there is no page view");
        assert!(!visits(Definition::Plausible, &only)[0].bounce, "somebody acted");
        assert!(!visits(Definition::Umami, &only)[0].counted, "there is no page view");
    }

    #[test]
    fn a_pause_of_thirty_minutes_is_within_a_visit_and_a_longer_one_is_not() {
        let long = |pause| [seen(0, Kind::Page, 1), seen(pause, Kind::Page, 1)];
        assert_eq!(visits(Definition::Backstory, &long(PAUSE_MAX)).len(), 1);
        assert_eq!(visits(Definition::Backstory, &long(PAUSE_MAX + 1)).len(), 2);
    }

    #[test]
    fn a_visit_has_at_most_a_day_and_ten_thousand_events() {
        let every = |step: i64, many: i64| -> Vec<Seen> {
            (0..many).map(|it| seen(it * step, Kind::Page, 1)).collect()
        };
        let hours = visits(Definition::Backstory, &every(20 * MINUTE, 100));
        assert_eq!(hours.iter().map(|it| it.count).collect::<Vec<_>>(), [73, 27]);
        let many = visits(Definition::Backstory, &every(1, 25_000));
        assert_eq!(many.iter().map(|it| it.count).collect::<Vec<_>>(), [10_000, 10_000, 5_000]);
    }

    #[test]
    fn time_on_a_page_counts_to_its_limit_and_alone_makes_no_visit() {
        let told = |page, minutes: u32| Seen {
            engaged: minutes * 60_000,
            ..seen(i64::from(minutes), Kind::Engagement, page)
        };
        let visits = visits(Definition::Backstory, &[told(1, 20), told(1, 25), told(2, 26)]);
        assert_eq!(visits[0].engaged, (30 + 26) * 60_000);
        assert!(!visits[0].counted);
    }

    #[test]
    fn a_visit_over_midnight_stays_with_its_day_and_the_next_one_does_not() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        // Midnight of 2026-03-24 in Berlin.
        let midnight = start_of(&zone, 20_536);
        assert_eq!(midnight, 1_774_306_800_000);
        let mut days = Days::new(zone.clone());
        assert_eq!(days.day(1, midnight - MINUTE), 20_535);
        assert_eq!(days.day(1, midnight + 20 * MINUTE), 20_535);
        assert_eq!(days.day(2, midnight + 20 * MINUTE), 20_536);
        assert_eq!(days.day(1, midnight + 51 * MINUTE), 20_536);
    }

    #[test]
    fn days_begin_where_the_clocks_of_the_zone_say_so() {
        // In 2026 the clocks of Beirut go forward at midnight of 29 March: that day begins at one.
        let zone = TimeZone::get("Asia/Beirut").unwrap();
        for day in 20_450..20_700 {
            let begins = start_of(&zone, day);
            assert_eq!((day_of(&zone, begins), day_of(&zone, begins - 1)), (day, day - 1));
        }
        assert_eq!(day_of(&TimeZone::UTC, -1), -1);
        assert_eq!(day_of(&TimeZone::UTC, i64::MAX), i32::MAX);
        start_of(&zone, i32::MAX);
        start_of(&zone, i32::MIN);
    }
}
