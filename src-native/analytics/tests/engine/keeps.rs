//! What is told is kept: once, whole, and however it comes.

use crate::equal::{FROM, Store, compare_quickly, store};
use crate::made;
use analytics::event::{Event, Kind, Verdict};
use analytics::kept::{Error, Kept};
use analytics::reports::{Dimension, Filter, Grain, Query, Way, series, totals, visitors};
use analytics::visits::{day_of, start_of};

fn pairs(store: &Store, events: &[Event]) -> Vec<(u32, Event)> {
    events.iter().map(|it| (store.site, it.clone())).collect()
}

fn whole(store: &Store) -> Query {
    let day = day_of(&store.zone, FROM);
    Query::new(store.site, start_of(&store.zone, day - 1), start_of(&store.zone, day + 20))
}

#[test]
fn one_batch_and_one_event_at_a_time_give_the_same_reports() {
    let store = store(11, "Europe/Berlin", false, 400);
    for event in pairs(&store, &store.events) {
        store.kept.append(&[event]).unwrap();
    }
    compare_quickly(&store);
}

#[test]
fn the_log_stays_short_while_a_thread_apart_brings_it_into_the_file() {
    let store = store(17, "UTC", false, 4_000);
    let log = store.kept.path().with_file_name("analytics.db-wal");
    let length = || std::fs::metadata(&log).unwrap().len();
    let told = pairs(&store, &store.events);
    let mut keeper = store.kept.log_keeper().unwrap();
    for _ in 0..3 {
        for event in &told[..3_000] {
            store.kept.append(std::slice::from_ref(event)).unwrap();
        }
        // Nobody but the keeper shortens it.
        keeper.pass().unwrap();
    }
    let one_round = length();
    for event in &told[..3_000] {
        store.kept.append(std::slice::from_ref(event)).unwrap();
        keeper.pass().unwrap();
    }
    assert!(one_round > 4_096 * 4_096, "{one_round}");
    assert_eq!(length(), one_round, "what is over is written over");
    drop(keeper);
    for event in &told {
        store.kept.append(std::slice::from_ref(event)).unwrap();
    }
    assert_eq!(length(), one_round, "and SQLite goes on alone");
}

#[test]
fn a_site_has_a_key_for_ids_that_last_as_long_as_there_is_the_site() {
    let store = store(18, "UTC", true, 1);
    let key = store.kept.lasting_key(store.site).unwrap();
    assert_eq!(store.kept.lasting_key(store.site).unwrap(), key);
    let other = store.kept.add_site(made::site("other.example", "UTC", true)).unwrap().id;
    assert_ne!(store.kept.lasting_key(other).unwrap(), key);
    store.kept.remove_site(store.site).unwrap();
    assert!(matches!(store.kept.lasting_key(store.site), Err(Error::NoSite(_))));
}

#[test]
fn arrival_within_five_minutes_does_not_matter() {
    let mut store = store(12, "Europe/Berlin", false, 600);
    let mut random = made::Random(3);
    let mut late: Vec<(i64, Event)> =
        store.events.iter().map(|it| (it.at + random.below(300_000) as i64, it.clone())).collect();
    late.sort_by_key(|it| it.0);
    let arrived: Vec<Event> = late.into_iter().map(|it| it.1).collect();
    assert_ne!(arrived, store.events);
    for some in pairs(&store, &arrived).chunks(37) {
        store.kept.append(some).unwrap();
        // Sealed whenever somebody thinks of it: what comes later opens the day again.
        if random.one_in(4) {
            store.kept.seal_day(store.site, some[0].1.day).unwrap();
        }
    }
    compare_quickly(&store);
    store.kept.seal(i64::MAX).unwrap();
    compare_quickly(&store);
    store.events.truncate(0);
}

#[test]
fn what_is_told_again_under_its_key_is_not_counted_again() {
    let store = store(13, "Asia/Tokyo", false, 500);
    for _ in 0..2 {
        for (number, some) in store.events.chunks(61).enumerate() {
            store.kept.append_once(store.site, &format!("batch {number}"), some).unwrap();
        }
    }
    compare_quickly(&store);
}

