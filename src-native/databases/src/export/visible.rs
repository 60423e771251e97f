//! Text of a cell for a terminal: it must show everything and be able to do nothing.

use super::Options;
use crate::{Cell, Kind};
use unicode_width::UnicodeWidthChar;

/// The word for NULL.
pub(super) fn null_word(options: &Options) -> String {
    let mut word = Vec::new();
    let asked = options.null.as_deref().unwrap_or("NULL");
    append(asked.as_bytes(), usize::MAX, &mut word);
    String::from_utf8_lossy(&word).into_owned()
}

/// Whether it is letters of ASCII alone, each a column wide.
pub(super) fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|it| matches!(it, b' '..=b'~'))
}

/// Appends a cell as it is shown, at most so many columns wide, and gives its width and whether it was
/// cut. Numbers are not cut.
pub(super) fn append_cell(cell: Cell<'_>, widest: usize, out: &mut Vec<u8>) -> (usize, bool) {
    match cell.kind {
        Kind::Bytes => {
            let all = cell.bytes.len() * 2 + 2;
            let cut = all > widest;
            let show = if cut { widest.saturating_sub(3) / 2 } else { cell.bytes.len() };
            out.extend_from_slice(b"\\x");
            for byte in &cell.bytes[..show.min(cell.bytes.len())] {
                out.extend_from_slice(format!("{byte:02x}").as_bytes());
            }
            if cut {
                out.extend_from_slice("…".as_bytes());
            }
            (show * 2 + 2 + usize::from(cut), cut)
        }
        kind if kind.is_number() => append(cell.bytes, usize::MAX, out),
        _ => append(cell.bytes, widest, out),
    }
}

/// Appends text as it is shown: what is no letter as an escape. Gives its width and whether it was cut.
pub(super) fn append(bytes: &[u8], widest: usize, out: &mut Vec<u8>) -> (usize, bool) {
    // Letters without width could be had without end.
    let far = widest.saturating_mul(16).min(bytes.len());
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    };
    let mut width = 0;
    // Where to cut, when it turns out to be too wide: a column is left for the mark.
    let mut keep = (out.len(), 0);
    for (at, letter) in text.char_indices() {
        let escape = escape(letter);
        let wide = escape.as_ref().map_or_else(|| letter.width().unwrap_or(0), String::len);
        if width + wide > widest || (at >= far && at > 0) {
            out.truncate(keep.0);
            out.extend_from_slice("…".as_bytes());
            return (keep.1 + 1, true);
        }
        match escape {
            Some(escape) => out.extend_from_slice(escape.as_bytes()),
            None => out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        width += wide;
        if width < widest {
            keep = (out.len(), width);
        }
    }
    (width, false)
}

/// What is written instead of a letter that drives a terminal, turns the direction of text or cannot be
/// seen.
fn escape(letter: char) -> Option<String> {
    Some(match letter {
        ' '..='~' => return None,
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\0'..='\x1f' | '\x7f' => format!("\\x{:02x}", u32::from(letter)),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => format!("\\u{{{:x}}}", u32::from(letter)),
        _ => return None,
    })
}
