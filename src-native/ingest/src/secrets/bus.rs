//! As much of D-Bus as a keyring takes: one connection, calls and one kind of signal. Written here
//! because every library for it is larger than all the rest of this crate, or has to be installed
//! before the program starts at all.

use std::io::{self, Read, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::time::{Duration, Instant};
use zeroize::{Zeroize, Zeroizing};

/// A message is never longer: a keyring's answers are far from it.
const MESSAGE_MAX: usize = 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is no bus to connect to.
    NoBus,
    /// Nothing came in time.
    Slow,
    /// The connection ended.
    Cut,
    /// What came is no message.
    Strange,
    /// The name of the error that was answered.
    Said(String),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Trouble::Slow,
            _ => Trouble::Cut,
        }
    }
}

/// A connection to the session's bus.
pub(super) struct Bus {
    stream: UnixStream,
    serial: u32,
    /// Signals that came while something else was waited for.
    signals: Vec<Reply>,
}

impl Bus {
    pub(super) fn session(patience: Duration) -> Result<Bus, Trouble> {
        let mut stream = connect().ok_or(Trouble::NoBus)?;
        stream.set_write_timeout(Some(patience))?;
        stream.set_read_timeout(Some(patience))?;
        let user = std::fs::metadata("/proc/self")?.uid().to_string();
        let hex: String = user.bytes().map(|it| format!("{it:02x}")).collect();
        stream.write_all(format!("\0AUTH EXTERNAL {hex}\r\n").as_bytes())?;
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte)?;
            line.push(byte[0]);
            if line.len() > 1024 {
                return Err(Trouble::Strange);
            }
        }
        if !line.starts_with(b"OK ") {
            return Err(Trouble::NoBus);
        }
        stream.write_all(b"BEGIN\r\n")?;
        let mut bus = Bus { stream, serial: 0, signals: Vec::new() };
        bus.ask_bus("Hello", Words::new(""), patience)?;
        Ok(bus)
    }

    fn ask_bus(&mut self, what: &str, body: Words, patience: Duration) -> Result<Reply, Trouble> {
        let bus = "org.freedesktop.DBus";
        self.call(bus, "/org/freedesktop/DBus", bus, what, body, patience)
    }

    /// Calls a method and waits for its answer.
    pub(super) fn call(
        &mut self,
        to: &str,
        path: &str,
        of: &str,
        what: &str,
        body: Words,
        patience: Duration,
    ) -> Result<Reply, Trouble> {
        self.serial += 1;
        // They stand at byte 12 of the message: as far from a multiple of 8 as four bytes are.
        let fields = Words::new("").number(0).array(8, |it| {
            let it = it.align(8).byte(1).sign("o").path(path);
            let it = it.align(8).byte(2).sign("s").text(of);
            let it = it.align(8).byte(3).sign("s").text(what);
            let it = it.align(8).byte(6).sign("s").text(to);
            match body.signature {
                "" => it,
                signature => it.align(8).byte(8).sign("g").sign(signature),
            }
        });
        let mut message =
            Zeroizing::new(Vec::with_capacity(fields.bytes.len() + body.bytes.len() + 24));
        message.extend_from_slice(&[b'l', 1, 0, 1]); // little end first, a call, no flags, version 1
        message.extend_from_slice(&u32::try_from(body.bytes.len()).unwrap_or(0).to_le_bytes());
        message.extend_from_slice(&self.serial.to_le_bytes());
        message.extend_from_slice(&fields.bytes[4..]);
        while !message.len().is_multiple_of(8) {
            message.push(0);
        }
        message.extend_from_slice(&body.bytes);
        self.stream.write_all(&message)?;
        let until = Instant::now() + patience;
        loop {
            let reply = self.message(until)?;
            match reply.kind {
                2 | 3 if reply.answers != self.serial => {}
                2 => return Ok(reply),
                3 => return Err(Trouble::Said(reply.error)),
                4 if self.signals.len() < 100 => self.signals.push(reply),
                _ => {}
            }
        }
    }

    /// Asks for signals.
    pub(super) fn listen(&mut self, rule: &str, patience: Duration) -> Result<(), Trouble> {
        self.ask_bus("AddMatch", Words::new("s").text(rule), patience).map(drop)
    }

    /// Waits for a signal that was asked for.
    pub(super) fn signal(
        &mut self,
        path: &str,
        what: &str,
        patience: Duration,
    ) -> Result<Reply, Trouble> {
        let is_it = |it: &Reply| it.kind == 4 && it.path == path && it.member == what;
        if let Some(at) = self.signals.iter().position(is_it) {
            return Ok(self.signals.remove(at));
        }
        let until = Instant::now() + patience;
        loop {
            let reply = self.message(until)?;
            if is_it(&reply) {
                return Ok(reply);
            }
        }
    }

    fn message(&mut self, until: Instant) -> Result<Reply, Trouble> {
        let left = until.saturating_duration_since(Instant::now());
        self.stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
        let mut start = [0; 16];
        self.stream.read_exact(&mut start)?;
        let big = match start[0] {
            b'l' => false,
            b'B' => true,
            _ => return Err(Trouble::Strange),
        };
        let number = |at: usize| {
            let four = [start[at], start[at + 1], start[at + 2], start[at + 3]];
            if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
        };
        let (body, fields) = (number(4) as usize, number(12) as usize);
        if body > MESSAGE_MAX || fields > MESSAGE_MAX {
            return Err(Trouble::Strange);
        }
        let head = fields.next_multiple_of(8);
        let mut rest = vec![0; head + body];
        self.stream.read_exact(&mut rest)?;
        let body = Zeroizing::new(rest[head..].to_vec());
        let mut reply = Reply { kind: start[1], big, body, ..Reply::default() };
        let mut read = Reader { bytes: &rest[..fields], at: 0, big };
        while read.at < fields {
            read.align(8);
            let (Some(code), Some(signature)) = (read.byte(), read.sign()) else { break };
            match (code, signature.as_str()) {
                (1, "o") => reply.path = read.text().ok_or(Trouble::Strange)?,
                (3, "s") => reply.member = read.text().ok_or(Trouble::Strange)?,
                (4, "s") => reply.error = read.text().ok_or(Trouble::Strange)?,
                (5, "u") => reply.answers = read.number().ok_or(Trouble::Strange)?,
                (_, "s" | "o") => drop(read.text()),
                (_, "u") => drop(read.number()),
                (_, "g") => drop(read.sign()),
                _ => return Err(Trouble::Strange),
            }
        }
        rest.zeroize();
        Ok(reply)
    }
}

