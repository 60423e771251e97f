//! The first screen: how big, how active, who, and where to look.

use super::{Asked, question};
use crate::wire::*;
use crate::Result;

request! {
    /// Tell how large and how active a repository is, who works on it and where the risk lies.
    pub struct Overview {
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// Days that count as recent (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
    }
}

reply! {
    /// A repository at a glance.
    pub struct OverviewReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Counts over the whole history.
        pub totals: Totals,
        /// Every week from the first commit to the last, quiet ones included; at most the newest 520.
        pub weeks: Vec<Week>,
        /// Living files changed within the window, most changed first; at most 200.
        pub hotspots: Vec<Hotspot>,
        /// People by commits within the whole history, at most 12; bots left out.
        pub people: Vec<PersonRow>,
        /// Riskiest files of the window, at most 10.
        pub risks: Vec<super::risk::RiskRow>,
        /// Components by changes within the window, at most 20.
        pub components: Vec<ComponentRow>,
        /// Newest releases, at most 5.
        pub releases: Vec<Record>,
        /// The window, in days.
        pub window_days: u32,
    }

    /// Counts over the whole history.
    pub struct Totals {
        /// Commits, merges included.
        pub commits: Figure,
        /// Merges among them.
        pub merges: u32,
        /// Living files.
        pub files: Figure,
        /// People, bots left out.
        pub people: Figure,
        /// Bots.
        pub bots: u32,
        /// Releases.
        pub releases: u32,
        /// Lines added, merges left out.
        pub added: u64,
        /// Lines deleted, merges left out.
        pub deleted: u64,
        /// Time of the first commit.
        pub first_at: Option<String>,
        /// Time of the last commit.
        pub last_at: Option<String>,
    }

    /// A file that changes often.
    pub struct Hotspot {
        /// Its path.
        pub path: String,
        /// Its component.
        pub component: Option<String>,
        /// Its size at HEAD, in bytes.
        pub size_bytes: u64,
        /// Commits within the window.
        pub changes: u32,
        /// Lines added and deleted within the window.
        pub churn: u64,
        /// Commits within the window that fix a defect.
        pub fixes: u32,
    }

    /// A person with what they did.
    pub struct PersonRow {
        /// Who.
        pub person: PersonRef,
        /// Commits that are not merges.
        pub commits: u32,
        /// Pull requests reviewed, as far as Git tells.
        pub reviews: u32,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// Time of the first commit.
        pub first_at: String,
        /// Time of the last commit.
        pub last_at: String,
    }

    /// A component.
    pub struct ComponentRow {
        /// Its name.
        pub name: String,
        /// The rule that makes it: a glob, or the folder.
        pub rule: String,
        /// Living files.
        pub files: u32,
        /// Commits within the window.
        pub changes: u32,
        /// How many people would have to leave before more than half of its authored files have no author.
        pub bus_factor: u32,
        /// Who knows it best.
        pub owner: Option<PersonRef>,
    }
}

question!(Overview, "memory.overview", OverviewReply, r#"{}"#, overview);

fn overview(_ask: Overview, _at: &Asked<'_>) -> Result<OverviewReply> {
    Err(super::unwritten())
}
