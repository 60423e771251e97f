//! Trackers in a page of a browser that a visitor may have: WebKit, driven from outside. Our own, as the collector
//! gives it out, and Plausible's as its package has it, to the byte.

use crate::driver::Driver;
use crate::stage::{Stage, must, skip, stage, until};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;

const BACKSTORY: &str = env!("CARGO_BIN_EXE_backstory");

/// WebKit's own small browser, which comes with the library.
fn browser() -> Option<PathBuf> {
    let folders = ["/usr/lib", "/usr/libexec", "/usr/lib64"];
    let inside = |it: &str| -> Vec<PathBuf> {
        let found = std::fs::read_dir(it).into_iter().flatten().flatten();
        found.map(|it| it.path()).filter(|it| it.is_dir()).collect()
    };
    let all = folders.iter().flat_map(|it| {
        let mut all = inside(it);
        all.push(Path::new(it).to_owned());
        all
    });
    all.map(|it| it.join("webkit2gtk-4.1/MiniBrowser")).find(|it| it.is_file())
}

/// Pages that carry a tracker, on a port of their own, until the process ends.
fn pages(head: impl Fn(u16) -> String + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let head = head(port);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = answer(stream, &head);
        }
    });
    port
}

fn answer(mut stream: TcpStream, head: &str) -> std::io::Result<()> {
    let mut line = String::new();
    BufReader::new(stream.try_clone()?).read_line(&mut line)?;
    let path = line.split_whitespace().nth(1).unwrap_or_default();
    let (kind, body) = match path.split('?').next().unwrap_or_default() {
        "/plausible.js" => ("text/javascript", std::fs::read_to_string(plausible())?),
        "/" | "/docs" | "/quiet" => {
            let quiet = match path {
                "/quiet" => {
                    "<script>Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })</script>"
                }
                _ => "",
            };
            let far = "<a id=\"far\" href=\"http://127.0.0.1:9/elsewhere\" target=\"_blank\">Elsewhere</a>";
            let page = format!(
                "<!doctype html><title>A page</title>{quiet}{head}{far}<div style=\"height:4000px\">Text</div>"
            );
            ("text/html", page)
        }
        _ => {
            return write!(
                stream,
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn plausible() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("ui/node_modules/@plausible-analytics/tracker/plausible.js")
}

/// `backstory serve --collect`, and what it has kept.
struct Collector<'a> {
    stage: &'a Stage,
    child: std::process::Child,
    address: String,
}

impl Collector<'_> {
    fn start<'a>(stage: &'a Stage, site: &str) -> Collector<'a> {
        let added = stage
            .command(BACKSTORY)
            .args(["analytics", "add-site", site, "--hosts", "127.0.0.1"])
            .output()
            .unwrap();
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        let mut child = stage
            .command(BACKSTORY)
            .args(["serve", "--collect", "127.0.0.1:0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("page views are taken at http") {
            line.clear();
            assert!(told.read_line(&mut line).unwrap() > 0, "the collector does not start");
        }
        let address = line.split_whitespace().find(|it| it.starts_with("http")).unwrap();
        let address = address.trim_end_matches(',').trim_end_matches('/').to_owned();
        std::thread::spawn(move || told.read_to_string(&mut String::new()));
        Collector { stage, child, address }
    }

    fn ask(&self, method: &str, params: &Value) -> Value {
        let done = self
            .stage
            .command(BACKSTORY)
            .args(["--json", "call", method, &params.to_string()])
            .output()
            .unwrap();
        assert!(done.status.success(), "{method}: {}", String::from_utf8_lossy(&done.stderr));
        serde_json::from_slice(&done.stdout).unwrap()
    }

    /// Values of a dimension that have as many of something.
    fn rows(&self, site: &str, dimension: &str, what: &str) -> Vec<(String, f64)> {
        // Trackers say of a browser that a program drives what it is.
        let asked = json!({ "site": site, "dimension": dimension, "order": "value", "bots": true, "scroll": true });
        let rows = self.ask("analytics.breakdown", &asked)["rows"].clone();
        let rows = rows.as_array().unwrap().iter();
        let rows = rows
            .map(|it| (it["value"].as_str().unwrap().to_owned(), it[what].as_f64().unwrap_or(0.0)));
        rows.filter(|it| it.1 > 0.0 && !it.0.is_empty()).collect()
    }
}