#[test]
fn an_import_in_any_order_gives_the_same_reports_and_adds_nothing_the_second_time() {
    let store = store(14, "America/New_York", true, 900);
    let mut mixed = store.events.clone();
    let mut random = made::Random(5);
    for place in (1..mixed.len()).rev() {
        mixed.swap(place, random.below(place as u64 + 1) as usize);
    }
    let (first, second) = mixed.split_at(300);
    let rest = second.len() as u64;
    assert_eq!(store.kept.import(store.site, "a", first.to_vec()).unwrap().events, 300);
    assert_eq!(store.kept.import(store.site, "b", second.to_vec()).unwrap().events, rest);
    let again = store.kept.import(store.site, "b", second.to_vec()).unwrap();
    assert_eq!((again.events, again.before), (0, rest));
    compare_quickly(&store);
}

#[test]
fn a_large_import_goes_through_a_file_and_is_whole() {
    let store = store(15, "UTC", false, 10);
    let day = day_of(&store.zone, FROM);
    let count = 100_500u64;
    let events = (0..count).map(|it| {
        let at = start_of(&store.zone, day + (it % 3) as i32) + (it % 80_000_000) as i64;
        made::event(at, day + (it % 3) as i32, it / 4, Kind::Page, "/")
    });
    let imported = store.kept.import(store.site, "large", events).unwrap();
    assert_eq!((imported.events, imported.days), (count, 3));
    assert_eq!(totals(&store.kept, &whole(&store)).unwrap().value.counts.views, count);
}

#[test]
fn days_are_sealed_when_no_visit_of_them_can_be_open_and_not_before() {
    let store = store(16, "Europe/Berlin", false, 300);
    store.append();
    let day = store.events[0].day;
    let over = start_of(&store.zone, day + 1);
    assert_eq!(store.kept.seal(over + 30 * 60_000).unwrap().days, 0);
    let later = store.events.iter().filter(|it| it.day == day).map(|it| it.at).max().unwrap();
    let sealed = store.kept.seal(over.max(later) + 41 * 60_000).unwrap();
    assert_eq!(sealed.days, 1);
    assert_eq!(store.kept.seal(over.max(later) + 41 * 60_000).unwrap().days, 0);
    assert!(store.kept.check_day(store.site, day).unwrap());
    compare_quickly(&store);
}

#[test]
fn totals_of_days_and_the_visits_themselves_say_the_same() {
    for identified in [false, true] {
        let store = store(17, "Europe/Berlin", identified, 900);
        store.append();
        store.seal_some();
        let query = whole(&store);
        // A filter that everything passes is found by looking at everything.
        let scanned = query.with(Filter {
            dimension: Dimension::Country,
            op: analytics::reports::Op::IsNot,
            values: vec!["nowhere".into()],
        });
        for grain in [Grain::Day, Grain::Week, Grain::Month] {
            let (rolled, looked) = (
                series(&store.kept, &query, grain).unwrap(),
                series(&store.kept, &scanned, grain).unwrap(),
            );
            assert_eq!((rolled.way, looked.way), (Way::Rollup, Way::Scan));
            assert_eq!(rolled.value, looked.value);
        }
        let (rolled, looked) =
            (visitors(&store.kept, &query).unwrap(), visitors(&store.kept, &scanned).unwrap());
        assert_eq!((rolled.way, looked.way), (Way::Rollup, Way::Scan));
        assert_eq!(rolled.value, looked.value);
    }
}

