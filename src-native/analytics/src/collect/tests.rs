//! Each protocol as its tracker speaks it, and people who speak none.

use super::*;
use crate::event::{Door, Kind, Prop, Verdict};
use crate::site::Places;
use serde_json::{Value, json};

const NOW: i64 = 1_795_200_000_123;
const CHROME: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const UUID: &str = "b59e9c65-ae32-47f1-8400-119fcf4861c4";

pub(super) fn site(id: u32, name: &str) -> Site {
    Site {
        id,
        name: name.into(),
        aliases: Vec::new(),
        hosts: Vec::new(),
        zone: "UTC".into(),
        honours_opt_out: true,
        query_keys: vec!["page".into()],
        places: Places::Country,
        internal: vec!["198.51.100.0/24".into()],
        keep_months: 25,
        identified: false,
        currency: "EUR".into(),
    }
}

struct Stage {
    collector: Collector,
    _folder: tempfile::TempDir,
}

fn stage() -> Stage {
    let folder = tempfile::tempdir().unwrap();
    let trusted = vec![Network::read("127.0.0.1").unwrap()];
    let settings = Settings { trusted, rate: Some(100) };
    let collector = Collector::open(&folder.path().join("salts"), settings).unwrap();
    let shop = Site { aliases: vec![UUID.into()], ..site(1, "shop.example") };
    collector.know(vec![shop, site(2, "docs.example")]);
    Stage { collector, _folder: folder }
}

struct Said<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn said<'a>(method: &'a str, path: &'a str, body: impl Into<Vec<u8>>) -> Said<'a> {
    let said = Said { method, path, query: "", headers: Vec::new(), body: body.into() };
    said.with("user-agent", CHROME)
        .with("x-forwarded-for", "46.4.0.1")
        .with("accept-language", "de-DE,de;q=0.9")
}

impl Said<'_> {
    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|it| it.0 != name);
        self.headers.push((name.into(), value.into()));
        self
    }

    fn at(&self, stage: &Stage, now: i64) -> Taken {
        let request = Request {
            method: self.method,
            path: self.path,
            query: self.query,
            headers: &self.headers,
            peer: "127.0.0.1".parse().unwrap(),
            body: &self.body,
        };
        stage.collector.take(&request, now)
    }

    fn to(&self, stage: &Stage) -> Taken {
        self.at(stage, NOW)
    }
}

fn body(taken: &Taken) -> Value {
    serde_json::from_slice(&taken.answer.body).unwrap()
}

fn header<'a>(taken: &'a Taken, name: &str) -> Option<&'a str> {
    taken.answer.headers.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
}

/// The only event.
fn event(taken: &Taken) -> &Event {
    assert_eq!(taken.events.len(), 1, "{taken:?}");
    &taken.events[0].1
}

/// As Umami's script sends it.
fn umami(more: Value) -> Value {
    let mut payload = json!({
        "website": UUID, "screen": "1920x1080", "language": "en-US", "title": "Shoes",
        "hostname": "shop.example", "url": "https://shop.example/shoes?utm_source=news&utm_medium=email&sid=9#top",
        "referrer": "https://www.google.com/",
    });
    payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "type": "event", "payload": payload })
}

fn send(payload: &Value) -> Said<'static> {
    said("POST", "/api/send", payload.to_string()).with("content-type", "application/json")
}

