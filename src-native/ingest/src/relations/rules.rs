//! The rules by which commits, pull requests and issues belong together, over what was read.

use super::REVERTS;
use super::keys::Keys;
use super::refs::{self, Found, Reading, Ref, refs};
use model::{CommitId, IssueId, PullRequestId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::writes::{PullCommitLink, RelatedPull, TextPlace};

/// How well a link is told, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// The subject or title begins with the key.
    Begins,
    /// It says that it fixes the issue.
    Closes,
    /// In the subject.
    Subject,
    /// In the message below.
    Body,
    /// In the branch's name.
    Branch,
    /// In the pull request's title.
    Title,
    /// In its description.
    Description,
    /// A commit of it begins with the key.
    Commits,
    /// Its title is the issue's summary.
    Summary,
    /// The issue names it, in its description or a field.
    Issue,
    /// The issue names it, in a comment.
    IssueComment,
    /// Beside another key that the subject begins with.
    Aside,
    /// A comment on the pull request.
    PullComment,
}

/// Why there is a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub(super) rank: Rank,
    pub(super) text: String,
    pub(super) closes: bool,
}

/// Links, each by the best that tells of it.
pub(super) type Links<T> = BTreeMap<(T, IssueId), Told>;

fn tell<T: Ord>(links: &mut Links<T>, from: T, issue: IssueId, told: Told) {
    use std::collections::btree_map::Entry;
    match links.entry((from, issue)) {
        Entry::Vacant(it) => {
            it.insert(told);
        }
        Entry::Occupied(mut it) => {
            let known = it.get_mut();
            let closes = known.closes || told.closes;
            if (told.rank, &told.text) < (known.rank, &known.text) {
                *known = told;
            }
            known.closes = closes;
        }
    }
}

/// What a commit's message says, of the keys it holds.
pub(super) fn message(links: &mut Links<CommitId>, keys: &Keys, commit: CommitId, message: &str) {
    let (subject, body) = message.split_once('\n').unwrap_or((message, ""));
    let found = refs(subject, Reading::Prose, &|it| keys.is_prefix(it));
    let leader = leader(&found, keys);
    for it in &found {
        let Some(issue) = keys.issue(it.what) else { continue };
        let name = &keys.issues[&issue].0;
        let (rank, text) = judge(it, name, leader, "the subject", Rank::Subject);
        tell(links, commit, issue, Told { rank, text, closes: it.closes });
    }
    for line in body.lines() {
        // A merge has its title there, a squash its commits' subjects.
        let found = refs(line, Reading::Prose, &|it| keys.is_prefix(it));
        let beside = leader.or_else(|| self::leader(&found, keys));
        for it in &found {
            let Some(issue) = keys.issue(it.what) else { continue };
            let name = &keys.issues[&issue].0;
            let is_key = matches!(it.what, Ref::Key { .. });
            let rank = match beside {
                Some(_) if leader.is_none() && it.leads => Rank::Body,
                Some(_) if is_key && leader.is_none() => Rank::Aside,
                _ if it.closes => Rank::Closes,
                Some(_) => Rank::Aside,
                None => Rank::Body,
            };
            let text = match rank {
                Rank::Closes => format!("the message says that it fixes {name}"),
                _ => format!("{name} in the message below the subject"),
            };
            tell(links, commit, issue, Told { rank, text, closes: it.closes });
        }
    }
}

/// A mention that the store has, of a subject that begins with it and names nothing else.
pub(super) fn begins(links: &mut Links<CommitId>, keys: &Keys, commit: CommitId, issue: IssueId) {
    let text = format!("the subject begins with {}", keys.issues[&issue].0);
    tell(links, commit, issue, Told { rank: Rank::Begins, text, closes: false });
}

