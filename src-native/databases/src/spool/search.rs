//! Rows that pass a test, and where a text stands next.

use super::order::number;
use super::{Order, Spool, key};
use crate::{Cell, Kind, Result, Watch};
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// What a cell must be. Numbers are compared as numbers and times as times, where the text is one; NULL
/// passes none but [`Test::IsNull`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// The same: `1.0` is `1.00` among numbers.
    Equals(String),
    /// Anything else.
    Differs(String),
    /// Holds the text, in small letters or capitals.
    Contains(String),
    /// No value.
    IsNull,
    /// Any value.
    IsNotNull,
    /// Less than.
    Less(String),
    /// Less than or equal.
    AtMost(String),
    /// Greater than.
    Greater(String),
    /// Greater than or equal.
    AtLeast(String),
}

/// A test of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The column.
    pub column: usize,
    /// What its cell must be.
    pub test: Test,
}

/// What is looked for, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Find<'a> {
    /// The text, in small letters or capitals.
    pub text: &'a str,
    /// Columns to look in; all of them where there are none.
    pub columns: &'a [usize],
    /// The first position that is looked at.
    pub from: u64,
    /// Whether to go towards the beginning.
    pub backwards: bool,
}

/// Where a text was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The position in the order, or the row where there is none.
    pub position: u64,
    /// The row's number.
    pub row: u64,
    /// The first column that holds it.
    pub column: usize,
}

/// A text to look for in any case.
struct Needle {
    /// In small letters.
    text: String,
    scrap: String,
}

impl Needle {
    fn new(text: &str) -> Needle {
        Needle { text: text.to_lowercase(), scrap: String::new() }
    }

    fn is_in(&mut self, cell: Cell<'_>) -> bool {
        match cell.kind {
            Kind::Null => false,
            Kind::Bytes => {
                self.scrap.clear();
                self.scrap.push_str("\\x");
                for byte in cell.bytes {
                    self.scrap.push(char::from(b"0123456789abcdef"[usize::from(byte >> 4)]));
                    self.scrap.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
                }
                memchr::memmem::find(self.scrap.as_bytes(), self.text.as_bytes()).is_some()
            }
            _ if self.text.is_ascii() && cell.bytes.is_ascii() => {
                is_in_ascii(cell.bytes, self.text.as_bytes())
            }
            _ => {
                let text = String::from_utf8_lossy(cell.bytes);
                self.scrap.clear();
                self.scrap.extend(text.chars().flat_map(char::to_lowercase));
                memchr::memmem::find(self.scrap.as_bytes(), self.text.as_bytes()).is_some()
            }
        }
    }
}

fn is_in_ascii(text: &[u8], small: &[u8]) -> bool {
    let Some(&first) = small.first() else { return true };
    let starts = memchr::memchr2_iter(first, first.to_ascii_uppercase(), text);
    starts
        .into_iter()
        .any(|at| text.get(at..at + small.len()).is_some_and(|it| it.eq_ignore_ascii_case(small)))
}

/// A test made ready.
struct Ready<'a> {
    test: &'a Test,
    /// The key of what is asked for, for the kind of cell that came last.
    asked: Option<(Kind, Vec<u8>)>,
    needle: Option<Needle>,
}

