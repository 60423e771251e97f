//! One thread that keeps what was taken: many requests in one commit, and each is told when its own is
//! kept, not before.

use super::visitors::{SILENCE, Visitor};
use super::{Collector, Left};
use crate::event::Event;
use crate::kept::{Kept, Recent};
use crate::site::Site;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Done about once a second on a thread of its own; a sentence where it fails.
pub type Apart = Box<dyn FnMut() -> Result<(), String> + Send>;

/// Where events are kept.
pub trait Keep: Send + 'static {
    /// All sites.
    ///
    /// # Errors
    /// A sentence where they cannot be read.
    fn sites(&mut self) -> Result<Vec<Site>, String>;

    /// Keeps these events, all or none: what it answers `Ok` to survives the end of the process. What is
    /// only counted is counted as well as can be.
    ///
    /// # Errors
    /// A sentence where they cannot be kept.
    fn keep(&mut self, events: &[(u32, Event)], left: &[(u32, i32, Left)]) -> Result<(), String>;

    /// Who was seen since then: site, visitor, and when last.
    ///
    /// # Errors
    /// A sentence where that cannot be read.
    fn seen(&mut self, since: i64) -> Result<Vec<(u32, Visitor, i64)>, String>;

    /// What another thread is to do about once a second, so that keeping never waits for it.
    ///
    /// # Errors
    /// A sentence where it cannot be made ready.
    fn apart(&mut self) -> Result<Apart, String>;

    /// What is due now and then. Called about once a minute. What is older than it may be kept is deleted
    /// where `may_forget`.
    ///
    /// # Errors
    /// A sentence where it cannot be done.
    fn rest(&mut self, now: i64, may_forget: bool) -> Result<(), String>;
}

impl Keep for Kept {
    fn sites(&mut self) -> Result<Vec<Site>, String> {
        Kept::sites(self).map_err(|it| it.to_string())
    }

    fn keep(&mut self, events: &[(u32, Event)], left: &[(u32, i32, Left)]) -> Result<(), String> {
        if !events.is_empty() {
            self.append(events).map_err(|it| it.to_string())?;
        }
        let mut counts = BTreeMap::new();
        for it in left {
            *counts.entry(*it).or_insert(0) += 1;
        }
        for ((site, day, why), count) in counts {
            // Its events are kept already: whoever sent them must not send them again for a count.
            let _ = self.count_uncounted(site, day, why.reason(), count);
        }
        Ok(())
    }

    fn seen(&mut self, since: i64) -> Result<Vec<(u32, Visitor, i64)>, String> {
        let seen = self.recent(since).map_err(|it| it.to_string())?;
        let visitor = |it: &Recent| Visitor { id: it.visitor, day: it.day };
        Ok(seen.iter().map(|it| (it.site, visitor(it), it.last)).collect())
    }

    fn apart(&mut self) -> Result<Apart, String> {
        let mut log = self.log_keeper().map_err(|it| it.to_string())?;
        Ok(Box::new(move || log.pass().map_err(|it| it.to_string())))
    }

    fn rest(&mut self, now: i64, may_forget: bool) -> Result<(), String> {
        self.seal(now).map_err(|it| it.to_string())?;
        if may_forget {
            self.forget(now).map_err(|it| it.to_string())?;
        }
        Ok(())
    }
}

/// How many requests wait at most; for one more the answer is that it cannot be kept now.
const WAITING: usize = 8192;
/// How long is waited for others after the first.
const WINDOW: Duration = Duration::from_millis(2);
/// Events in one commit.
const TOGETHER: usize = 2000;
/// How often sites are read again, and salts looked at.
const TICK: Duration = Duration::from_secs(1);
/// How often what is done apart is done.
const APART: Duration = Duration::from_secs(1);
/// How often what is due is done.
const REST: Duration = Duration::from_secs(60);

/// How long it runs before anything is deleted for its age: a clock that was wrong when the machine was
/// started is right by then.
const SETTLED: Duration = Duration::from_secs(3600);

/// Told once: whether it was kept.
pub type Told = Box<dyn FnOnce(bool) + Send>;

struct Job {
    events: Vec<(u32, Event)>,
    left: Vec<(u32, i32, Left)>,
    told: Told,
}

