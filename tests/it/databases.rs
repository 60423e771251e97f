//! Databases over the bridge: connections, runs, pages, judgement, edits, exports, several at once.

use crate::home::{Home, until};
use crate::support::Backstory;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// A file with two tables, which only reads unless told otherwise.
fn shop(backstory: &Backstory) -> String {
    let path = backstory.folder().join("shop.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "create table customers (id integer primary key, name text not null, since text);
         create table orders (id integer primary key, customer int references customers, total numeric, note text);
         insert into customers values (1, 'Ada', '2024-01-01'), (2, 'Grace', null), (9007199254740993, 'Big', '');
         with recursive n(i) as (values (1) union all select i + 1 from n where i < 25000)
         insert into orders select i, 1 + i % 2, i * 1.5, case when i % 10 = 0 then null else 'note ' || i end from n;",
    )
    .unwrap();
    path.to_str().unwrap().to_owned()
}

fn save(backstory: &Backstory, name: &str, file: &str, read_only: bool) {
    let entry = json!({ "engine": "sqlite", "file": file, "readOnly": read_only });
    backstory.ask("databases.save", json!({ "connection": name, "entry": entry }));
}

fn run(backstory: &Backstory, connection: &str, text: &str) -> Value {
    backstory.ask("databases.run", json!({ "connection": connection, "text": text }))
}

/// The one result of a run that went well.
fn result(backstory: &Backstory, connection: &str, text: &str) -> Value {
    let ran = run(backstory, connection, text);
    assert!(ran["failure"].is_null(), "{text}: {ran}");
    ran["results"][0].clone()
}

#[test]
fn every_example_of_a_question_is_answered() {
    let backstory = Backstory::new();
    run(&backstory, "memory", "select 1 as one");
    for entry in rpc::methods::ALL.iter().filter(|it| it.name.starts_with("databases.")) {
        if entry.access != rpc::Access::Read {
            continue;
        }
        let params: Value = serde_json::from_str(entry.example).unwrap();
        backstory.ask(entry.name, params);
    }
}

#[test]
fn values_come_exactly_and_null_is_not_empty() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    let result = result(&backstory, &file, "select * from customers order by id");
    assert_eq!(result["columns"][0]["name"], "id");
    let cells: Vec<&Value> =
        result["rows"].as_array().unwrap().iter().map(|it| &it["cells"]).collect();
    assert_eq!(cells[1], &json!(["2", "Grace", null]));
    assert_eq!(cells[2], &json!(["9007199254740993", "Big", ""]));
    assert_eq!(result["complete"], true);
}

#[test]
fn rows_are_pulled_by_pages_in_any_order_and_with_any_filter() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    let ran = run(&backstory, &file, "select id, total, note from orders order by id");
    let number = &ran["run"];
    assert_eq!(ran["results"][0]["rows"].as_array().unwrap().len(), 100);
    let page = |more: Value| {
        let mut params = json!({ "run": number, "from": 24_998, "count": 10 });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        backstory.ask("databases.rows", params)
    };
    let last = page(json!({}));
    assert_eq!(last["rows"].as_array().unwrap().len(), 2);
    assert_eq!(
        (last["complete"].clone(), last["rowsTotal"].clone()),
        (json!(true), json!(25_000.0))
    );
    let first =
        page(json!({ "from": 0, "count": 1, "order": [{ "column": 1, "descending": true }] }));
    assert_eq!(first["rows"][0]["cells"][0], "25000");
    assert_eq!(first["rows"][0]["row"], 24_999);
    let none = page(json!({ "from": 0, "filter": [{ "column": 2, "test": "isNull" }] }));
    assert_eq!(none["rowsTotal"], 2500.0);
    let some = page(
        json!({ "from": 0, "filter": [{ "column": 0, "test": "greater", "value": "24990" }, { "column": 2, "test": "contains", "value": "NOTE 2499" }] }),
    );
    assert_eq!(some["rowsTotal"], 9.0);
    let summary = backstory.ask("databases.summary", json!({ "run": number, "column": 0 }));
    assert_eq!(
        (summary["sum"].clone(), summary["greatest"].clone()),
        (json!("312512500"), json!("25000"))
    );
    let text = backstory.ask(
        "databases.write",
        json!({ "run": number, "format": "csv", "from": 9, "count": 2, "columns": [2, 0] }),
    );
    assert_eq!(text["text"], "note,id\n,10\nnote 11,11\n");
    backstory.ask("databases.close", json!({ "run": number }));
    assert_eq!(
        backstory.refuse("databases.rows", json!({ "run": number, "from": 0, "count": 1 })).0,
        "notFound"
    );
}

