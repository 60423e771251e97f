//! Issues as trackers tell them, and which commits and pull requests belong to them.

use super::{Found, Place};
use crate::{Allowed, Reader, Result};
use model::{CommitId, DeveloperId, IssueId, Oid, StatusCategory, Timestamp};
use rusqlite::OptionalExtension;
use rusqlite::types::Value;

/// An issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueRow {
    /// Its row.
    pub id: IssueId,
    /// `PROJ-1247`, `#12`.
    pub key: String,
    /// Its title.
    pub summary: String,
    /// `Bug`, `Story`, …
    pub kind: String,
    /// Whether its kind or a label says that it is a defect.
    pub bug: bool,
    /// As the tracker calls it.
    pub status: String,
    /// How far that is.
    pub category: StatusCategory,
    /// Its priority.
    pub priority: String,
    /// Its resolution.
    pub resolution: String,
    /// Who reported it.
    pub reporter: Option<DeveloperId>,
    /// Who is to do it.
    pub assignee: Option<DeveloperId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it was resolved.
    pub resolved: Option<Timestamp>,
    /// Where people read it.
    pub url: String,
    /// The tracker's name.
    pub tracker: String,
}

/// An issue of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueName {
    /// Its key.
    pub key: String,
    /// Its row, where a record answers to the key.
    pub id: Option<IssueId>,
    /// Its title; the key again where no record does.
    pub title: String,
    /// The words that say so; empty where only the message names the key.
    pub told_by: String,
}

/// A commit of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueCommit {
    /// The commit.
    pub found: Found,
    /// The words that say so.
    pub told_by: String,
    /// Whether the commit or the issue says so itself.
    pub direct: bool,
}

/// A link between an issue and a pull request, seen from one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullIssue {
    /// The pull request's number.
    pub number: u64,
    /// The issue's row.
    pub issue: IssueId,
    /// The words that say so.
    pub told_by: String,
    /// Whether it says that it closes, fixes or resolves the issue.
    pub closes: bool,
}

/// A field of an issue changing its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub author: Option<DeveloperId>,
    /// Which field.
    pub field: String,
    /// What it was.
    pub old: String,
    /// What it became.
    pub new: String,
}

/// An issue that commits may belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssueAsked {
    /// One that a tracker tells of.
    Known(IssueId),
    /// One that only messages name: the prefixes of its project, and its number.
    Named(Vec<String>, u32),
}

/// Which issues are asked for; the default asks for all.
#[derive(Clone, Debug, Default)]
pub struct IssueFilter {
    /// How far they are.
    pub category: Option<StatusCategory>,
    /// Not done; or done.
    pub open: Option<bool>,
    /// Open at this time.
    pub open_at: Option<Timestamp>,
    /// Kind, case aside.
    pub kind: Option<String>,
    /// Tells of a defect, or does not.
    pub bug: Option<bool>,
    /// Component of the tracker, case aside.
    pub component: Option<String>,
    /// Label, case aside.
    pub label: Option<String>,
    /// Who reported it.
    pub reporter: Option<DeveloperId>,
    /// Who is to do it.
    pub assignee: Option<DeveloperId>,
    /// What its words must match, as people type it.
    pub text: Option<String>,
    /// Has a commit or a pull request, or has none.
    pub linked: Option<bool>,
    /// One of these.
    pub among: Option<Vec<IssueId>>,
    /// Made at or after.
    pub since: Option<Timestamp>,
    /// Made at or before.
    pub until: Option<Timestamp>,
}

/// Where an issue stands in a list: by time, key and tracker, all falling.
pub type IssuePlace = (Timestamp, String, String);

const COLUMNS: &str = "select i.id, i.key, i.summary, i.kind, i.bug, i.status, i.category,
    i.priority, i.resolution, r.developer, a.developer, i.created, i.updated, i.resolved, i.url,
    t.name from issues i join trackers t on t.id = i.tracker
    left join identities r on r.id = i.reporter left join identities a on a.id = i.assignee";

