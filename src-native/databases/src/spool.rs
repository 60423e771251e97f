//! A result kept on disk while its rows arrive, so that a grid scrolls in a million of them and memory
//! stays bounded: pages in a temporary file that has no name, and where each begins.
//!
//! One thread appends, any number read. Rows are sorted and filtered as lists of row numbers over what has
//! arrived by then; the file is never written anew.

mod disk;
mod key;
mod order;
mod search;
mod statistics;
#[cfg(test)]
mod tests;

pub use order::{Order, Sort};
pub use search::{Condition, Find, Found, Test};
pub use statistics::{Bar, Distinct, Statistics};

use crate::{Cell, Column, Failure, Kind, Page, Reason, Result, Watch};
use disk::Disk;
use std::collections::VecDeque;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

/// When rows in memory are written: smaller pages are gathered, so that the index stays small.
const BLOCK_ROWS: usize = 1000;
const BLOCK_BYTES: usize = 256 << 10;
/// A block beyond this is not read as a whole: it holds cells of which a part is asked for.
const WHOLE_BYTES: u64 = 2 << 20;
/// Blocks that are kept in memory after they were read.
const KEPT: usize = 6;

/// A result on disk.
#[derive(Debug)]
pub struct Spool {
    columns: Vec<Column>,
    folder: PathBuf,
    disk: Disk,
    limit: u64,
    state: RwLock<State>,
    kept: Mutex<VecDeque<(u64, Arc<Page>)>>,
}

#[derive(Debug, Default)]
struct State {
    /// Where each block begins in the file, and the number of its first row.
    blocks: Vec<Block>,
    /// Bytes and rows of all blocks.
    bytes: u64,
    rows: u64,
    /// Rows that come after them.
    tail: Arc<Page>,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    at: u64,
    bytes: u64,
    first: u64,
    rows: u64,
}

/// Some rows, of which long cells may be cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// The rows.
    pub page: Page,
    /// The cells that are longer than what is here of them, in order.
    pub cut: Vec<Cut>,
}

/// A cell of which only the beginning is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Its row in the page.
    pub row: usize,
    /// Its column.
    pub column: usize,
    /// Bytes of the whole cell.
    pub bytes: u64,
}

/// A part of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What the cell is.
    pub kind: Kind,
    /// The bytes that were asked for, as far as there are any. They may begin or end within a letter.
    pub bytes: Vec<u8>,
    /// Bytes of the whole cell.
    pub of: u64,
}

impl Spool {
    /// Where nothing is kept yet, in a file of `folder` that takes at most `limit` bytes.
    ///
    /// # Errors
    /// [`Reason::File`] where the file cannot be made.
    pub fn create(folder: &Path, columns: &[Column], limit: u64) -> Result<Spool> {
        let tail = Arc::new(Page::new(columns.len()));
        Ok(Spool {
            columns: columns.to_vec(),
            folder: folder.to_owned(),
            disk: Disk::create(folder)?,
            limit,
            state: RwLock::new(State { tail, ..State::default() }),
            kept: Mutex::default(),
        })
    }

