//! `backstory serve --http` under people who are slow, greedy and rude.

use crate::home::{BACKSTORY, Home, Serving, complaint};
use crate::trackers::{deliver, home, http, signed};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// A shop whose deliveries are taken at an address.
pub(crate) struct Door {
    pub(crate) serving: Serving,
    pub(crate) address: SocketAddr,
    pub(crate) home: Home,
}

pub(crate) fn door() -> Door {
    let home = home();
    let added = home.run(&[
        "trackers",
        "add",
        "https://github.com/acme/shop",
        "--tracker",
        "shop",
        "--hook",
        "env:SHOP_HOOK",
        "--sync=false",
    ]);
    assert!(added.status.success(), "{}", complaint(&added));
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = home.command(BACKSTORY);
    let command =
        command.args(["serve", "--http", &address.to_string()]).env("SHOP_HOOK", "s3cret");
    Door { serving: Serving::start(command), address, home }
}

impl Door {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Somebody who announces so much and has sent so much of it.
    fn slow(&self, announced: usize, sent: usize) -> TcpStream {
        let mut stream = self.connect();
        let head = format!(
            "POST /hooks/shop HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n\
             content-length: {announced}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&vec![b' '; sent]).unwrap();
        stream
    }

    /// A delivery of so many bytes that is right in every way, and how long its answer took.
    fn delivery(&self, id: &str, bytes: usize) -> (u16, Duration) {
        let mut body = br#"{"zen":"Keep it"}"#.to_vec();
        body.resize(bytes.max(body.len()), b' ');
        let signature = signed("s3cret", &body);
        let start = Instant::now();
        (deliver(self.address, id, &signature, &body).0, start.elapsed())
    }

    /// All three addresses for those who watch over a program answer at once.
    fn is_well(&self) {
        for path in ["/health", "/ready", "/startup"] {
            let start = Instant::now();
            let (status, answer) = http(self.address, &format!("GET {path} HTTP/1.1"), b"");
            let took = start.elapsed();
            assert!(
                status == 200 && took < Duration::from_millis(250),
                "{path}: {took:?} {answer}"
            );
        }
    }
}

#[test]
fn health_is_told_at_once_whoever_holds_connections() {
    let door = door();
    let mut held: Vec<TcpStream> = (0..100).map(|_| door.connect()).collect();
    door.is_well();
    for n in 0..200 {
        let mut stream = door.connect();
        if n % 2 == 0 {
            stream.write_all(b"GET /health HT").unwrap();
        }
        held.push(stream);
    }
    door.is_well();
    let (status, took) = door.delivery("d-1", 20_000);
    assert!(status == 202 && took < Duration::from_secs(2), "{status} after {took:?}");
    // Somebody else writes, and takes their time.
    let memory = rusqlite::Connection::open(door.home.path().join("b/data/memory.db")).unwrap();
    memory.execute_batch("begin immediate").unwrap();
    door.is_well();
}

#[test]
fn deliveries_are_taken_while_slow_senders_hold_what_they_can() {
    const MIB: usize = 1 << 20;
    let door = door();
    // These announce much and send little.
    let _announced: Vec<TcpStream> = (0..20).map(|_| door.slow(25 * MIB, 1000)).collect();
    for (id, bytes) in [("d-1", 20_000), ("d-2", 3 * MIB)] {
        let (status, took) = door.delivery(id, bytes);
        assert!(status == 202 && took < Duration::from_secs(2), "{id}: {status} after {took:?}");
    }
    // These send most of it, as much as there is room for, and then nothing.
    let most = serving_kib(&door);
    let stalled: Vec<_> = (0..3).map(|_| door.slow(25 * MIB, 20 * MIB)).collect();
    door.is_well();
    let (status, took) = door.delivery("d-3", 20_000);
    assert!(status == 202 && took < Duration::from_secs(2), "{status} after {took:?}");
    let (status, took) = door.delivery("d-4", 10 * MIB);
    assert!(status == 202 && took < Duration::from_secs(8), "{status} after {took:?}");
    let grown = (serving_kib(&door) - most) / 1024;
    assert!(grown < 150, "{grown} MiB more than before");
    drop(stalled);
}

/// The most memory that the process had so far, in KiB.
fn serving_kib(door: &Door) -> u64 {
    door.serving.memory_kib("VmHWM")
}

#[test]
fn the_sender_of_a_body_that_is_too_large_reads_why() {
    let door = door();
    let length = 26 << 20;
    let mut stream = door.slow(length, length);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("too large"), "{answer}");
    // The same at an address that takes no body.
    let mut stream = door.connect();
    let head = format!("POST /nowhere HTTP/1.1\r\nhost: h\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![b' '; length]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}
