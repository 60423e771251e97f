//! Passwords that the user's other tools have: for PostgreSQL by server in `.pgpass`, for MySQL in
//! `my.cnf`. Each is used for the server that it was written down for, and for no other.

use super::super::entry;
use super::super::{Entry, Source, Ways};
use super::{private, text_of};
use crate::{Address, Engine, Failure, Reason, Result, Secret};
use std::path::PathBuf;

/// A line of `.pgpass`.
pub(super) struct Pass {
    pub(super) host: String,
    port: String,
    pub(super) database: String,
    pub(super) user: String,
    pub(super) password: Secret,
    pub(super) file: PathBuf,
}

impl Pass {
    /// Whether it names a server and a user, rather than any.
    pub(super) fn leads_somewhere(&self) -> bool {
        let host = self.host.starts_with('/') || entry::is_host(&self.host);
        host && self.user != "*" && (self.port == "*" || self.port().is_some())
    }

    pub(super) fn port(&self) -> Option<u16> {
        self.port.parse().ok().filter(|it| *it > 0)
    }
}

/// The lines of the user's `.pgpass`.
///
/// # Errors
/// Where it cannot be read, or others may read it: then libpq does not use it either.
pub(super) fn pgpass(ways: &Ways<'_>) -> Result<Vec<Pass>> {
    let usual = match (cfg!(windows), (ways.env)("APPDATA"), &ways.home) {
        (true, Some(folder), _) => Some(PathBuf::from(folder).join("postgresql/pgpass.conf")),
        (_, _, Some(home)) => Some(home.join(".pgpass")),
        _ => None,
    };
    let named = (ways.env)("PGPASSFILE").filter(|it| !it.is_empty());
    let Some(file) = named.map(PathBuf::from).or(usual) else { return Ok(Vec::new()) };
    let Some(text) = text_of(&file)? else { return Ok(Vec::new()) };
    private(&file, 0o077, "others may read it")?;
    Ok(passes(&text, &file))
}

fn passes(text: &str, file: &std::path::Path) -> Vec<Pass> {
    let mut passes = Vec::new();
    for line in text.lines().filter(|it| !it.starts_with('#')) {
        let mut fields = vec![String::new()];
        let mut letters = line.chars();
        while let Some(letter) = letters.next() {
            let last = fields.len() - 1;
            match letter {
                '\\' => fields[last].extend(letters.next()),
                ':' if fields.len() < 5 => fields.push(String::new()),
                _ => fields[last].push(letter),
            }
        }
        if let [host, port, database, user, password] = fields.as_mut_slice() {
            passes.push(Pass {
                host: std::mem::take(host),
                port: std::mem::take(port),
                database: std::mem::take(database),
                user: std::mem::take(user),
                password: Secret::new(std::mem::take(password)),
                file: file.to_owned(),
            });
        }
    }
    passes
}

/// What the group `[client]` of the user's `my.cnf` says.
pub(super) struct Client {
    pub(super) pairs: Vec<(String, String)>,
    pub(super) file: PathBuf,
}

impl Client {
    fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|it| it.0 == key).map(|it| it.1.as_str())
    }
}

/// The user's `my.cnf`, where it says anything of clients.
///
/// # Errors
/// Where it cannot be read, or everybody may write it: then MySQL's programs do not use it either.
pub(super) fn client(ways: &Ways<'_>) -> Result<Option<Client>> {
    let Some(file) = ways.home.as_ref().map(|it| it.join(".my.cnf")) else { return Ok(None) };
    let Some(text) = text_of(&file)? else { return Ok(None) };
    private(&file, 0o002, "everybody may write it")?;
    let mut pairs = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with(['#', ';', '!']) || line.is_empty() {
            continue;
        }
        if let Some(group) = line.strip_prefix('[').and_then(|it| it.split(']').next()) {
            inside = group.trim() == "client";
        } else if inside && let Some((key, value)) = line.split_once('=') {
            let key = key.trim().replace('_', "-");
            let known = ["user", "password", "host", "port", "socket", "database"];
            if known.contains(&key.as_str()) || key.starts_with("ssl-") {
                pairs.push((key, value_of(value)));
            }
        }
    }
    Ok((!pairs.is_empty()).then_some(Client { pairs, file }))
}

