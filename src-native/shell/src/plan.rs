//! What is decided before the first thread: how to draw, and whether the web process is confined.

use std::path::Path;

use crate::place::Starts;
use crate::rendering::{self, Rendering};
use crate::system;

/// How the user wants the page drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// As fits the machine and what earlier starts taught.
    #[default]
    Auto,
    /// In safe mode: `--safe-rendering`.
    Safe,
    /// As fits the machine, forgetting what earlier starts taught: `--no-safe-rendering`.
    Fresh,
}

/// What [`prepare`] found and chose.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How the page is drawn.
    pub rendering: Rendering,
    /// Why so, in a few words.
    pub why: String,
    /// Why the web process cannot be confined, if so.
    pub unconfined: Option<String>,
    /// What the user must be told in a dialog: the last start drew nothing.
    pub(crate) message: Option<String>,
    /// The variables that were set, to be kept from programs that the window starts.
    pub(crate) variables: Vec<&'static str>,
    pub(crate) starts: Starts,
}

/// Looks at the machine and sets the variables that the webview reads when it starts.
///
/// Must be called before anything starts a thread: it changes the environment, which no other
/// thread may be reading. `state_dir` holds what earlier starts taught.
/// With `devtools` the webview may be driven from outside; in a release without it, never.
pub fn prepare(wish: Wish, devtools: bool, state_dir: &Path) -> Plan {
    let mut plan = look(wish, state_dir);
    let mut variables: Vec<(&'static str, Option<&'static str>)> =
        plan.rendering.variables().iter().map(|name| (*name, Some("1"))).collect();
    variables.extend(system::confine(&plan).map(|name| (name, Some("1"))));
    plan.variables = variables.iter().map(|(name, _)| *name).collect();
    if !(devtools || cfg!(debug_assertions)) {
        variables.extend(system::REMOTE_CONTROL.iter().map(|name| (*name, None)));
    }
    set(&variables);
    if let Err(error) = plan.starts.save(state_dir) {
        note(&format!("{} cannot be written: {error}.", state_dir.display()));
    }
    plan
}

/// The same without changing anything, for the doctor.
pub(crate) fn look(wish: Wish, state_dir: &Path) -> Plan {
    let mut starts = Starts::load(state_dir, &system::engine());
    if wish == Wish::Fresh {
        starts.blank = false;
        starts.unfinished = 0;
    }
    let safe = match wish {
        Wish::Safe => Some("asked for".to_owned()),
        Wish::Auto | Wish::Fresh => starts.reason_for_safety(),
    };
    let (rendering, why) = rendering::choose(&system::machine(), safe.as_deref());
    let message = (starts.blank && !starts.told && wish == Wish::Auto).then(|| {
        "The window drew nothing within the time a start takes, so Backstory started again in \
         safe rendering. It stays so until it is started with --no-safe-rendering or the system's \
         web engine is updated."
            .to_owned()
    });
    starts.told |= message.is_some();
    starts.unfinished += 1;
    let unconfined = system::confinement().err();
    Plan { rendering, why, unconfined, message, variables: Vec::new(), starts }
}

#[expect(unsafe_code, reason = "there is no safe way to set a variable in edition 2024")]
fn set(variables: &[(&'static str, Option<&'static str>)]) {
    // The web engine's library starts one thread when it is loaded, before `main`: it gives freed
    // memory back to the system and reads no variable.
    assert!(system::threads() <= 2, "shell::prepare must be called before any thread is started");
    for (name, value) in variables {
        // SAFETY: no other thread reads the environment, as was just seen.
        match value {
            Some(value) => unsafe { std::env::set_var(name, value) },
            None => unsafe { std::env::remove_var(name) },
        }
    }
}

/// One line for whoever started the window from a terminal.
#[expect(clippy::print_stderr, reason = "a window has no other way to reach its terminal")]
pub(crate) fn note(text: &str) {
    eprintln!("backstory-app: {text}");
}
