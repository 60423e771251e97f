//! Parameters of a URL: our own, which go with every engine, and those that an engine's own tools take.

use super::super::Entry;
use super::super::entry::{self, Password};
use super::{tls_mode, wrong};
use crate::{Address, Engine, Failure, Reason, Result, Secret, TlsMode};
use std::path::Path;
use std::time::Duration;

/// What a URL wishes of TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Wish {
    /// Nothing, or as much as there is: decided by where it leads.
    #[default]
    Unsaid,
    /// No TLS by its scheme: taken at its word within this machine only.
    Plain,
    /// Encryption, whoever answers: taken at its word within this machine only, verified elsewhere.
    Required,
    /// Verified.
    Verify,
    /// Not verified, in so many words.
    Unverified,
    /// None, in so many words.
    Off,
}

/// What parameters say that has its place later.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    pub(super) wish: Wish,
    pub(super) host: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) socket: Option<String>,
    /// Encrypted, but nobody is asked for a proof.
    pub(super) trusting: bool,
}

/// What tools put into URLs for themselves and the server knows nothing of.
const POSTGRES_IDLE: [&str; 17] = [
    "channel_binding",
    "gssencmode",
    "target_session_attrs",
    "load_balance_hosts",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "sslsni",
    "sslcompression",
    "pgbouncer",
    "connection_limit",
    "pool_timeout",
    "socket_timeout",
    "statement_cache_size",
    "client_encoding",
];
const MYSQL_IDLE: [&str; 11] = [
    "charset",
    "collation",
    "characterencoding",
    "useunicode",
    "connectionlimit",
    "pooltimeout",
    "sockettimeout",
    "parsetime",
    "loc",
    "allowpublickeyretrieval",
    "servertimezone",
];

impl Parameters {
    /// Takes one parameter. No value is repeated in an error.
    pub(super) fn take(
        &mut self,
        entry: &mut Entry,
        key: &str,
        value: String,
        folder: &Path,
        home: Option<&Path>,
    ) -> Result<()> {
        let path = |value: &str| entry::path(value, folder, home).map(Some);
        match key {
            "tls" => {
                self.wish = match tls_mode(&value) {
                    Some(TlsMode::Verify) => Wish::Verify,
                    Some(TlsMode::Unverified) => Wish::Unverified,
                    Some(TlsMode::Off) => Wish::Off,
                    None if entry.engine == Engine::Mongodb => {
                        return self.mongodb(entry, key, value, folder, home);
                    }
                    None => return Err(wrong("`tls` is none of verify, unverified, off")),
                };
            }
            "tls_ca" => entry.tls_ca = path(&value)?,
            "tls_cert" => entry.tls_cert = path(&value)?,
            "tls_key" => entry.tls_key = path(&value)?,
            "tls_name" if entry::is_host(&value) => entry.tls_name = Some(value),
            "tls_name" => return Err(wrong("`tls_name` is no name that a certificate can prove")),
            "read_only" => entry.read_only = flag(key, &value)?,
            "connect_timeout" => {
                let time = seconds(key, &value, 1.0)?;
                if !time.is_zero() {
                    entry.limits.connect_timeout = time; // 0 is libpq's word for its own default
                }
            }
            "timeout" => {
                let time = seconds(key, &value, 1.0)?;
                entry.limits.timeout = (!time.is_zero()).then_some(time);
            }
            "rows_max" => match value.parse() {
                Ok(rows) if rows > 0 => entry.limits.rows_max = Some(rows),
                _ => return Err(wrong("`rows_max` is no number from 1 up")),
            },
            _ => {
                return match entry.engine {
                    Engine::Postgres => self.postgres(entry, key, value, folder, home),
                    Engine::Mysql => self.mysql(entry, key, value, folder, home),
                    Engine::Redis => self.redis(entry, key, value, folder, home),
                    Engine::Mongodb => self.mongodb(entry, key, value, folder, home),
                    Engine::Clickhouse => self.clickhouse(entry, key, value),
                    Engine::Sqlserver => self.sqlserver(entry, key, value),
                    Engine::Sqlite | Engine::Duckdb => file(entry, key, value),
                };
            }
        }
        Ok(())
    }