#[test]
fn a_long_cell_comes_in_parts() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    let ran =
        run(&backstory, &file, "select printf('%.*c', 3000000, 'ä') as long, zeroblob(3) as bytes");
    let cell = &ran["results"][0]["rows"][0]["cells"];
    assert_eq!(cell[0]["bytes"], 6_000_000.0);
    assert!(cell[0]["text"].as_str().unwrap().len() <= 2048);
    assert_eq!(cell[1], "\\x000000");
    let (mut from, mut letters) = (json!(0), 0);
    while !from.is_null() {
        let part = backstory.ask(
            "databases.cell",
            json!({ "run": ran["run"], "row": 0, "column": 0, "from": from, "count": 999_999 }),
        );
        letters += part["text"].as_str().unwrap().chars().count();
        from = part["next"].clone();
    }
    assert_eq!(letters, 3_000_000);
}

#[test]
fn a_connection_only_reads_until_its_entry_says_otherwise_and_what_destroys_asks_first() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    save(&backstory, "shop", &file, true);
    let insert = "insert into customers values (3, 'x', null)";
    let refused =
        backstory.refuse("databases.run", json!({ "connection": "shop", "text": insert }));
    assert_eq!(refused.0, "denied");
    assert!(refused.2.contains("read_only = false"), "{refused:?}");
    save(&backstory, "shop", &file, false);
    let written = result(&backstory, "shop", insert);
    assert_eq!(
        (written["affected"].clone(), written["tag"].clone()),
        (json!(1.0), json!("INSERT"))
    );
    let drop = json!({ "connection": "shop", "text": "delete from orders; drop table orders" });
    let refused = backstory.refuse("databases.run", drop.clone());
    assert_eq!(refused.0, "conflict");
    assert!(
        refused.1.contains("every row of orders") && refused.1.contains("table orders"),
        "{refused:?}"
    );
    let mut confirmed = drop;
    confirmed["confirmed"] = json!(true);
    let gone = backstory.ask("databases.run", confirmed);
    assert_eq!(gone["results"].as_array().unwrap().len(), 2, "{gone}");
    let error = run(&backstory, "shop", "select 1;\nselect *\nfrum orders where");
    assert_eq!(
        (error["state"].clone(), error["failure"]["kind"].clone()),
        (json!("failed"), json!("server"))
    );
    assert_eq!(
        (error["failure"]["line"].clone(), error["failure"]["offset"].clone()),
        (json!(3), json!(19)),
        "{error}"
    );
}

#[test]
fn an_endless_statement_is_stopped_and_what_came_stays() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    let endless =
        "with recursive n(i) as (values (1) union all select i + 1 from n) select i from n";
    let ran = run(&backstory, &file, endless);
    assert_eq!(ran["state"], "running");
    let start = std::time::Instant::now();
    assert_eq!(backstory.ask("databases.stop", json!({ "run": ran["run"] }))["stopped"], true);
    assert!(start.elapsed() < std::time::Duration::from_millis(500), "{:?}", start.elapsed());
    let rows =
        backstory.ask("databases.rows", json!({ "run": ran["run"], "from": 50, "count": 1 }));
    assert_eq!(rows["rows"][0]["cells"][0], "51");
    assert_eq!(rows["failure"]["kind"], "cancelled");
    let slow =
        "with recursive n(i) as (values (1) union all select i + 1 from n) select max(i) from n";
    let late =
        backstory.ask("databases.run", json!({ "connection": file, "text": slow, "timeout": 0.3 }));
    assert_eq!(late["failure"]["kind"], "timedOut");
}

