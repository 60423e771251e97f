//! Packets of MySQL's protocol, as they come and go. The cells of a large row are read straight into the
//! page they belong to, so that a cell of 50 MB is held once and not three times.

use super::columns::{Def, Shape};
use crate::Page;
use crate::net::Wire;
use crate::value::PAGE_BYTES_MAX;
use std::io::{Error, ErrorKind, Read, Result, Write};

/// Bytes read at once.
const CHUNK: usize = 64 << 10;
/// The length of a part of a packet that says that another part follows.
const FULL: usize = 0xFF_FFFF;
/// Largest packet that is taken into memory whole; rows are not.
const WHOLE_MAX: usize = 16 << 20;
/// Largest cell: the most that a server can be set to send.
const CELL_MAX: u64 = 1 << 30;

/// What comes from the server: read in chunks, taken by packets.
pub(super) struct Packets {
    wire: Wire,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// What is left of the part of the packet that is being read.
    left: usize,
    /// Whether another part of the packet follows.
    more: bool,
    sequence: u8,
}

/// What is known of a packet before it is taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Bytes of its first part.
    pub(super) length: usize,
    /// Its first byte; 0 where it is empty.
    pub(super) first: u8,
}

impl Packets {
    pub(super) fn new(wire: Wire) -> Packets {
        let buffer = vec![0; CHUNK];
        Packets { wire, buffer, start: 0, end: 0, left: 0, more: false, sequence: 0 }
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Whether nothing is there that was read and not taken.
    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Gives the way back, to put TLS over it, with the number of the next packet. Nothing may have
    /// come that was not taken: that would have come from somebody in between.
    pub(super) fn into_wire(self) -> Result<(Wire, u8)> {
        if self.is_empty() {
            Ok((self.wire, self.sequence))
        } else {
            Err(broken("data before encryption"))
        }
    }

    /// Goes on after TLS was put over the way.
    pub(super) fn again(wire: Wire, sequence: u8) -> Packets {
        Packets { sequence, ..Packets::new(wire) }
    }

    /// Sends a packet that goes on with what is being talked about.
    pub(super) fn reply(&mut self, payload: &[u8]) -> Result<()> {
        let mut rest = payload;
        loop {
            let (part, after) = rest.split_at(rest.len().min(FULL));
            let [a, b, c, ..] = u32::try_from(part.len()).unwrap_or_default().to_le_bytes();
            let head = [a, b, c, self.sequence];
            self.sequence = self.sequence.wrapping_add(1);
            if part.len() < CHUNK {
                self.wire.write_all(&[&head, part].concat())?;
            } else {
                self.wire.write_all(&head)?;
                self.wire.write_all(part)?;
            }
            rest = after;
            if part.len() < FULL {
                return self.wire.flush();
            }
        }
    }

    /// Sends a command.
    pub(super) fn command(&mut self, payload: &[u8]) -> Result<()> {
        self.sequence = 0;
        self.reply(payload)
    }

    /// Makes sure that so many bytes, at most a chunk, are there to be looked at.
    fn fill(&mut self, need: usize) -> Result<()> {
        if self.start > 0 && self.start + need > self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        while self.end - self.start < need {
            if self.start == self.end {
                (self.start, self.end) = (0, 0);
            }
            match self.wire.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => self.end += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn part(&mut self) -> Result<()> {
        self.fill(4)?;
        let at = &self.buffer[self.start..];
        self.left = u32::from_le_bytes([at[0], at[1], at[2], 0]) as usize;
        self.sequence = at[3].wrapping_add(1);
        self.more = self.left == FULL;
        self.start += 4;
        Ok(())
    }

    /// The next packet, to be looked at.
    pub(super) fn head(&mut self) -> Result<Head> {
        self.part()?;
        let mut first = 0;
        if self.left > 0 {
            self.fill(1)?;
            first = self.buffer[self.start];
        }
        Ok(Head { length: self.left, first })
    }

    /// What is left of a packet, whole.
    pub(super) fn rest(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::with_capacity(self.left.min(CHUNK));
        while self.left > 0 || self.more {
            if body.len() > WHOLE_MAX {
                return Err(broken("a packet that is too large"));
            }
            self.some(usize::MAX, &mut |part| body.extend_from_slice(part))?;
        }
        Ok(body)
    }

    /// The next packet, whole.
    pub(super) fn packet(&mut self) -> Result<Vec<u8>> {
        self.part()?;
        self.rest()
    }

    /// Lets what is left of a packet pass by.
    pub(super) fn skip(&mut self) -> Result<()> {
        while self.left > 0 || self.more {
            self.some(usize::MAX, &mut |_| {})?;
        }
        Ok(())
    }

    /// Takes some bytes of a packet, at most so many, and says how many.
    fn some(&mut self, most: usize, take: &mut dyn FnMut(&[u8])) -> Result<usize> {
        if self.left == 0 {
            if !self.more {
                return Err(broken("a packet that ends early"));
            }
            self.part()?;
            return Ok(0);
        }
        self.fill(1)?;
        let size = most.min(self.left).min(self.end - self.start);
        take(&self.buffer[self.start..self.start + size]);
        self.start += size;
        self.left -= size;
        Ok(size)
    }

    /// Takes so many bytes of a packet, part by part as they come.
    fn pass(&mut self, mut size: usize, take: &mut dyn FnMut(&[u8])) -> Result<()> {
        while size > 0 {
            size -= self.some(size, take)?;
        }
        Ok(())
    }

    fn collect(&mut self, size: usize) -> Result<Vec<u8>> {
        let mut all = Vec::with_capacity(size.min(CHUNK));
        self.pass(size, &mut |part| all.extend_from_slice(part))?;
        Ok(all)
    }

    /// A row whose head was looked at, into a page.
    pub(super) fn row(&mut self, defs: &[Def], binary: bool, page: &mut Page) -> Result<()> {
        if self.left <= CHUNK && !self.more {
            self.fill(self.left)?;
            let body = &self.buffer[self.start..self.start + self.left];
            let fits =
                if binary { binary_cells(body, defs, page) } else { text_cells(body, defs, page) };
            self.start += self.left;
            self.left = 0;
            return fits.ok_or_else(|| broken("a row that does not fit its columns"));
        }
        let nulls = if binary { self.collect(1 + bitmap(defs.len()))? } else { Vec::new() };
        for (at, def) in defs.iter().enumerate() {
            let shape = if binary { def.shape() } else { Shape::Long };
            let size = match shape {
                _ if binary && is_null(&nulls[1..], at) => None,
                Shape::Fixed(size) => Some(size),
                Shape::Short => Some(usize::from(self.collect(1)?[0])),
                Shape::Long => self.length()?,
            };
            let Some(size) = size else {
                page.push_null();
                continue;
            };
            if size > PAGE_BYTES_MAX - page.bytes().min(PAGE_BYTES_MAX) {
                return Err(broken("a row that is too large"));
            }
            let Some(kind) = def.as_it_comes() else {
                let cell = self.collect(size)?;
                def.write(&cell, binary, page)
                    .ok_or_else(|| broken("a cell that is not of its type"))?;
                continue;
            };
            let mut failed = None;
            page.push_in_parts(kind, size, |data| {
                failed = self.pass(size, &mut |part| data.extend_from_slice(part)).err();
            });
            if let Some(error) = failed {
                return Err(error);
            }
        }
        // A packet whose last part is full is followed by an empty one.
        self.rest().and_then(|it| {
            if it.is_empty() { Ok(()) } else { Err(broken("a row that is too long")) }
        })
    }

    fn length(&mut self) -> Result<Option<usize>> {
        let first = self.collect(1)?[0];
        let size = match first {
            0xFB => return Ok(None),
            0xFC => 2,
            0xFD => 3,
            0xFE => 8,
            small => return Ok(Some(usize::from(small))),
        };
        let mut bytes = [0; 8];
        bytes[..size].copy_from_slice(&self.collect(size)?);
        let length = u64::from_le_bytes(bytes);
        if length > CELL_MAX {
            return Err(broken("a cell that is too large"));
        }
        Ok(Some(usize::try_from(length).unwrap_or(usize::MAX)))
    }
}

fn text_cells(body: &[u8], defs: &[Def], page: &mut Page) -> Option<()> {
    let mut body = Body(body);
    for def in defs {
        match body.0.first()? {
            0xFB => {
                body.bytes(1)?;
                page.push_null();
            }
            _ => def.write(body.text()?, false, page)?,
        }
    }
    body.0.is_empty().then_some(())
}

fn binary_cells(body: &[u8], defs: &[Def], page: &mut Page) -> Option<()> {
    let mut body = Body(body);
    let nulls = body.bytes(1 + bitmap(defs.len()))?.get(1..)?;
    for (at, def) in defs.iter().enumerate() {
        if is_null(nulls, at) {
            page.push_null();
            continue;
        }
        let cell = match def.shape() {
            Shape::Fixed(size) => body.bytes(size)?,
            Shape::Short => {
                let size = usize::from(body.u8()?);
                body.bytes(size)?
            }
            Shape::Long => body.text()?,
        };
        def.write(cell, true, page)?;
    }
    body.0.is_empty().then_some(())
}

/// Bytes that say which cells of a row are NULL.
fn bitmap(columns: usize) -> usize {
    (columns + 9) / 8
}

fn is_null(bitmap: &[u8], at: usize) -> bool {
    bitmap.get((at + 2) / 8).is_some_and(|it| it >> ((at + 2) % 8) & 1 == 1)
}

pub(super) fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("the server sent {what}"))
}

/// Reads numbers and texts out of a packet.
pub(super) struct Body<'a>(pub(super) &'a [u8]);

