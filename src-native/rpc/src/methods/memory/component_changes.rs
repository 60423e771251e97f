//! Why a component has changed so often.

use super::ask::{Target, Window};
use super::files::PersonCount;
use super::overview::Hotspot;
use super::recent::{Recent, Told, by_id, commits_in};
use super::risk::CountedRecord;
use super::tell::{issue_record, pull_record};
use super::{Asked, question};
use crate::Result;
use crate::wire::*;
use agents::component_changes::Kind;
use agents::risk::About;
use model::{FileId, Timestamp};
use std::collections::{BTreeMap, HashSet};
use store::reads::{Found, TreeRow};

/// What happened within a window to the living files of a target.
pub(super) struct Part {
    pub(super) recent: Recent,
    /// Its living files, by path.
    pub(super) files: Vec<TreeRow>,
    /// Numbers of the commits that touch one of them.
    pub(super) commits: Vec<u32>,
}

impl Part {
    pub(super) fn of(at: &Asked<'_>, target: &Target, window: Window) -> Result<Part> {
        let mut files = at.reader.tree(at.of, "")?;
        let folder = match target {
            Target::Component(it) => {
                files.retain(|file| file.component == Some(it.id));
                ""
            }
            Target::Folder(it) => {
                let below = format!("{}/", it.path);
                files.retain(|file| it.path.is_empty() || file.path.starts_with(&below));
                it.path.as_str()
            }
            Target::File(it) => {
                files.retain(|file| file.id == it.id);
                ""
            }
        };
        let recent = match target {
            Target::File(it) if it.alive => Recent::of_file(at, window, it.id)?,
            _ => Recent::below(at, window, folder)?,
        };
        let inside: HashSet<FileId> = files.iter().map(|it| it.id).collect();
        let commits = commits_in(&recent, &inside);
        Ok(Part { recent, files, commits })
    }

    /// Its commits, newest first.
    pub(super) fn newest(&self) -> Vec<Found> {
        self.recent.newest(self.commits.iter().copied())
    }
}

/// What a change is. Each commit is the first of these that fits.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum ChangeType {
    /// It undoes another commit.
    Revert,
    /// It fixes a defect.
    Bug,
    /// It does again what was done before.
    Rework,
    /// It brings something new.
    Feature,
    /// None of these can be told.
    Other,
}

request! {
    /// Tell why a component has changed so often: what kind of changes, for which issues and pull requests, by whom, in which files.
    pub struct ComponentChanges {
        /// The component.
        pub component: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
        pub now: Option<String>,
        /// Days to look back (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
    }

    /// List the commits behind `memory.componentChanges` and `memory.onboarding`, newest first.
    pub struct ComponentCommits {
        /// The component.
        pub component: Option<String>,
        /// File or folder from the repository's root, instead of a component.
        pub path: Option<String>,
        /// Only those of this kind.
        pub kind: Option<ChangeType>,
        /// Only those of this issue, by key: linked to it, or naming it.
        pub issue: Option<String>,
        /// Only those of this pull request.
        pub pull_request: Option<u64>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
        pub now: Option<String>,
        /// Days to look back (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
        /// How many to list (50 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
        /// Where to go on: `next` of the page before.
        pub cursor: Option<String>,
    }
}

reply! {
    /// Why a component changed.
    pub struct ComponentChangesReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The component.
        pub component: String,
        /// Days looked back.
        pub window_days: u32,
        /// Commits within the window.
        pub changes: Figure,
        /// Commits within the window of the same length before it.
        pub changes_before: Figure,
        /// Commits that fix a defect.
        pub fixes: Figure,
        /// Commits that undo another.
        pub reverts: Figure,
        /// The changes by what they are: each commit is of one kind; kinds without a commit are left out.
        pub kinds: Vec<KindOfChange>,
        /// People by commits.
        pub people: Vec<PersonCount>,
        /// Issues by commits: those that memory holds and links, and keys that messages name.
        pub issues: Vec<CountedRecord>,
        /// Pull requests by commits.
        pub pull_requests: Vec<CountedRecord>,
        /// Files by commits, at most 30.
        pub files: Vec<Hotspot>,
        /// Every week of the window.
        pub weeks: Vec<Week>,
        /// The answer in sentences.
        pub sentences: Vec<Sentence>,
    }

    /// The changes of one kind.
    pub struct KindOfChange {
        /// What they are.
        pub kind: ChangeType,
        /// They and what stands behind them, in a sentence.
        pub text: String,
        /// The commits.
        pub commits: Figure,
        /// Issues and pull requests behind them, those with most commits first, at most 10.
        pub behind: Vec<CountedRecord>,
    }

    /// A page of the commits of a component.
    pub struct ComponentCommitsReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Newest first.
        pub commits: Vec<ComponentCommit>,
        /// How many there are in all.
        pub total: u32,
        /// Where the next page begins; none at the end.
        pub next: Option<String>,
    }

    /// A commit of a component.
    pub struct ComponentCommit {
        /// The commit.
        pub commit: CommitRef,
        /// What it is.
        pub kind: ChangeType,
        /// What tells so.
        pub because: String,
    }
}

