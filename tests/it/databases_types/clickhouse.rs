//! ClickHouse, compared with what it writes itself between tabs.

use super::{Own, Type, from_tabs, of, prove};
use crate::home::Home;
use crate::support::Backstory;
use std::path::Path;

const BOTH: &[Type] = &[
    of("Int8", &["-128"]),
    of("UInt8", &["255"]),
    of("Int64", &["-9223372036854775808", "9223372036854775807", "9007199254740993"]),
    of("UInt64", &["18446744073709551615"]),
    of("Float32", &["1.5", "3.4028235e38", "nan", "-inf", "0.1"]),
    of(
        "Float64",
        &["0.1", "nan", "inf", "-inf", "1.7976931348623157e308", "5e-324", "1e15", "100"],
    ),
    of("Decimal(9, 2)", &["1.5", "-0.01", "0"]),
    of(
        "Decimal(38, 18)",
        &["'99999999999999999999.999999999999999999'", "'-0.000000000000000001'"],
    ),
    of(
        "String",
        &[
            "''",
            "'NULL'",
            "'\\\\N'",
            "'it\\'s \\\\ \\t\\n\\r\\0'",
            "'\"'",
            "'a,b'",
            "'日本🦀'",
            "'NaN'",
            "'{}'",
        ],
    ),
    of("Nullable(String)", &["NULL", "''", "'NULL'", "'ᴺᵁᴸᴸ'"]),
    of("Nullable(Int32)", &["7", "NULL"]),
    of("Nullable(Float64)", &["nan", "NULL"]),
    of("FixedString(3)", &["'ab'", "'abc'"]),
    of("Date", &["'2024-02-29'", "'1970-01-01'"]),
    of("DateTime", &["'2024-02-29 12:34:56'"]),
    of("DateTime('Asia/Tokyo')", &["'2024-02-29 12:34:56'"]),
    of("UUID", &["'61f0c404-5cb3-11e7-907b-a6006ad3dba0'"]),
    of("Enum8('a' = -1, 'it\\'s' = 2)", &["'it\\'s'", "'a'"]),
    of("Array(UInt64)", &["[18446744073709551615, 0]", "[]"]),
    of("Array(String)", &["['a\\tb', 'it\\'s', '\\\\', 'a\"b', 'a,b', '']"]),
    of("Array(Array(UInt8))", &["[[1, 2], [], [3]]"]),
    of("Array(Nullable(String))", &["['NULL', NULL]"]),
    of("Tuple(UInt8, String)", &["(1, 'a\\'b')"]),
];

const NEW: &[Type] = &[
    of("String", &["unhex('00FF27')", "unhex('C3')"])
        .shown("concat('\\\\x', lower(hex(v)))")
        .not_loaded(),
    of("FixedString(2)", &["unhex('FFFE')"]).shown("concat('\\\\x', lower(hex(v)))").not_loaded(),
    of("LowCardinality(String)", &["'low'", "''"]),
    of("LowCardinality(Nullable(String))", &["NULL", "'x'", "''"]),
    of("Bool", &["true", "false"]),
    of("Nullable(Bool)", &["NULL", "true"]),
    of("Int128", &["'-170141183460469231731687303715884105728'"]),
    of(
        "Int256",
        &["'-57896044618658097711785492504343953926634992332820282019728792003956564819968'"],
    ),
    of(
        "UInt256",
        &["'115792089237316195423570985008687907853269984665640564039457584007913129639935'"],
    ),
    of(
        "Decimal256(38)",
        &[
            "'-0.00000000000000000000000000000000000001'",
            "'12345678901234567890123456789012345678.5'",
        ],
    ),
    of("BFloat16", &["1.5"]),
    of(
        "DateTime64(9, 'UTC')",
        &["'2024-02-29 12:34:56.123456789'", "'1900-01-01 00:00:00.000000001'"],
    ),
    of("DateTime64(3)", &["'2299-12-31 23:59:59.999'"]),
    of("Date32", &["'1900-01-01'", "'2299-12-31'"]),
    of("IPv4", &["'1.2.3.4'"]),
    of("IPv6", &["'2001:db8::1'", "'::ffff:1.2.3.4'"]),
    of("Map(String, UInt8)", &["map('k\\'', 1)", "map()", "map('a', 1, 'a', 2)"]),
    of(
        "Map(LowCardinality(String), Array(Nullable(UInt64)))",
        &["map('', [NULL, 18446744073709551615])"],
    ),
    of("Tuple(a UInt8, b Nullable(String))", &["(1, NULL)", "(0, '')"]),
    of("Array(Map(String, Tuple(UInt8, String)))", &["[map('a', (1, 'it\\'s'))]"]),
    of("Nested(a UInt8, b String)", &[]),
    of("Enum16('x' = 1000)", &["'x'"]),
    of("Point", &["(1.5, -2)"]),
    of("Polygon", &["[[(0, 0), (1, 0), (1, 1)]]"]),
    of("JSON", &["'{\"a\":{\"b\":\"x\\\\ty\"},\"n\":9007199254740993}'", "'{}'"]),
    of("Variant(String, UInt64)", &["'x'", "5::UInt64", "NULL"]),
    of("Dynamic", &["'x'", "5", "NULL", "[1]"]),
    of("SimpleAggregateFunction(sum, UInt64)", &["5"]),
    of("Time", &["'100:00:00'"]),
];

