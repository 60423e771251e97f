//! Tables for people: with lines around cells, and one field a line.

use super::visible::{append, append_cell, is_plain, null_word};
use super::{Options, Out, Writer, counted};
use crate::{Cell, Column, Kind, Page, Result};

/// A table whose columns are as wide as what has come so far. A page that needs more room widens them
/// and is set off by a line, so that nothing has to be cut for the width of an earlier page.
pub(super) struct Table {
    null: String,
    null_width: usize,
    widest: usize,
    styled: bool,
    again: bool,
    /// Each column's name as it is shown, its width, and whether it is a number's.
    head: Vec<(Vec<u8>, usize, bool)>,
    widths: Vec<usize>,
    begun: bool,
    cut: u64,
    /// What is shown of the page's cells that cannot stand as they are.
    shown: Vec<u8>,
    cells: Vec<Shown>,
}

/// A cell as it is shown: its own bytes or a part of `shown`.
#[derive(Clone, Copy)]
struct Shown {
    part: Option<(usize, usize)>,
    width: usize,
}

const NAME_WIDEST: usize = 63;

impl Table {
    pub(super) fn new(options: &Options) -> Table {
        let null = null_word(options);
        let null_width = append(null.as_bytes(), usize::MAX, &mut Vec::new()).0;
        Table {
            null,
            null_width,
            widest: options.widest.max(8),
            styled: options.styled,
            again: false,
            head: Vec::new(),
            widths: Vec::new(),
            begun: false,
            cut: 0,
            shown: Vec::new(),
            cells: Vec::new(),
        }
    }

    fn rule(&self, ends: [&str; 3], out: &mut Out<'_>) {
        for (at, width) in self.widths.iter().enumerate() {
            out.put(ends[usize::from(at > 0)].as_bytes());
            for _ in 0..width + 2 {
                out.put("─".as_bytes());
            }
        }
        out.put(ends[2].as_bytes());
        out.byte(b'\n');
    }

    fn top(&mut self, out: &mut Out<'_>) {
        self.begun = true;
        self.rule(["┌", "┬", "┐"], out);
        for ((name, width, number), room) in self.head.iter().zip(&self.widths) {
            field(name, *width, *room, *number, out);
        }
        out.put("│\n".as_bytes());
        self.rule(["├", "┼", "┤"], out);
    }

    fn measure(&mut self, page: &Page) -> bool {
        self.shown.clear();
        self.cells.clear();
        let mut wider = false;
        for row in 0..page.rows() {
            for (cell, room) in page.row(row).zip(&mut self.widths) {
                let shown = if cell.is_null() {
                    Shown { part: None, width: self.null_width }
                } else if cell.kind != Kind::Bytes
                    && (cell.bytes.len() <= self.widest || cell.kind.is_number())
                    && is_plain(cell.bytes)
                {
                    Shown { part: None, width: cell.bytes.len() }
                } else {
                    let from = self.shown.len();
                    let (width, cut) = append_cell(cell, self.widest, &mut self.shown);
                    self.cut += u64::from(cut);
                    Shown { part: Some((from, self.shown.len())), width }
                };
                if shown.width > *room {
                    *room = shown.width;
                    wider = true;
                }
                self.cells.push(shown);
            }
        }
        wider
    }

    fn cell(&self, cell: Cell<'_>, shown: Shown, room: usize, out: &mut Out<'_>) {
        if !cell.is_null() {
            let text = shown.part.map_or(cell.bytes, |(from, to)| &self.shown[from..to]);
            return field(text, shown.width, room, cell.kind.is_number(), out);
        }
        if self.styled {
            let dim = format!("\x1b[2m{}\x1b[22m", self.null);
            return field(dim.as_bytes(), shown.width, room, false, out);
        }
        field(self.null.as_bytes(), shown.width, room, false, out);
    }
}

/// A field with its line before it.
fn field(text: &[u8], width: usize, room: usize, right: bool, out: &mut Out<'_>) {
    out.put("│ ".as_bytes());
    let left = room.saturating_sub(width);
    if right {
        spaces(left, out);
    }
    out.put(text);
    if !right {
        spaces(left, out);
    }
    out.byte(b' ');
}

fn spaces(mut many: usize, out: &mut Out<'_>) {
    const SPACES: [u8; 64] = [b' '; 64];
    while many > 0 {
        let now = many.min(SPACES.len());
        out.put(&SPACES[..now]);
        many -= now;
    }
}

fn shown_name(column: &Column) -> (Vec<u8>, usize) {
    let mut name = Vec::new();
    let (width, _) = append(column.name.as_bytes(), NAME_WIDEST, &mut name);
    (name, width)
}

