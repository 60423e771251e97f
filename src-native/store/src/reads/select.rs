//! Which commits fit a question: every filter at once, newest first, page by page.

use super::newest::{Known, Newest};
use super::{IssueAsked, Scope};
use crate::{Allowed, Reader, Result};
use model::{CommitId, DeveloperId, FileId, Oid, Timestamp};
use rusqlite::CachedStatement;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What a person did for a commit, as far as lists can ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrote {
    /// Wrote it or helped to.
    Author,
    /// Reviewed it, and did not write it.
    Reviewer,
}

/// Where a commit stands among others: newest first, then what is later in topology, then by id.
/// The same in every store that holds the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// When it was committed.
    pub at: Timestamp,
    /// Its place in topology.
    pub generation: u32,
    /// Its object id.
    pub oid: Oid,
}

impl Ord for Place {
    fn cmp(&self, other: &Place) -> std::cmp::Ordering {
        let key = |it: &Place| (it.at, it.generation, it.oid);
        key(other).cmp(&key(self))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Place) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// A commit that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands.
    pub place: Place,
    /// Its row.
    pub id: CommitId,
}

/// The files of a component whose paths look like tests.
#[derive(Clone, Copy, Debug)]
pub struct Tests {
    /// The component's row.
    pub component: i64,
    /// Whether a path looks like a test's.
    pub looks_like: fn(&str) -> bool,
}

/// What is asked for; the default asks for every commit.
#[derive(Clone, Debug)]
pub struct Select {
    /// Touches one of these.
    pub scope: Option<Rc<Scope>>,
    /// Touches one of these too.
    pub with: Option<Rc<Scope>>,
    /// Touches one of these beside what `scope` holds.
    pub tests: Option<Tests>,
    /// A person had this part in it.
    pub person: Option<(DeveloperId, Wrote)>,
    /// Belongs to this issue.
    pub issue: Option<IssueAsked>,
    /// Belongs to any issue, or names one of a known project.
    pub any_issue: bool,
    /// Came through this pull request.
    pub pull_request: Option<u64>,
    /// Came through any.
    pub any_pull_request: bool,
    /// Committed at or after.
    pub since: Timestamp,
    /// Committed at or before.
    pub until: Timestamp,
    /// Fixes a defect, or does not.
    pub fixes: Option<bool>,
    /// Undoes another, or does not.
    pub reverts: Option<bool>,
    /// Has more than one parent, or has not.
    pub merge: Option<bool>,
    /// Touches at most so many files.
    pub files_max: Option<u32>,
    /// Of those of one pull request only the newest.
    pub once_per_pull_request: bool,
    /// How many fit, about: what is rare is looked up, what is common is met on the way.
    pub expected: u64,
}

impl Default for Select {
    fn default() -> Select {
        Select {
            scope: None,
            with: None,
            tests: None,
            person: None,
            issue: None,
            any_issue: false,
            pull_request: None,
            any_pull_request: false,
            since: Timestamp(i64::MIN),
            until: Timestamp(i64::MAX),
            fixes: None,
            reverts: None,
            merge: None,
            files_max: None,
            once_per_pull_request: false,
            expected: 0,
        }
    }
}

/// A commit as far as it must be known to be judged.
struct Candidate {
    found: Found,
    merge: bool,
    fixes: bool,
    reverts: bool,
}

const CANDIDATE: &str = "select c.id, c.committed, c.generation, c.oid, c.merge, c.fixes,
    c.reverts is not null from commits c";

