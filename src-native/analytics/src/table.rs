//! What a query gives, whatever it asked: columns and rows, small enough to look at.

/// Rows of a query, as panels and assertions see them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Its columns, in the query's order.
    pub columns: Vec<Column>,
    /// Its rows; each has a cell for every column.
    pub rows: Vec<Vec<Cell>>,
    /// Whether there were more rows than were kept.
    pub cut: bool,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its cells mostly are.
    pub kind: ColumnKind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words.
    Text,
    /// Numbers that can be added and drawn.
    Number,
    /// Moments.
    Time,
    /// Days of a calendar, without a zone.
    Day,
    /// Yes or no.
    Bool,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number. Never NaN or infinite: those come as [`Cell::Null`].
    Real(f64),
    /// Words; also a number that neither of the above holds exactly.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// A moment, in milliseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// A day, in days since 1970-01-01.
    Day(i32),
}

impl Cell {
    /// The number to draw and compare; none for what is none.
    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Integer(it) => Some(*it as f64),
            Cell::Real(it) => Some(*it),
            Cell::Text(it) => it.trim().parse().ok().filter(|it: &f64| it.is_finite()),
            Cell::Bool(it) => Some(f64::from(u8::from(*it))),
            Cell::Null | Cell::Time(_) | Cell::Day(_) => None,
        }
    }
}

impl Table {
    /// The place of a column, by its name. What would be nested in a column (`a.b` in `a`) that holds
    /// nothing in any row is nothing, too: a method gives its columns by what it has.
    pub fn column(&self, name: &str) -> Option<usize> {
        let at = |name: &str| self.columns.iter().position(|it| it.name == name);
        let is_empty =
            |column: &usize| self.rows.iter().all(|row| row.get(*column) == Some(&Cell::Null));
        at(name).or_else(|| at(name.rsplit_once('.')?.0).filter(is_empty))
    }
}
