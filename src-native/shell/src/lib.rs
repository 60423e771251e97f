//! The window: the only crate that knows wry and tao.
//!
//! [`prepare`] runs first, before any thread exists: it looks at the machine and sets the
//! variables that the webview reads when it starts. [`run`] opens the window and returns when it
//! is closed. Whatever the page may do is in `policy`; what differs by system is in `linux`,
//! `macos` and `windows`, which offer the same few functions.
#![warn(missing_docs)]

mod bridge;
mod doctor;
mod ears;
mod events;
mod memory;
mod opener;
mod place;
mod plan;
mod policy;
mod rendering;
mod signals;
mod window;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(not(target_os = "linux"))]
mod portable;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

use std::path::PathBuf;
use std::sync::Arc;

pub use doctor::{Status, doctor};
pub use memory::{Begun, Launch};
pub use plan::{Plan, Wish, prepare};
pub use rendering::Rendering;
pub use window::run;

/// The files of the page, embedded when the program was built.
pub trait Assets: Send + Sync {
    /// The content and media type of the file at `path` (as in `assets/app.js`), if there is one.
    /// The content may be gzip, which is unpacked before it is served.
    fn get(&self, path: &str) -> Option<(&'static [u8], &'static str)>;
}

/// What a window is opened with.
pub struct Options {
    /// The folder that remembers the window's place; the one that [`prepare`] was given.
    pub state_dir: PathBuf,
    /// What [`prepare`] chose.
    pub plan: Plan,
    /// Opens the inspector to the user. Automation by WebDriver needs it, too, and its variable.
    pub devtools: bool,
    /// The files of the page.
    pub assets: Arc<dyn Assets>,
    /// The window's icon, as PNG.
    pub icon_png: &'static [u8],
    /// Memory that was started: it answers the page's calls and says what is shown first.
    pub memory: Begun,
    /// How it is started again where it ends before the window.
    pub launch: Launch,
    /// Where timers and signals are waited for.
    pub runtime: tokio::runtime::Handle,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing to show a window on.
    #[error(
        "There is no display to open a window on ({0}). Use `backstory` in the terminal, or start \
         the window in a graphical session."
    )]
    NoDisplay(String),
    /// The system refused the window or the webview.
    #[error("The window could not be made: {0}.")]
    Window(String),
    /// Nobody to answer.
    #[error("Memory does not answer: {0}.")]
    Memory(String),
    /// No random bits for the launch key.
    #[error("The system gave no random numbers for the launch key: {0}.")]
    Random(#[from] getrandom::Error),
}
