//! Rows, their size, and what only reads.

use super::*;
use crate::Step;

/// Runs a test in a process of its own, where no other test takes memory. Says whether this is it.
fn alone(test: &str) -> bool {
    const ALONE: &str = "BACKSTORY_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let program = std::env::current_exe().expect("this program");
    let mut command = std::process::Command::new(program);
    let status = command.args([test, "--exact", "--nocapture"]).env(ALONE, "1").status();
    assert!(status.expect("a process").success());
    false
}

#[test]
fn a_million_rows_pass_in_little_memory() {
    if !alone("engines::clickhouse::tests::reading::a_million_rows_pass_in_little_memory") {
        return;
    }
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let before = memory();
        let mut counter = Counter::default();
        let text = &format!(
            "SELECT number, '{}', toString(number), [number, 1] FROM numbers(1000000)",
            "x".repeat(200)
        );
        session.run(&Ask::new(text), &mut counter).expect("rows");
        assert_eq!(counter.rows, 1_000_000, "{age:?}");
        assert!(counter.bytes > 200_000_000, "{age:?}");
        let grown = counter.memory.saturating_sub(before);
        println!("{age:?}: {} pages, {grown} KiB more", counter.pages);
        assert!(grown < 16 << 10, "{age:?}: {grown} KiB");
    }
}

#[test]
fn a_cell_of_fifty_megabytes_comes_whole() {
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let mut counter = Counter::default();
        let many = |part: &str, count: usize| {
            format!("arrayStringConcat(arrayMap(x -> '{part}', range({count})))")
        };
        let (long, short) = (many(&"a\\tb\\\\".repeat(1000), 13107), many("y", 70000));
        let text = format!("SELECT 1, {long}, NULL, {short}, 2");
        session.run(&Ask::new(&text), &mut counter).expect("a row");
        assert_eq!((counter.rows, counter.bytes), (1, 1 + 4 * 13_107_000 + 70_000 + 1), "{age:?}");
        let taken = run(
            &mut *session,
            &format!("SELECT {}, {}, 'end'", many("\\t", 65534), many("\\\\", 40000)),
        );
        assert!(
            taken.rows[0][0].1 == vec![b'\t'; 65534] && taken.rows[0][1].1 == vec![b'\\'; 40000],
            "{age:?}"
        );
        assert_eq!(taken.texts()[0][2], "end");
    }
}

#[test]
fn five_thousand_columns_come() {
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let columns: Vec<String> = (0..5000).map(|it| format!("{it} c{it}")).collect();
        let taken = run(&mut *session, &format!("SELECT {}", columns.join(",")));
        assert_eq!((taken.columns.len(), taken.rows[0].len()), (5000, 5000), "{age:?}");
        assert_eq!(taken.texts()[0][4999], "4999");
    }
}

#[test]
fn statements_say_what_they_did() {
    for (age, target) in servers() {
        let mut session = fresh(&target, "backstory_done");
        let session = &mut *session;
        let taken = run(session, "CREATE TABLE backstory_done.t (id UInt8) ENGINE = Memory;");
        assert_eq!((taken.columns.len(), taken.done.len()), (0, 1), "{age:?}");
        run(session, "INSERT INTO backstory_done.t VALUES (1), (2)");
        run(session, "INSERT INTO backstory_done.t SELECT number FROM numbers(3)");
        assert_eq!(one(session, "SELECT count() FROM backstory_done.t"), "5", "{age:?}");
        let empty = run(session, "SELECT id FROM backstory_done.t WHERE id > 200");
        assert_eq!((empty.columns.len(), empty.rows.len(), empty.done.len()), (1, 0, 1), "{age:?}");
        assert_eq!(
            session.transaction(Step::Begin).map_err(|it| it.reason),
            Err(Reason::Unsupported)
        );
        assert!(!session.in_transaction());
        session.ping().expect("a sign of life");
    }
}

#[test]
fn a_form_that_the_statement_asks_for_comes_by_lines() {
    for target in old() {
        let mut session = connect(&target).expect("a connection");
        let taken =
            run(&mut *session, "SELECT number, 'a\\tb' t FROM numbers(2) FORMAT JSONEachRow");
        assert_eq!(
            taken.texts(),
            [["{\"number\":\"0\",\"t\":\"a\\tb\"}"], ["{\"number\":\"1\",\"t\":\"a\\tb\"}"]]
        );
        let taken = run(&mut *session, "SELECT 1, 2 format TSV;");
        assert_eq!(taken.texts(), [["1\t2"]]);
        let taken = run(&mut *session, "SELECT 'format TSV'");
        assert_eq!(
            (taken.only().as_str(), taken.columns[0].type_name.as_str()),
            ("format TSV", "String")
        );
    }
}

