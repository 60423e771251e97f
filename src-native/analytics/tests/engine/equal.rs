//! Every report is what the simplest way gives, to the last digit.

use crate::{made, naive};
use analytics::event::{Event, Kind, Verdict, Visited};
use analytics::kept::Kept;
use analytics::reports::{
    BreakdownRow, Counts, Dimension, Filter, Funnel, Grain, Op, Order, Per, Query, Step, Verdicts,
    VisitId, breakdown, events_of, funnel, goals, journeys, live, retention, series, totals,
    visits,
};
use analytics::visits::{Days, Definition, day_of, start_of};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::io::Read;

/// 2026-03-23: the clocks of Berlin go forward within the week.
pub(crate) const FROM: i64 = 1_774_220_400_000;

pub(crate) struct Store {
    pub(crate) kept: Kept,
    pub(crate) site: u32,
    pub(crate) zone: TimeZone,
    pub(crate) identified: bool,
    pub(crate) events: Vec<Event>,
    _folder: tempfile::TempDir,
}

pub(crate) fn store(seed: u64, zone: &str, identified: bool, count: usize) -> Store {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(&folder.path().join("analytics.db")).unwrap();
    let site = kept.add_site(made::site("example.org", zone, identified)).unwrap().id;
    let zone = TimeZone::get(zone).unwrap();
    let events = made::events(seed, &zone, identified, FROM, count);
    Store { kept, site, zone, identified, events, _folder: folder }
}

impl Store {
    pub(crate) fn append(&self) {
        let told: Vec<(u32, Event)> =
            self.events.iter().map(|it| (self.site, it.clone())).collect();
        let mut random = made::Random(7);
        let mut rest = &told[..];
        while !rest.is_empty() {
            let (some, others) = rest.split_at((random.below(200) as usize + 1).min(rest.len()));
            let appended = self.kept.append(some).unwrap();
            assert_eq!(appended.kept, some.len() as u64);
            rest = others;
        }
    }

    pub(crate) fn seal_some(&self) {
        let first = day_of(&self.zone, FROM);
        for day in first..first + 6 {
            self.kept.seal_day(self.site, day).unwrap();
        }
    }
}

pub(crate) fn queries(site: u32, zone: &TimeZone) -> Vec<Query> {
    let day = day_of(zone, FROM);
    let whole = Query::new(site, start_of(zone, day), start_of(zone, day + 10));
    let mut queries = vec![whole.clone(), whole.over(FROM + 5_400_000, FROM + 5 * 86_400_000 + 1)];
    queries.push(Query { verdicts: Verdicts::All, ..whole.clone() });
    queries.push(Query {
        verdicts: Verdicts::Only(vec![Verdict::CrawlerAgent, Verdict::Prefetch]),
        ..whole.clone()
    });
    let filter = |name: &str, op, values: &[&str]| Filter {
        dimension: Dimension::parse(name).unwrap(),
        op,
        values: values.iter().map(|it| (*it).to_owned()).collect(),
    };
    let filters = [
        vec![filter("country", Op::Is, &["DE", "FR"])],
        vec![filter("country", Op::IsNot, &["DE"]), filter("device", Op::Is, &["mobile"])],
        vec![filter("page", Op::Matches, &["/docs*"])],
        vec![
            filter("page", Op::MatchesNot, &["/d*s", "*ä"]),
            filter("source", Op::Contains, &["NEWS"]),
        ],
        vec![filter("event", Op::Is, &["signup"])],
        vec![filter("event", Op::IsNot, &["signup"])],
        vec![filter("outbound", Op::Contains, &["other"])],
        vec![filter("property:plan", Op::Is, &["pro"])],
        vec![filter("property:seats", Op::Is, &["1.5"]), filter("page", Op::Contains, &["DOCS"])],
        vec![filter("property:trial", Op::IsNot, &["true"])],
        vec![filter("property", Op::Is, &["plan"]), filter("hour", Op::Is, &["9", "10", "23"])],
        vec![filter("entry", Op::Is, &["/pricing", ""])],
        vec![
            filter("title", Op::ContainsNot, &["docs"]),
            filter("weekday", Op::IsNot, &["6", "7"]),
        ],
        vec![filter("door", Op::Is, &["umami"]), filter("paid_click", Op::Is, &["yes"])],
        vec![filter("rule", Op::Is, &["2"]), filter("browser", Op::Is, &["no such browser"])],
        vec![filter("country", Op::Is, &[""]), filter("verdict", Op::Is, &["person"])],
    ];
    queries.extend(filters.map(|filters| Query { filters, ..whole.clone() }));
    queries
}

