//! The tokens of one statement, and questions about them.

use super::lexer::{Kind, Lexer, Modes, Token, Unclosed};
use crate::Engine;
use std::borrow::Cow;

/// The tokens of a statement without its comments.
pub(super) struct Tokens<'a> {
    pub(super) source: &'a str,
    pub(super) list: Vec<Token>,
    /// Why a server may read the statement otherwise.
    pub(super) doubt: Option<&'static str>,
    /// What is never closed; then the list ends before it.
    pub(super) unclosed: Option<Unclosed>,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(engine: Engine, modes: Modes, source: &'a str) -> Tokens<'a> {
        let mut lexer = Lexer::new(engine, modes, source);
        let (mut list, mut unclosed) = (Vec::new(), None);
        for token in &mut lexer {
            match token {
                Ok(token) if token.kind == Kind::Comment => {}
                Ok(token) => list.push(token),
                Err(it) => unclosed = Some(it),
            }
        }
        Tokens { source, list, doubt: lexer.doubt, unclosed }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.list.get(at).map(|it| it.kind)
    }

    pub(super) fn text(&self, at: usize) -> &'a str {
        self.list.get(at).map_or("", |it| &self.source[it.start..it.end])
    }

    /// The word that stands there; empty where there is none.
    pub(super) fn word(&self, at: usize) -> &'a str {
        if self.kind(at) == Some(Kind::Word) { self.text(at) } else { "" }
    }

    pub(super) fn is(&self, at: usize, word: &str) -> bool {
        self.word(at).eq_ignore_ascii_case(word)
    }

    pub(super) fn is_any(&self, at: usize, words: &[&str]) -> bool {
        let found = self.word(at);
        !found.is_empty() && words.iter().any(|it| found.eq_ignore_ascii_case(it))
    }

    /// The same for the token before.
    pub(super) fn after_any(&self, at: usize, words: &[&str]) -> bool {
        at > 0 && self.is_any(at - 1, words)
    }

    pub(super) fn op(&self, at: usize, op: u8) -> bool {
        self.kind(at) == Some(Kind::Op) && self.source.as_bytes()[self.list[at].start] == op
    }

    /// The same for the token before.
    pub(super) fn after_op(&self, at: usize, op: u8) -> bool {
        at > 0 && self.op(at - 1, op)
    }

    /// Whether a name stands there, in quotes or not.
    pub(super) fn is_name(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(Kind::Word | Kind::Name))
    }

    /// The name that stands there, without its quotes.
    pub(super) fn name(&self, at: usize) -> Option<Cow<'a, str>> {
        let text = self.text(at);
        match self.kind(at)? {
            Kind::Word => Some(Cow::Borrowed(text)),
            Kind::Name => {
                let from = text.find(['"', '`', '[']).unwrap_or(0);
                let inner = text.get(from + 1..text.len() - 1).unwrap_or("");
                let close = &text[text.len() - 1..];
                let twice = close.repeat(2);
                Some(if inner.contains(&twice) {
                    Cow::Owned(inner.replace(&twice, close))
                } else {
                    Cow::Borrowed(inner)
                })
            }
            _ => None,
        }
    }
}
