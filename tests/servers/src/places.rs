//! Where programs and what `.ci/servers` fetched are on this machine.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder that `.ci/servers` fills, by the same rule as there.
pub fn cache() -> PathBuf {
    let set = |name: &str| env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    set("BACKSTORY_SERVERS").unwrap_or_else(|| {
        set("XDG_CACHE_HOME")
            .unwrap_or_else(|| set("HOME").unwrap_or_else(env::temp_dir).join(".cache"))
            .join("backstory-servers")
    })
}

/// What `.ci/servers` fetched under this name, in whatever version.
pub(crate) fn fetched(name: &str) -> Result<PathBuf, String> {
    let start = format!("{name}@");
    let mut found: Vec<PathBuf> = fs::read_dir(cache())
        .into_iter()
        .flatten()
        .flatten()
        .map(|it| it.path())
        .filter(|it| {
            it.is_dir() && file_name(it).starts_with(&start) && !file_name(it).ends_with(".new")
        })
        .collect();
    found.sort();
    found.pop().ok_or_else(|| format!("{name} is not in {}; run .ci/setup test", cache().display()))
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A program by its name: on the path, or where Debian puts what is not meant for it.
pub(crate) fn program(name: &str) -> Result<PathBuf, String> {
    let mut folders: Vec<PathBuf> = env::var_os("PATH")
        .iter()
        .flat_map(|it| env::split_paths(it).collect::<Vec<_>>())
        .collect();
    folders.extend(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from));
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|it| it.path().join("bin"))
        .collect();
    versions.sort();
    folders.extend(versions.into_iter().rev());
    folders
        .into_iter()
        .map(|it| it.join(name))
        .find(|it| it.is_file())
        .ok_or_else(|| format!("the program {name} is not installed; run .ci/setup test"))
}

/// Whether this process is root's. Some servers refuse to be.
pub(crate) fn is_root() -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
    }
    #[cfg(not(unix))]
    false
}

/// The name of the user whose process this is.
pub(crate) fn me() -> String {
    run(Command::new("id").arg("-un")).map(|it| it.trim().to_owned()).unwrap_or_default()
}

/// Runs a program to its end and gives its output, or what it said against that.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{name} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!("{name} failed ({}): {told}", output.status))
}

/// Runs a program that reads `input`, to its end.
pub(crate) fn feed(command: &mut Command, input: &[u8]) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let told = |error: std::io::Error| format!("{name} cannot be run: {error}");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(told)?;
    let pipe = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // Beside the reading of what it says: both pipes can be full.
        scope.spawn(move || pipe.map(|mut it| it.write_all(input)));
        child.wait_with_output()
    });
    let output = output.map_err(told)?;
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name} failed ({}): {}", output.status, told.trim()))
}

/// A program that ends with this process even when that is killed, run as this user if one is named.
pub(crate) fn mortal(program: &Path, user: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if let Some(user) = user {
        command.args(["--reuid", user, "--regid", user, "--init-groups"]);
    }
    command.arg("--").arg(program).env("LANG", "C.UTF-8").current_dir("/");
    command
}

/// A folder made once for all test processes of this machine: `make` fills it, and it appears whole or not at all.
/// It is filled in `room` if that is given, for who may not write in the cache.
pub(crate) fn made_once(
    name: &str,
    room: Option<&Path>,
    make: impl FnOnce(&Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let all = cache().join("made");
    let made = all.join(name);
    if made.is_dir() {
        return Ok(made);
    }
    let told = |error: std::io::Error| format!("cannot write in {}: {error}", all.display());
    fs::create_dir_all(&all).map_err(told)?;
    let new =
        all.join(format!("{name}.new{}-{:?}", std::process::id(), std::thread::current().id()));
    let inner = room.map_or_else(|| new.clone(), |it| it.join("made"));
    fs::create_dir(&inner).map_err(told)?;
    let filled = make(&inner);
    if filled.is_ok() && room.is_some() {
        copy(&inner, &new)?;
        fs::remove_dir_all(&inner).map_err(told)?;
    }
    // It is not renamed if another test process was quicker.
    if filled.is_err() || fs::rename(&new, &made).is_err() {
        let _ = fs::remove_dir_all(&new);
    }
    filled?;
    if made.is_dir() { Ok(made) } else { Err(format!("cannot make {}", made.display())) }
}

/// Copies a folder with owners and modes.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let mut command = mortal("cp".as_ref(), None);
    run(command.args(["-a", "--reflink=auto"]).arg(from).arg(to)).map(drop)
}

pub(crate) fn give(path: &Path, user: &str) -> Result<(), String> {
    run(Command::new("chown").arg("-R").arg(format!("{user}:")).arg(path)).map(drop)
}
