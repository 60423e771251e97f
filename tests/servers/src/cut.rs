//! A network that fails on demand: stands between a client and a server and cuts, stalls, refuses or crumbles.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, sleep};
use std::time::Duration;

use crate::running::free_port;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Question,
    /// From the server to the client.
    Answer,
}

/// A port of loopback that leads to a server, until it is told otherwise.
pub struct Proxy {
    /// Where clients go.
    pub port: u16,
    state: Arc<State>,
}

struct State {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    stalled: bool,
    refused: bool,
    over: bool,
    /// Bytes that still pass each way before everything is cut.
    left: [Option<u64>; 2],
    /// Bytes that passed each way.
    passed: [u64; 2],
    /// The largest piece that is passed on at once.
    piece: Option<usize>,
    connections: usize,
    open: Vec<TcpStream>,
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }
}

impl Inner {
    fn cut(&mut self) {
        for stream in self.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Proxy {
    /// Leads to this port of loopback.
    pub fn to(server: u16) -> io::Result<Proxy> {
        let port = free_port().map_err(io::Error::other)?;
        let state = Arc::new(State { inner: Mutex::default(), changed: Condvar::new() });
        let listener = listen(port)?;
        let shared = Arc::clone(&state);
        thread::spawn(move || accept(&shared, Some(listener), port, server));
        Ok(Proxy { port, state })
    }

    /// Everything passes again, also new connections. What was cut stays cut.
    pub fn flow(&self) {
        self.state.change(|it| {
            (it.stalled, it.refused, it.left, it.piece) = (false, false, [None; 2], None);
        });
        self.await_listener(true);
    }

    /// Nothing passes, and nobody is told: connections are taken and stay open.
    pub fn stall(&self) {
        self.state.change(|it| it.stalled = true);
    }

    /// New connections are refused; those that are there go on.
    pub fn refuse(&self) {
        self.state.change(|it| it.refused = true);
        self.await_listener(false);
    }

    /// Cuts every connection now.
    pub fn cut(&self) {
        self.state.change(Inner::cut);
    }

    /// Cuts every connection as soon as this many more bytes went that way.
    pub fn cut_after(&self, way: Way, bytes: u64) {
        self.state.change(|it| it.left[way as usize] = Some(bytes));
    }

    /// Passes bytes on in pieces of at most this size, each sent by itself.
    pub fn in_pieces(&self, size: usize) {
        self.state.change(|it| it.piece = Some(size.max(1)));
    }

    /// How many bytes went that way.
    pub fn passed(&self, way: Way) -> u64 {
        self.state.lock().passed[way as usize]
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.state.lock().connections
    }

    fn await_listener(&self, there: bool) {
        // Asking by a connection would count as one; whether the port can be taken is the same fact.
        for _ in 0..500 {
            if TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).is_err() == there {
                return;
            }
            sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.change(|it| {
            it.over = true;
            it.cut();
        });
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn accept(state: &Arc<State>, mut listener: Option<TcpListener>, port: u16, server: u16) {
    loop {
        let (over, refused) = {
            let inner = state.lock();
            (inner.over, inner.refused)
        };
        if over {
            return;
        }
        if refused {
            listener = None;
        } else if listener.is_none() {
            listener = listen(port).ok();
        }
        match listener.as_ref().map(TcpListener::accept) {
            Some(Ok((client, _))) => {
                let _ = join(state, client, server);
            }
            _ => sleep(Duration::from_millis(2)),
        }
    }
}

fn join(state: &Arc<State>, client: TcpStream, server: u16) -> io::Result<()> {
    client.set_nonblocking(false)?;
    client.set_nodelay(true)?;
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server))?;
    server.set_nodelay(true)?;
    let streams = [client.try_clone()?, server.try_clone()?];
    state.change(|it| {
        it.connections += 1;
        it.open.extend(streams);
    });
    let ends =
        [(Way::Question, client.try_clone()?, server.try_clone()?), (Way::Answer, server, client)];
    for (way, from, to) in ends {
        let state = Arc::clone(state);
        thread::spawn(move || {
            let _ = pass(&state, way, &from, &to);
            let _ = to.shutdown(Shutdown::Write);
            let _ = from.shutdown(Shutdown::Read);
        });
    }
    Ok(())
}

fn pass(state: &State, way: Way, mut from: &TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let mut room = vec![0; 64 << 10];
    loop {
        let length = from.read(&mut room)?;
        if length == 0 {
            return Ok(());
        }
        let mut rest = &room[..length];
        while !rest.is_empty() {
            let (piece, last) = {
                let mut inner = state.lock();
                while inner.stalled && !inner.over {
                    inner = state.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
                }
                let mut size = rest.len().min(inner.piece.unwrap_or(usize::MAX));
                let mut last = false;
                if let Some(left) = &mut inner.left[way as usize] {
                    size = size.min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= size as u64;
                    last = *left == 0;
                }
                inner.passed[way as usize] += size as u64;
                let (piece, after) = rest.split_at(size);
                rest = after;
                (piece, last)
            };
            let sent = to.write_all(piece);
            if last {
                state.change(Inner::cut);
            }
            sent?;
        }
    }
}
