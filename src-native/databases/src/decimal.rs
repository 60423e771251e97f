//! Numbers read from a server's text, exactly: nothing passes through a float.

/// A number in parts: sign, digits before and after the point, and a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number<'a> {
    /// Any finite one.
    Finite { negative: bool, whole: &'a [u8], part: &'a [u8], power: i32 },
    /// Beyond all others on one side.
    Infinite { negative: bool },
    /// No number.
    Nan,
}

/// Reads a number; none where the text is none.
pub(crate) fn number(text: &[u8]) -> Option<Number<'_>> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let digits = |text: &[u8]| text.iter().take_while(|it| it.is_ascii_digit()).count();
    let (whole, rest) = rest.split_at(digits(rest));
    let (part, rest) = match rest {
        [b'.', rest @ ..] => rest.split_at(digits(rest)),
        _ => (&rest[..0], rest),
    };
    if whole.is_empty() && part.is_empty() {
        return match rest.to_ascii_lowercase().as_slice() {
            b"nan" => Some(Number::Nan),
            b"inf" | b"infinity" => Some(Number::Infinite { negative }),
            _ => None,
        };
    }
    let power: i32 = match rest {
        [] => 0,
        [b'e' | b'E', power @ ..] => std::str::from_utf8(power).ok()?.parse().ok()?,
        _ => return None,
    };
    // Far from where sums of lengths and powers could run over.
    (power.unsigned_abs() < 1 << 29 && text.len() < 1 << 29).then_some(Number::Finite {
        negative,
        whole,
        part,
        power,
    })
}

impl Number<'_> {
    /// The number times ten to so many, where that is whole and not too large.
    pub(crate) fn scaled(self, scale: u32) -> Option<i128> {
        let Number::Finite { negative, whole, part, power } = self else { return None };
        let mut sum = 0_i128;
        for digit in whole.iter().chain(part) {
            sum = sum.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
        let mut zeros = i64::from(scale) + i64::from(power) - i64::try_from(part.len()).ok()?;
        while zeros > 0 && sum != 0 {
            sum = sum.checked_mul(10)?;
            zeros -= 1;
        }
        while zeros < 0 && sum != 0 {
            if sum % 10 != 0 {
                return None;
            }
            sum /= 10;
            zeros += 1;
        }
        Some(if negative { -sum } else { sum })
    }

    /// Appends bytes that compare as the numbers do; NaN stands above all, as PostgreSQL has it.
    pub(crate) fn append_key(self, key: &mut Vec<u8>) {
        let (negative, whole, part, power) = match self {
            Number::Nan => return key.push(6),
            Number::Infinite { negative } => return key.push(if negative { 1 } else { 5 }),
            Number::Finite { negative, whole, part, power } => (negative, whole, part, power),
        };
        let all = || whole.iter().chain(part);
        let Some(zeros) = all().position(|it| *it != b'0') else { return key.push(3) };
        let trailing = all().rev().take_while(|it| **it == b'0').count();
        let many = whole.len() + part.len() - zeros - trailing;
        key.push(if negative { 2 } else { 4 });
        let from = key.len();
        // The number is 0.d1d2… times ten to this.
        let place = whole.len() as i64 - zeros as i64 + i64::from(power);
        match u8::try_from(place + 128) {
            Ok(near @ 1..=254) => key.push(near),
            _ => {
                key.push(if place < 0 { 0 } else { 255 });
                key.extend_from_slice(&(place + (1 << 40)).to_be_bytes());
            }
        }
        let mut digits = all().skip(zeros).take(many).map(|it| it - b'0');
        while let Some(high) = digits.next() {
            key.push(1 + high * 10 + digits.next().unwrap_or(0));
        }
        key.push(0);
        if negative {
            key[from..].iter_mut().for_each(|it| *it = !*it);
        }
    }
}

/// The nearest float, for drawing.
pub(crate) fn near(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The text of a number that is so many times ten to the minus `scale`.
pub(crate) fn text(value: i128, scale: u32) -> String {
    let digits = value.unsigned_abs().to_string();
    let scale = scale as usize;
    let sign = if value < 0 { "-" } else { "" };
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, part) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Vec<u8> {
        let mut key = Vec::new();
        number(text.as_bytes()).unwrap().append_key(&mut key);
        key
    }

    #[test]
    fn keys_stand_in_the_order_of_their_numbers() {
        let rising = [
            "-Infinity",
            "-1e400",
            "-1e399",
            "-9223372036854775808",
            "-9223372036854775807",
            "-10",
            "-9.99",
            "-1.1",
            "-1.01",
            "-1",
            "-0.5",
            "-1e-300",
            "0",
            "1e-300",
            "0.000000000000000000000000000001",
            "0.1",
            "0.10000000000000000000000000000000000000001",
            "0.5",
            "1",
            "1.0000001",
            "2",
            "10",
            "9007199254740992",
            "9007199254740993",
            "99999999999999999999999999999999999999",
            "1e400",
            "Infinity",
            "NaN",
        ];
        for pair in rising.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{} and {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn a_number_has_one_key_however_it_is_written() {
        for same in
            [["1", "1.000"], ["-0", "0e5"], ["100", "1E+2"], ["0.05", "5e-2"], ["007", "+7"]]
        {
            assert_eq!(key(same[0]), key(same[1]), "{same:?}");
        }
        for wrong in ["", "-", ".", "1e", "1x", "0x10", "1,5", "e5", "1e99999999999"] {
            assert_eq!(number(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn scaling_is_exact_or_refused() {
        let scaled = |text: &str, scale| number(text.as_bytes()).and_then(|it| it.scaled(scale));
        assert_eq!(scaled("123.45", 2), Some(12345));
        assert_eq!(scaled("-1.50", 1), Some(-15));
        assert_eq!(scaled("1.55", 1), None);
        assert_eq!(scaled("1e3", 2), Some(100_000));
        assert_eq!(scaled("99999999999999999999999999999999999999", 0), Some(10_i128.pow(38) - 1));
        assert_eq!(scaled("99999999999999999999999999999999999999", 2), None);
        assert_eq!(scaled("0e400000000", 5), Some(0));
        assert_eq!(scaled("NaN", 0), None);
        assert_eq!(
            (text(-5, 2), text(12345, 2), text(7, 0)),
            ("-0.05".into(), "123.45".into(), "7".into())
        );
    }
}
