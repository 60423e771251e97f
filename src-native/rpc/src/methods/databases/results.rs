//! What statements gave: rows, cells, what a column holds, files.

use super::running::{CELL_MAX, ROWS_MAX};
use super::{connected, wire};
use crate::connected::{Kept, told};
use crate::wire::{reply, request};
use crate::{Access, Context, Error, Limits, Method, Result, Topic};
use databases::Watch;
use databases::spool::{Distinct, Order, Spool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
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
        /// Whether these are all rows of the result.
        pub complete: bool,
        /// Why the result ended early.
        pub failure: Option<super::DatabaseFailure>,
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
}

/// How long a call waits for rows. The run itself has its own clock.
pub(super) const WAIT: Duration = Duration::from_secs(24 * 3600);
/// Bytes of a cell that one answer holds unless told otherwise.
const PART: u32 = 1_000_000;
/// Bytes of a cell that one answer may hold.
const PART_MAX: u32 = 2_000_000;
/// Orders of rows that are kept of a run.
const ORDERS_MAX: usize = 3;
/// Shortest time between two words on how far an export is.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// A result's rows, once it has any.
pub(super) fn spool(kept: &Kept, result: Option<u32>) -> Result<Arc<Spool>> {
    let at = result.unwrap_or(0) as usize;
    let standing = kept.run.standing();
    let found = standing.results.get(at).and_then(|it| it.rows.clone());
    found.ok_or_else(|| {
        let text = format!("the run has no rows as result {at}");
        Error::not_found(text).hint("`databases.standing` says what it has")
    })
}

/// Rows in another order, or some of them; made of all rows, which are waited for.
pub(super) fn order(
    kept: &Kept,
    result: Option<u32>,
    order: &[RowOrder],
    filter: &[RowFilter],
    cx: &Context,
) -> Result<Option<Arc<Order>>> {
    if order.is_empty() && filter.is_empty() {
        return Ok(None);
    }
    let at = result.unwrap_or(0) as usize;
    kept.run.until(at, u64::MAX, WAIT, &cx.cancel);
    let spool = spool(kept, result)?;
    let key = format!("{at} {} {order:?} {filter:?}", spool.len());
    let orders = || kept.orders.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = orders().iter().find(|it| it.0 == key) {
        return Ok(Some(found.1.clone()));
    }
    let watched = Telling::new(cx, "sorting");
    let tell = |done: u64, total: u64| watched.tell(done, total);
    let watch = Watch { cancel: &cx.cancel, progress: &tell };
    let conditions = wire::conditions(filter)?;
    let passed = match conditions.is_empty() {
        true => None,
        false => Some(spool.filter(&conditions, None, watch).map_err(told)?),
    };
    let made = match (order.is_empty(), passed) {
        (true, Some(passed)) => passed,
        (_, passed) => spool.order(&wire::sorts(order), passed.as_ref(), watch).map_err(told)?,
    };
    let made = Arc::new(made);
    let mut orders = orders();
    orders.push((key, made.clone()));
    if orders.len() > ORDERS_MAX {
        orders.remove(0);
    }
    Ok(Some(made))
}

/// Tells how far work is, not more often than is of use.
pub(super) struct Telling<'a> {
    cx: &'a Context,
    phase: &'static str,
    last: Mutex<Instant>,
}

impl Telling<'_> {
    pub(super) fn new<'a>(cx: &'a Context, phase: &'static str) -> Telling<'a> {
        Telling { cx, phase, last: Mutex::new(Instant::now()) }
    }

    pub(super) fn tell(&self, done: u64, total: u64) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= TELL_EVERY {
            *last = Instant::now();
            self.cx.progress(self.phase, done, total);
        }
    }
}

impl Method for Rows {
    const NAME: &'static str = "databases.rows";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"run":1,"from":0,"count":100}"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = RowsReply;

