//! Opens databases: each file once in this process, whoever asks for it.

use super::api::{Connection, Database, Library};
use super::find;
use crate::{Address, Failure, Reason, Result, Target};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What keeps a database closed to all but reading, whatever a statement says: the engine takes no
/// writes, sees no other file and no network, loads nothing, and lets none of this be undone.
const READ_ONLY: &[(&str, &str)] = &[
    ("enable_external_access", "false"),
    ("allow_community_extensions", "false"),
    ("autoload_known_extensions", "false"),
    ("autoinstall_known_extensions", "false"),
    ("lock_configuration", "true"),
];

/// Files that are open in this process. DuckDB keeps other processes out of a file that it has open, but
/// not a second database object of its own process, which would damage the file.
static OPEN: Mutex<Vec<Held>> = Mutex::new(Vec::new());

struct Held {
    path: PathBuf,
    settings: Vec<(String, String)>,
    database: Arc<Database>,
    users: usize,
}

fn held() -> MutexGuard<'static, Vec<Held>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A part in a file that is open: the last to be dropped closes it. None for a database in memory.
pub(super) struct Lease(Option<PathBuf>);

impl Drop for Lease {
    fn drop(&mut self) {
        let mut held = held();
        let Some(at) = held.iter().position(|it| Some(&it.path) == self.0.as_ref()) else { return };
        held[at].users -= 1;
        if held[at].users == 0 {
            held.swap_remove(at); // closed before anybody else may open it
        }
    }
}

/// Opens what a target names, and a connection to it.
pub(super) fn open(target: &Target) -> Result<(Lease, Connection, String)> {
    let Address::File(path) = &target.address else {
        let text = format!("DuckDB has files, not servers: {}", target.shown());
        return Err(Failure::new(Reason::Usage, text).hint("name one as `file = \"…\"`"));
    };
    let named = target.options.iter().find(|it| it.0 == "library").map(|it| it.1.as_str());
    let library = find::library(named)?;
    let in_memory = path.as_os_str().is_empty() || path == Path::new(":memory:");
    let settings = settings(target, in_memory)?;
    let connect = |database: Arc<Database>| {
        Connection::open(database).map_err(|it| cannot(&path.display().to_string(), &it))
    };
    if in_memory {
        let database = Arc::new(start(library, ":memory:", &settings)?);
        return Ok((Lease(None), connect(database)?, library.version()));
    }
    let path = whole_path(path, target.read_only)?;
    let mut held = held();
    let at = match held.iter().position(|it| it.path == path) {
        Some(at) if held[at].settings == settings => at,
        Some(_) => {
            let text = format!(
                "{} is already open here with other settings, or to be written",
                path.display()
            );
            return Err(Failure::new(Reason::Connection, text).hint(
                "DuckDB has a file open in one way at a time: close the other connection first",
            ));
        }
        None => {
            let database = Arc::new(start(library, &path.to_string_lossy(), &settings)?);
            held.push(Held { path: path.clone(), settings, database, users: 0 });
            held.len() - 1
        }
    };
    held[at].users += 1;
    let database = held[at].database.clone();
    drop(held);
    let lease = Lease(Some(path.clone()));
    Ok((lease, connect(database)?, library.version()))
}

/// The file by the one path that all names of it lead to.
fn whole_path(path: &Path, read_only: bool) -> Result<PathBuf> {
    if path.exists() {
        return path.canonicalize().map_err(|it| file(path, &it.to_string()));
    }
    if read_only {
        let text = format!("there is no file {}", path.display());
        return Err(Failure::new(Reason::Connection, text)
            .hint("check its path; a connection that may write makes it"));
    }
    let name = path.file_name().ok_or_else(|| file(path, "it has no name"))?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|_| file(path, "there is no such folder"))?;
    Ok(folder.join(name))
}

fn file(path: &Path, why: &str) -> Failure {
    Failure::new(Reason::Connection, format!("{} cannot be opened: {why}", path.display()))
        .hint("check its path and who may read it")
}

/// Settings to open with: the connection's own, then ours, which it may not name where it only reads.
fn settings(target: &Target, in_memory: bool) -> Result<Vec<(String, String)>> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut found = Vec::new();
    for (name, value) in target.options.iter().filter(|it| it.0 != "library") {
        let ours = READ_ONLY.iter().any(|it| it.0.eq_ignore_ascii_case(name))
            || name.eq_ignore_ascii_case("access_mode")
            || name.to_ascii_lowercase().starts_with("allow_");
        if target.read_only && ours {
            let text =
                format!("the option `{name}` is not to be chosen where only reading is allowed");
            return Err(
                Failure::new(Reason::Usage, text).hint("leave it out, or let the connection write")
            );
        }
        found.push(pair(name, value));
    }
    if target.read_only {
        found.extend(READ_ONLY.iter().map(|it| pair(it.0, it.1)));
        if !in_memory {
            found.push(pair("access_mode", "READ_ONLY"));
        }
    } else if !found.iter().any(|it| it.0.eq_ignore_ascii_case("autoinstall_known_extensions")) {
        // Nothing is fetched from the network unless it is asked for.
        found.push(pair("autoinstall_known_extensions", "false"));
    }
    Ok(found)
}

fn start(library: &'static Library, path: &str, settings: &[(String, String)]) -> Result<Database> {
    // Errors as JSON say the place as a number; libraries before 1.5 do not take it here.
    let wished = [("errors_as_json", "true")];
    Database::open(library, path, settings, &wished).map_err(|it| cannot(path, &it))
}

fn cannot(path: &str, error: &str) -> Failure {
    let why = super::failure("", 0, error);
    let words = why.message;
    let hint = if words.contains("lock on file") {
        "another program has it open: close it there, or open it for reading alone in both"
    } else if words.contains("not a valid DuckDB database") {
        "it is no DuckDB database, or it is encrypted"
    } else {
        "check its path, who may read it, and the connection's options"
    };
    Failure::new(Reason::Connection, format!("{path} cannot be opened: {words}")).hint(hint)
}
