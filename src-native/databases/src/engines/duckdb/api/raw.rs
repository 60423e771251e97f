//! What DuckDB's C interface looks like: its functions, found by name, and how its values lie in memory.

use crate::engines::duckdb::vector::{Type, Wide};
use std::ffi::{CStr, CString, c_char, c_void};
use std::path::Path;

pub(super) type Raw = *mut c_void;
pub(super) type Index = u64;

/// What `duckdb_result` is: it is handed over by value, and only its last word means anything.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct RawResult {
    counts: [Index; 3],
    columns: Raw,
    error: Raw,
    inner: Raw,
}

pub(super) const EMPTY: RawResult = RawResult {
    counts: [0; 3],
    columns: std::ptr::null_mut(),
    error: std::ptr::null_mut(),
    inner: std::ptr::null_mut(),
};

/// What `duckdb_decimal` is.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct RawDecimal {
    pub(super) width: u8,
    pub(super) scale: u8,
    pub(super) value: Wide,
}

/// A string within a vector: up to twelve bytes stand here, of longer ones four and a pointer.
#[repr(C)]
#[derive(Clone, Copy)]
pub(in super::super) struct RawText {
    length: u32,
    head: [u8; 4],
    tail: RawTail,
}

#[repr(C)]
#[derive(Clone, Copy)]
union RawTail {
    inline: [u8; 8],
    pointer: *const u8,
}

macro_rules! functions {
    ($($name:ident($($argument:ty),*) $(-> $result:ty)?;)*) => {
        pub(super) struct Functions { $(pub(super) $name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)* }

        impl Functions {
            /// # Safety
            /// The library has to be DuckDB's, so that the names mean functions of these shapes.
            unsafe fn of(library: &libloading::Library) -> Result<Functions, &'static str> {
                // SAFETY: by this function's own condition.
                unsafe {
                    Ok(Functions { $($name: *library
                        .get(concat!("duckdb_", stringify!($name)).as_bytes())
                        .map_err(|_| concat!("duckdb_", stringify!($name)))?,)* })
                }
            }
        }
    };
}

functions! {
    library_version() -> *const c_char;
    free(Raw);
    create_config(*mut Raw) -> i32;
    set_config(Raw, *const c_char, *const c_char) -> i32;
    destroy_config(*mut Raw);
    open_ext(*const c_char, *mut Raw, Raw, *mut *mut c_char) -> i32;
    close(*mut Raw);
    connect(Raw, *mut Raw) -> i32;
    disconnect(*mut Raw);
    interrupt(Raw);
    extract_statements(Raw, *const c_char, *mut Raw) -> Index;
    extract_statements_error(Raw) -> *const c_char;
    prepare_extracted_statement(Raw, Raw, Index, *mut Raw) -> i32;
    destroy_extracted(*mut Raw);
    prepare_error(Raw) -> *const c_char;
    destroy_prepare(*mut Raw);
    nparams(Raw) -> Index;
    prepared_statement_type(Raw) -> i32;
    bind_null(Raw, Index) -> i32;
    bind_boolean(Raw, Index, bool) -> i32;
    bind_int64(Raw, Index, i64) -> i32;
    bind_hugeint(Raw, Index, Wide) -> i32;
    bind_uhugeint(Raw, Index, Wide) -> i32;
    bind_decimal(Raw, Index, RawDecimal) -> i32;
    bind_double(Raw, Index, f64) -> i32;
    bind_varchar_length(Raw, Index, *const c_char, Index) -> i32;
    bind_blob(Raw, Index, *const c_void, Index) -> i32;
    pending_prepared(Raw, *mut Raw) -> i32;
    pending_error(Raw) -> *const c_char;
    destroy_pending(*mut Raw);
    execute_pending(Raw, *mut RawResult) -> i32;
    result_error(*mut RawResult) -> *const c_char;
    result_return_type(RawResult) -> i32;
    destroy_result(*mut RawResult);
    column_count(*mut RawResult) -> Index;
    column_name(*mut RawResult, Index) -> *const c_char;
    column_logical_type(*mut RawResult, Index) -> Raw;
    fetch_chunk(RawResult) -> Raw;
    destroy_data_chunk(*mut Raw);
    data_chunk_get_size(Raw) -> Index;
    data_chunk_get_column_count(Raw) -> Index;
    data_chunk_get_vector(Raw, Index) -> Raw;
    vector_get_data(Raw) -> *const u8;
    vector_get_validity(Raw) -> *const u64;
    list_vector_get_child(Raw) -> Raw;
    list_vector_get_size(Raw) -> Index;
    struct_vector_get_child(Raw, Index) -> Raw;
    array_vector_get_child(Raw) -> Raw;
    get_type_id(Raw) -> i32;
    logical_type_get_alias(Raw) -> *mut c_char;
    destroy_logical_type(*mut Raw);
    decimal_width(Raw) -> u8;
    decimal_scale(Raw) -> u8;
    decimal_internal_type(Raw) -> i32;
    enum_internal_type(Raw) -> i32;
    enum_dictionary_size(Raw) -> u32;
    enum_dictionary_value(Raw, Index) -> *mut c_char;
    list_type_child_type(Raw) -> Raw;
    array_type_child_type(Raw) -> Raw;
    array_type_array_size(Raw) -> Index;
    map_type_key_type(Raw) -> Raw;
    map_type_value_type(Raw) -> Raw;
    struct_type_child_count(Raw) -> Index;
    struct_type_child_name(Raw, Index) -> *mut c_char;
    struct_type_child_type(Raw, Index) -> Raw;
    union_type_member_count(Raw) -> Index;
    union_type_member_name(Raw, Index) -> *mut c_char;
    union_type_member_type(Raw, Index) -> Raw;
}

