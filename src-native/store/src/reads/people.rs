//! People: found by what others call them, with their totals and their spellings.

use super::{FileTouch, Found, Place, Scope};
use crate::{Allowed, Reader, Result};
use model::{CommitId, DeveloperId, IdentityId, Oid, Timestamp, fold};
use rusqlite::OptionalExtension;
use std::collections::BTreeMap;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// Their row.
    pub id: DeveloperId,
    /// What scripts call them.
    pub key: String,
    /// Their name.
    pub name: String,
    /// Whether it is a program.
    pub bot: bool,
    /// Why it is taken for one.
    pub bot_reason: String,
}

/// All of a developer's work in a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeveloperTotals {
    /// Who.
    pub developer: DeveloperId,
    /// Commits, merges left out, author or co-author.
    pub commits: u32,
    /// Merges they authored.
    pub merges: u32,
    /// Reviews.
    pub reviews: u32,
    /// Lines added.
    pub added: u64,
    /// Lines deleted.
    pub deleted: u64,
    /// Paths touched.
    pub files: u32,
    /// Time of the first commit or review.
    pub first_at: Timestamp,
    /// Time of the last.
    pub last_at: Timestamp,
}

/// One week of a developer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeveloperWeek {
    /// The week, as [`Timestamp::week`] numbers it.
    pub week: i64,
    /// Commits, merges left out.
    pub commits: u32,
    /// Lines added.
    pub added: u64,
    /// Lines deleted.
    pub deleted: u64,
}

/// A spelling of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// Its row.
    pub id: IdentityId,
    /// Whether it is a login.
    pub login: bool,
    /// The name, or the login.
    pub name: String,
    /// The mail.
    pub mail: String,
    /// Commits of this repository credited to this spelling.
    pub commits: u32,
    /// Why it is this person's, by rule and sentence.
    pub reasons: Vec<String>,
}

const COLUMNS: &str = "select d.id, d.key, d.name, d.bot, d.bot_reason from developers d";

fn person_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<PersonRow> {
    Ok(PersonRow {
        id: DeveloperId(row.get(0)?),
        key: row.get(1)?,
        name: row.get(2)?,
        bot: row.get(3)?,
        bot_reason: row.get(4)?,
    })
}

