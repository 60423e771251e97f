//! `sources.*`: which repositories memory is made of.

use super::trackers::TookIn;
use crate::context::blocking;
use crate::jobs;
use crate::wire::{GapText, reply, request};
use crate::{Access, Code, Context, Error, Limits, Method, Result, Topic};
use std::path::Path;

/// What the demo is called.
const DEMO: &str = "demo";

request! {
    /// List the repositories in memory.
    #[schemars(rename = "ListSources")]
    #[ts(rename = "ListSources")]
    pub struct List {}

    /// Add a repository to memory: a work tree, a bare repository, a linked work tree or a submodule. One in memory that has been moved there is followed, unless a name is given.
    pub struct Add {
        /// Its path, or a path inside it.
        pub path: String,
        /// What to call it; `owner/name` of its origin, else the folder's name, unless given.
        pub name: Option<String>,
        /// Read it at once (yes unless told otherwise); `sources.sync` does so later.
        pub sync: Option<bool>,
    }

    /// Write the demo beside the store and take it in as a user would: a small made-up project with its Git history, its issues in Jira and its pull requests on GitHub. Again it changes nothing.
    pub struct Demo {}

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
        /// Time of the newest commit that was not dated in the future when it was read: the `now` of every answer.
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
        /// Of a repository `waiting`, `commits`, `files`, `lines`, `writing` or `counting`; of a tracker `waiting`, `reading`, `relating`, or a sentence where it has to wait for the other side.
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
        /// Where it was, if it is one in memory that has been moved: its Git directory, which is gone.
        pub moved_from: Option<String>,
        /// What was read, where that was asked for.
        pub synced: Option<Synced>,
    }

    /// The demo.
    pub struct DemoReply {
        /// The repository's name.
        pub repository: String,
        /// Where it was written.
        pub folder: String,
        /// Commits in memory.
        pub commits: u32,
        /// Issues and pull requests taken in, by tracker.
        pub took_in: Vec<TookIn>,
        /// What to try in a terminal, once.
        pub to_try: Vec<String>,
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
    const EXAMPLE: &'static str = "{}";
    type Reply = ListReply;

    async fn call(self, cx: Context) -> Result<ListReply> {
        let viewer = cx.viewer();
        let shared = cx.shared.clone();
        cx.read(move |reader| {
            let mut sources = Vec::new();
            for of in reader.allow_all(&viewer)? {
                let counts = reader.source_counts(&of)?;
                let text = |it: &std::path::Path| it.to_string_lossy().into_owned();
                sources.push(Source {
                    location: text(&of.location),
                    work_tree: of.work_tree.as_deref().map(text),
                    head_ref: of.head_ref.clone(),
                    head: of.head.map(|it| it.to_string()),
                    as_of: of.as_of.map(crate::wire::time),
                    commits: counts.commits,
                    files: counts.files,
                    gaps: gaps(reader.gaps(&of)?),
                    reading: shared.jobs.reading::<Synced>(&of.name),
                    failure: shared.jobs.failure::<Synced>(&of.name).or_else(|| gone(&of.location)),
                    repository: of.name,
                });
            }
            Ok(ListReply { sources })
        })
        .await
    }
}

impl Method for Add {
    const NAME: &'static str = "sources.add";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory];
    const EXAMPLE: &'static str = r#"{ "path": "/path/to/repository" }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = AddReply;

    async fn call(self, cx: Context) -> Result<AddReply> {
        if self.path.trim().is_empty() {
            return Err(Error::invalid("`path` is empty").hint("name the folder of a repository"));
        }
        let store = cx.shared.store.clone();
        let (path, name, viewer) = (self.path, self.name, cx.viewer());
        let (of, moved_from) = crate::context::blocking(move || {
            let moved = match name {
                None => ingest::repositories::follow(&store, path.as_ref())?,
                Some(_) => None,
            };
            let (name, from) = match moved {
                Some(moved) => (moved.name, Some(moved.from.to_string_lossy().into_owned())),
                None => (ingest::repositories::add(&store, path.as_ref(), name.as_deref())?, None),
            };
            Ok((store.read(|reader| reader.allow(&viewer, Some(&name)))?, from))
        })
        .await?;
        cx.changed(&[Topic::Sources], Some(&of.name));
        let synced = match self.sync.unwrap_or(true) {
            true => match jobs::read(&cx.shared, of.clone(), Some(&cx)).await {
                Ok(synced) => Some(synced),
                Err(error) => {
                    // What cannot be read is not left behind, to be in the way of another try.
                    if error.code != Code::Cancelled && moved_from.is_none() {
                        take_out(&cx, of).await?;
                    }
                    return Err(error);
                }
            },
            false => None,
        };
        let repository = of.name.clone();
        jobs::watch_over(&cx.shared, of);
        Ok(AddReply { repository, moved_from, synced })
    }
}

impl Method for Demo {
    const NAME: &'static str = "sources.demo";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str = "{}";
    const LIMITS: Limits = Limits::WORK;
    type Reply = DemoReply;

