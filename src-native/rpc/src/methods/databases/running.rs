//! Running statements.

use super::keeping::Note;
use super::results::DatabaseResult;
use super::{LEND, connected, heard, wire};
use crate::connected::{Connected, Holder, Kept, Own, Wish, told};
use crate::wire::{reply, request};
use crate::{Access, Code, Context, Error, Limits, Method, Result, Topic};
use databases::run::{self, Settings};
use databases::stream::stoppable;
use databases::{Lent, Step, guard};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;
use ts_rs::TS;

/// What becomes of what statements do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum TransactionMode {
    /// Each statement is kept as soon as it is done.
    Auto,
    /// All stand in one transaction, kept or undone by `databases.transaction`. Wants a session.
    Manual,
    /// All stand in one transaction that is undone at the end.
    RolledBack,
}

/// What to do with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum TransactionStep {
    /// Begin one.
    Begin,
    /// Keep what it did.
    Commit,
    /// Undo what it did.
    Rollback,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    /// It runs, or holds its rows back until they are asked for.
    Running,
    /// All statements are done.
    Done,
    /// One failed; those after it were not run.
    Failed,
}

request! {
    /// Open a session: a connection of one's own, that keeps settings, temporary tables and a transaction from run to run. It ends with the caller, or by `databases.close`.
    #[schemars(rename = "OpenSession")]
    #[ts(rename = "OpenSession")]
    pub struct Open {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
    }

    /// Begin, keep or undo the transaction of a session.
    #[schemars(rename = "StepTransaction")]
    #[ts(rename = "StepTransaction")]
    pub struct Transaction {
        /// Session, as `databases.open` gave it.
        pub session: u32,
        /// What to do.
        pub step: TransactionStep,
    }

    /// Run one or several statements. Answers with the first rows as soon as there are some; more are pulled with `databases.rows`. A statement that destroys data is refused with `conflict` and what will go, until it comes with `confirmed`.
    #[schemars(rename = "RunStatements")]
    #[ts(rename = "RunStatements")]
    pub struct Run {
        /// Connection, by name or as a URL; `join` to ask several at once, by `connection.table`.
        pub connection: Option<String>,
        /// Session to run it in, in place of a connection.
        pub session: Option<u32>,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// The statements.
        pub text: String,
        /// Values for places written as `:name`, by name: text, numbers, true, false or null.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | null }")]
        pub params: Option<serde_json::Map<String, serde_json::Value>>,
        /// What becomes of what they do (auto unless told otherwise).
        pub transaction: Option<TransactionMode>,
        /// Only read, whatever the connection's entry says.
        pub read_only: Option<bool>,
        /// Longest time in seconds; what the connection's entry says unless given.
        pub timeout: Option<f64>,
        /// Yes to what will go.
        pub confirmed: Option<bool>,
        /// How many of the first rows to answer with (100 unless told otherwise, 1,000 at most).
        pub rows: Option<u32>,
        /// Longest time to wait for them, in seconds; until they are there unless given.
        pub wait: Option<f64>,
        /// Whether to find out which tables columns come from, for editing in place.
        pub origins: Option<bool>,
    }

    /// Tell how a run stands, with the first rows of each of its results.
    #[schemars(rename = "StandingOfRun")]
    #[ts(rename = "StandingOfRun")]
    pub struct Standing {
        /// Run, as `databases.run` gave it.
        pub run: u32,
        /// How many of the first rows to answer with (100 unless told otherwise, 1,000 at most).
        pub rows: Option<u32>,
        /// Longest time to wait for its end, in seconds; none unless given.
        pub wait: Option<f64>,
    }

    /// Stop a run: its statement ends at the server. What has come stays.
    #[schemars(rename = "StopRun")]
    #[ts(rename = "StopRun")]
    pub struct Stop {
        /// Run, as `databases.run` gave it.
        pub run: u32,
    }

    /// End a run or a session and let go of all it holds.
    #[schemars(rename = "CloseRun")]
    #[ts(rename = "CloseRun")]
    pub struct Close {
        /// Run to end.
        pub run: Option<u32>,
        /// Session to end.
        pub session: Option<u32>,
    }
}

