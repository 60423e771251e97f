//! Changes to `connections.toml` that touch one connection: everything else stays as it was written,
//! comments and order included.

use super::entry::{Password, is_name};
use super::file::{self, Scope};
use super::{Entry, Limits, Ssh};
use crate::{Address, Failure, Reason, Result, TlsMode};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

/// How often a file is taken up again that somebody else changed meanwhile.
const TRIES: usize = 5;

/// Writes an entry into a file, in place of the one of its name; a file that is not there is made.
///
/// # Errors
/// [`Reason::Usage`] where the entry cannot be written down, or the file has a fault in its grammar;
/// [`Reason::File`] where it cannot be written. Then it is as it was.
pub fn set(file: &Path, scope: Scope, entry: &Entry, home: Option<&Path>) -> Result<()> {
    change(file, scope, &|text| with(text, entry, file, scope, home).map(Some)).map(|_| ())
}

/// Takes an entry out of a file. Returns whether there was one.
///
/// # Errors
/// As [`set`].
pub fn remove(file: &Path, scope: Scope, name: &str) -> Result<bool> {
    change(file, scope, &|text| without(text, name, file))
}

/// The text of a file with an entry in it.
///
/// # Errors
/// As [`set`].
pub fn with(
    text: &str,
    entry: &Entry,
    file: &Path,
    scope: Scope,
    home: Option<&Path>,
) -> Result<String> {
    if !is_name(&entry.name) {
        return Err(Failure::new(Reason::Usage, "this is no name for a connection")
            .hint("letters, digits, `-`, `_` and `.`, a letter or digit first"));
    }
    if matches!(entry.password, Password::Given(_)) {
        let text = "a password is not written down";
        return Err(Failure::new(Reason::Usage, text).hint(
            "name where it is: \"keyring:NAME\", \"env:NAME\", \"cmd:COMMAND\" or \"prompt\"",
        ));
    }
    let document = parsed(text, file)?;
    let read = file::read(text.as_bytes(), file, scope, home);
    let before = read.entries.iter().find(|it| it.name == entry.name);
    if before.is_none() && document.contains_key(&entry.name) {
        let trouble =
            read.troubles.iter().find(|it| it.connection.as_deref() == Some(entry.name.as_str()));
        return Err(match trouble {
            Some(trouble) => Failure::from(trouble),
            None => Failure::new(Reason::Usage, format!("`{}` is no connection", entry.name)),
        });
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut last = None;
    // First what differs; where a URL says what is no longer so, all of it anew.
    for before in [before, None] {
        let mut document = document.clone();
        if !document.contains_key(&entry.name) {
            document.insert(&entry.name, Item::Table(Table::new()));
        }
        let Some(table) = document.get_mut(&entry.name).and_then(Item::as_table_like_mut) else {
            continue;
        };
        write(table, entry, before, folder, home);
        let text = endings(document.to_string(), text);
        let read = file::read(text.as_bytes(), file, scope, home);
        match read.entries.iter().find(|it| it.name == entry.name) {
            Some(now) if same(now, entry) => return Ok(text),
            _ => {
                let mut troubles = read.troubles.iter();
                last = troubles.find(|it| it.connection.as_ref() == Some(&entry.name)).cloned();
            }
        }
    }
    Err(match last {
        Some(trouble) => {
            let key = trouble.key.map(|it| format!("`{it}`: ")).unwrap_or_default();
            let text = format!("connection `{}` is not written: {key}{}", entry.name, trouble.text);
            Failure::new(Reason::Usage, text)
        }
        None => {
            let text = format!("connection `{}` cannot be written down as it is", entry.name);
            Failure::new(Reason::Usage, text)
        }
    })
}

/// The text of a file without an entry; none where it has no such entry.
///
/// # Errors
/// [`Reason::Usage`] where the file has a fault in its grammar.
pub fn without(text: &str, name: &str, file: &Path) -> Result<Option<String>> {
    let mut document = parsed(text, file)?;
    let place = document.iter().position(|it| it.0 == name);
    let Some(place) = place else { return Ok(None) };
    let above = document
        .get(name)
        .and_then(Item::as_table)
        .and_then(|it| it.decor().prefix())
        .and_then(|it| it.as_str())
        .map(apart)
        .unwrap_or_default();
    document.remove(name);
    if !above.is_empty() {
        // What stands above and is not about it stays: on top of what comes next.
        let next = document.iter_mut().nth(place).and_then(|it| match it.1 {
            Item::Table(table) => Some(table),
            _ => None,
        });
        match next {
            Some(table) => {
                let own = table.decor().prefix().and_then(|it| it.as_str()).unwrap_or_default();
                let both = format!("{above}{}", own.trim_start_matches('\n'));
                table.decor_mut().set_prefix(both);
            }
            None => {
                let own = document.trailing().as_str().unwrap_or_default();
                let both = format!("{above}{own}");
                document.set_trailing(both);
            }
        }
    }
    Ok(Some(endings(document.to_string(), text)))
}

/// Of what stands above a table, what a blank line parts from it: that is about the file, or about what
/// was there before.
fn apart(above: &str) -> String {
    let lines: Vec<_> = above.split_inclusive('\n').collect();
    let last = lines.iter().rposition(|it| it.trim().is_empty());
    let kept = last.map(|it| lines[..=it].concat()).unwrap_or_default();
    if kept.trim().is_empty() { String::new() } else { kept }
}

fn parsed(text: &str, file: &Path) -> Result<DocumentMut> {
    text.parse().map_err(|_| {
        let read = file::read(text.as_bytes(), file, Scope::Project, None);
        match read.troubles.first() {
            Some(trouble) => Failure::from(trouble),
            None => Failure::new(Reason::Usage, format!("{} is no TOML", file.display())),
        }
    })
}

/// A text with the line endings of another.
fn endings(text: String, like: &str) -> String {
    if like.contains("\r\n") {
        return text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    text
}

/// Writes what differs from `before`; everything where nothing was before.
fn write(
    table: &mut dyn TableLike,
    entry: &Entry,
    before: Option<&Entry>,
    folder: &Path,
    home: Option<&Path>,
) {
    let path = |it: &Option<PathBuf>| it.as_ref().map(|it| shown(it, folder, home).into());
    let differs = |of: &dyn Fn(&Entry) -> String| before.is_none_or(|it| of(it) != of(entry));
    if differs(&|it| format!("{:?}{:?}", it.engine, it.addresses)) {
        for key in ["url", "host", "port", "socket", "file"] {
            table.remove(key);
        }
        put(table, "engine", Some(entry.engine.name().into()));
        write_address(table, entry, folder, home);
    }
    if differs(&|it| format!("{:?}", it.database)) {
        put(table, "database", entry.database.clone().map(Value::from));
    }
    if differs(&|it| format!("{:?}", it.user)) {
        put(table, "user", entry.user.clone().map(Value::from));
    }
    if differs(&|it| format!("{:?}", it.password)) {
        let password = match &entry.password {
            Password::Reference(reference) => Some(Value::from(reference)),
            Password::Prompt => Some("prompt".into()),
            Password::Unsaid | Password::Given(_) => None,
        };
        put(table, "password", password);
    }
    if differs(&|it| format!("{:?}", it.tls)) {
        let mode = entry.tls.map(|it| match it {
            TlsMode::Verify => "verify",
            TlsMode::Unverified => "unverified",
            TlsMode::Off => "off",
        });
        put(table, "tls", mode.map(Value::from));
    }
    if differs(&|it| format!("{:?}", (&it.tls_ca, &it.tls_cert, &it.tls_key, &it.tls_name))) {
        put(table, "tls_ca", path(&entry.tls_ca));
        put(table, "tls_cert", path(&entry.tls_cert));
        put(table, "tls_key", path(&entry.tls_key));
        put(table, "tls_name", entry.tls_name.clone().map(Value::from));
    }
    if differs(&|it| it.read_only.to_string()) {
        put(table, "read_only", (!entry.read_only).then(|| false.into()));
    }
    if differs(&|it| format!("{:?}", it.limits)) {
        write_limits(table, &entry.limits, before.map(|it| &it.limits));
    }
    if differs(&|it| format!("{:?}", it.colour)) {
        put(table, "colour", entry.colour.clone().map(Value::from));
    }
    if differs(&|it| format!("{:?}", it.tags)) {
        let tags: Array = entry.tags.iter().collect();
        put(table, "tags", (!tags.is_empty()).then(|| tags.into()));
    }
    if differs(&|it| format!("{:?}", it.options)) {
        let options = entry.options.iter().map(|it| (it.0.as_str(), Some(it.1.clone().into())));
        write_inner(table, "options", options.collect());
    }
    if differs(&|it| format!("{:?}", it.ssh)) {
        let ssh = entry.ssh.as_ref().map(|it| write_ssh(it, folder, home));
        write_inner(table, "ssh", ssh.unwrap_or_default());
    }
}

fn write_address(table: &mut dyn TableLike, entry: &Entry, folder: &Path, home: Option<&Path>) {
    let usual = entry.engine.port();
    match entry.addresses.as_slice() {
        [Address::File(path)] => put(table, "file", Some(shown(path, folder, home).into())),
        [Address::Socket(path)] => put(table, "socket", Some(shown(path, folder, home).into())),
        [Address::Host { host, port }] => {
            put(table, "host", Some(host.into()));
            let port = (Some(*port) != usual).then(|| i64::from(*port).into());
            put(table, "port", port);
        }
        several => {
            let hosts = several.iter().filter_map(|it| match it {
                Address::Host { host, port } if Some(*port) == usual => Some(host.clone()),
                Address::Host { host, port } if host.contains(':') => {
                    Some(format!("[{host}]:{port}"))
                }
                Address::Host { host, port } => Some(format!("{host}:{port}")),
                _ => None,
            });
            put(table, "host", Some(hosts.collect::<Array>().into()));
        }
    }
}

fn write_limits(table: &mut dyn TableLike, limits: &Limits, before: Option<&Limits>) {
    let usual = Limits::default();
    let was = before.unwrap_or(&usual);
    let whole = |it: u64| Value::from(i64::try_from(it).unwrap_or(i64::MAX));
    let seconds = |it: Duration| match it.subsec_nanos() {
        0 => whole(it.as_secs()),
        _ => it.as_secs_f64().into(),
    };
    if limits.connect_timeout != was.connect_timeout || before.is_none() {
        let other = limits.connect_timeout != usual.connect_timeout;
        put(table, "connect_timeout", other.then(|| seconds(limits.connect_timeout)));
    }
    if limits.timeout != was.timeout || before.is_none() {
        let other = limits.timeout != usual.timeout;
        put(table, "timeout", other.then(|| seconds(limits.timeout.unwrap_or_default())));
    }
    if limits.rows_max != was.rows_max || before.is_none() {
        put(table, "rows_max", limits.rows_max.map(whole));
    }
    if limits.pool != was.pool || before.is_none() {
        let other = limits.pool != usual.pool;
        put(table, "pool", other.then(|| whole(limits.pool as u64)));
    }
}

fn write_ssh(ssh: &Ssh, folder: &Path, home: Option<&Path>) -> Vec<(&'static str, Option<Value>)> {
    vec![
        ("host", Some(ssh.host.clone().into())),
        ("user", ssh.user.clone().map(Value::from)),
        ("port", ssh.port.map(|it| i64::from(it).into())),
        ("identity", ssh.identity.as_ref().map(|it| shown(it, folder, home).into())),
        ("jump", ssh.jump.clone().map(Value::from)),
    ]
}

/// A table within, with these keys and no others.
fn write_inner(table: &mut dyn TableLike, key: &str, wanted: Vec<(&str, Option<Value>)>) {
    if wanted.is_empty() {
        table.remove(key);
        return;
    }
    if table.get(key).and_then(Item::as_table_like).is_none() {
        let inner = if table.is_dotted() || is_inline(table) {
            Item::Value(toml_edit::InlineTable::new().into())
        } else {
            Item::Table(Table::new())
        };
        table.insert(key, inner);
    }
    let Some(inner) = table.get_mut(key).and_then(Item::as_table_like_mut) else { return };
    let there: Vec<_> = inner.iter().map(|it| it.0.to_owned()).collect();
    for old in there.iter().filter(|old| !wanted.iter().any(|it| it.0 == *old)) {
        inner.remove(old);
    }
    for (key, value) in wanted {
        let was = inner.get(key).and_then(Item::as_value).map(plain);
        if was.is_none() || was != value.as_ref().map(plain) {
            put(inner, key, value);
        }
    }
}

/// Whether a table stands in braces: what is in it has to stand there too.
fn is_inline(table: &dyn TableLike) -> bool {
    table.iter().any(|it| it.1.is_inline_table()) && table.iter().all(|it| it.1.is_value())
}

/// A value without what stands around it, numbers and truths as options know them: as text.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.value().clone(),
        other => other.clone().decorated("", "").to_string(),
    }
}

