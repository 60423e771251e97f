//! What a database sent, made fit for a terminal: everything is shown and nothing drives it.

use crate::render::plain;
use std::io::{self, Write};

/// Passes text on in which lines and tabs stay and nothing else moves a cursor, colours, or turns letters
/// around.
pub(crate) struct Harmless<W: Write> {
    to: W,
    /// The beginning of a letter whose end is still to come.
    part: Vec<u8>,
}

impl<W: Write> Harmless<W> {
    pub(crate) fn new(to: W) -> Harmless<W> {
        Harmless { to, part: Vec::new() }
    }
}

impl<W: Write> Write for Harmless<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let shown = whole(&mut self.part, bytes);
        self.to.write_all(shown.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<W: Write> Drop for Harmless<W> {
    fn drop(&mut self) {
        // A letter that never came to its end; nobody may be there to see it.
        let _ = self.to.write_all(String::from_utf8_lossy(&self.part).as_bytes());
        let _ = self.to.flush();
    }
}

/// All whole letters of what came, harmless; the beginning of another stays in `part`.
pub(crate) fn whole(part: &mut Vec<u8>, bytes: &[u8]) -> String {
    part.extend_from_slice(bytes);
    let end = match std::str::from_utf8(part) {
        Ok(text) => text.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => {
            // Letters that are none are shown as such, up to one that may still be whole.
            let tail = part.len().saturating_sub(3);
            let open = (tail..part.len()).find(|at| {
                part[*at] >= 0xc0
                    && std::str::from_utf8(&part[*at..]).is_err_and(|it| it.error_len().is_none())
            });
            open.unwrap_or(part.len())
        }
    };
    let rest = part.split_off(end);
    let whole = std::mem::replace(part, rest);
    harmless(&String::from_utf8_lossy(&whole))
}

/// Text whose lines and tabs stay, and in which nothing else moves a cursor.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(['\n', '\t']) {
        let end = piece.len() - usize::from(piece.ends_with(['\n', '\t']));
        out += &plain(&piece[..end]);
        out += &piece[end..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_server_says_moves_the_cursor() {
        assert_eq!(harmless("a\tb\nc"), "a\tb\nc");
        assert_eq!(harmless("\u{1b}[2Ja\r\u{7}"), "\\u{1b}[2Ja\\u{7}");
        assert_eq!(harmless("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(harmless("\u{202e}x"), "\\u{202e}x");
    }

    #[test]
    fn letters_that_come_in_parts_are_whole() {
        for text in ["é山\u{9b}🙂", "a\u{1b}b"] {
            let mut shown = Vec::new();
            let mut to = Harmless::new(&mut shown);
            for byte in text.as_bytes() {
                to.write_all(&[*byte]).unwrap();
            }
            drop(to);
            assert_eq!(String::from_utf8(shown).unwrap(), harmless(text));
        }
        let mut part = Vec::new();
        let shown = whole(&mut part, b"\xff\xffa\xc2");
        assert_eq!((shown.as_str(), part.as_slice()), ("\u{fffd}\u{fffd}a", &b"\xc2"[..]));
        assert_eq!(whole(&mut part, b"\x9b"), "\\u{9b}");
    }
}
