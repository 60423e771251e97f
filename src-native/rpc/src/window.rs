//! What the window can do for a method. The shell implements it; without a window nobody does.

use schemars::JsonSchema;
use serde::Serialize;
use std::{future::Future, path::Path, path::PathBuf, pin::Pin};
use ts_rs::TS;

/// What is shown now.
#[derive(Clone, Debug, Default, Serialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct WindowState {
    /// The address of the screen, such as `/file/src/pay.rs`.
    pub route: String,
    /// The window's title.
    pub title: String,
    /// Width of the page, in CSS pixels.
    pub width: u32,
    /// Height of the page, in CSS pixels.
    pub height: u32,
    /// Whether it fills the screen.
    pub maximized: bool,
    /// Whether it has the keyboard.
    pub focused: bool,
    /// Whether the system asks for a dark theme.
    pub dark: bool,
    /// How it draws: `accelerated`, `shared memory`, `software` or `safe`.
    pub rendering: String,
    /// Whether the web process is sandboxed.
    pub sandboxed: bool,
    /// Whether the page has drawn its first screen.
    pub ready: bool,
}

/// An answer of the window that takes a moment.
pub type Soon<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A window that methods can drive. Its functions only enqueue; none waits for the window.
pub trait Window: Send + Sync {
    /// Shows the screen at `route` and brings the window forward.
    fn open(&self, route: &str);
    /// Brings the window forward.
    fn focus(&self);
    /// What is shown now.
    fn state(&self) -> WindowState;
    /// The page says where it is: `route` and `title` as shown, and that it has drawn.
    fn showing(&self, route: &str, title: &str);
    /// The text that is shown now.
    fn text(&self) -> Soon<String>;
    /// Lets the user choose a folder; `None` where they close the dialog.
    fn choose_folder(&self, title: &str) -> Soon<Option<PathBuf>>;
    /// Puts text on the clipboard.
    fn copy(&self, text: &str);
    /// Opens an `http`, `https` or `mailto` address in the user's browser.
    fn open_in_browser(&self, url: &str) -> Result<(), String>;
    /// Opens a file of a work tree in the user's editor.
    fn open_in_editor(&self, path: &Path, line: Option<u32>) -> Result<(), String>;
}
