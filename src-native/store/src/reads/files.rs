//! Paths: one, those of a folder, and those that sound like one.

use super::scope::below;
use crate::{Allowed, Reader, Result};
use model::{FileId, Oid};
use rusqlite::OptionalExtension;

/// A path, living or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its row.
    pub id: FileId,
    /// Its path.
    pub path: String,
    /// Its bytes, where they are not the text.
    pub path_raw: Option<Vec<u8>>,
    /// Its component's row.
    pub component_id: Option<i64>,
    /// Its component.
    pub component: Option<String>,
    /// Whether it is in the tree of HEAD.
    pub alive: bool,
    /// The object there.
    pub blob: Option<Oid>,
    /// Bytes there.
    pub size: Option<u64>,
    /// 0 file, 1 executable, 2 symlink, 3 submodule.
    pub mode: Option<u8>,
}

impl FileRow {
    /// The path as Git has it.
    pub fn bytes(&self) -> &[u8] {
        self.path_raw.as_deref().unwrap_or(self.path.as_bytes())
    }
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderRow {
    /// Its row.
    pub id: i64,
    /// Its path.
    pub path: String,
    /// The folder above.
    pub parent: Option<i64>,
}

/// A living file as far as a tree of files shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeRow {
    /// Its row.
    pub id: FileId,
    /// Its path.
    pub path: String,
    /// Its folder's row.
    pub folder: i64,
    /// Its component's row.
    pub component: Option<i64>,
    /// Bytes at HEAD.
    pub size: u64,
}

/// What a path that is not there may have meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// A path that is there.
    pub path: String,
    /// Whether it is a folder.
    pub folder: bool,
}

const COLUMNS: &str =
    "select f.id, f.path, f.path_raw, f.component, k.name, f.alive, f.blob, f.size,
    f.mode from files f left join components k on k.id = f.component";

fn file_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<FileRow> {
    Ok(FileRow {
        id: FileId(row.get(0)?),
        path: row.get(1)?,
        path_raw: row.get(2)?,
        component_id: row.get(3)?,
        component: row.get(4)?,
        alive: row.get(5)?,
        blob: row.get::<_, Option<Vec<u8>>>(6)?.and_then(|it| Oid::from_bytes(&it)),
        size: row.get(7)?,
        mode: row.get(8)?,
    })
}

