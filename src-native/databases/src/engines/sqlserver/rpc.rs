//! What is sent: a batch as text, or `sp_executesql` with values beside the text.

use super::wire;
use crate::{Failure, Reason, Result, Value};

/// The procedure that runs a text with values, by its number.
const EXECUTE_SQL: u16 = 10;
/// Bytes that fit into a value without pieces.
const SHORT: usize = 8000;
/// Digits that a decimal has at most.
const DIGITS: usize = 38;

/// A message to be sent: its kind and its bytes.
pub(super) fn message(
    text: &str,
    values: &[Value],
    transaction: u64,
    collation: [u8; 5],
) -> Result<(u8, Vec<u8>)> {
    let mut out = Vec::with_capacity(text.len() * 2 + 64);
    // All headers, one header, which is of the transaction: its number, and that one request runs.
    for number in [22_u32, 18] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&2_u16.to_le_bytes());
    out.extend_from_slice(&transaction.to_le_bytes());
    out.extend_from_slice(&1_u32.to_le_bytes());
    if values.is_empty() {
        out.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        return Ok((wire::BATCH, out));
    }
    out.extend_from_slice(&u16::MAX.to_le_bytes());
    out.extend_from_slice(&EXECUTE_SQL.to_le_bytes());
    out.extend_from_slice(&0_u16.to_le_bytes());
    let given: Vec<_> = values.iter().map(given).collect::<Result<_>>()?;
    let declared: Vec<_> =
        (1..).zip(&given).map(|(at, it)| format!("@p{at} {}", it.declared())).collect();
    write(&mut out, "", &Given::Text(text.to_owned()), collation);
    write(&mut out, "", &Given::Text(declared.join(", ")), collation);
    for (at, value) in (1..).zip(&given) {
        write(&mut out, &format!("@p{at}"), value, collation);
    }
    Ok((wire::RPC, out))
}

/// A value as the server is given it.
enum Given {
    Null,
    Bit(bool),
    Whole(i64),
    /// Sign, digits, how many of them stand behind the point.
    Decimal(bool, u128, u8),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Given {
    fn declared(&self) -> String {
        match self {
            Given::Bit(_) => "bit".to_owned(),
            Given::Whole(_) => "bigint".to_owned(),
            Given::Decimal(_, _, scale) => format!("decimal({DIGITS},{scale})"),
            Given::Float(_) => "float".to_owned(),
            Given::Text(text) if is_long_text(text) => "nvarchar(max)".to_owned(),
            Given::Null | Given::Text(_) => "nvarchar(4000)".to_owned(),
            Given::Bytes(bytes) if bytes.len() > SHORT => "varbinary(max)".to_owned(),
            Given::Bytes(_) => "varbinary(8000)".to_owned(),
        }
    }
}

fn is_long_text(text: &str) -> bool {
    text.encode_utf16().count() * 2 > SHORT
}

fn given(value: &Value) -> Result<Given> {
    Ok(match value {
        Value::Null => Given::Null,
        Value::Bool(it) => Given::Bit(*it),
        Value::Text(it) => Given::Text(it.clone()),
        Value::Bytes(it) => Given::Bytes(it.clone()),
        Value::Number(it) => {
            number(it).ok_or_else(|| Failure::new(Reason::Usage, format!("`{it}` is no number")))?
        }
    })
}

/// A number as SQL Server itself would read it in a statement: with an exponent it floats.
fn number(text: &str) -> Option<Given> {
    if let Ok(whole) = text.parse() {
        return Some(Given::Whole(whole));
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, rest) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{rest}");
    let plain = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
    if plain && digits.trim_start_matches('0').len().max(rest.len()) <= DIGITS {
        let scale = u8::try_from(rest.len()).ok()?;
        return Some(Given::Decimal(text.starts_with('-'), digits.parse().ok()?, scale));
    }
    text.parse().ok().filter(|it: &f64| it.is_finite()).map(Given::Float)
}

fn write(out: &mut Vec<u8>, name: &str, value: &Given, collation: [u8; 5]) {
    out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    out.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    out.push(0);
    match value {
        Given::Bit(it) => out.extend_from_slice(&[0x68, 1, 1, (*it).into()]),
        Given::Whole(it) => {
            out.extend_from_slice(&[0x26, 8, 8]);
            out.extend_from_slice(&it.to_le_bytes());
        }
        Given::Decimal(negative, digits, scale) => {
            out.extend_from_slice(&[0x6a, 17, DIGITS as u8, *scale, 17, (!negative).into()]);
            out.extend_from_slice(&digits.to_le_bytes());
        }
        Given::Float(it) => {
            out.extend_from_slice(&[0x6d, 8, 8]);
            out.extend_from_slice(&it.to_le_bytes());
        }
        Given::Null => {
            texted(out, false, collation);
            out.extend_from_slice(&u16::MAX.to_le_bytes());
        }
        Given::Text(it) => {
            let long = is_long_text(it);
            texted(out, long, collation);
            let units: Vec<u8> = it.encode_utf16().flat_map(u16::to_le_bytes).collect();
            data(out, &units, long);
        }
        Given::Bytes(it) => {
            let long = it.len() > SHORT;
            out.push(0xa5);
            out.extend_from_slice(&length(long));
            data(out, it, long);
        }
    }
}

fn length(long: bool) -> [u8; 2] {
    if long { u16::MAX.to_le_bytes() } else { (SHORT as u16).to_le_bytes() }
}

fn texted(out: &mut Vec<u8>, long: bool, collation: [u8; 5]) {
    out.push(0xe7);
    out.extend_from_slice(&length(long));
    out.extend_from_slice(&collation);
}

fn data(out: &mut Vec<u8>, bytes: &[u8], long: bool) {
    if !long {
        out.extend_from_slice(&(bytes.len() as u16).to_le_bytes());
        return out.extend_from_slice(bytes);
    }
    out.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
    for piece in bytes.chunks(1 << 20) {
        out.extend_from_slice(&(piece.len() as u32).to_le_bytes());
        out.extend_from_slice(piece);
    }
    out.extend_from_slice(&[0; 4]);
}

/// A value as it is written in a statement: for what takes no values beside it.
pub(super) fn literal(value: &Value) -> Result<(String, String)> {
    let given = given(value)?;
    let text = match &given {
        Given::Null => "NULL".to_owned(),
        Given::Bit(it) => u8::from(*it).to_string(),
        Given::Whole(_) | Given::Decimal(..) | Given::Float(_) => match value {
            Value::Number(it) => it.clone(),
            _ => "NULL".to_owned(),
        },
        Given::Text(it) => format!("N'{}'", it.replace('\'', "''")),
        Given::Bytes(it) => {
            let hex: String = it.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("0x{hex}")
        }
    };
    Ok((given.declared(), text))
}