#[test]
fn events_older_than_they_may_be_kept_go_and_their_totals_stay() {
    let store = store(18, "Europe/Berlin", false, 900);
    let name = "a-name-that-must-go@example.org";
    let mut told = store.events.clone();
    // Of several verdicts, the later part of a visit over midnight may be a visit of the next day.
    told.iter_mut().for_each(|it| it.verdict = Verdict::Person);
    told[0].kind = Kind::Custom;
    told[0].name = name.into();
    store.kept.append(&pairs(&store, &told)).unwrap();
    let before = totals(&store.kept, &whole(&store)).unwrap();
    let days = series(&store.kept, &whole(&store), Grain::Day).unwrap();
    let bytes = || -> Vec<u8> {
        let path = store.kept.path();
        let mut all = std::fs::read(path).unwrap();
        all.extend(std::fs::read(path.with_extension("db-wal")).unwrap_or_default());
        all
    };
    let holds = |it: &[u8]| it.windows(name.len()).any(|it| it == name.as_bytes());
    assert!(holds(&bytes()));
    let cut = start_of(&store.zone, store.events[0].day + 4);
    // 25 months after the fourth day.
    let now = cut + 762 * 86_400_000;
    let forgotten = store.kept.forget(now).unwrap();
    assert!(forgotten.days >= 3 && forgotten.events > 0, "{forgotten:?}");
    assert!(!holds(&bytes()), "a word of a deleted event is in the file still");
    let after = totals(&store.kept, &whole(&store)).unwrap();
    assert_eq!(after.value.counts, before.value.counts);
    assert_eq!(after.value.median_duration, None);
    assert_eq!(u64::from(after.only_totals), forgotten.days);
    assert_eq!(series(&store.kept, &whole(&store), Grain::Day).unwrap().value, days.value);
    assert_eq!(store.kept.forget(now).unwrap().days, 0);
}

#[test]
fn a_verdict_told_afterwards_takes_visits_out_and_brings_them_back() {
    let mut store = store(19, "UTC", false, 700);
    store.append();
    store.seal_some();
    let spam = Query {
        verdicts: analytics::reports::Verdicts::All,
        ..whole(&store).with(Filter::is(Dimension::Source, "newsletter"))
    };
    let version = store.kept.version().unwrap();
    let changed = store.kept.reclassify(&spam, Verdict::ByHand).unwrap();
    assert!(changed > 0);
    assert_ne!(store.kept.version().unwrap(), version);
    let picked = crate::naive::pick(&store.events, &spam, &store.zone);
    let told: std::collections::HashSet<(u64, i64)> =
        picked.iter().flat_map(|it| it.1.iter().map(|it| (it.visitor, it.at))).collect();
    assert_eq!(told.len() as u64, changed);
    for event in &mut store.events {
        if told.contains(&(event.visitor, event.at)) {
            event.verdict = Verdict::ByHand;
        }
    }
    compare_quickly(&store);
    let left = totals(&store.kept, &whole(&store)).unwrap().left_out;
    assert!(left.iter().any(|it| it.verdict == Verdict::ByHand && it.visits > 0));
}

#[test]
fn a_visitor_is_erased_from_every_report() {
    let mut store = store(20, "UTC", false, 500);
    store.append();
    store.seal_some();
    let query = whole(&store).with(Filter::is(Dimension::Country, "DE"));
    let query = Query { verdicts: analytics::reports::Verdicts::All, ..query };
    let erased = store.kept.erase(&query).unwrap();
    assert!(erased > 0);
    let gone: std::collections::HashSet<(u64, i64)> =
        crate::naive::pick(&store.events, &query, &store.zone)
            .iter()
            .flat_map(|it| it.1.iter().map(|it| (it.visitor, it.at)))
            .collect();
    store.events.retain(|it| !gone.contains(&(it.visitor, it.at)));
    compare_quickly(&store);
}

