//! What a column of Parquet is, and how cells become its values.

use super::thrift::Thrift;
use crate::{Cell, Column, Engine, Kind, decimal, moment};

/// A column's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Json,
    Bytes,
    Bool,
    Int32,
    Int64,
    Uint64,
    Float,
    Double,
    Decimal {
        digits: u32,
        scale: u32,
    },
    Day,
    /// Since 1970, in microseconds unless the column has parts of them, then in nanoseconds; with a zone
    /// they are moments, without one what a calendar and clock show.
    Moment {
        zoned: bool,
        nanos: bool,
    },
    Uuid,
}

/// Values of an open page.
#[derive(Default)]
pub(super) struct Values {
    bytes: Vec<u8>,
    /// Bits of the last byte that are taken, for bools.
    bits: u8,
}

impl Values {
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn plain(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.shrink_to(1 << 20);
        self.bits = 0;
    }

    fn put(&mut self, bytes: &[u8]) -> bool {
        self.bytes.extend_from_slice(bytes);
        true
    }

    fn counted(&mut self, bytes: &[u8]) -> bool {
        let Ok(length) = u32::try_from(bytes.len()) else { return false };
        self.put(&length.to_le_bytes()) && self.put(bytes)
    }

    fn bit(&mut self, bit: bool) -> bool {
        if self.bits == 0 {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << self.bits;
        }
        self.bits = (self.bits + 1) % 8;
        true
    }
}

