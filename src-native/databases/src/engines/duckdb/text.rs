//! Cells of DuckDB as text, letter for letter as its own cast to VARCHAR writes them, with two exceptions:
//! where several texts give the same floating number back, ours may be shorter or end in another digit;
//! and a `\` alone puts a text within a list into quotes, as it does in DuckDB since 2.0.

use super::vector::{Interval, Type, Unit, Values, Vector};
use crate::{Kind, Page};
use std::io::Write;

const DAY_SECONDS: i64 = 86_400;

/// Puts a cell into a page.
pub(super) fn push(page: &mut Page, of: &Type, kind: Kind, vector: &Vector<'_>, row: usize) {
    if vector.is_null(row) {
        return page.push_null();
    }
    match (of, vector.bytes(row)) {
        (Type::Text { .. } | Type::Blob { .. }, Some(bytes)) => page.push(kind, bytes),
        (Type::Union(_), _) => match member(vector, row) {
            Some(at) if is_member_null(vector, at, row) => page.push_null(),
            _ => page.push_with(kind, |out| write(out, of, vector, row)),
        },
        _ => page.push_with(kind, |out| write(out, of, vector, row)),
    }
}

/// Writes a value that is there.
fn write(out: &mut Vec<u8>, of: &Type, vector: &Vector<'_>, row: usize) {
    if write_plain(out, of, vector, row).is_none() {
        write_nested(out, of, vector, row);
    }
}

/// Writes a value that is not made of others; none where it is.
fn write_plain(out: &mut Vec<u8>, of: &Type, vector: &Vector<'_>, row: usize) -> Option<()> {
    match (of, &vector.values) {
        (Type::Bool, Values::U8(all)) => {
            out.extend_from_slice(if *all.get(row)? == 0 { b"false" } else { b"true" });
        }
        (Type::Decimal { width, scale, .. }, values) => {
            decimal(out, whole(values, row)?, *width, *scale);
        }
        (Type::Enum { words, .. }, values) => {
            let at = usize::try_from(whole(values, row)?).ok()?;
            out.extend_from_slice(words.get(at)?.as_bytes());
        }
        (Type::UHuge, Values::Wide(all)) => display(out, all.get(row)?.bits()),
        (Type::Uuid, Values::Wide(all)) => uuid(out, all.get(row)?.bits() ^ 1 << 127),
        (Type::Date, Values::I32(all)) => match *all.get(row)? {
            i32::MAX => out.extend_from_slice(b"infinity"),
            it if it == -i32::MAX => out.extend_from_slice(b"-infinity"),
            days => date(out, days.into()),
        },
        (Type::Time, Values::I64(all)) => time(out, *all.get(row)?, 6),
        (Type::TimeNs, Values::I64(all)) => time(out, *all.get(row)?, 9),
        (Type::TimeTz, Values::U64(all)) => time_tz(out, *all.get(row)?),
        (Type::Timestamp(unit), Values::I64(all)) => {
            timestamp(out, *all.get(row)?, *unit, "");
        }
        // In another zone than UTC the engine itself writes them: see `super::answer`.
        (Type::TimestampTz, Values::I64(all)) => {
            timestamp(out, *all.get(row)?, Unit::Micro, "+00");
        }
        (Type::TimestampTzNs, Values::I64(all)) => {
            timestamp(out, *all.get(row)?, Unit::Nano, "+00");
        }
        (_, Values::F32(all)) => float32(out, *all.get(row)?),
        (_, Values::F64(all)) => float64(out, *all.get(row)?),
        (_, Values::Interval(all)) => interval(out, *all.get(row)?),
        (Type::Bit, Values::Text(_)) => bits(out, vector.bytes(row)?),
        (Type::Blob { .. }, Values::Text(_)) => blob(out, vector.bytes(row)?),
        (_, Values::Text(_)) => out.extend_from_slice(vector.bytes(row)?),
        (_, values) => display(out, whole(values, row)?),
    }
    Some(())
}

fn whole(values: &Values<'_>, row: usize) -> Option<i128> {
    Some(match values {
        Values::U8(all) => (*all.get(row)?).into(),
        Values::U16(all) => (*all.get(row)?).into(),
        Values::U32(all) => (*all.get(row)?).into(),
        Values::U64(all) => (*all.get(row)?).into(),
        Values::I8(all) => (*all.get(row)?).into(),
        Values::I16(all) => (*all.get(row)?).into(),
        Values::I32(all) => (*all.get(row)?).into(),
        Values::I64(all) => (*all.get(row)?).into(),
        Values::Wide(all) => all.get(row)?.bits().cast_signed(),
        _ => return None,
    })
}

fn display(out: &mut Vec<u8>, what: impl std::fmt::Display) {
    let _ = write!(out, "{what}"); // memory takes everything
}

