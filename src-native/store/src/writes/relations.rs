//! What links are made from, and the links: between commits, pull requests and issues, and who
//! reviewed what.

use crate::{Result, Writer};
use model::{
    CommitId, IdentityId, IssueId, Oid, PullRequestId, RepositoryId, Timestamp, TrackerId,
};
use rusqlite::{OptionalExtension, params};

/// An issue as far as links need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedIssue {
    /// Its row.
    pub id: IssueId,
    /// Who tells of it.
    pub tracker: TrackerId,
    /// Its key now.
    pub key: String,
    /// Its project; empty for GitHub's.
    pub project: String,
    /// Whether it is a defect.
    pub bug: bool,
    /// Whether it is done.
    pub done: bool,
}

/// Where in an issue or pull request a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextPlace {
    /// The description.
    Body,
    /// A field.
    Field,
    /// A comment.
    Comment,
}

/// A pull request as far as links need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedPull {
    /// Its row.
    pub id: PullRequestId,
    /// Its number.
    pub number: u64,
    /// Its branch, as GitHub or else Git tells.
    pub branch: String,
    /// Its title; empty where only Git tells of it.
    pub title: String,
    /// Its description.
    pub body: String,
    /// Whether GitHub tells of it.
    pub recorded: bool,
    /// Merged: GitHub says so, or nobody does.
    pub merged: bool,
    /// Who made it: site and account.
    pub author: Option<(String, String)>,
}

/// A commit of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PullCommitLink {
    /// The pull request.
    pub pull: PullRequestId,
    /// The commit.
    pub commit: CommitId,
    /// The words that say so.
    pub told_by: String,
    /// Whether Git tells it.
    pub by_git: bool,
}

/// What GitHub says of a commit that the history has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// The pull request's list of commits has it.
    Listed,
    /// It is what the merge made.
    Merge,
    /// It is the newest of the branch.
    Head,
}

/// A link between a commit and an issue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommitIssue {
    /// The commit.
    pub commit: CommitId,
    /// The issue.
    pub issue: IssueId,
    /// The words that say so.
    pub told_by: String,
    /// Commit or issue say so themselves.
    pub direct: bool,
}

/// A link between a pull request and an issue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PullIssue {
    /// The pull request.
    pub pull: PullRequestId,
    /// The issue.
    pub issue: IssueId,
    /// The words that say so.
    pub told_by: String,
    /// It says that it closes the issue.
    pub closes: bool,
}

/// Somebody's part in reviewing a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewing {
    /// The pull request.
    pub pull: PullRequestId,
    /// Who.
    pub identity: IdentityId,
    /// When.
    pub at: Timestamp,
    /// As in `reviews`; none for a comment on lines whose review is not told.
    pub verdict: Option<u8>,
    /// Whether it says anything in words, on lines or not.
    pub speaks: bool,
}

/// A mention of `PREFIX-NUMBER` in a commit's message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CommitMention {
    /// The commit.
    pub commit: CommitId,
    /// What stands before the dash.
    pub prefix: String,
    /// What stands after it.
    pub number: u32,
    /// As in the schema.
    pub place: u8,
}