reply! {
    /// A session.
    #[schemars(rename = "OpenSessionReply")]
    #[ts(rename = "OpenSessionReply")]
    pub struct OpenReply {
        /// What to give `databases.run`.
        pub session: u32,
        /// Product and version of the server.
        pub server: String,
        /// Whether the way there is encrypted.
        pub encrypted: bool,
        /// Whether only reading is allowed.
        pub read_only: bool,
        /// What whoever uses it should know.
        pub warnings: Vec<String>,
    }

    /// The transaction.
    #[schemars(rename = "StepTransactionReply")]
    #[ts(rename = "StepTransactionReply")]
    pub struct TransactionReply {
        /// Whether one is open.
        pub open: bool,
    }

    /// A run.
    #[schemars(rename = "RunStatementsReply")]
    #[ts(rename = "RunStatementsReply")]
    pub struct RunReply {
        /// What to give `databases.rows`, `databases.stop`, `databases.close`.
        pub run: u32,
        /// How far it is.
        pub state: RunState,
        /// What its statements gave so far, in order.
        pub results: Vec<DatabaseResult>,
        /// Why it failed.
        pub failure: Option<DatabaseFailure>,
        /// Whether a transaction is open in the session.
        pub in_transaction: bool,
        /// From the beginning to the end, or to now, in milliseconds.
        pub milliseconds: f64,
    }

    /// Why a statement failed, in the server's words.
    pub struct DatabaseFailure {
        /// What kind: `usage`, `refused`, `connection`, `server`, `lost`, `timedOut`, `cancelled`, `unsupported`, `file`.
        pub kind: String,
        /// What failed.
        pub message: String,
        /// What to do.
        pub hint: Option<String>,
        /// The server's further words.
        pub detail: Option<String>,
        /// The server's code.
        pub code: Option<String>,
        /// Where in the text that was run, as characters from its beginning.
        pub offset: Option<u32>,
        /// Line in the text, from 1.
        pub line: Option<u32>,
        /// Character in the line, from 1.
        pub column: Option<u32>,
    }

    /// Whether something was stopped.
    #[schemars(rename = "StopRunReply")]
    #[ts(rename = "StopRunReply")]
    pub struct StopReply {
        /// Whether it ran.
        pub stopped: bool,
    }

    /// Whether something was closed.
    #[schemars(rename = "CloseRunReply")]
    #[ts(rename = "CloseRunReply")]
    pub struct CloseReply {
        /// Whether it was there.
        pub closed: bool,
    }
}

/// First rows of an answer unless told otherwise.
const ROWS: u32 = 100;
/// Rows that one answer may hold.
pub(super) const ROWS_MAX: u32 = 1_000;
/// Bytes of a cell that are sent before somebody asks for the rest.
pub(super) const CELL_MAX: usize = 2_048;
/// Bytes of one result that are kept on disk while somebody looks at it.
const KEPT_MAX: u64 = 8 << 30;
/// Longest time that anybody may give; what an entry allows that sets no limit.
const TIMEOUT_MAX: f64 = 7.0 * 24.0 * 3600.0;
/// How long a run may take to end after its last row.
const ENDING: Duration = Duration::from_secs(1);
/// How long a call waits for rows. The run itself has its own clock.
const WAIT: Duration = Duration::from_secs(24 * 3600);

impl Method for Open {
    const NAME: &'static str = "databases.open";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Databases];
    const EXAMPLE: &'static str = r#"{"connection":"memory"}"#;
    type Reply = OpenReply;

    async fn call(self, cx: Context) -> Result<OpenReply> {
        let holder = cx.holder.clone();
        connected(&cx, move |connected| {
            let way = connected.way(self.project.as_deref(), &self.connection)?;
            let lent = way.statements.lend(LEND);
            heard(connected, &way, lent.as_ref().err());
            let mut lent = lent.map_err(told)?;
            lent.spoil(); // what it did in its life is nobody else's
            let server = lent.server().clone();
            let own = Own {
                holder,
                way: way.clone(),
                session: Arc::new(Mutex::new(lent)),
                last: Mutex::default(),
            };
            Ok(OpenReply {
                session: connected.keep_session(own)?,
                server: format!("{} {}", server.product, server.version),
                encrypted: server.encrypted,
                read_only: way.entry.read_only,
                warnings: server.warnings,
            })
        })
        .await
    }
}

impl Method for Transaction {
    const NAME: &'static str = "databases.transaction";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"session":1,"step":"rollback"}"#;
    type Reply = TransactionReply;

