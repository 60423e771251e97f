//! What one machine shares is what others find, whatever happens in between.

use crate::made;
use analytics::event::{Event, Verdict};
use analytics::kept::shared::{
    DAY_COLUMNS, Days, Manifest, Object, Place, Said, Trouble, manifest_of,
};
use analytics::kept::{Error, Kept};
use analytics::reports::{
    Ask, Dimension, Filter, Funnel, Grain, Order, Per, Query, Step, Verdicts, breakdown, funnel,
    goals, journeys, live, overview, retention, series, totals, visits,
};
use analytics::visits::{Definition, day_of, start_of};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;

const FROM: i64 = 1_769_904_000_000; // 2026-02-01
const DAY: i64 = 86_400_000;

/// A place in memory, which can fail at any of its writes.
#[derive(Clone, Default)]
struct Shelf {
    manifests: BTreeMap<u64, Vec<u8>>,
    objects: BTreeMap<(String, String), Vec<u8>>,
    days: BTreeMap<(u32, String), (String, [i64; 9])>,
    /// Writes that are left; none where they have no end.
    left: Option<usize>,
    /// What was asked for.
    got: Vec<String>,
}

impl Shelf {
    fn write(&mut self) -> Result<(), &'static str> {
        match &mut self.left {
            Some(0) => Err("cut"),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn owners(&self) -> BTreeSet<&str> {
        self.objects.keys().map(|it| it.0.as_str()).collect()
    }
}

impl Place for Shelf {
    type Trouble = &'static str;

    fn ready(&mut self) -> Result<(), &'static str> {
        Ok(())
    }

    fn manifest(&mut self) -> Result<Option<Vec<u8>>, &'static str> {
        Ok(self.manifests.last_key_value().map(|it| it.1.clone()))
    }

    fn put_manifest(&mut self, of: &Manifest, bytes: &[u8]) -> Result<(), &'static str> {
        self.write()?;
        assert!(
            self.manifests.insert(of.version, bytes.to_vec()).is_none(),
            "a number is given once"
        );
        Ok(())
    }

    fn put(&mut self, owner: &str, objects: &[Object]) -> Result<(), &'static str> {
        for object in objects {
            self.write()?;
            let bytes = self
                .objects
                .entry((owner.into(), object.name.clone()))
                .or_insert(object.bytes.clone());
            assert_eq!(*bytes, object.bytes, "{} is what it was", object.name);
        }
        Ok(())
    }

    fn get(&mut self, owner: &str, names: &[String]) -> Result<Vec<Object>, &'static str> {
        self.got.extend(names.iter().cloned());
        let one = |name: &String| {
            let bytes = self.objects.get(&(owner.to_owned(), name.clone()))?.clone();
            Some(Object { name: name.clone(), bytes })
        };
        Ok(names.iter().filter_map(one).collect())
    }

    fn known(&mut self, owner: &str, names: &[String]) -> Result<Vec<String>, &'static str> {
        let is_there = |it: &&String| self.objects.contains_key(&(owner.to_owned(), (*it).clone()));
        Ok(names.iter().filter(is_there).cloned().collect())
    }

    fn names(&mut self, owner: &str) -> Result<Vec<String>, &'static str> {
        Ok(self.objects.keys().filter(|it| it.0 == owner).map(|it| it.1.clone()).collect())
    }

    fn remove(&mut self, owner: &str, names: &[String]) -> Result<(), &'static str> {
        for name in names {
            self.write()?;
            self.objects.remove(&(owner.to_owned(), name.clone()));
        }
        Ok(())
    }

    fn remove_before(&mut self, owner: &str, version: u64) -> Result<(), &'static str> {
        self.write()?;
        self.manifests.retain(|it, _| *it >= version);
        self.objects.retain(|it, _| it.0 == owner);
        Ok(())
    }

    fn put_days(&mut self, of: &Days<'_>) -> Result<(), &'static str> {
        self.write()?;
        let day = |it: i32| {
            let epoch = jiff::civil::date(1970, 1, 1);
            epoch.checked_add(jiff::Span::new().days(it)).unwrap().to_string()
        };
        let (first, last) = (day(of.first), day(of.last));
        self.days.retain(|it, _| it.0 != of.site || it.1 < first || it.1 > last);
        for day in &of.days {
            self.days.insert((of.site, day.day.clone()), (of.name.to_owned(), day.counts));
        }
        Ok(())
    }

    fn remove_days(&mut self, site: Option<u32>) -> Result<(), &'static str> {
        self.write()?;
        self.days.retain(|it, _| site.is_some_and(|site| it.0 != site));
        Ok(())
    }
}

