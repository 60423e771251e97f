//! How values of all engines stand in one local file: they compare as what they are, and come out of it
//! as their server wrote them.
//!
//! Whole numbers of 64 bits are SQLite's own. All other numbers stay texts, which a collation compares as
//! numbers, digit by digit; days and times are texts that a collation compares as moments, in UTC where
//! they name a zone. What a statement computes with numbers, SQLite computes: in floats.

use crate::statement::join::{Joined, NUMBER, Side};
use crate::{
    Cell, Column, Done, Engine, Failure, Flow, Kind, Notice, Page, Reason, Result, Sink, decimal,
    moment, quoted,
};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// Rows that are fetched of one table.
const ROWS_MAX: u64 = 10_000_000;
/// Bytes that are fetched of all tables together.
const BYTES_MAX: u64 = 8 << 30;
/// Digits that SQLite reads as exactly that number, where a point stands among them.
const DIGITS: usize = 15;
/// From here on a float is the nearest of several whole numbers.
const FLOAT_WHOLE: u64 = 1 << 53;

const MOMENT: &str = "backstory_moment";
const CLOCK: &str = "backstory_clock";

/// Teaches a connection how values compare.
pub(super) fn collations(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .create_collation(NUMBER, |one, other| by_number(one.as_bytes(), other.as_bytes()))?;
    connection.create_collation(MOMENT, |one, other| by(|it| when(it.as_bytes()), one, other))?;
    connection
        .create_collation(CLOCK, |one, other| by(|it| moment::time(it.as_bytes()), one, other))
}

