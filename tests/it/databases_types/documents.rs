//! MongoDB: every type of a field, through page and NDJSON, and back. It has no client here; the server itself is
//! asked for each field's type and size, and whether what came back is what was there.

use super::text_of;
use crate::home::Home;
use crate::support::Backstory;
use serde_json::{Value, json};

/// How a value is written, what the server calls its type, and its text.
const FIELDS: &[(&str, &str, Option<&str>)] = &[
    ("1", "int", Some("1")),
    ("NumberInt(-2147483648)", "int", Some("-2147483648")),
    ("NumberLong(\"1\")", "long", Some("1")),
    ("NumberLong(\"9007199254740993\")", "long", Some("9007199254740993")),
    ("NumberLong(\"-9223372036854775808\")", "long", Some("-9223372036854775808")),
    ("1.0", "double", Some("1.0")),
    ("0.1", "double", Some("0.1")),
    ("-0.0", "double", Some("-0.0")),
    ("5e-324", "double", Some("5e-324")),
    ("1.7976931348623157e308", "double", Some("1.7976931348623157e308")),
    ("NaN", "double", Some("NaN")),
    ("Infinity", "double", Some("Infinity")),
    ("-Infinity", "double", Some("-Infinity")),
    ("NumberDecimal(\"1.10\")", "decimal", Some("1.10")),
    (
        "NumberDecimal(\"-1.234567890123456789012345678901234E-6143\")",
        "decimal",
        Some("-1.234567890123456789012345678901234E-6143"),
    ),
    ("NumberDecimal(\"NaN\")", "decimal", Some("NaN")),
    ("NumberDecimal(\"-0E+6111\")", "decimal", Some("-0E+6111")),
    ("\"\"", "string", Some("")),
    ("\"NaN\"", "string", Some("NaN")),
    ("\"null\"", "string", Some("null")),
    ("\"h\u{e9}\\n\\u0001\\u0000\\\"\\\\🦀\"", "string", Some("h\u{e9}\n\u{1}\0\"\\🦀")),
    ("true", "bool", Some("true")),
    ("null", "null", None),
    ("undefined", "undefined", Some("{\"$undefined\":true}")),
    ("ObjectId(\"507f1f77bcf86cd799439011\")", "objectId", Some("507f1f77bcf86cd799439011")),
    ("ISODate(\"2024-02-29T12:00:00.001Z\")", "date", Some("2024-02-29T12:00:00.001Z")),
    ("ISODate(\"0001-01-01\")", "date", Some("0001-01-01T00:00:00.000Z")),
    (
        "new Date(253402300800000)",
        "date",
        Some("{\"$date\":{\"$numberLong\":\"253402300800000\"}}"),
    ),
    (
        "new Date(-9223372036854775808)",
        "date",
        Some("{\"$date\":{\"$numberLong\":\"-9223372036854775808\"}}"),
    ),
    (
        "UUID(\"00112233-4455-6677-8899-aabbccddeeff\")",
        "binData",
        Some("00112233-4455-6677-8899-aabbccddeeff"),
    ),
    ("BinData(0, \"\")", "binData", Some("\\x")),
    ("BinData(0, \"AP8=\")", "binData", Some("\\x00ff")),
    (
        "BinData(3, \"ABEiM0RVZneImaq7zN3u/w==\")",
        "binData",
        Some("\\x00112233445566778899aabbccddeeff"),
    ),
    ("BinData(128, \"AP8=\")", "binData", Some("\\x00ff")),
    (
        "/^a\\/\"/im",
        "regex",
        Some("{\"$regularExpression\":{\"pattern\":\"^a\\\\/\\\"\",\"options\":\"im\"}}"),
    ),
    (
        "Timestamp(4294967295, 4294967295)",
        "timestamp",
        Some("{\"$timestamp\":{\"t\":4294967295,\"i\":4294967295}}"),
    ),
    ("MinKey", "minKey", Some("{\"$minKey\":1}")),
    ("MaxKey", "maxKey", Some("{\"$maxKey\":1}")),
    ("Code(\"x\")", "javascript", Some("{\"$code\":\"x\"}")),
    (
        "Code(\"x\", {a: NumberLong(1)})",
        "javascriptWithScope",
        Some("{\"$code\":\"x\",\"$scope\":{\"a\":{\"$numberLong\":\"1\"}}}"),
    ),
    ("{$symbol: \"s\"}", "symbol", Some("{\"$symbol\":\"s\"}")),
    ("DBRef(\"c\", 1)", "object", Some("{\"$ref\":\"c\",\"$id\":1}")),
    (
        "{a: 1, b: {c: [1, NumberLong(1), null]}}",
        "object",
        Some("{\"a\":1,\"b\":{\"c\":[1,{\"$numberLong\":\"1\"},null]}}"),
    ),
    ("{b: 1, a: 2, \"\": 3, \"x.y\": 4}", "object", Some("{\"b\":1,\"a\":2,\"\":3,\"x.y\":4}")),
    ("[]", "array", Some("[]")),
    ("[[1.0, \"x\"], {}]", "array", Some("[[1.0,\"x\"],{}]")),
];

