//! Files that people write and call by name: saved queries, dashboards. They lie in a folder of a project,
//! which anybody may have written, or of the user; so all is found and read in bounds.

use crate::connected::{Connected, unwritable};
use crate::{Error, Result};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Largest file, in bytes.
pub(crate) const FILE_MAX: u64 = 1 << 20;
/// Files that are listed.
const FILES_MAX: usize = 5_000;
/// Things in a folder that are looked at.
const ENTRIES_MAX: usize = 20_000;

/// A folder of files of one kind. A file is called by its path from there, without its ending.
#[derive(Clone, Debug)]
pub(crate) struct NamedFiles {
    /// The folder.
    pub(crate) root: PathBuf,
    /// What a file is, in words.
    what: &'static str,
    ending: &'static str,
}

impl NamedFiles {
    /// Those of a project, or the user's own, in a folder of that name.
    pub(crate) fn of(
        connected: &Connected,
        project: Option<&str>,
        folder: &str,
        what: &'static str,
        ending: &'static str,
    ) -> Result<NamedFiles> {
        let root = match project {
            Some(project) => Path::new(project).join(databases::connections::FOLDER).join(folder),
            None => connected.folders()?.config.join(folder),
        };
        Ok(NamedFiles { root, what, ending })
    }

    /// The file of that name. It stays within the folder.
    pub(crate) fn file(&self, name: &str) -> Result<PathBuf> {
        let fits = |part: &str| {
            !part.is_empty()
                && part.len() <= 100
                && !part.starts_with('.')
                && part
                    .chars()
                    .all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '.' | ' '))
        };
        if name.split('/').count() > 5 || !name.split('/').all(fits) {
            let text = format!("`{name}` is no name of a {}", self.what);
            return Err(Error::invalid(text)
                .hint("letters, digits, spaces, `-`, `_` and `.`, with `/` between folders"));
        }
        let mut file = self.root.clone();
        file.extend(name.split('/'));
        let last = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        file.set_file_name(format!("{last}.{}", self.ending));
        Ok(file)
    }

    /// All of them, by name. Links are not followed.
    pub(crate) fn list(&self) -> Vec<(String, PathBuf)> {
        let mut files = Vec::new();
        let mut folders = vec![self.root.clone()];
        let mut left = ENTRIES_MAX;
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else { continue };
            for entry in entries.take(left).flatten() {
                left -= 1;
                let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
                if kind.is_dir() && folders.len() < 100 {
                    folders.push(path);
                } else if kind.is_file() && path.extension().is_some_and(|it| it == self.ending) {
                    let name = path.strip_prefix(&self.root).unwrap_or(&path).with_extension("");
                    files.push((name.to_string_lossy().replace('\\', "/"), path));
                }
            }
        }
        files.sort();
        files.truncate(FILES_MAX);
        files
    }
}

/// Whether there is such a file, and no link to one elsewhere.
pub(crate) fn is_file(file: &Path) -> bool {
    std::fs::symlink_metadata(file).is_ok_and(|it| it.is_file())
}

/// The text of a file; no more of it is read than it may have.
///
/// # Errors
/// Why it cannot be used, in a sentence.
pub(crate) fn read(file: &Path) -> std::result::Result<String, String> {
    let mut text = Vec::new();
    let opened = std::fs::File::open(file).map_err(|it| it.to_string())?;
    opened.take(FILE_MAX + 1).read_to_end(&mut text).map_err(|it| it.to_string())?;
    if text.len() as u64 > FILE_MAX {
        return Err(format!("it is larger than {} MB", FILE_MAX >> 20));
    }
    String::from_utf8(text).map_err(|_| "it is not written in UTF-8".to_owned())
}

/// The path of a file to be written; `~` is the user's home.
pub(crate) fn absolute(path: &str) -> Result<PathBuf> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    let path = match (path.strip_prefix("~/"), home) {
        (Some(below), Some(home)) => Path::new(&home).join(below),
        _ => PathBuf::from(path),
    };
    if !path.is_absolute() {
        return Err(Error::invalid(format!("{} is no absolute path", path.display()))
            .hint("begin it with the root"));
    }
    Ok(path)
}

/// Writes a file beside its place and puts it there when it is whole.
pub(crate) fn write(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|it| unwritable(folder, &it))?;
    }
    let part = file.with_extension(format!("part{}", std::process::id()));
    let written = std::fs::File::create(&part)
        .and_then(|mut it| it.write_all(text.as_bytes()))
        .and_then(|()| match std::fs::metadata(file) {
            Ok(before) => std::fs::set_permissions(&part, before.permissions()),
            Err(_) => Ok(()), // it is new
        })
        .and_then(|()| std::fs::rename(&part, file));
    written.map_err(|it| {
        let _ = std::fs::remove_file(&part); // what is half written is of no use
        unwritable(file, &it)
    })
}
