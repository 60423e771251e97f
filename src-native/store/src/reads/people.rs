//! People: found by what others call them, with their totals and their spellings.

use crate::{Allowed, Reader, Result};
use model::{DeveloperId, IdentityId, Timestamp, fold};
use rusqlite::OptionalExtension;

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

    /// Every spelling of a person, most commits first, with the reasons why it is theirs.
    pub fn identities_of(&self, _of: &Allowed, developer: DeveloperId) -> Result<Vec<IdentityRow>> {
        let mut all = self.sql().prepare_cached(
            "select i.id, i.kind, i.name, i.mail,
             (select count(*) from commit_people p where p.identity = i.id and p.role = 0)
             + (select count(*) from commit_people p where p.identity = i.id and p.role = 1)
             from identities i where i.developer = ?1",
        )?;
        let mut reasons = self.sql().prepare_cached(
            "select rule || ': ' || detail from identity_edges where a = ?1 or b = ?1 order by 1",
        )?;
        let mut rows = all.query([developer.0])?;
        let mut identities = Vec::new();
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            identities.push(IdentityRow {
                id: IdentityId(id),
                login: row.get::<_, u8>(1)? == 1,
                name: row.get(2)?,
                mail: row.get(3)?,
                commits: row.get(4)?,
                reasons: reasons
                    .query_map([id], |row| row.get(0))?
                    .collect::<rusqlite::Result<_>>()?,
            });
        }
        identities.sort_by(|a, b| {
            b.commits.cmp(&a.commits).then_with(|| (&a.name, &a.mail).cmp(&(&b.name, &b.mail)))
        });
        Ok(identities)
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
