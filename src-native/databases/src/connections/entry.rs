//! A connection as it was written or found.

pub(super) use crate::target::is_loopback;
use crate::{Address, Engine, Failure, Reason, Result, Secret, Target, Tls, TlsMode};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// Longest name of a connection, in characters.
const NAME_MAX: usize = 64;

/// A connection as it was written or found: nothing is resolved yet.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// What speaks there.
    pub engine: Engine,
    /// Where it is. Of several, the first that answers is taken.
    pub addresses: Vec<Address>,
    /// The database.
    pub database: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// Where the password is.
    pub password: Password,
    /// How far TLS goes; where nothing is said, [`Entry::tls_for`] decides.
    pub tls: Option<TlsMode>,
    /// Certificates of authorities in PEM, in place of the system's.
    pub tls_ca: Option<PathBuf>,
    /// Our certificate in PEM.
    pub tls_cert: Option<PathBuf>,
    /// The key of our certificate in PEM.
    pub tls_key: Option<PathBuf>,
    /// The name that the server has to prove, where it is called by another.
    pub tls_name: Option<String>,
    /// Whether only reading is allowed. True until the entry says otherwise.
    pub read_only: bool,
    /// How much, how many and how long.
    pub limits: Limits,
    /// What it is painted in, so that nobody mistakes it.
    pub colour: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Settings of the engine's own, by name.
    pub options: Vec<(String, String)>,
    /// The tunnel that leads there.
    pub ssh: Option<Ssh>,
    /// Where it comes from.
    pub source: Source,
    /// Whether the file that it comes from may be acted upon.
    pub(super) trust: Trust,
}

/// Where a password is. It is shown to nobody.
#[derive(Clone, Debug)]
pub enum Password {
    /// Nothing is said: what is there already is asked (`.pgpass`, `my.cnf`).
    Unsaid,
    /// Where a reference leads: `keyring:NAME`, `env:NAME`, `cmd:COMMAND`.
    Reference(String),
    /// Whoever connects is asked.
    Prompt,
    /// It was typed by hand or found beside the address; it is never written down.
    Given(Secret),
}

/// How much, how many and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a statement may take; none for as long as it likes.
    pub timeout: Option<Duration>,
    /// The most rows of a result; none for all.
    pub rows_max: Option<u64>,
    /// The most sessions at once.
    pub pool: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connect_timeout: Duration::from_secs(10),
            timeout: Some(Duration::from_secs(30)),
            rows_max: None,
            pool: 4,
        }
    }
}

/// A tunnel: the machine whose `sshd` goes on to the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ssh {
    /// The machine, or what the user's own configuration of ssh calls it.
    pub host: String,
    /// The user there.
    pub user: Option<String>,
    /// The port.
    pub port: Option<u16>,
    /// The file of a private key.
    pub identity: Option<PathBuf>,
    /// Machines to go through, parted by commas.
    pub jump: Option<String>,
}

/// Where an entry comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The user's own file.
    User {
        /// The file.
        file: PathBuf,
        /// The line of its table, from 1.
        line: u32,
    },
    /// A project's file.
    Project {
        /// The file.
        file: PathBuf,
        /// The line of its table, from 1.
        line: u32,
    },
    /// What is there already: `DATABASE_URL`, `~/.pgpass`.
    Found(String),
    /// Typed by hand.
    Given,
}

/// Whether what an entry names may be acted upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is the user's own, or of a file that the user trusts.
    Yes,
    /// It is of a project's file that nobody has looked at.
    NotYet {
        /// The file.
        file: PathBuf,
        /// Why nothing of it can be used before; where there is no reason, only secrets of the
        /// user's own are kept from it.
        needs: Option<String>,
    },
}

