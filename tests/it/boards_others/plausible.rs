//! Plausible on ClickHouse.

use super::counted::{Counted, rounded, word};
use super::{Board, MARCH, local, number};
use serde_json::{Value, json};
use servers::visited::plausible::{self, Event, Session};
use servers::visited::{SITES, person};

fn board() -> Option<Board> {
    let server = servers::clickhouse()?;
    let database = plausible::load(server).unwrap();
    Some(Board::new("plausible", format!("http://default@127.0.0.1:{}/{database}", server.port)))
}

/// Events of a site within a range that are no engagement, and visits that were not over before it and not begun
/// after it.
fn within(site: usize, (from, to): (i64, i64)) -> (Vec<Event>, Vec<Session>) {
    let (events, sessions, _) = plausible::made();
    let event = |it: &Event| {
        it.name != "engagement" && it.hit.site == site && (from..to).contains(&it.hit.at)
    };
    let session = |it: &Session| it.first.site == site && it.last >= from && it.first.at < to;
    (events.into_iter().filter(event).collect(), sessions.into_iter().filter(session).collect())
}

fn of(event: &Event) -> (String, String) {
    (event.user.to_string(), event.session.to_string())
}

fn of_visit(it: &Session) -> (String, String) {
    (it.user.to_string(), it.id.to_string())
}

const TOTALS: [&str; 5] = ["visitors", "visits", "views", "bounce_rate", "duration"];

/// The same, where bounces are looked for among visits that a rule keeps.
fn totals(
    events: &[Event],
    sessions: &[Session],
    entered: impl Fn(&Session) -> bool,
) -> Vec<String> {
    let mut users: Vec<u64> = events.iter().map(|it| it.user).collect();
    users.sort_unstable();
    users.dedup();
    let views = events.iter().filter(|it| it.name == "pageview").count();
    let judged: Vec<&Session> = sessions.iter().filter(|it| entered(it)).collect();
    let bounces = judged.iter().filter(|it| it.bounce).count() as f64;
    let seconds: i64 = sessions.iter().map(|it| it.last - it.first.at).sum();
    vec![
        number(users.len() as f64),
        number(sessions.len() as f64),
        number(views as f64),
        rounded(bounces / judged.len() as f64, 6),
        rounded(seconds as f64 / sessions.len() as f64, 3),
    ]
}

#[test]
fn every_panel_of_the_dashboard_over_plausible_is_drawn() {
    let Some(board) = board() else { return };
    let sites: Vec<(String, &str)> = SITES
        .iter()
        .enumerate()
        .map(|(at, it)| (plausible::site(at).to_string(), it.host))
        .collect();
    board.is_whole(&sites);
}

#[test]
fn totals_of_plausible_are_counted_by_its_definitions_whatever_is_filtered() {
    let Some(board) = board() else { return };
    let (events, sessions) = within(0, MARCH);
    assert_eq!(
        board.drawn("Visitors", json!({})).one(&TOTALS),
        totals(&events, &sessions, |_| true)
    );
    let (docs, of_docs) = within(1, MARCH);
    let asked = board.drawn("Visitors", json!({ "site": "2" }));
    assert_eq!(asked.one(&TOTALS), totals(&docs, &of_docs, |_| true));
    type Keep = fn(&Session) -> bool;
    let filters: [(Value, Keep); 8] = [
        (json!({ "source": "Google" }), |it| plausible::source(&it.first).0 == "Google"),
        (json!({ "source": "Direct / None" }), |it| plausible::source(&it.first).0.is_empty()),
        (json!({ "channel": "Organic Social" }), |it| {
            plausible::source(&it.first).1 == "Organic Social"
        }),
        (json!({ "campaign": "o'neill & \"sons\"" }), |it| {
            it.first.campaign.is_some_and(|it| it.2.starts_with("o'n"))
        }),
        (json!({ "country": "JP" }), |it| person(0, it.first.person).country == "JP"),
        (json!({ "browser": "Firefox", "page": "" }), |it| {
            person(0, it.first.person).browser == "Firefox"
        }),
        (json!({ "system": "Android" }), |it| person(0, it.first.person).system == "Android"),
        (json!({ "device": "Tablet" }), |it| person(0, it.first.person).device == "tablet"),
    ];
    for (params, keep) in filters {
        let kept: Vec<Session> = sessions.iter().filter(|it| keep(it)).cloned().collect();
        let ids: Vec<u64> = kept.iter().map(|it| it.id).collect();
        let of_these: Vec<Event> =
            events.iter().filter(|it| ids.contains(&it.session)).cloned().collect();
        assert!(!kept.is_empty(), "{params} leaves nothing to compare");
        let asked = board.drawn("Visitors", params.clone());
        assert_eq!(asked.one(&TOTALS), totals(&of_these, &kept, |_| true), "{params}");
    }
    // A page: its events, the visits that saw it, and bounces of those that began there.
    for page in ["/pricing", "/ümläut/日本"] {
        let on: Vec<Event> = events.iter().filter(|it| it.hit.path == page).cloned().collect();
        let saw = |it: &&Session| on.iter().any(|event| event.session == it.id);
        let visits: Vec<Session> = sessions.iter().filter(saw).cloned().collect();
        let asked = board.drawn("Visitors", json!({ "page": page }));
        assert_eq!(asked.one(&TOTALS), totals(&on, &visits, |it| it.entry == page), "{page}");
    }
}

