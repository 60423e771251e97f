//! Events on their way into the page: in order, coalesced, bounded.
//!
//! Anyone pushes; the window takes one batch at a time, at most one a frame, and takes the next
//! only after the page has run the last. A page that stopped reading costs a bounded queue; what
//! it missed it asks for with `events.since`, by the number that every event carries.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::policy::literal;

/// Shortest time between two batches: one frame at 60 Hz.
pub(crate) const PAUSE: Duration = Duration::from_millis(16);

/// Undelivered events, and their bytes. Beyond either the oldest are dropped.
const WAITING: usize = 65_536;
const BYTES: usize = 32 << 20;
/// Events and bytes in one batch.
const BATCH: (usize, usize) = (2_000, 1 << 20);

/// The queue. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Events {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    waiting: VecDeque<String>,
    bytes: usize,
    /// A document is there to take events.
    live: bool,
    /// A batch is being run by the page.
    running: bool,
    /// A wake-up is on its way.
    awaited: bool,
    last: Option<Instant>,
}

impl Events {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds one event. `Some(wait)` asks the caller to wake the window after that time.
    #[must_use]
    pub(crate) fn push(&self, text: String) -> Option<Duration> {
        let mut inner = self.lock();
        inner.bytes += text.len();
        inner.waiting.push_back(text);
        while inner.waiting.len() > WAITING || inner.bytes > BYTES {
            let Some(dropped) = inner.waiting.pop_front() else { break };
            inner.bytes -= dropped.len();
        }
        inner.wake()
    }

    /// The next batch as a script, if one is due. It runs until [`Events::done`].
    pub(crate) fn batch(&self) -> Option<String> {
        let mut inner = self.lock();
        inner.awaited = false;
        if !inner.live || inner.running || inner.waiting.is_empty() {
            return None;
        }
        let mut script = String::from("window.backstory&&backstory.deliver([");
        for count in 0..BATCH.0 {
            if script.len() > BATCH.1 {
                break;
            }
            let Some(text) = inner.waiting.pop_front() else { break };
            inner.bytes -= text.len();
            if count > 0 {
                script.push(',');
            }
            script.push_str(&literal(&text));
        }
        script.push_str("]);0");
        inner.running = true;
        inner.last = Some(Instant::now());
        Some(script)
    }

    /// The page has run the last batch. `Some(wait)` as in [`Events::push`].
    #[must_use]
    pub(crate) fn done(&self) -> Option<Duration> {
        let mut inner = self.lock();
        inner.running = false;
        inner.wake()
    }

    /// A new document is there.
    #[must_use]
    pub(crate) fn began(&self) -> Option<Duration> {
        let mut inner = self.lock();
        inner.live = true;
        inner.running = false;
        inner.wake()
    }

    /// The document is gone; events wait for the next.
    pub(crate) fn ended(&self) {
        let mut inner = self.lock();
        inner.live = false;
        inner.running = false;
    }
}

impl Inner {
    fn wake(&mut self) -> Option<Duration> {
        if !self.live || self.running || self.awaited || self.waiting.is_empty() {
            return None;
        }
        self.awaited = true;
        let since = self.last.map_or(PAUSE, |last| last.elapsed());
        Some(PAUSE.saturating_sub(since))
    }
}

#[cfg(test)]
mod tests;