impl Writer for Table {
    fn begin(&mut self, columns: &[Column], out: &mut Out<'_>) -> Result<()> {
        if std::mem::replace(&mut self.again, true) {
            out.byte(b'\n');
        }
        self.begun = false;
        self.head.clear();
        for column in columns {
            let (name, width) = shown_name(column);
            self.head.push((name, width, column.kind.is_number()));
        }
        self.widths = self.head.iter().map(|it| it.1.max(1)).collect();
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        let old = self.begun.then(|| self.widths.clone());
        let wider = self.measure(page);
        match old {
            None => self.top(out),
            Some(old) if wider => self.seam(&old, out),
            Some(_) => (),
        }
        let mut shown = self.cells.iter();
        for row in 0..page.rows() {
            for ((cell, shown), room) in page.row(row).zip(&mut shown).zip(&self.widths) {
                self.cell(cell, *shown, *room, out);
            }
            out.put("│\n".as_bytes());
        }
        if self.shown.capacity() > 1 << 20 {
            self.shown = Vec::new();
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Out<'_>) -> Result<()> {
        if !self.begun {
            self.top(out);
        }
        self.rule(["└", "┴", "┘"], out);
        Ok(())
    }

    fn finish(&mut self, _out: &mut Out<'_>, notes: &mut Vec<String>) -> Result<()> {
        if self.cut > 0 {
            let cells = counted(self.cut, "text was", "texts were");
            let widest = self.widest;
            notes.push(format!("{cells} cut to {widest} columns; other formats have all of it"));
        }
        Ok(())
    }
}

impl Table {
    /// The line between narrow rows and wide ones: it has both their corners.
    fn seam(&self, old: &[usize], out: &mut Out<'_>) {
        let corners = |widths: &[usize]| {
            let mut at = 0;
            let mut all = vec![0];
            for width in widths {
                at += width + 3;
                all.push(at);
            }
            all
        };
        let (above, below) = (corners(old), corners(&self.widths));
        let last = |all: &[usize]| all.last().copied().unwrap_or(0);
        let (mut above_at, mut below_at) = (0, 0);
        for at in 0..=last(&below) {
            let up = above.get(above_at) == Some(&at);
            let down = below.get(below_at) == Some(&at);
            above_at += usize::from(up);
            below_at += usize::from(down);
            let piece = match (up, down) {
                (true, true) if at == 0 => "├",
                (true, true) if at == last(&below) => "┤",
                (_, true) if at == last(&below) => "┐",
                (true, true) => "┼",
                (true, false) => "┴",
                (false, true) => "┬",
                (false, false) => "─",
            };
            out.put(piece.as_bytes());
        }
        out.byte(b'\n');
    }
}

/// One field a line, under a line with the row's number.
pub(super) struct Vertical {
    null: String,
    styled: bool,
    again: bool,
    names: Vec<(Vec<u8>, usize)>,
    room: usize,
    rows: u64,
    shown: Vec<u8>,
}

impl Vertical {
    pub(super) fn new(options: &Options) -> Vertical {
        Vertical {
            null: null_word(options),
            styled: options.styled,
            again: false,
            names: Vec::new(),
            room: 0,
            rows: 0,
            shown: Vec::new(),
        }
    }
}

impl Writer for Vertical {
    fn begin(&mut self, columns: &[Column], out: &mut Out<'_>) -> Result<()> {
        if std::mem::replace(&mut self.again, true) {
            out.byte(b'\n');
        }
        self.rows = 0;
        self.names = columns.iter().map(shown_name).collect();
        self.room = self.names.iter().map(|it| it.1).max().unwrap_or(0);
        Ok(())
    }

    fn page(&mut self, page: &Page, out: &mut Out<'_>) -> Result<()> {
        for row in 0..page.rows() {
            self.rows += 1;
            out.put(format!("─── {} ", self.rows).as_bytes());
            for _ in 0..self.room.saturating_sub(4).max(3) {
                out.put("─".as_bytes());
            }
            out.byte(b'\n');
            for (cell, (name, width)) in page.row(row).zip(&self.names) {
                out.put(name);
                spaces(self.room - width, out);
                out.put(" │ ".as_bytes());
                if cell.is_null() && self.styled {
                    out.put(format!("\x1b[2m{}\x1b[22m", self.null).as_bytes());
                } else if cell.is_null() {
                    out.put(self.null.as_bytes());
                } else if cell.kind == Kind::Bytes {
                    out.put(b"\\x");
                    out.hex(cell.bytes);
                } else if is_plain(cell.bytes) {
                    out.put(cell.bytes);
                } else {
                    self.shown.clear();
                    append_cell(cell, usize::MAX, &mut self.shown);
                    out.put(&self.shown);
                }
                out.byte(b'\n');
            }
        }
        self.shown.shrink_to(1 << 20);
        Ok(())
    }

    fn end(&mut self, _out: &mut Out<'_>) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self, _out: &mut Out<'_>, _notes: &mut Vec<String>) -> Result<()> {
        Ok(())
    }
}
