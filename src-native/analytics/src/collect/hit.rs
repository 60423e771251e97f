//! What all protocols come to: a hit, and the event that is made of it.

use super::agent::Agent;
use super::page::{Address, bare, short, without_people};
use super::sites::Known;
use super::sources::{Way, way};
use super::visitors::Visitor;
use super::{Collector, From, Left, bots, countries};
use crate::event::{Door, Event, Kind, Prop, Verdict, Visited};
use crate::site::Places;
use std::sync::Arc;

pub(crate) const NAME_MAX: usize = 120;
pub(crate) const TITLE_MAX: usize = 500;
const PROPS_MAX: usize = 30;
const KEY_MAX: usize = 300;
const VALUE_MAX: usize = 2000;
/// Longest engaged time of a page that is believed.
pub(crate) const ENGAGED_MAX: u64 = 30 * 60 * 1000;
/// How far a clock may be ahead of ours.
const AHEAD: i64 = 5 * 60 * 1000;
/// How long after it happened anybody may tell something; who is trusted may at any time.
const LATE: i64 = 48 * 60 * 60 * 1000;

/// What a tracker told, in its own words.
pub(super) struct Hit<'a> {
    pub(super) kind: Kind,
    pub(super) door: Door,
    pub(super) name: &'a str,
    /// Address of the page, whole or from its path on.
    pub(super) url: &'a str,
    /// The page's host, where its address has none.
    pub(super) host: &'a str,
    pub(super) referrer: &'a str,
    pub(super) title: &'a str,
    pub(super) interactive: bool,
    pub(super) props: Vec<(String, Prop)>,
    pub(super) engaged: u64,
    pub(super) scroll: Option<f64>,
    pub(super) revenue: Option<(Arc<str>, i64)>,
    /// Whether the page's router uses what follows `#`.
    pub(super) with_fragment: bool,
    pub(super) width: Option<u32>,
    pub(super) language: &'a str,
    /// What the tracker says of the browser that it runs in.
    pub(super) hint: Option<Verdict>,
    /// When, where it is told afterwards, in milliseconds.
    pub(super) at: Option<i64>,
}

impl Hit<'_> {
    pub(super) fn new(kind: Kind, door: Door) -> Hit<'static> {
        Hit {
            kind,
            door,
            name: "",
            url: "",
            host: "",
            referrer: "",
            title: "",
            interactive: kind != Kind::Engagement,
            props: Vec::new(),
            engaged: 0,
            scroll: None,
            revenue: None,
            with_fragment: false,
            width: None,
            language: "",
            hint: None,
            at: None,
        }
    }
}

/// Why a hit is no event.
pub(super) enum No {
    /// It is only counted.
    Left(Left),
    /// It cannot be kept now: the day's salt cannot be made.
    Broken,
}

impl Collector {
    /// The event of a hit.
    pub(super) fn event(
        &self,
        known: &Known,
        hit: Hit<'_>,
        from: &From<'_>,
        now: i64,
    ) -> Result<Event, No> {
        if from.opted_out && known.site.honours_opt_out {
            return Err(No::Left(Left::OptedOut));
        }
        let page = Address::read(hit.url).ok_or(No::Left(Left::Junk))?;
        let host =
            if page.host.is_empty() { hit.host.trim().to_lowercase() } else { page.host.clone() };
        if !known.is_host(&host) {
            return Err(No::Left(Left::WrongHost));
        }
        if hit.at.is_some_and(|at| at < now - LATE) && !from.is_trusted {
            return Err(No::Left(Left::Late));
        }
        let way = way(&page, hit.referrer, |it| known.is_host(it));
        let read = self.agents.read(from.agent, from.hints);
        let (agent, said) = (&read.0, read.1);
        let verdict = verdict(known, from, said.or(hit.hint), &way);
        let (visitor, at) = self.visitor(known, from, hit.at, now).map_err(|_| No::Broken)?;
        let name = match hit.kind {
            Kind::Outbound => outbound(hit.name).ok_or(No::Left(Left::Junk))?,
            _ => short(&without_people(hit.name.trim()), NAME_MAX),
        };
        let scroll = hit.scroll.filter(|it| it.is_finite() && (0.0..=100.0).contains(it));
        Ok(Event {
            at,
            day: visitor.day,
            visitor: visitor.id,
            kind: hit.kind,
            name: name.into(),
            interactive: hit.interactive,
            host: bare(&host).into(),
            path: page.kept(&known.site.query_keys, hit.with_fragment).into(),
            title: short(&without_people(hit.title.trim()), TITLE_MAX).into(),
            of: Arc::new(visited(known, from, way, agent, hit.width, hit.language)),
            props: clean(hit.props),
            engaged: hit.engaged.min(ENGAGED_MAX) as u32,
            scroll: scroll.map_or(255, |it| it.round() as u8),
            revenue: hit.revenue,
            verdict,
            door: hit.door,
        })
    }