impl Writer<'_> {
    /// Whether a tracker tells about a repository, and the names of those of GitHub: `owner/name`.
    pub fn trackers_about(
        &self,
        repository: RepositoryId,
    ) -> Result<(bool, Vec<(TrackerId, String)>)> {
        let about: Vec<_> = self
            .trackers()?
            .into_iter()
            .filter(|it| it.repositories.contains(&repository))
            .collect();
        let github = about
            .iter()
            .filter(|it| it.kind == super::TrackerKind::GitHub)
            .map(|it| {
                let name = it.name.split_once('/').filter(|at| at.1.contains('/'));
                (it.id, name.map_or(&*it.name, |at| at.1).to_lowercase())
            })
            .collect();
        Ok((!about.is_empty(), github))
    }

    /// The issues of a repository in order of key.
    pub fn related_issues(&self, repository: RepositoryId) -> Result<Vec<RelatedIssue>> {
        let mut all = self.sql().prepare_cached(
            "select i.id, i.tracker, i.key, i.project, i.bug, i.category from issues i
             join trackers t on t.id = i.tracker
             where i.repository = ?1 order by i.key, t.name, i.subject",
        )?;
        let rows = all.query_map([repository.0], |row| {
            Ok(RelatedIssue {
                id: IssueId(row.get(0)?),
                tracker: TrackerId(row.get(1)?),
                key: row.get(2)?,
                project: row.get(3)?,
                bug: row.get(4)?,
                done: row.get::<_, u8>(5)? == 3,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What the issues of a repository are called, in no order.
    pub fn issue_summaries(
        &self,
        repository: RepositoryId,
        each: &mut dyn FnMut(IssueId, &str),
    ) -> Result<()> {
        let mut all =
            self.sql().prepare_cached("select id, summary from issues where repository = ?1")?;
        let mut rows = all.query([repository.0])?;
        while let Some(row) = rows.next()? {
            each(IssueId(row.get(0)?), row.get_ref(1)?.as_str().unwrap_or_default());
        }
        Ok(())
    }

    /// Every key that issues of a repository have or had.
    pub fn related_keys(&self, repository: RepositoryId) -> Result<Vec<(String, IssueId)>> {
        let mut all = self.sql().prepare_cached(
            "select key, issue from issue_keys where repository = ?1 order by key",
        )?;
        let rows = all.query_map([repository.0], |row| Ok((row.get(0)?, IssueId(row.get(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What issues of a repository say in descriptions, fields and comments.
    pub fn issue_texts(
        &self,
        repository: RepositoryId,
        each: &mut dyn FnMut(IssueId, TextPlace, &str),
    ) -> Result<()> {
        for (place, query) in [
            (TextPlace::Body, "select id, body from issues where repository = ?1 and body <> ''"),
            (
                TextPlace::Field,
                "select i.id, f.value from issues i join issue_fields f on f.issue = i.id
                 where i.repository = ?1",
            ),
            (
                TextPlace::Comment,
                "select i.id, c.body from issues i cross join comments c on c.issue = i.id
                 where i.repository = ?1",
            ),
        ] {
            let mut all = self.sql().prepare_cached(query)?;
            let mut rows = all.query([repository.0])?;
            while let Some(row) = rows.next()? {
                each(IssueId(row.get(0)?), place, row.get_ref(1)?.as_str().unwrap_or_default());
            }
        }
        Ok(())
    }

    /// What is said beneath pull requests of a repository.
    pub fn pull_comments(
        &self,
        repository: RepositoryId,
        each: &mut dyn FnMut(PullRequestId, &str),
    ) -> Result<()> {
        let mut all = self.sql().prepare_cached(
            "select p.id, c.body from pull_requests p cross join comments c on c.pull_request = p.id
             where p.repository = ?1",
        )?;
        let mut rows = all.query([repository.0])?;
        while let Some(row) = rows.next()? {
            each(PullRequestId(row.get(0)?), row.get_ref(1)?.as_str().unwrap_or_default());
        }
        Ok(())
    }

    /// The pull requests of a repository in order of number.
    pub fn related_pulls(&self, repository: RepositoryId) -> Result<Vec<RelatedPull>> {
        let mut all = self.sql().prepare_cached(
            "select p.id, p.number, ifnull(nullif(r.branch, ''), ifnull(p.branch, '')),
             ifnull(r.title, ''), ifnull(r.body, ''), r.state, a.site, a.account
             from pull_requests p left join pull_records r on r.pull_request = p.id
             left join identities a on a.id = r.author
             where p.repository = ?1 order by p.number",
        )?;
        let rows = all.query_map([repository.0], |row| {
            let state: Option<u8> = row.get(5)?;
            let site: Option<String> = row.get(6)?;
            Ok(RelatedPull {
                id: PullRequestId(row.get(0)?),
                number: row.get(1)?,
                branch: row.get(2)?,
                title: row.get(3)?,
                body: row.get(4)?,
                recorded: state.is_some(),
                merged: state.is_none_or(|it| it == 2),
                author: site.zip(row.get(7)?),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The commits of a repository's pull requests, whoever tells of them.
    pub fn pull_links(&self, repository: RepositoryId) -> Result<Vec<PullCommitLink>> {
        let mut all = self.sql().prepare_cached(
            "select l.pull_request, l.commit_id, l.told_by, l.source from pull_requests p
             cross join pr_commits l on l.pull_request = p.id where p.repository = ?1",
        )?;
        let rows = all.query_map([repository.0], |row| {
            Ok(PullCommitLink {
                pull: PullRequestId(row.get(0)?),
                commit: CommitId(row.get(1)?),
                told_by: row.get(2)?,
                by_git: row.get::<_, u8>(3)? == 0,
            })
        })?;
        let mut links: Vec<_> = rows.collect::<rusqlite::Result<_>>()?;
        links.sort_unstable();
        Ok(links)
    }

    /// The commits of a repository that GitHub names for its pull requests.
    pub fn named_commits(
        &self,
        repository: RepositoryId,
    ) -> Result<Vec<(PullRequestId, CommitId, Naming)>> {
        let mut found = Vec::new();
        for (naming, query) in [
            (
                Naming::Listed,
                "select p.id, c.id from pull_requests p
                 cross join pull_commits l on l.pull_request = p.id
                 cross join commits c on c.repository = ?1 and c.oid = l.oid where p.repository = ?1",
            ),
            // What an open pull request has there is a trial.
            (
                Naming::Merge,
                "select p.id, c.id from pull_requests p
                 cross join pull_records r on r.pull_request = p.id and r.state = 2
                 cross join commits c on c.repository = ?1 and c.oid = r.merge_commit
                 where p.repository = ?1",
            ),
            (
                Naming::Head,
                "select p.id, c.id from pull_requests p
                 cross join pull_records r on r.pull_request = p.id
                 cross join commits c on c.repository = ?1 and c.oid = r.head where p.repository = ?1",
            ),
        ] {
            let mut all = self.sql().prepare_cached(query)?;
            let mut rows = all.query([repository.0])?;
            while let Some(row) = rows.next()? {
                found.push((PullRequestId(row.get(0)?), CommitId(row.get(1)?), naming));
            }
        }
        Ok(found)
    }

    /// Every mention of some prefixes in a repository, in order of commit.
    pub fn mentions_of<'p>(
        &self,
        repository: RepositoryId,
        prefixes: impl Iterator<Item = &'p str>,
    ) -> Result<Vec<CommitMention>> {
        let mut all = self.sql().prepare_cached(
            "select m.commit_id, m.number, m.place from issue_mentions m
             cross join commits c on c.id = m.commit_id
             where m.prefix = ?2 and c.repository = ?1",
        )?;
        let mut found = Vec::new();
        for prefix in prefixes {
            let mut rows = all.query(params![repository.0, prefix])?;
            while let Some(row) = rows.next()? {
                found.push(CommitMention {
                    commit: CommitId(row.get(0)?),
                    prefix: prefix.to_owned(),
                    number: row.get(1)?,
                    place: row.get(2)?,
                });
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// The commits of a repository whose messages answer to a search of full text.
    pub fn commits_matching(
        &self,
        repository: RepositoryId,
        search: &str,
    ) -> Result<Vec<CommitId>> {
        let mut all = self.sql().prepare_cached(
            "select w.rowid from commit_words w cross join commits c on c.id = w.rowid
             where commit_words match ?2 and c.repository = ?1",
        )?;
        let rows = all.query_map(params![repository.0, search], |row| row.get(0).map(CommitId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The commits of a repository whose messages hold a `#` before a digit.
    pub fn commits_with_numbers(&self, repository: RepositoryId) -> Result<Vec<CommitId>> {
        let mut all = self.sql().prepare_cached(
            "select id from commits where repository = ?1 and message glob '*#[1-9]*'",
        )?;
        let rows = all.query_map([repository.0], |row| row.get(0).map(CommitId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The commit whose object id begins so; none where it is several.
    pub fn commit_beginning(
        &self,
        repository: RepositoryId,
        hex: &str,
    ) -> Result<Option<CommitId>> {
        let even = &hex[..hex.len() & !1];
        let mut low = Vec::with_capacity(20);
        for i in (0..even.len()).step_by(2) {
            let Ok(byte) = u8::from_str_radix(&even[i..i + 2], 16) else { return Ok(None) };
            low.push(byte);
        }
        let mut high = low.clone();
        high.resize(32, 0xff);
        let mut some = self.sql().prepare_cached(
            "select id, lower(hex(oid)) from commits
             where repository = ?1 and oid >= ?2 and oid <= ?3 limit 40",
        )?;
        let mut rows = some.query(params![repository.0, low, high])?;
        let mut found = None;
        while let Some(row) = rows.next()? {
            if row.get_ref(1)?.as_str().is_ok_and(|it| it.starts_with(hex)) {
                if found.is_some() {
                    return Ok(None);
                }
                found = Some(CommitId(row.get(0)?));
            }
        }
        Ok(found)
    }

    /// The commits of a repository that undo another, and the one they undo.
    pub fn reverts(&self, repository: RepositoryId) -> Result<Vec<(CommitId, Option<CommitId>)>> {
        let mut all = self.sql().prepare_cached(
            "select c.id, (select o.id from commits o where o.repository = ?1 and o.oid = c.reverts)
             from commits c where c.reverts is not null and c.repository = ?1",
        )?;
        let rows = all.query_map([repository.0], |row| {
            Ok((CommitId(row.get(0)?), row.get::<_, Option<i64>>(1)?.map(CommitId)))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A commit's object id.
    pub fn oid_of(&self, commit: CommitId) -> Result<Option<Oid>> {
        let mut one = self.sql().prepare_cached("select oid from commits where id = ?1")?;
        let oid: Option<Vec<u8>> = one.query_row([commit.0], |row| row.get(0)).optional()?;
        Ok(oid.and_then(|it| Oid::from_bytes(&it)))
    }

    /// Every review and every comment on lines of a repository's pull requests.
    pub fn reviewings(&self, repository: RepositoryId) -> Result<Vec<Reviewing>> {
        let mut all = self.sql().prepare_cached(
            "select p.id, r.reviewer, r.at, r.verdict, r.body <> '' or exists (
             select 1 from review_comments c where c.pull_request = p.id and c.review = r.review)
             from pull_requests p cross join reviews r on r.pull_request = p.id
             where p.repository = ?1 and r.reviewer is not null
             union all select p.id, c.author, c.at, null, 1 from pull_requests p
             cross join review_comments c on c.pull_request = p.id
             where p.repository = ?1 and c.author is not null and not exists (
             select 1 from reviews r where r.pull_request = p.id and r.review = c.review)
             order by 1, 3, 2",
        )?;
        let rows = all.query_map([repository.0], |row| {
            Ok(Reviewing {
                pull: PullRequestId(row.get(0)?),
                identity: IdentityId(row.get(1)?),
                at: Timestamp(row.get(2)?),
                verdict: row.get(3)?,
                speaks: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
