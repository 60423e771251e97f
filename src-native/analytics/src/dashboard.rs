//! A dashboard is one short text: Markdown with a front matter, queries and panels. This module reads that
//! text into a [`Dashboard`], finds all that is wrong with it at once, changes one value in it and leaves
//! the rest as it was, and shapes what queries gave into what panels show. The grammar is told in
//! `docs/dashboards.md`; [`keys`] is its table.

pub mod arrange;
pub mod asserts;
pub mod compare;
pub mod edit;
pub mod keys;
pub mod markdown;
mod near;
mod panel;
pub mod params;
pub mod period;
pub mod places;
mod read;
pub mod schema;
pub mod shape;

pub use panel::{Compare, Direction, Panel, PanelKind};
pub use params::{Param, ParamKind, Values};
pub use read::read;

#[cfg(test)]
mod tests;

use std::fmt;

/// A piece of the text, as bytes from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

impl Span {
    /// From the first byte to the one after the last.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }
}

/// Something that is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// What it is about.
    pub span: Span,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for Trouble {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(to, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// A dashboard, as its text says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dashboard {
    /// What it is called.
    pub title: String,
    /// What it is about, in a sentence.
    pub about: Option<String>,
    /// Zone of its days; the reader's where it names none.
    pub zone: Option<String>,
    /// Seconds after which an open window asks again.
    pub refresh: Option<u32>,
    /// What is marked on axes of time.
    pub annotate: Vec<Mark>,
    /// Its controls, in their order.
    pub params: Vec<Param>,
    /// What it consists of, from top to bottom.
    pub parts: Vec<Part>,
}

/// What can be marked on an axis of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// Releases of the memory's repositories.
    Releases,
    /// Incidents.
    Incidents,
    /// Pull requests that were merged.
    Merges,
}

impl Mark {
    /// All of them, in the order of their names here.
    pub const ALL: [Mark; 3] = [Mark::Releases, Mark::Incidents, Mark::Merges];

    /// Its name in a file.
    pub fn name(self) -> &'static str {
        match self {
            Mark::Releases => "releases",
            Mark::Incidents => "incidents",
            Mark::Merges => "merges",
        }
    }
}

/// A part of a dashboard, with the place it was read from.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text for people.
    Text(Text),
    /// Something to ask.
    Query(Query),
    /// Something to show.
    Panel(Panel),
    /// What has to hold.
    Asserts(Asserts),
}

impl Part {
    /// Where it stands in the text, its fences included.
    pub fn span(&self) -> Span {
        match self {
            Part::Text(it) => it.span,
            Part::Query(it) => it.span,
            Part::Panel(it) => it.span,
            Part::Asserts(it) => it.span,
        }
    }
}

/// Text between the blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Where it stands.
    pub span: Span,
    /// What it consists of.
    pub nodes: Vec<markdown::Node>,
}

/// A query: something to ask, and whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Its name, by which panels, assertions and other queries know it.
    pub name: String,
    /// Where it stands, its fences included.
    pub span: Span,
    /// Where what is asked stands, without the fences.
    pub body_span: Span,
    /// Line of the file on which the body begins, from 1.
    pub line: usize,
    /// What is asked, as it is written.
    pub body: String,
    /// Whom it asks.
    pub source: Source,
    /// Places for values that it leaves open, each once, in the order of their first use.
    pub places: Vec<String>,
}

/// Whom a query asks.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A statement for a connection of that name.
    Connection(String),
    /// A statement for the team memory.
    Memory,
    /// A statement over the results of those queries, each a table of its name.
    Results(Vec<String>),
    /// A read method of the bridge.
    Call {
        /// Its name (`memory.risk`).
        method: String,
        /// Path of the list in its reply that becomes rows (`files`, `report.rows`); the reply itself
        /// where there is none.
        rows: Option<String>,
        /// Its parameters.
        arguments: Vec<(String, Argument)>,
    },
}

impl Query {
    /// Whether it leaves a place of that name open.
    pub fn leaves(&self, name: &str) -> bool {
        match &self.source {
            Source::Call { arguments, .. } => arguments.iter().any(|it| it.1.leaves(name)),
            _ => places::places(&self.body).iter().any(|it| it.name == name),
        }
    }
}

/// A parameter of a method.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    /// Words.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Yes or no.
    Bool(bool),
    /// Several.
    List(Vec<Argument>),
    /// Several, by name.
    Map(Vec<(String, Argument)>),
    /// The value of the place of that name: it was written ":name".
    Place(String),
}

impl Argument {
    fn leaves(&self, name: &str) -> bool {
        match self {
            Argument::Place(it) => it == name,
            Argument::List(list) => list.iter().any(|it| it.leaves(name)),
            Argument::Map(map) => map.iter().any(|it| it.1.leaves(name)),
            _ => false,
        }
    }
}

/// Assertions of one block.
#[derive(Clone, Debug, PartialEq)]
pub struct Asserts {
    /// Where they stand, fences included.
    pub span: Span,
    /// One a line.
    pub lines: Vec<Assert>,
}

/// One assertion: what has to hold, and the sentence where it does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Assert {
    /// Where it stands.
    pub span: Span,
    /// Its line in the file, from 1.
    pub line: usize,
    /// What has to hold, as it is written.
    pub rule: String,
    /// What to say where it does not hold; empty where the rule speaks for itself.
    pub sentence: String,
}

impl Dashboard {
    /// Its panels, in their order.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.parts.iter().filter_map(|it| match it {
            Part::Panel(panel) => Some(panel),
            _ => None,
        })
    }

    /// Its queries, in their order.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.parts.iter().filter_map(|it| match it {
            Part::Query(query) => Some(query),
            _ => None,
        })
    }

    /// The query of a name.
    pub fn query(&self, name: &str) -> Option<&Query> {
        self.queries().find(|it| it.name == name)
    }

    /// Its assertions, in their order.
    pub fn asserts(&self) -> impl Iterator<Item = &Assert> {
        self.parts.iter().flat_map(|it| match it {
            Part::Asserts(block) => block.lines.as_slice(),
            _ => &[],
        })
    }
}
