//! Extended JSON: types that JSON has no words for, as objects of one or two fields that begin with `$`.

use super::literal::{regex, unbase64, unhex, uuid};
use crate::bson::{Bson, Doc, Owned, decimal, kind, time};

/// The value that an object says whose first field begins with `$`; the object itself where that is an
/// operator.
pub(super) fn read(first: &str, document: Owned) -> Result<Owned, String> {
    let Some(doc) = document.doc() else { return Ok(document) };
    let fields: Vec<(&str, Bson<'_>)> = doc
        .elements()
        .flatten()
        .filter_map(|it| Some((std::str::from_utf8(it.name).ok()?, it.value)))
        .collect();
    let value = match (first, fields.as_slice()) {
        ("$oid", [(_, value)]) => {
            let id = text(*value).and_then(unhex).filter(|it| it.len() == 12);
            id.map(|it| Owned::new(kind::OBJECT_ID, it)).ok_or("24 hexadecimal digits")
        }
        ("$numberInt", [(_, value)]) => {
            let it = text(*value).and_then(plain_number).and_then(|it| i32::try_from(it).ok());
            it.map(|it| Owned::new(kind::INT32, it.to_le_bytes())).ok_or("a whole number in quotes")
        }
        ("$numberLong", [(_, value)]) => {
            let it = text(*value).and_then(plain_number);
            it.map(|it| Owned::new(kind::INT64, it.to_le_bytes())).ok_or("a whole number in quotes")
        }
        ("$numberDouble", [(_, value)]) => {
            text(*value).and_then(double).ok_or("a number in quotes")
        }
        ("$numberDecimal", [(_, value)]) => text(*value)
            .and_then(decimal::parse)
            .map(|it| Owned::new(kind::DECIMAL, it))
            .ok_or("a number of at most 34 digits in quotes"),
        ("$binary", [(_, Bson::Document(parts))]) => binary(*parts).ok_or("base64 and subType"),
        ("$binary", [(_, Bson::String(data)), ("$type", Bson::String(subtype))])
        | ("$type", [(_, Bson::String(subtype)), ("$binary", Bson::String(data))]) => utf8(data)
            .and_then(unbase64)
            .zip(utf8(subtype).and_then(subtype_of))
            .map(|(data, subtype)| Owned::binary(subtype, &data))
            .ok_or("base64 and a subtype"),
        ("$uuid", [(_, value)]) => {
            text(*value).and_then(uuid).map(|it| Owned::binary(4, &it)).ok_or("a UUID")
        }
        ("$date", [(_, value)]) => {
            let moment = match *value {
                Bson::String(it) => utf8(it).and_then(time::parse),
                Bson::Int64(it) => Some(it),
                _ => None,
            };
            moment.map(|it| Owned::new(kind::DATE, it.to_le_bytes())).ok_or("a date in ISO 8601")
        }
        ("$timestamp", [(_, Bson::Document(parts))]) => {
            timestamp(*parts).ok_or("seconds as `t` and a count as `i`")
        }
        ("$regularExpression", [(_, Bson::Document(parts))]) => {
            match fields_of(*parts).as_slice() {
                [("pattern", Bson::String(pattern)), ("options", Bson::String(options))]
                | [("options", Bson::String(options)), ("pattern", Bson::String(pattern))] => {
                    match (utf8(pattern), utf8(options)) {
                        (Some(pattern), Some(options)) => return regex(pattern, options),
                        _ => Err("a pattern and options"),
                    }
                }
                _ => Err("a pattern and options"),
            }
        }
        ("$symbol", [(_, value)]) => {
            text(*value).map(|it| Owned::string(kind::SYMBOL, it)).ok_or("a text")
        }
        ("$code", [(_, value)]) => {
            text(*value).map(|it| Owned::string(kind::CODE, it)).ok_or("a text")
        }
        ("$code", [(_, value), ("$scope", Bson::Document(scope))])
        | ("$scope", [(_, Bson::Document(scope)), ("$code", value)]) => {
            text(*value).map(|it| code_with_scope(it, *scope)).ok_or("a text")
        }
        ("$dbPointer", [(_, Bson::Document(parts))]) => {
            pointer(*parts).ok_or("a collection as $ref and an ObjectId as $id")
        }
        ("$minKey", [(_, Bson::Int32(1))]) => Ok(Owned::new(kind::MIN_KEY, [])),
        ("$maxKey", [(_, Bson::Int32(1))]) => Ok(Owned::new(kind::MAX_KEY, [])),
        ("$undefined", [(_, Bson::Bool(true))]) => Ok(Owned::new(kind::UNDEFINED, [])),
        (
            "$oid" | "$numberInt" | "$numberLong" | "$numberDouble" | "$numberDecimal" | "$binary"
            | "$uuid" | "$date" | "$timestamp" | "$regularExpression" | "$symbol" | "$code"
            | "$scope" | "$dbPointer" | "$minKey" | "$maxKey" | "$undefined",
            _,
        ) => Err("no such value, or further fields"),
        _ => return Ok(document),
    };
    value.map_err(|what| format!("`{first}` is not written as it should be: {what}"))
}

fn fields_of(doc: Doc<'_>) -> Vec<(&str, Bson<'_>)> {
    let fields = doc.elements().flatten();
    fields.filter_map(|it| Some((std::str::from_utf8(it.name).ok()?, it.value))).collect()
}

fn utf8(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn text(value: Bson<'_>) -> Option<&str> {
    match value {
        Bson::String(it) => utf8(it),
        _ => None,
    }
}

fn plain_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

fn double(text: &str) -> Option<Owned> {
    let number = match text {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ => {
            let plain = |it: u8| it.is_ascii_digit() || b"+-.eE".contains(&it);
            text.parse().ok().filter(|_| text.bytes().all(plain))?
        }
    };
    Some(Owned::new(kind::DOUBLE, number.to_le_bytes()))
}

fn subtype_of(text: &str) -> Option<u8> {
    u8::from_str_radix(text, 16).ok().filter(|_| text.len() <= 2)
}

fn binary(parts: Doc<'_>) -> Option<Owned> {
    match fields_of(parts).as_slice() {
        [("base64", Bson::String(data)), ("subType", Bson::String(subtype))]
        | [("subType", Bson::String(subtype)), ("base64", Bson::String(data))] => {
            let data = unbase64(utf8(data)?)?;
            Some(Owned::binary(subtype_of(utf8(subtype)?)?, &data))
        }
        _ => None,
    }
}

fn timestamp(parts: Doc<'_>) -> Option<Owned> {
    let number = |it: Bson<'_>| match it {
        Bson::Int32(it) => u32::try_from(it).ok(),
        Bson::Int64(it) => u32::try_from(it).ok(),
        _ => None,
    };
    let (seconds, count) = match *fields_of(parts).as_slice() {
        [("t", seconds), ("i", count)] | [("i", count), ("t", seconds)] => {
            (number(seconds)?, number(count)?)
        }
        _ => return None,
    };
    let bits = u64::from(seconds) << 32 | u64::from(count);
    Some(Owned::new(kind::TIMESTAMP, bits.to_le_bytes()))
}

fn pointer(parts: Doc<'_>) -> Option<Owned> {
    match *fields_of(parts).as_slice() {
        [("$ref", Bson::String(name)), ("$id", Bson::ObjectId(id))]
        | [("$id", Bson::ObjectId(id)), ("$ref", Bson::String(name))] => {
            let mut bytes = Owned::string(kind::STRING, utf8(name)?).bytes;
            bytes.extend_from_slice(&id);
            Some(Owned::new(kind::DB_POINTER, bytes))
        }
        _ => None,
    }
}

pub(super) fn code_with_scope(code: &str, scope: Doc<'_>) -> Owned {
    let code = Owned::string(kind::STRING, code).bytes;
    let length = i32::try_from(4 + code.len() + scope.bytes().len()).unwrap_or(i32::MAX);
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.extend_from_slice(&code);
    bytes.extend_from_slice(scope.bytes());
    Owned::new(kind::CODE_SCOPE, bytes)
}
