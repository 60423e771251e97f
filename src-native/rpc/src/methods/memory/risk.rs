//! What is risky, told so that it can be checked.

use super::files::PersonCount;
use super::overview::Hotspot;
use super::{Asked, question};
use crate::wire::*;
use crate::Result;

request! {
    /// Rank files by risk over a window and tell why in sentences.
    pub struct Risk {
        /// File or folder from the repository's root; the whole repository unless given.
        pub path: Option<String>,
        /// Component, instead of a path.
        pub component: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// Days to look back (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
        /// How many files to list (20 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
    }

    /// Tell why a component has changed so often: what kind of changes, by whom, for which issues, in which files.
    pub struct ComponentChanges {
        /// The component.
        pub component: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// Days to look back (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
    }
}

reply! {
    /// Files by risk.
    pub struct RiskReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Days looked back.
        pub window_days: u32,
        /// Start of the window.
        pub since: Option<String>,
        /// Highest score first, then by path.
        pub files: Vec<RiskRow>,
        /// How many files changed within the window.
        pub total: u32,
    }

    /// The risk of one file.
    pub struct RiskRow {
        /// Its path.
        pub path: String,
        /// Its component.
        pub component: Option<String>,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
        /// The risk told in sentences, each with its records. Told in full for one file, else the first two.
        pub sentences: Vec<Sentence>,
    }

    /// Why a component changed.
    pub struct ComponentChangesReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The component.
        pub component: String,
        /// Days looked back.
        pub window_days: u32,
        /// Commits within the window.
        pub changes: Figure,
        /// Commits within the window of the same length before it.
        pub changes_before: Figure,
        /// Commits that fix a defect.
        pub fixes: Figure,
        /// Commits that undo another.
        pub reverts: Figure,
        /// People by commits.
        pub people: Vec<PersonCount>,
        /// Issues by commits.
        pub issues: Vec<CountedRecord>,
        /// Pull requests by commits.
        pub pull_requests: Vec<CountedRecord>,
        /// Files by commits, at most 30.
        pub files: Vec<Hotspot>,
        /// Every week of the window.
        pub weeks: Vec<Week>,
        /// The answer in sentences.
        pub sentences: Vec<Sentence>,
    }

    /// A record and how many commits stand behind it.
    pub struct CountedRecord {
        /// The record.
        pub record: Record,
        /// The commits.
        pub commits: Figure,
    }
}

question!(Risk, "memory.risk", RiskReply, r#"{ "limit": 5 }"#, risk);

fn risk(_ask: Risk, _at: &Asked<'_>) -> Result<RiskReply> {
    Err(super::unwritten())
}

question!(ComponentChanges, "memory.componentChanges", ComponentChangesReply, r#"{ "component": "src" }"#, component_changes);

fn component_changes(_ask: ComponentChanges, _at: &Asked<'_>) -> Result<ComponentChangesReply> {
    Err(super::unwritten())
}