#[test]
fn a_transaction_by_hand_is_kept_or_undone() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    save(&backstory, "shop", &file, false);
    let session =
        backstory.ask("databases.open", json!({ "connection": "shop" }))["session"].clone();
    let insert = json!({ "session": session, "text": "insert into customers values (5, 'five', null)", "transaction": "manual" });
    assert_eq!(backstory.ask("databases.run", insert.clone())["inTransaction"], true);
    let count = || {
        result(&backstory, "shop", "select count(*) from customers")["rows"][0]["cells"][0].clone()
    };
    assert_eq!(count(), "3", "nobody else sees it yet");
    let undone =
        backstory.ask("databases.transaction", json!({ "session": session, "step": "rollback" }));
    assert_eq!(undone["open"], false);
    backstory.ask("databases.run", insert);
    backstory.ask("databases.transaction", json!({ "session": session, "step": "commit" }));
    assert_eq!(count(), "4");
    let tried = json!({ "connection": "shop", "text": "delete from customers where id = 5; select count(*) from customers", "transaction": "rolledBack" });
    let tried = backstory.ask("databases.run", tried);
    assert_eq!(tried["results"][1]["rows"][0]["cells"][0], "3");
    assert_eq!(count(), "4", "it was undone");
    backstory.ask("databases.close", json!({ "session": session }));
}

#[test]
fn rows_are_edited_together_or_not_at_all() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    save(&backstory, "shop", &file, false);
    let ran = backstory.ask(
        "databases.run",
        json!({ "connection": "shop", "text": "select * from customers", "origins": true }),
    );
    assert_eq!(
        ran["results"][0]["editable"],
        json!({ "schema": "main", "table": "customers", "key": [0] })
    );
    let cell = |column: &str, value: Value| json!({ "column": column, "value": value });
    let update = |was: &str| json!({ "update": { "key": [cell("id", json!("1"))], "was": [cell("name", json!(was))], "set": [cell("name", json!("O'Ada"))] } });
    let changes = |was: &str, apply: bool| {
        json!({ "connection": "shop", "schema": "main", "table": "customers", "apply": apply, "changes": [
            { "insert": { "set": [cell("id", json!("7")), cell("name", json!("New"))] } },
            update(was),
            { "delete": { "key": [cell("id", json!("9007199254740993"))], "was": [cell("name", json!("Big"))] } },
        ]})
    };
    let shown = backstory.ask("databases.edit", changes("Ada", false));
    assert_eq!(
        shown["statements"][1],
        "UPDATE \"main\".\"customers\" SET \"name\" = 'O''Ada' WHERE \"id\" = '1' AND (\"name\" IS 'Ada' OR CAST(\"name\" AS TEXT) IS 'Ada')"
    );
    assert_eq!(shown["applied"], false);
    let stale = backstory.ask("databases.edit", changes("Somebody else", true));
    assert_eq!(
        (stale["applied"].clone(), stale["failed"].clone()),
        (json!(false), json!(1)),
        "{stale}"
    );
    let names = || {
        result(
            &backstory,
            "shop",
            "select group_concat(name) from (select name from customers order by id)",
        )["rows"][0]["cells"][0]
            .clone()
    };
    assert_eq!(names(), "Ada,Grace,Big", "nothing was kept");
    let applied = backstory.ask("databases.edit", changes("Ada", true));
    assert_eq!(applied["applied"], true, "{applied}");
    assert_eq!(names(), "O'Ada,Grace,New");
}

#[test]
fn an_export_is_whole_or_not_there() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    let path = backstory.folder().join("orders.ndjson");
    let export = |text: &str, replace: bool| json!({ "connection": file, "text": text, "format": "ndjson", "path": path, "replace": replace });
    let written = backstory.ask("databases.export", export("select id from orders", false));
    assert_eq!(written["rows"], 25_000.0);
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().last(), Some("{\"id\":25000}"));
    assert_eq!(backstory.refuse("databases.export", export("select 1", false)).0, "upstream");
    assert_eq!(
        backstory.refuse("databases.export", export("select * from nowhere", true)).0,
        "upstream"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "what was there is there");
    assert!(left_behind(backstory.folder()).is_empty(), "{:?}", left_behind(backstory.folder()));
    let refused = backstory.refuse("databases.export", export("delete from orders", true));
    assert_eq!(refused.0, "denied");
}

fn left_behind(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name());
    names.map(|it| it.to_string_lossy().into_owned()).filter(|it| it.contains(".part")).collect()
}

