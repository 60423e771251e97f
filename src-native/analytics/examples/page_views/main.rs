//! Fills a file with made page views and measures what questions of it cost.
//!
//! `cargo run --release -p analytics --example page_views -- FOLDER EVENTS [identified] [overview | fill | umami]`
//!
//! With `fill` nothing is asked; with `umami` the same events are written as two files that PostgreSQL copies into
//! Umami's tables. A file that is there already is measured as it is.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

mod made;
mod umami;

use analytics::event::Event;
use analytics::kept::Kept;
use analytics::reports::{
    Ask, Dimension, Filter, Funnel, Grain, Op, Order, Per, Query, Step, breakdown, funnel, goals,
    journeys, live, overview, retention, series, totals, visitors, visits,
};
use analytics::site::{Places, Site};
use analytics::visits::Definition;
use made::{DAY, DAYS, FIRST, Made, World};
use std::path::Path;
use std::time::Instant;

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
    for (name, made) in made::sites(&world, count, identified) {
        let site = kept.add_site(site(name, identified)).unwrap();
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
    let made = Made::new(&world, 9, false, 50_000.0);
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
        println!("page_views FOLDER EVENTS [identified] [overview | fill | umami]");
        return;
    };
    let asked = |it: &str| rest.iter().any(|word| word == it);
    let identified = asked("identified");
    let count: u64 = count.parse().unwrap();
    if asked("umami") {
        return umami::write(Path::new(folder), count).unwrap();
    }
    if !asked("overview") && !asked("fill") {
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
    if asked("fill") {
        return;
    }
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
    if asked("overview") {
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
