//! Work that outlives a call: reading repositories, one reading of each at a time, and watching their refs.

use crate::context::blocking;
use crate::methods::sources::{Reading, Synced};
use crate::methods::trackers::TookIn;
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
pub(crate) struct Inner {
    repositories: Running<Synced>,
    trackers: Running<TookIn>,
    watches: HashMap<String, ingest::watch::Watch>,
    following: bool,
}

/// Readings of one kind of source, by the source's name.
pub(crate) struct Running<T> {
    jobs: HashMap<String, Arc<Job<T>>>,
    failures: HashMap<String, String>,
}

impl<T> Default for Running<T> {
    fn default() -> Running<T> {
        Running { jobs: HashMap::new(), failures: HashMap::new() }
    }
}

/// A reading under way, for everybody who waits for it.
pub(crate) struct Job<T> {
    pub(crate) cancel: Arc<AtomicBool>,
    progress: watch::Sender<Reading>,
    outcome: watch::Sender<Option<Result<T>>>,
}

/// What a reading ends with.
pub(crate) trait Ended: Clone + Send + Sync + Sized + 'static {
    /// The method that begins it, for whoever looks for a bug.
    const METHOD: &'static str;
    /// What `$/reading` calls the source.
    const SOURCE: &'static str;
    /// Readings of this kind.
    fn running(inner: &mut Inner) -> &mut Running<Self>;
    /// Whether memory is another than before.
    fn is_news(&self) -> bool;
}

impl Ended for Synced {
    const METHOD: &'static str = "sources.sync";
    const SOURCE: &'static str = "repository";

    fn running(inner: &mut Inner) -> &mut Running<Synced> {
        &mut inner.repositories
    }

    fn is_news(&self) -> bool {
        self.commits_added + self.commits_removed > 0
    }
}

impl Ended for TookIn {
    const METHOD: &'static str = "trackers.sync";
    const SOURCE: &'static str = "tracker";

    fn running(inner: &mut Inner) -> &mut Running<TookIn> {
        &mut inner.trackers
    }

    fn is_news(&self) -> bool {
        self.new > 0
    }
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the reading of a source is.
    pub(crate) fn reading<T: Ended>(&self, source: &str) -> Option<Reading> {
        let mut inner = self.lock();
        T::running(&mut inner).jobs.get(source).map(|it| it.progress.borrow().clone())
    }

    /// Why the last reading failed.
    pub(crate) fn failure<T: Ended>(&self, source: &str) -> Option<String> {
        T::running(&mut self.lock()).failures.get(source).cloned()
    }

    /// Stops the reading of a source; false where there is none.
    pub(crate) fn cancel<T: Ended>(&self, source: &str) -> bool {
        let mut inner = self.lock();
        let job = T::running(&mut inner).jobs.get(source);
        job.inspect(|it| it.cancel.store(true, Ordering::Relaxed)).is_some()
    }

    /// Forgets a repository that is no longer in memory.
    pub(crate) fn forget(&self, repository: &str) {
        let mut inner = self.lock();
        inner.repositories.failures.remove(repository);
        inner.watches.remove(repository);
    }
}

/// Reads what is new in a repository. A reading under way is joined; whoever began it may cancel it by leaving.
pub(crate) async fn read(
    shared: &Arc<Shared>,
    of: Allowed,
    cx: Option<&Context>,
) -> Result<Synced> {
    let name = of.name.clone();
    run(shared, &name, Some(&name), cx, move |shared, job, tell| sync(shared, &of, job, tell)).await
}

/// Runs `work` as the reading of `source`, unless one is under way: then that is joined. Whoever
/// began it may cancel it by leaving. `repository` is whose memory changes; all where none is named.
pub(crate) async fn run<T: Ended>(
    shared: &Arc<Shared>,
    source: &str,
    repository: Option<&str>,
    cx: Option<&Context>,
    work: impl FnOnce(&Shared, &Job<T>, &Tell<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (job, begun) = begin(shared, source, repository, work);
    let _leaving = begun.then(|| Leaving(job.cancel.clone()));
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
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Takes what phase a reading is in, how much of it is done and how much there is (0: unknown).
pub(crate) type Tell<'a> = dyn Fn(&str, u64, u64) + Sync + 'a;

fn begin<T: Ended>(
    shared: &Arc<Shared>,
    source: &str,
    repository: Option<&str>,
    work: impl FnOnce(&Shared, &Job<T>, &Tell<'_>) -> Result<T> + Send + 'static,
) -> (Arc<Job<T>>, bool) {
    let mut inner = shared.jobs.lock();
    if let Some(job) = T::running(&mut inner).jobs.get(source) {
        return (job.clone(), false);
    }
    let start = Reading { phase: "waiting".into(), done: 0, total: 0 };
    let job = Arc::new(Job {
        cancel: Arc::default(),
        progress: watch::Sender::new(start),
        outcome: watch::Sender::new(None),
    });
    T::running(&mut inner).jobs.insert(source.to_owned(), job.clone());
    drop(inner);
    let (shared, task, name) = (shared.clone(), job.clone(), source.to_owned());
    let repository = repository.map(str::to_owned);
    tokio::spawn(async move {
        let (worker, told, source) = (shared.clone(), task.clone(), name.clone());
        // A panic in a source is that source's failure and nobody else's.
        let work = tokio::spawn(blocking(move || telling(&worker, &source, &told, work)));
        let outcome = work.await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => Err(shared.bug(T::METHOD, &*panic)),
            Err(_) => {
                Err(Error::new(Code::Cancelled, "the reading was stopped: Backstory is ending"))
            }
        });
        {
            let mut inner = shared.jobs.lock();
            let running = T::running(&mut inner);
            running.jobs.remove(&name);
            match &outcome {
                Ok(_) => running.failures.remove(&name),
                Err(error) if error.code == Code::Cancelled => None,
                Err(error) => running.failures.insert(name.clone(), error.message.clone()),
            };
        }
        let news = outcome.as_ref().is_ok_and(Ended::is_news);
        let topics: &[Topic] = if news {
            &[Topic::Sources, Topic::Memory, Topic::Identities]
        } else {
            &[Topic::Sources]
        };
        shared.events.changed(topics, repository.as_deref());
        task.outcome.send_replace(Some(outcome));
    });
    (job, true)
}

/// Runs work that tells everybody how far it is, not more often than is of use.
fn telling<T: Ended>(
    shared: &Shared,
    source: &str,
    job: &Job<T>,
    work: impl FnOnce(&Shared, &Job<T>, &Tell<'_>) -> Result<T>,
) -> Result<T> {
    let last = Mutex::new((Instant::now() - PROGRESS_EVERY, String::new()));
    let tell = |phase: &str, done: u64, total: u64| {
        let now = Instant::now();
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if phase == last.1 && now - last.0 < PROGRESS_EVERY {
            return;
        }
        *last = (now, phase.to_owned());
        job.progress.send_replace(Reading { phase: phase.into(), done, total });
        let params = json!({ T::SOURCE: source, "phase": phase, "done": done, "total": total });
        shared.events.tell("$/reading", params);
    };
    work(shared, job, &tell)
}

fn sync(shared: &Shared, of: &Allowed, job: &Job<Synced>, tell: &Tell<'_>) -> Result<Synced> {
    let start = Instant::now();
    let progress = |phase, done, total| tell(name_of(phase), done, total);
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
