//! What is undone, kept, refused and told of statements that write, over the terminal and the bridge.

use crate::home::{Home, complaint, out};
use crate::support::Backstory;
use serde_json::{Value, json};
use std::process::Output;

fn query(home: &Home, arguments: &[&str]) -> Output {
    let mut all = vec!["query"];
    all.extend(arguments);
    home.run(&all)
}

/// A file with a table of three rows.
fn file(home: &Home) -> String {
    let path = home.path().join("t.db");
    let made = rusqlite::Connection::open(&path).unwrap();
    made.execute_batch("create table t (id int); insert into t values (1), (2), (3)").unwrap();
    path.to_str().unwrap().to_owned()
}

/// Ways to a table of three rows at each server that can be had, and in a file.
fn ways(home: &Home) -> Vec<String> {
    let mut ways = vec![file(home)];
    let servers = [(servers::postgres(), "postgres"), (servers::mariadb(), "mysql")];
    for (server, scheme) in servers {
        let Some(server) = server else { continue };
        let database = server.database().unwrap();
        let table = "create table t (id int); insert into t values (1), (2), (3)";
        server.sql(&database, table).unwrap();
        let (user, port) = (&server.user, server.port);
        ways.push(format!("{scheme}://{user}@127.0.0.1:{port}/{database}"));
    }
    ways
}

fn count(home: &Home, way: &str) -> String {
    let done = query(home, &[way, "-e", "select count(*) as n from t", "--format", "csv"]);
    out(&done).trim().replace("n\n", "")
}

#[test]
fn statements_that_end_their_transaction_are_not_run_to_be_undone() {
    let home = Home::new();
    for way in ways(&home) {
        for text in [
            "delete from t where id = 1; commit",
            "rollback; delete from t where id = 1",
            "delete from t where id = 1; begin",
        ] {
            let done = query(&home, &[&way, "--write", "--roll-back", "-e", text]);
            assert_eq!(done.status.code(), Some(5), "{way} {text}: {}", complaint(&done));
            assert_eq!(count(&home, &way), "3", "{way} {text}");
        }
        let done =
            query(&home, &[&way, "--write", "--roll-back", "-e", "delete from t where id = 1"]);
        assert_eq!(done.status.code(), Some(0), "{way}: {}", complaint(&done));
        assert_eq!(count(&home, &way), "3", "{way}");
    }
}

#[test]
fn tables_without_transactions_are_not_changed_by_what_would_be_undone() {
    let Some(server) = servers::mariadb() else { return };
    let home = Home::new();
    let database = server.database().unwrap();
    let script = "create table m (id int) engine = MyISAM; insert into m values (1), (2); \
                  create view v as select * from m; create table i (id int) engine = InnoDB; \
                  insert into i values (1)";
    server.sql(&database, script).unwrap();
    let way = format!("mysql://{}@127.0.0.1:{}/{database}", server.user, server.port);
    for text in ["delete from m where id = 1", "delete from v where id = 1"] {
        for how in ["--roll-back", "--analyze"] {
            let done = query(&home, &[&way, "--write", how, "-e", text]);
            assert_eq!(done.status.code(), Some(5), "{how} {text}: {}", complaint(&done));
            assert!(complaint(&done).contains("cannot be undone"), "{}", complaint(&done));
            assert_eq!(server.sql(&database, "select count(*) from m").unwrap().trim(), "2");
        }
    }
    let done = query(&home, &[&way, "--write", "--roll-back", "-e", "delete from i where id = 1"]);
    assert_eq!(done.status.code(), Some(0), "{}", complaint(&done));
    assert_eq!(server.sql(&database, "select count(*) from i").unwrap().trim(), "1");
}

#[test]
fn a_transaction_that_nobody_ends_is_told_and_fails() {
    let home = Home::new();
    for way in ways(&home) {
        let done = query(&home, &[&way, "--write", "-e", "begin; insert into t values (500)"]);
        assert_eq!(done.status.code(), Some(2), "{way}: {}", complaint(&done));
        assert!(complaint(&done).contains("left open"), "{}", complaint(&done));
        assert_eq!(count(&home, &way), "3", "{way}");
        let done = query(&home, &[&way, "--write", "-e", "begin; select 1"]);
        assert_eq!(done.status.code(), Some(0), "{way}: {}", complaint(&done));
    }
    let Some(server) = servers::redis() else { return };
    let way = format!("redis://127.0.0.1:{}", server.port);
    let done = query(&home, &[&way, "--write", "-e", "MULTI", "-e", "SET undone:k 1"]);
    assert_eq!(done.status.code(), Some(2), "{}", complaint(&done));
    assert!(complaint(&done).contains("EXEC"), "{}", complaint(&done));
}

