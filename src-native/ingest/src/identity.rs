//! Which identities are one developer: a pure function of what is written, what the repositories
//! tell and what people decided. The same rows in any order give the same people.
//!
//! Rules, strongest first; each edge keeps its rule, a sentence and how sure the rule is (`certain`,
//! `strong`, `likely`):
//! 1. `by hand`: somebody said so. A split takes an identity out of every other rule, and out of
//!    what was joined with it before: it stands alone until somebody joins it again. An account goes
//!    with all its spellings.
//! 2. `account`: one account of one site, whatever it is called.
//! 3. `noreply`: the same account number in GitHub noreply addresses and accounts.
//! 4. `mailmap`: a `.mailmap` gives both the same mail.
//! 5. `mail`: the same mail, well-formed, not of one machine, not shared: three full names that
//!    have no word in common share it.
//! 6. `noreply`: the same login in GitHub noreply addresses, accounts, and where messages name it.
//! 7. `commit author`: GitHub takes the account for the author of at least two commits that bear
//!    this name and mail, and of nine in ten of those it knows the author of.
//! 8. `name and local part`: the same name of two words or more, and the same local part of the
//!    mail, or a local part that is the other's login. A name alone never makes two people one. Asked
//!    again after 10: more logins are known then.
//! 9. `login`: somebody, under one full name whatever the mail, wrote what at least two pull requests
//!    of a login brought in, at least nine of ten of them, and at least twice as many of them as of
//!    any other login. Where the login is their name or the local part of their mail, one is enough.
//! 10. `user name`: an account's user name at another tracker is the GitHub login, is no common name,
//!     and their full names, where both are known, have a word in common.
//! 11. `same issues`: somebody wrote the commits of at least two issues that the account was to do,
//!     at least twice as many as anybody else and for anybody else, and their names share a word.
//! 12. `name and repository`: the account has the same full name as one person, and no other, who
//!     wrote commits of a repository that its tracker tells about; no more than three accounts there
//!     have it.
//!
//! By rule 12 alone two accounts of one site may come together, both under the one full name: of two
//! namesakes at the tracker of whom one writes commits, both would be that one. It is `likely`.
//!
//! Rules 2 to 12 do not join groups that hold two GitHub account numbers or logins that differ, or
//! two accounts of one other site that do not go by one full name: that is contrary evidence, and
//! counts for every pair of the two groups.

mod accounts;
mod groups;
mod logins;
mod signs;
mod suggestions;

use crate::bots;
use groups::{Confidence, Groups, Rule};
use model::{IdentityId, RepositoryId};
use signs::{GITHUB, Node, is_full_name, local_part_tells};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::writes::{
    Developer, Edge, Edit, EditAction, Identity, LoginEvidence, Resolved, SharedWork,
};
pub use suggestions::{Suggestion, suggestions};

/// Everything that tells people apart.
#[derive(Default)]
pub struct Known<'a> {
    /// Every identity with its row.
    pub identities: &'a [(model::IdentityId, Identity)],
    /// How often each is credited.
    pub uses: HashMap<model::IdentityId, u64>,
    /// Who wrote what came in through whose pull requests.
    pub logins: &'a [LoginEvidence],
    /// Whose commits GitHub takes for an account's.
    pub authored: &'a [SharedWork],
    /// Who wrote the commits of issues that an account was to do.
    pub resolved: &'a [SharedWork],
    /// The repositories that an identity wrote commits of.
    pub places: HashMap<IdentityId, BTreeSet<RepositoryId>>,
    /// The repositories that the trackers of a site tell about.
    pub sites: HashMap<String, BTreeSet<RepositoryId>>,
    /// The `.mailmap` of each repository.
    pub mailmaps: &'a [Vec<u8>],
    /// Decisions that stand, oldest first.
    pub edits: &'a [Edit],
    /// Names and mails of machines, as teams named them.
    pub bots: &'a [String],
}

/// Makes developers of identities.
pub fn resolve(known: &Known<'_>) -> Resolved {
    let nodes = signs::nodes(known);
    let groups = grouped(known, &nodes);
    developers(known, &nodes, groups)
}

