//! One table of `connections.toml`: a connection.

use super::super::entry::{self, Password, Ssh};
use super::super::{Entry, Limits, url};
use super::{Trouble, line_of, meant};
use crate::{Address, Engine, TlsMode};
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys that a connection may have, in the order of the manual.
const KEYS: [&str; 23] = [
    "engine",
    "url",
    "host",
    "port",
    "socket",
    "file",
    "database",
    "user",
    "password",
    "tls",
    "tls_ca",
    "tls_cert",
    "tls_key",
    "tls_name",
    "read_only",
    "connect_timeout",
    "timeout",
    "rows_max",
    "pool",
    "colour",
    "tags",
    "options",
    "ssh",
];
/// Keys that say where it is, and cannot stand beside a URL.
const WHERE: [&str; 5] = ["engine", "host", "port", "socket", "file"];
/// Keys of a tunnel.
const SSH_KEYS: [&str; 5] = ["host", "user", "port", "identity", "jump"];
/// Colours that have a name.
pub(in crate::connections) const COLOURS: [&str; 7] =
    ["red", "orange", "yellow", "green", "blue", "purple", "grey"];
/// Longest time that may be allowed for anything, in seconds.
const SECONDS_MAX: f64 = 86_400.0;
/// Most sessions that a pool may have.
const POOL_MAX: i64 = 64;

type Item<'t, 'i> = &'t Spanned<DeValue<'i>>;

