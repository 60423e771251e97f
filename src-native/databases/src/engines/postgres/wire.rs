//! Messages of PostgreSQL's protocol 3.0, as they come and go. A row's cells are read straight into the
//! page they belong to, so that a cell of 50 MB is held once and not three times.

use crate::net::Wire;
use crate::{Failure, Kind, Page, Place, Reason};
use bytes::BytesMut;
use std::io::{Read, Write};

/// Bytes read at once.
const CHUNK: usize = 64 << 10;
/// Largest message that is taken into memory whole; rows and copied data are not.
const MESSAGE_MAX: usize = 16 << 20;

/// What comes from the server: read in chunks, taken by messages.
pub(super) struct Incoming {
    wire: Wire,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// The head of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Its letter.
    pub(super) tag: u8,
    /// Bytes of its body.
    pub(super) length: usize,
}

impl Incoming {
    pub(super) fn new(wire: Wire) -> Incoming {
        Incoming { wire, buffer: vec![0; CHUNK], start: 0, end: 0 }
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Whether nothing has come that was not taken.
    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether the next message is here whole, so that nobody waits for the server to read it.
    pub(super) fn has_next(&self) -> bool {
        let here = &self.buffer[self.start..self.end];
        let length = here.get(1..5).and_then(|it| it.try_into().ok()).map(u32::from_be_bytes);
        length.is_some_and(|it| here.len() > it as usize)
    }

    /// Sends what has been put together, and empties it.
    pub(super) fn send(&mut self, out: &mut BytesMut) -> std::io::Result<()> {
        self.wire.write_all(out)?;
        self.wire.flush()?;
        out.clear();
        Ok(())
    }

    /// Makes sure that so many bytes, at most a chunk, are there to be looked at.
    fn fill(&mut self, need: usize) -> std::io::Result<()> {
        if self.start > 0 && self.start + need > self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        while self.end - self.start < need {
            if self.start == self.end {
                (self.start, self.end) = (0, 0);
            }
            match self.wire.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.end += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn take<const N: usize>(&mut self) -> std::io::Result<[u8; N]> {
        self.fill(N)?;
        let mut taken = [0; N];
        taken.copy_from_slice(&self.buffer[self.start..self.start + N]);
        self.start += N;
        Ok(taken)
    }

    /// The head of the next message.
    pub(super) fn head(&mut self) -> std::io::Result<Head> {
        let [tag, a, b, c, d] = self.take()?;
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        match length.checked_sub(4) {
            Some(length) if length < (1 << 31) => Ok(Head { tag, length }),
            _ => Err(broken("a message of impossible length")),
        }
    }

    /// The single byte with which a server says whether it has TLS.
    pub(super) fn byte(&mut self) -> std::io::Result<u8> {
        self.take::<1>().map(|it| it[0])
    }

    /// Gives the way back, to put TLS over it. Nothing may have come that was not taken: that would
    /// have come from somebody in between.
    pub(super) fn into_wire(self) -> std::io::Result<Wire> {
        if self.is_empty() { Ok(self.wire) } else { Err(broken("data before encryption")) }
    }

    /// The body of a message, whole.
    pub(super) fn body(&mut self, length: usize) -> std::io::Result<Vec<u8>> {
        if length > MESSAGE_MAX {
            return Err(broken("a message that is too large"));
        }
        let mut body = Vec::with_capacity(length.min(CHUNK));
        self.pass(length, &mut |part| body.extend_from_slice(part))?;
        Ok(body)
    }

    /// The body of a message, part by part as it comes.
    pub(super) fn pass(
        &mut self,
        mut length: usize,
        take: &mut dyn FnMut(&[u8]),
    ) -> std::io::Result<()> {
        while length > 0 {
            self.fill(1)?;
            let part = length.min(self.end - self.start);
            take(&self.buffer[self.start..self.start + part]);
            self.start += part;
            length -= part;
        }
        Ok(())
    }

    /// The cells of a row, into a page. Returns whether there were as many as there should be.
    pub(super) fn row(
        &mut self,
        length: usize,
        kinds: &[Kind],
        page: &mut Page,
    ) -> std::io::Result<()> {
        if length <= CHUNK {
            self.fill(length)?;
            let body = &self.buffer[self.start..self.start + length];
            cells(body, kinds, page)
                .ok_or_else(|| broken("a row that does not fit its columns"))?;
            self.start += length;
            return Ok(());
        }
        let mut left = length.checked_sub(2).ok_or_else(|| broken("a row without cells"))?;
        if usize::from(u16::from_be_bytes(self.take()?)) != kinds.len() {
            return Err(broken("a row that does not fit its columns"));
        }
        for &kind in kinds {
            let size = i32::from_be_bytes(self.take()?);
            left = left.checked_sub(4).ok_or_else(|| broken("a row that ends early"))?;
            let Ok(size) = usize::try_from(size) else {
                page.push_null();
                continue;
            };
            left = left.checked_sub(size).ok_or_else(|| broken("a row that ends early"))?;
            let mut failed = None;
            page.push_in_parts(kind, size, |data| {
                let mut hex = Hex::default();
                failed = self
                    .pass(size, &mut |part| match kind {
                        Kind::Bytes => hex.decode(part, data),
                        _ => data.extend_from_slice(part),
                    })
                    .err();
            });
            if let Some(error) = failed {
                return Err(error);
            }
        }
        if left == 0 { Ok(()) } else { Err(broken("a row that is longer than its cells")) }
    }
}

/// The cells of a row that is there whole.
fn cells(body: &[u8], kinds: &[Kind], page: &mut Page) -> Option<()> {
    let (count, mut rest) = body.split_first_chunk::<2>()?;
    if usize::from(u16::from_be_bytes(*count)) != kinds.len() {
        return None;
    }
    for &kind in kinds {
        let (size, after) = rest.split_first_chunk::<4>()?;
        let Ok(size) = usize::try_from(i32::from_be_bytes(*size)) else {
            page.push_null();
            rest = after;
            continue;
        };
        let (cell, after) = after.split_at_checked(size)?;
        if kind == Kind::Bytes {
            page.push_with(kind, |data| Hex::default().decode(cell, data));
        } else {
            page.push(kind, cell);
        }
        rest = after;
    }
    rest.is_empty().then_some(())
}

/// Reads `\x0123…`, the text of bytes, in parts. What is not that (the older form `escape`) is kept as
/// it is, which is its text.
#[derive(Default)]
struct Hex {
    seen: usize,
    plain: bool,
    half: Option<u8>,
}

impl Hex {
    fn decode(&mut self, part: &[u8], into: &mut Vec<u8>) {
        for &letter in part {
            let at = self.seen;
            self.seen += 1;
            if self.plain {
                into.push(letter);
                continue;
            }
            match (at, letter) {
                (0, b'\\') | (1, b'x') => continue,
                (0 | 1, _) => {
                    self.plain = true;
                    into.extend_from_slice(&b"\\"[..at]);
                    into.push(letter);
                    continue;
                }
                _ => {}
            }
            let Some(digit) = char::from(letter).to_digit(16) else { continue };
            let digit = u8::try_from(digit).unwrap_or_default();
            match self.half.take() {
                Some(high) => into.push(high << 4 | digit),
                None => self.half = Some(digit),
            }
        }
    }
}

fn broken(what: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, format!("the server sent {what}"))
}

/// Reads numbers and texts out of a message's body. What is not there reads as nothing.
pub(super) struct Body<'a>(pub(super) &'a [u8]);

impl<'a> Body<'a> {
    pub(super) fn text(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|it| *it == 0).unwrap_or(self.0.len());
        let text = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }

    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(super) fn i16(&mut self) -> i16 {
        let Some((first, rest)) = self.0.split_first_chunk() else { return 0 };
        self.0 = rest;
        i16::from_be_bytes(*first)
    }

