//! Redis, on a real server.

use super::connect;
use crate::catalogue::Objects;
use crate::engines::heard::{Counted, Heard, address, peak_memory, run, run_by, target};
use crate::statement::redis::quote;
use crate::{Ask, Engine, Kind, Reason, Secret, Session, Target};
use std::io::{Read, Write};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

fn server() -> Option<Target> {
    address(::servers::redis()).map(|it| target(Engine::Redis, it))
}

/// A session in a database of its own, emptied.
fn session(database: u32) -> Option<Box<dyn Session>> {
    let mut target = server()?;
    target.database = Some(database.to_string());
    let mut session = connect(&target).unwrap();
    run(&mut *session, "FLUSHDB").unwrap();
    Some(session)
}

fn texts(session: &mut dyn Session, command: &str) -> Vec<Vec<String>> {
    run(session, command).unwrap().texts()
}

fn one(session: &mut dyn Session, command: &str) -> String {
    run(session, command).unwrap().one()
}

#[test]
fn every_value_comes_back_as_it_was_put_in() {
    let Some(mut session) = session(1) else { return };
    let session = &mut *session;
    let all: Vec<u8> = (0..=255).collect();
    let values: [&[u8]; 9] = [
        b"",
        b"plain",
        b"9223372036854775807",
        b"1.7976931348623157e308",
        "h\u{e9}llo \u{1f600}".as_bytes(),
        b"two\r\nlines\tand \"quotes\" 'both' \\",
        b"\x00\xff\xfe",
        &all,
        b":name",
    ];
    for value in values {
        run(session, &format!("SET k {}", quote(value))).unwrap();
        let heard = run(session, "GET k").unwrap();
        let (kind, bytes) = &heard.rows[0][0];
        assert_eq!(bytes, value);
        let text = std::str::from_utf8(value).is_ok();
        assert_eq!(*kind, if text { Kind::Text } else { Kind::Bytes });
        assert_eq!(heard.names(), ["value"]);
    }
}

#[test]
fn each_kind_of_reply_has_its_own_rows() {
    let Some(mut session) = session(2) else { return };
    let it = &mut *session;
    assert_eq!(one(it, "GET none"), "∅");
    assert_eq!(one(it, "INCRBY n 9223372036854775807"), "9223372036854775807");
    assert_eq!(run(it, "INCRBY n -1").unwrap().rows[0][0].0, Kind::Integer);
    run(it, "HSET h a 1 b \"\\xff\"").unwrap();
    let heard = run(it, "HGETALL h").unwrap();
    assert_eq!(heard.names(), ["field", "value"]);
    assert_eq!(heard.texts(), [["a", "1"], ["b", "ff"]]);
    assert_eq!(texts(it, "HMGET h b none a"), [["b", "ff"], ["none", "∅"], ["a", "1"]]);
    run(it, "ZADD z 1.5 one inf two -0.5 three 3.0000000000000004 four").unwrap();
    let heard = run(it, "ZRANGE z 0 -1 WITHSCORES").unwrap();
    assert_eq!(heard.names(), ["member", "score"]);
    assert_eq!(
        heard.texts(),
        [["three", "-0.5"], ["one", "1.5"], ["four", "3.0000000000000004"], ["two", "inf"]]
    );
    assert!(heard.rows.iter().all(|row| row[1].0 == Kind::Float));
    assert_eq!(one(it, "ZSCORE z two"), "inf");
    let scanned = run(it, "ZSCAN z 0").unwrap();
    assert_eq!((scanned.names(), scanned.rows[0][1].0), (vec!["member", "score"], Kind::Float));
    assert_eq!(scanned.done[0].tag, "cursor 0");
    run(it, "RPUSH l x y \"\"").unwrap();
    let heard = run(it, "LRANGE l 0 -1").unwrap();
    assert_eq!(heard.names(), ["index", "value"]);
    assert_eq!(heard.texts(), [["0", "x"], ["1", "y"], ["2", ""]]);
    assert_eq!(texts(it, "LRANGE l 9 10"), Vec::<Vec<String>>::new());
    run(it, "XADD s 1-1 a 1 b 2").unwrap();
    run(it, "XADD s 1-2 c 3").unwrap();
    assert_eq!(
        texts(it, "XRANGE s - +"),
        [["1-1", "a", "1"], ["1-1", "b", "2"], ["1-2", "c", "3"]]
    );
    assert_eq!(
        texts(it, "XREAD COUNT 1 STREAMS s 0"),
        [["s", "1-1", "a", "1"], ["s", "1-1", "b", "2"]]
    );
    assert!(texts(it, "XREAD COUNT 1 STREAMS s 9").is_empty());
    let info = run(it, "INFO").unwrap();
    assert_eq!(info.names(), ["section", "name", "value"]);
    assert!(info.texts().iter().any(|row| row[0] == "Server" && row[1] == "redis_version"));
    let clients = run(it, "CLIENT LIST").unwrap();
    let name = clients.names().iter().position(|it| *it == "name").unwrap();
    assert!(clients.texts().iter().any(|row| row[name] == "backstory"));
    let nested = run(it, "EVAL \"return {1,{'a',{}},'b'}\" 0").unwrap();
    assert_eq!(nested.names(), ["index", "value"]);
    assert_eq!(nested.texts(), [["0", "1"], ["1.0", "a"], ["1.1", "∅"], ["2", "b"]]);
    let nested = run(it, "EVAL \"return {{'a',{7}},'b'}\" 0").unwrap();
    assert_eq!(nested.names(), ["path", "type", "value"]);
    assert_eq!(
        nested.texts(),
        [["0.0", "string", "a"], ["0.1.0", "integer", "7"], ["1", "string", "b"]]
    );
}

