//! `backstory query`: statements from the terminal, their rows in every format, and exit codes that never change.

use crate::home::{BACKSTORY, Home, complaint, golden, out, until};
use std::process::Output;
use std::time::{Duration, Instant};

/// A file with one table of awkward values.
fn file(home: &Home) -> String {
    let path = home.path().join("values.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            "create table v (id integer primary key, name text, amount numeric, at timestamp, data blob, doc json);
             insert into v values
                (1, 'plain', 1.5, '2026-01-02 03:04:05', x'00ff', '{\"a\": 12345678901234567890}'),
                (9223372036854775807, 'comma, \"quote\" and | pipe', -0.25, null, null, '[1, 2'),
                (3, '', 1e300, '2026-01-02', x'', null),
                (4, null, 100, '', null, '\"text\"');
             insert into v (id, name) values (5, 'line' || char(10) || 'break, tab' || char(9) || 'and 日本');",
        )
        .unwrap();
    path.to_str().unwrap().to_owned()
}

fn query(home: &Home, arguments: &[&str]) -> Output {
    let mut all = vec!["query"];
    all.extend(arguments);
    home.run(&all)
}

#[test]
fn every_format_is_what_it_was() {
    let home = Home::new();
    let file = file(&home);
    for format in
        ["table", "vertical", "csv", "tsv", "json", "ndjson", "markdown", "insert", "inlist"]
    {
        let text =
            if format == "inlist" { "select id from v" } else { "select * from v order by id" };
        let done = query(&home, &[&file, "-e", text, "--format", format, "--table", "v"]);
        assert_eq!(done.status.code(), Some(0), "{format}: {}", complaint(&done));
        golden(&format!("cli/query.{format}"), &out(&done));
    }
    golden("cli/query-help.txt", &out(&query(&home, &["--help"])));
}

#[test]
fn outcomes_are_told_apart_by_exit_codes() {
    let home = Home::new();
    let file = file(&home);
    let endless =
        "with recursive n(i) as (values (1) union all select i + 1 from n) select max(i) from n";
    for (arguments, code, words) in [
        (vec![file.as_str(), "-e", "select 1"], 0, ""),
        (vec![&file, "-e", "select * from nowhere"], 1, "no such table: nowhere"),
        (vec![&file, "-e", "select 1", "--format", "yaml"], 2, "yaml"),
        (vec!["nowhere", "-e", "select 1"], 2, "no connection called `nowhere`"),
        (vec![&file, "-e", "select :x"], 2, "asks for x"),
        (vec!["postgres://me@127.0.0.1:1/x", "-e", "select 1"], 3, "nothing listens there"),
        (vec![&file, "-e", endless, "--timeout", "0.2"], 4, "longer than 0.2 s"),
        (vec![&file, "-e", "delete from v"], 5, "only reads"),
        (vec![&file, "-e", "drop table v", "--write"], 5, "table v with all its rows"),
        (vec![&file, "-e", "select 1 where 0", "--fail-empty"], 6, ""),
        (vec![&file, "-f", "/nowhere/x.sql"], 8, "/nowhere/x.sql"),
    ] {
        let done = query(&home, &arguments);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {}", complaint(&done));
        assert!(complaint(&done).contains(words), "{arguments:?}: {}", complaint(&done));
    }
    let json = query(&home, &[&file, "-e", "select *\nfrom nowhere", "--json"]);
    let error: serde_json::Value = serde_json::from_str(&complaint(&json)).unwrap();
    assert_eq!(
        (error["error"]["kind"].as_str(), error["error"]["exit"].as_u64()),
        (Some("server"), Some(1))
    );
}