#[test]
fn several_databases_are_asked_at_once_and_each_holds_back_what_it_can() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    save(&backstory, "shop", &file, true);
    let crm = backstory.folder().join("crm.db");
    rusqlite::Connection::open(&crm)
        .unwrap()
        .execute_batch("create table people (name text, mood text); insert into people values ('Ada', 'glad'), ('Grace', 'calm')")
        .unwrap();
    save(&backstory, "crm", crm.to_str().unwrap(), true);
    let text = "select c.name, p.mood, count(*) as orders from shop.customers c \
                join crm.people p on p.name = c.name join shop.orders o on o.customer = c.id \
                where o.id <= 100 group by 1, 2 order by 1";
    let found = result(&backstory, "join", text);
    let cells: Vec<&Value> =
        found["rows"].as_array().unwrap().iter().map(|it| &it["cells"]).collect();
    assert_eq!(cells, [&json!(["Ada", "glad", "50"]), &json!(["Grace", "calm", "50"])]);
    let notices = found["notices"].to_string();
    assert!(notices.contains("100 rows of shop.orders") && notices.contains("<= 100"), "{notices}");
    assert!(!notices.contains("note"), "columns that nobody names are not fetched: {notices}");
    let none = run(&backstory, "join", "select 1");
    assert!(none["failure"]["hint"].as_str().unwrap().contains("connection.table"), "{none}");
}

#[test]
fn entries_with_faults_are_told_by_line_and_hide_no_others() {
    let backstory = Backstory::new();
    let config = backstory.folder().join("config");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(
        config.join("connections.toml"),
        "# ours\n[good]\nfile = \"a.db\"\nengine = \"sqlite\"\n\n[bad]\nengine = \"oracle\"\n\n[secret]\nengine = \"postgres\"\nhost = \"db.example.org\"\npassword = \"hunter2\"\n",
    )
    .unwrap();
    let list = backstory.ask("databases.list", json!({}));
    let names: Vec<&str> = list["connections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["connection"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["good", "join", "memory"]);
    let troubles = list["troubles"].to_string();
    assert!(troubles.contains("connections.toml:7"), "{troubles}");
    assert!(!troubles.contains("hunter2"), "{troubles}");
    save(&backstory, "more", "/nowhere/b.db", true);
    let text = std::fs::read_to_string(config.join("connections.toml")).unwrap();
    assert!(text.starts_with("# ours\n[good]"), "{text}");
    backstory.ask("databases.remove", json!({ "connection": "more" }));
    assert_eq!(
        backstory.refuse("databases.check", json!({ "connection": "more" })).0,
        "invalidParams"
    );
}

#[test]
fn a_projects_file_that_names_secrets_is_used_only_once_it_is_trusted() {
    let backstory = Backstory::new();
    let project = backstory.folder().join("project");
    std::fs::create_dir_all(project.join(".backstory")).unwrap();
    let file = project.join(".backstory/connections.toml");
    std::fs::write(&file, "[theirs]\nengine = \"postgres\"\nhost = \"127.0.0.1\"\nport = 1\npassword = \"cmd:true\"\n").unwrap();
    let list = || backstory.ask("databases.list", json!({ "project": project }));
    let check = || {
        backstory.refuse("databases.check", json!({ "connection": "theirs", "project": project }))
    };
    assert_eq!(check().0, "denied");
    let password = json!({ "connection": "theirs", "project": project, "password": "x" });
    let set = backstory.as_window("databases.setPassword", &password);
    assert_eq!(set["error"]["data"]["kind"], "denied", "its place may be one of the user's own");
    let digest = list()["untrusted"].clone();
    let trust = json!({ "project": project, "digest": digest });
    assert!(backstory.as_window("databases.trust", &trust)["error"].is_null());
    assert!(list()["untrusted"].is_null());
    assert_eq!(check().0, "upstream", "now it is tried");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text + "# changed\n").unwrap();
    assert_eq!(check().0, "denied");
    assert_eq!(backstory.as_window("databases.trust", &trust)["error"]["data"]["kind"], "conflict");
}

