//! MongoDB, on a real engine.

use super::connect;
use super::documents::Documents;
use crate::bson::{Build, Doc};
use crate::catalogue::{ObjectKind, Objects};
use crate::engines::heard::{Counted, Heard, address, peak_memory, run, run_by, target};
use crate::engines::pages::Pages;
use crate::{Address, Ask, Engine, Kind, PageSize, Reason, Secret, Session, Step, Target};
use std::io::{Read, Write};
use std::time::{Duration, Instant};

fn server() -> Option<Target> {
    address(::servers::mongodb()).map(|it| target(Engine::Mongodb, it))
}

/// A session in a database of its own, emptied.
fn session(database: &str) -> Option<Box<dyn Session>> {
    let mut target = server()?;
    target.database = Some(database.to_owned());
    let mut session = connect(&target).unwrap();
    run(&mut *session, "db.dropDatabase()").unwrap();
    Some(session)
}

fn texts(session: &mut dyn Session, text: &str) -> Vec<Vec<String>> {
    run(session, text).unwrap_or_else(|it| panic!("{text}: {it:?}")).texts()
}

fn one(session: &mut dyn Session, text: &str) -> String {
    run(session, text).unwrap_or_else(|it| panic!("{text}: {it:?}")).one()
}

#[test]
fn every_type_comes_back_as_it_was_put_in() {
    let Some(mut session) = session("types") else { return };
    let it = &mut *session;
    let types = [
        ("1", "int", Kind::Integer, "1"),
        ("NumberLong(\"1\")", "long", Kind::Integer, "1"),
        ("9007199254740993", "long", Kind::Integer, "9007199254740993"),
        ("-9223372036854775808", "long", Kind::Integer, "-9223372036854775808"),
        ("1.0", "double", Kind::Float, "1.0"),
        ("0.1", "double", Kind::Float, "0.1"),
        ("-0.0", "double", Kind::Float, "-0.0"),
        ("5e-324", "double", Kind::Float, "5e-324"),
        ("1.7976931348623157e308", "double", Kind::Float, "1.7976931348623157e308"),
        ("NaN", "double", Kind::Float, "NaN"),
        ("-Infinity", "double", Kind::Float, "-Infinity"),
        ("NumberDecimal(\"1.10\")", "decimal", Kind::Decimal, "1.10"),
        (
            "NumberDecimal(\"-1.234567890123456789012345678901234E-6143\")",
            "decimal",
            Kind::Decimal,
            "-1.234567890123456789012345678901234E-6143",
        ),
        ("\"h\u{e9}\\n\\u0001\\u0000\"", "string", Kind::Text, "h\u{e9}\n\u{1}\0"),
        ("\"\"", "string", Kind::Text, ""),
        ("true", "bool", Kind::Bool, "true"),
        (
            "ObjectId(\"507f1f77bcf86cd799439011\")",
            "objectId",
            Kind::Other,
            "507f1f77bcf86cd799439011",
        ),
        (
            "ISODate(\"2024-02-29T12:00:00.001Z\")",
            "date",
            Kind::Timestamp,
            "2024-02-29T12:00:00.001Z",
        ),
        ("ISODate(\"0001-01-01\")", "date", Kind::Timestamp, "0001-01-01T00:00:00.000Z"),
        (
            "new Date(253402300800000)",
            "date",
            Kind::Json,
            "{\"$date\":{\"$numberLong\":\"253402300800000\"}}",
        ),
        (
            "UUID(\"00112233-4455-6677-8899-aabbccddeeff\")",
            "binData",
            Kind::Uuid,
            "00112233-4455-6677-8899-aabbccddeeff",
        ),
        ("BinData(0, \"AP8=\")", "binData", Kind::Bytes, "00ff"),
        ("BinData(128, \"AP8=\")", "binData", Kind::Bytes, "00ff"),
        ("BinData(2, \"AP8=\")", "binData", Kind::Bytes, "00ff"),
        (
            "/^a/im",
            "regex",
            Kind::Other,
            "{\"$regularExpression\":{\"pattern\":\"^a\",\"options\":\"im\"}}",
        ),
        (
            "Timestamp(4294967295, 1)",
            "timestamp",
            Kind::Other,
            "{\"$timestamp\":{\"t\":4294967295,\"i\":1}}",
        ),
        ("MinKey", "minKey", Kind::Other, "{\"$minKey\":1}"),
        ("MaxKey", "maxKey", Kind::Other, "{\"$maxKey\":1}"),
        ("null", "null", Kind::Null, "∅"),
        ("undefined", "undefined", Kind::Other, "{\"$undefined\":true}"),
        ("Code(\"x\")", "javascript", Kind::Other, "{\"$code\":\"x\"}"),
        ("{$symbol: \"s\"}", "symbol", Kind::Other, "{\"$symbol\":\"s\"}"),
        (
            "{a: 1, b: {c: [1, NumberLong(1)]}}",
            "object",
            Kind::Json,
            "{\"a\":1,\"b\":{\"c\":[1,{\"$numberLong\":\"1\"}]}}",
        ),
        ("[]", "array", Kind::Json, "[]"),
    ];
    for (written, type_name, kind, text) in types {
        run(it, "db.t.deleteMany({})").unwrap();
        run(it, &format!("db.t.insertOne({{_id: 1, v: {written}}})")).unwrap();
        let heard = run(it, "db.t.find()").unwrap();
        assert_eq!(heard.names(), ["_id", "v", "document"], "{written}");
        assert_eq!(heard.columns[1].type_name, type_name, "{written}");
        assert_eq!(heard.columns[2].type_name, "document");
        assert_eq!((heard.rows[0][1].0, heard.texts()[0][1].as_str()), (kind, text), "{written}");
        // What came out goes in again, and is the same to the byte.
        let whole = heard.texts()[0][2].clone();
        run(it, "db.t.deleteMany({})").unwrap();
        run(it, &format!("db.t.insertOne({whole})")).unwrap();
        assert_eq!(run(it, "db.t.find()").unwrap().texts()[0][2], whole, "{written}");
        let size = "db.t.aggregate([{$project: {_id: 0, t: {$type: '$v'}}}])";
        assert_eq!(texts(it, size)[0][0], type_name, "{written}: by the server's own word");
        assert!(heard.notices.is_empty());
    }
}

