//! Who serves: the one that holds the lock beside the socket. The system lets go of it when its
//! holder ends, however it ends, so what a dead server left behind is known for what it is.

use crate::{Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Who serves a socket, in their own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Their process.
    pub pid: u32,
    /// The store they serve.
    pub store: PathBuf,
}

/// Who says to serve `socket`, or was the last to say so.
pub fn holder(socket: &Path) -> Option<Holder> {
    let mut text = Vec::new();
    File::open(path(socket)).ok()?.take(1 << 16).read_to_end(&mut text).ok()?;
    let split = text.iter().position(|byte| *byte == b'\n')?;
    let pid = std::str::from_utf8(&text[..split]).ok()?.parse().ok()?;
    let store = text[split + 1..].strip_suffix(b"\n")?.to_vec();
    Some(Holder { pid, store: path_of(store) })
}

/// Takes the lock on a socket and puts our name in it. The file stays when we end.
pub(crate) fn take(socket: &Path, store: &Path) -> Result<File> {
    let path = path(socket);
    let failed = |source| Error::Io { doing: "lock", path: path.clone(), source };
    let mut lock = options().open(&path).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::AlreadyRunning { socket: socket.into() });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    let mut text = format!("{}\n", std::process::id()).into_bytes();
    text.extend_from_slice(store.as_os_str().as_encoded_bytes());
    text.push(b'\n');
    lock.set_len(0)
        .and_then(|()| lock.rewind())
        .and_then(|()| lock.write_all(&text))
        .map_err(failed)?;
    Ok(lock)
}

#[cfg(unix)]
fn path(socket: &Path) -> PathBuf {
    let mut name = socket.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    let no_links = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    options.read(true).write(true).create(true).truncate(false).mode(0o600).custom_flags(no_links);
    options
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

/// A pipe has no folder; the lock is a file of the user's temporary one.
#[cfg(windows)]
fn path(socket: &Path) -> PathBuf {
    let name = socket.file_name().unwrap_or_default().to_string_lossy().into_owned();
    std::env::temp_dir().join(format!("{name}.lock"))
}

#[cfg(windows)]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
}

#[cfg(windows)]
fn path_of(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}