    fn postgres(
        &mut self,
        entry: &mut Entry,
        key: &str,
        value: String,
        folder: &Path,
        home: Option<&Path>,
    ) -> Result<()> {
        let path = |value: &str| entry::path(value, folder, home).map(Some);
        match key {
            "sslmode" => {
                self.wish = match value.as_str() {
                    "disable" => Wish::Off,
                    "allow" | "prefer" => Wish::Unsaid,
                    "require" => Wish::Required,
                    "verify-ca" | "verify-full" => Wish::Verify,
                    "no-verify" => Wish::Unverified,
                    _ => {
                        return Err(wrong(
                            "`sslmode` is none of disable, allow, prefer, require, verify-ca, verify-full",
                        ));
                    }
                }
            }
            "sslrootcert" if value == "system" => self.wish = Wish::Verify,
            "sslrootcert" => entry.tls_ca = path(&value)?,
            "sslcert" => entry.tls_cert = path(&value)?,
            "sslkey" => entry.tls_key = path(&value)?,
            "host" | "hostaddr" if value.starts_with('/') => self.socket = Some(value),
            "host" | "hostaddr" => self.host = Some(value),
            "port" => self.port = Some(port(&value)?),
            "user" => entry.user = Some(value),
            "password" => entry.password = Password::Given(Secret::new(value)),
            "dbname" => entry.database = Some(value),
            "schema" => setting(entry, "search_path", value)?,
            "service" => {
                return Err(wrong("a service has a connection of its own: service:NAME"));
            }
            _ if POSTGRES_IDLE.contains(&key) => {}
            _ => setting(entry, key, value)?,
        }
        Ok(())
    }

    fn mysql(
        &mut self,
        entry: &mut Entry,
        key: &str,
        value: String,
        folder: &Path,
        home: Option<&Path>,
    ) -> Result<()> {
        let path = |value: &str| entry::path(value, folder, home).map(Some);
        let plain = key.to_ascii_lowercase().replace(['-', '_'], "");
        match plain.as_str() {
            "sslmode" => {
                self.wish = match value.to_ascii_lowercase().replace('-', "_").as_str() {
                    "disabled" | "disable" => Wish::Off,
                    "preferred" | "prefer" => Wish::Unsaid,
                    "required" | "require" => Wish::Required,
                    "verify_ca" | "verify_identity" | "verify_full" => Wish::Verify,
                    _ => {
                        return Err(wrong(
                            "`ssl-mode` is none of disabled, preferred, required, verify_ca, verify_identity",
                        ));
                    }
                }
            }
            "ssl" | "usessl" => {
                self.wish = if flag("ssl", &value)? { Wish::Required } else { Wish::Off };
            }
            "verifyservercertificate" | "sslverify" => {
                self.trusting = !flag("verifyServerCertificate", &value)?;
            }
            "sslaccept" => match value.as_str() {
                "strict" => self.wish = Wish::Verify,
                "accept_invalid_certs" => self.trusting = true,
                _ => return Err(wrong("`sslaccept` is none of strict, accept_invalid_certs")),
            },
            "sslca" => entry.tls_ca = path(&value)?,
            "sslcert" => entry.tls_cert = path(&value)?,
            "sslkey" => entry.tls_key = path(&value)?,
            "socket" | "unixsocket" => self.socket = Some(value),
            "user" => entry.user = Some(value),
            "password" => entry.password = Password::Given(Secret::new(value)),
            it if MYSQL_IDLE.contains(&it) => {}
            _ => setting(entry, key, value)?,
        }
        Ok(())
    }