/// Every rule in its turn.
fn grouped(known: &Known<'_>, nodes: &[Node]) -> Groups {
    let mut groups = Groups::new(nodes);
    by_key(
        nodes,
        &mut groups,
        ("account", Confidence::Certain),
        |it| it.account_at.clone(),
        |node| {
            let (site, account) = node.account_at.clone().unwrap_or_default();
            format!("both are the account {account} at {site}")
        },
    );
    let (apart, joined) = by_hand(known, nodes, &mut groups);
    groups.keep_apart(apart);
    by_key(
        nodes,
        &mut groups,
        ("noreply", Confidence::Certain),
        |it| it.account.clone(),
        |node| {
            let account = node.account.as_deref().unwrap_or_default();
            format!("both are GitHub account number {account}")
        },
    );
    by_mailmap(nodes, &mut groups);
    by_key(
        nodes,
        &mut groups,
        ("mail", Confidence::Strong),
        |it| it.good_mail.then(|| it.mail.clone()),
        |node| format!("both use the mail {}", node.mail),
    );
    by_key(
        nodes,
        &mut groups,
        ("noreply", Confidence::Strong),
        |it| it.login.clone(),
        |node| {
            let login = node.login.as_deref().unwrap_or_default();
            format!("both are the GitHub login {login}")
        },
    );
    accounts::by_commits(known, nodes, &mut groups);
    by_name(nodes, &mut groups);
    logins::by_pulls(known, nodes, &mut groups);
    accounts::by_user_name(nodes, &mut groups);
    by_name(nodes, &mut groups);
    accounts::by_issues(known, nodes, &mut groups);
    accounts::by_repository(known, nodes, &mut groups);
    // Last, so that each brings all that is theirs: two accounts then speak against nothing.
    joined.into_iter().for_each(|(a, b)| groups.join_by_hand(a, b));
    groups
}

/// What people split off, and the pairs that they joined.
type ByHand = (Vec<usize>, Vec<(usize, usize)>);

/// Tells what people split off and what they joined; keeps two who they said are two. The last word on a pair counts, and what
/// was split off is parted from whatever it was joined with before, or another merge would hold the
/// two together.
fn by_hand(known: &Known<'_>, nodes: &[Node], groups: &mut Groups) -> ByHand {
    // An account by its first spelling, whichever was meant.
    let mut first: HashMap<&(String, String), usize> = HashMap::new();
    let mut stands_for = Vec::with_capacity(nodes.len());
    for (i, node) in nodes.iter().enumerate() {
        let known = node.account_at.as_ref().map(|it| *first.entry(it).or_insert(i));
        stands_for.push(known.unwrap_or(i));
    }
    let index: HashMap<_, _> = nodes.iter().zip(&stands_for).map(|(it, i)| (it.id, *i)).collect();
    let mut last: BTreeMap<(usize, usize), (i64, EditAction, usize)> = BTreeMap::new();
    for edit in known.edits {
        let (Some(&a), Some(&b)) = (index.get(&edit.a), index.get(&edit.b)) else { continue };
        if a == b {
            continue;
        }
        let pair = (a.min(b), a.max(b));
        let word = (edit.id, edit.action, a);
        let said = last.entry(pair).or_insert(word);
        if said.0 <= edit.id {
            *said = word;
        }
    }
    let mut apart: HashMap<usize, i64> = HashMap::new();
    for (id, _, first) in last.values().filter(|it| it.1 == EditAction::Split) {
        let split = apart.entry(*first).or_insert(*id);
        *split = (*split).max(*id);
    }
    let after = |id: i64, node: usize| apart.get(&node).is_none_or(|split| *split < id);
    let mut joined = Vec::new();
    for ((a, b), (id, action, _)) in last {
        match action {
            EditAction::Merge if after(id, a) && after(id, b) => joined.push((a, b)),
            EditAction::Apart => groups.keep_two(a, b),
            _ => {}
        }
    }
    ((0..nodes.len()).filter(|it| apart.contains_key(&stands_for[*it])).collect(), joined)
}

