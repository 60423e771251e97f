//! Cells of SQL Server as text that it reads again as the same value.

use super::kinds::{Meaning, Meta, Shape};
use super::wire::Channel;
use super::words;
use crate::{Failure, Kind, Page, Reason, Result};
use std::io::Write;

/// Days from 0001-01-01 to 1900-01-01.
const YEAR_1900: i64 = 693_595;
/// Longest value that is taken: what the server itself can keep is 2 GiB.
const LONGEST: usize = 1 << 31;

/// Reads a value, and puts it into a page where there is one.
pub(super) fn read(channel: &mut Channel, meta: &Meta, page: Option<&mut Page>) -> Result<()> {
    let length = match meta.shape {
        Shape::Fixed(bytes) => Some(bytes.into()),
        Shape::Short => Some(channel.u8()?.into()).filter(|it| *it > 0),
        Shape::Medium => Some(channel.u16()?).filter(|it| *it != u16::MAX).map(usize::from),
        Shape::Variant => Some(channel.u32()? as usize).filter(|it| *it > 0),
        Shape::Old => match channel.u8()? {
            0 => None,
            pointer => {
                channel.skip(usize::from(pointer) + 8)?;
                Some(channel.u32()? as usize)
            }
        },
        Shape::Pieces => return pieces(channel, meta, page),
    };
    let Some(length) = length.filter(|_| meta.meaning != Meaning::Null) else {
        page.into_iter().for_each(Page::push_null);
        return Ok(());
    };
    if length > LONGEST {
        return Err(channel.odd("a value of more than 2 GiB"));
    }
    let Some(page) = page else { return channel.skip(length) };
    let bytes = channel.take(length)?;
    let put = match meta.meaning {
        Meaning::Variant => variant(bytes, page),
        meaning => put(meaning, bytes, page),
    };
    match put {
        Some(()) => Ok(()),
        None => Err(channel.odd(&format!("a {} of {length} bytes", meta.type_name))),
    }
}

/// A value in pieces: its length, where it is known, and then pieces until an empty one.
fn pieces(channel: &mut Channel, meta: &Meta, page: Option<&mut Page>) -> Result<()> {
    if channel.u64()? == u64::MAX {
        page.into_iter().for_each(Page::push_null);
        return Ok(());
    }
    let keep = page.is_some();
    let mut bytes = Vec::new();
    loop {
        let length = channel.u32()? as usize;
        if length == 0 {
            break;
        }
        if bytes.len() + length > LONGEST {
            let text = format!("a value of {} has more than 2 GiB", meta.name);
            return Err(Failure::new(Reason::Unsupported, text));
        }
        if keep {
            channel.take_into(length, &mut bytes)?;
        } else {
            channel.skip(length)?;
        }
    }
    match page.map(|page| put(meta.meaning, &bytes, page)) {
        Some(None) => Err(channel.odd(&format!("a {} in pieces", meta.type_name))),
        _ => Ok(()),
    }
}

/// A value that says of itself what it is.
fn variant(bytes: &[u8], page: &mut Page) -> Option<()> {
    let (&base, rest) = bytes.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (facts, value) = rest.split_at_checked(length.into())?;
    put(Meaning::of_variant(base, facts)?, value, page)
}

fn little(bytes: &[u8]) -> Option<u128> {
    let mut all = [0; 16];
    all.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(u128::from_le_bytes(all))
}

