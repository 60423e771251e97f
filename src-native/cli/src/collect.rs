//! Page views over HTTP: `backstory serve --collect`.

use crate::terminal::Terminal;
use clap::ArgMatches;
use rpc::collect::{BODY_MAX, Collecting, Network, Settings};
use rpc::{Code, Error, Result};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use transport::http::{self, Answer, Handler, Limits, Request, Route, Soon};

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
