//! What statements gave: rows, cells, what a column holds, files.

use crate::wire::{reply, request};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a cell is: how it is aligned, sorted and written to a file. Its value stays the server's own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum CellKind {
    /// Yes or no.
    Bool,
    /// A whole number of any size.
    Integer,
    /// A decimal number of any precision.
    Decimal,
    /// A binary floating point number.
    Float,
    /// Text.
    Text,
    /// Bytes, as `\x` and hexadecimal digits.
    Bytes,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A moment, or a date with a time.
    Timestamp,
    /// A length of time.
    Interval,
    /// A UUID.
    Uuid,
    /// JSON, or a document in MongoDB's extended JSON.
    Json,
    /// A list, in the engine's own notation.
    Array,
    /// A row, struct or map within a cell.
    Record,
    /// A shape.
    Geometry,
    /// One of a list of words.
    Enum,
    /// Anything else.
    Other,
}

/// A cell: its text, or more where it is of another kind than its column or too long to be sent whole.
/// NULL stands beside it as `null`.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
#[serde(untagged)]
pub enum DatabaseCell {
    /// The server's own text.
    Text(String),
    /// What is not as its column says, or only a beginning.
    Other(OtherCell),
}

/// How a column's cells are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum CellTest {
    /// The text holds this, in either case.
    Contains,
    /// The value is this.
    Equals,
    /// The value is not this.
    Differs,
    /// The value is greater.
    Greater,
    /// The value is less.
    Less,
    /// There is no value.
    IsNull,
    /// There is a value.
    IsNotNull,
}

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
    /// Pull rows of a result: any range, also one that was read before. Waits until they are there, or the result ends.
    #[schemars(rename = "PullRows")]
    #[ts(rename = "PullRows")]
    pub struct Rows {
        /// Run, as `databases.run` gave it.
        pub run: u32,
        /// Which of its results, from 0.
        pub result: Option<u32>,
        /// First row, from 0.
        pub from: u32,
        /// How many at most (1,000 at most).
        pub count: u32,
        /// In this order in place of the server's; wants all rows, which are pulled first.
        pub order: Option<Vec<RowOrder>>,
        /// Only rows that pass all of these; wants all rows, which are pulled first.
        pub filter: Option<Vec<RowFilter>>,
    }

    /// An order of rows.
    pub struct RowOrder {
        /// Column, from 0.
        pub column: u32,
        /// The greatest first.
        pub descending: Option<bool>,
    }

    /// A test that rows pass.
    pub struct RowFilter {
        /// Column, from 0.
        pub column: u32,
        /// How it is compared.
        pub test: CellTest,
        /// With what.
        pub value: Option<String>,
    }

    /// Read a cell whole, or a part of it: what `databases.rows` only gave the beginning of.
    #[schemars(rename = "ReadCell")]
    #[ts(rename = "ReadCell")]
    pub struct Cell {
        /// Run.
        pub run: u32,
        /// Which of its results, from 0.
        pub result: Option<u32>,
        /// Row in the server's order, as `databases.rows` numbers it.
        pub row: u32,
        /// Column, from 0.
        pub column: u32,
        /// First byte (0 unless told otherwise).
        pub from: Option<f64>,
        /// How many bytes at most (1,000,000 unless told otherwise, 2,000,000 at most).
        pub count: Option<u32>,
    }

    /// Say what a column of a result holds: how many values, how many different, least, greatest, mean, distribution. Wants all rows, which are pulled first.
    #[schemars(rename = "SummarizeColumn")]
    #[ts(rename = "SummarizeColumn")]
    pub struct Summary {
        /// Run.
        pub run: u32,
        /// Which of its results, from 0.
        pub result: Option<u32>,
        /// Column, from 0.
        pub column: u32,
    }

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
        /// Longest time in seconds (3,600 unless told otherwise).
        pub timeout: Option<f64>,
    }
}