/// Reads one connection, and tells all that is wrong with it.
pub(super) struct Reader<'a> {
    source: &'a str,
    file: &'a Path,
    folder: &'a Path,
    home: Option<&'a Path>,
    name: &'a str,
    line: u32,
    troubles: &'a mut Vec<Trouble>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        source: &'a str,
        file: &'a Path,
        home: Option<&'a Path>,
        name: &'a str,
        line: u32,
        troubles: &'a mut Vec<Trouble>,
    ) -> Reader<'a> {
        let folder = file.parent().unwrap_or(Path::new(""));
        Reader { source, file, folder, home, name, line, troubles }
    }

    /// The connection, where nothing is wrong with it.
    pub(super) fn entry(&mut self, value: Item<'_, '_>) -> Option<Entry> {
        let before = self.troubles.len();
        if !entry::is_name(self.name) {
            let text = "it is no name for a connection: letters, digits, `-`, `_` and `.`, \
                        a letter or digit first, 64 at most";
            self.fault(self.line, None, text);
        }
        let DeValue::Table(table) = value.get_ref() else {
            let text = "it stands outside of any connection: each is a table, begun by `[name]`";
            self.fault(self.line, None, text);
            return None;
        };
        self.unknown(table, &KEYS, "");
        let entry = self.address(table);
        let placed = entry.is_some();
        let mut entry = entry.unwrap_or_else(|| {
            let nowhere = Address::Host { host: "localhost".to_owned(), port: 0 };
            Entry::new(self.name, Engine::Postgres, nowhere) // read on, to tell the other faults
        });
        entry.name = self.name.to_owned();
        let fine_so_far = self.troubles.len() == before;
        self.who(table, &mut entry);
        self.tls(table, &mut entry);
        if let Some(it) = self.flag(table, "read_only") {
            entry.read_only = it;
        }
        self.limits(table, &mut entry.limits);
        self.looks(table, &mut entry);
        self.options(table, &mut entry);
        if let Some(ssh) = self.ssh(table) {
            entry.ssh = Some(ssh);
        }
        if fine_so_far {
            self.fits(table, &entry);
        }
        (placed && self.troubles.len() == before).then_some(entry)
    }

    /// What speaks, and where.
    fn address(&mut self, table: &DeTable<'_>) -> Option<Entry> {
        if let Some(item) = table.get("url") {
            for key in WHERE {
                if let Some(beside) = table.get(key) {
                    self.at(beside, key, "it stands beside `url`, which says it already");
                }
            }
            let text = self.text(table, "url")?;
            return match url::read(text, self.folder, self.home) {
                Ok(entry) if matches!(entry.password, Password::Given(_)) => {
                    let text = "a password is never written down here: take it out of the URL and \
                                name where it is as `password`: \"keyring:NAME\", \"env:NAME\", \
                                \"cmd:COMMAND\" or \"prompt\"";
                    self.at(item, "url", text);
                    None
                }
                Ok(entry) => Some(entry),
                Err(failure) => {
                    self.at(item, "url", &failure.message);
                    None
                }
            };
        }
        let engine = self.engine(table);
        let port = self.whole(table, "port", 1, 65535).and_then(|it| u16::try_from(it).ok());
        let hosts = self.hosts(table);
        let socket = self.path(table, "socket");
        let file = self.path(table, "file");
        let engine = engine?;
        if engine.is_file() {
            for key in ["host", "port", "socket", "user", "password", "ssh"] {
                if let Some(item) = table.get(key) {
                    let text =
                        format!("a database of {} is a file: it has no `{key}`", engine.title());
                    self.at(item, key, &text);
                }
            }
            if table.get("file").is_none() {
                let text = format!("a database of {} is a file: name it as `file`", engine.title());
                self.fault(self.line, None, &text);
            }
            return Some(Entry::new(self.name, engine, Address::File(file?)));
        }
        if let Some(item) = table.get("file") {
            let text = format!("{} is a server: it has `host` or `socket`", engine.title());
            self.at(item, "file", &text);
        }
        if let (Some(item), Some(_)) = (table.get("socket"), table.get("host")) {
            self.at(item, "socket", "it stands beside `host`: name one of them");
        }
        let addresses: Vec<_> = match (socket, hosts) {
            (Some(path), _) => vec![entry::socket(engine, path, port)],
            (None, Some(hosts)) => hosts
                .into_iter()
                .map(|(host, own)| {
                    let port = own.or(port).or(engine.port()).unwrap_or_default();
                    Address::Host { host, port }
                })
                .collect(),
            (None, None) => vec![entry::nearest(engine, port)],
        };
        let mut entry = Entry::new(self.name, engine, addresses.first()?.clone());
        entry.addresses = addresses;
        Some(entry)
    }

    fn engine(&mut self, table: &DeTable<'_>) -> Option<Engine> {
        let names = Engine::ALL.map(Engine::name).join(", ");
        if table.get("engine").is_none() {
            let text = format!("it says neither `url` nor `engine`: one of {names}");
            self.fault(self.line, None, &text);
            return None;
        }
        let text = self.text(table, "engine")?;
        let engine = Engine::of_name(text).filter(|_| !text.contains('+'));
        if engine.is_none() {
            let text = format!("there is no such engine: one of {names}");
            self.at(table.get("engine")?, "engine", &text);
        }
        engine
    }

    fn hosts(&mut self, table: &DeTable<'_>) -> Option<Vec<(String, Option<u16>)>> {
        let item = table.get("host")?;
        let texts = match item.get_ref() {
            DeValue::String(text) => vec![text.as_ref()],
            DeValue::Array(items) => {
                let texts: Vec<_> = items.iter().filter_map(|it| it.get_ref().as_str()).collect();
                if texts.len() != items.len() || texts.is_empty() {
                    self.at(item, "host", "it has to be a text, or a list of texts");
                    return None;
                }
                texts
            }
            _ => {
                self.at(item, "host", "it has to be a text, or a list of texts");
                return None;
            }
        };
        let mut hosts = Vec::new();
        for text in texts {
            match entry::host_and_port(text) {
                Ok(host) => hosts.push(host),
                Err(_) if text.starts_with('/') => {
                    self.at(item, "host", "it is a path: name a socket as `socket`");
                    return None;
                }
                Err(why) => {
                    self.at(item, "host", why);
                    return None;
                }
            }
        }
        Some(hosts)
    }

    fn who(&mut self, table: &DeTable<'_>, entry: &mut Entry) {
        for (key, place) in [("database", &mut entry.database), ("user", &mut entry.user)] {
            if let Some(text) = self.text(table, key) {
                if text.is_empty() || text.contains('\0') {
                    self.of(table, key, "it is empty, or has a zero byte: leave it out");
                }
                *place = Some(text.to_owned());
            }
        }
        if let Some(text) = self.text(table, "password") {
            match entry::password(text) {
                Ok(password) => entry.password = password,
                Err(why) => self.of(table, "password", why),
            }
        }
    }

    fn tls(&mut self, table: &DeTable<'_>, entry: &mut Entry) {
        if let Some(text) = self.text(table, "tls") {
            match url::tls_mode(text) {
                Some(mode) => entry.tls = Some(mode),
                None => self.of(table, "tls", "one of \"verify\", \"unverified\" and \"off\""),
            }
        }
        let paths = [
            ("tls_ca", &mut entry.tls_ca),
            ("tls_cert", &mut entry.tls_cert),
            ("tls_key", &mut entry.tls_key),
        ];
        for (key, place) in paths {
            if let Some(path) = self.path(table, key) {
                *place = Some(path);
            }
        }
        if let Some(text) = self.text(table, "tls_name") {
            if !entry::is_host(text) {
                self.of(table, "tls_name", "it is no name that a certificate can prove");
            }
            entry.tls_name = Some(text.to_owned());
        }
    }

    fn limits(&mut self, table: &DeTable<'_>, limits: &mut Limits) {
        if let Some(time) = self.seconds(table, "connect_timeout") {
            if time.is_zero() {
                self.of(table, "connect_timeout", "it has to be more than 0 seconds");
            }
            limits.connect_timeout = time;
        }
        if let Some(time) = self.seconds(table, "timeout") {
            limits.timeout = (!time.is_zero()).then_some(time);
        }
        if let Some(rows) = self.whole(table, "rows_max", 1, i64::MAX) {
            limits.rows_max = u64::try_from(rows).ok();
        }
        if let Some(pool) = self.whole(table, "pool", 1, POOL_MAX) {
            limits.pool = usize::try_from(pool).unwrap_or(1);
        }
    }

    fn looks(&mut self, table: &DeTable<'_>, entry: &mut Entry) {
        if let Some(text) = self.text(table, "colour") {
            let digits = text.strip_prefix('#').unwrap_or_default();
            let coded = digits.len() == 6 && digits.bytes().all(|it| it.is_ascii_hexdigit());
            if !coded && !COLOURS.contains(&text) {
                let text = format!("one of {}, or \"#rrggbb\"", COLOURS.join(", "));
                self.of(table, "colour", &text);
            }
            entry.colour = Some(text.to_owned());
        }
        let Some(item) = table.get("tags") else { return };
        let tags = item
            .get_ref()
            .as_array()
            .map(|items| items.iter().map(|it| it.get_ref().as_str()).collect::<Option<Vec<_>>>());
        match tags.flatten() {
            Some(tags) if tags.iter().all(|it| !it.is_empty() && it.len() <= 100) => {
                entry.tags = tags.into_iter().map(str::to_owned).collect();
            }
            _ => self.at(item, "tags", "it has to be a list of short texts: [\"team\", \"eu\"]"),
        }
    }

    fn options(&mut self, table: &DeTable<'_>, entry: &mut Entry) {
        let Some(inner) = self.inner(table, "options") else { return };
        let mut options: Vec<_> = inner.iter().collect();
        options.sort_by_key(|it| it.0.span().start);
        for (key, item) in options {
            let value = match item.get_ref() {
                DeValue::String(text) => text.as_ref().to_owned(),
                DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
                DeValue::Float(number) => number.as_str().to_owned(),
                DeValue::Boolean(flag) => flag.to_string(),
                _ => {
                    let key = format!("options.{}", key.get_ref());
                    self.at(item, &key, "it has to be a text, a number, true or false");
                    continue;
                }
            };
            let key = key.get_ref().as_ref();
            if key.is_empty() || key.contains('\0') || value.contains('\0') {
                self.at(item, "options", "a setting has no name, or a zero byte");
            }
            entry.options.retain(|it| it.0 != key);
            entry.options.push((key.to_owned(), value));
        }
    }

    fn ssh(&mut self, table: &DeTable<'_>) -> Option<Ssh> {
        let inner = self.inner(table, "ssh")?;
        self.unknown(inner, &SSH_KEYS, "ssh.");
        let host = match inner.get("host") {
            Some(_) => self.text(inner, "host"),
            None => {
                self.of(table, "ssh", "it names no `host`");
                None
            }
        };
        let user = self.text(inner, "user");
        let port = self.whole(inner, "port", 1, 65535).and_then(|it| u16::try_from(it).ok());
        let identity = self.path(inner, "identity");
        let jump = self.text(inner, "jump");
        let ssh = Ssh {
            host: host?.to_owned(),
            user: user.map(str::to_owned),
            port,
            identity,
            jump: jump.map(str::to_owned),
        };
        if let Err((key, why)) = ssh.check() {
            self.of(inner, key, why);
        }
        Some(ssh)
    }

    /// Whether its parts go together.
    fn fits(&mut self, table: &DeTable<'_>, entry: &Entry) {
        if entry.tls_cert.is_some() != entry.tls_key.is_some() {
            let key = if entry.tls_cert.is_some() { "tls_cert" } else { "tls_key" };
            self.of(table, key, "`tls_cert` and `tls_key` go together: name both, or neither");
        }
        let unverified = matches!(entry.tls, Some(TlsMode::Unverified | TlsMode::Off));
        if unverified && (entry.tls_ca.is_some() || entry.tls_name.is_some()) {
            let key = if entry.tls_ca.is_some() { "tls_ca" } else { "tls_name" };
            self.of(table, key, "with this `tls` nothing is verified: leave one of them out");
        }
        if entry.engine.is_file() {
            for key in ["tls", "tls_ca", "tls_cert", "tls_key", "tls_name", "ssh", "user"] {
                if table.get(key).is_some() {
                    self.of(table, key, "a database that is a file has no such thing");
                }
            }
        }
        let sockets = entry.addresses.iter().any(|it| matches!(it, Address::Socket(_)));
        if sockets && matches!(entry.engine, Engine::Clickhouse | Engine::Sqlserver) {
            let text = format!("{} has no sockets: name a `host`", entry.engine.title());
            self.of(table, "socket", &text);
        }
        if entry.engine == Engine::Redis
            && let Some(database) = &entry.database
            && !database.bytes().all(|it| it.is_ascii_digit())
        {
            self.of(table, "database", "a database of Redis is a number");
        }
    }

    fn text<'t>(&mut self, table: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
        let item = table.get(key)?;
        let text = item.get_ref().as_str();
        if text.is_none() {
            self.at(item, key, &format!("it has to be a text in quotes, not {}", kind(item)));
        }
        text
    }

    fn path(&mut self, table: &DeTable<'_>, key: &str) -> Option<PathBuf> {
        let text = self.text(table, key)?;
        match entry::path(text, self.folder, self.home) {
            Ok(path) => Some(path),
            Err(failure) => {
                self.of(table, key, &failure.message);
                None
            }
        }
    }

    fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let item = table.get(key)?;
        let flag = item.get_ref().as_bool();
        if flag.is_none() {
            self.at(item, key, &format!("it has to be true or false, not {}", kind(item)));
        }
        flag
    }

    fn whole(&mut self, table: &DeTable<'_>, key: &str, least: i64, most: i64) -> Option<i64> {
        let item = table.get(key)?;
        let number = match item.get_ref() {
            DeValue::Integer(it) => i64::from_str_radix(it.as_str(), it.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|it| (least..=most).contains(it));
        if number.is_none() {
            let most = if most == i64::MAX { "up".to_owned() } else { format!("to {most}") };
            self.at(item, key, &format!("it has to be a whole number from {least} {most}"));
        }
        number
    }

    fn seconds(&mut self, table: &DeTable<'_>, key: &str) -> Option<Duration> {
        let item = table.get(key)?;
        let number = match item.get_ref() {
            DeValue::Integer(it) if it.radix() == 10 => it.as_str().parse::<f64>().ok(),
            DeValue::Float(it) => it.as_str().parse().ok(),
            _ => None,
        };
        match number.filter(|it| (0.0..=SECONDS_MAX).contains(it)) {
            Some(number) => Some(Duration::from_secs_f64(number)),
            None => {
                self.at(item, key, "it has to be a number of seconds, 86400 at most");
                None
            }
        }
    }

    fn inner<'t, 'i>(&mut self, table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
        let item = table.get(key)?;
        let inner = item.get_ref().as_table();
        if inner.is_none() {
            let text = format!("it has to be a table, `[{}.{key}]`, not {}", self.name, kind(item));
            self.at(item, key, &text);
        }
        inner
    }

    fn unknown(&mut self, table: &DeTable<'_>, known: &[&str], of: &str) {
        for (key, _) in table {
            let word = key.get_ref().as_ref();
            if known.contains(&word) {
                continue;
            }
            let line = line_of(&self.source.as_bytes()[..key.span().start]);
            let meant = meant(word, known.iter().copied());
            let meant = meant.map(|it| format!(" Did you mean `{it}`?")).unwrap_or_default();
            let text = format!("there is no such key.{meant} Allowed are {}", known.join(", "));
            self.fault(line, Some(&format!("{of}{}", shortened(word))), &text);
        }
    }

    /// A fault of a key that stands in a table.
    fn of(&mut self, table: &DeTable<'_>, key: &str, text: &str) {
        match table.get_key_value(key) {
            Some((key, _)) => {
                let line = line_of(&self.source.as_bytes()[..key.span().start]);
                self.fault(line, Some(key.get_ref()), text);
            }
            None => self.fault(self.line, Some(key), text),
        }
    }

    fn at(&mut self, item: Item<'_, '_>, key: &str, text: &str) {
        let line = line_of(&self.source.as_bytes()[..item.span().start]);
        self.fault(line, Some(key), text);
    }

    fn fault(&mut self, line: u32, key: Option<&str>, text: &str) {
        self.troubles.push(Trouble {
            file: self.file.to_owned(),
            line: Some(line),
            connection: Some(shortened(self.name)),
            key: key.map(str::to_owned),
            text: text.to_owned(),
        });
    }
}

fn kind(item: Item<'_, '_>) -> &'static str {
    match item.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn shortened(word: &str) -> String {
    let mut letters = word.chars();
    let short: String = letters.by_ref().take(80).collect();
    if letters.next().is_some() { format!("{short}…") } else { short }
}
