//! Read-only is read-only: every hostile statement of `tests/hostile` is refused, over a connection that only reads and
//! over one that could write but is asked to only read, and the database is afterwards what it was. What is harmless
//! (`tests/harmless`) is let through. That the engines themselves hold without the judgement is tested beside them.

use crate::support::Backstory;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The statements of a file: a JSON text a line.
fn statements(kind: &str, engine: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(kind);
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
        let lines = text.lines().filter(|it| it.starts_with('"'));
        lines.map(|it| serde_json::from_str::<String>(it).unwrap()).collect::<Vec<_>>()
    };
    let sql = !["redis", "mongodb"].contains(&engine);
    [if sql { read("sql") } else { Vec::new() }, read(engine)].concat()
}

/// A database to be attacked: where it is, and all that is in it.
struct Aim<'a> {
    engine: &'static str,
    url: String,
    state: &'a dyn Fn() -> String,
}

fn held(aim: &Aim<'_>) {
    let backstory = Backstory::new();
    let join = if aim.url.contains('?') { '&' } else { '?' };
    let writing = format!("{}{join}read_only=false", aim.url);
    let before = (aim.state)();
    let hostile = statements("hostile", aim.engine);
    let mut passed = Vec::new();
    let mut through = Vec::new();
    // What is left of some without the comment at their end is none of theirs.
    let judged = |text: &String| {
        let reply =
            backstory.receive("databases.judge", &json!({ "engine": aim.engine, "text": text }));
        let letters: Vec<char> = text.chars().collect();
        let pieces = reply["result"]["statements"].as_array().cloned().unwrap_or_default();
        let piece = |it: &Value| {
            let at = |name: &str| it[name].as_u64().unwrap() as usize;
            letters[at("start")..at("end")].iter().collect::<String>()
        };
        pieces.is_empty()
            || pieces.iter().any(|it| !["SELECT 1", "SELECT 2"].contains(&piece(it).as_str()))
    };
    let hostile: Vec<String> = hostile.into_iter().filter(judged).collect();
    for text in &hostile {
        let calls = [
            json!({ "connection": aim.url, "text": text }),
            json!({ "connection": aim.url, "text": text, "confirmed": true, "transaction": "rolledBack" }),
            json!({ "connection": writing, "text": text, "readOnly": true, "confirmed": true }),
        ];
        for call in calls {
            let reply = backstory.receive("databases.run", &call);
            let kind = reply["error"]["data"]["kind"].as_str();
            // What cannot be taken apart is no statement at all.
            if !matches!(kind, Some("denied" | "invalidParams")) {
                passed.push(format!("{call}: {reply}"));
            }
        }
        let file = backstory.folder().join("export.csv");
        let _ = std::fs::remove_file(&file);
        let export = json!({ "connection": writing, "text": text, "format": "csv", "path": file });
        let reply = backstory.receive("databases.export", &export);
        if reply["error"].is_null() || file.exists() {
            passed.push(format!("{export}: {reply}"));
        }
    }
    assert!(passed.is_empty(), "{} were not refused:\n{}", passed.len(), passed.join("\n"));
    assert_eq!((aim.state)(), before, "{}: something was changed", aim.engine);

    // Functions that write are nothing that a judge can know: the engine holds them, also where the entry would not.
    let functions = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/hostile")
        .join(format!("{}-functions.jsonl", aim.engine));
    for line in std::fs::read_to_string(functions)
        .unwrap_or_default()
        .lines()
        .filter(|it| it.starts_with('"'))
    {
        let text: String = serde_json::from_str(line).unwrap();
        let file = backstory.folder().join("function.csv");
        for (method, call) in [
            ("databases.run", json!({ "connection": aim.url, "text": text })),
            ("databases.run", json!({ "connection": writing, "text": text, "readOnly": true })),
            (
                "databases.export",
                json!({ "connection": writing, "text": text, "format": "csv", "path": file, "replace": true }),
            ),
        ] {
            backstory.receive(method, &call);
            if (aim.state)() != before {
                through.push(format!("{method} {call}"));
                break;
            }
        }
    }
    assert!(
        through.is_empty(),
        "{} functions have written:\n{}",
        through.len(),
        through.join("\n")
    );

    let harmless = statements("harmless", aim.engine);
    let (mut refused, mut ran) = (Vec::new(), 0);
    for text in &harmless {
        let call = json!({ "connection": aim.url, "text": text, "timeout": 10 });
        let reply = backstory.receive("databases.run", &call);
        if reply["error"].is_null() {
            ran += usize::from(reply["result"]["failure"].is_null());
            if reply["result"]["failure"]["kind"] == "refused" {
                refused.push(format!("{text}: {}", reply["result"]["failure"]));
            }
            backstory.ask("databases.close", json!({ "run": reply["result"]["run"] }));
        } else if !reply["error"]["message"].as_str().unwrap().contains("the statement asks for") {
            // One with open places is let through as soon as there are values.
            refused.push(format!("{text}: {}", reply["error"]));
        }
    }
    assert!(
        refused.is_empty(),
        "{} harmless ones were refused:\n{}",
        refused.len(),
        refused.join("\n")
    );
    assert_eq!((aim.state)(), before, "{}: reading changed something", aim.engine);
    eprintln!(
        "{}: {} hostile statements refused through 4 doors; {} harmless ones let through, {ran} of them with rows",
        aim.engine,
        hostile.len(),
        harmless.len()
    );
    assert!(ran * 2 > harmless.len(), "only {ran} of {} ran", harmless.len());
    assert!(harmless.len() >= 100 && hostile.len() >= 175);
}

