//! Matomo on MariaDB and MySQL.

use super::counted::{Counted, rounded, word};
use super::{Board, MARCH, local, number};
use serde_json::{Value, json};
use servers::visited::matomo::{self, Visit};
use servers::visited::{Hit, SITES, What, person};

fn boards() -> Vec<Board> {
    let servers = [servers::mariadb(), servers::mysql()].into_iter().flatten();
    servers
        .map(|server| {
            let database = matomo::load(server).unwrap();
            Board::new(
                "matomo",
                format!("mysql://root@127.0.0.1:{}/{database}?tls=off", server.port),
            )
        })
        .collect()
}

/// Visits of a site whose last action lies within a range.
fn within(site: usize, (from, to): (i64, i64)) -> Vec<Visit> {
    let all = matomo::visits().into_iter();
    all.filter(|it| it.first().site == site && (from..to).contains(&it.last())).collect()
}

/// Actions of a site within a range, with the visits they belong to.
fn actions(site: usize, (from, to): (i64, i64)) -> Vec<(Visit, Hit)> {
    let all = matomo::visits().into_iter().filter(|it| it.first().site == site);
    let each = all.flat_map(|it| it.hits.clone().into_iter().map(move |hit| (it.clone(), hit)));
    each.filter(|it| (from..to).contains(&it.1.at)).collect()
}

fn of(it: &Visit) -> (String, String) {
    (it.visitor.to_string(), it.id.to_string())
}

const TOTALS: [&str; 6] =
    ["visitors", "visits", "actions", "bounce_rate", "duration", "conversion"];

fn totals(visits: &[Visit]) -> Vec<String> {
    let mut visitors: Vec<u64> = visits.iter().map(|it| it.visitor).collect();
    visitors.sort_unstable();
    visitors.dedup();
    let many = visits.len() as f64;
    let share =
        |keep: fn(&&Visit) -> bool| rounded(visits.iter().filter(keep).count() as f64 / many, 6);
    let seconds: i64 = visits.iter().map(|it| it.last() - it.first().at).sum();
    vec![
        number(visitors.len() as f64),
        number(many),
        number(visits.iter().map(|it| it.hits.len()).sum::<usize>() as f64),
        share(|it| it.hits.len() == 1),
        rounded(seconds as f64 / many, 3),
        share(|it| it.converted()),
    ]
}

/// The clocks of the server know no zones in these tests' servers until they are told: then days are UTC's.
fn zone(board: &Board) -> &'static str {
    if board.holds() == [json!(true)] { "Europe/Berlin" } else { "UTC" }
}

#[test]
fn every_panel_of_the_dashboard_over_matomo_is_drawn() {
    for board in boards() {
        let sites: Vec<(String, &str)> =
            SITES.iter().enumerate().map(|(at, it)| ((at + 1).to_string(), it.host)).collect();
        board.is_whole(&sites);
    }
}

#[test]
fn totals_of_matomo_are_counted_by_its_definitions_whatever_is_filtered() {
    for board in boards() {
        let visits = within(0, MARCH);
        assert_eq!(board.drawn("Visitors", json!({})).one(&TOTALS), totals(&visits));
        let views = actions(0, MARCH).iter().filter(|it| it.1.what == What::View).count();
        assert_eq!(board.drawn("Page views", json!({})).one(&["views"]), [number(views as f64)]);
        let docs = board.drawn("Visitors", json!({ "site": "2" }));
        assert_eq!(docs.one(&TOTALS), totals(&within(1, MARCH)));
        type Keep = fn(&Visit) -> bool;
        let filters: [(Value, Keep); 8] = [
            (json!({ "page": "shop.example.org/pricing" }), |it| it.pages().contains(&"/pricing")),
            (json!({ "channel": "Search engines" }), |it| it.origin().0 == 2),
            (json!({ "source": "o'neill & \"sons\"" }), |it| it.origin().1.starts_with("o'n")),
            (json!({ "country": "JP" }), |it| person(0, it.first().person).country == "JP"),
            (json!({ "browser": "Firefox (FF)", "page": "" }), |it| {
                person(0, it.first().person).browser == "Firefox"
            }),
            (json!({ "system": "Android (AND)" }), |it| {
                person(0, it.first().person).system == "Android"
            }),
            (json!({ "device": "tablet" }), |it| person(0, it.first().person).device == "tablet"),
            (json!({ "page": "shop.example.org/ümläut/日本" }), |it| {
                it.pages().contains(&"/ümläut/日本")
            }),
        ];
        for (params, keep) in filters {
            let kept: Vec<Visit> = visits.iter().filter(|it| keep(it)).cloned().collect();
            assert!(!kept.is_empty(), "{params} leaves nothing to compare");
            assert_eq!(
                board.drawn("Visitors", params.clone()).one(&TOTALS),
                totals(&kept),
                "{params}"
            );
        }
    }
}

