//! A record and what it is related to.

use super::ask::Target;
use super::records::{self, Issue};
use super::tell::{
    commit_record, file_record, issue_record, person_record, person_ref, pull_record,
};
use super::{Asked, question};
use crate::wire::*;
use crate::{Error, Result};
use model::{DeveloperId, Timestamp};
use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;
use store::reads::{Beneath, CommitRow, Found, PullRow, SaidRow, Scope, Select, Wrote};

request! {
    /// Show a record with its relations: commits, files, people, issues, pull requests, reviews and comments.
    pub struct Graph {
        /// What kind of record.
        pub kind: RecordKind,
        /// Object id, number, issue key, path, component, person's key, or the id of a review or a comment.
        pub id: String,
        /// Repository, by name or by path; the only one where there is one.
        pub repository: Option<String>,
        /// How many neighbours of each kind (12 unless told otherwise), at most 100.
        pub limit: Option<u32>,
    }
}

reply! {
    /// A record and its neighbours.
    pub struct GraphReply {
        /// What the answer stands on.
        pub basis: Basis,
        /// The record first, then its neighbours by kind and id.
        pub nodes: Vec<Record>,
        /// How they are related; indices into `nodes`.
        pub edges: Vec<Edge>,
        /// Whether neighbours were left out.
        pub more: bool,
    }

    /// A relation.
    pub struct Edge {
        /// From this node.
        pub from: u32,
        /// To that node.
        pub to: u32,
        /// `wrote`, `reviewed`, `touches`, `names`, `part of`, `parent`, `undoes`, `knows`, `changes with`, `made`, `merged`, `asked to review`, `reported`, `assigned`, `commented`, `about`, `linked`, `closes`, `sent`, or the words of a link between issues.
        pub relation: String,
        /// What says so, where a text does: `(#12)`, `PROJ-12 in the subject`.
        pub told_by: Option<String>,
        /// How many commits stand behind it, where it is counted.
        pub weight: f64,
    }
}

