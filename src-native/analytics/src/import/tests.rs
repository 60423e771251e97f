//! Facts about reading what was counted elsewhere.

use super::file::{Watch, key, open};
use super::*;
use crate::event::{Kind, Prop};
use crate::kept::Kept;
use crate::site::Places;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

fn site(name: &str, hosts: &[&str]) -> Site {
    Site {
        id: 1,
        name: name.into(),
        aliases: Vec::new(),
        hosts: hosts.iter().map(|it| (*it).to_owned()).collect(),
        zone: "UTC".into(),
        honours_opt_out: true,
        query_keys: Vec::new(),
        places: Places::City,
        internal: Vec::new(),
        keep_months: 25,
        identified: false,
        currency: "EUR".into(),
    }
}

fn shop() -> Site {
    site("shop.example", &["shop.example", "*.shop.example", "example.com"])
}

fn begin(text: &[u8], options: &Options) -> Result<Reading, Refused> {
    Reading::begin(Cursor::new(text.to_vec()), "it", &shop(), options)
}

fn read(text: &str, format: Option<&str>) -> (Vec<Event>, Report) {
    let options = Options { format: format.map(str::to_owned), ..Options::default() };
    let mut reading = begin(text.as_bytes(), &options).unwrap();
    let events = reading.by_ref().map(Result::unwrap).collect();
    (events, reading.report().clone())
}

fn refused(text: &str) -> String {
    begin(text.as_bytes(), &Options::default()).err().unwrap().0
}

/// Real files that are not in the repository: in the folder `BACKSTORY_DATA`, else beside the repository.
#[allow(clippy::print_stderr, reason = "a test that is skipped says why")]
fn real(path: &str) -> Option<PathBuf> {
    let data = std::env::var_os("BACKSTORY_DATA").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let found = data.unwrap_or_else(beside).join("web").join(path);
    if !found.exists() {
        eprintln!("skipped: there is no web/{path} in ../shared/data");
        return None;
    }
    Some(found)
}

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

fn combined(minute: u32, address: &str, url: &str, agent: &str) -> String {
    format!(
        "{address} - - [20/Nov/2026:10:{minute:02}:01 +0100] \"GET {url} HTTP/1.1\" 200 512 \"https://www.google.com/\" \"{agent}\"\n"
    )
}

#[test]
fn of_a_log_successful_requests_for_pages_are_views() {
    let mut text = combined(1, "46.4.0.1", "/a?utm_source=hn&mail=a@b.example", CHROME);
    text += &combined(2, "46.4.0.1", "/style.css", CHROME);
    text += &combined(3, "46.4.0.1", "/v1.2/notes", CHROME).replace("\" 200 ", "\" 304 ");
    text += &combined(4, "46.4.0.1", "/gone", CHROME).replace("\" 200 ", "\" 404 ");
    text += &combined(5, "46.4.0.1", "/form", CHROME).replace("GET", "POST");
    text += &combined(6, "46.4.0.1", "http://other.example/", CHROME);
    text += &combined(
        7,
        "46.4.0.1",
        "/b.html",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    );
    let (events, report) = read(&text, None);
    assert_eq!(report.format, "combined");
    let paths: Vec<&str> = events.iter().map(|it| &*it.path).collect();
    assert_eq!(paths, ["/a", "/v1.2/notes", "/b.html"]);
    assert_eq!(events[0].at, 1_795_165_261_000, "20 November 2026, 9:01:01 UTC");
    assert_eq!(events[0].of.source, "Hacker News");
    assert_eq!(
        (&*events[0].of.country, &*events[0].of.browser, &*events[0].host),
        ("DE", "Chrome", "shop.example")
    );
    assert_eq!(events[1].of.source, "Google");
    assert_eq!(events[2].verdict, Verdict::CrawlerAgent);
    assert_eq!(events[0].visitor, events[1].visitor);
    let passed: Vec<(Passed, u64)> = report.passed.clone().into_iter().collect();
    assert_eq!(
        passed,
        [(Passed::NoPage, 1), (Passed::Status, 1), (Passed::Method, 1), (Passed::OtherHost, 1)]
    );
    assert_eq!(report.other_hosts, [("other.example".to_owned(), 1)]);
    assert_eq!((report.lines, report.events, report.unread), (7, 3, 0));
}

