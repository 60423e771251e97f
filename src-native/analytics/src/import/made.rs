//! An event of a row, whatever it was read from: with the same rules as one that a tracker sends.

use super::Passed;
use crate::collect::agent::{Agent, Agents, Hints};
use crate::collect::bots;
use crate::collect::countries;
use crate::collect::hit::{ENGAGED_MAX, NAME_MAX, TITLE_MAX, clean, outbound, screen, two_letters};
use crate::collect::page::{Address, bare, short, without_people};
use crate::collect::salts::Key;
use crate::collect::sites::{Known, Sites};
use crate::collect::sources::{Way, way};
use crate::event::{Door, Event, Kind, Prop, Verdict, Visited};
use crate::site::{Places, Site};
use crate::visits::{Days, day_of};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Who did it, as a file tells it. It is never kept.
pub(super) enum Who {
    /// By an address, or what a server put in its place; with the user agent.
    Reached { from: String },
    /// By an id that another tool gave.
    Called(String),
}

/// What it was seen with.
pub(super) enum Seen {
    /// A user agent.
    Agent(String),
    /// What another tool made of one.
    Told(Agent),
}

/// What was read, in its own words.
pub(super) struct Row {
    /// When, in milliseconds.
    pub(super) at: i64,
    pub(super) kind: Kind,
    pub(super) door: Door,
    pub(super) who: Who,
    /// Name of the event, or the link that was followed.
    pub(super) name: String,
    pub(super) interactive: bool,
    /// Address of the page, whole or from its path on.
    pub(super) url: String,
    /// The page's host, where its address has none; empty: the site's own.
    pub(super) host: String,
    pub(super) title: String,
    pub(super) referrer: String,
    /// Values that stood in the page's query, where they are told apart from it.
    pub(super) query: Vec<(String, String)>,
    /// The source by its name, where nothing else tells it.
    pub(super) source: String,
    pub(super) seen: Seen,
    /// Width of the screen.
    pub(super) width: Option<u32>,
    pub(super) language: String,
    pub(super) country: String,
    pub(super) region: String,
    pub(super) city: String,
    pub(super) props: Vec<(String, Prop)>,
    pub(super) engaged: u64,
    pub(super) scroll: Option<f64>,
    pub(super) revenue: Option<(Arc<str>, i64)>,
    /// What was judged of it before.
    pub(super) verdict: Option<Verdict>,
    pub(super) opted_out: bool,
}

impl Row {
    pub(super) fn new(at: i64, kind: Kind, door: Door) -> Row {
        Row {
            at,
            kind,
            door,
            who: Who::Called(String::new()),
            name: String::new(),
            interactive: kind != Kind::Engagement,
            url: String::new(),
            host: String::new(),
            title: String::new(),
            referrer: String::new(),
            query: Vec::new(),
            source: String::new(),
            seen: Seen::Told(Agent::default()),
            width: None,
            language: String::new(),
            country: String::new(),
            region: String::new(),
            city: String::new(),
            props: Vec::new(),
            engaged: 0,
            scroll: None,
            revenue: None,
            verdict: None,
            opted_out: false,
        }
    }
}

/// Makes events of rows. Its salt is drawn when it begins, stands nowhere but here, and goes with it.
pub(super) struct Maker {
    sites: Sites,
    /// Host of pages that tell none.
    host: String,
    agents: Agents,
    salt: Key,
    /// For ids that last.
    lasting: Key,
    days: Days,
}

impl Maker {
    pub(super) fn new(site: &Site, lasting: [u8; 32]) -> io::Result<Maker> {
        let named = site.hosts.iter().find(|it| !it.contains('*'));
        let host = bare(&named.unwrap_or(&site.name).to_lowercase()).to_owned();
        let sites = Sites::new(vec![site.clone()]);
        let zone = sites.only().map(|it| it.zone.clone()).unwrap_or(jiff::tz::TimeZone::UTC);
        let (agents, salt, days) = (Agents::new()?, Key::draw()?, Days::new(zone));
        Ok(Maker { sites, host, agents, salt, lasting: Key::of(lasting), days })
    }