#[test]
fn what_was_done_is_told_beside_rows_and_before_a_failure() {
    let home = Home::new();
    let way = file(&home);
    let text = "delete from t where id = 1; select id from t";
    let done = query(&home, &[&way, "--write", "-e", text, "--format", "csv"]);
    assert_eq!(out(&done), "id\n2\n3\n");
    assert!(complaint(&done).contains("DELETE, 1 row"), "{}", complaint(&done));
    let text = "delete from t where id = 2; insert into t values (7), (8); select * from nowhere";
    let done = query(&home, &[&way, "--write", "-e", text]);
    assert_eq!(done.status.code(), Some(1));
    let told = "2 statements before it were done: DELETE (1), INSERT (2)";
    assert!(complaint(&done).contains(told), "{}", complaint(&done));
}

#[test]
fn what_a_format_cannot_hold_is_told_before_anything_is_written() {
    let home = Home::new();
    let way = file(&home);
    let insert = "insert into t values (9) returning id";
    let done = query(&home, &[&way, "--write", "--format", "insert", "-e", insert]);
    assert_eq!((done.status.code(), count(&home, &way).as_str()), (Some(2), "3"));
    let into = home.path().join("x.parquet");
    let into = into.to_str().unwrap();
    let two = format!("{insert}; {insert}");
    let done = query(&home, &[&way, "--write", "--format", "parquet", "-o", into, "-e", &two]);
    assert_eq!((done.status.code(), count(&home, &way).as_str()), (Some(2), "3"));
}

#[test]
fn a_statement_may_end_in_a_comment_before_the_next_one() {
    let home = Home::new();
    let way = file(&home);
    let done = query(
        &home,
        &[&way, "-e", "select 1 as a -- one", "-e", "select 2 as b", "--format", "csv"],
    );
    assert_eq!(out(&done), "a\n1\n\nb\n2\n", "{}", complaint(&done));
}

/// A file with many rows, as a connection that writes.
fn shop(backstory: &Backstory) -> String {
    let path = backstory.folder().join("shop.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "create table emp (id integer primary key, boss int, pay int);
         insert into emp values (1, 2, 10), (2, null, 20);
         create table log (id int);
         create trigger noted after update on emp begin
             insert into log values (1); insert into log values (2); end;
         create table many (id integer primary key, v int);
         with recursive n(i) as (values (1) union all select i + 1 from n where i < 40000)
         insert into many select i, i % 7 from n;",
    )
    .unwrap();
    let file = path.to_str().unwrap();
    let entry = json!({ "engine": "sqlite", "file": file, "readOnly": false });
    backstory.ask("databases.save", json!({ "connection": "shop", "entry": entry }));
    file.to_owned()
}

#[test]
fn sorting_and_summing_up_take_all_rows_and_say_where_a_result_ended_early() {
    let backstory = Backstory::new();
    shop(&backstory);
    let run = |text: &str, timeout: f64| {
        let asked = json!({ "connection": "shop", "text": text, "timeout": timeout });
        backstory.ask("databases.run", asked)["run"].clone()
    };
    let many = run("select id, v from many", 60.0);
    let order = json!([{ "column": 0, "descending": true }]);
    let rows = json!({ "run": many, "from": 0, "count": 1, "order": order });
    let rows = backstory.ask("databases.rows", rows);
    assert_eq!(
        (&rows["rows"][0]["cells"][0], &rows["rowsTotal"]),
        (&json!("40000"), &json!(40000.0))
    );
    let many = run("select id, v from many", 60.0);
    let summary = backstory.ask("databases.summary", json!({ "run": many, "column": 1 }));
    assert_eq!(
        (&summary["rows"], &summary["distinct"], &summary["complete"]),
        (&json!(40000.0), &json!(7.0), &json!(true))
    );
    let endless = run(
        "with recursive n(i) as (values (1) union all select i + 1 from n) select i from n",
        1.0,
    );
    let summary = backstory.ask("databases.summary", json!({ "run": endless, "column": 0 }));
    assert_eq!(
        (&summary["complete"], &summary["failure"]["kind"]),
        (&json!(false), &json!("timedOut"))
    );
}

