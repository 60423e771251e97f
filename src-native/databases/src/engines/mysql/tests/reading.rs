//! Rows, their size, and what only reads.

use super::*;
use crate::{Origin, PageSize, Reason, Step};

/// So many rows without a table.
pub(super) fn many(rows: u32) -> String {
    let digits = "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 \
                  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)";
    let names = ["a", "b", "c", "d", "e", "f"];
    let from: Vec<String> = names.iter().map(|it| format!("{digits} {it}")).collect();
    format!(
        "SELECT a.d + 10*b.d + 100*c.d + 1000*d.d + 10000*e.d + 100000*f.d n, REPEAT('x', 200) text \
         FROM {} LIMIT {rows}",
        from.join(", ")
    )
}

fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// Counts, and looks at the memory now and then.
#[derive(Default)]
struct Counter {
    rows: usize,
    bytes: usize,
    largest: usize,
    pages: usize,
    memory: usize,
}

impl Sink for Counter {
    fn begin(&mut self, _: &[Column]) -> Flow {
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.rows += page.rows();
        self.bytes += page.bytes();
        self.largest = self.largest.max(page.rows());
        if self.pages.is_multiple_of(100) {
            self.memory = self.memory.max(memory());
        }
        self.pages += 1;
        ControlFlow::Continue(())
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

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
    if !alone("engines::mysql::tests::reading::a_million_rows_pass_in_little_memory") {
        return;
    }
    for (server, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let before = memory();
        let mut counter = Counter::default();
        session.run(&Ask::new(&many(1_000_000)), &mut counter).expect("rows");
        assert_eq!(counter.rows, 1_000_000, "{server}");
        assert!(counter.bytes > 200_000_000, "{server}");
        assert!(counter.largest <= PageSize::default().rows);
        let grown = counter.memory.saturating_sub(before);
        println!("{server}: {} pages, {grown} KiB more", counter.pages);
        assert!(grown < 16 << 10, "{server}: {grown} KiB");
    }
}

#[test]
fn a_cell_of_fifty_megabytes_comes_whole() {
    for (server, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        run(&mut *session, "SET GLOBAL max_allowed_packet = 1073741824");
        let mut session = fresh(&target, "backstory_large");
        for (size, what) in
            [(50 << 20, "REPEAT('ab', 26214400)"), (0xFF_FFFF * 2 - 5, "REPEAT('x', 33554425)")]
        {
            let mut counter = Counter::default();
            session.run(&Ask::new(&format!("SELECT 1, {what}, 2")), &mut counter).expect("a row");
            assert_eq!(counter.bytes, size + 2, "{server}");
        }
        run(&mut *session, "CREATE TABLE t (v longblob)");
        let bytes: Vec<u8> =
            (0..20_u32 << 20).map(|it| it.to_le_bytes()[1] ^ it.to_le_bytes()[0]).collect();
        ask(&mut *session, "INSERT INTO t VALUES (?)", &[Value::Bytes(bytes.clone())])
            .expect("bytes");
        let taken = run(&mut *session, "SELECT v FROM t");
        assert!(taken.rows[0][0].1 == bytes, "{server}");
        // A packet that fills its last part is followed by an empty one.
        for less in 8..16 {
            let taken = run(&mut *session, &format!("SELECT REPEAT('x', {})", 0xFF_FFFF - less));
            assert_eq!(taken.rows[0][0].1.len(), 0xFF_FFFF - less, "{server}");
        }
        let shape = "SELECT ST_GeomFromText(CONCAT('LINESTRING(', REPEAT('1 2,', 10000), '3 4)'))";
        assert!(one(&mut *session, shape).ends_with(",1 2,3 4)"), "{server}");
    }
}

#[test]
fn five_thousand_columns_come_and_a_table_of_so_many_is_refused_by_the_server() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_wide");
        let columns: Vec<String> = (0..5000).map(|it| format!("{it} c{it}")).collect();
        let taken = run(&mut *session, &format!("SELECT {}", columns.join(",")));
        assert_eq!((taken.columns[0].len(), taken.rows[0].len()), (5000, 5000), "{server}");
        assert_eq!(taken.texts()[0][4999], "4999");
        let columns: Vec<String> = (0..5000).map(|it| format!("c{it} int")).collect();
        let failure = refused(&mut *session, &format!("CREATE TABLE t ({})", columns.join(",")));
        assert_eq!(failure.code.as_deref(), Some("1117 (HY000)"), "{server}: {failure:?}");
        assert_eq!(one(&mut *session, "SELECT 1"), "1");
    }
}

