//! Sessions of one connection, opened when they are needed and used again.
//!
//! A session that was lent and did anything but read is closed afterwards and not used again: nobody finds
//! settings, temporary tables or a transaction of somebody else. One that is stuck is cut, and its place
//! is free at once.

use crate::{Failure, Reason, Result, Session, Target, connect};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A session that was not used for so long is asked for a sign of life before it is used.
const STALE: Duration = Duration::from_secs(20);
/// A session that was not used for so long is closed.
const IDLE: Duration = Duration::from_secs(300);
/// Sessions that are kept open without work.
const SPARE: usize = 2;

/// How sessions are opened: at the target, through a tunnel where there is one.
pub type Open = dyn Fn() -> Result<Box<dyn Session>> + Send + Sync;

/// The sessions of one connection.
pub struct Pool {
    open: Box<Open>,
    shown: String,
    most: usize,
    inner: Mutex<Inner>,
    freed: Condvar,
}

#[derive(Default)]
struct Inner {
    idle: Vec<(Box<dyn Session>, Instant)>,
    lent: usize,
}

/// A session that is lent. It goes back when this is dropped, if it is fit to be used by others.
pub struct Lent {
    seat: Arc<Seat>,
    session: Option<Box<dyn Session>>,
    fit: bool,
}

/// One of the seats of a pool. It is free again when its session is back, or was given up.
pub struct Seat {
    pool: Arc<Pool>,
    free: AtomicBool,
}

impl Seat {
    /// Frees it, also while whoever has the session is stuck in it.
    pub fn free(&self) {
        if !self.free.swap(true, Ordering::SeqCst) {
            self.pool.lock().lent -= 1;
            self.pool.freed.notify_one();
        }
    }
}

impl Pool {
    /// Sessions at a target, at most so many at a time.
    pub fn new(target: Target, most: usize) -> Arc<Pool> {
        let shown = target.shown();
        Pool::opening(Box::new(move || connect(&target)), shown, most)
    }

    /// The same where opening takes more than a target. `shown` is how people call where they lead.
    pub fn opening(open: Box<Open>, shown: String, most: usize) -> Arc<Pool> {
        Arc::new(Pool {
            open,
            shown,
            most: most.max(1),
            inner: Mutex::default(),
            freed: Condvar::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lends a session: one that is there and alive, or a new one. Waits where all are lent.
    ///
    /// # Errors
    /// [`Reason::Connection`]; [`Reason::TimedOut`] where all were lent for so long.
    pub fn lend(self: &Arc<Pool>, wait: Duration) -> Result<Lent> {
        let until = Instant::now() + wait;
        let mut inner = self.lock();
        let old = Instant::now();
        inner.idle.retain(|it| old.duration_since(it.1) < IDLE);
        while inner.lent >= self.most {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let text = format!("all {} sessions with {} are busy", self.most, self.shown);
                return Err(Failure::new(Reason::TimedOut, text)
                    .hint("stop a statement that runs, or allow more with `sessions`"));
            }
            inner = self.freed.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        inner.lent += 1;
        let seat = Arc::new(Seat { pool: self.clone(), free: AtomicBool::new(false) });
        let mut lent = Lent { seat, session: None, fit: true };
        while let Some((mut session, since)) = inner.idle.pop() {
            drop(inner);
            // Nothing of the caller's has been sent yet: to connect again repeats no statement.
            if since.elapsed() < STALE || session.ping().is_ok() {
                lent.session = Some(session);
                return Ok(lent);
            }
            inner = self.lock();
        }
        drop(inner);
        lent.session = Some((self.open)()?);
        Ok(lent)
    }

    /// Closes what is not lent: for a connection whose entry has changed.
    pub fn close(&self) {
        let idle = std::mem::take(&mut self.lock().idle);
        drop(idle); // not under the lock: a server may be slow to say goodbye
    }

    /// Where its sessions lead, without any secret.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

impl Lent {
    /// Not to be used by others afterwards: it was lost, cut, or did what leaves traces.
    pub fn spoil(&mut self) {
        self.fit = false;
    }

    /// Its seat, to be freed from another thread where the session is stuck.
    pub fn seat(&self) -> Arc<Seat> {
        self.seat.clone()
    }
}

impl std::ops::Deref for Lent {
    type Target = dyn Session;

    fn deref(&self) -> &Self::Target {
        &**self.session.as_ref().unwrap_or_else(|| unreachable!("it is there until dropped"))
    }
}

impl std::ops::DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut **self.session.as_mut().unwrap_or_else(|| unreachable!("it is there until dropped"))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // What took this one may have taken the others: they are asked before they are lent again.
        if !self.fit
            && let Some(long_ago) = Instant::now().checked_sub(STALE)
        {
            for (_, since) in &mut self.seat.pool.lock().idle {
                *since = long_ago.min(*since);
            }
        }
        if let Some(session) =
            self.session.take().filter(|it| self.fit && !it.in_transaction() && it.is_as_opened())
        {
            let mut inner = self.seat.pool.lock();
            if inner.idle.len() < SPARE {
                inner.idle.push((session, Instant::now()));
            }
        }
        self.seat.free();
    }
}
