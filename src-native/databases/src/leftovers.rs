//! Files and folders of work under way. They go with it; and where the process ends first, because it
//! was told to, they go all at once.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static ALL: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn all() -> MutexGuard<'static, Vec<PathBuf>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file or a folder, gone with this.
#[derive(Debug)]
pub(crate) struct Leftover(PathBuf);

impl Leftover {
    /// Of something that is there, or is made next.
    pub(crate) fn new(path: PathBuf) -> Leftover {
        all().push(path.clone());
        Leftover(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        // After a file was put in its place nothing is there any more; otherwise nobody can do more.
        remove(&self.0);
        all().retain(|it| *it != self.0);
    }
}

/// A new folder in another, which is gone with what is returned.
///
/// # Errors
/// Where it cannot be made.
#[cfg(feature = "sqlite")]
pub(crate) fn folder_in(parent: &Path) -> std::io::Result<tempfile::TempDir> {
    let folder = tempfile::tempdir_in(parent)?;
    let mut all = all();
    all.retain(|it| it.exists()); // those before removed themselves
    all.push(folder.path().to_owned());
    Ok(folder)
}

/// Removes what work under way would leave behind: for a process that ends without waiting for it.
pub fn clear() {
    all().drain(..).for_each(|it| remove(&it));
}

fn remove(path: &Path) {
    if std::fs::remove_file(path).is_err() {
        let _ = std::fs::remove_dir_all(path); // as above
    }
}
