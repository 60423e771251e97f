//! Values as the server has them: a kind, and the server's own text or bytes. Nothing passes through a
//! float, a calendar or a tree on its way, so nothing is rounded, merged or dropped.

/// What a cell is: how it is aligned, sorted and written to a file. Its value stays the server's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No value. Not the same as an empty text.
    Null,
    /// Yes or no, as the server writes it: `t`, `true`, `1`.
    Bool,
    /// A whole number of any size.
    Integer,
    /// A decimal number of any precision; also `NaN` and `Infinity` where the engine has them.
    Decimal,
    /// A binary floating point number, in the shortest text that gives it back; also `NaN`, `Infinity`.
    Float,
    /// Text in UTF-8. Text that is not comes as [`Kind::Bytes`].
    Text,
    /// Bytes as they are.
    Bytes,
    /// A day.
    Date,
    /// A time of day, with its zone where it has one.
    Time,
    /// A moment or a date with a time, with its zone where it has one.
    Timestamp,
    /// A length of time.
    Interval,
    /// A UUID.
    Uuid,
    /// JSON text, or a document in MongoDB's extended JSON, word for word.
    Json,
    /// A list, in the engine's own notation.
    Array,
    /// A row, struct or map within a cell, in the engine's own notation.
    Record,
    /// A shape, as text.
    Geometry,
    /// One of a list of words.
    Enum,
    /// Anything else, in the engine's own text.
    Other,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 18] = [
        Kind::Null,
        Kind::Bool,
        Kind::Integer,
        Kind::Decimal,
        Kind::Float,
        Kind::Text,
        Kind::Bytes,
        Kind::Date,
        Kind::Time,
        Kind::Timestamp,
        Kind::Interval,
        Kind::Uuid,
        Kind::Json,
        Kind::Array,
        Kind::Record,
        Kind::Geometry,
        Kind::Enum,
        Kind::Other,
    ];

    /// Whether it is a number.
    pub fn is_number(self) -> bool {
        matches!(self, Kind::Integer | Kind::Decimal | Kind::Float)
    }
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name; two columns may have the same.
    pub name: String,
    /// The server's name for its type, as `numeric(10,2)`; empty where it has none.
    pub type_name: String,
    /// What its cells are unless they say otherwise.
    pub kind: Kind,
    /// The table's column it comes from unchanged, where the server says so.
    pub origin: Option<Origin>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The table's schema; empty where the engine has none.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

/// A cell: its kind, and the server's text in UTF-8, or the bytes where the kind is [`Kind::Bytes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// What it is.
    pub kind: Kind,
    /// Text or bytes; empty for [`Kind::Null`].
    pub bytes: &'a [u8],
}

impl<'a> Cell<'a> {
    /// Whether there is no value.
    pub fn is_null(self) -> bool {
        self.kind == Kind::Null
    }

    /// Its text; none for NULL and for bytes.
    pub fn text(self) -> Option<&'a str> {
        match self.kind {
            Kind::Null | Kind::Bytes => None,
            _ => std::str::from_utf8(self.bytes).ok(),
        }
    }

    /// Whether it is true; none where it is neither true nor false.
    pub fn bool(self) -> Option<bool> {
        match (self.kind, self.bytes) {
            (Kind::Bool, b"t" | b"true" | b"1") => Some(true),
            (Kind::Bool, b"f" | b"false" | b"0") => Some(false),
            _ => None,
        }
    }
}

/// Some rows of a result, in one piece of memory that is used again for the next ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    columns: usize,
    kinds: Vec<Kind>,
    ends: Vec<u32>,
    data: Vec<u8>,
}

/// Largest sum of the bytes of a page: what its offsets can say. A larger cell is refused by drivers.
#[allow(dead_code, reason = "an engine that needs it may be left out")]
pub(crate) const PAGE_BYTES_MAX: usize = u32::MAX as usize;

impl Page {
    /// An empty page for rows of so many columns.
    pub fn new(columns: usize) -> Page {
        Page { columns, ..Page::default() }
    }

    /// Empties it, for rows of so many columns. Memory beyond a mebibyte is given back.
    pub fn clear(&mut self, columns: usize) {
        self.columns = columns;
        self.kinds.clear();
        self.ends.clear();
        self.data.clear();
        self.data.shrink_to(1 << 20);
    }

