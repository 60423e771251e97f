//! Events as they are told: appended batch by batch, until their day is sealed.

use super::words::Numbers;
use super::{Error, Kept, Result, sites};
use crate::block::{Interned, Rows};
use crate::event::Event;
use crate::visits::day_of;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::{BTreeMap, HashMap};

/// Times that are kept: years 1970 to 2200.
const TIMES: std::ops::Range<i64> = 0..7_258_118_400_000;
/// Marks the line of a batch that says that all of it has landed.
pub(super) const WHOLE: i32 = i32::MIN;

/// What became of events that were told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Kept.
    pub kept: u64,
    /// Left out: of no site there is, or at a time that cannot be.
    pub left_out: u64,
    /// Told before, under the same key.
    pub before: u64,
}

/// Who was seen last when: what a collector must know to go on with visits after it was started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recent {
    /// The site.
    pub site: u32,
    /// The day whose salt made `visitor`.
    pub day: i32,
    /// Who.
    pub visitor: u64,
    /// When last, in milliseconds.
    pub last: i64,
}

impl Kept {
    /// Keeps events, each with its site, in the order they came: all of them or none, and none of them is
    /// lost once this has returned, whatever becomes of the process. Many at a time are cheap.
    pub fn append(&self, events: &[(u32, Event)]) -> Result<Appended> {
        self.write(|transaction, numbers| keep(transaction, numbers, events))
    }

    /// The same, once: what is told again under the same key for the same site is left out.
    pub fn append_once(&self, site: u32, key: &str, events: &[Event]) -> Result<Appended> {
        self.write(|transaction, numbers| {
            sites::site(transaction, site)?;
            let lines = transaction
                .prepare_cached("INSERT OR IGNORE INTO batches VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![site, key, WHOLE, events.len()])?;
            if lines == 0 {
                return Ok(Appended { before: events.len() as u64, ..Appended::default() });
            }
            let mut batches = Batches::default();
            for event in events {
                batches.add(transaction, numbers, site, event)?;
            }
            batches.write(transaction)
        })
    }

    /// Visitors of all sites that were seen since, with the last time of each.
    pub fn recent(&self, since: i64) -> Result<Vec<Recent>> {
        self.read(|it| {
            let mut last: BTreeMap<(u32, i32, u64), i64> = BTreeMap::new();
            let mut select = it.prepare("SELECT site, day, data, id FROM hot WHERE last >= ?1")?;
            let mut found = select.query([since])?;
            while let Some(row) = found.next()? {
                let (site, day) = (row.get(0)?, row.get(1)?);
                for row in decode(row.get_ref(2)?.as_blob().unwrap_or_default(), site, day)?.rows {
                    if row.at >= since {
                        let known = last.entry((site, day, row.visitor)).or_insert(row.at);
                        *known = row.at.max(*known);
                    }
                }
            }
            let recent = |((site, day, visitor), last)| Recent { site, day, visitor, last };
            Ok(last.into_iter().map(recent).collect())
        })
    }
}

fn keep(
    transaction: &Transaction<'_>,
    numbers: &mut Numbers,
    events: &[(u32, Event)],
) -> Result<Appended> {
    let mut batches = Batches::default();
    for (site, event) in events {
        batches.add(transaction, numbers, *site, event)?;
    }
    batches.write(transaction)
}

/// Events on their way to disk, by site and day.
#[derive(Default)]
pub(super) struct Batches {
    days: BTreeMap<(u32, i32), Rows>,
    sites: HashMap<u32, Option<Known>>,
    interned: Interned,
    appended: Appended,
}

#[derive(Clone)]
struct Known {
    zone: TimeZone,
    identified: bool,
    people: HashMap<u64, u32>,
}

impl Batches {
    pub(super) fn add(
        &mut self,
        connection: &Connection,
        numbers: &mut Numbers,
        site: u32,
        event: &Event,
    ) -> Result<()> {
        let known = match self.sites.entry(site) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(match sites::site(connection, site) {
                    Ok(site) => Some(Known {
                        zone: sites::zone(&site.zone)?,
                        identified: site.identified,
                        people: HashMap::new(),
                    }),
                    Err(Error::NoSite(_)) => None,
                    Err(error) => return Err(error),
                })
            }
        };
        let Some(known) = known.as_mut().filter(|_| TIMES.contains(&event.at)) else {
            self.appended.left_out += 1;
            return Ok(());
        };
        // A visit goes on at most a day; what names another day was told wrongly.
        let local = day_of(&known.zone, event.at);
        let day = if [event.day, event.day.saturating_add(1)].contains(&local) {
            event.day
        } else {
            local
        };
        let person = if known.identified {
            match known.people.get(&event.visitor) {
                Some(person) => *person,
                None => {
                    let person = person(connection, site, event.visitor)?;
                    known.people.insert(event.visitor, person);
                    person
                }
            }
        } else {
            0
        };
        let rows = self.days.entry((site, day)).or_default();
        self.interned
            .add(event, person, rows, |lexicon, word| numbers.number(connection, lexicon, word))?;
        self.appended.kept += 1;
        Ok(())
    }

    pub(super) fn write(self, transaction: &Transaction<'_>) -> Result<Appended> {
        let mut insert = transaction.prepare_cached(
            "INSERT INTO hot (site, day, events, last, data) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for ((site, day), rows) in &self.days {
            let last = rows.rows.iter().map(|it| it.at).max().unwrap_or(0);
            insert.execute(params![site, day, rows.rows.len(), last, rows.encode()])?;
        }
        Ok(self.appended)
    }

    /// Takes out what has come together.
    pub(super) fn take(&mut self) -> BTreeMap<(u32, i32), Rows> {
        std::mem::take(&mut self.days)
    }

    pub(super) fn appended(&self) -> Appended {
        self.appended
    }
}

/// The lasting number of a visitor.
fn person(connection: &Connection, site: u32, visitor: u64) -> Result<u32> {
    let known = connection
        .prepare_cached("SELECT id FROM people WHERE site = ?1 AND visitor = ?2")?
        .query_row(params![site, visitor as i64], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    // Numbers are given from a list of their own, beyond those of words: one for each site.
    let given: i64 = connection
        .prepare_cached(
            "INSERT INTO lexicons VALUES (?1, 1)
             ON CONFLICT DO UPDATE SET given = given + 1 RETURNING given",
        )?
        .query_row([1000 + i64::from(site)], |row| row.get(0))?;
    let number = u32::try_from(given)
        .map_err(|_| Error::Refused("there are more visitors than can be numbered".into()))?;
    connection.prepare_cached("INSERT INTO people VALUES (?1, ?2, ?3)")?.execute(params![
        site,
        visitor as i64,
        number
    ])?;
    Ok(number)
}

/// The rows of a batch.
pub(super) fn decode(bytes: &[u8], site: u32, day: i32) -> Result<Rows> {
    Rows::decode(bytes).map_err(|it| super::error::damaged(site, day, "of batches", it))
}

/// All rows of a day that are not in its block, and the last of their batches.
pub(super) fn rows(connection: &Connection, site: u32, day: i32) -> Result<(Rows, i64)> {
    let mut select = connection
        .prepare_cached("SELECT id, data FROM hot WHERE site = ?1 AND day = ?2 ORDER BY id")?;
    let mut found = select.query([i64::from(site), i64::from(day)])?;
    let mut rows = Rows::default();
    let mut last = 0;
    while let Some(row) = found.next()? {
        last = row.get(0)?;
        rows.extend(decode(row.get_ref(1)?.as_blob().unwrap_or_default(), site, day)?);
    }
    Ok((rows, last))
}
