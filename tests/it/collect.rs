//! `backstory serve --collect`: trackers of four kinds, people who are rude, and an end without warning.

use crate::home::{BACKSTORY, Home, Serving};
use analytics::collect::writer::now;
use analytics::kept::Kept;
use analytics::reports::{Dimension, Order, Query, Verdicts, breakdown, totals};
use analytics::site::{Places, Site};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const UUID: &str = "b59e9c65-ae32-47f1-8400-119fcf4861c4";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

/// A collector behind a proxy at 127.0.0.1, with one site.
struct Door {
    home: Home,
    serving: Serving,
    address: SocketAddr,
}

fn data(home: &Home) -> PathBuf {
    home.path().join("b/data")
}

fn kept(home: &Home) -> Kept {
    Kept::open(&data(home).join("analytics.db")).unwrap()
}

fn serve(home: &Home, address: SocketAddr) -> Serving {
    let mut command = home.command(BACKSTORY);
    let address = address.to_string();
    let arguments = ["serve", "--collect", &address, "--behind", "127.0.0.1", "--rate", "100"];
    Serving::start(command.args(arguments))
}

fn door() -> Door {
    let home = Home::new();
    std::fs::create_dir_all(data(&home)).unwrap();
    let site = Site {
        id: 0,
        name: "shop.example".into(),
        aliases: vec![UUID.into()],
        hosts: Vec::new(),
        zone: "Europe/Berlin".into(),
        honours_opt_out: true,
        query_keys: Vec::new(),
        places: Places::Country,
        internal: Vec::new(),
        keep_months: 25,
        identified: false,
        currency: "EUR".into(),
    };
    kept(&home).add_site(site).unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let serving = serve(&home, address);
    Door { home, serving, address }
}

/// A visitor with an address and a connection of its own.
struct Visitor {
    stream: TcpStream,
    from: String,
    agent: String,
}

impl Visitor {
    fn to(address: SocketAddr, from: &str) -> Visitor {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Visitor { stream, from: from.into(), agent: FIREFOX.into() }
    }

    /// Sends one request and reads one answer: its status, head and body.
    fn say(&mut self, line: &str, headers: &str, body: &str) -> Option<(u16, String, Vec<u8>)> {
        let (from, agent, length) = (&self.from, &self.agent, body.len());
        let whole = format!(
            "{line} HTTP/1.1\r\nHost: stats.example\r\nX-Forwarded-For: {from}\r\nUser-Agent: \
             {agent}\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        self.stream.write_all(whole.as_bytes()).ok()?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if self.stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |it| it.parse().unwrap())];
        self.stream.read_exact(&mut body).ok()?;
        Some((head.split(' ').nth(1)?.parse().ok()?, head, body))
    }

    fn post(&mut self, path: &str, body: &Value) -> (u16, String, Vec<u8>) {
        let text = body.to_string();
        self.say(&format!("POST {path}"), "Content-Type: text/plain\r\n", &text).unwrap()
    }
}

fn page(path: &str) -> Value {
    json!({ "k": "p", "u": format!("https://shop.example{path}") })
}

/// Paths of a site with the page views of each.
fn pages(home: &Home) -> Vec<(String, u64)> {
    let query = Query::new(1, now() - 86_400_000, now() + 86_400_000);
    let query = Query { verdicts: Verdicts::All, ..query };
    let found =
        breakdown(&kept(home), &query, &Dimension::Page, Order::Value, 0, 100_000, false).unwrap();
    found.value.rows.iter().map(|it| (it.value.to_string(), it.counts.views)).collect()
}

#[test]
fn four_trackers_are_understood_answered_and_kept() {
    let door = door();
    let mut ann = Visitor::to(door.address, "46.4.0.1");
    let (status, head, script) = ann.say("GET /b.js", "", "").unwrap();
    assert!(status == 200 && head.contains("content-type: text/javascript"), "{head}");
    assert!(head.contains("cache-control: public, max-age=86400") && !head.contains("etag"));
    assert!(String::from_utf8(script).unwrap().contains("keepalive"));
    assert_eq!(ann.post("/e", &page("/own")).0, 202);
    let umami = json!({ "type": "event", "payload": {
        "website": UUID, "hostname": "shop.example", "url": "https://shop.example/umami",
        "screen": "1920x1080", "language": "de", "title": "", "referrer": "" } });
    let (status, head, body) = ann.post("/api/send", &umami);
    let reply: Value = serde_json::from_slice(&body).unwrap();
    assert!(status == 200 && head.contains("content-type: application/json"), "{head}");
    assert!(head.contains("access-control-allow-origin: *") && reply["visitId"].is_string());
    let token = format!("x-umami-cache: {}\r\n", reply["cache"].as_str().unwrap());
    let (_, _, body) = ann.say("POST /api/send", &token, &umami.to_string()).unwrap();
    let again: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(again["visitId"], reply["visitId"]);
    let (status, _, body) = ann.post("/api/batch", &json!([umami, umami]));
    let reply: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, &reply["processed"]), (200, &json!(2)));
    let plausible =
        json!({ "n": "pageview", "u": "https://shop.example/plausible", "d": "shop.example" });
    let (status, head, body) = ann.post("/api/event", &plausible);
    assert_eq!((status, body), (202, b"ok".to_vec()));
    assert!(!head.contains("x-plausible-dropped"));
    let nobody = json!({ "n": "pageview", "u": "https://a.example/", "d": "a.example" });
    assert!(ann.post("/api/event", &nobody).1.contains("x-plausible-dropped: 1"));
    let (status, head, gif) = ann.say("GET /count?p=%2Fgoat&rnd=1", "", "").unwrap();
    assert!(status == 200 && gif.len() == 43 && head.contains("content-type: image/gif"), "{head}");
    let ask = "Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\n\
               Access-Control-Request-Private-Network: true\r\n";
    let (status, head, _) = ann.say("OPTIONS /api/send", ask, "").unwrap();
    assert!(status == 204 && head.contains("access-control-allow-private-network: true"), "{head}");
    assert_eq!(
        pages(&door.home),
        [("/goat", 1), ("/own", 1), ("/plausible", 1), ("/umami", 4)]
            .map(|it| (it.0.to_owned(), it.1))
    );
    let query = Query::new(1, now() - 86_400_000, now() + 86_400_000);
    let totals = totals(&kept(&door.home), &query).unwrap();
    let counts = totals.value.counts;
    assert_eq!((counts.visitors, counts.visits), (1, 1), "one person, whichever tracker told it");
}