fn candidate(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Candidate>> {
    let Some(oid) = Oid::from_bytes(super::blob(row, 3)?) else { return Ok(None) };
    let place = Place { at: Timestamp(row.get(1)?), generation: row.get(2)?, oid };
    Ok(Some(Candidate {
        found: Found { place, id: CommitId(row.get(0)?) },
        merge: row.get(4)?,
        fixes: row.get(5)?,
        reverts: row.get(6)?,
    }))
}

/// Paths whose commits are met newest first side by side; of more, all are listed.
const STREAMS_MAX: usize = 64;

impl Reader<'_> {
    /// The commits that fit, in order of [`Place`], after `after`, at most `most`.
    pub fn select(
        &self,
        of: &Allowed,
        select: &Select,
        after: Option<Place>,
        most: usize,
    ) -> Result<Vec<Found>> {
        let judge = Judge::new(self, of, select)?;
        // Which of a pull request's commits is the newest is told by those before the page.
        let resume = after.filter(|_| !select.once_per_pull_request);
        let most_read = if resume == after { most } else { usize::MAX };
        let found = match self.likely(of, select, most_read)? {
            Likely::All => self.judge_all(of, select, &judge, resume, most_read)?,
            Likely::Ids(ids) => self.judge_listed(of, select, &judge, ids)?,
            Likely::Newest(newest) => {
                self.judge_newest(of, select, &judge, newest, resume, most_read)?
            }
        };
        let begin = after.map_or(0, |after| found.partition_point(|it| it.place <= after));
        Ok(found.into_iter().skip(begin).take(most).collect())
    }

    /// Where to look for commits that fit: in the shortest list that holds all of them.
    fn likely<'a>(&'a self, of: &Allowed, select: &Select, most: usize) -> Result<Likely<'a>> {
        let sql = self.sql();
        let mut ids: Vec<i64> = Vec::new();
        if let Some(issue) = &select.issue {
            self.of_issue(issue, &mut ids)?;
            ids.sort_unstable();
            ids.dedup();
            return Ok(Likely::Ids(ids));
        }
        if let Some(number) = select.pull_request {
            let mut all = sql.prepare_cached(
                "select pc.commit_id from pull_requests pr
                 cross join pr_commits pc on pc.pull_request = pr.id
                 where pr.repository = ?1 and pr.number = ?2",
            )?;
            let mut rows = all.query((of.id.0, number))?;
            while let Some(row) = rows.next()? {
                ids.push(row.get(0)?);
            }
            return Ok(Likely::Ids(ids));
        }
        let few = select.scope.as_ref().filter(|it| it.len() <= STREAMS_MAX);
        if let Some(scope) = few
            && !self.is_rarer(of, select, scope)?
        {
            let paths = scope.files().map(|(file, before)| (file.0, before)).collect();
            return Ok(Likely::Newest(Newest::touching(self, paths, select)?));
        }
        if let Some((developer, wrote)) = select.person {
            return Ok(Likely::Newest(Newest::by(self, developer, wrote, select)?));
        }
        let Some(scope) = &select.scope else { return Ok(Likely::All) };
        if self.is_common(of, select, most)? {
            return Ok(Likely::All);
        }
        self.touching(scope, &mut ids)?;
        ids.sort_unstable();
        ids.dedup();
        Ok(Likely::Ids(ids))
    }

    /// Whether a person has fewer commits than a scope has.
    fn is_rarer(&self, of: &Allowed, select: &Select, scope: &Scope) -> Result<bool> {
        let Some((developer, wrote)) = select.person else { return Ok(false) };
        let totals = self.totals_of(of, developer)?;
        let theirs = totals.map_or(0, |it| match wrote {
            Wrote::Author => it.commits,
            // Of pull requests; how many commits these have is not known.
            Wrote::Reviewer => it.reviews.saturating_mul(4),
        });
        let mut touching = 0u32;
        for (file, _) in scope.files() {
            touching = touching.saturating_add(self.file_totals(of, file)?.commits);
        }
        Ok(theirs < touching)
    }

    /// Whether judging every commit back in time meets `most` of them sooner than all can be
    /// listed.
    fn is_common(&self, of: &Allowed, select: &Select, most: usize) -> Result<bool> {
        if select.since.0 > i64::MIN {
            return Ok(true); // a window is walked whole
        }
        let walked = self.commit_count(of)?.saturating_mul(most as u64) / select.expected.max(1);
        Ok(walked < select.expected)
    }

    fn commit_count(&self, of: &Allowed) -> Result<u64> {
        let mut sum = self
            .sql()
            .prepare_cached("select ifnull(sum(commits), 0) from weeks where repository = ?1")?;
        Ok(sum.query_row([of.id.0], |row| row.get(0))?)
    }

    /// The first of the commits that touch what is in `scope`.
    pub fn oldest_touching(&self, of: &Allowed, scope: &Scope) -> Result<Option<Found>> {
        let mut times = self.sql().prepare_cached(
            "select at, commit_id from commit_files indexed by commit_files_file
             where file = ?1 order by at, commit_id",
        )?;
        let mut one = self
            .sql()
            .prepare_cached(&format!("{CANDIDATE} where c.id = ?1 and c.repository = ?2"))?;
        let mut best: Option<Found> = None;
        for (file, before) in scope.files() {
            let mut rows = times.query([file.0])?;
            while let Some(row) = rows.next()? {
                let (at, id): (i64, i64) = (row.get(0)?, row.get(1)?);
                if best.is_some_and(|it| it.place.at.0 < at) {
                    break;
                }
                if let Some(it) = one.query_row((id, of.id.0), candidate)?.map(|it| it.found)
                    && it.place.generation < before
                    && best.is_none_or(|best| best.place < it.place)
                {
                    best = Some(it);
                }
            }
        }
        Ok(best)
    }

    pub(super) fn touching(&self, scope: &Scope, ids: &mut Vec<i64>) -> Result<()> {
        let mut whole = self.sql().prepare_cached(
            "select commit_id from commit_files indexed by commit_files_file where file = ?1",
        )?;
        let mut until = self.sql().prepare_cached(
            "select t.commit_id from commit_files t indexed by commit_files_file
             cross join commits c on c.id = t.commit_id where t.file = ?1 and c.generation < ?2",
        )?;
        for (file, before) in scope.files() {
            let mut rows = match before {
                u32::MAX => whole.query([file.0])?,
                before => until.query([file.0, i64::from(before)])?,
            };
            while let Some(row) = rows.next()? {
                ids.push(row.get(0)?);
            }
        }
        Ok(())
    }

    fn judge_listed(
        &self,
        of: &Allowed,
        select: &Select,
        judge: &Judge<'_>,
        ids: Vec<i64>,
    ) -> Result<Vec<Found>> {
        let mut one = self
            .sql()
            .prepare_cached(&format!("{CANDIDATE} where c.id = ?1 and c.repository = ?2"))?;
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let mut rows = one.query((id, of.id.0))?;
            let Some(row) = rows.next()? else { continue };
            let Some(candidate) = candidate(row)? else { continue };
            let at = candidate.found.place.at;
            if at >= select.since && at <= select.until && judge.fits(&candidate, Known::Nothing)? {
                found.push(candidate.found);
            }
        }
        found.sort_unstable_by_key(|it| it.place);
        judge.once(found)
    }

    /// Judges what comes newest first until there are enough.
    fn judge_newest(
        &self,
        of: &Allowed,
        select: &Select,
        judge: &Judge<'_>,
        mut newest: Newest<'_>,
        after: Option<Place>,
        most: usize,
    ) -> Result<Vec<Found>> {
        let mut one = self
            .sql()
            .prepare_cached(&format!("{CANDIDATE} where c.id = ?1 and c.repository = ?2"))?;
        newest.until(after.map_or(select.until, |it| it.at.min(select.until)));
        let mut found: Vec<Found> = Vec::new();
        let mut moment: Vec<Found> = Vec::new();
        let mut next = newest.next()?;
        while let Some((at, _, _)) = next {
            // Commits of one moment are told apart by their places: all of them are judged.
            moment.clear();
            while let Some((_, id, before)) = next.filter(|it| it.0 == at) {
                next = newest.next()?;
                let mut rows = one.query((id, of.id.0))?;
                let Some(row) = rows.next()? else { continue };
                let Some(candidate) = candidate(row)? else { continue };
                if candidate.found.place.generation < before
                    && after.is_none_or(|after| candidate.found.place > after)
                    && judge.fits(&candidate, newest.known)?
                {
                    moment.push(candidate.found);
                }
            }
            moment.sort_unstable_by_key(|it| it.place);
            found.append(&mut judge.once(std::mem::take(&mut moment))?);
            if found.len() >= most {
                break;
            }
        }
        Ok(found)
    }

    fn judge_all(
        &self,
        of: &Allowed,
        select: &Select,
        judge: &Judge<'_>,
        after: Option<Place>,
        most: usize,
    ) -> Result<Vec<Found>> {
        let mut all = self.sql().prepare_cached(&format!(
            "{CANDIDATE} where c.repository = ?1 and c.committed between ?2 and ?3
             order by c.committed desc, c.generation desc, c.oid desc"
        ))?;
        let until = after.map_or(select.until, |it| it.at.min(select.until));
        let mut rows = all.query((of.id.0, select.since.0, until.0))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let Some(candidate) = candidate(row)? else { continue };
            if after.is_some_and(|after| candidate.found.place <= after) {
                continue;
            }
            if judge.fits(&candidate, Known::Nothing)? && judge.is_first(candidate.found.id)? {
                found.push(candidate.found);
                if found.len() == most {
                    break;
                }
            }
        }
        Ok(found)
    }
}

