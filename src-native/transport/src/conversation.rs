//! One caller's conversation with a server, over any two streams.

use crate::frames::{Frame, Frames};
use crate::outbox::Outbox;
use rpc::{Caller, Code, Error, FRAME_BYTES_MAX, Server};
use serde_json::{Value, json};
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Calls of one conversation that run or whose answers are unread; others wait their turn. So a
/// caller who asks much and reads little holds up nobody else and fills no memory.
const RUNNING_MAX: usize = 8;
/// How long a line may take from its first byte to its end. Silence between lines may last.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Takes questions from `input` and writes answers to `output` as they finish, until the caller
/// leaves.
///
/// A caller that has said its last word (the end of `input`) still gets the answers it waits for,
/// unless `gone`, which is given `input` back, resolves first. When the conversation ends, whatever
/// it started is cancelled.
pub(crate) async fn converse<R: AsyncRead + Unpin, G: Future<Output = ()>>(
    server: &Server,
    caller: Caller,
    input: R,
    output: impl AsyncWrite + Unpin,
    patience: Option<Duration>,
    gone: impl FnOnce(R) -> G,
) {
    let outbox = Arc::new(Outbox::default());
    let session = {
        let outbox = outbox.clone();
        Arc::new(server.session(caller, move |notice| outbox.notice(notice)))
    };
    let mut frames = Frames::new(input, FRAME_BYTES_MAX, patience);
    let running = Arc::new(Semaphore::new(RUNNING_MAX));
    let listen = async {
        let mut calls = JoinSet::new();
        loop {
            tokio::select! {
                frame = async { outbox.room().await; frames.next().await } => match frame {
                    Ok(Some(Frame::Line(line))) => {
                        let (session, outbox) = (session.clone(), outbox.clone());
                        let running = running.clone();
                        let call = async move {
                            let mut turn = None;
                            let come = async { turn = running.acquire_owned().await.ok() };
                            if let Some(answer) = session.receive_after(come, line).await {
                                outbox.answer(answer, turn);
                            }
                        };
                        begin(&mut calls, call).await;
                    }
                    Ok(Some(Frame::TooLong(bytes))) => outbox.answer(failure(&too_long(bytes)), None),
                    Ok(None) => break,
                    Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                        outbox.answer(failure(&stalled()), None);
                        break;
                    }
                    Err(_) => return,
                },
                Some(_) = calls.join_next() => {}
            }
        }
        tokio::select! {
            () = async { while calls.join_next().await.is_some() {} } => {}
            () = gone(frames.into_inner()) => return,
        }
        outbox.close();
        std::future::pending::<()>().await; // the writer has the last word
    };
    tokio::select! {
        () = listen => {}
        _ = outbox.write_to(output) => {}
    }
}

/// Begins a call here, so that calls and cancels are taken in the order they came, and goes on with
/// it elsewhere where it has to wait.
pub(crate) async fn begin(
    calls: &mut JoinSet<()>,
    call: impl Future<Output = ()> + Send + 'static,
) {
    let mut call = Box::pin(call);
    let begun = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx))).await;
    if begun.is_pending() {
        calls.spawn(call);
    }
}

/// The line for an error that belongs to no call.
pub(crate) fn failure(error: &Error) -> Vec<u8> {
    let frame = json!({ "jsonrpc": "2.0", "id": Value::Null, "error": error.to_json() });
    frame.to_string().into_bytes()
}

fn too_long(bytes: usize) -> Error {
    let text = format!("the message has {bytes} bytes, {FRAME_BYTES_MAX} are allowed");
    Error::new(Code::TooLarge, text)
}

fn stalled() -> Error {
    let text = format!("a message was begun and not ended within {} s", PATIENCE.as_secs());
    Error::new(Code::TimedOut, text).hint("every message is one line and ends with a newline")
}
