//! What dashboards ask and are given: queries over connections, methods and each other's results, kept by
//! what was asked and the version of the data it was asked of.

mod asking;
mod tables;

pub(crate) use asking::{Ask, Given, Source, answer, day, moment};

use crate::methods::dashboards::watching::Watches;
use analytics::dashboard::Dashboard;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers that are kept; the one that was not asked for the longest goes first.
const KEPT_MAX: usize = 256;
/// Bytes that the rows of all answers take that are kept.
const BYTES_MAX: usize = 128 << 20;

/// Answers to queries, shared by all who ask.
#[derive(Default)]
pub(crate) struct Boards {
    inner: Mutex<Inner>,
    /// Dashboards as they were when their files could last be used.
    good: Mutex<HashMap<String, Dashboard>>,
    pub(crate) watches: Watches,
}

#[derive(Default)]
struct Inner {
    kept: HashMap<String, Slot>,
    clock: u64,
}

struct Slot {
    place: Arc<Place>,
    used: u64,
}

/// Where an answer comes to stand. Who asks while another does waits for the same answer.
#[derive(Default)]
pub(crate) struct Place {
    given: tokio::sync::Mutex<Option<Arc<Given>>>,
}

impl Boards {
    /// A dashboard as it was when its file could last be used.
    pub(crate) fn good(&self, key: &str) -> Option<Dashboard> {
        self.good.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Keeps a dashboard whose file can be used.
    pub(crate) fn keep_good(&self, key: &str, dashboard: &Dashboard) {
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        if good.len() >= KEPT_MAX && !good.contains_key(key) {
            good.clear();
        }
        good.insert(key.to_owned(), dashboard.clone());
    }

    /// The place of an answer, by what was asked.
    fn place(&self, key: &str) -> Arc<Place> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.clock += 1;
        let now = inner.clock;
        if let Some(slot) = inner.kept.get_mut(key) {
            slot.used = now;
            return slot.place.clone();
        }
        let bytes = |slot: &Slot| {
            // One that is being made has none yet.
            let given = slot.place.given.try_lock().ok().and_then(|it| it.clone());
            given.map_or(0, |it| it.bytes)
        };
        let mut sum: usize = inner.kept.values().map(bytes).sum();
        while inner.kept.len() >= KEPT_MAX || sum > BYTES_MAX {
            let oldest = inner.kept.iter().min_by_key(|it| it.1.used).map(|it| it.0.clone());
            let Some(slot) = oldest.and_then(|it| inner.kept.remove(&it)) else { break };
            sum -= bytes(&slot).min(sum);
        }
        let place = Arc::<Place>::default();
        inner.kept.insert(key.to_owned(), Slot { place: place.clone(), used: now });
        place
    }
}
