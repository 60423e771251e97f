//! Webhook deliveries: checked and kept at once, answered, and taken in afterwards.

use crate::server::Shared;
use crate::{Server, Topic};
use ingest::trackers::Settings;
use ingest::webhooks::{self, Refusal, Sender};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::Viewer;
use store::writes::TrackerKind;

/// Largest delivery, in bytes.
pub const BODY_MAX: usize = webhooks::BODY_MAX;

/// What to answer with: an HTTP status and a sentence.
pub type Answer = (u16, String);

/// Deliveries that wait to be taken in, for one worker at a time.
#[derive(Default)]
pub(crate) struct Waiting {
    working: AtomicBool,
    more: AtomicBool,
}

impl Server {
    /// Keeps a delivery for the tracker of that name, once its signature is right. Blocks for as
    /// long as one write takes. Call [`Server::take_deliveries`] when the sender has its answer.
    pub fn deliver<'h>(
        &self,
        tracker: &str,
        header: impl Fn(&str) -> Option<&'h str>,
        body: &[u8],
    ) -> Answer {
        let shared = self.shared();
        let broken = |reason: &dyn std::fmt::Display| {
            shared.log(&format!("a delivery for {tracker} could not be kept: {reason}"));
            (503, "memory cannot be written now; send it again later".to_owned())
        };
        if header("x-hub-signature-256").or_else(|| header("x-hub-signature")).is_none() {
            return (Refusal::Unsigned.status(), Refusal::Unsigned.to_string());
        }
        // Read, so that whoever cannot sign holds up nobody who writes.
        let found = match shared.store.read(|reader| reader.tracker(&Viewer::Owner, tracker)) {
            Ok(found) => found,
            Err(error) => return broken(&error),
        };
        // Whoever cannot sign learns nothing of which trackers there are.
        let stranger = || (Refusal::Forged.status(), Refusal::Forged.to_string());
        let Some(found) = found else { return stranger() };
        let secret = match Settings::secret(&Settings::read(&found.settings).hook) {
            Ok(Some(secret)) => secret,
            Ok(None) => return stranger(),
            Err(error) => return broken(&error),
        };
        let sender = match found.kind {
            TrackerKind::Jira => Sender::Jira,
            TrackerKind::GitHub => Sender::GitHub,
        };
        let delivery = match webhooks::read(sender, &secret, header, body) {
            Ok(delivery) => delivery,
            Err(refusal) => return (refusal.status(), refusal.to_string()),
        };
        let kept = shared.store.write(|writer| {
            writer.put_delivery(
                found.id,
                &delivery.id,
                ingest::now(),
                &delivery.event,
                &delivery.json,
            )
        });
        match kept {
            Ok(true) => (202, "kept; it is taken in next".to_owned()),
            Ok(false) => (409, "this delivery came before and is not taken again".to_owned()),
            Err(error) => broken(&error),
        }
    }

    /// Takes in the deliveries that wait, on a thread of its own; one that is at it already goes on
    /// for those that have come since. Call it within a runtime.
    pub fn take_deliveries(&self) {
        let shared = self.shared().clone();
        shared.deliveries.more.store(true, Ordering::SeqCst);
        if shared.deliveries.working.swap(true, Ordering::SeqCst) {
            return;
        }
        tokio::task::spawn_blocking(move || {
            loop {
                while shared.deliveries.more.swap(false, Ordering::SeqCst) {
                    take(&shared);
                }
                shared.deliveries.working.store(false, Ordering::SeqCst);
                // One may have come between the last look and the word that nobody is at it.
                let late = shared.deliveries.more.load(Ordering::SeqCst)
                    && !shared.deliveries.working.swap(true, Ordering::SeqCst);
                if !late {
                    break;
                }
            }
        });
    }

    /// Whether memory can be written, so that deliveries can be kept. Waits for nobody: where
    /// somebody is writing, it can be.
    ///
    /// # Errors
    /// A sentence.
    pub fn ready(&self) -> Result<(), String> {
        let looked = self.shared().store.write_if_idle(|writer| writer.deliveries(1).map(|_| ()));
        looked.map_err(|error| error.to_string())
    }
}

fn take(shared: &Arc<Shared>) {
    match ingest::trackers::take_deliveries(&shared.store, &AtomicBool::new(false)) {
        Ok(0) => {}
        Ok(_) => {
            let topics = [Topic::Sources, Topic::Memory, Topic::Identities];
            shared.events.changed(&topics, None);
        }
        Err(error) => shared.log(&format!("deliveries could not be taken in: {error}")),
    }
}
