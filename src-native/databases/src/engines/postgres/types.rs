//! Types by their number, as far as they are the same on every server; others are asked for by name.

use crate::Kind;

/// What is known of a type.
#[derive(Clone, Debug)]
pub(super) struct Type {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// A type that every server has under this number.
pub(super) fn known(oid: u32) -> Option<(&'static str, Kind)> {
    Some(match oid {
        16 => ("boolean", Kind::Bool),
        17 => ("bytea", Kind::Bytes),
        18 => ("\"char\"", Kind::Text),
        19 => ("name", Kind::Text),
        20 => ("bigint", Kind::Integer),
        21 => ("smallint", Kind::Integer),
        23 => ("integer", Kind::Integer),
        25 => ("text", Kind::Text),
        26 => ("oid", Kind::Integer),
        114 => ("json", Kind::Json),
        142 => ("xml", Kind::Text),
        600 => ("point", Kind::Geometry),
        601 => ("lseg", Kind::Geometry),
        602 => ("path", Kind::Geometry),
        603 => ("box", Kind::Geometry),
        604 => ("polygon", Kind::Geometry),
        628 => ("line", Kind::Geometry),
        718 => ("circle", Kind::Geometry),
        650 => ("cidr", Kind::Other),
        869 => ("inet", Kind::Other),
        700 => ("real", Kind::Float),
        701 => ("double precision", Kind::Float),
        705 => ("unknown", Kind::Text),
        790 => ("money", Kind::Other),
        829 => ("macaddr", Kind::Other),
        1000 => ("boolean[]", Kind::Array),
        1005 => ("smallint[]", Kind::Array),
        1007 => ("integer[]", Kind::Array),
        1009 => ("text[]", Kind::Array),
        1014 => ("character[]", Kind::Array),
        1015 => ("character varying[]", Kind::Array),
        1016 => ("bigint[]", Kind::Array),
        1021 => ("real[]", Kind::Array),
        1022 => ("double precision[]", Kind::Array),
        1231 => ("numeric[]", Kind::Array),
        1042 => ("character", Kind::Text),
        1043 => ("character varying", Kind::Text),
        1082 => ("date", Kind::Date),
        1083 => ("time", Kind::Time),
        1114 => ("timestamp", Kind::Timestamp),
        1184 => ("timestamptz", Kind::Timestamp),
        1186 => ("interval", Kind::Interval),
        1266 => ("timetz", Kind::Time),
        1560 => ("bit", Kind::Other),
        1562 => ("bit varying", Kind::Other),
        1700 => ("numeric", Kind::Decimal),
        2249 => ("record", Kind::Record),
        2278 => ("void", Kind::Other),
        2950 => ("uuid", Kind::Uuid),
        3802 => ("jsonb", Kind::Json),
        _ => return None,
    })
}

/// A type's name with what its modifier says: `numeric(10,2)`, `character varying(20)`.
pub(super) fn with_modifier(oid: u32, name: &str, modifier: i32) -> String {
    if modifier < 0 {
        return name.to_owned();
    }
    match oid {
        1042 | 1043 | 1014 | 1015 => with(name, &(modifier - 4).to_string()),
        1700 => {
            let both = modifier - 4;
            // Since PostgreSQL 15 the scale has eleven bits and a sign.
            let scale = ((both & 0x7ff) ^ 1024) - 1024;
            with(name, &format!("{},{scale}", (both >> 16) & 0xffff))
        }
        1560 | 1562 | 1083 | 1266 | 1114 | 1184 => with(name, &modifier.to_string()),
        1186 if modifier & 0xffff != 0xffff => with(name, &(modifier & 0xffff).to_string()),
        _ => name.to_owned(),
    }
}

/// The modifier stands before the brackets of an array.
fn with(name: &str, modifier: &str) -> String {
    match name.strip_suffix("[]") {
        Some(element) => format!("{element}({modifier})[]"),
        None => format!("{name}({modifier})"),
    }
}

/// The kind of a type that was asked for, by its category, its sort and its base's number.
pub(super) fn kind_of(category: &str, sort: &str, name: &str, base: u32) -> Kind {
    if sort == "d"
        && let Some((_, kind)) = known(base)
    {
        return kind;
    }
    match (sort, category) {
        ("e", _) => Kind::Enum,
        ("c", _) => Kind::Record,
        (_, "A") => Kind::Array,
        (_, "B") => Kind::Bool,
        (_, "D") => Kind::Timestamp,
        (_, "G") => Kind::Geometry,
        (_, "T") => Kind::Interval,
        (_, "S") => Kind::Text,
        _ if matches!(name, "geometry" | "geography") => Kind::Geometry,
        _ => Kind::Other,
    }
}
