//! Values of the binary protocol written as the server itself writes them. Only FLOAT differs: the
//! server's text of it is rounded to six digits and gives another number back, so it is written in the
//! shortest text that does not.

use super::columns::NOT_FIXED;
use super::wire::Body;
use std::fmt::Write as _;
use std::io::Write as _;

/// Exponents beyond which the server writes `1e15` and not all the zeros.
const PLAIN_DIGITS: i32 = 15;
/// Shapes within shapes.
const DEPTH_MAX: u32 = 16;

/// A whole number, at least so wide.
pub(super) fn whole(cell: &[u8], unsigned: bool, width: usize, out: &mut Vec<u8>) {
    let negative = !unsigned && cell.last().is_some_and(|it| it & 0x80 != 0);
    let mut bytes = [if negative { 0xFF } else { 0 }; 8];
    bytes[..cell.len().min(8)].copy_from_slice(&cell[..cell.len().min(8)]);
    let written = if negative {
        write!(out, "{}", i64::from_le_bytes(bytes))
    } else {
        write!(out, "{:0width$}", u64::from_le_bytes(bytes))
    };
    written.unwrap_or_default() // memory takes everything
}

/// The number in some bits.
pub(super) fn bits(cell: &[u8], out: &mut Vec<u8>) {
    let number = cell.iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
    write!(out, "{number}").unwrap_or_default() // memory takes everything
}

/// A FLOAT, exactly.
pub(super) fn float(number: f32, decimals: u8, out: &mut Vec<u8>) {
    if decimals < NOT_FIXED {
        return double(f64::from(number), decimals, out);
    }
    plain_or_exponent(&format!("{number:e}"), out);
}

/// A DOUBLE.
pub(super) fn double(number: f64, decimals: u8, out: &mut Vec<u8>) {
    if decimals < NOT_FIXED {
        let written = write!(out, "{number:.*}", usize::from(decimals));
        return written.unwrap_or_default(); // memory takes everything
    }
    plain_or_exponent(&format!("{number:e}"), out);
}

/// Writes `d.ddde±x` as the server does: in full where that is short enough.
fn plain_or_exponent(shortest: &str, out: &mut Vec<u8>) {
    let Some((digits, exponent)) = shortest.split_once('e') else {
        return out.extend_from_slice(shortest.as_bytes()); // NaN, inf: no server has it
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    // Digits before the point, were it written in full.
    let point = exponent + 1;
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |it| ("-", it));
    let digits: Vec<u8> = digits.bytes().filter(|it| *it != b'.').collect();
    let has_fraction = usize::try_from(point).is_ok_and(|it| digits.len() > it);
    if point < 1 - PLAIN_DIGITS || point > PLAIN_DIGITS && !has_fraction {
        return out.extend_from_slice(shortest.as_bytes());
    }
    out.extend_from_slice(sign.as_bytes());
    match usize::try_from(point) {
        Ok(before) if before > 0 => {
            let (whole, rest) = digits.split_at(before.min(digits.len()));
            out.extend_from_slice(whole);
            out.resize(out.len() + before - whole.len(), b'0');
            if !rest.is_empty() {
                out.push(b'.');
                out.extend_from_slice(rest);
            }
        }
        _ => {
            out.extend_from_slice(b"0.");
            out.resize(out.len() + usize::try_from(-point).unwrap_or_default(), b'0');
            out.extend_from_slice(&digits);
        }
    }
}

/// A date with a time, perhaps none that a calendar knows.
#[derive(Default)]
pub(super) struct Moment {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    micro: u32,
}

impl Moment {
    pub(super) fn read(cell: &[u8]) -> Option<Moment> {
        let mut body = Body(cell);
        let mut it = Moment::default();
        if cell.is_empty() {
            return Some(it);
        }
        (it.year, it.month, it.day) = (body.u16()?, body.u8()?, body.u8()?);
        if cell.len() > 4 {
            (it.hour, it.minute, it.second) = (body.u8()?, body.u8()?, body.u8()?);
        }
        if cell.len() > 7 {
            it.micro = body.u32()?;
        }
        body.0.is_empty().then_some(it)
    }

    pub(super) fn day(&self, out: &mut Vec<u8>) {
        let written = write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day);
        written.unwrap_or_default(); // memory takes everything
    }

    pub(super) fn full(&self, decimals: u8, out: &mut Vec<u8>) {
        self.day(out);
        let written = write!(out, " {:02}:{:02}:{:02}", self.hour, self.minute, self.second);
        written.unwrap_or_default(); // memory takes everything
        fraction(self.micro, decimals, out);
    }
}

/// A time of day or a length of time.
#[derive(Default)]
pub(super) struct Time {
    negative: bool,
    hours: u64,
    minute: u8,
    second: u8,
    micro: u32,
}

