//! Memory beside a window: `backstory serve --window`, which the window program starts and speaks
//! to over a channel of their own. Scripts reach it on the socket all the while.

use crate::serve::{broken, ended, runtime};
use crate::{LAST_STATEMENTS, LAST_WORK, Typed, window};
use clap::ArgMatches;
use rpc::{Caller, Error, Result, Server};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use transport::channel::{Channel, Hello};
use transport::{Client, Listener, Places};

/// How long a window that is starting may take to answer another that was started.
const STARTING: Duration = Duration::from_secs(5);

/// Serves the window that started this program until it is closed.
pub(crate) fn serve(typed: &Typed, matches: &ArgMatches) -> Result<ExitCode> {
    let (places, terminal) = (typed.places()?, typed.terminal);
    let folder = matches.get_one::<PathBuf>("folder").map(PathBuf::as_path);
    let route = matches.get_one::<String>("route").map(String::as_str);
    let runtime = runtime()?;
    let mut channel = {
        let _inside = runtime.enter();
        Channel::inherited().map_err(|_| {
            Error::invalid("`serve --window` is for the window program, which starts it by itself")
                .hint("open the window with `backstory`")
        })?
    };
    let listener = match claim(&places, folder, route) {
        Ok(Claim::Forwarded) => {
            runtime.block_on(channel.hello(&Hello::Forwarded)).map_err(broken)?;
            return Ok(ExitCode::SUCCESS);
        }
        Ok(Claim::Listening(listener)) => Some(listener),
        Ok(Claim::Alone(why)) => {
            terminal.say(&format!("{why}; scripts cannot reach this window"));
            None
        }
        Err(error) => {
            runtime.block_on(channel.hello(&Hello::Failed(error.message))).map_err(broken)?;
            return Ok(ExitCode::from(error.code.exit()));
        }
    };
    let served = runtime.block_on(async {
        channel.hello(&Hello::Opening(typed.program.revision.into())).await.map_err(broken)?;
        let server =
            match Server::open(&places.store, places.folders(), move |line| terminal.say(line)) {
                Ok(server) => server,
                Err(error) => {
                    // The window is who tells it.
                    channel.hello(&Hello::Failed(error.message)).await.map_err(broken)?;
                    return Ok(ExitCode::from(error.code.exit()));
                }
            };
        let first = match folder {
            None => route.unwrap_or_default().to_owned(),
            Some(folder) => {
                let wanted = route.unwrap_or("/overview");
                window::first_screen(&server, folder, wanted).await.unwrap_or_else(|error| {
                    // A folder that is in no repository is no reason for no window.
                    terminal.say(&error.message);
                    route.unwrap_or_default().to_owned()
                })
            }
        };
        channel.hello(&Hello::Ready(first)).await.map_err(broken)?;
        // Before any script is answered: one that asks finds the window there.
        let window = channel.attach(&server);
        let (end, closed) = oneshot::channel::<()>();
        let scripts = listener.map(|it| {
            let server = server.clone();
            tokio::spawn(async move {
                let end = async { drop(closed.await) };
                if let Err(error) = it.serve(&server, Caller::Script, end).await {
                    terminal.say(&format!("{error}; scripts cannot reach this window"));
                }
            })
        });
        tokio::spawn(window::follow_when_drawn(server.clone()));
        let told = ended()?;
        tokio::select! {
            () = window.serve(&server) => {}
            () = told => {}
        }
        drop(end);
        if let Some(scripts) = scripts {
            let _ = scripts.await; // the socket is removed
        }
        server.end(LAST_STATEMENTS);
        Ok(ExitCode::SUCCESS)
    });
    runtime.shutdown_timeout(LAST_WORK);
    rpc::query::clear_leftovers(); // of work that did not end in time
    served
}

/// What became of asking for the socket.
enum Claim {
    /// A window was there and was brought forward.
    Forwarded,
    /// Scripts will find us here.
    Listening(Listener),
    /// They will not, for this reason.
    Alone(transport::Error),
}

/// Takes the socket of the store. Where `backstory serve` has it, takes the one that windows have
/// beside it, so that a store has one window and scripts find it.
fn claim(places: &Places, folder: Option<&Path>, route: Option<&str>) -> Result<Claim> {
    // One may be left from beside a server that has ended.
    if answers(&places.window_socket()) && window::bring_forward(places, folder, route)? {
        return Ok(Claim::Forwarded);
    }
    let mut taken = transport::Error::AlreadyRunning { socket: places.socket.clone() };
    for socket in [places.socket.clone(), places.window_socket()] {
        match Listener::bind(&socket, &places.store) {
            Ok(listener) => return Ok(Claim::Listening(listener)),
            Err(why @ transport::Error::AlreadyRunning { .. }) => {
                if forwarded(&socket, places, folder, route)? {
                    return Ok(Claim::Forwarded);
                }
                taken = why;
            }
            Err(why) => return Ok(Claim::Alone(why)),
        }
    }
    Ok(Claim::Alone(taken))
}

/// Asks the window that is open to come forward. One that is starting, and has taken `socket`, has a
/// moment to listen there.
fn forwarded(
    socket: &Path,
    places: &Places,
    folder: Option<&Path>,
    route: Option<&str>,
) -> Result<bool> {
    let limit = Instant::now() + STARTING;
    loop {
        // Asked before: who answered by then, and has no window, serves without one. Whoever only
        // began to answer meanwhile is asked once more.
        let answered = answers(socket);
        if window::bring_forward(places, folder, route)? {
            return Ok(true);
        }
        if answered || Instant::now() > limit {
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn answers(socket: &Path) -> bool {
    crate::now(async { Ok(Client::connect(socket).await.is_ok()) }).unwrap_or(false)
}
