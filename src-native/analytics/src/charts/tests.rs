//! Every kind of chart with data that is awkward, drawn in both themes. With `BACKSTORY_GALLERY` naming a
//! folder the pictures are written there, to be looked at; `BACKSTORY_GALLERY_FONT` names a font for letters
//! that ours lacks.

mod gallery;

use super::theme::Theme;
use super::*;
use crate::dashboard::shape::{Around, Data, Marked, shape};
use crate::dashboard::{Mark as Kind, Panel, Part, Values, read};
use crate::table::{Cell, Column, ColumnKind, Table};
use jiff::tz::TimeZone;

/// A panel with its keys.
pub(crate) fn panel(keys: &str) -> Panel {
    let period = "+++\ntitle = \"t\"\n[params.period]\n+++\n";
    let text = format!("{period}```sql q on=memory\nselect 1\n```\n```toml panel\n{keys}\n```\n");
    let (dashboard, troubles) = read(&text);
    assert_eq!(troubles, [], "{keys}");
    let parts = dashboard.unwrap().parts.into_iter();
    parts.filter_map(|it| if let Part::Panel(it) = it { Some(it) } else { None }).next().unwrap()
}

/// A table of columns and rows.
pub(crate) fn table(columns: &[(&str, ColumnKind)], rows: Vec<Vec<Cell>>) -> Table {
    let columns = columns.iter().map(|it| Column { name: it.0.to_owned(), kind: it.1 }).collect();
    Table { columns, rows, cut: false }
}

/// Shaped at noon of 14 November 2026 in Berlin, with three releases.
pub(crate) fn shown(panel: &Panel, now: &Table, before: Option<&Table>) -> Shown {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let at: jiff::Timestamp = "2026-11-14T11:00:00Z".parse().unwrap();
    let (dashboard, _) = read("+++\ntitle = \"t\"\n[params.period]\n+++\n");
    let values = Values::resolve(&dashboard.unwrap().params, &[], at, &zone).unwrap();
    let other = panel.compare.and_then(|it| values.before(it));
    let mark = |days: i64, label: &str| Marked {
        at: at.as_millisecond() - days * 86_400_000,
        kind: Kind::Releases,
        label: label.to_owned(),
        link: None,
    };
    let marks = [mark(40, "v2.0.0"), mark(39, "v2.0.1"), mark(7, "v2.1.0 with a very long name")];
    let around = Around {
        now: at,
        zone: &zone,
        period: values.period(),
        before: other.as_ref().and_then(|it| it.period()),
        marks: &marks,
    };
    shape(panel, Data { table: now, before }, around).unwrap()
}

/// Every number of a scene, and every word.
fn walk(scene: &Scene, mut number: impl FnMut(f64)) {
    for mark in &scene.shapes {
        match &mark.shape {
            Shape::Rect { x, y, width, height, .. } => [*x, *y, *width, *height].map(&mut number),
            Shape::Line { x1, y1, x2, y2 } => [*x1, *y1, *x2, *y2].map(&mut number),
            Shape::Circle { x, y, radius } => [*x, *y, *radius, 0.0].map(&mut number),
            Shape::Text { x, y, size, .. } => [*x, *y, *size, 0.0].map(&mut number),
            Shape::Path(steps) => {
                for step in steps {
                    match step {
                        Step::Move(x, y) | Step::Line(x, y) => _ = [*x, *y].map(&mut number),
                        Step::Curve(a, b, c, d, x, y) => {
                            _ = [*a, *b, *c, *d, *x, *y].map(&mut number)
                        }
                        Step::Close => {}
                    }
                }
                [(); 4]
            }
        };
    }
}

#[test]
fn every_chart_of_awkward_data_is_drawn_within_its_picture() {
    for (name, shown, width, height) in gallery::all() {
        let scene = scene(&shown, &name, width, height);
        let (wide, high) = (scene.width, scene.height);
        walk(&scene, |it| {
            assert!(it.is_finite(), "{name} has a place that is none");
            assert!((-60.0..=wide.max(high) + 60.0).contains(&it), "{name} draws at {it}");
        });
        assert!(!scene.about.trim().is_empty(), "{name} says nothing");
        for theme in [Theme::Light, Theme::Dark] {
            let text = svg::svg(&scene, theme);
            assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"), "{name}");
            assert_eq!(text.matches("<script").count() + text.matches("<img").count(), 0, "{name}");
            if let Ok(folder) = std::env::var("BACKSTORY_GALLERY") {
                let file = format!("{folder}/{name}-{theme:?}").to_lowercase();
                let font =
                    std::env::var("BACKSTORY_GALLERY_FONT").map(|it| std::fs::read(it).unwrap());
                let more: Vec<&[u8]> = font.iter().map(Vec::as_slice).collect();
                std::fs::write(format!("{file}.png"), png::png(&scene, theme, 2.0, &more)).unwrap();
                std::fs::write(format!("{file}.svg"), text).unwrap();
            }
        }
    }
}

#[test]
fn a_mark_that_stands_for_a_number_says_it() {
    for (name, shown, width, height) in gallery::all() {
        let scene = scene(&shown, &name, width, height);
        let entries = |it: &&Mark| {
            it.datum.is_some() && !matches!(it.shape, Shape::Rect { width: 10.0, height: 10.0, .. })
        };
        for mark in scene.shapes.iter().filter(entries) {
            let legend = matches!(mark.shape, Shape::Line { .. });
            assert!(legend || !mark.says.is_empty(), "{name}: {mark:?}");
        }
    }
}

