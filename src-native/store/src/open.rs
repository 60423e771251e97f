//! Opening the store: its settings, its version gate, its readers and its one writer.

mod past;

use crate::{Error, Result};
use model::Timestamp;
pub(crate) use past::Sql;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// "BkSt": so that another program's SQLite file is never taken for ours.
const APPLICATION_ID: i64 = 0x426b_5374;
/// The schema this program knows.
const VERSION: i64 = 5;
const SCHEMA: &str = include_str!("schema.sql");
/// Idle read connections kept open; more are made when asked for and dropped afterwards.
const IDLE_READERS_MAX: usize = 4;
/// Pages kept by a connection, in KiB. Small on purpose: the system's file cache holds the rest.
const CACHE_KIB: i64 = 2_048;
/// Pages in the journal before they are written to the store: 32 MiB. Pages that a long import changes
/// again and again are then written seldom.
const JOURNAL_PAGES: i64 = 8_192;
/// How much of the file a reader maps, in bytes: address space, not memory of our own.
const MAPPED_BYTES: i64 = 1 << 30;
/// How long a connection waits for another process that writes.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Steps of SQLite's machine between two looks at a caller's cancel: well under a millisecond.
const OPERATIONS_PER_LOOK: i32 = 10_000;

/// A store on disk. Cheap to clone; all clones share the readers and the writer.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    path: Arc<Path>,
    idle: Mutex<Vec<Connection>>,
    /// One that looks back, where one was asked for.
    past: Mutex<Option<Connection>>,
    /// One that is asked whether anybody has changed the store, where that was asked for.
    watch: Mutex<Option<Connection>>,
    writer: Mutex<Connection>,
}

/// A consistent view for reading: everything read through one sees the same moment.
pub struct Reader<'a> {
    transaction: rusqlite::Transaction<'a>,
    /// The moment it looks back to.
    past: Option<Timestamp>,
}

/// The one writer, in a transaction that either lands whole or not at all.
pub struct Writer<'a> {
    transaction: rusqlite::Transaction<'a>,
}

impl Reader<'_> {
    /// The connection, for the SQL of this crate.
    pub(crate) fn sql(&self) -> Sql<'_> {
        Sql { connection: &self.transaction, past: self.past.is_some() }
    }
}

impl Writer<'_> {
    /// The connection, for the SQL of this crate.
    pub(crate) fn sql(&self) -> &Connection {
        &self.transaction
    }
}

