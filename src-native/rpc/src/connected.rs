//! What `databases.*` shares between calls: ways to databases, sessions, statements under way.

use crate::{Code, Error, Result};
use databases::connections::{Entry, Known, Route, Source, Ways, reach};
use databases::join::Join;
use databases::run::{Prepared, Run};
use databases::spool::Order;
use databases::{Address, Engine, Failure, Lent, Pool, Reason, Secret};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Runs that are kept; the oldest that is over goes first.
const RUNS_MAX: usize = 64;
/// Sessions that may be open at once.
const SESSIONS_MAX: usize = 32;
/// Sessions for looking at catalogues: apart from those of statements, which may all be busy.
const CATALOGUE_SESSIONS: usize = 2;
/// Backstory's own memory, as a connection.
pub(crate) const MEMORY: &str = "memory";
/// All other connections at once, joined on this machine.
pub(crate) const JOIN: &str = "join";
/// How long a side of a join waits for a session.
const LEND: Duration = Duration::from_secs(5);

/// Where things of databases are kept.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Of `connections.toml` and the user's own saved queries.
    pub config: PathBuf,
    /// Of the history, and of results while they are looked at.
    pub state: PathBuf,
}

/// What calls share.
pub(crate) struct Connected {
    pub(crate) folders: Option<Folders>,
    memory: PathBuf,
    own: Weak<Connected>,
    inner: Mutex<Inner>,
    passwords: Arc<Mutex<HashMap<String, Secret>>>,
    next: AtomicU32,
}

#[derive(Default)]
struct Inner {
    ways: HashMap<String, Arc<Way>>,
    health: HashMap<String, (bool, String)>,
    runs: HashMap<u32, Arc<Kept>>,
    sessions: HashMap<u32, Arc<Own>>,
    /// Runs whose holders have left, while their servers stop.
    ending: Vec<Weak<Run>>,
}

/// What somebody wants to do, beside what a connection's entry allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Whatever it allows.
    AsWritten,
    /// Only read. A file of DuckDB stays open as it is, since it is open in one way at a time; its
    /// statements are judged all the same.
    Read,
    /// Only read, with nobody else here who could have the connection open.
    ReadAlone,
    /// Write, although it is none that is written down.
    Write,
}

impl Wish {
    /// Reading goes before writing where both were said.
    pub(crate) fn of(read_only: bool, write: bool) -> Wish {
        match (read_only, write) {
            (true, _) => Wish::Read,
            (false, true) => Wish::Write,
            (false, false) => Wish::AsWritten,
        }
    }
}

/// The way to one database: sessions for statements, and others for its catalogue.
pub(crate) struct Way {
    pub(crate) entry: Entry,
    pub(crate) statements: Arc<Pool>,
    pub(crate) catalogue: Arc<Pool>,
    /// Columns that tell rows of a table apart, by schema and table.
    keys: Mutex<HashMap<(String, String), Vec<String>>>,
}

impl Way {
    /// The columns that tell rows of a table apart: its primary key, else the first unique one.
    pub(crate) fn key_of(&self, schema: &str, table: &str) -> Option<Vec<String>> {
        let name = (schema.to_owned(), table.to_owned());
        if let Some(key) = self.keys.lock().unwrap_or_else(PoisonError::into_inner).get(&name) {
            return Some(key.clone());
        }
        let mut lent = self.catalogue.lend(Duration::from_secs(2)).ok()?;
        let described = match lent.describe(schema, table) {
            Ok(described) => described,
            Err(_) => {
                lent.spoil();
                return None;
            }
        };
        let fits = |columns: &[String]| {
            // Two rows may both have NULL in a unique column.
            let known = |it: &String| described.columns.iter().find(|field| field.name == *it);
            columns.iter().all(|it| known(it).is_some_and(|it| it.nullable == Some(false)))
        };
        let key = described.keys.iter().find(|it| it.primary || fits(&it.columns))?;
        let key = key.columns.clone();
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(name, key.clone());
        Some(key)
    }
}

