//! A WebDriver client: as much of the protocol as the tests need, over a plain socket.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::stage::{PATIENCE, Stage, descendants, kill, page_folder, until};

/// A driver process and its one session.
pub(crate) struct Driver {
    child: Child,
    port: u16,
    session: String,
}

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Driver {
    /// Starts WebKitWebDriver, which starts the window on a folder of `tests/e2e/pages`, or on the
    /// real page.
    pub(crate) fn open(stage: &Stage, page: Option<&str>, arguments: &[&str]) -> Driver {
        let mut words: Vec<String> = Vec::new();
        if let Some(page) = page {
            words.push("--test-page".into());
            words.push(page_folder(page).display().to_string());
        }
        words.extend(arguments.iter().map(|it| (*it).to_owned()));
        Driver::start(
            stage,
            &json!({ "binary": env!("CARGO_BIN_EXE_backstory-app"), "args": words }),
        )
    }

    /// The same with a browser in place of the window.
    pub(crate) fn browse(stage: &Stage, browser: &Path) -> Driver {
        Driver::start(stage, &json!({ "binary": browser, "args": ["--automation"] }))
    }

    fn start(stage: &Stage, what: &Value) -> Driver {
        // Free a moment ago; the driver is told a port and cannot choose one.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = stage
            .command("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".into()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut driver = Driver { child, port, session: String::new() };
        until("WebKitWebDriver to listen", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        let wanted =
            json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": what } } });
        let session = driver.send("POST", "/session", Some(&wanted)).expect("no session");
        driver.session = session["sessionId"].as_str().unwrap().to_owned();
        driver
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let body = body.map(Value::to_string).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let mut part = [0; 1 << 16];
        // The driver keeps the connection open, so the end is where the length says.
        let body = loop {
            let count = stream.read(&mut part).map_err(|it| format!("{path}: {it}"))?;
            answer.extend_from_slice(&part[..count]);
            let text = String::from_utf8_lossy(&answer);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(':')?;
                    name.eq_ignore_ascii_case("content-length")
                        .then(|| value.trim().parse().ok())?
                });
                if length.is_none_or(|length: usize| body.len() >= length) || count == 0 {
                    break body.to_owned();
                }
            }
            assert!(count > 0, "{path}: the driver closed the connection");
        };
        let answer: Value = serde_json::from_str(&body).map_err(|it| format!("{it}: {body}"))?;
        match answer["value"]["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", answer["value"]["message"])),
            None => Ok(answer["value"].clone()),
        }
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let path = format!("/session/{}{path}", self.session);
        self.send("POST", &path, Some(body)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn get(&self, path: &str) -> Value {
        let path = format!("/session/{}{path}", self.session);
        self.send("GET", &path, None).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// The element that a CSS selector names, waited for.
    pub(crate) fn find(&self, selector: &str) -> String {
        let wanted = json!({ "using": "css selector", "value": selector });
        let path = format!("/session/{}/element", self.session);
        let mut found = None;
        until(&format!("an element {selector}"), || {
            found = self.send("POST", &path, Some(&wanted)).ok();
            found.is_some()
        });
        found.unwrap()[ELEMENT].as_str().unwrap().to_owned()
    }

    pub(crate) fn text(&self, selector: &str) -> String {
        let path = format!("/element/{}/text", self.find(selector));
        self.get(&path).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the text of an element holds `wanted`.
    pub(crate) fn wait_text(&self, selector: &str, wanted: &str) {
        until(&format!("{wanted:?} in {selector}"), || self.text(selector).contains(wanted));
    }

    pub(crate) fn click(&self, selector: &str) {
        self.post(&format!("/element/{}/click", self.find(selector)), &json!({}));
    }

    pub(crate) fn keys(&self, selector: &str, text: &str) {
        self.post(&format!("/element/{}/value", self.find(selector)), &json!({ "text": text }));
    }

    /// What assistive technology is told an element is.
    pub(crate) fn role(&self, selector: &str) -> String {
        let path = format!("/element/{}/computedrole", self.find(selector));
        self.get(&path).as_str().unwrap_or_default().to_owned()
    }

    /// Runs a function body in the page, with `arguments`; a promise is waited for.
    pub(crate) fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// One call over the bridge, as the page makes it.
    pub(crate) fn call(&self, method: &str, parameters: &Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        let reply = self.run(
            "return window.backstory.call(arguments[0]);",
            &[Value::from(request.to_string())],
        );
        serde_json::from_str(reply.as_str().unwrap_or_default()).unwrap()
    }

    pub(crate) fn address(&self) -> String {
        self.get("/url").as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn go(&self, address: &str) {
        self.post("/url", &json!({ "url": address }));
    }

    pub(crate) fn refresh(&self) {
        self.post("/refresh", &json!({}));
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Its own descendants: a driver that is stopped leaves the window behind.
        let family = descendants(self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
        family.into_iter().for_each(|pid| kill("KILL", pid));
    }
}
