//! Where the data are.

use std::path::{Path, PathBuf};

/// A folder of the data, or why there is none.
pub(crate) fn folder(name: &str) -> Result<PathBuf, String> {
    let root = match std::env::var_os("BACKSTORY_DATA") {
        Some(given) => PathBuf::from(given),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
    };
    let folder = root.join(name);
    if folder.is_dir() {
        return Ok(folder);
    }
    Err(format!(
        "there is no folder `{name}` in the data; BACKSTORY_DATA names another folder of data"
    ))
}

/// The bare clone of `OWNER/NAME`, or why there is none.
pub(crate) fn clone(name: &str) -> Result<PathBuf, String> {
    let Some(root) = std::env::var_os("BACKSTORY_CLONES").map(PathBuf::from) else {
        return Err("BACKSTORY_CLONES names no folder of bare clones".to_owned());
    };
    let clone = root.join(name.replace('/', "+")).join("repo");
    if clone.is_dir() { Ok(clone) } else { Err(format!("there is no clone of {name}")) }
}

/// A folder of our own, taken away when it is dropped.
pub(crate) struct Temporary(pub(crate) PathBuf);

impl Temporary {
    pub(crate) fn new(name: &str) -> std::io::Result<Temporary> {
        let path = std::env::temp_dir().join(format!("backstory-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Temporary(path))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
