//! Made page views: four sites over 300 days (70, 15, 10 and 5 of a hundred), growing, with a rhythm of day and
//! week; 20,000 paths, 3,000 referrers, 180 countries, 12 browsers, 8 systems, 60 languages, 40 campaigns, 10
//! custom events. The same numbers give the same events.

use analytics::event::{Door, Event, Kind, Prop, Verdict, Visited};
use std::sync::Arc;

pub(crate) const DAYS: i32 = 300;
/// 2026-01-24.
pub(crate) const FIRST: i32 = 20_477;
pub(crate) const DAY: i64 = 86_400_000;

pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ it >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ it >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ it >> 31
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Log-normal around a median.
    fn around(&mut self, median: f64, spread: f64) -> f64 {
        let (a, b) = (self.part().max(1e-12), self.part());
        let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
        median * (spread * normal).exp()
    }
}

/// Places of a list, the first of them most often.
struct Zipf(Vec<f64>);

impl Zipf {
    fn new(many: usize, power: f64) -> Zipf {
        let mut sum = 0.0;
        let mut ends: Vec<f64> = (1..=many)
            .map(|it| {
                sum += 1.0 / (it as f64).powf(power);
                sum
            })
            .collect();
        ends.iter_mut().for_each(|it| *it /= sum);
        Zipf(ends)
    }

    fn of(&self, random: &mut Random) -> usize {
        let part = random.part();
        self.0.partition_point(|it| *it < part).min(self.0.len() - 1)
    }
}

pub(crate) struct World {
    paths: Vec<(Arc<str>, Arc<str>)>,
    referrers: Vec<String>,
    by_path: Zipf,
    by_referrer: Zipf,
    by_country: Zipf,
    by_browser: Zipf,
    by_language: Zipf,
}

impl World {
    pub(crate) fn new() -> World {
        let path = |it: usize| match it {
            0 => ("/".into(), "Home".into()),
            1 => ("/pricing".into(), "Pricing".into()),
            2 => ("/signup".into(), "Sign up".into()),
            3 => ("/docs".into(), "Docs".into()),
            it => (
                format!("/articles/{}/{it}-how-things-work", it % 40).into(),
                format!("How thing number {it} works").into(),
            ),
        };
        World {
            paths: (0..20_000).map(path).collect(),
            referrers: (0..3000).map(|it| format!("site-{it}.example")).collect(),
            by_path: Zipf::new(20_000, 1.05),
            by_referrer: Zipf::new(3000, 1.35),
            by_country: Zipf::new(180, 1.1),
            by_browser: Zipf::new(12, 1.2),
            by_language: Zipf::new(60, 1.3),
        }
    }

    /// A person's own things, the same at every visit.
    fn client(&self, person: u64) -> Visited {
        let mut random = Random(person.wrapping_mul(0xd134_2543_de82_ef95));
        let country = self.by_country.of(&mut random);
        let browser = self.by_browser.of(&mut random);
        let device = ["desktop", "mobile", "mobile", "tablet"][random.below(4) as usize];
        Visited {
            country: format!(
                "{}{}",
                (b'A' + (country / 26) as u8) as char,
                (b'A' + (country % 26) as u8) as char
            ),
            browser: format!("Browser {browser}"),
            browser_version: (100 + random.below(12)).to_string(),
            os: format!("System {}", random.below(8)),
            os_version: random.below(6).to_string(),
            device: device.into(),
            screen: ["<576", "576–991", "992–1439", "1440–1919", "≥1920"][random.below(5) as usize]
                .into(),
            language: format!("l{}", self.by_language.of(&mut random)),
            ..Visited::default()
        }
    }
}

/// Events of a site, visit by visit, day by day.
pub(crate) struct Made<'a> {
    world: &'a World,
    random: Random,
    identified: bool,
    /// Visits of an average day.
    per_day: f64,
    day: i32,
    left: u64,
    people: u64,
    ready: std::vec::IntoIter<Event>,
}

impl Iterator for Made<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.next() {
                return Some(event);
            }
            while self.left == 0 {
                self.day += 1;
                if self.day >= DAYS {
                    return None;
                }
                let week = [1.1, 1.15, 1.1, 1.05, 1.0, 0.8, 0.8][(self.day % 7) as usize];
                let growth = 0.6 + 0.8 * f64::from(self.day) / f64::from(DAYS);
                self.left = (self.per_day * week * growth) as u64;
            }
            self.left -= 1;
            self.ready = self.visit().into_iter();
        }
    }
}

