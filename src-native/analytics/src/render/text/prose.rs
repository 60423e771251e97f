//! The text of a dashboard, in the terminal.

use super::Page;
use crate::charts::words::clean;
use crate::dashboard::markdown::{Inline, Node, plain};

impl Page {
    /// Text for people. A first heading that only repeats the title is left out.
    pub(super) fn nodes(&mut self, nodes: &[Node], title: &str) {
        let repeats =
            matches!(nodes.first(), Some(Node::Heading(1, words)) if plain(words) == title);
        self.indented(&nodes[usize::from(repeats)..], "");
    }

    fn indented(&mut self, nodes: &[Node], before: &str) {
        for (at, node) in nodes.iter().enumerate() {
            if at > 0 && before.is_empty() {
                self.empty();
            }
            match node {
                Node::Heading(_, words) => {
                    let words = clean(&plain(words));
                    self.strong(&format!("{before}{words}"));
                }
                Node::Paragraph(words) => self.wrapped(&clean(&said(words)), before),
                Node::List(first, items) => {
                    for (at, item) in items.iter().enumerate() {
                        let sign = match first {
                            Some(first) => format!("{}.", first.saturating_add(at as u32)),
                            None => "-".to_owned(),
                        };
                        self.item(item, before, &sign);
                    }
                }
                Node::Code(_, code) => {
                    for line in code.lines() {
                        self.line(&format!("{before}    {}", clean(line)));
                    }
                }
                Node::Quote(inner) => self.indented(inner, &format!("{before}> ")),
                Node::Table(head, rows) => {
                    let cells = |row: &[Vec<Inline>]| -> Vec<String> {
                        row.iter().map(|it| clean(&plain(it))).collect()
                    };
                    let head = cells(head);
                    let rows: Vec<Vec<String>> = rows.iter().map(|it| cells(it)).collect();
                    let right = vec![false; head.len()];
                    self.columns(&head, &rows, &right);
                }
                Node::Rule => {
                    let width = self.terminal.width.min(60);
                    self.line(&"─".repeat(width));
                }
            }
        }
    }

    fn item(&mut self, item: &[Node], before: &str, sign: &str) {
        let inner = format!("{before}{} ", " ".repeat(sign.len()));
        match item.split_first() {
            Some((Node::Paragraph(words), rest)) => {
                let room = self.terminal.width.saturating_sub(inner.len()).max(10);
                let lines = super::wrap(&clean(&said(words)), room);
                for (at, line) in lines.iter().enumerate() {
                    let begin = if at == 0 { format!("{before}{sign} ") } else { inner.clone() };
                    self.line(&format!("{begin}{line}"));
                }
                if !rest.is_empty() {
                    self.indented(rest, &inner);
                }
            }
            _ => {
                self.line(&format!("{before}{sign}"));
                self.indented(item, &inner);
            }
        }
    }
}

/// Words of a line, with where links lead.
fn said(inline: &[Inline]) -> String {
    let mut text = String::new();
    for it in inline {
        match it {
            Inline::Text(it) => text.push_str(it),
            Inline::Code(it) => text.push_str(&format!("`{it}`")),
            Inline::Emphasis(it) | Inline::Strong(it) => text.push_str(&said(it)),
            Inline::Link(words, to) => {
                let words = said(words);
                text.push_str(&words);
                if words != *to {
                    text.push_str(&format!(" ({to})"));
                }
            }
            Inline::Break => text.push(' '),
        }
    }
    text
}