#[test]
fn settings_temporary_tables_and_the_database_stay_for_the_session() {
    for target in old() {
        let target = Target { database: Some("system".into()), ..target };
        let mut session = connect(&target).expect("a connection");
        let session = &mut *session;
        assert_eq!(one(session, "SELECT currentDatabase()"), "system");
        run(session, "SET max_threads = 3");
        run(session, "CREATE TEMPORARY TABLE mine (a UInt8)");
        run(session, "INSERT INTO mine VALUES (7)");
        assert_eq!(one(session, "SELECT a FROM mine"), "7");
        assert_eq!(
            one(session, "SELECT value FROM system.settings WHERE name = 'max_threads'"),
            "3"
        );
        run(session, "USE default");
        assert_eq!(one(session, "SELECT currentDatabase()"), "default");
        std::thread::sleep(Duration::from_millis(1200)); // over another way by then
        assert_eq!(one(session, "SELECT currentDatabase()"), "default");
        let mut other = connect(&target).expect("a connection");
        assert_eq!(
            one(&mut *other, "SELECT value = '3' FROM system.settings WHERE name = 'max_threads'"),
            "0"
        );
        let options =
            vec![("max_threads".into(), "5".into()), ("session_id".into(), String::new())];
        let mut set = connect(&Target { options, ..target }).expect("a connection");
        assert_eq!(
            one(&mut *set, "SELECT value FROM system.settings WHERE name = 'max_threads'"),
            "5"
        );
        assert_eq!(one(&mut *set, "SELECT currentDatabase()"), "system");
    }
}

#[test]
fn a_connection_that_only_reads_writes_through_no_door() {
    for (age, target) in servers() {
        let mut owner = fresh(&target, "backstory_only");
        run(
            &mut *owner,
            "CREATE TABLE backstory_only.t (id UInt8) ENGINE = MergeTree() ORDER BY id",
        );
        run(&mut *owner, "INSERT INTO backstory_only.t (id) VALUES (1)");
        let reading = Target { read_only: true, ..target };
        let mut session = connect(&reading).expect("a connection");
        let session = &mut *session;
        for door in [
            "INSERT INTO backstory_only.t (id) VALUES (9)",
            "INSERT INTO backstory_only.t (id) SELECT 9",
            "CREATE TABLE backstory_only.u (a UInt8) ENGINE = Memory",
            "CREATE VIEW backstory_only.w AS SELECT 1",
            "DROP TABLE backstory_only.t",
            "ALTER TABLE backstory_only.t DELETE WHERE 1",
            "ALTER TABLE backstory_only.t ADD COLUMN x UInt8",
            "TRUNCATE TABLE backstory_only.t",
            "RENAME TABLE backstory_only.t TO backstory_only.u",
            "OPTIMIZE TABLE backstory_only.t FINAL",
            "DETACH TABLE backstory_only.t",
            "DROP DATABASE backstory_only",
            "CREATE DATABASE backstory_more",
            "SYSTEM RELOAD CONFIG",
            "KILL QUERY WHERE 1",
            "SET readonly = 0",
            "SET readonly = 1, readonly = 0",
            "/* x */ DROP TABLE backstory_only.t",
            "-- x\nDROP TABLE backstory_only.t",
            "#! x\nDROP TABLE backstory_only.t",
            "SELECT 1; DROP TABLE backstory_only.t",
            "WITH 1 AS x INSERT INTO backstory_only.t (id) SELECT x",
            "SELECT 1 INTO OUTFILE 'x'",
            "",
            "ATTACH TABLE backstory_only.u (a UInt8) ENGINE = Memory",
            "SELECT * FROM backstory_only.t SETTINGS readonly = 0",
        ] {
            assert!(ask(session, door, &[]).is_err(), "{age:?}: {door}");
            let _ = ask(session, "SET readonly = 0", &[]);
            assert!(ask(session, door, &[]).is_err(), "{age:?}: after SET: {door}");
        }
        // The server holds it without our own list of words.
        let mut bare = super::super::Clickhouse {
            target: reading.clone(),
            server: Default::default(),
            version: (18, 16),
            held: 0,
            way: None,
            session: "backstory-bare".into(),
            kept: false,
            canceller: std::sync::Arc::new(super::super::Canceller::new(&reading)),
            known: Default::default(),
            until: None,
            lost: false,
        };
        for door in [
            "INSERT INTO backstory_only.t (id) VALUES (9)",
            "DROP TABLE backstory_only.t",
            "SET readonly = 0",
            "DROP TABLE backstory_only.t",
            "ALTER TABLE backstory_only.t DELETE WHERE 1",
        ] {
            let failure = bare.pump(&Ask::new(door), &mut Taken::default()).expect_err(door);
            let code = failure.code.as_deref().unwrap_or_default();
            assert!(code.starts_with("164"), "{age:?}: {door}: {failure:?}");
        }
        assert_eq!(run(&mut *owner, "SELECT id FROM backstory_only.t").texts(), [["1"]]);
        for reads in [
            "SELECT 'INSERT INTO t'",
            "(SELECT 1)",
            "WITH 1 AS x SELECT x",
            "SHOW TABLES",
            "DESCRIBE TABLE backstory_only.t",
            "DESC backstory_only.t",
            "EXISTS TABLE backstory_only.t",
            "SHOW CREATE TABLE backstory_only.t",
            "SET max_threads = 2",
            "USE system",
            "-- x\nSELECT 1",
        ] {
            run(session, reads);
        }
    }
}
