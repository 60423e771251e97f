//! What belongs to what: commits, pull requests and issues, by the words that say so, and who
//! reviewed what. Made from rows alone, whatever order they came in; what is as it was is left
//! alone. A repository that no tracker tells about pays nothing.
//!
//! - A commit belongs to an issue that its message names (`commit_issues.direct`), or that names the
//!   commit by its id. Keys are those of known projects, past and configured names of them, and
//!   what a single slip of the hand makes of a long one; in another writing than `ABC-12` only at
//!   the beginning, in brackets, or after a word such as `Fixes`. Beside a key that the subject
//!   begins with, another is an aside.
//! - A pull request belongs to the issues that its title, branch, description or the beginning of
//!   a commit's subject name, and to those that give its address. An aside is none. One that names
//!   none belongs to the only issue whose summary is its title. Its commits then belong to them too
//!   (`direct = 0`), but for what only a comment on it says.
//! - A commit or pull request that undoes another, and a commit picked from another that the
//!   history has, say so first: `told_by` begins with [`REVERTS`] or [`PICKED`]. Who counts what
//!   was done for an issue once leaves these out.
//! - A commit fixes a defect (`commits.fixes`, 2) where it belongs to a bug directly and not as an
//!   aside, or through a merged pull request whose own words name the bug, or which the bug, being
//!   done, names or has the title of; reverts and picked commits do not.
//! - Who approved a pull request, asked for changes or spoke in a review is a reviewer of each of
//!   its commits (`commit_people`, role 2, source 1), unless they made it, are a program, or their
//!   reviews were all taken back.

mod keys;
mod refs;
mod rules;

use crate::config::Issues;
use crate::{Error, bots, issues};
use keys::Keys;
use model::{CommitId, GapKind, IdentityId, IssueId, PullRequestId, RepositoryId};
use rules::{Links, Rank, Told};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::Writer;
use store::writes::{
    CommitIssue, CommitMention, Identity, Naming, PullCommitLink, PullIssue, RelatedPull,
};

/// What `told_by` of a commit or pull request that undoes another begins with.
pub const REVERTS: &str = "reverts ";
/// What `told_by` of a commit that was picked from another of the same history begins with.
pub const PICKED: &str = "picked from ";
/// Keys without a record that a gap names.
const NAMED_KEYS: usize = 5;

