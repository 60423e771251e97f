//! Rows of TabSeparatedWithNamesAndTypes, read as they come.

use super::http::{Response, Way, broken};
use super::types::{Matter, meaning, unescape};
use crate::Page;
use crate::value::PAGE_BYTES_MAX;
use std::io::{ErrorKind, Result};

/// Bytes that are looked at at once; a row that is longer is read cell by cell.
const WINDOW: usize = 64 << 10;
/// Longest text that a server says when it fails on the way.
const WORDS_MAX: usize = 256 << 10;
/// Largest name of a column or type.
const NAMES_MAX: usize = 64 << 20;

/// The body of a response, by lines.
pub(super) struct Lines<'a> {
    way: &'a mut Way,
    response: &'a mut Response,
    window: Vec<u8>,
    start: usize,
    end: usize,
    over: bool,
    /// What newer servers put beside the mark around what they say when they fail on the way.
    tag: Option<String>,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Row,
    End,
    /// The server failed on the way, with these words.
    Failed(String),
}

impl<'a> Lines<'a> {
    pub(super) fn new(way: &'a mut Way, response: &'a mut Response) -> Lines<'a> {
        let tag = response.header("x-clickhouse-exception-tag").map(str::to_owned);
        Lines { way, response, window: vec![0; WINDOW], start: 0, end: 0, over: false, tag }
    }

    /// Reads until so many bytes, at most a window, can be looked at, or there are no more.
    fn look(&mut self, need: usize) -> Result<()> {
        if self.start + need > self.window.len() {
            self.window.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        while self.end - self.start < need && !self.over {
            let read = self.way.read(self.response, &mut self.window[self.end..])?;
            self.end += read;
            self.over = read == 0;
        }
        Ok(())
    }

    fn seen(&self) -> &[u8] {
        &self.window[self.start..self.end]
    }

    /// Whether the next row has to be waited for.
    pub(super) fn is_waiting(&self) -> bool {
        !self.over && self.way.is_empty() && memchr::memchr(b'\n', self.seen()).is_none()
    }

    /// Whether nothing is left.
    pub(super) fn is_over(&mut self) -> Result<bool> {
        self.look(1)?;
        Ok(self.start == self.end)
    }

    /// What is left, up to a bound and as far as it comes.
    pub(super) fn words(&mut self) -> String {
        let mut all = Vec::new();
        while self.is_over().is_ok_and(|it| !it) && all.len() < WORDS_MAX {
            all.extend_from_slice(self.seen());
            self.start = self.end;
        }
        all.extend_from_slice(self.seen());
        String::from_utf8_lossy(&all).trim_end().to_owned()
    }

    /// A line of names, with what they stand for. None where the server failed instead.
    pub(super) fn names(&mut self) -> Result<Vec<String>> {
        let mut line = Vec::new();
        loop {
            self.look(1)?;
            if self.start == self.end {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let end = memchr::memchr(b'\n', self.seen());
            let part = &self.window[self.start..self.start + end.unwrap_or(self.end - self.start)];
            line.extend_from_slice(part);
            self.start += part.len() + usize::from(end.is_some());
            if end.is_some() {
                break;
            }
            if line.len() > NAMES_MAX {
                return Err(broken("names that are too long"));
            }
        }
        let name = |it: &[u8]| {
            let mut out = Vec::new();
            unescape(it, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        Ok(line.split(|it| *it == b'\t').map(name).collect())
    }

    /// Looks whether a row follows; for a result of so many columns.
    pub(super) fn next(&mut self, columns: usize) -> Result<Next> {
        self.look(1)?;
        match (self.seen().first(), &self.tag) {
            (None, _) => Ok(Next::End),
            (Some(b'_' | b'\r'), _) => {
                let _ = self.look(128); // the server breaks off after it
                if self.is_mark() { Ok(Next::Failed(self.failed())) } else { Ok(Next::Row) }
            }
            (Some(b'C'), None) => self.unmarked(columns),
            _ => Ok(Next::Row),
        }
    }

    /// Whether the mark follows with which newer servers say that they failed on the way. A row may
    /// look like its first line, but not be followed by the response's own tag or by an exception.
    fn is_mark(&self) -> bool {
        let seen = self.seen();
        let seen = seen.strip_prefix(b"\r\n").unwrap_or(seen);
        let Some(seen) = seen.strip_prefix(b"__exception__") else { return false };
        let Some(seen) = seen.strip_prefix(b"\r\n").or_else(|| seen.strip_prefix(b"\n")) else {
            return false;
        };
        match &self.tag {
            Some(tag) => seen.starts_with(tag.as_bytes()),
            None => seen.starts_with(b"Code: "),
        }
    }

    /// What stands between the marks: the tag, the words, their length and the tag again.
    fn failed(&mut self) -> String {
        let words = self.words();
        let tag = self.tag.as_deref().unwrap_or("\n");
        let said =
            |line: &&str| !line.is_empty() && *line != "__exception__" && !line.ends_with(tag);
        words.lines().filter(said).collect::<Vec<_>>().join("\n")
    }

    /// Older servers say what failed as if it were a row, the last one. A row of several columns has a
    /// tab, and one of text writes `'` with a backslash: what has neither is taken for a failure where
    /// nothing follows it. Rather that than rows that are missing in silence.
    fn unmarked(&mut self, columns: usize) -> Result<Next> {
        let ends = self.look(WINDOW).is_err(); // some servers break off after it
        let seen = self.seen();
        if !seen.starts_with(b"Code: ") {
            return Ok(Next::Row);
        }
        let line = &seen[..memchr::memchr(b'\n', seen).unwrap_or(seen.len())];
        let said = memchr::memmem::find(line, b"DB::Exception").is_some();
        let tabs = memchr::memchr_iter(b'\t', line).count();
        if !said || (columns > 1 && tabs + 1 == columns) {
            return Ok(Next::Row);
        }
        let quoted = memchr::memchr_iter(b'\'', line);
        let (bare, escaped): (Vec<_>, Vec<_>) =
            quoted.partition(|it| *it == 0 || line[it - 1] != b'\\');
        if !escaped.is_empty() && bare.is_empty() {
            return Ok(Next::Row);
        }
        let last = (self.over || ends) && seen.len() <= line.len() + 1;
        if bare.is_empty() && columns == 1 && !last {
            return Ok(Next::Row);
        }
        Ok(Next::Failed(self.words()))
    }

    /// A row, into a page. It may turn out to be none where the server fails in the middle of it: `\r`
    /// stands in no row as itself.
    pub(super) fn row(&mut self, matters: &[Matter], page: &mut Page) -> Result<()> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', self.seen()) {
                let line = &self.window[self.start..self.start + end];
                if line.ends_with(b"\r") {
                    self.start += end - 1;
                    let _ = self.look(128); // the server breaks off after it
                    let what = "a row that does not fit its columns";
                    return if self.is_mark() { Ok(()) } else { Err(broken(what)) };
                }
                cells(line, matters, page)
                    .ok_or_else(|| broken("a row that does not fit its columns"))?;
                self.start += end + 1;
                return Ok(());
            }
            let there = self.end - self.start;
            if there >= WINDOW || self.over {
                return self.long_row(matters, page);
            }
            self.look(there + 1)?;
        }
    }

    /// A row that does not fit the window, cell by cell.
    fn long_row(&mut self, matters: &[Matter], page: &mut Page) -> Result<()> {
        for (at, matter) in matters.iter().enumerate() {
            let ends = if at + 1 == matters.len() { b'\n' } else { b'\t' };
            self.look(3)?;
            if self.seen().starts_with(b"\\N") && self.seen().get(2) == Some(&ends) {
                self.start += 3;
                page.push_null();
                continue;
            }
            let mut failed = None;
            page.push_in_parts(matter.kind, WINDOW, |out| {
                failed = self.long_cell(matter.escaped, ends, out).err();
            });
            if let Some(error) = failed {
                return Err(error);
            }
        }
        Ok(())
    }

    fn long_cell(&mut self, escaped: bool, ends: u8, out: &mut Vec<u8>) -> Result<()> {
        loop {
            self.look(1)?;
            let seen = &self.window[self.start..self.end];
            if seen.is_empty() {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let stop = if escaped {
                memchr::memchr3(b'\t', b'\n', b'\\', seen)
            } else {
                memchr::memchr2(b'\t', b'\n', seen)
            };
            let size = stop.unwrap_or(seen.len());
            if size > PAGE_BYTES_MAX - out.len().min(PAGE_BYTES_MAX) {
                return Err(broken("a row that is too large"));
            }
            if out.capacity() - out.len() < size {
                // By a quarter and not by doubling: a large cell is mostly all there is.
                out.reserve_exact(size.max(out.len() / 4));
            }
            out.extend_from_slice(&seen[..size]);
            self.start += size;
            let Some(letter) = stop.map(|it| seen[it]) else { continue };
            if letter != b'\\' {
                self.start += 1;
                return if letter == ends {
                    Ok(())
                } else {
                    Err(broken("a row that does not fit its columns"))
                };
            }
            self.look(2)?;
            let Some(letter) = self.seen().get(1) else {
                return Err(ErrorKind::UnexpectedEof.into());
            };
            out.push(meaning(*letter));
            self.start += 2;
        }
    }

    /// The next line as it is, for results of a form that the statement itself asked for.
    pub(super) fn bare_line(&mut self, page: &mut Page) -> Result<()> {
        let mut failed = None;
        page.push_in_parts(crate::Kind::Text, 0, |out| {
            failed = loop {
                if let Err(error) = self.look(1) {
                    break Some(error);
                }
                let seen = self.seen();
                let end = memchr::memchr(b'\n', seen);
                out.extend_from_slice(&seen[..end.unwrap_or(seen.len())]);
                let taken = end.map_or(seen.len(), |it| it + 1);
                self.start += taken;
                if end.is_some() || taken == 0 {
                    break None;
                }
            };
        });
        failed.map_or(Ok(()), Err)
    }
}

fn cells(line: &[u8], matters: &[Matter], page: &mut Page) -> Option<()> {
    let mut rest = Some(line);
    for matter in matters {
        let all = rest?;
        let end = memchr::memchr(b'\t', all);
        let cell = &all[..end.unwrap_or(all.len())];
        rest = end.map(|it| &all[it + 1..]);
        if cell == b"\\N" {
            page.push_null();
        } else if matter.escaped && memchr::memchr(b'\\', cell).is_some() {
            page.push_in_parts(matter.kind, cell.len(), |out| unescape(cell, out));
        } else {
            page.push(matter.kind, cell);
        }
    }
    rest.is_none().then_some(())
}
