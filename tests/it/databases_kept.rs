//! Databases over the bridge: what is kept of a window, connections tried before they are kept, and
//! what tables say of themselves.

use crate::support::Backstory;
use serde_json::{Value, json};
use std::path::Path;

fn tab(text: &str, more: Value) -> Value {
    let mut tab = json!({
        "title": "", "connection": "shop", "text": text, "cursor": 0, "readOnly": false,
        "transaction": "auto", "timeout": null, "saved": null
    });
    tab.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    tab
}

#[test]
fn tabs_outlive_backstory_in_their_order_and_as_they_were_typed() {
    let backstory = Backstory::new();
    assert_eq!(backstory.ask("databases.tabs", json!({})), json!({ "tabs": [], "shown": null }));
    let saved = json!({ "query": "daily/late", "project": true, "text": "select 1" });
    let tabs = json!([
        tab("select 'ä\u{2028}\0'", json!({ "connection": null, "cursor": 4, "timeout": 1.5 })),
        tab("select 2", json!({ "title": "late", "saved": saved, "transaction": "rolledBack" })),
    ]);
    backstory.ask("databases.keepTabs", json!({ "tabs": [tab("gone", json!({}))] }));
    let kept = backstory.ask("databases.keepTabs", json!({ "tabs": tabs, "shown": 1 }));
    let backstory = backstory.restarted();
    assert_eq!(backstory.ask("databases.tabs", json!({})), json!({ "tabs": tabs, "shown": 1 }));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(kept["file"].as_str().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "what is typed is nobody else's to read");
    }
}

#[test]
fn tabs_that_are_too_much_are_refused_and_those_kept_before_stay() {
    let backstory = Backstory::new();
    let few = json!({ "tabs": [tab("select 1", json!({}))], "shown": 0 });
    backstory.ask("databases.keepTabs", few.clone());
    let long = tab(&"x".repeat(2_100_000), json!({}));
    let (kind, text, hint) =
        backstory.refuse("databases.keepTabs", json!({ "tabs": [long, long] }));
    assert_eq!(kind, "tooLarge");
    assert_eq!(text, "the tabs hold 4.2 MB of text, and 4 MB at most are kept");
    assert!(!hint.is_empty());
    let many: Vec<Value> = (0..201).map(|_| tab("", json!({}))).collect();
    assert_eq!(backstory.refuse("databases.keepTabs", json!({ "tabs": many })).0, "tooLarge");
    let valued = tab("select :a", json!({ "params": { "a": "secret" } }));
    assert_eq!(
        backstory.refuse("databases.keepTabs", json!({ "tabs": [valued] })).0,
        "invalidParams"
    );
    assert_eq!(backstory.ask("databases.tabs", json!({})), few);
}

