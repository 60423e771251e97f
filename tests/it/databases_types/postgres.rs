//! PostgreSQL, compared with `psql`.

use super::{Own, Type, of, output, prove};
use crate::home::Home;
use crate::support::Backstory;
use std::path::Path;

const TYPES: &[Type] = &[
    of("smallint", &["-32768", "32767", "null"]),
    of("integer", &["-2147483648", "2147483647"]),
    of("bigint", &["-9223372036854775808", "9223372036854775807", "9007199254740993", "null"]),
    of(
        "numeric(38,18)",
        &["99999999999999999999.999999999999999999", "-0.000000000000000001", "'NaN'", "0", "null"],
    ),
    of(
        "numeric",
        &[
            "'NaN'",
            "'Infinity'",
            "'-Infinity'",
            "1e400",
            "1e-400",
            "1.10",
            "0.00",
            "-123456789012345678901234567890.123456789",
        ],
    ),
    of(
        "real",
        &["'NaN'", "'Infinity'", "'-0'", "3.4028235e38", "1e-45", "0.1", "16777217", "null"],
    ),
    of(
        "double precision",
        &[
            "'NaN'",
            "'-Infinity'",
            "'-0'",
            "1.7976931348623157e308",
            "5e-324",
            "0.1::float8 + 0.2",
            "1e15",
            "1e16",
            "100",
            "null",
        ],
    ),
    of("money", &["'$1,234.56'", "'-92233720368547758.08'", "0", "null"]),
    of("boolean", &["true", "false", "null"]),
    of(
        "timestamptz",
        &[
            "'2024-03-10 01:02:03.123456+02'",
            "'2024-03-10 01:02:03.1+00'",
            "'infinity'",
            "'-infinity'",
            "'0044-03-15 00:00:00+00 BC'",
            "'294276-12-31 23:59:59.999999+00'",
            "'1883-11-18 12:03:57+00'",
            "null",
        ],
    ),
    of("timestamptz(3)", &["'2024-03-10 01:02:03.123456+02'"]),
    of(
        "timestamp",
        &["'4713-01-01 00:00:00 BC'", "'2024-02-29 12:00:00.000001'", "'infinity'", "null"],
    ),
    of(
        "date",
        &[
            "'infinity'",
            "'-infinity'",
            "'4713-01-01 BC'",
            "'5874897-12-31'",
            "'2024-02-29'",
            "null",
        ],
    ),
    of("time", &["'24:00:00'", "'23:59:59.999999'", "'00:00'", "null"]),
    of("timetz", &["'12:34:56.7+15:59:59'", "'24:00:00-15:59'", "'00:00+00'", "null"]),
    of(
        "interval",
        &[
            "'1 mon 2 days'",
            "'-1 year 2 mons -3 days 04:05:06.000007'",
            "'178000000 years'",
            "'00:00'",
            "'-00:00:00.000001'",
            "null",
        ],
    ),
    of(
        "text",
        &[
            "null",
            "''",
            "'NULL'",
            "'NaN'",
            "'null'",
            "E'\\\\N'",
            "E'\\t\\n\\r\\b\\f\\x0b'",
            "E'a\\\\b'",
            "'\"'",
            "'\"quoted\"'",
            "','",
            "';'",
            "'\\.'",
            "E'\\\\.\\n\\\\.'",
            "'  two  '",
            "'it''s'",
            "'日本🦀'",
            "E'\\u0301e'",
            "'=1+1'",
            "E'\\ufeffbom'",
            "E'line\\r\\nend'",
            "repeat('é', 700)",
            "'$1 :name ?'",
        ],
    ),
    of("varchar(5)", &["''", "'ab  '", "null"]),
    of("char(5)", &["'ab'", "''", "null"]),
    of("\"char\"", &["'a'", "''", "E'\\\\'", "null"]),
    of("name", &["'Order Items'", "''"]),
    of("bytea", &["'\\x'", "'\\x00ff27'", "'\\x5c78'", "E'abc'", "'\\x0a0d09'", "null"]),
    of(
        "text[]",
        &[
            "array['a', null, 'NULL', '', 'a\"b', E'a\\\\b', 'a,b', '{}', E'x\\ny', ' ']",
            "'{}'",
            "'[0:1]={a,b}'",
            "'{{a,b},{c,d}}'",
            "null",
        ],
    ),
    of("int[]", &["'{{1,2},{3,NULL}}'", "'{}'", "array[9,null]"]),
    of("bigint[]", &["'{9223372036854775807,-9223372036854775808}'"]),
    of("timestamptz[]", &["array['infinity'::timestamptz, null, '2024-01-01 00:00+00']"]),
    of("bytea[]", &["array['\\x00ff'::bytea, '\\x']"]),
    of("box[]", &["'{(2,2),(1,1);(4,4),(3,3)}'"]),
    of(
        "pair",
        &[
            "row(1, 'x,\"y\\', null)",
            "row(null, null, null)",
            "row(1, '', '2024-01-01 00:00+00')",
            "row(-5, ' ( ) ', 'infinity')",
            "null",
        ],
    ),
    of("pair[]", &["array[row(1, 'x,\"y\\', null)::pair, null]"]),
    of("int4range", &["'[1,5)'", "'empty'", "'(,)'", "'(,3]'", "null"]),
    of("numrange", &["'[1.50,2.5]'", "'(NaN,)'"]),
    of("tstzrange", &["'[2024-01-01 00:00+00,infinity)'", "'empty'"]),
    of("daterange", &["'[2024-01-01,2024-12-31]'"]),
    of("int8multirange", &["'{[1,3),[9223372036854775800,9223372036854775807)}'", "'{}'"]),
    of(
        "json",
        &[
            "'{\"a\":1,\"a\":2}'",
            "'{\"n\":12345678901234567890.123456789012345678901}'",
            "E'{\\n \"a\" : 1}'",
            "'null'",
            "'\"x\"'",
            "'1e400'",
            "'[1, 2 ,3]'",
            "'{\"\":{}}'",
            "'\"\\u00e9\\n\"'",
            "null",
        ],
    ),
    of(
        "jsonb",
        &[
            "'{\"b\":1,\"a\":2,\"b\":3}'",
            "'12345678901234567890123456789.000000000000000000001'",
            "'{\"n\":1e400}'",
            "'\"é\"'",
            "'null'",
            "'{}'",
            "'[]'",
            "null",
        ],
    ),
    of("jsonpath", &["'$.a[*] ? (@.b > 1)'"]),
    of("xml", &["'<a b=\"c\">&amp;</a>'", "''", "null"]),
    of("mood", &["'sad'", "'it''s, \"ok\"'", "null"]),
    of("small", &["9", "-5", "null"]),
    of(
        "uuid",
        &[
            "'00000000-0000-0000-0000-000000000000'",
            "'FFFFFFFF-ffff-4fff-bfff-ffffffffffff'",
            "null",
        ],
    ),
    of("point", &["'(1.5,-2)'", "'(NaN,Infinity)'", "'(0.1,1e300)'", "null"]),
    of("line", &["'{1,-1,0}'"]),
    of("lseg", &["'[(0,0),(1,1.5)]'"]),
    of("box", &["'(2,2),(1,1)'", "null"]),
    of("path", &["'((0,0),(1,1))'", "'[(0,0),(1,1)]'"]),
    of("polygon", &["'((0,0),(4,0),(4,4))'"]),
    of("circle", &["'<(1,2),3>'"]),
    of("bit(3)", &["B'101'", "null"]),
    of(
        "bit varying",
        &["B''", "B'1111111111111111111111111111111111111111111111111111111111111111111'"],
    ),
    of("inet", &["'192.168.0.1/24'", "'::1'", "'10.0.0.1'"]),
    of("cidr", &["'10.0.0.0/8'", "'2001:db8::/32'"]),
    of("macaddr", &["'08:00:2b:01:02:03'"]),
    of("macaddr8", &["'08:00:2b:01:02:03:04:05'"]),
    of("tsvector", &["'a:1A b:2,3 ''it''''s'''", "''"]),
    of("tsquery", &["'a & !b | c:*'"]),
    of("pg_lsn", &["'16/B374D848'"]),
    of("pg_snapshot", &["'10:20:10,14,15'"]),
    of("xid8", &["'18446744073709551615'"]),
    of("xid", &["'4294967295'"]),
    of("oid", &["4294967295"]),
    of("tid", &["'(4294967295,65535)'"]),
    of("regclass", &["'pg_class'", "'pg_toast.pg_toast_1255'"]),
    of("regtype", &["'timestamp with time zone[]'"]),
    of("regprocedure", &["'length(text)'"]),
    of("aclitem", &["'postgres=arwdDxt/postgres'"]),
    of("int2vector", &["'1 2 3'"]),
    of("oidvector", &["'26 4294967295'"]),
    of("refcursor", &["'a cursor'"]),
    of("hstore", &["'\"a\"=>\"x, \\\"y\\\"\", b=>NULL, \"\"=>\"\"'", "''", "null"]),
    of("citext", &["'Straße'", "null"]),
    of("cube", &["'(1,2),(3,4)'"]),
    of("ltree", &["'top.science'"]),
];

