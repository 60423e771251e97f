//! Redis: every kind of value, compared with `redis-cli`, and back.

use super::{shown, text_of};
use crate::home::Home;
use crate::support::Backstory;
use serde_json::{Value, json};
use std::io::Write;
use std::process::Stdio;

fn quoted(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|it| format!("\\x{it:02x}")).collect();
    format!("\"{digits}\"")
}

#[test]
fn every_value_of_redis_is_exact_in_page_csv_and_json_and_comes_back() {
    let Some(server) = servers::redis() else { return };
    let (backstory, home) = (Backstory::new(), Home::new());
    let database = server.database().unwrap();
    let connection = format!("redis://127.0.0.1:{}/{database}?read_only=false", server.port);
    let cli = |arguments: &[&str], input: Option<&[u8]>| {
        let mut command = server.redis_cli(&database).unwrap();
        if input.is_some() {
            command.arg("-x");
        }
        command.arg("--raw").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.unwrap_or_default()).unwrap();
        let mut printed = child.wait_with_output().unwrap().stdout;
        assert_eq!(printed.pop(), Some(b'\n'));
        printed
    };
    let run = |text: &str| -> Value {
        let params = json!({ "connection": connection, "text": text, "confirmed": true });
        let ran = backstory.ask("databases.run", params);
        assert!(ran["failure"].is_null(), "{text}: {ran}");
        ran["results"][0]["rows"].clone()
    };
    let all: Vec<u8> = (0..=255).collect();
    let values: [&[u8]; 14] = [
        b"",
        b"plain",
        b"NULL",
        b"(nil)",
        b"9223372036854775807",
        b"18446744073709551615",
        b"1.7976931348623157e308",
        "h\u{e9}llo \u{1f600}".as_bytes(),
        b"two\r\nlines\tand \"quotes\" 'both' \\",
        b"\x00\xff\xfe",
        b"k\xe4lte",
        &all,
        b":name $1 ?",
        b"a,b\n",
    ];
    for (at, value) in values.iter().enumerate() {
        let key = format!("k{at}");
        cli(&["SET", &key], Some(value));
        let own = shown(cli(&["GET", &key], None));
        let cell = text_of(&run(&format!("GET {key}"))[0]["cells"][0]).unwrap();
        assert_eq!(cell, own, "{value:?}");
        for format in ["csv", "ndjson"] {
            let path = home.path().join(format!("{at}.{format}"));
            let params = json!({ "connection": connection, "text": format!("GET {key}"), "format": format, "path": path });
            backstory.ask("databases.export", params);
            let text = std::fs::read_to_string(&path).unwrap();
            let found = if format == "csv" {
                let text = text.replacen("value\n", "v\n", 1);
                super::csv_column(&text).unwrap().remove(0).unwrap()
            } else {
                serde_json::from_str::<Value>(&text).unwrap()["value"].as_str().unwrap().to_owned()
            };
            assert_eq!(found, own, "{format}: {value:?}");
        }
        // Back by the product: the server keeps the same bytes in the same encoding.
        let bytes = cell.strip_prefix("\\x").filter(|_| std::str::from_utf8(value).is_err());
        let bytes = bytes.map_or(cell.clone().into_bytes(), |digits| {
            let pairs = digits.as_bytes().chunks(2);
            pairs
                .map(|it| u8::from_str_radix(std::str::from_utf8(it).unwrap(), 16).unwrap())
                .collect()
        });
        run(&format!("SET back {}", quoted(&bytes)));
        assert_eq!(cli(&["DUMP", "back"], None), cli(&["DUMP", &key], None), "{value:?}");
        // And as a value of a call, where it is text.
        if std::str::from_utf8(value).is_ok() {
            let params =
                json!({ "connection": connection, "text": "SET back :v", "params": { "v": cell } });
            backstory.ask("databases.run", params);
            assert_eq!(cli(&["DUMP", "back"], None), cli(&["DUMP", &key], None), "{value:?}");
        }
    }
    // Larger values: each line that `redis-cli` writes is a cell, in its order.
    for (fill, read, columns) in [
        ("RPUSH l x y \"\" 5", "LRANGE l 0 -1", 1..2),
        ("HSET h a 1 \"b c\" \"\" d \"x,\\\"y\"", "HGETALL h", 0..2),
        (
            "ZADD z 1.5 one inf two -0.5 three 3.0000000000000004 four 1e300 five",
            "ZRANGE z 0 -1 WITHSCORES",
            0..2,
        ),
        ("SADD s only", "SMEMBERS s", 1..2),
        ("GEOADD g 13.361389 38.115556 Palermo", "GEOPOS g Palermo", 2..3),
        ("PFADD p a b c", "PFCOUNT p", 0..1),
        ("SETBIT b 7 1", "GETBIT b 7", 0..1),
        ("SET n 1", "INCRBYFLOAT n 0.1", 0..1),
    ] {
        run(fill);
        let found = run(read);
        let cells: Vec<String> = found
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|row| row["cells"].as_array().unwrap().clone())
            .map(|it| text_of(&it).unwrap_or_default())
            .collect();
        if read.starts_with("INCR") {
            assert_eq!(cells, ["1.1"]);
            continue;
        }
        let words: Vec<&str> = read.split(' ').collect();
        let own = shown(cli(&words, None));
        let own: Vec<&str> = own.split('\n').collect();
        let width = found[0]["cells"].as_array().unwrap().len();
        let cells: Vec<&str> = cells
            .chunks(width)
            .flat_map(|row| row[columns.clone()].iter().map(String::as_str))
            .collect();
        assert_eq!(cells, own, "{read}");
    }
    eprintln!("redis: {} values", values.len() + 8);
}
