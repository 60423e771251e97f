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
    /// What a person should know before they say yes, each a clause about the two; often none.
    pub against: Vec<String>,
    /// `likely` where two kinds of clue speak for it and nothing against it, else `weak`.
    pub confidence: &'static str,
}

/// What makes two developers look like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Clue {
    /// One full name.
    Name,
    /// The one's login is the other's name, shortened.
    Short,
    /// The one's account stands at the other's commits or issues.
    Work,
}

/// What was found of a pair.
#[derive(Default)]
struct Found {
    clues: BTreeSet<Clue>,
    reasons: BTreeSet<String>,
    against: BTreeSet<String>,
}

/// Developers under this many of one name are compared with each other.
const MANY: usize = 8;

/// Pairs of developers that share a full name, a name that is the other's login, or work under
/// names that share a word; in order of key, bots left out, and those that rules or people keep
/// apart.
pub fn suggestions(known: &Known<'_>) -> Vec<Suggestion> {
    let nodes = signs::nodes(known);
    let mut groups = grouped(known, &nodes);
    let root: Vec<usize> = (0..nodes.len()).map(|it| groups.root(it)).collect();
    let people = |members: &mut dyn Iterator<Item = usize>| -> BTreeSet<usize> {
        members.map(|it| root[it]).collect()
    };
    let mut pairs: BTreeMap<(usize, usize), Found> = BTreeMap::new();
    let mut suggest = |a: usize, b: usize, clue: Clue, why: String, against: Option<String>| {
        let (x, y) = (root[a], root[b]);
        if x != y && groups.may_join(x, y) {
            let found = pairs.entry((x.min(y), x.max(y))).or_default();
            found.clues.insert(clue);
            found.reasons.insert(why);
            found.against.extend(against);
        }
    };
    for (name, members) in by(&nodes, |it| is_full_name(&it.fold).then(|| it.fold.clone())) {
        let many = people(&mut members.iter().copied()).len();
        let first: Vec<usize> = members.iter().copied().take(MANY).collect();
        for (i, &a) in first.iter().enumerate() {
            let name = if nodes[a].name.is_empty() { &name } else { &nodes[a].name };
            for &b in &first[i + 1..] {
                let why = format!("have the same full name, {name}");
                let against = (many > 2).then(|| format!("{many} people go by {name}"));
                suggest(a, b, Clue::Name, why, against);
            }
        }
    }
    // `Ann Ames` and the login `annames` or `aames`.
    let logins = by(&nodes, |it| it.login.clone().or_else(|| it.user_name.clone()));
    let mut shortened: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate().filter(|(_, it)| is_full_name(&it.fold)) {
        for written in squashed(&node.fold).into_iter().filter(|it| logins.contains_key(it)) {
            shortened.entry(written).or_default().insert(i);
        }
    }
    for (written, members) in &shortened {
        let names: BTreeSet<&str> = members.iter().map(|&it| nodes[it].fold.as_str()).collect();
        for &i in members {
            let node = &nodes[i];
            for &other in logins.get(written).into_iter().flatten().take(MANY) {
                let named = is_full_name(&nodes[other].fold);
                if local_part_tells(written)
                    && (!named || share_a_word(&nodes[other].fold, &node.fold))
                {
                    let why = format!(
                        "have a name and a login that is short for it, {} and {written}",
                        node.name
                    );
                    let against = (names.len() > 1)
                        .then(|| format!("{written} is short for {} names", names.len()));
                    suggest(i, other, Clue::Short, why, against);
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
                let why = format!("share a name and the work on {count} {what} of {who}");
                suggest(a, b, Clue::Work, why, None);
            }
        }
    }
    // Their full names as they are written, by how names are compared.
    let mut names: BTreeMap<usize, BTreeMap<&str, &str>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate().filter(|(_, it)| is_full_name(&it.fold)) {
        names.entry(root[i]).or_default().entry(&node.fold).or_insert(&node.name);
    }
    for ((x, y), found) in &mut pairs {
        let (Some(a), Some(b)) = (names.get(x), names.get(y)) else { continue };
        if let (Some(one), Some(other)) = (a.values().next(), b.values().next())
            && !a.keys().any(|it| b.contains_key(it))
        {
            let (one, other) = (one.min(other), one.max(other));
            found.against.insert(format!("their full names differ: {one} and {other}"));
        }
    }
    let mut sites: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (i, node) in nodes.iter().enumerate() {
        if let Some((site, _)) = &node.account_at {
            sites.entry(root[i]).or_default().insert(site);
        }
    }
    for ((x, y), found) in &mut pairs {
        let (Some(a), Some(b)) = (sites.get(x), sites.get(y)) else { continue };
        let both =
            a.intersection(b).map(|site| format!("each has an account of its own at {site}"));
        found.against.extend(both);
    }
    let resolved = developers(known, &nodes, groups);
    let of: HashMap<_, _> = resolved.of.iter().copied().collect();
    let developer = |root: usize| {
        let developer = &resolved.developers[*of.get(&nodes.get(root)?.id)?];
        developer.bot.is_none().then_some(&developer.key)
    };
    let mut told = Vec::new();
    for ((a, b), found) in pairs {
        let (Some(a), Some(b)) = (developer(a), developer(b)) else { continue };
        let (a, b) = (a.min(b).clone(), a.max(b).clone());
        let reasons: Vec<String> = found.reasons.into_iter().collect();
        told.push((
            std::cmp::Reverse((found.clues.len(), reasons.len())),
            Suggestion {
                detail: format!("{a} and {b} {}", reasons.join("; ")),
                confidence: match found.clues.len() > 1 && found.against.is_empty() {
                    true => "likely",
                    false => "weak",
                },
                against: found.against.into_iter().collect(),
                a,
                b,
            },
        ));
    }
    told.sort();
    told.dedup();
    told.into_iter().map(|it| it.1).collect()
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
