//! How long work is followed and stopped.

use crate::{Failure, Reason, Result};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// Follows long work: it is told how far it is, and stops it.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Set from any thread, it stops the work at the next page.
    pub cancel: &'a AtomicBool,
    /// Is told how far the work is: for an export rows and bytes written, for work over a kept result
    /// rows looked at and rows in all.
    pub progress: &'a dyn Fn(u64, u64),
}

static NEVER: AtomicBool = AtomicBool::new(false);

impl Watch<'static> {
    /// Nobody looks.
    pub const NONE: Watch<'static> = Watch { cancel: &NEVER, progress: &|_, _| () };
}

impl Watch<'_> {
    /// Tells how far `what` is.
    pub(crate) fn step(&self, what: &str, done: u64, of: u64) -> Result<()> {
        if self.cancel.load(Ordering::Relaxed) {
            return Err(Failure::new(Reason::Cancelled, format!("{what} was cancelled")));
        }
        (self.progress)(done, of);
        Ok(())
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("cancel", self.cancel).finish_non_exhaustive()
    }
}
