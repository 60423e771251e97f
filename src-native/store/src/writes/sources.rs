//! Repositories, how far each has been read, and the audit line that goes with it.

use crate::open::os_string;
use crate::{Allowed, Reader, Result, Writer};
use model::{Oid, RepositoryId, Timestamp};
use rusqlite::{OptionalExtension, params};
use std::path::{Path, PathBuf};

/// A repository as the reading of it knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its row.
    pub id: RepositoryId,
    /// Its name.
    pub name: String,
    /// The Git directory.
    pub location: PathBuf,
    /// The work tree; none where bare.
    pub work_tree: Option<PathBuf>,
    /// How far memory has been read; the default before the first sync.
    pub read: Checkpoint,
}

/// How far a repository has been read and by what rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// The branch that HEAD names; none where detached or unborn.
    pub head_ref: Option<String>,
    /// The commit that memory has been read up to.
    pub head: Option<Oid>,
    /// Fingerprint of all refs at that time; none before the first sync.
    pub refs: Option<Vec<u8>>,
    /// Hash of the rules that the rollups were made with.
    pub config: Vec<u8>,
    /// The last `backstory.toml` that was right; empty for none.
    pub rules: Vec<u8>,
    /// The `.mailmap`; empty for none.
    pub mailmap: Vec<u8>,
    /// Time of the newest commit that was not dated in the future when it was read.
    pub as_of: Option<Timestamp>,
}

const COLUMNS: &str = "select id, name, location, work_tree, head_ref, head, refs, config, \
    rules, mailmap, as_of from repositories";

fn source(row: &rusqlite::Row<'_>) -> rusqlite::Result<Source> {
    let path = |raw: Vec<u8>| PathBuf::from(os_string(raw));
    Ok(Source {
        id: RepositoryId(row.get(0)?),
        name: row.get(1)?,
        location: path(row.get(2)?),
        work_tree: row.get::<_, Option<Vec<u8>>>(3)?.map(path),
        read: Checkpoint {
            head_ref: row.get(4)?,
            head: row.get::<_, Option<Vec<u8>>>(5)?.and_then(|it| Oid::from_bytes(&it)),
            refs: row.get(6)?,
            config: row.get(7)?,
            rules: row.get(8)?,
            mailmap: row.get(9)?,
            as_of: row.get::<_, Option<i64>>(10)?.map(Timestamp),
        },
    })
}

impl Reader<'_> {
    /// The objects that lacked when a repository was read.
    pub fn absent_objects(&self, allowed: &Allowed) -> Result<Vec<Oid>> {
        let mut all =
            self.sql().prepare_cached("select object from absent_objects where repository = ?1")?;
        let rows = all.query_map([allowed.id.0], |row| row.get::<_, Vec<u8>>(0))?;
        let oids = rows.map(|it| Ok(Oid::from_bytes(&it?))).collect::<Result<Vec<_>>>()?;
        Ok(oids.into_iter().flatten().collect())
    }

    /// How far a repository has been read.
    pub fn source(&self, allowed: &Allowed) -> Result<Source> {
        let mut one = self.sql().prepare_cached(&format!("{COLUMNS} where id = ?1"))?;
        Ok(one.query_row([allowed.id.0], source)?)
    }
}

