//! A plan of a server, drawn for a terminal.

use crate::query::spent;
use crate::render::plain;
use crate::terminal::Terminal;
use rpc::query::plan::{Node, Plan};
use rpc::query::{Failure, Over, plan_json, write_text};
use std::path::Path;
use std::time::Duration;

/// Writes a plan: for people as a tree, for programs as `databases.explain` answers.
///
/// # Errors
/// Where the file cannot be written.
pub(crate) fn write(
    plan: Plan,
    as_json: bool,
    to: Option<&Path>,
    replace: bool,
    mut terminal: Terminal,
) -> Result<(), Failure> {
    terminal.color &= to.is_none();
    let text = match as_json {
        true => plan_json(plan)? + "\n",
        false => drawn(&plan, &terminal),
    };
    match to {
        Some(path) => {
            let over = if replace { Over::Replace } else { Over::Refuse };
            write_text(path, over, &text)
        }
        None => {
            terminal.print(&text);
            Ok(())
        }
    }
}

/// The plan as a tree: what each step costs, how many rows were expected and came, how long it took. The
/// step that took the most time of its own is marked.
pub(crate) fn drawn(plan: &Plan, terminal: &Terminal) -> String {
    let mut out = String::new();
    let slowest = plan.roots.iter().filter_map(slowest).fold(0.0, f64::max);
    for root in &plan.roots {
        draw(root, "", "", slowest, terminal, &mut out);
    }
    if plan.roots.is_empty() {
        out += &format!("{}\n", plan.text.trim_end());
    }
    for (what, ms) in [("planning", plan.planning_ms), ("running", plan.running_ms)] {
        if let Some(ms) = ms {
            out += &format!("{what} {}\n", time(ms));
        }
    }
    out
}

fn slowest(node: &Node) -> Option<f64> {
    let below = node.children.iter().filter_map(slowest).fold(0.0, f64::max);
    Some(node.own_ms.unwrap_or(0.0).max(below))
}

fn draw(node: &Node, first: &str, rest: &str, slowest: f64, terminal: &Terminal, out: &mut String) {
    let mut figures = Vec::new();
    if let Some(own) = node.own_ms {
        let total = node.total_ms.unwrap_or(own);
        figures.push(format!("{} of {}", time(own), time(total)));
    }
    match (node.rows, node.rows_expected) {
        (Some(rows), Some(expected)) => figures.push(format!("{rows} rows, {expected} expected")),
        (Some(rows), None) => figures.push(format!("{rows} rows")),
        (None, Some(expected)) => figures.push(format!("{expected} rows expected")),
        (None, None) => {}
    }
    if let Some(cost) = node.cost {
        figures.push(format!("cost {cost}"));
    }
    if let Some(loops) = node.loops.filter(|it| *it > 1.0) {
        figures.push(format!("{loops} times"));
    }
    let is_slowest = slowest > 0.0 && node.own_ms.is_some_and(|it| it >= slowest);
    let title = plain(&node.title);
    let title = match (is_slowest, terminal.color) {
        (true, true) => format!("\x1b[1;31m{title}\x1b[0m"),
        (true, false) => format!("{title} ← slowest"),
        _ => title,
    };
    let figures =
        if figures.is_empty() { String::new() } else { format!("  ({})", figures.join("; ")) };
    *out += &format!("{first}{title}{figures}\n");
    let inner = if node.children.is_empty() { "    " } else { "│   " };
    for (name, text) in &node.facts {
        *out += &format!("{rest}{inner}{}: {}\n", plain(name), plain(text));
    }
    let last = node.children.len().saturating_sub(1);
    for (at, child) in node.children.iter().enumerate() {
        let (branch, below) =
            if at == last { ("└── ", "    ") } else { ("├── ", "│   ") };
        let (first, rest) = (format!("{rest}{branch}"), format!("{rest}{below}"));
        draw(child, &first, &rest, slowest, terminal, out);
    }
}

fn time(ms: f64) -> String {
    spent(Duration::from_secs_f64((ms / 1000.0).max(0.0)))
}