/// The issue that a text begins with.
fn leader(found: &[Found<'_>], keys: &Keys) -> Option<IssueId> {
    let leads = |it: &&Found<'_>| it.leads && matches!(it.what, Ref::Key { .. });
    found.iter().find(leads).and_then(|it| keys.issue(it.what))
}

fn judge(
    it: &Found<'_>,
    name: &str,
    leader: Option<IssueId>,
    place: &str,
    otherwise: Rank,
) -> (Rank, String) {
    match it {
        it if it.leads && matches!(it.what, Ref::Key { .. }) => {
            (Rank::Begins, format!("{place} begins with {name}"))
        }
        it if leader.is_some() && matches!(it.what, Ref::Key { .. }) => {
            (Rank::Aside, format!("{name} in {place}, which begins with another key"))
        }
        it if it.closes => (Rank::Closes, format!("{place} says that it fixes {name}")),
        _ => (otherwise, format!("{name} in {place}")),
    }
}

/// What a pull request says of itself. `title` is GitHub's, or the one that Git's message has.
pub(super) fn pull(links: &mut Links<PullRequestId>, keys: &Keys, pull: &RelatedPull, title: &str) {
    let known = |it: &str| keys.is_prefix(it);
    let found = refs(title, Reading::Prose, &known);
    let leader = leader(&found, keys);
    for it in &found {
        let Some(issue) = keys.issue(it.what) else { continue };
        let (rank, text) = judge(it, &keys.issues[&issue].0, leader, "its title", Rank::Title);
        if rank != Rank::Aside {
            tell(links, pull.id, issue, Told { rank, text, closes: it.closes });
        }
    }
    for it in refs(&pull.branch, Reading::Branch, &known) {
        if let (Ref::Key { .. }, Some(issue)) = (it.what, keys.issue(it.what)) {
            let text = format!("its branch {} names {}", pull.branch, keys.issues[&issue].0);
            tell(links, pull.id, issue, Told { rank: Rank::Branch, text, closes: false });
        }
    }
    for it in refs(&pull.body, Reading::Prose, &known) {
        let Some(issue) = keys.issue(it.what) else { continue };
        let name = &keys.issues[&issue].0;
        let (rank, text) = match it.closes {
            true => (Rank::Closes, format!("its description says that it fixes {name}")),
            false => (Rank::Description, format!("{name} in its description")),
        };
        tell(links, pull.id, issue, Told { rank, text, closes: it.closes });
    }
}

/// A comment on a pull request.
pub(super) fn pull_comment(
    links: &mut Links<PullRequestId>,
    keys: &Keys,
    pull: PullRequestId,
    text: &str,
) {
    for it in refs(text, Reading::Prose, &|it| keys.is_prefix(it)) {
        let Some(issue) = keys.issue(it.what) else { continue };
        let text = format!("{} in a comment on it", keys.issues[&issue].0);
        tell(links, pull, issue, Told { rank: Rank::PullComment, text, closes: false });
    }
}

/// What a commit of a pull request says counts for the pull request, where it begins with a key or
/// fixes the issue; where nothing else names one, whatever its messages name.
pub(super) fn of_commits(
    links: &mut Links<PullRequestId>,
    commits: &Links<CommitId>,
    owners: &BTreeMap<CommitId, BTreeSet<PullRequestId>>,
    keys: &Keys,
) {
    let mut of_rank = |most: Rank, but: &BTreeSet<PullRequestId>| {
        for ((commit, issue), told) in commits.iter().filter(|it| it.1.rank <= most) {
            for pull in owners.get(commit).into_iter().flatten().filter(|it| !but.contains(it)) {
                let name = &keys.issues[issue].0;
                let text = match told.rank {
                    Rank::Begins => format!("the subject of a commit of it begins with {name}"),
                    Rank::Closes => format!("a commit of it says that it fixes {name}"),
                    _ => format!("{name} in the message of a commit of it"),
                };
                tell(links, *pull, *issue, Told { rank: Rank::Commits, text, closes: told.closes });
            }
        }
        links.keys().map(|it| it.0).collect::<BTreeSet<_>>()
    };
    let linked = of_rank(Rank::Closes, &BTreeSet::new());
    of_rank(Rank::Body, &linked);
}

/// Words that a title must have to be taken for an issue's summary: shorter ones are usual titles.
const TITLE_WORDS: usize = 4;

/// The words of a title or summary, without keys and `fix:` before them and the number behind;
/// none where they are too few to mean one thing.
pub(super) fn words_of_title(title: &str) -> Option<String> {
    let mut rest = title.trim();
    loop {
        let from = rest.trim_start_matches([' ', '[', ']', '(', ')', ':', '-', ',', '&']);
        let word = from.split([' ', ']', ')', ':', ',', '(']).next().unwrap_or_default();
        let is_key = word.split_once('-').is_some_and(|(prefix, number)| {
            prefix.len() > 1
                && prefix.bytes().all(|it| it.is_ascii_uppercase() || it == b'_')
                && !number.is_empty()
                && number.bytes().all(|it| it.is_ascii_digit())
        });
        let kind = refs::kind_of_change(from);
        rest = match (is_key, kind) {
            (true, _) => &from[word.len()..],
            (false, Some(after)) => after,
            (false, None) => break,
        };
    }
    if let Some((before, number)) = rest.trim_end().rsplit_once("(#")
        && number.strip_suffix(')').is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
    {
        rest = before;
    }
    let words: Vec<String> = rest
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .map(str::to_lowercase)
        .collect();
    (words.len() >= TITLE_WORDS).then(|| words.join(" "))
}

/// A pull request that names no issue belongs to the only one whose summary is its title.
pub(super) fn by_summaries(
    links: &mut Links<PullRequestId>,
    keys: &Keys,
    titled: &[(PullRequestId, String)],
    issues: &HashMap<String, Option<IssueId>>,
) {
    for (pull, words) in titled {
        if let Some(issue) = issues.get(words).copied().flatten() {
            let text = format!("its title is the summary of {}", keys.issues[&issue].0);
            tell(links, *pull, issue, Told { rank: Rank::Summary, text, closes: false });
        }
    }
}

/// What a pull request undoes, in the words that begin `told_by`: its title says that it does, its
/// branch or description may say what.
pub(super) fn undoes(pull: &RelatedPull, title: &str) -> Option<String> {
    let mut rest = title.trim_start();
    let mut times = 0;
    while let Some(inner) = rest.strip_prefix("Revert \"") {
        (rest, times) = (inner, times + 1);
    }
    // What undoes an undoing does the thing again.
    if times % 2 == 0 {
        return None;
    }
    let by_branch = || {
        let (number, _) = pull.branch.strip_prefix("revert-")?.split_once('-')?;
        number.parse::<u64>().ok()
    };
    let by_body = || {
        let line = pull.body.lines().find_map(|it| it.trim().strip_prefix("Reverts "))?;
        refs(line, Reading::Prose, &|_| false).iter().find_map(|it| match it.what {
            Ref::Number { number, .. } | Ref::Pull { number, .. } => Some(number),
            _ => None,
        })
    };
    Some(match by_body().or_else(by_branch) {
        Some(number) => format!("{REVERTS}#{number}"),
        None => format!("{REVERTS}another"),
    })
}

/// An address or a commit that an issue names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) issue: IssueId,
    pub(super) place: TextPlace,
    pub(super) what: NamedThing,
}

