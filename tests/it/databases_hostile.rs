//! Days on which a database does not behave: servers that die, networks that are cut or silent, results that are too
//! wide, cells that are too long, catalogues that are too large. Each ends in a sentence that names the thing, with the
//! program alive and the next call working.

use crate::home::{Home, Talk};
use crate::support::Backstory;
use serde_json::{Value, json};
use servers::cut::{Proxy, Way};
use servers::{Kind, With};
use std::time::{Duration, Instant};

/// Starts statements and answers with what there is after the first rows.
fn run(backstory: &Backstory, connection: &str, text: &str) -> Value {
    backstory.ask("databases.run", json!({ "connection": connection, "text": text }))
}

/// The one cell of a statement that went well.
fn one(backstory: &Backstory, connection: &str, text: &str) -> String {
    let ran = run(backstory, connection, text);
    assert!(ran["failure"].is_null(), "{text}: {ran}");
    ran["results"][0]["rows"][0]["cells"][0].as_str().unwrap().to_owned()
}

fn words(failure: &Value) -> String {
    format!(
        "{} {}",
        failure["message"].as_str().unwrap(),
        failure["hint"].as_str().unwrap_or_default()
    )
}

/// Rows without end, of a kilobyte each.
fn endless(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres => "select generate_series(1, 2000000000) as i, repeat('x', 1000) as x",
        Kind::ClickHouse | Kind::ClickHouseOld => {
            "select number, repeat('x', 1000) as x from system.numbers"
        }
        _ => {
            "select a.table_name, repeat('x', 1000) as x from information_schema.collations, information_schema.columns a, information_schema.columns b, information_schema.columns c"
        }
    }
}

fn url(kind: Kind, port: u16) -> String {
    match kind {
        Kind::Postgres => format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        Kind::ClickHouse | Kind::ClickHouseOld => format!("clickhouse://127.0.0.1:{port}/default"),
        _ => format!("mysql://root@127.0.0.1:{port}/"),
    }
}

/// Waits for the end of a run, past all it keeps.
fn ended(backstory: &Backstory, ran: &Value) -> Value {
    let last = json!({ "run": ran["run"], "from": 4_000_000_000_u32, "count": 1 });
    backstory.ask("databases.rows", last)
}

#[test]
fn a_server_that_dies_in_the_middle_is_told_and_the_next_call_finds_it_again() {
    for kind in [Kind::Postgres, Kind::MariaDb] {
        let Some(server) = servers::fresh(kind, &With::default()) else { continue };
        let backstory = Backstory::new();
        let url = format!("{}?read_only=false", url(kind, server.port));
        let ran = run(&backstory, &url, endless(kind));
        assert_eq!(ran["state"], "running", "{kind:?}: {ran}");
        server.kill();
        let end = ended(&backstory, &ran);
        assert_eq!(end["failure"]["kind"], "lost", "{kind:?}: {end}");
        let said = words(&end["failure"]);
        assert!(said.contains(&server.port.to_string()), "{kind:?}: {said}");
        let first = json!({ "run": ran["run"], "from": 0, "count": 1 });
        assert_eq!(
            backstory.ask("databases.rows", first)["rows"].as_array().unwrap().len(),
            1,
            "what came stays"
        );
        let refused =
            backstory.refuse("databases.run", json!({ "connection": url, "text": "select 1" }));
        assert!(refused.1.contains(&server.port.to_string()), "{kind:?}: {refused:?}");
        server.restart().unwrap();
        assert_eq!(one(&backstory, &url, "select 1"), "1", "{kind:?}");

        // In a transaction: what was not kept is gone, and nobody pretends otherwise.
        let make = if kind == Kind::Postgres {
            "create table kept (a int)"
        } else {
            "create database d; create table d.kept (a int)"
        };
        assert!(run(&backstory, &url, make)["failure"].is_null());
        let table = if kind == Kind::Postgres { "kept" } else { "d.kept" };
        let session =
            backstory.ask("databases.open", json!({ "connection": url }))["session"].clone();
        let insert = json!({ "session": session, "text": format!("insert into {table} values (1)"), "transaction": "manual" });
        assert_eq!(backstory.ask("databases.run", insert.clone())["inTransaction"], true);
        server.kill();
        server.restart().unwrap();
        let reply = backstory.receive("databases.run", &insert);
        let said = if reply["error"].is_null() {
            assert_eq!(reply["result"]["failure"]["kind"], "lost", "{kind:?}: {reply}");
            words(&reply["result"]["failure"])
        } else {
            reply["error"]["message"].as_str().unwrap().to_owned()
        };
        assert!(said.contains("lost") || said.contains("connection"), "{kind:?}: {said}");
        let commit = json!({ "session": session, "step": "commit" });
        let reply = backstory.receive("databases.transaction", &commit);
        assert!(!reply["error"].is_null(), "{kind:?}: nothing is there to be kept: {reply}");
        assert_eq!(
            one(&backstory, &url, &format!("select count(*) from {table}")),
            "0",
            "{kind:?}"
        );
    }
}