fn opened(folder: &Path) -> Kept {
    Kept::open(&folder.join("analytics.db")).unwrap()
}

/// Asks what may need to be fetched first.
fn ask<T>(kept: &Kept, shelf: &mut Shelf, question: impl Fn(&Kept) -> Result<T, Error>) -> T {
    loop {
        let asking = kept.asking();
        match question(&asking) {
            Ok(answer) => return answer,
            Err(error) => {
                let wanted = asking.wanted();
                assert!(!wanted.is_empty(), "{error}");
                match kept.take(&wanted, shelf) {
                    Ok(()) => {}
                    Err(Trouble::Said(Said::Gone)) => drop(kept.refresh(shelf).unwrap()),
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
    }
}

/// Every report of every site, as text.
fn answers(kept: &Kept) -> Result<String, Error> {
    let mut said = String::new();
    for mut site in kept.sites()? {
        site.internal.clear(); // stays with who collects
        let zone = TimeZone::get(&site.zone).unwrap();
        let first = day_of(&zone, FROM);
        let whole = Query::new(site.id, start_of(&zone, first - 2), start_of(&zone, first + 60));
        let part = whole.over(FROM + 2 * DAY + 1234, FROM + 5 * DAY + 77);
        let steps = vec![Step::page("/"), Step::page("/docs*"), Step::event("signup")];
        said += &format!("{site:?}\n");
        let umami = Query { definition: Definition::Umami, ..part.clone() };
        let all = Query { verdicts: Verdicts::All, ..whole.clone() };
        let german = whole.with(Filter::is(Dimension::parse("country").unwrap(), "DE"));
        for query in [&whole, &part, &umami, &all, &german] {
            said += &format!("{:?}\n", totals(kept, query)?);
            for grain in [Grain::Day, Grain::Week] {
                said += &format!("{:?}\n", series(kept, query, grain)?);
            }
            said += &format!("{:?}\n", goals(kept, query, &steps)?);
            said += &format!("{:?}\n", journeys(kept, query, 3, true, None, 30)?);
        }
        for dimension in Dimension::all().chain(Dimension::parse("property:plan")) {
            said += &format!(
                "{:?}\n",
                breakdown(kept, &whole, &dimension, Order::Views, 0, 200, true)?
            );
        }
        let lists = vec![(Dimension::Page, Order::Visitors)];
        said += &format!(
            "{:?}\n",
            overview(kept, &whole, &Ask { grain: Grain::Day, lists, limit: 9 })?
        );
        said += &format!(
            "{:?}\n",
            funnel(kept, &part, &Funnel { steps, per: Per::VisitorDay, window: DAY })?
        );
        said += &format!("{:?}\n", live(kept, &whole, FROM + 4 * DAY, 5)?);
        said += &format!("{:?}\n", visits(kept, &part, 3, 40)?);
        if site.identified {
            said += &format!("{:?}\n", retention(kept, &whole, Grain::Week)?);
        }
    }
    Ok(said)
}

/// Whether two sides say the same; else where they part.
fn same(found: &str, expected: &str, when: &str) {
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "{when}");
    }
    assert_eq!(found.len(), expected.len(), "{when}");
}

/// Two sites whose page views come in steps of every kind.
struct Team {
    folder: TempDir,
    kept: Kept,
    events: Vec<(u32, Event)>,
    now: i64,
}

const STEPS: usize = 12;

impl Team {
    fn new(seed: u64, count: usize) -> Team {
        let folder = tempfile::tempdir().unwrap();
        let kept = opened(folder.path());
        let mut events = Vec::new();
        for (name, zone, identified) in
            [("one.example", "Europe/Berlin", false), ("two.example", "America/New_York", true)]
        {
            let mut site = made::site(name, zone, identified);
            site.internal = vec!["192.0.2.0/24".into()];
            let site = kept.add_site(site).unwrap();
            let zone = TimeZone::get(zone).unwrap();
            let made = made::events(seed + u64::from(identified), &zone, identified, FROM, count);
            events.extend(made.into_iter().map(|it| (site.id, it)));
        }
        events.sort_by_key(|it| it.1.at);
        Team { folder, kept, events, now: FROM }
    }

    /// Takes a step: half of the events in two batches, a day of them, sealed days, late events of those, days put
    /// together again, verdicts, an erasure, another name, a site less, days of which only totals stay.
    fn step(&mut self, number: usize) {
        let kept = &self.kept;
        let some = |from: usize, to: usize| {
            let len = self.events.len();
            kept.append(&self.events[len * from / 10..len * to / 10]).unwrap();
        };
        let query = Query::new(1, FROM - 9 * DAY, FROM + 90 * DAY);
        let query = Query { verdicts: Verdicts::All, ..query };
        let one_path = query.with(Filter::is(Dimension::Page, "/signup"));
        match number {
            0 => some(0, 3),
            1 => some(3, 5),
            2 => drop(kept.seal(FROM + 4 * DAY).unwrap()),
            3 => some(5, 7),
            4 => some(7, 8),
            5 => drop(kept.seal(FROM + 6 * DAY).unwrap()),
            6 => assert!(
                kept.reclassify(
                    &query.with(Filter::is(Dimension::Page, "/blog/ä")),
                    Verdict::ByHand
                )
                .unwrap()
                    > 0
            ),
            7 => assert!(kept.erase(&one_path).unwrap() > 0),
            8 => {
                let mut site = kept.site(1).unwrap();
                site.name = "renamed.example".into();
                kept.change_site(&site).unwrap();
            }
            9 => some(8, 10),
            10 => drop(kept.forget(FROM + 770 * DAY).unwrap()),
            _ => kept.remove_site(2).unwrap(),
        }
        self.now += 60_000;
    }

    fn share(&self, shelf: &mut Shelf) -> Result<(), Trouble<&'static str>> {
        self.kept.share("team", shelf, self.now, false).map(drop)
    }
}

