//! Stopping a statement from another thread: the server is told by a request of its own, and the way on
//! which the answer would come is closed.

use super::http::Way;
use super::rows::Lines;
use super::words::No;
use crate::net::Plain;
use crate::{Cancel, Failure, Reason, Result, Target};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A statement that was only just sent may not be known to the server yet: how often it is told.
const TELLS: usize = 10;

/// Stops what a connection does.
pub(super) struct Canceller {
    target: Target,
    running: Mutex<Option<Running>>,
    asked: AtomicBool,
    cut: AtomicBool,
}

/// The statement that runs.
struct Running {
    query_id: String,
    plain: Option<Plain>,
}

impl Canceller {
    pub(super) fn new(target: &Target) -> Canceller {
        let (asked, cut) = (AtomicBool::new(false), AtomicBool::new(false));
        Canceller { target: target.clone(), running: Mutex::new(None), asked, cut }
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self, query_id: String, plain: Option<Plain>) {
        *self.running() = Some(Running { query_id, plain });
    }

    pub(super) fn end(&self) {
        *self.running() = None;
    }

    /// Whether somebody asked for an end.
    pub(super) fn asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    pub(super) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst)
    }

    /// From now on nobody asked.
    pub(super) fn forget(&self) {
        self.asked.store(self.is_cut(), Ordering::SeqCst);
    }

    pub(super) fn query_id(&self) -> Option<String> {
        self.running().as_ref().map(|it| it.query_id.clone())
    }

    /// Lets go of the way, so that it is closed when its owner closes it.
    pub(super) fn let_go(&self) {
        if let Some(running) = self.running().as_mut() {
            running.plain = None;
        }
    }

    fn close(&self) {
        if let Some(plain) = self.running().as_ref().and_then(|it| it.plain.as_ref()) {
            plain.cut();
        }
    }

    /// Tells the server to stop a statement.
    pub(super) fn tell(&self, query_id: &str) -> Result<()> {
        let mut way = super::dial(&self.target)?;
        for _ in 0..TELLS {
            if self.tell_once(&mut way, query_id)? {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// The same, once. Says whether the server knew the statement.
    fn tell_once(&self, way: &mut Way, query_id: &str) -> Result<bool> {
        let headers = super::headers(&self.target)?;
        let headers: Vec<(&str, &str)> = headers.iter().map(|it| (it.0, it.1.as_str())).collect();
        let text = format!("KILL QUERY WHERE query_id = '{query_id}' ASYNC");
        let mut response = way.post("/?", &headers, text.as_bytes()).map_err(|error| {
            let text = format!("{} did not hear that it should stop: {error}", self.target.shown());
            Failure::new(Reason::Connection, text)
        })?;
        let words = Lines::new(way, &mut response).words();
        if response.status != 200 {
            return Err(No::read(&words).failure("", false));
        }
        Ok(!words.is_empty())
    }
}

impl Cancel for Canceller {
    fn cancel(&self) -> Result<()> {
        let Some(query_id) = self.query_id() else { return Ok(()) };
        // Whoever reads sees it and leaves the way with what it has not read, so that a server that
        // waits to write more hears of the end at once. Were the way shut from here and read to its
        // end there, the server would wait a minute.
        self.asked.store(true, Ordering::SeqCst);
        self.tell(&query_id)
    }

    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.asked.store(true, Ordering::SeqCst);
        self.close();
    }
}

/// A name that nobody guesses and nobody else has.
pub(super) fn random() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|it| {
        Failure::new(Reason::Unsupported, format!("this system gives no random numbers: {it}"))
    })?;
    Ok(bytes.iter().map(|it| format!("{it:02x}")).collect())
}