#[test]
fn a_network_that_is_cut_or_silent_is_told_and_the_next_call_works() {
    let servers = [servers::postgres(), servers::mariadb(), servers::clickhouse()];
    for server in servers.into_iter().flatten() {
        let kind = server.kind;
        let proxy = Proxy::to(server.port).unwrap();
        let backstory = Backstory::new();
        let url = url(kind, proxy.port);
        assert_eq!(one(&backstory, &url, "select 1"), "1");
        proxy.cut_after(Way::Answer, 400_000);
        let ran = run(&backstory, &url, endless(kind));
        let end = ended(&backstory, &ran);
        assert_eq!(end["failure"]["kind"], "lost", "{kind:?}: {end}");
        assert!(words(&end["failure"]).contains(&proxy.port.to_string()), "{kind:?}: {end}");
        proxy.flow();
        assert_eq!(one(&backstory, &url, "select 2"), "2", "{kind:?}");

        // Nobody says anything: the time that was given is all it takes.
        let ran = json!({ "connection": url, "text": endless(kind), "timeout": 1.5 });
        let ran = backstory.ask("databases.run", ran);
        proxy.stall();
        let start = Instant::now();
        let end = ended(&backstory, &ran);
        let took = start.elapsed();
        assert!(
            ["timedOut", "lost"].contains(&end["failure"]["kind"].as_str().unwrap_or_default()),
            "{kind:?}: {end}"
        );
        eprintln!("{kind:?}: a silent network is given up after {took:?} of a limit of 1.5 s");
        assert!(took < Duration::from_secs(8), "{kind:?}: {took:?}");
        proxy.flow();
        assert_eq!(one(&backstory, &url, "select 3"), "3", "{kind:?}");
    }
}

#[test]
fn what_is_wrong_with_a_connection_is_told_by_its_name() {
    let backstory = Backstory::new();
    let told = |url: String, names: &[&str]| {
        let refused = backstory.refuse("databases.check", json!({ "connection": url }));
        let said = format!("{} {}", refused.1, refused.2);
        for name in names {
            assert!(said.to_lowercase().contains(&name.to_lowercase()), "{url}: {refused:?}");
        }
        assert!(!said.contains("hunter2"), "{said}");
        let ran =
            backstory.refuse("databases.run", json!({ "connection": url, "text": "select 1" }));
        assert!(!ran.1.contains("hunter2"), "{ran:?}");
    };
    if let Some(server) = servers::postgres() {
        let at = format!("127.0.0.1:{}", server.port);
        told(format!("postgres://scram:hunter2@{at}/postgres"), &["scram", "password"]);
        told(format!("postgres://nobody:hunter2@{at}/postgres"), &["nobody"]);
        told(format!("postgres://postgres@{at}/nowhere"), &["nowhere"]);
    }
    for server in [servers::mariadb(), servers::mysql()].into_iter().flatten() {
        let at = format!("127.0.0.1:{}", server.port);
        let user = if server.kind == Kind::MariaDb { "native" } else { "caching" };
        told(format!("mysql://{user}:hunter2@{at}/"), &[user, "denied"]);
        told(format!("mysql://root@{at}/nowhere"), &["nowhere"]);
    }
    if let Some(server) = servers::redis() {
        let at = format!("127.0.0.1:{}", server.port);
        told(format!("redis://reader:hunter2@{at}/0"), &["password"]);
        told(format!("redis://{at}/9999"), &["9999"]);
    }
    if let Some(server) = servers::clickhouse() {
        let at = format!("127.0.0.1:{}", server.port);
        told(format!("clickhouse://reader:hunter2@{at}/default"), &["reader"]);
        told(format!("clickhouse://{at}/nowhere"), &["nowhere"]);
    }
    let nowhere = backstory.folder().join("nowhere.db");
    told(format!("sqlite:{}", nowhere.display()), &["nowhere.db"]);
    assert!(!nowhere.exists(), "looking makes no file");
    let port = servers::free_port().unwrap();
    for scheme in ["postgres", "mysql", "redis", "mongodb", "clickhouse"] {
        told(format!("{scheme}://127.0.0.1:{port}/"), &[&port.to_string()]);
    }
}

