//! A small HTTP/1.1 server for deliveries from outside and for those who watch over a program. It
//! knows no address by name: routes are values that the caller gives.
//!
//! A request has a length that it tells before, and all of it is read before it is handed on; what
//! is too long, too slow or too much is answered plainly and costs no more than a connection.

mod head;
#[cfg(test)]
mod tests;

use head::{Head, Wrong};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

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
}

/// What the server bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at a time; one more is told so and closed.
    pub connections: usize,
    /// Line and headers of a request, in bytes.
    pub head: usize,
    /// Bodies at a time, in bytes.
    pub bodies: usize,
    /// For the head of a request, from its first byte.
    pub head_time: Duration,
    /// For the body of a request.
    pub body_time: Duration,
    /// How long a connection may be silent between two requests.
    pub idle: Duration,
    /// How long requests that are under way have when the server ends.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 64,
            head: 16 * 1024,
            bodies: 64 * 1024 * 1024,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
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
    bodies: Semaphore,
}

/// A body's part of the memory for all of them is counted in so many bytes.
const UNIT: usize = 1024;

/// Answers everyone who connects until `end` resolves. Then nobody new is answered, and what is
/// under way has [`Limits::grace`] to end.
pub async fn serve(
    listener: TcpListener,
    routes: Vec<Route>,
    limits: Limits,
    handler: Arc<Handler>,
    end: impl Future<Output = ()>,
) {
    let bodies = Semaphore::new((limits.bodies / UNIT).min(Semaphore::MAX_PERMITS));
    let shared = Arc::new(Shared { routes, limits, handler, bodies });
    let (ending, ended) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut refusals = JoinSet::new();
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < limits.connections => {
                    let connection = Connection {
                        stream,
                        shared: shared.clone(),
                        read: Vec::new(),
                        ended: ended.clone(),
                    };
                    connections.spawn(connection.run());
                }
                // So many are told; more than that are only closed.
                Ok((mut stream, _)) if refusals.len() < limits.connections => {
                    refusals.spawn(async move {
                        let full = Answer::text(429, "too many connections; try again\n");
                        let _ = timeout(Duration::from_secs(1), async {
                            write(&mut stream, &full, "retry-after: 5\r\n", false).await?;
                            linger(&mut stream).await
                        })
                        .await;
                    });
                }
                Ok(_) => {}
                // Too many open files, say: others may end soon.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
            Some(_) = refusals.join_next() => {}
        }
    }
    drop(listener);
    let _ = ending.send(true);
    let _ = timeout(limits.grace, async { while connections.join_next().await.is_some() {} }).await;
}

struct Connection {
    stream: TcpStream,
    shared: Arc<Shared>,
    /// What was read and belongs to the next request.
    read: Vec<u8>,
    ended: watch::Receiver<bool>,
}

/// What to do after a request.
enum Next {
    Another,
    Close,
}

impl Connection {
    async fn run(mut self) {
        let _ = self.stream.set_nodelay(true);
        while let Ok(Next::Another) = self.one().await {}
    }

    /// One request and its answer.
    async fn one(&mut self) -> io::Result<Next> {
        if self.read.is_empty() {
            let idle = self.shared.limits.idle;
            let mut ended = self.ended.clone();
            tokio::select! {
                read = timeout(idle, self.more()) => match read {
                    Ok(Ok(true)) => {}
                    _ => return Ok(Next::Close),
                },
                _ = ended.wait_for(|it| *it) => return Ok(Next::Close),
            }
        }
        let until = Instant::now() + self.shared.limits.head_time;
        let (head, length) = loop {
            match Head::read(&self.read, self.shared.limits.head) {
                Ok(Some(found)) => break found,
                Ok(None) => match timeout_at(until, self.more()).await {
                    Ok(Ok(true)) => {}
                    Ok(_) => return Ok(Next::Close),
                    Err(_) => return self.refuse(408, "the request took too long", "").await,
                },
                Err(Wrong { status, text }) => return self.refuse(status, text, "").await,
            }
        };
        self.read.drain(..length);
        let at_path = |it: &&Route| match it.path.ends_with('/') {
            true => head.path.starts_with(&it.path),
            false => head.path == it.path,
        };
        let shared = self.shared.clone();
        let there: Vec<&Route> = shared.routes.iter().filter(at_path).collect();
        if there.is_empty() {
            return self.refuse(404, "there is nothing at this address", "").await;
        }
        let Some(route) = there.iter().find(|it| it.method == head.method) else {
            let methods: Vec<&str> = there.iter().map(|it| it.method).collect();
            let allow = format!("allow: {}\r\n", methods.join(", "));
            return self.refuse(405, "this address takes another method", &allow).await;
        };
        let Some(length) = head.length.or((head.method == "GET").then_some(0)) else {
            return self.refuse(411, "say how long the body is (Content-Length)", "").await;
        };
        if length > route.body_max {
            return self.refuse(413, "the body is too large", "").await;
        }
        if length > 0 && !route.kinds.is_empty() && !route.kinds.contains(&head.kind.as_str()) {
            return self.refuse(415, "this address takes another type of content", "").await;
        }
        let units = u32::try_from(length.div_ceil(UNIT)).unwrap_or(u32::MAX);
        let room = timeout(shared.limits.head_time, shared.bodies.acquire_many(units)).await;
        let Ok(Ok(_room)) = room else {
            return self.refuse(429, "too much at a time; try again", "retry-after: 5\r\n").await;
        };
        if head.expects && self.read.len() < length {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let until = Instant::now() + shared.limits.body_time;
        while self.read.len() < length {
            match timeout_at(until, self.more()).await {
                Ok(Ok(true)) => {}
                Ok(_) => return Ok(Next::Close),
                Err(_) => return self.refuse(408, "the body took too long", "").await,
            }
        }
        let rest = self.read.split_off(length);
        let body = std::mem::replace(&mut self.read, rest);
        let keep = head.keep && !*self.ended.borrow();
        let Head { method, path, query, headers, .. } = head;
        let request = Request { method, path, query, headers, body };
        let handler = shared.handler.clone();
        let answer = tokio::task::spawn_blocking(move || handler(request)).await;
        let answer = answer.unwrap_or_else(|_| Answer::text(500, "this failed; see the log\n"));
        write(&mut self.stream, &answer, "", keep).await?;
        Ok(if keep { Next::Another } else { Next::Close })
    }

    /// Reads what is there. Returns whether there was something.
    async fn more(&mut self) -> io::Result<bool> {
        if self.read.capacity() - self.read.len() < 4096 {
            self.read.reserve(16 * 1024);
        }
        Ok(self.stream.read_buf(&mut self.read).await? > 0)
    }

    async fn refuse(&mut self, status: u16, text: &str, headers: &str) -> io::Result<Next> {
        let answer = Answer::text(status, format!("{text}\n"));
        write(&mut self.stream, &answer, headers, false).await?;
        linger(&mut self.stream).await?;
        Ok(Next::Close)
    }
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

/// Hears out a little of what is still being sent, so that the answer is read before the connection
/// breaks.
async fn linger(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut scrap = vec![0; 16 * 1024];
    let until = Instant::now() + Duration::from_secs(1);
    for _ in 0..256 {
        match timeout_at(until, stream.read(&mut scrap)).await {
            Ok(Ok(read)) if read > 0 => {}
            _ => break,
        }
    }
    Ok(())
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
