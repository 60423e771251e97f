//! `trackers.*`: where issues and pull requests come from.

mod tokens;

use super::sources::Reading;
use crate::context::blocking;
use crate::jobs::{self, Job, Tell};
use crate::server::Shared;
use crate::wire::{count, reply, request, time};
use crate::{Access, Code, Context, Error, Limits, Method, Result, Topic};
use ingest::trackers::{Intake, Settings, Taken};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::time::Instant;
use store::Allowed;
use ts_rs::TS;

/// What a tracker is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub enum TrackerKind {
    /// A Jira site.
    Jira,
    /// A GitHub repository.
    Github,
}

impl TrackerKind {
    fn stored(self) -> store::writes::TrackerKind {
        match self {
            TrackerKind::Jira => store::writes::TrackerKind::Jira,
            TrackerKind::Github => store::writes::TrackerKind::GitHub,
        }
    }

    fn of(stored: store::writes::TrackerKind) -> TrackerKind {
        match stored {
            store::writes::TrackerKind::Jira => TrackerKind::Jira,
            store::writes::TrackerKind::GitHub => TrackerKind::Github,
        }
    }
}

request! {
    /// List where issues and pull requests come from.
    #[schemars(rename = "ListTrackers")]
    #[ts(rename = "ListTrackers")]
    pub struct List {
        /// Only those that tell about this repository, by name or by path.
        pub repository: Option<String>,
    }

    /// Take issues and pull requests in from files: answers of Jira's or GitHub's interfaces, one or many to a file, JSON lines, webhook bodies, folders of these, packed with gzip or not. The same files again change nothing.
    pub struct Import {
        /// Files and folders.
        pub paths: Vec<String>,
        /// Repository that they tell about, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// What they are; found out from the first of them unless given.
        pub kind: Option<TrackerKind>,
        /// What to call where they come from: `jira:` or `github:` and the repository's name, unless given.
        pub tracker: Option<String>,
        /// Whose accounts they speak of, where another tracker speaks of the same: Jira's host.
        pub site: Option<String>,
    }

    /// Add a Jira site or a GitHub repository, to be asked over the network for what is new. Its token stays where it is: in the system's keyring, in a variable, or with a program that prints it.
    #[schemars(rename = "AddTracker")]
    #[ts(rename = "AddTracker")]
    pub struct Add {
        /// Where it is: `https://acme.atlassian.net`, `https://jira.example.org`, `https://github.com/owner/name`.
        pub address: String,
        /// What it is; found out from the address where that is github.com or atlassian.net.
        pub kind: Option<TrackerKind>,
        /// Repository that it tells about, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// What to call it; the address without `https://` unless given.
        pub tracker: Option<String>,
        /// Keys of the Jira projects to read; all that the account may see unless given.
        pub projects: Option<Vec<String>>,
        /// Mail address of the account, for Jira in Atlassian's cloud.
        pub user: Option<String>,
        /// Where the token is: `keyring:NAME`, `env:NAME` or `cmd:COMMAND`. Never the token itself.
        pub token: Option<String>,
        /// Where the secret is that signs its webhook deliveries, in the same way.
        pub hook: Option<String>,
        /// Read it at once (yes unless told otherwise); `trackers.sync` does so later.
        pub sync: Option<bool>,
    }

    /// Read what is new in a tracker, or in all of them, and answer when that is done. Trackers of files are passed over.
    #[schemars(rename = "SyncTrackers")]
    #[ts(rename = "SyncTrackers")]
    pub struct Sync {
        /// Tracker, by name; all of them unless given.
        pub tracker: Option<String>,
    }

    /// Keep the token of a tracker in the system's keyring, in place of what was there. It is never shown again.
    pub struct SetToken {
        /// Tracker, by name.
        pub tracker: String,
        /// The token.
        pub token: String,
    }

    /// Ask a tracker who we are, to see whether it is there and takes the token.
    pub struct Check {
        /// Tracker, by name.
        pub tracker: String,
    }

    /// Take the token of a tracker out of the system's keyring.
    pub struct RemoveToken {
        /// Tracker, by name.
        pub tracker: String,
    }

    /// Take out a tracker with everything that came from it.
    #[schemars(rename = "RemoveTracker")]
    #[ts(rename = "RemoveTracker")]
    pub struct Remove {
        /// Tracker, by name.
        pub tracker: String,
    }

    /// Stop reading a tracker. What was taken in stays, and the next reading goes on from there.
    #[schemars(rename = "CancelTracker")]
    #[ts(rename = "CancelTracker")]
    pub struct Cancel {
        /// Tracker, by name.
        pub tracker: String,
    }
}

