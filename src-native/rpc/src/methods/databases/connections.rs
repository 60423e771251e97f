//! Connections: what there is, whether it answers, and its entry.

use super::entries::{entry_text, read_entry, starts_nothing_new};
use super::{ConnectionEntry, ConnectionEntryText, LEND, connected, heard};
use crate::connected::{Connected, JOIN, MEMORY, Way, told};
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Limits, Method, Result, Topic};
use databases::connections::{self as written, Entry, Password, Scope, Source};
use databases::{Address, Secret, TlsMode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use ts_rs::TS;

/// What speaks at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum DatabaseEngine {
    /// SQLite, a file.
    Sqlite,
    /// PostgreSQL and what speaks its protocol.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// Redis and Valkey.
    Redis,
    /// MongoDB.
    Mongodb,
    /// DuckDB, a file read by a library that the user has.
    Duckdb,
    /// ClickHouse, over HTTP.
    Clickhouse,
    /// Microsoft SQL Server.
    Sqlserver,
}

/// Where a connection is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionOrigin {
    /// In the user's own `connections.toml`.
    User,
    /// In the project's `.backstory/connections.toml`.
    Project,
    /// Found: `DATABASE_URL`, `my.cnf`, `pg_service.conf`.
    Found,
    /// Backstory's own memory.
    Memory,
    /// All other connections at once: a statement names tables as `connection.table`, and they are joined on this machine.
    Join,
}

/// Whether it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionHealth {
    /// Nobody asked yet.
    Unknown,
    /// It answered when it was last asked.
    Up,
    /// It did not.
    Down,
}

request! {
    /// List the connections: the user's, the project's, those that were found, and Backstory's own memory. Nothing is connected to.
    #[schemars(rename = "ListConnections")]
    #[ts(rename = "ListConnections")]
    pub struct List {
        /// Folder of the project whose `.backstory/connections.toml` counts, or one within it; the user's alone unless given.
        pub project: Option<String>,
    }

    /// Connect, ask for a sign of life, and tell what answers there.
    #[schemars(rename = "CheckConnection")]
    #[ts(rename = "CheckConnection")]
    pub struct Check {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
    }

    /// Connect to what an entry says without writing it down, ask for a sign of life, and tell what answers there. Nothing of it is kept, the password least of all.
    pub struct TryEntry {
        /// The entry.
        pub entry: ConnectionEntry,
        /// What it is to be called; for what is said of it.
        pub connection: Option<String>,
        /// Folder of the project it is meant for; the user's own file unless given. Paths are from the file's folder.
        pub project: Option<String>,
        /// A password in place of what the entry says of it.
        pub password: Option<String>,
    }

    /// Write a connection down in `connections.toml`, in place of one of the same name. Comments and order of the file stay.
    #[schemars(rename = "SaveConnection")]
    #[ts(rename = "SaveConnection")]
    pub struct Save {
        /// Its name.
        pub connection: String,
        /// What it had been called, where it is renamed.
        pub was: Option<String>,
        /// Folder of the project to write it into; the user's own file unless given.
        pub project: Option<String>,
        /// The entry.
        pub entry: ConnectionEntry,
    }

    /// Take a connection out of `connections.toml`. Its password stays in the keyring.
    #[schemars(rename = "RemoveConnection")]
    #[ts(rename = "RemoveConnection")]
    pub struct Remove {
        /// Its name.
        pub connection: String,
        /// Folder of the project to take it out of; the user's own file unless given.
        pub project: Option<String>,
    }

    /// Keep the password of a connection in the system's keyring, where its entry names that, or for as long as Backstory runs, where its entry says `prompt`. It is never shown again.
    #[schemars(rename = "SetConnectionPassword")]
    #[ts(rename = "SetConnectionPassword")]
    pub struct SetPassword {
        /// Connection, by name.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// The password.
        pub password: String,
    }

    /// Trust a project's `connections.toml` as it is now: its entries may name programs that print passwords, variables and tunnels. A change of the file asks again.
    #[schemars(rename = "TrustConnections")]
    #[ts(rename = "TrustConnections")]
    pub struct Trust {
        /// Folder of the project.
        pub project: String,
        /// What `databases.list` said of its content.
        pub digest: String,
    }
}