#[test]
fn the_course_of_plausible_has_every_day_week_and_hour_by_the_clocks_of_the_zone() {
    let Some(board) = board() else { return };
    let columns = ["time", "visitors", "visits", "views"];
    let course = |site: usize, all: (i64, i64), key: fn(i64) -> String| -> Vec<Vec<String>> {
        let (events, _) = within(site, all);
        let every = || (all.0..all.1).step_by(3_600).map(key);
        let people = Counted::of(&events, |it| Some(key(it.hit.at)), |it| of(it))
            .with(every())
            .rows("wv", word);
        let views = events.iter().filter(|it| it.name == "pageview");
        let views = Counted::of(views, |it| Some(key(it.hit.at)), |it| of(it))
            .with(every())
            .rows("n", word);
        people
            .into_iter()
            .zip(views)
            .map(|(row, views)| [row, views[1..].to_vec()].concat())
            .collect()
    };
    let day = |it| local("Europe/Berlin", it).day;
    let asked = |params| board.drawn("Visitors and views", params).only(&columns);
    assert_eq!(asked(json!({})), course(0, MARCH, day));
    let quiet = asked(json!({ "site": "3" }));
    assert!(quiet.iter().any(|it| it[3] == "0"));
    assert_eq!(quiet, course(2, MARCH, day));
    let (_, sessions, _) = plausible::made();
    let first =
        sessions.iter().filter(|it| it.first.site == 0).map(|it| it.first.at).min().unwrap();
    let rows = asked(json!({ "period": "2025-01-01..2025-05-01" }));
    assert_eq!(rows, course(0, (first, 1_746_050_400), |it| local("Europe/Berlin", it).monday));
    let rows = asked(json!({ "period": "2022-01-01..2025-05-01" }));
    assert_eq!(rows, course(0, (first, 1_746_050_400), |it| local("Europe/Berlin", it).month));
    let rows = asked(json!({ "period": "2025-03-30..2025-03-31" }));
    let hour = |at: i64| {
        format!("{}Z", servers::visited::moment(at - at.rem_euclid(3_600)).replace(' ', "T"))
    };
    assert_eq!(rows, course(0, (1_743_289_200, 1_743_289_200 + 23 * 3_600), hour));
    assert_eq!(rows.len(), 23);
}