/// The thread that keeps. It ends, and has kept all that came, when the last of its handles is dropped.
pub struct Writer {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    apart: Option<(SyncSender<()>, JoinHandle<()>)>,
}

impl Writer {
    /// Starts it. `log` hears of what goes wrong, in sentences that name nobody.
    ///
    /// # Errors
    /// Where sites cannot be read, or no thread can be started.
    pub fn start(
        mut keep: impl Keep,
        collector: Arc<Collector>,
        log: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Writer, String> {
        collector.know(keep.sites()?);
        for (site, visitor, at) in keep.seen(now() - SILENCE)? {
            collector.seen(site, visitor, at);
        }
        let log = Arc::new(log);
        let mut apart = keep.apart()?;
        let (stop, stopped) = sync_channel::<()>(0);
        let told = log.clone();
        let run = move || {
            let mut was_broken = false;
            while stopped.recv_timeout(APART) == Err(RecvTimeoutError::Timeout) {
                let done = apart();
                if let Err(reason) = &done
                    && !was_broken
                {
                    told(&format!(
                        "the log of page views cannot be brought into its file: {reason}"
                    ));
                }
                was_broken = done.is_err();
            }
        };
        let apart = (stop, start("page views' log", run)?);
        let (jobs, waiting) = sync_channel(WAITING);
        let run = move || work(&mut keep, &collector, &waiting, &*log);
        let thread = start("page views", run)?;
        Ok(Writer { jobs: Some(jobs), thread: Some(thread), apart: Some(apart) })
    }

    /// Keeps these; `told` is called when they are kept, or when they could not be.
    pub fn keep(&self, events: Vec<(u32, Event)>, left: Vec<(u32, i32, Left)>, told: Told) {
        let job = Job { events, left, told };
        match self.jobs.as_ref().map(|it| it.try_send(job)) {
            Some(Ok(())) | None => {}
            Some(Err(TrySendError::Full(job) | TrySendError::Disconnected(job))) => {
                (job.told)(false)
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        if let Some((stop, thread)) = self.apart.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

fn start(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, String> {
    let thread = std::thread::Builder::new().name(name.into()).spawn(run);
    thread.map_err(|it| format!("no thread can be started: {it}"))
}

/// Milliseconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_millis() as i64)
}

fn work(keep: &mut impl Keep, collector: &Collector, waiting: &Receiver<Job>, log: &impl Fn(&str)) {
    let began = Instant::now();
    let (mut tick, mut rest) = (began, began);
    let (mut was_broken, mut known) = (false, Vec::new());
    loop {
        let first = match waiting.recv_timeout(TICK) {
            Ok(job) => Some(job),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if tick.elapsed() >= TICK || first.is_none() {
            tick = Instant::now();
            match keep.sites() {
                Ok(sites) if sites == known => {}
                Ok(sites) => {
                    known.clone_from(&sites);
                    collector.know(sites);
                }
                Err(reason) => log(&format!("the sites cannot be read: {reason}")),
            }
            if let Err(error) = collector.tick(now()) {
                log(&format!("salts whose time is over cannot be removed: {error}"));
            }
        }
        if rest.elapsed() >= REST {
            rest = Instant::now();
            if let Err(reason) = keep.rest(now(), began.elapsed() >= SETTLED) {
                log(&format!("days that are over cannot be put in order: {reason}"));
            }
        }
        let Some(first) = first else { continue };
        let mut told = vec![first.told];
        let (mut events, mut left) = (first.events, first.left);
        let until = Instant::now() + WINDOW;
        while events.len() < TOGETHER
            && let Ok(job) = waiting.recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            events.extend(job.events);
            left.extend(job.left);
            told.push(job.told);
        }
        // Whoever waits is told, whatever happens here.
        let kept = catch_unwind(AssertUnwindSafe(|| keep.keep(&events, &left)));
        let kept =
            kept.unwrap_or_else(|_| Err("keeping them failed in a way nobody thought of".into()));
        if let Err(reason) = &kept
            && !was_broken
        {
            log(&format!("page views cannot be kept: {reason}"));
        }
        was_broken = kept.is_err();
        for told in told {
            told(kept.is_ok());
        }
    }
}
