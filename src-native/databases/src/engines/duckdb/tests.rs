//! DuckDB itself.
#![expect(clippy::print_stdout, reason = "processes talk")]

use super::*;
use crate::catalogue::{ObjectKind, Objects};
use crate::{Address, Secret, Tls, TlsMode};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// The library to test with.
fn library() -> Option<String> {
    ::servers::duckdb_library().map(|it| it.to_string_lossy().into_owned())
}

macro_rules! library {
    () => {
        match library() {
            Some(found) => found,
            None => return,
        }
    };
}

fn target(library: &str, path: impl Into<PathBuf>, read_only: bool) -> Target {
    Target {
        engine: Engine::Duckdb,
        address: Address::File(path.into()),
        database: None,
        user: None,
        password: None::<Secret>,
        tls: Tls {
            mode: TlsMode::Off,
            authority: None,
            certificate: None,
            key: None,
            server_name: None,
        },
        read_only,
        connect_timeout: Duration::from_secs(5),
        options: vec![("library".to_owned(), library.to_owned())],
    }
}

fn memory(library: &str) -> Box<dyn Session> {
    connect(&target(library, ":memory:", false)).unwrap()
}

/// Everything that a statement gives.
#[derive(Default)]
struct All {
    columns: Vec<Column>,
    rows: Vec<Vec<(Kind, String)>>,
    done: Vec<Done>,
    pages: usize,
    largest: usize,
    stop_after: Option<usize>,
}

impl Sink for All {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        self.columns = columns.to_vec();
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.pages += 1;
        self.largest = self.largest.max(page.bytes());
        for row in 0..page.rows() {
            let cell =
                |it: crate::Cell<'_>| (it.kind, String::from_utf8_lossy(it.bytes).into_owned());
            self.rows.push(page.row(row).map(cell).collect());
        }
        match self.stop_after {
            Some(pages) if self.pages >= pages => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }

