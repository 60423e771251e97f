//! The window: arguments, places, store, server and socket put together. Everything else is in
//! crates.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use rpc::{Caller, Server};
use shell::{Options, Status, Wish};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use transport::{Client, Listener, Places};

/// The built page and the icon.
mod built {
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

type Failure = Box<dyn std::error::Error>;

const HELP: &str = "\
Opens the Backstory window. Where one is open on the same store, it comes forward.

Usage: backstory-app [OPTIONS] [FOLDER]

  FOLDER                 a folder of the repository to show; it is added to memory and read
  --route ROUTE          the screen to show, as in /file/src/main.rs
  --store FILE           the store (else BACKSTORY_STORE, else memory.db in your data folder)
  --socket PATH          the socket (else BACKSTORY_SOCKET, else that of the store)
  --safe-rendering       draw in the simplest way, for windows that stay empty
  --no-safe-rendering    forget that an earlier start drew nothing
  --devtools             open the inspector to you
  --doctor               print what was found on this machine, and open no window
  --version              print the version
  --help                 print this";

#[derive(Default)]
struct Arguments {
    wish: Wish,
    devtools: bool,
    doctor: bool,
    text: Option<String>,
    route: Option<String>,
    folder: Option<PathBuf>,
    store: Option<PathBuf>,
    socket: Option<PathBuf>,
    /// Debug builds only: files to show in place of the real page.
    test_page: Option<PathBuf>,
}

fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Arguments, String> {
    let mut parsed = Arguments::default();
    let mut only_folders = false;
    while let Some(argument) = arguments.next() {
        let text = argument.to_str().filter(|_| !only_folders);
        let mut value = |name: &str| arguments.next().ok_or(format!("{name} needs a value"));
        match text {
            Some("--") => only_folders = true,
            Some("--safe-rendering") => parsed.wish = Wish::Safe,
            Some("--no-safe-rendering") => parsed.wish = Wish::Fresh,
            Some("--devtools") => parsed.devtools = true,
            Some("--doctor") => parsed.doctor = true,
            Some("--help" | "-h") => parsed.text = Some(HELP.into()),
            Some("--version" | "-V") => {
                let (version, revision) = (env!("CARGO_PKG_VERSION"), env!("BACKSTORY_REVISION"));
                parsed.text = Some(format!("backstory-app {version} ({revision})"));
            }
            Some("--route") => parsed.route = Some(value("--route")?.to_string_lossy().into()),
            Some("--store") => parsed.store = Some(value("--store")?.into()),
            Some("--socket") => parsed.socket = Some(value("--socket")?.into()),
            Some("--test-page") if cfg!(debug_assertions) => {
                parsed.test_page = Some(value("--test-page")?.into());
            }
            Some(option) if option.starts_with('-') => {
                return Err(format!("{option} is not understood; see --help"));
            }
            // A screen's address, too, may stand without its name.
            Some(route) if route.starts_with('/') && !Path::new(route).exists() => {
                parsed.route = Some(route.into());
            }
            _ if parsed.folder.is_none() => parsed.folder = Some(argument.into()),
            _ => return Err(format!("{} is one folder too many", argument.display())),
        }
    }
    Ok(parsed)
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            say(&format!("backstory-app: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, Failure> {
    let arguments = parse(std::env::args_os().skip(1))?;
    if let Some(text) = &arguments.text {
        say(text);
        return Ok(ExitCode::SUCCESS);
    }
    let places = Places::find(arguments.store.as_deref(), arguments.socket.as_deref())?;
    if arguments.doctor {
        return Ok(doctor(&places.state));
    }
    let folder = arguments.folder.as_deref();
    let listener = match Listener::bind(&places.socket, &places.store) {
        Ok(listener) => Some(listener),
        Err(transport::Error::AlreadyRunning { .. }) => {
            if forwarded(&places, folder, arguments.route.as_deref())? {
                return Ok(ExitCode::SUCCESS);
            }
            None // `backstory serve` has the socket; the window works beside it
        }
        Err(error) => {
            say(&format!("backstory-app: {error}; scripts cannot reach this window"));
            None
        }
    };
    // Before anything starts a thread, and only by the one that opens a window: it counts its
    // starts.
    let plan = shell::prepare(arguments.wish, arguments.devtools, &places.state);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let server = Server::open(&places.store, say)?;
    let route = first_screen(&runtime, &server, &arguments);
    runtime.spawn(cli::follow_when_drawn(server.clone()));
    let assets: Arc<dyn shell::Assets> = match &arguments.test_page {
        Some(folder) => Arc::new(TestPage::read(folder)?),
        None => Arc::new(Page),
    };
    let (end, ended) = oneshot::channel();
    let serving = listener.map(|it| runtime.spawn(serve(it, server.clone(), ended)));
    let shown = shell::run(Options {
        route,
        state_dir: places.state,
        plan,
        devtools: arguments.devtools,
        assets,
        icon_png: built::ICON,
        server,
        runtime: runtime.handle().clone(),
    });
    drop(end);
    if let Some(serving) = serving {
        let _ = runtime.block_on(serving); // the socket is removed
    }
    runtime.shutdown_timeout(Duration::from_millis(500));
    shown?;
    Ok(ExitCode::SUCCESS)
}

/// Asks the window that is open to come forward. One that is starting has a moment to listen.
fn forwarded(places: &Places, folder: Option<&Path>, route: Option<&str>) -> Result<bool, Failure> {
    let limit = Instant::now() + Duration::from_secs(5);
    loop {
        match cli::bring_forward(places, folder, route) {
            Ok(false) if Instant::now() < limit && !answers(places) => {}
            result => return Ok(result?),
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn answers(places: &Places) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.is_ok_and(|it| it.block_on(Client::connect(&places.socket)).is_ok())
}

/// The screen to show first. A folder that is in no repository is no reason for no window.
fn first_screen(runtime: &Runtime, server: &Server, arguments: &Arguments) -> String {
    let route = arguments.route.clone();
    let Some(folder) = &arguments.folder else { return route.unwrap_or_default() };
    let wanted = route.as_deref().unwrap_or("/overview");
    runtime.block_on(cli::first_screen(server, folder, wanted)).unwrap_or_else(|error| {
        say(&format!("backstory-app: {error}"));
        route.unwrap_or_default()
    })
}

/// Answers scripts until `ended` is dropped.
async fn serve(listener: Listener, server: Server, ended: oneshot::Receiver<()>) {
    let end = async { drop(ended.await) };
    if let Err(error) = listener.serve(&server, Caller::Script, end).await {
        say(&format!("backstory-app: {error}; scripts cannot reach this window"));
    }
}

fn doctor(state: &Path) -> ExitCode {
    let findings = shell::doctor(state);
    for (name, value, status) in &findings {
        let mark = match status {
            Status::Ok => "ok  ",
            Status::Warn => "warn",
            Status::Fail => "fail",
        };
        say(&format!("{mark} {name:<14} {value}"));
    }
    // What stands in for it is a single file.
    let built = built::ASSETS.len() > 1;
    let page = if built { "built in" } else { "not built in: run `make ui`" };
    say(&format!("{} {:<14} {page}", if built { "ok  " } else { "warn" }, "page"));
    let failed = findings.iter().any(|(_, _, status)| *status == Status::Fail);
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// One line for the terminal the window was started from.
#[expect(clippy::print_stderr, reason = "a window has no other way to reach its terminal")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// The page that was built in.
struct Page;

impl shell::Assets for Page {
    fn get(&self, path: &str) -> Option<(&'static [u8], &'static str)> {
        built::ASSETS.iter().find(|it| it.0 == path).map(|(_, mime, content)| (*content, *mime))
    }
}

/// Files of a folder in place of the page, for the tests of the window.
struct TestPage {
    files: std::collections::HashMap<String, (&'static [u8], &'static str)>,
}

impl TestPage {
    fn read(folder: &Path) -> std::io::Result<TestPage> {
        let mut files = std::collections::HashMap::new();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let kind = match path.extension().and_then(|it| it.to_str()) {
                Some("html") => "text/html; charset=utf-8",
                Some("js") => "text/javascript; charset=utf-8",
                Some("css") => "text/css; charset=utf-8",
                Some("json") => "application/json",
                Some("svg") => "image/svg+xml",
                _ => continue,
            };
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(name, (&*std::fs::read(&path)?.leak(), kind));
        }
        Ok(TestPage { files })
    }
}

impl shell::Assets for TestPage {
    fn get(&self, path: &str) -> Option<(&'static [u8], &'static str)> {
        // How a page under test tells the test what it saw, without a driver in between.
        #[expect(clippy::print_stdout, reason = "read by the test that started the window")]
        if let Some(report) = path.strip_prefix("report/") {
            println!("report {report}");
            return Some((b"", "text/plain"));
        }
        self.files.get(path).copied()
    }
}
