//! Raw tables of Apache DevLake, exported as CSV (RFC 4180): a row for each answer of a server, with
//! the answer in `data` and the address that was asked in `url`. The buffer is as large as the
//! largest row.
//!
//! Whatever is no such row is refused with its line. Strict on purpose: a quote that stands where
//! none may would otherwise swallow the rows after it without a word.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use memchr::{memchr, memchr_iter, memchr3};

use super::scan::{Scan, Step as Json};
use super::split::{Piece, Take, say};
use crate::Error;
use crate::sources::time::millis;

/// What DevLake calls the columns that make a raw table.
const NAMES: [&str; 5] = ["params", "data", "url", "input", "created_at"];
/// Columns that a table may have.
const COLUMNS_MAX: usize = 64;
/// The largest row that is taken.
const ROW_MAX: usize = 64 << 20;
/// How much is read at once.
const CHUNK: usize = 256 << 10;

/// Whether a stream that begins so is a raw table, by the names of its columns.
pub(super) fn is_raw(beginning: &[u8]) -> bool {
    let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let blank = beginning.iter().take_while(|it| matches!(it, b'\r' | b'\n')).count();
    Header::read(&beginning[blank..]).is_some()
}

/// Where the columns stand that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    /// How many there are.
    columns: usize,
    data: usize,
    url: usize,
    created_at: usize,
    /// Its length in bytes.
    length: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Header> {
        let mut look = Look::new(COLUMNS_MAX);
        match look.run(bytes) {
            Step::Done => {}
            Step::More if look.end(bytes).is_ok() => {}
            _ => return None,
        }
        let place = |name: &str| {
            look.cells.iter().position(|it| *it.text(bytes).trim_ascii() == *name.as_bytes())
        };
        NAMES.iter().all(|it| place(it).is_some()).then_some(())?;
        Some(Header {
            columns: look.cells.len(),
            data: place("data")?,
            url: place("url")?,
            created_at: place("created_at")?,
            length: look.at,
        })
    }
}

/// A cell of a row, as a range of its bytes.
#[derive(Clone, Copy, Debug)]
struct Cell {
    start: usize,
    end: usize,
    /// Whether quotes in it stand for one each.
    has_quotes: bool,
}

impl Cell {
    fn text<'a>(&self, row: &'a [u8]) -> Cow<'a, [u8]> {
        let bytes = &row[self.start..self.end];
        if !self.has_quotes {
            return Cow::Borrowed(bytes);
        }
        let mut text = Vec::with_capacity(bytes.len());
        let mut from = 0;
        while let Some(found) = memchr(b'"', &bytes[from..]) {
            text.extend_from_slice(&bytes[from..=from + found]);
            from = bytes.len().min(from + found + 2);
        }
        text.extend_from_slice(&bytes[from..]);
        Cow::Owned(text)
    }
}

/// What a look at more bytes came to.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// The row goes on beyond these bytes.
    More,
    Done,
    Wrong(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Cell,
    Bare,
    Quoted,
    /// After a quote within quotes, which ends them or stands for one.
    Quote,
}

/// Looks through one row, as its bytes come.
#[derive(Debug)]
struct Look {
    /// Bytes that were looked at.
    at: usize,
    next: Next,
    cell: Cell,
    cells: Vec<Cell>,
    most: usize,
}

const NO_QUOTE: &str = "a quote stands in a cell that does not begin with one";
const AFTER_QUOTE: &str = "something stands after the quote that ends a cell";
const UNCLOSED: &str = "the file ends before the quote of a cell is closed";
const TOO_MANY: &str = "it has more cells than the header";

impl Look {
    fn new(most: usize) -> Look {
        let cell = Cell { start: 0, end: 0, has_quotes: false };
        Look { at: 0, next: Next::Cell, cell, cells: Vec::new(), most }
    }

