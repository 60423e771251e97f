//! Events that are changed or deleted afterwards: verdicts that are told by hand, visitors that are forgotten,
//! days that are older than they may be kept.

use super::seal::{drop_block, write};
use super::snapshot::DayOf;
use super::{Kept, Result, Snapshot, sites};
use crate::block::{Row, build};
use crate::event::Verdict;
use crate::reports::{Plan, Query};
use crate::visits::day_of;
use jiff::{Timestamp, ToSpan};
use rusqlite::{Connection, params};

/// What became of old days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Days whose events were deleted; what they came to stays.
    pub days: u64,
    /// Events that were deleted.
    pub events: u64,
}

impl Kept {
    /// Gives another verdict to the events that a query selects, of whatever verdict its own is. The days of
    /// them are sealed by it.
    pub fn reclassify(&self, query: &Query, verdict: Verdict) -> Result<u64> {
        self.rewrite(query, |row| {
            row.verdict = verdict;
            true
        })
    }

    /// Deletes the events that a query selects, for good: also from the file.
    pub fn erase(&self, query: &Query) -> Result<u64> {
        let erased = self.rewrite(query, |_| false)?;
        self.clean()?;
        Ok(erased)
    }

    /// Deletes the events of days that are older than their site keeps them, for good. What those days came to
    /// stays. To be called now and then; costs nothing where there is nothing to do.
    pub fn forget(&self, now: i64) -> Result<Forgotten> {
        let mut forgotten = Forgotten::default();
        for site in self.sites()? {
            let zone = sites::zone(&site.zone)?;
            let moment = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH);
            let today = moment.to_zoned(zone.clone()).date();
            let Ok(oldest) = today.checked_sub(i64::from(site.keep_months).months()) else {
                continue;
            };
            let Ok(oldest) = oldest.to_zoned(zone.clone()) else { continue };
            let before = day_of(&zone, oldest.timestamp().as_millisecond());
            let days = self.snapshot(|it| it.days(site.id, i32::MIN, before.saturating_sub(1)))?;
            for day in days {
                // What it came to is known of a sealed day only.
                self.seal_day(site.id, day.day)?;
                forgotten.events += self.write(|transaction, _| {
                    let found = super::seal::block_of(transaction, site.id, day.day)?;
                    let Some((block, head)) = found else { return Ok(0) };
                    drop_block(transaction, block)?;
                    erased(transaction)?;
                    Ok(head.events as u64)
                })?;
                forgotten.days += 1;
            }
        }
        if forgotten.days > 0 {
            self.clean()?;
        }
        Ok(forgotten)
    }

    /// Runs over the events that a query selects; those of which `keep` says no are deleted.
    fn rewrite(&self, query: &Query, mut keep: impl FnMut(&mut Row) -> bool) -> Result<u64> {
        let days = self.snapshot(|snapshot| {
            let (first, last) = Plan::new(snapshot, query)?.days();
            snapshot.days(query.site, first, last)
        })?;
        let mut count = 0;
        for day in days {
            count += self.write(|transaction, _| {
                // What the day is now, under the lock.
                let snapshot = Snapshot { kept: self, connection: transaction };
                let Some(day) = snapshot.days(query.site, day.day, day.day)?.pop() else {
                    return Ok(0);
                };
                rewrite_day(&snapshot, query, &day, &mut keep)
            })?;
        }
        Ok(count)
    }

    /// Leaves nothing of what was deleted: neither in the journal, nor words that nothing names any more.
    fn clean(&self) -> Result<()> {
        self.sweep_words()?;
        let writing = super::lock(&self.shared.writer);
        // Somebody may be reading; then the journal goes at the next chance.
        writing.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }
}

fn rewrite_day(
    snapshot: &Snapshot<'_>,
    query: &Query,
    day: &DayOf,
    keep: &mut impl FnMut(&mut Row) -> bool,
) -> Result<u64> {
    let transaction = snapshot.connection;
    let plan = Plan::new(snapshot, query)?;
    let view = snapshot.fetch(day, query.definition, &plan.event_columns())?.view()?;
    let picked = plan.pick_each(&view);
    let count = picked.iter().filter(|it| **it).count() as u64;
    if count == 0 {
        return Ok(0);
    }
    let mut rows = snapshot.rows(day)?;
    let before = rows.rows.len();
    let mut place = 0;
    rows.rows.retain_mut(|row| {
        place += 1;
        !picked.get(place - 1).copied().unwrap_or(false) || keep(row)
    });
    if rows.rows.len() < before {
        erased(transaction)?;
    }
    if let Some((block, _)) = day.block {
        drop_block(transaction, block)?;
    }
    transaction
        .execute("DELETE FROM hot WHERE site = ?1 AND day = ?2", params![day.site, day.day])?;
    if rows.rows.is_empty() {
        transaction
            .execute("DELETE FROM days WHERE site = ?1 AND day = ?2", params![day.site, day.day])?;
    } else {
        write(transaction, &build(day.site, day.day, &rows))?;
    }
    Ok(count)
}

/// Notes that something was deleted for good: where it was shared it is to go at once.
pub(super) fn erased(transaction: &Connection) -> Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO sharing VALUES (?1, CAST('1' AS BLOB))
             ON CONFLICT DO UPDATE SET value = CAST(CAST(value AS TEXT) + 1 AS BLOB)",
        )?
        .execute([super::shared::ERASED])?;
    Ok(())
}
