//! Page views over the bridge: a handful of visits that anybody can count by hand, asked every way there is.

use crate::support::Backstory;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
const CRAWLER: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

/// Who, when on 2 November 2026, what, where from, with what.
const SEEN: &[(u8, &str, &str, &str, &str)] = &[
    // One visit of three pages from a search, by Chrome.
    (1, "10:00:00", "/", "https://www.google.com/", CHROME),
    (1, "10:00:30", "/pricing", "https://shop.example/", CHROME),
    (1, "10:02:00", "/signup", "https://shop.example/pricing", CHROME),
    // A bounce by Firefox, and the same visitor back after an hour for two pages.
    (2, "11:00:00", "/", "-", FIREFOX),
    (2, "12:30:00", "/", "-", FIREFOX),
    (2, "12:31:00", "/pricing", "https://shop.example/", FIREFOX),
    // Another bounce, on a page whose name nobody may find afterwards.
    (3, "13:00:00", "/private-for-ada", "-", CHROME),
    // No person.
    (4, "14:00:00", "/", "-", CRAWLER),
];

fn shop() -> Backstory {
    let backstory = Backstory::new();
    backstory.ask(
        "analytics.addSite",
        json!({ "site": "shop.example", "zone": "UTC", "hosts": ["shop.example"] }),
    );
    let mut log = String::new();
    for (who, at, page, from, agent) in SEEN {
        let head = format!("198.51.100.{who} - - [02/Nov/2026:{at} +0000]");
        let _ = writeln!(log, "{head} \"GET {page} HTTP/1.1\" 200 9 \"{from}\" \"{agent}\"");
    }
    let file = backstory.folder().join("access.log");
    std::fs::write(&file, log).unwrap();
    let import = json!({ "site": "shop.example", "file": file });
    assert_eq!(backstory.ask("analytics.import", import)["events"], 8.0);
    std::fs::remove_file(file).unwrap();
    backstory
}

fn ask(backstory: &Backstory, method: &str, more: Value) -> Value {
    let mut params = json!({ "site": "shop.example", "from": "2026-11-01", "to": "2026-11-04" });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    backstory.ask(method, params)
}

/// Visitors, visits, views and bounces.
fn four(of: &Value) -> [f64; 4] {
    ["visitors", "visits", "views", "bounces"]
        .map(|it| of[it].as_f64().unwrap_or_else(|| panic!("{of}")))
}

fn is(dimension: &str, value: &str) -> Value {
    json!({ "filters": [{ "dimension": dimension, "values": [value] }] })
}