#[test]
fn a_certificate_that_is_wrong_is_told_by_what_is_wrong_with_it() {
    use servers::Certificate::{Expired, SelfSigned, WrongName};
    let Ok(certificates) = servers::certificates() else { return };
    let backstory = Backstory::new();
    for (certificate, names) in [
        (Expired, &["expired"][..]),
        (WrongName, &["name", "elsewhere.example"]),
        (SelfSigned, &["certificate"]),
    ] {
        let Some(server) = servers::postgres_tls(certificate) else { return };
        let url = format!(
            "postgres://postgres@127.0.0.1:{}/postgres?tls=verify&tls_ca={}",
            server.port,
            certificates.ca().display()
        );
        let refused = backstory.refuse("databases.check", json!({ "connection": url }));
        let said = format!("{} {}", refused.1, refused.2);
        for name in names {
            assert!(said.contains(name), "{certificate:?}: {refused:?}");
        }
        let unverified =
            format!("postgres://postgres@127.0.0.1:{}/postgres?tls=unverified", server.port);
        assert_eq!(
            one(&backstory, &unverified, "select 1"),
            "1",
            "{certificate:?}: only the proof is missing"
        );
    }
}

#[test]
fn a_result_of_five_thousand_columns_comes_in_bounded_pages_and_whole_in_files() {
    let backstory = Backstory::new();
    let columns: Vec<String> = (1..=5000).map(|it| format!("{it} as c{it}")).collect();
    let list = columns.join(", ");
    let mut aims = Vec::new();
    if let Some(server) = servers::clickhouse() {
        aims.push((
            url(Kind::ClickHouse, server.port),
            format!("select {list} from system.numbers limit 300"),
        ));
    }
    if let Some(library) = servers::duckdb_library() {
        let url = format!("duckdb::memory:?library={}", library.display());
        aims.push((url, format!("select {list} from range(300)")));
    }
    for (url, text) in aims {
        let start = Instant::now();
        let ran = run(&backstory, &url, &text);
        assert!(ran["failure"].is_null(), "{}", ran["failure"]);
        let result = &ran["results"][0];
        assert_eq!(result["columns"].as_array().unwrap().len(), 5000);
        assert_eq!(result["rows"][0]["cells"][4999], "5000");
        let page = backstory
            .ask("databases.rows", json!({ "run": ran["run"], "from": 299, "count": 1000 }));
        assert_eq!(page["rows"][0]["cells"].as_array().unwrap().len(), 5000);
        let size = page.to_string().len();
        let file = backstory.folder().join("wide.csv");
        let export = json!({ "connection": url, "text": text, "format": "csv", "path": file, "replace": true });
        assert_eq!(backstory.ask("databases.export", export)["rows"], 300.0);
        let csv = std::fs::read_to_string(&file).unwrap();
        assert!(csv.lines().all(|it| it.split(',').count() == 5000));
        eprintln!("5,000 columns: {:?}, a page of one row is {size} bytes", start.elapsed());
        assert!(size < 400_000, "{size}");
    }
    // Engines with a bound of their own say so.
    if let Some(server) = servers::postgres() {
        let failed = run(&backstory, &url(Kind::Postgres, server.port), &format!("select {list}"));
        assert!(words(&failed["failure"]).contains("1664"), "{}", failed["failure"]);
        assert_eq!(one(&backstory, &url(Kind::Postgres, server.port), "select 1"), "1");
    }
    let failed = run(&backstory, "memory", &format!("select {list}"));
    assert!(words(&failed["failure"]).contains("too many columns"), "{}", failed["failure"]);
}

