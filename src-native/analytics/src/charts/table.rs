//! Rows as a picture, for files of pictures: elsewhere they are a table.

use super::{Class, Pen, SMALL, widths, words};
use crate::dashboard::shape::Rows;
use crate::table::{Cell, ColumnKind};

const LINE: f64 = 20.0;

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
            all.map(|it| widths::width(it, SMALL)).fold(16.0, f64::max).min(360.0) + 16.0
        })
        .collect();
    let sum: f64 = wanted.iter().sum();
    let room = pen.width();
    let least = 48.0;
    let fit = ((room / least).floor() as usize).clamp(1, wanted.len());
    let wanted = &wanted[..fit];
    let sum = if fit < rows.columns.len() { wanted.iter().sum() } else { sum };
    let scale = if sum > room { room / sum } else { 1.0 };
    let mut x = 0.0;
    let shown_columns = rows.columns.iter().enumerate().take(fit);
    for (at, column) in shown_columns {
        let wide = wanted[at] * scale;
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
