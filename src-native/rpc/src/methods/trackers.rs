//! `trackers.*`: where issues and pull requests come from.

use super::sources::Reading;
use crate::context::blocking;
use crate::jobs::{self, Job, Tell};
use crate::server::Shared;
use crate::wire::{count, reply, request, time};
use crate::{Access, Code, Context, Error, Limits, Method, Result, Topic};
use ingest::trackers::{Intake, Taken};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Instant;
use ts_rs::TS;

/// So many refusals are told one by one.
const REFUSED_MAX: usize = 100;

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
            let all = reader.trackers(&viewer)?.into_iter();
            let trackers = all
                .filter(|it| only.is_none_or(|only| it.0.repositories.contains(&only)))
                .map(|(it, counts)| Tracker {
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
                    tracker: it.name,
                })
                .collect();
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
        let paths: Vec<std::path::PathBuf> = self.paths.iter().map(Into::into).collect();
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
        let repository = of.name.clone();
        let tracker = name.clone();
        let begin = move |shared: &Shared, job: &Job<TookIn>, tell: &Tell<'_>| {
            ingest::trackers::attach(&shared.store, &name, kind, &site, "{}", of.id)?;
            take_in(shared, &name, job, tell, |intake| {
                ingest::trackers::import(kind, &paths, intake)
            })
        };
        jobs::run(&cx.shared, &tracker, Some(&repository), Some(&cx), begin).await
    }
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
    let outcome = intake.finish().and_then(|taken| worked.map(|()| taken));
    // What was taken before a failure is in memory: it is related all the same.
    tell("relating", 0, 0);
    let settled = ingest::trackers::settle(&shared.store);
    ingest::trackers::ended(&shared.store, tracker, outcome.as_ref())?;
    let taken = outcome?;
    settled?;
    let refused = taken.refused.iter().take(REFUSED_MAX);
    Ok(TookIn {
        tracker: tracker.to_owned(),
        records: count(taken.records),
        new: count(taken.new),
        changed: count(taken.changed),
        refused: refused
            .map(|it| RefusedText { place: it.place.clone(), reason: it.reason.clone() })
            .collect(),
        refused_total: count(taken.refused.len() as u64),
        bytes: taken.bytes as f64,
        seconds: (start.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
        failure: None,
    })
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