#[test]
fn columns_say_where_they_come_from() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_origins");
        run(&mut *session, "CREATE TABLE t (id int, name varchar(9))");
        run(&mut *session, "INSERT INTO t VALUES (1, 'a')");
        let taken = run(&mut *session, "SELECT x.name AS other, x.id + 1, id, id FROM t x");
        let of = |column: &str| {
            Some(Origin {
                schema: "backstory_origins".into(),
                table: "t".into(),
                column: column.into(),
            })
        };
        let found: Vec<_> =
            taken.columns[0].iter().map(|it| (it.name.as_str(), it.origin.clone())).collect();
        assert_eq!(
            found,
            [("other", of("name")), ("x.id + 1", None), ("id", of("id")), ("id", of("id"))],
            "{server}"
        );
    }
}

#[test]
fn a_procedure_gives_several_results_and_a_text_is_one_statement() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_call");
        let session = &mut *session;
        run(session, "CREATE TABLE t (id int)");
        run(
            session,
            "CREATE PROCEDURE p(n int) BEGIN SELECT n a; INSERT INTO t VALUES (n), (n); SELECT id, 1.5 b FROM t; END",
        );
        for values in [&[][..], &[Value::Number("7".into())]] {
            run(session, "TRUNCATE t");
            let text = if values.is_empty() { "CALL p(7)" } else { "CALL p(?)" };
            let taken = ask(session, text, values).expect("results");
            let names: Vec<_> = taken.columns.iter().map(|it| it[0].name.as_str()).collect();
            assert_eq!(names, ["a", "id"], "{server}");
            assert_eq!(taken.texts(), [vec!["7"], vec!["7", "1.5"], vec!["7", "1.5"]], "{server}");
        }
        for text in ["SELECT 1; SELECT 2", "DELETE FROM t; SELECT 1", "DO 0; DELETE FROM t"] {
            assert_eq!(refused(session, text).reason, Reason::Server, "{server}");
        }
        assert_eq!(one(session, "SELECT COUNT(*) FROM t"), "2", "{server}");
    }
}

#[test]
fn what_was_done_and_what_the_server_remarks_are_told() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_done");
        let session = &mut *session;
        run(session, "CREATE TABLE t (id int, v varchar(3))");
        let affected = |taken: Taken| taken.done.iter().map(|it| it.affected).collect::<Vec<_>>();
        assert_eq!(
            affected(run(session, "INSERT INTO t VALUES (1, 'a'), (2, 'b')")),
            [Some(2)],
            "{server}"
        );
        let taken = run(session, "UPDATE t SET v = 'c' WHERE id > 1");
        assert_eq!(
            taken.notices[0].message, "Rows matched: 1  Changed: 1  Warnings: 0",
            "{server}"
        );
        assert_eq!(affected(taken), [Some(1)], "{server}");
        assert_eq!(affected(run(session, "SELECT * FROM t")), [None], "{server}");
        assert_eq!(
            affected(
                ask(session, "DELETE FROM t WHERE id = ?", &[Value::Number("1".into())])
                    .expect("gone")
            ),
            [Some(1)]
        );
        run(session, "SET sql_mode = ''");
        let taken = run(session, "INSERT INTO t VALUES (3, 'too long')");
        let warning = taken.notices.iter().find(|it| it.severity == "WARNING").expect("a warning");
        assert!(warning.message.contains("Data truncated for column 'v'"), "{server}: {warning:?}");
        let taken = run(session, "SELECT 1/0");
        assert_eq!(taken.only(), "NULL");
        // A statement of the user's own about the last one finds it.
        run(session, "INSERT INTO t VALUES (4, 'x'), (5, 'x')");
        assert_eq!(one(session, "SELECT ROW_COUNT()"), "2", "{server}");
        run(session, "INSERT INTO t VALUES (6, 'too long')");
        let shown = run(session, "SHOW WARNINGS");
        assert!(shown.rows.len() == 1, "{server}");
    }
}

