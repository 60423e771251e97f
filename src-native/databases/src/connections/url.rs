//! URLs. What is wrong with one is told without repeating it: any part of it may be a piece of a
//! password with a sign that should have been percent-encoded.

mod parameters;

use super::Entry;
use super::entry::{self, Password};
use crate::{Address, Engine, Failure, Reason, Result, Secret, TlsMode};
use parameters::{Parameters, Wish};
use std::io::Read;
use std::path::Path;

/// How `tls` is written.
pub(super) fn tls_mode(text: &str) -> Option<TlsMode> {
    Some(match text {
        "verify" => TlsMode::Verify,
        "unverified" => TlsMode::Unverified,
        "off" => TlsMode::Off,
        _ => return None,
    })
}

/// What a scheme says.
struct Scheme {
    engine: Engine,
    /// What it says of TLS.
    wish: Wish,
    /// The port where none is said, if it is not the engine's.
    port: Option<u16>,
    /// Whether the path is that of a socket.
    socket: bool,
}

fn scheme(name: &str) -> Option<Scheme> {
    let plain = |engine| Scheme { engine, wish: Wish::Unsaid, port: None, socket: false };
    Some(match name {
        "rediss" | "valkeys" => Scheme { wish: Wish::Verify, ..plain(Engine::Redis) },
        "redis+unix" | "redis+socket" | "unix" => Scheme { socket: true, ..plain(Engine::Redis) },
        "http" => Scheme { wish: Wish::Plain, port: Some(80), ..plain(Engine::Clickhouse) },
        "https" => Scheme { wish: Wish::Verify, port: Some(443), ..plain(Engine::Clickhouse) },
        "clickhouse+http" => Scheme { wish: Wish::Plain, ..plain(Engine::Clickhouse) },
        "clickhouse+https" | "clickhouses" => {
            Scheme { wish: Wish::Verify, port: Some(8443), ..plain(Engine::Clickhouse) }
        }
        "mongodb+srv" | "mongo+srv" => return None,
        _ => plain(Engine::of_name(name)?),
    })
}

/// The scheme of what looks like a URL, in small letters; a drive of Windows is none.
pub(super) fn scheme_of(text: &str) -> Option<String> {
    let (name, _) = text.split_once(':')?;
    let inner = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'.' | b'-');
    let fits = name.len() >= 2
        && name.len() <= 32
        && name.as_bytes()[0].is_ascii_alphabetic()
        && name.bytes().all(inner);
    fits.then(|| name.to_ascii_lowercase())
}

fn wrong(text: impl Into<String>) -> Failure {
    Failure::new(Reason::Usage, text).hint(
        "write scheme://user@host:port/database; percent-encode signs such as @ : / ? # % in a password",
    )
}

/// Reads a URL; paths in it are from `folder`.
///
/// # Errors
/// [`Reason::Usage`], without a word of the URL but its scheme and the names of known parameters.
pub(super) fn read(text: &str, folder: &Path, home: Option<&Path>) -> Result<Entry> {
    let name = scheme_of(text).ok_or_else(|| wrong("it is no URL: it has no scheme"))?;
    if name == "mongodb+srv" || name == "mongo+srv" {
        let text = "mongodb+srv:// is not supported: it asks a name server who the servers are";
        return Err(Failure::new(Reason::Unsupported, text)
            .hint("write mongodb://host1,host2/database?tls=true with the servers' own names"));
    }
    if name == "file" {
        return of_file(&folder.join(&text[name.len() + 1..]));
    }
    let scheme = scheme(&name).ok_or_else(|| {
        Failure::new(Reason::Usage, format!("no engine has URLs that begin with {name}:")).hint(
            "postgres, mysql, mariadb, redis, rediss, mongodb, sqlite, duckdb, clickhouse, https and \
             sqlserver are known",
        )
    })?;
    if text.chars().any(char::is_control) {
        return Err(wrong("the URL has a sign that cannot be seen"));
    }
    let rest = &text[name.len() + 1..];
    if scheme.engine.is_file() {
        return file(scheme.engine, rest, folder, home);
    }
    let rest =
        rest.strip_prefix("//").ok_or_else(|| wrong(format!("the URL lacks // after {name}:")))?;
    server(&scheme, rest, folder, home)
}

