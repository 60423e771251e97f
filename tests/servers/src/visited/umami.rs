//! What Umami 3 would have written into PostgreSQL.

use super::{Hit, SITES, What, date, hits, insert, mixed, moment, person, quoted, uuid};
use crate::running::Running;
use std::collections::BTreeMap;

/// The tables that are read, with their columns, types and indexes.
pub const SCHEMA: &str = "\
create table website (website_id uuid primary key, name varchar(100) not null, domain varchar(500), reset_at timestamptz(6), user_id uuid, team_id uuid, created_by uuid, created_at timestamptz(6) default current_timestamp, updated_at timestamptz(6), deleted_at timestamptz(6));
create table session (session_id uuid primary key, website_id uuid not null, browser varchar(20), os varchar(20), device varchar(20), screen varchar(11), language varchar(35), country char(2), region varchar(20), city varchar(50), distinct_id varchar(50), created_at timestamptz(6) default current_timestamp);
create index on session (website_id, created_at);
create table website_event (event_id uuid primary key, website_id uuid not null, session_id uuid not null, visit_id uuid not null, created_at timestamptz(6) default current_timestamp, url_path varchar(500) not null, url_query varchar(500), utm_source varchar(255), utm_medium varchar(255), utm_campaign varchar(255), referrer_path varchar(500), referrer_query varchar(500), referrer_domain varchar(500), page_title varchar(500), event_type integer not null default 1, event_name varchar(50), tag varchar(50), hostname varchar(100));
create index on website_event (website_id, created_at);
create index on website_event (website_id, session_id, created_at);
create index on website_event (website_id, visit_id, created_at);
";

/// The id of a site.
pub fn site(index: usize) -> String {
    uuid(1, index as u64)
}

/// A row of `website_event`, as far as numbers are made of it.
#[derive(Clone, Debug)]
pub struct Event {
    /// The hit it tells of.
    pub hit: Hit,
    /// The visitor: the same for a month of UTC, as by the usual salt.
    pub session: String,
    /// The visit: the same for an hour of the clock, as on sites of many pages.
    pub visit: String,
    /// 1 for a view, 2 for a custom event.
    pub kind: u8,
}

/// All events that Umami hears of.
pub fn events() -> Vec<Event> {
    let mut all = Vec::new();
    for hit in hits() {
        let kind = match hit.what {
            What::View => 1,
            What::Named(..) => 2,
            What::Engaged(_) => continue,
        };
        let (year, month, _) = date(hit.at.div_euclid(86_400));
        let who = mixed(hit.site as u64, u64::from(hit.person));
        let session = mixed(who, (year * 12 + month) as u64);
        let visit = mixed(session, hit.at.div_euclid(3_600) as u64);
        all.push(Event { session: uuid(2, session), visit: uuid(3, visit), kind, hit });
    }
    all
}

/// The rows as a script.
pub fn rows() -> String {
    let events = events();
    let sites: Vec<String> = SITES
        .iter()
        .enumerate()
        .map(|(at, it)| {
            let made = moment(super::BEGIN + at as i64);
            format!("('{}', '{}', '{}', '{made}+00')", site(at), it.host, it.host)
        })
        .collect();
    let mut sessions: BTreeMap<&str, &Hit> = BTreeMap::new();
    for event in &events {
        sessions.entry(&event.session).or_insert(&event.hit);
    }
    let sessions: Vec<String> = sessions
        .iter()
        .map(|(id, first)| {
            let of = person(first.site, first.person);
            format!(
                "('{id}', '{}', '{}', '{}', '{}', '{}', '{}', '{}+00')",
                site(first.site),
                of.browser,
                of.system,
                of.device,
                of.language,
                of.country,
                moment(first.at)
            )
        })
        .collect();
    let rows: Vec<String> = events
        .iter()
        .map(|event| {
            let hit = &event.hit;
            let name = match hit.what {
                What::Named(name, _) => quoted(name),
                _ => "null".to_owned(),
            };
            let campaign = match hit.campaign {
                Some((source, medium, name)) => {
                    format!("{}, {}, {}", quoted(source), quoted(medium), quoted(name))
                }
                None => "null, null, null".to_owned(),
            };
            format!(
                "('{}', '{}', '{}', '{}', '{}+00', {}, {campaign}, '{}', {}, {name}, '{}')",
                uuid(4, hit.number),
                site(hit.site),
                event.session,
                event.visit,
                moment(hit.at),
                quoted(hit.path),
                hit.referrer,
                event.kind,
                SITES[hit.site].host
            )
        })
        .collect();
    let mut script = String::new();
    for part in [
        insert("website", "website_id, name, domain, created_at", &sites),
        insert(
            "session",
            "session_id, website_id, browser, os, device, language, country, created_at",
            &sessions,
        ),
        insert(
            "website_event",
            "event_id, website_id, session_id, visit_id, created_at, url_path, utm_source, utm_medium, utm_campaign, referrer_domain, event_type, event_name, hostname",
            &rows,
        ),
    ] {
        script.extend(part);
    }
    script + "analyze;\n"
}

/// A database with all of it: its name.
///
/// # Errors
/// What the server says.
pub fn load(server: &Running) -> Result<&'static str, String> {
    server.load_once("visited_umami", || {
        server.sql("", "create database visited_umami")?;
        server.load("visited_umami", (SCHEMA.to_owned() + &rows()).as_bytes())
    })?;
    Ok("visited_umami")
}
