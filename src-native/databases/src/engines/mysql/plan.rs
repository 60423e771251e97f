//! How the server runs a statement: `EXPLAIN` as a tree of text (MySQL 8) or of JSON (MariaDB and
//! older servers).

use super::Mysql;
use crate::engines::rows::Rows;
use crate::plan::{Node, Plan};
use crate::session::unsupported;
use crate::{Ask, Engine, Result};
use serde_json::{Map, Value as Json};

impl Mysql {
    pub(super) fn explain_statement(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
        let tree = !self.mariadb && self.version >= (8, 0, 18);
        let how = match (measured, self.mariadb, tree) {
            (false, _, true) => "EXPLAIN FORMAT=TREE",
            (false, ..) => "EXPLAIN FORMAT=JSON",
            (true, true, _) => "ANALYZE FORMAT=JSON",
            (true, false, true) => "EXPLAIN ANALYZE",
            (true, false, false) => {
                return Err(unsupported(Engine::Mysql, "measured plans before 8.0.18"));
            }
        };
        let text = self.told(ask, how, measured)?;
        if tree {
            return Ok(Plan { roots: of_tree(&text), text, ..Plan::default() });
        }
        let Ok(Json::Object(json)) = serde_json::from_str::<Json>(&text) else {
            return Ok(Plan { text, ..Plan::default() });
        };
        let running_ms =
            json.get("query_block").and_then(|it| it.get("r_total_time_ms")).and_then(Json::as_f64);
        Ok(Plan { roots: children(&json), text, planning_ms: None, running_ms })
    }

    /// What the server tells of a statement. What a measured one did is undone: MariaDB's `ANALYZE` of
    /// a statement that writes does write, and so may a function that is called by one that reads.
    fn told(&mut self, ask: &Ask<'_>, how: &str, measured: bool) -> Result<String> {
        let undo = measured && !self.read_only;
        let own = !super::Session::in_transaction(self);
        if undo {
            if let Some(what) = self.kept_at_once(ask.text)? {
                return Err(crate::guard::stays(&what));
            }
            self.simple(if own { "START TRANSACTION" } else { "SAVEPOINT backstory_explain" })?;
        }
        let statement = format!("{how} {}", ask.text);
        let mut rows = Rows::default();
        let asked = Ask { text: &statement, ..*ask };
        let outcome = self.send(&asked, &mut rows);
        if undo && !self.lost {
            let back = if own { "ROLLBACK" } else { "ROLLBACK TO SAVEPOINT backstory_explain" };
            self.roll_back(back)?;
        }
        // Places are counted in the statement as it was given.
        outcome.map_err(|mut it| {
            let before = u32::try_from(how.len() + 1).unwrap_or_default();
            it.place = it.place.and_then(|it| it.offset.checked_sub(before)).map(|offset| {
                crate::Place::of_offset(ask.text, usize::try_from(offset).unwrap_or_default())
            });
            it
        })?;
        let lines: Vec<String> =
            rows.0.iter().map(|it| crate::engines::rows::text(it, 0)).collect();
        Ok(lines.join("\n"))
    }
}

