//! The same visits in Umami's and Plausible's own tables and in ours: by their definitions our reports say what
//! statements over their tables say.

use analytics::event::{Door, Event, Kind, Verdict, Visited};
use analytics::kept::Kept;
use analytics::reports::{Dimension, Filter, Order, Query, breakdown, totals};
use analytics::site::{Places, Site};
use analytics::visits::Definition;
use servers::Running;
use servers::visited::{BEGIN, DAYS, Hit, SITES, What, mixed, person, plausible, umami};
use std::collections::HashMap;
use std::sync::Arc;

/// A hit as the collector would keep it: the visitor and the day whose id it is are the definition's.
fn event(hit: &Hit, visitor: u64, day: i64, source: &str) -> Event {
    let who = person(hit.site, hit.person);
    let (kind, name, interactive, engaged) = match hit.what {
        What::View => (Kind::Page, "", true, 0),
        What::Named(name, interactive) => (Kind::Custom, name, interactive, 0),
        What::Engaged(seconds) => (Kind::Engagement, "", false, seconds * 1_000),
    };
    let own = hit.referrer == SITES[hit.site].host;
    Event {
        at: hit.at * 1_000,
        day: i32::try_from(day).unwrap(),
        visitor,
        kind,
        name: Arc::from(name),
        interactive,
        host: Arc::from(SITES[hit.site].host),
        path: Arc::from(hit.path),
        title: Arc::from(""),
        of: Arc::new(Visited {
            referrer: if own { String::new() } else { hit.referrer.to_owned() },
            source: source.to_owned(),
            country: who.country.to_owned(),
            browser: who.browser.to_owned(),
            ..Visited::default()
        }),
        props: Vec::new(),
        engaged,
        scroll: 255,
        revenue: None,
        verdict: Verdict::Person,
        door: Door::Import,
    }
}

fn kept(folder: &std::path::Path, identified: bool, events: &[(usize, Event)]) -> (Kept, Vec<u32>) {
    let kept = Kept::open(&folder.join("analytics.db")).unwrap();
    let sites: Vec<u32> = SITES
        .iter()
        .map(|it| {
            let site = Site {
                id: 0,
                name: it.host.to_owned(),
                aliases: Vec::new(),
                hosts: Vec::new(),
                zone: "UTC".to_owned(),
                honours_opt_out: true,
                query_keys: Vec::new(),
                places: Places::Country,
                internal: Vec::new(),
                keep_months: 25,
                identified,
                currency: "EUR".to_owned(),
            };
            kept.add_site(site).unwrap().id
        })
        .collect();
    let all: Vec<(u32, Event)> =
        events.iter().map(|(site, it)| (sites[*site], it.clone())).collect();
    kept.append(&all).unwrap();
    // Half of the days are sealed, half are as they came.
    kept.seal((BEGIN + DAYS / 2 * 86_400) * 1_000).unwrap();
    (kept, sites)
}

fn query(site: u32, definition: Definition) -> Query {
    let to = (BEGIN + (DAYS + 2) * 86_400) * 1_000;
    Query { definition, ..Query::new(site, BEGIN * 1_000, to) }
}

/// Rows of a breakdown that have a visit: the value, visitors, visits, views.
fn rows(kept: &Kept, query: &Query, dimension: &Dimension) -> Vec<Vec<String>> {
    let found = breakdown(kept, query, dimension, Order::Visitors, 0, 1_000, false).unwrap().value;
    let mut rows: Vec<Vec<String>> = found
        .rows
        .iter()
        .filter(|it| it.counts.visits > 0)
        .map(|it| {
            let counts = &it.counts;
            vec![
                it.value.to_string(),
                counts.visitors.to_string(),
                counts.visits.to_string(),
                counts.views.to_string(),
            ]
        })
        .collect();
    rows.sort();
    rows
}

/// Rows of a statement.
fn asked(server: &Running, database: &str, sql: &str) -> Vec<Vec<String>> {
    let mark = if server.kind == servers::Kind::Postgres { '|' } else { '\t' };
    let told = server.sql(database, sql).unwrap();
    let mut rows: Vec<Vec<String>> =
        told.lines().map(|it| it.split(mark).map(str::to_owned).collect()).collect();
    rows.sort();
    rows
}

fn only(rows: &[Vec<String>], columns: &[usize]) -> Vec<Vec<String>> {
    rows.iter().map(|row| columns.iter().map(|it| row[*it].clone()).collect()).collect()
}

