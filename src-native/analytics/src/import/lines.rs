//! Lines of a file, each in bounds.

use std::io::{self, BufRead};

/// Longest line that is read, in bytes.
pub(super) const LINE_MAX: usize = 64 << 10;

/// Lines, with their numbers. Line ends of any system; what is no UTF-8 becomes a sign for it.
pub(super) struct Lines<R> {
    input: R,
    number: u64,
    bytes: Vec<u8>,
    most: usize,
}

/// A line.
pub(super) enum Line {
    /// Its words.
    Text(String),
    /// It is longer than is read; none of it was kept.
    TooLong,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Lines<R> {
        Lines::within(input, LINE_MAX)
    }

    /// The same with another longest line.
    pub(super) fn within(input: R, most: usize) -> Lines<R> {
        Lines { input, number: 0, bytes: Vec::new(), most }
    }

    /// The next line that is not empty, and its number.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Line)>> {
        loop {
            self.bytes.clear();
            let Some(is_whole) = self.read()? else { return Ok(None) };
            self.number += 1;
            if !is_whole {
                return Ok(Some((self.number, Line::TooLong)));
            }
            let text = String::from_utf8_lossy(&self.bytes);
            let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
            if !text.trim().is_empty() {
                return Ok(Some((self.number, Line::Text(text.to_owned()))));
            }
        }
    }

    /// Reads to the end of a line; whether all of it was kept. Nothing at the end.
    fn read(&mut self) -> io::Result<Option<bool>> {
        let (mut is_whole, mut is_any) = (true, false);
        loop {
            let found = match self.input.fill_buf() {
                Ok(found) => found,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if found.is_empty() {
                return Ok(is_any.then_some(is_whole));
            }
            is_any = true;
            let end = memchr::memchr(b'\n', found);
            let piece = &found[..end.unwrap_or(found.len())];
            if self.bytes.len() + piece.len() > self.most {
                is_whole = false;
                self.bytes.clear();
                // Of a line that is too long nothing more is kept.
                self.bytes.shrink_to(self.most);
            } else if is_whole {
                self.bytes.extend_from_slice(piece);
            }
            let used = end.map_or(found.len(), |it| it + 1);
            self.input.consume(used);
            if end.is_some() {
                return Ok(Some(is_whole));
            }
        }
    }
}
