//! Takes a stream of JSON apart into objects, with a buffer that is as large as the largest of them.

use std::borrow::Cow;
use std::io::Read;

use super::scan::{LISTS, Scan, Span, Step};
use crate::Error;
use crate::sources::time::millis;

/// The largest object that is taken.
const OBJECT_MAX: usize = 64 << 20;
/// An object that is larger than this and holds a long list of records is taken apart.
const WHOLE_MAX: usize = 4 << 20;
/// Lists within each other, at most: what is deeper holds no records.
const LISTS_MAX: usize = 64;
/// How much is read at once.
const CHUNK: usize = 256 << 10;
/// How much is looked at to tell text from what is none.
const BEGINNING: usize = 4096;

/// What the stream holds next.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// An object.
    Object {
        /// Its line, from 1.
        line: u64,
        /// The address it is an answer of, where it says so.
        address: Option<&'a str>,
        /// When it was recorded, in milliseconds since 1970; 0 where it does not say.
        version: i64,
        json: &'a [u8],
    },
    /// Something that is no object.
    Wrong {
        /// Its line, from 1; 0 where it is the whole.
        line: u64,
        reason: String,
    },
}

/// A stream of JSON: objects one after the other, in lists, in lists that objects hold.
pub(super) struct Split<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes that came.
    pub(super) bytes: u64,
    /// Line of `start`.
    line: u64,
    /// White space from the beginning of the line up to `start`, if there is nothing else.
    indent: Option<usize>,
    /// What is open around `start`.
    open: Vec<Open>,
    /// The address and the time of the object that is being taken apart.
    address: Option<String>,
    version: i64,
    /// Why no more came than did.
    failed: Option<String>,
    /// Whether it was said already that something is broken off.
    cut: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// A list, each object of which is handed on.
    List,
    /// An object too large to be handed on whole: those in its lists are.
    Apart,
}