fn server(scheme: &Scheme, rest: &str, folder: &Path, home: Option<&Path>) -> Result<Entry> {
    if rest.contains(['#', ' ', '"', '\\']) {
        return Err(wrong("the URL has a #, a space, a quote or a backslash, which no URL has"));
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    if tail.contains('@') {
        return Err(wrong("the URL has an @ after its first / or ?"));
    }
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (login, hosts),
        None => ("", authority),
    };
    let engine = scheme.engine;
    let nowhere = Address::Host { host: "localhost".to_owned(), port: 0 };
    let mut entry = Entry::new("", engine, nowhere);
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    if !user.is_empty() {
        entry.user = Some(decoded(user)?);
    }
    if !password.is_empty() {
        entry.password = Password::Given(Secret::new(decoded(password)?));
    }
    let mut found = Parameters { wish: scheme.wish, ..Parameters::default() };
    for pair in query.split('&').filter(|it| !it.is_empty()) {
        let (key, value) =
            pair.split_once('=').ok_or_else(|| wrong("the URL has a parameter without a value"))?;
        found.take(&mut entry, &decoded(key)?, decoded(value)?, folder, home)?;
    }
    let path = path.strip_prefix('/').unwrap_or(path);
    if scheme.socket {
        if !hosts.is_empty() || path.is_empty() {
            return Err(wrong("the URL of a socket names its path: redis+unix:///run/redis.sock"));
        }
        entry.addresses = vec![Address::Socket(format!("/{}", decoded(path)?).into())];
    } else {
        if path.trim_end_matches('/').contains('/') {
            return Err(wrong("the database in the URL has a /"));
        }
        let database = path.trim_end_matches('/');
        if !database.is_empty() {
            entry.database = Some(decoded(database)?);
        }
        entry.addresses = addresses(scheme, hosts, &found, folder, home)?;
    }
    if engine == Engine::Redis
        && let Some(database) = &entry.database
        && !database.bytes().all(|it| it.is_ascii_digit())
    {
        return Err(wrong("the database in a URL of Redis is a number"));
    }
    found.settle(&mut entry)?;
    entry.name = entry.shown();
    Ok(entry)
}

/// An entry of what tools keep as names and values: a service of libpq, a group of `my.cnf`.
///
/// # Errors
/// [`Reason::Usage`], without any value.
pub(super) fn of_pairs(
    engine: Engine,
    pairs: Vec<(String, String)>,
    folder: &Path,
    home: Option<&Path>,
) -> Result<Entry> {
    let nowhere = Address::Host { host: "localhost".to_owned(), port: 0 };
    let mut entry = Entry::new("", engine, nowhere);
    let mut found = Parameters::default();
    for (key, value) in pairs {
        match key.as_str() {
            "host" if !value.starts_with('/') => found.host = Some(value),
            "port" => {
                found.port = Some(value.parse().map_err(|_| wrong("the port is no number"))?);
            }
            "database" => entry.database = Some(value),
            _ => found.take(&mut entry, &key, value, folder, home)?,
        }
    }
    let scheme = Scheme { engine, wish: Wish::Unsaid, port: None, socket: false };
    entry.addresses = addresses(&scheme, "", &found, folder, home)?;
    found.settle(&mut entry)?;
    Ok(entry)
}