#[test]
fn commands_between_multi_and_exec_are_told_one_by_one() {
    let Some(mut session) = session(3) else { return };
    let it = &mut *session;
    run(it, "MULTI").unwrap();
    assert!(it.in_transaction());
    for command in ["SET k v", "LPUSH k x", "LRANGE none 0 -1", "HSET h a 1", "HGETALL h", "GET k"]
    {
        assert_eq!(one(it, command), "QUEUED");
    }
    let heard = run(it, "EXEC").unwrap();
    assert!(!it.in_transaction());
    let rows = heard.texts();
    assert_eq!(rows[0], ["0", "string", "OK"]);
    assert_eq!(rows[1][..2], ["1", "error"]);
    assert!(rows[1][2].starts_with("WRONGTYPE"));
    assert_eq!(rows[2], ["2", "list", "[]"]);
    assert_eq!(rows[4], ["4", "map", "{\"a\":\"1\"}"]);
    assert_eq!(rows[5], ["5", "string", "v"]);
    run(it, "MULTI").unwrap();
    assert!(run(it, "NOSUCH").is_err());
    let failure = run(it, "EXEC").unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("EXECABORT"));
    assert!(!it.in_transaction());
    assert_eq!(it.transaction(crate::Step::Begin).unwrap_err().reason, Reason::Unsupported);
}

#[test]
fn the_server_s_no_has_its_code_word() {
    let Some(mut session) = session(4) else { return };
    run(&mut *session, "SET k v").unwrap();
    let failure = run(&mut *session, "LPUSH k v").unwrap_err();
    assert_eq!((failure.reason, failure.code.as_deref()), (Reason::Server, Some("WRONGTYPE")));
    let failure = run(&mut *session, "NOSUCH thing").unwrap_err();
    assert_eq!((failure.reason, failure.code.as_deref()), (Reason::Server, Some("ERR")));
    let failure = run(&mut *session, "SET k \"open").unwrap_err();
    assert_eq!(failure.place.map(|it| it.column), Some(7));
    session.ping().unwrap();
}

#[test]
fn a_wrong_password_is_told_before_anything_is_sent() {
    let Some(mut target) = server() else { return };
    target.user = Some("nobody".to_owned());
    target.password = Some(Secret::new("wrong"));
    let failure = connect(&target).err().unwrap();
    assert_eq!((failure.reason, failure.code.as_deref()), (Reason::Connection, Some("WRONGPASS")));
    target.user = None;
    target.password = None;
    target.database = Some("999999".to_owned());
    assert_eq!(connect(&target).err().unwrap().reason, Reason::Connection);
    target.database = Some("shop".to_owned());
    assert_eq!(connect(&target).err().unwrap().reason, Reason::Usage);
}