#[test]
fn tabs_that_another_backstory_kept_are_put_aside_and_not_written_over() {
    let backstory = Backstory::new();
    let kept = backstory.ask("databases.keepTabs", json!({ "tabs": [] }));
    let file = std::path::PathBuf::from(kept["file"].as_str().unwrap());
    std::fs::write(&file, r#"{"tabs":[{"text":"select 1","panes":2}]}"#).unwrap();
    assert_eq!(backstory.ask("databases.tabs", json!({}))["tabs"], json!([]));
    backstory.ask("databases.keepTabs", json!({ "tabs": [tab("select 2", json!({}))] }));
    assert_eq!(backstory.ask("databases.tabs", json!({}))["tabs"][0]["text"], "select 2");
    let aside = std::fs::read_to_string(file.with_extension("json.unread")).unwrap();
    assert!(aside.contains("panes"), "{aside}");
}

/// Numbers of the events that say that databases are no longer as they were.
fn changes(backstory: &Backstory) -> usize {
    let since = backstory.ask("events.since", json!({ "seq": 0 }));
    let events = since["events"].as_array().unwrap();
    events.iter().filter(|it| it.to_string().contains("databases")).count()
}

#[test]
fn a_check_that_finds_a_connection_as_it_was_tells_nobody() {
    let backstory = Backstory::new();
    let file = backstory.folder().join("a.db");
    rusqlite::Connection::open(&file).unwrap().execute_batch("create table a (b)").unwrap();
    let entry = json!({ "engine": "sqlite", "file": file });
    backstory.ask("databases.save", json!({ "connection": "a", "entry": entry }));
    let check = || backstory.receive("databases.check", &json!({ "connection": "a" }));
    let saved = changes(&backstory);
    check();
    assert_eq!(changes(&backstory), saved + 1, "it answers now");
    backstory.ask("databases.schemas", json!({ "connection": "a" }));
    check();
    assert_eq!(changes(&backstory), saved + 1, "it still does");
    std::fs::remove_file(&file).unwrap();
    assert!(check().get("error").is_some());
    assert_eq!(changes(&backstory), saved + 2, "it no longer does");
    check();
    assert_eq!(changes(&backstory), saved + 2);
}

#[test]
fn limits_of_an_entry_are_saved_and_told_again() {
    let backstory = Backstory::new();
    let entry = json!({ "engine": "sqlite", "file": "/a.db", "rowsMax": 100_000, "pool": 2 });
    let saved = backstory.ask("databases.save", json!({ "connection": "a", "entry": entry }));
    let text = std::fs::read_to_string(saved["file"].as_str().unwrap()).unwrap();
    assert!(text.contains("rows_max = 100_000") || text.contains("rows_max = 100000"), "{text}");
    assert!(text.contains("pool = 2"), "{text}");
    let list = backstory.ask("databases.list", json!({}));
    let known = list["connections"].as_array().unwrap();
    let fields = &known.iter().find(|it| it["connection"] == "a").unwrap()["entry"]["fields"];
    assert_eq!(
        (fields["rowsMax"].clone(), fields["pool"].clone()),
        (json!(100_000), json!(2)),
        "{fields}"
    );
    for (key, value) in [("pool", json!(65)), ("pool", json!(0)), ("rowsMax", json!(0.5))] {
        let mut entry = entry.clone();
        entry[key] = value;
        let refused =
            backstory.refuse("databases.save", json!({ "connection": "a", "entry": entry }));
        assert_eq!(refused.0, "invalidParams", "{entry}");
    }
}

#[test]
fn what_is_typed_is_tried_without_being_written_down() {
    let backstory = Backstory::of_page();
    let file = backstory.folder().join("a.db");
    let entry = json!({ "engine": "sqlite", "file": file, "readOnly": false });
    let refused = backstory.refuse("databases.tryEntry", json!({ "entry": entry }));
    assert_eq!(refused.0, "upstream");
    assert!(!file.exists(), "what is only tried is not made");
    rusqlite::Connection::open(&file).unwrap().execute_batch("create table a (b)").unwrap();
    let tried = backstory.ask("databases.tryEntry", json!({ "entry": entry }));
    assert!(tried["server"].as_str().unwrap().starts_with("SQLite "), "{tried}");
    let wrong = backstory.refuse(
        "databases.tryEntry",
        json!({ "entry": { "engine": "postgres", "host": "a", "port": 0 } }),
    );
    assert!(wrong.1.starts_with("`port`: "), "{wrong:?}");
    assert!(!backstory.folder().join("config/connections.toml").exists());
    let script = Backstory::new();
    assert_eq!(script.refuse("databases.tryEntry", json!({ "entry": entry })).0, "denied");
}

#[test]
fn what_stands_in_a_file_that_nobody_trusts_is_not_tried_either() {
    let backstory = Backstory::of_page();
    let project = backstory.folder().join("project");
    let ran = backstory.folder().join("ran");
    std::fs::create_dir_all(project.join(".backstory")).unwrap();
    let command = format!("cmd:touch {}", ran.display());
    let entry =
        json!({ "engine": "postgres", "host": "127.0.0.1", "port": 1, "password": command });
    let try_it =
        || backstory.refuse("databases.tryEntry", json!({ "entry": entry, "project": project }));
    let file = project.join(".backstory/connections.toml");
    std::fs::write(
        &file,
        format!(
            "[a]\nengine = \"postgres\"\nhost = \"127.0.0.1\"\nport = 1\npassword = \"{command}\"\n"
        ),
    )
    .unwrap();
    assert_eq!(try_it().0, "denied");
    assert!(!ran.exists());
    let list = backstory.ask("databases.list", json!({ "project": project }));
    backstory.ask("databases.trust", json!({ "project": project, "digest": list["untrusted"] }));
    assert_eq!(try_it().0, "upstream");
    assert!(ran.exists());
}

#[test]
fn a_password_that_was_typed_is_tried_and_kept_nowhere() {
    let Some(server) = servers::postgres() else { return };
    let backstory = Backstory::of_page();
    let known = backstory.ask("databases.list", json!({}));
    let entry = json!({ "url": url(server, "postgres"), "password": "prompt" });
    let asks = backstory.refuse("databases.tryEntry", json!({ "entry": entry }));
    assert!(asks.1.contains("asks for its password"), "{asks:?}");
    backstory.ask("databases.tryEntry", json!({ "entry": entry, "password": "secret" }));
    assert_eq!(backstory.ask("databases.list", json!({})), known);
    let asks = backstory.refuse("databases.tryEntry", json!({ "entry": entry }));
    assert!(asks.1.contains("asks for its password"), "{asks:?}");
}

#[test]
fn a_diagram_is_a_file_that_is_whole_or_not_there() {
    let backstory = Backstory::new();
    let path = backstory.folder().join("shop.svg");
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><text>ä</text></svg>";
    let save = json!({ "path": path, "svg": svg });
    let saved = backstory.ask("databases.saveDiagram", save.clone());
    assert_eq!(saved["bytes"], svg.len() as f64);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), svg);
    let there = backstory.refuse("databases.saveDiagram", save.clone());
    assert!(there.1.contains("is there already"), "{there:?}");
    let over = json!({ "path": path, "svg": "<svg/>", "replace": true });
    backstory.ask("databases.saveDiagram", over);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "<svg/>");
    let other = path.with_extension("sh");
    for wrong in [
        json!({ "path": other, "svg": svg }),
        json!({ "path": "shop.svg", "svg": svg }),
        json!({ "path": path, "svg": "#!/bin/sh", "replace": true }),
    ] {
        assert_eq!(backstory.refuse("databases.saveDiagram", wrong).0, "invalidParams");
    }
    assert!(!other.exists());
}

