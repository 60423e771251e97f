//! Every database a project touches, asked the same way: connections that are named, statements that are
//! judged before they are sent, results that stream by pages, values exactly as the server has them.
//!
//! ```text
//! connections ──► target ──► guard ──► engines ──► sink ──► spool, export
//!                              ▲
//!                          statement
//! ```
#![deny(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "mongodb")]
mod bson;
pub mod catalogue;
pub mod connections;
#[cfg(test)]
mod corpus;
mod decimal;
pub mod edit;
mod engine;
mod engines;
pub mod export;
mod failure;
pub mod guard;
#[cfg(feature = "sqlite")]
pub mod join;
pub mod leftovers;
#[cfg(feature = "sqlite")]
pub mod local;
mod moment;
mod names;
#[cfg(feature = "network")]
mod net;
pub mod plan;
mod pool;
pub mod query;
pub mod run;
mod session;
pub mod spool;
pub mod statement;
pub mod stream;
mod target;
mod value;
mod watch;

pub use engine::Engine;
pub use engines::connect;
pub use failure::{Failure, Place, Reason, Result};
pub use moment::{When, when};
pub use names::quoted;
pub use pool::{Lent, Open, Pool, Seat};
pub use session::{Ask, Cancel, Done, Flow, Notice, PageSize, Server, Session, Sink, Step, Value};
pub use target::{Address, Secret, Target, Tls, TlsMode};
pub use value::{Cell, Column, Kind, Origin, Page};
pub use watch::Watch;