#[test]
fn followers_answer_every_question_as_the_collector_does_after_every_step() {
    for seed in [5, 6] {
        let (mut team, mut shelf) = (Team::new(seed, 500), Shelf::default());
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (often, seldom) = (opened(folders[0].path()), opened(folders[1].path()));
        for step in 0..STEPS {
            team.step(step);
            team.share(&mut shelf).unwrap();
            let expected = answers(&team.kept).unwrap();
            assert!(often.refresh(&mut shelf).unwrap());
            same(&ask(&often, &mut shelf, answers), &expected, &format!("often, step {step}"));
            if step % 3 == 2 {
                seldom.refresh(&mut shelf).unwrap();
                same(
                    &ask(&seldom, &mut shelf, answers),
                    &expected,
                    &format!("seldom, step {step}"),
                );
            }
            let fresh = tempfile::tempdir().unwrap();
            let fresh = opened(fresh.path());
            fresh.refresh(&mut shelf).unwrap();
            same(&ask(&fresh, &mut shelf, answers), &expected, &format!("fresh, step {step}"));
        }
    }
}

#[test]
fn killed_between_any_two_writes_a_round_leaves_readers_with_the_one_before_or_with_itself() {
    let (mut team, mut shelf) = (Team::new(9, 120), Shelf::default());
    let mut cuts = 0;
    for step in 0..STEPS {
        let before = shelf.clone();
        let old = (step > 0).then(|| answers(&team.kept).unwrap());
        team.step(step);
        let new = answers(&team.kept).unwrap();
        for left in 0.. {
            shelf = before.clone();
            shelf.left = Some(left);
            let told = team.share(&mut shelf);
            shelf.left = None;
            let folder = tempfile::tempdir().unwrap();
            let reader = opened(folder.path());
            match reader.refresh(&mut shelf) {
                Err(Trouble::Said(Said::Nothing)) => assert!(step == 0 && told.is_err()),
                refreshed => {
                    refreshed.unwrap();
                    let found = ask(&reader, &mut shelf, answers);
                    let is_old = old.as_ref() == Some(&found);
                    assert!(found == new || is_old && told.is_err(), "step {step}, {left} writes");
                }
            }
            if told.is_ok() {
                break;
            }
            cuts += 1;
            // Told again, it is whole.
            team.share(&mut shelf).unwrap();
            reader.refresh(&mut shelf).unwrap();
            same(
                &ask(&reader, &mut shelf, answers),
                &new,
                &format!("step {step}, {left} writes, again"),
            );
        }
    }
    assert!(cuts > 50, "{cuts}");
}

