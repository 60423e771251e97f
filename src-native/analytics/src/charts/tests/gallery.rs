//! Awkward data.

use super::{panel, shown, table};
use crate::dashboard::shape::Shown;
use crate::table::{Cell, ColumnKind, Table};
use ColumnKind::{Day, Number, Text, Time};

fn text(it: &str) -> Cell {
    Cell::Text(it.to_owned())
}

/// 14 November 2026.
const TODAY: i32 = 20_771;

/// The same numbers each time, between 0 and 1.
fn chance(seed: u64) -> f64 {
    let mut it = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1;
    it ^= it >> 31;
    it = it.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it ^= it >> 29;
    (it % 10_000) as f64 / 10_000.0
}

fn days(count: i32, scale: f64) -> Table {
    let rows = (0..count).map(|it| {
        let week = if (TODAY - count + it) % 7 > 4 { 0.5 } else { 1.0 };
        let value = (scale * week * (0.6 + 0.4 * chance(it as u64))).round();
        vec![Cell::Day(TODAY - count + 1 + it), Cell::Integer(value as i64)]
    });
    table(&[("day", Day), ("orders", Number)], rows.collect())
}

fn named(names: &[&str], scale: f64) -> Table {
    let rows = names.iter().enumerate();
    let rows = rows.map(|(at, it)| vec![text(it), Cell::Real((scale / (at + 1) as f64).round())]);
    table(&[("page", Text), ("views", Number)], rows.collect())
}

fn series(count: i32, names: &[&str]) -> Table {
    let mut rows = Vec::new();
    for day in 0..count {
        for (at, name) in names.iter().enumerate() {
            let value = (100.0 / (at + 1) as f64) * (0.5 + chance((day as u64) * 31 + at as u64));
            rows.push(vec![
                Cell::Day(TODAY - count + 1 + day),
                text(name),
                Cell::Integer(value as i64),
            ]);
        }
    }
    table(&[("day", Day), ("country", Text), ("visits", Number)], rows)
}

const LONG: [&str; 8] = [
    "/",
    "/docs/getting-started/installation-on-linux-and-macos-with-a-very-long-name",
    "/日本語のとても長いページの名前です/ご案内",
    "/مرحبا بالعالم/صفحة طويلة جدا",
    "/שלום עולם",
    "/блог/как-мы-сделали-это",
    "/a",
    "<script>alert('x')</script> & \"quotes\"",
];