    async fn call(self, cx: Context) -> Result<RowsReply> {
        let asked = cx.clone();
        connected(&cx, move |connected| {
            let kept = connected.run(self.run)?;
            let count = self.count.min(ROWS_MAX) as usize;
            let at = self.result.unwrap_or(0) as usize;
            let from = u64::from(self.from);
            let by = self.order.unwrap_or_default();
            let order = order(&kept, self.result, &by, &self.filter.unwrap_or_default(), &asked)?;
            if order.is_none() {
                kept.run.until(at, from + count as u64, WAIT, &asked.cancel);
            }
            let spool = spool(&kept, self.result)?;
            let standing = kept.run.standing();
            let complete = standing.results.get(at).is_some_and(|it| it.complete);
            let (rows, total) = match &order {
                None => {
                    let found = spool.rows(from, count, CELL_MAX).map_err(told)?;
                    (wire::rows(&found, spool.columns(), from..), spool.len())
                }
                Some(order) => {
                    let found = spool.rows_of(order, from, count, CELL_MAX).map_err(told)?;
                    let numbers = (from..).map_while(|it| order.row(it));
                    (wire::rows(&found, spool.columns(), numbers), order.len())
                }
            };
            let last = at + 1 == standing.results.len();
            let failure = standing.failure.filter(|_| last);
            let failure = failure.map(|it| wire::failure(&it.1, kept.statements.get(it.0)));
            Ok(RowsReply { rows, rows_total: total as f64, complete, failure })
        })
        .await
    }
}

impl Method for Cell {
    const NAME: &'static str = "databases.cell";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"run":1,"row":0,"column":0}"#;
    type Reply = CellReply;

    async fn call(self, cx: Context) -> Result<CellReply> {
        connected(&cx, move |connected| {
            let kept = connected.run(self.run)?;
            let spool = spool(&kept, self.result)?;
            let from = self.from.unwrap_or(0.0);
            if !(0.0..9e15).contains(&from) {
                return Err(Error::invalid("`from` counts bytes, from 0"));
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it is a whole number within these bounds"
            )]
            let from = from as u64;
            let count = u64::from(self.count.unwrap_or(PART).clamp(16, PART_MAX));
            let (row, column) = (u64::from(self.row), self.column as usize);
            let mut part = spool.cell_part(row, column, from..from + count).map_err(told)?;
            // A text is cut between letters, so that its parts together are the whole.
            if part.kind != databases::Kind::Bytes
                && let Err(error) = std::str::from_utf8(&part.bytes)
                && error.error_len().is_none()
            {
                part.bytes.truncate(error.valid_up_to());
            }
            let next = from + part.bytes.len() as u64;
            Ok(CellReply {
                kind: wire::kind(part.kind),
                text: wire::shown(part.kind, &part.bytes),
                bytes: part.of as f64,
                next: (next < part.of).then_some(next as f64),
            })
        })
        .await
    }
}

impl Method for Summary {
    const NAME: &'static str = "databases.summary";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[];
    const EXAMPLE: &'static str = r#"{"run":1,"column":0}"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = SummaryReply;

    async fn call(self, cx: Context) -> Result<SummaryReply> {
        let asked = cx.clone();
        connected(&cx, move |connected| {
            let kept = connected.run(self.run)?;
            kept.run.until(self.result.unwrap_or(0) as usize, u64::MAX, WAIT, &asked.cancel);
            let spool = spool(&kept, self.result)?;
            let watched = Telling::new(&asked, "counting");
            let tell = |done: u64, total: u64| watched.tell(done, total);
            let watch = Watch { cancel: &asked.cancel, progress: &tell };
            let found = spool.statistics(self.column as usize, watch).map_err(told)?;
            let (distinct, distinct_at_least) = match found.distinct {
                Distinct::Exactly(it) => (it, false),
                Distinct::MoreThan(it) => (it, true),
            };
            let bound = |it: f64| if found.times { moment(it) } else { it.to_string() };
            let bars = found
                .histogram
                .iter()
                .map(|it| ColumnBar {
                    from: bound(it.from),
                    to: bound(it.to),
                    count: it.count as f64,
                })
                .collect();
            let standing = kept.run.standing();
            let at = self.result.unwrap_or(0) as usize;
            let last = at + 1 == standing.results.len();
            let failure = standing.failure.filter(|_| last);
            Ok(SummaryReply {
                complete: failure.is_none()
                    && standing.results.get(at).is_some_and(|it| it.complete),
                failure: failure.map(|it| wire::failure(&it.1, kept.statements.get(it.0))),
                rows: found.rows as f64,
                nulls: found.nulls as f64,
                distinct: distinct as f64,
                distinct_at_least,
                least: found.min,
                greatest: found.max,
                mean: found.mean,
                sum: found.sum,
                bars,
            })
        })
        .await
    }
}

/// A moment given in seconds since 1970.
fn moment(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a moment beyond all calendars is cut")]
    let milliseconds = (seconds * 1000.0) as i64;
    crate::wire::time(model::Timestamp(milliseconds))
}
