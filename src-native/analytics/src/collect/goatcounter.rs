//! GoatCounter's protocol: `GET` or `POST /count`.
//!
//! Its requests name no site: it is the one of the collector's own name (`shop.stats.example` or an alias of
//! a site), else that of the page that asks, else the only one there is.

use super::hit::{Hit, No};
use super::page::{Address, pairs};
use super::{Answer, Collector, From, Left, Request, Taken, bots};
use crate::event::{Door, Kind, Verdict};

/// The smallest picture: one transparent point.
const GIF: &[u8; 43] =
    b"GIF89a\x01\x00\x01\x00\x80\x01\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\n\x00\x01\
                         \x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02L\x01\x00;";
const PATH_MAX: usize = 2048;

pub(super) fn take(
    collector: &Collector,
    request: &Request<'_>,
    from: &From<'_>,
    now: i64,
) -> Taken {
    let gif = |status, why: &str| {
        let answer = Answer::new(status, "image/gif", &GIF[..]);
        if why.is_empty() { answer } else { answer.with("x-goatcounter", why) }
    };
    let wrong = |why: String| Taken::nothing(gif(400, &why));
    let said = pairs(request.query);
    let of = |name: &str| said.iter().find(|it| it.0 == name).map_or("", |it| it.1.as_str());
    let is_event = match of("e") {
        "" | "0" | "false" | "off" => false,
        "1" | "true" | "on" => true,
        _ => return wrong("error decoding parameters: e is no yes or no".into()),
    };
    let bot: u32 = match of("b") {
        "" => 0,
        code => match code.parse() {
            Ok(code) => code,
            Err(_) => return wrong("error decoding parameters: b is no number".into()),
        },
    };
    if (1..150).contains(&bot) {
        return wrong(format!("wrong value: b={bot}"));
    }
    let path = of("p");
    if path.len() > PATH_MAX {
        let length = path.len();
        return wrong(format!(
            "ignored because path is longer than {PATH_MAX} bytes ({length} bytes)"
        ));
    }
    if path.trim().is_empty() {
        return wrong("not valid: path: must be set.".into());
    }
    let sites = collector.sites();
    let own = Address::read(&format!("//{}", request.header("host")))
        .map(|it| it.host)
        .unwrap_or_default();
    let asks = [request.header("origin"), request.header("referer")];
    let asks = asks
        .into_iter()
        .filter_map(Address::read)
        .find(|it| !it.host.is_empty() && it.host != "null");
    let asks = asks.filter(|it| it.host != own);
    let label = own.split('.').next().unwrap_or_default();
    let known = sites
        .by_name(&own)
        .or_else(|| sites.by_name(label))
        .or_else(|| sites.by_host(&asks.as_ref()?.host))
        .or_else(|| sites.only());
    let Some(known) = known else { return wrong("no site is counted under this name".into()) };
    let site = known.site.id;
    let first = known.site.hosts.iter().find(|it| !it.contains('*')).unwrap_or(&known.site.name);
    let host = asks.as_ref().map_or(first.as_str(), |it| it.host.as_str());
    // Some paths have the query in them, others have it beside them.
    let query = of("q").trim_start_matches('?');
    let url = match path.contains('?') || query.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{query}"),
    };
    let page = asks.as_ref().map_or("/", |it| it.path.as_str());
    let width = of("s").split([',', '.']).next().and_then(|it| it.parse().ok());
    let hit = Hit {
        name: if is_event { path } else { "" },
        url: if is_event { page } else { &url },
        host,
        referrer: of("r"),
        title: of("t"),
        width,
        hint: bots::of_hint(bot),
        ..Hit::new(if is_event { Kind::Custom } else { Kind::Page }, Door::GoatCounter)
    };
    match collector.event(known, hit, from, now) {
        Ok(event) => {
            let answer = match event.verdict {
                Verdict::Internal => {
                    gif(202, "ignored because this address is in the IP ignore list")
                }
                _ => gif(200, ""),
            };
            Taken { answer, events: vec![(site, event)], left: Vec::new() }
        }
        Err(No::Left(left)) => {
            let answer = match left {
                Left::OptedOut => gif(202, "ignored because the browser asks not to be counted"),
                Left::WrongHost => gif(400, "not valid: the page's host is none of the site's"),
                Left::Junk | Left::Late => gif(400, "not valid: path: must be a path."),
            };
            Taken { answer, events: Vec::new(), left: vec![collector.left(known, left, now)] }
        }
        Err(No::Broken) => Taken::nothing(Answer::unkept()),
    }
}
