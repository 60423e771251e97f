//! Page views of one machine on another, over PostgreSQL and ClickHouse that are really there.

use crate::support::Backstory;
use analytics::event::{Door, Event, Kind, Prop, Verdict, Visited};
use analytics::kept::Kept;
use serde_json::{Value, json};
use servers::Running;
use servers::cut::{Proxy, Way};
use std::sync::Arc;

/// 2026-03-01 in Berlin.
const FROM: i64 = 1_772_319_600_000;
const DAY: i64 = 86_400_000;
const SITES: [&str; 2] = ["shop.example", "club.example"];

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let it = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it ^ it >> 27
}

/// Events of some days from `first` on, the same for the same numbers.
fn events(seed: u64, first: i64, days: i64, count: usize) -> Vec<Event> {
    let mut state = seed;
    let mut below = |end: u64| next(&mut state) % end;
    let mut all = Vec::new();
    while all.len() < count {
        let visitor = below(40) + 1;
        let mut at = FROM + first * DAY + below((days * DAY) as u64) as i64;
        let of = Arc::new(Visited {
            source: ["Google", "Direct", "Zeitung 'Ö'\t\\"][below(3) as usize].into(),
            country: ["DE", "FR", ""][below(3) as usize].into(),
            browser: ["Firefox", "Chrome"][below(2) as usize].into(),
            device: ["desktop", "mobile"][below(2) as usize].into(),
            utm_campaign: ["", "spring"][below(2) as usize].into(),
            ..Visited::default()
        });
        let verdict = if below(8) == 0 { Verdict::CrawlerAgent } else { Verdict::Person };
        for _ in 0..=below(6) {
            let kind = [Kind::Page, Kind::Page, Kind::Custom, Kind::Engagement][below(4) as usize];
            let named = kind == Kind::Custom;
            all.push(Event {
                at,
                day: ((at + 3_600_000) / DAY) as i32, // summer begins on the 29th
                visitor,
                kind,
                name: if named { ["signup", "buy"][below(2) as usize].into() } else { "".into() },
                interactive: named,
                host: "shop.example".into(),
                path: ["/", "/pricing", "/docs/ä", "/thanks", "/it's"][below(5) as usize].into(),
                title: "A title".into(),
                of: of.clone(),
                props: if named {
                    vec![("plan".into(), Prop::Text("pro".into()))]
                } else {
                    Vec::new()
                },
                engaged: if kind == Kind::Engagement { below(60_000) as u32 } else { 0 },
                scroll: if kind == Kind::Engagement { below(101) as u8 } else { 255 },
                revenue: (named && below(3) == 0).then(|| ("EUR".into(), below(900) as i64)),
                verdict,
                door: Door::Own,
            });
            at += below(9 * 60_000) as i64 + 1;
        }
    }
    all.sort_by_key(|it| it.at);
    all
}

/// A Backstory with one connection, `team`.
fn with_team(url: &str, writes: bool) -> Backstory {
    let backstory = Backstory::new();
    connect(&backstory, url, writes);
    backstory
}

fn connect(backstory: &Backstory, url: &str, writes: bool) {
    let config = backstory.folder().join("config");
    std::fs::create_dir_all(&config).unwrap();
    let entry = format!("[team]\nurl = \"{url}\"\nread_only = {}\n", !writes);
    std::fs::write(config.join("connections.toml"), entry).unwrap();
}

/// One that collects two sites, with some page views; and its file.
fn collector(url: &str) -> (Backstory, Kept) {
    let backstory = with_team(url, true);
    let club = json!({ "site": SITES[1], "zone": "Europe/Berlin", "identified": true });
    let shop = json!({ "site": SITES[0], "zone": "Europe/Berlin", "aliases": ["the-shop"] });
    for site in [shop, club] {
        backstory.ask("analytics.addSite", site);
    }
    let kept = Kept::open(&backstory.folder().join("analytics.db")).unwrap();
    more(&kept, 1, 0, 9, 900);
    (backstory, kept)
}

