//! Who is whom, over all repositories at once: an identity is not of one repository.

use super::people::{IdentityRow, PersonRow};
use crate::writes::IdentityKind;
use crate::{Reader, Result, Viewer};
use model::{DeveloperId, IdentityId, Timestamp};
use rusqlite::OptionalExtension;

/// What somebody decided about two identities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditRow {
    /// Its number.
    pub id: i64,
    /// Whether it says that they are one person; else that they are not.
    pub merge: bool,
    /// One identity.
    pub a: IdentityRow,
    /// The other.
    pub b: IdentityRow,
    /// When.
    pub at: Timestamp,
    /// Whether it has been taken back.
    pub undone: bool,
}

/// Whether the developer `d` is no person but the owner of a repository: a login that only the names of
/// branches tell of, that nobody is credited under, and that a repository or a tracker is called after,
/// or under which GitHub says that others made the pull requests.
pub(super) const OWNER_ONLY: &str = "(not exists
    (select 1 from identities i where i.developer = d.id and i.kind <> 1)
    and not exists (select 1 from identities i join commit_people p on p.identity = i.id
      where i.developer = d.id)
    and exists (select 1 from identities i where i.developer = d.id and (
      exists (select 1 from repositories r where instr(lower(r.name), lower(i.name) || '/') = 1)
      or exists (select 1 from trackers t where instr(lower(t.name), '/' || lower(i.name) || '/') > 0)
      or exists (select 1 from pull_requests p join pull_records r on r.pull_request = p.id
        where lower(p.login) = lower(i.name))
      and not exists (select 1 from pull_requests p join pull_records r on r.pull_request = p.id
        join identities a on a.id = r.author
        where lower(p.login) = lower(i.name) and lower(a.login) = lower(i.name)))))";

