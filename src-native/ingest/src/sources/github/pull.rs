//! Pull requests, from all that is told of them.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    Account, ChangeKind, Oid, PullCommit, PullFacts, PullFile, PullState, ReviewCommentFacts,
    ReviewFacts, Timestamp, Verdict,
};
use serde_json::Value;

use super::project::{Moment, by_id, comments, moments};
use super::tell::{Telling, Told, account, clean, find, nodes, sorted};

/// The pull request as GitHub tells it; the issue of the same number tells some of it too.
pub(super) fn facts(number: u64, all: &[Telling<'_>]) -> PullFacts {
    let told = Told::of(all, &["pull", "pullListed", "pullNode", "issue", "issueNode"]);
    let moments = moments(all);
    let merging = moments.iter().rfind(|it| it.facts.kind == "merged");
    let merged = told
        .time(&["merged_at", "mergedAt", "pull_request.merged_at"])
        .or_else(|| merging.map(|it| it.facts.at));
    let state = told.line(&["state"]);
    let is_merged = merged.is_some() || told.flag(&["merged"]) || state == "MERGED";
    let is_closed = is_merged || state.eq_ignore_ascii_case("closed");
    // While it is not merged, GitHub names a commit that it only made to try.
    let merge_commit = || {
        told.having(&["merged_at", "mergedAt"])
            .oid(&["merge_commit_sha", "mergeCommit.oid"])
            .or_else(|| merging.and_then(|it| it.told.oid(&["commit_id", "commit.oid"])))
    };
    let merged_by = || {
        told.account(&["merged_by", "mergedBy"])
            .or_else(|| merging.and_then(|it| it.facts.actor.clone()))
    };
    let owner = [
        "head.repo.owner.login",
        "headRepositoryOwner.login",
        "headRepository.owner.login",
        "head.user.login",
    ];
    let head = told.oid(&["head.sha", "headRefOid"]);
    let commits = commits(all, head, told.oid(&["base.sha", "baseRefOid"]));
    let created = told.time(&["created_at", "createdAt"]).unwrap_or_default();
    PullFacts {
        number,
        title: told.line(&["title"]),
        body: told.text(&["body"]),
        state: match (is_merged, is_closed) {
            (true, _) => PullState::Merged,
            (false, true) => PullState::Closed,
            (false, false) => PullState::Open,
        },
        draft: told.flag(&["draft", "isDraft"]),
        author: told.account(&["user", "author"]),
        merged_by: if is_merged { merged_by() } else { None },
        created,
        updated: told.time(&["updated_at", "updatedAt"]).unwrap_or(created),
        closed: told.time(&["closed_at", "closedAt"]).or(merged).filter(|_| is_closed),
        merged,
        head,
        branch: told.line(&["head.ref", "headRefName"]),
        branch_owner: told.line(&owner),
        base: told.line(&["base.ref", "baseRefName"]),
        merge_commit: if is_merged { merge_commit() } else { None },
        url: told.line(&["html_url", "url"]),
        labels: told.labels(),
        assignees: accounts(&told, &["assignees"]),
        requested: accounts(&told, &["requested_reviewers", "reviewRequests"]),
        added: told.count(&["additions"]),
        deleted: told.count(&["deletions"]),
        closes: closes(&told),
        files: files(all, head, &commits),
        commits: commits.into_iter().map(|it| it.facts).collect(),
        reviews: reviews(all, &moments),
        review_comments: review_comments(all),
        comments: comments(all),
        moments: moments.into_iter().map(|it| it.facts).collect(),
    }
}

/// People in a list; teams have no login and are left out.
fn accounts(told: &Told<'_>, names: &[&str]) -> Vec<Account> {
    let nodes = told.nodes(names);
    let all = nodes.into_iter().filter_map(|it| account(it.get("requestedReviewer").unwrap_or(it)));
    sorted(all.collect())
}

/// Keys of the issues that GitHub says it closes; those of other repositories with their names.
fn closes(told: &Told<'_>) -> Vec<String> {
    let own = super::address::repository(&told.line(&["html_url", "url"]));
    let key = |it: &Value| {
        let number = it.get("number")?.as_u64()?;
        let named = find(it, "repository.nameWithOwner").and_then(Value::as_str).map(clean);
        let url = it.get("url").and_then(Value::as_str).unwrap_or_default();
        let other = named
            .or_else(|| super::address::repository(url))
            .filter(|it| !own.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(it)));
        Some(format!("{}#{number}", other.unwrap_or_default()))
    };
    sorted(told.nodes(&["closingIssuesReferences"]).into_iter().filter_map(key).collect())
}