    async fn call(self, cx: Context) -> Result<TransactionReply> {
        let left = cx.cancel.clone();
        connected(&cx, move |connected| {
            let own = connected.session(self.session)?;
            let mut session = own.idle()?;
            let stop = session.canceller();
            let step = match self.step {
                TransactionStep::Begin => Step::Begin,
                TransactionStep::Commit => Step::Commit,
                TransactionStep::Rollback => Step::Rollback,
            };
            stoppable(&left, &*stop, || guard::step(&mut **session, step)).map_err(told)?;
            Ok(TransactionReply { open: session.in_transaction() })
        })
        .await
    }
}

impl Method for Run {
    const NAME: &'static str = "databases.run";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"connection":"memory","text":"select 1 as one"}"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = RunReply;

    async fn call(self, cx: Context) -> Result<RunReply> {
        let (left, holder) = (cx.cancel.clone(), cx.holder.clone());
        connected(&cx, move |connected| self.start(connected, holder, &left)).await
    }
}

impl Run {
    fn start(self, connected: &Connected, holder: Holder, left: &AtomicBool) -> Result<RunReply> {
        let values = wire::values(self.params.as_ref())?;
        let own = self.session.map(|it| connected.session(it)).transpose()?;
        let way = match (&own, &self.connection) {
            (Some(own), None) => own.way.clone(),
            (None, Some(connection)) => {
                let wish = Wish::of(self.read_only == Some(true), false);
                connected.way_for(self.project.as_deref(), connection, wish)?
            }
            _ => {
                return Err(Error::invalid("a run wants a connection or a session")
                    .hint("give one of them: `connection` or `session`"));
            }
        };
        let mode = self.transaction.unwrap_or(TransactionMode::Auto);
        if mode == TransactionMode::Manual && own.is_none() {
            return Err(Error::invalid("a transaction by hand wants a session")
                .hint("open one with `databases.open`, and give it as `session`"));
        }
        let reads = way.entry.read_only || self.read_only == Some(true);
        let access = match (reads, self.confirmed) {
            (true, _) => guard::Access::Read,
            (false, Some(true)) => guard::Access::Destroy,
            (false, _) => guard::Access::Write,
        };
        let statements =
            guard::prepare(way.entry.engine, &self.text, &values, access).map_err(told)?;
        if mode == TransactionMode::RolledBack {
            guard::can_be_undone(&statements).map_err(told)?;
        }
        let several = statements.len() > 1;
        let session = match &own {
            Some(own) => {
                let session = own.idle()?;
                drop(session);
                own.session.clone()
            }
            None => {
                let lent = connected.lend(&way);
                heard(connected, &way, lent.as_ref().err());
                Arc::new(Mutex::new(lent.map_err(told)?))
            }
        };
        if left.load(Ordering::Relaxed) {
            return Err(cancelled()); // while it waited for a session
        }
        if own.is_some() {
            let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
            let manual = mode == TransactionMode::Manual;
            let open = session.in_transaction();
            guard::keeps_what_is_open(&statements, open || manual, access).map_err(told)?;
            if manual && !open {
                session.transaction(Step::Begin).map_err(told)?;
            }
        } else {
            guard::keeps_what_is_open(&statements, false, access).map_err(told)?;
        }
        let settings = Settings {
            timeout: time_of(self.timeout)?
                .or(way.entry.limits.timeout)
                .unwrap_or(Duration::from_secs_f64(TIMEOUT_MAX)),
            origins: self.origins == Some(true),
            rolled_back: mode == TransactionMode::RolledBack,
            held: own.is_some(),
            folder: connected.scratch()?,
            kept: KEPT_MAX,
            waits: true,
        };
        let run = run::Run::start(session, statements.clone(), settings).map_err(told)?;
        if let Some(own) = &own {
            *own.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.clone());
        }
        let noted = Note::new(connected, &way, &self.text);
        run.when_ended(move |standing| noted.write(standing));
        let wanted = self.rows.unwrap_or(ROWS).min(ROWS_MAX);
        let wait = time_of(self.wait)?.unwrap_or(WAIT);
        let number = connected.keep_run(Kept {
            holder,
            run: run.clone(),
            statements,
            way,
            orders: Mutex::default(),
        });
        if several {
            run.until_end(wait, left);
        } else {
            run.until(0, u64::from(wanted.max(1)), wait, left);
            // All rows are there: the end is a moment away.
            if run.standing().results.first().is_some_and(|it| it.complete) {
                run.until_end(ENDING.min(wait), left);
            }
        }
        if left.load(Ordering::Relaxed) {
            connected.close_run(number);
            return Err(cancelled());
        }
        standing(connected, number, wanted)
    }
}

fn cancelled() -> Error {
    Error::new(Code::Cancelled, "`databases.run` was cancelled")
}

