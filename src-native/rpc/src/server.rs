//! What all sessions share: the store, the events, the jobs under way and the window.

use crate::boards::Boards;
use crate::connected::{Connected, Folders};
use crate::events::Events;
use crate::hooks::Waiting;
use crate::jobs::Jobs;
use crate::methods::analytics::Views;
use crate::{Caller, Code, Error, Result, Session, Window};
use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;

/// A Backstory that answers. Cheap to clone; every transport holds one.
#[derive(Clone)]
pub struct Server {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) events: Events,
    pub(crate) jobs: Jobs,
    pub(crate) deliveries: Waiting,
    pub(crate) connected: Arc<Connected>,
    pub(crate) boards: Boards,
    pub(crate) views: Views,
    pub(crate) team: crate::team::Team,
    pub(crate) delivery: crate::methods::memory::delivery::Kept,
    window: Mutex<Option<Arc<dyn Window>>>,
    log: Box<dyn Fn(&str) + Send + Sync>,
}

impl Server {
    /// A server on a store, without folders of its own. `log` takes one line for people who look after
    /// Backstory; it holds no secret.
    pub fn new(store: Store, log: impl Fn(&str) + Send + Sync + 'static) -> Server {
        Server::with(store, None, log)
    }

    fn with(
        store: Store,
        folders: Option<Folders>,
        log: impl Fn(&str) + Send + Sync + 'static,
    ) -> Server {
        let shared = Shared {
            connected: Connected::new(store.path().to_owned(), folders),
            store,
            events: Events::default(),
            jobs: Jobs::default(),
            deliveries: Waiting::default(),
            boards: Boards::default(),
            views: Views::default(),
            team: Default::default(),
            delivery: Default::default(),
            window: Mutex::default(),
            log: Box::new(log),
        };
        Server { shared: Arc::new(shared) }
    }

    /// A server on the store at `path`, which is made where there is none. Connections to databases are
    /// written down in `folders`.
    pub fn open(
        path: &std::path::Path,
        folders: Folders,
        log: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Server> {
        Ok(Server::with(Store::open(path)?, Some(folders), log))
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// How the store is: for the doctor.
    pub fn health(&self) -> Result<store::Health> {
        Ok(self.shared.store.health()?)
    }

    /// Begins a conversation. `notify` is given one JSON-RPC notification at a time and only enqueues.
    pub fn session(
        &self,
        caller: Caller,
        notify: impl Fn(String) + Send + Sync + 'static,
    ) -> Session {
        Session::new(self.shared.clone(), caller, Arc::new(notify))
    }

    /// Gives methods a window to drive.
    pub fn attach_window(&self, window: Arc<dyn Window>) {
        *self.shared.window.lock().unwrap_or_else(PoisonError::into_inner) = Some(window);
    }

    /// The window is gone; it holds a server and would otherwise live as long as this one.
    pub fn detach_window(&self) {
        *self.shared.window.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Reads what is new in every repository and goes on doing so whenever their refs move.
    /// Called once, by a process that stays: the window or `backstory serve`.
    pub fn follow(&self) {
        crate::jobs::follow(&self.shared);
    }

    /// Whether page views can be shared over a connection, as far as its entry says.
    ///
    /// # Errors
    /// What its entry would have to say.
    pub fn can_share(&self, connection: &str) -> Result<()> {
        crate::team::can_share(&self.shared, connection)
    }

    /// Tells a connection what it does not have of the page views here. It blocks; `stop` ends it.
    ///
    /// # Errors
    /// Where the server cannot be reached, or another collector shares there.
    pub fn share(&self, connection: &str, stop: Arc<std::sync::atomic::AtomicBool>) -> Result<()> {
        crate::team::share(&self.shared, connection, false, stop).map(drop)
    }

    /// The end: statements under way are stopped at their servers, for which is waited so long at most.
    pub fn end(&self, time: std::time::Duration) {
        self.shared.connected.end(time);
    }

    /// Tells everybody something the transports themselves noticed.
    pub fn tell(&self, method: &str, params: serde_json::Value) {
        self.shared.events.tell(method, params);
    }
}

impl Shared {
    pub(crate) fn window(&self) -> Option<Arc<dyn Window>> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn log(&self, line: &str) {
        (self.log)(line);
    }

    /// A method panicked: the caller learns where to look, the log what happened.
    pub(crate) fn bug(&self, method: &str, panic: &(dyn Any + Send)) -> Error {
        let words = panic
            .downcast_ref::<&str>()
            .map(|it| (*it).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        self.log(&format!("bug in {method}: {words}"));
        Error::new(Code::Internal, format!("`{method}` failed because of a bug in Backstory"))
            .hint("the log names it; please report it with the call you made")
    }
}