fn addresses(
    scheme: &Scheme,
    hosts: &str,
    found: &Parameters,
    folder: &Path,
    home: Option<&Path>,
) -> Result<Vec<Address>> {
    let engine = scheme.engine;
    let port = found.port.or(scheme.port).or(engine.port()).unwrap_or_default();
    if let Some(path) = &found.socket {
        let path = entry::path(path, folder, home)?;
        return Ok(vec![entry::socket(engine, path, found.port)]);
    }
    let hosts = if hosts.is_empty() { found.host.as_deref().unwrap_or("") } else { hosts };
    if hosts.is_empty() && scheme.port.is_none() {
        return Ok(vec![entry::nearest(engine, found.port)]);
    }
    let several = matches!(engine, Engine::Postgres | Engine::Mongodb);
    if hosts.contains(',') && !several {
        return Err(wrong(format!("a URL of {} names one host", engine.title())));
    }
    let mut addresses = Vec::new();
    for one in hosts.split(',') {
        let one = decoded(one)?;
        if one.starts_with('/') {
            addresses.push(entry::socket(engine, one.into(), found.port));
            continue;
        }
        if one.is_empty() {
            return Err(wrong("the URL names no host"));
        }
        let (host, own) = entry::host_and_port(&one).map_err(wrong)?;
        addresses.push(Address::Host { host, port: own.unwrap_or(port) });
    }
    Ok(addresses)
}

/// A database that is a file: `sqlite:path`, `sqlite:///path`.
fn file(engine: Engine, rest: &str, folder: &Path, home: Option<&Path>) -> Result<Entry> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = loosely_decoded(path);
    let drive = cfg!(windows) && path.get(2..3) == Some(":");
    let path = if drive { path.trim_start_matches('/') } else { path.as_str() };
    if path.is_empty() {
        let text = format!("the URL names no file: {}:PATH", engine.name());
        return Err(Failure::new(Reason::Usage, text));
    }
    let path = if path.starts_with("//") { &path[1..] } else { path };
    let address = Address::File(entry::path(path, folder, home)?);
    let mut entry = Entry::new("", engine, address);
    let mut found = Parameters::default();
    for pair in query.split('&').filter(|it| !it.is_empty()) {
        let (key, value) =
            pair.split_once('=').ok_or_else(|| wrong("the URL has a parameter without a value"))?;
        found.take(&mut entry, &decoded(key)?, decoded(value)?, folder, home)?;
    }
    found.settle(&mut entry)?;
    entry.name = entry.shown();
    Ok(entry)
}

/// A file that is there, recognised by its first bytes.
///
/// # Errors
/// [`Reason::File`] where it cannot be read, [`Reason::Usage`] where it is no database that is known.
pub(super) fn of_file(path: &Path) -> Result<Entry> {
    let shown = path.display();
    let unread = |error: std::io::Error| {
        let text = error.to_string();
        let text = text.split(" (os error").next().unwrap_or_default().to_lowercase();
        Failure::new(Reason::File, format!("{shown} cannot be read: {text}"))
    };
    // Asked before it is opened: to open a pipe would wait for whoever writes to it.
    if !std::fs::metadata(path).map_err(unread)?.is_file() {
        return Err(Failure::new(Reason::Usage, format!("{shown} is no file")));
    }
    let mut start = [0; 16];
    let mut length = 0;
    let mut file = std::fs::File::open(path).map_err(unread)?;
    while length < start.len() {
        match file.read(&mut start[length..]).map_err(unread)? {
            0 => break,
            more => length += more,
        }
    }
    let engine = match &start[..length] {
        b"SQLite format 3\0" => Engine::Sqlite,
        start if start.get(8..12) == Some(b"DUCK") => Engine::Duckdb,
        [] => {
            let text = format!("{shown} is empty, and could be of any engine");
            return Err(
                Failure::new(Reason::Usage, text).hint("name it as sqlite:PATH or duckdb:PATH")
            );
        }
        _ => {
            let text = format!("{shown} is neither a database of SQLite nor one of DuckDB");
            return Err(Failure::new(Reason::Usage, text)
                .hint("name it as sqlite:PATH or duckdb:PATH where it is one in its own way"));
        }
    };
    let mut entry = Entry::new("", engine, Address::File(path.to_owned()));
    entry.name = entry.shown();
    Ok(entry)
}

/// What percent signs stand for.
fn decoded(text: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|it| char::from(it).to_digit(16));
        match (digit(), digit()) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return Err(wrong("the URL has a % without two hexadecimal digits")),
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(wrong("the URL has bytes that are no text")),
    }
}

/// The same for paths, in which a % may well stand for itself.
fn loosely_decoded(text: &str) -> String {
    decoded(text).unwrap_or_else(|_| text.to_owned())
}
