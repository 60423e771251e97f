//! Statements on their way: run one after the other on a thread of their own, their rows kept on disk as
//! they come, their end certain: by the server, by whoever waits, or by the clock.

use crate::guard;
use crate::pool::Lent;
use crate::spool::Spool;
use crate::{
    Ask, Column, Done, Failure, Flow, Notice, Page, PageSize, Reason, Result, Sink, Step, Value,
};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Rows that are read beyond those that were asked for. Then the server waits.
const AHEAD: u64 = 10_000;
/// A result that nobody asks more of is given up after so long: the server keeps a transaction for it.
const FORGOTTEN: Duration = Duration::from_secs(600);
/// How long a server may take to stop before its connection is cut.
const STOPPING: Duration = Duration::from_secs(2);
/// How often whoever waits looks whether it still should.
const LOOK: Duration = Duration::from_millis(20);
/// Notices that are kept of a statement.
const NOTICES_MAX: usize = 1000;

/// A statement that is ready to be sent.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// As it is sent, with the engine's own marks for open places.
    pub text: String,
    /// What stands in the open places.
    pub values: Vec<Value>,
    /// As it was given.
    pub given: String,
    /// Where it was given: characters from the beginning of the script.
    pub start: u32,
    /// The line it was given on, from 1.
    pub line: u32,
    /// The character in that line it begins at, from 1.
    pub column: u32,
    /// Whether it only reads.
    pub reads: bool,
    /// Whether the server keeps what was done before it, whatever transaction is open.
    pub commits: bool,
    /// The step that it takes in a transaction.
    pub transaction: Option<Step>,
    /// Whether it may end a transaction from within, unseen.
    pub ends: bool,
    /// Whether the session may be another one after it, although it only reads.
    pub leaves: bool,
    /// Whether it is likely to give rows.
    pub rows: bool,
    /// Whether its rows can be had as CSV from the server, where that can do so.
    pub copies: bool,
}

/// How statements are run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Longest time of all of them together; time in which nobody wants more rows does not count.
    pub timeout: Duration,
    /// Whether to find out which tables columns come from.
    pub origins: bool,
    /// Whether all of it is one transaction that is undone at the end.
    pub rolled_back: bool,
    /// The folder that rows are kept in.
    pub folder: PathBuf,
    /// Bytes that are kept of each result.
    pub kept: u64,
    /// Whether somebody holds the session: a transaction that stays open is theirs to end.
    pub held: bool,
    /// Whether a result waits until more of it is wanted. Where several statements follow each other,
    /// all rows are read.
    pub waits: bool,
}

/// Statements under way, or done.
pub struct Run {
    state: Mutex<State>,
    changed: Condvar,
    stopping: AtomicBool,
    started: Instant,
    timeout: Duration,
}

/// What is done once all has ended.
type Then = dyn FnOnce(&Standing) + Send;

#[derive(Default)]
struct State {
    results: Vec<ResultState>,
    /// Rows of the last result that somebody wants.
    wanted: u64,
    /// Since when nobody wants more; whoever reads is waited for.
    held: Option<Instant>,
    /// Time in which nobody wanted more.
    held_total: Duration,
    timed_out: bool,
    gave_way: bool,
    ended: Option<Ended>,
    /// None once it is being done.
    then: Option<Vec<Box<Then>>>,
}

#[derive(Clone)]
struct Ended {
    failure: Option<(usize, Failure)>,
    in_transaction: bool,
    after: Duration,
}

struct ResultState {
    statement: usize,
    spool: Option<Arc<Spool>>,
    done: Option<Done>,
    notices: Vec<Notice>,
    started: Instant,
    took: Option<Duration>,
    failure: Option<Failure>,
}

/// A result, as it stands now.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which of the statements gave it.
    pub statement: usize,
    /// Its rows; none where it gives none, or none yet.
    pub rows: Option<Arc<Spool>>,
    /// How it ended; none while it goes on.
    pub done: Option<Done>,
    /// What the server said on the side.
    pub notices: Vec<Notice>,
    /// From its beginning to its end, or to now.
    pub took: Duration,
    /// Whether no more comes: it ended, or failed.
    pub complete: bool,
}

/// A run, as it stands now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What came so far.
    pub results: Vec<Outcome>,
    /// Whether no more comes.
    pub ended: bool,
    /// Which statement failed, and why.
    pub failure: Option<(usize, Failure)>,
    /// Whether a transaction was left open.
    pub in_transaction: bool,
    /// From the beginning to the end, or to now.
    pub took: Duration,
}

