//! Umami's protocol: `POST /api/send`, `POST /api/batch`.
//!
//! Its token, session and visit are told as its server tells them, and understood again, but are ids of the
//! reply only: they are made by a key that ends with the process, and no event carries them. What `identify`
//! tells (an id that lasts, and data of a person) is taken and not kept. Web vitals are kept as a custom
//! event `web-vitals` that ends no bounce.

use super::hit::{Hit, No, money};
use super::visitors::SILENCE;
use super::{Answer, Collector, From, Left, Request, Taken, json};
use crate::event::{Door, Kind, Prop, Verdict};
use serde_json::{Map, Value, json};

const VITALS: &[(&str, f64)] =
    &[("lcp", 60_000.0), ("inp", 60_000.0), ("cls", 100.0), ("fcp", 60_000.0), ("ttfb", 60_000.0)];

pub(super) fn send(
    collector: &Collector,
    request: &Request<'_>,
    from: &From<'_>,
    now: i64,
) -> Taken {
    let said = serde_json::from_slice(request.body).unwrap_or(Value::Null);
    one(collector, &said, request.header("x-umami-cache"), from, now)
}

pub(super) fn batch(
    collector: &Collector,
    request: &Request<'_>,
    from: &From<'_>,
    now: i64,
) -> Taken {
    let Ok(Value::Array(said)) = serde_json::from_slice(request.body) else {
        return Taken::nothing(bad(&json!({ "errors": ["Invalid input: expected array"] })));
    };
    if said.iter().any(|it| !it.is_object()) {
        return Taken::nothing(bad(&json!({ "errors": ["Invalid input: expected object"] })));
    }
    // The first is counted already.
    if !collector.lets(from, said.len().saturating_sub(1), now) {
        return Taken::nothing(Answer::flood());
    }
    let (mut events, mut left, mut details, mut cache) =
        (Vec::new(), Vec::new(), Vec::new(), Value::Null);
    for (index, it) in said.iter().enumerate() {
        let taken = one(collector, it, request.header("x-umami-cache"), from, now);
        if taken.answer.status == 503 {
            return taken;
        }
        let reply: Value = serde_json::from_slice(&taken.answer.body).unwrap_or_default();
        match taken.answer.status {
            200 if cache.is_null() => cache = reply.get("cache").cloned().unwrap_or_default(),
            200 => {}
            _ => details.push(json!({ "index": index, "response": reply })),
        }
        events.extend(taken.events);
        left.extend(taken.left);
    }
    let answer = Answer::json(
        200,
        &json!({
            "size": said.len(),
            "processed": said.len() - details.len(),
            "errors": details.len(),
            "details": details,
            "cache": cache,
        }),
    );
    Taken { answer, events, left }
}

