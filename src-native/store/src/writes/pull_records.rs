//! Pull requests as GitHub tells of them.

use super::issues::{hash_of, talk};
use super::{Accounts, kind_number};
use crate::{Result, Writer};
use model::{Oid, PullFacts, PullRequestId, PullState, RepositoryId, TrackerId, Verdict};
use rusqlite::{OptionalExtension, params};

impl Writer<'_> {
    /// Makes what a repository knows of a pull request from GitHub into `facts`; with none,
    /// forgets it. What Git tells of it stays. Returns whether anything changed.
    pub fn put_pull(
        &self,
        (tracker, repository, number): (TrackerId, RepositoryId, u64),
        facts: Option<&PullFacts>,
        accounts: &mut Accounts,
    ) -> Result<bool> {
        let sql = self.sql();
        let mut known = sql.prepare_cached(
            "select p.id, r.hash from pull_requests p
             left join pull_records r on r.pull_request = p.id
             where p.repository = ?1 and p.number = ?2",
        )?;
        let known: Option<(i64, Option<[u8; 16]>)> = known
            .query_row(params![repository.0, number], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some(facts) = facts else {
            return match known {
                Some((id, Some(_))) => {
                    self.drop_pull_record(PullRequestId(id))?;
                    Ok(true)
                }
                _ => Ok(false),
            };
        };
        let hash = hash_of(facts);
        let id = match known {
            Some((_, Some(was))) if was == hash => return Ok(false),
            Some((id, was)) => {
                if was.is_some() {
                    self.drop_pull_parts(PullRequestId(id))?;
                }
                id
            }
            None => {
                sql.prepare_cached(
                    "insert into pull_requests (repository, number) values (?1, ?2)",
                )?
                .execute(params![repository.0, number])?;
                sql.last_insert_rowid()
            }
        };
        let author = accounts.of(self, facts.author.as_ref())?.map(|it| it.0);
        let merged_by = accounts.of(self, facts.merged_by.as_ref())?.map(|it| it.0);
        let state = match facts.state {
            PullState::Open => 0,
            PullState::Closed => 1,
            PullState::Merged => 2,
        };
        let mut put = sql.prepare_cached(
            "insert into pull_records values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
             ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        )?;
        put.execute(params![
            id,
            tracker.0,
            facts.title,
            state,
            facts.draft,
            author,
            merged_by,
            facts.created.0,
            facts.updated.0,
            facts.closed.map(|it| it.0),
            facts.merged.map(|it| it.0),
            facts.head.as_ref().map(Oid::as_bytes),
            facts.branch,
            facts.branch_owner,
            facts.base,
            facts.merge_commit.as_ref().map(Oid::as_bytes),
            facts.url,
            facts.added,
            facts.deleted,
            hash,
            facts.body,
        ])?;
        self.put_pull_parts(PullRequestId(id), facts, accounts)?;
        Ok(true)
    }

    fn put_pull_parts(
        &self,
        id: PullRequestId,
        facts: &PullFacts,
        accounts: &mut Accounts,
    ) -> Result<()> {
        let sql = self.sql();
        let mut name = sql.prepare_cached("insert or ignore into pull_names values (?1, 1, ?2)")?;
        for label in &facts.labels {
            name.execute(params![id.0, label])?;
        }
        let mut closes = sql.prepare_cached("insert or ignore into pull_closes values (?1, ?2)")?;
        for key in &facts.closes {
            closes.execute(params![id.0, key])?;
        }
        let mut person =
            sql.prepare_cached("insert or ignore into pull_people values (?1, ?2, ?3)")?;
        for (role, people) in [&facts.assignees, &facts.requested].into_iter().enumerate() {
            for it in people {
                let identity = accounts.of(self, Some(it))?.map(|it| it.0);
                person.execute(params![id.0, role as i64, identity])?;
            }
        }
        let mut commit =
            sql.prepare_cached("insert into pull_commits values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        for (place, it) in facts.commits.iter().enumerate() {
            let author = accounts.of(self, it.author.as_ref())?.map(|it| it.0);
            commit.execute(params![
                id.0,
                place as i64,
                it.id.as_bytes(),
                it.message,
                author,
                it.author_name,
                it.author_mail,
                it.authored.0
            ])?;
        }
        let mut file =
            sql.prepare_cached("insert or ignore into pull_files values (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for it in &facts.files {
            file.execute(params![
                id.0,
                it.path,
                it.from,
                kind_number(it.kind),
                it.added,
                it.deleted
            ])?;
        }
        let mut review = sql.prepare_cached(
            "insert or ignore into reviews
             (pull_request, review, reviewer, verdict, at, oid, body)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for it in &facts.reviews {
            let verdict = match it.verdict {
                Verdict::Commented => 0,
                Verdict::Approved => 1,
                Verdict::ChangesRequested => 2,
                Verdict::Dismissed => 3,
            };
            let reviewer = accounts.of(self, it.reviewer.as_ref())?.map(|it| it.0);
            let commit = it.commit.as_ref().map(Oid::as_bytes);
            review.execute(params![id.0, it.id, reviewer, verdict, it.at.0, commit, it.body])?;
        }
        let mut remark = sql.prepare_cached(
            "insert or ignore into review_comments
             (pull_request, comment, review, answers, author, at, path, line, original_line,
             original_end, original_oid, on_old, hunk, body)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?;
        for it in &facts.review_comments {
            let author = accounts.of(self, it.author.as_ref())?.map(|it| it.0);
            remark.execute(params![
                id.0,
                it.id,
                it.review,
                it.answers,
                author,
                it.at.0,
                it.path,
                it.line,
                it.original_line,
                it.original_end,
                it.original_commit.as_ref().map(Oid::as_bytes),
                it.on_old,
                it.hunk,
                it.body
            ])?;
        }
        let mut moment = sql
            .prepare_cached("insert or ignore into pull_moments values (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for it in &facts.moments {
            let actor = accounts.of(self, it.actor.as_ref())?.map(|it| it.0);
            let about = accounts.of(self, it.about.as_ref())?.map(|it| it.0);
            moment.execute(params![id.0, it.id, it.at.0, it.kind, actor, about])?;
        }
        self.put_comments(None, Some(id), &facts.comments, accounts)?;
        let mut talk = talk(&facts.comments);
        let reviews = facts.reviews.iter().map(|it| &it.body);
        let remarks = facts.review_comments.iter().map(|it| &it.body);
        for body in reviews.chain(remarks) {
            talk.push_str(body);
            talk.push('\n');
        }
        sql.prepare_cached(
            "insert into pull_words (rowid, title, body, talk) values (?1, ?2, ?3, ?4)",
        )?
        .execute(params![id.0, facts.title, facts.body, talk])?;
        Ok(())
    }

    fn drop_pull_parts(&self, id: PullRequestId) -> Result<()> {
        let tables = [
            "delete from pull_names where pull_request = ?1",
            "delete from pull_closes where pull_request = ?1",
            "delete from pull_people where pull_request = ?1",
            "delete from pull_commits where pull_request = ?1",
            "delete from pull_files where pull_request = ?1",
            "delete from reviews where pull_request = ?1",
            "delete from review_comments where pull_request = ?1",
            "delete from pull_moments where pull_request = ?1",
            "delete from comments where pull_request = ?1",
            "delete from pull_words where rowid = ?1",
            "delete from pull_records where pull_request = ?1",
        ];
        for statement in tables {
            self.sql().prepare_cached(statement)?.execute([id.0])?;
        }
        Ok(())
    }

    /// Forgets what GitHub tells of a pull request; the row goes where Git tells nothing.
    pub(super) fn drop_pull_record(&self, id: PullRequestId) -> Result<()> {
        self.drop_pull_parts(id)?;
        let tables = [
            "delete from pr_issues where pull_request = ?1",
            "delete from pr_commits where pull_request = ?1 and source = 1",
            "delete from pull_requests where id = ?1 and head is null and login is null
             and branch is null and not exists (select 1 from pr_commits where pull_request = ?1)",
        ];
        for statement in tables {
            self.sql().prepare_cached(statement)?.execute([id.0])?;
        }
        Ok(())
    }
}