#[test]
fn columns_are_the_fields_of_the_first_batch_and_the_whole_document() {
    let Some(mut session) = session("columns") else { return };
    let it = &mut *session;
    run(
        it,
        "db.c.insertMany([{_id: 1, a: 1, b: 'x'}, {_id: 2, c: null, a: 'y'}, {b: 'z', _id: 3}])",
    )
    .unwrap();
    let heard = run(it, "db.c.find().sort({_id: 1})").unwrap();
    let columns: Vec<_> =
        heard.columns.iter().map(|it| (it.name.as_str(), it.type_name.as_str())).collect();
    assert_eq!(
        columns,
        [("_id", "int"), ("a", "mixed"), ("b", "string"), ("c", "null"), ("document", "document")]
    );
    assert_eq!(
        heard.texts(),
        [
            ["1", "1", "x", "∅", r#"{"_id":1,"a":1,"b":"x"}"#],
            ["2", "y", "∅", "∅", r#"{"_id":2,"c":null,"a":"y"}"#],
            ["3", "∅", "z", "∅", r#"{"_id":3,"b":"z"}"#],
        ]
    );
    let heard = run(it, "db.c.find().sort({_id: 1}).batchSize(1)").unwrap();
    assert_eq!(heard.names(), ["_id", "a", "b", "document"]);
    assert_eq!(heard.texts()[1], ["2", "y", "∅", r#"{"_id":2,"c":null,"a":"y"}"#]);
    let empty = run(it, "db.none.find()").unwrap();
    assert_eq!((empty.names(), empty.rows.len()), (vec!["document"], 0));
}

#[test]
fn two_fields_of_one_name_both_come_through() {
    // The real engine merges them when it is given such a document; older ones keep and send both.
    let inner = Build::new().int("a", 1).int("a", 2);
    let doc = Build::new().doc("v", inner).int("w", 3).text("w", "x").done();
    let doc = Doc::whole(&doc).unwrap();
    let mut heard = Heard::default();
    let mut pages = Pages::new(&mut heard, PageSize::default());
    let mut documents = Documents::default();
    assert!(!documents.batch(&[doc], &mut pages, &|| false));
    pages.flush();
    assert_eq!(heard.names(), ["v", "w", "document"]);
    assert_eq!(heard.texts(), [[r#"{"a":1,"a":2}"#, "3", r#"{"v":{"a":1,"a":2},"w":3,"w":"x"}"#]]);
}

#[test]
fn each_statement_answers_in_its_own_shape() {
    let Some(mut session) = session("shapes") else { return };
    let it = &mut *session;
    let done =
        run(it, "db.x.insertMany([{_id: 1, a: 1}, {_id: 2, a: 2}, {_id: 3, a: 2}])").unwrap();
    assert_eq!((done.done[0].affected, done.done[0].tag.as_str()), (Some(3), "insert"));
    assert_eq!(one(it, "db.x.countDocuments({a: 2})"), "2");
    assert_eq!(one(it, "db.x.countDocuments({a: 9})"), "0");
    assert_eq!(one(it, "db.x.estimatedDocumentCount()"), "3");
    assert_eq!(one(it, "db.x.find({a: 2}).count()"), "2");
    assert_eq!(texts(it, "db.x.distinct('a')"), [["1"], ["2"]]);
    assert_eq!(texts(it, "db.x.findOne({_id: 2})").len(), 1);
    assert_eq!(texts(it, "db.x.find().sort({_id: -1}).skip(1).limit(1)")[0][0], "2");
    let changed = run(it, "db.x.updateMany({a: 2}, {$inc: {b: 1}})").unwrap();
    assert_eq!(changed.done[0].affected, Some(2));
    let changed = run(it, "db.x.updateOne({_id: 9}, {$set: {b: 1}}, {upsert: true})").unwrap();
    assert_eq!(changed.done[0].affected, Some(1));
    let found =
        run(it, "db.x.findOneAndUpdate({_id: 9}, {$set: {b: 2}}, {returnDocument: 'after'})");
    let found = found.unwrap();
    assert_eq!((found.texts()[0][1].as_str(), found.done[0].affected), ("2", Some(1)));
    assert_eq!(run(it, "db.x.deleteOne({_id: 9})").unwrap().done[0].affected, Some(1));
    assert_eq!(run(it, "db.x.replaceOne({_id: 1}, {z: 1})").unwrap().done[0].affected, Some(1));
    let grouped = "db.x.aggregate([{$match: {a: 2}}, {$group: {_id: '$a', n: {$sum: 1}}}])";
    assert_eq!(texts(it, grouped)[0][..2], ["2", "2"]);
    run(it, "db.x.createIndex({a: 1})").unwrap();
    assert_eq!(texts(it, "db.x.getIndexes()").len(), 2);
    assert!(texts(it, "show collections").iter().any(|row| row[0] == "x"));
    assert!(texts(it, "show dbs").iter().any(|row| row[0] == "shapes"));
    assert_eq!(texts(it, "{find: 'x', sort: {_id: 1}, limit: 1}")[0][0], "1");
    assert_eq!(run(it, "db.runCommand({ping: 1})").unwrap().names(), ["ok", "document"]);
    run(it, "use other").unwrap();
    assert_eq!(one(it, "db.x.countDocuments()"), "0");
    assert_eq!(one(it, "db.getSiblingDB('shapes').x.countDocuments()"), "3");
    run(it, "use shapes").unwrap();
    run(it, "db.x.drop()").unwrap();
    assert_eq!(one(it, "db.x.countDocuments()"), "0");
    assert_eq!(it.transaction(Step::Begin).unwrap_err().reason, Reason::Unsupported);
}

#[test]
fn the_server_s_no_has_its_code() {
    let Some(mut session) = session("errors") else { return };
    let it = &mut *session;
    let failure = run(it, "db.x.find({$nothing: 1})").unwrap_err();
    assert_eq!((failure.reason, failure.code.as_deref()), (Reason::Server, Some("BadValue")));
    let failure = run(it, "db.x.insertMany([{_id: 1}, {_id: 1}, {_id: 2}])").unwrap_err();
    assert_eq!((failure.reason, failure.code.as_deref()), (Reason::Server, Some("11000")));
    assert_eq!(failure.detail.as_deref(), Some("1 done, 1 refused"));
    let failure = run(it, "{nosuch: 1}").unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("CommandNotFound"));
    run(it, "db.x.insertMany([{_id: 5}, {_id: 6}])").unwrap();
    it.ping().unwrap();
}

/// A statement that works for long.
fn slow(it: &mut dyn Session) -> &'static str {
    let documents: Vec<String> = (0..1000).map(|it| format!("{{_id: {it}}}")).collect();
    run(it, "db.s.drop()").unwrap();
    run(it, &format!("db.s.insertMany([{}])", documents.join(","))).unwrap();
    "db.s.aggregate([{$lookup: {from: 's', pipeline: [], as: 'b'}}, {$unwind: '$b'}, {$lookup: {from: 's', \
     pipeline: [], as: 'c'}}, {$unwind: '$c'}, {$group: {_id: '$c._id', n: {$sum: 1}}}])"
}

#[test]
fn an_operation_is_stopped_at_the_server() {
    let (Some(mut session), Some(mut watcher)) = (session("cancels"), self::session("watches"))
    else {
        return;
    };
    let text = slow(&mut *session);
    let stop = session.canceller();
    stop.cancel().unwrap();
    let running = |it: &mut dyn Session| {
        let ask = "db.getSiblingDB('admin').aggregate([{$currentOp: {}}, {$match: {active: true, \
                   ns: 'cancels.s'}}])";
        run(it, ask).unwrap().rows.len()
    };
    let thread = std::thread::spawn(move || {
        let done = run(&mut *session, text).map(|_| ());
        (session, done, Instant::now())
    });
    let until = Instant::now() + Duration::from_secs(10);
    while running(&mut *watcher) == 0 {
        assert!(Instant::now() < until, "it never ran");
    }
    let asked = Instant::now();
    stop.cancel().unwrap();
    let (mut session, done, ended) = thread.join().unwrap();
    assert_eq!(done.unwrap_err().reason, Reason::Cancelled);
    assert!(ended - asked < Duration::from_millis(250), "{:?}", ended - asked);
    while running(&mut *watcher) > 0 {
        assert!(asked.elapsed() < Duration::from_millis(250), "the server still works on it");
    }
    assert_eq!(one(&mut *session, "db.s.countDocuments()"), "1000", "the session goes on");
    let failure = run(&mut *session, &text.replace("}}])", "}}], {maxTimeMS: 50})")).unwrap_err();
    assert_eq!(failure.reason, Reason::TimedOut);
}

#[test]
fn a_read_only_session_sends_no_write() {
    let (Some(mut target), Some(mut free)) = (server(), session("guarded")) else { return };
    run(&mut *free, "db.x.insertOne({_id: 1})").unwrap();
    target.database = Some("guarded".to_owned());
    target.read_only = true;
    let mut session = connect(&target).unwrap();
    assert!(session.server().warnings[0].contains("has no read-only session"));
    for text in [
        "db.x.find()",
        "db.x.countDocuments()",
        "db.x.distinct('_id')",
        "db.x.getIndexes()",
        "show dbs",
        "show collections",
        "db.x.find().explain()",
        "{ping: 1}",
        "db.x.aggregate([{$match: {}}])",
    ] {
        run(&mut *session, text).unwrap_or_else(|it| panic!("{text}: {it}"));
    }
    for text in [
        "db.x.insertOne({})",
        "db.x.updateMany({}, {$set: {a: 1}})",
        "db.x.deleteMany({})",
        "db.x.drop()",
        "db.dropDatabase()",
        "db.x.createIndex({a: 1})",
        "db.x.aggregate([{$out: 'y'}])",
        "db.x.aggregate([{$merge: {into: 'y'}}])",
        "{mapReduce: 'x', map: '', reduce: '', out: 'y'}",
        "db.x.aggregate([{$facet: {a: [{$out: 'y'}]}}])",
        "db.x.find({$where: 'true'})",
        "{explain: {delete: 'x', deletes: [{q: {}, limit: 0}]}}",
        "db.x.findOneAndDelete({})",
        "{create: 'y'}",
        "{renameCollection: 'guarded.x', to: 'guarded.y'}",
        "{eval: 'x'}",
        "{killOp: 1, op: 1}",
        "{shutdown: 1}",
        "{FIND: 'x'}",
        "{collMod: 'x'}",
        "db.x.replaceOne({}, {})",
        "{setParameter: 1, logLevel: 0}",
        "{find: 'x', filter: {$expr: {$function: {body: '', args: [], lang: 'js'}}}}",
    ] {
        let failure = run(&mut *session, text).expect_err(text);
        assert_eq!(failure.reason, Reason::Refused, "{text}: {failure}");
        let failure = session.explain(&Ask::new(text), true).expect_err(text);
        assert_eq!(failure.reason, Reason::Refused, "{text}: {failure}");
    }
    assert_eq!(one(&mut *free, "db.x.countDocuments()"), "1");
    assert_eq!(texts(&mut *free, "show collections").len(), 1);
}

#[test]
fn collections_are_told_with_their_fields() {
    let Some(mut session) = session("catalogue") else { return };
    let it = &mut *session;
    let documents: Vec<String> = (0..100)
        .map(|n| match n {
            0..90 => {
                format!("{{_id: {n}, name: 'n{n}', at: {{x: {n}, y: 1.5}}, tags: ['a', 'b']}}")
            }
            _ => format!("{{_id: {n}, name: {n}}}"),
        })
        .collect();
    run(it, &format!("db.people.insertMany([{}])", documents.join(","))).unwrap();
    run(it, "db.people.createIndex({name: 1, _id: -1}, {unique: true})").unwrap();
    run(it, "db.createView('some', 'people', [{$match: {_id: {$lt: 5}}}])").unwrap();
    let all = Objects { schema: "catalogue", pattern: None, after: None, limit: 10 };
    let objects = it.objects(&all).unwrap();
    let people = objects.iter().find(|it| it.name == "people").unwrap();
    assert_eq!((people.kind, people.rows), (ObjectKind::Collection, Some(100)));
    let view = objects.iter().find(|it| it.name == "some").unwrap();
    assert_eq!((view.kind, view.detail.as_deref()), (ObjectKind::View, Some("of people")));
    let found = it.objects(&Objects { pattern: Some("EOP"), ..all }).unwrap();
    assert_eq!(found.len(), 1);
    assert!(
        it.objects(&Objects { after: Some("people"), ..all })
            .unwrap()
            .iter()
            .all(|it| it.name != "people")
    );
    let description = it.describe("catalogue", "people").unwrap();
    let columns: Vec<_> = description
        .columns
        .iter()
        .map(|it| (it.name.as_str(), it.type_name.as_str(), it.nullable.unwrap()))
        .collect();
    for column in [
        ("_id", "int", false),
        ("name", "string 90 %, int 10 %", false),
        ("at", "object", true),
        ("at.x", "int", true),
        ("at.y", "double", true),
        ("tags", "array of string", true),
    ] {
        assert!(columns.contains(&column), "{column:?} {columns:?}");
    }
    assert_eq!(description.keys[0].columns, ["_id"]);
    assert_eq!(description.indexes[1].columns, ["name", "_id descending"]);
    assert!(description.indexes[1].unique);
    let browse = description.facts.iter().find(|it| it.0 == "browse").unwrap().1.clone();
    assert_eq!(texts(it, &browse).len(), 100);
    assert_eq!(it.describe("catalogue", "some").unwrap().columns.len(), 6);
    assert_eq!(it.describe("catalogue", "none").unwrap_err().reason, Reason::Usage);
    assert!(
        it.tables("catalogue")
            .unwrap()
            .iter()
            .any(|it| it.name == "people" && it.columns.len() == 6)
    );
    assert!(it.schemas().unwrap().iter().any(|it| it.name == "catalogue" && it.current));
}

#[test]
fn a_plan_is_a_tree() {
    let Some(mut session) = session("plans") else { return };
    let it = &mut *session;
    run(it, "db.x.insertMany([{a: 1}, {a: 2}, {a: 3}])").unwrap();
    let plan = it.explain(&Ask::new("db.x.find({a: {$gt: 1}})"), true).unwrap();
    assert_eq!((plan.roots[0].title.as_str(), plan.roots[0].rows), ("COLLSCAN", Some(2.0)));
    assert!(plan.running_ms.is_some() && plan.text.starts_with('{'));
    run(it, "db.x.createIndex({a: 1})").unwrap();
    let plan = it.explain(&Ask::new("db.x.find({a: {$gt: 1}})"), false).unwrap();
    assert_eq!(plan.roots[0].title, "FETCH");
    assert_eq!(plan.roots[0].children[0].title, "IXSCAN by a_1");
    let pipeline =
        "db.x.aggregate([{$match: {a: 1}}, {$group: {_id: '$a', n: {$sum: 1}}}, {$sort: {n: 1}}])";
    let plan = it.explain(&Ask::new(pipeline), true).unwrap();
    assert_eq!(plan.roots.len(), 1);
    assert!(!plan.roots[0].children.is_empty());
    let plan = it.explain(&Ask::new("db.x.deleteMany({})"), true).unwrap();
    assert!(!plan.roots.is_empty());
    assert_eq!(one(it, "db.x.countDocuments()"), "3", "explained is not done");
}

#[test]
fn a_server_that_dies_is_a_lost_connection() {
    let Some(Address::Host { host, port }) = address(::servers::mongodb()) else { return };
    // Passes everything on to the real server, until it is told to end.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let here = listener.local_addr().unwrap().port();
    let (tell, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let (mut near, _) = listener.accept().unwrap();
        drop(listener);
        let mut far = std::net::TcpStream::connect((host, port)).unwrap();
        tell.send(near.try_clone().unwrap()).unwrap();
        let (mut back, mut forth) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut back, &mut forth));
        let _ = std::io::copy(&mut near, &mut far);
    });
    let mut target =
        target(Engine::Mongodb, Address::Host { host: "127.0.0.1".to_owned(), port: here });
    target.database = Some("dies".to_owned());
    let mut session = connect(&target).unwrap();
    let text = slow(&mut *session);
    let near = hear.recv().unwrap();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        near.shutdown(std::net::Shutdown::Both).unwrap();
    });
    assert_eq!(run(&mut *session, text).unwrap_err().reason, Reason::Lost);
    assert_eq!(run(&mut *session, "{ping: 1}").unwrap_err().reason, Reason::Connection);
}

#[test]
fn who_is_not_let_in_is_told_so() {
    let Some(mut target) = server() else { return };
    target.user = Some("nobody".to_owned());
    target.password = Some(Secret::new("wrong"));
    assert_eq!(connect(&target).err().unwrap().reason, Reason::Connection);
    for answer in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n\r\n\r\n\r\n"[..],
        &[0; 64],
        &[0xff; 64],
        b"\x1a\0\0\0\x01\0\0\0\x01\0\0\0\xdd\x07\0\0\0\0\0\0\0\x05\0\0\0\x01",
        b"\xff\xff\xff\x03\x01\0\0\0\x01\0\0\0\xdd\x07\0\0\0\0\0\0\0",
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = answer.to_vec();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            stream.write_all(&answer).unwrap();
        });
        let address = Address::Host { host: "127.0.0.1".to_owned(), port };
        let failure =
            connect(&super::super::heard::target(Engine::Mongodb, address)).err().unwrap();
        assert_eq!(failure.reason, Reason::Connection);
    }
}

