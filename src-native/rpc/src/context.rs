//! What a method is given: the store, the caller's cancel, progress and, where there is one, the window.

use crate::connected::Holder;
use crate::server::Shared;
use crate::{Caller, Code, Error, Result, Topic, Window};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{Allowed, Reader, Viewer};

/// What a method is given.
#[derive(Clone)]
pub struct Context {
    pub(crate) shared: Arc<Shared>,
    /// Who calls.
    pub caller: Caller,
    /// Whom runs and sessions end with.
    pub(crate) holder: Holder,
    /// Set when the caller cancels or leaves; long work looks at it at least every 50 ms.
    pub cancel: Arc<AtomicBool>,
    pub(crate) notify: Arc<dyn Fn(String) + Send + Sync>,
    pub(crate) request: Value,
}

impl Context {
    /// On whose behalf: on one's own machine, its owner's.
    pub fn viewer(&self) -> Viewer {
        Viewer::Owner
    }

    /// Runs `question` on a thread that may block, on a consistent view of the store.
    pub async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.shared.store.clone();
        let cancel = self.cancel.clone();
        blocking(move || store.read_until(cancel, question)).await
    }

    /// The same about one repository, with the proof that the caller may see it.
    pub async fn about<T: Send + 'static>(
        &self,
        repository: Option<String>,
        question: impl FnOnce(&Reader<'_>, &Allowed) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let viewer = self.viewer();
        self.read(move |reader| {
            let allowed = reader.allow(&viewer, repository.as_deref())?;
            question(reader, &allowed)
        })
        .await
    }

    /// Whether the caller has cancelled or left.
    pub fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Tells the caller how far the work is.
    pub fn progress(&self, phase: &str, done: u64, total: u64) {
        let value = json!({ "phase": phase, "done": done, "total": total });
        let params = json!({ "token": self.request, "value": value });
        let frame = json!({ "jsonrpc": "2.0", "method": "$/progress", "params": params });
        (self.notify)(frame.to_string());
    }

    /// Tells everybody that something changed.
    pub fn changed(&self, topics: &[Topic], repository: Option<&str>) {
        self.shared.events.changed(topics, repository);
    }

    /// The window.
    ///
    /// # Errors
    /// `notFound` where there is none.
    pub fn window(&self) -> Result<Arc<dyn Window>> {
        self.shared.window().ok_or_else(|| {
            Error::not_found("no window is open").hint("start it: `backstory`, or `make run`")
        })
    }
}

/// Runs what may block on a thread of its own; a panic there is a panic here.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (tell, answer) = tokio::sync::oneshot::channel();
    // Boxed, so that the machinery of a task is there once and not once for each method.
    run(Box::new(move || {
        let _ = tell.send(work()); // nobody listens where the caller has left
    }))
    .await?;
    answer.await.unwrap_or_else(|_| Err(ending()))
}

async fn run(work: Box<dyn FnOnce() + Send>) -> Result<()> {
    match tokio::task::spawn_blocking(work).await {
        Ok(()) => Ok(()),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(ending()),
    }
}

fn ending() -> Error {
    Error::new(Code::Cancelled, "cancelled: Backstory is ending")
}
