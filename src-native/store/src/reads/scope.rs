//! Which touches count for a file, a folder or a component: past names followed, by the rule that
//! `ingest::rollup` states and counts by.

use crate::{Allowed, Reader, Result};
use model::FileId;
use std::collections::HashMap;

/// From this many files on, all renames of the repository are read at once.
const MANY_FILES: usize = 2_000;

/// Files with, for each, the generation below which its touches count.
///
/// A living file counts at all its touches; the path it was renamed from in a commit counts at
/// touches of a lower generation than that commit's, and so on back. Generations fall strictly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    limits: HashMap<i64, u32>,
}

impl Scope {
    /// One path and nothing before it.
    pub fn only(file: FileId) -> Scope {
        Scope { limits: HashMap::from([(file.0, u32::MAX)]) }
    }

    /// Adds what another holds.
    pub fn add(&mut self, other: &Scope) {
        for (file, before) in &other.limits {
            let limit = self.limits.entry(*file).or_insert(0);
            *limit = (*limit).max(*before);
        }
    }

    /// Whether a touch of `file` in a commit of that generation counts.
    pub fn holds(&self, file: FileId, generation: u32) -> bool {
        self.limits.get(&file.0).is_some_and(|before| generation < *before)
    }

    /// How many paths there are, past ones included.
    pub fn len(&self) -> usize {
        self.limits.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    /// The paths with the generations below which their touches count, in no order that means
    /// anything.
    pub fn files(&self) -> impl Iterator<Item = (FileId, u32)> + '_ {
        self.limits.iter().map(|(file, before)| (FileId(*file), *before))
    }
}

impl Reader<'_> {
    /// What counts for one path, living or gone.
    pub fn scope_of_file(&self, of: &Allowed, file: FileId) -> Result<Scope> {
        self.widen(of, vec![file.0])
    }

    /// What counts for a folder: its living files below any depth; the empty path is the root.
    pub fn scope_of_folder(&self, of: &Allowed, path: &str) -> Result<Scope> {
        let (low, high) = below(path);
        let mut files = self.sql().prepare_cached(
            "select id from files where repository = ?1 and path >= ?2 and path < ?3 and alive = 1",
        )?;
        let files = files
            .query_map((of.id.0, low, high), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        self.widen(of, files)
    }

    /// What counts for a component: its living files.
    pub fn scope_of_component(&self, of: &Allowed, component: i64) -> Result<Scope> {
        let mut files = self.sql().prepare_cached(
            "select id from files where component = ?1 and alive = 1 and repository = ?2",
        )?;
        let files = files
            .query_map((component, of.id.0), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        self.widen(of, files)
    }

    fn widen(&self, of: &Allowed, files: Vec<i64>) -> Result<Scope> {
        let all = if files.len() > MANY_FILES { Some(self.renames_by_file(of)?) } else { None };
        let mut into = self.sql().prepare_cached(
            "select t.from_file, c.generation from commit_files t indexed by commit_files_to
             cross join commits c on c.id = t.commit_id
             where t.file = ?1 and t.from_file is not null",
        )?;
        let mut limits: HashMap<i64, u32> = HashMap::with_capacity(files.len());
        let mut open: Vec<(i64, u32)> = files.into_iter().map(|it| (it, u32::MAX)).collect();
        let mut renames: Vec<(i64, u32)> = Vec::new();
        while let Some((file, before)) = open.pop() {
            let known = limits.entry(file).or_insert(0);
            if *known >= before {
                continue;
            }
            let seen = std::mem::replace(known, before);
            let found: &[(i64, u32)] = match &all {
                Some(all) => all.get(&file).map_or(&[], Vec::as_slice),
                None => {
                    renames.clear();
                    let mut rows = into.query([file])?;
                    while let Some(row) = rows.next()? {
                        renames.push((row.get(0)?, row.get(1)?));
                    }
                    &renames
                }
            };
            open.extend(found.iter().filter(|(_, at)| *at < before && *at >= seen));
        }
        Ok(Scope { limits })
    }

    fn renames_by_file(&self, of: &Allowed) -> Result<HashMap<i64, Vec<(i64, u32)>>> {
        let mut all = self.sql().prepare_cached(
            "select t.file, t.from_file, c.generation from commit_files t
             indexed by commit_files_to cross join commits c on c.id = t.commit_id
             where t.from_file is not null and c.repository = ?1",
        )?;
        let mut rows = all.query([of.id.0])?;
        let mut renames: HashMap<i64, Vec<(i64, u32)>> = HashMap::new();
        while let Some(row) = rows.next()? {
            renames.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        }
        Ok(renames)
    }
}

/// The range of paths below a folder: from, and up to but without.
pub(crate) fn below(folder: &str) -> (String, String) {
    if folder.is_empty() {
        return (String::new(), "\u{10ffff}".to_owned());
    }
    // `0` follows `/` in ASCII, so that nothing beside the folder is in between.
    (format!("{folder}/"), format!("{folder}0"))
}