impl Entry {
    /// An entry with the defaults of everything.
    pub fn new(name: &str, engine: Engine, address: Address) -> Entry {
        Entry {
            name: name.to_owned(),
            engine,
            addresses: vec![address],
            database: None,
            user: None,
            password: Password::Unsaid,
            tls: None,
            tls_ca: None,
            tls_cert: None,
            tls_key: None,
            tls_name: None,
            read_only: true,
            limits: Limits::default(),
            colour: None,
            tags: Vec::new(),
            options: Vec::new(),
            ssh: None,
            source: Source::Given,
            trust: Trust::Yes,
        }
    }

    /// Where it leads by one of its addresses, without its password and without a tunnel.
    pub fn target(&self, address: &Address) -> Target {
        Target {
            engine: self.engine,
            address: address.clone(),
            database: self.database.clone(),
            user: self.user.clone(),
            password: None,
            tls: Tls {
                mode: self.tls_for(address),
                authority: self.tls_ca.clone(),
                certificate: self.tls_cert.clone(),
                key: self.tls_key.clone(),
                server_name: self.tls_name.clone(),
            },
            read_only: self.read_only,
            connect_timeout: self.limits.connect_timeout,
            options: self.options.clone(),
        }
    }

    /// How people call where it leads, without any secret.
    pub fn shown(&self) -> String {
        self.addresses.first().map(|it| self.target(it).shown()).unwrap_or_default()
    }

    /// How far TLS goes on the way to an address: what the entry says; else not at all within this
    /// machine (seen from the far end of a tunnel, where there is one), and verified everywhere else.
    pub fn tls_for(&self, address: &Address) -> TlsMode {
        if let Some(mode) = self.tls {
            return mode;
        }
        let wanted = self.tls_ca.is_some() || self.tls_cert.is_some() || self.tls_name.is_some();
        match address {
            Address::Host { host, .. } if wanted || !is_loopback(host) => TlsMode::Verify,
            Address::Socket(_) if wanted => TlsMode::Verify,
            _ => TlsMode::Off,
        }
    }

    /// What of it could run or give away something: the words of the reason, where it stands in a
    /// file that somebody else may have written.
    pub fn needs_trust(&self) -> Option<&'static str> {
        if matches!(self.password, Password::Reference(_)) {
            return Some("it names a secret");
        }
        if self.ssh.is_some() {
            return Some("it digs a tunnel");
        }
        if self.tls_key.is_some() || self.tls_cert.is_some() {
            return Some("it shows a certificate of yours");
        }
        if self.engine.is_file() && !self.options.is_empty() {
            return Some("it sets what may load code into this program");
        }
        if !matches!(self.password, Password::Prompt) {
            return None;
        }
        if self.addresses.len() > 1 {
            return Some("it would hand the password that you type to several servers");
        }
        let open = |it: &Address| matches!(it, Address::Host { host, .. } if !is_loopback(host));
        let weak = match self.tls {
            Some(TlsMode::Unverified) => true,
            Some(TlsMode::Off) => self.addresses.iter().any(open),
            Some(TlsMode::Verify) | None => self.tls_ca.is_some() || self.tls_name.is_some(),
        };
        weak.then_some("it says itself who is to be believed with the password that you type")
    }

    /// What of it starts programs of this machine, or loads code into this one, as it is written: a
    /// change of it is for whoever may start programs.
    pub fn starts(&self) -> Option<String> {
        let mut what = Vec::new();
        if let Password::Reference(it) = &self.password
            && it.starts_with("cmd:")
        {
            what.push(it.clone());
        }
        what.extend(self.ssh.as_ref().map(|it| format!("{it:?}")));
        if self.engine.is_file() && !self.options.is_empty() {
            what.push(format!("{:?}", self.options));
        }
        (!what.is_empty()).then(|| what.join("\n"))
    }

    /// All that decides who is given a password that somebody types for it, as one text: the file it
    /// stands in, its name, every address, and how each of them proves who it is.
    pub fn confided_to(&self) -> String {
        let file = match &self.source {
            Source::User { file, .. } | Source::Project { file, .. } => Some(file),
            Source::Found(_) | Source::Given => None,
        };
        let tls = (self.tls, &self.tls_ca, &self.tls_cert, &self.tls_key, &self.tls_name);
        let who = (self.engine, &self.addresses, &self.database, &self.user);
        format!("{:?}", (file, &self.name, who, tls, &self.options, &self.ssh))
    }

    /// Why it needs trust for the files that it names, where it stands in a file of a project: those of
    /// the project are there with it, and all others are somebody else's.
    pub(super) fn needs_trust_in(&self, project: &Path) -> Option<&'static str> {
        let outside = |it: &Address| matches!(it, Address::File(path) if !is_within(path, project));
        self.addresses.iter().any(outside).then_some("it opens a file outside of the project")
    }

    /// Why it cannot be used before its file is trusted; nothing where it can.
    pub fn untrusted(&self) -> Option<&str> {
        match &self.trust {
            Trust::NotYet { needs: Some(needs), .. } => Some(needs),
            _ => None,
        }
    }
}

