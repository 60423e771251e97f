//! Scripts cut into statements.

use crate::Engine::{self, *};
use crate::statement::{at, split};
use crate::{Failure, Reason};

fn texts(engine: Engine, script: &str) -> Vec<&str> {
    let found = split(engine, script).unwrap();
    for it in &found {
        assert_eq!(&script[it.range.clone()], it.text);
        assert_eq!(it.line as usize, script[..it.range.start].matches('\n').count() + 1);
    }
    found.into_iter().map(|it| it.text).collect()
}

#[test]
fn statements_end_at_their_mark_and_nowhere_else() {
    for engine in [Sqlite, Postgres, Mysql, Duckdb, Clickhouse] {
        let found = texts(engine, "SELECT 1;\n  SELECT 2 ;;\n;SELECT 3");
        assert_eq!(found, ["SELECT 1", "SELECT 2", "SELECT 3"]);
        let found = texts(engine, "SELECT 'a;b', \"c;d\" -- e;f\n;");
        assert_eq!(found, ["SELECT 'a;b', \"c;d\""]);
        assert_eq!(texts(engine, "SELECT /* a;b */ 1; -- c;\n/* d; */"), ["SELECT /* a;b */ 1"]);
        let found = texts(engine, "-- one\nSELECT 1; -- two\nSELECT 2");
        assert_eq!(found, ["-- one\nSELECT 1", "-- two\nSELECT 2"]);
        assert_eq!(texts(engine, "SELECT 'it''s;'; SELECT 2"), ["SELECT 'it''s;'", "SELECT 2"]);
        assert_eq!(texts(engine, "BEGIN; SELECT CASE WHEN a THEN 1 END; END; SELECT 1").len(), 4);
        assert!(texts(engine, "").is_empty());
        assert!(texts(engine, " \n ; ; -- nothing\n /* at all */").is_empty());
        assert_eq!(texts(engine, "\u{feff}SELECT 1"), ["SELECT 1"]);
        assert_eq!(texts(engine, "SELECT 'ü;' ; SELECT 'é'"), ["SELECT 'ü;'", "SELECT 'é'"]);
    }
}

#[test]
fn each_engine_reads_its_own_quotes() {
    assert_eq!(texts(Mysql, "SELECT 'a\\';b', `c;`; SELECT 1 # d;\n; SELECT 2--1;").len(), 3);
    let found = texts(Clickhouse, "SELECT 'a\\';b', `c;`; SELECT 2");
    assert_eq!(found, ["SELECT 'a\\';b', `c;`", "SELECT 2"]);
    let found = texts(Postgres, "SELECT 'a\\'; SELECT E'b\\';c'");
    assert_eq!(found, ["SELECT 'a\\'", "SELECT E'b\\';c'"]);
    let found = texts(Postgres, "SELECT $$a;b$$, $x$c;$$;$x$, a$b; SELECT $1;");
    assert_eq!(found, ["SELECT $$a;b$$, $x$c;$$;$x$, a$b", "SELECT $1"]);
    assert_eq!(texts(Postgres, "SELECT E'a'\n'\\';b'; SELECT 2").len(), 2);
    assert_eq!(texts(Postgres, "SELECT /* /* ; */ ; */ 1; SELECT 2").len(), 2);
    assert_eq!(texts(Sqlite, "SELECT /* /* ; */ 1; SELECT [a;b], 'c\\'; SELECT 3").len(), 3);
    assert_eq!(texts(Duckdb, "SELECT $$a;$$; SELECT /* /* ; */ */ 2").len(), 2);
}

