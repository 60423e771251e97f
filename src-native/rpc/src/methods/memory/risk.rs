//! What is risky, told so that it can be checked.

use super::ask::Target;
use super::files::PersonCount;
use super::overview::Hotspot;
use super::recent::{Recent, Told, by_id, commits_in};
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use agents::risk::About;
use model::{FileId, Rule, Timestamp};
use std::collections::HashSet;

request! {
    /// Rank files by risk over a window and tell why in sentences.
    pub struct Risk {
        /// File or folder from the repository's root; the whole repository unless given.
        pub path: Option<String>,
        /// Component, instead of a path.
        pub component: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339; the time of the newest commit unless given.
        pub now: Option<String>,
        /// Days to look back (90 unless told otherwise), 1 to 36500.
        pub window_days: Option<u32>,
        /// How many files to list (20 unless told otherwise), at most 1000.
        pub limit: Option<u32>,
    }

    /// Tell why a component has changed so often: what kind of changes, by whom, for which issues, in which files.
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
}

reply! {
    /// Files by risk.
    pub struct RiskReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Days looked back.
        pub window_days: u32,
        /// Start of the window.
        pub since: Option<String>,
        /// Highest score first, then by path.
        pub files: Vec<RiskRow>,
        /// How many files changed within the window.
        pub total: u32,
    }

    /// The risk of one file.
    pub struct RiskRow {
        /// Its path.
        pub path: String,
        /// Its component.
        pub component: Option<String>,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
        /// The risk told in sentences, each with its records. Told in full for one file, else the first two.
        pub sentences: Vec<Sentence>,
    }

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
        /// People by commits.
        pub people: Vec<PersonCount>,
        /// Issues by commits.
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

    /// A record and how many commits stand behind it.
    pub struct CountedRecord {
        /// The record.
        pub record: Record,
        /// The commits.
        pub commits: Figure,
    }
}

question!(Risk, "memory.risk", RiskReply, r#"{ "limit": 5 }"#, risk);

fn risk(ask: Risk, at: &Asked<'_>) -> Result<RiskReply> {
    let most = limit(ask.limit, 20, 1_000)?;
    let now = at.now(ask.now.as_deref())?;
    let window = at.window(now, ask.window_days)?;
    let target = at.target(ask.path.as_deref(), ask.component.as_deref())?;
    let weights = at.risk_weights()?;
    let (files, total) = match &target {
        Target::File(file) if !file.alive => {
            let text = format!("`{}` is gone: risk is of living files", file.path);
            return Err(Error::not_found(text).hint("`memory.file` tells its history"));
        }
        Target::File(file) => {
            let mut recent = Recent::of_file(at, window, file.id)?;
            let own = recent.files.iter().position(|it| it.file == file.id);
            let rows = match own {
                Some(own) => {
                    let activity = recent.files.swap_remove(own);
                    vec![at.risk_row(&recent, &target, &activity, &weights, true)?]
                }
                None => Vec::new(),
            };
            (rows, usize::from(own.is_some()))
        }
        Target::Folder(folder) => {
            let recent = Recent::below(at, window, &folder.path)?;
            let files = at.reader.tree(at.of, &folder.path)?;
            (at.risks(&recent, &by_id(&files), &weights, most)?, recent.files.len())
        }
        Target::Component(component) => {
            let recent = Recent::below(at, window, "")?;
            let mut files = at.reader.tree(at.of, "")?;
            files.retain(|it| it.component == Some(component.id));
            let files = by_id(&files);
            let total = recent.files.iter().filter(|it| files.contains_key(&it.file)).count();
            (at.risks(&recent, &files, &weights, most)?, total)
        }
    };
    let rules: &[Rule] = match &target {
        Target::File(_) => &[agents::risk::RULE, agents::risk::TESTS],
        _ => &[agents::risk::RULE],
    };
    Ok(RiskReply {
        basis: at.basis(Some(now), rules)?,
        window_days: window.days,
        since: at.of.as_of.map(|_| time(window.since)),
        files,
        total: count(total as u64),
    })
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
