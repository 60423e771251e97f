//! How SQL Server runs a statement.

use super::xml::Element;
use super::{Sqlserver, rpc};
use crate::engines::rows::Rows;
use crate::plan::{Node, Plan};
use crate::{Ask, Failure, Reason, Result};

pub(super) fn explain(session: &mut Sqlserver, ask: &Ask<'_>, measured: bool) -> Result<Plan> {
    let setting = if measured { "STATISTICS XML" } else { "SHOWPLAN_XML" };
    // A plan is made for a text alone: values are declared within it, on its first line.
    let mut text = String::new();
    for (at, value) in (1..).zip(ask.values) {
        let (declared, literal) = rpc::literal(value)?;
        text.push_str(&format!("DECLARE @p{at} {declared} = {literal}; "));
    }
    text.push_str(ask.text);
    session.quietly(&format!("SET {setting} ON"))?;
    let mut rows = Rows::default();
    let result = if measured {
        session.undone(&text, &mut rows)
    } else {
        session.ask_plainly(&text, &mut rows)
    };
    let off = session.quietly(&format!("SET {setting} OFF"));
    result?;
    off?;
    let plans: Vec<_> = rows
        .0
        .into_iter()
        .filter_map(|row| row.into_iter().next().flatten())
        .filter(|it| it.contains("<ShowPlanXML"))
        .collect();
    read(&plans).ok_or_else(|| {
        let text = "the server gave no plan for this statement";
        Failure::new(Reason::Server, text).hint("the user has to have the right SHOWPLAN")
    })
}

/// Plans of the statements of a batch, one after the other.
fn read(plans: &[String]) -> Option<Plan> {
    let mut found = Plan { text: plans.join("\n"), ..Plan::default() };
    for plan in plans {
        let root = Element::read(plan)?;
        let mut queries = Vec::new();
        root.nearest("QueryPlan", &mut queries);
        for query in queries {
            let add = |all: &mut Option<f64>, more: Option<f64>| {
                *all = all.zip(more).map(|(a, b)| a + b).or(*all).or(more);
            };
            add(&mut found.planning_ms, query.number("CompileTime"));
            let mut times = Vec::new();
            query.nearest("QueryTimeStats", &mut times);
            add(&mut found.running_ms, times.first().and_then(|it| it.number("ElapsedTime")));
            let mut operators = Vec::new();
            query.nearest("RelOp", &mut operators);
            found.roots.extend(operators.into_iter().map(node));
        }
    }
    (!plans.is_empty()).then_some(found)
}

fn node(operator: &Element) -> Node {
    let mut below = Vec::new();
    operator.children.iter().for_each(|it| it.nearest("RelOp", &mut below));
    let children: Vec<_> = below.into_iter().map(node).collect();
    let physical = operator.get("PhysicalOp").unwrap_or_default();
    let own = own(operator);
    let object = own.iter().find(|it| it.name == "Object");
    let unbracketed = |name: &str| {
        object.and_then(|it| it.get(name)).map(|it| it.trim_matches(['[', ']']).to_owned())
    };
    let mut facts = Vec::new();
    if let Some(logical) = operator.get("LogicalOp").filter(|it| *it != physical) {
        facts.push(("as".to_owned(), logical.to_owned()));
    }
    facts.extend(unbracketed("Index").map(|it| ("index".to_owned(), it)));
    for (name, title) in
        [("SeekPredicates", "seek"), ("Predicate", "condition"), ("Warnings", "warning")]
    {
        for part in own.iter().filter(|it| it.name == name) {
            let mut words = Vec::new();
            part.nearest("ScalarOperator", &mut words);
            let words: Vec<_> = words.iter().filter_map(|it| it.get("ScalarString")).collect();
            let shown = if words.is_empty() { names(part) } else { words.join(", ") };
            if !shown.is_empty() {
                facts.push((title.to_owned(), shown));
            }
        }
    }
    let mut counters = Vec::new();
    own.iter()
        .filter(|it| it.name == "RunTimeInformation")
        .for_each(|it| it.nearest("RunTimeCountersPerThread", &mut counters));
    let sum = |name: &str| {
        let all: Vec<_> = counters.iter().filter_map(|it| it.number(name)).collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>())
    };
    // Threads run beside each other: the longest is how long it took.
    let total_ms = counters.iter().filter_map(|it| it.number("ActualElapsedms")).reduce(f64::max);
    let below: f64 = children.iter().filter_map(|it| it.total_ms).sum();
    Node {
        title: match unbracketed("Table") {
            Some(table) => format!("{physical} on {table}"),
            None => physical.to_owned(),
        },
        facts,
        cost: operator.number("EstimatedTotalSubtreeCost"),
        rows_expected: operator.number("EstimateRows"),
        rows: sum("ActualRows"),
        total_ms,
        own_ms: total_ms.map(|it| (it - below).max(0.0)),
        loops: sum("ActualExecutions"),
        children,
    }
}