#[test]
fn umamis_script_is_understood_and_answered() {
    let stage = stage();
    let taken = send(&umami(json!({}))).to(&stage);
    assert_eq!(taken.answer.status, 200);
    let it = event(&taken);
    assert_eq!((taken.events[0].0, it.kind, it.door), (1, Kind::Page, Door::Umami));
    assert_eq!((&*it.host, &*it.path, &*it.title), ("shop.example", "/shoes", "Shoes"));
    assert_eq!((it.at, it.day, it.verdict), (NOW / 1000 * 1000, 20_777, Verdict::Person));
    let of = &it.of;
    assert_eq!((of.source.as_str(), of.channel.as_str(), of.rule), ("news", "Email", 14));
    assert_eq!((of.referrer.as_str(), of.referrer_path.as_str()), ("google.com", ""));
    assert_eq!(
        (of.utm_medium.as_str(), of.country.as_str(), of.language.as_str()),
        ("email", "DE", "en")
    );
    assert_eq!(
        (of.browser.as_str(), of.browser_version.as_str(), of.os.as_str()),
        ("Chrome", "141", "macOS")
    );
    assert_eq!((of.device.as_str(), of.screen.as_str()), ("desktop", "≥1920"));
    let first = body(&taken);
    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["cache", "sessionId", "visitId"]);
    // Its token is understood again, and carries the visit on for as long as it goes on.
    let with = |token: &Value, later: i64| {
        let taken = send(&umami(json!({ "name": "buy" })))
            .with("x-umami-cache", token.as_str().unwrap())
            .at(&stage, NOW + later * 60_000);
        body(&taken)
    };
    let second = with(&first["cache"], 29);
    assert_eq!(
        (&second["visitId"], &second["sessionId"]),
        (&first["visitId"], &first["sessionId"])
    );
    assert_eq!(
        with(&second["cache"], 58)["visitId"],
        first["visitId"],
        "30 minutes after the last, not the first"
    );
    assert_ne!(with(&second["cache"], 90)["visitId"], first["visitId"]);
    let mut forged = first["cache"].as_str().unwrap().to_owned();
    forged.replace_range(40..42, if &forged[40..42] == "00" { "01" } else { "00" });
    assert_ne!(with(&json!(forged), 90)["visitId"], first["visitId"]);
    assert_eq!(with(&json!("no token"), 1)["sessionId"], first["sessionId"]);
}

#[test]
fn umamis_events_keep_their_data_and_money_and_no_id_that_lasts() {
    let stage = stage();
    let data = json!({ "plan": "pro", "seats": 3, "trial": true, "cart": { "id": 7, "tags": ["a"] }, "none": null,
                       "revenue": 19.99, "currency": "usd", "mail": "ann@mail.example" });
    let payload = umami(json!({ "name": "signup", "data": data, "tag": "b", "id": "ann-4711" }));
    let taken = send(&payload).to(&stage);
    let it = event(&taken);
    assert_eq!((it.kind, &*it.name, it.interactive), (Kind::Custom, "signup", true));
    assert_eq!(it.revenue, Some(("USD".into(), 1999)));
    let prop = |name: &str| it.props.iter().find(|it| &*it.0 == name).map(|it| it.1.clone());
    assert_eq!(prop("seats"), Some(Prop::Number(3.0)));
    assert_eq!(prop("trial"), Some(Prop::Bool(true)));
    assert_eq!(prop("cart.tags"), Some(Prop::Text("[\"a\"]".into())));
    assert_eq!(prop("mail"), Some(Prop::Text(":email".into())));
    assert_eq!(prop("tag"), Some(Prop::Text("b".into())));
    assert_eq!(prop("none"), None);
    assert!(!format!("{it:?}").contains("4711"));
    let nameless = send(&umami(json!({}))).to(&stage);
    assert_eq!(event(&nameless).visitor, it.visitor, "the id made no other visitor");
    let mut identify = umami(json!({ "id": "ann-4711", "data": { "name": "Ann" } }));
    identify["type"] = json!("identify");
    let taken = send(&identify).to(&stage);
    assert_eq!((taken.answer.status, taken.events.len()), (200, 0), "taken, and not kept");
    assert!(body(&taken)["cache"].is_string());
    let mut vitals = umami(json!({ "lcp": 1200.5, "cls": 0.02 }));
    vitals["type"] = json!("performance");
    let taken = send(&vitals).to(&stage);
    let it = event(&taken);
    assert_eq!((it.kind, &*it.name, it.interactive), (Kind::Custom, "web-vitals", false));
    assert_eq!(it.props[0], ("lcp".into(), Prop::Number(1200.5)));
}