#[test]
fn a_user_with_a_password_is_let_in() {
    let (Some(mut target), Some(mut admin)) = (server(), session(5)) else { return };
    run(&mut *admin, "ACL SETUSER shop on >s3cret ~* +@read +acl|whoami").unwrap();
    target.user = Some("shop".to_owned());
    target.password = Some(Secret::new("s3cret"));
    let mut session = connect(&target).unwrap();
    assert_eq!(one(&mut *session, "ACL WHOAMI"), "shop");
    let failure = run(&mut *session, "SET k v").unwrap_err();
    assert_eq!((failure.reason, failure.code.as_deref()), (Reason::Server, Some("NOPERM")));
    run(&mut *admin, "ACL DELUSER shop").unwrap();
}

/// Starts a command on another thread, cancels it once it runs, and tells how long that took.
fn cancelled(session: Box<dyn Session>, command: &str) -> (Box<dyn Session>, Duration) {
    let mut session = session;
    let stop = session.canceller();
    let command = command.to_owned();
    let started = Arc::new(Barrier::new(2));
    let here = Arc::clone(&started);
    let thread = std::thread::spawn(move || {
        here.wait();
        let done = run(&mut *session, &command).map(|_| ());
        (session, done, Instant::now())
    });
    started.wait();
    std::thread::sleep(Duration::from_millis(300));
    let asked = Instant::now();
    stop.cancel().unwrap();
    let (session, done, ended) = thread.join().unwrap();
    assert_eq!(done.unwrap_err().reason, Reason::Cancelled);
    (session, ended - asked)
}

/// How many clients of the sixth database wait or listen.
fn busy(it: &mut dyn Session) -> usize {
    let clients = run(it, "CLIENT LIST").unwrap();
    let at = |name: &str| clients.names().iter().position(|it| *it == name).unwrap();
    let (flags, database) = (at("flags"), at("db"));
    let rows = clients.texts();
    let here = rows.iter().filter(|row| row[database] == "6");
    here.filter(|row| row[flags].contains(['b', 'P', 'O'])).count()
}

#[test]
fn what_waits_or_listens_is_stopped_at_the_server() {
    let Some(mut watcher) = session(6) else { return };
    for command in ["BLPOP none 0", "XREAD BLOCK 0 STREAMS none $", "SUBSCRIBE here", "MONITOR"] {
        let Some(session) = session(6) else { return };
        let (mut session, took) = cancelled(session, command);
        assert!(took < Duration::from_millis(250), "{command}: {took:?}");
        let until = Instant::now() + Duration::from_millis(250);
        while busy(&mut *watcher) > 0 {
            assert!(Instant::now() < until, "{command}");
        }
        assert_eq!(one(&mut *session, "ECHO alive"), "alive");
        run(&mut *session, "SET k v").unwrap();
        assert_eq!(one(&mut *watcher, "GET k"), "v", "it is back in its database");
        run(&mut *session, "DEL k").unwrap();
    }
}

#[test]
fn nothing_that_runs_is_not_cancelled() {
    let Some(mut session) = session(7) else { return };
    session.canceller().cancel().unwrap();
    assert_eq!(one(&mut *session, "ECHO still"), "still");
    session.canceller().cut();
    assert_eq!(run(&mut *session, "ECHO gone").unwrap_err().reason, Reason::Lost);
    assert_eq!(one(&mut *session, "ECHO again"), "again");
}

#[test]
fn messages_come_while_one_listens() {
    let (Some(mut session), Some(mut other)) = (session(8), session(8)) else { return };
    let stop = session.canceller();
    let thread = std::thread::spawn(move || {
        let mut heard = Heard::default();
        let failure = session.run(&Ask::new("PSUBSCRIBE n*ws"), &mut heard).unwrap_err();
        (heard, failure.reason)
    });
    while one(&mut *other, "PUBLISH news \"a b\"") == "0" {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(100));
    stop.cancel().unwrap();
    let (heard, reason) = thread.join().unwrap();
    assert_eq!(reason, Reason::Cancelled);
    assert_eq!(heard.names(), ["kind", "pattern", "channel", "message"]);
    assert_eq!(heard.texts().last().unwrap(), &["pmessage", "n*ws", "news", "a b"]);
}

