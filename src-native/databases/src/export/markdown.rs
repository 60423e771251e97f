//! Tables in Markdown: a cell is text there too, and never markup.

use super::visible::{append, null_word};
use super::{Options, Out, Writer};
use crate::{Column, Kind, Page, Result};

pub(super) struct Markdown {
    null: Vec<u8>,
    again: bool,
    shown: Vec<u8>,
}

impl Markdown {
    pub(super) fn new(options: &Options) -> Markdown {
        let mut markdown = Markdown { null: Vec::new(), again: false, shown: Vec::new() };
        let mut null = Vec::new();
        let mut out = Out::new(&mut null);
        markdown.text(null_word(options).as_bytes(), &mut out);
        out.push_out();
        drop(out);
        markdown.null = null;
        markdown
    }

    /// Text with a backslash before whatever would be markup. Line ends are `<br>`.
    fn text(&mut self, text: &[u8], out: &mut Out<'_>) {
        if text.iter().all(|it| it.is_ascii_alphanumeric() || b" -.:,@/+=".contains(it)) {
            return out.put(text);
        }
        for (at, line) in lines(text).enumerate() {
            if at > 0 {
                out.put(b"<br>");
            }
            self.shown.clear();
            // What drives a terminal becomes an escape first; its backslash is then doubled as any.
            append(line, usize::MAX, &mut self.shown);
            for (at, &byte) in self.shown.iter().enumerate() {
                let beside = |at: Option<usize>| {
                    at.and_then(|at| self.shown.get(at)).is_some_and(u8::is_ascii_alphanumeric)
                };
                let within = byte == b'_' && beside(at.checked_sub(1)) && beside(at.checked_add(1));
                if b"\\|`*<>[]~$&_!".contains(&byte) && !within {
                    out.byte(b'\\');
                }
                out.byte(byte);
            }
        }
        self.shown.shrink_to(1 << 20);
    }
}

/// Lines of a text, whichever way they end.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let now = rest?;
        match now.iter().position(|it| matches!(it, b'\n' | b'\r')) {
            None => {
                rest = None;
                Some(now)
            }
            Some(at) => {
                let end = if now[at..].starts_with(b"\r\n") { at + 2 } else { at + 1 };
                rest = Some(&now[end..]);
                Some(&now[..at])
            }
        }
    })
}

impl Writer for Markdown {
    fn begin(&mut self, columns: &[Column], out: &mut Out<'_>) -> Result<()> {
        if std::mem::replace(&mut self.again, true) {
            out.byte(b'\n');
        }
        for column in columns {
            out.put(b"| ");
            self.text(column.name.as_bytes(), out);
            out.byte(b' ');
        }
        out.put(b"|\n");
        for column in columns {
            out.put(if column.kind.is_number() { b"| ---: " } else { b"| --- " });
        }
        out.put(b"|\n");
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        for row in 0..page.rows() {
            for cell in page.row(row) {
                out.put(b"| ");
                match cell.kind {
                    Kind::Null => out.put(&self.null),
                    Kind::Bytes => {
                        out.put(b"\\\\x");
                        out.hex(cell.bytes);
                    }
                    _ => self.text(cell.bytes, out),
                }
                out.byte(b' ');
            }
            out.put(b"|\n");
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