reply! {
    /// The connections there are.
    #[schemars(rename = "ListConnectionsReply")]
    #[ts(rename = "ListConnectionsReply")]
    pub struct ListReply {
        /// By name.
        pub connections: Vec<Connection>,
        /// What is wrong with the files they are written down in.
        pub troubles: Vec<ConnectionTrouble>,
        /// The user's own file.
        pub user_file: String,
        /// The project's file; none where no project was named.
        pub project_file: Option<String>,
        /// What to give `databases.trust`, where the project's file wants trust and has none.
        pub untrusted: Option<String>,
    }

    /// A connection.
    pub struct Connection {
        /// Its name.
        pub connection: String,
        /// What speaks there.
        pub engine: DatabaseEngine,
        /// What people call that: `PostgreSQL`.
        pub engine_title: String,
        /// Where it leads, without any secret.
        pub address: String,
        /// Where it is written down.
        pub origin: ConnectionOrigin,
        /// The file and line it is written down in; none for what was found.
        pub place: Option<String>,
        /// Whether only reading is allowed.
        pub read_only: bool,
        /// Whether the way there is encrypted and verified, or needs not be.
        pub safe: bool,
        /// A colour to tell it by.
        pub colour: Option<String>,
        /// Words to find it by.
        pub tags: Vec<String>,
        /// Whether it cannot be used before the project's file is trusted.
        pub needs_trust: bool,
        /// Whether it asks for a password that nobody gave yet.
        pub needs_password: bool,
        /// Where its password is, by reference.
        pub password: Option<String>,
        /// Whether it answers.
        pub health: ConnectionHealth,
        /// What it said when it was last asked: product and version, or why it did not answer.
        pub said: Option<String>,
        /// Its entry, to be changed and saved; none for what was found.
        pub entry: Option<ConnectionEntryText>,
    }

    /// What is wrong with an entry, or with a file.
    pub struct ConnectionTrouble {
        /// File and line.
        pub place: String,
        /// The connection; none where the file cannot be read at all.
        pub connection: Option<String>,
        /// What is wrong, and what is allowed.
        pub text: String,
    }

    /// What answers there.
    #[schemars(rename = "CheckConnectionReply")]
    #[ts(rename = "CheckConnectionReply")]
    pub struct CheckReply {
        /// Its product and version.
        pub server: String,
        /// Whether the way there is encrypted.
        pub encrypted: bool,
        /// What whoever uses it should know.
        pub warnings: Vec<String>,
        /// From the beginning of connecting to the answer, in milliseconds.
        pub milliseconds: f64,
    }

    /// Where it was written.
    #[schemars(rename = "SaveConnectionReply")]
    #[ts(rename = "SaveConnectionReply")]
    pub struct SaveReply {
        /// The file.
        pub file: String,
    }

    /// Whether it was there.
    #[schemars(rename = "RemoveConnectionReply")]
    #[ts(rename = "RemoveConnectionReply")]
    pub struct RemoveReply {
        /// The file.
        pub file: String,
    }

    /// Where the password is now.
    #[schemars(rename = "SetConnectionPasswordReply")]
    #[ts(rename = "SetConnectionPasswordReply")]
    pub struct SetPasswordReply {
        /// `keyring:NAME`, or `prompt` where it is kept for as long as Backstory runs.
        pub password: String,
    }

    /// What is trusted.
    #[schemars(rename = "TrustConnectionsReply")]
    #[ts(rename = "TrustConnectionsReply")]
    pub struct TrustReply {
        /// The file.
        pub file: String,
    }
}

impl Method for List {
    const NAME: &'static str = "databases.list";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = "{}";
    type Reply = ListReply;

