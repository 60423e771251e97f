//! What happened within a window, counted by file: what risk, hotspots and folders are made of.

use super::Asked;
use super::ask::{Target, Window};
use super::files::PersonCount;
use super::records::newest_first;
use super::risk::RiskRow;
use super::tell::terms;
use crate::Result;
use crate::wire::{Call, Figure, Sentence};
use agents::activity::{FileActivity, People, Touch};
use agents::risk::{About, Story, Weights};
use model::{DeveloperId, FileId};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use store::reads::{
    Activity, Beneath, Found, IssueName, PullLink, SaidRow, Select, Tests, TreeRow,
};

/// A window, counted.
pub(super) struct Recent {
    pub(super) window: Window,
    pub(super) activity: Activity,
    pub(super) touches: Vec<Touch>,
    pub(super) people: People,
    /// Living files that changed, by row.
    pub(super) files: Vec<FileActivity>,
}

impl Recent {
    /// Reads and counts what happened below a folder; the empty path is the root.
    pub(super) fn below(at: &Asked<'_>, window: Window, folder: &str) -> Result<Recent> {
        let activity = at.reader.activity(at.of, window.since, window.until, folder)?;
        Ok(Recent::count(window, activity))
    }

    /// The same for one living file alone.
    pub(super) fn of_file(at: &Asked<'_>, window: Window, file: FileId) -> Result<Recent> {
        let scope = at.reader.scope_of_file(at.of, file)?;
        let (since, until) = (window.since, window.until);
        Ok(Recent::count(window, at.reader.activity_of(at.of, file, &scope, since, until)?))
    }

    fn count(window: Window, activity: Activity) -> Recent {
        let touches: Vec<Touch> = activity
            .touches
            .iter()
            .map(|it| Touch { commit: it.commit, file: it.file, churn: it.churn })
            .collect();
        let fixes: Vec<bool> = activity.commits.iter().map(|it| it.fixes).collect();
        let people = People::of(activity.commits.len(), &activity.people);
        let files = agents::activity::by_file(touches.clone(), &fixes, &people);
        Recent { window, activity, touches, people, files }
    }

    /// Commits by number, newest first.
    pub(super) fn newest(&self, commits: impl Iterator<Item = u32>) -> Vec<Found> {
        let mut found: Vec<Found> = commits
            .map(|it| &self.activity.commits[it as usize])
            .map(|it| Found { place: it.place, id: it.id })
            .collect();
        found.sort_unstable_by_key(|it| it.place);
        found
    }
}

/// Rows of living files by their row.
pub(super) fn by_id(files: &[TreeRow]) -> HashMap<FileId, &TreeRow> {
    files.iter().map(|it| (it.id, it)).collect()
}

/// What a window holds for one target, ready to be told in sentences.
pub(super) struct Told<'a> {
    pub(super) target: &'a Target,
    pub(super) window: Window,
    pub(super) commits: Vec<Found>,
    pub(super) fixes: Vec<Found>,
    pub(super) reverts: Vec<Found>,
    pub(super) people: Vec<DeveloperId>,
    with_issues: Vec<Found>,
    with_pulls: Vec<Found>,
    issues: Vec<(IssueName, Vec<Found>)>,
    pulls: Vec<(PullLink, Vec<Found>)>,
    fixes_by_issue: usize,
    pull_talk: Talk,
    issue_talk: Talk,
    with_tests: Option<Vec<Found>>,
}

/// What was said beneath some pull requests or issues: their ids and titles, and the comments, newest first.
#[derive(Default)]
struct Talk {
    about: Vec<(String, String)>,
    said: Vec<SaidRow>,
}

impl Talk {
    /// Takes the comments of people beneath one of them, where there are any.
    fn take(
        &mut self,
        at: &Asked<'_>,
        id: String,
        title: String,
        beneath: &[Beneath],
    ) -> Result<()> {
        let mut said = at.reader.said_beneath(at.of, beneath)?;
        said.retain(|it| !it.bot);
        if !said.is_empty() {
            self.about.push((id, title));
            self.said.append(&mut said);
            newest_first(&mut self.said);
        }
        Ok(())
    }