fn one(collector: &Collector, said: &Value, token: &str, from: &From<'_>, now: i64) -> Taken {
    let sites = collector.sites();
    let (kind, payload) = match checked(said, |it| sites.by_name(it).is_some()) {
        Ok(checked) => checked,
        Err(wrong) => return Taken::nothing(bad(&wrong)),
    };
    let id = json::text(payload, &["website", "link", "pixel"]).unwrap_or_default();
    let Some(known) = sites.by_name(id) else {
        return Taken::nothing(bad(&json!({ "message": "Website not found." })));
    };
    let site = known.site.id;
    let mut from = *from;
    if from.is_trusted {
        // A server of the owner's own says whose it is.
        let address = json::text(payload, &["ip"]).and_then(|it| it.parse().ok());
        from.address = address.unwrap_or(from.address);
        from.agent = json::text(payload, &["userAgent"]).unwrap_or(from.agent);
    }
    if kind == "identify" {
        let none =
            if from.opted_out && known.site.honours_opt_out { Some(Left::OptedOut) } else { None };
        let visitor = match none {
            Some(_) => Ok((0, 0)),
            None => collector
                .visitors()
                .now(site, &known.zone, now, from.address, from.agent)
                .map(|it| (it.id, it.day)),
        };
        let Ok((visitor, day)) = visitor else { return Taken::nothing(Answer::unkept()) };
        let answer = collector.reply(site, (visitor, day), token, now);
        return Taken {
            answer,
            events: Vec::new(),
            left: none.map(|it| collector.left(known, it, now)).into_iter().collect(),
        };
    }
    let mut hit = hit(kind, payload);
    if let Some(data) = payload.get("data").and_then(Value::as_object)
        && let Some(amount) = data.get("revenue").and_then(json::number)
    {
        hit.revenue =
            money(json::text(data, &["currency"]).unwrap_or(&known.site.currency), amount);
    }
    match collector.event(known, hit, &from, now) {
        Ok(event) => {
            let answer = match event.verdict {
                Verdict::CrawlerAgent | Verdict::NoBrowser | Verdict::Driven => {
                    Answer::json(200, &json!({ "beep": "boop" }))
                }
                Verdict::Internal => {
                    let error =
                        json!({ "message": "Forbidden", "code": "forbidden", "status": 403 });
                    Answer::json(403, &json!({ "error": error }))
                }
                _ => collector.reply(site, (event.visitor, event.day), token, now),
            };
            Taken { answer, events: vec![(site, event)], left: Vec::new() }
        }
        Err(No::Left(left)) => {
            let answer = match left {
                // Its tracker says no more on this page then.
                Left::OptedOut => Answer::json(
                    200,
                    &json!({ "cache": "", "sessionId": NOBODY, "visitId": NOBODY, "disabled": true }),
                ),
                Left::Late => bad(&json!({ "message": "The timestamp is too long ago." })),
                _ => bad(&json!({ "message": "The page's host is none of the website's." })),
            };
            Taken { answer, events: Vec::new(), left: vec![collector.left(known, left, now)] }
        }
        Err(No::Broken) => Taken::nothing(Answer::unkept()),
    }
}

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn bad(more: &Value) -> Answer {
    let mut error = json!({ "message": "Bad request", "code": "bad-request", "status": 400 });
    if let (Some(error), Some(more)) = (error.as_object_mut(), more.as_object()) {
        error.extend(more.clone());
    }
    Answer::json(400, &json!({ "error": error }))
}

/// The kind and the payload, where both are as its server wants them. A site may also be called by its name
/// here, as the lines that we tell for its script do; its own server knows UUIDs only.
fn checked(
    said: &Value,
    is_site: impl Fn(&str) -> bool,
) -> Result<(&str, &Map<String, Value>), Value> {
    let Some(said) = said.as_object() else {
        return Err(json!({ "errors": ["Invalid input: expected object"] }));
    };
    let at = |name: &str, text: String| {
        let mut properties = Map::new();
        properties.insert(name.to_owned(), json!({ "errors": [text] }));
        json!({ "errors": [], "properties": properties })
    };
    let within = |name: &str, text: String| json!({ "errors": [], "properties": { "payload": at(name, text) } });
    let kinds = ["event", "identify", "performance"];
    let Some(kind) = json::text(said, &["type"]).filter(|it| kinds.contains(it)) else {
        let text = "Invalid option: expected one of \"event\"|\"identify\"|\"performance\"";
        return Err(at("type", text.into()));
    };
    let Some(payload) = said.get("payload").and_then(Value::as_object) else {
        return Err(at("payload", "Invalid input: expected object".into()));
    };
    let given = ["website", "link", "pixel"];
    for name in given {
        if payload
            .get(name)
            .is_some_and(|it| !it.as_str().is_some_and(|it| is_uuid(it) || is_site(it)))
        {
            return Err(within(name, "Invalid UUID".into()));
        }
    }
    if given.iter().filter(|it| payload.contains_key(**it)).count() != 1 {
        let text = "Exactly one of website, link, or pixel must be provided";
        return Err(within("website", text.into()));
    }
    let limits = [("hostname", 100), ("language", 35), ("screen", 11), ("name", 50), ("tag", 50)];
    let texts = ["referrer", "title", "url", "ip", "userAgent", "id", "browser", "os", "device"];
    for (name, most) in limits.into_iter().chain(texts.map(|it| (it, usize::MAX))) {
        match payload.get(name) {
            None => {}
            Some(Value::String(text)) if text.chars().count() <= most => {}
            Some(Value::String(_)) => {
                return Err(within(
                    name,
                    format!("Too big: expected string to have <={most} characters"),
                ));
            }
            Some(_) => return Err(within(name, "Invalid input: expected string".into())),
        }
    }
    if payload.get("data").is_some_and(|it| !it.is_object()) {
        return Err(within("data", "Invalid input: expected object".into()));
    }
    for (name, most) in VITALS {
        let fits = |it: &Value| it.as_f64().is_some_and(|it| (0.0..=*most).contains(&it));
        if payload.get(*name).is_some_and(|it| !fits(it)) {
            return Err(within(name, format!("Invalid input: expected number from 0 to {most}")));
        }
    }
    if payload
        .get("timestamp")
        .is_some_and(|it| !json::number(it).is_some_and(|it| it.fract() == 0.0))
    {
        return Err(within("timestamp", "Invalid input: expected int".into()));
    }
    Ok((kind, payload))
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, it)| match at {
            8 | 13 | 18 | 23 => it == b'-',
            _ => it.is_ascii_hexdigit(),
        })
}