#[test]
fn programs_are_one_statement() {
    let trigger = "CREATE TRIGGER r AFTER INSERT ON t BEGIN\n  UPDATE u SET a = CASE WHEN 1 THEN 2 END;\n  \
        DELETE FROM v;\nEND";
    assert_eq!(texts(Sqlite, &format!("{trigger};\nSELECT 1;")), [trigger, "SELECT 1"]);
    let temp = trigger.replace("CREATE", "create temp").replace("END;", "end;");
    assert_eq!(texts(Sqlite, &format!("{temp};\nSELECT 1;")).len(), 2);

    let atomic = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC\n \
        SELECT CASE a WHEN 1 THEN 2 END; SELECT 3;\nEND";
    assert_eq!(texts(Postgres, &format!("{atomic}; SELECT 1")), [atomic, "SELECT 1"]);
    let dollar =
        "CREATE FUNCTION f() RETURNS void AS $f$ BEGIN; PERFORM 1; END; $f$ LANGUAGE plpgsql";
    assert_eq!(texts(Postgres, &format!("{dollar}; SELECT 1")), [dollar, "SELECT 1"]);
    let rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)";
    assert_eq!(texts(Postgres, &format!("{rule}; SELECT 1")), [rule, "SELECT 1"]);
    assert_eq!(texts(Postgres, "CREATE TABLE t (function int, \"begin\" int); SELECT 1").len(), 2);

    let procedure = "CREATE DEFINER=`a`@`%` PROCEDURE p()\nBEGIN\n  DECLARE x INT;\n  \
        IF x THEN SELECT 1; END IF;\n  CASE x WHEN 1 THEN SELECT 2; END CASE;\n  \
        WHILE x DO SET x = 0; END WHILE;\n  BEGIN SELECT CASE WHEN 1 THEN 2 END; END;\nEND";
    assert_eq!(texts(Mysql, &format!("{procedure};\nSELECT 1")), [procedure, "SELECT 1"]);
    let block = "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END";
    assert_eq!(texts(Mysql, &format!("{block}; SELECT 3")), [block, "SELECT 3"]);
    assert_eq!(texts(Mysql, "CREATE TABLE t (event int, begin int); SELECT 1").len(), 2);
    assert_eq!(texts(Mysql, "BEGIN; SELECT 1; COMMIT").len(), 3);
}

#[test]
fn mysql_may_name_another_end() {
    let script = "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nSELECT 'a$$b'$$\n\
        DELIMITER ;\nSELECT 2; SELECT 3";
    assert_eq!(
        texts(Mysql, script),
        ["CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT 'a$$b'", "SELECT 2", "SELECT 3"]
    );
    let script = "delimiter //\nSELECT 1; SELECT 2//\n  DELIMITER ;\nSELECT 3";
    assert_eq!(texts(Mysql, script), ["SELECT 1; SELECT 2", "SELECT 3"]);
    assert_eq!(texts(Mysql, "SELECT 1\\G\nSELECT 2\\g"), ["SELECT 1", "SELECT 2"]);
    let dump = "/*!40101 SET NAMES utf8 */;\n/*!50003 CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW \
        SET NEW.a = ';' */;\nSELECT 1;";
    assert_eq!(texts(Mysql, dump).len(), 3);
    let failure = split(Mysql, "SELECT 1;\nDELIMITER\nSELECT 2").unwrap_err();
    assert_eq!(failure.place.map(|it| it.line), Some(2));
}

#[test]
fn sql_server_has_batches() {
    let script = "SELECT 1; SELECT 2\nGO\nCREATE PROC p AS SELECT 'GO\nGO\n'\n  go -- done\n\
        /* GO\n */ SELECT 3\nGO 1\n\nGO\n";
    assert_eq!(
        texts(Sqlserver, script),
        ["SELECT 1; SELECT 2", "CREATE PROC p AS SELECT 'GO\nGO\n'", "/* GO\n */ SELECT 3"]
    );
    let script = "SELECT go FROM t\nGOTO x\nSELECT 1";
    assert_eq!(texts(Sqlserver, script), [script]);
    assert_eq!(texts(Sqlserver, "SELECT [a]]b;\nGO\n] \"c\nGO\n\"").len(), 1);
    let failure = split(Sqlserver, "SELECT 1\nGO 5\n").unwrap_err();
    assert_eq!(failure.reason, Reason::Usage);
    assert_eq!(failure.place.map(|it| it.line), Some(2));
}

