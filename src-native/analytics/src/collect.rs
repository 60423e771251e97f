//! The collector: what trackers send becomes events, and each is answered as its own server would.
//!
//! [`Collector::take`] is a function of a request and a moment: an answer, and the events to be kept before
//! that answer is given. It reads and writes nothing but the day's salts. [`writer`] keeps events.

pub mod address;
pub mod agent;
pub mod bots;
pub mod countries;
pub mod floods;
mod goatcounter;
pub(crate) mod hit;
pub(crate) mod json;
mod own;
pub mod page;
mod plausible;
mod preflight;
pub mod salts;
pub mod sites;
pub mod sources;
mod umami;
pub mod visitors;
pub mod writer;

#[cfg(test)]
mod tests;

use crate::event::Event;
use crate::site::Site;
use address::Network;
use agent::{Agents, Hints};
use floods::Floods;
use salts::{Key, Salts};
use sites::Sites;
use std::borrow::Cow;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use visitors::{Visitor, Visitors};

/// Largest body that is read, in bytes: a batch of some thousand events.
pub const BODY_MAX: usize = 1024 * 1024;

/// A whole request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, `OPTIONS`.
    pub method: &'a str,
    /// Its path.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: &'a str,
    /// Names in lower case, and values.
    pub headers: &'a [(String, String)],
    /// Who connected.
    pub peer: IpAddr,
    /// Its body.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// The first value of a header; empty where there is none.
    fn header(&self, name: &str) -> &'a str {
        self.headers.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str())
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values; among them `content-type` where there is a body.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Cow<'static, [u8]>,
}

impl Answer {
    fn new(status: u16, kind: &str, body: impl Into<Cow<'static, [u8]>>) -> Answer {
        let mut headers = Vec::new();
        if !kind.is_empty() {
            headers.push(("content-type", kind.to_owned()));
        }
        Answer { status, headers, body: body.into() }
    }

    fn text(status: u16, text: impl Into<String>) -> Answer {
        Answer::new(status, "text/plain; charset=utf-8", text.into().into_bytes())
    }

    fn json(status: u16, value: &serde_json::Value) -> Answer {
        Answer::new(status, "application/json", value.to_string().into_bytes())
    }

    /// What is answered where nothing can be kept.
    pub fn unkept() -> Answer {
        let text = "page views cannot be kept now; send it again later\n";
        let mut answer = Answer::text(503, text).with("retry-after", "5");
        preflight::open(&mut answer);
        answer
    }

    fn flood() -> Answer {
        Answer::text(429, "too much from one address; try again\n").with("retry-after", "10")
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }
}

/// Why something that was sent is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Left {
    /// The browser asked not to be counted.
    OptedOut,
    /// The page's host is none of the site's.
    WrongHost,
    /// What was sent cannot be understood.
    Junk,
    /// It is told too long after it happened.
    Late,
}

impl Left {
    /// As it is counted.
    pub fn reason(self) -> &'static str {
        match self {
            Left::OptedOut => "opted out",
            Left::WrongHost => "another host",
            Left::Junk => "not understood",
            Left::Late => "too late",
        }
    }
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The answer; it is given once the events are kept.
    pub answer: Answer,
    /// Events, and the site of each.
    pub events: Vec<(u32, Event)>,
    /// What is only counted, where the site is known: site, day and reason.
    pub left: Vec<(u32, i32, Left)>,
}

impl Taken {
    fn nothing(answer: Answer) -> Taken {
        Taken { answer, events: Vec::new(), left: Vec::new() }
    }
}

/// Who is in front of the collector, and what they may say.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Proxies that are believed about whose request it is.
    pub trusted: Vec<Network>,
    /// Requests in a second from one address; ten seconds' worth at once. None: without limit.
    pub rate: Option<u32>,
}

/// Takes what trackers send.
pub struct Collector {
    settings: Settings,
    sites: RwLock<Arc<Sites>>,
    visitors: Mutex<Visitors>,
    agents: Agents,
    floods: Mutex<Floods>,
    /// For tokens, and ids that are only told: whoever has them learns nothing of anybody.
    key: Key,
}

impl Collector {
    /// A collector whose salts stand in the file at that path.
    ///
    /// # Errors
    /// Where that file cannot be read, or the system gives no chance.
    pub fn open(salts: &Path, settings: Settings) -> io::Result<Collector> {
        Ok(Collector {
            floods: Mutex::new(Floods::new(settings.rate)?),
            settings,
            sites: RwLock::default(),
            visitors: Mutex::new(Visitors::new(Salts::open(salts)?)),
            agents: Agents::new()?,
            key: Key::draw()?,
        })
    }

