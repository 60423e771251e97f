//! Who holds a place, and who has to give one up when there are more people than places.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// So many connections at a time. Whoever we wait for may lose its place to somebody new: the one
/// that has kept us waiting longest. Whoever waits for us keeps it.
pub(super) struct Places {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    /// How many wait for us.
    busy: usize,
    /// Those we wait for, by how long.
    waiting: BTreeMap<Key, Waiting>,
}

type Key = (Instant, u64);

struct Waiting {
    gone: Arc<Notify>,
    /// Whether it has a part of the memory for all bodies.
    holds: bool,
}

/// A place; given back when dropped.
pub(super) struct Place {
    places: Arc<Places>,
    key: Key,
    is_busy: bool,
    gone: Arc<Notify>,
}

impl Places {
    pub(super) fn new(most: usize) -> Arc<Places> {
        Arc::new(Places { most, state: Mutex::default() })
    }

    /// A place, if need be somebody else's; none where all of them wait for us.
    pub(super) fn take(self: &Arc<Places>) -> Option<Place> {
        let mut state = self.state();
        if state.waiting.len() + state.busy >= self.most {
            state.waiting.pop_first()?.1.gone.notify_one();
        }
        state.last += 1;
        let key = (Instant::now(), state.last);
        let gone = Arc::new(Notify::new());
        state.waiting.insert(key, Waiting { gone: gone.clone(), holds: false });
        drop(state);
        Some(Place { places: self.clone(), key, is_busy: false, gone })
    }

    /// Sends away the one whose body has kept us waiting longest, if that is longer than `patience`.
    pub(super) fn make_room(&self, patience: Duration) {
        let mut state = self.state();
        let oldest = state.waiting.iter().find(|it| it.1.holds).map(|it| *it.0);
        if let Some(key) = oldest.filter(|it| it.0.elapsed() > patience)
            && let Some(it) = state.waiting.remove(&key)
        {
            it.gone.notify_one();
        }
    }

    // A panic while it was held left no half-done state: each change is one call.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Told when the place was given to somebody else.
    pub(super) fn gone(&self) -> Arc<Notify> {
        self.gone.clone()
    }

    /// From now on we wait for it.
    pub(super) fn waits(&mut self) {
        let mut state = self.places.state();
        let waiting = if self.is_busy {
            state.busy -= 1;
            Waiting { gone: self.gone.clone(), holds: false }
        } else {
            let Some(waiting) = state.waiting.remove(&self.key) else { return };
            waiting
        };
        self.is_busy = false;
        self.key.0 = Instant::now();
        state.waiting.insert(self.key, waiting);
    }

    /// It has a part of the memory for all bodies.
    pub(super) fn holds(&mut self) {
        if let Some(waiting) = self.places.state().waiting.get_mut(&self.key) {
            waiting.holds = true;
        }
    }

    /// From now on it waits for us. False where the place was given to somebody else.
    pub(super) fn is_served(&mut self) -> bool {
        let mut state = self.places.state();
        if state.waiting.remove(&self.key).is_none() {
            return false;
        }
        state.busy += 1;
        self.is_busy = true;
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.places.state();
        match self.is_busy {
            true => state.busy -= 1,
            false => drop(state.waiting.remove(&self.key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_gone(place: &Place) -> bool {
        let gone = place.gone();
        let mut notified = std::pin::pin!(gone.notified());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        notified.as_mut().poll(&mut context).is_ready()
    }

    #[test]
    fn the_one_that_kept_us_waiting_longest_gives_up_its_place_and_whoever_is_served_does_not() {
        let places = Places::new(3);
        let mut served = places.take().unwrap();
        let first = places.take().unwrap();
        let mut second = places.take().unwrap();
        assert!(served.is_served());
        let third = places.take().unwrap();
        assert!(is_gone(&first) && !is_gone(&second) && !is_gone(&served));
        drop(first);
        second.waits(); // it has begun anew
        let fourth = places.take().unwrap();
        assert!(is_gone(&third) && !is_gone(&second));
        drop((second, fourth));
        let mut all: Vec<Place> = (0..2).map(|_| places.take().unwrap()).collect();
        assert!(all.iter_mut().all(Place::is_served));
        assert!(places.take().is_none(), "all of them wait for us");
        served.waits();
        assert!(places.take().is_some() && !is_gone(&all[0]));
    }

    #[test]
    fn room_is_made_by_the_oldest_that_has_some_and_not_before_its_time() {
        let places = Places::new(9);
        let (_without, mut one, mut two) =
            (places.take().unwrap(), places.take().unwrap(), places.take().unwrap());
        one.holds();
        two.holds();
        places.make_room(Duration::from_secs(60));
        assert!(!is_gone(&one));
        places.make_room(Duration::ZERO);
        assert!(is_gone(&one) && !is_gone(&two));
        assert!(!one.is_served(), "too late");
    }
}
