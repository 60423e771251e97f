//! Every type, in and out.

use super::*;

/// A type, a value in SQL, what kind it is and its text.
type Row = (&'static str, &'static str, Kind, &'static str);

const BOTH: [Row; 62] = [
    ("tinyint", "-128", Kind::Integer, "-128"),
    ("tinyint(1)", "2", Kind::Integer, "2"),
    ("tinyint unsigned", "255", Kind::Integer, "255"),
    ("smallint", "-32768", Kind::Integer, "-32768"),
    ("smallint unsigned", "65535", Kind::Integer, "65535"),
    ("mediumint", "-8388608", Kind::Integer, "-8388608"),
    ("mediumint unsigned", "16777215", Kind::Integer, "16777215"),
    ("int", "-2147483648", Kind::Integer, "-2147483648"),
    ("int unsigned", "4294967295", Kind::Integer, "4294967295"),
    ("int(8) unsigned zerofill", "42", Kind::Integer, "00000042"),
    ("bigint", "-9223372036854775808", Kind::Integer, "-9223372036854775808"),
    ("bigint unsigned", "18446744073709551615", Kind::Integer, "18446744073709551615"),
    (
        "decimal(65,30)",
        "-12345678901234567890123456789012345.123456789012345678901234567890",
        Kind::Decimal,
        "-12345678901234567890123456789012345.123456789012345678901234567890",
    ),
    ("decimal(10,2)", "1.5", Kind::Decimal, "1.50"),
    ("decimal(5,0) unsigned", "7", Kind::Decimal, "7"),
    ("float", "16777215", Kind::Float, "16777215"),
    ("float", "1.2345678", Kind::Float, "1.2345678"),
    ("float", "3.4028234e38", Kind::Float, "3.4028235e38"),
    ("float(7,3)", "1234.5", Kind::Float, "1234.500"),
    ("double", "0.1", Kind::Float, "0.1"),
    ("double", "1e15", Kind::Float, "1e15"),
    ("double", "1e14", Kind::Float, "100000000000000"),
    ("double", "-1.7976931348623157e308", Kind::Float, "-1.7976931348623157e308"),
    ("double", "2.2250738585072014e-308", Kind::Float, "2.2250738585072014e-308"),
    ("double(10,3)", "2.5", Kind::Float, "2.500"),
    ("bit(1)", "b'1'", Kind::Integer, "1"),
    ("bit(64)", "0xFFFFFFFFFFFFFFFF", Kind::Integer, "18446744073709551615"),
    ("date", "'9999-12-31'", Kind::Date, "9999-12-31"),
    ("date", "'0000-00-00'", Kind::Date, "0000-00-00"),
    ("date", "'2024-00-00'", Kind::Date, "2024-00-00"),
    ("time", "'838:59:59'", Kind::Time, "838:59:59"),
    ("time", "'-838:59:59'", Kind::Time, "-838:59:59"),
    ("time(6)", "'-00:00:00.000001'", Kind::Time, "-00:00:00.000001"),
    ("time(3)", "'12:34:56.7'", Kind::Time, "12:34:56.700"),
    ("time", "'0:0:0'", Kind::Time, "00:00:00"),
    ("datetime", "'1000-01-01'", Kind::Timestamp, "1000-01-01 00:00:00"),
    ("datetime", "'0000-00-00'", Kind::Timestamp, "0000-00-00 00:00:00"),
    ("datetime(6)", "'9999-12-31 23:59:59.999999'", Kind::Timestamp, "9999-12-31 23:59:59.999999"),
    ("datetime(3)", "'2024-02-29 01:02:03'", Kind::Timestamp, "2024-02-29 01:02:03.000"),
    (
        "timestamp(6) null",
        "'2001-02-03 04:05:06.000007'",
        Kind::Timestamp,
        "2001-02-03 04:05:06.000007",
    ),
    ("year", "2155", Kind::Integer, "2155"),
    ("year", "0", Kind::Integer, "0000"),
    ("char(5)", "'é '", Kind::Text, "é"),
    ("varchar(20)", "''", Kind::Text, ""),
    ("varchar(20)", "'\u{1f600}\\'\\\\\\n'", Kind::Text, "\u{1f600}'\\\n"),
    ("varchar(20) character set latin1", "'ÿ'", Kind::Text, "ÿ"),
    ("tinytext", "'a'", Kind::Text, "a"),
    ("text", "'b'", Kind::Text, "b"),
    ("mediumtext", "'c'", Kind::Text, "c"),
    ("longtext", "'d'", Kind::Text, "d"),
    ("binary(3)", "x'00ff'", Kind::Bytes, "00ff00"),
    ("varbinary(9)", "x'00ff27'", Kind::Bytes, "00ff27"),
    ("tinyblob", "x'ff'", Kind::Bytes, "ff"),
    ("blob", "''", Kind::Bytes, ""),
    ("mediumblob", "x'00'", Kind::Bytes, "00"),
    ("longblob", "x'5c27'", Kind::Bytes, "5c27"),
    ("enum('x','é''s')", "2", Kind::Enum, "é's"),
    ("set('a','b','c')", "5", Kind::Text, "a,c"),
    ("set('a','b','c')", "''", Kind::Text, ""),
    ("int", "NULL", Kind::Null, "NULL"),
    ("varchar(5)", "NULL", Kind::Null, "NULL"),
    ("varchar(5)", "'NULL'", Kind::Text, "NULL"),
];

/// Types that a definition writes otherwise than it is written here.
fn name(server: &str, kind: Kind, type_name: &str) -> String {
    let type_name = type_name.replace(" null", "").replace(" character set latin1", "");
    match type_name.as_str() {
        it if it.starts_with("enum") => "enum".into(),
        it if it.starts_with("set") => "set".into(),
        "json" if server == "MariaDB" && kind != Kind::Json => "longtext".into(),
        it => it.into(),
    }
}

fn value(kind: Kind, bytes: &[u8]) -> Value {
    let text = || String::from_utf8(bytes.to_vec()).expect("text");
    match kind {
        Kind::Null => Value::Null,
        Kind::Bytes => Value::Bytes(bytes.to_vec()),
        kind if kind.is_number() => Value::Number(text()),
        _ => Value::Text(text()),
    }
}

#[test]
fn every_type_comes_exactly_and_goes_back() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_types");
        let session = &mut *session;
        run(session, "SET sql_mode = 'ALLOW_INVALID_DATES'");
        let mut rows = BOTH.to_vec();
        match server {
            "MySQL" => {
                rows.push((
                    "json",
                    r#"'{"a": 12345678901234567890}'"#,
                    Kind::Json,
                    r#"{"a": 12345678901234567890}"#,
                ));
                rows.push((
                    "vector(3)",
                    "string_to_vector('[1,-2.5,3.4028235e38]')",
                    Kind::Array,
                    "[1,-2.5,3.4028235e38]",
                ));
            }
            _ => {
                rows.push(("json", r#"'{"a":1,"a":2}'"#, Kind::Json, r#"{"a":1,"a":2}"#));
                let it = "123e4567-e89b-12d3-a456-426655440000";
                rows.push(("uuid", "'123e4567-e89b-12d3-a456-426655440000'", Kind::Uuid, it));
                rows.push(("inet6", "'2001:db8::1'", Kind::Other, "2001:db8::1"));
            }
        }
        for (type_name, sql, kind, text) in rows {
            run(session, "DROP TABLE IF EXISTS t");
            run(session, &format!("CREATE TABLE t (id int primary key, v {type_name})"));
            run(session, &format!("INSERT INTO t VALUES (1, {sql})"));
            let taken = run(session, "SELECT v FROM t");
            let (cell, column) = (&taken.rows[0][0], &taken.columns[0][0]);
            assert_eq!(
                (cell.0, taken.only().as_str()),
                (kind, text),
                "{server}: {type_name} {sql}"
            );
            assert_eq!(column.type_name, name(server, kind, type_name), "{server}: {type_name}");
            assert!(kind == Kind::Null || column.kind == kind, "{server}: {type_name}");
            // In the form of text it is the same, but for FLOAT.
            let shown = run(session, "SHOW WARNINGS").texts();
            assert_eq!(shown, Vec::<Vec<String>>::new(), "{server}: {type_name}");
            let open = if type_name.starts_with("vector") { "string_to_vector(?)" } else { "?" };
            let back = value(cell.0, &cell.1);
            let put = format!("INSERT INTO t VALUES (2, {open})");
            ask(session, &put, &[back])
                .unwrap_or_else(|it| panic!("{server}: {type_name} {sql}: {it:?}"));
            let same = "SELECT hex(a.v) <=> hex(b.v) FROM t a, t b WHERE a.id = 1 AND b.id = 2";
            let same = if kind == Kind::Float { same.replace("hex", "") } else { same.into() };
            assert_eq!(one(session, &same), "1", "{server}: {type_name} {sql} goes back");
        }
    }
}

#[test]
fn both_forms_of_a_result_have_the_same_text() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_forms");
        let session = &mut *session;
        run(session, "SET sql_mode = 'ALLOW_INVALID_DATES'");
        let rows: Vec<_> = BOTH.iter().filter(|it| it.0 != "float").collect();
        let columns: Vec<String> =
            rows.iter().enumerate().map(|(at, it)| format!("v{at} {}", it.0)).collect();
        run(session, &format!("CREATE TABLE t ({})", columns.join(", ")));
        let values: Vec<&str> = rows.iter().map(|it| it.1).collect();
        run(session, &format!("INSERT INTO t VALUES ({})", values.join(", ")));
        // A procedure that MariaDB and MySQL answer by the form of text.
        let prepared = run(session, "SELECT * FROM t").texts();
        run(session, "SET @@session.lc_time_names = 'en_US'");
        let told = run(session, "/*! */ SELECT * FROM t").texts();
        assert_eq!(prepared, told, "{server}");
        let expected: Vec<&str> = rows.iter().map(|it| it.3).collect();
        assert_eq!(told[0], expected, "{server}");
    }
}

