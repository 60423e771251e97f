//! Staying: `backstory serve` on the socket, `backstory rpc` on standard input and output.

use crate::ask::Road;
use crate::collect::{Place, Sharing};
use crate::{LAST_STATEMENTS, LAST_WORK, Typed, hooks};
use clap::ArgMatches;
use rpc::{Caller, Code, Error, Result, Server};
use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use transport::{Listener, stdio};

/// Serves the store on its socket, and webhooks and page views on addresses where they are given,
/// until the system or the user says to end.
pub(crate) fn serve(typed: &Typed, matches: &ArgMatches) -> Result<ExitCode> {
    let (places, terminal) = (typed.places()?, typed.terminal);
    let caller = if matches.get_flag("read-only") { Caller::Reader } else { Caller::Script };
    let address = matches.get_one::<SocketAddr>("http").copied();
    let views = Place::typed(matches)?;
    let sharing = matches.get_one::<String>("share").cloned();
    let runtime = runtime()?;
    let served: Result<()> = runtime.block_on(async {
        let end = ended()?;
        let listener = Listener::bind(&places.socket, &places.store)?;
        let http = match address {
            Some(address) => Some(hooks::bind(address).await?),
            None => None,
        };
        let views = match views {
            Some(place) => Some(place.open(&places.store, terminal).await?),
            None => None,
        };
        let server = Server::open(&places.store, places.folders(), move |line| terminal.say(line))?;
        if let Some(connection) = &sharing {
            server.can_share(connection)?;
        }
        server.follow();
        server.take_deliveries(); // those that came when it last ended
        let hooks = http.map(|it| tokio::spawn(hooks::serve(it, server.clone(), terminal)));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let views = views.map(|it| tokio::spawn(it.serve(async { drop(stopped.await) })));
        let sharing = sharing.map(|it| Sharing::begin(server.clone(), it, terminal));
        // Whoever started us reads this line to know that we answer.
        let mut out = std::io::stdout().lock();
        let told = writeln!(out, "{}", places.socket.display()).and_then(|()| out.flush());
        drop(out);
        told.map_err(broken)?;
        let served = listener.serve(&server, caller, end).await;
        drop(stop);
        if let Some(views) = views {
            let _ = views.await;
        }
        if let Some(sharing) = sharing {
            sharing.end().await; // with what came last
        }
        if let Some(hooks) = hooks {
            hooks.abort(); // what was kept is taken in when it begins again
        }
        server.end(LAST_STATEMENTS);
        Ok(served?)
    });
    runtime.shutdown_timeout(LAST_WORK);
    rpc::query::clear_leftovers(); // of work that did not end in time
    served.map(|()| ExitCode::SUCCESS)
}

/// Speaks JSON-RPC over standard input and output: for whoever serves the store, else for this
/// process.
pub(crate) fn stdio(typed: &Typed) -> Result<ExitCode> {
    let (places, terminal) = (typed.places()?, typed.terminal);
    let runtime = runtime()?;
    let spoken: Result<()> = runtime.block_on(async {
        let end = ended()?;
        let speak = async {
            if Road::to_server(&places, terminal).await?.is_some() {
                return Ok(stdio::bridge(&places.socket).await?);
            }
            let server =
                Server::open(&places.store, places.folders(), move |line| terminal.say(line))?;
            stdio::serve(&server, Caller::Script).await;
            server.end(LAST_STATEMENTS);
            Ok(())
        };
        tokio::select! {
            spoken = speak => spoken,
            () = end => Ok(()),
        }
    });
    // A thread waits for standard input, which may never end.
    runtime.shutdown_timeout(std::time::Duration::from_millis(50));
    rpc::query::clear_leftovers(); // as above
    spoken.map(|()| ExitCode::SUCCESS)
}

/// A runtime for whoever stays.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(broken)
}

/// Resolves when the system or the user says to end: SIGTERM, SIGINT, SIGHUP. Call it within a
/// runtime; from then on these signals no longer kill.
///
/// # Errors
/// Where the system does not let signals be watched.
#[cfg(unix)]
pub(crate) fn ended() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(broken)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(broken)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(broken)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
    })
}

/// Resolves when the system or the user says to end: Ctrl-C, Ctrl-Break, a closed console.
///
/// # Errors
/// Where the system does not let these be watched.
#[cfg(windows)]
pub(crate) fn ended() -> Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};
    let mut stop = ctrl_c().map_err(broken)?;
    let mut stop_hard = ctrl_break().map_err(broken)?;
    let mut close = ctrl_close().map_err(broken)?;
    Ok(async move {
        tokio::select! {
            _ = stop.recv() => {}
            _ = stop_hard.recv() => {}
            _ = close.recv() => {}
        }
    })
}

pub(crate) fn broken(error: std::io::Error) -> Error {
    Error::new(Code::Upstream, format!("the system refused: {error}"))
}
