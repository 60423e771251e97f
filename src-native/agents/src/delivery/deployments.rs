//! Deployments by what stands for them, which commits each was the first to hold, and what failed of them.

use super::{Book, Item, Items, Of, Proxy, seconds};
use model::delivery::{Issue, Pull, Work};
use model::{CommitId, Oid, Timestamp};
use std::collections::{HashMap, HashSet};

/// A deployment, by what stands for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deployment {
    pub(super) at: Timestamp,
    of: Of,
}

/// No deployment holds it.
const NONE: u32 = u32::MAX;

/// Deployments, oldest first, and the first that holds each commit.
pub(super) struct Deployments {
    pub(super) proxy: Proxy,
    all: Vec<Deployment>,
    of_commit: Vec<u32>,
    early: Vec<Timestamp>,
}

impl Default for Deployments {
    fn default() -> Deployments {
        Deployments {
            proxy: Proxy::Tags,
            all: Vec::new(),
            of_commit: Vec::new(),
            early: Vec::new(),
        }
    }
}

impl Deployments {
    pub(super) fn any(&self) -> bool {
        !self.all.is_empty()
    }

    fn of_commit(&self, place: u32) -> Option<u32> {
        self.of_commit.get(place as usize).copied().filter(|it| *it != NONE)
    }

    /// The first that holds all of a pull request.
    fn first_with(&self, book: &Book, pull: &Pull) -> Option<u32> {
        let merge =
            pull.merge.and_then(|it| book.by_oid.get(&it)).and_then(|it| self.of_commit(*it));
        let all = || {
            let places = pull.commits.iter().filter_map(|it| book.commit(*it));
            let found: Option<Vec<u32>> = places.map(|it| self.of_commit(it.0)).collect();
            found.and_then(|it| it.into_iter().max())
        };
        merge.or_else(all)
    }

    /// When a pull request was first deployed.
    pub(super) fn of_pull(&self, book: &Book, pull: &Pull) -> Option<Timestamp> {
        self.first_with(book, pull).map(|it| self.all[it as usize].at)
    }

    /// The last before a moment.
    fn last_before(&self, at: Timestamp) -> Option<u32> {
        (self.all.partition_point(|it| it.at <= at) as u32).checked_sub(1)
    }
}

/// Whether a version says that it is not for everybody yet.
fn is_early(name: &str) -> bool {
    let name = name.to_lowercase();
    let words = name.split(|it: char| !it.is_ascii_alphabetic()).filter(|it| !it.is_empty());
    const WORDS: [&str; 10] =
        ["rc", "alpha", "beta", "dev", "snapshot", "preview", "pre", "nightly", "canary", "cr"];
    words.into_iter().any(|it| WORDS.contains(&it))
}

/// Finds them.
pub(super) fn found(book: &Book) -> Deployments {
    let facts = &book.facts;
    let named = |name: &str| {
        book.settings.tags.is_empty() || book.settings.tags.iter().any(|it| name.starts_with(it))
    };
    let fit = |it: &&model::delivery::Release| named(&it.name) && !it.early && !is_early(&it.name);
    let proxy = book.settings.deployments.unwrap_or_else(|| match () {
        () if facts.releases.iter().any(|it| it.published && fit(&it)) => Proxy::Releases,
        () if facts.releases.iter().any(|it| it.oid.is_some() && fit(&it)) => Proxy::Tags,
        () => Proxy::Merges,
    });
    let mut found = Deployments { proxy, ..Deployments::default() };
    found.of_commit = vec![NONE; facts.commits.len()];
    if proxy == Proxy::Merges {
        merges(book, &mut found);
        return found;
    }
    let mut commits = HashSet::new();
    // Releases may be cut from branches that the history of HEAD lacks: their commits lead back to it.
    let beside: HashMap<Oid, &Vec<Oid>> = facts.beside.iter().map(|it| (it.0, &it.1)).collect();
    let mut met: HashSet<Oid> = HashSet::new();
    let (mut open, mut within): (Vec<Oid>, Vec<u32>) = (Vec::new(), Vec::new());
    for (it, place) in facts.releases.iter().zip(0_u32..) {
        let stands = match proxy {
            Proxy::Releases => it.published,
            _ => it.oid.is_some(),
        };
        if !stands || !named(&it.name) {
            continue;
        }
        if it.early || is_early(&it.name) {
            found.early.push(it.at);
            continue;
        }
        // Several tags on one commit are one deployment, the first.
        if it.oid.is_some_and(|oid| !commits.insert(oid)) {
            continue;
        }
        let deployment = found.all.len() as u32;
        found.all.push(Deployment { at: it.at, of: Of::Release(place) });
        // Everything that leads to it and is in no earlier one: the first holds all there was.
        open.extend(it.oid);
        while let Some(oid) = open.pop() {
            match book.by_oid.get(&oid) {
                Some(place) => within.push(*place),
                None if met.insert(oid) => {
                    open.extend(beside.get(&oid).copied().into_iter().flatten())
                }
                None => {}
            }
        }
        while let Some(commit) = within.pop() {
            let held = &mut found.of_commit[commit as usize];
            if *held == NONE {
                *held = deployment;
                let (from, to) = facts.commits[commit as usize].parents;
                within.extend(&facts.parents[from as usize..to as usize]);
            }
        }
    }
    found
}

