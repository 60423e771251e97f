//! Columns as a server defines them, and their cells as text.

use super::text;
use super::wire::Body;
use crate::{Column, Kind, Origin, Page};

const UNSIGNED: u16 = 0x20;
const ZEROFILL: u16 = 0x40;
const ENUM: u16 = 0x100;
const SET: u16 = 0x800;
/// The character set of bytes.
const BINARY: u16 = 63;
/// Decimals that say that there is no fixed number of them.
pub(super) const NOT_FIXED: u8 = 31;

/// How a cell of the binary protocol is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// So many bytes.
    Fixed(usize),
    /// A byte that says how many follow.
    Short,
    /// Bytes with their length in front.
    Long,
}

/// What a column is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matter {
    /// A whole number in so many bytes.
    Whole(usize),
    Float,
    Double,
    Day,
    Moment,
    Time,
    Bits,
    Shape,
    Vector,
    /// What comes as it is: text, bytes, decimals.
    Plain,
}

/// A column as the server defines it.
#[derive(Clone, Debug)]
pub(super) struct Def {
    matter: Matter,
    kind: Kind,
    flags: u16,
    decimals: u8,
    length: u32,
    pub(super) column: Column,
}

impl Def {
    /// Reads a definition; `extended` where MariaDB tells more about types.
    pub(super) fn read(packet: &[u8], extended: bool) -> Option<Def> {
        let mut body = Body(packet);
        body.text()?; // "def"
        let schema = body.words()?;
        body.text()?; // the table's other name
        let table = body.words()?;
        let name = body.words()?;
        let origin = body.words()?;
        let mut further = None;
        if extended {
            let mut more = Body(body.text()?);
            while let Some(_which) = more.u8() {
                further = Some(more.words()?);
            }
        }
        body.number()?;
        let charset = body.u16()?;
        let length = body.u32()?;
        let code = body.u8()?;
        let flags = body.u16()?;
        let decimals = body.u8()?;
        let origin = (!table.is_empty() && !origin.is_empty()).then_some(Origin {
            schema,
            table,
            column: origin,
        });
        let (matter, kind, type_name) =
            Type { code, flags, charset, length, decimals, further: further.as_deref() }.read();
        let column = Column { name, type_name, kind, origin };
        Some(Def { matter, kind, flags, decimals, length, column })
    }

    /// How its cells are laid out in the binary protocol.
    pub(super) fn shape(&self) -> Shape {
        match self.matter {
            Matter::Whole(size) => Shape::Fixed(size),
            Matter::Float => Shape::Fixed(4),
            Matter::Double => Shape::Fixed(8),
            Matter::Day | Matter::Moment | Matter::Time => Shape::Short,
            Matter::Bits | Matter::Shape | Matter::Vector | Matter::Plain => Shape::Long,
        }
    }

    /// The kind of cells that need no translation.
    pub(super) fn as_it_comes(&self) -> Option<Kind> {
        (self.matter == Matter::Plain).then_some(self.kind)
    }

    /// Puts a cell into a page. None where it is not what it should be.
    pub(super) fn write(&self, cell: &[u8], binary: bool, page: &mut Page) -> Option<()> {
        match self.matter {
            Matter::Bits => page.push_with(self.kind, |out| text::bits(cell, out)),
            Matter::Shape => translated(page, self.kind, cell, text::shape),
            Matter::Vector => translated(page, self.kind, cell, text::vector),
            Matter::Plain => page.push(self.kind, cell),
            _ if !binary => page.push(self.kind, cell),
            Matter::Whole(_) => {
                let width = if self.flags & ZEROFILL != 0 { self.length as usize } else { 0 };
                // YEAR is padded although its flags need not say so.
                let width = if self.column.type_name == "year" { 4 } else { width };
                page.push_with(self.kind, |out| {
                    text::whole(cell, self.flags & UNSIGNED != 0, width.min(255), out);
                });
            }
            Matter::Float => {
                let number = f32::from_le_bytes(cell.try_into().ok()?);
                page.push_with(self.kind, |out| text::float(number, self.decimals, out));
            }
            Matter::Double => {
                let number = f64::from_le_bytes(cell.try_into().ok()?);
                page.push_with(self.kind, |out| text::double(number, self.decimals, out));
            }
            Matter::Day => {
                let moment = text::Moment::read(cell)?;
                page.push_with(self.kind, |out| moment.day(out));
            }
            Matter::Moment => {
                let moment = text::Moment::read(cell)?;
                page.push_with(self.kind, |out| moment.full(self.decimals, out));
            }
            Matter::Time => {
                let time = text::Time::read(cell)?;
                page.push_with(self.kind, |out| time.write(self.decimals, out));
            }
        }
        Some(())
    }
}

/// A cell that is translated where it can be, and bytes otherwise.
fn translated(page: &mut Page, kind: Kind, cell: &[u8], by: fn(&[u8]) -> Option<String>) {
    match by(cell) {
        Some(text) => page.push_known(kind, text.as_bytes()),
        None => page.push_known(Kind::Bytes, cell),
    }
}

