//! HTTP/1.1 as far as a database needs it: a request, and a response that is read as it comes.

use crate::net::Wire;
use std::io::{Error, ErrorKind, Read, Result, Write};

/// Bytes read at once.
const CHUNK: usize = 64 << 10;
/// Largest head of a response.
const HEAD_MAX: usize = 64 << 10;

/// A way to a server over which requests go one after the other.
pub(super) struct Way {
    wire: Wire,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// So many bytes are left.
    Left(u64),
    /// So many are left of a part; whether parts came before.
    Parts(u64, bool),
    /// It ends with the connection.
    Open,
    Over,
}

/// A response whose body is still to be read.
pub(super) struct Response {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    frame: Frame,
    stays: bool,
}

impl Response {
    /// A header by its name in small letters.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }

    /// Whether the way may be used once more.
    pub(super) fn leaves_way(&self) -> bool {
        self.stays && self.frame == Frame::Over
    }
}

impl Way {
    pub(super) fn new(wire: Wire) -> Way {
        Way { wire, buffer: vec![0; CHUNK], start: 0, end: 0 }
    }

    pub(super) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Posts a body and reads the head of the response.
    pub(super) fn post(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Response> {
        let mut head = format!("POST {path} HTTP/1.1\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        if body.len() < CHUNK {
            self.wire.write_all(&[head.as_bytes(), body].concat())?;
        } else {
            self.wire.write_all(head.as_bytes())?;
            self.wire.write_all(body)?;
        }
        self.wire.flush()?;
        loop {
            let response = self.head()?;
            if response.status != 100 {
                return Ok(response);
            }
        }
    }

    fn fill(&mut self) -> Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        loop {
            match self.wire.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.end += read;
                    return Ok(read);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // A way that is cut without a word of TLS is as one that ends.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(0),
                Err(error) => return Err(error),
            }
        }
    }

    fn line(&mut self, most: usize) -> Result<String> {
        let mut line = Vec::new();
        loop {
            let found = &self.buffer[self.start..self.end];
            let end = found.iter().position(|it| *it == b'\n');
            line.extend_from_slice(&found[..end.unwrap_or(found.len())]);
            self.start += end.map_or(found.len(), |it| it + 1);
            if line.len() > most {
                return Err(broken("a line that is too long"));
            }
            if end.is_some() {
                let line = line.strip_suffix(b"\r").unwrap_or(&line);
                return Ok(String::from_utf8_lossy(line).into_owned());
            }
            if self.fill()? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn head(&mut self) -> Result<Response> {
        let first = self.line(HEAD_MAX)?;
        let mut words = first.split(' ');
        let (version, status) = (words.next().unwrap_or_default(), words.next());
        let status = status.and_then(|it| it.parse().ok());
        let (Some(status), true) = (status, version.starts_with("HTTP/1.")) else {
            return Err(broken("something else than HTTP"));
        };
        let mut headers = Vec::new();
        let mut left = HEAD_MAX;
        loop {
            let line = self.line(left)?;
            left = left
                .checked_sub(line.len() + 2)
                .ok_or_else(|| broken("a head that is too long"))?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        let mut response = Response { status, headers, frame: Frame::Open, stays: true };
        let parts = response
            .header("transfer-encoding")
            .is_some_and(|it| it.eq_ignore_ascii_case("chunked"));
        let length = response.header("content-length").map(|it| it.parse::<u64>());
        response.frame = match (parts, length) {
            (true, _) => Frame::Parts(0, false),
            (false, Some(Ok(0))) => Frame::Over,
            (false, Some(Ok(length))) => Frame::Left(length),
            (false, Some(Err(_))) => return Err(broken("a length that is no number")),
            (false, None) if matches!(status, 100 | 204) => Frame::Over,
            (false, None) => Frame::Open,
        };
        let close =
            response.header("connection").is_some_and(|it| it.eq_ignore_ascii_case("close"));
        response.stays = !close && version == "HTTP/1.1" && response.frame != Frame::Open;
        Ok(response)
    }

    /// Reads on in a body. Nothing is the end of it; a body that ends early is an error.
    pub(super) fn read(&mut self, response: &mut Response, into: &mut [u8]) -> Result<usize> {
        if let Frame::Parts(0, before) = response.frame {
            self.next_part(response, before)?;
        }
        let most = match response.frame {
            Frame::Over => return Ok(0),
            Frame::Open => into.len(),
            Frame::Left(left) | Frame::Parts(left, _) => {
                into.len().min(usize::try_from(left).unwrap_or(usize::MAX))
            }
        };
        if self.start == self.end && self.fill()? == 0 {
            if response.frame == Frame::Open {
                response.frame = Frame::Over;
                return Ok(0);
            }
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let size = most.min(self.end - self.start);
        into[..size].copy_from_slice(&self.buffer[self.start..self.start + size]);
        self.start += size;
        let taken = size as u64;
        response.frame = match response.frame {
            Frame::Left(left) if left == taken => Frame::Over,
            Frame::Left(left) => Frame::Left(left - taken),
            Frame::Parts(left, _) => Frame::Parts(left - taken, true),
            other => other,
        };
        Ok(size)
    }

    /// Whether more of a body can be read without waiting.
    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    fn next_part(&mut self, response: &mut Response, before: bool) -> Result<()> {
        if before && !self.line(2)?.is_empty() {
            return Err(broken("a part that does not end"));
        }
        let line = self.line(1024)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| broken("a part without a length"))?;
        if size == 0 {
            while !self.line(HEAD_MAX)?.is_empty() {}
            response.frame = Frame::Over;
        } else {
            response.frame = Frame::Parts(size, true);
        }
        Ok(())
    }
}

pub(super) fn broken(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("the server sent {what}"))
}

/// A text as a part of an address.
pub(super) fn escaped(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                out.push(char::from(*byte))
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
