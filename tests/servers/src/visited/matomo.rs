//! What Matomo 5 would have written into MariaDB or MySQL, with the prefix that its installer proposes.

use super::{Hit, SITES, What, escaped, hits, insert, mixed, moment, person};
use crate::running::Running;
use std::collections::{BTreeMap, HashMap};

/// The tables that are read, with their columns, types and indexes.
pub const SCHEMA: &str = "\
create table matomo_site (idsite int unsigned not null auto_increment primary key, name varchar(90) not null, main_url varchar(255) not null, timezone varchar(50) not null, currency char(3) not null);
create table matomo_goal (idsite int not null, idgoal int not null, name varchar(50) not null, deleted tinyint not null default 0, primary key (idsite, idgoal));
create table matomo_log_action (idaction int unsigned not null auto_increment primary key, name varchar(4096), hash int unsigned not null, type tinyint unsigned, url_prefix tinyint, index index_type_hash (type, hash));
create table matomo_log_visit (idvisit bigint unsigned not null auto_increment primary key, idsite int unsigned not null, idvisitor binary(8) not null, visit_last_action_time datetime not null, config_id binary(8) not null, location_ip varbinary(16) not null, visit_first_action_time datetime not null, visit_goal_converted tinyint(1), visitor_returning tinyint(1), visitor_count_visits int unsigned not null default 0, visit_entry_idaction_url int unsigned, visit_exit_idaction_url int unsigned default 0, visit_total_actions int unsigned, visit_total_events int unsigned, visit_total_time int unsigned not null, referer_keyword varchar(255), referer_name varchar(255), referer_type tinyint unsigned, referer_url varchar(1500), config_browser_name varchar(40), config_os char(3), config_device_type tinyint, location_country char(3), location_city varchar(255), visitor_localtime time, index index_idsite_config_datetime (idsite, config_id, visit_last_action_time), index index_idsite_datetime (idsite, visit_last_action_time), index index_idsite_idvisitor_time (idsite, idvisitor, visit_last_action_time));
create table matomo_log_link_visit_action (idlink_va bigint unsigned not null auto_increment primary key, idsite int unsigned not null, idvisitor binary(8) not null, idvisit bigint unsigned not null, server_time datetime not null, idaction_url int unsigned, idaction_name int unsigned, idaction_event_category int unsigned, idaction_event_action int unsigned, index index_idvisit (idvisit), index index_idsite_servertime (idsite, server_time));
create table matomo_log_conversion (idvisit bigint unsigned not null, idsite int unsigned not null, idvisitor binary(8) not null, server_time datetime not null, idaction_url int unsigned, idlink_va bigint unsigned, idgoal int not null, buster int unsigned not null, idorder varchar(100), url varchar(4096) not null, revenue double, primary key (idvisit, idgoal, buster), index index_idsite_datetime (idsite, server_time));
";

/// A visit and its actions, as rows of `log_visit` and `log_link_visit_action`.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Its number, from 1.
    pub id: usize,
    /// Who: the same for as long as the cookie lives.
    pub visitor: u64,
    /// Its actions, in order: views and custom events.
    pub hits: Vec<Hit>,
}

impl Visit {
    /// The hit that began it.
    pub fn first(&self) -> &Hit {
        &self.hits[0]
    }

    /// When it ended.
    pub fn last(&self) -> i64 {
        self.hits.last().map_or(0, |it| it.at)
    }

    /// Pages it saw, in order.
    pub fn pages(&self) -> Vec<&'static str> {
        self.hits.iter().filter(|it| it.what == What::View).map(|it| it.path).collect()
    }

    /// Type and name of where it came from.
    pub fn origin(&self) -> (u8, &'static str) {
        let first = self.first();
        match (first.campaign, first.referrer) {
            (Some((.., name)), _) => (6, name),
            (_, "google.com") => (2, "Google"),
            (_, "duckduckgo.com") => (2, "DuckDuckGo"),
            (_, "t.co") => (7, "Twitter"),
            (_, "" | "shop.example.org" | "docs.example.org" | "blog.example.org") => (1, ""),
            (_, host) => (3, host),
        }
    }

    /// Whether a goal was reached: signing up.
    pub fn converted(&self) -> bool {
        self.hits.iter().any(|it| matches!(it.what, What::Named("signup", _)))
    }
}

/// All visits: 30 minutes without an action end one.
pub fn visits() -> Vec<Visit> {
    let mut all: Vec<Visit> = Vec::new();
    let mut open: HashMap<(usize, u32), usize> = HashMap::new();
    for hit in hits() {
        if matches!(hit.what, What::Engaged(_)) {
            continue;
        }
        let who = (hit.site, hit.person);
        let found = open.get(&who).copied().filter(|&at| hit.at - all[at].last() <= 30 * 60);
        match found {
            Some(at) => all[at].hits.push(hit),
            None => {
                open.insert(who, all.len());
                let visitor = mixed(31 + hit.site as u64, u64::from(hit.person));
                all.push(Visit { id: all.len() + 1, visitor, hits: vec![hit] });
            }
        }
    }
    all
}