/// What an issue names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NamedThing {
    /// A pull request by address: `owner/name` in small letters, and its number.
    Pull(String, u64),
    /// A pull request of the issue's own repository, as what fixed the issue.
    Number(u64),
    /// A commit.
    Commit(String),
}

/// What a text of an issue names.
pub(super) fn named(issue: IssueId, place: TextPlace, text: &str, found: &mut Vec<Named>) {
    if !text.contains(['/', '#'])
        && !text.to_ascii_lowercase().contains("commit")
        && text.len() < 40
    {
        return;
    }
    for it in refs(text, Reading::Prose, &|_| false) {
        let what = match it.what {
            Ref::Pull { at, number } => NamedThing::Pull(at.to_lowercase(), number),
            Ref::Number { at: None, number } if it.closed_by => NamedThing::Number(number),
            Ref::Commit { hex } => NamedThing::Commit(hex.to_ascii_lowercase()),
            _ => continue,
        };
        found.push(Named { issue, place, what });
    }
}

/// Under which names issues speak of this repository: a name with at least five pull requests of
/// which at least half name the same issue by themselves was or is this one's.
pub(super) fn learn_names(
    named: &[Named],
    links: &Links<PullRequestId>,
    keys: &Keys,
) -> BTreeSet<String> {
    type Pairs = BTreeSet<(u64, IssueId)>;
    let mut counts: BTreeMap<&str, (Pairs, usize)> = BTreeMap::new();
    for it in named {
        let NamedThing::Pull(at, number) = &it.what else { continue };
        let Some(pull) = keys.pull(*number) else { continue };
        let count = counts.entry(at).or_default();
        if count.0.insert((*number, it.issue)) {
            count.1 += usize::from(links.contains_key(&(pull, it.issue)));
        }
    }
    counts
        .into_iter()
        .filter(|(_, (all, agree))| *agree >= 5 && agree * 2 >= all.len())
        .map(|(at, _)| at.to_owned())
        .collect()
}

