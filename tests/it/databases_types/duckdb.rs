//! DuckDB, compared with what it makes of each value as text. It has no client but its library.

use super::{Own, Type, of, prove, text_of};
use crate::home::Home;
use crate::support::Backstory;
use serde_json::{Value, json};
use std::path::Path;

const TYPES: &[Type] = &[
    of("BOOLEAN", &["true", "false", "NULL"]),
    of("TINYINT", &["-128"]),
    of("UTINYINT", &["255"]),
    of("BIGINT", &["-9223372036854775808", "9223372036854775807", "9007199254740993", "NULL"]),
    of("UBIGINT", &["18446744073709551615"]),
    of(
        "HUGEINT",
        &["170141183460469231731687303715884105727", "'-170141183460469231731687303715884105728'"],
    ),
    of("UHUGEINT", &["'340282366920938463463374607431768211455'"]),
    of("BIGNUM", &["'-123456789012345678901234567890123456789012345678901234567890'"]),
    of("DECIMAL(38,18)", &["'99999999999999999999.999999999999999999'", "'-0.000000000000000001'"]),
    of("DECIMAL(4,2)", &["-0.05", "1.5"]),
    of("FLOAT", &["0.1", "16777216", "3.4028235e38", "1e-45", "'nan'", "'-inf'"]),
    of(
        "DOUBLE",
        &[
            "0.1",
            "'-0'",
            "1e15",
            "1e16",
            "5e-324",
            "1.7976931348623157e308",
            "'nan'",
            "'inf'",
            "NULL",
        ],
    ),
    of(
        "VARCHAR",
        &[
            "NULL",
            "''",
            "'NULL'",
            "'NaN'",
            "'it''s'",
            "'\"'",
            "'a,b'",
            "chr(9) || chr(10) || chr(13)",
            "'a' || chr(0) || 'b'",
            "'\\N'",
            "'日本🦀'",
            "'  two  '",
            "'a\\b'",
        ],
    ),
    of("BLOB", &["''", "'\\x00\\xFF\\x27'::BLOB", "'abc'::BLOB", "NULL"])
        .shown("'\\x' || lower(hex(v))")
        .not_loaded(),
    of("BIT", &["'0101'", "'110100101'"]),
    of(
        "DATE",
        &[
            "'2024-02-29'",
            "'0044-03-15 (BC)'",
            "'5881580-07-10'",
            "'infinity'",
            "'-infinity'",
            "NULL",
        ],
    ),
    of("TIME", &["'24:00:00'", "'23:59:59.999999'"]),
    of("TIMETZ", &["'12:34:56.000001+02:30'", "'00:00:00+15:59:59'"]),
    of(
        "TIMESTAMP",
        &[
            "'1969-12-31 23:59:59.999999'",
            "'290309-12-22 (BC) 00:00:00'",
            "'infinity'",
            "'294247-01-10 04:00:54.775806'",
        ],
    )
    .not_loaded(), // its own reader of CSV takes the first for a moment with a zone
    of("TIMESTAMP_S", &["'2024-07-01 12:00:00'"]),
    of("TIMESTAMP_MS", &["'1969-12-31 23:59:59.999'"]),
    of("TIMESTAMP_NS", &["'2024-07-01 12:00:00.000000001'"]),
    of("TIMESTAMPTZ", &["'2024-07-01 12:00:00.5+02'", "'infinity'"]),
    of(
        "INTERVAL",
        &[
            "'1 year 1 month 1 day'",
            "'-2 years 30 months -5 days 04:05:06.7'",
            "'-1 microsecond'",
            "'300:00:00'",
        ],
    ),
    of("UUID", &["'ffffffff-ffff-4fff-bfff-ffffffffffff'"]),
    of("ENUM('a', 'it''s')", &["'it''s'", "NULL"]),
    of("INTEGER[]", &["[1, NULL, 3]", "[]", "NULL"]),
    of(
        "VARCHAR[]",
        &["['a,b', ' x', 'null', 'NULL', '', 'é', 'a''b', 'a\"b', NULL, '[', 'two words', 'a\\b']"],
    ),
    of("INTEGER[2][2]", &["[[1, 2], [3, 4]]"]),
    of("TIMESTAMP[]", &["[TIMESTAMP '2024-01-01 00:00:00', 'infinity'::TIMESTAMP]"]),
    of(
        "STRUCT(\"a b\" INTEGER, c VARCHAR)",
        &["{'a b': 1, 'c': 'it''s'}", "{'a b': NULL, 'c': ''}", "NULL"],
    ),
    of("STRUCT(a STRUCT(b INTEGER[]), c VARCHAR[])", &["{'a': {'b': [1, 2]}, 'c': ['y z', NULL]}"]),
    of("MAP(VARCHAR, INTEGER)", &["MAP {'a b': 1, '': 2, 'x=y': NULL}", "MAP {}"]),
    of("UNION(n INTEGER, s VARCHAR)", &["union_value(s := 'a b')"]), // its text does not say which member a number is of
    of("JSON", &["'{\"a\": 9007199254740993, \"a\": 2}'", "'1e400'", "NULL"]),
    of("GEOMETRY", &["'POINT Z (1 2.5 3)'", "'POLYGON ((0 0, 1 0, 1 1, 0 0))'"]),
];

