//! Bytes that compare as cells do: numbers as numbers, exactly; times as times; text by code points.
//!
//! Kinds that stand in one column stand in this order: bools, numbers, times, text, bytes. What cannot be
//! read as what it is stands among text.

use crate::{Cell, Kind, decimal, moment};

/// Text is compared by so many bytes: rows that agree this far stay as they came.
pub(super) const TEXT_MOST: usize = 1024;
/// So much of a cell is read for its key: more than the longest number of PostgreSQL.
pub(super) const READ_MOST: usize = 256 << 10;

const BOOL: u8 = 0x10;
const NUMBER: u8 = 0x20;
const MOMENT: u8 = 0x30;
const TIME: u8 = 0x38;
const LENGTH: u8 = 0x39;
const TEXT: u8 = 0x40;
const BYTES: u8 = 0x50;
const NULL: u8 = 0xff;

/// Appends the key of a cell. NULL comes last, also where the rest is turned around.
pub(super) fn append(cell: Cell<'_>, descending: bool, key: &mut Vec<u8>) {
    let from = key.len();
    if cell.is_null() {
        return key.push(NULL);
    }
    if read(cell, key).is_none() {
        key.truncate(from);
        key.push(if cell.kind == Kind::Bytes { BYTES } else { TEXT });
        for &byte in &cell.bytes[..cell.bytes.len().min(TEXT_MOST)] {
            key.push(byte);
            if byte == 0 {
                key.push(0xff);
            }
        }
        key.extend_from_slice(&[0, 0]);
    }
    if descending {
        key[from..].iter_mut().for_each(|it| *it = !*it);
    }
}

/// The key of a cell alone.
pub(super) fn of(cell: Cell<'_>, key: &mut Vec<u8>) {
    key.clear();
    append(cell, false, key);
}

/// Whether two keys are of the same order: numbers with numbers, times with times.
pub(super) fn comparable(one: &[u8], other: &[u8]) -> bool {
    one.first() == other.first() && one.first() != Some(&NULL)
}

fn read(cell: Cell<'_>, key: &mut Vec<u8>) -> Option<()> {
    match cell.kind {
        Kind::Bool => key.extend_from_slice(&[BOOL, u8::from(cell.bool()?)]),
        Kind::Integer | Kind::Decimal | Kind::Float => {
            let number = decimal::number(cell.bytes)?;
            key.push(NUMBER);
            number.append_key(key);
        }
        Kind::Date | Kind::Timestamp => match cell.bytes {
            b"-infinity" => key.extend_from_slice(&[MOMENT, 0]),
            b"infinity" => key.extend_from_slice(&[MOMENT, 2]),
            text => {
                let moment = moment::moment(text)?;
                key.extend_from_slice(&[MOMENT, 1]);
                key.extend_from_slice(&(moment.seconds as u64 ^ 1 << 63).to_be_bytes());
                key.extend_from_slice(&moment.nanos.to_be_bytes());
            }
        },
        Kind::Time => {
            let nanos = moment::time(cell.bytes)?;
            key.push(TIME);
            key.extend_from_slice(&(nanos as u64 ^ 1 << 63).to_be_bytes());
        }
        Kind::Interval => match cell.bytes {
            b"-infinity" => key.extend_from_slice(&[LENGTH, 0]),
            b"infinity" => key.extend_from_slice(&[LENGTH, 2]),
            text => {
                let nanos = moment::interval(text)?;
                key.extend_from_slice(&[LENGTH, 1]);
                key.extend_from_slice(&(nanos as u128 ^ 1 << 127).to_be_bytes());
            }
        },
        _ => return None,
    }
    Some(())
}
