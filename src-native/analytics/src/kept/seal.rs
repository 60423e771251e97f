//! Days into blocks, and blocks back to rows when more comes for them.

use super::error::damaged;
use super::{Kept, Result, Snapshot, hot};
use crate::block::{
    BOUNCE, Built, COUNTED, Col, Column, Head, Lexicon, NEW, Rows, View, build, rows_of,
};
use crate::visits::{PAUSE_MAX, start_of};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How much later than its time an event may be told and still find its day open.
const LATE_MAX: i64 = 10 * 60_000;

/// What sealing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Days that were sealed, counted for each site.
    pub days: u64,
    /// Events that went into their blocks.
    pub events: u64,
}

impl Kept {
    /// Seals the days of all sites in which no visit can be open at `now` (milliseconds); what came late for
    /// days that are sealed joins them. To be called every few minutes; costs nothing where there is nothing
    /// to do. It can be stopped at any time: each day is done in a transaction of its own.
    pub fn seal(&self, now: i64) -> Result<Sealed> {
        let open_until = now.saturating_sub(PAUSE_MAX + LATE_MAX);
        let mut sealed = Sealed::default();
        for (site, day, last) in self.hot_days()? {
            let zone = self.site(site).and_then(|it| super::sites::zone(&it.zone));
            let Ok(zone) = zone else { continue };
            let over = start_of(&zone, day.saturating_add(1));
            if last < open_until && over < open_until {
                sealed.events += self.seal_day(site, day)?;
                sealed.days += 1;
            }
        }
        Ok(sealed)
    }

    /// Seals a day of a site, whatever time it is.
    pub fn seal_day(&self, site: u32, day: i32) -> Result<u64> {
        self.write(|transaction, _| {
            let (more, last) = hot::rows(transaction, site, day)?;
            let events = more.rows.len() as u64;
            if events > 0 {
                join(transaction, site, day, more)?;
                transaction.execute(
                    "DELETE FROM hot WHERE site = ?1 AND day = ?2 AND id <= ?3",
                    params![site, day, last],
                )?;
            }
            Ok(events)
        })
    }

