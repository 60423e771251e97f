//! Every file change there is, page by page.

use super::commits::kind;
use crate::{Allowed, Reader, Result};
use model::{ChangeKind, CommitId, DeveloperId, FileId};
use std::collections::HashMap;

/// One path in one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// Index into [`ChangePage::commits`].
    pub commit: u32,
    /// Index into [`ChangePage::paths`].
    pub path: u32,
    /// What happened.
    pub kind: ChangeKind,
    /// Lines added; none where binary or unknown.
    pub added: Option<u32>,
    /// Lines deleted; none where binary or unknown.
    pub deleted: Option<u32>,
}

/// A page of changes, with what its rows refer to.
#[derive(Clone, Debug, Default)]
pub struct ChangePage {
    /// In the order of the store: by commit, then by file.
    pub rows: Vec<ChangeRow>,
    /// Commits: object id in hexadecimal digits, seconds since 1970 UTC, author.
    pub commits: Vec<(String, i64, DeveloperId)>,
    /// Paths.
    pub paths: Vec<String>,
    /// Where the next page begins; none at the end.
    pub next: Option<(CommitId, FileId)>,
}

impl Reader<'_> {
    /// Changes after a place, at most `most`.
    pub fn changes(
        &self,
        of: &Allowed,
        after: Option<(CommitId, FileId)>,
        most: usize,
    ) -> Result<ChangePage> {
        let sql = self.sql();
        let (commit, file) = after.map_or((i64::MIN, i64::MIN), |it| (it.0.0, it.1.0));
        let mut all = sql.prepare_cached(
            "select commit_id, file, kind, added, deleted from commit_files
             where (commit_id, file) > (?1, ?2) order by commit_id, file",
        )?;
        let mut one = sql.prepare_cached(
            "select c.oid, c.committed, ifnull((select min(i.developer) from commit_people p
             join identities i on i.id = p.identity where p.commit_id = c.id and p.role = 0),
             (select i.developer from identities i where i.id = c.author)) from commits c
             where c.id = ?1 and c.repository = ?2",
        )?;
        let mut path = sql.prepare_cached("select path from files where id = ?1")?;
        let mut page = ChangePage::default();
        let mut paths: HashMap<i64, u32> = HashMap::new();
        let mut last = (i64::MIN, None);
        let mut place = None;
        let mut rows = all.query((commit, file))?;
        while let Some(row) = rows.next()? {
            let (commit, file): (i64, i64) = (row.get(0)?, row.get(1)?);
            if last.0 != commit || page.commits.is_empty() {
                let mut found = one.query((commit, of.id.0))?;
                last = (
                    commit,
                    match found.next()? {
                        Some(it) => {
                            let oid = model::Oid::from_bytes(super::blob(it, 0)?);
                            let oid = oid.map(|it| it.to_string()).unwrap_or_default();
                            let who = it.get::<_, Option<i64>>(2)?.unwrap_or_default();
                            page.commits.push((oid, it.get(1)?, DeveloperId(who)));
                            Some(page.commits.len() as u32 - 1)
                        }
                        None => None, // of another repository
                    },
                );
            }
            let Some(at) = last.1 else { continue };
            if page.rows.len() == most {
                page.next = place;
                break;
            }
            let path = match paths.get(&file) {
                Some(known) => *known,
                None => {
                    page.paths.push(path.query_row([file], |row| row.get(0))?);
                    let new = page.paths.len() as u32 - 1;
                    paths.insert(file, new);
                    new
                }
            };
            place = Some((CommitId(commit), FileId(file)));
            page.rows.push(ChangeRow {
                commit: at,
                path,
                kind: kind(row.get(2)?),
                added: row.get(3)?,
                deleted: row.get(4)?,
            });
        }
        Ok(page)
    }
}
