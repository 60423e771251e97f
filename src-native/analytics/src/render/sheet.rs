//! All panels of a run on one picture, laid out as in the window: for SVG and PNG.

use super::Run;
use crate::charts::words::clean;
use crate::charts::{self, Anchor, Class, Dash, Datum, Mark, Scene, Shape, Step, Stroke, widths};
use crate::dashboard::Part;
use crate::dashboard::arrange::{Row, rows};
use crate::dashboard::markdown::{Node, plain};
use crate::dashboard::shape::{Body, Shown};

/// Around the sheet, between panels, and within one.
const EDGE: f64 = 24.0;
const GAP: f64 = 16.0;
const INNER: f64 = 12.0;

/// A run as one picture of a width.
pub fn sheet(run: &Run, width: f64) -> Scene {
    let width = if width.is_finite() { width.clamp(360.0, 4_000.0) } else { 1_200.0 };
    let mut sheet = Sheet { scene: Scene { width, ..Scene::default() }, y: EDGE };
    let room = width - 2.0 * EDGE;
    sheet.y += 20.0;
    sheet.text(
        EDGE,
        &widths::cut(&clean(&run.dashboard.title), 22.0, room),
        22.0,
        true,
        Class::Text,
    );
    if let Some(about) = &run.dashboard.about {
        sheet.paragraph(&clean(about), 13.0, Class::Text, room);
    }
    sheet.paragraph(&clean(&run.asked()), 11.0, Class::Muted, room);
    sheet.y += GAP;
    for row in rows(&run.dashboard) {
        match row {
            Row::Text(at) => {
                if let Some(Part::Text(text)) = run.dashboard.parts.get(at) {
                    sheet.prose(&text.nodes, room);
                    sheet.y += 6.0;
                }
            }
            Row::Panels(panels) => sheet.row(run, &panels, room),
        }
    }
    let failed = run.failed();
    for sentence in &failed {
        sheet.paragraph(
            &clean(&format!("Not as it should be: {sentence}")),
            12.0,
            Class::Bad,
            room,
        );
    }
    sheet.scene.height = sheet.y + EDGE - GAP / 2.0;
    sheet.scene.about = match &run.dashboard.about {
        Some(about) => clean(&format!("{}: {about}", run.dashboard.title)),
        None => clean(&run.dashboard.title),
    };
    sheet.scene
}

struct Sheet {
    scene: Scene,
    y: f64,
}

/// A panel's picture and the lines below it.
struct Card {
    title: String,
    scene: Scene,
    notes: Vec<String>,
    width: f64,
}

impl Sheet {
    fn text(&mut self, x: f64, words: &str, size: f64, bold: bool, class: Class) {
        let (y, anchor) = (self.y, Anchor::Start);
        let shape = Shape::Text { x, y, words: words.to_owned(), anchor, size, bold };
        self.scene.shapes.push(mark(shape, Some(class), None));
    }

    fn paragraph(&mut self, words: &str, size: f64, class: Class, room: f64) {
        for line in widths::lines(words, size, room.min(900.0), 40) {
            self.y += size * 1.45;
            self.text(EDGE, &line, size, false, class);
        }
    }

    fn prose(&mut self, nodes: &[Node], room: f64) {
        for node in nodes {
            match node {
                Node::Heading(level, words) => {
                    let size = if *level <= 2 { 16.0 } else { 13.0 };
                    self.y += size * 1.5;
                    let words = widths::cut(&clean(&plain(words)), size, room);
                    self.text(EDGE, &words, size, true, Class::Text);
                    self.y += 4.0;
                }
                Node::Paragraph(words) => {
                    self.paragraph(&clean(&plain(words)), 12.0, Class::Text, room);
                    self.y += 6.0;
                }
                Node::List(first, items) => {
                    for (at, item) in items.iter().enumerate() {
                        let sign = match first {
                            Some(first) => format!("{}. ", first.saturating_add(at as u32)),
                            None => "• ".to_owned(),
                        };
                        let words = item.iter().filter_map(|it| match it {
                            Node::Paragraph(words) => Some(plain(words)),
                            _ => None,
                        });
                        let words = words.collect::<Vec<_>>().join(" ");
                        self.paragraph(&clean(&format!("{sign}{words}")), 12.0, Class::Text, room);
                    }
                    self.y += 6.0;
                }
                Node::Code(_, code) => {
                    for line in code.lines() {
                        self.y += 16.0;
                        let line = widths::cut(&clean(line), 11.0, room - 16.0);
                        self.text(EDGE + 12.0, &line, 11.0, false, Class::Muted);
                    }
                    self.y += 6.0;
                }
                Node::Quote(inner) => self.prose(inner, room),
                Node::Table(head, rows) => {
                    for row in std::iter::once(head).chain(rows) {
                        let cells: Vec<String> = row.iter().map(|it| plain(it)).collect();
                        self.paragraph(&clean(&cells.join("  |  ")), 12.0, Class::Text, room);
                    }
                    self.y += 6.0;
                }
                Node::Rule => {
                    self.y += 10.0;
                    let (x2, y) = (EDGE + room, self.y);
                    let shape = Shape::Line { x1: EDGE, y1: y, x2, y2: y };
                    self.scene.shapes.push(mark(shape, None, Some(Class::Grid)));
                }
            }
        }
    }