fn write_nested(out: &mut Vec<u8>, of: &Type, vector: &Vector<'_>, row: usize) {
    match (of, &vector.values) {
        (Type::List(of), Values::List(entries, inner)) => {
            let range = entries.get(row).map(|it| it.range()).unwrap_or_default();
            list(out, of, inner, range);
        }
        (Type::Array { of, size }, Values::Array(inner)) => {
            list(out, of, inner, row * size..(row + 1) * size);
        }
        (Type::Map(key, value), Values::Map(entries, pairs)) => {
            out.push(b'{');
            let range = entries.get(row).map(|it| it.range()).unwrap_or_default();
            for (at, row) in range.enumerate() {
                separate(out, at);
                element(out, key, &pairs[0], row);
                out.push(b'=');
                element(out, value, &pairs[1], row);
            }
            out.push(b'}');
        }
        (Type::Struct(fields), Values::Struct(inner)) => {
            let named = fields.iter().any(|(name, _)| !name.is_empty());
            out.push(if named { b'{' } else { b'(' });
            for (at, ((name, of), inner)) in fields.iter().zip(inner).enumerate() {
                separate(out, at);
                if named {
                    quoted(out, name.as_bytes());
                    out.extend_from_slice(b": ");
                }
                element(out, of, inner, row);
            }
            out.push(if named { b'}' } else { b')' });
        }
        (Type::Union(fields), Values::Union(_, inner)) => {
            let found = member(vector, row).and_then(|at| fields.get(at).zip(inner.get(at)));
            match found {
                Some(((_, of), inner)) if !inner.is_null(row) => write(out, of, inner, row),
                _ => out.extend_from_slice(b"NULL"),
            }
        }
        _ => {}
    }
}

/// Which of a union's members has the value.
fn member(vector: &Vector<'_>, row: usize) -> Option<usize> {
    match &vector.values {
        Values::Union(tag, _) if !tag.is_null(row) => {
            whole(&tag.values, row).and_then(|it| usize::try_from(it).ok())
        }
        _ => None,
    }
}

fn is_member_null(vector: &Vector<'_>, at: usize, row: usize) -> bool {
    match &vector.values {
        Values::Union(_, inner) => inner.get(at).is_none_or(|it| it.is_null(row)),
        _ => false,
    }
}

fn separate(out: &mut Vec<u8>, at: usize) {
    if at > 0 {
        out.extend_from_slice(b", ");
    }
}

fn list(out: &mut Vec<u8>, of: &Type, inner: &Vector<'_>, range: std::ops::Range<usize>) {
    out.push(b'[');
    for (at, row) in range.enumerate() {
        separate(out, at);
        element(out, of, inner, row);
    }
    out.push(b']');
}

/// Writes a value within another: in quotes where it could be mistaken for something else.
fn element(out: &mut Vec<u8>, of: &Type, vector: &Vector<'_>, row: usize) {
    if vector.is_null(row) {
        return out.extend_from_slice(b"NULL");
    }
    let start = out.len();
    write(out, of, vector, row);
    if !of.is_nested() && needs_quotes(&out[start..]) {
        let bare = out.split_off(start);
        quoted(out, &bare);
    }
}

fn needs_quotes(text: &[u8]) -> bool {
    let is_space = |it: &u8| matches!(it, b' ' | b'\t'..=b'\r');
    text.is_empty()
        || text.first().is_some_and(is_space)
        || text.last().is_some_and(is_space)
        || text.eq_ignore_ascii_case(b"null")
        || text.iter().any(|it| b"\"'(),:=[]{}".contains(it))
}

fn quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'\'');
    for &byte in text {
        if byte == b'\'' || byte == b'\\' {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'\'');
}

/// Where all digits stand after the point, none is written before it.
fn decimal(out: &mut Vec<u8>, value: i128, width: u8, scale: u8) {
    if value < 0 {
        out.push(b'-');
    }
    let least = usize::from(scale) + usize::from(width > scale);
    let digits = format!("{:0>least$}", value.unsigned_abs());
    let (whole, rest) = digits.split_at(digits.len().saturating_sub(scale.into()));
    out.extend_from_slice(whole.as_bytes());
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(rest.as_bytes());
    }
}

fn uuid(out: &mut Vec<u8>, bits: u128) {
    let hex = format!("{bits:032x}");
    for (at, part) in
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].into_iter().enumerate()
    {
        if at > 0 {
            out.push(b'-');
        }
        out.extend_from_slice(part.as_bytes());
    }
}

/// The first byte says how many bits of the second are not part of it.
fn bits(out: &mut Vec<u8>, bytes: &[u8]) {
    let Some((&skip, bytes)) = bytes.split_first() else { return };
    let all = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
    out.extend(all.skip(skip.into()).map(|it| b'0' + it));
}

fn blob(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        match byte {
            b'\\' | b'\'' | b'"' => display(out, format_args!("\\x{byte:02X}")),
            b' '..=b'~' => out.push(byte),
            _ => display(out, format_args!("\\x{byte:02X}")),
        }
    }
}

