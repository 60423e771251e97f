//! An issue with all that belongs to it.

use super::ask::Target;
use super::issue_people::people;
use super::issues::IssueRef;
use super::pulls::PullRef;
use super::recent::natural;
use super::records::{Issue, PullOfIssue, cut, issue_ref, named_issue, newest_first};
use super::said::CommentText;
use super::tell::gap;
use super::{Asked, question};
use crate::Result;
use crate::wire::*;
use model::{DeveloperId, FileId, Timestamp};
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;
use store::reads::{Beneath, CommitRow, Found, IssueCommit, IssueRow, SaidRow, Scope, Select};

request! {
    /// Tell all that belongs to an issue: what it says, what was discussed, which pull requests and commits
    /// resolved it, what they changed, who did what, and what touched the same files since.
    pub struct IssueContext {
        /// Key, in any writing: `PROJ-1247`, `proj-1247`, `#12`, `12` where issues are GitHub's. A key that an issue
        /// had before it was moved leads to that issue.
        pub key: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used. Status, resolution, priority, assignee and title are those of that time where the issue tells of their changes; its description, labels and versions are always those of today. The time of the newest record unless given.
        pub now: Option<String>,
    }
}

reply! {
    /// An issue with all that belongs to it.
    pub struct IssueContextReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its key.
        pub key: String,
        /// The key that was asked for, where the issue has another now.
        pub past_key: Option<String>,
        /// What the tracker tells; none where only commits name the key.
        pub issue: Option<IssueText>,
        /// The answer in sentences.
        pub sentences: Vec<Sentence>,
        /// What was said beneath it, in order; the first 500.
        pub comments: Vec<CommentText>,
        /// How many comments there are.
        pub comments_total: u32,
        /// How its status changed, in order.
        pub history: Vec<StatusChange>,
        /// Pull requests linked to it, oldest first.
        pub pull_requests: Vec<PullRequestOfIssue>,
        /// Changes made for it, oldest first, each counted once however often it was carried to other branches; the first 200.
        pub changes: Vec<ChangeOfIssue>,
        /// How many changes there are.
        pub changes_total: u32,
        /// Commits linked to it: every change, and every time it was carried over.
        pub commits: Figure,
        /// Files its changes touched: most commits first, then by path; the first 100.
        pub files: Vec<FileOfIssue>,
        /// How many files there are.
        pub files_total: u32,
        /// Everybody in it: who wrote its commits first, then who opened its pull requests, reviewed them, was to do it, resolved, reported, or only commented; within each those with most of that, of equals who began first.
        pub people: Vec<PersonInContext>,
        /// Relations to other issues, by words and key.
        pub links: Vec<LinkOfIssue>,
        /// Commits that touched the first 20 of these files after its last commit, newest first, at most 20.
        pub since: Vec<TouchSince>,
        /// Whether there are more of them.
        pub since_more: bool,
    }

    /// What a tracker tells of an issue.
    pub struct IssueText {
        /// The issue as shown in a list.
        pub issue: IssueRef,
        /// Its description, as plain text.
        pub text: String,
        /// Its priority; empty where unknown.
        pub priority: String,
        /// `Fixed`, `Duplicate`, …; empty while there is none.
        pub resolution: String,
        /// Names of components, as the tracker has them.
        pub components: Vec<String>,
        /// Labels.
        pub labels: Vec<String>,
        /// Versions it is fixed in.
        pub fix_versions: Vec<String>,
        /// Versions it was seen in.
        pub affects_versions: Vec<String>,
        /// Sprints.
        pub sprints: Vec<String>,
        /// Who reported it.
        pub reporter: Option<PersonRef>,
        /// Who is to do it, or did.
        pub assignee: Option<PersonRef>,
        /// When it was made.
        pub created: String,
        /// When anything of it last changed.
        pub updated: String,
        /// When it was resolved or closed.
        pub resolved: Option<String>,
        /// Where people read it; empty where unknown.
        pub url: String,
        /// Keys it had before.
        pub past_keys: Vec<String>,
        /// Every other field that has a value, by name.
        pub fields: Vec<FieldText>,
        /// The tracker it is from: `jira`, `github.com/owner/name`.
        pub tracker: String,
    }

    /// A field and its value.
    pub struct FieldText {
        /// The field's name.
        pub name: String,
        /// Its value, as text.
        pub value: String,
    }

    /// A change of an issue's status, resolution or assignee.
    pub struct StatusChange {
        /// When.
        pub at: String,
        /// Who.
        pub person: Option<PersonRef>,
        /// `status`, `resolution` or `assignee`.
        pub field: String,
        /// What it was; empty for nothing.
        pub from: String,
        /// What it became; empty for nothing.
        pub to: String,
    }

    /// A pull request of an issue.
    pub struct PullRequestOfIssue {
        /// The pull request.
        pub pull_request: PullRef,
        /// The words that say so.
        pub told_by: String,
        /// Whether it says that it closes, fixes or resolves the issue.
        pub closes: bool,
    }

    /// A change made for an issue.
    pub struct ChangeOfIssue {
        /// The commit: the first of those that carry the change.
        pub commit: CommitRef,
        /// The words that say so.
        pub told_by: String,
        /// Whether the commit or the issue says so itself; else a pull request stands between.
        pub direct: bool,
        /// Pull requests the commit came through.
        pub pull_requests: Vec<u64>,
        /// Commits that carry the same change elsewhere: cherry-picked from it, or by the same author at the same moment under the same subject.
        pub backports: Vec<CommitRef>,
    }

    /// A file changed for an issue.
    pub struct FileOfIssue {
        /// Its path.
        pub path: String,
        /// Whether it is in the tree of HEAD.
        pub alive: bool,
        /// The issue's commits that touched it.
        pub commits: Figure,
        /// Lines added.
        pub added: u64,
        /// Lines deleted.
        pub deleted: u64,
    }

    /// Somebody and what they did.
    pub struct PersonInContext {
        /// Who.
        pub person: PersonRef,
        /// What they did.
        pub deeds: Vec<DeedText>,
    }

    /// Something somebody did.
    pub struct DeedText {
        /// `reported`, `assigned`, `resolved`, `opened` (a pull request), `wrote`, `reviewed` or `commented`.
        pub deed: String,
        /// How often, with the records.
        pub figure: Figure,
        /// When it was last done.
        pub last_at: Option<String>,
    }

    /// A relation to another issue.
    pub struct LinkOfIssue {
        /// In this issue's direction: `duplicates`, `is blocked by`.
        pub words: String,
        /// The other issue; its title is its key where no record of it is in memory.
        pub issue: IssueRef,
        /// Whether a record of it is in memory.
        pub known: bool,
    }

    /// A later commit to the same files.
    pub struct TouchSince {
        /// The commit.
        pub commit: CommitRef,
        /// Which of the issue's files it touched, by path; at most 10.
        pub files: Vec<String>,
        /// Keys of the issues it is linked to.
        pub issues: Vec<String>,
        /// Pull requests it came through.
        pub pull_requests: Vec<u64>,
    }
}