impl<'a> Body<'a> {
    pub(super) fn bytes(&mut self, size: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[it]| it)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A number with its own length.
    pub(super) fn number(&mut self) -> Option<u64> {
        Some(match self.u8()? {
            0xFC => u64::from(self.u16()?),
            0xFD => {
                let [a, b, c] = self.array()?;
                u64::from(u32::from_le_bytes([a, b, c, 0]))
            }
            0xFE => u64::from_le_bytes(self.array()?),
            0xFB | 0xFF => return None,
            small => u64::from(small),
        })
    }

    /// Bytes that come with their length.
    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let size = self.number()?;
        self.bytes(usize::try_from(size).ok()?)
    }

    /// Text that comes with its length.
    pub(super) fn words(&mut self) -> Option<String> {
        self.text().map(|it| String::from_utf8_lossy(it).into_owned())
    }

    /// Bytes up to a zero, or all where there is none.
    pub(super) fn until_zero(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|it| *it == 0).unwrap_or(self.0.len());
        let text = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }
}

/// Puts a number with its own length.
pub(super) fn put_number(out: &mut Vec<u8>, number: usize) {
    let bytes = (number as u64).to_le_bytes();
    match number {
        0..=0xFA => out.push(bytes[0]),
        0xFB..=0xFFFF => out.extend_from_slice(&[0xFC, bytes[0], bytes[1]]),
        0x1_0000..=0xFF_FFFF => out.extend_from_slice(&[0xFD, bytes[0], bytes[1], bytes[2]]),
        _ => {
            out.push(0xFE);
            out.extend_from_slice(&bytes);
        }
    }
}

/// Puts bytes with their length.
pub(super) fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    put_number(out, text.len());
    out.extend_from_slice(text);
}