question!(
    ComponentChanges,
    "memory.componentChanges",
    ComponentChangesReply,
    r#"{ "component": "src" }"#,
    component_changes,
    now
);

fn component_changes(ask: ComponentChanges, at: &Asked<'_>) -> Result<ComponentChangesReply> {
    let now = at.now(ask.now.as_deref())?;
    let window = at.window(now, ask.window_days)?;
    let component = at.component(&ask.component)?;
    let mut tree = at.reader.tree(at.of, "")?;
    tree.retain(|it| it.component == Some(component.id));
    let inside: HashSet<FileId> = tree.iter().map(|it| it.id).collect();
    let recent = Recent::below(at, window, "")?;
    let commits = commits_in(&recent, &inside);
    let target = Target::Component(component);
    let told = Told::of(at, &recent, &target, &commits, true)?;
    let behind = Behind::of(at, &told.commits)?;
    let asking = Asking { component: target.subject().id, now, days: window.days };

    let earlier = Recent::below(at, window.before(), "")?;
    let before = earlier.newest(commits_in(&earlier, &inside).into_iter());
    let changes_before =
        at.figure(before.len(), &before, at.list(&target, Some(window.before()), []))?;

    let people = told.by_person(at, &recent, &commits)?;
    let files = super::overview::hotspots(at, &recent, &by_id(&tree), 30)?;
    let story = told.story();
    let who: Vec<(&str, usize)> =
        people.iter().map(|it| (it.person.name.as_str(), it.commits as usize)).collect();
    let which: Vec<(&str, usize)> =
        files.iter().map(|it| (it.path.as_str(), it.changes as usize)).collect();
    let sentences = agents::component_changes::sentences(&story, before.len(), &who, &which)
        .into_iter()
        .map(|it| told.sentence(at, it, Some(&changes_before)))
        .collect::<Result<_>>()?;
    let fixes = told.sentence(at, said(About::Fixes), None)?.figure;
    let reverts = told.sentence(at, said(About::Reverts), None)?.figure;
    let all = told.list(at, []);
    Ok(ComponentChangesReply {
        basis: at.basis(Some(now), &RULES)?,
        component: target.subject().id,
        window_days: window.days,
        changes: at.figure(told.commits.len(), &told.commits, all)?,
        changes_before,
        fixes,
        reverts,
        kinds: asking.kinds(at, &behind)?,
        people,
        issues: asking.counted(at, &behind, |it| &it.issues)?,
        pull_requests: asking.counted(at, &behind, |it| &it.pulls)?,
        files,
        weeks: weeks(&recent, &commits, &inside, window.since, window.until),
        sentences,
    })
}

/// Every week of a window, quiet ones included.
fn weeks(
    recent: &Recent,
    commits: &[u32],
    inside: &HashSet<FileId>,
    since: Timestamp,
    until: Timestamp,
) -> Vec<Week> {
    let quiet = |week: i64| super::overview::week(week);
    let mut by_week: std::collections::BTreeMap<i64, (Week, HashSet<model::DeveloperId>)> =
        std::collections::BTreeMap::new();
    let first = since.week().max(until.week() - agents::overview::WEEKS_MAX as i64 + 1);
    for week in [first, until.week()] {
        by_week.entry(week).or_insert_with(|| (quiet(week), HashSet::new()));
    }
    let week_of = |commit: u32| recent.activity.commits[commit as usize].place.at.week();
    for &commit in commits {
        let number = week_of(commit);
        let (week, people) =
            by_week.entry(number).or_insert_with(|| (quiet(number), HashSet::new()));
        week.commits += 1;
        week.fixes += u32::from(recent.activity.commits[commit as usize].fixes);
        people.extend(recent.people.of_commit(commit));
        week.people = people.len() as u32;
    }
    let mut counted = HashSet::new();
    for touch in recent.activity.touches.iter().filter(|it| inside.contains(&it.file)) {
        // One change of a path may count for several living files: its lines count once.
        if counted.insert((touch.commit, touch.path))
            && let Some((week, _)) = by_week.get_mut(&week_of(touch.commit))
        {
            week.added += u64::from(touch.added);
            week.deleted += touch.churn - u64::from(touch.added);
        }
    }
    let weeks = by_week.into_iter().map(|(number, (week, _))| (number, week)).collect();
    agents::overview::fill_weeks(weeks, quiet)
}

