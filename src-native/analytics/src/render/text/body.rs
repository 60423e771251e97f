//! What panels show, in the terminal.

use super::{BAD, GOOD, MARK, Page, cut, fill};
use crate::charts::words::{self, Unit};
use crate::dashboard::shape::{
    Axis, Body, Form, Funnel, Gauge, Grid, Judged, Number, Rows, Series,
};
use crate::table::{Cell, ColumnKind};
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];

/// A bar of so many columns at most, to an eighth of one.
fn bar(share: f64, columns: usize) -> String {
    let eighths = (share.clamp(0.0, 1.0) * columns as f64 * 8.0).round() as usize;
    let mut text = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        text.push(EIGHTHS[eighths % 8 - 1]);
    }
    if text.is_empty() && share > 0.0 {
        text.push(EIGHTHS[0]);
    }
    text
}

/// Numbers as a small line, no wider than so many columns: where there are more, the average of neighbours.
fn spark(values: &[Option<f64>], columns: usize) -> String {
    let columns = columns.max(1);
    let count = values.len().min(columns);
    let groups: Vec<Option<f64>> = (0..count)
        .map(|at| {
            let group = &values[at * values.len() / count..(at + 1) * values.len() / count];
            let known: Vec<f64> = group.iter().flatten().copied().collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        })
        .collect();
    let known = groups.iter().flatten().copied();
    let least = known.clone().fold(0.0, f64::min);
    let most = known.fold(f64::NEG_INFINITY, f64::max);
    let level = |value: f64| {
        let share = if most > least { (value - least) / (most - least) } else { 0.0 };
        LEVELS[((share * 7.0).round() as usize).min(7)]
    };
    groups.into_iter().map(|it| it.map_or(' ', level)).collect()
}

impl Page {
    pub(super) fn body(&mut self, body: &Body, zone: &TimeZone) {
        match body {
            Body::Empty(why) => self.soft(&words::clean(why)),
            Body::Number(it) => self.number(it),
            Body::Gauge(it) => self.gauge(it),
            Body::Series(it) => match (&it.axis, it.form) {
                (Axis::Words(names), Form::Bar | Form::Stacked) => self.bars(it, names),
                _ => self.lines(it),
            },
            Body::Grid(it) => self.grid(it),
            Body::Funnel(it) => self.funnel(it),
            Body::Tree(it) => {
                let leaves = it.groups.iter().flat_map(|group| {
                    group.leaves.iter().map(move |leaf| {
                        let name = if group.name.is_empty() {
                            leaf.name.clone()
                        } else {
                            format!("{} / {}", group.name, leaf.name)
                        };
                        (name, leaf.size)
                    })
                });
                let mut leaves: Vec<(String, f64)> = leaves.collect();
                leaves.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                self.list(&leaves, &it.unit, 20);
            }
            Body::Flows(it) => {
                let mut flows: Vec<(String, f64)> = it
                    .flows
                    .iter()
                    .map(|flow| {
                        (
                            format!("{} → {}", it.nodes[flow.from].name, it.nodes[flow.to].name),
                            flow.size,
                        )
                    })
                    .collect();
                flows.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                self.list(&flows, &it.unit, 20);
            }
            Body::Rows(it) => self.rows(it, zone),
        }
    }

    fn judged(&self, text: &str, judged: Judged) -> String {
        match judged {
            Judged::Good => self.coloured(text, GOOD),
            Judged::Bad => self.coloured(text, BAD),
            Judged::Neither => text.to_owned(),
        }
    }

    fn number(&mut self, number: &Number) {
        let figure = crate::charts::figure(number);
        let target = number.target.map(|it| format!("target {}", words::number(it, &number.unit)));
        match crate::charts::change(number).or(target) {
            None => self.line(&figure),
            Some(more) if figure.width() + 2 + more.width() <= self.terminal.width => {
                let more = self.judged(&more, number.judged);
                self.line(&format!("{figure}  {more}"));
            }
            Some(more) => {
                self.line(&figure);
                for line in super::wrap(&more, self.terminal.width) {
                    let line = self.judged(&line, number.judged);
                    self.line(&line);
                }
            }
        }
        if let Some(against) = &number.against {
            self.soft(&format!("compared with {against}"));
        }
        if number.course.len() > 1 {
            let line = spark(&number.course, self.terminal.width.min(60));
            let line = self.coloured(&line, MARK);
            self.line(&line);
        }
    }

    fn gauge(&mut self, gauge: &Gauge) {
        let figure = gauge.value.map_or("–".to_owned(), |it| words::number(it, &gauge.unit));
        let target = words::number(gauge.target, &gauge.unit);
        let state = match gauge.judged {
            Judged::Good => ", reached",
            Judged::Bad => ", missed",
            Judged::Neither => "",
        };
        let text = self.judged(&format!("{figure} of {target}{state}"), gauge.judged);
        self.line(&text);
        let share =
            gauge.value.unwrap_or(0.0) / if gauge.target == 0.0 { 1.0 } else { gauge.target };
        let columns = self.terminal.width.min(40);
        let full = fill(&bar(share, columns), columns, false);
        self.line(&format!("{full}▕"));
    }