pub(super) type Streaming = unsafe extern "C" fn(Raw, *mut Raw) -> i32;
pub(super) type PreparedCount = unsafe extern "C" fn(Raw) -> Index;
pub(super) type PreparedType = unsafe extern "C" fn(Raw, Index) -> Raw;
pub(super) type PreparedName = unsafe extern "C" fn(Raw, Index) -> *mut c_char;

/// A library that has been loaded. It is never unloaded: its threads may still run.
pub(in super::super) struct Library {
    pub(super) functions: Functions,
    pub(super) streaming: Option<Streaming>,
    pub(super) prepared_columns: Option<(PreparedCount, PreparedType, PreparedName)>,
    _library: libloading::Library,
}

impl Library {
    /// Loads a library by its path, or by its name as the system finds it.
    pub(in super::super) fn load(path: &Path) -> Result<&'static Library, String> {
        // SAFETY: whoever names a library to be loaded trusts its code; that it is DuckDB's is seen by
        // its names before anything else of it is called.
        unsafe {
            let library = libloading::Library::new(path).map_err(|it| it.to_string())?;
            let functions = Functions::of(&library)
                .map_err(|name| format!("it is no DuckDB this program knows: it has no {name}"))?;
            let streaming = library.get(b"duckdb_pending_prepared_streaming").ok().map(|it| *it);
            let count = library.get(b"duckdb_prepared_statement_column_count").ok().map(|it| *it);
            let kind =
                library.get(b"duckdb_prepared_statement_column_logical_type").ok().map(|it| *it);
            let name = library.get(b"duckdb_prepared_statement_column_name").ok().map(|it| *it);
            let prepared_columns = match (count, kind, name) {
                (Some(count), Some(kind), Some(name)) => Some((count, kind, name)),
                _ => None,
            };
            Ok(Box::leak(Box::new(Library {
                functions,
                streaming,
                prepared_columns,
                _library: library,
            })))
        }
    }

    /// Its version, as `v1.5.6`.
    pub(in super::super) fn version(&self) -> String {
        // SAFETY: a text that lives as long as the library.
        unsafe { text((self.functions.library_version)()) }
    }

    /// A text that the library made for us: copied and given back.
    pub(super) fn owned(&self, raw: *mut c_char) -> Option<String> {
        if raw.is_null() {
            return None;
        }
        // SAFETY: not null, ended by a zero, and ours to free.
        unsafe {
            let copy = text(raw);
            (self.functions.free)(raw.cast());
            Some(copy)
        }
    }

    /// What a logical type says, which is destroyed.
    pub(super) fn type_of(&self, mut raw: Raw) -> Type {
        if raw.is_null() {
            return Type::Unknown { id: 0, alias: None };
        }
        let f = &self.functions;
        // SAFETY: a logical type that is ours until it is destroyed below; the questions asked are those
        // that its kind allows, and indexes stay under the counts it gives.
        unsafe {
            let alias = self.owned((f.logical_type_get_alias)(raw));
            let id = (f.get_type_id)(raw);
            let found = match id {
                19 => Type::Decimal {
                    width: (f.decimal_width)(raw),
                    scale: (f.decimal_scale)(raw),
                    held: (f.decimal_internal_type)(raw),
                },
                23 => Type::Enum {
                    held: (f.enum_internal_type)(raw),
                    words: (0..u64::from((f.enum_dictionary_size)(raw)))
                        .map(|at| self.owned((f.enum_dictionary_value)(raw, at)))
                        .map(Option::unwrap_or_default)
                        .collect(),
                    alias,
                },
                24 => Type::List(Box::new(self.type_of((f.list_type_child_type)(raw)))),
                33 => Type::Array {
                    of: Box::new(self.type_of((f.array_type_child_type)(raw))),
                    size: usize::try_from((f.array_type_array_size)(raw)).unwrap_or(0),
                },
                26 => Type::Map(
                    Box::new(self.type_of((f.map_type_key_type)(raw))),
                    Box::new(self.type_of((f.map_type_value_type)(raw))),
                ),
                25 => Type::Struct(
                    (0..(f.struct_type_child_count)(raw))
                        .map(|at| {
                            let name = self.owned((f.struct_type_child_name)(raw, at));
                            let of = self.type_of((f.struct_type_child_type)(raw, at));
                            (name.unwrap_or_default(), of)
                        })
                        .collect(),
                ),
                28 => Type::Union(
                    (0..(f.union_type_member_count)(raw))
                        .map(|at| {
                            let name = self.owned((f.union_type_member_name)(raw, at));
                            let of = self.type_of((f.union_type_member_type)(raw, at));
                            (name.unwrap_or_default(), of)
                        })
                        .collect(),
                ),
                id => Type::of_id(id, alias),
            };
            (f.destroy_logical_type)(&raw mut raw);
            found
        }
    }
}