impl<'a> Ready<'a> {
    fn new(test: &'a Test) -> Ready<'a> {
        let needle = match test {
            Test::Contains(text) => Some(Needle::new(text)),
            _ => None,
        };
        Ready { test, asked: None, needle }
    }

    fn passes(&mut self, cell: Cell<'_>, scrap: &mut Vec<u8>) -> bool {
        let text = match self.test {
            Test::IsNull => return cell.is_null(),
            Test::IsNotNull => return !cell.is_null(),
            Test::Contains(_) => return self.needle.as_mut().is_some_and(|it| it.is_in(cell)),
            Test::Equals(text)
            | Test::Differs(text)
            | Test::Less(text)
            | Test::AtMost(text)
            | Test::Greater(text)
            | Test::AtLeast(text) => text,
        };
        if cell.is_null() {
            return false;
        }
        let asked = match &mut self.asked {
            Some((kind, asked)) if *kind == cell.kind => asked,
            asked => &mut asked.insert((cell.kind, key_of(cell.kind, text))).1,
        };
        key::of(cell, scrap);
        if !key::comparable(scrap, asked) {
            return matches!(self.test, Test::Differs(_));
        }
        let order = scrap.as_slice().cmp(asked).then_with(|| {
            // A key holds the beginning of a long text; the rest is compared by itself.
            let long = cell.bytes.len() >= key::TEXT_MOST && !cell.kind.is_number();
            if long { cell.bytes.cmp(&bytes_of(cell.kind, text)) } else { Ordering::Equal }
        });
        match self.test {
            Test::Equals(_) => order.is_eq(),
            Test::Differs(_) => order.is_ne(),
            Test::Less(_) => order.is_lt(),
            Test::AtMost(_) => order.is_le(),
            Test::Greater(_) => order.is_gt(),
            Test::AtLeast(_) => order.is_ge(),
            Test::Contains(_) | Test::IsNull | Test::IsNotNull => false,
        }
    }
}

fn bytes_of(kind: Kind, text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("\\x").filter(|_| kind == Kind::Bytes);
    let Some(digits) = digits else { return text.as_bytes().to_vec() };
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let all: Option<Vec<u8>> = digits.as_bytes().chunks(2).map(byte).collect();
    all.unwrap_or_else(|| text.as_bytes().to_vec())
}

/// The key of what somebody typed, read as a cell of that kind.
fn key_of(kind: Kind, text: &str) -> Vec<u8> {
    let bytes = bytes_of(kind, if kind.is_number() { text.trim() } else { text });
    let mut key = Vec::new();
    key::of(Cell { kind, bytes: &bytes }, &mut key);
    key
}

impl Spool {
    /// The rows that pass all of some tests, in the order they came. `within`: of these alone.
    ///
    /// # Errors
    /// [`crate::Reason::Cancelled`]; [`crate::Reason::Usage`] where there is no such column or there are
    /// more rows than an order can hold; [`crate::Reason::File`].
    pub fn filter(
        &self,
        all: &[Condition],
        within: Option<&Order>,
        watch: Watch<'_>,
    ) -> Result<Order> {
        let only = within.map(Order::bits);
        let columns: Vec<usize> = all.iter().map(|it| it.column).collect();
        let mut tests: Vec<_> = all.iter().map(|it| Ready::new(&it.test)).collect();
        let mut order = Order::default();
        let mut scrap = Vec::new();
        self.walk("filtering", 0, &columns, usize::MAX, watch, |row, cells| {
            order.of = row + 1;
            if only.as_ref().is_none_or(|it| it.has(row))
                && cells.iter().zip(&mut tests).all(|(cell, it)| it.passes(*cell, &mut scrap))
            {
                order.rows.push(number(row)?);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        order.rows.shrink_to_fit();
        Ok(order)
    }

    /// Where a text stands next, in an order or in the rows as they came.
    ///
    /// # Errors
    /// As [`Spool::filter`].
    pub fn find(
        &self,
        find: Find<'_>,
        order: Option<&Order>,
        watch: Watch<'_>,
    ) -> Result<Option<Found>> {
        let every: Vec<usize> = (0..self.columns().len()).collect();
        let columns = if find.columns.is_empty() { &every } else { find.columns };
        let mut needle = Needle::new(find.text);
        let forward = order.is_none() && !find.backwards;
        // For each row that holds it the first column: all at once unless the first row is the answer.
        let mut hits: Vec<(u32, u32)> = Vec::new();
        let from = if forward { find.from } else { 0 };
        let to = if order.is_none() && find.backwards { find.from } else { u64::MAX };
        self.walk("searching", from, columns, usize::MAX, watch, |row, cells| {
            if row > to {
                return Ok(ControlFlow::Break(()));
            }
            let Some(at) = cells.iter().position(|it| needle.is_in(*it)) else {
                return Ok(ControlFlow::Continue(()));
            };
            if order.is_none() {
                // The last one before is the answer backwards.
                hits.clear();
            }
            hits.push((number(row)?, number(columns[at] as u64)?));
            Ok(if forward { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        let Some(order) = order else {
            return Ok(hits.last().map(|&(row, column)| Found {
                position: row.into(),
                row: row.into(),
                column: column as usize,
            }));
        };
        let at = |position: usize| {
            let row = *order.rows.get(position)?;
            let hit = hits.binary_search_by_key(&row, |it| it.0).ok()?;
            let column = hits[hit].1 as usize;
            Some(Found { position: position as u64, row: row.into(), column })
        };
        let from = usize::try_from(find.from).unwrap_or(usize::MAX);
        Ok(if find.backwards {
            (0..=from.min(order.rows.len())).rev().find_map(at)
        } else {
            (from..order.rows.len()).find_map(at)
        })
    }
}
