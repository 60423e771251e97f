//! The way off another tracker, over the bridge: what was counted before comes in, what calls it is listed,
//! and two counts stand side by side.

use crate::support::Backstory;
use serde_json::{Value, json};
use std::fmt::Write as _;

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

/// A log of ten days of November 2026: on day N, N visitors with two views each.
fn log() -> String {
    let mut text = String::new();
    for day in 1..=10 {
        for visitor in 1..=day {
            for page in ["/", "/pricing?utm_source=news"] {
                let head = format!("198.51.100.{visitor} - - [{day:02}/Nov/2026:12:00:00 +0000]");
                let _ = writeln!(text, "{head} \"GET {page} HTTP/1.1\" 200 9 \"-\" \"{CHROME}\"");
            }
        }
    }
    text + "broken\n"
}

fn count(list: &Value, what: &str) -> Option<f64> {
    list.as_array().unwrap().iter().find(|it| it["what"] == what)?["count"].as_f64()
}

#[test]
fn a_log_comes_in_once_is_reported_and_stands_beside_googles_counts() {
    let backstory = Backstory::new();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("access.log"), log()).unwrap();
    backstory.ask("analytics.addSite", json!({ "site": "shop.example" }));
    let import = json!({ "site": "shop.example", "file": path("access.log") });
    let first = backstory.ask("analytics.import", import.clone());
    assert_eq!((&first["format"], &first["events"]), (&json!("combined"), &json!(110.0)));
    assert_eq!(
        (&first["lines"], &first["unread"], &first["days"]),
        (&json!(111.0), &json!(1.0), &json!(10.0))
    );
    assert_eq!(first["firstUnread"][0]["line"], 111.0);
    assert_eq!(count(&first["verdicts"], "person"), Some(110.0));
    assert_eq!(
        (&first["from"], &first["to"]),
        (&json!("2026-11-01T12:00:00Z"), &json!("2026-11-10T12:00:00Z"))
    );
    let again = backstory.ask("analytics.import", import);
    assert_eq!((&again["events"], &again["before"]), (&json!(0.0), &json!(110.0)));

    let range = json!({ "site": "shop.example", "from": "2026-11-01", "to": "2026-11-11" });
    let totals = backstory.ask("analytics.totals", range);
    let said = totals.to_string();
    assert!(said.contains("\"views\":110") && said.contains("\"visitors\":55"), "{said}");

    let mut google = "# Start date: 20261101\n\nNth day,Views\n".to_owned();
    for day in 1..=10 {
        let views = if day == 4 { 40 } else { 4 * day };
        let _ = writeln!(google, "{:04},{views}", day - 1);
    }
    std::fs::write(path("google.csv"), google).unwrap();
    let compared =
        backstory.ask("analytics.compare", json!({ "a": path("google.csv"), "b": "shop.example" }));
    assert_eq!((&compared["both"], &compared["median"]), (&json!(10.0), &json!(0.5)));
    let far: Vec<&Value> =
        compared["days"].as_array().unwrap().iter().filter(|it| it["far"] == true).collect();
    assert_eq!((far.len(), &far[0]["day"]), (1, &json!("2026-11-04")));
    assert!(
        compared["text"]
            .as_str()
            .unwrap()
            .contains("shop.example counts 50.0 % of what google.csv counts")
    );
}

#[test]
fn what_cannot_come_in_is_refused_in_a_sentence() {
    let backstory = Backstory::new();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("sums.csv"), "date,visitors,pageviews\n2026-11-01,1,2\n").unwrap();
    backstory.ask("analytics.addSite", json!({ "site": "shop.example" }));
    let refuse = |method: &str, params: Value| backstory.refuse(method, params).1;
    let import = |site: &str, file: &str| {
        refuse("analytics.import", json!({ "site": site, "file": path(file) }))
    };
    assert!(import("shop.example", "sums.csv").contains("holds sums"));
    assert!(import("shop.example", "nothing").contains("cannot be read"));
    assert!(import("nobody", "sums.csv").contains("no site"));
    let compared = refuse("analytics.compare", json!({ "a": path("sums.csv"), "b": "nobody" }));
    assert!(compared.contains("neither a file nor a site"), "{compared}");
    let listed = refuse("analytics.inventory", json!({ "folder": path("nothing") }));
    assert!(listed.contains("cannot be read"), "{listed}");
}

#[test]
fn calls_in_a_code_base_are_listed_with_what_takes_their_place() {
    let backstory = Backstory::new();
    let folder = tempfile::tempdir().unwrap();
    let code = "gtag('event', 'signup_completed', {\n  plan: 'pro',\n});\nwindow.dataLayer.push({ user: 1 });\n";
    std::fs::write(folder.path().join("a.ts"), code).unwrap();
    let listed = backstory.ask(
        "analytics.inventory",
        json!({ "folder": folder.path().to_string_lossy(), "collector": "https://stats.example.org", "limit": 1 }),
    );
    assert_eq!((&listed["total"], &listed["files"]), (&json!(2.0), &json!(1.0)));
    let call = &listed["calls"][0];
    assert_eq!(
        (&call["file"], &call["line"], &call["until"]),
        (&json!("a.ts"), &json!(1), &json!(3))
    );
    assert_eq!(call["replacement"], "window.backstory?.('signup_completed', {\n  plan: 'pro',\n})");
    assert_eq!(listed["byHand"].as_array().unwrap().len(), 1);
    assert_eq!(count(&listed["kinds"], "event"), Some(1.0));
}