#[test]
fn a_site_that_is_added_meanwhile_is_counted_a_moment_later() {
    let door = door();
    let kept = kept(&door.home);
    let site = kept.sites().unwrap().remove(0);
    let more = Site { id: 0, name: "docs.example".into(), aliases: Vec::new(), ..site };
    let view = json!({ "k": "p", "u": "https://docs.example/" });
    let mut ann = Visitor::to(door.address, "46.4.0.1");
    assert_eq!(ann.post("/e", &view).0, 400);
    kept.add_site(more).unwrap();
    crate::home::until("it is counted", || (ann.post("/e", &view).0 == 202).then_some(()));
}

#[test]
fn nothing_that_was_answered_is_lost_when_it_is_killed() {
    let mut door = door();
    let answered = Arc::new(Mutex::new(BTreeSet::new()));
    let over = Arc::new(AtomicBool::new(false));
    let senders: Vec<_> = (0..8)
        .map(|sender| {
            let (answered, over, address) = (answered.clone(), over.clone(), door.address);
            std::thread::spawn(move || {
                let mut visitor = Visitor::to(address, &format!("46.4.1.{sender}"));
                let mut sent = 0;
                while !over.load(Ordering::Relaxed) && sent < 900 {
                    let path = format!("/{sender}/{sent}");
                    sent += 1;
                    let said = page(&path).to_string();
                    match visitor.say("POST /e", "", &said) {
                        Some((202, _, _)) => drop(answered.lock().unwrap().insert(path)),
                        Some((status, _, _)) => panic!("{status}"),
                        None => break, // it is gone
                    }
                }
                sent
            })
        })
        .collect();
    crate::home::until("enough is answered", || {
        (answered.lock().unwrap().len() > 500).then_some(())
    });
    door.serving.child.kill().unwrap();
    over.store(true, Ordering::Relaxed);
    let sent: usize = senders.into_iter().map(|it| it.join().unwrap()).sum();
    let _ = door.serving.ended();
    let kept: Vec<(String, u64)> = pages(&door.home);
    assert!(kept.iter().all(|it| it.1 == 1), "none is there twice");
    let kept: BTreeSet<String> = kept.into_iter().map(|it| it.0).collect();
    let answered = answered.lock().unwrap();
    let lost: Vec<&String> = answered.difference(&kept).collect();
    assert!(lost.is_empty(), "{} of {} answered are lost: {lost:?}", lost.len(), answered.len());
    assert!(kept.len() <= sent);
    // And the same visitors go on when it is started again: the salt outlived it.
    let address = door.address;
    door.serving = serve(&door.home, address);
    assert_eq!(Visitor::to(address, "46.4.1.0").post("/e", &page("/again")).0, 202);
    let query = Query::new(1, now() - 86_400_000, now() + 86_400_000);
    let totals = totals(&self::kept(&door.home), &query).unwrap();
    assert_eq!(totals.value.counts.visitors, 8);
}

