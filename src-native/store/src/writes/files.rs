//! Paths: files, folders and components, and which of them live.

use super::{bytes_of, text_and_raw};
use crate::{Result, Writer};
use model::{Bytes, FileId, RepositoryId};
use rusqlite::params;
use std::collections::{HashMap, HashSet};

/// A path of a repository, living or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its row.
    pub id: FileId,
    /// Its path.
    pub path: Bytes,
    /// The component's name; none where it belongs to none.
    pub component: Option<String>,
    /// What it is in the tree of HEAD; none where it is gone.
    pub tree: Option<Tree>,
}

/// A path in the tree of HEAD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Object id of the content.
    pub blob: Vec<u8>,
    /// Bytes; none where the object is missing or is a submodule.
    pub size: Option<u64>,
    /// 0 file, 1 executable, 2 symlink, 3 submodule.
    pub mode: u8,
}

impl Writer<'_> {
    /// Every path of a repository, in order of row, and the next free row.
    pub fn files(&self, repository: RepositoryId) -> Result<(Vec<FileRow>, i64)> {
        let mut all = self.sql().prepare_cached(
            "select f.id, f.path, f.path_raw, c.name, f.alive, f.blob, f.size, f.mode from files f
             left join components c on c.id = f.component where f.repository = ?1 order by f.id",
        )?;
        let rows = all
            .query_map([repository.0], |row| {
                let alive: bool = row.get(4)?;
                Ok(FileRow {
                    id: FileId(row.get(0)?),
                    path: bytes_of(row.get(1)?, row.get(2)?),
                    component: row.get(3)?,
                    tree: match alive {
                        true => {
                            Some(Tree { blob: row.get(5)?, size: row.get(6)?, mode: row.get(7)? })
                        }
                        false => None,
                    },
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let last: i64 =
            self.sql().query_row("select ifnull(max(id), 0) from files", [], |row| row.get(0))?;
        Ok((rows, last + 1))
    }

    /// Makes the files of a repository into `new` (ascending rows), given what they were, with
    /// their folders, components (name and rule) and the full text over living paths. Returns
    /// whether one of these is no more: what was known of it is then nobody's, and
    /// [`Writer::drop_orphan_knowledge`] removes it.
    pub fn set_files(
        &self,
        repository: RepositoryId,
        old: &[FileRow],
        new: &[FileRow],
        components: &[(String, String)],
    ) -> Result<bool> {
        let (folders, folder_gone) = self.set_folders(repository, new)?;
        let (components, component_gone) = self.set_components(repository, components)?;
        let mut file_gone = false;
        let sql = self.sql();
        let mut put = sql.prepare_cached(
            "insert or replace into files
             (id, repository, path, path_raw, folder, component, alive, blob, size, mode)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        let mut drop = sql.prepare_cached("delete from files where id = ?1")?;
        let mut words =
            sql.prepare_cached("insert into file_words (rowid, path) values (?1, ?2)")?;
        let unword = |id: FileId, path: &str| -> Result<()> {
            let mut unword = sql.prepare_cached(
                "insert into file_words (file_words, rowid, path) values ('delete', ?1, ?2)",
            )?;
            unword.execute(params![id.0, path])?;
            Ok(())
        };
        let was: HashMap<FileId, &FileRow> = old.iter().map(|it| (it.id, it)).collect();
        super::reconcile(
            old,
            new,
            |row| row.id,
            |gone| {
                if gone.tree.is_some() {
                    unword(gone.id, &gone.path.text())?;
                }
                drop.execute([gone.id.0])?;
                file_gone = true;
                Ok(())
            },
            |row| {
                let (path, path_raw) = text_and_raw(&row.path);
                let alive = row.tree.is_some();
                let lived = was.get(&row.id).is_some_and(|it| it.tree.is_some());
                put.execute(params![
                    row.id.0,
                    repository.0,
                    path,
                    path_raw,
                    folders.get(parent(&path)).copied().unwrap_or_default(),
                    row.component.as_ref().and_then(|name| components.get(name)),
                    alive,
                    row.tree.as_ref().map(|it| &it.blob),
                    row.tree.as_ref().and_then(|it| it.size),
                    row.tree.as_ref().map(|it| it.mode),
                ])?;
                match (lived, alive) {
                    (false, true) => words.execute(params![row.id.0, path]).map(|_| ())?,
                    (true, false) => unword(row.id, &path)?,
                    _ => {}
                }
                Ok(())
            },
        )?;
        Ok(file_gone || folder_gone || component_gone)
    }

    /// Folders are the root and all those above a file, living or gone.
    fn set_folders(
        &self,
        repository: RepositoryId,
        files: &[FileRow],
    ) -> Result<(HashMap<String, i64>, bool)> {
        let sql = self.sql();
        let mut all = sql.prepare_cached("select path, id from folders where repository = ?1")?;
        let mut known: HashMap<String, i64> = all
            .query_map([repository.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut needed: HashSet<String> = HashSet::from([String::new()]);
        for file in files {
            let path = file.path.text();
            let mut path: &str = &path;
            while !path.is_empty() {
                path = parent(path);
                if needed.contains(path) {
                    break;
                }
                needed.insert(path.to_owned());
            }
        }
        let mut fresh: Vec<&String> = needed.iter().filter(|it| !known.contains_key(*it)).collect();
        fresh.sort_unstable(); // a parent sorts before its children
        let mut insert = sql
            .prepare_cached("insert into folders (repository, path, parent) values (?1, ?2, ?3)")?;
        for path in fresh {
            let above = (!path.is_empty()).then(|| known.get(parent(path)).copied()).flatten();
            insert.execute(params![repository.0, path, above])?;
            known.insert(path.clone(), sql.last_insert_rowid());
        }
        let mut drop = sql.prepare_cached("delete from folders where id = ?1")?;
        let mut gone = false;
        for (_, id) in known.iter().filter(|(path, _)| !needed.contains(*path)) {
            drop.execute([id])?;
            gone = true;
        }
        Ok((known, gone))
    }

    fn set_components(
        &self,
        repository: RepositoryId,
        components: &[(String, String)],
    ) -> Result<(HashMap<String, i64>, bool)> {
        let sql = self.sql();
        let mut all =
            sql.prepare_cached("select name, rule, id from components where repository = ?1")?;
        let known: HashMap<String, (String, i64)> = all
            .query_map([repository.0], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
            .collect::<rusqlite::Result<_>>()?;
        let mut ids = HashMap::new();
        let mut put = sql.prepare_cached(
            "insert into components (repository, name, rule) values (?1, ?2, ?3)
             on conflict (repository, name) do update set rule = excluded.rule",
        )?;
        for (name, rule) in components {
            let id = match known.get(name) {
                Some((same, id)) if same == rule => *id,
                Some((_, id)) => {
                    put.execute(params![repository.0, name, rule])?;
                    *id
                }
                None => {
                    put.execute(params![repository.0, name, rule])?;
                    sql.last_insert_rowid()
                }
            };
            ids.insert(name.clone(), id);
        }
        let mut gone = false;
        let mut drop = sql.prepare_cached("delete from components where id = ?1")?;
        for (_, (_, id)) in known.iter().filter(|(name, _)| !ids.contains_key(*name)) {
            drop.execute([id])?;
            gone = true;
        }
        Ok((ids, gone))
    }

    /// Those of some gone files that a commit touches or renames away.
    pub fn touched_files(&self, rows: &[FileRow]) -> Result<HashSet<FileId>> {
        let mut touched = self.sql().prepare_cached(
            "select exists (select 1 from commit_files where file = ?1)
             or exists (select 1 from commit_files where from_file = ?1)",
        )?;
        let mut found = HashSet::new();
        for row in rows.iter().filter(|it| it.tree.is_none()) {
            if touched.query_row([row.id.0], |row| row.get(0))? {
                found.insert(row.id);
            }
        }
        Ok(found)
    }
}

/// The folder of a path; empty for the root.
pub(crate) fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |end| &path[..end])
}
