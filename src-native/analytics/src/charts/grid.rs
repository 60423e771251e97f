//! Heatmaps and cohorts.

use super::heat;
use super::{Class, Dash, Pen, SMALL, widths, words};
use crate::dashboard::shape::Grid;

pub(super) fn draw(pen: &mut Pen, grid: &Grid) -> String {
    let (columns, rows) = (grid.columns.len().max(1), grid.rows.len().max(1));
    let known = grid.cells.iter().flatten().flatten().copied();
    let (least, most) = known
        .fold((f64::INFINITY, f64::NEG_INFINITY), |it, value| (it.0.min(value), it.1.max(value)));
    let least = least.min(0.0);
    let wanted = grid.rows.iter().map(|it| widths::width(it, SMALL)).fold(0.0, f64::max);
    let left = (wanted + 8.0).clamp(24.0, pen.width() * 0.35);
    let (top, bottom) = (20.0, pen.height() - 22.0);
    let wide = ((pen.width() - left) / columns as f64).min(if grid.cohort { 72.0 } else { 44.0 });
    let high =
        ((bottom - top).max(rows as f64) / rows as f64).min(if grid.cohort { 30.0 } else { 34.0 });
    let gap = if wide > 5.0 && high > 5.0 { 1.0 } else { 0.0 };
    // Every so manieth name, so that they do not cover each other.
    let longest =
        grid.columns.iter().map(|it| widths::width(it, SMALL)).fold(0.0, f64::max).min(96.0);
    let every = ((longest + 8.0) / wide).ceil().max(1.0) as usize;
    for (at, name) in grid.columns.iter().enumerate().step_by(every) {
        let x = left + wide * at as f64;
        let room = (wide * every as f64 - 4.0).min(pen.width() - x);
        let cut = widths::cut(name, SMALL, room);
        pen.text(x + 1.0, 14.0, cut, Class::Muted).says(name.clone());
    }
    let every = (13.0 / high).ceil().max(1.0) as usize;
    for (at, name) in grid.rows.iter().enumerate().step_by(every) {
        let y = top + high * at as f64 + high / 2.0 + 4.0;
        let cut = widths::cut(name, SMALL, left - 8.0);
        pen.text(left - 6.0, y, cut, Class::Muted).end().says(name.clone());
    }
    for (line, cells) in grid.cells.iter().enumerate() {
        for (column, value) in cells.iter().enumerate() {
            let Some(value) = value else { continue };
            let (x, y) = (left + wide * column as f64, top + high * line as f64);
            let step = heat::level(*value, least, most);
            let open = grid.open.get(line).copied().flatten().is_some_and(|it| column >= it);
            let number = words::number(*value, &grid.unit);
            let more = if open { ", not over yet" } else { "" };
            let says = format!("{}, {}: {number}{more}", grid.rows[line], grid.columns[column]);
            let mark = pen.rect(x, y, wide - gap, high - gap, Class::Heat(step));
            mark.stands_for(line, column, grid.sources[line][column]).says(says);
            if open {
                mark.see(0.35).stroke(Class::Edge, 1.0, Dash::Dots);
            }
            let text = words::short(*value, &grid.unit);
            if high >= 14.0
                && widths::width(&text, 10.0) <= wide - 4.0
                && (grid.cohort || wide >= 30.0)
            {
                let class = if open { Class::Text } else { heat::words_on(step) };
                pen.text(x + (wide - gap) / 2.0, y + high / 2.0 + 3.5, text, class)
                    .middle()
                    .sized(10.0);
            }
        }
    }
    scale(pen, grid, least, most);
    let count = grid.cells.iter().flatten().flatten().count();
    format!(
        "{} by {}, {count} cells between {} and {}",
        words::clean(&grid.names.1),
        words::clean(&grid.names.0),
        words::number(least, &grid.unit),
        words::number(most, &grid.unit)
    )
}

/// What the colours mean.
fn scale(pen: &mut Pen, grid: &Grid, least: f64, most: f64) {
    let y = pen.height() - 14.0;
    let less = words::short(least, &grid.unit);
    let wide = widths::width(&less, SMALL);
    pen.text(0.0, y + 9.0, less, Class::Muted);
    for step in 0..=5_u8 {
        pen.rect(wide + 6.0 + f64::from(step) * 16.0, y, 15.0, 10.0, Class::Heat(step));
    }
    pen.text(wide + 6.0 + 96.0 + 6.0, y + 9.0, words::short(most, &grid.unit), Class::Muted);
}