#[test]
fn rows_that_are_only_looked_at_leave_sessions_for_others() {
    let backstory = Backstory::new();
    shop(&backstory);
    let run = || {
        backstory
            .ask("databases.run", json!({ "connection": "shop", "text": "select * from many" }))
    };
    let runs: Vec<Value> = (0..6).map(|_| run()).collect();
    assert!(runs.iter().all(|it| it["rows"].is_null() && it["failure"].is_null()), "{runs:?}");
    let late = json!({ "run": runs[0]["run"], "from": 39_000, "count": 1 });
    let late = backstory.ask("databases.rows", late);
    let hint = late["failure"]["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("`pool`"), "{late}");
}

fn cell(column: &str, value: &str) -> Value {
    json!({ "column": column, "value": value })
}

#[test]
fn only_the_row_that_is_shown_is_edited() {
    let backstory = Backstory::new();
    shop(&backstory);
    let editable = |text: &str| {
        let asked = json!({ "connection": "shop", "text": text, "origins": true });
        backstory.ask("databases.run", asked)["results"][0]["editable"].clone()
    };
    assert!(editable("select e.id, m.pay from emp e join emp m on e.boss = m.id").is_null());
    assert!(
        editable(
            "with x as (select * from emp) select a.id, b.pay from x a join x b on a.boss = b.id"
        )
        .is_null()
    );
    assert_eq!(editable("select * from emp where id > 0")["table"], "emp");
    let edit = |change: Value| {
        let edit = json!({ "connection": "shop", "schema": "main", "table": "emp", "apply": true, "changes": [change] });
        backstory.ask("databases.edit", edit)
    };
    let set = json!({ "update": { "key": [cell("id", "1")], "was": [cell("pay", "10")], "set": [cell("pay", "11")] } });
    let edited = edit(set);
    assert_eq!(edited["applied"], true, "its trigger writes too: {edited}");
    let stale = json!({ "delete": { "key": [cell("id", "1")], "was": [cell("pay", "10")] } });
    assert_eq!(edit(stale)["applied"], false, "somebody changed it meanwhile");
    let fresh = json!({ "delete": { "key": [cell("id", "1")], "was": [cell("pay", "11")] } });
    assert_eq!(edit(fresh)["applied"], true);
}

#[test]
fn mysql_keeps_edits_shows_them_and_commits_as_it_says() {
    let Some(server) = servers::mariadb() else { return };
    let backstory = Backstory::new();
    let database = server.database().unwrap();
    server
        .sql(
            &database,
            "create table t (id int primary key, name text); insert into t values (1, 'a')",
        )
        .unwrap();
    let url =
        format!("mysql://{}@127.0.0.1:{}/{database}?read_only=false", server.user, server.port);
    let edit = |name: &str, apply: bool| {
        let set = json!({ "update": { "key": [cell("id", "1")], "was": [], "set": [cell("name", name)] } });
        let edit = json!({ "connection": url, "schema": database, "table": "t", "apply": apply, "changes": [set] });
        backstory.ask("databases.edit", edit)
    };
    assert_eq!(edit("a", true)["applied"], true, "the same value is no other row");
    let shown = edit("\\' WHERE 1 -- ", false)["statements"][0].clone();
    let table = format!("`{database}`.`t`");
    assert_eq!(
        shown,
        format!("UPDATE {table} SET `name` = '\\\\\\' WHERE 1 -- ' WHERE `id` = '1'")
    );
    server.sql(&database, shown.as_str().unwrap()).unwrap();
    let held = server.sql(&database, "select hex(name) from t").unwrap();
    assert_eq!(
        held.trim(),
        "5C2720574845524520312D2D20".replace("312D", "31202D"),
        "as it is shown"
    );

    let run =
        |text: &str| backstory.ask("databases.run", json!({ "connection": url, "text": text }));
    run("select @leak := 5");
    assert_eq!(run("select @leak")["results"][0]["rows"][0]["cells"][0], Value::Null);

    let session = backstory.ask("databases.open", json!({ "connection": url }))["session"].clone();
    let asked = |text: &str| json!({ "session": session, "text": text, "transaction": "manual" });
    backstory.ask("databases.run", asked("insert into t values (2, 'b')"));
    let refused = backstory.refuse("databases.run", asked("create table u (id int)"));
    assert_eq!(refused.0, "conflict", "{refused:?}");
    let step = |step: &str| json!({ "session": session, "step": step });
    assert_eq!(backstory.ask("databases.transaction", step("rollback"))["open"], false);
    assert_eq!(
        server.sql(&database, "select count(*) from t").unwrap().trim(),
        "1",
        "it was undone"
    );
    backstory.refuse("databases.transaction", step("commit"));
    backstory.ask("databases.transaction", step("begin"));
    backstory.refuse("databases.transaction", step("begin"));
}

#[test]
fn a_session_of_redis_that_went_elsewhere_is_nobody_elses() {
    let Some(server) = servers::redis() else { return };
    let backstory = Backstory::new();
    let url = format!("redis://127.0.0.1:{}", server.port);
    let run =
        |text: &str| backstory.ask("databases.run", json!({ "connection": url, "text": text }));
    assert!(run("SELECT 5")["failure"].is_null());
    let info = run("CLIENT INFO")["results"][0].clone();
    let columns = info["columns"].as_array().unwrap();
    let db = columns.iter().position(|it| it["name"] == "db").unwrap();
    assert_eq!(info["rows"][0]["cells"][db], "0", "{info}");
}
