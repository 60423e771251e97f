//! Rows in another order than they came, or some of them: a list of their numbers.

use super::disk::Disk;
use super::{Spool, key};
use crate::{Failure, Reason, Result, Watch};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

/// Keys that are sorted in memory at once; more are written to disk, sorted, and merged.
const KEYS_BYTES: usize = 20 << 20;
const KEYS: usize = 1 << 20;
/// What is read at once of each sorted part while they are merged, and of all together.
const MERGE_BYTES: usize = 8 << 20;
/// A key may not be longer: it is told in 16 bits.
const KEY_MAX: usize = u16::MAX as usize;

/// Rows in an order, by number. It is a list of what had arrived when it was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    pub(super) rows: Vec<u32>,
    pub(super) of: u64,
}

impl Order {
    /// Rows in it.
    pub fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows of the result that it was made of: where there are more by now, it does not know them.
    pub fn of(&self) -> u64 {
        self.of
    }

    /// The number of the row at a position.
    pub fn row(&self, position: u64) -> Option<u64> {
        self.rows.get(usize::try_from(position).ok()?).map(|it| u64::from(*it))
    }

    pub(super) fn part(&self, from: u64, count: usize) -> impl Iterator<Item = u32> + '_ {
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(self.rows.len());
        self.rows[from..].iter().take(count).copied()
    }

    /// A bit for each row.
    pub(super) fn bits(&self) -> Bits {
        let mut bits = Bits::default();
        self.rows.iter().for_each(|it| bits.set(u64::from(*it)));
        bits
    }
}

/// Some rows, a bit each.
#[derive(Default)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub(super) fn set(&mut self, row: u64) {
        let word = (row / 64) as usize;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (row % 64);
    }

    pub(super) fn has(&self, row: u64) -> bool {
        self.0.get((row / 64) as usize).is_some_and(|it| it >> (row % 64) & 1 == 1)
    }
}

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: usize,
    /// Whether the largest comes first. NULL comes last either way.
    pub descending: bool,
}

#[derive(Clone, Copy)]
struct Entry {
    /// The key's first bytes, which mostly decide.
    begin: u64,
    at: u32,
    row: u32,
}

#[derive(Default)]
struct Keys {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

impl Keys {
    fn key(&self, entry: &Entry) -> &[u8] {
        let at = entry.at as usize;
        let length = usize::from(u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]]));
        &self.bytes[at + 2..at + 2 + length]
    }

    fn push(&mut self, key: &[u8], row: u32) {
        let key = &key[..key.len().min(KEY_MAX)];
        let mut begin = [0; 8];
        let many = key.len().min(8);
        begin[..many].copy_from_slice(&key[..many]);
        let at = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&(key.len() as u16).to_le_bytes());
        self.bytes.extend_from_slice(key);
        self.entries.push(Entry { begin: u64::from_be_bytes(begin), at, row });
    }

    fn sort(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_unstable_by(|one, other| {
            one.begin
                .cmp(&other.begin)
                .then_with(|| self.key(one).cmp(self.key(other)))
                .then(one.row.cmp(&other.row))
        });
        self.entries = entries;
    }
}

/// A sorted part on disk, being read.
struct Run {
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    from: usize,
}

impl Run {
    /// The next key and row.
    fn next(&mut self, disk: &Disk, piece: usize) -> Result<Option<(Vec<u8>, u32)>> {
        if self.buffer.len() - self.from < KEY_MAX + 6 && self.at < self.end {
            self.buffer.drain(..self.from);
            self.from = 0;
            let many = (self.end - self.at).min(piece.max(KEY_MAX + 6) as u64);
            self.buffer.extend(disk.read(self.at, many as usize)?);
            self.at += many;
        }
        let rest = &self.buffer[self.from..];
        let Some((head, rest)) = rest.split_at_checked(6) else { return Ok(None) };
        let row = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let length = usize::from(u16::from_le_bytes([head[4], head[5]]));
        let key = rest.get(..length).ok_or_else(super::damaged)?.to_vec();
        self.from += 6 + length;
        Ok(Some((key, row)))
    }
}

