//! Records as far as their completeness is judged, over a stretch of time.

use super::{Found, Place};
use crate::{Allowed, Reader, Result};
use model::{CommitId, DeveloperId, Oid, Timestamp};

/// How many there are of what reports are about: with none of a kind, nothing of it can be judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Issues in memory.
    pub issues: u64,
    /// Issues of Jira's in memory.
    pub jira_issues: u64,
    /// Pull requests that GitHub tells of.
    pub pulls: u64,
    /// Reviews that GitHub tells of.
    pub reviews: u64,
    /// Known projects, from rules, trackers or messages.
    pub projects: u64,
    /// Whether any commit has a reviewer by a line of its message.
    pub reviewers: bool,
}

/// A commit.
#[derive(Clone, Debug)]
pub struct CommitState {
    /// Which.
    pub found: Found,
    /// The first line of its message; empty where it is linked or a merge.
    pub subject: String,
    /// More than one parent.
    pub merge: bool,
    /// Undoes another.
    pub reverts: bool,
    /// None of its authors is a person.
    pub bot: bool,
    /// Names an issue of a known project, or is linked to one.
    pub linked: bool,
}

/// A pull request that GitHub tells of.
#[derive(Clone, Debug)]
pub struct PullStanding {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its description.
    pub body: String,
    /// Closed without having been merged.
    pub abandoned: bool,
    /// Who made it.
    pub author: Option<DeveloperId>,
    /// Whether that is a program.
    pub bot: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it was merged.
    pub merged: Option<Timestamp>,
    /// Linked to an issue.
    pub linked: bool,
    /// Somebody but its author reviewed it.
    pub reviewed: bool,
    /// Somebody but its author approved it.
    pub approved: bool,
}

/// An issue.
#[derive(Clone, Debug)]
pub struct IssueState {
    /// Its key.
    pub key: String,
    /// Its title.
    pub summary: String,
    /// `Bug`, …
    pub kind: String,
    /// `Fixed`, …
    pub resolution: String,
    /// Who reported it.
    pub reporter: Option<DeveloperId>,
    /// When it was made, or done, whichever was asked.
    pub at: Timestamp,
    /// A commit or pull request is linked to it.
    pub linked: bool,
    /// It names a component.
    pub component: bool,
    /// It is GitHub's.
    pub github: bool,
}

/// A key that commits name.
#[derive(Clone, Debug)]
pub struct KeyState {
    /// The key, of the project that its prefix stands for.
    pub key: String,
    /// When it was last named.
    pub at: Timestamp,
    /// Whether an issue in memory has or had it.
    pub known: bool,
    /// The commit that named it last.
    pub commit: Found,
}

