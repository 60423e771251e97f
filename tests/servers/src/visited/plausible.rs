//! What Plausible CE 3 would have written into ClickHouse.

use super::{Hit, SITES, What, escaped, hits, insert, mixed, moment, person};
use crate::running::Running;
use std::collections::HashMap;

const OF_VISIT: &str = "referrer String, referrer_source String, utm_medium String, utm_source String, utm_campaign String, utm_content String, utm_term String, country_code LowCardinality(FixedString(2)), subdivision1_code LowCardinality(String), city_geoname_id UInt32, screen_size LowCardinality(String), operating_system LowCardinality(String), operating_system_version LowCardinality(String), browser LowCardinality(String), browser_version LowCardinality(String), acquisition_channel LowCardinality(String)";

/// The tables that are read, with their columns, types, engines and keys.
pub fn schema() -> [String; 2] {
    [
        format!(
            "create table events_v2 (timestamp DateTime, name LowCardinality(String), site_id UInt64, user_id UInt64, session_id UInt64, hostname String, pathname String, {OF_VISIT}, `meta.key` Array(String), `meta.value` Array(String), scroll_depth UInt8, engagement_time UInt32) \
             engine = MergeTree partition by toYYYYMM(timestamp) primary key (site_id, toDate(timestamp), name, user_id) order by (site_id, toDate(timestamp), name, user_id, timestamp) sample by user_id"
        ),
        format!(
            "create table sessions_v2 (session_id UInt64, sign Int8, site_id UInt64, user_id UInt64, hostname String, timestamp DateTime, start DateTime, is_bounce UInt8, entry_page String, exit_page String, pageviews Int32, events Int32, duration UInt32, {OF_VISIT}, exit_page_hostname String, index minmax_timestamp timestamp type minmax granularity 1) \
             engine = VersionedCollapsingMergeTree(sign, events) partition by toYYYYMM(start) primary key (site_id, toDate(start), user_id, session_id) order by (site_id, toDate(start), user_id, session_id) sample by user_id"
        ),
    ]
}

/// The id of a site.
pub fn site(index: usize) -> u64 {
    index as u64 + 1
}

/// A row of `events_v2`.
#[derive(Clone, Debug)]
pub struct Event {
    /// The hit it tells of.
    pub hit: Hit,
    /// The visitor, for a day of UTC.
    pub user: u64,
    /// The visit.
    pub session: u64,
    /// `pageview`, `engagement` or its own name.
    pub name: &'static str,
}

/// A visit, as its row says it after its last event.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: u64,
    /// The visitor of its last event.
    pub user: u64,
    /// The hit that began it.
    pub first: Hit,
    /// When its last event was that is no engagement.
    pub last: i64,
    /// The last time anything was heard of it.
    heard: i64,
    /// Whether it is a bounce.
    pub bounce: bool,
    /// Page of its first view; empty for none.
    pub entry: &'static str,
    /// Page of its last view; empty for none.
    pub exit: &'static str,
    /// Its views.
    pub views: i32,
    /// Its events, views among them.
    pub events: i32,
}

/// All that Plausible makes of the hits: events, visits, and what is written of visits on the way: each change takes
/// the row before back and writes another.
pub fn made() -> (Vec<Event>, Vec<Session>, Vec<(i8, Session)>) {
    let (mut events, mut sessions, mut written) = (Vec::new(), Vec::<Session>::new(), Vec::new());
    let mut open: HashMap<(usize, u32), usize> = HashMap::new();
    for hit in hits() {
        let who = mixed(7 + hit.site as u64, u64::from(hit.person));
        let user = mixed(who, hit.at.div_euclid(86_400) as u64);
        // By yesterday's salt too, so that midnight parts no visit.
        let found = open.get(&(hit.site, hit.person)).copied();
        let found = found.filter(|&at| hit.at - sessions[at].heard <= 30 * 60);
        let view = hit.what == What::View;
        let name = match hit.what {
            What::View => "pageview",
            What::Named(name, _) => name,
            What::Engaged(_) => "engagement",
        };
        let at = match (found, hit.what) {
            (Some(at), What::Engaged(_)) => {
                sessions[at].heard = hit.at;
                at
            }
            (None, What::Engaged(_)) => continue,
            (Some(at), _) => {
                let it = &mut sessions[at];
                written.push((-1, it.clone()));
                it.views += i32::from(view);
                it.events += 1;
                (it.user, it.last, it.heard) = (user, hit.at, hit.at);
                if view {
                    it.exit = hit.path;
                    it.entry = if it.entry.is_empty() { hit.path } else { it.entry };
                }
                let acted = matches!(hit.what, What::Named(_, true));
                it.bounce &= !(it.views >= 2 || acted);
                written.push((1, it.clone()));
                at
            }
            (None, _) => {
                let page = if view { hit.path } else { "" };
                let it = Session {
                    id: mixed(77, hit.number),
                    user,
                    first: hit.clone(),
                    last: hit.at,
                    heard: hit.at,
                    bounce: !matches!(hit.what, What::Named(_, true)),
                    entry: page,
                    exit: page,
                    views: i32::from(view),
                    events: 1,
                };
                written.push((1, it.clone()));
                sessions.push(it);
                open.insert((hit.site, hit.person), sessions.len() - 1);
                sessions.len() - 1
            }
        };
        events.push(Event { user, session: sessions[at].id, name, hit });
    }
    (events, sessions, written)
}

