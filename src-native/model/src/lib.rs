//! The nouns of Backstory: what a history is made of and what an answer is made of.
//! No IO, no clock, no serialization: wire types live in `rpc`, relations in `store`.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod answer;
pub mod authorship;
pub mod delivery;
mod history;
mod id;
mod text;
mod time;
mod tracker;
pub mod words;

pub use answer::{Evidence, EvidenceKind, Gap, GapKind, Rule, Score, Term};
pub use history::{
    Change, ChangeKind, Commit, CommitFacts, Lines, PersonRole, Release, Signature, Stamp,
};
pub use id::{
    CommitId, DeveloperId, FileId, IdentityId, IssueId, Oid, PullRequestId, PullRequestNumber,
    RepositoryId, TrackerId,
};
pub use text::{Bytes, fold};
pub use time::{DAY, Timestamp, WEEK};
pub use tracker::{
    Account, Comment, FieldChange, IssueFacts, IssueLink, ProjectFacts, PullCommit, PullFacts,
    PullFile, PullMoment, PullState, ReleaseFacts, ReviewCommentFacts, ReviewFacts, StatusCategory,
    TrackerFacts, Verdict,
};