/// A day, counted from 1970-01-01, in the calendar that is used today for all times.
fn date(out: &mut Vec<u8>, days: i64) {
    // Counted from 0000-03-01, so that a leap day ends a year.
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, late) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = year + era * 400 + late;
    let (year, before) = if year > 0 { (year, "") } else { (1 - year, " (BC)") };
    display(out, format_args!("{year:04}-{month:02}-{day:02}{before}"));
}

/// A time of day in units of which a second has ten to that power.
fn time(out: &mut Vec<u8>, units: i64, digits: u32) {
    let second = 10_i64.pow(digits);
    let (whole, rest) = (units.div_euclid(second), units.rem_euclid(second));
    let (hour, minute) = (whole / 3600, whole / 60 % 60);
    display(out, format_args!("{hour:02}:{minute:02}:{:02}", whole % 60));
    fraction(out, rest, digits);
}

fn fraction(out: &mut Vec<u8>, rest: i64, digits: u32) {
    if rest != 0 {
        display(out, format_args!(".{rest:0width$}", width = digits as usize));
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

/// The upper 40 bits are the time, the lower 24 count down from the largest offset.
fn time_tz(out: &mut Vec<u8>, value: u64) {
    const LARGEST: i64 = 16 * 3600 - 1;
    time(out, i64::try_from(value >> 24).unwrap_or(0), 6);
    let offset = LARGEST - i64::try_from(value & 0xff_ffff).unwrap_or(0);
    let size = offset.abs();
    out.push(if offset < 0 { b'-' } else { b'+' });
    display(out, format_args!("{:02}", size / 3600));
    if size % 3600 != 0 {
        display(out, format_args!(":{:02}", size / 60 % 60));
    }
    if size % 60 != 0 {
        display(out, format_args!(":{:02}", size % 60));
    }
}

fn timestamp(out: &mut Vec<u8>, value: i64, unit: Unit, zone: &str) {
    match value {
        i64::MAX => return out.extend_from_slice(b"infinity"),
        it if it == -i64::MAX => return out.extend_from_slice(b"-infinity"),
        _ => {}
    }
    let digits = match unit {
        Unit::Second => 0,
        Unit::Milli => 3,
        Unit::Micro => 6,
        Unit::Nano => 9,
    };
    let day = DAY_SECONDS * 10_i64.pow(digits);
    date(out, value.div_euclid(day));
    out.push(b' ');
    time(out, value.rem_euclid(day), digits);
    out.extend_from_slice(zone.as_bytes());
}

fn interval(out: &mut Vec<u8>, it: Interval) {
    let start = out.len();
    let parts = [(it.months / 12, "year"), (it.months % 12, "month"), (it.days, "day")];
    for (count, name) in parts {
        if count != 0 {
            if out.len() > start {
                out.push(b' ');
            }
            let many = if count.unsigned_abs() == 1 { "" } else { "s" };
            display(out, format_args!("{count} {name}{many}"));
        }
    }
    if it.micros != 0 || out.len() == start {
        if out.len() > start {
            out.push(b' ');
        }
        if it.micros < 0 {
            out.push(b'-');
        }
        let (whole, rest) = (it.micros.unsigned_abs() / 1_000_000, it.micros % 1_000_000);
        let (hour, minute) = (whole / 3600, whole / 60 % 60);
        display(out, format_args!("{hour:02}:{minute:02}:{:02}", whole % 60));
        fraction(out, rest.abs(), 6);
    }
}

fn float32(out: &mut Vec<u8>, value: f32) {
    if value.is_finite() { shortest(out, &format!("{value:e}")) } else { odd(out, value.into()) }
}

fn float64(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() { shortest(out, &format!("{value:e}")) } else { odd(out, value) }
}

fn odd(out: &mut Vec<u8>, value: f64) {
    let text = match value {
        it if it.is_nan() => "nan",
        it if it < 0.0 => "-inf",
        _ => "inf",
    };
    out.extend_from_slice(text.as_bytes());
}

/// The shortest digits that give a number back, placed as DuckDB places them: `1.0`, `1e+16`.
fn shortest(out: &mut Vec<u8>, scientific: &str) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |it| ("-", it));
    let digits: String = mantissa.chars().filter(|it| *it != '.').collect();
    out.extend_from_slice(sign.as_bytes());
    match exponent {
        -4..0 => {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + exponent.unsigned_abs() as usize - 1, b'0');
            out.extend_from_slice(digits.as_bytes());
        }
        0..16 => {
            let whole = exponent.unsigned_abs() as usize + 1;
            for at in 0..whole.max(digits.len()) {
                if at == whole {
                    out.push(b'.');
                }
                out.push(digits.as_bytes().get(at).copied().unwrap_or(b'0'));
            }
            if digits.len() <= whole {
                out.extend_from_slice(b".0");
            }
        }
        _ => {
            out.extend_from_slice(mantissa.as_bytes());
            let sign = if exponent < 0 { '-' } else { '+' };
            display(out, format_args!("e{sign}{:02}", exponent.unsigned_abs()));
        }
    }
}