#[test]
fn statements_come_from_the_command_line_a_file_or_standard_input() {
    use std::io::Write;
    let home = Home::new();
    let file = file(&home);
    let several =
        query(&home, &[&file, "-e", "select 1 as a", "-e", "select 2 as b", "--format", "csv"]);
    assert_eq!(out(&several), "a\n1\n\nb\n2\n");
    let script = home.path().join("script.sql");
    std::fs::write(&script, "-- a comment; with a mark\nselect :day as day, :n + 1 as n;").unwrap();
    let params = ["-p", "day=2026-01-02", "-p", "n:=41", "--format", "json"];
    let mut arguments = vec![file.as_str(), "-f", script.to_str().unwrap()];
    arguments.extend(params);
    assert_eq!(out(&query(&home, &arguments)), "[\n{\"day\":\"2026-01-02\",\"n\":42}\n]\n");
    let mut child = home
        .command(BACKSTORY)
        .args(["query", &file, "--format", "tsv", "--no-header"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"select id, name from v where id = 4").unwrap();
    assert_eq!(out(&child.wait_with_output().unwrap()), "4\t\\N\n");
}

#[test]
fn a_file_of_rows_is_there_only_when_it_is_whole() {
    let home = Home::new();
    let file = file(&home);
    let path = home.path().join("rows.csv");
    let to = path.to_str().unwrap();
    let done = query(&home, &[&file, "-e", "select id from v", "--format", "csv", "-o", to]);
    assert_eq!(done.status.code(), Some(0), "{}", complaint(&done));
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 6);
    let again = query(&home, &[&file, "-e", "select 1", "--format", "csv", "-o", to]);
    assert_eq!(again.status.code(), Some(8));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let wrong =
        query(&home, &[&file, "-e", "select 1; select * from nowhere", "-o", to, "--replace"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn writing_is_allowed_by_hand_and_yes_is_said_by_hand() {
    let home = Home::new();
    let file = file(&home);
    let count = |home: &Home| {
        out(&query(home, &[&file, "-e", "select count(*) as n from v", "--format", "csv"]))
    };
    let done = query(&home, &[&file, "--write", "--roll-back", "--yes", "-e", "delete from v"]);
    assert_eq!(done.status.code(), Some(0), "{}", complaint(&done));
    assert_eq!(count(&home), "n\n5\n", "it was undone");
    let done = query(&home, &[&file, "--write", "--yes", "-e", "delete from v"]);
    assert!(complaint(&done).starts_with("DELETE, 5 rows"), "{}", complaint(&done));
    assert_eq!(count(&home), "n\n0\n");
}

#[test]
fn what_a_database_holds_never_drives_the_terminal() {
    let home = Home::new();
    let file = file(&home);
    let done = query(&home, &[&file, "-e", "select char(27) || '[31mred' as x, char(7) as bell"]);
    assert!(!out(&done).contains(['\u{1b}', '\u{7}']), "{:?}", out(&done));
}

#[test]
fn postgresql_writes_the_same_bytes_by_copy_and_by_rows() {
    let Some(server) = servers::postgres() else { return };
    let home = Home::new();
    let url = format!("postgres://postgres@{}:{}/postgres", server.host, server.port);
    let text = "select i, case when i % 3 = 0 then null when i % 3 = 1 then '' else 'a,\"' || i || E'\\n' end as t, \
                i % 2 = 0 as b, decode(to_hex(i + 4096), 'hex') as y, i * 0.1::float8 as f from generate_series(1, 3000) i";
    let copied = query(&home, &[&url, "-e", text, "--format", "csv"]);
    assert_eq!(copied.status.code(), Some(0), "{}", complaint(&copied));
    // A second statement is none that COPY takes, so that the rows come one by one.
    let rows = query(&home, &[&url, "-e", text, "-e", "select 1 where false", "--format", "csv"]);
    assert_eq!(out(&copied), out(&rows).trim_end_matches("\n?column?\n"));
    assert_eq!(out(&copied).lines().next(), Some("i,t,b,y,f"));
}

#[test]
fn a_plan_is_measured_of_nothing_that_writes_where_only_reading_is_allowed() {
    let home = Home::new();
    let table = "create table t (id int); insert into t values (1), (2), (3)";
    let mut servers = Vec::new();
    if let Some(server) = servers::postgres() {
        let database = server.database().unwrap();
        let wipe = "create function wipe() returns bigint language sql as \
                    'with gone as (delete from t returning 1) select count(*) from gone'";
        server.sql(&database, wipe).unwrap_err(); // there is no table yet
        server.sql(&database, &format!("{table}; {wipe}")).unwrap();
        servers.push((server, database, "postgres"));
    }
    if let Some(server) = servers::mariadb() {
        let database = server.database().unwrap();
        let wipe = "create function wipe() returns int modifies sql data begin delete from t; return 1; end";
        server.sql(&database, table).unwrap();
        server.sql(&database, &format!("delimiter //\n{wipe}//")).unwrap();
        servers.push((server, database, "mysql"));
    }
    for (server, database, scheme) in servers {
        let (user, port) = (&server.user, server.port);
        let reads = format!("{scheme}://{user}@127.0.0.1:{port}/{database}");
        let writes = format!("{reads}?read_only=false");
        let count = || server.sql(&database, "select count(*) from t").unwrap().trim().to_owned();
        for text in ["delete from t", "select wipe()"] {
            for arguments in [vec![reads.as_str()], vec![&writes, "--read-only"]] {
                for more in [&["--analyze", "-e", text][..], &["-e", text]] {
                    let all = [&arguments, more].concat();
                    let done = query(&home, &all);
                    // The judgement knows words, the server what a function does.
                    let (code, word) =
                        if text.starts_with("delete") { (5, "only reads") } else { (1, "read") };
                    assert_eq!(done.status.code(), Some(code), "{all:?}: {}", complaint(&done));
                    assert!(complaint(&done).to_lowercase().contains(word), "{}", complaint(&done));
                    assert_eq!(count(), "3", "{all:?}");
                }
            }
        }
        let done = query(&home, &[&writes, "--analyze", "-e", "delete from t"]);
        assert_eq!(done.status.code(), Some(0), "{}", complaint(&done));
        assert_eq!(count(), "3", "it was undone");
        let late = query(
            &home,
            &[
                &reads,
                "--analyze",
                "--timeout",
                "0.3",
                "-e",
                if scheme == "mysql" { "select sleep(20)" } else { "select pg_sleep(20)" },
            ],
        );
        assert_eq!(late.status.code(), Some(4), "{}", complaint(&late));
    }
}

#[test]
fn a_statement_ends_with_the_process_that_is_told_to_end() {
    let Some(server) = servers::postgres() else { return };
    let home = Home::new();
    let url = format!("postgres://postgres@{}:{}/postgres", server.host, server.port);
    let asleep = |seconds: u32| {
        let text = format!(
            "select count(*) from pg_stat_activity where query like 'select pg_sleep({seconds})%' and state = 'active'"
        );
        server.sql("postgres", &text).unwrap().trim().to_owned()
    };
    let mut child = home
        .command(BACKSTORY)
        .args(["query", &url, "-e", "select pg_sleep(71)", "--timeout", "90"])
        .spawn()
        .unwrap();
    until("it runs", || (asleep(71) == "1").then_some(()));
    let kill = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    let told = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    until("the server has stopped", || (asleep(71) == "0").then_some(()));
    assert!(told.elapsed() < Duration::from_secs(2), "{:?}", told.elapsed());
    let mut serving = home.serve(&[]);
    let run = serde_json::json!({ "connection": url, "text": "select pg_sleep(73)", "timeout": 90, "wait": 0.1 });
    let mut talk = serving.talk();
    talk.call("databases.run", run);
    assert_eq!(asleep(73), "1");
    serving.signal("-TERM");
    let told = Instant::now();
    assert_eq!(serving.ended(), Some(0));
    until("the server has stopped", || (asleep(73) == "0").then_some(()));
    assert!(told.elapsed() < Duration::from_secs(2), "{:?}", told.elapsed());
}

#[test]
fn documents_are_written_as_what_they_are() {
    let Some(server) = servers::mongodb() else { return };
    let home = Home::new();
    let database = server.database().unwrap();
    let url = format!("mongodb://127.0.0.1:{}/{database}", server.port);
    let documents = r#"db.shop.insertMany([
        { _id: 1, name: "Ada, \"A\"", price: NumberDecimal("1.10"), at: ISODate("2026-01-02T03:04:05.006Z"), tags: ["a", 2] },
        { _id: NumberLong("9007199254740993"), name: null, nested: { deep: [{ x: 0.1 }] }, key: ObjectId("507f1f77bcf86cd799439011") },
        { _id: "third", price: NaN }
    ])"#;
    let done = query(&home, &[&url, "--write", "-q", "-e", documents]);
    assert_eq!(done.status.code(), Some(0), "{}", complaint(&done));
    let find = "db.shop.find().batchSize(2)";
    for format in ["json", "ndjson", "csv", "tsv", "table", "vertical", "markdown"] {
        let done = query(&home, &[&url, "-e", find, "--format", format]);
        assert_eq!(done.status.code(), Some(0), "{format}: {}", complaint(&done));
        golden(&format!("cli/query-documents.{format}"), &out(&done));
        if format == "ndjson" {
            for line in out(&done).lines() {
                serde_json::from_str::<serde_json::Value>(line).unwrap();
            }
        }
    }
    let more = r#"db.shop.insertOne({ _id: 4, late: 1, later: 2 })"#;
    query(&home, &[&url, "--write", "-q", "-e", more]);
    let done = query(
        &home,
        &[&url, "-e", find, "--format", "csv", "-o", home.path().join("a.csv").to_str().unwrap()],
    );
    let words = "1 document has fields that no column shows (late, later)";
    assert!(complaint(&done).contains(words), "{}", complaint(&done));
}

#[test]
fn what_json_has_no_number_for_is_a_text_and_nothing_is_lost() {
    let home = Home::new();
    let mut asked = Vec::new();
    if let Some(server) = servers::postgres() {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port);
        let text = "select 'NaN'::numeric as a, 'Infinity'::numeric as b, '-Infinity'::float8 as c, \
                    'NaN'::float4 as d, 1e-400::numeric as e, '-0'::float8 as f, \
                    9223372036854775807 as g, '[1, 2.50]'::json as h";
        let tiny = format!("0.{}1", "0".repeat(399));
        let wanted = format!(
            r#"{{"a":"NaN","b":"Infinity","c":"-Infinity","d":"NaN","e":{tiny},"f":-0,"g":9223372036854775807,"h":[1, 2.50]}}"#
        );
        asked.push((url, text.to_owned(), wanted));
    }
    if let Some(server) = servers::mariadb() {
        let database = server.database().unwrap();
        let table = "create table z (y year, z int(6) zerofill, d decimal(8,2) zerofill, b bigint unsigned); \
                     insert into z values (0, 42, 1.5, 18446744073709551615)";
        server.sql(&database, table).unwrap();
        let url = format!("mysql://root@127.0.0.1:{}/{database}", server.port);
        let wanted = r#"{"y":"0000","z":"000042","d":"000001.50","b":18446744073709551615}"#;
        asked.push((url, "select * from z".to_owned(), wanted.to_owned()));
    }
    if let Some(server) = servers::clickhouse() {
        let url = format!("http://127.0.0.1:{}/", server.port);
        let text = "select nan as a, inf as b, -inf as c, toUInt64(18446744073709551615) as d, \
                    toInt128('-170141183460469231731687303715884105728') as e, toDecimal128('1.50', 10) as f, [nan] as g";
        let wanted = r#"{"a":"nan","b":"inf","c":"-inf","d":18446744073709551615,"e":-170141183460469231731687303715884105728,"f":1.5,"g":"[nan]"}"#;
        asked.push((url, text.to_owned(), wanted.to_owned()));
    }
    for (url, text, wanted) in asked {
        let lines = out(&query(&home, &[&url, "-e", &text, "--format", "ndjson"]));
        assert_eq!(lines.trim_end(), wanted, "{url}");
        let array = out(&query(&home, &[&url, "-e", &text, "--format", "json"]));
        assert_eq!(array, format!("[\n{wanted}\n]\n"), "{url}");
        serde_json::from_str::<Vec<serde_json::Map<String, serde_json::Value>>>(&array).unwrap();
    }
}

