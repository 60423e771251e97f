//! Types of SQL Server, as they stand before columns and parameters.

use super::wire::Channel;
use crate::{Column, Kind, Result};

/// How a value lies on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// So many bytes; never NULL.
    Fixed(u8),
    /// A length of one byte; 0 is NULL.
    Short,
    /// A length of two bytes; 0xffff is NULL.
    Medium,
    /// Pieces, each with its length.
    Pieces,
    /// A pointer, a time, and a length of four bytes.
    Old,
    /// A length of four bytes, and the type before the value.
    Variant,
}

/// What the bytes of a value mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Null,
    Bit,
    /// Of one byte it has no sign.
    Whole,
    Float,
    Money,
    Decimal {
        scale: u8,
    },
    SmallDatetime,
    Datetime,
    Date,
    Time {
        scale: u8,
    },
    Datetime2 {
        scale: u8,
    },
    DatetimeOffset {
        scale: u8,
    },
    Guid,
    /// Text in the code page of a collation.
    Ansi {
        collation: [u8; 5],
    },
    /// Text in UTF-16.
    Wide,
    Bytes,
    Variant,
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Meta {
    pub(super) name: String,
    pub(super) type_name: String,
    pub(super) shape: Shape,
    pub(super) meaning: Meaning,
}

impl Meta {
    /// The column as the sink is told it.
    pub(super) fn column(&self) -> Column {
        Column {
            name: self.name.clone(),
            type_name: self.type_name.clone(),
            kind: self.meaning.kind(),
            origin: None,
        }
    }
}

impl Meaning {
    /// What its cells are.
    pub(super) fn kind(self) -> Kind {
        match self {
            Meaning::Null => Kind::Null,
            Meaning::Bit => Kind::Bool,
            Meaning::Whole => Kind::Integer,
            Meaning::Float => Kind::Float,
            Meaning::Money | Meaning::Decimal { .. } => Kind::Decimal,
            Meaning::Date => Kind::Date,
            Meaning::Time { .. } => Kind::Time,
            Meaning::SmallDatetime | Meaning::Datetime => Kind::Timestamp,
            Meaning::Datetime2 { .. } | Meaning::DatetimeOffset { .. } => Kind::Timestamp,
            Meaning::Guid => Kind::Uuid,
            Meaning::Ansi { .. } | Meaning::Wide => Kind::Text,
            Meaning::Bytes => Kind::Bytes,
            Meaning::Variant => Kind::Other,
        }
    }

    /// What a value within a `sql_variant` means, by its type and what stands before it; and its type's
    /// name.
    pub(super) fn of_variant(base: u8, facts: &[u8]) -> Option<Meaning> {
        let scale = facts.first().copied().unwrap_or(0);
        Some(match base {
            0x32 => Meaning::Bit,
            0x30 | 0x34 | 0x38 | 0x7f => Meaning::Whole,
            0x3b | 0x3e => Meaning::Float,
            0x3c | 0x7a => Meaning::Money,
            0x3a => Meaning::SmallDatetime,
            0x3d => Meaning::Datetime,
            0x24 => Meaning::Guid,
            0x28 => Meaning::Date,
            0x29 => Meaning::Time { scale },
            0x2a => Meaning::Datetime2 { scale },
            0x2b => Meaning::DatetimeOffset { scale },
            0x6a | 0x6c => Meaning::Decimal { scale: *facts.get(1)? },
            0xa5 | 0xad => Meaning::Bytes,
            0xa7 | 0xaf => Meaning::Ansi { collation: facts.get(..5)?.try_into().ok()? },
            0xe7 | 0xef => Meaning::Wide,
            _ => return None,
        })
    }
}

/// The columns of a result.
pub(super) fn columns(channel: &mut Channel) -> Result<Vec<Meta>> {
    let count = channel.u16()?;
    if count == u16::MAX {
        return Ok(Vec::new());
    }
    (0..count)
        .map(|_| {
            let mut meta = meta(channel)?;
            if meta.shape == Shape::Old {
                for _ in 0..channel.u8()? {
                    channel.long_text()?;
                }
            }
            meta.name = channel.short_text()?;
            Ok(meta)
        })
        .collect()
}

/// What stands before a column's or parameter's name: the user's type, flags, and the type.
pub(super) fn meta(channel: &mut Channel) -> Result<Meta> {
    let user = channel.u32()?;
    channel.skip(2)?;
    let (type_name, shape, meaning) = kind(channel)?;
    // A counter of changes comes as eight bytes.
    let type_name = if user == 80 { "rowversion".to_owned() } else { type_name };
    Ok(Meta { name: String::new(), type_name, shape, meaning })
}