/// A connection to a server that may write.
fn url(server: &servers::Running, database: &str) -> String {
    let scheme = match server.kind {
        servers::Kind::MongoDb => "mongodb",
        servers::Kind::Postgres => "postgres",
        _ => "mysql",
    };
    let user = if scheme == "mongodb" { String::new() } else { format!("{}@", server.user) };
    format!("{scheme}://{user}{}:{}/{database}?read_only=false", server.host, server.port)
}

/// Tables with their primary keys, as text.
fn primary(backstory: &Backstory, connection: &str, schema: &str) -> Vec<String> {
    let asked = json!({ "connection": connection, "schema": schema });
    let tables = backstory.ask("databases.tables", asked);
    let key = |it: &Value| format!("{} {}", it["name"].as_str().unwrap(), it["primary"]);
    tables["tables"].as_array().unwrap().iter().map(key).collect()
}

/// A schema and another that refers to it, on a server.
fn related(backstory: &Backstory, connection: &str, make: &[&str]) {
    for text in make {
        let asked = json!({ "connection": connection, "text": text, "confirmed": true });
        let ran = backstory.ask("databases.run", asked);
        assert!(ran["failure"].is_null(), "{text}: {ran}");
    }
}

#[test]
fn primary_keys_and_who_refers_from_which_schema_are_told() {
    let backstory = Backstory::new();
    let path = backstory.folder().join("a.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            "create table a (x int, y int, z int, primary key (y, x));
             create table b (id integer primary key, x int, y int, foreign key (y, x) references a);
             create view c as select 1 as one;",
        )
        .unwrap();
    let file = path.to_str().unwrap();
    assert_eq!(primary(&backstory, file, "main"), ["a [\"x\",\"y\"]", "b [\"id\"]", "c []"]);
    let asked = json!({ "connection": file, "schema": "main", "object": "a" });
    assert_eq!(backstory.ask("databases.describe", asked)["referred"][0]["schema"], "main");

    let servers = [
        servers::postgres().map(|it| url(it, "postgres")),
        servers::mariadb().map(|it| url(it, "mysql")),
    ];
    for url in servers.into_iter().flatten() {
        let mysql = url.starts_with("mysql");
        related(
            &backstory,
            &url,
            &[
                "create schema kept_far",
                "create schema kept_near",
                "create table kept_near.a (x int, y int, primary key (x, y))",
                "create table kept_far.b (id int primary key, x int, y int, foreign key (x, y) references kept_near.a (x, y))",
            ],
        );
        assert_eq!(primary(&backstory, &url, "kept_near"), ["a [\"x\",\"y\"]"], "{mysql}");
        assert_eq!(primary(&backstory, &url, "kept_far"), ["b [\"id\"]"], "{mysql}");
        let asked = json!({ "connection": url, "schema": "kept_near", "object": "a" });
        let referred = &backstory.ask("databases.describe", asked)["referred"][0];
        assert_eq!(
            (referred["schema"].as_str(), referred["toSchema"].as_str()),
            (Some("kept_far"), Some("kept_near")),
            "{referred}"
        );
        let drop: &[&str] = if mysql {
            &["drop schema kept_far", "drop schema kept_near"]
        } else {
            &["drop schema kept_far cascade", "drop schema kept_near cascade"]
        };
        related(&backstory, &url, drop);
    }
}

