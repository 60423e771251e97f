//! The life of the window: opening, being told things, dying, coming back, ending.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use serde_json::json;

use crate::driver::Driver;
use crate::stage::{Stage, alive, descendants, kill, note, stage, status, until};

#[test]
fn the_page_speaks_a_language_even_where_the_locale_is_c() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("plain"), &[]);
    let ready = app.report("ready");
    assert_eq!(ready["language"], "en-US");
    assert_eq!(ready["number"], "1,234.5");
    assert_eq!(ready["platform"], "linux");
    assert_eq!(ready["dark"], false);
    stage.shot("plain-light");
    assert!(app.close().success());
}

#[test]
fn the_page_is_dark_where_the_system_is() {
    let Some(stage) = stage(&[]) else { return };
    let stage = stage.with("GTK_THEME", "Adwaita:dark").with("LANG", "de_DE.UTF-8");
    let mut app = stage.open(Some("plain"), &[]);
    let ready = app.report("ready");
    assert_eq!((&ready["dark"], &ready["state"]["dark"]), (&json!(true), &json!(true)));
    assert_eq!((&ready["language"], &ready["number"]), (&json!("de-DE"), &json!("1.234,5")));
    stage.shot("plain-dark");
    assert!(app.close().success());
}

#[test]
fn the_window_ends_cleanly_when_asked_to_and_leaves_no_process() {
    let Some(stage) = stage(&[]) else { return };
    for signal in ["TERM", "INT", "HUP"] {
        let mut app = stage.open(Some("plain"), &[]);
        app.report("ready");
        let family = descendants(app.pid());
        assert!(!family.is_empty());
        app.signal(signal);
        assert_eq!(app.end().code(), Some(0), "SIG{signal}");
        until("its processes to end", || !family.iter().any(|pid| alive(*pid)));
        assert!(state_file(&stage, "window.json").contains("\"width\""), "SIG{signal}");
    }
}

fn state_file(stage: &Stage, name: &str) -> String {
    fs::read_to_string(stage.home.path().join("backstory/state").join(name)).unwrap_or_default()
}

#[test]
fn a_killed_page_comes_back_with_a_notice() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("plain"), &[]);
    app.report("ready");
    let mut times = Vec::new();
    for _ in 0..3 {
        let web = app.web_process();
        let start = Instant::now();
        kill("KILL", web);
        // The notice may come before or after the page's own report.
        let event = app.report("event");
        assert_eq!(event["method"], "$/notice", "{event}");
        let text = event["params"]["text"].as_str().unwrap_or_default();
        assert!(text.contains("started again"), "{event}");
        let ready = app.report("ready");
        times.push(start.elapsed());
        assert_eq!(ready["state"]["ready"], true);
        assert_ne!(app.web_process(), web);
    }
    note(&format!("a killed page was back after {times:?}"));
    assert!(app.close().success());
}

#[test]
fn a_killed_memory_comes_back_with_a_notice_and_the_socket_with_it() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("plain"), &[]);
    app.report("ready");
    let mut times = Vec::new();
    for _ in 0..3 {
        let memory = app.process("backstory");
        let start = Instant::now();
        kill("KILL", memory);
        let ready = app.report("ready");
        times.push(start.elapsed());
        assert_eq!(ready["state"]["ready"], true);
        assert_ne!(app.process("backstory"), memory);
        let asked = stage.command(env!("CARGO_BIN_EXE_backstory")).args(["app", "state"]).status();
        assert!(asked.unwrap().success());
    }
    let told = app.seen.iter().filter(|it| it.contains("Memory%20had%20ended")).count();
    assert!(told > 0, "{:?}", app.seen);
    note(&format!("a killed memory was back after {times:?}"));
    assert!(app.close().success());
}

#[test]
fn a_window_without_its_memory_says_what_is_missing() {
    let Some(stage) = stage(&[]) else { return };
    let alone = stage.home.path().join("backstory-app");
    fs::copy(env!("CARGO_BIN_EXE_backstory-app"), &alone).unwrap();
    let output = stage.command(&alone).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(
        text.contains("Memory does not answer") && text.contains("cannot be started"),
        "{text}"
    );
    // One that ends without a word.
    let beside = stage.home.path().join("backstory");
    fs::write(&beside, "#!/bin/sh\nexit 0\n").unwrap();
    fs::set_permissions(&beside, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let output = stage.command(&alone).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && text.contains("said nothing"), "{text}");
}