#[test]
fn what_is_too_large_too_much_or_wrong_is_told_so_and_others_go_on() {
    let door = door();
    let mut rude = TcpStream::connect(door.address).unwrap();
    rude.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = 10 << 20;
    let head = format!("POST /api/send HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n");
    rude.write_all(head.as_bytes()).unwrap();
    let _ = rude.write_all(&vec![b' '; length]);
    let mut answer = String::new();
    rude.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    let mut bob = Visitor::to(door.address, "46.4.0.2");
    assert_eq!(bob.say("PUT /api/send", "", "{}").unwrap().0, 405);
    assert_eq!(bob.say("GET /admin", "", "").unwrap().0, 404);
    assert_eq!(bob.say("POST /api/send", "", "\u{0}\u{1}junk").unwrap().0, 400);
    assert_eq!(bob.post("/e", &json!({ "k": "p", "u": "https://evil.example/" })).0, 400);
    // Ten seconds' worth may come at once, at 100 a second; more than that however slow this machine is.
    let began = Instant::now();
    let let_in = (0..20_000).take_while(|_| bob.post("/e", &json!({})).0 != 429).count() as f64;
    let share = 1000.0 + 100.0 * began.elapsed().as_secs_f64() + 1.0;
    assert!((900.0..=share).contains(&let_in), "a flood from one address: {let_in} of {share}");
    let mut ann = Visitor::to(door.address, "46.4.0.3");
    assert_eq!(ann.post("/e", &page("/calm")).0, 202, "is no matter to others");
    assert_eq!(ann.say("GET /health", "", "").unwrap().0, 200);
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

#[test]
fn no_address_and_no_user_agent_reaches_a_file_or_a_log() {
    let mut door = door();
    let (address, agent) = ("203.0.113.231", "Kanarienvogel/47.11 Zwitscherlaut");
    let mut canary = Visitor::to(door.address, address);
    canary.agent = format!("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/145.0 {agent}");
    assert_eq!(canary.post("/e", &page("/a")).0, 202);
    assert_eq!(canary.post("/e", &json!({ "k": "p", "u": "https://evil.example/" })).0, 400);
    canary.post(
        "/e",
        &json!({ "k": "p", "u": "https://shop.example/u/ann@mail.example?token=Tk4711" }),
    );
    let umami = json!({ "type": "event", "payload": {
        "website": UUID, "hostname": "shop.example", "url": "/x?mail=ann@mail.example", "id": "ann-4711-id",
        "ip": "203.0.113.232", "userAgent": agent, "name": "e", "data": { "who": "ann@mail.example" } } });
    canary.post("/api/send", &umami);
    canary.say("GET /count?p=%2Fg", "", "");
    for _ in 0..1200 {
        canary.post("/api/event", &json!({}));
    }
    // Whoever holds the file open finds nothing either: neither in pages, nor in what waits beside them.
    let search = |when: &str| {
        let mut found = Vec::new();
        files(door.home.path(), &mut found);
        let packed = [[203, 0, 113, 231], [203, 0, 113, 232]];
        for path in &found {
            let bytes = std::fs::read(path).unwrap();
            for word in
                [address, "203.0.113.232", "Kanarienvogel", "Zwitscher", "4711", "mail.example"]
            {
                let at = bytes.windows(word.len()).position(|it| it == word.as_bytes());
                assert_eq!(at, None, "{word} in {} {when}", path.display());
            }
            // Four bytes can stand anywhere by chance, but in so small a file hardly.
            let is_db = path.file_name().unwrap().to_string_lossy().starts_with("analytics.db");
            if is_db {
                for word in packed {
                    assert!(
                        !bytes.windows(4).any(|it| it == word),
                        "{word:?} in {}",
                        path.display()
                    );
                }
            }
        }
        found
    };
    let found = search("while it runs");
    assert!(found.iter().any(|it| it.ends_with("analytics.db-wal")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let salts = data(&door.home).join("analytics.salts");
        assert_eq!(std::fs::metadata(salts).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(pages(&door.home).iter().any(|it| it.0 == "/u/:email"));
    door.serving.signal("-TERM");
    assert_eq!(door.serving.ended(), Some(0));
    search("after its end");
    let mut words = String::new();
    door.serving.child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    for word in [address, "Kanarienvogel", "Zwitscher", "4711", "mail.example"] {
        assert!(!words.contains(word), "{words}");
    }
}