    /// The event of a row. `other` hears of hosts that are none of the site's.
    pub(super) fn event(&mut self, row: Row, mut other: impl FnMut(&str)) -> Result<Event, Passed> {
        // Clones nothing: the site stands beside the parts that change.
        let Maker { sites, host: own, agents, salt, lasting, days } = self;
        let Some(known) = sites.only() else { return Err(Passed::OtherSite) };
        if row.opted_out && known.site.honours_opt_out {
            return Err(Passed::OptedOut);
        }
        let mut page = Address::read(&row.url).ok_or(Passed::NoPage)?;
        let host = match (page.host.is_empty(), row.host.trim()) {
            (false, _) => page.host.clone(),
            (true, "") => own.clone(),
            // Without a port.
            (true, told) => {
                Address::read(&format!("//{told}")).map_or_else(String::new, |it| it.host)
            }
        };
        // What names no host of its own is the site's, whatever its hosts are.
        let is_told = !(page.host.is_empty() && row.host.trim().is_empty());
        if is_told && !known.is_host(&host) {
            other(&host);
            return Err(Passed::OtherHost);
        }
        page.query.extend(row.query.into_iter().filter(|it| !it.1.is_empty()));
        let mut way = way(&page, &row.referrer, |it| known.is_host(it) || bare(it) == bare(&host));
        if way.referrer.is_empty() && way.utm[0].is_empty() && !row.source.trim().is_empty() {
            way = named(&page, row.source.trim());
        }
        let (agent, said, words) = match row.seen {
            Seen::Agent(text) => {
                let read = agents.read(&text, Hints::default());
                (read.0.clone(), read.1, text)
            }
            Seen::Told(agent) => (agent, None, String::new()),
        };
        let address = match &row.who {
            Who::Reached { from } => address(from),
            Who::Called(_) => None,
        };
        let verdict = if address.is_some_and(|it| known.is_internal(it)) {
            Verdict::Internal
        } else if let Some(verdict) = row.verdict.or(said) {
            verdict
        } else if bots::is_spammer(&way.referrer) {
            Verdict::SpamReferrer
        } else {
            Verdict::Person
        };
        let at = row.at.div_euclid(1000) * 1000;
        let (visitor, day) = match &row.who {
            Who::Called(id) if known.site.identified => {
                let visitor = number(lasting.hash(&[&known.site.id.to_le_bytes(), id.as_bytes()]));
                (visitor, day(days, known, visitor, at))
            }
            who => {
                let parts = match who {
                    Who::Reached { from } => {
                        [b"reached".as_slice(), from.as_bytes(), words.as_bytes()]
                    }
                    Who::Called(id) => [b"called".as_slice(), id.as_bytes(), b""],
                };
                let person = number(salt.hash(&parts));
                let day = day(days, known, person, at);
                (number(salt.hash(&[&day.to_le_bytes(), &person.to_le_bytes()])), day)
            }
        };
        let name = match row.kind {
            Kind::Outbound => outbound(&row.name).ok_or(Passed::NoView)?,
            Kind::Custom if row.name.trim().is_empty() => return Err(Passed::NoView),
            _ => short(&without_people(row.name.trim()), NAME_MAX),
        };
        let scroll = row.scroll.filter(|it| it.is_finite() && (0.0..=100.0).contains(it));
        let place = (row.country, row.region, row.city);
        Ok(Event {
            at,
            day,
            visitor,
            kind: row.kind,
            name: name.into(),
            interactive: row.interactive,
            host: bare(&host).into(),
            path: page.kept(&known.site.query_keys, false).into(),
            title: short(&without_people(row.title.trim()), TITLE_MAX).into(),
            of: Arc::new(visited(known, way, agent, place, address, row.width, &row.language)),
            props: clean(row.props),
            engaged: row.engaged.min(ENGAGED_MAX) as u32,
            scroll: scroll.map_or(255, |it| it.round() as u8),
            revenue: row.revenue,
            verdict,
            door: row.door,
        })
    }
}

/// The way to a page from a source that is known by its name only.
fn named(page: &Address, source: &str) -> Way {
    let mut with = page.clone();
    with.query.push(("source".into(), source.into()));
    let mut way = way(&with, "", |_| false);
    // It was no word of a campaign.
    way.utm[0].clear();
    way
}

fn visited(
    known: &Known,
    way: Way,
    agent: Agent,
    (country, region, city): (String, String, String),
    address: Option<IpAddr>,
    width: Option<u32>,
    language: &str,
) -> Visited {
    let [utm_source, utm_medium, utm_campaign, utm_content, utm_term] = way.utm;
    let is_country = |it: &str| it.len() == 2 && it.bytes().all(|it| it.is_ascii_uppercase());
    let country = Some(country).filter(|it| is_country(it));
    let country = match known.site.places {
        Places::None => String::new(),
        Places::Country | Places::City => {
            country.or_else(|| address.map(|it| countries::of(it).to_owned())).unwrap_or_default()
        }
    };
    let city_of = |it: String| match known.site.places {
        Places::City => short(it.trim(), 100),
        Places::None | Places::Country => String::new(),
    };
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
        country,
        region: city_of(region),
        city: city_of(city),
        browser: agent.browser,
        browser_version: agent.browser_version,
        os: agent.os,
        os_version: agent.os_version,
        device: agent.device.into(),
        screen: width.map_or("", screen).into(),
        language: two_letters(language),
    }
}

/// The day of an event; rows that are not in order of time have that of their own moment.
fn day(days: &mut Days, known: &Known, visitor: u64, at: i64) -> i32 {
    let local = day_of(&known.zone, at);
    let day = days.day(visitor, at);
    if day == local || day + 1 == local { day } else { local }
}

fn number(hash: [u8; 16]) -> u64 {
    hash.first_chunk().map_or(0, |it| u64::from_le_bytes(*it))
}

/// `192.0.2.1`, `192.0.2.1:41844`, `[2001:db8::1]:443`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim().trim_start_matches('[').trim_end_matches(']');
    bare.parse().ok().or_else(|| text.trim().parse::<SocketAddr>().ok().map(|it| it.ip()))
}