    /// From now on these are the sites.
    pub fn know(&self, sites: Vec<Site>) {
        *self.sites.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Sites::new(sites));
    }

    /// Remembers who was there shortly before midnight, from what was kept before it last ended.
    pub fn seen(&self, site: u32, visitor: Visitor, at: i64) {
        if let Some(known) = self.sites().by_id(site) {
            self.visitors().seen(site, &known.zone, visitor, at);
        }
    }

    /// Destroys salts whose time is over. Call it a few times a minute.
    ///
    /// # Errors
    /// Where their file cannot be written.
    pub fn tick(&self, now: i64) -> io::Result<()> {
        let sites = self.sites();
        self.visitors().tick(now, |site| sites.by_id(site).map(|it| &it.zone))
    }

    /// Answers a request that came at that moment, in milliseconds since 1970.
    pub fn take(&self, request: &Request<'_>, now: i64) -> Taken {
        let Some(door) = doors(request.path) else {
            return Taken::nothing(Answer::text(404, "there is nothing at this address\n"));
        };
        if request.method == "OPTIONS" {
            return Taken::nothing(preflight::answer(request, door.methods));
        }
        let allowed = door.methods.split(", ").any(|it| it == request.method);
        let mut taken = if !allowed {
            let answer = Answer::text(405, "this address takes another method\n");
            Taken::nothing(answer.with("allow", format!("{}, OPTIONS", door.methods)))
        } else if request.body.len() > BODY_MAX {
            Taken::nothing(Answer::text(413, "the body is too large\n"))
        } else {
            let from = self.from(request);
            match !door.counts || self.lets(&from, 1, now) {
                true => (door.take)(self, request, &from, now),
                false => Taken::nothing(Answer::flood()),
            }
        };
        if request.method == "HEAD" {
            taken.answer.body = Cow::default();
        }
        if taken.answer.status != 503 {
            preflight::open(&mut taken.answer);
        }
        taken
    }

    /// Whether so many more may come from there. A proxy of ours that speaks for itself may send any number.
    fn lets(&self, from: &From<'_>, count: usize, now: i64) -> bool {
        let is_own = self.settings.trusted.iter().any(|it| it.holds(from.address));
        let mut floods = self.floods.lock().unwrap_or_else(PoisonError::into_inner);
        is_own || (0..count).all(|_| floods.lets(from.address, now))
    }

    /// One that is only counted.
    fn left(&self, known: &sites::Known, why: Left, now: i64) -> (u32, i32, Left) {
        (known.site.id, crate::visits::day_of(&known.zone, now), why)
    }

    fn sites(&self) -> Arc<Sites> {
        self.sites.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn visitors(&self) -> MutexGuard<'_, Visitors> {
        // A panic while it was held left no half-done state that could name anybody.
        self.visitors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who sent a request, as far as its head says.
    fn from<'a>(&self, request: &Request<'a>) -> From<'a> {
        let forwarded: Vec<&str> = request
            .headers
            .iter()
            .filter(|it| it.0 == "x-forwarded-for")
            .map(|it| it.1.as_str())
            .collect();
        let trusted = &self.settings.trusted;
        let purpose =
            [request.header("sec-purpose"), request.header("purpose"), request.header("x-moz")];
        let is_trusted = trusted.iter().any(|it| it.holds(request.peer));
        let place = |name: [&'static str; 2]| {
            let said = name.map(|it| request.header(it)).into_iter().find(|it| !it.is_empty());
            if is_trusted { said.unwrap_or("") } else { "" }
        };
        From {
            address: address::client(request.peer, &forwarded, trusted),
            is_trusted,
            agent: request.header("user-agent"),
            hints: Hints {
                brands: request.header("sec-ch-ua"),
                mobile: request.header("sec-ch-ua-mobile"),
                platform: request.header("sec-ch-ua-platform"),
            },
            opted_out: request.header("dnt") == "1" || request.header("sec-gpc") == "1",
            prefetch: purpose.iter().any(|it| it.contains("prefetch") || it.contains("prerender")),
            language: request.header("accept-language"),
            country: place(["cf-ipcountry", "x-country-code"]),
            region: place(["cf-region", "x-region"]),
            city: place(["cf-ipcity", "x-city"]),
        }
    }
}

/// Who sent a request. It is never kept, nor told.
#[derive(Clone, Copy)]
struct From<'a> {
    address: IpAddr,
    /// Whether a proxy of ours sent it.
    is_trusted: bool,
    agent: &'a str,
    hints: Hints<'a>,
    opted_out: bool,
    prefetch: bool,
    language: &'a str,
    country: &'a str,
    region: &'a str,
    city: &'a str,
}

/// What stands at an address.
struct Door {
    methods: &'static str,
    /// Whether its requests count against what one address may send.
    counts: bool,
    take: fn(&Collector, &Request<'_>, &From<'_>, i64) -> Taken,
}

fn doors(path: &str) -> Option<&'static Door> {
    const TRACKER: Door = Door { methods: "GET, HEAD", counts: false, take: own::tracker };
    const OWN: Door = Door { methods: "POST", counts: true, take: own::take };
    const SEND: Door = Door { methods: "POST", counts: true, take: umami::send };
    const BATCH: Door = Door { methods: "POST", counts: true, take: umami::batch };
    const PLAUSIBLE: Door = Door { methods: "POST", counts: true, take: plausible::take };
    const COUNT: Door = Door { methods: "GET, HEAD, POST", counts: true, take: goatcounter::take };
    const HEALTH: Door = Door {
        methods: "GET, HEAD",
        counts: false,
        take: |_, _, _, _| Taken::nothing(Answer::text(200, "it lives\n")),
    };
    Some(match path {
        "/b.js" => &TRACKER,
        "/e" => &OWN,
        "/api/send" => &SEND,
        "/api/batch" => &BATCH,
        "/api/event" => &PLAUSIBLE,
        "/count" => &COUNT,
        "/health" => &HEALTH,
        _ => return None,
    })
}
