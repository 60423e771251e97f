//! Numbers that every report is made of.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What some visits come to. Ratios are left to whoever shows them: numerator and denominator are here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Visitors: visitor-days, or persons on a site whose ids last.
    pub visitors: u64,
    /// Visits.
    pub visits: u64,
    /// Page views.
    pub views: u64,
    /// Custom events, and links that were followed.
    pub events: u64,
    /// Visits that are bounces.
    pub bounces: u64,
    /// Visits that could be one: what a bounce rate is over.
    pub bounced_of: u64,
    /// Time from first to last event, of all visits, in milliseconds.
    pub duration: u64,
    /// Time that pages were looked at, in milliseconds.
    pub engaged: u64,
    /// Deepest scroll of each visitor on each page, in percent, added up. Only where it was asked for.
    pub scroll: u64,
    /// How many of them there are.
    pub scroll_of: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Counts) {
        self.visitors += other.visitors;
        self.visits += other.visits;
        self.views += other.views;
        self.events += other.events;
        self.bounces += other.bounces;
        self.bounced_of += other.bounced_of;
        self.duration += other.duration;
        self.engaged += other.engaged;
        self.scroll += other.scroll;
        self.scroll_of += other.scroll_of;
    }

    /// Share of visits that are bounces; none where no visit could be one.
    pub fn bounce_rate(&self) -> Option<f64> {
        ratio(self.bounces, self.bounced_of)
    }

    /// Page views for each visit.
    pub fn views_per_visit(&self) -> Option<f64> {
        ratio(self.views, self.visits)
    }

    /// Average time of a visit, in milliseconds.
    pub fn average_duration(&self) -> Option<f64> {
        ratio(self.duration, self.visits)
    }
}

pub(super) fn ratio(of: u64, over: u64) -> Option<f64> {
    (over > 0).then(|| of as f64 / over as f64)
}

/// A hash of numbers that nobody chose: places in lists of our own.
#[derive(Clone, Copy, Default)]
pub(super) struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// A map by such numbers.
pub(super) type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// Numbers that were seen, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn put(&mut self, number: u32) {
        let place = number as usize / 64;
        if place >= self.0.len() {
            self.0.resize(place + 1, 0);
        }
        self.0[place] |= 1 << (number % 64);
    }

    pub(super) fn join(&mut self, other: &Bits) {
        if other.0.len() > self.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own |= other;
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.0.iter().map(|it| u64::from(it.count_ones())).sum()
    }
}
