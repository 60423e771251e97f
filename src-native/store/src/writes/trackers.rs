//! Trackers and their raw records.

use crate::{Result, Writer};
use model::{RepositoryId, Timestamp, TrackerId};
use rusqlite::{OptionalExtension, params};

/// Where issues and pull requests come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracker {
    /// Its row.
    pub id: TrackerId,
    /// What people type.
    pub name: String,
    /// What it is.
    pub kind: TrackerKind,
    /// Whose accounts these are.
    pub site: String,
    /// JSON: where it is and where its token is; never the token itself.
    pub settings: String,
    /// How far a live sync has walked; empty for not at all.
    pub cursor: String,
    /// When a sync or import last ended well, by the wall clock.
    pub synced_at: Option<Timestamp>,
    /// Why the last one did not.
    pub failure: Option<String>,
    /// How much of the last sync or import could not be taken.
    pub refused: u64,
    /// Whether links and people are up to date with its records.
    pub settled: bool,
    /// The repositories that it tells about, in order of row.
    pub repositories: Vec<RepositoryId>,
}

/// What a tracker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackerKind {
    /// A Jira site.
    Jira,
    /// A GitHub repository.
    GitHub,
}

impl TrackerKind {
    /// As the store and the wire have it.
    pub fn name(self) -> &'static str {
        match self {
            TrackerKind::Jira => "jira",
            TrackerKind::GitHub => "github",
        }
    }

    /// As people call it.
    pub fn called(self) -> &'static str {
        match self {
            TrackerKind::Jira => "Jira",
            TrackerKind::GitHub => "GitHub",
        }
    }
}

/// A raw record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// What is projected as one from all its records.
    pub subject: &'a str,
    /// What it is.
    pub kind: &'a str,
    /// Its id among those of its kind.
    pub key: &'a str,
    /// Milliseconds since 1970; 0 where the record does not tell.
    pub version: i64,
    /// The tracker says that it was deleted.
    pub gone: bool,
    /// First 16 bytes of SHA-256 over the record.
    pub hash: [u8; 16],
    /// The record.
    pub body: &'a [u8],
}

/// A raw record as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is.
    pub kind: String,
    /// Its id among those of its kind.
    pub key: String,
    /// Milliseconds since 1970; 0 where the record does not tell.
    pub version: i64,
    /// The record.
    pub body: Vec<u8>,
}

/// A webhook delivery that has not been taken in yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its row.
    pub id: i64,
    /// The tracker.
    pub tracker: TrackerId,
    /// What it says it is.
    pub event: String,
    /// When it came, by the wall clock.
    pub at: Timestamp,
    /// Its body.
    pub body: Vec<u8>,
}

const COLUMNS: &str = "select id, name, kind, site, settings, cursor, synced_at, failure, \
                       refused, settled from trackers";

fn tracker(row: &rusqlite::Row<'_>) -> rusqlite::Result<Tracker> {
    Ok(Tracker {
        id: TrackerId(row.get(0)?),
        name: row.get(1)?,
        kind: match row.get_ref(2)?.as_str()? {
            "jira" => TrackerKind::Jira,
            _ => TrackerKind::GitHub,
        },
        site: row.get(3)?,
        settings: row.get(4)?,
        cursor: row.get(5)?,
        synced_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
        failure: row.get(7)?,
        refused: row.get(8)?,
        settled: row.get(9)?,
        repositories: Vec::new(),
    })
}

/// Every tracker, or the one called `name`, in order of name.
pub(crate) fn trackers(sql: &rusqlite::Connection, name: Option<&str>) -> Result<Vec<Tracker>> {
    let mut all =
        sql.prepare_cached(&format!("{COLUMNS} where ?1 is null or name = ?1 order by name"))?;
    let mut found: Vec<Tracker> =
        all.query_map([name], tracker)?.collect::<rusqlite::Result<_>>()?;
    let mut of = sql.prepare_cached(
        "select repository from tracker_repositories where tracker = ?1 order by repository",
    )?;
    for tracker in &mut found {
        let rows = of.query_map([tracker.id.0], |row| row.get(0).map(RepositoryId))?;
        tracker.repositories = rows.collect::<rusqlite::Result<_>>()?;
    }
    Ok(found)
}

