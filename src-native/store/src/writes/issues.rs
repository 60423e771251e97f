//! Issues, releases and projects, as their records tell.

use super::Accounts;
use crate::{Result, Writer};
use model::{
    Comment, IssueFacts, IssueId, ProjectFacts, PullRequestId, ReleaseFacts, RepositoryId,
    StatusCategory, TrackerId,
};
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::hash::{Hash, Hasher};

/// First 16 bytes of SHA-256 over facts, field by field: equal facts need no write.
pub(crate) fn hash_of(facts: &impl Hash) -> [u8; 16] {
    struct Sha(Sha256);
    impl Hasher for Sha {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0 // nobody asks for it
        }
    }
    let mut sha = Sha(Sha256::new());
    facts.hash(&mut sha);
    let mut short = [0; 16];
    short.copy_from_slice(&sha.0.finalize()[..16]);
    short
}

/// The number of a key: 1247 of `PROJ-1247`, 12 of `#12`; 0 where it has none.
fn number(key: &str) -> i64 {
    let start = key.rfind(|it: char| !it.is_ascii_digit()).map_or(0, |it| it + 1);
    key.get(start..).and_then(|it| it.parse().ok()).unwrap_or(0)
}

fn category(category: StatusCategory) -> i64 {
    match category {
        StatusCategory::Unknown => 0,
        StatusCategory::ToDo => 1,
        StatusCategory::InProgress => 2,
        StatusCategory::Done => 3,
    }
}