    pub(super) fn i32(&mut self) -> i32 {
        let Some((first, rest)) = self.0.split_first_chunk() else { return 0 };
        self.0 = rest;
        i32::from_be_bytes(*first)
    }
}

/// What the server says when it says no, or something on the side.
pub(super) struct Words {
    pub(super) severity: String,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) detail: Option<String>,
    pub(super) hint: Option<String>,
    pub(super) position: Option<usize>,
    pub(super) context: Option<String>,
}

impl Words {
    pub(super) fn read(body: &[u8]) -> Words {
        let mut body = Body(body);
        let mut words = Words {
            severity: String::new(),
            code: String::new(),
            message: String::new(),
            detail: None,
            hint: None,
            position: None,
            context: None,
        };
        loop {
            let field = body.byte();
            if field == 0 {
                return words;
            }
            let text = String::from_utf8_lossy(body.text()).into_owned();
            match field {
                b'S' => words.severity = text,
                b'C' => words.code = text,
                b'M' => words.message = text,
                b'D' => words.detail = Some(text),
                b'H' => words.hint = Some(text),
                b'P' => words.position = text.parse().ok(),
                b'W' => words.context = Some(text),
                _ => {}
            }
        }
    }

    /// The failure of a statement.
    pub(super) fn failure(self, statement: &str) -> Failure {
        let reason = match self.code.as_str() {
            "57014" => Reason::Cancelled,
            // The server goes down, or was told to end this connection.
            "57P01" | "57P02" | "57P03" | "57P05" => Reason::Lost,
            _ => Reason::Server,
        };
        let place = self.position.and_then(|it| it.checked_sub(1));
        let detail = match (self.detail, self.context) {
            (Some(detail), Some(context)) => Some(format!("{detail}\n{context}")),
            (detail, context) => detail.or(context),
        };
        Failure {
            reason,
            message: self.message,
            hint: self.hint,
            detail,
            code: Some(self.code),
            place: place.map(|it| Place::of_offset(statement, it)),
        }
    }
}
