//! The terminal: what goes to standard output and standard error, and how.

use crate::render::plain;
use crate::wording::as_commands;
use rpc::Error;
use serde_json::{Value, json};
use std::io::{self, IsTerminal, Write};

/// How to write to this terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// Whether standard output is looked at by a person.
    pub(crate) looked_at: bool,
    /// Whether it shows colors.
    pub(crate) color: bool,
    /// Its width in columns, where it has one.
    pub(crate) width: Option<usize>,
    /// Whether replies are wanted as JSON.
    pub(crate) json: bool,
    /// Whether rules are wanted too.
    pub(crate) verbose: bool,
    /// Whether methods are called by their names, so that these are told and no commands.
    pub(crate) by_method: bool,
    /// Whether standard error is looked at by a person.
    errors_looked_at: bool,
}

impl Terminal {
    /// The terminal of this process.
    pub(crate) fn find(json: bool, verbose: bool) -> Terminal {
        let looked_at = io::stdout().is_terminal();
        let unset = |name: &str| std::env::var_os(name).is_none_or(|it| it.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|it| it == "dumb");
        Terminal {
            looked_at,
            color: looked_at && unset("NO_COLOR") && !dumb,
            width: looked_at.then(columns).flatten(),
            json,
            verbose,
            by_method: false,
            errors_looked_at: io::stderr().is_terminal(),
        }
    }

    /// Writes an answer. A reader that has seen enough (`| head`) is no failure.
    pub(crate) fn print(&self, text: &str) {
        let mut out = io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Writes a reply as JSON: spread out for a person, on one line for a program.
    pub(crate) fn print_json(&self, reply: &str) {
        if !self.looked_at {
            return self.print(&format!("{reply}\n"));
        }
        match serde_json::from_str::<Value>(reply) {
            Ok(value) => self.print(&format!("{value:#}\n")),
            Err(_) => self.print(&format!("{reply}\n")),
        }
    }

    /// Says something beside the answer.
    pub(crate) fn say(&self, text: &str) {
        write_error(&format!("backstory: {}\n", plain(text)));
    }

    /// Says why there is no answer.
    pub(crate) fn fail(&self, error: &Error) {
        if self.json {
            return write_error(&format!("{}\n", json!({ "error": error.to_json() })));
        }
        let told = |text: &str| if self.by_method { text.to_owned() } else { as_commands(text) };
        self.say(&told(&error.message));
        if let Some(hint) = &error.hint {
            write_error(&format!("hint: {}\n", plain(&told(hint))));
        }
    }
}

/// How far a call is, on standard error: one line that moves for a person, a line a phase for a
/// file.
pub(crate) struct Progress {
    terminal: Terminal,
    phase: String,
    drawn: bool,
}

impl Progress {
    pub(crate) fn new(terminal: Terminal) -> Progress {
        Progress { terminal, phase: String::new(), drawn: false }
    }

    /// Takes a notification; only progress is shown.
    pub(crate) fn hear(&mut self, method: &str, params: &Value) {
        if method != "$/progress" {
            return;
        }
        let value = &params["value"];
        let phase = value["phase"].as_str().unwrap_or_default();
        let (done, total) =
            (value["done"].as_u64().unwrap_or(0), value["total"].as_u64().unwrap_or(0));
        if self.terminal.errors_looked_at {
            self.drawn = true;
            let count = match total {
                0 if done == 0 => String::new(),
                0 => format!(" {done}"),
                total => format!(" {done} of {total}"),
            };
            write_error(&format!("\r\x1b[K{}{count}", plain(phase)));
        } else if phase != self.phase {
            write_error(&format!("{}\n", plain(phase)));
        }
        phase.clone_into(&mut self.phase);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.drawn {
            write_error("\r\x1b[K");
        }
    }
}

fn write_error(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

fn columns() -> Option<usize> {
    let told = std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok());
    told.or_else(asked).filter(|it| *it >= 20)
}

#[cfg(unix)]
fn asked() -> Option<usize> {
    rustix::termios::tcgetwinsize(io::stdout()).ok().map(|it| usize::from(it.ws_col))
}

#[cfg(not(unix))]
fn asked() -> Option<usize> {
    None
}
