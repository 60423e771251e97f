//! Decimal128: 34 digits and an exponent, in sixteen bytes, as exact text and back.

/// Digits that fit.
const DIGITS_MAX: usize = 34;
/// The largest number made of them.
const COEFFICIENT_MAX: u128 = 10u128.pow(34) - 1;
const EXPONENT_MIN: i32 = -6176;
const EXPONENT_MAX: i32 = 6111;

/// Its text: what the server's own tools write.
pub(crate) fn text(bytes: [u8; 16]) -> String {
    let bits = u128::from_le_bytes(bytes);
    let sign = if bits >> 127 == 1 { "-" } else { "" };
    let high = (bits >> 122) & 0x1f;
    if high == 0x1f {
        return "NaN".to_owned();
    }
    if high == 0x1e {
        return format!("{sign}Infinity");
    }
    // The form with a longer beginning says numbers above the largest: they count as zero.
    let (exponent, coefficient) = if (bits >> 125) & 3 == 3 {
        ((bits >> 111) & 0x3fff, 0)
    } else {
        ((bits >> 113) & 0x3fff, bits & ((1 << 113) - 1))
    };
    let coefficient = if coefficient > COEFFICIENT_MAX { 0 } else { coefficient };
    let exponent = i32::try_from(exponent).unwrap_or(0) + EXPONENT_MIN;
    let digits = coefficient.to_string();
    let count = i32::try_from(digits.len()).unwrap_or(0);
    let scientific = exponent + count - 1;
    if exponent > 0 || scientific < -6 {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{sign}{first}{point}{rest}E{scientific:+}");
    }
    if exponent == 0 {
        return format!("{sign}{digits}");
    }
    let whole = count + exponent;
    if whole > 0 {
        let (whole, part) = digits.split_at(usize::try_from(whole).unwrap_or(0));
        format!("{sign}{whole}.{part}")
    } else {
        let zeros = "0".repeat(usize::try_from(-whole).unwrap_or(0));
        format!("{sign}0.{zeros}{digits}")
    }
}

/// The number that a text says; none where it is no number or does not fit exactly.
pub(crate) fn parse(text: &str) -> Option<[u8; 16]> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let sign = u128::from(negative) << 127;
    let lower = rest.to_ascii_lowercase();
    if lower == "inf" || lower == "infinity" {
        return Some((sign | (0x1e << 122)).to_le_bytes());
    }
    if lower == "nan" {
        return Some((0x1f_u128 << 122).to_le_bytes());
    }
    let (number, exponent) = match lower.split_once('e') {
        Some((number, exponent)) => (number, exponent_of(exponent)?),
        None => (lower.as_str(), 0),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let all = format!("{whole}{part}");
    let mut digits = all.trim_start_matches('0');
    let mut exponent = exponent - i64::try_from(part.len()).ok()?;
    if digits.is_empty() {
        let exponent = exponent.clamp(EXPONENT_MIN.into(), EXPONENT_MAX.into());
        return Some(pack(sign, exponent, 0));
    }
    // Zeros at the end that have no room become part of the exponent.
    while (digits.len() > DIGITS_MAX || exponent < EXPONENT_MIN.into()) && digits.ends_with('0') {
        digits = &digits[..digits.len() - 1];
        exponent += 1;
    }
    if digits.len() > DIGITS_MAX || exponent < EXPONENT_MIN.into() {
        return None;
    }
    let mut coefficient: u128 = digits.parse().ok()?;
    let mut count = digits.len();
    while exponent > EXPONENT_MAX.into() && count < DIGITS_MAX {
        coefficient *= 10;
        count += 1;
        exponent -= 1;
    }
    (exponent <= EXPONENT_MAX.into()).then(|| pack(sign, exponent, coefficient))
}

fn exponent_of(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    // Beyond nine digits it fits nothing but zero.
    let size: i64 =
        if digits.len() > 9 { 1_000_000_000 } else { format!("0{digits}").parse().ok()? };
    Some(if text.starts_with('-') { -size } else { size })
}

fn pack(sign: u128, exponent: i64, coefficient: u128) -> [u8; 16] {
    let exponent = u128::try_from(exponent - i64::from(EXPONENT_MIN)).unwrap_or(0);
    (sign | (exponent << 113) | coefficient).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_back_digit_by_digit() {
        for it in [
            "0",
            "-0",
            "0.0",
            "0E+3",
            "1",
            "-1",
            "1.0",
            "1.10",
            "12345678901234567890.12345678901234",
            "9999999999999999999999999999999999",
            "9.999999999999999999999999999999999E+6144",
            "1E-6176",
            "0E-6176",
            "1E+6111",
            "0.000001",
            "1E-7",
            "1.23E+5",
            "NaN",
            "Infinity",
            "-Infinity",
        ] {
            assert_eq!(text(parse(it).unwrap()), it);
        }
        for (read, shown) in [
            ("1e3", "1E+3"),
            (".5", "0.5"),
            ("5.", "5"),
            ("+2", "2"),
            ("inf", "Infinity"),
            ("1E+6112", "1.0E+6112"),
            ("0E+9999999999999", "0E+6111"),
            ("10E-6177", "1E-6176"),
            ("00012", "12"),
            ("10000000000000000000000000000000000", "1.000000000000000000000000000000000E+34"),
        ] {
            assert_eq!(text(parse(read).unwrap()), shown, "{read}");
        }
        for wrong in [
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "1.2.3",
            "0x1",
            "1 ",
            "--1",
            "1E-6177",
            "1E+6145",
            "12345678901234567890123456789012345",
            "١",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