impl Reader<'_> {
    /// One person.
    pub fn person(&self, _of: &Allowed, id: DeveloperId) -> Result<Option<PersonRow>> {
        let mut one = self.sql().prepare_cached(&format!("{COLUMNS} where d.id = ?1"))?;
        Ok(one.query_row([id.0], person_row).optional()?)
    }

    /// Everybody that any repository knows, by row.
    pub fn persons(&self, _of: &Allowed) -> Result<Vec<PersonRow>> {
        let mut all = self.sql().prepare_cached(&format!("{COLUMNS} order by d.id"))?;
        let rows = all.query_map([], person_row)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Who is called that: by key; else by mail or login; else by name, case and spaces aside.
    /// More than one where a name is shared. By key.
    pub fn persons_called(&self, _of: &Allowed, called: &str) -> Result<Vec<PersonRow>> {
        let called = called.trim();
        let mut by_key = self.sql().prepare_cached(&format!("{COLUMNS} where d.key = ?1"))?;
        if let Some(found) = by_key.query_row([called], person_row).optional()? {
            return Ok(vec![found]);
        }
        let folded = fold(called);
        let login = folded.trim_start_matches('@');
        let mut all = self.sql().prepare_cached(
            "select i.developer, i.kind, i.name, i.mail, d.name from identities i
             join developers d on d.id = i.developer",
        )?;
        let mut rows = all.query([])?;
        let (mut sure, mut named) = (Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let developer: i64 = row.get(0)?;
            let text = |at: usize| {
                row.get_ref(at).ok().and_then(|it| it.as_str().ok()).unwrap_or_default()
            };
            let (name, mail) = (text(2), text(3));
            let written = || {
                folded
                    .strip_prefix(&fold(name))
                    .is_some_and(|rest| rest.trim() == format!("<{}>", fold(mail)))
            };
            if row.get::<_, u8>(1)? == 1 {
                if name.eq_ignore_ascii_case(login) {
                    sure.push(developer);
                }
            } else if (!mail.is_empty() && fold(mail) == folded) || written() {
                sure.push(developer);
            } else if fold(name) == folded || fold(text(4)) == folded {
                named.push(developer);
            }
        }
        drop(rows);
        let mut found = if sure.is_empty() { named } else { sure };
        found.sort_unstable();
        found.dedup();
        let mut people = Vec::new();
        let mut by_id = self.sql().prepare_cached(&format!("{COLUMNS} where d.id = ?1"))?;
        for id in found {
            people.extend(by_id.query_row([id], person_row).optional()?);
        }
        people.sort_by(|a: &PersonRow, b| a.key.cmp(&b.key));
        Ok(people)
    }

    /// A developer's work in this repository; none where there is none.
    pub fn totals_of(
        &self,
        of: &Allowed,
        developer: DeveloperId,
    ) -> Result<Option<DeveloperTotals>> {
        let mut one = self.sql().prepare_cached(&format!("{TOTALS} and developer = ?2"))?;
        Ok(one.query_row((of.id.0, developer.0), totals).optional()?)
    }

    /// Everybody's work in this repository, by row.
    pub fn developer_totals(&self, of: &Allowed) -> Result<Vec<DeveloperTotals>> {
        let mut all = self.sql().prepare_cached(TOTALS)?;
        let rows = all.query_map([of.id.0], totals)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Totals over some commits alone, by row of the person: their commits, and the lines of the
    /// touches in `scope`, or of all of them. Reviews and files are not counted.
    pub fn totals_over(
        &self,
        of: &Allowed,
        commits: &[Found],
        scope: Option<&Scope>,
    ) -> Result<Vec<DeveloperTotals>> {
        let mut people = self.sql().prepare_cached(
            "select distinct i.developer from commit_people p
             join identities i on i.id = p.identity where p.commit_id = ?1 and p.role in (0, 1)",
        )?;
        let mut totals: BTreeMap<i64, DeveloperTotals> = BTreeMap::new();
        for found in commits {
            let (added, deleted) = match scope {
                Some(scope) => {
                    let touches = self.touches_in(of, *found, scope)?;
                    let sum = |of: fn(&FileTouch) -> Option<u32>| {
                        touches.iter().filter_map(of).map(u64::from).sum::<u64>()
                    };
                    (sum(|it| it.added), sum(|it| it.deleted))
                }
                None => {
                    let size = self.commit_size(of, found.id)?;
                    (size.added, size.deleted)
                }
            };
            let mut rows = people.query([found.id.0])?;
            while let Some(row) = rows.next()? {
                let developer: i64 = row.get(0)?;
                let at = found.place.at;
                let total = totals.entry(developer).or_insert(DeveloperTotals {
                    developer: DeveloperId(developer),
                    commits: 0,
                    merges: 0,
                    reviews: 0,
                    added: 0,
                    deleted: 0,
                    files: 0,
                    first_at: at,
                    last_at: at,
                });
                total.commits += 1;
                total.added += added;
                total.deleted += deleted;
                total.first_at = total.first_at.min(at);
                total.last_at = total.last_at.max(at);
            }
        }
        Ok(totals.into_values().collect())
    }

    /// When a developer fixed defects, merges left out, and the newest of these commits.
    pub fn fixes_of(
        &self,
        of: &Allowed,
        developer: DeveloperId,
        most: usize,
    ) -> Result<(Vec<Timestamp>, Vec<Found>)> {
        let mut all = self.sql().prepare_cached(
            "select distinct c.committed, c.generation, c.id from identities i
             cross join commit_people p on p.identity = i.id and p.role in (0, 1)
             cross join commits c indexed by commits_fixes
             on c.id = p.commit_id and c.fixes = 1 and c.merge = 0 and c.repository = ?2
             where i.developer = ?1",
        )?;
        let mut rows: Vec<(i64, u32, i64)> = all
            .query_map((developer.0, of.id.0), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        rows.sort_unstable_by(|a, b| b.cmp(a));
        // Commits of one moment and generation are told apart by their ids: all of them are looked
        // at.
        let last = rows.get(most.saturating_sub(1)).map(|it| (it.0, it.1));
        let shown = rows.partition_point(|it| last.is_none_or(|last| (it.0, it.1) >= last));
        let mut one = self.sql().prepare_cached("select oid from commits where id = ?1")?;
        let mut found = Vec::new();
        for (at, generation, id) in &rows[..shown] {
            let oid = one.query_row([id], |row| super::blob(row, 0).map(Oid::from_bytes))?;
            let Some(oid) = oid else { continue };
            let place = Place { at: Timestamp(*at), generation: *generation, oid };
            found.push(Found { place, id: CommitId(*id) });
        }
        found.sort_unstable_by_key(|it| it.place);
        found.truncate(most);
        Ok((rows.into_iter().map(|it| Timestamp(it.0)).collect(), found))
    }

    /// A developer's weeks with commits, oldest first; the newest `most`.
    pub fn weeks_of(
        &self,
        of: &Allowed,
        developer: DeveloperId,
        most: u32,
    ) -> Result<Vec<DeveloperWeek>> {
        let mut all = self.sql().prepare_cached(
            "select week, commits, added, deleted from developer_weeks
             where repository = ?1 and developer = ?2 order by week desc limit ?3",
        )?;
        let mut rows: Vec<DeveloperWeek> = all
            .query_map((of.id.0, developer.0, most), |row| {
                Ok(DeveloperWeek {
                    week: row.get(0)?,
                    commits: row.get(1)?,
                    added: row.get(2)?,
                    deleted: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        rows.reverse();
        Ok(rows)
    }
}

const TOTALS: &str =
    "select developer, commits, merges, reviews, added, deleted, files, first_at, last_at
    from developer_totals where repository = ?1";

fn totals(row: &rusqlite::Row<'_>) -> rusqlite::Result<DeveloperTotals> {
    Ok(DeveloperTotals {
        developer: DeveloperId(row.get(0)?),
        commits: row.get(1)?,
        merges: row.get(2)?,
        reviews: row.get(3)?,
        added: row.get(4)?,
        deleted: row.get(5)?,
        files: row.get(6)?,
        first_at: Timestamp(row.get(7)?),
        last_at: Timestamp(row.get(8)?),
    })
}