pub(crate) fn compare(store: &Store) {
    for query in queries(store.site, &store.zone) {
        for definition in Definition::ALL {
            let query = Query { definition, ..query.clone() };
            let picked = naive::pick(&store.events, &query, &store.zone);
            let expected = naive::totals(&picked, definition, store.identified);
            let found = totals(&store.kept, &query).unwrap();
            assert_eq!(found.value, expected, "{query:?}");
            for grain in [Grain::Hour, Grain::Day, Grain::Week, Grain::Month] {
                let expected = naive::series(&picked, grain, &query, store.identified, &store.zone);
                let found = series(&store.kept, &query, grain).unwrap().value;
                let found: Vec<_> = found.points.iter().map(|it| (it.at, it.counts)).collect();
                assert_eq!(found, expected, "{grain:?} {query:?}");
            }
            let of_props = ["plan", "seats", "trial", "none"];
            let of_props = of_props.map(|it| Dimension::PropertyOf(it.into()));
            for dimension in Dimension::all().chain(of_props) {
                let expected =
                    naive::breakdown(&picked, &dimension, &query, store.identified, &store.zone);
                let found = breakdown(&store.kept, &query, &dimension, Order::Value, 0, 1000, true);
                let found = found.unwrap().value;
                assert_eq!(found.of, expected.len() as u64);
                let found: Vec<_> =
                    found.rows.iter().map(|it| (it.value.to_string(), it.counts)).collect();
                assert_eq!(
                    found,
                    expected.into_iter().collect::<Vec<_>>(),
                    "{dimension:?} {query:?}"
                );
            }
        }
    }
}

/// Totals, the course by hours, and a list of each kind, by all definitions: enough to see that the events are
/// the same.
pub(crate) fn compare_quickly(store: &Store) {
    let all = queries(store.site, &store.zone);
    for query in [&all[0], &all[2], &all[6], &all[8], &all[11]] {
        for definition in Definition::ALL {
            let query = Query { definition, ..query.clone() };
            let picked = naive::pick(&store.events, &query, &store.zone);
            let expected = naive::totals(&picked, definition, store.identified);
            assert_eq!(totals(&store.kept, &query).unwrap().value, expected, "{query:?}");
            let expected =
                naive::series(&picked, Grain::Hour, &query, store.identified, &store.zone);
            let found = series(&store.kept, &query, Grain::Hour).unwrap().value;
            let found: Vec<_> = found.points.iter().map(|it| (it.at, it.counts)).collect();
            assert_eq!(found, expected, "{query:?}");
            for name in ["page", "exit", "source", "property:seats"] {
                let dimension = Dimension::parse(name).unwrap();
                let expected =
                    naive::breakdown(&picked, &dimension, &query, store.identified, &store.zone);
                let found = breakdown(&store.kept, &query, &dimension, Order::Value, 0, 1000, true);
                let found = found.unwrap().value.rows;
                let found: Vec<_> =
                    found.iter().map(|it| (it.value.to_string(), it.counts)).collect();
                assert_eq!(
                    found,
                    expected.into_iter().collect::<Vec<_>>(),
                    "{dimension:?} {query:?}"
                );
            }
        }
    }
}

