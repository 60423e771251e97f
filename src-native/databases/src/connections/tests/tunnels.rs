//! Tunnels through a real `sshd` on this machine, started for these tests with keys of its own.

use super::*;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// An `sshd` that lets in whoever has its key. It ends with the test.
pub(super) struct Sshd {
    folder: tempfile::TempDir,
    child: Child,
    port: u16,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .stdin(Stdio::null())
        .status();
    assert!(made.unwrap().success());
}

impl Sshd {
    /// None where this machine has no `sshd`.
    #[allow(clippy::print_stderr, reason = "whoever runs the tests should know")]
    pub(super) fn start(more: &str) -> Option<Sshd> {
        let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/sbin/sshd"];
        let program = program.into_iter().find(|it| Path::new(it).exists());
        let Some(program) = program else {
            eprintln!("skipped: this machine has no sshd (apt-get install openssh-server)");
            return None;
        };
        let _ = std::fs::create_dir_all("/run/sshd"); // where root's sshd asks for it
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["host", "me", "stranger"] {
            key(&at(name));
        }
        std::fs::copy(at("me.pub"), at("authorized")).unwrap();
        let port = free_port();
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin yes\nLogLevel ERROR\n{more}",
            at("host").display(),
            at("authorized").display(),
        );
        std::fs::write(at("sshd.conf"), config).unwrap();
        let host = std::fs::read_to_string(at("host.pub")).unwrap();
        std::fs::write(at("known"), format!("[127.0.0.1]:{port} {host}")).unwrap();
        std::fs::write(at("nobody"), "").unwrap();
        for (name, known) in [("ssh.conf", "known"), ("strange.conf", "nobody")] {
            let text =
                format!("UserKnownHostsFile {}\nGlobalKnownHostsFile none\n", at(known).display());
            std::fs::write(at(name), text).unwrap();
        }
        let mut command = Command::new(program);
        command.args(["-D", "-e", "-f"]).arg(at("sshd.conf"));
        let child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let sshd = Sshd { folder, child, port };
        let until = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "sshd did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(sshd)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A world in which ssh knows this server.
    fn world(&self, config: &str) -> World {
        let mut world = World::with(&[]);
        world.ssh = vec!["ssh".into(), "-F".into(), self.path(config).display().to_string()];
        world
    }

    /// An entry that leads through it.
    pub(super) fn entry(&self, addresses: Vec<Address>) -> Entry {
        let mut entry = Entry::new("far", Engine::Redis, addresses[0].clone());
        entry.addresses = addresses;
        entry.ssh = Some(Ssh {
            host: "127.0.0.1".into(),
            user: None,
            port: Some(self.port),
            identity: Some(self.path("me")),
            jump: None,
        });
        entry
    }

    pub(super) fn reach(&self, entry: &Entry) -> Result<Route> {
        self.world("ssh.conf").ask(|ways| reach(entry, ways))
    }
}

/// A server behind the tunnel: it answers each line with its own name before it.
fn echo(name: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut some = [0; 64];
                while let Ok(length @ 1..) = stream.read(&mut some) {
                    let answer = [name.as_bytes(), &some[..length]].concat();
                    let _ = stream.write_all(&answer);
                }
            });
        }
    });
    port
}

/// What comes back through a target's way.
fn say(target: &crate::Target, text: &str) -> std::io::Result<String> {
    let mut way = crate::net::dial(target).map_err(std::io::Error::other)?;
    way.write_all(text.as_bytes())?;
    let mut answer = [0; 64];
    let length = way.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}

fn socket_of(target: &crate::Target) -> PathBuf {
    match &target.address {
        Address::Socket(path) => path.clone(),
        other => panic!("{other:?} is no socket"),
    }
}

/// Whether any process has these words on its command line.
fn running(words: &str) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|it| std::fs::read(it.path().join("cmdline")).ok())
        .any(|it| String::from_utf8_lossy(&it).contains(words))
}

fn soon(what: impl Fn() -> bool) -> bool {
    let until = Instant::now() + Duration::from_secs(5);
    while !what() {
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

#[test]
fn a_tunnel_leads_to_each_server_and_ends_with_its_route() {
    let Some(sshd) = Sshd::start("") else { return };
    let entry = sshd.entry(vec![host("127.0.0.1", echo("one ")), host("localhost", echo("two "))]);
    let route = sshd.reach(&entry).unwrap();
    assert_eq!(say(&route.targets[0], "hello").unwrap(), "one hello");
    assert_eq!(say(&route.targets[1], "hello").unwrap(), "two hello");
    assert_eq!(say(&route.targets[0], "again").unwrap(), "one again");
    route.check().unwrap();
    let socket = socket_of(&route.targets[0]);
    let words = socket.display().to_string();
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(socket.parent().unwrap()), 0o700, "nobody else may enter");
        assert_eq!(mode(&socket) & 0o077, 0);
    }
    // What it is called by stays what the certificate has to prove.
    assert_eq!(route.targets[1].tls.server_name.as_deref(), Some("localhost"));
    assert_eq!(route.targets[1].shown(), "redis://localhost");
    assert!(running(&words));
    drop(route);
    assert!(!running(&words), "ssh lives on");
    assert!(!socket.parent().unwrap().exists());
}

