//! Who knows what: the rollups as they stand.

use super::Scope;
use crate::{Allowed, Reader, Result};
use model::{DeveloperId, FileId, Timestamp};
use rusqlite::{CachedStatement, OptionalExtension};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// What somebody may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A living file.
    File(FileId),
    /// A folder, by row.
    Folder(i64),
    /// A component, by row.
    Component(i64),
}

impl Subject {
    fn key(self) -> (u8, i64) {
        match self {
            Subject::File(it) => (0, it.0),
            Subject::Folder(it) => (1, it),
            Subject::Component(it) => (2, it),
        }
    }
}

/// What one developer knows of one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnowledgeRow {
    /// Who.
    pub developer: DeveloperId,
    /// Commits, merges left out.
    pub commits: u32,
    /// Pull requests reviewed, commits where none is known.
    pub reviews: u32,
    /// Comments beneath issues that belong to it.
    pub comments: u32,
    /// Lines added.
    pub added: u64,
    /// Lines deleted.
    pub deleted: u64,
    /// Time of the first commit or review; 0 where there is neither.
    pub first_at: Timestamp,
    /// Time of the last commit or review; 0 where there is neither.
    pub last_at: Timestamp,
    /// Whether they count as author of the file; of a folder or component, of how many files.
    pub authors: u32,
}

impl KnowledgeRow {
    const NOTHING: KnowledgeRow = KnowledgeRow {
        developer: DeveloperId(0),
        commits: 0,
        reviews: 0,
        comments: 0,
        added: 0,
        deleted: 0,
        first_at: Timestamp(0),
        last_at: Timestamp(0),
        authors: 0,
    };
}

/// Something one developer knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRow {
    /// Path or component.
    pub name: String,
    /// What they did.
    pub knowledge: KnowledgeRow,
    /// Commits credited to anybody.
    pub all: u32,
}

/// Somebody is author of a living file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorRow {
    /// The file.
    pub file: FileId,
    /// Who.
    pub developer: DeveloperId,
}

/// So many files of equally many commits are told apart by looking at each one's path.
const TIES_MAX: usize = 200;

