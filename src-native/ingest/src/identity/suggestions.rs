//! Pairs that no rule joins and a person may.

use super::accounts::called;
use super::signs::{Node, is_full_name, local_part_tells, share_a_word};
use super::{Known, developers, grouped, signs};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Two developers who may be one, for people to decide: nothing speaks against it, and something
/// for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suggestion {
    /// Key of the one.
    pub a: String,
    /// Key of the other.
    pub b: String,
    /// The sentence for people.
    pub detail: String,
}

/// Developers under this many of one name are compared with each other.
const MANY: usize = 8;

/// Pairs of developers that share a full name, a name that is the other's login, or work under
/// names that share a word; in order of key, bots left out, and those that rules or people keep
/// apart.
pub fn suggestions(known: &Known<'_>) -> Vec<Suggestion> {
    let nodes = signs::nodes(known);
    let mut groups = grouped(known, &nodes);
    let mut pairs: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
    let mut suggest = |a: usize, b: usize, why: String| {
        let (x, y) = (groups.root(a), groups.root(b));
        if x != y && groups.may_join(x, y) {
            let reasons = pairs.entry((x.min(y), x.max(y))).or_default();
            if !reasons.contains(&why) {
                reasons.push(why);
            }
        }
    };
    for (name, members) in by(&nodes, |it| is_full_name(&it.fold).then(|| it.fold.clone())) {
        let first: Vec<usize> = members.iter().copied().take(MANY).collect();
        for (i, &a) in first.iter().enumerate() {
            for &b in &first[i + 1..] {
                let name = if nodes[a].name.is_empty() { &name } else { &nodes[a].name };
                suggest(a, b, format!("have the same full name, {name}"));
            }
        }
    }
    // `Ann Ames` and the login `annames` or `aames`.
    let logins = by(&nodes, |it| it.login.clone().or_else(|| it.user_name.clone()));
    for (i, node) in nodes.iter().enumerate().filter(|(_, it)| is_full_name(&it.fold)) {
        for written in squashed(&node.fold) {
            for &other in logins.get(&written).into_iter().flatten().take(MANY) {
                let named = is_full_name(&nodes[other].fold);
                if local_part_tells(&written)
                    && (!named || share_a_word(&nodes[other].fold, &node.fold))
                {
                    suggest(i, other, format!("{} may write {written} for short", node.name));
                }
            }
        }
    }
    let index: HashMap<_, _> = nodes.iter().enumerate().map(|(i, it)| (it.id, i)).collect();
    for (work, what) in [(known.authored, "commits"), (known.resolved, "issues")] {
        for it in work {
            let (Some(&a), Some(&b)) = (index.get(&it.account), index.get(&it.identity)) else {
                continue;
            };
            if share_a_word(&nodes[a].fold, &nodes[b].fold) {
                let (count, who) = (it.count, called(&nodes[a]));
                suggest(a, b, format!("share a name and the work on {count} {what} of {who}"));
            }
        }
    }
    let roots: HashMap<usize, usize> = (0..nodes.len()).map(|it| (groups.root(it), it)).collect();
    let resolved = developers(known, &nodes, groups);
    let of: HashMap<_, _> = resolved.of.iter().copied().collect();
    let developer = |root: usize| {
        let node = &nodes[*roots.get(&root)?];
        let developer = &resolved.developers[*of.get(&node.id)?];
        developer.bot.is_none().then_some(&developer.key)
    };
    let mut found = BTreeSet::new();
    for ((a, b), mut reasons) in pairs {
        let (Some(a), Some(b)) = (developer(a), developer(b)) else { continue };
        let (a, b) = (a.min(b), a.max(b));
        reasons.sort();
        let detail = format!("{a} and {b} {}", reasons.join("; "));
        found.insert((std::cmp::Reverse(reasons.len()), a.clone(), b.clone(), detail));
    }
    found.into_iter().map(|(_, a, b, detail)| Suggestion { a, b, detail }).collect()
}

fn by(nodes: &[Node], key: impl Fn(&Node) -> Option<String>) -> BTreeMap<String, Vec<usize>> {
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate() {
        if let Some(key) = key(node) {
            found.entry(key).or_default().push(i);
        }
    }
    found
}

/// Logins that people make of a full name.
fn squashed(fold: &str) -> BTreeSet<String> {
    let words: Vec<String> = fold
        .split_whitespace()
        .map(|it| it.chars().filter(|it| it.is_alphanumeric()).collect())
        .filter(|it: &String| !it.is_empty())
        .collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return BTreeSet::new() };
    let initial: String = first.chars().take(1).collect();
    let mut found = BTreeSet::from([words.concat()]);
    if words.len() > 1 {
        found.extend([
            format!("{initial}{last}"),
            format!("{last}{first}"),
            format!("{first}-{last}"),
            format!("{first}.{last}"),
            format!("{first}_{last}"),
        ]);
    }
    found
}