fn by_mailmap(nodes: &[Node], groups: &mut Groups) {
    let mut canonical: BTreeMap<&str, Vec<(usize, bool)>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate().filter(|(_, it)| !it.is_login) {
        match &node.mapped_mail {
            Some(mail) => canonical.entry(mail).or_default().push((i, true)),
            None if !node.mail.is_empty() => {
                canonical.entry(&node.mail).or_default().push((i, false));
            }
            None => {}
        }
    }
    for (mail, members) in canonical {
        // Somebody here must have been mapped, and is joined with all who stand for that mail.
        let Some(&(center, _)) = members.iter().find(|it| it.1) else { continue };
        for &(member, _) in members.iter().filter(|it| it.0 != center) {
            let detail = format!("the .mailmap gives both the mail {mail}");
            groups.join(center, member, ("mailmap", Confidence::Certain), detail);
        }
    }
}

/// Joins all nodes that share a key.
fn by_key<K: Ord>(
    nodes: &[Node],
    groups: &mut Groups,
    rule: Rule,
    key: impl Fn(&Node) -> Option<K>,
    detail: impl Fn(&Node) -> String,
) {
    let mut shared: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate() {
        if let Some(key) = key(node) {
            shared.entry(key).or_default().push(i);
        }
    }
    for members in shared.into_values() {
        let center = members[0];
        for &member in &members[1..] {
            groups.join(center, member, rule, detail(&nodes[center]));
        }
    }
}

fn by_name(nodes: &[Node], groups: &mut Groups) {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate().filter(|(_, it)| is_full_name(&it.fold)) {
        by_name.entry(&node.fold).or_default().push(i);
    }
    for members in by_name.into_values().filter(|it| it.len() > 1) {
        let mut clues: BTreeMap<String, usize> = BTreeMap::new();
        for &member in &members {
            for login in groups.logins(member) {
                clues.entry(login).or_insert(member);
            }
        }
        for &member in &members {
            let local = nodes[member].local.clone();
            if !local_part_tells(&local) {
                continue;
            }
            match clues.get(&local) {
                Some(&other) if other != member => {
                    let detail = format!(
                        "both are named {} and {local} stands for both",
                        nodes[member].name
                    );
                    let rule = ("name and local part", Confidence::Strong);
                    groups.join(other, member, rule, detail);
                }
                Some(_) => {}
                None => {
                    clues.insert(local, member);
                }
            }
        }
    }
}

fn developers(known: &Known<'_>, nodes: &[Node], mut groups: Groups) -> Resolved {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..nodes.len() {
        members.entry(groups.root(i)).or_default().push(i);
    }
    let mut found: Vec<(Vec<String>, Developer, Vec<usize>)> = members
        .into_values()
        .map(|members| {
            let them: Vec<&Node> = members.iter().map(|it| &nodes[*it]).collect();
            let developer =
                Developer { key: String::new(), name: display_name(&them), bot: bot(known, &them) };
            (keys(&them), developer, members)
        })
        .collect();
    // Keys are distinct: who uses one most has it, the others take their next.
    found.sort_by(|a, b| a.2[0].cmp(&b.2[0]));
    let mut taken = std::collections::HashSet::new();
    for rank in 0..3 {
        let mut claims: BTreeMap<String, (std::cmp::Reverse<u64>, usize)> = BTreeMap::new();
        for (i, (keys, developer, members)) in found.iter().enumerate() {
            let Some(key) = keys.get(rank).filter(|it| developer.key.is_empty() && !it.is_empty())
            else {
                continue;
            };
            let uses = members.iter().map(|it| nodes[*it].uses).sum();
            let claim = (std::cmp::Reverse(uses), i);
            let best = claims.entry(key.clone()).or_insert(claim);
            *best = (*best).min(claim);
        }
        for (key, (_, i)) in claims {
            if taken.insert(key.clone()) {
                found[i].1.key = key;
            }
        }
    }
    for (keys, developer, _) in &mut found {
        let mut number = 2;
        while developer.key.is_empty() {
            let stem = keys.iter().rev().find(|it| !it.is_empty());
            let key = format!("{} ({number})", stem.map_or("(no name)", |it| it.as_str()));
            number += 1;
            if taken.insert(key.clone()) {
                developer.key = key;
            }
        }
    }
    found.sort_by(|a, b| a.1.key.cmp(&b.1.key));
    let mut resolved = Resolved::default();
    for (i, (_, developer, members)) in found.into_iter().enumerate() {
        resolved.developers.push(developer);
        resolved.of.extend(members.into_iter().map(|it| (nodes[it].id, i)));
    }
    resolved.of.sort_unstable();
    resolved.edges = groups
        .into_edges()
        .into_iter()
        .map(|(a, b, rule, detail)| {
            let (a, b) = (nodes[a].id, nodes[b].id);
            let (rule, confidence) = (rule.0, rule.1.name());
            Edge { a: a.min(b), b: a.max(b), rule, detail, confidence }
        })
        .collect();
    resolved
}

