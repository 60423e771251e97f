//! Dashboards as their users meet them: files that are saved, broken, edited and run.

use crate::support::Backstory;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const SHOP: &str = "\
create table orders (day text, country text, amount real);
insert into orders values
  ('2026-03-02', 'FR', 10), ('2026-03-02', 'IT', 5), ('2026-03-03', 'FR', 7), ('2026-03-05', 'IT', 2),
  ('2026-02-02', 'FR', 4), ('2026-02-03', 'IT', 1);";

const ORDERS: &str = r#"+++
title = "Orders" # what we sell
zone = "UTC"

# Which countries.
[params.country]
kind = "choice"
options = "countries"

[params.period]
kind = "period"
default = "2026-03-02..2026-03-09"
+++

All **orders**.

```sql countries on=shop
select distinct country from orders order by 1
```

```sql days on=shop
select day, country, sum(amount) as amount from orders
where day >= :from_day and day < :to_day and (:country is null or country = :country)
group by 1, 2 order by 1, 2
```

```sql behind on=shop
select day, country, amount from orders where day = :x and (:by is null or country = :by)
```

```toml panel
# The first.
bar   = "days"   # by day
title = "Orders by day"
x     = "day"
by    = "country"
y     = "amount"
rows  = "behind"
filter = "country"
```

```sql total on=results
select sum(amount) as amount, count(*) as lines from days
```

```toml panel
number = "total"
y = "amount"
compare = "before"
```

```assert
total.amount > 20 -- Hardly anybody buys
```
"#;

/// A Backstory with a shop to ask, and a project whose folder has dashboards.
struct Project {
    backstory: Backstory,
    folder: PathBuf,
}

impl Project {
    fn new() -> Project {
        let backstory = Backstory::new();
        let folder = backstory.folder().join("project");
        std::fs::create_dir_all(&folder).unwrap();
        let file = shop(backstory.folder());
        let entry = json!({ "engine": "sqlite", "file": file });
        backstory.ask("databases.save", json!({ "connection": "shop", "entry": entry }));
        Project { backstory, folder }
    }

    /// Saves a text the way an editor does, and tells where.
    fn write(&self, text: &str) -> PathBuf {
        let save =
            json!({ "dashboard": "orders", "project": self.folder, "text": text, "replace": true });
        let saved = self.backstory.ask("dashboards.save", save);
        saved["path"].as_str().unwrap().into()
    }

    fn ask(&self, method: &str, more: Value) -> Value {
        self.backstory.ask(method, self.asked(more))
    }

    fn asked(&self, more: Value) -> Value {
        let mut params = json!({ "dashboard": "orders", "project": self.folder });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    }

    fn hash(&self) -> Value {
        self.ask("dashboards.source", json!({}))["hash"].clone()
    }

    /// The number of the last event so far.
    fn seen(&self) -> u64 {
        let since = self.backstory.ask("events.since", json!({ "seq": 0 }));
        let events = since["events"].as_array().unwrap().iter();
        events.filter_map(|it| it["seq"].as_u64()).max().unwrap_or(0)
    }

