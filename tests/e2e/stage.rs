//! A display, a home folder and processes that end with the test.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take. Generous: it is only waited for when something is wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// Two windows at a time would only take turns on a small machine, and spoil each other's times.
static TURN: Mutex<()> = Mutex::new(());

/// An empty X display and an empty home.
pub(crate) struct Stage {
    pub(crate) home: tempfile::TempDir,
    pub(crate) display: String,
    variables: Vec<(String, String)>,
    _screen: Guarded,
    _bus: Option<Guarded>,
    _turn: MutexGuard<'static, ()>,
}

/// A child that is killed and waited for when it goes out of scope.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sets the stage, or tells why not. `None` means that the test cannot run here and need not.
pub(crate) fn stage(programs: &[&str]) -> Option<Stage> {
    let missing: Vec<&str> =
        ["Xvfb"].iter().chain(programs).copied().filter(|name| find(name).is_none()).collect();
    if missing.is_empty() {
        return Some(Stage::new());
    }
    skip(&format!("needs {}, which is not installed", missing.join(" and ")));
    None
}

/// Whether a test that cannot run has failed.
pub(crate) fn must() -> bool {
    std::env::var_os("CI").is_some()
        || std::env::var("BACKSTORY_E2E").is_ok_and(|it| it == "require")
}

/// Says loudly that this test does not run, or fails it where it must.
pub(crate) fn skip(why: &str) {
    let test = thread::current().name().unwrap_or("a test").to_owned();
    assert!(!must(), "{test} {why}");
    // Past the test harness, which would swallow it.
    let _ = writeln!(std::io::stderr(), "\n*** NOT RUN: {test} {why} ***\n");
}

/// A figure for whoever reads the log.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "figure: {text}");
}

/// A program on the search path.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|it| it.is_file())
}

