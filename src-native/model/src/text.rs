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
