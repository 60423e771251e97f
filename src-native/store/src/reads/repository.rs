//! A repository at a glance: totals, weeks, components, releases, gaps.

use crate::{Allowed, Reader, Result};
use model::{Oid, Timestamp};
use rusqlite::OptionalExtension;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

/// Counts over the whole history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepositoryTotals {
    /// Commits, merges included.
    pub commits: u64,
    /// Lines added, merges left out.
    pub added: u64,
    /// Lines deleted, merges left out.
    pub deleted: u64,
    /// Living files.
    pub files: u64,
    /// Releases.
    pub releases: u32,
    /// Time of the first commit.
    pub first_at: Option<Timestamp>,
    /// Time of the last commit.
    pub last_at: Option<Timestamp>,
}

/// One week of a repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WeekRow {
    /// The week, as [`Timestamp::week`] numbers it.
    pub week: i64,
    /// Commits, merges included.
    pub commits: u32,
    /// Distinct authors, bots left out.
    pub people: u32,
    /// Lines added.
    pub added: u64,
    /// Lines deleted.
    pub deleted: u64,
    /// Commits that fix a defect.
    pub fixes: u32,
}

/// A component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentRow {
    /// Its row.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The glob that made it, or the folder.
    pub rule: String,
    /// Living files.
    pub files: u32,
}

/// The first release that holds a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstRelease {
    /// This one.
    Known(ReleaseRow),
    /// No release holds it.
    None,
    /// Too many commits came after it to tell.
    Unknown,
}

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseRow {
    /// The tag.
    pub name: String,
    /// The commit it names.
    pub oid: Oid,
    /// When.
    pub at: Timestamp,
}

