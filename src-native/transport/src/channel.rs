//! The channel between the window and the memory beside it: two programs, one socket pair that
//! nobody else can reach. The window starts memory and is its page's only road to it, so that what
//! holds repositories, databases and secrets is one program, whether a window is open or not.

mod incoming;

#[cfg(unix)]
pub use incoming::Incoming;

use incoming::Post;

use crate::conversation::begin;
use crate::envelope::{Envelope, Kind};
use crate::outgoing::{Outgoing, Road};
use crate::{Input, Output};
use rpc::{Answer, Ask, Caller, FRAME_BYTES_MAX, Server, Session, Soon, WindowState};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
#[cfg(windows)]
use std::io::Read;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncWriteExt, BufReader, BufWriter};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// Largest body of an envelope, in bytes. Neither end sends more: a frame of the page has at most
/// `FRAME_BYTES_MAX`, and an answer has that and what JSON-RPC puts around it, an id of 1 MiB at most.
pub(crate) const BODY_BYTES_MAX: usize = 2 * FRAME_BYTES_MAX;

/// What memory says first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hello {
    /// Another window has the store and was brought forward: there is to be none here.
    Forwarded,
    /// There is to be a window, of a program built from this revision.
    Opening(String),
    /// Calls are answered; the window begins with this screen.
    Ready(String),
    /// There is nothing to show a window of, for this reason.
    Failed(String),
}

/// Bytes read at once.
const PART_BYTES: usize = 64 << 10;
/// How long memory may take for each word of its greeting: the store may have to be brought up to date.
#[cfg(unix)]
const GREETING: std::time::Duration = std::time::Duration::from_secs(60);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

// The end of memory.

/// Memory's end of the channel.
pub struct Channel {
    input: Input,
    output: Output,
}

impl Channel {
    /// Over the two streams that lead to a window.
    pub fn over(
        input: impl tokio::io::AsyncRead + Send + Unpin + 'static,
        output: impl tokio::io::AsyncWrite + Send + Unpin + 'static,
    ) -> Channel {
        Channel { input: Box::new(input), output: Box::new(output) }
    }

    /// The channel that whoever started this program gave it as its standard input.
    ///
    /// # Errors
    /// Where standard input is something else: this is no program to be started by hand.
    #[cfg(unix)]
    pub fn inherited() -> io::Result<Channel> {
        use std::os::fd::AsFd;
        let owned = std::io::stdin().as_fd().try_clone_to_owned()?;
        rustix::net::sockopt::socket_type(&owned)?;
        let stream = std::os::unix::net::UnixStream::from(owned);
        stream.set_nonblocking(true)?;
        let (input, output) = tokio::net::UnixStream::from_std(stream)?.into_split();
        Ok(Channel::over(input, output))
    }

    /// The channel that whoever started this program gave it as its standard streams.
    ///
    /// # Errors
    /// None here.
    #[cfg(windows)]
    pub fn inherited() -> io::Result<Channel> {
        Ok(Channel::over(tokio::io::stdin(), tokio::io::stdout()))
    }

    /// Tells the window how things stand.
    ///
    /// # Errors
    /// Where the window is gone.
    pub async fn hello(&mut self, hello: &Hello) -> io::Result<()> {
        let body = serde_json::to_vec(hello)?;
        self.output.write_all(&Envelope::new(Kind::Hello, 0, body).packed()).await?;
        self.output.flush().await
    }

    /// Gives methods the window to drive: what they ask of it waits until it is served.
    pub fn attach(self, server: &Server) -> Attached {
        let (post, posted) = mpsc::unbounded_channel();
        let window = Arc::new(Far {
            post,
            next: AtomicU64::new(0),
            asked: Mutex::default(),
            state: Mutex::default(),
        });
        server.attach_window(window.clone());
        Attached { input: self.input, output: self.output, posted, window }
    }
}

/// A window that methods can drive.
pub struct Attached {
    input: Input,
    output: Output,
    posted: mpsc::UnboundedReceiver<Envelope>,
    window: Arc<Far>,
}