#[test]
fn umamis_mistakes_are_told_as_its_server_tells_them() {
    let stage = stage();
    let status = |payload: &Value| {
        let taken = send(payload).to(&stage);
        assert!(taken.events.is_empty());
        assert_eq!(body(&taken)["error"]["code"], "bad-request", "{payload}");
        taken.answer.status
    };
    let unknown = umami(json!({ "website": "00000000-0000-4000-8000-000000000001" }));
    assert_eq!(status(&unknown), 400);
    assert_eq!(body(&send(&unknown).to(&stage))["error"]["message"], "Website not found.");
    for wrong in [
        json!({ "website": "nobody.example" }),
        json!({ "website": 7 }),
        json!({ "link": UUID }),
        json!({ "name": "n".repeat(51) }),
        json!({ "screen": "100000x100000" }),
        json!({ "url": 1 }),
        json!({ "lcp": 60_001 }),
        json!({ "timestamp": "soon" }),
        json!({ "data": [1] }),
        json!({ "hostname": "evil.example", "url": "/" }),
        json!({ "url": "data:text/html,x" }),
    ] {
        assert_eq!(status(&umami(wrong)), 400);
    }
    assert_eq!(status(&json!({ "type": "record", "payload": {} })), 400);
    assert_eq!(status(&json!([])), 400);
    assert_eq!(status(&Value::Null), 400);
    let taken = said("POST", "/api/send", "{\"type\":").to(&stage);
    assert_eq!(taken.answer.status, 400);
    let bot = send(&umami(json!({})))
        .with("user-agent", "Googlebot/2.1 (+http://www.google.com/bot.html)");
    let taken = bot.to(&stage);
    assert_eq!((taken.answer.status, body(&taken)), (200, json!({ "beep": "boop" })));
    assert_eq!(event(&taken).verdict, Verdict::CrawlerAgent, "kept all the same, with the reason");
    let taken = send(&umami(json!({}))).with("x-forwarded-for", "198.51.100.7").to(&stage);
    assert_eq!((taken.answer.status, event(&taken).verdict), (403, Verdict::Internal));
}

#[test]
fn umamis_script_may_call_a_site_by_its_name() {
    let stage = stage();
    let taken = send(&umami(json!({ "website": "shop.example" }))).to(&stage);
    assert_eq!((taken.answer.status, taken.events[0].0), (200, 1), "as the snippet has it");
}

