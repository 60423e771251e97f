//! Every file change there is, page by page.

use super::commits::kind;
use crate::{Allowed, Reader, Result};
use model::{ChangeKind, CommitId, DeveloperId, FileId, Oid};
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

/// A commit: its id, its time in seconds since 1970 UTC, its author.
pub type ChangeCommit = (Oid, i64, DeveloperId);

/// A page of changes, with what its rows refer to.
#[derive(Clone, Debug, Default)]
pub struct ChangePage {
    /// In the order of the store: by commit, then by file.
    pub rows: Vec<ChangeRow>,
    /// Commits.
    pub commits: Vec<ChangeCommit>,
    /// Paths.
    pub paths: Vec<String>,
    /// Where the next page begins; none at the end.
    pub next: Option<(CommitId, FileId)>,
}

/// A row: commit, file, kind, lines added, lines deleted.
type Raw = (i64, i64, u8, Option<u32>, Option<u32>);

impl Reader<'_> {
    /// Changes after a place, at most `most`.
    pub fn changes(
        &self,
        of: &Allowed,
        after: Option<(CommitId, FileId)>,
        most: usize,
    ) -> Result<ChangePage> {
        let mut all = self.sql().prepare_cached(
            "select commit_id, file, kind, added, deleted from commit_files
             where (commit_id, file) > (?1, ?2) order by commit_id, file limit ?3",
        )?;
        let mut path = self.sql().prepare_cached("select path from files where id = ?1")?;
        let mut page = ChangePage::default();
        let mut paths: HashMap<i64, u32> = HashMap::new();
        let mut after = after.map_or((i64::MIN, i64::MIN), |it| (it.0.0, it.1.0));
        let mut place = None;
        let mut block: Vec<Raw> = Vec::new();
        loop {
            block.clear();
            // One more than fits, so that it is known whether there is one.
            let wanted = most - page.rows.len() + 1;
            let mut rows = all.query((after.0, after.1, wanted as i64))?;
            while let Some(row) = rows.next()? {
                block.push((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
            }
            let (Some(first), Some(last)) = (block.first(), block.last()) else { return Ok(page) };
            after = (last.0, last.1);
            let known = self.commits_between(of, first.0, last.0)?;
            let mut at = 0;
            let mut met = (i64::MIN, 0);
            for &(commit, file, change, added, deleted) in &block {
                at += known[at..].partition_point(|it| it.0 < commit);
                let Some((_, told)) = known.get(at).filter(|it| it.0 == commit) else {
                    continue; // of another repository
                };
                if page.rows.len() == most {
                    page.next = place;
                    return Ok(page);
                }
                if met.0 != commit {
                    page.commits.push(*told);
                    met = (commit, page.commits.len() as u32 - 1);
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
                    commit: met.1,
                    path,
                    kind: kind(change),
                    added,
                    deleted,
                });
            }
            if block.len() < wanted {
                return Ok(page);
            }
        }
    }

    /// Commits of a stretch of rows, both ends included, in order of row. Who wrote one is credited
    /// with role 0; a commit whose people are not known yet has Git's author.
    fn commits_between(
        &self,
        of: &Allowed,
        first: i64,
        last: i64,
    ) -> Result<Vec<(i64, ChangeCommit)>> {
        let mut all = self.sql().prepare_cached(
            "select id, oid, committed, author, repository from commits
             where id between ?1 and ?2 order by id",
        )?;
        let mut authors = self.sql().prepare_cached(
            "select commit_id, identity from commit_people
             where commit_id between ?1 and ?2 and role = 0 order by commit_id",
        )?;
        let mut who =
            self.sql().prepare_cached("select developer from identities where id = ?1")?;
        let mut known: HashMap<i64, i64> = HashMap::new();
        let mut developer = |identity: i64| -> Result<i64> {
            Ok(match known.get(&identity) {
                Some(known) => *known,
                None => {
                    let mut rows = who.query([identity])?;
                    let found = rows.next()?.map_or(Ok(0), |row| row.get(0))?;
                    known.insert(identity, found);
                    found
                }
            })
        };
        let mut commits: Vec<(i64, ChangeCommit)> = Vec::new();
        let mut credited = authors.query((first, last))?;
        let mut credit = credited.next()?;
        let mut rows = all.query((first, last))?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let mut author = None;
            while let Some(it) = credit {
                let commit: i64 = it.get(0)?;
                if commit > id {
                    break;
                }
                if commit == id {
                    let one = developer(it.get(1)?)?;
                    author = Some(author.map_or(one, |it: i64| it.min(one)));
                }
                credit = credited.next()?;
            }
            if row.get::<_, i64>(4)? == of.id.0
                && let Some(oid) = Oid::from_bytes(super::blob(row, 1)?)
            {
                let author = match author {
                    Some(it) => it,
                    None => developer(row.get(3)?)?,
                };
                commits.push((id, (oid, row.get(2)?, DeveloperId(author))));
            }
        }
        Ok(commits)
    }
}