/// Funnels, goals, journeys, retention, the list of visits, and who was there.
pub(crate) fn compare_walks(store: &Store) {
    let step = |filters: &[(&str, Op, &str)]| Step {
        name: format!("{filters:?}"),
        filters: filters
            .iter()
            .map(|(name, op, value)| Filter {
                dimension: Dimension::parse(name).unwrap(),
                op: *op,
                values: vec![(*value).to_owned()],
            })
            .collect(),
    };
    let steps = [
        Step::page("/*"),
        Step::page("/docs*"),
        step(&[("page", Op::Is, "/docs"), ("event", Op::IsNot, "play")]),
        Step::event("buy"),
        step(&[("outbound", Op::Contains, "")]),
        step(&[("property:plan", Op::Is, "pro"), ("event", Op::Is, "signup")]),
    ];
    for query in queries(store.site, &store.zone) {
        for definition in Definition::ALL {
            let query = Query { definition, ..query.clone() };
            let picked = naive::pick(&store.events, &query, &store.zone);
            let expected: Vec<_> =
                steps.iter().map(|it| naive::goal(&picked, it, store.identified)).collect();
            assert_eq!(goals(&store.kept, &query, &steps).unwrap().value, expected, "{query:?}");
            for (per, window, places) in [
                (Per::VisitorDay, 3_600_000, &[0, 1, 3][..]),
                (Per::VisitorDay, 86_400_000 * 2, &[0, 0, 2, 0, 5]),
                (Per::Visit, 600_000, &[0, 4, 3]),
                (Per::Visit, 3_600_000, &[1, 1, 1]),
            ] {
                let steps = places.iter().map(|it| steps[*it].clone()).collect();
                let asked = Funnel { steps, per, window };
                let expected = naive::funnel(&picked, &asked);
                let found = funnel(&store.kept, &query, &asked).unwrap().value;
                assert_eq!(found, expected, "{asked:?} {query:?}");
            }
            for (length, events, begin) in [
                (7, false, None),
                (3, true, None),
                (2, true, Some("/docs")),
                (4, false, Some("/no")),
            ] {
                let expected = naive::journeys(&picked, length, events, begin);
                let found = journeys(&store.kept, &query, length, events, begin, usize::MAX);
                let found = found.unwrap().value;
                assert_eq!(found.of, expected.values().sum::<u64>());
                let mut edges: BTreeMap<(u8, String, String), u64> = BTreeMap::new();
                for (way, visits) in &expected {
                    for (place, pair) in way.windows(2).enumerate() {
                        let edge = (place as u8, pair[0].clone(), pair[1].clone());
                        *edges.entry(edge).or_default() += visits;
                    }
                }
                let ways: BTreeMap<Vec<String>, u64> = found
                    .journeys
                    .iter()
                    .map(|it| (it.steps.iter().map(|it| it.to_string()).collect(), it.visits))
                    .collect();
                assert_eq!(ways, expected, "{query:?}");
                let found: BTreeMap<_, _> = found
                    .edges
                    .iter()
                    .map(|it| ((it.place, it.from.to_string(), it.to.to_string()), it.visits))
                    .collect();
                assert_eq!(found, edges, "{query:?}");
            }
            let listed = visits(&store.kept, &query, 0, usize::MAX).unwrap().value;
            let mut starts: Vec<i64> =
                picked.iter().filter(|it| naive::is_visit(it)).map(|it| it.0.first().at).collect();
            starts.sort_by_key(|it| std::cmp::Reverse(*it));
            assert_eq!(listed.visits.iter().map(|it| it.id.start).collect::<Vec<_>>(), starts);
            assert_eq!(listed.of, starts.len() as u64);
            if query.filters.is_empty() {
                for now in [FROM + 86_400_000, FROM + 3 * 86_400_000 + 1234, store.events[500].at] {
                    let expected = naive::live(&store.events, &query, now, &store.zone);
                    let found = live(&store.kept, &query, now, 10).unwrap().value;
                    let mut found_all: Vec<_> =
                        found.minutes.iter().map(|it| (it.visitors, it.views)).collect();
                    found_all.push((found.visitors, 0));
                    assert_eq!(found_all, expected, "{now} {query:?}");
                }
            }
            if store.identified {
                for grain in [Grain::Day, Grain::Week] {
                    let expected = naive::retention(&store.events, &query, grain, &store.zone);
                    let found = retention(&store.kept, &query, grain).unwrap().value;
                    let found: Vec<_> = found
                        .cohorts
                        .iter()
                        .map(|it| (it.at, it.size, it.cells.iter().map(|it| it.active).collect()))
                        .collect();
                    assert_eq!(found, expected, "{grain:?} {query:?}");
                }
            }
        }
    }
}

