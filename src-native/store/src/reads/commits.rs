//! Commits as they are shown.

use super::{Found, Place, Scope};
use crate::{Allowed, Reader, Result};
use model::{ChangeKind, CommitId, DeveloperId, FileId, Oid, Timestamp};
use rusqlite::{CachedStatement, OptionalExtension};
use std::collections::HashMap;
use std::rc::Rc;

/// A commit as shown in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitRow {
    /// Its row.
    pub id: CommitId,
    /// Where it stands among others.
    pub place: Place,
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it.
    pub author: DeveloperId,
    /// When it was written.
    pub authored: Timestamp,
    /// Whether it has more than one parent.
    pub merge: bool,
    /// Whether its subject speaks of fixing a defect.
    pub fixes: bool,
    /// Whether it undoes another.
    pub reverts: bool,
}

/// What only the page of one commit shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitDetail {
    /// Its whole message.
    pub message: String,
    /// The writer's offset from UTC, in minutes.
    pub offset_minutes: i32,
    /// Its parents, whether or not memory has them.
    pub parents: Vec<Oid>,
    /// The commit it undoes, where it names one.
    pub reverts: Option<Oid>,
    /// Who committed it.
    pub committer: Credit,
    /// Who Git says wrote it.
    pub author: Credit,
}

/// A person credited for a commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Credit {
    /// 0 author, 1 co-author, 2 reviewer.
    pub role: u8,
    /// Who.
    pub developer: DeveloperId,
    /// The name as written.
    pub name: String,
    /// The mail as written.
    pub mail: String,
}

/// How large a commit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommitSize {
    /// Paths it touches.
    pub files: u32,
    /// Lines added.
    pub added: u64,
    /// Lines deleted.
    pub deleted: u64,
}

/// A path that a commit touches: the commit, the path's row and the path.
pub type Beside = (CommitId, FileId, Rc<str>);

/// What touched a path under any of its names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileTotals {
    /// Commits.
    pub commits: u32,
    /// Lines added.
    pub added: u64,
    /// Lines deleted.
    pub deleted: u64,
}

/// What a commit did to a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTouch {
    /// The path's row.
    pub file: FileId,
    /// The path.
    pub path: String,
    /// What happened to it.
    pub kind: ChangeKind,
    /// Where it was renamed from.
    pub from: Option<String>,
    /// Lines added; none where binary or unknown.
    pub added: Option<u32>,
    /// Lines deleted; none where binary or unknown.
    pub deleted: Option<u32>,
}

/// The columns of a [`CommitRow`], with what follows them. Who wrote it is credited with role 0; a
/// commit whose people are not known yet has Git's author.
macro_rules! commit_where {
    ($rest:literal) => {
        concat!(
            "select c.id, c.committed, c.generation, c.oid, c.message,
             ifnull((select min(i.developer) from commit_people p
                     join identities i on i.id = p.identity
                     where p.commit_id = c.id and p.role = 0),
                    (select i.developer from identities i where i.id = c.author)),
             c.authored, c.merge, c.fixes, c.reverts is not null from commits c ",
            $rest
        )
    };
}

fn commit_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<CommitRow>> {
    let Some(oid) = Oid::from_bytes(super::blob(row, 3)?) else { return Ok(None) };
    let message = row.get_ref(4)?.as_str().unwrap_or_default();
    let place = Place { at: Timestamp(row.get(1)?), generation: row.get(2)?, oid };
    Ok(Some(CommitRow {
        id: CommitId(row.get(0)?),
        place,
        subject: subject(message).to_owned(),
        author: DeveloperId(row.get::<_, Option<i64>>(5)?.unwrap_or_default()),
        authored: Timestamp(row.get(6)?),
        merge: row.get(7)?,
        fixes: row.get(8)?,
        reverts: row.get(9)?,
    }))
}

/// The first line that is not empty.
pub(crate) fn subject(message: &str) -> &str {
    message.lines().map(str::trim).find(|it| !it.is_empty()).unwrap_or_default()
}

/// The kind that a number in the store stands for.
pub(crate) fn kind(number: u8) -> ChangeKind {
    match number {
        0 => ChangeKind::Added,
        2 => ChangeKind::Deleted,
        3 => ChangeKind::Renamed,
        _ => ChangeKind::Modified,
    }
}

