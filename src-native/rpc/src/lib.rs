//! THE boundary: every method, wire type, access rule, error and event of Backstory.
//! The page, the socket, the terminal and the tests all come through [`Session::receive`].
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod boards;
pub mod collect;
mod connected;
mod context;
#[cfg(feature = "schema")]
pub mod emit;
mod error;
mod events;
pub mod hooks;
mod jobs;
mod method;
pub mod methods;
mod named_files;
pub mod query;
mod server;
mod session;
mod team;
mod window;
pub mod wire;

pub use connected::Folders;
pub use context::Context;
pub use error::{Code, Error, Result};
pub use events::{Event, Topic};
pub use method::{Access, Caller, Entry, Limits, Listed, Method};
pub use server::Server;
pub use session::{FRAME_BYTES_MAX, Session};
pub use window::{Answer, Ask, Soon, Theme, Window, WindowState};