/// Name, what is shown, width and height of each picture.
pub(super) fn all() -> Vec<(String, Shown, f64, f64)> {
    let mut all = Vec::new();
    let mut add =
        |name: &str, keys: &str, now: &Table, before: Option<&Table>, size: (f64, f64)| {
            all.push((name.to_owned(), shown(&panel(keys), now, before), size.0, size.1));
        };
    let usual = (620.0, 220.0);
    let before = {
        let mut it = days(91, 90.0);
        it.rows.iter_mut().for_each(|row| {
            if let Cell::Day(day) = &mut row[0] {
                *day -= 91;
            }
        });
        it
    };
    add(
        "line",
        "line = \"q\"\ncompare = \"before\"\ntarget = 95",
        &days(90, 100.0),
        Some(&before),
        usual,
    );
    add("line-1000", "line = \"q\"", &days(1_000, 5_000_000.0), None, usual);
    add("line-one", "line = \"q\"", &days(1, 100.0), None, usual);
    add("line-empty", "line = \"q\"", &days(0, 100.0), None, usual);
    let gaps = {
        let mut it = days(30, 100.0);
        it.rows.retain(|row| !matches!(row[0], Cell::Day(day) if (day % 9) < 3));
        it
    };
    add("line-gaps", "line = \"q\"", &gaps, None, usual);
    add(
        "line-many",
        "line = \"q\"\nby = \"country\"",
        &series(
            60,
            &[
                "DE",
                "FR",
                "IT",
                "ES",
                "PL",
                "NL",
                "SE",
                "DK",
                "NO",
                "FI",
                "a country with quite a long name",
            ],
        ),
        None,
        (620.0, 260.0),
    );
    let hours = (0..48).map(|it| {
        let at = (i64::from(TODAY) * 24 + 12 - 47 + it) * 3_600_000;
        vec![Cell::Time(at), Cell::Real(chance(it as u64) - 0.5)]
    });
    add(
        "line-hours-negative",
        "line = \"q\"\nunit = \"share\"",
        &table(&[("hour", Time), ("change", Number)], hours.collect()),
        None,
        usual,
    );
    let far = (0..40)
        .map(|it| vec![Cell::Day(TODAY - 40 + it), Cell::Real(1e17 + chance(it as u64) * 1e15)]);
    add(
        "line-huge",
        "line = \"q\"",
        &table(&[("day", Day), ("n", Number)], far.collect()),
        None,
        usual,
    );
    let numbers =
        (0..50).map(|it| vec![Cell::Real(f64::from(it * it)), Cell::Real(chance(it as u64))]);
    let numbers = table(&[("size", Number), ("share", Number)], numbers.collect());
    add("line-numbers", "line = \"q\"\nx = \"size\"", &numbers, None, usual);
    let weeks = (0..40)
        .map(|it| vec![Cell::Day(TODAY - 5 - 7 * (39 - it)), Cell::Integer(i64::from(it * 3 + 5))]);
    let weeks = table(&[("week", Day), ("commits", Number)], weeks.collect());
    add("bar-weeks", "bar = \"q\"", &weeks, None, usual);
    add("bar-days-1000", "bar = \"q\"", &days(1_000, 100.0), None, usual);
    add(
        "bar-words",
        "bar = \"q\"",
        &named(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], 900.0),
        None,
        (400.0, 200.0),
    );
    add("bar-long", "bar = \"q\"", &named(&LONG, 1_234_567.0), None, usual);
    let many: Vec<String> = (0..60).map(|it| format!("/page/number/{it}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    add("bar-many", "bar = \"q\"", &named(&many, 9_000.0), None, usual);
    let mixed = ["profit", "loss", "tax", "other income"].iter().enumerate();
    let mixed =
        mixed.map(|(at, it)| vec![text(it), Cell::Real(if at % 2 == 0 { 120.5 } else { -80.25 })]);
    let mixed = table(&[("what", Text), ("amount", Number)], mixed.collect());
    add("bar-negative", "bar = \"q\"\nunit = \"EUR\"", &mixed, None, (360.0, 200.0));
    add("bar-negative-lying", "bar = \"q\"\nunit = \"EUR\"", &mixed, None, (220.0, 160.0));
    add(
        "bar-compared",
        "bar = \"q\"\ncompare = \"before\"",
        &days(14, 100.0),
        Some(&before),
        usual,
    );
    add(
        "stacked",
        "stacked = \"q\"\nby = \"country\"",
        &series(30, &["DE", "FR", "IT"]),
        None,
        usual,
    );
    add(
        "area",
        "area = \"q\"\nby = \"country\"\nunit = \"EUR\"",
        &series(60, &["DE", "FR", "IT", "ES"]),
        None,
        usual,
    );
    add("area-one", "area = \"q\"", &days(60, 100.0), None, usual);
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let heat = (0..7).flat_map(|day| {
        (0..24).map(move |hour| {
            let value = if (8..20).contains(&hour) {
                (chance(day * 24 + hour) * 90.0).round()
            } else {
                0.0
            };
            vec![Cell::Integer(hour as i64), text(names[day as usize]), Cell::Real(value)]
        })
    });
    add(
        "heatmap",
        "heatmap = \"q\"\nx = \"hour\"\nby = \"day\"\ny = \"n\"",
        &table(&[("hour", Number), ("day", Text), ("n", Number)], heat.collect()),
        None,
        usual,
    );
    let cohort = (0..8).flat_map(|week| {
        (0..=(7 - week)).map(move |step| {
            let share = if step == 0 {
                1.0
            } else {
                0.6 / f64::from(step) * (0.7 + 0.3 * chance((week * 10 + step) as u64))
            };
            vec![
                Cell::Day(TODAY - 5 - 7 * (7 - week)),
                Cell::Integer(i64::from(step)),
                Cell::Real(share),
            ]
        })
    });
    add(
        "cohort",
        "cohort = \"q\"\nunit = \"share\"",
        &table(&[("week", Day), ("step", Number), ("share", Number)], cohort.collect()),
        None,
        (620.0, 250.0),
    );
    let funnel = named(
        &[
            "Visit the shop",
            "See a product with a really long name here",
            "Add to basket",
            "注文を確定する",
            "Pay",
        ],
        12_345.0,
    );
    add("funnel", "funnel = \"q\"", &funnel, None, (520.0, 190.0));
    let leaves = (0..40).map(|it| {
        let group = ["src", "ui", "tests", "docs"][it % 4];
        vec![
            text(&format!("file_number_{it}.rs")),
            text(group),
            Cell::Real((1000.0 / (it + 1) as f64).round()),
        ]
    });
    let leaves = table(&[("file", Text), ("folder", Text), ("lines", Number)], leaves.collect());
    add("treemap", "treemap = \"q\"\nby = \"folder\"", &leaves, None, (620.0, 260.0));
    add("treemap-plain", "treemap = \"q\"", &named(&LONG, 900.0), None, (620.0, 200.0));
    let flows = [
        ("Google", "/", 400),
        ("Google", "/docs", 300),
        ("Direct", "/", 250),
        ("Direct", "/pricing", 120),
        ("Newsletter", "/blog", 90),
        ("/", "/docs", 260),
        ("/", "left", 390),
        ("/docs", "/pricing", 140),
        ("/docs", "left", 420),
        ("/blog", "left", 90),
        ("/pricing", "Signed up", 160),
        ("/pricing", "left", 100),
    ];
    let flows = flows.iter().map(|it| vec![text(it.0), text(it.1), Cell::Integer(it.2)]).collect();
    add(
        "sankey",
        "sankey = \"q\"",
        &table(&[("from", Text), ("to", Text), ("visits", Number)], flows),
        None,
        (620.0, 280.0),
    );
    let one = |value: f64| table(&[("n", Number)], vec![vec![Cell::Real(value)]]);
    add(
        "number",
        "number = \"q\"\ngood = \"up\"\ncompare = \"before\"\nunit = \"EUR\"",
        &one(123_456.78),
        Some(&one(110_000.0)),
        (270.0, 72.0),
    );
    add(
        "number-bad",
        "number = \"q\"\ngood = \"down\"\ncompare = \"year\"\nunit = \"seconds\"",
        &one(5_400.0),
        Some(&one(300.0)),
        (270.0, 72.0),
    );
    add("number-course", "number = \"q\"", &days(60, 100.0), None, (270.0, 96.0));
    add(
        "gauge-missed",
        "gauge = \"q\"\ntarget = 99.9\ngood = \"up\"\nunit = \"%\"",
        &one(97.3),
        None,
        (270.0, 84.0),
    );
    add(
        "gauge-reached",
        "gauge = \"q\"\ntarget = 3600\ngood = \"down\"\nunit = \"seconds\"",
        &one(1_200.0),
        None,
        (270.0, 84.0),
    );
    let rows = LONG.iter().enumerate().map(|(at, it)| {
        vec![
            text(it),
            Cell::Integer(at as i64 * 123_456),
            Cell::Null,
            Cell::Day(TODAY),
            text("something else that is long"),
        ]
    });
    let rows = table(
        &[("page", Text), ("views", Number), ("nothing", Text), ("last", Day), ("more", Text)],
        rows.collect(),
    );
    add("table", "table = \"q\"", &rows, None, (620.0, 220.0));
    all
}