#[test]
fn umamis_batch_is_its_events_one_by_one() {
    let stage = stage();
    let earlier = NOW / 1000 - 3 * 86_400;
    let batch = json!([
        umami(json!({})),
        umami(json!({ "website": "nothing" })),
        umami(json!({ "name": "late", "timestamp": earlier, "ip": "8.8.8.8" })),
    ]);
    let taken = said("POST", "/api/batch", batch.to_string()).to(&stage);
    let reply = body(&taken);
    assert_eq!(
        (&reply["size"], &reply["processed"], &reply["errors"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(reply["details"][0]["index"], 1);
    assert!(reply["cache"].is_string());
    let (first, late) = (&taken.events[0].1, &taken.events[1].1);
    assert_eq!((late.at, late.day), (earlier * 1000, first.day - 3));
    assert_eq!(late.of.country, "US", "a server of our own says whose it is");
    let stranger = Said { headers: Vec::new(), ..said("POST", "/api/batch", batch.to_string()) };
    let request = Request {
        method: "POST",
        path: "/api/batch",
        query: "",
        headers: &stranger.headers,
        peer: "46.4.0.9".parse().unwrap(),
        body: &stranger.body,
    };
    let taken = stage.collector.take(&request, NOW);
    assert_eq!((taken.events.len(), &taken.left[..]), (1, &[(1, 20_777, Left::Late)][..]));
    let lately =
        json!([umami(json!({ "timestamp": NOW / 1000 - 86_400, "ip": "8.8.8.8" }))]).to_string();
    let taken = stage.collector.take(&Request { body: lately.as_bytes(), ..request }, NOW);
    assert_eq!(taken.events[0].1.day, 20_776);
    assert_eq!(taken.events[0].1.of.country, "DE", "and nobody else does");
    assert_eq!(said("POST", "/api/batch", "{}").to(&stage).answer.status, 400);
    assert_eq!(said("POST", "/api/batch", "[1]").to(&stage).answer.status, 400);
    assert_eq!(body(&said("POST", "/api/batch", "[]").to(&stage))["size"], 0);
}

fn plausible(said_: &Value) -> Said<'static> {
    said("POST", "/api/event", said_.to_string()).with("content-type", "text/plain")
}

#[test]
fn plausibles_tracker_is_understood_in_short_and_in_long() {
    let stage = stage();
    let short = json!({ "n": "pageview", "v": 36, "u": "https://www.shop.example/a?page=2&q=x", "d": "shop.example",
                        "r": "https://t.co/abc", "p": { "author": "Ann", "list": [1], "empty": "", "n": 2 } });
    let taken = plausible(&short).to(&stage);
    assert_eq!((taken.answer.status, &taken.answer.body[..]), (202, &b"ok"[..]));
    assert_eq!(header(&taken, "x-plausible-dropped"), None);
    let it = event(&taken);
    assert_eq!((it.kind, it.door, &*it.path), (Kind::Page, Door::Plausible, "/a?page=2"));
    assert_eq!((it.of.source.as_str(), it.of.language.as_str()), ("X", "de"));
    assert_eq!(it.props.len(), 2);
    let long = json!({ "name": "Order", "url": "https://shop.example/pay", "domain": "shop.example", "referrer": null,
                       "meta": "{\"plan\":\"pro\"}", "revenue": { "currency": "JPY", "amount": "1200" }, "interactive": false });
    let taken = plausible(&long).to(&stage);
    let it = event(&taken);
    assert_eq!(
        (&*it.name, it.interactive, it.revenue.clone()),
        ("Order", false, Some(("JPY".into(), 1200)))
    );
    assert_eq!(it.props[0].1, Prop::Text("pro".into()));
    let engagement = json!({ "n": "engagement", "u": "https://shop.example/a", "d": "shop.example", "e": 4200, "sd": 63, "v": 36 });
    let taken = plausible(&engagement).to(&stage);
    let it = event(&taken);
    assert_eq!(
        (it.kind, it.engaged, it.scroll, it.interactive),
        (Kind::Engagement, 4200, 63, false)
    );
    let left = json!({ "n": "Outbound Link: Click", "u": "https://shop.example/a", "d": "shop.example", "p": { "url": "https://www.other.example/x/?t=1" } });
    let taken = plausible(&left).to(&stage);
    assert_eq!((event(&taken).kind, &*event(&taken).name), (Kind::Outbound, "other.example/x"));
    let hash = json!({ "n": "pageview", "u": "https://shop.example/#settings", "d": "shop.example", "h": 1 });
    assert_eq!(&*event(&plausible(&hash).to(&stage)).path, "/#settings");
}

#[test]
fn plausible_says_what_was_dropped_and_what_was_wrong() {
    let stage = stage();
    let page = |domains: &str, url: &str| json!({ "n": "pageview", "u": url, "d": domains });
    let two = plausible(&page("shop.example,docs.example,nobody.example", "https://shop.example/"))
        .to(&stage);
    assert_eq!((two.answer.status, header(&two, "x-plausible-dropped")), (202, Some("2")));
    assert_eq!((two.events.len(), &two.left[..]), (1, &[(2, 20_777, Left::WrongHost)][..]));
    let bot = plausible(&page("shop.example", "https://shop.example/"))
        .with("user-agent", "curl/8.5.0")
        .to(&stage);
    assert_eq!((bot.answer.status, header(&bot, "x-plausible-dropped")), (202, Some("1")));
    assert_eq!(event(&bot).verdict, Verdict::CrawlerAgent);
    let spam = json!({ "n": "pageview", "u": "https://shop.example/", "d": "shop.example", "r": "https://semalt.com/x" });
    assert_eq!(event(&plausible(&spam).to(&stage)).verdict, Verdict::SpamReferrer);
    let wrong = |said: &Value| {
        let taken = plausible(said).to(&stage);
        assert_eq!(taken.answer.status, 400, "{said}");
        body(&taken)["errors"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        wrong(&json!({ "d": "shop.example", "u": "https://shop.example/" })),
        ["event_name"]
    );
    assert_eq!(wrong(&json!({ "n": "pageview", "d": "shop.example" })), ["url"]);
    assert_eq!(wrong(&json!({ "n": "pageview", "u": "data:x", "d": "a" })), ["url"]);
    assert_eq!(wrong(&json!({ "n": "pageview", "u": "https://a.example/", "d": " " })), ["domain"]);
    assert_eq!(
        wrong(&page("shop.example", &format!("https://shop.example/{}", "x".repeat(2000)))),
        ["pathname"]
    );
    assert_eq!(wrong(&json!([])), ["request"]);
}

fn count<'a>(query: &'a str) -> Said<'a> {
    Said { query, ..said("GET", "/count", "") }
        .with("host", "stats.example")
        .with("referer", "https://shop.example/")
}

#[test]
fn goatcounters_script_is_understood_and_answered_with_a_picture() {
    let stage = stage();
    let query = "p=%2Fshoes%3Fpage%3D3%26utm_source%3Dhn&r=https%3A%2F%2Fwww.bing.com%2F&t=Shoes&s=1280&b=0&q=%3Fpage%3D3&rnd=x1y2z";
    let taken = count(query).to(&stage);
    assert_eq!((taken.answer.status, taken.answer.body.len()), (200, 43));
    assert!(taken.answer.body.starts_with(b"GIF89a") && taken.answer.body.ends_with(b";"));
    assert_eq!(header(&taken, "content-type"), Some("image/gif"));
    assert_eq!(header(&taken, "access-control-allow-origin"), Some("*"));
    let it = event(&taken);
    assert_eq!((it.kind, it.door, &*it.path), (Kind::Page, Door::GoatCounter, "/shoes?page=3"));
    assert_eq!((it.of.source.as_str(), it.of.referrer.as_str()), ("Hacker News", "bing.com"));
    assert_eq!(
        (&*it.title, it.of.screen.as_str(), &*it.host),
        ("Shoes", "992–1439", "shop.example")
    );
    let custom = Said { method: "POST", ..count("p=signup&e=true&t=Sign%20up") }.to(&stage);
    let it = event(&custom);
    assert_eq!((it.kind, &*it.name, &*it.path), (Kind::Custom, "signup", "/"));
    let beside = count("p=%2Fx&q=%3Futm_campaign%3Dmay%26utm_source%3Dfb").to(&stage);
    assert_eq!((&*event(&beside).path, event(&beside).of.utm_campaign.as_str()), ("/x", "may"));
    let named = count("p=%2F")
        .with("host", "docs.example")
        .with("referer", "https://docs.example/")
        .to(&stage);
    assert_eq!(named.events[0].0, 2);
}

#[test]
fn goatcounter_says_in_a_header_why_not() {
    let stage = stage();
    let said = |query: &str, status: u16, why: &str| {
        let taken = count(query).to(&stage);
        assert_eq!((taken.answer.status, taken.answer.body.len()), (status, 43), "{query}");
        assert_eq!(header(&taken, "x-goatcounter"), Some(why));
    };
    said("p=%2F&b=7", 400, "wrong value: b=7");
    said("p=%2F&b=x", 400, "error decoding parameters: b is no number");
    said("", 400, "not valid: path: must be set.");
    let long = format!("p=%2F{}", "x".repeat(2048));
    said(&long, 400, "ignored because path is longer than 2048 bytes (2049 bytes)");
    let driven = count("p=%2F&b=153").to(&stage);
    assert_eq!((driven.answer.status, event(&driven).verdict), (200, Verdict::Driven));
    let ahead = count("p=%2F").with("sec-purpose", "prefetch;prerender").to(&stage);
    assert_eq!(event(&ahead).verdict, Verdict::Prefetch);
    let own = count("p=%2F").with("x-forwarded-for", "198.51.100.3").to(&stage);
    assert_eq!((own.answer.status, event(&own).verdict), (202, Verdict::Internal));
    assert!(header(&own, "x-goatcounter").unwrap().starts_with("ignored because"));
    let stranger = count("p=%2F").with("referer", "https://evil.example/").to(&stage);
    assert_eq!((stranger.answer.status, stranger.events.len()), (400, 0));
}

fn own(said_: &Value) -> Said<'static> {
    said("POST", "/e", said_.to_string()).with("content-type", "text/plain;charset=UTF-8")
}