struct Psql {
    server: &'static servers::Running,
    database: String,
}

impl Psql {
    fn ask(&self, more: &[&str], text: &str) -> Result<Vec<u8>, String> {
        output(self.server.psql(&self.database)?.args(more).arg("-c").arg(text))
    }
}

impl Own for Psql {
    fn connection(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{}", self.server.port, self.database)
    }

    fn create(&self, table: &str, type_name: &str) -> String {
        format!("create table {table} (id int primary key, v {type_name});\n")
    }

    fn script(&self, text: &str) -> Result<(), String> {
        self.server.load(&self.database, text.as_bytes())
    }

    fn texts(&self, table: &str, it: &Type) -> Result<Vec<Option<Vec<u8>>>, String> {
        let text = format!("select {} from {table} order by id", it.shown);
        let printed = self.ask(&["-0", "-P", "null=\u{1}"], &text)?;
        let field = |it: &[u8]| (it != b"\x01").then(|| it.to_vec());
        // Rows stand between zeros, and one stands at the end as well.
        let printed = printed.strip_suffix(b"\0").unwrap_or(&printed);
        Ok(printed.split(|it| *it == 0).map(field).collect())
    }

    fn differing(&self, one: &str, other: &str, _: &Type) -> Result<String, String> {
        let rows = |it: &str| format!("select id, v::text as v, v is null as n from {it}");
        let (one, other) = (rows(one), rows(other));
        let text = format!(
            "select 'lost', * from ({one} except all {other}) a union all select 'new', * from ({other} except all {one}) b"
        );
        Ok(String::from_utf8_lossy(&self.ask(&[], &text)?).into_owned())
    }