#[test]
fn no_address_and_no_user_agent_is_in_an_event_and_the_same_log_makes_other_visitors() {
    let text = combined(1, "203.0.113.77", "/a", CHROME);
    let first = read(&text, None).0.remove(0);
    let second = read(&text, None).0.remove(0);
    let said = format!("{first:?}");
    assert!(!said.contains("203.0.113.77") && !said.contains("AppleWebKit"), "{said}");
    assert_ne!(first.visitor, second.visitor, "the salt of an import goes with it");
}

#[test]
fn a_visitor_is_another_on_the_next_day_but_for_a_visit_over_midnight() {
    let at = |day: u32, time: &str| {
        combined(0, "192.0.2.1", "/", CHROME)
            .replace("20/Nov/2026:10:00:01 +0100", &format!("{day}/Nov/2026:{time} +0000"))
    };
    let text = at(20, "12:00:00") + &at(20, "23:50:00") + &at(21, "00:10:00") + &at(21, "12:00:00");
    let (events, _) = read(&text, None);
    let same = |a: usize, b: usize| {
        (events[a].visitor, events[a].day) == (events[b].visitor, events[b].day)
    };
    assert!(same(0, 1) && same(1, 2) && !same(2, 3));
    assert_ne!(events[0].visitor, events[3].visitor);
}

#[test]
fn every_named_log_is_told_by_its_lines() {
    let plain = combined(1, "192.0.2.1", "/a", CHROME);
    let common = plain.split(" \"https").next().unwrap().to_owned() + "\n";
    for (text, format) in [
        (plain.clone(), "combined"),
        (format!("shop.example:443 {plain}"), "combined-vhost"),
        (common.clone(), "common"),
        (format!("shop.example {common}"), "common-vhost"),
        ("HIT|200|1795165261000|2326|390|192.0.2.1|-|https://shop.example/a|WA|Mozilla/5.0|322b|DE\n".into(), "bunny"),
        (
            format!("h2 2026-11-20T09:01:01.186641Z app/lb/50dc6 192.0.2.1:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 \"GET https://shop.example:443/a HTTP/2.0\" \"{CHROME}\" ECDHE TLSv1.2 arn:x \"Root=1\"\n"),
            "alb",
        ),
        (
            format!("#Version: 1.0\n#Fields: date time cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs-host sc-status cs-method\n2026-11-20 09:01:01 /a - 192.0.2.1 {} shop.example 200 GET\n", CHROME.replace(' ', "+")),
            "w3c",
        ),
        (
            format!("#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) x-host-header\n2026-11-20\t09:01:01\tFRA2\t10\t192.0.2.1\tGET\td1.cloudfront.example\t/a\t200\t-\t{}\tshop.example\n", CHROME.replace(' ', "%2520")),
            "w3c",
        ),
        (
            format!("{{\"StartUTC\":\"2026-11-20T09:01:01.5Z\",\"ClientHost\":\"192.0.2.1\",\"RequestMethod\":\"GET\",\"RequestPath\":\"/a\",\"RequestHost\":\"shop.example\",\"DownstreamStatus\":200,\"request_User-Agent\":\"{CHROME}\"}}\n"),
            "json",
        ),
    ] {
        for text in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
            let (events, report) = read(&text, None);
            assert_eq!((report.format.as_str(), events.len()), (format, 1), "{text} {report:?}");
            assert_eq!((&*events[0].path, &*events[0].host, events[0].at), ("/a", "shop.example", 1_795_165_261_000), "{text}");
            if !format.starts_with("common") && format != "bunny" {
                assert_eq!((&*events[0].of.browser, events[0].verdict), ("Chrome", Verdict::Person), "{format}");
            }
        }
    }
}

