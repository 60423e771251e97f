//! What a newcomer should know of a file.

use super::ask::Target;
use super::issues::IssueRef;
use super::pulls::{PullRef, Thread};
use super::records::{issue_record, issue_ref, named_issue, newest_first, pull_record};
use super::{Asked, question};
use crate::Result;
use crate::wire::*;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use store::reads::{
    Beneath, Found, IssueFilter, IssueName, LineCommentRow, PullFilter, SaidRow, Scope, Select,
};

request! {
    /// Tell what a newcomer should know of a file: who knows it, its last pull requests and issues, those that are
    /// open, and what was discussed most.
    pub struct FileContext {
        /// Path from the repository's root, with forward slashes.
        pub path: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// The `now` of the answer, RFC 3339: nothing later is used. The time of the newest record unless given.
        pub now: Option<String>,
        /// How many of each kind to list (10 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }
}

reply! {
    /// What a newcomer should know of a file.
    pub struct FileContextReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// Its path.
        pub path: String,
        /// Whether it is in the tree of HEAD.
        pub alive: bool,
        /// Its component.
        pub component: Option<String>,
        /// The answer in sentences.
        pub sentences: Vec<Sentence>,
        /// Who knows it, highest score first.
        pub experts: Vec<super::expertise::Expert>,
        /// Its last pull requests, newest first.
        pub pull_requests: Vec<PullRequestOfFile>,
        /// Pull requests that are open and change it, newest first.
        pub open_pull_requests: Vec<PullRef>,
        /// How many there are.
        pub open_pull_requests_total: Figure,
        /// The last issues its commits are linked to, newest commit first.
        pub issues: Vec<IssueOfFile>,
        /// Those of all linked issues that are not done, newest first.
        pub open_issues: Vec<IssueRef>,
        /// How many there are.
        pub open_issues_total: Figure,
        /// Pull requests and issues it was discussed in most: most comments first.
        pub discussed: Vec<Discussed>,
        /// The last discussions on its lines, newest first.
        pub threads: Vec<ThreadOfFile>,
    }

    /// A pull request of a file.
    pub struct PullRequestOfFile {
        /// The pull request.
        pub pull_request: PullRef,
        /// Its commits in the history that touch the file.
        pub commits: Figure,
        /// How many comments stand beneath it and on its lines.
        pub comments: u32,
    }

    /// An issue of a file.
    pub struct IssueOfFile {
        /// The issue.
        pub issue: IssueRef,
        /// Its commits that touch the file.
        pub commits: Figure,
    }

    /// A record that was talked about.
    pub struct Discussed {
        /// The issue or the pull request.
        pub record: Record,
        /// The comments of people on it.
        pub comments: Figure,
        /// When the last of them was written.
        pub last_at: String,
    }

    /// A discussion on lines of a file.
    pub struct ThreadOfFile {
        /// The pull request.
        pub pull_request: PullRef,
        /// The discussion.
        pub thread: Thread,
    }
}

question!(
    FileContext,
    "memory.fileContext",
    FileContextReply,
    r#"{ "path": "src/pay.rs" }"#,
    file_context,
    now
);

/// Commits of the file looked at for their pull requests and issues.
const COMMITS_MAX: usize = 300;
/// Pull requests and issues looked at for what was said beneath them.
const TALKED_MAX: usize = 100;