/// Whoever opens runs and sessions: one conversation. They end with it.
#[derive(Clone, Default)]
pub(crate) struct Holder {
    left: Arc<AtomicBool>,
}

impl Holder {
    fn has_left(&self) -> bool {
        self.left.load(Ordering::SeqCst)
    }

    fn is(&self, other: &Holder) -> bool {
        Arc::ptr_eq(&self.left, &other.left)
    }
}

/// A run that is kept, with what was made of its rows.
pub(crate) struct Kept {
    pub(crate) holder: Holder,
    pub(crate) run: Arc<Run>,
    pub(crate) statements: Vec<Prepared>,
    pub(crate) way: Arc<Way>,
    pub(crate) orders: Mutex<Vec<(String, Arc<Order>)>>,
}

/// A session of somebody's own.
pub(crate) struct Own {
    pub(crate) holder: Holder,
    pub(crate) way: Arc<Way>,
    pub(crate) session: Arc<Mutex<Lent>>,
    pub(crate) last: Mutex<Option<Arc<Run>>>,
}

impl Connected {
    pub(crate) fn new(memory: PathBuf, folders: Option<Folders>) -> Arc<Connected> {
        Arc::new_cyclic(|own| Connected {
            folders,
            memory,
            own: own.clone(),
            inner: Mutex::default(),
            passwords: Arc::default(),
            next: AtomicU32::new(1),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn folders(&self) -> Result<&Folders> {
        self.folders.as_ref().ok_or_else(|| {
            Error::not_found("this Backstory has no folder for connections")
                .hint("start it with a home folder")
        })
    }

    /// The folder that rows are kept in while somebody looks at them.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let folder = self.folders()?.state.join("results");
        private(&folder)?;
        Ok(folder)
    }

    /// All connections there are, for a project.
    pub(crate) fn known(&self, project: Option<&str>) -> Known {
        let passwords = self.passwords.clone();
        with_ways(project, &passwords, |ways| {
            let config = self.folders.as_ref().map(|it| it.config.as_path());
            let trusted = |hash: &str| self.is_trusted(hash);
            let mut known = Known::read(config, project.map(Path::new), &trusted, ways);
            known.entries.retain(|it| it.name != MEMORY && it.name != JOIN);
            known.entries.push(self.memory());
            let nowhere = Address::File(PathBuf::new());
            known.entries.push(Entry::new(JOIN, Engine::Sqlite, nowhere));
            known
        })
    }

    fn memory(&self) -> Entry {
        Entry::new(MEMORY, Engine::Sqlite, Address::File(self.memory.clone()))
    }

    fn trust_file(&self) -> Option<PathBuf> {
        Some(self.folders.as_ref()?.state.join("trusted-connections"))
    }

    fn is_trusted(&self, hash: &str) -> bool {
        let text = self.trust_file().and_then(|it| std::fs::read_to_string(it).ok());
        text.is_some_and(|it| it.lines().any(|line| line == hash))
    }

    /// Keeps that somebody has looked at a project's file.
    pub(crate) fn trust(&self, hash: &str) -> Result<()> {
        use std::io::Write;
        let file = self.trust_file().ok_or_else(|| Error::not_found("there is no state folder"))?;
        private(&self.folders()?.state)?;
        let opened = std::fs::OpenOptions::new().create(true).append(true).open(&file);
        let mut opened = opened.map_err(|it| unwritable(&file, &it))?;
        writeln!(opened, "{hash}").map_err(|it| unwritable(&file, &it))
    }

    /// The entry that a name, a URL or a path means.
    pub(crate) fn entry(&self, project: Option<&str>, connection: &str) -> Result<Entry> {
        let known = self.known(project);
        with_ways(project, &self.passwords, |ways| known.find(connection, ways)).map_err(told)
    }

    /// The way to a database: the same one as long as its entry stays as it is.
    pub(crate) fn way(&self, project: Option<&str>, connection: &str) -> Result<Arc<Way>> {
        self.way_for(project, connection, Wish::AsWritten)
    }

    /// The same for somebody who wishes otherwise than its entry says. To write is granted where the
    /// connection is none of those written down, which say so themselves.
    pub(crate) fn way_for(
        &self,
        project: Option<&str>,
        connection: &str,
        wish: Wish,
    ) -> Result<Arc<Way>> {
        let mut entry = self.entry(project, connection)?;
        if wish == Wish::Write && entry.read_only {
            if !matches!(entry.source, Source::Given) || entry.name == MEMORY {
                let text = format!("the connection `{}` only reads", entry.name);
                return Err(Error::new(Code::Denied, text)
                    .hint("say `read_only = false` in its entry to write"));
            }
            entry.read_only = false;
        }
        // Sessions of their own, which the engine's own means hold to reading.
        entry.read_only |= match wish {
            Wish::Read => entry.engine != Engine::Duckdb,
            Wish::ReadAlone => true,
            Wish::AsWritten | Wish::Write => false,
        };
        // What was typed belongs to it: two URLs may differ in the password alone, which an entry
        // does not show.
        let key = format!("{connection}\0{entry:?}");
        let mut inner = self.lock();
        if let Some(way) = inner.ways.get(&key) {
            return Ok(way.clone());
        }
        if entry.name == JOIN {
            drop(inner);
            let way = self.join(project, entry)?;
            self.lock().ways.insert(key, way.clone());
            return Ok(way);
        }
        let route: Arc<Mutex<Option<Arc<Route>>>> = Arc::default();
        let pool = |most: usize| {
            let shown = entry.shown();
            let (entry, route) = (entry.clone(), route.clone());
            let (passwords, project) = (self.passwords.clone(), project.map(str::to_owned));
            let open = move || {
                let mut route = route.lock().unwrap_or_else(PoisonError::into_inner);
                let standing = route.clone().filter(|it| it.check().is_ok());
                let way = match standing {
                    Some(way) => way,
                    None => {
                        let dug =
                            with_ways(project.as_deref(), &passwords, |ways| reach(&entry, ways))?;
                        route.insert(Arc::new(dug)).clone()
                    }
                };
                drop(route);
                way.connect()
            };
            Pool::opening(Box::new(open), shown, most)
        };
        let way = Arc::new(Way {
            statements: pool(entry.limits.pool),
            catalogue: pool(CATALOGUE_SESSIONS),
            entry: entry.clone(),
            keys: Mutex::default(),
        });
        inner.ways.insert(key, way.clone());
        Ok(way)
    }

    /// The way there that an entry says, its secrets resolved; nothing is kept of it.
    pub(crate) fn route(&self, project: Option<&str>, entry: &Entry) -> databases::Result<Route> {
        with_ways(project, &self.passwords, |ways| reach(entry, ways))
    }

    /// The way to all other connections at once.
    fn join(&self, project: Option<&str>, entry: Entry) -> Result<Arc<Way>> {
        let pool = |most: usize| -> Result<Arc<Pool>> {
            let (own, project) = (self.own.clone(), project.map(str::to_owned));
            let folder = self.scratch()?;
            let open = move || {
                let ended = || Failure::new(Reason::Cancelled, "Backstory is ending");
                let names = own.upgrade().ok_or_else(ended)?.known(project.as_deref()).entries;
                let names = names.into_iter().map(|it| it.name).filter(|it| it != JOIN).collect();
                let (own, project) = (own.clone(), project.clone());
                let lend = move |name: &str| {
                    let own = own.upgrade().ok_or_else(ended)?;
                    let way = own.way(project.as_deref(), name).map_err(untold)?;
                    way.statements.lend(LEND)
                };
                let join = Join::over(names, Arc::new(lend), folder.clone());
                Ok(Box::new(join) as Box<dyn databases::Session>)
            };
            Ok(Pool::opening(Box::new(open), "all connections".to_owned(), most))
        };
        Ok(Arc::new(Way {
            statements: pool(entry.limits.pool)?,
            catalogue: pool(CATALOGUE_SESSIONS)?,
            keys: Mutex::default(),
            entry,
        }))
    }

    /// Forgets the ways of a connection whose entry or password has changed.
    pub(crate) fn forget_way(&self, name: &str) {
        let mut gone = Vec::new();
        self.lock().ways.retain(|_, way| {
            let stays = way.entry.name != name;
            if !stays {
                gone.push(way.clone());
            }
            stays
        });
        for way in gone {
            way.statements.close();
            way.catalogue.close();
        }
    }

    /// Keeps a password for as long as this process runs, for this entry as it is and for no other.
    pub(crate) fn keep_password(&self, entry: &Entry, password: Secret) {
        let mut passwords = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
        passwords.insert(entry.confided_to(), password);
    }

    pub(crate) fn has_password(&self, entry: &Entry) -> bool {
        let passwords = self.passwords.lock().unwrap_or_else(PoisonError::into_inner);
        passwords.contains_key(&entry.confided_to())
    }

    pub(crate) fn was(&self, name: &str, up: bool, said: String) {
        self.lock().health.insert(name.to_owned(), (up, said));
    }

    pub(crate) fn health(&self, name: &str) -> Option<(bool, String)> {
        self.lock().health.get(name).cloned()
    }

    pub(crate) fn keep_run(&self, kept: Kept) -> u32 {
        let number = self.number();
        let mut inner = self.lock();
        if kept.holder.has_left() {
            drop(inner);
            kept.run.stop();
            return number; // nobody will ask for it
        }
        inner.runs.insert(number, Arc::new(kept));
        while inner.runs.len() > RUNS_MAX {
            let over = inner.runs.iter().filter(|it| it.1.run.standing().ended).map(|it| *it.0);
            let Some(oldest) = over.min().or_else(|| inner.runs.keys().copied().min()) else {
                break;
            };
            if let Some(gone) = inner.runs.remove(&oldest) {
                gone.run.stop();
            }
        }
        number
    }

    pub(crate) fn run(&self, run: u32) -> Result<Arc<Kept>> {
        self.lock().runs.get(&run).cloned().ok_or_else(|| {
            Error::not_found(format!("there is no run {run}"))
                .hint("it was closed, or pushed out by newer ones: run the statements again")
        })
    }

    pub(crate) fn close_run(&self, run: u32) -> bool {
        let gone = self.lock().runs.remove(&run);
        gone.inspect(|it| it.run.stop()).is_some()
    }

    pub(crate) fn keep_session(&self, own: Own) -> Result<u32> {
        let number = self.number();
        let mut inner = self.lock();
        if own.holder.has_left() {
            return Err(Error::new(Code::Cancelled, "whoever opened the session has left"));
        }
        if inner.sessions.len() >= SESSIONS_MAX {
            let text = format!("{SESSIONS_MAX} sessions are open");
            return Err(Error::new(Code::Busy, text).hint("close one: `databases.close`"));
        }
        inner.sessions.insert(number, Arc::new(own));
        Ok(number)
    }

    pub(crate) fn session(&self, session: u32) -> Result<Arc<Own>> {
        self.lock().sessions.get(&session).cloned().ok_or_else(|| {
            Error::not_found(format!("there is no session {session}"))
                .hint("it was closed: open another with `databases.open`")
        })
    }

    pub(crate) fn close_session(&self, session: u32) -> bool {
        let gone = self.lock().sessions.remove(&session);
        gone.inspect(|it| it.stop()).is_some()
    }

    /// Ends what somebody opened who has left: the server stops its work, rows are deleted, transactions
    /// undone, and seats free again.
    pub(crate) fn leave(&self, holder: &Holder) {
        holder.left.store(true, Ordering::SeqCst); // what is opened only now is not kept
        let mut inner = self.lock();
        let runs: Vec<_> = inner.runs.extract_if(|_, it| it.holder.is(holder)).collect();
        let sessions: Vec<_> = inner.sessions.extract_if(|_, it| it.holder.is(holder)).collect();
        inner.ending.retain(|it| it.strong_count() > 0);
        inner.ending.extend(runs.iter().map(|it| Arc::downgrade(&it.1.run)));
        drop(inner);
        runs.iter().for_each(|it| it.1.run.stop());
        sessions.iter().for_each(|it| it.1.stop());
        if sessions.is_empty() {
            return;
        }
        // Apart, for a server may be slow to say goodbye. Where no thread can be had it is done here.
        let goodbye = std::thread::Builder::new().name("goodbye".into());
        let _ = goodbye.spawn(move || drop(sessions));
    }

    /// Ends whatever anybody opened, and waits at most so long until the servers have stopped.
    pub(crate) fn end(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut inner = self.lock();
        let kept = std::mem::take(&mut inner.runs);
        let sessions = std::mem::take(&mut inner.sessions);
        let mut runs: Vec<_> = inner.ending.drain(..).filter_map(|it| it.upgrade()).collect();
        drop(inner);
        runs.extend(kept.values().map(|it| it.run.clone()));
        runs.iter().for_each(|it| it.stop());
        drop(sessions);
        for run in runs {
            run.until_end(until.saturating_duration_since(Instant::now()), &AtomicBool::new(false));
        }
    }
}

impl Own {
    /// Stops what runs in it.
    fn stop(&self) {
        if let Some(run) = self.last.lock().unwrap_or_else(PoisonError::into_inner).take() {
            run.stop();
        }
    }
}

/// Makes a folder that only its owner may enter.
pub(crate) fn private(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|it| unwritable(folder, &it))
}

pub(crate) fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    let text = format!("{} cannot be written: {error}", path.display());
    Error::new(Code::Upstream, text).hint("check who may write there, and whether the disk is full")
}

