//! JSON: an object for each row, a row a line. Numbers stand word for word, JSON stands as it came, and
//! documents of MongoDB stand alone.

use super::{Options, Out, Writer, documents, names};
use crate::{Cell, Column, Engine, Kind, Page, Result};

pub(super) struct Json {
    lines: bool,
    rows: u64,
    keys: Vec<Vec<u8>>,
    /// Whether rows may be documents, which are then the last column.
    documents: bool,
    alone: bool,
}

impl Json {
    /// `lines`: an object a line and no array around them.
    pub(super) fn new(lines: bool, options: &Options) -> Json {
        let documents = options.documents && options.engine == Engine::Mongodb;
        Json { lines, rows: 0, keys: Vec::new(), documents, alone: false }
    }
}

impl Writer for Json {
    fn begin(&mut self, columns: &[Column], out: &mut Out<'_>) -> Result<()> {
        self.rows = 0;
        self.keys.clear();
        self.alone = self.documents && documents::ends_whole(columns);
        for (at, name) in names::distinct(columns).iter().enumerate() {
            let mut scrap = Vec::new();
            let mut key = Out::new(&mut scrap);
            key.byte(if at == 0 { b'{' } else { b',' });
            text(name.as_bytes(), &mut key);
            key.byte(b':');
            key.push_out();
            drop(key);
            self.keys.push(scrap);
        }
        if !self.lines {
            out.byte(b'[');
        }
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        for row in 0..page.rows() {
            if !self.lines {
                out.put(if self.rows == 0 { b"\n" } else { b",\n" });
            }
            self.rows += 1;
            if self.alone {
                value(page.cell(row, page.columns() - 1), out);
                if self.lines {
                    out.byte(b'\n');
                }
                continue;
            }
            for (cell, key) in page.row(row).zip(&self.keys) {
                out.put(key);
                value(cell, out);
            }
            out.put(if self.lines { b"}\n" } else { b"}" });
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<()> {
        if !self.lines {
            out.put(if self.rows == 0 { b"]\n" } else { b"\n]\n" });
        }
        Ok(())
    }

    fn finish(&mut self, _out: &mut Out<'_>, _notes: &mut Vec<String>) -> Result<()> {
        Ok(())
    }
}

fn value(cell: Cell<'_>, out: &mut Out<'_>) {
    match cell.kind {
        Kind::Null => out.put(b"null"),
        Kind::Bool => match cell.bool() {
            Some(true) => out.put(b"true"),
            Some(false) => out.put(b"false"),
            None => text(cell.bytes, out),
        },
        Kind::Integer | Kind::Decimal | Kind::Float if number(cell.bytes) == cell.bytes.len() => {
            out.put(cell.bytes);
        }
        Kind::Bytes => {
            out.put(b"\"\\\\x");
            out.hex(cell.bytes);
            out.byte(b'"');
        }
        Kind::Json if is_json(cell.bytes) => {
            // A line's end can only stand between words here, where it means nothing.
            for (at, part) in cell.bytes.split(|it| matches!(it, b'\n' | b'\r')).enumerate() {
                if at > 0 {
                    out.byte(b' ');
                }
                out.put(part);
            }
        }
        _ => text(cell.bytes, out),
    }
}

/// What cannot stand in a text of JSON as it is.
const ESCAPED: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < 0x20 {
        table[at] = true;
        at += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

fn text(text: &[u8], out: &mut Out<'_>) {
    out.byte(b'"');
    let mut from = 0;
    for (at, &byte) in text.iter().enumerate() {
        if !ESCAPED[usize::from(byte)] {
            continue;
        }
        out.put(&text[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.put(b"\\\""),
            b'\\' => out.put(b"\\\\"),
            b'\n' => out.put(b"\\n"),
            b'\r' => out.put(b"\\r"),
            b'\t' => out.put(b"\\t"),
            8 => out.put(b"\\b"),
            12 => out.put(b"\\f"),
            _ => {
                out.put(b"\\u00");
                out.hex(&[byte]);
            }
        }
    }
    out.put(&text[from..]);
    out.byte(b'"');
}

/// How many bytes at the beginning are a number of JSON.
pub(super) fn number(text: &[u8]) -> usize {
    let digits = |from: usize| text[from..].iter().take_while(|it| it.is_ascii_digit()).count();
    let mut at = usize::from(text.first() == Some(&b'-'));
    match text.get(at) {
        Some(b'0') => at += 1,
        Some(b'1'..=b'9') => at += digits(at),
        _ => return 0,
    }
    if text.get(at) == Some(&b'.') {
        match digits(at + 1) {
            0 => return at,
            many => at += 1 + many,
        }
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        match digits(at + 1 + sign) {
            0 => return at,
            many => at += 1 + sign + many,
        }
    }
    at
}

/// Whether it is one value of JSON and nothing else. It needs a bit for each level of depth, and never
/// more than one pass.
pub(super) fn is_json(text: &[u8]) -> bool {
    // For each open bracket whether it is an object's.
    let mut open: Vec<bool> = Vec::new();
    let mut at = 0;
    let space = |mut at: usize| {
        while matches!(text.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            at += 1;
        }
        at
    };
    loop {
        // Here a value begins.
        at = space(at);
        match text.get(at) {
            Some(&bracket @ (b'{' | b'[')) => {
                let object = bracket == b'{';
                let inner = space(at + 1);
                if text.get(inner) == Some(if object { &b'}' } else { &b']' }) {
                    at = inner + 1;
                } else {
                    open.push(object);
                    at = inner;
                    if object {
                        let Some(next) = key(text, at, space) else { return false };
                        at = next;
                    }
                    continue;
                }
            }
            Some(b'"') => {
                let Some(next) = string(text, at) else { return false };
                at = next;
            }
            Some(b't') if text[at..].starts_with(b"true") => at += 4,
            Some(b'f') if text[at..].starts_with(b"false") => at += 5,
            Some(b'n') if text[at..].starts_with(b"null") => at += 4,
            Some(_) => match number(&text[at..]) {
                0 => return false,
                many => at += many,
            },
            None => return false,
        }
        // Here one has ended.
        loop {
            at = space(at);
            match (open.last(), text.get(at)) {
                (None, None) => return true,
                (Some(true), Some(b',')) => {
                    let Some(next) = key(text, space(at + 1), space) else { return false };
                    at = next;
                    break;
                }
                (Some(false), Some(b',')) => {
                    at += 1;
                    break;
                }
                (Some(true), Some(b'}')) | (Some(false), Some(b']')) => {
                    open.pop();
                    at += 1;
                }
                _ => return false,
            }
        }
    }
}

/// Where the value of a key begins, whose quote stands at `at`.
fn key(text: &[u8], at: usize, space: impl Fn(usize) -> usize) -> Option<usize> {
    let colon = space(string(text, at)?);
    (text.get(colon) == Some(&b':')).then_some(colon + 1)
}

/// The names of an object's own fields, each with its quotes, as far as it can be read.
pub(super) fn fields(text: &[u8], mut each: impl FnMut(&[u8])) {
    let (mut at, mut deep, mut is_name) = (0, 0_u32, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                let Some(end) = string(text, at) else { return };
                if std::mem::take(&mut is_name) {
                    each(&text[at..end]);
                }
                at = end;
                continue;
            }
            b'{' | b'[' => {
                deep += 1;
                is_name = deep == 1;
            }
            b'}' | b']' => deep = deep.saturating_sub(1),
            b',' => is_name = deep == 1,
            _ => {}
        }
        at += 1;
    }
}

/// Where a text ends whose quote stands at `at`.
fn string(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        at += text.get(at..)?.iter().position(|it| ESCAPED[usize::from(*it)])?;
        match text[at] {
            b'"' => return Some(at + 1),
            b'\\' => match text.get(at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                b'u' => {
                    let digits = text.get(at + 2..at + 6)?;
                    if !digits.iter().all(u8::is_ascii_hexdigit) {
                        return None;
                    }
                    at += 6;
                }
                _ => return None,
            },
            _ => return None,
        }
    }
}
