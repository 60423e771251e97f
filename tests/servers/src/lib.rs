//! Real servers for tests: started when first asked for, on a free port of loopback, in a folder of their own, and
//! gone when the test process is, even if it was killed.
//!
//! ```no_run
//! let Some(server) = servers::postgres() else { return };
//! let database = server.database().unwrap();
//! server.sql(&database, "create table word (text text)").unwrap();
//! ```
//!
//! A server that cannot be had is `None`, and why is printed once. `BACKSTORY_NEED` names those whose absence is a
//! failure instead (`postgres,redis`, or `all`). `.ci/setup test` installs what is needed; where it puts what apt
//! does not have is in [`cache`].

mod big;
mod certificates;
pub mod cut;
mod keeper;
mod kinds;
mod places;
mod running;
pub mod samples;
pub mod visited;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

pub use big::{Row, big, big_sqlite, big_text, row};
pub use certificates::{Certificate, Certificates, certificates};
pub use kinds::{KINDS, Kind, With};
pub use places::cache;
pub use running::{Running, free_port};

/// PostgreSQL 15. Besides `postgres`, who needs no password, there are `scram`, `md5` and `plain`, each let in by
/// the method it is named after with the password `NAME-secret`; `refused` never; `cert` by a certificate.
pub fn postgres() -> Option<&'static Running> {
    shared(Kind::Postgres, None)
}

/// PostgreSQL that offers TLS and shows this certificate.
pub fn postgres_tls(certificate: Certificate) -> Option<&'static Running> {
    shared(Kind::Postgres, Some(certificate))
}

/// MariaDB 10.11. Besides `root`: `native` and `ed25519`, named after how they prove who they are, and `sealed`,
/// who has to come by TLS; the passwords are `NAME-secret`.
pub fn mariadb() -> Option<&'static Running> {
    shared(Kind::MariaDb, None)
}

/// MySQL 9, which always offers TLS. Besides `root`: `caching` (caching_sha2_password) and `sealed`, who has to
/// come by TLS; the passwords are `NAME-secret`.
pub fn mysql() -> Option<&'static Running> {
    shared(Kind::MySql, None)
}

/// Redis 7. Besides the default account: `reader`, with `reader-secret`, may read.
pub fn redis() -> Option<&'static Running> {
    shared(Kind::Redis, None)
}

/// MongoDB 9's engine: no sessions, transactions, change streams or accounts. TLS ends at the front before it.
pub fn mongodb() -> Option<&'static Running> {
    shared(Kind::MongoDb, None)
}

/// ClickHouse 18.16, by HTTP. Besides `default`: `reader`, with `reader-secret`, has `readonly=1`.
pub fn clickhouse_old() -> Option<&'static Running> {
    shared(Kind::ClickHouseOld, None)
}

/// A current ClickHouse's engine behind a front of our own for HTTP. Accounts as in [`clickhouse_old`].
pub fn clickhouse() -> Option<&'static Running> {
    shared(Kind::ClickHouse, None)
}

/// OpenSSH for tunnels. In its folder are the keys: `client_key`, `locked_key` (passphrase `key-secret`),
/// `stranger_key`, which it does not know, and `known_hosts`.
pub fn sshd() -> Option<&'static Running> {
    shared(Kind::Ssh, None)
}

/// A server that all tests of this process share.
pub fn shared(kind: Kind, tls: Option<Certificate>) -> Option<&'static Running> {
    type Slots = HashMap<(Kind, Option<Certificate>), &'static OnceLock<Option<Running>>>;
    static SHARED: LazyLock<Mutex<Slots>> = LazyLock::new(Mutex::default);
    let slot = *SHARED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry((kind, tls))
        .or_insert_with(|| Box::leak(Box::default()));
    slot.get_or_init(|| fresh(kind, &With { tls, ..With::default() })).as_ref()
}

/// A server of one test's own, which it may stop, kill and change.
pub fn fresh(kind: Kind, with: &With) -> Option<Running> {
    told(kind.name(), start(kind, with))
}

/// The same, with why it cannot be had.
pub fn start(kind: Kind, with: &With) -> Result<Running, String> {
    Running::new(kind, with)
}

impl With {
    /// Settings in the server's own words.
    pub fn settings(settings: &[(&str, &str)]) -> With {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        With { settings: settings.iter().map(owned).collect(), tls: None }
    }
}

/// `psql`.
pub fn psql() -> Option<PathBuf> {
    told("psql", places::program("psql"))
}

/// MariaDB's terminal client, which speaks to MySQL too.
pub fn mariadb_client() -> Option<PathBuf> {
    told("mariadb-client", places::program("mariadb"))
}

/// `redis-cli`.
pub fn redis_cli() -> Option<PathBuf> {
    told("redis-cli", places::program("redis-cli"))
}

/// SQLite's shell.
pub fn sqlite3() -> Option<PathBuf> {
    told("sqlite3", places::program("sqlite3"))
}

/// `clickhouse-client`, of the old server.
pub fn clickhouse_client() -> Option<PathBuf> {
    told("clickhouse-client", places::program("clickhouse-client"))
}

/// `ssh`.
pub fn ssh() -> Option<PathBuf> {
    told("ssh", places::program("ssh"))
}

/// DuckDB's library.
pub fn duckdb_library() -> Option<PathBuf> {
    let inside = "node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so";
    told("duckdb", places::fetched("duckdb").map(|it| it.join(inside)))
}

/// Says once why something cannot be had; panics if it has to be.
#[allow(clippy::print_stderr)]
fn told<T>(name: &str, had: Result<T, String>) -> Option<T> {
    static SAID: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    let why = match had {
        Ok(it) => return Some(it),
        Err(why) => why,
    };
    let needed = std::env::var("BACKSTORY_NEED").unwrap_or_default();
    let needed = needed.split([',', ' ']).any(|it| it == name || it == "all");
    assert!(!needed, "{name} is needed and cannot be had: {why}");
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.get_or_insert_default().insert(name.to_owned()) {
        eprintln!("skipped: {name} cannot be had: {why}");
    }
    None
}