#[test]
fn a_store_that_cannot_be_opened_is_told_once_and_is_no_fault_of_the_display() {
    let Some(stage) = stage(&[]) else { return };
    let store = stage.home.path().join("no.db");
    fs::write(&store, "not a store").unwrap();
    for _ in 0..4 {
        let mut command = stage.command(env!("CARGO_BIN_EXE_backstory-app"));
        let output = command.arg("--store").arg(&store).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success());
        assert_eq!(text.matches("no.db").count(), 1, "{text}");
    }
    let mut doctor = stage.command(env!("CARGO_BIN_EXE_backstory-app"));
    let output = doctor.arg("--doctor").output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("rendering") && !text.contains("starts ended before"), "{text}");
}

#[test]
fn beside_a_server_there_is_one_window_and_scripts_drive_it() {
    let Some(stage) = stage(&[]) else { return };
    let terminal = env!("CARGO_BIN_EXE_backstory");
    let mut server = stage.command(terminal).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let mut app = stage.open(Some("plain"), &[]);
    app.report("ready");
    assert!(stage.command(terminal).args(["app", "open", "/people"]).status().unwrap().success());
    assert_eq!(app.report("route"), json!("#/people"));
    let again = stage.command(env!("CARGO_BIN_EXE_backstory-app")).args(["--route", "/x"]).output();
    assert!(again.unwrap().status.success());
    assert_eq!(app.report("route"), json!("#/x"));
    // Nor is there a second one when the server has ended.
    kill("TERM", server.id());
    assert!(server.wait().unwrap().success());
    let again = stage.command(env!("CARGO_BIN_EXE_backstory-app")).args(["--route", "/y"]).output();
    assert!(again.unwrap().status.success());
    assert_eq!(app.report("route"), json!("#/y"));
    assert!(app.close().success());
}

#[test]
fn a_page_that_dies_again_and_again_is_given_up_and_the_window_stays() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("plain"), &[]);
    for _ in 0..4 {
        app.report("ready");
        kill("KILL", app.web_process());
    }
    app.report("ready");
    kill("KILL", app.web_process());
    app.line("not started any more");
    assert!(app.alive());
    assert!(app.close().success());
}

#[test]
fn the_web_process_is_confined() {
    let Some(stage) = stage(&["bwrap"]) else { return };
    let stage = stage.with_bus();
    let canary = stage.home.path().join("canary");
    fs::write(&canary, "secret").unwrap();
    let mut app = stage.open(Some("plain"), &[]);
    let ready = app.report("ready");
    if ready["state"]["sandboxed"] != json!(true) {
        // A machine without namespaces: then the page must have been told.
        let event = app.report("event");
        assert!(event["params"]["text"].as_str().unwrap_or_default().contains("sandbox"));
        note("this machine allows no sandbox; the warning was shown");
        return;
    }
    let web = app.web_process();
    assert_eq!(status(web, "Seccomp").as_deref(), Some("2"));
    assert_eq!(status(web, "NoNewPrivs").as_deref(), Some("1"));
    let network = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/net")).unwrap();
    assert_ne!(network(&web.to_string()), network("self"));
    let seen = Path::new("/proc").join(web.to_string()).join("root");
    let inside = seen.join(canary.strip_prefix("/").unwrap());
    assert!(!inside.exists(), "the page's process sees {}", canary.display());
    assert!(app.close().success());
}

#[test]
fn a_machine_without_bubblewrap_shows_the_window_and_a_warning() {
    let Some(stage) = stage(&[]) else { return };
    let stage = stage.with("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
    let mut app = stage.open(Some("plain"), &[]);
    // The notice and the first picture come in either order.
    let event = app.said("event");
    assert_eq!(event["method"], "$/notice");
    assert!(event["params"]["text"].as_str().unwrap_or_default().contains("without a sandbox"));
    assert_eq!(app.said("ready")["state"]["sandboxed"], false);
    assert!(app.close().success());
}

#[test]
fn nothing_of_the_page_is_kept() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("plain"), &[]);
    let ready = app.report("ready");
    assert_eq!(ready["kept"]["local"], true, "the page could not even try: {ready}");
    // Killed: no chance to tidy up.
    let family = descendants(app.pid());
    app.signal("KILL");
    app.end();
    until("its processes to end", || !family.iter().any(|pid| alive(*pid)));
    let mut files = 0;
    let mut folders = vec![stage.home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if entry.file_type().unwrap().is_file() {
                files += 1;
                let content = fs::read(entry.path()).unwrap();
                for canary in ["CANARY-b7d1c2", "C\0A\0N\0A\0R\0Y\0-\0"] {
                    let held = content.windows(canary.len()).any(|it| it == canary.as_bytes());
                    assert!(!held, "{} holds the canary", entry.path().display());
                }
            }
        }
    }
    assert!(files > 0, "looked in the wrong place");
}