impl Ssh {
    /// Whether ssh can be handed all this. Names become parts of its command line, of commands that the
    /// user's configuration builds, and of a `-L`: nothing but plain names goes in.
    ///
    /// # Errors
    /// The key that is wrong, and why.
    pub(super) fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let plain = "it has to be a plain name: letters, digits, `.`, `-` and `_`, not first a `-`";
        if !is_host(&self.host) || !self.host.is_ascii() {
            return Err(("host", plain));
        }
        if self.user.as_deref().is_some_and(|it| !is_login(it)) {
            return Err(("user", plain));
        }
        let path = self.identity.as_ref().map(|it| it.to_string_lossy().into_owned());
        if path.is_some_and(|it| it.contains(['\0', '\n', '"', '%']) || it.contains("${")) {
            return Err(("identity", "the path has a sign that ssh takes for something else"));
        }
        for hop in self.jump.iter().flat_map(|it| it.split(',')) {
            let (user, rest) = hop.rsplit_once('@').map_or((None, hop), |it| (Some(it.0), it.1));
            let fits = user.is_none_or(is_login) && rest.is_ascii() && host_and_port(rest).is_ok();
            if !fits {
                return Err(("jump", "it has to be `user@host:port`, several parted by commas"));
            }
        }
        Ok(())
    }
}

fn is_login(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | '+');
    text.chars().all(inner) && !text.is_empty() && !text.starts_with('-') && text.len() <= 100
}

/// What a connection may be called: nothing that could be a URL, a path or an option.
pub(super) fn is_name(name: &str) -> bool {
    let inner = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.');
    name.chars().next().is_some_and(char::is_alphanumeric)
        && name.chars().count() <= NAME_MAX
        && name.chars().all(inner)
}

/// Checks the text of a reference to a secret. What is none may be a password that someone wrote down:
/// it is not repeated.
pub(super) fn password(text: &str) -> Result<Password, &'static str> {
    let text = text.trim();
    if text == "prompt" {
        return Ok(Password::Prompt);
    }
    let refused = "a password is never written down here: name where it is, as \"keyring:NAME\", \
                   \"env:NAME\", \"cmd:COMMAND\" or \"prompt\"";
    let (kind, rest) = text.split_once(':').ok_or(refused)?;
    let rest = rest.trim();
    let is_name = rest.len() <= 200 && !rest.chars().any(|it| it.is_control() || it == '=');
    let is_command = rest.len() <= 4096 && !rest.chars().any(char::is_control);
    match kind {
        "keyring" | "env" if !rest.is_empty() && is_name => {}
        "cmd" if !rest.is_empty() && is_command => {}
        _ => return Err(refused),
    }
    Ok(Password::Reference(format!("{kind}:{rest}")))
}

