//! How work flows, asked over the bridge: every figure opens its records, stages add up, one person is one
//! person, and nobody is ranked.

use crate::memory::{figures, follow};
use crate::support::{Backstory, shop};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// A small made-up project with trackers.
fn demo() -> &'static Backstory {
    static DEMO: OnceLock<Backstory> = OnceLock::new();
    DEMO.get_or_init(|| {
        let demo = Backstory::new();
        demo.ask("sources.demo", json!({}));
        demo
    })
}

/// The row of a measure.
fn measure<'a>(reply: &'a Value, name: &str) -> &'a Value {
    let all = reply["measures"].as_array().unwrap();
    all.iter().find(|it| it["measure"] == name).unwrap_or_else(|| panic!("no {name} in {reply}"))
}

fn rows<'a>(reply: &'a Value, list: &str, name: &str) -> Vec<&'a Value> {
    reply[list].as_array().unwrap().iter().filter(|it| it["measure"] == name).collect()
}

#[test]
fn every_figure_opens_exactly_the_records_that_it_counts() {
    let mut followed = 0;
    for params in [
        json!({}),
        json!({ "from": "2025-01-01", "grain": "month" }),
        json!({ "from": "2026-03-01", "to": "2026-04-01", "deployments": "merges" }),
        json!({ "from": "2025-01-01", "component": "auth", "deployments": "tags" }),
        json!({ "from": "2025-01-01", "now": "2026-03-01" }),
    ] {
        let reply = demo().ask("memory.delivery", params.clone());
        let mut found = Vec::new();
        figures(&reply, &params.to_string(), &mut found);
        found.iter().for_each(|(at, figure)| follow(demo(), at, figure));
        for it in reply["measures"].as_array().unwrap() {
            assert_eq!(it["n"].as_f64(), it["items"]["value"].as_f64(), "{params}: {it}");
        }
        followed += found.len();
    }
    assert!(followed > 150, "there are figures to follow: {followed}");
}

#[test]
fn a_stretch_of_a_trend_and_a_group_open_exactly_theirs() {
    let period =
        json!({ "from": "2025-09-01", "to": "2026-05-20", "grain": "month", "by": "kind" });
    let reply = demo().ask("memory.delivery", period.clone());
    let mut asked = 0;
    for (list, key) in [("series", "start"), ("groups", "group")] {
        for it in reply[list].as_array().unwrap() {
            let name = it["measure"].as_str().unwrap();
            // Deployment days look at thirteen weeks.
            if name == "deploymentFrequency" {
                continue;
            }
            let mut params =
                json!({ "measure": name, "from": "2025-09-01", "to": "2026-05-20", "limit": 1000 });
            if list == "series" {
                params["bucket"] = it[key].clone();
                params["grain"] = "month".into();
            } else {
                params["by"] = "kind".into();
                params["group"] = it[key].clone();
            }
            let listed = demo().ask("memory.deliveryRecords", params.clone());
            assert_eq!(listed["total"], it["n"], "{params}: {it}");
            assert_eq!(
                listed["records"].as_array().unwrap().len(),
                it["n"].as_u64().unwrap() as usize
            );
            asked += 1;
        }
    }
    assert!(asked > 200, "{asked}");
}

#[test]
fn the_stages_of_each_pull_request_and_their_means_add_up_to_the_whole() {
    let period = json!({ "measures": ["cycleTime"], "from": "2025-01-01" });
    let reply = demo().ask("memory.delivery", period);
    let parts = rows(&reply, "parts", "cycleTime");
    let mean: f64 = parts[..3].iter().map(|it| it["mean"].as_f64().unwrap()).sum();
    let whole = measure(&reply, "cycleTime");
    assert!((mean - whole["mean"].as_f64().unwrap()).abs() < 1e-6, "{whole}");
    assert!(parts.iter().all(|it| it["n"] == whole["n"]), "{parts:?}");
    let params = json!({ "measure": "cycleTime", "from": "2025-01-01", "limit": 4 });
    let listed = demo().pages("memory.deliveryRecords", params, "records");
    assert_eq!(listed.len() as u64, whole["n"].as_u64().unwrap());
    for it in &listed {
        let stage = |name: &str| it["numbers"][name].as_f64().unwrap();
        assert_eq!(
            stage("coding") + stage("pickup") + stage("review"),
            it["value"].as_f64().unwrap(),
            "{it}"
        );
    }
}

#[test]
fn one_person_with_two_addresses_is_one_person() {
    // Bo commits from work and from home.
    let people = shop().ask("memory.people", json!({}));
    let people: Vec<&Value> = people["people"].as_array().unwrap().iter().collect();
    let human = people.iter().filter(|it| it["person"]["bot"] == false).count() as f64;
    let reply = shop().ask(
        "memory.delivery",
        json!({ "measures": ["codingDays"], "from": "2025-12-29", "to": "2026-02-09" }),
    );
    let to = reply["to"].as_str().unwrap();
    let it = measure(&reply, "codingDays");
    let days = it["denominator"].as_f64().unwrap();
    assert_eq!(days % human, 0.0, "{human} people until {to}: {it}");
    let spellings =
        people.iter().map(|it| it["identities"].as_array().map_or(0, Vec::len)).sum::<usize>();
    assert!(spellings == 0 || spellings > human as usize, "{people:?}");
}

