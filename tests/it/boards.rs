//! Dashboards over the bridge: those that Backstory brings, the rows behind their places, files of them.

use crate::support::{Backstory, shop};
use serde_json::{Value, json};
use std::fmt::Write as _;

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const BUILT_IN: [&str; 6] = ["delivery", "health", "matomo", "plausible", "umami", "web"];

/// A site with ten days of November 2026: on day N, N visitors that come to `/` or `/blog` and go on to `/pricing`.
fn visited() -> Backstory {
    let backstory = Backstory::new();
    let mut text = String::new();
    for day in 1..=10 {
        for visitor in 1..=day {
            let entry = if visitor % 2 == 0 { "/blog" } else { "/" };
            for (minute, page) in [(0, entry), (1, "/pricing")] {
                let head =
                    format!("198.51.100.{visitor} - - [{day:02}/Nov/2026:12:{minute:02}:00 +0000]");
                let _ = writeln!(text, "{head} \"GET {page} HTTP/1.1\" 200 9 \"-\" \"{CHROME}\"");
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("access.log");
    std::fs::write(&file, text).unwrap();
    backstory.ask("analytics.addSite", json!({ "site": "shop.example" }));
    backstory
        .ask("analytics.import", json!({ "site": "shop.example", "file": file.to_string_lossy() }));
    backstory
}

const PERIOD: &str = "2026-11-01..2026-11-11";

/// The panels of a dashboard as it is opened.
fn panels(opened: &Value) -> Vec<Value> {
    let parts = opened["parts"].as_array().unwrap();
    parts.iter().filter(|it| it["kind"] == "panel").map(|it| it["panel"].clone()).collect()
}

fn opened(backstory: &Backstory, params: &Value) -> Value {
    backstory.ask("dashboards.open", json!({ "dashboard": "web", "params": params, "zone": "UTC" }))
}

/// The number of the panel of that title.
fn panel(opened: &Value, title: &str) -> Value {
    panels(opened).iter().find(|it| it["title"] == title).unwrap()["panel"].clone()
}

#[test]
fn what_backstory_brings_has_no_troubles() {
    let backstory = Backstory::new();
    for dashboard in BUILT_IN {
        let checked = backstory.ask("dashboards.check", json!({ "dashboard": dashboard }));
        assert_eq!(checked["troubles"], json!([]), "{dashboard}");
    }
}

#[test]
fn every_panel_of_memory_and_of_visits_answers_before_there_is_anything_to_tell() {
    let (visited, shop) = (visited(), shop());
    for (backstory, dashboard) in [(&visited, "web"), (shop, "health"), (shop, "delivery")] {
        let opened = backstory.ask("dashboards.open", json!({ "dashboard": dashboard }));
        assert!(panels(&opened).len() > 5);
        for it in panels(&opened) {
            let asked = json!({ "dashboard": dashboard, "panel": it["panel"] });
            let shown = backstory.ask("dashboards.panel", asked);
            let something =
                ["scene", "table", "nothing"].iter().filter(|it| !shown[**it].is_null()).count();
            assert_eq!(something, 1, "{dashboard}: {}", it["title"]);
        }
    }
}

#[test]
fn a_site_is_chosen_before_anybody_chose_one_and_none_is_where_there_is_none() {
    let empty = Backstory::new();
    let site = |of: &Value| of["params"].as_array().unwrap()[0].clone();
    let none = site(&opened(&empty, &json!({})));
    assert_eq!((&none["name"], &none["required"]), (&json!("site"), &json!(true)));
    assert_eq!((&none["value"], &none["options"]), (&Value::Null, &json!([])));
    assert_eq!(none["optionsTrouble"], Value::Null);

    let backstory = visited();
    backstory.ask("analytics.addSite", json!({ "site": "another.example" }));
    let first = site(&opened(&backstory, &json!({})));
    assert_eq!(first["value"], "another.example");
    let named = site(&opened(&backstory, &json!({ "site": "shop.example" })));
    assert_eq!(named["value"], "shop.example");
    let text = backstory.ask(
        "dashboards.render",
        json!({ "dashboard": "web", "params": { "period": PERIOD }, "zone": "UTC" }),
    );
    let text = text["text"].as_str().unwrap();
    let head: Vec<&str> = text.lines().take(5).collect();
    assert!(head.join(" ").contains("· Site: another.example ·"), "{head:?}");
    assert!(!head.join(" ").contains(": any"), "{head:?}");
}

#[test]
fn a_place_of_a_line_opens_the_visits_of_its_day() {
    let backstory = visited();
    let params = json!({ "site": "shop.example", "period": PERIOD });
    let number = panel(&opened(&backstory, &params), "Visitors and page views");
    let asked = json!({ "dashboard": "web", "params": params, "zone": "UTC", "panel": number, "width": 200 });
    let shown = backstory.ask("dashboards.panel", asked.clone());
    let bands = shown["scene"]["bands"].as_array().unwrap();
    assert_eq!(bands.len(), 10);
    for (at, band) in bands.iter().enumerate() {
        let mut asked = asked.clone();
        asked.as_object_mut().unwrap().remove("width");
        asked["x"] = band["mark"]["x"].clone();
        let rows = backstory.ask("dashboards.rows", asked);
        assert_eq!(rows["table"]["total"], json!((at + 1) as f64), "{band}");
        assert!(rows["of"].as_str().unwrap().contains(" at 2026-11-"), "{}", rows["of"]);
    }
    let entries = panel(&opened(&backstory, &params), "Entry pages");
    let rows = |x: Value| {
        let asked = json!({ "dashboard": "web", "params": params, "zone": "UTC", "panel": entries, "x": x });
        backstory.ask("dashboards.rows", asked)["table"]["total"].clone()
    };
    // Of N visitors of a day every second one came to the blog.
    assert_eq!((rows(json!("/blog")), rows(json!("/"))), (json!(25.0), json!(30.0)));
    assert_eq!(rows(Value::Null), json!(55.0));
}

#[test]
fn a_dashboard_is_written_to_a_file_and_over_none_that_is_there() {
    let backstory = visited();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let export = |path: &str, more: Value| {
        let mut asked = json!({ "dashboard": "web", "params": { "period": PERIOD }, "path": path });
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked
    };
    let begins = [
        ("web.png", "\u{89}PNG"),
        ("web.svg", "<svg "),
        ("web.html", "<!doctype html>"),
        ("web.csv", "# "),
        ("web.json", "{"),
        ("web.txt", "Web\n"),
    ];
    for (name, begin) in begins {
        let reply = backstory.ask("dashboards.export", export(&path(name), json!({})));
        assert_eq!((&reply["path"], &reply["failures"]), (&json!(path(name)), &json!([])));
        let bytes = std::fs::read(path(name)).unwrap();
        assert_eq!(reply["bytes"], json!(bytes.len() as f64));
        let head: String = bytes.iter().take(begin.chars().count()).map(|it| *it as char).collect();
        assert_eq!(head, begin);
    }
    let (code, message, _) =
        backstory.refuse("dashboards.export", export(&path("web.svg"), json!({})));
    assert!(message.contains("is there already"), "{code} {message}");
    std::fs::write(path("web.svg"), "old").unwrap();
    backstory.ask("dashboards.export", export(&path("web.svg"), json!({ "replace": true })));
    assert!(std::fs::read_to_string(path("web.svg")).unwrap().starts_with("<svg "));
    let as_said = export(&path("report"), json!({ "format": "json", "panel": 0 }));
    backstory.ask("dashboards.export", as_said);
    assert!(std::fs::read_to_string(path("report")).unwrap().starts_with('{'));

    let refused = |path: &str| backstory.refuse("dashboards.export", export(path, json!({}))).1;
    assert!(refused("web.png").contains("no absolute path"));
    assert!(refused(&path("web.xlsx")).contains("does not say how it is written"));
    assert!(refused(&path("none/web.png")).contains("none"));
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, begins.len() + 1, "something half written stayed");
}
