//! What was said: comments beneath issues and pull requests and on lines, and reviews.

use super::Scope;
use super::issues::listed;
use crate::{Allowed, Reader, Result};
use model::{CommitId, DeveloperId, FileId, IssueId, Oid, Timestamp, Verdict};
use rusqlite::OptionalExtension;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What a comment stands beneath.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Beneath {
    /// An issue.
    Issue(IssueId),
    /// A pull request, by row.
    Pull(i64),
    /// Lines of a pull request, by row.
    Lines(i64),
}

/// A comment as far as lists judge it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidRow {
    /// Its row among those of its kind.
    pub id: i64,
    /// What it stands beneath.
    pub beneath: Beneath,
    /// The issue's key, or the pull request's number after `#`.
    pub name: String,
    /// The tracker's id of it.
    pub comment: String,
    /// Who wrote it.
    pub author: Option<DeveloperId>,
    /// Whether that is a program.
    pub bot: bool,
    /// When.
    pub at: Timestamp,
}

/// What a comment says and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaidText {
    /// The text.
    pub body: String,
    /// The file, where it is on lines.
    pub path: Option<String>,
    /// The first of these lines as they were.
    pub line: Option<u32>,
}

/// A comment on lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCommentRow {
    /// The comment.
    pub said: SaidRow,
    /// The text.
    pub body: String,
    /// GitHub's id of the review it came with; empty where unknown.
    pub review: String,
    /// The comment it answers; empty for none.
    pub answers: String,
    /// The file.
    pub path: String,
    /// The line in the newest version of the pull request.
    pub line: Option<u32>,
    /// The first line, as it was.
    pub original_line: Option<u32>,
    /// The last line, where they are several.
    pub original_end: Option<u32>,
    /// The commit it was written about.
    pub original: Option<Oid>,
    /// Whether lines of the old side are counted.
    pub on_old: bool,
    /// The lines around.
    pub hunk: String,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewRow {
    /// GitHub's id.
    pub review: String,
    /// The pull request's number.
    pub number: u64,
    /// Who.
    pub reviewer: Option<DeveloperId>,
    /// What it said.
    pub verdict: Verdict,
    /// When.
    pub at: Timestamp,
    /// The commit it was about.
    pub commit: Option<Oid>,
    /// In words.
    pub body: String,
    /// Comments on lines that came with it.
    pub comments: u32,
    /// Whether the reviewer made the pull request.
    pub own: bool,
}

const BENEATH_ISSUE: &str =
    "select c.id, i.id, i.key, c.comment, w.developer, ifnull(d.bot, 0), c.at
    from comments c cross join issues i on i.id = c.issue
    left join identities w on w.id = c.author left join developers d on d.id = w.developer";
const BENEATH_PULL: &str = "select c.id, p.id, '#' || p.number, c.comment, w.developer,
    ifnull(d.bot, 0), c.at from comments c cross join pull_requests p on p.id = c.pull_request
    left join identities w on w.id = c.author left join developers d on d.id = w.developer";
const ON_LINES: &str = "select c.id, p.id, '#' || p.number, c.comment, w.developer,
    ifnull(d.bot, 0), c.at from review_comments c cross join pull_requests p on p.id = c.pull_request
    left join identities w on w.id = c.author left join developers d on d.id = w.developer";

fn said(row: &rusqlite::Row<'_>, beneath: fn(i64) -> Beneath) -> rusqlite::Result<SaidRow> {
    Ok(SaidRow {
        id: row.get(0)?,
        beneath: beneath(row.get(1)?),
        name: row.get(2)?,
        comment: row.get(3)?,
        author: row.get::<_, Option<i64>>(4)?.map(DeveloperId),
        bot: row.get(5)?,
        at: Timestamp(row.get(6)?),
    })
}

/// A query, what it tells to stand beneath, and the column of its repository.
type Kind = (&'static str, fn(i64) -> Beneath, &'static str);

const KINDS: [Kind; 3] = [
    (BENEATH_ISSUE, |it| Beneath::Issue(IssueId(it)), "i.repository"),
    (BENEATH_PULL, Beneath::Pull, "p.repository"),
    (ON_LINES, Beneath::Lines, "p.repository"),
];