impl<'a> Made<'a> {
    pub(crate) fn new(world: &'a World, seed: u64, identified: bool, per_day: f64) -> Made<'a> {
        Made {
            world,
            random: Random(seed),
            identified,
            per_day,
            day: -1,
            left: 0,
            people: 0,
            ready: Vec::new().into_iter(),
        }
    }

    fn visit(&mut self) -> Vec<Event> {
        let random = &mut self.random;
        // Somebody new, or somebody who was here lately.
        let person = if self.people < 10 || random.part() < 0.47 {
            self.people += 1;
            self.people
        } else {
            let back = random.around(self.people as f64 / 12.0, 1.0) as u64;
            self.people - back.min(self.people - 1)
        };
        let day = FIRST + self.day;
        let hour = 7.0 + 12.0 * (random.part() + random.part()) / 2.0 + random.part() * 4.0;
        let mut at =
            i64::from(day) * DAY + (hour * 3_600_000.0) as i64 + random.below(60_000) as i64;
        let mut client = self.world.client(person);
        let later = Arc::new(Visited {
            source: "Direct".into(),
            channel: "Direct".into(),
            ..client.clone()
        });
        let way = random.part();
        if way < 0.45 {
            (client.source, client.channel) = ("Direct".into(), "Direct".into());
        } else if way < 0.92 {
            client.referrer = self.world.referrers[self.world.by_referrer.of(random)].clone();
            client.source = client.referrer.clone();
            client.channel =
                ["Organic Search", "Referral", "Organic Social"][random.below(3) as usize].into();
        } else {
            client.utm_source = "newsletter".into();
            client.utm_medium = "email".into();
            client.utm_campaign = format!("campaign-{}", random.below(40));
            client.source = "newsletter".into();
            client.channel = "Email".into();
        }
        let first = Arc::new(client);
        let visitor = Random(person ^ if self.identified { 0 } else { (day as u64) << 40 }).next();
        let verdict = if random.below(50) == 0 { Verdict::CrawlerAgent } else { Verdict::Person };
        let mut events = Vec::new();
        let mut page = self.world.by_path.of(random);
        loop {
            let of = if events.is_empty() { &first } else { &later };
            let custom = !events.is_empty() && random.part() < 0.09;
            if !custom {
                page = if random.part() < 0.15 {
                    random.below(4) as usize
                } else {
                    self.world.by_path.of(random)
                };
            }
            let (path, title) = &self.world.paths[page];
            let mut event = Event {
                at,
                day,
                visitor,
                kind: if custom { Kind::Custom } else { Kind::Page },
                name: "".into(),
                interactive: custom,
                host: "example.org".into(),
                path: path.clone(),
                title: title.clone(),
                of: of.clone(),
                props: Vec::new(),
                engaged: 0,
                scroll: 255,
                revenue: None,
                verdict,
                door: Door::Own,
            };
            if custom {
                let name = random.below(10);
                event.name = format!("event-{name}").into();
                if name < 3 {
                    event.props.push((
                        "plan".into(),
                        Prop::Text(["pro", "free"][random.below(2) as usize].into()),
                    ));
                    event.props.push(("seats".into(), Prop::Number(random.below(20) as f64)));
                }
                if name == 0 {
                    event.revenue = Some(("EUR".into(), 900 + random.below(10_000) as i64));
                }
            }
            events.push(event);
            if random.part() < 0.405 {
                return events;
            }
            at += 1000 + random.around(45_000.0, 1.3).min(28.0 * 60_000.0) as i64;
        }
    }
}

/// The sites, with the share of all events that is theirs.
pub(crate) const SITES: [(&str, f64); 4] = [
    ("site-0.example.org", 0.7),
    ("site-1.example.org", 0.15),
    ("site-2.example.org", 0.1),
    ("site-3.example.org", 0.05),
];

/// About so many events of all sites: each site by its name, with its events in the order of their visits.
pub(crate) fn sites(
    world: &World,
    events: u64,
    identified: bool,
) -> impl Iterator<Item = (&'static str, Made<'_>)> {
    SITES.iter().enumerate().map(move |(number, (name, share))| {
        let per_day = events as f64 * share / 2.47 / f64::from(DAYS);
        (*name, Made::new(world, number as u64 + 1, identified, per_day))
    })
}
