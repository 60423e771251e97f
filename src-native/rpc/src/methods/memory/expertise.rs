//! Who knows it, and how many may leave.

use super::{Asked, question};
use crate::wire::*;
use crate::Result;

request! {
    /// Rank the people who know a file, a folder or a component, with the whole sum of each score.
    pub struct Experts {
        /// Path of a file or a folder from the repository's root; empty for the whole repository.
        pub path: Option<String>,
        /// Component, instead of a path.
        pub component: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// How many people to list (10 unless told otherwise), at most 500.
        pub limit: Option<u32>,
    }

    /// Tell how many people would have to leave before more than half of the files have no author left.
    pub struct BusFactor {
        /// Folder from the repository's root; the whole repository unless given.
        pub path: Option<String>,
        /// Component, instead of a folder.
        pub component: Option<String>,
        /// List every folder below (`folders`) or every component (`components`) as well.
        pub each: Option<Each>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many rows to list (100 unless told otherwise), at most 10000.
        pub limit: Option<u32>,
    }
}

/// What to list as well.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum Each {
    Folders,
    Components,
}

reply! {
    /// Who knows it.
    pub struct ExpertsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// What was asked about.
        pub subject: Subject,
        /// Highest score first, then by name; bots left out.
        pub experts: Vec<Expert>,
        /// How many people there are in all.
        pub total: u32,
    }

    /// A person who knows it.
    pub struct Expert {
        /// Who.
        pub person: PersonRef,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
        /// Their commits.
        pub commits: Figure,
        /// Their reviews.
        pub reviews: Figure,
        /// Lines added and deleted.
        pub churn: u64,
        /// Time of their last commit to it.
        pub last_at: Option<String>,
    }

    /// How many may leave.
    pub struct BusFactorReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The subject asked about, then, where asked for, each folder or component: lowest factor first, then most files, then by name.
        pub rows: Vec<BusFactorRow>,
        /// How many rows there are in all.
        pub total: u32,
    }

    /// The bus factor of one subject.
    pub struct BusFactorRow {
        /// The folder, component or repository.
        pub subject: Subject,
        /// How many people would have to leave; 0 where no file has an author.
        pub factor: u32,
        /// Living files.
        pub files: u32,
        /// Living files with at least one author.
        pub authored_files: u32,
        /// The people counted, in the order of their leaving.
        pub people: Vec<Author>,
    }

    /// A person counted for a bus factor.
    pub struct Author {
        /// Who.
        pub person: PersonRef,
        /// Files they are an author of.
        pub files: u32,
    }
}

question!(Experts, "memory.experts", ExpertsReply, r#"{ "path": "src/pay.rs", "limit": 3 }"#, experts);

fn experts(_ask: Experts, _at: &Asked<'_>) -> Result<ExpertsReply> {
    Err(super::unwritten())
}

question!(BusFactor, "memory.busFactor", BusFactorReply, r#"{ "each": "components" }"#, bus_factor);

fn bus_factor(_ask: BusFactor, _at: &Asked<'_>) -> Result<BusFactorReply> {
    Err(super::unwritten())
}
