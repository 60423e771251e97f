//! Plans of MongoDB as trees, from what `explain` says of stages, pipelines and shards.

use super::{Mongodb, docs_of, server_said, unreadable};
use crate::bson::json::Json;
use crate::bson::{Bson, Doc};
use crate::plan::{Node, Plan};
use crate::statement::mongodb::Command;
use crate::{Failure, Result};

/// How deep a plan may be nested.
const DEPTH_MAX: usize = 60;
/// Fields that hold the steps that a step is made of.
const INPUTS: [&str; 8] = [
    "inputStage",
    "inputStages",
    "outerStage",
    "innerStage",
    "thenStage",
    "elseStage",
    "shards",
    "executionStages",
];

pub(super) fn plan(session: &mut Mongodb, command: &Command) -> Result<Plan> {
    let doc = command.doc().ok_or_else(unreadable)?;
    if session.stop.target.read_only {
        super::rights::check(doc)?;
    }
    let database = command.database.clone().unwrap_or_else(|| session.database.clone());
    let marked = session.marked(doc).done();
    let reply = session.exchange(&database, Doc::whole(&marked).map_err(|_| unreadable())?)?;
    let said = reply.doc().map_err(|it| session.lost(&it))?;
    if let Err(failure) = server_said(said) {
        return Err(if session.stop.turns.cancelled() { Failure::cancelled() } else { failure });
    }
    let mut plan = Plan { roots: roots(said), text: Json::of_doc(said).text, ..Plan::default() };
    let stats = said.doc("executionStats").or_else(|| {
        let first = docs_of(said.doc("stages")).first().and_then(|it| it.doc("$cursor"))?;
        first.doc("executionStats")
    });
    plan.running_ms = stats.and_then(|it| it.number("executionTimeMillis"));
    Ok(plan)
}

fn roots(said: Doc<'_>) -> Vec<Node> {
    let stages = docs_of(said.doc("stages"));
    if stages.is_empty() {
        return planned(said).into_iter().collect();
    }
    // A pipeline: the last stage is done last, and is made of those before it.
    let mut below: Option<Node> = None;
    for stage in stages {
        let Some(Ok(first)) = stage.elements().next() else { continue };
        let mut node = match first.value {
            Bson::Document(inner) if first.name == b"$cursor" => match planned(inner) {
                Some(node) => node,
                None => continue,
            },
            value => Node {
                title: String::from_utf8_lossy(first.name).into_owned(),
                facts: vec![("stage".to_owned(), Json::of(value).text)],
                ..Node::default()
            },
        };
        node.rows = stage.number("nReturned").or(node.rows);
        node.total_ms = stage.number("executionTimeMillisEstimate").or(node.total_ms);
        if let Some(below) = below.take() {
            node.own_ms = node.total_ms.map(|it| (it - below.total_ms.unwrap_or(0.0)).max(0.0));
            node.children.push(below);
        }
        below = Some(node);
    }
    below.into_iter().collect()
}

/// The plan of one query: as it was done where it was, else as it would be.
fn planned(said: Doc<'_>) -> Option<Node> {
    let done = said.doc("executionStats").and_then(|it| it.doc("executionStages"));
    if let Some(done) = done {
        return Some(node(done, 0));
    }
    let winning = said.doc("queryPlanner")?.doc("winningPlan")?;
    Some(node(winning.doc("queryPlan").unwrap_or(winning), 0))
}

fn node(stage: Doc<'_>, depth: usize) -> Node {
    let name = stage.text("stage").or_else(|| stage.text("shardName")).unwrap_or("plan");
    let index = stage.text("indexName").map(|it| format!(" by {it}")).unwrap_or_default();
    let mut node = Node {
        title: format!("{name}{index}"),
        rows: stage.number("nReturned"),
        total_ms: stage.number("executionTimeMillisEstimate"),
        cost: stage.number("costEstimate"),
        rows_expected: stage.number("cardinalityEstimate"),
        ..Node::default()
    };
    for element in stage.elements().flatten() {
        let name = String::from_utf8_lossy(element.name);
        if INPUTS.contains(&&*name) || name == "winningPlan" || name == "queryPlan" {
            if depth < DEPTH_MAX {
                match element.value {
                    Bson::Document(it) => node.children.push(self::node(it, depth + 1)),
                    Bson::Array(it) => {
                        let inner = docs_of(Some(it)).into_iter();
                        node.children.extend(inner.map(|it| self::node(it, depth + 1)));
                    }
                    _ => {}
                }
            }
            continue;
        }
        if matches!(&*name, "stage" | "nReturned" | "executionTimeMillisEstimate") {
            continue;
        }
        let text = match element.value {
            Bson::String(it) => String::from_utf8_lossy(it).into_owned(),
            it => Json::of(it).text,
        };
        node.facts.push((name.into_owned(), text));
    }
    let below: f64 = node.children.iter().filter_map(|it| it.total_ms).sum();
    node.own_ms = node.total_ms.map(|it| (it - below).max(0.0));
    node
}