impl Reader<'_> {
    /// How much of what reports are about memory holds.
    pub fn imported(&self, of: &Allowed) -> Result<Imported> {
        let mut one = self.sql().prepare_cached(
            "select (select count(*) from issues where repository = ?1),
             (select count(*) from issues i join trackers t on t.id = i.tracker
              where i.repository = ?1 and t.kind = 'jira'),
             (select count(*) from pull_records r join pull_requests p on p.id = r.pull_request
              where p.repository = ?1),
             (select count(*) from reviews r join pull_requests p on p.id = r.pull_request
              where p.repository = ?1),
             (select count(*) from project_keys where repository = ?1),
             exists (select 1 from developer_totals where repository = ?1 and reviews > 0)",
        )?;
        Ok(one.query_row([of.id.0], |row| {
            Ok(Imported {
                issues: row.get(0)?,
                jira_issues: row.get(1)?,
                pulls: row.get(2)?,
                reviews: row.get(3)?,
                projects: row.get(4)?,
                reviewers: row.get(5)?,
            })
        })?)
    }

    /// Commits from `since` to `until`, both included, in no order that means anything.
    pub fn commit_states(
        &self,
        of: &Allowed,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<CommitState>> {
        let mut all = self.sql().prepare_cached(
            "select id, committed, generation, oid, merge, undoes, bot, linked,
             case when merge or linked then '' else
               (select message from commits c where c.id = s.id) end
             from (select c.id, c.committed, c.generation, c.oid, c.merge,
               c.reverts is not null as undoes,
               not exists (select 1 from commit_people p join identities i on i.id = p.identity
                 join developers d on d.id = i.developer
                 where p.commit_id = c.id and p.role = 0 and d.bot = 0) as bot,
               exists (select 1 from commit_issues l where l.commit_id = c.id)
               or exists (select 1 from issue_mentions m join project_keys k
                 on k.repository = ?1 and k.prefix = m.prefix where m.commit_id = c.id) as linked
               from commits c where c.repository = ?1 and c.committed between ?2 and ?3) s",
        )?;
        let mut rows = all.query((of.id.0, since.0, until.0))?;
        let mut states = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(oid) = Oid::from_bytes(super::blob(row, 3)?) else { continue };
            let place = Place { at: Timestamp(row.get(1)?), generation: row.get(2)?, oid };
            let message = row.get_ref(8)?.as_str().unwrap_or_default();
            states.push(CommitState {
                found: Found { place, id: CommitId(row.get(0)?) },
                subject: message.lines().next().unwrap_or_default().to_owned(),
                merge: row.get(4)?,
                reverts: row.get(5)?,
                bot: row.get(6)?,
                linked: row.get(7)?,
            });
        }
        Ok(states)
    }

    /// Pull requests that were made or merged from `since` to `until`, both included, by number.
    pub fn pull_standings(
        &self,
        of: &Allowed,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PullStanding>> {
        let mut all = self.sql().prepare_cached(
            "select p.number, r.title, r.body, r.state, a.developer, ifnull(d.bot, 0), r.created,
             r.merged, exists (select 1 from pr_issues l where l.pull_request = p.id),
             (select ifnull(max(1 + (v.verdict = 1)), 0) from reviews v
              left join identities i on i.id = v.reviewer
              left join developers w on w.id = i.developer
              where v.pull_request = p.id and i.developer is not a.developer
              and ifnull(w.bot, 0) = 0),
             exists (select 1 from pr_commits pc
              join commit_people cp on cp.commit_id = pc.commit_id and cp.role = 2 and cp.source = 0
              join identities i on i.id = cp.identity join developers w on w.id = i.developer
              where pc.pull_request = p.id and i.developer is not a.developer and w.bot = 0)
             from pull_requests p join pull_records r on r.pull_request = p.id
             left join identities a on a.id = r.author left join developers d on d.id = a.developer
             where p.repository = ?1
             and (r.created between ?2 and ?3 or r.merged between ?2 and ?3) order by p.number",
        )?;
        let pulls = all
            .query_map((of.id.0, since.0, until.0), |row| {
                let (said, named): (u8, bool) = (row.get(9)?, row.get(10)?);
                Ok(PullStanding {
                    number: row.get(0)?,
                    title: row.get(1)?,
                    body: row.get(2)?,
                    abandoned: row.get::<_, u8>(3)? == 1,
                    author: row.get::<_, Option<i64>>(4)?.map(DeveloperId),
                    bot: row.get(5)?,
                    created: Timestamp(row.get(6)?),
                    merged: row.get::<_, Option<i64>>(7)?.map(Timestamp),
                    linked: row.get(8)?,
                    reviewed: said > 0 || named,
                    approved: said > 1 || named,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(pulls)
    }

    /// Issues that were made, or where `done` is set are done and were done, from `since` to
    /// `until`, both included. The time of one that does not tell is when it last changed.
    pub fn issue_states(
        &self,
        of: &Allowed,
        since: Timestamp,
        until: Timestamp,
        done: bool,
    ) -> Result<Vec<IssueState>> {
        let at = if done { "ifnull(s.resolved, s.updated)" } else { "s.created" };
        let only = if done { "and s.category = 3" } else { "" };
        let mut all = self.sql().prepare_cached(&format!(
            "select s.key, s.summary, s.kind, s.resolution, i.developer, {at},
             exists (select 1 from commit_issues l where l.issue = s.id)
             or exists (select 1 from pr_issues l where l.issue = s.id),
             exists (select 1 from issue_names n where n.issue = s.id and n.kind = 0),
             t.kind = 'github'
             from issues s join trackers t on t.id = s.tracker
             left join identities i on i.id = s.reporter
             where s.repository = ?1 and {at} between ?2 and ?3 {only} order by s.key, s.id"
        ))?;
        let issues = all
            .query_map((of.id.0, since.0, until.0), |row| {
                Ok(IssueState {
                    key: row.get(0)?,
                    summary: row.get(1)?,
                    kind: row.get(2)?,
                    resolution: row.get(3)?,
                    reporter: row.get::<_, Option<i64>>(4)?.map(DeveloperId),
                    at: Timestamp(row.get(5)?),
                    linked: row.get(6)?,
                    component: row.get(7)?,
                    github: row.get(8)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(issues)
    }

    /// Keys that commits from `since` to `until`, both included, name, of projects that memory holds
    /// issues of, by key.
    pub fn key_states(
        &self,
        of: &Allowed,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<KeyState>> {
        let mut all = self.sql().prepare_cached(
            "select k.project || '-' || m.number, c.committed, c.generation, c.oid, c.id,
             exists (select 1 from issue_keys i where i.repository = ?1
               and i.key in (k.project || '-' || m.number, m.prefix || '-' || m.number))
             from commits c join issue_mentions m on m.commit_id = c.id
             join project_keys k on k.repository = ?1 and k.prefix = m.prefix
             where c.repository = ?1 and c.committed between ?2 and ?3
             and k.project in (select project from issues where repository = ?1)",
        )?;
        let mut rows = all.query((of.id.0, since.0, until.0))?;
        let mut keys: std::collections::BTreeMap<String, KeyState> = Default::default();
        while let Some(row) = rows.next()? {
            let Some(oid) = Oid::from_bytes(super::blob(row, 3)?) else { continue };
            let at = Timestamp(row.get(1)?);
            let place = Place { at, generation: row.get(2)?, oid };
            let commit = Found { place, id: CommitId(row.get(4)?) };
            let known: bool = row.get(5)?;
            let key: String = row.get(0)?;
            let state = keys.entry(key.clone()).or_insert(KeyState { key, at, known, commit });
            state.known |= known;
            if place < state.commit.place {
                (state.at, state.commit) = (at, commit);
            }
        }
        Ok(keys.into_values().collect())
    }

    /// Every living file with whether it has a component, by path; a path that reads like another
    /// stands for both.
    pub fn file_states(&self, of: &Allowed) -> Result<Vec<(String, bool)>> {
        let mut all = self.sql().prepare_cached(
            "select path, min(component is not null) from files
             where repository = ?1 and alive = 1 group by path order by path",
        )?;
        let files = all
            .query_map([of.id.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(files)
    }
}