#[test]
fn pages_sources_campaigns_people_and_events_of_plausible_are_counted_by_its_definitions() {
    let Some(board) = board() else { return };
    let (events, sessions) = within(0, MARCH);
    let drawn = |title: &str, columns: &[&str]| -> Vec<Vec<String>> {
        board.drawn(title, json!({})).only(columns)
    };

    let pages = Counted::of(&events, |it| Some(it.hit.path), |it| of(it));
    assert_eq!(drawn("Pages", &["page", "visitors"]), pages.rows("w", word));
    let seen = events.iter().filter(|it| it.name == "pageview");
    let views = Counted::of(seen, |it| Some(it.hit.path), |it| of(it));
    assert_eq!(drawn("Pages", &["page", "views"]), views.rows("n", word));
    board.drawn("Pages", json!({})).falls("visitors");
    type Key = fn(&Session) -> Option<String>;
    let lists: [(&str, &str, Key); 8] = [
        ("Entry pages", "page", |it| Some(it.entry.to_owned()).filter(|it| !it.is_empty())),
        ("Exit pages", "page", |it| Some(it.exit.to_owned()).filter(|it| !it.is_empty())),
        ("Channels", "channel", |it| Some(plausible::source(&it.first).1.to_owned())),
        ("Sources", "source", |it| match plausible::source(&it.first).0 {
            "" => Some("Direct / None".to_owned()),
            source => Some(source.to_owned()),
        }),
        ("Countries", "country", |it| Some(person(0, it.first.person).country.to_owned())),
        ("Browsers", "browser", |it| Some(person(0, it.first.person).browser.to_owned())),
        ("Systems", "system", |it| Some(person(0, it.first.person).system.to_owned())),
        ("Devices", "device", |it| {
            let device = person(0, it.first.person).device;
            Some(device[..1].to_uppercase() + &device[1..])
        }),
    ];
    for (title, column, key) in lists {
        let by = Counted::of(&sessions, |it| key(it), |it| of_visit(it));
        assert_eq!(drawn(title, &[column, "visitors", "visits"]), by.rows("wv", word), "{title}");
    }
    let campaigns = Counted::of(&sessions, |it| it.first.campaign, |it| of_visit(it));
    let words = |it: &(&str, &str, &str)| vec![it.2.to_owned(), it.0.to_owned(), it.1.to_owned()];
    assert_eq!(
        drawn("Campaigns", &["campaign", "source", "medium", "visitors", "visits"]),
        campaigns.rows("wv", words)
    );
    let named = |it: &&Event| Some(it.name).filter(|it| *it != "pageview");
    let goals = Counted::of(&events, named, |it| of(it));
    assert_eq!(drawn("Custom events", &["event", "visitors", "events"]), goals.rows("wn", word));
    let hours = Counted::of(
        &events,
        |it| Some(local("Europe/Berlin", it.hit.at)).map(|it| (it.weekday, it.hour)),
        |it| of(it),
    );
    let words = |it: &(&str, i64)| vec![it.0.to_owned(), number(it.1 as f64)];
    assert_eq!(
        drawn("Hours of the week", &["weekday", "hour", "visitors"]),
        hours.rows("w", words)
    );
    // The latest visits, each as it was after its last event.
    let mut latest: Vec<&Session> = sessions.iter().collect();
    latest.sort_by_key(|it| std::cmp::Reverse(it.first.at));
    let mut expected: Vec<Vec<String>> = latest[..150]
        .iter()
        .map(|it| {
            vec![
                it.id.to_string(),
                number(f64::from(it.views)),
                number((it.last - it.first.at) as f64),
                it.entry.to_owned(),
                it.exit.to_owned(),
            ]
        })
        .collect();
    expected.sort();
    let mut told = board
        .drawn("Latest visits", json!({}))
        .only(&["visit", "views", "seconds", "entry", "exit"]);
    told.retain(|it| expected.iter().any(|other| other[0] == it[0]));
    assert_eq!(told, expected);
}

#[test]
fn the_rows_behind_a_mark_of_plausible_are_the_events_it_counts() {
    let Some(board) = board() else { return };
    let (events, _) = within(0, MARCH);
    let expected = |keep: &dyn Fn(&Event) -> bool| {
        let moment = |at: i64| format!("{}Z", servers::visited::moment(at).replace(' ', "T"));
        let mut rows: Vec<Vec<String>> = events
            .iter()
            .filter(|it| keep(it))
            .map(|it| vec![moment(it.hit.at), it.name.to_owned(), it.hit.path.to_owned()])
            .collect();
        rows.sort();
        rows
    };
    let told = |title: &str, x: &str| board.behind(title, x).only(&["at", "name", "page"]);
    assert_eq!(told("Pages", "/docs"), expected(&|it| it.hit.path == "/docs"));
    assert_eq!(told("Custom events", "signup"), expected(&|it| it.name == "signup"));
    let on = |it: &Event| local("Europe/Berlin", it.hit.at).day == "2025-03-30";
    assert_eq!(told("Visitors and views", "2025-03-30"), expected(&on));
}
