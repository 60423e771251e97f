//! Our own tracker: the script, and what it sends.
//!
//! `POST /e`, one small object of JSON as `text/plain`, so that no browser asks first:
//!
//! | key | what |
//! | --- | --- |
//! | `s` | the site's name; without it the host of the page |
//! | `k` | `p` a page was seen, `c` a custom event, `e` engaged time and depth, `o` a link to elsewhere |
//! | `u` | address of the page |
//! | `r` | its referrer |
//! | `n` | name of the event; for `o` the link |
//! | `p` | properties: an object of texts, numbers, yes and no |
//! | `v` | money: `[12.5, "EUR"]`; the currency may be left out |
//! | `i` | `0` where the event shows nothing that somebody did |
//! | `e` | engaged time since it was last told, in milliseconds |
//! | `d` | deepest that was scrolled, in percent |
//! | `w` | class of the screen's width, 1 to 5 |
//! | `l` | language, two letters |
//! | `b` | 150 and above where a program drives the browser |
//!
//! The answer is 202 and empty, 400 with a sentence, or 429.

use super::hit::{Hit, No, money};
use super::{Answer, Collector, From, Left, Request, Taken, bots, json};
use crate::event::{Door, Kind};
use serde_json::{Map, Value};

/// The tracker, as it is served.
pub(super) const TRACKER: &str = include_str!("../../../../assets/tracker/b.min.js");

/// Widths that stand for the classes that the tracker tells.
const WIDTHS: [u32; 5] = [575, 991, 1439, 1919, 1920];

pub(super) fn tracker(_: &Collector, _: &Request<'_>, _: &From<'_>, _: i64) -> Taken {
    // A day, so that a new version arrives by itself; no ETag, which could name a browser.
    let answer = Answer::new(200, "text/javascript; charset=utf-8", TRACKER.as_bytes())
        .with("cache-control", "public, max-age=86400");
    Taken::nothing(answer)
}

pub(super) fn take(
    collector: &Collector,
    request: &Request<'_>,
    from: &From<'_>,
    now: i64,
) -> Taken {
    let wrong = |text: &str| Taken::nothing(Answer::text(400, format!("{text}\n")));
    let Ok(Value::Object(said)) = serde_json::from_slice(request.body) else {
        return wrong("the body must be one object of JSON");
    };
    let Some(hit) = hit(&said) else {
        return wrong(
            "`k` must be one of p, c, e, o, and `u` an address; a custom event has a name `n`",
        );
    };
    let sites = collector.sites();
    let host = super::page::Address::read(hit.url).map(|it| it.host).unwrap_or_default();
    let known = match json::text(&said, &["s"]) {
        Some(name) => sites.by_name(name),
        None => sites.by_host(&host),
    };
    let Some(known) = known else { return wrong("there is no such site here") };
    let site = known.site.id;
    let mut hit = hit;
    if let Some(Value::Array(money_said)) = said.get("v") {
        let amount = money_said.first().and_then(json::number);
        let currency = money_said.get(1).and_then(Value::as_str).unwrap_or(&known.site.currency);
        hit.revenue = amount.and_then(|it| money(currency, it));
    }
    let accepted = Answer::new(202, "", Vec::new());
    match collector.event(known, hit, from, now) {
        Ok(event) => Taken { answer: accepted, events: vec![(site, event)], left: Vec::new() },
        Err(No::Left(left)) => {
            let answer = match left {
                Left::OptedOut => accepted,
                Left::WrongHost => Answer::text(400, "this page's host is none of the site's\n"),
                Left::Junk | Left::Late => Answer::text(400, "the address is none of a page\n"),
            };
            Taken { answer, events: Vec::new(), left: vec![collector.left(known, left, now)] }
        }
        Err(No::Broken) => Taken::nothing(Answer::unkept()),
    }
}

fn hit(said: &Map<String, Value>) -> Option<Hit<'_>> {
    let kind = match json::text(said, &["k"])? {
        "p" => Kind::Page,
        "c" => Kind::Custom,
        "e" => Kind::Engagement,
        "o" => Kind::Outbound,
        _ => return None,
    };
    let name = json::text(said, &["n"]).unwrap_or_default();
    if name.trim().is_empty() && matches!(kind, Kind::Custom | Kind::Outbound) {
        return None;
    }
    let number = |key: &str| said.get(key).and_then(json::number);
    let class = number("w").filter(|it| (1.0..=5.0).contains(it));
    Some(Hit {
        name: if kind == Kind::Page || kind == Kind::Engagement { "" } else { name },
        url: json::text(said, &["u"])?,
        referrer: json::text(said, &["r"]).unwrap_or_default(),
        interactive: kind != Kind::Engagement && number("i") != Some(0.0),
        props: said.get("p").and_then(Value::as_object).map(json::flat).unwrap_or_default(),
        engaged: number("e").map_or(0, |it| it.max(0.0) as u64),
        scroll: number("d"),
        width: class.and_then(|it| WIDTHS.get(it as usize - 1).copied()),
        language: json::text(said, &["l"]).unwrap_or_default(),
        hint: number("b").and_then(|it| bots::of_hint(it.clamp(0.0, 999.0) as u32)),
        ..Hit::new(kind, Door::Own)
    })
}