/// The session's bus, by its variable or in its usual place.
fn connect() -> Option<UnixStream> {
    let usual = || {
        let folder = std::env::var("XDG_RUNTIME_DIR").ok()?;
        UnixStream::connect(format!("{folder}/bus")).ok()
    };
    let Ok(addresses) = std::env::var("DBUS_SESSION_BUS_ADDRESS") else { return usual() };
    addresses.split(';').find_map(|address| {
        address.strip_prefix("unix:")?.split(',').find_map(|it| {
            let (key, value) = it.split_once('=')?;
            let value = unescaped(value)?;
            match key {
                "path" => UnixStream::connect(String::from_utf8(value).ok()?).ok(),
                "abstract" => {
                    UnixStream::connect_addr(&SocketAddr::from_abstract_name(value).ok()?).ok()
                }
                _ => None,
            }
        })
    })
}

fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    Some(out)
}

/// What a message says, being written: little end first, each thing where its kind is aligned.
pub(super) struct Words {
    signature: &'static str,
    bytes: Zeroizing<Vec<u8>>,
}

impl Words {
    pub(super) fn new(signature: &'static str) -> Words {
        // As large as a token may be, so that no copy of one stays behind where it grew.
        let room = if signature.contains("ay") { super::SECRET_MAX + 4096 } else { 256 };
        Words { signature, bytes: Zeroizing::new(Vec::with_capacity(room)) }
    }