impl Reader<'_> {
    /// The file at a path; of several whose bytes read alike the living one.
    pub fn file(&self, of: &Allowed, path: &str) -> Result<Option<FileRow>> {
        let mut one = self.sql().prepare_cached(&format!(
            "{COLUMNS} where f.repository = ?1 and f.path = ?2
             order by f.alive desc, f.path_raw is not null, f.path_raw limit 1"
        ))?;
        Ok(one.query_row((of.id.0, path), file_row).optional()?)
    }

    /// Every file whose path reads like this text: more than one where bytes are no text. Living
    /// ones first, then by bytes.
    pub fn files_alike(&self, of: &Allowed, path: &str) -> Result<Vec<FileRow>> {
        let mut all = self.sql().prepare_cached(&format!(
            "{COLUMNS} where f.repository = ?1 and f.path = ?2
             order by f.alive desc, f.path_raw is not null, f.path_raw"
        ))?;
        let rows = all.query_map((of.id.0, path), file_row)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// The file of a row.
    pub fn file_of(&self, of: &Allowed, id: FileId) -> Result<Option<FileRow>> {
        let mut one = self
            .sql()
            .prepare_cached(&format!("{COLUMNS} where f.id = ?2 and f.repository = ?1"))?;
        Ok(one.query_row((of.id.0, id.0), file_row).optional()?)
    }

    /// The folder at a path; the empty path is the root.
    pub fn folder(&self, of: &Allowed, path: &str) -> Result<Option<FolderRow>> {
        let mut one = self.sql().prepare_cached(
            "select id, path, parent from folders where repository = ?1 and path = ?2",
        )?;
        Ok(one.query_row((of.id.0, path), folder_row).optional()?)
    }

    /// Every folder, by path.
    pub fn folders(&self, of: &Allowed) -> Result<Vec<FolderRow>> {
        let mut all = self.sql().prepare_cached(
            "select id, path, parent from folders where repository = ?1 order by path",
        )?;
        let rows = all.query_map([of.id.0], folder_row)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Living files below a folder at any depth, by path; the empty path is the root.
    pub fn tree(&self, of: &Allowed, folder: &str) -> Result<Vec<TreeRow>> {
        let (low, high) = below(folder);
        let mut all = self.sql().prepare_cached(
            "select id, path, folder, component, ifnull(size, 0) from files
             where repository = ?1 and path >= ?2 and path < ?3 and alive = 1 order by path",
        )?;
        let rows = all
            .query_map((of.id.0, low, high), |row| {
                Ok(TreeRow {
                    id: FileId(row.get(0)?),
                    path: row.get(1)?,
                    folder: row.get(2)?,
                    component: row.get(3)?,
                    size: row.get(4)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Living files after a path, by path, at most `most`: the list of all, page by page.
    pub fn files_after(
        &self,
        of: &Allowed,
        folder: &str,
        component: Option<i64>,
        after: Option<&str>,
        most: u32,
    ) -> Result<Vec<FileRow>> {
        let (low, high) = below(folder);
        let mut all = self.sql().prepare_cached(&format!(
            "{COLUMNS} where f.repository = ?1 and f.path >= ?2 and f.path < ?3
             and f.path > ifnull(?4, '') and f.alive = 1 and (?6 is null or f.component = ?6)
             order by f.path limit ?5"
        ))?;
        let rows = all
            .query_map((of.id.0, low, high, after, most, component), file_row)?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Paths of a repository that touch on a component: each file's row, living or gone.
    pub fn files_in_component(
        &self,
        of: &Allowed,
        component: i64,
    ) -> Result<Vec<(FileId, String)>> {
        let mut all = self.sql().prepare_cached(
            "select id, path from files where component = ?1 and alive in (0, 1)
             and repository = ?2",
        )?;
        let rows = all
            .query_map((component, of.id.0), |row| Ok((FileId(row.get(0)?), row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// What a path that is not there may have meant: the same name elsewhere, or the most alike.
    pub fn near(&self, of: &Allowed, path: &str) -> Result<Option<Near>> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut all = self.sql().prepare_cached(
            "select f.path from file_words w cross join files f on f.id = w.rowid
             where file_words match ?1 and f.repository = ?2 and f.alive = 1
             order by rank limit 200",
        )?;
        let mut best: Option<(usize, String)> = None;
        // The whole name first; then its beginning and its end, for a letter gone wrong.
        let chars: Vec<char> = name.chars().collect();
        let half = chars.len().div_ceil(2).max(3).min(chars.len());
        let head: String = chars[..half].iter().collect();
        let tail: String = chars[chars.len() - half..].iter().collect();
        for words in [name, &head, &tail] {
            if words.chars().count() < 3 {
                continue;
            }
            let quoted = super::search::quoted(words);
            let mut rows = all.query((quoted, of.id.0))?;
            while let Some(row) = rows.next()? {
                let candidate: String = row.get(0)?;
                let far = distance(path, &candidate);
                if best.as_ref().is_none_or(|it| (far, &candidate) < (it.0, &it.1)) {
                    best = Some((far, candidate));
                }
            }
            if best.is_some() {
                break;
            }
        }
        Ok(best.map(|it| Near { path: it.1, folder: false }))
    }
}

fn folder_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<FolderRow> {
    Ok(FolderRow { id: row.get(0)?, path: row.get(1)?, parent: row.get(2)? })
}

/// How far two paths are apart: characters that neither the same beginning nor the same end covers.
fn distance(a: &str, b: &str) -> usize {
    let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let head = x.iter().zip(&y).take_while(|(a, b)| a == b).count();
    let tail = x.iter().rev().zip(y.iter().rev()).take_while(|(a, b)| a == b).count();
    let tail = tail.min(x.len().min(y.len()) - head.min(x.len().min(y.len())));
    (x.len() + y.len()).saturating_sub(2 * (head + tail))
}