fn more(kept: &Kept, seed: u64, first: i64, days: i64, count: usize) {
    for (at, name) in (0..).zip(SITES) {
        let site = kept.site_of(name).unwrap().unwrap().id;
        let told = events(seed + at, first, days, count);
        kept.append(&told.into_iter().map(|it| (site, it)).collect::<Vec<_>>()).unwrap();
    }
}

/// Every question about a site, with everything that a report can be asked.
fn questions(site: &str) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    let german = json!([{ "dimension": "country", "values": ["DE"] }]);
    let scopes = [
        json!({ "from": "2026-02-20", "to": "2026-04-01" }),
        json!({ "from": "2026-03-03", "to": "2026-03-06" }),
        json!({ "from": "2026-03-02T11:22:33Z", "to": "2026-03-07T08:00:01Z", "definition": "umami" }),
        json!({ "from": "2026-02-20", "to": "2026-04-01", "filters": german, "bots": true }),
    ];
    for scope in &scopes {
        let mut ask = |method: &'static str, more: Value| {
            let mut params = scope.clone();
            let object = params.as_object_mut().unwrap();
            object.insert("site".into(), site.into());
            object.extend(more.as_object().unwrap().clone());
            all.push((method, params));
        };
        ask("analytics.totals", json!({}));
        ask("analytics.overview", json!({}));
        for grain in ["hour", "day", "week"] {
            ask("analytics.series", json!({ "grain": grain }));
        }
        for dimension in
            ["page", "entry", "exit", "source", "country", "event", "property:plan", "title"]
        {
            ask(
                "analytics.breakdown",
                json!({ "dimension": dimension, "scroll": true, "limit": 100 }),
            );
        }
        let steps = json!([{ "page": "/" }, { "page": "/pricing" }, { "event": "signup" }]);
        ask("analytics.goals", json!({ "goals": steps }));
        ask("analytics.funnel", json!({ "steps": steps, "window": 600 }));
        ask("analytics.journeys", json!({ "length": 3, "events": true }));
        ask("analytics.live", json!({}));
        ask("analytics.visits", json!({ "limit": 50, "offset": 2 }));
        if site.ends_with(SITES[1]) {
            ask("analytics.retention", json!({ "grain": "week" }));
        }
    }
    all
}

/// A reply without what says where it is from.
fn said(mut reply: Value, of: &str) -> Value {
    if let Some(basis) = reply["basis"].as_object_mut() {
        assert_eq!(basis["site"], of);
        for what in ["site", "asOf", "trouble"] {
            basis.remove(what);
        }
    }
    reply
}

/// Both answer everything with the same.
fn same(collector: &Backstory, follower: &Backstory, when: &str) {
    for site in SITES {
        let there = format!("team/{site}");
        for ((method, ours), (_, theirs)) in questions(site).into_iter().zip(questions(&there)) {
            let ours = said(collector.ask(method, ours), site);
            let found = follower.ask(method, theirs.clone());
            if found["basis"].is_object() {
                assert!(found["basis"]["asOf"].is_string() && found["basis"]["trouble"].is_null());
            }
            assert_eq!(said(found, &there), ours, "{when}: {method} {theirs}");
        }
        let first = &collector.ask(
            "analytics.visits",
            json!({ "site": site, "from": "2026-03-02", "to": "2026-04-01" }),
        )["visits"][0]["visit"];
        let visit = |it: &Backstory, site: &str| {
            it.ask("analytics.visit", json!({ "site": site, "visit": first }))
        };
        if first.is_string() {
            assert_eq!(visit(follower, &there), visit(collector, site), "{when}");
        }
    }
}

/// Looks again at once; else it is looked at when a minute has passed.
fn look(follower: &Backstory) -> Value {
    follower.ask("analytics.follow", json!({ "connection": "team" }))
}