#[test]
fn data_behind_a_statement_is_no_statement() {
    let insert = "INSERT INTO t (a, b) FORMAT CSV\n1,'x\n2,\"y;z\"";
    let script = format!("{insert}\n\nSELECT 1;");
    assert_eq!(texts(Clickhouse, &script), [insert, "SELECT 1"]);
    let json = "INSERT INTO t FORMAT JSONEachRow {\"a\": \"it's\"}";
    assert_eq!(texts(Clickhouse, &format!("SELECT 0; {json}")), ["SELECT 0", json]);
    assert_eq!(texts(Clickhouse, "INSERT INTO t FORMAT Values (1, ';'); SELECT 1").len(), 2);
    assert_eq!(texts(Clickhouse, "INSERT INTO t SELECT 1 FORMAT Null; SELECT 1").len(), 2);
    assert_eq!(texts(Clickhouse, "INSERT INTO format VALUES (1); SELECT 1").len(), 2);
    let dump = "COPY public.t (a, b) FROM stdin;\n1\tit's\n2\t\\N\n\\.\n\nSELECT 1;";
    assert_eq!(texts(Postgres, dump), ["COPY public.t (a, b) FROM stdin", "SELECT 1"]);
    let columns = "a, b, c, d, e, f, g, h, i, j, k, l, m, n";
    let script = format!("COPY t ({columns}) FROM stdin WITH (FORMAT csv);\n1\n'\n\\.\nSELECT 1");
    assert_eq!(texts(Postgres, &script).len(), 2);
    let found = texts(Postgres, "COPY t FROM STDIN;\nSELECT 1;");
    assert_eq!(found, ["COPY t FROM STDIN", "SELECT 1"]);
}

#[test]
fn what_is_never_closed_is_told_with_its_place() {
    let failure = |engine, script| -> Failure { split(engine, script).unwrap_err() };
    let told = |engine, script, begins| {
        let message = failure(engine, script).message;
        assert!(message.starts_with(begins), "{message}");
    };
    let it = failure(Postgres, "SELECT 1;\nSELECT 'é', 'abc");
    assert_eq!(it.reason, Reason::Usage);
    assert_eq!(it.message, "the text that begins with 'abc in line 2, column 13, is never closed");
    assert_eq!(it.place.map(|it| (it.line, it.column, it.offset)), Some((2, 13, 22)));
    told(Postgres, "SELECT /* a /* b */", "the comment that begins with /* a");
    told(Postgres, "SELECT $x$ a $$", "the text that begins with $x$");
    told(Postgres, "SELECT \"a", "the name");
    told(Mysql, "SELECT \"a\\\"", "the text");
    told(Mysql, "SELECT `a", "the name");
    told(Sqlserver, "SELECT [a]]", "the name");
    told(Sqlite, "SELECT [a", "the name");
}

#[test]
fn the_statement_under_the_cursor_is_found() {
    let script = "SELECT 1;\nSELECT 2\n  FROM t;  SELECT 3;\n\n\nSELECT 4;\n\n\n";
    let found = |offset| at(Postgres, script, offset).unwrap().map(|it| it.text);
    let of = |text: &str| script.find(text).unwrap();
    assert_eq!(found(0), Some("SELECT 1"));
    assert_eq!(found(9), Some("SELECT 1"), "behind its mark");
    assert_eq!(found(10), Some("SELECT 2\n  FROM t"));
    assert_eq!(found(of("FROM")), Some("SELECT 2\n  FROM t"));
    assert_eq!(found(of("SELECT 3")), Some("SELECT 3"));
    assert_eq!(found(of("SELECT 3") - 1), Some("SELECT 2\n  FROM t"));
    assert_eq!(found(of("SELECT 3") + 9), Some("SELECT 3"), "behind its mark");
    assert_eq!(found(of("SELECT 3") + 10), Some("SELECT 3"), "in the line below");
    assert_eq!(found(of("SELECT 3") + 11), Some("SELECT 4"), "in the line above");
    assert_eq!(at(Postgres, "a;b", 2).unwrap().map(|it| it.text), Some("b"));
    assert_eq!(found(of("SELECT 4") + 9), Some("SELECT 4"));
    assert_eq!(found(of("SELECT 4") + 10), Some("SELECT 4"), "in the line below");
    assert_eq!(found(script.len()), None, "an empty line further");
    assert_eq!(found(usize::MAX), None);
    assert_eq!(at(Postgres, "\nSELECT 1", 0).unwrap().map(|it| it.text), Some("SELECT 1"));
    assert_eq!(at(Postgres, "", 0), Ok(None));
    assert_eq!(at(Postgres, "-- only\n", 3), Ok(None));
}

#[test]
fn what_is_broken_below_the_cursor_does_not_matter() {
    let script = "SELECT 1;\nSELECT 'unclosed";
    assert_eq!(at(Postgres, script, 3).unwrap().map(|it| it.text), Some("SELECT 1"));
    assert_eq!(at(Postgres, script, 9).unwrap().map(|it| it.text), Some("SELECT 1"));
    assert!(at(Postgres, script, 20).is_err());
}