/// Source and channel of a visit, by its first hit.
pub fn source(first: &Hit) -> (&'static str, &'static str) {
    match (first.campaign, first.referrer) {
        (Some(("google", ..)), _) => ("Google", "Paid Search"),
        (Some(("newsletter", ..)), _) => ("newsletter", "Email"),
        (Some(("partner", ..)), _) => ("partner", "Affiliates"),
        (_, "google.com") => ("Google", "Organic Search"),
        (_, "duckduckgo.com") => ("DuckDuckGo", "Organic Search"),
        (_, "t.co") => ("Twitter", "Organic Social"),
        (_, "news.ycombinator.com") => ("Hacker News", "Organic Social"),
        (_, "other.example.net") => ("other.example.net", "Referral"),
        _ => ("", "Direct"),
    }
}

fn of_visit(first: &Hit) -> String {
    let of = person(first.site, first.person);
    let (source, channel) = source(first);
    let referrer = if source.is_empty() || first.campaign.is_some() { "" } else { first.referrer };
    let (utm_source, medium, campaign) = first.campaign.unwrap_or_default();
    let screen = match of.device {
        "mobile" => "Mobile",
        "tablet" => "Tablet",
        _ => "Desktop",
    };
    format!(
        "'{referrer}', '{source}', '{medium}', '{utm_source}', {}, '{}', '{screen}', '{}', '{}', '{channel}'",
        escaped(campaign),
        of.country,
        of.system,
        of.browser
    )
}

const COLUMNS: &str = "referrer, referrer_source, utm_medium, utm_source, utm_campaign, country_code, screen_size, operating_system, browser, acquisition_channel";

/// The rows as statements.
pub fn rows() -> Vec<String> {
    let (events, sessions, written) = made();
    let first: HashMap<u64, &Hit> = sessions.iter().map(|it| (it.id, &it.first)).collect();
    let rows: Vec<String> = events
        .iter()
        .map(|it| {
            let engaged =
                if let What::Engaged(seconds) = it.hit.what { seconds * 1_000 } else { 0 };
            format!(
                "('{}', '{}', {}, {}, {}, '{}', {}, {}, {engaged})",
                moment(it.hit.at),
                it.name,
                site(it.hit.site),
                it.user,
                it.session,
                SITES[it.hit.site].host,
                escaped(it.hit.path),
                of_visit(first[&it.session])
            )
        })
        .collect();
    let columns = format!(
        "timestamp, name, site_id, user_id, session_id, hostname, pathname, {COLUMNS}, engagement_time"
    );
    let mut all = insert("events_v2", &columns, &rows);
    let rows: Vec<String> = written
        .iter()
        .map(|(sign, it)| {
            format!(
                "({}, {sign}, {}, {}, '{}', '{}', '{}', {}, {}, {}, {}, {}, {}, {})",
                it.id,
                site(it.first.site),
                it.user,
                SITES[it.first.site].host,
                moment(it.last),
                moment(it.first.at),
                u8::from(it.bounce),
                escaped(it.entry),
                escaped(it.exit),
                it.views,
                it.events,
                it.last - it.first.at,
                of_visit(&it.first)
            )
        })
        .collect();
    let columns = format!(
        "session_id, sign, site_id, user_id, hostname, timestamp, start, is_bounce, entry_page, exit_page, pageviews, events, duration, {COLUMNS}"
    );
    all.extend(insert("sessions_v2", &columns, &rows));
    all
}

/// A database with all of it: its name.
///
/// # Errors
/// What the server says.
pub fn load(server: &Running) -> Result<&'static str, String> {
    server.load_once("visited_plausible", || {
        server.sql("", "create database visited_plausible")?;
        for statement in schema().into_iter().chain(rows()) {
            server.sql("visited_plausible", statement.trim().trim_end_matches(';'))?;
        }
        Ok(())
    })?;
    Ok("visited_plausible")
}