/// What a group may be called by scripts, best first: a mail people know, a login or a name, all
/// of it.
fn keys(them: &[&Node]) -> Vec<String> {
    let most = |it: &&&Node| (std::cmp::Reverse(it.uses), it.order.clone());
    let mail = them.iter().filter(|it| it.good_mail && it.login.is_none()).min_by_key(most);
    let mail = mail.or_else(|| them.iter().filter(|it| it.good_mail).min_by_key(most));
    let at_github = |it: &&Node| it.account_at.as_ref().is_some_and(|it| it.0 == GITHUB);
    let login = them.iter().filter(|it| it.is_login || at_github(it)).min_by_key(most);
    let name = them.iter().filter(|it| !it.is_login && !it.name.is_empty()).min_by_key(most);
    let short = mail
        .map(|it| it.written_mail.clone())
        .or_else(|| {
            let login = login?;
            let typed = if login.is_login { &login.name } else { login.login.as_ref()? };
            Some(format!("@{typed}"))
        })
        .or_else(|| name.map(|it| it.name.clone()))
        .unwrap_or_default();
    let second = match (mail, name) {
        (Some(_), Some(name)) => name.name.clone(),
        _ => String::new(),
    };
    let whole = them.iter().min_by_key(most);
    let whole = whole.map(|it| match &it.account_at {
        Some((site, account)) => format!("account:{site}/{account}"),
        None => format!("{} <{}>", it.name, it.written_mail).trim().to_owned(),
    });
    vec![short, second, whole.unwrap_or_default()]
}

/// The most used full name; else the most used name, local part or login.
fn display_name(them: &[&Node]) -> String {
    let mut names: BTreeMap<&str, (u8, u64)> = BTreeMap::new();
    for node in them {
        let (name, rank) = match &node.mapped_name {
            Some(name) => (name.as_str(), 5),
            None if node.name.is_empty() && node.local.is_empty() => (node.typed(), 1),
            None if node.name.is_empty() => (node.local.as_str(), 1),
            None if node.is_login => (node.name.as_str(), 2),
            None if is_full_name(&node.fold) => (node.name.as_str(), 4),
            None => (node.name.as_str(), 3),
        };
        let rank = if name.is_empty() { 0 } else { rank };
        let entry = names.entry(name).or_default();
        *entry = (entry.0.max(rank), entry.1 + node.uses);
    }
    let best = names.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
    match best {
        Some((name, (rank, _))) if *rank > 0 => (*name).to_owned(),
        _ => "(no name)".to_owned(),
    }
}

/// A group is a bot where most of its work bears a bot's sign.
fn bot(known: &Known<'_>, them: &[&Node]) -> Option<String> {
    let (mut bots, mut all) = (0, 0);
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for node in them {
        let weight = 1 + node.uses * 2;
        all += weight;
        if let Some(reason) = bot_sign(known, node) {
            bots += weight;
            *reasons.entry(reason).or_default() += weight;
        }
    }
    if bots * 2 <= all {
        return None;
    }
    reasons.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))).map(|it| it.0)
}

fn bot_sign(known: &Known<'_>, node: &Node) -> Option<String> {
    if node.program {
        return Some("its tracker says that it is a program".to_owned());
    }
    bots::reason(&node.name, &node.mail, known.bots).or_else(|| {
        let login = node.login.as_ref().or(node.user_name.as_ref());
        login.filter(|_| node.account_at.is_some()).and_then(|it| bots::reason(it, "", known.bots))
    })
}

#[cfg(test)]
mod tests;