/// A command that dies with the thread that started it, so that no aborted run leaves it behind.
pub(crate) fn tethered(program: impl AsRef<OsStr>) -> Command {
    match find("setpriv") {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "KILL", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

impl Stage {
    fn new() -> Stage {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let home = tempfile::Builder::new().prefix("backstory-e2e-").tempdir().unwrap();
        fs::create_dir(home.path().join("run")).unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(home.path().join("run"), private).unwrap();
        // Xvfb finds a free display by itself and says which.
        let mut screen = tethered("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1920x1200x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        BufReader::new(screen.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let screen = Guarded(screen);
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        Stage {
            home,
            display: format!(":{}", number.trim()),
            variables: Vec::new(),
            _screen: screen,
            _bus: None,
            _turn: turn,
        }
    }

    /// Adds a session bus, as every desktop has.
    pub(crate) fn with_bus(mut self) -> Stage {
        let mut bus = tethered("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        self.variables.push(("DBUS_SESSION_BUS_ADDRESS".into(), address.trim().into()));
        self._bus = Some(Guarded(bus));
        self
    }

    /// Sets a variable for every program started later.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Stage {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// A command in this stage's environment and in no other.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = tethered(program);
        let home = self.home.path();
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("BACKSTORY_HOME", home.join("backstory"))
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .env("TMPDIR", home.join("run"))
            .env("DISPLAY", &self.display)
            .env("LANG", "C.UTF-8")
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_THEME", "Adwaita")
            // Others may be compiling on this machine.
            .env("BACKSTORY_READY_SECONDS", "90")
            .current_dir(home)
            .stdin(Stdio::null());
        for (name, value) in &self.variables {
            command.env(name, value);
        }
        command
    }

    /// Opens the window. With `page`, it shows a folder of `tests/e2e/pages`.
    pub(crate) fn open(&self, page: Option<&str>, arguments: &[&str]) -> App {
        let mut command = self.command(env!("CARGO_BIN_EXE_backstory-app"));
        if let Some(page) = page {
            command.arg("--test-page").arg(page_folder(page));
        }
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let streams: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for stream in streams {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(stream).split(b'\n') {
                    let Ok(line) = line else { return };
                    let _ = sender.send(String::from_utf8_lossy(&line).into_owned());
                }
            });
        }
        App { child, lines, seen: Vec::new() }
    }

    /// Runs a small X program to its end.
    pub(crate) fn x(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Writes what the display shows as PNG, into the folder that `BACKSTORY_SHOTS` names, if any.
    pub(crate) fn shot(&self, name: &str) {
        if let Some(folder) = std::env::var_os("BACKSTORY_SHOTS") {
            let path = Path::new(&folder).join(format!("{name}.png"));
            let _ = self.command("import").args(["-window", "root"]).arg(path).status();
        }
    }
}

/// A folder of pages for tests.
pub(crate) fn page_folder(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/pages").join(page)
}

/// A running window.
pub(crate) struct App {
    pub(crate) child: Child,
    lines: Receiver<String>,
    /// Everything it said, for the message of a failing test.
    pub(crate) seen: Vec<String>,
}

impl App {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line that holds `wanted` and gives what follows it.
    pub(crate) fn line(&mut self, wanted: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push(line);
                    let line = self.seen.last().unwrap();
                    if let Some(at) = line.find(wanted) {
                        return line[at + wanted.len()..].trim().to_owned();
                    }
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        panic!("the window never said {wanted:?}, but:\n{}", self.seen.join("\n"));
    }

    /// Waits for a report of a test page, which asks for the file `/report/NAME/JSON`.
    pub(crate) fn report(&mut self, name: &str) -> serde_json::Value {
        let text = decoded(&self.line(&format!("report {name}/")));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    /// The first report of that name, also where it came before another that was waited for.
    pub(crate) fn said(&mut self, name: &str) -> serde_json::Value {
        let wanted = format!("report {name}/");
        let text =
            self.seen.iter().find_map(|line| line.split_once(&wanted).map(|it| decoded(it.1)));
        let text = text.unwrap_or_else(|| decoded(&self.line(&wanted)));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, signal: &str) {
        kill(signal, self.pid());
    }

    /// Waits for the end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let mut status = None;
        until("the window to end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        while let Ok(line) = self.lines.recv_timeout(Duration::from_millis(200)) {
            self.seen.push(line);
        }
        status.unwrap()
    }

    /// Asks it to end and waits until it and all its processes have.
    pub(crate) fn close(mut self) -> ExitStatus {
        let family = descendants(self.pid());
        self.signal("TERM");
        let status = self.end();
        until("the window's processes to end", || !family.iter().any(|pid| alive(*pid)));
        status
    }

    /// The process that runs the page.
    pub(crate) fn web_process(&self) -> u32 {
        self.process("WebKitWebProces")
    }

    /// The process below the window that the system calls so, in its 15 characters.
    pub(crate) fn process(&self, called: &str) -> u32 {
        let mut found = None;
        until(&format!("{called} to start"), || {
            let family = descendants(self.pid());
            found = family.into_iter().find(|pid| name(*pid) == called);
            found.is_some()
        });
        found.unwrap()
    }

    pub(crate) fn alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let family = descendants(self.pid());
        let _ = self.child.kill();
        let _ = self.child.wait();
        family.into_iter().for_each(|pid| kill("KILL", pid));
    }
}

/// Takes percent-encoding away.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let hex = more.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        match hex.and_then(|it| u8::from_str_radix(it, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) fn kill(signal: &str, pid: u32) {
    let _ = Command::new("kill")
        .args([format!("-{signal}"), pid.to_string()])
        .stderr(Stdio::null())
        .status();
}

/// Polls until `done`, and fails with `what` was waited for.
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        thread::park_timeout(Duration::from_millis(10));
    }
}

/// A field of `/proc/PID/status`.
pub(crate) fn status(pid: u32, field: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    Some(line.trim().to_owned())
}

fn name(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned()
}

/// Alive, and not only waiting to be collected by whoever adopted it.
pub(crate) fn alive(pid: u32) -> bool {
    status(pid, "State").is_some_and(|state| !state.starts_with('Z'))
}

/// All processes below `pid`, itself not among them.
pub(crate) fn descendants(pid: u32) -> Vec<u32> {
    let all: Vec<(u32, u32)> = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            Some((pid, status(pid, "PPid")?.parse().ok()?))
        })
        .collect();
    let mut found = vec![pid];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(all.iter().filter(|(_, it)| *it == parent).map(|(child, _)| *child));
        at += 1;
    }
    found.split_off(1)
}