/// A time that somebody gave, in seconds.
pub(super) fn time_of(seconds: Option<f64>) -> Result<Option<Duration>> {
    match seconds {
        None => Ok(None),
        Some(it) if it > 0.0 && it <= TIMEOUT_MAX => Ok(Some(Duration::from_secs_f64(it))),
        Some(it) => Err(Error::invalid(format!("{it} is no time in seconds"))
            .hint("give more than 0 and at most 604800, a week")),
    }
}

impl Own {
    /// The session, where nothing runs in it. A result that waits for somebody to read on is ended.
    fn idle(&self) -> Result<MutexGuard<'_, Lent>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(last) = last
            && last.is_held()
        {
            last.stop();
            last.until_end(Duration::from_secs(5), &AtomicBool::new(false));
        }
        match self.session.try_lock() {
            Ok(session) => Ok(session),
            Err(TryLockError::Poisoned(broken)) => Ok(broken.into_inner()),
            Err(TryLockError::WouldBlock) => {
                Err(Error::new(Code::Busy, "a statement runs in this session")
                    .hint("wait for its end, or stop it with `databases.stop`"))
            }
        }
    }
}

/// How a run stands, with the first rows of its results.
fn standing(connected: &Connected, number: u32, rows: u32) -> Result<RunReply> {
    let kept = connected.run(number)?;
    let now = kept.run.standing();
    let mut results = Vec::new();
    for it in &now.results {
        let given = kept.statements.get(it.statement).map(|it| it.given.clone());
        let mut result = DatabaseResult {
            statement: given.unwrap_or_default(),
            columns: None,
            rows: Vec::new(),
            rows_total: 0.0,
            complete: it.complete,
            affected: it.done.as_ref().and_then(|it| it.affected).map(|it| it as f64),
            tag: it.done.as_ref().map(|it| it.tag.clone()).unwrap_or_default(),
            notices: it
                .notices
                .iter()
                .map(|it| format!("{}: {}", it.severity, it.message))
                .collect(),
            milliseconds: wire::milliseconds(it.took),
            editable: None,
        };
        if let Some(spool) = &it.rows {
            let found = spool.rows(0, rows as usize, CELL_MAX).map_err(told)?;
            result.rows = wire::rows(&found, spool.columns(), 0..);
            result.columns = Some(wire::columns(spool.columns()));
            result.rows_total = spool.len() as f64;
            result.editable =
                super::editing::editable(&kept.way, &result.statement, spool.columns());
        }
        results.push(result);
    }
    let failed = now.failure.as_ref();
    Ok(RunReply {
        run: number,
        state: match (now.ended, failed) {
            (false, _) => RunState::Running,
            (true, None) => RunState::Done,
            (true, Some(_)) => RunState::Failed,
        },
        results,
        failure: failed.map(|it| wire::failure(&it.1, kept.statements.get(it.0))),
        in_transaction: now.in_transaction,
        milliseconds: wire::milliseconds(now.took),
    })
}

impl Method for Standing {
    const NAME: &'static str = "databases.standing";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"run":1}"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = RunReply;

    async fn call(self, cx: Context) -> Result<RunReply> {
        let left = cx.cancel.clone();
        connected(&cx, move |connected| {
            let kept = connected.run(self.run)?;
            if let Some(wait) = time_of(self.wait)? {
                kept.run.until_end(wait, &left);
            }
            standing(connected, self.run, self.rows.unwrap_or(ROWS).min(ROWS_MAX))
        })
        .await
    }
}

impl Method for Stop {
    const NAME: &'static str = "databases.stop";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"run":1}"#;
    type Reply = StopReply;

    async fn call(self, cx: Context) -> Result<StopReply> {
        connected(&cx, move |connected| {
            let kept = connected.run(self.run)?;
            let stopped = !kept.run.standing().ended;
            kept.run.stop();
            kept.run.until_end(Duration::from_secs(3), &AtomicBool::new(false));
            Ok(StopReply { stopped })
        })
        .await
    }
}

impl Method for Close {
    const NAME: &'static str = "databases.close";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"run":1}"#;
    type Reply = CloseReply;

    async fn call(self, cx: Context) -> Result<CloseReply> {
        connected(&cx, move |connected| {
            let run = self.run.is_some_and(|it| connected.close_run(it));
            let session = self.session.is_some_and(|it| connected.close_session(it));
            Ok(CloseReply { closed: run || session })
        })
        .await
    }
}
