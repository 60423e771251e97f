//! Who it is, for one day: a number that cannot be followed back, and that nobody can make again once the
//! day is over. A visit that goes on over midnight keeps the number and the day it began with.

use super::salts::Salts;
use std::collections::HashMap;
use std::io;
use std::net::IpAddr;

use crate::visits::{day_of, start_of};
use jiff::tz::TimeZone;

/// How long a visit may be silent, in milliseconds; and how long a salt outlives its day.
pub const SILENCE: i64 = 30 * 60 * 1000;

/// A visitor, and the day whose salt made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The number.
    pub id: u64,
    /// Days since 1970-01-01 in the site's zone.
    pub day: i32,
}

/// A moment in the days of a zone.
struct Moment {
    /// Days since 1970-01-01.
    day: i32,
    /// Whether midnight was a short time ago, …
    is_early: bool,
    /// … or is soon.
    is_late: bool,
}

impl Moment {
    fn of(zone: &TimeZone, at: i64) -> Moment {
        let day = day_of(zone, at);
        Moment {
            day,
            is_early: at - start_of(zone, day) <= SILENCE,
            is_late: start_of(zone, day.saturating_add(1)) - at <= SILENCE,
        }
    }
}

/// Visitors of all sites.
pub struct Visitors {
    salts: Salts,
    /// Who did something in the last half hour of a day, and when: by their number of that day.
    late: HashMap<(u32, u64), i64>,
    /// Whose visit went on over midnight: by their number of today, that of yesterday, and when they
    /// last did something.
    over: HashMap<(u32, u64), (Visitor, i64)>,
}

impl Visitors {
    /// Visitors under these salts.
    pub fn new(salts: Salts) -> Visitors {
        Visitors { salts, late: HashMap::new(), over: HashMap::new() }
    }

    /// Remembers who did something lately, as it was kept before the collector last ended.
    pub fn seen(&mut self, site: u32, zone: &TimeZone, visitor: Visitor, at: i64) {
        let moment = Moment::of(zone, at);
        let goes_on = visitor.day == moment.day - 1;
        if goes_on || visitor.day == moment.day && moment.is_late {
            self.late.insert((site, visitor.id), at);
        }
    }

    /// The visitor of this address and user agent at this moment, which is now or very nearly so.
    ///
    /// # Errors
    /// Where a new day's salt cannot be made and kept.
    pub fn now(
        &mut self,
        site: u32,
        zone: &TimeZone,
        at: i64,
        address: IpAddr,
        agent: &str,
    ) -> io::Result<Visitor> {
        let Moment { day, is_early, is_late } = Moment::of(zone, at);
        self.salts.make(site, day)?;
        let id = self.hash(site, day, address, agent, &[])?;
        let today = Visitor { id, day };
        if let Some((visitor, last)) = self.over.get_mut(&(site, id)) {
            if at - *last <= SILENCE && visitor.day == day - 1 {
                *last = at.max(*last);
                return Ok(*visitor);
            }
            self.over.remove(&(site, id));
        }
        if is_early
            && self.salts.has(site, day - 1)
            && let Ok(old) = self.hash(site, day - 1, address, agent, &[])
            && let Some(last) = self.late.get(&(site, old))
            && at - last <= SILENCE
        {
            let visitor = Visitor { id: old, day: day - 1 };
            self.late.remove(&(site, old));
            self.over.insert((site, id), (visitor, at));
            return Ok(visitor);
        }
        if is_late {
            self.late.insert((site, id), at);
        }
        Ok(today)
    }

    /// The visitor of something that is told afterwards. Its day's salt may be gone; so it is made of
    /// today's and of that day's name, and is as little known tomorrow.
    ///
    /// # Errors
    /// As [`Visitors::now`].
    pub fn earlier(
        &mut self,
        site: u32,
        zone: &TimeZone,
        (now, at): (i64, i64),
        address: IpAddr,
        agent: &str,
    ) -> io::Result<Visitor> {
        let (today, day) = (day_of(zone, now), day_of(zone, at));
        if today == day {
            return self.now(site, zone, at, address, agent);
        }
        self.salts.make(site, today)?;
        let id = self.hash(site, today, address, agent, &day.to_le_bytes())?;
        Ok(Visitor { id, day })
    }

