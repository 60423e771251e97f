//! Rows out, for one repository at a time and never without an [`Allowed`](crate::Allowed). What they mean is said by
//! `agents`; what is shown of them by `rpc`.

mod activity;
mod blames;
mod changes;
mod commits;
mod delivery;
mod files;
mod hygiene;
mod identities;
mod issues;
mod knowledge;
mod newest;
mod people;
mod pulls;
mod records;
mod recurrence;
mod repository;
mod routing;
mod said;
mod scope;
mod search;
mod select;
mod sources;
mod stories;
#[cfg(test)]
mod tests;
mod trackers;

pub use activity::{Activity, ActivityCommit, ActivityTouch};
pub use changes::{ChangeCommit, ChangePage, ChangeRow};
pub use commits::{Beside, CommitDetail, CommitRow, CommitSize, Credit, FileTotals, FileTouch};
pub use delivery::DeliveryWords;
pub use files::{FileRow, FolderRow, Near, TreeRow};
pub use hygiene::{CommitState, Imported, IssueState, KeyState, PullStanding};
pub use identities::EditRow;
pub use issues::{
    ChangeRow as IssueChangeRow, IssueAsked, IssueCommit, IssueFilter, IssueName, IssuePlace,
    IssueRow, PullIssue,
};
pub use knowledge::{AuthorRow, Deeds, KnowledgeRow, KnownRow, Subject};
pub use people::{DeveloperTotals, DeveloperWeek, IdentityRow, PersonRow};
pub use pulls::{PullLink, PullRow};
pub use records::{ListedRow, MomentRow, PullFileRow, PullFilter, PullRecordRow};
pub use recurrence::{PastFix, PastIssue, WordTotals};
pub use repository::{ComponentRow, FirstRelease, ReleaseRow, RepositoryTotals, WeekRow};
pub use routing::{Reviewed, ReviewedRow};
pub use said::{Beneath, LineCommentRow, ReviewRow, SaidRow, SaidText};
pub use scope::Scope;
pub use search::{CommitHit, PathHit};
pub use select::{Found, Place, Select, Tests, Wrote};
pub use sources::{AuditRow, SourceCounts};
pub use stories::{IssueBrief, PullBrief};
pub use trackers::TrackerCounts;

/// A column of bytes.
fn blob<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> rusqlite::Result<&'r [u8]> {
    Ok(row.get_ref(column)?.as_blob()?)
}
