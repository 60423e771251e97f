//! The standard fixture: a small shop with a past, built by Git itself, and a Backstory that has read it.

use rpc::{Caller, Server, Session};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A Backstory on a store of its own.
pub(crate) struct Backstory {
    runtime: Runtime,
    session: Session,
    window: Session,
    folder: TempDir,
}

impl Backstory {
    /// One with an empty store.
    pub(crate) fn new() -> Backstory {
        Backstory::within(tempfile::tempdir().unwrap(), Caller::Script)
    }

    /// One that the page speaks to, which may do everything.
    pub(crate) fn of_page() -> Backstory {
        Backstory::within(tempfile::tempdir().unwrap(), Caller::Page)
    }

    fn within(folder: TempDir, caller: Caller) -> Backstory {
        let folders = rpc::Folders {
            config: folder.path().join("config"),
            state: folder.path().join("state"),
        };
        let server = Server::open(&folder.path().join("memory.db"), folders, |_| {}).unwrap();
        let session = server.session(caller, |_| {});
        let window = server.session(Caller::Page, |_| {});
        Backstory { runtime: Runtime::new().unwrap(), session, window, folder }
    }

    /// The same after Backstory has ended and begun again.
    pub(crate) fn restarted(self) -> Backstory {
        let Backstory { runtime, session, window, folder } = self;
        drop((session, window, runtime));
        Backstory::within(folder, Caller::Script)
    }

    /// Its own folder, for repositories that a test makes.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The answer to a call as it goes over the wire.
    pub(crate) fn receive(&self, method: &str, params: &Value) -> Value {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let reply = self.runtime.block_on(self.session.receive(call.to_string().into_bytes()));
        serde_json::from_slice(&reply.unwrap()).unwrap()
    }

    /// The answer to a call of the window's own page.
    pub(crate) fn as_window(&self, method: &str, params: &Value) -> Value {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let reply = self.runtime.block_on(self.window.receive(call.to_string().into_bytes()));
        serde_json::from_slice(&reply.unwrap()).unwrap()
    }

    /// The answer to a message, whatever is in it; none to a notification.
    pub(crate) fn send(&self, message: &Value) -> Option<Vec<u8>> {
        self.runtime.block_on(self.session.receive(message.to_string().into_bytes()))
    }

    /// The result of a call that must go well.
    pub(crate) fn ask(&self, method: &str, params: Value) -> Value {
        let mut reply = self.receive(method, &params);
        assert!(reply.get("error").is_none(), "{method} {params}: {}", reply["error"]);
        reply["result"].take()
    }

    /// The error of a call that must not: kind, message, hint.
    pub(crate) fn refuse(&self, method: &str, params: Value) -> (String, String, String) {
        let reply = self.receive(method, &params);
        let error = reply.get("error").unwrap_or_else(|| panic!("{method} {params} went well"));
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        (text(&error["data"]["kind"]), text(&error["message"]), text(&error["data"]["hint"]))
    }

    /// Every row of a list, page by page.
    pub(crate) fn pages(&self, method: &str, mut params: Value, rows: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let reply = self.ask(method, params.clone());
            all.extend(reply[rows].as_array().unwrap().iter().cloned());
            match &reply["next"] {
                Value::Null => return all,
                next => params["cursor"] = next.clone(),
            }
        }
    }
}

/// The shop, read once for all tests.
pub(crate) fn shop() -> &'static Backstory {
    static SHOP: OnceLock<Backstory> = OnceLock::new();
    SHOP.get_or_init(|| {
        let backstory = Backstory::new();
        let repository = backstory.folder().join("shop");
        build_shop(&repository);
        backstory.ask("sources.add", json!({ "path": repository, "name": "acme/shop" }));
        backstory
    })
}

/// Runs Git away from anybody's configuration; its output.
pub(crate) fn git(folder: &Path, args: &[&str], env: &[(&str, &str)]) -> String {
    let output = command(folder, args).envs(env.iter().copied()).output().expect("git is there");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {args:?}: {words}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// The same with something to read.
pub(crate) fn feed(folder: &Path, args: &[&str], input: &str) {
    let mut child = command(folder, args).stdin(Stdio::piped()).spawn().expect("git is there");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "git {args:?}");
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"])
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("LC_ALL", "C.UTF-8")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

const ADA: (&str, &str) = ("Ada Lind", "ada@example.org");
const BO: (&str, &str) = ("Bo Berg", "bo.berg@example.org");
const BO_AT_HOME: (&str, &str) = ("Bo Berg", "bo.berg@home.example");
const CYD: (&str, &str) = ("Cyd Alm", "cyd@example.org");
const CHEN: (&str, &str) = ("陳大文", "chen@example.org");
const BOT: (&str, &str) = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com");

/// A repository under the pen: every commit is a day after the one before.
struct Pen {
    folder: PathBuf,
    day: u32,
}

impl Pen {
    fn write(&self, path: &str, lines: &[&str]) {
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, lines.iter().map(|it| format!("{it}\n")).collect::<String>()).unwrap();
    }

    fn git(&self, args: &[&str], who: (&str, &str)) -> String {
        let at = format!("2026-01-{:02}T09:00:00Z", self.day);
        let env = [
            ("GIT_AUTHOR_NAME", who.0),
            ("GIT_AUTHOR_EMAIL", who.1),
            ("GIT_AUTHOR_DATE", &at),
            ("GIT_COMMITTER_NAME", who.0),
            ("GIT_COMMITTER_EMAIL", who.1),
            ("GIT_COMMITTER_DATE", &at),
        ];
        git(&self.folder, args, &env)
    }

    fn commit(&mut self, who: (&str, &str), message: &str) -> String {
        self.git(&["add", "-A"], who);
        self.git(&["commit", "-q", "-m", message], who);
        self.day += 1;
        self.git(&["rev-parse", "HEAD"], who)
    }
}