#[test]
fn doubles_are_written_as_the_server_writes_them() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_doubles");
        let session = &mut *session;
        run(session, "CREATE TABLE d (n int primary key auto_increment, v double)");
        let mut seed = 7_u64;
        let mut numbers = Vec::new();
        while numbers.len() < 4000 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            // As many of a size that people write as of any size at all.
            let number = match numbers.len() % 3 {
                0 => f64::from_bits(seed),
                1 => (seed >> 20) as f64 / 10f64.powi((seed % 40) as i32),
                _ => ((seed >> 44) as f64) * 10f64.powi((seed % 30) as i32 - 15),
            };
            if number.is_finite() {
                numbers.push(number);
            }
        }
        for part in numbers.chunks(1000) {
            let values: Vec<Value> =
                part.iter().map(|it| Value::Number(format!("{it:e}"))).collect();
            let places = vec!["(?)"; part.len()].join(",");
            ask(session, &format!("INSERT INTO d (v) VALUES {places}"), &values).expect("numbers");
        }
        let ours = run(session, "SELECT v FROM d ORDER BY n").texts();
        let theirs = run(session, "/*! */ SELECT v FROM d ORDER BY n").texts();
        assert_eq!(ours.len(), numbers.len());
        for ((ours, theirs), number) in ours.iter().zip(&theirs).zip(&numbers) {
            assert_eq!(ours, theirs, "{server}: {number:e}");
            assert_eq!(ours[0].parse::<f64>().ok(), Some(*number), "{server}");
        }
    }
}

