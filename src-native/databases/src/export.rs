//! Results as text and as files: every format takes the same pages and writes as they come, so that
//! memory stays flat however many rows there are.
//!
//! | format | several results in one run | NULL | bytes |
//! | --- | --- | --- | --- |
//! | csv, tsv | an empty line between | nothing; `\N` | `\x…` |
//! | json | an array each, one after the other | `null` | `"\x…"` |
//! | ndjson | one after the other | `null` | `"\x…"` |
//! | markdown, table, vertical | an empty line between | `NULL` | `\x…` |
//! | insert, inlist | one after the other | `NULL`; left out and told | the dialect's own |
//! | parquet | refused | null | bytes |
//! | xlsx | a sheet each | an empty cell | `\x…` |

mod delimited;
mod documents;
mod file;
mod json;
mod markdown;
mod names;
mod parquet;
mod sql;
mod table;
#[cfg(test)]
mod tests;
mod visible;
mod xlsx;

pub use file::{Over, place, there, to_file};

use crate::{
    Column, Done, Engine, Failure, Flow, Notice, Page, PageSize, Reason, Result, Sink, Watch,
};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How a result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A table for people, its widths grown page by page.
    Table,
    /// One field a line, for rows that are wide.
    Vertical,
    /// Comma separated, as PostgreSQL's `COPY … (FORMAT csv, HEADER)` has it.
    Csv,
    /// Tab separated, as PostgreSQL's `COPY … (FORMAT text, HEADER)` has it.
    Tsv,
    /// An array of objects, one row a line.
    Json,
    /// An object a line.
    Ndjson,
    /// A table in Markdown.
    Markdown,
    /// Apache Parquet.
    Parquet,
    /// A workbook for spreadsheets.
    Xlsx,
    /// `INSERT` statements in an engine's dialect.
    Insert,
    /// What stands behind `IN`.
    InList,
}

impl Format {
    /// All of them, in the order of the manual.
    pub const ALL: [Format; 11] = [
        Format::Table,
        Format::Vertical,
        Format::Csv,
        Format::Tsv,
        Format::Json,
        Format::Ndjson,
        Format::Markdown,
        Format::Parquet,
        Format::Xlsx,
        Format::Insert,
        Format::InList,
    ];

    /// How it is written on the command line and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Format::Table => "table",
            Format::Vertical => "vertical",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Markdown => "markdown",
            Format::Parquet => "parquet",
            Format::Xlsx => "xlsx",
            Format::Insert => "insert",
            Format::InList => "inlist",
        }
    }

    /// The format of that name, or of a file that ends so; other names in use are understood.
    pub fn of_name(name: &str) -> Option<Format> {
        let name = name.to_ascii_lowercase();
        Some(match name.as_str() {
            "jsonl" => Format::Ndjson,
            "md" => Format::Markdown,
            "excel" => Format::Xlsx,
            "tab" => Format::Tsv,
            "sql" => Format::Insert,
            _ => return Format::ALL.into_iter().find(|it| it.name() == name),
        })
    }

    /// How a file of it ends, without the point.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Table | Format::Vertical => "txt",
            Format::Markdown => "md",
            Format::Insert | Format::InList => "sql",
            other => other.name(),
        }
    }

    /// Whether it is bytes for a program and no text: a terminal should not be given it. It is of no
    /// use until its last byte is written, but it is written from front to back like the others.
    pub fn is_binary(self) -> bool {
        matches!(self, Format::Parquet | Format::Xlsx)
    }

    /// Whether one file of it can hold several results.
    pub fn holds_several(self) -> bool {
        self != Format::Parquet
    }
}

