//! Funnels, treemaps and flows.

use super::{Body, Data, choose, name};
use crate::charts::words::Unit;
use crate::dashboard::Panel;
use crate::table::{Cell, Table};
use std::collections::HashMap;

/// Steps one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// Its steps, in the order of the rows.
    pub steps: Vec<Reached>,
    /// Unit of its numbers.
    pub unit: Unit,
}

/// A step of a funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// What it is called.
    pub name: String,
    /// How many reached it.
    pub count: f64,
    /// Of those who reached the first.
    pub of_first: Option<f64>,
    /// Of those who reached the one before.
    pub of_last: Option<f64>,
    /// How many reached it in the period it is compared with.
    pub before: Option<f64>,
}

/// Rectangles in rectangles.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Groups, the largest first; one without a name where nothing groups.
    pub groups: Vec<Group>,
    /// Unit of its numbers.
    pub unit: Unit,
}

/// A group of a treemap.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What it is called.
    pub name: String,
    /// What is in it, the largest first.
    pub leaves: Vec<Leaf>,
}

/// A rectangle of a treemap.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// What it is called.
    pub name: String,
    /// How large it is; above nothing.
    pub size: f64,
    /// The row it was read from; none for several.
    pub row: Option<usize>,
}

/// Flows between nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Flows {
    /// The nodes, from the left, in each column the largest first.
    pub nodes: Vec<Node>,
    /// The flows.
    pub flows: Vec<Flow>,
    /// Unit of their numbers.
    pub unit: Unit,
}

/// A node of flows.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is called.
    pub name: String,
    /// Its column, from the left.
    pub column: usize,
    /// As much as flows through it.
    pub size: f64,
}

/// A flow from one node to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// The node it comes from.
    pub from: usize,
    /// The node it goes to.
    pub to: usize,
    /// How much.
    pub size: f64,
    /// The row it was read from; none for several.
    pub row: Option<usize>,
}

/// Most rectangles and flows that are drawn by themselves.
const LEAVES_MOST: usize = 60;
const FLOWS_MOST: usize = 120;

pub(super) fn funnel(
    panel: &Panel,
    data: Data<'_>,
    notes: &mut Vec<String>,
) -> Result<Body, Vec<String>> {
    let chosen = choose(panel, data.table, false)?;
    let y = chosen.y[0];
    let read = |table: &Table| -> Vec<(String, f64)> {
        let rows = table.rows.iter().map(|row| {
            let cell = |at: usize| row.get(at).unwrap_or(&Cell::Null);
            (name(cell(chosen.x)), cell(y).number().unwrap_or(0.0).max(0.0))
        });
        rows.collect()
    };
    let mut rows = read(data.table);
    if rows.len() > 30 {
        notes.push(format!("a funnel of {} steps: the first 30 are shown", rows.len()));
        rows.truncate(30);
    }
    let before = data.before.filter(|it| it.columns.len() == data.table.columns.len());
    let before: HashMap<String, f64> = before.map(read).unwrap_or_default().into_iter().collect();
    let first = rows.first().map_or(0.0, |it| it.1);
    let mut last: Option<f64> = None;
    let mut steps = Vec::new();
    for (name, count) in rows {
        let share = |of: f64| (of > 0.0).then(|| count / of);
        if last.is_some_and(|it| count > it) {
            notes.push(format!("`{name}` was reached by more than the step before it"));
        }
        steps.push(Reached {
            of_first: share(first),
            of_last: last.and_then(share),
            before: before.get(&name).copied(),
            name,
            count,
        });
        last = Some(count);
    }
    if first <= 0.0 && steps.iter().all(|it| it.count <= 0.0) {
        return Ok(Body::Empty("Nobody reached a step".to_owned()));
    }
    Ok(Body::Funnel(Funnel { steps, unit: Unit::of(panel.unit.as_deref()) }))
}

pub(super) fn tree(
    panel: &Panel,
    table: &Table,
    notes: &mut Vec<String>,
) -> Result<Body, Vec<String>> {
    let chosen = choose(panel, table, false)?;
    let y = chosen.y[0];
    let mut groups: HashMap<String, HashMap<String, (f64, Option<usize>)>> = HashMap::new();
    let mut nothing = 0_usize;
    for (number, row) in table.rows.iter().enumerate() {
        let cell = |at: usize| row.get(at).unwrap_or(&Cell::Null);
        let size = cell(y).number().unwrap_or(0.0);
        if size <= 0.0 {
            nothing += 1;
            continue;
        }
        let group = chosen.by.map(|it| name(cell(it))).unwrap_or_default();
        let leaf = groups.entry(group).or_default().entry(name(cell(chosen.x)));
        leaf.and_modify(|it| *it = (it.0 + size, None)).or_insert((size, Some(number)));
    }
    if nothing > 0 {
        notes.push(format!(
            "{nothing} of {} rows are nothing or less and have no rectangle",
            table.rows.len()
        ));
    }
    let mut all: Vec<(String, Leaf)> = groups
        .into_iter()
        .flat_map(|(group, leaves)| {
            leaves
                .into_iter()
                .map(move |(name, (size, row))| (group.clone(), Leaf { name, size, row }))
        })
        .collect();
    all.sort_by(|a, b| {
        b.1.size.total_cmp(&a.1.size).then_with(|| (&a.0, &a.1.name).cmp(&(&b.0, &b.1.name)))
    });
    if all.is_empty() {
        return Ok(Body::Empty("There is nothing larger than nothing".to_owned()));
    }
    if all.len() > LEAVES_MOST {
        let rest = all.split_off(LEAVES_MOST - 1);
        notes.push(format!("{} smaller ones are drawn together as other", rest.len()));
        let mut others: Vec<(String, Leaf)> = Vec::new();
        for (group, leaf) in rest {
            match others.iter_mut().find(|it| it.0 == group) {
                Some((_, other)) => other.size += leaf.size,
                None => others
                    .push((group, Leaf { name: "other".to_owned(), size: leaf.size, row: None })),
            }
        }
        all.extend(others);
    }
    let mut groups: Vec<Group> = Vec::new();
    for (name, leaf) in all {
        match groups.iter_mut().find(|it| it.name == name) {
            Some(group) => group.leaves.push(leaf),
            None => groups.push(Group { name, leaves: vec![leaf] }),
        }
    }
    let sum = |group: &Group| group.leaves.iter().map(|it| it.size).sum::<f64>();
    groups.sort_by(|a, b| sum(b).total_cmp(&sum(a)).then_with(|| a.name.cmp(&b.name)));
    Ok(Body::Tree(Tree { groups, unit: Unit::of(panel.unit.as_deref()) }))
}

