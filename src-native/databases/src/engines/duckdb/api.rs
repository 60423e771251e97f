//! DuckDB's C interface, bound by hand from a library that is loaded at run time: the one place of this
//! crate that trusts a pointer. What leaves this file is checked by lifetimes: a vector cannot outlive
//! its chunk, a chunk its answer, an answer its statement, a statement its connection.
//!
//! Streaming goes through `duckdb_pending_prepared_streaming`, which has been called deprecated since
//! 1.0 but has no successor up to 2.0; where a library has it no longer, results are built up whole.

mod raw;

pub(super) use raw::{Library, RawText};

use super::vector::{Entry, Interval, Strings, Type, Values, Vector, Wide};
use raw::{EMPTY, Functions, Index, Raw, RawDecimal, RawResult, c_text, slice, text};
use std::marker::PhantomData;
use std::sync::Arc;

/// A database that is open. Closed when it is dropped.
pub(super) struct Database {
    library: &'static Library,
    raw: Raw,
}

// SAFETY: DuckDB locks its databases itself; any thread may connect and close.
unsafe impl Send for Database {}
// SAFETY: as above.
unsafe impl Sync for Database {}

impl Database {
    /// Opens a file, or a database in memory, with settings by name, and others that an older library
    /// may not take.
    pub(super) fn open(
        library: &'static Library,
        path: &str,
        settings: &[(String, String)],
        wished: &[(&str, &str)],
    ) -> Result<Database, String> {
        let f = &library.functions;
        let path = c_text(path)?;
        let mut config = std::ptr::null_mut();
        // SAFETY: every text lives until its call returns; the configuration is destroyed on every way out.
        unsafe {
            if (f.create_config)(&raw mut config) != 0 {
                return Err("there is no memory left".to_owned());
            }
            let set = |name: &str, value: &str| match (c_text(name), c_text(value)) {
                (Ok(name), Ok(value)) => (f.set_config)(config, name.as_ptr(), value.as_ptr()) == 0,
                _ => false,
            };
            for (name, value) in wished {
                set(name, value);
            }
            for (name, value) in settings {
                if !set(name, value) {
                    (f.destroy_config)(&raw mut config);
                    return Err(format!("it does not take the setting `{name}` = `{value}`"));
                }
            }
            let mut raw = std::ptr::null_mut();
            let mut error = std::ptr::null_mut();
            let state = (f.open_ext)(path.as_ptr(), &raw mut raw, config, &raw mut error);
            (f.destroy_config)(&raw mut config);
            if state != 0 {
                return Err(library
                    .owned(error)
                    .unwrap_or_else(|| "it gives no reason".to_owned()));
            }
            Ok(Database { library, raw })
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: opened by `open`, closed once; connections hold the database, so none is left.
        unsafe { (self.library.functions.close)(&raw mut self.raw) }
    }
}

/// A connection to a database.
pub(super) struct Connection {
    database: Arc<Database>,
    raw: Raw,
}

// SAFETY: a connection belongs to no thread.
unsafe impl Send for Connection {}
// SAFETY: DuckDB locks a connection's context for each call; `interrupt` is made for other threads.
unsafe impl Sync for Connection {}

impl Connection {
    /// Opens one.
    pub(super) fn open(database: Arc<Database>) -> Result<Connection, String> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: the database is open as long as it is held.
        match unsafe { (database.library.functions.connect)(database.raw, &raw mut raw) } {
            0 => Ok(Connection { database, raw }),
            _ => Err("it gives no connection".to_owned()),
        }
    }

    fn functions(&self) -> &'static Functions {
        &self.database.library.functions
    }

    /// Stops what runs on it.
    pub(super) fn interrupt(&self) {
        // SAFETY: open as long as it is held.
        unsafe { (self.functions().interrupt)(self.raw) }
    }

    /// Takes a text apart into its statements.
    pub(super) fn parse(&self, statements: &str) -> Result<Parsed<'_>, String> {
        let f = self.functions();
        let statements = c_text(statements)?;
        let mut raw = std::ptr::null_mut();
        // SAFETY: the text lives until the call returns; what it gives is destroyed when dropped.
        unsafe {
            let count = (f.extract_statements)(self.raw, statements.as_ptr(), &raw mut raw);
            let parsed = Parsed { connection: self, raw, count };
            let error = (f.extract_statements_error)(raw);
            if !error.is_null() {
                return Err(text(error));
            }
            Ok(parsed)
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: opened by `open`, closed once; statements borrow it, so none is left.
        unsafe { (self.functions().disconnect)(&raw mut self.raw) }
    }
}

