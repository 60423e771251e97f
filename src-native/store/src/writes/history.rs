//! The rows of a repository as arrays, for the rules that make rollups of them.

use super::WhoIsWho;
use crate::open::Sql;
use crate::{Allowed, Reader, Result, Writer};
use model::{CommitId, DeveloperId, FileId, IdentityId, RepositoryId};
use std::collections::HashMap;

/// A repository's history as arrays that refer to each other by index.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Commits, in order of row.
    pub commits: Vec<HistoryCommit>,
    /// Credited people, in order of commit.
    pub people: Vec<HistoryPerson>,
    /// Changed paths, in order of commit.
    pub touches: Vec<Touch>,
    /// Paths, living and gone, in order of row.
    pub files: Vec<HistoryFile>,
    /// Folders, in no order that means anything.
    pub folders: Vec<Folder>,
    /// Rows of the components.
    pub components: Vec<i64>,
    /// Which issues commits belong to, themselves or through their pull requests: indexes into
    /// `commits` and `said`, in order, each pair once.
    pub issues: Vec<(u32, u32)>,
    /// Of each issue that a commit belongs to, who wrote how many comments beneath it.
    pub said: Vec<Vec<(IdentityId, u32)>>,
}

/// A commit.
#[derive(Clone, Debug)]
pub struct HistoryCommit {
    /// Its row.
    pub id: CommitId,
    /// Its place in topology.
    pub generation: u32,
    /// When it was committed, in seconds since 1970 UTC.
    pub at: i64,
    /// Git's author.
    pub author: IdentityId,
    /// More than one parent.
    pub merge: bool,
    /// Its subject speaks of fixing a defect.
    pub fixes: bool,
    /// Its pull request; the lowest where it has several.
    pub pull: Option<u64>,
}

/// Somebody credited for a commit.
#[derive(Clone, Copy, Debug)]
pub struct HistoryPerson {
    /// Index of the commit.
    pub commit: u32,
    /// Who.
    pub identity: IdentityId,
    /// 0 author, 1 co-author, 2 reviewer.
    pub role: u8,
}

/// A path changed by a commit.
#[derive(Clone, Copy, Debug)]
pub struct Touch {
    /// Index of the commit.
    pub commit: u32,
    /// Index of the file.
    pub file: u32,
    /// Index of the file it was renamed from.
    pub from: Option<u32>,
    /// 0 added, 1 modified, 2 deleted, 3 renamed.
    pub kind: u8,
    /// Lines; 0 where binary or unknown.
    pub added: u32,
    /// Lines; 0 where binary or unknown.
    pub deleted: u32,
}

/// A path.
#[derive(Clone, Copy, Debug)]
pub struct HistoryFile {
    /// Its row.
    pub id: FileId,
    /// Index of its folder.
    pub folder: u32,
    /// Index of its component.
    pub component: Option<u32>,
    /// Whether it is in the tree of HEAD.
    pub alive: bool,
}

/// A folder.
#[derive(Clone, Copy, Debug)]
pub struct Folder {
    /// Its row.
    pub id: i64,
    /// Index of the one above; none for the root.
    pub parent: Option<u32>,
}

impl Writer<'_> {
    /// Reads a repository's history.
    pub fn history(&self, repository: RepositoryId) -> Result<History> {
        Rows(Sql::of(self.sql())).history(repository)
    }
}

impl Reader<'_> {
    /// Reads a repository's history as far as it is seen: for the rollups of a past.
    pub fn history(&self, of: &Allowed) -> Result<History> {
        Rows(self.sql()).history(of.id)
    }

    /// Every identity's developer and whether that is a bot.
    pub fn who_is_who(&self) -> Result<WhoIsWho> {
        let mut all = self.sql().prepare_cached(
            "select i.id, d.id, d.bot from identities i join developers d on d.id = i.developer",
        )?;
        let people = all.query_map([], |row| {
            Ok((IdentityId(row.get(0)?), (DeveloperId(row.get(1)?), row.get(2)?)))
        })?;
        Ok(people.collect::<rusqlite::Result<_>>()?)
    }
}

/// What a history is read from.
struct Rows<'a>(Sql<'a>);

