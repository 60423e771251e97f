//! Why a component has changed so often.

use super::ask::Target;
use super::files::PersonCount;
use super::overview::Hotspot;
use super::recent::{Recent, Told, by_id, commits_in};
use super::risk::CountedRecord;
use super::{Asked, question};
use crate::Result;
use crate::wire::*;
use agents::risk::About;
use model::{FileId, Timestamp};
use std::collections::HashSet;

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
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// Days to look back (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
    }

    /// List the commits behind `memory.componentChanges`, newest first.
    pub struct ComponentCommits {
        /// The component.
        pub component: String,
        /// Only those of this kind.
        pub kind: Option<ChangeType>,
        /// Only those of this issue, by key: linked to it, or naming it.
        pub issue: Option<String>,
        /// Only those of this pull request.
        pub pull_request: Option<u64>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
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
    component_changes
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

    let earlier = Recent::below(at, window.before(), "")?;
    let before = earlier.newest(commits_in(&earlier, &inside).into_iter());
    let changes_before =
        at.figure(before.len(), &before, at.list(&target, Some(window.before()), []))?;

    let people = told.by_person(at, &recent, &commits)?;
    let files = super::overview::hotspots(at, &recent, &by_id(&tree), 30)?;
    let story = told.story();
    let top = people.first().map(|it| (it.person.name.as_str(), it.commits as usize));
    let file = files.first().map(|it| (it.path.as_str(), it.changes as usize));
    let sentences = agents::component_changes::sentences(&story, before.len(), top, file)
        .into_iter()
        .map(|it| told.sentence(at, it, Some(&changes_before)))
        .collect::<Result<_>>()?;
    let fixes = told.sentence(at, said(About::Fixes), None)?.figure;
    let reverts = told.sentence(at, said(About::Reverts), None)?.figure;
    let all = told.list(at, []);
    Ok(ComponentChangesReply {
        basis: at
            .basis(Some(now), &[agents::component_changes::RULE, agents::overview::HOTSPOTS])?,
        component: target.subject().id,
        window_days: window.days,
        changes: at.figure(told.commits.len(), &told.commits, all)?,
        changes_before,
        fixes,
        reverts,
        kinds: Vec::new(),
        people,
        issues: told.issue_records(at)?,
        pull_requests: told.pull_records(at)?,
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

question!(
    ComponentCommits,
    "memory.componentCommits",
    ComponentCommitsReply,
    r#"{ "component": "src", "limit": 3 }"#,
    component_commits
);

fn component_commits(_ask: ComponentCommits, _at: &Asked<'_>) -> Result<ComponentCommitsReply> {
    Err(crate::Error::new(crate::Code::Internal, "not answered yet"))
}
