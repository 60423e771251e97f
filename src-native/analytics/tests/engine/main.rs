//! What is kept of page views, and what reports say of it, against the simplest way to find the same.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says why it is skipped"
)]

mod equal;
mod keeps;
mod killed;
mod made;
mod naive;
mod shared;
