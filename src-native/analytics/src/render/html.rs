//! A run as one HTML file that needs nothing else: no script, no network, both colour schemes. Every panel
//! carries what was asked, of whom, and the rows.

mod prose;
mod style;

use super::{Evidence, PanelRun, Run};
use crate::charts::svg::{Paint, escaped, marks, open};
use crate::charts::{self, words};
use crate::dashboard::Part;
use crate::dashboard::arrange::{Row, rows};
use crate::dashboard::shape::{Body, Rows, Shown};
use crate::table::{Cell, ColumnKind, Table};
use jiff::tz::TimeZone;
use std::fmt::Write;

/// Rows of a table that are written; more are in the CSV.
const ROWS_MOST: usize = 2_000;

/// A run as a file.
pub fn html(run: &Run) -> String {
    let mut text = String::new();
    let title = escaped(&words::clean(&run.dashboard.title));
    let _ = write!(
        text,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n",
        style::sheet()
    );
    if let Some(about) = &run.dashboard.about {
        let _ = writeln!(text, "<p>{}</p>", escaped(about));
    }
    text.push_str("<dl class=\"params\">\n");
    let when = ("As of".to_owned(), run.when());
    for (name, value) in std::iter::once(when).chain(run.params()) {
        let _ =
            writeln!(text, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(&name), escaped(&value));
    }
    text.push_str("</dl>\n</header>\n<main>\n");
    let failed = run.failed();
    if !failed.is_empty() {
        text.push_str("<section class=\"failed\" aria-label=\"Assertions that do not hold\">\n<h2>Not as it should be</h2>\n<ul>\n");
        for sentence in &failed {
            let _ = writeln!(text, "<li>{}</li>", escaped(sentence));
        }
        text.push_str("</ul>\n</section>\n");
    }
    for row in rows(&run.dashboard) {
        match row {
            Row::Text(at) => {
                if let Some(Part::Text(part)) = run.dashboard.parts.get(at) {
                    text.push_str("<section class=\"prose\">\n");
                    prose::nodes(&mut text, &part.nodes, &run.dashboard.title);
                    text.push_str("</section>\n");
                }
            }
            Row::Panels(panels) => {
                text.push_str("<div class=\"row\">\n");
                for (at, columns) in panels {
                    panel(&mut text, run, at, columns);
                }
                text.push_str("</div>\n");
            }
        }
    }
    if !run.asserts.is_empty() {
        text.push_str("<section class=\"asserts\">\n<h2>Assertions</h2>\n<ul>\n");
        for assert in &run.asserts {
            let (class, sign) =
                if assert.holds() { ("good", "holds") } else { ("bad", "does not hold") };
            let _ = writeln!(
                text,
                "<li><b class=\"{class}\">{sign}</b> {}</li>",
                escaped(&assert.say())
            );
        }
        text.push_str("</ul>\n</section>\n");
    }
    text.push_str("</main>\n</body>\n</html>\n");
    text
}

fn panel(text: &mut String, run: &Run, at: usize, columns: u8) {
    let Some(panel) = run.panel(at) else { return };
    let name = words::clean(&panel.name());
    let _ = writeln!(text, "<section class=\"panel w{columns}\">\n<h2>{}</h2>", escaped(&name));
    let zone = &run.values.zone;
    match run.of(at) {
        None => text.push_str("<p class=\"note\">not run</p>\n"),
        Some(PanelRun { result: Err(why), .. }) => {
            let _ = writeln!(text, "<p class=\"bad\">{}</p>", escaped(why));
        }
        Some(PanelRun { result: Ok(answer), .. }) => {
            match &answer.shown.body {
                Body::Rows(rows) => shown_rows(text, rows, zone),
                _ => picture(text, &answer.shown, &name, columns, panel.height),
            }
            for note in &answer.shown.notes {
                let _ = writeln!(text, "<p class=\"note\">{}</p>", escaped(note));
            }
        }
    }
    if let Some(rule) = &panel.rule {
        let _ = writeln!(text, "<p class=\"rule\">{}</p>", escaped(rule));
    }
    if let Some(it) = run.of(at) {
        evidence(text, it, zone);
    }
    text.push_str("</section>\n");
}

