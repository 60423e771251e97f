//! MariaDB and MySQL, compared with the `mariadb` client.

use super::{Own, Type, from_tabs, of, output, prove};
use crate::home::Home;
use crate::support::Backstory;
use std::path::Path;

const HEX: &str = "concat('\\\\x', lower(hex(v)))";
const UNHEX: &str = "unhex(substr(@v, 3))";
const BITS: &str = "cast(@v as unsigned)";
const SHAPE: &str =
    "if(st_srid(v) = 0, st_astext(v), concat('SRID=', st_srid(v), ';', st_astext(v)))";

const BOTH: &[Type] = &[
    of("tinyint", &["-128", "127", "null"]),
    of("tinyint(1)", &["2", "0"]),
    of("tinyint unsigned", &["255"]),
    of("smallint unsigned", &["65535"]),
    of("mediumint unsigned", &["16777215"]),
    of("int(8) unsigned zerofill", &["42"]),
    of("bigint", &["-9223372036854775808", "9223372036854775807", "9007199254740993", "null"]),
    of("bigint unsigned", &["18446744073709551615", "9223372036854775808"]),
    of(
        "decimal(65,30)",
        &["-12345678901234567890123456789012345.123456789012345678901234567890", "0", "null"],
    ),
    of("decimal(10,2)", &["1.5", "-0.01"]),
    of("float", &["1.5", "-0.0", "16777215", "3.4028234e38", "1.2345678", "null"])
        .shown("v + 0")
        .compared("v + 0e0"),
    of(
        "double",
        &[
            "0.1",
            "0.1e0 + 0.2e0",
            "1e15",
            "1e14",
            "-1.7976931348623157e308",
            "2.2250738585072014e-308",
            "-0e0",
            "null",
        ],
    ),
    of("bit(1)", &["b'1'", "b'0'", "null"]).shown("v + 0").loaded(BITS),
    of("bit(64)", &["0xFFFFFFFFFFFFFFFF", "5"]).shown("v + 0").loaded(BITS),
    of("date", &["'9999-12-31'", "'0000-00-00'", "'2024-00-00'", "'2024-02-31'", "null"]),
    of("time", &["'838:59:59'", "'-838:59:59'", "'00:00:00'", "null"]),
    of("time(6)", &["'-00:00:00.000001'", "'100:00:00.5'"]),
    of("datetime", &["'1000-01-01'", "'0000-00-00'", "'9999-12-31 23:59:59'", "null"]),
    of("datetime(6)", &["'9999-12-31 23:59:59.999999'", "'2024-02-29 00:00:00.000001'"]),
    of("timestamp(6) null", &["'2001-02-03 04:05:06.000007'", "'1970-01-01 00:00:01'", "null"]),
    of("year", &["2155", "1901", "0", "null"]),
    of("char(5)", &["'é '", "''"]),
    of(
        "varchar(40)",
        &[
            "null",
            "''",
            "'NULL'",
            "'null'",
            "'\\\\N'",
            "'NaN'",
            "'it''s'",
            "'\\t\\n\\r\\0\\b\\Z'",
            "'a\\\\b'",
            "'\"'",
            "'a,b'",
            "'日本🦀'",
            "'  two  '",
            "'=1+1'",
            "'%_'",
        ],
    ),
    of("varchar(20) character set latin1", &["'ÿ'", "'kälte'"]),
    of("varchar(20) character set utf16", &["'ÿ€'"]),
    of("longtext", &["repeat('é\\n', 300)", "null"]),
    of("binary(3)", &["x'00ff'", "'abc'", "null"]).shown(HEX).loaded(UNHEX),
    of("varbinary(9)", &["x'00ff275c0a09'", "''", "null"]).shown(HEX).loaded(UNHEX),
    of("blob", &["''", "x'ff'", "'text in it'", "null"]).shown(HEX).loaded(UNHEX),
    of("enum('x','é''s','a,b')", &["2", "'a,b'", "null"]),
    of("set('a','b','c')", &["5", "''", "'a,b,c'", "null"]),
    of(
        "point",
        &["st_geomfromtext('POINT(0.1 -2)')", "st_geomfromtext('POINT(1 2)', 3857)", "null"],
    )
    .shown(SHAPE)
    .not_loaded(),
    of(
        "geometry",
        &[
            "st_geomfromtext('POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))')",
            "st_geomfromtext('GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1.5))')",
        ],
    )
    .shown(SHAPE)
    .not_loaded(),
];

