//! A day of a site in columns: its visits with all their events, cut by our own definition. A visit lies in
//! the block of the day it began, whole.
//!
//! Visits are sorted by visitor, verdict and start; events stand visit by visit in order of time. Columns of
//! visits hold a value for each visit, columns of events one for each event; what few events have (properties,
//! revenue) stands in columns of its own beside the places of those events. What a visit was seen with is that
//! of its first event; events that differ name a place in a list. So a block gives back every event as it came.

mod build;
mod pack;
mod row;
mod shape;

pub(crate) use build::{build, rows_of};
pub(crate) use pack::{Column, Damage, Input, put, sealed, zigzag};
pub(crate) use row::{
    CLIENT_WORDS, DOORS, Interned, Lexicon, PROP_BOOL, PROP_NUMBER, PROP_TEXT, Row, RowProp, Rows,
    TOUCH_WORDS, VERDICTS, kind_of,
};
pub(crate) use shape::{needed, shape};

use crate::visits::Definition;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A column, by the number it has on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Col(pub(crate) u8);

impl Col {
    // Of visits.
    pub(crate) const VISITOR: Col = Col(0);
    /// Lasting number of the visitor; 0 where there is none.
    pub(crate) const PERSON: Col = Col(1);
    pub(crate) const START: Col = Col(2);
    /// How many events.
    pub(crate) const COUNT: Col = Col(3);
    pub(crate) const VERDICT: Col = Col(4);
    pub(crate) const DURATION: Col = Col(5);
    pub(crate) const VIEWS: Col = Col(6);
    pub(crate) const EVENTS: Col = Col(7);
    pub(crate) const MARKS: Col = Col(8);
    pub(crate) const ENTRY: Col = Col(9);
    pub(crate) const EXIT: Col = Col(10);
    pub(crate) const ENGAGED: Col = Col(11);
    // Eleven of where it came from begin here, ten of what it was seen with there.
    const TOUCH: u8 = 16;
    const CLIENT: u8 = 32;
    // Of events.
    /// Time since the event before it in its visit.
    pub(crate) const GAP: Col = Col(48);
    /// Kind, and whether it is interactive (8).
    pub(crate) const WHAT: Col = Col(49);
    pub(crate) const NAME: Col = Col(50);
    pub(crate) const HOST: Col = Col(51);
    pub(crate) const PATH: Col = Col(52);
    pub(crate) const TITLE: Col = Col(53);
    /// Engaged time that it tells.
    pub(crate) const TOLD: Col = Col(54);
    pub(crate) const SCROLL: Col = Col(55);
    pub(crate) const DOOR: Col = Col(56);
    /// Place in [`Col::TOUCHES`] from 1; 0 where it came from where its visit did.
    pub(crate) const OTHER_TOUCH: Col = Col(57);
    pub(crate) const OTHER_CLIENT: Col = Col(58);
    // Lists.
    pub(crate) const TOUCHES: Col = Col(64);
    pub(crate) const CLIENTS: Col = Col(65);
    pub(crate) const PROP_EVENT: Col = Col(66);
    pub(crate) const PROP_KEY: Col = Col(67);
    pub(crate) const PROP_KIND: Col = Col(68);
    /// Word of its value; of numbers 0.
    pub(crate) const PROP_TEXT: Col = Col(69);
    /// Bits of its value; of words 0.
    pub(crate) const PROP_BITS: Col = Col(70);
    pub(crate) const MONEY_EVENT: Col = Col(71);
    pub(crate) const MONEY_CURRENCY: Col = Col(72);
    pub(crate) const MONEY_AMOUNT: Col = Col(73);

    /// Columns have smaller numbers than this.
    pub(crate) const END: usize = 80;

    pub(crate) const fn touch(place: u8) -> Col {
        Col(Col::TOUCH + place)
    }

    pub(crate) const fn client(place: u8) -> Col {
        Col(Col::CLIENT + place)
    }

    /// Which of the places a visit came from this is.
    fn touch_place(self) -> Option<usize> {
        (Col::TOUCH..Col::TOUCH + 11).contains(&self.0).then(|| usize::from(self.0 - Col::TOUCH))
    }

    fn client_place(self) -> Option<usize> {
        (Col::CLIENT..Col::CLIENT + 10).contains(&self.0).then(|| usize::from(self.0 - Col::CLIENT))
    }

    pub(crate) fn is_of_visits(self) -> bool {
        self.0 < 48
    }

    /// Whether it is another one by another definition of visits.
    pub(crate) fn is_of(self, definition: Definition) -> bool {
        self.is_of_visits() || self == Col::GAP && !definition.has_runs()
    }

    pub(crate) fn is_of_events(self) -> bool {
        (48..64).contains(&self.0)
    }

    /// Whether its numbers only grow.
    pub(crate) fn is_ordered(self) -> bool {
        [Col::VISITOR, Col::PROP_EVENT, Col::MONEY_EVENT].contains(&self)
    }

    /// All columns of a block.
    pub(crate) fn all() -> impl Iterator<Item = Col> {
        let visits = (0..12).chain(16..27).chain(32..42);
        visits.chain(48..59).chain(64..74).map(Col)
    }
}

/// Bits of [`Col::MARKS`].
pub(crate) const BOUNCE: i64 = 1;
/// Whether it is counted as a visit.
pub(crate) const COUNTED: i64 = 2;
/// Whether it is the first of its visitor in the block.
pub(crate) const NEW: i64 = 4;

/// What is known of a block without its columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) site: u32,
    pub(crate) day: i32,
    pub(crate) visits: usize,
    pub(crate) events: usize,
    /// Start of its first visit.
    pub(crate) first: i64,
    /// Start of its last visit.
    pub(crate) last: i64,
}

/// A block in memory with all columns: one that was just built.
#[derive(Clone, Debug, Default)]
pub(crate) struct Built {
    pub(crate) head: Head,
    pub(crate) columns: BTreeMap<Col, Arc<Column>>,
}

/// Some columns of a block, as a question asked for them.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) head: Head,
    columns: Vec<Option<Arc<Column>>>,
}

impl View {
    pub(crate) fn new(head: Head) -> View {
        View { head, columns: vec![None; Col::END] }
    }

    pub(crate) fn put(&mut self, col: Col, column: Arc<Column>) {
        self.columns[usize::from(col.0)] = Some(column);
    }

    pub(crate) fn has(&self, col: Col) -> bool {
        self.columns[usize::from(col.0)].is_some()
    }

    /// A column that was asked for when the view was made.
    pub(crate) fn get(&self, col: Col) -> &Column {
        self.columns[usize::from(col.0)].as_deref().expect("a view has the columns asked for")
    }

    pub(crate) fn shared(&self, col: Col) -> Option<Arc<Column>> {
        self.columns[usize::from(col.0)].clone()
    }
}

impl Built {
    pub(crate) fn view(&self) -> View {
        let mut view = View::new(self.head);
        for (col, column) in &self.columns {
            view.put(*col, column.clone());
        }
        view
    }
}