impl Spool {
    /// Rows in the order of some columns: numbers by their value, exactly (NaN above all), times by
    /// theirs, text by code points; NULL last. What is equal stays as it came. `within`: of these alone.
    ///
    /// # Errors
    /// [`Reason::Cancelled`]; [`Reason::Usage`] where there is no such column or there are more rows than
    /// an order can hold; [`Reason::File`].
    pub fn order(&self, by: &[Sort], within: Option<&Order>, watch: Watch<'_>) -> Result<Order> {
        let only = within.map(Order::bits);
        let columns: Vec<usize> = by.iter().map(|it| it.column).collect();
        let mut keys = Keys::default();
        let mut runs: Vec<Run> = Vec::new();
        let mut disk = None;
        let mut of = 0;
        let mut scrap = Vec::new();
        self.walk("sorting", 0, &columns, key::READ_MOST, watch, |row, cells| {
            of = row + 1;
            if only.as_ref().is_some_and(|it| !it.has(row)) {
                return Ok(ControlFlow::Continue(()));
            }
            scrap.clear();
            for (cell, by) in cells.iter().zip(by) {
                key::append(*cell, by.descending, &mut scrap);
            }
            if keys.entries.capacity() == 0 {
                // What is asked for at once is only taken as it is filled, and never copied.
                keys.entries.reserve_exact(KEYS);
                keys.bytes.reserve_exact(KEYS_BYTES + KEY_MAX + 2);
            }
            keys.push(&scrap, number(row)?);
            if keys.entries.len() >= KEYS || keys.bytes.len() >= KEYS_BYTES {
                runs.push(spill(&mut keys, self.spill_disk(&mut disk)?, &runs)?);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        keys.sort();
        if runs.is_empty() {
            return Ok(Order { rows: keys.entries.iter().map(|it| it.row).collect(), of });
        }
        let disk = self.spill_disk(&mut disk)?;
        runs.push(spill(&mut keys, disk, &runs)?);
        drop(keys);
        merge(runs, disk, of, watch)
    }

    fn spill_disk<'a>(&self, disk: &'a mut Option<Disk>) -> Result<&'a Disk> {
        if disk.is_none() {
            *disk = Some(Disk::create(&self.folder)?);
        }
        disk.as_ref().ok_or_else(super::damaged)
    }
}

/// The number of a row, as an order holds it.
pub(super) fn number(row: u64) -> Result<u32> {
    u32::try_from(row).map_err(|_| {
        let text = "a result of more than 4,294,967,295 rows cannot be sorted or filtered here";
        Failure::new(Reason::Usage, text).hint("let the server do it")
    })
}

fn spill(keys: &mut Keys, disk: &Disk, before: &[Run]) -> Result<Run> {
    keys.sort();
    let start = before.last().map_or(0, |it| it.end);
    let mut at = start;
    let mut buffer = Vec::with_capacity(1 << 20);
    for entry in &keys.entries {
        let key = keys.key(entry);
        buffer.extend_from_slice(&entry.row.to_le_bytes());
        buffer.extend_from_slice(&(key.len() as u16).to_le_bytes());
        buffer.extend_from_slice(key);
        if buffer.len() > 900 << 10 {
            disk.write(at, &buffer)?;
            at += buffer.len() as u64;
            buffer.clear();
        }
    }
    disk.write(at, &buffer)?;
    keys.entries.clear();
    keys.bytes.clear();
    Ok(Run { at: start, end: at + buffer.len() as u64, buffer: Vec::new(), from: 0 })
}

fn merge(mut runs: Vec<Run>, disk: &Disk, of: u64, watch: Watch<'_>) -> Result<Order> {
    let piece = MERGE_BYTES / runs.len();
    let mut heap = BinaryHeap::with_capacity(runs.len());
    for (at, run) in runs.iter_mut().enumerate() {
        if let Some((key, row)) = run.next(disk, piece)? {
            heap.push(Reverse((key, row, at)));
        }
    }
    let mut rows = Vec::new();
    while let Some(Reverse((_, row, at))) = heap.pop() {
        if rows.len() % 100_000 == 0 {
            watch.step("sorting", of, of)?;
        }
        rows.push(row);
        if let Some((key, row)) = runs[at].next(disk, piece)? {
            heap.push(Reverse((key, row, at)));
        }
    }
    Ok(Order { rows, of })
}