#[test]
fn our_own_tracker_tells_all_that_the_others_tell() {
    let stage = stage();
    let taken = own(&json!({ "k": "p", "u": "https://shop.example/a", "r": "https://claude.ai/", "w": 4, "l": "fr" })).to(&stage);
    assert_eq!((taken.answer.status, taken.answer.body.len()), (202, 0));
    let it = event(&taken);
    assert_eq!(
        (it.kind, it.door, it.of.channel.as_str()),
        (Kind::Page, Door::Own, "AI Assistants")
    );
    assert_eq!((it.of.screen.as_str(), it.of.language.as_str()), ("1440–1919", "fr"));
    let taken =
        own(&json!({ "k": "c", "s": "shop.example", "u": "https://shop.example/a", "n": "buy",
                             "p": { "size": 42 }, "v": [12.5] }))
        .to(&stage);
    assert_eq!(
        (event(&taken).revenue.clone(), event(&taken).props.len()),
        (Some(("EUR".into(), 1250)), 1)
    );
    let taken = own(&json!({ "k": "e", "u": "https://shop.example/a", "e": 99_000_000, "d": 101 }))
        .to(&stage);
    assert_eq!((event(&taken).engaged, event(&taken).scroll), (1_800_000, 255));
    let taken = own(
        &json!({ "k": "o", "u": "https://shop.example/a", "n": "https://a:b@x.example:8/y?z#q" }),
    )
    .to(&stage);
    assert_eq!((event(&taken).kind, &*event(&taken).name), (Kind::Outbound, "x.example/y"));
    for wrong in [
        json!({}),
        json!([]),
        json!({ "k": "x", "u": "/" }),
        json!({ "k": "p" }),
        json!({ "k": "c", "u": "https://shop.example/" }),
        json!({ "k": "p", "u": "https://nobody.example/" }),
        json!({ "k": "p", "s": "shop.example", "u": "https://nobody.example/" }),
        json!({ "k": "p", "s": "nobody", "u": "https://shop.example/" }),
        json!({ "k": "p", "s": "shop.example", "u": "http://localhost/" }),
    ] {
        let taken = own(&wrong).to(&stage);
        assert_eq!((taken.answer.status, taken.events.len()), (400, 0), "{wrong}");
        assert!(taken.answer.body.ends_with(b"\n") && taken.answer.body.len() > 20);
    }
    assert!(said("HEAD", "/b.js", "").to(&stage).answer.body.is_empty());
    let script = said("GET", "/b.js", "").to(&stage);
    assert_eq!((script.answer.status, &script.answer.body[..]), (200, own::TRACKER.as_bytes()));
    assert!(header(&script, "content-type").unwrap().starts_with("text/javascript"));
    assert_eq!(header(&script, "etag"), None);
}