impl Run {
    /// Begins. The session is held until the end.
    ///
    /// # Errors
    /// [`Reason::File`] where no thread can be had.
    pub fn start(
        session: Arc<Mutex<Lent>>,
        statements: Vec<Prepared>,
        settings: Settings,
    ) -> Result<Arc<Run>> {
        let run = Arc::new(Run {
            state: Mutex::new(State { then: Some(Vec::new()), ..State::default() }),
            changed: Condvar::new(),
            stopping: AtomicBool::new(false),
            started: Instant::now(),
            timeout: settings.timeout,
        });
        let (worker, guard) = (run.clone(), run.clone());
        let no_thread = |error: std::io::Error| {
            Failure::new(Reason::File, format!("no thread can be had: {error}"))
        };
        let (cancel, seat) = {
            let session = session.lock().unwrap_or_else(PoisonError::into_inner);
            (session.canceller(), session.seat())
        };
        std::thread::Builder::new()
            .name("statement".into())
            .spawn(move || worker.work(&session, &statements, &settings))
            .map_err(no_thread)?;
        let watch = move || {
            if guard.until_stop_or_end() {
                // A statement may begin just now, or the word may get lost: it is said again. On a thread
                // of its own, for the way to the server may be closed.
                let until = Instant::now() + STOPPING;
                while !guard.is_ended() && Instant::now() < until {
                    let cancel = cancel.clone();
                    std::thread::spawn(move || cancel.cancel()); // it is cut below where this fails
                    guard.wait_end(STOPPING / 4);
                }
                if !guard.is_ended() {
                    cancel.cut();
                    seat.free();
                }
            }
        };
        std::thread::Builder::new().name("deadline".into()).spawn(watch).map_err(no_thread)?;
        Ok(run)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
    }

    fn is_ended(&self) -> bool {
        self.lock().ended.is_some()
    }

    fn wait_end(&self, time: Duration) {
        let until = Instant::now() + time;
        let mut state = self.lock();
        while state.ended.is_none() && Instant::now() < until {
            state = self.wait(state, until.saturating_duration_since(Instant::now()));
        }
    }

    /// Waits for the end, the deadline or a stop; whether there is something to be stopped.
    fn until_stop_or_end(&self) -> bool {
        let mut state = self.lock();
        loop {
            if state.ended.is_some() {
                return false;
            }
            if self.stopping.load(Ordering::SeqCst) {
                return true;
            }
            let held = state.held.map(|it| it.elapsed()).unwrap_or_default();
            let worked = self.started.elapsed().saturating_sub(state.held_total + held);
            if held >= FORGOTTEN {
                self.stopping.store(true, Ordering::SeqCst);
                self.changed.notify_all();
                return true;
            }
            if worked >= self.timeout {
                state.timed_out = true;
                self.stopping.store(true, Ordering::SeqCst);
                self.changed.notify_all();
                return true;
            }
            let left = match state.held {
                Some(_) => FORGOTTEN.saturating_sub(held),
                None => self.timeout.saturating_sub(worked),
            };
            state = self.wait(state, left.max(Duration::from_millis(1)));
        }
    }