/// A value of `my.cnf`: in quotes or up to a `#`, with its escapes.
fn value_of(text: &str) -> String {
    let text = text.trim();
    let quote = text.chars().next().filter(|it| matches!(it, '"' | '\''));
    let mut value = String::new();
    let mut letters = text.chars().skip(usize::from(quote.is_some()));
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some('b') => value.push('\u{8}'),
                Some('s') => value.push(' '),
                Some(other @ ('\\' | '"' | '\'')) => value.push(other),
                Some(other) => value.extend(['\\', other]),
                None => value.push('\\'),
            },
            _ if Some(letter) == quote => return value,
            '#' if quote.is_none() => break,
            _ => value.push(letter),
        }
    }
    value.trim_end().to_owned()
}

/// A password that somebody has written down for this very server, and in which file; for an entry
/// that names none.
///
/// # Errors
/// Where such a file is there and cannot be used.
pub(in crate::connections) fn password(
    entry: &Entry,
    address: &Address,
    ways: &Ways<'_>,
) -> Result<Option<(Secret, String)>> {
    match entry.engine {
        Engine::Postgres => postgres(entry, address, ways),
        Engine::Mysql => mysql(entry, address, ways),
        _ => Ok(None),
    }
}

fn postgres(entry: &Entry, address: &Address, ways: &Ways<'_>) -> Result<Option<(Secret, String)>> {
    // What was typed by hand is psql's way to be called, and takes psql's variable.
    if entry.source == Source::Given
        && let Some(text) = (ways.env)("PGPASSWORD").filter(|it| !it.is_empty())
    {
        return Ok(Some((Secret::new(text), "PGPASSWORD".to_owned())));
    }
    let (hosts, port) = match address {
        Address::Host { host, port } => (vec![host.clone()], port.to_string()),
        Address::Socket(path) => {
            let folder = path.parent().map(|it| it.display().to_string()).unwrap_or_default();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let port = name.strip_prefix(".s.PGSQL.").unwrap_or("5432").to_owned();
            let usual = folder == "/var/run/postgresql" || folder == "/tmp";
            let mut hosts = vec![folder];
            hosts.extend(usual.then(|| "localhost".to_owned()));
            (hosts, port)
        }
        Address::File(_) => return Ok(None),
    };
    let login = || (ways.env)("USER").or_else(|| (ways.env)("LOGNAME"));
    let Some(user) = entry.user.clone().or_else(login) else { return Ok(None) };
    let database = entry.database.clone().unwrap_or_else(|| user.clone());
    let fits = |field: &str, value: &str| field == "*" || field == value;
    let found = pgpass(ways)?.into_iter().find(|it| {
        (it.host == "*" || hosts.contains(&it.host))
            && fits(&it.port, &port)
            && fits(&it.database, &database)
            && fits(&it.user, &user)
    });
    Ok(found.map(|it| (it.password, it.file.display().to_string())))
}

/// `my.cnf` has one password: it goes to the server that stands beside it, to this machine where none
/// does, and to its user.
fn mysql(entry: &Entry, address: &Address, ways: &Ways<'_>) -> Result<Option<(Secret, String)>> {
    let Some(client) = client(ways)? else { return Ok(None) };
    let Some(password) = client.get("password").filter(|it| !it.is_empty()) else {
        return Ok(None);
    };
    let host = client.get("host").unwrap_or("localhost");
    let same_server = match address {
        Address::Host { host: called, port } => {
            let here = entry::is_loopback(host) && entry::is_loopback(called);
            let named = match client.get("port").map(str::parse::<u16>) {
                None => None,
                Some(Ok(port)) => Some(port),
                Some(Err(_)) => {
                    let text = format!("the port in {} is no number", client.file.display());
                    return Err(Failure::new(Reason::File, text));
                }
            };
            // A tunnel leads to another machine, whatever that machine calls itself.
            let through = entry.ssh.is_some() && here;
            let same = here || host.eq_ignore_ascii_case(called);
            same && !through && named.is_none_or(|it| it == *port)
        }
        Address::Socket(path) => match client.get("socket") {
            Some(socket) => std::path::Path::new(socket) == path,
            None => entry::is_loopback(host) && entry.ssh.is_none(),
        },
        Address::File(_) => false,
    };
    let login = || (ways.env)("USER").or_else(|| (ways.env)("LOGNAME"));
    let whose = client.get("user").map(str::to_owned).or_else(login);
    let called = entry.user.clone().or_else(login);
    let fits = same_server && whose.is_some() && whose == called;
    Ok(fits.then(|| (Secret::new(password), client.file.display().to_string())))
}
