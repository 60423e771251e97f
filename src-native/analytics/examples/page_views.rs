//! Fills a file with made page views and measures what questions of it cost.
//!
//! `cargo run --release -p analytics --example page_views -- FOLDER EVENTS [identified] [overview]`
//!
//! Four sites over 300 days (70, 15, 10 and 5 of a hundred), growing, with a rhythm of day and week; 20,000
//! paths, 3,000 referrers, 180 countries, 12 browsers, 8 systems, 60 languages, 40 campaigns, 10 custom events.
//! The same numbers give the same events. A file that is there already is measured as it is.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use analytics::event::{Door, Event, Kind, Prop, Verdict, Visited};
use analytics::kept::Kept;
use analytics::reports::{
    Ask, Dimension, Filter, Funnel, Grain, Op, Order, Per, Query, Step, breakdown, funnel, goals,
    journeys, live, overview, retention, series, totals, visitors, visits,
};
use analytics::site::{Places, Site};
use analytics::visits::Definition;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const DAYS: i32 = 300;
/// 2026-01-24.
const FIRST: i32 = 20_477;
const DAY: i64 = 86_400_000;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
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

struct World {
    paths: Vec<(Arc<str>, Arc<str>)>,
    referrers: Vec<String>,
    by_path: Zipf,
    by_referrer: Zipf,
    by_country: Zipf,
    by_browser: Zipf,
    by_language: Zipf,
}

