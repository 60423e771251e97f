//! What DuckDB's types and vectors are, once [`super::api`] has read them.

use super::api::RawText;
use crate::Kind;

/// A number of 128 bits, as DuckDB lays it out.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Wide {
    low: u64,
    high: u64,
}

impl Wide {
    /// Takes one apart.
    pub(super) fn of(value: u128) -> Wide {
        Wide { low: value as u64, high: (value >> 64) as u64 }
    }

    /// Its bits.
    pub(super) fn bits(self) -> u128 {
        u128::from(self.high) << 64 | u128::from(self.low)
    }
}

/// A length of time, as DuckDB lays it out.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Interval {
    pub(super) months: i32,
    pub(super) days: i32,
    pub(super) micros: i64,
}

/// Where the values of a list stand among those of all lists.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Entry {
    offset: u64,
    length: u64,
}

impl Entry {
    /// Rows of the vector beneath.
    pub(super) fn range(self) -> std::ops::Range<usize> {
        let start = usize::try_from(self.offset).unwrap_or(usize::MAX);
        start..start.saturating_add(usize::try_from(self.length).unwrap_or(0))
    }
}

/// How many of a timestamp's units a second has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Milli,
    Micro,
    Nano,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    Huge,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    UHuge,
    Float,
    Double,
    Decimal {
        width: u8,
        scale: u8,
        held: i32,
    },
    Text {
        alias: Option<String>,
    },
    Blob {
        alias: Option<String>,
    },
    Bit,
    Date,
    Time,
    TimeNs,
    TimeTz,
    Timestamp(Unit),
    TimestampTz,
    TimestampTzNs,
    Interval,
    Uuid,
    Enum {
        held: i32,
        words: Vec<String>,
        alias: Option<String>,
    },
    List(Box<Type>),
    Array {
        of: Box<Type>,
        size: usize,
    },
    Struct(Vec<(String, Type)>),
    Map(Box<Type>, Box<Type>),
    Union(Vec<(String, Type)>),
    /// The type of `NULL` alone.
    Null,
    /// A type whose values the engine itself has to write as text.
    Foreign {
        name: &'static str,
    },
    /// A type this program has not heard of.
    Unknown {
        id: i32,
        alias: Option<String>,
    },
}

impl Type {
    /// The type of an id of the C interface, where that says all.
    pub(super) fn of_id(id: i32, alias: Option<String>) -> Type {
        match id {
            1 => Type::Bool,
            2 => Type::Int8,
            3 => Type::Int16,
            4 => Type::Int32,
            5 => Type::Int64,
            6 => Type::UInt8,
            7 => Type::UInt16,
            8 => Type::UInt32,
            9 => Type::UInt64,
            10 => Type::Float,
            11 => Type::Double,
            12 => Type::Timestamp(Unit::Micro),
            13 => Type::Date,
            14 => Type::Time,
            15 => Type::Interval,
            16 => Type::Huge,
            17 | 37 => Type::Text { alias },
            // The extension `spatial` has shapes as bytes of its own making.
            18 if alias.as_deref().is_some_and(is_shape) => Type::Foreign { name: "GEOMETRY" },
            18 => Type::Blob { alias },
            20 => Type::Timestamp(Unit::Second),
            21 => Type::Timestamp(Unit::Milli),
            22 => Type::Timestamp(Unit::Nano),
            27 => Type::Uuid,
            29 => Type::Bit,
            30 => Type::TimeTz,
            31 => Type::TimestampTz,
            32 => Type::UHuge,
            35 => Type::Foreign { name: "BIGNUM" },
            36 => Type::Null,
            39 => Type::TimeNs,
            40 => Type::Foreign { name: "GEOMETRY" },
            41 => Type::Foreign { name: "VARIANT" },
            42 => Type::TimestampTzNs,
            id => Type::Unknown { id, alias },
        }
    }

