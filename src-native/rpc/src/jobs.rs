//! Work that outlives a call: reading repositories, one reading of each at a time, and watching their refs.

use crate::context::blocking;
use crate::methods::sources::{Reading, Synced};
use crate::server::Shared;
use crate::{Code, Context, Error, Result, Topic};
use serde_json::json;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{Allowed, Viewer};
use tokio::sync::watch;

/// Shortest time between two words on how far a reading is.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// The jobs under way.
#[derive(Default)]
pub(crate) struct Jobs {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    readings: HashMap<String, Arc<Job>>,
    failures: HashMap<String, String>,
    watches: HashMap<String, ingest::watch::Watch>,
    following: bool,
}

/// A reading under way, for everybody who waits for it.
struct Job {
    cancel: Arc<AtomicBool>,
    progress: watch::Sender<Reading>,
    outcome: watch::Sender<Option<Result<Synced>>>,
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the reading of a repository is.
    pub(crate) fn reading(&self, repository: &str) -> Option<Reading> {
        self.lock().readings.get(repository).map(|it| it.progress.borrow().clone())
    }

    /// Why the last reading failed.
    pub(crate) fn failure(&self, repository: &str) -> Option<String> {
        self.lock().failures.get(repository).cloned()
    }

    /// Stops the reading of a repository; false where there is none.
    pub(crate) fn cancel(&self, repository: &str) -> bool {
        let inner = self.lock();
        let job = inner.readings.get(repository);
        job.inspect(|it| it.cancel.store(true, Ordering::Relaxed)).is_some()
    }

    /// Forgets a repository that is no longer in memory.
    pub(crate) fn forget(&self, repository: &str) {
        let mut inner = self.lock();
        inner.failures.remove(repository);
        inner.watches.remove(repository);
    }
}

/// Reads what is new in a repository. A reading under way is joined; whoever began it may cancel it by leaving.
pub(crate) async fn read(
    shared: &Arc<Shared>,
    of: Allowed,
    cx: Option<&Context>,
) -> Result<Synced> {
    let (job, begun) = begin(shared, &of);
    let _leaving = begun.then(|| Leaving(job.clone()));
    let mut outcome = job.outcome.subscribe();
    let mut progress = job.progress.subscribe();
    loop {
        tokio::select! {
            done = outcome.wait_for(Option::is_some) => {
                let ended = || Error::new(Code::Cancelled, "the reading ended with Backstory");
                return done.map_err(|_| ended())?.clone().unwrap_or_else(|| Err(ended()));
            }
            moved = progress.changed() => if let (Ok(()), Some(cx)) = (moved, cx) {
                let now = progress.borrow_and_update().clone();
                cx.progress(&now.phase, now.done, now.total);
            },
            () = tokio::time::sleep(PROGRESS_EVERY / 5) => {}
        }
        if begun && cx.is_some_and(Context::cancelled) {
            job.cancel.store(true, Ordering::Relaxed);
        }
    }
}

/// Stops a reading when the call that began it ends, however it ends: a cancelled call is dropped where it waits.
struct Leaving(Arc<Job>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.cancel.store(true, Ordering::Relaxed);
    }
}

fn begin(shared: &Arc<Shared>, of: &Allowed) -> (Arc<Job>, bool) {
    let mut inner = shared.jobs.lock();
    if let Some(job) = inner.readings.get(&of.name) {
        return (job.clone(), false);
    }
    let start = Reading { phase: "waiting".into(), done: 0, total: 0 };
    let job = Arc::new(Job {
        cancel: Arc::default(),
        progress: watch::Sender::new(start),
        outcome: watch::Sender::new(None),
    });
    inner.readings.insert(of.name.clone(), job.clone());
    drop(inner);
    let (shared, of, task) = (shared.clone(), of.clone(), job.clone());
    tokio::spawn(async move {
        let (worker, told) = (shared.clone(), task.clone());
        let name = of.name.clone();
        // A panic in a source is that source's failure and nobody else's.
        let work = tokio::spawn(blocking(move || sync(&worker, &of, &told)));
        let outcome = work.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => Err(shared.bug("sources.sync", &*panic)),
            Err(_) => {
                Err(Error::new(Code::Cancelled, "the reading was stopped: Backstory is ending"))
            }
        });
        {
            let mut inner = shared.jobs.lock();
            inner.readings.remove(&name);
            match &outcome {
                Ok(_) => inner.failures.remove(&name),
                Err(error) if error.code == Code::Cancelled => None,
                Err(error) => inner.failures.insert(name.clone(), error.message.clone()),
            };
        }
        let news = outcome.as_ref().is_ok_and(|it| it.commits_added + it.commits_removed > 0);
        let topics: &[Topic] = if news {
            &[Topic::Sources, Topic::Memory, Topic::Identities]
        } else {
            &[Topic::Sources]
        };
        shared.events.changed(topics, Some(&name));
        task.outcome.send_replace(Some(outcome));
    });
    (job, true)
}

fn sync(shared: &Shared, of: &Allowed, job: &Job) -> Result<Synced> {
    let start = Instant::now();
    let last = Mutex::new((start - PROGRESS_EVERY, String::new()));
    let progress = |phase: ingest::Phase, done: u64, total: u64| {
        let now = Instant::now();
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let phase = name_of(phase).to_owned();
        if phase == last.1 && now - last.0 < PROGRESS_EVERY {
            return;
        }
        let params = json!({ "repository": of.name, "phase": phase, "done": done, "total": total });
        *last = (now, phase.clone());
        job.progress.send_replace(Reading { phase, done, total });
        shared.events.tell("$/reading", params);
    };
    let report = ingest::sync(&shared.store, &of.name, &progress, &job.cancel)?;
    let commits = shared.store.read(|reader| reader.source_counts(of))?.commits;
    Ok(Synced {
        repository: of.name.clone(),
        commits_added: crate::wire::count(report.commits_added),
        commits_removed: crate::wire::count(report.commits_removed),
        commits,
        seconds: (start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
        failure: None,
    })
}

/// Reads every repository and goes on whenever refs move; new repositories are taken up as they come.
pub(crate) fn follow(shared: &Arc<Shared>) {
    shared.jobs.lock().following = true;
    match shared.store.read(|reader| reader.allow_all(&Viewer::Owner)) {
        Ok(all) => all.into_iter().for_each(|it| watch_over(shared, it)),
        Err(error) => shared.log(&format!("cannot follow the repositories: {error}")),
    }
}

/// Watches a repository where this process stays to do so, and reads what is new at once.
pub(crate) fn watch_over(shared: &Arc<Shared>, of: Allowed) {
    if !shared.jobs.lock().following {
        return;
    }
    let runtime = tokio::runtime::Handle::current();
    let (weak, name, location) = (Arc::downgrade(shared), of.name.clone(), of.location.clone());
    let moved = {
        let of = of.clone();
        move || {
            if let Some(shared) = weak.upgrade() {
                let of = of.clone();
                runtime.spawn(async move { read(&shared, of, None).await });
            }
        }
    };
    match ingest::watch::watch(&location, moved.clone()) {
        Ok(watch) => {
            shared.jobs.lock().watches.insert(name, watch);
        }
        Err(error) => shared.log(&format!("cannot watch `{name}`: {error}")),
    }
    moved();
}

/// What a phase is called on the wire.
fn name_of(phase: ingest::Phase) -> &'static str {
    match phase {
        ingest::Phase::Commits => "commits",
        ingest::Phase::Trees => "files",
        ingest::Phase::Lines => "lines",
        ingest::Phase::Writing => "writing",
        ingest::Phase::Counting => "counting",
    }
}
