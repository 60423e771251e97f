//! SQLite, compared with its shell.

use super::{Own, Type, of, output, prove};
use crate::home::Home;
use crate::support::Backstory;
use std::path::{Path, PathBuf};
use std::process::Command;

const TYPES: &[Type] = &[
    of(
        "",
        &[
            "9223372036854775807",
            "-9223372036854775808",
            "9007199254740993",
            "9e999",
            "-9e999",
            "0.1",
            "0.1 + 0.2",
            "1e300",
            "5e-324",
            "-0.0",
            "1.0",
            "1e15",
            "1e16",
            "123456789012345680.0",
            "null",
            "''",
            "'NaN'",
            "'NULL'",
            "x''",
            "x'00ff27'",
            "x'41'",
            "'1'",
            "1",
            "'9223372036854775808'",
            "'a' || char(0) || 'b'",
            "'日本🦀'",
        ],
    )
    .not_loaded(),
    of("integer", &["1", "-9223372036854775808", "9223372036854775807", "0"]),
    of("integer", &["'no number'", "1.5", "9223372036854775808", "x'31'", "null", "''"])
        .not_loaded(),
    of("real", &["1", "0.1", "1e308", "-2.5e-10"]),
    of("numeric", &["1.50", "100", "1e3", "9223372036854775807", "'12345678901234567890'", "null"])
        .not_loaded(),
    of("decimal(10,2)", &["1.50", "-0.01"]),
    of("boolean", &["1", "0"]),
    of(
        "text",
        &[
            "'a,b'",
            "'\"'",
            "'x' || char(10) || 'y'",
            "'it''s'",
            "'  two  '",
            "'1.50'",
            "'日本🦀'",
            "char(9)",
            "'\\N'",
            "'NULL'",
        ],
    ),
    of("text", &["null", "''", "'NULL'", "char(13) || char(10)", "x'00'", "1", "1.5"]).not_loaded(),
    of("varchar(3)", &["'longer than three'"]),
    of("blob", &["x''", "x'00ff'", "x'5c'", "'text in it'", "null"]).not_loaded(),
    of("date", &["'2024-02-29'", "'0000-00-00'", "45000", "'-4713-11-24'"]),
    of("datetime", &["'2024-02-29 12:34:56.123456789+02:00'", "1709210096", "2460369.5"]),
    of(
        "json",
        &[
            "'{\"a\":1,\"a\":2}'",
            "'{\"n\":12345678901234567890.12345678901234567890}'",
            "'[1, 2'",
            "'1e400'",
        ],
    )
    .not_loaded(),
    of("any", &["'1'", "1", "1.0", "x'01'", "null"]).not_loaded(),
];

struct Shell {
    program: PathBuf,
    file: PathBuf,
}

impl Shell {
    fn ask(&self, more: &[&str]) -> Result<Vec<u8>, String> {
        let mut command = Command::new(&self.program);
        command.env_clear().args(["-batch", "-bail", "-init", "/dev/null"]).arg(&self.file);
        output(command.args(more))
    }
}

impl Own for Shell {
    fn connection(&self) -> String {
        self.file.to_str().unwrap().to_owned()
    }

    fn create(&self, table: &str, type_name: &str) -> String {
        format!("create table {table} (id integer primary key, v {type_name});\n")
    }

    fn script(&self, text: &str) -> Result<(), String> {
        let file = self.file.with_extension("sql");
        std::fs::write(&file, text).unwrap();
        self.ask(&[&format!(".read {}", file.display())]).map(drop)
    }

    fn texts(&self, table: &str, _: &Type) -> Result<Vec<Option<Vec<u8>>>, String> {
        // The shell rounds to fifteen digits; `quote` does not.
        let text = format!(
            "select hex(case typeof(v) when 'real' then quote(v) when 'blob' then '\\x' || lower(hex(v)) else v end), \
             v is null from {table} order by id"
        );
        let printed = String::from_utf8(self.ask(&["-separator", " ", &text])?).unwrap();
        let field = |line: &str| {
            let (digits, null) = line.split_once(' ').unwrap();
            (null == "0").then(|| {
                let pairs = digits.as_bytes().chunks(2);
                pairs
                    .map(|it| u8::from_str_radix(std::str::from_utf8(it).unwrap(), 16).unwrap())
                    .collect()
            })
        };
        Ok(printed.lines().map(field).collect())
    }

    fn same(&self, ours: &str, own: &str, _: &Type) -> bool {
        let number = |it: &str| it.parse::<f64>().ok().map(f64::to_bits);
        match own {
            "9.0e+999" => ours == "Inf",
            "-9.0e+999" => ours == "-Inf",
            // The shell knows one zero.
            "0.0" => ours == "0.0" || ours == "-0.0",
            _ if own.contains("e+") || own.contains("e-") || own.len() > 15 => {
                ours == own || (number(ours).is_some() && number(ours) == number(own))
            }
            _ => ours == own,
        }
    }

    fn differing(&self, one: &str, other: &str, _: &Type) -> Result<String, String> {
        let rows = |it: &str| format!("select id, typeof(v), quote(v), hex(v) from {it}");
        let (one, other) = (rows(one), rows(other));
        let text = format!(
            "select 'lost', * from ({one} except {other}) union all select 'new', * from ({other} except {one})"
        );
        Ok(String::from_utf8_lossy(&self.ask(&[&text])?).into_owned())
    }

    fn loads(&self) -> Option<&'static str> {
        Some("csv")
    }

    fn load(&self, table: &str, file: &Path, _: &Type) -> Result<(), String> {
        let text = format!(".import --csv --skip 1 {} {table}", file.display());
        self.ask(&[&text]).map(drop)
    }
}

#[test]
fn every_type_of_sqlite_is_exact_in_page_csv_and_json_and_comes_back() {
    let Some(program) = servers::sqlite3() else { return };
    let home = Home::new();
    let own = Shell { program, file: home.path().join("types.db") };
    prove(&Backstory::new(), &home, &own, TYPES);
}

/// Text that is none comes as its bytes: nothing is replaced, and nothing is left out.
#[test]
fn text_that_is_not_utf_8_comes_as_its_bytes() {
    let home = Home::new();
    let file = home.path().join("latin1.db");
    let text = "create table t (id integer primary key, v text); \
                insert into t values (1, cast(x'6be46c7465' as text)), (2, 'ä'), (3, cast(x'c3' as text))";
    rusqlite::Connection::open(&file).unwrap().execute_batch(text).unwrap();
    let backstory = Backstory::new();
    let ran = backstory.ask(
        "databases.run",
        serde_json::json!({ "connection": file, "text": "select v from t order by id" }),
    );
    let rows = &ran["results"][0]["rows"];
    let found: Vec<_> = (0..3).map(|at| super::text_of(&rows[at]["cells"][0]).unwrap()).collect();
    assert_eq!(found, ["\\x6be46c7465", "ä", "\\xc3"]);
}