fn file_context(ask: FileContext, at: &Asked<'_>) -> Result<FileContextReply> {
    let most = limit(ask.limit, 10, 100)?;
    let now = at.now(ask.now.as_deref())?;
    let file = at.file(&ask.path)?;
    let (path, alive, component) = (file.path.clone(), file.alive, file.component.clone());
    let target = Target::File(file);
    let scope = Rc::new(at.scope(&target)?);
    let links = Links::of(at, &target, &scope)?;

    let mut pull_requests = Vec::new();
    for (number, found) in links.pulls.iter().take(most) {
        let pull_request = at.pull_ref(*number)?;
        let comments = match at.reader.pull(at.of, *number)? {
            Some(pull) => at.reader.pull_counts(at.of, pull.id)?.1,
            None => 0,
        };
        let commits = links.figure(at, found, ("pullRequest", (*number).into()))?;
        pull_requests.push(PullRequestOfFile { pull_request, commits, comments });
    }
    let mut issues = Vec::new();
    for (name, found) in links.issues.iter().take(most) {
        let row = name.id.map(|it| at.reader.issue_of(at.of, it)).transpose()?.flatten();
        let issue = row.map_or_else(|| named_issue(&name.key), |it| issue_ref(&it));
        let commits = links.figure(at, found, ("issue", name.key.as_str().into()))?;
        issues.push(IssueOfFile { issue, commits });
    }
    let param = || target.param();
    let open = PullFilter {
        state: Some(model::PullState::Open),
        path: Some(path.clone()),
        ..PullFilter::default()
    };
    let open_rows = at.reader.pulls_where(at.of, &open, None, most)?;
    let list = at.call("memory.pullRequests", [param(), ("state", "open".into())]);
    let open_pull_requests_total = at.pulls_figure(&open, list)?;
    let touching = at.reader.issues_touching(at.of, &scope)?;
    let undone =
        IssueFilter { open: Some(true), among: Some(touching.clone()), ..IssueFilter::default() };
    let undone_rows = at.reader.issues_where(at.of, &undone, None, most)?;
    let list = at.call("memory.issues", [param(), ("open", true.into())]);
    let open_issues_total = at.issues_figure(&undone, list)?;

    let discussed = discussed(at, &touching, &scope, &path, most)?;
    let threads = threads(at, &path, most)?;
    let known = at.knowledge(&target, &scope)?;
    let first: HashMap<_, _> = known.iter().map(|it| (it.developer, it.first_at)).collect();
    let said = super::said::OnIssues::of(at, &scope)?;
    let experts = at
        .rank_by(known, now, &at.expertise_weights()?, most)?
        .into_iter()
        .map(|it| {
            let since = first[&it.deeds.developer];
            super::expertise::expert(at, &target, (&scope, &said), &it, since)
        })
        .collect::<Result<Vec<_>>>()?;
    let sentences =
        sentences(&path, &experts, &discussed, [&open_pull_requests_total, &open_issues_total]);
    let open_pull_requests =
        open_rows.iter().map(|it| at.pull_ref_of(it)).collect::<Result<Vec<_>>>()?;
    Ok(FileContextReply {
        basis: at.basis(Some(now), &[agents::context::FILE, agents::expertise::RULE])?,
        alive,
        component,
        sentences,
        experts,
        pull_requests,
        open_pull_requests,
        open_pull_requests_total,
        issues,
        open_issues: undone_rows.iter().map(issue_ref).collect(),
        open_issues_total,
        discussed,
        threads,
        path,
    })
}

/// What a file's newest commits belong to, newest commit first.
struct Links<'a> {
    target: &'a Target,
    scope: &'a Rc<Scope>,
    pulls: Vec<(u64, Vec<Found>)>,
    issues: Vec<(IssueName, Vec<Found>)>,
    /// Whether the file has older commits, which may belong to the same.
    more: bool,
}