#[test]
fn parquet_gives_an_independent_reader_what_the_server_had() {
    let (Some(server), Some(library)) = (servers::postgres(), servers::duckdb_library()) else {
        return;
    };
    let home = Home::new();
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port);
    let text = "select 12345678901234567890123456.123456789012::numeric(38,12) as exact, 1e60::numeric + 0.5 as wide, \
                9223372036854775807 as big, '1 mon 2 days 03:04:05.000006'::interval as span, \
                '2024-02-29 12:00:00.000001+05'::timestamptz as moment, array[1, null, 3] as list, \
                '00112233-4455-6677-8899-aabbccddeeff'::uuid as id, 0.1::float4 as single, \
                '\\x00ff'::bytea as bytes, '24:00:00'::time as late, null::int as none";
    let reader = format!("duckdb::memory:?library={}", library.display());
    let read = |path: &str, columns: &str| {
        let text = format!("select {columns} from read_parquet('{path}')");
        let done = query(&home, &[&reader, "--write", "-e", &text, "--format", "csv"]);
        assert_eq!(done.status.code(), Some(0), "{}", complaint(&done));
        out(&done)
    };
    let typed = home.path().join("typed.parquet").to_str().unwrap().to_owned();
    let done = query(&home, &[&url, "-e", text, "--format", "parquet", "-o", &typed]);
    assert_eq!(done.status.code(), Some(0), "{}", complaint(&done));
    let types = "typeof(exact), typeof(wide), typeof(big), typeof(span), typeof(moment), typeof(list), typeof(id), typeof(single), typeof(bytes)";
    assert_eq!(
        read(&typed, types).lines().last().unwrap(),
        "\"DECIMAL(38,12)\",VARCHAR,BIGINT,VARCHAR,TIMESTAMP WITH TIME ZONE,VARCHAR,UUID,FLOAT,BLOB"
    );
    let cells =
        "exact, wide, big, span, epoch_us(moment), list, id, single, hex(bytes), late, none";
    let wide = format!("1{}.5", "0".repeat(60));
    let wanted = format!(
        "12345678901234567890123456.123456789012,{wide},9223372036854775807,1 mon 2 days 03:04:05.000006,\
         1709190000000001,\"{{1,NULL,3}}\",00112233-4455-6677-8899-aabbccddeeff,0.1,00FF,24:00:00,"
    );
    assert_eq!(read(&typed, cells).lines().last().unwrap(), wanted);
    let words = home.path().join("words.parquet").to_str().unwrap().to_owned();
    let done = query(&home, &[&url, "-e", text, "--format", "parquet", "--text", "-o", &words]);
    assert_eq!(done.status.code(), Some(0), "{}", complaint(&done));
    let plain = query(&home, &[&url, "-e", text, "--format", "csv"]);
    assert_eq!(read(&words, "*"), out(&plain));
    assert!(
        read(&words, "typeof(columns(*))")
            .lines()
            .last()
            .unwrap()
            .split(',')
            .all(|it| it == "VARCHAR")
    );
}