#[test]
fn by_umamis_definition_our_reports_say_what_its_tables_say() {
    let Some(server) = servers::postgres() else { return };
    let database = umami::load(server).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let id = |it: &str| u64::from_str_radix(&it.replace('-', "")[..16], 16).unwrap();
    let events: Vec<(usize, Event)> = umami::events()
        .iter()
        .map(|it| (it.hit.site, event(&it.hit, id(&it.session), it.hit.at.div_euclid(86_400), "")))
        .collect();
    let (kept, sites) = kept(folder.path(), true, &events);
    for (at, site) in sites.iter().enumerate() {
        let query = query(*site, Definition::Umami);
        let ours = totals(&kept, &query).unwrap().value.counts;
        let of = format!(
            "from website_event where website_id = '{}' and event_type not in (2, 5)",
            umami::site(at)
        );
        let theirs = asked(
            server,
            database,
            &format!(
                "select count(distinct session_id), count(distinct visit_id), sum(c), sum((c = 1)::int), sum(floor(extract(epoch from later - first)))::bigint \
             from (select session_id, visit_id, count(*) c, min(created_at) as first, max(created_at) as later {of} group by 1, 2) t"
            ),
        );
        let counts = [ours.visitors, ours.visits, ours.views, ours.bounces, ours.duration / 1_000];
        assert_eq!(vec![counts.map(|it| it.to_string()).to_vec()], theirs, "{}", SITES[at].host);
        assert_eq!(ours.bounced_of, ours.visits);
        let pages = rows(&kept, &query, &Dimension::Page);
        let theirs = asked(
            server,
            database,
            &format!(
                "select url_path, count(distinct session_id), count(distinct visit_id), count(*) {of} group by 1"
            ),
        );
        assert_eq!(pages, theirs);
        for (dimension, column) in
            [(Dimension::Country, "country"), (Dimension::Browser, "browser")]
        {
            let theirs = asked(
                server,
                database,
                &format!(
                    "select s.{column}, count(distinct e.session_id), count(distinct e.visit_id), count(*) \
                 from website_event e join session s using (session_id) where e.website_id = '{}' and e.event_type not in (2, 5) group by 1",
                    umami::site(at)
                ),
            );
            assert_eq!(rows(&kept, &query, &dimension), theirs, "{column}");
        }
        // Entry and exit are pages of a visit's first and last view.
        for (dimension, order) in [(Dimension::Entry, "asc"), (Dimension::Exit, "desc")] {
            let theirs = asked(
                server,
                database,
                &format!(
                    "select url_path, count(distinct session_id), count(*) from (select distinct on (visit_id) session_id, url_path {of} \
                 order by visit_id, created_at {order}) t group by 1"
                ),
            );
            assert_eq!(only(&rows(&kept, &query, &dimension), &[0, 1, 2]), theirs, "{order}");
        }
        // A referrer is what a visit's first event came with; a visit has a view.
        let theirs = asked(
            server,
            database,
            &format!(
                "select case referrer_domain when hostname then '' else referrer_domain end, count(distinct session_id), count(*) \
             from (select distinct on (visit_id) session_id, visit_id, referrer_domain, hostname from website_event \
                   where website_id = '{}' order by visit_id, created_at) t \
             where visit_id in (select visit_id {of}) group by 1",
                umami::site(at)
            ),
        );
        assert_eq!(only(&rows(&kept, &query, &Dimension::Referrer), &[0, 1, 2]), theirs);
    }
    let filter = query(sites[0], Definition::Umami).with(Filter::is(Dimension::Country, "JP"));
    let ours = totals(&kept, &filter).unwrap().value.counts;
    assert!(ours.visits > 0 && ours.visits < 200, "{ours:?}");
}

#[test]
fn by_plausibles_definition_our_reports_say_what_its_tables_say() {
    let Some(server) = servers::clickhouse() else { return };
    let database = plausible::load(server).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (made, sessions, _) = plausible::made();
    let first: HashMap<u64, &Hit> = sessions.iter().map(|it| (it.id, &it.first)).collect();
    // A visit goes on under the id it began with, where Plausible gives it the new day's.
    let events: Vec<(usize, Event)> = made
        .iter()
        .map(|it| {
            let first = first[&it.session];
            let day = first.at.div_euclid(86_400);
            let who = mixed(mixed(7 + it.hit.site as u64, u64::from(it.hit.person)), day as u64);
            (it.hit.site, event(&it.hit, who, day, plausible::source(first).0))
        })
        .collect();
    let (kept, sites) = kept(folder.path(), false, &events);
    for (at, site) in sites.iter().enumerate() {
        let query = query(*site, Definition::Plausible);
        let ours = totals(&kept, &query).unwrap().value.counts;
        let id = plausible::site(at);
        // The id a visit began with: the one of its first event.
        let began = format!(
            "select session_id, argMin(user_id, timestamp) as who from events_v2 where site_id = {id} group by session_id"
        );
        let theirs = asked(
            server,
            database,
            &format!(
                "select (select uniqExact(who) from ({began})), sum(sign), sum(pageviews * sign), sum(is_bounce * sign), sum(toInt64(duration) * sign) \
             from sessions_v2 final where site_id = {id}"
            ),
        );
        let counts = [ours.visitors, ours.visits, ours.views, ours.bounces, ours.duration / 1_000];
        assert_eq!(vec![counts.map(|it| it.to_string()).to_vec()], theirs, "{}", SITES[at].host);
        let theirs = asked(
            server,
            database,
            &format!(
                "select pathname, uniqExact(who), uniqExact(session_id), countIf(name = 'pageview') from events_v2 \
             join ({began}) as began using (session_id) where site_id = {id} and name <> 'engagement' group by pathname"
            ),
        );
        assert_eq!(rows(&kept, &query, &Dimension::Page), theirs);
        for (dimension, column) in [
            (Dimension::Entry, "entry_page"),
            (Dimension::Exit, "exit_page"),
            (Dimension::Source, "referrer_source"),
            (Dimension::Country, "country_code"),
            (Dimension::Browser, "browser"),
        ] {
            let theirs = asked(
                server,
                database,
                &format!(
                    "select toString({column}), uniqExact(who), sum(sign), sum(pageviews * sign) from sessions_v2 final \
                 join ({began}) as began using (session_id) where site_id = {id} group by {column} having sum(sign) > 0"
                ),
            );
            assert_eq!(rows(&kept, &query, &dimension), theirs, "{column}");
        }
    }
}
