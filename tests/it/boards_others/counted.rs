//! Counting by hand.

use super::number;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of keys with how many different ones there are of something, and how many in all.
pub(super) struct Counted<K>(BTreeMap<K, (BTreeSet<String>, BTreeSet<String>, usize)>);

impl<K: Ord + Clone> Counted<K> {
    /// Counts items by a key; those without one are left out. An item is somebody's, and of a visit.
    pub(super) fn of<T>(
        items: impl IntoIterator<Item = T>,
        key: impl Fn(&T) -> Option<K>,
        of: impl Fn(&T) -> (String, String),
    ) -> Counted<K> {
        let mut all = Counted(BTreeMap::new());
        for item in items {
            let Some(key) = key(&item) else { continue };
            let (who, visit) = of(&item);
            let slot = all.0.entry(key).or_default();
            slot.0.insert(who);
            slot.1.insert(visit);
            slot.2 += 1;
        }
        all
    }

    /// With keys of which there is nothing.
    pub(super) fn with(mut self, keys: impl IntoIterator<Item = K>) -> Counted<K> {
        keys.into_iter().for_each(|it| {
            self.0.entry(it).or_default();
        });
        self
    }

    /// Rows of a key's words, and of the numbers that are asked for: `w` different people, `v` different visits,
    /// `n` all.
    pub(super) fn rows(&self, what: &str, words: impl Fn(&K) -> Vec<String>) -> Vec<Vec<String>> {
        let mut rows: Vec<Vec<String>> = self
            .0
            .iter()
            .map(|(key, (who, visits, all))| {
                let mut row = words(key);
                row.extend(what.chars().map(|it| {
                    number(match it {
                        'w' => who.len(),
                        'v' => visits.len(),
                        _ => *all,
                    } as f64)
                }));
                row
            })
            .collect();
        rows.sort();
        rows
    }
}

/// A text as the words of a row.
pub(super) fn word(it: &impl ToString) -> Vec<String> {
    vec![it.to_string()]
}

/// A share to six digits, a length of time to three.
pub(super) fn rounded(of: f64, digits: i32) -> String {
    number((of * 10_f64.powi(digits)).round() / 10_f64.powi(digits))
}
