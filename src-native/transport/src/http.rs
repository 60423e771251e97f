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
use std::io;
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
    /// `GET`, `POST`.
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
    /// `text/plain; charset=utf-8`, `application/json`.
    pub kind: &'static str,
    /// The body.
    pub text: String,
}

impl Answer {
    /// A sentence.
    pub fn text(status: u16, text: impl Into<String>) -> Answer {
        Answer { status, kind: "text/plain; charset=utf-8", text: text.into() }
    }
}

/// Answers a request to one of the routes. It is called on a thread that may wait.
pub type Handler = dyn Fn(Request) -> Answer + Send + Sync;

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
                Ok((stream, _)) => {
                    let usual = shared.places.take();
                    let is_spare = usual.is_none();
                    // Where even the spare ones are all being answered it is only closed.
                    if let Some(place) = usual.or_else(|| spare.take()) {
                        let (shared, ended) = (shared.clone(), ended.clone());
                        let read = Vec::new();
                        let connection =
                            Connection { stream, shared, place, is_spare, read, ended };
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
    let (kind, length) = (answer.kind, answer.text.len());
    let connection = if keep { "keep-alive" } else { "close" };
    let whole = format!(
        "HTTP/1.1 {status} {reason}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\n{headers}connection: \
         {connection}\r\n\r\n{}",
        answer.text
    );
    let patience = Duration::from_secs(10);
    timeout(patience, stream.write_all(whole.as_bytes())).await.map_err(io::Error::from)?
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