#[test]
fn a_cell_of_fifty_megabytes_is_a_beginning_on_the_page_and_whole_where_it_is_asked_for() {
    const BYTES: usize = 50 << 20;
    let mut aims = vec![(
        "memory".to_owned(),
        format!("select printf('%.*c', {}, 'é') as v, 7 as n", BYTES / 2),
    )];
    let filled = format!("select repeat('é', {}) as v, 7 as n", BYTES / 2);
    if let Some(server) = servers::postgres() {
        aims.push((url(Kind::Postgres, server.port), filled.clone()));
    }
    if let Some(server) = servers::clickhouse() {
        aims.push((url(Kind::ClickHouse, server.port), format!("select arrayStringConcat(arrayMap(x -> repeat('é', 262144), range({}))) as v, 7 as n", BYTES >> 19)));
    }
    for (url, text) in aims {
        let backstory = Backstory::new();
        let start = Instant::now();
        let ran = run(&backstory, &url, &text);
        assert!(ran["failure"].is_null(), "{}", ran["failure"]);
        assert!(ran.to_string().len() < 8_000, "a page holds a beginning only");
        let cells = &ran["results"][0]["rows"][0]["cells"];
        assert_eq!((cells[0]["bytes"].as_f64(), &cells[1]), (Some(BYTES as f64), &json!("7")));
        let (mut from, mut bytes) = (json!(0), 0);
        while !from.is_null() {
            let part = json!({ "run": ran["run"], "row": 0, "column": 0, "from": from, "count": 2_000_000 });
            let part = backstory.ask("databases.cell", part);
            let text = part["text"].as_str().unwrap();
            assert!(text.chars().all(|it| it == 'é'));
            bytes += text.len();
            from = part["next"].clone();
        }
        assert_eq!(bytes, BYTES);
        let file = backstory.folder().join("long.csv");
        let export = json!({ "connection": url, "text": text, "format": "csv", "path": file });
        backstory.ask("databases.export", export);
        assert_eq!(std::fs::metadata(&file).unwrap().len() as usize, BYTES + "v,n\n,7\n".len());
        eprintln!("a cell of 50 MB: {:?} for page, parts and file", start.elapsed());
    }
}