    /// Its name, as `typeof` gives it.
    pub(super) fn name(&self) -> String {
        let aliased = |alias: &Option<String>, name: &str| {
            alias.as_ref().map_or_else(|| name.to_owned(), |it| it.to_ascii_uppercase())
        };
        match self {
            Type::Bool => "BOOLEAN".to_owned(),
            Type::Int8 => "TINYINT".to_owned(),
            Type::Int16 => "SMALLINT".to_owned(),
            Type::Int32 => "INTEGER".to_owned(),
            Type::Int64 => "BIGINT".to_owned(),
            Type::Huge => "HUGEINT".to_owned(),
            Type::UInt8 => "UTINYINT".to_owned(),
            Type::UInt16 => "USMALLINT".to_owned(),
            Type::UInt32 => "UINTEGER".to_owned(),
            Type::UInt64 => "UBIGINT".to_owned(),
            Type::UHuge => "UHUGEINT".to_owned(),
            Type::Float => "FLOAT".to_owned(),
            Type::Double => "DOUBLE".to_owned(),
            Type::Decimal { width, scale, .. } => format!("DECIMAL({width},{scale})"),
            Type::Text { alias } => aliased(alias, "VARCHAR"),
            Type::Blob { alias } => aliased(alias, "BLOB"),
            Type::Bit => "BIT".to_owned(),
            Type::Date => "DATE".to_owned(),
            Type::Time => "TIME".to_owned(),
            Type::TimeNs => "TIME_NS".to_owned(),
            Type::TimeTz => "TIME WITH TIME ZONE".to_owned(),
            Type::Timestamp(Unit::Second) => "TIMESTAMP_S".to_owned(),
            Type::Timestamp(Unit::Milli) => "TIMESTAMP_MS".to_owned(),
            Type::Timestamp(Unit::Micro) => "TIMESTAMP".to_owned(),
            Type::Timestamp(Unit::Nano) => "TIMESTAMP_NS".to_owned(),
            Type::TimestampTz => "TIMESTAMP WITH TIME ZONE".to_owned(),
            Type::TimestampTzNs => "TIMESTAMP_NS WITH TIME ZONE".to_owned(),
            Type::Interval => "INTERVAL".to_owned(),
            Type::Uuid => "UUID".to_owned(),
            Type::Enum { alias: Some(alias), .. } => alias.clone(),
            Type::Enum { words, .. } => {
                let words: Vec<_> =
                    words.iter().map(|it| format!("'{}'", it.replace('\'', "''"))).collect();
                format!("ENUM({})", words.join(", "))
            }
            Type::List(of) => format!("{}[]", of.name()),
            Type::Array { of, size } => format!("{}[{size}]", of.name()),
            Type::Struct(fields) => format!("STRUCT({})", members(fields)),
            Type::Map(key, value) => format!("MAP({}, {})", key.name(), value.name()),
            Type::Union(fields) => format!("UNION({})", members(fields)),
            Type::Null => "\"NULL\"".to_owned(),
            Type::Foreign { name } => (*name).to_owned(),
            Type::Unknown { alias: Some(alias), .. } => alias.clone(),
            Type::Unknown { .. } => "UNKNOWN".to_owned(),
        }
    }

