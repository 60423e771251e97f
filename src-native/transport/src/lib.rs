//! Frames over a socket, a pipe or stdio: lines of JSON-RPC that this crate carries and does not
//! read. It knows no method by name.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod channel;
mod client;
mod conversation;
mod envelope;
mod error;
mod frames;
pub mod http;
mod lock;
mod outbox;
mod outgoing;
mod places;
pub mod stdio;

#[cfg(windows)]
mod pipe;
#[cfg(unix)]
mod socket;
#[cfg(windows)]
use pipe as socket;

pub use client::Client;
pub use error::{Error, Result};
pub use lock::{Holder, holder};
pub use places::Places;
pub use socket::Listener;

use tokio::io::{AsyncRead, AsyncWrite};

/// What is read from, whatever carries it.
type Input = Box<dyn AsyncRead + Send + Unpin>;
/// What is written to, whatever carries it.
type Output = Box<dyn AsyncWrite + Send + Unpin>;

/// Conversations of one server at a time; one more is told so and closed.
const CONVERSATIONS_MAX: usize = 256;

/// The line that a caller gets in place of a conversation when there are too many.
fn full_line() -> Vec<u8> {
    let text = format!("{CONVERSATIONS_MAX} programs are connected already");
    let error = rpc::Error::new(rpc::Code::Busy, text).hint("end some of them, or try again");
    let mut line = conversation::failure(&error);
    line.push(b'\n');
    line
}
