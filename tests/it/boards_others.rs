//! Dashboards over the databases of Umami, Plausible and Matomo, on real servers: each number is what somebody who
//! knows only the hits and the product's definitions counts by hand.

mod counted;
mod engine;
mod matomo;
mod plausible;
mod umami;

use crate::support::Backstory;
use serde_json::{Value, json};

/// A moment of a site, by the clocks of its zone.
pub(super) struct Local {
    /// Its day, `2025-03-01`.
    pub(super) day: String,
    /// Its hour.
    pub(super) hour: i64,
    /// `Mon` and so on.
    pub(super) weekday: &'static str,
    /// The Monday of its week.
    pub(super) monday: String,
}

/// The moment by the clocks of Berlin or New York, whose changes in the spring of 2025 are known.
pub(super) fn local(zone: &str, at: i64) -> Local {
    let offset = match zone {
        "Europe/Berlin" => 3_600 + if at >= 1_743_296_400 { 3_600 } else { 0 },
        "America/New_York" => -18_000 + if at >= 1_741_503_600 { 3_600 } else { 0 },
        _ => 0,
    };
    let days = (at + offset).div_euclid(86_400);
    let text = |days: i64| {
        let (year, month, day) = servers::visited::date(days);
        format!("{year:04}-{month:02}-{day:02}")
    };
    let weekday = (days + 3).rem_euclid(7); // 1 January 1970 was a Thursday
    Local {
        day: text(days),
        hour: (at + offset).rem_euclid(86_400) / 3_600,
        weekday: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday as usize],
        monday: text(days - weekday),
    }
}

/// March 2025 in Berlin, in seconds since 1970: half-open.
pub(super) const MARCH: (i64, i64) = (1_740_783_600, 1_743_458_400);

/// A built-in dashboard over one connection.
pub(super) struct Board {
    backstory: Backstory,
    name: &'static str,
    connection: String,
    /// Its text without the queries of rows behind panels: then the rows of a panel are those it is drawn from.
    bare: String,
    titles: Vec<String>,
}

impl Board {
    pub(super) fn new(name: &'static str, connection: String) -> Board {
        let backstory = Backstory::new();
        let source = backstory.ask("dashboards.source", json!({ "dashboard": name }));
        assert_eq!(source["place"], "builtIn");
        let text = source["text"].as_str().unwrap();
        let bare: Vec<&str> = text.lines().filter(|it| !it.starts_with("rows = ")).collect();
        let title = |it: &str| {
            Some(
                it.split("toml panel\n")
                    .nth(1)?
                    .split("title = \"")
                    .nth(1)?
                    .split('"')
                    .next()?
                    .to_owned(),
            )
        };
        let blocks = text.match_indices("```toml panel\n").map(|it| &text[it.0..]);
        let titles = blocks.map(|it| title(it).unwrap()).collect();
        Board { backstory, name, connection, bare: bare.join("\n"), titles }
    }

    fn call(&self, method: &str, with: Value, params: Value) -> Value {
        let mut all = json!({ "connection": self.connection, "period": "2025-03-01..2025-04-01" });
        all.as_object_mut().unwrap().extend(params.as_object().unwrap().clone());
        let mut call = json!({ "params": all, "zone": "Europe/Berlin" });
        call.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
        self.backstory.ask(method, call)
    }

    fn panel(&self, title: &str) -> usize {
        self.titles.iter().position(|it| it == title).unwrap_or_else(|| panic!("no panel {title}"))
    }

    /// What a panel is drawn from.
    pub(super) fn drawn(&self, title: &str, params: Value) -> Table {
        let with = json!({ "text": self.bare, "panel": self.panel(title), "limit": 5000 });
        Table::of(&self.call("dashboards.rows", with, params))
    }

    /// What stands behind a panel's mark.
    pub(super) fn behind(&self, title: &str, x: &str) -> Table {
        let with =
            json!({ "dashboard": self.name, "panel": self.panel(title), "x": x, "limit": 5000 });
        Table::of(&self.call("dashboards.rows", with, json!({})))
    }

