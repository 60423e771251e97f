//! The window: arguments, folders, store and server put together. Everything else is in crates.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use shell::{Options, Status, Wish};

const HELP: &str = "\
Opens the Backstory window.

Usage: backstory-app [OPTIONS] [ROUTE]

  ROUTE                  the screen to show, as in /file/src/main.rs
  --safe-rendering       draw in the simplest way, for windows that stay empty
  --no-safe-rendering    forget that an earlier start drew nothing
  --devtools             open the inspector to you
  --doctor               print what was found on this machine, and open no window
  --help                 print this";

#[derive(Default)]
struct Arguments {
    wish: Wish,
    devtools: bool,
    doctor: bool,
    help: bool,
    route: String,
    /// Debug builds only: files to show in place of the real page.
    test_page: Option<PathBuf>,
}

fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Arguments, String> {
    let mut parsed = Arguments::default();
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--safe-rendering") => parsed.wish = Wish::Safe,
            Some("--no-safe-rendering") => parsed.wish = Wish::Fresh,
            Some("--devtools") => parsed.devtools = true,
            Some("--doctor") => parsed.doctor = true,
            Some("--help" | "-h") => parsed.help = true,
            Some("--test-page") if cfg!(debug_assertions) => {
                parsed.test_page = Some(arguments.next().ok_or("--test-page needs a folder")?.into());
            }
            Some(route) if route.starts_with('/') && parsed.route.is_empty() => {
                parsed.route = route.to_owned();
            }
            _ => return Err(format!("{} is not understood; see --help", argument.display())),
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

fn run() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = parse(std::env::args_os().skip(1))?;
    if arguments.help {
        say(HELP);
        return Ok(ExitCode::SUCCESS);
    }
    let folders = folders()?;
    if arguments.doctor {
        return Ok(doctor(&folders.state));
    }
    // First of all: nothing may run beside this.
    let plan = shell::prepare(arguments.wish, arguments.devtools, &folders.state);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let store = store::Store::open(&folders.data.join("memory.db"))?;
    let server = rpc::Server::new(store, say);
    let assets: Arc<dyn shell::Assets> = match arguments.test_page {
        Some(folder) => Arc::new(TestPage::read(&folder)?),
        None => Arc::new(TestPage::default()),
    };
    shell::run(Options {
        route: arguments.route,
        state_dir: folders.state,
        plan,
        devtools: arguments.devtools,
        assets,
        icon_png: include_bytes!("../assets/icons/backstory-128.png"),
        server,
        runtime: runtime.handle().clone(),
    })?;
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    Ok(ExitCode::SUCCESS)
}

fn doctor(state: &std::path::Path) -> ExitCode {
    let findings = shell::doctor(state);
    for (name, value, status) in &findings {
        let mark = match status {
            Status::Ok => "ok  ",
            Status::Warn => "warn",
            Status::Fail => "fail",
        };
        say(&format!("{mark} {name:<14} {value}"));
    }
    let failed = findings.iter().any(|(_, _, status)| *status == Status::Fail);
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

struct Folders {
    data: PathBuf,
    state: PathBuf,
}

/// `BACKSTORY_HOME` holds everything where it is set; else the system's folders for such things.
fn folders() -> Result<Folders, Box<dyn Error>> {
    if let Some(home) = std::env::var_os("BACKSTORY_HOME").filter(|it| !it.is_empty()) {
        let home = std::path::absolute(home)?;
        return Ok(Folders { data: home.join("data"), state: home.join("state") });
    }
    use etcetera::AppStrategy;
    let strategy = etcetera::choose_app_strategy(etcetera::AppStrategyArgs {
        top_level_domain: "org".into(),
        author: String::new(),
        app_name: "backstory".into(),
    })?;
    let data = strategy.data_dir();
    let state = strategy.state_dir().unwrap_or_else(|| data.join("state"));
    Ok(Folders { data, state })
}

/// One line for the terminal the window was started from.
#[expect(clippy::print_stderr, reason = "a window has no other way to reach its terminal")]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Files of a folder in place of the page, for the tests of the window.
#[derive(Default)]
struct TestPage {
    files: std::collections::HashMap<String, (&'static [u8], &'static str)>,
}

impl TestPage {
    fn read(folder: &std::path::Path) -> std::io::Result<TestPage> {
        let mut page = TestPage::default();
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
            page.files.insert(name, (std::fs::read(&path)?.leak(), kind));
        }
        Ok(page)
    }
}

impl shell::Assets for TestPage {
    fn get(&self, path: &str) -> Option<(&'static [u8], &'static str)> {
        self.files.get(path).copied()
    }
}