    fn redis(
        &mut self,
        entry: &mut Entry,
        key: &str,
        value: String,
        folder: &Path,
        home: Option<&Path>,
    ) -> Result<()> {
        let path = |value: &str| entry::path(value, folder, home).map(Some);
        match key {
            "db" | "database" => entry.database = Some(value),
            "user" | "username" => entry.user = Some(value),
            "password" => entry.password = Password::Given(Secret::new(value)),
            "ssl_cert_reqs" => match value.to_ascii_lowercase().trim_start_matches("cert_") {
                "none" | "optional" => self.trusting = true,
                "required" => self.wish = Wish::Verify,
                _ => return Err(wrong("`ssl_cert_reqs` is none of none, optional, required")),
            },
            "ssl_ca_certs" => entry.tls_ca = path(&value)?,
            "ssl_certfile" => entry.tls_cert = path(&value)?,
            "ssl_keyfile" => entry.tls_key = path(&value)?,
            _ => setting(entry, key, value)?,
        }
        Ok(())
    }

    fn mongodb(
        &mut self,
        entry: &mut Entry,
        key: &str,
        value: String,
        folder: &Path,
        home: Option<&Path>,
    ) -> Result<()> {
        match key.to_ascii_lowercase().as_str() {
            "tls" | "ssl" => {
                self.wish = if flag("tls", &value)? { Wish::Verify } else { Wish::Off };
            }
            "tlsinsecure" | "tlsallowinvalidcertificates" | "tlsallowinvalidhostnames" => {
                self.trusting |= flag(key, &value)?;
            }
            "tlscafile" => entry.tls_ca = Some(entry::path(&value, folder, home)?),
            "tlscertificatekeyfile" => {
                let path = entry::path(&value, folder, home)?;
                entry.tls_cert = Some(path.clone());
                entry.tls_key = Some(path);
            }
            "connecttimeoutms" => {
                let time = seconds(key, &value, 0.001)?;
                if !time.is_zero() {
                    entry.limits.connect_timeout = time;
                }
            }
            _ => setting(entry, key, value)?,
        }
        Ok(())
    }

    fn clickhouse(&mut self, entry: &mut Entry, key: &str, value: String) -> Result<()> {
        match key {
            "database" => entry.database = Some(value),
            "user" | "username" => entry.user = Some(value),
            "password" => entry.password = Password::Given(Secret::new(value)),
            "secure" => self.wish = if flag(key, &value)? { Wish::Verify } else { Wish::Plain },
            "verify" => self.trusting = !flag(key, &value)?,
            "skip_verify" => self.trusting = flag(key, &value)?,
            _ => setting(entry, key, value)?,
        }
        Ok(())
    }

    fn sqlserver(&mut self, entry: &mut Entry, key: &str, value: String) -> Result<()> {
        let plain = key.to_ascii_lowercase().replace([' ', '+', '_'], "");
        match plain.as_str() {
            "database" | "initialcatalog" => entry.database = Some(value),
            "user" | "userid" | "uid" => entry.user = Some(value),
            "password" | "pwd" => entry.password = Password::Given(Secret::new(value)),
            "encrypt" => {
                self.wish = match value.to_ascii_lowercase().as_str() {
                    "true" | "yes" | "mandatory" | "1" => Wish::Required,
                    "strict" => Wish::Verify,
                    "false" | "no" | "optional" | "disable" | "0" => Wish::Off,
                    _ => return Err(wrong("`encrypt` is none of true, false, strict")),
                };
                if value.eq_ignore_ascii_case("strict") {
                    setting(entry, "encrypt", "strict".to_owned())?;
                }
            }
            "trustservercertificate" => self.trusting = flag(key, &value)?,
            "hostnameincertificate" if entry::is_host(&value) => entry.tls_name = Some(value),
            "hostnameincertificate" => {
                return Err(wrong(
                    "`hostNameInCertificate` is no name that a certificate can prove",
                ));
            }
            "connectiontimeout" | "connecttimeout" | "dialtimeout" => {
                let time = seconds("connection timeout", &value, 1.0)?;
                if !time.is_zero() {
                    entry.limits.connect_timeout = time;
                }
            }
            _ => setting(entry, key, value)?,
        }
        Ok(())
    }

