//! Who is author of which living file, laid out so that every folder is one stretch.

use super::Asked;
use super::expertise::{Author, BusFactorRow};
use crate::Result;
use crate::wire::{RecordKind, Subject, count};
use agents::bus_factor::{Authorship, Factor, Room, factor};
use model::{DeveloperId, FileId};
use std::collections::HashMap;
use store::reads::TreeRow;

/// Living files below a folder by path, with their authors.
pub(super) struct Authors {
    /// The files, by path.
    pub(super) files: Vec<TreeRow>,
    /// Developers in the order of their keys.
    developers: Vec<DeveloperId>,
    /// Of each file, in the order of `files`.
    rows: Vec<Authorship>,
    /// Where each file's rows start; one more at the end.
    starts: Vec<u32>,
    room: Room,
}

impl Authors {
    /// Reads them.
    pub(super) fn below(at: &Asked<'_>, folder: &str) -> Result<Authors> {
        at.roll_up()?;
        let files = at.reader.tree(at.of, folder)?;
        let place: HashMap<FileId, u32> =
            files.iter().enumerate().map(|(i, it)| (it.id, i as u32)).collect();
        let mut pairs: Vec<(u32, DeveloperId)> = at
            .reader
            .authors(at.of)?
            .into_iter()
            .filter_map(|it| Some((*place.get(&it.file)?, it.developer)))
            .collect();
        let mut developers: Vec<DeveloperId> = pairs.iter().map(|it| it.1).collect();
        developers.sort_unstable();
        developers.dedup();
        let mut keyed = developers
            .into_iter()
            .map(|it| Ok((at.person_ref(it)?.key, it)))
            .collect::<Result<Vec<_>>>()?;
        keyed.sort();
        let developers: Vec<DeveloperId> = keyed.into_iter().map(|it| it.1).collect();
        let number: HashMap<DeveloperId, u32> =
            developers.iter().enumerate().map(|(i, it)| (*it, i as u32)).collect();
        pairs.sort_unstable();
        let rows: Vec<Authorship> = pairs
            .iter()
            .map(|(file, who)| Authorship { file: *file, developer: number[who] })
            .collect();
        let mut starts = vec![0u32; files.len() + 1];
        rows.iter().for_each(|it| starts[it.file as usize + 1] += 1);
        for i in 0..files.len() {
            starts[i + 1] += starts[i];
        }
        Ok(Authors { files, developers, rows, starts, room: Room::default() })
    }

    /// The stretch of files below a folder; the empty path is all of them.
    pub(super) fn stretch(&self, folder: &str) -> std::ops::Range<usize> {
        if folder.is_empty() {
            return 0..self.files.len();
        }
        let before = |it: &TreeRow| {
            let same = it.path.as_bytes().iter().zip(folder.as_bytes().iter().chain(b"/"));
            let order = same.map(|(a, b)| a.cmp(b)).find(|it| it.is_ne());
            order.unwrap_or(it.path.len().cmp(&(folder.len() + 1)))
        };
        let start = self.files.partition_point(|it| before(it).is_lt());
        let inside = |it: &TreeRow| {
            it.path
                .as_bytes()
                .strip_prefix(folder.as_bytes())
                .is_some_and(|it| it.first() == Some(&b'/'))
        };
        let end = start + self.files[start..].partition_point(inside);
        start..end
    }

    /// The factor of a stretch of files.
    pub(super) fn factor(&mut self, files: std::ops::Range<usize>) -> Factor {
        let rows = self.starts[files.start] as usize..self.starts[files.end] as usize;
        factor(&self.rows[rows], &mut self.room)
    }

    /// The factor of a component and the number of its files.
    pub(super) fn factor_of_component(&mut self, component: i64) -> (Factor, u32) {
        let mut rows = Vec::new();
        let mut files = 0;
        for (i, file) in self.files.iter().enumerate() {
            if file.component == Some(component) {
                files += 1;
                let own = self.starts[i] as usize..self.starts[i + 1] as usize;
                rows.extend_from_slice(&self.rows[own]);
            }
        }
        (factor(&rows, &mut self.room), files)
    }

    /// Every component's factor and number of files, in one pass.
    pub(super) fn factors_of_components(&mut self) -> HashMap<i64, (Factor, u32)> {
        let mut rows: HashMap<i64, (Vec<Authorship>, u32)> = HashMap::new();
        for (i, file) in self.files.iter().enumerate() {
            let Some(component) = file.component else { continue };
            let own = self.starts[i] as usize..self.starts[i + 1] as usize;
            let entry = rows.entry(component).or_default();
            entry.0.extend_from_slice(&self.rows[own]);
            entry.1 += 1;
        }
        let room = &mut self.room;
        rows.into_iter().map(|(id, (rows, files))| (id, (factor(&rows, room), files))).collect()
    }

    /// A factor as the wire has it.
    pub(super) fn row(
        &self,
        at: &Asked<'_>,
        kind: RecordKind,
        id: &str,
        files: usize,
        factor: &Factor,
    ) -> Result<BusFactorRow> {
        let people = factor
            .people
            .iter()
            .map(|(who, files)| {
                Ok(Author { person: at.person_ref(self.developers[*who as usize])?, files: *files })
            })
            .collect::<Result<_>>()?;
        Ok(BusFactorRow {
            subject: Subject { kind, id: id.to_owned() },
            factor: factor.value(),
            files: count(files as u64),
            authored_files: factor.authored,
            people,
        })
    }
}