    /// Series along time or numbers: a small line each, and its figures.
    fn lines(&mut self, series: &Series) {
        let names: Vec<String> = series.lines.iter().map(|it| words::clean(&it.name)).collect();
        let names_wide =
            names.iter().map(|it| it.width()).max().unwrap_or(0).min(self.terminal.width / 3);
        for (line, name) in series.lines.iter().zip(&names) {
            let known: Vec<f64> = line.values.iter().flatten().copied().collect();
            let short = |it: f64| words::short(it, &series.unit);
            let figures = match known.last() {
                None => "no numbers".to_owned(),
                Some(last) => {
                    let least = known.iter().copied().fold(f64::INFINITY, f64::min);
                    let most = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    format!("{} … {}, last {}", short(least), short(most), short(*last))
                }
            };
            let name = if series.lines.len() > 1 {
                format!("{} ", fill(name, names_wide, false))
            } else {
                String::new()
            };
            let room = self.terminal.width.saturating_sub(name.width() + figures.width() + 1);
            if room >= 8 {
                let drawn = self.coloured(&spark(&line.values, room.min(90)), MARK);
                self.line(&format!("{name}{drawn} {figures}"));
                continue;
            }
            let room = self.terminal.width.saturating_sub(name.width()).max(1);
            let drawn = self.coloured(&spark(&line.values, room), MARK);
            self.line(&format!("{name}{drawn}"));
            self.soft(&figures);
        }
        let count = series.axis.len();
        if count > 0 {
            let place = |it: usize| crate::charts::place(&series.axis, it);
            let text = match count {
                1 => place(0),
                _ => format!("{} – {}", place(0), place(count - 1)),
            };
            self.soft(&words::clean(&text));
        }
        for mark in &series.marks {
            if let Axis::Time { zone, .. } = &series.axis {
                let day = words::moment(
                    mark.at,
                    crate::dashboard::shape::Step::Grain(crate::dashboard::period::Grain::Day),
                    zone,
                );
                self.soft(&words::clean(&format!("{day}: {}", mark.label)));
            }
        }
    }

    /// Bars by words: a line each, one for each series where there are several.
    fn bars(&mut self, series: &Series, names: &[String]) {
        if series.lines.len() == 1 {
            let all: Vec<(String, f64)> = names
                .iter()
                .zip(&series.lines[0].values)
                .filter_map(|(name, value)| Some((name.clone(), (*value)?)))
                .collect();
            self.list(&all, &series.unit, 30);
            return;
        }
        let mut head = vec![series.axis_name.clone()];
        head.extend(series.lines.iter().map(|it| words::clean(&it.name)));
        let rows: Vec<Vec<String>> = (0..names.len())
            .map(|at| {
                let mut row = vec![words::clean(&names[at])];
                let value = |it: Option<f64>| {
                    it.map_or("–".to_owned(), |it| words::number(it, &series.unit))
                };
                row.extend(series.lines.iter().map(|it| value(it.values[at])));
                row
            })
            .collect();
        let mut right = vec![true; head.len()];
        right[0] = false;
        self.columns(&head, &rows, &right);
    }

