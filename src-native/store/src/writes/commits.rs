//! Commits and what hangs on each: people, mentions, changed paths.

use super::text_and_raw;
use crate::{Result, Writer};
use model::{
    Change, ChangeKind, CommitFacts, CommitId, FileId, IdentityId, Lines, Oid, RepositoryId,
    Timestamp,
};
use rusqlite::{Statement, params};

/// A commit with what the rules made of it.
pub struct NewCommit<'a> {
    /// What Git says.
    pub facts: &'a CommitFacts,
    /// 1 at a root, else 1 + the greatest of the parents'.
    pub generation: u32,
    /// Git's author.
    pub author: IdentityId,
    /// Git's committer.
    pub committer: IdentityId,
    /// Whether the subject speaks of fixing a defect.
    pub fixes: bool,
    /// The commit it undoes; empty bytes where it names none; `None` where it undoes nothing.
    pub reverts: Option<&'a [u8]>,
}

/// A prefix, the commits whose subject begins with it, and the distinct numbers among those.
pub type MentionCount = (String, u64, u64);

/// A commit's place in the graph.
#[derive(Clone, Debug)]
pub struct GraphRow {
    /// Its row.
    pub id: CommitId,
    /// Its object id.
    pub oid: Oid,
    /// 1 at a root, else 1 + the greatest of the parents'.
    pub generation: u32,
    /// Its parents' object ids.
    pub parents: Vec<Oid>,
}

/// Statements that add commits, prepared once.
pub struct CommitRows<'w> {
    repository: RepositoryId,
    next: i64,
    commit: Statement<'w>,
    person: Statement<'w>,
    mention: Statement<'w>,
    change: Statement<'w>,
    hash: Statement<'w>,
    parents: Vec<u8>,
}

impl<'w> CommitRows<'w> {
    /// Makes ready to add commits to `repository`.
    pub fn new(writer: &'w Writer<'_>, repository: RepositoryId) -> Result<CommitRows<'w>> {
        let sql = writer.sql();
        Ok(CommitRows {
            repository,
            next: 1 + sql.query_row("select ifnull(max(id), 0) from commits", [], |it| {
                it.get::<_, i64>(0)
            })?,
            commit: sql.prepare(
                "insert into commits (id, repository, oid, generation, parents, author, authored,
                 authored_offset, committer, committed, committed_offset, message, message_raw,
                 merge, fixes, reverts, hash) values
                 (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                 zeroblob(16))",
            )?,
            person: sql
                .prepare("insert or ignore into commit_people values (?1, ?2, ?3, ?4, 0)")?,
            mention: sql.prepare("insert or ignore into issue_mentions values (?1, ?2, ?3, ?4)")?,
            change: sql
                .prepare("insert into commit_files values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?,
            hash: sql.prepare("update commits set hash = ?2 where id = ?1")?,
            parents: Vec::new(),
        })
    }

    /// Adds a commit. Its hash is set when its files are known, by [`CommitRows::files`].
    pub fn add(&mut self, new: &NewCommit<'_>) -> Result<CommitId> {
        let id = self.next;
        self.next += 1;
        let facts = new.facts;
        self.parents.clear();
        facts.parents.iter().for_each(|it| self.parents.extend_from_slice(it.as_bytes()));
        let (message, message_raw) = text_and_raw(&facts.message);
        self.commit.execute(params![
            id,
            self.repository.0,
            facts.id.as_bytes(),
            new.generation,
            self.parents,
            new.author.0,
            facts.authored.at.0,
            facts.authored.offset_minutes,
            new.committer.0,
            facts.committed.at.0,
            facts.committed.offset_minutes,
            message,
            message_raw,
            facts.parents.len() > 1,
            new.fixes,
            new.reverts,
        ])?;
        Ok(CommitId(id))
    }

    /// Credits somebody for a commit of that time: 0 author, 1 co-author, 2 reviewer.
    pub fn person(
        &mut self,
        commit: CommitId,
        at: Timestamp,
        identity: IdentityId,
        role: u8,
    ) -> Result<()> {
        self.person.execute(params![commit.0, identity.0, role, at.0])?;
        Ok(())
    }

    /// Notes that a message speaks of `prefix-number`; `place` as in the schema.
    pub fn mention(
        &mut self,
        commit: CommitId,
        prefix: &str,
        number: u32,
        place: u8,
    ) -> Result<()> {
        self.mention.execute(params![commit.0, prefix, number, place])?;
        Ok(())
    }

    /// Sets the files of a commit of that time, each with its row and the row it was renamed from,
    /// and the hash over all.
    pub fn files(
        &mut self,
        commit: CommitId,
        at: Timestamp,
        hash: [u8; 16],
        rows: &mut [(FileId, Option<FileId>, &Change)],
    ) -> Result<()> {
        rows.sort_unstable_by_key(|row| row.0);
        for (file, from, change) in rows {
            let (added, deleted, binary) = match change.lines {
                Lines::Counted { added, deleted } => (Some(added), Some(deleted), 0),
                Lines::Binary => (None, None, 1),
                Lines::Unknown => (None, None, 2),
            };
            let from = from.map(|it| it.0);
            let kind = kind_number(change.kind);
            self.change
                .execute(params![commit.0, file.0, kind, added, deleted, binary, from, at.0])?;
        }
        self.hash.execute(params![commit.0, hash])?;
        Ok(())
    }
}