#[test]
fn a_damaged_block_is_named_and_never_counted() {
    let store = store(21, "UTC", false, 300);
    store.append();
    store.kept.seal(i64::MAX).unwrap();
    let day = store.events[0].day;
    let sql = rusqlite::Connection::open(store.kept.path()).unwrap();
    let columns: Vec<(i64, Vec<u8>)> = sql
        .prepare("SELECT columns.id, data FROM columns JOIN blocks ON blocks.id = columns.id / 128 WHERE day = ?1")
        .unwrap()
        .query_map([day], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (id, data) in columns {
        for broken in [data[..data.len() - 1].to_vec(), flipped(&data), Vec::new()] {
            sql.execute(
                "UPDATE columns SET data = ?2 WHERE id = ?1",
                rusqlite::params![id, broken],
            )
            .unwrap();
            let fresh = Kept::open(store.kept.path()).unwrap();
            match fresh.check_day(store.site, day) {
                Err(Error::Block { column, day, .. }) => {
                    assert_eq!(column, (id % 128).to_string());
                    assert!(day.starts_with("2026-03-2"), "{day}");
                }
                other => panic!("column {} was taken: {other:?}", id % 128),
            }
        }
        sql.execute("UPDATE columns SET data = ?2 WHERE id = ?1", rusqlite::params![id, data])
            .unwrap();
    }
    assert!(Kept::open(store.kept.path()).unwrap().check_day(store.site, day).unwrap());
}

fn flipped(data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    let middle = data.len() / 2;
    data[middle] ^= 4;
    data
}

#[test]
fn files_of_others_and_of_newer_programs_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("analytics.db");
    drop(Kept::open(&path).unwrap());
    let sql = rusqlite::Connection::open(&path).unwrap();
    sql.pragma_update(None, "user_version", 9).unwrap();
    assert!(matches!(Kept::open(&path), Err(Error::Newer { found: 9, .. })));
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute("CREATE TABLE mine (it)", []).unwrap();
    assert!(matches!(Kept::open(&other), Err(Error::Foreign(_))));
    std::fs::write(
        folder.path().join("text.db"),
        "not a database, and long enough to be seen as none",
    )
    .unwrap();
    assert!(matches!(Kept::open(&folder.path().join("text.db")), Err(Error::Foreign(_))));
}

#[test]
fn sites_are_found_by_what_trackers_call_them_and_no_two_by_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(&folder.path().join("analytics.db")).unwrap();
    let one = kept.add_site(made::site("one.example", "Europe/Berlin", false)).unwrap();
    assert_eq!(kept.site_of("one.example-alias").unwrap().unwrap(), one);
    assert_eq!(kept.site_of("one.example").unwrap().unwrap(), one);
    assert_eq!(kept.site_of("two.example").unwrap(), None);
    let mut two = made::site("two.example", "UTC", false);
    two.aliases = vec!["one.example".into()];
    assert!(matches!(kept.add_site(two), Err(Error::Taken(_))));
    assert!(matches!(
        kept.add_site(made::site("x", "Mars/Olympus", false)),
        Err(Error::Refused(_))
    ));
    kept.append(&[(one.id, made::event(FROM, 20_535, 1, Kind::Page, "/"))]).unwrap();
    let moved = analytics::site::Site { zone: "UTC".into(), ..one.clone() };
    assert!(matches!(kept.change_site(&moved), Err(Error::Refused(_))));
    let named = analytics::site::Site { name: "uno.example".into(), keep_months: 3, ..one.clone() };
    kept.change_site(&named).unwrap();
    assert_eq!(kept.site(one.id).unwrap(), named);
    kept.remove_site(one.id).unwrap();
    assert!(matches!(kept.site(one.id), Err(Error::NoSite(_))));
    // Nothing of it is left for a site that comes after it.
    let next = kept.add_site(made::site("one.example", "UTC", false)).unwrap();
    let query = Query::new(next.id, 0, FROM * 2);
    assert_eq!(totals(&kept, &query).unwrap().value.counts.visits, 0);
}

#[test]
fn who_was_seen_lately_is_known_after_a_restart() {
    let store = store(22, "UTC", false, 200);
    store.append();
    let fresh = Kept::open(store.kept.path()).unwrap();
    let since = store.events[150].at;
    let mut expected: std::collections::BTreeMap<(i32, u64), i64> = Default::default();
    for event in store.events.iter().filter(|it| it.at >= since) {
        let last = expected.entry((event.day, event.visitor)).or_insert(event.at);
        *last = event.at.max(*last);
    }
    let found = fresh.recent(since).unwrap();
    let found: Vec<_> = found.iter().map(|it| ((it.day, it.visitor), it.last)).collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
}
