//! Events in bulk: any number of them, of any time, straight into blocks.

use super::hot::{Batches, WHOLE, decode};
use super::{Error, Kept, Result, lock, sites};
use crate::block::Rows;
use crate::event::Event;
use rusqlite::{TransactionBehavior, params};
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

/// Events that are held in memory at a time, before they are put aside.
const HELD_MAX: usize = 100_000;
/// Events that are read before their words are given numbers.
const READ_TOGETHER: usize = 10_000;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Events that were kept.
    pub events: u64,
    /// Events that were left out, for they were at a time that cannot be.
    pub left_out: u64,
    /// Events that were there already, from the same import.
    pub before: u64,
    /// Days they were kept in.
    pub days: u64,
}

/// Batches that were put aside: where each day's lie in the file.
#[derive(Default)]
struct Aside {
    file: Option<File>,
    end: u64,
    pieces: BTreeMap<i32, Vec<(u64, usize)>>,
}

impl Aside {
    fn put(&mut self, days: BTreeMap<(u32, i32), Rows>, folder: &std::path::Path) -> Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            // Without a name: it is gone with this process, whatever becomes of it.
            none => none.insert(tempfile::tempfile_in(folder).map_err(Error::Aside)?),
        };
        for ((_, day), rows) in days {
            let bytes = rows.encode();
            file.write_all(&bytes).map_err(Error::Aside)?;
            self.pieces.entry(day).or_default().push((self.end, bytes.len()));
            self.end += bytes.len() as u64;
        }
        Ok(())
    }

    fn take(&mut self, site: u32, day: i32) -> Result<Rows> {
        let mut rows = Rows::default();
        let Some(file) = &mut self.file else { return Ok(rows) };
        for (start, length) in self.pieces.remove(&day).unwrap_or_default() {
            let mut bytes = vec![0; length];
            file.seek(SeekFrom::Start(start))
                .and_then(|_| file.read_exact(&mut bytes))
                .map_err(Error::Aside)?;
            rows.extend(decode(&bytes, site, day)?);
        }
        Ok(rows)
    }
}

impl Kept {
    /// Keeps any number of events of a site, in whatever order they come; memory holds a day of them at most.
    /// `key` names the import, such as the hash of its file: the same import again adds nothing, and one that
    /// was interrupted goes on where it stopped. Others can write meanwhile.
    pub fn import(
        &self,
        site: u32,
        key: &str,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<Imported> {
        self.import_whole(site, key, events.into_iter().map(Ok))
    }

    /// The same of what may fail while it is read: then nothing of it is kept.
    pub fn import_whole(
        &self,
        site: u32,
        key: &str,
        events: impl IntoIterator<Item = std::result::Result<Event, String>>,
    ) -> Result<Imported> {
        let folder = self.path().parent().filter(|it| !it.as_os_str().is_empty());
        let folder = folder.unwrap_or(std::path::Path::new(".")).to_owned();
        let landed: HashSet<i32> = self.read(|it| {
            sites::site(it, site)?;
            let mut select = it.prepare("SELECT day FROM batches WHERE site = ?1 AND key = ?2")?;
            let days = select.query_map(params![site, key], |row| row.get(0))?;
            Ok(days.collect::<rusqlite::Result<_>>()?)
        })?;
        let mut imported = Imported::default();
        if landed.contains(&WHOLE) {
            for event in events {
                event.map_err(Error::Refused)?;
                imported.before += 1;
            }
            return Ok(imported);
        }
        let mut aside = Aside::default();
        let mut batches = Batches::default();
        let mut events = events.into_iter();
        let mut count = 0;
        let mut held = loop {
            // They are read while others can write; only their words need a transaction, a short one.
            let some = events.by_ref().take(READ_TOGETHER);
            let some: Vec<Event> =
                some.collect::<std::result::Result<_, String>>().map_err(Error::Refused)?;
            if !some.is_empty() {
                let mut writing = lock(&self.shared.writer);
                let super::Writing { connection, numbers } = &mut *writing;
                let transaction =
                    connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let mut done = Ok(());
                for event in &some {
                    done = batches.add(&transaction, numbers, site, event);
                    if done.is_err() {
                        break;
                    }
                }
                if let Err(error) = done.and_then(|()| Ok(transaction.commit()?)) {
                    numbers.clear();
                    return Err(error);
                }
            }
            count += some.len();
            if some.len() < READ_TOGETHER {
                let held = batches.take();
                if aside.file.is_none() {
                    break held;
                }
                aside.put(held, &folder)?;
                break BTreeMap::new();
            }
            if count >= HELD_MAX {
                count = 0;
                aside.put(batches.take(), &folder)?;
            }
        };
        imported.left_out = batches.appended().left_out;
        let mut days: Vec<i32> = aside.pieces.keys().copied().collect();
        days.extend(held.keys().map(|it| it.1));
        for day in days {
            let rows = match held.remove(&(site, day)) {
                Some(rows) => rows,
                None => aside.take(site, day)?,
            };
            let count = rows.rows.len() as u64;
            if landed.contains(&day) {
                imported.before += count;
                continue;
            }
            self.write(|transaction, _| {
                super::seal::join(transaction, site, day, rows)?;
                transaction.execute(
                    "INSERT INTO batches VALUES (?1, ?2, ?3, ?4)",
                    params![site, key, day, count],
                )?;
                Ok(())
            })?;
            imported.events += count;
            imported.days += 1;
        }
        self.write(|transaction, _| {
            transaction
                .execute("DELETE FROM batches WHERE site = ?1 AND key = ?2", params![site, key])?;
            transaction.execute(
                "INSERT INTO batches VALUES (?1, ?2, ?3, ?4)",
                params![site, key, WHOLE, imported.events + imported.before],
            )?;
            Ok(())
        })?;
        Ok(imported)
    }
}