impl World {
    fn new() -> World {
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
struct Made<'a> {
    world: &'a World,
    random: Random,
    identified: bool,
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
    fn new(world: &'a World, seed: u64, identified: bool) -> Made<'a> {
        Made {
            world,
            random: Random(seed),
            identified,
            per_day: 0.0,
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

/// CPU time of this process so far, in milliseconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 =
        after.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<f64>().ok()).sum();
    ticks * 10.0
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|it| it.starts_with("VmHWM")).unwrap_or_default().to_owned()
}

fn measure<T>(name: &str, path: &Path, question: impl Fn(&Kept) -> T) {
    let mut cold = Vec::new();
    for _ in 0..3 {
        let kept = Kept::open(path).unwrap();
        let began = Instant::now();
        question(&kept);
        cold.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    let kept = Kept::open(path).unwrap();
    question(&kept);
    let times = 15;
    let before = cpu();
    let mut wall: Vec<f64> = (0..times)
        .map(|_| {
            let began = Instant::now();
            question(&kept);
            began.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    let used = (cpu() - before) / f64::from(times);
    cold.sort_by(f64::total_cmp);
    wall.sort_by(f64::total_cmp);
    println!(
        "{name:44} first {:8.1}   again median {:7.1}  best {:7.1}  cpu {used:7.1}",
        cold[1],
        wall[wall.len() / 2],
        wall[0]
    );
}

fn site(name: &str, identified: bool) -> Site {
    Site {
        id: 0,
        name: name.to_owned(),
        aliases: Vec::new(),
        hosts: Vec::new(),
        zone: "UTC".into(),
        honours_opt_out: true,
        query_keys: Vec::new(),
        places: Places::Country,
        internal: Vec::new(),
        keep_months: 25,
        identified,
        currency: "EUR".into(),
    }
}

fn fill(path: &Path, count: u64, identified: bool) {
    let kept = Kept::open(path).unwrap();
    let world = World::new();
    let (began, before) = (Instant::now(), cpu());
    let mut total = 0;
    for (number, share) in [0.7, 0.15, 0.1, 0.05].into_iter().enumerate() {
        let site = kept.add_site(site(&format!("site-{number}.example.org"), identified)).unwrap();
        let per_day = count as f64 * share / 2.47 / f64::from(DAYS);
        let made = Made { per_day, ..Made::new(&world, number as u64 + 1, identified) };
        total += kept.import(site.id, "made", made).unwrap().events;
    }
    let wall = began.elapsed().as_secs_f64();
    println!(
        "made and kept {total} events in {wall:.1} s (cpu {:.1} s), {:.0} a second; {}",
        (cpu() - before) / 1000.0,
        total as f64 / wall,
        peak()
    );
}

/// What telling costs, and what a day costs that is not sealed.
fn tell(folder: &Path) {
    let path = folder.join("told.db");
    for name in ["told.db", "told.db-wal", "told.db-shm"] {
        let _ = std::fs::remove_file(folder.join(name));
    }
    let kept = Kept::open(&path).unwrap();
    let world = World::new();
    let site = kept.add_site(site("told.example.org", false)).unwrap().id;
    let made = Made { per_day: 50_000.0, ..Made::new(&world, 9, false) };
    let events: Vec<(u32, Event)> = made.take(100_000).map(|it| (site, it)).collect();
    for group in [1, 40, 400] {
        let some = &events[..(group * 1000).min(events.len())];
        let (began, before) = (Instant::now(), cpu());
        let mut worst = 0f64;
        for group in some.chunks(group) {
            let began = Instant::now();
            kept.append(group).unwrap();
            worst = worst.max(began.elapsed().as_secs_f64() * 1000.0);
        }
        println!(
            "{} events told {group:3} at a time: wall {:.0} a second, cpu {:.1} us each, slowest {worst:.1} ms",
            some.len(),
            some.len() as f64 / began.elapsed().as_secs_f64(),
            (cpu() - before) * 1000.0 / some.len() as f64,
        );
    }
    let day = Query::new(site, i64::from(FIRST) * DAY, i64::from(FIRST + 1) * DAY);
    let began = Instant::now();
    let views = totals(&kept, &day).unwrap().value.counts.views;
    let first = began.elapsed().as_secs_f64() * 1000.0;
    kept.append(&events[..1]).unwrap();
    let began = Instant::now();
    totals(&kept, &day).unwrap();
    let more = began.elapsed().as_secs_f64() * 1000.0;
    let began = Instant::now();
    totals(&kept, &day).unwrap();
    let again = began.elapsed().as_secs_f64() * 1000.0;
    println!(
        "a day of {views} views that is not sealed: {first:.1} ms, {more:.1} after one more event, {again:.1} again"
    );
    let began = Instant::now();
    let sealed = kept.seal(i64::MAX).unwrap();
    println!("sealed {} events in {:.0} ms", sealed.events, began.elapsed().as_secs_f64() * 1000.0);
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [folder, count, rest @ ..] = &args[..] else {
        println!("page_views FOLDER EVENTS [identified] [overview]");
        return;
    };
    let identified = rest.iter().any(|it| it == "identified");
    let count: u64 = count.parse().unwrap();
    if !rest.iter().any(|it| it == "overview") {
        tell(Path::new(folder));
    }
    let path = Path::new(folder).join(format!("{count}{}.db", if identified { "i" } else { "" }));
    if !path.exists() {
        fill(&path, count, identified);
    }
    let size = |it: &Path| std::fs::metadata(it).map_or(0, |it| it.len());
    let bytes = size(&path) + size(&path.with_extension("db-wal"));
    println!(
        "{:.1} MB on disk, {:.1} bytes an event",
        bytes as f64 / 1e6,
        bytes as f64 / count as f64
    );
    let end = i64::from(FIRST + DAYS) * DAY;
    let month = Query::new(1, end - 30 * DAY, end);
    let year = Query::new(1, end - 365 * DAY, end);
    let dimensions =
        ["page", "entry", "source", "channel", "country", "browser", "os", "device", "event"];
    let ask = Ask {
        grain: Grain::Day,
        lists: dimensions
            .map(|it| {
                let order = if it == "event" { Order::Events } else { Order::Visitors };
                (Dimension::parse(it).unwrap(), order)
            })
            .to_vec(),
        limit: 10,
    };
    let compared = |kept: &Kept, query: &Query| {
        let now = overview(kept, query, &ask).unwrap();
        let before = query.over(query.from - 30 * DAY, query.from);
        (now, overview(kept, &before, &ask).unwrap())
    };
    let kept = Kept::open(&path).unwrap();
    let found = totals(&kept, &month).unwrap();
    println!("30 days: {:?}\nlooked at {} rows, {:?}", found.value, found.rows, found.left_out);
    drop(kept);
    let filter = |name: &str, op, value: &str| Filter {
        dimension: Dimension::parse(name).unwrap(),
        op,
        values: vec![value.to_owned()],
    };
    measure("overview, 30 days compared, 9 lists", &path, |it| compared(it, &month));
    if rest.iter().any(|it| it == "overview") {
        return;
    }
    for (name, filters) in [
        ("  country is AA", vec![filter("country", Op::Is, "AA")]),
        ("  page is /pricing", vec![filter("page", Op::Is, "/pricing")]),
        ("  page contains how-things", vec![filter("page", Op::Contains, "how-things")]),
        ("  event is event-0", vec![filter("event", Op::Is, "event-0")]),
        ("  property plan is pro", vec![filter("property:plan", Op::Is, "pro")]),
        (
            "  channel, device, weekday",
            vec![
                filter("channel", Op::Is, "Referral"),
                filter("device", Op::IsNot, "tablet"),
                filter("weekday", Op::IsNot, "7"),
            ],
        ),
    ] {
        let query = Query { filters, ..month.clone() };
        measure(name, &path, |it| compared(it, &query));
    }
    for definition in [Definition::Plausible, Definition::Umami] {
        let query = Query { definition, ..month.clone() };
        measure(&format!("  by {}", definition.name()), &path, |it| compared(it, &query));
    }
    let steps = || vec![Step::page("/"), Step::page("/pricing"), Step::page("/signup")];
    let way = Funnel { steps: steps(), per: Per::VisitorDay, window: 3_600_000 };
    measure("funnel, 3 steps, 30 days", &path, |it| funnel(it, &month, &way).unwrap());
    measure("funnel, 3 steps, 300 days", &path, |it| funnel(it, &year, &way).unwrap());
    measure("visitors of a year", &path, |it| visitors(it, &year).unwrap());
    measure("months of a year", &path, |it| {
        series(it, &year, Grain::Month).unwrap();
    });
    measure("totals of a year", &path, |it| totals(it, &year).unwrap());
    measure("daily series of a year", &path, |it| series(it, &year, Grain::Day).unwrap());
    measure("hourly series of 30 days", &path, |it| series(it, &month, Grain::Hour).unwrap());
    let pages = Dimension::Page;
    measure("pages of 30 days with depth, 100", &path, |it| {
        breakdown(it, &month, &pages, Order::Views, 0, 100, true).unwrap()
    });
    measure("pages of a year, 100", &path, |it| {
        breakdown(it, &year, &pages, Order::Visitors, 0, 100, false).unwrap()
    });
    measure("goals, 3, 30 days", &path, |it| goals(it, &month, &steps()).unwrap());
    measure("journeys of 5, 30 days", &path, |it| journeys(it, &month, 5, true, None, 50).unwrap());
    measure("visits behind a number, 50 of 30 days", &path, |it| {
        visits(it, &month, 0, 50).unwrap()
    });
    measure("live", &path, |it| live(it, &month, end - 8 * 3_600_000, 10).unwrap());
    if identified {
        measure("retention, weeks of a year", &path, |it| {
            retention(it, &year, Grain::Week).unwrap()
        });
    }
    println!("{}", peak());
}
