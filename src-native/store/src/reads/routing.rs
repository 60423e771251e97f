//! Past reviews and the people who gave them: what reviewers are suggested from.

use crate::open::Sql;
use crate::{Allowed, Reader, Result};
use model::{DeveloperId, Oid, Timestamp};
use rusqlite::{CachedStatement, OptionalExtension};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What was reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reviewed {
    /// A pull request, by number.
    Pull(u64),
    /// A commit that no pull request is known of.
    Commit(Oid),
}

/// A change that somebody reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewedRow {
    /// What was reviewed.
    pub of: Reviewed,
    /// When its last review was given.
    pub at: Timestamp,
    /// Who made the change.
    pub author: Option<DeveloperId>,
    /// Who reviewed it, each once, by row.
    pub reviewers: Vec<DeveloperId>,
    /// The paths that it changes.
    pub paths: Vec<String>,
}

/// A change as it is put together.
struct Open {
    at: Timestamp,
    author: Option<DeveloperId>,
    reviewers: BTreeSet<DeveloperId>,
    pull: Option<i64>,
    commits: BTreeSet<i64>,
}

impl Reader<'_> {
    /// The newest `most` changes reviewed at or before `now`, newest first: by GitHub's reviews, and by
    /// Git's `Reviewers:` lines, which count for the pull request of their commit. Who reviews their
    /// own change does not count.
    pub fn reviewed(&self, of: &Allowed, now: Timestamp, most: usize) -> Result<Vec<ReviewedRow>> {
        let mut open: BTreeMap<Reviewed, Open> = BTreeMap::new();
        self.reviews_of_pulls(of, now, most, &mut open)?;
        self.reviews_of_commits(of, now, most, &mut open)?;
        let mut all: Vec<(Reviewed, Open)> =
            open.into_iter().filter(|it| !it.1.reviewers.is_empty()).collect();
        all.sort_by(|a, b| b.1.at.cmp(&a.1.at).then_with(|| b.0.cmp(&a.0)));
        all.truncate(most);
        let mut rows = Vec::with_capacity(all.len());
        let mut changed = ChangedPaths::new(self.sql())?;
        for (reviewed, it) in all {
            let paths = changed.of(it.pull, &it.commits)?;
            rows.push(ReviewedRow {
                of: reviewed,
                at: it.at,
                author: it.author,
                reviewers: it.reviewers.into_iter().collect(),
                paths,
            });
        }
        Ok(rows)
    }

    fn reviews_of_pulls(
        &self,
        of: &Allowed,
        now: Timestamp,
        most: usize,
        open: &mut BTreeMap<Reviewed, Open>,
    ) -> Result<()> {
        // Newest reviews first: several of one pull request are one, met at its newest.
        let mut all = self.sql().prepare_cached(
            "select v.pull_request, v.at from reviews v indexed by reviews_at
             where v.at <= ?1 order by v.at desc, v.pull_request desc",
        )?;
        let mut one = self.sql().prepare_cached(
            // Past the views of an earlier time, which look at much more than when it was made.
            "select p.number, a.developer from main.pull_requests p
             cross join main.pull_records r on r.pull_request = p.id
             left join identities a on a.id = r.author
             where p.id = ?1 and p.repository = ?2 and r.created <= ?3",
        )?;
        let mut who = self.sql().prepare_cached(
            "select i.developer, v.at from reviews v cross join identities i on i.id = v.reviewer
             where v.pull_request = ?1 and v.at <= ?2",
        )?;
        let mut met: HashSet<i64> = HashSet::new();
        let mut rows = all.query([now.0])?;
        while let Some(row) = rows.next()?
            && open.len() < most
        {
            let (pull, at) = (row.get::<_, i64>(0)?, Timestamp(row.get(1)?));
            if !met.insert(pull) {
                continue;
            }
            let mut found = one.query((pull, of.id.0, now.0))?;
            let Some(told) = found.next()? else { continue };
            let (number, author): (u64, Option<i64>) = (told.get(0)?, told.get(1)?);
            let author = author.map(DeveloperId);
            let mut given = who.query((pull, now.0))?;
            let (mut reviewers, mut last) = (BTreeSet::new(), None);
            while let Some(row) = given.next()? {
                let reviewer = DeveloperId(row.get(0)?);
                if Some(reviewer) != author {
                    reviewers.insert(reviewer);
                    last = last.max(Some(Timestamp(row.get(1)?)));
                }
            }
            // Its newest review may be its author's own, which does not count.
            let Some(at) = last.map(|it| it.min(at)) else { continue };
            let one = Open { at, author, reviewers, pull: Some(pull), commits: BTreeSet::new() };
            open.insert(Reviewed::Pull(number), one);
        }
        Ok(())
    }

    fn reviews_of_commits(
        &self,
        of: &Allowed,
        now: Timestamp,
        most: usize,
        open: &mut BTreeMap<Reviewed, Open>,
    ) -> Result<()> {
        let mut all = self.sql().prepare_cached(
            "select c.id, c.oid, c.committed from commits c indexed by commits_time
             where c.repository = ?1 and c.committed <= ?2 and exists
               (select 1 from commit_people p where p.commit_id = c.id and p.role = 2 and p.source = 0)
             order by c.committed desc, c.id desc",
        )?;
        let mut people = self.sql().prepare_cached(
            "select p.role, i.developer from commit_people p cross join identities i on i.id = p.identity
             where p.commit_id = ?1 and p.role in (0, 2) and p.source = 0",
        )?;
        let mut pulls = self.sql().prepare_cached(
            "select p.number, p.id from pr_commits l cross join pull_requests p on p.id = l.pull_request
             where l.commit_id = ?1 order by p.number limit 1",
        )?;
        // Where there are enough already, what is older than all of them does not count.
        let oldest = open.values().map(|it| it.at).min().filter(|_| open.len() >= most);
        let mut met = 0;
        let mut rows = all.query((of.id.0, now.0))?;
        while let Some(row) = rows.next()? {
            let (id, at) = (row.get::<_, i64>(0)?, Timestamp(row.get(2)?));
            if oldest.is_some_and(|it| at < it) {
                break;
            }
            let Some(oid) = Oid::from_bytes(super::blob(row, 1)?) else { continue };
            let (mut authors, mut reviewers) = (BTreeSet::new(), BTreeSet::new());
            let mut credits = people.query([id])?;
            while let Some(credit) = credits.next()? {
                let who = DeveloperId(credit.get(1)?);
                match credit.get::<_, u8>(0)? {
                    0 => authors.insert(who),
                    _ => reviewers.insert(who),
                };
            }
            reviewers.retain(|it| !authors.contains(it));
            let mut found = pulls.query([id])?;
            let pull: Option<(u64, i64)> = match found.next()? {
                Some(row) => Some((row.get(0)?, row.get(1)?)),
                None => None,
            };
            let key = pull.map_or(Reviewed::Commit(oid), |it| Reviewed::Pull(it.0));
            let known = open.contains_key(&key);
            let it = open.entry(key).or_insert_with(|| Open {
                at,
                author: authors.first().copied(),
                reviewers: BTreeSet::new(),
                pull: None,
                commits: BTreeSet::new(),
            });
            reviewers.retain(|who| Some(*who) != it.author);
            it.reviewers.extend(reviewers);
            it.commits.insert(id);
            it.pull = it.pull.or(pull.map(|it| it.1));
            it.at = it.at.max(at);
            met += usize::from(!known);
            if met >= most {
                break;
            }
        }
        Ok(())
    }

    /// The paths that a pull request changes, by name, and who made it: its author, and the authors of
    /// its commits that are in memory.
    pub fn pull_change(&self, of: &Allowed, pull: i64) -> Result<(Vec<String>, Vec<DeveloperId>)> {
        let paths = ChangedPaths::new(self.sql())?.of(Some(pull), &BTreeSet::new())?;
        let mut authors = self.sql().prepare_cached(
            "select i.developer from pull_records r cross join pull_requests p on p.id = r.pull_request
             cross join identities i on i.id = r.author where r.pull_request = ?1 and p.repository = ?2
             union
             select i.developer from pr_commits l cross join pull_requests p on p.id = l.pull_request
             cross join commit_people c on c.commit_id = l.commit_id and c.role in (0, 1)
             cross join identities i on i.id = c.identity where l.pull_request = ?1 and p.repository = ?2
             union
             select i.developer from pull_commits c cross join pull_requests p on p.id = c.pull_request
             cross join identities i on i.id = c.author where c.pull_request = ?1 and p.repository = ?2
             order by 1",
        )?;
        let authors = authors
            .query_map((pull, of.id.0), |row| row.get(0).map(DeveloperId))?
            .collect::<rusqlite::Result<_>>()?;
        Ok((paths, authors))
    }

    /// When a pull request was closed, merged or not; none while it is open or only Git tells of it.
    pub fn pull_closed(&self, of: &Allowed, pull: i64) -> Result<Option<Timestamp>> {
        let mut one = self.sql().prepare_cached(
            "select r.closed, r.merged from pull_records r
             cross join pull_requests p on p.id = r.pull_request
             where r.pull_request = ?1 and p.repository = ?2",
        )?;
        let mut rows = one.query((pull, of.id.0))?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let (closed, merged): (Option<i64>, Option<i64>) = (row.get(0)?, row.get(1)?);
        Ok(closed.or(merged).map(Timestamp))
    }

    /// When the newest pull request was made.
    pub fn newest_pull(&self, of: &Allowed) -> Result<Option<Timestamp>> {
        let mut one = self.sql().prepare_cached(
            "select r.created from pull_records r indexed by pull_records_created
             cross join pull_requests p on p.id = r.pull_request
             where p.repository = ?1 order by r.created desc limit 1",
        )?;
        Ok(one.query_row([of.id.0], |row| row.get(0).map(Timestamp)).optional()?)
    }

    /// Open pull requests that wait for somebody's review, by number, for everybody who is asked.
    pub fn waiting(&self, of: &Allowed) -> Result<HashMap<DeveloperId, Vec<u64>>> {
        let mut all = self.sql().prepare_cached(
            "select distinct i.developer, p.number from pull_people q
             cross join pull_records r on r.pull_request = q.pull_request
             cross join pull_requests p on p.id = q.pull_request
             cross join identities i on i.id = q.identity
             where q.role = 1 and r.state = 0 and p.repository = ?1
             order by r.created desc, p.number desc",
        )?;
        let mut rows = all.query([of.id.0])?;
        let mut waiting: HashMap<DeveloperId, Vec<u64>> = HashMap::new();
        while let Some(row) = rows.next()? {
            waiting.entry(DeveloperId(row.get(0)?)).or_default().push(row.get(1)?);
        }
        Ok(waiting)
    }

    /// When each of these people last did anything that memory knows of at or before `now`: committed,
    /// reviewed, commented, or made a pull request.
    pub fn last_active(
        &self,
        _of: &Allowed,
        people: &[DeveloperId],
        now: Timestamp,
    ) -> Result<HashMap<DeveloperId, Timestamp>> {
        // One look into an index for each: the newest of a spelling stands last there.
        let newest = |role: u8| {
            format!(
                "(select max(p.at) from commit_people p
                  where p.identity = i.id and p.role = {role} and p.at <= ?2)"
            )
        };
        let mut one = self.sql().prepare_cached(&format!(
            "select max(max(ifnull({}, -1), ifnull({}, -1), ifnull({}, -1),
             ifnull((select max(v.at) from reviews v where v.reviewer = i.id and v.at <= ?2), -1),
             ifnull((select max(c.at) from comments c where c.author = i.id and c.at <= ?2), -1),
             ifnull((select max(c.at) from review_comments c
               where c.author = i.id and c.at <= ?2), -1),
             ifnull((select max(r.created) from pull_records r
               where r.author = i.id and r.created <= ?2), -1)))
             from identities i where i.developer = ?1",
            newest(0),
            newest(1),
            newest(2)
        ))?;
        let mut last = HashMap::new();
        for it in people {
            let at: Option<i64> = one.query_row((it.0, now.0), |row| row.get(0))?;
            if let Some(at) = at.filter(|it| *it >= 0) {
                last.insert(*it, Timestamp(at));
            }
        }
        Ok(last)
    }

    /// Everybody who has accounts where it is told whether they are closed, and all of those are. GitHub
    /// does not tell.
    pub fn closed_people(&self, _of: &Allowed) -> Result<Vec<DeveloperId>> {
        let mut all = self.sql().prepare_cached(
            "select developer from identities where kind = 2 and site <> 'github.com'
             group by developer having min(closed) = 1 order by developer",
        )?;
        let closed = all
            .query_map([], |row| row.get(0).map(DeveloperId))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(closed)
    }

    /// The living files at these paths.
    pub fn living(&self, of: &Allowed, paths: &[&str]) -> Result<Vec<model::FileId>> {
        let mut one = self.sql().prepare_cached(
            "select id from files where repository = ?1 and path = ?2 and alive = 1",
        )?;
        let mut files = Vec::new();
        for path in paths {
            let mut rows = one.query((of.id.0, path))?;
            while let Some(row) = rows.next()? {
                files.push(model::FileId(row.get(0)?));
            }
        }
        Ok(files)
    }
}

