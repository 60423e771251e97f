//! Memory beside a window: `backstory serve --window`, which the window program starts and speaks
//! to over a channel of their own. Scripts reach it on the socket all the while.

use crate::serve::{broken, ended, runtime};
use crate::{LAST_WORK, Typed, window};
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
    let listener = match Listener::bind(&places.socket, &places.store) {
        Ok(listener) => Some(listener),
        Err(transport::Error::AlreadyRunning { .. }) => {
            if forwarded(&places, folder, route)? {
                runtime.block_on(channel.hello(&Hello::Forwarded)).map_err(broken)?;
                return Ok(ExitCode::SUCCESS);
            }
            None // `backstory serve` has the socket; the window works beside it
        }
        Err(error) => {
            terminal.say(&format!("{error}; scripts cannot reach this window"));
            None
        }
    };
    let served = runtime.block_on(async {
        channel.hello(&Hello::Opening(typed.program.revision.into())).await.map_err(broken)?;
        let server = match Server::open(&places.store, move |line| terminal.say(line)) {
            Ok(server) => server,
            Err(error) => {
                // The window tells it; this program has nobody to tell.
                let _ = channel.hello(&Hello::Failed(error.message.clone())).await;
                return Err(error);
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
            () = channel.serve(&server) => {}
            () = told => {}
        }
        drop(end);
        if let Some(scripts) = scripts {
            let _ = scripts.await; // the socket is removed
        }
        Ok(())
    });
    runtime.shutdown_timeout(LAST_WORK);
    served.map(|()| ExitCode::SUCCESS)
}

/// Asks the window that is open to come forward. One that is starting has a moment to listen.
fn forwarded(places: &Places, folder: Option<&Path>, route: Option<&str>) -> Result<bool> {
    let limit = Instant::now() + STARTING;
    loop {
        match window::bring_forward(places, folder, route) {
            Ok(false) if Instant::now() < limit && !answers(places) => {}
            result => return result,
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn answers(places: &Places) -> bool {
    crate::now(async { Ok(Client::connect(&places.socket).await.is_ok()) }).unwrap_or(false)
}
