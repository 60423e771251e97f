//! Umami on PostgreSQL.

use super::counted::{Counted, rounded, word};
use super::{Board, Local, MARCH, Table, local, number};
use serde_json::{Value, json};
use servers::visited::umami::{self, Event};
use servers::visited::{SITES, What, person};
use std::collections::BTreeMap;

fn board() -> Option<Board> {
    let server = servers::postgres()?;
    let database = umami::load(server).unwrap();
    Some(Board::new(
        "umami",
        format!("postgres://postgres@127.0.0.1:{}/{database}?sslmode=disable", server.port),
    ))
}

/// Events of a site within a range.
fn within(site: usize, (from, to): (i64, i64)) -> Vec<Event> {
    let all = umami::events().into_iter();
    all.filter(|it| it.hit.site == site && (from..to).contains(&it.hit.at)).collect()
}

fn views(events: &[Event]) -> Vec<Event> {
    events.iter().filter(|it| it.kind == 1).cloned().collect()
}

fn of(event: &Event) -> (String, String) {
    (event.session.clone(), event.visit.clone())
}

/// Visitors, visits, views, bounce rate, duration: bounces are visits of one view, and a visit lasts from its first
/// view to its last.
fn totals(views: &[Event]) -> Vec<String> {
    let mut visits: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut sessions: Vec<&str> = views.iter().map(|it| it.session.as_str()).collect();
    sessions.sort_unstable();
    sessions.dedup();
    views.iter().for_each(|it| visits.entry(&it.visit).or_default().push(it.hit.at));
    let many = visits.len() as f64;
    let bounces = visits.values().filter(|it| it.len() == 1).count() as f64;
    let seconds: i64 = visits.values().map(|it| it.last().unwrap() - it[0]).sum();
    vec![
        number(sessions.len() as f64),
        number(many),
        number(views.len() as f64),
        rounded(bounces / many, 6),
        rounded(seconds as f64 / many, 3),
    ]
}

const TOTALS: [&str; 5] = ["visitors", "visits", "views", "bounce_rate", "duration"];

#[test]
fn every_panel_of_the_dashboard_over_umami_is_drawn() {
    let Some(board) = board() else { return };
    let sites: Vec<(String, &str)> =
        SITES.iter().enumerate().map(|(at, it)| (umami::site(at), it.host)).collect();
    board.is_whole(&sites);
}

#[test]
fn totals_of_umami_are_counted_by_its_definitions_whatever_is_filtered() {
    let Some(board) = board() else { return };
    let all = within(0, MARCH);
    let seen = views(&all);
    assert_eq!(board.drawn("Visitors", json!({})).one(&TOTALS), totals(&seen));
    let docs = views(&within(1, MARCH));
    assert_eq!(
        board.drawn("Visitors", json!({ "site": umami::site(1) })).one(&TOTALS),
        totals(&docs)
    );
    type Keep = fn(&Event) -> bool;
    let who = |it: &Event| person(it.hit.site, it.hit.person);
    let filters: [(Value, Keep); 8] = [
        (json!({ "page": "/pricing" }), |it| it.hit.path == "/pricing"),
        (json!({ "page": "/ümläut/日本" }), |it| it.hit.path == "/ümläut/日本"),
        (json!({ "referrer": "t.co" }), |it| it.hit.referrer == "t.co"),
        (json!({ "campaign": "o'neill & \"sons\"" }), |it| {
            it.hit.campaign.is_some_and(|it| it.2.starts_with("o'n"))
        }),
        (json!({ "country": "JP" }), |it| person(0, it.hit.person).country == "JP"),
        (json!({ "browser": "Firefox", "page": "" }), |it| {
            person(0, it.hit.person).browser == "Firefox"
        }),
        (json!({ "system": "Android", "device": "tablet" }), |it| {
            person(0, it.hit.person).device == "tablet"
        }),
        (json!({ "page": "/", "browser": "Chrome" }), |it| {
            it.hit.path == "/" && person(0, it.hit.person).browser == "Chrome"
        }),
    ];
    for (params, keep) in filters {
        let kept: Vec<Event> = seen.iter().filter(|it| keep(it)).cloned().collect();
        assert!(!kept.is_empty(), "{params} leaves nothing to compare");
        assert_eq!(board.drawn("Visitors", params.clone()).one(&TOTALS), totals(&kept), "{params}");
        let by = Counted::of(&kept, |it| Some(who(it).country), |it| of(it));
        assert_eq!(
            board.drawn("Countries", params.clone()).only(&["country", "visitors"]),
            by.rows("w", word),
            "{params}"
        );
    }
}