/// The tree that is told by lines: `    -> Filter: (a > 1)  (cost=1 rows=2) (actual time=0..1 rows=2 loops=1)`.
fn of_tree(text: &str) -> Vec<Node> {
    let mut open: Vec<(usize, Node)> = Vec::new();
    let mut roots = Vec::new();
    let close = |open: &mut Vec<(usize, Node)>, roots: &mut Vec<Node>| {
        let Some((_, mut node)) = open.pop() else { return };
        let below: f64 = node.children.iter().filter_map(|it| it.total_ms).sum();
        node.own_ms = node.total_ms.map(|it| (it - below).max(0.0));
        match open.last_mut() {
            Some((_, above)) => above.children.push(node),
            None => roots.push(node),
        }
    };
    for line in text.lines() {
        let deep = line.len() - line.trim_start().len();
        let Some(words) = line.trim_start().strip_prefix("-> ") else {
            // A condition that goes on in the next line.
            if let Some((_, node)) = open.last_mut() {
                node.title.push_str(&format!(" {}", line.trim()));
            }
            continue;
        };
        while open.last().is_some_and(|(above, _)| *above >= deep) {
            close(&mut open, &mut roots);
        }
        open.push((deep, of_line(words)));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}

fn of_line(words: &str) -> Node {
    let (expected, actual) = (words.rfind("  (cost="), words.rfind("(actual time="));
    let bare = words.rfind("  (rows=");
    let never = words.rfind("(never executed)");
    let end = [expected, bare, actual, never].into_iter().flatten().min().unwrap_or(words.len());
    let number = |from: Option<usize>, name: &str| -> Option<f64> {
        let part = words.get(from?..)?;
        let part = &part[..part.find(')').unwrap_or(part.len())];
        let (_, value) = part.split_once(name)?;
        let value = value.split(' ').next()?;
        value.rsplit("..").next()?.parse().ok()
    };
    let loops = number(actual, "loops=");
    let times = loops.unwrap_or(1.0);
    Node {
        title: words[..end].trim().to_owned(),
        cost: number(expected, "cost="),
        rows_expected: number(expected.or(bare), "rows="),
        rows: number(actual, "rows=").map(|it| it * times),
        // Both are told for one loop.
        total_ms: number(actual, "time=").map(|it| it * times),
        loops: if never.is_some() { Some(0.0) } else { loops },
        ..Node::default()
    }
}

/// The steps within an object of a plan.
fn children(json: &Map<String, Json>) -> Vec<Node> {
    json.iter().flat_map(|(name, value)| nodes(name, value)).collect()
}

fn nodes(name: &str, value: &Json) -> Vec<Node> {
    match value {
        Json::Object(it) => vec![of_object(name, it)],
        Json::Array(all) => {
            // Lists of columns and keys are facts; lists of objects are steps.
            let steps = all.iter().filter_map(Json::as_object);
            steps
                .flat_map(|it| match it.iter().next() {
                    Some((name, Json::Object(inner))) if it.len() == 1 => {
                        vec![of_object(name, inner)]
                    }
                    _ => vec![of_object(name, it)],
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn of_object(name: &str, json: &Map<String, Json>) -> Node {
    let mut node = Node { title: name.replace('_', " "), ..Node::default() };
    for (name, value) in json {
        let number = value.as_f64().or_else(|| value.as_str().and_then(|it| it.parse().ok()));
        match (name.as_str(), value) {
            ("table_name", Json::String(it)) => node.title = format!("{} {it}", node.title),
            ("access_type", Json::String(it)) => {
                node.title = format!("{} ({it})", node.title);
            }
            ("rows" | "rows_examined_per_scan", _) => node.rows_expected = number,
            ("r_rows", _) => node.rows = number,
            ("r_loops", _) => node.loops = number,
            ("r_total_time_ms" | "r_table_time_ms", _) => {
                node.total_ms = number.map(|it| it + node.total_ms.unwrap_or(0.0));
            }
            ("cost", _) => node.cost = number,
            ("cost_info", Json::Object(it)) => {
                let cost = it.get("query_cost").or(it.get("prefix_cost")).and_then(Json::as_str);
                node.cost = cost.and_then(|it| it.parse().ok());
            }
            (_, Json::Object(_)) => {}
            (_, Json::Array(all)) if all.iter().any(Json::is_object) => {}
            (name, value) => {
                let text = match value {
                    Json::String(it) => it.clone(),
                    Json::Array(all) => {
                        let words: Vec<&str> = all.iter().filter_map(Json::as_str).collect();
                        words.join(", ")
                    }
                    other => other.to_string(),
                };
                node.facts.push((name.replace('_', " "), text));
            }
        }
    }
    let steps = json.iter().filter(|(name, _)| *name != "cost_info");
    node.children = steps.flat_map(|(name, value)| nodes(name, value)).collect();
    // MariaDB tells rows for one loop.
    node.rows = node.rows.map(|it| it * node.loops.unwrap_or(1.0));
    let below: f64 = node.children.iter().filter_map(|it| it.total_ms).sum();
    node.own_ms = node.total_ms.map(|it| (it - below).max(0.0));
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_a_tree() {
        let text = "-> Nested loop inner join  (cost=4.5 rows=3) (actual time=0.1..9 rows=2 loops=1)\n    \
                    -> Filter: (a.x > (1))  (cost=1 rows=3) (actual time=0.05..4 rows=3 loops=1)\n        \
                    -> Table scan on a  (cost=1 rows=9) (actual time=0.05..3 rows=9 loops=1)\n    \
                    -> Single-row index lookup on b (never executed)\n";
        let roots = of_tree(text);
        assert_eq!(roots.len(), 1);
        let join = &roots[0];
        assert_eq!(join.title, "Nested loop inner join");
        assert_eq!((join.cost, join.rows_expected, join.rows), (Some(4.5), Some(3.0), Some(2.0)));
        assert_eq!((join.total_ms, join.own_ms), (Some(9.0), Some(5.0)));
        let filter = &join.children[0];
        assert_eq!(filter.title, "Filter: (a.x > (1))");
        assert_eq!(filter.children[0].own_ms, Some(3.0));
        assert_eq!((join.children[1].loops, join.children[1].total_ms), (Some(0.0), None));
    }
}