impl Type {
    /// How it is called in a message.
    pub(super) fn title(self) -> &'static str {
        match self {
            Type::Text => "text",
            Type::Json => "JSON",
            Type::Bytes => "bytes",
            Type::Bool => "a boolean",
            Type::Int32 => "an integer of 32 bits",
            Type::Int64 => "an integer of 64 bits",
            Type::Uint64 => "an integer of 64 bits without a sign",
            Type::Float | Type::Double => "a float",
            Type::Decimal { .. } => "a decimal of its column's precision",
            Type::Day => "a date",
            Type::Moment { zoned: true, nanos: false } => "a timestamp with a zone in microseconds",
            Type::Moment { zoned: false, nanos: false } => {
                "a timestamp without a zone in microseconds"
            }
            Type::Moment { zoned: true, nanos: true } => "a timestamp with a zone in nanoseconds",
            Type::Moment { zoned: false, nanos: true } => {
                "a timestamp without a zone in nanoseconds"
            }
            Type::Uuid => "a UUID",
        }
    }

    pub(super) fn physical(self) -> i64 {
        match self {
            Type::Bool => 0,
            Type::Int32 | Type::Day | Type::Decimal { digits: ..=9, .. } => 1,
            Type::Int64
            | Type::Uint64
            | Type::Moment { .. }
            | Type::Decimal { digits: 10..=18, .. } => 2,
            Type::Float => 4,
            Type::Double => 5,
            Type::Text | Type::Json | Type::Bytes => 6,
            Type::Decimal { .. } | Type::Uuid => 7,
        }
    }

    /// Its element in the schema.
    pub(super) fn describe(self, name: &str, it: &mut Thrift) {
        it.int(1, self.physical());
        match self {
            Type::Uuid => it.int(2, 16),
            Type::Decimal { digits: 19.., .. } => it.int(2, self.width() as i64),
            _ => (),
        }
        it.int(3, 1);
        it.text(4, name);
        let converted = match self {
            Type::Text => Some(0),
            Type::Decimal { .. } => Some(5),
            Type::Day => Some(6),
            // Older readers take this for a moment, which without a zone it is not.
            Type::Moment { zoned: true, nanos: false } => Some(10),
            Type::Uint64 => Some(14),
            Type::Json => Some(19),
            _ => None,
        };
        if let Some(converted) = converted {
            it.int(6, converted);
        }
        if let Type::Decimal { digits, scale } = self {
            it.int(7, scale.into());
            it.int(8, digits.into());
        }
        let empty = |it: &mut Thrift, id| it.inner(10, |it| it.inner(id, |_| ()));
        match self {
            Type::Text => empty(it, 1),
            Type::Day => empty(it, 6),
            Type::Json => empty(it, 12),
            Type::Uuid => empty(it, 14),
            Type::Decimal { digits, scale } => it.inner(10, |it| {
                it.inner(5, |it| {
                    it.int(1, scale.into());
                    it.int(2, digits.into());
                });
            }),
            Type::Moment { zoned, nanos } => it.inner(10, |it| {
                it.inner(8, |it| {
                    it.bool(1, zoned);
                    it.inner(2, |it| it.inner(if nanos { 3 } else { 2 }, |_| ()));
                });
            }),
            Type::Uint64 => it.inner(10, |it| {
                it.inner(10, |it| {
                    it.byte(1, 64);
                    it.bool(2, false);
                });
            }),
            _ => (),
        }
    }

    /// Bytes of a decimal that is too large for an integer.
    fn width(self) -> usize {
        let Type::Decimal { digits, .. } = self else { return 16 };
        let fits = |bytes: &u32| 10_u128.pow(digits) <= 1_u128 << (8 * bytes - 1);
        (1..16).find(fits).unwrap_or(16) as usize
    }

    /// Whether such a cell's bytes stand in the file as they are.
    pub(super) fn is_verbatim(self, cell: Cell<'_>) -> bool {
        match self {
            Type::Text => cell.kind != Kind::Bytes,
            Type::Json => cell.kind == Kind::Json,
            Type::Bytes => cell.kind == Kind::Bytes,
            _ => false,
        }
    }

    /// Adds a cell that is not NULL; false where it does not fit.
    pub(super) fn push(self, cell: Cell<'_>, to: &mut Values) -> bool {
        self.try_push(cell, to).unwrap_or(false)
    }

    fn try_push(self, cell: Cell<'_>, to: &mut Values) -> Option<bool> {
        let bytes = cell.bytes;
        if cell.kind == Kind::Bytes {
            return Some(match self {
                Type::Bytes => to.counted(bytes),
                Type::Text => {
                    let mut text = String::with_capacity(2 + bytes.len() * 2);
                    text.push_str("\\x");
                    bytes.iter().for_each(|it| text.push_str(&format!("{it:02x}")));
                    to.counted(text.as_bytes())
                }
                _ => false,
            });
        }
        Some(match self {
            Type::Text => to.counted(bytes),
            Type::Json => cell.kind == Kind::Json && to.counted(bytes),
            Type::Bytes => false,
            Type::Bool => to.bit(cell.bool()?),
            Type::Int32 => to.put(&integer::<i32>(cell)?.to_le_bytes()),
            Type::Int64 => to.put(&integer::<i64>(cell)?.to_le_bytes()),
            Type::Uint64 => to.put(&integer::<u64>(cell)?.to_le_bytes()),
            Type::Float => to.put(&cell.text()?.parse::<f32>().ok()?.to_le_bytes()),
            Type::Double => to.put(&cell.text()?.parse::<f64>().ok()?.to_le_bytes()),
            Type::Decimal { digits, scale } => {
                let value = decimal::number(bytes)?.scaled(scale)?;
                if value.unsigned_abs() >= 10_u128.pow(digits) {
                    return None;
                }
                match digits {
                    ..=9 => to.put(&i32::try_from(value).ok()?.to_le_bytes()),
                    10..=18 => to.put(&i64::try_from(value).ok()?.to_le_bytes()),
                    _ => to.put(&value.to_be_bytes()[16 - self.width()..]),
                }
            }
            Type::Day => to.put(&i32::try_from(moment::day(bytes)?).ok()?.to_le_bytes()),
            Type::Moment { zoned, nanos } => {
                let moment = moment::moment(bytes)?;
                if moment.zoned != zoned || (!nanos && moment.nanos % 1000 != 0) {
                    return None;
                }
                let (parts, part) = if nanos { (1_000_000_000, 1) } else { (1_000_000, 1000) };
                let whole = moment.seconds.checked_mul(parts)?;
                to.put(&whole.checked_add(i64::from(moment.nanos / part))?.to_le_bytes())
            }
            Type::Uuid => {
                let mut digits = 0_u128;
                let mut many = 0;
                for letter in bytes.iter().filter(|it| **it != b'-') {
                    digits = digits << 4 | u128::from(char::from(*letter).to_digit(16)?);
                    many += 1;
                }
                many == 32 && bytes.len() == 36 && to.put(&digits.to_be_bytes())
            }
        })
    }
}

