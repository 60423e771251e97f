//! The Unix socket: in a folder that is the user's alone, held by a lock, open to the user's own
//! processes.

use crate::conversation::{PATIENCE, converse};
use crate::{CONVERSATIONS_MAX, Error, Input, Output, Result, full_line, lock};
use rpc::{Caller, Server};
use rustix::process::geteuid;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::unix::OwnedReadHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;

/// A socket that is ours to serve: bound, and held by a lock until this is dropped, which removes
/// it.
#[derive(Debug)]
pub struct Listener {
    listener: std::os::unix::net::UnixListener,
    socket: PathBuf,
    inode: u64,
    _lock: File,
}

impl Listener {
    /// Makes `socket` ours, in place of one that a dead server left behind, and says that `store`
    /// is served there. The folder is made where there is none; it must be this user's and nobody
    /// else's.
    ///
    /// # Errors
    /// [`Error::AlreadyRunning`] where somebody serves there, [`Error::Unsafe`] where others could
    /// interfere.
    pub fn bind(socket: &Path, store: &Path) -> Result<Listener> {
        make_private(socket.parent().unwrap_or(Path::new("/")))?;
        let lock = lock::take(socket, store)?;
        remove_stale(socket)?;
        let failed = |source| Error::Io { doing: "listen on", path: socket.into(), source };
        let listener = std::os::unix::net::UnixListener::bind(socket).map_err(failed)?;
        // Until here the folder kept others out, whatever the umask was.
        fs::set_permissions(socket, Permissions::from_mode(0o600)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let inode = fs::symlink_metadata(socket).map_err(failed)?.ino();
        Ok(Listener { listener, socket: socket.into(), inode, _lock: lock })
    }

    /// Answers everyone who connects until `end` resolves. Then the socket is removed, and every
    /// conversation ends with whatever it started.
    ///
    /// # Errors
    /// Where the socket cannot be listened on at all.
    pub async fn serve(
        self,
        server: &Server,
        caller: Caller,
        end: impl Future<Output = ()>,
    ) -> Result<()> {
        let failed = |source| Error::Io { doing: "listen on", path: self.socket.clone(), source };
        let listener =
            self.listener.try_clone().and_then(UnixListener::from_std).map_err(failed)?;
        let mut conversations = JoinSet::new();
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return Ok(()),
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) if !is_ours(&stream) => drop(stream),
                    Ok((stream, _)) if conversations.len() >= CONVERSATIONS_MAX => {
                        // One line into an empty buffer: it fits, or the caller is gone.
                        let _ = stream.try_write(&full_line());
                    }
                    Ok((stream, _)) => {
                        let server = server.clone();
                        conversations.spawn(async move {
                            let (input, output) = stream.into_split();
                            converse(&server, caller, input, output, Some(PATIENCE), hung_up).await;
                        });
                    }
                    // Too many open files, say: others may end soon, and those connected go on.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
                Some(_) = conversations.join_next() => {}
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Only our own: the folder may have been cleared, and another may serve in its place.
        if fs::symlink_metadata(&self.socket).is_ok_and(|it| it.ino() == self.inode) {
            let _ = fs::remove_file(&self.socket);
        }
    }
}

/// Connects to whoever serves `socket`, after making sure that it is this user.
pub(crate) async fn connect(socket: &Path) -> Result<(Input, Output)> {
    let absent = || Error::NotRunning { socket: socket.into() };
    let failed = |source| Error::Io { doing: "connect to", path: socket.into(), source };
    let found = match fs::symlink_metadata(socket) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(absent()),
        Err(error) => return Err(failed(error)),
    };
    if !found.file_type().is_socket() {
        return Err(refuse(socket, "it is not a socket; name another with --socket"));
    }
    if found.uid() != geteuid().as_raw() {
        return Err(refuse(socket, "it belongs to another user"));
    }
    let mut tries = 0;
    let stream = loop {
        match UnixStream::connect(socket).await {
            Ok(stream) => break stream,
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Err(absent()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(absent()),
            // Its queue of callers is full for the moment.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && tries < 100 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(error) => return Err(failed(error)),
        }
    };
    if !is_ours(&stream) {
        return Err(refuse(socket, "another user serves it"));
    }
    let (input, output) = stream.into_split();
    Ok((Box::new(input), Box::new(output)))
}

fn refuse(path: &Path, reason: &str) -> Error {
    Error::Unsafe { path: path.into(), reason: reason.into() }
}

/// Whether the process at the other end is this user's, in the kernel's words.
fn is_ours(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == geteuid().as_raw())
}

/// Resolves when the caller cannot be answered any more. Asked only once it has said its last word,
/// so that a script which closes its writing side (`nc -N`) still gets its answers.
async fn hung_up(input: OwnedReadHalf) {
    loop {
        let closed = tokio::select! {
            biased;
            ready = input.ready(Interest::WRITABLE) => ready.is_ok_and(|it| it.is_write_closed()),
            () = std::future::ready(()) => false,
        };
        if closed {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A folder of mode 0700 that is ours. One that we made and somebody opened to others is closed to
/// them again.
fn make_private(folder: &Path) -> Result<()> {
    let failed = |source| Error::Io { doing: "make the folder", path: folder.into(), source };
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    let found = match (made, fs::symlink_metadata(folder)) {
        (_, Ok(found)) => found,
        (Err(error), _) | (_, Err(error)) => return Err(failed(error)),
    };
    if !found.is_dir() {
        return Err(refuse(folder, "it is not a folder; name another place with --socket"));
    }
    if found.uid() != geteuid().as_raw() {
        return Err(refuse(folder, "it belongs to another user; name another place with --socket"));
    }
    if found.mode() & 0o077 != 0 {
        let name = folder.file_name().unwrap_or_default().as_bytes();
        if !(name.starts_with(b"backstory") || name == b"run") {
            let reason = "others may enter it; a socket needs a folder of mode 0700, \
                          which is made where there is none";
            return Err(refuse(folder, reason));
        }
        fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(failed)?;
    }
    Ok(())
}

/// Removes the socket of a dead server: we hold the lock, so nobody serves it.
fn remove_stale(socket: &Path) -> Result<()> {
    let failed = |source| Error::Io { doing: "replace", path: socket.into(), source };
    match fs::symlink_metadata(socket) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(error)),
        Ok(found) if found.file_type().is_socket() => fs::remove_file(socket).map_err(failed),
        Ok(_) => Err(refuse(socket, "it is something else than a socket; name another place")),
    }
}
