//! Objects that could not be had: which they are, and whether they have come since.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use gix::ObjectId;
use model::Oid;

use super::super::open::from_gix;
use super::{Absent, OFFSET_BITS, Objects, Place, folders};

/// An object that a history names and that cannot be had here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lack {
    /// The object.
    pub id: Oid,
    /// Whether it is there and damaged; else it is not there.
    pub damaged: bool,
}

impl Objects {
    /// Whether any of these objects can be read. Many are asked for that are nowhere: files are
    /// listed once instead of being looked for one by one.
    pub(in super::super) fn has_any(&mut self, ids: &[ObjectId]) -> bool {
        let mut loose: Option<HashSet<String>> = None;
        ids.iter().any(|id| {
            let place = self.locate(id);
            let nowhere = self.noted(place).is_some_and(|it| {
                let loose = loose.get_or_insert_with(|| loose_names(&folders(&self.repo)));
                !loose.contains(&it.to_string())
            });
            !nowhere && self.any_at(place).is_ok()
        })
    }

    /// The objects of a list that were missing or damaged, by their ids.
    pub(in super::super) fn lacks(&self, absent: &HashMap<Place, Absent>) -> Vec<Lack> {
        let mut lacks = Vec::new();
        let mut packed: HashMap<Place, bool> = HashMap::new();
        for (&place, &absent) in absent {
            let damaged = match absent {
                Absent::Missing => false,
                Absent::Corrupt => true,
                Absent::TooLarge => continue,
            };
            match self.noted(place) {
                Some(id) => lacks.push(Lack { id: from_gix(&id), damaged }),
                None => _ = packed.insert(place, damaged),
            }
        }
        // An index leads from ids to places only: it is gone through once for all of them.
        for (i, pack) in self.packs.packs.iter().enumerate().filter(|_| !packed.is_empty()) {
            for entry in pack.index.iter() {
                let place = Place((i as u64) << OFFSET_BITS | entry.pack_offset);
                if let Some(&damaged) = packed.get(&place) {
                    lacks.push(Lack { id: from_gix(&entry.oid), damaged });
                }
            }
        }
        lacks.sort_unstable();
        lacks
    }
}

/// The names of all objects that have files of their own.
fn loose_names(folders: &[PathBuf]) -> HashSet<String> {
    let mut names = HashSet::new();
    for start in (0..=255u8).map(|it| format!("{it:02x}")) {
        for files in folders.iter().filter_map(|it| std::fs::read_dir(it.join(&start)).ok()) {
            let files = files.filter_map(|it| it.ok()?.file_name().into_string().ok());
            names.extend(files.map(|it| format!("{start}{it}")));
        }
    }
    names
}