#[test]
fn whoever_asks_not_to_be_counted_is_counted_only_as_such() {
    let stage = stage();
    for (name, value) in [("dnt", "1"), ("sec-gpc", "1")] {
        let taken =
            own(&json!({ "k": "p", "u": "https://shop.example/a" })).with(name, value).to(&stage);
        assert_eq!(
            (taken.answer.status, taken.events.len(), &taken.left[..]),
            (202, 0, &[(1, 20_777, Left::OptedOut)][..])
        );
        let taken = send(&umami(json!({}))).with(name, value).to(&stage);
        assert_eq!((taken.events.len(), &body(&taken)["disabled"]), (0, &json!(true)));
        let taken = plausible(
            &json!({ "n": "pageview", "u": "https://shop.example/", "d": "shop.example" }),
        );
        let taken = taken.with(name, value).to(&stage);
        assert_eq!((taken.answer.status, header(&taken, "x-plausible-dropped")), (202, Some("1")));
        assert!(count("p=%2F").with(name, value).to(&stage).events.is_empty());
    }
    let other = Site { honours_opt_out: false, ..site(1, "shop.example") };
    stage.collector.know(vec![other]);
    let taken =
        own(&json!({ "k": "p", "u": "https://shop.example/a" })).with("dnt", "1").to(&stage);
    assert_eq!(taken.events.len(), 1, "as its owner decides");
    let taken =
        own(&json!({ "k": "p", "u": "https://shop.example/a" })).with("dnt", "0").to(&stage);
    assert_eq!(taken.events.len(), 1);
}