#[test]
fn a_reader_whose_round_goes_while_it_reads_finds_the_next_one() {
    let (mut team, mut shelf) = (Team::new(21, 200), Shelf::default());
    let folder = tempfile::tempdir().unwrap();
    let reader = opened(folder.path());
    team.step(0);
    team.share(&mut shelf).unwrap();
    reader.refresh(&mut shelf).unwrap(); // knows of days, has none of them
    for step in 1..8 {
        team.step(step);
    }
    team.share(&mut shelf).unwrap(); // something was erased: at once nothing of before is left
    same(&ask(&reader, &mut shelf, answers), &answers(&team.kept).unwrap(), "");
}

#[test]
fn only_what_a_question_needs_is_fetched_and_once() {
    let (mut team, mut shelf) = (Team::new(31, 600), Shelf::default());
    for step in [0, 1, 2, 3] {
        team.step(step);
    }
    team.kept.seal(i64::MAX).unwrap();
    team.share(&mut shelf).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let reader = opened(folder.path());
    reader.refresh(&mut shelf).unwrap();
    assert!(shelf.got.iter().all(|it| it.starts_with('w')), "{:?}", shelf.got);
    shelf.got.clear();
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let first = day_of(&zone, FROM) + 3;
    let day = Query::new(1, start_of(&zone, first), start_of(&zone, first + 1));
    let pages = |kept: &Kept| breakdown(kept, &day, &Dimension::Page, Order::Views, 0, 10, false);
    let found = ask(&reader, &mut shelf, pages);
    assert_eq!(found, pages(&team.kept).unwrap());
    let kinds: String = shelf.got.iter().map(|it| &it[..1]).collect();
    // The months of the day and of the one before it, in which a visit may have begun; the blocks of both.
    assert!(kinds == "mbb" || kinds == "mmbb" || kinds == "mb", "{:?}", shelf.got);
    shelf.got.clear();
    assert_eq!(ask(&reader, &mut shelf, pages), found);
    assert!(shelf.got.is_empty());
    // Without the place, what is here is answered, and what is not says so.
    let all = Query::new(1, FROM - 9 * DAY, FROM + 90 * DAY);
    let missing = breakdown(&reader, &all, &Dimension::Page, Order::Views, 0, 10, false);
    assert!(matches!(missing, Err(Error::Absent(names)) if names.len() > 3));
}