/// The elements beneath an operator that are its own, and not of the operators beneath it.
fn own(operator: &Element) -> Vec<&Element> {
    let mut found = Vec::new();
    let mut left: Vec<_> = operator.children.iter().collect();
    while let Some(element) = left.pop() {
        if element.name != "RelOp" {
            found.push(element);
            left.extend(&element.children);
        }
    }
    found
}

/// Names of what stands in an element: of warnings.
fn names(element: &Element) -> String {
    let names: Vec<_> = element.children.iter().map(|it| it.name.as_str()).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_of_xml_is_a_tree_with_what_was_measured() {
        let text = r#"<ShowPlanXML xmlns="x"><BatchSequence><Batch><Statements><StmtSimple><QueryPlan CompileTime="3">
            <QueryTimeStats CpuTime="1" ElapsedTime="12"/>
            <RelOp NodeId="0" PhysicalOp="Hash Match" LogicalOp="Inner Join" EstimateRows="10.5" EstimatedTotalSubtreeCost="0.25">
              <RunTimeInformation><RunTimeCountersPerThread Thread="1" ActualRows="4" ActualElapsedms="10" ActualExecutions="1"/>
                <RunTimeCountersPerThread Thread="2" ActualRows="5" ActualElapsedms="11" ActualExecutions="1"/></RunTimeInformation>
              <Hash><RelOp NodeId="1" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="2">
                <RunTimeInformation><RunTimeCountersPerThread ActualRows="2" ActualElapsedms="4" ActualExecutions="1"/></RunTimeInformation>
                <IndexScan><Object Database="[d]" Schema="[dbo]" Table="[orders]" Index="[ix]"/>
                  <Predicate><ScalarOperator ScalarString="[a]&gt;(1)"/></Predicate></IndexScan></RelOp>
                <RelOp NodeId="2" PhysicalOp="Table Scan" LogicalOp="Table Scan" EstimateRows="3"/></Hash>
            </RelOp></QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>"#;
        let plan = read(&[text.to_owned()]).unwrap();
        assert_eq!((plan.planning_ms, plan.running_ms), (Some(3.0), Some(12.0)));
        let root = &plan.roots[0];
        assert_eq!(
            (root.title.as_str(), root.cost, root.rows_expected),
            ("Hash Match", Some(0.25), Some(10.5))
        );
        assert_eq!(
            (root.rows, root.total_ms, root.own_ms, root.loops),
            (Some(9.0), Some(11.0), Some(7.0), Some(2.0))
        );
        assert_eq!(root.facts, [("as".to_owned(), "Inner Join".to_owned())]);
        let titles: Vec<_> = root.children.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(titles, ["Index Seek on orders", "Table Scan"]);
        let facts =
            [("index".to_owned(), "ix".to_owned()), ("condition".to_owned(), "[a]>(1)".to_owned())];
        assert_eq!(root.children[0].facts, facts);
        assert_eq!(read(&["<a".to_owned()]), None);
        assert_eq!(read(&[]), None);
    }
}
