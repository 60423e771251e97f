//! What happened within a window: commits, the living files they count for, and the people behind
//! them.

use super::scope::below;
use super::{Place, Scope};
use crate::{Allowed, Reader, Result};
use model::{CommitId, DeveloperId, FileId, Oid, Timestamp};
use std::collections::HashMap;

/// A window of a repository's history, merges left out.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    /// Commits, in order of row.
    pub commits: Vec<ActivityCommit>,
    /// Touches of living files under any of their past names, in order of commit.
    pub touches: Vec<ActivityTouch>,
    /// Authors and co-authors as commit and person, bots left out, each once; in order of commit.
    pub people: Vec<(u32, DeveloperId)>,
}

/// A commit of the window.
#[derive(Clone, Debug)]
pub struct ActivityCommit {
    /// Its row.
    pub id: CommitId,
    /// Where it stands among others.
    pub place: Place,
    /// Fixes a defect.
    pub fixes: bool,
    /// Undoes another.
    pub reverts: bool,
}

/// A touch of a living file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActivityTouch {
    /// Index of the commit.
    pub commit: u32,
    /// The living file that it counts for.
    pub file: FileId,
    /// The path that was touched: the file itself, or a past name of it.
    pub path: FileId,
    /// Lines added and deleted; 0 where binary or unknown.
    pub churn: u64,
    /// Lines added; 0 where binary or unknown.
    pub added: u32,
}

/// What must be known of a path to say for which living files it counts.
struct Fate {
    counts: bool,
    /// Renames away from it: to which file, at which generation.
    away: Vec<(i64, u32)>,
}