fn said(about: About) -> agents::risk::Told {
    agents::risk::Told { text: String::new(), about }
}

/// The rules of both answers.
const RULES: [model::Rule; 3] =
    [agents::component_changes::RULE, agents::component_changes::KINDS, agents::overview::HOTSPOTS];

/// A commit of a window with what stands behind it.
pub(super) struct Behind {
    pub(super) row: store::reads::CommitRow,
    kind: ChangeType,
    because: String,
    /// Issues linked to it, then keys it names.
    pub(super) issues: Vec<Record>,
    /// Pull requests it came through, by number.
    pub(super) pulls: Vec<Record>,
}

impl Behind {
    /// Commits in the order given.
    pub(super) fn of(at: &Asked<'_>, commits: &[Found]) -> Result<Vec<Behind>> {
        let rows = at.reader.commits(at.of, commits)?;
        rows.into_iter().map(|row| Behind::one(at, row)).collect()
    }

    fn one(at: &Asked<'_>, row: store::reads::CommitRow) -> Result<Behind> {
        let linked = at.reader.issues_linked(at.of, row.id)?;
        let (kind, because) = agents::component_changes::kind(&agents::component_changes::Change {
            subject: &row.subject,
            reverts: row.reverts,
            fixes: row.fixes,
            issues: linked.iter().map(|it| (&*it.key, &*it.kind, it.bug)).collect(),
        });
        let issues = at.reader.issues_of(at.of, row.id)?.iter().map(issue_record).collect();
        let pulls = at.reader.pulls_of(at.of, row.id)?.iter().map(pull_record).collect();
        Ok(Behind { kind: change_type(kind), because, issues, pulls, row })
    }

    pub(super) fn found(&self) -> Found {
        Found { place: self.row.place, id: self.row.id }
    }
}

fn change_type(kind: Kind) -> ChangeType {
    match kind {
        Kind::Revert => ChangeType::Revert,
        Kind::Bug => ChangeType::Bug,
        Kind::Rework => ChangeType::Rework,
        Kind::Feature => ChangeType::Feature,
        Kind::Other => ChangeType::Other,
    }
}

/// What both questions are about.
struct Asking {
    component: String,
    now: Timestamp,
    days: u32,
}