/// The statements of a text.
pub(super) struct Parsed<'c> {
    connection: &'c Connection,
    raw: Raw,
    count: Index,
}

impl<'c> Parsed<'c> {
    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Prepares one of them.
    pub(super) fn prepare(&self, at: u64) -> Result<Prepared<'c>, String> {
        let f = self.connection.functions();
        let mut raw = std::ptr::null_mut();
        // SAFETY: `at` is checked by the library; what it gives is destroyed when dropped.
        unsafe {
            let state =
                (f.prepare_extracted_statement)(self.connection.raw, self.raw, at, &raw mut raw);
            let prepared = Prepared { connection: self.connection, raw };
            if state != 0 {
                return Err(text((f.prepare_error)(raw)));
            }
            Ok(prepared)
        }
    }
}

impl Drop for Parsed<'_> {
    fn drop(&mut self) {
        // SAFETY: given by `parse`, destroyed once.
        unsafe { (self.connection.functions().destroy_extracted)(&raw mut self.raw) }
    }
}

/// A value for an open place.
pub(super) enum Bound<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Huge(i128),
    Unsigned(u128),
    /// Digits, how many there are, and how many of them stand after the point.
    Decimal(i128, u8, u8),
    Double(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// A statement that is prepared.
pub(super) struct Prepared<'c> {
    connection: &'c Connection,
    raw: Raw,
}

impl<'c> Prepared<'c> {
    /// What kind of statement it is, as DuckDB counts them.
    pub(super) fn kind(&self) -> i32 {
        // SAFETY: prepared, and not destroyed as long as it is held.
        unsafe { (self.connection.functions().prepared_statement_type)(self.raw) }
    }

    /// How many open places it has.
    pub(super) fn places(&self) -> u64 {
        // SAFETY: as above.
        unsafe { (self.connection.functions().nparams)(self.raw) }
    }

    /// Types of the columns it will give, where the library can say.
    pub(super) fn types(&self) -> Option<Vec<Type>> {
        let library = self.connection.database.library;
        let (count, kind, _) = library.prepared_columns?;
        // SAFETY: as above; indexes stay under the count.
        unsafe {
            Some((0..count(self.raw)).map(|at| library.type_of(kind(self.raw, at))).collect())
        }
    }

    /// Names of the columns it will give, where the library can say.
    pub(super) fn names(&self) -> Option<Vec<String>> {
        let library = self.connection.database.library;
        let (count, _, name) = library.prepared_columns?;
        // SAFETY: as above; indexes stay under the count, and each name is ours to free.
        unsafe {
            let name = |at| library.owned(name(self.raw, at)).unwrap_or_default();
            Some((0..count(self.raw)).map(name).collect())
        }
    }

    /// Puts a value into an open place, counted from 1.
    pub(super) fn bind(&self, at: u64, value: &Bound<'_>) -> Result<(), String> {
        let f = self.connection.functions();
        let raw = self.raw;
        // SAFETY: as above; texts and bytes are copied before the call returns.
        let state = unsafe {
            match *value {
                Bound::Null => (f.bind_null)(raw, at),
                Bound::Bool(it) => (f.bind_boolean)(raw, at, it),
                Bound::Int(it) => (f.bind_int64)(raw, at, it),
                Bound::Huge(it) => (f.bind_hugeint)(raw, at, Wide::of(it.cast_unsigned())),
                Bound::Unsigned(it) => (f.bind_uhugeint)(raw, at, Wide::of(it)),
                Bound::Decimal(it, width, scale) => {
                    let value = Wide::of(it.cast_unsigned());
                    (f.bind_decimal)(raw, at, RawDecimal { width, scale, value })
                }
                Bound::Double(it) => (f.bind_double)(raw, at, it),
                Bound::Text(it) => {
                    (f.bind_varchar_length)(raw, at, it.as_ptr().cast(), it.len() as u64)
                }
                Bound::Bytes(it) => (f.bind_blob)(raw, at, it.as_ptr().cast(), it.len() as u64),
            }
        };
        match state {
            0 => Ok(()),
            // SAFETY: the statement's own text, which lives as long as it.
            _ => Err(unsafe { text((f.prepare_error)(raw)) }),
        }
    }

