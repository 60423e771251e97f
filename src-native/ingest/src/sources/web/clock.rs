//! Time as the client knows it, so that a test may let an hour pass at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// How often a wait looks whether it was cancelled: five times within the 50 ms that are promised.
pub(super) const GLANCE: Duration = Duration::from_millis(10);

/// Tells the time and lets it pass.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970.
    fn now(&self) -> i64;
    /// Waits so long, or until `cancel` is set.
    fn wait(&self, time: Duration, cancel: &AtomicBool);
}

/// The clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wall;

impl Clock for Wall {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn wait(&self, time: Duration, cancel: &AtomicBool) {
        let start = Instant::now();
        while !cancel.load(Ordering::Relaxed) {
            match time.checked_sub(start.elapsed()) {
                Some(left) if !left.is_zero() => std::thread::sleep(left.min(GLANCE)),
                _ => return,
            }
        }
    }
}
