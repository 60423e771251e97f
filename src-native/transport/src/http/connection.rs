//! One connection: a request, its answer, and the next.

use super::head::{Head, Wrong};
use super::places::Place;
use super::{Answer, Request, Route, Shared, write};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, timeout, timeout_at};

/// A body's part of the memory for all of them is counted in so many bytes.
pub(super) const UNIT: usize = 1024;
/// What every connection may have of a body without asking: nearly all deliveries are smaller.
const FREE: usize = 64 * 1024;
/// How much more a body asks for at once, at most.
const STEP: usize = 1024 * 1024;
/// How long whoever needs room waits for it.
const ROOM_TIME: Duration = Duration::from_secs(5);
/// How long a body may have been under way when somebody else needs its room.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often is looked whether somebody has to make room.
const LOOK: Duration = Duration::from_millis(100);
/// How much of a body that is not taken is heard out, so that its sender reads why: somewhat more
/// than GitHub sends.
const HEARD_MAX: usize = 32 * 1024 * 1024;
/// How much where nobody said how much there is, and how long.
const SCRAP_MAX: usize = 256 * 1024;
const SCRAP_TIME: Duration = Duration::from_secs(1);

pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) shared: Arc<Shared>,
    pub(super) place: Place,
    /// It has one of the places that are kept for what is urgent.
    pub(super) is_spare: bool,
    /// What was read and belongs to the next request.
    pub(super) read: Vec<u8>,
    pub(super) ended: watch::Receiver<bool>,
}

/// What to do after a request.
enum Next {
    Another,
    Close,
}

/// How a body ended.
enum Body {
    /// All of it is read.
    Whole(Option<OwnedSemaphorePermit>),
    Slow,
    NoRoom,
    /// The connection is.
    Broken,
}

impl Connection {
    pub(super) async fn run(mut self) {
        let gone = self.place.gone();
        tokio::select! {
            biased;
            () = gone.notified() => {}
            () = self.requests() => {}
        }
    }