#[test]
fn no_process_of_the_window_listens_on_a_port() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("plain"), &[]);
    app.report("ready");
    let mut family = descendants(app.pid());
    family.push(app.pid());
    assert!(family.len() >= 3, "too few processes: {family:?}");
    for pid in family {
        let found = listening(pid);
        assert!(found.is_empty(), "process {pid} listens: {found:?}");
    }
    // The search itself finds what is there.
    let before = listening(std::process::id()).len();
    let _listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(listening(std::process::id()).len(), before + 1);
    assert!(app.close().success());
}

/// Lines of `/proc/PID/net/{tcp,udp}…` of sockets that the process holds and that take strangers.
fn listening(pid: u32) -> Vec<String> {
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{pid}/fd"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .filter_map(|link| {
            Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
        })
        .collect();
    let mut found = Vec::new();
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let text = fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, _, remote, state, _, _, _, _, _, inode, ..] = fields[..] else { continue };
            let open = state == "0A" || table.starts_with("udp") && remote.ends_with(":0000");
            if open && sockets.iter().any(|socket| socket == inode) {
                found.push(line.to_owned());
            }
        }
    }
    found
}

#[test]
fn the_window_comes_back_where_and_as_large_as_it_was() {
    let Some(stage) = stage(&["xdotool"]) else { return };
    let window =
        |stage: &Stage| stage.x("xdotool", &["search", "--onlyvisible", "--name", "Plain page"]);
    let geometry = |stage: &Stage, id: &str| {
        let text = stage.x("xdotool", &["getwindowgeometry", "--shell", id]);
        let number = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.and_then(|it| it.parse::<i32>().ok()).unwrap_or(-1)
        };
        (number("X"), number("Y"), number("WIDTH"), number("HEIGHT"))
    };
    let mut app = stage.open(Some("plain"), &[]);
    let ready = app.report("ready");
    assert_eq!((&ready["width"], &ready["height"]), (&json!(1280), &json!(800)));
    let id = window(&stage);
    stage.x("xdotool", &["windowmove", &id, "123", "87"]);
    stage.x("xdotool", &["windowsize", &id, "1001", "702"]);
    until("the window to move", || geometry(&stage, &id) == (123, 87, 1001, 702));
    // The window hears of it after we do, and of the move before the size.
    while app.report("resized") != json!(1001) {}
    assert!(app.close().success());
    assert!(state_file(&stage, "window.json").contains("1001"), "not remembered");

    let mut app = stage.open(Some("plain"), &[]);
    let ready = app.report("ready");
    assert_eq!((&ready["width"], &ready["height"]), (&json!(1001), &json!(702)));
    let id = window(&stage);
    assert_eq!(geometry(&stage, &id), (123, 87, 1001, 702));
    assert!(app.close().success());

    // A screen that is gone.
    let folder = stage.home.path().join("backstory/state");
    let lost = r#"{"width":9000,"height":9000,"x":-7000,"y":4000,"maximized":false}"#;
    fs::write(folder.join("window.json"), lost).unwrap();
    let mut app = stage.open(Some("plain"), &[]);
    app.report("ready");
    let (x, y, width, height) = geometry(&stage, &window(&stage));
    assert!(x >= 0 && y >= 0 && x + width <= 1920 && y + height <= 1200, "off the screen");
    assert!(app.close().success());
}

#[test]
fn without_a_display_a_sentence_says_so() {
    let Some(stage) = stage(&[]) else { return };
    for display in [None, Some(":9999"), Some("nonsense")] {
        let mut command = stage.command(env!("CARGO_BIN_EXE_backstory-app"));
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        if let Some(display) = display {
            command.env("DISPLAY", display);
        }
        let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("There is no display to open a window on"), "{text}");
        assert!(!text.contains("panicked"), "{text}");
    }
}