#[test]
fn a_server_that_dies_is_a_lost_connection() {
    // A server that answers the greeting, takes a command, and is gone in the middle of its reply.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 1024];
        for answer in [
            &b"*2\r\n$2\r\nid\r\n:1\r\n"[..],
            b"+OK\r\n",
            b"-ERR\r\n",
            b"-ERR\r\n",
            b"*3\r\n$1\r\na\r\n$9\r\nb",
        ] {
            let _ = stream.read(&mut buffer).unwrap();
            stream.write_all(answer).unwrap();
        }
    });
    let address = crate::Address::Host { host: "127.0.0.1".to_owned(), port };
    let mut session = connect(&target(Engine::Redis, address)).unwrap();
    let failure = run(&mut *session, "LRANGE l 0 -1").unwrap_err();
    assert_eq!(failure.reason, Reason::Lost);
    assert_eq!(run(&mut *session, "PING").unwrap_err().reason, Reason::Connection);
}

#[test]
fn what_is_no_redis_is_told_and_nothing_panics() {
    for answer in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"*99999999999999999999\r\n",
        b"*9223372036854775807\r\n",
        b"%9223372036854775807\r\n",
        b"$9223372036854775807\r\n",
        b"\r\n",
        b"*1\r\n*1\r\n*1\r\n",
        b"$3\r\nabcdef\r\n",
        &b"*1\r\n".repeat(5000),
        &b"|1\r\n+a\r\n+b\r\n".repeat(500),
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = answer.to_vec();
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            stream.write_all(&answer).unwrap();
        });
        let address = crate::Address::Host { host: "127.0.0.1".to_owned(), port };
        let failure = connect(&target(Engine::Redis, address)).err().unwrap();
        assert_eq!(failure.reason, Reason::Connection);
        thread.join().unwrap();
    }
}

#[test]
fn a_read_only_session_sends_no_write() {
    let Some(mut target) = server() else { return };
    let Some(mut free) = session(9) else { return };
    run(&mut *free, "SET k v").unwrap();
    run(&mut *free, "RPUSH l 2 1").unwrap();
    target.database = Some("9".to_owned());
    target.read_only = true;
    let mut session = connect(&target).unwrap();
    assert!(session.server().warnings[0].contains("has no read-only session"));
    for command in [
        "GET k",
        "LRANGE l 0 -1",
        "SCAN 0",
        "INFO",
        "PING",
        "SORT_RO l",
        "TYPE k",
        "OBJECT ENCODING k",
        "MEMORY USAGE k",
        "CLIENT LIST",
        "CONFIG GET maxmemory",
        "DBSIZE",
        "TTL k",
    ] {
        run(&mut *session, command).unwrap_or_else(|it| panic!("{command}: {it}"));
    }
    for command in [
        "SET k w",
        "DEL k",
        "FLUSHALL",
        "FLUSHDB",
        "KEYS *",
        "EVAL \"redis.call('set','k','w')\" 0",
        "EVAL_RO \"return 1\" 0",
        "SORT l STORE m",
        "SORT l",
        "GETDEL k",
        "GETEX k EX 1",
        "GETSET k w",
        "BITFIELD k SET u8 0 1",
        "COPY k m",
        "RENAME k m",
        "CONFIG SET maxmemory 1",
        "CONFIG GET *",
        "CONFIG GET requirepass",
        "DEBUG SLEEP 0",
        "SHUTDOWN",
        "MULTI",
        "EXEC",
        "SCRIPT FLUSH",
        "SCRIPT LOAD \"return 1\"",
        "FUNCTION FLUSH",
        "SWAPDB 0 9",
        "CLIENT KILL ID 1",
        "PUBLISH a b",
        "BLPOP l 1",
        "MIGRATE h 1 k 0 1",
        "ACL SETUSER x on",
        "REPLICAOF NO ONE",
        "SAVE",
        "BGSAVE",
        "GEORADIUS g 0 0 1 m STORE k",
        "XADD s * a 1",
        "XGROUP CREATE s g 0 MKSTREAM",
        "PFADD p a",
        "EXPIRE k 1",
        "PERSIST k",
        "NOSUCH",
        "MODULE LOAD x",
        "FAILOVER",
        "CLUSTER RESET",
        "WAIT 0 0",
        "OBJECT|ENCODING k",
        "\"GET\\x00\" k",
        "LATENCY RESET",
        "SLOWLOG RESET",
        "MEMORY PURGE",
    ] {
        let failure = run(&mut *session, command).expect_err(command);
        assert_eq!(failure.reason, Reason::Refused, "{command}: {failure}");
    }
    assert_eq!(one(&mut *free, "DBSIZE"), "2");
    assert_eq!(one(&mut *free, "GET k"), "v");
}

