//! What to read, and whom to ask, to learn a part of a project.

use super::ask::{Target, Window};
use super::component_changes::{Behind, Part};
use super::tell::terms;
use super::{Asked, question};
use crate::Result;
use crate::wire::*;
use agents::activity::FileActivity;
use agents::onboarding::{Central, Kind, Story, Weights};
use model::{CommitId, FileId, Oid, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use store::reads::{Found, PullBrief};

request! {
    /// List what a newcomer should read to learn a component, in order, each with its reason; the files to begin with, and whom to ask.
    pub struct Onboarding {
        /// Path of a file or a folder from the repository's root; the whole repository unless given.
        pub path: Option<String>,
        /// Component, instead of a path.
        pub component: Option<String>,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
        pub now: Option<String>,
        /// How many issues and pull requests to list (12 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }
}

/// Why something is worth reading.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(rename_all = "camelCase")]
pub enum WorthReadingKind {
    /// It began here.
    Beginning,
    /// A large change that is still there.
    Largest,
    /// Much was said about it.
    Discussed,
    /// A bug that came back, or a change that was undone.
    CameBack,
    /// Among the latest decisions.
    Latest,
}

reply! {
    /// What to read and whom to ask.
    pub struct OnboardingReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// What was asked about.
        pub subject: Subject,
        /// Issues and pull requests, in the order to read them.
        pub read: Vec<WorthReading>,
        /// How many issues and pull requests there are in all.
        pub total: u32,
        /// Files to begin with, most central first; at most 10.
        pub files: Vec<FileToRead>,
        /// Whom to ask, at most 5.
        pub people: Vec<PersonToAsk>,
    }

    /// An issue or a pull request that is worth reading.
    pub struct WorthReading {
        /// The issue, or the pull request.
        pub record: Record,
        /// Its pull request, or the issue it is about, where both are one story.
        pub beside: Vec<Record>,
        /// Where people read it.
        pub url: Option<String>,
        /// Why, as a word.
        pub kind: WorthReadingKind,
        /// Why, in a sentence.
        pub reason: String,
        /// When it was made.
        pub at: Option<String>,
        /// Its commits that touch what was asked about.
        pub commits: Figure,
        /// Every summand of its place among those of its kind.
        pub terms: Vec<TermText>,
    }

    /// A file to begin with.
    pub struct FileToRead {
        /// Its path.
        pub path: String,
        /// Why, in a sentence.
        pub reason: String,
        /// Its commits.
        pub commits: Figure,
        /// The sum of the terms.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
    }

    /// Somebody to ask.
    pub struct PersonToAsk {
        /// Who.
        pub person: PersonRef,
        /// Why, in a sentence.
        pub reason: String,
        /// The sum of their expertise.
        pub score: f64,
        /// Every summand, in the order of the formula.
        pub terms: Vec<TermText>,
        /// Time of their last commit to it or review of it.
        pub last_at: Option<String>,
    }
}

question!(
    Onboarding,
    "memory.onboarding",
    OnboardingReply,
    r#"{ "component": "src", "limit": 5 }"#,
    onboarding,
    now
);

/// Further back than any history, in days.
const EVER_DAYS: u32 = 36_500;
/// Files to begin with and people to ask, at most.
const FILES_MAX: usize = 10;
const PEOPLE_MAX: usize = 5;

fn onboarding(ask: Onboarding, at: &Asked<'_>) -> Result<OnboardingReply> {
    let most = limit(ask.limit, 12, 100)?;
    let now = at.now(ask.now.as_deref())?;
    let target = at.target(ask.path.as_deref(), ask.component.as_deref())?;
    let window = at.window(now, Some(EVER_DAYS))?;
    let part = Part::of(at, &target, window)?;
    let told = Stories::of(at, &part)?;
    let chosen = agents::onboarding::choose(&told.stories, &at.onboarding_weights()?, most);
    let read =
        chosen.into_iter().map(|it| told.reading(at, &target, now, &it)).collect::<Result<_>>()?;
    let rules = [agents::onboarding::RULE, agents::onboarding::FILES, agents::expertise::RULE];
    Ok(OnboardingReply {
        basis: at.basis(Some(now), &rules)?,
        subject: target.subject(),
        read,
        total: count(told.stories.len() as u64),
        files: files(at, &part, window)?,
        people: people(at, &target, now)?,
    })
}

/// Stories with their records, in the same order.
struct Stories {
    stories: Vec<Story>,
    about: Vec<About>,
}

/// What a story is told with.
struct About {
    record: Record,
    beside: Vec<Record>,
    url: String,
    at: Timestamp,
    /// Commits under the record itself.
    commits: Vec<Found>,
}

/// A story as it is put together.
#[derive(Default)]
struct Open {
    record: Option<Record>,
    beside: BTreeMap<u64, Record>,
    /// Its commits, and those under the record itself, by place in the list of all.
    commits: BTreeSet<usize>,
    own: BTreeSet<usize>,
}

impl Stories {
    fn of(at: &Asked<'_>, part: &Part) -> Result<Stories> {
        let commits = Behind::of(at, &part.newest())?;
        let churn = churn(part);
        // What undid which, by id: an undone commit is one that a later one names.
        let mut undone: HashSet<Oid> = HashSet::new();
        for it in commits.iter().filter(|it| it.row.reverts) {
            if let Some(detail) = Some(at.reader.commit_detail(at.of, it.row.id)?) {
                undone.extend(detail.reverts);
            }
        }
        // A pull request belongs to the issues it is linked to, or else to those of its commits.
        let mut issues_of_pull: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
        let mut records: BTreeMap<String, Record> = BTreeMap::new();
        let mut pulls: BTreeMap<u64, PullBrief> = BTreeMap::new();
        for commit in &commits {
            for issue in &commit.issues {
                records.entry(issue.id.clone()).or_insert_with(|| issue.clone());
            }
            for pull in &commit.pulls {
                let Ok(number) = pull.id.parse::<u64>() else { continue };
                let keys = issues_of_pull.entry(number).or_default();
                keys.extend(commit.issues.iter().map(|it| it.id.clone()));
                if let std::collections::btree_map::Entry::Vacant(new) = pulls.entry(number)
                    && let Some(brief) = at.reader.pull_brief(at.of, number)?
                {
                    for issue in at.reader.story_issues(at.of, brief.id)? {
                        if let Some(issue) = at.reader.issue_brief(at.of, issue)? {
                            keys.insert(issue.key.clone());
                            records.entry(issue.key.clone()).or_insert(Record {
                                kind: RecordKind::Issue,
                                id: issue.key,
                                title: issue.summary,
                            });
                        }
                    }
                    new.insert(brief);
                }
            }
        }
        let mut open: BTreeMap<String, Open> = BTreeMap::new();
        for (place, commit) in commits.iter().enumerate() {
            for issue in &commit.issues {
                let story = open.entry(issue.id.clone()).or_default();
                story.record = records.get(&issue.id).cloned();
                story.commits.insert(place);
                story.own.insert(place);
            }
            for pull in &commit.pulls {
                let Ok(number) = pull.id.parse::<u64>() else { continue };
                let mut pull = pull.clone();
                if pull.title == format!("#{number}") {
                    pull.title.clone_from(&commit.row.subject); // GitHub tells nothing of it
                }
                let keys = issues_of_pull.get(&number).into_iter().flatten();
                let mut alone = true;
                for key in keys {
                    alone = false;
                    let story = open.entry(key.clone()).or_default();
                    story.record = records.get(key).cloned();
                    story.commits.insert(place);
                    story.beside.entry(number).or_insert_with(|| pull.clone());
                }
                if alone {
                    let story = open.entry(format!("#{number}")).or_default();
                    story.record.get_or_insert(pull);
                    story.commits.insert(place);
                    story.own.insert(place);
                }
            }
        }
        let mut told = Stories { stories: Vec::new(), about: Vec::new() };
        for (id, it) in open {
            let Some(record) = it.record else { continue };
            let linked = at.reader.issue_called(at.of, &record.id)?;
            let linked = linked.filter(|_| record.kind == RecordKind::Issue);
            let numbers = it.beside.keys().copied();
            let own = record.id.parse::<u64>().ok().filter(|_| record.kind != RecordKind::Issue);
            let briefs: Vec<&PullBrief> =
                numbers.chain(own).filter_map(|it| pulls.get(&it)).collect();
            let rows = || it.commits.iter().map(|it| &commits[*it].row);
            let first_at = rows().map(|it| it.place.at).min().unwrap_or_default();
            let talk: u32 = briefs.iter().map(|it| it.comments).sum();
            let made = briefs.iter().filter_map(|it| it.created).min();
            let made = linked.as_ref().map(|it| it.created).or(made);
            let url = linked.as_ref().map(|it| it.url.clone());
            told.stories.push(Story {
                id,
                first_at,
                last_at: rows().map(|it| it.place.at).max().unwrap_or_default(),
                commits: count(it.commits.len() as u64),
                churn: rows().filter_map(|it| churn.get(&it.id)).sum(),
                comments: talk + linked.as_ref().map_or(0, |it| it.comments),
                bug: linked.as_ref().is_some_and(|it| it.bug),
                reopened: linked.as_ref().map_or(0, |it| it.reopened),
                undone: count(rows().filter(|it| undone.contains(&it.place.oid)).count() as u64),
            });
            told.about.push(About {
                record,
                beside: it.beside.into_values().collect(),
                url: url
                    .or_else(|| own.and_then(|it| Some(pulls.get(&it)?.url.clone())))
                    .unwrap_or_default(),
                at: made.unwrap_or(first_at),
                commits: it.own.iter().map(|it| commits[*it].found()).collect(),
            });
        }
        Ok(told)
    }

    fn reading(
        &self,
        at: &Asked<'_>,
        target: &Target,
        now: Timestamp,
        chosen: &agents::onboarding::Chosen,
    ) -> Result<WorthReading> {
        let (story, about) = (&self.stories[chosen.story], &self.about[chosen.story]);
        let day = |it: Timestamp| time(it)[..10].to_owned();
        let which = match about.record.kind {
            RecordKind::Issue => ("issue", about.record.id.as_str().into()),
            _ => ("pullRequest", about.record.id.parse::<u64>().unwrap_or_default().into()),
        };
        let all = at.call(
            "memory.componentCommits",
            [target.param(), which, ("now", time(now).into()), ("windowDays", EVER_DAYS.into())],
        );
        Ok(WorthReading {
            record: about.record.clone(),
            beside: about.beside.clone(),
            url: (!about.url.is_empty()).then(|| about.url.clone()),
            kind: match chosen.kind {
                Kind::Beginning => WorthReadingKind::Beginning,
                Kind::Largest => WorthReadingKind::Largest,
                Kind::Discussed => WorthReadingKind::Discussed,
                Kind::CameBack => WorthReadingKind::CameBack,
                Kind::Latest => WorthReadingKind::Latest,
            },
            reason: story.reason(chosen.kind, day),
            at: Some(time(about.at)),
            commits: at.figure(about.commits.len(), &about.commits, all)?,
            terms: terms(&chosen.score),
        })
    }
}

/// Lines of the part that each commit added and deleted.
fn churn(part: &Part) -> HashMap<CommitId, u64> {
    let inside: HashSet<FileId> = part.files.iter().map(|it| it.id).collect();
    let mut counted = HashSet::new();
    let mut churn: HashMap<CommitId, u64> = HashMap::new();
    let activity = &part.recent.activity;
    for touch in activity.touches.iter().filter(|it| inside.contains(&it.file)) {
        // One change of a path may count for several living files: its lines count once.
        if counted.insert((touch.commit, touch.path)) {
            *churn.entry(activity.commits[touch.commit as usize].id).or_default() += touch.churn;
        }
    }
    churn
}

/// The files to begin with.
fn files(at: &Asked<'_>, part: &Part, window: Window) -> Result<Vec<FileToRead>> {
    let paths: HashMap<FileId, &str> = part
        .files
        .iter()
        .filter(|it| agents::onboarding::may_begin(&it.path))
        .map(|it| (it.id, it.path.as_str()))
        .collect();
    let mut of_commit: HashMap<u32, Vec<FileId>> = HashMap::new();
    for touch in part.recent.touches.iter().filter(|it| paths.contains_key(&it.file)) {
        of_commit.entry(touch.commit).or_default().push(touch.file);
    }
    let mut pairs: HashMap<(FileId, FileId), u32> = HashMap::new();
    for files in of_commit.values_mut() {
        files.sort_unstable();
        files.dedup();
        if files.len() > agents::onboarding::TOGETHER_FILES_MAX {
            continue;
        }
        for (place, a) in files.iter().enumerate() {
            for b in &files[place + 1..] {
                *pairs.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    let mut together: HashMap<FileId, u32> = HashMap::new();
    for ((a, b), _) in pairs.iter().filter(|it| *it.1 >= agents::onboarding::TOGETHER_MIN) {
        *together.entry(*a).or_default() += 1;
        *together.entry(*b).or_default() += 1;
    }
    let mut ranked: Vec<(f64, &str, &FileActivity, Central)> = part
        .recent
        .files
        .iter()
        .filter_map(|it| {
            let central = Central {
                commits: count(it.commits.len() as u64),
                people: it.counts.contributors,
                together: together.get(&it.file).copied().unwrap_or(0),
            };
            let score = agents::onboarding::central(central).total();
            Some((score, *paths.get(&it.file)?, it, central))
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    ranked.truncate(FILES_MAX);
    let mut files = Vec::new();
    for (score, path, activity, central) in ranked {
        let Some(row) = at.reader.file_of(at.of, activity.file)? else { continue };
        let target = Target::File(row);
        let found = part.recent.newest(activity.commits.iter().copied());
        let all = at.list(&target, Some(window), []);
        files.push(FileToRead {
            path: path.to_owned(),
            reason: agents::onboarding::central_reason(central),
            commits: at.figure(found.len(), &found, all)?,
            score,
            terms: terms(&agents::onboarding::central(central)),
        });
    }
    Ok(files)
}

/// Whom to ask: those who know it best and are not away.
fn people(at: &Asked<'_>, target: &Target, now: Timestamp) -> Result<Vec<PersonToAsk>> {
    let scope = Rc::new(at.scope(target)?);
    let away = super::reviewers::away(at, now)?;
    let rows = at.knowledge(target, &scope)?;
    let ranked = at.rank_by(rows, now, &at.expertise_weights()?, PEOPLE_MAX + away.len())?;
    let here = ranked.into_iter().filter(|it| !away.contains_key(&it.deeds.developer));
    here.take(PEOPLE_MAX)
        .map(|it| {
            let person = at.person_ref(it.deeds.developer)?;
            let plural = |number: u32, one: &str| match number {
                1 => format!("1 {one}"),
                many => format!("{many} {one}s"),
            };
            let mut did = vec![plural(it.deeds.commits, "commit")];
            if it.deeds.reviews > 0 {
                did.push(plural(it.deeds.reviews, "review"));
            }
            let last = it.deeds.last_at.map(time);
            let until =
                last.as_ref().map_or(String::new(), |it| format!(", the last on {}", &it[..10]));
            Ok(PersonToAsk {
                person,
                reason: format!("{}{until}", did.join(" and ")),
                score: it.score.total(),
                terms: terms(&it.score),
                last_at: last,
            })
        })
        .collect()
}

impl Asked<'_> {
    /// How reading is mixed: the usual way, or the team's.
    fn onboarding_weights(&self) -> Result<Weights> {
        let set = self.rules()?.onboarding;
        let usual = Weights::default().of;
        let of = [set.beginning, set.largest, set.discussed, set.came_back, set.latest];
        Ok(Weights { of: std::array::from_fn(|it| of[it].unwrap_or(usual[it])) })
    }
}
