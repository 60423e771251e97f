//! CSV and TSV, byte for byte as PostgreSQL's `COPY` writes them: there is a quick path that lets the
//! server write, and nobody may see which was taken.

use super::{Options, Out, Writer};
use crate::{Cell, Column, Failure, Kind, Page, Reason, Result};

fn refused(text: &str) -> Failure {
    Failure::new(Reason::Usage, text)
}

pub(super) struct Csv {
    header: bool,
    delimiter: u8,
    null: Vec<u8>,
    end: &'static [u8],
    quoted: [bool; 256],
    /// Whether bytes in hexadecimal digits need no quotes.
    bytes_plain: bool,
    again: bool,
}

impl Csv {
    pub(super) fn new(options: &Options) -> Result<Csv> {
        let delimiter = options.delimiter.unwrap_or(b',');
        if matches!(delimiter, b'"' | b'\n' | b'\r' | 0 | 0x80..) {
            return Err(refused(
                "a quote, a line's end or a letter beyond ASCII cannot part fields",
            ));
        }
        let null = options.null.clone().unwrap_or_default().into_bytes();
        if null.iter().any(|it| [delimiter, b'"', b'\n', b'\r'].contains(it)) {
            return Err(refused(
                "the word for NULL cannot hold a delimiter, a quote or a line's end",
            ));
        }
        let mut quoted = [false; 256];
        for byte in [delimiter, b'"', b'\n', b'\r'] {
            quoted[usize::from(byte)] = true;
        }
        let end = if options.crlf { b"\r\n".as_slice() } else { b"\n" };
        let in_digits = matches!(delimiter, b'0'..=b'9' | b'a'..=b'f' | b'x' | b'\\');
        let bytes_plain = !in_digits && !null.starts_with(b"\\x");
        Ok(Csv { header: options.header, delimiter, null, end, quoted, bytes_plain, again: false })
    }

    fn text(&self, text: &[u8], alone: bool, out: &mut Out<'_>) {
        let plain = !text.iter().any(|it| self.quoted[usize::from(*it)]);
        if plain && text != self.null && !(alone && text == b"\\.") {
            return out.put(text);
        }
        out.byte(b'"');
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'"', rest) {
            out.put(&rest[..=at]);
            out.byte(b'"');
            rest = &rest[at + 1..];
        }
        out.put(rest);
        out.byte(b'"');
    }

    fn cell(&self, cell: Cell<'_>, alone: bool, out: &mut Out<'_>) {
        match cell.kind {
            Kind::Null => out.put(&self.null),
            Kind::Bytes if self.bytes_plain => {
                out.put(b"\\x");
                out.hex(cell.bytes);
            }
            Kind::Bytes => {
                let mut text = b"\\x".to_vec();
                for byte in cell.bytes {
                    text.extend_from_slice(format!("{byte:02x}").as_bytes());
                }
                self.text(&text, alone, out);
            }
            _ => self.text(cell.bytes, alone, out),
        }
    }
}

impl Writer for Csv {
    fn begin(&mut self, columns: &[Column], out: &mut Out<'_>) -> Result<()> {
        if std::mem::replace(&mut self.again, true) {
            out.put(self.end);
        }
        if self.header {
            for (at, column) in columns.iter().enumerate() {
                if at > 0 {
                    out.byte(self.delimiter);
                }
                self.text(column.name.as_bytes(), columns.len() == 1, out);
            }
            out.put(self.end);
        }
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        let alone = page.columns() == 1;
        for row in 0..page.rows() {
            for (at, cell) in page.row(row).enumerate() {
                if at > 0 {
                    out.byte(self.delimiter);
                }
                self.cell(cell, alone, out);
            }
            out.put(self.end);
        }
        Ok(())
    }

    fn end(&mut self, _out: &mut Out<'_>) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self, _out: &mut Out<'_>, _notes: &mut Vec<String>) -> Result<()> {
        Ok(())
    }
}

pub(super) struct Tsv {
    header: bool,
    delimiter: u8,
    null: Vec<u8>,
    end: &'static [u8],
    again: bool,
}

impl Tsv {
    pub(super) fn new(options: &Options) -> Result<Tsv> {
        let delimiter = options.delimiter.unwrap_or(b'\t');
        let letter = delimiter.is_ascii_lowercase() || delimiter.is_ascii_digit();
        if letter || matches!(delimiter, b'\\' | b'.' | b'\n' | b'\r' | 0 | 0x80..) {
            let text = "a small letter, a digit, a point, a backslash, a line's end or a letter beyond \
                        ASCII cannot part fields";
            return Err(refused(text));
        }
        let null = options.null.clone().unwrap_or_else(|| "\\N".to_owned()).into_bytes();
        if null.iter().any(|it| [delimiter, b'\n', b'\r'].contains(it)) {
            return Err(refused("the word for NULL cannot hold a delimiter or a line's end"));
        }
        let end = if options.crlf { b"\r\n".as_slice() } else { b"\n" };
        Ok(Tsv { header: options.header, delimiter, null, end, again: false })
    }

    fn text(&self, text: &[u8], out: &mut Out<'_>) {
        let mut from = 0;
        for (at, &byte) in text.iter().enumerate() {
            let letter = match byte {
                b'\\' => b'\\',
                8 => b'b',
                9 => b't',
                10 => b'n',
                11 => b'v',
                12 => b'f',
                13 => b'r',
                _ if byte == self.delimiter => byte,
                _ => continue,
            };
            out.put(&text[from..at]);
            out.put(&[b'\\', letter]);
            from = at + 1;
        }
        out.put(&text[from..]);
    }
}

impl Writer for Tsv {
    fn begin(&mut self, columns: &[Column], out: &mut Out<'_>) -> Result<()> {
        if std::mem::replace(&mut self.again, true) {
            out.put(self.end);
        }
        if self.header {
            for (at, column) in columns.iter().enumerate() {
                if at > 0 {
                    out.byte(self.delimiter);
                }
                self.text(column.name.as_bytes(), out);
            }
            out.put(self.end);
        }
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        for row in 0..page.rows() {
            for (at, cell) in page.row(row).enumerate() {
                if at > 0 {
                    out.byte(self.delimiter);
                }
                match cell.kind {
                    Kind::Null => out.put(&self.null),
                    // Neither digits nor small letters can be the delimiter.
                    Kind::Bytes => {
                        out.put(b"\\\\x");
                        out.hex(cell.bytes);
                    }
                    _ => self.text(cell.bytes, out),
                }
            }
            out.put(self.end);
        }
        Ok(())
    }

    fn end(&mut self, _out: &mut Out<'_>) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self, _out: &mut Out<'_>, _notes: &mut Vec<String>) -> Result<()> {
        Ok(())
    }
}