#[test]
fn a_million_documents_pass_through_little_memory() {
    let Some(mut session) = session("million") else { return };
    let it = &mut *session;
    let documents: Vec<String> = (0..1000).map(|it| format!("{{_id: {it}}}")).collect();
    run(it, &format!("db.s.insertMany([{}])", documents.join(","))).unwrap();
    run(
        it,
        "db.s.aggregate([{$lookup: {from: 's', pipeline: [], as: 'b'}}, {$unwind: '$b'}, {$project: {_id: \
         {$add: [{$multiply: ['$_id', 1000]}, '$b._id']}, name: 'a name that is not short', n: '$b._id'}}, \
         {$out: 'big'}])",
    )
    .unwrap();
    let before = peak_memory();
    let mut counted = Counted::default();
    it.run(&Ask::new("db.big.find()"), &mut counted).unwrap();
    assert_eq!(counted.rows, 1_000_000);
    assert!(counted.largest_page < 300 << 10, "{}", counted.largest_page);
    if let (Some(before), Some(after)) = (before, peak_memory())
        && std::env::var_os("BACKSTORY_TEST_ALONE").is_some()
    {
        assert!(after - before < 4 << 20, "{before} {after}");
    }
    let mut counted = Counted { enough: Some(2000), ..Counted::default() };
    let failure = it.run(&Ask::new("db.big.find()"), &mut counted).unwrap_err();
    assert_eq!((failure.reason, counted.rows), (Reason::Cancelled, 2000));
    let open = run(
        it,
        "db.getSiblingDB('admin').aggregate([{$currentOp: {idleCursors: true}}, {$match: {type: \
                        'idleCursor', ns: 'million.big'}}])",
    );
    assert_eq!(open.unwrap().rows.len(), 0, "the server keeps no cursor for nobody");
    assert_eq!(run_by(it, "db.big.find().limit(10)", 3).unwrap().pages, 4);
    run(it, "db.dropDatabase()").unwrap();
}

#[test]
fn large_documents_come_whole() {
    let Some(mut session) = session("large") else { return };
    let it = &mut *session;
    let text = "x".repeat(15 << 20);
    for id in 1..=4 {
        run(it, &format!("db.l.insertOne({{_id: {id}, text: \"{text}\"}})")).unwrap();
    }
    let mut counted = Counted::default();
    it.run(&Ask::new("db.l.find()"), &mut counted).unwrap();
    assert_eq!(counted.rows, 4);
    assert!(counted.bytes > 8 * (15 << 20));
    let failure = run(it, &format!("db.l.insertOne({{text: \"{text}{text}\"}})")).unwrap_err();
    assert_eq!(failure.reason, Reason::Server);
    it.ping().unwrap();
    run(it, "db.dropDatabase()").unwrap();
}
