//! Every report is what the simplest way gives, to the last digit.

use crate::{made, naive};
use analytics::event::{Event, Verdict};
use analytics::kept::Kept;
use analytics::reports::{
    Dimension, Filter, Grain, Op, Order, Query, Verdicts, breakdown, series, totals,
};
use analytics::visits::{Definition, day_of, start_of};
use jiff::tz::TimeZone;

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

#[test]
fn reports_are_equal_to_the_simplest_way_on_events_that_are_not_sealed() {
    let store = store(1, "Europe/Berlin", false, 1500);
    store.append();
    compare(&store);
}

#[test]
fn reports_are_equal_to_the_simplest_way_on_days_that_are_partly_sealed() {
    let store = store(2, "Asia/Kolkata", false, 1500);
    store.append();
    store.seal_some();
    compare(&store);
}

#[test]
fn reports_are_equal_to_the_simplest_way_where_ids_last() {
    let store = store(3, "America/St_Johns", true, 1500);
    store.append();
    store.seal_some();
    compare(&store);
}