#[test]
fn browsers_are_told_what_they_ask_before_they_send() {
    let stage = stage();
    let ask = said("OPTIONS", "/api/send", "")
        .with("origin", "https://shop.example")
        .with("access-control-request-method", "POST")
        .with("access-control-request-headers", "content-type,x-umami-cache");
    let taken = ask.to(&stage);
    assert_eq!(taken.answer.status, 204);
    assert_eq!(header(&taken, "access-control-allow-origin"), Some("*"));
    assert_eq!(header(&taken, "access-control-allow-methods"), Some("POST, OPTIONS"));
    assert_eq!(header(&taken, "access-control-allow-headers"), Some("content-type,x-umami-cache"));
    assert_eq!(header(&taken, "access-control-allow-private-network"), None, "not asked for");
    let taken = ask.with("access-control-request-private-network", "true").to(&stage);
    assert_eq!(header(&taken, "access-control-allow-private-network"), Some("true"));
    assert!(taken.answer.headers.iter().all(|it| it.0 != "access-control-allow-credentials"));
    let odd =
        said("OPTIONS", "/e", "").with("access-control-request-headers", "a\u{1}b<>").to(&stage);
    assert_eq!(header(&odd, "access-control-allow-headers"), Some("content-type, x-umami-cache"));
    assert_eq!(said("OPTIONS", "/nowhere", "").to(&stage).answer.status, 404);
}

#[test]
fn whatever_comes_is_answered_and_nothing_breaks() {
    let stage = stage();
    let not = said("PUT", "/api/send", "").to(&stage);
    assert_eq!((not.answer.status, header(&not, "allow")), (405, Some("POST, OPTIONS")));
    assert_eq!(said("GET", "/", "").to(&stage).answer.status, 404);
    let large = said("POST", "/e", vec![b' '; BODY_MAX + 1]).to(&stage);
    assert_eq!(
        (large.answer.status, header(&large, "access-control-allow-origin")),
        (413, Some("*"))
    );
    let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let mut bodies: Vec<Vec<u8>> =
        vec![deep.into(), vec![0xff; 100], b"null".to_vec(), b"{\"k\":\"p\",\"u\":\"".to_vec()];
    let whole =
        umami(json!({ "name": "x", "data": { "a": "\u{1f600}" } })).to_string().into_bytes();
    bodies.extend((0..whole.len()).map(|end| whole[..end].to_vec()));
    for (at, body) in bodies.into_iter().enumerate() {
        for path in ["/e", "/api/send", "/api/batch", "/api/event"] {
            let from = format!("46.4.{}.{}", at / 200, at % 200);
            let taken = said("POST", path, body.clone()).with("x-forwarded-for", &from).to(&stage);
            assert_eq!((taken.answer.status, taken.events.len()), (400, 0), "{path}");
        }
    }
    let odd = json!({ "k": "c", "u": "https://shop.example/%ff%00\u{202e}", "n": "\u{1f600}".repeat(500), "p": { "k": "v".repeat(9999) } });
    let taken = own(&odd).to(&stage);
    assert_eq!(event(&taken).name.chars().count(), 120);
    assert!(matches!(&event(&taken).props[0].1, Prop::Text(it) if it.len() == 2000));
    let long = said("POST", "/e", json!({ "k": "p", "u": "https://shop.example/" }).to_string());
    let taken = long.with("user-agent", &"é".repeat(9000)).to(&stage);
    assert_eq!(event(&taken).verdict, Verdict::NoBrowser);
}

#[test]
fn what_is_older_than_its_site_keeps_it_is_deleted_by_the_collector() {
    let stage = stage();
    let folder = tempfile::tempdir().unwrap();
    let mut kept = crate::kept::Kept::open(&folder.path().join("analytics.db")).unwrap();
    let id = kept.add_site(site(0, "shop.example")).unwrap().id;
    let taken = own(&json!({ "k": "p", "u": "https://shop.example/old" })).to(&stage);
    kept.append(&[(id, event(&taken).clone())]).unwrap();
    let months = |it: i64| NOW + it * 31 * 86_400_000;
    let mut left = |now: i64, may_forget: bool| {
        writer::Keep::rest(&mut kept, now, may_forget).unwrap();
        let mut count = 0;
        kept.events(id, 20_000, 30_000, |_| {
            count += 1;
            true
        })
        .unwrap();
        count
    };
    assert_eq!(left(months(23), true), 1, "25 months are not over");
    assert_eq!(left(months(26), false), 1, "the clock may be wrong yet");
    assert_eq!(left(months(26), true), 0);
}

#[test]
fn a_host_longer_than_any_is_none_and_costs_no_time() {
    let stage = stage();
    let host = "b.".repeat(200_000);
    let said = json!({ "k": "p", "u": "https://shop.example/", "r": format!("https://{host}x/") });
    let began = std::time::Instant::now();
    let taken = own(&said).to(&stage);
    assert_eq!(
        (event(&taken).of.referrer.as_str(), event(&taken).of.source.as_str()),
        ("", "Direct")
    );
    assert!(began.elapsed().as_secs() < 5, "looked up label by label it takes minutes");
}