    /// Stops it: the server ends its work, and what has come stays. Returns at once.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _state = self.lock(); // whoever is between looking and waiting hears it
        self.changed.notify_all();
    }

    /// Waits until so many rows of a result are there, or no more come of it, at most so long and only
    /// while `left` is false.
    pub fn until(&self, result: usize, rows: u64, time: Duration, left: &AtomicBool) {
        let until = Instant::now() + time;
        let mut state = self.lock();
        loop {
            let is_last = result + 1 >= state.results.len();
            if is_last && rows > state.wanted {
                state.wanted = rows;
                self.changed.notify_all();
            }
            let enough = state.results.get(result).is_some_and(|it| {
                it.took.is_some() || it.spool.as_ref().is_some_and(|it| it.len() >= rows)
            });
            let late = Instant::now() >= until || left.load(Ordering::Relaxed);
            if state.ended.is_some() || enough || late {
                return;
            }
            state = self.wait(state, LOOK);
        }
    }

    /// Waits for the end of all statements, at most so long and only while `left` is false.
    pub fn until_end(&self, time: Duration, left: &AtomicBool) {
        let until = Instant::now() + time;
        let mut state = self.lock();
        while state.ended.is_none() && Instant::now() < until && !left.load(Ordering::Relaxed) {
            state = self.wait(state, LOOK);
        }
    }

    /// Since when it waits for somebody to want more of its rows.
    pub fn held_since(&self) -> Option<Instant> {
        self.lock().held
    }

    /// Ends it because its session is needed: it waits for somebody to read on. What has come stays.
    pub fn give_way(&self) {
        self.lock().gave_way = true;
        self.stop();
    }

    /// Whether it waits for somebody to want more of its rows.
    pub fn is_held(&self) -> bool {
        self.lock().held.is_some()
    }

    /// Has something done once it has ended, on its own thread; at once where it has.
    pub fn when_ended(&self, act: impl FnOnce(&Standing) + Send + 'static) {
        let mut state = self.lock();
        if let Some(then) = &mut state.then {
            then.push(Box::new(act));
            return;
        }
        drop(state);
        self.until_end(Duration::from_secs(1), &AtomicBool::new(false)); // it is ending now
        act(&self.standing());
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        let state = self.lock();
        self.standing_of(&state, state.ended.as_ref())
    }

    fn standing_of(&self, state: &State, ended: Option<&Ended>) -> Standing {
        let outcome = |it: &ResultState| Outcome {
            statement: it.statement,
            rows: it.spool.clone(),
            done: it.done.clone(),
            notices: it.notices.clone(),
            took: it.took.unwrap_or_else(|| it.started.elapsed()),
            complete: it.took.is_some(),
        };
        Standing {
            results: state.results.iter().map(outcome).collect(),
            ended: ended.is_some(),
            in_transaction: ended.is_some_and(|it| it.in_transaction),
            took: ended.map_or_else(|| self.started.elapsed(), |it| it.after),
            failure: ended.and_then(|it| it.failure.clone()),
        }
    }

    fn work(&self, session: &Mutex<Lent>, statements: &[Prepared], settings: &Settings) {
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        let several = statements.len() > 1;
        let mut at = 0;
        // A driver that panics takes its session along and nothing else.
        let worked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            if settings.rolled_back {
                guard::begin_undone(&mut **session, statements)?;
            }
            for (index, statement) in statements.iter().enumerate() {
                at = index;
                if self.stopping.load(Ordering::SeqCst) {
                    return Err(Failure::cancelled());
                }
                self.begin(index);
                if !statement.reads || statement.leaves {
                    session.spoil();
                }
                let ask = Ask {
                    text: &statement.text,
                    values: &statement.values,
                    page: PageSize::default(),
                    origins: settings.origins,
                };
                let mut keeper = Keeper { run: self, settings, waits: settings.waits && !several };
                let ran = session.run(&ask, &mut keeper);
                let own = self.lock().results.last_mut().and_then(|it| it.failure.take());
                ran.map_err(|failure| own.unwrap_or(failure))?;
                self.finish_last();
                if settings.rolled_back {
                    guard::still_undone(&**session)?;
                }
            }
            if settings.held { Ok(()) } else { guard::left_open(&**session, statements) }
        }));
        let mut failure = match worked {
            Ok(Ok(())) => None,
            Ok(Err(failure)) => Some(failure),
            Err(_) => Some(Failure::new(
                Reason::Lost,
                "the driver failed because of a bug in Backstory; its connection was given up",
            )),
        };
        if failure.as_ref().is_some_and(|it| {
            // One that was stopped may have been cut, where the server did not listen.
            use Reason::{Cancelled, Connection, Lost, TimedOut};
            matches!(it.reason, Lost | Connection | TimedOut | Cancelled)
        }) {
            session.spoil();
        }
        if settings.rolled_back
            && session.in_transaction()
            && let Err(error) = session.transaction(Step::Rollback)
        {
            session.spoil(); // closed, the server undoes it
            failure = failure.or(Some(error));
        }
        let in_transaction = session.in_transaction();
        drop(session);
        let mut state = self.lock();
        let after = self.started.elapsed();
        let cut = state.results.last_mut().filter(|it| it.took.is_none()).map(|it| {
            it.took = Some(it.started.elapsed());
            it.took
        });
        let stopped = self.stopping.load(Ordering::SeqCst);
        let failure = failure.map(|it| match it.reason {
            Reason::Cancelled | Reason::Lost if state.timed_out => timed_out(self.timeout),
            Reason::Cancelled | Reason::Lost if state.gave_way => gave_way(),
            Reason::Lost if stopped => Failure::cancelled(),
            _ => it,
        });
        let ended = Ended { failure: failure.map(|it| (at, it)), in_transaction, after };
        // Whoever waits for the end finds done what was to be done at the end.
        let then = state.then.take().unwrap_or_default();
        let standing = self.standing_of(&state, Some(&ended));
        // A result that was cut off and a failure are seen at once: else it would look whole for a moment.
        if let (Some(_), Some(last)) = (cut, state.results.last_mut()) {
            last.took = None;
        }
        drop(state);
        then.into_iter().for_each(|act| act(&standing));
        let mut state = self.lock();
        if let (Some(took), Some(last)) = (cut, state.results.last_mut()) {
            last.took = took;
        }
        state.ended = Some(ended);
        drop(state);
        self.changed.notify_all();
    }

    fn begin(&self, statement: usize) {
        let mut state = self.lock();
        state.results.push(ResultState {
            statement,
            spool: None,
            done: None,
            notices: Vec::new(),
            started: Instant::now(),
            took: None,
            failure: None,
        });
        self.changed.notify_all();
    }

    fn finish_last(&self) {
        let mut state = self.lock();
        if let Some(last) = state.results.last_mut()
            && last.took.is_none()
        {
            last.took = Some(last.started.elapsed());
        }
        self.changed.notify_all();
    }
}