    fn end(&mut self, done: &Done) -> Flow {
        self.done.push(done.clone());
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

fn all(session: &mut dyn Session, text: &str) -> All {
    let mut found = All::default();
    if let Err(error) = session.run(&Ask::new(text), &mut found) {
        panic!("{text}: {error:?}");
    }
    found
}

fn fails(session: &mut dyn Session, text: &str) -> Failure {
    session.run(&Ask::new(text), &mut All::default()).expect_err(text)
}

fn one(session: &mut dyn Session, text: &str) -> String {
    all(session, text).rows[0][0].1.clone()
}

/// Expressions of every type, with the kind that their cells have.
const VALUES: &[(Kind, &str)] = &[
    (Kind::Bool, "true"),
    (Kind::Bool, "false"),
    (Kind::Integer, "(-128)::TINYINT"),
    (Kind::Integer, "32767::SMALLINT"),
    (Kind::Integer, "(-2147483648)::INTEGER"),
    (Kind::Integer, "(-9223372036854775808)::BIGINT"),
    (Kind::Integer, "9007199254740993"),
    (Kind::Integer, "255::UTINYINT"),
    (Kind::Integer, "65535::USMALLINT"),
    (Kind::Integer, "4294967295::UINTEGER"),
    (Kind::Integer, "18446744073709551615::UBIGINT"),
    (Kind::Integer, "170141183460469231731687303715884105727::HUGEINT"),
    (Kind::Integer, "'-170141183460469231731687303715884105728'::HUGEINT"),
    (Kind::Integer, "'340282366920938463463374607431768211455'::UHUGEINT"),
    (Kind::Decimal, "0.5::DECIMAL(3,3)"),
    (Kind::Decimal, "(-0.05)::DECIMAL(4,2)"),
    (Kind::Decimal, "123.40::DECIMAL(9,2)"),
    (Kind::Decimal, "(-1234567890123.4567)::DECIMAL(18,4)"),
    (Kind::Decimal, "7::DECIMAL(5,0)"),
    (Kind::Decimal, "'99999999999999999999999999999999999999'::DECIMAL(38,0)"),
    (Kind::Decimal, "'-0.00000000000000000000000000000000000001'::DECIMAL(38,38)"),
    (Kind::Float, "0.1::FLOAT"),
    (Kind::Float, "16777216::FLOAT"),
    (Kind::Float, "3.4028235e38::FLOAT"),
    (Kind::Float, "1e-45::FLOAT"),
    (Kind::Float, "'nan'::FLOAT"),
    (Kind::Float, "0.1::DOUBLE"),
    (Kind::Float, "'-0'::DOUBLE"),
    (Kind::Float, "1e15::DOUBLE"),
    (Kind::Float, "1e16::DOUBLE"),
    (Kind::Float, "123456789012345678::DOUBLE"),
    (Kind::Float, "0.0001::DOUBLE"),
    (Kind::Float, "0.00001234::DOUBLE"),
    (Kind::Float, "5e-324::DOUBLE"),
    (Kind::Float, "1.7976931348623157e308::DOUBLE"),
    (Kind::Float, "100::DOUBLE"),
    (Kind::Float, "12345.678::DOUBLE"),
    (Kind::Float, "'inf'::DOUBLE"),
    (Kind::Float, "'-inf'::DOUBLE"),
    (Kind::Text, "''"),
    (Kind::Text, "'twelve bytes'"),
    (Kind::Text, "'thirteen byte'"),
    (Kind::Text, "'é😀' || repeat('x', 5000)"),
    (Kind::Text, "chr(1) || chr(9)"),
    (Kind::Other, "'0101'::BIT"),
    (Kind::Other, "'110100101'::BIT"),
    (Kind::Date, "DATE '2024-02-29'"),
    (Kind::Date, "DATE '1582-10-15'"),
    (Kind::Date, "DATE '0001-01-01'"),
    (Kind::Date, "DATE '0044-03-15 (BC)'"),
    (Kind::Date, "DATE '5877642-06-25 (BC)'"),
    (Kind::Date, "DATE '5881580-07-10'"),
    (Kind::Date, "'infinity'::DATE"),
    (Kind::Date, "'-infinity'::DATE"),
    (Kind::Time, "TIME '00:00:00'"),
    (Kind::Time, "TIME '23:59:59.999999'"),
    (Kind::Time, "TIME '24:00:00'"),
    (Kind::Time, "TIME '12:34:56.7'"),
    (Kind::Time, "'12:34:56.000001+02:30'::TIMETZ"),
    (Kind::Time, "'12:34:56-15:59:59'::TIMETZ"),
    (Kind::Time, "'00:00:00+15:59:59'::TIMETZ"),
    (Kind::Timestamp, "TIMESTAMP '2024-07-01 12:00:00'"),
    (Kind::Timestamp, "TIMESTAMP '1969-12-31 23:59:59.999999'"),
    (Kind::Timestamp, "TIMESTAMP '294247-01-10 04:00:54.775806'"),
    (Kind::Timestamp, "TIMESTAMP '290309-12-22 (BC) 00:00:00'"),
    (Kind::Timestamp, "'infinity'::TIMESTAMP"),
    (Kind::Timestamp, "'-infinity'::TIMESTAMP"),
    (Kind::Timestamp, "TIMESTAMP_S '2024-07-01 12:00:00'"),
    (Kind::Timestamp, "'infinity'::TIMESTAMP_S"),
    (Kind::Timestamp, "TIMESTAMP_MS '1969-12-31 23:59:59.999'"),
    (Kind::Timestamp, "TIMESTAMP_MS '2024-07-01 12:00:00.120'"),
    (Kind::Timestamp, "TIMESTAMP_NS '2024-07-01 12:00:00.000000001'"),
    (Kind::Timestamp, "TIMESTAMP_NS '1677-09-22 00:00:00.1'"),
    (Kind::Timestamp, "'-infinity'::TIMESTAMP_NS"),
    (Kind::Timestamp, "TIMESTAMPTZ '2024-07-01 12:00:00.5+02'"),
    (Kind::Timestamp, "TIMESTAMPTZ '1900-01-01 00:00:00+00'"),
    (Kind::Timestamp, "'infinity'::TIMESTAMPTZ"),
    (Kind::Interval, "INTERVAL '0 seconds'"),
    (Kind::Interval, "'1 year 1 month 1 day'::INTERVAL"),
    (Kind::Interval, "'-2 years 30 months -5 days 04:05:06.7'::INTERVAL"),
    (Kind::Interval, "'-1 microsecond'::INTERVAL"),
    (Kind::Interval, "'300:00:00'::INTERVAL"),
    (Kind::Interval, "to_months(-2147483647)"),
    (Kind::Interval, "to_microseconds(-999999999999999)"),
    (Kind::Uuid, "UUID '00000000-0000-0000-0000-000000000000'"),
    (Kind::Uuid, "UUID 'ffffffff-ffff-4fff-bfff-ffffffffffff'"),
    (Kind::Uuid, "UUID '550e8400-e29b-41d4-a716-446655440000'"),
    (Kind::Enum, "'it''s'::ENUM('a', 'it''s')"),
    (Kind::Array, "[1, NULL, 3]"),
    (Kind::Array, "[]::INTEGER[]"),
    (Kind::Array, "[[1, 2], [], NULL, [NULL]]"),
    (Kind::Array, "['a,b', ' x', 'y ', 'null', 'NULL', '', 'é', 'a''b', 'a\"b', 'a=b', 'a:b']"),
    (
        Kind::Array,
        "['(', ')', '{', '}', '[', ']', 'plain', 'two words', chr(9) || 'x', 'x' || chr(10)]",
    ),
    (Kind::Array, "[TIMESTAMP '2024-01-01 00:00:00', 'infinity'::TIMESTAMP]"),
    (Kind::Array, "[1.50::DECIMAL(4,2), -0.05]"),
    (Kind::Array, "['\\xFF\\x00a'::BLOB, 'quo\"te'::BLOB]"),
    (Kind::Array, "[1.5::DOUBLE, 'nan'::DOUBLE]"),
    (Kind::Array, "['a'::ENUM('a', 'b b'), 'b b']"),
    (Kind::Array, "[INTERVAL '1 day 00:00:01']"),
    (Kind::Array, "[1, 2, NULL]::INTEGER[3]"),
    (Kind::Array, "[[1, 2], [3, 4]]::INTEGER[2][2]"),
    (Kind::Record, "{'a b': 1, 'c': 'it''s', 'd': NULL}"),
    (Kind::Record, "{'a': {'b': [1, 2]}, 'c': [{'x': 'y z'}]}"),
    (Kind::Record, "{'it''s': 'x', 'b\\': DATE '2024-01-01'}"),
    (Kind::Record, "ROW(1, 'x', NULL::INTEGER)"),
    (Kind::Record, "MAP {'a b': 1, '': 2, 'x=y': NULL}"),
    (Kind::Record, "MAP {[1, 2]: {'a': 'b:c'}}"),
    (Kind::Record, "MAP {}::MAP(INTEGER, VARCHAR)"),
    (Kind::Other, "union_value(k := 1)"),
    (Kind::Other, "union_value(s := 'a b')::UNION(n INTEGER, s VARCHAR)"),
    (Kind::Array, "[union_value(s := 'a, b')]"),
    (Kind::Json, "'{\"a\": 9007199254740993, \"a\": 2}'::JSON"),
];

/// Those that came in later versions.
const NEWER: &[(Kind, &str)] = &[
    (Kind::Integer, "'-123456789012345678901234567890123456789012345678901234567890'::BIGNUM"),
    (Kind::Geometry, "'POINT Z (1 2.5 3)'::GEOMETRY"),
    (Kind::Geometry, "'POLYGON ((0 0, 1 0, 1 1, 0 0))'::GEOMETRY"),
    (Kind::Other, "42::VARIANT"),
    (Kind::Other, "{'a': 1, 'b': ['x y', 'z']}::VARIANT"),
    (Kind::Time, "TIME_NS '12:34:56.000000001'"),
    (Kind::Array, "[1::BIGNUM, 2::BIGNUM]"),
];

#[test]
fn every_type_comes_as_the_engine_itself_writes_it_and_goes_back_in() {
    let library = library!();
    let mut session = memory(&library);
    let version = session.server().version.clone();
    let version = version.as_str();
    let newer = version >= "1.5";
    // Before 1.3 texts within lists had no quotes.
    let quotes = version >= "1.3";
    let newer = if newer { NEWER } else { &[] };
    for (kind, value) in VALUES.iter().chain(newer) {
        if version < "1.2" && value.contains("TIMESTAMP_NS") {
            continue; // that engine puts zero bytes into their text
        }
        let cast = one(&mut *session, &format!("SELECT CAST({value} AS VARCHAR)"));
        let name = one(&mut *session, &format!("SELECT typeof({value})"));
        let null = match name.starts_with("STRUCT(INTEGER") {
            true => "NULL".to_owned(), // the names of such types cannot be written in a statement
            false => format!("CAST(NULL AS {name})"),
        };
        // With a row without it before and after, so that masks and offsets of lists count.
        let text = format!(
            "SELECT v FROM (SELECT 1 AS i, {null} AS v UNION ALL SELECT 2, {value} \
             UNION ALL SELECT 3, {value} UNION ALL SELECT 4, {null}) ORDER BY i"
        );
        let found = all(&mut *session, &text);
        assert_eq!(found.columns[0].name, "v", "{value}");
        assert_eq!(found.columns[0].kind, *kind, "{value}");
        let nothing = vec![(Kind::Null, String::new())];
        let escaped = *kind == Kind::Array && value.contains("BLOB") && version < "2";
        if !escaped && (quotes || !matches!(kind, Kind::Array | Kind::Record)) {
            let there = vec![(*kind, cast.clone())];
            assert_eq!(found.rows, [nothing.clone(), there.clone(), there, nothing], "{value}");
            if !name.starts_with("STRUCT(\"") {
                assert_eq!(found.columns[0].type_name, name, "{value}");
            }
        }
        // Back in, as text: the same value.
        if *kind == Kind::Other
            || name == "STRUCT(INTEGER, VARCHAR, INTEGER)"
            || name.contains("UNION")
        {
            continue;
        }
        if !quotes && matches!(kind, Kind::Array | Kind::Record) {
            continue;
        }
        let back = format!("SELECT CAST($1 AS {name}) IS NOT DISTINCT FROM {value}");
        let values = [Value::Text(found.rows[1][0].1.clone())];
        let mut same = All::default();
        session.run(&Ask { values: &values, ..Ask::new(&back) }, &mut same).unwrap();
        assert_eq!(same.rows[0][0].1, "true", "{value} as {name}");
    }
}

#[test]
fn random_floats_are_written_as_the_engine_writes_them() {
    let library = library!();
    let mut session = memory(&library);
    all(
        &mut *session,
        "CREATE TABLE f AS SELECT (random() * 2 - 1) * pow(10, (i % 640) - 320) AS d, \
           ((random() * 2 - 1) * pow(10, (i % 78) - 40))::FLOAT AS f FROM range(20000) t(i)",
    );
    let found = all(&mut *session, "SELECT d, d::VARCHAR, f, f::VARCHAR FROM f");
    let mut others = 0;
    for row in &found.rows {
        for (ours, theirs) in [(&row[0].1, &row[1].1), (&row[2].1, &row[3].1)] {
            if ours != theirs {
                let digits = |it: &str| it.trim_end_matches(".0").trim_end_matches('0').len();
                assert!(digits(ours) <= digits(theirs), "{ours} {theirs}");
                others += 1;
            }
        }
        assert_eq!(row[0].1.parse::<f64>().unwrap(), row[1].1.parse::<f64>().unwrap());
        assert_eq!(row[2].1.parse::<f32>().unwrap(), row[3].1.parse::<f32>().unwrap());
    }
    assert_eq!(found.rows.len(), 20_000);
    assert!(others < 200, "{others}");
}

#[test]
fn every_day_of_the_calendar_is_written_as_the_engine_writes_it() {
    let library = library!();
    let mut session = memory(&library);
    let found = all(
        &mut *session,
        "SELECT d, d::VARCHAR FROM (SELECT DATE '0001-01-01' + ((i - 400000)::INTEGER * 3) AS d \
         FROM range(800000) t(i))",
    );
    assert_eq!(found.rows.len(), 800_000);
    assert!(found.rows.iter().all(|row| row[0].1 == row[1].1));
}

#[test]
fn moments_are_shown_in_the_zone_of_the_session_where_the_engine_knows_zones() {
    let library = library!();
    let mut session = memory(&library);
    if session.run(&Ask::new("SET TimeZone = 'Asia/Kolkata'"), &mut All::default()).is_err() {
        return; // this library has no zones, and shows UTC
    }
    let newer = session.server().version.as_str() >= "1.5";
    let text = "SELECT TIMESTAMPTZ '2024-07-01 12:00:00+00' AS \"a b\", 1 AS x, \
                [TIMESTAMPTZ '2024-07-01 12:00:00+00'] AS l ORDER BY 2 -- why";
    let found = all(&mut *session, text);
    let shown: Vec<_> = found.rows[0].iter().map(|it| it.1.as_str()).collect();
    if newer {
        assert_eq!(shown, ["2024-07-01 17:30:00+05:30", "1", "['2024-07-01 17:30:00+05:30']"]);
    } else {
        assert_eq!(shown[0], "2024-07-01 12:00:00+00");
    }
    assert_eq!(found.columns[0].name, "a b");
    assert_eq!(found.columns[0].type_name, "TIMESTAMP WITH TIME ZONE");
    // What is no query is the same moment, in UTC.
    all(&mut *session, "CREATE TABLE t (m TIMESTAMPTZ)");
    let text = "INSERT INTO t VALUES ('2024-07-01 17:30:00+05:30') RETURNING m";
    assert_eq!(one(&mut *session, text), "2024-07-01 12:00:00+00");
}

#[test]
fn bytes_come_as_they_are() {
    let library = library!();
    let mut session = memory(&library);
    let mut page = Page::default();
    struct First<'a>(&'a mut Page);
    impl Sink for First<'_> {
        fn begin(&mut self, _: &[Column]) -> Flow {
            ControlFlow::Continue(())
        }
        fn page(&mut self, page: &Page) -> Flow {
            *self.0 = page.clone();
            ControlFlow::Continue(())
        }
        fn end(&mut self, _: &Done) -> Flow {
            ControlFlow::Continue(())
        }
        fn notice(&mut self, _: &Notice) {}
    }
    let bytes: Vec<u8> = (0..=255).collect();
    let values = [Value::Bytes(bytes.clone()), Value::Bytes(Vec::new())];
    let ask = Ask { values: &values, ..Ask::new("SELECT $1::BLOB, $2::BLOB") };
    session.run(&ask, &mut First(&mut page)).unwrap();
    assert_eq!(page.cell(0, 0).bytes, bytes);
    assert_eq!((page.cell(0, 1).kind, page.cell(0, 1).bytes), (Kind::Bytes, &b""[..]));
}