reply! {
    /// Where issues and pull requests come from.
    #[schemars(rename = "ListTrackersReply")]
    #[ts(rename = "ListTrackersReply")]
    pub struct ListReply {
        /// By name.
        pub trackers: Vec<Tracker>,
    }

    /// Where issues and pull requests come from.
    pub struct Tracker {
        /// Its name.
        pub tracker: String,
        /// What it is.
        pub kind: TrackerKind,
        /// Whose accounts it speaks of.
        pub site: String,
        /// The repositories it tells about.
        pub repositories: Vec<String>,
        /// Where it is asked; none where it came from files.
        pub address: Option<String>,
        /// The keys of Jira projects that are read; empty for all.
        pub projects: Vec<String>,
        /// The account's mail address, where one is needed.
        pub user: Option<String>,
        /// Where its token is, as `keyring:NAME`, `env:NAME` or `cmd:COMMAND`; none where it has none.
        pub token: Option<String>,
        /// Where the secret of its webhook is; none where it takes no deliveries.
        pub hook: Option<String>,
        /// Raw records kept of it, older versions included.
        pub records: u32,
        /// Issues in memory.
        pub issues: u32,
        /// Pull requests in memory.
        pub pull_requests: u32,
        /// When a reading of it last ended well.
        pub synced_at: Option<String>,
        /// The reading under way.
        pub reading: Option<Reading>,
        /// Why the last reading failed, and what to do.
        pub failure: Option<String>,
        /// What could not be taken by the last reading, at most 100 of it.
        pub refused: Vec<RefusedText>,
        /// How much could not be taken by the last reading.
        pub refused_total: u32,
    }

    /// What was taken in.
    pub struct TookIn {
        /// The tracker's name.
        pub tracker: String,
        /// Records that were read.
        pub records: u32,
        /// Records that are new, or newer than memory knew.
        pub new: u32,
        /// Issues, pull requests, releases and projects that are new or otherwise than before.
        pub changed: u32,
        /// What could not be taken, at most 100 of it.
        pub refused: Vec<RefusedText>,
        /// How much could not be taken.
        pub refused_total: u32,
        /// Bytes of records that were read.
        pub bytes: f64,
        /// How long it took, in seconds.
        pub seconds: f64,
        /// Why it failed; the others went on.
        pub failure: Option<String>,
    }

    /// Something that could not be taken in.
    pub struct RefusedText {
        /// Where it stands.
        pub place: String,
        /// What is wrong with it.
        pub reason: String,
    }

    /// What was added.
    #[schemars(rename = "AddTrackerReply")]
    #[ts(rename = "AddTrackerReply")]
    pub struct AddReply {
        /// The tracker's name.
        pub tracker: String,
        /// What was taken in, where that was asked for.
        pub took_in: Option<TookIn>,
    }

    /// What was taken in.
    #[schemars(rename = "SyncTrackersReply")]
    #[ts(rename = "SyncTrackersReply")]
    pub struct SyncReply {
        /// One for each tracker, by name.
        pub took_in: Vec<TookIn>,
    }

    /// Where the token is now.
    pub struct TokenReply {
        /// The reference that the tracker has; none where it has no token any more.
        pub token: Option<String>,
    }

    /// Who we are there.
    pub struct CheckReply {
        /// The account's name; none where the tracker was asked without a token.
        pub account: Option<String>,
        /// What the tracker says of how it is asked, in a sentence.
        pub text: String,
    }

    /// What was taken out.
    #[schemars(rename = "RemoveTrackerReply")]
    #[ts(rename = "RemoveTrackerReply")]
    pub struct RemoveReply {
        /// The tracker's name.
        pub tracker: String,
    }

    /// Whether there was something to stop.
    #[schemars(rename = "CancelTrackerReply")]
    #[ts(rename = "CancelTrackerReply")]
    pub struct CancelReply {
        /// Whether a reading was under way.
        pub cancelled: bool,
    }
}

