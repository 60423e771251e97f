//! Where things are: the store, the socket that serves it, and the folder of the window's memory.

use crate::{Error, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Longest name of a socket, in bytes: the system's field less the zero at its end.
#[cfg(target_os = "macos")]
pub(crate) const SOCKET_BYTES_MAX: usize = 103;
/// Longest name of a socket, in bytes: the system's field less the zero at its end.
#[cfg(not(target_os = "macos"))]
pub(crate) const SOCKET_BYTES_MAX: usize = 107;

/// Where a Backstory keeps its things and where it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The store's file.
    pub store: PathBuf,
    /// Whether the caller named the store.
    pub store_named: bool,
    /// The socket of whoever serves that store (a pipe's name on Windows).
    pub socket: PathBuf,
    /// Whether the caller named the socket.
    pub socket_named: bool,
    /// The folder of data.
    pub data: PathBuf,
    /// The folder of what people write themselves: `connections.toml`, queries.
    pub config: PathBuf,
    /// The folder of what the window remembers.
    pub state: PathBuf,
}

impl Places {
    /// Where things of databases are kept.
    pub fn folders(&self) -> rpc::Folders {
        rpc::Folders { config: self.config.clone(), state: self.state.clone() }
    }

    /// The socket of a window whose store is served by another program, at [`Places::socket`].
    pub fn window_socket(&self) -> PathBuf {
        self.socket.with_extension("window.sock")
    }

    /// The places that arguments name, else `BACKSTORY_STORE` and `BACKSTORY_SOCKET`, else the
    /// system's own: data, runtime and state folder of the user. With `BACKSTORY_HOME` these
    /// are folders below it. The socket follows from the store, so that a question about one store
    /// never reaches a server of another.
    ///
    /// # Errors
    /// [`Error::NoHome`], [`Error::TooLong`].
    pub fn find(store: Option<&Path>, socket: Option<&Path>) -> Result<Places> {
        Places::of(store, socket, |name| std::env::var_os(name))
    }

    fn of(
        store: Option<&Path>,
        socket: Option<&Path>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Places> {
        let given = |name: &str| variable(name).filter(|it| !it.is_empty()).map(PathBuf::from);
        let store = store.map(Path::to_owned).or_else(|| given("BACKSTORY_STORE"));
        let socket = socket.map(Path::to_owned).or_else(|| given("BACKSTORY_SOCKET"));
        let [data, config, state, run] = match given("BACKSTORY_HOME") {
            Some(home) => {
                let home = absolute(home);
                ["data", "config", "state", "run"].map(|it| home.join(it))
            }
            None => of_the_system(given("XDG_RUNTIME_DIR"))?,
        };
        let usual = data.join("memory.db");
        let (store_named, socket_named) = (store.is_some(), socket.is_some());
        let store = store.map_or_else(|| usual.clone(), absolute);
        let socket = match socket {
            Some(socket) => named(absolute(socket))?,
            None if resolved(&store) == resolved(&usual) => derived(&run, "default"),
            None => derived(&run, &digest(&resolved(&store))),
        };
        Ok(Places { store, store_named, socket, socket_named, data, config, state })
    }

    /// Whether `store` is the file these places name, however the two are spelt.
    pub fn same_store(&self, store: &Path) -> bool {
        resolved(store) == resolved(&self.store)
    }
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// Data, configuration, state and runtime folder.
fn of_the_system(runtime: Option<PathBuf>) -> Result<[PathBuf; 4]> {
    use etcetera::BaseStrategy;
    let system = etcetera::base_strategy::choose_native_strategy().map_err(|_| Error::NoHome)?;
    let data = system.data_dir().join("backstory");
    let config = system.config_dir().join("backstory");
    let state = system.state_dir().map_or_else(|| data.join("state"), |it| it.join("backstory"));
    let runtime = runtime.filter(|it| it.is_absolute() && it.is_dir());
    let run = match runtime {
        Some(runtime) => runtime.join("backstory"),
        None if cfg!(target_os = "macos") => std::env::temp_dir().join("backstory"),
        None => shared_run(),
    };
    Ok([data, config, state, run])
}

/// The runtime folder where the system gives us none; whoever uses it first checks whose it is.
#[cfg(unix)]
fn shared_run() -> PathBuf {
    format!("/tmp/backstory-{}", rustix::process::geteuid().as_raw()).into()
}

#[cfg(unix)]
fn derived(run: &Path, name: &str) -> PathBuf {
    let socket = run.join(format!("{name}.sock"));
    if socket.as_os_str().len() <= SOCKET_BYTES_MAX {
        return socket;
    }
    shared_run().join(format!("{}.sock", digest(&socket)))
}

#[cfg(unix)]
fn named(socket: PathBuf) -> Result<PathBuf> {
    if socket.as_os_str().len() <= SOCKET_BYTES_MAX {
        Ok(socket)
    } else {
        Err(Error::TooLong { socket })
    }
}

#[cfg(windows)]
fn shared_run() -> PathBuf {
    std::env::temp_dir()
}

#[cfg(windows)]
fn derived(run: &Path, name: &str) -> PathBuf {
    format!(r"\\.\pipe\backstory-{}-{name}", digest(run)).into()
}

#[cfg(windows)]
fn named(socket: PathBuf) -> Result<PathBuf> {
    if socket.starts_with(r"\\.\pipe") {
        return Ok(socket);
    }
    Ok(format!(r"\\.\pipe\backstory-{}", digest(&socket)).into())
}

/// The same file has one such path, even before it exists: links are followed as far as there is
/// something.
fn resolved(path: &Path) -> PathBuf {
    let mut rest = Vec::new();
    let mut there = path;
    loop {
        if let Ok(mut found) = there.canonicalize() {
            found.extend(rest.iter().rev());
            return found;
        }
        let (Some(above), Some(name)) = (there.parent(), there.file_name()) else {
            return path.to_owned();
        };
        rest.push(name);
        there = above;
    }
}

/// FNV-1a over the path's bytes: the same path, the same short name, with nothing to keep secret.
fn digest(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(all(test, unix))]
mod tests;