impl Reader<'_> {
    /// Counts over the whole history.
    pub fn totals(&self, of: &Allowed) -> Result<RepositoryTotals> {
        let sql = self.sql();
        let one = |text: &str| -> Result<i64> {
            Ok(sql.prepare_cached(text)?.query_row([of.id.0], |row| row.get(0))?)
        };
        let (commits, added, deleted) = sql
            .prepare_cached(
                "select ifnull(sum(commits), 0), ifnull(sum(added), 0), ifnull(sum(deleted), 0)
                 from weeks where repository = ?1",
            )?
            .query_row([of.id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let at = |text: &str| -> Result<Option<Timestamp>> {
            let mut at = sql.prepare_cached(text)?;
            Ok(at.query_row([of.id.0], |row| row.get(0).map(Timestamp)).optional()?)
        };
        Ok(RepositoryTotals {
            commits,
            added,
            deleted,
            // Folders are all those above a file, so the index of the living is counted, not the
            // table.
            files: one(
                "select count(*) from folders d join files f on f.folder = d.id and f.alive = 1
                        where d.repository = ?1",
            )?
            .unsigned_abs(),
            releases: u32::try_from(one("select count(*) from releases where repository = ?1")?)
                .unwrap_or(u32::MAX),
            first_at: at("select committed from commits where repository = ?1
                          order by committed limit 1")?,
            last_at: at("select committed from commits where repository = ?1
                         order by committed desc limit 1")?,
        })
    }

    /// Every week with commits, oldest first.
    pub fn weeks(&self, of: &Allowed) -> Result<Vec<WeekRow>> {
        let mut all = self.sql().prepare_cached(
            "select week, commits, people, added, deleted, fixes from weeks
             where repository = ?1 order by week",
        )?;
        let rows = all
            .query_map([of.id.0], |row| {
                Ok(WeekRow {
                    week: row.get(0)?,
                    commits: row.get(1)?,
                    people: row.get(2)?,
                    added: row.get(3)?,
                    deleted: row.get(4)?,
                    fixes: row.get(5)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Every component, by name.
    pub fn components(&self, of: &Allowed) -> Result<Vec<ComponentRow>> {
        let mut all = self.sql().prepare_cached(&format!("{COMPONENT} order by k.name"))?;
        let rows = all.query_map([of.id.0], component)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// A component by name.
    pub fn component(&self, of: &Allowed, name: &str) -> Result<Option<ComponentRow>> {
        let mut one = self.sql().prepare_cached(&format!("{COMPONENT} and k.name = ?2"))?;
        Ok(one.query_row((of.id.0, name), component).optional()?)
    }

    /// The newest releases, at most `most`.
    pub fn releases(&self, of: &Allowed, most: u32) -> Result<Vec<ReleaseRow>> {
        let mut all = self.sql().prepare_cached(
            "select name, oid, at from releases where repository = ?1
             order by at desc, name desc limit ?2",
        )?;
        let rows =
            all.query_map((of.id.0, most), release)?.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// A release by tag.
    pub fn release(&self, of: &Allowed, name: &str) -> Result<Option<ReleaseRow>> {
        let mut one = self.sql().prepare_cached(
            "select name, oid, at from releases where repository = ?1 and name = ?2",
        )?;
        Ok(one.query_row((of.id.0, name), release).optional()?.flatten())
    }

    /// The first release by time that holds a commit: its descendants are met in the order of their
    /// time until none can lead to an earlier release, or `steps` have been met. Clocks may be a day
    /// wrong.
    pub fn first_release(
        &self,
        of: &Allowed,
        commit: &super::CommitRow,
        steps: usize,
    ) -> Result<FirstRelease> {
        let sql = self.sql();
        let newest = self.releases(of, 1)?;
        let day = model::DAY;
        if newest.first().is_none_or(|it| it.at.0.saturating_add(day) < commit.place.at.0) {
            return Ok(FirstRelease::None);
        }
        let mut tagged = sql.prepare_cached(
            "select name, oid, at from releases indexed by releases_commit
             where repository = ?1 and oid = ?2 order by at, name limit 1",
        )?;
        let mut family = super::commits::Family::new(self, of)?;
        let mut best: Option<ReleaseRow> = None;
        let mut seen = HashSet::from([commit.id.0]);
        let mut open =
            BinaryHeap::from([Reverse((commit.place.at.0, commit.place.oid, commit.id.0))]);
        let mut children = Vec::new();
        let mut met = 0;
        while let Some(Reverse((at, oid, _))) = open.pop() {
            if best.as_ref().is_some_and(|it| it.at.0.saturating_add(day) < at) {
                break;
            }
            met += 1;
            if met > steps {
                return Ok(FirstRelease::Unknown);
            }
            let found = tagged.query_row((of.id.0, oid.as_bytes()), release).optional()?.flatten();
            if let Some(found) = found
                && best.as_ref().is_none_or(|it| (found.at, &found.name) < (it.at, &it.name))
            {
                best = Some(found);
            }
            children.clear();
            family.children(oid, &mut children)?;
            for (id, oid, at) in &children {
                if seen.insert(*id) {
                    open.push(Reverse((*at, *oid, *id)));
                }
            }
        }
        Ok(best.map_or(FirstRelease::None, FirstRelease::Known))
    }

    /// What is not known of a repository: kind and sentence, in order.
    pub fn gaps(&self, of: &Allowed) -> Result<Vec<(String, String)>> {
        let mut all = self
            .sql()
            .prepare_cached("select kind, text from gaps where repository = ?1 order by 1, 2")?;
        let gaps = all
            .query_map([of.id.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(gaps)
    }

    /// The `backstory.toml` in force; empty for none.
    pub fn rules(&self, of: &Allowed) -> Result<Vec<u8>> {
        let mut one = self.sql().prepare_cached("select rules from repositories where id = ?1")?;
        Ok(one.query_row([of.id.0], |row| row.get(0))?)
    }
}

const COMPONENT: &str = "select k.id, k.name, k.rule,
    (select count(*) from files f where f.component = k.id and f.alive = 1)
    from components k where k.repository = ?1";

fn component(row: &rusqlite::Row<'_>) -> rusqlite::Result<ComponentRow> {
    Ok(ComponentRow { id: row.get(0)?, name: row.get(1)?, rule: row.get(2)?, files: row.get(3)? })
}

fn release(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<ReleaseRow>> {
    let Some(oid) = Oid::from_bytes(super::blob(row, 1)?) else { return Ok(None) };
    Ok(Some(ReleaseRow { name: row.get(0)?, oid, at: Timestamp(row.get(2)?) }))
}
