//! Identities as written, the developers that rules make of them, and what people decided.

use super::{bytes_of, reconcile};
use crate::{Result, Writer};
use model::{Bytes, DeveloperId, IdentityId, RepositoryId, Timestamp};
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What tells of an identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityKind {
    /// A name and a mail in Git.
    #[default]
    Git,
    /// A login in a message.
    Login,
    /// An account of a tracker.
    Account,
}

/// One spelling of a name and a mail, a login, or an account as a tracker once told of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// What tells of it.
    pub kind: IdentityKind,
    /// The name; a login's own writing; what an account is displayed as.
    pub name: Bytes,
    /// The mail.
    pub mail: Bytes,
    /// Whose account it is: `github.com`, a Jira site; empty for the other kinds, as all below.
    pub site: String,
    /// What never changes of an account.
    pub account: String,
    /// What people type for it.
    pub login: String,
    /// GitHub's number of the account; 0 where unknown.
    pub number: u64,
    /// The tracker says it is closed.
    pub closed: bool,
    /// The tracker says it is a program.
    pub program: bool,
}

impl Identity {
    /// A login that a message names.
    pub fn of_login(login: &str) -> Identity {
        Identity { kind: IdentityKind::Login, name: login.into(), ..Identity::default() }
    }
}

/// A developer as the rules made them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Developer {
    /// What scripts call them; distinct.
    pub key: String,
    /// What people call them.
    pub name: String,
    /// Why they are taken for a bot; `None` for people.
    pub bot: Option<String>,
}

/// Why two identities are one developer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The one with the lower row.
    pub a: IdentityId,
    /// The other.
    pub b: IdentityId,
    /// The rule's name.
    pub rule: &'static str,
    /// The sentence for people.
    pub detail: String,
    /// How sure the rule is: `certain`, `strong`, `likely`.
    pub confidence: &'static str,
}

/// What the rules made of all identities.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// The developers, in order of key.
    pub developers: Vec<Developer>,
    /// Every identity with its developer, as an index into `developers`.
    pub of: Vec<(IdentityId, usize)>,
    /// Why.
    pub edges: Vec<Edge>,
}

/// What somebody decided about two identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EditAction {
    /// They are one person.
    Merge,
    /// The first is not the second's person.
    Split,
    /// They are two people, and no rule may join them.
    Apart,
}

/// A decision, kept for good and undone by a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Its row: later decisions have higher ones.
    pub id: i64,
    /// What was decided.
    pub action: EditAction,
    /// The first identity.
    pub a: IdentityId,
    /// The second.
    pub b: IdentityId,
}

/// Every identity's developer and whether that is a bot.
pub type WhoIsWho = HashMap<IdentityId, (DeveloperId, bool)>;

/// How many commits an identity wrote that came in through pull requests of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginEvidence {
    /// The login, as written.
    pub login: String,
    /// Who wrote the commits.
    pub identity: IdentityId,
    /// How many pull requests of that login they wrote commits for.
    pub pulls: u64,
}

/// Work that an account and a name in Git have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedWork {
    /// The account.
    pub account: IdentityId,
    /// The name and mail in Git.
    pub identity: IdentityId,
    /// How many commits or issues.
    pub count: u64,
}