#[test]
fn a_log_of_ones_own_form_is_read_by_its_pattern() {
    let apache = r#"%{X-Forwarded-For}i|%a|%{%d/%b/%Y:%T %z}t|%m|%U|%q|%>s|%V|"%{User-agent}i""#;
    let line = format!(
        "10.0.0.9|192.0.2.1|20/Nov/2026:09:01:01 +0000|GET|/a|?ref=hn|200|shop.example|\"{CHROME}\"\n"
    );
    let nginx =
        r#"$remote_addr [$time_local] "$request" $status "$http_referer" "$http_user_agent" $host"#;
    let other = format!(
        "192.0.2.1 [20/Nov/2026:09:01:01 +0000] \"GET /a?x=\\x22 HTTP/2.0\" 200 \"-\" \"{CHROME}\" shop.example\n"
    );
    let documented = r#"%v %a %t "%m %U%q %H" %>s "%{User-Agent}i""#;
    let joined = format!(
        "shop.example 192.0.2.1 [20/Nov/2026:09:01:01 +0000] \"GET /a?ref=hn HTTP/1.1\" 200 \"{CHROME}\"\n"
    );
    let parts =
        r#"$remote_addr $msec $request_method $uri$is_args$args $status "$http_user_agent""#;
    let told = format!("192.0.2.1 1795165261.000 GET /a?x=1 200 \"{CHROME}\"\n");
    for (pattern, line) in [(apache, line), (nginx, other), (documented, joined), (parts, told)] {
        let (events, report) = read(&line, Some(pattern));
        assert_eq!((events.len(), report.unread), (1, 0), "{report:?}");
        assert_eq!((&*events[0].path, &*events[0].of.browser), ("/a", "Chrome"));
    }
    for wrong in ["%h %l %u", "%t \"%r\"", "%h%t \"%r\"", "%h %t", "%h %t \"%r\" %", "nonsense"] {
        let options = Options { format: Some(wrong.into()), ..Options::default() };
        let text = combined(1, "192.0.2.1", "/a", CHROME);
        let said = begin(text.as_bytes(), &options).err().unwrap_or_else(|| panic!("{wrong}")).0;
        assert!(!said.contains("192.0.2.1"), "{said}");
    }
}

#[test]
fn what_cannot_be_read_is_counted_and_told_by_its_line_without_its_words() {
    let good = combined(1, "192.0.2.1", "/a", CHROME);
    let long = combined(1, "192.0.2.1", &format!("/{}", "x".repeat(100_000)), CHROME);
    let time = good.replace("Nov", "Foo");
    let end = good.replace("Safari/537.36\"", "Safari");
    let mut text = format!("{good}\n{long}{good}nonsense 203.0.113.9\n{time}{end}{good}");
    text.push_str("192.0.2.1 - - [20/Nov/2026:10:0"); // killed while it wrote
    let (events, report) = read(&text, None);
    assert_eq!((events.len(), report.unread, report.lines), (3, 5, 8));
    let lines: Vec<u64> = report.first_unread.iter().map(|it| it.line).collect();
    assert_eq!(lines, [3, 5, 6, 7, 9]);
    assert!(report.first_unread.iter().all(|it| !it.why.contains("203.0")), "{report:?}");
    let mut bytes = good.clone().into_bytes();
    bytes.extend([0; 500]);
    bytes.extend(b"\n\xff\xfe\xfd\n");
    bytes.extend(good.replace("/a", "/caf\u{e9}").chars().map(|it| it as u8));
    bytes.extend(good.as_bytes());
    let mut reading = begin(&bytes, &Options::default()).unwrap();
    let paths: Vec<String> = reading.by_ref().map(|it| it.unwrap().path.to_string()).collect();
    assert_eq!((paths.len(), reading.report().unread), (3, 2));
    assert!(paths[1].starts_with("/caf"));
}

#[test]
fn what_is_no_log_is_refused_in_a_sentence_that_says_what_to_do() {
    assert!(refused("").contains("is empty"));
    assert!(refused("hello\nworld\n").contains("say what it is with `format`"));
    assert!(refused("date,visitors,pageviews,bounces\n2026-11-20,5,9,1\n").contains("sums"));
    assert!(refused("{\"hits\":[],\"total\":0}").contains("sums"));
    assert!(refused("[{\"a\":1}]").contains("jq"));
    let mut identified = shop();
    identified.identified = true;
    let text = combined(1, "192.0.2.1", "/a", CHROME).into_bytes();
    let said = Reading::begin(Cursor::new(text), "it", &identified, &Options::default());
    assert!(said.err().unwrap().0.contains("lasting ids"));
}

