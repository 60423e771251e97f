//! A tunnel, dug by the system's own `ssh`: its configuration, agent and known hosts hold.
//!
//! It begins at a socket in a folder that nobody else may enter: a port of this machine would be open
//! to everyone on it. Where a system has no such sockets, it begins at a port.

use super::Ssh;
use crate::{Address, Failure, Reason, Result};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How much of what ssh says is kept, in bytes.
const SAID_MAX: usize = 8 * 1024;
/// How often is looked whether the tunnel stands.
const LOOK: Duration = Duration::from_millis(10);
/// How long ssh may take to end before it is killed.
const END: Duration = Duration::from_secs(2);

/// Where the forwarding leads that only tells that the others are there.
const NOWHERE: &str = "127.0.0.1:1";

/// Starts ssh and stops it when nobody holds the other end of standard input any more: also when this
/// program is killed, which cannot clean up after itself then. The folder with the sockets goes too.
#[cfg(unix)]
const WATCH: &str = r#"
folder=$1
shift
exec 3<&0 </dev/null
"$@" 3<&- &
ssh=$!
(read -r _ <&3; kill "$ssh") 2>/dev/null &
watch=$!
exec 3<&-
wait "$ssh"
code=$?
kill "$watch" 2>/dev/null
rm -f "$folder"/*
rmdir "$folder"
exit "$code"
"#;

/// A tunnel that stands until it is dropped.
#[derive(Debug)]
pub(super) struct Tunnel {
    /// Where it begins, for each address that it leads to.
    pub(super) addresses: Vec<Address>,
    through: String,
    child: Mutex<Child>,
    said: Arc<Mutex<Vec<u8>>>,
    folder: Option<PathBuf>,
}

impl Tunnel {
    /// Digs a tunnel to some addresses, as they are called at its far end.
    ///
    /// # Errors
    /// [`Reason::Connection`], with what ssh said; [`Reason::Usage`] for what ssh cannot be handed.
    pub(super) fn dig(
        ssh: &Ssh,
        to: &[Address],
        time: Duration,
        program: &[String],
    ) -> Result<Tunnel> {
        if let Err((key, why)) = ssh.check() {
            return Err(Failure::new(Reason::Usage, format!("`ssh.{key}`: {why}")));
        }
        let until = Instant::now() + time;
        let mut far_ends = to.iter().map(far_end).collect::<Result<Vec<_>>>()?;
        // One more that nobody goes through: ssh makes them one after the other, so that when this one
        // is there, the others listen. To try those would be to knock at the database.
        far_ends.push(NOWHERE.to_owned());
        let (folder, beginnings) = beginnings(far_ends.len())?;
        let mut addresses = Vec::new();
        let mut arguments = Vec::new();
        for ((address, near), far) in beginnings.into_iter().zip(far_ends) {
            arguments.extend(["-L".to_owned(), format!("{near}:{far}")]);
            addresses.push(address);
        }
        let last = addresses.pop();
        arguments.extend(options(ssh, time));
        let through = ssh.host.clone();
        let started = start(program, &arguments, folder.as_deref());
        let (child, said) = match started {
            Ok(started) => started,
            Err(error) => {
                remove(folder.as_ref());
                let why = match error.kind() {
                    std::io::ErrorKind::NotFound => "there is no program `ssh`".to_owned(),
                    _ => error.to_string(),
                };
                let text = format!("the tunnel through {through} cannot be dug: {why}");
                return Err(Failure::new(Reason::Connection, text).hint("install OpenSSH"));
            }
        };
        let child = Mutex::new(child);
        let tunnel = Tunnel { addresses, through, child, said, folder };
        while !last.as_ref().is_some_and(is_there) {
            if tunnel.ended() {
                return Err(tunnel.fallen("cannot be dug"));
            }
            if Instant::now() >= until {
                let text = format!(
                    "the tunnel through {} was not dug within {} s",
                    tunnel.through,
                    time.as_secs_f64()
                );
                let mut failure = Failure::new(Reason::Connection, text)
                    .hint("check that ssh gets there, or allow more with `connect_timeout`");
                failure.detail = tunnel.said().map(|it| format!("ssh says: {it}"));
                return Err(failure);
            }
            std::thread::sleep(LOOK);
        }
        Ok(tunnel)
    }

    /// Whether it stands.
    ///
    /// # Errors
    /// [`Reason::Connection`], with what ssh said when it ended.
    pub(super) fn check(&self) -> Result<()> {
        if self.ended() { Err(self.fallen("has fallen in")) } else { Ok(()) }
    }

    /// The last lines that ssh said, if it said anything.
    pub(super) fn said(&self) -> Option<String> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&said).into_owned();
        let clean = |it: &str| it.chars().filter(|it| !it.is_control()).collect::<String>();
        let lines: Vec<_> = text.lines().map(clean).filter(|it| !it.trim().is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(3)..];
        (!last.is_empty()).then(|| last.join("; "))
    }

    fn ended(&self) -> bool {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        !matches!(child.try_wait(), Ok(None))
    }

    fn fallen(&self, what: &str) -> Failure {
        // What it said last may still be on its way.
        let until = Instant::now() + Duration::from_millis(300);
        while Arc::strong_count(&self.said) > 1 && Instant::now() < until {
            std::thread::sleep(LOOK);
        }
        let said = self.said();
        let hint = hint(said.as_deref().unwrap_or_default());
        let said = said.map_or("ssh says nothing".to_owned(), |it| format!("ssh says: {it}"));
        let text = format!("the tunnel through {} {what}: {said}", self.through);
        Failure::new(Reason::Connection, text).hint(hint)
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(child.stdin.take()); // on Unix this alone ends it
        if cfg!(not(unix)) {
            let _ = child.kill();
        }
        let until = Instant::now() + END;
        while matches!(child.try_wait(), Ok(None)) {
            if Instant::now() >= until {
                let _ = child.kill(); // it may be gone by now
                let _ = child.wait();
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        remove(self.folder.as_ref());
    }
}

/// Whether a tunnel begins there already.
fn is_there(address: &Address) -> bool {
    match address {
        Address::Socket(path) => path.exists(),
        Address::Host { host, port } => {
            std::net::TcpStream::connect((host.as_str(), *port)).is_ok()
        }
        Address::File(_) => false,
    }
}

fn hint(said: &str) -> &'static str {
    let has = |it: &str| said.contains(it);
    if has("Host key verification failed") || has("REMOTE HOST IDENTIFICATION") {
        "go there once with ssh in a terminal and compare its key"
    } else if has("Permission denied") || has("Too many authentication failures") {
        "ssh is asked no questions here: it needs an agent, or a key without a passphrase as `identity`"
    } else if has("Could not resolve") {
        "check how `ssh.host` is written"
    } else {
        "try the same machine with ssh in a terminal"
    }
}

/// What ssh is told, after the forwardings; the machine is the last word.
fn options(ssh: &Ssh, time: Duration) -> Vec<String> {
    let seconds = time.as_secs().max(1);
    let mut all = vec!["-N".to_owned(), "-T".to_owned()];
    for option in [
        "ExitOnForwardFailure=yes",
        "BatchMode=yes",
        &format!("ConnectTimeout={seconds}"),
        "ServerAliveInterval=15",
        "ServerAliveCountMax=3",
        // A connection that is shared with others would outlive us, or end under us.
        "ControlMaster=no",
        "ControlPath=none",
        "ForwardAgent=no",
        "ForwardX11=no",
        "PermitLocalCommand=no",
        "RemoteCommand=none",
        "StreamLocalBindMask=0177",
        // What the server says of a forwarding that fails is told at this level.
        "LogLevel=INFO",
    ] {
        all.extend(["-o".to_owned(), option.to_owned()]);
    }
    if let Some(port) = ssh.port {
        all.extend(["-p".to_owned(), port.to_string()]);
    }
    if let Some(user) = &ssh.user {
        all.extend(["-l".to_owned(), user.clone()]);
    }
    if let Some(identity) = &ssh.identity {
        all.extend(["-i".to_owned(), identity.display().to_string()]);
        all.extend(["-o".to_owned(), "IdentitiesOnly=yes".to_owned()]);
    }
    if let Some(jump) = &ssh.jump {
        all.extend(["-J".to_owned(), jump.clone()]);
    }
    all.extend(["--".to_owned(), ssh.host.clone()]);
    all
}

/// Where a tunnel leads, as `-L` takes it.
fn far_end(address: &Address) -> Result<String> {
    let refused = || {
        Failure::new(
            Reason::Usage,
            "a tunnel cannot lead there: the address has a sign that ssh \
                                     takes for something else",
        )
    };
    match address {
        Address::Host { host, port } => match super::entry::is_host(host) && host.is_ascii() {
            true if host.contains(':') => Ok(format!("[{host}]:{port}")),
            true => Ok(format!("{host}:{port}")),
            false => Err(refused()),
        },
        Address::Socket(path) => {
            let text = path.to_string_lossy().into_owned();
            let inner =
                |it: char| it.is_ascii_alphanumeric() || matches!(it, '/' | '.' | '_' | '-');
            let fits = text.starts_with('/') && text.chars().all(inner);
            if fits { Ok(text) } else { Err(refused()) }
        }
        Address::File(_) => Err(Failure::new(Reason::Usage, "a file needs no tunnel")),
    }
}

type Started = (Child, Arc<Mutex<Vec<u8>>>);

fn start(
    program: &[String],
    arguments: &[String],
    folder: Option<&Path>,
) -> std::io::Result<Started> {
    let mut command = command(program, folder.unwrap_or(Path::new("")))?;
    command.args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let said = Arc::new(Mutex::new(Vec::new()));
    if let Some(mut from) = child.stderr.take() {
        let said = Arc::clone(&said);
        std::thread::spawn(move || {
            let mut some = [0; 1024];
            while let Ok(length @ 1..) = from.read(&mut some) {
                let mut all = said.lock().unwrap_or_else(PoisonError::into_inner);
                all.extend_from_slice(&some[..length]);
                let over = all.len().saturating_sub(SAID_MAX);
                all.drain(..over);
            }
        });
    }
    Ok((child, said))
}

fn first_word(program: &[String]) -> std::io::Result<(&String, &[String])> {
    program.split_first().ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotFound))
}

#[cfg(unix)]
fn command(program: &[String], folder: &Path) -> std::io::Result<Command> {
    first_word(program)?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", WATCH, "backstory-tunnel"]).arg(folder).args(program);
    // What is typed at the terminal to stop a statement is not for the tunnel.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    Ok(command)
}

#[cfg(not(unix))]
fn command(program: &[String], _: &Path) -> std::io::Result<Command> {
    let (name, rest) = first_word(program)?;
    let mut command = Command::new(name);
    command.args(rest);
    Ok(command)
}

/// Where tunnels begin, each for us and for ssh.
type Beginnings = Vec<(Address, String)>;

/// Sockets in a folder that nobody else may enter.
#[cfg(unix)]
fn beginnings(count: usize) -> Result<(Option<PathBuf>, Beginnings)> {
    let above = std::env::temp_dir();
    let folder = above.join(format!("backstory-{}", std::process::id()));
    let shown = folder.display().to_string();
    if shown.contains([':', ' ', '%', '$', '"', '\\', '*', '?', '[']) {
        let text = format!("ssh cannot use {}: it has a sign with a meaning", above.display());
        return Err(Failure::new(Reason::File, text).hint("set TMPDIR to a plain path"));
    }
    let folder = private_folder(&shown)?;
    let each = (0..count).map(|it| {
        let path = folder.join(it.to_string());
        let near = path.display().to_string();
        (Address::Socket(path), near)
    });
    let each = each.collect();
    Ok((Some(folder), each))
}

/// A new folder. To make one fails where anything of that name is there, so that nobody can have
/// prepared it.
#[cfg(unix)]
fn private_folder(prefix: &str) -> Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut last = None;
    for _ in 0..100 {
        let path = PathBuf::from(format!("{prefix}-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        match std::fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) => last = Some(error),
        }
    }
    let why = last.map(|it| it.to_string()).unwrap_or_default();
    let text = format!("no folder for a tunnel can be made at {prefix}-0: {why}");
    Err(Failure::new(Reason::File, text))
}

/// Ports that are free at this moment, where a system's ssh knows no sockets.
#[cfg(not(unix))]
fn beginnings(count: usize) -> Result<(Option<PathBuf>, Beginnings)> {
    let mut each = Vec::new();
    for _ in 0..count {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let free =
            free.map_err(|it| Failure::new(Reason::Connection, format!("no port is free: {it}")))?;
        let host = "127.0.0.1".to_owned();
        let near = format!("{host}:{}", free.port());
        each.push((Address::Host { host, port: free.port() }, near));
    }
    Ok((None, each))
}

fn remove(folder: Option<&PathBuf>) {
    if let Some(folder) = folder {
        let _ = std::fs::remove_dir_all(folder); // a socket of a dead ssh harms nobody
    }
}