/// Makes the project keys and links of a repository again, from what its commits and trackers say.
/// Returns whether anything changed that rollups are counted from.
pub(crate) fn settle(
    writer: &Writer<'_>,
    repository: RepositoryId,
    rules: &Issues,
) -> Result<bool, Error> {
    let (counts, plain) = writer.mention_counts(repository)?;
    let told = writer.projects(repository)?;
    let project_keys = issues::project_keys(&rules.projects, &rules.aliases, &told, &counts, plain);
    writer.set_project_keys(repository, &project_keys)?;
    let (any, trackers) = writer.trackers_about(repository)?;
    if !any {
        return Ok(false);
    }
    let pulls = writer.related_pulls(repository)?;
    let links = settle_told_commits(writer, repository)?;
    let mut changed = links.1 > 0;
    let links = links.0;

    let numbers: HashMap<u64, PullRequestId> = pulls.iter().map(|it| (it.number, it.id)).collect();
    let mut keys = Keys::new(
        &writer.related_issues(repository)?,
        &writer.related_keys(repository)?,
        &project_keys,
        &counts,
        trackers,
        numbers,
    );
    if let Some(source) = writer.source(repository)?
        && source.name.matches('/').count() == 1
    {
        keys.names.insert(source.name.to_lowercase());
    }
    let by_pull = pulls.iter().map(|it| (it.id, it.number)).collect();
    let owners = rules::owners(&links, &by_pull);
    changed |= settle_reviewers(writer, repository, &pulls, &owners)? > 0;
    let mentions = writer.mentions_of(repository, keys.prefixes())?;
    settle_gaps(writer, repository, &keys, &mentions)?;

    let mut of_commits = of_messages(writer, repository, &keys, &mentions)?;
    let mut of_pulls = Links::new();
    let titles = titles(writer, &links)?;
    let title_of = |pull: &RelatedPull| match pull.recorded {
        true => pull.title.clone(),
        false => titles.get(&pull.id).cloned().unwrap_or_default(),
    };
    let mut undoing: BTreeMap<PullRequestId, String> = BTreeMap::new();
    for pull in &pulls {
        let title = title_of(pull);
        rules::pull(&mut of_pulls, &keys, pull, &title);
        undoing.extend(rules::undoes(pull, &title).map(|it| (pull.id, it)));
    }
    rules::of_commits(&mut of_pulls, &of_commits, &owners, &keys);
    let silent = pulls.iter().filter(|pull| {
        let mut of = of_pulls.range((pull.id, IssueId(i64::MIN))..);
        of.next().is_none_or(|it| it.0.0 != pull.id)
    });
    let titled: Vec<(PullRequestId, String)> =
        silent.filter_map(|it| Some((it.id, rules::words_of_title(&title_of(it))?))).collect();
    let summed = issues_titled(writer, repository, &titled)?;
    rules::by_summaries(&mut of_pulls, &keys, &titled, &summed);
    let named = named(writer, repository)?;
    let learnt = rules::learn_names(&named, &of_pulls, &keys);
    keys.names.extend(learnt);
    let commit_of = commits_named(writer, repository, &named)?;
    rules::by_issues(&mut of_pulls, &mut of_commits, &named, &commit_of, &keys);
    writer.pull_comments(repository, &mut |pull, text| {
        rules::pull_comment(&mut of_pulls, &keys, pull, text);
    })?;

    let mut again = again(writer, repository)?;
    for (commit, of) in &owners {
        if let Some(words) = of.iter().find_map(|it| undoing.get(it)) {
            again.entry(*commit).or_insert_with(|| words.clone());
        }
    }
    let rows: Vec<PullIssue> = of_pulls
        .iter()
        .map(|((pull, issue), told)| PullIssue {
            pull: *pull,
            issue: *issue,
            told_by: match undoing.get(pull) {
                Some(words) => format!("{words}; {}", told.text),
                None => told.text.clone(),
            },
            closes: told.closes && !undoing.contains_key(pull),
        })
        .collect();
    writer.set_pull_issues(repository, &rows)?;
    let (rows, fixing) = commit_rows(&of_commits, &of_pulls, &owners, &pulls, &again, &keys);
    writer.set_commit_issues(repository, &rows)?;
    changed |= writer.set_bug_fixes(repository, &fixing)? > 0;
    Ok(changed)
}

/// The commits of pull requests with those that only GitHub tells of, and how many of these changed.
fn settle_told_commits(
    writer: &Writer<'_>,
    repository: RepositoryId,
) -> Result<(Vec<PullCommitLink>, usize), Error> {
    let known: BTreeSet<_> = writer
        .pull_links(repository)?
        .into_iter()
        .filter(|it| it.by_git)
        .map(|it| (it.pull, it.commit))
        .collect();
    let mut told: BTreeMap<(PullRequestId, CommitId), Naming> = BTreeMap::new();
    for (pull, commit, naming) in writer.named_commits(repository)? {
        if !known.contains(&(pull, commit)) {
            let best = told.entry((pull, commit)).or_insert(naming);
            *best = naming.min(*best);
        }
    }
    let rows: Vec<_> = told
        .into_iter()
        .map(|((pull, commit), naming)| {
            let words = match naming {
                Naming::Listed => "GitHub lists it",
                Naming::Merge => "GitHub names it as the merge",
                Naming::Head => "GitHub names it as the newest of the branch",
            };
            (pull, commit, words)
        })
        .collect();
    let changed = writer.set_told_commits(repository, &rows)?;
    Ok((writer.pull_links(repository)?, changed))
}