/// A picture, as wide as its columns have room for; it shrinks and grows with the page.
fn picture(text: &mut String, shown: &Shown, name: &str, columns: u8, height: Option<u16>) {
    let width = f64::from(columns) * 100.0 - 40.0;
    let height = height.map_or_else(|| charts::usual_height(shown), f64::from);
    let scene = charts::scene(shown, name, width, height);
    text.push_str(&open(&scene, Paint::Classes, ""));
    marks(text, &scene, Paint::Classes);
    text.push_str("</svg>\n");
    if !scene.flags.is_empty() {
        text.push_str("<ol class=\"flags\">\n");
        for flag in &scene.flags {
            let _ = writeln!(text, "<li>{}</li>", escaped(&flag.says));
        }
        text.push_str("</ol>\n");
    }
}

fn evidence(text: &mut String, run: &PanelRun, zone: &TimeZone) {
    let table = run.result.as_ref().ok().map(|it| &it.table);
    if run.evidence.is_none() && table.is_none() {
        return;
    }
    let summary = run.evidence.as_ref().map_or("Rows".to_owned(), Evidence::say);
    let _ = writeln!(text, "<details>\n<summary>{}</summary>", escaped(&words::clean(&summary)));
    if let Some(it) = &run.evidence {
        let _ = writeln!(text, "<pre><code>{}</code></pre>", escaped(&it.text));
        if !it.values.is_empty() {
            text.push_str("<dl class=\"params\">\n");
            for (name, value) in &it.values {
                let _ = writeln!(
                    text,
                    "<div><dt>:{}</dt><dd>{}</dd></div>",
                    escaped(name),
                    escaped(value)
                );
            }
            text.push_str("</dl>\n");
        }
    }
    if let Some(table) = table {
        all_rows(text, table, zone);
    }
    text.push_str("</details>\n");
}

fn shown_rows(text: &mut String, rows: &Rows, zone: &TimeZone) {
    let kinds: Vec<(String, bool)> =
        rows.columns.iter().map(|it| (it.name.clone(), it.kind == ColumnKind::Number)).collect();
    let said = rows
        .rows
        .iter()
        .map(|row| row.iter().map(|it| words::said(it, &rows.unit, zone)).collect());
    write_rows(text, &kinds, said, rows.rows.len(), rows.cut);
}

fn all_rows(text: &mut String, table: &Table, zone: &TimeZone) {
    let kinds: Vec<(String, bool)> =
        table.columns.iter().map(|it| (it.name.clone(), it.kind == ColumnKind::Number)).collect();
    let cell = |it: &Cell| match it {
        Cell::Real(it) => words::raw(*it),
        Cell::Integer(it) => it.to_string(),
        it => words::said(it, &words::Unit::Plain, zone),
    };
    let said = table.rows.iter().map(|row| row.iter().map(cell).collect());
    write_rows(text, &kinds, said, table.rows.len(), table.cut);
}

fn write_rows(
    text: &mut String,
    columns: &[(String, bool)],
    rows: impl Iterator<Item = Vec<String>>,
    count: usize,
    cut: bool,
) {
    text.push_str("<div class=\"rows\"><table>\n<thead><tr>");
    let class = |number: bool| if number { " class=\"number\"" } else { "" };
    for (name, number) in columns {
        let _ = write!(
            text,
            "<th scope=\"col\"{}>{}</th>",
            class(*number),
            escaped(&words::clean(name))
        );
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in rows.take(ROWS_MOST) {
        text.push_str("<tr>");
        for (at, (_, number)) in columns.iter().enumerate() {
            let cell = row.get(at).map(String::as_str).unwrap_or_default();
            let _ = write!(text, "<td dir=\"auto\"{}>{}</td>", class(*number), escaped(cell));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table></div>\n");
    if count > ROWS_MOST {
        let _ = writeln!(text, "<p class=\"note\">The first {ROWS_MOST} of {count} rows.</p>");
    } else if cut {
        let _ = writeln!(text, "<p class=\"note\">There were more rows than these {count}.</p>");
    } else if count == 0 {
        text.push_str("<p class=\"note\">There are no rows.</p>\n");
    }
}