    /// What its cells are.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Type::Bool => Kind::Bool,
            Type::Int8 | Type::Int16 | Type::Int32 | Type::Int64 | Type::Huge => Kind::Integer,
            Type::UInt8 | Type::UInt16 | Type::UInt32 | Type::UInt64 | Type::UHuge => Kind::Integer,
            Type::Float | Type::Double => Kind::Float,
            Type::Decimal { .. } => Kind::Decimal,
            Type::Text { alias } if alias.as_deref() == Some("JSON") => Kind::Json,
            Type::Text { .. } => Kind::Text,
            Type::Blob { .. } => Kind::Bytes,
            Type::Date => Kind::Date,
            Type::Time | Type::TimeNs | Type::TimeTz => Kind::Time,
            Type::Timestamp(_) | Type::TimestampTz | Type::TimestampTzNs => Kind::Timestamp,
            Type::Interval => Kind::Interval,
            Type::Uuid => Kind::Uuid,
            Type::Enum { .. } => Kind::Enum,
            Type::List(_) | Type::Array { .. } => Kind::Array,
            Type::Struct(_) | Type::Map(..) => Kind::Record,
            Type::Foreign { name: "BIGNUM" } => Kind::Integer,
            Type::Foreign { name: "GEOMETRY" } => Kind::Geometry,
            Type::Bit | Type::Union(_) | Type::Null => Kind::Other,
            Type::Foreign { .. } | Type::Unknown { .. } => Kind::Other,
        }
    }

    /// Whether it or a type within it is one of these.
    pub(super) fn holds(&self, test: &dyn Fn(&Type) -> bool) -> bool {
        test(self)
            || match self {
                Type::List(of) | Type::Array { of, .. } => of.holds(test),
                Type::Struct(fields) | Type::Union(fields) => {
                    fields.iter().any(|(_, of)| of.holds(test))
                }
                Type::Map(key, value) => key.holds(test) || value.holds(test),
                _ => false,
            }
    }

    /// Whether the engine itself has to write its values as text.
    pub(super) fn is_foreign(&self) -> bool {
        self.holds(&|it| matches!(it, Type::Foreign { .. } | Type::Unknown { .. }) && !it.is_open())
    }

    /// Whether it is not known before the open places have their values.
    fn is_open(&self) -> bool {
        matches!(self, Type::Unknown { id: 0 | 34, .. })
    }

    /// Whether its text depends on the session's time zone.
    pub(super) fn is_zoned(&self) -> bool {
        self.holds(&|it| matches!(it, Type::TimestampTz | Type::TimestampTzNs))
    }

    /// Whether it is made of others, whose text stands in it without quotes.
    pub(super) fn is_nested(&self) -> bool {
        matches!(
            self,
            Type::List(_)
                | Type::Array { .. }
                | Type::Struct(_)
                | Type::Map(..)
                | Type::Union(_)
                | Type::Foreign { name: "VARIANT" }
        )
    }
}

fn is_shape(alias: &str) -> bool {
    alias == "GEOMETRY" || alias == "WKB_BLOB"
}

fn members(fields: &[(String, Type)]) -> String {
    let written: Vec<_> = fields
        .iter()
        .map(|(name, of)| match name.as_str() {
            "" => of.name(),
            name => format!("{} {}", named(name), of.name()),
        })
        .collect();
    written.join(", ")
}

/// A name as it stands in a type: in quotes unless it is plain.
fn named(name: &str) -> String {
    let plain = name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        && !name.as_bytes()[0].is_ascii_digit();
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// Texts or bytes of a vector. Of NULL they mean nothing, so they are asked through [`Vector::bytes`].
pub(super) struct Strings<'c>(&'c [RawText]);

impl<'c> Strings<'c> {
    /// Takes those of a vector.
    pub(super) fn of(raw: &'c [RawText]) -> Strings<'c> {
        Strings(raw)
    }
}

/// The values of a vector, a row each.
pub(super) enum Values<'c> {
    U8(&'c [u8]),
    U16(&'c [u16]),
    U32(&'c [u32]),
    U64(&'c [u64]),
    I8(&'c [i8]),
    I16(&'c [i16]),
    I32(&'c [i32]),
    I64(&'c [i64]),
    F32(&'c [f32]),
    F64(&'c [f64]),
    Wide(&'c [Wide]),
    Interval(&'c [Interval]),
    Text(Strings<'c>),
    List(&'c [Entry], Box<Vector<'c>>),
    Map(&'c [Entry], Box<[Vector<'c>; 2]>),
    Array(Box<Vector<'c>>),
    Struct(Vec<Vector<'c>>),
    /// The tag, and the members.
    Union(Box<Vector<'c>>, Vec<Vector<'c>>),
    None,
}

/// A column of a chunk, or what its values are made of.
pub(super) struct Vector<'c> {
    /// A bit for each row that has a value; none where all have.
    pub(super) mask: Option<&'c [u64]>,
    pub(super) values: Values<'c>,
    pub(super) rows: usize,
}

impl<'c> Vector<'c> {
    /// Whether a row has no value.
    pub(super) fn is_null(&self, row: usize) -> bool {
        row >= self.rows
            || self.mask.is_some_and(|mask| {
                mask.get(row / 64).is_none_or(|word| word >> (row % 64) & 1 == 0)
            })
    }

    /// The text or bytes of a row; none where it has no value, or is no text.
    pub(super) fn bytes(&self, row: usize) -> Option<&'c [u8]> {
        match &self.values {
            Values::Text(Strings(all)) if !self.is_null(row) => all.get(row).map(RawText::bytes),
            _ => None,
        }
    }
}
