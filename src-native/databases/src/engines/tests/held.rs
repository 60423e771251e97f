//! The second layer alone: every hostile statement goes straight to a session that only reads, as if nobody had
//! judged it, and afterwards the database holds the same rows and the same catalogue. After each, a plain write shows
//! whether it opened the door.
#![expect(clippy::print_stdout, reason = "how many there were is told")]

use crate::corpus::{functions, hostile};
use crate::engines::connect;
use crate::engines::heard::{Heard, address, run, target};
use crate::{Ask, Cancel, Engine, Session, Target};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What engines are asked to do, and no means of a session of theirs can refuse: it needs an account with fewer
/// rights. Statements that hold one of these words are for the judge alone.
struct Beyond(&'static [&'static str]);

/// Runs all of them; the statements after which something was otherwise.
fn attack(
    reader: &Target,
    beyond: &Beyond,
    probe: &str,
    state: &mut dyn FnMut() -> String,
) -> (usize, Vec<String>) {
    let before = state();
    assert_eq!(before, state(), "what is compared stays as it is");
    let mut broken = Vec::new();
    let mut session: Option<Box<dyn Session>> = None;
    let statements: Vec<String> = hostile(reader.engine)
        .into_iter()
        .chain(functions(reader.engine))
        .filter(|it| {
            let low = it.to_ascii_lowercase();
            !beyond.0.iter().any(|word| low.contains(word))
        })
        .collect();
    let mut last = before.clone();
    for statement in &statements {
        let it = session.get_or_insert_with(|| connect(reader).unwrap());
        let _ = within(&mut **it, statement);
        let wrote = within(&mut **it, probe);
        if wrote.is_ok() || it.ping().is_err() || it.in_transaction() {
            session = None;
        }
        let now = state();
        if now != last || wrote.is_ok() {
            broken.push(format!("{statement:?} (a plain write after it: {:?})", wrote.is_ok()));
            last = now;
        }
    }
    (statements.len(), broken)
}

/// Runs a statement, which is stopped after a while.
fn within(session: &mut dyn Session, statement: &str) -> crate::Result<()> {
    let canceller: Arc<dyn Cancel> = session.canceller();
    let (done, ended) = channel::<()>();
    let watch = std::thread::spawn(move || {
        if ended.recv_timeout(Duration::from_millis(1500)) == Err(RecvTimeoutError::Timeout) {
            let _ = canceller.cancel();
            if ended.recv_timeout(Duration::from_secs(2)) == Err(RecvTimeoutError::Timeout) {
                canceller.cut();
            }
        }
    });
    let mut heard = Heard::default();
    let ran = session.run(&Ask::new(statement), &mut heard);
    drop(done);
    watch.join().unwrap();
    ran
}

fn writes(mut target: Target) -> Target {
    target.read_only = false;
    target
}

fn reads(mut target: Target) -> Target {
    target.read_only = true;
    target
}

/// The first column of the first row, by one who may do everything.
fn asked(session: &Mutex<Box<dyn Session>>, text: &str) -> String {
    let mut session = session.lock().unwrap();
    let heard = run(&mut **session, text).unwrap_or_else(|it| panic!("{text}: {it:?}"));
    format!("{:?}", heard.texts())
}

fn told(engine: Engine, (count, broken): (usize, Vec<String>)) {
    println!("{}: {count} hostile statements, judged by nobody", engine.title());
    assert!(
        broken.is_empty(),
        "{}: {} of {count} got past the engine's own means:\n{}",
        engine.title(),
        broken.len(),
        broken.join("\n")
    );
}