#[test]
fn errors_have_their_code_and_their_place() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_errors");
        let session = &mut *session;
        run(session, "CREATE TABLE t (id int primary key)");
        run(session, "INSERT INTO t VALUES (1)");
        for (text, code, place) in [
            ("SELECT 'ü',\n  1 FRM t", "1064 (42000)", Some((2, 9))),
            ("SELECT 1 FROM", "1064 (42000)", Some((1, 14))),
            ("INSERT INTO t\nVALUE (1", "1064 (42000)", Some((2, 9))),
            ("SELECT id,\n nope FROM t", "1054 (42S22)", Some((2, 2))),
            ("SELECT * FROM nowhere", "1146 (42S02)", Some((1, 15))),
            ("INSERT INTO t VALUES (1)", "1062 (23000)", None),
            ("UPDATE t SET id = nope", "1054 (42S22)", Some((1, 19))),
        ] {
            let failure = refused(session, text);
            assert_eq!(
                (failure.reason, failure.code.as_deref()),
                (Reason::Server, Some(code)),
                "{server}: {text}"
            );
            let found = failure.place.map(|it| (it.line, it.column));
            assert_eq!(found, place, "{server}: {text}: {failure}");
        }
    }
}

#[test]
fn transactions_begin_and_end() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_steps");
        let session = &mut *session;
        run(session, "CREATE TABLE t (id int) ENGINE = InnoDB");
        for (step, left) in [(Step::Rollback, "0"), (Step::Commit, "1")] {
            assert!(!session.in_transaction());
            session.transaction(Step::Begin).expect("a transaction");
            assert!(session.in_transaction(), "{server}");
            run(session, "INSERT INTO t VALUES (1)");
            session.transaction(step).expect("an end");
            assert!(!session.in_transaction(), "{server}");
            assert_eq!(one(session, "SELECT COUNT(*) FROM t"), left, "{server}");
        }
        run(session, "BEGIN");
        assert!(session.in_transaction());
        run(session, "ROLLBACK");
    }
}

