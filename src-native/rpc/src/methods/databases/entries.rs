//! Entries of `connections.toml` as the wire has them.

use super::DatabaseEngine;
use crate::wire::{reply, request};
use crate::{Code, Error, Result};
use databases::connections::{self as written, Entry, Known, Scope, Source};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

request! {
    /// An entry of `connections.toml`. What is not given has the engine's own default.
    pub struct ConnectionEntry {
        /// What speaks there; told by the URL's beginning where that is given.
        pub engine: Option<DatabaseEngine>,
        /// All of the address in one, in place of host, port, database and user.
        pub url: Option<String>,
        /// Host name or address.
        pub host: Option<String>,
        /// Port.
        pub port: Option<u16>,
        /// Unix socket, in place of a host.
        pub socket: Option<String>,
        /// File, for SQLite and DuckDB.
        pub file: Option<String>,
        /// Database.
        pub database: Option<String>,
        /// User.
        pub user: Option<String>,
        /// Where the password is: `keyring:NAME`, `env:NAME`, `cmd:COMMAND` or `prompt`. Never the password itself.
        pub password: Option<String>,
        /// `verify`, `unverified` or `off`.
        pub tls: Option<String>,
        /// Certificates of authorities in PEM, in place of the system's.
        pub tls_ca: Option<String>,
        /// Our certificate in PEM, where the server asks for one.
        pub tls_cert: Option<String>,
        /// The key of our certificate in PEM.
        pub tls_key: Option<String>,
        /// The name the server has to prove, where it is called by another.
        pub tls_name: Option<String>,
        /// Whether only reading is allowed (yes unless told otherwise).
        pub read_only: Option<bool>,
        /// How long connecting may take, in seconds (10 unless told otherwise).
        pub connect_timeout: Option<f64>,
        /// How long a statement may take, in seconds (30 unless told otherwise).
        pub timeout: Option<f64>,
        /// The most rows of a result (all unless told otherwise).
        pub rows_max: Option<f64>,
        /// The most sessions at once (4 unless told otherwise, 64 at most).
        pub pool: Option<u32>,
        /// A colour to tell it by: `red`, `orange`, `yellow`, `green`, `blue`, `purple`, `grey`.
        pub colour: Option<String>,
        /// Words to find it by: `production`, `crm`.
        pub tags: Option<Vec<String>>,
        /// Settings of the engine's own, by name.
        #[ts(optional, type = "{ [key: string]: string }")]
        pub options: Option<BTreeMap<String, String>>,
        /// Through which machine, by `ssh`.
        pub ssh: Option<TunnelEntry>,
    }

    /// A machine to go through by `ssh`.
    pub struct TunnelEntry {
        /// Its name or address, or a `Host` of the user's ssh configuration.
        pub host: String,
        /// User there.
        pub user: Option<String>,
        /// Port there.
        pub port: Option<u16>,
        /// File of the private key.
        pub identity: Option<String>,
        /// Further machines before it, as of `ssh -J`.
        pub jump: Option<String>,
    }
}

reply! {
    /// An entry as it is written down.
    pub struct ConnectionEntryText {
        /// The entry's lines.
        pub toml: String,
        /// What is written in it, by the names that `databases.save` takes.
        #[ts(type = "{ [key: string]: unknown }")]
        pub fields: serde_json::Map<String, serde_json::Value>,
    }
}

/// An entry as it would be written anew.
pub(super) fn entry_text(of: &Entry) -> Option<ConnectionEntryText> {
    let toml = written::with("", of, Path::new(written::FILE), Scope::User, None).ok()?;
    let read: toml::Table = toml.parse().ok()?;
    let fields = match serde_json::to_value(read.get(&of.name)?).ok()? {
        Json::Object(fields) => fields.into_iter().map(|(name, it)| (camel(&name), it)).collect(),
        _ => Map::new(),
    };
    Some(ConnectionEntryText { toml, fields })
}

/// `tls_ca` as `tlsCa`.
fn camel(name: &str) -> String {
    let mut camel = String::new();
    for (at, word) in name.split('_').enumerate() {
        let mut letters = word.chars();
        match letters.next() {
            Some(first) if at > 0 => camel.extend(first.to_uppercase()),
            Some(first) => camel.push(first),
            None => {}
        }
        camel.extend(letters);
    }
    camel
}

