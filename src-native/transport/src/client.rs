//! The calling side: one call at a time, with its progress and a way to stop it.

use crate::conversation::converse;
use crate::frames::{Frame, Frames};
use crate::{Input, Output, Result, socket};
use rpc::{Caller, Code, Error, FRAME_BYTES_MAX, Server};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// What a reply may have beyond the largest result: its envelope.
const ENVELOPE_BYTES_MAX: usize = 64 << 10;
/// How long a stopped call may take to say so.
const FAREWELL: Duration = Duration::from_secs(2);

/// A conversation from the caller's side. Dropping it cancels what it asked for.
pub struct Client {
    frames: Frames<Input>,
    output: Output,
    last: u64,
}

#[derive(Deserialize)]
struct Incoming<'a> {
    id: Option<u64>,
    method: Option<String>,
    #[serde(default, borrow)]
    params: Option<&'a RawValue>,
    #[serde(default, borrow)]
    result: Option<&'a RawValue>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    code: i64,
    message: String,
    data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    hint: Option<String>,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        let hint = failure.data.and_then(|it| it.hint);
        Error { code: Code::of_number(failure.code), message: failure.message, hint }
    }
}

impl Client {
    /// Connects to whoever serves `socket`, after making sure that it is this user.
    ///
    /// # Errors
    /// [`crate::Error::NotRunning`] where nobody does; [`crate::Error::Unsafe`] where it is
    /// somebody else.
    pub async fn connect(socket: &Path) -> Result<Client> {
        let (input, output) = socket::connect(socket).await?;
        Ok(Client::over(input, output))
    }

    /// A conversation with a server of this process: what a socket would carry, without one.
    pub fn within(server: &Server, caller: Caller) -> Client {
        let (near, far) = tokio::io::duplex(64 << 10);
        let server = server.clone();
        tokio::spawn(async move {
            let (input, output) = tokio::io::split(far);
            // The end of this stream is the end of its only user.
            converse(&server, caller, input, output, None, |_| std::future::ready(())).await;
        });
        let (input, output) = tokio::io::split(near);
        Client::over(Box::new(input), Box::new(output))
    }

    fn over(input: Input, output: Output) -> Client {
        let frames = Frames::new(input, FRAME_BYTES_MAX + ENVELOPE_BYTES_MAX, None);
        Client { frames, output, last: 0 }
    }

    /// Calls a method and waits for its reply, as JSON text. `hear` is given every notification
    /// that comes meanwhile, by name and parameters. When `stop` resolves, the call is cancelled.
    ///
    /// # Errors
    /// What the method says; `upstream` where the server ends before it has answered.
    pub async fn call(
        &mut self,
        method: &str,
        params: &Value,
        hear: &mut (dyn FnMut(&str, &Value) + Send),
        stop: impl Future<Output = ()>,
    ) -> rpc::Result<Box<RawValue>> {
        self.last += 1;
        let id = self.last;
        let ask = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.write(&ask).await.map_err(|it| lost(&it))?;
        tokio::select! {
            reply = self.reply(id, hear) => return reply,
            () = stop => {}
        }
        let cancel =
            json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": id } });
        self.write(&cancel).await.map_err(|it| lost(&it))?;
        match tokio::time::timeout(FAREWELL, self.reply(id, hear)).await {
            Ok(reply) => reply,
            Err(_) => Err(Error::new(Code::Cancelled, format!("`{method}` was cancelled"))),
        }
    }

    async fn write(&mut self, frame: &Value) -> io::Result<()> {
        let mut line = frame.to_string();
        line.push('\n');
        self.output.write_all(line.as_bytes()).await?;
        self.output.flush().await
    }

    async fn reply(
        &mut self,
        id: u64,
        hear: &mut (dyn FnMut(&str, &Value) + Send),
    ) -> rpc::Result<Box<RawValue>> {
        loop {
            let line = match self.frames.next().await.map_err(|it| lost(&it))? {
                Some(Frame::Line(line)) => line,
                Some(Frame::TooLong(bytes)) => {
                    let text =
                        format!("the answer has {bytes} bytes, {FRAME_BYTES_MAX} are allowed");
                    return Err(Error::new(Code::TooLarge, text));
                }
                None => return Err(lost(&io::ErrorKind::UnexpectedEof.into())),
            };
            let foreign = |it: serde_json::Error| {
                Error::new(Code::Upstream, format!("what answers speaks no JSON-RPC: {it}"))
            };
            let incoming: Incoming<'_> = serde_json::from_slice(&line).map_err(foreign)?;
            if let Some(method) = &incoming.method {
                let params = incoming.params.map_or("null", RawValue::get);
                hear(method, &serde_json::from_str(params).unwrap_or_default());
                continue;
            }
            // An error without an id is about the conversation itself: it is full, or it ends.
            match (incoming.id, incoming.result, incoming.error) {
                (None, _, Some(error)) => return Err(error.into()),
                (Some(it), _, Some(error)) if it == id => return Err(error.into()),
                (Some(it), Some(result), None) if it == id => return Ok(result.to_owned()),
                _ => {}
            }
        }
    }
}

fn lost(error: &io::Error) -> Error {
    let text = match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionReset => "Backstory ended before it answered".to_owned(),
        _ => format!("the conversation with Backstory broke off: {error}"),
    };
    Error::new(Code::Upstream, text).hint("ask again")
}
