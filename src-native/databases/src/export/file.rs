//! A result as a file: written beside its place and put there when it is whole.

use super::{Export, Format, Options, Written};
use crate::leftovers::Leftover;
use crate::{Failure, Reason, Result, Watch};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// What to do where a file is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Leave it alone and fail.
    Refuse,
    /// Put the new one in its place, once that is whole.
    Replace,
}

/// Writes what `fill` pushes to a file at `path`: beside it as `.NAME.part…` first, then renamed. Where it
/// fails or is cancelled nothing is left behind, and what stood at `path` still stands there.
///
/// `fill` runs the statements. Where the export itself stopped them, its own failure is returned and not
/// the `cancelled` of the run.
///
/// # Errors
/// [`Reason::File`] where it cannot be written or something is there already; what `fill` failed with.
pub fn to_file(
    path: &Path,
    over: Over,
    format: Format,
    options: &Options,
    watch: Watch<'_>,
    fill: impl FnOnce(&mut Export<'_>) -> Result<()>,
) -> Result<Written> {
    place(path, over, |file| {
        let mut export = Export::new(format, options, file)?.watched(watch);
        let run = fill(&mut export);
        let own = export.failure().cloned();
        match (own, run) {
            (Some(failure), _) | (None, Err(failure)) => Err(failure),
            (None, Ok(())) => export.finish(),
        }
    })
}

/// Writes a file at `path` in the same way, whatever `write` puts into it.
///
/// # Errors
/// As [`to_file`].
pub fn place<T>(path: &Path, over: Over, write: impl FnOnce(&mut File) -> Result<T>) -> Result<T> {
    // A link stays a link: what it leads to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match fs::metadata(&path) {
        Ok(facts) if !facts.is_file() => {
            return Err(failed(&path, "is no file", "name a file that is not there yet"));
        }
        Ok(_) if over == Over::Refuse => return Err(there(&path)),
        _ => (),
    }
    let (part, mut file) = beside(&path)?;
    let written = write(&mut file)?;
    // Where room ran out only now, or a disk of the network says so late, it is told here.
    file.sync_all().map_err(|error| super::not_written(&error))?;
    drop(file);
    let placed = match over {
        Over::Replace => fs::rename(part.path(), &path),
        Over::Refuse => place_new(part.path(), &path),
    };
    match placed {
        Ok(()) => Ok(written),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(there(&path)),
        Err(error) => Err(failed(&path, &format!("cannot be put in its place: {error}"), "")),
    }
}

/// Gives a file its name unless something has it by now. Where a disk has no hard links, the moment
/// between looking and renaming is all that is left open.
fn place_new(part: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(part, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            if fs::symlink_metadata(path).is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(part, path)
        }
        other => other,
    }
}

/// The file being written; gone with the first of them unless it was put in its place.
fn beside(path: &Path) -> Result<(Leftover, File)> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Some(name) = path.file_name() else {
        return Err(failed(path, "is no name of a file", ""));
    };
    // A long name must not become too long for the file system.
    let name: String = name.to_string_lossy().chars().take(40).collect();
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let part = path.with_file_name(format!(".{name}.part{}-{number}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&part) {
            Ok(file) => return Ok((Leftover::new(part), file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => (),
            Err(error) => return Err(failed(path, &format!("cannot be written: {error}"), "")),
        }
    }
}

/// What is said where a file is in the way.
pub fn there(path: &Path) -> Failure {
    failed(path, "is there already", "name another file, or ask for it to be replaced")
}

fn failed(path: &Path, what: &str, hint: &str) -> Failure {
    let failure = Failure::new(Reason::File, format!("{} {what}", path.display()));
    if hint.is_empty() { failure } else { failure.hint(hint) }
}
