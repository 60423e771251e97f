//! `sources.*`: which repositories memory is made of.

use crate::{Access, Context, Error, Method, Result, Topic};
use crate::wire::{GapText, reply, request};

request! {
    /// List the repositories in memory.
    #[schemars(rename = "ListSources")]
    #[ts(rename = "ListSources")]
    pub struct List {}

    /// Add a repository to memory: a work tree, a bare repository, a linked work tree or a submodule.
    pub struct Add {
        /// Its path, or a path inside it.
        pub path: String,
        /// What to call it; `owner/name` of its origin, else the folder's name, unless given.
        pub name: Option<String>,
        /// Read it at once (yes unless told otherwise); `sources.sync` does so later.
        pub sync: Option<bool>,
    }

    /// Take a repository out of memory. The repository itself is left alone.
    pub struct Remove {
        /// Repository, by name or by path.
        pub repository: String,
    }

    /// Read what is new in a repository, or in all of them, and answer when that is done.
    pub struct Sync {
        /// Repository, by name or by path; all of them unless given.
        pub repository: Option<String>,
    }

    /// Stop reading a repository. What was read before stays.
    pub struct Cancel {
        /// Repository, by name or by path.
        pub repository: String,
    }
}

reply! {
    /// The repositories in memory.
    #[schemars(rename = "ListSourcesReply")]
    #[ts(rename = "ListSourcesReply")]
    pub struct ListReply {
        /// By name.
        pub sources: Vec<Source>,
    }

    /// A repository in memory.
    pub struct Source {
        /// Its name.
        pub repository: String,
        /// Its Git directory.
        pub location: String,
        /// Its work tree; none where it is bare.
        pub work_tree: Option<String>,
        /// The branch, as `refs/heads/main`; none where HEAD is detached or unborn.
        pub head_ref: Option<String>,
        /// The commit that memory has been read up to; none before the first time.
        pub head: Option<String>,
        /// Time of the newest commit.
        pub as_of: Option<String>,
        /// Commits in memory.
        pub commits: u32,
        /// Living files in memory.
        pub files: u32,
        /// What memory does not know of it.
        pub gaps: Vec<GapText>,
        /// The reading under way.
        pub reading: Option<Reading>,
        /// Why the last reading failed, and what to do.
        pub failure: Option<String>,
    }

    /// How far a reading is.
    pub struct Reading {
        /// `commits`, `files`, `lines`, `writing`.
        pub phase: String,
        /// Steps done.
        pub done: u64,
        /// Steps in all; 0 where that is not known yet.
        pub total: u64,
    }

    /// What was added.
    pub struct AddReply {
        /// The repository's name.
        pub repository: String,
        /// What was read, where that was asked for.
        pub synced: Option<Synced>,
    }

    /// What was removed.
    pub struct RemoveReply {
        /// The repository's name.
        pub repository: String,
    }

    /// What was read.
    pub struct SyncReply {
        /// One for each repository, by name.
        pub synced: Vec<Synced>,
    }

    /// What was read of one repository.
    pub struct Synced {
        /// The repository's name.
        pub repository: String,
        /// Commits that are new in memory.
        pub commits_added: u32,
        /// Commits no longer in the history, taken out.
        pub commits_removed: u32,
        /// Commits in memory now.
        pub commits: u32,
        /// How long it took, in seconds.
        pub seconds: f64,
        /// Why it failed; the others went on.
        pub failure: Option<String>,
    }

    /// Whether there was something to stop.
    pub struct CancelReply {
        /// Whether a reading was under way.
        pub cancelled: bool,
    }
}

impl Method for List {
    const NAME: &'static str = "sources.list";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory];
    const EXAMPLE: &'static str = r#"{}"#;
    type Reply = ListReply;

    async fn call(self, _cx: Context) -> Result<ListReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}

impl Method for Add {
    const NAME: &'static str = "sources.add";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory];
    const EXAMPLE: &'static str = r#"{ "path": "/path/to/repository" }"#;
    const LIMITS: crate::Limits = crate::Limits::WORK;
    type Reply = AddReply;

    async fn call(self, _cx: Context) -> Result<AddReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}

impl Method for Remove {
    const NAME: &'static str = "sources.remove";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory];
    const EXAMPLE: &'static str = r#"{ "repository": "acme/shop" }"#;
    type Reply = RemoveReply;

    async fn call(self, _cx: Context) -> Result<RemoveReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}

impl Method for Sync {
    const NAME: &'static str = "sources.sync";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory];
    const EXAMPLE: &'static str = r#"{}"#;
    const LIMITS: crate::Limits = crate::Limits::WORK;
    type Reply = SyncReply;

    async fn call(self, _cx: Context) -> Result<SyncReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}

impl Method for Cancel {
    const NAME: &'static str = "sources.cancel";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources];
    const EXAMPLE: &'static str = r#"{ "repository": "acme/shop" }"#;
    type Reply = CancelReply;

    async fn call(self, _cx: Context) -> Result<CancelReply> {
        Err(Error::new(crate::Code::Internal, "unwritten"))
    }
}