    /// Starts it; rows are made while they are fetched, where the library can. `begun` is called when
    /// the engine has begun and so can be interrupted.
    pub(super) fn run(&self, begun: impl FnOnce()) -> Result<Answer<'_>, String> {
        let f = self.connection.functions();
        let start = self.connection.database.library.streaming.unwrap_or(f.pending_prepared);
        let mut pending = std::ptr::null_mut();
        // SAFETY: as above; both what pends and what comes of it are destroyed on every way out.
        unsafe {
            let state = start(self.raw, &raw mut pending);
            begun();
            if state != 0 {
                let error = text((f.pending_error)(pending));
                (f.destroy_pending)(&raw mut pending);
                return Err(error);
            }
            let mut raw = EMPTY;
            let state = (f.execute_pending)(pending, &raw mut raw);
            let mut error = String::new();
            if state != 0 {
                error = text((f.result_error)(&raw mut raw));
                if error.is_empty() {
                    error = text((f.pending_error)(pending));
                }
            }
            (f.destroy_pending)(&raw mut pending);
            let answer = Answer { connection: self.connection, raw, of: PhantomData };
            if state == 0 { Ok(answer) } else { Err(error) }
        }
    }
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        // SAFETY: given by `prepare`, destroyed once.
        unsafe { (self.connection.functions().destroy_prepare)(&raw mut self.raw) }
    }
}

/// What an answer consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// Rows.
    Rows,
    /// One number: how many rows were changed.
    Changes,
    /// Nothing.
    Nothing,
}

/// What a statement gives.
pub(super) struct Answer<'p> {
    connection: &'p Connection,
    raw: RawResult,
    of: PhantomData<&'p ()>,
}

impl Answer<'_> {
    /// What it consists of.
    pub(super) fn gives(&self) -> Gives {
        // SAFETY: a result that is ours until it is dropped.
        match unsafe { (self.connection.functions().result_return_type)(self.raw) } {
            1 => Gives::Changes,
            3 => Gives::Rows,
            _ => Gives::Nothing,
        }
    }

    /// Names and types of its columns.
    pub(super) fn columns(&mut self) -> Vec<(String, Type)> {
        let f = self.connection.functions();
        // SAFETY: as above; indexes stay under the count.
        unsafe {
            (0..(f.column_count)(&raw mut self.raw))
                .map(|at| {
                    let name = text((f.column_name)(&raw mut self.raw, at));
                    let of = (f.column_logical_type)(&raw mut self.raw, at);
                    (name, self.connection.database.library.type_of(of))
                })
                .collect()
        }
    }

    /// The next rows; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Chunk<'_>>, String> {
        let f = self.connection.functions();
        // SAFETY: as above; a chunk is destroyed when dropped.
        unsafe {
            let raw = (f.fetch_chunk)(self.raw);
            if raw.is_null() {
                let error = (f.result_error)(&raw mut self.raw);
                return if error.is_null() { Ok(None) } else { Err(text(error)) };
            }
            let rows = usize::try_from((f.data_chunk_get_size)(raw)).unwrap_or(0);
            let columns = (f.data_chunk_get_column_count)(raw);
            Ok(Some(Chunk { functions: f, raw, rows, columns, of: PhantomData }))
        }
    }
}

impl Drop for Answer<'_> {
    fn drop(&mut self) {
        // SAFETY: given by `run`, destroyed once.
        unsafe { (self.connection.functions().destroy_result)(&raw mut self.raw) }
    }
}

/// Some rows, column by column.
pub(super) struct Chunk<'a> {
    functions: &'static Functions,
    raw: Raw,
    rows: usize,
    columns: Index,
    of: PhantomData<&'a ()>,
}