#[test]
fn a_collection_of_another_database_is_browsed_there() {
    let Some(server) = servers::mongodb() else { return };
    let backstory = Backstory::new();
    let url = url(server, "kept_here");
    related(&backstory, &url, &["db.getSiblingDB('kept_there').a.insertOne({_id: 1, b: 'there'})"]);
    let asked = json!({ "connection": url, "schema": "kept_there", "object": "a" });
    let described = backstory.ask("databases.describe", asked);
    let browse = described["browse"].as_str().unwrap();
    let rows = backstory.ask("databases.run", json!({ "connection": url, "text": browse }));
    assert!(rows["results"][0]["rows"].to_string().contains("there"), "{browse}: {rows}");
    related(&backstory, &url, &["db.getSiblingDB('kept_there').dropDatabase()"]);
}

#[test]
fn no_table_of_memory_is_without_its_sentence() {
    let backstory = Backstory::new();
    let schema = json!({ "connection": "memory", "schema": "main", "limit": 5000 });
    let listed = backstory.ask("databases.objects", schema);
    let objects = listed["objects"].as_array().unwrap();
    assert!(objects.len() > 50, "{listed}");
    for object in objects {
        let name = object["name"].as_str().unwrap();
        let said = object["comment"].as_str().unwrap_or_default();
        assert!(
            said.len() > 10 && said.ends_with('.'),
            "{name} is to be told in a sentence: {said}"
        );
        let asked = json!({ "connection": "memory", "schema": "main", "object": name });
        let described = backstory.ask("databases.describe", asked);
        assert_eq!(described["object"]["comment"], object["comment"]);
        for column in described["columns"].as_array().unwrap() {
            let column_name = column["name"].as_str().unwrap();
            let told = column["comment"].is_string();
            // A flag, a kind or a moment is a number that says nothing by itself.
            let numbers = ["kind", "role", "at", "state", "place", "merge", "fixes", "verdict"];
            assert!(told || !numbers.contains(&column_name), "{name}.{column_name} is not told");
        }
    }
}

#[test]
fn comments_in_the_statement_that_made_a_table_are_its_documentation() {
    let backstory = Backstory::new();
    let path = backstory.folder().join("a.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "create table \"odd (one\" ( -- What people bought.
            id integer primary key, -- counted up
            -- with tax
            total numeric
        );
        create table plain (a);",
    )
    .unwrap();
    let connection = Path::new(&path).to_str().unwrap();
    let listed =
        backstory.ask("databases.objects", json!({ "connection": connection, "schema": "main" }));
    assert_eq!(listed["objects"][0]["comment"], "What people bought.");
    assert_eq!(listed["objects"][1]["comment"], Value::Null);
    let asked = json!({ "connection": connection, "schema": "main", "object": "odd (one" });
    let described = backstory.ask("databases.describe", asked);
    let columns = described["columns"].as_array().unwrap();
    let said: Vec<&Value> = columns.iter().map(|it| &it["comment"]).collect();
    assert_eq!(said, ["counted up", "with tax"]);
}