/// Sets a key, or takes it out. What stands around its value stays, a comment behind it too.
fn put(table: &mut dyn TableLike, key: &str, value: Option<Value>) {
    let Some(mut value) = value else {
        table.remove(key);
        return;
    };
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            let around = old.decor().clone();
            *value.decor_mut() = around;
            *old = value;
        }
        _ => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// A path as it is best written: from the file's folder, or from home, where it is under them.
fn shown(path: &Path, folder: &Path, home: Option<&Path>) -> String {
    let under = |folder: &Path| {
        let rest = path.strip_prefix(folder).ok()?;
        (!folder.as_os_str().is_empty() && !rest.as_os_str().is_empty()).then_some(rest)
    };
    if let Some(rest) = under(folder) {
        return format!("./{}", rest.display());
    }
    if let Some(rest) = home.and_then(under) {
        return format!("~/{}", rest.display());
    }
    path.display().to_string()
}

/// Whether two entries say the same, wherever they come from.
fn same(a: &Entry, b: &Entry) -> bool {
    let all = |it: &Entry| {
        let mut it = it.clone();
        it.source = super::Source::Given;
        it.trust = super::entry::Trust::Yes;
        it.options.sort();
        format!("{it:?}")
    };
    all(a) == all(b)
}

/// Changes a file by a function of its text: beside it, and then in its place.
fn change(
    file: &Path,
    scope: Scope,
    change: &dyn Fn(&str) -> Result<Option<String>>,
) -> Result<bool> {
    // A link stays a link: what it leads to is changed.
    let real = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    for _ in 0..TRIES {
        let before = text_of(&real)?;
        let Some(after) = change(before.as_deref().unwrap_or_default())? else { return Ok(false) };
        if before.as_ref() == Some(&after) {
            return Ok(true);
        }
        let unwritten = |error: std::io::Error| {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default().to_lowercase();
            Failure::new(Reason::File, format!("{} cannot be written: {text}", real.display()))
        };
        let beside = beside(&real, scope, after.as_bytes()).map_err(unwritten)?;
        if text_of(&real)? == before {
            return match std::fs::rename(&beside, &real) {
                Ok(()) => Ok(true),
                Err(error) => {
                    let _ = std::fs::remove_file(&beside); // as it was
                    Err(unwritten(error))
                }
            };
        }
        let _ = std::fs::remove_file(&beside); // somebody was quicker: once more, on top of theirs
    }
    let text = format!("{} is changed by somebody else all the time", real.display());
    Err(Failure::new(Reason::File, text).hint("try again"))
}

fn text_of(file: &Path) -> Result<Option<String>> {
    let unread =
        |why: &str| Failure::new(Reason::File, format!("{} cannot be read: {why}", file.display()));
    match std::fs::read(file) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(unread("it is not written in UTF-8")),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unread(&error.to_string().to_lowercase())),
    }
}

/// A new file in the same folder, whole on disk.
fn beside(file: &Path, scope: Scope, bytes: &[u8]) -> std::io::Result<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let name = format!(".{}.{}.new", super::FILE, std::process::id());
    let path = folder.join(name);
    let _ = std::fs::remove_file(&path); // left behind by one that was killed and had this number
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(if scope == Scope::User { 0o600 } else { 0o666 });
    }
    let written = options.open(&path).and_then(|mut new| {
        if let (Scope::Project, Ok(about)) = (scope, std::fs::metadata(file)) {
            new.set_permissions(about.permissions())?;
        }
        new.write_all(bytes)?;
        new.sync_all()
    });
    match written {
        Ok(()) => Ok(path),
        Err(error) => {
            let _ = std::fs::remove_file(&path);
            Err(error)
        }
    }
}
