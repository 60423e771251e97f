//! Lines in: one JSON text a line, none longer than allowed, an overlong one skipped and not kept.

use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::time::{Instant, timeout_at};

/// Bytes read at once.
const CHUNK_BYTES: usize = 64 << 10;

/// One line, as far as it could be taken in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// Its bytes, without the line's end.
    Line(Vec<u8>),
    /// It had so many bytes, which are more than allowed; they were let go as they came.
    TooLong(usize),
}

/// A stream of lines.
pub(crate) struct Frames<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    skipped: usize,
    bytes_max: usize,
    patience: Option<Duration>,
    begun: Option<Instant>,
}

impl<R: AsyncRead + Unpin> Frames<R> {
    /// Lines of at most `bytes_max`. A line that has begun must end within `patience`; silence
    /// between lines may last.
    pub(crate) fn new(input: R, bytes_max: usize, patience: Option<Duration>) -> Frames<R> {
        let input = BufReader::with_capacity(CHUNK_BYTES, input);
        Frames { input, line: Vec::new(), skipped: 0, bytes_max, patience, begun: None }
    }

    /// The next line that is not blank; none at the end. Safe to drop and call again: nothing read
    /// is lost.
    ///
    /// # Errors
    /// `TimedOut` where a line has begun and does not end; what the stream says.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let limit = self.begun.zip(self.patience).map(|(begun, patience)| begun + patience);
            let chunk = match limit {
                Some(limit) => timeout_at(limit, self.input.fill_buf()).await.map_err(|_| {
                    io::Error::new(io::ErrorKind::TimedOut, "a line was begun and not ended")
                })??,
                None => self.input.fill_buf().await?,
            };
            if chunk.is_empty() {
                return Ok(self.take()); // the last line may lack its end
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            if self.skipped > 0 || self.line.len() + part.len() > self.bytes_max {
                self.skipped += self.line.len() + part.len();
                self.line = Vec::new();
            } else {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_none() {
                self.begun.get_or_insert_with(Instant::now);
            } else if let Some(frame) = self.take() {
                return Ok(Some(frame));
            }
        }
    }

    /// What the lines came from, once they have ended.
    pub(crate) fn into_inner(self) -> R {
        self.input.into_inner()
    }

    fn take(&mut self) -> Option<Frame> {
        self.begun = None;
        let mut line = std::mem::take(&mut self.line);
        let skipped = std::mem::take(&mut self.skipped);
        if skipped > 0 {
            return Some(Frame::TooLong(skipped));
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        if line.iter().all(u8::is_ascii_whitespace) { None } else { Some(Frame::Line(line)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    async fn all(bytes: &[u8], bytes_max: usize) -> Vec<Frame> {
        let mut frames = Frames::new(bytes, bytes_max, None);
        let mut all = Vec::new();
        while let Some(frame) = frames.next().await.unwrap() {
            all.push(frame);
        }
        all
    }

    fn line(text: &str) -> Frame {
        Frame::Line(text.into())
    }

    #[tokio::test]
    async fn lines_end_with_or_without_a_carriage_return_and_the_last_may_have_no_end() {
        let frames = all(b"{}\r\n[]\n\n  \r\n{\"a\":1}", 100).await;
        assert_eq!(frames, [line("{}"), line("[]"), line("{\"a\":1}")]);
    }

    #[tokio::test]
    async fn an_overlong_line_is_counted_and_the_next_one_read() {
        let mut text = vec![b'x'; 300_000];
        text.extend(b"\n{}\n");
        assert_eq!(all(&text, 1000).await, [Frame::TooLong(300_000), line("{}")]);
        assert_eq!(all(b"1234\n12345\n", 4).await, [line("1234"), Frame::TooLong(5)]);
    }

    #[tokio::test]
    async fn an_overlong_line_is_not_kept() {
        let (mut far, near) = tokio::io::duplex(1 << 16);
        let mut frames = Frames::new(near, 1000, None);
        let write = tokio::spawn(async move {
            for _ in 0..1000 {
                far.write_all(&[b'x'; 10_000]).await.unwrap();
            }
            far
        });
        let read = tokio::time::timeout(Duration::from_millis(500), frames.next()).await;
        assert!(read.is_err(), "a line without an end is no frame");
        assert_eq!((frames.skipped, frames.line.capacity()), (10_000_000, 0));
        drop(write.await.unwrap());
        assert_eq!(frames.next().await.unwrap(), Some(Frame::TooLong(10_000_000)));
    }

    #[tokio::test]
    async fn a_dropped_read_loses_nothing() {
        let (mut far, near) = tokio::io::duplex(64);
        let mut frames = Frames::new(near, 1000, None);
        far.write_all(b"{\"half\":").await.unwrap();
        tokio::time::timeout(Duration::from_millis(20), frames.next()).await.unwrap_err();
        far.write_all(b"1}\n").await.unwrap();
        assert_eq!(frames.next().await.unwrap(), Some(line("{\"half\":1}")));
    }

    #[tokio::test]
    async fn silence_may_last_but_half_a_line_may_not() {
        let (mut far, near) = tokio::io::duplex(64);
        let mut frames = Frames::new(near, 1000, Some(Duration::from_millis(30)));
        let idle = tokio::time::timeout(Duration::from_millis(90), frames.next()).await;
        assert!(idle.is_err());
        far.write_all(b"{").await.unwrap();
        assert_eq!(frames.next().await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
