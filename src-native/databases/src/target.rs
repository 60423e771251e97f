//! Where a connection leads, with all that is needed to get there.

use crate::Engine;
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

/// A password. It is shown to nobody, and its memory is cleared when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a password.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(text.into()))
    }

    /// The password itself, to be sent and to be kept nowhere.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where a server or a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A server on the network.
    Host {
        /// Its name or address.
        host: String,
        /// Its port.
        port: u16,
    },
    /// A server on this machine, by its Unix socket.
    Socket(PathBuf),
    /// A file of this machine.
    File(PathBuf),
}

/// How far TLS goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// The server proves that it has the name it was called by: the default for anything but this machine.
    Verify,
    /// Encrypted, to whoever answers. Chosen for each connection, and shown as a warning.
    Unverified,
    /// Not encrypted. The default for this machine itself; elsewhere chosen, and shown as a warning.
    Off,
}

/// TLS and what it is verified by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// How far it goes.
    pub mode: TlsMode,
    /// Certificates of authorities in PEM, in place of the system's.
    pub authority: Option<PathBuf>,
    /// Our certificate in PEM, where the server asks for one.
    pub certificate: Option<PathBuf>,
    /// The key of our certificate in PEM.
    pub key: Option<PathBuf>,
    /// The name that the server has to prove, where it is called by another: through a tunnel.
    pub server_name: Option<String>,
}

/// Where a connection leads. References to secrets are resolved, tunnels are dug.
#[derive(Clone, Debug)]
pub struct Target {
    /// What speaks there.
    pub engine: Engine,
    /// Where it is.
    pub address: Address,
    /// The database; the engine's own choice where none is given.
    pub database: Option<String>,
    /// The user; the engine's own choice where none is given.
    pub user: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// Encryption.
    pub tls: Tls,
    /// Whether only reading is allowed. A driver holds this by its engine's own means.
    pub read_only: bool,
    /// How long connecting may take, name lookup and handshake included.
    pub connect_timeout: Duration,
    /// Settings of the engine's own, by name: PostgreSQL's `search_path`, ClickHouse's `max_threads`.
    pub options: Vec<(String, String)>,
}

impl Target {
    /// Whether what is sent can be read by nobody on the way even where it is not encrypted: it stays on
    /// this machine, or on the one that a tunnel leads to.
    pub fn is_private(&self) -> bool {
        match (&self.address, &self.tls.server_name) {
            (Address::Host { host, .. }, _) => is_loopback(host),
            (Address::Socket(_), Some(beyond)) => is_loopback(beyond),
            (Address::Socket(_) | Address::File(_), _) => true,
        }
    }

    /// How people call where it leads, without any secret: `postgres://me@db.example.org:5432/shop`.
    pub fn shown(&self) -> String {
        let user = self.user.as_ref().map(|it| format!("{it}@")).unwrap_or_default();
        let database = self.database.as_ref().map(|it| format!("/{it}")).unwrap_or_default();
        let name = self.engine.name();
        match &self.address {
            Address::Host { host, port } if host.contains(':') => {
                format!("{name}://{user}[{host}]:{port}{database}")
            }
            Address::Host { host, port } => format!("{name}://{user}{host}:{port}{database}"),
            Address::Socket(_) if self.tls.server_name.is_some() => {
                // Where a tunnel begins says nothing to anybody.
                let server = self.tls.server_name.as_deref().unwrap_or_default();
                format!("{name}://{user}{server}{database}")
            }
            Address::Socket(path) => format!("{name}://{user}{}{database}", path.display()),
            Address::File(path) => format!("{name}:{}", path.display()),
        }
    }
}

/// Whether a name leads to this very machine, whatever a name server says.
pub(crate) fn is_loopback(host: &str) -> bool {
    if host.eq_ignore_ascii_case("localhost") || host.eq_ignore_ascii_case("localhost.") {
        return true;
    }
    match host.parse::<std::net::IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => false,
    }
}