#[test]
fn the_course_of_umami_has_every_day_week_and_hour_by_the_clocks_of_the_zone() {
    let Some(board) = board() else { return };
    let columns = ["time", "visitors", "visits", "views"];
    let seen = views(&within(0, MARCH));
    let course = |seen: &[Event], all: (i64, i64), key: fn(Local) -> String| {
        let at = |it: i64| key(local("Europe/Berlin", it));
        let every = (all.0..all.1).step_by(3_600).map(at);
        Counted::of(seen, |it| Some(at(it.hit.at)), |it| of(it)).with(every).rows("wvn", word)
    };
    assert_eq!(
        board.drawn("Visitors and views", json!({})).only(&columns),
        course(&seen, MARCH, |it| it.day)
    );
    // A quiet site has days without a view: they are zeros.
    let quiet = views(&within(2, MARCH));
    let rows = board.drawn("Visitors and views", json!({ "site": umami::site(2) })).only(&columns);
    assert!(rows.iter().any(|it| it[3] == "0"));
    assert_eq!(rows, course(&quiet, MARCH, |it| it.day));
    // Weeks and months begin where the zone's do; 10 February is the first that is known, 18:00 in Berlin or later.
    let first =
        umami::events().iter().filter(|it| it.hit.site == 0).map(|it| it.hit.at).min().unwrap();
    let whole = (first, 1_746_050_400); // to 1 May in Berlin
    let known = views(&within(0, whole));
    let rows = board
        .drawn("Visitors and views", json!({ "period": "2025-01-01..2025-05-01" }))
        .only(&columns);
    assert_eq!(rows, course(&known, whole, |it| it.monday));
    let years = json!({ "period": "2022-01-01..2025-05-01" });
    let rows = board.drawn("Visitors and views", years).only(&columns);
    assert_eq!(rows, course(&known, whole, |it| it.month));
    // The night of the change has no hour from two to three: 23 hours of the day, of whose beginning UTC speaks.
    let night = (1_743_289_200, 1_743_289_200 + 23 * 3_600);
    let rows = board
        .drawn("Visitors and views", json!({ "period": "2025-03-30..2025-03-31" }))
        .only(&columns);
    let seen = views(&within(0, night));
    let hour = |at: i64| {
        format!("{}Z", servers::visited::moment(at - at.rem_euclid(3_600)).replace(' ', "T"))
    };
    let hours = Counted::of(&seen, |it| Some(hour(it.hit.at)), |it| of(it));
    assert_eq!(rows, hours.with((night.0..night.1).step_by(3_600).map(hour)).rows("wvn", word));
    assert_eq!(rows.len(), 23);
}