impl Reader<'_> {
    /// What happened from `since` to `until`, both included, to living files below `folder`; the
    /// empty folder is the root. Commits that touch none of them are left out unless it is the
    /// root.
    pub fn activity(
        &self,
        of: &Allowed,
        since: Timestamp,
        until: Timestamp,
        folder: &str,
    ) -> Result<Activity> {
        let sql = self.sql();
        let mut all = sql.prepare_cached(
            "select id, committed, generation, oid, fixes, reverts is not null from commits
             where repository = ?1 and committed between ?2 and ?3 and merge = 0",
        )?;
        let mut rows = all.query((of.id.0, since.0, until.0))?;
        let mut commits = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(oid) = Oid::from_bytes(super::blob(row, 3)?) else { continue };
            commits.push(ActivityCommit {
                id: CommitId(row.get(0)?),
                place: Place { at: Timestamp(row.get(1)?), generation: row.get(2)?, oid },
                fixes: row.get(4)?,
                reverts: row.get(5)?,
            });
        }
        commits.sort_unstable_by_key(|it| it.id);
        let touches = self.touches(of, &commits, folder)?;
        if !folder.is_empty() {
            return self.only_touched(Activity { commits, touches, people: Vec::new() });
        }
        self.with_people(Activity { commits, touches, people: Vec::new() })
    }

    /// What happened to one living file, in its scope, from `since` to `until`, both included.
    pub fn activity_of(
        &self,
        of: &Allowed,
        file: FileId,
        scope: &Scope,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Activity> {
        let mut all = self.sql().prepare_cached(
            "select c.id, c.committed, c.generation, c.oid, c.fixes, c.reverts is not null,
             ifnull(t.added, 0), ifnull(t.deleted, 0)
             from commit_files t indexed by commit_files_file
             cross join commits c on c.id = t.commit_id
             where t.file = ?1 and t.at between ?2 and ?3 and c.repository = ?4",
        )?;
        let mut found: Vec<(ActivityCommit, FileId, u32, u32)> = Vec::new();
        for (path, before) in scope.files() {
            let mut rows = all.query((path.0, since.0, until.0, of.id.0))?;
            while let Some(row) = rows.next()? {
                let Some(oid) = Oid::from_bytes(super::blob(row, 3)?) else { continue };
                let place = Place { at: Timestamp(row.get(1)?), generation: row.get(2)?, oid };
                if place.generation < before {
                    let id = CommitId(row.get(0)?);
                    let commit =
                        ActivityCommit { id, place, fixes: row.get(4)?, reverts: row.get(5)? };
                    found.push((commit, path, row.get(6)?, row.get(7)?));
                }
            }
        }
        found.sort_unstable_by_key(|it| (it.0.id, it.1));
        let mut activity = Activity::default();
        for (commit, path, added, deleted) in found {
            if activity.commits.last().is_none_or(|it| it.id != commit.id) {
                activity.commits.push(commit);
            }
            activity.touches.push(ActivityTouch {
                commit: activity.commits.len() as u32 - 1,
                file,
                path,
                churn: u64::from(added) + u64::from(deleted),
                added,
            });
        }
        self.with_people(activity)
    }

    fn touches(
        &self,
        of: &Allowed,
        commits: &[ActivityCommit],
        folder: &str,
    ) -> Result<Vec<ActivityTouch>> {
        let sql = self.sql();
        let mut changed = sql.prepare_cached(
            "select file, ifnull(added, 0), ifnull(deleted, 0) from commit_files
             where commit_id = ?1",
        )?;
        let (low, high) = below(folder);
        let mut lives = sql.prepare_cached(
            "select alive = 1 and path >= ?2 and path < ?3 from files
             where id = ?1 and repository = ?4",
        )?;
        let mut away = sql.prepare_cached(
            "select t.file, c.generation from commit_files t indexed by commit_files_from
             cross join commits c on c.id = t.commit_id where t.from_file = ?1",
        )?;
        let mut fates: HashMap<i64, Fate> = HashMap::new();
        let mut fate = |file: i64| -> Result<Fate> {
            let mut rows = away.query([file])?;
            let mut renames = Vec::new();
            while let Some(row) = rows.next()? {
                renames.push((row.get(0)?, row.get(1)?));
            }
            let mut rows = lives.query((file, &low, &high, of.id.0))?;
            let counts = match rows.next()? {
                Some(row) => row.get(0)?,
                None => false,
            };
            Ok(Fate { counts, away: renames })
        };
        let mut touches = Vec::new();
        let mut open: Vec<(i64, u32)> = Vec::new();
        for (commit, row) in commits.iter().enumerate() {
            let first = touches.len();
            let mut rows = changed.query([row.id.0])?;
            while let Some(touch) = rows.next()? {
                let path: i64 = touch.get(0)?;
                let (added, deleted): (u32, u32) = (touch.get(1)?, touch.get(2)?);
                let begin = touches.len();
                open.clear();
                open.push((path, row.place.generation));
                let mut at = 0;
                while let Some(&(file, generation)) = open.get(at) {
                    at += 1;
                    if let std::collections::hash_map::Entry::Vacant(entry) = fates.entry(file) {
                        entry.insert(fate(file)?);
                    }
                    let Some(fate) = fates.get(&file) else { continue };
                    if fate.counts {
                        touches.push(ActivityTouch {
                            commit: commit as u32,
                            file: FileId(file),
                            path: FileId(path),
                            churn: u64::from(added) + u64::from(deleted),
                            added,
                        });
                    }
                    // Along renames generations rise strictly, so this ends; a file reached twice
                    // goes on from where it was reached first.
                    for &(to, then) in &fate.away {
                        if then > generation && !open.contains(&(to, then)) {
                            open.push((to, then));
                        }
                    }
                }
                // One touch counts once for each living file, however many ways lead there.
                touches[begin..].sort_unstable();
                let mut kept = begin;
                for i in begin..touches.len() {
                    if i == begin || touches[i].file != touches[kept - 1].file {
                        touches[kept] = touches[i];
                        kept += 1;
                    }
                }
                touches.truncate(kept);
            }
            touches[first..].sort_unstable();
        }
        Ok(touches)
    }

    fn only_touched(&self, mut all: Activity) -> Result<Activity> {
        let mut new: Vec<Option<u32>> = vec![None; all.commits.len()];
        let mut kept = Vec::new();
        for touch in &mut all.touches {
            let old = touch.commit as usize;
            let at = *new[old].get_or_insert_with(|| {
                kept.push(all.commits[old].clone());
                (kept.len() - 1) as u32
            });
            touch.commit = at;
        }
        all.commits = kept;
        self.with_people(all)
    }

    fn with_people(&self, mut activity: Activity) -> Result<Activity> {
        let mut all = self.sql().prepare_cached(
            "select identity from commit_people where commit_id = ?1 and role in (0, 1)",
        )?;
        let mut who = self.sql().prepare_cached(
            "select i.developer, d.bot from identities i join developers d on d.id = i.developer
             where i.id = ?1",
        )?;
        let mut known: HashMap<i64, Option<DeveloperId>> = HashMap::new();
        for (commit, row) in activity.commits.iter().enumerate() {
            let first = activity.people.len();
            let mut rows = all.query([row.id.0])?;
            while let Some(row) = rows.next()? {
                let identity: i64 = row.get(0)?;
                let developer = match known.get(&identity) {
                    Some(known) => *known,
                    None => {
                        let mut rows = who.query([identity])?;
                        let found = match rows.next()? {
                            Some(row) if !row.get::<_, bool>(1)? => Some(DeveloperId(row.get(0)?)),
                            _ => None,
                        };
                        known.insert(identity, found);
                        found
                    }
                };
                activity.people.extend(developer.map(|it| (commit as u32, it)));
            }
            activity.people[first..].sort_unstable();
        }
        activity.people.dedup();
        Ok(activity)
    }
}