#[test]
fn the_course_of_matomo_has_every_day_week_and_hour() {
    for board in boards() {
        let zone = zone(&board);
        let columns = ["time", "visitors", "visits", "actions"];
        let course =
            |site: usize, all: (i64, i64), key: &dyn Fn(i64) -> String| -> Vec<Vec<String>> {
                let visits = within(site, all);
                let every = || (all.0..all.1).step_by(3_600).map(key);
                let counted = Counted::of(&visits, |it| Some(key(it.last())), |it| of(it));
                let people = counted.with(every()).rows("wv", word);
                let each = visits.iter().flat_map(|it| it.hits.iter().map(move |_| it));
                let actions = Counted::of(each, |it| Some(key(it.last())), |it| of(it))
                    .with(every())
                    .rows("n", word);
                people
                    .into_iter()
                    .zip(actions)
                    .map(|(row, more)| [row, more[1..].to_vec()].concat())
                    .collect()
            };
        let asked = |params| board.drawn("Visitors, visits and actions", params).only(&columns);
        let day = |it| local(zone, it).day;
        assert_eq!(asked(json!({})), course(0, MARCH, &day));
        let quiet = board.drawn("Visitors, visits and actions", json!({ "site": "3" }));
        assert!(quiet.only(&columns).iter().any(|it| it[2] == "0"));
        let first = matomo::visits()
            .iter()
            .filter(|it| it.first().site == 0)
            .map(Visit::last)
            .min()
            .unwrap();
        let rows = asked(json!({ "period": "2025-01-01..2025-05-01" }));
        assert_eq!(rows, course(0, (first, 1_746_050_400), &|it| local(zone, it).monday));
        let rows = asked(json!({ "period": "2022-01-01..2025-05-01" }));
        assert_eq!(rows, course(0, (first, 1_746_050_400), &|it| local(zone, it).month));
        let night = (1_743_289_200, 1_743_289_200 + 23 * 3_600);
        let hour = |at: i64| {
            format!("{}Z", servers::visited::moment(at - at.rem_euclid(3_600)).replace(' ', "T"))
        };
        assert_eq!(asked(json!({ "period": "2025-03-30..2025-03-31" })), course(0, night, &hour));
    }
}

