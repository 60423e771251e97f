//! Who may see what: no rows of a repository without an [`Allowed`].

use crate::{Error, Reader, Result};
use model::{RepositoryId, Timestamp};
use rusqlite::OptionalExtension;
use std::path::PathBuf;

/// On whose behalf a question is asked. On one's own machine there is one viewer, its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// The user whose data folder this is.
    Owner,
}

/// Proof that a viewer may see a repository. Only [`Reader::allow`] makes one, and every read asks for it.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// The repository's row.
    pub id: RepositoryId,
    /// Its name.
    pub name: String,
    /// The Git directory.
    pub location: PathBuf,
    /// The work tree; none where the repository is bare.
    pub work_tree: Option<PathBuf>,
    /// The commit that memory has been read up to.
    pub head: Option<model::Oid>,
    /// `refs/heads/main`; none where HEAD is detached or unborn.
    pub head_ref: Option<String>,
    /// Time of the newest record that was not dated in the future when it was read: the `now` of
    /// every answer unless the caller names another.
    pub as_of: Option<Timestamp>,
    _proof: Proof,
}

#[derive(Clone, Debug)]
struct Proof;

impl Reader<'_> {
    /// Lets `viewer` see the repository called `name`, which may also be the path of its work tree or Git directory,
    /// or any folder inside the work tree. Without a name, the only one there is.
    pub fn allow(&self, viewer: &Viewer, name: Option<&str>) -> Result<Allowed> {
        let Viewer::Owner = viewer;
        let found = match name {
            Some(name) => self.named(name)?.ok_or_else(|| Error::NoRepository(name.into()))?,
            None => {
                let mut names = self.repository_names()?;
                match names.len() {
                    0 => return Err(Error::NoRepository("(none)".into())),
                    1 => {
                        let name = names.remove(0);
                        self.named(&name)?.ok_or(Error::NoRepository(name))?
                    }
                    _ => return Err(Error::WhichRepository(names)),
                }
            }
        };
        Ok(found)
    }

    /// Every repository the viewer may see, by name.
    pub fn allow_all(&self, viewer: &Viewer) -> Result<Vec<Allowed>> {
        let Viewer::Owner = viewer;
        let names = self.repository_names()?;
        names.iter().map(|it| self.allow(viewer, Some(it))).collect()
    }

    fn repository_names(&self) -> Result<Vec<String>> {
        let mut statement =
            self.sql().prepare_cached("select name from repositories order by name")?;
        let names = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(names)
    }

    fn named(&self, name: &str) -> Result<Option<Allowed>> {
        let columns =
            "select id, name, location, work_tree, head, head_ref, as_of from repositories";
        let mut by_name = self.sql().prepare_cached(&format!("{columns} where name = ?1"))?;
        if let Some(found) = by_name.query_row([name], allowed).optional()? {
            return Ok(Some(found));
        }
        if !name.starts_with(['/', '\\']) && !name.contains(":\\") {
            return Ok(None);
        }
        // A path: the repository whose work tree or Git directory is the nearest folder above it.
        let path = std::path::Path::new(name);
        let mut all = self.sql().prepare_cached(columns)?;
        let mut best: Option<Allowed> = None;
        for candidate in all.query_map([], allowed)? {
            let candidate = candidate?;
            let depth = |it: &Allowed| {
                [Some(&it.location), it.work_tree.as_ref()]
                    .into_iter()
                    .flatten()
                    .filter(|folder| path.starts_with(folder))
                    .map(|folder| folder.components().count())
                    .max()
                    .unwrap_or(0)
            };
            if depth(&candidate) > best.as_ref().map_or(0, depth) {
                best = Some(candidate);
            }
        }
        Ok(best)
    }
}

fn allowed(row: &rusqlite::Row<'_>) -> rusqlite::Result<Allowed> {
    let path = |raw: Vec<u8>| PathBuf::from(crate::open::os_string(raw));
    Ok(Allowed {
        id: RepositoryId(row.get(0)?),
        name: row.get(1)?,
        location: path(row.get(2)?),
        work_tree: row.get::<_, Option<Vec<u8>>>(3)?.map(path),
        head: row.get::<_, Option<Vec<u8>>>(4)?.and_then(|it| model::Oid::from_bytes(&it)),
        head_ref: row.get(5)?,
        as_of: row.get::<_, Option<i64>>(6)?.map(Timestamp),
        _proof: Proof,
    })
}