#[test]
fn every_type_of_mongodb_is_exact_in_page_and_json_and_comes_back() {
    let Some(server) = servers::mongodb() else { return };
    let (backstory, home) = (Backstory::new(), Home::new());
    let connection = format!("{}{}?read_only=false", server.url(), server.database().unwrap());
    let run = |text: &str| -> Result<Value, String> {
        let params = json!({ "connection": connection, "text": text, "rows": 1000 });
        let ran = backstory.receive("databases.run", &params);
        let fine = ran["error"].is_null() && ran["result"]["failure"].is_null();
        let rows = ran["result"]["results"][0]["rows"].clone();
        if fine { Ok(rows) } else { Err(format!("{text}: {ran}")) }
    };
    let mut faults = Vec::new();
    for (id, (written, type_name, text)) in FIELDS.iter().enumerate() {
        let proof = || -> Result<(), String> {
            run(&format!("db.one.insertOne({{_id: {id}, v: {written}}})"))?;
            let find = format!("db.one.find({{_id: {id}}})");
            let found = run(&find)?;
            let cells = &found[0]["cells"];
            let cell = text_of(&cells[1]);
            if cell.as_deref() != *text {
                return Err(format!("page: comes as {cell:?}"));
            }
            let own = run(&format!(
                "db.one.aggregate([{{$match: {{_id: {id}}}}}, {{$project: {{_id: 0, t: {{$type: '$v'}}}}}}])"
            ))?;
            if own[0]["cells"][0] != *type_name {
                return Err(format!("the server has a {}", own[0]["cells"][0]));
            }
            // A line of NDJSON is the document and goes back as it is.
            let file = home.path().join(format!("{id}.ndjson"));
            let params =
                json!({ "connection": connection, "text": find, "format": "ndjson", "path": file });
            let reply = backstory.receive("databases.export", &params);
            let line = std::fs::read_to_string(&file).map_err(|_| reply.to_string())?;
            run(&format!("db.two.insertOne({})", line.trim_end()))
                .map_err(|it| format!("back: {it}"))?;
            let again = run(&find.replace("one", "two"))?;
            if again[0]["cells"] != *cells {
                return Err(format!("back: {cells} has become {}", again[0]["cells"]));
            }
            Ok(())
        };
        if let Err(fault) = proof() {
            faults.push(format!("{written}: {fault}"));
        }
    }
    // Documents that differ in type, size or value stand alone.
    let alone = run(
        "db.one.aggregate([{$unionWith: 'two'}, {$group: {_id: {i: '$_id', v: '$v', t: {$type: '$v'}, s: {$bsonSize: '$$ROOT'}}, n: {$sum: 1}}}, {$match: {n: {$ne: 2}}}])",
    )
    .unwrap();
    if alone.as_array().is_none_or(|it| !it.is_empty()) {
        faults.push(format!("the server finds a difference: {alone}"));
    }
    eprintln!("mongodb: {} values", FIELDS.len());
    assert!(faults.is_empty(), "{} fields are not exact:\n{}", faults.len(), faults.join("\n"));
}