fn hit<'a>(kind: &str, payload: &'a Map<String, Value>) -> Hit<'a> {
    let text = |name: &str| json::text(payload, &[name]).unwrap_or_default();
    let name = text("name");
    let mut props =
        payload.get("data").and_then(Value::as_object).map(json::deep).unwrap_or_default();
    if let Some(tag) = json::text(payload, &["tag"]).filter(|it| !it.is_empty()) {
        props.push(("tag".into(), Prop::Text(tag.into())));
    }
    let is_vitals = kind == "performance";
    if is_vitals {
        let vital =
            |it: &(&str, f64)| Some((it.0.to_owned(), Prop::Number(payload.get(it.0)?.as_f64()?)));
        props.extend(VITALS.iter().filter_map(vital));
    }
    let is_custom = is_vitals || !name.is_empty();
    let width = text("screen").split('x').next().and_then(|it| it.parse().ok());
    let at = payload.get("timestamp").and_then(json::number).filter(|it| *it > 0.0 && *it < 1e11);
    Hit {
        name: if is_vitals { "web-vitals" } else { name },
        url: text("url"),
        host: text("hostname"),
        referrer: text("referrer"),
        title: text("title"),
        interactive: !is_vitals,
        props,
        width,
        language: text("language"),
        at: at.map(|it| it as i64 * 1000),
        ..Hit::new(if is_custom { Kind::Custom } else { Kind::Page }, Door::Umami)
    }
}

impl Collector {
    /// `{cache, sessionId, visitId}`.
    fn reply(&self, site: u32, (visitor, day): (u64, i32), token: &str, now: i64) -> Answer {
        let site = site.to_le_bytes();
        let session =
            self.key.hash(&[b"session", &site, &day.to_le_bytes(), &visitor.to_le_bytes()]);
        let now = now / 1000;
        let hour = (now / 3600).to_le_bytes();
        let visit = match self.understood(token) {
            Some((of, visit, last)) if of == session && now - last <= SILENCE / 1000 => visit,
            _ => self.key.hash(&[b"visit", &session, &hour]),
        };
        let mut bytes = [session, visit].concat();
        bytes.extend(now.to_le_bytes());
        let proof = self.key.hash(&[b"token", &bytes]);
        bytes.extend(proof);
        let token: String = bytes.iter().map(|it| format!("{it:02x}")).collect();
        Answer::json(
            200,
            &json!({ "cache": token, "sessionId": uuid(session), "visitId": uuid(visit) }),
        )
    }

    /// Session, visit and moment of a token of ours.
    fn understood(&self, token: &str) -> Option<([u8; 16], [u8; 16], i64)> {
        if token.len() != 112 || !token.is_ascii() {
            return None;
        }
        let byte = |at: usize| u8::from_str_radix(&token[2 * at..2 * at + 2], 16).ok();
        let bytes: Vec<u8> = (0..56).map(byte).collect::<Option<_>>()?;
        if self.key.hash(&[b"token", &bytes[..40]]) != bytes[40..] {
            return None;
        }
        let half = |at: usize| bytes[at..at + 16].try_into().ok();
        Some((half(0)?, half(16)?, i64::from_le_bytes(bytes[32..40].try_into().ok()?)))
    }
}

/// Sixteen bytes as a random UUID is written.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    let hex: String = bytes.iter().map(|it| format!("{it:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
