//! `EXPLAIN` as a tree.

use super::Postgres;
use crate::plan::{Node, Plan};
use crate::{Ask, Failure, Place, Reason, Result};
use serde_json::Value;

impl Postgres {
    /// Explains a statement. Measured, it runs; what it did is undone.
    pub(super) fn explain_statement(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
        let own = self.status == b'I';
        let savepoint = !own && measured;
        if own {
            self.simple(if self.read_only { "BEGIN READ ONLY" } else { "BEGIN" })?;
            if self.read_only {
                self.simple("SELECT 1")?;
            }
        } else if savepoint {
            self.simple("SAVEPOINT backstory_explain")?;
        }
        let options = if measured { "ANALYZE, BUFFERS, FORMAT JSON" } else { "FORMAT JSON" };
        let head = format!("EXPLAIN ({options})\n");
        let rows = self.rows(&format!("{head}{}", ask.text), ask.values);
        if own && !self.lost {
            self.simple("ROLLBACK")?;
        } else if savepoint && !self.lost {
            self.simple("ROLLBACK TO SAVEPOINT backstory_explain")?;
        }
        let mut rows = rows.map_err(|it| without(it, &head, ask.text))?;
        let text = rows.pop().and_then(|mut it| it.pop()).flatten().unwrap_or_default();
        read(&text)
    }
}

/// A failure whose place is counted in the statement as it was given, without what stands before it.
fn without(mut failure: Failure, head: &str, statement: &str) -> Failure {
    failure.place = failure.place.and_then(|place| {
        let offset = (place.offset as usize).checked_sub(head.len())?;
        Some(Place::of_offset(statement, offset))
    });
    failure
}

/// Reads a plan in PostgreSQL's JSON.
fn read(text: &str) -> Result<Plan> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        Failure::new(Reason::Server, format!("the server's plan cannot be read: {error}"))
    })?;
    let top = &value[0];
    let mut root = node(&top["Plan"]);
    own_times(&mut root);
    Ok(Plan {
        roots: vec![root],
        text: text.to_owned(),
        planning_ms: top["Planning Time"].as_f64(),
        running_ms: top["Execution Time"].as_f64(),
    })
}

/// What is told in the title or in a field of its own.
const TOLD: &[&str] = &[
    "Node Type",
    "Relation Name",
    "Schema",
    "Alias",
    "Index Name",
    "Total Cost",
    "Plan Rows",
    "Plans",
    "Actual Total Time",
    "Actual Startup Time",
    "Actual Rows",
    "Actual Loops",
    "Join Type",
    "CTE Name",
    "Function Name",
    "Async Capable",
    "Parallel Aware",
    "Plan Width",
    "Startup Cost",
];

fn node(of: &Value) -> Node {
    let text = |name: &str| of[name].as_str();
    let number = |name: &str| of[name].as_f64();
    let mut title = text("Node Type").unwrap_or_default().to_owned();
    if let Some(join) = text("Join Type").filter(|it| *it != "Inner") {
        title = format!("{title} ({join})");
    }
    if let Some(index) = text("Index Name") {
        title = format!("{title} using {index}");
    }
    if let Some(on) = text("Relation Name").or(text("CTE Name")).or(text("Function Name")) {
        title = format!("{title} on {on}");
        if let Some(alias) = text("Alias").filter(|it| *it != on) {
            title = format!("{title} {alias}");
        }
    }
    let facts = of.as_object().into_iter().flatten().filter(|it| !TOLD.contains(&it.0.as_str()));
    let facts = facts
        .filter(|(_, value)| {
            !matches!(value, Value::Null | Value::Bool(false)) && value.as_u64() != Some(0)
        })
        .map(|(name, value)| (name.clone(), shown(value)))
        .collect();
    let loops = number("Actual Loops");
    // The server tells the mean over all loops.
    let over_all = |it: f64| it * loops.unwrap_or(1.0);
    Node {
        title,
        facts,
        cost: number("Total Cost"),
        rows_expected: number("Plan Rows"),
        rows: number("Actual Rows").map(over_all),
        total_ms: number("Actual Total Time").map(over_all),
        own_ms: None,
        loops,
        children: of["Plans"].as_array().into_iter().flatten().map(node).collect(),
    }
}

/// The time of a step alone is its time without that of what it is made of.
fn own_times(of: &mut Node) {
    of.children.iter_mut().for_each(own_times);
    let below: f64 = of.children.iter().filter_map(|it| it.total_ms).sum();
    of.own_ms = of.total_ms.map(|it| (it - below).max(0.0));
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
