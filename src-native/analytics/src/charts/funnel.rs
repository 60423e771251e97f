//! Funnels: a bar a step.

use super::{Class, Pen, SMALL, USUAL, widths, words};
use crate::dashboard::shape::Funnel;

pub(super) fn draw(pen: &mut Pen, funnel: &Funnel) -> String {
    let count = funnel.steps.len().max(1) as f64;
    let most = funnel.steps.iter().map(|it| it.count).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let slot = (pen.height() / count).min(46.0);
    let width = pen.width();
    let left =
        funnel.steps.iter().map(|it| widths::width(&it.name, USUAL)).fold(0.0, f64::max) + 12.0;
    let left = left.min(width * 0.34);
    let right = 118.0_f64.min(width * 0.34);
    let room = (width - left - right).max(10.0);
    let mut told = Vec::new();
    for (at, step) in funnel.steps.iter().enumerate() {
        let y = slot * at as f64;
        let base = y + slot / 2.0 + 4.0;
        let name = widths::cut(&step.name, USUAL, left - 10.0);
        pen.text(left - 8.0, base, name, Class::Text).end().sized(USUAL).says(step.name.clone());
        let number = words::number(step.count, &funnel.unit);
        let share = |it: Option<f64>| it.map(|it| words::number(it, &words::Unit::Share));
        let mut says = format!("{}: {number}", step.name);
        if at > 0 {
            if let Some(it) = share(step.of_last) {
                says.push_str(&format!(", {it} of the step before"));
            }
            if let Some(it) = share(step.of_first) {
                says.push_str(&format!(", {it} of the first"));
            }
        }
        if let Some(before) = step.before {
            says.push_str(&format!(", before {}", words::number(before, &funnel.unit)));
        }
        let thick = (slot - 6.0).clamp(2.0, 30.0);
        let top = y + (slot - thick) / 2.0;
        pen.rect(left, top, room, thick, Class::Sunken).round(2.0);
        let mark = pen.rect(left, top, room * (step.count / most), thick, Class::Series(1));
        mark.round(2.0).stands_for(0, at, Some(at)).says(says.clone());
        if let Some(before) = step.before {
            let x = left + room * (before / most).min(1.0);
            let mark = pen.line(x, top - 2.0, x, top + thick + 2.0, Class::Text);
            mark.stroke(Class::Text, 1.5, super::Dash::Dots)
                .says(format!("before: {}", words::number(before, &funnel.unit)));
        }
        let text = match share(step.of_first).filter(|_| at > 0) {
            Some(share) => format!("{} · {share}", words::short(step.count, &funnel.unit)),
            None => words::short(step.count, &funnel.unit),
        };
        let text = widths::cut(&text, SMALL, right - 8.0);
        pen.text(left + room + 8.0, base, text, Class::Text);
        told.push(says);
    }
    words::clean(&told.join("; "))
}