fn url(server: &Running) -> (String, String) {
    let database = server.database().unwrap();
    let start = server.url();
    let start = start.strip_suffix("postgres").unwrap_or(&start);
    (format!("{start}{database}"), database)
}

fn followers_say_what_the_collector_says(server: Option<&Running>) {
    let Some(server) = server else { return };
    let (url, database) = url(server);
    let (collector, kept) = collector(&url);
    let followers = [with_team(&url, false), with_team(&url, false)];
    let (kind, message, hint) =
        followers[0].refuse("analytics.follow", json!({ "connection": "team" }));
    assert!(
        kind == "notFound" && message.contains("`team`") && hint.contains("share"),
        "{message}"
    );
    assert_eq!(followers[0].ask("analytics.sites", json!({}))["sites"], json!([]));

    let share = || collector.ask("analytics.share", json!({ "connection": "team" }));
    let told = share();
    assert!(
        told["round"] == 1.0 && told["days"] == 0.0 && told["events"].as_f64() >= Some(1800.0),
        "{told}"
    );
    for follower in &followers {
        let sites = look(follower)["sites"].clone();
        let names: Vec<&Value> = sites.as_array().unwrap().iter().map(|it| &it["site"]).collect();
        assert_eq!(names, ["team/club.example", "team/shop.example"]);
        same(&collector, follower, "hot");
    }
    // Days are over; others tell of them late.
    kept.seal(FROM + 6 * DAY).unwrap();
    let told = share();
    assert!(told["round"] == 2.0 && told["days"].as_f64() > Some(8.0), "{told}");
    look(&followers[0]);
    same(&collector, &followers[0], "sealed");
    more(&kept, 7, 3, 9, 300);
    share();
    look(&followers[0]);
    same(&collector, &followers[0], "late");
    kept.seal(FROM + 30 * DAY).unwrap();
    let told = share();
    assert!(told["days"].as_f64() > Some(8.0), "{told}");
    look(&followers[0]);
    same(&collector, &followers[0], "sealed again");

    let range = json!({ "site": SITES[0], "from": "2026-02-20", "to": "2026-04-01" });
    let with = |more: Value| {
        let mut params = range.clone();
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    let thanks = json!([{ "dimension": "page", "values": ["/thanks"] }]);
    let french = json!([{ "dimension": "country", "values": ["FR"] }]);
    let moved = collector
        .ask("analytics.reclassify", with(json!({ "verdict": "byHand", "filters": french })));
    assert!(moved["events"].as_f64() > Some(10.0));
    share();
    look(&followers[0]);
    same(&collector, &followers[0], "another verdict");
    let erased = with(json!({ "filters": thanks, "bots": true, "confirmed": true }));
    assert!(collector.ask("analytics.erase", erased)["events"].as_f64() > Some(10.0));
    let told = share();
    assert!(told["removed"].as_f64() > Some(5.0), "{told}");
    // One that has not looked since the second round, and one that has all the time.
    for follower in &followers {
        look(follower);
        same(&collector, follower, "erased");
        let pages = follower.ask(
            "analytics.breakdown",
            json!({ "site": "team/the-shop", "dimension": "page",
            "from": "2026-02-20", "to": "2026-04-01", "bots": true }),
        );
        assert!(!pages["rows"].to_string().contains("/thanks"), "{pages}");
    }

    // What was told can be read by anybody.
    let days =
        "select site, sum(visits), sum(views) from backstory_days group by site order by site";
    let final_days = days.replace("backstory_days", "backstory_days final");
    let days = if database_is_clickhouse(server) { &final_days } else { days };
    let mut expected = String::new();
    for site in [SITES[1], SITES[0]] {
        let counts = &collector.ask(
            "analytics.totals",
            json!({ "site": site, "from": "2026-02-20", "to": "2026-04-01" }),
        )["totals"];
        expected += &format!(
            "{site} {} {}\n",
            counts["visits"].as_f64().unwrap(),
            counts["views"].as_f64().unwrap()
        );
    }
    assert_eq!(server.sql(&database, days).unwrap().replace(['|', '\t'], " "), expected);

    // A follower changes nothing of others.
    let theirs = "team/shop.example";
    for (method, params) in [
        ("analytics.changeSite", json!({ "site": theirs, "name": "mine.example" })),
        ("analytics.removeSite", json!({ "site": theirs })),
        ("analytics.reclassify", json!({ "site": theirs, "verdict": "byHand" })),
        ("analytics.erase", json!({ "site": theirs, "confirmed": true })),
        ("analytics.import", json!({ "site": theirs, "file": "/none" })),
    ] {
        let (kind, message, hint) = followers[0].refuse(method, params);
        assert!(
            kind == "denied"
                && message.contains("followed over `team`")
                && hint.contains("collects"),
            "{method}: {message}"
        );
    }
    let (kind, _, hint) = followers[0].refuse("analytics.share", json!({ "connection": "team" }));
    assert!(kind == "denied" && hint.contains("read_only = false"));

    // The built-in dashboard takes such a site like any other.
    let period = json!({ "site": theirs, "period": "2026-03-01..2026-03-20" });
    let opened =
        followers[0].ask("dashboards.open", json!({ "dashboard": "web", "params": period }));
    assert!(opened["params"].to_string().contains(theirs), "{}", opened["params"]);
    let rows = |it: &Backstory, site: &str, panel: usize| {
        let params = json!({ "site": site, "period": "2026-03-01..2026-03-20" });
        it.ask(
            "dashboards.rows",
            json!({ "dashboard": "web", "panel": panel, "params": params, "limit": 500 }),
        )["table"]
            .clone()
    };
    for panel in 0..4 {
        assert_eq!(
            rows(&followers[0], theirs, panel),
            rows(&collector, SITES[0], panel),
            "panel {panel}"
        );
    }

    // No longer followed, nothing is left.
    let data = followers[1].folder().join("analytics.followed");
    assert!(data.join("team").is_dir());
    followers[1].ask("analytics.unfollow", json!({ "connection": "team" }));
    assert!(!data.join("team").exists());
    assert_eq!(followers[1].ask("analytics.sites", json!({}))["sites"], json!([]));
    assert_eq!(followers[1].refuse("analytics.totals", json!({ "site": theirs })).0, "notFound");
}

fn database_is_clickhouse(server: &Running) -> bool {
    server.kind != servers::Kind::Postgres
}

#[test]
fn followers_over_postgresql_answer_every_question_as_the_collector_does() {
    followers_say_what_the_collector_says(servers::postgres());
}

#[test]
fn followers_over_clickhouse_answer_every_question_as_the_collector_does() {
    followers_say_what_the_collector_says(servers::clickhouse());
}

#[test]
fn followers_over_clickhouse_of_2018_answer_every_question_as_the_collector_does() {
    followers_say_what_the_collector_says(servers::clickhouse_old());
}

/// A round that is cut after any number of bytes, and one that is not.
fn cut_rounds_are_made_up_for(server: Option<&Running>) {
    let Some(server) = server else { return };
    let (direct, _) = url(server);
    let proxy = Proxy::to(server.port).unwrap();
    let through = direct.replace(&format!(":{}/", server.port), &format!(":{}/", proxy.port));
    let (collector, kept) = collector(&through);
    let share = json!({ "connection": "team" });
    collector.ask("analytics.share", share.clone());
    let follower = with_team(&direct, false);
    look(&follower);
    same(&collector, &follower, "before");
    let params = json!({ "site": "team/shop.example", "from": "2026-02-20", "to": "2026-05-01" });
    let own = json!({ "site": "shop.example", "from": "2026-02-20", "to": "2026-05-01" });
    let views = |it: &Backstory, of: &Value| {
        it.ask("analytics.totals", of.clone())["totals"]["views"].clone()
    };
    let mut failed = 0;
    for (seed, bytes) in (50..).zip([10, 900, 2_500, 5_000, 9_000, 14_000, 20_000, 30_000, 45_000])
    {
        let before = views(&collector, &own);
        more(&kept, seed, 9 + seed as i64 % 5, 2, 120);
        if seed % 2 == 0 {
            kept.seal(FROM + 40 * DAY).unwrap();
        }
        let now = views(&collector, &own);
        assert_ne!(before, now);
        proxy.cut_after(Way::Question, bytes);
        let round = collector.receive("analytics.share", &share);
        let cut = round.get("error").is_some();
        failed += usize::from(cut);
        look(&follower);
        let found = views(&follower, &params);
        assert!(found == now || cut && found == before, "{found} is neither {before} nor {now}");
        proxy.flow();
        // A connection that was cut may be found out only when it is used again; then that round fails too.
        if collector.receive("analytics.share", &share).get("error").is_some() {
            collector.ask("analytics.share", share.clone());
        }
        look(&follower);
        same(&collector, &follower, &format!("after a cut at {bytes}"));
    }
    assert!(failed >= 4, "{failed} rounds were cut");
}

#[test]
fn rounds_that_are_cut_on_their_way_to_postgresql_are_made_up_for() {
    cut_rounds_are_made_up_for(servers::postgres());
}

#[test]
fn rounds_that_are_cut_on_their_way_to_clickhouse_are_made_up_for() {
    cut_rounds_are_made_up_for(servers::clickhouse());
}

#[test]
fn without_the_server_what_is_here_is_answered_and_what_is_not_says_so() {
    let Some(server) = servers::fresh(servers::Kind::Postgres, &servers::With::default()) else {
        return;
    };
    let (url, _) = url(&server);
    let (collector, kept) = collector(&url);
    kept.seal(FROM + 30 * DAY).unwrap();
    collector.ask("analytics.share", json!({ "connection": "team" }));
    let follower = with_team(&url, false);
    look(&follower);
    let one = json!({ "site": "team/shop.example", "from": "2026-03-03", "to": "2026-03-04", "dimension": "page" });
    let before = follower.ask("analytics.breakdown", one.clone());
    server.kill();
    let follower = follower.restarted(); // it looks again at what it is asked first
    let found = follower.ask("analytics.breakdown", one);
    assert_eq!(found["rows"], before["rows"]);
    assert!(
        found["basis"]["trouble"].is_string() && found["basis"]["asOf"] == before["basis"]["asOf"],
        "{found}"
    );
    let other = json!({ "site": "team/club.example", "from": "2026-03-03", "to": "2026-03-04", "dimension": "page" });
    let (kind, message, hint) = follower.refuse("analytics.breakdown", other);
    assert!(
        kind == "upstream"
            && message.contains("not on this machine yet")
            && message.contains("`team`"),
        "{message}"
    );
    assert!(hint.contains("ask again"));
    let (kind, ..) = collector.refuse("analytics.share", json!({ "connection": "team" }));
    assert_eq!(kind, "upstream");
    server.restart().unwrap();
    more(&kept, 77, 3, 5, 200);
    collector.ask("analytics.share", json!({ "connection": "team" }));
    look(&follower);
    same(&collector, &follower, "again");
}

#[test]
fn other_engines_and_second_collectors_are_refused_with_the_way_out() {
    let backstory = Backstory::new();
    let config = backstory.folder().join("config");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(
        config.join("connections.toml"),
        "[files]\nengine = \"sqlite\"\nfile = \"a.db\"\nread_only = false\n",
    )
    .unwrap();
    for method in ["analytics.share", "analytics.follow"] {
        let (kind, message, hint) = backstory.refuse(method, json!({ "connection": "files" }));
        assert!(
            kind == "invalidParams" && message.contains("`files`, which is SQLite"),
            "{message}"
        );
        assert!(hint.contains("PostgreSQL or ClickHouse"));
        assert_eq!(backstory.refuse(method, json!({ "connection": "nobody" })).0, "invalidParams");
    }
    let Some(server) = servers::postgres() else { return };
    let (url, _) = url(server);
    let (first, _) = collector(&url);
    first.ask("analytics.share", json!({ "connection": "team" }));
    let follower = with_team(&url, false);
    look(&follower);
    same(&first, &follower, "first");
    let (second, kept) = collector(&url);
    more(&kept, 5, 1, 3, 50);
    let (kind, message, hint) = second.refuse("analytics.share", json!({ "connection": "team" }));
    assert!(kind == "conflict" && message.contains("another collector"), "{message}");
    assert!(hint.contains("takeOver"));
    second.ask("analytics.share", json!({ "connection": "team", "takeOver": true }));
    assert_eq!(first.refuse("analytics.share", json!({ "connection": "team" })).0, "conflict");
    look(&follower);
    same(&second, &follower, "second");
    let files = std::fs::read_dir(follower.folder().join("analytics.followed/team")).unwrap();
    let databases =
        files.filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "db"));
    assert_eq!(databases.count(), 1);
}