/// Makes the shop. Names, times and contents are fixed, so its object ids are too.
pub(crate) fn build_shop(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    git(folder, &["init", "-q", "-b", "main"], &[]);
    let mut pen = Pen { folder: folder.to_owned(), day: 1 };

    pen.write("README.md", &["# Shop", "", "Sells things."]);
    pen.write(
        "src/payment.rs",
        &[
            "pub fn pay() {",
            "    charge();",
            "    log();",
            "}",
            "",
            "fn charge() {}",
            "fn log() {}",
        ],
    );
    pen.commit(ADA, "PAY-1 Take payments");

    pen.write("src/auth/token.rs", &["pub fn token() -> u32 {", "    1", "}"]);
    pen.write("src/auth/token_test.rs", &["fn test() {", "    assert_eq!(token(), 1);", "}"]);
    pen.commit(BO, "PAY-2 Sign people in");

    pen.write(
        "src/payment.rs",
        &[
            "pub fn pay() {",
            "    charge_once();",
            "    log();",
            "}",
            "",
            "fn charge_once() {}",
            "fn log() {}",
        ],
    );
    pen.commit(ADA, "PAY-3 Charge a payment once (#3)\n\nReviewed-by: Cyd Alm <cyd@example.org>");
    pen.git(&["tag", "-a", "v1.0", "-m", "first"], ADA);

    pen.git(&["mv", "src/payment.rs", "src/pay.rs"], CYD);
    pen.commit(CYD, "Give payments a shorter name");

    pen.write("Cargo.toml", &["[dependencies]", "serde = \"1.0.2\""]);
    pen.commit(BOT, "Bump serde from 1.0.1 to 1.0.2");

    pen.git(&["checkout", "-q", "-b", "retry"], BO_AT_HOME);
    pen.write(
        "src/pay.rs",
        &[
            "pub fn pay() {",
            "    charge_with_retry();",
            "    log();",
            "}",
            "",
            "fn charge_with_retry() {}",
            "fn log() {}",
        ],
    );
    pen.write("src/auth/token.rs", &["pub fn token() -> u32 {", "    2", "}"]);
    pen.commit(BO_AT_HOME, "PAY-4 Fix a race condition in retries");
    pen.write("tests/pay_test.rs", &["fn pays() {", "    pay();", "}"]);
    pen.commit(BO_AT_HOME, "PAY-4 Test the retries\n\nCo-authored-by: Ada Lind <ada@example.org>");
    pen.git(&["checkout", "-q", "main"], ADA);
    pen.git(&["merge", "-q", "--no-ff", "-m", "Merge pull request #7 from bo/retry", "retry"], ADA);
    pen.day += 1;
    pen.git(&["branch", "-q", "-D", "retry"], ADA);

    pen.write(
        "src/pay.rs",
        &[
            "pub fn pay() {",
            "    charge_with_retry();",
            "    log();",
            "}",
            "",
            "fn charge_with_retry() {}",
            "fn log() {}",
            "",
            "pub fn refund() {}",
        ],
    );
    pen.write("docs/refunds.md", &["# Refunds", "", "In the same currency."]);
    let refund = pen.commit(
        ADA,
        "PAY-5 Refund in the same currency (#12)\n\nReviewed-by: Bo Berg <bo.berg@example.org>",
    );

    pen.write(
        "src/pay.rs",
        &[
            "pub fn pay() {",
            "    charge_with_retry();",
            "    log();",
            "}",
            "",
            "fn charge_with_retry() {}",
            "fn log() {}",
        ],
    );
    std::fs::remove_file(folder.join("docs/refunds.md")).unwrap();
    let undo = format!(
        "Revert \"PAY-5 Refund in the same currency (#12)\"\n\nThis reverts commit {refund}."
    );
    pen.commit(CYD, &undo);

    pen.write(
        "src/pay.rs",
        &[
            "pub fn pay() {",
            "    charge_with_retry(3);",
            "    log();",
            "}",
            "",
            "fn charge_with_retry(times: u32) {}",
            "fn log() {}",
        ],
    );
    pen.write("src/auth/token.rs", &["pub fn token() -> u32 {", "    3", "}"]);
    pen.write("src/auth/token_test.rs", &["fn test() {", "    assert_eq!(token(), 3);", "}"]);
    pen.commit(ADA, "PAY-6 Fix endless retries");
    pen.git(&["tag", "v1.1"], ADA);

    pen.write("docs/支払い.md", &["# 支払い", "", "再試行は三回まで。"]);
    pen.commit(CHEN, "PAY-7 支払いを説明する");
}