/// Compares what can be read, and before all that cannot, which is compared by its letters.
fn by<T: Ord>(read: impl Fn(&str) -> Option<T>, one: &str, other: &str) -> Ordering {
    match (read(one), read(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.cmp(other),
    }
}

/// A moment, within those that lie before and after all others.
fn when(text: &[u8]) -> Option<(u8, i64, u32)> {
    match text {
        b"-infinity" => Some((0, 0, 0)),
        b"infinity" => Some((2, 0, 0)),
        text => moment::moment(text).map(|it| (1, it.seconds, it.nanos)),
    }
}

/// Compares texts as numbers, exactly; what is none stands behind them all.
fn by_number(one: &[u8], other: &[u8]) -> Ordering {
    if one == other {
        return Ordering::Equal;
    }
    let plain = |text: &[u8]| {
        (1..=18).contains(&text.len()) && text.iter().all(u8::is_ascii_digit) && text[0] != b'0'
    };
    if plain(one) && plain(other) {
        return one.len().cmp(&other.len()).then_with(|| one.cmp(other));
    }
    let key = |text: &[u8]| {
        let mut key = Vec::with_capacity(text.len() + 16);
        decimal::number(text)?.append_key(&mut key);
        Some(key)
    };
    match (key(one), key(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.cmp(other),
    }
}

/// A column of a local table.
struct Held {
    /// What the statement calls the table.
    local: String,
    /// The column as its server describes it.
    column: Column,
    /// What SQLite makes of what is put into it.
    affinity: &'static str,
    /// By what it is compared, where not by its bytes.
    collation: Option<&'static str>,
    /// How many letters its texts are filled up to with blanks, which mean nothing.
    width: Option<usize>,
    /// What its server calls yes and no.
    words: [Option<Vec<u8>>; 2],
    /// Whether a number in it has more digits than SQLite reads exactly, and a point.
    fine: bool,
    /// Whether a number in it is so large that floats take several for the same.
    large: bool,
}

impl Held {
    fn of(local: &str, engine: Engine, column: &Column) -> Held {
        let (affinity, collation) = match column.kind {
            Kind::Bool => ("INTEGER", None),
            Kind::Integer if !is_wide(&column.type_name) => ("INTEGER", None),
            Kind::Integer | Kind::Decimal | Kind::Float => ("TEXT", Some(NUMBER)),
            Kind::Date | Kind::Timestamp => ("TEXT", Some(MOMENT)),
            Kind::Time => ("TEXT", Some(CLOCK)),
            Kind::Uuid => ("TEXT", Some("NOCASE")),
            Kind::Bytes => ("BLOB", None),
            _ => ("TEXT", None),
        };
        Held {
            local: local.to_owned(),
            column: column.clone(),
            affinity,
            collation,
            width: padded(engine, &column.type_name),
            words: [None, None],
            fine: false,
            large: false,
        }
    }

    fn definition(&self, name: &str, number: usize) -> String {
        let collation = self.collation.map(|it| format!(" COLLATE {it}")).unwrap_or_default();
        // Its type leads back to what is known of it.
        format!("{} H{number}_{}{collation}", quoted(Engine::Sqlite, &[name]), self.affinity)
    }

    /// Looks at a cell before it is put down.
    fn see(&mut self, cell: Cell<'_>) -> Result<()> {
        match cell.kind {
            Kind::Bool => {
                if let Some(is) = cell.bool() {
                    self.words[usize::from(is)].get_or_insert_with(|| cell.bytes.to_vec());
                }
            }
            Kind::Integer if self.affinity == "INTEGER" => {
                let whole: Option<i64> = cell.text().and_then(|it| it.parse().ok());
                let Some(whole) = whole else {
                    let text = format!(
                        "`{}` of {} holds whole numbers beyond 64 bits, which its type does not tell",
                        self.column.name, self.local
                    );
                    return Err(Failure::new(Reason::Unsupported, text));
                };
                self.large |= whole.unsigned_abs() >= FLOAT_WHOLE;
            }
            _ if self.collation == Some(NUMBER) && !self.fine => {
                let digits = cell.bytes.iter().filter(|it| it.is_ascii_digit()).count();
                self.fine = digits > DIGITS && memchr::memchr(b'.', cell.bytes).is_some();
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whole numbers that 64 bits with a sign do not hold.
fn is_wide(type_name: &str) -> bool {
    let name = type_name.to_ascii_lowercase();
    let has = |it: &str| name.contains(it);
    has("bigint") && has("unsigned")
        || ["ubigint", "hugeint", "uint64", "int128", "int256"].iter().any(|it| has(it))
}

/// The width of a text type whose blanks at the end mean nothing.
fn padded(engine: Engine, type_name: &str) -> Option<usize> {
    let (name, width) = match type_name.split_once('(') {
        Some((name, width)) => (name, width.strip_suffix(')')?.parse().ok()?),
        None => (type_name, 1),
    };
    match (engine, name) {
        (Engine::Postgres, "character" | "bpchar") | (Engine::Sqlserver, "char" | "nchar") => {
            Some(width)
        }
        _ => None,
    }
}

/// The local tables.
#[derive(Default)]
pub(super) struct Tables {
    held: Vec<Held>,
    /// Of each table its name, its columns' names, and where they begin among what is held.
    all: Vec<(String, Vec<String>, usize)>,
}

impl Tables {
    fn make(&self, table: &(String, Vec<String>, usize)) -> String {
        let (name, columns, first) = table;
        let each = columns.iter().enumerate();
        let columns: Vec<String> =
            each.map(|(at, it)| self.held[first + at].definition(it, first + at)).collect();
        format!("CREATE TABLE {} ({})", quoted(Engine::Sqlite, &[name]), columns.join(", "))
    }

    /// Where decimals are finer, and whole numbers larger, than floats hold, SQLite would compare the two
    /// as floats: there the whole numbers become texts like the decimals.
    pub(super) fn level(&mut self, local: &Connection) -> rusqlite::Result<()> {
        if !self.held.iter().any(|it| it.fine) {
            return Ok(());
        }
        for at in 0..self.all.len() {
            let (name, columns, first) = &self.all[at];
            let held = &mut self.held[*first..first + columns.len()];
            if !held.iter().any(|it| it.large) {
                continue;
            }
            for it in held.iter_mut().filter(|it| it.large) {
                (it.affinity, it.collation) = ("TEXT", Some(NUMBER));
            }
            let name = quoted(Engine::Sqlite, &[name]);
            local.execute_batch(&format!(
                "ALTER TABLE {name} RENAME TO replaced; {}; INSERT INTO {name} SELECT * FROM replaced; DROP TABLE replaced",
                self.make(&self.all[at])
            ))?;
        }
        Ok(())
    }

    /// By what collation a column is compared: that of a side, or of any where none is named.
    pub(super) fn compared(
        &self,
        sides: &[Side],
        of: Option<&str>,
        name: &str,
    ) -> Option<&'static str> {
        let is_of = |local: &str| {
            let is_its = |it: &&Side| {
                it.local == local
                    && of.is_none_or(|of| {
                        of.eq_ignore_ascii_case(&it.alias) || of.eq_ignore_ascii_case(&it.local)
                    })
            };
            sides.iter().any(|it| is_its(&it))
        };
        let derived =
            of.is_some_and(|of| !sides.iter().any(|it| of.eq_ignore_ascii_case(&it.alias)));
        let found = self.all.iter().filter(|it| derived || is_of(&it.0)).find_map(|it| {
            let at = it.1.iter().position(|it| it.eq_ignore_ascii_case(name))?;
            self.held[it.2 + at].collation
        });
        found.filter(|it| it.starts_with("backstory"))
    }

    /// Passes a result on with each value as its server wrote it.
    pub(super) fn shown<'a>(&'a self, out: &'a mut dyn Sink) -> Shown<'a> {
        Shown { tables: self, out, held: Vec::new(), page: Page::default() }
    }
}

/// Puts rows into a local table.
pub(super) struct Into<'a> {
    local: &'a Connection,
    engine: Engine,
    table: &'a str,
    tables: &'a mut Tables,
    insert: Option<String>,
    first: usize,
    rows: u64,
    bytes: &'a mut u64,
    failure: Option<Failure>,
}

impl<'a> Into<'a> {
    pub(super) fn new(
        local: &'a Connection,
        side: &'a Side,
        engine: Engine,
        tables: &'a mut Tables,
        bytes: &'a mut u64,
    ) -> Into<'a> {
        let (table, first) = (side.local.as_str(), tables.held.len());
        Into { local, engine, table, tables, insert: None, first, rows: 0, bytes, failure: None }
    }

    /// How many rows came, and why they could not be kept.
    pub(super) fn ended(self) -> (u64, Option<Failure>) {
        (self.rows, self.failure)
    }

    fn fail(&mut self, failure: Failure) -> Flow {
        self.failure = Some(failure);
        ControlFlow::Break(())
    }

    fn put(&mut self, page: &Page) -> Result<()> {
        let Some(insert) = &self.insert else { return Ok(()) };
        let mut statement = self.local.prepare_cached(insert).map_err(super::kept)?;
        for row in 0..page.rows() {
            for (at, cell) in page.row(row).enumerate() {
                let held = &mut self.tables.held[self.first + at];
                held.see(cell)?;
                let local = Local { cell, padded: held.width.is_some() };
                statement.raw_bind_parameter(at + 1, local).map_err(super::kept)?;
            }
            statement.raw_execute().map_err(super::kept)?;
        }
        Ok(())
    }
}

impl Sink for Into<'_> {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        let mut taken: Vec<String> = Vec::new();
        for column in columns {
            let mut name = column.name.clone();
            let mut number = 2;
            while taken.iter().any(|it| it.eq_ignore_ascii_case(&name)) {
                name = format!("{}_{number}", column.name);
                number += 1;
            }
            taken.push(name);
            self.tables.held.push(Held::of(self.table, self.engine, column));
        }
        self.tables.all.push((self.table.to_owned(), taken, self.first));
        let made = self.tables.all.last().map(|it| self.tables.make(it)).unwrap_or_default();
        if let Err(error) = self.local.execute_batch(&made) {
            return self.fail(super::kept(error));
        }
        let marks = vec!["?"; columns.len()].join(", ");
        let table = quoted(Engine::Sqlite, &[self.table]);
        self.insert = Some(format!("INSERT INTO {table} VALUES ({marks})"));
        ControlFlow::Continue(())
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.rows += page.rows() as u64;
        *self.bytes += page.bytes() as u64;
        if self.rows > ROWS_MAX || *self.bytes > BYTES_MAX {
            let text = format!(
                "more than {ROWS_MAX} rows or {} GB would have to be fetched of `{}` to join them here",
                BYTES_MAX >> 30,
                self.table
            );
            return self.fail(Failure::new(Reason::Usage, text).hint(
                "hold rows back with conditions such as `alias.column = value`, which the table's own server tests",
            ));
        }
        match self.put(page) {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => self.fail(failure),
        }
    }

    fn end(&mut self, _: &Done) -> Flow {
        ControlFlow::Continue(())
    }

    fn notice(&mut self, _: &Notice) {}
}

/// A cell as SQLite keeps it.
struct Local<'a> {
    cell: Cell<'a>,
    /// Blanks at its end mean nothing.
    padded: bool,
}

