//! How the server runs a statement: `EXPLAIN` as JSON where it has that, and as indented text where not.

use super::{Clickhouse, values};
use crate::engines::rows::{Rows, text};
use crate::plan::{Node, Plan};
use crate::session::unsupported;
use crate::{Ask, Engine, Failure, Place, Reason, Result};
use serde_json::Value as Json;

/// What is put before a statement, in the order in which it is tried.
const FORMS: [&str; 2] = ["EXPLAIN PLAN json = 1, indexes = 1, description = 1 ", "EXPLAIN "];

impl Clickhouse {
    pub(super) fn explain_statement(&mut self, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
        if measured {
            return Err(unsupported(Engine::Clickhouse, "measured plans"));
        }
        if self.version < (20, 6) {
            return Err(unsupported(Engine::Clickhouse, "plans before version 20.6"));
        }
        let mut told = self.told(ask, FORMS[0]);
        // Settings of plans that came later are told as unknown ones.
        if told.as_ref().is_err_and(|it| it.code.as_deref().is_some_and(|it| it.starts_with("115")))
        {
            told = self.told(ask, FORMS[1]);
        }
        let text = told?;
        let roots = match serde_json::from_str::<Json>(&text) {
            Ok(Json::Array(all)) => {
                all.iter().filter_map(|it| it.get("Plan")).map(of_json).collect()
            }
            _ => of_text(&text),
        };
        Ok(Plan { roots, text, ..Plan::default() })
    }

    fn told(&mut self, ask: &Ask<'_>, form: &str) -> Result<String> {
        // With its values in it: not every server puts them into what is only explained.
        let (asked, _) = values::bind(ask.text, ask.values, false)?;
        let statement = format!("{form}{asked}");
        let mut rows = Rows::default();
        self.canceller.forget();
        let outcome = self.pump(&Ask { text: &statement, values: &[], ..*ask }, &mut rows);
        self.canceller.end();
        outcome.map_err(|it| shifted(it, ask.text, form.len()))?;
        Ok(rows.0.iter().map(|it| text(it, 0)).collect::<Vec<_>>().join("\n"))
    }
}

/// A failure whose place is counted in the statement as it was given.
fn shifted(failure: Failure, statement: &str, before: usize) -> Failure {
    let before = u32::try_from(before).unwrap_or_default();
    let place = failure.place.and_then(|it| it.offset.checked_sub(before));
    let place =
        place.map(|it| Place::of_offset(statement, usize::try_from(it).unwrap_or_default()));
    let reason = if failure.reason == Reason::Lost { Reason::Connection } else { failure.reason };
    Failure { place, reason, ..failure }
}

fn of_json(json: &Json) -> Node {
    let word = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
    let mut title = word("Node Type").to_owned();
    if !word("Description").is_empty() {
        title = format!("{title}: {}", word("Description"));
    }
    let mut node = Node { title, ..Node::default() };
    for (name, value) in json.as_object().into_iter().flatten() {
        match (name.as_str(), value) {
            ("Node Type" | "Description" | "Plans" | "Node Id", _) => {}
            ("Indexes", Json::Array(all)) => node.facts.extend(all.iter().map(index)),
            (name, Json::String(it)) => node.facts.push((name.to_owned(), it.clone())),
            (name, value) => node.facts.push((name.to_owned(), value.to_string())),
        }
    }
    let below = json.get("Plans").and_then(Json::as_array);
    node.children = below.into_iter().flatten().map(of_json).collect();
    node
}

/// What an index leaves to be read: `Parts 1 of 3, granules 2 of 9`.
fn index(json: &Json) -> (String, String) {
    let word = |name: &str| json.get(name).and_then(Json::as_str).unwrap_or_default();
    let number = |name: &str| json.get(name).and_then(Json::as_u64);
    let mut said = Vec::new();
    if !word("Condition").is_empty() {
        said.push(word("Condition").to_owned());
    }
    for what in ["Parts", "Granules"] {
        let all = number(&format!("Initial {what}"));
        if let (Some(all), Some(left)) = (all, number(&format!("Selected {what}"))) {
            said.push(format!("{} {left} of {all}", what.to_lowercase()));
        }
    }
    let name = match word("Name") {
        "" => word("Type").to_owned(),
        name => format!("{} {name}", word("Type")),
    };
    (format!("index {name}"), said.join(", "))
}

/// The tree that is told by indented lines.
fn of_text(text: &str) -> Vec<Node> {
    let mut open: Vec<(usize, Node)> = Vec::new();
    let mut roots = Vec::new();
    let close = |open: &mut Vec<(usize, Node)>, roots: &mut Vec<Node>| {
        let Some((_, node)) = open.pop() else { return };
        match open.last_mut() {
            Some((_, above)) => above.children.push(node),
            None => roots.push(node),
        }
    };
    for line in text.lines().filter(|it| !it.trim().is_empty()) {
        let deep = line.len() - line.trim_start().len();
        while open.last().is_some_and(|(above, _)| *above >= deep) {
            close(&mut open, &mut roots);
        }
        open.push((deep, Node { title: line.trim().to_owned(), ..Node::default() }));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_become_a_tree() {
        let roots = of_text("Expression (x)\n  Sorting\n    ReadFromStorage\n  Other\n");
        assert_eq!(roots.len(), 1);
        assert_eq!(
            roots[0].children.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(),
            ["Sorting", "Other"]
        );
        let json = r#"{"Node Type":"A","Description":"b","Plans":[{"Node Type":"C","Keys":["x"],
            "Indexes":[{"Type":"PrimaryKey","Condition":"id in [1, 1]","Initial Parts":3,"Selected Parts":1}]}]}"#;
        let node = of_json(&serde_json::from_str(json).expect("JSON"));
        assert_eq!((node.title.as_str(), node.children.len()), ("A: b", 1));
        let facts = &node.children[0].facts;
        assert_eq!(
            facts[1],
            ("index PrimaryKey".to_owned(), "id in [1, 1], parts 1 of 3".to_owned())
        );
    }
}