impl Time {
    pub(super) fn read(cell: &[u8]) -> Option<Time> {
        let mut body = Body(cell);
        if cell.is_empty() {
            return Some(Time::default());
        }
        let negative = body.u8()? != 0;
        let days = u64::from(body.u32()?);
        let hours = days * 24 + u64::from(body.u8()?);
        let (minute, second) = (body.u8()?, body.u8()?);
        let micro = if body.0.is_empty() { 0 } else { body.u32()? };
        body.0.is_empty().then_some(Time { negative, hours, minute, second, micro })
    }

    pub(super) fn write(&self, decimals: u8, out: &mut Vec<u8>) {
        let sign = if self.negative { "-" } else { "" };
        let written = write!(out, "{sign}{:02}:{:02}:{:02}", self.hours, self.minute, self.second);
        written.unwrap_or_default(); // memory takes everything
        fraction(self.micro, decimals, out);
    }
}

fn fraction(micro: u32, decimals: u8, out: &mut Vec<u8>) {
    let digits = match decimals {
        0..=6 => usize::from(decimals),
        _ if micro == 0 => 0,
        _ => 6,
    };
    if digits > 0 {
        let all = format!("{micro:06}");
        out.push(b'.');
        out.extend_from_slice(&all.as_bytes()[..digits]);
    }
}

/// A vector, as `STRING_TO_VECTOR` reads it.
pub(super) fn vector(cell: &[u8]) -> Option<String> {
    let (numbers, rest) = cell.as_chunks::<4>();
    let texts: Vec<String> = numbers
        .iter()
        .map(|it| {
            let mut out = Vec::new();
            float(f32::from_le_bytes(*it), NOT_FIXED, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        })
        .collect();
    rest.is_empty().then(|| format!("[{}]", texts.join(",")))
}

/// A shape as text, x before y as it is kept, with its system of coordinates in front where it has one.
pub(super) fn shape(cell: &[u8]) -> Option<String> {
    let (system, rest) = cell.split_first_chunk::<4>()?;
    let mut text = String::new();
    match u32::from_le_bytes(*system) {
        0 => {}
        system => write!(text, "SRID={system};").ok()?,
    }
    let mut shapes = Shapes { rest, text };
    shapes.shape(0)?;
    shapes.rest.is_empty().then_some(shapes.text)
}

struct Shapes<'a> {
    rest: &'a [u8],
    text: String,
}

impl Shapes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    /// The byte order and the type of the next shape.
    fn head(&mut self) -> Option<(bool, u32)> {
        let little = match self.take()? {
            [0] => false,
            [1] => true,
            _ => return None,
        };
        Some((little, self.count(little)?))
    }

    fn count(&mut self, little: bool) -> Option<u32> {
        let bytes = self.take()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn shape(&mut self, depth: u32) -> Option<()> {
        let (little, which) = self.head()?;
        let name = match which {
            1 => "POINT",
            2 => "LINESTRING",
            3 => "POLYGON",
            4 => "MULTIPOINT",
            5 => "MULTILINESTRING",
            6 => "MULTIPOLYGON",
            7 => "GEOMETRYCOLLECTION",
            _ => return None,
        };
        self.text.push_str(name);
        if which == 7 && self.rest.get(..4)? == [0; 4] {
            self.rest = self.rest.get(4..)?;
            self.text.push_str(" EMPTY");
            return Some(());
        }
        self.inner(little, which, depth)
    }

    fn inner(&mut self, little: bool, which: u32, depth: u32) -> Option<()> {
        if which == 1 {
            self.text.push('(');
            self.point(little)?;
            self.text.push(')');
            return Some(());
        }
        self.list(little, |it| match which {
            2 => it.point(little),
            3 => it.list(little, |it| it.point(little)),
            4..=6 => {
                let (little, part) = it.head()?;
                (part == which - 3).then_some(())?;
                // MariaDB reads the points of MULTIPOINT without parentheses alone, MySQL either way.
                if part == 1 { it.point(little) } else { it.inner(little, part, depth) }
            }
            _ if depth < DEPTH_MAX => it.shape(depth + 1),
            _ => None,
        })
    }

    fn list(&mut self, little: bool, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        let count = self.count(little)?;
        self.text.push('(');
        for at in 0..count {
            if at > 0 {
                self.text.push(',');
            }
            each(self)?;
        }
        self.text.push(')');
        Some(())
    }

    fn point(&mut self, little: bool) -> Option<()> {
        for gap in ["", " "] {
            let bytes = self.take()?;
            let number = if little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) };
            self.text.push_str(gap);
            let mut out = Vec::new();
            double(number, NOT_FIXED, &mut out);
            self.text.push_str(std::str::from_utf8(&out).ok()?);
        }
        Some(())
    }
}
