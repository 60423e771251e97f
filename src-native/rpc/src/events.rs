//! Events: what changed, numbered, in order, kept for those who come back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use ts_rs::TS;

/// What an answer is made of, and what a change makes stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum Topic {
    /// The history of a repository and all that follows from it.
    Memory,
    /// Which repositories there are, and what is being read.
    Sources,
    /// Who is whom.
    Identities,
    /// Connections to databases, what was run on them, and saved queries.
    Databases,
    /// Files of dashboards.
    Dashboards,
    /// Sites, page views and what is counted of them.
    Analytics,
    /// The window.
    App,
}

/// A notification with its number.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct Event {
    /// Greater by one than the event before it; 1 at launch.
    pub seq: u64,
    /// `$/changed`, `$/progress` or `$/open`.
    pub method: String,
    /// What it says.
    #[ts(type = "unknown")]
    pub params: Value,
}

impl Event {
    /// The JSON-RPC notification.
    pub fn to_frame(&self) -> String {
        let mut params = self.params.clone();
        if let Value::Object(fields) = &mut params {
            fields.insert("seq".into(), self.seq.into());
        }
        json!({ "jsonrpc": "2.0", "method": self.method, "params": params }).to_string()
    }
}

/// Events kept for those who reload.
const KEPT_MAX: usize = 1_000;

/// Where events are told and heard.
#[derive(Clone, Default)]
pub(crate) struct Events {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    seq: u64,
    kept: VecDeque<Event>,
    listeners: Vec<Weak<Listener>>,
}

/// Someone who hears events.
pub(crate) type Listener = dyn Fn(&Event) + Send + Sync;

impl Events {
    /// Hears events for as long as `listener` lives.
    pub(crate) fn listen(&self, listener: &Arc<Listener>) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.listeners.retain(|it| it.strong_count() > 0);
        shared.listeners.push(Arc::downgrade(listener));
    }

    /// Tells everybody. Listeners only enqueue, so telling under the lock keeps the order and holds nobody up.
    pub(crate) fn tell(&self, method: &str, params: Value) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.seq += 1;
        let event = Event { seq: shared.seq, method: method.into(), params };
        if shared.kept.len() == KEPT_MAX {
            shared.kept.pop_front();
        }
        for listener in shared.listeners.iter().filter_map(Weak::upgrade) {
            listener(&event);
        }
        shared.kept.push_back(event);
    }

    /// Something changed.
    pub(crate) fn changed(&self, topics: &[Topic], repository: Option<&str>) {
        self.tell("$/changed", json!({ "topics": topics, "repository": repository }));
    }

    /// The events after `seq`, and whether some before them are no longer kept. A number that is
    /// still to come is of a Backstory that has ended: then all that is kept is new, and some is lost.
    pub(crate) fn since(&self, seq: u64) -> (Vec<Event>, bool, u64) {
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if seq > shared.seq {
            return (shared.kept.iter().cloned().collect(), true, shared.seq);
        }
        let events: Vec<Event> = shared.kept.iter().filter(|it| it.seq > seq).cloned().collect();
        let lost = shared.kept.front().is_some_and(|it| it.seq > seq + 1);
        (events, lost, shared.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_heard_an_earlier_backstory_is_told_everything_and_that_some_is_lost() {
        let events = Events::default();
        events.tell("$/notice", json!({ "text": "started again" }));
        let (told, lost, seq) = events.since(57);
        assert_eq!((told.len(), lost, seq), (1, true, 1));
        let (told, lost, seq) = events.since(1);
        assert_eq!((told.len(), lost, seq), (0, false, 1));
    }
}