    /// Panels beside each other, as high as the highest.
    fn row(&mut self, run: &Run, panels: &[(usize, u8)], room: f64) {
        let twelfth = (room + GAP) / 12.0;
        let cards: Vec<Card> = panels
            .iter()
            .filter_map(|(at, columns)| card(run, *at, twelfth * f64::from(*columns) - GAP))
            .collect();
        let high = |it: &Card| 34.0 + it.scene.height + it.notes.len() as f64 * 14.0 + INNER;
        let tallest = cards.iter().map(high).fold(0.0, f64::max);
        let mut x = EDGE;
        let top = self.y;
        for card in cards {
            let frame = Shape::Rect { x, y: top, width: card.width, height: tallest, radius: 6.0 };
            self.scene.shapes.push(mark(frame, None, Some(Class::Grid)));
            self.y = top + 21.0;
            let title = widths::cut(&card.title, 13.0, card.width - 2.0 * INNER);
            self.text(x + INNER, &title, 13.0, true, Class::Text);
            self.y = top + 34.0 + card.scene.height + 4.0;
            for note in &card.notes {
                self.y += 14.0;
                self.text(x + INNER, note, 10.0, false, Class::Muted);
            }
            let width = card.width;
            place(&mut self.scene, card.scene, x + INNER, top + 34.0);
            x += width + GAP;
        }
        self.y = top + tallest + GAP;
    }
}

fn card(run: &Run, part: usize, width: f64) -> Option<Card> {
    let panel = run.panel(part)?;
    let inner = (width - 2.0 * INNER).max(80.0);
    let failed = |why: &str| Shown { body: Body::Empty(clean(why)), notes: Vec::new() };
    let shown = match run.of(part) {
        None => failed("not run"),
        Some(it) => match &it.result {
            Ok(answer) => answer.shown.clone(),
            Err(why) => failed(why),
        },
    };
    let height = panel.height.map_or_else(|| charts::usual_height(&shown), f64::from);
    let title = clean(&panel.name());
    let scene = charts::scene(&shown, &title, inner, height);
    let mut notes = Vec::new();
    let all = shown.notes.iter().chain(&panel.rule);
    for note in all {
        notes.extend(widths::lines(&clean(note), 10.0, inner, 4));
    }
    Some(Card { title, scene, notes, width })
}

fn mark(shape: Shape, fill: Option<Class>, stroke: Option<Class>) -> Mark {
    let stroke = stroke.map(|class| Stroke { class, width: 1.0, dash: Dash::None });
    Mark { shape, fill, stroke, opacity: 1.0, datum: None::<Datum>, says: String::new() }
}

/// Puts a picture on another.
fn place(on: &mut Scene, scene: Scene, dx: f64, dy: f64) {
    for mut mark in scene.shapes {
        match &mut mark.shape {
            Shape::Rect { x, y, .. } | Shape::Circle { x, y, .. } | Shape::Text { x, y, .. } => {
                (*x, *y) = (*x + dx, *y + dy);
            }
            Shape::Line { x1, y1, x2, y2 } => {
                (*x1, *y1, *x2, *y2) = (*x1 + dx, *y1 + dy, *x2 + dx, *y2 + dy);
            }
            Shape::Path(steps) => {
                for step in steps {
                    *step = match *step {
                        Step::Move(x, y) => Step::Move(x + dx, y + dy),
                        Step::Line(x, y) => Step::Line(x + dx, y + dy),
                        Step::Curve(a, b, c, d, x, y) => {
                            Step::Curve(a + dx, b + dy, c + dx, d + dy, x + dx, y + dy)
                        }
                        Step::Close => Step::Close,
                    };
                }
            }
        }
        on.shapes.push(mark);
    }
    for mut band in scene.bands {
        (band.x, band.y) = (band.x + dx, band.y + dy);
        on.bands.push(band);
    }
}
