//! Text that came from outside: bytes first, readable text second.

use std::borrow::Cow;
use std::fmt;

/// Bytes as the source has them: a path, a name, a message. Git promises no encoding.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// The text to show: invalid UTF-8 becomes U+FFFD, NUL becomes U+2400 so that nothing downstream cuts the text short.
    pub fn text(&self) -> Cow<'_, str> {
        let text = String::from_utf8_lossy(&self.0);
        if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{2400}")) } else { text }
    }

    /// Whether [`Bytes::text`] is the bytes themselves, so that they need not be kept beside it.
    pub fn is_text(&self) -> bool {
        matches!(self.text(), Cow::Borrowed(_))
    }

    /// The bytes as Git writes a path that is no plain text: `"caf\\351"`. Readable parts stay so.
    pub fn quoted(&self) -> String {
        let mut out = String::from("\"");
        for chunk in self.0.utf8_chunks() {
            for it in chunk.valid().chars() {
                match it {
                    '"' | '\\' => out.extend(['\\', it]),
                    it if it.is_ascii_control() => out += &format!("\\{:03o}", u32::from(it)),
                    it => out.push(it),
                }
            }
            chunk.invalid().iter().for_each(|it| out += &format!("\\{it:03o}"));
        }
        out + "\""
    }

    /// The bytes that Git means by a path in quotes; `None` for any other text.
    pub fn unquoted(text: &str) -> Option<Bytes> {
        let mut rest = text.strip_prefix('"')?.strip_suffix('"')?.bytes();
        let mut out = Vec::new();
        while let Some(byte) = rest.next() {
            out.push(match byte {
                b'"' => return None,
                b'\\' => match rest.next()? {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    it @ (b'"' | b'\\') => it,
                    first @ b'0'..=b'3' => {
                        let mut digit = || rest.next().filter(|it| (b'0'..=b'7').contains(it));
                        let (second, third) = (digit()?, digit()?);
                        (first - b'0') << 6 | (second - b'0') << 3 | (third - b'0')
                    }
                    _ => return None,
                },
                byte => byte,
            });
        }
        Some(Bytes(out))
    }
}

impl From<&[u8]> for Bytes {
    fn from(raw: &[u8]) -> Bytes {
        Bytes(raw.to_vec())
    }
}

impl From<&str> for Bytes {
    fn from(raw: &str) -> Bytes {
        Bytes(raw.as_bytes().to_vec())
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text())
    }
}

/// Lower case with white space folded to single spaces and trimmed: how names are compared.
/// The caller normalizes to NFKC first where the text may hold anything but ASCII.
pub fn fold(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_quotes_is_read_and_written_byte_for_byte() {
        for (raw, text) in [
            (&b"caf\xe9"[..], r#""caf\351""#),
            (b"a\"b\\c", r#""a\"b\\c""#),
            (b"\t\0\xff", r#""\011\000\377""#),
            ("支払い".as_bytes(), "\"支払い\""),
        ] {
            assert_eq!(Bytes::from(raw).quoted(), text);
            assert_eq!(Bytes::unquoted(text), Some(raw.into()));
        }
        assert_eq!(Bytes::unquoted(r#""\t\303\251""#), Some("\té".into()));
        for text in ["", "\"", "a", r#""a"b""#, r#""\x""#, r#""\40""#, r#""\777""#, r#""\""#] {
            assert_eq!(Bytes::unquoted(text), None, "{text}");
        }
    }
}