/// The paths of changes, asked for one after another.
struct ChangedPaths<'a> {
    listed: CachedStatement<'a>,
    commits: CachedStatement<'a>,
    files: CachedStatement<'a>,
    path: CachedStatement<'a>,
    names: HashMap<i64, String>,
}

impl<'a> ChangedPaths<'a> {
    fn new(sql: Sql<'a>) -> Result<ChangedPaths<'a>> {
        Ok(ChangedPaths {
            // Of pull requests that are known to be there at the time.
            listed: sql.prepare_cached(
                "select path from main.pull_files where pull_request = ?1 order by path",
            )?,
            commits: sql
                .prepare_cached("select commit_id from pr_commits where pull_request = ?1")?,
            files: sql.prepare_cached("select file from commit_files where commit_id = ?1")?,
            path: sql.prepare_cached("select path from files where id = ?1")?,
            names: HashMap::new(),
        })
    }

    /// What GitHub lists; else what the commits touch.
    fn of(&mut self, pull: Option<i64>, commits: &BTreeSet<i64>) -> Result<Vec<String>> {
        let mut all: BTreeSet<i64> = commits.clone();
        if let Some(pull) = pull {
            let listed: Vec<String> = self
                .listed
                .query_map([pull], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            if !listed.is_empty() {
                return Ok(listed);
            }
            let more = self.commits.query_map([pull], |row| row.get(0))?;
            all.extend(more.collect::<rusqlite::Result<Vec<i64>>>()?);
        }
        let mut paths = BTreeSet::new();
        for commit in all {
            let mut rows = self.files.query([commit])?;
            while let Some(row) = rows.next()? {
                let file: i64 = row.get(0)?;
                let name = match self.names.get(&file) {
                    Some(known) => known.clone(),
                    None => {
                        let name: String = self.path.query_row([file], |row| row.get(0))?;
                        self.names.insert(file, name.clone());
                        name
                    }
                };
                paths.insert(name);
            }
        }
        Ok(paths.into_iter().collect())
    }
}
