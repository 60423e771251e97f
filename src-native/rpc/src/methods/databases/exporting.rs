//! Rows in a format: on the clipboard, in a file.

use super::keeping::Note;
use super::results::{RowFilter, RowOrder, Telling, WAIT, order, spool};
use super::{LEND, connected, heard, wire};
use crate::connected::{Wish, told};
use crate::context::blocking;
use crate::named_files::absolute;
use crate::wire::{reply, request};
use crate::{Access, Context, Error, Limits, Method, Result, Topic};
use databases::export::{self, Export as Writer, Options, Over};
use databases::stream::{self, stream};
use databases::{Sink, Watch, guard};
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::{Duration, Instant};
use ts_rs::TS;

/// Rows that go on the clipboard at once.
const WRITE_MAX: u32 = 100_000;
/// Longest time of an export where nobody says.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(3_600);

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum ExportFormat {
    /// Values between commas, as PostgreSQL writes them.
    Csv,
    /// Values between tabs, as PostgreSQL writes them.
    Tsv,
    /// A list of objects.
    Json,
    /// An object on each line.
    Ndjson,
    /// A table in Markdown.
    Markdown,
    /// A table for people.
    Table,
    /// Parquet.
    Parquet,
    /// An Excel workbook.
    Xlsx,
    /// INSERT statements.
    Insert,
    /// A list for `IN (…)`.
    Inlist,
}

request! {
    /// Write rows in a format, to be put on the clipboard.
    #[schemars(rename = "WriteRows")]
    #[ts(rename = "WriteRows")]
    pub struct Write {
        /// Run.
        pub run: u32,
        /// Which of its results, from 0.
        pub result: Option<u32>,
        /// The format.
        pub format: ExportFormat,
        /// First row, from 0.
        pub from: u32,
        /// How many (100,000 at most).
        pub count: u32,
        /// Columns, from 0, in this order; all of them unless given.
        pub columns: Option<Vec<u32>>,
        /// Table to name in INSERT statements.
        pub table: Option<String>,
        /// As `databases.rows` had it.
        pub order: Option<Vec<RowOrder>>,
        /// As `databases.rows` had it.
        pub filter: Option<Vec<RowFilter>>,
    }

    /// Write a diagram that the window drew to a file, as SVG. The file is written beside and renamed at the end.
    pub struct SaveDiagram {
        /// Path of the file.
        pub path: String,
        /// The diagram: an SVG document.
        pub svg: String,
        /// Write over a file that is there.
        pub replace: Option<bool>,
    }

    /// Write all rows of a statement to a file, in a stream: memory stays flat. The file is written beside and renamed at the end; cancelled, nothing stays.
    #[schemars(rename = "ExportRows")]
    #[ts(rename = "ExportRows")]
    pub struct Export {
        /// Connection, by name or as a URL.
        pub connection: String,
        /// Folder of the project, for its connections.
        pub project: Option<String>,
        /// The statement; several where the format holds several results.
        pub text: String,
        /// Values for places written as `:name`.
        #[ts(optional, type = "{ [key: string]: string | number | boolean | null }")]
        pub params: Option<serde_json::Map<String, serde_json::Value>>,
        /// The format.
        pub format: ExportFormat,
        /// Path of the file.
        pub path: String,
        /// Write over a file that is there.
        pub replace: Option<bool>,
        /// Table to name in INSERT statements.
        pub table: Option<String>,
        /// Write every column as text, word for word as the server has it: Parquet.
        pub all_text: Option<bool>,
        /// Longest time in seconds (3,600 unless told otherwise).
        pub timeout: Option<f64>,
    }
}

reply! {
    /// Text for the clipboard.
    #[schemars(rename = "WriteRowsReply")]
    #[ts(rename = "WriteRowsReply")]
    pub struct WriteReply {
        /// The rows in that format.
        pub text: String,
    }

    /// What was written.
    pub struct SaveDiagramReply {
        /// The file.
        pub path: String,
        /// Its size in bytes.
        pub bytes: f64,
    }

    /// What was written.
    #[schemars(rename = "ExportRowsReply")]
    #[ts(rename = "ExportRowsReply")]
    pub struct ExportReply {
        /// The file.
        pub path: String,
        /// Rows in it.
        pub rows: f64,
        /// Its size in bytes.
        pub bytes: f64,
        /// How long it took, in seconds.
        pub seconds: f64,
        /// What was written otherwise than it is, in sentences: cells that a format cannot hold.
        pub notes: Vec<String>,
    }
}

impl Method for Write {
    const NAME: &'static str = "databases.write";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"run":1,"format":"csv","from":0,"count":10}"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = WriteReply;