/// Environment, home, keyring and the passwords that somebody gave.
fn with_ways<T>(
    project: Option<&str>,
    passwords: &Mutex<HashMap<String, Secret>>,
    work: impl FnOnce(&Ways<'_>) -> T,
) -> T {
    let env = |name: &str| std::env::var(name).ok().filter(|it| !it.is_empty());
    let secret = |reference: &str| resolved(reference);
    let prompt = |entry: &Entry| {
        let passwords = passwords.lock().unwrap_or_else(PoisonError::into_inner);
        passwords.get(&entry.confided_to()).cloned().ok_or_else(|| {
            Failure::new(Reason::Connection, format!("{} asks for its password", entry.shown()))
                .hint("give it with `databases.setPassword`")
                .code("password")
        })
    };
    let folder = project.map(PathBuf::from).or_else(|| std::env::current_dir().ok());
    work(&Ways {
        env: &env,
        home: env("HOME").or_else(|| env("USERPROFILE")).map(PathBuf::from),
        folder: folder.unwrap_or_else(|| ".".into()),
        secret: &secret,
        prompt: &prompt,
        ssh: vec!["ssh".into()],
    })
}

/// What a reference to a secret leads to.
pub(crate) fn resolved(reference: &str) -> databases::Result<Secret> {
    let found = ingest::secrets::Reference::read(reference).and_then(|it| it.resolve());
    match found {
        Ok(secret) => Ok(Secret::new(secret.reveal())),
        Err(error) => Err(Failure::new(Reason::Connection, error.to_string())),
    }
}

/// A failure below as an error of the boundary.
pub(crate) fn told(failure: Failure) -> Error {
    let code = match failure.reason {
        Reason::Usage | Reason::Unsupported => Code::InvalidParams,
        Reason::Refused => Code::Denied,
        Reason::Unconfirmed => Code::Conflict,
        Reason::Connection | Reason::Server | Reason::Lost | Reason::File => Code::Upstream,
        Reason::TimedOut => Code::TimedOut,
        Reason::Cancelled => Code::Cancelled,
    };
    let text = match failure.detail {
        Some(detail) => format!("{}: {detail}", failure.message),
        None => failure.message,
    };
    let error = Error::new(code, text);
    match failure.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// An error of the boundary as a failure below.
pub(crate) fn untold(error: Error) -> Failure {
    let reason = match error.code {
        Code::Denied => Reason::Refused,
        Code::Upstream => Reason::Connection,
        _ => Reason::Usage,
    };
    let failure = Failure::new(reason, error.message);
    match error.hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