/// Sends page views to a collector, each of another visitor; it answers when they are kept.
#[cfg(unix)]
fn sent(address: std::net::SocketAddr, count: usize) {
    use std::io::{Read, Write};
    for number in 0..count {
        let body = format!(r#"{{"k":"p","u":"https://shop.example/{number}","s":"shop.example"}}"#);
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let head = format!(
            "POST /e HTTP/1.1\r\nHost: stats.example\r\nX-Forwarded-For: 46.4.0.{number}\r\nUser-Agent: Mozilla/5.0 \
             (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0\r\nContent-Type: text/plain\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    }
}

#[test]
#[cfg(unix)]
fn a_collector_that_serves_shares_to_its_end_whatever_the_server_did_meanwhile() {
    use crate::home::{BACKSTORY, Home, Serving};
    use std::io::Read;
    let Some(server) = servers::fresh(servers::Kind::Postgres, &servers::With::default()) else {
        return;
    };
    let (url, _) = url(&server);
    let home = Home::new();
    let (config, data) = (home.path().join("b/config"), home.path().join("b/data"));
    std::fs::create_dir_all(&config).unwrap();
    std::fs::create_dir_all(&data).unwrap();
    let entry =
        |name: &str, reads: bool| format!("[{name}]\nurl = \"{url}\"\nread_only = {reads}\n");
    let entries = entry("team", false) + &entry("reads", true);
    std::fs::write(config.join("connections.toml"), entries).unwrap();
    assert!(home.run(&["analytics", "add-site", "shop.example"]).status.success());
    // What its entry says is told before anything is begun.
    let refused = home.run(&["serve", "--collect", "127.0.0.1:0", "--share", "reads"]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success()
            && words.contains("only reads")
            && words.contains("read_only = false"),
        "{words}"
    );

    server.kill();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = home.command(BACKSTORY);
    let at = address.to_string();
    let mut serving = Serving::start(command.args([
        "serve",
        "--collect",
        &at,
        "--behind",
        "127.0.0.1",
        "--share",
        "team",
    ]));
    sent(address, 7);
    server.restart().unwrap();
    serving.signal("-TERM");
    assert_eq!(serving.ended(), Some(0));
    let mut words = String::new();
    serving.child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    assert_eq!(words.matches("page views are not shared").count(), 1, "{words}");
    assert!(words.contains("shared over `team` again"), "{words}");

    let follower = with_team(&url, false);
    let sites = look(&follower)["sites"].clone();
    assert_eq!(sites[0]["site"], "team/shop.example");
    let totals = follower.ask("analytics.totals", json!({ "site": "team/shop.example" }));
    assert_eq!(totals["totals"]["views"], 7.0, "{totals}");
    // By hand the same: nothing is new.
    let told = home.run(&["analytics", "share", "team"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("team"), "{told}");
}
