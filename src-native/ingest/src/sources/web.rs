//! A small HTTP client: it asks one server, one request at a time, obeys its limits, and tells
//! what goes wrong in sentences.

pub mod address;
mod clock;
mod exchange;
mod failure;
pub(crate) mod page;
mod verdict;
mod words;

#[cfg(test)]
pub(crate) mod rehearsal;
#[cfg(test)]
mod tests;

pub use address::Base;
pub use clock::{Clock, Wall};
pub use failure::Failure;
pub use page::{Fetched, Step};
pub use words::line;

use crate::secrets::Secret;
use exchange::{Exchange, Raw};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use verdict::Verdict;

/// How patient the client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often a request is tried that is not answered as it should be.
    pub tries: u32,
    /// The first wait between two tries; the next is twice as long, and so on. Each is a random part
    /// of that, so that many clients do not come back at once.
    pub first: Duration,
    /// The longest wait between two tries.
    pub longest: Duration,
    /// A limit that lasts longer is an error.
    pub limit: Duration,
    /// To reach the server.
    pub connect: Duration,
    /// For the first byte of an answer, and between any two after it.
    pub silence: Duration,
    /// For one answer as a whole.
    pub whole: Duration,
    /// Largest answer, unpacked, in bytes.
    pub bytes: u64,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            tries: 6,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            limit: Duration::from_secs(65 * 60), // GitHub's hour, and what clocks differ by
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(60),
            whole: Duration::from_secs(300),
            bytes: 64 * 1024 * 1024,
        }
    }
}

/// How many redirections are followed for one request.
const HOPS_MAX: u32 = 5;
/// The least wait where a server limits us and says not how long.
const LIMIT_WAIT: Duration = Duration::from_secs(60);

/// What the server wants to see before it answers.
pub enum Authorization {
    /// Nothing: what is public.
    None,
    /// `Bearer TOKEN`: GitHub, and Jira's own tokens on a server.
    Bearer(Secret),
    /// `Basic …`: Jira Cloud, with an account's mail address and its token.
    Basic(String, Secret),
}

/// What a fetch is busy with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It asks for this.
    Asking(String),
    /// It waits: so many seconds, and why.
    Waiting {
        /// Seconds, rounded up.
        seconds: u64,
        /// `GitHub's limit`, `it answered 502`.
        reason: String,
    },
}

impl std::fmt::Display for Told {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Told::Asking(place) => write!(out, "asking for {place}"),
            Told::Waiting { seconds, reason } => write!(out, "waiting {seconds} s: {reason}"),
        }
    }
}

/// Who is told, and who may stop it.
#[derive(Clone, Copy)]
pub struct Going<'a> {
    /// Stops it within 50 ms, whatever it is doing.
    pub cancel: &'a AtomicBool,
    /// Is told what it is doing.
    pub tell: &'a dyn Fn(Told),
}

impl Going<'_> {
    fn on(&self) -> Result<(), Failure> {
        match self.cancel.load(Ordering::Relaxed) {
            true => Err(Failure::Cancelled),
            false => Ok(()),
        }
    }
}

/// What to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// A path below the base that begins with a slash, or a whole address on the same server.
    pub place: String,
    /// The ETag of what is here already: where it is unchanged, the answer is empty.
    pub etag: Option<String>,
    /// JSON to post; without it the request is a GET.
    pub post: Option<Vec<u8>>,
}

impl Request {
    /// A GET.
    pub fn get(place: impl Into<String>) -> Request {
        Request { place: place.into(), ..Request::default() }
    }
}

/// A whole JSON document, or the word that nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The address that it came from in the end.
    pub address: String,
    /// JSON; empty where unchanged.
    pub body: Vec<u8>,
    /// Whether nothing has changed since the ETag of the request.
    pub unchanged: bool,
    /// To be sent along the next time.
    pub etag: Option<String>,
    /// The whole address of the next page, by the `Link` header.
    pub next: Option<String>,
    /// Whether the server said that the address is another one for good.
    pub moved: bool,
}

/// A client of one server. It holds the token and never shows it.
pub struct Web {
    name: &'static str,
    base: Base,
    exchange: Exchange,
    pace: Pace,
    clock: Arc<dyn Clock>,
    /// Until when the server wants to be left alone, in milliseconds since 1970.
    free_at: Mutex<i64>,
}

impl Web {
    /// A client of the server at `base`, called `name` in sentences. `headers` go with each request.
    ///
    /// # Errors
    /// [`Failure::BadToken`] where the token cannot be sent.
    pub fn new(
        name: &'static str,
        base: Base,
        authorization: &Authorization,
        headers: &[(&'static str, &'static str)],
        pace: Pace,
    ) -> Result<Web, Failure> {
        let exchange = Exchange::new(name, &base, authorization, headers, pace)?;
        let clock = Arc::new(Wall);
        Ok(Web { name, base, exchange, pace, clock, free_at: Mutex::new(i64::MIN) })
    }