impl Chunk<'_> {
    /// How many rows.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// A column, whose type is the one that the answer said.
    pub(super) fn column(&self, at: usize, of: &Type) -> Option<Vector<'_>> {
        let at = at as u64;
        if at >= self.columns {
            return None;
        }
        // SAFETY: the index is under the count, and the vector lives as long as this chunk.
        unsafe {
            let raw = (self.functions.data_chunk_get_vector)(self.raw, at);
            Some(self.vector(raw, of, self.rows))
        }
    }

    /// # Safety
    /// A vector of this chunk that holds so many rows of that type.
    unsafe fn vector(&self, raw: Raw, of: &Type, rows: usize) -> Vector<'_> {
        let f = self.functions;
        // SAFETY: how a vector of each type lies in memory is DuckDB's stable promise; its mask has a
        // bit a row, in words of 64; children are as long as asked for below.
        unsafe {
            let mask = (f.vector_get_validity)(raw);
            let mask = (!mask.is_null()).then(|| slice(mask, rows.div_ceil(64)));
            let data = (f.vector_get_data)(raw);
            let values = match of {
                Type::Bool | Type::UInt8 => Values::U8(slice(data, rows)),
                Type::Int8 => Values::I8(slice(data.cast(), rows)),
                Type::Int16 => Values::I16(slice(data.cast(), rows)),
                Type::Int32 | Type::Date => Values::I32(slice(data.cast(), rows)),
                Type::UInt16 => Values::U16(slice(data.cast(), rows)),
                Type::UInt32 => Values::U32(slice(data.cast(), rows)),
                Type::UInt64 | Type::TimeTz => Values::U64(slice(data.cast(), rows)),
                Type::Int64
                | Type::Time
                | Type::TimeNs
                | Type::Timestamp(_)
                | Type::TimestampTz
                | Type::TimestampTzNs => Values::I64(slice(data.cast(), rows)),
                Type::Float => Values::F32(slice(data.cast(), rows)),
                Type::Double => Values::F64(slice(data.cast(), rows)),
                Type::Huge | Type::UHuge | Type::Uuid => Values::Wide(slice(data.cast(), rows)),
                Type::Interval => Values::Interval(slice(data.cast::<Interval>(), rows)),
                Type::Text { .. } | Type::Blob { .. } | Type::Bit => {
                    Values::Text(Strings::of(slice(data.cast::<RawText>(), rows)))
                }
                Type::Decimal { held, .. } => match held {
                    3 => Values::I16(slice(data.cast(), rows)),
                    4 => Values::I32(slice(data.cast(), rows)),
                    5 => Values::I64(slice(data.cast(), rows)),
                    16 => Values::Wide(slice(data.cast(), rows)),
                    _ => Values::None,
                },
                Type::Enum { held, .. } => match held {
                    6 => Values::U8(slice(data, rows)),
                    7 => Values::U16(slice(data.cast(), rows)),
                    8 => Values::U32(slice(data.cast(), rows)),
                    _ => Values::None,
                },
                Type::List(child) => {
                    let size = usize::try_from((f.list_vector_get_size)(raw)).unwrap_or(0);
                    let inner = self.vector((f.list_vector_get_child)(raw), child, size);
                    Values::List(slice(data.cast::<Entry>(), rows), Box::new(inner))
                }
                Type::Map(key, value) => {
                    let size = usize::try_from((f.list_vector_get_size)(raw)).unwrap_or(0);
                    let pairs = (f.list_vector_get_child)(raw);
                    let keys = self.vector((f.struct_vector_get_child)(pairs, 0), key, size);
                    let values = self.vector((f.struct_vector_get_child)(pairs, 1), value, size);
                    Values::Map(slice(data.cast::<Entry>(), rows), Box::new([keys, values]))
                }
                Type::Array { of, size } => {
                    let child = (f.array_vector_get_child)(raw);
                    Values::Array(Box::new(self.vector(child, of, rows * size)))
                }
                Type::Struct(fields) => {
                    let inner = fields.iter().enumerate().map(|(at, (_, of))| {
                        self.vector((f.struct_vector_get_child)(raw, at as u64), of, rows)
                    });
                    Values::Struct(inner.collect())
                }
                // Its first child is the tag: which of the members has the value.
                Type::Union(members) => {
                    let tag = self.vector((f.struct_vector_get_child)(raw, 0), &Type::UInt8, rows);
                    let inner = members.iter().enumerate().map(|(at, (_, of))| {
                        self.vector((f.struct_vector_get_child)(raw, at as u64 + 1), of, rows)
                    });
                    Values::Union(Box::new(tag), inner.collect())
                }
                Type::Null | Type::Foreign { .. } | Type::Unknown { .. } => Values::None,
            };
            Vector { mask, values, rows }
        }
    }
}

impl Drop for Chunk<'_> {
    fn drop(&mut self) {
        // SAFETY: given by `next`, destroyed once; vectors borrow it, so none is left.
        unsafe { (self.functions.destroy_data_chunk)(&raw mut self.raw) }
    }
}