impl Writer<'_> {
    /// Every tracker, in order of name.
    pub fn trackers(&self) -> Result<Vec<Tracker>> {
        trackers(self.sql(), None)
    }

    /// The tracker of that name.
    pub fn tracker(&self, name: &str) -> Result<Option<Tracker>> {
        Ok(trackers(self.sql(), Some(name))?.pop())
    }

    /// Adds a tracker; the name must be new.
    pub fn add_tracker(
        &self,
        name: &str,
        kind: TrackerKind,
        site: &str,
        settings: &str,
    ) -> Result<TrackerId> {
        self.sql().execute(
            "insert into trackers (name, kind, site, settings) values (?1, ?2, ?3, ?4)",
            params![name, kind.name(), site, settings],
        )?;
        Ok(TrackerId(self.sql().last_insert_rowid()))
    }

    /// Says where a tracker is and where its token is.
    pub fn set_tracker_settings(&self, id: TrackerId, settings: &str) -> Result<()> {
        self.sql()
            .execute("update trackers set settings = ?2 where id = ?1", params![id.0, settings])?;
        Ok(())
    }

    /// Says that a tracker tells about a repository; false where it did before.
    pub fn attach(&self, id: TrackerId, repository: RepositoryId) -> Result<bool> {
        let added = self.sql().execute(
            "insert or ignore into tracker_repositories values (?1, ?2)",
            [id.0, repository.0],
        )?;
        Ok(added > 0)
    }

    /// Says that a tracker tells about a repository no more.
    pub fn detach(&self, id: TrackerId, repository: RepositoryId) -> Result<()> {
        self.forget_projection(id, Some(repository))?;
        for statement in [
            "delete from tracker_repositories where tracker = ?1 and repository = ?2",
            // What links made goes with it; the trackers that are left make theirs again.
            "delete from commit_people where ?1 is not null and source = 1 and commit_id in
             (select id from commits where repository = ?2)",
            "update commits set fixes = fixes & 1
             where ?1 is not null and repository = ?2 and fixes > 1",
            "update trackers set settled = 0 where id in (select tracker from
             tracker_repositories where tracker <> ?1 and repository = ?2)",
        ] {
            self.sql().execute(statement, [id.0, repository.0])?;
        }
        let of_links = [model::GapKind::KeysWithoutRecord.name()];
        self.set_gaps(repository, &of_links, &[])?;
        Ok(())
    }

    /// Forgets a tracker with all its records.
    pub fn remove_tracker(&self, id: TrackerId) -> Result<()> {
        self.forget_projection(id, None)?;
        for tracker in self.trackers()?.into_iter().filter(|it| it.id == id) {
            tracker.repositories.iter().try_for_each(|it| self.detach(id, *it))?;
        }
        for table in ["events", "deliveries", "tracker_refusals", "tracker_repositories"] {
            self.sql().execute(&format!("delete from {table} where tracker = ?1"), [id.0])?;
        }
        self.sql().execute("delete from trackers where id = ?1", [id.0])?;
        Ok(())
    }

    /// Says that links and people lag behind a tracker's records, or that they do not.
    pub fn set_settled(&self, id: TrackerId, settled: bool) -> Result<()> {
        self.sql()
            .prepare_cached("update trackers set settled = ?2 where id = ?1 and settled <> ?2")?
            .execute(params![id.0, settled])?;
        Ok(())
    }

    /// Says how a sync or import ended, by the wall clock.
    pub fn set_synced(&self, id: TrackerId, at: Timestamp, failure: Option<&str>) -> Result<()> {
        self.sql().execute(
            "update trackers set failure = ?3,
             synced_at = case when ?3 is null then ?2 else synced_at end where id = ?1",
            params![id.0, at.0, failure],
        )?;
        Ok(())
    }

    /// Says how much of a sync or import could not be taken, and the first of it: where it stood and
    /// why. What was said of the one before is forgotten.
    pub fn set_refused(&self, id: TrackerId, total: u64, first: &[(String, String)]) -> Result<()> {
        let sql = self.sql();
        sql.execute("update trackers set refused = ?2 where id = ?1", params![id.0, total])?;
        sql.execute("delete from tracker_refusals where tracker = ?1", [id.0])?;
        let mut put = sql.prepare("insert into tracker_refusals values (?1, ?2, ?3, ?4)")?;
        for (place, (stood, reason)) in first.iter().enumerate() {
            put.execute(params![id.0, place as i64, stood, reason])?;
        }
        Ok(())
    }

    /// Says how far a live sync has walked.
    pub fn set_cursor(&self, id: TrackerId, cursor: &str) -> Result<()> {
        self.sql()
            .prepare_cached("update trackers set cursor = ?2 where id = ?1")?
            .execute(params![id.0, cursor])?;
        Ok(())
    }

    /// Keeps a raw record; false where it is there already, word for word. One that comes again
    /// with a later version is as new as that.
    pub fn put_event(&self, id: TrackerId, event: &Event<'_>) -> Result<bool> {
        let mut known = self.sql().prepare_cached(
            "select id, version from events
             where tracker = ?1 and subject = ?2 and kind = ?3 and key = ?4 and hash = ?5",
        )?;
        let key = params![id.0, event.subject, event.kind, event.key, event.hash];
        let known = known.query_row(key, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)));
        if let Some((row, version)) = known.optional()? {
            if version >= event.version {
                return Ok(false);
            }
            self.sql()
                .prepare_cached("update events set version = ?2 where id = ?1")?
                .execute([row, event.version])?;
            return Ok(true);
        }
        let mut put = self.sql().prepare_cached(
            "insert into events (tracker, subject, kind, key, version, gone, size, hash, body)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?;
        put.execute(params![
            id.0,
            event.subject,
            event.kind,
            event.key,
            event.version,
            event.gone,
            event.body.len() as i64,
            event.hash,
            deflate(event.body)
        ])?;
        Ok(true)
    }

    /// How many raw records a subject has, those that are not current included.
    pub fn count_events(&self, id: TrackerId, subject: &str) -> Result<u64> {
        let mut count = self
            .sql()
            .prepare_cached("select count(*) from events where tracker = ?1 and subject = ?2")?;
        Ok(count.query_row(params![id.0, subject], |row| row.get(0))?)
    }

    /// The current records of a subject that are not gone, in order of kind and key.
    pub fn events_of(&self, id: TrackerId, subject: &str) -> Result<Vec<Kept>> {
        let mut all = self.sql().prepare_cached(
            "select kind, key, version, gone, body from events
             where tracker = ?1 and subject = ?2
             order by kind, key, version desc, gone desc, size desc, hash desc",
        )?;
        let mut rows = all.query(params![id.0, subject])?;
        let mut found: Vec<Kept> = Vec::new();
        let mut last: Option<(String, String)> = None;
        while let Some(row) = rows.next()? {
            let key: (String, String) = (row.get(0)?, row.get(1)?);
            if last.as_ref() == Some(&key) {
                continue; // an older version
            }
            if !row.get::<_, bool>(3)? {
                let body = inflate(row.get_ref(4)?.as_blob().unwrap_or_default());
                let (kind, key) = key.clone();
                found.push(Kept { kind, key, version: row.get(2)?, body });
            }
            last = Some(key);
        }
        Ok(found)
    }

    /// The issues that have or had a key, by their subjects, where these are others than the key.
    pub fn subjects_keyed(&self, id: TrackerId, key: &str) -> Result<Vec<String>> {
        let mut all = self.sql().prepare_cached(
            "select distinct i.subject from tracker_repositories t
             cross join issue_keys k on k.repository = t.repository and k.key = ?2
             cross join issues i on i.id = k.issue
             where t.tracker = ?1 and i.tracker = ?1 and i.subject <> ?2 order by 1",
        )?;
        let rows = all.query_map(params![id.0, key], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The subjects of a tracker that come after `after`, in order, at most `most`.
    pub fn subjects(&self, id: TrackerId, after: &str, most: usize) -> Result<Vec<String>> {
        let mut all = self.sql().prepare_cached(
            "select distinct subject from events where tracker = ?1 and subject > ?2
             order by subject limit ?3",
        )?;
        let rows = all.query_map(params![id.0, after, most as i64], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Keeps a webhook's delivery; false where one of that id came before.
    pub fn put_delivery(
        &self,
        id: TrackerId,
        delivery: &str,
        at: Timestamp,
        event: &str,
        body: &[u8],
    ) -> Result<bool> {
        let added = self.sql().execute(
            "insert or ignore into deliveries (tracker, delivery, at, event, body)
             values (?1, ?2, ?3, ?4, ?5)",
            params![id.0, delivery, at.0, event, deflate(body)],
        )?;
        Ok(added > 0)
    }

    /// The oldest deliveries that have not been taken in, at most `most`.
    pub fn deliveries(&self, most: usize) -> Result<Vec<Delivery>> {
        let mut all = self.sql().prepare_cached(
            "select id, tracker, event, at, body from deliveries where body is not null
             order by id limit ?1",
        )?;
        let rows = all.query_map([most as i64], |row| {
            Ok(Delivery {
                id: row.get(0)?,
                tracker: TrackerId(row.get(1)?),
                event: row.get(2)?,
                at: Timestamp(row.get(3)?),
                body: inflate(row.get_ref(4)?.as_blob().unwrap_or_default()),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Says that a delivery has been taken in, or why it could not be; its id is kept.
    pub fn end_delivery(&self, id: i64, failure: Option<&str>) -> Result<()> {
        self.sql().execute(
            "update deliveries set body = null, failure = ?2 where id = ?1",
            params![id, failure],
        )?;
        Ok(())
    }
}

/// The length, and the bytes made small.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let bound = zlib_rs::compress_bound(bytes.len());
    let mut out = vec![0; 4 + bound];
    out[..4].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    let config = zlib_rs::DeflateConfig { level: 1, ..Default::default() };
    let (small, _) = zlib_rs::compress_slice(&mut out[4..], bytes, config);
    let length = 4 + small.len();
    out.truncate(length);
    out.shrink_to_fit();
    out
}

/// What [`deflate`] was given; nothing where a bit was flipped.
fn inflate(small: &[u8]) -> Vec<u8> {
    let Some((length, small)) = small.split_first_chunk::<4>() else { return Vec::new() };
    let mut out = vec![0; u32::from_le_bytes(*length) as usize];
    let config = zlib_rs::InflateConfig::default();
    let (whole, code) = zlib_rs::decompress_slice(&mut out, small, config);
    if code != zlib_rs::ReturnCode::Ok {
        return Vec::new();
    }
    let length = whole.len();
    out.truncate(length);
    out
}
