//! The legend on top of a picture, and the list of what flags stand for below it.

use super::{Class, Dash, Pen, SMALL, widths};
use crate::dashboard::shape::Marked;
use jiff::tz::TimeZone;

/// An entry: what it is called, its colour, how its line is broken, and its series.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) class: Class,
    pub(super) dash: Dash,
    pub(super) series: usize,
}

const LINE: f64 = 17.0;
const LINES_MOST: usize = 3;

/// Draws a legend from the top and gives the height it took.
pub(super) fn draw(pen: &mut Pen, entries: &[Entry]) -> f64 {
    let width = pen.width();
    let most = ((width - 24.0) / 2.0).clamp(60.0, 240.0);
    let (mut x, mut line) = (0.0, 0_usize);
    for (at, entry) in entries.iter().enumerate() {
        let name = widths::cut(&entry.name, SMALL, most);
        let wide = widths::width(&name, SMALL) + 18.0;
        if x > 0.0 && x + wide > width {
            (x, line) = (0.0, line + 1);
        }
        let y = line as f64 * LINE;
        let rest = entries.len() - at;
        let last_line = line + 1 == LINES_MOST;
        if last_line && rest > 1 && x + wide + 64.0 > width {
            pen.text(x, y + 11.0, format!("and {rest} more"), Class::Muted);
            break;
        }
        if entry.dash == Dash::None {
            pen.rect(x, y + 2.0, 10.0, 10.0, entry.class).round(2.0).stands_for(
                entry.series,
                0,
                None,
            );
        } else {
            let mark = pen.line(x, y + 7.0, x + 12.0, y + 7.0, entry.class);
            mark.stroke(entry.class, 2.0, entry.dash).stands_for(entry.series, 0, None);
        }
        if name != entry.name {
            pen.text(x + 15.0, y + 11.0, name, Class::Text).says(entry.name.clone());
        } else {
            pen.text(x + 15.0, y + 11.0, name, Class::Text);
        }
        x += wide + 12.0;
    }
    if entries.is_empty() { 0.0 } else { (line + 1) as f64 * LINE + 4.0 }
}

/// What happened at one place of an axis, told by one flag.
pub(super) struct Flagged {
    pub(super) number: usize,
    pub(super) at: i64,
    pub(super) says: String,
    pub(super) link: Option<String>,
}

/// What happened, put together where flags would cover each other.
pub(super) fn flagged(
    marks: &[Marked],
    place: impl Fn(i64) -> f64,
    zone: &TimeZone,
) -> Vec<Flagged> {
    let mut flags: Vec<Flagged> = Vec::new();
    for mark in marks {
        let day = super::words::local(mark.at, zone).map(|it| super::words::day(it.date()));
        let says = format!("{} ({})", super::words::clean(&mark.label), day.unwrap_or_default());
        match flags.last_mut().filter(|it| place(mark.at) - place(it.at) < 13.0) {
            Some(flag) => {
                flag.says.push_str(", ");
                flag.says.push_str(&says);
                flag.link = None;
            }
            None => {
                let link = mark.link.clone();
                flags.push(Flagged { number: flags.len() + 1, at: mark.at, says, link });
            }
        }
    }
    flags
}

/// Lines of the list of flags, within a width.
pub(super) fn flag_lines(flags: &[Flagged], width: f64) -> Vec<String> {
    if flags.is_empty() {
        return Vec::new();
    }
    let all: Vec<String> = flags.iter().map(|it| format!("{} {}", it.number, it.says)).collect();
    widths::lines(&all.join(" · "), SMALL, width, LINES_MOST)
}
