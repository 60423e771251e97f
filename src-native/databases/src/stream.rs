//! Statements straight into a file or a terminal: nothing is kept, memory stays flat.

use crate::export::Export;
use crate::pool::Lent;
use crate::run::Prepared;
use crate::{Ask, Done, Failure, Flow, Notice, Page, Reason, Result, Sink, Step};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often is looked whether somebody stopped it.
const LOOK: Duration = Duration::from_millis(20);
/// How long a server may take to stop before its connection is cut.
const STOPPING: Duration = Duration::from_secs(2);

/// How statements are streamed.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// Longest time of all of them together, without what the reader of the rows takes.
    pub timeout: Duration,
    /// Set from any thread, it stops the statement at the server.
    pub cancel: &'a AtomicBool,
    /// Whether all of it is one transaction that is undone at the end.
    pub rolled_back: bool,
    /// Whether rows may come in the server's own CSV; with a header or without.
    pub csv_header: Option<bool>,
}

/// What statements did beside giving rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// How each statement ended, in order.
    pub done: Vec<Done>,
}

/// Runs statements one after the other and pushes what they give. Notices go to `hear` as they come.
///
/// # Errors
/// The first failure, with the number of its statement; those after it were not run.
pub fn stream(
    session: &mut Lent,
    statements: &[Prepared],
    limits: Limits<'_>,
    out: &mut Export<'_>,
    hear: &mut dyn FnMut(&Notice),
) -> Result<Said, (usize, Box<Failure>)> {
    let cancel = session.canceller();
    let (over, ended) = (Mutex::new(false), Condvar::new());
    let stopped = AtomicBool::new(false);
    let late = AtomicBool::new(false);
    let waited = out.kept_waiting();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let begun = Instant::now();
            let mut told: Option<Instant> = None;
            let mut cut = false;
            let mut over = over.lock().unwrap_or_else(PoisonError::into_inner);
            while !*over {
                let spent = begun.elapsed().saturating_sub(waited.so_far());
                let is_late = spent >= limits.timeout;
                if told.is_none() && (is_late || limits.cancel.load(Ordering::Relaxed)) {
                    late.store(is_late, Ordering::SeqCst);
                    stopped.store(true, Ordering::SeqCst);
                    let cancel = cancel.clone();
                    std::thread::spawn(move || cancel.cancel()); // it is cut below where this fails
                    told = Some(Instant::now());
                }
                if !cut && told.is_some_and(|it| it.elapsed() >= STOPPING) {
                    cancel.cut();
                    cut = true;
                }
                over = ended.wait_timeout(over, LOOK).unwrap_or_else(PoisonError::into_inner).0;
            }
        });
        let done = all(session, statements, limits, &stopped, out, hear);
        *over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        ended.notify_all();
        done
    })
    .map_err(|(at, failure)| {
        let own = out.failure().cloned();
        let failure: Failure = match failure.reason {
            Reason::Cancelled | Reason::Lost if late.load(Ordering::SeqCst) => {
                timed_out(limits.timeout)
            }
            Reason::Lost if stopped.load(Ordering::SeqCst) => Failure::cancelled(),
            Reason::Cancelled => own.unwrap_or(*failure),
            _ => *failure,
        };
        (at, failure.into())
    })
}

fn all(
    session: &mut Lent,
    statements: &[Prepared],
    limits: Limits<'_>,
    stopped: &AtomicBool,
    out: &mut Export<'_>,
    hear: &mut dyn FnMut(&Notice),
) -> Result<Said, (usize, Box<Failure>)> {
    let mut said = Said::default();
    if limits.rolled_back {
        session.transaction(Step::Begin).map_err(|it| (0, it.into()))?;
    }
    let mut failed = None;
    for (at, statement) in statements.iter().enumerate() {
        if stopped.load(Ordering::SeqCst) {
            failed = Some((at, Failure::cancelled().into()));
            break;
        }
        if !statement.reads {
            session.spoil();
        }
        let ask = Ask {
            text: &statement.text,
            values: &statement.values,
            page: out.page_size(),
            origins: out.wants_origins(),
        };
        if let Err(failure) = one(session, statement, &ask, limits, out, hear, &mut said) {
            if matches!(failure.reason, Reason::Lost | Reason::Connection) {
                session.spoil();
            }
            failed = Some((at, failure.into()));
            break;
        }
    }
    if limits.rolled_back
        && let Err(error) = session.transaction(Step::Rollback)
    {
        session.spoil(); // closed, the server undoes it
        failed = failed.or(Some((statements.len().saturating_sub(1), error.into())));
    }
    failed.map_or(Ok(said), Err)
}

