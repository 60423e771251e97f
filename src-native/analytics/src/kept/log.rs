//! The log of writes, brought into the file on another thread than the one that writes. Left alone, SQLite does
//! it within a commit now and then, and whoever waits for that commit waits for the disk.

use super::{Kept, Result, configure, lock};
use rusqlite::Connection;

/// Pages of the log from which on writing is held up for the moment it takes to begin the log anew.
const LONG: i64 = 4_096;

/// Brings the log into the file, each time it is asked to.
pub struct LogKeeper {
    kept: Kept,
    connection: Connection,
}

impl Kept {
    /// From now on the log is brought into the file by [`LogKeeper::pass`] alone, which is to be called about
    /// once a second, until the keeper is dropped.
    pub fn log_keeper(&self) -> Result<LogKeeper> {
        let connection = Connection::open(self.path())?;
        configure(&connection)?;
        lock(&self.shared.writer).connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(LogKeeper { kept: self.clone(), connection })
    }
}

impl LogKeeper {
    /// Brings what is in the log into the file, and both to the disk. Who writes meanwhile does not wait, but
    /// for the little that came in the last moment where the log has become long.
    pub fn pass(&mut self) -> Result<()> {
        if self.once()? < LONG {
            return Ok(());
        }
        // What came while the first pass ran is brought over first, so that little is left for the last.
        self.once()?;
        let _nobody_writes = lock(&self.kept.shared.writer);
        self.once()?;
        Ok(())
    }

    /// Pages in the log.
    fn once(&self) -> Result<i64> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |it| it.get(1))?)
    }
}

impl Drop for LogKeeper {
    fn drop(&mut self) {
        // SQLite's own measure.
        let writer = lock(&self.kept.shared.writer);
        let _ = writer.connection.pragma_update(None, "wal_autocheckpoint", 1000);
    }
}
