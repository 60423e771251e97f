//! Connections: what there is, whether it answers, and its entry.

use crate::wire::{reply, request};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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

    /// An entry as it is written down.
    pub struct ConnectionEntryText {
        /// The entry's lines.
        pub toml: String,
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
