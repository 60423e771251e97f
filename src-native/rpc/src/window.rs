//! What the window can do for a method. It is another program, which asks and is asked over the
//! channel that `transport` keeps; without a window nobody answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{ffi::OsString, future::Future, pin::Pin};
use ts_rs::TS;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light, whatever the system says.
    Light,
    /// Dark, whatever the system says.
    Dark,
}

/// What is shown now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
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
    /// What was chosen for this window; it is remembered.
    pub theme: Theme,
    /// How it draws: `accelerated`, `shared memory`, `software` or `safe`.
    pub rendering: String,
    /// Whether the web process is sandboxed.
    pub sandboxed: bool,
    /// Whether the page has drawn its first screen.
    pub ready: bool,
}

/// What the window is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "camelCase")]
pub enum Ask {
    /// Show the screen at `route` and bring the window forward.
    Open {
        /// Its address.
        route: String,
    },
    /// The page says where it is, and that it has drawn.
    Showing {
        /// Address of the screen.
        route: String,
        /// Its title.
        title: String,
    },
    /// Show itself light or dark, now and at every start from now on.
    Theme {
        /// Which.
        theme: Theme,
    },
    /// Answer with the text that is shown now.
    Text,
    /// Let the user choose a folder, and answer with its path; with nothing where they close the dialog.
    ChooseFolder {
        /// What the dialog asks for.
        title: String,
    },
    /// Put text on the clipboard.
    Copy {
        /// The text.
        text: String,
    },
    /// Open an `http`, `https` or `mailto` address in the user's browser.
    OpenInBrowser {
        /// The address.
        url: String,
    },
    /// Open a file of a work tree in the user's editor.
    OpenInEditor {
        /// Its absolute path.
        path: OsString,
        /// Line, from 1.
        line: Option<u32>,
    },
}

/// What the window answers: a text where one was asked for, or a sentence that says why not.
pub type Answer = std::result::Result<Option<String>, String>;

/// An answer of the window, which takes a moment.
pub type Soon = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A window that methods can drive.
pub trait Window: Send + Sync {
    /// What is shown now.
    fn state(&self) -> WindowState;
    /// Asks it to do something. The asking is done when this returns; only the answer takes time.
    fn ask(&self, ask: Ask) -> Soon;
}