#[test]
fn the_readers_time_is_none_of_the_servers() {
    use std::io::Read;
    let home = Home::new();
    let file = file(&home);
    let text = "with recursive n(i) as (values (1) union all select i + 1 from n where i < 200000) select i from n";
    let mut child = home
        .command(BACKSTORY)
        .args(["query", &file, "-e", text, "--format", "csv", "--timeout", "5"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(6));
    let mut rows = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rows).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(rows.lines().count(), 200_001);
    // Nobody reads, and it is stopped all the same when it is told to end.
    let mut child = home
        .command(BACKSTORY)
        .args(["query", &file, "-e", &text.replace(" where i < 200000", ""), "--timeout", "0"])
        .args(["--format", "csv"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let kill = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn nothing_is_left_of_a_file_when_the_process_is_told_to_end() {
    let Some(server) = servers::postgres() else { return };
    let home = Home::new();
    let proxy = servers::cut::Proxy::to(server.port).unwrap();
    let url = format!("postgres://{}@127.0.0.1:{}/postgres", server.user, proxy.port);
    let elsewhere = home.path().join("elsewhere");
    let there = || {
        let names = std::fs::read_dir(&elsewhere).unwrap().map(|it| it.unwrap().file_name());
        names.map(|it| it.to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let mut child = home
        .command(BACKSTORY)
        .args(["query", &url, "-o", "rows.csv", "--format", "csv", "--timeout", "60", "-e"])
        .arg("select i, pg_sleep(0.01) from generate_series(1, 1000000) i")
        .spawn()
        .unwrap();
    until("it writes", || there().iter().any(|it| it.contains(".part")).then_some(()));
    // A server that does not hear that it should stop.
    proxy.stall();
    let kill = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(there(), Vec::<String>::new());
    // Nor of what was fetched to be joined.
    proxy.flow();
    let database = server.database().unwrap();
    let view =
        "create view v as select i, pg_sleep(0.01)::text as s from generate_series(1, 1000000) i";
    server.sql(&database, view).unwrap();
    let config = home.path().join("b/config");
    std::fs::create_dir_all(&config).unwrap();
    let url = format!("postgres://{}@127.0.0.1:{}/{database}", server.user, proxy.port);
    std::fs::write(config.join("connections.toml"), format!("[slow]\nurl = \"{url}\"\n")).unwrap();
    let results = home.path().join("b/state/results");
    let many = || std::fs::read_dir(&results).map_or(0, Iterator::count);
    let mut child = home
        .command(BACKSTORY)
        .args(["query", "join", "--timeout", "60", "-e", "select * from slow.v"])
        .spawn()
        .unwrap();
    until("it fetches", || (many() > 0).then_some(()));
    proxy.stall();
    let kill = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(many(), 0);
}

#[test]
fn a_plan_is_a_tree_or_json_and_goes_where_it_is_told() {
    let home = Home::new();
    let file = file(&home);
    let text = "select * from v where id = 1";
    let tree = query(&home, &[&file, "--explain", "-e", text]);
    assert!(out(&tree).contains("SEARCH v"), "{}", out(&tree));
    for how in [&["--format", "json"][..], &["--json"]] {
        let json = query(&home, &[&[file.as_str(), "--explain", "-e", text], how].concat());
        let plan: serde_json::Value = serde_json::from_str(&out(&json)).unwrap();
        assert!(plan["roots"].to_string().contains("SEARCH v"), "{plan}");
    }
    let csv = query(&home, &[&file, "--explain", "-e", text, "--format", "csv"]);
    assert_eq!(csv.status.code(), Some(2));
    assert!(complaint(&csv).contains("a tree or as json"), "{}", complaint(&csv));
    let to = home.path().join("plan.txt");
    let asked = [&file, "--explain", "-e", text, "-o", to.to_str().unwrap()];
    let written = query(&home, &asked);
    assert_eq!((out(&written).as_str(), written.status.code()), ("", Some(0)));
    assert_eq!(std::fs::read_to_string(&to).unwrap(), out(&tree));
    assert_eq!(query(&home, &asked).status.code(), Some(8), "it is there already");
    assert_eq!(query(&home, &[&asked[..], &["--replace"]].concat()).status.code(), Some(0));
    // Its time counts whether it is measured or not: here another holds the table.
    let Some(server) = servers::postgres() else { return };
    let database = server.database().unwrap();
    server.sql(&database, "create table held (id int)").unwrap();
    let url = format!("postgres://{}@127.0.0.1:{}/{database}", server.user, server.port);
    let mut holder = home
        .command(BACKSTORY)
        .args(["query", &url, "--write", "--timeout", "60", "-e"])
        .arg("begin; lock table held in access exclusive mode; select pg_sleep(30); rollback")
        .spawn()
        .unwrap();
    let held = "select count(*) from pg_locks where relation = 'held'::regclass and granted";
    until("it is held", || (server.sql(&database, held).unwrap().trim() == "1").then_some(()));
    for plan in ["--explain", "--analyze"] {
        let late = query(&home, &[&url, plan, "--timeout", "0.5", "-e", "select * from held"]);
        assert_eq!(late.status.code(), Some(4), "{plan}: {}", complaint(&late));
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
}

#[test]
fn inserts_name_the_table_that_the_columns_come_from() {
    let home = Home::new();
    let file = file(&home);
    let insert = |text: &str, more: &[&str]| {
        query(&home, &[&[file.as_str(), "--format", "insert", "-e", text], more].concat())
    };
    let done = insert("select id, name as called from v where id = 1", &[]);
    let said = "INSERT INTO \"main\".\"v\" (\"id\", \"name\") VALUES\n(1, 'plain');\n";
    assert_eq!(out(&done), said, "{}", complaint(&done));
    let none = insert("select id, 1 + 1 as two from v", &[]);
    assert_eq!(none.status.code(), Some(2));
    let words = complaint(&none);
    assert!(words.contains("`two` comes from no table") && words.contains("--table"), "{words}");
    for (name, shown) in [("a.b", "\"a\".\"b\""), ("\"a.b\".c", "\"a.b\".\"c\"")] {
        let done = insert("select 1 as x", &["--table", name]);
        assert!(out(&done).starts_with(&format!("INSERT INTO {shown} ")), "{}", out(&done));
    }
    for name in ["a.b.c", "a.", "\"a", ""] {
        let wrong = insert("select 1 as x", &["--table", name]);
        assert_eq!(wrong.status.code(), Some(2), "{name}: {}", out(&wrong));
        assert!(complaint(&wrong).contains("no name of a table"), "{}", complaint(&wrong));
    }
}

#[test]
fn hints_name_what_can_be_done() {
    let home = Home::new();
    let file = file(&home);
    let project = home.path().join("elsewhere/.backstory");
    std::fs::create_dir_all(&project).unwrap();
    let theirs =
        "[theirs]\nengine = \"redis\"\nhost = \"127.0.0.1\"\nport = 1\npassword = \"env:X\"\n";
    std::fs::write(project.join("connections.toml"), theirs).unwrap();
    for (arguments, code, words) in [
        (&[file.as_str(), "-e", "delete from v"][..], 5, "allow it with `--write`"),
        (&[&file, "--read-only", "-e", "delete from v"], 5, "leave out `--read-only`"),
        (&["theirs", "-e", "ping"], 5, "`backstory query theirs --trust`"),
        (&["new2.db", "--write", "-e", "select 1"], 2, "a new file is named as `sqlite:new2.db`"),
        (&[&file, "--project", "/nonexist", "-e", "select 1"], 2, "/nonexist is no folder"),
        (&[&file, "--timeout", "700000", "-e", "select 1"], 2, "0 is as long as it likes"),
        (&[&file, "--timeout", "0", "-e", "select 1"], 0, ""),
        (&[&file, "-e", "select * from nowhere"], 1, "(code 1)"),
    ] {
        let done = query(&home, arguments);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {}", complaint(&done));
        assert!(complaint(&done).contains(words), "{arguments:?}: {}", complaint(&done));
    }
    if let Some(server) = servers::mariadb() {
        let url = format!("mysql://{}@127.0.0.1:{}", server.user, server.port);
        let done = query(&home, &[&url, "-e", "select * from mysql.nowhere"]);
        assert!(complaint(&done).contains("(code 1146, state 42S02)"), "{}", complaint(&done));
        // What is no ClickHouse was asked nothing.
        let url = format!("clickhouse://127.0.0.1:{}", server.port);
        let done = query(&home, &[&url, "-e", "select 1"]);
        assert_eq!(done.status.code(), Some(3), "{}", complaint(&done));
        let words = complaint(&done);
        assert!(words.contains("8123") && !words.contains("not known"), "{words}");
    }
    let Some(server) = servers::postgres() else { return };
    let pass = home.path().join(".pgpass");
    std::fs::write(&pass, "*:*:*:*:scram-secret\n").unwrap();
    let url = format!("postgres://scram@{}:{}/postgres", server.host, server.port);
    let done = query(&home, &[&url, "-e", "select 1"]);
    assert_eq!(done.status.code(), Some(3), "{}", complaint(&done));
    let words = complaint(&done);
    assert!(words.contains(".pgpass is passed over: others may read it"), "{words}");
    assert!(words.contains("chmod 600"), "{words}");
}
