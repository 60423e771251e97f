//! Where facts come from.

pub mod git;