    /// Decides on TLS, now that all is known.
    pub(super) fn settle(&self, entry: &mut Entry) -> Result<()> {
        if entry.engine.is_file() {
            if self.wish != Wish::Unsaid || entry.tls_ca.is_some() || entry.tls_cert.is_some() {
                return Err(wrong("a database that is a file has no TLS"));
            }
            return Ok(());
        }
        let here = entry.addresses.iter().all(|it| match it {
            Address::Host { host, .. } => entry::is_loopback(host),
            _ => true,
        });
        entry.tls = match self.wish {
            Wish::Off => Some(TlsMode::Off),
            _ if self.trusting => Some(TlsMode::Unverified),
            Wish::Unsaid => None,
            Wish::Plain if here => Some(TlsMode::Off),
            Wish::Plain => {
                let text = "this URL asks for no encryption to another machine";
                return Err(Failure::new(Reason::Usage, text).hint(
                    "write https:// or clickhouse+https://, or add tls=off where the network is trusted",
                ));
            }
            Wish::Required if here && entry.tls_ca.is_none() => Some(TlsMode::Unverified),
            Wish::Required | Wish::Verify => Some(TlsMode::Verify),
            Wish::Unverified => Some(TlsMode::Unverified),
        };
        if entry.tls_cert.is_some() != entry.tls_key.is_some() {
            return Err(wrong(
                "a client's certificate and its key go together: name both, or neither",
            ));
        }
        let unverified = matches!(entry.tls, Some(TlsMode::Unverified | TlsMode::Off));
        if unverified && (entry.tls_ca.is_some() || entry.tls_name.is_some()) {
            let text = "the URL names what to verify by, and says that nothing be verified";
            return Err(wrong(text));
        }
        Ok(())
    }
}

/// Parameters of a database that is a file.
fn file(entry: &mut Entry, key: &str, value: String) -> Result<()> {
    match (key, value.as_str()) {
        ("mode", "ro") | ("access_mode", "read_only" | "READ_ONLY") => entry.read_only = true,
        ("mode", "rw" | "rwc") | ("access_mode", "read_write" | "READ_WRITE") => {
            entry.read_only = false;
        }
        ("mode" | "access_mode", _) => {
            return Err(wrong(format!("`{key}` is neither reading nor writing")));
        }
        ("connection_limit" | "socket_timeout", _) => {}
        _ => setting(entry, key, value)?,
    }
    Ok(())
}

/// A setting of the engine's own. What sounds of TLS and is not known is refused: to pass over it
/// could be to verify less than was asked for.
fn setting(entry: &mut Entry, key: &str, value: String) -> Result<()> {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '-' | ' ');
    if key.is_empty() || key.len() > 100 || !key.chars().all(inner) {
        return Err(wrong("the name of a parameter of the URL is none"));
    }
    let small = key.to_ascii_lowercase();
    if small.starts_with("ssl") || small.starts_with("tls") || small.contains("passw") {
        let text = "the URL has a parameter of TLS or of passwords that is not known";
        return Err(Failure::new(Reason::Usage, text)
            .hint("tls, tls_ca, tls_cert, tls_key and tls_name go with every engine"));
    }
    entry.options.retain(|it| it.0 != key);
    entry.options.push((key.to_owned(), value));
    Ok(())
}

fn flag(key: &str, value: &str) -> Result<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(wrong(format!("`{key}` is neither true nor false"))),
    }
}

fn seconds(key: &str, value: &str, unit: f64) -> Result<Duration> {
    match value.parse::<f64>().map(|it| it * unit) {
        Ok(number) if (0.0..=86_400.0).contains(&number) => Ok(Duration::from_secs_f64(number)),
        _ => Err(wrong(format!("`{key}` is no length of time"))),
    }
}

fn port(value: &str) -> Result<u16> {
    match value.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(wrong("the port is no number from 1 to 65535")),
    }
}