#[test]
fn postgresql_itself_holds_a_session_to_reading() {
    let Some(server) = ::servers::fresh(::servers::Kind::Postgres, &Default::default()) else {
        return;
    };
    let mut aim = target(Engine::Postgres, address(Some(&server)).unwrap());
    aim.user = Some("postgres".into());
    aim.database = Some("postgres".into());
    server
        .load(
            "postgres",
            b"create table t (id int primary key, a int, b text); insert into t values (1, 1, 'x'), (2, 2, null);
              create table u as select * from t; create sequence s; create view v as select * from t;
              create materialized view mv as select 1; create index i on t (b); select lo_create(1);
              create function f() returns int language plpgsql as $$begin insert into t values (1000 + (random() * 1e6)::int, 0, 'f'); return 1; end$$;
              create procedure p() language plpgsql as $$begin insert into t values (2000, 0, 'p'); end$$;
              create procedure p(int) language plpgsql as $$begin commit; insert into t values (2001, 0, 'p'); end$$;
              create extension dblink; create table x (a int); create table probed (a int);",
        )
        .unwrap();
    let state = "select md5(string_agg(it, '|' order by it)) from (
        select 't' || t::text as it from t union all select 'u' || u::text from u union all select 'x' || x::text from x
        union all select 's' || last_value::text || is_called::text from s
        union all select concat_ws(' ', relname, relkind, relnamespace, relowner, relacl, reloptions, relpersistence) from pg_class where oid >= 16384 and relpersistence <> 't'
        union all select concat_ws(' ', attrelid, attname, atttypid, attisdropped) from pg_attribute where attrelid >= 16384
        union all select concat_ws(' ', proname, prosrc, prosecdef, proconfig) from pg_proc where oid >= 16384
        union all select concat_ws(' ', rolname, rolsuper, rolconfig) from pg_roles
        union all select concat_ws(' ', datname, datacl) from pg_database
        union all select setconfig::text from pg_db_role_setting
        union all select 'lo' || oid from pg_largeobject_metadata
        union all select 'lo' || md5(data) from pg_largeobject
        union all select nspname || coalesce(nspacl::text, '') from pg_namespace where nspname !~ 'temp'
        union all select extname from pg_extension union all select lanname from pg_language
        union all select pubname from pg_publication union all select slot_name from pg_replication_slots
        union all select evtname from pg_event_trigger union all select stxname from pg_statistic_ext
        union all select tgname from pg_trigger where oid >= 16384 union all select rulename from pg_rewrite where oid >= 16384
        union all select description from pg_description where objoid >= 16384
        union all select concat_ws(' ', name, setting) from pg_file_settings
        union all select gid from pg_prepared_xacts) all_of_it";
    // Programs, files and large objects of the server, other sessions, replication: a superuser's, transaction or not.
    let beyond = Beyond(&[
        "lo_",
        "lowrite",
        "dblink",
        "program",
        "pg_terminate",
        "pg_cancel",
        "pg_promote",
        "pg_create_",
        "pg_replication_origin",
        "pg_logical",
        "pg_copy_physical",
        "pg_drop_replication",
        "pg_import_system",
        "/tmp/",
        "alter system",
        "pg_log_backend",
        "pg_switch_wal",
        "checkpoint",
    ]);
    let writer = Mutex::new(connect(&writes(aim.clone())).unwrap());
    let probe = "insert into probed values (1)";
    told(Engine::Postgres, attack(&reads(aim), &beyond, probe, &mut || asked(&writer, state)));
}