#[test]
fn a_connection_that_only_reads_writes_through_no_door() {
    for (server, target) in servers() {
        let mut owner = fresh(&target, "backstory_only");
        let owner = &mut *owner;
        for text in [
            "CREATE TABLE t (id int primary key, v int) ENGINE = InnoDB",
            "INSERT INTO t VALUES (1, 1)",
            "CREATE PROCEDURE direct() INSERT INTO t VALUES (2, 2)",
            "CREATE PROCEDURE opens() BEGIN SET SESSION TRANSACTION READ WRITE; INSERT INTO t VALUES (3, 3); END",
            "CREATE PROCEDURE starts() BEGIN START TRANSACTION READ WRITE; INSERT INTO t VALUES (4, 4); COMMIT; END",
            "CREATE FUNCTION writes() RETURNS int MODIFIES SQL DATA BEGIN INSERT INTO t VALUES (5, 5); RETURN 1; END",
        ] {
            if text.contains("FUNCTION") && server == "MySQL" {
                run(owner, "SET GLOBAL log_bin_trust_function_creators = 1");
            }
            run(owner, text);
        }
        let reading =
            Target { read_only: true, database: Some("backstory_only".into()), ..target.clone() };
        let mut session = connect(&reading).expect("a connection");
        let session = &mut *session;
        let mut doors = vec![
            "INSERT INTO t VALUES (9, 9)",
            "REPLACE INTO t VALUES (1, 2)",
            "UPDATE t SET v = 2",
            "DELETE FROM t",
            "TRUNCATE t",
            "DROP TABLE t",
            "ALTER TABLE t ADD x int",
            "CREATE TABLE u (x int)",
            "CREATE TABLE u AS SELECT 1 x",
            "CREATE VIEW w AS SELECT 1 x",
            "RENAME TABLE t TO u",
            "CREATE INDEX i ON t (v)",
            "WITH x AS (SELECT 1 id) DELETE FROM t WHERE id IN (SELECT id FROM x)",
            "WITH x AS (SELECT 1 id) UPDATE t SET v = 3",
            "SELECT writes()",
            "(SELECT writes())",
            "VALUES (writes())",
            "CALL direct()",
            "CALL opens()",
            "CALL starts()",
            "/* x */ CALL opens()",
            "/*!50000 CALL opens() */",
            "/*!50000 DELETE FROM t */",
            "SELECT 1; DELETE FROM t",
            "GRANT ALL ON *.* TO root",
            "DROP DATABASE backstory_only",
            "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE t",
            "PREPARE s FROM 'DELETE FROM t'",
            "FLUSH TABLES",
            "OPTIMIZE TABLE t",
            "SELECT * FROM t FOR UPDATE OF t INTO @x; DELETE FROM t",
            "LOCK TABLES t WRITE",
            "CREATE TEMPORARY TABLE u AS SELECT writes()",
            "-- x\nDELETE FROM t",
            "# x\nDELETE FROM t",
            "/*",
            "",
            "HANDLER t OPEN",
            "DO writes()",
            "XA START 'x'",
            "SET GLOBAL net_buffer_length = 1 + writes()",
            "START TRANSACTION READ WRITE",
            "BEGIN; DELETE FROM t",
            "KILL 0",
            "SHUTDOWN NOW",
        ];
        if server == "MariaDB" {
            doors.extend([
                "BEGIN NOT ATOMIC SET TRANSACTION READ WRITE; INSERT INTO t VALUES (6, 6); END",
                "BEGIN/**/NOT ATOMIC INSERT INTO t VALUES (6, 6); END",
                "SET STATEMENT tx_read_only = 0 FOR INSERT INTO t VALUES (7, 7)",
                "SET /* x */ STATEMENT max_statement_time = 1 FOR DELETE FROM t",
                "EXECUTE IMMEDIATE 'DELETE FROM t'",
                "ANALYZE UPDATE t SET v = 9",
                "ANALYZE FORMAT=JSON DELETE FROM t",
                "/*M!100000 DELETE FROM t */",
                "IF 1 THEN DELETE FROM t; END IF",
                "DELETE FROM t RETURNING id",
                "INSERT INTO t VALUES (8, 8) RETURNING id",
                "CREATE SEQUENCE s",
            ]);
        } else {
            doors.extend([
                "EXPLAIN ANALYZE INSERT INTO t VALUES (8, 8)",
                "EXPLAIN ANALYZE FORMAT=TREE SELECT writes()",
            ]);
        }
        for door in doors {
            if let Ok(taken) = ask(session, door, &[]) {
                panic!("{server}: {door}: {:?} {:?}", taken.done, taken.texts());
            }
            for preparation in [
                "SET SESSION TRANSACTION READ WRITE",
                "SET TRANSACTION READ WRITE",
                "SET autocommit = 0",
                "SET SESSION transaction_read_only = 0",
                "START TRANSACTION READ WRITE",
            ] {
                let _ = ask(session, preparation, &[]); // MariaDB calls the setting by another name
                assert!(ask(session, door, &[]).is_err(), "{server}: {preparation}; {door}");
            }
            let _ = ask(session, "ROLLBACK", &[]);
            let _ = ask(session, "SET autocommit = 1", &[]);
        }
        let _ = session.explain(&Ask::new("DELETE FROM t"), true);
        let _ = session.explain(&Ask::new("SELECT 1; DELETE FROM t"), true);
        session.transaction(Step::Begin).expect("a transaction");
        assert!(ask(session, "DELETE FROM t", &[]).is_err());
        assert_eq!(one(session, "SELECT v FROM t"), "1");
        session.transaction(Step::Commit).expect("an end");
        run(owner, "COMMIT");
        assert_eq!(run(owner, "SELECT * FROM t").texts(), [["1", "1"]], "{server}");
        let tables =
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'backstory_only'";
        assert_eq!(one(owner, tables), "1", "{server}");
        for reads in [
            "SELECT 'INSERT INTO t'",
            "(SELECT 1)",
            "WITH x AS (SELECT 1 a) SELECT a FROM x",
            "SHOW TABLES",
            "DESCRIBE t",
            "EXPLAIN SELECT * FROM t",
            "SHOW CREATE TABLE t",
            "-- x\nSELECT 1",
            "/* x */ SELECT 1",
            "USE backstory_only",
            "SET @x = 1",
            "BEGIN",
            "COMMIT",
            "START TRANSACTION READ ONLY",
            "ROLLBACK",
        ] {
            run(session, reads);
        }
    }
}