question!(
    IssueContext,
    "memory.issueContext",
    IssueContextReply,
    r#"{ "key": "PAY-4" }"#,
    issue_context,
    now
);

/// Comments, changes and files told of one issue.
const CHANGES_MAX: usize = 200;
const FILES_MAX: usize = 100;
const SINCE_MAX: usize = 20;
/// Files looked at for what touched them since.
const FOLLOWED_MAX: usize = 20;

fn issue_context(ask: IssueContext, at: &Asked<'_>) -> Result<IssueContextReply> {
    let now = at.now(ask.now.as_deref())?;
    let issue = at.issue(&ask.key)?;
    let key = issue.key().to_owned();
    let past_key = past_key(at, &issue, &ask.key)?;
    let text = match &issue {
        Issue::Known(row) => Some(issue_text(at, row)?),
        Issue::Named { .. } => None,
    };
    let links = at.commits_of(&issue)?;
    let commits = Commits::of(at, links)?;
    let pulls = at.pulls_of(&issue)?;
    let mut said = match &issue {
        Issue::Known(row) => at.reader.said_beneath(at.of, &[Beneath::Issue(row.id)])?,
        Issue::Named { .. } => Vec::new(),
    };
    newest_first(&mut said);
    let (files, files_total, scope) = files(at, &issue, &commits)?;
    let (since, since_more) = since(at, &commits, scope)?;
    let people = people(at, &issue, &commits, &pulls, &said)?;
    let pull_requests = pulls
        .iter()
        .map(|it| {
            let pull_request = at.pull_ref(it.number)?;
            Ok(PullRequestOfIssue { pull_request, told_by: it.told_by.clone(), closes: it.closes })
        })
        .collect::<Result<Vec<_>>>()?;
    let all = at.call("memory.commits", [("issue", key.as_str().into()), ("merges", true.into())]);
    let newest: Vec<Found> = commits.rows.iter().rev().map(|it| it.link.found).collect();
    let figure = at.figure(newest.len(), &newest, all)?;
    let changes = commits.changes(at)?;
    let changes_total = count(changes.len() as u64);
    let mut basis = at.basis(Some(now), &[agents::context::RULE])?;
    if text.is_none() {
        let text =
            format!("no record answers to {key}: it is known by the commits that name it only");
        basis.gaps.push(gap("noRecord", &text));
    }
    let sentences = sentences(at, &issue, &commits, &pulls, &said, &figure, files_total)?;
    Ok(IssueContextReply {
        basis,
        past_key,
        issue: text,
        sentences,
        comments: at.in_order(&said)?,
        comments_total: count(said.len() as u64),
        history: history(at, &issue)?,
        pull_requests,
        changes: changes.into_iter().take(CHANGES_MAX).collect(),
        changes_total,
        commits: figure,
        files,
        files_total,
        people,
        links: related(at, &issue)?,
        since,
        since_more,
        key,
    })
}