/// The number that stands for a kind of change in the store.
pub(crate) fn kind_number(kind: ChangeKind) -> u8 {
    match kind {
        ChangeKind::Added => 0,
        ChangeKind::Modified => 1,
        ChangeKind::Deleted => 2,
        ChangeKind::Renamed => 3,
    }
}

impl Writer<'_> {
    /// The commits of a repository as a graph, in order of row.
    pub fn graph(&self, repository: RepositoryId) -> Result<Vec<GraphRow>> {
        let mut all = self.sql().prepare_cached(
            "select id, oid, generation, parents from commits where repository = ?1 order by id",
        )?;
        let mut rows = all.query([repository.0])?;
        let mut graph = Vec::new();
        while let Some(row) = rows.next()? {
            let oid = row.get_ref(1)?.as_blob().unwrap_or_default();
            let Some(oid) = Oid::from_bytes(oid) else { continue };
            let parents = row.get_ref(3)?.as_blob().unwrap_or_default();
            let parents =
                parents.chunks(oid.as_bytes().len()).filter_map(Oid::from_bytes).collect();
            graph.push(GraphRow {
                id: CommitId(row.get(0)?),
                oid,
                generation: row.get(2)?,
                parents,
            });
        }
        Ok(graph)
    }

    /// Messages of some commits, as bytes.
    pub fn message(&self, commit: CommitId) -> Result<model::Bytes> {
        let mut one =
            self.sql().prepare_cached("select message, message_raw from commits where id = ?1")?;
        Ok(one.query_row([commit.0], |row| Ok(super::bytes_of(row.get(0)?, row.get(1)?)))?)
    }

    /// Removes commits with all their rows. Files, people and pull requests that are left without
    /// any stay until their own step of the sync removes them.
    pub fn remove_commits(&self, commits: &[CommitId]) -> Result<()> {
        let statements = [
            "insert into commit_words (commit_words, rowid, message)
             select 'delete', id, message from commits where id = ?1",
            "delete from commit_people where commit_id = ?1",
            "delete from commit_files where commit_id = ?1",
            "delete from issue_mentions where commit_id = ?1",
            "delete from pr_commits where commit_id = ?1",
            "delete from commit_issues where commit_id = ?1",
            "delete from commits where id = ?1",
        ];
        for statement in statements {
            let mut statement = self.sql().prepare_cached(statement)?;
            for commit in commits {
                statement.execute([commit.0])?;
            }
        }
        Ok(())
    }

    /// Time of the newest record that is not after `horizon`: a commit, an issue's or a pull
    /// request's last change; of the newest commit of all where there is none such.
    pub fn newest_record(
        &self,
        repository: RepositoryId,
        horizon: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let mut newest = self.sql().prepare_cached(
            "select max(at) from (
             select max(committed) as at from commits where repository = ?1 and committed <= ?2
             union all select max(updated) from issues where repository = ?1 and updated <= ?2
             union all select max(r.updated) from pull_requests p
             join pull_records r on r.pull_request = p.id
             where p.repository = ?1 and r.updated <= ?2)",
        )?;
        let mut until = |horizon: i64| -> Result<Option<i64>> {
            Ok(newest.query_row([repository.0, horizon], |row| row.get(0))?)
        };
        let at = until(horizon.0)?;
        Ok(if at.is_none() { until(i64::MAX)? } else { at }.map(Timestamp))
    }

    /// Sets a repository's `now` to its newest record.
    pub fn set_as_of(&self, repository: RepositoryId, horizon: Timestamp) -> Result<()> {
        let at = self.newest_record(repository, horizon)?;
        self.sql().execute(
            "update repositories set as_of = ?2 where id = ?1 and as_of is not ?2",
            params![repository.0, at.map(|it| it.0)],
        )?;
        Ok(())
    }

    /// The projects whose issues a repository knows, in order.
    pub fn projects(&self, repository: RepositoryId) -> Result<Vec<String>> {
        let mut all = self.sql().prepare_cached(
            "select distinct project from issues where repository = ?1 and project <> ''
             order by project",
        )?;
        let rows = all.query_map([repository.0], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many commits are after a time, and the newest of them.
    pub fn commits_after(
        &self,
        repository: RepositoryId,
        time: Timestamp,
    ) -> Result<Option<(u64, Oid)>> {
        let mut after = self.sql().prepare_cached(
            "select oid from commits where repository = ?1 and committed > ?2
             order by committed desc, oid",
        )?;
        let mut rows = after.query([repository.0, time.0])?;
        let (mut count, mut newest) = (0, None);
        while let Some(row) = rows.next()? {
            newest = newest.or(Oid::from_bytes(row.get_ref(0)?.as_blob().unwrap_or_default()));
            count += 1;
        }
        Ok(newest.map(|it| (count, it)))
    }

    /// How many changed paths have content that is missing or too large to compare.
    pub fn unknown_changes(&self, repository: RepositoryId) -> Result<u64> {
        let mut count = self.sql().prepare_cached(
            "select count(*) from commit_files t join commits c on c.id = t.commit_id
             where t.binary = 2 and c.repository = ?1",
        )?;
        Ok(count.query_row([repository.0], |row| row.get(0))?)
    }

    /// Puts the messages of commits from `first` on into the full text.
    pub fn index_messages(&self, repository: RepositoryId, first: CommitId) -> Result<()> {
        self.sql()
            .prepare_cached(
                "insert into commit_words (rowid, message)
             select id, message from commits where repository = ?1 and id >= ?2 order by id",
            )?
            .execute([repository.0, first.0])?;
        Ok(())
    }

    /// How often each prefix is mentioned: prefix, commits whose subject begins with it, distinct
    /// numbers among those; and the number of commits that are not merges.
    pub fn mention_counts(&self, repository: RepositoryId) -> Result<(Vec<MentionCount>, u64)> {
        let mut counts = self.sql().prepare_cached(
            "select m.prefix, count(distinct m.commit_id), count(distinct m.number)
             from issue_mentions m join commits c on c.id = m.commit_id
             where m.place = 0 and c.repository = ?1 group by m.prefix order by m.prefix",
        )?;
        let rows = counts
            .query_map([repository.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let plain = self.sql().query_row(
            "select count(*) from commits where repository = ?1 and merge = 0",
            [repository.0],
            |row| row.get(0),
        )?;
        Ok((rows, plain))
    }

    /// Sets the project keys of a repository: prefix, project, and how it is known.
    pub fn set_project_keys(
        &self,
        repository: RepositoryId,
        keys: &[(String, String, &str)],
    ) -> Result<()> {
        self.sql().execute("delete from project_keys where repository = ?1", [repository.0])?;
        let mut insert = self
            .sql()
            .prepare_cached("insert or ignore into project_keys values (?1, ?2, ?3, ?4)")?;
        for (prefix, project, source) in keys {
            insert.execute(params![repository.0, prefix, project, source])?;
        }
        Ok(())
    }
}
