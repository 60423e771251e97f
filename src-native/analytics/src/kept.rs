//! Page views on disk: a file of their own, `analytics.db`, that the collector writes and reports read.
//!
//! Events of the last days lie as they were told, batch by batch. Once no visit of a day can be open, the day
//! is *sealed*: made into a block of columns, and its batches are deleted in the same transaction. What comes
//! later for such a day opens it again. So a reader finds an event in one place and in one only, whenever the
//! program was killed.

mod cache;
mod error;
mod events;
mod hot;
mod import;
mod log;
mod rewrite;
mod seal;
pub mod shared;
mod sites;
mod snapshot;
mod words;

pub use error::{Error, Result};
pub use hot::{Appended, Recent};
pub use import::Imported;
pub use log::LogKeeper;
pub use rewrite::Forgotten;
pub use seal::Sealed;

pub(crate) use events::Unpack;
pub(crate) use seal::{DayTotals, lexicon_of};
pub(crate) use sites::{site, zone};
pub(crate) use snapshot::{Fetched, Snapshot};
pub(crate) use words::number as word_number;

use cache::Cache;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use words::{KnownWords, Numbers};

/// "BkSa": so that another program's SQLite file is never taken for ours.
const APPLICATION_ID: i64 = 0x426b_5361;
/// The schema this program knows.
const VERSION: i64 = 1;
const SCHEMA: &str = include_str!("kept/schema.sql");
const SHARED: &str = include_str!("kept/shared.sql");
/// Idle read connections kept open.
const IDLE_READERS_MAX: usize = 4;
/// Pages kept by a connection, in KiB.
const CACHE_KIB: i64 = 2_048;
/// How much of the file a reader maps, in bytes: address space, not memory of our own.
const MAPPED_BYTES: i64 = 1 << 30;
/// How long a connection waits for another process that writes.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// Columns kept decoded unless told otherwise, in bytes.
const CACHE_BYTES: usize = 64 << 20;

/// The file of page views. Cheap to clone; all clones share its connections and what was read.
#[derive(Clone)]
pub struct Kept {
    shared: Arc<Shared>,
    /// Where it is remembered what questions need that is not here.
    wanted: Option<Arc<Mutex<BTreeSet<String>>>>,
}

struct Shared {
    path: Box<Path>,
    idle: Mutex<Vec<Connection>>,
    writer: Mutex<Writing>,
    cache: Mutex<Cache>,
    words: Mutex<KnownWords>,
}

/// The one connection that writes, and the numbers of words it has met.
struct Writing {
    connection: Connection,
    numbers: Numbers,
}

impl Kept {
    /// Opens the file at `path`, making it and its folder (mode 0700) where there is none.
    ///
    /// # Errors
    /// A file of a newer Backstory, or of another program, is left as it is.
    pub fn open(path: &Path) -> Result<Kept> {
        Kept::open_with(path, CACHE_BYTES)
    }

    /// The same, with room for so many bytes of decoded columns.
    pub fn open_with(path: &Path, cache_bytes: usize) -> Result<Kept> {
        let unwritable =
            |it: &dyn std::fmt::Display| Error::Unwritable(path.to_owned(), it.to_string());
        if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
            make_private(folder).map_err(|it| unwritable(&it))?;
        }
        let mut connection = Connection::open(path).map_err(|it| unwritable(&it))?;
        check(&connection, path)?;
        configure(&connection)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        // Events that were deleted are not to be found in the file.
        connection.pragma_update(None, "secure_delete", true)?;
        make(&mut connection, path)?;
        Ok(Kept {
            shared: Arc::new(Shared {
                path: path.into(),
                idle: Mutex::default(),
                writer: Mutex::new(Writing { connection, numbers: Numbers::default() }),
                cache: Mutex::new(Cache::new(cache_bytes)),
                words: Mutex::default(),
            }),
            wanted: None,
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// A number that changes with every change of the data, whoever made it: what was answered under another
    /// number may be out of date.
    pub fn version(&self) -> Result<u64> {
        self.read(|it| {
            Ok(it.query_row("SELECT version FROM changes", [], |row| row.get::<_, i64>(0))? as u64)
        })
    }

    /// Runs a question on a consistent view.
    fn read<T>(&self, question: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = lock(&self.shared.idle).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.new_reader()?,
        };
        let answer = {
            let transaction = connection.transaction()?;
            question(&transaction)
        };
        let mut idle = lock(&self.shared.idle);
        if idle.len() < IDLE_READERS_MAX {
            idle.push(connection);
        }
        if let (Some(wanted), Err(error)) = (&self.wanted, &answer) {
            Kept::want(wanted, error);
        }
        answer
    }

    /// Runs a change: it lands whole, or not at all.
    fn write<T>(
        &self,
        change: impl FnOnce(&Transaction<'_>, &mut Numbers) -> Result<T>,
    ) -> Result<T> {
        let mut writing = lock(&self.shared.writer);
        let Writing { connection, numbers } = &mut *writing;
        let done = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::from)
            .and_then(|transaction| {
                let answer = change(&transaction, numbers)?;
                transaction
                    .prepare_cached("UPDATE changes SET version = version + 1")?
                    .execute([])?;
                transaction.commit()?;
                Ok(answer)
            });
        if done.is_err() {
            // Words that were given numbers in it have none.
            numbers.clear();
        }
        done
    }

    fn new_reader(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.shared.path, flags)?;
        configure(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
        Ok(connection)
    }
}

// A panic while the lock was held left no half-done state: transactions roll back when dropped.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn configure(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

fn check(connection: &Connection, path: &Path) -> Result<()> {
    let foreign = |error: rusqlite::Error| match Error::from(error) {
        Error::Damaged(_) if !is_ours(path) => Error::Foreign(path.into()),
        error => error,
    };
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(foreign)?;
    if tables > 0 && pragma("application_id").map_err(foreign)? != APPLICATION_ID {
        return Err(Error::Foreign(path.into()));
    }
    let found = pragma("user_version").map_err(foreign)?;
    if found > VERSION {
        return Err(Error::Newer { path: path.into(), found, known: VERSION });
    }
    Ok(())
}

/// Whether a file that cannot be read begins as one of ours.
fn is_ours(path: &Path) -> bool {
    let mut header = [0; 72];
    let read = std::fs::File::open(path).and_then(|mut it| it.read_exact(&mut header));
    read.is_ok()
        && header.starts_with(b"SQLite format 3\0")
        && header[68..] == (APPLICATION_ID as u32).to_be_bytes()
}

fn make(connection: &mut Connection, path: &Path) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have made the schema in between.
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match found {
        0 => {
            transaction.execute_batch(SCHEMA)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
        }
        VERSION => {}
        found => return Err(Error::Newer { path: path.into(), found, known: VERSION }),
    }
    transaction.execute_batch(SHARED)?;
    Ok(transaction.commit()?)
}

#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}