impl Writer<'_> {
    /// Every repository, in order of name.
    pub fn sources(&self) -> Result<Vec<Source>> {
        let mut all = self.sql().prepare_cached(&format!("{COLUMNS} order by name"))?;
        let rows = all.query_map([], source)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// One repository; none where it has been removed in the meantime.
    pub fn source(&self, id: RepositoryId) -> Result<Option<Source>> {
        let mut one = self.sql().prepare_cached(&format!("{COLUMNS} where id = ?1"))?;
        Ok(one.query_row([id.0], source).optional()?)
    }

    /// Adds a repository; name and location must be new.
    pub fn add_source(
        &self,
        name: &str,
        location: &Path,
        work_tree: Option<&Path>,
    ) -> Result<RepositoryId> {
        self.sql().execute(
            "insert into repositories (name, location, work_tree) values (?1, ?2, ?3)",
            params![name, raw(location), work_tree.map(raw)],
        )?;
        Ok(RepositoryId(self.sql().last_insert_rowid()))
    }

    /// Says where a repository is now, after it has been moved.
    pub fn move_source(
        &self,
        id: RepositoryId,
        location: &Path,
        work_tree: Option<&Path>,
    ) -> Result<()> {
        self.sql().execute(
            "update repositories set location = ?2, work_tree = ?3 where id = ?1",
            params![id.0, raw(location), work_tree.map(raw)],
        )?;
        Ok(())
    }

    /// The commits that nothing came before, in order of id.
    pub fn first_commits(&self, id: RepositoryId) -> Result<Vec<Oid>> {
        let mut all = self.sql().prepare_cached(
            "select oid from commits where repository = ?1 and parents = x'' order by oid",
        )?;
        let rows = all.query_map([id.0], |row| row.get::<_, Vec<u8>>(0))?;
        let oids = rows.map(|it| Ok(Oid::from_bytes(&it?))).collect::<Result<Vec<_>>>()?;
        Ok(oids.into_iter().flatten().collect())
    }

    /// Forgets everything read of a repository; the repository itself stays, unread.
    pub fn forget(&self, id: RepositoryId) -> Result<()> {
        let all = "select id from commits where repository = ?1";
        let files = "select id from files where repository = ?1";
        let statements = [
            "insert into commit_words (commit_words, rowid, message)
             select 'delete', id, message from commits where repository = ?1"
                .to_owned(),
            "insert into file_words (file_words, rowid, path)
             select 'delete', id, path from files where repository = ?1 and alive = 1"
                .to_owned(),
            format!("delete from file_totals where file in ({files})"),
            "delete from weeks where repository = ?1".to_owned(),
            "delete from developer_weeks where repository = ?1".to_owned(),
            "delete from developer_totals where repository = ?1".to_owned(),
            format!("delete from commit_people where commit_id in ({all})"),
            format!("delete from commit_files where commit_id in ({all})"),
            format!("delete from issue_mentions where commit_id in ({all})"),
            format!("delete from pr_commits where commit_id in ({all})"),
            format!("delete from commit_issues where commit_id in ({all})"),
            // What GitHub tells of them stays.
            "update pull_requests set head = null, login = null, branch = null
             where repository = ?1"
                .to_owned(),
            "delete from pr_issues where pull_request in
             (select id from pull_requests where repository = ?1)"
                .to_owned(),
            "delete from pull_requests where repository = ?1
             and id not in (select pull_request from pull_records)"
                .to_owned(),
            "delete from project_keys where repository = ?1".to_owned(),
            "delete from releases where repository = ?1".to_owned(),
            "delete from gaps where repository = ?1".to_owned(),
            "delete from absent_objects where repository = ?1".to_owned(),
            "delete from blames where repository = ?1".to_owned(),
            "delete from commits where repository = ?1".to_owned(),
            "delete from files where repository = ?1".to_owned(),
            "delete from folders where repository = ?1".to_owned(),
            "delete from components where repository = ?1".to_owned(),
            "update repositories set head = null, head_ref = null, refs = null, config = x'', \
             as_of = null where id = ?1"
                .to_owned(),
        ];
        for (kind, table) in [(0, "files"), (1, "folders"), (2, "components")] {
            for rollup in ["knowledge", "knowledge_totals"] {
                let statement = format!(
                    "delete from {rollup} where kind = {kind}
                     and subject in (select id from {table} where repository = ?1)"
                );
                self.sql().prepare_cached(&statement)?.execute([id.0])?;
            }
        }
        for statement in statements {
            self.sql().prepare_cached(&statement)?.execute([id.0])?;
        }
        Ok(())
    }

    /// Forgets a repository whole, and the trackers that told of no other. People that no other repository names go with the next
    /// [`Writer::drop_unnamed_identities`].
    pub fn remove_source(&self, id: RepositoryId) -> Result<()> {
        for tracker in self.trackers()?.iter().filter(|it| it.repositories.contains(&id)) {
            match tracker.repositories.len() {
                1 => self.remove_tracker(tracker.id)?,
                _ => self.detach(tracker.id, id)?,
            }
        }
        self.forget(id)?;
        self.sql().execute("delete from repositories where id = ?1", [id.0])?;
        Ok(())
    }

    /// Says how far a repository has been read: the last write of a sync.
    pub fn checkpoint(&self, id: RepositoryId, read: &Checkpoint) -> Result<()> {
        self.sql().execute(
            "update repositories set head_ref = ?2, head = ?3, refs = ?4, config = ?5, rules = ?6,
             mailmap = ?7, as_of = ?8 where id = ?1",
            params![
                id.0,
                read.head_ref,
                read.head.as_ref().map(Oid::as_bytes),
                read.refs,
                read.config,
                read.rules,
                read.mailmap,
                read.as_of.map(|it| it.0),
            ],
        )?;
        Ok(())
    }

    /// Sets what is not known of a repository, as kind and sentence. Gaps of kinds that are not
    /// `among` these stay: another step tells of them.
    pub fn set_gaps(&self, id: RepositoryId, among: &[&str], gaps: &[(&str, &str)]) -> Result<()> {
        let mut drop =
            self.sql().prepare_cached("delete from gaps where repository = ?1 and kind = ?2")?;
        for kind in among {
            drop.execute(params![id.0, kind])?;
        }
        let mut insert =
            self.sql().prepare_cached("insert or ignore into gaps values (?1, ?2, ?3)")?;
        for (kind, text) in gaps {
            insert.execute(params![id.0, kind, text])?;
        }
        Ok(())
    }

    /// Adds objects that lack, each with whether it is there and damaged.
    pub fn add_absent_objects(
        &self,
        id: RepositoryId,
        objects: impl Iterator<Item = (Oid, bool)>,
    ) -> Result<()> {
        let mut insert = self
            .sql()
            .prepare_cached("insert or ignore into absent_objects values (?1, ?2, ?3)")?;
        for (object, damaged) in objects {
            insert.execute(params![id.0, object.as_bytes(), damaged])?;
        }
        Ok(())
    }

    /// How many objects are not there, and how many are damaged.
    pub fn count_absent_objects(&self, id: RepositoryId) -> Result<(u64, u64)> {
        let mut count = self.sql().prepare_cached(
            "select count(*) - total(damaged), total(damaged) from absent_objects
             where repository = ?1",
        )?;
        let number = |row: &rusqlite::Row<'_>, at| row.get::<_, f64>(at).map(|it| it as u64);
        Ok(count.query_row([id.0], |row| Ok((number(row, 0)?, number(row, 1)?)))?)
    }

    /// Whether a gap of a kind is known.
    pub fn has_gap(&self, id: RepositoryId, kind: &str) -> Result<bool> {
        let mut any = self.sql().prepare_cached(
            "select exists (select 1 from gaps where repository = ?1 and kind = ?2)",
        )?;
        Ok(any.query_row(params![id.0, kind], |row| row.get(0))?)
    }

    /// Whether a gap of a kind is known in these very words.
    pub fn has_gap_text(&self, id: RepositoryId, kind: &str, text: &str) -> Result<bool> {
        let mut any = self.sql().prepare_cached(
            "select exists (select 1 from gaps where repository = ?1 and kind = ?2 and text = ?3)",
        )?;
        Ok(any.query_row(params![id.0, kind, text], |row| row.get(0))?)
    }

    /// Sets the releases of a repository.
    pub fn set_releases(&self, id: RepositoryId, releases: &[model::Release]) -> Result<()> {
        self.sql().execute("delete from releases where repository = ?1", [id.0])?;
        let mut insert = self
            .sql()
            .prepare_cached("insert or ignore into releases values (?1, ?2, ?3, ?4, ?5)")?;
        for release in releases {
            let (name, name_raw) = super::text_and_raw(&release.name);
            insert.execute(params![
                id.0,
                name,
                name_raw,
                release.commit.as_bytes(),
                release.at.0
            ])?;
        }
        Ok(())
    }

    /// Writes down who did what; `at` is the wall clock's time.
    pub fn audit(&self, at: Timestamp, actor: &str, action: &str, detail: &str) -> Result<()> {
        self.sql().execute(
            "insert into audit (at, actor, action, detail) values (?1, ?2, ?3, ?4)",
            params![at.0, actor, action, detail],
        )?;
        Ok(())
    }
}

fn raw(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}