/// Credits reviewers with the commits of what they reviewed. Returns how many rows changed.
fn settle_reviewers(
    writer: &Writer<'_>,
    repository: RepositoryId,
    pulls: &[RelatedPull],
    owners: &BTreeMap<CommitId, BTreeSet<PullRequestId>>,
) -> Result<usize, Error> {
    let reviewings = writer.reviewings(repository)?;
    let mut reviewers: HashMap<PullRequestId, BTreeSet<IdentityId>> = HashMap::new();
    if !reviewings.is_empty() {
        let identities: HashMap<IdentityId, Identity> = writer.identities()?.into_iter().collect();
        let authors: HashMap<_, _> = pulls.iter().map(|it| (it.id, &it.author)).collect();
        // One row for an account, however often its name changed: as the newest review has it.
        let mut newest: BTreeMap<(PullRequestId, &str, &str), _> = BTreeMap::new();
        for it in &reviewings {
            const TAKEN_BACK: u8 = 3;
            let said = match it.verdict {
                Some(0) | None => it.speaks,
                Some(verdict) => verdict != TAKEN_BACK,
            };
            let Some(who) = identities.get(&it.identity).filter(|_| said) else { continue };
            let author = authors.get(&it.pull).and_then(|it| it.as_ref());
            let made_it = author.is_some_and(|at| (&at.0, &at.1) == (&who.site, &who.account));
            let program = who.program
                || bots::reason(&who.name.text(), &who.mail.text(), &[]).is_some()
                || bots::reason(&who.login, "", &[]).is_some();
            if !made_it && !program {
                let order = (it.at, who.clone(), it.identity);
                let best = newest.entry((it.pull, &who.site, &who.account));
                let best = best.or_insert_with(|| order.clone());
                if *best < order {
                    *best = order;
                }
            }
        }
        for ((pull, ..), (_, _, identity)) in newest {
            reviewers.entry(pull).or_default().insert(identity);
        }
    }
    let mut rows = BTreeSet::new();
    for (commit, pulls) in owners {
        for identity in pulls.iter().filter_map(|it| reviewers.get(it)).flatten() {
            rows.insert((*commit, *identity));
        }
    }
    let rows: Vec<_> = rows.into_iter().collect();
    Ok(writer.set_reviewers(repository, &rows)?)
}

/// Says which keys no record answers to.
fn settle_gaps(
    writer: &Writer<'_>,
    repository: RepositoryId,
    keys: &Keys,
    mentions: &[CommitMention],
) -> Result<(), Error> {
    let mut all: BTreeSet<(&str, u32)> = BTreeSet::new();
    let mut lacking: BTreeSet<(&str, u32)> = BTreeSet::new();
    for it in mentions {
        // Of projects that records tell of: the others were never imported.
        let Some(project) = keys.project(&it.prefix).filter(|it| keys.told.contains(*it)) else {
            continue;
        };
        all.insert((project, it.number));
        if keys.key(&it.prefix, it.number).is_none() {
            lacking.insert((project, it.number));
        }
    }
    let text = (!lacking.is_empty()).then(|| {
        let few: Vec<_> = lacking
            .iter()
            .take(NAMED_KEYS)
            .map(|(prefix, number)| format!("{prefix}-{number}"))
            .collect();
        format!(
            "Issues that messages name and no record answers to: {} of {}, such as {}. They may be \
             hidden, deleted, or missing from what was imported.",
            lacking.len(),
            all.len(),
            few.join(", ")
        )
    });
    let name = GapKind::KeysWithoutRecord.name();
    let rows: Vec<_> = text.iter().map(|it| (name, it.as_str())).collect();
    Ok(writer.set_gaps(repository, &[name], &rows)?)
}