#[test]
fn nobody_is_named_and_nothing_is_broken_down_by_person() {
    let reply = demo().ask("memory.delivery", json!({ "from": "2025-01-01", "by": "component" }));
    let mut told = reply.clone();
    for it in told["measures"].as_array_mut().unwrap() {
        // Titles of records are theirs.
        it["items"] = json!(null);
    }
    let text = told.to_string();
    let people = demo().ask("memory.people", json!({}));
    for it in people["people"].as_array().unwrap() {
        for word in ["key", "name"] {
            let word = it["person"][word].as_str().unwrap();
            assert!(!text.contains(word), "{word}");
        }
    }
    let (kind, ..) = demo().refuse("memory.delivery", json!({ "by": "person" }));
    assert_eq!(kind, "invalidParams");
}

#[test]
fn a_period_is_half_open_and_compared_with_the_same_days_of_the_week() {
    let ask = |from: &str, to: &str| {
        demo().ask(
            "memory.delivery",
            json!({ "measures": ["throughputPullRequests"], "from": from, "to": to }),
        )
    };
    let n = |from, to| measure(&ask(from, to), "throughputPullRequests")["n"].as_u64().unwrap();
    let days = ["2026-03-01", "2026-03-20", "2026-04-11", "2026-05-20"];
    let cut: u64 = days.windows(2).map(|it| n(it[0], it[1])).sum();
    assert!(cut > 5);
    assert_eq!(cut, n("2026-03-01", "2026-05-20"));
    assert_eq!(cut, n("2026-03-01 00:00:00", "2026-05-20T00:00:00Z"));
    let reply = ask("2026-03-01", "2026-04-10");
    assert_eq!(
        [&reply["beforeFrom"], &reply["beforeTo"]],
        ["2026-01-18T00:00:00Z", "2026-02-27T00:00:00Z"]
    );
}

#[test]
fn what_cannot_be_judged_says_so_and_is_not_nothing() {
    let reply = shop().ask("memory.delivery", json!({}));
    let it = measure(&reply, "cycleTime");
    assert!(
        it["value"].is_null() && it["notJudged"].as_str().unwrap().contains("no pull requests"),
        "{it}"
    );
    assert!(measure(&reply, "churn")["notJudged"].is_null());
    let gaps = reply["basis"]["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|it| it["kind"] == "notJudged"), "{gaps:?}");
    // Asked for a time that memory does not know of: it says where it ends.
    let reply = demo().ask("memory.delivery", json!({ "from": "2026-05-01", "to": "2027-01-01" }));
    let gaps = reply["basis"]["gaps"].as_array().unwrap();
    assert!(gaps.iter().any(|it| it["kind"] == "afterMemory"), "{gaps:?}");
    assert_eq!(reply["to"], "2026-05-20T15:25:01Z");
}

#[test]
fn what_is_asked_for_wrongly_is_said_with_a_way_out() {
    for (params, words) in [
        (json!({ "from": "2026-05-02", "to": "2026-05-01" }), "is not before"),
        (json!({ "from": "soon" }), "is not a time"),
        (json!({ "from": "2020-01-01", "grain": "hour" }), "more than 1000"),
        (json!({ "component": "nowhere" }), "no component"),
    ] {
        let (kind, message, hint) = demo().refuse("memory.delivery", params.clone());
        assert!(message.contains(words) && !hint.is_empty(), "{params}: {kind} {message} {hint}");
    }
    for params in [
        json!({ "measure": "churn", "bucket": "2026-05-01" }),
        json!({ "measure": "churn", "group": "bug" }),
        json!({ "measure": "churn", "cursor": "one two three" }),
    ] {
        let (kind, ..) = demo().refuse("memory.deliveryRecords", params.clone());
        assert_eq!(kind, "invalidParams", "{params}");
    }
}

#[test]
fn what_came_in_since_is_in_the_next_answer() {
    let backstory = Backstory::new();
    let repository = backstory.folder().join("shop");
    crate::support::build_shop(&repository);
    backstory.ask("sources.add", json!({ "path": repository, "name": "acme/shop" }));
    let ask = || {
        backstory.ask(
            "memory.delivery",
            json!({ "measures": ["churn"], "from": "2025-01-01", "to": "2028-01-01" }),
        )
    };
    let (one, again) = (ask(), ask());
    assert_eq!(one, again);
    std::fs::write(repository.join("new.txt"), "one\ntwo\nthree\n").unwrap();
    let env = [
        ("GIT_AUTHOR_NAME", "Ada Lind"),
        ("GIT_AUTHOR_EMAIL", "ada@example.org"),
        ("GIT_AUTHOR_DATE", "2026-06-01T09:00:00Z"),
        ("GIT_COMMITTER_NAME", "Ada Lind"),
        ("GIT_COMMITTER_EMAIL", "ada@example.org"),
        ("GIT_COMMITTER_DATE", "2026-06-01T09:00:00Z"),
    ];
    crate::support::git(&repository, &["add", "-A"], &env);
    crate::support::git(&repository, &["commit", "-q", "-m", "More"], &env);
    backstory.ask("sources.sync", json!({}));
    let value = |it: &Value| measure(it, "churn")["value"].as_f64().unwrap();
    assert_eq!(value(&ask()), value(&one) + 3.0);
}

/// The fenced blocks of a dashboard: what stands behind the fence, and what is within.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut parts = text.split("\n```");
    parts.next();
    while let (Some(block), Some(_)) = (parts.next(), parts.next()) {
        let (head, body) = block.split_once('\n').unwrap();
        blocks.push((head.to_owned(), body.to_owned()));
    }
    blocks
}