/// Each merge into the main branch, with the commits of its pull request.
fn merges(book: &Book, found: &mut Deployments) {
    let into = |it: &Pull| book.settings.branch.is_empty() || it.base == book.settings.branch;
    let pulls = book.facts.pulls.iter().zip(0_u32..).filter(|it| into(it.0));
    let mut merged: Vec<(Timestamp, u32)> =
        pulls.filter_map(|(it, place)| Some((it.merged?, place))).collect();
    merged.sort_unstable();
    for (deployment, (at, place)) in (0_u32..).zip(merged) {
        found.all.push(Deployment { at, of: Of::Pull(place) });
        let pull = &book.facts.pulls[place as usize];
        let merge = pull.merge.and_then(|it| book.by_oid.get(&it)).copied();
        let commits = pull.commits.iter().filter_map(|it| Some(book.commit(*it)?.0));
        for commit in commits.chain(merge) {
            let held = &mut found.of_commit[commit as usize];
            *held = (*held).min(deployment);
        }
    }
}

impl Book {
    fn all_deployments(&self, hit: impl Fn(u32) -> bool) -> Items {
        let all = (0_u32..).zip(&self.deployments.all);
        let items = all.map(|(place, it)| Item::hit(it.of, it.at, hit(place))).collect();
        let left_out =
            self.deployments.early.iter().map(|at| (*at, "not for everybody yet")).collect();
        Items { items, left_out }
    }
}

pub(super) fn frequency(book: &Book) -> Items {
    book.all_deployments(|_| false)
}

pub(super) fn lead_time(book: &Book) -> Items {
    let mut items = Items::default();
    for (it, place) in book.facts.commits.iter().zip(0_u32..) {
        if it.merge || it.author.bot {
            continue;
        }
        match book.deployments.of_commit(place) {
            Some(held) => {
                let at = book.deployments.all[held as usize].at;
                let value = seconds(it.authored, at);
                items.items.push(Item { value, ..Item::new(Of::Commit(place), at) });
            }
            None => items.leave_out(it.committed, "not deployed yet"),
        }
    }
    items
}

/// Something that failed of a deployment.
struct Failure {
    deployment: u32,
    at: Timestamp,
    ended: Option<Timestamp>,
    of: Of,
}

fn is_hotfix(book: &Book, it: &Pull) -> bool {
    let branch = it.branch.to_lowercase();
    book.settings.hotfixes.iter().any(|begin| branch.starts_with(begin.as_str()))
}

/// An incident, or a defect of which the tracker names the cause.
fn is_failure(it: &Issue) -> bool {
    it.incident || (it.work == Work::Bug && !it.causes.is_empty())
}