/// A commit with what orders it among others.
struct Listed {
    facts: PullCommit,
    committed: Timestamp,
    /// None where this is not told.
    parents: Option<Vec<Oid>>,
}

/// The commits that lead to the pull request's head, parents first.
///
/// A list of commits says nothing of when it was made, and its pages may come from different files.
/// Commits do: those that a push replaced do not lead to the head that is. Where the head is not
/// among them (the list is older than the rest), the newest that no other builds on stands for it.
fn commits(all: &[Telling<'_>], head: Option<Oid>, base: Option<Oid>) -> Vec<Listed> {
    let mut found: BTreeMap<Oid, Listed> = Told::each(all, &["commit", "commitNode"])
        .into_iter()
        .filter_map(|(id, told)| {
            let oid = Oid::from_hex(id.rsplit_once('/')?.1)?;
            Some((oid, listed(oid, &told)))
        })
        .collect();
    let kept = if found.values().all(|it| it.parents.is_some()) {
        let newest = || {
            let built_on: BTreeSet<Oid> =
                found.values().flat_map(|it| it.parents.iter().flatten()).copied().collect();
            let tips = found.iter().filter(|it| !built_on.contains(it.0));
            tips.max_by_key(|it| (it.1.committed, *it.0)).map(|it| *it.0)
        };
        let start = head.filter(|it| found.contains_key(it)).or_else(newest);
        let below = reach(&found, base);
        reach(&found, start).difference(&below).copied().collect()
    } else {
        found.keys().copied().collect::<BTreeSet<Oid>>()
    };
    found.retain(|it, _| kept.contains(it));
    parents_first(found)
}

fn listed(oid: Oid, told: &Told<'_>) -> Listed {
    let message = match told.text(&["commit.message", "message"]) {
        it if it.is_empty() => {
            let (head, body) = (told.text(&["messageHeadline"]), told.text(&["messageBody"]));
            if body.is_empty() { head } else { format!("{head}\n\n{body}") }
        }
        it => it,
    };
    let authors = told.nodes(&["authors"]);
    let first = |name: &str| authors.first().and_then(|it| it.get(name)).and_then(Value::as_str);
    let signed = |names: &[&str], name: &str| match told.line(names) {
        it if it.is_empty() => clean(first(name).unwrap_or_default()),
        it => it,
    };
    let author = told
        .account(&["author.user", "author"])
        .or_else(|| authors.first().and_then(|&it| account(it.get("user").unwrap_or(it))));
    let authored = told.time(&["commit.author.date", "authoredDate", "author.date"]);
    let committed = told.time(&["commit.committer.date", "committedDate", "committer.date"]);
    let parent = |it: &Value| {
        let id = it.get("sha").or_else(|| it.get("oid")).unwrap_or(it);
        Oid::from_hex(id.as_str()?)
    };
    Listed {
        facts: PullCommit {
            id: oid,
            message,
            author,
            author_name: signed(&["commit.author.name", "author.name"], "name"),
            author_mail: signed(&["commit.author.email", "author.email"], "email"),
            authored: authored.unwrap_or_default(),
        },
        committed: committed.or(authored).unwrap_or_default(),
        parents: told
            .find(&["parents"])
            .map(|it| nodes(it).into_iter().filter_map(parent).collect()),
    }
}

/// A commit and all those below it.
fn reach(found: &BTreeMap<Oid, Listed>, start: Option<Oid>) -> BTreeSet<Oid> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<Oid> = start.into_iter().collect();
    while let Some(oid) = next.pop() {
        if let Some(commit) = found.get(&oid)
            && reached.insert(oid)
        {
            next.extend(commit.parents.iter().flatten());
        }
    }
    reached
}