/// Tables, views and rows that statements of the corpus are after.
const TABLES: &str = "create table t (id integer primary key, a int, b varchar(20)); insert into t values (1, 1, 'x'), (2, 2, null);
    create table u (id integer primary key, a int); insert into u values (1, 1);
    create table orders (id int, note varchar(20)); create view v as select * from t; create index i on t (a);";

#[test]
fn postgresql_only_reads() {
    let Some(server) = servers::postgres() else { return };
    let database = server.database().unwrap();
    server.load(&database, TABLES.as_bytes()).unwrap();
    let more = "create sequence s; create function f() returns int language plpgsql as 'begin insert into t values (99, 0, ''f''); return 1; end'";
    server.load(&database, more.as_bytes()).unwrap();
    let state = || {
        let text = "select md5(string_agg(it, '|' order by it)) from (select t::text as it from t union all select u::text from u \
            union all select concat(last_value, is_called) from s union all select concat(relname, relkind, relacl::text) from pg_class where oid >= 16384 \
            union all select proname::text from pg_proc where oid >= 16384 union all select rolname::text from pg_roles union all select oid::text from pg_largeobject_metadata) x";
        server.sql(&database, text).unwrap()
    };
    let url = format!("postgres://postgres@127.0.0.1:{}/{database}", server.port);
    held(&Aim { engine: "postgres", url, state: &state });
}

#[test]
fn mysql_and_mariadb_only_read() {
    for server in [servers::mariadb(), servers::mysql()].into_iter().flatten() {
        let database = server.database().unwrap();
        server.load(&database, TABLES.as_bytes()).unwrap();
        let function = "set global log_bin_trust_function_creators = 1;\ndelimiter //\ncreate function f() returns int begin insert into t values (99, 0, 'f'); return 1; end //\n";
        server.load(&database, function.as_bytes()).unwrap();
        let state = || {
            let all = [
                "checksum table t, u, orders",
                "show full tables",
                "show triggers",
                "select * from t",
                "select user from mysql.user order by 1",
            ];
            all.map(|it| server.sql(&database, it).unwrap()).concat()
        };
        let url = format!("mysql://root@127.0.0.1:{}/{database}", server.port);
        held(&Aim { engine: "mysql", url, state: &state });
    }
}

/// A file, to the byte.
fn bytes(file: &Path) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(std::fs::read(file).unwrap());
    digest.iter().map(|it| format!("{it:02x}")).collect()
}

fn only_reads(engine: &'static str, url: &dyn Fn(&Path) -> String, make: &dyn Fn(&PathBuf)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("held.db");
    make(&file);
    let state = || {
        let names = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = names.map(|it| it.unwrap().file_name()).collect();
        names.retain(|it| !it.to_string_lossy().contains("-shm"));
        names.sort();
        format!("{} {names:?}", bytes(&file))
    };
    held(&Aim { engine, url: url(&file), state: &state });
}

#[test]
fn sqlite_only_reads() {
    let make = |file: &PathBuf| {
        rusqlite::Connection::open(file).unwrap().execute_batch(TABLES).unwrap();
    };
    only_reads("sqlite", &|file| format!("sqlite:{}", file.display()), &make);
}

#[test]
fn duckdb_only_reads() {
    let Some(library) = servers::duckdb_library() else { return };
    let url = |file: &Path| format!("duckdb:{}?library={}", file.display(), library.display());
    let make = |file: &PathBuf| {
        let backstory = Backstory::new();
        let connection = format!("{}&read_only=false", url(file));
        let text = format!("{TABLES} create sequence s;");
        let ran = backstory.ask("databases.run", json!({ "connection": connection, "text": text }));
        assert!(ran["failure"].is_null(), "{ran}");
    };
    // A file that is open for writing cannot be opened for reading as well: one connection could write.
    only_reads("duckdb", &|file| url(file), &make);
}

