//! Salts: for each site and day a number that only chance knows, which makes visitors of addresses. It is
//! destroyed when its time is over; after that nobody can make the same visitor of the same address.
//!
//! They stand in one file beside the page views, of mode 0600, which belongs in no backup. A file system
//! that copies what is written, or a disk that does, may keep old blocks for a while: that is beyond us.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use zeroize::{Zeroize, Zeroizing};

/// A salt of 256 bits.
type Salt = Zeroizing<[u8; 32]>;

/// First line of the file; another one is not ours, and is not read.
const HEAD: &str = "backstory salts 1";

/// The salts that are alive, in memory and in their file.
pub struct Salts {
    path: PathBuf,
    alive: BTreeMap<(u32, i32), Salt>,
}

impl Salts {
    /// Reads the salts that were alive when the collector last ended; none where there is no file.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn open(path: &Path) -> io::Result<Salts> {
        let mut text = Zeroizing::new(String::new());
        match File::open(path) {
            Ok(file) => drop(file.take(1 << 20).read_to_string(&mut text)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut alive = BTreeMap::new();
        let mut lines = text.lines();
        if lines.next() == Some(HEAD) {
            for line in lines {
                if let Some((key, salt)) = read(line) {
                    alive.insert(key, salt);
                }
            }
        }
        Ok(Salts { path: path.to_owned(), alive })
    }

    /// Whether the salt of that day is still there.
    pub fn has(&self, site: u32, day: i32) -> bool {
        self.alive.contains_key(&(site, day))
    }

    /// Makes the salt of a site's day, if there is none yet.
    ///
    /// # Errors
    /// Where the system gives no chance, or the file cannot be written: a salt that is in memory only
    /// would count every visitor twice after the next start.
    pub fn make(&mut self, site: u32, day: i32) -> io::Result<()> {
        if self.has(site, day) {
            return Ok(());
        }
        let mut salt = Zeroizing::new([0; 32]);
        getrandom::fill(salt.as_mut_slice()).map_err(|it| io::Error::other(it.to_string()))?;
        self.alive.insert((site, day), salt);
        self.write().inspect_err(|_| drop(self.alive.remove(&(site, day))))
    }

    /// Destroys every salt that `keeps` does not name, in memory and in the file.
    ///
    /// # Errors
    /// Where the file cannot be written. In memory they are gone all the same.
    pub fn destroy(&mut self, keeps: impl Fn(u32, i32) -> bool) -> io::Result<()> {
        let before = self.alive.len();
        self.alive.retain(|(site, day), _| keeps(*site, *day));
        if self.alive.len() == before { Ok(()) } else { self.write() }
    }

    /// A visitor of a site's day: 64 bits of a keyed hash of these parts, each behind its length, so
    /// that no two lists of parts are the same bytes. None where the salt is not there.
    pub fn hash(&self, site: u32, day: i32, parts: &[&[u8]]) -> Option<u64> {
        let salt = self.alive.get(&(site, day))?;
        let mut mac = Hmac::<Sha256>::new_from_slice(salt.as_slice()).ok()?;
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        let bytes = mac.finalize().into_bytes();
        Some(u64::from_le_bytes(bytes.first_chunk().copied()?))
    }

    /// Writes all that are alive to a new file, puts it in the place of the old one, and then writes
    /// zeros over the old one's bytes.
    fn write(&self) -> io::Result<()> {
        let mut text = Zeroizing::new(format!("{HEAD}\n"));
        for ((site, day), salt) in &self.alive {
            text.push_str(&format!("{site} {day} "));
            for byte in salt.iter() {
                text.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
                text.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
            }
            text.push('\n');
        }
        let old = OpenOptions::new().write(true).open(&self.path);
        let beside = self.path.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        drop(file);
        std::fs::rename(&beside, &self.path)?;
        if let Ok(mut old) = old {
            let length = old.metadata()?.len();
            old.seek(SeekFrom::Start(0))?;
            io::copy(&mut io::repeat(0).take(length), &mut old)?;
            old.sync_all()?;
        }
        Ok(())
    }
}

fn read(line: &str) -> Option<((u32, i32), Salt)> {
    let mut words = line.split(' ');
    let key = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let hex = words.next().filter(|it| it.len() == 64 && it.is_ascii())?;
    let mut salt = Zeroizing::new([0; 32]);
    for (at, byte) in salt.iter_mut().enumerate() {
        let Ok(read) = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16) else {
            return None;
        };
        *byte = read;
    }
    Some((key, salt))
}

/// A key for what must not be guessed. One that is drawn lives as long as the process and is never kept.
pub(crate) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// # Errors
    /// Where the system gives no chance.
    pub(crate) fn draw() -> io::Result<Key> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice()).map_err(|it| io::Error::other(it.to_string()))?;
        Ok(Key(key))
    }

    /// One that is kept elsewhere.
    pub(crate) fn of(bytes: [u8; 32]) -> Key {
        Key(Zeroizing::new(bytes))
    }

    /// 128 bits of a keyed hash of these parts.
    pub(crate) fn hash(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut half = [0; 16];
        // A key of any length will do for this hash, so this cannot fail.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) {
            for part in parts {
                mac.update(&(part.len() as u64).to_le_bytes());
                mac.update(part);
            }
            half.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        }
        half
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IP: &[u8] = &[192, 0, 2, 1];

    #[test]
    fn a_salt_outlives_a_restart_and_nothing_outlives_its_destruction() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salts");
        let mut salts = Salts::open(&path).unwrap();
        assert_eq!(salts.hash(1, 7, &[IP, b"ua"]), None);
        salts.make(1, 7).unwrap();
        let visitor = salts.hash(1, 7, &[IP, b"ua"]).unwrap();
        assert_eq!(Salts::open(&path).unwrap().hash(1, 7, &[IP, b"ua"]), Some(visitor));
        let before = std::fs::read(&path).unwrap();
        let mut held = File::open(&path).unwrap();
        salts.destroy(|_, day| day > 7).unwrap();
        assert!(!salts.has(1, 7));
        let mut old = Vec::new();
        held.read_to_end(&mut old).unwrap();
        assert!(
            old.len() == before.len() && old.iter().all(|it| *it == 0),
            "overwritten in its place"
        );
        salts.make(1, 7).unwrap();
        assert_ne!(salts.hash(1, 7, &[IP, b"ua"]), Some(visitor), "the day's name makes no salt");
        assert_ne!(Salts::open(&path).unwrap().hash(1, 7, &[IP, b"ua"]), Some(visitor));
    }

    #[test]
    fn sites_and_parts_do_not_run_into_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut salts = Salts::open(&folder.path().join("salts")).unwrap();
        salts.make(1, 7).unwrap();
        salts.make(2, 7).unwrap();
        assert_ne!(salts.hash(1, 7, &[IP, b"ua"]), salts.hash(2, 7, &[IP, b"ua"]));
        assert_ne!(salts.hash(1, 7, &[b"1.1.1.1", b"0a"]), salts.hash(1, 7, &[b"1.1.1.10", b"a"]));
        assert_eq!(salts.hash(1, 7, &[b"1.1.1.1", b"0a"]), salts.hash(1, 7, &[b"1.1.1.1", b"0a"]));
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_alone_and_nonsense_in_it_is_no_salt() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salts");
        let mut salts = Salts::open(&path).unwrap();
        salts.make(1, 7).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        for nonsense in ["", "x", "backstory salts 1\n1 7 zz\n1 7\n\n9", "backstory salts 2\n"] {
            std::fs::write(&path, nonsense).unwrap();
            assert!(!Salts::open(&path).unwrap().has(1, 7), "{nonsense}");
        }
    }
}
