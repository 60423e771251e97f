//! OP_MSG, the protocol of MongoDB: a document out, a document in.

use crate::bson::Doc;
use crate::net::Wire;
use std::io::{Error, ErrorKind, Read, Result, Write};

/// The kind of message.
const OP_MSG: i32 = 2013;
/// The largest message that servers send.
const MESSAGE_MAX: usize = 64 << 20;
/// Bytes before the sections of a message: its header and its flags.
const HEAD: usize = 20;

/// A connection that speaks OP_MSG.
pub(super) struct Link {
    wire: Wire,
    asked: i32,
}

/// A reply.
pub(super) struct Reply {
    bytes: Vec<u8>,
}

impl Reply {
    /// Its document.
    pub(super) fn doc(&self) -> Result<Doc<'_>> {
        Doc::whole(&self.bytes).map_err(|_| broken("a document that is none"))
    }
}

impl Link {
    pub(super) fn new(wire: Wire) -> Link {
        Link { wire, asked: 0 }
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Sends a command and reads its reply.
    pub(super) fn ask(&mut self, command: &[u8]) -> Result<Reply> {
        self.send(command)?;
        self.receive()
    }

    fn send(&mut self, command: &[u8]) -> Result<()> {
        self.asked = self.asked.wrapping_add(1);
        let too_large = || Error::new(ErrorKind::InvalidInput, "the command is too large");
        let length = i32::try_from(HEAD + 1 + command.len()).map_err(|_| too_large())?;
        let mut head = Vec::with_capacity(HEAD + 1 + command.len().min(1 << 16));
        for part in [length, self.asked, 0, OP_MSG, 0] {
            head.extend_from_slice(&part.to_le_bytes());
        }
        head.push(0); // one section: a document
        if command.len() <= 1 << 16 {
            head.extend_from_slice(command);
            self.wire.write_all(&head)?;
        } else {
            self.wire.write_all(&head)?;
            self.wire.write_all(command)?;
        }
        self.wire.flush()
    }

    fn receive(&mut self) -> Result<Reply> {
        let mut head = [0; HEAD];
        self.wire.read_exact(&mut head)?;
        let part = |at: usize| {
            let bytes = [head[at], head[at + 1], head[at + 2], head[at + 3]];
            i32::from_le_bytes(bytes)
        };
        let length = usize::try_from(part(0)).unwrap_or(0);
        if part(12) != OP_MSG || !(HEAD + 6..=MESSAGE_MAX).contains(&length) {
            return Err(broken("a message of another kind"));
        }
        if part(8) != self.asked {
            return Err(broken("an answer to something else"));
        }
        let flags = part(16);
        let length = length - HEAD;
        let mut bytes = Vec::with_capacity(length.min(1 << 20));
        let read = (&mut self.wire).take(length as u64).read_to_end(&mut bytes)?;
        if read < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if flags & 1 != 0 {
            bytes.truncate(length.saturating_sub(4)); // a checksum, where TCP and TLS have theirs
        }
        if flags & 2 != 0 || bytes.first() != Some(&0) {
            return Err(broken("sections that nobody asked for"));
        }
        bytes.remove(0);
        Ok(Reply { bytes })
    }
}

fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("what came is not the protocol of MongoDB: {what}"))
}
