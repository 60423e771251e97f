//! A consistent view for reading: which days there are, and their columns.

use super::cache::{Held, Key};
use super::error::damaged;
use super::seal::{block_rows, column, column_bytes};
use super::shared::block_name;
use super::{Error, Kept, Result, hot, lock};
use crate::block::{Built, Col, Head, View, build, needed, shape};
use crate::visits::Definition;
use rusqlite::{Connection, params};
use std::collections::HashSet;
use std::sync::Arc;

/// Everything read through one sees the same moment.
pub(crate) struct Snapshot<'a> {
    pub(crate) kept: &'a Kept,
    pub(crate) connection: &'a Connection,
}

/// A day that has events.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DayOf {
    pub(crate) site: u32,
    pub(crate) day: i32,
    /// The block it has, and how many visits and events are in it.
    pub(crate) block: Option<(i64, Head)>,
    /// Last of its batches that are in no block; 0 if there is none.
    pub(crate) hot: i64,
}

/// Bytes of a day's columns, as far as they were not decoded already.
pub(crate) struct Fetched {
    kept: Kept,
    definition: Definition,
    wanted: Vec<Col>,
    block: i64,
    view: View,
    bytes: Vec<(Col, Vec<u8>)>,
    /// Whether `view` is by the definition already.
    whole: bool,
    /// Visits and events of it, by our own definition.
    rows: u64,
}

impl Kept {
    /// Runs a question on a consistent view.
    pub(crate) fn snapshot<T>(
        &self,
        question: impl FnOnce(&Snapshot<'_>) -> Result<T>,
    ) -> Result<T> {
        self.read(|connection| question(&Snapshot { kept: self, connection }))
    }

    fn cached(&self, key: Key) -> Option<Held> {
        lock(&self.shared.cache).get(key)
    }

    fn cache(&self, key: Key, held: Held) {
        lock(&self.shared.cache).put(key, held);
    }
}

impl Snapshot<'_> {
    /// Days of a site from one to another, both included, that have events.
    pub(crate) fn days(&self, site: u32, from: i32, to: i32) -> Result<Vec<DayOf>> {
        self.are_known(site, from, to)?;
        let mut select = self.connection.prepare_cached(
            "SELECT day, max(id) FROM hot WHERE site = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY day",
        )?;
        let hot =
            select.query_map(params![site, from, to], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut days = std::collections::BTreeMap::new();
        for found in hot {
            let (day, hot): (i32, i64) = found?;
            days.insert(day, DayOf { site, day, block: None, hot });
        }
        let mut select = self.connection.prepare_cached(
            "SELECT day, id, visits, events, first, last FROM blocks
             WHERE site = ?1 AND day BETWEEN ?2 AND ?3",
        )?;
        let mut rows = select.query(params![site, from, to])?;
        while let Some(row) = rows.next()? {
            let day = row.get(0)?;
            let head = Head {
                site,
                day,
                visits: row.get(2)?,
                events: row.get(3)?,
                first: row.get(4)?,
                last: row.get(5)?,
            };
            let block = Some((row.get(1)?, head));
            days.entry(day).or_insert(DayOf { site, day, block, hot: 0 }).block = block;
        }
        Ok(days.into_values().collect())
    }

    /// A day's columns, as they are found.
    pub(crate) fn fetch(
        &self,
        of: &DayOf,
        definition: Definition,
        wanted: &[Col],
    ) -> Result<Fetched> {
        let mut fetched = Fetched {
            kept: self.kept.clone(),
            definition,
            wanted: wanted.to_vec(),
            block: 0,
            view: View::new(Head::default()),
            bytes: Vec::new(),
            whole: false,
            rows: 0,
        };
        let (block, head) = match of.block {
            Some(block) if of.hot == 0 => block,
            _ => {
                fetched.view = self.open_day(of)?.view();
                fetched.rows = (fetched.view.head.visits + fetched.view.head.events) as u64;
                return Ok(fetched);
            }
        };
        fetched.block = block;
        fetched.rows = (head.visits + head.events) as u64;
        if definition != Definition::Backstory
            && let Some(view) = self.shaped(block, head, definition, wanted)
        {
            fetched.view = view;
            fetched.whole = true;
            return Ok(fetched);
        }
        fetched.view = View::new(head);
        for col in needed(definition, wanted) {
            match self.kept.cached(Key::Column(block, Definition::Backstory, col)) {
                Some(Held::Column(column)) => fetched.view.put(col, column),
                _ => fetched.bytes.push((col, column_bytes(self.connection, block, &head, col)?)),
            }
        }
        Ok(fetched)
    }

    /// The columns by another definition, if all of them were decoded before.
    fn shaped(
        &self,
        block: i64,
        mut head: Head,
        definition: Definition,
        wanted: &[Col],
    ) -> Option<View> {
        let mut columns = Vec::new();
        for col in wanted.iter().chain([&Col::START]) {
            let own = if col.is_of(definition) { definition } else { Definition::Backstory };
            let Held::Column(column) = self.kept.cached(Key::Column(block, own, *col))? else {
                return None;
            };
            if *col == Col::START {
                head.visits = column.len();
                (head.first, head.last) = column.ends();
            }
            columns.push((*col, column));
        }
        let mut view = View::new(head);
        for (col, column) in columns {
            view.put(col, column);
        }
        Some(view)
    }

    /// A day that is not sealed, or not any more, built as if it were.
    pub(crate) fn open_day(&self, of: &DayOf) -> Result<Arc<Built>> {
        let block = of.block.map_or(0, |it| it.0);
        let key = Key::Day(of.site, of.day, block, of.hot);
        if let Some(Held::Day(built)) = self.kept.cached(key) {
            return Ok(built);
        }
        let mut rows = match of.block {
            Some((block, head)) => block_rows(self.connection, block, head)?,
            None => Default::default(),
        };
        rows.extend(hot::rows(self.connection, of.site, of.day)?.0);
        let built = Arc::new(build(of.site, of.day, &rows));
        self.kept.cache(key, Held::Day(built.clone()));
        Ok(built)
    }

    /// In a file that follows another: whether it is known here which days of a range there are, and what was
    /// told of them since they were sealed.
    pub(crate) fn are_known(&self, site: u32, from: i32, to: i32) -> Result<()> {
        self.no_absent(
            "SELECT name FROM absent WHERE site = ?1 AND block = 0 AND first <= ?3 AND last >= ?2",
            params![site, from, to],
        )
    }

    /// In a file that follows another: whether the blocks of these days are here.
    pub(crate) fn are_here(&self, days: &[DayOf]) -> Result<()> {
        let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(()) };
        let absent = self.no_absent(
            "SELECT name FROM absent WHERE site = ?1 AND block > 0 AND first BETWEEN ?2 AND ?3",
            params![first.site, first.day, last.day],
        );
        let Err(Error::Absent(mut names)) = absent else { return absent };
        let blocks = days.iter().filter_map(|it| Some(block_name(it.block?.0)));
        let blocks: HashSet<String> = blocks.collect();
        names.retain(|it| blocks.contains(it));
        if names.is_empty() { Ok(()) } else { Err(Error::Absent(names)) }
    }