    /// The visitor, and the moment to the second.
    fn visitor(
        &self,
        known: &Known,
        from: &From<'_>,
        told: Option<i64>,
        now: i64,
    ) -> std::io::Result<(Visitor, i64)> {
        let second = |it: i64| it.div_euclid(1000) * 1000;
        let (site, zone, mut visitors) = (known.site.id, &known.zone, self.visitors());
        match told.filter(|it| *it > 0 && *it <= now + AHEAD) {
            Some(at) if second(at) != second(now) => visitors
                .earlier(site, zone, (now, at), from.address, from.agent)
                .map(|it| (it, second(at))),
            _ => {
                visitors.now(site, zone, now, from.address, from.agent).map(|it| (it, second(now)))
            }
        }
    }
}

fn verdict(known: &Known, from: &From<'_>, said: Option<Verdict>, way: &Way) -> Verdict {
    if known.is_internal(from.address) {
        Verdict::Internal
    } else if from.prefetch {
        Verdict::Prefetch
    } else if let Some(said) = said {
        said
    } else if bots::is_spammer(&way.referrer) {
        Verdict::SpamReferrer
    } else {
        Verdict::Person
    }
}

/// Host and path of a link that was followed.
pub(crate) fn outbound(link: &str) -> Option<String> {
    let to = Address::read(link).filter(|it| !it.host.is_empty())?;
    let path = to.kept(&[], false);
    Some(short(&format!("{}{}", bare(&to.host), path.trim_end_matches('/')), VALUE_MAX))
}

fn visited(
    known: &Known,
    from: &From<'_>,
    way: Way,
    agent: &Agent,
    width: Option<u32>,
    language: &str,
) -> Visited {
    let [utm_source, utm_medium, utm_campaign, utm_content, utm_term] = way.utm;
    let place = |it: &str| short(it.trim(), 100);
    let said = Some(from.country)
        .filter(|it| it.len() == 2 && it.bytes().all(|it| it.is_ascii_uppercase()));
    let country = match known.site.places {
        Places::None => "",
        Places::Country | Places::City => said.unwrap_or_else(|| countries::of(from.address)),
    };
    let is_city = known.site.places == Places::City;
    Visited {
        referrer: way.referrer,
        referrer_path: way.referrer_path,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_content,
        utm_term,
        paid_click: way.paid_click,
        source: way.source,
        channel: way.channel.into(),
        rule: way.rule,
        country: country.into(),
        region: if is_city { place(from.region) } else { String::new() },
        city: if is_city { place(from.city) } else { String::new() },
        browser: agent.browser.clone(),
        browser_version: agent.browser_version.clone(),
        os: agent.os.clone(),
        os_version: agent.os_version.clone(),
        device: agent.device.into(),
        screen: width.map_or("", screen).into(),
        language: two_letters(if language.is_empty() { from.language } else { language }),
    }
}

/// The class of a screen's width.
pub(crate) fn screen(width: u32) -> &'static str {
    match width {
        0 => "",
        1..576 => "<576",
        576..992 => "576–991",
        992..1440 => "992–1439",
        1440..1920 => "1440–1919",
        _ => "≥1920",
    }
}

/// `de` of `de-AT,de;q=0.9`; nothing where it is no language.
pub(crate) fn two_letters(text: &str) -> String {
    let first = text.split([',', ';', '-', '_']).next().unwrap_or_default().trim().to_lowercase();
    if first.len() == 2 && first.bytes().all(|it| it.is_ascii_lowercase()) {
        first
    } else {
        String::new()
    }
}

/// Properties within their limits, without people.
pub(crate) fn clean(props: Vec<(String, Prop)>) -> Vec<(Arc<str>, Prop)> {
    let value = |it: Prop| match it {
        Prop::Text(text) => Prop::Text(short(&without_people(text.trim()), VALUE_MAX).into()),
        other => other,
    };
    let props = props.into_iter().filter(|it| !it.0.trim().is_empty()).take(PROPS_MAX);
    let key = |it: &str| short(&without_people(it.trim()), KEY_MAX);
    props.map(|(name, it)| (key(&name).into(), value(it))).collect()
}

/// Money in the smallest unit of its currency; none where it is no currency or no amount.
pub(crate) fn money(currency: &str, amount: f64) -> Option<(Arc<str>, i64)> {
    let currency = currency.trim().to_uppercase();
    if currency.len() != 3 || !currency.bytes().all(|it| it.is_ascii_uppercase()) {
        return None;
    }
    let digits = match currency.as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    };
    let units = (amount * 10f64.powi(digits)).round();
    (units.is_finite() && units.abs() < 9e15).then(|| (currency.into(), units as i64))
}
