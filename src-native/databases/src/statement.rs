//! What statements do, told before they are sent.

#[cfg(any())]
pub(crate) mod mongodb;
#[cfg(feature = "redis")]
pub(crate) mod redis;

use std::ops::Range;

/// A statement of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it stands, in bytes.
    pub(crate) range: Range<usize>,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It only reads.
    Reads,
    /// It changes something, or may.
    Writes,
    /// It removes what cannot be had back; told in words.
    Destroys(String),
}

/// What is known of a statement before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// What it does.
    pub(crate) effect: Effect,
    /// Whether it may run where only reading is allowed; else why not.
    pub(crate) reads: Result<(), String>,
}

impl Judgement {
    /// Of what cannot be read.
    pub(crate) fn unread(why: impl Into<String>) -> Judgement {
        Judgement { effect: Effect::Writes, reads: Err(why.into()) }
    }
}