fn one(
    session: &mut Lent,
    statement: &Prepared,
    ask: &Ask<'_>,
    limits: Limits<'_>,
    out: &mut Export<'_>,
    hear: &mut dyn FnMut(&Notice),
    said: &mut Said,
) -> Result<()> {
    if let (true, Some(header)) = (statement.copies, limits.csv_header)
        && let Some(rows) = session.copy_csv(ask, header, &mut |part| out.copied(part), hear)
    {
        out.copied_rows(rows?);
        said.done.push(Done { affected: None, tag: "SELECT".into() });
        return Ok(());
    }
    let mut through = Through { out, hear, said };
    session.run(ask, &mut through)
}

/// Passes rows on, and keeps what is said beside them.
struct Through<'a, 'w> {
    out: &'a mut Export<'w>,
    hear: &'a mut dyn FnMut(&Notice),
    said: &'a mut Said,
}

impl Sink for Through<'_, '_> {
    fn begin(&mut self, columns: &[crate::Column]) -> Flow {
        self.out.begin(columns)
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.out.page(page)
    }

    fn end(&mut self, done: &Done) -> Flow {
        self.said.done.push(done.clone());
        self.out.end(done)
    }

    fn notice(&mut self, notice: &Notice) {
        (self.hear)(notice);
    }
}

/// Does work that is stopped at the server where somebody sets the flag meanwhile.
pub fn stoppable<T>(left: &AtomicBool, cancel: &dyn crate::Cancel, work: impl FnOnce() -> T) -> T {
    stopped_after(None, left, cancel, work).0
}

/// The same for work that may take only so long.
///
/// # Errors
/// Its own; [`Reason::TimedOut`].
pub fn stoppable_within<T>(
    time: Duration,
    left: &AtomicBool,
    cancel: &dyn crate::Cancel,
    work: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let (done, late) = stopped_after(Some(time), left, cancel, work);
    done.map_err(|failure| match failure.reason {
        Reason::Cancelled | Reason::Lost if late => timed_out(time),
        _ => failure,
    })
}

/// What work gives, and whether it was stopped because it took too long.
fn stopped_after<T>(
    time: Option<Duration>,
    left: &AtomicBool,
    cancel: &dyn crate::Cancel,
    work: impl FnOnce() -> T,
) -> (T, bool) {
    let (over, ended) = (Mutex::new(false), Condvar::new());
    let late = AtomicBool::new(false);
    let done = std::thread::scope(|scope| {
        scope.spawn(|| {
            let begun = Instant::now();
            let mut told: Option<Instant> = None;
            let mut over = over.lock().unwrap_or_else(PoisonError::into_inner);
            while !*over {
                let is_late = time.is_some_and(|it| begun.elapsed() >= it);
                match told {
                    None if is_late || left.load(Ordering::Relaxed) => {
                        late.store(is_late, Ordering::SeqCst);
                        told = Some(Instant::now());
                        if cancel.cancel().is_err() {
                            cancel.cut();
                        }
                    }
                    Some(since) if since.elapsed() >= STOPPING => cancel.cut(),
                    _ => {}
                }
                over = ended.wait_timeout(over, LOOK).unwrap_or_else(PoisonError::into_inner).0;
            }
        });
        let done = work();
        *over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        ended.notify_all();
        done
    });
    (done, late.into_inner())
}

fn timed_out(time: Duration) -> Failure {
    let text = format!("it took longer than {} s and was stopped", time.as_secs_f64());
    Failure::new(Reason::TimedOut, text)
        .hint("allow more with `--timeout`, or `timeout` in the connection's entry")
}