#[test]
fn pages_referrers_campaigns_people_and_events_of_umami_are_counted_by_its_definitions() {
    let Some(board) = board() else { return };
    let all = within(0, MARCH);
    let seen = views(&all);
    let drawn = |title: &str, columns: &[&str]| -> Vec<Vec<String>> {
        board.drawn(title, json!({})).only(columns)
    };
    let by = |key: fn(&Event) -> Option<String>| Counted::of(&seen, |it| key(it), |it| of(it));

    let pages = by(|it| Some(it.hit.path.to_owned()));
    assert_eq!(drawn("Pages", &["page", "visitors", "views"]), pages.rows("wn", word));
    board.drawn("Pages", json!({})).falls("visitors");
    let mut visits: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    seen.iter().for_each(|it| visits.entry(&it.visit).or_default().push(it));
    let entries = Counted::of(visits.values(), |it| Some(it[0].hit.path), |it| of(it[0]));
    assert_eq!(drawn("Entry pages", &["page", "visitors", "visits"]), entries.rows("wn", word));
    let exits =
        Counted::of(visits.values(), |it| Some(it.last().unwrap().hit.path), |it| of(it[0]));
    assert_eq!(drawn("Exit pages", &["page", "visitors", "visits"]), exits.rows("wn", word));

    let referrers = by(|it| {
        Some(it.hit.referrer.to_owned()).filter(|it| !it.is_empty() && it != SITES[0].host)
    });
    assert_eq!(drawn("Referrers", &["referrer", "visitors", "views"]), referrers.rows("wn", word));
    let campaigns = Counted::of(&seen, |it| it.hit.campaign, |it| of(it));
    let words = |it: &(&str, &str, &str)| vec![it.2.to_owned(), it.0.to_owned(), it.1.to_owned()];
    assert_eq!(
        drawn("Campaigns", &["campaign", "source", "medium", "visitors", "views"]),
        campaigns.rows("wn", words)
    );
    type Key = fn(&Event) -> Option<String>;
    let people: [(&str, &str, Key); 4] = [
        ("Countries", "country", |it| Some(person(0, it.hit.person).country.to_owned())),
        ("Browsers", "browser", |it| Some(person(0, it.hit.person).browser.to_owned())),
        ("Systems", "system", |it| Some(person(0, it.hit.person).system.to_owned())),
        ("Devices", "device", |it| Some(person(0, it.hit.person).device.to_owned())),
    ];
    for (title, column, key) in people {
        assert_eq!(drawn(title, &[column, "visitors"]), by(key).rows("w", word), "{title}");
    }
    let named = |it: &&Event| match it.hit.what {
        What::Named(name, _) => Some(name),
        _ => None,
    };
    let events = Counted::of(&all, named, |it| of(it));
    assert_eq!(drawn("Custom events", &["event", "visitors", "events"]), events.rows("wn", word));
    let hours = Counted::of(
        &seen,
        |it| Some(local("Europe/Berlin", it.hit.at)).map(|it| (it.weekday, it.hour)),
        |it| of(it),
    );
    let words = |it: &(&str, i64)| vec![it.0.to_owned(), number(it.1 as f64)];
    assert_eq!(
        drawn("Hours of the week", &["weekday", "hour", "visitors"]),
        hours.rows("w", words)
    );
    assert_eq!(board.drawn("Latest visits", json!({})).rows.len(), 200);
}

#[test]
fn the_rows_behind_a_mark_of_umami_are_the_events_it_counts() {
    let Some(board) = board() else { return };
    let all = within(0, MARCH);
    let told = |table: &Table| table.only(&["at", "page"]);
    let expected = |keep: &dyn Fn(&Event) -> bool| {
        let moment = |at: i64| format!("{}Z", servers::visited::moment(at).replace(' ', "T"));
        let mut rows: Vec<Vec<String>> = all
            .iter()
            .filter(|it| keep(it))
            .map(|it| vec![moment(it.hit.at), it.hit.path.to_owned()])
            .collect();
        rows.sort();
        rows
    };
    let page = board.behind("Pages", "/docs");
    assert_eq!(told(&page), expected(&|it| it.kind == 1 && it.hit.path == "/docs"));
    let event = board.behind("Custom events", "signup");
    assert_eq!(told(&event), expected(&|it| it.hit.what == What::Named("signup", true)));
    let referrer = board.behind("Referrers", "t.co");
    assert_eq!(told(&referrer), expected(&|it| it.kind == 1 && it.hit.referrer == "t.co"));
    let day = board.behind("Visitors and views", "2025-03-30");
    let on = |it: &Event| local("Europe/Berlin", it.hit.at).day == "2025-03-30";
    assert_eq!(told(&day), expected(&|it| it.kind == 1 && on(it)));
}