#[test]
fn clickhouse_only_reads() {
    // Its front keeps no sessions, in which a database would be chosen: `default`, of a server of its own.
    if let Some(server) = servers::fresh(servers::Kind::ClickHouse, &servers::With::default()) {
        let database = "default".to_owned();
        for statement in [
            "create table t (id Int64, a Int64, b String) engine = MergeTree order by id",
            "create table u (id Int64, a Int64) engine = MergeTree order by id",
            "create table orders (id Int64, note String) engine = Memory",
            "insert into t values (1, 1, 'x'), (2, 2, '')",
            "insert into u values (1, 1)",
            "create view v as select * from t",
        ] {
            server.sql(&database, statement).unwrap();
        }
        let state = || {
            let all = [
                "select * from t order by id",
                "select * from u order by id",
                "show tables",
                "show databases",
            ];
            all.map(|it| server.sql(&database, it).unwrap()).concat()
        };
        let url = format!("clickhouse://127.0.0.1:{}/{database}", server.port);
        held(&Aim { engine: "clickhouse", url, state: &state });
    }
}

#[test]
fn redis_only_reads() {
    let Some(server) = servers::redis() else { return };
    let database = server.database().unwrap();
    for command in [
        "SET n 5",
        "SET k v",
        "RPUSH l a b",
        "SADD s a b",
        "HSET h a 1 b 2",
        "ZADD z 1 a 2 b",
        "GEOADD g 1 1 a",
        "PFADD p a",
        "XADD x 1-1 a 1",
        "XGROUP CREATE x gr 0",
        "PFCOUNT p", // it keeps what it counted within the value
    ] {
        server.sql(&database, command).unwrap();
    }
    let state = || {
        let keys = ["n", "k", "l", "s", "h", "z", "g", "p", "x", "d"];
        let all = keys.map(|it| server.sql(&database, &format!("DUMP {it}")).unwrap());
        format!("{all:?} {}", server.sql(&database, "DBSIZE").unwrap())
    };
    held(&Aim {
        engine: "redis",
        url: format!("redis://127.0.0.1:{}/{database}", server.port),
        state: &state,
    });
}

#[test]
fn mongodb_only_reads() {
    let Some(server) = servers::mongodb() else { return };
    let backstory = Backstory::new();
    let url = format!("{}{}", server.url(), server.database().unwrap());
    let run = |text: &str| -> Value {
        let connection = format!("{url}?read_only=false");
        let ran = backstory.ask("databases.run", json!({ "connection": connection, "text": text }));
        assert!(ran["failure"].is_null(), "{text}: {ran}");
        ran["results"][0]["rows"].clone()
    };
    run("db.t.insertMany([{_id: 1, a: 1, b: 'x'}, {_id: 2, a: 2}])");
    run("db.u.insertOne({_id: 1})");
    let state = || {
        ["db.t.find()", "db.u.find()", "db.t.getIndexes()", "db.getCollectionNames()", "show dbs"]
            .map(|it| run(it).to_string())
            .concat()
    };
    held(&Aim { engine: "mongodb", url: url.clone(), state: &state });
}

/// Scripts are taken apart into what they were put together from, whatever stands in the statements.
#[test]
fn a_script_of_statements_is_split_into_them() {
    let backstory = Backstory::new();
    for engine in ["sqlite", "postgres", "mysql", "duckdb", "clickhouse", "redis", "mongodb"] {
        let end = if engine == "redis" { "\n" } else { ";\n" };
        // Those that hold an end or a comment at their own end say nothing of the place between two.
        let pieces: Vec<String> = statements("harmless", engine)
            .into_iter()
            .map(|it| it.trim().trim_end_matches(';').trim_end().to_owned())
            .filter(|it| {
                !it.contains("--")
                    && !it.contains("# ")
                    && !it.contains("/*")
                    && !it.contains("//")
                    && !it.starts_with('#')
            })
            .filter(|it| engine != "redis" || !it.contains('\n'))
            .filter(|it| engine != "mongodb" || (!it.starts_with("show") && !it.starts_with("use")))
            .collect();
        let script = pieces.join(end);
        let judged = backstory.ask("databases.judge", json!({ "engine": engine, "text": script }));
        let found = judged["statements"].as_array().unwrap();
        let letters: Vec<char> = script.chars().collect();
        let texts: Vec<String> = found
            .iter()
            .map(|it| {
                let at = |name: &str| it[name].as_u64().unwrap() as usize;
                letters[at("start")..at("end")].iter().collect()
            })
            .collect();
        for (text, piece) in texts.iter().zip(&pieces) {
            assert_eq!(text, piece, "{engine}");
        }
        assert_eq!(texts.len(), pieces.len(), "{engine}");
        assert!(found.iter().all(|it| it["reads"] == true), "{engine}");
    }
}