#[test]
fn ten_thousand_tables_are_listed_searched_and_completed() {
    let backstory = Backstory::new();
    let mut aims = Vec::new();
    let file = backstory.folder().join("many.db");
    let mut script = String::from("begin;");
    for n in 1..=10_000 {
        script += &format!("create table t_{n} (id integer primary key, name text);");
    }
    rusqlite::Connection::open(&file).unwrap().execute_batch(&(script + "commit;")).unwrap();
    aims.push((file.to_str().unwrap().to_owned(), "main"));
    if let Some(server) = servers::postgres() {
        let database = server.database().unwrap();
        // One transaction cannot hold the locks of all of them.
        for part in 0..5 {
            let range = format!("{}..{}", part * 2000 + 1, part * 2000 + 2000);
            let text = format!(
                "do $$begin for n in {range} loop execute 'create table t_' || n || ' (id int, name text)'; end loop; end$$"
            );
            server.sql(&database, &text).unwrap();
        }
        aims.push((format!("postgres://postgres@127.0.0.1:{}/{database}", server.port), "public"));
    }
    for (connection, schema) in aims {
        let ask = |method: &str, more: Value| {
            let mut params = json!({ "connection": connection });
            params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let start = Instant::now();
            let reply = backstory.ask(method, params);
            (reply, start.elapsed())
        };
        ask("databases.schemas", json!({}));
        let (first, took_first) = ask("databases.objects", json!({ "schema": schema }));
        assert_eq!(first["objects"].as_array().unwrap().len(), 200);
        let (found, took_found) =
            ask("databases.objects", json!({ "schema": schema, "pattern": "T_9999" }));
        assert_eq!(found["objects"][0]["name"], "t_9999");
        let (tables, took_tables) = ask("databases.tables", json!({ "schema": schema }));
        let tables = tables["tables"].as_array().unwrap();
        assert_eq!(tables.len(), 10_000);
        assert!(tables.iter().all(|it| it["columns"].as_array().unwrap().len() == 2));
        let (described, took_one) =
            ask("databases.describe", json!({ "schema": schema, "object": "t_5000" }));
        assert_eq!(described["columns"][1]["name"], "name");
        eprintln!(
            "10,000 tables: first {took_first:?}, search {took_found:?}, all with columns {took_tables:?}, one {took_one:?}"
        );
        // Ten times what a machine without other work takes; the tree waits for the first two.
        assert!(took_first < Duration::from_secs(2) && took_found < Duration::from_secs(2));
        assert!(took_tables < Duration::from_secs(15) && took_one < Duration::from_secs(2));
        // All of them, page by page, once each.
        let mut names = std::collections::BTreeSet::new();
        let mut cursor = Value::Null;
        loop {
            let mut more = json!({ "schema": schema, "limit": 5000 });
            if !cursor.is_null() {
                more["cursor"] = cursor;
            }
            let (page, _) = ask("databases.objects", more);
            let objects = page["objects"].as_array().unwrap();
            names.extend(objects.iter().map(|it| it["name"].as_str().unwrap().to_owned()));
            cursor = page["next"].clone();
            if cursor.is_null() {
                break;
            }
        }
        assert_eq!(names.iter().filter(|it| it.starts_with("t_")).count(), 10_000);
    }
}

#[test]
fn a_million_rows_are_run_and_exported_within_64_megabytes() {
    const ROWS: i64 = 1_000_000;
    const GROWTH: u64 = 64 << 10;
    let home = Home::new();
    let serving = home.serve(&[]);
    let mut talk = Talk::to(&serving.socket);
    // What the program is made of is paged in before it is measured.
    let warm = json!({ "connection": "memory", "text": "select 1" });
    assert!(talk.call("databases.run", warm)["error"].is_null());
    let before = serving.memory_kib("VmRSS");
    let mut aims = Vec::new();
    if let Some(server) = servers::postgres() {
        let database = servers::big(server, ROWS).unwrap();
        let url = format!("postgres://postgres@127.0.0.1:{}/{database}", server.port);
        aims.push((url, "select * from big", &["csv", "json", "ndjson"][..]));
    }
    let file = home.path().join("big.db");
    servers::big_sqlite(&file, ROWS).unwrap();
    aims.push((file.to_str().unwrap().to_owned(), "select * from big", &["csv", "json"]));
    for (connection, text, formats) in aims {
        let engine =
            connection.split(':').next().unwrap_or_default().rsplit('/').next().unwrap().to_owned();
        let start = Instant::now();
        let ran = talk.call(
            "databases.run",
            json!({ "connection": connection, "text": text, "timeout": 600 }),
        );
        let run = ran["result"]["run"].clone();
        let last = json!({ "run": run, "from": ROWS - 1, "count": 10 });
        let last = talk.call("databases.rows", last);
        assert_eq!(last["result"]["rowsTotal"], ROWS as f64, "{last}");
        talk.call("databases.close", json!({ "run": run }));
        let grown = serving.memory_kib("VmHWM").saturating_sub(before);
        eprintln!("{engine}: run in {:?}, grown by {grown} KiB", start.elapsed());
        for format in formats {
            let start = Instant::now();
            let path = home.path().join(format!("big.{format}"));
            let export = json!({ "connection": connection, "text": text, "format": format, "path": path, "replace": true });
            let reply = talk.call("databases.export", export);
            assert_eq!(reply["result"]["rows"], ROWS as f64, "{reply}");
            let grown = serving.memory_kib("VmHWM").saturating_sub(before);
            let size = std::fs::metadata(&path).unwrap().len();
            eprintln!(
                "{engine}: {format}, {size} bytes in {:?}, grown by {grown} KiB",
                start.elapsed()
            );
            std::fs::remove_file(&path).unwrap();
        }
    }
    let grown = serving.memory_kib("VmHWM").saturating_sub(before);
    assert!(grown < GROWTH, "memory grew by {grown} KiB");
}