impl Method for List {
    const NAME: &'static str = "trackers.list";
    const ACCESS: Access = Access::Read;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory];
    const EXAMPLE: &'static str = "{}";
    type Reply = ListReply;

    async fn call(self, cx: Context) -> Result<ListReply> {
        let viewer = cx.viewer();
        let shared = cx.shared.clone();
        cx.read(move |reader| {
            let only = match &self.repository {
                Some(name) => Some(reader.allow(&viewer, Some(name))?.id),
                None => None,
            };
            let names = reader.allow_all(&viewer)?;
            let mut trackers = Vec::new();
            for (it, counts) in reader.trackers(&viewer)? {
                if only.is_some_and(|only| !it.repositories.contains(&only)) {
                    continue;
                }
                let settings = Settings::read(&it.settings);
                let refused = reader.refusals(&viewer, it.id)?;
                trackers.push(Tracker {
                    address: said(settings.address),
                    projects: settings.projects,
                    user: said(settings.user),
                    token: said(settings.token),
                    hook: said(settings.hook),
                    kind: TrackerKind::of(it.kind),
                    site: it.site,
                    repositories: names
                        .iter()
                        .filter(|name| it.repositories.contains(&name.id))
                        .map(|it| it.name.clone())
                        .collect(),
                    records: count(counts.records),
                    issues: count(counts.issues),
                    pull_requests: count(counts.pull_requests),
                    synced_at: it.synced_at.map(time),
                    reading: shared.jobs.reading::<TookIn>(&it.name),
                    failure: shared.jobs.failure::<TookIn>(&it.name).or(it.failure),
                    refused: refused
                        .into_iter()
                        .map(|(place, reason)| RefusedText { place, reason })
                        .collect(),
                    refused_total: count(it.refused),
                    tracker: it.name,
                });
            }
            Ok(ListReply { trackers })
        })
        .await
    }
}

impl Method for Import {
    const NAME: &'static str = "trackers.import";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str = r#"{ "paths": ["/path/to/export"] }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = TookIn;

    async fn call(self, cx: Context) -> Result<TookIn> {
        if self.paths.is_empty() {
            return Err(Error::invalid("`paths` is empty").hint("name files or folders"));
        }
        let of = cx.about(self.repository.clone(), |_, of| Ok(of.clone())).await?;
        let paths: Vec<PathBuf> = self.paths.iter().map(Into::into).collect();
        let kind = match self.kind {
            Some(kind) => kind.stored(),
            None => {
                let paths = paths.clone();
                let found = blocking(move || Ok(ingest::trackers::kind_of(&paths)?)).await?;
                found.ok_or_else(|| {
                    Error::invalid("nothing in these files is known as Jira's or GitHub's")
                        .hint("say what they are with `kind`: then what is wrong with each is told")
                })?
            }
        };
        let name = match self.tracker.as_deref().map(str::trim) {
            None | Some("") => format!("{}:{}", kind.name(), of.name),
            Some(name) => name.to_owned(),
        };
        let site = match (kind, self.site) {
            (store::writes::TrackerKind::GitHub, _) => "github.com".to_owned(),
            (_, Some(site)) if !site.trim().is_empty() => site.trim().to_owned(),
            _ => name.clone(),
        };
        import(&cx, &of, kind, &name, &site, paths).await
    }
}