#[test]
fn values_are_bound_as_what_they_are() {
    let library = library!();
    let mut session = memory(&library);
    let number = |it: &str| Value::Number(it.to_owned());
    for (value, shown, name) in [
        (Value::Null, "", "\"NULL\""),
        (Value::Bool(true), "true", "BOOLEAN"),
        (number("9223372036854775807"), "9223372036854775807", "BIGINT"),
        (
            number("-170141183460469231731687303715884105728"),
            "-170141183460469231731687303715884105728",
            "HUGEINT",
        ),
        (
            number("340282366920938463463374607431768211455"),
            "340282366920938463463374607431768211455",
            "UHUGEINT",
        ),
        (number("-0.50"), "-0.50", "DECIMAL(3,2)"),
        (
            number("12345678901234567890123456789012345.678"),
            "12345678901234567890123456789012345.678",
            "DECIMAL(38,3)",
        ),
        (number("1e3"), "1000.0", "DOUBLE"),
        (Value::Text("é ' \u{0}".to_owned()), "é ' \u{0}", "VARCHAR"),
    ] {
        let mut found = All::default();
        let values = [value.clone()];
        let ask = Ask { values: &values, ..Ask::new("SELECT $1, typeof($1)") };
        session.run(&ask, &mut found).unwrap_or_else(|it| panic!("{value:?}: {it:?}"));
        assert_eq!((found.rows[0][0].1.as_str(), found.rows[0][1].1.as_str()), (shown, name));
    }
    let error = session
        .run(&Ask { values: &[number("1x")], ..Ask::new("SELECT $1") }, &mut All::default())
        .unwrap_err();
    assert_eq!(error.reason, Reason::Usage);
    let error = session.run(&Ask::new("SELECT $1"), &mut All::default()).unwrap_err();
    assert_eq!(error.reason, Reason::Usage);
    all(
        &mut *session,
        "CREATE TABLE t AS SELECT 7 AS id, DATE '2024-01-02' AS d, 1.5::DECIMAL(4,1) AS n",
    );
    for (column, value) in [
        ("id", Value::Text("7".into())),
        ("d", Value::Text("2024-01-02".into())),
        ("n", number("1.50")),
    ] {
        let text = format!("SELECT count(*) FROM t WHERE {column} = ?");
        let mut found = All::default();
        session.run(&Ask { values: &[value], ..Ask::new(&text) }, &mut found).unwrap();
        assert_eq!(found.rows[0][0].1, "1", "{column}");
    }
}

