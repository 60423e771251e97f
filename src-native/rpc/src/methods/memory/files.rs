//! One file, one folder, and what changes together.

use super::overview::ComponentRow;
use super::{Asked, question};
use crate::wire::*;
use crate::Result;

request! {
    /// Tell the history of a file: who changed it most, who touched it last, under which names it lived.
    pub struct File {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many of its newest commits to list (30 unless told otherwise), at most 500.
        pub limit: Option<u32>,
    }

    /// List what a folder holds, each entry with its owner and its risk.
    pub struct Folder {
        /// Path from the repository's root; the root itself unless given.
        pub path: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// Days that count as recent (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
    }

    /// List the components of a repository with their size, activity and bus factor.
    pub struct Components {
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// Days that count as recent (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
    }

    /// List the files that change in the same commits as a file.
    pub struct Coupling {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// Commits with more files than this are left out (30 unless told otherwise): they tell of mass moves.
        pub files_max: Option<u32>,
        /// Fewest common commits (2 unless told otherwise).
        pub together_min: Option<u32>,
        /// How many files to list (20 unless told otherwise), at most 500.
        pub limit: Option<u32>,
    }
}

reply! {
    /// A file's history.
    pub struct FileReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its path.
        pub path: String,
        /// Whether it is in the tree of HEAD.
        pub alive: bool,
        /// `file`, `executable`, `symlink` or `submodule`.
        pub mode: Option<String>,
        /// Its component.
        pub component: Option<String>,
        /// Its size at HEAD, in bytes.
        pub size_bytes: Option<u64>,
        /// Commits that touch it under any of its names, merges left out.
        pub commits: Figure,
        /// People behind these commits, bots left out.
        pub people: Figure,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
        /// Who changed it the most, and in how many commits.
        pub most: Option<PersonCount>,
        /// The commit that touched it last.
        pub last: Option<CommitRef>,
        /// The commit that made it.
        pub first: Option<CommitRef>,
        /// Names it had before, newest first.
        pub past_names: Vec<PastName>,
        /// Its newest commits.
        pub history: Vec<Touch>,
        /// The call that lists all of them.
        pub all: Call,
    }

    /// A person and a count.
    pub struct PersonCount {
        /// Who.
        pub person: PersonRef,
        /// How many.
        pub commits: u32,
    }

    /// A name a file had.
    pub struct PastName {
        /// The path.
        pub path: String,
        /// The commit that moved it from there.
        pub until: CommitRef,
    }

    /// What a commit did to a file.
    pub struct Touch {
        /// The commit.
        pub commit: CommitRef,
        /// `added`, `modified`, `deleted` or `renamed`.
        pub kind: String,
        /// The path at that time.
        pub path: String,
        /// Where it was renamed from.
        pub from: Option<String>,
        /// Lines added; null where the content is binary or unknown.
        pub added: Option<u32>,
        /// Lines deleted; null where the content is binary or unknown.
        pub deleted: Option<u32>,
        /// Keys of the issues the commit names.
        pub issues: Vec<String>,
        /// Numbers of the pull requests it came through.
        pub pull_requests: Vec<u64>,
    }

    /// What a folder holds.
    pub struct FolderReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its path; empty for the root.
        pub path: String,
        /// Folders first, then files, each by name.
        pub entries: Vec<FolderEntry>,
        /// The window, in days.
        pub window_days: u32,
    }

    /// A file or a folder within a folder.
    pub struct FolderEntry {
        /// Its name.
        pub name: String,
        /// Its path from the root.
        pub path: String,
        /// `folder` or `file`.
        pub kind: RecordKind,
        /// Its component.
        pub component: Option<String>,
        /// Living files in it; 1 for a file.
        pub files: u32,
        /// Bytes at HEAD.
        pub size_bytes: u64,
        /// Commits within the window.
        pub changes: u32,
        /// Risk score of the window: of the file, or of the riskiest file in the folder.
        pub risk: f64,
        /// Who knows it best by expertise.
        pub owner: Option<PersonRef>,
        /// The owner's part of all its commits, 0 to 1.
        pub owner_share: f64,
        /// For a folder: how many people would have to leave before more than half of its authored files have no author.
        pub bus_factor: Option<u32>,
        /// Time of the last commit that touched it.
        pub last_at: Option<String>,
    }

    /// The components of a repository.
    pub struct ComponentsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// By name.
        pub components: Vec<ComponentRow>,
    }

    /// What changes together with a file.
    pub struct CouplingReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The file.
        pub path: String,
        /// Its commits of at most `filesMax` files.
        pub commits: u32,
        /// Most common commits first, then by path.
        pub files: Vec<Coupled>,
    }

    /// A file that changes together with another.
    pub struct Coupled {
        /// Its path.
        pub path: String,
        /// Commits that touch both.
        pub together: Figure,
        /// Part of the asked file's commits that touch this one too, 0 to 1.
        pub degree: f64,
        /// Whether it is in the tree of HEAD.
        pub alive: bool,
    }
}

question!(File, "memory.file", FileReply, r#"{ "path": "src/pay.rs" }"#, file);

fn file(_ask: File, _at: &Asked<'_>) -> Result<FileReply> {
    Err(super::unwritten())
}

question!(Folder, "memory.folder", FolderReply, r#"{ "path": "src" }"#, folder);

fn folder(_ask: Folder, _at: &Asked<'_>) -> Result<FolderReply> {
    Err(super::unwritten())
}

question!(Components, "memory.components", ComponentsReply, r#"{}"#, components);

fn components(_ask: Components, _at: &Asked<'_>) -> Result<ComponentsReply> {
    Err(super::unwritten())
}

question!(Coupling, "memory.coupling", CouplingReply, r#"{ "path": "src/pay.rs" }"#, coupling);

fn coupling(_ask: Coupling, _at: &Asked<'_>) -> Result<CouplingReply> {
    Err(super::unwritten())
}