impl Drop for Collector<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a visitor does: sees a page, another of the same document, does something, sees a third and scrolls.
fn walk(driver: &Driver, port: u16, event: &str, seen: impl Fn() -> Vec<(String, f64)>) {
    let views = |count: usize| until(&format!("{count} pages"), || seen().len() >= count);
    driver.go(&format!("http://127.0.0.1:{port}/?utm_source=letter&utm_campaign=may"));
    views(1);
    driver.run("history.pushState({}, '', '/pricing')", &[]);
    views(2);
    driver.run(event, &[]);
    driver.go(&format!("http://127.0.0.1:{port}/docs"));
    views(3);
    driver.run("scrollTo(0, 3000)", &[]);
    std::thread::sleep(std::time::Duration::from_millis(3500)); // so long that it is worth telling
    let cookies =
        driver.run("return document.cookie + localStorage.length + sessionStorage.length", &[]);
    assert_eq!(cookies, "00", "something was left in the browser");
    driver.go("about:blank");
}

fn one(value: &str) -> Vec<(String, f64)> {
    vec![(value.to_owned(), 1.0)]
}

#[test]
fn our_tracker_in_webkit_tells_what_was_done_and_leaves_nothing_behind() {
    let Some(stage) = stage(&["WebKitWebDriver"]) else { return };
    let Some(browser) = browser() else {
        return skip("needs WebKit's MiniBrowser, which is not installed");
    };
    let site = "own.test";
    let collector = Collector::start(&stage, site);
    let to = collector.address.clone();
    let port =
        pages(move |_| format!("<script defer src=\"{to}/b.js\" data-site=\"own.test\"></script>"));
    let driver = Driver::browse(&stage, &browser);
    walk(&driver, port, "window.backstory('signup', { plan: 'pro' })", || {
        collector.rows(site, "page", "views")
    });
    until("how far was scrolled", || !collector.rows(site, "page", "scroll").is_empty());
    driver.go(&format!("http://127.0.0.1:{port}/docs"));
    driver.click("#far");
    until("the link that was followed", || !collector.rows(site, "outbound", "events").is_empty());
    let pages = collector.rows(site, "page", "views");
    assert_eq!(pages, [("/".into(), 1.0), ("/docs".into(), 2.0), ("/pricing".into(), 1.0)]);
    assert_eq!(collector.rows(site, "event", "events"), one("signup"));
    assert_eq!(collector.rows(site, "property:plan", "events"), one("pro"));
    assert_eq!(collector.rows(site, "utm_campaign", "visits"), one("may"));
    assert_eq!(collector.rows(site, "outbound", "events"), one("127.0.0.1/elsewhere"));
    let totals =
        collector.ask("analytics.totals", &json!({ "site": site, "bots": true }))["totals"].clone();
    assert_eq!((totals["visitors"].clone(), totals["visits"].clone()), (json!(1.0), json!(1.0)));
    assert!(totals["engaged"].as_f64().unwrap() >= 3.0, "{totals}");
    // Whose browser asks for privacy is not counted; the view after it shows that it would have come by now.
    driver.go(&format!("http://127.0.0.1:{port}/quiet"));
    driver.go(&format!("http://127.0.0.1:{port}/docs"));
    until("another view", || collector.rows(site, "page", "views").iter().any(|it| it.1 == 3.0));
    assert_eq!(collector.rows(site, "page", "views").len(), 3);
}

#[test]
fn plausibles_own_script_in_webkit_is_understood() {
    let Some(stage) = stage(&["WebKitWebDriver"]) else { return };
    let Some(browser) = browser() else {
        return skip("needs WebKit's MiniBrowser, which is not installed");
    };
    if !plausible().is_file() {
        assert!(!must(), "the packages of the page are not there");
        return skip("needs Plausible's package, which is not there: run `make ui`");
    }
    let site = "plausible.test";
    let collector = Collector::start(&stage, site);
    let to = collector.address.clone();
    // The flag is the one by which its own tests are let through in a browser that a program drives.
    let port = pages(move |_| {
        format!(
            "<script>window.__plausible = true</script><script type=\"module\">import {{ init, track }} from '/plausible.js'; \
             window.track = track; init({{ domain: 'plausible.test', endpoint: '{to}/api/event', captureOnLocalhost: true }});</script>"
        )
    });
    let driver = Driver::browse(&stage, &browser);
    walk(&driver, port, "window.track('signup', { props: { plan: 'pro' } })", || {
        collector.rows(site, "page", "views")
    });
    let all = [("/".to_owned(), 1.0), ("/docs".into(), 1.0), ("/pricing".into(), 1.0)];
    assert_eq!(collector.rows(site, "page", "views"), all);
    until("the event", || collector.rows(site, "event", "events") == one("signup"));
    assert_eq!(collector.rows(site, "property:plan", "events"), one("pro"));
    assert_eq!(collector.rows(site, "utm_campaign", "visits"), one("may"));
}
