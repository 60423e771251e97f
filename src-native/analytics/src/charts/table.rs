//! Rows as a picture, for files of pictures: elsewhere they are a table.

use super::{Class, Pen, SMALL, widths, words};
use crate::dashboard::shape::Rows;
use crate::table::{Cell, ColumnKind};

const LINE: f64 = 20.0;
/// The least that a column gets.
const LEAST: f64 = 48.0;

/// What each column gets of a room: what it wants where all fit; else the widest give way first.
fn shared(wanted: &[f64], room: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut wide = vec![0.0; wanted.len()];
    let mut left = room;
    for (at, column) in order.iter().enumerate() {
        let share = left / (order.len() - at) as f64;
        wide[*column] = wanted[*column].min(share);
        left -= wide[*column];
    }
    wide
}

pub(super) fn draw(pen: &mut Pen, rows: &Rows) -> String {
    if rows.columns.is_empty() {
        return pen.empty("There are no columns");
    }
    let fitting = ((pen.height() - 24.0) / LINE).floor().max(1.0) as usize;
    let shown = if rows.rows.len() > fitting { fitting.saturating_sub(1) } else { rows.rows.len() };
    let said: Vec<Vec<String>> = rows.rows[..shown]
        .iter()
        .map(|row| row.iter().map(|it| words::cell(it, &rows.unit)).collect())
        .collect();
    // Columns get what they need as long as there is room, and share what there is when not.
    let wanted: Vec<f64> = rows
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let cells = said.iter().filter_map(|row| row.get(at));
            let all = cells.map(String::as_str).chain([column.name.as_str()]);
            all.map(|it| widths::width(it, SMALL)).fold(16.0, f64::max).min(520.0) + 16.0
        })
        .collect();
    let room = pen.width();
    let fit = ((room / LEAST).floor() as usize).clamp(1, wanted.len());
    let wide = shared(&wanted[..fit], room);
    let mut x = 0.0;
    let shown_columns = rows.columns.iter().enumerate().take(fit);
    for (at, column) in shown_columns {
        let wide = wide[at];
        let right = matches!(column.kind, ColumnKind::Number);
        let edge = if right { x + wide - 12.0 } else { x };
        let put = |pen: &mut Pen, y: f64, text: &str, class: Class, bold: bool| {
            let cut = widths::cut(text, SMALL, wide - 12.0);
            let mark = pen.text(edge, y, cut.clone(), class);
            if right {
                mark.end();
            }
            if bold {
                mark.bold();
            }
            if cut != text {
                mark.says(text);
            }
        };
        put(pen, 14.0, &words::clean(&column.name), Class::Muted, true);
        for (line, row) in said.iter().enumerate() {
            let y = 24.0 + LINE * line as f64 + 14.0;
            let none = matches!(rows.rows[line].get(at), Some(Cell::Null) | None);
            let text = if none { "–" } else { row[at].as_str() };
            put(pen, y, text, if none { Class::Muted } else { Class::Text }, false);
        }
        x += wide;
    }
    for line in 0..=shown {
        let y = 22.0 + LINE * line as f64;
        pen.line(0.0, y, room, y, Class::Grid);
    }
    let more = rows.rows.len() - shown;
    if more > 0 {
        let y = 24.0 + LINE * shown as f64 + 14.0;
        pen.text(0.0, y, format!("and {more} more rows"), Class::Muted);
    }
    if rows.rows.is_empty() {
        pen.text(0.0, 40.0, "There are no rows", Class::Muted);
    }
    let names: Vec<String> = rows.columns.iter().map(|it| words::clean(&it.name)).collect();
    format!("{} rows of {}", rows.rows.len(), names.join(", "))
}