/// The key as it was asked for, where that is one the issue had before.
fn past_key(at: &Asked<'_>, issue: &Issue, asked: &str) -> Result<Option<String>> {
    let Issue::Known(row) = issue else { return Ok(None) };
    let past = at.reader.issue_keys(at.of, row.id)?;
    let asked = asked.trim().rsplit('/').next().unwrap_or_default().to_uppercase();
    Ok(past.into_iter().find(|it| *it != row.key && it.to_uppercase() == asked))
}

fn issue_text(at: &Asked<'_>, row: &IssueRow) -> Result<IssueText> {
    let names = at.reader.issue_names(at.of, row.id)?;
    let named = |kind: u8| -> Vec<String> {
        names.iter().filter(|it| it.0 == kind).map(|it| it.1.clone()).collect()
    };
    let mut past_keys = at.reader.issue_keys(at.of, row.id)?;
    past_keys.retain(|it| *it != row.key);
    let fields = at.reader.issue_fields(at.of, row.id)?;
    Ok(IssueText {
        issue: issue_ref(row),
        text: cut(at.reader.issue_body(at.of, row.id)?).0,
        priority: row.priority.clone(),
        resolution: row.resolution.clone(),
        components: named(0),
        labels: named(1),
        fix_versions: named(2),
        affects_versions: named(3),
        sprints: named(4),
        reporter: at.somebody(row.reporter)?,
        assignee: at.somebody(row.assignee)?,
        created: time(row.created),
        updated: time(row.updated),
        resolved: row.resolved.map(time),
        url: row.url.clone(),
        past_keys,
        fields: fields.into_iter().map(|(name, value)| FieldText { name, value }).collect(),
        tracker: row.tracker.clone(),
    })
}

fn history(at: &Asked<'_>, issue: &Issue) -> Result<Vec<StatusChange>> {
    let Issue::Known(row) = issue else { return Ok(Vec::new()) };
    let told = ["status", "resolution", "assignee"];
    at.reader
        .issue_changes(at.of, row.id)?
        .into_iter()
        .filter(|it| told.contains(&it.field.as_str()))
        .map(|it| {
            let person = at.somebody(it.author)?;
            Ok(StatusChange { at: time(it.at), person, field: it.field, from: it.old, to: it.new })
        })
        .collect()
}

/// Relations to other issues, as this one's side tells them.
fn related(at: &Asked<'_>, issue: &Issue) -> Result<Vec<LinkOfIssue>> {
    let keys = match issue {
        Issue::Known(row) => at.reader.issue_keys(at.of, row.id)?,
        Issue::Named { key, .. } => vec![key.clone()],
    };
    let mut links = Vec::new();
    for (from, words, to) in at.reader.issue_links(at.of, &keys)? {
        let outward = keys.contains(&from);
        let other = if outward { to } else { from };
        let words = agents::context::in_direction(&words, outward);
        let row = at.reader.issue_keyed(at.of, &other)?;
        let known = row.is_some();
        let issue = row.map_or_else(|| named_issue(&other), |it| issue_ref(&it));
        links.push(LinkOfIssue { words, issue, known });
    }
    links.sort_by(|a, b| {
        a.words.cmp(&b.words).then_with(|| natural(&a.issue.key).cmp(&natural(&b.issue.key)))
    });
    links.dedup_by(|a, b| a.words == b.words && a.issue.key == b.issue.key);
    Ok(links)
}

