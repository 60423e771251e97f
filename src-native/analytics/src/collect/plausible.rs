//! Plausible's protocol: `POST /api/event`.

use super::hit::{Hit, No, money};
use super::page::{Address, bare};
use super::{Answer, Collector, From, Request, Taken, json};
use crate::event::{Door, Kind, Verdict};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

const LENGTH_MAX: usize = 2000;

pub(super) fn take(
    collector: &Collector,
    request: &Request<'_>,
    from: &From<'_>,
    now: i64,
) -> Taken {
    let wrong = |errors: &[(&str, &str)]| {
        let errors: Map<String, Value> =
            errors.iter().map(|it| (it.0.into(), json!([it.1]))).collect();
        Taken::nothing(Answer::json(400, &json!({ "errors": errors })))
    };
    let Ok(Value::Object(said)) = serde_json::from_slice(request.body) else {
        return wrong(&[("request", "Unable to parse request body as json")]);
    };
    let mut errors = Vec::new();
    let name = json::text(&said, &["n", "name"]).unwrap_or_default();
    let url = match said.get("u").or_else(|| said.get("url")) {
        None | Some(Value::Null) => {
            errors.push(("url", "is required"));
            ""
        }
        Some(Value::String(url)) => url.as_str(),
        Some(_) => {
            errors.push(("url", "must be a string"));
            ""
        }
    };
    let page = Address::read(url);
    if page.is_none() {
        errors.push(("url", "scheme is not allowed"));
    }
    let page = page.unwrap_or_default();
    if name.trim().is_empty() {
        errors.push(("event_name", "can't be blank"));
    }
    let too_long = "should be at most 2000 character(s)";
    if page.path.chars().count() > LENGTH_MAX {
        errors.push(("pathname", too_long));
    }
    let referrer = json::text(&said, &["r", "referrer"]).unwrap_or_default();
    if referrer.chars().count() > LENGTH_MAX {
        errors.push(("referrer", too_long));
    }
    let domains = match json::text(&said, &["d", "domain"]) {
        Some(named) => named.trim(),
        None => bare(&page.host),
    };
    if domains.is_empty() {
        errors.push(("domain", "can't be blank"));
    }
    if !errors.is_empty() {
        return wrong(&errors);
    }
    let sites = collector.sites();
    let (mut events, mut left, mut dropped) = (Vec::new(), Vec::new(), 0);
    let mut told = Vec::new();
    for domain in domains.split(',') {
        let known = sites.by_name(domain);
        // However often it is named, a site is told once.
        let Some(known) = known.filter(|it| !told.contains(&it.site.id)) else {
            dropped += 1;
            continue;
        };
        told.push(known.site.id);
        let hit = hit(&said, name, url, referrer, &known.site.currency);
        match collector.event(known, hit, from, now) {
            Ok(event) => {
                dropped += usize::from(event.verdict != Verdict::Person);
                events.push((known.site.id, event));
            }
            Err(No::Left(why)) => {
                dropped += 1;
                left.push(collector.left(known, why, now));
            }
            Err(No::Broken) => return Taken::nothing(Answer::unkept()),
        }
    }
    let mut answer = Answer::text(202, "ok");
    if dropped > 0 {
        answer = answer.with("x-plausible-dropped", dropped.to_string());
    }
    Taken { answer, events, left }
}

fn hit<'a>(
    said: &'a Map<String, Value>,
    name: &'a str,
    url: &'a str,
    referrer: &'a str,
    currency: &str,
) -> Hit<'a> {
    let number = |keys: [&str; 2]| keys.iter().find_map(|it| said.get(*it)).and_then(json::number);
    let props = object(["m", "meta", "p", "props"].iter().find_map(|it| said.get(*it)));
    let revenue = object(["$", "revenue"].iter().find_map(|it| said.get(*it))).and_then(|it| {
        let currency = json::text(&it, &["currency"]).unwrap_or(currency);
        money(currency, it.get("amount").and_then(json::number)?)
    });
    let kind = match name {
        "pageview" => Kind::Page,
        "engagement" => Kind::Engagement,
        "Outbound Link: Click" => Kind::Outbound,
        _ => Kind::Custom,
    };
    let link = said
        .get("p")
        .or_else(|| said.get("props"))
        .and_then(|it| it.get("url"))
        .and_then(Value::as_str);
    let (kind, name) = match (kind, link) {
        (Kind::Outbound, Some(link)) => (Kind::Outbound, link),
        (Kind::Outbound, None) => (Kind::Custom, name),
        (Kind::Custom, _) => (Kind::Custom, name),
        (kind, _) => (kind, ""),
    };
    let is_hash = |it: &Value| matches!(it, Value::Bool(true)) || json::number(it) == Some(1.0);
    let is_still = |it: &Value| *it == Value::Bool(false);
    Hit {
        name,
        url,
        referrer,
        interactive: kind != Kind::Engagement
            && !["i", "interactive"].iter().any(|it| said.get(*it).is_some_and(is_still)),
        props: match kind {
            Kind::Outbound => Vec::new(),
            _ => props.map(|it| json::flat(&it)).unwrap_or_default(),
        },
        engaged: if kind == Kind::Engagement {
            number(["e", "e"]).map_or(0, |it| it.max(0.0) as u64)
        } else {
            0
        },
        scroll: if kind == Kind::Engagement { number(["sd", "sd"]) } else { None },
        revenue,
        with_fragment: ["h", "hashMode"].iter().any(|it| said.get(*it).is_some_and(is_hash)),
        width: number(["w", "screen_width"])
            .filter(|it| (0.0..1e6).contains(it))
            .map(|it| it as u32),
        ..Hit::new(kind, Door::Plausible)
    }
}

/// An object, also where it comes as its text.
fn object(value: Option<&Value>) -> Option<Cow<'_, Map<String, Value>>> {
    match value? {
        Value::Object(it) => Some(Cow::Borrowed(it)),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::Object(it)) => Some(Cow::Owned(it)),
            _ => None,
        },
        _ => None,
    }
}
