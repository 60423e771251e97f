//! The links themselves: rows that rules made, reconciled with those that are there.

use super::{CommitIssue, PullIssue, reconcile};
use crate::{Result, Writer};
use model::{CommitId, IdentityId, IssueId, PullRequestId, RepositoryId};
use rusqlite::params;

impl Writer<'_> {
    /// Makes the commits that only GitHub tells of into `links`, in order; what Git tells stays.
    pub fn set_told_commits(
        &self,
        repository: RepositoryId,
        links: &[(PullRequestId, CommitId, &str)],
    ) -> Result<usize> {
        let sql = self.sql();
        let old = self.pull_links(repository)?;
        let old: Vec<_> = old
            .iter()
            .filter(|it| !it.by_git)
            .map(|it| (it.pull, it.commit, &*it.told_by))
            .collect();
        let mut drop = sql.prepare_cached(
            "delete from pr_commits where pull_request = ?1 and commit_id = ?2 and source = 1",
        )?;
        let mut put =
            sql.prepare_cached("insert or replace into pr_commits values (?1, ?2, ?3, 1)")?;
        reconcile(
            &old,
            links,
            |it| (it.0, it.1),
            |it| Ok(drop.execute([it.0.0, it.1.0]).map(drop_count)?),
            |it| Ok(put.execute(params![it.0.0, it.1.0, it.2]).map(drop_count)?),
        )
    }

    /// Makes the reviewers that only GitHub tells of into `reviewers`, in order.
    pub fn set_reviewers(
        &self,
        repository: RepositoryId,
        reviewers: &[(CommitId, IdentityId)],
    ) -> Result<usize> {
        let sql = self.sql();
        let mut old = sql.prepare_cached(
            "select p.commit_id, p.identity from identities i
             cross join commit_people p on p.identity = i.id and p.role = 2
             cross join commits c on c.id = p.commit_id
             where i.kind = 2 and p.source = 1 and c.repository = ?1",
        )?;
        let mut old: Vec<_> = old
            .query_map([repository.0], |row| Ok((CommitId(row.get(0)?), IdentityId(row.get(1)?))))?
            .collect::<rusqlite::Result<_>>()?;
        old.sort_unstable();
        let mut drop = sql.prepare_cached(
            "delete from commit_people
             where commit_id = ?1 and identity = ?2 and role = 2 and source = 1",
        )?;
        let mut put = sql.prepare_cached(
            "insert or ignore into commit_people
             select id, ?2, 2, committed, 1 from commits where id = ?1",
        )?;
        reconcile(
            &old,
            reviewers,
            |it| *it,
            |it| Ok(drop.execute([it.0.0, it.1.0]).map(drop_count)?),
            |it| Ok(put.execute([it.0.0, it.1.0]).map(drop_count)?),
        )
    }

    /// Makes the links between commits and issues of a repository into `links`, in order.
    pub fn set_commit_issues(
        &self,
        repository: RepositoryId,
        links: &[CommitIssue],
    ) -> Result<usize> {
        let sql = self.sql();
        let mut old = sql.prepare_cached(
            "select l.commit_id, l.issue, l.told_by, l.direct from issues i
             cross join commit_issues l on l.issue = i.id where i.repository = ?1",
        )?;
        let mut old: Vec<_> = old
            .query_map([repository.0], |row| {
                Ok(CommitIssue {
                    commit: CommitId(row.get(0)?),
                    issue: IssueId(row.get(1)?),
                    told_by: row.get(2)?,
                    direct: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        old.sort_unstable();
        let mut drop =
            sql.prepare_cached("delete from commit_issues where commit_id = ?1 and issue = ?2")?;
        let mut put =
            sql.prepare_cached("insert or replace into commit_issues values (?1, ?2, ?3, ?4)")?;
        reconcile(
            &old,
            links,
            |it| (it.commit, it.issue),
            |it| Ok(drop.execute([it.commit.0, it.issue.0]).map(drop_count)?),
            |it| {
                let row = params![it.commit.0, it.issue.0, it.told_by, it.direct];
                Ok(put.execute(row).map(drop_count)?)
            },
        )
    }

    /// Makes the links between pull requests and issues of a repository into `links`, in order.
    pub fn set_pull_issues(&self, repository: RepositoryId, links: &[PullIssue]) -> Result<usize> {
        let sql = self.sql();
        let mut old = sql.prepare_cached(
            "select l.pull_request, l.issue, l.told_by, l.closes from issues i
             cross join pr_issues l on l.issue = i.id where i.repository = ?1",
        )?;
        let mut old: Vec<_> = old
            .query_map([repository.0], |row| {
                Ok(PullIssue {
                    pull: PullRequestId(row.get(0)?),
                    issue: IssueId(row.get(1)?),
                    told_by: row.get(2)?,
                    closes: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        old.sort_unstable();
        let mut drop =
            sql.prepare_cached("delete from pr_issues where pull_request = ?1 and issue = ?2")?;
        let mut put =
            sql.prepare_cached("insert or replace into pr_issues values (?1, ?2, ?3, ?4)")?;
        reconcile(
            &old,
            links,
            |it| (it.pull, it.issue),
            |it| Ok(drop.execute([it.pull.0, it.issue.0]).map(drop_count)?),
            |it| {
                let row = params![it.pull.0, it.issue.0, it.told_by, it.closes];
                Ok(put.execute(row).map(drop_count)?)
            },
        )
    }

    /// The links between pull requests and issues of a repository, and the words that say so.
    pub fn pull_issue_rows(
        &self,
        repository: RepositoryId,
    ) -> Result<Vec<(PullRequestId, IssueId, String)>> {
        let mut all = self.sql().prepare_cached(
            "select l.pull_request, l.issue, l.told_by from issues i
             cross join pr_issues l on l.issue = i.id where i.repository = ?1",
        )?;
        let rows = all.query_map([repository.0], |row| {
            Ok((PullRequestId(row.get(0)?), IssueId(row.get(1)?), row.get(2)?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Says which commits of a repository resolve an issue that is a bug, in order of row.
    pub fn set_bug_fixes(&self, repository: RepositoryId, fixing: &[CommitId]) -> Result<usize> {
        let sql = self.sql();
        let mut old = sql.prepare_cached(
            "select id from commits where repository = ?1 and fixes >= 2 order by id",
        )?;
        let old: Vec<_> = old
            .query_map([repository.0], |row| row.get(0).map(CommitId))?
            .collect::<rusqlite::Result<_>>()?;
        let mut drop = sql.prepare_cached("update commits set fixes = fixes & 1 where id = ?1")?;
        let mut put = sql.prepare_cached("update commits set fixes = fixes | 2 where id = ?1")?;
        reconcile(
            &old,
            fixing,
            |it| *it,
            |it| Ok(drop.execute([it.0]).map(drop_count)?),
            |it| Ok(put.execute([it.0]).map(drop_count)?),
        )
    }
}

fn drop_count(_: usize) {}
