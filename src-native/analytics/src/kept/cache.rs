//! Columns that were decoded, for as long as there is room. A block never changes under its number, so nothing
//! here goes out of date; what is not asked for any more goes first.

use crate::block::{Built, Col, Column};
use crate::visits::Definition;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What a block's columns, or a day that is not sealed, are found under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    /// Block, definition and column.
    Column(i64, Definition, Col),
    /// Site, day, the block it has already, and the last of its batches.
    Day(u32, i32, i64, i64),
}

#[derive(Clone)]
pub(crate) enum Held {
    Column(Arc<Column>),
    Day(Arc<Built>),
}

impl Held {
    fn weight(&self) -> usize {
        match self {
            Held::Column(it) => it.weight(),
            Held::Day(it) => it.columns.values().map(|it| it.weight()).sum(),
        }
    }
}

pub(crate) struct Cache {
    room: usize,
    taken: usize,
    clock: u64,
    held: HashMap<Key, (Held, u64)>,
    by_use: BTreeMap<u64, Key>,
}

impl Cache {
    pub(crate) fn new(room: usize) -> Cache {
        Cache { room, taken: 0, clock: 0, held: HashMap::new(), by_use: BTreeMap::new() }
    }

    pub(crate) fn get(&mut self, key: Key) -> Option<Held> {
        let (held, used) = self.held.get_mut(&key)?;
        self.clock += 1;
        self.by_use.remove(used);
        *used = self.clock;
        self.by_use.insert(self.clock, key);
        Some(held.clone())
    }

    pub(crate) fn put(&mut self, key: Key, held: Held) {
        let weight = held.weight();
        if weight > self.room / 2 {
            return;
        }
        self.remove(key);
        while self.taken + weight > self.room {
            let Some((_, oldest)) = self.by_use.first_key_value() else { break };
            self.remove(*oldest);
        }
        self.clock += 1;
        self.taken += weight;
        self.held.insert(key, (held, self.clock));
        self.by_use.insert(self.clock, key);
    }

    fn remove(&mut self, key: Key) {
        if let Some((held, used)) = self.held.remove(&key) {
            self.taken -= held.weight();
            self.by_use.remove(&used);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_for_goes_first_and_the_room_is_never_left() {
        let column = |many| Held::Column(Arc::new(Column::numbers(&vec![0; many])));
        let key = |it| Key::Column(it, Definition::Backstory, Col::START);
        let mut cache = Cache::new(1000);
        for it in 0..10 {
            cache.put(key(it), column(200));
            assert!(cache.taken <= 1000);
            // The first is asked for again and again.
            assert!(cache.get(key(0)).is_some());
        }
        assert!(cache.get(key(1)).is_none() && cache.get(key(9)).is_some());
        // What would push out all others is not kept.
        cache.put(key(20), column(600));
        assert!(cache.get(key(20)).is_none() && cache.get(key(0)).is_some());
    }
}
