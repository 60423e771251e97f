//! Lines out: answers as they finish, notifications as far as there is room.

use serde_json::json;
use std::collections::VecDeque;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::sync::{Notify, OwnedSemaphorePermit};

/// Unread answers from which on no more questions are taken, in bytes.
const FULL_BYTES: usize = 256 << 10;
/// Unread answers at which the conversation ends: whoever asks so much and reads nothing is gone.
const HOPELESS_BYTES: usize = 64 << 20;
/// Notifications kept for a reader that is behind, in number …
const NOTICES_MAX: usize = 256;
/// … and together with everything else, in bytes. Less than `FULL_BYTES`: they alone never stop the
/// reading.
const NOTICES_BYTES_MAX: usize = FULL_BYTES / 2;

/// What waits to be written to one caller.
#[derive(Default)]
pub(crate) struct Outbox {
    queue: Mutex<Queue>,
    filled: Notify,
    drained: Notify,
}

#[derive(Default)]
struct Queue {
    lines: VecDeque<Line>,
    bytes: usize,
    notices: usize,
    missed: u64,
    closed: bool,
}

struct Line {
    text: Vec<u8>,
    notice: bool,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Outbox {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An answer: always taken, because it was asked for. Its turn ends when it is written.
    pub(crate) fn answer(&self, text: Vec<u8>, turn: Option<OwnedSemaphorePermit>) {
        self.queue().push(Line { text, notice: false, _turn: turn });
        self.filled.notify_one();
    }

    /// A notification: left out where the reader is behind, who is told how many it missed.
    pub(crate) fn notice(&self, text: String) {
        let mut queue = self.queue();
        if queue.notices >= NOTICES_MAX || queue.bytes + text.len() > NOTICES_BYTES_MAX {
            queue.missed += 1;
            return;
        }
        queue.push(Line { text: text.into_bytes(), notice: true, _turn: None });
        drop(queue);
        self.filled.notify_one();
    }

    /// Nothing more will come; what waits is still written.
    pub(crate) fn close(&self) {
        self.queue().closed = true;
        self.filled.notify_one();
    }

    /// Resolves when there is room for answers to more questions.
    pub(crate) async fn room(&self) {
        while self.queue().bytes >= FULL_BYTES {
            self.drained.notified().await;
        }
    }

    /// Writes until the outbox is closed and empty.
    ///
    /// # Errors
    /// What the stream says; `WriteZero` where the reader is hopelessly behind.
    pub(crate) async fn write_to(&self, output: impl AsyncWrite + Unpin) -> io::Result<()> {
        let mut output = BufWriter::with_capacity(FULL_BYTES / 4, output);
        loop {
            while let Some(line) = self.next() {
                let bytes = line.text.len();
                let write = async {
                    output.write_all(&line.text).await?;
                    output.write_all(b"\n").await
                };
                tokio::select! {
                    written = write => written?,
                    () = self.hopeless() => return Err(io::ErrorKind::WriteZero.into()),
                }
                self.queue().bytes -= bytes;
                self.drained.notify_one();
            }
            tokio::select! {
                flushed = output.flush() => flushed?,
                () = self.hopeless() => return Err(io::ErrorKind::WriteZero.into()),
            }
            if self.ended() {
                return output.shutdown().await;
            }
            // What came during the flush has rung already, and nobody heard.
            if self.empty() {
                self.filled.notified().await;
            }
        }
    }

    /// The next line. Its bytes count until it is written.
    fn next(&self) -> Option<Line> {
        let mut queue = self.queue();
        if let Some(line) = queue.lines.pop_front() {
            queue.notices -= usize::from(line.notice);
            return Some(line);
        }
        if queue.missed == 0 {
            return None;
        }
        let params = json!({ "missed": std::mem::take(&mut queue.missed) });
        let text = json!({ "jsonrpc": "2.0", "method": "$/lagged", "params": params }).to_string();
        queue.bytes += text.len();
        Some(Line { text: text.into_bytes(), notice: true, _turn: None })
    }

    fn empty(&self) -> bool {
        let queue = self.queue();
        queue.lines.is_empty() && queue.missed == 0
    }

    fn ended(&self) -> bool {
        let queue = self.queue();
        queue.closed && queue.lines.is_empty() && queue.missed == 0
    }

    async fn hopeless(&self) {
        while self.queue().bytes < HOPELESS_BYTES {
            self.filled.notified().await;
        }
    }
}

impl Queue {
    fn push(&mut self, line: Line) {
        self.bytes += line.text.len();
        self.notices += usize::from(line.notice);
        self.lines.push_back(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn lines_come_out_in_the_order_they_went_in() {
        let outbox = Outbox::default();
        outbox.notice("a".into());
        outbox.answer(b"b".to_vec(), None);
        outbox.notice("c".into());
        outbox.close();
        let mut out = Vec::new();
        outbox.write_to(&mut out).await.unwrap();
        assert_eq!(out, b"a\nb\nc\n");
    }

    #[tokio::test]
    async fn a_reader_that_is_behind_misses_notices_and_is_told_how_many() {
        let outbox = Outbox::default();
        for _ in 0..1000 {
            outbox.notice("{}".into());
        }
        outbox.answer(b"answer".to_vec(), None);
        assert!(outbox.queue().lines.len() <= NOTICES_MAX + 1);
        outbox.close();
        let mut out = Vec::new();
        outbox.write_to(&mut out).await.unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().filter(|it| *it == "{}").count(), NOTICES_MAX);
        assert_eq!(text.lines().filter(|it| *it == "answer").count(), 1);
        assert!(text.ends_with("\"params\":{\"missed\":744}}\n"), "{}", &text[text.len() - 80..]);
    }

    #[tokio::test]
    async fn notices_alone_never_stop_the_reading() {
        let outbox = Outbox::default();
        for _ in 0..100 {
            outbox.notice("x".repeat(10_000));
        }
        outbox.room().await;
        assert!(outbox.queue().bytes <= NOTICES_BYTES_MAX);
    }

    #[tokio::test]
    async fn questions_wait_while_answers_are_unread() {
        let outbox = Arc::new(Outbox::default());
        outbox.answer(vec![b'x'; FULL_BYTES], None);
        let (near, mut far) = tokio::io::duplex(1024);
        let writing = tokio::spawn({
            let outbox = outbox.clone();
            async move { outbox.write_to(near).await }
        });
        let short = std::time::Duration::from_millis(20);
        tokio::time::timeout(short, outbox.room()).await.unwrap_err();
        outbox.close();
        let mut read = Vec::new();
        far.read_to_end(&mut read).await.unwrap();
        outbox.room().await;
        writing.await.unwrap().unwrap();
        assert_eq!(read.len(), FULL_BYTES + 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_answer_is_left_lying_while_the_one_before_is_flushed() {
        let outbox = Arc::new(Outbox::default());
        let (near, far) = tokio::io::duplex(8);
        let writing = tokio::spawn({
            let outbox = outbox.clone();
            async move { outbox.write_to(near).await }
        });
        let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(far));
        for n in 0..2_000 {
            // Two at a time, the second while the first may be on its way.
            let second = outbox.clone();
            outbox.answer(format!("first {n}").into(), None);
            let answering = tokio::spawn(async move { second.answer(b"second".to_vec(), None) });
            for _ in 0..2 {
                let line =
                    tokio::time::timeout(std::time::Duration::from_secs(10), lines.next_line());
                assert!(line.await.unwrap().unwrap().is_some(), "round {n}");
            }
            answering.await.unwrap();
        }
        outbox.close();
        assert!(lines.next_line().await.unwrap().is_none());
        writing.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_reader_that_asks_for_much_and_reads_nothing_is_let_go() {
        let outbox = Arc::new(Outbox::default());
        let (near, _far) = tokio::io::duplex(1024);
        let writing = tokio::spawn({
            let outbox = outbox.clone();
            async move { outbox.write_to(near).await }
        });
        for _ in 0..HOPELESS_BYTES >> 20 {
            outbox.answer(vec![b'x'; 1 << 20], None);
            tokio::task::yield_now().await;
        }
        let ended = tokio::time::timeout(std::time::Duration::from_secs(5), writing).await;
        assert!(ended.unwrap().unwrap().is_err());
    }
}