#[test]
fn tls_through_a_tunnel_verifies_the_name_that_the_server_is_called_by() {
    use crate::net::tests::{NAME, says, server, signed, visit};
    let Some(sshd) = Sshd::start("") else { return };
    let (authority, identity) = signed(&says(|_| ()));
    let mut entry = sshd.entry(vec![host("127.0.0.1", server(&identity, None))]);
    entry.tls = Some(TlsMode::Verify);
    entry.tls_ca = Some(authority.certificate_file(sshd.folder.path()));
    let route = sshd.reach(&entry).unwrap();
    assert_eq!(route.targets[0].tls.server_name.as_deref(), Some("127.0.0.1"));
    let failure = visit(&route.targets[0]).unwrap_err();
    assert!(failure.message.contains("is for another name"), "{failure}");
    entry.tls_name = Some(NAME.into());
    let route = sshd.reach(&entry).unwrap();
    assert_eq!(visit(&route.targets[0]).unwrap(), "world\n");
    // Elsewhere than on the machine that the tunnel leads to, it is verified without a word.
    let far = sshd.reach(&sshd.entry(vec![host("db.example.org", 1)])).unwrap();
    assert_eq!(far.targets[0].tls.mode, TlsMode::Verify);
    assert_eq!(far.targets[0].tls.server_name.as_deref(), Some("db.example.org"));
}

#[test]
fn a_tunnel_that_dies_is_noticed_and_says_why() {
    let Some(mut sshd) = Sshd::start("") else { return };
    let entry = sshd.entry(vec![host("127.0.0.1", echo(""))]);
    let route = sshd.reach(&entry).unwrap();
    assert_eq!(say(&route.targets[0], "x").unwrap(), "x");
    // The children of the listener hold the connection: they are found by their parent.
    let parent = sshd.child.id();
    let children =
        std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
    for child in children.split_whitespace() {
        assert!(Command::new("kill").arg(child).status().unwrap().success());
    }
    let _ = sshd.child.kill();
    assert!(soon(|| route.check().is_err()), "nobody noticed");
    let failure = route.check().unwrap_err();
    assert_eq!(failure.reason, Reason::Connection);
    assert!(failure.message.contains("has fallen in: ssh says: "), "{failure}");
    assert!(say(&route.targets[0], "x").is_err());
}

#[test]
fn what_ssh_says_is_told() {
    let Some(sshd) = Sshd::start("") else { return };
    let mut entry = sshd.entry(vec![host("127.0.0.1", 1)]);
    let unknown = sshd.world("strange.conf").ask(|ways| reach(&entry, ways)).unwrap_err();
    assert!(unknown.message.contains("Host key verification failed"), "{unknown}");
    assert!(unknown.hint.unwrap().contains("compare its key"));
    entry.ssh.as_mut().unwrap().identity = Some(sshd.path("stranger"));
    let denied = sshd.reach(&entry).unwrap_err();
    assert!(denied.message.contains("Permission denied"), "{denied}");
    assert!(denied.hint.unwrap().contains("agent"));
    entry.ssh.as_mut().unwrap().port = Some(free_port());
    let refused = sshd.reach(&entry).unwrap_err();
    assert!(refused.message.contains("Connection refused"), "{refused}");
    let mut world = World::with(&[]);
    world.ssh = vec!["no-such-ssh-anywhere".into()];
    let missing = world.ask(|ways| reach(&entry, ways)).unwrap_err();
    assert!(missing.message.contains("not found"), "{missing}");
}

#[test]
fn a_server_that_nobody_listens_for_behind_the_tunnel_is_told_of() {
    let Some(sshd) = Sshd::start("") else { return };
    let mut entry = sshd.entry(vec![host("127.0.0.1", free_port())]);
    entry.engine = Engine::Postgres;
    let route = sshd.reach(&entry).unwrap();
    assert!(say(&route.targets[0], "x").unwrap_or_default().is_empty());
    assert!(soon(|| route.said().is_some_and(|it| it.contains("Connection refused"))));
}

#[test]
fn a_server_that_forbids_forwarding_is_told_of() {
    let Some(sshd) = Sshd::start("AllowTcpForwarding no\n") else { return };
    let route = sshd.reach(&sshd.entry(vec![host("127.0.0.1", echo(""))])).unwrap();
    assert!(say(&route.targets[0], "x").unwrap_or_default().is_empty());
    assert!(
        soon(|| route.said().is_some_and(|it| it.contains("prohibited"))),
        "{:?}",
        route.said()
    );
}

#[test]
fn a_silent_machine_costs_no_more_than_connecting_may() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap(); // takes the call and says nothing
    let mut entry = Entry::new("far", Engine::Redis, host("h", 1));
    entry.limits.connect_timeout = Duration::from_secs(1);
    entry.ssh = Some(Ssh {
        host: "127.0.0.1".into(),
        user: None,
        port: Some(listener.local_addr().unwrap().port()),
        identity: None,
        jump: None,
    });
    let mut world = World::with(&[]);
    world.ssh = vec!["ssh".into(), "-F".into(), "none".into()];
    let start = Instant::now();
    let failure = world.ask(|ways| reach(&entry, ways)).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(failure.reason, Reason::Connection, "{failure}");
}

