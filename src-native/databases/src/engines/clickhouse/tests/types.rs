//! Every type, in and out.

use super::*;

/// A type, a value in SQL, its kind and its text.
type Row = (&'static str, &'static str, Kind, &'static str);

const BOTH: [Row; 34] = [
    ("Int8", "-128", Kind::Integer, "-128"),
    ("UInt8", "255", Kind::Integer, "255"),
    ("Int16", "-32768", Kind::Integer, "-32768"),
    ("Int32", "-2147483648", Kind::Integer, "-2147483648"),
    ("Int64", "-9223372036854775808", Kind::Integer, "-9223372036854775808"),
    ("UInt64", "18446744073709551615", Kind::Integer, "18446744073709551615"),
    ("Float32", "1.2345678", Kind::Float, "1.2345678"),
    ("Float64", "0.1", Kind::Float, "0.1"),
    ("Float64", "nan", Kind::Float, "nan"),
    ("Float64", "-inf", Kind::Float, "-inf"),
    ("Float64", "1.7976931348623157e308", Kind::Float, "1.7976931348623157e308"),
    ("Decimal(9, 2)", "toDecimal32('1.5', 2)", Kind::Decimal, "1.50"),
    (
        "Decimal(38, 20)",
        "toDecimal128('-123456789012345678.12345678901234567891', 20)",
        Kind::Decimal,
        "-123456789012345678.12345678901234567891",
    ),
    ("String", "''", Kind::Text, ""),
    ("String", "'it\\'s \\\\ \\t\\n\\r\\0 \u{1f600}'", Kind::Text, "it's \\ \t\n\r\0 \u{1f600}"),
    ("String", "'\\\\N'", Kind::Text, "\\N"),
    ("String", "unhex('00FF27')", Kind::Bytes, "00ff27"),
    ("Nullable(String)", "NULL", Kind::Null, "NULL"),
    ("Nullable(String)", "'NULL'", Kind::Text, "NULL"),
    ("Nullable(Int32)", "7", Kind::Integer, "7"),
    ("FixedString(3)", "'ab'", Kind::Text, "ab\0"),
    ("FixedString(2)", "unhex('FFFE')", Kind::Bytes, "fffe"),
    ("Date", "toDate('2024-02-29')", Kind::Date, "2024-02-29"),
    ("DateTime", "toDateTime('2024-02-29 12:34:56')", Kind::Timestamp, "2024-02-29 12:34:56"),
    (
        "DateTime('Asia/Tokyo')",
        "toDateTime('2024-02-29 12:34:56', 'Asia/Tokyo')",
        Kind::Timestamp,
        "2024-02-29 12:34:56",
    ),
    (
        "UUID",
        "toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')",
        Kind::Uuid,
        "61f0c404-5cb3-11e7-907b-a6006ad3dba0",
    ),
    ("Enum8('a' = -1, 'it\\'s' = 2)", "'it\\'s'", Kind::Enum, "it's"),
    ("Enum16('x' = 1000)", "'x'", Kind::Enum, "x"),
    ("Array(UInt64)", "[18446744073709551615, 0]", Kind::Array, "[18446744073709551615,0]"),
    ("Array(String)", "['a\\tb', 'it\\'s', '\\\\']", Kind::Array, "['a\\tb','it\\'s','\\\\']"),
    ("Array(Array(UInt8))", "[[1, 2], [], [3]]", Kind::Array, "[[1,2],[],[3]]"),
    ("Array(Nullable(String))", "['NULL', NULL]", Kind::Array, "['NULL',NULL]"),
    ("Tuple(UInt8, String)", "(1, 'a\\'b')", Kind::Record, "(1,'a\\'b')"),
    ("LowCardinality(String)", "'low'", Kind::Text, "low"),
];

const NEW: [Row; 17] = [
    ("Bool", "true", Kind::Bool, "true"),
    (
        "Int128",
        "'-170141183460469231731687303715884105728'",
        Kind::Integer,
        "-170141183460469231731687303715884105728",
    ),
    (
        "UInt256",
        "'115792089237316195423570985008687907853269984665640564039457584007913129639935'",
        Kind::Integer,
        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
    ),
    (
        "Decimal(76, 38)",
        "'-0.00000000000000000000000000000000000001'",
        Kind::Decimal,
        "-0.00000000000000000000000000000000000001",
    ),
    (
        "DateTime64(9, 'UTC')",
        "'2024-02-29 12:34:56.123456789'",
        Kind::Timestamp,
        "2024-02-29 12:34:56.123456789",
    ),
    ("Date32", "'1900-01-01'", Kind::Date, "1900-01-01"),
    ("IPv4", "'1.2.3.4'", Kind::Other, "1.2.3.4"),
    ("IPv6", "'2001:db8::1'", Kind::Other, "2001:db8::1"),
    ("Map(String, UInt8)", "map('k\\'', 1)", Kind::Record, "{'k\\'':1}"),
    ("Tuple(a UInt8, b Nullable(String))", "(1, NULL)", Kind::Record, "(1,NULL)"),
    (
        "JSON",
        "'{\"a\":{\"b\":\"x\\\\ty\"},\"n\":1}'",
        Kind::Json,
        "{\"a\":{\"b\":\"x\\ty\"},\"n\":1}",
    ),
    ("LowCardinality(Nullable(String))", "NULL", Kind::Null, "NULL"),
    ("LowCardinality(Nullable(String))", "'x'", Kind::Text, "x"),
    ("Point", "(1.5, -2)", Kind::Geometry, "(1.5,-2)"),
    ("Polygon", "[[(0, 0), (1, 0), (1, 1)]]", Kind::Geometry, "[[(0,0),(1,0),(1,1)]]"),
    ("SimpleAggregateFunction(sum, UInt64)", "5", Kind::Integer, "5"),
    (
        "Array(Map(String, Tuple(UInt8, String)))",
        "[map('a', (1, 'it\\'s'))]",
        Kind::Array,
        "[{'a':(1,'it\\'s')}]",
    ),
];

#[test]
fn every_type_comes_exactly_and_goes_back() {
    for (age, target) in servers() {
        let mut session = fresh(&target, "backstory_types");
        let session = &mut *session;
        if age == Age::Old {
            run(session, "SET allow_experimental_low_cardinality_type = 1");
        }
        let more: &[Row] = if age == Age::New { &NEW } else { &[] };
        for (type_name, sql, kind, text) in BOTH.iter().chain(more) {
            run(session, "DROP TABLE IF EXISTS backstory_types.t");
            run(
                session,
                &format!(
                    "CREATE TABLE backstory_types.t (id UInt8, v {type_name}) ENGINE = Memory"
                ),
            );
            run(
                session,
                &format!("INSERT INTO backstory_types.t SELECT 1, CAST({sql} AS {type_name})"),
            );
            let taken = run(session, "SELECT v FROM backstory_types.t");
            // Servers of today leave out the last zeros.
            let text = match (age, kind) {
                (Age::New, Kind::Decimal) => text.trim_end_matches('0'),
                _ => text,
            };
            let cell = &taken.rows[0][0];
            assert_eq!(
                (cell.0, taken.only().as_str()),
                (*kind, text),
                "{age:?}: {type_name} {sql}"
            );
            assert_eq!(taken.columns[0].type_name, *type_name, "{age:?}");
            // JSON has no equality, and old servers cast to no zone and not to LowCardinality.
            let uncast =
                age == Age::Old && (type_name.contains("Tokyo") || type_name.starts_with("Low"));
            if *type_name == "JSON" || uncast {
                continue;
            }
            let value = match kind {
                Kind::Null => Value::Null,
                Kind::Bytes => Value::Bytes(cell.1.clone()),
                Kind::Integer | Kind::Decimal => Value::Number(taken.only()),
                _ => Value::Text(taken.only()),
            };
            // By the address, and within the statement where that is too long for the address.
            let long = Value::Text("x".repeat(9000));
            // No server casts a text to a map.
            let ways = if type_name.contains("Map") { 1 } else { 2 };
            for values in [&[value.clone()][..], &[value, long]].into_iter().take(ways) {
                let text = format!(
                    "SELECT toString(v) = toString({{back:{type_name}}}), v IS NULL AND {{back:{type_name}}} IS NULL {} \
                     FROM backstory_types.t",
                    if values.len() > 1 { ", length({long:String})" } else { "" }
                );
                let text = match *type_name {
                    it if age == Age::Old && it.contains("Tuple") => text.replace("toString", ""),
                    _ => text,
                };
                let found = ask(session, &text, values)
                    .unwrap_or_else(|it| panic!("{age:?}: {type_name}: {it:?}"));
                let row = &found.texts()[0];
                assert!(
                    row[0] == "1" || row[1] == "1",
                    "{age:?}: {type_name} {sql} goes back: {row:?}"
                );
            }
        }
    }
}

#[test]
fn names_of_columns_come_as_they_are_given() {
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let taken =
            run(&mut *session, "SELECT 1 AS `a\\tb\\`'`, 2 AS `a\\tb\\`'2`, 'x' AS `\u{1f600}`");
        let names: Vec<_> = taken.columns.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a\tb`'", "a\tb`'2", "\u{1f600}"], "{age:?}");
        let types: Vec<_> = taken.columns.iter().map(|it| it.type_name.as_str()).collect();
        assert_eq!(types, ["UInt8", "UInt8", "String"], "{age:?}");
    }
}
