//! Records of comma-separated values (RFC 4180), as other tools write them.

use std::io::{self, BufRead};

/// Longest record, in bytes.
const RECORD_MAX: usize = 1 << 20;
/// Most fields of one.
const FIELDS_MAX: usize = 1_000;

/// Records, with the line each begins in.
pub(crate) struct Records<R> {
    input: R,
    separator: u8,
    line: u64,
}

impl<R: BufRead> Records<R> {
    /// Records whose fields have that sign between them.
    pub(crate) fn new(input: R, separator: u8) -> Records<R> {
        Records { input, separator, line: 1 }
    }

    /// The next record and its line; why, where it cannot be read. Nothing at the end.
    #[allow(clippy::type_complexity)] // what is read, or why not, or that the file cannot be read
    pub(crate) fn next(&mut self) -> io::Result<Option<(u64, Result<Vec<String>, &'static str>)>> {
        loop {
            let begins = self.line;
            match self.read()? {
                None => return Ok(None),
                Some(Ok(fields)) if fields.iter().all(String::is_empty) && fields.len() < 2 => {}
                Some(found) => return Ok(Some((begins, found))),
            }
        }
    }

    fn read(&mut self) -> io::Result<Option<Result<Vec<String>, &'static str>>> {
        let mut fields = Vec::new();
        let mut field: Vec<u8> = Vec::new();
        let (mut quoted, mut was_quote, mut is_any, mut size) = (false, false, false, 0);
        let mut wrong = None;
        let text = |field: &mut Vec<u8>| {
            let text = String::from_utf8_lossy(field).trim_start_matches('\u{feff}').to_owned();
            field.clear();
            text
        };
        loop {
            let found = match self.input.fill_buf() {
                Ok(found) => found,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if found.is_empty() {
                if !is_any {
                    return Ok(None);
                }
                if quoted && !was_quote {
                    return Ok(Some(Err("a quote in it has no end")));
                }
                fields.push(text(&mut field));
                return Ok(Some(wrong.map_or(Ok(fields), Err)));
            }
            let mut used = 0;
            let mut ends = false;
            for byte in found.iter().copied() {
                used += 1;
                size += 1;
                if byte == b'\n' {
                    self.line += 1;
                }
                let inside = quoted && !was_quote;
                if size > RECORD_MAX || fields.len() >= FIELDS_MAX {
                    // What follows the next line end may be read again.
                    wrong = Some("it is longer than is read");
                    field.clear();
                    quoted = false;
                    was_quote = false;
                    if byte == b'\n' {
                        ends = true;
                        break;
                    }
                } else if byte == b'"' && inside {
                    was_quote = true;
                } else if byte == b'"' && was_quote {
                    field.push(b'"');
                    was_quote = false;
                } else if byte == b'"' && field.is_empty() && !quoted {
                    quoted = true;
                } else if inside {
                    field.push(byte);
                } else if byte == self.separator {
                    fields.push(text(&mut field));
                    quoted = false;
                    was_quote = false;
                } else if byte == b'\n' {
                    ends = true;
                    break;
                } else if byte != b'\r' {
                    field.push(byte);
                }
            }
            is_any |= used > 0;
            self.input.consume(used);
            if ends {
                fields.push(text(&mut field));
                return Ok(Some(wrong.map_or(Ok(fields), Err)));
            }
        }
    }
}

/// The sign between the fields of a head.
pub(crate) fn separator(head: &str) -> u8 {
    let count = |sign: char| head.matches(sign).count();
    let signs = [(',', b','), ('\t', b'\t'), (';', b';')];
    signs.into_iter().max_by_key(|it| (count(it.0), it.1 == b',')).map_or(b',', |it| it.1)
}