#[test]
fn errors_have_the_engine_s_code_and_the_place() {
    let library = library!();
    let mut session = memory(&library);
    let error = fails(&mut *session, "selec 1");
    assert_eq!(
        (error.reason, error.code.as_deref()),
        (Reason::Server, Some("Parser")),
        "{error:?}"
    );
    if session.server().version.as_str() >= "1.5" {
        assert_eq!(error.place, Some(Place { line: 1, column: 1, offset: 0 }));
    }
    let error = fails(&mut *session, "SELECT 'é',\n  nocol FROM range(3)");
    assert_eq!(
        (error.code.as_deref(), error.place.map(|it| (it.line, it.column))),
        (Some("Binder"), Some((2, 3)))
    );
    let error = fails(&mut *session, "SELECT * FROM nowhere");
    assert_eq!(error.message, "Table with name nowhere does not exist!");
    assert!(error.hint.is_some_and(|it| it.starts_with("Did you mean")));
    let error = fails(
        &mut *session,
        "SELECT CAST(repeat('x', range::INTEGER) AS INTEGER) FROM range(3) WHERE range > 0",
    );
    assert_eq!(error.code.as_deref(), Some("Conversion"));
    assert!(!error.message.contains('{') && !error.message.contains("LINE"));
    let text = format!(
        "SELECT '{}',\n '{}', nocol, '{}' FROM range(3)",
        "a".repeat(90),
        "é".repeat(90),
        "b".repeat(90)
    );
    let place = fails(&mut *session, &text).place;
    if session.server().version.as_str() >= "1.3" {
        assert_eq!(place.map(|it| (it.line, it.column)), Some((2, 96)));
    }
    assert_eq!(fails(&mut *session, "SELECT 1; SELECT 2").reason, Reason::Usage);
    assert_eq!(fails(&mut *session, " -- nothing\n").reason, Reason::Usage);
    assert_eq!(fails(&mut *session, "SELECT '\u{0}'").reason, Reason::Server);
    assert_eq!(one(&mut *session, "SELECT 1"), "1");
}

