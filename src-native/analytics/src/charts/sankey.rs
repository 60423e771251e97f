//! Flows between columns of nodes.

use super::{Class, Pen, SMALL, Shape, Step, widths, words};
use crate::dashboard::shape::Flows;

/// How thick a node is.
const NODE: f64 = 10.0;

pub(super) fn draw(pen: &mut Pen, flows: &Flows) -> String {
    let columns = flows.nodes.iter().map(|it| it.column).max().unwrap_or(0) + 1;
    let (width, height) = (pen.width(), pen.height() - 4.0);
    let in_column = |column: usize| flows.nodes.iter().filter(move |it| it.column == column);
    let tallest = (0..columns).map(|it| in_column(it).count()).max().unwrap_or(1).max(1);
    let gap = (height * 0.3 / tallest as f64).clamp(1.0, 14.0);
    // As thick as the column that needs most room allows.
    let by = (0..columns)
        .map(|it| {
            let sum: f64 = in_column(it).map(|it| it.size).sum();
            let gaps = gap * in_column(it).count().saturating_sub(1) as f64;
            (height - gaps).max(height * 0.1) / sum.max(f64::MIN_POSITIVE)
        })
        .fold(f64::INFINITY, f64::min);
    let last_names =
        in_column(columns - 1).map(|it| widths::width(&it.name, SMALL)).fold(0.0, f64::max);
    let right = (last_names + 8.0).min(width * 0.22);
    let apart = if columns > 1 { (width - right - NODE) / (columns - 1) as f64 } else { 0.0 };
    let mut place: Vec<(f64, f64)> = vec![(0.0, 0.0); flows.nodes.len()];
    // From the left to the right each node stands as near as it can to where its flows come from.
    for column in 0..columns {
        let mut order: Vec<usize> =
            (0..flows.nodes.len()).filter(|it| flows.nodes[*it].column == column).collect();
        let from = |node: usize| {
            let (mut sum, mut weight) = (0.0, 0.0);
            for flow in flows.flows.iter().filter(|it| it.to == node) {
                sum += (place[flow.from].1 + flows.nodes[flow.from].size * by / 2.0) * flow.size;
                weight += flow.size;
            }
            if weight > 0.0 { sum / weight } else { 0.0 }
        };
        if column > 0 {
            let keys: Vec<f64> = (0..flows.nodes.len()).map(from).collect();
            order.sort_by(|a, b| keys[*a].total_cmp(&keys[*b]).then(a.cmp(b)));
        }
        let mut next = 2.0;
        for node in order {
            place[node] = (apart * column as f64, next);
            next += flows.nodes[node].size * by + gap;
        }
    }
    let mut order: Vec<usize> = (0..flows.flows.len()).collect();
    order.sort_by(|a, b| {
        let key = |it: &usize| (place[flows.flows[*it].from].1, place[flows.flows[*it].to].1);
        key(a).0.total_cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1)).then(a.cmp(b))
    });
    let mut out: Vec<f64> = place.iter().map(|it| it.1).collect();
    let mut starts = vec![0.0; flows.flows.len()];
    for at in &order {
        let flow = &flows.flows[*at];
        starts[*at] = out[flow.from];
        out[flow.from] += flow.size * by;
    }
    order.sort_by(|a, b| {
        let key = |it: &usize| (place[flows.flows[*it].to].1, place[flows.flows[*it].from].1);
        key(a).0.total_cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1)).then(a.cmp(b))
    });
    let mut into: Vec<f64> = place.iter().map(|it| it.1).collect();
    for at in &order {
        let flow = &flows.flows[*at];
        let thick = (flow.size * by).max(0.5);
        let (x0, y0) = (place[flow.from].0 + NODE, starts[*at]);
        let (x1, y1) = (place[flow.to].0, into[flow.to]);
        into[flow.to] += flow.size * by;
        let bend = (x1 - x0) / 2.0;
        let steps = vec![
            Step::Move(x0, y0),
            Step::Curve(x0 + bend, y0, x1 - bend, y1, x1, y1),
            Step::Line(x1, y1 + thick),
            Step::Curve(x1 - bend, y1 + thick, x0 + bend, y0 + thick, x0, y0 + thick),
            Step::Close,
        ];
        let says = format!(
            "{} to {}: {}",
            flows.nodes[flow.from].name,
            flows.nodes[flow.to].name,
            words::number(flow.size, &flows.unit)
        );
        let mark = pen.add(Shape::Path(steps));
        mark.fill = Some(Class::of_series(flow.from));
        mark.see(0.4).stands_for(flow.from, flow.to, flow.row).says(says);
    }
    for (at, node) in flows.nodes.iter().enumerate() {
        let (x, y) = place[at];
        let high = (node.size * by).max(1.0);
        let number = words::number(node.size, &flows.unit);
        pen.rect(x, y, NODE, high, Class::of_series(at)).says(format!("{}: {number}", node.name));
    }
    for (at, node) in flows.nodes.iter().enumerate() {
        let (x, y) = place[at];
        let high = node.size * by;
        if high + gap < 9.0 {
            continue;
        }
        let room = if node.column + 1 == columns { right - 6.0 } else { apart - NODE - 8.0 };
        let name = widths::cut(&node.name, SMALL, room);
        let base = (y + high / 2.0 + 4.0).min(pen.height() - 2.0).max(10.0);
        pen.text(x + NODE + 4.0, base, name, Class::Text).says(node.name.clone());
    }
    let told: Vec<String> = flows
        .flows
        .iter()
        .take(12)
        .map(|it| {
            let names = (&flows.nodes[it.from].name, &flows.nodes[it.to].name);
            format!("{} to {} {}", names.0, names.1, words::number(it.size, &flows.unit))
        })
        .collect();
    words::clean(&told.join("; "))
}
