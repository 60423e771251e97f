//! People: found by what others call them, with their totals and their spellings.

use super::identities::OWNER_ONLY;
use super::{FileTouch, Found, Scope};
use crate::writes::IdentityKind;
use crate::{Allowed, Reader, Result};
use model::{DeveloperId, IdentityId, Timestamp, fold};
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
    /// Commits that fix a defect.
    pub fixes: u32,
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
    /// Commits that fix a defect.
    pub fixes: u32,
}

/// A spelling of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    /// Its row.
    pub id: IdentityId,
    /// What tells of it.
    pub kind: IdentityKind,
    /// The name, or the login.
    pub name: String,
    /// The mail.
    pub mail: String,
    /// Whose account it is; empty where it is none, as the two below.
    pub site: String,
    /// What never changes of the account.
    pub account: String,
    /// What people type for the account.
    pub login: String,
    /// Whether the account is closed.
    pub closed: bool,
    /// Commits of this repository credited to this spelling.
    pub commits: u32,
    /// Why it is this person's, by rule and sentence.
    pub reasons: Vec<String>,
    /// How sure the surest of these rules is: `certain`, `strong`, `likely`; empty without one.
    pub confidence: String,
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

    /// The rows of a developer's spellings.
    pub(super) fn identities_of(&self, developer: DeveloperId) -> Result<Vec<i64>> {
        let mut all =
            self.sql().prepare_cached("select id from identities where developer = ?1")?;
        let ids =
            all.query_map([developer.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(ids)
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
        let is_person = format!("{COLUMNS} where d.id = ?1 and not {OWNER_ONLY}");
        let mut by_id = self.sql().prepare_cached(&is_person)?;
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
    /// touches in `scope`, or of all of them. Reviews, fixes and files are not counted.
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
                    fixes: 0,
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

    /// The newest weeks in which a developer fixed defects, merges left out, newest first, at most
    /// `most`: the week and how many.
    pub fn fix_weeks_of(
        &self,
        of: &Allowed,
        developer: DeveloperId,
        most: usize,
    ) -> Result<Vec<(i64, u32)>> {
        let mut all = self.sql().prepare_cached(
            "select week, fixes from developer_weeks
             where repository = ?1 and developer = ?2 and fixes > 0 order by week desc limit ?3",
        )?;
        let weeks = all
            .query_map((of.id.0, developer.0, most as i64), |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(weeks)
    }

    /// A developer's weeks with commits, oldest first; the newest `most`.
    pub fn weeks_of(
        &self,
        of: &Allowed,
        developer: DeveloperId,
        most: u32,
    ) -> Result<Vec<DeveloperWeek>> {
        let mut all = self.sql().prepare_cached(
            "select week, commits, added, deleted, fixes from developer_weeks
             where repository = ?1 and developer = ?2 order by week desc limit ?3",
        )?;
        let mut rows: Vec<DeveloperWeek> = all
            .query_map((of.id.0, developer.0, most), |row| {
                Ok(DeveloperWeek {
                    week: row.get(0)?,
                    commits: row.get(1)?,
                    added: row.get(2)?,
                    deleted: row.get(3)?,
                    fixes: row.get(4)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        rows.reverse();
        Ok(rows)
    }
}

const TOTALS: &str =
    "select developer, commits, merges, reviews, fixes, added, deleted, files, first_at, last_at
    from developer_totals where repository = ?1";

fn totals(row: &rusqlite::Row<'_>) -> rusqlite::Result<DeveloperTotals> {
    Ok(DeveloperTotals {
        developer: DeveloperId(row.get(0)?),
        commits: row.get(1)?,
        merges: row.get(2)?,
        reviews: row.get(3)?,
        fixes: row.get(4)?,
        added: row.get(5)?,
        deleted: row.get(6)?,
        files: row.get(7)?,
        first_at: Timestamp(row.get(8)?),
        last_at: Timestamp(row.get(9)?),
    })
}