/// Parents before children; the oldest first among those that could be next.
fn parents_first(mut found: BTreeMap<Oid, Listed>) -> Vec<Listed> {
    let key = |it: &Listed| (it.committed, it.facts.authored, it.facts.id);
    let mut waits: BTreeMap<Oid, usize> = BTreeMap::new();
    let mut children: BTreeMap<Oid, Vec<Oid>> = BTreeMap::new();
    for (&oid, commit) in &found {
        let parents: BTreeSet<&Oid> = commit.parents.iter().flatten().collect();
        for &&parent in parents.iter().filter(|it| found.contains_key(it) && ***it != oid) {
            children.entry(parent).or_default().push(oid);
            *waits.entry(oid).or_default() += 1;
        }
    }
    let mut ready: BTreeSet<_> =
        found.iter().filter(|it| !waits.contains_key(it.0)).map(|it| key(it.1)).collect();
    let mut out = Vec::new();
    while let Some((_, _, oid)) = ready.pop_first() {
        out.extend(found.remove(&oid));
        for child in children.remove(&oid).unwrap_or_default() {
            let Some(left) = waits.get_mut(&child) else { continue };
            *left -= 1;
            if *left == 0 {
                ready.extend(found.get(&child).map(key));
            }
        }
    }
    out
}

/// The files that the pull request changes at its head.
///
/// Each file's id names the commit at which it was listed, so files of a head that a push replaced
/// stand apart. Of a removed file that commit is the one before the pull request.
fn files(all: &[Telling<'_>], head: Option<Oid>, commits: &[Listed]) -> Vec<PullFile> {
    let mut lists: BTreeMap<&str, Vec<(PullFile, i64)>> = BTreeMap::new();
    for (id, told) in Told::each(all, &["file", "fileNode"]) {
        let at = id.split('/').nth(1).unwrap_or_default();
        if let Some(file) = file(&told) {
            lists.entry(at).or_default().push((file, told.version()));
        }
    }
    let only_removed =
        |list: &[(PullFile, i64)]| list.iter().all(|it| it.0.kind == ChangeKind::Deleted);
    let when = |at: &str| {
        let commit = commits.iter().find(|it| it.facts.id.to_string().eq_ignore_ascii_case(at));
        commit.map(|it| it.committed)
    };
    let head = head.map(|it| it.to_string()).unwrap_or_default();
    let newest = lists
        .iter()
        .filter(|it| !only_removed(it.1))
        .max_by_key(|(at, list)| {
            (at.eq_ignore_ascii_case(&head), list.iter().map(|it| it.1).max(), when(at), **at)
        })
        .map(|it| *it.0);
    let mut files: BTreeMap<String, PullFile> = BTreeMap::new();
    for (at, list) in &lists {
        if Some(*at) == newest || only_removed(list) {
            for (file, _) in list {
                let is_newest = Some(*at) == newest;
                if is_newest || !files.contains_key(&file.path) {
                    files.insert(file.path.clone(), file.clone());
                }
            }
        }
    }
    files.into_values().collect()
}

fn file(told: &Told<'_>) -> Option<PullFile> {
    let path = told.find(&["filename", "path"])?.as_str()?.to_owned();
    let kind = match told.line(&["status", "changeType"]).to_lowercase().as_str() {
        "added" | "copied" => ChangeKind::Added,
        "removed" | "deleted" => ChangeKind::Deleted,
        "renamed" => ChangeKind::Renamed,
        "unchanged" => return None,
        _ => ChangeKind::Modified,
    };
    let from = told.find(&["previous_filename"]).and_then(Value::as_str).map(str::to_owned);
    Some(PullFile {
        path,
        from: from.filter(|_| kind == ChangeKind::Renamed),
        kind,
        added: told.count(&["additions"]).unwrap_or(0),
        deleted: told.count(&["deletions"]).unwrap_or(0),
    })
}

fn reviews(all: &[Telling<'_>], moments: &[Moment<'_>]) -> Vec<ReviewFacts> {
    let dismissed: BTreeSet<String> = moments
        .iter()
        .filter(|it| it.facts.kind == "review_dismissed")
        .map(|it| it.told.id(&["dismissed_review.review_id", "review.databaseId"]))
        .collect();
    let mut reviews: Vec<ReviewFacts> = Told::each(all, &["review", "reviewNode"])
        .into_iter()
        .map(|(id, told)| ReviewFacts {
            id: id.to_owned(),
            reviewer: told.account(&["user", "author"]),
            verdict: match told.line(&["state"]).to_uppercase().as_str() {
                _ if dismissed.contains(id) => Verdict::Dismissed,
                "APPROVED" => Verdict::Approved,
                "CHANGES_REQUESTED" => Verdict::ChangesRequested,
                "DISMISSED" => Verdict::Dismissed,
                _ => Verdict::Commented,
            },
            body: told.text(&["body"]),
            at: told.time(&["submitted_at", "submittedAt", "createdAt"]).unwrap_or_default(),
            commit: told.oid(&["commit_id", "commit.oid"]),
        })
        .collect();
    reviews.sort_by(|a, b| (a.at, by_id(&a.id)).cmp(&(b.at, by_id(&b.id))));
    reviews
}

fn review_comments(all: &[Telling<'_>]) -> Vec<ReviewCommentFacts> {
    let mut comments: Vec<ReviewCommentFacts> =
        Told::each(all, &["reviewComment", "reviewCommentNode"])
            .into_iter()
            .map(|(id, told)| review_comment(id, &told))
            .collect();
    comments.sort_by(|a, b| (a.at, by_id(&a.id)).cmp(&(b.at, by_id(&b.id))));
    comments
}

fn review_comment(id: &str, told: &Told<'_>) -> ReviewCommentFacts {
    let hunk = told.text(&["diff_hunk", "diffHunk"]);
    let original = told.oid(&["original_commit_id", "originalCommit.oid"]);
    let first = told.count(&["original_start_line", "originalStartLine"]);
    let last = told.count(&["original_line", "originalLine"]);
    let several = first.filter(|it| Some(*it) != last);
    let side = |names: &[&str]| Some(told.line(names)).filter(|it| !it.is_empty());
    let side = several
        .and_then(|_| side(&["start_side", "thread.startDiffSide"]))
        .or_else(|| side(&["side", "thread.diffSide"]));
    let mut line = told.count(&["line"]);
    let (mut at, mut on_old) = (several.or(last), side.as_deref() == Some("LEFT"));
    let whole_file = told.line(&["subject_type", "subjectType"]).eq_ignore_ascii_case("file");
    if told.find(&["original_line", "originalLine"]).is_none() && !whole_file {
        // Told before GitHub counted lines: the hunk ends with the one that is meant.
        let (number, old) = last_line(&hunk).unzip();
        (at, on_old) = (number, old.unwrap_or(false));
        let current = told.oid(&["commit_id", "commit.oid"]);
        let stands =
            current == original && told.find(&["position"]).is_some_and(|it| !it.is_null());
        line = if stands { number } else { line };
    }
    ReviewCommentFacts {
        id: id.to_owned(),
        review: told.id(&[
            "pull_request_review_id",
            "pullRequestReview.fullDatabaseId",
            "pullRequestReview.databaseId",
        ]),
        answers: told.id(&["in_reply_to_id", "replyTo.fullDatabaseId", "replyTo.databaseId"]),
        author: told.account(&["user", "author"]),
        body: told.text(&["body"]),
        at: told.time(&["created_at", "createdAt"]).unwrap_or_default(),
        path: told.find(&["path"]).and_then(Value::as_str).unwrap_or_default().to_owned(),
        line: line.filter(|_| !told.flag(&["outdated"])),
        original_line: at,
        original_end: several.and(last),
        original_commit: original,
        hunk,
        on_old,
    }
}

/// The number of a hunk's last line, and whether it counts lines of the old side.
fn last_line(hunk: &str) -> Option<(u32, bool)> {
    let (header, lines) = hunk.split_once('\n')?;
    let mut starts = header.strip_prefix("@@ -")?.split([' ', ',']);
    let mut old: u32 = starts.next()?.parse().ok()?;
    let mut new: u32 = starts.find_map(|it| it.strip_prefix('+'))?.parse().ok()?;
    let mut last = None;
    for line in lines.trim_end_matches('\n').split('\n') {
        match line.bytes().next() {
            Some(b'-') => {
                last = Some((old, true));
                old = old.checked_add(1)?;
            }
            Some(b'+') => {
                last = Some((new, false));
                new = new.checked_add(1)?;
            }
            Some(b'\\') => {}
            _ => {
                last = Some((new, false));
                (old, new) = (old.checked_add(1)?, new.checked_add(1)?);
            }
        }
    }
    last
}