#[test]
fn pages_sources_people_goals_and_events_of_matomo_are_counted_by_its_definitions() {
    for board in boards() {
        let (visits, actions) = (within(0, MARCH), actions(0, MARCH));
        let drawn = |title: &str, columns: &[&str]| -> Vec<Vec<String>> {
            board.drawn(title, json!({})).only(columns)
        };
        let url = |path: &str| format!("{}{path}", SITES[0].host);

        let views = actions.iter().filter(|it| it.1.what == What::View);
        let pages = Counted::of(views, |it| Some(url(it.1.path)), |it| of(&it.0));
        assert_eq!(
            drawn("Pages", &["page", "visitors", "visits", "views"]),
            pages.rows("wvn", word)
        );
        board.drawn("Pages", json!({})).falls("views");
        for (title, entry) in [("Entry pages", true), ("Exit pages", false)] {
            let page = |it: &&Visit| {
                let pages = it.pages();
                if entry { pages.first().copied() } else { pages.last().copied() }.map(url)
            };
            let by = Counted::of(&visits, page, |it| of(it));
            assert_eq!(
                drawn(title, &["page", "visitors", "visits"]),
                by.rows("wv", word),
                "{title}"
            );
            let bounces =
                Counted::of(visits.iter().filter(|it| it.hits.len() == 1), page, |it| of(it));
            let (all, few) = (by.rows("v", word), bounces.rows("v", word));
            let share = |row: &Vec<String>| {
                let found = few.iter().find(|it| it[0] == row[0]).map_or("0", |it| &it[1]);
                let share = found.parse::<f64>().unwrap() / row[1].parse::<f64>().unwrap();
                vec![row[0].clone(), rounded(share, 6)]
            };
            let shares: Vec<Vec<String>> = all.iter().map(share).collect();
            assert_eq!(drawn(title, &["page", "bounce_rate"]), shares, "{title}");
        }
        let channel = |it: &&Visit| {
            Some(match it.origin().0 {
                1 => "Direct",
                2 => "Search engines",
                3 => "Websites",
                6 => "Campaigns",
                _ => "Social networks",
            })
        };
        let channels = Counted::of(&visits, channel, |it| of(it));
        assert_eq!(
            drawn("Channels", &["channel", "visitors", "visits"]),
            channels.rows("wv", word)
        );
        let sources =
            Counted::of(&visits, |it| Some(it.origin().1).filter(|it| !it.is_empty()), |it| of(it));
        let told = drawn("Sources and campaigns", &["source", "visitors", "visits"]);
        assert_eq!(told, sources.rows("wv", word));
        type Key = fn(&Visit) -> &'static str;
        let people: [(&str, &str, Key); 4] = [
            ("Countries", "country", |it| person(0, it.first().person).country),
            ("Browsers", "browser", |it| match person(0, it.first().person).browser {
                "Chrome" => "Chrome (CH)",
                "Firefox" => "Firefox (FF)",
                "Safari" => "Safari (SF)",
                _ => "Edge (PS)",
            }),
            ("Systems", "system", |it| match person(0, it.first().person).system {
                "Windows" => "Windows (WIN)",
                "Mac OS" => "macOS (MAC)",
                "Linux" => "Linux (LIN)",
                "iOS" => "iOS (IOS)",
                _ => "Android (AND)",
            }),
            ("Devices", "device", |it| match person(0, it.first().person).device {
                "mobile" => "smartphone",
                other => other,
            }),
        ];
        for (title, column, key) in people {
            let by = Counted::of(&visits, |it| Some(key(it)), |it| of(it));
            assert_eq!(
                drawn(title, &[column, "visitors", "visits"]),
                by.rows("wv", word),
                "{title}"
            );
        }
        let named = |it: &&(Visit, Hit)| match it.1.what {
            What::Named(name, _) => Some(name),
            _ => None,
        };
        let events = Counted::of(&actions, named, |it| of(&it.0));
        assert_eq!(
            drawn("Events", &["event", "visitors", "visits", "events"]),
            events.rows("wvn", word)
        );
        let goals: Vec<i64> = matomo::visits()
            .iter()
            .filter(|it| it.first().site == 0)
            .filter_map(|it| {
                it.hits
                    .iter()
                    .find(|it| matches!(it.what, What::Named("signup", _)))
                    .map(|it| it.at)
            })
            .filter(|it| (MARCH.0..MARCH.1).contains(it))
            .collect();
        let many = goals.len() as f64;
        assert_eq!(
            board.drawn("Goals", json!({})).one(&["goal", "conversions", "visits", "revenue"]),
            ["Signed up".to_owned(), number(many), number(many), number(5.0 * many)]
        );
        let zone = zone(&board);
        let hours = Counted::of(
            &visits,
            |it| Some(local(zone, it.first().at)).map(|it| (it.weekday, it.hour)),
            |it| of(it),
        );
        let words = |it: &(&str, i64)| vec![it.0.to_owned(), number(it.1 as f64)];
        assert_eq!(
            drawn("Hours of the week", &["weekday", "hour", "visits"]),
            hours.rows("v", words)
        );
    }
}

#[test]
fn the_rows_behind_a_mark_of_matomo_are_what_it_counts() {
    for board in boards() {
        let zone = zone(&board);
        let moment = |at: i64| format!("{}Z", servers::visited::moment(at).replace(' ', "T"));
        let mut expected: Vec<Vec<String>> = actions(0, MARCH)
            .iter()
            .filter(|it| it.1.what == What::View && it.1.path == "/docs")
            .map(|it| vec![moment(it.1.at), it.0.id.to_string()])
            .collect();
        expected.sort();
        assert_eq!(board.behind("Pages", "shop.example.org/docs").only(&["at", "visit"]), expected);
        let mut expected: Vec<Vec<String>> = within(0, MARCH)
            .iter()
            .filter(|it| local(zone, it.last()).day == "2025-03-30")
            .map(|it| vec![moment(it.first().at), it.id.to_string()])
            .collect();
        expected.sort();
        let told = board.behind("Visitors, visits and actions", "2025-03-30");
        assert_eq!(told.only(&["began", "visit"]), expected);
        assert!(!board.behind("Goals", "Signed up").rows.is_empty());
    }
}