#[test]
fn changes_are_counted_and_transactions_are_known() {
    let library = library!();
    let mut session = memory(&library);
    let done = all(&mut *session, "CREATE TABLE t (a INTEGER)").done;
    assert_eq!(done, [Done { affected: None, tag: "CREATE".into() }]);
    let done = all(&mut *session, "INSERT INTO t SELECT * FROM range(5000)").done;
    assert_eq!(done, [Done { affected: Some(5000), tag: "INSERT".into() }]);
    session.transaction(Step::Begin).unwrap();
    assert!(session.in_transaction());
    assert_eq!(all(&mut *session, "DELETE FROM t WHERE a < 7").done[0].affected, Some(7));
    session.transaction(Step::Rollback).unwrap();
    assert!(!session.in_transaction());
    assert_eq!(one(&mut *session, "SELECT count(*) FROM t"), "5000");
    all(&mut *session, "/* by hand */ begin");
    assert!(session.in_transaction());
    assert_eq!(all(&mut *session, "UPDATE t SET a = 0 RETURNING a").rows.len(), 5000);
    all(&mut *session, "-- and back\nROLLBACK");
    assert!(!session.in_transaction());
    let found = all(&mut *session, "PIVOT (SELECT 1 AS a, 'x' AS b) ON b USING sum(a)");
    assert_eq!((found.rows.len(), found.done.len()), (1, 1));
}

#[test]
fn read_only_takes_no_writes_opens_no_file_and_lets_nothing_be_changed() {
    let library = library!();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.duckdb");
    let mut session = connect(&target(&library, &path, false)).unwrap();
    all(&mut *session, "CREATE TABLE t AS SELECT 1 AS a");
    drop(session);
    let secret = folder.path().join("secret.txt");
    std::fs::write(&secret, "hidden").unwrap();
    let before = std::fs::read(&path).unwrap();
    let mut session = connect(&target(&library, &path, true)).unwrap();
    assert_eq!(one(&mut *session, "SELECT a FROM t"), "1");
    let secret = secret.display();
    let out = folder.path().join("out.csv");
    let out = out.display();
    for text in [
        "INSERT INTO t VALUES (2)".to_owned(),
        "DELETE FROM t".to_owned(),
        "DROP TABLE t".to_owned(),
        "CREATE TABLE u (a INTEGER)".to_owned(),
        "CREATE SEQUENCE s".to_owned(),
        "ALTER TABLE t ADD COLUMN b INTEGER".to_owned(),
        format!("COPY t TO '{out}'"),
        format!("COPY (SELECT 1) TO '{out}'"),
        format!("EXPORT DATABASE '{out}'"),
        format!("SELECT * FROM read_text('{secret}')"),
        format!("SELECT * FROM read_csv('{secret}')"),
        format!("SELECT * FROM '{secret}'"),
        format!("SELECT * FROM glob('{}/*')", folder.path().display()),
        format!("ATTACH '{out}' AS other"),
        format!("ATTACH '{}' AS me (READ_WRITE)", path.display()),
        "INSTALL httpfs".to_owned(),
        "LOAD httpfs".to_owned(),
        "SET enable_external_access = true".to_owned(),
        "SET lock_configuration = false".to_owned(),
        "RESET lock_configuration".to_owned(),
        "SET access_mode = 'READ_WRITE'".to_owned(),
        format!("SET log_query_path = '{out}'"),
        format!("PRAGMA enable_profiling = 'json'; PRAGMA profiling_output = '{out}'"),
        format!("SET profiling_output = '{out}'"),
        format!("SET temp_directory = '{out}'"),
        "EXPLAIN ANALYZE DELETE FROM t".to_owned(),
        "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x".to_owned(),
    ] {
        let error = fails(&mut *session, &text);
        assert!(matches!(error.reason, Reason::Server | Reason::Usage), "{text}: {error:?}");
    }
    all(&mut *session, "PREPARE p AS INSERT INTO t VALUES (3)");
    assert_eq!(fails(&mut *session, "EXECUTE p").reason, Reason::Server);
    assert_eq!(one(&mut *session, "SELECT count(*) FROM t"), "1");
    drop(session);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let mut left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["secret.txt", "shop.duckdb"]);
    let mut opened = target(&library, &path, true);
    opened.options.push(("enable_external_access".into(), "true".into()));
    assert_eq!(connect(&opened).err().unwrap().reason, Reason::Usage);
}

