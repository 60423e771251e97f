//! Bars that lie: names beside them have room.

use super::legend::{self, Entry};
use super::scale::Scale;
use super::series::{about, look, says};
use super::{Class, Pen, SMALL, widths, words};
use crate::dashboard::shape::{Axis, Form, Series};

/// Whether bars lie: over words they do, so that one sees at a glance which are over time. Hours and other
/// numbers are no words, however they are written.
pub(super) fn fits(series: &Series) -> bool {
    let Axis::Words(names) = &series.axis else { return false };
    !names.iter().all(|it| it.parse::<f64>().is_ok())
}

/// The least height of a bar with its name.
const LEAST: f64 = 15.0;

pub(super) fn draw(pen: &mut Pen, series: &Series) -> String {
    let Axis::Words(names) = &series.axis else { return String::new() };
    let mut top = 2.0;
    if series.lines.len() > 1 {
        let entries: Vec<Entry> = (0..series.lines.len())
            .map(|it| {
                let (class, dash) = look(series, it);
                Entry { name: series.lines[it].name.clone(), class, dash, series: it }
            })
            .collect();
        top += legend::draw(pen, &entries);
    }
    let piled = series.form == Form::Stacked;
    let beside = if piled { 1.0 } else { series.lines.len().max(1) as f64 };
    let least = LEAST.max(beside * 6.0);
    let fitting = ((pen.height() - top) / least).floor().max(1.0) as usize;
    let shown = if names.len() > fitting { fitting.saturating_sub(1).max(1) } else { names.len() };
    let more = names.len() - shown;
    let foot = if more > 0 { 16.0 } else { 0.0 };
    let slot = ((pen.height() - top - foot) / shown.max(1) as f64).min(36.0 * beside.min(3.0));
    let sums = |index: usize, sign: f64| -> f64 {
        let values = series.lines.iter().filter_map(|it| it.values.get(index).copied().flatten());
        match piled {
            true => values.filter(|it| it * sign > 0.0).sum(),
            false => {
                values.fold(0.0, |most: f64, it| if it * sign > most * sign { it } else { most })
            }
        }
    };
    let all = (0..shown).flat_map(|it| [sums(it, 1.0), sums(it, -1.0)]).chain(series.target);
    let scale = Scale::of(all, false, 4, &series.unit);
    let wanted = names[..shown].iter().map(|it| widths::width(it, SMALL)).fold(0.0, f64::max);
    let left = (wanted + 8.0).min(pen.width() * 0.45);
    let numbers = series.lines.iter().flat_map(|it| it.values.iter().take(shown).flatten());
    let room = numbers
        .map(|it| widths::width(&words::short(*it, &series.unit), SMALL))
        .fold(0.0, f64::max)
        + 8.0;
    let negative = scale.least < 0.0;
    let from = left + if negative { room } else { 0.0 };
    let scale = scale.between(from, (pen.width() - room).max(from + 10.0));
    let zero = scale.at(0.0);
    for (index, whole) in names.iter().enumerate().take(shown) {
        let y = top + slot * index as f64;
        let name = widths::cut(whole, SMALL, left - 7.0);
        let label = pen.text(left - 6.0, y + slot / 2.0 + 4.0, name, Class::Text).end();
        label.says(whole.clone());
        let thick = ((slot * 0.76) / beside).min(24.0);
        let (mut up, mut down) = (0.0, 0.0);
        for (number, line) in series.lines.iter().enumerate() {
            let Some(value) = line.values.get(index).copied().flatten() else { continue };
            let (class, _) = look(series, number);
            let (begin, end) = match piled {
                true => {
                    let base = if value < 0.0 { &mut down } else { &mut up };
                    let begin = *base;
                    *base += value;
                    (scale.at(begin), scale.at(*base))
                }
                false => (zero, scale.at(value)),
            };
            let offset = if piled { 0.0 } else { thick * number as f64 };
            let bar = y + (slot - thick * beside) / 2.0 + offset;
            let gap = if beside > 1.0 { 0.5 } else { 0.0 };
            let mark = pen.rect(begin.min(end), bar, (end - begin).abs(), thick - gap, class);
            if line.before.is_some() {
                mark.see(0.45);
            }
            mark.stands_at(series, number, index);
            mark.says(says(series, number, index, value));
            if !piled && thick >= 9.0 {
                let text = words::short(value, &series.unit);
                let base = bar + thick / 2.0 + 4.0;
                match value < 0.0 {
                    true => pen.text(end - 4.0, base, text, Class::Muted).end(),
                    false => pen.text(end + 4.0, base, text, Class::Muted),
                };
            }
        }
        if piled {
            let text = words::short(up + down, &series.unit);
            pen.text(scale.at(up) + 4.0, y + slot / 2.0 + 4.0, text, Class::Muted);
        }
    }
    let bottom = top + slot * shown as f64;
    pen.line(zero, top, zero, bottom, Class::Edge);
    if let Some(target) = series.target {
        let x = scale.at(target);
        let words = format!("target {}", words::number(target, &series.unit));
        pen.line(x, top, x, bottom, Class::Bad)
            .stroke(Class::Bad, 1.5, super::Dash::Strokes)
            .says(words);
    }
    if more > 0 {
        let y = pen.height() - 4.0;
        pen.text(left, y, format!("and {more} more"), Class::Muted);
    }
    about(series)
}