#[test]
fn shapes_come_as_text_and_go_back() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_shapes");
        let session = &mut *session;
        for text in [
            "POINT(0.1 -2)",
            "LINESTRING(0 0,1 1.5)",
            "POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))",
            "MULTIPOINT(1 1,2 2)",
            "MULTILINESTRING((0 0,1 1),(2 2,3 3))",
            "MULTIPOLYGON(((0 0,4 0,4 4,0 0)))",
            "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))",
            "GEOMETRYCOLLECTION EMPTY",
        ] {
            let made = format!("SELECT ST_GeomFromText('{text}')");
            let taken = run(session, &made);
            assert_eq!(
                (taken.rows[0][0].0, taken.only()),
                (Kind::Geometry, text.to_owned()),
                "{server}"
            );
            assert_eq!(taken.columns[0][0].type_name, "geometry", "{server}");
            let back = "SELECT HEX(ST_GeomFromText(?)) = HEX(ST_GeomFromText(?))";
            let values = [Value::Text(taken.only()), Value::Text(text.into())];
            assert_eq!(
                ask(session, back, &values).expect("a shape").only(),
                "1",
                "{server} {text}"
            );
        }
        assert_eq!(
            one(session, "SELECT ST_GeomFromText('POINT(1 2)', 3857)"),
            "SRID=3857;POINT(1 2)"
        );
        run(session, "CREATE TABLE g (p point)");
        run(session, "INSERT INTO g VALUES (ST_GeomFromText('POINT(3 4)'))");
        let taken = run(session, "SELECT p FROM g");
        assert_eq!(taken.only(), "POINT(3 4)");
        let name = &taken.columns[0][0].type_name;
        assert_eq!(name, if server == "MariaDB" { "point" } else { "geometry" });
    }
}

