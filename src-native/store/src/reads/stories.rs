//! Issues and pull requests behind commits, as far as they are told as stories: what they were
//! about, how much was said, whether they came back.

use crate::{Allowed, Reader, Result};
use model::{CommitId, Timestamp};
use rusqlite::OptionalExtension;

/// An issue, in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueBrief {
    /// Its row.
    pub id: i64,
    /// Its key.
    pub key: String,
    /// Its title.
    pub summary: String,
    /// `Bug`, …; its labels after that, for an issue of GitHub's.
    pub kind: String,
    /// Whether it is a defect.
    pub bug: bool,
    /// As the tracker calls it.
    pub status: String,
    /// Whether it is done.
    pub done: bool,
    /// `Fixed`, …
    pub resolution: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was resolved.
    pub resolved: Option<Timestamp>,
    /// Where people read it.
    pub url: String,
    /// Comments beneath it.
    pub comments: u32,
    /// How often it was opened again.
    pub reopened: u32,
}

/// A pull request that GitHub tells of, in brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullBrief {
    /// Its row.
    pub id: i64,
    /// Its number.
    pub number: u64,
    /// Its title; empty where only Git tells of it.
    pub title: String,
    /// When it was made; none where only Git tells of it.
    pub created: Option<Timestamp>,
    /// When it was merged.
    pub merged: Option<Timestamp>,
    /// Where people read it.
    pub url: String,
    /// Comments beneath it and on its lines.
    pub comments: u32,
}

impl Reader<'_> {
    /// The issues linked to a commit, by key.
    pub fn issues_linked(&self, of: &Allowed, commit: CommitId) -> Result<Vec<IssueBrief>> {
        let mut all = self.sql().prepare_cached(
            "select l.issue from commit_issues l cross join issues i on i.id = l.issue
             where l.commit_id = ?1 and i.repository = ?2 order by i.key, i.id",
        )?;
        let ids: Vec<i64> = all
            .query_map((commit.0, of.id.0), |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let briefs = ids.into_iter().map(|it| self.issue_brief(of, it));
        briefs.filter_map(Result::transpose).collect()
    }

    /// An issue by its key, of several the one made first.
    pub fn issue_called(&self, of: &Allowed, key: &str) -> Result<Option<IssueBrief>> {
        let mut one = self.sql().prepare_cached(
            // `+`: by key, not through all issues in order of time.
            "select id from issues where repository = ?1 and key = ?2
             order by +created, tracker, subject limit 1",
        )?;
        let id: Option<i64> = one.query_row((of.id.0, key), |row| row.get(0)).optional()?;
        id.map_or(Ok(None), |it| self.issue_brief(of, it))
    }

    /// An issue by its row.
    pub fn issue_brief(&self, of: &Allowed, id: i64) -> Result<Option<IssueBrief>> {
        let mut one = self.sql().prepare_cached(
            "select i.id, i.key, i.summary, trim(i.kind || ' ' || ifnull((select group_concat(name, ' ')
               from (select name from issue_names where issue = i.id and kind = 1 order by name)), '')),
             i.bug, i.status, i.category = 3, i.resolution, i.created, i.resolved, i.url,
             (select count(*) from comments c where c.issue = i.id),
             (select count(*) from issue_changes c where c.issue = i.id and
               ((c.field = 'status' and lower(c.new) like '%reopen%')
                or (c.field = 'resolution' and c.new = '' and c.old <> '')
                or c.field = 'reopened'))
             from issues i where i.id = ?1 and i.repository = ?2",
        )?;
        Ok(one
            .query_row((id, of.id.0), |row| {
                Ok(IssueBrief {
                    id: row.get(0)?,
                    key: row.get(1)?,
                    summary: row.get(2)?,
                    kind: row.get(3)?,
                    bug: row.get(4)?,
                    status: row.get(5)?,
                    done: row.get(6)?,
                    resolution: row.get(7)?,
                    created: Timestamp(row.get(8)?),
                    resolved: row.get::<_, Option<i64>>(9)?.map(Timestamp),
                    url: row.get(10)?,
                    comments: row.get(11)?,
                    reopened: row.get(12)?,
                })
            })
            .optional()?)
    }

    /// The issues linked to a pull request, by key.
    pub fn story_issues(&self, of: &Allowed, pull: i64) -> Result<Vec<i64>> {
        let mut all = self.sql().prepare_cached(
            "select l.issue from pr_issues l cross join issues i on i.id = l.issue
             where l.pull_request = ?1 and i.repository = ?2 order by i.key, i.id",
        )?;
        let ids =
            all.query_map((pull, of.id.0), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(ids)
    }

    /// The pull requests linked to an issue, by number.
    pub fn story_pulls(&self, of: &Allowed, issue: i64) -> Result<Vec<u64>> {
        let mut all = self.sql().prepare_cached(
            "select p.number from pr_issues l cross join pull_requests p on p.id = l.pull_request
             where l.issue = ?1 and p.repository = ?2 order by p.number",
        )?;
        let numbers =
            all.query_map((issue, of.id.0), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(numbers)
    }

    /// A pull request by number.
    pub fn pull_brief(&self, of: &Allowed, number: u64) -> Result<Option<PullBrief>> {
        let mut one = self.sql().prepare_cached(
            "select p.id, p.number, ifnull(r.title, ''), r.created, r.merged, ifnull(r.url, ''),
             (select count(*) from comments c where c.pull_request = p.id)
             + (select count(*) from review_comments c where c.pull_request = p.id)
             from pull_requests p left join pull_records r on r.pull_request = p.id
             where p.repository = ?1 and p.number = ?2",
        )?;
        Ok(one
            .query_row((of.id.0, number), |row| {
                Ok(PullBrief {
                    id: row.get(0)?,
                    number: row.get(1)?,
                    title: row.get(2)?,
                    created: row.get::<_, Option<i64>>(3)?.map(Timestamp),
                    merged: row.get::<_, Option<i64>>(4)?.map(Timestamp),
                    url: row.get(5)?,
                    comments: row.get(6)?,
                })
            })
            .optional()?)
    }
}