    async fn call(self, cx: Context) -> Result<WriteReply> {
        let asked = cx.clone();
        connected(&cx, move |connected| {
            let kept = connected.run(self.run)?;
            let format = self.format.below();
            if format.is_binary() {
                return Err(Error::invalid("this format is one of files, not of text")
                    .hint("export it: `databases.export`"));
            }
            let by = self.order.unwrap_or_default();
            let filter = self.filter.unwrap_or_default();
            let order = order(&kept, self.result, &by, &filter, &asked)?;
            let from = u64::from(self.from);
            let count = u64::from(self.count.min(WRITE_MAX));
            let at = self.result.unwrap_or(0) as usize;
            kept.run.until(at, from + count, WAIT, &asked.cancel);
            let spool = spool(&kept, self.result)?;
            let all: Vec<u32> = (0..wire::few(spool.columns().len())).collect();
            let picked = self.columns.clone().unwrap_or(all);
            let columns: Option<Vec<_>> =
                picked.iter().map(|it| spool.columns().get(*it as usize).cloned()).collect();
            let columns = columns.ok_or_else(|| Error::invalid("there is no such column"))?;
            let engine = kept.way.entry.engine;
            let table = self.table.map(|it| (String::new(), it));
            let options = Options {
                engine,
                dialect: engine,
                table,
                documents: self.columns.is_none(),
                ..Options::default()
            };
            let mut text = Vec::new();
            let mut writer = Writer::new(format, &options, &mut text).map_err(told)?;
            let mut flow = writer.begin(&columns);
            let (mut at, end) = (from, from + count);
            while flow.is_continue() && at < end {
                let step = usize::try_from((end - at).min(1_000)).unwrap_or(1_000);
                let found = match &order {
                    None => spool.rows(at, step, usize::MAX),
                    Some(order) => spool.rows_of(order, at, step, usize::MAX),
                };
                let found = found.map_err(told)?.page;
                if found.is_empty() {
                    break;
                }
                let mut page = databases::Page::new(columns.len());
                for row in 0..found.rows() {
                    for column in &picked {
                        let cell = found.cell(row, *column as usize);
                        page.push_known(cell.kind, cell.bytes);
                    }
                }
                flow = writer.page(&page);
                at += found.rows() as u64;
                if asked.cancelled() {
                    return Err(told(databases::Failure::cancelled()));
                }
            }
            let _ = writer.end(&databases::Done::default()); // what it says is asked below
            writer.finish().map_err(told)?;
            Ok(WriteReply { text: String::from_utf8_lossy(&text).into_owned() })
        })
        .await
    }
}

impl Method for Export {
    const NAME: &'static str = "databases.export";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"connection":"memory","text":"select 1","format":"csv","path":"/tmp/one.csv","replace":true}"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = ExportReply;

    async fn call(self, cx: Context) -> Result<ExportReply> {
        let asked = cx.clone();
        connected(&cx, move |connected| {
            let project = self.project.as_deref();
            let way = connected.way_for(project, &self.connection, Wish::Read)?;
            let engine = way.entry.engine;
            let values = wire::values(self.params.as_ref())?;
            let statements =
                guard::prepare(engine, &self.text, &values, guard::Access::Read).map_err(told)?;
            let path = absolute(&self.path)?;
            let format = self.format.below();
            let over = if self.replace == Some(true) { Over::Replace } else { Over::Refuse };
            let table = self.table.map(|it| (String::new(), it));
            let options = Options {
                engine,
                dialect: engine,
                table,
                text: self.all_text == Some(true),
                ..Options::default()
            };
            let begun = Instant::now();
            let noted = Note::new(connected, &way, &self.text);
            let watched = Telling::new(&asked, "rows");
            let tell = |rows: u64, bytes: u64| watched.tell(rows, bytes);
            let watch = Watch { cancel: &asked.cancel, progress: &tell };
            let lent = way.statements.lend(LEND);
            heard(connected, &way, lent.as_ref().err());
            let mut lent = lent.map_err(told)?;
            let limits = stream::Limits {
                timeout: super::running::time_of(self.timeout)?.unwrap_or(EXPORT_TIMEOUT),
                cancel: &asked.cancel,
                rolled_back: false,
                held: false,
                csv_header: (format == export::Format::Csv && statements.len() == 1)
                    .then_some(true),
            };
            let written = export::to_file(&path, over, format, &options, watch, |out| {
                let mut said = stream::Said::default();
                stream(&mut lent, &statements, limits, out, &mut |_| (), &mut said)
                    .map_err(|it| *it.1)
            });
            let rows = written.as_ref().map_or(0, |it| it.rows);
            noted.write_as(
                begun.elapsed(),
                rows,
                written.as_ref().err().map(|it| it.message.clone()),
            );
            let written = written.map_err(told)?;
            Ok(ExportReply {
                path: path.display().to_string(),
                rows: written.rows as f64,
                bytes: written.bytes as f64,
                seconds: begun.elapsed().as_secs_f64(),
                notes: written.notes,
            })
        })
        .await
    }
}

impl Method for SaveDiagram {
    const NAME: &'static str = "databases.saveDiagram";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"path":"/tmp/shop.svg","svg":"<svg xmlns=\"http://www.w3.org/2000/svg\"/>","replace":true}"#;
    const LIMITS: Limits = Limits { in_bytes_max: 8 << 20, ..Limits::QUESTION };
    type Reply = SaveDiagramReply;

    async fn call(self, _: Context) -> Result<SaveDiagramReply> {
        blocking(move || {
            let path = absolute(&self.path)?;
            let ends = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("svg"));
            if !ends || !self.svg.trim_start().starts_with("<svg") {
                return Err(Error::invalid("a diagram is an SVG document in a file of its own")
                    .hint("let its name end in `.svg`"));
            }
            let over = if self.replace == Some(true) { Over::Replace } else { Over::Refuse };
            export::place(&path, over, |file| {
                std::io::Write::write_all(file, self.svg.as_bytes()).map_err(|error| {
                    let text = format!("{} cannot be written: {error}", path.display());
                    databases::Failure::new(databases::Reason::File, text)
                })
            })
            .map_err(told)?;
            Ok(SaveDiagramReply { path: path.display().to_string(), bytes: self.svg.len() as f64 })
        })
        .await
    }
}
