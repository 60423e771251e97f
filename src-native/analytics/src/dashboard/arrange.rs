//! Which panels stand beside each other. The same for the page, pictures and HTML.

use super::{Dashboard, Part};

/// A row of a dashboard, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Text: the number of its part.
    Text(usize),
    /// Panels beside each other: the numbers of their parts, and the columns of twelve each takes.
    Panels(Vec<(usize, u8)>),
}

/// The rows of a dashboard: panels stand beside each other until twelve columns are full or text comes
/// between them. Queries and assertions take no room.
pub fn rows(dashboard: &Dashboard) -> Vec<Row> {
    let mut rows = Vec::new();
    let (mut open, mut used): (Vec<(usize, u8)>, u8) = (Vec::new(), 0);
    for (at, part) in dashboard.parts.iter().enumerate() {
        match part {
            Part::Panel(panel) => {
                let width = panel.width.clamp(1, 12);
                if used + width > 12 {
                    rows.push(Row::Panels(std::mem::take(&mut open)));
                    used = 0;
                }
                open.push((at, width));
                used += width;
            }
            Part::Text(_) => {
                if !open.is_empty() {
                    rows.push(Row::Panels(std::mem::take(&mut open)));
                    used = 0;
                }
                rows.push(Row::Text(at));
            }
            Part::Query(_) | Part::Asserts(_) => {}
        }
    }
    if !open.is_empty() {
        rows.push(Row::Panels(open));
    }
    rows
}