    /// The same by another clock.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Web {
        Web { clock, ..self }
    }

    /// What it asks.
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// Whether it sends a token.
    pub fn has_token(&self) -> bool {
        self.exchange.has_token()
    }

    /// Asks until there is an answer: waits where the server limits us, tries again where something
    /// broke, follows the server to where it moved something to.
    ///
    /// # Errors
    /// What a person has to know or do. [`Failure::Cancelled`] within 50 ms of the wish.
    pub fn fetch(&self, request: &Request, going: &Going<'_>) -> Result<Answer, Failure> {
        let mut address = self.base.join(&request.place)?;
        let (mut tries, mut limits, mut hops, mut moved) = (0, 0, 0, false);
        loop {
            self.wait_until_free(going)?;
            let place = address::shown(&address);
            (going.tell)(Told::Asking(place.clone()));
            let (reason, at_least) = match self.exchange.ask(&address, request, going)? {
                Err(trouble) => (trouble, None),
                Ok(raw) => {
                    if let Some(wait) = verdict::exhausted(&raw.headers, self.clock.now()) {
                        self.leave_alone(wait);
                    }
                    match verdict::judge(raw.status, &raw.headers, &raw.body, self.clock.now()) {
                        Verdict::Taken if !raw.whole => ("the answer was cut off".to_owned(), None),
                        Verdict::Taken => return self.taken(&address, raw, moved),
                        Verdict::Unchanged => {
                            let etag = request.etag.clone();
                            let body = Vec::new();
                            let (unchanged, next) = (true, self.next(&address, &raw)?);
                            return Ok(Answer { address, body, unchanged, etag, next, moved });
                        }
                        Verdict::Moved { to, for_good } => {
                            hops += 1;
                            if hops > HOPS_MAX {
                                let reason = "one redirection follows the other";
                                return Err(Failure::Endless { place, reason });
                            }
                            address = self.base.follow(&address, &to)?;
                            moved |= for_good;
                            continue;
                        }
                        Verdict::Limited(told) => {
                            limits += 1;
                            self.obey(told, limits)?;
                            if limits > self.pace.tries {
                                let wait = told.unwrap_or(LIMIT_WAIT);
                                return Err(Failure::Limited { name: self.name, wait });
                            }
                            continue;
                        }
                        Verdict::Failed(reason, at_least) => (reason, at_least),
                        Verdict::Refused => return Err(self.refused(place, &raw)),
                    }
                }
            };
            tries += 1;
            if tries >= self.pace.tries {
                return Err(Failure::Down { name: self.name, place, reason, tries });
            }
            let wait = self.backoff(tries).max(at_least.unwrap_or_default());
            if wait > self.pace.limit {
                return Err(Failure::Limited { name: self.name, wait });
            }
            self.wait(wait, &reason, going)?;
        }
    }

    fn taken(&self, address: &str, raw: Raw, moved: bool) -> Result<Answer, Failure> {
        let place = address::shown(address);
        let start = raw.body.iter().position(|it| !it.is_ascii_whitespace());
        if !start.is_some_and(|it| matches!(raw.body[it], b'{' | b'[')) {
            let (what, hint) = words::instead(&self.exchange.without_token(&raw.body));
            return Err(Failure::NotJson { place, what, hint });
        }
        if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&raw.body) {
            let what = format!("damaged JSON (line {}, column {})", error.line(), error.column());
            let hint = "try again; if it stays so, tell who runs the server";
            return Err(Failure::NotJson { place, what, hint });
        }
        Ok(Answer {
            address: address.to_owned(),
            next: self.next(address, &raw)?,
            etag: verdict::text(&raw.headers, "etag").map(str::to_owned),
            body: raw.body,
            unchanged: false,
            moved,
        })
    }

    fn next(&self, address: &str, raw: &Raw) -> Result<Option<String>, Failure> {
        let next = verdict::text(&raw.headers, "link").and_then(address::next_link);
        next.map(|it| self.base.follow(address, it)).transpose()
    }

    fn refused(&self, place: String, raw: &Raw) -> Failure {
        let (name, status) = (self.name, raw.status);
        let said = words::said(&self.exchange.without_token(&raw.body));
        match status {
            401 if self.exchange.has_token() => Failure::Token { name, place, said },
            401 => Failure::NoToken { name, place, said },
            403 => Failure::Forbidden { name, place, said },
            404 | 410 => Failure::Absent { name, place, status, said },
            _ => Failure::Refused { name, place, status, said },
        }
    }

    /// Notes what the server wants: nothing for so long. Where it says not how long, a minute and
    /// then twice that, as GitHub asks.
    fn obey(&self, told: Option<Duration>, times: u32) -> Result<(), Failure> {
        let wait = told.unwrap_or_else(|| LIMIT_WAIT * 2_u32.saturating_pow(times.min(6) - 1));
        if wait > self.pace.limit {
            return Err(Failure::Limited { name: self.name, wait });
        }
        // Somewhat later than told, each client by another amount, and never before.
        self.leave_alone(wait + self.backoff(1));
        Ok(())
    }

    fn leave_alone(&self, wait: Duration) {
        let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let until = self.clock.now().saturating_add(wait);
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        *free_at = until.max(*free_at);
    }

    fn wait_until_free(&self, going: &Going<'_>) -> Result<(), Failure> {
        let free_at = *self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let left = u64::try_from(free_at.saturating_sub(self.clock.now())).unwrap_or(0);
        let wait = Duration::from_millis(left);
        if wait > self.pace.limit + self.pace.longest {
            return Err(Failure::Limited { name: self.name, wait });
        }
        self.wait(wait, &format!("{}'s limit", self.name), going)
    }

    fn wait(&self, time: Duration, reason: &str, going: &Going<'_>) -> Result<(), Failure> {
        if !time.is_zero() {
            let seconds = time.as_millis().div_ceil(1000);
            let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
            (going.tell)(Told::Waiting { seconds, reason: reason.to_owned() });
            self.clock.wait(time, going.cancel);
        }
        going.on()
    }

    /// A random part of a time that doubles with each try.
    fn backoff(&self, tries: u32) -> Duration {
        let whole = self.pace.first.saturating_mul(2_u32.saturating_pow(tries - 1));
        let whole = u64::try_from(whole.min(self.pace.longest).as_micros()).unwrap_or(u64::MAX);
        // The keys of a hasher are as random as a wait needs to be.
        let random = RandomState::new().build_hasher().finish();
        Duration::from_micros(random % whole.max(1))
    }
}