#[test]
fn browsers_that_ask_not_to_be_counted_are_not_and_what_was_fetched_ahead_is_told() {
    let line = |header: &str| {
        format!(
            "{{\"ts\":1795165261.6,\"status\":200,\"request\":{{\"remote_ip\":\"192.0.2.1\",\"method\":\"GET\",\"host\":\"shop.example\",\"uri\":\"/a\",\"headers\":{{\"User-Agent\":[\"{CHROME}\"]{header}}}}}}}\n"
        )
    };
    let text = line("")
        + &line(",\"Sec-Gpc\":[\"1\"]")
        + &line(",\"Sec-Purpose\":[\"prefetch;prerender\"]")
        + &line(",\"Sec-Fetch-Dest\":[\"empty\"]");
    let (events, report) = read(&text, None);
    let verdicts: Vec<Verdict> = events.iter().map(|it| it.verdict).collect();
    assert_eq!(verdicts, [Verdict::Person, Verdict::Prefetch]);
    assert_eq!(report.passed[&Passed::OptedOut], 1);
    assert_eq!(report.passed[&Passed::NoPage], 1);
}

#[test]
fn only_the_time_that_was_asked_for_is_taken() {
    let text: String = (0..10).map(|it| combined(it, "192.0.2.1", "/a", CHROME)).collect();
    let begun = 1_795_165_201_000;
    let options = Options {
        since: Some(begun + 120_000),
        until: Some(begun + 300_000),
        ..Options::default()
    };
    let mut reading = begin(text.as_bytes(), &options).unwrap();
    assert_eq!(reading.by_ref().count(), 3);
    assert_eq!(reading.report().passed[&Passed::OtherTime], 7);
    assert_eq!(reading.report().span, Some((begun + 120_000, begun + 240_000)));
}

const UMAMI: &str = "event_id,website_id,session_id,visit_id,created_at,url_path,url_query,referrer_domain,referrer_path,page_title,event_type,event_name,hostname,browser,os,device,screen,language,country,region,city\n\
e1,11111111-1111-4111-8111-111111111111,s1,v1,2026-11-20 09:00:00.123+00,/a,utm_medium=email&x=1,news.example,/item,Home,1,,shop.example,edge-chromium,Windows 10,laptop,1920x1080,de-AT,AT,AT-9,Vienna\n\
e2,11111111-1111-4111-8111-111111111111,s1,v1,2026-11-21T09:00:00Z,/a,,,,Home,2,signup,shop.example,edge-chromium,Windows 10,laptop,1920x1080,de-AT,AT,AT-9,Vienna\n\
e3,22222222-2222-4222-8222-222222222222,s2,v2,2026-11-20 09:00:00+00,/a,,,,Home,1,,shop.example,chrome,Linux,desktop,800x600,en,US,,\n\
e4,11111111-1111-4111-8111-111111111111,s3,v3,2026-11-20 09:00:00+00,/b,,,,Home,5,,shop.example,chrome,Linux,desktop,800x600,en,US,,\n\
e5,11111111-1111-4111-8111-111111111111,s3,v3,2026-11-20 09:00:00+00,/b,,,,Home,1,,localhost,chrome,Linux,desktop,800x600,en,US,,\n\
e6,11111111-1111-4111-8111-111111111111,s3\n";

#[test]
fn rows_of_umami_become_events_under_ids_that_last_only_where_the_site_says_so() {
    let (events, report) = read(UMAMI, None);
    assert_eq!((report.format.as_str(), events.len(), report.unread), ("umami", 2, 1));
    assert_eq!(report.first_unread[0].line, 7);
    assert_eq!(report.passed[&Passed::OtherSite], 1);
    assert_eq!(report.passed[&Passed::NoView], 1);
    assert_eq!(report.other_hosts, [("localhost".to_owned(), 1)]);
    let of = &events[0].of;
    assert_eq!(
        (&*of.referrer, &*of.referrer_path, &*of.channel),
        ("news.example", "/item", "Email")
    );
    assert_eq!(
        (&*of.browser, &*of.os, &*of.os_version, &*of.device),
        ("Edge", "Windows", "10", "desktop")
    );
    assert_eq!(
        (&*of.screen, &*of.language, &*of.country, &*of.city),
        ("≥1920", "de", "AT", "Vienna")
    );
    assert_eq!((events[1].kind, &*events[1].name), (Kind::Custom, "signup"));
    assert_ne!(events[0].visitor, events[1].visitor, "each day has its own");
    let mut identified = shop();
    identified.identified = true;
    let lasting_by = |key: [u8; 32]| -> Vec<Event> {
        let input = Cursor::new(UMAMI.as_bytes().to_vec());
        let options = Options { key, ..Options::default() };
        let reading = Reading::begin(input, "it", &identified, &options).unwrap();
        reading.map(Result::unwrap).collect()
    };
    let lasting = || lasting_by([7; 32]);
    let events = lasting();
    assert_ne!(events[0].visitor, lasting_by([8; 32])[0].visitor, "nobody else can try ids");
    assert_eq!(events[0].visitor, events[1].visitor);
    assert_eq!(events, lasting(), "and is the same in the next import");
}

