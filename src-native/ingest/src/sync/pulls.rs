//! Pull requests as Git alone tells of them.

use super::graph::Graph;
use super::set_of;
use crate::Error;
use crate::links::{self, PullWords};
use crate::sources::git::PullHead;
use model::{CommitId, RepositoryId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Writer;
use store::writes::{Pull, PullLink};

/// What begins a link that the graph tells, not the commit's own message.
const MERGED_BY: &str = "merged by #";
const HEAD: &str = "refs/pull/";

/// Makes the pull requests of a repository what messages, graph and refs say they are.
///
/// A commit belongs to a pull request by its own words; else because a merge with these words
/// brought it in; else because `refs/pull/N/head` names it. `before` are the rows before commits
/// were removed; `graph` is without them. Returns how many rows differ.
pub(super) fn settle(
    writer: &Writer<'_>,
    repository: RepositoryId,
    graph: &Graph,
    heads: &[PullHead],
    (old, old_links): (Vec<Pull>, Vec<PullLink>),
    words: &[(CommitId, PullWords)],
    removed: &[CommitId],
) -> Result<usize, Error> {
    let by_row: HashMap<CommitId, u32> =
        graph.rows.iter().enumerate().map(|(i, it)| (it.id, i as u32)).collect();
    let gone = set_of(removed);
    let mut pulls: BTreeMap<u64, Pull> = BTreeMap::new();
    let mut links: BTreeMap<(u64, CommitId), String> = BTreeMap::new();
    let mut shaken: BTreeSet<u64> = BTreeSet::new();
    for link in &old_links {
        let merged = link.told_by.starts_with(MERGED_BY);
        let own = !merged && !link.told_by.starts_with(HEAD);
        if gone.contains(&link.commit) {
            if own {
                shaken.insert(link.number);
            }
        } else if own || (merged && removed.is_empty()) {
            links.insert((link.number, link.commit), link.told_by.clone());
        }
    }
    for pull in &old {
        let source = (pull.login.clone(), pull.branch.clone());
        if !shaken.contains(&pull.number) {
            add_source(&mut pulls, pull.number, source);
        }
    }
    let own: Vec<(u64, CommitId)> = links
        .iter()
        .filter(|(key, told_by)| shaken.contains(&key.0) && !told_by.starts_with(MERGED_BY))
        .map(|(key, _)| *key)
        .collect();
    for (number, commit) in own {
        // Whose branch it was may have been told by a commit that is no more.
        let message = writer.message(commit)?;
        let said = links::pulls(&message.text()).into_iter().find(|it| it.number == number);
        if let Some(said) = said {
            add_source(&mut pulls, number, (said.login, said.branch));
        }
    }
    // A commit's own words go before what its merge tells.
    for (commit, words) in words.iter().filter(|(commit, _)| by_row.contains_key(commit)) {
        links.insert((words.number, *commit), words.told_by.clone());
        add_source(&mut pulls, words.number, (words.login.clone(), words.branch.clone()));
    }
    let new: BTreeSet<CommitId> = words.iter().map(|it| it.0).collect();
    let merges: Vec<(u64, CommitId)> = links
        .iter()
        .filter(|(_, told_by)| told_by.starts_with("Merge pull request"))
        .filter(|((_, commit), _)| !removed.is_empty() || new.contains(commit))
        .map(|(key, _)| *key)
        .collect();
    for (number, merge) in merges {
        let Some(&merge) = by_row.get(&merge) else { continue };
        if graph.rows[merge as usize].parents.len() < 2 {
            continue;
        }
        for brought in graph.brought_in(merge) {
            let commit = graph.rows[brought as usize].id;
            links.entry((number, commit)).or_insert_with(|| format!("{MERGED_BY}{number}"));
        }
    }
    for head in heads {
        let pull = pulls.entry(head.number).or_insert_with(|| named(head.number));
        pull.head = Some(head.head);
        if let Some(&at) = graph.index.get(&head.head) {
            let commit = graph.rows[at as usize].id;
            let words = || format!("{HEAD}{}/head", head.number);
            links.entry((head.number, commit)).or_insert_with(words);
        }
    }
    // A number that nothing stands behind any more is no pull request.
    let linked: BTreeSet<u64> = links.keys().map(|it| it.0).collect();
    pulls.retain(|number, it| it.head.is_some() || linked.contains(number));
    let new: Vec<Pull> = pulls.into_values().collect();
    let new_links: Vec<PullLink> = links
        .into_iter()
        .map(|((number, commit), told_by)| PullLink { number, commit, told_by })
        .collect();
    let old_links: Vec<PullLink> =
        old_links.into_iter().filter(|it| !gone.contains(&it.commit)).collect();
    Ok(writer.set_pulls(repository, (&old, &old_links), (&new, &new_links))?)
}

fn named(number: u64) -> Pull {
    Pull { number, ..Pull::default() }
}

/// Where several commits name a branch for one number, the first by name counts: whatever came
/// first.
fn add_source(
    pulls: &mut BTreeMap<u64, Pull>,
    number: u64,
    (login, branch): (Option<String>, Option<String>),
) {
    let pull = pulls.entry(number).or_insert_with(|| named(number));
    let known = (pull.login.take(), pull.branch.take());
    let best = match (&known.0, &login) {
        (Some(_), Some(_)) => known.min((login, branch)),
        (Some(_), None) => known,
        (None, _) => (login, branch),
    };
    (pull.login, pull.branch) = best;
}
