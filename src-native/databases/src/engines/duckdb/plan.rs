//! How DuckDB runs a statement.

use super::Duckdb;
use super::json::Json;
use crate::engines::rows::Rows;
use crate::plan::{Node, Plan};
use crate::{Ask, Failure, Reason, Result, Session, Step};

/// Facts that a node shows otherwise, or that say nothing.
const SHOWN: &[&str] = &["Estimated Cardinality", "__estimated_cardinality__", "__cardinality__"];

pub(super) fn explain(session: &mut Duckdb, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
    let before =
        if measured { "EXPLAIN (ANALYZE, FORMAT json) " } else { "EXPLAIN (FORMAT json) " };
    // What it does is undone; within somebody's own transaction that is theirs to decide.
    let undo = measured && !session.in_transaction();
    if undo {
        session.transaction(Step::Begin)?;
    }
    let text = format!("{before}{}", ask.text);
    let mut rows = Rows::default();
    let result = session.run(&Ask { text: &text, ..*ask }, &mut rows);
    if undo {
        let undone = session.transaction(Step::Rollback);
        result.and(undone)
    } else {
        result
    }
    .map_err(|it| moved(it, before.len()))?;
    let text = rows.0.last().and_then(|it| it.last().cloned().flatten()).unwrap_or_default();
    read(text).ok_or_else(|| {
        Failure::new(Reason::Unsupported, "this DuckDB does not give its plans as JSON")
    })
}

/// The same failure, whose place is counted from behind what we put before the statement.
fn moved(mut failure: Failure, by: usize) -> Failure {
    let by = u32::try_from(by).unwrap_or(0);
    if let Some(place) = &mut failure.place {
        place.offset = place.offset.saturating_sub(by);
        if place.line == 1 {
            place.column = place.column.saturating_sub(by).max(1);
        }
    }
    failure
}

fn read(text: String) -> Option<Plan> {
    let json = Json::read(&text)?;
    let mut plan = Plan { text, ..Plan::default() };
    match &json {
        Json::List(roots) => plan.roots = roots.iter().map(node).collect(),
        whole => {
            // Libraries before 1.5 say zero.
            let ms = |name: &str| whole.get(name).and_then(Json::number).filter(|it| *it > 0.0);
            plan.running_ms = ms("latency").map(|it| it * 1e3);
            plan.planning_ms = ms("planner").map(|it| it * 1e3);
            plan.roots = whole.get("children")?.list().iter().map(node).collect();
            // The measuring itself stands on top.
            while let [root] = plan.roots.as_mut_slice()
                && root.title.starts_with("EXPLAIN")
            {
                plan.roots = std::mem::take(&mut root.children);
            }
        }
    }
    Some(plan)
}

fn node(json: &Json) -> Node {
    let word = |name: &str| json.get(name).and_then(Json::text);
    let number = |name: &str| json.get(name).and_then(Json::number);
    let name = word("operator_name").or(word("name")).unwrap_or_default();
    let info = json.get("extra_info");
    let fact = |name: &str| info.and_then(|it| it.get(name)).and_then(Json::text);
    let children: Vec<_> =
        json.get("children").map(|it| it.list().iter().map(node).collect()).unwrap_or_default();
    let own_ms = number("operator_timing").map(|it| it * 1e3);
    let below: f64 = children.iter().filter_map(|it| it.total_ms).sum();
    Node {
        title: match fact("Table").or(fact("Function")) {
            Some(of) if !name.trim().eq_ignore_ascii_case(of) => format!("{} {of}", name.trim()),
            _ => name.trim().to_owned(),
        },
        facts: facts(info),
        cost: None,
        rows_expected: fact("Estimated Cardinality")
            .and_then(|it| it.trim_start_matches('~').parse().ok()),
        rows: number("operator_cardinality"),
        total_ms: own_ms.map(|it| it + below),
        own_ms,
        loops: None,
        children,
    }
}

fn facts(info: Option<&Json>) -> Vec<(String, String)> {
    let Some(Json::Object(members)) = info else { return Vec::new() };
    let shown = |value: &Json| match value {
        Json::List(all) => all.iter().filter_map(Json::text).collect::<Vec<_>>().join(", "),
        value => value.text().unwrap_or_default().to_owned(),
    };
    members
        .iter()
        .filter(|(name, _)| !SHOWN.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), shown(value)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}