    /// Looks at the bytes from `self.at` on. `bytes` begin where the row does.
    fn run(&mut self, bytes: &[u8]) -> Step {
        loop {
            let Some(&byte) = bytes.get(self.at) else { return Step::More };
            match self.next {
                Next::Cell => {
                    let is_quoted = byte == b'"';
                    self.at += usize::from(is_quoted);
                    self.cell = Cell { start: self.at, end: self.at, has_quotes: false };
                    self.next = if is_quoted { Next::Quoted } else { Next::Bare };
                }
                Next::Bare => {
                    let Some(found) = memchr3(b',', b'\n', b'"', &bytes[self.at..]) else {
                        self.at = bytes.len();
                        return Step::More;
                    };
                    self.at += found;
                    let byte = bytes[self.at];
                    if byte == b'"' {
                        return Step::Wrong(NO_QUOTE);
                    }
                    let carriage =
                        byte == b'\n' && bytes[self.cell.start..self.at].ends_with(b"\r");
                    if !self.ends(self.at - usize::from(carriage)) {
                        return Step::Wrong(TOO_MANY);
                    }
                    self.at += 1;
                    if byte == b'\n' {
                        return Step::Done;
                    }
                }
                Next::Quoted => {
                    let Some(found) = memchr(b'"', &bytes[self.at..]) else {
                        self.at = bytes.len();
                        return Step::More;
                    };
                    self.at += found + 1;
                    self.next = Next::Quote;
                }
                Next::Quote => {
                    let line_end = match byte {
                        b'"' => {
                            self.cell.has_quotes = true;
                            self.at += 1;
                            self.next = Next::Quoted;
                            continue;
                        }
                        b',' => 0,
                        b'\n' => 1,
                        b'\r' => match bytes.get(self.at + 1) {
                            None => return Step::More,
                            Some(b'\n') => 2,
                            Some(_) => return Step::Wrong(AFTER_QUOTE),
                        },
                        _ => return Step::Wrong(AFTER_QUOTE),
                    };
                    if !self.ends(self.at - 1) {
                        return Step::Wrong(TOO_MANY);
                    }
                    self.at += line_end.max(1);
                    if line_end > 0 {
                        return Step::Done;
                    }
                }
            }
        }
    }

    /// The stream ends where these bytes do.
    fn end(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        let end = match self.next {
            Next::Quoted => return Err(UNCLOSED),
            Next::Quote => self.at - 1,
            Next::Cell => {
                self.cell = Cell { start: bytes.len(), end: bytes.len(), has_quotes: false };
                bytes.len()
            }
            Next::Bare => {
                let carriage = bytes[self.cell.start..].ends_with(b"\r");
                bytes.len() - usize::from(carriage)
            }
        };
        self.at = bytes.len();
        self.ends(end).then_some(()).ok_or(TOO_MANY)
    }

    /// A cell ends here. False where there are enough.
    fn ends(&mut self, end: usize) -> bool {
        if self.cells.len() == self.most {
            return false;
        }
        self.cells.push(Cell { end, ..self.cell });
        self.next = Next::Cell;
        true
    }
}

/// A stream of rows.
pub(super) struct Table<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes that came.
    pub(super) bytes: u64,
    /// Line of `start`.
    line: u64,
    /// Why no more came than did.
    failed: Option<String>,
    /// A row was broken, and no whole one has come since.
    lost: bool,
    /// Whose answers these are: a repository of GitHub's, or a server.
    whose: Option<String>,
}

impl<R: Read> Table<R> {
    pub(super) fn new(input: R) -> Table<R> {
        Table {
            input,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            bytes: 0,
            line: 1,
            failed: None,
            lost: false,
            whose: None,
        }
    }

    /// Hands on the answer of each row.
    pub(super) fn each(&mut self, take: Take<'_>) -> Result<(), Error> {
        while self.end < 3 && self.more() {}
        if self.buffer[..self.end].starts_with(b"\xef\xbb\xbf") {
            self.start = 3;
        }
        let mut header: Option<Header> = None;
        while self.start < self.end || self.more() {
            if matches!(self.buffer[self.start], b'\n' | b'\r') {
                self.consume(1);
                continue;
            }
            let row = self.row(header.map_or(COLUMNS_MAX, |it| it.columns));
            let Some(known) = header else {
                header = Header::read(&self.buffer[self.start..self.end]);
                match header {
                    Some(header) => self.consume(header.length),
                    None => {
                        return say(take, self.line, "it is no raw table of DevLake's after all");
                    }
                }
                continue;
            };
            match row {
                Ok(look) if look.cells.len() == known.columns => {
                    self.lost = false;
                    self.hand_on(&known, &look, take)?;
                    self.consume(look.at);
                }
                Ok(look) => {
                    let (has, columns) = (look.cells.len(), known.columns);
                    self.broken(&format!("it has {has} cells and the header {columns}"), take)?;
                }
                Err(reason) => self.broken(reason, take)?,
            }
        }
        match self.failed.take() {
            Some(reason) => say(take, self.line, &reason),
            None => Ok(()),
        }
    }