impl Reader<'_> {
    /// Comments beneath each of these, in no order.
    pub fn said_beneath(&self, of: &Allowed, beneath: &[Beneath]) -> Result<Vec<SaidRow>> {
        let mut found = Vec::new();
        for (kind, (text, made, repository)) in KINDS.into_iter().enumerate() {
            let column = if kind == 0 { "c.issue" } else { "c.pull_request" };
            let mut all = self
                .sql()
                .prepare_cached(&format!("{text} where {column} = ?1 and {repository} = ?2"))?;
            for it in beneath {
                let id = match (kind, it) {
                    (0, Beneath::Issue(it)) => it.0,
                    (1, Beneath::Pull(it)) | (2, Beneath::Lines(it)) => *it,
                    _ => continue,
                };
                let mut rows = all.query((id, of.id.0))?;
                while let Some(row) = rows.next()? {
                    found.push(said(row, made)?);
                }
            }
        }
        Ok(found)
    }

    /// Every comment of a person; `kinds` of issues, of pull requests, on lines. In no order.
    pub fn said_by(
        &self,
        of: &Allowed,
        developer: DeveloperId,
        kinds: [bool; 3],
    ) -> Result<Vec<SaidRow>> {
        let mut found = Vec::new();
        let identities = self.identities_of(developer)?;
        for ((text, made, repository), wanted) in KINDS.into_iter().zip(kinds) {
            if !wanted {
                continue;
            }
            let mut all = self
                .sql()
                .prepare_cached(&format!("{text} where c.author = ?1 and {repository} = ?2"))?;
            for identity in &identities {
                let mut rows = all.query((identity, of.id.0))?;
                while let Some(row) = rows.next()? {
                    found.push(said(row, made)?);
                }
            }
        }
        Ok(found)
    }

    /// The newest comments of a person, at least `most` where there are so many: of each kind and
    /// spelling, those as new as its last one that could be among them. In no order.
    pub fn newest_said_by(
        &self,
        of: &Allowed,
        developer: DeveloperId,
        most: usize,
    ) -> Result<Vec<SaidRow>> {
        let mut found = Vec::new();
        let identities = self.identities_of(developer)?;
        for (text, made, repository) in KINDS {
            let table = if made(0) == Beneath::Lines(0) { "review_comments" } else { "comments" };
            let mut all = self.sql().prepare_cached(&format!(
                "{text} where c.author = ?1 and {repository} = ?2 and c.at >= ifnull((select at from
                 {table} where author = ?1 order by at desc limit 1 offset ?3), -9223372036854775808)"
            ))?;
            for identity in &identities {
                // Where too few of these are of this repository, all are looked at.
                for offset in [most.saturating_sub(1), 1 << 40] {
                    let here = all
                        .query_map((identity, of.id.0, offset), |row| said(row, made))?
                        .collect::<rusqlite::Result<Vec<_>>>()?;
                    let enough = here.len() >= most || offset == 1 << 40;
                    found.extend(here.into_iter().filter(|_| enough));
                    if enough {
                        break;
                    }
                }
            }
        }
        Ok(found)
    }

    /// Comments on lines of this path, in no order.
    pub fn said_on_path(&self, of: &Allowed, path: &str) -> Result<Vec<SaidRow>> {
        let mut all = self
            .sql()
            .prepare_cached(&format!("{ON_LINES} where c.path = ?1 and p.repository = ?2"))?;
        let rows = all
            .query_map((path, of.id.0), |row| said(row, Beneath::Lines))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// What a comment says.
    pub fn said_text(&self, _of: &Allowed, it: &SaidRow) -> Result<SaidText> {
        let text = match it.beneath {
            Beneath::Lines(_) => {
                "select body, path, original_line from review_comments where id = ?1"
            }
            _ => "select body, null, null from comments where id = ?1",
        };
        let mut one = self.sql().prepare_cached(text)?;
        Ok(one
            .query_row([it.id], |row| {
                Ok(SaidText { body: row.get(0)?, path: row.get(1)?, line: row.get(2)? })
            })
            .optional()?
            .unwrap_or_default())
    }

    /// The comments on lines of a pull request, by path, line and time.
    pub fn line_comments(&self, of: &Allowed, pull: i64) -> Result<Vec<LineCommentRow>> {
        self.lines_where("c.pull_request = ?1", pull, of)
    }

    /// The comments on lines of this path in any pull request, by line and time.
    pub fn line_comments_at(&self, of: &Allowed, path: &str) -> Result<Vec<LineCommentRow>> {
        self.lines_where("c.path = ?1", path, of)
    }

    fn lines_where(
        &self,
        condition: &str,
        value: impl rusqlite::ToSql,
        of: &Allowed,
    ) -> Result<Vec<LineCommentRow>> {
        let columns = ON_LINES.replacen(
            "c.at",
            "c.at, c.body, c.review, c.answers, c.path, c.line, c.original_line, c.original_end,
             c.original_oid, c.on_old, c.hunk",
            1,
        );
        let mut all = self.sql().prepare_cached(&format!(
            "{columns} where {condition} and p.repository = ?2
             order by c.path, c.original_line, c.at, length(c.comment), c.comment"
        ))?;
        let rows = all
            .query_map(rusqlite::params![value, of.id.0], |row| {
                let oid = row.get::<_, Option<Vec<u8>>>(14)?;
                Ok(LineCommentRow {
                    said: said(row, Beneath::Lines)?,
                    body: row.get(7)?,
                    review: row.get(8)?,
                    answers: row.get(9)?,
                    path: row.get(10)?,
                    line: row.get(11)?,
                    original_line: row.get(12)?,
                    original_end: row.get(13)?,
                    original: oid.and_then(|it| Oid::from_bytes(&it)),
                    on_old: row.get(15)?,
                    hunk: row.get(16)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// Reviews of these pull requests, or by this person, or both; newest first, at most `most`.
    pub fn reviews_where(
        &self,
        of: &Allowed,
        pulls: Option<&[i64]>,
        reviewer: Option<DeveloperId>,
        most: usize,
    ) -> Result<Vec<ReviewRow>> {
        const ROWS: &str = "select v.review, p.number, w.developer, v.verdict, v.at, v.oid, v.body,
            (select count(*) from review_comments c where c.pull_request = v.pull_request
             and c.review = v.review and c.review <> ''),
            w.developer is o.developer and w.developer is not null
            from reviews v cross join pull_requests p on p.id = v.pull_request
            left join pull_records r on r.pull_request = p.id
            left join identities w on w.id = v.reviewer left join identities o on o.id = r.author";
        let mut text = format!("{ROWS} where p.repository = ?1");
        let mut values: Vec<rusqlite::types::Value> = vec![of.id.0.into()];
        if let Some(pulls) = pulls {
            text.push_str(" and v.pull_request in (select value from json_each(?))");
            values.push(listed(pulls.iter().copied()));
        }
        if let Some(who) = reviewer {
            text.push_str(" and v.reviewer in (select id from identities where developer = ?)");
            values.push(who.0.into());
        }
        text.push_str(
            " order by v.at desc, p.number desc, length(v.review) desc, v.review desc limit ?",
        );
        values.push(i64::try_from(most).unwrap_or(i64::MAX).into());
        let mut all = self.sql().prepare_cached(&text)?;
        let rows = all
            .query_map(rusqlite::params_from_iter(values), |row| {
                Ok(ReviewRow {
                    review: row.get(0)?,
                    number: row.get(1)?,
                    reviewer: row.get::<_, Option<i64>>(2)?.map(DeveloperId),
                    verdict: match row.get(3)? {
                        1u8 => Verdict::Approved,
                        2 => Verdict::ChangesRequested,
                        3 => Verdict::Dismissed,
                        _ => Verdict::Commented,
                    },
                    at: Timestamp(row.get(4)?),
                    commit: row.get::<_, Option<Vec<u8>>>(5)?.and_then(|it| Oid::from_bytes(&it)),
                    body: row.get(6)?,
                    comments: row.get(7)?,
                    own: row.get(8)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// How many comments beneath issues and pull requests and on lines, and how many reviews, a person wrote.
    pub fn said_counts(&self, of: &Allowed, developer: DeveloperId) -> Result<(u32, u32)> {
        let mut one = self.sql().prepare_cached(
            "select (select count(*) from identities w cross join comments c on c.author = w.id
             left join issues i on i.id = c.issue left join pull_requests p on p.id = c.pull_request
             where w.developer = ?1 and ifnull(i.repository, p.repository) = ?2)
             + (select count(*) from identities w cross join review_comments c on c.author = w.id
             join pull_requests p on p.id = c.pull_request
             where w.developer = ?1 and p.repository = ?2),
             (select count(*) from identities w cross join reviews v on v.reviewer = w.id
             join pull_requests p on p.id = v.pull_request
             where w.developer = ?1 and p.repository = ?2)",
        )?;
        Ok(one.query_row((developer.0, of.id.0), |row| Ok((row.get(0)?, row.get(1)?)))?)
    }

    /// Those of some issues that commits touching a scope, or pull requests of such commits, are linked to.
    pub fn issues_within(
        &self,
        _of: &Allowed,
        issues: &BTreeSet<IssueId>,
        scope: &Scope,
    ) -> Result<HashSet<IssueId>> {
        let mut commits = self.sql().prepare_cached(
            "select commit_id from commit_issues where issue = ?1 union
             select pc.commit_id from pr_issues pi
             join pr_commits pc on pc.pull_request = pi.pull_request where pi.issue = ?1",
        )?;
        let mut touches = self.sql().prepare_cached(
            "select f.file, c.generation from commit_files f join commits c on c.id = f.commit_id
             where f.commit_id = ?1",
        )?;
        let mut known: HashMap<CommitId, bool> = HashMap::new();
        let mut within = HashSet::new();
        for issue in issues {
            let ids: Vec<i64> =
                commits.query_map([issue.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            for id in ids {
                let inside = match known.get(&CommitId(id)) {
                    Some(known) => *known,
                    None => {
                        let mut rows = touches.query([id])?;
                        let mut inside = false;
                        while let Some(row) = rows.next()? {
                            if scope.holds(FileId(row.get(0)?), row.get(1)?) {
                                inside = true;
                                break;
                            }
                        }
                        known.insert(CommitId(id), inside);
                        inside
                    }
                };
                if inside {
                    within.insert(*issue);
                    break;
                }
            }
        }
        Ok(within)
    }
}
