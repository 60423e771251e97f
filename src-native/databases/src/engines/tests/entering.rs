//! Servers that keep whoever comes in waiting, in ways that no server should.

use crate::engines::connect;
use crate::engines::heard::target;
use crate::{Address, Engine, Failure, Reason, Secret, Session, Target};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// A server that does something with the first who comes.
fn served(engine: Engine, act: impl FnOnce(TcpStream) + Send + 'static) -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || act(listener.accept().unwrap().0));
    let mut target = target(engine, Address::Host { host: "127.0.0.1".into(), port });
    (target.user, target.password) = (Some("somebody".into()), Some(Secret::new("secret")));
    target
}

fn refused(target: &Target) -> Failure {
    connect(target).map(|_: Box<dyn Session>| ()).unwrap_err()
}

#[test]
fn a_server_that_drips_is_given_up_when_connecting_has_taken_its_time() {
    for (engine, first) in [
        // Let in, and then settings that are told for ever.
        (Engine::Postgres, &b"R\0\0\0\x08\0\0\0\0S\x7f\0\0\0"[..]),
        (Engine::Mysql, b"\xff\xff\xff\0\x0a"),
        (Engine::Redis, b"+"),
        (Engine::Mongodb, b"\xff\xff\0\0\x01\0\0\0\x01\0\0\0\xdd\x07\0\0"),
        (Engine::Clickhouse, b"HTTP/1.1 200 OK\r\nX-Long: "),
        (Engine::Sqlserver, b"\x04\x01\x7f\xff\0\0\x01\0"),
    ] {
        let mut target = served(engine, move |mut wire| {
            let mut sent = wire.write_all(first);
            while sent.is_ok() {
                std::thread::sleep(Duration::from_millis(100));
                sent = wire.write_all(b"x");
            }
        });
        target.connect_timeout = Duration::from_millis(700);
        let begun = Instant::now();
        let failure = refused(&target);
        assert_eq!(failure.reason, Reason::Connection, "{engine:?}: {failure:?}");
        let took = begun.elapsed();
        assert!(took < Duration::from_millis(2500), "{engine:?} took {took:?}: {failure:?}");
    }
}

/// A PostgreSQL that answers each message with the next of these.
fn answering(answers: Vec<Vec<u8>>) -> Target {
    served(Engine::Postgres, move |mut wire| {
        for answer in answers {
            let mut heard = [0; 4096];
            if !matches!(wire.read(&mut heard), Ok(1..)) || wire.write_all(&answer).is_err() {
                return;
            }
        }
        let _ = wire.read(&mut [0; 4096]); // until the other side has gone
    })
}

fn asks(how: i32, more: &[u8]) -> Vec<u8> {
    let length = i32::try_from(8 + more.len()).unwrap();
    [b"R", &length.to_be_bytes()[..], &how.to_be_bytes(), more].concat()
}

#[test]
fn a_postgresql_that_does_not_prove_itself_is_refused() {
    let ready = b"Z\0\0\0\x05I";
    let begin = asks(10, b"SCRAM-SHA-256\0\0");
    for after in [asks(0, b""), asks(3, b""), asks(5, b"salt"), begin.clone()] {
        let failure = refused(&answering(vec![begin.clone(), [&after[..], ready].concat()]));
        assert!(failure.message.contains("without a proof of its own"), "{failure:?}");
    }
}

#[test]
fn a_postgresql_that_asks_for_endless_work_is_refused_at_once() {
    let begin = asks(10, b"SCRAM-SHA-256\0\0");
    for rounds in ["4294967295", "2000001", "0", "x"] {
        let work = asks(11, format!("r=nonce,s=c2FsdA==,i={rounds}").as_bytes());
        let begun = Instant::now();
        let failure = refused(&answering(vec![begin.clone(), work]));
        assert!(failure.message.contains("rounds of work"), "{failure:?}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
}