/// An entry as lines of TOML. Its strings are written as JSON writes them, which TOML reads the same.
fn entry_lines(name: &str, of: &ConnectionEntry) -> Result<String> {
    let mut lines = format!("[{}]\n", json!(name));
    let mut put = |name: &str, value: Option<Json>| {
        if let Some(value) = value.filter(|it| !it.is_null()) {
            lines += &format!("{name} = {value}\n");
        }
    };
    put("engine", of.engine.map(|it| json!(it.below().name())));
    let texts = [
        ("url", &of.url),
        ("host", &of.host),
        ("socket", &of.socket),
        ("file", &of.file),
        ("database", &of.database),
        ("user", &of.user),
        ("password", &of.password),
        ("tls", &of.tls),
        ("tls_ca", &of.tls_ca),
        ("tls_cert", &of.tls_cert),
        ("tls_key", &of.tls_key),
        ("tls_name", &of.tls_name),
        ("colour", &of.colour),
    ];
    for (name, text) in texts {
        put(name, text.as_ref().map(|it| json!(it)));
    }
    put("port", of.port.map(|it| json!(it)));
    put("read_only", of.read_only.map(|it| json!(it)));
    put("connect_timeout", of.connect_timeout.map(|it| json!(it)));
    put("timeout", of.timeout.map(|it| json!(it)));
    // A whole number is written as one; what is none is told by the file's own rules.
    let whole =
        |it: f64| if it.fract() == 0.0 && it.abs() < 9e15 { json!(it as i64) } else { json!(it) };
    put("rows_max", of.rows_max.map(whole));
    put("pool", of.pool.map(|it| json!(it)));
    put("tags", of.tags.as_ref().map(|it| json!(it)));
    if let Some(options) = &of.options {
        lines += &format!("[{}.options]\n", json!(name));
        for (option, value) in options {
            lines += &format!("{} = {}\n", json!(option), json!(value));
        }
    }
    if let Some(ssh) = &of.ssh {
        lines += &format!("[{}.ssh]\nhost = {}\n", json!(name), json!(ssh.host));
        let texts = [("user", &ssh.user), ("identity", &ssh.identity), ("jump", &ssh.jump)];
        for (name, text) in texts {
            if let Some(text) = text {
                lines += &format!("{name} = {}\n", json!(text));
            }
        }
        if let Some(port) = ssh.port {
            lines += &format!("port = {port}\n");
        }
    }
    Ok(lines)
}

/// The entry that a file would hold, by the file's own rules.
pub(super) fn read_entry(
    name: &str,
    of: &ConnectionEntry,
    file: &Path,
    scope: Scope,
) -> Result<Entry> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let text = entry_lines(name, of)?;
    let read = written::read(text.as_bytes(), file, scope, home.as_deref());
    if let Some(trouble) = read.troubles.first() {
        let key = trouble.key.as_ref().map(|it| format!("`{it}`: ")).unwrap_or_default();
        return Err(Error::invalid(format!("{key}{}", trouble.text)));
    }
    let entry = read.entries.into_iter().next();
    entry.ok_or_else(|| Error::invalid(format!("`{name}` is no name")))
}

/// Refuses an entry that names programs which its file does not name yet: to write one down is to start
/// it, as soon as anybody connects.
pub(super) fn starts_nothing_new(
    known: &Known,
    file: &Path,
    entry: &Entry,
    was: Option<&str>,
) -> Result<()> {
    let Some(starts) = entry.starts() else { return Ok(()) };
    let there = known.entries.iter().find(|it| {
        let of = match &it.source {
            Source::User { file, .. } | Source::Project { file, .. } => Some(file),
            Source::Found(_) | Source::Given => None,
        };
        of.is_some_and(|it| it == file) && it.name == was.unwrap_or(&entry.name)
    });
    if there.and_then(Entry::starts) == Some(starts) {
        return Ok(());
    }
    let text = format!("the entry of `{}` would start a program", entry.name);
    Err(Error::new(Code::Denied, text).hint(format!(
        "`cmd:`, `ssh` and options of SQLite and DuckDB are for the window to save, or for you to write into {}",
        file.display()
    )))
}
