//! Every file change there is, page by page, and the fingerprint over all of memory.

use super::commits::kind;
use crate::{Allowed, Reader, Result};
use model::{ChangeKind, CommitId, DeveloperId, FileId};
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};
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

    /// SHA-256 over a canonical dump of what was read: equal for equal histories, whatever the order
    /// in which they were read and the rows they landed in. Rollups are left out.
    pub fn fingerprint(&self, of: &Allowed) -> Result<[u8; 32]> {
        let mut hash = Sha256::new();
        let tables = [
            "select oid, generation, parents, a.kind, a.name, a.mail, a.raw, authored,
             authored_offset, k.kind, k.name, k.mail, k.raw, committed, committed_offset, message,
             message_raw, merge, fixes, reverts from commits c left join identities a on a.id = c.author
             left join identities k on k.id = c.committer where repository = ?1 order by oid",
            "select c.oid, p.role, i.kind, i.name, i.mail, i.raw from commits c
             join commit_people p on p.commit_id = c.id join identities i on i.id = p.identity
             where c.repository = ?1 order by 1, 2, 3, 4, 5, 6",
            "select c.oid, f.path, f.path_raw, t.kind, t.added, t.deleted, t.binary, q.path, q.path_raw
             from commits c join commit_files t on t.commit_id = c.id join files f on f.id = t.file
             left join files q on q.id = t.from_file where c.repository = ?1 order by 1, 2, 3",
            "select c.oid, m.prefix, m.number, m.place from commits c
             join issue_mentions m on m.commit_id = c.id where c.repository = ?1 order by 1, 2, 3",
            "select prefix, project, source from project_keys where repository = ?1 order by 1",
            "select number, head, login, branch from pull_requests where repository = ?1 order by 1",
            "select pr.number, c.oid, pc.told_by from pull_requests pr
             join pr_commits pc on pc.pull_request = pr.id join commits c on c.id = pc.commit_id
             where pr.repository = ?1 order by 1, 2",
            "select name, name_raw, oid, at from releases where repository = ?1 order by 1, 2",
            "select path, path_raw, k.name, blob, size, mode from files f
             left join components k on k.id = f.component
             where f.repository = ?1 and alive = 1 order by 1, 2",
            "select kind, text from gaps where repository = ?1 order by 1, 2",
            "select head_ref, head from repositories where id = ?1",
        ];
        for table in tables {
            let mut all = self.sql().prepare(table)?;
            let columns = all.column_count();
            let mut rows = all.query([of.id.0])?;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    feed(&mut hash, row.get_ref(column)?);
                }
            }
            hash.update([0xff]);
        }
        Ok(hash.finalize().into())
    }
}

/// A value with its type and length in front, so that no two sequences read alike.
fn feed(hash: &mut Sha256, value: ValueRef<'_>) {
    let mut bytes = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    match value {
        ValueRef::Null => bytes(0, &[]),
        ValueRef::Integer(it) => bytes(1, &it.to_le_bytes()),
        ValueRef::Real(it) => bytes(2, &it.to_bits().to_le_bytes()),
        ValueRef::Text(it) => bytes(3, it),
        ValueRef::Blob(it) => bytes(4, it),
    }
}