fn gave_way() -> Failure {
    let text = "the rest was not read: its session was needed for another statement";
    Failure::new(Reason::Cancelled, text)
        .hint("run it again, or allow more sessions with `pool` in the connection's entry")
}

fn timed_out(after: Duration) -> Failure {
    let text = format!("it took longer than {} s and was stopped", after.as_secs_f64());
    Failure::new(Reason::TimedOut, text).hint("allow more with `timeout`")
}

/// Keeps what a statement gives.
struct Keeper<'a> {
    run: &'a Run,
    settings: &'a Settings,
    waits: bool,
}

impl Keeper<'_> {
    fn last<T>(&self, change: impl FnOnce(&mut ResultState) -> T) -> Option<T> {
        let mut state = self.run.lock();
        let changed = state.results.last_mut().map(change);
        self.run.changed.notify_all();
        changed
    }

    fn failed(&self, failure: Failure) -> Flow {
        self.last(|it| it.failure = Some(failure));
        ControlFlow::Break(())
    }

    /// A statement may give several results.
    fn next_where_ended(&self) {
        let ended = self.last(|it| it.took.is_some().then_some(it.statement)).flatten();
        if let Some(statement) = ended {
            self.run.begin(statement);
        }
    }
}

impl Sink for Keeper<'_> {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        self.next_where_ended();
        match Spool::create(&self.settings.folder, columns, self.settings.kept) {
            Ok(spool) => {
                self.last(|it| it.spool = Some(Arc::new(spool)));
                ControlFlow::Continue(())
            }
            Err(failure) => self.failed(failure),
        }
    }

    fn page(&mut self, page: &Page) -> Flow {
        let Some(spool) = self.last(|it| it.spool.clone()).flatten() else {
            return ControlFlow::Break(());
        };
        if let Err(failure) = spool.append(page) {
            return self.failed(failure);
        }
        let mut state = self.run.lock();
        self.run.changed.notify_all();
        let rows = spool.len();
        let stopping = || self.run.stopping.load(Ordering::SeqCst);
        while self.waits && rows >= state.wanted.saturating_add(AHEAD) && !stopping() {
            if state.held.is_none() {
                state.held = Some(Instant::now());
                self.run.changed.notify_all(); // whoever looks at the clock
            }
            state = self.run.wait(state, FORGOTTEN);
        }
        if let Some(since) = state.held.take() {
            state.held_total += since.elapsed();
            self.run.changed.notify_all();
        }
        if stopping() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn end(&mut self, done: &Done) -> Flow {
        self.next_where_ended();
        self.last(|it| {
            it.done = Some(done.clone());
            it.took = Some(it.started.elapsed());
        });
        ControlFlow::Continue(())
    }

    fn notice(&mut self, notice: &Notice) {
        self.last(|it| {
            if it.notices.len() < NOTICES_MAX {
                it.notices.push(notice.clone());
            }
        });
    }
}