#[test]
fn rows_of_plausible_become_events_with_their_properties_time_and_money() {
    let text = "timestamp,name,site_id,user_id,session_id,hostname,pathname,referrer,referrer_source,country_code,screen_size,operating_system,operating_system_version,browser,browser_version,utm_source,utm_campaign,meta.key,meta.value,engagement_time,scroll_depth,revenue_source_amount,revenue_source_currency\n\
2026-11-20 09:00:00,pageview,7,123,9,shop.example,/a,google.com/search,Google,DE,Desktop,Mac,14.2,Chrome,141.0,,,[],[],0,255,\\N,\n\
2026-11-20 09:00:30,engagement,7,123,9,shop.example,/a,,,DE,Desktop,Mac,14.2,Chrome,141.0,,,[],[],30000,80,\\N,\n\
2026-11-20 09:01:00,Purchase,7,123,9,shop.example,/a,,,DE,Desktop,Mac,14.2,Chrome,141.0,news,spring,\"['plan','it\\'s']\",\"['pro','x']\",0,255,12.50,EUR\n\
2026-11-20 09:02:00,Outbound Link: Click,7,123,9,shop.example,/a,,,\0\0,Desktop,Mac,14.2,Chrome,141.0,,,['url'],['https://out.example/x?y=1'],0,255,\\N,\n";
    let (events, report) = read(text, None);
    assert_eq!((report.format.as_str(), report.unread), ("plausible", 0), "{report:?}");
    let kinds: Vec<Kind> = events.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Page, Kind::Engagement, Kind::Custom, Kind::Outbound]);
    assert_eq!(
        (&*events[0].of.source, &*events[0].of.os, &*events[0].of.browser_version),
        ("Google", "macOS", "141")
    );
    assert_eq!((events[1].engaged, events[1].scroll), (30_000, 80));
    assert_eq!((&*events[2].name, &*events[2].of.utm_campaign), ("Purchase", "spring"));
    assert_eq!(events[2].props[0], ("plan".into(), Prop::Text("pro".into())));
    assert_eq!(&*events[2].props[1].0, "it's");
    assert_eq!(events[2].revenue, Some(("EUR".into(), 1250)));
    assert_eq!(&*events[3].name, "out.example/x");
    assert_eq!(events[3].of.country, "");
}

#[test]
fn an_object_that_was_cut_off_takes_no_other_line_of_its_log_with_it() {
    let line = |path: &str| {
        format!(
            "{{\"remote_addr\":\"192.0.2.1\",\"time_iso8601\":\"2026-11-20T10:00:00+00:00\",\"request_uri\":\"{path}\",\"status\":200}}\n"
        )
    };
    let over_lines = line("/d").replace(',', ",\n  ");
    let mut text = line("/a");
    text.push_str("{\"remote_addr\":\"192.0.2.1\",\"time_iso\n"); // within a text
    text += &line("/b");
    text.push_str("{\"remote_addr\":\"192.0.2.1\",\n"); // between two
    text += &(line("/c") + &over_lines);
    let (events, report) = read(&text, None);
    let paths: Vec<&str> = events.iter().map(|it| &*it.path).collect();
    assert_eq!(paths, ["/a", "/b", "/c", "/d"]);
    let lines: Vec<u64> = report.first_unread.iter().map(|it| it.line).collect();
    assert_eq!((report.lines, report.unread, lines), (6, 2, vec![2, 4]));
}

