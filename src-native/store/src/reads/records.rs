//! Pull requests as GitHub tells of them.

use super::issues::listed;
use crate::{Allowed, Reader, Result};
use model::{ChangeKind, DeveloperId, Oid, PullState, Timestamp};
use rusqlite::OptionalExtension;
use rusqlite::types::Value;

/// What GitHub tells of a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRecordRow {
    /// The pull request's row.
    pub id: i64,
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// How it stands.
    pub state: PullState,
    /// Whether it is a draft.
    pub draft: bool,
    /// Who made it.
    pub author: Option<DeveloperId>,
    /// Who merged it.
    pub merged_by: Option<DeveloperId>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// When it was closed or merged.
    pub closed: Option<Timestamp>,
    /// When it was merged.
    pub merged: Option<Timestamp>,
    /// The branch it is from.
    pub branch: String,
    /// Whose branch that is.
    pub branch_owner: String,
    /// The branch it is for.
    pub base: String,
    /// The commit GitHub names as the merge.
    pub merge_commit: Option<Oid>,
    /// Where people read it.
    pub url: String,
    /// Lines added.
    pub added: Option<u64>,
    /// Lines deleted.
    pub deleted: Option<u64>,
    /// The tracker's name.
    pub tracker: String,
}

/// A commit that GitHub lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRow {
    /// Its id.
    pub oid: Oid,
    /// Its message.
    pub message: String,
    /// Who wrote it, where the account or the name and mail are known.
    pub author: Option<DeveloperId>,
    /// The name in it.
    pub written: String,
    /// When it was written.
    pub at: Timestamp,
    /// Whether it is in the history of HEAD.
    pub in_history: bool,
}

/// A file that a pull request changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullFileRow {
    /// Its path.
    pub path: String,
    /// The path before.
    pub from: Option<String>,
    /// What happens to it.
    pub kind: ChangeKind,
    /// Lines added.
    pub added: u32,
    /// Lines deleted.
    pub deleted: u32,
    /// Whether it is in the tree of HEAD.
    pub alive: bool,
}

/// Something that happened to a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MomentRow {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: String,
    /// Who did it.
    pub actor: Option<DeveloperId>,
    /// Whom it is about.
    pub about: Option<DeveloperId>,
}

/// Which pull requests are asked for; the default asks for all.
#[derive(Clone, Debug, Default)]
pub struct PullFilter {
    /// How they stand.
    pub state: Option<PullState>,
    /// Drafts, or not.
    pub draft: Option<bool>,
    /// Who made it.
    pub author: Option<DeveloperId>,
    /// Who sent a review.
    pub reviewer: Option<DeveloperId>,
    /// Who was asked and has not yet.
    pub requested: Option<DeveloperId>,
    /// Changes this very path.
    pub path: Option<String>,
    /// Changes one below this folder.
    pub below: Option<String>,
    /// Label, case aside.
    pub label: Option<String>,
    /// Has a review by somebody else, or has none.
    pub reviewed: Option<bool>,
    /// One of these rows.
    pub among: Option<Vec<i64>>,
    /// What its words must match, as people type it.
    pub text: Option<String>,
    /// Made at or after.
    pub since: Option<Timestamp>,
    /// Made at or before.
    pub until: Option<Timestamp>,
}

const COLUMNS: &str = "select r.pull_request, pr.number, r.title, r.state, r.draft, a.developer,
    m.developer, r.created, r.updated, r.closed, r.merged, r.branch, r.branch_owner, r.base,
    r.merge_commit, r.url, r.added, r.deleted, t.name
    from pull_records r cross join pull_requests pr on pr.id = r.pull_request
    join trackers t on t.id = r.tracker
    left join identities a on a.id = r.author left join identities m on m.id = r.merged_by";

/// How a pull request stands, from its column.
pub(super) fn state(column: u8) -> PullState {
    match column {
        0 => PullState::Open,
        1 => PullState::Closed,
        _ => PullState::Merged,
    }
}