    fn loads(&self) -> Option<&'static str> {
        Some("csv")
    }

    fn load(&self, table: &str, file: &Path, _: &Type) -> Result<(), String> {
        let text = format!("\\copy {table} from '{}' csv header", file.display());
        self.ask(&[], &text).map(drop)
    }

    fn csv(&self, table: &str) -> Option<Result<String, String>> {
        let text = format!("copy (select v from {table} order by id) to stdout csv header");
        Some(self.ask(&[], &text).map(|it| String::from_utf8_lossy(&it).into_owned()))
    }
}

#[test]
fn every_type_of_postgresql_is_exact_in_page_csv_and_json_and_comes_back() {
    let Some(server) = servers::postgres() else { return };
    let own = Psql { server, database: server.database().unwrap() };
    own.script(
        "create type mood as enum ('sad', 'it''s, \"ok\"');
         create type pair as (a int, b text, c timestamptz);
         create domain small as int check (value < 10);",
    )
    .unwrap();
    let mut types = TYPES.to_vec();
    for extension in ["hstore", "citext", "cube", "ltree"] {
        if let Err(why) = own.script(&format!("create extension {extension}")) {
            eprintln!("skipped: {extension} cannot be had: {why}");
            types.retain(|it| it.name != extension);
        }
    }
    prove(&Backstory::new(), &Home::new(), &own, &types);
}