    /// Waits until it is told that dashboards changed, and tells how long that took.
    fn told(&self, after: u64) -> Duration {
        let began = Instant::now();
        loop {
            let since = self.backstory.ask("events.since", json!({ "seq": after }));
            if since["events"]
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it.to_string().contains("dashboards"))
            {
                return began.elapsed();
            }
            assert!(began.elapsed() < Duration::from_secs(30), "nobody tells of the file");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn shop(folder: &Path) -> PathBuf {
    let file = folder.join("shop.db");
    rusqlite::Connection::open(&file).unwrap().execute_batch(SHOP).unwrap();
    file
}

fn rows(table: &Value) -> &Vec<Value> {
    table["rows"].as_array().unwrap()
}

#[test]
fn a_save_is_told_at_once_and_a_broken_file_leaves_the_last_good_state() {
    let project = Project::new();
    let path = project.write(ORDERS);
    let good = project.ask("dashboards.open", json!({}));
    assert_eq!((good["stale"].clone(), good["troubles"].clone()), (json!(false), json!([])));
    let mut least = Duration::MAX;
    for round in 0..5 {
        let seen = project.seen();
        std::fs::write(&path, format!("{ORDERS}\nRound {round}.\n")).unwrap();
        least = least.min(project.told(seen));
    }
    assert!(least < Duration::from_millis(200), "{least:?}");
    let good = project.ask("dashboards.open", json!({}));
    let broken = ORDERS
        .replace("bar   = \"days\"", "bar   = \"dyas\"")
        .replace("select sum", "```\n\nselect sum");
    std::fs::write(&path, &broken).unwrap();
    let stale = project.ask("dashboards.open", json!({}));
    assert_eq!(stale["stale"], true);
    assert_eq!(stale["parts"], good["parts"], "what was good is shown");
    let trouble = &stale["troubles"][0];
    let line = 1 + ORDERS.lines().position(|it| it.starts_with("bar ")).unwrap();
    assert_eq!(trouble["line"], line, "{trouble}");
    assert!(trouble["column"].as_u64().unwrap() > 1, "{trouble}");
    assert!(trouble.to_string().contains("`days`"), "it says what was meant: {trouble}");
    assert_eq!(rows(&project.ask("dashboards.rows", json!({ "panel": 0 }))["table"]).len(), 4);
    std::fs::write(&path, ORDERS).unwrap();
    assert_eq!(project.ask("dashboards.open", json!({}))["stale"], false);
}

#[test]
fn a_file_that_never_was_good_says_where_it_is_wrong() {
    let project = Project::new();
    let path = project.write("+++\ntitle = \n+++\n# Orders\n");
    let opened = project.ask("dashboards.open", json!({}));
    assert_eq!(opened["path"], path.to_str().unwrap());
    assert_eq!(
        (opened["stale"].clone(), opened["troubles"][0]["line"].clone()),
        (json!(false), json!(2))
    );
    let (kind, message, _) =
        project.backstory.refuse("dashboards.render", project.asked(json!({})));
    assert_eq!(kind, "invalidParams");
    assert!(message.starts_with(&format!("{}:2:", path.display())), "{message}");
    // Bytes that are no text, a folder in its place, and a name that leads out.
    std::fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert_eq!(project.backstory.refuse("dashboards.open", project.asked(json!({}))).0, "upstream");
    for name in ["../orders", "/etc/passwd", "a/../../b", "", "a\0b"] {
        let refused = project
            .backstory
            .refuse("dashboards.open", json!({ "dashboard": name, "project": project.folder }));
        assert!(
            ["invalidParams", "notFound"].contains(&refused.0.as_str()),
            "{name:?}: {refused:?}"
        );
    }
}

#[test]
fn a_change_in_the_window_leaves_order_and_comments_as_they_were() {
    let project = Project::new();
    let path = project.write(ORDERS);
    let change = |change: Value| {
        project.ask("dashboards.edit", json!({ "hash": project.hash(), "change": change }))
    };
    change(json!({ "set": { "panel": 0, "key": "title", "value": "By \"day\"" } }));
    change(json!({ "set": { "panel": 0, "key": "kind", "value": "stacked" } }));
    change(json!({ "setFront": { "key": "refresh", "value": "5m" } }));
    let now = std::fs::read_to_string(&path).unwrap();
    let (old, new): (Vec<&str>, Vec<&str>) = (ORDERS.lines().collect(), now.lines().collect());
    let gone: Vec<&&str> = old.iter().filter(|it| !new.contains(it)).collect();
    let come: Vec<&&str> = new.iter().filter(|it| !old.contains(it)).collect();
    assert_eq!(gone, [&"bar   = \"days\"   # by day", &"title = \"Orders by day\""]);
    assert_eq!(come.len(), 3, "{come:?}");
    assert!(come.contains(&&"stacked   = \"days\"   # by day"), "{come:?}");
    assert!(come.contains(&&"refresh = \"5m\""), "{come:?}");
    // Moved and back again, it is what it was.
    change(json!({ "movePanel": { "panel": 0, "before": 2 } }));
    assert_ne!(std::fs::read_to_string(&path).unwrap(), now);
    let titles = || -> Vec<String> {
        let parts = project.ask("dashboards.open", json!({}))["parts"].clone();
        let panels = parts.as_array().unwrap().iter().filter(|it| it["kind"] == "panel");
        panels.map(|it| it["panel"]["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(), ["Total", "By \"day\""]);
    change(json!({ "movePanel": { "panel": 1, "before": 0 } }));
    assert_eq!(titles(), ["By \"day\"", "Total"]);
    assert_eq!(project.ask("dashboards.check", json!({}))["troubles"], json!([]));
}

#[test]
fn what_somebody_else_saved_is_not_written_over() {
    let project = Project::new();
    let path = project.write(ORDERS);
    let hash = project.hash();
    let other = ORDERS.replace("hardly", "nearly");
    std::fs::write(&path, format!("{other}\nTheirs.\n")).unwrap();
    for (method, more) in [
        ("dashboards.edit", json!({ "hash": hash, "change": { "removePanel": 0 } })),
        ("dashboards.save", json!({ "hash": hash, "text": "Ours.\n" })),
        ("dashboards.save", json!({ "text": "Ours.\n" })),
    ] {
        let (kind, message, hint) = project.backstory.refuse(method, project.asked(more));
        assert_eq!(kind, "conflict", "{message}");
        assert!(hint.contains("replace"), "{hint}");
        assert!(std::fs::read_to_string(&path).unwrap().contains("Theirs."));
    }
    // One that comes with Backstory is nobody's to change.
    let edit = json!({ "dashboard": "web", "hash": hash, "change": { "removePanel": 0 } });
    assert_eq!(project.backstory.refuse("dashboards.edit", edit).0, "denied");
}

#[test]
fn parameters_periods_and_clicks_ask_for_what_they_say() {
    let project = Project::new();
    project.write(ORDERS);
    let opened = project.ask("dashboards.open", json!({}));
    let country = &opened["params"][0];
    let offered: Vec<&str> = country["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["value"].as_str().unwrap())
        .collect();
    assert_eq!(offered, ["FR", "IT"]);
    let total = |params: Value| {
        let panel = project.ask("dashboards.rows", json!({ "panel": 1, "params": params }));
        panel["table"]["rows"][0][0].as_f64().unwrap_or(0.0)
    };
    assert_eq!(total(json!({})), 24.0);
    assert_eq!(total(json!({ "country": "IT" })), 7.0);
    assert_eq!(total(json!({ "period": "2026-02-01..2026-03-01" })), 5.0);
    assert_eq!(total(json!({ "country": "' or 1=1 --" })), 0.0, "a value is never SQL");
    let wrong = project.ask("dashboards.open", json!({ "params": { "period": "ninety days" } }));
    assert!(wrong["params"][1]["trouble"].as_str().unwrap().contains("ninety days"), "{wrong}");
    // Each mark says what a click sets, and opens the rows behind it.
    let drawn = project.ask("dashboards.panel", json!({ "panel": 0 }));
    let marks: Vec<&Value> = drawn["scene"]["shapes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["mark"])
        .filter(|it| !it.is_null())
        .collect();
    let first = marks.iter().find(|it| it["x"] == "2026-03-02" && it["by"] == "FR").unwrap();
    assert_eq!(first["filter"], json!({ "param": "country", "value": "FR" }));
    let behind =
        project.ask("dashboards.rows", json!({ "panel": 0, "x": first["x"], "by": first["by"] }));
    assert_eq!(behind["table"]["rows"], json!([["2026-03-02", "FR", 10.0]]));
    let query = &behind["evidence"]["queries"][0];
    assert!(query["text"].as_str().unwrap().contains("day = :x"), "{query}");
    assert_eq!(
        (query["on"].clone(), query["rows"].clone()),
        (json!("shop"), json!(1.0)),
        "{query}"
    );
    assert!(query["engine"].as_str().unwrap().to_lowercase().contains("sqlite"), "{query}");
}

#[test]
fn the_same_question_on_the_same_data_is_asked_once_and_new_data_is_seen() {
    let project = Project::new();
    project.write(ORDERS);
    let panel = || project.ask("dashboards.panel", json!({ "panel": 0 }));
    let cached = |it: &Value| it["evidence"]["queries"][0]["cached"].as_bool().unwrap();
    assert!(!cached(&panel()));
    let again = panel();
    assert!(cached(&again));
    let file = project.backstory.folder().join("shop.db");
    // Another time of change also where the file's clock is coarse.
    std::thread::sleep(Duration::from_millis(20));
    let shop = rusqlite::Connection::open(&file).unwrap();
    shop.execute_batch("insert into orders values ('2026-03-06', 'DE', 3)").unwrap();
    drop(shop);
    let then = panel();
    assert!(!cached(&then));
    assert_ne!(then["scene"], again["scene"]);
    assert_eq!(rows(&project.ask("dashboards.rows", json!({ "panel": 0 }))["table"]).len(), 5);
}

#[test]
fn one_source_that_is_dead_or_slow_shows_in_its_own_panel_alone() {
    let project = Project::new();
    let more = "\n```sql far on=away\nselect 1 as one\n```\n\n```toml panel\nnumber = \"far\"\n```\n\n\
                ```sql wrong on=shop\nselect one from nowhere\n```\n\n```toml panel\nnumber = \"wrong\"\n```\n";
    project.write(&format!("{ORDERS}{more}"));
    let entry = json!({ "engine": "postgres", "host": "127.0.0.1", "port": 1, "user": "a" });
    project.backstory.ask("databases.save", json!({ "connection": "away", "entry": entry }));
    assert!(project.ask("dashboards.panel", json!({ "panel": 0 }))["scene"].is_object());
    assert!(project.ask("dashboards.panel", json!({ "panel": 1 }))["scene"].is_object());
    for (panel, words) in [(2, "away"), (3, "nowhere")] {
        let (_, message, _) =
            project.backstory.refuse("dashboards.panel", project.asked(json!({ "panel": panel })));
        assert!(message.contains(words), "{message}");
    }
    let written = project.ask("dashboards.render", json!({ "format": "text" }));
    let text = written["text"].as_str().unwrap();
    assert!(text.contains("Orders by day") && text.contains("nowhere"), "{text}");
    assert_eq!(written["failures"].as_array().unwrap().len(), 2, "{}", written["failures"]);
}

#[test]
fn a_connection_that_is_added_can_be_chosen_when_the_board_is_refreshed() {
    let project = Project::new();
    let text = "+++\ntitle = \"A\"\nrefresh = \"5s\"\n+++\n\n```toml c call=databases.list rows=connections\n```\n\n\
                ```toml panel\ntable = \"c\"\n```\n";
    let names = || {
        let reply = project.backstory.ask("dashboards.panel", json!({ "text": text, "panel": 0 }));
        rows(&reply["table"]).len()
    };
    let before = names();
    let entry = json!({ "engine": "sqlite", "file": project.folder.join("b.db") });
    project.backstory.ask("databases.save", json!({ "connection": "b", "entry": entry }));
    let began = Instant::now();
    while names() != before + 1 {
        assert!(began.elapsed() < Duration::from_secs(20), "it never shows");
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn queries_over_results_are_asked_once_each_and_in_a_circle_not_at_all() {
    let backstory = Backstory::new();
    let circle = "# A\n\n```sql a on=results\nselect * from b\n```\n\n```sql b on=results\nselect * from a\n```\n\n\
                  ```toml panel\ntable = \"a\"\n```\n";
    let (_, message, _) =
        backstory.refuse("dashboards.panel", json!({ "text": circle, "panel": 0 }));
    assert!(message.contains("`a` asks its own result"), "{message}");
    let mut text = "# A\n\n```sql q0 on=memory\nselect 1 as n\n```\n".to_owned();
    for at in 1..40 {
        let (one, two) = (at - 1, if at > 1 { at - 2 } else { 0 });
        text += &format!("\n```sql q{at} on=results\nselect x.n from q{one} x, q{two} y\n```\n");
    }
    text += "\n```toml panel\ntable = \"q39\"\n```\n";
    let reply = backstory.ask("dashboards.panel", json!({ "text": text, "panel": 0 }));
    assert_eq!(reply["evidence"]["queries"].as_array().unwrap().len(), 40);
    assert_eq!(reply["evidence"]["queries"][0]["query"], "q39");
}

#[test]
fn controls_whose_options_do_not_answer_keep_no_others_waiting() {
    let project = Project::new();
    // Three that accept a connection and never say a word.
    let silent: Vec<_> =
        (0..3).map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let (mut params, mut queries) = (String::new(), String::new());
    for (at, listener) in silent.iter().enumerate() {
        let port = listener.local_addr().unwrap().port();
        let entry = json!({ "engine": "postgres", "host": "127.0.0.1", "port": port, "user": "a", "connectTimeout": 2 });
        project.backstory.receive(
            "databases.save",
            &json!({ "connection": format!("away{at}"), "entry": entry }),
        );
        params += &format!("[params.p{at}]\nkind = \"choice\"\noptions = \"q{at}\"\n");
        queries += &format!("\n```sql q{at} on=away{at}\nselect 1\n```\n");
    }
    let text = ORDERS.replace("[params.period]", &format!("{params}[params.period]")) + &queries;
    project.write(&text);
    let began = Instant::now();
    let opened = project.ask("dashboards.open", json!({}));
    // One after the other they would have taken three times ten seconds.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(opened["params"][0]["options"].as_array().unwrap().len(), 2, "the shop answers");
    for at in 1..=3 {
        assert!(opened["params"][at]["optionsTrouble"].is_string(), "{}", opened["params"][at]);
    }
}

#[test]
fn every_method_of_memory_can_be_asked_by_a_dashboard_about_the_past() {
    let shop = crate::support::shop();
    let document: Value =
        serde_json::from_str(include_str!("../../ipc-schema/openrpc.json")).unwrap();
    let methods = document["methods"].as_array().unwrap().iter();
    let names =
        methods.map(|it| it["name"].as_str().unwrap()).filter(|it| it.starts_with("memory."));
    for name in names {
        let text = format!(
            "+++\ntitle = \"Past\"\n+++\n\n```toml asked call={name}\n```\n\n```toml panel\ntable = \"asked\"\n```\n"
        );
        let ask = json!({ "text": text, "panel": 0, "at": "2026-06-01" });
        let reply = shop.receive("dashboards.panel", &ask);
        // What it has to be told besides is another matter.
        let why = reply["error"]["message"].as_str().unwrap_or_default();
        assert!(!why.contains("unknown field"), "{name}: {why}");
    }
}

#[cfg(unix)]
mod terminal {
    use super::{ORDERS, shop};
    use crate::home::{Home, complaint, out};
    use serde_json::{Value, json};

    fn home() -> (Home, String) {
        let home = Home::new();
        let entry = json!({ "connection": "shop", "entry": { "engine": "sqlite", "file": shop(home.path()) } });
        let saved = home.run(&["call", "databases.save", &entry.to_string()]);
        assert!(saved.status.success(), "{}", complaint(&saved));
        let file = home.path().join("orders.md");
        std::fs::write(&file, ORDERS).unwrap();
        (home, file.display().to_string())
    }

    #[test]
    fn an_assertion_that_fails_is_an_exit_code_and_its_sentence() {
        let (home, file) = home();
        let held = home.run(&["dashboard", "run", &file]);
        assert_eq!(held.status.code(), Some(0), "{}", complaint(&held));
        assert!(out(&held).contains("Orders by day"), "{}", out(&held));
        let failed = home.run(&["dashboard", "run", &file, "--param", "country=IT"]);
        assert_eq!(failed.status.code(), Some(1));
        assert!(complaint(&failed).contains("Hardly anybody buys"), "{}", complaint(&failed));
        assert!(out(&failed).contains("Orders by day"), "it is shown all the same");
        let wrong = home.run(&["dashboard", "run", &file, "--param", "land=IT"]);
        assert!(
            !wrong.status.success() && complaint(&wrong).contains("land"),
            "{}",
            complaint(&wrong)
        );
    }

    #[test]
    fn every_form_is_written_and_the_page_stands_by_itself() {
        let (home, file) = home();
        let write = |format: &str| {
            let written = home.run(&[
                "dashboard",
                "run",
                &file,
                "--format",
                format,
                "--param",
                "country=FR",
                "--param",
                "period=2026-03-01..2026-04-01",
            ]);
            assert!(
                [0, 1].contains(&written.status.code().unwrap()),
                "{format}: {}",
                complaint(&written)
            );
            written.stdout
        };
        let page = String::from_utf8(write("html")).unwrap();
        for words in ["Orders by day", "FR", "2026", "<svg"] {
            assert!(page.contains(words), "no {words}");
        }
        for far in ["src=", "@import", "url(http", "<link", "<script src"] {
            assert!(!page.contains(far), "{far}: a page that needs something else");
        }
        let picture = String::from_utf8(write("svg")).unwrap();
        assert!(picture.trim_start().starts_with("<svg") && picture.contains("Orders by day"));
        assert!(write("png").starts_with(b"\x89PNG\r\n\x1a\n"));
        let told: Value = serde_json::from_slice(&write("json")).unwrap();
        assert!(told.to_string().contains("\"FR\""), "{told}");
        let lines = String::from_utf8(write("csv")).unwrap();
        assert!(lines.contains("2026-03-02,FR,10"), "{lines}");
        let text = String::from_utf8(write("text")).unwrap();
        assert!(text.contains("17"), "the sum of France: {text}");
    }

    #[test]
    fn a_diff_tells_which_numbers_moved() {
        let (home, file) = home();
        let text = ORDERS.replace("2026-03-02..2026-03-09", "7d");
        std::fs::write(&file, text).unwrap();
        let diff =
            home.run(&["dashboard", "diff", &file, "--at", "2026-02-08", "--at", "2026-03-08"]);
        assert!(diff.status.success(), "{}", complaint(&diff));
        let told = out(&diff);
        assert!(told.contains("Total") && told.contains('5') && told.contains("24"), "{told}");
        std::fs::write(&file, ORDERS.replace("sum(amount) as amount from orders", "no_such"))
            .unwrap();
        let broken =
            home.run(&["dashboard", "diff", &file, "--at", "2026-02-08", "--at", "2026-03-08"]);
        assert!(!broken.status.success(), "what could not be asked may have moved");
        assert!(complaint(&broken).contains("Orders by day"), "{}", complaint(&broken));
        let one = home.run(&["dashboard", "diff", &file, "--at", "2026-02-08"]);
        assert!(!one.status.success() && complaint(&one).contains("--at"), "{}", complaint(&one));
    }

    #[test]
    fn a_check_tells_each_trouble_with_its_line_and_column() {
        let (home, file) = home();
        std::fs::write(
            &file,
            ORDERS.replace("y     =", "why   =").replace("kind = \"choice\"", "kind = \"chioce\""),
        )
        .unwrap();
        let run = home.run(&["dashboard", "run", &file]);
        assert!(!run.status.success(), "what is half there is not shown as if it were all");
        assert!(out(&run).is_empty() && complaint(&run).contains(&format!("{file}:")));
        let check = home.run(&["dashboard", "check", &file]);
        assert_eq!(check.status.code(), Some(1));
        let told = format!("{}{}", out(&check), complaint(&check));
        for (at, words) in [("kind = \"choice\"", "chioce"), ("y     =", "why")] {
            let line = 1 + ORDERS.lines().position(|it| it.starts_with(at)).unwrap();
            let found =
                told.lines().find(|it| it.contains(words)).unwrap_or_else(|| panic!("{told}"));
            assert!(found.starts_with(&format!("{file}:{line}:")), "{found}");
        }
    }
}
