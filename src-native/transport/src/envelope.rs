//! What goes over the channel between the window and the memory beside it: a kind, a ticket that
//! joins an answer to its question, and bytes that are carried and not looked at.

use crate::channel::BODY_BYTES_MAX;
use std::io::{self, Read};
use tokio::io::{AsyncRead, AsyncReadExt};

/// What an envelope is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// To the window: whether there is to be one, then its first screen.
    Hello,
    /// To memory: a frame of the page.
    Call,
    /// To the window: the answer to the call of that ticket; empty for a notification.
    Reply,
    /// To the window: a notification for the page.
    Event,
    /// To memory: a new document is there, and the old one's calls are of no use any more.
    Renew,
    /// To the window: something to do.
    Ask,
    /// To memory: the answer to the asking of that ticket.
    Answer,
    /// To memory: what the window shows now.
    State,
    /// To memory: a sentence for everybody who listens.
    Notice,
}

const KINDS: [Kind; 9] = [
    Kind::Hello,
    Kind::Call,
    Kind::Reply,
    Kind::Event,
    Kind::Renew,
    Kind::Ask,
    Kind::Answer,
    Kind::State,
    Kind::Notice,
];

/// Kind, ticket and length of the body, in little-endian order.
const HEAD_BYTES: usize = 1 + 8 + 4;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) kind: Kind,
    pub(crate) ticket: u64,
    pub(crate) body: Vec<u8>,
}

impl Envelope {
    pub(crate) fn new(kind: Kind, ticket: u64, body: impl Into<Vec<u8>>) -> Envelope {
        Envelope { kind, ticket, body: body.into() }
    }

    /// Its bytes on the way.
    pub(crate) fn packed(&self) -> Vec<u8> {
        let length = u32::try_from(self.body.len()).unwrap_or(u32::MAX);
        let mut bytes = Vec::with_capacity(HEAD_BYTES + self.body.len());
        bytes.push(self.kind as u8);
        bytes.extend(self.ticket.to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.extend(&self.body);
        bytes
    }

    /// The next one; none where the other end has left.
    ///
    /// # Errors
    /// What the stream says; `InvalidData` for what no other end of ours would send.
    pub(crate) fn read(input: &mut impl Read) -> io::Result<Option<Envelope>> {
        let mut head = [0; HEAD_BYTES];
        match input.read_exact(&mut head) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            result => result?,
        }
        let mut envelope = Envelope::begun(head)?;
        input.read_exact(&mut envelope.body)?;
        Ok(Some(envelope))
    }

    /// The same without holding a thread.
    pub(crate) async fn receive(
        input: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<Option<Envelope>> {
        let mut head = [0; HEAD_BYTES];
        match input.read_exact(&mut head).await {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            result => result?,
        };
        let mut envelope = Envelope::begun(head)?;
        input.read_exact(&mut envelope.body).await?;
        Ok(Some(envelope))
    }

    /// What the head says, with room for the body.
    fn begun(head: [u8; HEAD_BYTES]) -> io::Result<Envelope> {
        let [kind, a, b, c, d, e, f, g, h, length @ ..] = head;
        let kind = KINDS.into_iter().find(|it| *it as u8 == kind);
        let length = u32::from_le_bytes(length) as usize;
        let (Some(kind), true) = (kind, length <= BODY_BYTES_MAX) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let ticket = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        Ok(Envelope { kind, ticket, body: vec![0; length] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_again_and_the_end_is_an_end() {
        let sent: Vec<Envelope> = KINDS
            .into_iter()
            .zip(0..)
            .map(|(kind, n)| Envelope::new(kind, n, vec![7; n as usize]))
            .collect();
        let bytes: Vec<u8> = sent.iter().flat_map(Envelope::packed).collect();
        let mut input = &bytes[..];
        let read: Vec<Envelope> =
            std::iter::from_fn(|| Envelope::read(&mut input).unwrap()).collect();
        assert_eq!(read, sent);
    }

    #[test]
    fn what_nobody_of_ours_sends_is_refused_before_room_is_made_for_it() {
        let mut long = Envelope::new(Kind::Call, 1, *b"x").packed();
        long[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(Envelope::read(&mut &long[..]).is_err());
        assert!(Envelope::read(&mut &b"POST / HTTP/1.1\r\n"[..]).is_err());
        let cut = Envelope::new(Kind::Call, 1, *b"xyz").packed();
        assert!(Envelope::read(&mut &cut[..cut.len() - 1]).is_err());
    }
}