#[test]
fn what_was_erased_is_nowhere_after_the_next_round_and_the_next_look() {
    let (mut team, mut shelf) = (Team::new(41, 400), Shelf::default());
    let secret = "/to-nobody-but-me";
    for (_, event) in &mut team.events {
        if &*event.path == "/thanks" {
            event.path = secret.into();
        }
    }
    for step in 0..6 {
        team.step(step);
    }
    team.share(&mut shelf).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let reader = opened(folder.path());
    reader.refresh(&mut shelf).unwrap();
    assert!(ask(&reader, &mut shelf, answers).contains(secret));
    let query = Query { verdicts: Verdicts::All, ..Query::new(1, FROM - 9 * DAY, FROM + 90 * DAY) };
    for site in [1, 2] {
        let query = Query { site, ..query.clone() };
        team.kept.erase(&query.with(Filter::is(Dimension::Page, secret))).unwrap();
    }
    team.share(&mut shelf).unwrap();
    reader.refresh(&mut shelf).unwrap();
    same(&ask(&reader, &mut shelf, answers), &answers(&team.kept).unwrap(), "");
    // Nothing is there that the manifest does not name: what it names can be counted in a file that has all.
    let manifest = manifest_of(&mut shelf).unwrap().unwrap();
    let here = rusqlite::Connection::open(reader.path()).unwrap();
    let count = |what: &str| here.query_row(what, [], |row| row.get::<_, usize>(0)).unwrap();
    let named = count("SELECT count(*) FROM blocks")
        + manifest.chunks.len()
        + manifest.months.len()
        + manifest.bundles.len();
    assert_eq!(shelf.objects.len(), named);
    assert_eq!(shelf.manifests.len(), 1);
    assert_eq!(count(&format!("SELECT count(*) FROM words WHERE word LIKE '%{secret}%'")), 0);
    drop(here);
    let path = reader.path().to_owned();
    drop(reader);
    for path in [path.clone(), path.with_extension("db-wal")] {
        let bytes = std::fs::read(path).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|it| it == secret.as_bytes()));
    }
}

#[test]
fn what_no_round_names_any_more_goes_within_two_hours() {
    let (mut team, mut shelf) = (Team::new(51, 300), Shelf::default());
    for step in 0..6 {
        team.step(step);
        team.share(&mut shelf).unwrap();
    }
    let many = shelf.objects.len();
    for _ in 0..2 {
        team.now += 3_600_000;
        team.share(&mut shelf).unwrap();
    }
    assert!(shelf.objects.len() < many && shelf.manifests.len() == 1);
    let folder = tempfile::tempdir().unwrap();
    let reader = opened(folder.path());
    reader.refresh(&mut shelf).unwrap();
    same(&ask(&reader, &mut shelf, answers), &answers(&team.kept).unwrap(), "");
}

#[test]
fn a_second_collector_and_a_copy_of_the_first_are_refused_until_they_take_over() {
    let (mut first, mut shelf) = (Team::new(61, 100), Shelf::default());
    first.step(0);
    first.share(&mut shelf).unwrap();
    let mut second = Team::new(62, 100);
    second.step(0);
    let another =
        |told: Result<(), Trouble<&str>>| matches!(told, Err(Trouble::Said(Said::Another(_))));
    assert!(another(second.share(&mut shelf)));
    // A copy goes on where the first was; then the first is told that it is not alone.
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(first.kept.path(), copy.path().join("analytics.db")).unwrap();
    let wal = first.kept.path().with_extension("db-wal");
    std::fs::copy(wal, copy.path().join("analytics.db-wal")).unwrap();
    let copy = opened(copy.path());
    copy.share("team", &mut shelf, first.now, false).unwrap();
    assert!(another(first.share(&mut shelf)));
    let folder = tempfile::tempdir().unwrap();
    let reader = opened(folder.path());
    reader.refresh(&mut shelf).unwrap();
    second.kept.share("team", &mut shelf, second.now, true).unwrap();
    assert!(another(copy.share("team", &mut shelf, first.now, false).map(drop)));
    assert_eq!(shelf.owners().len(), 1);
    // Numbers of words and blocks are another's now: who follows begins anew in another file.
    let told = reader.refresh(&mut shelf);
    assert!(matches!(told, Err(Trouble::Said(Said::Another(_)))));
    let folder = tempfile::tempdir().unwrap();
    let reader = opened(folder.path());
    reader.refresh(&mut shelf).unwrap();
    same(&ask(&reader, &mut shelf, answers), &answers(&second.kept).unwrap(), "");
}