    async fn call(self, cx: Context) -> Result<DemoReply> {
        let (store, viewer) = (cx.shared.store.clone(), cx.viewer());
        let (demo, of) = blocking(move || {
            let folder = store.path().parent().unwrap_or(Path::new(".")).join("demo");
            let demo = ingest::demo::write(&folder).map_err(ingest::Error::from)?;
            let name = match ingest::repositories::add(&store, &demo.repository, Some(DEMO)) {
                Ok(name) => name,
                Err(ingest::Error::AlreadyThere { name, .. }) => name,
                Err(error) => return Err(error.into()),
            };
            Ok((demo, store.read(|reader| reader.allow(&viewer, Some(&name)))?))
        })
        .await?;
        cx.changed(&[Topic::Sources], Some(&of.name));
        let synced = jobs::read(&cx.shared, of.clone(), Some(&cx)).await?;
        use store::writes::TrackerKind::{GitHub, Jira};
        let parts = [
            (Jira, "jira:demo", "jira:demo", demo.jira),
            (GitHub, "github:demo", "github.com", demo.github),
        ];
        let mut took_in = Vec::new();
        for (kind, tracker, site, folder) in parts {
            took_in
                .push(super::trackers::import(&cx, &of, kind, tracker, site, vec![folder]).await?);
        }
        jobs::watch_over(&cx.shared, of.clone());
        let try_it = |it: &str| format!("backstory {it} --repository {}", of.name);
        let questions = [
            "issue-context PROJ-1247",
            "file-experts src/auth/token_service.py",
            "component-risk auth",
            "onboarding auth",
            "review-suggest 382",
            "hygiene",
        ];
        Ok(DemoReply {
            folder: demo.repository.to_string_lossy().into_owned(),
            commits: synced.commits,
            took_in,
            to_try: questions.map(try_it).to_vec(),
            repository: of.name,
        })
    }
}

impl Method for Remove {
    const NAME: &'static str = "sources.remove";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str = r#"{ "repository": "acme/shop" }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = RemoveReply;

    async fn call(self, cx: Context) -> Result<RemoveReply> {
        let of = cx.about(Some(self.repository), |_, of| Ok(of.clone())).await?;
        if cx.shared.jobs.reading::<Synced>(&of.name).is_some() {
            let text = format!("`{}` is being read", of.name);
            return Err(Error::new(Code::Busy, text).hint("stop that first: `sources.cancel`"));
        }
        let repository = of.name.clone();
        take_out(&cx, of).await?;
        Ok(RemoveReply { repository })
    }
}

impl Method for Sync {
    const NAME: &'static str = "sources.sync";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str = "{}";
    const LIMITS: Limits = Limits::WORK;
    type Reply = SyncReply;

    async fn call(self, cx: Context) -> Result<SyncReply> {
        if let Some(repository) = self.repository {
            let of = cx.about(Some(repository), |_, of| Ok(of.clone())).await?;
            return Ok(SyncReply { synced: vec![jobs::read(&cx.shared, of, Some(&cx)).await?] });
        }
        let viewer = cx.viewer();
        let all = cx
            .read(move |reader| {
                let held = |of| Ok((reader.source_counts(&of)?.commits, of));
                reader.allow_all(&viewer)?.into_iter().map(held).collect::<Result<Vec<_>>>()
            })
            .await?;
        let mut synced = Vec::new();
        for (commits, of) in all {
            let name = of.name.clone();
            match jobs::read(&cx.shared, of, Some(&cx)).await {
                Ok(done) => synced.push(done),
                Err(error) if error.code == Code::Cancelled => return Err(error),
                // One dead source never stops the others.
                Err(error) => synced.push(Synced {
                    repository: name,
                    commits_added: 0,
                    commits_removed: 0,
                    commits, // what was read before is still there
                    seconds: 0.0,
                    failure: Some(error.message),
                }),
            }
        }
        Ok(SyncReply { synced })
    }
}

impl Method for Cancel {
    const NAME: &'static str = "sources.cancel";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources];
    const EXAMPLE: &'static str = r#"{ "repository": "acme/shop" }"#;
    type Reply = CancelReply;

    async fn call(self, cx: Context) -> Result<CancelReply> {
        let of = cx.about(Some(self.repository), |_, of| Ok(of.clone())).await?;
        Ok(CancelReply { cancelled: cx.shared.jobs.cancel::<Synced>(&of.name) })
    }
}

/// What to say of a repository that is no longer where memory has it. A folder that may not be looked
/// at is not gone.
fn gone(location: &std::path::Path) -> Option<String> {
    matches!(location.try_exists(), Ok(false)).then(|| {
        format!(
            "there is no folder at {} any more: add the repository from where it is now, or remove it",
            location.display()
        )
    })
}

/// Takes a repository out of memory and tells everybody.
async fn take_out(cx: &Context, of: store::Allowed) -> Result<()> {
    let store = cx.shared.store.clone();
    let name = of.name.clone();
    crate::context::blocking(move || Ok(ingest::repositories::remove(&store, &of.name)?)).await?;
    cx.shared.jobs.forget(&name);
    cx.changed(Remove::TOPICS, Some(&name));
    Ok(())
}

/// Gaps as the wire has them.
fn gaps(rows: Vec<(String, String)>) -> Vec<GapText> {
    rows.into_iter().map(|(kind, text)| GapText { kind, text }).collect()
}
