//! The real window, opened on a display of its own and driven from outside.
//!
//! Needs Xvfb; the tests that click need WebKitWebDriver, too. Where they are missing the tests
//! fail under `CI` or `BACKSTORY_E2E=require`, and otherwise say on stderr that they did not run.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod boards;
mod browser;
mod driver;
mod hostile;
mod life;
mod real;
mod stage;
mod talk;
