//! Pull requests as far as Git tells of them, and issues as far as messages name them.

use super::{Found, Place};
use crate::{Allowed, Reader, Result};
use model::{CommitId, Oid, Timestamp};
use rusqlite::OptionalExtension;

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRow {
    /// Its row.
    pub id: i64,
    /// Its number.
    pub number: u64,
    /// The commit at its tip, where the clone has it.
    pub head: Option<Oid>,
    /// Whose branch it was.
    pub login: Option<String>,
    /// The branch.
    pub branch: Option<String>,
}

/// A pull request of a commit and the words that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullLink {
    /// Its number.
    pub number: u64,
    /// The words.
    pub told_by: String,
    /// Its title, where GitHub tells of it.
    pub title: Option<String>,
}

impl Reader<'_> {
    /// A pull request by number.
    pub fn pull(&self, of: &Allowed, number: u64) -> Result<Option<PullRow>> {
        let mut one = self.sql().prepare_cached(
            "select id, number, head, login, branch from pull_requests
             where repository = ?1 and number = ?2",
        )?;
        Ok(one
            .query_row((of.id.0, number), |row| {
                Ok(PullRow {
                    id: row.get(0)?,
                    number: row.get(1)?,
                    head: row.get::<_, Option<Vec<u8>>>(2)?.and_then(|it| Oid::from_bytes(&it)),
                    login: row.get(3)?,
                    branch: row.get(4)?,
                })
            })
            .optional()?)
    }

    /// Numbers of pull requests that begin with these digits: the number itself first, then the newest.
    pub fn numbers_like(&self, of: &Allowed, digits: &str, most: u32) -> Result<Vec<u64>> {
        let mut all = self.sql().prepare_cached(
            "select number from pull_requests where repository = ?1
             and cast(number as text) like ?2 || '%'
             order by cast(number as text) <> ?2, number desc limit ?3",
        )?;
        let numbers = all
            .query_map((of.id.0, digits, most), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(numbers)
    }

    /// The commits of a pull request with the words that say so, oldest first.
    pub fn pull_commits(&self, of: &Allowed, pull: &PullRow) -> Result<Vec<(Found, String)>> {
        let mut all = self.sql().prepare_cached(
            "select c.id, c.committed, c.generation, c.oid, pc.told_by from pr_commits pc
             cross join commits c on c.id = pc.commit_id where pc.pull_request = ?1 and c.repository = ?2
             order by c.committed, c.generation, c.oid",
        )?;
        let mut rows = all.query((pull.id, of.id.0))?;
        let mut commits = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(oid) = Oid::from_bytes(super::blob(row, 3)?) else { continue };
            let place = Place { at: Timestamp(row.get(1)?), generation: row.get(2)?, oid };
            commits.push((Found { place, id: CommitId(row.get(0)?) }, row.get(4)?));
        }
        Ok(commits)
    }

    /// The pull requests a commit came through, by number.
    pub fn pulls_of(&self, _of: &Allowed, commit: CommitId) -> Result<Vec<PullLink>> {
        let mut all = self.sql().prepare_cached(
            "select pr.number, pc.told_by, r.title from pr_commits pc
             cross join pull_requests pr on pr.id = pc.pull_request
             left join pull_records r on r.pull_request = pr.id
             where pc.commit_id = ?1 order by 1",
        )?;
        let links = all
            .query_map([commit.0], |row| {
                Ok(PullLink { number: row.get(0)?, told_by: row.get(1)?, title: row.get(2)? })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(links)
    }

    /// What a repository calls its projects: prefix and the project it stands for, by prefix.
    pub fn project_prefixes(&self, of: &Allowed) -> Result<Vec<(String, String)>> {
        let mut all = self.sql().prepare_cached(
            "select prefix, project from project_keys where repository = ?1 order by prefix",
        )?;
        let keys = all
            .query_map([of.id.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(keys)
    }

    /// The prefixes under which an issue is named, and its number, given its key in any case; none
    /// where the key is of no known project.
    pub fn issue(&self, of: &Allowed, key: &str) -> Result<Option<(String, Vec<String>, u32)>> {
        let Some((prefix, number)) = key.trim().rsplit_once('-') else { return Ok(None) };
        let Ok(number) = number.parse::<u32>() else { return Ok(None) };
        let known = self.project_prefixes(of)?;
        let Some((_, project)) = known.iter().find(|it| it.0.eq_ignore_ascii_case(prefix)) else {
            return Ok(None);
        };
        let prefixes = known.iter().filter(|it| it.1 == *project).map(|it| it.0.clone()).collect();
        Ok(Some((project.clone(), prefixes, number)))
    }

    /// The times an issue is named by commits of this repository.
    pub fn issue_mentions(&self, of: &Allowed, prefixes: &[String], number: u32) -> Result<u32> {
        let mut one = self.sql().prepare_cached(
            "select count(*) from issue_mentions m cross join commits c on c.id = m.commit_id
             where m.prefix = ?1 and m.number = ?2 and c.repository = ?3",
        )?;
        let mut sum = 0;
        for prefix in prefixes {
            sum += one.query_row((prefix, number, of.id.0), |row| row.get::<_, u32>(0))?;
        }
        Ok(sum)
    }
}