/// What messages say. Most name one issue, at their beginning, and need not be read.
fn of_messages(
    writer: &Writer<'_>,
    repository: RepositoryId,
    keys: &Keys,
    mentions: &[CommitMention],
) -> Result<Links<CommitId>, Error> {
    let mut links = Links::new();
    let mut read: BTreeSet<CommitId> = BTreeSet::new();
    let mut simple: HashSet<CommitId> = HashSet::new();
    for of_one in mentions.chunk_by(|a, b| a.commit == b.commit) {
        match of_one {
            [only] if only.place == 0 => {
                simple.insert(only.commit);
                if let Some(issue) = keys.key(&only.prefix, only.number) {
                    rules::begins(&mut links, keys, only.commit, issue);
                }
            }
            _ => {
                read.insert(of_one[0].commit);
            }
        }
    }
    for prefix in keys.prefixes().filter(|it| keys.project(it).is_some()) {
        // In the index `ABC-12` is two words.
        let search = format!("\"{}\"", prefix.replace('"', ""));
        let found = writer.commits_matching(repository, &search)?;
        read.extend(found.into_iter().filter(|it| !simple.contains(it)));
    }
    if keys.has_numbers() {
        read.extend(writer.commits_with_numbers(repository)?);
    }
    for commit in read {
        let message = writer.message(commit)?;
        rules::message(&mut links, keys, commit, &message.text());
    }
    Ok(links)
}

/// The titles of pull requests as the messages that merged them have them.
fn titles(
    writer: &Writer<'_>,
    links: &[PullCommitLink],
) -> Result<HashMap<PullRequestId, String>, Error> {
    let mut titles: HashMap<PullRequestId, String> = HashMap::new();
    let own = |it: &&PullCommitLink| {
        ["Merge pull", "(#", "Closes #"].iter().any(|words| it.told_by.starts_with(words))
    };
    for link in links.iter().filter(|it| it.by_git).filter(own) {
        let message = writer.message(link.commit)?;
        let message = message.text();
        let mut lines = message.lines().filter(|it| !it.trim().is_empty());
        let title = match link.told_by.starts_with("Merge pull") {
            true => lines.nth(1),
            false => lines.next(),
        };
        let title = title.unwrap_or_default();
        let known = titles.entry(link.pull).or_insert_with(|| title.to_owned());
        if title < known.as_str() {
            *known = title.to_owned();
        }
    }
    Ok(titles)
}

/// The issues whose summaries have the words of these titles; `None` for words of several.
fn issues_titled(
    writer: &Writer<'_>,
    repository: RepositoryId,
    titled: &[(PullRequestId, String)],
) -> Result<HashMap<String, Option<IssueId>>, Error> {
    let wanted: HashSet<&str> = titled.iter().map(|it| it.1.as_str()).collect();
    let mut found: HashMap<String, Option<IssueId>> = HashMap::new();
    if !wanted.is_empty() {
        writer.issue_summaries(repository, &mut |issue, summary| {
            if let Some(words) = rules::words_of_title(summary)
                && wanted.contains(words.as_str())
            {
                found.entry(words).and_modify(|it| *it = None).or_insert(Some(issue));
            }
        })?;
    }
    Ok(found)
}