/// Whether a file is below a folder, links followed as far as they lead somewhere.
fn is_within(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| {
        let mut rest = Vec::new();
        for above in path.ancestors() {
            if let Ok(real) = above.canonicalize() {
                let rest: PathBuf = rest.iter().rev().collect();
                return flat(&real.join(rest));
            }
            rest.extend(above.components().next_back());
        }
        flat(path)
    };
    file == Path::new(":memory:") || real(file).starts_with(real(folder))
}

/// A path without `.` and `..`.
fn flat(path: &Path) -> PathBuf {
    let mut flat = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(flat.pop()),
            Component::CurDir => {}
            other => flat.push(other),
        }
    }
    flat
}

/// Whether a name of a machine can be handed on: to a name server, to ssh, into a URL.
pub(super) fn is_host(host: &str) -> bool {
    let inner = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.');
    let is_name = host.chars().next().is_some_and(|it| it.is_alphanumeric() || it == '_')
        && host.len() <= 255
        && host.chars().all(inner);
    is_name || host.parse::<std::net::Ipv6Addr>().is_ok()
}

/// Reads `host`, `host:port`, `[::1]`, `[::1]:port` or a bare `::1`. Nothing of it is repeated where it
/// is wrong: it may be half a password.
pub(super) fn host_and_port(text: &str) -> Result<(String, Option<u16>), &'static str> {
    if text.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok((text.to_owned(), None));
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']').ok_or("a bracket is not closed")?;
            if host.parse::<std::net::Ipv6Addr>().is_err() {
                return Err("what stands in brackets is no IPv6 address");
            }
            match after {
                "" => (host, None),
                _ => (host, Some(after.strip_prefix(':').ok_or("no port after the bracket")?)),
            }
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    if !is_host(host) {
        return Err("the name of the host has a sign that no host's name has, or is empty");
    }
    let port = match port {
        None => None,
        Some(port) => match port.parse::<u16>() {
            Ok(number) if number > 0 && port.bytes().all(|it| it.is_ascii_digit()) => Some(number),
            _ => return Err("the port is no number from 1 to 65535"),
        },
    };
    Ok((host.to_owned(), port))
}

/// The address of a socket: PostgreSQL's is named by its folder as often as by itself.
pub(super) fn socket(engine: Engine, path: PathBuf, port: Option<u16>) -> Address {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if engine == Engine::Postgres && !name.starts_with(".s.") && !name.ends_with(".sock") {
        return Address::Socket(path.join(format!(".s.PGSQL.{}", port.unwrap_or(5432))));
    }
    Address::Socket(path)
}

/// Where a server of an engine is that nobody said anything of: for PostgreSQL the socket in the folder
/// of its packages, which nobody else may write to, if it is there; else this machine.
pub(super) fn nearest(engine: Engine, port: Option<u16>) -> Address {
    let port = port.or(engine.port()).unwrap_or_default();
    if engine == Engine::Postgres {
        let path = Path::new("/var/run/postgresql").join(format!(".s.PGSQL.{port}"));
        if path.exists() {
            return Address::Socket(path);
        }
    }
    Address::Host { host: "localhost".to_owned(), port }
}

/// A path as it was written, from a folder; `~` is the user's home.
pub(super) fn path(text: &str, folder: &Path, home: Option<&Path>) -> Result<PathBuf> {
    if text.is_empty() || text.contains('\0') {
        return Err(Failure::new(Reason::Usage, "a path is empty, or has a zero byte"));
    }
    if text == ":memory:" {
        return Ok(PathBuf::from(text));
    }
    let under_home = text.strip_prefix("~/").or((text == "~").then_some(""));
    match (under_home, home) {
        (Some(rest), Some(home)) => Ok(home.join(rest)),
        (Some(_), None) => {
            Err(Failure::new(Reason::Usage, "a path begins with ~, and there is no home folder"))
        }
        (None, _) => Ok(folder.join(text.strip_prefix("./").unwrap_or(text))),
    }
}