fn record(row: &rusqlite::Row<'_>) -> rusqlite::Result<PullRecordRow> {
    let time = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(Timestamp));
    let who = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(DeveloperId));
    Ok(PullRecordRow {
        id: row.get(0)?,
        number: row.get(1)?,
        title: row.get(2)?,
        state: state(row.get(3)?),
        draft: row.get(4)?,
        author: who(5)?,
        merged_by: who(6)?,
        created: Timestamp(row.get(7)?),
        updated: Timestamp(row.get(8)?),
        closed: time(9)?,
        merged: time(10)?,
        branch: row.get(11)?,
        branch_owner: row.get(12)?,
        base: row.get(13)?,
        merge_commit: row.get::<_, Option<Vec<u8>>>(14)?.and_then(|it| Oid::from_bytes(&it)),
        url: row.get(15)?,
        added: row.get(16)?,
        deleted: row.get(17)?,
        tracker: row.get(18)?,
    })
}

/// Others' reviews of the pull request `r`.
const REVIEWED: &str = "exists (select 1 from reviews v left join identities w on w.id = v.reviewer
    left join identities o on o.id = r.author
    where v.pull_request = r.pull_request and w.developer is not o.developer)";

impl Reader<'_> {
    /// What GitHub tells of a pull request, by number.
    pub fn pull_record(&self, of: &Allowed, number: u64) -> Result<Option<PullRecordRow>> {
        let Some(pull) = self.pull(of, number)? else { return Ok(None) };
        self.pull_record_of(of, pull.id)
    }

    /// The same by its row.
    pub fn pull_record_of(&self, of: &Allowed, id: i64) -> Result<Option<PullRecordRow>> {
        let mut one = self.sql().prepare_cached(&format!(
            "{COLUMNS} where r.pull_request = ?1 and pr.repository = ?2"
        ))?;
        Ok(one.query_row((id, of.id.0), record).optional()?)
    }

    /// A pull request's description.
    pub fn pull_body(&self, _of: &Allowed, id: i64) -> Result<String> {
        let mut one =
            self.sql().prepare_cached("select body from pull_records where pull_request = ?1")?;
        Ok(one.query_row([id], |row| row.get(0))?)
    }

    /// Labels of a pull request.
    pub fn pull_labels(&self, _of: &Allowed, id: i64) -> Result<Vec<String>> {
        let mut all = self.sql().prepare_cached(
            "select name from pull_names where pull_request = ?1 and kind = 1 order by 1",
        )?;
        let names = all.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(names)
    }

    /// People of a pull request with their role: 0 is to do it, 1 was asked to review it.
    pub fn pull_people(&self, _of: &Allowed, id: i64) -> Result<Vec<(u8, DeveloperId)>> {
        let mut all = self.sql().prepare_cached(
            "select distinct p.role, i.developer from pull_people p
             join identities i on i.id = p.identity where p.pull_request = ?1 order by 1, 2",
        )?;
        let people = all
            .query_map([id], |row| Ok((row.get(0)?, DeveloperId(row.get(1)?))))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(people)
    }

    /// The commits that GitHub lists, in order.
    pub fn pull_listed(&self, of: &Allowed, id: i64) -> Result<Vec<ListedRow>> {
        let mut all = self.sql().prepare_cached(
            "select l.oid, l.message, ifnull(i.developer, (select n.developer from identities n
             where n.kind = 0 and n.name = l.author_name and n.mail = l.author_mail
             order by n.id limit 1)), l.author_name, l.authored,
             exists (select 1 from commits c where c.repository = ?2 and c.oid = l.oid)
             from pull_commits l left join identities i on i.id = l.author
             where l.pull_request = ?1 order by l.place",
        )?;
        let mut rows = all.query((id, of.id.0))?;
        let mut listed = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(oid) = Oid::from_bytes(super::blob(row, 0)?) else { continue };
            listed.push(ListedRow {
                oid,
                message: row.get(1)?,
                author: row.get::<_, Option<i64>>(2)?.map(DeveloperId),
                written: row.get(3)?,
                at: Timestamp(row.get(4)?),
                in_history: row.get(5)?,
            });
        }
        Ok(listed)
    }

    /// The files a pull request changes, by path, at most `most`, and how many there are.
    pub fn pull_files(&self, of: &Allowed, id: i64, most: u32) -> Result<(Vec<PullFileRow>, u32)> {
        let mut all = self.sql().prepare_cached(
            "select p.path, p.from_path, p.kind, p.added, p.deleted,
             exists (select 1 from files f where f.repository = ?2 and f.path = p.path and f.alive = 1)
             from pull_files p where p.pull_request = ?1 order by p.path limit ?3",
        )?;
        let files = all
            .query_map((id, of.id.0, most), |row| {
                Ok(PullFileRow {
                    path: row.get(0)?,
                    from: row.get(1)?,
                    kind: match row.get(2)? {
                        0u8 => ChangeKind::Added,
                        2 => ChangeKind::Deleted,
                        3 => ChangeKind::Renamed,
                        _ => ChangeKind::Modified,
                    },
                    added: row.get(3)?,
                    deleted: row.get(4)?,
                    alive: row.get(5)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut count =
            self.sql().prepare_cached("select count(*) from pull_files where pull_request = ?1")?;
        Ok((files, count.query_row([id], |row| row.get(0))?))
    }

    /// What happened to a pull request, in order.
    pub fn pull_moments(&self, _of: &Allowed, id: i64) -> Result<Vec<MomentRow>> {
        let mut all = self.sql().prepare_cached(
            "select m.at, m.kind, a.developer, b.developer from pull_moments m
             left join identities a on a.id = m.actor left join identities b on b.id = m.about
             where m.pull_request = ?1 order by m.at, length(m.moment), m.moment",
        )?;
        let moments = all
            .query_map([id], |row| {
                Ok(MomentRow {
                    at: Timestamp(row.get(0)?),
                    kind: row.get(1)?,
                    actor: row.get::<_, Option<i64>>(2)?.map(DeveloperId),
                    about: row.get::<_, Option<i64>>(3)?.map(DeveloperId),
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(moments)
    }

    /// How many reviews by others, and how many comments beneath it and on its lines, a pull request has.
    pub fn pull_counts(&self, _of: &Allowed, id: i64) -> Result<(u32, u32)> {
        let mut one = self.sql().prepare_cached(
            "select (select count(*) from reviews v left join identities w on w.id = v.reviewer
             where v.pull_request = ?1 and w.developer is not (select o.developer
             from pull_records r left join identities o on o.id = r.author
             where r.pull_request = ?1)),
             (select count(*) from comments where pull_request = ?1)
             + (select count(*) from review_comments where pull_request = ?1)",
        )?;
        Ok(one.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// Pull requests that fit, newest first, after `after`, at most `most`.
    pub fn pulls_where(
        &self,
        of: &Allowed,
        filter: &PullFilter,
        after: Option<(Timestamp, u64)>,
        most: usize,
    ) -> Result<Vec<PullRecordRow>> {
        let Some((mut text, mut values)) = conditions(of, filter) else { return Ok(Vec::new()) };
        if let Some((at, number)) = after {
            text.push_str(" and (r.created, pr.number) < (?, ?)");
            values.extend([at.0.into(), i64::try_from(number).unwrap_or(i64::MAX).into()]);
        }
        text.push_str(" order by r.created desc, pr.number desc limit ?");
        values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
        let mut all = self.sql().prepare_cached(&format!("{COLUMNS} where {text}"))?;
        let rows = all
            .query_map(rusqlite::params_from_iter(values), record)?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Pull requests whose title, description or discussion holds the words, as
    /// [`Reader::search_issues`] finds issues.
    pub fn search_pulls(
        &self,
        of: &Allowed,
        text: &str,
        most: u32,
    ) -> Result<Vec<(PullRecordRow, f64)>> {
        let Some(ranks) = self.ranks(of, text, "pull_words", most)? else {
            let filter = PullFilter { text: Some(text.to_owned()), ..PullFilter::default() };
            let rows = self.pulls_where(of, &filter, None, most as usize)?;
            return Ok(rows.into_iter().map(|it| (it, 0.0)).collect());
        };
        let mut hits = Vec::with_capacity(ranks.len());
        for (id, score) in ranks {
            hits.extend(self.pull_record_of(of, id)?.map(|it| (it, score)));
        }
        hits.sort_by(|(a, x), (b, y)| {
            y.total_cmp(x).then_with(|| (b.created, b.number).cmp(&(a.created, a.number)))
        });
        hits.truncate(most as usize);
        Ok(hits)
    }

    /// How many pull requests fit.
    pub fn count_pulls(&self, of: &Allowed, filter: &PullFilter) -> Result<u32> {
        let Some((text, values)) = conditions(of, filter) else { return Ok(0) };
        let mut one = self.sql().prepare_cached(&format!(
            "select count(*) from pull_records r
             cross join pull_requests pr on pr.id = r.pull_request where {text}"
        ))?;
        Ok(one.query_row(rusqlite::params_from_iter(values), |row| row.get(0))?)
    }
}

/// The filters as conditions with their values; none where nothing can fit.
fn conditions(of: &Allowed, filter: &PullFilter) -> Option<(String, Vec<Value>)> {
    let mut text = String::from("pr.repository = ?");
    let mut values: Vec<Value> = vec![of.id.0.into()];
    let mut add = |condition: &str, value: Value| {
        text.push_str(" and ");
        text.push_str(condition);
        values.push(value);
    };
    if let Some(it) = filter.state {
        add("r.state = ?", i64::from(it as u8).into());
    }
    if let Some(it) = filter.draft {
        add("r.draft = ?", i64::from(it).into());
    }
    if let Some(it) = filter.author {
        add("r.author in (select id from identities where developer = ?)", it.0.into());
    }
    if let Some(it) = filter.reviewer {
        add(
            "r.pull_request in (select v.pull_request from reviews v
             join identities w on w.id = v.reviewer where w.developer = ?)",
            it.0.into(),
        );
    }
    if let Some(it) = filter.requested {
        add(
            "r.pull_request in (select p.pull_request from pull_people p
             join identities w on w.id = p.identity where p.role = 1 and w.developer = ?)",
            it.0.into(),
        );
    }
    if let Some(it) = &filter.path {
        add(
            "r.pull_request in (select pull_request from pull_files where path = ?)",
            it.clone().into(),
        );
    }
    if let Some(folder) = filter.below.as_ref().filter(|it| !it.is_empty()) {
        add(
            "r.pull_request in (select pull_request from pull_files where path >= ? || '/'",
            folder.clone().into(),
        );
        // The character after the slash: what lies between begins with `folder/`.
        add("path < ? || '0')", folder.clone().into());
    }
    if let Some(it) = &filter.label {
        add(
            "exists (select 1 from pull_names n where n.pull_request = r.pull_request and n.kind = 1
             and lower(n.name) = lower(?))",
            it.clone().into(),
        );
    }
    if let Some(it) = filter.reviewed {
        add(&format!("{REVIEWED} = ?"), i64::from(it).into());
    }
    if let Some(ids) = &filter.among {
        add("r.pull_request in (select value from json_each(?))", listed(ids.iter().copied()));
    }
    if let Some(it) = filter.since {
        add("r.created >= ?", it.0.into());
    }
    if let Some(it) = filter.until {
        add("r.created <= ?", it.0.into());
    }
    if let Some(words) = &filter.text {
        let expression = super::search::expression(words)?;
        add(
            "r.pull_request in (select rowid from pull_words where pull_words match ?)",
            expression.into(),
        );
    }
    Some((text, values))
}