/// What issues name.
fn named(writer: &Writer<'_>, repository: RepositoryId) -> Result<Vec<rules::Named>, Error> {
    let mut found = Vec::new();
    writer.issue_texts(repository, &mut |issue, place, text| {
        rules::named(issue, place, text, &mut found);
    })?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The commits that issues name by the beginning of an id.
fn commits_named(
    writer: &Writer<'_>,
    repository: RepositoryId,
    named: &[rules::Named],
) -> Result<HashMap<String, CommitId>, Error> {
    let mut found = HashMap::new();
    for it in named {
        if let rules::NamedThing::Commit(hex) = &it.what
            && !found.contains_key(hex)
            && let Some(commit) = writer.commit_beginning(repository, hex)?
        {
            found.insert(hex.clone(), commit);
        }
    }
    Ok(found)
}

/// The commits that undo another or were picked from one, with the words that say so.
fn again(
    writer: &Writer<'_>,
    repository: RepositoryId,
) -> Result<HashMap<CommitId, String>, Error> {
    let short = |commit| -> Result<String, Error> {
        Ok(writer.oid_of(commit)?.map(|it| it.to_string()[..10].to_owned()).unwrap_or_default())
    };
    let mut again = HashMap::new();
    for commit in writer.commits_matching(repository, "\"cherry picked from commit\"")? {
        let message = writer.message(commit)?;
        let text = message.text();
        let ids = text.lines().filter_map(|it| {
            let words = "cherry picked from commit ";
            let id = &it[it.find(words)? + words.len()..];
            let end = id.find(|it: char| !it.is_ascii_hexdigit()).unwrap_or(id.len());
            (end >= 7).then(|| id[..end].to_ascii_lowercase())
        });
        for id in ids {
            let from = writer.commit_beginning(repository, &id)?;
            if let Some(from) = from.filter(|it| *it != commit) {
                again.insert(commit, format!("{PICKED}{}", short(from)?));
            }
        }
    }
    for (commit, of) in writer.reverts(repository)? {
        let what = match of {
            Some(of) => short(of)?,
            None => "another".to_owned(),
        };
        again.insert(commit, format!("{REVERTS}{what}"));
    }
    Ok(again)
}

/// The rows of links between commits and issues, and the commits that fix a bug.
fn commit_rows(
    of_commits: &Links<CommitId>,
    of_pulls: &Links<PullRequestId>,
    owners: &BTreeMap<CommitId, BTreeSet<PullRequestId>>,
    pulls: &[RelatedPull],
    again: &HashMap<CommitId, String>,
    keys: &Keys,
) -> (Vec<CommitIssue>, Vec<CommitId>) {
    let mut rows: BTreeMap<(CommitId, IssueId), CommitIssue> = BTreeMap::new();
    let mut fixing: BTreeSet<CommitId> = BTreeSet::new();
    for ((commit, issue), told) in of_commits {
        let told_by = match again.get(commit) {
            Some(words) => format!("{words}; {}", told.text),
            None => told.text.clone(),
        };
        let row = CommitIssue { commit: *commit, issue: *issue, told_by, direct: true };
        rows.insert((*commit, *issue), row);
        if told.rank < Rank::Aside && keys.issues[issue].1 {
            fixing.insert(*commit);
        }
    }
    let by_id: HashMap<PullRequestId, &RelatedPull> = pulls.iter().map(|it| (it.id, it)).collect();
    let mut commits: BTreeMap<PullRequestId, Vec<CommitId>> = BTreeMap::new();
    for (commit, pulls) in owners {
        pulls.iter().for_each(|it| commits.entry(*it).or_default().push(*commit));
    }
    let mut told: Vec<(&(PullRequestId, IssueId), &Told)> =
        of_pulls.iter().filter(|it| it.1.rank < Rank::Aside).collect();
    told.sort_by_key(|((pull, issue), told)| (told.rank, by_id[pull].number, *issue));
    for ((pull, issue), told) in told {
        let (pull, of) = (by_id[pull], commits.get(pull));
        let (_, bug, done) = keys.issues[issue];
        let own = told.closes || told.rank <= Rank::Title;
        let fixes = bug && pull.merged && (own || (told.rank >= Rank::Summary && done));
        for commit in of.into_iter().flatten() {
            let words = || {
                let words = format!("#{}: {}", pull.number, told.text);
                again.get(commit).map_or(words.clone(), |it| format!("{it}; {words}"))
            };
            rows.entry((*commit, *issue)).or_insert_with(|| CommitIssue {
                commit: *commit,
                issue: *issue,
                told_by: words(),
                direct: false,
            });
            if fixes {
                fixing.insert(*commit);
            }
        }
    }
    fixing.retain(|it| !again.contains_key(it));
    (rows.into_values().collect(), fixing.into_iter().collect())
}

#[cfg(test)]
mod tests;
