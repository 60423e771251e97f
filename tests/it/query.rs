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
    for (seconds, signal) in [(71, "-TERM"), (72, "-HUP")] {
        let text = format!("select pg_sleep({seconds})");
        let mut child = home
            .command(BACKSTORY)
            .args(["query", &url, "-e", &text, "--timeout", "90"])
            .spawn()
            .unwrap();
        until("it runs", || (asleep(seconds) == "1").then_some(()));
        let kill =
            std::process::Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let told = Instant::now();
        assert_eq!(child.wait().unwrap().code(), Some(130));
        until("the server has stopped", || (asleep(seconds) == "0").then_some(()));
        assert!(told.elapsed() < Duration::from_secs(2), "{:?}", told.elapsed());
    }
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