impl Store {
    /// Opens the store at `path`, making it and its folder (mode 0700) where there is none.
    ///
    /// # Errors
    /// [`Error::Newer`], [`Error::Older`] and [`Error::Foreign`] leave the file as it is.
    pub fn open(path: &Path) -> Result<Store> {
        let unwritable = |reason: &dyn std::fmt::Display| Error::Unwritable {
            path: path.to_owned(),
            reason: reason.to_string(),
        };
        let place: Arc<Path> = path.into();
        crate::error::work_on(&place);
        if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
            make_private(folder).map_err(|it| unwritable(&it))?;
        }
        let mut writer = Connection::open(path).map_err(|it| unwritable(&it))?;
        check(&writer, path)?;
        configure(&writer)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "journal_size_limit", 64 << 20)?;
        writer.pragma_update(None, "wal_autocheckpoint", JOURNAL_PAGES)?;
        migrate(&mut writer, path)?;
        let shared = Shared {
            path: place,
            idle: Mutex::default(),
            past: Mutex::default(),
            watch: Mutex::default(),
            writer: Mutex::new(writer),
        };
        Ok(Store { shared: Arc::new(shared) })
    }

    /// Where the store is.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Runs `question` on a consistent view of the store.
    pub fn read<T, E: From<Error>>(
        &self,
        question: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.read_stoppable(None, question)
    }

    /// The same, given up with [`Error::Cancelled`] soon after `cancel` is set.
    pub fn read_until<T, E: From<Error>>(
        &self,
        cancel: Arc<AtomicBool>,
        question: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.read_stoppable(Some(cancel), question)
    }

    fn read_stoppable<T, E: From<Error>>(
        &self,
        cancel: Option<Arc<AtomicBool>>,
        question: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        crate::error::work_on(&self.shared.path);
        let idle = lock(&self.shared.idle).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.new_reader()?,
        };
        let stop = cancel.map(|it| move || it.load(Ordering::Relaxed));
        connection.progress_handler(OPERATIONS_PER_LOOK, stop).map_err(Error::from)?;
        let answer = {
            let transaction = connection.transaction().map_err(Error::from)?;
            question(&Reader { transaction, past: None })
        };
        let mut idle = lock(&self.shared.idle);
        if idle.len() < IDLE_READERS_MAX {
            idle.push(connection);
        }
        answer
    }

    /// A number that is another one whenever somebody, in any process, has changed the store since. What
    /// is read afterwards is as new as this or newer.
    pub fn version(&self) -> Result<i64> {
        let mut watch = lock(&self.shared.watch);
        let connection = match watch.take() {
            Some(connection) => connection,
            None => self.new_reader()?,
        };
        let version = connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
        *watch = Some(connection);
        Ok(version)
    }

    /// Runs `change` in a transaction: it lands whole when `change` returns `Ok`, and not at all otherwise.
    pub fn write<T, E: From<Error>>(
        &self,
        change: impl FnOnce(&Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        crate::error::work_on(&self.shared.path);
        let mut connection = lock(&self.shared.writer);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::from)?;
        let writer = Writer { transaction };
        let answer = change(&writer)?;
        writer.transaction.commit().map_err(Error::from)?;
        Ok(answer)
    }

    /// The same for what may as well be left out: where somebody else is writing, nothing happens
    /// and nobody waits.
    pub fn write_if_idle(&self, change: impl FnOnce(&Writer<'_>) -> Result<()>) -> Result<()> {
        crate::error::work_on(&self.shared.path);
        let Ok(mut connection) = self.shared.writer.try_lock() else { return Ok(()) };
        connection.busy_timeout(Duration::ZERO)?;
        let done = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(Error::from)
            .and_then(|transaction| {
                let writer = Writer { transaction };
                change(&writer)?;
                Ok(writer.transaction.commit()?)
            });
        connection.busy_timeout(BUSY_WAIT)?;
        match done {
            Err(Error::Busy) => Ok(()),
            done => done,
        }
    }

    fn new_reader(&self) -> Result<Connection> {
        let connection = Connection::open_with_flags(
            &self.shared.path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        configure(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        // Pages come straight from the system's file cache, which all readers and processes share.
        connection.pragma_update(None, "mmap_size", MAPPED_BYTES)?;
        // A mapped page is set up again at every look, and this check would be made each time: it
        // takes as long as the look itself. The writer, which keeps its pages, makes it.
        connection.pragma_update(None, "cell_size_check", false)?;
        Ok(connection)
    }
}

// A panic while the lock was held left no half-done state: transactions roll back when dropped.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn configure(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY_WAIT)?;
    connection.set_prepared_statement_cache_capacity(128);
    // Otherwise a bound value that an index's condition might be compared with is a reason to plan
    // the statement again at every run: half of the time of an answer.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", false)?; // held by tests on the whole store; per-row checks cost a third of an import
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

fn check(connection: &Connection, path: &Path) -> Result<()> {
    let foreign = |error: rusqlite::Error| match Error::from(error) {
        Error::Damaged { .. } if !is_ours(path) => Error::Foreign { path: path.into() },
        error => error,
    };
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = connection
        .query_row("select count(*) from sqlite_schema", [], |row| row.get(0))
        .map_err(foreign)?;
    if tables > 0 && pragma("application_id").map_err(foreign)? != APPLICATION_ID {
        return Err(Error::Foreign { path: path.into() });
    }
    let found = pragma("user_version").map_err(foreign)?;
    if found > VERSION {
        return Err(Error::Newer { path: path.into(), found, known: VERSION });
    }
    if tables > 0 && found < VERSION {
        return Err(Error::Older { path: path.into(), found, known: VERSION });
    }
    Ok(())
}

/// Whether a file that cannot be read as a store begins as one: SQLite's header, with our mark.
fn is_ours(path: &Path) -> bool {
    let mut header = [0; 72];
    let read = std::fs::File::open(path).and_then(|mut it| it.read_exact(&mut header));
    read.is_ok()
        && header.starts_with(b"SQLite format 3\0")
        && header[68..] == (APPLICATION_ID as u32).to_be_bytes()
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
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
        found if found < VERSION => {
            return Err(Error::Older { path: path.into(), found, known: VERSION });
        }
        found => return Err(Error::Newer { path: path.into(), found, known: VERSION }),
    }
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

/// Bytes of a path as the system takes them.
#[cfg(unix)]
pub(crate) fn os_string(raw: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(raw)
}

/// Bytes of a path as the system takes them.
#[cfg(not(unix))]
pub(crate) fn os_string(raw: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&raw).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_store_is_told_from_a_file_that_never_was_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.db");
        drop(Store::open(&path).unwrap());
        let whole = std::fs::read(&path).unwrap();
        let refused = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            let error = match Store::open(&path) {
                Err(error) => error,
                Ok(store) => store.health().err().unwrap(),
            };
            match &error {
                Error::Damaged { path: named } | Error::Foreign { path: named } => {
                    assert_eq!(*named, path);
                }
                other => panic!("{other}"),
            }
            error
        };
        // The list of tables is on the first page and those after it.
        let mut torn = whole.clone();
        torn[100..6 * 4096].fill(0xa5);
        assert!(matches!(refused(&torn), Error::Damaged { .. }));
        let mut torn = whole.clone();
        torn[4096..].fill(0xa5);
        assert!(matches!(refused(&torn), Error::Damaged { .. }));
        assert!(matches!(refused(&whole[..5000]), Error::Damaged { .. }));
        assert!(matches!(refused(&b"nothing of ours ".repeat(600)), Error::Foreign { .. }));
    }

    #[test]
    fn without_room_the_store_is_named_and_is_as_it_was_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.db");
        let store = Store::open(&path).unwrap();
        let limit = |pages: i64| {
            let writer = lock(&store.shared.writer);
            writer.pragma_update(None, "max_page_count", pages).unwrap();
        };
        limit(1);
        let fill = |text: &str| {
            store.write(|it| it.audit(model::Timestamp(0), "user", "fill", &text.repeat(1 << 20)))
        };
        let error = fill("x").err().unwrap();
        assert!(matches!(&error, Error::Full { path: named } if *named == path), "{error}");
        limit(1 << 20);
        fill("y").unwrap();
        assert_eq!(store.health().unwrap().faults, Vec::<String>::new());
    }

    #[test]
    fn a_store_of_another_schema_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.db");
        drop(Store::open(&path).unwrap());
        for (schema, older) in [(VERSION - 1, true), (VERSION + 1, false)] {
            Connection::open(&path).unwrap().pragma_update(None, "user_version", schema).unwrap();
            match Store::open(&path).err().unwrap() {
                Error::Older { found, known, .. } if older => {
                    assert_eq!((found, known), (schema, VERSION));
                }
                Error::Newer { found, .. } if !older => assert_eq!(found, schema),
                other => panic!("{other}"),
            }
            let file = Connection::open(&path).unwrap();
            let kept: i64 =
                file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
            assert_eq!(kept, schema);
        }
    }
}
