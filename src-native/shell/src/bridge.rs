//! What the page asks for: files of the build, and calls on their way to memory, which are counted
//! and answered once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use transport::channel::Memory;

use crate::Assets;
use crate::policy::{self, BODY_MAX, Key, Post, Verdict};

/// Calls that may be under way at once; a page that asks for more is told to wait.
const OUTSTANDING_MAX: usize = 256;

const JSON: &str = "application/json";

/// What becomes of a request once its head was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is answered; its body is not looked at.
    Answer(Answer),
    /// The body may be read and given to [`Bridge::body`].
    Body(Post),
}

/// The answer to one request of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Media type of the body.
    pub mime: &'static str,
    pub body: Vec<u8>,
}

impl Answer {
    /// A refusal or failure, in a sentence.
    pub(crate) fn told(status: u16, text: &str) -> Answer {
        Answer { status, mime: "text/plain; charset=utf-8", body: text.as_bytes().to_vec() }
    }

    /// The headers to send it with.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        // A reply of the bridge is never a document, and there are thousands a second.
        let document = self.mime != JSON;
        let policy = ("Content-Security-Policy", policy::CONTENT_SECURITY_POLICY);
        let kind = ("Content-Type", self.mime);
        policy::HEADERS.into_iter().chain([kind]).chain(document.then_some(policy))
    }

    /// A reply of memory; a notification has none.
    fn reply(body: Vec<u8>) -> Answer {
        Answer { status: if body.is_empty() { 204 } else { 200 }, mime: JSON, body }
    }
}

/// The native end of the page's requests.
pub(crate) struct Bridge {
    key: Key,
    assets: Arc<dyn Assets>,
    /// Told when the page has drawn a frame.
    drawn: Box<dyn Fn() + Send + Sync>,
    outstanding: Arc<AtomicUsize>,
    memory: Mutex<Option<Memory>>,
}

impl Bridge {
    pub(crate) fn new(
        key: Key,
        assets: Arc<dyn Assets>,
        memory: Memory,
        drawn: Box<dyn Fn() + Send + Sync>,
    ) -> Bridge {
        let memory = Mutex::new(Some(memory));
        Bridge { key, assets, drawn, outstanding: Arc::default(), memory }
    }

    /// Looks at the head of a request.
    pub(crate) fn head(
        &self,
        method: &str,
        address: &str,
        header: impl Fn(&str) -> Option<String>,
    ) -> Step {
        match policy::judge(&self.key, method, address, header) {
            Verdict::Asset(path) => Step::Answer(asset(&*self.assets, &path)),
            Verdict::Refuse(status, why) => Step::Answer(Answer::told(status, why)),
            Verdict::Post(post) => Step::Body(post),
        }
    }

    /// Takes the body of a request whose head was accepted. `answer` is called exactly once, on
    /// any thread, whatever happens.
    pub(crate) fn body(
        &self,
        post: Post,
        body: Vec<u8>,
        answer: impl FnOnce(Answer) + Send + 'static,
    ) {
        if body.len() > BODY_MAX {
            let text = format!("A request holds at most {} MiB.", BODY_MAX >> 20);
            return answer(Answer::told(413, &text));
        }
        match post {
            Post::Call => self.call(body, answer),
            Post::Ready => {
                (self.drawn)();
                answer(Answer::reply(Vec::new()));
            }
        }
    }

    /// Memory; none while it is started again.
    pub(crate) fn memory(&self) -> Option<Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another memory answers from now on, or for the time being none.
    pub(crate) fn replace(&self, memory: Option<Memory>) {
        let mut place = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, memory);
        drop(place);
        drop(old);
    }

    fn call(&self, frame: Vec<u8>, answer: impl FnOnce(Answer) + Send + 'static) {
        let answer = Once::new(answer);
        if self.outstanding.fetch_add(1, Ordering::AcqRel) >= OUTSTANDING_MAX {
            self.outstanding.fetch_sub(1, Ordering::AcqRel);
            let text = format!("{OUTSTANDING_MAX} calls are under way; wait for one of them.");
            answer.give(Answer::told(429, &text));
            return;
        }
        let place = Place(self.outstanding.clone());
        let Some(memory) = self.memory() else { return };
        memory.call(frame, move |reply| {
            drop(place);
            answer.give(Answer::reply(reply));
        });
    }

    /// A new document is there: what the old one asked for is cancelled.
    pub(crate) fn renew(&self) {
        if let Some(memory) = self.memory() {
            memory.renew();
        }
    }
}

/// A place among the calls under way, given back when the call ends in any way.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// An answer that is given even when the call is cancelled or panics: the page would wait for ever.
struct Once<F: FnOnce(Answer)>(Option<F>);

impl<F: FnOnce(Answer)> Once<F> {
    fn new(give: F) -> Once<F> {
        Once(Some(give))
    }

    fn give(mut self, answer: Answer) {
        if let Some(give) = self.0.take() {
            give(answer);
        }
    }
}

impl<F: FnOnce(Answer)> Drop for Once<F> {
    fn drop(&mut self) {
        if let Some(give) = self.0.take() {
            give(Answer::told(500, "The call ended without an answer."));
        }
    }
}

/// An asset as it is served: gzip is unpacked, since WebKitGTK reads no `Content-Encoding` on own
/// schemes.
fn asset(assets: &dyn Assets, path: &str) -> Answer {
    let Some((content, mime)) = assets.get(path) else {
        return Answer::told(404, "The program holds no such file.");
    };
    let body = match content {
        [0x1f, 0x8b, ..] => unpack(content),
        _ => Some(content.to_vec()),
    };
    match body {
        Some(body) => Answer { status: 200, mime, body },
        None => Answer::told(500, "The file in the program is damaged."),
    }
}

fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    use zlib_rs::{Inflate, InflateFlush, Status};
    // The last four bytes say the length; embedded files are far below the 4 GiB it wraps at.
    let (_, tail) = packed.split_last_chunk::<4>()?;
    let length = u32::from_le_bytes(*tail) as usize;
    // One byte more, so that a stream that is longer than it says does not pass for whole.
    let mut plain = vec![0; length.checked_add(1).filter(|length| *length <= 64 << 20)?];
    let mut inflate = Inflate::new(true, 16 + 15);
    let status = inflate.decompress(packed, &mut plain, InflateFlush::Finish).ok()?;
    let whole = status == Status::StreamEnd && inflate.total_out() == length as u64;
    plain.truncate(length);
    whole.then_some(plain)
}

#[cfg(test)]
mod tests;
