//! A small HTTP/1.1 server for deliveries from outside and for those who watch over a program. It
//! knows no address by name: routes are values that the caller gives.
//!
//! A request has a length that it tells before, and all of it is read before it is handed on; what
//! is too long, too slow or too much is answered plainly and costs no more than a connection.
//!
//! Who connects is always let in: where all places are taken, the one that has kept us waiting
//! longest loses its own. Some are kept for what is urgent, so that whoever asks after the program's
//! health is answered while all others wait. Bodies take memory as they come and not as they are
//! announced, from one budget for all of them.

mod connection;
mod head;
mod places;
#[cfg(test)]
mod tests;

use connection::{Connection, UNIT};
use places::Places;
use std::borrow::Cow;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

/// An address that is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `GET`, `POST`; `*` for whatever method there is.
    pub method: &'static str,
    /// The path; where it ends with a slash, all below it.
    pub path: String,
    /// Largest body, in bytes.
    pub body_max: usize,
    /// What a body may be, without parameters; nothing: whatever it is.
    pub kinds: &'static [&'static str],
    /// Answered before all others and where there is no place for them. Its handler must not wait.
    pub urgent: bool,
}

/// What the server bears. Its memory is bounded by `connections` times 80 KiB, and `bodies`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; for one more, another has to go.
    pub connections: usize,
    /// Connections beyond these, for what is urgent.
    pub spare: usize,
    /// Requests that are handled at a time, urgent ones left out.
    pub turns: usize,
    /// Line and headers of a request, in bytes.
    pub head: usize,
    /// Bodies at a time, in bytes, without the first 64 KiB of each.
    pub bodies: usize,
    /// For the head of a request, from its first byte.
    pub head_time: Duration,
    /// For the body of a request.
    pub body_time: Duration,
    /// How much of a body has to come, in bytes a second, …
    pub body_rate: usize,
    /// … over how long.
    pub body_window: Duration,
    /// How long a connection may be silent between two requests.
    pub idle: Duration,
    /// How long requests that are under way have when the server ends.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 128, // a process on macOS has 256 open files unless told otherwise
            spare: 16,
            turns: 16,
            head: 16 * 1024,
            bodies: 64 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            body_rate: 4 * 1024,
            body_window: Duration::from_secs(5),
            idle: Duration::from_secs(30),
            grace: Duration::from_secs(5),
        }
    }
}

/// A whole request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Its path, as it was sent, without the query.
    pub path: String,
    /// What follows the question mark; empty where nothing.
    pub query: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// Who connected: a proxy, where there is one.
    pub peer: SocketAddr,
    /// Its body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header by its name in lower case; nothing where it came more than once, since
    /// nobody could say which one is meant.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|it| it.0 == name);
        let value = found.next()?.1.as_str();
        found.next().is_none().then_some(value)
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values; among them the type of the content, where there is some. Of
    /// length and connection the server itself says what is so, and that nobody keeps it, where no
    /// `cache-control` is among them.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Cow<'static, [u8]>,
}

impl Answer {
    /// A sentence.
    pub fn text(status: u16, text: impl Into<String>) -> Answer {
        let headers = vec![("content-type", "text/plain; charset=utf-8".into())];
        Answer { status, headers, body: text.into().into_bytes().into() }
    }
}

/// An answer that is on its way.
pub type Soon = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Answers a request to one of the routes. It must not wait: see [`waiting`] for what does.
pub type Handler = dyn Fn(Request) -> Soon + Send + Sync;

/// A handler that is called on a thread that may wait. Where it panics, the answer says so.
pub fn waiting(handler: impl Fn(Request) -> Answer + Send + Sync + 'static) -> Arc<Handler> {
    let handler = Arc::new(handler);
    Arc::new(move |request| {
        let handler = handler.clone();
        Box::pin(async move {
            let answer = tokio::task::spawn_blocking(move || handler(request)).await;
            answer.unwrap_or_else(|_| Answer::text(500, "this failed; see the log\n"))
        })
    })
}

struct Shared {
    routes: Vec<Route>,
    limits: Limits,
    handler: Arc<Handler>,
    places: Arc<Places>,
    /// Memory for bodies.
    bodies: Arc<Semaphore>,
    turns: Semaphore,
}

/// Answers everyone who connects until `end` resolves. Then nobody new is answered, and what is
/// under way has [`Limits::grace`] to end.
pub async fn serve(
    listener: TcpListener,
    routes: Vec<Route>,
    limits: Limits,
    handler: Arc<Handler>,
    end: impl Future<Output = ()>,
) {
    let bodies = Arc::new(Semaphore::new((limits.bodies / UNIT).min(Semaphore::MAX_PERMITS)));
    let (places, spare) = (Places::new(limits.connections), Places::new(limits.spare));
    let turns = Semaphore::new(limits.turns);
    let shared = Arc::new(Shared { routes, limits, handler, places, bodies, turns });
    let (ending, ended) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let usual = shared.places.take();
                    let is_spare = usual.is_none();
                    // Where even the spare ones are all being answered it is only closed.
                    if let Some(place) = usual.or_else(|| spare.take()) {
                        let (shared, ended) = (shared.clone(), ended.clone());
                        let read = Vec::new();
                        let connection =
                            Connection { stream, peer, shared, place, is_spare, read, ended };
                        connections.spawn(connection.run());
                    }
                }
                // Too many open files, say: others may end soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let _ = ending.send(true);
    let _ = timeout(limits.grace, async { while connections.join_next().await.is_some() {} }).await;
}

async fn write(
    stream: &mut TcpStream,
    answer: &Answer,
    headers: &str,
    keep: bool,
) -> io::Result<()> {
    let (status, reason) = (answer.status, reason(answer.status));
    let connection = if keep { "keep-alive" } else { "close" };
    let mut whole = format!("HTTP/1.1 {status} {reason}\r\n");
    for (name, value) in &answer.headers {
        // A value that could end its line would write lines of its own.
        let value = value.replace(|it: char| it.is_control(), " ");
        whole.extend([name, ": ", &value, "\r\n"]);
    }
    if !answer.headers.iter().any(|it| it.0 == "cache-control") {
        whole.push_str("cache-control: no-store\r\n");
    }
    let length = answer.body.len();
    if status != 204 {
        whole.push_str(&format!("content-length: {length}\r\n"));
    }
    whole.push_str(&format!(
        "x-content-type-options: nosniff\r\n{headers}connection: {connection}\r\n\r\n"
    ));
    let mut whole = whole.into_bytes();
    whole.extend_from_slice(&answer.body);
    let patience = Duration::from_secs(10);
    timeout(patience, stream.write_all(&whole)).await.map_err(io::Error::from)?
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        411 => "Length Required",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Status",
    }
}