    fn told(&self) -> agents::risk::Talk {
        let titles = self.about.iter().map(|it| it.1.clone()).collect();
        agents::risk::Talk { titles, comments: self.said.len() }
    }
}

/// Pull requests and issues looked at for what was said beneath them.
const TALKED_MAX: usize = 50;

impl<'a> Told<'a> {
    /// From the numbers of a target's commits within a window.
    pub(super) fn of(
        at: &Asked<'_>,
        recent: &Recent,
        target: &'a Target,
        commits: &[u32],
        full: bool,
    ) -> Result<Told<'a>> {
        let pick = |wanted: &dyn Fn(u32) -> bool| {
            recent.newest(commits.iter().copied().filter(|it| wanted(*it)))
        };
        let row = |it: u32| &recent.activity.commits[it as usize];
        let mut told = Told {
            target,
            window: recent.window,
            commits: pick(&|_| true),
            fixes: pick(&|it| row(it).fixes),
            reverts: pick(&|it| row(it).reverts),
            people: recent.people.of_commits(commits),
            with_issues: Vec::new(),
            with_pulls: Vec::new(),
            issues: Vec::new(),
            pulls: Vec::new(),
            fixes_by_issue: 0,
            pull_talk: Talk::default(),
            issue_talk: Talk::default(),
            with_tests: None,
        };
        if full {
            told.read_links(at)?;
            told.fixes_by_issue = at.reader.fixes_by_issue(at.of, &told.fixes)?;
            told.read_talk(at)?;
            told.read_tests(at)?;
        }
        Ok(told)
    }

    fn read_links(&mut self, at: &Asked<'_>) -> Result<()> {
        let mut issues: Vec<(IssueName, Vec<Found>)> = Vec::new();
        let mut pulls: BTreeMap<u64, (PullLink, Vec<Found>)> = BTreeMap::new();
        for found in &self.commits {
            let keys = at.reader.issues_of(at.of, found.id)?;
            if !keys.is_empty() {
                self.with_issues.push(*found);
            }
            for it in keys {
                match issues.iter_mut().find(|known| known.0.key == it.key) {
                    Some(known) => known.1.push(*found),
                    None => issues.push((it, vec![*found])),
                }
            }
            let numbers = at.reader.pulls_of(at.of, found.id)?;
            if !numbers.is_empty() {
                self.with_pulls.push(*found);
            }
            for it in numbers {
                pulls.entry(it.number).or_insert((it, Vec::new())).1.push(*found);
            }
        }
        self.issues = issues;
        self.issues.sort_by(|a, b| {
            b.1.len().cmp(&a.1.len()).then_with(|| natural(&a.0.key).cmp(&natural(&b.0.key)))
        });
        self.pulls = pulls.into_values().collect();
        self.pulls.sort_by_key(|it| std::cmp::Reverse(it.1.len()));
        Ok(())
    }

    /// The last two pull requests that were talked about, and the two issues that were most.
    fn read_talk(&mut self, at: &Asked<'_>) -> Result<()> {
        let mut last: Vec<_> = self.pulls.iter().filter(|it| it.0.title.is_some()).collect();
        last.sort_by_key(|it| (it.1[0].place, std::cmp::Reverse(it.0.number)));
        for (link, _) in last.into_iter().take(TALKED_MAX) {
            let Some(row) = at.reader.pull_record(at.of, link.number)? else { continue };
            let beneath = [Beneath::Pull(row.id), Beneath::Lines(row.id)];
            self.pull_talk.take(at, row.number.to_string(), row.title, &beneath)?;
            if self.pull_talk.about.len() == 2 {
                break;
            }
        }
        let mut most: Vec<(usize, &IssueName, model::IssueId)> = Vec::new();
        for (name, _) in self.issues.iter().take(TALKED_MAX) {
            let Some(id) = name.id else { continue };
            let said = at.reader.said_beneath(at.of, &[Beneath::Issue(id)])?;
            most.push((said.iter().filter(|it| !it.bot).count(), name, id));
        }
        most.sort_by_key(|it| std::cmp::Reverse(it.0));
        for (_, name, id) in most.into_iter().take(2) {
            let title = name.title.clone();
            self.issue_talk.take(at, name.key.clone(), title, &[Beneath::Issue(id)])?;
        }
        Ok(())
    }

    fn read_tests(&mut self, at: &Asked<'_>) -> Result<()> {
        let Target::File(file) = self.target else { return Ok(()) };
        let Some(tests) = at.tests_beside(self.target) else { return Ok(()) };
        let scope = Rc::new(at.reader.scope_of_file(at.of, file.id)?);
        let select = Select { scope: Some(scope), tests: Some(tests), ..self.window.select() };
        self.with_tests = Some(at.reader.select(at.of, &select, None, usize::MAX)?);
        Ok(())
    }

    /// What the sentences are made of.
    pub(super) fn story(&self) -> Story {
        Story {
            subject: self.target.subject().id,
            days: self.window.days,
            changes: self.commits.len(),
            fixes: self.fixes.len(),
            fixes_by_issue: self.fixes_by_issue,
            people: self.people.len(),
            reverts: self.reverts.len(),
            issues: self.issues.iter().map(|it| it.0.key.clone()).collect(),
            issue_changes: self.with_issues.len(),
            pull_requests: self.pulls.iter().map(|it| it.0.number).collect(),
            pull_changes: self.with_pulls.len(),
            pull_talk: self.pull_talk.told(),
            issue_talk: self.issue_talk.told(),
            with_tests: self.with_tests.as_ref().map(Vec::len),
        }
    }

    /// A sentence with its records; `before` are the changes of the window before.
    pub(super) fn sentence(
        &self,
        at: &Asked<'_>,
        told: agents::risk::Told,
        before: Option<&Figure>,
    ) -> Result<Sentence> {
        let yes = || Value::from(true);
        let all = |more: Option<&'static str>| match more {
            Some(name) => self.list(at, [(name, yes())]),
            None => self.list(at, []),
        };
        let figure = match told.about {
            About::Changes => at.figure(self.commits.len(), &self.commits, all(None))?,
            About::ChangesBefore => match before {
                Some(figure) => figure.clone(),
                None => at.figure(0, &[], all(None))?,
            },
            About::Fixes => at.figure(self.fixes.len(), &self.fixes, all(Some("fixes")))?,
            About::Reverts => at.figure(self.reverts.len(), &self.reverts, all(Some("reverts")))?,
            About::Issues => {
                at.figure(self.with_issues.len(), &self.with_issues, all(Some("namesIssue")))?
            }
            About::PullRequests => {
                at.figure(self.with_pulls.len(), &self.with_pulls, all(Some("inPullRequest")))?
            }
            About::Tests => {
                let with = self.with_tests.as_deref().unwrap_or_default();
                at.figure(with.len(), with, all(Some("withTests")))?
            }
            About::PullTalk => {
                let numbers = self.pull_talk.about.iter().filter_map(|it| it.0.parse().ok());
                let numbers: Vec<u64> = numbers.collect();
                let all = at.call("memory.comments", [("pullRequests", numbers.into())]);
                at.said_figure(&self.pull_talk.said.iter().collect::<Vec<_>>(), all)?
            }
            About::IssueTalk => {
                let keys: Vec<&str> =
                    self.issue_talk.about.iter().map(|it| it.0.as_str()).collect();
                let all = at.call("memory.comments", [("issues", keys.into())]);
                at.said_figure(&self.issue_talk.said.iter().collect::<Vec<_>>(), all)?
            }
            About::People => self.people_figure(at)?,
        };
        Ok(Sentence { text: told.text, figure })
    }

    /// The people of the window, and the call that lists them.
    pub(super) fn people_figure(&self, at: &Asked<'_>) -> Result<Figure> {
        let mut all = self.list(at, []);
        all.method = "memory.people".into();
        at.people_figure(&self.people, all)
    }

    /// Every person by commits.
    pub(super) fn by_person(
        &self,
        at: &Asked<'_>,
        recent: &Recent,
        commits: &[u32],
    ) -> Result<Vec<PersonCount>> {
        let mut counts: HashMap<DeveloperId, u32> = HashMap::new();
        for commit in commits {
            for who in recent.people.of_commit(*commit) {
                *counts.entry(*who).or_default() += 1;
            }
        }
        let mut people = counts
            .into_iter()
            .map(|(who, commits)| Ok(PersonCount { person: at.person_ref(who)?, commits }))
            .collect::<Result<Vec<_>>>()?;
        people.sort_by(|a, b| {
            let key = |it: &PersonCount| (it.person.name.clone(), it.person.key.clone());
            b.commits.cmp(&a.commits).then_with(|| key(a).cmp(&key(b)))
        });
        Ok(people)
    }

    /// The call that lists the target's commits within the window.
    pub(super) fn list<const N: usize>(
        &self,
        at: &Asked<'_>,
        more: [(&'static str, Value); N],
    ) -> Call {
        at.list(self.target, Some(self.window), more)
    }
}

impl Asked<'_> {
    /// The weights of risk: the usual ones, or those of the team.
    pub(super) fn risk_weights(&self) -> Result<Weights> {
        let set = self.rules()?.risk;
        let usual = Weights::default();
        Ok(Weights {
            churn: set.churn.unwrap_or(usual.churn),
            bugs: set.bugs.unwrap_or(usual.bugs),
            contributors: set.contributors.unwrap_or(usual.contributors),
            commits: set.commits.unwrap_or(usual.commits),
        })
    }

    /// Which files are tests beside a file: those of its component whose path looks like one's;
    /// none where the file has no component or looks like a test itself, so that nothing can be
    /// told.
    pub(super) fn tests_beside(&self, target: &Target) -> Option<Tests> {
        let Target::File(file) = target else { return None };
        let component = file.component_id.filter(|_| !agents::looks_like_test(&file.path))?;
        Some(Tests { component, looks_like: agents::looks_like_test })
    }

    /// The risk of one file, told in full or in two sentences.
    pub(super) fn risk_row(
        &self,
        recent: &Recent,
        target: &Target,
        activity: &FileActivity,
        weights: &Weights,
        full: bool,
    ) -> Result<RiskRow> {
        let told = Told::of(self, recent, target, &activity.commits, full)?;
        let sentences = agents::risk::sentences(&told.story())
            .into_iter()
            .take(if full { usize::MAX } else { 2 })
            .map(|it| told.sentence(self, it, None))
            .collect::<Result<_>>()?;
        let score = agents::risk::score(activity.counts, weights);
        let Target::File(file) = target else {
            return Err(crate::Error::invalid("risk is told of files"));
        };
        Ok(RiskRow {
            path: file.path.clone(),
            component: file.component.clone(),
            score: score.total(),
            terms: terms(&score),
            sentences,
        })
    }

    /// The riskiest files of a window, most risky first.
    pub(super) fn risks(
        &self,
        recent: &Recent,
        files: &HashMap<FileId, &TreeRow>,
        weights: &Weights,
        most: usize,
    ) -> Result<Vec<RiskRow>> {
        let known: Vec<(&FileActivity, &TreeRow)> =
            recent.files.iter().filter_map(|it| Some((it, *files.get(&it.file)?))).collect();
        let total = |it: &(&FileActivity, &TreeRow)| agents::risk::total(it.0.counts, weights);
        let riskiest = agents::risk::rank(known, most, total, |it| &it.1.path);
        let mut rows = Vec::with_capacity(riskiest.len());
        for (activity, row) in riskiest {
            let Some(file) = self.reader.file_of(self.of, row.id)? else { continue };
            rows.push(self.risk_row(recent, &Target::File(file), activity, weights, false)?);
        }
        Ok(rows)
    }
}

/// A key as people sort keys: by project, then by number.
pub(super) fn natural(key: &str) -> (&str, u64) {
    let digits = key.rfind(|it: char| !it.is_ascii_digit()).map_or(0, |it| it + 1);
    (&key[..digits.min(key.len())], key.get(digits..).and_then(|it| it.parse().ok()).unwrap_or(0))
}

/// Numbers of a window's commits that touch one of some living files, ascending.
pub(super) fn commits_in(recent: &Recent, files: &HashSet<FileId>) -> Vec<u32> {
    let mut commits: Vec<u32> =
        recent.touches.iter().filter(|it| files.contains(&it.file)).map(|it| it.commit).collect();
    commits.sort_unstable();
    commits.dedup();
    commits
}
