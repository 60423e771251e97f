//! RESP, the protocol of Redis, in its second and third version: commands out, replies in.

use crate::net::Wire;
use std::io::{Error, ErrorKind, Read, Result, Write};

/// How deep replies may be nested.
const DEPTH_MAX: usize = 64;
/// The longest text in one piece. Redis itself stops at half of it.
const BULK_MAX: usize = 1 << 30;
/// How much is read at once.
const BLOCK: usize = 32 << 10;

/// A reply, whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    /// Nothing.
    Nil,
    /// A word of the server's own: `OK`.
    Word(Vec<u8>),
    /// Bytes.
    Bulk(Vec<u8>),
    /// A whole number.
    Integer(i64),
    /// A whole number of any size, in the server's digits.
    Big(Vec<u8>),
    /// A floating point number, in the server's text.
    Double(Vec<u8>),
    /// Yes or no.
    Bool(bool),
    /// No, and why.
    Error(Vec<u8>),
    /// Several.
    Many(Many, Vec<Reply>),
}

/// What kind of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Many {
    /// In order.
    List,
    /// Each once.
    Set,
    /// Keys and values by turns.
    Map,
    /// Not an answer: something the server says by itself.
    Push,
}

/// How a reply begins.
#[derive(Debug)]
pub(super) enum Head {
    /// And ends.
    One(Reply),
    /// With so many to come; of a map, keys and values counted apart.
    Many(Many, usize),
}

impl Reply {
    /// Its text or bytes; empty for what has none.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Reply::Word(it)
            | Reply::Bulk(it)
            | Reply::Big(it)
            | Reply::Double(it)
            | Reply::Error(it) => it,
            _ => b"",
        }
    }

    /// Its text; what is not UTF-8 is replaced: for the server's own words, never for values.
    pub(super) fn words(&self) -> String {
        match self {
            Reply::Integer(it) => it.to_string(),
            _ => String::from_utf8_lossy(self.bytes()).into_owned(),
        }
    }

    /// It as a number, also where it is text.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Reply::Integer(it) => Some(*it),
            _ => std::str::from_utf8(self.bytes()).ok()?.parse().ok(),
        }
    }

    /// What it holds, in order.
    pub(super) fn list(&self) -> &[Reply] {
        match self {
            Reply::Many(_, items) => items,
            _ => &[],
        }
    }

    /// The value of a key, of a map or of a list of keys and values by turns.
    pub(super) fn get(&self, key: &str) -> Option<&Reply> {
        self.list().chunks_exact(2).find(|it| it[0].bytes() == key.as_bytes()).map(|it| &it[1])
    }

    /// What kind of reply it is, in a word.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Reply::Nil => "nil",
            Reply::Word(_) | Reply::Bulk(_) => "string",
            Reply::Integer(_) | Reply::Big(_) => "integer",
            Reply::Double(_) => "double",
            Reply::Bool(_) => "boolean",
            Reply::Error(_) => "error",
            Reply::Many(Many::Map, _) => "map",
            Reply::Many(Many::Set, _) => "set",
            Reply::Many(..) => "list",
        }
    }
}