    async fn requests(&mut self) {
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
        self.place.waits();
        let until = Instant::now() + self.shared.limits.head_time;
        let (head, length) = loop {
            match Head::read(&self.read, self.shared.limits.head) {
                Ok(Some(found)) => break found,
                Ok(None) => match timeout_at(until, self.more()).await {
                    Ok(Ok(true)) => {}
                    Ok(_) => return Ok(Next::Close),
                    Err(_) => return self.refuse(408, "the request took too long", "", None).await,
                },
                Err(Wrong { status, text }) => return self.refuse(status, text, "", None).await,
            }
        };
        self.read.drain(..length);
        let announced = head.length;
        let at_path = |it: &&Route| match it.path.ends_with('/') {
            true => head.path.starts_with(&it.path),
            false => head.path == it.path,
        };
        let shared = self.shared.clone();
        let there: Vec<&Route> = shared.routes.iter().filter(at_path).collect();
        if there.is_empty() {
            return self.refuse(404, "there is nothing at this address", "", announced).await;
        }
        let Some(route) = there.iter().find(|it| it.method == "*" || it.method == head.method)
        else {
            let methods: Vec<&str> = there.iter().map(|it| it.method).collect();
            let allow = format!("allow: {}\r\n", methods.join(", "));
            return self.refuse(405, "this address takes another method", &allow, announced).await;
        };
        let bodiless = ["GET", "HEAD", "OPTIONS"].contains(&head.method.as_str());
        let Some(length) = head.length.or(bodiless.then_some(0)) else {
            return self.refuse(411, "say how long the body is (Content-Length)", "", None).await;
        };
        if length > route.body_max {
            return self.refuse(413, "the body is too large", "", announced).await;
        }
        if length > 0 && !route.kinds.is_empty() && !route.kinds.contains(&head.kind.as_str()) {
            return self
                .refuse(415, "this address takes another type of content", "", announced)
                .await;
        }
        if self.is_spare && !route.urgent {
            return self.refuse(429, "too many connections; try again", AGAIN, announced).await;
        }
        if head.expects && self.read.len() < length {
            self.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let _room = match self.body(length).await {
            Body::Whole(room) => room,
            Body::Slow => return self.refuse(408, "the body took too long", "", None).await,
            Body::NoRoom => {
                return self.refuse(429, "too much at a time; try again", AGAIN, announced).await;
            }
            Body::Broken => return Ok(Next::Close),
        };
        let rest = self.read.split_off(length);
        let body = std::mem::replace(&mut self.read, rest);
        let keep = head.keep && !self.is_spare && !*self.ended.borrow();
        let Head { method, path, query, headers, .. } = head;
        let request = Request { method, path, query, headers, peer: self.peer, body };
        if !self.place.is_served() {
            return Ok(Next::Close);
        }
        let answer = {
            let _turn = match route.urgent {
                true => None,
                false => shared.turns.acquire().await.ok(),
            };
            (shared.handler)(request).await
        };
        self.place.waits();
        write(&mut self.stream, &answer, "", keep).await?;
        Ok(if keep { Next::Another } else { Next::Close })
    }

    /// Reads a body. Memory for it is asked for as its bytes come: what was announced holds nothing.
    async fn body(&mut self, length: usize) -> Body {
        let limits = self.shared.limits;
        let until = Instant::now() + limits.body_time;
        let least = limits.body_rate * limits.body_window.as_millis() as usize / 1000;
        let mut window = Instant::now() + limits.body_window;
        let mut came = 0;
        let mut room: Option<OwnedSemaphorePermit> = None;
        while self.read.len() < length {
            let held = self.read.len();
            if held == self.read.capacity() {
                let step = if held < FREE { FREE - held } else { held.min(STEP) };
                let step = step.min(length - held);
                if held >= FREE {
                    let Some(more) = self.room(step).await else { return Body::NoRoom };
                    match &mut room {
                        Some(room) => room.merge(more),
                        None => room = Some(more),
                    }
                    self.place.holds();
                    // Whoever waited for us was not slow.
                    (window, came) = (Instant::now() + limits.body_window, 0);
                }
                self.read.reserve_exact(step);
            }
            match timeout_at(window.min(until), self.stream.read_buf(&mut self.read)).await {
                Ok(Ok(0)) | Ok(Err(_)) => return Body::Broken,
                Ok(Ok(count)) => came += count,
                Err(_) => {}
            }
            let now = Instant::now();
            if now >= window && self.read.len() < length {
                if came < least {
                    return Body::Slow;
                }
                (window, came) = (now + limits.body_window, 0);
            }
            if now >= until {
                return Body::Slow;
            }
        }
        Body::Whole(room)
    }

    /// A part of the memory for all bodies; none where there is none for too long.
    async fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).ok()?;
        let until = Instant::now() + ROOM_TIME;
        let mut asked = std::pin::pin!(self.shared.bodies.clone().acquire_many_owned(units));
        loop {
            match timeout(LOOK, &mut asked).await {
                Ok(room) => return room.ok(),
                Err(_) if Instant::now() > until => return None,
                Err(_) => self.shared.places.make_room(PATIENCE),
            }
        }
    }

    /// Reads what is there. Returns whether there was something.
    async fn more(&mut self) -> io::Result<bool> {
        if self.read.capacity() - self.read.len() < 4096 {
            self.read.reserve(16 * 1024);
        }
        Ok(self.stream.read_buf(&mut self.read).await? > 0)
    }

    /// Says why a request is not taken, and hears out its body, as long as that was announced.
    async fn refuse(
        &mut self,
        status: u16,
        text: &str,
        headers: &str,
        announced: Option<usize>,
    ) -> io::Result<Next> {
        let answer = Answer::text(status, format!("{text}\n"));
        let came = std::mem::take(&mut self.read).len();
        write(&mut self.stream, &answer, headers, false).await?;
        self.hear_out(announced.map(|it| it.saturating_sub(came))).await?;
        Ok(Next::Close)
    }

    /// Reads what is still being sent, and keeps none of it: a connection that is closed before all
    /// was read breaks, and takes the answer along.
    async fn hear_out(&mut self, rest: Option<usize>) -> io::Result<()> {
        self.stream.shutdown().await?;
        let limits = self.shared.limits;
        let (most, time) = match rest {
            Some(rest) => (rest.min(HEARD_MAX), limits.body_time),
            None => (SCRAP_MAX, SCRAP_TIME),
        };
        let until = Instant::now() + time;
        let mut scrap = vec![0; 16 * 1024];
        let mut heard = 0;
        while heard < most {
            let silent = Instant::now() + limits.body_window;
            match timeout_at(until.min(silent), self.stream.read(&mut scrap)).await {
                Ok(Ok(count)) if count > 0 => heard += count,
                _ => break,
            }
        }
        Ok(())
    }
}

/// When to try again, in seconds.
const AGAIN: &str = "retry-after: 5\r\n";