impl Reader<'_> {
    /// One commit by row.
    pub fn commit(&self, of: &Allowed, id: CommitId) -> Result<Option<CommitRow>> {
        let mut one =
            self.sql().prepare_cached(commit_where!("where c.id = ?1 and c.repository = ?2"))?;
        Ok(one.query_row((id.0, of.id.0), commit_row).optional()?.flatten())
    }

    /// Commits by row, in the order asked for.
    pub fn commits(&self, of: &Allowed, found: &[Found]) -> Result<Vec<CommitRow>> {
        let rows = found.iter().map(|it| self.commit(of, it.id));
        Ok(rows.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// One commit by its object id.
    pub fn commit_of(&self, of: &Allowed, oid: Oid) -> Result<Option<CommitRow>> {
        let mut one =
            self.sql().prepare_cached(commit_where!("where c.repository = ?1 and c.oid = ?2"))?;
        Ok(one.query_row((of.id.0, oid.as_bytes()), commit_row).optional()?.flatten())
    }

    /// Commits whose object id begins with these hexadecimal digits, by id, at most `most`.
    pub fn commits_like(&self, of: &Allowed, digits: &str, most: u32) -> Result<Vec<CommitRow>> {
        let Some((low, high)) = range(digits) else { return Ok(Vec::new()) };
        let mut all = self.sql().prepare_cached(commit_where!(
            "where c.repository = ?1 and c.oid >= ?2 and c.oid <= ?3
             order by c.oid limit ?4"
        ))?;
        let rows = all
            .query_map((of.id.0, low, high, most), commit_row)?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// What only the page of one commit shows.
    pub fn commit_detail(&self, of: &Allowed, id: CommitId) -> Result<CommitDetail> {
        let mut one = self.sql().prepare_cached(
            "select c.message, c.authored_offset, c.parents, length(c.oid), c.reverts,
             k.developer, k.name, k.mail, a.developer, a.name, a.mail from commits c
             left join identities k on k.id = c.committer left join identities a on a.id = c.author
             where c.id = ?1 and c.repository = ?2",
        )?;
        Ok(one.query_row((id.0, of.id.0), |row| {
            let width = row.get::<_, usize>(3)?.max(1);
            let parents = super::blob(row, 2)?.chunks(width).filter_map(Oid::from_bytes);
            let person = |first: usize| -> rusqlite::Result<Credit> {
                Ok(Credit {
                    role: 0,
                    developer: DeveloperId(row.get::<_, Option<i64>>(first)?.unwrap_or_default()),
                    name: row.get::<_, Option<String>>(first + 1)?.unwrap_or_default(),
                    mail: row.get::<_, Option<String>>(first + 2)?.unwrap_or_default(),
                })
            };
            Ok(CommitDetail {
                message: row.get(0)?,
                offset_minutes: row.get(1)?,
                parents: parents.collect(),
                reverts: row.get::<_, Option<Vec<u8>>>(4)?.and_then(|it| Oid::from_bytes(&it)),
                committer: person(5)?,
                author: person(8)?,
            })
        })?)
    }

    /// Everybody credited for a commit, by role, then as written.
    pub fn credits(&self, _of: &Allowed, id: CommitId) -> Result<Vec<Credit>> {
        let mut all = self.sql().prepare_cached(
            "select p.role, i.developer, i.name, i.mail from commit_people p
             join identities i on i.id = p.identity where p.commit_id = ?1
             order by p.role, i.name, i.mail",
        )?;
        let credits = all
            .query_map([id.0], |row| {
                Ok(Credit {
                    role: row.get(0)?,
                    developer: DeveloperId(row.get(1)?),
                    name: row.get(2)?,
                    mail: row.get(3)?,
                })
            })?
            .collect::<rusqlite::Result<_>>()?;
        Ok(credits)
    }

    /// How large a commit is.
    pub fn commit_size(&self, _of: &Allowed, id: CommitId) -> Result<CommitSize> {
        let mut one = self.sql().prepare_cached(
            "select count(*), ifnull(sum(added), 0), ifnull(sum(deleted), 0) from commit_files
             where commit_id = ?1",
        )?;
        Ok(one.query_row([id.0], |row| {
            Ok(CommitSize { files: row.get(0)?, added: row.get(1)?, deleted: row.get(2)? })
        })?)
    }

    /// What a commit did to paths, by path, at most `most`.
    pub fn commit_files(&self, _of: &Allowed, id: CommitId, most: u32) -> Result<Vec<FileTouch>> {
        let mut all = self.sql().prepare_cached(
            "select t.file, f.path, t.kind, q.path, t.added, t.deleted from commit_files t
             join files f on f.id = t.file left join files q on q.id = t.from_file
             where t.commit_id = ?1 order by f.path limit ?2",
        )?;
        let rows = all.query_map((id.0, most), file_touch)?.collect::<rusqlite::Result<_>>()?;
        Ok(rows)
    }

    /// What a commit did to the paths in `scope`, by path.
    pub fn touches_in(&self, _of: &Allowed, it: Found, scope: &Scope) -> Result<Vec<FileTouch>> {
        let mut one = self.sql().prepare_cached(
            "select t.file, f.path, t.kind, q.path, t.added, t.deleted from commit_files t
             join files f on f.id = t.file left join files q on q.id = t.from_file
             where t.commit_id = ?1 and t.file = ?2",
        )?;
        let mut touches = Vec::new();
        // A few paths are asked for one by one: a mass commit has thousands.
        if scope.len() <= 8 {
            for (file, before) in scope.files() {
                if it.place.generation < before {
                    touches.extend(one.query_row((it.id.0, file.0), file_touch).optional()?);
                }
            }
        } else {
            let mut files =
                self.sql().prepare_cached("select file from commit_files where commit_id = ?1")?;
            let mut rows = files.query([it.id.0])?;
            while let Some(row) = rows.next()? {
                let file = FileId(row.get(0)?);
                if scope.holds(file, it.place.generation) {
                    touches.push(one.query_row((it.id.0, file.0), file_touch)?);
                }
            }
        }
        touches.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(touches)
    }

    /// What touched a path under any of its names.
    pub fn file_totals(&self, _of: &Allowed, file: FileId) -> Result<FileTotals> {
        let mut one = self
            .sql()
            .prepare_cached("select commits, added, deleted from file_totals where file = ?1")?;
        let totals = one.query_row([file.0], |row| {
            Ok(FileTotals { commits: row.get(0)?, added: row.get(1)?, deleted: row.get(2)? })
        });
        Ok(totals.optional()?.unwrap_or_default())
    }

    /// Renames between paths in `scope`, newest first: the commit, and the path it moved from with
    /// its row.
    pub fn renames_within(
        &self,
        _of: &Allowed,
        scope: &Scope,
    ) -> Result<Vec<(Found, FileId, String)>> {
        let mut all = self.sql().prepare_cached(
            "select t.commit_id, q.id, q.path, c.generation, c.committed, c.oid
             from commit_files t
             indexed by commit_files_to cross join commits c on c.id = t.commit_id
             cross join files q on q.id = t.from_file
             where t.file = ?1 and t.from_file is not null",
        )?;
        let mut moves: Vec<(Found, FileId, String)> = Vec::new();
        for (file, before) in scope.files() {
            let mut rows = all.query([file.0])?;
            while let Some(row) = rows.next()? {
                let Some(oid) = Oid::from_bytes(super::blob(row, 5)?) else { continue };
                let place = Place { at: Timestamp(row.get(4)?), generation: row.get(3)?, oid };
                if place.generation < before {
                    let found = Found { place, id: CommitId(row.get(0)?) };
                    moves.push((found, FileId(row.get(1)?), row.get(2)?));
                }
            }
        }
        moves.sort_by(|a, b| (a.0.place, &a.2).cmp(&(b.0.place, &b.2)));
        Ok(moves)
    }

    /// Those of some commits that touch at most `files_max` paths, and what they touch beside the
    /// paths in `scope`: commit, row and path.
    pub fn files_beside(
        &self,
        _of: &Allowed,
        commits: &[Found],
        scope: &Scope,
        files_max: u32,
    ) -> Result<(Vec<Found>, Vec<Beside>)> {
        let mut all = self
            .sql()
            .prepare_cached("select file from commit_files where commit_id = ?1 limit ?2")?;
        let mut path = self.sql().prepare_cached("select path from files where id = ?1")?;
        let mut paths: HashMap<i64, Rc<str>> = HashMap::new();
        let (mut small, mut beside, mut files) = (Vec::new(), Vec::new(), Vec::new());
        for found in commits {
            files.clear();
            let mut rows = all.query((found.id.0, i64::from(files_max) + 1))?;
            while let Some(row) = rows.next()? {
                files.push(row.get::<_, i64>(0)?);
            }
            if files.len() > files_max as usize {
                continue;
            }
            small.push(*found);
            for file in &files {
                if scope.holds(FileId(*file), found.place.generation) {
                    continue;
                }
                let text = match paths.get(file) {
                    Some(known) => known.clone(),
                    None => {
                        let text: Rc<str> = path.query_row([file], |row| {
                            Ok(row.get_ref(0)?.as_str().unwrap_or_default().into())
                        })?;
                        paths.insert(*file, text.clone());
                        text
                    }
                };
                beside.push((found.id, FileId(*file), text));
            }
        }
        Ok((small, beside))
    }

    /// Commits that have this one as a parent, oldest first, at most `most`.
    pub fn children(&self, of: &Allowed, it: &CommitRow, most: usize) -> Result<Vec<CommitRow>> {
        let mut found = Vec::new();
        Family::new(self, of)?.children(it.place.oid, &mut found)?;
        let rows = found.into_iter().map(|it| self.commit(of, CommitId(it.0)));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        let mut rows: Vec<CommitRow> = rows.into_iter().flatten().collect();
        rows.sort_by_key(|it| std::cmp::Reverse(it.place));
        rows.truncate(most);
        Ok(rows)
    }

    /// Commits that undo this one, newest first.
    pub fn reverted_by(&self, of: &Allowed, oid: Oid) -> Result<Vec<CommitRow>> {
        let mut all = self.sql().prepare_cached(commit_where!(
            "indexed by commits_reverts
             where c.repository = ?1 and c.reverts = ?2 and c.reverts is not null
             order by c.committed desc, c.generation desc, c.oid desc limit 50"
        ))?;
        let rows = all
            .query_map((of.id.0, oid.as_bytes()), commit_row)?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// How many of some commits fix a defect by the issue they resolve alone, not by their subject.
    pub fn fixes_by_issue(&self, _of: &Allowed, commits: &[Found]) -> Result<usize> {
        let mut one =
            self.sql().prepare_cached("select 1 from commits where id = ?1 and fixes = 2")?;
        let mut sum = 0;
        for it in commits {
            sum += usize::from(one.exists([it.id.0])?);
        }
        Ok(sum)
    }
}

/// Who descends from whom, one generation at a time.
pub(super) struct Family<'a> {
    of: i64,
    first: CachedStatement<'a>,
    second: CachedStatement<'a>,
    /// Merges of more than two: there are few in any history.
    octopus: Vec<(Child, Vec<u8>)>,
}

/// A child: its row, its id, its time.
pub(super) type Child = (i64, Oid, i64);

impl<'a> Family<'a> {
    pub(super) fn new(reader: &'a Reader<'a>, of: &Allowed) -> Result<Family<'a>> {
        let mut more = reader.sql().prepare_cached(
            "select id, oid, committed, parents from commits indexed by commits_octopus
             where repository = ?1 and length(parents) > 2 * length(oid)",
        )?;
        let mut rows = more.query([of.id.0])?;
        let mut octopus = Vec::new();
        while let Some(row) = rows.next()? {
            octopus
                .extend(child(row)?.map(|it| row.get(3).map(|parents| (it, parents))).transpose()?);
        }
        // The beginning of an id finds the few that may be; the ids themselves decide.
        Ok(Family {
            of: of.id.0,
            first: reader.sql().prepare_cached(
                "select id, oid, committed, parents, repository from commits
                 indexed by commits_parent where substr(parents, 1, 8) = ?1",
            )?,
            second: reader.sql().prepare_cached(
                "select id, oid, committed, parents, repository from commits
                 indexed by commits_second_parent
                 where merge = 1 and substr(parents, length(oid) + 1, 8) = ?1",
            )?,
            octopus,
        })
    }

    /// Adds a commit's children, each once.
    pub(super) fn children(&mut self, oid: Oid, found: &mut Vec<Child>) -> Result<()> {
        let oid = oid.as_bytes();
        let is_child = |parents: &[u8]| parents.chunks(oid.len()).any(|it| it == oid);
        for near in [&mut self.first, &mut self.second] {
            let mut rows = near.query([&oid[..8]])?;
            while let Some(row) = rows.next()? {
                if row.get::<_, i64>(4)? == self.of && is_child(super::blob(row, 3)?) {
                    found.extend(child(row)?);
                }
            }
        }
        found.extend(self.octopus.iter().filter(|it| is_child(&it.1)).map(|it| it.0));
        found.sort_unstable();
        found.dedup();
        Ok(())
    }
}

fn child(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Child>> {
    let (id, at) = (row.get(0)?, row.get(2)?);
    Ok(Oid::from_bytes(super::blob(row, 1)?).map(|oid| (id, oid, at)))
}

fn file_touch(row: &rusqlite::Row<'_>) -> rusqlite::Result<FileTouch> {
    Ok(FileTouch {
        file: FileId(row.get(0)?),
        path: row.get(1)?,
        kind: kind(row.get(2)?),
        from: row.get(3)?,
        added: row.get(4)?,
        deleted: row.get(5)?,
    })
}

/// The object ids that begin with these digits: from, and up to and with.
fn range(digits: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    if digits.is_empty() || digits.len() > 64 || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return None;
    }
    let bytes = |fill: char, to: usize| -> Vec<u8> {
        let mut hex = digits.to_owned();
        while hex.len() < to || hex.len() % 2 == 1 {
            hex.push(fill);
        }
        (0..hex.len() / 2)
            .filter_map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok())
            .collect()
    };
    Some((bytes('0', 0), bytes('f', 64)))
}