/// The first row of what a call gives, as columns: nested objects are `a.b`.
fn columns(row: &Value, before: &str, found: &mut Vec<String>) {
    for (name, it) in row.as_object().unwrap() {
        found.push(format!("{before}{name}"));
        if it.is_object() {
            columns(it, &format!("{before}{name}."), found);
        }
    }
}

#[test]
fn every_query_of_the_built_in_dashboards_is_answered_and_has_the_columns_that_are_drawn() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/dashboards");
    let place = |name: &str| match name {
        "from" => json!("2025-09-01 00:00:00"),
        "to" => json!("2026-05-20 00:00:00"),
        "grain" | "by" => json!("week"),
        "repository" => json!("demo"),
        "days" => json!(90),
        "x" => json!("2026-02-16"),
        "component" => json!(null),
        other => panic!("nothing is known of :{other}"),
    };
    let (mut called, mut drawn) = (0, 0);
    for file in ["delivery.md", "health.md"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let mut known: std::collections::BTreeMap<String, Vec<String>> = Default::default();
        let blocks = blocks(&text);
        for (head, body) in blocks.iter().filter(|it| it.0.contains(" call=")) {
            let words: Vec<&str> = head.split_whitespace().collect();
            let word = |key: &str| words.iter().find_map(|it| it.strip_prefix(key)).unwrap();
            let body: toml::Table = body.parse().unwrap();
            let mut params = serde_json::to_value(body).unwrap();
            for it in params.as_object_mut().unwrap().values_mut() {
                if let Some(name) = it.as_str().and_then(|it| it.strip_prefix(':')) {
                    *it = place(name);
                }
            }
            params.as_object_mut().unwrap().retain(|_, it| !it.is_null());
            let reply = demo().ask(word("call="), params);
            let rows = reply[word("rows=")].as_array().unwrap_or_else(|| panic!("{file}: {head}"));
            let mut names = Vec::new();
            if let Some(row) = rows.first() {
                columns(row, "", &mut names);
            }
            known.insert(words[1].to_owned(), names);
            called += 1;
        }
        for (head, body) in blocks.iter().filter(|it| it.0.starts_with("sql ")) {
            known.insert(head.split_whitespace().nth(1).unwrap().to_owned(), vec![body.clone()]);
        }
        for (_, body) in blocks.iter().filter(|it| it.0 == "toml panel") {
            let panel: toml::Table = body.parse().unwrap();
            let (kind, query) = panel
                .iter()
                .filter(|it| it.0 != "rows")
                .find_map(|(key, it)| Some((key, known.get(it.as_str()?)?)))
                .unwrap();
            assert!(
                panel.get("rule").is_some_and(|it| it.as_str().unwrap().len() > 20),
                "{file}: {body}"
            );
            if let Some(rows) = panel.get("rows") {
                assert!(known.contains_key(rows.as_str().unwrap()), "{file}: {body}");
            }
            let wanted = ["x", "y", "by"].iter().filter_map(|it| panel.get(*it));
            for it in wanted {
                let several = it.as_array().cloned().unwrap_or_else(|| vec![it.clone()]);
                for name in several.iter().map(|it| it.as_str().unwrap()) {
                    // Of a table, what is null in the first row may be an object in another.
                    let there =
                        query.iter().any(|it| it == name || it.contains(&format!("as {name}")));
                    let nested =
                        name.split_once('.').is_some_and(|it| query.iter().any(|its| its == it.0));
                    assert!(there || nested, "{file}: {name} of {query:?} in {kind}");
                }
            }
            drawn += 1;
        }
    }
    assert!(called > 60 && drawn > 35, "{called} calls, {drawn} panels");
}
