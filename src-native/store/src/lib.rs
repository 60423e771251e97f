//! Relations on disk: one SQLite file, one writer at a time, as many readers as are asked for.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod access;
mod error;
pub mod fingerprint;
mod health;
mod open;
pub mod reads;
pub mod writes;

pub use access::{Allowed, Viewer};
pub use error::Error;
pub use fingerprint::{fingerprint, verify};
pub use health::Health;
pub use open::{Reader, Store, Writer};

/// What this crate's functions return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
