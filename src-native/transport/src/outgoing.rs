//! Bytes on their way to memory: at once where there is room, else by a thread that waits for it.
//! Whoever sends is the window's own loop, which must never wait.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Sends what it is given, in order, and never waits. When it is dropped, the road ends.
pub(crate) struct Outgoing {
    shared: Arc<Shared>,
    road: Box<dyn Road>,
}

/// What bytes are sent on.
pub(crate) trait Road: Send + Sync {
    /// The greeting is over: from now on there may be silence.
    fn greeted(&self);
    /// Sends as many as there is room for now, and tells how many.
    fn at_once(&self, bytes: &[u8]) -> usize;
    /// Nothing more is sent, and nothing that comes is read.
    fn end(&self);
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Condvar,
}

#[derive(Default)]
struct Queue {
    bytes: Vec<u8>,
    /// Bytes taken from the queue are being written; none may pass them.
    writing: bool,
    ended: bool,
}

impl Outgoing {
    /// On `road`, and where that has no room, on `output`, which waits and leads to the same end.
    pub(crate) fn new(road: Box<dyn Road>, mut output: Box<dyn Write + Send>) -> Outgoing {
        let shared = Arc::<Shared>::default();
        let writer = shared.clone();
        std::thread::spawn(move || {
            while let Some(bytes) = writer.take() {
                if output.write_all(&bytes).and_then(|()| output.flush()).is_err() {
                    writer.queue().ended = true; // what reads from the other end says so, too
                }
            }
        });
        Outgoing { shared, road }
    }

    pub(crate) fn send(&self, bytes: &[u8]) {
        let mut queue = self.shared.queue();
        if queue.ended {
            return;
        }
        let free = queue.bytes.is_empty() && !queue.writing;
        let sent = if free { self.road.at_once(bytes) } else { 0 };
        if sent < bytes.len() {
            queue.bytes.extend(&bytes[sent..]);
            self.shared.filled.notify_one();
        }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.shared.queue().ended = true;
        self.shared.filled.notify_one();
        self.road.end();
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be written next, as soon as there is something; none at the end.
    fn take(&self) -> Option<Vec<u8>> {
        let mut queue = self.queue();
        queue.writing = false;
        while queue.bytes.is_empty() && !queue.ended {
            queue = self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        if queue.ended {
            return None;
        }
        queue.writing = true;
        Some(std::mem::take(&mut queue.bytes))
    }
}

#[cfg(unix)]
impl Road for std::os::unix::net::UnixStream {
    fn greeted(&self) {
        let _ = self.set_read_timeout(None);
    }

    fn at_once(&self, bytes: &[u8]) -> usize {
        // Where it fails for good, the thread that waits finds that out, too.
        rustix::net::send(self, bytes, rustix::net::SendFlags::DONTWAIT).unwrap_or(0)
    }

    fn end(&self) {
        let _ = self.shutdown(std::net::Shutdown::Both);
    }
}

/// Pipes cannot be tried; the thread does it all. Closing ours is memory's end.
#[cfg(windows)]
pub(crate) struct Pipe;

#[cfg(windows)]
impl Road for Pipe {
    fn greeted(&self) {}

    fn at_once(&self, _bytes: &[u8]) -> usize {
        0
    }

    fn end(&self) {}
}