/// What runs stops at the server, soon.
#[test]
fn a_stop_reaches_the_server_within_a_quarter_of_a_second() {
    // A machine that is busy with other tests takes longer.
    const GENEROUS: Duration = Duration::from_millis(1500);
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n where i > 0) select max(i) from n";
    for server in [servers::postgres(), servers::mariadb(), servers::mysql()].into_iter().flatten()
    {
        let kind = server.kind;
        let backstory = Backstory::new();
        let database = server.database().unwrap();
        let postgres = kind == Kind::Postgres;
        let connection = if postgres {
            format!("postgres://postgres@127.0.0.1:{}/{database}?read_only=false", server.port)
        } else {
            format!("mysql://root@127.0.0.1:{}/{database}?read_only=false", server.port)
        };
        assert!(
            run(&backstory, &connection, "create table held (a int); insert into held values (1)")
                ["failure"]
                .is_null()
        );
        let session =
            backstory.ask("databases.open", json!({ "connection": connection }))["session"].clone();
        let lock = json!({ "session": session, "text": "update held set a = 2 where a = 1", "transaction": "manual" });
        assert!(backstory.ask("databases.run", lock)["failure"].is_null());
        let mark = format!("/* mark of {database} */");
        let sleep = if postgres { "select pg_sleep(60)" } else { "select sleep(60)" };
        let endless =
            if postgres { endless } else { "select benchmark(100000000000, sha2('x', 256))" };
        for (what, text) in
            [("sleep", sleep), ("endless", endless), ("lock", "update held set a = 3 where a = 1")]
        {
            let text = text.replacen("select", &format!("select {mark}"), 1).replacen(
                "update",
                &format!("update {mark}"),
                1,
            );
            let started =
                json!({ "connection": connection, "text": text, "wait": 0.3, "confirmed": true });
            let ran = backstory.ask("databases.run", started);
            assert_eq!(ran["state"], "running", "{kind:?} {what}: {ran}");
            let busy = || {
                let look = if postgres {
                    format!(
                        "select count(*) from pg_stat_activity where query like '%mark of {database}%' and state = 'active' and pid <> pg_backend_pid()"
                    )
                } else {
                    format!(
                        "select count(*) from information_schema.processlist where info like '%mark of {database}%' and id <> connection_id()"
                    )
                };
                server.sql("", &look).unwrap().trim().to_owned()
            };
            assert_eq!(busy(), "1", "{kind:?} {what}: it runs at the server");
            let start = Instant::now();
            assert_eq!(
                backstory.ask("databases.stop", json!({ "run": ran["run"] }))["stopped"],
                true
            );
            let took = start.elapsed();
            let left = busy();
            let standing =
                backstory.ask("databases.standing", json!({ "run": ran["run"], "wait": 5 }));
            assert_eq!(standing["failure"]["kind"], "cancelled", "{kind:?} {what}: {standing}");
            eprintln!("{kind:?}: {what} is stopped after {took:?}");
            assert!(took < GENEROUS, "{kind:?} {what}: {took:?}");
            assert_eq!(left, "0", "{kind:?} {what}: the server still works on it");
            assert_eq!(one(&backstory, &connection, "select 1"), "1");
        }
        backstory.ask("databases.transaction", json!({ "session": session, "step": "rollback" }));
        backstory.ask("databases.close", json!({ "session": session }));
        assert_eq!(one(&backstory, &connection, "select a from held"), "1");
    }
}