fn put(meaning: Meaning, bytes: &[u8], page: &mut Page) -> Option<()> {
    let kind = meaning.kind();
    let mut out = Vec::new();
    match meaning {
        Meaning::Bytes => {
            page.push_known(Kind::Bytes, bytes);
            return Some(());
        }
        Meaning::Wide => {
            words::wide(bytes, &mut out)?;
            page.push(kind, &out);
            return Some(());
        }
        Meaning::Ansi { collation } => {
            match words::ansi(collation, bytes) {
                Some(text) => page.push_known(kind, text.as_bytes()),
                None => page.push_known(Kind::Bytes, bytes),
            }
            return Some(());
        }
        Meaning::Null | Meaning::Variant => return None,
        Meaning::Bit => out.push(b'0' + u8::from(*bytes.first()? != 0)),
        Meaning::Whole => match bytes.len() {
            1 => show(&mut out, bytes[0]),
            2 => show(&mut out, little(bytes)? as u16 as i16),
            4 => show(&mut out, little(bytes)? as u32 as i32),
            8 => show(&mut out, little(bytes)? as u64 as i64),
            _ => return None,
        },
        Meaning::Float => match bytes.len() {
            4 => float(&mut out, &format!("{:e}", f32::from_bits(little(bytes)? as u32))),
            8 => float(&mut out, &format!("{:e}", f64::from_bits(little(bytes)? as u64))),
            _ => return None,
        },
        Meaning::Money => {
            let parts = match bytes.len() {
                4 => i128::from(little(bytes)? as u32 as i32),
                // The upper half stands first.
                8 => {
                    let high = little(&bytes[..4])? as u32 as i32;
                    i128::from(high) << 32 | little(&bytes[4..])?.cast_signed()
                }
                _ => return None,
            };
            decimal(&mut out, parts < 0, parts.unsigned_abs(), 4);
        }
        Meaning::Decimal { scale } => {
            let (sign, digits) = bytes.split_first()?;
            decimal(&mut out, *sign == 0, little(digits)?, scale);
        }
        Meaning::SmallDatetime if bytes.len() == 4 => {
            let days = little(&bytes[..2])? as i64;
            let minutes = little(&bytes[2..])? as i64;
            date(&mut out, YEAR_1900 + days);
            out.push(b' ');
            time(&mut out, minutes * 60, 0, 0);
        }
        Meaning::Datetime if bytes.len() == 8 => {
            let days = little(&bytes[..4])? as u32 as i32;
            // Three hundredths of a second, shown by thousandths as the server rounds them.
            let ticks = little(&bytes[4..])? as i64;
            let millis = (ticks * 10 + 1).div_euclid(3);
            date(&mut out, YEAR_1900 + i64::from(days));
            out.push(b' ');
            time(&mut out, millis.div_euclid(1000), millis.rem_euclid(1000), 3);
        }
        Meaning::Date if bytes.len() == 3 => date(&mut out, little(bytes)? as i64),
        Meaning::Time { scale } if bytes.len() <= 5 => {
            let (seconds, rest) = clock(little(bytes)?, scale)?;
            time(&mut out, seconds, rest, scale);
        }
        Meaning::Datetime2 { scale } if bytes.len() <= 8 => {
            let (of_day, days) = bytes.split_at(bytes.len().checked_sub(3)?);
            let (seconds, rest) = clock(little(of_day)?, scale)?;
            date(&mut out, little(days)? as i64);
            out.push(b' ');
            time(&mut out, seconds, rest, scale);
        }
        Meaning::DatetimeOffset { scale } if bytes.len() <= 10 => {
            let (rest, offset) = bytes.split_at(bytes.len().checked_sub(2)?);
            let (of_day, days) = rest.split_at(rest.len().checked_sub(3)?);
            let (seconds, rest) = clock(little(of_day)?, scale)?;
            let offset = i64::from(little(offset)? as u16 as i16);
            let local = little(days)? as i64 * 86_400 + seconds + offset * 60;
            date(&mut out, local.div_euclid(86_400));
            out.push(b' ');
            time(&mut out, local.rem_euclid(86_400), rest, scale);
            let (sign, size) = (if offset < 0 { '-' } else { '+' }, offset.abs());
            show(&mut out, format_args!(" {sign}{:02}:{:02}", size / 60, size % 60));
        }
        Meaning::Guid => guid(&mut out, bytes)?,
        _ => return None,
    }
    page.push_known(kind, &out);
    Some(())
}

fn show(out: &mut Vec<u8>, what: impl std::fmt::Display) {
    let _ = write!(out, "{what}"); // memory takes everything
}

/// Whole seconds of a time of day, and the rest in units of its scale.
fn clock(value: u128, scale: u8) -> Option<(i64, i64)> {
    let second = 10_i64.checked_pow(u32::from(scale).min(9))?;
    let value = i64::try_from(value).ok()?;
    Some((value / second, value % second))
}

fn decimal(out: &mut Vec<u8>, negative: bool, value: u128, scale: u8) {
    if negative && value != 0 {
        out.push(b'-');
    }
    let scale = usize::from(scale);
    let digits = format!("{value:0>width$}", width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    out.extend_from_slice(whole.as_bytes());
    if scale > 0 {
        out.push(b'.');
        out.extend_from_slice(rest.as_bytes());
    }
}

/// A day, counted from 0001-01-01.
fn date(out: &mut Vec<u8>, days: i64) {
    // Counted from 0000-03-01, so that a leap day ends a year.
    let days = days + 306;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, late) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    show(out, format_args!("{:04}-{month:02}-{day:02}", year + era * 400 + late));
}

fn time(out: &mut Vec<u8>, seconds: i64, rest: i64, scale: u8) {
    let (hour, minute) = (seconds / 3600, seconds / 60 % 60);
    show(out, format_args!("{hour:02}:{minute:02}:{:02}", seconds % 60));
    if scale > 0 {
        show(out, format_args!(".{rest:0width$}", width = scale.into()));
    }
}

/// The first three parts have their bytes the other way round.
fn guid(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let it: [u8; 16] = bytes.try_into().ok()?;
    const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    for (at, from) in ORDER.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        show(out, format_args!("{:02X}", it[from]));
    }
    Some(())
}

/// The shortest digits that give a number back: with an exponent where it has more than 15 digits before
/// the point or more than 4 zeros behind it.
fn float(out: &mut Vec<u8>, scientific: &str) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |it| ("-", it));
    let digits: String = mantissa.chars().filter(|it| *it != '.').collect();
    out.extend_from_slice(sign.as_bytes());
    match exponent {
        -5..0 => {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + exponent.unsigned_abs() as usize - 1, b'0');
            out.extend_from_slice(digits.as_bytes());
        }
        0..15 => {
            let whole = exponent.unsigned_abs() as usize + 1;
            for at in 0..whole.max(digits.len()) {
                if at == whole {
                    out.push(b'.');
                }
                out.push(digits.as_bytes().get(at).copied().unwrap_or(b'0'));
            }
        }
        _ => {
            out.extend_from_slice(mantissa.as_bytes());
            let sign = if exponent < 0 { '-' } else { '+' };
            show(out, format_args!("e{sign}{:02}", exponent.unsigned_abs()));
        }
    }
}
