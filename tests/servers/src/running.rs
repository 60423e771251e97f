//! A server that runs, and what a test may do with it.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::keeper::{Keeper, is_alive};
use crate::kinds::{Kind, Start, With};
use crate::places::{feed, program, run};

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(90);
/// Free ports are sought here: below those that the system gives to the client's end of a connection, so that
/// nobody else has one while its server is stopped.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A server on loopback. It is gone when this value is, or when the test process is, in whatever way it ended.
pub struct Running {
    /// Which server.
    pub kind: Kind,
    /// Where it listens.
    pub host: &'static str,
    /// Where it listens.
    pub port: u16,
    /// An account that may do everything and has no password (for OpenSSH whoever runs the tests).
    pub user: String,
    /// Where it listens besides, for programs of this machine.
    pub socket: Option<PathBuf>,
    start: Start,
    keeper: Mutex<(Keeper, Option<u32>)>,
    next: AtomicU32,
    loaded: Mutex<HashSet<String>>,
}

impl fmt::Debug for Running {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at {}:{}", self.kind.name(), self.host, self.port)
    }
}

impl Running {
    pub(crate) fn new(kind: Kind, with: &With) -> Result<Running, String> {
        // Another process can take the port between the choice and the start.
        for _ in 0..2 {
            let port = free_port()?;
            match Running::at(kind, with, port) {
                Err(_) if !is_free(port) => {}
                done => return done,
            }
        }
        Running::at(kind, with, free_port()?)
    }

    fn at(kind: Kind, with: &With, port: u16) -> Result<Running, String> {
        let (stop, leave) = kind.signals();
        let keeper = Keeper::new(kind.name(), stop, leave)?;
        let start = kind.prepare(&keeper.folder, port, with)?;
        keeper.write_run(start.run_as, &start.command)?;
        let running = Running {
            kind,
            host: "127.0.0.1",
            port,
            user: start.user.clone(),
            socket: start.socket.clone(),
            start,
            keeper: Mutex::new((keeper, None)),
            next: AtomicU32::new(1),
            loaded: Mutex::default(),
        };
        running.begin()?;
        Ok(running)
    }

    /// Starts it and waits until it answers.
    fn begin(&self) -> Result<(), String> {
        let mut held = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        let (keeper, pid) = &mut *held;
        let started = Instant::now();
        let id =
            keeper.order("start")?.parse().map_err(|_| "a server has no process".to_owned())?;
        *pid = Some(id);
        while !(self.start.ready)(&keeper.folder, self.port, id) {
            let name = self.kind.name();
            if !is_alive(id) {
                return Err(format!("{name} ended at its start: {}", keeper.last_words()));
            }
            if started.elapsed() > PATIENCE {
                return Err(format!("{name} does not answer: {}", keeper.last_words()));
            }
            sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn order(&self, word: &str) {
        let mut held = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        // A shell that is gone took the server along.
        let _ = held.0.order(word);
        if word == "stop" || word == "kill" {
            held.1 = None;
        }
    }

    /// The server's process, while there is one. Servers of several processes have it as their first.
    pub fn pid(&self) -> Option<u32> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner).1.filter(|&it| is_alive(it))
    }

    /// Ends it as its operator would; its data stay for [`Running::restart`].
    pub fn stop(&self) {
        self.order("stop");
    }

    /// Ends it as a crash would; its data stay for [`Running::restart`].
    pub fn kill(&self) {
        self.order("kill");
    }

    /// Starts it again, at the same port with the same data. It is stopped before if it runs.
    pub fn restart(&self) -> Result<(), String> {
        self.order("stop");
        let started = Instant::now();
        loop {
            match self.begin() {
                // After a crash, processes of before can take a moment to notice.
                Err(_) if started.elapsed() < Duration::from_secs(5) => {
                    sleep(Duration::from_millis(200))
                }
                done => return done,
            }
        }
    }

    /// Makes it say nothing more: connections are taken, and nobody answers. Until [`Running::thaw`].
    pub fn freeze(&self) {
        self.order("freeze");
    }

    /// The end of [`Running::freeze`].
    pub fn thaw(&self) {
        self.order("thaw");
    }