#[test]
fn a_cancel_stops_the_engine_within_a_quarter_of_a_second() {
    let library = library!();
    let mut session = memory(&library);
    for text in [
        "SELECT count(*) FROM range(1000000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3",
        "WITH RECURSIVE r(n) AS (SELECT 1::HUGEINT UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
        "SELECT a.range, b.range FROM range(1000000) a, range(1000000) b",
    ] {
        let canceller = session.canceller();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            let asked = Instant::now();
            canceller.cancel().unwrap();
            asked
        });
        let error = fails(&mut *session, text);
        let ended = Instant::now();
        let waited = ended.duration_since(killer.join().unwrap());
        assert_eq!(error.reason, Reason::Cancelled, "{text}");
        assert!(waited < Duration::from_millis(250), "{waited:?} {text}");
        // Its threads are free again.
        let asked = Instant::now();
        assert_eq!(one(&mut *session, "SELECT count(*) FROM range(100000)"), "100000");
        assert!(asked.elapsed() < Duration::from_secs(1));
    }
    session.canceller().cancel().unwrap(); // nothing runs: nothing happens
    assert_eq!(one(&mut *session, "SELECT 1"), "1");
    drop(session);
}

#[test]
fn whoever_breaks_off_stops_the_engine_and_the_session_lives() {
    let library = library!();
    let mut session = memory(&library);
    let mut sink = All { stop_after: Some(3), ..All::default() };
    let ask = Ask::new("SELECT range FROM range(100000000000)");
    let asked = Instant::now();
    assert_eq!(session.run(&ask, &mut sink).unwrap_err().reason, Reason::Cancelled);
    assert!(asked.elapsed() < Duration::from_secs(2));
    assert_eq!(one(&mut *session, "SELECT 2"), "2");
}

#[test]
fn a_result_streams_with_flat_memory() {
    let library = library!();
    if std::env::var_os("BACKSTORY_TEST_ALONE").is_none() {
        // In a process of its own, so that what other tests hold does not count.
        let name = "engines::duckdb::tests::a_result_streams_with_flat_memory";
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let ended =
            child.args([name, "--exact"]).env("BACKSTORY_TEST_ALONE", "1").output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
        return;
    }
    let mut session = memory(&library);
    struct Count(u64, usize);
    impl Sink for Count {
        fn begin(&mut self, _: &[Column]) -> Flow {
            ControlFlow::Continue(())
        }
        fn page(&mut self, page: &Page) -> Flow {
            self.0 += page.rows() as u64;
            self.1 = self.1.max(page.bytes());
            ControlFlow::Continue(())
        }
        fn end(&mut self, _: &Done) -> Flow {
            ControlFlow::Continue(())
        }
        fn notice(&mut self, _: &Notice) {}
    }
    let used = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find(|it| it.starts_with("VmRSS:")).unwrap_or("0").to_owned();
        line.chars().filter(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap_or(0)
    };
    let text = "SELECT range, range::VARCHAR || repeat('x', 100) AS t FROM range(3000000)";
    let mut count = Count(0, 0);
    session.run(&Ask::new("SELECT range, repeat('x', 100) FROM range(10000)"), &mut count).unwrap();
    let before = used();
    let mut count = Count(0, 0);
    session.run(&Ask::new(text), &mut count).unwrap();
    assert_eq!(count.0, 3_000_000);
    assert!(count.1 < 512 << 10, "{} bytes a page", count.1);
    let grown = used().saturating_sub(before);
    assert!(grown < 64 << 10, "{grown} kB more for 340 MB of rows");
    println!("{grown} kB more for 340 MB of rows");
}

#[test]
fn five_thousand_columns_and_a_cell_of_fifty_megabytes_come_through() {
    let library = library!();
    let mut session = memory(&library);
    let columns: Vec<_> = (0..5000).map(|it| format!("{it} AS c{it}")).collect();
    let found = all(&mut *session, &format!("SELECT {}", columns.join(", ")));
    assert_eq!((found.columns.len(), found.rows[0][4999].1.as_str()), (5000, "4999"));
    let found =
        all(&mut *session, "SELECT repeat('0123456789', 5000000), repeat('a', 50000000)::BLOB");
    assert_eq!((found.rows[0][0].1.len(), found.rows[0][1].1.len()), (50_000_000, 50_000_000));
}

