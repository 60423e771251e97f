//! JSON in files and folders, as documents: whole files, lines, lists, rows of DevLake's raw tables,
//! packed with gzip or not.

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::document::Document;
use super::record::Refused;
use crate::Error;
use split::{Piece, Split};
use table::Table;

mod scan;
mod split;
mod table;
#[cfg(test)]
mod tests;

/// What is found in files.
#[derive(Debug)]
pub enum Found<'a> {
    /// A document.
    Document(Document<'a>),
    /// What cannot be read, and why.
    Refused(Refused),
}

/// How much was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that were opened.
    pub files: u64,
    /// Bytes in them, unpacked.
    pub bytes: u64,
    /// Documents that were handed on.
    pub documents: u64,
}

/// How much is looked at to tell a table from JSON.
const BEGINNING: u64 = 4096;

type Take<'t> = &'t mut dyn FnMut(Found<'_>) -> Result<(), Error>;

/// Hands on every JSON document of these files and folders: paths in the order they are given, what
/// is in a folder by name. A list is handed on element by element, and so is a long list within a
/// large object (`issues`, `values`, `data`, …), so memory stays flat whatever the size of a file.
/// Of an answer that was recorded as `{"url": …, "data": …}` the data is handed on, and so is that of
/// each row of a raw table of DevLake's (CSV with the columns `data`, `url`, `created_at`, …).
///
/// Names that begin with a dot are left out of folders. Anything else that cannot be read is
/// refused with its reason, and reading goes on after it.
///
/// # Errors
/// Those of `take`, which end the reading.
pub fn each(paths: &[PathBuf], take: Take<'_>) -> Result<Summary, Error> {
    let mut walk = Walk { take, seen: HashSet::new(), summary: Summary::default() };
    for path in paths {
        walk.path(path)?;
    }
    Ok(walk.summary)
}

struct Walk<'t> {
    take: Take<'t>,
    /// Folders, by the path that has no links in it.
    seen: HashSet<PathBuf>,
    summary: Summary,
}

impl Walk<'_> {
    fn path(&mut self, path: &Path) -> Result<(), Error> {
        // One level at a time, so that a deep folder takes no deep stack.
        let mut waiting = vec![path.to_path_buf()];
        while let Some(path) = waiting.pop() {
            let kind = match fs::metadata(&path) {
                Ok(it) => it.file_type(),
                Err(error) => {
                    self.refuse(&path, &format!("it cannot be read: {}", plain(&error)))?;
                    continue;
                }
            };
            if kind.is_dir() {
                match self.folder(&path) {
                    Ok(within) => waiting.extend(within.into_iter().rev()),
                    Err(reason) => self.refuse(&path, &reason)?,
                }
            } else if kind.is_file() {
                self.file(&path)?;
            } else {
                self.refuse(&path, "it is neither a file nor a folder")?;
            }
        }
        Ok(())
    }

    /// What is in a folder, by name.
    fn folder(&mut self, path: &Path) -> Result<Vec<PathBuf>, String> {
        let unread = |error| format!("it cannot be read: {}", plain(&error));
        if !self.seen.insert(fs::canonicalize(path).map_err(unread)?) {
            return Err("it was read already, under another name".to_owned());
        }
        let mut within = Vec::new();
        for entry in fs::read_dir(path).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                within.push(entry.path());
            }
        }
        within.sort();
        Ok(within)
    }

    fn file(&mut self, path: &Path) -> Result<(), Error> {
        let opened = fs::File::open(path).and_then(|file| {
            let mut file = BufReader::with_capacity(64 << 10, file);
            let packed = file.fill_buf()?.starts_with(b"\x1f\x8b");
            Ok((file, packed))
        });
        let (file, packed) = match opened {
            Ok(it) => it,
            Err(error) => {
                return self.refuse(path, &format!("it cannot be read: {}", plain(&error)));
            }
        };
        self.summary.files += 1;
        if packed { self.stream(path, MultiGzDecoder::new(file)) } else { self.stream(path, file) }
    }

    fn stream(&mut self, path: &Path, mut input: impl Read) -> Result<(), Error> {
        use std::fmt::Write;
        let name = path.display().to_string();
        let mut place = name.clone();
        let mut beginning = Vec::new();
        let failed = input.by_ref().take(BEGINNING).read_to_end(&mut beginning).err();
        let is_table = table::is_raw(&beginning);
        let input = Begun { beginning: Cursor::new(beginning), failed, rest: input };
        let mut documents = 0;
        let mut hand_on = |piece: Piece<'_>| {
            place.truncate(name.len());
            match piece {
                Piece::Object { line, address, version, json } => {
                    documents += 1;
                    let _ = write!(place, ":{line}");
                    let address = address.unwrap_or(&name);
                    let place = &place;
                    (self.take)(Found::Document(Document { place, address, version, json }))
                }
                Piece::Wrong { line, reason } => {
                    if line > 0 {
                        let _ = write!(place, ":{line}");
                    }
                    (self.take)(Found::Refused(Refused { place: place.clone(), reason }))
                }
            }
        };
        let (done, bytes) = if is_table {
            let mut table = Table::new(input);
            (table.each(&mut hand_on), table.bytes)
        } else {
            let mut split = Split::new(input);
            (split.each(&mut hand_on), split.bytes)
        };
        self.summary.bytes += bytes;
        self.summary.documents += documents;
        done
    }

    fn refuse(&mut self, path: &Path, reason: &str) -> Result<(), Error> {
        let (place, reason) = (path.display().to_string(), reason.to_owned());
        (self.take)(Found::Refused(Refused { place, reason }))
    }
}

/// A stream whose beginning was looked at.
struct Begun<R> {
    beginning: Cursor<Vec<u8>>,
    /// Why no more than that came.
    failed: Option<std::io::Error>,
    rest: R,
}

impl<R: Read> Read for Begun<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        match (self.beginning.read(out)?, self.failed.take()) {
            (0, Some(error)) => Err(error),
            (0, None) => self.rest.read(out),
            (count, failed) => {
                self.failed = failed;
                Ok(count)
            }
        }
    }
}

/// The system's words, for what people meet most.
fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is nothing of that name".to_owned(),
        std::io::ErrorKind::PermissionDenied => "you may not read it".to_owned(),
        _ => error.to_string(),
    }
}