#[test]
fn funnels_goals_and_journeys_are_equal_to_the_simplest_way() {
    let store = store(4, "Europe/Berlin", false, 800);
    store.append();
    store.seal_some();
    compare_walks(&store);
}

#[test]
fn funnels_goals_and_retention_are_equal_to_the_simplest_way_where_ids_last() {
    let store = store(5, "UTC", true, 800);
    store.append();
    store.seal_some();
    compare_walks(&store);
}

#[test]
fn every_event_of_every_visit_comes_back_as_it_was_told() {
    let store = store(6, "Europe/Berlin", false, 800);
    store.append();
    store.seal_some();
    for definition in Definition::ALL {
        let day = day_of(&store.zone, FROM);
        let query = Query::new(store.site, 0, start_of(&store.zone, day + 20));
        let query = Query { definition, verdicts: Verdicts::All, ..query };
        for (visit, _) in naive::pick(&store.events, &query, &store.zone) {
            let first = visit.first();
            let id = VisitId {
                day: first.day,
                visitor: first.visitor,
                verdict: first.verdict,
                start: first.at,
            };
            let found = events_of(&store.kept, store.site, definition, &id).unwrap();
            assert_eq!(found.iter().collect::<Vec<_>>(), visit.events);
        }
    }
}

#[test]
fn reports_are_equal_to_the_simplest_way_on_events_that_are_not_sealed() {
    let store = store(1, "Europe/Berlin", false, 700);
    store.append();
    compare(&store);
}

#[test]
fn reports_are_equal_to_the_simplest_way_on_days_that_are_partly_sealed() {
    let store = store(2, "Asia/Kolkata", false, 700);
    store.append();
    store.seal_some();
    compare(&store);
}

#[test]
fn reports_are_equal_to_the_simplest_way_where_ids_last() {
    let store = store(3, "America/St_Johns", true, 700);
    store.append();
    store.seal_some();
    compare(&store);
}

#[test]
fn pages_of_a_list_follow_each_other_and_ties_are_by_value() {
    let store = store(7, "UTC", false, 700);
    store.append();
    store.seal_some();
    let query = queries(store.site, &store.zone).remove(0);
    for order in [Order::Visitors, Order::Visits, Order::Views, Order::Events, Order::Engaged] {
        let list = |offset, limit| {
            breakdown(&store.kept, &query, &Dimension::Page, order, offset, limit, true)
                .unwrap()
                .value
        };
        let whole = list(0, 1000);
        assert_eq!(whole.of, whole.rows.len() as u64);
        let by = |it: &Counts| match order {
            Order::Visitors => it.visitors,
            Order::Visits => it.visits,
            Order::Views => it.views,
            Order::Events => it.events,
            _ => it.engaged,
        };
        for pair in whole.rows.windows(2) {
            let key = |it: &BreakdownRow| (std::cmp::Reverse(by(&it.counts)), it.value.clone());
            assert!(key(&pair[0]) < key(&pair[1]));
        }
        for offset in 0..whole.rows.len() + 2 {
            let page = list(offset, 3);
            let end = (offset + 3).min(whole.rows.len());
            assert_eq!(page.rows, whole.rows[offset.min(end)..end]);
            assert_eq!(page.of, whole.of);
        }
    }
}

