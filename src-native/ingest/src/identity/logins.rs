//! Whose a login is, by what its pull requests brought in.

use super::Known;
use super::groups::{Confidence, Groups};
use super::signs::{Node, is_full_name, local_part_tells};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Pull requests that prove whose a login is, where nothing else does.
const ENOUGH: u64 = 2;

/// A group's part in what a login proposed.
#[derive(Default)]
struct Part {
    pulls: u64,
    /// The member who wrote most of it, and how much.
    writer: (u64, usize),
}

/// Joins a login with whoever wrote what it proposed.
pub(super) fn by_pulls(known: &Known<'_>, nodes: &[Node], groups: &mut Groups) {
    let index: HashMap<_, _> = nodes.iter().enumerate().map(|(i, it)| (it.id, i)).collect();
    let logins: HashMap<&str, usize> = nodes
        .iter()
        .enumerate()
        .filter(|(_, it)| it.is_login)
        .filter_map(|(i, it)| it.login.as_deref().map(|login| (login, i)))
        .collect();
    let mut parts: BTreeMap<usize, BTreeMap<usize, Part>> = BTreeMap::new();
    let mut of_group: BTreeMap<usize, BTreeMap<usize, u64>> = BTreeMap::new();
    for evidence in known.logins {
        let login = evidence.login.to_lowercase();
        let (Some(&login), Some(&who)) =
            (logins.get(login.as_str()), index.get(&evidence.identity))
        else {
            continue;
        };
        let group = groups.root(who);
        let part = parts.entry(login).or_default().entry(group).or_default();
        part.pulls += evidence.pulls;
        let order = |it: (u64, usize)| (it.0, std::cmp::Reverse(it.1));
        if part.writer.0 == 0 || order((evidence.pulls, who)) > order(part.writer) {
            part.writer = (evidence.pulls, who);
        }
        *of_group.entry(group).or_default().entry(login).or_default() += evidence.pulls;
    }
    let names = names(nodes, groups);
    for (login, parts) in parts {
        let all: u64 = parts.values().map(|it| it.pulls).sum();
        let Some((them, pulls)) = foremost(&parts, &names) else { continue };
        let other = |group: &usize| {
            let others = of_group[group].iter().filter(|it| *it.0 != login);
            others.map(|it| *it.1).max().unwrap_or(0)
        };
        let others: u64 = them.iter().map(other).sum();
        if pulls * 10 < all * 9 || pulls < 2 * others {
            continue;
        }
        let name = nodes[login].login.as_deref().unwrap_or_default();
        for group in them {
            let who = parts[&group].writer.1;
            let (confidence, detail) = if pulls >= ENOUGH {
                let words = "pull requests of the login";
                (Confidence::Strong, format!("wrote what {pulls} {words} {name} brought in"))
            } else if sounds_like(&nodes[who], name) {
                let words = "wrote what a pull request of the login";
                (Confidence::Likely, format!("{words} {name} brought in, and is called so"))
            } else {
                continue;
            };
            groups.join(who, login, ("login", confidence), detail);
        }
    }
}

/// The groups under one full name, or the one, that wrote most, and how much.
fn foremost(
    parts: &BTreeMap<usize, Part>,
    names: &BTreeMap<usize, BTreeSet<&str>>,
) -> Option<(BTreeSet<usize>, u64)> {
    let mut people: BTreeMap<&str, (BTreeSet<usize>, u64)> = BTreeMap::new();
    let mut best: Option<(BTreeSet<usize>, u64)> = None;
    let mut consider = |them: &BTreeSet<usize>, pulls: u64| {
        if best.as_ref().is_none_or(|it| pulls > it.1) {
            best = Some((them.clone(), pulls));
        }
    };
    for (group, part) in parts {
        consider(&BTreeSet::from([*group]), part.pulls);
        for name in names.get(group).into_iter().flatten() {
            let person = people.entry(name).or_default();
            person.0.insert(*group);
            person.1 += part.pulls;
        }
    }
    people.values().for_each(|it| consider(&it.0, it.1));
    best
}

fn names<'n>(nodes: &'n [Node], groups: &mut Groups) -> BTreeMap<usize, BTreeSet<&'n str>> {
    let mut names: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate().filter(|(_, it)| is_full_name(&it.fold)) {
        names.entry(groups.root(i)).or_default().insert(&node.fold);
    }
    names
}

/// Whether a login is somebody's name, written together, or the local part of their mail.
fn sounds_like(node: &Node, login: &str) -> bool {
    let letters = |it: &str| -> String { it.chars().filter(|it| it.is_alphanumeric()).collect() };
    local_part_tells(login) && (node.local == login || letters(&node.fold) == letters(login))
}