fn kind(channel: &mut Channel) -> Result<(String, Shape, Meaning)> {
    let id = channel.u8()?;
    let fixed =
        |name: &str, bytes: u8, meaning: Meaning| (name.to_owned(), Shape::Fixed(bytes), meaning);
    Ok(match id {
        0x1f => fixed("", 0, Meaning::Null),
        0x30 => fixed("tinyint", 1, Meaning::Whole),
        0x32 => fixed("bit", 1, Meaning::Bit),
        0x34 => fixed("smallint", 2, Meaning::Whole),
        0x38 => fixed("int", 4, Meaning::Whole),
        0x3a => fixed("smalldatetime", 4, Meaning::SmallDatetime),
        0x3b => fixed("real", 4, Meaning::Float),
        0x3c => fixed("money", 8, Meaning::Money),
        0x3d => fixed("datetime", 8, Meaning::Datetime),
        0x3e => fixed("float", 8, Meaning::Float),
        0x7a => fixed("smallmoney", 4, Meaning::Money),
        0x7f => fixed("bigint", 8, Meaning::Whole),
        0x28 => ("date".to_owned(), Shape::Short, Meaning::Date),
        0x29..=0x2b => {
            let scale = channel.u8()?;
            let (name, meaning) = match id {
                0x29 => ("time", Meaning::Time { scale }),
                0x2a => ("datetime2", Meaning::Datetime2 { scale }),
                _ => ("datetimeoffset", Meaning::DatetimeOffset { scale }),
            };
            (format!("{name}({scale})"), Shape::Short, meaning)
        }
        0x24 | 0x26 | 0x68 | 0x6d | 0x6e | 0x6f => {
            let length = channel.u8()?;
            let (name, meaning) = match (id, length) {
                (0x24, _) => ("uniqueidentifier", Meaning::Guid),
                (0x26, 1) => ("tinyint", Meaning::Whole),
                (0x26, 2) => ("smallint", Meaning::Whole),
                (0x26, 4) => ("int", Meaning::Whole),
                (0x26, _) => ("bigint", Meaning::Whole),
                (0x68, _) => ("bit", Meaning::Bit),
                (0x6d, 4) => ("real", Meaning::Float),
                (0x6d, _) => ("float", Meaning::Float),
                (0x6e, 4) => ("smallmoney", Meaning::Money),
                (0x6e, _) => ("money", Meaning::Money),
                (_, 4) => ("smalldatetime", Meaning::SmallDatetime),
                _ => ("datetime", Meaning::Datetime),
            };
            (name.to_owned(), Shape::Short, meaning)
        }
        0x37 | 0x3f | 0x6a | 0x6c => {
            let [_, precision, scale] = channel.array()?;
            let name = if matches!(id, 0x37 | 0x6a) { "decimal" } else { "numeric" };
            let name = format!("{name}({precision},{scale})");
            (name, Shape::Short, Meaning::Decimal { scale })
        }
        0x25 | 0x2d => {
            let length = channel.u8()?;
            let name = if id == 0x25 { "varbinary" } else { "binary" };
            (format!("{name}({length})"), Shape::Short, Meaning::Bytes)
        }
        0x27 | 0x2f => {
            let length = channel.u8()?;
            let name = if id == 0x27 { "varchar" } else { "char" };
            let meaning = Meaning::Ansi { collation: [0; 5] };
            (format!("{name}({length})"), Shape::Short, meaning)
        }
        0xa5 | 0xa7 | 0xad | 0xaf | 0xe7 | 0xef => {
            let length = channel.u16()?;
            let (name, unit) = match id {
                0xa5 => ("varbinary", 1),
                0xa7 => ("varchar", 1),
                0xad => ("binary", 1),
                0xaf => ("char", 1),
                0xe7 => ("nvarchar", 2),
                _ => ("nchar", 2),
            };
            let meaning = match id {
                0xa5 | 0xad => Meaning::Bytes,
                0xa7 | 0xaf => Meaning::Ansi { collation: channel.array()? },
                _ => {
                    channel.skip(5)?;
                    Meaning::Wide
                }
            };
            match length {
                u16::MAX => (format!("{name}(max)"), Shape::Pieces, meaning),
                length => (format!("{name}({})", length / unit), Shape::Medium, meaning),
            }
        }
        0xf1 => {
            if channel.u8()? != 0 {
                channel.short_text()?;
                channel.short_text()?;
                channel.long_text()?;
            }
            ("xml".to_owned(), Shape::Pieces, Meaning::Wide)
        }
        0xf0 => {
            channel.skip(2)?;
            channel.short_text()?;
            channel.short_text()?;
            let name = channel.short_text()?;
            channel.long_text()?;
            (name, Shape::Pieces, Meaning::Bytes)
        }
        0x22 => {
            channel.skip(4)?;
            ("image".to_owned(), Shape::Old, Meaning::Bytes)
        }
        0x23 => {
            channel.skip(4)?;
            let collation = channel.array()?;
            ("text".to_owned(), Shape::Old, Meaning::Ansi { collation })
        }
        0x63 => {
            channel.skip(9)?;
            ("ntext".to_owned(), Shape::Old, Meaning::Wide)
        }
        0x62 => {
            channel.skip(4)?;
            ("sql_variant".to_owned(), Shape::Variant, Meaning::Variant)
        }
        id => return Err(channel.odd(&format!("type {id:#04x}"))),
    })
}
