//! Apache Parquet, written from front to back: plain values and gzip, an optional column for each of the
//! result's.
//!
//! A column's type follows from its name at the server; where each cell has a type of its own (SQLite,
//! Redis, MongoDB), from the cells that come first. Where one of the first cells does not fit (an infinite
//! time, a NaN among decimals), the column is text. One that comes later fails the export: nothing is
//! rounded or dropped to make it fit.

#[cfg(test)]
mod tests;
mod thrift;
mod types;

use super::{Options, Out, Writer, counted, names};
use crate::{Cell, Column, Engine, Failure, Kind, Page, Reason, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use thrift::Thrift;
use types::{Type, Values};

/// Rows that are looked at before types are settled.
const LOOK_ROWS: usize = 10_000;
const LOOK_BYTES: usize = 2 << 20;
/// Bytes and values of a column's page within the file, and bytes of all open ones together.
const PAGE_BYTES: usize = 256 << 10;
const PAGE_VALUES: usize = 20_000;
const OPEN_BYTES: usize = 4 << 20;
/// When a group of rows is closed.
const GROUP_ROWS: u64 = 122_880;
const GROUP_BYTES: usize = 6 << 20;

const MAGIC: &[u8; 4] = b"PAR1";

pub(super) struct Parquet {
    engine: Engine,
    all_text: bool,
    names: Vec<String>,
    declared: Vec<Column>,
    /// The first pages, until types are settled.
    first: Vec<Page>,
    first_rows: usize,
    first_bytes: usize,
    columns: Vec<Chunk>,
    settled: bool,
    begun: bool,
    rows: u64,
    group_rows: u64,
    groups: Vec<Group>,
    hexed: u64,
    start: u64,
}

/// A column within the group of rows that is being gathered.
struct Chunk {
    of: Type,
    values: Values,
    /// Whether each value of the open page is there.
    there: Vec<bool>,
    /// Closed pages, packed.
    packed: Vec<u8>,
    plain_bytes: u64,
    rows: u64,
    nulls: u64,
}

/// A group of rows that is written.
struct Group {
    rows: u64,
    columns: Vec<Place>,
}

struct Place {
    at: u64,
    packed: u64,
    plain: u64,
    values: u64,
    nulls: u64,
}

impl Parquet {
    pub(super) fn new(options: &Options) -> Parquet {
        Parquet {
            engine: options.engine,
            all_text: options.text,
            names: Vec::new(),
            declared: Vec::new(),
            first: Vec::new(),
            first_rows: 0,
            first_bytes: 0,
            columns: Vec::new(),
            settled: false,
            begun: false,
            rows: 0,
            group_rows: 0,
            groups: Vec::new(),
            hexed: 0,
            start: 0,
        }
    }

    /// Decides on types by the pages that are kept and the last one, which is not.
    fn settle(&mut self, last: Option<&Page>, out: &mut Out<'_>) -> Result<()> {
        self.settled = true;
        let kept = std::mem::take(&mut self.first);
        let first: Vec<&Page> = kept.iter().chain(last).collect();
        for (at, column) in self.declared.iter().enumerate() {
            let cells = || {
                let of = move |page| (0..Page::rows(page)).map(move |row| page.cell(row, at));
                first.iter().copied().flat_map(of)
            };
            let of =
                if self.all_text { Type::Text } else { types::settle(column, self.engine, cells) };
            self.columns.push(Chunk::new(of));
        }
        for page in first {
            self.add(page, out)?;
        }
        Ok(())
    }

    fn add(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        for row in 0..page.rows() {
            for (at, cell) in page.row(row).enumerate() {
                let column = &mut self.columns[at];
                if !column.push(cell, &mut self.hexed)? {
                    return Err(misfit(&self.names[at], self.rows + 1, cell, column.of));
                }
                if column.values.len() >= PAGE_BYTES || column.there.len() >= PAGE_VALUES {
                    column.close_page()?;
                }
            }
            self.rows += 1;
            self.group_rows += 1;
        }
        if self.columns.iter().map(Chunk::open_bytes).sum::<usize>() > OPEN_BYTES {
            self.columns.iter_mut().try_for_each(Chunk::close_page)?;
        }
        let packed: usize = self.columns.iter().map(|it| it.packed.len()).sum();
        if self.group_rows >= GROUP_ROWS || packed >= GROUP_BYTES {
            self.close_group(out)?;
        }
        Ok(())
    }

    fn close_group(&mut self, out: &mut Out<'_>) -> Result<()> {
        let rows = std::mem::take(&mut self.group_rows);
        if rows == 0 {
            return Ok(());
        }
        let mut columns = Vec::with_capacity(self.columns.len());
        for column in &mut self.columns {
            column.close_page()?;
            columns.push(Place {
                at: out.told() - self.start,
                packed: column.packed.len() as u64,
                plain: std::mem::take(&mut column.plain_bytes),
                values: std::mem::take(&mut column.rows),
                nulls: std::mem::take(&mut column.nulls),
            });
            out.put(&column.packed);
            column.packed.clear();
        }
        self.groups.push(Group { rows, columns });
        Ok(())
    }

    fn index(&self) -> Vec<u8> {
        let mut index = Thrift::default();
        index.int(1, 1);
        index.list(2, thrift::STRUCT, self.columns.len() + 1);
        index.within(|it| {
            it.text(4, "schema");
            it.int(5, self.columns.len() as i64);
        });
        for (column, name) in self.columns.iter().zip(&self.names) {
            index.within(|it| column.of.describe(name, it));
        }
        index.long(3, self.rows as i64);
        index.list(4, thrift::STRUCT, self.groups.len());
        for group in &self.groups {
            index.within(|it| {
                it.list(1, thrift::STRUCT, group.columns.len());
                for (at, place) in group.columns.iter().enumerate() {
                    it.within(|it| self.describe(at, place, it));
                }
                it.long(2, group.columns.iter().map(|it| it.plain as i64).sum());
                it.long(3, group.rows as i64);
            });
        }
        index.text(6, concat!("Backstory ", env!("CARGO_PKG_VERSION")));
        index.done()
    }

    fn describe(&self, at: usize, place: &Place, it: &mut Thrift) {
        it.long(2, place.at as i64);
        it.inner(3, |it| {
            it.int(1, self.columns[at].of.physical());
            it.list(2, thrift::I32, 2);
            it.item_int(0);
            it.item_int(3);
            it.list(3, thrift::BINARY, 1);
            it.item_text(&self.names[at]);
            it.int(4, 2);
            it.long(5, place.values as i64);
            it.long(6, place.plain as i64);
            it.long(7, place.packed as i64);
            it.long(9, place.at as i64);
            it.inner(12, |it| it.long(3, place.nulls as i64));
        });
    }
}

impl Chunk {
    fn new(of: Type) -> Chunk {
        Chunk {
            of,
            values: Values::default(),
            there: Vec::new(),
            packed: Vec::new(),
            plain_bytes: 0,
            rows: 0,
            nulls: 0,
        }
    }

    /// Bytes of the open page.
    fn open_bytes(&self) -> usize {
        self.values.len() + self.there.len()
    }

    /// Adds a cell; false where it does not fit.
    fn push(&mut self, cell: Cell<'_>, hexed: &mut u64) -> Result<bool> {
        if cell.is_null() {
            self.there.push(false);
            return Ok(true);
        }
        if cell.bytes.len() > PAGE_BYTES && self.of.is_verbatim(cell) {
            // It is a page of its own, and is not copied for that.
            self.close_page()?;
            let length = u32::try_from(cell.bytes.len()).map_err(|_| too_large())?;
            self.pack(&[true], &[&length.to_le_bytes(), cell.bytes])?;
            return Ok(true);
        }
        if cell.kind == Kind::Bytes && self.of == Type::Text {
            *hexed += 1;
        }
        self.there.push(true);
        Ok(self.of.push(cell, &mut self.values))
    }

    fn close_page(&mut self) -> Result<()> {
        if !self.there.is_empty() {
            let (there, values) =
                (std::mem::take(&mut self.there), std::mem::take(&mut self.values));
            self.pack(&there, &[values.plain()])?;
            (self.there, self.values) = (there, values);
            self.there.clear();
            self.values.clear();
        }
        Ok(())
    }

    fn pack(&mut self, there: &[bool], values: &[&[u8]]) -> Result<()> {
        let many = there.len();
        let nulls = there.iter().filter(|it| !**it).count();
        let mut plain = Vec::new();
        levels(there, nulls, &mut plain);
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        let mut pack = packer.write_all(&plain);
        for values in values {
            pack = pack.and_then(|()| packer.write_all(values));
        }
        let packed = pack.and_then(|()| packer.finish());
        let packed = packed.map_err(|error| super::not_written(&error))?;
        let length = plain.len() + values.iter().map(|it| it.len()).sum::<usize>();
        let of_32 = |length| i32::try_from(length).map(i64::from).map_err(|_| too_large());
        let mut head = Thrift::default();
        head.int(1, 0);
        head.int(2, of_32(length)?);
        head.int(3, of_32(packed.len())?);
        head.inner(5, |it| {
            it.int(1, many as i64);
            it.int(2, 0);
            it.int(3, 3);
            it.int(4, 3);
        });
        let head = head.done();
        self.packed.extend_from_slice(&head);
        self.packed.extend_from_slice(&packed);
        self.plain_bytes += (head.len() + length) as u64;
        self.rows += many as u64;
        self.nulls += nulls as u64;
        Ok(())
    }
}

fn too_large() -> Failure {
    let text = "a value is too large for Parquet, which takes 2 GB";
    Failure::new(Reason::Unsupported, text).hint("write another format")
}

/// Which values are there, as runs: one run where all or none are, bits otherwise.
fn levels(there: &[bool], nulls: usize, plain: &mut Vec<u8>) {
    let mut runs = Vec::new();
    if nulls == 0 || nulls == there.len() {
        thrift::varint((there.len() as u64) << 1, &mut runs);
        runs.push(u8::from(nulls == 0));
    } else {
        thrift::varint(((there.len().div_ceil(8) as u64) << 1) | 1, &mut runs);
        for eight in there.chunks(8) {
            let bit = |(at, it): (usize, &bool)| u8::from(*it) << at;
            runs.push(eight.iter().enumerate().map(bit).sum());
        }
    }
    plain.extend_from_slice(&(runs.len() as u32).to_le_bytes());
    plain.extend_from_slice(&runs);
}

fn misfit(column: &str, row: u64, cell: Cell<'_>, of: Type) -> Failure {
    let mut shown = Vec::new();
    super::visible::append_cell(cell, 60, &mut shown);
    let shown = String::from_utf8_lossy(&shown).into_owned();
    let text = format!(
        "row {row} holds {shown} in the column {column}, which cannot be written as {}, as the rows \
         before it were",
        of.title()
    );
    Failure::new(Reason::Unsupported, text).hint("write all columns as text (--text)")
}

impl Writer for Parquet {
    fn begin(&mut self, columns: &[Column], out: &mut Out<'_>) -> Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            let text = "a Parquet file holds one result, and there are several";
            let hint = "run one statement, or write another format";
            return Err(Failure::new(Reason::Unsupported, text).hint(hint));
        }
        if columns.is_empty() {
            let text = "a result without columns cannot be written as Parquet";
            return Err(Failure::new(Reason::Unsupported, text));
        }
        self.start = out.told();
        self.names = names::distinct(columns);
        self.declared = columns.to_vec();
        out.put(MAGIC);
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        if self.settled {
            return self.add(page, out);
        }
        self.first_rows += page.rows();
        self.first_bytes += page.bytes();
        if self.first_rows >= LOOK_ROWS || self.first_bytes >= LOOK_BYTES {
            return self.settle(Some(page), out);
        }
        self.first.push(page.clone());
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<()> {
        if !self.settled {
            self.settle(None, out)?;
        }
        self.close_group(out)?;
        let index = self.index();
        out.put(&index);
        out.put(&(index.len() as u32).to_le_bytes());
        out.put(MAGIC);
        Ok(())
    }

    fn finish(&mut self, _out: &mut Out<'_>, notes: &mut Vec<String>) -> Result<()> {
        if !self.begun {
            let text = "no statement gave rows, and a Parquet file cannot be without columns";
            return Err(Failure::new(Reason::Usage, text));
        }
        if self.hexed > 0 {
            let cells = counted(self.hexed, "cell of bytes", "cells of bytes");
            notes.push(format!("{cells} stood among text and became text in hexadecimal digits"));
        }
        Ok(())
    }
}