#[test]
fn the_same_rows_in_another_order_make_the_same_picture() {
    let panel = panel("line = \"q\"\nby = \"who\"");
    let columns = [("day", ColumnKind::Day), ("who", ColumnKind::Text), ("n", ColumnKind::Number)];
    let mut rows = Vec::new();
    for day in 20_600..20_640 {
        for (at, who) in ["a", "b", "c"].iter().enumerate() {
            let n = Cell::Integer(i64::from(day % 7) + at as i64);
            rows.push(vec![Cell::Day(day), Cell::Text((*who).to_owned()), n]);
        }
    }
    let drawn = |rows: Vec<Vec<Cell>>| {
        let scene = scene(&shown(&panel, &table(&columns, rows), None), "n", 600.0, 220.0);
        svg::svg(&scene, Theme::Light)
    };
    let straight = drawn(rows.clone());
    rows.reverse();
    assert!(drawn(rows) == straight);
}

#[test]
fn a_picture_is_a_file_that_others_read() {
    let (_, shown, width, height) = gallery::all().remove(0);
    let file = png::png(&scene(&shown, "", width, height), Theme::Light, 1.0, &[]);
    assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n");
    // Signed chunks, and rows of the right length once unpacked.
    let (mut at, mut packed) = (8, Vec::new());
    while at < file.len() {
        let long = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        let mut sum = flate2::Crc::new();
        sum.update(&file[at + 4..at + 8 + long]);
        assert_eq!(sum.sum().to_be_bytes(), file[at + 8 + long..at + 12 + long]);
        if &file[at + 4..at + 8] == b"IDAT" {
            packed.extend(&file[at + 8..at + 8 + long]);
        }
        at += 12 + long;
    }
    let mut raw = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(&packed[..]), &mut raw).unwrap();
    assert_eq!(raw.len(), (width as usize * 3 + 1) * height as usize);
}

#[test]
fn every_place_of_an_axis_leads_to_its_rows_however_dense_it_is() {
    let columns = [("day", ColumnKind::Day), ("who", ColumnKind::Text), ("n", ColumnKind::Number)];
    let mut rows = Vec::new();
    for day in 20_300..20_700 {
        for who in ["a", "b"] {
            let n = Cell::Integer(i64::from(day % 7));
            rows.push(vec![Cell::Day(day), Cell::Text(who.to_owned()), n]);
        }
    }
    let table = table(&columns, rows);
    for kind in ["line", "area"] {
        for (keys, alone) in [("by = \"who\"", false), ("y = \"n\"", true)] {
            let drawn = panel(&format!("{kind} = \"q\"\n{keys}"));
            let scene = scene(&shown(&drawn, &table, None), "n", 600.0, 220.0);
            assert_eq!(scene.bands.len(), 400);
            for (at, band) in scene.bands.iter().enumerate() {
                let datum = band.datum.unwrap();
                assert_eq!((datum.index, band.alone), (at, alone));
                // Rows that are added up have no row of their own, and a place all the same.
                assert_eq!(datum.row, (!alone).then_some(at * 2), "{kind} {keys}");
                assert_eq!(datum.place, Some(at * 2), "{kind} {keys}");
            }
        }
    }
}

#[test]
fn bars_lie_over_words_and_stand_over_time() {
    let bar = panel("bar = \"q\"");
    let wide = |table: &Table| {
        let scene = scene(&shown(&bar, table, None), "n", 600.0, 220.0);
        let bars = scene.shapes.iter().filter(|it| it.datum.is_some());
        bars.map(|it| match it.shape {
            Shape::Rect { width, height, .. } => width > height,
            _ => panic!("{it:?}"),
        })
        .collect::<Vec<bool>>()
    };
    let numbers = |first: fn(i32) -> Cell| -> Vec<Vec<Cell>> {
        (0..3).map(|it| vec![first(it), Cell::Integer(it.into())]).skip(1).collect()
    };
    let words = numbers(|it| Cell::Text(["a", "b", "c"][it as usize].to_owned()));
    let columns = [("x", ColumnKind::Text), ("n", ColumnKind::Number)];
    assert_eq!(wide(&table(&columns, words)), [true, true]);
    let named = numbers(|it| Cell::Text(["", "none", "5 and more"][it as usize].to_owned()));
    let drawn = scene(&shown(&bar, &table(&columns, named), None), "n", 600.0, 220.0);
    let words = |it: &Mark| matches!(&it.shape, Shape::Text { words, .. } if words == "none");
    assert!(drawn.shapes.iter().any(words), "a name is cut that has room");
    let hours = numbers(|it| Cell::Text(it.to_string()));
    let columns = [("x", ColumnKind::Text), ("n", ColumnKind::Number)];
    assert_eq!(wide(&table(&columns, hours)), [false, false]);
    let days = numbers(|it| Cell::Day(20_700 + it * 7));
    let columns = [("x", ColumnKind::Day), ("n", ColumnKind::Number)];
    assert!(wide(&table(&columns, days)).iter().all(|it| !it));
}