#[test]
fn the_doctor_says_what_was_found_and_opens_nothing() {
    let Some(stage) = stage(&[]) else { return };
    let output = stage
        .command(env!("CARGO_BIN_EXE_backstory-app"))
        .arg("--doctor")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    for line in ["web engine", "display", "rendering", "sandbox", "languages", "gpu", "text font"] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[test]
fn safe_rendering_is_used_when_asked_for() {
    let Some(stage) = stage(&[]) else { return };
    let mut app = stage.open(Some("plain"), &["--safe-rendering"]);
    assert_eq!(app.report("ready")["state"]["rendering"], "safe");
    assert!(app.close().success());
    let mut app = stage.open(Some("plain"), &[]);
    assert_ne!(app.report("ready")["state"]["rendering"], "safe");
    assert!(app.close().success());
}

#[test]
fn a_window_that_stays_empty_starts_again_in_safe_rendering_and_remembers() {
    let Some(stage) = stage(&[]) else { return };
    let stage = stage.with("BACKSTORY_READY_SECONDS", "4");
    let mut app = stage.open(Some("plain"), &[]);
    // A page that never draws: its process is stopped before it can.
    let web = app.web_process();
    kill("STOP", web);
    app.line("starting again in safe rendering");
    let first = app.pid();
    until("the second start to draw", || {
        state_file(&stage, "start.json").contains("\"unfinished\":0")
            && state_file(&stage, "start.json").contains("\"told\":true")
    });
    assert_eq!(app.pid(), first);
    assert!(app.alive());
    stage.shot("blank");
    kill("KILL", web);
    assert!(app.close().success());

    let stage = stage.with("BACKSTORY_READY_SECONDS", "90");
    let mut app = stage.open(Some("plain"), &[]);
    assert_eq!(app.report("ready")["state"]["rendering"], "safe");
    assert!(app.close().success());
    let mut app = stage.open(Some("plain"), &["--no-safe-rendering"]);
    assert_ne!(app.report("ready")["state"]["rendering"], "safe");
    assert!(app.close().success());
}

#[test]
fn the_window_can_be_driven() {
    let Some(stage) = stage(&["WebKitWebDriver"]) else { return };
    let driver = Driver::open(&stage, Some("plain"), &["/start/here"]);
    assert_eq!(driver.text("h1"), "Plain page");
    assert_eq!(driver.text("#route"), "#/start/here");
    driver.keys("#name", "Łódź 日本");
    driver.click("#go");
    driver.wait_text("#greeting", "Hello, Łódź 日本");
    assert_eq!(driver.role("#go"), "button");
    let reply = driver.call("app.open", &json!({ "route": "/file/a b\"<é>" }));
    assert!(reply["error"].is_null(), "{reply}");
    driver.wait_text("#route", "#/file/a%20b%22%3C%C3%A9%3E");
    let reply = driver.call("app.text", &json!({}));
    let text = reply["result"]["text"].as_str().unwrap_or_default().to_owned();
    assert!(text.contains("Hello, Łódź 日本") && text.contains("Greet"), "{reply}");
    assert!(driver.address().starts_with("backstory://app/"));
    driver.refresh();
    driver.wait_text("h1", "Plain page");
}

#[test]
fn the_clipboard_takes_text_as_it_is() {
    let Some(stage) = stage(&["WebKitWebDriver", "xclip"]) else { return };
    let driver = Driver::open(&stage, Some("plain"), &[]);
    let text = "línea 1\nline 2\t🦀";
    let reply = driver.call("app.copy", &json!({ "text": text }));
    assert!(reply["error"].is_null(), "{reply}");
    until("the clipboard", || stage.x("xclip", &["-selection", "clipboard", "-o"]) == text);
}

#[test]
fn a_link_is_opened_outside_with_one_argument_and_only_if_it_is_one() {
    let Some(stage) = stage(&["WebKitWebDriver"]) else { return };
    // A stand-in for the system's opener, first on the search path.
    let folder = stage.home.path().join("bin");
    let log = stage.home.path().join("opened");
    fs::create_dir(&folder).unwrap();
    let script = format!("#!/bin/sh\nprintf '%s|%s\\n' \"$#\" \"$1\" >>'{}'\n", log.display());
    for name in ["xdg-open", "code"] {
        fs::write(folder.join(name), &script).unwrap();
        let all = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder.join(name), all).unwrap();
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let stage = stage.with("PATH", &format!("{}:{path}", folder.display()));
    let driver = Driver::open(&stage, Some("plain"), &[]);
    let open = |url: &str| driver.call("app.openInBrowser", &json!({ "url": url }));
    for url in ["file:///etc/passwd", "--help", "javascript:1", "https://a@b/", "ftp://a/"] {
        assert!(open(url)["error"].is_object(), "{url} was opened");
    }
    assert!(open("https://example.org/a?b=c")["error"].is_null());
    let mut text = String::new();
    until("the opener", || {
        text.clear();
        let file = fs::File::open(&log);
        file.is_ok_and(|mut it| it.read_to_string(&mut text).is_ok()) && text.ends_with('\n')
    });
    assert_eq!(text, "1|https://example.org/a?b=c\n");
}