    /// Every panel is drawn and has something to show, compared where it compares; nothing is wrong with the text, and
    /// its parameters offer the sites.
    pub(super) fn is_whole(&self, sites: &[(String, &str)]) {
        let checked = self.backstory.ask("dashboards.check", json!({ "dashboard": self.name }));
        assert_eq!(checked["troubles"], json!([]));
        let opened = self.call("dashboards.open", json!({ "dashboard": self.name }), json!({}));
        let site =
            opened["params"].as_array().unwrap().iter().find(|it| it["name"] == "site").unwrap();
        let offered: Vec<(String, String)> = site["options"]
            .as_array()
            .unwrap_or_else(|| panic!("{}", site["optionsTrouble"]))
            .iter()
            .map(|it| {
                (it["value"].as_str().unwrap().to_owned(), it["label"].as_str().unwrap().to_owned())
            })
            .collect();
        assert_eq!(offered.len(), sites.len());
        for ((value, label), (id, host)) in offered.iter().zip(sites) {
            assert!(value == id && label.contains(host), "{value} {label}");
        }
        for (number, title) in self.titles.iter().enumerate() {
            let with = json!({ "dashboard": self.name, "panel": number });
            let drawn = self.call("dashboards.panel", with, json!({}));
            assert!(drawn["nothing"].is_null(), "{title}: {}", drawn["nothing"]);
            assert!(drawn["evidence"]["rule"].is_string(), "{title} says no rule");
            assert!(drawn["scene"].is_object() || drawn["table"].is_object(), "{title}: {drawn}");
        }
    }

    /// Whether what the dashboard asserts holds, in its order.
    pub(super) fn holds(&self) -> Vec<Value> {
        let told = self.call("dashboards.assertions", json!({ "dashboard": self.name }), json!({}));
        told["assertions"].as_array().unwrap().iter().map(|it| it["holds"].clone()).collect()
    }
}

/// Rows as text; numbers with what stands behind the point to six digits.
#[derive(Debug, PartialEq)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// A number as it stands in a [`Table`].
pub(super) fn number(of: f64) -> String {
    let text = format!("{of:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Table {
    fn of(reply: &Value) -> Table {
        let text = |it: &Value| match it {
            Value::Null => String::new(),
            Value::String(it) => it.clone(),
            Value::Number(it) => number(it.as_f64().unwrap()),
            other => other.to_string(),
        };
        let list = |it: &Value| it.as_array().unwrap().clone();
        Table {
            columns: list(&reply["table"]["columns"]).iter().map(|it| text(&it["name"])).collect(),
            rows: list(&reply["table"]["rows"])
                .iter()
                .map(|it| list(it).iter().map(text).collect())
                .collect(),
        }
    }

    /// Its rows, as those columns alone and in the order of their text.
    pub(super) fn only(&self, columns: &[&str]) -> Vec<Vec<String>> {
        let at: Vec<usize> = columns
            .iter()
            .map(|it| {
                self.columns
                    .iter()
                    .position(|name| name == it)
                    .unwrap_or_else(|| panic!("no {it} in {:?}", self.columns))
            })
            .collect();
        let mut rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| at.iter().map(|it| row[*it].clone()).collect()).collect();
        rows.sort();
        rows
    }

    /// The one row of those columns.
    pub(super) fn one(&self, columns: &[&str]) -> Vec<String> {
        assert_eq!(self.rows.len(), 1, "{self:?}");
        self.only(columns).remove(0)
    }

    /// Whether the numbers of a column fall from row to row.
    pub(super) fn falls(&self, column: &str) {
        let at = self.columns.iter().position(|it| it == column).unwrap();
        let numbers: Vec<f64> = self.rows.iter().map(|it| it[at].parse().unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a >= b), "{column}: {numbers:?}");
    }
}
