//! Statements of MongoDB, read and judged.

use super::*;
use crate::bson::json::Json;
use crate::bson::kind;
use crate::statement::{Effect, Judgement, Loss};

fn shown(text: &str) -> String {
    let value = value(text).unwrap_or_else(|it| panic!("{text}: {it}"));
    let json = Json::of(value.value().unwrap());
    assert!(!json.inexact);
    json.text
}

fn command(text: &str) -> String {
    match read(text).unwrap_or_else(|it| panic!("{text}: {it}")) {
        Statement::Command(it) => Json::of_doc(it.doc().unwrap()).text,
        Statement::Use(it) => format!("use {it}"),
    }
}

#[test]
fn values_are_read_as_the_shell_writes_them() {
    for (written, json) in [
        ("{a: 1, 'b': -2, \"c\": [1, 2,], }", r#"{"a":1,"b":-2,"c":[1,2]}"#),
        ("2147483648", "2147483648"),
        ("9007199254740993", "9007199254740993"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("1.0", "1.0"),
        ("1e3", "1000.0"),
        ("-0.0", "-0.0"),
        (".5", "0.5"),
        ("NumberLong(\"5\")", r#"{"$numberLong":"5"}"#),
        ("NumberLong(5)", r#"{"$numberLong":"5"}"#),
        ("NumberInt(\"5\")", "5"),
        ("Double(1)", "1.0"),
        ("NumberDecimal(\"1.10\")", r#"{"$numberDecimal":"1.10"}"#),
        ("ObjectId('507f1f77bcf86cd799439011')", r#"{"$oid":"507f1f77bcf86cd799439011"}"#),
        ("ISODate('2024-01-31T12:00:00Z')", r#"{"$date":"2024-01-31T12:00:00.000Z"}"#),
        ("new Date(\"2024-01-31\")", r#"{"$date":"2024-01-31T00:00:00.000Z"}"#),
        ("new Date(-1)", r#"{"$date":{"$numberLong":"-1"}}"#),
        ("/a\\/[/]b/mi", r#"{"$regularExpression":{"pattern":"a\\/[/]b","options":"im"}}"#),
        (
            "UUID('00112233-4455-6677-8899-aabbccddeeff')",
            r#"{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}"#,
        ),
        ("BinData(0, 'AQI=')", r#"{"$binary":{"base64":"AQI=","subType":"00"}}"#),
        ("HexData(2, '0102')", r#"{"$binary":{"base64":"AQI=","subType":"02"}}"#),
        ("Timestamp(1, 2)", r#"{"$timestamp":{"t":1,"i":2}}"#),
        ("Timestamp({t: 1, i: 2})", r#"{"$timestamp":{"t":1,"i":2}}"#),
        (
            "[MinKey, MaxKey(), undefined, null, true]",
            r#"[{"$minKey":1},{"$maxKey":1},{"$undefined":true},null,true]"#,
        ),
        (
            "[Infinity, -Infinity, NaN]",
            r#"[{"$numberDouble":"Infinity"},{"$numberDouble":"-Infinity"},{"$numberDouble":"NaN"}]"#,
        ),
        ("{a: 1, a: 2}", r#"{"a":1,"a":2}"#),
        ("{$oid: '507f1f77bcf86cd799439011'}", r#"{"$oid":"507f1f77bcf86cd799439011"}"#),
        ("{a: {$gt: 3, $lt: 5}}", r#"{"a":{"$gt":3,"$lt":5}}"#),
        ("{a: {$regex: '^x', $options: 'i'}}", r#"{"a":{"$regex":"^x","$options":"i"}}"#),
        ("{a: {$type: 'string'}}", r#"{"a":{"$type":"string"}}"#),
        ("'a\\x41\\u00e9\\u{1F600}\\ud83d\\ude00\\'\\n'", "\"aA\u{e9}\u{1f600}\u{1f600}'\\n\""),
        ("/* a */ {// b\n a: 1 /* c */}", r#"{"a":1}"#),
        ("DBRef('c', 1)", r#"{"$ref":"c","$id":1}"#),
        ("Code('x', {a: 1})", r#"{"$code":"x","$scope":{"a":1}}"#),
    ] {
        assert_eq!(shown(written), json, "{written}");
        assert_eq!(value(json).unwrap(), value(written).unwrap(), "{json} is read back as it was");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    for (text, line, column) in [
        ("db.users.find({a: })", 1, 19),
        ("db.users.find({a: 1)", 1, 20),
        ("db.users.find({\n  a: 99999999999999999999})", 2, 6),
        ("db.users.find({a: ObjectId('12')})", 1, 19),
        ("db.users.find({a: 'open})", 1, 19),
        ("db.users.find({a: function() { return 1 }})", 1, 19),
        ("db.users.find({a: {$oid: 5}})", 1, 19),
        ("db.users.nothing()", 1, 10),
        ("db.users.find().map(1)", 1, 17),
        ("db.users", 1, 3),
        ("select 1", 1, 1),
        ("db.users.find() x", 1, 17),
        ("db.users.updateOne({}, {a: 1})", 1, 10),
        ("db.users.find({a: 012})", 1, 19),
        ("db.users.find({a: 0x1f})", 1, 19),
        ("db.users.find({a: 1n})", 1, 19),
        ("db.users.find({a: '\\ud800'})", 1, 26),
        ("db.users.find({a: new Date('never')})", 1, 23),
        ("db.users.find({a: /x/g})", 1, 19),
        ("", 1, 1),
        ("show nothing", 1, 1),
        ("{}", 1, 1),
        ("{ping: 1, $db: 'x'}", 1, 1),
    ] {
        let failure = read(text).expect_err(text);
        assert_eq!(failure.reason, Reason::Usage);
        let place = failure.place.unwrap_or_else(|| panic!("{text}: {failure}"));
        assert_eq!((place.line, place.column), (line, column), "{text}: {failure}");
    }
}

#[test]
fn no_text_makes_the_reader_panic() {
    let pieces = [
        "db", ".", "find", "(", ")", "{", "}", "[", "]", "'", "\"", "\\", "/", ":", "a", "$oid",
        "1", "-", "é", "\n", ";", "use ", "show ", "//", "/*", ",", "ObjectId", "new ", "\\u",
        "😀", "\0", "e5",
    ];
    let mut state: u64 = 7;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[usize::try_from(state >> 33).unwrap() % pieces.len()]);
        }
        let _ = (read(&text), split(&text), parameters(&text), judge(&text));
    }
    let deep = "[".repeat(100_000);
    assert!(read(&format!("db.x.find({deep}")).is_err());
}

#[test]
fn expressions_become_the_commands_they_mean() {
    for (text, json) in [
        (
            "db.users.find({age: {$gt: 30}}, {name: 1}).sort({age: -1}).limit(10).skip(5)",
            r#"{"find":"users","filter":{"age":{"$gt":30}},"projection":{"name":1},"sort":{"age":-1},"limit":10,"skip":5}"#,
        ),
        ("db.getCollection('a b').find()", r#"{"find":"a b","filter":{}}"#),
        ("db['x'].y.find().toArray();", r#"{"find":"x.y","filter":{}}"#),
        (
            "db.x.findOne({_id: 1})",
            r#"{"find":"x","filter":{"_id":1},"limit":1,"singleBatch":true}"#,
        ),
        ("db.x.find({a: 1}).count()", r#"{"count":"x","query":{"a":1}}"#),
        (
            "db.x.aggregate([{$match: {a: 1}}], {allowDiskUse: true})",
            r#"{"aggregate":"x","pipeline":[{"$match":{"a":1}}],"cursor":{},"allowDiskUse":true}"#,
        ),
        (
            "db.x.countDocuments({a: 1})",
            r#"{"aggregate":"x","pipeline":[{"$match":{"a":1}},{"$group":{"_id":1,"n":{"$sum":1}}}],"cursor":{}}"#,
        ),
        ("db.x.distinct('a')", r#"{"distinct":"x","key":"a","query":{}}"#),
        ("db.x.insertOne({a: 1})", r#"{"insert":"x","documents":[{"a":1}]}"#),
        (
            "db.x.insertMany([{a: 1}, {a: 2}], {ordered: false})",
            r#"{"insert":"x","ordered":false,"documents":[{"a":1},{"a":2}]}"#,
        ),
        (
            "db.x.updateOne({a: 1}, {$set: {b: 2}}, {upsert: true, comment: 'c'})",
            r#"{"update":"x","updates":[{"q":{"a":1},"u":{"$set":{"b":2}},"multi":false,"upsert":true}],"comment":"c"}"#,
        ),
        ("db.x.deleteMany({})", r#"{"delete":"x","deletes":[{"q":{},"limit":0}]}"#),
        (
            "db.x.findOneAndUpdate({a: 1}, {$inc: {a: 1}}, {returnDocument: 'after'})",
            r#"{"findAndModify":"x","query":{"a":1},"update":{"$inc":{"a":1}},"new":true}"#,
        ),
        (
            "db.x.createIndex({a: 1, b: -1}, {unique: true})",
            r#"{"createIndexes":"x","indexes":[{"key":{"a":1,"b":-1},"name":"a_1_b_-1","unique":true}]}"#,
        ),
        (
            "db.x.find().explain('executionStats')",
            r#"{"explain":{"find":"x","filter":{}},"verbosity":"executionStats"}"#,
        ),
        (
            "db.x.explain().aggregate([])",
            r#"{"explain":{"aggregate":"x","pipeline":[],"cursor":{}},"verbosity":"queryPlanner"}"#,
        ),
        ("db.runCommand({ping: 1})", r#"{"ping":1}"#),
        ("db.adminCommand('ping')", r#"{"ping":1}"#),
        ("{ find: \"users\", limit: 1 }", r#"{"find":"users","limit":1}"#),
        ("show dbs", r#"{"listDatabases":1}"#),
        ("use shop;", "use shop"),
    ] {
        assert_eq!(command(text), json, "{text}");
    }
}

#[test]
fn a_script_falls_apart_into_its_statements() {
    let script = "use shop\nshow collections\n// nothing\ndb.x.find({a: ';'})\n  .sort({a: 1})\ndb.y.drop(); \
                  db.z.find({b: /;\\/\"/})\n{ping: 1}\n";
    let pieces: Vec<&str> =
        split(script).unwrap().into_iter().map(|it| &script[it.range]).collect();
    assert_eq!(
        pieces,
        [
            "use shop",
            "show collections",
            "db.x.find({a: ';'})\n  .sort({a: 1})",
            "db.y.drop()",
            "db.z.find({b: /;\\/\"/})",
            "{ping: 1}"
        ]
    );
    for piece in pieces {
        read(piece).unwrap();
    }
}

#[test]
fn places_left_open_are_filled_with_values() {
    let text = "db.x.find({a: {$gt: :from}, _id: ObjectId(:id), s: ':no', t::from}).limit(:n)";
    assert_eq!(parameters(text).unwrap(), ["from", "id", "n"]);
    let bound = bind(text, &|name| {
        Some(match name {
            "from" => Value::Number("9007199254740993".to_owned()),
            "id" => Value::Text("507f1f77bcf86cd799439011".to_owned()),
            _ => Value::Number("3".to_owned()),
        })
    });
    assert_eq!(
        bound.unwrap(),
        "db.x.find({a: {$gt: 9007199254740993}, _id: ObjectId(\"507f1f77bcf86cd799439011\"), \
         s: ':no', t:9007199254740993}).limit(3)"
    );
    let hostile = Value::Text("\"}).drop() //\n\\".to_owned());
    let bound = bind("db.x.find({a: :it})", &|_| Some(hostile.clone())).unwrap();
    assert_eq!(command(&bound), r#"{"find":"x","filter":{"a":"\"}).drop() //\n\\"}}"#);
    let number = Value::Number("1}).drop(".to_owned());
    assert!(bind("db.x.find({a: :it})", &|_| Some(number.clone())).is_err());
    assert!(bind("db.x.find({a: :it})", &|_| None).is_err());
    assert!(read("db.x.find({a: :it})").is_err());
    let bytes = bind("{a: :it}", &|_| Some(Value::Bytes(vec![1, 2]))).unwrap();
    assert_eq!(value(&bytes).unwrap().kind, kind::DOCUMENT);
}

#[test]
fn only_what_is_known_to_read_reads() {
    for text in [
        "db.x.find()",
        "db.x.aggregate([{$match: {}}, {$lookup: {from: 'y', pipeline: [{$match: {}}], as: 'z'}}])",
        "db.x.aggregate([{$facet: {a: [{$count: 'n'}]}}])",
        "db.x.countDocuments()",
        "db.x.distinct('a')",
        "db.x.getIndexes()",
        "db.x.find().explain()",
        "show dbs",
        "use other",
        "db.stats()",
        "{ping: 1}",
    ] {
        assert_eq!(judge(text), Judgement { effect: Effect::Reads, reads: Ok(()) }, "{text}");
    }
    for text in [
        "db.x.insertOne({})",
        "db.x.aggregate([{$out: 'y'}])",
        "db.x.aggregate([{$merge: 'y'}])",
        "db.x.aggregate([{$unionWith: {coll: 'y', pipeline: [{$merge: 'z'}]}}])",
        "db.x.aggregate([{$facet: {a: [{$out: 'z'}]}}])",
        "db.x.aggregate([{$lookup: {from: 'y', pipeline: [{$facet: {a: [{$out: 'z'}]}}], as: 'z'}}])",
        "db.x.aggregate([{$newStage: {}}])",
        "db.x.find({$where: 'sleep(1)'})",
        "db.x.find({$expr: {$function: {body: '', args: [], lang: 'js'}}})",
        "db.x.aggregate([{$group: {_id: 1, n: {$accumulator: {}}}}])",
        "{mapReduce: 'x', map: '', reduce: '', out: 'y'}",
        "{explain: {delete: 'x', deletes: [{q: {}, limit: 0}]}}",
        "{explain: {explain: {find: 'x'}}}",
        "{aggregate: 'x'}",
        "{nothing: 1}",
        "{killOp: 1, op: 1}",
        "{getParameter: '*'}",
        "{FIND: 'x'}",
        "{findAndModify: 'x', remove: true}",
        "db.x.createIndex({a: 1})",
        "db.x.find(",
    ] {
        assert!(judge(text).reads.is_err(), "{text}");
    }
}

#[test]
fn what_destroys_is_told_in_words() {
    for (text, words) in [
        ("db.users.drop()", "removes the collection `users` with all its documents and indexes"),
        ("db.dropDatabase()", "removes the current database with all its collections"),
        ("db.users.deleteMany({})", "removes every document of `users`"),
        (
            "{delete: 'users', deletes: [{q: {a: 1}, limit: 0}, {q: {}, limit: 0}]}",
            "removes every document of `users`",
        ),
        ("db.users.updateMany({}, {$set: {a: 1}})", "changes every document of `users`"),
        ("db.users.deleteMany({_id: {$exists: true}})", "removes every document of `users`"),
        ("db.users.deleteMany({$or: [{a: 1}, {}]})", "removes every document of `users`"),
        ("db.users.deleteMany({$expr: {$eq: [1, 1]}})", "removes every document of `users`"),
        ("db.users.deleteMany({$where: 'true'})", "removes every document of `users`"),
        ("db.users.dropIndexes()", "removes all indexes of `users`"),
        ("db.adminCommand({shutdown: 1})", "stops the server"),
        (
            "db.users.aggregate([{$out: 'y'}])",
            "replaces the collection that $out names by what the pipeline gives",
        ),
    ] {
        assert_eq!(
            judge(text).effect,
            Effect::Destroys(vec![Loss { words: words.to_owned() }]),
            "{text}"
        );
    }
    for text in [
        "db.users.deleteMany({a: 1})",
        "db.users.deleteMany({$expr: {$eq: ['$a', 1]}})",
        "db.users.deleteMany({$or: [{a: 1}, {b: 1}]})",
        "db.users.deleteOne({})",
        "db.users.insertOne({})",
    ] {
        assert_eq!(judge(text).effect, Effect::Writes, "{text}");
    }
}

/// MongoDB's own cases for BSON, where a folder of them is named: they may not be kept here.
#[test]
fn the_field_s_own_cases_come_back_byte_by_byte() {
    let Some(folder) = std::env::var_os("BACKSTORY_TEST_BSON_CORPUS") else { return };
    let (mut same, mut other, mut cases, mut lossy) = (0, Vec::new(), 0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let file = value(&text).unwrap();
        let file = file.doc().unwrap();
        let each = |name| file.doc(name).into_iter().flat_map(Doc::elements).flatten();
        for case in each("valid") {
            let Bson::Document(case) = case.value else { panic!() };
            cases += 1;
            let name = format!("{:?} {:?}", path.file_name().unwrap(), case.text("description"));
            let bytes =
                crate::statement::mongodb::literal::unhex(case.text("canonical_bson").unwrap())
                    .unwrap();
            let json = Json::of_doc(Doc::whole(&bytes).unwrap());
            let back = value(&json.text).map(|it| it.bytes);
            if back.as_deref() == Ok(&bytes[..]) {
                same += 1;
            } else if json.inexact || case.get("lossy").is_some() {
                lossy += 1;
                other.push(format!("told to lose: {name} {}", json.text));
            } else {
                other.push(format!("{name}: {} {back:?}", json.text));
            }
            if let Some(extended) = case.text("canonical_extjson")
                && case.get("lossy").is_none()
                && value(extended).map(|it| it.bytes).as_deref() != Ok(&bytes[..])
            {
                other.push(format!("canonical {name} {extended} {:?}", value(extended)));
            }
        }
        for case in each("decodeErrors") {
            let Bson::Document(case) = case.value else { panic!() };
            let bytes =
                crate::statement::mongodb::literal::unhex(case.text("bson").unwrap()).unwrap();
            let broken = |doc: Doc<'_>| Json::of_doc(doc).inexact;
            if !Doc::whole(&bytes).map_or(true, broken) {
                other.push(format!("taken: {:?}", case.text("description")));
            }
        }
        if file.text("bson_type") == Some("0x13") {
            for case in each("parseErrors") {
                let Bson::Document(case) = case.value else { panic!() };
                let string = case.text("string").unwrap();
                if crate::bson::decimal::parse(string).is_some() {
                    other.push(format!("taken: {string}"));
                }
            }
        } else {
            for case in each("parseErrors") {
                let Bson::Document(case) = case.value else { panic!() };
                let string = case.text("string").unwrap();
                if value(string).is_ok() {
                    other.push(format!("taken: {string}"));
                }
            }
        }
    }
    assert_eq!(
        (same + lossy, other.len() - lossy),
        (cases, 0),
        "{same} same\n{}",
        other.join("\n")
    );
}