fn failures(book: &Book) -> (Vec<Failure>, Vec<(Timestamp, &'static str)>) {
    let deployments = &book.deployments;
    let (mut found, mut left_out) = (Vec::new(), Vec::new());
    let held = |id: &CommitId| book.commit(*id).and_then(|it| deployments.of_commit(it.0));
    for (it, place) in book.facts.commits.iter().zip(0_u32..) {
        let undone = it.reverts.and_then(|oid| book.by_oid.get(&oid)).copied();
        let Some(blamed) = undone.and_then(|it| deployments.of_commit(it)) else { continue };
        let mended = deployments.of_commit(place);
        let deployed = deployments.all[blamed as usize].at;
        // What was undone before it was deployed never failed.
        if mended == Some(blamed) || it.committed < deployed {
            continue;
        }
        let ended = mended.map(|it| deployments.all[it as usize].at);
        found.push(Failure { deployment: blamed, at: it.committed, ended, of: Of::Commit(place) });
    }
    let by_key: HashMap<&str, &Issue> =
        book.facts.issues.iter().map(|it| (it.key.as_str(), it)).collect();
    let mut mended: HashSet<CommitId> = HashSet::new();
    for (it, place) in book.facts.issues.iter().zip(0_u32..).filter(|it| is_failure(it.0)) {
        mended.extend(&it.commits);
        let commits = it.causes.iter().filter_map(|key| by_key.get(key.as_str()));
        let causes = commits.flat_map(|it| &it.commits).filter_map(held);
        let blamed = causes.filter(|at| deployments.all[*at as usize].at <= it.created).max();
        let blamed = match it.causes.is_empty() {
            true => deployments.last_before(it.created),
            false => blamed,
        };
        match blamed {
            Some(deployment) => found.push(Failure {
                deployment,
                at: it.created,
                ended: it.resolved,
                of: Of::Issue(place),
            }),
            None => left_out.push((it.created, "failures that no deployment can be blamed for")),
        }
    }
    for (it, place) in book.facts.pulls.iter().zip(0_u32..).filter(|it| is_hotfix(book, it.0)) {
        // Of an incident that is counted already it is the mending.
        let closed_unmerged = it.merged.is_none() && it.closed.is_some();
        if closed_unmerged || it.commits.iter().any(|commit| mended.contains(commit)) {
            continue;
        }
        match deployments.last_before(it.created) {
            Some(deployment) => found.push(Failure {
                deployment,
                at: it.created,
                ended: deployments.of_pull(book, it),
                of: Of::Pull(place),
            }),
            None => left_out.push((it.created, "failures that no deployment can be blamed for")),
        }
    }
    (found, left_out)
}

pub(super) fn fail_rate(book: &Book) -> Items {
    let (failures, left_out) = failures(book);
    let failed: HashSet<u32> = failures.iter().map(|it| it.deployment).collect();
    let mut items = book.all_deployments(|it| failed.contains(&it));
    items.left_out.extend(left_out);
    items
}

pub(super) fn recovery(book: &Book) -> Items {
    let (failures, left_out) = failures(book);
    let item = |it: Failure| {
        let from = book.deployments.all[it.deployment as usize].at;
        let value = seconds(from, it.ended.unwrap_or(book.facts.now));
        Item { value, open: it.ended.is_none(), ..Item::new(it.of, it.at) }
    };
    Items { items: failures.into_iter().map(item).collect(), left_out }
}

pub(super) fn rework_rate(book: &Book) -> Items {
    let deployments = &book.deployments;
    let mut mending: HashSet<u32> = HashSet::new();
    for (it, place) in book.facts.commits.iter().zip(0_u32..) {
        let undone = it.reverts.and_then(|oid| book.by_oid.get(&oid)).copied();
        let (undone, held) =
            (undone.and_then(|it| deployments.of_commit(it)), deployments.of_commit(place));
        mending.extend(held.filter(|held| undone.is_some_and(|undone| undone < *held)));
    }
    for it in book.facts.issues.iter().filter(|it| is_failure(it)) {
        let commits = it.commits.iter().filter_map(|id| deployments.of_commit(book.commit(*id)?.0));
        mending.extend(commits.filter(|held| deployments.all[*held as usize].at >= it.created));
    }
    for it in book.facts.pulls.iter().filter(|it| is_hotfix(book, it)) {
        mending.extend(deployments.first_with(book, it));
    }
    book.all_deployments(|it| mending.contains(&it))
}