    /// Adds the next cell of the row. Text that is not UTF-8 becomes [`Kind::Bytes`].
    pub fn push(&mut self, kind: Kind, bytes: &[u8]) {
        let kind = match kind {
            Kind::Bytes | Kind::Null => kind,
            kind if std::str::from_utf8(bytes).is_ok() => kind,
            _ => Kind::Bytes,
        };
        self.push_known(kind, bytes);
    }

    /// The same for text that is known to be UTF-8, and for bytes.
    pub fn push_known(&mut self, kind: Kind, bytes: &[u8]) {
        self.kinds.push(kind);
        self.data.extend_from_slice(bytes);
        self.ends.push(u32::try_from(self.data.len()).unwrap_or(u32::MAX));
    }

    /// Adds a NULL as the next cell of the row.
    pub fn push_null(&mut self) {
        self.kinds.push(Kind::Null);
        self.ends.push(self.ends.last().copied().unwrap_or(0));
    }

    /// Adds the next cell of the row by writing its text.
    pub fn push_with(&mut self, kind: Kind, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.data);
        self.kinds.push(kind);
        self.ends.push(u32::try_from(self.data.len()).unwrap_or(u32::MAX));
    }

    /// Adds the next cell of the row, of about `size` bytes, by writing it part by part. Text that is
    /// not UTF-8 becomes [`Kind::Bytes`].
    pub fn push_in_parts(&mut self, kind: Kind, size: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.data.len();
        if size > self.data.capacity() - start {
            self.data.reserve_exact(size); // a large cell is there once, not doubled
        }
        write(&mut self.data);
        let is_text = kind == Kind::Bytes || std::str::from_utf8(&self.data[start..]).is_ok();
        self.kinds.push(if is_text { kind } else { Kind::Bytes });
        self.ends.push(u32::try_from(self.data.len()).unwrap_or(u32::MAX));
    }

    /// Adds the rows of a page of as many columns.
    pub fn append(&mut self, other: &Page) {
        let before = self.data.len();
        self.kinds.extend_from_slice(&other.kinds);
        self.data.extend_from_slice(&other.data);
        let end = |it: &u32| u32::try_from(before + *it as usize).unwrap_or(u32::MAX);
        self.ends.extend(other.ends.iter().map(end));
    }

    /// What it is made of: kinds, ends of cells in the data, data.
    pub(crate) fn parts(&self) -> (&[Kind], &[u32], &[u8]) {
        (&self.kinds, &self.ends, &self.data)
    }

    /// A page of such parts; none where they do not fit each other.
    pub(crate) fn of_parts(
        columns: usize,
        kinds: Vec<Kind>,
        ends: Vec<u32>,
        data: Vec<u8>,
    ) -> Option<Page> {
        let fits = kinds.len() == ends.len()
            && ends.is_sorted()
            && ends.last().map_or(0, |it| *it as usize) == data.len();
        fits.then_some(Page { columns, kinds, ends, data })
    }

    /// Columns of each row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whole rows.
    pub fn rows(&self) -> usize {
        self.kinds.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Whether it holds no row.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Bytes of all cells together.
    pub fn bytes(&self) -> usize {
        self.data.len()
    }

    /// A cell.
    ///
    /// # Panics
    /// Where there is no such row or column.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let at = row * self.columns + column;
        let start = at.checked_sub(1).map_or(0, |it| self.ends[it] as usize);
        Cell { kind: self.kinds[at], bytes: &self.data[start..self.ends[at] as usize] }
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = Cell<'_>> {
        (0..self.columns).map(move |column| self.cell(row, column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gives_back_what_was_put_in() {
        let mut page = Page::new(3);
        page.push(Kind::Integer, b"9223372036854775807");
        page.push_null();
        page.push(Kind::Text, b"");
        page.push(Kind::Text, b"\xff");
        page.push_with(Kind::Float, |it| it.extend_from_slice(b"NaN"));
        page.push(Kind::Bytes, b"\x00\xff");
        assert_eq!((page.rows(), page.columns()), (2, 3));
        assert_eq!(page.cell(0, 0).text(), Some("9223372036854775807"));
        assert!(page.cell(0, 1).is_null() && !page.cell(0, 2).is_null());
        assert_eq!(page.cell(0, 2).text(), Some(""));
        assert_eq!(page.cell(1, 0), Cell { kind: Kind::Bytes, bytes: b"\xff" });
        assert_eq!(page.row(1).map(|it| it.bytes.len()).collect::<Vec<_>>(), [1, 3, 2]);
        page.clear(1);
        assert!(page.is_empty() && page.rows() == 0);
    }
}