/// How a format is written. What does not concern a format is not looked at by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether names of columns come first: csv, tsv.
    pub header: bool,
    /// What stands between fields; a comma or a tab unless told otherwise.
    pub delimiter: Option<u8>,
    /// The word for NULL: csv, tsv, markdown, table, vertical.
    pub null: Option<String>,
    /// Whether lines end with `\r\n`: csv, tsv.
    pub crlf: bool,
    /// Whose result it is: some give each cell a type of its own, which Parquet has to know.
    pub engine: Engine,
    /// In whose dialect SQL is written.
    pub dialect: Engine,
    /// Schema (may be empty) and table that SQL inserts into; without it the table the columns come from.
    pub table: Option<(String, String)>,
    /// Widest a text may be in a table for people, in columns of the terminal; the rest is cut, which is
    /// counted and told. Numbers are never cut.
    pub widest: usize,
    /// Whether a terminal's styles may be used: NULL is dim.
    pub styled: bool,
    /// Whether every column of Parquet is text, word for word.
    pub text: bool,
    /// Whether documents of MongoDB are written as what they are: alone in json and ndjson, and by their
    /// fields alone in all else but Parquet. Otherwise the column with the whole document is one as any.
    pub documents: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            header: true,
            delimiter: None,
            null: None,
            crlf: false,
            engine: Engine::Postgres,
            dialect: Engine::Postgres,
            table: None,
            widest: 80,
            styled: false,
            text: false,
            documents: true,
        }
    }
}

/// A value as a literal in an engine's own writing.
pub(crate) fn literal(engine: Engine, value: &crate::Value) -> String {
    sql::literal(engine, value)
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows of all results.
    pub rows: u64,
    /// Results that had columns.
    pub results: u64,
    /// Bytes.
    pub bytes: u64,
    /// What is not there as it was, in a sentence each: texts that were cut, NULLs left out.
    pub notes: Vec<String>,
}