/// The commits of an issue with what is asked of them more than once.
pub(super) struct Commits {
    pub(super) rows: Vec<OneCommit>,
}

/// One of them.
pub(super) struct OneCommit {
    pub(super) link: IssueCommit,
    pub(super) row: CommitRow,
    pub(super) credits: Vec<(DeveloperId, u8)>,
}

impl Commits {
    fn of(at: &Asked<'_>, links: Vec<IssueCommit>) -> Result<Commits> {
        let mut rows = Vec::with_capacity(links.len());
        for link in links {
            let Some(row) = at.reader.commit(at.of, link.found.id)? else { continue };
            let credits = at.reader.credits(at.of, row.id)?;
            let credits = credits.into_iter().map(|it| (it.developer, it.role)).collect();
            rows.push(OneCommit { link, row, credits });
        }
        Ok(Commits { rows })
    }

    /// Each change once, oldest first.
    fn changes(&self, at: &Asked<'_>) -> Result<Vec<ChangeOfIssue>> {
        let mut carried = Vec::with_capacity(self.rows.len());
        for it in self.rows.iter().filter(|it| !it.row.merge) {
            let message = at.reader.commit_detail(at.of, it.row.id)?.message;
            carried.push(agents::context::Carried {
                id: it.row.place.oid,
                author: it.row.author,
                authored: it.row.authored,
                subject: it.row.subject.clone(),
                picked_from: agents::context::picked_from(&message),
            });
        }
        let rows: Vec<&OneCommit> = self.rows.iter().filter(|it| !it.row.merge).collect();
        agents::context::changes(&carried)
            .into_iter()
            .map(|places| {
                let first = rows[places[0]];
                let pulls = at.reader.pulls_of(at.of, first.row.id)?;
                let rest = places[1..].iter().map(|it| at.commit_ref(&rows[*it].row));
                Ok(ChangeOfIssue {
                    commit: at.commit_ref(&first.row)?,
                    told_by: first.link.told_by.clone(),
                    direct: first.link.direct,
                    pull_requests: pulls.into_iter().map(|it| it.number).collect(),
                    backports: rest.collect::<Result<_>>()?,
                })
            })
            .collect()
    }
}

/// The files of an issue's commits, how many there are, and the touches that count for them.
fn files(
    at: &Asked<'_>,
    issue: &Issue,
    commits: &Commits,
) -> Result<(Vec<FileOfIssue>, u32, Scope)> {
    let mut touches: Vec<(Found, Vec<FileId>)> = Vec::new();
    let mut sums: BTreeMap<String, (FileId, u32, u64, u64)> = BTreeMap::new();
    for it in &commits.rows {
        let own = at.reader.commit_files(at.of, it.row.id, 10_000)?;
        if !it.row.merge {
            touches.push((it.link.found, own.iter().map(|it| it.file).collect()));
        }
        for touch in own {
            let sum = sums.entry(touch.path).or_insert((touch.file, 0, 0, 0));
            sum.1 += 1;
            sum.2 += u64::from(touch.added.unwrap_or(0));
            sum.3 += u64::from(touch.deleted.unwrap_or(0));
        }
    }
    let total = count(sums.len() as u64);
    let mut ranked: Vec<_> = sums.into_iter().collect();
    ranked.sort_by(|a, b| b.1.1.cmp(&a.1.1).then_with(|| a.0.cmp(&b.0)));
    ranked.truncate(FILES_MAX);
    let mut all = Scope::default();
    let mut files = Vec::with_capacity(ranked.len());
    for (path, (file, _, added, deleted)) in ranked {
        let Some(row) = at.reader.file_of(at.of, file)? else { continue };
        let alive = row.alive;
        let scope = at.reader.scope_of_file(at.of, file)?;
        if files.len() < FOLLOWED_MAX {
            all.add(&scope);
        }
        let target = Target::File(row);
        let here = touches
            .iter()
            .rev()
            .filter(|(found, own)| own.iter().any(|it| scope.holds(*it, found.place.generation)));
        let newest: Vec<Found> = here.map(|it| it.0).collect();
        let list = at.list(&target, None, [("issue", issue.key().into())]);
        let commits = at.figure(newest.len(), &newest, list)?;
        files.push(FileOfIssue { path, alive, commits, added, deleted });
    }
    files.sort_by(|a, b| {
        b.commits.value.total_cmp(&a.commits.value).then_with(|| a.path.cmp(&b.path))
    });
    Ok((files, total, all))
}

