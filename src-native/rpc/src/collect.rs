//! Page views as they come in: `analytics.db` beside the store, the day's salts beside it, and the one
//! thread that keeps what trackers tell.

use crate::{Code, Error, Result};
use analytics::collect::Collector;
use analytics::collect::writer::{Writer, now};
use analytics::kept::Kept;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use analytics::collect::address::Network;
pub use analytics::collect::{Answer, BODY_MAX, Request, Settings};

/// The file of page views of a store.
pub fn file(store: &Path) -> PathBuf {
    store.with_file_name("analytics.db")
}

/// The file of salts of a store. It belongs in no backup: with it, and an address, a visitor of today can be
/// told; without it nobody can.
pub fn salts(store: &Path) -> PathBuf {
    store.with_file_name("analytics.salts")
}

/// One collector for a store: two would each draw keys of their own, overwrite those of the other, and count
/// everybody twice.
fn alone(store: &Path) -> Result<File> {
    let path = store.with_file_name("analytics.lock");
    let mut options = File::options();
    let lock = options.write(true).create(true).truncate(false).open(&path).map_err(|it| {
        let text = format!("page views cannot be taken: `{}`: {it}", path.display());
        Error::new(Code::Upstream, text)
    })?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let text =
                format!("page views of `{}` are taken by another collector", store.display());
            Err(Error::new(Code::Conflict, text)
                .hint("send them to that one, or name another store with --store"))
        }
        // A file system without locks is no reason to take nothing.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(lock),
    }
}

/// A collector that keeps what it takes.
pub struct Collecting {
    collector: Arc<Collector>,
    writer: Writer,
    /// Held until all that was taken is kept.
    _alone: File,
}

impl Collecting {
    /// Opens the page views of a store, making them where there are none. `log` hears of what goes wrong.
    ///
    /// # Errors
    /// Where a file cannot be opened, or another collector takes page views for this store.
    pub fn open(
        store: &Path,
        settings: Settings,
        log: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Collecting> {
        let broken =
            |it: String| Error::new(Code::Upstream, format!("page views cannot be taken: {it}"));
        let kept = Kept::open(&file(store)).map_err(|it| broken(it.to_string()))?;
        let alone = alone(store)?;
        let collector = Collector::open(&salts(store), settings)
            .map_err(|it| broken(format!("the salts cannot be read: {it}")))?;
        let collector = Arc::new(collector);
        let writer = Writer::start(kept, collector.clone(), log).map_err(broken)?;
        Ok(Collecting { collector, writer, _alone: alone })
    }

    /// Takes a request. `told` hears the answer once all that the request told is kept, on whichever
    /// thread that happens.
    pub fn take(&self, request: &Request<'_>, told: impl FnOnce(Answer) + Send + 'static) {
        let taken = self.collector.take(request, now());
        if taken.events.is_empty() && taken.left.is_empty() {
            return told(taken.answer);
        }
        let answer = taken.answer;
        let after = move |kept| told(if kept { answer } else { Answer::unkept() });
        self.writer.keep(taken.events, taken.left, Box::new(after));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_has_one_collector_at_a_time() {
        let folder = std::env::temp_dir().join(format!("backstory-alone-{}", std::process::id()));
        let store = folder.join("memory.db");
        let open = || Collecting::open(&store, Settings::default(), |_| {});
        let first = open().unwrap();
        let error = open().err().expect("the second is refused");
        assert_eq!(error.code, Code::Conflict);
        drop(first);
        assert!(open().is_ok(), "the next may, once the first has ended");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
