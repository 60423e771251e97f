//! `backstory` alone: the window, or the answer in the terminal where there is no display.

use crate::ask::{Road, nothing_yet};
use crate::here::Here;
use crate::terminal::Terminal;
use crate::{Typed, now};
use rpc::{Code, Error, Result, Server};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;
use transport::Places;

/// How long a window that is there may take to come forward.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the window on the repository of `folder`, of the current folder where none is given.
pub(crate) fn open(typed: &Typed, folder: Option<&Path>) -> Result<ExitCode> {
    let here = match folder {
        Some(folder) => Here::at(folder),
        None => Here::find(),
    };
    if folder.is_some() && here.repository.is_none() {
        return Err(Error::not_found(format!("`{}` is in no repository", here.folder.display()))
            .hint("name the folder of a Git repository"));
    }
    let places = typed.places()?;
    let standing = here.repository.as_ref().map(|_| &here);
    if now(forward(typed.terminal, &places, standing, None))? {
        return Ok(ExitCode::SUCCESS);
    }
    let reason = match (display(), program()) {
        (Ok(()), Some(program)) => return start(&program, &places, &here),
        (Err(reason), _) => reason,
        (Ok(()), None) => "the window is not installed: `backstory-app` is neither beside this program nor in PATH".into(),
    };
    typed.terminal.say(&format!("{reason}; here is the answer in the terminal"));
    overview(typed, &places, &here)?;
    Ok(ExitCode::SUCCESS)
}

/// Brings a window forward that is there already: on the screen at `route` where one is given, of
/// the repository of `folder` where that is in one. False where there is no window.
///
/// # Errors
/// What the window says, and where the folder's repository cannot be added.
pub(crate) fn bring_forward(
    places: &Places,
    folder: Option<&Path>,
    route: Option<&str>,
) -> Result<bool> {
    let here = folder.map(Here::at).filter(|it| it.repository.is_some());
    now(async {
        let asked = forward(Terminal::find(false, false), places, here.as_ref(), route);
        tokio::time::timeout(PATIENCE, asked).await.unwrap_or_else(|_| {
            let text = format!("the Backstory at `{}` does not answer", places.socket.display());
            Err(Error::new(Code::TimedOut, text).hint("end it, and open the window again"))
        })
    })
}

async fn forward(
    terminal: Terminal,
    places: &Places,
    here: Option<&Here>,
    route: Option<&str>,
) -> Result<bool> {
    let Some(mut road) = Road::to_window(places, terminal).await? else { return Ok(false) };
    let state = match road.value("app.state", &json!({})).await {
        Ok(state) => state,
        Err(error) if error.code == Code::NotFound => return Ok(false), // it serves without a window
        Err(error) => return Err(error),
    };
    let Some(here) = here else {
        let shown = state["route"].as_str().filter(|it| it.starts_with('/')).unwrap_or("/overview");
        road.call("app.open", &json!({ "route": route.unwrap_or(shown) })).await?;
        return Ok(true);
    };
    if !road.sources().await?.iter().any(|it| it.holds(&here.folder)) {
        // The window follows what is added to it: it reads on its own.
        let path = here.repository.as_ref().unwrap_or(&here.folder).to_string_lossy();
        road.call("sources.add", &json!({ "path": path, "sync": false })).await?;
    }
    let route = route.unwrap_or("/overview");
    let params = json!({ "route": route, "repository": here.folder.to_string_lossy() });
    road.call("app.open", &params).await?;
    Ok(true)
}

/// The first screen of a new window: of the repository of `folder`, which is added to memory where
/// it is not there.
///
/// # Errors
/// Where the folder is in no repository, or one that cannot be read.
pub(crate) async fn first_screen(server: &Server, folder: &Path, route: &str) -> Result<String> {
    let here = Here::at(folder);
    let mut road = Road::within(server, Terminal::find(false, false));
    let known = road.sources().await?.into_iter().find(|it| it.holds(&here.folder));
    let name = match known {
        Some(source) => source.name,
        None => {
            let add = json!({ "path": here.folder.to_string_lossy(), "sync": false });
            let added = road.value("sources.add", &add).await?;
            added["repository"].as_str().unwrap_or_default().to_owned()
        }
    };
    Ok(rpc::methods::app::route_in(&name, route))
}