#[test]
fn a_newer_form_is_left_alone_by_both_sides() {
    let (mut team, mut shelf) = (Team::new(71, 50), Shelf::default());
    team.step(0);
    team.share(&mut shelf).unwrap();
    shelf.manifests.insert(9, br#"{"format":2,"owner":{},"more":[]}"#.to_vec());
    let before = shelf.objects.clone();
    assert!(matches!(team.share(&mut shelf), Err(Trouble::Said(Said::Newer(2)))));
    assert!(shelf.objects == before);
    let folder = tempfile::tempdir().unwrap();
    let told = opened(folder.path()).refresh(&mut shelf);
    assert!(matches!(told, Err(Trouble::Said(Said::Newer(2)))));
}

#[test]
fn what_is_not_as_it_was_written_is_refused_and_never_a_panic() {
    let (mut team, mut shelf) = (Team::new(81, 60), Shelf::default());
    for step in 0..5 {
        team.step(step);
    }
    team.share(&mut shelf).unwrap();
    let good = shelf.clone();
    let mut random = made::Random(8);
    for _ in 0..150 {
        shelf = good.clone();
        let bytes = if random.one_in(4) {
            shelf.manifests.values_mut().next().unwrap()
        } else {
            let at = random.below(shelf.objects.len() as u64) as usize;
            shelf.objects.values_mut().nth(at).unwrap()
        };
        if random.one_in(3) {
            bytes.truncate(random.below(bytes.len() as u64) as usize);
        } else {
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << random.below(8);
        }
        let folder = tempfile::tempdir().unwrap();
        let reader = opened(folder.path());
        if reader.refresh(&mut shelf).is_err() {
            continue;
        }
        for _ in 0..40 {
            let asking = reader.asking();
            if answers(&asking).is_ok() || reader.take(&asking.wanted(), &mut shelf).is_err() {
                break;
            }
        }
    }
}

#[test]
fn days_can_be_read_by_anybody_and_are_those_of_the_reports() {
    let (mut team, mut shelf) = (Team::new(91, 400), Shelf::default());
    for step in 0..10 {
        team.step(step);
        team.share(&mut shelf).unwrap();
    }
    team.kept.seal(i64::MAX).unwrap();
    team.share(&mut shelf).unwrap();
    assert_eq!(DAY_COLUMNS[2], "views");
    for site in team.kept.sites().unwrap() {
        let zone = TimeZone::get(&site.zone).unwrap();
        let first = day_of(&zone, FROM);
        let query = Query::new(site.id, start_of(&zone, first - 2), start_of(&zone, first + 60));
        let of = |it: &&(&(u32, String), &(String, [i64; 9]))| it.0.0 == site.id;
        let days: Vec<_> = shelf.days.iter().filter(|it| of(&it)).collect();
        assert!(days.len() > 5 && days.iter().all(|it| it.1.0 == site.name));
        let counts = totals(&team.kept, &query).unwrap().value.counts;
        let sum = |at: usize| days.iter().map(|it| it.1.1[at]).sum::<i64>() as u64;
        assert_eq!((sum(1), sum(2), sum(3)), (counts.visits, counts.views, counts.events));
        assert!(site.identified || sum(0) == counts.visitors);
    }
    team.kept.remove_site(2).unwrap();
    team.share(&mut shelf).unwrap();
    assert!(shelf.days.keys().all(|it| it.0 == 1));
    drop(team.folder);
}
