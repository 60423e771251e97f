//! Connections: where databases are, by a name, a URL or a file; and the way there.
//!
//! ```text
//! connections.toml, URL, DATABASE_URL, .pgpass, my.cnf ──► Entry ──► Route ──► Target
//!                                                          (as written)  (secrets resolved, tunnel dug)
//! ```
//!
//! An [`Entry`] holds what was written and no secret, unless one was typed by hand; [`reach`] makes the
//! [`Route`] of it. Nothing here asks the process for its environment, its home or its keyring: the
//! caller hands in [`Ways`].

mod edit;
mod entry;
mod file;
mod found;
mod known;
mod route;
mod tunnel;
mod url;

#[cfg(test)]
mod tests;

pub use edit::{remove, set, with, without};
pub use entry::{Entry, Limits, Password, Source, Ssh};
pub use file::{Read, Scope, Trouble, read};
pub use known::{Known, Project};
pub use route::{Route, Ways, reach, resolve};

/// The name of the file that connections are written in.
pub const FILE: &str = "connections.toml";
/// The folder of a project that the file is in.
pub const FOLDER: &str = ".backstory";