/// What touched the same files after the issue's last commit.
fn since(at: &Asked<'_>, commits: &Commits, scope: Scope) -> Result<(Vec<TouchSince>, bool)> {
    let Some(last) = commits.rows.last().map(|it| it.link.found.place) else {
        return Ok((Vec::new(), false));
    };
    let scope = Rc::new(scope);
    let select = Select {
        scope: Some(scope.clone()),
        since: last.at,
        merge: Some(false),
        ..Select::default()
    };
    let own: HashSet<_> = commits.rows.iter().map(|it| it.row.id).collect();
    let mut found = at.reader.select(at.of, &select, None, SINCE_MAX + 1 + own.len())?;
    found.retain(|it| !own.contains(&it.id) && it.place < last);
    let more = found.len() > SINCE_MAX;
    found.truncate(SINCE_MAX);
    let mut told = Vec::new();
    for it in found {
        let Some(row) = at.reader.commit(at.of, it.id)? else { continue };
        let touches = at.reader.touches_in(at.of, it, &scope)?;
        let mut files: Vec<String> = touches.into_iter().map(|it| it.path).collect();
        files.sort();
        files.truncate(10);
        told.push(TouchSince {
            commit: at.commit_ref(&row)?,
            files,
            issues: at.reader.issues_of(at.of, row.id)?.into_iter().map(|it| it.key).collect(),
            pull_requests: at.reader.pulls_of(at.of, row.id)?.iter().map(|it| it.number).collect(),
        });
    }
    Ok((told, more))
}

fn sentences(
    at: &Asked<'_>,
    issue: &Issue,
    commits: &Commits,
    pulls: &[PullOfIssue],
    said: &[SaidRow],
    figure: &Figure,
    files: u32,
) -> Result<Vec<Sentence>> {
    let name = |who: Option<DeveloperId>| -> Result<Option<String>> {
        Ok(at.somebody(who)?.map(|it| it.name))
    };
    let day = |it: Timestamp| time(it).split('T').next().unwrap_or_default().to_owned();
    let facts = match issue {
        Issue::Known(row) => Some(agents::context::Facts {
            kind: row.kind.clone(),
            status: row.status.clone(),
            resolution: row.resolution.clone(),
            reporter: name(row.reporter)?,
            reported: day(row.created),
            assignee: name(row.assignee)?,
            resolved: row.resolved.map(day),
        }),
        Issue::Named { .. } => None,
    };
    let mut authors: Vec<DeveloperId> = Vec::new();
    for it in commits.rows.iter().filter(|it| !it.row.merge) {
        authors.extend(it.credits.iter().filter(|it| it.1 < 2).map(|it| it.0));
    }
    authors.sort_unstable();
    authors.dedup();
    let mut names = authors
        .into_iter()
        .map(|it| Ok(at.person_ref(it)?.name))
        .collect::<Result<Vec<String>>>()?;
    names.sort();
    let people = said.iter().filter(|it| !it.bot).collect::<Vec<_>>();
    let talkers: HashSet<_> = people.iter().filter_map(|it| it.author).collect();
    let story = agents::context::Story {
        key: issue.key().to_owned(),
        facts,
        commits: commits.rows.len(),
        files: files as usize,
        authors: names,
        pull_requests: pulls.iter().map(|it| it.number).collect(),
        comments: people.len(),
        talkers: talkers.len(),
    };
    let call = at.call("memory.comments", [("issues", vec![issue.key()].into())]);
    agents::context::sentences(&story)
        .into_iter()
        .map(|it| {
            let figure = match it.about {
                agents::context::About::Issue => {
                    Figure { value: 1.0, records: vec![issue.record()], all: None }
                }
                agents::context::About::Commits => figure.clone(),
                agents::context::About::Comments => at.said_figure(&people, call.clone())?,
            };
            Ok(Sentence { text: it.text, figure })
        })
        .collect()
}