    /// Names with bars and numbers.
    fn list(&mut self, all: &[(String, f64)], unit: &Unit, most: usize) {
        let shown = &all[..all.len().min(most)];
        let names: Vec<String> = shown.iter().map(|it| words::clean(&it.0)).collect();
        let wide =
            names.iter().map(|it| it.width()).max().unwrap_or(0).min(self.terminal.width * 2 / 5);
        let numbers: Vec<String> = shown.iter().map(|it| words::number(it.1, unit)).collect();
        let digits = numbers.iter().map(|it| it.width()).max().unwrap_or(0);
        let largest = shown.iter().map(|it| it.1.abs()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let room = self.terminal.width.saturating_sub(wide + digits + 2).clamp(4, 60);
        for ((name, number), (_, value)) in names.iter().zip(&numbers).zip(shown) {
            let drawn = bar(value.abs() / largest, room);
            let drawn = self.coloured(&drawn, MARK);
            self.line(&format!(
                "{} {} {drawn}",
                fill(name, wide, false),
                fill(number, digits, true)
            ));
        }
        if all.len() > shown.len() {
            self.soft(&format!("and {} more", all.len() - shown.len()));
        }
    }

    fn grid(&mut self, grid: &Grid) {
        let known = grid.cells.iter().flatten().flatten().copied();
        let most = known.fold(0.0_f64, |most, it| most.max(it.abs())).max(f64::MIN_POSITIVE);
        if grid.cohort {
            let mut head = vec![grid.names.1.clone()];
            head.extend(grid.columns.iter().map(|it| words::clean(it)));
            let rows: Vec<Vec<String>> = grid
                .rows
                .iter()
                .zip(&grid.cells)
                .map(|(name, cells)| {
                    let mut row = vec![words::clean(name)];
                    row.extend(
                        cells
                            .iter()
                            .map(|it| it.map_or(String::new(), |it| words::short(it, &grid.unit))),
                    );
                    row
                })
                .collect();
            let mut right = vec![true; head.len()];
            right[0] = false;
            self.columns(&head, &rows, &right);
            return;
        }
        let wide =
            grid.rows.iter().map(|it| it.width()).max().unwrap_or(0).min(self.terminal.width / 3);
        let room = self.terminal.width.saturating_sub(wide + 1).max(1);
        let each = if grid.columns.len() * 2 <= room { 2 } else { 1 };
        for (name, cells) in grid.rows.iter().zip(&grid.cells) {
            let drawn: String = cells
                .iter()
                .take(room / each)
                .flat_map(|it| {
                    let shade = match it {
                        None => ' ',
                        Some(it) => SHADES[((it.abs() / most * 4.0).ceil() as usize).min(4)],
                    };
                    std::iter::repeat_n(shade, each)
                })
                .collect();
            let drawn = self.coloured(&drawn, MARK);
            self.line(&format!("{} {drawn}", fill(&words::clean(name), wide, false)));
        }
        let (first, last) = (grid.columns.first(), grid.columns.last());
        if let (Some(first), Some(last)) = (first, last) {
            self.soft(&words::clean(&format!(
                "{first} – {last}; █ is {}",
                words::number(most, &grid.unit)
            )));
        }
    }

    fn funnel(&mut self, funnel: &Funnel) {
        let most =
            funnel.steps.iter().map(|it| it.count).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let names: Vec<String> = funnel.steps.iter().map(|it| words::clean(&it.name)).collect();
        let wide =
            names.iter().map(|it| it.width()).max().unwrap_or(0).min(self.terminal.width * 2 / 5);
        for (step, name) in funnel.steps.iter().zip(&names) {
            let number = fill(&words::number(step.count, &funnel.unit), 10, true);
            let share =
                step.of_first.map_or("–".to_owned(), |it| words::number(it, &Unit::Share));
            let room = self.terminal.width.saturating_sub(wide + 22).clamp(4, 50);
            let drawn = bar(step.count / most, room);
            let drawn = self.coloured(&drawn, MARK);
            self.line(&format!(
                "{} {number} {} {drawn}",
                fill(name, wide, false),
                fill(&share, 8, true)
            ));
        }
    }

    fn rows(&mut self, rows: &Rows, zone: &TimeZone) {
        if rows.rows.is_empty() {
            self.soft("There are no rows");
            return;
        }
        let shown = rows.rows.len().min(50);
        let head: Vec<String> = rows.columns.iter().map(|it| words::clean(&it.name)).collect();
        let said: Vec<Vec<String>> = rows.rows[..shown]
            .iter()
            .map(|row| {
                let cell = |it: &Cell| match it {
                    Cell::Null => "–".to_owned(),
                    it => words::said(it, &rows.unit, zone),
                };
                row.iter().map(cell).collect()
            })
            .collect();
        let right: Vec<bool> =
            rows.columns.iter().map(|it| it.kind == ColumnKind::Number).collect();
        self.columns(&head, &said, &right);
        if rows.rows.len() > shown {
            self.soft(&format!("and {} more rows", rows.rows.len() - shown));
        }
    }

    /// Rows in columns that line up and fit.
    pub(super) fn columns(&mut self, head: &[String], rows: &[Vec<String>], right: &[bool]) {
        // Each column takes two letters at least, so more than these have no room anyhow.
        let most = self.terminal.width / 2 + 2;
        let mut wide: Vec<usize> = head
            .iter()
            .take(most)
            .enumerate()
            .map(|(at, name)| {
                let cells = rows.iter().filter_map(|it| it.get(at)).map(|it| it.width());
                cells.max().unwrap_or(0).max(name.width()).min(60)
            })
            .collect();
        // The widest give way until all fit; columns that still do not are left out.
        let room = self.terminal.width;
        let total = |wide: &[usize]| wide.iter().sum::<usize>() + 2 * wide.len().saturating_sub(1);
        while total(&wide) > room {
            match wide.iter_mut().max() {
                Some(most) if *most > 8 => *most -= 1,
                _ => break,
            }
        }
        let mut fit = wide.len();
        while fit > 1 && total(&wide[..fit]) > room {
            fit -= 1;
        }
        let put = |row: &[String]| -> String {
            let cells = (0..fit).map(|at| {
                let text = row.get(at).map(String::as_str).unwrap_or_default();
                fill(text, wide[at], right.get(at).copied().unwrap_or(false))
            });
            cells.collect::<Vec<_>>().join("  ")
        };
        let line = put(head);
        self.soft_line(&cut(&line, room));
        for row in rows {
            let line = put(row);
            self.line(&line);
        }
        if fit < head.len() {
            self.soft(&format!("{} more columns have no room here", head.len() - fit));
        }
    }

    fn soft_line(&mut self, text: &str) {
        let line = self.coloured(text.trim_end(), super::SOFT);
        self.line(&line);
    }
}