    /// Days that have events outside of blocks, with the last time of those.
    fn hot_days(&self) -> Result<Vec<(u32, i32, i64)>> {
        self.read(|it| {
            let mut select =
                it.prepare("SELECT site, day, max(last) FROM hot GROUP BY site, day ORDER BY day")?;
            let days = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(days.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// Adds rows to a day's block, or makes one of them.
pub(super) fn join(transaction: &Transaction<'_>, site: u32, day: i32, more: Rows) -> Result<()> {
    let rows = match block_of(transaction, site, day)? {
        Some((block, head)) => {
            let mut rows = block_rows(transaction, block, head)?;
            rows.extend(more);
            drop_block(transaction, block)?;
            rows
        }
        None => more,
    };
    write(transaction, &build(site, day, &rows))
}

/// The block of a day.
pub(super) fn block_of(
    connection: &Connection,
    site: u32,
    day: i32,
) -> Result<Option<(i64, Head)>> {
    Ok(connection
        .prepare_cached(
            "SELECT id, visits, events, first, last FROM blocks WHERE site = ?1 AND day = ?2",
        )?
        .query_row([i64::from(site), i64::from(day)], |row| {
            let head = Head {
                site,
                day,
                visits: row.get(1)?,
                events: row.get(2)?,
                first: row.get(3)?,
                last: row.get(4)?,
            };
            Ok((row.get(0)?, head))
        })
        .optional()?)
}

/// The bytes of a block's column.
pub(super) fn column_bytes(
    connection: &Connection,
    block: i64,
    head: &Head,
    col: Col,
) -> Result<Vec<u8>> {
    connection
        .prepare_cached("SELECT data FROM columns WHERE id = ?1")?
        .query_row([block * 128 + i64::from(col.0)], |row| row.get(0))
        .optional()?
        .map_or_else(|| absent(connection, block), |it| Ok(Some(it)))?
        .ok_or_else(|| {
            let what = crate::block::Damage("is missing");
            damaged(head.site, head.day, &col.0.to_string(), what)
        })
}

/// Why a block has no columns where this file follows another: they are not here yet.
fn absent(connection: &Connection, block: i64) -> Result<Option<Vec<u8>>> {
    let name: Option<String> = connection
        .prepare_cached("SELECT name FROM absent WHERE name = ?1")?
        .query_row([super::shared::block_name(block)], |row| row.get(0))
        .optional()?;
    name.map_or(Ok(None), |it| Err(super::Error::Absent(vec![it])))
}

/// A column of its bytes.
pub(super) fn column(head: &Head, col: Col, bytes: &[u8]) -> Result<Column> {
    let count = if col.is_of_visits() {
        Some(head.visits)
    } else if col.is_of_events() {
        Some(head.events)
    } else {
        None
    };
    Column::decode(bytes, count).map_err(|it| damaged(head.site, head.day, &col.0.to_string(), it))
}

/// All rows of a block.
pub(super) fn block_rows(connection: &Connection, block: i64, head: Head) -> Result<Rows> {
    let mut view = View::new(head);
    for col in Col::all() {
        let bytes = column_bytes(connection, block, &head, col)?;
        view.put(col, Arc::new(column(&head, col, &bytes)?));
    }
    rows_of(&view).map_err(|it| damaged(head.site, head.day, "of visits", it))
}

/// Deletes a block; what its day comes to stays.
pub(super) fn drop_block(transaction: &Connection, block: i64) -> Result<()> {
    transaction
        .prepare_cached("DELETE FROM columns WHERE id >= ?1 AND id < ?2")?
        .execute([block * 128, block * 128 + 128])?;
    transaction.prepare_cached("DELETE FROM blocks WHERE id = ?1")?.execute([block])?;
    Ok(())
}

/// Writes a block and what its day comes to.
pub(super) fn write(transaction: &Connection, built: &Built) -> Result<()> {
    let head = &built.head;
    transaction
        .prepare_cached(
            "INSERT INTO blocks (site, day, visits, events, first, last)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![head.site, head.day, head.visits, head.events, head.first, head.last])?;
    let block = transaction.last_insert_rowid();
    let mut insert = transaction.prepare_cached("INSERT INTO columns VALUES (?1, ?2)")?;
    for (col, column) in &built.columns {
        let bytes = column.encode(col.is_ordered());
        insert.execute(params![block * 128 + i64::from(col.0), bytes])?;
    }
    let day = DayTotals::of(&built.view());
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO days
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            head.site,
            head.day,
            day.visitors as i64,
            day.visits as i64,
            day.views as i64,
            day.events as i64,
            day.bounces as i64,
            day.bounced_of as i64,
            day.duration,
            day.still as i64,
            day.engaged as i64,
            day.people.as_ref().map(|it| it.encode(true)),
        ])?;
    Ok(())
}

/// What a day comes to, by our own definition and without what is no person.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DayTotals {
    pub(crate) visitors: u64,
    pub(crate) visits: u64,
    pub(crate) views: u64,
    pub(crate) events: u64,
    pub(crate) bounces: u64,
    pub(crate) bounced_of: u64,
    pub(crate) duration: i64,
    pub(crate) still: u64,
    pub(crate) engaged: u64,
    /// Numbers of its visitors in order, where those last.
    pub(crate) people: Option<Column>,
}

impl DayTotals {
    pub(crate) fn of(view: &View) -> DayTotals {
        let mut day = DayTotals::default();
        let (mut visitor, mut last) = (0u64, 0);
        let mut people = Vec::new();
        for visit in 0..view.head.visits {
            let marks = view.get(Col::MARKS).get(visit);
            visitor += u64::from(marks & NEW > 0);
            if view.get(Col::VERDICT).get(visit) != 0 {
                continue;
            }
            day.engaged += view.get(Col::ENGAGED).get(visit) as u64;
            day.events += view.get(Col::EVENTS).get(visit) as u64;
            if marks & COUNTED == 0 {
                continue;
            }
            if last != visitor {
                last = visitor;
                day.visitors += 1;
                people.push(view.get(Col::PERSON).get(visit));
            }
            let views = view.get(Col::VIEWS).get(visit) as u64;
            let duration = view.get(Col::DURATION).get(visit);
            day.visits += 1;
            day.views += views;
            day.bounces += u64::from(marks & BOUNCE > 0);
            day.bounced_of += u64::from(views > 0);
            day.duration += duration;
            day.still += u64::from(duration == 0);
        }
        if people.iter().any(|it| *it != 0) {
            people.sort_unstable();
            day.people = Some(Column::numbers(&people));
        }
        day
    }
}

impl Snapshot<'_> {
    /// What the days of a range that are in blocks, or were, come to; both ends included.
    pub(crate) fn day_totals(
        &self,
        site: u32,
        from: i32,
        to: i32,
    ) -> Result<BTreeMap<i32, DayTotals>> {
        self.are_known(site, from, to)?;
        let mut select = self.connection.prepare_cached(
            "SELECT day, visitors, visits, views, events, bounces, bounced_of, duration, still,
                 engaged, people
             FROM days WHERE site = ?1 AND day BETWEEN ?2 AND ?3",
        )?;
        let mut rows = select.query(params![site, from, to])?;
        let mut days = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let day = row.get(0)?;
            let people = match row.get_ref(10)?.as_blob_or_null().unwrap_or_default() {
                None => None,
                Some(bytes) => Some(
                    Column::decode(bytes, None)
                        .map_err(|it| damaged(site, day, "of people", it))?,
                ),
            };
            let totals = DayTotals {
                visitors: row.get(1)?,
                visits: row.get(2)?,
                views: row.get(3)?,
                events: row.get(4)?,
                bounces: row.get(5)?,
                bounced_of: row.get(6)?,
                duration: row.get(7)?,
                still: row.get(8)?,
                engaged: row.get(9)?,
                people,
            };
            days.insert(day, totals);
        }
        Ok(days)
    }
}

impl Kept {
    /// Whether a sealed day is whole: every column is as it was written, and the day comes to what was noted of
    /// it. True also where there is no such day.
    ///
    /// # Errors
    /// [`Error::Block`](super::Error::Block) names the column that is not as it was written.
    pub fn check_day(&self, site: u32, day: i32) -> Result<bool> {
        self.snapshot(|snapshot| {
            let Some((block, head)) = block_of(snapshot.connection, site, day)? else {
                return Ok(true);
            };
            let rows = block_rows(snapshot.connection, block, head)?;
            let now = DayTotals::of(&build(site, day, &rows).view());
            let noted = snapshot.day_totals(site, day, day)?.remove(&day);
            Ok(noted.is_some_and(|noted| {
                let people = |it: &DayTotals| -> Vec<i64> {
                    let people = it.people.iter();
                    people.flat_map(|it| (0..it.len()).map(|place| it.get(place))).collect()
                };
                people(&noted) == people(&now)
                    && DayTotals { people: None, ..noted } == DayTotals { people: None, ..now }
            }))
        })
    }
}

/// Lists whose words a column of a block names.
pub(crate) fn lexicon_of(col: Col) -> Option<Lexicon> {
    Some(match col {
        Col::ENTRY | Col::EXIT | Col::PATH => Lexicon::Path,
        Col::TITLE => Lexicon::Title,
        Col::HOST => Lexicon::Host,
        Col::NAME => Lexicon::Name,
        Col::PROP_KEY => Lexicon::Key,
        Col::PROP_TEXT => Lexicon::Value,
        Col::MONEY_CURRENCY => Lexicon::Currency,
        col => {
            let touch = (0..9).find(|it| Col::touch(*it) == col);
            let client = (0..10).find(|it| Col::client(*it) == col);
            return touch
                .map(|it| crate::block::TOUCH_WORDS[usize::from(it)])
                .or(client.map(|it| crate::block::CLIENT_WORDS[usize::from(it)]));
        }
    })
}
