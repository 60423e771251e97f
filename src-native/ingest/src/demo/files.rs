//! The files of a demo, made first and written then.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Error;

/// Says whose folder it is, and which story is in it.
const MARK: &str = "backstory-demo.txt";

/// Contents by path, folders parted by `/`.
#[derive(Default)]
pub(super) struct Files(pub(super) BTreeMap<String, Vec<u8>>);

impl Files {
    pub(super) fn add(&mut self, path: String, content: impl Into<Vec<u8>>) {
        self.0.insert(path, content.into());
    }

    /// Adds JSON as people like to read it.
    pub(super) fn json(&mut self, path: String, value: &serde_json::Value) {
        self.add(path, format!("{value:#}\n"));
    }

    /// Writes what is not there yet. A folder with the same story in it is completed and otherwise
    /// left as it is, whatever was done in its repository since.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Error> {
        let mark = self.mark();
        let known = fs::read(folder.join(MARK)).is_ok_and(|it| it == mark.as_bytes());
        if !known && !is_empty(folder)? {
            return Err(Error::Occupied(folder.to_path_buf()));
        }
        put(&folder.join(MARK), mark.as_bytes())?;
        for (path, content) in &self.0 {
            put(&folder.join(path), content)?;
        }
        Ok(())
    }

    fn mark(&self) -> String {
        let mut hash = Sha256::new();
        for (path, content) in &self.0 {
            hash.update((path.len() as u64).to_le_bytes());
            hash.update(path);
            hash.update((content.len() as u64).to_le_bytes());
            hash.update(content);
        }
        let hash: String = hash.finalize()[..8].iter().map(|it| format!("{it:02x}")).collect();
        format!(
            "A small project that never was, written by `backstory demo` to try everything on.\n\
             Delete the whole folder when it is not needed any more.\n\nStory {hash}\n"
        )
    }
}

fn is_empty(folder: &Path) -> Result<bool, Error> {
    match fs::read_dir(folder) {
        Ok(mut within) => Ok(within.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            Err(Error::Occupied(folder.to_path_buf()))
        }
        Err(error) => Err(unwritable(folder, &error)),
    }
}

/// Puts a file where there is none, whole or not at all.
fn put(path: &Path, content: &[u8]) -> Result<(), Error> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|it| unwritable(folder, &it))?;
    }
    let mut half = path.as_os_str().to_owned();
    half.push(".half");
    fs::write(&half, content)
        .and_then(|()| fs::rename(&half, path))
        .map_err(|it| unwritable(path, &it))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unwritable { path: path.to_path_buf(), reason: error.to_string() }
}
