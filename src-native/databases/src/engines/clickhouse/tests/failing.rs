//! What goes wrong, and how it is told.

use super::*;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

fn not_let_in(target: &Target) -> Failure {
    match connect(target) {
        Ok(_) => panic!("let in to {}", target.shown()),
        Err(failure) => failure,
    }
}

#[test]
fn who_is_not_let_in_is_told_why() {
    for (age, target) in servers() {
        let wrong = Target { password: Some(Secret::new("wrong")), ..target.clone() };
        let nobody = Target { user: Some("nobody".into()), ..target.clone() };
        let nowhere = Target { database: Some("nowhere".into()), ..target.clone() };
        let strange =
            Target { options: vec![("no_such_setting".into(), "1".into())], ..target.clone() };
        let codes = match age {
            Age::Old => ["193", "192", "81", "115"],
            Age::New => ["516", "516", "81", "115"],
        };
        for (target, code) in [wrong, nobody, nowhere, strange].iter().zip(codes) {
            let failure = not_let_in(target);
            let said = failure.code.clone().unwrap_or_default();
            assert!(said.starts_with(code), "{age:?}: {failure:?}");
            assert_eq!(failure.reason, Reason::Connection, "{age:?}: {failure}");
            assert!(failure.hint.is_some(), "{failure}");
        }
        let split = Target { user: Some("a\r\nX-ClickHouse-User: b".into()), ..target.clone() };
        assert_eq!(not_let_in(&split).reason, Reason::Usage);
        let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
        assert_eq!(not_let_in(&at_port("127.0.0.1", free.port())).reason, Reason::Connection);
    }
}

#[test]
fn errors_have_their_code_and_their_place() {
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        for (text, code, place) in [
            ("SELECT 'ü',\n  1 x y", "62", Some((2, 7))),
            ("SELECT 1,\n nope FROM system.one", "47", Some((2, 2))),
            ("SELECT * FROM default.nowhere", "60", Some((1, 15))),
            ("SELECT 1,\n nofunction(1)", "46", Some((2, 2))),
        ] {
            let failure = refused(&mut *session, text);
            assert_eq!(failure.reason, Reason::Server, "{age:?}");
            assert!(
                failure.code.as_deref().is_some_and(|it| it.starts_with(code)),
                "{age:?}: {failure:?}"
            );
            assert!(!failure.message.contains("DB::Exception"), "{age:?}: {failure}");
            let found = failure.place.map(|it| (it.line, it.column));
            assert_eq!(found.map(|it| it.0), place.map(|it| it.0), "{age:?}: {text}: {failure}");
            assert_eq!(found, place, "{age:?}: {text}: {failure}");
        }
    }
}

#[test]
fn a_failure_on_the_way_is_a_failure_and_not_a_row() {
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        for text in [
            "SELECT throwIf(number = 3000000) FROM numbers(10000000)",
            "SELECT toString(throwIf(number = 3000000)) FROM numbers(10000000)",
            "SELECT number, throwIf(number = 3000000), 'x' FROM numbers(10000000)",
            "SELECT [throwIf(number = 3000000)] FROM numbers(10000000)",
        ] {
            let mut counter = Counter::default();
            let failure = session.run(&Ask::new(text), &mut counter).expect_err(text);
            assert_eq!(failure.reason, Reason::Server, "{age:?}: {text}: {failure:?}");
            assert!(
                failure.code.as_deref().is_some_and(|it| it.starts_with("395")),
                "{age:?}: {failure:?}"
            );
            assert!(counter.rows <= 3_000_000, "{age:?}");
            assert_eq!(one(&mut *session, "SELECT 1"), "1");
        }
    }
}

#[test]
fn rows_that_look_like_a_failure_are_rows() {
    for (age, target) in servers() {
        let mut session = connect(&target).expect("a connection");
        let said = "Code: 395, e.displayText() = DB::Exception: it\\'s, e.what() = DB::Exception";
        let text = format!("SELECT '{said}' FROM numbers(3)");
        assert_eq!(run(&mut *session, &text).rows.len(), 3, "{age:?}");
        let bare = "Code: 395, DB::Exception";
        let text = format!("SELECT number = 2 ? 'last' : '{bare}' FROM numbers(3)");
        assert_eq!(run(&mut *session, &text).rows.len(), 3, "{age:?}");
        let text = format!("SELECT '{bare}', 1 FROM numbers(3)");
        assert_eq!(run(&mut *session, &text).rows.len(), 3, "{age:?}");
        assert_eq!(
            run(&mut *session, "SELECT '__exception__' FROM numbers(3)").rows.len(),
            3,
            "{age:?}"
        );
    }
}

