//! How far an export is, for a person who waits.

use crate::query::counted;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How long something takes before a person is told how far it is.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often a person is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(150);

/// How far an export is: one line that moves, for a person.
pub(crate) struct Far {
    shown: bool,
    begun: Instant,
    last: std::cell::Cell<Option<Instant>>,
}

impl Far {
    pub(crate) fn new(wanted: bool) -> Far {
        let shown = wanted && io::stderr().is_terminal();
        Far { shown, begun: Instant::now(), last: std::cell::Cell::new(None) }
    }

    pub(crate) fn tell(&self, rows: u64, bytes: u64) {
        if !self.shown {
            return; // asked for every row of some results
        }
        let since = self.last.get().unwrap_or(self.begun).elapsed();
        let due = if self.last.get().is_some() { TELL_EVERY } else { PATIENCE };
        if since < due {
            return;
        }
        self.last.set(Some(Instant::now()));
        let text = format!("\r\x1b[K{}, {:.1} MB", counted(rows), bytes as f64 / 1e6);
        let _ = io::stderr().lock().write_all(text.as_bytes()); // nobody may be there to see it
    }

    pub(crate) fn clear(&self) {
        if self.last.take().is_some() {
            let _ = io::stderr().lock().write_all(b"\r\x1b[K"); // as above
        }
    }
}
