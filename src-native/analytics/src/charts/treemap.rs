//! Treemaps: rectangles as large as their numbers, as square as they can be.

use super::{Class, Pen, SMALL, widths, words};
use crate::dashboard::shape::{Group, Leaf, Tree};

#[derive(Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Parts a rectangle by sizes, the largest first: rows along the shorter side, each as long as that makes its
/// rectangles squarer.
fn squares(sizes: &[f64], place: Place) -> Vec<Place> {
    let total: f64 = sizes.iter().sum();
    let mut found = Vec::with_capacity(sizes.len());
    if total <= 0.0 {
        return found;
    }
    let by = place.width * place.height / total;
    let mut free = place;
    let mut at = 0;
    while at < sizes.len() {
        let side = free.width.min(free.height).max(1e-9);
        let worst = |row: &[f64]| {
            let sum: f64 = row.iter().map(|it| it * by).sum();
            let deep = sum / side;
            let ratio = |it: &f64| {
                let long = it * by / deep.max(1e-12);
                (long / deep.max(1e-12)).max(deep / long.max(1e-12))
            };
            row.iter().map(ratio).fold(0.0, f64::max)
        };
        let mut end = at + 1;
        while end < sizes.len() && worst(&sizes[at..=end]) <= worst(&sizes[at..end]) {
            end += 1;
        }
        let row = &sizes[at..end];
        let sum: f64 = row.iter().map(|it| it * by).sum();
        let deep = sum / side;
        let mut along = 0.0;
        for size in row {
            let long = size * by / deep.max(1e-12);
            found.push(match free.width >= free.height {
                true => Place { x: free.x, y: free.y + along, width: deep, height: long },
                false => Place { x: free.x + along, y: free.y, width: long, height: deep },
            });
            along += long;
        }
        match free.width >= free.height {
            true => (free.x, free.width) = (free.x + deep, (free.width - deep).max(0.0)),
            false => (free.y, free.height) = (free.y + deep, (free.height - deep).max(0.0)),
        }
        at = end;
    }
    found
}

pub(super) fn draw(pen: &mut Pen, tree: &Tree) -> String {
    let whole = Place { x: 0.0, y: 0.0, width: pen.width(), height: pen.height() };
    let sum = |group: &Group| group.leaves.iter().map(|it| it.size).sum::<f64>();
    let total: f64 = tree.groups.iter().map(sum).sum();
    let grouped = tree.groups.len() > 1 || tree.groups.iter().any(|it| !it.name.is_empty());
    if !grouped {
        let leaves: &[Leaf] = tree.groups.first().map_or(&[], |it| &it.leaves);
        inside(pen, tree, 0, leaves, whole, total);
    } else {
        let sizes: Vec<f64> = tree.groups.iter().map(sum).collect();
        for (at, (group, place)) in tree.groups.iter().zip(squares(&sizes, whole)).enumerate() {
            let head = if place.height > 46.0 && place.width > 40.0 { 16.0 } else { 0.0 };
            if head > 0.0 {
                let name = widths::cut(&group.name, SMALL, place.width - 8.0);
                pen.text(place.x + 3.0, place.y + 12.0, name, Class::Text)
                    .bold()
                    .says(group.name.clone());
            }
            let inner = Place {
                y: place.y + head,
                height: place.height - head - 2.0,
                width: place.width - 2.0,
                ..place
            };
            inside(pen, tree, at, &group.leaves, inner, total);
        }
    }
    let largest =
        tree.groups.iter().flat_map(|it| &it.leaves).max_by(|a, b| a.size.total_cmp(&b.size));
    let count: usize = tree.groups.iter().map(|it| it.leaves.len()).sum();
    let of_all = words::number(total, &tree.unit);
    match largest {
        Some(it) => words::clean(&format!(
            "{count} parts of {of_all}, the largest {} with {}",
            it.name,
            words::number(it.size, &tree.unit)
        )),
        None => of_all,
    }
}

fn inside(pen: &mut Pen, tree: &Tree, group: usize, leaves: &[Leaf], place: Place, total: f64) {
    let sizes: Vec<f64> = leaves.iter().map(|it| it.size).collect();
    for (at, (leaf, place)) in leaves.iter().zip(squares(&sizes, place)).enumerate() {
        let number = words::number(leaf.size, &tree.unit);
        let share = words::number(leaf.size / total.max(f64::MIN_POSITIVE), &words::Unit::Share);
        let within = &tree.groups[group].name;
        let name =
            if within.is_empty() { leaf.name.clone() } else { format!("{within}, {}", leaf.name) };
        let other = leaf.row.is_none() && leaf.name == "other";
        let class = if other { Class::Series(8) } else { Class::of_series(group) };
        let (width, height) = ((place.width - 1.0).max(0.2), (place.height - 1.0).max(0.2));
        let mark = pen.rect(place.x, place.y, width, height, class);
        mark.stands_for(group, at, leaf.row).says(format!("{name}: {number}, {share} of all"));
        if width < 26.0 || height < 15.0 {
            continue;
        }
        let label = widths::cut(&leaf.name, SMALL, width - 8.0);
        if label.chars().count() < 3 && label != leaf.name {
            continue;
        }
        pen.text(place.x + 4.0, place.y + 13.0, label, Class::Surface);
        let short = words::short(leaf.size, &tree.unit);
        if height >= 30.0 && widths::width(&short, SMALL) <= width - 8.0 {
            pen.text(place.x + 4.0, place.y + 27.0, short, Class::Surface);
        }
    }
}