/// A server that answers each request with the next of these, and ends.
fn saying(answers: Vec<Vec<u8>>) -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let _ = stream.set_read_timeout(Some(Duration::from_millis(20)));
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(&answer); // we may have had enough
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    at_port("127.0.0.1", port)
}

fn answer(headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}\r\n{:x}\r\n{body}\r\n", body.len())
        .into_bytes()
}

fn greeting() -> [Vec<u8>; 3] {
    let whole = |body: &str| {
        [answer("Transfer-Encoding: chunked\r\n", body), b"0\r\n\r\n".to_vec()].concat()
    };
    [
        whole("v\tr\nString\tString\n26.3.1.1\t0\n"),
        whole("1\nUInt8\n1\n"),
        whole("g\nString\nGRANT SELECT ON *.* TO a\n"),
    ]
}

#[test]
fn newer_servers_mark_what_failed_on_the_way() {
    let marked = "Transfer-Encoding: chunked\r\nX-ClickHouse-Exception-Tag: abcdefghijklmnop\r\n";
    let said = "Code: 395. DB::Exception: Value passed to 'throwIf' function is non-zero. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO) (version 26.3.1.1)";
    let head = "a\tb\nString\tString\n1\t2\n__exception__\t\\r\n";
    let tagged = format!(
        "\r\n__exception__\r\nabcdefghijklmnop\r\n{said}\n{} abcdefghijklmnop\r\n__exception__\r\n",
        said.len()
    );
    let plain = format!("__exception__\r\n{said}");
    for (headers, body) in [
        (marked, format!("{head}{tagged}")),
        (marked, format!("{head}3\t{tagged}")),
        ("Transfer-Encoding: chunked\r\n", format!("{head}{plain}")),
        ("Transfer-Encoding: chunked\r\n", format!("{head}{said}")),
    ] {
        let target = saying([greeting().to_vec(), vec![answer(headers, &body)]].concat());
        let mut session = connect(&target).expect("a connection");
        let mut taken = Taken::default();
        let failure = session.run(&Ask::new("SELECT 1"), &mut taken).expect_err("a failure");
        let code = failure.code.as_deref().unwrap_or_default();
        assert!(code.starts_with("395"), "{failure:?}: {body}");
        assert!(failure.message.ends_with("is non-zero."), "{failure:?}");
        assert_eq!(taken.texts(), [["1", "2"], ["__exception__", "\r"]]);
        assert_eq!(taken.done.len(), 0);
    }
    // Without a mark, what ends early is lost.
    let target = saying([greeting().to_vec(), vec![answer(marked, head)]].concat());
    let failure =
        connect(&target).map(|mut it| refused(&mut *it, "SELECT 1")).expect("a connection");
    assert_eq!(failure.reason, Reason::Lost, "{failure:?}");
}

#[test]
fn a_way_that_ends_anywhere_is_a_failure_and_never_less_rows() {
    let body: String = (0..20).map(|it| format!("{it}\tx\\ty\t\\N\n")).collect();
    let body = format!("n\tt\tz\nUInt8\tString\tNullable(Int8)\n{body}");
    let (first, second) = body.split_at(100);
    let parts = format!("{first}\r\n{:x}\r\n{second}", second.len());
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let whole = format!("{head}{:x}\r\n{parts}\r\n0\r\n\r\n", first.len()).into_bytes();
    for end in 0..=whole.len() {
        let target = saying([greeting().to_vec(), vec![whole[..end].to_vec()]].concat());
        let mut session = connect(&target).expect("a connection");
        let outcome = ask(&mut *session, "SELECT 1", &[]);
        if end == whole.len() {
            assert_eq!(outcome.map(|it| it.rows.len()).ok(), Some(20));
        } else {
            assert_eq!(
                outcome.map(drop).map_err(|it| it.reason),
                Err(Reason::Lost),
                "cut after {end}"
            );
        }
    }
}