impl Writer<'_> {
    /// Makes what a repository knows of a subject's issue into `facts`; with none, forgets it.
    /// `bug` tells whether it is a defect. Returns whether anything changed.
    pub fn put_issue(
        &self,
        (tracker, repository, subject): (TrackerId, RepositoryId, &str),
        facts: Option<&IssueFacts>,
        bug: bool,
        accounts: &mut Accounts,
    ) -> Result<bool> {
        let mut known = self.sql().prepare_cached(
            "select id, hash, bug from issues
             where tracker = ?1 and repository = ?2 and subject = ?3",
        )?;
        let known: Option<(i64, [u8; 16], bool)> = known
            .query_row(params![tracker.0, repository.0, subject], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some(facts) = facts else {
            if let Some((id, ..)) = known {
                self.drop_issue(IssueId(id))?;
            }
            return Ok(known.is_some());
        };
        let hash = hash_of(facts);
        if known.is_some_and(|it| (it.1, it.2) == (hash, bug)) {
            return Ok(false);
        }
        if let Some((id, ..)) = known {
            self.drop_issue_parts(IssueId(id))?;
        }
        let reporter = accounts.of(self, facts.reporter.as_ref())?;
        let assignee = accounts.of(self, facts.assignee.as_ref())?;
        let mut put = self.sql().prepare_cached(
            "insert into issues (id, repository, tracker, subject, key, project, number, summary,
             kind, bug, status, category, priority, resolution, reporter, assignee, created,
             updated, resolved, url, hash, body) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
             ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
             on conflict (id) do update set key = excluded.key, project = excluded.project,
             number = excluded.number, summary = excluded.summary, kind = excluded.kind,
             bug = excluded.bug, status = excluded.status, category = excluded.category,
             priority = excluded.priority, resolution = excluded.resolution,
             reporter = excluded.reporter, assignee = excluded.assignee,
             created = excluded.created, updated = excluded.updated, resolved = excluded.resolved,
             url = excluded.url, hash = excluded.hash, body = excluded.body",
        )?;
        put.execute(params![
            known.map(|it| it.0),
            repository.0,
            tracker.0,
            subject,
            facts.key,
            facts.project,
            number(&facts.key),
            facts.summary,
            facts.kind,
            bug,
            facts.status,
            category(facts.category),
            facts.priority,
            facts.resolution,
            reporter.map(|it| it.0),
            assignee.map(|it| it.0),
            facts.created.0,
            facts.updated.0,
            facts.resolved.map(|it| it.0),
            facts.url,
            hash,
            facts.body,
        ])?;
        let id = known.map_or_else(|| self.sql().last_insert_rowid(), |it| it.0);
        self.put_issue_parts(repository, IssueId(id), facts, accounts)?;
        Ok(true)
    }

    fn put_issue_parts(
        &self,
        repository: RepositoryId,
        id: IssueId,
        facts: &IssueFacts,
        accounts: &mut Accounts,
    ) -> Result<()> {
        let sql = self.sql();
        let mut key = sql.prepare_cached("insert or ignore into issue_keys values (?1, ?2, ?3)")?;
        for it in std::iter::once(&facts.key).chain(&facts.past_keys) {
            key.execute(params![repository.0, it, id.0])?;
        }
        let mut name =
            sql.prepare_cached("insert or ignore into issue_names values (?1, ?2, ?3)")?;
        let lists = [
            &facts.components,
            &facts.labels,
            &facts.fix_versions,
            &facts.affects_versions,
            &facts.sprints,
        ];
        for (kind, names) in lists.into_iter().enumerate() {
            for it in names {
                name.execute(params![id.0, kind as i64, it])?;
            }
        }
        let mut field =
            sql.prepare_cached("insert or ignore into issue_fields values (?1, ?2, ?3)")?;
        for (name, value) in &facts.fields {
            field.execute(params![id.0, name, value])?;
        }
        let mut link =
            sql.prepare_cached("insert or ignore into issue_links values (?1, ?2, ?3, ?4)")?;
        for it in &facts.links {
            let (from, to) = if it.outward { (&facts.key, &it.to) } else { (&it.to, &facts.key) };
            link.execute(params![id.0, from, it.kind, to])?;
        }
        let mut change = sql.prepare_cached(
            "insert or ignore into issue_changes values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        let mut place = 0;
        for (i, it) in facts.changes.iter().enumerate() {
            let same = i > 0 && facts.changes[i - 1].id == it.id;
            place = if same { place + 1 } else { 0 };
            let author = accounts.of(self, it.author.as_ref())?.map(|it| it.0);
            change
                .execute(params![id.0, it.id, place, it.at.0, author, it.field, it.from, it.to])?;
        }
        self.put_comments(Some(id), None, &facts.comments, accounts)?;
        let talk = talk(&facts.comments);
        sql.prepare_cached(
            "insert into issue_words (rowid, summary, body, talk) values (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            id.0,
            model::words::joined(&facts.summary),
            model::words::joined(&facts.body),
            talk
        ])?;
        Ok(())
    }

    /// Writes what was said beneath an issue or a pull request.
    pub(super) fn put_comments(
        &self,
        issue: Option<IssueId>,
        pull: Option<PullRequestId>,
        comments: &[Comment],
        accounts: &mut Accounts,
    ) -> Result<()> {
        let mut put = self.sql().prepare_cached(
            "insert into comments (issue, pull_request, comment, author, at, body)
             values (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for it in comments {
            let author = accounts.of(self, it.author.as_ref())?.map(|it| it.0);
            let (issue, pull) = (issue.map(|it| it.0), pull.map(|it| it.0));
            put.execute(params![issue, pull, it.id, author, it.at.0, it.body])?;
        }
        Ok(())
    }

    fn drop_issue_parts(&self, id: IssueId) -> Result<()> {
        let tables = [
            "delete from issue_keys where issue = ?1",
            "delete from issue_names where issue = ?1",
            "delete from issue_fields where issue = ?1",
            "delete from issue_links where issue = ?1",
            "delete from issue_changes where issue = ?1",
            "delete from comments where issue = ?1",
            "delete from issue_words where rowid = ?1",
        ];
        for statement in tables {
            self.sql().prepare_cached(statement)?.execute([id.0])?;
        }
        Ok(())
    }

    /// Forgets an issue with its links.
    pub(super) fn drop_issue(&self, id: IssueId) -> Result<()> {
        self.drop_issue_parts(id)?;
        let tables = [
            "delete from commit_issues where issue = ?1",
            "delete from pr_issues where issue = ?1",
            "delete from issues where id = ?1",
        ];
        for statement in tables {
            self.sql().prepare_cached(statement)?.execute([id.0])?;
        }
        Ok(())
    }

    /// Makes what a repository knows of a published release into `facts`; with none, forgets it.
    pub fn put_release(
        &self,
        (tracker, repository, tag): (TrackerId, RepositoryId, &str),
        facts: Option<&ReleaseFacts>,
        accounts: &mut Accounts,
    ) -> Result<()> {
        let Some(facts) = facts else {
            self.sql().execute(
                "delete from release_notes where tracker = ?1 and repository = ?2 and tag = ?3",
                params![tracker.0, repository.0, tag],
            )?;
            return Ok(());
        };
        let author = accounts.of(self, facts.author.as_ref())?.map(|it| it.0);
        self.sql()
            .prepare_cached(
                "insert or replace into release_notes values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                repository.0,
                tracker.0,
                facts.tag,
                facts.title,
                facts.published.map(|it| it.0),
                facts.prerelease,
                author,
                facts.body
            ])?;
        Ok(())
    }

    /// Makes what a repository knows of a project into `facts`; with none, forgets it.
    pub fn put_project(
        &self,
        (tracker, repository, key): (TrackerId, RepositoryId, &str),
        facts: Option<&ProjectFacts>,
        accounts: &mut Accounts,
    ) -> Result<()> {
        let sql = self.sql();
        for statement in [
            "delete from project_names where tracker = ?1 and repository = ?2 and project = ?3",
            "delete from projects where tracker = ?1 and repository = ?2 and key = ?3",
        ] {
            sql.prepare_cached(statement)?.execute(params![tracker.0, repository.0, key])?;
        }
        let Some(facts) = facts else { return Ok(()) };
        let lead = accounts.of(self, facts.lead.as_ref())?.map(|it| it.0);
        sql.execute(
            "insert or replace into projects values (?1, ?2, ?3, ?4, ?5)",
            params![repository.0, tracker.0, facts.key, facts.name, lead],
        )?;
        let mut name = sql.prepare_cached(
            "insert or ignore into project_names values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let (of, by, key) = (repository.0, tracker.0, &facts.key);
        for (component, text) in &facts.components {
            name.execute(params![of, by, key, 0, component, text, None::<i64>])?;
        }
        for (version, at) in &facts.versions {
            name.execute(params![of, by, key, 1, version, "", at.map(|it| it.0)])?;
        }
        Ok(())
    }

    /// Forgets what was projected from a tracker, for one repository or for all. Its records stay.
    pub fn forget_projection(
        &self,
        tracker: TrackerId,
        repository: Option<RepositoryId>,
    ) -> Result<()> {
        let repository = repository.map(|it| it.0);
        let ids = |query: &str| -> Result<Vec<i64>> {
            let mut all = self.sql().prepare(query)?;
            let rows = all.query_map(params![tracker.0, repository], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        };
        let issues =
            ids("select id from issues where tracker = ?1 and (?2 is null or repository = ?2)")?;
        for id in issues {
            self.drop_issue(IssueId(id))?;
        }
        let pulls =
            ids("select p.id from pull_records r join pull_requests p on p.id = r.pull_request
             where r.tracker = ?1 and (?2 is null or p.repository = ?2)")?;
        for id in pulls {
            self.drop_pull_record(PullRequestId(id))?;
        }
        for table in ["release_notes", "project_names", "projects"] {
            let statement = format!(
                "delete from {table} where tracker = ?1 and (?2 is null or repository = ?2)"
            );
            self.sql().execute(&statement, params![tracker.0, repository])?;
        }
        Ok(())
    }
}

/// What was said, as one text to be searched.
pub(crate) fn talk(comments: &[Comment]) -> String {
    let length = comments.iter().map(|it| it.body.len() + 1).sum();
    let mut talk = String::with_capacity(length);
    for it in comments {
        talk.push_str(&it.body);
        talk.push('\n');
    }
    talk
}
