//! The server under people who are slow, greedy and rude.

use super::{Answer, Limits, Request, Route, serve, waiting};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

struct Stage {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    runtime: Option<tokio::runtime::Runtime>,
    server: Option<tokio::task::JoinHandle<()>>,
}

const BRISK: Limits = Limits {
    connections: 4,
    spare: 2,
    turns: 2,
    head: 2048,
    bodies: 100_000,
    head_time: Duration::from_millis(300),
    body_time: Duration::from_secs(2),
    body_rate: 1000,
    body_window: Duration::from_millis(200),
    idle: Duration::from_millis(300),
    grace: Duration::from_millis(500),
};

fn echo(request: Request) -> Answer {
    match request.path.as_str() {
        "/slow" => {
            std::thread::sleep(Duration::from_millis(200));
            Answer::text(200, "slow")
        }
        "/panic" => panic!("as it should"),
        _ => Answer::text(202, format!("{} {}", request.path, request.body.len())),
    }
}

impl Stage {
    fn open() -> Stage {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let route = |method, path: &str, kinds| Route {
            method,
            path: path.into(),
            body_max: 150_000,
            kinds,
            urgent: path == "/health",
        };
        let routes = vec![
            route("POST", "/hooks/", &["application/json"]),
            route("GET", "/health", &[]),
            route("GET", "/slow", &[]),
            route("GET", "/panic", &[]),
        ];
        let (end, ended) = oneshot::channel();
        let ended = async { drop(ended.await) };
        let server = runtime.spawn(serve(listener, routes, BRISK, waiting(echo), ended));
        Stage { address, end: Some(end), runtime: Some(runtime), server: Some(server) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        stream
    }

    /// All that is answered to these bytes until the connection ends.
    fn say(&self, text: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(text.as_bytes()).unwrap();
        rest(&mut stream)
    }

    fn stop(&mut self) -> Duration {
        let start = Instant::now();
        let _ = self.end.take().unwrap().send(());
        let server = self.server.take().unwrap();
        self.runtime.as_ref().unwrap().block_on(server).unwrap();
        start.elapsed()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    String::from_utf8(all).unwrap()
}

fn post(path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: \
         {length}\r\n{headers}\r\n{body}"
    )
}

#[test]
fn each_mistake_has_its_status() {
    let stage = Stage::open();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    let bare = |headers: &str| format!("POST /hooks/a HTTP/1.1\r\nHost: h\r\n{headers}\r\n");
    for (said, status) in [
        (get("/health"), 202),
        (get("/health?x=y"), 202),
        (get("/healthy"), 404),
        (get("/"), 404),
        (get("/hooks/a"), 405),
        (get("/panic"), 500),
        (post("/hooks/a", "Connection: close\r\n", "{}"), 202),
        (post("/hooks/a", "", &"x".repeat(150_001)), 413),
        (bare("Content-Length: 99999999999999\r\n"), 413),
        (bare(""), 411),
        (bare("Transfer-Encoding: chunked\r\n"), 411),
        (bare("Content-Type: text/plain\r\nContent-Length: 2\r\n") + "{}", 415),
        ("nonsense\r\n\r\n".into(), 400),
        (format!("GET / HTTP/1.1\r\nX: {}", "y".repeat(3000)), 431),
    ] {
        let answer = stage.say(&said);
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{status}: {answer}");
        assert!(answer.contains("connection: close") && answer.ends_with(|it| it != '\0'));
    }
    assert!(stage.say(&get("/hooks/a")).contains("allow: POST\r\n"));
}

#[test]
fn requests_follow_each_other_on_one_connection() {
    let stage = Stage::open();
    let two = post("/hooks/a", "", "{}") + &post("/hooks/b", "Connection: close\r\n", "{...}");
    let answer = stage.say(&two);
    let (a, b) = (answer.find("/hooks/a 2").unwrap(), answer.find("/hooks/b 5").unwrap());
    assert!(a < b, "{answer}");
    // Byte by byte is the same.
    let mut stream = stage.connect();
    for byte in two.bytes() {
        stream.write_all(&[byte]).unwrap();
    }
    assert_eq!(rest(&mut stream).matches("HTTP/1.1 202").count(), 2);
}

#[test]
fn a_body_that_waits_for_a_word_gets_it() {
    let stage = Stage::open();
    let mut stream = stage.connect();
    let whole = post("/hooks/a", "Expect: 100-continue\r\nConnection: close\r\n", "{}");
    stream.write_all(&whole.as_bytes()[..whole.len() - 2]).unwrap();
    let mut word = [0; 25];
    stream.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"{}").unwrap();
    assert!(rest(&mut stream).starts_with("HTTP/1.1 202"));
}

#[test]
fn who_is_slow_is_told_so_and_let_go() {
    let stage = Stage::open();
    let start = Instant::now();
    assert!(stage.say("POST /hooks/a HT").starts_with("HTTP/1.1 408"));
    let whole = post("/hooks/a", "", "{\"a\":1}");
    assert!(stage.say(&whole[..whole.len() - 3]).starts_with("HTTP/1.1 408"));
    // A drop now and then is no progress.
    let mut stream = stage.connect();
    for byte in b"GET /health HTTP/1.1\r\n" {
        if stream.write_all(&[*byte]).is_err() {
            break;
        }
        std::thread::sleep(Duration::from_millis(40));
    }
    assert!(rest(&mut stream).starts_with("HTTP/1.1 408"));
    // Who says nothing at all is closed without a word.
    assert_eq!(stage.say(""), "");
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
}

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