#[test]
fn what_was_seen_is_counted_as_by_hand_in_every_report() {
    let shop = shop();
    let totals = ask(&shop, "analytics.totals", json!({}));
    assert_eq!(four(&totals["totals"]), [3.0, 4.0, 7.0, 2.0]);
    // 120, 0, 60 and 0 seconds.
    assert_eq!(totals["totals"]["duration"], 45.0);
    assert_eq!(totals["totals"]["bounceRate"], 0.5);
    assert_eq!(
        totals["basis"]["leftOut"],
        json!([{ "verdict": "crawler", "visits": 1.0, "views": 1.0 }])
    );
    let said = totals["basis"]["visitors"].as_str().unwrap();
    assert!(said.contains("day"), "what a visitor is over days: {said}");
    assert_eq!(four(&ask(&shop, "analytics.totals", json!({ "bots": true }))["totals"])[1], 5.0);
    let hours = ask(&shop, "analytics.series", json!({ "grain": "hour" }));
    let views: f64 =
        hours["points"].as_array().unwrap().iter().map(|it| it["views"].as_f64().unwrap()).sum();
    assert_eq!(views, 7.0);
    for (filter, expected) in [
        (is("browser", "Firefox"), [1.0, 2.0, 3.0, 1.0]),
        (is("entry", "/"), [2.0, 3.0, 6.0, 1.0]),
        (is("source", "Google"), [1.0, 1.0, 3.0, 0.0]),
        (is("page", "/nowhere"), [0.0; 4]),
        (
            json!({ "filters": [{ "dimension": "page", "test": "matches", "values": ["/p*"] }] }),
            [3.0, 3.0, 3.0, 1.0],
        ),
    ] {
        assert_eq!(
            four(&ask(&shop, "analytics.totals", filter.clone())["totals"]),
            expected,
            "{filter}"
        );
    }
    let by = |dimension: &str| -> Vec<(String, [f64; 4])> {
        let rows = ask(&shop, "analytics.breakdown", json!({ "dimension": dimension }));
        rows["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["value"].as_str().unwrap().to_owned(), four(it)))
            .collect()
    };
    assert_eq!(
        by("browser"),
        [("Chrome".into(), [2.0, 2.0, 4.0, 1.0]), ("Firefox".into(), [1.0, 2.0, 3.0, 1.0])]
    );
    let pages: Vec<(String, f64)> = by("page").into_iter().map(|it| (it.0, it.1[2])).collect();
    let count = |page: &str| pages.iter().find(|it| it.0 == page).unwrap().1;
    assert_eq!((count("/"), count("/pricing"), count("/signup"), pages.len()), (3.0, 2.0, 1.0, 4));
    let step = |page: &str| json!({ "page": page });
    let steps =
        json!({ "steps": [step("/"), step("/pricing"), step("/signup")], "perVisit": true });
    let funnel = ask(&shop, "analytics.funnel", steps);
    let reached: Vec<f64> = funnel["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["reached"].as_f64().unwrap_or_else(|| panic!("{it}")))
        .collect();
    assert_eq!(reached, [3.0, 2.0, 1.0]);
    let goals = ask(&shop, "analytics.goals", json!({ "goals": [step("/pricing")] }));
    assert!(goals.to_string().contains("\"visitors\":2"), "{goals}");
    let ways = ask(&shop, "analytics.journeys", json!({ "length": 3 }));
    assert!(ways.to_string().contains("/signup"), "{ways}");
    let listed = ask(&shop, "analytics.visits", json!({}));
    assert_eq!(listed["total"], 4.0);
    let first = listed["visits"].as_array().unwrap().iter().find(|it| it["views"] == 3.0).unwrap();
    let visit = json!({ "site": "shop.example", "visit": first["visit"] });
    let events = shop.ask("analytics.visit", visit);
    let walked: Vec<&str> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["page"].as_str().unwrap())
        .collect();
    assert_eq!(walked, ["/", "/pricing", "/signup"]);
}

#[test]
fn the_definitions_differ_where_they_say_they_do() {
    let shop = shop();
    let of = |definition: &str| ask(&shop, "analytics.totals", json!({ "definition": definition }));
    let plausible = of("plausible");
    assert_eq!(four(&plausible["totals"]), [3.0, 4.0, 7.0, 2.0]);
    assert_eq!(plausible["basis"]["definition"], "plausible");
    // Umami ends a visit with the hour of the clock, and this one does not cross it.
    assert_eq!(four(&of("umami")["totals"])[1], 4.0);
    let refused =
        shop.refuse("analytics.totals", json!({ "site": "shop.example", "definition": "matomo" }));
    assert!(refused.1.contains("matomo") && refused.1.contains("umami"), "{refused:?}");
}

#[test]
fn a_verdict_that_a_person_gives_counts_and_can_be_taken_back() {
    let shop = shop();
    let firefox = |verdict: &str| {
        let mut of = is("browser", "Firefox");
        of["verdict"] = json!(verdict);
        of["bots"] = json!(true);
        ask(&shop, "analytics.reclassify", of)["events"].clone()
    };
    let visits = || four(&ask(&shop, "analytics.totals", json!({}))["totals"])[1];
    assert_eq!((firefox("byHand"), visits()), (json!(3.0), 2.0));
    let left = ask(&shop, "analytics.totals", json!({}))["basis"]["leftOut"].clone();
    assert!(left.to_string().contains("byHand"), "{left}");
    assert_eq!((firefox("person"), visits()), (json!(3.0), 4.0));
    let refused = shop
        .refuse("analytics.reclassify", json!({ "site": "shop.example", "verdict": "martian" }));
    assert_eq!(refused.0, "invalidParams", "{refused:?}");
}

fn beside(folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    all.filter(|it| it.file_name().unwrap().to_string_lossy().starts_with("analytics.db")).collect()
}

#[test]
fn what_is_erased_is_in_no_report_and_in_no_file() {
    let shop = shop();
    let holds = || {
        beside(shop.folder()).iter().any(|it| {
            let bytes = std::fs::read(it).unwrap();
            bytes.windows(15).any(|it| it == b"private-for-ada")
        })
    };
    assert!(holds(), "a word is kept as it is, else this proves nothing");
    let mut of = is("page", "/private-for-ada");
    let asked = {
        let mut params = json!({ "site": "shop.example", "from": "2026-11-01", "to": "2026-11-04", "confirmed": false });
        params.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
        shop.refuse("analytics.erase", params)
    };
    assert_eq!(asked.0, "conflict", "{asked:?}");
    of["confirmed"] = json!(true);
    assert_eq!(ask(&shop, "analytics.erase", of)["events"], 1.0);
    assert_eq!(four(&ask(&shop, "analytics.totals", json!({}))["totals"]), [2.0, 3.0, 6.0, 1.0]);
    assert!(!holds(), "the word is still in a file");
    let all = json!({ "confirmed": true });
    assert_eq!(ask(&shop, "analytics.erase", all)["events"], 7.0, "the crawler's too");
    shop.ask("analytics.removeSite", json!({ "site": "shop.example" }));
    assert_eq!(shop.refuse("analytics.totals", json!({ "site": "shop.example" })).0, "notFound");
}

#[test]
fn a_site_is_what_it_was_told_to_be_and_what_it_cannot_be_is_refused() {
    let shop = shop();
    let change = |change: Value| {
        let mut params = json!({ "site": "shop.example" });
        params.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        shop.ask("analytics.changeSite", params)["site"].clone()
    };
    let site = change(
        json!({ "keepMonths": 13, "aliases": ["b6a3…"], "internal": ["192.0.2.0/24"], "queryKeys": ["q"] }),
    );
    assert_eq!((site["keepMonths"].clone(), site["queryKeys"].clone()), (json!(13), json!(["q"])));
    assert_eq!(
        shop.ask("analytics.sites", json!({}))["sites"][0]["internal"],
        json!(["192.0.2.0/24"])
    );
    for (method, params, kind) in [
        ("analytics.addSite", json!({ "site": "shop.example" }), "conflict"),
        (
            "analytics.addSite",
            json!({ "site": "b.example", "zone": "Mars/Phobos" }),
            "invalidParams",
        ),
        ("analytics.addSite", json!({ "site": " " }), "invalidParams"),
        (
            "analytics.changeSite",
            json!({ "site": "shop.example", "internal": ["everybody"] }),
            "invalidParams",
        ),
        ("analytics.changeSite", json!({ "site": "b.example", "keepMonths": 3 }), "notFound"),
        (
            "analytics.totals",
            json!({ "site": "shop.example", "from": "2026-12-01", "to": "2026-11-01" }),
            "invalidParams",
        ),
        (
            "analytics.breakdown",
            json!({ "site": "shop.example", "dimension": "shoe" }),
            "invalidParams",
        ),
        ("analytics.funnel", json!({ "site": "shop.example", "steps": [] }), "invalidParams"),
        ("analytics.visit", json!({ "site": "shop.example", "visit": "1" }), "invalidParams"),
    ] {
        let refused = shop.refuse(method, params.clone());
        assert_eq!(refused.0, kind, "{method} {params}: {refused:?}");
        assert!(refused.1.len() > 10, "{refused:?}");
    }
}

#[test]
fn who_comes_back_is_not_guessed_where_ids_last_a_day() {
    let told = ask(&shop(), "analytics.retention", json!({}));
    assert_eq!(told["cells"], json!([]));
    assert!(told["nothing"].as_str().unwrap().contains("day"), "{told}");
}

#[test]
fn what_a_page_is_given_and_what_visitors_are_told_name_the_site_and_nothing_else() {
    let shop = shop();
    let snippet = shop.ask(
        "analytics.snippet",
        json!({ "site": "shop.example", "collector": "https://count.example" }),
    );
    let own = snippet["own"].as_str().unwrap();
    assert!(own.contains("https://count.example/b.js") && own.contains("shop.example"), "{own}");
    assert_eq!(snippet["others"].as_array().unwrap().len(), 3);
    for collector in ["javascript:alert(1)", "https://count.example\"><script>", "count"] {
        let refused = shop
            .refuse("analytics.snippet", json!({ "site": "shop.example", "collector": collector }));
        assert_eq!(refused.0, "invalidParams", "{collector}");
    }
    let privacy = shop.ask("analytics.privacy", json!({ "site": "shop.example" }));
    assert_eq!(privacy["record"]["onDevice"], json!([]), "nothing is put on a visitor's device");
    assert_eq!(privacy["record"]["idHours"], 24);
    assert!(privacy["record"]["neverKept"].as_array().unwrap().len() >= 2);
}
