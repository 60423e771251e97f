//! The one trait that every engine has, and what goes in and out of it.
//!
//! A session blocks: whoever wants several things at once has several sessions, each on a thread of its
//! own. Rows are pushed into a [`Sink`], which takes them as fast as it likes: while it does not return,
//! the driver does not read on, and the server waits.

use crate::catalogue::{Description, Object, Objects, Reference, Schema, Table};
use crate::plan::Plan;
use crate::{Column, Engine, Failure, Page, Result};
use std::ops::ControlFlow;
use std::sync::Arc;

/// A value for a place that a statement leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// NULL.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// Text; also times, JSON and whatever else the server reads from text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// How large a page may become before it is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize {
    /// Rows.
    pub rows: usize,
    /// Bytes of all cells; the row that passes it is the page's last.
    pub bytes: usize,
}

impl Default for PageSize {
    fn default() -> PageSize {
        PageSize { rows: 1000, bytes: 256 << 10 }
    }
}

/// A statement to be run: one, never several.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Its text, with the engine's own marks for open places: `$1`, `?`.
    pub text: &'a str,
    /// What stands in the open places, in order.
    pub values: &'a [Value],
    /// How large pages may become.
    pub page: PageSize,
    /// Whether to find out which tables the columns come from: needed to edit rows in place, and a
    /// further question to some servers.
    pub origins: bool,
}

impl<'a> Ask<'a> {
    /// A statement without open places.
    pub fn new(text: &'a str) -> Ask<'a> {
        Ask { text, values: &[], page: PageSize::default(), origins: false }
    }
}

/// What a server says beside its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How grave: `NOTICE`, `WARNING`, as the server calls it.
    pub severity: String,
    /// The server's words.
    pub message: String,
}

/// How a statement ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Rows that were inserted, changed or removed; none for what only reads.
    pub affected: Option<u64>,
    /// What the server calls what it did: `INSERT`, `CREATE TABLE`; empty where it says nothing.
    pub tag: String,
}

/// Whether to go on.
pub type Flow = ControlFlow<()>;

/// Takes what a statement gives: for each result `begin`, pages, `end`; a statement that gives no rows
/// has `end` alone. To break off is to stop the server's work.
pub trait Sink {
    /// A result with these columns begins.
    fn begin(&mut self, columns: &[Column]) -> Flow;
    /// The next rows. The page is used again after this returns.
    fn page(&mut self, page: &Page) -> Flow;
    /// The result ended, or the statement gave none.
    fn end(&mut self, done: &Done) -> Flow;
    /// The server says something.
    fn notice(&mut self, notice: &Notice);
}

/// Stops what a session does, from any other thread.
pub trait Cancel: Send + Sync {
    /// Asks the server to stop the statement that runs, and returns when the server has been told. Where
    /// nothing runs, nothing happens.
    ///
    /// # Errors
    /// Where the server cannot be told.
    fn cancel(&self) -> Result<()>;
    /// Cuts the connection where the server does not listen: the session is of no use afterwards.
    fn cut(&self);
}

/// What is known of the server, after connecting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// What it calls itself: `PostgreSQL`, `MariaDB`.
    pub product: String,
    /// Its version, as it says.
    pub version: String,
    /// Whether the way to it is encrypted.
    pub encrypted: bool,
    /// What whoever uses this connection should know: "the user may do anything on this server".
    pub warnings: Vec<String>,
}

/// What to do with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Begin one.
    Begin,
    /// Keep what it did.
    Commit,
    /// Undo what it did.
    Rollback,
}

/// A connection that is open: the one trait that every engine has.
pub trait Session: Send {
    /// The engine.
    fn engine(&self) -> Engine;

    /// What is known of the server.
    fn server(&self) -> &Server;

    /// Asks the server for a sign of life.
    ///
    /// # Errors
    /// [`crate::Reason::Lost`] where there is none.
    fn ping(&mut self) -> Result<()>;

    /// Runs one statement and pushes what it gives. Where the target is read-only, the engine's own
    /// means hold whatever the statement says.
    ///
    /// # Errors
    /// The server's, with code and place; [`crate::Reason::Lost`]; [`crate::Reason::Cancelled`] where
    /// the sink broke off or the session was cancelled.
    fn run(&mut self, ask: &Ask<'_>, out: &mut dyn Sink) -> Result<()>;

    /// Writes the rows of one reading statement as CSV in the words of the server itself, where the
    /// engine can do that quicker than by pages and the bytes are the same: comma, a header, `"` only
    /// where needed, NULL as nothing and an empty text as `""`, lines ended by `\n`. A part of no bytes says
    /// that nothing more is here yet. What the server says beside goes to `hear`. Returns how many rows there were; none where it cannot, and then
    /// nothing has been done.
    fn copy_csv(
        &mut self,
        _ask: &Ask<'_>,
        _header: bool,
        _out: &mut dyn FnMut(&[u8]) -> Flow,
        _hear: &mut dyn FnMut(&Notice),
    ) -> Option<Result<u64>> {
        None
    }

    /// What stops it from another thread.
    fn canceller(&self) -> Arc<dyn Cancel>;

    /// Begins or ends a transaction.
    ///
    /// # Errors
    /// The server's; [`crate::Reason::Unsupported`] where the engine has none.
    fn transaction(&mut self, step: Step) -> Result<()>;

    /// Whether a transaction is open, begun by [`Session::transaction`] or by a statement.
    fn in_transaction(&self) -> bool;

    /// Whether nothing is left in it of what was run that others would find: another database than the one
    /// it was opened for, a variable.
    fn is_as_opened(&self) -> bool {
        true
    }

    /// The schemas there are; where an engine has none, its databases.
    ///
    /// # Errors
    /// The server's.
    fn schemas(&mut self) -> Result<Vec<Schema>>;

    /// What stands in a schema, by name. Redis: keys.
    ///
    /// # Errors
    /// The server's.
    fn objects(&mut self, of: &Objects<'_>) -> Result<Vec<Object>>;

    /// Where the last [`Session::objects`] ended, to be given as `after`; none where that was all. Engines
    /// whose names have an order go on after the last name, and say none.
    fn objects_ended_at(&self) -> Option<String> {
        None
    }

    /// All about one table, view, collection or key.
    ///
    /// # Errors
    /// The server's; [`crate::Reason::Usage`] where there is no such thing.
    fn describe(&mut self, schema: &str, object: &str) -> Result<Description>;

    /// Tables and views of a schema with their columns: what completion needs, in one go.
    ///
    /// # Errors
    /// The server's.
    fn tables(&mut self, schema: &str) -> Result<Vec<Table>>;

    /// Foreign keys among the tables of a schema.
    ///
    /// # Errors
    /// The server's.
    fn references(&mut self, schema: &str) -> Result<Vec<Reference>>;

    /// How the server would run a statement, or did where `measured`: then it runs, and what it did
    /// is undone where the engine can.
    ///
    /// # Errors
    /// The server's; [`crate::Reason::Unsupported`].
    fn explain(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan>;
}

/// A failure that says that an engine cannot do that.
pub(crate) fn unsupported(engine: Engine, what: &str) -> Failure {
    Failure::new(crate::Reason::Unsupported, format!("{} has no {what}", engine.title()))
}