/// Follows the repositories as soon as the window has drawn: reading a history takes every
/// processor there is, and the first picture comes first. Waits ten seconds for it and no longer.
pub(crate) async fn follow_when_drawn(server: Server) {
    let mut road = Road::within(&server, Terminal::find(false, false));
    for _ in 0..200 {
        if road.value("app.state", &json!({})).await.is_ok_and(|it| it["ready"] == true) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server.follow();
}

/// The program that opens windows: beside this one, else in PATH.
pub(crate) fn program() -> Option<PathBuf> {
    let name = format!("backstory-app{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|it| Some(it.parent()?.join(&name)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path =
        std::env::split_paths(&path).filter(|it| it.is_absolute()).map(|it| it.join(&name));
    beside.into_iter().chain(in_path).find(|it| it.is_file())
}

fn start(program: &Path, places: &Places, here: &Here) -> Result<ExitCode> {
    let mut command = Command::new(program);
    if places.store_named {
        command.arg("--store").arg(&places.store);
    }
    if places.socket_named {
        command.arg("--socket").arg(&places.socket);
    }
    if let Some(repository) = &here.repository {
        command.arg("--").arg(repository);
    }
    let failed = |it: std::io::Error| {
        Error::new(Code::Upstream, format!("`{}` cannot be started: {it}", program.display()))
    };
    become_it(&mut command).map_err(failed)
}

/// This process becomes the window, so that signals and the exit code are the window's.
#[cfg(unix)]
fn become_it(command: &mut Command) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> std::io::Result<ExitCode> {
    let status = command.status()?;
    Ok(ExitCode::from(status.code().and_then(|it| u8::try_from(it).ok()).unwrap_or(1)))
}

/// Whether there is something to show a window on; if not, a sentence that says why.
pub(crate) fn display() -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let set = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
    let runtime = PathBuf::from(set("XDG_RUNTIME_DIR").unwrap_or_default());
    let wayland = set("WAYLAND_DISPLAY").map(|it| runtime.join(it));
    if wayland.as_ref().is_some_and(|it| answers(it)) {
        return Ok(());
    }
    match set("DISPLAY") {
        None if wayland.is_some() => Err("the Wayland display does not answer".into()),
        None => Err("there is no display".into()),
        Some(display) => match display.strip_prefix(':').and_then(|it| it.split('.').next()) {
            Some(number) if !x_answers(number) => {
                Err(format!("the display {display} does not answer"))
            }
            _ => Ok(()), // one of another machine is the window's to try
        },
    }
}

#[cfg(unix)]
fn answers(socket: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}

#[cfg(not(unix))]
fn answers(_socket: &Path) -> bool {
    true
}

/// An X server listens on a socket file, or, on Linux, on an abstract name.
fn x_answers(number: &str) -> bool {
    let path = format!("/tmp/.X11-unix/X{number}");
    #[cfg(target_os = "linux")]
    {
        use std::os::linux::net::SocketAddrExt;
        use std::os::unix::net::{SocketAddr, UnixStream};
        let hidden = SocketAddr::from_abstract_name(path.as_bytes());
        if hidden.and_then(|it| UnixStream::connect_addr(&it)).is_ok() {
            return true;
        }
    }
    answers(Path::new(&path))
}

/// The answer in place of the window: the overview of the repository, which is read into memory if
/// it is not there.
fn overview(typed: &Typed, places: &Places, here: &Here) -> Result<()> {
    let reply = now(async {
        let mut road = Road::open(places, typed.terminal).await?;
        let sources = road.sources().await?;
        let mut params = Map::new();
        match &here.repository {
            Some(repository) => {
                if !sources.iter().any(|it| it.holds(&here.folder)) {
                    typed.terminal.say(&format!("reading `{}` into memory", repository.display()));
                    road.call("sources.add", &json!({ "path": repository.to_string_lossy() }))
                        .await?;
                }
                params.insert("repository".into(), here.folder.to_string_lossy().into());
            }
            None if sources.is_empty() => {
                return Err(nothing_yet().hint("add one: `backstory sources add PATH`"));
            }
            None if sources.len() > 1 => {
                return Ok(("sources.list", road.call("sources.list", &json!({})).await?));
            }
            None => {}
        }
        Ok(("memory.overview", road.call("memory.overview", &Value::Object(params)).await?))
    })?;
    typed.show(reply.0, reply.1.get());
    Ok(())
}