fn issue(row: &rusqlite::Row<'_>) -> rusqlite::Result<IssueRow> {
    Ok(IssueRow {
        id: IssueId(row.get(0)?),
        key: row.get(1)?,
        summary: row.get(2)?,
        kind: row.get(3)?,
        bug: row.get(4)?,
        status: row.get(5)?,
        category: match row.get(6)? {
            1u8 => StatusCategory::ToDo,
            2 => StatusCategory::InProgress,
            3 => StatusCategory::Done,
            _ => StatusCategory::Unknown,
        },
        priority: row.get(7)?,
        resolution: row.get(8)?,
        reporter: row.get::<_, Option<i64>>(9)?.map(DeveloperId),
        assignee: row.get::<_, Option<i64>>(10)?.map(DeveloperId),
        created: Timestamp(row.get(11)?),
        updated: Timestamp(row.get(12)?),
        resolved: row.get::<_, Option<i64>>(13)?.map(Timestamp),
        url: row.get(14)?,
        tracker: row.get(15)?,
    })
}

/// A list of rows as SQL takes it.
pub(super) fn listed(ids: impl Iterator<Item = i64>) -> Value {
    Value::Text(format!("[{}]", ids.map(|it| it.to_string()).collect::<Vec<_>>().join(",")))
}

impl Reader<'_> {
    /// Whether trackers have told of any issue, and of any pull request, of this repository.
    pub fn is_told(&self, of: &Allowed) -> Result<(bool, bool)> {
        let mut one = self.sql().prepare_cached(
            "select exists (select 1 from issues where repository = ?1),
             exists (select 1 from pull_records r
             cross join pull_requests pr on pr.id = r.pull_request where pr.repository = ?1)",
        )?;
        Ok(one.query_row([of.id.0], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// The issue that has or had this very key; of several, the one that has it now.
    pub fn issue_keyed(&self, of: &Allowed, key: &str) -> Result<Option<IssueRow>> {
        let mut one = self.sql().prepare_cached(&format!(
            "{COLUMNS} where i.id in (select issue from issue_keys where repository = ?1 and key = ?2)
             order by i.key <> ?2, t.name, i.subject limit 1"
        ))?;
        Ok(one.query_row((of.id.0, key), issue).optional()?)
    }

    /// An issue by its row.
    pub fn issue_of(&self, of: &Allowed, id: IssueId) -> Result<Option<IssueRow>> {
        let mut one = self
            .sql()
            .prepare_cached(&format!("{COLUMNS} where i.id = ?1 and i.repository = ?2"))?;
        Ok(one.query_row((id.0, of.id.0), issue).optional()?)
    }

    /// An issue's description.
    pub fn issue_body(&self, _of: &Allowed, id: IssueId) -> Result<String> {
        let mut one = self.sql().prepare_cached("select body from issues where id = ?1")?;
        Ok(one.query_row([id.0], |row| row.get(0))?)
    }

    /// Names of an issue by kind: 0 component, 1 label, 2 fixed in version, 3 seen in version, 4 sprint.
    pub fn issue_names(&self, _of: &Allowed, id: IssueId) -> Result<Vec<(u8, String)>> {
        self.pairs("select kind, name from issue_names where issue = ?1 order by 1, 2", id.0)
    }

    /// Every other field of an issue, by name.
    pub fn issue_fields(&self, _of: &Allowed, id: IssueId) -> Result<Vec<(String, String)>> {
        self.pairs("select name, value from issue_fields where issue = ?1 order by 1", id.0)
    }

    /// Every key that an issue has or had.
    pub fn issue_keys(&self, _of: &Allowed, id: IssueId) -> Result<Vec<String>> {
        let keys: Vec<(String, i64)> =
            self.pairs("select key, issue from issue_keys where issue = ?1 order by 1", id.0)?;
        Ok(keys.into_iter().map(|it| it.0).collect())
    }

    fn pairs<A: rusqlite::types::FromSql, B: rusqlite::types::FromSql>(
        &self,
        text: &str,
        id: i64,
    ) -> Result<Vec<(A, B)>> {
        let mut all = self.sql().prepare_cached(text)?;
        let pairs = all
            .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(pairs)
    }

    /// Relations to other issues, told by either end, each once: `from kind to`.
    pub fn issue_links(
        &self,
        of: &Allowed,
        keys: &[String],
    ) -> Result<Vec<(String, String, String)>> {
        let mut all = self.sql().prepare_cached(
            "select l.from_key, l.kind, l.to_key from issue_links l cross join issues i on i.id = l.issue
             where l.from_key = ?2 and i.repository = ?1 union
             select l.from_key, l.kind, l.to_key from issue_links l cross join issues i on i.id = l.issue
             where l.to_key = ?2 and i.repository = ?1",
        )?;
        let mut links = Vec::new();
        for key in keys {
            let mut rows = all.query((of.id.0, key))?;
            while let Some(row) = rows.next()? {
                links.push((row.get(0)?, row.get(1)?, row.get(2)?));
            }
        }
        links.sort();
        links.dedup();
        Ok(links)
    }

    /// How an issue changed, in order.
    pub fn issue_changes(&self, _of: &Allowed, id: IssueId) -> Result<Vec<ChangeRow>> {
        let mut all = self.sql().prepare_cached(
            "select c.at, i.developer, c.field, c.old, c.new from issue_changes c
             left join identities i on i.id = c.author
             where c.issue = ?1 order by c.at, length(c.change), c.change, c.place",
        )?;
        let changes = all
            .query_map([id.0], |row| {
                Ok(ChangeRow {
                    at: Timestamp(row.get(0)?),
                    author: row.get::<_, Option<i64>>(1)?.map(DeveloperId),
                    field: row.get(2)?,
                    old: row.get(3)?,
                    new: row.get(4)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(changes)
    }

    /// The commits of an issue, oldest first.
    pub fn commits_of_issue(&self, of: &Allowed, id: IssueId) -> Result<Vec<IssueCommit>> {
        let mut all = self.sql().prepare_cached(
            "select c.id, c.committed, c.generation, c.oid, l.told_by, l.direct
             from commit_issues l cross join commits c on c.id = l.commit_id
             where l.issue = ?1 and c.repository = ?2 order by c.committed, c.generation, c.oid",
        )?;
        let mut rows = all.query((id.0, of.id.0))?;
        let mut commits = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(oid) = Oid::from_bytes(super::blob(row, 3)?) else { continue };
            let place = Place { at: Timestamp(row.get(1)?), generation: row.get(2)?, oid };
            commits.push(IssueCommit {
                found: Found { place, id: CommitId(row.get(0)?) },
                told_by: row.get(4)?,
                direct: row.get(5)?,
            });
        }
        Ok(commits)
    }

    /// Rows of the commits that belong to an issue.
    pub(super) fn of_issue(&self, issue: &IssueAsked, ids: &mut Vec<i64>) -> Result<()> {
        let mut take = |rows: &mut rusqlite::Rows<'_>| -> Result<()> {
            while let Some(row) = rows.next()? {
                ids.push(row.get(0)?);
            }
            Ok(())
        };
        match issue {
            IssueAsked::Known(id) => {
                let text = "select commit_id from commit_issues where issue = ?1";
                take(&mut self.sql().prepare_cached(text)?.query([id.0])?)
            }
            IssueAsked::Named(prefixes, number) => {
                let text = "select commit_id from issue_mentions where prefix = ?1 and number = ?2";
                let mut all = self.sql().prepare_cached(text)?;
                prefixes.iter().try_for_each(|it| take(&mut all.query((it, number))?))
            }
        }
    }

    /// The pull requests of an issue, by number.
    pub fn pulls_of_issue(&self, of: &Allowed, id: IssueId) -> Result<Vec<PullIssue>> {
        self.pull_issues(
            "select pr.number, l.issue, l.told_by, l.closes from pr_issues l
             cross join pull_requests pr on pr.id = l.pull_request
             where l.issue = ?1 and pr.repository = ?2 order by 1",
            (id.0, of.id.0),
        )
    }

    /// The issues that a pull request is linked to itself, newest first.
    pub fn issues_of_pull(&self, of: &Allowed, pull: i64) -> Result<Vec<PullIssue>> {
        self.pull_issues(
            "select pr.number, l.issue, l.told_by, l.closes from pr_issues l
             cross join pull_requests pr on pr.id = l.pull_request cross join issues i on i.id = l.issue
             where l.pull_request = ?1 and pr.repository = ?2 order by i.created desc, i.key, l.issue",
            (pull, of.id.0),
        )
    }

    fn pull_issues(&self, text: &str, ids: (i64, i64)) -> Result<Vec<PullIssue>> {
        let mut all = self.sql().prepare_cached(text)?;
        let links = all
            .query_map(ids, |row| {
                Ok(PullIssue {
                    number: row.get(0)?,
                    issue: IssueId(row.get(1)?),
                    told_by: row.get(2)?,
                    closes: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(links)
    }

    /// The issues of a commit, by project and number: those it is linked to, and keys of known projects
    /// in its message that no record answers to.
    pub fn issues_of(&self, of: &Allowed, id: CommitId) -> Result<Vec<IssueName>> {
        let mut all = self.sql().prepare_cached(
            "select i.project, i.number, i.key, i.id, i.summary, l.told_by
             from commit_issues l cross join issues i on i.id = l.issue
             where l.commit_id = ?2 and i.repository = ?1
             union all
             select k.project, m.number, k.project || '-' || m.number, null, k.project || '-' || m.number, ''
             from issue_mentions m cross join project_keys k on k.repository = ?1 and k.prefix = m.prefix
             where m.commit_id = ?2 and not exists
               (select 1 from issue_keys a where a.repository = ?1
                and a.key = k.project || '-' || m.number)
             order by 1, 2, 3, 6",
        )?;
        let mut names: Vec<IssueName> = all
            .query_map((of.id.0, id.0), |row| {
                Ok(IssueName {
                    key: row.get(2)?,
                    id: row.get::<_, Option<i64>>(3)?.map(IssueId),
                    title: row.get(4)?,
                    told_by: row.get(5)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        names.dedup_by(|a, b| a.key == b.key && a.id == b.id);
        Ok(names)
    }

    /// The issues that commits touching a scope, or pull requests of such commits, are linked to.
    pub fn issues_touching(&self, _of: &Allowed, scope: &super::Scope) -> Result<Vec<IssueId>> {
        let mut commits = Vec::new();
        self.touching(scope, &mut commits)?;
        commits.sort_unstable();
        commits.dedup();
        let mut all = self.sql().prepare_cached(
            "select l.issue from json_each(?1) j cross join commit_issues l on l.commit_id = j.value
             union select pi.issue from json_each(?1) j
             cross join pr_commits pc on pc.commit_id = j.value
             cross join pr_issues pi on pi.pull_request = pc.pull_request",
        )?;
        let issues = all
            .query_map([listed(commits.into_iter())], |row| Ok(IssueId(row.get(0)?)))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(issues)
    }

    /// The pull requests that commits touching a scope came through, and those that change a path.
    pub fn pulls_touching(
        &self,
        of: &Allowed,
        scope: &super::Scope,
        path: Option<&str>,
    ) -> Result<Vec<i64>> {
        let mut commits = Vec::new();
        self.touching(scope, &mut commits)?;
        let mut all = self.sql().prepare_cached(
            "select pc.pull_request from json_each(?1) j
             cross join pr_commits pc on pc.commit_id = j.value
             union select p.pull_request from pull_files p
             join pull_requests pr on pr.id = p.pull_request
             where p.path = ?2 and pr.repository = ?3",
        )?;
        let values = (listed(commits.into_iter()), path, of.id.0);
        let pulls = all.query_map(values, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(pulls)
    }

    /// How many comments, commits and pull requests an issue has.
    pub fn issue_counts(&self, _of: &Allowed, id: IssueId) -> Result<(u32, u32, u32)> {
        let mut one = self.sql().prepare_cached(
            "select (select count(*) from comments where issue = ?1),
             (select count(*) from commit_issues where issue = ?1),
             (select count(*) from pr_issues where issue = ?1)",
        )?;
        Ok(one.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
    }

    /// Issues that fit, newest first, after `after`, at most `most`.
    pub fn issues_where(
        &self,
        of: &Allowed,
        filter: &IssueFilter,
        after: Option<&IssuePlace>,
        most: usize,
    ) -> Result<Vec<IssueRow>> {
        let Some((text, values)) = issue_conditions(of, filter) else { return Ok(Vec::new()) };
        let mut values = values;
        let mut text = format!("{COLUMNS} where {text}");
        if let Some((at, key, tracker)) = after {
            text.push_str(" and (i.created, i.key, t.name) < (?, ?, ?)");
            values.extend([at.0.into(), key.clone().into(), tracker.clone().into()]);
        }
        text.push_str(" order by i.created desc, i.key desc, t.name desc limit ?");
        values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
        let mut all = self.sql().prepare_cached(&text)?;
        let rows = all
            .query_map(rusqlite::params_from_iter(values), issue)?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Issues whose title, description or discussion holds the words, best first; of equals the
    /// newest. Where very many do, the newest are as good as any.
    pub fn search_issues(
        &self,
        of: &Allowed,
        text: &str,
        most: u32,
    ) -> Result<Vec<(IssueRow, f64)>> {
        let Some(ranks) = self.ranks(of, text, "issue_words", most)? else {
            let filter = IssueFilter { text: Some(text.to_owned()), ..IssueFilter::default() };
            let rows = self.issues_where(of, &filter, None, most as usize)?;
            return Ok(rows.into_iter().map(|it| (it, 0.0)).collect());
        };
        let mut hits = Vec::with_capacity(ranks.len());
        for (id, score) in ranks {
            hits.extend(self.issue_of(of, IssueId(id))?.map(|it| (it, score)));
        }
        hits.sort_by(|(a, x), (b, y)| {
            y.total_cmp(x)
                .then_with(|| b.created.cmp(&a.created))
                .then_with(|| (&b.key, &b.tracker).cmp(&(&a.key, &a.tracker)))
        });
        hits.truncate(most as usize);
        Ok(hits)
    }

    /// How many issues fit.
    pub fn count_issues(&self, of: &Allowed, filter: &IssueFilter) -> Result<u32> {
        let Some((text, values)) = issue_conditions(of, filter) else { return Ok(0) };
        let mut one =
            self.sql().prepare_cached(&format!("select count(*) from issues i where {text}"))?;
        Ok(one.query_row(rusqlite::params_from_iter(values), |row| row.get(0))?)
    }
}

/// The filters as conditions with their values; none where nothing can fit.
fn issue_conditions(of: &Allowed, filter: &IssueFilter) -> Option<(String, Vec<Value>)> {
    // The plus keeps the planner from walking all issues by time where one person's are looked up.
    let looked_up = filter.reporter.is_some() || filter.assignee.is_some();
    let mut text = String::from(if looked_up { "+i.repository = ?" } else { "i.repository = ?" });
    let mut values: Vec<Value> = vec![of.id.0.into()];
    let mut add = |condition: &str, value: Value| {
        text.push_str(" and ");
        text.push_str(condition);
        values.push(value);
    };
    if let Some(it) = filter.category {
        add("i.category = ?", i64::from(it as u8).into());
    }
    match filter.open {
        Some(true) => add("i.category <> ?", 3.into()),
        Some(false) => add("i.category = ?", 3.into()),
        None => {}
    }
    if let Some(at) = filter.open_at {
        add("i.created <= ?", at.0.into());
        // What is done and does not say since when: at its last change.
        add(
            "ifnull(i.resolved, iif(i.category = 3, i.updated, 9223372036854775807)) > ?",
            at.0.into(),
        );
    }
    if let Some(it) = &filter.kind {
        add("lower(i.kind) = lower(?)", it.clone().into());
    }
    if let Some(it) = filter.bug {
        add("i.bug = ?", i64::from(it).into());
    }
    for (kind, name) in [(0, &filter.component), (1, &filter.label)] {
        if let Some(name) = name {
            let has = format!(
                "exists (select 1 from issue_names n where n.issue = i.id and n.kind = {kind}
                 and lower(n.name) = lower(?))"
            );
            add(&has, name.clone().into());
        }
    }
    for (column, who) in [("reporter", filter.reporter), ("assignee", filter.assignee)] {
        if let Some(who) = who {
            let is = format!("i.{column} in (select id from identities where developer = ?)");
            add(&is, who.0.into());
        }
    }
    if let Some(it) = filter.linked {
        add(
            "(exists (select 1 from commit_issues l where l.issue = i.id)
             or exists (select 1 from pr_issues l where l.issue = i.id)) = ?",
            i64::from(it).into(),
        );
    }
    if let Some(ids) = &filter.among {
        add("i.id in (select value from json_each(?))", listed(ids.iter().map(|it| it.0)));
    }
    if let Some(it) = filter.since {
        add("i.created >= ?", it.0.into());
    }
    if let Some(it) = filter.until {
        add("i.created <= ?", it.0.into());
    }
    if let Some(words) = &filter.text {
        let expression = super::search::expression(words)?;
        add("i.id in (select rowid from issue_words where issue_words match ?)", expression.into());
    }
    Some((text, values))
}