/// A format. Errors of writing stay in `Out` until they are asked for.
trait Writer {
    /// A result begins.
    fn begin(&mut self, columns: &[Column], out: &mut Out<'_>) -> Result<()>;
    /// Its next rows, each with as many cells as there are columns.
    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()>;
    /// It ended.
    fn end(&mut self, out: &mut Out<'_>) -> Result<()>;
    /// No other comes. What is not there as it was is added to `notes`.
    fn finish(&mut self, out: &mut Out<'_>, notes: &mut Vec<String>) -> Result<()>;
}

const BUFFER: usize = 64 << 10;
/// Rows of a page where rows are written one by one: of usual size, they fill the buffer about once.
const ROWS_AT_ONCE: usize = 256;

/// How long whoever takes what is written kept it waiting: no time of the server's.
#[derive(Clone, Default)]
pub(crate) struct KeptWaiting(Arc<Mutex<(Duration, Option<Instant>)>>);

impl KeptWaiting {
    fn lock(&self) -> MutexGuard<'_, (Duration, Option<Instant>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self) {
        self.lock().1 = Some(Instant::now());
    }

    fn end(&self) {
        let mut it = self.lock();
        if let Some(since) = it.1.take() {
            it.0 += since.elapsed();
        }
    }

    /// All of it so far.
    pub(crate) fn so_far(&self) -> Duration {
        let it = self.lock();
        it.0 + it.1.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// Where bytes go. After the first error nothing more is written.
struct Out<'w> {
    to: &'w mut dyn Write,
    kept_waiting: KeptWaiting,
    buffer: Vec<u8>,
    bytes: u64,
    failed: Option<io::Error>,
}

impl<'w> Out<'w> {
    fn new(to: &'w mut dyn Write) -> Out<'w> {
        let kept_waiting = KeptWaiting::default();
        Out { to, kept_waiting, buffer: Vec::with_capacity(BUFFER), bytes: 0, failed: None }
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.put_past(bytes);
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        self.put(&[byte]);
    }

    #[cold]
    fn put_past(&mut self, bytes: &[u8]) {
        self.push_out();
        if bytes.len() < BUFFER {
            self.buffer.extend_from_slice(bytes);
        } else {
            self.send(bytes);
        }
    }

    /// Bytes as hexadecimal digits.
    fn hex(&mut self, bytes: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for byte in bytes {
            self.put(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
    }

    fn push_out(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        self.send(&buffer);
        buffer.clear();
        self.buffer = buffer;
    }

    fn send(&mut self, bytes: &[u8]) {
        if self.failed.is_some() || bytes.is_empty() {
            return;
        }
        self.kept_waiting.begin();
        let sent = self.to.write_all(bytes);
        self.kept_waiting.end();
        match sent {
            Ok(()) => self.bytes += bytes.len() as u64,
            Err(error) => self.failed = Some(error),
        }
    }

    /// Bytes that were written or wait to be.
    fn told(&self) -> u64 {
        self.bytes + self.buffer.len() as u64
    }

    fn check(&self) -> Result<()> {
        self.failed.as_ref().map_or(Ok(()), |error| Err(not_written(error)))
    }
}

/// A failure of writing, in words.
fn not_written(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Failure::new(
                Reason::File,
                format!("there is no room for the rest of the result: {error}"),
            )
            .hint("make room, or write it elsewhere")
        }
        io::ErrorKind::BrokenPipe => {
            Failure::new(Reason::Cancelled, "whoever read the result stopped reading")
        }
        _ => Failure::new(Reason::File, format!("the result cannot be written: {error}")),
    }
}

/// A run's results on their way into one format: a [`Sink`] that keeps its own failure. Whatever the run
/// returned, [`Export::finish`] says what went wrong here; it goes before the run's `cancelled`.
pub struct Export<'w> {
    out: Out<'w>,
    writer: Box<dyn Writer>,
    by_row: bool,
    wants_origins: bool,
    by_fields: Option<documents::ByFields>,
    watch: Watch<'w>,
    columns: Option<usize>,
    written: Written,
    failed: Option<Failure>,
}

impl std::fmt::Debug for Export<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").field("written", &self.written).finish_non_exhaustive()
    }
}

impl<'w> Export<'w> {
    /// An export in a format, written to `to`.
    ///
    /// # Errors
    /// [`Reason::Usage`] where options contradict each other, [`Reason::Unsupported`] where a dialect
    /// has no such statement.
    pub fn new(format: Format, options: &Options, to: &'w mut dyn Write) -> Result<Export<'w>> {
        let writer: Box<dyn Writer> = match format {
            Format::Table => Box::new(table::Table::new(options)),
            Format::Vertical => Box::new(table::Vertical::new(options)),
            Format::Csv => Box::new(delimited::Csv::new(options)?),
            Format::Tsv => Box::new(delimited::Tsv::new(options)?),
            Format::Json => Box::new(json::Json::new(false, options)),
            Format::Ndjson => Box::new(json::Json::new(true, options)),
            Format::Markdown => Box::new(markdown::Markdown::new(options)),
            Format::Parquet => Box::new(parquet::Parquet::new(options)),
            Format::Xlsx => Box::new(xlsx::Xlsx::new()),
            Format::Insert => Box::new(sql::Insert::new(options)?),
            Format::InList => Box::new(sql::InList::new(options)?),
        };
        Ok(Export {
            out: Out::new(to),
            writer,
            by_row: matches!(format, Format::Csv | Format::Tsv | Format::Json | Format::Ndjson),
            wants_origins: format == Format::Insert && options.table.is_none(),
            by_fields: (options.documents
                && options.engine == Engine::Mongodb
                && !matches!(format, Format::Json | Format::Ndjson | Format::Parquet))
            .then(documents::ByFields::default),
            watch: Watch::NONE,
            columns: None,
            written: Written::default(),
            failed: None,
        })
    }

    /// The same export, followed by somebody.
    #[must_use]
    pub fn watched(mut self, watch: Watch<'w>) -> Export<'w> {
        self.watch = watch;
        self
    }

    /// Pages that suit it: formats that look at one row at a time are given fewer, so that the first are
    /// out sooner and what was read is still in the processor's cache.
    pub(crate) fn page_size(&self) -> PageSize {
        let usual = PageSize::default();
        if self.by_row { PageSize { rows: ROWS_AT_ONCE, ..usual } } else { usual }
    }

    /// How long it was kept waiting, for whoever counts the time.
    pub(crate) fn kept_waiting(&self) -> KeptWaiting {
        self.out.kept_waiting.clone()
    }

    /// Whether it has to know from which tables columns come.
    pub(crate) fn wants_origins(&self) -> bool {
        self.wants_origins
    }

    /// Rows that were written so far.
    pub fn rows(&self) -> u64 {
        self.written.rows
    }

    /// What stopped it so far.
    pub fn failure(&self) -> Option<&Failure> {
        self.failed.as_ref()
    }

    /// Writes what is left: a file's index, the last bytes.
    ///
    /// # Errors
    /// What stopped it, now or before; then the bytes written so far are no whole file.
    pub fn finish(mut self) -> Result<Written> {
        let unended = self.columns.is_some();
        let end = |it: &mut Self| {
            if unended {
                it.columns = None;
                it.writer.end(&mut it.out)?;
            }
            let mut notes = Vec::new();
            it.writer.finish(&mut it.out, &mut notes)?;
            notes.extend(it.by_fields.as_ref().and_then(documents::ByFields::note));
            it.written.notes = notes;
            it.out.push_out();
            if it.out.failed.is_none() {
                it.out.failed = it.out.to.flush().err();
            }
            it.out.check()
        };
        match self.failed.take() {
            Some(failure) => return Err(failure),
            None => end(&mut self)?,
        }
        self.written.bytes = self.out.bytes;
        Ok(self.written)
    }

    /// Takes bytes that the server wrote in this format itself, and counts no rows. No bytes: nothing more
    /// is here yet, so that what is goes out.
    pub(crate) fn copied(&mut self, part: &[u8]) -> Flow {
        self.go(|it| {
            it.watch.step("the export", it.written.rows, it.out.told())?;
            match part {
                [] => it.out.push_out(),
                part => it.out.put(part),
            }
            Ok(())
        })
    }

    /// Counts rows of a result that came by [`Export::copied`].
    pub(crate) fn copied_rows(&mut self, rows: u64) {
        self.written.rows += rows;
        self.written.results += 1;
    }

    fn go(&mut self, step: impl FnOnce(&mut Self) -> Result<()>) -> Flow {
        if self.failed.is_none() {
            self.failed = step(self).and_then(|()| self.out.check()).err();
        }
        if self.failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Sink for Export<'_> {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        self.go(|it| {
            if it.columns.take().is_some() {
                it.writer.end(&mut it.out)?;
            }
            it.columns = Some(columns.len());
            it.written.results += 1;
            let columns = match &mut it.by_fields {
                Some(fields) => fields.begin(columns),
                None => columns,
            };
            it.writer.begin(columns, &mut it.out)?;
            it.out.push_out();
            Ok(())
        })
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.go(|it| {
            it.watch.step("the export", it.written.rows, it.out.told())?;
            if page.is_empty() {
                return Ok(());
            }
            if it.columns != Some(page.columns()) {
                let text = "a page of the result has other columns than the result";
                return Err(Failure::new(Reason::Usage, text));
            }
            match &mut it.by_fields {
                Some(fields) => it.writer.page(fields.of(page), &mut it.out)?,
                None => it.writer.page(page, &mut it.out)?,
            }
            it.written.rows += page.rows() as u64;
            it.out.push_out();
            Ok(())
        })
    }

    fn end(&mut self, _done: &Done) -> Flow {
        self.go(|it| {
            if it.columns.take().is_some() {
                it.writer.end(&mut it.out)?;
                it.out.push_out();
                it.watch.step("the export", it.written.rows, it.out.told())?;
            }
            Ok(())
        })
    }

    fn notice(&mut self, _notice: &Notice) {}
}

/// `one` or `many` of something, for notes.
fn counted(many: u64, one: &str, more: &str) -> String {
    if many == 1 { format!("1 {one}") } else { format!("{many} {more}") }
}