    pub(super) fn align(mut self, to: usize) -> Words {
        while !self.bytes.len().is_multiple_of(to) {
            self.bytes.push(0);
        }
        self
    }

    fn byte(mut self, byte: u8) -> Words {
        self.bytes.push(byte);
        self
    }

    fn number(self, number: usize) -> Words {
        let mut it = self.align(4);
        it.bytes.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
        it
    }

    pub(super) fn flag(self, flag: bool) -> Words {
        self.number(usize::from(flag))
    }

    pub(super) fn text(self, text: &str) -> Words {
        let mut it = self.number(text.len());
        it.bytes.extend_from_slice(text.as_bytes());
        it.byte(0)
    }

    pub(super) fn path(self, path: &str) -> Words {
        self.text(path)
    }

    pub(super) fn sign(self, signature: &str) -> Words {
        let mut it = self.byte(u8::try_from(signature.len()).unwrap_or(0));
        it.bytes.extend_from_slice(signature.as_bytes());
        it.byte(0)
    }

    pub(super) fn bytes(self, bytes: &[u8]) -> Words {
        let mut it = self.number(bytes.len());
        it.bytes.extend_from_slice(bytes);
        it
    }

    /// An array of what is aligned so: its length in bytes does not count what aligns its first.
    pub(super) fn array(self, align: usize, elements: impl FnOnce(Words) -> Words) -> Words {
        let it = self.number(0);
        let length_at = it.bytes.len() - 4;
        let it = it.align(align);
        let start = it.bytes.len();
        let mut it = elements(it);
        let length = u32::try_from(it.bytes.len() - start).unwrap_or(0);
        it.bytes[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
        it
    }
}

/// A message that came.
#[derive(Default)]
pub(super) struct Reply {
    kind: u8,
    big: bool,
    answers: u32,
    path: String,
    member: String,
    error: String,
    body: Zeroizing<Vec<u8>>,
}

impl Reply {
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { bytes: &self.body, at: 0, big: self.big }
    }
}

/// Reads what a message says; `None` where it is not what was expected.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    big: bool,
}

impl Reader<'_> {
    fn align(&mut self, to: usize) {
        self.at = self.at.next_multiple_of(to);
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|it| it[0])
    }

    fn number(&mut self) -> Option<u32> {
        self.align(4);
        let big = self.big;
        let four = <[u8; 4]>::try_from(self.take(4)?).ok()?;
        Some(if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        self.number().map(|it| it != 0)
    }

    pub(super) fn start_struct(&mut self) -> Option<()> {
        self.align(8);
        (self.at <= self.bytes.len()).then_some(())
    }

    pub(super) fn bytes(&mut self) -> Option<Vec<u8>> {
        let count = self.number()? as usize;
        self.take(count).map(<[u8]>::to_vec)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let text = String::from_utf8(self.bytes()?).ok()?;
        (self.byte()? == 0).then_some(text)
    }

    fn sign(&mut self) -> Option<String> {
        let count = usize::from(self.byte()?);
        let text = String::from_utf8(self.take(count)?.to_vec()).ok()?;
        (self.byte()? == 0).then_some(text)
    }

    pub(super) fn variant_text(&mut self) -> Option<String> {
        match self.sign()?.as_str() {
            "s" | "o" => self.text(),
            _ => None,
        }
    }

    pub(super) fn texts(&mut self) -> Option<Vec<String>> {
        let length = self.number()? as usize;
        let end = self.at.checked_add(length).filter(|it| *it <= self.bytes.len())?;
        let mut texts = Vec::new();
        while self.at < end {
            texts.push(self.text()?);
        }
        Some(texts)
    }
}