impl Attached {
    /// Answers the window's page until the window leaves. Then whatever its page started is
    /// cancelled, and there is no window any more.
    pub async fn serve(self, server: &Server) {
        let Attached { input, output, mut posted, window } = self;
        let mut output = BufWriter::with_capacity(64 << 10, output);
        let write = async {
            while let Some(mut envelope) = posted.recv().await {
                loop {
                    output.write_all(&envelope.packed()).await?;
                    match posted.try_recv() {
                        Ok(next) => envelope = next,
                        Err(_) => break,
                    }
                }
                output.flush().await?;
            }
            io::Result::Ok(())
        };
        tokio::select! {
            _ = window.listen(server, input) => {}
            _ = write => {}
        }
        server.detach_window();
        locked(&window.asked).clear();
    }
}

/// The window as methods see it.
struct Far {
    post: mpsc::UnboundedSender<Envelope>,
    next: AtomicU64,
    asked: Mutex<HashMap<u64, oneshot::Sender<Answer>>>,
    state: Mutex<WindowState>,
}

impl Far {
    async fn listen(&self, server: &Server, input: Input) -> io::Result<()> {
        let mut input = BufReader::with_capacity(64 << 10, input);
        let mut session = self.session(server);
        let mut calls = JoinSet::new();
        while let Some(Envelope { kind, ticket, body }) = Envelope::receive(&mut input).await? {
            match kind {
                Kind::Call => {
                    while calls.try_join_next().is_some() {}
                    let (session, post) = (session.clone(), self.post.clone());
                    let call = async move {
                        let reply = session.receive(body).await.unwrap_or_default();
                        let _ = post.send(Envelope::new(Kind::Reply, ticket, reply));
                    };
                    begin(&mut calls, call).await;
                }
                Kind::Renew => {
                    calls = JoinSet::new(); // the old one's calls are aborted
                    session = self.session(server);
                }
                Kind::Answer => {
                    if let Some(asked) = locked(&self.asked).remove(&ticket) {
                        let _ = asked.send(serde_json::from_slice(&body)?);
                    }
                }
                Kind::State => *locked(&self.state) = serde_json::from_slice(&body)?,
                Kind::Notice => server.tell("$/notice", serde_json::from_slice(&body)?),
                Kind::Hello | Kind::Reply | Kind::Event | Kind::Ask => {
                    return Err(io::ErrorKind::InvalidData.into());
                }
            }
        }
        Ok(())
    }

    fn session(&self, server: &Server) -> Arc<Session> {
        let post = self.post.clone();
        Arc::new(server.session(Caller::Page, move |text| {
            let _ = post.send(Envelope::new(Kind::Event, 0, text));
        }))
    }
}

impl rpc::Window for Far {
    fn state(&self) -> WindowState {
        locked(&self.state).clone()
    }

    fn ask(&self, ask: Ask) -> Soon {
        let ticket = self.next.fetch_add(1, Ordering::Relaxed);
        let (give, take) = oneshot::channel();
        let gone = || "The window was closed.".to_owned();
        let Ok(body) = serde_json::to_vec(&ask) else {
            return Box::pin(async move { Err(gone()) });
        };
        locked(&self.asked).insert(ticket, give);
        let _ = self.post.send(Envelope::new(Kind::Ask, ticket, body));
        Box::pin(async move { take.await.unwrap_or_else(|_| Err(gone())) })
    }
}

// The end of the window.

/// Gives memory what it asked for, now or later, on any thread.
pub type Give = Box<dyn FnOnce(Answer) + Send>;

/// What the window does with what memory sends. Called on a thread that must not be held up.
pub trait Hear: Send + Sync {
    /// A notification for the page.
    fn event(&self, text: String);
    /// Something to do.
    fn ask(&self, ask: Ask, give: Give);
    /// Memory has ended, and no call will be answered any more.
    fn ended(&self);
}

type Replied = Box<dyn FnOnce(Vec<u8>) + Send>;

/// Memory as the window sees it. Clones share it; when the last is dropped, memory ends.
#[derive(Clone)]
pub struct Memory {
    near: Arc<Near>,
}

struct Near {
    outgoing: Arc<Outgoing>,
    next: AtomicU64,
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    calls: HashMap<u64, Replied>,
    ended: bool,
}