impl Reader<'_> {
    /// People whose key, name or spellings hold `query`, by key, those after `after` and at most `limit`;
    /// each with every spelling, most commits first. Owners of repositories who did nothing are none.
    pub fn identified(
        &self,
        viewer: &Viewer,
        query: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(PersonRow, Vec<IdentityRow>)>> {
        let Viewer::Owner = viewer;
        let mut all = self.sql().prepare_cached(&format!(
            "select d.id, d.key, d.name, d.bot, d.bot_reason from developers d
             where d.key > ?2 and (?1 = '' or instr(lower(d.key), ?1) or instr(lower(d.name), ?1)
                or exists (select 1 from identities i where i.developer = d.id
                           and (instr(lower(i.name), ?1) or instr(lower(i.mail), ?1)
                           or instr(lower(i.login), ?1))))
             and not {OWNER_ONLY} order by d.key limit ?3"
        ))?;
        let people: Vec<PersonRow> = all
            .query_map((query.trim().to_lowercase(), after, limit as i64), |row| {
                Ok(PersonRow {
                    id: DeveloperId(row.get(0)?),
                    key: row.get(1)?,
                    name: row.get(2)?,
                    bot: row.get(3)?,
                    bot_reason: row.get(4)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        people
            .into_iter()
            .map(|person| {
                let spellings = self.spellings_of(viewer, person.id)?;
                Ok((person, spellings))
            })
            .collect()
    }

    /// The person of that key.
    pub fn developer_keyed(&self, viewer: &Viewer, key: &str) -> Result<Option<DeveloperId>> {
        let Viewer::Owner = viewer;
        let mut one = self.sql().prepare_cached("select id from developers where key = ?1")?;
        Ok(one.query_row([key], |row| row.get(0).map(DeveloperId)).optional()?)
    }

    /// The person an identity belongs to.
    pub fn developer_of(&self, viewer: &Viewer, identity: IdentityId) -> Result<Option<PersonRow>> {
        let Viewer::Owner = viewer;
        let mut one = self.sql().prepare_cached(
            "select d.id, d.key, d.name, d.bot, d.bot_reason from developers d
             join identities i on i.developer = d.id where i.id = ?1",
        )?;
        let found = one.query_row([identity.0], |row| {
            Ok(PersonRow {
                id: DeveloperId(row.get(0)?),
                key: row.get(1)?,
                name: row.get(2)?,
                bot: row.get(3)?,
                bot_reason: row.get(4)?,
            })
        });
        Ok(found.optional()?)
    }

    /// Every spelling of a person, most commits first, with the reasons why it is theirs.
    pub fn spellings_of(&self, viewer: &Viewer, person: DeveloperId) -> Result<Vec<IdentityRow>> {
        let Viewer::Owner = viewer;
        let mut ids =
            self.sql().prepare_cached("select id from identities where developer = ?1")?;
        let ids: Vec<i64> =
            ids.query_map([person.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut spellings =
            ids.into_iter().map(|it| self.spelling(IdentityId(it))).collect::<Result<Vec<_>>>()?;
        spellings.sort_by(|a, b| {
            b.commits.cmp(&a.commits).then_with(|| (&a.name, &a.mail).cmp(&(&b.name, &b.mail)))
        });
        Ok(spellings)
    }

    /// The identity written that way: a name with a mail, a login, an account with its site.
    pub fn identity_written(
        &self,
        viewer: &Viewer,
        kind: IdentityKind,
        (name, mail): (&str, &str),
    ) -> Result<Option<IdentityId>> {
        let Viewer::Owner = viewer;
        let mut one = self.sql().prepare_cached(match kind {
            IdentityKind::Account => {
                "select id from identities where kind = ?1 and account = ?2 and site = ?3
                 order by name, mail, id"
            }
            _ => {
                "select id from identities where kind = ?1 and name = ?2 and mail = ?3 order by id"
            }
        })?;
        let found = one.query_row((kind as u8, name, mail), |row| row.get(0).map(IdentityId));
        Ok(found.optional()?)
    }

    /// What people decided, newest first.
    pub fn edits(&self, viewer: &Viewer) -> Result<Vec<EditRow>> {
        let Viewer::Owner = viewer;
        let mut all = self.sql().prepare_cached(
            "select id, action, a, b, at, undone from identity_edits order by id desc",
        )?;
        let mut rows = all.query([])?;
        let mut edits = Vec::new();
        while let Some(row) = rows.next()? {
            edits.push(EditRow {
                id: row.get(0)?,
                merge: row.get_ref(1)?.as_str().is_ok_and(|it| it == "merge"),
                a: self.spelling(IdentityId(row.get(2)?))?,
                b: self.spelling(IdentityId(row.get(3)?))?,
                at: Timestamp(row.get(4)?),
                undone: row.get(5)?,
            });
        }
        Ok(edits)
    }

    fn spelling(&self, id: IdentityId) -> Result<IdentityRow> {
        let mut one = self.sql().prepare_cached(
            "select i.kind, i.name, i.mail, i.site, i.account, i.login, i.closed,
                ifnull((select t.commits from identity_totals t where t.identity = i.id), 0)
             from identities i where i.id = ?1",
        )?;
        let mut reasons = self.sql().prepare_cached(
            "select distinct rule || ': ' || detail from identity_edges where a = ?1 or b = ?1 order by 1",
        )?;
        let reasons =
            reasons.query_map([id.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let mut confidence = self.sql().prepare_cached(
            "select confidence from identity_edges where a = ?1 or b = ?1
             order by confidence = 'likely', confidence = 'strong' limit 1",
        )?;
        let confidence: Option<String> =
            confidence.query_row([id.0], |row| row.get(0)).optional()?;
        let confidence = confidence.unwrap_or_default();
        Ok(one.query_row([id.0], |row| {
            Ok(IdentityRow {
                id,
                kind: match row.get::<_, u8>(0)? {
                    0 => IdentityKind::Git,
                    1 => IdentityKind::Login,
                    _ => IdentityKind::Account,
                },
                name: row.get(1)?,
                mail: row.get(2)?,
                site: row.get(3)?,
                account: row.get(4)?,
                login: row.get(5)?,
                closed: row.get(6)?,
                commits: row.get(7)?,
                reasons,
                confidence,
            })
        })?)
    }
}
