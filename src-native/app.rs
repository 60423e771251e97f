//! The window: arguments, places, memory beside it and the page put together. Everything else is
//! in crates.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use shell::{Launch, Options, Status, Wish};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use transport::Places;

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
    /// Files to show in place of the real page: for tests and the benchmark.
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
            Some("--test-page") => {
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
    // Whoever may open the inspector may do as much.
    if parsed.test_page.is_some() && !(parsed.devtools || cfg!(debug_assertions)) {
        return Err("--test-page is taken with --devtools only".into());
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
    let launch = launch(&arguments)?;
    let Some(memory) = launch.start(&first_screen(&arguments))? else {
        return Ok(ExitCode::SUCCESS); // the window that is open came forward
    };
    // Before anything starts a thread, and only by the one that opens a window: it counts its
    // starts.
    let plan = shell::prepare(arguments.wish, arguments.devtools, &places.state);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let assets: Arc<dyn shell::Assets> = match &arguments.test_page {
        Some(folder) => Arc::new(TestPage::read(folder)?),
        None => Arc::new(Page),
    };
    let shown = shell::run(Options {
        state_dir: places.state,
        plan,
        devtools: arguments.devtools,
        assets,
        icon_png: built::ICON,
        memory,
        launch,
        runtime: runtime.handle().clone(),
    });
    runtime.shutdown_timeout(Duration::from_millis(100));
    shown?;
    Ok(ExitCode::SUCCESS)
}

/// How memory is started: the terminal's program, which is beside this one.
fn launch(arguments: &Arguments) -> Result<Launch, Failure> {
    let program = std::env::current_exe()?
        .with_file_name(format!("backstory{}", std::env::consts::EXE_SUFFIX));
    let arguments = [named("--store=", &arguments.store), named("--socket=", &arguments.socket)];
    let arguments = arguments.into_iter().flatten().collect();
    Ok(Launch { program, arguments, revision: env!("BACKSTORY_REVISION") })
}

/// What memory is told of the screen to show first.
fn first_screen(arguments: &Arguments) -> Vec<OsString> {
    let told = [named("--folder=", &arguments.folder), named("--route=", &arguments.route)];
    told.into_iter().flatten().collect()
}

/// An option with its value in one word, which may begin with anything.
fn named(name: &str, value: &Option<impl AsRef<OsStr>>) -> Option<OsString> {
    let mut word = OsString::from(name);
    word.push(value.as_ref()?);
    Some(word)
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