    async fn call(self, cx: Context) -> Result<ListReply> {
        connected(&cx, move |connected| {
            let known = connected.known(self.project.as_deref());
            let user_file = connected.folders()?.config.join(written::FILE);
            let project = known.project.as_ref();
            let mut connections: Vec<Connection> =
                known.entries.iter().map(|it| connection(connected, it)).collect();
            connections.sort_by(|a, b| a.connection.cmp(&b.connection));
            Ok(ListReply {
                connections,
                troubles: known
                    .troubles
                    .iter()
                    .map(|it| ConnectionTrouble {
                        place: match it.line {
                            Some(line) => format!("{}:{line}", it.file.display()),
                            None => it.file.display().to_string(),
                        },
                        connection: it.connection.clone(),
                        text: match &it.key {
                            Some(key) => format!("`{key}`: {}", it.text),
                            None => it.text.clone(),
                        },
                    })
                    .collect(),
                user_file: user_file.display().to_string(),
                project_file: project
                    .map(|it| it.file.clone())
                    .or_else(|| self.project.as_deref().map(project_file))
                    .map(|it| it.display().to_string()),
                untrusted: project
                    .filter(|it| !it.trusted && !it.asks.is_empty())
                    .map(|it| it.hash.clone()),
            })
        })
        .await
    }
}

fn project_file(project: &str) -> PathBuf {
    Path::new(project).join(written::FOLDER).join(written::FILE)
}

fn connection(connected: &Connected, of: &Entry) -> Connection {
    let (origin, place) = match &of.source {
        _ if of.name == MEMORY => (ConnectionOrigin::Memory, None),
        _ if of.name == JOIN => (ConnectionOrigin::Join, None),
        Source::User { file, line } => {
            (ConnectionOrigin::User, Some(format!("{}:{line}", file.display())))
        }
        Source::Project { file, line } => {
            (ConnectionOrigin::Project, Some(format!("{}:{line}", file.display())))
        }
        Source::Found(place) => (ConnectionOrigin::Found, Some(place.clone())),
        Source::Given => (ConnectionOrigin::Found, None),
    };
    let safe = of.addresses.iter().all(|it| match it {
        Address::Host { host, .. } => {
            is_here(host) || of.ssh.is_some() || of.tls_for(it) == TlsMode::Verify
        }
        Address::Socket(_) | Address::File(_) => true,
    });
    let shown = of.shown();
    let (health, said) = match connected.health(&of.name) {
        None => (ConnectionHealth::Unknown, None),
        Some((true, said)) => (ConnectionHealth::Up, Some(said)),
        Some((false, said)) => (ConnectionHealth::Down, Some(said)),
    };
    let written = matches!(origin, ConnectionOrigin::User | ConnectionOrigin::Project);
    Connection {
        connection: of.name.clone(),
        engine: DatabaseEngine::of(of.engine),
        engine_title: of.engine.title().to_owned(),
        needs_password: matches!(of.password, Password::Prompt) && !connected.has_password(of),
        address: if origin == ConnectionOrigin::Join { "all connections".into() } else { shown },
        origin,
        place,
        read_only: of.read_only,
        safe,
        colour: of.colour.clone(),
        tags: of.tags.clone(),
        needs_trust: of.untrusted().is_some(),
        password: match &of.password {
            Password::Reference(reference) => Some(reference.clone()),
            Password::Prompt => Some("prompt".to_owned()),
            Password::Unsaid | Password::Given(_) => None,
        },
        health,
        said: said.filter(|it| !it.is_empty()),
        entry: written.then(|| entry_text(of)).flatten(),
    }
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

impl Method for Check {
    const NAME: &'static str = "databases.check";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"connection":"memory"}"#;
    const LIMITS: Limits = Limits { timeout: Duration::from_secs(120), ..Limits::QUESTION };
    type Reply = CheckReply;

    async fn call(self, cx: Context) -> Result<CheckReply> {
        let (reply, changed) = connected(&cx, move |connected| {
            let way = connected.way(self.project.as_deref(), &self.connection)?;
            let before = connected.health(&way.entry.name);
            let reply = check(connected, &way);
            Ok((reply, connected.health(&way.entry.name) != before))
        })
        .await?;
        // Who shows the health of connections asks for all of them again.
        if changed {
            cx.changed(&[Topic::Databases], None);
        }
        reply
    }
}

/// Connects anew and asks for a sign of life.
fn check(connected: &Connected, way: &Arc<Way>) -> Result<CheckReply> {
    // A new session: that an old one is still open says little.
    way.catalogue.close();
    let begun = Instant::now();
    let lent = way.catalogue.lend(LEND);
    heard(connected, way, lent.as_ref().err());
    let mut lent = lent.map_err(told)?;
    let asked = lent.ping();
    heard(connected, way, asked.as_ref().err());
    asked.map_err(told)?;
    let reply = alive(lent.server(), begun);
    connected.was(&way.entry.name, true, reply.server.clone());
    Ok(reply)
}

fn alive(server: &databases::Server, begun: Instant) -> CheckReply {
    CheckReply {
        server: format!("{} {}", server.product, server.version),
        encrypted: server.encrypted,
        warnings: server.warnings.clone(),
        milliseconds: super::wire::milliseconds(begun.elapsed()),
    }
}

impl Method for TryEntry {
    const NAME: &'static str = "databases.tryEntry";
    const ACCESS: Access = Access::Secret;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"entry":{"engine":"sqlite","file":"/var/lib/notes.db"}}"#;
    const LIMITS: Limits = Limits { timeout: Duration::from_secs(120), ..Limits::QUESTION };
    type Reply = CheckReply;

    async fn call(self, cx: Context) -> Result<CheckReply> {
        let cancel = cx.cancel.clone();
        connected(&cx, move |connected| {
            let project = self.project.as_deref();
            let (file, _) = place(connected, project)?;
            // What somebody typed may be acted upon; what stood in a project's file that nobody trusts,
            // and only went through the form, may not.
            let untrusted = connected
                .known(project)
                .project
                .is_some_and(|it| !it.trusted && !it.asks.is_empty());
            let scope = if untrusted { Scope::Project } else { Scope::User };
            let name = self.connection.as_deref().unwrap_or("new");
            let mut entry = read_entry(name, &self.entry, &file, scope)?;
            if let Some(password) = self.password {
                entry.password = Password::Given(Secret::new(password));
            }
            // What is only looked at is not made.
            entry.read_only |= entry.engine.is_file();
            let begun = Instant::now();
            let route = connected.route(project, &entry).map_err(told)?;
            let mut session = route.connect().map_err(told)?;
            let stop = session.canceller();
            databases::stream::stoppable(&cancel, &*stop, || session.ping()).map_err(told)?;
            let mut reply = alive(session.server(), begun);
            reply.warnings.extend(route.warnings.iter().cloned());
            reply.warnings.sort();
            reply.warnings.dedup();
            Ok(reply)
        })
        .await
    }
}