question!(Graph, "memory.graph", GraphReply, r#"{ "kind": "file", "id": "src/pay.rs" }"#, graph);

/// Commits looked at for what they name; beyond them neighbours are left out and `more` says so.
const COMMITS_MAX: usize = 200;

fn graph(ask: Graph, at: &Asked<'_>) -> Result<GraphReply> {
    let most = limit(ask.limit, 12, 100)?;
    let mut star = Star { most, center: None, links: HashMap::new(), more: false };
    match ask.kind {
        RecordKind::Commit => of_commit(at, &at.commit(&ask.id)?, &mut star)?,
        RecordKind::Person => of_person(at, &ask.id, &mut star)?,
        RecordKind::File | RecordKind::Folder | RecordKind::Component => {
            let target = match ask.kind {
                RecordKind::File => Target::File(at.file(&ask.id)?),
                RecordKind::Folder => Target::Folder(at.folder(&ask.id)?),
                _ => Target::Component(at.component(&ask.id)?),
            };
            of_place(at, &target, &mut star)?;
        }
        RecordKind::PullRequest => of_pull(at, &at.pull(number(&ask.id)?)?, &mut star)?,
        RecordKind::Issue => of_issue(at, &at.issue(&ask.id)?, &mut star)?,
        RecordKind::Review => of_review(at, &ask.id, &mut star)?,
        RecordKind::Comment => of_comment(at, &ask.id, &mut star)?,
        RecordKind::Release => {
            let Some(release) = at.reader.release(at.of, &ask.id)? else {
                return Err(Error::not_found(format!("there is no release `{}`", ask.id)));
            };
            star.center = Some(Record {
                kind: RecordKind::Release,
                id: release.name.clone(),
                title: release.name,
            });
            if let Some(row) = at.reader.commit_of(at.of, release.oid)? {
                star.link(commit_record(&row), "part of", false, 1.0);
            }
        }
    }
    let Some((nodes, edges, more)) = star.finish() else {
        return Err(Error::not_found(format!("`{}` is not in memory", ask.id)));
    };
    Ok(GraphReply { basis: at.basis(None, &[])?, nodes, edges, more })
}

/// Neighbour and relation, and whether the relation leads to the neighbour.
type Link = (Record, Cow<'static, str>, bool);

/// A record with its neighbours in the making.
struct Star {
    most: usize,
    center: Option<Record>,
    /// Each with its weight and what says so.
    links: HashMap<Link, (f64, Option<String>)>,
    more: bool,
}

impl Star {
    /// Adds to the weight of a relation; `out` where it leads from the record to the neighbour.
    fn link(&mut self, to: Record, relation: impl Into<Cow<'static, str>>, out: bool, weight: f64) {
        self.links.entry((to, relation.into(), out)).or_default().0 += weight;
    }

    /// The same where a text says so; of several the first by its letters is told.
    fn link_told(
        &mut self,
        to: Record,
        relation: impl Into<Cow<'static, str>>,
        out: bool,
        told_by: &str,
    ) {
        let link = self.links.entry((to, relation.into(), out)).or_default();
        link.0 += 1.0;
        if !told_by.is_empty() && link.1.as_deref().is_none_or(|known| told_by < known) {
            link.1 = Some(told_by.to_owned());
        }
    }

    /// Adds what says so to a relation that is there.
    fn say(&mut self, to: Record, relation: &'static str, out: bool, told_by: &str) {
        if let Some(link) = self.links.get_mut(&(to, relation.into(), out)) {
            link.1 = Some(told_by.to_owned()).filter(|it| !it.is_empty());
        }
    }

    /// The weightiest neighbours of each kind, then all by kind and id.
    fn finish(self) -> Option<(Vec<Record>, Vec<Edge>, bool)> {
        let center = self.center?;
        let mut weights: HashMap<&Record, f64> = HashMap::new();
        for ((record, ..), (weight, _)) in &self.links {
            *weights.entry(record).or_default() += weight;
        }
        let mut ranked: Vec<(&Record, f64)> =
            weights.into_iter().filter(|it| *it.0 != center).collect();
        ranked.sort_by(|a, b| {
            a.0.kind.cmp(&b.0.kind).then(b.1.total_cmp(&a.1)).then_with(|| a.0.cmp(b.0))
        });
        let mut more = self.more;
        let mut nodes: Vec<Record> = Vec::new();
        for of_kind in ranked.chunk_by(|a, b| a.0.kind == b.0.kind) {
            more |= of_kind.len() > self.most;
            nodes.extend(of_kind.iter().take(self.most).map(|it| it.0.clone()));
        }
        nodes.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        nodes.insert(0, center);
        let number: HashMap<&Record, u32> =
            nodes.iter().enumerate().map(|(i, it)| (it, i as u32)).collect();
        let mut edges: Vec<Edge> = self
            .links
            .iter()
            .filter_map(|((record, relation, out), (weight, told_by))| {
                let other = *number.get(record)?;
                let (from, to) = if *out { (0, other) } else { (other, 0) };
                Some(Edge {
                    from,
                    to,
                    relation: relation.to_string(),
                    told_by: told_by.clone(),
                    weight: *weight,
                })
            })
            .filter(|it| it.from != it.to)
            .collect();
        edges.sort_by(|a, b| (a.from, a.to, &a.relation).cmp(&(b.from, b.to, &b.relation)));
        Some((nodes, edges, more))
    }
}

fn person(at: &Asked<'_>, id: DeveloperId) -> Result<Record> {
    Ok(person_record(at.person_ref(id)?))
}

fn of_commit(at: &Asked<'_>, row: &CommitRow, star: &mut Star) -> Result<()> {
    star.center = Some(commit_record(row));
    for credit in at.reader.credits(at.of, row.id)? {
        let relation = if credit.role == 2 { "reviewed" } else { "wrote" };
        star.links.insert((person(at, credit.developer)?, relation.into(), false), (1.0, None));
    }
    for touch in at.reader.commit_files(at.of, row.id, COMMITS_MAX as u32)? {
        let lines = touch.added.unwrap_or(0) + touch.deleted.unwrap_or(0);
        star.link(file_record(&touch.path), "touches", true, f64::from(lines.max(1)));
    }
    star.more |= at.reader.commit_size(at.of, row.id)?.files as usize > COMMITS_MAX;
    for issue in at.reader.issues_of(at.of, row.id)? {
        star.link_told(issue_record(&issue), "names", true, &issue.told_by);
    }
    for pull in at.reader.pulls_of(at.of, row.id)? {
        star.link_told(pull_record(&pull), "part of", true, &pull.told_by);
    }
    let detail = at.reader.commit_detail(at.of, row.id)?;
    for parent in detail.parents {
        if let Some(parent) = at.reader.commit_of(at.of, parent)? {
            star.link(commit_record(&parent), "parent", true, 1.0);
        }
    }
    for child in at.reader.children(at.of, row, star.most + 1)? {
        star.link(commit_record(&child), "parent", false, 1.0);
    }
    if let Some(undone) =
        detail.reverts.map(|it| at.reader.commit_of(at.of, it)).transpose()?.flatten()
    {
        star.link(commit_record(&undone), "undoes", true, 1.0);
    }
    for undoing in at.reader.reverted_by(at.of, row.place.oid)? {
        star.link(commit_record(&undoing), "undoes", false, 1.0);
    }
    Ok(())
}

/// The number of a pull request as it is written.
fn number(id: &str) -> Result<u64> {
    id.trim().trim_start_matches('#').parse().map_err(|_| {
        Error::invalid(format!("`{id}` is no number of a pull request")).hint("write `12` or `#12`")
    })
}

fn of_pull(at: &Asked<'_>, pull: &PullRow, star: &mut Star) -> Result<()> {
    let select = Select { pull_request: Some(pull.number), ..Select::default() };
    let Some(row) = at.reader.pull_record(at.of, pull.number)? else {
        let title = format!("#{}", pull.number);
        star.center =
            Some(Record { kind: RecordKind::PullRequest, id: pull.number.to_string(), title });
        return of_commits(at, &select, "part of", RecordKind::PullRequest, star);
    };
    star.center = Some(records::pull_record(&row));
    of_commits(at, &select, "part of", RecordKind::PullRequest, star)?;
    for (found, told_by) in at.reader.pull_commits(at.of, pull)?.iter().rev().take(star.most) {
        if let Some(row) = at.reader.commit(at.of, found.id)? {
            star.say(commit_record(&row), "part of", false, told_by);
        }
    }
    for (who, relation) in [(row.author, "made"), (row.merged_by, "merged")] {
        if let Some(who) = who {
            star.link(person(at, who)?, relation, false, 1.0);
        }
    }
    for (role, who) in at.reader.pull_people(at.of, row.id)? {
        let relation = if role == 0 { "assigned" } else { "asked to review" };
        star.link(person(at, who)?, relation, false, 1.0);
    }
    for review in at.reader.reviews_where(at.of, Some(&[row.id]), None, usize::MAX)? {
        let who = at.somebody(review.reviewer)?;
        star.link(records::review_record(&review, who.as_ref()), "about", false, 1.0);
        if let Some(who) = who.filter(|_| !review.own) {
            star.link(person_record(who), "reviewed", false, 1.0);
        }
    }
    let beneath = [Beneath::Pull(row.id), Beneath::Lines(row.id)];
    said(at, at.reader.said_beneath(at.of, &beneath)?, star)?;
    for link in at.reader.issues_of_pull(at.of, row.id)? {
        if let Some(issue) = at.reader.issue_of(at.of, link.issue)? {
            let relation = if link.closes { "closes" } else { "linked" };
            star.link_told(records::issue_record(&issue), relation, true, &link.told_by);
        }
    }
    for file in at.reader.pull_files(at.of, row.id, 100)?.0 {
        star.link(file_record(&file.path), "touches", true, 1.0);
    }
    Ok(())
}

fn of_issue(at: &Asked<'_>, issue: &Issue, star: &mut Star) -> Result<()> {
    star.center = Some(issue.record());
    let select = Select { issue: Some(issue.asked()), ..Select::default() };
    of_commits(at, &select, "names", RecordKind::Issue, star)?;
    for it in at.commits_of(issue)?.iter().rev().take(star.most) {
        if let Some(row) = at.reader.commit(at.of, it.found.id)? {
            star.say(commit_record(&row), "names", false, &it.told_by);
        }
    }
    for it in at.pulls_of(issue)? {
        let pull = at.pull_ref(it.number)?;
        let record =
            Record { kind: RecordKind::PullRequest, id: it.number.to_string(), title: pull.title };
        let relation = if it.closes { "closes" } else { "linked" };
        star.link_told(record, relation, false, &it.told_by);
    }
    let Issue::Known(row) = issue else { return Ok(()) };
    for (who, relation) in [(row.reporter, "reported"), (row.assignee, "assigned")] {
        if let Some(who) = who {
            star.link(person(at, who)?, relation, false, 1.0);
        }
    }
    said(at, at.reader.said_beneath(at.of, &[Beneath::Issue(row.id)])?, star)?;
    let keys = at.reader.issue_keys(at.of, row.id)?;
    for (from, words, to) in at.reader.issue_links(at.of, &keys)? {
        let out = keys.contains(&from);
        let other = if out { to } else { from };
        let record = match at.reader.issue_keyed(at.of, &other)? {
            Some(row) => records::issue_record(&row),
            None => Record { kind: RecordKind::Issue, id: other.clone(), title: other },
        };
        star.link(record, agents::context::in_direction(&words, true), out, 1.0);
    }
    Ok(())
}

/// Who said how much, and the newest of it.
fn said(at: &Asked<'_>, mut said: Vec<SaidRow>, star: &mut Star) -> Result<()> {
    records::newest_first(&mut said);
    star.more |= said.len() > star.most;
    for it in said.iter().take(star.most) {
        star.link(at.said_record(it)?, "about", false, 1.0);
    }
    for who in said.iter().filter_map(|it| it.author) {
        star.link(person(at, who)?, "commented", false, 1.0);
    }
    Ok(())
}

fn of_review(at: &Asked<'_>, id: &str, star: &mut Star) -> Result<()> {
    let missing = || {
        Error::not_found(format!("there is no review `{id}`"))
            .hint("reviews are named as `382/4711`: pull request, then GitHub's id")
    };
    let (pull, review) = id.split_once('/').ok_or_else(missing)?;
    let pull = at.pull(number(pull)?)?;
    let rows = at.reader.reviews_where(at.of, Some(&[pull.id]), None, usize::MAX)?;
    let row = rows.into_iter().find(|it| it.review == review).ok_or_else(missing)?;
    let who = at.somebody(row.reviewer)?;
    star.center = Some(records::review_record(&row, who.as_ref()));
    if let Some(who) = who {
        star.link(person_record(who), "sent", false, 1.0);
    }
    if let Some(pull) = at.reader.pull_record(at.of, pull.number)? {
        star.link(records::pull_record(&pull), "about", true, 1.0);
    }
    for it in at.reader.line_comments(at.of, pull.id)? {
        if it.review == review {
            star.link(at.said_record(&it.said)?, "part of", false, 1.0);
        }
    }
    if let Some(commit) = row.commit.map(|it| at.reader.commit_of(at.of, it)).transpose()?.flatten()
    {
        star.link(commit_record(&commit), "about", true, 1.0);
    }
    Ok(())
}

fn of_comment(at: &Asked<'_>, id: &str, star: &mut Star) -> Result<()> {
    let missing = || {
        Error::not_found(format!("there is no comment `{id}`")).hint(
            "comments are named as `PROJ-1247/10001`, `#12/771` or, of pull requests, `382/771`",
        )
    };
    let (about, comment) = id.rsplit_once('/').ok_or_else(missing)?;
    let mut beneath = Vec::new();
    if let Ok(number) = number(about)
        && let Some(pull) = at.reader.pull(at.of, number)?
    {
        beneath.extend([Beneath::Pull(pull.id), Beneath::Lines(pull.id)]);
    }
    if let Some(Issue::Known(row)) = at.issue_if(about)? {
        beneath.push(Beneath::Issue(row.id));
    }
    let rows = at.reader.said_beneath(at.of, &beneath)?;
    let row = rows.into_iter().find(|it| it.comment == comment).ok_or_else(missing)?;
    star.center = Some(at.said_record(&row)?);
    if let Some(who) = row.author {
        star.link(person(at, who)?, "wrote", false, 1.0);
    }
    let about = match row.beneath {
        Beneath::Issue(id) => at.reader.issue_of(at.of, id)?.map(|it| records::issue_record(&it)),
        Beneath::Pull(id) | Beneath::Lines(id) => {
            at.reader.pull_record_of(at.of, id)?.map(|it| records::pull_record(&it))
        }
    };
    if let Some(about) = about {
        star.link(about, "about", true, 1.0);
    }
    if let Some(path) = at.reader.said_text(at.of, &row)?.path {
        star.link(file_record(&path), "about", true, 1.0);
    }
    Ok(())
}

/// The newest commits that fit, and the people, files, issues and pull requests they name.
fn of_commits(
    at: &Asked<'_>,
    select: &Select,
    relation: &'static str,
    center: RecordKind,
    star: &mut Star,
) -> Result<()> {
    let commits = at.reader.select(at.of, select, None, COMMITS_MAX + 1)?;
    star.more |= commits.len() > COMMITS_MAX;
    for (i, it) in commits.iter().take(COMMITS_MAX).enumerate() {
        if i < star.most {
            if let Some(row) = at.reader.commit(at.of, it.id)? {
                star.link(commit_record(&row), relation, false, 1.0);
            }
        } else {
            star.more = true;
        }
        names(at, *it, center, star)?;
        for touch in at.reader.commit_files(at.of, it.id, 100)? {
            star.link(file_record(&touch.path), "touches", true, 1.0);
        }
        for credit in at.reader.credits(at.of, it.id)? {
            let relation = if credit.role == 2 { "reviewed" } else { "wrote" };
            star.link(person(at, credit.developer)?, relation, false, 1.0);
        }
    }
    Ok(())
}

/// Issues and pull requests of a commit, as neighbours of a record of another kind.
fn names(at: &Asked<'_>, it: Found, center: RecordKind, star: &mut Star) -> Result<()> {
    if center != RecordKind::Issue {
        for issue in at.reader.issues_of(at.of, it.id)? {
            star.link_told(issue_record(&issue), "names", true, &issue.told_by);
        }
    }
    if center != RecordKind::PullRequest {
        for pull in at.reader.pulls_of(at.of, it.id)? {
            star.link_told(pull_record(&pull), "part of", true, &pull.told_by);
        }
    }
    Ok(())
}

fn of_place(at: &Asked<'_>, target: &Target, star: &mut Star) -> Result<()> {
    let subject = target.subject();
    let title = if subject.id.is_empty() { at.of.name.clone() } else { subject.id.clone() };
    star.center = Some(Record { kind: subject.kind, id: subject.id, title });
    let scope: Rc<Scope> = Rc::new(at.scope(target)?);
    for known in at.knowledge(target, &scope)? {
        let who = person(at, known.developer)?;
        if known.commits > 0 {
            star.link(who.clone(), "knows", false, f64::from(known.commits));
        }
        if known.reviews > 0 {
            star.link(who, "reviewed", false, f64::from(known.reviews));
        }
    }
    let expected = at.expected(target)?;
    let select = Select { scope: Some(scope.clone()), expected, ..Select::default() };
    let commits = at.reader.select(at.of, &select, None, COMMITS_MAX + 1)?;
    star.more |= commits.len() > COMMITS_MAX;
    let commits = &commits[..commits.len().min(COMMITS_MAX)];
    for (i, it) in commits.iter().enumerate() {
        if i < star.most {
            if let Some(row) = at.reader.commit(at.of, it.id)? {
                star.link(commit_record(&row), "touches", false, 1.0);
            }
        } else {
            star.more = true;
        }
        names(at, *it, subject.kind, star)?;
    }
    if let Target::File(file) = target {
        let small: Vec<Found> = commits.to_vec();
        let beside = at.reader.files_beside(at.of, &small, &scope, u32::MAX)?.1;
        let rows = beside.iter().map(|(commit, file, path)| (*commit, *file, &**path));
        for it in agents::coupling::rank(rows, 2).into_iter().take(star.most + 1) {
            star.link(file_record(&it.path), "changes with", true, it.commits.len() as f64);
        }
        if let Some(name) = &file.component {
            let record =
                Record { kind: RecordKind::Component, id: name.clone(), title: name.clone() };
            star.link(record, "part of", true, 1.0);
        }
    }
    Ok(())
}

fn of_person(at: &Asked<'_>, called: &str, star: &mut Star) -> Result<()> {
    let row = at.person(called)?;
    let id = row.id;
    star.center = Some(person_record(person_ref(row)));
    let most = count(star.most as u64 + 1);
    for it in at.reader.known_files(at.of, id, most)? {
        star.link(file_record(&it.name), "knows", true, f64::from(it.knowledge.commits));
    }
    for it in at.reader.known_components(at.of, id, most)? {
        let record = Record { kind: RecordKind::Component, id: it.name.clone(), title: it.name };
        star.link(record, "knows", true, f64::from(it.knowledge.commits));
    }
    let totals = at.reader.totals_of(at.of, id)?;
    for (wrote, relation) in [(Wrote::Author, "wrote"), (Wrote::Reviewer, "reviewed")] {
        let expected = totals.map_or(0, |it| match wrote {
            Wrote::Author => it.commits,
            Wrote::Reviewer => it.reviews,
        });
        let select = Select {
            person: Some((id, wrote)),
            merge: Some(false),
            until: totals.map_or(Timestamp(i64::MAX), |it| it.last_at),
            ..Select::default()
        };
        let commits = at.reader.select(at.of, &select, None, star.most * 5)?;
        for (i, it) in commits.iter().enumerate() {
            if i < star.most
                && let Some(row) = at.reader.commit(at.of, it.id)?
            {
                star.link(commit_record(&row), relation, true, 1.0);
            }
            names(at, *it, RecordKind::Person, star)?;
        }
        star.more |= expected as usize > commits.len().min(star.most);
    }
    Ok(())
}