/// # Safety
/// Null, or a text that is ended by a zero.
pub(super) unsafe fn text(raw: *const c_char) -> String {
    if raw.is_null() {
        return String::new();
    }
    // SAFETY: by this function's own condition.
    unsafe { CStr::from_ptr(raw) }.to_string_lossy().into_owned()
}

pub(super) fn c_text(what: &str) -> Result<CString, String> {
    CString::new(what).map_err(|_| "a zero byte stands in it".to_owned())
}

/// # Safety
/// Null, or so many values that live as long as what borrows them.
pub(super) unsafe fn slice<'a, T>(data: *const T, count: usize) -> &'a [T] {
    if data.is_null() || count == 0 {
        return &[];
    }
    // SAFETY: by this function's own condition.
    unsafe { std::slice::from_raw_parts(data, count) }
}

impl RawText {
    /// Its bytes. Only for strings that are there: of NULL the pointer means nothing, which is why
    /// strings of a vector are asked through its rows alone.
    pub(in super::super) fn bytes(&self) -> &[u8] {
        let length = self.length as usize;
        // SAFETY: up to twelve bytes stand in the string itself, whose head and tail follow each other
        // without a gap; of longer ones the tail is a pointer to all of them, which lives as long as the vector.
        unsafe {
            match length {
                0..=12 => slice((&raw const *self).cast::<u8>().add(4), length),
                _ => slice(self.tail.pointer, length),
            }
        }
    }
}