pub(super) fn sankey(
    panel: &Panel,
    table: &Table,
    notes: &mut Vec<String>,
) -> Result<Body, Vec<String>> {
    let chosen = choose(panel, table, true)?;
    let (Some(to), y) = (chosen.by, chosen.y[0]) else {
        return Err(vec!["a sankey needs two columns of words and one of numbers".to_owned()]);
    };
    let mut sums: HashMap<(String, String), (f64, Option<usize>)> = HashMap::new();
    for (number, row) in table.rows.iter().enumerate() {
        let cell = |at: usize| row.get(at).unwrap_or(&Cell::Null);
        let size = cell(y).number().unwrap_or(0.0);
        if size > 0.0 {
            let flow = sums.entry((name(cell(chosen.x)), name(cell(to))));
            flow.and_modify(|it| *it = (it.0 + size, None)).or_insert((size, Some(number)));
        }
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    if sums.len() > FLOWS_MOST {
        notes.push(format!("{} smaller flows are left out", sums.len() - FLOWS_MOST));
        sums.truncate(FLOWS_MOST);
    }
    let (mut names, mut found): (Vec<String>, HashMap<String, usize>) = Default::default();
    let mut flows = Vec::new();
    let mut circular = 0.0;
    for ((from, to), (size, row)) in sums {
        let mut node = |name: String| {
            *found.entry(name.clone()).or_insert_with(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let (from, to) = (node(from), node(to));
        // Larger flows came first: the one that closes a circle is the smallest of it.
        if from == to || reaches(&flows, to, from) {
            circular += 1.0;
            continue;
        }
        flows.push(Flow { from, to, size, row });
    }
    if circular > 0.0 {
        notes.push(format!("{circular} flows that lead back to where they came from are left out"));
    }
    if flows.is_empty() {
        return Ok(Body::Empty("Nothing flows".to_owned()));
    }
    let columns = columns(names.len(), &flows);
    let size = |at: usize| {
        let of = |side: fn(&Flow) -> usize| -> f64 {
            flows.iter().filter(|it| side(it) == at).map(|it| it.size).sum()
        };
        of(|it| it.from).max(of(|it| it.to))
    };
    let mut order: Vec<usize> = (0..names.len()).filter(|it| size(*it) > 0.0).collect();
    order.sort_by(|a, b| {
        let larger = size(*b).total_cmp(&size(*a));
        columns[*a].cmp(&columns[*b]).then(larger).then_with(|| names[*a].cmp(&names[*b]))
    });
    let nodes = order
        .iter()
        .map(|it| Node { name: names[*it].clone(), column: columns[*it], size: size(*it) })
        .collect();
    let mut place = vec![0; names.len()];
    for (at, it) in order.iter().enumerate() {
        place[*it] = at;
    }
    for flow in &mut flows {
        (flow.from, flow.to) = (place[flow.from], place[flow.to]);
    }
    flows.sort_by_key(|it| (it.from, it.to));
    Ok(Body::Flows(Flows { nodes, flows, unit: Unit::of(panel.unit.as_deref()) }))
}

/// Whether one node is reached from another.
fn reaches(flows: &[Flow], from: usize, to: usize) -> bool {
    let (mut seen, mut next) = (vec![from], vec![from]);
    while let Some(at) = next.pop() {
        if at == to {
            return true;
        }
        for flow in flows.iter().filter(|it| it.from == at) {
            if !seen.contains(&flow.to) {
                seen.push(flow.to);
                next.push(flow.to);
            }
        }
    }
    false
}

/// The column of each node: one behind the last that flows into it.
fn columns(count: usize, flows: &[Flow]) -> Vec<usize> {
    let mut columns = vec![0; count];
    // Flows make no circle: after as many rounds as there are nodes nothing moves any more.
    for _ in 0..count {
        let mut moved = false;
        for flow in flows {
            if columns[flow.to] <= columns[flow.from] {
                columns[flow.to] = columns[flow.from] + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    columns
}