const MARIADB: &[Type] = &[
    of(
        "json",
        &[
            "'{\"a\":1,\"a\":2}'",
            "'{\"n\": 12345678901234567890.12345678901234567890}'",
            "'[1, 2 ,3]'",
            "null",
        ],
    ),
    of("uuid", &["'123e4567-e89b-12d3-a456-426655440000'", "null"]),
    of("inet6", &["'2001:db8::1'"]),
    of("inet4", &["'10.0.0.1'"]),
];

const MYSQL: &[Type] = &[
    of(
        "json",
        &["'{\"a\": 1, \"b\": 12345678901234567890}'", "'1e100'", "'null'", "'\"é\\\\n\"'", "null"],
    ),
    of("vector(3)", &["string_to_vector('[1,-2.5,3.4028235e38]')", "null"])
        .shown("if(v is null, null, '[1,-2.5,3.4028235e38]')") // its own text has six digits
        .not_loaded(),
    // Shapes on the globe are shown as they are stored, longitude first, as other engines show them.
    of("geometry", &["st_geomfromtext('POINT(10 20)', 4326)"])
        .shown("concat('SRID=4326;', st_astext(v, 'axis-order=long-lat'))")
        .not_loaded(),
];

struct Client {
    server: &'static servers::Running,
    database: String,
}

impl Client {
    fn ask(&self, text: &str) -> Result<Vec<u8>, String> {
        output(self.server.mariadb(&self.database)?.args(["--local-infile=1", "-e", text]))
    }
}

/// What takes dates that are none, as servers of old did.
const LENIENT: &str = "set sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'; ";

impl Own for Client {
    fn connection(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/{}", self.server.port, self.database)
    }

    fn create(&self, table: &str, type_name: &str) -> String {
        format!("create table {table} (id int primary key, v {type_name});\n")
    }

    fn script(&self, text: &str) -> Result<(), String> {
        self.server.load(&self.database, format!("{LENIENT}{text}").as_bytes())
    }

    fn texts(&self, table: &str, it: &Type) -> Result<Vec<Option<Vec<u8>>>, String> {
        let text = format!("{LENIENT}select v is null, {} from {table} order by id", it.shown);
        let printed = self.ask(&text)?;
        let lines = printed.strip_suffix(b"\n").unwrap_or(&printed).split(|it| *it == b'\n');
        Ok(lines.map(|it| (it[0] == b'0').then(|| from_tabs(&it[2..])).flatten()).collect())
    }

    fn same(&self, ours: &str, own: &str, it: &Type) -> bool {
        // Its client rounds what has 24 bits to six digits; asked for more, it shows all of 53.
        let single = |text: &str| text.parse::<f64>().ok().map(|it| (it as f32).to_bits());
        ours == own || (it.name == "float" && single(ours) == single(own))
    }

    fn differing(&self, one: &str, other: &str, it: &Type) -> Result<String, String> {
        let shape = it.shown == SHAPE;
        let v = if shape || it.compared != "v" { it.compared } else { "hex(v)" };
        let text = format!(
            "{LENIENT}select a.id, a.v, b.v from {one} a left join {other} b on a.id = b.id where not ({} <=> {})",
            v.replace('v', "a.v"),
            v.replace('v', "b.v"),
        );
        let count = format!(
            "select 'rows', count(*) from {other} having count(*) <> (select count(*) from {one})"
        );
        let found = [self.ask(&text)?, self.ask(&count)?].concat();
        Ok(String::from_utf8_lossy(&found).into_owned())
    }

    fn loads(&self) -> Option<&'static str> {
        Some("tsv")
    }

    fn load(&self, table: &str, file: &Path, it: &Type) -> Result<(), String> {
        let text = format!(
            "{LENIENT}load data local infile '{}' into table {table} character set utf8mb4 ignore 1 lines (id, @v) set v = {}",
            file.display(),
            it.loaded.unwrap()
        );
        self.ask(&text).map(drop)
    }
}

fn proven(server: &'static servers::Running, more: &[Type]) {
    let _ = server.sql("", "set global local_infile = 1");
    let own = Client { server, database: server.database().unwrap() };
    prove(&Backstory::new(), &Home::new(), &own, &[BOTH, more].concat());
}

#[test]
fn every_type_of_mariadb_is_exact_in_page_csv_and_json_and_comes_back() {
    if let Some(server) = servers::mariadb() {
        proven(server, MARIADB);
    }
}

#[test]
fn every_type_of_mysql_is_exact_in_page_csv_and_json_and_comes_back() {
    if let Some(server) = servers::mysql() {
        proven(server, MYSQL);
    }
}
