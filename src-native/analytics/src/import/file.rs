//! A file of any size, packed with gzip or not, in UTF-8 or UTF-16, in bounds.

use super::Refused;
use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const BUFFER: usize = 64 << 10;
/// How much a packed file may become without being looked at, in bytes.
const UNPACKED_FREE: u64 = 64 << 20;
/// How much larger than its packed bytes a file may become beyond that. Logs become 10 to 60 times larger.
const UNPACKED_TIMES: u64 = 400;

/// How far a file is read, for whoever shows it, and whether to stop.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// Bytes of the file that were read.
    pub done: Arc<AtomicU64>,
    /// Set to stop: reading fails then.
    pub stop: Arc<AtomicBool>,
}

/// Opens a file for reading.
///
/// # Errors
/// A sentence, where there is no such file or it is packed in another way.
pub fn open(path: &Path, watch: &Watch) -> Result<impl BufRead + Send + 'static, Refused> {
    let called = path.display();
    let broken = |it: io::Error| Refused(format!("`{called}` cannot be read: {it}"));
    let file = File::open(path).map_err(broken)?;
    if file.metadata().map_err(broken)?.is_dir() {
        return Err(Refused(format!("`{called}` is a folder; name one file of it")));
    }
    let mut bytes = BufReader::with_capacity(BUFFER, Watched { file, watch: watch.clone() });
    let head = bytes.fill_buf().map_err(broken)?;
    if let Some((_, what, tool)) = PACKED.iter().find(|it| head.starts_with(it.0)) {
        return Err(Refused(format!(
            "`{called}` is {what}; unpack it with `{tool}` and name the file that comes out"
        )));
    }
    let read = watch.done.clone();
    let input: Box<dyn BufRead + Send> = if head.starts_with(&[0x1f, 0x8b]) {
        let packed = MultiGzDecoder::new(bytes);
        Box::new(BufReader::with_capacity(BUFFER, Unpacked { packed, read, came: 0 }))
    } else {
        Box::new(bytes)
    };
    in_utf8(input).map_err(broken)
}

const PACKED: &[(&[u8], &str, &str)] = &[
    (b"PK\x03\x04", "a zip archive", "unzip"),
    (b"(\xb5/\xfd", "packed with Zstandard", "zstd -d"),
    (b"\xfd7zXZ\0", "packed with xz", "xz -d"),
    (b"BZh", "packed with bzip2", "bzip2 -d"),
    (b"SQLite format 3\0", "an SQLite database", "sqlite3 FILE .mode\\ csv"),
];

/// What names the content of a file, however it is packed: the same content has the same key.
///
/// # Errors
/// Where it cannot be read, or is damaged.
pub fn key(path: &Path, watch: &Watch) -> Result<String, Refused> {
    let mut input = open(path, watch)?;
    let mut hash = Sha256::new();
    loop {
        let broken = |it: io::Error| Refused(format!("`{}` cannot be read: {it}", path.display()));
        let found = input.fill_buf().map_err(broken)?;
        if found.is_empty() {
            break;
        }
        hash.update(found);
        let used = found.len();
        input.consume(used);
    }
    Ok(hash.finalize().iter().take(16).map(|it| format!("{it:02x}")).collect())
}

/// A file that tells how far it was read.
struct Watched {
    file: File,
    watch: Watch,
}

impl Read for Watched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.watch.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("it was stopped"));
        }
        let read = self.file.read(into)?;
        self.watch.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// What comes out of a packed file, as long as there is sense in it.
struct Unpacked<R> {
    packed: MultiGzDecoder<R>,
    /// Bytes that went in, …
    read: Arc<AtomicU64>,
    /// … and that came out.
    came: u64,
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let came = self.packed.read(into)?;
        self.came += came as u64;
        let read = self.read.load(Ordering::Relaxed);
        if self.came > UNPACKED_FREE.saturating_add(read.saturating_mul(UNPACKED_TIMES)) {
            let text = format!("unpacked it is over {UNPACKED_TIMES} times larger: that is no log");
            return Err(io::Error::other(text));
        }
        Ok(came)
    }
}

/// The same in UTF-8, where it says that it is in UTF-16.
fn in_utf8(mut input: Box<dyn BufRead + Send>) -> io::Result<Box<dyn BufRead + Send>> {
    let is_little = match input.fill_buf()? {
        [0xff, 0xfe, ..] => true,
        [0xfe, 0xff, ..] => false,
        _ => return Ok(input),
    };
    Ok(Box::new(BufReader::new(Wide { input, is_little, ready: Vec::new(), given: 0, half: None })))
}

/// UTF-16 on its way to UTF-8.
struct Wide {
    input: Box<dyn BufRead + Send>,
    is_little: bool,
    ready: Vec<u8>,
    given: usize,
    half: Option<u16>,
}

impl Read for Wide {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.ready.clear();
            self.given = 0;
            let mut pairs = Vec::new();
            self.input.by_ref().take(8 << 10).read_to_end(&mut pairs)?;
            let (pairs, _) = pairs.as_chunks::<2>();
            let units = pairs.iter().map(|it| match self.is_little {
                true => u16::from_le_bytes(*it),
                false => u16::from_be_bytes(*it),
            });
            let mut units: Vec<u16> = self.half.take().into_iter().chain(units).collect();
            // The other half of a sign may still come.
            if pairs.len() == 4 << 10
                && units.last().is_some_and(|it| (0xd800..0xdc00).contains(it))
            {
                self.half = units.pop();
            }
            let text =
                char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER));
            self.ready = text.filter(|it| *it != '\u{feff}').collect::<String>().into_bytes();
            if self.ready.is_empty() && !pairs.is_empty() {
                return self.read(into);
            }
        }
        let count = into.len().min(self.ready.len() - self.given);
        into[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}
