//! ClickHouse's types, and how their text stands in TabSeparated.

use crate::Kind;

/// What the cells of a type are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Matter {
    pub(super) kind: Kind,
    /// Whether `\t`, `\n` and others stand for letters. Lists and tuples have a notation of their own.
    pub(super) escaped: bool,
}

/// What the cells of a type are, by its name.
pub(super) fn matter(name: &str) -> Matter {
    let (head, inner) = match name.split_once('(') {
        Some((head, rest)) => (head, rest.strip_suffix(')').unwrap_or(rest)),
        None => (name, ""),
    };
    let kind = match head {
        "Nullable" | "LowCardinality" => return matter(inner),
        "SimpleAggregateFunction" => {
            return matter(inner.split_once(',').map_or(inner, |it| it.1.trim_start()));
        }
        "Nothing" => Kind::Null,
        "Bool" => Kind::Bool,
        "String" | "FixedString" => Kind::Text,
        "Float32" | "Float64" | "BFloat16" => Kind::Float,
        "Decimal" | "Decimal32" | "Decimal64" | "Decimal128" | "Decimal256" => Kind::Decimal,
        "Date" | "Date32" => Kind::Date,
        "Time" | "Time64" => Kind::Time,
        "DateTime" | "DateTime32" | "DateTime64" => Kind::Timestamp,
        "Enum" | "Enum8" | "Enum16" => Kind::Enum,
        "UUID" => Kind::Uuid,
        "JSON" | "Object" => Kind::Json,
        "Array" | "QBit" => Kind::Array,
        "Tuple" | "Map" | "Nested" => Kind::Record,
        "Point" | "Ring" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon"
        | "Geometry" => Kind::Geometry,
        "AggregateFunction" => Kind::Bytes,
        head if head.starts_with("Interval") => Kind::Interval,
        head if whole(head) => Kind::Integer,
        _ => Kind::Other,
    };
    let nested = matches!(kind, Kind::Array | Kind::Record | Kind::Geometry);
    Matter { kind, escaped: !nested }
}

fn whole(name: &str) -> bool {
    let bits = name.strip_prefix('U').unwrap_or(name).strip_prefix("Int");
    bits.is_some_and(|it| ["8", "16", "32", "64", "128", "256"].contains(&it))
}

/// Whether a type's cells may be NULL.
pub(super) fn nullable(name: &str) -> bool {
    name.starts_with("Nullable(")
        || name.starts_with("LowCardinality(Nullable(")
        || name == "Variant"
}

/// Puts what an escaped text stands for. A backslash before a letter of no meaning goes.
pub(super) fn unescape(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let Some(letter) = rest.get(at + 1) else {
            out.push(b'\\');
            return;
        };
        out.push(meaning(*letter));
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
}

/// The letter that one after a backslash stands for.
pub(super) fn meaning(letter: u8) -> u8 {
    match letter {
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0' => 0,
        b'a' => 7,
        b'v' => 11,
        b'e' => 27,
        other => other,
    }
}

/// A text in the form that [`unescape`] reads, as a parameter has it.
pub(super) fn escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0 => out.extend_from_slice(b"\\0"),
            other => out.push(*other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_by_what_it_holds() {
        for (name, kind) in [
            ("UInt64", Kind::Integer),
            ("Int256", Kind::Integer),
            ("LowCardinality(Nullable(FixedString(3)))", Kind::Text),
            ("Nullable(Decimal(76, 38))", Kind::Decimal),
            ("SimpleAggregateFunction(sum, Float64)", Kind::Float),
            ("AggregateFunction(sum, UInt8)", Kind::Bytes),
            ("DateTime64(3, 'Europe/Berlin')", Kind::Timestamp),
            ("Enum8('a(' = 1, ')' = 2)", Kind::Enum),
            ("Array(Array(String))", Kind::Array),
            ("Map(String, UInt8)", Kind::Record),
            ("IntervalDay", Kind::Interval),
            ("IPv6", Kind::Other),
            ("Interesting", Kind::Other),
            ("", Kind::Other),
            ("(", Kind::Other),
        ] {
            let expected = if name == "Interesting" { Kind::Other } else { kind };
            assert_eq!(matter(name).kind, expected, "{name}");
        }
    }

    #[test]
    fn escapes_are_undone() {
        let all: Vec<u8> = (0..=255).collect();
        let mut back = Vec::new();
        unescape(&escape(&all), &mut back);
        assert_eq!(back, all);
        back.clear();
        unescape(b"it\\'s \\", &mut back);
        assert_eq!(back, b"it's \\");
    }
}
