//! A file without a name: it is gone when nobody has it open any more, however the program ends.

use crate::{Failure, Reason, Result};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Debug)]
pub(super) struct Disk(File);

impl Disk {
    pub(super) fn create(folder: &Path) -> Result<Disk> {
        create(folder).map(Disk).map_err(|error| {
            let text = format!("nothing can be kept in {}: {error}", folder.display());
            Failure::new(Reason::File, text)
        })
    }

    pub(super) fn write(&self, at: u64, bytes: &[u8]) -> Result<()> {
        write_at(&self.0, at, bytes).map_err(|error| {
            let full =
                matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
            let text = if full {
                format!("there is no room on disk to keep more of the result: {error}")
            } else {
                format!("the result cannot be kept on disk: {error}")
            };
            Failure::new(Reason::File, text).hint("make room, or ask for fewer rows")
        })
    }

    pub(super) fn read(&self, at: u64, many: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; many];
        read_at(&self.0, at, &mut bytes).map_err(|error| {
            Failure::new(Reason::File, format!("the kept result cannot be read: {error}"))
        })?;
        Ok(bytes)
    }
}

fn create(folder: &Path) -> io::Result<File> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!(".backstory-result-{}-{number}", std::process::id()));
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        match open(&mut options, &path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => (),
            other => return other,
        }
    }
}

#[cfg(unix)]
fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = options.mode(0o600).open(path)?;
    std::fs::remove_file(path)?;
    Ok(file)
}

#[cfg(unix)]
fn read_at(file: &File, at: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(unix)]
fn write_at(file: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;
    const DELETE_ON_CLOSE: u32 = 0x0400_0000;
    options.custom_flags(DELETE_ON_CLOSE).share_mode(0).open(path)
}

#[cfg(windows)]
fn read_at(file: &File, mut at: u64, mut bytes: &mut [u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            many => (at, bytes) = (at + many as u64, &mut bytes[many..]),
        }
    }
    Ok(())
}

#[cfg(windows)]
fn write_at(file: &File, mut at: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, at)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            many => (at, bytes) = (at + many as u64, &bytes[many..]),
        }
    }
    Ok(())
}
