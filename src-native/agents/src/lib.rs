//! The rules behind every answer: functions of rows and a given time, and of nothing else.
//! The same rows give the same bytes, in whatever order they arrive; ties are broken by name.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod activity;
pub mod bus_factor;
pub mod component_changes;
pub mod context;
pub mod coupling;
pub mod delivery;
pub mod expertise;
pub mod hygiene;
pub mod onboarding;
pub mod overview;
mod paths;
pub mod recurrence;
pub mod risk;
pub mod routing;
pub mod why;
mod words;

pub use paths::looks_like_test;