#[test]
fn what_was_run_is_found_again_and_queries_are_files() {
    let backstory = Backstory::new();
    let file = shop(&backstory);
    save(&backstory, "shop", &file, true);
    result(&backstory, "shop", "select 42 as answer");
    run(&backstory, "shop", "select * from nowhere");
    let history = backstory.ask("databases.history", json!({ "search": "ANSWER" }));
    assert_eq!(history["runs"][0]["text"], "select 42 as answer");
    assert_eq!(history["runs"][0]["rows"], 1.0);
    let all = backstory.ask("databases.history", json!({ "connection": "shop", "limit": 1 }));
    assert!(all["runs"][0]["failure"].as_str().unwrap().contains("nowhere"), "{all}");
    let next = backstory.ask(
        "databases.history",
        json!({ "connection": "shop", "limit": 1, "cursor": all["next"] }),
    );
    assert_eq!(next["runs"][0]["text"], "select 42 as answer");
    let save = json!({ "query": "reports/by day", "text": "select :day", "connection": "shop", "params": [{ "name": "day", "kind": "date", "default": "2026-01-01" }] });
    let saved = backstory.ask("databases.saveQuery", save.clone());
    let text = std::fs::read_to_string(saved["file"].as_str().unwrap()).unwrap();
    assert_eq!(text, "-- connection: shop\n-- param day (date) = 2026-01-01\n\nselect :day\n");
    assert_eq!(backstory.refuse("databases.saveQuery", save).0, "conflict");
    assert_eq!(
        backstory.refuse("databases.saveQuery", json!({ "query": "../x", "text": "select 1" })).0,
        "invalidParams"
    );
    let queries = backstory.ask("databases.queries", json!({}));
    assert_eq!(queries["queries"][0]["params"][0]["default"], "2026-01-01");
    let run = json!({ "connection": "shop", "text": "select :day as d, :n + 1 as n", "params": { "day": "2026-02-03", "n": 41 } });
    assert_eq!(
        backstory.ask("databases.run", run)["results"][0]["rows"][0]["cells"],
        json!(["2026-02-03", "42"])
    );
    assert_eq!(
        backstory.ask("databases.forget", json!({ "connection": "shop" }))["forgotten"],
        3.0
    );
}

#[test]
fn statements_are_judged_without_being_run() {
    let backstory = Backstory::new();
    let text = "select 'ä';\n-- now\nupdate t set x = :x";
    let judged = backstory.ask("databases.judge", json!({ "engine": "postgres", "text": text }));
    let second = &judged["statements"][1];
    assert_eq!((second["start"].clone(), second["line"].clone()), (json!(12), json!(2)));
    assert_eq!((second["reads"].clone(), second["places"].clone()), (json!(false), json!(["x"])));
    assert!(second["losses"][0].as_str().unwrap().contains("every row of t"), "{second}");
}

#[test]
fn memory_is_a_connection_that_only_reads() {
    let backstory = Backstory::new();
    let tables =
        backstory.ask("databases.tables", json!({ "connection": "memory", "schema": "main" }));
    assert!(tables.to_string().contains("\"commits\""));
    let count = result(&backstory, "memory", "select count(*) from commits");
    assert_eq!(count["rows"][0]["cells"][0], "0");
    let refused = backstory
        .refuse("databases.run", json!({ "connection": "memory", "text": "delete from commits" }));
    assert_eq!(refused.0, "denied");
}

#[test]
fn postgresql_is_asked_through_the_same_door() {
    let Some(server) = servers::postgres() else { return };
    let backstory = Backstory::new();
    let url = format!("postgres://postgres@{}:{}/postgres", server.host, server.port);
    let found = result(
        &backstory,
        &url,
        "select 9223372036854775807 as big, 'NaN'::float8 as nan, null as none, array[1,2] as list",
    );
    assert_eq!(found["rows"][0]["cells"], json!(["9223372036854775807", "NaN", null, "{1,2}"]));
    let ran = run(&backstory, &url, "select i from generate_series(1, 1000000) i");
    let last =
        backstory.ask("databases.rows", json!({ "run": ran["run"], "from": 999_999, "count": 5 }));
    assert_eq!(last["rows"][0]["cells"][0], "1000000");
    let error = run(&backstory, &url, "select nothing");
    assert_eq!(
        (error["failure"]["code"].clone(), error["failure"]["offset"].clone()),
        (json!("42703"), json!(7))
    );
    let wrong = format!("postgres://postgres@{}:{}/nowhere", server.host, server.port);
    let refused = backstory.refuse("databases.check", json!({ "connection": wrong }));
    assert!(refused.1.contains("nowhere"), "{refused:?}");
    let plan = backstory.ask(
        "databases.explain",
        json!({ "connection": url, "text": "select * from pg_class", "measured": true }),
    );
    assert!(plan["roots"][0]["ownMilliseconds"].is_number(), "{plan}");
}