/// The answer, and that it came at once.
fn at_once(stage: &Stage, said: &str) -> String {
    let start = Instant::now();
    let answer = stage.say(said);
    assert!(start.elapsed() < Duration::from_millis(150), "{:?}: {answer}", start.elapsed());
    answer
}

#[test]
fn who_connects_is_let_in_and_the_one_that_kept_us_waiting_longest_goes() {
    let stage = Stage::open();
    let mut held = Vec::new();
    for _ in 0..4 {
        let mut stream = stage.connect();
        stream.write_all(b"GET /health HTTP/1.1\r\n").unwrap();
        std::thread::sleep(Duration::from_millis(10));
        held.push(stream);
    }
    assert!(at_once(&stage, HEALTH).starts_with("HTTP/1.1 202"));
    assert_eq!(rest(&mut held[0]), "", "it had to go");
    for stream in &mut held[1..] {
        stream.write_all(b"Host: h\r\nConnection: close\r\n\r\n").unwrap();
        assert!(rest(stream).starts_with("HTTP/1.1 202"));
    }
}

#[test]
fn what_is_urgent_is_answered_while_all_places_wait_for_us_and_the_rest_is_told_to_come_again() {
    let stage = Stage::open();
    let mut busy: Vec<TcpStream> = (0..4).map(|_| stage.connect()).collect();
    for stream in &mut busy {
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").unwrap();
    }
    std::thread::sleep(Duration::from_millis(50));
    assert!(at_once(&stage, HEALTH).starts_with("HTTP/1.1 202"));
    let full = at_once(&stage, &post("/hooks/a", "", "{}"));
    assert!(full.starts_with("HTTP/1.1 429") && full.contains("retry-after: 5"), "{full}");
    // Idle ones do not keep the others from what is kept for them.
    let _idle: Vec<TcpStream> = (0..5).map(|_| stage.connect()).collect();
    assert!(at_once(&stage, HEALTH).starts_with("HTTP/1.1 202"));
    for stream in &mut busy {
        assert!(rest(stream).ends_with("slow"), "who waits for us keeps its place");
    }
}

#[test]
fn a_body_that_is_announced_takes_no_room_and_one_that_does_not_come_is_let_go() {
    let stage = Stage::open();
    let large = post("/hooks/a", "Connection: close\r\n", &"x".repeat(120_000));
    let mut slow: Vec<TcpStream> = (0..3).map(|_| stage.connect()).collect();
    for stream in &mut slow {
        stream.write_all(&large.as_bytes()[..500]).unwrap();
    }
    assert!(at_once(&stage, &large).starts_with("HTTP/1.1 202"));
    let start = Instant::now();
    assert!(rest(&mut slow[0]).starts_with("HTTP/1.1 408"));
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn room_that_others_hold_is_waited_for() {
    let stage = Stage::open();
    let large = post("/hooks/a", "Connection: close\r\n", &"x".repeat(150_000));
    let mut holds = stage.connect();
    holds.write_all(&large.as_bytes()[..140_000]).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    // There is room for one such body; the other is taken once the first is let go.
    let answer = stage.say(&large);
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert!(rest(&mut holds).starts_with("HTTP/1.1 408"));
}

#[test]
fn it_ends_when_told_to_and_answers_what_is_under_way() {
    let mut stage = Stage::open();
    let mut busy = stage.connect();
    busy.write_all(b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let mut idle = stage.connect();
    std::thread::sleep(Duration::from_millis(50));
    let time = stage.stop();
    assert!(time < Duration::from_millis(450), "{time:?}");
    assert!(rest(&mut busy).ends_with("slow"));
    assert_eq!(rest(&mut idle), "");
    assert!(TcpStream::connect(stage.address).is_err());
}

/// A stage of its own for a handler that answers in its own words.
fn say_to(answer: Answer, method: &'static str, said: &str) -> String {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let routes = vec![Route { method, path: "/".into(), body_max: 100, kinds: &[], urgent: false }];
    let handler = move |request: Request| -> super::Soon {
        assert!(request.peer.ip().is_loopback());
        let answer = answer.clone();
        Box::pin(async move { answer })
    };
    let handler: std::sync::Arc<super::Handler> = std::sync::Arc::new(handler);
    runtime.spawn(serve(listener, routes, BRISK, handler, std::future::pending()));
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(said.as_bytes()).unwrap();
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all);
    runtime.shutdown_background();
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn an_answer_has_its_own_headers_and_bytes_and_none_of_them_ends_its_line() {
    let headers = vec![
        ("content-type", "image/gif".into()),
        ("cache-control", "public".into()),
        ("x-why", "a\r\nset-cookie: b".into()),
    ];
    let answer = Answer { status: 202, headers, body: (&b"\0\xffgif"[..]).into() };
    let said = "OPTIONS /any/thing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    let got = say_to(answer.clone(), "*", said);
    assert!(
        got.contains("\r\ncontent-type: image/gif\r\n") && got.contains("content-length: 5\r\n")
    );
    assert_eq!(got.matches("cache-control").count(), 1);
    assert!(got.contains("x-why: a  set-cookie: b\r\n") && got.ends_with("\u{fffd}gif"));
    assert!(say_to(answer, "GET", said).starts_with("HTTP/1.1 405"));
    let empty = Answer { status: 204, headers: Vec::new(), body: (&b""[..]).into() };
    let got = say_to(empty, "*", said);
    assert!(got.starts_with("HTTP/1.1 204") && !got.contains("content-length"), "{got}");
}