struct Type<'a> {
    code: u8,
    flags: u16,
    charset: u16,
    length: u32,
    decimals: u8,
    further: Option<&'a str>,
}

impl Type<'_> {
    fn read(&self) -> (Matter, Kind, String) {
        let (matter, kind) = self.matter();
        (matter, kind, self.name(matter))
    }

    fn matter(&self) -> (Matter, Kind) {
        match self.code {
            1 => (Matter::Whole(1), Kind::Integer),
            2 | 13 => (Matter::Whole(2), Kind::Integer),
            3 | 9 => (Matter::Whole(4), Kind::Integer),
            8 => (Matter::Whole(8), Kind::Integer),
            4 => (Matter::Float, Kind::Float),
            5 => (Matter::Double, Kind::Float),
            0 | 246 => (Matter::Plain, Kind::Decimal),
            6 => (Matter::Plain, Kind::Null),
            7 | 12 | 17 | 18 => (Matter::Moment, Kind::Timestamp),
            10 | 14 => (Matter::Day, Kind::Date),
            11 | 19 => (Matter::Time, Kind::Time),
            16 => (Matter::Bits, Kind::Integer),
            242 => (Matter::Vector, Kind::Array),
            245 => (Matter::Plain, Kind::Json),
            255 => (Matter::Shape, Kind::Geometry),
            _ => (Matter::Plain, self.of_text()),
        }
    }

    fn of_text(&self) -> Kind {
        match self.further {
            Some("json") => return Kind::Json,
            Some("uuid") => return Kind::Uuid,
            Some("inet4" | "inet6") => return Kind::Other,
            _ => {}
        }
        if self.flags & ENUM != 0 || self.code == 247 {
            Kind::Enum
        } else if self.charset == BINARY && self.flags & SET == 0 && self.code != 248 {
            Kind::Bytes
        } else {
            Kind::Text
        }
    }

    /// The type as a definition would write it.
    fn name(&self, matter: Matter) -> String {
        let letters = self.length / 4; // at most four bytes each in utf8mb4
        let binary = self.charset == BINARY;
        if let Some(name @ ("uuid" | "inet4" | "inet6" | "json")) = self.further {
            return name.to_owned();
        }
        match self.code {
            1 if self.length == 1 => "tinyint(1)".into(),
            1 => self.whole("tinyint"),
            2 => self.whole("smallint"),
            3 => self.whole("int"),
            8 => self.whole("bigint"),
            9 => self.whole("mediumint"),
            13 => "year".into(),
            4 => self.real("float"),
            5 => self.real("double"),
            0 | 246 => {
                let signs = u32::from(self.flags & UNSIGNED == 0) + u32::from(self.decimals > 0);
                let digits = self.length.saturating_sub(signs);
                format!("decimal({digits},{}){}", self.decimals, self.signs())
            }
            6 => "null".into(),
            7 | 17 => self.fraction("timestamp"),
            12 | 18 => self.fraction("datetime"),
            11 | 19 => self.fraction("time"),
            10 | 14 => "date".into(),
            16 => format!("bit({})", self.length),
            242 => format!("vector({letters})"),
            245 => "json".into(),
            255 => self.further.unwrap_or("geometry").to_owned(),
            247 => "enum".into(),
            248 => "set".into(),
            _ if self.flags & ENUM != 0 => "enum".into(),
            _ if self.flags & SET != 0 => "set".into(),
            249..=252 => self.long(binary).into(),
            254 if binary => format!("binary({})", self.length),
            254 => format!("char({letters})"),
            _ if binary => format!("varbinary({})", self.length),
            _ if matter == Matter::Plain => format!("varchar({letters})"),
            code => format!("type {code}"),
        }
    }

    fn signs(&self) -> &'static str {
        match (self.flags & UNSIGNED != 0, self.flags & ZEROFILL != 0) {
            (_, true) => " unsigned zerofill",
            (true, false) => " unsigned",
            _ => "",
        }
    }

    fn whole(&self, name: &str) -> String {
        if self.flags & ZEROFILL != 0 {
            return format!("{name}({}) unsigned zerofill", self.length);
        }
        format!("{name}{}", self.signs())
    }

    fn real(&self, name: &str) -> String {
        let signs = self.signs();
        if self.decimals < NOT_FIXED {
            return format!("{name}({},{}){signs}", self.length, self.decimals);
        }
        format!("{name}{signs}")
    }

    fn fraction(&self, name: &str) -> String {
        match self.decimals {
            digits @ 1..=6 => format!("{name}({digits})"),
            _ => name.to_owned(),
        }
    }

    fn long(&self, binary: bool) -> &'static str {
        let most = if binary { [255, 65_535, 16_777_215] } else { [1020, 262_140, 67_108_860] };
        let names = if binary {
            ["tinyblob", "blob", "mediumblob", "longblob"]
        } else {
            ["tinytext", "text", "mediumtext", "longtext"]
        };
        names[most.iter().position(|it| self.length <= *it).unwrap_or(3)]
    }
}