/// Takes files into a tracker, which is made where there is none.
pub(super) async fn import(
    cx: &Context,
    of: &Allowed,
    kind: store::writes::TrackerKind,
    tracker: &str,
    site: &str,
    paths: Vec<PathBuf>,
) -> Result<TookIn> {
    let (name, site, repository) = (tracker.to_owned(), site.to_owned(), of.id);
    let begin = move |shared: &Shared, job: &Job<TookIn>, tell: &Tell<'_>| {
        ingest::trackers::attach(&shared.store, &name, kind, &site, "{}", repository)?;
        take_in(shared, &name, job, tell, |intake| ingest::trackers::import(kind, &paths, intake))
    };
    jobs::run(&cx.shared, tracker, Some(&of.name), Some(cx), begin).await
}

/// Takes records in, relates them, and says how it ended.
fn take_in(
    shared: &Shared,
    tracker: &str,
    job: &Job<TookIn>,
    tell: &Tell<'_>,
    work: impl FnOnce(&mut Intake<'_>) -> std::result::Result<(), ingest::Error>,
) -> Result<TookIn> {
    let start = Instant::now();
    let progress = |taken: &Taken| tell("reading", taken.records, 0);
    let mut intake = Intake::new(&shared.store, tracker, &job.cancel, &progress);
    let worked = work(&mut intake);
    let finished = intake.finish();
    // What was taken before a failure is in memory: it is related all the same.
    tell("relating", 0, 0);
    let settled = ingest::trackers::settle(&shared.store);
    let failure = worked.as_ref().err().or(finished.as_ref().err());
    ingest::trackers::ended(&shared.store, tracker, finished.as_ref().ok(), failure)?;
    worked?;
    let taken = finished?;
    settled?;
    let refused = taken.refused.iter();
    Ok(TookIn {
        tracker: tracker.to_owned(),
        records: count(taken.records),
        new: count(taken.new),
        changed: count(taken.changed),
        refused: refused
            .map(|it| RefusedText { place: it.place.clone(), reason: it.reason.clone() })
            .collect(),
        refused_total: count(taken.refused_total),
        bytes: taken.bytes as f64,
        seconds: (start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
        failure: None,
    })
}

impl Method for Add {
    const NAME: &'static str = "trackers.add";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str =
        r#"{ "address": "https://github.com/acme/shop", "token": "env:GITHUB_TOKEN" }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = AddReply;

    async fn call(self, cx: Context) -> Result<AddReply> {
        let of = cx.about(self.repository.clone(), |_, of| Ok(of.clone())).await?;
        let trimmed = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
        let settings = Settings {
            address: self.address.trim().trim_end_matches('/').to_owned(),
            projects: self.projects.unwrap_or_default(),
            user: trimmed(self.user),
            token: trimmed(self.token),
            hook: trimmed(self.hook),
        };
        let host = settings.host()?;
        let kind = match self.kind {
            Some(kind) => kind.stored(),
            None if host == "github.com" => store::writes::TrackerKind::GitHub,
            None if settings.is_cloud() => store::writes::TrackerKind::Jira,
            None => {
                let text = format!("nothing says whether {host} is Jira or GitHub");
                return Err(Error::invalid(text).hint("say so with `kind`"));
            }
        };
        settings.check(kind)?;
        let name = match trimmed(self.tracker) {
            name if name.is_empty() => bare(&settings.address).to_owned(),
            name => name,
        };
        let (store, tracker, text) = (cx.shared.store.clone(), name.clone(), settings.text());
        blocking(move || {
            Ok(ingest::trackers::attach(&store, &tracker, kind, &host, &text, of.id)?)
        })
        .await?;
        cx.changed(&[Topic::Sources], Some(&of.name));
        let took_in = match self.sync.unwrap_or(true) {
            true => Some(sync(&cx, &name).await?),
            false => None,
        };
        Ok(AddReply { tracker: name, took_in })
    }
}

impl Method for Sync {
    const NAME: &'static str = "trackers.sync";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str = "{}";
    const LIMITS: Limits = Limits::WORK;
    type Reply = SyncReply;

    async fn call(self, cx: Context) -> Result<SyncReply> {
        if let Some(tracker) = self.tracker {
            return Ok(SyncReply { took_in: vec![sync(&cx, &tracker).await?] });
        }
        let viewer = cx.viewer();
        let all = cx.read(move |reader| Ok(reader.trackers(&viewer)?)).await?;
        let names = all
            .into_iter()
            .filter(|(it, _)| !Settings::read(&it.settings).address.is_empty())
            .map(|(it, _)| it.name);
        // Side by side: one that waits or is dead never holds up the others.
        let calls: Vec<_> = names
            .map(|name| {
                let cx = cx.clone();
                tokio::spawn(async move {
                    let done = sync(&cx, &name).await;
                    (name, done)
                })
            })
            .collect();
        let mut took_in = Vec::new();
        for call in calls {
            match call.await {
                Ok((_, Ok(done))) => took_in.push(done),
                Ok((_, Err(error))) if error.code == Code::Cancelled => return Err(error),
                Ok((tracker, Err(error))) => {
                    took_in
                        .push(TookIn { failure: Some(error.message), ..TookIn::nothing(tracker) });
                }
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => {}
            }
        }
        Ok(SyncReply { took_in })
    }
}

/// Reads what is new in a tracker.
async fn sync(cx: &Context, tracker: &str) -> Result<TookIn> {
    let name = tracker.to_owned();
    let begin = move |shared: &Shared, job: &Job<TookIn>, tell: &Tell<'_>| {
        take_in(shared, &name, job, tell, |intake| {
            ingest::trackers::sync(&shared.store, &name, intake, &job.cancel, &|text| {
                tell(text, 0, 0)
            })
        })
    };
    jobs::run(&cx.shared, tracker, None, Some(cx), begin).await
}

/// An address as a name: without what every address begins with.
fn bare(address: &str) -> &str {
    address.split_once("://").map_or(address, |it| it.1)
}

/// Text that says something.
fn said(text: String) -> Option<String> {
    Some(text).filter(|it| !it.is_empty())
}

impl TookIn {
    fn nothing(tracker: String) -> TookIn {
        TookIn {
            tracker,
            records: 0,
            new: 0,
            changed: 0,
            refused: Vec::new(),
            refused_total: 0,
            bytes: 0.0,
            seconds: 0.0,
            failure: None,
        }
    }
}

impl Method for Remove {
    const NAME: &'static str = "trackers.remove";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources, Topic::Memory, Topic::Identities];
    const EXAMPLE: &'static str = r#"{ "tracker": "jira:acme/shop" }"#;
    const LIMITS: Limits = Limits::WORK;
    type Reply = RemoveReply;

    async fn call(self, cx: Context) -> Result<RemoveReply> {
        if cx.shared.jobs.reading::<TookIn>(&self.tracker).is_some() {
            let text = format!("`{}` is being read", self.tracker);
            return Err(Error::new(Code::Busy, text).hint("stop that first: `trackers.cancel`"));
        }
        let store = cx.shared.store.clone();
        let tracker = self.tracker.clone();
        blocking(move || Ok(ingest::trackers::remove(&store, &tracker)?)).await?;
        cx.changed(Self::TOPICS, None);
        Ok(RemoveReply { tracker: self.tracker })
    }
}

impl Method for Cancel {
    const NAME: &'static str = "trackers.cancel";
    const ACCESS: Access = Access::Write;
    const TOPICS: &'static [Topic] = &[Topic::Sources];
    const EXAMPLE: &'static str = r#"{ "tracker": "jira:acme/shop" }"#;
    type Reply = CancelReply;

    async fn call(self, cx: Context) -> Result<CancelReply> {
        Ok(CancelReply { cancelled: cx.shared.jobs.cancel::<TookIn>(&self.tracker) })
    }
}