#[test]
fn a_file_that_is_not_there_no_database_or_held_by_another_is_told_plainly() {
    let library = library!();
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.duckdb");
    let error = connect(&target(&library, &missing, true)).err().unwrap();
    assert_eq!(error.reason, Reason::Connection);
    assert!(error.message.starts_with("there is no file") && error.hint.is_some());
    assert!(!missing.exists());
    let nowhere = folder.path().join("no/folder/x.duckdb");
    assert!(
        connect(&target(&library, &nowhere, false))
            .err()
            .unwrap()
            .message
            .contains("no such folder")
    );
    let text = folder.path().join("text.duckdb");
    std::fs::write(&text, "this is no database, and long enough to be looked at\n".repeat(500))
        .unwrap();
    for read_only in [true, false] {
        let error = connect(&target(&library, &text, read_only)).err().unwrap();
        assert_eq!(error.reason, Reason::Connection);
        assert_eq!(
            error.hint.as_deref(),
            Some("it is no DuckDB database, or it is encrypted"),
            "{error}"
        );
    }
    let mut odd = target(&library, ":memory:", false);
    odd.options.push(("no_such_setting".into(), "1".into()));
    assert!(connect(&odd).err().unwrap().message.contains("no_such_setting"));
}

/// Run by the next test in a process of its own: holds a file until it is told to end.
#[test]
fn another_process_holds_a_file() {
    let (Some(library), Ok(path)) = (library(), std::env::var("BACKSTORY_TEST_HOLD")) else {
        return;
    };
    let _session = connect(&target(&library, path, false)).unwrap();
    println!("held");
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn a_file_that_another_process_writes_is_locked() {
    use std::io::BufRead;
    let library = library!();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("held.duckdb");
    drop(connect(&target(&library, &path, false)).unwrap());
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["another_process_holds_a_file", "--nocapture", "--test-threads=1"])
        .env("BACKSTORY_TEST_HOLD", &path)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok); // heard to the end, or the child could not speak
    assert!(lines.any(|it| it.contains("held")));
    for read_only in [true, false] {
        let error = connect(&target(&library, &path, read_only)).err().unwrap();
        assert_eq!(error.reason, Reason::Connection);
        assert!(
            error.hint.unwrap().starts_with("another program has it open"),
            "{}",
            error.message
        );
    }
    drop(child.stdin.take());
    child.wait().unwrap();
    connect(&target(&library, &path, true)).unwrap();
}

#[test]
fn two_sessions_of_one_file_share_it_and_the_last_closes_it() {
    let library = library!();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.duckdb");
    let mut first = connect(&target(&library, &path, false)).unwrap();
    let by_another_name = folder.path().join(".").join("shared.duckdb");
    let mut second = connect(&target(&library, by_another_name, false)).unwrap();
    all(&mut *first, "CREATE TABLE t AS SELECT 42 AS a");
    assert_eq!(one(&mut *second, "SELECT a FROM t"), "42");
    let error = connect(&target(&library, &path, true)).err().unwrap();
    assert!(error.message.contains("already open"), "{error}");
    let canceller = first.canceller();
    drop(first);
    assert_eq!(one(&mut *second, "SELECT a FROM t"), "42");
    drop(second);
    canceller.cancel().unwrap(); // it keeps nothing open
    assert_eq!(
        one(&mut *connect(&target(&library, &path, true)).unwrap(), "SELECT a FROM t"),
        "42"
    );
}

#[test]
fn a_library_that_is_missing_or_another_is_told_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("libduckdb.so");
    let shown = missing.to_string_lossy().into_owned();
    let error = connect(&target(&shown, ":memory:", false)).err().unwrap();
    assert_eq!(error.reason, Reason::Connection);
    assert!(error.message.contains(&shown) && error.message.contains("`library`"), "{error}");
    assert!(error.hint.unwrap().contains("@duckdb/node-bindings-"));
    std::fs::write(&missing, "no library").unwrap();
    assert!(connect(&target(&shown, ":memory:", false)).is_err());
    // A library that is none of DuckDB's.
    if let Some(other) = ["/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6"]
        .into_iter()
        .find(|it| Path::new(it).exists())
    {
        let error = connect(&target(other, ":memory:", false)).err().unwrap();
        assert!(error.message.contains("no DuckDB this program knows"), "{error}");
    }
}

