//! Pull requests as far as Git tells of them.

use super::reconcile;
use crate::{Result, Writer};
use model::{CommitId, Oid, RepositoryId};
use rusqlite::params;
use std::collections::HashMap;

/// A pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// `refs/pull/N/head`, where the clone has it.
    pub head: Option<Oid>,
    /// Whose branch it was.
    pub login: Option<String>,
    /// The branch.
    pub branch: Option<String>,
}

/// A commit of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PullLink {
    /// The pull request's number.
    pub number: u64,
    /// The commit.
    pub commit: CommitId,
    /// The words that say so.
    pub told_by: String,
}

impl Writer<'_> {
    /// The pull requests of a repository that Git tells of in order of number, and their commits in
    /// order of number and row.
    pub fn pulls(&self, repository: RepositoryId) -> Result<(Vec<Pull>, Vec<PullLink>)> {
        let sql = self.sql();
        let mut pulls = sql.prepare_cached(
            "select number, head, login, branch from pull_requests p where repository = ?1
             and (head is not null or login is not null or branch is not null or exists
             (select 1 from pr_commits c where c.pull_request = p.id and c.source = 0))
             order by number",
        )?;
        let pulls = pulls
            .query_map([repository.0], |row| {
                Ok(Pull {
                    number: row.get(0)?,
                    head: row.get::<_, Option<Vec<u8>>>(1)?.and_then(|it| Oid::from_bytes(&it)),
                    login: row.get(2)?,
                    branch: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut links = sql.prepare_cached(
            "select pr.number, pc.commit_id, pc.told_by from pull_requests pr
             cross join pr_commits pc on pc.pull_request = pr.id
             where pr.repository = ?1 and pc.source = 0",
        )?;
        let mut links: Vec<PullLink> = links
            .query_map([repository.0], |row| {
                Ok(PullLink {
                    number: row.get(0)?,
                    commit: CommitId(row.get(1)?),
                    told_by: row.get(2)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        links.sort_unstable(); // quicker than SQLite's sorter
        Ok((pulls, links))
    }

    /// Makes the pull requests of a repository and their commits from what they were into what they
    /// are: all four lists in the order of [`Writer::pulls`], rows that are equal left alone.
    /// Returns how many differed.
    pub fn set_pulls(
        &self,
        repository: RepositoryId,
        (old, old_links): (&[Pull], &[PullLink]),
        (new, new_links): (&[Pull], &[PullLink]),
    ) -> Result<usize> {
        if old == new && old_links == new_links {
            return Ok(0);
        }
        let sql = self.sql();
        let read_ids = || -> Result<HashMap<u64, i64>> {
            let mut ids =
                sql.prepare_cached("select number, id from pull_requests where repository = ?1")?;
            let rows = ids
                .query_map([repository.0], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            Ok(rows)
        };
        let were = read_ids()?;
        let mut put = sql.prepare_cached(
            "insert into pull_requests (repository, number, head, login, branch)
             values (?1, ?2, ?3, ?4, ?5) on conflict (repository, number) do update set
             head = excluded.head, login = excluded.login, branch = excluded.branch",
        )?;
        // What GitHub tells of it stays.
        let mut forget = sql.prepare_cached(
            "update pull_requests set head = null, login = null, branch = null
             where repository = ?1 and number = ?2",
        )?;
        let mut unlink = sql.prepare_cached(
            "delete from pr_issues where pull_request in (select id from pull_requests
             where repository = ?1 and number = ?2)",
        )?;
        let mut drop = sql.prepare_cached(
            "delete from pull_requests where repository = ?1 and number = ?2
             and id not in (select pull_request from pull_records)",
        )?;
        let pulls = reconcile(
            old,
            new,
            |row| row.number,
            |row| {
                forget.execute(params![repository.0, row.number])?;
                unlink.execute(params![repository.0, row.number])?;
                drop.execute(params![repository.0, row.number])?;
                Ok(())
            },
            |row| {
                put.execute(params![
                    repository.0,
                    row.number,
                    row.head.as_ref().map(Oid::as_bytes),
                    row.login,
                    row.branch
                ])?;
                Ok(())
            },
        )?;
        let are = read_ids()?;
        let mut link =
            sql.prepare_cached("insert or replace into pr_commits values (?1, ?2, ?3, 0)")?;
        let mut unlink = sql.prepare_cached(
            "delete from pr_commits where pull_request = ?1 and commit_id = ?2
                and source = 0",
        )?;
        let links = reconcile(
            old_links,
            new_links,
            |row| (row.number, row.commit),
            |row| {
                unlink.execute(params![were.get(&row.number), row.commit.0])?;
                Ok(())
            },
            |row| {
                link.execute(params![are.get(&row.number), row.commit.0, row.told_by])?;
                Ok(())
            },
        )?;
        Ok(pulls + links)
    }
}
