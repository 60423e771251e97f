//! Plans of SQLite.

use crate::plan::{Node, Plan};

/// `EXPLAIN QUERY PLAN` tells each step with the number of the step it belongs to.
pub(super) fn tree(rows: &[Vec<Option<String>>]) -> Plan {
    let cell =
        |row: &[Option<String>], at: usize| row.get(at).cloned().flatten().unwrap_or_default();
    let text = rows.iter().map(|row| cell(row, 3)).collect::<Vec<_>>().join("\n");
    Plan { roots: below(rows, "0", 0), text, ..Plan::default() }
}

/// Deeper than any plan; a broken one ends.
const DEPTH_MAX: usize = 200;

fn below(rows: &[Vec<Option<String>>], parent: &str, depth: usize) -> Vec<Node> {
    if depth == DEPTH_MAX {
        return Vec::new();
    }
    let cell =
        |row: &[Option<String>], at: usize| row.get(at).cloned().flatten().unwrap_or_default();
    rows.iter()
        .filter(|row| cell(row, 1) == parent)
        .map(|row| Node {
            title: cell(row, 3),
            children: below(rows, &cell(row, 0), depth + 1),
            ..Node::default()
        })
        .collect()
}