#[test]
fn text_that_is_none_comes_as_bytes() {
    for (server, target) in servers() {
        let mut session = fresh(&target, "backstory_bytes");
        let session = &mut *session;
        let taken = run(session, "SELECT CAST(x'fffe41' AS BINARY), 'é', UNHEX('00')");
        assert_eq!(taken.texts(), [["fffe41", "é", "00"]], "{server}");
        let kinds: Vec<Kind> = taken.rows[0].iter().map(|it| it.0).collect();
        assert_eq!(kinds, [Kind::Bytes, Kind::Text, Kind::Bytes], "{server}");
    }
}

#[test]
fn values_arrive_as_they_were_given() {
    for (server, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let values = [
            Value::Null,
            Value::Bool(true),
            Value::Number("-9223372036854775808".into()),
            Value::Number("18446744073709551615".into()),
            Value::Number("0.1234567890123456789012345678".into()),
            Value::Number("1.5e300".into()),
            Value::Text("it's \\ \u{1f600}".into()),
            Value::Bytes(vec![0, 255, b'\'']),
        ];
        let taken = ask(&mut *session, "SELECT ?, ?, ?, ?, ?, ?, ?, ?", &values).expect("values");
        let expected = [
            "NULL",
            "1",
            "-9223372036854775808",
            "18446744073709551615",
            "0.1234567890123456789012345678",
            "1.5e300",
            "it's \\ \u{1f600}",
            "00ff27",
        ];
        let texts = taken.texts();
        let decimals = texts[0][4].trim_end_matches('0');
        assert_eq!(decimals, expected[4], "{server}");
        assert_eq!(
            [&texts[0][..4], &texts[0][5..]].concat(),
            [&expected[..4], &expected[5..]].concat(),
            "{server}"
        );
        let many = ask(&mut *session, "SELECT ?, '?', `x?` FROM (SELECT 1 AS `x?`) t -- ?", &[]);
        let failure = many.map(drop).expect_err("a value is missing");
        assert_eq!(failure.reason, crate::Reason::Usage);
        assert_eq!(one(&mut *session, "SELECT 2"), "2");
    }
}