/// A connection that speaks RESP.
pub(super) struct Link {
    wire: Wire,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

impl Link {
    pub(super) fn new(wire: Wire) -> Link {
        Link { wire, buffer: vec![0; BLOCK].into_boxed_slice(), start: 0, end: 0 }
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Sends a command.
    pub(super) fn send<W: AsRef<[u8]>>(&mut self, words: &[W]) -> Result<()> {
        let mut text = Vec::with_capacity(64);
        write!(text, "*{}\r\n", words.len())?;
        for word in words {
            let word = word.as_ref();
            write!(text, "${}\r\n", word.len())?;
            if word.len() > BLOCK {
                self.wire.write_all(&text)?;
                text.clear();
                self.wire.write_all(word)?;
            } else {
                text.extend_from_slice(word);
            }
            text.extend_from_slice(b"\r\n");
        }
        self.wire.write_all(&text)?;
        self.wire.flush()
    }

    /// Sends a command and reads its whole reply.
    pub(super) fn ask<W: AsRef<[u8]>>(&mut self, words: &[W]) -> Result<Reply> {
        self.send(words)?;
        self.reply()
    }

    /// Whether more has come than was read: else the next read may wait.
    pub(super) fn has_more(&self) -> bool {
        self.start < self.end
    }

    /// Reads a whole reply. What the server says by itself in between is passed over.
    pub(super) fn reply(&mut self) -> Result<Reply> {
        let head = self.head()?;
        self.rest(head)
    }

    /// Reads how a reply begins, passing over what the server says by itself.
    pub(super) fn head(&mut self) -> Result<Head> {
        loop {
            match self.next()? {
                head @ Head::Many(Many::Push, _) => drop(self.rest(head)?),
                head => return Ok(head),
            }
        }
    }

    /// Reads how anything begins, also what the server says by itself.
    pub(super) fn next(&mut self) -> Result<Head> {
        self.head_at(0)
    }

    /// Reads what follows such a beginning.
    pub(super) fn rest(&mut self, head: Head) -> Result<Reply> {
        self.rest_at(head, 0)
    }

    fn rest_at(&mut self, head: Head, depth: usize) -> Result<Reply> {
        let (kind, count) = match head {
            Head::One(reply) => return Ok(reply),
            Head::Many(kind, count) => (kind, count),
        };
        if depth >= DEPTH_MAX {
            return Err(broken("a reply is nested too deeply"));
        }
        let mut items = Vec::with_capacity(count.min(1024)); // what a server says of itself is not believed
        for _ in 0..count {
            let head = self.head_at(depth + 1)?;
            items.push(self.rest_at(head, depth + 1)?);
        }
        Ok(Reply::Many(kind, items))
    }

    fn head_at(&mut self, depth: usize) -> Result<Head> {
        loop {
            let line = self.line()?;
            let Some((&mark, text)) = line.split_first() else {
                return Err(broken("an empty line"));
            };
            let count = || number(text).map(|it| usize::try_from(it).ok());
            return Ok(match mark {
                b'+' => Head::One(Reply::Word(text.to_vec())),
                b'-' => Head::One(Reply::Error(text.to_vec())),
                b':' => Head::One(Reply::Integer(number(text)?)),
                b'_' => Head::One(Reply::Nil),
                b',' => Head::One(Reply::Double(text.to_vec())),
                b'#' => Head::One(Reply::Bool(text == b"t")),
                b'(' => Head::One(Reply::Big(text.to_vec())),
                b'$' | b'=' | b'!' => match count()? {
                    None => Head::One(Reply::Nil),
                    Some(length) => {
                        let mut bytes = self.bulk(length)?;
                        match mark {
                            b'!' => Head::One(Reply::Error(bytes)),
                            b'=' => Head::One(Reply::Bulk(bytes.split_off(4.min(bytes.len())))),
                            _ => Head::One(Reply::Bulk(bytes)),
                        }
                    }
                },
                b'*' | b'~' | b'>' | b'%' | b'|' => match (count()?, mark) {
                    (None, _) => Head::One(Reply::Nil),
                    (Some(count), b'*') => Head::Many(Many::List, count),
                    (Some(count), b'~') => Head::Many(Many::Set, count),
                    (Some(count), b'>') => Head::Many(Many::Push, count),
                    (Some(count), mark) => {
                        let count = count
                            .checked_mul(2)
                            .ok_or_else(|| broken("a map of impossible length"))?;
                        if mark == b'|' {
                            // Remarks about the reply that follows.
                            self.rest_at(Head::Many(Many::Map, count), depth + 1)?;
                            continue;
                        }
                        Head::Many(Many::Map, count)
                    }
                },
                _ => return Err(broken("a reply of an unknown kind")),
            });
        }
    }

    fn fill(&mut self) -> Result<()> {
        self.start = 0;
        self.end = 0;
        loop {
            match self.wire.read(&mut self.buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    self.end = count;
                    return Ok(());
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn line(&mut self) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            if self.start == self.end {
                self.fill()?;
            }
            let here = &self.buffer[self.start..self.end];
            if let Some(at) = here.iter().position(|it| *it == b'\n') {
                line.extend_from_slice(&here[..at]);
                self.start += at + 1;
                return match line.pop() {
                    Some(b'\r') => Ok(line),
                    _ => Err(broken("a line that does not end as it should")),
                };
            }
            line.extend_from_slice(here);
            self.start = self.end;
            if line.len() > BULK_MAX {
                return Err(broken("a line without end"));
            }
        }
    }

    fn bulk(&mut self, length: usize) -> Result<Vec<u8>> {
        if length > BULK_MAX {
            return Err(broken("a value of impossible length"));
        }
        let mut bytes = Vec::with_capacity(length.min(1 << 20));
        while bytes.len() < length {
            if self.start == self.end {
                self.fill()?;
            }
            let take = (length - bytes.len()).min(self.end - self.start);
            bytes.extend_from_slice(&self.buffer[self.start..self.start + take]);
            self.start += take;
        }
        for expected in *b"\r\n" {
            if self.start == self.end {
                self.fill()?;
            }
            if self.buffer[self.start] != expected {
                return Err(broken("a value that does not end where it should"));
            }
            self.start += 1;
        }
        Ok(bytes)
    }
}

fn number(text: &[u8]) -> Result<i64> {
    std::str::from_utf8(text)
        .ok()
        .and_then(|it| it.parse().ok())
        .ok_or_else(|| broken("a number that is none"))
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("what came is not the protocol of Redis: {what}"))
}