/// What issues say of pull requests and commits.
pub(super) fn by_issues(
    pulls: &mut Links<PullRequestId>,
    commits: &mut Links<CommitId>,
    named: &[Named],
    commit_of: &HashMap<String, CommitId>,
    keys: &Keys,
) {
    for it in named {
        let name = &keys.issues[&it.issue].0;
        let (rank, place) = match it.place {
            TextPlace::Body => (Rank::Issue, "the description"),
            TextPlace::Field => (Rank::Issue, "a field"),
            TextPlace::Comment => (Rank::IssueComment, "a comment"),
        };
        let text = |what: &str| format!("{place} of {name} gives {what}");
        match &it.what {
            NamedThing::Pull(at, number) if keys.names.contains(at) => {
                if let Some(pull) = keys.pull(*number) {
                    let told = Told { rank, text: text("its address"), closes: false };
                    tell(pulls, pull, it.issue, told);
                }
            }
            NamedThing::Number(number) if name.starts_with('#') => {
                if let Some(pull) = keys.pull(*number) {
                    let text = format!("{place} of {name} says that it is fixed by it");
                    tell(pulls, pull, it.issue, Told { rank, text, closes: true });
                }
            }
            NamedThing::Commit(hex) => {
                if let Some(commit) = commit_of.get(hex) {
                    let told = Told { rank, text: text("its id"), closes: false };
                    tell(commits, *commit, it.issue, told);
                }
            }
            _ => {}
        }
    }
}

/// The pull requests that a commit is of. One that several brought in, an inner merge among them,
/// is of the one whose number its own words give, else of the smallest.
pub(super) fn owners(
    links: &[PullCommitLink],
    numbers: &HashMap<PullRequestId, u64>,
) -> BTreeMap<CommitId, BTreeSet<PullRequestId>> {
    let mut size: HashMap<PullRequestId, usize> = HashMap::new();
    links.iter().for_each(|it| *size.entry(it.pull).or_default() += 1);
    let brought = |it: &PullCommitLink| it.by_git && it.told_by.starts_with("merged by #");
    let mut of: BTreeMap<CommitId, Vec<&PullCommitLink>> = BTreeMap::new();
    for link in links {
        of.entry(link.commit).or_default().push(link);
    }
    of.into_iter()
        .map(|(commit, links)| {
            let own: BTreeSet<_> =
                links.iter().filter(|it| !brought(it)).map(|it| it.pull).collect();
            if !own.is_empty() {
                return (commit, own);
            }
            let least = links.iter().min_by_key(|it| (size[&it.pull], numbers.get(&it.pull)));
            (commit, least.map(|it| it.pull).into_iter().collect())
        })
        .collect()
}