/// Open files of a process that lead into a folder, also where they have no name any more.
fn open_files(process: u32, folder: &Path) -> usize {
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    files
        .filter_map(|it| it.ok()?.path().read_link().ok())
        .filter(|it| it.starts_with(folder))
        .count()
}

#[test]
fn what_a_caller_opened_ends_when_the_caller_goes() {
    let Some(server) = servers::postgres() else { return };
    let home = Home::new();
    let serving = home.serve(&[]);
    let database = server.database().unwrap();
    server.sql(&database, "create table held (id int)").unwrap();
    let url = format!("postgres://postgres@{}:{}/{database}", server.host, server.port);
    let count = |of: &str| {
        let text =
            format!("select count(*) from pg_stat_activity where datname = '{database}' and {of}");
        server.sql("postgres", &text).unwrap().trim().parse::<u32>().unwrap()
    };
    let busy = || count("state <> 'idle'");
    let results = home.path().join("b").canonicalize().unwrap();
    let spools = || {
        let all = open_files(serving.child.id(), &results);
        let of_the_store = open_files(serving.child.id(), &results.join("data"));
        all - of_the_store
    };
    let before = spools();
    let mut one = serving.talk();
    // One that is waited for, one that goes on by itself, and one whose rows nobody asks for.
    one.ask("databases.run", json!({ "connection": url, "text": "select pg_sleep(60)" }));
    let mut two = serving.talk();
    let run = |text: &str| json!({ "connection": url, "text": text, "wait": 0.1 });
    let ran = two.call("databases.run", run("select pg_sleep(60), 2"));
    assert_eq!(ran["result"]["state"], "running", "{ran}");
    let ran = two.call("databases.run", run("select * from generate_series(1, 3000000) i"));
    let number = ran["result"]["run"].clone();
    // And a transaction with a lock, in a session.
    let writing = format!("{url}?read_only=false");
    let opened = two.call("databases.open", json!({ "connection": writing }));
    let lock = "lock table held in access exclusive mode; insert into held values (1)";
    let session = opened["result"]["session"].clone();
    let locked = two.call(
        "databases.run",
        json!({ "session": session, "text": lock, "transaction": "manual" }),
    );
    assert_eq!(locked["result"]["inTransaction"], true, "{locked}");
    until("all four are at work", || (busy() == 4).then_some(()));
    assert!(spools() > before, "rows are kept in a file");
    let mut other = serving.talk();
    drop((one, two));
    let gone = Instant::now();
    until("the server has stopped all of it", || (busy() == 0).then_some(()));
    assert!(gone.elapsed() < Duration::from_secs(2), "{:?}", gone.elapsed());
    assert_eq!(server.sql(&database, "select count(*) from held").unwrap().trim(), "0");
    until("no rows are kept", || (spools() <= before).then_some(()));
    assert!(gone.elapsed() < Duration::from_secs(3), "{:?}", gone.elapsed());
    let asked = other.call("databases.standing", json!({ "run": number }));
    assert_eq!(asked["error"]["data"]["kind"], "notFound", "{asked}");
    // Others go on as before, and the seats are free: a connection has four.
    for _ in 0..6 {
        let ran = other.call("databases.run", json!({ "connection": url, "text": "select 1" }));
        assert_eq!(ran["result"]["state"], "done", "{ran}");
    }
}