/// Codes of a browser, a system and a kind of device.
pub fn codes(browser: &str, system: &str, device: &str) -> (&'static str, &'static str, u8) {
    let browser = match browser {
        "Chrome" => "CH",
        "Firefox" => "FF",
        "Safari" => "SF",
        _ => "PS",
    };
    let system = match system {
        "Windows" => "WIN",
        "Mac OS" => "MAC",
        "Linux" => "LIN",
        "iOS" => "IOS",
        _ => "AND",
    };
    let device = match device {
        "desktop" => 0,
        "mobile" => 1,
        _ => 2,
    };
    (browser, system, device)
}

/// The rows as a script.
pub fn rows() -> String {
    let visits = visits();
    let mut actions: BTreeMap<(u8, String), usize> = BTreeMap::new();
    let mut action = |kind: u8, name: String| {
        let next = actions.len() + 1;
        *actions.entry((kind, name)).or_insert(next)
    };
    let (mut of_visits, mut links, mut conversions) = (Vec::new(), Vec::new(), Vec::new());
    for visit in &visits {
        let first = visit.first();
        let host = SITES[first.site].host;
        let (site, id, visitor) = (first.site + 1, visit.id, visit.visitor);
        let mut page = |path: &str| action(1, format!("{host}{path}")).to_string();
        let pages = visit.pages();
        let entry = pages.first().map_or("null".to_owned(), |it| page(it));
        let exit = pages.last().map_or("0".to_owned(), |it| page(it));
        let of = person(first.site, first.person);
        let (browser, system, device) = codes(of.browser, of.system, of.device);
        let (kind, name) = visit.origin();
        let named = visit.hits.iter().filter(|it| it.what != What::View).count();
        of_visits.push(format!(
            "({id}, {site}, x'{visitor:016x}', '{}', x'{:016x}', x'7f000000', '{}', {}, {entry}, {exit}, {}, {named}, {}, {}, {kind}, '{browser}', '{system}', {device}, '{}')",
            moment(visit.last()),
            mixed(5, visitor),
            moment(first.at),
            u8::from(visit.converted()),
            visit.hits.len(),
            visit.last() - first.at,
            if name.is_empty() { "null".to_owned() } else { escaped(name) },
            of.country.to_lowercase(),
        ));
        for hit in &visit.hits {
            let url = action(1, format!("{host}{}", hit.path));
            let (category, event) = match hit.what {
                What::Named(name, _) => (
                    action(10, "site".to_owned()).to_string(),
                    action(11, name.to_owned()).to_string(),
                ),
                _ => ("null".to_owned(), "null".to_owned()),
            };
            links.push(format!(
                "({site}, x'{visitor:016x}', {id}, '{}', {url}, {category}, {event})",
                moment(hit.at)
            ));
        }
        let goal = visit.hits.iter().find(|it| matches!(it.what, What::Named("signup", _)));
        if let Some(goal) = goal {
            conversions.push(format!(
                "({id}, {site}, x'{visitor:016x}', '{}', 1, 0, 'https://{host}/', 5)",
                moment(goal.at)
            ));
        }
    }
    let sites: Vec<String> = SITES
        .iter()
        .enumerate()
        .map(|(at, it)| {
            format!(
                "({}, '{host}', 'https://{host}', '{}', 'EUR')",
                at + 1,
                it.zone,
                host = it.host
            )
        })
        .collect();
    let goals: Vec<String> =
        (1..=SITES.len()).map(|it| format!("({it}, 1, 'Signed up')")).collect();
    let actions: Vec<String> = actions
        .iter()
        .map(|((kind, name), id)| {
            let prefix = if *kind == 1 { "2" } else { "null" };
            format!("({id}, {}, crc32({}), {kind}, {prefix})", escaped(name), escaped(name))
        })
        .collect();
    let mut script = String::new();
    for part in [
        insert("matomo_site", "idsite, name, main_url, timezone, currency", &sites),
        insert("matomo_goal", "idsite, idgoal, name", &goals),
        insert("matomo_log_action", "idaction, name, hash, type, url_prefix", &actions),
        insert(
            "matomo_log_visit",
            "idvisit, idsite, idvisitor, visit_last_action_time, config_id, location_ip, visit_first_action_time, visit_goal_converted, visit_entry_idaction_url, visit_exit_idaction_url, visit_total_actions, visit_total_events, visit_total_time, referer_name, referer_type, config_browser_name, config_os, config_device_type, location_country",
            &of_visits,
        ),
        insert(
            "matomo_log_link_visit_action",
            "idsite, idvisitor, idvisit, server_time, idaction_url, idaction_event_category, idaction_event_action",
            &links,
        ),
        insert(
            "matomo_log_conversion",
            "idvisit, idsite, idvisitor, server_time, idgoal, buster, url, revenue",
            &conversions,
        ),
    ] {
        script.extend(part);
    }
    script
}

/// A database with all of it: its name.
///
/// # Errors
/// What the server says.
pub fn load(server: &Running) -> Result<&'static str, String> {
    server.load_once("visited_matomo", || {
        server.sql("", "create database visited_matomo character set utf8mb4")?;
        server.load("visited_matomo", (SCHEMA.to_owned() + &rows()).as_bytes())
    })?;
    Ok("visited_matomo")
}