#[test]
fn a_tunnel_ends_when_whoever_dug_it_is_killed() {
    // This very test, run again as a program of its own that digs and waits to be killed.
    if let Ok(text) = std::env::var("BACKSTORY_TEST_DIG") {
        let mut parts = text.split('\n');
        let mut next = || parts.next().unwrap().to_owned();
        let (port, config, key) = (next(), next(), next());
        let mut entry = Entry::new("far", Engine::Redis, host("127.0.0.1", 1));
        entry.ssh = Some(Ssh {
            host: "127.0.0.1".into(),
            user: None,
            port: port.parse().ok(),
            identity: Some(key.into()),
            jump: None,
        });
        let mut world = World::with(&[]);
        world.ssh = vec!["ssh".into(), "-F".into(), config.clone()];
        let route = world.ask(|ways| reach(&entry, ways)).unwrap();
        let dug = socket_of(&route.targets[0]).display().to_string();
        std::fs::write(format!("{config}.dug"), dug).unwrap();
        std::thread::sleep(Duration::from_secs(60));
        return;
    }
    let Some(sshd) = Sshd::start("") else { return };
    let config = sshd.path("ssh.conf");
    let text = format!("{}\n{}\n{}", sshd.port, config.display(), sshd.path("me").display());
    let name = "connections::tests::tunnels::a_tunnel_ends_when_whoever_dug_it_is_killed";
    let mut digger = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env("BACKSTORY_TEST_DIG", text)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let dug = PathBuf::from(format!("{}.dug", config.display()));
    let there = soon(|| std::fs::read_to_string(&dug).is_ok_and(|it| !it.is_empty()));
    let words = std::fs::read_to_string(&dug).unwrap_or_default();
    let stood = there && running(&words);
    digger.kill().unwrap(); // SIGKILL: it cannot clean up
    digger.wait().unwrap();
    assert!(stood, "no tunnel was dug");
    assert!(soon(|| !running(&words)), "ssh lives on");
    assert!(soon(|| !Path::new(&words).parent().unwrap().exists()), "its folder stays behind");
}

#[test]
fn what_ssh_would_take_for_something_else_never_reaches_it() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ssh");
    let told = folder.path().join("told");
    std::fs::write(&program, format!("#!/bin/sh\necho \"$@\" >{}\n", told.display())).unwrap();
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    let mut world = World::with(&[]);
    world.ssh = vec![program.display().to_string()];
    let plain = Ssh { host: "h".into(), user: None, port: None, identity: None, jump: None };
    let of = |change: &dyn Fn(&mut Ssh)| {
        let mut ssh = plain.clone();
        change(&mut ssh);
        ssh
    };
    for ssh in [
        of(&|it| it.host = "-oProxyCommand=touch x".into()),
        of(&|it| it.host = "a b".into()),
        of(&|it| it.host = "$(x)".into()),
        of(&|it| it.host = String::new()),
        of(&|it| it.user = Some("-x".into())),
        of(&|it| it.user = Some("a;b".into())),
        of(&|it| it.jump = Some("-x".into())),
        of(&|it| it.jump = Some("a,`b`".into())),
        of(&|it| it.jump = Some(String::new())),
        of(&|it| it.identity = Some("/k%h".into())),
        of(&|it| it.identity = Some("/${HOME}/k".into())),
    ] {
        let mut entry = Entry::new("far", Engine::Redis, host("h", 1));
        entry.ssh = Some(ssh);
        let failure = world.ask(|ways| reach(&entry, ways)).unwrap_err();
        assert_eq!(failure.reason, Reason::Usage, "{failure}");
    }
    for address in [host("a:b", 1), host("-x", 1), host("a b", 1), Address::Socket("/a:b".into())] {
        let mut entry = Entry::new("far", Engine::Redis, address);
        entry.ssh = Some(plain.clone());
        let failure = world.ask(|ways| reach(&entry, ways)).unwrap_err();
        assert_eq!(failure.reason, Reason::Usage, "{failure}");
    }
    assert!(!told.exists(), "ssh was started");
    let mut entry = Entry::new("far", Engine::Redis, host("::1", 7));
    entry.ssh = Some(of(&|it| {
        it.user = Some("me".into());
        it.port = Some(2222);
        it.jump = Some("a@b:1,[::1]".into());
    }));
    assert!(world.ask(|ways| reach(&entry, ways)).is_err(), "that program digs nothing");
    let told = std::fs::read_to_string(&told).unwrap();
    assert!(told.contains(":[::1]:7 "), "{told}");
    assert!(told.trim_end().ends_with("-p 2222 -l me -J a@b:1,[::1] -- h"), "{told}");
    assert!(
        told.contains("-o BatchMode=yes") && told.contains("-o ExitOnForwardFailure=yes"),
        "{told}"
    );
}
