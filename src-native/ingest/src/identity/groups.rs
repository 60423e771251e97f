//! Identities joined step by step, each step with its reason, none against contrary evidence.

use super::signs::Node;
use std::collections::{BTreeSet, HashSet};

/// Groups of nodes, by index.
pub(super) struct Groups {
    above: Vec<usize>,
    accounts: Vec<BTreeSet<String>>,
    logins: Vec<BTreeSet<String>>,
    apart: HashSet<usize>,
    edges: Vec<(usize, usize, &'static str, String)>,
}

impl Groups {
    pub(super) fn new(nodes: &[Node]) -> Groups {
        Groups {
            above: (0..nodes.len()).collect(),
            accounts: nodes.iter().map(|it| it.account.iter().cloned().collect()).collect(),
            logins: nodes.iter().map(|it| it.login.iter().cloned().collect()).collect(),
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
        self.edges.push((a, b, "by hand", "joined by hand".to_owned()));
    }

    /// Joins two nodes unless somebody took one out or their accounts or logins differ.
    pub(super) fn join(&mut self, a: usize, b: usize, rule: &'static str, detail: String) {
        if self.apart.contains(&a) || self.apart.contains(&b) {
            return;
        }
        let (x, y) = (self.root(a), self.root(b));
        let differ = |a: &BTreeSet<String>, b: &BTreeSet<String>| {
            !a.is_empty() && !b.is_empty() && a.is_disjoint(b)
        };
        let one_account = !self.accounts[x].is_disjoint(&self.accounts[y]);
        let contrary = differ(&self.accounts[x], &self.accounts[y])
            || (!one_account && differ(&self.logins[x], &self.logins[y]));
        if x != y && contrary {
            return;
        }
        self.unite(a, b);
        self.edges.push((a, b, rule, detail));
    }

    pub(super) fn into_edges(self) -> Vec<(usize, usize, &'static str, String)> {
        self.edges
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
    }
}
