//! What a statement gives, on its way to the terminal: shown at once where it fits the screen, else
//! through a program that turns pages. Nothing in it drives the terminal.

use crate::harmless::whole;
use crate::query::note;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use unicode_width::UnicodeWidthChar;

/// A screenful, and what comes after it.
pub(super) struct Screen {
    lines: usize,
    columns: usize,
    /// What waits until it is known whether it fits.
    held: Vec<u8>,
    /// Lines that are full, and how far the last one is.
    at: (usize, usize),
    to: To,
    /// Whether a style of ours may stand in it; else every letter that is none is written out.
    styled: bool,
    /// The beginning of a letter whose end is still to come.
    part: Vec<u8>,
    paging: Arc<AtomicBool>,
}

enum To {
    Waiting,
    Pager(Child),
    Plain,
}

impl Screen {
    /// The terminal's screen. `styled` where the text is made for people, with nothing of a server's in it
    /// that drives a terminal.
    pub(super) fn new(columns: Option<usize>, styled: bool) -> Screen {
        let lines = height();
        Screen {
            lines: lines.unwrap_or(usize::MAX),
            columns: columns.unwrap_or(usize::MAX),
            held: Vec::new(),
            at: (0, 0),
            to: if lines.is_some() { To::Waiting } else { To::Plain },
            styled,
            part: Vec::new(),
            paging: Arc::default(),
        }
    }

    /// Set while somebody turns pages.
    pub(super) fn paging(&self) -> Arc<AtomicBool> {
        self.paging.clone()
    }

    /// Shows the rest and waits until whoever turns pages is done.
    pub(super) fn finish(mut self) {
        let _ = self.flush_all(); // whoever turned pages may have had enough
    }

    fn flush_all(&mut self) -> io::Result<()> {
        let rest = String::from_utf8_lossy(&std::mem::take(&mut self.part)).into_owned();
        self.put(rest.as_bytes())?;
        match std::mem::replace(&mut self.to, To::Plain) {
            To::Pager(mut child) => {
                drop(child.stdin.take());
                let ended = child.wait()?;
                self.paging.store(false, Ordering::SeqCst);
                if ended.code() == Some(127) {
                    note(
                        "the program that PAGER names cannot be run; `PAGER=cat` shows all at once",
                    );
                }
                Ok(())
            }
            _ => {
                let mut out = io::stdout().lock();
                out.write_all(&self.held)?;
                self.held.clear();
                out.flush()
            }
        }
    }

    /// Counts lines as the terminal shows them, and tells whether they still fit.
    fn fits(&mut self, text: &[u8]) -> bool {
        let (mut line, mut column) = self.at;
        let mut letters = String::from_utf8_lossy(text).into_owned();
        if self.styled {
            letters = letters.replace("\x1b[2m", "").replace("\x1b[22m", "");
        }
        for letter in letters.chars() {
            if letter == '\n' {
                (line, column) = (line + 1, 0);
                continue;
            }
            column += letter.width().unwrap_or(0);
            if column > self.columns {
                (line, column) = (line + 1, letter.width().unwrap_or(0));
            }
        }
        self.at = (line, column);
        line < self.lines
    }

    fn put(&mut self, text: &[u8]) -> io::Result<()> {
        if matches!(self.to, To::Waiting) {
            self.held.extend_from_slice(text);
            if self.fits(text) {
                return Ok(());
            }
            let mut held = std::mem::take(&mut self.held);
            self.to = match pager() {
                Some(child) => {
                    self.paging.store(true, Ordering::SeqCst);
                    To::Pager(child)
                }
                None => To::Plain,
            };
            let sent = self.put(&held);
            held.clear();
            self.held = held;
            return sent;
        }
        match &mut self.to {
            To::Pager(child) => match &mut child.stdin {
                Some(to) => to.write_all(text),
                None => Err(io::ErrorKind::BrokenPipe.into()),
            },
            _ => io::stdout().lock().write_all(text),
        }
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.styled {
            self.put(bytes)?;
            return Ok(bytes.len());
        }
        let shown = whole(&mut self.part, bytes);
        self.put(shown.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The program that turns pages: `$PAGER`, else `less`; none where it is not wanted or not there.
fn pager() -> Option<Child> {
    let named = std::env::var_os("PAGER").filter(|it| !it.is_empty());
    let spawn = |command: &mut Command| command.stdin(Stdio::piped()).spawn().ok();
    match named {
        Some(named) if named == "cat" => None,
        Some(named) => spawn(&mut shell(&named)),
        None => {
            let mut less = Command::new("less");
            if std::env::var_os("LESS").is_none() {
                less.env("LESS", "-RS"); // colors stay, and lines are not folded
            }
            spawn(&mut less)
        }
    }
}

/// A command line of the user's, as a shell reads it.
pub(super) fn shell(line: &OsString) -> Command {
    let (program, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(program);
    command.arg(option).arg(line);
    command
}

/// Lines that the terminal has, less one for the prompt.
#[cfg(unix)]
fn height() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    usize::from(size.ws_row).checked_sub(1).filter(|it| *it > 1)
}

#[cfg(not(unix))]
fn height() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_a_terminal_folds_them() {
        let screen = |lines| Screen {
            lines,
            columns: 10,
            held: Vec::new(),
            at: (0, 0),
            to: To::Waiting,
            styled: true,
            part: Vec::new(),
            paging: Arc::default(),
        };
        assert!(screen(3).fits(b"one\ntwo\n"));
        assert!(!screen(3).fits(b"one\ntwo\nthree\n"));
        assert!(screen(3).fits(b"\x1b[2m1234567890\x1b[22m\n1\n"));
        assert!(!screen(3).fits(b"12345678901234567890\n1\n"));
        assert!(!screen(3).fits("山田太郎山田太郎\n1\n".as_bytes()));
    }
}