struct Server {
    server: &'static servers::Running,
    database: String,
    new: bool,
}

impl Server {
    fn ask(&self, text: &str) -> Result<String, String> {
        self.server.sql(&self.database, text).map_err(|it| it.chars().take(500).collect())
    }
}

impl Own for Server {
    fn connection(&self) -> String {
        format!("clickhouse://127.0.0.1:{}/{}", self.server.port, self.database)
    }

    fn create(&self, table: &str, type_name: &str) -> String {
        format!("create table {table} (id UInt32, v {type_name}) engine = Memory;\n")
    }

    fn script(&self, text: &str) -> Result<(), String> {
        for statement in text.split(";\n").filter(|it| !it.trim().is_empty()) {
            self.ask(statement).map_err(|it| format!("{it}: {statement}"))?;
        }
        Ok(())
    }

    fn texts(&self, table: &str, it: &Type) -> Result<Vec<Option<Vec<u8>>>, String> {
        let printed =
            self.ask(&format!("select {} from {table} order by id format TabSeparated", it.shown))?;
        // Within lists and the like it escapes as it does outside of tables.
        let nested = ["Array", "Tuple", "Map"].iter().any(|of| it.name.starts_with(of));
        let field = |line: &str| match nested {
            true => Some(line.as_bytes().to_vec()),
            false => from_tabs(line.as_bytes()),
        };
        Ok(printed.lines().map(field).collect())
    }

    fn differing(&self, one: &str, other: &str, it: &Type) -> Result<String, String> {
        // Old servers cannot take one result from another: their texts tell.
        let rows = |table: &str| {
            let v = if it.name.starts_with("String") || it.name.starts_with("Fixed") {
                "hex(v)"
            } else {
                "v"
            };
            self.ask(&format!("select id, {v} from {table} order by id format TabSeparated"))
        };
        let (one, other) = (rows(one)?, rows(other)?);
        Ok(if one == other { String::new() } else { format!("{one:?} is {other:?}") })
    }

    fn loads(&self) -> Option<&'static str> {
        Some("tsv")
    }

    fn load(&self, table: &str, file: &Path, it: &Type) -> Result<(), String> {
        let text = std::fs::read_to_string(file).unwrap();
        match it.loaded.filter(|it| *it != "@v") {
            Some(by) => self.ask(&format!(
                "insert into {table} select id, {by} from input('id UInt32, v String') format TSVWithNames\n{text}"
            )),
            None => self.ask(&format!("insert into {table} (id, v) format TabSeparatedWithNames\n{text}")),
        }
        .map(drop)
    }

    fn qualified(&self, table: &str) -> String {
        // The front of the current one keeps no sessions, in which a database would be chosen.
        format!("{}.{table}", self.database)
    }

    fn same(&self, ours: &str, own: &str, _: &Type) -> bool {
        ours == own || (!self.new && ours == own.trim_end_matches('0'))
    }
}

fn proven(server: &'static servers::Running, types: &[Type], new: bool) {
    let own = Server { server, database: server.database().unwrap(), new };
    prove(&Backstory::new(), &Home::new(), &own, types);
}

#[test]
fn every_type_of_clickhouse_is_exact_in_page_csv_and_json_and_comes_back() {
    if let Some(server) = servers::clickhouse() {
        let types: Vec<Type> =
            [BOTH, NEW].concat().into_iter().filter(|it| !it.values.is_empty()).collect();
        proven(server, &by_insert(&types), true);
    }
}

#[test]
fn every_type_of_an_old_clickhouse_is_exact_in_page_csv_and_json_and_comes_back() {
    if let Some(server) = servers::clickhouse_old() {
        // It takes no text for a list or a tuple among VALUES.
        let bare = |it: &Type| it.name.starts_with("Array") || it.name.starts_with("Tuple");
        let types: Vec<Type> =
            BOTH.iter().map(|it| if bare(it) { it.not_inserted() } else { *it }).collect();
        proven(server, &by_insert(&types), false);
    }
}

/// Between tabs it takes lists and the like without the marks that text has there: they come back by INSERT alone.
fn by_insert(types: &[Type]) -> Vec<Type> {
    let nested = |it: &Type| ["Array", "Tuple", "Map"].iter().any(|of| it.name.starts_with(of));
    types.iter().map(|it| if nested(it) { it.not_loaded() } else { *it }).collect()
}
