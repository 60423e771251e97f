//! For the terminal: panels as aligned lines, with bars and small lines of block characters.

mod body;
mod prose;

use super::{PanelRun, Run};
use crate::charts::words::clean;
use crate::dashboard::Part;
use crate::dashboard::arrange::{Row, rows};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How a terminal is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Its columns.
    pub width: usize,
    /// Whether colours are wanted.
    pub colour: bool,
}

/// A run for the terminal.
pub fn text(run: &Run, terminal: Terminal) -> String {
    let terminal = Terminal { width: terminal.width.clamp(24, 400), ..terminal };
    let mut page = Page { terminal, text: String::new() };
    page.strong(&clean(&run.dashboard.title));
    if let Some(about) = &run.dashboard.about {
        page.wrapped(&clean(about), "");
    }
    page.soft(&clean(&run.asked()));
    for row in rows(&run.dashboard) {
        match row {
            Row::Text(at) => {
                if let Some(Part::Text(text)) = run.dashboard.parts.get(at) {
                    page.empty();
                    page.nodes(&text.nodes, &run.dashboard.title);
                }
            }
            Row::Panels(panels) => {
                for (at, _) in panels {
                    page.empty();
                    page.panel(run, at);
                }
            }
        }
    }
    if !run.asserts.is_empty() {
        page.empty();
        page.strong("Assertions");
        for assert in &run.asserts {
            let (sign, colour) = if assert.holds() { ("✓", GOOD) } else { ("✗", BAD) };
            let said = clean(&assert.say());
            for (at, line) in wrap(&said, terminal.width - 2).iter().enumerate() {
                let sign = if at == 0 { page.coloured(sign, colour) } else { " ".to_owned() };
                page.line(&format!("{sign} {line}"));
            }
        }
    }
    page.text
}

const BOLD: &str = "1";
const SOFT: &str = "2";
const GOOD: &str = "32";
const BAD: &str = "31";
const MARK: &str = "36";

struct Page {
    terminal: Terminal,
    text: String,
}

impl Page {
    fn coloured(&self, text: &str, code: &str) -> String {
        match self.terminal.colour && !text.is_empty() {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn empty(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn strong(&mut self, text: &str) {
        let line = self.coloured(text, BOLD);
        self.line(&line);
    }

    fn soft(&mut self, text: &str) {
        for line in wrap(text, self.terminal.width) {
            let line = self.coloured(&line, SOFT);
            self.line(&line);
        }
    }

    /// Words on lines that fit, each with something before it.
    fn wrapped(&mut self, text: &str, before: &str) {
        let room = self.terminal.width.saturating_sub(before.width()).max(10);
        for line in wrap(text, room) {
            self.line(&format!("{before}{line}"));
        }
    }

    fn panel(&mut self, run: &Run, at: usize) {
        let Some(panel) = run.panel(at) else { return };
        self.strong(&clean(&panel.name()));
        match run.of(at) {
            None => self.soft("not run"),
            Some(PanelRun { result: Err(why), .. }) => {
                let line = self.coloured(&clean(why), BAD);
                self.line(&line);
            }
            Some(PanelRun { result: Ok(answer), .. }) => {
                self.body(&answer.shown.body, &run.values.zone);
                for note in &answer.shown.notes {
                    self.soft(&clean(&format!("({note})")));
                }
            }
        }
        if let Some(rule) = &panel.rule {
            self.soft(&clean(rule));
        }
        if let Some(evidence) = run.of(at).and_then(|it| it.evidence.as_ref()) {
            self.soft(&clean(&evidence.say()));
        }
    }
}

/// Words that take no more columns than that; what is left out is an ellipsis.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let (mut used, mut end) = (0, 0);
    for (at, letter) in text.char_indices() {
        let next = letter.width().unwrap_or(0);
        if used + next + 1 > columns {
            break;
        }
        used += next;
        end = at + letter.len_utf8();
    }
    if columns == 0 { String::new() } else { format!("{}…", &text[..end]) }
}

/// Words filled up with spaces: behind them, or before.
pub(super) fn fill(text: &str, columns: usize, right: bool) -> String {
    let text = cut(text, columns);
    let room = " ".repeat(columns.saturating_sub(text.width()));
    if right { format!("{room}{text}") } else { format!("{text}{room}") }
}

/// Words on lines of so many columns at most.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|it| !it.is_empty()) {
        if !line.is_empty() && line.width() + 1 + word.width() > columns {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}