impl Method for Save {
    const NAME: &'static str = "databases.save";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str =
        r#"{"connection":"notes","entry":{"engine":"sqlite","file":"/var/lib/notes.db"}}"#;
    type Reply = SaveReply;

    async fn call(self, cx: Context) -> Result<SaveReply> {
        let may_start = cx.caller.may(Access::Exec);
        let reply = connected(&cx, move |connected| {
            if self.connection == MEMORY || self.connection == JOIN {
                let text = format!("`{}` is a name of Backstory's own", self.connection);
                return Err(Error::new(Code::Conflict, text).hint("give it another name"));
            }
            let (file, scope) = place(connected, self.project.as_deref())?;
            let entry = read_entry(&self.connection, &self.entry, &file, scope)?;
            let home = std::env::var_os("HOME").map(PathBuf::from);
            if !may_start {
                let known = connected.known(self.project.as_deref());
                starts_nothing_new(&known, &file, &entry, self.was.as_deref())?;
            }
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)
                    .map_err(|it| crate::connected::unwritable(folder, &it))?;
            }
            written::set(&file, scope, &entry, home.as_deref()).map_err(told)?;
            if let Some(was) = self.was.filter(|it| *it != self.connection) {
                written::remove(&file, scope, &was).map_err(told)?;
                connected.forget_way(&was);
            }
            connected.forget_way(&self.connection);
            Ok(SaveReply { file: file.display().to_string() })
        })
        .await?;
        cx.changed(&[Topic::Databases], None);
        Ok(reply)
    }
}