/// Where commits that fit are looked for.
enum Likely<'a> {
    /// Among all, back in time.
    All,
    /// Among these rows.
    Ids(Vec<i64>),
    /// Among these, newest first.
    Newest(Newest<'a>),
}

/// Looks at one commit after the other, with statements that are prepared once.
struct Judge<'a> {
    select: &'a Select,
    prefixes: HashSet<String>,
    /// This person's identities.
    identities: HashSet<i64>,
    /// Pull requests met before.
    seen: RefCell<HashSet<u64>>,
    /// Whether a file of the component that tests are looked for in is one.
    is_test: RefCell<HashMap<i64, bool>>,
    path: RefCell<CachedStatement<'a>>,
    people: RefCell<CachedStatement<'a>>,
    files: RefCell<CachedStatement<'a>>,
    linked: RefCell<CachedStatement<'a>>,
    mentions: RefCell<CachedStatement<'a>>,
    pulls: RefCell<CachedStatement<'a>>,
}

impl<'a> Judge<'a> {
    fn new(reader: &'a Reader<'a>, of: &Allowed, select: &'a Select) -> Result<Judge<'a>> {
        let prefixes = match select.any_issue {
            true => reader.project_prefixes(of)?.into_iter().map(|it| it.0).collect(),
            false => HashSet::new(),
        };
        let identities = match select.person {
            Some((developer, _)) => reader.identities_of(developer)?.into_iter().collect(),
            None => HashSet::new(),
        };
        let prepare = |text| reader.sql().prepare_cached(text).map(RefCell::new);
        Ok(Judge {
            select,
            prefixes,
            identities,
            seen: RefCell::default(),
            is_test: RefCell::default(),
            path: prepare("select path from files where id = ?1 and component = ?2")?,
            people: prepare("select identity, role from commit_people where commit_id = ?1")?,
            files: prepare("select file from commit_files where commit_id = ?1")?,
            linked: prepare("select 1 from commit_issues where commit_id = ?1")?,
            mentions: prepare(
                "select m.prefix from issue_mentions m where m.commit_id = ?1 and not exists
                 (select 1 from project_keys k join issue_keys a on a.repository = k.repository
                 and a.key = k.project || '-' || m.number
                 where k.prefix = m.prefix and k.repository = (select repository from commits
                 where id = ?1))",
            )?,
            pulls: prepare(
                "select pr.number from pr_commits pc
                 join pull_requests pr on pr.id = pc.pull_request
                 where pc.commit_id = ?1 order by 1",
            )?,
        })
    }

    fn fits(&self, it: &Candidate, known: Known) -> Result<bool> {
        let select = self.select;
        let flags = select.merge.is_none_or(|wanted| it.merge == wanted)
            && select.fixes.is_none_or(|wanted| it.fixes == wanted)
            && select.reverts.is_none_or(|wanted| it.reverts == wanted);
        Ok(flags
            && (known == Known::Wrote || self.has_person(it.found.id)?)
            && self.touches(it, known == Known::InScope)?
            && self.names_issue(it.found.id)?
            && self.came_through(it.found.id)?)
    }

    fn has_person(&self, commit: CommitId) -> Result<bool> {
        let Some((_, wrote)) = self.select.person else { return Ok(true) };
        let mut all = self.people.borrow_mut();
        let mut rows = all.query([commit.0])?;
        let (mut author, mut reviewer) = (false, false);
        while let Some(row) = rows.next()? {
            if self.identities.contains(&row.get(0)?) {
                match row.get(1)? {
                    0u8 | 1 => author = true,
                    _ => reviewer = true,
                }
            }
        }
        Ok(match wrote {
            Wrote::Author => author,
            Wrote::Reviewer => reviewer && !author,
        })
    }

    fn touches(&self, it: &Candidate, scoped: bool) -> Result<bool> {
        let select = self.select;
        let scope = select.scope.as_ref().filter(|_| !scoped);
        if scope.is_none()
            && select.with.is_none()
            && select.tests.is_none()
            && select.files_max.is_none()
        {
            return Ok(true);
        }
        let mut all = self.files.borrow_mut();
        let mut rows = all.query([it.found.id.0])?;
        let generation = it.found.place.generation;
        let (mut files, mut inside, mut with, mut test) = (0u32, false, false, false);
        while let Some(row) = rows.next()? {
            let file = FileId(row.get(0)?);
            files += 1;
            let here = select.scope.as_ref().is_some_and(|it| it.holds(file, generation));
            inside |= here;
            with |= select.with.as_ref().is_some_and(|it| it.holds(file, generation));
            test |= !here && !test && self.is_test(file)?;
        }
        Ok((scope.is_none() || inside)
            && (select.with.is_none() || with)
            && (select.tests.is_none() || test)
            && select.files_max.is_none_or(|most| files <= most))
    }

    fn is_test(&self, file: FileId) -> Result<bool> {
        let Some(tests) = self.select.tests else { return Ok(false) };
        if let Some(known) = self.is_test.borrow().get(&file.0) {
            return Ok(*known);
        }
        let mut path = self.path.borrow_mut();
        let mut rows = path.query([file.0, tests.component])?;
        let is = match rows.next()? {
            Some(row) => (tests.looks_like)(row.get_ref(0)?.as_str().unwrap_or_default()),
            None => false,
        };
        self.is_test.borrow_mut().insert(file.0, is);
        Ok(is)
    }

    fn names_issue(&self, commit: CommitId) -> Result<bool> {
        // What belongs to one issue was looked up: there is nothing else among the likely ones.
        if !self.select.any_issue {
            return Ok(true);
        }
        if self.linked.borrow_mut().exists([commit.0])? {
            return Ok(true);
        }
        let mut all = self.mentions.borrow_mut();
        let mut rows = all.query([commit.0])?;
        while let Some(row) = rows.next()? {
            if self.prefixes.contains(row.get_ref(0)?.as_str().unwrap_or_default()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn came_through(&self, commit: CommitId) -> Result<bool> {
        let lowest = match (self.select.pull_request, self.select.any_pull_request) {
            (None, false) => return Ok(true),
            (wanted, _) => (wanted, self.pulls(commit)?),
        };
        Ok(match lowest {
            (Some(wanted), pulls) => pulls.contains(&wanted),
            (None, pulls) => !pulls.is_empty(),
        })
    }

    fn pulls(&self, commit: CommitId) -> Result<Vec<u64>> {
        let mut all = self.pulls.borrow_mut();
        let pulls =
            all.query_map([commit.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(pulls)
    }

    /// Of the commits of one pull request, the lowest where a commit has several, only the first,
    /// where that is asked for.
    fn once(&self, mut found: Vec<Found>) -> Result<Vec<Found>> {
        let mut kept = 0;
        for i in 0..found.len() {
            if self.is_first(found[i].id)? {
                found[kept] = found[i];
                kept += 1;
            }
        }
        found.truncate(kept);
        Ok(found)
    }

    fn is_first(&self, commit: CommitId) -> Result<bool> {
        if !self.select.once_per_pull_request {
            return Ok(true);
        }
        let pull = self.pulls(commit)?.first().copied();
        Ok(pull.is_none_or(|it| self.seen.borrow_mut().insert(it)))
    }
}