struct Library<'a> {
    backstory: &'a Backstory,
    connection: String,
}

impl Library<'_> {
    fn ask(&self, text: &str) -> Result<Value, String> {
        let params =
            json!({ "connection": self.connection, "text": text, "rows": 1000, "confirmed": true });
        let mut ran = self.backstory.receive("databases.run", &params);
        let fine = ran["error"].is_null() && ran["result"]["failure"].is_null();
        if !fine {
            return Err(format!("{} {}", ran["error"]["message"], ran["result"]["failure"]));
        }
        let results = ran["result"]["results"].as_array_mut().unwrap();
        Ok(results.pop().unwrap_or_default())
    }
}

impl Own for Library<'_> {
    fn connection(&self) -> String {
        self.connection.clone()
    }

    fn create(&self, table: &str, type_name: &str) -> String {
        format!("create table {table} (id integer primary key, v {type_name});\n")
    }

    fn script(&self, text: &str) -> Result<(), String> {
        self.ask(text).map(drop)
    }

    fn texts(&self, table: &str, it: &Type) -> Result<Vec<Option<Vec<u8>>>, String> {
        let shown = if it.shown == "v" { "v::VARCHAR" } else { it.shown };
        let found = self.ask(&format!("select {shown} from {table} order by id"))?;
        let rows = found["rows"].as_array().unwrap();
        Ok(rows.iter().map(|it| text_of(&it["cells"][0]).map(String::into_bytes)).collect())
    }

    fn differing(&self, one: &str, other: &str, _: &Type) -> Result<String, String> {
        let text = format!(
            "select 'lost', * from (from {one} except all from {other}) union all select 'new', * from (from {other} except all from {one})"
        );
        let found = self.ask(&text)?;
        let rows = found["rows"].as_array().unwrap();
        Ok(if rows.is_empty() { String::new() } else { format!("{rows:?}") })
    }

    fn loads(&self) -> Option<&'static str> {
        Some("csv")
    }

    fn load(&self, table: &str, file: &Path, _: &Type) -> Result<(), String> {
        let text = format!(
            "copy {table} from '{}' (format csv, header, nullstr '', allow_quoted_nulls false, quote '\"', escape '\"', delim ',', new_line '\\n')",
            file.display()
        );
        self.ask(&text).map(drop)
    }

    fn alone(&self) -> bool {
        true
    }
}

#[test]
fn every_type_of_duckdb_is_exact_in_page_csv_and_json_and_comes_back() {
    let Some(library) = servers::duckdb_library() else { return };
    let (backstory, home) = (Backstory::new(), Home::new());
    let file = home.path().join("types.duckdb");
    let connection =
        format!("duckdb:{}?library={}&read_only=false", file.display(), library.display());
    let own = Library { backstory: &backstory, connection };
    prove(&backstory, &home, &own, TYPES);
}