    /// The result's columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Rows that have arrived.
    pub fn len(&self) -> u64 {
        let state = self.state();
        state.rows + state.tail.rows() as u64
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> u64 {
        self.state().bytes
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(u64, Arc<Page>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds rows. One thread does this.
    ///
    /// # Errors
    /// [`Reason::File`] where the limit is reached or the disk is full; what arrived before stays.
    pub fn append(&self, page: &Page) -> Result<()> {
        if page.is_empty() {
            return Ok(());
        }
        if page.columns() != self.columns.len() {
            let text = "a page of the result has other columns than the result";
            return Err(Failure::new(Reason::Usage, text));
        }
        let tail = Arc::clone(&self.state().tail);
        // It is full where it could not be written before: then nothing is added to it.
        if is_full(page) || is_full(&tail) {
            self.write(&tail)?;
        }
        drop(tail);
        if is_full(page) {
            return self.write(page);
        }
        let full = {
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            Arc::make_mut(&mut state.tail).append(page);
            is_full(&state.tail).then(|| Arc::clone(&state.tail))
        };
        full.map_or(Ok(()), |it| self.write(&it))
    }

    /// Writes rows that come after all others: the tail, or what comes when that is empty.
    fn write(&self, page: &Page) -> Result<()> {
        if page.is_empty() {
            return Ok(());
        }
        let at = self.state().bytes;
        let (kinds, ends, data) = page.parts();
        let mut head = Vec::with_capacity(kinds.len() * 5);
        head.extend(kinds.iter().map(|it| *it as u8));
        head.extend(ends.iter().flat_map(|it| it.to_le_bytes()));
        let bytes = (head.len() + data.len()) as u64;
        if at + bytes > self.limit {
            let limit = self.limit >> 20;
            let text = format!(
                "the result is larger than the {limit} MB that may be kept of one; the rows up to here \
                 are there"
            );
            return Err(Failure::new(Reason::File, text)
                .hint("ask for fewer rows or columns, or export it to a file"));
        }
        self.disk.write(at, &head)?;
        self.disk.write(at + head.len() as u64, data)?;
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let (first, rows) = (state.rows, page.rows() as u64);
        state.blocks.push(Block { at, bytes, first, rows });
        state.bytes += bytes;
        state.rows += rows;
        if !state.tail.is_empty() {
            state.tail = Arc::new(Page::new(self.columns.len()));
        }
        Ok(())
    }

    /// Rows from one on; a cell of more than `most` bytes is cut. Fewer come where there are no more.
    ///
    /// # Errors
    /// [`Reason::File`] where the file cannot be read.
    pub fn rows(&self, from: u64, count: usize, most: usize) -> Result<Rows> {
        let to = from.saturating_add(count as u64).min(self.len());
        self.gather((from..to).map(|it| (it, true)), most)
    }

    /// The same of an order.
    ///
    /// # Errors
    /// [`Reason::File`] where the file cannot be read.
    pub fn rows_of(&self, order: &Order, from: u64, count: usize, most: usize) -> Result<Rows> {
        self.gather(order.part(from, count).map(|it| (u64::from(it), false)), most)
    }

    /// A cell as a whole.
    ///
    /// # Errors
    /// [`Reason::Usage`] where there is no such cell; [`Reason::File`].
    pub fn cell(&self, row: u64, column: usize) -> Result<Part> {
        self.cell_part(row, column, 0..u64::MAX)
    }

    /// Some bytes of a cell.
    ///
    /// # Errors
    /// [`Reason::Usage`] where there is no such cell; [`Reason::File`].
    pub fn cell_part(&self, row: u64, column: usize, range: Range<u64>) -> Result<Part> {
        if column >= self.columns.len() {
            return Err(Failure::new(Reason::Usage, "the result has no such column"));
        }
        let part = |cell: Cell<'_>| {
            let end = |it: u64| usize::try_from(it).unwrap_or(usize::MAX).min(cell.bytes.len());
            let from = end(range.start);
            let bytes = cell.bytes[from..end(range.end).max(from)].to_vec();
            Part { kind: cell.kind, bytes, of: cell.bytes.len() as u64 }
        };
        let (block, within) = match self.place(row)? {
            Place::Tail(page, row) => return Ok(part(page.cell(row, column))),
            Place::Block(block, row) => (block, row),
        };
        if let Some(page) = self.kept_block(block) {
            return Ok(part(page.cell(within, column)));
        }
        let cells = self.row_index(block, within)?;
        let (kind, at) = cells[column].clone();
        let of = at.end - at.start;
        let from = at.start + range.start.min(of);
        let to = at.start + range.end.min(of).max(range.start.min(of));
        Ok(Part { kind, bytes: self.disk.read(from, length(from..to)?)?, of })
    }

    /// Rows by number; `true` beside one says that its neighbours will be asked for too.
    fn gather(&self, rows: impl Iterator<Item = (u64, bool)>, most: usize) -> Result<Rows> {
        let mut out = Rows { page: Page::new(self.columns.len()), cut: Vec::new() };
        for (number, (row, near)) in rows.enumerate() {
            let mut push = |column, kind, bytes: &[u8], of: u64| {
                let bytes = if of > most as u64 {
                    out.cut.push(Cut { row: number, column, bytes: of });
                    whole_letters(kind, &bytes[..most.min(bytes.len())])
                } else {
                    bytes
                };
                out.page.push_known(kind, bytes);
            };
            let mut push_all = |page: &Page, row| {
                for (column, cell) in page.row(row).enumerate() {
                    push(column, cell.kind, cell.bytes, cell.bytes.len() as u64);
                }
            };
            let (block, within) = match self.place(row)? {
                Place::Tail(page, row) => {
                    push_all(&page, row);
                    continue;
                }
                Place::Block(block, row) => (block, row),
            };
            let page = match self.kept_block(block) {
                None if near && block.bytes <= WHOLE_BYTES => Some(self.keep_block(block)?),
                other => other,
            };
            if let Some(page) = page {
                push_all(&page, within);
                continue;
            }
            for (column, (kind, at)) in self.row_index(block, within)?.into_iter().enumerate() {
                let of = at.end - at.start;
                let bytes = self.disk.read(at.start, length(0..of)?.min(most))?;
                push(column, kind, &bytes, of);
            }
        }
        Ok(out)
    }

    /// What a row's cells are and where they stand in the file.
    fn row_index(&self, block: Block, row: usize) -> Result<Vec<(Kind, Range<u64>)>> {
        let columns = self.columns.len();
        let cells = block.rows * columns as u64;
        let first = (row * columns) as u64;
        let kinds = self.disk.read(block.at + first, columns)?;
        // The end of the cell before is where the first begins.
        let before = u64::from(first > 0);
        let ends_at = block.at + cells + (first - before) * 4;
        let ends = self.disk.read(ends_at, (columns + before as usize) * 4)?;
        let data = block.at + cells * 5;
        let mut ends = words(&ends).map(|it| data + u64::from(it));
        let mut start = if before > 0 { ends.next().unwrap_or(data) } else { data };
        let mut index = Vec::with_capacity(columns);
        for (kind, end) in kinds.into_iter().zip(ends) {
            if end < start || end > block.at + block.bytes {
                return Err(damaged());
            }
            index.push((kind_of(kind)?, start..end));
            start = end;
        }
        Ok(index)
    }

    fn place(&self, row: u64) -> Result<Place> {
        let state = self.state();
        if row >= state.rows {
            let within = usize::try_from(row - state.rows).unwrap_or(usize::MAX);
            if within >= state.tail.rows() {
                return Err(Failure::new(Reason::Usage, "the result has no such row"));
            }
            return Ok(Place::Tail(Arc::clone(&state.tail), within));
        }
        let at = state.blocks.partition_point(|it| it.first <= row) - 1;
        let block = state.blocks[at];
        Ok(Place::Block(block, (row - block.first) as usize))
    }

    fn kept_block(&self, block: Block) -> Option<Arc<Page>> {
        let kept = self.kept();
        kept.iter().find(|it| it.0 == block.at).map(|it| Arc::clone(&it.1))
    }

    fn keep_block(&self, block: Block) -> Result<Arc<Page>> {
        let page = Arc::new(self.read_block(block)?);
        let mut kept = self.kept();
        kept.truncate(KEPT - 1);
        kept.push_front((block.at, Arc::clone(&page)));
        Ok(page)
    }

    fn read_block(&self, block: Block) -> Result<Page> {
        let cells = usize::try_from(block.rows).map_err(|_| damaged())? * self.columns.len();
        let mut data = self.disk.read(block.at, length(0..block.bytes)?)?;
        let Some((kinds, rest)) = data.split_at_checked(cells) else { return Err(damaged()) };
        let kinds = kinds.iter().map(|it| kind_of(*it)).collect::<Result<Vec<_>>>()?;
        let ends = words(rest.get(..cells * 4).ok_or_else(damaged)?).collect();
        data.drain(..cells * 5);
        Page::of_parts(self.columns.len(), kinds, ends, data).ok_or_else(damaged)
    }

    /// Walks over rows from one on, up to those that have arrived when it begins, and gives the cells of
    /// some columns, each cut to `most` bytes at the latest.
    fn walk(
        &self,
        what: &str,
        from: u64,
        columns: &[usize],
        most: usize,
        watch: Watch<'_>,
        mut see: impl FnMut(u64, &[Cell<'_>]) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        if columns.iter().any(|it| *it >= self.columns.len()) {
            return Err(Failure::new(Reason::Usage, "the result has no such column"));
        }
        let all = self.len();
        let mut row = from;
        while row < all {
            watch.step(what, row - from, all - from)?;
            let (page, first) = match self.place(row)? {
                Place::Tail(page, within) => (page, row - within as u64),
                Place::Block(block, _) if block.bytes <= WHOLE_BYTES => {
                    (Arc::new(self.read_block(block)?), block.first)
                }
                Place::Block(block, within) => {
                    if self.walk_row(block, within, columns, most, |it| see(row, it))?.is_break() {
                        return Ok(());
                    }
                    row += 1;
                    continue;
                }
            };
            let mut cells = Vec::with_capacity(columns.len());
            let end = (first + page.rows() as u64).min(all);
            while row < end {
                cells.clear();
                let within = (row - first) as usize;
                cells.extend(columns.iter().map(|it| {
                    let cell = page.cell(within, *it);
                    Cell { bytes: &cell.bytes[..cell.bytes.len().min(most)], ..cell }
                }));
                if see(row, &cells)?.is_break() {
                    return Ok(());
                }
                row += 1;
            }
        }
        watch.step(what, all.saturating_sub(from), all.saturating_sub(from))
    }

    fn walk_row(
        &self,
        block: Block,
        row: usize,
        columns: &[usize],
        most: usize,
        see: impl FnOnce(&[Cell<'_>]) -> Result<ControlFlow<()>>,
    ) -> Result<ControlFlow<()>> {
        let index = self.row_index(block, row)?;
        let mut held = Vec::with_capacity(columns.len());
        for column in columns {
            let (kind, at) = index[*column].clone();
            held.push((kind, self.disk.read(at.start, length(at)?.min(most))?));
        }
        let cells: Vec<_> = held.iter().map(|(kind, it)| Cell { kind: *kind, bytes: it }).collect();
        see(&cells)
    }
}

enum Place {
    Tail(Arc<Page>, usize),
    Block(Block, usize),
}

fn is_full(page: &Page) -> bool {
    page.rows() >= BLOCK_ROWS || page.bytes() >= BLOCK_BYTES
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|it| u32::from_le_bytes([it[0], it[1], it[2], it[3]]))
}

fn kind_of(byte: u8) -> Result<Kind> {
    Kind::ALL.get(usize::from(byte)).copied().ok_or_else(damaged)
}

fn length(range: Range<u64>) -> Result<usize> {
    usize::try_from(range.end - range.start).map_err(|_| damaged())
}

fn damaged() -> Failure {
    Failure::new(Reason::File, "the kept result is damaged").hint("run the statement again")
}

/// Text that was cut, without a letter of which only a part is left.
fn whole_letters(kind: Kind, bytes: &[u8]) -> &[u8] {
    if kind == Kind::Bytes {
        return bytes;
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => bytes,
        Err(error) => &bytes[..error.valid_up_to()],
    }
}
