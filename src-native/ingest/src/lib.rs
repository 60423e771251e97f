//! From a source's facts to relations in the store: reading, judging, counting, in one transaction.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod bots;
pub mod components;
pub mod config;
pub mod demo;
mod error;
pub mod identity;
pub mod issues;
pub mod links;
pub mod people;
pub mod relations;
pub mod repositories;
pub mod rollup;
pub mod secrets;
pub mod sources;
mod sync;
pub mod trackers;
pub mod trailers;
pub mod watch;
pub mod webhooks;

pub use error::Error;
pub use sync::{Phase, Progress, Report, now, sync};