/// An integer that is written as integers are: zeros before it say something, or they were not there.
fn integer<T: std::str::FromStr>(cell: Cell<'_>) -> Option<T> {
    let plain = match cell.bytes.strip_prefix(b"-").unwrap_or(cell.bytes) {
        [b'0'] => cell.bytes.len() == 1,
        [b'0' | b'+', ..] => false,
        _ => true,
    };
    cell.text().filter(|_| plain)?.parse().ok()
}

/// The type of a column, given its first cells.
pub(super) fn settle<'a, I: Iterator<Item = Cell<'a>>>(
    column: &Column,
    engine: Engine,
    cells: impl Fn() -> I,
) -> Type {
    let there = || cells().filter(|it| !it.is_null());
    let kind = if matches!(engine, Engine::Sqlite | Engine::Redis | Engine::Mongodb) {
        let mut kinds = there().map(|it| it.kind);
        let first = kinds.next().unwrap_or(Kind::Text);
        if kinds.all(|it| it == first) { first } else { Kind::Text }
    } else {
        column.kind
    };
    let zoned =
        || there().next().and_then(|it| moment::moment(it.bytes)).is_some_and(|it| it.zoned);
    let wanted = match declared(kind, &column.type_name, engine) {
        Type::Moment { nanos, .. } => Type::Moment { zoned: zoned(), nanos },
        other => other,
    };
    let mut scrap = Values::default();
    let fits = there().all(|it| {
        scrap.clear();
        wanted.push(it, &mut scrap)
    });
    if fits { wanted } else { Type::Text }
}

fn declared(kind: Kind, type_name: &str, engine: Engine) -> Type {
    let name = type_name.to_ascii_lowercase();
    let has = |word: &str| name.contains(word);
    match kind {
        Kind::Bool => Type::Bool,
        Kind::Integer if engine == Engine::Sqlite => Type::Int64,
        Kind::Integer if has("zerofill") => Type::Text,
        Kind::Integer if has("128") || has("256") || has("huge") => Type::Text,
        Kind::Integer if has("uint64") || has("ubigint") || (has("bigint") && has("unsigned")) => {
            Type::Uint64
        }
        Kind::Integer
            if matches!(name.as_str(), "int2" | "int4" | "smallint" | "integer" | "int") =>
        {
            Type::Int32
        }
        Kind::Integer => Type::Int64,
        Kind::Float if single(&name, engine) => Type::Float,
        Kind::Float => Type::Double,
        Kind::Decimal => fixed(&name).unwrap_or(Type::Text),
        Kind::Bytes => Type::Bytes,
        Kind::Date => Type::Day,
        // Each of its cells has a distance to UTC of its own, which a moment would lose.
        Kind::Timestamp if has("offset") => Type::Text,
        Kind::Timestamp => Type::Moment { zoned: false, nanos: beyond_micros(&name) },
        Kind::Uuid => Type::Uuid,
        Kind::Json => Type::Json,
        _ => Type::Text,
    }
}

/// Whether timestamps of that type have more than six digits behind the second.
fn beyond_micros(name: &str) -> bool {
    let digit = |word: &str| {
        let (_, rest) = name.split_once(word)?;
        rest.bytes().next().map(|it| (b'7'..=b'9').contains(&it))
    };
    name == "timestamp_ns" || ["datetime64(", "datetime2("].iter().any(|it| digit(it) == Some(true))
}

/// Whether floats of that type have 32 bits.
fn single(name: &str, engine: Engine) -> bool {
    match engine {
        Engine::Postgres => name == "float4" || name == "real",
        Engine::Sqlserver => name == "real",
        Engine::Mysql => name.starts_with("float"),
        Engine::Duckdb => matches!(name, "float" | "float4" | "real"),
        Engine::Clickhouse => name.contains("float32"),
        Engine::Sqlite | Engine::Redis | Engine::Mongodb => false,
    }
}

/// A decimal of fixed digits, as `numeric(10,2)`, `Nullable(Decimal(10, 2))`.
fn fixed(name: &str) -> Option<Type> {
    let at = ["numeric(", "decimal("].iter().find_map(|it| Some(name.find(it)? + it.len()))?;
    let (inner, _) = name[at..].split_once(')')?;
    let (digits, scale) = inner.split_once(',').unwrap_or((inner, "0"));
    let digits: u32 = digits.trim().parse().ok()?;
    let scale: u32 = scale.trim().parse().ok()?;
    ((1..=38).contains(&digits) && scale <= digits).then_some(Type::Decimal { digits, scale })
}
