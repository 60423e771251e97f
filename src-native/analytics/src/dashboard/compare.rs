//! What changed between two runs of a query: numbers that moved, rows that came and rows that went.

use crate::table::{Cell, ColumnKind, Table};
use std::collections::HashMap;

/// What changed between two tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Columns by which rows are known again: all that hold no numbers.
    pub keys: Vec<String>,
    /// Numbers that moved, in the order of the later table.
    pub moved: Vec<Moved>,
    /// Rows of the later table that the earlier one has not.
    pub came: Vec<Vec<Cell>>,
    /// Rows of the earlier table that the later one has not.
    pub went: Vec<Vec<Cell>>,
    /// Columns that only the later table has.
    pub new_columns: Vec<String>,
    /// Columns that only the earlier table has.
    pub lost_columns: Vec<String>,
    /// Cells that are the same in both.
    pub same: usize,
}

/// A value that is another one now.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The row's key: its cells of the columns it is known by.
    pub key: Vec<Cell>,
    /// The column.
    pub column: String,
    /// What it was.
    pub was: Cell,
    /// What it is.
    pub is: Cell,
}

impl Moved {
    /// By how much it moved, as a share of what it was; none where it was nothing or is no number.
    pub fn change(&self) -> Option<f64> {
        let (was, is) = (self.was.number()?, self.is.number()?);
        (was != 0.0).then(|| (is - was) / was.abs())
    }
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.moved.is_empty()
            && self.came.is_empty()
            && self.went.is_empty()
            && self.new_columns.is_empty()
            && self.lost_columns.is_empty()
    }
}

/// Numbers that differ by less than this share are the same: sums in another order.
const SAME: f64 = 1e-9;

fn same(was: &Cell, is: &Cell) -> bool {
    match (was, is) {
        (Cell::Integer(a), Cell::Integer(b)) => a == b,
        (Cell::Text(a), Cell::Text(b)) => a == b,
        _ => match (was.number(), is.number()) {
            (Some(a), Some(b)) => (a - b).abs() <= SAME * a.abs().max(b.abs()),
            _ => was == is,
        },
    }
}

/// A cell as part of a key.
fn known(cell: Option<&Cell>) -> String {
    match cell {
        None | Some(Cell::Null) => "\u{0}".to_owned(),
        Some(Cell::Text(it)) => format!("t{it}"),
        Some(it) => format!("{it:?}"),
    }
}

/// What changed from one table to a later one. Rows are known again by their cells that are no numbers; rows
/// with the same are paired in their order; where there are no such columns, all rows in their order.
pub fn compare(was: &Table, is: &Table) -> Changes {
    let both: Vec<(usize, usize, &str)> = is
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, column)| Some((was.column(&column.name)?, at, column.name.as_str())))
        .collect();
    let is_key = |it: &&(usize, usize, &str)| {
        is.columns[it.1].kind != ColumnKind::Number && was.columns[it.0].kind != ColumnKind::Number
    };
    let keys: Vec<&(usize, usize, &str)> = both.iter().filter(is_key).collect();
    let values: Vec<&(usize, usize, &str)> = both.iter().filter(|it| !is_key(it)).collect();
    let missing = |of: &Table, than: &Table| -> Vec<String> {
        let names = of.columns.iter().map(|it| it.name.clone());
        names.filter(|it| than.column(it).is_none()).collect()
    };
    let mut changes = Changes {
        keys: keys.iter().map(|it| it.2.to_owned()).collect(),
        new_columns: missing(is, was),
        lost_columns: missing(was, is),
        ..Changes::default()
    };
    let mut rows: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
    for (number, row) in was.rows.iter().enumerate() {
        let key = keys.iter().map(|it| known(row.get(it.0))).collect();
        rows.entry(key).or_default().push(number);
    }
    // The first of a key pairs with the first.
    rows.values_mut().for_each(|it| it.reverse());
    let mut met = vec![false; was.rows.len()];
    for row in &is.rows {
        let key: Vec<String> = keys.iter().map(|it| known(row.get(it.1))).collect();
        let Some(number) = rows.get_mut(&key).and_then(Vec::pop) else {
            changes.came.push(row.clone());
            continue;
        };
        met[number] = true;
        let old = &was.rows[number];
        for (before, now, name) in &values {
            let cell = |row: &[Cell], at: usize| row.get(at).cloned().unwrap_or(Cell::Null);
            let (was, is) = (cell(old, *before), cell(row, *now));
            if same(&was, &is) {
                changes.same += 1;
                continue;
            }
            let key = keys.iter().map(|it| cell(row, it.1)).collect();
            changes.moved.push(Moved { key, column: (*name).to_owned(), was, is });
        }
    }
    let gone = was.rows.iter().zip(&met).filter(|it| !it.1).map(|it| it.0.clone());
    changes.went = gone.collect();
    changes
}