impl<'a> Links<'a> {
    fn of(at: &Asked<'_>, target: &'a Target, scope: &'a Rc<Scope>) -> Result<Links<'a>> {
        let select = Select { scope: Some(scope.clone()), ..Select::default() };
        let found = at.reader.select(at.of, &select, None, COMMITS_MAX)?;
        let more = found.len() == COMMITS_MAX;
        let mut links = Links { target, scope, pulls: Vec::new(), issues: Vec::new(), more };
        for it in found {
            for link in at.reader.pulls_of(at.of, it.id)? {
                match links.pulls.iter_mut().find(|known| known.0 == link.number) {
                    Some(known) => known.1.push(it),
                    None => links.pulls.push((link.number, vec![it])),
                }
            }
            for name in at.reader.issues_of(at.of, it.id)? {
                match links.issues.iter_mut().find(|known| known.0.key == name.key) {
                    Some(known) => known.1.push(it),
                    None => links.issues.push((name, vec![it])),
                }
            }
        }
        Ok(links)
    }

    /// The file's commits that belong to one of them.
    fn figure(
        &self,
        at: &Asked<'_>,
        found: &[Found],
        which: (&'static str, Value),
    ) -> Result<Figure> {
        let all = at.list(self.target, None, [which.clone()]);
        if !self.more {
            return at.figure(found.len(), found, all);
        }
        let mut select = Select { scope: Some(self.scope.clone()), ..Select::default() };
        match which {
            ("pullRequest", number) => select.pull_request = number.as_u64(),
            (_, key) => {
                let key = key.as_str().unwrap_or_default();
                select.issue = at.issue_if(key)?.map(|it| it.asked());
            }
        }
        let found = at.reader.select(at.of, &select, None, usize::MAX)?;
        at.figure(found.len(), &found, all)
    }
}

/// What was talked about most: pull requests that change the file and issues its commits belong to.
fn discussed(
    at: &Asked<'_>,
    issues: &[model::IssueId],
    scope: &Scope,
    path: &str,
    most: usize,
) -> Result<Vec<Discussed>> {
    let mut talk: Vec<(Record, Vec<SaidRow>)> = Vec::new();
    let among = IssueFilter { among: Some(issues.to_vec()), ..IssueFilter::default() };
    for row in at.reader.issues_where(at.of, &among, None, TALKED_MAX)? {
        let said = at.reader.said_beneath(at.of, &[Beneath::Issue(row.id)])?;
        talk.push((issue_record(&row), said));
    }
    let pulls = at.reader.pulls_touching(at.of, scope, Some(path))?;
    let among = PullFilter { among: Some(pulls), ..PullFilter::default() };
    for row in at.reader.pulls_where(at.of, &among, None, TALKED_MAX)? {
        let beneath = [Beneath::Pull(row.id), Beneath::Lines(row.id)];
        talk.push((pull_record(&row), at.reader.said_beneath(at.of, &beneath)?));
    }
    for (_, said) in &mut talk {
        said.retain(|it| !it.bot);
        newest_first(said);
    }
    talk.retain(|it| !it.1.is_empty());
    talk.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
    talk.truncate(most);
    talk.into_iter()
        .map(|(record, said)| {
            let all = match record.kind {
                RecordKind::Issue => {
                    at.call("memory.comments", [("issues", vec![record.id.as_str()].into())])
                }
                _ => {
                    let number: u64 = record.id.parse().unwrap_or(0);
                    at.call("memory.comments", [("pullRequests", vec![number].into())])
                }
            };
            let comments = at.said_figure(&said.iter().collect::<Vec<_>>(), all)?;
            Ok(Discussed { record, comments, last_at: time(said[0].at) })
        })
        .collect()
}

/// The last discussions on lines of a path, newest first.
fn threads(at: &Asked<'_>, path: &str, most: usize) -> Result<Vec<ThreadOfFile>> {
    let mut by_pull: BTreeMap<u64, Vec<LineCommentRow>> = BTreeMap::new();
    for it in at.reader.line_comments_at(at.of, path)? {
        let number = it.said.name.trim_start_matches('#').parse().unwrap_or(0);
        by_pull.entry(number).or_default().push(it);
    }
    let mut threads = Vec::new();
    for (number, rows) in by_pull.into_iter().rev().take(most) {
        for thread in at.threads(rows)? {
            threads.push(ThreadOfFile { pull_request: at.pull_ref(number)?, thread });
        }
    }
    let last = |it: &ThreadOfFile| it.thread.comments.last().map(|it| it.at.clone());
    threads.sort_by(|a, b| {
        last(b).cmp(&last(a)).then_with(|| b.pull_request.number.cmp(&a.pull_request.number))
    });
    threads.truncate(most);
    Ok(threads)
}

fn sentences(
    path: &str,
    experts: &[super::expertise::Expert],
    discussed: &[Discussed],
    [pulls, issues]: [&Figure; 2],
) -> Vec<Sentence> {
    let mut told = Vec::new();
    let mut say = |it: Option<String>, figure: &Figure| {
        told.extend(it.map(|text| Sentence { text, figure: figure.clone() }));
    };
    if let Some(first) = experts.first().filter(|it| it.commits.value > 0.0) {
        let text =
            agents::context::knows_best(path, &first.person.name, first.commits.value as usize);
        say(Some(text), &first.commits);
    }
    say(agents::context::open_pulls(pulls.value as usize), pulls);
    say(agents::context::open_issues(issues.value as usize), issues);
    if let Some(first) = discussed.first() {
        let text = agents::context::discussed(&first.record.title, first.comments.value as usize);
        say(Some(text), &first.comments);
    }
    told
}
