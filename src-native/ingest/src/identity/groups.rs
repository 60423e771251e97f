//! Identities joined step by step, each step with its reason, none against contrary evidence.

use super::signs::{GITHUB, Node, is_full_name};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How sure a rule is that two are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Confidence {
    /// Somebody said so, or one number or account stands for both.
    Certain,
    /// What only one person has, or two independent signs.
    Strong,
    /// Signs that rarely mislead; worth a look.
    Likely,
}

impl Confidence {
    pub(super) fn name(self) -> &'static str {
        match self {
            Confidence::Certain => "certain",
            Confidence::Strong => "strong",
            Confidence::Likely => "likely",
        }
    }
}

/// A rule with how sure it is.
pub(super) type Rule = (&'static str, Confidence);

/// Why two nodes were joined.
pub(super) type Joined = (usize, usize, Rule, String);

/// The accounts of a group by site and id, each with the full names it was displayed under.
type Sites = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// Groups of nodes, by index.
pub(super) struct Groups {
    above: Vec<usize>,
    accounts: Vec<BTreeSet<String>>,
    logins: Vec<BTreeSet<String>>,
    sites: Vec<Sites>,
    apart: HashSet<usize>,
    edges: Vec<Joined>,
}

impl Groups {
    pub(super) fn new(nodes: &[Node]) -> Groups {
        Groups {
            above: (0..nodes.len()).collect(),
            accounts: nodes.iter().map(|it| it.account.iter().cloned().collect()).collect(),
            logins: nodes.iter().map(|it| it.login.iter().cloned().collect()).collect(),
            sites: nodes.iter().map(sites).collect(),
            apart: HashSet::new(),
            edges: Vec::new(),
        }
    }

    /// Nodes that take part in no rule from here on.
    pub(super) fn keep_apart(&mut self, nodes: Vec<usize>) {
        self.apart.extend(nodes);
    }

    /// The node that stands for a node's group.
    pub(super) fn root(&mut self, node: usize) -> usize {
        let mut root = node;
        while self.above[root] != root {
            root = self.above[root];
        }
        let mut node = node;
        while self.above[node] != root {
            node = std::mem::replace(&mut self.above[node], root);
        }
        root
    }

    /// The logins that a node's group is known by.
    pub(super) fn logins(&mut self, node: usize) -> Vec<String> {
        let root = self.root(node);
        self.logins[root].iter().cloned().collect()
    }

    /// Joins two nodes whatever speaks against it.
    pub(super) fn join_by_hand(&mut self, a: usize, b: usize) {
        self.unite(a, b);
        let rule = ("by hand", Confidence::Certain);
        self.edges.push((a, b, rule, "joined by hand".to_owned()));
    }

    /// Joins two nodes unless somebody took one out or their groups speak against it: every member
    /// of the one with every member of the other.
    pub(super) fn join(&mut self, a: usize, b: usize, rule: Rule, detail: String) {
        if self.may_join(a, b) {
            self.unite(a, b);
            self.edges.push((a, b, rule, detail));
        }
    }

    /// Whether nothing speaks against two nodes being one person.
    pub(super) fn may_join(&mut self, a: usize, b: usize) -> bool {
        if self.apart.contains(&a) || self.apart.contains(&b) {
            return false;
        }
        let (x, y) = (self.root(a), self.root(b));
        let differ = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
            !a.is_empty() && !b.is_empty() && a.is_disjoint(b)
        };
        let one_account = !self.accounts[x].is_disjoint(&self.accounts[y]);
        let contrary = differ(&self.accounts[x], &self.accounts[y])
            || (!one_account && differ(&self.logins[x], &self.logins[y]))
            || !compatible(&self.sites[x], &self.sites[y]);
        x == y || !contrary
    }

    /// Each pair once for each rule.
    pub(super) fn into_edges(self) -> Vec<Joined> {
        let mut told = HashSet::new();
        let mut edges = self.edges;
        edges.retain(|(a, b, rule, _)| told.insert((*a.min(b), *a.max(b), rule.0)));
        edges
    }

    fn unite(&mut self, a: usize, b: usize) {
        let (x, y) = (self.root(a), self.root(b));
        if x == y {
            return;
        }
        let (root, other) = (x.min(y), x.max(y));
        self.above[other] = root;
        let accounts = std::mem::take(&mut self.accounts[other]);
        self.accounts[root].extend(accounts);
        let logins = std::mem::take(&mut self.logins[other]);
        self.logins[root].extend(logins);
        let sites = std::mem::take(&mut self.sites[other]);
        for (site, accounts) in sites {
            let of = self.sites[root].entry(site).or_default();
            for (account, names) in accounts {
                of.entry(account).or_default().extend(names);
            }
        }
    }
}

fn sites(node: &Node) -> Sites {
    let Some((site, account)) = &node.account_at else { return Sites::new() };
    let names = is_full_name(&node.fold).then(|| node.fold.clone()).into_iter().collect();
    // GitHub's are told apart by number and login.
    match site == GITHUB {
        true => Sites::new(),
        false => [(site.clone(), [(account.clone(), names)].into())].into(),
    }
}

/// Two accounts of one site are two people, unless both go by one full name: somebody who lost a
/// password has another account. Whether such two are one person another rule must tell.
fn compatible(a: &Sites, b: &Sites) -> bool {
    a.iter().all(|(site, of_a)| {
        let Some(of_b) = b.get(site) else { return true };
        of_a.iter().all(|(x, names_x)| {
            of_b.iter().all(|(y, names_y)| x == y || !names_x.is_disjoint(names_y))
        })
    })
}