    /// Its folder: data, log, for OpenSSH the keys.
    pub fn folder(&self) -> PathBuf {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner).0.folder.clone()
    }

    /// A file of its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// What it wrote about itself.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.file("log")).unwrap_or_default()).into_owned()
    }

    /// Its address, with the account that may do everything.
    pub fn url(&self) -> String {
        let (user, port) = (&self.user, self.port);
        match self.kind {
            Kind::Postgres => format!("postgres://{user}@127.0.0.1:{port}/postgres"),
            Kind::MariaDb | Kind::MySql => format!("mysql://{user}@127.0.0.1:{port}/"),
            Kind::Redis => format!("redis://127.0.0.1:{port}/0"),
            Kind::MongoDb => format!("mongodb://127.0.0.1:{port}/"),
            Kind::ClickHouse | Kind::ClickHouseOld => format!("http://127.0.0.1:{port}/"),
            Kind::Ssh => format!("ssh://{user}@127.0.0.1:{port}/"),
        }
    }

    /// A new, empty database for one test, by its name. For Redis it is a number from 1 on.
    pub fn database(&self) -> Result<String, String> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        match self.kind {
            Kind::Redis => return Ok(number.to_string()),
            // A database is there as soon as something is in it.
            Kind::MongoDb => {}
            Kind::Ssh => return Err("OpenSSH has no databases".to_owned()),
            _ => self.sql("", &format!("create database {name}")).map(drop)?,
        }
        Ok(name)
    }

    /// Asks with the engine's own program and gives what that prints: for PostgreSQL unaligned rows (`|`), for the
    /// others rows with tabs. An empty name is the database that everybody has.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String, String> {
        match self.kind {
            Kind::Postgres => run(self.psql(database)?.arg("-c").arg(sql)),
            Kind::MariaDb | Kind::MySql => run(self.mariadb(database)?.arg("-e").arg(sql)),
            Kind::Redis => run(self.redis_cli(database)?.args(sql.split_whitespace())),
            Kind::ClickHouse | Kind::ClickHouseOld => self.post(database, sql),
            Kind::MongoDb | Kind::Ssh => Err(format!("{} knows no SQL", self.kind.name())),
        }
    }

    /// Runs a script of statements, from the top to the first that fails.
    pub fn load(&self, database: &str, script: &[u8]) -> Result<(), String> {
        match self.kind {
            Kind::Postgres => feed(self.psql(database)?.args(["-f", "-"]), script),
            Kind::MariaDb | Kind::MySql => feed(&mut self.mariadb(database)?, script),
            _ => Err(format!("{} takes no scripts", self.kind.name())),
        }
    }

    /// Does something to this server that is done once and for all its tests.
    pub(crate) fn load_once(
        &self,
        name: &str,
        load: impl FnOnce() -> Result<(), String>,
    ) -> Result<(), String> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if !loaded.contains(name) {
            load()?;
            loaded.insert(name.to_owned());
        }
        Ok(())
    }

    /// `psql`, told where to go.
    pub fn psql(&self, database: &str) -> Result<Command, String> {
        let mut command = Command::new(program("psql")?);
        command
            .env_clear()
            .env("PGTZ", "UTC")
            .env("PGAPPNAME", "psql")
            .env("PGCONNECT_TIMEOUT", "10");
        command.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.host,
            "-U",
            &self.user,
        ]);
        command.arg("-p").arg(self.port.to_string());
        command.arg("-d").arg(if database.is_empty() { "postgres" } else { database });
        Ok(command)
    }

    /// `mariadb`, told where to go.
    pub fn mariadb(&self, database: &str) -> Result<Command, String> {
        let mut command = Command::new(program("mariadb")?);
        command.args([
            "--no-defaults",
            "-N",
            "-B",
            "--default-character-set=utf8mb4",
            "-h",
            self.host,
        ]);
        command.arg("-u").arg(&self.user).arg("-P").arg(self.port.to_string());
        if !database.is_empty() {
            command.arg(format!("--database={database}"));
        }
        Ok(command)
    }

    /// `redis-cli`, told where to go.
    pub fn redis_cli(&self, database: &str) -> Result<Command, String> {
        let mut command = Command::new(program("redis-cli")?);
        // The socket works in front of a port that speaks TLS as well.
        if let Some(socket) = &self.socket {
            command.arg("-s").arg(socket);
        }
        command.arg("-n").arg(if database.is_empty() { "0" } else { database });
        Ok(command)
    }

    fn post(&self, database: &str, sql: &str) -> Result<String, String> {
        let told = |error: std::io::Error| format!("{self:?} does not answer: {error}");
        let mut stream = TcpStream::connect((self.host, self.port)).map_err(told)?;
        let database = if database.is_empty() { "default" } else { database };
        let head = format!(
            "POST /?database={database} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            sql.len()
        );
        stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(sql.as_bytes()))
            .map_err(told)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(told)?;
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("an answer without a head")?;
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if chunked { joined(body) } else { body.to_owned() };
        if head.split(' ').nth(1) == Some("200") { Ok(body) } else { Err(body) }
    }
}

/// A body that came in pieces.
fn joined(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap_or(0);
        let Some(piece) = rest.get(..size).filter(|it| !it.is_empty()) else { break };
        whole.push_str(piece);
        body = rest.get(size + 2..).unwrap_or("");
    }
    whole
}

/// A port of loopback where nobody listens.
pub fn free_port() -> Result<u16, String> {
    let length = PORTS.end - PORTS.start;
    let begin = (RandomState::new().build_hasher().finish() % u64::from(length)) as u16;
    (0..length)
        .map(|step| PORTS.start + (begin + step) % length)
        .find(|&port| is_free(port))
        .ok_or_else(|| "no port is free".to_owned())
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