fn knowledge(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<KnowledgeRow> {
    Ok(KnowledgeRow {
        developer: DeveloperId(row.get(first)?),
        commits: row.get(first + 1)?,
        reviews: row.get(first + 2)?,
        comments: row.get(first + 3)?,
        added: row.get(first + 4)?,
        deleted: row.get(first + 5)?,
        first_at: Timestamp(row.get(first + 6)?),
        last_at: Timestamp(row.get(first + 7)?),
        authors: row.get(first + 8)?,
    })
}

impl Reader<'_> {
    /// Everybody who knows a subject of this repository.
    pub fn knowledge(&self, _of: &Allowed, subject: Subject) -> Result<Vec<KnowledgeRow>> {
        let mut all = self.sql().prepare_cached(
            "select developer, commits, reviews, comments, added, deleted, first_at, last_at, authors
             from knowledge where kind = ?1 and subject = ?2",
        )?;
        let rows = all
            .query_map(subject.key(), |row| knowledge(row, 0))?
            .collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// The living files a developer knows best, by commits, then by path.
    pub fn known_files(
        &self,
        of: &Allowed,
        developer: DeveloperId,
        most: u32,
    ) -> Result<Vec<KnownRow>> {
        // The index gives most commits first, over all repositories. Ties at the end of the list
        // go by path: where there are many, paths are walked in order until enough are theirs.
        let mut all = self.sql().prepare_cached(
            "select subject, commits from knowledge indexed by knowledge_developer
             where developer = ?1 and kind = 0 and commits > 0 order by commits desc",
        )?;
        let mut here =
            self.sql().prepare_cached("select 1 from files where id = ?1 and repository = ?2")?;
        let (mut sure, mut tied, mut level): (Vec<i64>, Vec<i64>, u32) = Default::default();
        let mut rows = all.query([developer.0])?;
        loop {
            let (subject, commits): (i64, u32) = match rows.next()? {
                Some(row) => (row.get(0)?, row.get(1)?),
                None => (0, 0),
            };
            if commits != level || commits == 0 {
                if tied.len() > TIES_MAX {
                    tied = self.first_by_path(of, tied, most as usize - sure.len())?;
                }
                sure.append(&mut tied);
                if commits == 0 || sure.len() >= most as usize {
                    break;
                }
                level = commits;
            }
            // Of very many equals it is asked when their paths are looked at.
            if tied.len() >= TIES_MAX || here.exists((subject, of.id.0))? {
                tied.push(subject);
            }
        }
        drop(rows);
        let mut one = self.sql().prepare_cached(
            "select f.path, k.developer, k.commits, k.reviews, k.comments, k.added, k.deleted,
             k.first_at, k.last_at, k.authors from files f
             cross join knowledge k on k.kind = 0 and k.subject = f.id and k.developer = ?2
             where f.id = ?1",
        )?;
        let mut known = Vec::with_capacity(sure.len());
        for subject in sure {
            let row = one.query_row((subject, developer.0), |row| {
                Ok(KnownRow { name: row.get(0)?, knowledge: knowledge(row, 1)?, all: 0 })
            })?;
            known.push((subject, row));
        }
        self.finish(0, known, most)
    }

    /// Those of some files that come first by path, at most `most`.
    fn first_by_path(&self, of: &Allowed, mut files: Vec<i64>, most: usize) -> Result<Vec<i64>> {
        files.sort_unstable();
        let mut paths = self.sql().prepare_cached(
            "select id from files indexed by files_key where repository = ?1 order by path",
        )?;
        let mut rows = paths.query([of.id.0])?;
        let mut first = Vec::new();
        while first.len() < most
            && let Some(row) = rows.next()?
        {
            let id = row.get(0)?;
            if files.binary_search(&id).is_ok() {
                first.push(id);
            }
        }
        Ok(first)
    }

    /// The components a developer knows, by commits, then by name.
    pub fn known_components(
        &self,
        of: &Allowed,
        developer: DeveloperId,
        most: u32,
    ) -> Result<Vec<KnownRow>> {
        let mut all = self.sql().prepare_cached(
            "select c.name, k.developer, k.commits, k.reviews, k.comments, k.added, k.deleted,
             k.first_at, k.last_at, k.authors, k.subject from knowledge k indexed by knowledge_developer
             cross join components c on c.id = k.subject
             where k.developer = ?1 and k.kind = 2 and k.commits > 0 and c.repository = ?2",
        )?;
        let known = all
            .query_map((developer.0, of.id.0), |row| {
                let known = KnownRow { name: row.get(0)?, knowledge: knowledge(row, 1)?, all: 0 };
                Ok((row.get(10)?, known))
            })?
            .collect::<rusqlite::Result<_>>()?;
        self.finish(2, known, most)
    }

    fn finish(
        &self,
        kind: u8,
        mut known: Vec<(i64, KnownRow)>,
        most: u32,
    ) -> Result<Vec<KnownRow>> {
        known.sort_by(|(_, a), (_, b)| {
            b.knowledge.commits.cmp(&a.knowledge.commits).then_with(|| a.name.cmp(&b.name))
        });
        known.truncate(most as usize);
        for (subject, row) in &mut known {
            row.all = self.credits_of((kind, *subject))?;
        }
        Ok(known.into_iter().map(|it| it.1).collect())
    }

    /// Commits to a subject credited to anybody: at least as many as there are.
    pub fn credited(&self, _of: &Allowed, subject: Subject) -> Result<u32> {
        self.credits_of(subject.key())
    }

    fn credits_of(&self, key: (u8, i64)) -> Result<u32> {
        let mut one = self.sql().prepare_cached(
            "select ifnull(max(commits), 0) from knowledge_totals where kind = ?1 and subject = ?2",
        )?;
        Ok(one.query_row(key, |row| row.get(0))?)
    }

    /// Who is author of which living file of the repository, those of one file side by side.
    pub fn authors(&self, of: &Allowed) -> Result<Vec<AuthorRow>> {
        let bounds: (Option<i64>, Option<i64>) = self
            .sql()
            .prepare_cached("select min(id), max(id) from files where repository = ?1")?
            .query_row([of.id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (Some(low), Some(high)) = bounds else { return Ok(Vec::new()) };
        // Rows of another repository may lie between; the caller has no file for them.
        let mut all = self.sql().prepare_cached(
            "select subject, developer from knowledge indexed by knowledge_authors
             where kind = 0 and authors = 1 and subject between ?1 and ?2",
        )?;
        let mut rows = all.query((low, high))?;
        let mut authors = Vec::new();
        while let Some(row) = rows.next()? {
            authors
                .push(AuthorRow { file: FileId(row.get(0)?), developer: DeveloperId(row.get(1)?) });
        }
        Ok(authors)
    }

    /// What people know of touches that no rollup counts, as those of a path that is gone, or those up
    /// to a past moment: by the same rule, from the rows themselves.
    pub fn knowledge_of(&self, of: &Allowed, scope: &Scope) -> Result<Vec<KnowledgeRow>> {
        let mut deeds = Deeds::new(self, of)?;
        let mut rows: BTreeMap<DeveloperId, KnowledgeRow> = BTreeMap::new();
        for row in deeds.of(scope)? {
            rows.insert(row.developer, row);
        }
        let issues = self.issues_touching(of, scope)?;
        let beneath: Vec<super::Beneath> = issues.into_iter().map(super::Beneath::Issue).collect();
        for said in self.said_beneath(of, &beneath)?.iter().filter(|it| !it.bot) {
            let Some(developer) = said.author else { continue };
            let none = KnowledgeRow { developer, ..KnowledgeRow::NOTHING };
            rows.entry(developer).or_insert(none).comments += 1;
        }
        Ok(rows.into_values().collect())
    }
}

/// Who did what to one scope after the other; comments are not counted.
pub struct Deeds<'a> {
    of: &'a Allowed,
    touches: CachedStatement<'a>,
    commit: CachedStatement<'a>,
    people: CachedStatement<'a>,
    pull: CachedStatement<'a>,
    known: HashMap<i64, Rc<Deed>>,
}

/// What is known of a commit.
struct Deed {
    place: (i64, u32),
    /// Authors and co-authors, bots left out, each once.
    wrote: Vec<DeveloperId>,
    /// Who reviewed it without having written it.
    reviewed: Vec<DeveloperId>,
    /// What a review of it is of: the pull request, or the commit where none is known.
    thing: u64,
}

impl<'a> Deeds<'a> {
    /// Of a repository.
    pub fn new(reader: &'a Reader<'a>, of: &'a Allowed) -> Result<Deeds<'a>> {
        let sql = reader.sql();
        Ok(Deeds {
            of,
            touches: sql.prepare_cached(
                "select commit_id, ifnull(added, 0), ifnull(deleted, 0)
                 from commit_files indexed by commit_files_file where file = ?1",
            )?,
            commit: sql.prepare_cached(
                "select committed, generation from commits where id = ?1 and repository = ?2",
            )?,
            people: sql.prepare_cached(
                "select p.role, i.developer, d.bot from commit_people p
                 join identities i on i.id = p.identity join developers d on d.id = i.developer
                 where p.commit_id = ?1",
            )?,
            pull: sql.prepare_cached(
                "select min(p.number) from pr_commits l
                 join pull_requests p on p.id = l.pull_request where l.commit_id = ?1",
            )?,
            known: HashMap::new(),
        })
    }

    /// What people did to a scope, in no order.
    pub fn of(&mut self, scope: &Scope) -> Result<Vec<KnowledgeRow>> {
        let mut lines: HashMap<i64, (u64, u64)> = HashMap::new();
        for (file, before) in scope.files() {
            let mut found: Vec<(i64, u64, u64)> = Vec::new();
            let mut rows = self.touches.query([file.0])?;
            while let Some(row) = rows.next()? {
                found.push((row.get(0)?, row.get(1)?, row.get(2)?));
            }
            drop(rows);
            for (commit, added, deleted) in found {
                if self.deed(commit)?.is_some_and(|it| it.place.1 < before) {
                    let sum = lines.entry(commit).or_default();
                    *sum = (sum.0 + added, sum.1 + deleted);
                }
            }
        }
        let mut rows: HashMap<DeveloperId, (KnowledgeRow, HashSet<u64>)> = HashMap::new();
        for (commit, (added, deleted)) in lines {
            let Some(deed) = self.deed(commit)? else { continue };
            let at = Timestamp(deed.place.0);
            for developer in deed.wrote.iter().chain(&deed.reviewed) {
                let (row, things) = rows.entry(*developer).or_insert_with(|| {
                    let developer = *developer;
                    let none = KnowledgeRow { developer, first_at: at, ..KnowledgeRow::NOTHING };
                    (KnowledgeRow { last_at: at, ..none }, HashSet::new())
                });
                row.first_at = row.first_at.min(at);
                row.last_at = row.last_at.max(at);
                if deed.wrote.contains(developer) {
                    row.commits += 1;
                    row.added += added;
                    row.deleted += deleted;
                } else if things.insert(deed.thing) {
                    row.reviews += 1;
                }
            }
        }
        Ok(rows.into_values().map(|it| it.0).collect())
    }

    /// One commit; none where it is of another repository.
    fn deed(&mut self, commit: i64) -> Result<Option<Rc<Deed>>> {
        if let Some(known) = self.known.get(&commit) {
            return Ok(Some(known.clone()));
        }
        let place: Option<(i64, u32)> = self
            .commit
            .query_row((commit, self.of.id.0), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some(place) = place else { return Ok(None) };
        let (mut all, mut wrote, mut reviewed) = (Vec::new(), Vec::new(), Vec::new());
        let mut rows = self.people.query([commit])?;
        while let Some(row) = rows.next()? {
            let (role, who, bot): (u8, _, bool) =
                (row.get(0)?, DeveloperId(row.get(1)?), row.get(2)?);
            match role {
                0 | 1 => {
                    all.push(who);
                    wrote.extend(Some(who).filter(|_| !bot));
                }
                _ => reviewed.extend(Some(who).filter(|_| !bot)),
            }
        }
        drop(rows);
        reviewed.retain(|it| !all.contains(it));
        for list in [&mut wrote, &mut reviewed] {
            list.sort_unstable();
            list.dedup();
        }
        let pull: Option<u64> = self.pull.query_row([commit], |row| row.get(0))?;
        let thing = pull.unwrap_or(1 << 63 | commit.unsigned_abs());
        let deed = Rc::new(Deed { place, wrote, reviewed, thing });
        self.known.insert(commit, deed.clone());
        Ok(Some(deed))
    }
}