reply! {
    /// A result: what a statement gave.
    pub struct DatabaseResult {
        /// The statement.
        pub statement: String,
        /// Its columns; none where it gave no rows.
        pub columns: Option<Vec<DatabaseColumn>>,
        /// The first rows, or those that were asked for.
        pub rows: Vec<DatabaseRow>,
        /// Rows that are there so far.
        pub rows_total: f64,
        /// Whether that is all of them.
        pub complete: bool,
        /// Rows that were inserted, changed or removed; none for what only reads.
        pub affected: Option<f64>,
        /// What the server calls what it did.
        pub tag: String,
        /// What the server said on the side.
        pub notices: Vec<String>,
        /// From the beginning to the end, or to now, in milliseconds.
        pub milliseconds: f64,
        /// What can be edited in place: the table whose rows these are and which columns tell them apart; none where they cannot.
        pub editable: Option<EditableTable>,
    }

    /// A table whose rows a result shows.
    pub struct EditableTable {
        /// Its schema.
        pub schema: String,
        /// Its name.
        pub table: String,
        /// Columns of the result that tell rows apart, from 0.
        pub key: Vec<u32>,
    }

    /// A column of a result.
    pub struct DatabaseColumn {
        /// Its name; two columns may have the same.
        pub name: String,
        /// The server's name for its type.
        pub type_name: String,
        /// What its cells are unless they say otherwise.
        pub kind: CellKind,
        /// The table it comes from, where that is known.
        pub table: Option<String>,
        /// The table's column it comes from.
        pub column: Option<String>,
    }

    /// A row.
    pub struct DatabaseRow {
        /// Its number in the server's order, from 0.
        pub row: u32,
        /// Its cells.
        pub cells: Vec<Option<DatabaseCell>>,
    }

    /// A cell that is not as its column says, or only a beginning.
    pub struct OtherCell {
        /// What it is.
        pub kind: CellKind,
        /// Its text, or the beginning of it.
        pub text: String,
        /// Bytes of the whole value, where this is only a beginning.
        pub bytes: Option<f64>,
    }

    /// Rows.
    #[schemars(rename = "PullRowsReply")]
    #[ts(rename = "PullRowsReply")]
    pub struct RowsReply {
        /// The rows.
        pub rows: Vec<DatabaseRow>,
        /// Rows that are there so far; with a filter those that pass.
        pub rows_total: f64,
        /// Whether that is all of them.
        pub complete: bool,
        /// Why the result ended early.
        pub failure: Option<super::DatabaseFailure>,
    }

    /// A cell.
    #[schemars(rename = "ReadCellReply")]
    #[ts(rename = "ReadCellReply")]
    pub struct CellReply {
        /// What it is; none for NULL.
        pub kind: Option<CellKind>,
        /// The text, or bytes as hexadecimal digits.
        pub text: String,
        /// Bytes of the whole value.
        pub bytes: f64,
        /// Where the next part begins; none at the end.
        pub next: Option<f64>,
    }

    /// What a column holds.
    #[schemars(rename = "SummarizeColumnReply")]
    #[ts(rename = "SummarizeColumnReply")]
    pub struct SummaryReply {
        /// Rows.
        pub rows: f64,
        /// Of them without a value.
        pub nulls: f64,
        /// Different values.
        pub distinct: f64,
        /// Whether there are more different values than were counted.
        pub distinct_at_least: bool,
        /// The least value.
        pub least: Option<String>,
        /// The greatest value.
        pub greatest: Option<String>,
        /// The mean, for numbers.
        pub mean: Option<String>,
        /// The sum, for numbers.
        pub sum: Option<String>,
        /// How numbers and times are spread.
        pub bars: Vec<ColumnBar>,
    }

    /// Values within bounds.
    pub struct ColumnBar {
        /// From here.
        pub from: String,
        /// To here.
        pub to: String,
        /// How many.
        pub count: f64,
    }

    /// Text for the clipboard.
    #[schemars(rename = "WriteRowsReply")]
    #[ts(rename = "WriteRowsReply")]
    pub struct WriteReply {
        /// The rows in that format.
        pub text: String,
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
