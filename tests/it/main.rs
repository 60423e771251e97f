//! Facts about Backstory, tested through the doors its users take. One binary: it links once.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says why it is skipped"
)]

#[cfg(unix)]
mod cli; // the terminal, as somebody types it
#[cfg(unix)]
mod home; // a home folder, the programs run in it, repositories to ask about
mod layers; // the arrows between crates, and what each binary loads
mod memory; // what memory answers about the standard fixture
mod schema; // ipc-schema/ is the shadow of the request types
mod session; // what a conversation answers, whatever carries it
#[cfg(unix)]
mod socket; // the socket, spoken to byte by byte
#[cfg(unix)]
mod stdio; // JSON-RPC over standard input and output
mod support; // the standard fixture
mod tidy; // style that a test can hold
#[cfg(unix)]
mod trackers; // issues and pull requests: files, servers, webhooks