#[test]
fn the_catalogue_says_what_stands_in_a_database() {
    let library = library!();
    let mut session = memory(&library);
    for text in [
        "CREATE TABLE p (id INTEGER PRIMARY KEY, g INTEGER GENERATED ALWAYS AS (id * 2), \
           \"n n\" VARCHAR DEFAULT 'x' NOT NULL UNIQUE)",
        "CREATE TABLE c (a INTEGER, b VARCHAR, p INTEGER REFERENCES p(id), UNIQUE (a, b))",
        "CREATE UNIQUE INDEX ci ON c (b, (a + 1))",
        "CREATE VIEW v AS SELECT id, [id] AS l FROM p",
        "CREATE MACRO m(a, b) AS a + b",
        "CREATE SEQUENCE s",
        "CREATE TYPE mood AS ENUM ('a', 'b')",
        "COMMENT ON TABLE p IS 'people'",
        "CREATE SCHEMA \"o.t\"",
        "CREATE TABLE \"o.t\".\"we\"\"ird\" AS SELECT 1 AS x",
        "ATTACH ':memory:' AS other",
        "CREATE TABLE other.far (y DATE)",
        "INSERT INTO p (id) VALUES (1)",
    ] {
        all(&mut *session, text);
    }
    let schemas = session.schemas().unwrap();
    let named = |name: &str| schemas.iter().find(|it| it.name == name).unwrap().clone();
    assert!(named("main").current && !named("main").system);
    assert!(!named("o.t").system && !named("other.main").current);
    assert!(named("system.information_schema").system);
    let objects = |session: &mut dyn Session, of: &Objects<'_>| {
        let found = session.objects(of).unwrap();
        found.into_iter().map(|it| (it.kind, it.name)).collect::<Vec<_>>()
    };
    let of = Objects { schema: "main", pattern: None, after: None, limit: 100 };
    let expected = [
        (ObjectKind::Table, "c"),
        (ObjectKind::Function, "m(a, b)"),
        (ObjectKind::Type, "mood"),
        (ObjectKind::Table, "p"),
        (ObjectKind::Sequence, "s"),
        (ObjectKind::View, "v"),
    ]
    .map(|it| (it.0, it.1.to_owned()));
    assert_eq!(objects(&mut *session, &of), expected);
    let some = Objects { pattern: Some("M"), after: Some("m(a, b)"), limit: 1, ..of };
    assert_eq!(objects(&mut *session, &some), expected[2..3]);
    let p = session.describe("main", "p").unwrap();
    assert_eq!((p.object.comment.as_deref(), p.object.rows), (Some("people"), Some(1)));
    let fields: Vec<_> = p
        .columns
        .iter()
        .map(|it| (it.name.as_str(), it.type_name.as_str(), it.nullable, it.generated))
        .collect();
    assert_eq!(
        fields,
        [
            ("id", "INTEGER", Some(false), false),
            ("g", "INTEGER", Some(true), true),
            ("n n", "VARCHAR", Some(false), false)
        ]
    );
    assert_eq!(p.columns[2].default.as_deref(), Some("'x'"));
    let keys: Vec<_> = p.keys.iter().map(|it| (it.primary, it.columns.join(","))).collect();
    assert_eq!(keys, [(true, "id".to_owned()), (false, "n n".to_owned())]);
    assert!(p.definition.unwrap().starts_with("CREATE TABLE p"));
    let c = session.describe("main", "c").unwrap();
    if session.server().version.as_str() >= "1.2" {
        assert_eq!(p.referred.len(), 1);
        let reference = &c.references[0];
        assert_eq!(
            (reference.columns.as_slice(), reference.to_table.as_str()),
            (&["p".to_owned()][..], "p")
        );
        assert_eq!((&reference.to_columns[0], &p.referred[0]), (&"id".to_owned(), reference));
        assert_eq!(session.references("main").unwrap().len(), 1);
    }
    assert_eq!((c.indexes[0].name.as_str(), c.indexes[0].unique), ("ci", true));
    assert_eq!(c.indexes[0].columns.len(), 2);
    assert_eq!(session.describe("main", "v").unwrap().columns[1].type_name, "INTEGER[]");
    assert!(session.describe("main", "m(a, b)").unwrap().definition.is_some());
    assert_eq!(session.describe("o.t", "we\"ird").unwrap().columns[0].name, "x");
    assert_eq!(session.describe("main", "none").unwrap_err().reason, Reason::Usage);
    let far = session.tables("other.main").unwrap();
    assert_eq!((far[0].name.as_str(), far[0].columns[0].1.as_str()), ("far", "DATE"));
}

#[test]
fn ten_thousand_tables_are_listed() {
    let library = library!();
    let mut session = memory(&library);
    session.transaction(Step::Begin).unwrap();
    for at in 0..10_000 {
        all(&mut *session, &format!("CREATE TABLE t{at:05} (a INTEGER, b VARCHAR)"));
    }
    session.transaction(Step::Commit).unwrap();
    let asked = Instant::now();
    assert_eq!(session.tables("main").unwrap().len(), 10_000);
    let of = Objects { schema: "main", pattern: None, after: Some("t04999"), limit: 50 };
    let found = session.objects(&of).unwrap();
    assert_eq!((found.len(), found[0].name.as_str()), (50, "t05000"));
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
}

#[test]
fn a_plan_is_a_tree_and_what_was_measured_is_undone() {
    let library = library!();
    let mut session = memory(&library);
    all(&mut *session, "CREATE TABLE t AS SELECT range AS a FROM range(1000)");
    let text = "SELECT count(*) FROM t JOIN range(10) r ON r.range = t.a";
    let plan = session.explain(&Ask::new(text), false).unwrap();
    assert_eq!(plan.roots.len(), 1);
    let titles = |plan: &Plan| {
        let mut found = Vec::new();
        let mut left: Vec<_> = plan.roots.iter().collect();
        while let Some(node) = left.pop() {
            found.push(node.title.clone());
            left.extend(&node.children);
        }
        found.join(" / ")
    };
    assert!(
        titles(&plan).contains("HASH_JOIN") && plan.text.contains("HASH_JOIN"),
        "{}",
        titles(&plan)
    );
    assert_eq!(plan.running_ms, None);
    let plan = session.explain(&Ask::new(text), true).unwrap();
    if session.server().version.as_str() >= "1.5" {
        assert!(plan.running_ms.unwrap() > 0.0);
    }
    assert!(plan.roots[0].rows.is_some() && plan.roots[0].total_ms.is_some(), "{plan:?}");
    assert!(!titles(&plan).contains("EXPLAIN"), "{}", titles(&plan));
    session.explain(&Ask::new("DELETE FROM t"), true).unwrap();
    assert_eq!(one(&mut *session, "SELECT count(*) FROM t"), "1000");
    let error = session.explain(&Ask::new("SELECT nocol FROM t"), false).unwrap_err();
    assert_eq!(error.place.map(|it| it.offset), Some(7));
}