impl Method for Remove {
    const NAME: &'static str = "databases.remove";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"connection":"notes"}"#;
    type Reply = RemoveReply;

    async fn call(self, cx: Context) -> Result<RemoveReply> {
        let reply = connected(&cx, move |connected| {
            let (file, scope) = place(connected, self.project.as_deref())?;
            if !written::remove(&file, scope, &self.connection).map_err(told)? {
                let text = format!("there is no `{}` in {}", self.connection, file.display());
                return Err(Error::not_found(text).hint("`databases.list` says where each is"));
            }
            connected.forget_way(&self.connection);
            Ok(RemoveReply { file: file.display().to_string() })
        })
        .await?;
        cx.changed(&[Topic::Databases], None);
        Ok(reply)
    }
}

impl Method for SetPassword {
    const NAME: &'static str = "databases.setPassword";
    const ACCESS: Access = Access::Secret;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"connection":"notes","password":"…"}"#;
    type Reply = SetPasswordReply;

    async fn call(self, cx: Context) -> Result<SetPasswordReply> {
        let reply = connected(&cx, move |connected| {
            let entry = connected.entry(self.project.as_deref(), &self.connection)?;
            if let Some(needs) = entry.untrusted() {
                let text = format!("`{}` is not used yet: {needs}", entry.name);
                return Err(Error::new(Code::Denied, text).hint("trust the project's file first"));
            }
            let password = match &entry.password {
                Password::Prompt => {
                    connected.keep_password(&entry, Secret::new(self.password));
                    "prompt".to_owned()
                }
                Password::Reference(reference) => {
                    let name = reference.strip_prefix("keyring:").ok_or_else(|| {
                        let text = format!("the password of `{}` is at {reference}", entry.name);
                        Error::invalid(text).hint("change it there, or name `keyring:…` instead")
                    })?;
                    let refused =
                        |it: ingest::secrets::Failure| Error::new(Code::Upstream, it.to_string());
                    let secret = ingest::secrets::Secret::new(self.password).map_err(refused)?;
                    ingest::secrets::set(name, &secret).map_err(refused)?;
                    reference.clone()
                }
                Password::Unsaid | Password::Given(_) => {
                    let text =
                        format!("the entry of `{}` names no place for a password", entry.name);
                    return Err(Error::invalid(text)
                        .hint("say `password = \"keyring:NAME\"` or `\"prompt\"` in it"));
                }
            };
            connected.forget_way(&entry.name);
            Ok(SetPasswordReply { password })
        })
        .await?;
        cx.changed(&[Topic::Databases], None);
        Ok(reply)
    }
}

impl Method for Trust {
    const NAME: &'static str = "databases.trust";
    const ACCESS: Access = Access::Exec;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"project":".","digest":"…"}"#;
    type Reply = TrustReply;

    async fn call(self, cx: Context) -> Result<TrustReply> {
        let reply = connected(&cx, move |connected| {
            let known = connected.known(Some(&self.project));
            let Some(project) = known.project else {
                let text = format!("{} has no {}", self.project, written::FILE);
                return Err(Error::not_found(text));
            };
            if project.hash != self.digest {
                return Err(Error::new(
                    Code::Conflict,
                    "the file has changed since it was looked at",
                )
                .hint("look at it again: `databases.list` says its digest"));
            }
            connected.trust(&project.hash)?;
            Ok(TrustReply { file: project.file.display().to_string() })
        })
        .await?;
        cx.changed(&[Topic::Databases], None);
        Ok(reply)
    }
}

/// The file that an entry is written into.
fn place(connected: &Connected, project: Option<&str>) -> Result<(PathBuf, Scope)> {
    Ok(match project {
        Some(project) => (project_file(project), Scope::Project),
        None => (connected.folders()?.config.join(written::FILE), Scope::User),
    })
}