impl ToSql for Local<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let cell = self.cell;
        Ok(ToSqlOutput::Borrowed(match cell.kind {
            Kind::Null => ValueRef::Null,
            Kind::Bytes => ValueRef::Blob(cell.bytes),
            Kind::Bool => match cell.bool() {
                Some(is) => ValueRef::Integer(i64::from(is)),
                None => ValueRef::Text(cell.bytes),
            },
            Kind::Integer => match cell.text().and_then(|it| it.parse().ok()) {
                Some(whole) => ValueRef::Integer(whole),
                None => ValueRef::Text(cell.bytes), // its column is one of texts
            },
            _ if self.padded => {
                let end = cell.bytes.iter().rposition(|it| *it != b' ').map_or(0, |it| it + 1);
                ValueRef::Text(&cell.bytes[..end])
            }
            _ => ValueRef::Text(cell.bytes),
        }))
    }
}

/// Passes a result of the local tables on with each value as its server wrote it.
pub(super) struct Shown<'a> {
    tables: &'a Tables,
    out: &'a mut dyn Sink,
    /// What is known of each column of the result, where it is one of a table.
    held: Vec<Option<&'a Held>>,
    page: Page,
}

impl Shown<'_> {
    fn push(page: &mut Page, cell: Cell<'_>, held: &Held) {
        match (held.column.kind, cell.kind) {
            (Kind::Bool, Kind::Integer) => {
                let words = &held.words[usize::from(cell.bytes != b"0")];
                page.push_known(Kind::Bool, words.as_deref().unwrap_or(cell.bytes));
            }
            (kind, Kind::Text) => page.push_with(kind, |into| {
                into.extend_from_slice(cell.bytes);
                let letters = cell.text().map_or(0, |it| it.chars().count());
                let blanks = held.width.unwrap_or(0).saturating_sub(letters);
                into.resize(into.len() + blanks, b' ');
            }),
            (Kind::Decimal | Kind::Float, Kind::Integer) => {
                page.push_known(held.column.kind, cell.bytes);
            }
            _ => page.push_known(cell.kind, cell.bytes),
        }
    }
}

