//! Finds DuckDB's library on this machine.

use super::api::Library;
use crate::{Failure, Reason, Result};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The variable that names the library.
const VARIABLE: &str = "BACKSTORY_DUCKDB";
/// The file's name, and how it begins where a version follows.
const NAME: &str = if cfg!(windows) {
    "duckdb.dll"
} else if cfg!(target_os = "macos") {
    "libduckdb.dylib"
} else {
    "libduckdb.so"
};

/// Libraries that have been loaded, by where they were found; none are unloaded.
static LOADED: Mutex<Vec<(PathBuf, &'static Library)>> = Mutex::new(Vec::new());

/// Loads the library: the one that is named, or the first that is found.
pub(super) fn library(named: Option<&str>) -> Result<&'static Library> {
    if let Some(path) = named {
        return load(Path::new(path)).map_err(|why| unusable(path, "the option `library`", &why));
    }
    if let Some(path) = std::env::var_os(VARIABLE).filter(|it| !it.is_empty()) {
        let shown = path.to_string_lossy().into_owned();
        return load(Path::new(&path)).map_err(|why| unusable(&shown, VARIABLE, &why));
    }
    let folders = folders();
    let mut seen = Vec::new();
    for path in folders.iter().flat_map(|it| candidates(it)) {
        match load(&path) {
            Ok(library) => return Ok(library),
            Err(why) => seen.push(format!("{} ({why})", path.display())),
        }
    }
    load(Path::new(NAME)).map_err(|_| missing(&folders, &seen))
}

fn load(path: &Path) -> Result<&'static Library, String> {
    let mut loaded = LOADED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((_, library)) = loaded.iter().find(|(it, _)| it == path) {
        return Ok(library);
    }
    let library = Library::load(path)?;
    let version = library.version();
    if !is_known(&version) {
        return Err(format!("it is DuckDB {version}; this program speaks with 1.1 up to 2.x"));
    }
    loaded.push((path.to_owned(), library));
    Ok(library)
}

/// Whether we know how to speak with a version.
fn is_known(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split(['.', '-']).map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(1)), Some(Ok(minor))) => minor >= 1,
        (Some(Ok(2)), _) => true,
        _ => false,
    }
}

/// Folders in which it is looked for, in order.
fn folders() -> Vec<PathBuf> {
    let mut found = Vec::new();
    if let Some(beside) = std::env::current_exe().ok().as_deref().and_then(Path::parent) {
        found.push(beside.to_owned());
    }
    if let Some(home) = std::env::home_dir() {
        found.push(home.join(".local/lib"));
        found.push(home.join(".duckdb"));
    }
    let system: &[&str] = if cfg!(windows) {
        &[r"C:\Program Files\DuckDB"]
    } else if cfg!(target_os = "macos") {
        &["/opt/homebrew/lib", "/usr/local/lib", "/opt/local/lib"]
    } else if cfg!(target_arch = "aarch64") {
        &["/usr/local/lib", "/usr/lib", "/usr/lib64", "/usr/lib/aarch64-linux-gnu"]
    } else {
        &["/usr/local/lib", "/usr/lib", "/usr/lib64", "/usr/lib/x86_64-linux-gnu"]
    };
    found.extend(system.iter().map(PathBuf::from));
    found
}

/// Files of a folder that may be it: the plain name first, then names with a version, newest first.
fn candidates(folder: &Path) -> Vec<PathBuf> {
    let plain = folder.join(NAME);
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|it| Some(it.ok()?.path()))
        .filter(|it| it.file_name().is_some_and(|it| it.to_string_lossy().starts_with(NAME)))
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.sort_by_key(|it| *it != plain);
    found
}

fn unusable(path: &str, by: &str, why: &str) -> Failure {
    let text = format!("the library {path} that {by} names cannot be used: {why}");
    Failure::new(Reason::Connection, text).hint(how_to_get())
}

fn missing(folders: &[PathBuf], seen: &[String]) -> Failure {
    let folders: Vec<_> = folders.iter().map(|it| it.display().to_string()).collect();
    let text = format!(
        "DuckDB's library {NAME} is not on this machine: looked in {} and where the system looks",
        folders.join(", ")
    );
    let mut failure = Failure::new(Reason::Connection, text).hint(how_to_get());
    if !seen.is_empty() {
        failure.detail = Some(format!("found, but of no use: {}", seen.join("; ")));
    }
    failure
}

fn how_to_get() -> String {
    let package = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", _) => "darwin-x64",
        ("windows", "aarch64") => "win32-arm64",
        ("windows", _) => "win32-x64",
        (_, "aarch64") => "linux-arm64",
        _ => "linux-x64",
    };
    format!(
        "put {NAME} of DuckDB 1.1 or later beside this program, or name it in {VARIABLE} or as the option \
         `library`; it is in the archive `libduckdb` of DuckDB's releases and in the npm package \
         `@duckdb/node-bindings-{package}`, and a copy from another machine will do"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_from_1_1_to_2_x_are_known() {
        for (version, known) in [
            ("v1.1.0", true),
            ("v1.5.6", true),
            ("v2.0.0", true),
            ("v1.6.0-dev123", true),
            ("2.1", true),
            ("v1.0.0", false),
            ("v0.10.2", false),
            ("v3.0.0", false),
            ("", false),
            ("1", false),
        ] {
            assert_eq!(is_known(version), known, "{version}");
        }
    }
}