#[test]
fn rows_of_our_own_names_come_from_any_tool() {
    let text = "{\"time\":\"2026-11-20T10:00:00+01:00\",\"visitor\":\"ab\",\"url\":\"https://shop.example/a?utm_source=hn\",\"user_agent\":\"curl/8.5.0\"}\n\
{\"time\":1795165261,\"visitor\":\"ab\",\"path\":\"/b\",\"name\":\"signup\",\"props\":{\"plan\":\"pro\",\"seats\":3},\"revenue\":\"9.9\",\"currency\":\"eur\"}\n\
{\"time\":1795165261,\"path\":\"/b\",\"visitor\":null}\nnot json\n";
    let (events, report) = read(text, None);
    assert_eq!((report.format.as_str(), events.len(), report.unread), ("rows", 2, 2));
    assert_eq!((&*events[0].of.source, events[0].verdict), ("Hacker News", Verdict::CrawlerAgent));
    assert_eq!(events[1].props[1], ("seats".into(), Prop::Number(3.0)));
    assert_eq!(events[1].revenue, Some(("EUR".into(), 990)));
}

#[test]
fn damaged_tables_go_on_after_the_damage() {
    let head = "time,visitor,path,title\n";
    let row = "2026-11-20T09:00:00Z,a,/a,Home\n";
    let text = format!(
        "{head}{row}2026-11-20T09:00:00Z,a,/a,\"two\nlines, and \"\"quotes\"\"\"\r\n{row}x,y\n{row}2026-11-20T09:00:00Z,a,/a,\"no end\n{row}"
    );
    let (events, report) = read(&text, None);
    assert_eq!(events.len(), 4);
    assert_eq!(&*events[1].title, "twolines, and \"quotes\"".replace("two", "two\n").as_str());
    let lines: Vec<u64> = report.first_unread.iter().map(|it| it.line).collect();
    assert_eq!(lines, [6, 8]);
    let huge = format!("{head}{row}2026-11-20T09:00:00Z,a,/a,\"{}\n{row}", "x".repeat(3 << 20));
    let (events, report) = read(&huge, None);
    assert_eq!((events.len(), report.unread), (2, 1), "{report:?}");
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn events_of(path: &Path) -> Result<usize, String> {
    let input = open(path, &Watch::default()).map_err(|it| it.0)?;
    let reading = Reading::begin(input, "it", &shop(), &Options::default()).map_err(|it| it.0)?;
    let mut count = 0;
    for event in reading {
        event?;
        count += 1;
    }
    Ok(count)
}

#[test]
fn files_are_read_packed_or_not_in_either_encoding_and_have_one_key() {
    let folder = tempfile::tempdir().unwrap();
    let text: String = (0..50).map(|it| combined(it % 60, "192.0.2.1", "/é", CHROME)).collect();
    let plain = file(&folder, "plain", text.as_bytes());
    let two = [packed(&text.as_bytes()[..500]), packed(&text.as_bytes()[500..])].concat();
    let gz = file(&folder, "two.gz", &two);
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let wide = file(&folder, "wide", &wide);
    let other: Vec<u8> = std::iter::once(0xfeff)
        .chain("😀".repeat(9_000).encode_utf16())
        .flat_map(u16::to_be_bytes)
        .collect();
    let other = file(&folder, "other", &other);
    for path in [&plain, &gz, &wide] {
        assert_eq!(events_of(path), Ok(50), "{}", path.display());
        assert_eq!(key(path, &Watch::default()).unwrap(), key(&plain, &Watch::default()).unwrap());
    }
    let mut said = String::new();
    open(&other, &Watch::default()).unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "😀".repeat(9_000));
    let zip = file(&folder, "a.zip", b"PK\x03\x04rest");
    assert!(events_of(&zip).unwrap_err().contains("unzip"));
    assert!(events_of(folder.path()).unwrap_err().contains("folder"));
    let cut = file(&folder, "cut.gz", &two[..two.len() - 30]);
    assert!(events_of(&cut).is_err(), "half a packed file is no file");
}

#[test]
fn a_packed_file_that_never_ends_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = packed(combined(1, "192.0.2.1", "/a", CHROME).as_bytes());
    let empty = packed(&vec![b'x'; 4 << 20]);
    (0..60).for_each(|_| bytes.extend(&empty));
    let bomb = file(&folder, "bomb.gz", &bytes);
    assert!(events_of(&bomb).unwrap_err().contains("times larger"));
}