pub(super) type Take<'t> = &'t mut dyn FnMut(Piece<'_>) -> Result<(), Error>;

impl<R: Read> Split<R> {
    pub(super) fn new(input: R) -> Split<R> {
        Split {
            input,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            bytes: 0,
            line: 1,
            indent: Some(0),
            open: Vec::new(),
            address: None,
            version: 0,
            failed: None,
            cut: false,
        }
    }

    /// Hands on all of the stream.
    pub(super) fn each(&mut self, take: Take<'_>) -> Result<(), Error> {
        while self.end < BEGINNING && self.more() {}
        if self.end == 0 && self.failed.is_none() {
            return say(take, 0, "it is empty");
        }
        if self.buffer[..self.end.min(BEGINNING)].contains(&0) {
            let reason = "it is no text; only JSON can be taken in, packed with gzip or not";
            return say(take, 0, reason);
        }
        if self.buffer[..self.end].starts_with(b"\xef\xbb\xbf") {
            self.start = 3;
        }
        let mut blank = true;
        while let Some(byte) = self.peek() {
            blank &= byte.is_ascii_whitespace();
            match (byte, self.open.last()) {
                (b'\n', _) => {
                    self.line += 1;
                    self.start += 1;
                    self.indent = Some(0);
                }
                (b' ' | b'\t' | b'\r', _) => {
                    self.start += 1;
                    self.indent = self.indent.map(|it| it + 1);
                }
                // Between members of a list, and between texts of a sequence (RFC 7464).
                (b',' | b'\x1e', _) => self.start += 1,
                (b'"', Some(Open::Apart)) => self.member(take)?,
                (b'}', Some(Open::Apart)) => self.close(),
                (_, Some(Open::Apart)) => {
                    self.wrong("it is no whole JSON: a member's name is missing", take)?;
                }
                (b'[', _) if self.open.len() >= LISTS_MAX => {
                    self.open.clear();
                    self.wrong("its lists stand too deep within each other", take)?;
                }
                (b'[', _) => self.enter(Open::List),
                (b']', _) => self.close(),
                (b'{', _) => self.object(take)?,
                _ => self.wrong("there is no JSON object where one should begin", take)?,
            }
        }
        if let Some(reason) = self.failed.take() {
            return say(take, self.line, &reason);
        }
        if blank {
            return say(take, 0, "it holds nothing but white space");
        }
        if !self.open.is_empty() && !self.cut {
            return say(take, self.line, "it ends within a list: its end may be missing");
        }
        Ok(())
    }

    fn enter(&mut self, open: Open) {
        self.consume(1);
        self.open.push(open);
    }

    fn close(&mut self) {
        self.consume(1);
        self.open.pop();
        if !self.open.contains(&Open::Apart) {
            self.address = None;
            self.version = 0;
        }
    }

    /// Hands on the object that begins here.
    fn object(&mut self, take: Take<'_>) -> Result<(), Error> {
        let mut scan = Scan::new();
        let mut step = Step::More;
        while step == Step::More {
            step = scan.run(&self.buffer[self.start..self.end]);
            // The same whatever came at once: only what begins early counts.
            if scan.at > WHOLE_MAX && scan.list.is_some_and(|it| it < WHOLE_MAX) {
                self.enter(Open::Apart);
                return Ok(());
            }
            if scan.at > OBJECT_MAX {
                return self.leave_out(scan, step, take);
            }
            if step == Step::More && !self.more() {
                self.cut = true;
                return self.wrong("it is no whole JSON: the file ends before it does", take);
            }
        }
        if let Step::Wrong(reason) = step {
            let line = self.line + lines(&self.buffer[self.start..self.start + scan.at]);
            return self.wrong(&format!("it is no whole JSON: in line {line} {reason}"), take);
        }
        let bytes = &self.buffer[self.start..self.start + scan.at];
        let piece = match self.unwrapped(&scan) {
            Some((address, version, json)) => take(Piece::Object {
                line: self.line,
                address: Some(&address),
                version,
                json: &json,
            }),
            None => take(Piece::Object {
                line: self.line,
                address: self.address.as_deref(),
                version: self.version,
                json: bytes,
            }),
        };
        self.consume(scan.at);
        if self.buffer.len() > 4 * WHOLE_MAX && self.end < WHOLE_MAX {
            self.buffer.truncate(WHOLE_MAX);
            self.buffer.shrink_to_fit();
        }
        piece
    }

    /// Address, time and answer of an envelope, `{"url": …, "data": …}`; none where it is none.
    fn unwrapped(&self, scan: &Scan) -> Option<(String, i64, Cow<'_, [u8]>)> {
        let address = self.text(scan.url?)?;
        let data = scan.data?;
        let bytes = &self.buffer[self.start + data.start..self.start + data.end];
        let json = match bytes[0] {
            b'{' | b'[' => Cow::Borrowed(bytes),
            // A column of JSON in a table's row, as text.
            _ => Cow::Owned(self.text(data).filter(|it| it.starts_with(['{', '[']))?.into_bytes()),
        };
        let version = scan.created_at.and_then(|it| self.text(it)).and_then(|it| millis(&it));
        Some((address, version.unwrap_or(0), json))
    }

    /// A text of the object that begins here.
    fn text(&self, span: Span) -> Option<String> {
        let bytes = &self.buffer[self.start + span.start..self.start + span.end];
        serde_json::from_slice(bytes).ok()
    }

    /// A member of an object that is taken apart.
    fn member(&mut self, take: Take<'_>) -> Result<(), Error> {
        let Some(name) = self.value(take)? else { return Ok(()) };
        while self.peek().is_some_and(|it| it.is_ascii_whitespace()) {
            self.consume(1);
        }
        if self.peek() != Some(b':') {
            return self.wrong("it is no whole JSON: a colon is missing", take);
        }
        self.consume(1);
        while self.peek().is_some_and(|it| it.is_ascii_whitespace()) {
            self.consume(1);
        }
        match self.peek() {
            Some(b'[') if LISTS.contains(&name.as_bytes()) => self.enter(Open::List),
            Some(b'{') if name == "data" => self.enter(Open::Apart),
            Some(b'"') => {
                let Some(text) = self.value(take)? else { return Ok(()) };
                match name.as_str() {
                    "url" => self.address = Some(text),
                    "created_at" => self.version = millis(&text).unwrap_or(0),
                    _ => {}
                }
            }
            _ => {
                let step = self.run_past(&mut Scan::new());
                self.after(step, take)?;
            }
        }
        Ok(())
    }

    /// The text that begins here; none where it is none.
    fn value(&mut self, take: Take<'_>) -> Result<Option<String>, Error> {
        let mut scan = Scan::new();
        loop {
            let step = scan.run(&self.buffer[self.start..self.end]);
            if step == Step::Done {
                let text = self.text(Span { start: 0, end: scan.at }).unwrap_or_default();
                self.consume(scan.at);
                return Ok(Some(text));
            }
            if step != Step::More || scan.at > OBJECT_MAX || !self.more() {
                return self.after(step, take).map(|()| None);
            }
        }
    }

    /// Leaves out an object that is too large.
    fn leave_out(&mut self, mut scan: Scan, step: Step, take: Take<'_>) -> Result<(), Error> {
        let mib = OBJECT_MAX >> 20;
        let reason =
            format!("it is larger than {mib} MiB, which no record of a tracker is; split it");
        say(take, self.line, &reason)?;
        self.consume(scan.at);
        scan.forget();
        let step = if step == Step::More { self.run_past(&mut scan) } else { step };
        self.after(step, take)
    }

    /// Looks through a value without keeping it. `More` where the stream ends within it.
    fn run_past(&mut self, scan: &mut Scan) -> Step {
        loop {
            let step = scan.run(&self.buffer[self.start..self.end]);
            self.consume(scan.at);
            scan.forget();
            if step != Step::More || !self.more() {
                return step;
            }
        }
    }

    /// Says it where what was left out did not end well.
    fn after(&mut self, step: Step, take: Take<'_>) -> Result<(), Error> {
        match step {
            Step::Done => Ok(()),
            Step::Wrong(reason) => self.wrong(&format!("it is no whole JSON: {reason}"), take),
            Step::More => {
                self.cut = true;
                self.wrong("it is no whole JSON: the file ends before it does", take)
            }
        }
    }

    /// Says what is wrong here, and goes to the next line where an object may begin: one that is
    /// set in as far as this one is.
    fn wrong(&mut self, reason: &str, take: Take<'_>) -> Result<(), Error> {
        match self.indent {
            Some(_) => say(take, self.line, reason)?,
            None => say(take, self.line, &format!("{reason}; the rest of its line is left out"))?,
        }
        let indent = self.indent.unwrap_or(0);
        if self.open.last() == Some(&Open::Apart) {
            self.open.clear();
        }
        loop {
            match memchr::memchr(b'\n', &self.buffer[self.start..self.end]) {
                Some(found) => {
                    self.consume(found + 1);
                    self.indent = Some(0);
                }
                None => {
                    self.consume(self.end - self.start);
                    if self.more() {
                        continue;
                    }
                    self.cut = true;
                    return Ok(());
                }
            }
            while matches!(self.peek(), Some(b' ' | b'\t')) {
                self.start += 1;
                self.indent = self.indent.map(|it| it + 1);
            }
            match self.peek() {
                Some(b'{') if self.indent == Some(indent) => return Ok(()),
                Some(b'[') if self.indent == Some(indent) && self.open.is_empty() => return Ok(()),
                _ => {}
            }
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    fn peek(&mut self) -> Option<u8> {
        if self.start == self.end && !self.more() {
            return None;
        }
        Some(self.buffer[self.start])
    }

    /// Leaves bytes behind.
    fn consume(&mut self, count: usize) {
        self.line += lines(&self.buffer[self.start..self.start + count]);
        self.start += count;
        self.indent = None;
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
                Ok(0) => return false,
                Ok(count) => {
                    self.end += count;
                    self.bytes += count as u64;
                    return true;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(broken_off(&error));
                    return false;
                }
            }
        }
    }
}

pub(super) fn say(take: Take<'_>, line: u64, reason: &str) -> Result<(), Error> {
    take(Piece::Wrong { line, reason: reason.to_owned() })
}

/// Why a stream cannot be read on.
pub(super) fn broken_off(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => {
            "it ends before it should: the file was cut; what came before is taken".to_owned()
        }
        _ => format!("it cannot be read on: {error}"),
    }
}

fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