impl Writer<'_> {
    /// Whose commits GitHub takes for an account's: those with this name and mail.
    pub fn commits_of_accounts(&self) -> Result<Vec<SharedWork>> {
        self.shared_work(
            "select l.author, i.id, count(distinct l.oid) from pull_commits l
             join identities i on i.kind = 0 and i.name = l.author_name and i.mail = l.author_mail
             where l.author is not null group by 1, 2 order by 1, 2",
        )
    }

    /// Who wrote commits of issues that an account was to do, and of how many.
    pub fn issues_of_accounts(&self) -> Result<Vec<SharedWork>> {
        self.shared_work(
            "select i.assignee, c.author, count(distinct i.id) from issues i
             cross join commit_issues l on l.issue = i.id and l.direct = 1
             cross join commits c on c.id = l.commit_id
             where i.assignee is not null and c.merge = 0 group by 1, 2 order by 1, 2",
        )
    }

    fn shared_work(&self, query: &str) -> Result<Vec<SharedWork>> {
        let mut all = self.sql().prepare_cached(query)?;
        let rows = all.query_map([], |row| {
            Ok(SharedWork {
                account: IdentityId(row.get(0)?),
                identity: IdentityId(row.get(1)?),
                count: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The repositories that each identity wrote commits of: as Git has it, and as GitHub says of
    /// accounts. Empty where no account is known: nobody asks then.
    pub fn places_of_people(&self) -> Result<HashMap<IdentityId, BTreeSet<RepositoryId>>> {
        let mut places: HashMap<IdentityId, BTreeSet<RepositoryId>> = HashMap::new();
        let any: bool =
            self.sql().query_row("select exists (select 1 from trackers)", [], |row| row.get(0))?;
        if !any {
            return Ok(places);
        }
        for query in [
            "select distinct author, repository from commits where merge = 0",
            "select distinct l.author, p.repository from pull_commits l
             cross join pull_requests p on p.id = l.pull_request
             cross join commits c on c.repository = p.repository and c.oid = l.oid
             where l.author is not null",
        ] {
            let mut all = self.sql().prepare_cached(query)?;
            let mut rows = all.query([])?;
            while let Some(row) = rows.next()? {
                let of = places.entry(IdentityId(row.get(0)?)).or_default();
                of.insert(RepositoryId(row.get(1)?));
            }
        }
        Ok(places)
    }

    /// Every identity with its row, in order of row.
    pub fn identities(&self) -> Result<Vec<(IdentityId, Identity)>> {
        let mut all = self.sql().prepare_cached(
            "select id, kind, name, mail, raw, site, account, login, number, closed, program
                 from identities order by id",
        )?;
        let rows = all
            .query_map([], |row| {
                let raw: Option<Vec<u8>> = row.get(4)?;
                let (name_raw, mail_raw) = match raw {
                    Some(raw) => {
                        let cut = raw.iter().position(|it| *it == 0).unwrap_or(raw.len());
                        let mail = raw.get(cut + 1..).unwrap_or_default().to_vec();
                        (Some(raw[..cut].to_vec()), Some(mail))
                    }
                    None => (None, None),
                };
                let identity = Identity {
                    kind: match row.get::<_, i64>(1)? {
                        0 => IdentityKind::Git,
                        1 => IdentityKind::Login,
                        _ => IdentityKind::Account,
                    },
                    name: bytes_of(row.get(2)?, name_raw),
                    mail: bytes_of(row.get(3)?, mail_raw),
                    site: row.get(5)?,
                    account: row.get(6)?,
                    login: row.get(7)?,
                    number: row.get(8)?,
                    closed: row.get(9)?,
                    program: row.get(10)?,
                };
                Ok((IdentityId(row.get(0)?), identity))
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Adds an identity that nobody has resolved yet. A NUL cannot be in a name or mail of Git's.
    pub fn add_identity(&self, identity: &Identity) -> Result<IdentityId> {
        let raw = (!identity.name.is_text() || !identity.mail.is_text())
            .then(|| [&identity.name.0[..], b"\0", &identity.mail.0].concat());
        self.sql()
            .prepare_cached(
                "insert into identities (kind, name, mail, raw, site, account, login, number, \
                 closed, program, developer)
                 values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0)",
            )?
            .execute(params![
                identity.kind as i64,
                identity.name.text(),
                identity.mail.text(),
                raw,
                identity.site,
                identity.account,
                identity.login,
                identity.number,
                identity.closed,
                identity.program
            ])?;
        Ok(IdentityId(self.sql().last_insert_rowid()))
    }

    /// Drops identities that no commit, no pull request and no decision names.
    pub fn drop_unnamed_identities(&self) -> Result<usize> {
        let dropped = self.sql().execute(
            "delete from identities where
             not exists (select 1 from commit_people p where p.identity = identities.id)
             and id not in (select author from commits union select committer from commits)
             and id not in (select a from identity_edits union select b from identity_edits)
             and not (kind = 1 and
             name in (select login from pull_requests where login is not null))
             and not (kind = 2 and id in (
             select reporter from issues where reporter is not null
             union select assignee from issues where assignee is not null
             union select author from issue_changes where author is not null
             union select author from comments where author is not null
             union select author from pull_records where author is not null
             union select merged_by from pull_records where merged_by is not null
             union select identity from pull_people
             union select author from pull_commits where author is not null
             union select reviewer from reviews where reviewer is not null
             union select author from review_comments where author is not null
             union select actor from pull_moments where actor is not null
             union select about from pull_moments where about is not null
             union select author from release_notes where author is not null
             union select lead from projects where lead is not null))",
            [],
        )?;
        Ok(dropped)
    }

    /// How often each identity is credited, over all repositories; those never credited are left
    /// out.
    pub fn identity_uses(&self) -> Result<HashMap<IdentityId, u64>> {
        let mut all = self
            .sql()
            .prepare_cached("select identity, count(*) from commit_people group by identity")?;
        let rows = all
            .query_map([], |row| Ok((IdentityId(row.get(0)?), row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Who wrote what came in through whose pull requests, over all repositories.
    pub fn login_evidence(&self) -> Result<Vec<LoginEvidence>> {
        // Counted here: SQLite would sort all rows to group them.
        let mut all = self.sql().prepare_cached(
            "select pr.id, pr.login, c.author from pull_requests pr
             cross join pr_commits pc on pc.pull_request = pr.id
             cross join commits c on c.id = pc.commit_id
             where pr.login is not null and c.merge = 0",
        )?;
        let mut rows = all.query([])?;
        let mut pulls: HashSet<(i64, i64)> = HashSet::new();
        let mut counts: BTreeMap<(String, IdentityId), u64> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let author: i64 = row.get(2)?;
            if pulls.insert((row.get(0)?, author)) {
                *counts.entry((row.get(1)?, IdentityId(author))).or_default() += 1;
            }
        }
        let evidence = counts.into_iter().map(|((login, identity), pulls)| LoginEvidence {
            login,
            identity,
            pulls,
        });
        Ok(evidence.collect())
    }

    /// Decisions that stand, oldest first.
    pub fn identity_edits(&self) -> Result<Vec<Edit>> {
        let mut all = self.sql().prepare_cached(
            "select id, action, a, b from identity_edits where undone = 0 order by id",
        )?;
        let rows = all
            .query_map([], |row| {
                let action = match row.get_ref(1)?.as_str()? {
                    "merge" => EditAction::Merge,
                    "apart" => EditAction::Apart,
                    _ => EditAction::Split,
                };
                Ok(Edit {
                    id: row.get(0)?,
                    action,
                    a: IdentityId(row.get(2)?),
                    b: IdentityId(row.get(3)?),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Keeps a decision and returns its number.
    pub fn add_identity_edit(
        &self,
        action: EditAction,
        a: IdentityId,
        b: IdentityId,
        at: Timestamp,
    ) -> Result<i64> {
        let action = match action {
            EditAction::Merge => "merge",
            EditAction::Split => "split",
            EditAction::Apart => "apart",
        };
        self.sql().execute(
            "insert into identity_edits (action, a, b, at) values (?1, ?2, ?3, ?4)",
            params![action, a.0, b.0, at.0],
        )?;
        Ok(self.sql().last_insert_rowid())
    }

    /// Marks a decision as undone; false where there is none of that number that stands.
    pub fn undo_identity_edit(&self, edit: i64) -> Result<bool> {
        let undone = self
            .sql()
            .execute("update identity_edits set undone = 1 where id = ?1 and undone = 0", [edit])?;
        Ok(undone == 1)
    }

    /// Writes what the rules made of the identities: only rows that differ. Returns whether
    /// somebody's commits now count for somebody else, so that other repositories' rollups must
    /// follow, and every identity's developer with their being a bot.
    pub fn set_resolved(&self, resolved: &Resolved) -> Result<(bool, WhoIsWho)> {
        let sql = self.sql();
        let mut moved = false;
        let mut all =
            sql.prepare_cached("select key, id, name, bot, bot_reason from developers")?;
        let known: HashMap<String, (i64, String, bool, String)> = all
            .query_map([], |row| {
                Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut put = sql.prepare_cached(
            "insert into developers (key, name, bot, bot_reason) values (?1, ?2, ?3, ?4)
             on conflict (key) do update set name = excluded.name, bot = excluded.bot,
             bot_reason = excluded.bot_reason",
        )?;
        let mut ids = Vec::with_capacity(resolved.developers.len());
        for developer in &resolved.developers {
            let bot = developer.bot.is_some();
            let reason = developer.bot.as_deref().unwrap_or_default();
            let id = match known.get(&developer.key) {
                Some((id, name, was_bot, was_reason)) => {
                    moved |= *was_bot != bot;
                    if *name != developer.name || *was_bot != bot || was_reason != reason {
                        put.execute(params![developer.key, developer.name, bot, reason])?;
                    }
                    *id
                }
                None => {
                    put.execute(params![developer.key, developer.name, bot, reason])?;
                    sql.last_insert_rowid()
                }
            };
            ids.push((DeveloperId(id), bot));
        }
        let mut were = sql.prepare_cached("select id, developer from identities")?;
        let were: HashMap<IdentityId, i64> = were
            .query_map([], |row| Ok((IdentityId(row.get(0)?), row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut belong =
            sql.prepare_cached("update identities set developer = ?2 where id = ?1")?;
        let mut of = HashMap::with_capacity(resolved.of.len());
        for (identity, developer) in &resolved.of {
            let id = ids[*developer].0.0;
            let was = were.get(identity).copied().unwrap_or_default();
            if was != id {
                moved |= was != 0;
                belong.execute(params![identity.0, id])?;
            }
            of.insert(*identity, ids[*developer]);
        }
        let kept: HashSet<&str> = resolved.developers.iter().map(|it| it.key.as_str()).collect();
        let mut drop = sql.prepare_cached("delete from developers where id = ?1")?;
        for (_, (id, ..)) in known.iter().filter(|(key, _)| !kept.contains(key.as_str())) {
            drop.execute([id])?;
        }
        self.set_edges(&resolved.edges)?;
        Ok((moved, of))
    }

    /// Counts the commits credited to each spelling again.
    pub fn set_identity_totals(&self) -> Result<()> {
        self.sql().execute_batch(
            "delete from identity_totals;
             insert into identity_totals select identity, count(*) from commit_people
             where role in (0, 1) group by identity;",
        )?;
        Ok(())
    }

    fn set_edges(&self, edges: &[Edge]) -> Result<()> {
        type Row = (i64, i64, String, String, String);
        let sql = self.sql();
        let mut all =
            sql.prepare_cached("select a, b, rule, detail, confidence from identity_edges")?;
        let mut old: Vec<Row> = all
            .query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut new: Vec<Row> = edges
            .iter()
            .map(|it| {
                let (rule, confidence) = (it.rule.to_owned(), it.confidence.to_owned());
                (it.a.0, it.b.0, rule, it.detail.clone(), confidence)
            })
            .collect();
        old.sort_unstable();
        new.sort_unstable();
        new.dedup_by(|x, y| (x.0, x.1, &x.2) == (y.0, y.1, &y.2));
        let mut put = sql
            .prepare_cached("insert or replace into identity_edges values (?1, ?2, ?3, ?4, ?5)")?;
        let mut drop =
            sql.prepare_cached("delete from identity_edges where a = ?1 and b = ?2 and rule = ?3")?;
        reconcile(
            &old,
            &new,
            |row| (row.0, row.1, row.2.clone()),
            |row| drop.execute(params![row.0, row.1, row.2]).map(drop_count).map_err(Into::into),
            |row| {
                let row = params![row.0, row.1, row.2, row.3, row.4];
                put.execute(row).map(drop_count).map_err(Into::into)
            },
        )?;
        Ok(())
    }

    /// The repositories that have been read, but for one.
    pub fn other_repositories(&self, than: RepositoryId) -> Result<Vec<RepositoryId>> {
        let mut all = self.sql().prepare_cached(
            "select id from repositories where id <> ?1 and head is not null order by id",
        )?;
        let rows = all
            .query_map([than.0], |row| row.get(0).map(RepositoryId))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }
}

fn drop_count(_: usize) {}