#[test]
fn a_script_saves_nothing_that_starts_programs_and_trusts_nothing() {
    let backstory = Backstory::new();
    let there = backstory.folder().join("started");
    let host = json!({ "engine": "redis", "host": "127.0.0.1", "port": 1 });
    let with = |name: &str, value: Value| {
        let mut entry = host.clone();
        entry[name] = value;
        json!({ "connection": "it", "entry": entry })
    };
    let command = format!("cmd:touch {}", there.display());
    for params in [
        with("password", json!(command)),
        with("ssh", json!({ "host": "bastion" })),
        json!({ "connection": "it", "entry": { "engine": "duckdb", "file": "/x.duckdb", "options": { "allow_unsigned_extensions": "true" } } }),
    ] {
        let refused = backstory.refuse("databases.save", params.clone());
        assert_eq!(refused.0, "denied", "{params}");
        assert!(refused.2.contains("for the window"), "{refused:?}");
        assert_eq!(
            backstory.refuse("databases.check", json!({ "connection": "it" })).0,
            "invalidParams"
        );
    }
    // What somebody wrote there by hand may be saved as it is, with anything else changed.
    let config = backstory.folder().join("config");
    std::fs::create_dir_all(&config).unwrap();
    let text = format!(
        "[it]\nengine = \"redis\"\nhost = \"127.0.0.1\"\nport = 1\npassword = \"{command}\"\n"
    );
    std::fs::write(config.join("connections.toml"), text).unwrap();
    let mut same = with("password", json!(command));
    same["entry"]["colour"] = json!("red");
    backstory.ask("databases.save", same.clone());
    same["entry"]["password"] = json!("cmd:other");
    assert_eq!(backstory.refuse("databases.save", same.clone()).0, "denied");
    same["connection"] = json!("that");
    same["entry"]["password"] = json!(command);
    assert_eq!(backstory.refuse("databases.save", same).0, "denied");
    assert!(!there.exists());
    // The window may.
    let entry = json!({ "engine": "redis", "host": "127.0.0.1", "password": "cmd:other" });
    let save = json!({ "connection": "it", "entry": entry });
    assert!(backstory.as_window("databases.save", &save)["error"].is_null());
    let trust = json!({ "project": backstory.folder(), "digest": "x" });
    assert_eq!(backstory.refuse("databases.trust", trust).0, "denied");
}

#[test]
fn saved_queries_of_a_project_are_read_in_bounds() {
    let backstory = Backstory::new();
    let folder = backstory.folder().join("project/.backstory/queries");
    std::fs::create_dir_all(&folder).unwrap();
    let large = format!("select '{}'", "x".repeat(900_000));
    for number in 0..8 {
        std::fs::write(folder.join(format!("q{number}.sql")), &large).unwrap();
    }
    std::fs::write(folder.join("a.sql"), "x".repeat(1_200_000)).unwrap();
    backstory.ask("databases.saveQuery", json!({ "query": "mine", "text": "select 1" }));
    let project = backstory.folder().join("project");
    let listed = backstory.ask("databases.queries", json!({ "project": project }));
    let names: Vec<_> =
        listed["queries"].as_array().unwrap().iter().map(|it| it["query"].clone()).collect();
    assert_eq!(names, ["q0", "q1", "mine"], "a.sql counts with the most that is read of it");
    let troubles = listed["troubles"].to_string();
    assert!(troubles.contains("a.sql") && troubles.contains("larger than 1 MB"), "{troubles}");
    assert!(troubles.contains("6 of 9 queries are not listed"), "{troubles}");
}

#[test]
fn the_audit_keeps_no_password() {
    let backstory = Backstory::new();
    let url = "postgres://u:sekret@127.0.0.1:1/shop";
    backstory.refuse("databases.run", json!({ "connection": url, "text": "select 1" }));
    let file = shop(&backstory);
    let text = "alter role a password 'sekret'";
    backstory.refuse("databases.run", json!({ "connection": file, "text": text }));
    for entry in [
        json!({ "url": "redis://:sekret@h" }),
        json!({ "engine": "redis", "host": "h", "password": "sekret" }),
    ] {
        backstory.refuse("databases.save", json!({ "connection": "it", "entry": entry }));
    }
    let audit = || backstory.ask("store.audit", json!({})).to_string();
    until("it is written down", || (audit().matches("databases.").count() >= 4).then_some(()));
    assert!(!audit().contains("sekret"), "{}", audit());
    assert!(audit().contains("select 1"), "all else is there: {}", audit());
}
