//! The named pipe of Windows: the first of its name, for callers of this machine.
//!
//! The system lets only its owner, and whoever administers the machine, write to a pipe; others may
//! open it to read. So a conversation begins with the caller's first byte: who can only read never
//! gets one.

use crate::conversation::{PATIENCE, converse};
use crate::{CONVERSATIONS_MAX, Error, Input, Output, Result, full_line, lock};
use rpc::{Caller, Server};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::windows::named_pipe::{ClientOptions, PipeMode, ServerOptions};
use tokio::task::JoinSet;

/// `ERROR_PIPE_BUSY`: every instance has its caller for the moment.
const BUSY: i32 = 231;

/// A pipe that is ours to serve, held by a lock until this is dropped.
#[derive(Debug)]
pub struct Listener {
    socket: PathBuf,
    _lock: File,
}

impl Listener {
    /// Makes the pipe `socket` ours, and says that `store` is served there.
    ///
    /// # Errors
    /// [`Error::AlreadyRunning`] where somebody serves there.
    pub fn bind(socket: &Path, store: &Path) -> Result<Listener> {
        let lock = lock::take(socket, store)?;
        Ok(Listener { socket: socket.into(), _lock: lock })
    }

    /// Answers everyone who connects until `end` resolves. Then every conversation ends with
    /// whatever it started.
    ///
    /// # Errors
    /// Where the pipe cannot be made, which is so when its name is somebody else's.
    pub async fn serve(
        self,
        server: &Server,
        caller: Caller,
        end: impl Future<Output = ()>,
    ) -> Result<()> {
        let failed = |source| Error::Io { doing: "listen on", path: self.socket.clone(), source };
        let mut conversations = JoinSet::new();
        let mut waiting =
            options().first_pipe_instance(true).create(&self.socket).map_err(failed)?;
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => return Ok(()),
                connected = waiting.connect() => {
                    let next = options().create(&self.socket).map_err(failed)?;
                    let pipe = std::mem::replace(&mut waiting, next);
                    if connected.is_err() {
                        continue;
                    }
                    if conversations.len() >= CONVERSATIONS_MAX {
                        // One line into an empty buffer: it fits, or the caller is gone.
                        let _ = pipe.try_write(&full_line());
                        continue;
                    }
                    let server = server.clone();
                    conversations.spawn(async move {
                        if pipe.readable().await.is_err() {
                            return;
                        }
                        let (input, output) = tokio::io::split(pipe);
                        // A pipe has no half end: its end is the end of the caller.
                        let gone = |_| std::future::ready(());
                        converse(&server, caller, input, output, Some(PATIENCE), gone).await;
                    });
                }
                Some(_) = conversations.join_next() => {}
            }
        }
    }
}

fn options() -> ServerOptions {
    let mut options = ServerOptions::new();
    options.pipe_mode(PipeMode::Byte).reject_remote_clients(true);
    options
}

/// Connects to whoever serves the pipe `socket`.
pub(crate) async fn connect(socket: &Path) -> Result<(Input, Output)> {
    let mut tries = 0;
    let pipe = loop {
        match ClientOptions::new().open(socket) {
            Ok(pipe) => break pipe,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::NotRunning { socket: socket.into() });
            }
            Err(error) if error.raw_os_error() == Some(BUSY) && tries < 100 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(source) => {
                return Err(Error::Io { doing: "connect to", path: socket.into(), source });
            }
        }
    };
    let (input, output) = tokio::io::split(pipe);
    Ok((Box::new(input), Box::new(output)))
}