    /// The row that begins here.
    fn row(&mut self, columns: usize) -> Result<Look, &'static str> {
        let mut look = Look::new(columns);
        loop {
            match look.run(&self.buffer[self.start..self.end]) {
                Step::Done => return Ok(look),
                Step::Wrong(reason) => return Err(reason),
                Step::More if self.end - self.start > ROW_MAX => {
                    return Err(
                        "it is larger than 64 MiB, which no answer is; a quote may be missing",
                    );
                }
                Step::More => {}
            }
            if !self.more() {
                look.end(&self.buffer[self.start..self.end])?;
                return Ok(look);
            }
        }
    }

    /// Says what is wrong with the row that begins here, and goes on in the next line: the first
    /// that is a whole row again is taken.
    fn broken(&mut self, reason: &str, take: Take<'_>) -> Result<(), Error> {
        if !self.lost {
            let reason = format!("{reason}; what follows is left out up to the next whole row");
            say(take, self.line, &reason)?;
        }
        self.lost = true;
        loop {
            if let Some(found) = memchr(b'\n', &self.buffer[self.start..self.end]) {
                self.consume(found + 1);
                return Ok(());
            }
            self.consume(self.end - self.start);
            if !self.more() {
                return Ok(());
            }
        }
    }

    /// Hands on the answer in a row.
    fn hand_on(&mut self, header: &Header, look: &Look, take: Take<'_>) -> Result<(), Error> {
        let row = &self.buffer[self.start..self.end];
        let text = |column: usize| look.cells[column].text(row);
        let url = text(header.url);
        let url = String::from_utf8_lossy(url.trim_ascii());
        let told = whose(&url).map(str::to_ascii_lowercase);
        if let (Some(told), Some(known)) = (&told, &self.whose)
            && told != known
        {
            let reason = format!(
                "it is an answer of {told}, the rows before it are of {known}; one table tells of \
                 one, so export the others to a file of their own"
            );
            return say(take, self.line, &reason);
        }
        let data = text(header.data);
        let json = data.trim_ascii();
        if let Err(reason) = check(json) {
            return say(take, self.line, &format!("its column `data` {reason}"));
        }
        let version = millis(&String::from_utf8_lossy(&text(header.created_at))).unwrap_or(0);
        let address = Some(&*url).filter(|it| !it.is_empty());
        let done = take(Piece::Object { line: self.line, address, version, json });
        if self.whose.is_none() {
            self.whose = told;
        }
        done
    }

    /// Leaves bytes behind.
    fn consume(&mut self, count: usize) {
        let behind = &self.buffer[self.start..self.start + count];
        self.line += memchr_iter(b'\n', behind).count() as u64;
        self.start += count;
    }

    /// Reads on. False at the end of the stream.
    fn more(&mut self) -> bool {
        if self.failed.is_some() {
            return false;
        }
        if self.start > 0 && self.buffer.len() - self.end < CHUNK / 4 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < CHUNK / 4 {
            self.buffer.resize((self.buffer.len() * 2).max(self.end + CHUNK), 0);
        }
        loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    self.end += count;
                    self.bytes += count as u64;
                    return count > 0;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(super::split::broken_off(&error));
                    return false;
                }
            }
        }
    }
}

/// Whether it is one whole object or list, as far as its brackets tell.
fn check(json: &[u8]) -> Result<(), String> {
    match json.first() {
        Some(b'{' | b'[') => {}
        None => return Err("is empty".to_owned()),
        Some(b'\\' | b'0') if json[1..].starts_with(b"x") => {
            return Err("is written as bytes in hex; export it as text".to_owned());
        }
        Some(_) => return Err("holds neither an object nor a list of JSON".to_owned()),
    }
    let mut scan = Scan::new();
    match scan.run(json) {
        Json::Done if scan.at == json.len() => Ok(()),
        Json::Done => Err("goes on after its JSON ends".to_owned()),
        Json::More => Err("holds no whole JSON: it ends too early".to_owned()),
        Json::Wrong(reason) => Err(format!("holds no whole JSON: {reason}")),
    }
}

/// Whose answer stands at an address: `https://api.github.com/repos/owner/name`, else the server;
/// none where it is no address.
fn whose(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    let path = host + url[host..].find('/').unwrap_or(url.len() - host);
    let Some(repository) = url[path..].find("/repos/").map(|it| path + it + "/repos/".len()) else {
        return url.starts_with("http").then_some(&url[..path]);
    };
    let ends = |from: usize| from + url[from..].find(['/', '?']).unwrap_or(url.len() - from);
    let owner = ends(repository);
    Some(if url[owner..].starts_with('/') { &url[..ends(owner + 1)] } else { &url[..owner] })
}