#[test]
fn keys_are_found_by_steps_and_told_with_their_types() {
    let Some(mut session) = session(10) else { return };
    let it = &mut *session;
    run(it, "EVAL \"for i=1,2500 do redis.call('set','user:'..i,i) end\" 0").unwrap();
    run(it, "HSET \"\\xff\\x00\" a 1 b \"\\xfe\"").unwrap();
    run(it, "SADD \"two words\" m").unwrap();
    let mut after: Option<String> = None;
    let mut found = std::collections::HashMap::new();
    let mut answers = 0;
    loop {
        let of = Objects { schema: "db10", pattern: None, after: after.as_deref(), limit: 500 };
        for object in it.objects(&of).unwrap() {
            found.insert(object.name, object.detail.unwrap());
        }
        answers += 1;
        after = it.objects_ended_at();
        if after.is_none() {
            break;
        }
    }
    assert!(answers >= 4, "{answers}");
    assert_eq!(found.len(), 2502);
    assert_eq!((found["\"\\xff\\x00\""].as_str(), found["two words"].as_str()), ("hash", "set"));
    let of = Objects { schema: "db10", pattern: Some("user:12*"), after: None, limit: 10_000 };
    assert_eq!(it.objects(&of).unwrap().len(), 111);
    let description = it.describe("db10", "\"\\xff\\x00\"").unwrap();
    let fact = |name: &str| description.facts.iter().find(|it| it.0 == name).unwrap().1.clone();
    assert_eq!(fact("browse"), "HSCAN \"\\xff\\x00\" 0 COUNT 1000");
    assert_eq!((fact("fields"), fact("time to live")), ("2".to_owned(), "none".to_owned()));
    let columns: Vec<_> =
        description.columns.iter().map(|it| (it.name.as_str(), it.type_name.as_str())).collect();
    assert_eq!(columns, [("a", "string"), ("b", "bytes")]);
    assert_eq!(texts(it, &fact("browse")), [["a", "1"], ["b", "fe"]]);
    let schemas = it.schemas().unwrap();
    assert!(schemas.iter().any(|it| it.name == "db10" && it.current));
    assert_eq!(it.describe("db10", "none").unwrap_err().reason, Reason::Usage);
    assert_eq!(it.describe("db11", "two words").unwrap_err().reason, Reason::Usage);
    assert_eq!(one(it, "SCARD \"two words\""), "1", "it is back in its database");
}

#[test]
fn every_type_of_key_is_shown_by_one_command() {
    let Some(mut session) = session(11) else { return };
    let it = &mut *session;
    for (command, columns) in [
        ("SET k v", vec!["value"]),
        ("RPUSH k v", vec!["index", "value"]),
        ("SADD k v", vec!["member"]),
        ("ZADD k 1 v", vec!["member", "score"]),
        ("HSET k f v", vec!["field", "value"]),
        ("XADD k * f v", vec!["id", "field", "value"]),
    ] {
        run(it, "DEL k").unwrap();
        run(it, command).unwrap();
        let description = it.describe("db11", "k").unwrap();
        let browse = &description.facts.iter().find(|it| it.0 == "browse").unwrap().1;
        let heard = run(it, browse).unwrap();
        assert_eq!((heard.names(), heard.rows.len()), (columns, 1), "{browse}");
    }
    run(it, "DEL k").unwrap();
    run(it, "EVAL \"for i=1,5000 do redis.call('hset','k','f'..i,i) end\" 0").unwrap();
    let mut command = "HSCAN k 0 COUNT 1000".to_owned();
    let mut rows = 0;
    loop {
        let heard = run(it, &command).unwrap();
        rows += heard.rows.len();
        match heard.notices.first() {
            Some(notice) => command = notice.message.clone(),
            None => break,
        }
    }
    assert_eq!(rows, 5000);
}

