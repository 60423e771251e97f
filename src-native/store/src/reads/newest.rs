//! Commits of paths or of people, newest first: lists that an index holds in that order, merged.

use super::{Select, Wrote};
use crate::{Reader, Result};
use model::{DeveloperId, Timestamp};
use rusqlite::CachedStatement;

/// Rows that a stream reads at first, and at most, at a time.
const ROWS_FIRST: usize = 32;
const ROWS_MAX: usize = 2_048;

/// What is known of a commit from the list it was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Nothing.
    Nothing,
    /// It touches the scope.
    InScope,
    /// The person wrote it.
    Wrote,
}

/// The commits of some paths, or of some spellings of a person, newest first: lists that an index
/// holds in that order, merged.
pub(super) struct Newest<'a> {
    statement: CachedStatement<'a>,
    streams: Vec<Stream>,
    since: Timestamp,
    /// What is known of each.
    pub(super) known: Known,
}

/// One of the lists.
struct Stream {
    /// The file, or the identity and role.
    key: (i64, i64),
    /// Touches count in commits of a lower generation.
    before: u32,
    /// Time and row of what was read and not yet met, newest last.
    read: Vec<(i64, i64)>,
    /// What is to be read comes after this.
    last: (i64, i64),
    /// How many rows to read next; none at the end.
    rows: Option<usize>,
}

impl<'a> Newest<'a> {
    /// Commits that touch these paths.
    pub(super) fn touching(
        reader: &'a Reader<'a>,
        paths: Vec<(i64, u32)>,
        select: &Select,
    ) -> Result<Newest<'a>> {
        let statement = reader.sql().prepare_cached(
            "select at, commit_id from commit_files indexed by commit_files_file
             where file = ?1 and ?2 = 0 and (at, commit_id) < (?3, ?4) and at >= ?5
             order by at desc, commit_id desc limit ?6",
        )?;
        let streams = paths.into_iter().map(|(file, before)| Stream::new((file, 0), before));
        Ok(Newest {
            statement,
            streams: streams.collect(),
            since: select.since,
            known: Known::InScope,
        })
    }

    /// Commits that a person had this part in.
    pub(super) fn by(
        reader: &'a Reader<'a>,
        developer: DeveloperId,
        wrote: Wrote,
        select: &Select,
    ) -> Result<Newest<'a>> {
        let statement = reader.sql().prepare_cached(
            "select at, commit_id from commit_people indexed by commit_people_identity
             where identity = ?1 and role = ?2 and (at, commit_id) < (?3, ?4) and at >= ?5
             order by at desc, commit_id desc limit ?6",
        )?;
        let (roles, known): (&[i64], _) = match wrote {
            Wrote::Author => (&[0, 1], Known::Wrote),
            Wrote::Reviewer => (&[2], Known::Nothing),
        };
        let streams = reader
            .identities_of(developer)?
            .into_iter()
            .flat_map(|it| roles.iter().map(move |role| Stream::new((it, *role), u32::MAX)))
            .collect();
        Ok(Newest { statement, streams, since: select.since, known })
    }

    /// Begins at this time.
    pub(super) fn until(&mut self, until: Timestamp) {
        let last = (until.0, i64::MAX);
        self.streams.iter_mut().for_each(|it| it.last = last);
    }

    /// The next commit's time and row, and the generation that it must be below to count.
    pub(super) fn next(&mut self) -> Result<Option<(i64, i64, u32)>> {
        for stream in &mut self.streams {
            stream.fill(&mut self.statement, self.since)?;
        }
        let heads = self.streams.iter().filter_map(|it| it.read.last());
        let Some(&(at, id)) = heads.max() else { return Ok(None) };
        let mut before = 0;
        for stream in &mut self.streams {
            if stream.read.last() == Some(&(at, id)) {
                stream.read.pop();
                before = before.max(stream.before);
            }
        }
        Ok(Some((at, id, before)))
    }
}

impl Stream {
    fn new(key: (i64, i64), before: u32) -> Stream {
        Stream { key, before, read: Vec::new(), last: (i64::MAX, i64::MAX), rows: Some(ROWS_FIRST) }
    }

    /// Reads on where all that was read has been met.
    fn fill(&mut self, statement: &mut CachedStatement<'_>, since: Timestamp) -> Result<()> {
        let (true, Some(most)) = (self.read.is_empty(), self.rows) else { return Ok(()) };
        let (key, last) = (self.key, self.last);
        let mut rows = statement.query((key.0, key.1, last.0, last.1, since.0, most as i64))?;
        while let Some(row) = rows.next()? {
            self.read.push((row.get(0)?, row.get(1)?));
        }
        self.rows = (self.read.len() == most).then_some((most * 4).min(ROWS_MAX));
        self.last = self.read.last().copied().unwrap_or(last);
        self.read.reverse();
        Ok(())
    }
}
