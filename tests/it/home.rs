//! A home folder of its own, the programs run in it, and repositories to ask about.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The terminal program.
pub(crate) const BACKSTORY: &str = env!("CARGO_BIN_EXE_backstory");
/// How long anything may take. Generous: it is only waited for when something is wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// An empty home.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Home {
        let folder = tempfile::Builder::new().prefix("backstory-it-").tempdir().unwrap();
        std::fs::create_dir(folder.path().join("elsewhere")).unwrap();
        Home { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A command in this home and in no other environment, standing in no repository.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("BACKSTORY_HOME", self.path().join("b"))
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .current_dir(self.path().join("elsewhere"))
            .stdin(Stdio::null());
        command
    }

    /// Runs `backstory` with arguments, standing in no repository.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(BACKSTORY).args(arguments).output().unwrap()
    }

    /// The same, standing in `folder`.
    pub(crate) fn run_in(&self, folder: &Path, arguments: &[&str]) -> Output {
        self.command(BACKSTORY).args(arguments).current_dir(folder).output().unwrap()
    }

    /// Where a server of this home listens.
    pub(crate) fn socket(&self) -> PathBuf {
        self.path().join("b/run/default.sock")
    }

    /// Starts `backstory serve` and waits until it answers.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Serving {
        Serving::start(self.command(BACKSTORY).arg("serve").args(arguments))
    }

    /// A small repository with a history that never changes.
    pub(crate) fn shop(&self) -> PathBuf {
        self.repository("shop", &stream(SHOP))
    }

    /// A repository of many commits, to take a while.
    pub(crate) fn large(&self, commits: usize) -> PathBuf {
        let mut stream = String::new();
        for n in 1..=commits {
            let time = 1_500_000_000 + n * 600;
            stream +=
                &format!("commit refs/heads/main\ncommitter Ada <ada@example.org> {time} +0000\n");
            let message = format!("Change {n}");
            stream += &format!("data {}\n{message}\n", message.len());
            for file in 0..4 {
                let lines: String = (0..150)
                    .map(|line| format!("line {line} {}\n", (n * 31 + line * file) % 97))
                    .collect();
                let path = format!("src/{}/file{file}.txt", n % 40);
                stream += &format!("M 644 inline {path}\ndata {}\n{lines}\n", lines.len());
            }
        }
        self.repository("large", &stream)
    }

    fn repository(&self, name: &str, stream: &str) -> PathBuf {
        let folder = self.path().join(name);
        let git = |arguments: &[&str]| {
            let mut git = self.command("git");
            git.args(["-c", "init.defaultBranch=main", "-c", "safe.directory=*"]).args(arguments);
            git
        };
        assert!(git(&["init", "-q", folder.to_str().unwrap()]).status().unwrap().success());
        let mut import = git(&["fast-import", "--quiet"])
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        import.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
        assert!(import.wait().unwrap().success());
        assert!(
            git(&["reset", "-q", "--hard", "main"])
                .current_dir(&folder)
                .status()
                .unwrap()
                .success()
        );
        folder.canonicalize().unwrap()
    }
}

/// Author, mail, message and files of each commit: three people, one fix, one name in CJK.
type Told = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const SHOP: &[Told] = &[
    (
        "Ada Lovelace",
        "ada@example.org",
        "Add payments",
        &[("src/pay.rs", "fn pay() {\n    charge();\n}\n"), ("README.md", "# Shop\n")],
    ),
    (
        "Grace Hopper",
        "grace@example.org",
        "Retry when the bank is busy",
        &[("src/pay.rs", "fn pay() {\n    charge().or(charge());\n}\n")],
    ),
    (
        "山田太郎",
        "taro@example.org",
        "Fix double charge (#7)\n\nReported as SHOP-12.",
        &[("src/pay.rs", "fn pay() {\n    charge().or_else(retry);\n}\n")],
    ),
    ("Ada Lovelace", "ada@example.org", "Count the carts", &[("src/cart.rs", "fn cart() {}\n")]),
    ("Ada Lovelace", "ada@example.org", "Say hello", &[("README.md", "# Shop\n\nHello.\n")]),
];

fn stream(commits: &[Told]) -> String {
    let mut stream = String::new();
    for (n, (name, mail, message, files)) in commits.iter().enumerate() {
        let who = format!("{name} <{mail}> {} +0000", 1_700_000_000 + n * 100_000);
        stream += &format!("commit refs/heads/main\nauthor {who}\ncommitter {who}\n");
        stream += &format!("data {}\n{message}\n", message.len());
        for (path, text) in *files {
            stream += &format!("M 644 inline {path}\ndata {}\n{text}\n", text.len());
        }
    }
    stream
}

/// A server that is killed when it goes out of scope.
pub(crate) struct Serving {
    pub(crate) child: Child,
    pub(crate) socket: PathBuf,
}

impl Serving {
    pub(crate) fn start(command: &mut Command) -> Serving {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut words = String::new();
            child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
            panic!("the server did not start: {words}");
        }
        Serving { child, socket: line.trim_end().into() }
    }

    pub(crate) fn talk(&self) -> Talk {
        Talk::to(&self.socket)
    }

    /// A figure of the process's memory, in KiB: `VmRSS` for now, `VmHWM` for the most so far.
    pub(crate) fn memory_kib(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|it| it.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Waits for its end; the exit code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        until("the server ends", || self.child.try_wait().unwrap()).code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A raw connection: lines out, lines in.
pub(crate) struct Talk {
    lines: BufReader<UnixStream>,
    last: u64,
}

impl Talk {
    pub(crate) fn to(socket: &Path) -> Talk {
        let stream = UnixStream::connect(socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Talk { lines: BufReader::new(stream), last: 0 }
    }

    pub(crate) fn stream(&mut self) -> &mut UnixStream {
        self.lines.get_mut()
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream().write_all(bytes).unwrap();
    }

    /// Sends a request and tells its id.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> u64 {
        self.last += 1;
        let id = self.last;
        let frame = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(format!("{frame}\n").as_bytes());
        id
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        let frame = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.send(format!("{frame}\n").as_bytes());
    }

    /// The next line; none at the end.
    pub(crate) fn line(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        if line.is_empty() { None } else { Some(serde_json::from_str(&line).unwrap()) }
    }

    /// The next line that is no notification.
    pub(crate) fn answer(&mut self) -> Value {
        loop {
            let line = self.line().expect("an answer, not the end");
            if line["method"].is_null() {
                return line;
            }
        }
    }

    /// Calls and waits for this very answer.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        loop {
            let answer = self.answer();
            if answer["id"] == id {
                return answer;
            }
        }
    }
}

/// Looks again and again until there is something.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let limit = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < limit, "{what}: not within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What a program wrote.
pub(crate) fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a program complained about.
pub(crate) fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Compares with `tests/golden/NAME`; one that differs is rewritten and the test fails, so that the change is seen.
pub(crate) fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::fs::read_to_string(&path).unwrap_or_default() != text {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        panic!(
            "tests/golden/{name} was stale and has been rewritten: look at the change and run again"
        );
    }
}
