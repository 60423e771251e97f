//! What memory sends, taken apart: by a thread that waits for it, or by the window's own loop, which
//! is told when there is something. The loop's way saves each answer a thread's waking, which is
//! dearer than everything else that is done for it here.

use super::{Give, Hear, Waiting, locked};
use crate::envelope::{Envelope, Kind};
use crate::outgoing::Outgoing;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, Weak};

/// Where what memory sends goes.
pub(super) struct Post {
    pub(super) hear: Arc<dyn Hear>,
    pub(super) waiting: Arc<Mutex<Waiting>>,
    pub(super) road: Weak<Outgoing>,
}

impl Post {
    /// Hands over one envelope.
    ///
    /// # Errors
    /// `InvalidData` for what no memory sends.
    fn take(&self, Envelope { kind, ticket, body }: Envelope) -> io::Result<()> {
        match kind {
            Kind::Reply => {
                let replied = locked(&self.waiting).calls.remove(&ticket);
                if let Some(replied) = replied {
                    replied(body);
                }
            }
            Kind::Event => self.hear.event(String::from_utf8(body).unwrap_or_default()),
            Kind::Ask => {
                let road = self.road.clone();
                let answered: Give = Box::new(move |answer| {
                    let body = serde_json::to_vec(&answer).unwrap_or_default();
                    if let Some(road) = road.upgrade() {
                        road.send(&Envelope::new(Kind::Answer, ticket, body).packed());
                    }
                });
                self.hear.ask(serde_json::from_slice(&body)?, answered);
            }
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        Ok(())
    }

    /// Takes what comes until nothing more does.
    pub(super) fn take_all(&self, input: &mut impl Read) {
        while let Ok(Some(envelope)) = Envelope::read(input) {
            if self.take(envelope).is_err() {
                break;
            }
        }
        self.ended();
    }

    fn ended(&self) {
        let calls = {
            let mut waiting = locked(&self.waiting);
            waiting.ended = true;
            std::mem::take(&mut waiting.calls)
        };
        drop(calls); // each answers for itself when it is dropped
        self.hear.ended();
    }
}

/// What memory sends, for a loop that waits for many things at once.
#[cfg(unix)]
pub struct Incoming {
    pub(super) socket: std::os::unix::net::UnixStream,
    pub(super) post: Post,
    pub(super) begun: Vec<u8>,
    pub(super) part: Vec<u8>,
}

/// Bytes taken at one look, so that the loop comes round to other things.
#[cfg(unix)]
const LOOK_BYTES: usize = 1 << 20;

#[cfg(unix)]
impl Incoming {
    /// What becomes readable when there is something to take.
    pub fn handle(&self) -> std::os::fd::RawFd {
        std::os::fd::AsRawFd::as_raw_fd(&self.socket)
    }

    /// Takes what is there without waiting for more. False when memory has ended, which [`Hear`] has
    /// then been told.
    pub fn look(&mut self) -> bool {
        let looked = self.read().and_then(|more| self.unpack().map(|()| more));
        if !matches!(looked, Ok(true)) {
            self.post.ended();
            return false;
        }
        true
    }

    /// False at the end.
    fn read(&mut self) -> io::Result<bool> {
        let mut taken = 0;
        while taken < LOOK_BYTES {
            let flags = rustix::net::RecvFlags::DONTWAIT;
            match rustix::net::recv(&self.socket, &mut self.part[..], flags) {
                Ok((0, _)) => return Ok(false),
                Ok((count, _)) => {
                    self.begun.extend_from_slice(&self.part[..count]);
                    taken += count;
                    if count < self.part.len() {
                        return Ok(true);
                    }
                }
                Err(rustix::io::Errno::AGAIN) => return Ok(true),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(true)
    }

    fn unpack(&mut self) -> io::Result<()> {
        let mut rest = &self.begun[..];
        loop {
            let before = rest;
            match Envelope::read(&mut rest) {
                Ok(Some(envelope)) => self.post.take(envelope)?,
                // Not all of it is there.
                Ok(None) => break rest = before,
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break rest = before,
                Err(error) => return Err(error),
            }
        }
        let taken = self.begun.len() - rest.len();
        self.begun.drain(..taken);
        Ok(())
    }
}