    /// Destroys the salts whose time is over, for sites with these zones; all those of others.
    ///
    /// # Errors
    /// Where their file cannot be written.
    pub fn tick<'a>(
        &mut self,
        now: i64,
        zone: impl Fn(u32) -> Option<&'a TimeZone>,
    ) -> io::Result<()> {
        self.late.retain(|_, last| now - *last <= SILENCE);
        self.over.retain(|_, (_, last)| now - *last <= SILENCE);
        self.salts.destroy(|site, day| {
            let Some(zone) = zone(site) else { return false };
            let Moment { day: today, is_early, .. } = Moment::of(zone, now);
            // One of tomorrow is there where the system's clock was set back.
            (today..=today + 1).contains(&day) || (day == today - 1 && is_early)
        })
    }

    /// Whether the salt of a site's day is still there.
    pub fn has_salt(&self, site: u32, day: i32) -> bool {
        self.salts.has(site, day)
    }

    fn hash(
        &self,
        site: u32,
        day: i32,
        address: IpAddr,
        agent: &str,
        more: &[u8],
    ) -> io::Result<u64> {
        let (four, six);
        let address: &[u8] = match super::address::plain(address) {
            IpAddr::V4(it) => {
                four = it.octets();
                &four
            }
            IpAddr::V6(it) => {
                six = it.octets();
                &six
            }
        };
        let parts = [&site.to_le_bytes()[..], address, agent.as_bytes(), more];
        self.salts
            .hash(site, day, &parts)
            .ok_or_else(|| io::Error::other("the salt of the day is gone"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;
    /// Midnight in Berlin before 2026-11-20.
    const MIDNIGHT: i64 = 1_795_129_200_000;

    struct Stage {
        visitors: Visitors,
        zone: TimeZone,
        folder: tempfile::TempDir,
    }

    fn stage() -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let visitors = Visitors::new(Salts::open(&folder.path().join("salts")).unwrap());
        Stage { visitors, zone: TimeZone::fixed(jiff::tz::offset(1)), folder }
    }

    impl Stage {
        fn at(&mut self, minute: i64, address: &str) -> Visitor {
            let at = MIDNIGHT + minute * MINUTE;
            let address = address.parse().unwrap();
            let zone = self.zone.clone();
            self.visitors.tick(at, |site| (site == 1).then_some(&zone)).unwrap();
            self.visitors.now(1, &zone, at, address, "agent").unwrap()
        }
    }

    #[test]
    fn a_visit_over_midnight_keeps_its_visitor_and_its_day_for_as_long_as_it_goes_on() {
        let mut stage = stage();
        let (zone, a) = (stage.zone.clone(), "192.0.2.1");
        let day = day_of(&zone, MIDNIGHT);
        assert_eq!(start_of(&zone, day), MIDNIGHT);
        let first = stage.at(-20, a);
        assert_eq!(first.day, day - 1);
        for minute in [-1, 0, 5, 29, 50, 75, 100] {
            assert_eq!(stage.at(minute, a), first, "{minute}");
        }
        assert!(!stage.visitors.has_salt(1, day - 1), "though its salt is gone since half past");
        let later = stage.at(131, a);
        assert!(later.day == day && later.id != first.id, "after a silence it is somebody new");
        assert_eq!(stage.at(140, a), later);
    }

    #[test]
    fn who_was_not_there_shortly_before_midnight_is_new_after_it() {
        let mut stage = stage();
        let early = stage.at(-40, "192.0.2.1");
        let other = stage.at(-5, "192.0.2.2");
        let next = stage.at(10, "192.0.2.1");
        assert!(next.day == early.day + 1 && next.id != early.id);
        assert_eq!(stage.at(10, "192.0.2.2"), other);
        let third = stage.at(10, "192.0.2.3");
        assert_eq!(third.day, next.day);
    }

    #[test]
    fn after_its_time_no_path_makes_yesterdays_visitor() {
        let mut stage = stage();
        let a = "192.0.2.1";
        let yesterday = stage.at(-600, a);
        let file = |stage: &Stage| std::fs::read(stage.folder.path().join("salts")).unwrap();
        let old = file(&stage);
        stage.at(31, a);
        assert!(!stage.visitors.has_salt(1, yesterday.day));
        let (zone, ip) = (stage.zone.clone(), a.parse().unwrap());
        let now = MIDNIGHT + 32 * MINUTE;
        let told = (now, MIDNIGHT - 600 * MINUTE);
        let earlier = stage.visitors.earlier(1, &zone, told, ip, "agent").unwrap();
        assert!(earlier.day == yesterday.day && earlier.id != yesterday.id);
        let old = String::from_utf8(old).unwrap();
        let salt = old.lines().nth(1).unwrap().rsplit(' ').next().unwrap();
        assert!(!String::from_utf8(file(&stage)).unwrap().contains(salt));
        let mut again = Visitors::new(Salts::open(&stage.folder.path().join("salts")).unwrap());
        let back = again.now(1, &zone, MIDNIGHT - 600 * MINUTE, ip, "agent").unwrap();
        assert_ne!(back.id, yesterday.id, "not even with the clock set back");
    }

    #[test]
    fn a_visit_goes_on_over_midnight_though_the_collector_was_started_again() {
        let mut stage = stage();
        let a = "192.0.2.1";
        let first = stage.at(-3, a);
        let again = |stage: &mut Stage, last: i64| {
            let salts = Salts::open(&stage.folder.path().join("salts")).unwrap();
            stage.visitors = Visitors::new(salts);
            let (zone, at) = (stage.zone.clone(), MIDNIGHT + last * MINUTE);
            stage.visitors.seen(1, &zone, first, at);
        };
        again(&mut stage, -3);
        assert_eq!(stage.at(4, a), first);
        again(&mut stage, 4);
        assert_eq!(stage.at(9, a), first);
        let next = stage.at(60, a);
        assert_ne!(next, first);
    }
}