#[test]
fn a_row_of_a_list_is_what_a_filter_on_its_value_gives() {
    let store = store(8, "Europe/Berlin", false, 500);
    store.append();
    let query = queries(store.site, &store.zone).remove(0);
    for dimension in Dimension::all().filter(|it| *it != Dimension::Page) {
        let list =
            breakdown(&store.kept, &query, &dimension, Order::Value, 0, 1000, false).unwrap();
        for row in list.value.rows {
            let filtered = query.with(Filter::is(dimension.clone(), &row.value));
            let found = totals(&store.kept, &filtered).unwrap().value.counts;
            assert_eq!(row.counts, found, "{dimension:?} {:?}", row.value);
        }
    }
}

/// A clickstream of a shop that nobody here wrote; its own sessions are not looked at.
#[test]
fn reports_of_a_real_clickstream_are_equal_to_the_simplest_way() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/web/clickstream/retentioneering-ecom.csv.gz"
    );
    let Ok(file) = std::fs::File::open(path) else {
        eprintln!("skipped: the clickstream is not beside the repository");
        return;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let zone = TimeZone::UTC;
    let mut events = Vec::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [user, _, name, at, platform, channel, _, lifecycle] = cells[..] else {
            panic!("{line}")
        };
        let at: jiff::civil::DateTime = at.parse().unwrap();
        let at = at.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond();
        let visitor = user.trim_start_matches("user_").parse().unwrap();
        let is_page = !["add_to_cart", "purchase", "wishlist_add"].contains(&name);
        let kind = if is_page { Kind::Page } else { Kind::Custom };
        let mut event = made::event(at, 0, visitor, kind, &format!("/{name}"));
        if kind == Kind::Custom {
            event.name = name.into();
        }
        event.of = std::sync::Arc::new(Visited {
            device: platform.into(),
            source: channel.into(),
            channel: channel.into(),
            language: lifecycle.into(),
            ..Visited::default()
        });
        events.push(event);
    }
    assert_eq!(events.len(), 31_106);
    events.sort_by_key(|it| it.at);
    let mut days = Days::new(zone.clone());
    for event in &mut events {
        event.day = days.day(event.visitor, event.at);
    }
    let mut store = store(0, "UTC", true, 0);
    store.events = events;
    let imported = store.kept.import(store.site, "clickstream", store.events.clone()).unwrap();
    assert_eq!(imported.events, 31_106);
    let query = Query::new(store.site, 1_704_067_200_000, 1_720_000_000_000);
    let filtered = query.with(Filter::is(Dimension::Page, "/product_view"));
    for query in [query, filtered] {
        for definition in Definition::ALL {
            let query = Query { definition, ..query.clone() };
            let picked = naive::pick(&store.events, &query, &store.zone);
            let found = totals(&store.kept, &query).unwrap();
            assert_eq!(found.value, naive::totals(&picked, definition, true));
            assert!(found.value.counts.visits > 1_000);
            for dimension in
                [Dimension::Page, Dimension::Exit, Dimension::Event, Dimension::Channel]
            {
                let expected = naive::breakdown(&picked, &dimension, &query, true, &store.zone);
                let rows = breakdown(&store.kept, &query, &dimension, Order::Value, 0, 1000, true);
                let rows = rows.unwrap().value.rows;
                let found: Vec<_> =
                    rows.iter().map(|it| (it.value.to_string(), it.counts)).collect();
                assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            }
            let steps = vec![
                Step::page("/product_view"),
                Step::event("add_to_cart"),
                Step::event("purchase"),
            ];
            for per in [Per::Visit, Per::VisitorDay] {
                let asked = Funnel { steps: steps.clone(), per, window: 3_600_000 };
                let found = funnel(&store.kept, &query, &asked).unwrap().value;
                assert_eq!(found, naive::funnel(&picked, &asked));
                assert!(found.steps[2].reached > 0);
            }
            let found = retention(&store.kept, &query, Grain::Week).unwrap().value;
            let found: Vec<_> = found
                .cohorts
                .iter()
                .map(|it| (it.at, it.size, it.cells.iter().map(|it| it.active).collect()))
                .collect();
            assert_eq!(found, naive::retention(&store.events, &query, Grain::Week, &store.zone));
        }
    }
}