#[test]
fn what_was_stopped_or_broke_off_leaves_nothing_and_the_same_file_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(&folder.path().join("analytics.db")).unwrap();
    let site = kept.add_site(shop()).unwrap();
    let text: String = (0..3_000).map(|it| combined(it % 60, "192.0.2.1", "/a", CHROME)).collect();
    let path = file(&folder, "log", text.as_bytes());
    let watch = Watch::default();
    let name = key(&path, &watch).unwrap();
    let reading =
        || Reading::begin(open(&path, &watch).unwrap(), "it", &site, &Options::default()).unwrap();
    let mut stopped = reading();
    let stop = watch.stop.clone();
    let events = stopped.by_ref().inspect(|_| stop.store(true, Ordering::Relaxed));
    assert!(kept.import_whole(site.id, &name, events).unwrap_err().to_string().contains("stopped"));
    watch.stop.store(false, Ordering::Relaxed);
    let first = kept.import_whole(site.id, &name, reading()).unwrap();
    assert_eq!((first.events, first.before), (3_000, 0));
    let again = kept.import_whole(site.id, &name, reading()).unwrap();
    assert_eq!((again.events, again.before), (0, 3_000));
}

#[test]
fn goatcounters_own_files_are_read_or_refused_with_a_reason() {
    let Some(folder) = real("goatcounter") else { return };
    let bytes = std::fs::read(folder.join("export.csv")).unwrap();
    let (events, report) = read(&String::from_utf8(bytes).unwrap(), None);
    assert_eq!((report.format.as_str(), events.len(), report.unread), ("goatcounter", 3, 0));
    assert_eq!((events[0].kind, &*events[0].name), (Kind::Custom, "click-cv-html"));
    assert_eq!(
        (&*events[1].path, &*events[1].title),
        ("/stupid-light.html", "Stupid light software")
    );
    assert_eq!(events[0].visitor, events[1].visitor);
    assert_eq!(
        (&*events[2].of.source, &*events[2].of.country, &*events[2].of.screen),
        ("Reddit", "RO", "1440–1919")
    );
    let hits = std::fs::read_to_string(folder.join("api-hits-works.json")).unwrap();
    assert!(refused(&hits).contains("sums"));
    for (name, format, views) in [
        ("combined", "combined", 4),
        ("combined-vhost", "combined-vhost", 4),
        ("common", "common", 4),
        ("common-vhost", "common-vhost", 4),
        ("bunny", "bunny", 4),
        ("bunny-extended", "bunny", 4),
        ("caddy/1.json", "json", 0),
        ("caddy/2.json", "json", 0),
    ] {
        let text = std::fs::read_to_string(folder.join("logscan").join(name)).unwrap();
        let (events, report) = read(&text, None);
        assert_eq!((report.format.as_str(), report.unread), (format, 0), "{name} {report:?}");
        assert_eq!(events.len(), views, "{name} {report:?}");
        assert!(report.lines > 0);
    }
}

#[test]
fn ten_thousand_real_lines_give_the_counts_that_were_counted_otherwise() {
    let Some(path) = real("weblogs/elastic-apache_logs.log") else { return };
    let site = site("semicomplete.com", &["semicomplete.com"]);
    let input = open(&path, &Watch::default()).unwrap();
    let mut reading = Reading::begin(input, "it", &site, &Options::default()).unwrap();
    let events: Vec<Event> = reading.by_ref().map(Result::unwrap).collect();
    let report = reading.report();
    assert_eq!((report.format.as_str(), report.lines), ("combined", 10_000));
    // Counted by a script of its own, by the same rule.
    assert_eq!((report.events, report.unread, report.first_unread[0].line), (3_822, 1, 8_899));
    let passed = [Passed::NoPage, Passed::Status, Passed::Method].map(|it| report.passed[&it]);
    assert_eq!(passed, [5_758, 371, 48]);
    assert_eq!(report.passed.len(), 3);
    let bots = events.iter().filter(|it| it.verdict == Verdict::CrawlerAgent).count();
    assert!((1_900..2_400).contains(&bots), "{bots} of pages are fetched by programs that say so");
    let countries: std::collections::HashSet<&str> =
        events.iter().map(|it| it.of.country.as_str()).collect();
    assert!(countries.len() > 40);
}