#[test]
fn a_value_of_fifty_megabytes_comes_whole() {
    let Some(mut session) = session(12) else { return };
    let it = &mut *session;
    run(it, "SETRANGE big 52428799 x").unwrap();
    let heard = run(it, "GET big").unwrap();
    assert_eq!(heard.rows[0][0].1.len(), 52_428_800);
    let put = format!("SET other {}", "y".repeat(52_428_800));
    run(it, &put).unwrap();
    assert_eq!(one(it, "STRLEN other"), "52428800");
    run(it, "FLUSHDB").unwrap();
}

#[test]
fn a_million_elements_pass_through_little_memory() {
    let Some(mut session) = session(13) else { return };
    let it = &mut *session;
    let fill = "EVAL \"for i=1,1000000 do redis.call('rpush','l','element number '..i) end\" 0";
    run(it, fill).unwrap();
    let before = peak_memory();
    let mut counted = Counted::default();
    it.run(&Ask::new("LRANGE l 0 -1"), &mut counted).unwrap();
    assert_eq!(counted.rows, 1_000_000);
    assert!(counted.largest_page < 300 << 10, "{}", counted.largest_page);
    // Other tests run in this process meanwhile; the reply alone is 28 MB.
    if let (Some(before), Some(after)) = (before, peak_memory())
        && std::env::var_os("BACKSTORY_TEST_ALONE").is_some()
    {
        assert!(after - before < 2 << 20, "{before} {after}");
    }
    let mut counted = Counted { enough: Some(2000), ..Counted::default() };
    let failure = it.run(&Ask::new("LRANGE l 0 -1"), &mut counted).unwrap_err();
    assert_eq!((failure.reason, counted.rows), (Reason::Cancelled, 2000));
    assert_eq!(run_by(it, "LRANGE l 0 9", 3).unwrap().pages, 4);
    run(it, "FLUSHDB").unwrap();
}

#[test]
fn only_a_script_of_one_s_own_is_killed() {
    let with = ::servers::With::settings(&[("busy-reply-threshold", "100")]);
    let Some(server) = ::servers::fresh(::servers::Kind::Redis, &with) else { return };
    let address = crate::Address::Host { host: server.host.into(), port: server.port };
    let there = target(Engine::Redis, address);
    let other = connect(&there).unwrap();
    let listening = connect(&there).unwrap();
    let looping = "EVAL \"local since = redis.call('TIME')[1]; \
                   while redis.call('TIME')[1] - since < 3 do end; return 'whole'\" 0";
    let script = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        let mut other = other;
        one(&mut *other, looping)
    });
    let (mut listening, took) = cancelled(listening, "SUBSCRIBE ch");
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(script.join().unwrap(), "whole");
    assert_eq!(one(&mut *listening, "ECHO alive"), "alive");
    let (mut own, took) = cancelled(listening, "EVAL \"while true do end\" 0");
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(one(&mut *own, "ECHO alive"), "alive");
}

#[test]
fn a_session_that_went_to_another_database_is_nobody_else_s() {
    let Some(mut target) = server() else { return };
    target.database = Some("5".to_owned());
    let pool = crate::Pool::new(target, 1);
    let lend = || pool.lend(Duration::from_secs(5)).unwrap();
    let number = |it: &mut dyn Session| one(it, "CLIENT ID");
    let first = number(&mut *lend());
    assert_eq!(number(&mut *lend()), first, "it is used again");
    for command in ["SELECT 7", "WATCH k", "CLIENT NO-EVICT ON"] {
        let before = number(&mut *lend());
        run(&mut *lend(), command).unwrap();
        let mut next = lend();
        assert_ne!(number(&mut *next), before, "{command}");
        let about = run(&mut *next, "CLIENT INFO").unwrap();
        let at = about.names().iter().position(|it| *it == "db").unwrap();
        assert_eq!(about.texts()[0][at], "5", "{command}");
    }
    let before = number(&mut *lend());
    let mut there = lend();
    run(&mut *there, "SELECT 7").unwrap();
    run(&mut *there, "SELECT 5").unwrap();
    drop(there);
    assert_eq!(number(&mut *lend()), before, "it has come back by itself");
}
