//! An attacker's script in our own page: no request out, no file, no script, no call from a frame.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::stage::{Stage, stage};

/// Counts whoever comes, by TCP and UDP on one port.
pub(crate) struct Trap {
    pub(crate) port: u16,
    hits: Arc<Mutex<Vec<String>>>,
}

impl Trap {
    pub(crate) fn new() -> Trap {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let hits: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = hits.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                seen.lock().unwrap().push("a connection".into());
                let seen = seen.clone();
                thread::spawn(move || {
                    let mut head = [0; 512];
                    let count = stream.read(&mut head).unwrap_or(0);
                    let line =
                        String::from_utf8_lossy(&head[..count]).lines().next().map(str::to_owned);
                    seen.lock().unwrap().extend(line);
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                });
            }
        });
        if let Ok(socket) = UdpSocket::bind(("127.0.0.1", port)) {
            let seen = hits.clone();
            thread::spawn(move || {
                while socket.recv(&mut [0; 2_048]).is_ok() {
                    seen.lock().unwrap().push("a datagram".into());
                }
            });
        }
        Trap { port, hits }
    }

    pub(crate) fn hits(&self) -> Vec<String> {
        self.hits.lock().unwrap().clone()
    }
}

/// Files below `folder` that hold what the page tried to save.
fn dropped(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(dropped(&entry.path()));
        } else if kind.is_file() {
            let named = entry.file_name().to_string_lossy().contains("dropped");
            let content = fs::read(entry.path()).unwrap_or_default();
            let marker = b"DROPPED-FILE-5d0c";
            if named || content.windows(marker.len()).any(|it| it == marker) {
                found.push(entry.path().display().to_string());
            }
        }
    }
    found
}

fn windows(stage: &Stage) -> usize {
    stage.x("xdotool", &["search", "--onlyvisible", "--name", "."]).lines().count()
}

#[test]
fn a_hostile_script_reaches_nobody_saves_nothing_runs_nothing_and_stays() {
    let Some(stage) = stage(&["xdotool"]) else { return };
    let trap = Trap::new();
    for folder in ["Downloads", "Desktop"] {
        fs::create_dir(stage.home.path().join(folder)).unwrap();
    }
    let mut app = stage.open(Some("hostile"), &[&format!("/{}", trap.port)]);
    let report = app.report("hostile");

    assert!(report["probes"].as_u64().unwrap() >= 61, "{report}");
    assert_eq!(report["outcome"].as_object().unwrap().len() as u64, report["probes"]);
    assert_eq!(report["pwned"], serde_json::json!([]), "a script ran");
    assert_eq!(report["here"], "backstory://app/", "the page was left");
    assert_eq!(report["lost"], 0, "calls of the page were lost");
    assert_eq!(
        report["route"],
        serde_json::json!(format!("/{}", trap.port)),
        "a call was accepted"
    );
    assert!(report["violations"].as_u64().unwrap() > 30, "the policy was not at work: {report}");
    assert_eq!(trap.hits(), Vec::<String>::new(), "something reached the network");
    assert_eq!(dropped(stage.home.path()), Vec::<String>::new(), "a file was saved");
    assert_eq!(windows(&stage), 1, "a window was opened");

    let framed = &report["framed"];
    assert!(framed["kinds"].as_u64().unwrap() >= 6);
    let heard = framed["heard"].as_array().unwrap();
    assert!(heard.is_empty(), "a frame spoke: {heard:?}");
    assert_eq!(framed["stolen"], serde_json::json!([]), "the key was seen");
    assert_eq!(framed["replaced"], false, "the bridge was replaced");
    for (trick, answer) in framed["tricks"].as_object().unwrap() {
        let accepted = ["200", "204"].contains(&answer.to_string().as_str());
        assert!(!accepted, "{trick} was accepted: {answer}");
    }
    assert_eq!(framed["tricks"]["blob"], "TypeError", "the guard let a Blob pass");

    // The trap itself works.
    drop(std::net::TcpStream::connect(("127.0.0.1", trap.port)).unwrap());
    crate::stage::until("the trap to see its own hit", || !trap.hits().is_empty());
    assert!(app.close().success());
}