/// The streams that lead to memory, before anything but a greeting was said, and without a thread.
pub struct Line {
    #[cfg(unix)]
    input: std::os::unix::net::UnixStream,
    #[cfg(windows)]
    input: Box<dyn Read + Send>,
    road: Box<dyn Road>,
    output: Box<dyn Write + Send>,
}

impl Line {
    /// Over a socket whose other end memory has.
    ///
    /// # Errors
    /// Where the system gives no further handle.
    #[cfg(unix)]
    pub fn over(socket: std::os::unix::net::UnixStream) -> io::Result<Line> {
        socket.set_read_timeout(Some(GREETING))?;
        let road = Box::new(socket.try_clone()?);
        Ok(Line { input: socket.try_clone()?, road, output: Box::new(socket) })
    }

    /// Over two pipes.
    ///
    /// # Errors
    /// None here.
    #[cfg(windows)]
    pub fn over(
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> io::Result<Line> {
        let road = Box::new(crate::outgoing::Pipe);
        Ok(Line { input: Box::new(input), road, output: Box::new(output) })
    }

    /// What memory says before it takes calls; none where it ended, or said nothing for a minute.
    pub fn hello(&mut self) -> Option<Hello> {
        match Envelope::read(&mut self.input) {
            Ok(Some(Envelope { kind: Kind::Hello, body, .. })) => {
                serde_json::from_slice(&body).ok()
            }
            _ => None,
        }
    }

    /// Begins to hear what memory sends, on a thread of its own.
    pub fn begin(self, hear: Arc<dyn Hear>) -> Memory {
        let mut input = io::BufReader::with_capacity(PART_BYTES, self.input);
        let (memory, post) = open(self.road, self.output, hear);
        std::thread::spawn(move || post.take_all(&mut input));
        memory
    }

    /// Begins to hear what memory sends, on the caller's own loop.
    #[cfg(unix)]
    pub fn begin_here(self, hear: Arc<dyn Hear>) -> (Memory, Incoming) {
        let (memory, post) = open(self.road, self.output, hear);
        let part = vec![0; PART_BYTES];
        (memory, Incoming { socket: self.input, post, begun: Vec::new(), part })
    }
}

fn open(road: Box<dyn Road>, output: Box<dyn Write + Send>, hear: Arc<dyn Hear>) -> (Memory, Post) {
    road.greeted();
    let waiting: Arc<Mutex<Waiting>> = Arc::default();
    let outgoing = Arc::new(Outgoing::new(road, output));
    let post = Post { hear, waiting: waiting.clone(), road: Arc::downgrade(&outgoing) };
    (Memory { near: Arc::new(Near { outgoing, next: AtomicU64::new(0), waiting }) }, post)
}

impl Memory {
    /// Sends a frame of the page on its way. `replied` is given the answer, empty for a
    /// notification, on a thread that it must not hold up; it is dropped where none will come.
    pub fn call(&self, frame: Vec<u8>, replied: impl FnOnce(Vec<u8>) + Send + 'static) {
        let ticket = self.near.next.fetch_add(1, Ordering::Relaxed);
        {
            let mut waiting = locked(&self.near.waiting);
            if waiting.ended {
                return;
            }
            waiting.calls.insert(ticket, Box::new(replied));
        }
        self.near.outgoing.send(&Envelope::new(Kind::Call, ticket, frame).packed());
    }

    /// A new document is there: the calls of the old one are dropped, here and in memory.
    pub fn renew(&self) {
        let calls = std::mem::take(&mut locked(&self.near.waiting).calls);
        drop(calls); // each answers for itself, and not under the lock
        self.near.outgoing.send(&Envelope::new(Kind::Renew, 0, Vec::new()).packed());
    }

    /// Says what the window shows now.
    pub fn showing(&self, state: &WindowState) {
        self.send(Kind::State, state);
    }

    /// Says something to everybody who listens.
    pub fn notice(&self, notice: &serde_json::Value) {
        self.send(Kind::Notice, notice);
    }

    fn send(&self, kind: Kind, body: &impl Serialize) {
        if let Ok(body) = serde_json::to_vec(body) {
            self.near.outgoing.send(&Envelope::new(kind, 0, body).packed());
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