    fn no_absent(&self, select: &str, values: &[&dyn rusqlite::ToSql]) -> Result<()> {
        let mut select = self.connection.prepare_cached(select)?;
        let names = select.query_map(values, |row| row.get(0))?;
        let names: Vec<String> = names.collect::<rusqlite::Result<_>>()?;
        if names.is_empty() { Ok(()) } else { Err(Error::Absent(names)) }
    }

    /// How many days of a range, both ends included, have lost their events.
    pub(crate) fn only_totals(&self, site: u32, from: i32, to: i32) -> Result<u32> {
        self.are_known(site, from, to)?;
        Ok(self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM days WHERE site = ?1 AND day BETWEEN ?2 AND ?3
                     AND NOT EXISTS (SELECT 1 FROM blocks
                         WHERE blocks.site = days.site AND blocks.day = days.day)",
            )?
            .query_row(params![site, from, to], |row| row.get(0))?)
    }
}

impl Fetched {
    /// How many visits and events are looked at.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Decodes what is not decoded yet, and cuts visits by the definition.
    pub(crate) fn view(mut self) -> Result<View> {
        if self.whole {
            return Ok(self.view);
        }
        let head = self.view.head;
        for (col, bytes) in std::mem::take(&mut self.bytes) {
            let column = Arc::new(column(&head, col, &bytes)?);
            let key = Key::Column(self.block, Definition::Backstory, col);
            self.kept.cache(key, Held::Column(column.clone()));
            self.view.put(col, column);
        }
        if self.definition == Definition::Backstory {
            return Ok(self.view);
        }
        let view = shape(self.definition, &self.view)
            .map_err(|it| -> Error { damaged(head.site, head.day, "of visits", it) })?;
        if self.block != 0 {
            for col in
                self.wanted.iter().chain([&Col::START]).filter(|it| it.is_of(self.definition))
            {
                if let Some(column) = view.shared(*col) {
                    let key = Key::Column(self.block, self.definition, *col);
                    self.kept.cache(key, Held::Column(column));
                }
            }
        }
        Ok(view)
    }
}