impl Sink for Shown<'_> {
    fn begin(&mut self, columns: &[Column]) -> Flow {
        let held = |it: &Column| {
            let number = it.type_name.strip_prefix('H')?.split('_').next()?;
            self.tables.held.get(number.parse::<usize>().ok()?)
        };
        self.held = columns.iter().map(held).collect();
        let shown = |(it, held): (&Column, &Option<&Held>)| {
            let name = Joined::plain_name(&it.name);
            match held {
                Some(held) => Column { name, origin: None, ..held.column.clone() },
                None => Column { name, ..it.clone() },
            }
        };
        let columns: Vec<Column> = columns.iter().zip(&self.held).map(shown).collect();
        self.out.begin(&columns)
    }

    fn page(&mut self, page: &Page) -> Flow {
        self.page.clear(page.columns());
        for row in 0..page.rows() {
            for (cell, held) in page.row(row).zip(&self.held) {
                match held {
                    Some(held) if !cell.is_null() => Shown::push(&mut self.page, cell, held),
                    _ => self.page.push_known(cell.kind, cell.bytes),
                }
            }
        }
        self.out.page(&self.page)
    }

    fn end(&mut self, done: &Done) -> Flow {
        self.out.end(done)
    }

    fn notice(&mut self, notice: &Notice) {
        self.out.notice(notice);
    }
}
