//! How complete memory is: what keeps it from answering, counted, and the records to mend.

use super::{Asked, question};
use crate::Result;
use crate::wire::*;

/// A report about what memory lacks.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum HygieneKind {
    /// Commits that name no issue.
    CommitsWithoutIssue,
    /// Pull requests that are linked to no issue.
    PullRequestsWithoutIssue,
    /// Pull requests without a description.
    EmptyDescriptions,
    /// Issues marked as done that no commit and no pull request is linked to.
    DoneWithoutChange,
    /// Living files that belong to no component.
    FilesWithoutComponent,
    /// Pull requests merged without a review by anybody else.
    MergedWithoutReview,
    /// Pull requests that somebody reviewed, that nobody approved, and that were merged.
    MergedWithoutApproval,
    /// Keys of known projects that commits name and no issue in memory has.
    KeysWithoutRecord,
    /// Issues that name no component.
    IssuesWithoutComponent,
    /// People who may be somebody else: suggestions that nobody has answered.
    DoubtfulPeople,
}

/// How a trend is cut.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum HygieneTrendBy {
    /// Twelve months that end with `until`.
    Month,
    /// Twenty-six weeks that end with `until`.
    Week,
}

request! {
    /// Report what memory lacks: counts, shares, trends, thresholds of the team, and the records to mend.
    pub struct Hygiene {
        /// Only this report; all of them unless given.
        pub report: Option<HygieneKind>,
        /// Count what happened at or after this time, RFC 3339; 90 days before `until` unless given here or in backstory.toml.
        pub since: Option<String>,
        /// Count what happened at or before this time, RFC 3339; the time of the newest record unless given.
        pub until: Option<String>,
        /// How to cut the trend (`month` unless told otherwise).
        pub by: Option<HygieneTrendBy>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
    }

    /// List the records of a report, newest first: those found, or all that were judged.
    pub struct HygieneRecords {
        /// The report.
        pub report: HygieneKind,
        /// All that were judged, and not only those found.
        pub judged: Option<bool>,
        /// At or after this time, RFC 3339; as for `memory.hygiene`.
        pub since: Option<String>,
        /// At or before this time, RFC 3339; as for `memory.hygiene`.
        pub until: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

reply! {
    /// What memory lacks.
    pub struct HygieneReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Start of the window.
        pub since: Option<String>,
        /// End of the window.
        pub until: Option<String>,
        /// In the order of the manual.
        pub reports: Vec<HygieneReport>,
        /// How many reports are over a threshold of the team.
        pub over: u32,
        /// How many reports could not be judged.
        pub not_judged: u32,
    }

    /// One report.
    pub struct HygieneReport {
        /// Which.
        pub report: HygieneKind,
        /// Its title.
        pub title: String,
        /// Its rule, in a sentence.
        pub rule: String,
        /// Why it cannot be judged; none where it is. What is not judged is not clean.
        pub not_judged: Option<String>,
        /// Those that lack something.
        pub found: Figure,
        /// All that were judged.
        pub judged: Figure,
        /// What was left out because it would not be fair, with how many.
        pub left_out: Vec<HygieneLeftOut>,
        /// Found of those judged, 0 to 1; none where none was judged.
        pub share: Option<f64>,
        /// How it went, oldest first; empty for reports about today's files and people.
        pub trend: Vec<HygieneTrendPoint>,
        /// The team's threshold in backstory.toml, where there is one.
        pub threshold: Option<HygieneThreshold>,
    }

    /// Records left out of a report.
    pub struct HygieneLeftOut {
        /// Which, as people say it: `merges`.
        pub what: String,
        /// How many.
        pub count: u32,
    }

    /// A month or a week of a report.
    pub struct HygieneTrendPoint {
        /// Its first day.
        pub start: String,
        /// Those that lack something.
        pub found: u32,
        /// All that were judged.
        pub judged: u32,
        /// Found of those judged, 0 to 1; none where none was judged.
        pub share: Option<f64>,
    }

    /// How much a team allows.
    pub struct HygieneThreshold {
        /// The greatest share, 0 to 1.
        pub share_max: Option<f64>,
        /// The greatest count.
        pub count_max: Option<u32>,
        /// Whether it is passed; none where the report cannot be judged.
        pub over: Option<bool>,
        /// In a sentence.
        pub text: String,
    }

    /// A page of records.
    pub struct HygieneRecordsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Newest first; files and people by name.
        pub records: Vec<HygieneRecord>,
        /// How many there are in all.
        pub total: u32,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A record of a report.
    pub struct HygieneRecord {
        /// The record.
        pub record: Record,
        /// When it was made, merged or resolved; none for files and people.
        pub at: Option<String>,
        /// Who made it.
        pub person: Option<PersonRef>,
        /// Whether it lacks something.
        pub found: bool,
        /// What it lacks, or why it is said to, where there is more to say than the report's title.
        pub text: Option<String>,
    }
}

question!(
    Hygiene,
    "memory.hygiene",
    HygieneReply,
    r#"{ "report": "commitsWithoutIssue" }"#,
    hygiene
);

fn hygiene(_ask: Hygiene, _at: &Asked<'_>) -> Result<HygieneReply> {
    Err(crate::Error::new(crate::Code::Internal, "not answered yet"))
}

question!(
    HygieneRecords,
    "memory.hygieneRecords",
    HygieneRecordsReply,
    r#"{ "report": "commitsWithoutIssue", "limit": 5 }"#,
    hygiene_records
);

fn hygiene_records(_ask: HygieneRecords, _at: &Asked<'_>) -> Result<HygieneRecordsReply> {
    Err(crate::Error::new(crate::Code::Internal, "not answered yet"))
}