#[test]
fn mysql_itself_holds_a_session_to_reading() {
    for kind in [::servers::Kind::MariaDb, ::servers::Kind::MySql] {
        let Some(server) = ::servers::fresh(kind, &Default::default()) else { continue };
        let mut aim = target(Engine::Mysql, address(Some(&server)).unwrap());
        aim.user = Some("root".into());
        aim.database = Some("test_held".into());
        server.sql("", "create database test_held").unwrap();
        server
            .load(
                "test_held",
                b"set global log_bin_trust_function_creators = 1;
                  create table t (id int primary key, a int, b varchar(20)); insert into t values (1, 1, 'x'), (2, 2, null);
                  create table u as select * from t; create table x (a int); create table probed (a int); create view v as select * from t; create index i on t (b);
                  delimiter //
                  create procedure p() begin insert into t values (2000, 0, 'p'); end //
                  create function f() returns int begin insert into t values (3000 + floor(rand() * 100000), 0, 'f'); return 1; end //
                  create event e on schedule every 1 day do insert into x values (5) //
                  delimiter ;",
            )
            .unwrap();
        let mut state = "select sha2(group_concat(it order by it), 256) from (
            select concat_ws(' ', 't', id, a, b) as it from t union all select concat_ws(' ', 'u', id, a, b) from u union all select concat('x', a) from x
            union all select concat_ws(' ', table_schema, table_name, engine, table_comment) from information_schema.tables where table_schema in ('test_held', 'x')
            union all select concat_ws(' ', table_name, column_name, column_type) from information_schema.columns where table_schema = 'test_held'
            union all select concat_ws(' ', routine_name, routine_definition) from information_schema.routines where routine_schema = 'test_held'
            union all select concat_ws(' ', trigger_name) from information_schema.triggers where trigger_schema = 'test_held'
            union all select concat_ws(' ', event_name, status) from information_schema.events
            union all select schema_name from information_schema.schemata
            union all select concat_ws(' ', user, host) from mysql.user) all_of_it"
            .to_owned();
        state.insert_str(0, "/* */ ");
        // The server as a whole, its files, plugins, logs and caches: an administrator's, transaction or not.
        let beyond = Beyond(&[
            "outfile",
            "dumpfile",
            "shutdown",
            "restart",
            "kill",
            "global",
            "persist",
            "install",
            "flush",
            "reset",
            "purge",
            "clone",
            "master",
            "slave",
            "replica",
            "instance",
            "backup",
            "lock tables",
            "binlog",
        ]);
        let writer = Mutex::new(connect(&writes(aim.clone())).unwrap());
        let probe = "insert into probed values (1)";
        let mut ask = || {
            let mut session = writer.lock().unwrap();
            run(&mut **session, "set session group_concat_max_len = 1000000").unwrap();
            drop(session);
            asked(&writer, &state)
        };
        told(Engine::Mysql, attack(&reads(aim), &beyond, probe, &mut ask));
    }
}

const TABLES: &str = "create table t (id integer primary key, a int, b text); insert into t values (1, 1, 'x'), (2, 2, null);
    create table u (id int, a int); insert into u values (1, 1); create table x (a int); create table probed (a int); create view v as select * from t;
    create index i on t (b);";

/// Every file of a folder, to the byte.
fn bytes(folder: &std::path::Path) -> String {
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    for file in files.iter().filter(|it| !it.to_string_lossy().ends_with("-shm")) {
        hash.update(file.to_string_lossy().as_bytes());
        hash.update(&std::fs::read(file).unwrap());
    }
    format!("{:?}", hash.finish())
}

fn in_file(engine: Engine, name: &str, options: Vec<(String, String)>, probe: &str, more: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut aim = target(engine, crate::Address::File(folder.path().join(name)));
    aim.options = options;
    {
        let mut session = connect(&writes(aim.clone())).unwrap();
        for statement in format!("{TABLES}{more}").split_inclusive(';') {
            run(&mut *session, statement).unwrap();
        }
    }
    let here = std::env::current_dir().unwrap();
    let mut state = || {
        let beside = ["x", "x.db", "y", "f.csv"].iter().filter(|it| here.join(it).exists()).count();
        format!("{} {beside}", bytes(folder.path()))
    };
    // What tells of each statement on the standard output of the process is harmless, and loud.
    let loud = Beyond(&["profiling"]);
    told(engine, attack(&reads(aim), &loud, probe, &mut state));
}

#[test]
fn sqlite_itself_holds_a_session_to_reading() {
    in_file(Engine::Sqlite, "held.db", Vec::new(), "insert into probed values (1)", "");
}

#[test]
fn duckdb_itself_holds_a_session_to_reading() {
    let Some(library) = ::servers::duckdb_library() else { return };
    let options = vec![("library".to_owned(), library.to_string_lossy().into_owned())];
    let more = "create sequence s; create macro f() as 1;";
    in_file(Engine::Duckdb, "held.duckdb", options, "insert into probed values (1)", more);
}

