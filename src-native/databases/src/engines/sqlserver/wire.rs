//! Packets of TDS over a way to a server, with TLS within the first of them, and the one thing that goes
//! the other way while an answer comes: the call to stop.

use crate::net::{self, Plain, Wire};
use crate::{Cancel, Failure, Reason, Result, Target, TlsMode};
use std::io::{ErrorKind, Read, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes before each packet.
pub(super) const HEADER: usize = 8;
/// Longest packet before both sides have agreed.
const FIRST_PACKET: usize = 4096;
/// How long a read waits before it looks whether it was cancelled.
const STEP: Duration = Duration::from_millis(20);
/// How long whoever cancels waits for the word to be sent.
const TELL_WAIT: Duration = Duration::from_secs(2);
/// Values longer than that are not kept for the next one.
const SCRATCH: usize = 1 << 20;

/// Kinds of messages.
pub(super) const BATCH: u8 = 1;
pub(super) const RPC: u8 = 3;
const ATTENTION: u8 = 6;
pub(super) const LOGIN: u8 = 16;
pub(super) const PRELOGIN: u8 = 18;
const ANSWER: u8 = 4;

/// What stops a session from another thread.
pub(super) struct Watch {
    state: Mutex<State>,
    told: Condvar,
    plain: Plain,
}

#[derive(Default)]
struct State {
    running: bool,
    asked: bool,
    told: bool,
}

impl Watch {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A statement begins.
    pub(super) fn begin(&self) {
        *self.state() = State { running: true, asked: false, told: false };
    }

    /// A statement ended; whether it was cancelled.
    pub(super) fn end(&self) -> bool {
        let mut state = self.state();
        state.running = false;
        self.told.notify_all();
        state.asked
    }

    /// Whether the word to stop is to be sent now: once for each statement.
    fn is_asked(&self) -> bool {
        let mut state = self.state();
        let now = state.asked && !state.told;
        state.told |= now;
        now
    }

    fn was_told(&self) {
        self.told.notify_all();
    }
}

impl Cancel for Watch {
    fn cancel(&self) -> Result<()> {
        let mut state = self.state();
        if state.running {
            state.asked = true;
            let waits = |it: &mut State| it.running && !it.told;
            drop(self.told.wait_timeout_while(state, TELL_WAIT, waits));
        }
        Ok(())
    }

    fn cut(&self) {
        self.plain.cut();
    }
}

/// A way to a server, by packets.
pub(super) struct Channel {
    wire: Wire,
    shown: String,
    pub(super) watch: std::sync::Arc<Watch>,
    /// Longest packet.
    pub(super) packet: usize,
    buffer: Vec<u8>,
    at: usize,
    /// Whether the packet in the buffer is its message's last.
    last: bool,
    /// Whether the server has been told to stop, and has not said yet that it did.
    pub(super) stopping: bool,
    scratch: Vec<u8>,
}

impl Channel {
    /// Goes to a server; with TLS from the first byte where that is asked for.
    pub(super) fn open(target: &Target, strict: bool) -> Result<Channel> {
        let plain = net::dial(target)?;
        let again = plain.again().map_err(|it| broken(&target.shown(), &it, Reason::Connection))?;
        let wire = if strict {
            let mut plain = plain;
            let connection = net::shake(&mut plain, target, &[b"tds/8.0"])?;
            Wire::secured(plain, connection)
        } else {
            Wire::Plain(plain)
        };
        let state = Mutex::new(State::default());
        let watch = Watch { state, told: Condvar::new(), plain: again };
        Ok(Channel {
            wire,
            shown: target.shown(),
            watch: std::sync::Arc::new(watch),
            packet: FIRST_PACKET,
            buffer: Vec::new(),
            at: 0,
            last: true,
            stopping: false,
            scratch: Vec::new(),
        })
    }

    /// Puts TLS over the way, its handshake packed into packets as those before it.
    pub(super) fn secure(mut self, target: &Target) -> Result<Channel> {
        let Wire::Plain(plain) = self.wire else { return Ok(self) };
        let mut packed = Packed { way: plain, out: Vec::new(), left: 0 };
        let connection = net::shake(&mut packed, target, &[])?;
        packed.flush().map_err(|it| broken(&self.shown, &it, Reason::Connection))?;
        self.wire = Wire::secured(packed.way, connection);
        Ok(self)
    }

    /// Whether it is encrypted.
    pub(super) fn encrypted(&self) -> bool {
        self.wire.encrypted()
    }

    fn lost(&self, error: &std::io::Error) -> Failure {
        broken(&self.shown, error, Reason::Lost)
    }

    /// Sends a message.
    pub(super) fn send(&mut self, kind: u8, message: &[u8]) -> Result<()> {
        self.wire.plain().wait_at_most(None).map_err(|it| self.lost(&it))?;
        let room = self.packet - HEADER;
        let count = message.len().div_ceil(room).max(1);
        let mut packet = Vec::with_capacity(self.packet.min(message.len() + HEADER));
        for at in 0..count {
            let part = &message[at * room..message.len().min((at + 1) * room)];
            packet.clear();
            packet.extend_from_slice(&header(kind, at + 1 == count, part.len(), at + 1));
            packet.extend_from_slice(part);
            self.wire.write_all(&packet).map_err(|it| self.lost(&it))?;
        }
        self.wire.flush().map_err(|it| self.lost(&it))?;
        (self.at, self.last) = (0, false);
        self.buffer.clear();
        self.wire.plain().wait_at_most(Some(STEP)).map_err(|it| self.lost(&it))
    }

    /// Waits longer for each read: until the server has let us in.
    pub(super) fn wait_at_most(&self, time: Duration) -> Result<()> {
        self.wire.plain().wait_at_most(Some(time)).map_err(|it| self.lost(&it))
    }

    /// The server has let us in.
    pub(super) fn arrived(&self) -> Result<()> {
        self.wire.plain().arrived().map_err(|it| self.lost(&it))
    }

    /// Tells the server to stop. It answers with what was on its way, and then that it did.
    pub(super) fn stop(&mut self) -> Result<()> {
        if self.stopping {
            return Ok(());
        }
        self.stopping = true;
        let plain = self.wire.plain();
        plain.wait_at_most(None).map_err(|it| self.lost(&it))?;
        let sent = self.wire.write_all(&header(ATTENTION, true, 0, 1));
        sent.and_then(|()| self.wire.flush()).map_err(|it| self.lost(&it))?;
        self.watch.was_told();
        self.wire.plain().wait_at_most(Some(STEP)).map_err(|it| self.lost(&it))
    }

    /// Fills a piece from the wire, looking for the word to stop meanwhile.
    fn fill(&mut self, piece: &mut [u8]) -> Result<()> {
        let mut filled = 0;
        while filled < piece.len() {
            if self.watch.is_asked() {
                self.stop()?;
            }
            match self.wire.read(&mut piece[filled..]) {
                Ok(0) => return Err(self.lost(&ErrorKind::UnexpectedEof.into())),
                Ok(read) => filled += read,
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted => {}
                    ErrorKind::WouldBlock | ErrorKind::TimedOut if self.is_patient() => {}
                    _ => return Err(self.lost(&error)),
                },
            }
        }
        Ok(())
    }

    /// Whether a statement runs, which may take as long as it likes.
    fn is_patient(&self) -> bool {
        self.watch.state().running
    }

    /// Takes the next packet.
    fn next(&mut self) -> Result<()> {
        let mut header = [0; HEADER];
        self.fill(&mut header)?;
        let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
        if !matches!(header[0], ANSWER | PRELOGIN) || length < HEADER {
            return Err(self.odd("a packet of another kind"));
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        buffer.resize(length - HEADER, 0);
        self.fill(&mut buffer)?;
        (self.buffer, self.at, self.last) = (buffer, 0, header[1] & 1 != 0);
        Ok(())
    }

    /// Whether the message has been taken whole.
    pub(super) fn is_over(&mut self) -> Result<bool> {
        while self.at == self.buffer.len() {
            if self.last {
                return Ok(true);
            }
            self.next()?;
        }
        Ok(false)
    }

    /// Whether nothing of the message is left, as far as is known without waiting.
    pub(super) fn was_taken(&self) -> bool {
        self.last && self.at == self.buffer.len()
    }

    /// Makes ready for one more message: the answer to the word to stop.
    pub(super) fn once_more(&mut self) {
        self.last = false;
    }

    /// The next bytes of the message, in one piece.
    pub(super) fn take(&mut self, count: usize) -> Result<&[u8]> {
        if self.buffer.len() - self.at >= count {
            let start = self.at;
            self.at += count;
            return Ok(&self.buffer[start..self.at]);
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        scratch.shrink_to(SCRATCH);
        self.take_into(count, &mut scratch)?;
        self.scratch = scratch;
        Ok(&self.scratch)
    }

    /// Adds the next bytes of the message to what is there.
    pub(super) fn take_into(&mut self, mut count: usize, out: &mut Vec<u8>) -> Result<()> {
        while count > 0 {
            if self.is_over()? {
                return Err(self.odd("an answer that ends too early"));
            }
            let part = count.min(self.buffer.len() - self.at);
            out.extend_from_slice(&self.buffer[self.at..self.at + part]);
            self.at += part;
            count -= part;
        }
        Ok(())
    }

    /// Passes over bytes of the message.
    pub(super) fn skip(&mut self, mut count: usize) -> Result<()> {
        while count > 0 {
            if self.is_over()? {
                return Err(self.odd("an answer that ends too early"));
            }
            let part = count.min(self.buffer.len() - self.at);
            self.at += part;
            count -= part;
        }
        Ok(())
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A text of so many units of UTF-16.
    pub(super) fn text(&mut self, units: usize) -> Result<String> {
        Ok(utf16(self.take(units * 2)?))
    }

    /// A text whose length stands before it as one byte.
    pub(super) fn short_text(&mut self) -> Result<String> {
        let units = self.u8()?;
        self.text(units.into())
    }

    /// A text whose length stands before it as two bytes.
    pub(super) fn long_text(&mut self) -> Result<String> {
        let units = self.u16()?;
        self.text(units.into())
    }

    /// A failure for what no server should send.
    pub(super) fn odd(&self, what: &str) -> Failure {
        let text = format!("{} sent what TDS does not have: {what}", self.shown);
        Failure::new(Reason::Lost, text).hint("check that SQL Server listens at that port")
    }
}

/// Text of UTF-16 in which nothing is amiss, or signs in place of what is.
pub(super) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|it| u16::from_le_bytes([it[0], it[1]]));
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn header(kind: u8, last: bool, length: usize, number: usize) -> [u8; HEADER] {
    let [high, low] = u16::try_from(length + HEADER).unwrap_or(u16::MAX).to_be_bytes();
    [kind, last.into(), high, low, 0, 0, number as u8, 0] // the number goes round
}

fn broken(shown: &str, error: &std::io::Error, reason: Reason) -> Failure {
    let why = match error.kind() {
        ErrorKind::UnexpectedEof => "it was closed".to_owned(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut => "no answer in time".to_owned(),
        _ => error.to_string(),
    };
    Failure::new(reason, format!("the connection to {shown} was lost: {why}"))
}

/// The way beneath TLS while it shakes hands: what TLS writes goes into packets, and comes out of them.
struct Packed {
    way: Plain,
    out: Vec<u8>,
    /// Bytes that are left of the packet that is being read.
    left: usize,
}

impl Read for Packed {
    fn read(&mut self, piece: &mut [u8]) -> std::io::Result<usize> {
        self.flush()?;
        while self.left == 0 {
            let mut header = [0; HEADER];
            self.way.read_exact(&mut header)?;
            let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
            self.left = length.checked_sub(HEADER).ok_or(ErrorKind::InvalidData)?;
        }
        let room = piece.len().min(self.left);
        let read = self.way.read(&mut piece[..room])?;
        self.left -= read;
        Ok(read)
    }
}

impl Write for Packed {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        self.out.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let out = std::mem::take(&mut self.out);
        let parts: Vec<_> = out.chunks(FIRST_PACKET - HEADER).collect();
        for (at, part) in parts.iter().enumerate() {
            let mut packet = header(PRELOGIN, at + 1 == parts.len(), part.len(), at + 1).to_vec();
            packet.extend_from_slice(part);
            self.way.write_all(&packet)?;
        }
        self.way.flush()
    }
}

/// Whether the target wants TLS.
pub(super) fn wants_tls(target: &Target) -> bool {
    target.tls.mode != TlsMode::Off
}
