//! The network that fails on demand fails as told.

#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use servers::cut::{Proxy, Way};

/// A server that answers every byte with the same one.
fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut back = stream.try_clone().unwrap();
                let _ = std::io::copy(&mut &stream, &mut back);
            });
        }
    });
    port
}

fn dial(proxy: &Proxy) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

fn says(stream: &mut TcpStream, text: &[u8]) -> Vec<u8> {
    let mut heard = vec![0; text.len()];
    stream.write_all(text).unwrap();
    stream.read_exact(&mut heard).unwrap();
    heard
}

#[test]
fn bytes_pass_and_are_counted() {
    let proxy = Proxy::to(echo()).unwrap();
    assert_eq!(says(&mut dial(&proxy), b"hello"), b"hello");
    assert_eq!((proxy.passed(Way::Question), proxy.passed(Way::Answer)), (5, 5));
    assert_eq!(proxy.connections(), 1);
}

#[test]
fn a_connection_is_cut_after_so_many_bytes() {
    for way in [Way::Question, Way::Answer] {
        let proxy = Proxy::to(echo()).unwrap();
        let mut stream = dial(&proxy);
        says(&mut stream, b"before");
        proxy.cut_after(way, 3);
        stream.write_all(b"after that").unwrap();
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard);
        assert!(b"aft".starts_with(&heard), "{heard:?}");
        assert_eq!(proxy.passed(way), 9);
        // Only the way that was told to fail passes less than it was given.
        if way == Way::Answer {
            assert_eq!(heard, b"aft");
        }
        proxy.flow();
        assert_eq!(says(&mut dial(&proxy), b"again"), b"again");
    }
}

#[test]
fn a_stall_holds_bytes_back_until_they_flow() {
    let proxy = Proxy::to(echo()).unwrap();
    let mut stream = dial(&proxy);
    proxy.stall();
    stream.write_all(b"late").unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let mut heard = [0; 4];
    assert!(stream.read_exact(&mut heard).is_err());
    proxy.flow();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"late");
}

#[test]
fn connections_are_refused_and_taken_again() {
    let proxy = Proxy::to(echo()).unwrap();
    let mut before = dial(&proxy);
    says(&mut before, b"one");
    proxy.refuse();
    let refused = TcpStream::connect(("127.0.0.1", proxy.port)).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    assert_eq!(says(&mut before, b"two"), b"two");
    proxy.flow();
    assert_eq!(says(&mut dial(&proxy), b"three"), b"three");
}

#[test]
fn a_cut_ends_what_is_open() {
    let proxy = Proxy::to(echo()).unwrap();
    let mut stream = dial(&proxy);
    says(&mut stream, b"one");
    proxy.cut();
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert_eq!(rest, b"");
}

#[test]
fn bytes_arrive_whole_in_pieces_of_one() {
    let proxy = Proxy::to(echo()).unwrap();
    proxy.in_pieces(1);
    let long: Vec<u8> = (0..5000).map(|it| it as u8).collect();
    assert_eq!(says(&mut dial(&proxy), &long), long);
}

#[test]
fn a_server_that_is_gone_is_a_connection_that_ends() {
    let proxy = Proxy::to(servers::free_port().unwrap()).unwrap();
    let mut stream = dial(&proxy);
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert_eq!(rest, b"");
}