#[test]
fn clickhouse_itself_holds_a_session_to_reading() {
    for kind in [::servers::Kind::ClickHouse, ::servers::Kind::ClickHouseOld] {
        let Some(server) = ::servers::fresh(kind, &Default::default()) else { continue };
        let aim = target(Engine::Clickhouse, address(Some(&server)).unwrap());
        for table in ["t (id Int64, a Int64, b String)", "u (id Int64, a Int64, b String)"] {
            let name = &table[..1];
            let engine =
                if kind == ::servers::Kind::ClickHouse { "MergeTree order by id" } else { "Log" };
            server.sql("", &format!("create table {table} engine = {engine}")).unwrap();
            server.sql("", &format!("insert into {name} values (1, 1, 'x'), (2, 2, '')")).unwrap();
        }
        for table in ["x", "probed"] {
            server.sql("", &format!("create table {table} (a Int64) engine = Log")).unwrap();
        }
        server.sql("", "create view v as select * from t").unwrap();
        let mut state = || {
            let rows = "select 't', id, a, b from t union all select 'u', id, a, b from u union all select 'x', a, a, '' from x union all select 'p', a, a, '' from probed";
            let mut rows: Vec<String> =
                server.sql("", rows).unwrap().lines().map(str::to_owned).collect();
            rows.sort();
            let tables = "select database, name, engine from system.tables where database not in ('system', 'INFORMATION_SCHEMA', 'information_schema') order by 1, 2";
            let databases = "select name from system.databases order by name";
            format!(
                "{rows:?} {} {}",
                server.sql("", tables).unwrap(),
                server.sql("", databases).unwrap()
            )
        };
        // Its own settings of a profile that only reads let whoever asks stop the whole server or its queries.
        let probe = "insert into probed values (1)";
        told(Engine::Clickhouse, attack(&reads(aim), &Beyond(&[]), probe, &mut state));
    }
}

#[test]
fn redis_itself_holds_a_session_to_reading() {
    let Some(server) = ::servers::fresh(::servers::Kind::Redis, &Default::default()) else {
        return;
    };
    let aim = target(Engine::Redis, address(Some(&server)).unwrap());
    let writer = Mutex::new(connect(&writes(aim.clone())).unwrap());
    for command in [
        "SET n 5",
        "RPUSH l a b",
        "SADD s a b",
        "HSET h a 1 b 2",
        "ZADD z 1 a 2 b",
        "GEOADD g 1 1 a",
        "PFADD p a",
        "XADD x 1-1 a 1",
    ] {
        asked(&writer, command);
    }
    // Everything there is, in the server's own form, with what it is told to be.
    let dump = "EVAL \"local out = {} local keys = redis.call('KEYS', '*') table.sort(keys) for _, k in ipairs(keys) do \
                out[#out + 1] = k .. redis.sha1hex(redis.call('DUMP', k)) .. redis.call('PTTL', k) end return out\" 0";
    let mut state = || {
        let all = [
            dump,
            "INFO keyspace",
            "CONFIG GET maxmemory",
            "CONFIG GET dir",
            "CONFIG GET dbfilename",
            "ACL LIST",
            "FUNCTION LIST",
        ];
        all.iter().map(|it| asked(&writer, it)).collect::<String>()
    };
    told(Engine::Redis, attack(&reads(aim), &Beyond(&[]), "SET probe 1", &mut state));
}

#[test]
fn mongodb_itself_holds_a_session_to_reading() {
    let Some(server) = ::servers::fresh(::servers::Kind::MongoDb, &Default::default()) else {
        return;
    };
    let mut aim = target(Engine::Mongodb, address(Some(&server)).unwrap());
    aim.database = Some("held".into());
    let writer = Mutex::new(connect(&writes(aim.clone())).unwrap());
    asked(&writer, "db.t.insertMany([{_id: 1, a: 1, b: 'x'}, {_id: 2, a: 2}])");
    asked(&writer, "db.u.insertOne({_id: 1})");
    let mut state = || {
        let all = [
            "db.t.find()",
            "db.u.find()",
            "db.t.getIndexes()",
            "db.getCollectionNames()",
            "show dbs",
        ];
        all.iter().map(|it| asked(&writer, it)).collect::<String>()
    };
    let probe = "db.x.insertOne({a: 1})";
    told(Engine::Mongodb, attack(&reads(aim), &Beyond(&[]), probe, &mut state));
}
