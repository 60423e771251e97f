//! A server on this machine that answers as a test tells it to, well or badly, and remembers what it
//! was asked.

use super::{Authorization, Base, Clock, Going, Pace, Told, Web};
use crate::secrets::Secret;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What must never be seen outside of the header that it belongs to.
pub(crate) const CANARY: &str = "canary-ghp_7f3a";

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// By names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// A value of the query, unescaped.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?')?.1;
        let value = query.split('&').find_map(|it| it.strip_prefix(name)?.strip_prefix('='))?;
        let mut out = Vec::new();
        let mut bytes = value.bytes();
        while let Some(byte) = bytes.next() {
            out.push(match byte {
                b'%' => {
                    let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
                }
                byte => byte,
            });
        }
        Some(String::from_utf8(out).unwrap())
    }
}

/// An answer: these bytes, with a pause after each where there is one, and then the end.
#[derive(Clone)]
pub(crate) struct Reply {
    bytes: Vec<u8>,
    pause: Option<Duration>,
    /// Whether it then says nothing for ever, instead of closing.
    hang: bool,
}

impl Reply {
    /// In bytes, its head included.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
}

pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Reply {
    Reply { bytes: bytes.into(), pause: None, hang: false }
}

pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n").into_bytes();
    if !headers.iter().any(|it| it.0 == "content-length") {
        bytes.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    raw(bytes)
}

pub(crate) fn json(body: impl AsRef<[u8]>) -> Reply {
    reply(200, &[("content-type", "application/json")], body)
}

/// The first so many bytes of an answer.
pub(crate) fn cut(mut whole: Reply, at: usize) -> Reply {
    whole.bytes.truncate(at);
    whole
}

/// An answer that comes by drops.
pub(crate) fn slow(whole: Reply, pause: Duration) -> Reply {
    Reply { pause: Some(pause), ..whole }
}

/// Nothing more after these bytes, and no end.
pub(crate) fn hang(start: &str) -> Reply {
    Reply { hang: true, ..raw(start) }
}

/// The server, until it is dropped.
pub(crate) struct Stage {
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    ended: Arc<AtomicBool>,
}

impl Stage {
    /// Answers each request by `answer`, which is told how many came before.
    pub(crate) fn open(answer: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Stage {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        let (answer, all, end) = (Arc::new(answer), seen.clone(), ended.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if end.load(Ordering::Relaxed) {
                    return;
                }
                let (answer, all, end) = (answer.clone(), all.clone(), end.clone());
                std::thread::spawn(move || {
                    let Ok(mut stream) = stream else { return };
                    let Some(request) = receive(&mut stream) else { return };
                    let before = {
                        let mut all = all.lock().unwrap();
                        all.push(request.clone());
                        all.len() - 1
                    };
                    send(&mut stream, &answer(&request, before), &end);
                });
            }
        });
        Stage { address, seen, ended }
    }

    /// What it was asked until now.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn targets(&self) -> Vec<String> {
        self.seen().into_iter().map(|it| it.target).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
    }
}

fn receive(stream: &mut TcpStream) -> Option<Seen> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let text = String::from_utf8(head).ok()?;
    let mut lines = text.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let (method, target) = (first.next()?, first.next()?);
    let headers: Vec<(String, String)> = lines
        .filter_map(|it| it.split_once(':'))
        .map(|it| (it.0.to_ascii_lowercase(), it.1.trim().to_owned()))
        .collect();
    let mut seen = Seen { method, target, headers, body: Vec::new() };
    let length = seen.header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    seen.body = vec![0; length];
    stream.read_exact(&mut seen.body).ok()?;
    Some(seen)
}

fn send(stream: &mut TcpStream, reply: &Reply, end: &AtomicBool) {
    match reply.pause {
        None => drop(stream.write_all(&reply.bytes)),
        Some(pause) => {
            for byte in &reply.bytes {
                if stream.write_all(&[*byte]).is_err() || end.load(Ordering::Relaxed) {
                    return;
                }
                std::thread::sleep(pause);
            }
        }
    }
    while reply.hang && !end.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A clock by which a wait is over at once. It begins at a fixed moment and counts what was waited.
#[derive(Default)]
pub(crate) struct Hurried(AtomicI64);

/// When it begins: 2023-11-14T22:13:20Z, in milliseconds since 1970.
pub(crate) const BEGIN: i64 = 1_700_000_000_000;

impl Hurried {
    /// Milliseconds that were waited.
    pub(crate) fn waited(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Clock for Hurried {
    fn now(&self) -> i64 {
        BEGIN + self.waited()
    }

    fn wait(&self, time: Duration, _: &AtomicBool) {
        self.0.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

/// A little patience, for tests.
pub(crate) const BRISK: Pace = Pace {
    tries: 4,
    first: Duration::from_secs(1),
    longest: Duration::from_secs(60),
    limit: Duration::from_secs(3900),
    connect: Duration::from_secs(2),
    silence: Duration::from_millis(400),
    whole: Duration::from_secs(2),
    bytes: 1_000_000,
};

pub(crate) fn secret() -> Secret {
    Secret::new(CANARY.into()).ok().unwrap()
}

/// A client with the canary as its token and the hurried clock.
pub(crate) fn client(name: &'static str, address: &str) -> (Web, Arc<Hurried>) {
    let clock = Arc::new(Hurried::default());
    let base = Base::read(address).unwrap();
    let web = Web::new(name, base, &Authorization::Bearer(secret()), &[], BRISK).unwrap();
    (web.with_clock(clock.clone()), clock)
}

/// Runs something that is told nothing and goes on.
pub(crate) fn on<T>(run: impl FnOnce(&Going<'_>) -> T) -> (T, Vec<String>) {
    let cancel = AtomicBool::new(false);
    let told = Mutex::new(Vec::new());
    let tell = |it: Told| told.lock().unwrap().push(it.to_string());
    let result = run(&Going { cancel: &cancel, tell: &tell });
    (result, told.into_inner().unwrap())
}