#[test]
fn a_person_in_the_name_of_a_property_is_not_kept() {
    let stage = stage();
    let said =
        json!({ "k": "c", "n": "x", "u": "https://shop.example/", "p": { "ann@mail.example": 1 } });
    assert_eq!(&*event(&own(&said).to(&stage)).props[0].0, ":email");
}

#[test]
fn one_address_cannot_fill_it_and_others_go_on() {
    let stage = stage();
    let page = own(&json!({ "k": "p", "u": "https://shop.example/a" }));
    let statuses: Vec<u16> = (0..1100).map(|_| page.to(&stage).answer.status).collect();
    assert_eq!(statuses.iter().filter(|it| **it == 202).count(), 1000);
    let last = page.to(&stage);
    assert_eq!((last.answer.status, header(&last, "retry-after")), (429, Some("10")));
    assert_eq!(said("GET", "/health", "").to(&stage).answer.status, 200);
    let many: Vec<Value> = (0..1001).map(|_| umami(json!({}))).collect();
    let batch = |from: &str| {
        let said = said("POST", "/api/batch", json!(many).to_string());
        said.with("x-forwarded-for", from).to(&stage)
    };
    assert_eq!((batch("46.4.0.9").answer.status, batch("46.4.0.8").events.len()), (429, 0));
    assert_eq!(batch("127.0.0.1").events.len(), 1001, "a server of our own may");
    let often = vec!["shop.example"; 5000].join(",");
    let often = json!({ "n": "pageview", "u": "https://shop.example/", "d": often });
    let taken = plausible(&often).with("x-forwarded-for", "46.4.0.7").to(&stage);
    assert_eq!(taken.events.len(), 1);
    let other = own(&json!({ "k": "p", "u": "https://shop.example/a" }))
        .with("x-forwarded-for", "46.4.0.2");
    assert_eq!(other.to(&stage).answer.status, 202);
}

#[test]
fn the_same_visit_is_the_same_rows_whichever_protocol_told_it() {
    let stage = stage();
    let url = "https://shop.example/shoes?page=3&utm_source=hn";
    let pages = [
        own(&json!({ "k": "p", "u": url, "r": "https://www.bing.com/", "w": 3 })).to(&stage),
        send(&umami(json!({ "url": url, "referrer": "https://www.bing.com/", "title": "", "screen": "1280x800",
                            "language": "de-DE" }))).to(&stage),
        plausible(&json!({ "n": "pageview", "u": url, "d": "shop.example", "r": "https://www.bing.com/", "w": 1280 })).to(&stage),
        count("p=%2Fshoes%3Fpage%3D3%26utm_source%3Dhn&r=https%3A%2F%2Fwww.bing.com%2F&s=1280").to(&stage),
    ];
    let as_own = |it: &Taken| Event { door: Door::Own, ..event(it).clone() };
    let first = as_own(&pages[0]);
    assert_eq!(first.of.language, "de");
    for page in &pages {
        assert_eq!(as_own(page), first);
    }
}

#[test]
fn no_answer_and_no_event_carries_the_address_or_the_agent() {
    let stage = stage();
    let canary = "203.0.113.77";
    let agent = "Mozilla/5.0 (X11; Canary-4711; rv:1) Gecko/20100101 Firefox/131.0 Zwitscher/8";
    for one in [
        own(&json!({ "k": "p", "u": "https://shop.example/a" })),
        own(&json!({ "k": "junk" })),
        send(&umami(json!({}))),
        plausible(&json!({ "n": "pageview", "u": "https://shop.example/", "d": "shop.example" })),
        count("p=%2F"),
        count("p=%2F").with("x-forwarded-for", "198.51.100.3"),
    ] {
        let one = if one.query.is_empty() { one.with("x-forwarded-for", canary) } else { one };
        let told = format!("{:?}", one.with("user-agent", agent).to(&stage));
        for word in [canary, "198.51.100.3", "4711", "Zwitscher"] {
            assert!(!told.contains(word), "{word} in {told}");
        }
    }
}