impl Asking {
    /// The call that lists these commits, and what else is asked for.
    fn list(&self, at: &Asked<'_>, more: Option<(&'static str, serde_json::Value)>) -> Call {
        let mut call = at.call(
            "memory.componentCommits",
            [
                ("component", self.component.as_str().into()),
                ("now", time(self.now).into()),
                ("windowDays", self.days.into()),
            ],
        );
        call.params.extend(more.map(|(name, value)| (name.to_owned(), value)));
        call
    }

    /// The records behind some commits, those with most commits first, then by name.
    fn counted(
        &self,
        at: &Asked<'_>,
        commits: &[Behind],
        records: impl Fn(&Behind) -> &[Record],
    ) -> Result<Vec<CountedRecord>> {
        self.counted_of(at, commits.iter(), records, None)
    }

    fn counted_of<'b>(
        &self,
        at: &Asked<'_>,
        commits: impl Iterator<Item = &'b Behind>,
        records: impl Fn(&Behind) -> &[Record],
        kind: Option<ChangeType>,
    ) -> Result<Vec<CountedRecord>> {
        let mut by_record: BTreeMap<Record, Vec<Found>> = BTreeMap::new();
        for commit in commits {
            for record in records(commit) {
                by_record.entry(record.clone()).or_default().push(commit.found());
            }
        }
        let mut all: Vec<(Record, Vec<Found>)> = by_record.into_iter().collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.1.len()));
        all.into_iter()
            .map(|(record, found)| {
                let only = match record.kind {
                    RecordKind::Issue => ("issue", record.id.as_str().into()),
                    _ => ("pullRequest", record.id.parse::<u64>().unwrap_or_default().into()),
                };
                let mut list = self.list(at, Some(only));
                if let Some(kind) = kind {
                    list.params.insert("kind".into(), name(kind));
                }
                Ok(CountedRecord { commits: at.figure(found.len(), &found, list)?, record })
            })
            .collect()
    }

    /// The changes by kind, in the order of the rule; kinds without a change are left out.
    fn kinds(&self, at: &Asked<'_>, commits: &[Behind]) -> Result<Vec<KindOfChange>> {
        let mut kinds = Vec::new();
        for kind in [Kind::Revert, Kind::Bug, Kind::Rework, Kind::Feature, Kind::Other] {
            let wire = change_type(kind);
            let of_kind = || commits.iter().filter(|it| it.kind == wire);
            let found: Vec<Found> = of_kind().map(Behind::found).collect();
            if found.is_empty() {
                continue;
            }
            let mut behind = self.counted_of(at, of_kind(), |it| &it.issues, Some(wire))?;
            behind.extend(self.counted_of(at, of_kind(), |it| &it.pulls, Some(wire))?);
            behind.sort_by(|a, b| b.commits.value.total_cmp(&a.commits.value));
            let called: Vec<String> = behind
                .iter()
                .map(|it| match it.record.kind {
                    RecordKind::PullRequest => format!("#{}", it.record.id),
                    _ => it.record.id.clone(),
                })
                .collect();
            let all = self.list(at, Some(("kind", name(wire))));
            behind.truncate(BEHIND_MAX);
            kinds.push(KindOfChange {
                kind: wire,
                text: agents::component_changes::kind_sentence(
                    kind,
                    found.len(),
                    commits.len(),
                    &called,
                ),
                commits: at.figure(found.len(), &found, all)?,
                behind,
            });
        }
        Ok(kinds)
    }
}

/// Issues and pull requests told with a kind, at most.
const BEHIND_MAX: usize = 10;

/// A kind by its name on the wire.
fn name(kind: ChangeType) -> serde_json::Value {
    serde_json::to_value(kind).unwrap_or_default()
}

question!(
    ComponentCommits,
    "memory.componentCommits",
    ComponentCommitsReply,
    r#"{ "component": "src", "limit": 3 }"#,
    component_commits,
    now
);

fn component_commits(ask: ComponentCommits, at: &Asked<'_>) -> Result<ComponentCommitsReply> {
    let most = limit(ask.limit, 50, 1_000)?;
    let now = at.now(ask.now.as_deref())?;
    let window = at.window(now, ask.window_days)?;
    let target = at.target(ask.path.as_deref(), ask.component.as_deref())?;
    let part = Part::of(at, &target, window)?;
    let mut commits = Behind::of(at, &part.newest())?;
    commits.retain(|it| {
        ask.kind.is_none_or(|kind| it.kind == kind)
            && ask
                .issue
                .as_ref()
                .is_none_or(|key| it.issues.iter().any(|it| it.id.eq_ignore_ascii_case(key.trim())))
            && ask
                .pull_request
                .is_none_or(|number| it.pulls.iter().any(|it| it.id == number.to_string()))
    });
    let begin = match &ask.cursor {
        Some(cursor) => {
            let after = super::changes::place(cursor)?;
            commits.partition_point(|it| it.row.place <= after)
        }
        None => 0,
    };
    let page = &commits[begin..commits.len().min(begin + most)];
    let more = begin + page.len() < commits.len();
    let next = page.last().filter(|_| more).map(|it| super::changes::cursor(it.row.place));
    let told = |it: &Behind| {
        let commit = at.commit_ref(&it.row)?;
        Ok(ComponentCommit { commit, kind: it.kind, because: it.because.clone() })
    };
    Ok(ComponentCommitsReply {
        basis: at.basis(Some(now), &[RULES[0], RULES[1]])?,
        total: count(commits.len() as u64),
        next,
        commits: page.iter().map(told).collect::<Result<_>>()?,
    })
}