impl Rows<'_> {
    fn history(&self, repository: RepositoryId) -> Result<History> {
        let sql = self.0;
        let mut history = History::default();
        let mut pulls = sql.prepare_cached(
            "select pc.commit_id, min(pr.number) from pull_requests pr
             cross join pr_commits pc on pc.pull_request = pr.id
             where pr.repository = ?1 group by 1",
        )?;
        let pulls: HashMap<i64, u64> = pulls
            .query_map([repository.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;

        let mut all = sql.prepare_cached(
            "select id, generation, committed, author, merge, fixes from commits
             where repository = ?1 order by id",
        )?;
        let mut rows = all.query([repository.0])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            history.commits.push(HistoryCommit {
                id: CommitId(id),
                generation: row.get(1)?,
                at: row.get(2)?,
                author: IdentityId(row.get(3)?),
                merge: row.get(4)?,
                fixes: row.get(5)?,
                pull: pulls.get(&id).copied(),
            });
        }
        let (Some(first), Some(last)) = (history.commits.first(), history.commits.last()) else {
            self.read_places(repository, &mut history)?;
            return Ok(history);
        };
        let range = [first.id.0, last.id.0];

        let mut cursor = Cursor::new(&history.commits);
        let mut all = sql.prepare_cached(
            "select commit_id, identity, role from commit_people
             where commit_id between ?1 and ?2 order by commit_id, identity, role",
        )?;
        let mut rows = all.query(range)?;
        while let Some(row) = rows.next()? {
            let Some(commit) = cursor.find(row.get(0)?) else { continue };
            let identity = IdentityId(row.get(1)?);
            history.people.push(HistoryPerson { commit, identity, role: row.get(2)? });
        }
        drop(rows);

        let file_index = self.read_places(repository, &mut history)?;
        let mut cursor = Cursor::new(&history.commits);
        let mut all = sql.prepare_cached(
            "select commit_id, file, from_file, kind, added, deleted from commit_files
             where commit_id between ?1 and ?2 order by commit_id, file",
        )?;
        let mut rows = all.query(range)?;
        while let Some(row) = rows.next()? {
            let Some(commit) = cursor.find(row.get(0)?) else { continue };
            let Some(file) = file_index.find(row.get(1)?) else { continue };
            history.touches.push(Touch {
                commit,
                file,
                from: row.get::<_, Option<i64>>(2)?.and_then(|it| file_index.find(it)),
                kind: row.get(3)?,
                added: row.get::<_, Option<u32>>(4)?.unwrap_or(0),
                deleted: row.get::<_, Option<u32>>(5)?.unwrap_or(0),
            });
        }
        drop(rows);
        self.read_said(repository, &mut history)?;
        Ok(history)
    }

    /// Reads which issues commits belong to and what was said beneath these.
    fn read_said(&self, repository: RepositoryId, history: &mut History) -> Result<()> {
        let sql = self.0;
        let mut links = sql.prepare_cached(
            "select l.commit_id, l.issue from issues i cross join commit_issues l on l.issue = i.id
             where i.repository = ?1
             union select pc.commit_id, l.issue from issues i cross join pr_issues l on l.issue = i.id
             cross join pr_commits pc on pc.pull_request = l.pull_request
             where i.repository = ?1 order by 1, 2",
        )?;
        let mut cursor = Cursor::new(&history.commits);
        let mut index: HashMap<i64, u32> = HashMap::new();
        let mut rows = links.query([repository.0])?;
        while let Some(row) = rows.next()? {
            let Some(commit) = cursor.find(row.get(0)?) else { continue };
            let next = index.len() as u32;
            let issue = *index.entry(row.get(1)?).or_insert(next);
            history.issues.push((commit, issue));
        }
        let mut said = sql.prepare_cached(
            "select author, count(*) from comments where issue = ?1 and author is not null
             group by 1 order by 1",
        )?;
        history.said = vec![Vec::new(); index.len()];
        for (row, issue) in index {
            history.said[issue as usize] = said
                .query_map([row], |row| Ok((IdentityId(row.get(0)?), row.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
        }
        Ok(())
    }

    fn read_places(&self, repository: RepositoryId, history: &mut History) -> Result<Index> {
        let sql = self.0;
        let mut all =
            sql.prepare_cached("select id, parent from folders where repository = ?1 order by id")?;
        let rows: Vec<(i64, Option<i64>)> = all
            .query_map([repository.0], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let folders = Index(rows.iter().map(|row| row.0).collect());
        history.folders = rows
            .iter()
            .map(|(id, parent)| Folder { id: *id, parent: parent.and_then(|it| folders.find(it)) })
            .collect();
        let mut all =
            sql.prepare_cached("select id from components where repository = ?1 order by id")?;
        history.components =
            all.query_map([repository.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let components = Index(history.components.clone());
        let mut all = sql.prepare_cached(
            "select id, folder, component, alive from files where repository = ?1 order by id",
        )?;
        let mut rows = all.query([repository.0])?;
        while let Some(row) = rows.next()? {
            history.files.push(HistoryFile {
                id: FileId(row.get(0)?),
                folder: folders.find(row.get(1)?).unwrap_or(0),
                component: row.get::<_, Option<i64>>(2)?.and_then(|it| components.find(it)),
                alive: row.get(3)?,
            });
        }
        Ok(Index(history.files.iter().map(|it| it.id.0).collect()))
    }
}

/// Rows in ascending order: from a row to its index.
struct Index(Vec<i64>);

impl Index {
    fn find(&self, row: i64) -> Option<u32> {
        // Rows of one repository are mostly without holes: the first guess is mostly right.
        let first = *self.0.first()?;
        let guess = usize::try_from(row - first).ok()?;
        if self.0.get(guess) == Some(&row) {
            return u32::try_from(guess).ok();
        }
        self.0.binary_search(&row).ok().and_then(|it| u32::try_from(it).ok())
    }
}

/// Walks commits along with rows that are in the same order.
struct Cursor {
    rows: Vec<i64>,
    at: usize,
}

impl Cursor {
    fn new(commits: &[HistoryCommit]) -> Cursor {
        Cursor { rows: commits.iter().map(|it| it.id.0).collect(), at: 0 }
    }

    fn find(&mut self, row: i64) -> Option<u32> {
        while self.rows.get(self.at).is_some_and(|it| *it < row) {
            self.at += 1;
        }
        (self.rows.get(self.at) == Some(&row)).then(|| u32::try_from(self.at).ok()).flatten()
    }
}
