//! Page views over HTTP: `backstory serve --collect`.

use crate::terminal::Terminal;
use clap::ArgMatches;
use rpc::collect::{BODY_MAX, Collecting, Network, Settings};
use rpc::{Code, Error, Result, Server};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use transport::http::{self, Answer, Handler, Limits, Request, Route, Soon};

/// How often page views are shared.
const ROUND: Duration = Duration::from_secs(60);
/// How long the last round may take.
const LAST_ROUND: Duration = Duration::from_secs(20);

/// Where page views are taken, and from whom.
pub(crate) struct Place {
    address: SocketAddr,
    settings: Settings,
}

impl Place {
    /// What was typed; none where page views are not asked for.
    ///
    /// # Errors
    /// Where a network is none.
    pub(crate) fn typed(matches: &ArgMatches) -> Result<Option<Place>> {
        let Some(address) = matches.get_one::<SocketAddr>("collect").copied() else {
            return Ok(None);
        };
        let behind = matches.get_many::<String>("behind").into_iter().flatten();
        let trusted: std::result::Result<Vec<Network>, String> =
            behind.map(|it| Network::read(it)).collect();
        let trusted = trusted.map_err(Error::invalid)?;
        let rate = matches.get_one::<u32>("rate").copied().filter(|it| *it > 0);
        Ok(Some(Place { address, settings: Settings { trusted, rate } }))
    }

    /// Takes the address and opens the page views of that store.
    ///
    /// # Errors
    /// Where somebody else has the address, it is none of this machine's, or a file cannot be opened.
    pub(crate) async fn open(self, store: &Path, terminal: Terminal) -> Result<Collector> {
        let Place { address, settings } = self;
        let listener = TcpListener::bind(address).await.map_err(|error| {
            Error::new(Code::Upstream, format!("nothing can be taken at {address}: {error}"))
                .hint("choose another address with --collect")
        })?;
        let collecting = Collecting::open(store, settings, move |line| terminal.say(line))?;
        Ok(Collector { listener, collecting: Arc::new(collecting), terminal })
    }
}

/// A collector that has its address.
pub(crate) struct Collector {
    listener: TcpListener,
    collecting: Arc<Collecting>,
    terminal: Terminal,
}

impl Collector {
    /// Answers until `end` resolves; what was taken by then is kept and answered.
    pub(crate) async fn serve(self, end: impl Future<Output = ()>) {
        let Collector { listener, collecting, terminal } = self;
        if let Ok(address) = listener.local_addr() {
            terminal.say(&format!("page views are taken at http://{address}, by /b.js and others"));
        }
        // What stands where, and which method it takes, is the collector's to say: pages of others must
        // be able to read it.
        let route =
            Route { method: "*", path: "/".into(), body_max: BODY_MAX, kinds: &[], urgent: false };
        let limits = Limits {
            connections: 512,
            turns: 4096, // each waits for its turn at the disk, and for nothing else
            bodies: 16 * 1024 * 1024,
            body_time: Duration::from_secs(10),
            ..Limits::default()
        };
        let handler: Arc<Handler> = Arc::new(move |request| answer(&collecting, &request));
        http::serve(listener, vec![route], limits, handler, end).await;
    }
}

fn answer(collecting: &Collecting, request: &Request) -> Soon {
    let (tell, told) = oneshot::channel();
    let taken = rpc::collect::Request {
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers: &request.headers,
        peer: request.peer.ip(),
        body: &request.body,
    };
    // What nobody thought of costs one answer and not the server; and a report of it could name somebody.
    let after = move |answer| drop(tell.send(answer));
    let _ = catch_unwind(AssertUnwindSafe(|| collecting.take(&taken, after)));
    Box::pin(async move {
        match told.await {
            Ok(rpc::collect::Answer { status, headers, body }) => {
                let headers = headers.into_iter().map(|(name, it)| (name, it.into())).collect();
                Answer { status, headers, body }
            }
            Err(_) => Answer::text(500, "this failed\n"),
        }
    })
}

/// Page views on their way to a team: a round every minute, and one at the end.
pub(crate) struct Sharing {
    rounds: JoinHandle<()>,
    end: oneshot::Sender<()>,
    stop: Arc<AtomicBool>,
}

impl Sharing {
    pub(crate) fn begin(server: Server, connection: String, terminal: Terminal) -> Sharing {
        let (end, mut ended) = oneshot::channel::<()>();
        let stop = Arc::<AtomicBool>::default();
        let stopped = stop.clone();
        let rounds = tokio::spawn(async move {
            let mut said: Option<String> = None;
            let mut last = false;
            loop {
                let (server, connection, stop) =
                    (server.clone(), connection.clone(), stopped.clone());
                let name = connection.clone();
                let round = tokio::task::spawn_blocking(move || server.share(&connection, stop));
                // What could not be told is told by the next round that can.
                let trouble = match round.await {
                    Ok(Ok(())) => None,
                    Ok(Err(Error { message, hint: Some(hint), .. })) => {
                        Some(format!("{message}; {hint}"))
                    }
                    Ok(Err(error)) => Some(error.message),
                    Err(_) => Some("this failed in a way nobody thought of".to_owned()),
                };
                match (&trouble, &said) {
                    (Some(trouble), before) if before.as_ref() != Some(trouble) => {
                        terminal.say(&format!("page views are not shared: {trouble}"));
                    }
                    (None, Some(_)) => {
                        terminal.say(&format!("page views are shared over `{name}` again"));
                    }
                    _ => {}
                }
                said = trouble;
                if last {
                    return;
                }
                tokio::select! {
                    () = tokio::time::sleep(ROUND) => {}
                    _ = &mut ended => last = true,
                }
            }
        });
        Sharing { rounds, end, stop }
    }

    /// Shares what came last; a server that does not answer is not waited for any longer.
    pub(crate) async fn end(self) {
        let Sharing { mut rounds, end, stop } = self;
        drop(end);
        if tokio::time::timeout(LAST_ROUND, &mut rounds).await.is_err() {
            stop.store(true, Ordering::Relaxed);
            let _ = tokio::time::timeout(Duration::from_secs(2), &mut rounds).await;
        }
    }
}