#[test]
fn whatever_a_server_says_ends_without_harm() {
    let body = "n\tt\tz\nUInt8\tArray(String)\tNullable(Int8)\n1\t['a']\t\\N\n2\t[]\t3\n";
    let tag = "Transfer-Encoding: chunked\r\nX-ClickHouse-Exception-Tag: abc\r\nX-ClickHouse-Summary: {\"written_rows\":\"3\"}\r\n";
    let whole = [answer(tag, body), b"0\r\n\r\n".to_vec()].concat();
    let mut seed = 5_u64;
    let mut next = move |below: usize| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        usize::try_from(seed >> 33).unwrap_or_default() % below
    };
    let rounds = 400;
    let mut changed = Vec::new();
    for _ in 0..rounds {
        let mut one = whole.clone();
        for _ in 0..=next(4) {
            let at = next(one.len());
            one[at] =
                [0, b'\n', b'\t', b'\\', b'\r', u8::try_from(next(256)).unwrap_or(0)][next(6)];
        }
        changed.extend(greeting());
        changed.push(one);
    }
    let target = saying(changed);
    for _ in 0..rounds {
        let mut session = connect(&target).expect("a connection");
        let _ = ask(&mut *session, "SELECT 1", &[]); // whatever it is, it ends
    }
}

#[test]
fn a_server_of_another_kind_is_told() {
    let text =
        |status: &str| format!("HTTP/1.1 {status}\r\nContent-Length: 5\r\n\r\nhello").into_bytes();
    for answers in [
        vec![text("404 Not Found")],
        vec![b"SSH-2.0-x\r\n".to_vec()],
        vec![b"\x15\x03".to_vec()],
        vec![Vec::new()],
    ] {
        let failure = not_let_in(&saying(answers));
        assert_eq!(failure.reason, Reason::Connection, "{failure:?}");
    }
}

#[test]
fn a_server_that_ends_while_a_statement_runs_is_lost() {
    for (age, target) in servers() {
        let Address::Host { host, port } = target.address.clone() else { continue };
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let ours = listener.local_addr().expect("an address").port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(mut ours), Ok(mut theirs)) =
                    (stream, TcpStream::connect((host.as_str(), port)))
                else {
                    return;
                };
                let (mut from, mut to) =
                    (ours.try_clone().expect("a way"), theirs.try_clone().expect("a way"));
                thread::spawn(move || std::io::copy(&mut from, &mut to));
                thread::spawn(move || {
                    let _ = std::io::copy(&mut (&mut theirs).take(1 << 20), &mut ours);
                    let _ = ours.shutdown(Shutdown::Both);
                    let _ = theirs.shutdown(Shutdown::Both);
                });
            }
        });
        let mut session = connect(&at_port("127.0.0.1", ours)).expect("a connection");
        let failure = refused(&mut *session, "SELECT number FROM numbers(1000000)");
        assert_eq!(failure.reason, Reason::Lost, "{age:?}: {failure:?}");
    }
}

#[test]
fn a_user_who_may_set_nothing_is_asked_to_set_nothing() {
    for (age, target) in servers() {
        for read_only in [false, true] {
            let reader = Target {
                user: Some("reader".into()),
                password: Some(Secret::new("reader-secret")),
                read_only,
                ..target.clone()
            };
            let mut session = connect(&reader).unwrap_or_else(|it| panic!("{age:?}: {it:?}"));
            assert_eq!(one(&mut *session, "SELECT 1"), "1", "{age:?}");
            let failure =
                refused(&mut *session, "CREATE TABLE default.x (a UInt8) ENGINE = Memory");
            let expected = if read_only { Reason::Refused } else { Reason::Server };
            assert_eq!(failure.reason, expected, "{age:?}: {failure}");
        }
    }
}

#[test]
fn a_server_that_is_killed_while_a_statement_runs_is_lost() {
    let kind = ::servers::Kind::ClickHouseOld;
    let Some(server) = ::servers::fresh(kind, &::servers::With::default()) else { return };
    let target = at_port(server.host, server.port);
    for text in
        ["SELECT count() FROM numbers(100000000000)", "SELECT number FROM numbers(100000000000)"]
    {
        server.restart().expect("a server");
        let mut session = connect(&target).expect("a connection");
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(300));
                server.kill();
            });
            let failure = session.run(&Ask::new(text), &mut Counter::default()).expect_err("lost");
            assert_eq!(failure.reason, Reason::Lost, "{failure}");
        });
        assert_eq!(refused(&mut *session, "SELECT 1").reason, Reason::Connection);
    }
}
