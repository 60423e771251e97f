//! One command at a time over one connection, and whoever wants to stop it from another thread.

use crate::Result;
use crate::net::Plain;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What runs, with what is known of it for stopping it.
pub(super) struct Turns<T> {
    state: Mutex<State<T>>,
    ended: Condvar,
    /// Held while the server is told: what is told is about the command that runs, not about the next.
    telling: Mutex<()>,
}

struct State<T> {
    known: T,
    plain: Option<Plain>,
    running: bool,
    cancelled: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Clone> Turns<T> {
    pub(super) fn new(known: T, plain: &Plain) -> Turns<T> {
        let plain = plain.again().ok();
        Turns {
            state: Mutex::new(State { known, plain, running: false, cancelled: false }),
            ended: Condvar::new(),
            telling: Mutex::new(()),
        }
    }

    /// There is another connection.
    pub(super) fn connected(&self, known: T, plain: &Plain) {
        let mut state = lock(&self.state);
        state.known = known;
        state.plain = plain.again().ok();
    }

    /// More is known of what runs.
    #[allow(dead_code, reason = "an engine that needs it may be left out")]
    pub(super) fn note(&self, note: impl FnOnce(&mut T)) {
        note(&mut lock(&self.state).known);
    }

    /// A command begins, once nobody tells anything of the one before.
    pub(super) fn begin(&self) {
        let _told = lock(&self.telling);
        let mut state = lock(&self.state);
        state.running = true;
        state.cancelled = false;
    }

    /// It is over.
    pub(super) fn end(&self) {
        lock(&self.state).running = false;
        self.ended.notify_all();
    }

    /// Whether what runs was told to stop.
    pub(super) fn cancelled(&self) -> bool {
        lock(&self.state).cancelled
    }

    /// Marks what runs as told to stop, and tells it. Where nothing runs, nothing happens.
    ///
    /// # Errors
    /// Those of telling.
    pub(super) fn stop(&self, tell: impl FnOnce(T) -> Result<()>) -> Result<()> {
        let _telling = lock(&self.telling);
        let known = {
            let mut state = lock(&self.state);
            if !state.running {
                return Ok(());
            }
            state.cancelled = true;
            state.known.clone()
        };
        tell(known)
    }

    /// Whether what runs is over within that time.
    pub(super) fn ends_within(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut state = lock(&self.state);
        while state.running {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state =
                self.ended.wait_timeout(state, left).map_or_else(|it| it.into_inner().0, |it| it.0);
        }
        true
    }

    /// Ends the connection: whoever waits on it wakes up.
    pub(super) fn cut(&self) {
        if let Some(plain) = &lock(&self.state).plain {
            plain.cut();
        }
    }
}
